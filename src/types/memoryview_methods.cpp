// Methods and attributes of memoryview.
#include "types/memoryview_methods.h"

#include <cstring>

#include "object/bind.h"
#include "types/bytes.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Status release(ThreadState& ts, MemoryView* m) { return releaseMemory(ts, m); }
Ref<> enter(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return share(m);
}
Status exit(ThreadState& ts, MemoryView* m, Args) { return releaseMemory(ts, m); }

// `order`: a str or None.
struct OrderArgument {
  char value;
};
}  // namespace
template <>
struct Arg<OrderArgument> {
  static Result<OrderArgument> from(ThreadState& ts, Object* o, ArgSite at) {
    if (isNone(o)) return OrderArgument{'C'};
    if (!isStr(o)) return raiseBadArgument(ts, at, "str or None", o);
    std::string_view text = TRY(Arg<std::string_view>::from(ts, o, at));
    if (text != "C" && text != "F" && text != "A") return raise(ts, kValueError, "order must be 'C', 'F' or 'A'");
    return OrderArgument{text[0]};
  }
};
namespace {

Ref<Bytes> tobytes(ThreadState& ts, MemoryView* m, std::optional<OrderArgument> order) {
  TRY(checkMemory(ts, m));
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, m->view.length));
  TRY(copyFromBuffer(ts, made->data, m->view, order ? order->value : 'C'));
  if (made->size == 1) return newBytes(ts, made->view());
  return made;
}

Ref<Str> hex(ThreadState& ts, MemoryView* m, Object* separator, std::optional<int> group) {
  TRY(checkMemory(ts, m));
  if (m->flags & kMemoryC) {
    ++m->exports;  // len(sep) may run code
    Ref<Str> text = hexText(ts, {static_cast<char*>(m->view.data), size_t(m->view.length)}, separator, group.value_or(1));
    --m->exports;
    return text;
  }
  Ref<Bytes> copy = TRY(tobytes(ts, m, {}));
  return hexText(ts, copy->view(), separator, group.value_or(1));
}

Ref<> listFrom(ThreadState& ts, const Buffer& v, int dimension, char* p, char format) {
  if (dimension == v.dimensions) return unpackItem(ts, p, format);
  Ref<List> out = TRY(newList(ts, v.shape[dimension]));
  for (Index i = 0; i < v.shape[dimension]; ++i, p += v.strides[dimension]) {
    char* q = v.suboffsets && v.suboffsets[dimension] >= 0 ? *reinterpret_cast<char**>(p) + v.suboffsets[dimension] : p;
    Ref<> item = TRY(listFrom(ts, v, dimension + 1, q, format));
    TRY(appendList(ts, out.get(), std::move(item)));
  }
  return Ref<>::steal(reinterpret_cast<Object*>(out.release()));
}
Ref<> tolist(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  char format = TRY(itemFormat(ts, m->view));
  return listFrom(ts, m->view, 0, static_cast<char*>(m->view.data), format);
}
Ref<> castTo(ThreadState& ts, MemoryView* m, Str* format, Object* shape) { return castMemory(ts, m, format, shape); }
Ref<> toreadonly(ThreadState& ts, MemoryView* m) { return readonlyMemory(ts, m); }

// ---- attributes ----

Ref<Tuple> tupleOf(ThreadState& ts, const Index* values, int n) {
  Ref<Tuple> out = TRY(newTupleUninitialized(ts, values ? n : 0));
  for (int i = 0; values && i < n; ++i) {
    Ref<Int> v = TRY(newInt(ts, values[i]));
    put(out.get(), i, Ref<>::steal(reinterpret_cast<Object*>(v.release())));
  }
  return out;
}
Ref<> getObj(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return m->view.owner ? share(m->view.owner) : none();
}
Result<Index> getNbytes(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return m->view.length;
}
Ref<Str> getFormat(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return newStr(ts, m->view.format);
}
Result<Index> getItemsize(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return m->view.item_size;
}
Ref<Tuple> getShape(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return tupleOf(ts, m->view.shape, m->view.dimensions);
}
Ref<Tuple> getStrides(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return tupleOf(ts, m->view.strides, m->view.dimensions);
}
Ref<Tuple> getSuboffsets(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return tupleOf(ts, m->view.suboffsets, m->view.dimensions);
}
Result<bool> getReadonly(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return m->view.readonly != 0;
}
Result<Index> getNdim(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return Index(m->view.dimensions);
}
template <int kFlags>
Result<bool> getContiguous(ThreadState& ts, MemoryView* m) {
  TRY(checkMemory(ts, m));
  return (m->flags & kFlags) != 0;
}

}  // namespace

constinit const MethodDef kMemoryMethods[] = {
    METHOD(release, "($self, /)", "Give the underlying buffer back; no further use of the view."),
    METHOD(tobytes, "($self, /, order='C')", "The items as bytes, in C order, in Fortran order ('F') or as they lie ('A')."),
    METHOD(hex, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "The bytes in hexadecimal, sep every so many bytes."),
    METHOD(tolist, "($self, /)", "The items as a list of elements, nested for more dimensions."),
    METHOD_AS("cast", castTo, "($self, /, format, shape=<unrepresentable>)", "The same memory with a new format or shape."),
    METHOD(toreadonly, "($self, /)", "A read-only view of the same memory."),
    METHOD_UNSIGNED("__enter__", enter, "($self, /)", nullptr),
    METHOD_POSITIONAL("__exit__", exit, nullptr),
    {}};

constinit const GetSetDef kMemoryGetSet[] = {
    GETTER("obj", getObj, "The object whose memory this is."),
    GETTER("nbytes", getNbytes, "How many bytes the items take when stored one after the other."),
    GETTER("readonly", getReadonly, "Is the memory read-only?"),
    GETTER("itemsize", getItemsize, "The size of an item in bytes."),
    GETTER("format", getFormat, "The format of an item, in the style of the module struct."),
    GETTER("ndim", getNdim, "The number of dimensions."),
    GETTER("shape", getShape, "The extent of each dimension."),
    GETTER("strides", getStrides, "For each dimension the distance of neighbours in bytes."),
    GETTER("suboffsets", getSuboffsets, "Used by arrays of pointers to arrays; informational."),
    GETTER("c_contiguous", getContiguous<kMemoryC>, "Is the memory C-contiguous?"),
    GETTER("f_contiguous", getContiguous<kMemoryFortran>, "Is the memory Fortran contiguous?"),
    GETTER("contiguous", (getContiguous<kMemoryC | kMemoryFortran>), "Is the memory contiguous?"),
    {}};

}  // namespace habu
