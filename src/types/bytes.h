// bytes: PyBytesObject, immutable once shared. bytearray: PyByteArrayObject. A null byte follows the data of both.
#pragma once
#include <string_view>

#include "object/core.h"

namespace habu {

struct Bytes : VarObject {
  Hash hash;  // -1: not computed yet
  char data[1];
  std::string_view view() const { return {data, size_t(size)}; }
};
struct ByteArray : VarObject {
  Index allocated;
  char* bytes;   // the allocation; null when allocated is 0
  char* start;   // first byte in use
  Index exports; // held buffers: no resizing while > 0
  std::string_view view() const { return {size ? start : "", size_t(size)}; }
};
extern Type kBytesType C_NAME("PyBytes_Type");
extern Type kByteArrayType C_NAME("PyByteArray_Type");
extern Type kBytesIteratorType C_NAME("PyBytesIter_Type");
extern Type kByteArrayIteratorType C_NAME("PyByteArrayIter_Type");
inline bool isByteArray(const Object* o) { return isInstanceOf(o, kByteArrayType); }

Ref<Bytes> emptyBytes();
Ref<Bytes> newBytesUninitialized(ThreadState&, Index size);  // fill data
Ref<Bytes> shrinkBytes(ThreadState&, Ref<Bytes>, Index size);  // or grows: _PyBytes_Resize, for unshared bytes
Ref<Bytes> bytesFrom(ThreadState&, Object*);  // PyObject_Bytes: __bytes__, else as bytesFromObject
Ref<Bytes> bytesFromObject(ThreadState&, Object*);  // a buffer or an iterable of integers
Ref<Bytes> concatBytes(ThreadState&, std::string_view, std::string_view);
Ref<ByteArray> newByteArray(ThreadState&, std::string_view);
Status resizeByteArray(ThreadState&, ByteArray*, Index size);
Hash hashBytes(std::string_view);  // as str of the same bytes
// b'...' between `before` and `after`; bytearray escapes single quotes even inside double ones.
Ref<Str> reprBytes(ThreadState&, std::string_view, const char* before, const char* after, bool escape_single);
// Hexadecimal text, with a separator every `group` bytes (counted from the end; negative: from the start).
Ref<Str> hexText(ThreadState&, std::string_view, Object* separator, int group);
Ref<Bytes> percentFormatBytes(ThreadState&, std::string_view format, Object* arguments);
// bytes.join over any iterable of bytes-like objects.
Ref<Bytes> joinBytes(ThreadState&, std::string_view separator, Object* iterable);

}  // namespace habu
