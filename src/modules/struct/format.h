// Formats of the module struct, compiled: one code per run of equal items.
#pragma once
#include "object/core.h"

namespace habu {

struct StructCode;

// How one format character is stored. pack may raise; unpack cannot fail but for memory.
struct StructFormat {
  char character;
  Index size, alignment;
  Ref<> (*unpack)(ThreadState&, const unsigned char*, const StructFormat&);
  Status (*pack)(ThreadState&, Object*, unsigned char*, const StructFormat&);
};

struct StructCode {
  const StructFormat* format;
  Index offset;
  Index size;    // bytes of one item ('s', 'p': of the whole string)
  Index repeat;  // how many items in a row
};

struct CompiledStruct {
  StructCode* codes = nullptr;  // owned by the holder (malloc); ends with one without format
  Index size = -1;   // bytes
  Index items = -1;  // values
};

extern Type* struct_error;

Status compileStruct(ThreadState&, std::string_view format, CompiledStruct&);
// Packs `items` values into `out` (size bytes), unpacks from `data`.
Status packStruct(ThreadState&, const CompiledStruct&, Object* const* values, unsigned char* out);
Ref<Tuple> unpackStruct(ThreadState&, const CompiledStruct&, const unsigned char* data);

}  // namespace habu
