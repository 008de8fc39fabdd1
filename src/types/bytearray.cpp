// bytearray: a resizable array of bytes. The bytes in use start anywhere inside the allocation, so that deleting at the
// front is cheap. Methods shared with bytes: bytes_methods.cpp.
#include <cstdlib>
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes_construct.h"
#include "types/bytes_iterator.h"
#include "types/bytes_methods.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

// What PyByteArray_AS_STRING() shows for an empty bytearray.
char kEmptyByteArray[] C_NAME("_PyByteArray_empty_string") = "";

Ref<ByteArray> newByteArray(ThreadState& ts, std::string_view bytes) {
  Ref<ByteArray> made = TRY(newObject<ByteArray>(ts, kByteArrayType));
  if (!bytes.empty()) {
    TRY(resizeByteArray(ts, made.get(), Index(bytes.size())));
    std::memcpy(made->start, bytes.data(), bytes.size());
  }
  return made;
}

Status resizeByteArray(ThreadState& ts, ByteArray* b, Index size) {
  if (size == b->size) return kDone;
  if (b->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
  Index offset = b->start - b->bytes, capacity = b->allocated;
  if (size > std::numeric_limits<Index>::max() - 64 - size / 8) return raiseNoMemory(ts);
  if (size + offset + 1 <= capacity) {
    if (size >= capacity / 2) {  // small change: the memory stays
      b->size = size;
      b->start[size] = 0;
      return kDone;
    }
    capacity = size + 1;
  } else if (double(size) <= double(capacity) * 1.125) {  // moderate growth: more is likely to come
    capacity = size + (size >> 3) + (size < 9 ? 3 : 6);
  } else {
    capacity = size + 1;
  }
  char* fresh;
  if (offset > 0) {
    fresh = static_cast<char*>(allocate(size_t(capacity)));
    if (!fresh) return raiseNoMemory(ts);
    std::memcpy(fresh, b->start, size_t(size < b->size ? size : b->size));
    freeMemory(b->bytes);
  } else {
    fresh = static_cast<char*>(reallocate(b->bytes, size_t(capacity)));
    if (!fresh) return raiseNoMemory(ts);
  }
  b->bytes = b->start = fresh;
  b->size = size;
  b->allocated = capacity;
  b->start[size] = 0;
  return kDone;
}

namespace {

// ---- changing ----

// self[low:high] = values; `values` does not point into self.
Status setLinear(ThreadState& ts, ByteArray* b, Index low, Index high, std::string_view values) {
  auto n = Index(values.size());
  Index growth = n - (high - low), size = b->size;
  if (growth < 0) {
    if (b->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
    if (low == 0) b->start -= growth;  // shrinking at the front: only the start moves
    else std::memmove(b->start + low + n, b->start + high, size_t(size - high));
    TRY(resizeByteArray(ts, b, size + growth));
  } else if (growth > 0) {
    TRY(resizeByteArray(ts, b, size + growth));
    std::memmove(b->start + low + n, b->start + high, size_t(size - high));
  }
  if (n > 0) std::memcpy(b->start + low, values.data(), size_t(n));
  return kDone;
}

Status setRange(ThreadState& ts, ByteArray* b, Index low, Index high, Object* values) {
  if (low < 0) low = 0;
  if (high < low) high = low;
  if (high > b->size) high = b->size;
  if (low > high) low = high;
  if (!values) return setLinear(ts, b, low, high, {});
  if (values == b) {
    Ref<Bytes> copy = TRY(newBytes(ts, b->view()));
    return setLinear(ts, b, low, high, copy->view());
  }
  Buffer view;
  if (getBuffer(ts, values, view, kBufferSimple).failed()) {
    clearError(ts);
    return raise(ts, kTypeError, "can't set bytearray slice from {:.100}", typeName(values));
  }
  Status s = setLinear(ts, b, low, high, {static_cast<const char*>(view.data), size_t(view.length)});
  releaseBuffer(view);
  return s;
}

Status setExtended(ThreadState& ts, ByteArray* b, SliceRange r, std::string_view values) {
  auto needed = Index(values.size());
  if (needed == 0) {  // delete
    if (b->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
    if (r.count == 0) return kDone;
    if (r.step < 0) {
      r.stop = r.start + 1;
      r.start = r.stop + r.step * (r.count - 1) - 1;
      r.step = -r.step;
    }
    auto at = size_t(r.start), step = size_t(r.step), size = size_t(b->size);  // unsigned: the last sum may wrap round
    for (Index i = 0; i < r.count; ++i, at += step) {
      size_t room = step > size - at ? size - at - 1 : step - 1;
      std::memmove(b->start + at - i, b->start + at + 1, room);
    }
    at = size_t(r.start) + size_t(r.count) * step;
    if (at < size) std::memmove(b->start + at - r.count, b->start + at, size - at);
    return resizeByteArray(ts, b, b->size - r.count);
  }
  if (needed != r.count)
    return raise(ts, kValueError, "attempt to assign bytes of size {} to extended slice of size {}", needed, r.count);
  for (size_t i = 0, at = size_t(r.start); i < values.size(); ++i, at += size_t(r.step)) b->start[at] = values[i];
  return kDone;
}

Status setItem(ThreadState& ts, ByteArray* b, Index i, Object* value) {
  if (i < 0 || i >= b->size) return raise(ts, kIndexError, "bytearray index out of range");
  if (!value) return setRange(ts, b, i, i + 1, nullptr);
  uint8_t v = TRY(byteValue(ts, value));
  if (i >= b->size) return raise(ts, kIndexError, "bytearray index out of range");  // __index__ may have shortened it
  b->start[i] = char(v);
  return kDone;
}

Status setSlice(ThreadState& ts, ByteArray* b, Slice* slice, Object* values) {
  SliceRange unclipped = TRY(unpackSlice(ts, slice));
  Ref<ByteArray> copy;
  std::string_view bytes;
  if (values && (static_cast<Object*>(b) == values || !isByteArray(values))) {
    if (isInt(values) || isStr(values))
      return raise(ts, kTypeError, "can assign only bytes, buffers, or iterables of ints in range(0, 256)");
    Ref<> made = TRY(call(ts, reinterpret_cast<Object*>(&kByteArrayType), {values}));
    copy = cast<ByteArray>(std::move(made));
    bytes = copy->view();
  } else if (values) {
    bytes = static_cast<ByteArray*>(values)->view();
  }
  SliceRange r = unclipped;  // making the values may have changed the length
  adjustSlice(r, b->size);
  if (r.step < 0 ? r.start < r.stop : r.start > r.stop) r.stop = r.start;
  if (r.step != 1) return setExtended(ts, b, r, bytes);
  return setLinear(ts, b, r.start, r.stop, bytes);
}

Status setSubscript(ThreadState& ts, ByteArray* b, Object* key, Object* value) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return setItem(ts, b, i < 0 ? i + b->size : i, value);
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "bytearray indices must be integers or slices, not {:.200}", typeName(key));
  return setSlice(ts, b, static_cast<Slice*>(key), value);
}

// ---- reading ----

Index length(ByteArray* b) { return b->size; }
Ref<Int> item(ThreadState& ts, ByteArray* b, Index i) {
  if (i < 0 || i >= b->size) return raise(ts, kIndexError, "bytearray index out of range");
  return newInt(ts, uint8_t(b->start[i]));
}
Ref<> subscript(ThreadState& ts, ByteArray* b, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return toObject(item(ts, b, i < 0 ? i + b->size : i));
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "bytearray indices must be integers or slices, not {:.200}", typeName(key));
  SliceRange r = TRY(unpackSlice(ts, static_cast<Slice*>(key)));
  adjustSlice(r, b->size);
  if (r.count <= 0) return newByteArray(ts, {});
  if (r.step == 1) return newByteArray(ts, b->view().substr(size_t(r.start), size_t(r.count)));
  Fresh<ByteArray> made = freshBytes<ByteArray>(ts, r.count);
  if (!made.object) return {};
  for (Index i = 0, at = r.start; i < r.count; ++i, at += r.step) made.data[i] = b->start[at];
  return std::move(made.object);
}
Result<bool> contains(ThreadState& ts, ByteArray* b, Object* value) {
  ExportGuard guard(b);
  return containsBytes(ts, b->view(), value);
}
Ref<Str> repr(ThreadState& ts, ByteArray* b) {
  const char* name = typeName(b);
  if (const char* dot = std::strrchr(name, '.')) name = dot + 1;
  Ref<Str> text = TRY(reprBytes(ts, b->view(), "(", ")", true));
  Ref<Str> head = TRY(newStr(ts, name));
  return concatStr(ts, head.get(), text.get());
}
Ref<Str> str(ThreadState& ts, ByteArray* b) {
  TRY(warnBytesAsText(ts, "str() on a bytearray instance"));
  return repr(ts, b);
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!hasBuffer(a) || !hasBuffer(b)) {
    if (op == CompareOp::Eq || op == CompareOp::Ne) TRY(warnBytesComparison(ts, a, b, "bytearray"));
    return notImplemented();
  }
  auto view_of = [&](Object* o) { return BufferView::of(ts, o); };
  Result<BufferView> first = view_of(a);
  if (first.failed()) {
    clearError(ts);
    return notImplemented();
  }
  BufferView x = first.take();
  Result<BufferView> second = view_of(b);
  if (second.failed()) {
    clearError(ts);
    return notImplemented();
  }
  BufferView y = second.take();
  if (x.size() != y.size() && (op == CompareOp::Eq || op == CompareOp::Ne)) return newBool(op == CompareOp::Ne);
  return newBool(compareResult(x.bytes().compare(y.bytes()), op));
}

// ---- combining ----

Ref<> concat(ThreadState& ts, Object* a, Object* b) {
  if (!hasBuffer(a) || !hasBuffer(b)) return raise(ts, kTypeError, "can't concat {:.100} to {:.100}", typeName(b), typeName(a));
  BufferView x = TRY(BufferView::of(ts, a));
  BufferView y = TRY(BufferView::of(ts, b));
  if (x.size() > std::numeric_limits<Index>::max() - y.size()) return raiseNoMemory(ts);
  Fresh<ByteArray> made = freshBytes<ByteArray>(ts, x.size() + y.size());
  if (!made.object) return {};
  if (x.size()) std::memcpy(made.data, x.data(), size_t(x.size()));
  if (y.size()) std::memcpy(made.data + x.size(), y.data(), size_t(y.size()));
  return std::move(made.object);
}
Ref<> inplaceConcat(ThreadState& ts, ByteArray* b, Object* other) {
  if (!hasBuffer(other)) return raise(ts, kTypeError, "can't concat {:.100} to {:.100}", typeName(other), typeName(b));
  BufferView view = TRY(BufferView::of(ts, other));
  Index size = b->size;
  if (size > std::numeric_limits<Index>::max() - view.size()) return raiseNoMemory(ts);
  TRY(resizeByteArray(ts, b, size + view.size()));
  if (view.size()) std::memcpy(b->start + size, view.data(), size_t(view.size()));
  return share(b);
}
Ref<> repeat(ThreadState& ts, ByteArray* b, Index times) {
  if (times < 0) times = 0;
  if (times > 0 && b->size > std::numeric_limits<Index>::max() / times) return raiseNoMemory(ts);
  Fresh<ByteArray> made = freshBytes<ByteArray>(ts, b->size * times);
  if (!made.object) return {};
  if (b->size && times) repeatMemory(made.data, b->view(), size_t(b->size * times));
  return std::move(made.object);
}
Ref<> inplaceRepeat(ThreadState& ts, ByteArray* b, Index times) {
  if (times < 0) times = 0;
  else if (times == 1) return share(b);
  Index size = b->size;
  if (times > 0 && size > std::numeric_limits<Index>::max() / times) return raiseNoMemory(ts);
  TRY(resizeByteArray(ts, b, size * times));
  if (size && times) repeatMemory(b->start, {b->start, size_t(size)}, size_t(size * times));
  return share(b);
}
Ref<> remainder(ThreadState& ts, Object* a, Object* b) {
  if (!isByteArray(a)) return notImplemented();
  ExportGuard guard(a);
  Ref<Bytes> text = TRY(percentFormatBytes(ts, static_cast<ByteArray*>(a)->view(), b));
  return newByteArray(ts, text->view());
}

// ---- buffer, life ----

Status getByteBuffer(ThreadState& ts, ByteArray* b, Buffer& view, int flags) {
  TRY(fillBuffer(ts, view, b, b->size ? b->start : kEmptyByteArray, b->size, false, flags));
  ++b->exports;
  return kDone;
}
void releaseByteBuffer(Object* o, Buffer*) { --static_cast<ByteArray*>(o)->exports; }

void dealloc(ByteArray* b) {
  if (b->exports > 0) {
    ThreadState& ts = ThreadState::current();
    (void)raise(ts, kSystemError, "deallocated bytearray object has exported buffers");
    writeUnraisable(ts, nullptr);
  }
  freeMemory(b->bytes);
  b->type->free(b);
}

Ref<> iter(ThreadState& ts, ByteArray* b) { return newBytesIterator(ts, kByteArrayIteratorType, b); }

Status fillFromIterable(ThreadState& ts, ByteArray* b, Object* source) {
  Ref<> it = iterOf(ts, source);
  if (!it) {
    if (errorMatches(ts, kTypeError)) {
      clearError(ts);
      return raise(ts, kTypeError, "cannot convert '{:.200}' object to bytearray", typeName(source));
    }
    return Raised{};
  }
  while (Ref<> item = iterNext(ts, it.get())) TRY(byteArrayAppend(ts, b, item.get()));
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status init(ThreadState& ts, ByteArray* b, Object* source, std::optional<std::string_view> encoding,
            std::optional<std::string_view> errors) {
  if (b->size != 0) TRY(resizeByteArray(ts, b, 0));
  if (!source) return checkNoText(ts, nullptr, encoding.has_value(), errors.has_value());
  if (isStr(source)) {
    if (!encoding) return raise(ts, kTypeError, "string argument without an encoding");
    Ref<Bytes> encoded = TRY(encodeText(ts, static_cast<Str*>(source), encoding->data(), errors ? errors->data() : nullptr));
    return setLinear(ts, b, 0, 0, encoded->view());
  }
  TRY(checkNoText(ts, source, encoding.has_value(), errors.has_value()));
  std::optional<Index> count = TRY(countArgument(ts, source));
  if (count) {
    if (*count > 0) {
      TRY(resizeByteArray(ts, b, *count));
      std::memset(b->start, 0, size_t(*count));
    }
    return kDone;
  }
  if (hasBuffer(source)) {
    BufferView view = TRY(BufferView::of(ts, source, kBufferFullRo));
    TRY(resizeByteArray(ts, b, view.size()));
    return copyFromBuffer(ts, b->size ? b->start : kEmptyByteArray, view.raw(), 'C');
  }
  return fillFromIterable(ts, b, source);
}

Ref<> make(ThreadState&, Type* type, Tuple*, Dict*) { return Ref<>::steal(type->alloc(type, 0)); }

constinit NumberSlots kNumber = {.remainder = slot<remainder>};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .set_item = slot<setItem>,
                                     .contains = slot<contains>,
                                     .inplace_concat = slot<inplaceConcat>,
                                     .inplace_repeat = slot<inplaceRepeat>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};
constinit BufferSlots kBuffer = {.get = slot<getByteBuffer>, .release = releaseByteBuffer};

Ref<> reduceFor(ThreadState& ts, ByteArray* b, int protocol) {
  Ref<> state = TRY(callMethod(ts, b, names::__getstate__));
  Ref<Tuple> args;
  if (protocol < 3) {  // text in Latin-1, which old protocols can hold
    Ref<Str> text = TRY(strFromLatin1(ts, b->view()));
    Ref<Str> encoding = TRY(newStr(ts, "latin-1"));
    args = b->size ? packTuple(ts, {text.get(), encoding.get()}) : packTuple(ts, {});
  } else if (b->size) {
    Ref<Bytes> bytes = TRY(newBytes(ts, b->view()));
    args = packTuple(ts, {bytes.get()});
  } else {
    args = packTuple(ts, {});
  }
  if (!args) return {};
  return packTuple(ts, {reinterpret_cast<Object*>(b->type), args.get(), state.get()});
}

}  // namespace

Ref<> byteArrayReduce(ThreadState& ts, ByteArray* b) { return reduceFor(ts, b, 2); }
Ref<> byteArrayReduceEx(ThreadState& ts, ByteArray* b, std::optional<int> protocol) {
  return reduceFor(ts, b, protocol.value_or(0));
}
Index byteArrayAlloc(ThreadState&, ByteArray* b) { return b->allocated; }
Index byteArraySizeof(ThreadState&, ByteArray* b) { return b->type->basic_size + b->allocated; }

Status byteArrayAppend(ThreadState& ts, ByteArray* b, Object* item) {
  uint8_t value = TRY(byteValue(ts, item));
  Index n = b->size;
  if (n == std::numeric_limits<Index>::max()) return raise(ts, kOverflowError, "cannot add more objects to bytearray");
  TRY(resizeByteArray(ts, b, n + 1));
  b->start[n] = char(value);
  return kDone;
}
Status byteArrayClear(ThreadState& ts, ByteArray* b) { return resizeByteArray(ts, b, 0); }
Ref<ByteArray> byteArrayCopy(ThreadState& ts, ByteArray* b) { return newByteArray(ts, b->view()); }

Status byteArrayExtend(ThreadState& ts, ByteArray* b, Object* iterable) {
  if (hasBuffer(iterable)) return setRange(ts, b, b->size, b->size, iterable);
  Ref<> it = iterOf(ts, iterable);
  if (!it) {
    if (errorMatches(ts, kTypeError)) {
      clearError(ts);
      return raise(ts, kTypeError, "can't extend bytearray with {:.100}", typeName(iterable));
    }
    return Raised{};
  }
  Index hint = TRY(lengthHint(ts, iterable, 32));
  Ref<ByteArray> more = TRY(newByteArray(ts, {}));
  TRY(resizeByteArray(ts, more.get(), hint));
  Index n = 0;
  while (Ref<> item = iterNext(ts, it.get())) {
    uint8_t value = TRY(byteValue(ts, item.get()));
    if (n >= more->size) TRY(resizeByteArray(ts, more.get(), n + (n >> 1) + 1));
    more->start[n++] = char(value);
  }
  if (errorSet(ts)) return Raised{};
  return setLinear(ts, b, b->size, b->size, more->view().substr(0, size_t(n)));
}

Status byteArrayInsert(ThreadState& ts, ByteArray* b, Index at, Object* item) {
  uint8_t value = TRY(byteValue(ts, item));
  Index n = b->size;
  if (n == std::numeric_limits<Index>::max()) return raise(ts, kOverflowError, "cannot add more objects to bytearray");
  TRY(resizeByteArray(ts, b, n + 1));
  at = clipIndex(at, n);
  std::memmove(b->start + at + 1, b->start + at, size_t(n - at));
  b->start[at] = char(value);
  return kDone;
}

Result<Index> byteArrayPop(ThreadState& ts, ByteArray* b, std::optional<Index> where) {
  Index at = where.value_or(-1), n = b->size;
  if (n == 0) return raise(ts, kIndexError, "pop from empty bytearray");
  if (at < 0) at += n;
  if (at < 0 || at >= n) return raise(ts, kIndexError, "pop index out of range");
  if (b->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
  Index value = uint8_t(b->start[at]);
  std::memmove(b->start + at, b->start + at + 1, size_t(n - at));
  TRY(resizeByteArray(ts, b, n - 1));
  return value;
}

Status byteArrayRemove(ThreadState& ts, ByteArray* b, Object* item) {
  uint8_t value = TRY(byteValue(ts, item));
  size_t at = b->view().find(char(value));
  if (at == std::string_view::npos) return raise(ts, kValueError, "value not found in bytearray");
  if (b->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
  std::memmove(b->start + at, b->start + at + 1, size_t(b->size) - at);
  return resizeByteArray(ts, b, b->size - 1);
}

Status byteArrayReverse(ThreadState&, ByteArray* b) {
  for (Index i = 0, j = b->size - 1; i < j; ++i, --j) std::swap(b->start[i], b->start[j]);
  return kDone;
}

// bytes.fromhex and bytearray.fromhex.
Ref<> bytesFromHex(ThreadState& ts, Type* type, Str* text) {
  auto bad = [&](Index at) -> Raised {
    return raise(ts, kValueError, "non-hexadecimal number found in fromhex() arg at position {}", at);
  };
  if (!text->isAscii()) {
    Index i = 0;
    while (i < text->length && (*text)[i] < 0x80) ++i;
    return bad(i);
  }
  auto digit = [](char c) {
    if (isByteDigit(c)) return c - '0';
    c = toByteLower(c);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
  };
  std::string_view s = asciiView(text);
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, text->length / 2));
  Index n = 0;
  for (size_t i = 0; i < s.size();) {
    if (isByteSpace(s[i])) {
      ++i;
      continue;
    }
    int high = digit(s[i]);
    if (high < 0) return bad(Index(i));
    int low = i + 1 < s.size() ? digit(s[i + 1]) : -1;
    if (low < 0) return bad(Index(i) + 1);
    made->data[n++] = char(high << 4 | low);
    i += 2;
  }
  made = TRY(n == made->size ? std::move(made) : shrinkBytes(ts, std::move(made), n));
  if (type == &kBytesType) return newBytes(ts, made->view());
  if (type == &kByteArrayType) return newByteArray(ts, made->view());
  return call(ts, reinterpret_cast<Object*>(type), {made.get()});
}

constinit Type kByteArrayType = defineType<ByteArray>({
    .name = "bytearray",
    .doc = "bytearray(iterable_of_ints) -> bytearray\nbytearray(string, encoding[, errors]) -> bytearray\n"
           "bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer\nbytearray(int) -> as many zero bytes\n"
           "bytearray() -> empty bytearray\n\nA mutable array of bytes.",
    .flags = kBaseType | kMatchSelf,
    .methods = kByteArrayMethods,
    .number = &kNumber,
    .sequence = &kSequence,
    .mapping = &kMapping,
    .buffer = &kBuffer,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "bytearray", "(source=b'', encoding='utf-8', errors='strict')"),
    .free = freeObject,
    .dealloc = slot<dealloc>,
    .repr = slot<repr>,
    .str = slot<str>,
    .richcompare = slot<richcompare>,
    .getattro = genericGetAttrSlot,
    .iter = slot<iter>,
});
constinit Type kByteArrayIteratorType = bytesIteratorType<ByteArray>("bytearray_iterator");

}  // namespace habu
