// Methods that bytes and bytearray share: written once over the view of the bytes; a result is made in the type of self.
#pragma once
#include <cstring>
#include <type_traits>

#include "base/search.h"
#include "object/bind.h"
#include "object/number.h"
#include "types/bytes.h"
#include "types/find_arguments.h"

namespace habu {

// The bytes of an argument: a buffer held for the call, or a single byte given as an integer.
class Needle {
 public:
  // "argument should be integer or bytes-like object, not 'str'"
  static Result<Needle> of(ThreadState&, Object*);
  std::string_view view() const { return single_ ? std::string_view(&byte_, 1) : buffer_.bytes(); }

 private:
  BufferView buffer_;
  bool single_ = false;
  char byte_ = 0;
};

template <class B>
Ref<B> makeLike(ThreadState& ts, std::string_view bytes) {
  if constexpr (std::is_same_v<B, Bytes>) return newBytes(ts, bytes);
  else return newByteArray(ts, bytes);
}
// A new object of `size` bytes to be filled through the pointer.
template <class B>
struct Fresh {
  Ref<B> object;
  char* data = nullptr;
};
template <class B>
Fresh<B> freshBytes(ThreadState& ts, Index size) {
  Fresh<B> f;
  if constexpr (std::is_same_v<B, Bytes>) {
    f.object = newBytesUninitialized(ts, size);
    if (f.object) f.data = f.object->data;
  } else {
    f.object = newByteArray(ts, {});
    if (f.object && resizeByteArray(ts, f.object.get(), size).failed()) f.object = {};
    if (f.object) f.data = f.object->start;
  }
  return f;
}
// The result of a method that changed nothing: bytes themselves, a copy of a bytearray.
template <class B>
Ref<B> unchanged(ThreadState& ts, B* self) {
  if constexpr (std::is_same_v<B, Bytes>)
    if (isExact(self, kBytesType)) return share(self);
  return makeLike<B>(ts, self->view());
}

// While a method holds a view of a bytearray, arguments converted meanwhile cannot resize it: export guard.
struct ExportGuard {
  explicit ExportGuard(Object* o) : array(isByteArray(o) ? static_cast<ByteArray*>(o) : nullptr) {
    if (array) ++array->exports;
  }
  ~ExportGuard() {
    if (array) --array->exports;
  }
  ExportGuard(const ExportGuard&) = delete;
  ByteArray* array;
};

constexpr bool isByteSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
constexpr bool isByteLower(char c) { return c >= 'a' && c <= 'z'; }
constexpr bool isByteUpper(char c) { return c >= 'A' && c <= 'Z'; }
constexpr bool isByteAlpha(char c) { return isByteLower(c) || isByteUpper(c); }
constexpr bool isByteDigit(char c) { return c >= '0' && c <= '9'; }
constexpr char toByteLower(char c) { return isByteUpper(c) ? char(c + 32) : c; }
constexpr char toByteUpper(char c) { return isByteLower(c) ? char(c - 32) : c; }

inline Index findBytes(std::string_view text, std::string_view needle) {
  return findText(reinterpret_cast<const uint8_t*>(text.data()), Index(text.size()),
                  reinterpret_cast<const uint8_t*>(needle.data()), Index(needle.size()));
}
inline Index findLastBytes(std::string_view text, std::string_view needle) {
  return findLastText(reinterpret_cast<const uint8_t*>(text.data()), Index(text.size()),
                      reinterpret_cast<const uint8_t*>(needle.data()), Index(needle.size()));
}

// The method tables (bytes_methods.cpp); each type's file appends its own in front: see bytes_type.cpp.
extern const MethodDef kBytesMethods[];
extern const MethodDef kByteArrayMethods[];

// bytearray's own methods (bytearray.cpp).
Index byteArrayAlloc(ThreadState&, ByteArray*);
Ref<> byteArrayReduce(ThreadState&, ByteArray*);
Ref<> byteArrayReduceEx(ThreadState&, ByteArray*, std::optional<int> protocol);
Index byteArraySizeof(ThreadState&, ByteArray*);
Status byteArrayAppend(ThreadState&, ByteArray*, Object* item);
Status byteArrayClear(ThreadState&, ByteArray*);
Ref<ByteArray> byteArrayCopy(ThreadState&, ByteArray*);
Status byteArrayExtend(ThreadState&, ByteArray*, Object* iterable);
Status byteArrayInsert(ThreadState&, ByteArray*, Index at, Object* item);
Result<Index> byteArrayPop(ThreadState&, ByteArray*, std::optional<Index> at);
Status byteArrayRemove(ThreadState&, ByteArray*, Object* value);
Status byteArrayReverse(ThreadState&, ByteArray*);
Ref<> bytesFromHex(ThreadState&, Type*, Str*);
Ref<Tuple> bytesNewArguments(ThreadState&, Bytes*);
Ref<Bytes> bytesOwnBytes(ThreadState&, Bytes*);

// "byte must be in range(0, 256)"
Result<uint8_t> byteValue(ThreadState&, Object*);
// `b in self`: an integer or a buffer.
Result<bool> containsBytes(ThreadState&, std::string_view, Object*);

}  // namespace habu
