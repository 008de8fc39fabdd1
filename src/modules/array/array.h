// Parts shared by the files of the module `array`.
#pragma once
#include <climits>
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/object_fields.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::arrays {

struct Array;

// One kind of item: how it lies in memory and turns into an object.
struct Kind {
  char code;
  int size;  // bytes an item
  Ref<> (*load)(ThreadState&, const char* from);
  Status (*store)(ThreadState&, Object* value, char* to);
  const char* format;  // of the exported buffer
  bool integer, is_signed;
  int machine_format;  // of __reduce_ex__
};
extern const Kind kKinds[13];
const Kind* kindOf(char32_t code);  // null: no such code

struct Array : VarObject {
  char* items;
  Index allocated;  // items there is room for
  const Kind* kind;
  Object* weakrefs;
  Index exports;  // held buffers: no resizing while > 0

  char* at(Index i) { return items + i * kind->size; }
  std::string_view bytes() const { return {items, size_t(size) * size_t(kind->size)}; }
};
extern Type kArray, kArrayIterator;

Ref<Array> newArray(ThreadState&, Type*, Index size, const Kind*);  // items zero
bool resize(ThreadState&, Array*, Index size);                      // false: BufferError or MemoryError
Status insertAt(ThreadState&, Array*, Index where, Object* value);  // clips `where`
Status appendBytes(ThreadState&, Array*, std::string_view);
Status extendArray(ThreadState&, Array*, Object* iterable);
Ref<List> itemsOf(ThreadState&, Array*);
Ref<Str> textOf(ThreadState&, Array*);  // of kind 'u'
Status appendText(ThreadState&, Array*, Str*);
Ref<> reconstruct(ThreadState&, Object* module, Type* type, char32_t code, int machine_format, Object* items);  // pickle.cpp
Ref<> reduceEx(ThreadState&, Array*, Object* protocol);
inline const char* shortName(const Type* type) {
  const char* dot = std::strrchr(type->name, '.');
  return dot ? dot + 1 : type->name;
}
extern const MethodDef kArrayMethods[];  // methods.cpp

}  // namespace habu::arrays
