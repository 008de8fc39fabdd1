// bytes: PyBytesObject. A null byte follows the data.
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
  char* bytes;   // the allocation
  char* start;   // first byte in use
  Index exports; // held buffers: no resizing while > 0
};
extern Type kBytesType C_NAME("PyBytes_Type");
extern Type kByteArrayType C_NAME("PyByteArray_Type");

Ref<Bytes> newBytesUninitialized(ThreadState&, Index size);  // fill data
Ref<Bytes> shrinkBytes(ThreadState&, Ref<Bytes>, Index size);
Ref<Bytes> bytesFrom(ThreadState&, Object*);  // bytes(o)
Ref<Bytes> concatBytes(ThreadState&, std::string_view, std::string_view);
Ref<ByteArray> newByteArray(ThreadState&, std::string_view);
Status resizeByteArray(ThreadState&, ByteArray*, Index size);
Hash hashBytes(std::string_view);  // as str of the same bytes

}  // namespace habu
