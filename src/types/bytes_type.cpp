// The type bytes: slots, constructor, iterator.
#include <cstddef>
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes_construct.h"
#include "types/bytes_iterator.h"
#include "types/bytes_methods.h"
#include "types/codecs.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Ref<Str> repr(ThreadState& ts, Bytes* b) { return reprBytes(ts, b->view(), "", "", false); }
Ref<Str> str(ThreadState& ts, Bytes* b) {
  TRY(warnBytesAsText(ts, "str() on a bytes instance"));
  return repr(ts, b);
}
Hash hash(Bytes* b) {
  if (b->hash == -1) b->hash = hashBytes(b->view());
  return b->hash;
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isBytes(a) || !isBytes(b)) {
    if (op == CompareOp::Eq || op == CompareOp::Ne) TRY(warnBytesComparison(ts, a, b, "bytes"));
    return notImplemented();
  }
  auto* x = static_cast<Bytes*>(a);
  auto* y = static_cast<Bytes*>(b);
  if (op == CompareOp::Eq || op == CompareOp::Ne) {
    bool equal = x == y || (x->size == y->size && std::memcmp(x->data, y->data, size_t(x->size)) == 0);
    return newBool(equal == (op == CompareOp::Eq));
  }
  return newBool(compareResult(x->view().compare(y->view()), op));
}

Index length(Bytes* b) { return b->size; }

Ref<> concat(ThreadState& ts, Object* a, Object* b) {
  if (isExact(a, kBytesType) && isExact(b, kBytesType)) {
    if (static_cast<Bytes*>(a)->size == 0) return share(b);
    if (static_cast<Bytes*>(b)->size == 0) return share(a);
  }
  if (!hasBuffer(a) || !hasBuffer(b)) return raise(ts, kTypeError, "can't concat {:.100} to {:.100}", typeName(b), typeName(a));
  BufferView x = TRY(BufferView::of(ts, a));
  BufferView y = TRY(BufferView::of(ts, b));
  return concatBytes(ts, x.bytes(), y.bytes());
}

Ref<Bytes> repeat(ThreadState& ts, Bytes* b, Index times) {
  if (times < 0) times = 0;
  if (times > 0 && b->size > std::numeric_limits<Index>::max() / times) return raise(ts, kOverflowError, "repeated bytes are too long");
  Index total = b->size * times;
  if (total == b->size && isExact(b, kBytesType)) return share(b);
  if (total == 0) return emptyBytes();
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, total));
  repeatMemory(made->data, b->view(), size_t(total));
  return made;
}

Ref<Int> item(ThreadState& ts, Bytes* b, Index i) {
  if (i < 0 || i >= b->size) return raise(ts, kIndexError, "index out of range");
  return newInt(ts, uint8_t(b->data[i]));
}

Ref<> subscript(ThreadState& ts, Bytes* b, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return toObject(item(ts, b, i < 0 ? i + b->size : i));
  }
  if (!isExact(key, kSliceType)) return raise(ts, kTypeError, "byte indices must be integers or slices, not {:.200}", typeName(key));
  SliceRange r = TRY(sliceIndices(ts, static_cast<Slice*>(key), b->size));
  if (r.count <= 0) return emptyBytes();
  if (r.step == 1) {
    if (r.count == b->size && isExact(b, kBytesType)) return share(b);
    return newBytes(ts, b->view().substr(size_t(r.start), size_t(r.count)));
  }
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, r.count));
  for (Index i = 0, at = r.start; i < r.count; ++i, at += r.step) made->data[i] = b->data[at];
  if (r.count == 1) return newBytes(ts, made->view());
  return made;
}

Result<bool> contains(ThreadState& ts, Bytes* b, Object* value) { return containsBytes(ts, b->view(), value); }

Ref<> remainder(ThreadState& ts, Object* a, Object* b) {
  if (!isBytes(a)) return notImplemented();
  return percentFormatBytes(ts, static_cast<Bytes*>(a)->view(), b);
}

Status getBytesBuffer(ThreadState& ts, Bytes* b, Buffer& view, int flags) {
  return fillBuffer(ts, view, b, b->data, b->size, true, flags);
}

void dealloc(Bytes* b) { b->type->free(b); }

Ref<> iter(ThreadState& ts, Bytes* b) { return newBytesIterator(ts, kBytesIteratorType, b); }

// ---- construction ----

Ref<Bytes> exactBytes(ThreadState& ts, Object* source, std::optional<std::string_view> encoding,
                      std::optional<std::string_view> errors) {
  if (!source) {
    TRY(checkNoText(ts, nullptr, encoding.has_value(), errors.has_value()));
    return emptyBytes();
  }
  if (encoding) {
    if (!isStr(source)) return raise(ts, kTypeError, "encoding without a string argument");
    return encodeText(ts, static_cast<Str*>(source), encoding->data(), errors ? errors->data() : nullptr);
  }
  TRY(checkNoText(ts, source, false, errors.has_value()));
  Ref<> method = TRY(lookupSpecial(ts, source, names::__bytes__));
  if (method) {
    Ref<> made = TRY(call(ts, method.get()));
    if (!isBytes(made.get())) return raise(ts, kTypeError, "__bytes__ returned non-bytes (type {:.200})", typeName(made.get()));
    return cast<Bytes>(std::move(made));
  }
  if (isStr(source)) return raise(ts, kTypeError, "string argument without an encoding");
  std::optional<Index> count = TRY(countArgument(ts, source));
  if (count) {
    Ref<Bytes> made = TRY(newBytesUninitialized(ts, *count));
    std::memset(made->data, 0, size_t(*count));
    if (*count == 1) return newBytes(ts, made->view());
    return made;
  }
  return bytesFromObject(ts, source);
}

Ref<> make(ThreadState& ts, Type* type, Object* source, std::optional<std::string_view> encoding,
           std::optional<std::string_view> errors) {
  Ref<Bytes> b = TRY(exactBytes(ts, source, encoding, errors));
  if (type == &kBytesType) return b;
  return bytesSubtype(type, b->view());
}

constinit NumberSlots kNumber = {.remainder = slot<remainder>};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>};
constinit BufferSlots kBuffer = {.get = slot<getBytesBuffer>};

}  // namespace

namespace {
int bytesWarningLevel() { return mainInterpreter.config ? mainInterpreter.config->bytes_warning : 0; }
}  // namespace

void repeatMemory(char* to, std::string_view unit, size_t total) {
  if (unit.size() == 1) {
    std::memset(to, unit[0], total);
    return;
  }
  if (total == 0) return;
  std::memcpy(to, unit.data(), unit.size());
  for (size_t done = unit.size(); done < total;) {
    size_t n = done < total - done ? done : total - done;
    std::memcpy(to + done, to, n);
    done += n;
  }
}

Status warnBytesAsText(ThreadState& ts, const char* message) {
  if (bytesWarningLevel() == 0) return kDone;
  return warn(ts, kBytesWarning, 1, message);
}

Status warnBytesComparison(ThreadState& ts, Object* a, Object* b, const char* type) {
  if (bytesWarningLevel() == 0) return kDone;
  bool array = type[4] != 's';
  const char* what = isStr(a) || isStr(b) ? "string" : isInt(a) || isInt(b) ? "int" : nullptr;
  if (!what || (array && what[0] == 'i')) return kDone;
  Ref<Str> text = TRY(formatText(ts, "Comparison between {} and {}", type, what));
  return warnText(ts, kBytesWarning, 1, std::move(text));
}

Status checkNoText(ThreadState& ts, Object* source, bool encoding, bool errors) {
  if (encoding) return raise(ts, kTypeError, "encoding without a string argument");
  if (!errors) return kDone;
  if (source && isStr(source)) return raise(ts, kTypeError, "string argument without an encoding");
  return raise(ts, kTypeError, "errors without a string argument");
}

Result<std::optional<Index>> countArgument(ThreadState& ts, Object* source) {
  if (!hasIndex(source)) return std::optional<Index>{};
  Result<Index> count = asIndex(ts, source, &kOverflowError);
  if (count.failed()) {
    if (!errorMatches(ts, kTypeError)) return Raised{};
    clearError(ts);
    return std::optional<Index>{};
  }
  Index n = count.take();
  if (n < 0) return raise(ts, kValueError, "negative count");
  return std::optional<Index>{n};
}

Ref<> bytesSubtype(Type* type, std::string_view bytes) {
  auto* b = reinterpret_cast<Bytes*>(type->alloc(type, Index(bytes.size())));
  if (!b) return {};
  std::memcpy(b->data, bytes.data(), bytes.size());
  b->data[bytes.size()] = 0;
  b->hash = -1;
  return Ref<>::steal(b);
}

Ref<Tuple> bytesNewArguments(ThreadState& ts, Bytes* b) {
  Ref<Bytes> copy = TRY(newBytes(ts, b->view()));
  return packTuple(ts, {copy.get()});
}
Ref<Bytes> bytesOwnBytes(ThreadState& ts, Bytes* b) {
  if (isExact(b, kBytesType)) return share(b);
  return newBytes(ts, b->view());
}

constinit Type kBytesType = defineVarType<Bytes>(
    offsetof(Bytes, data) + 1,
    {
        .name = "bytes",
        .doc = "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\n"
               "bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> as many zero bytes\n"
               "bytes() -> empty bytes object\n\nAn immutable array of bytes.",
        .flags = kBaseType | kBytesSubclass | kMatchSelf,
        .item_size = 1,
        .methods = kBytesMethods,
        .number = &kNumber,
        .sequence = &kSequence,
        .mapping = &kMapping,
        .buffer = &kBuffer,
        .make = CONSTRUCTOR(make, "bytes", "(source=b'', encoding='utf-8', errors='strict')"),
        .free = freeObject,
        .dealloc = slot<dealloc>,
        .repr = slot<repr>,
        .str = slot<str>,
        .hash = slot<hash>,
        .richcompare = slot<richcompare>,
        .getattro = genericGetAttrSlot,
        .iter = slot<iter>,
    });
constinit Type kBytesIteratorType = bytesIteratorType<Bytes>("bytes_iterator");

}  // namespace habu
