#include "types/heap_type.h"

#include <string.h>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/core.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {
namespace {

// From where the slots of a PyTypeObject begin to the last one that a definition gives.
void copyDefinition(HeapType* t, const Type& d) {
  constexpr size_t kFirst = offsetof(Type, name);
  memcpy(reinterpret_cast<char*>(t) + kFirst, reinterpret_cast<const char*>(&d) + kFirst, sizeof(Type) - kFirst);
  if (d.async) t->own_async = *d.async;
  if (d.number) t->own_number = *d.number;
  if (d.mapping) t->own_mapping = *d.mapping;
  if (d.sequence) t->own_sequence = *d.sequence;
  if (d.buffer) t->own_buffer = *d.buffer;
  t->async = &t->own_async;
  t->number = &t->own_number;
  t->mapping = &t->own_mapping;
  t->sequence = &t->own_sequence;
  t->buffer = &t->own_buffer;
  t->flags = d.flags | kHeapType;
}

}  // namespace

Ref<Type> makeHeapType(ThreadState& ts, const Type& d) {
  Ref<HeapType> type = cast<HeapType>(Ref<>::steal(genericAlloc(&kTypeType, 0)));
  if (!type) return Raised{};
  copyDefinition(type.get(), d);
  const char* dot = strrchr(d.name, '.');
  Ref<Str> name = TRY(internedStr(ts, dot ? dot + 1 : d.name));
  type->heap_name = name.copy().release();
  type->qualname = name.release();
  if (!type->base) type->base = &kObjectType;
  incref(type->base);
  if (type->doc) {  // type.__dealloc__ frees the text of heap types
    size_t size = strlen(type->doc) + 1;
    auto* text = static_cast<char*>(allocate(size));
    if (!text) return raiseNoMemory(ts);
    type->doc = static_cast<char*>(memcpy(text, type->doc, size));
  }
  Ref<Type> made = std::move(type);
  TRY(readyType(ts, *made));
  if (dot) {
    Ref<Str> module = TRY(newStr(ts, {d.name, size_t(dot - d.name)}));
    TRY(dictSet(ts, made->dict, names::__module__, module.get()));
    typeModified(made.get());
  }
  return made;
}

void freeInstance(Object* o) {
  Ref<Type> type = Ref<Type>::steal(o->type);
  type->free(o);
}

Status setModuleName(ThreadState& ts, Type& type) {
  std::string_view name = type.name;
  Ref<Str> module = TRY(internedStr(ts, name.substr(0, name.rfind('.'))));
  return dictSet(ts, type.dict, names::__module__, module.get());
}

Ref<Type> newExceptionClass(ThreadState& ts, const char* full_name, Type& base, const char* doc) {
  const char* dot = strrchr(full_name, '.');
  Ref<Dict> body = TRY(newDict(ts));
  Ref<Str> module = TRY(newStr(ts, {full_name, size_t(dot - full_name)})), name = TRY(newStr(ts, dot + 1));
  TRY(dictSet(ts, body.get(), names::__module__, module.get()));
  if (doc) TRY(dictSetAscii(ts, body.get(), "__doc__", TRY(newStr(ts, doc))));
  Ref<Tuple> bases = TRY(packTuple(ts, {&base}));
  return cast<Type>(call(ts, &kTypeType, {name.get(), bases.get(), body.get()}));
}

}  // namespace habu
