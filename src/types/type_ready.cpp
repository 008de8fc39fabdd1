// Making types ready for use: base and metatype, MRO, the dictionary with its descriptors, inherited slots.
#include <cstddef>
#include <cstring>

#include "object/alloc.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/dict_keys.h"
#include "types/function.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

// ---- doc texts: "name(signature)\n--\n\ntext" ----
namespace {
// Where the signature starts, null when the text has none.
const char* signatureStart(const char* name, const char* doc) {
  if (!doc) return nullptr;
  const char* dot = strrchr(name, '.');
  if (dot) name = dot + 1;
  size_t n = strlen(name);
  if (strncmp(doc, name, n) != 0 || doc[n] != '(') return nullptr;
  return doc + n;
}
constexpr char kSignatureEnd[] = ")\n--\n\n";
// Behind the end mark; a blank line before it means there is no signature.
const char* signatureEnd(const char* start) {
  for (const char* p = start; *p; ++p) {
    if (p[0] == ')' && strncmp(p, kSignatureEnd, sizeof kSignatureEnd - 1) == 0) return p + sizeof kSignatureEnd - 1;
    if (p[0] == '\n' && p[1] == '\n') return nullptr;
  }
  return nullptr;
}
}  // namespace

const char* docBody(const char* name, const char* doc) {
  if (!doc) return nullptr;
  const char* start = signatureStart(name, doc);
  const char* end = start ? signatureEnd(start) : nullptr;
  return end ? end : doc;
}
Ref<> docObject(ThreadState& ts, const char* name, const char* doc) {
  const char* body = docBody(name, doc);
  if (!body || !*body) return none();
  return newStr(ts, body);
}
Ref<> textSignature(ThreadState& ts, const char* name, const char* doc) {
  const char* start = signatureStart(name, doc);
  const char* end = start ? signatureEnd(start) : nullptr;
  if (!end) return none();
  return newStr(ts, {start, size_t(end - start) - (sizeof kSignatureEnd - 2)});  // the ")" stays
}

namespace {

// ---- dictionary ----
Status addIfAbsent(ThreadState& ts, Dict* dict, Str* name, Object* value) {
  if (dictFindStr(dict, name)) return kDone;
  return dictSet(ts, dict, name, value);
}

Ref<> methodObject(ThreadState& ts, Type& type, const MethodDef& def) {
  if (def.flags & kMethClass) return newClassMethodDescriptor(ts, &type, &def);
  if (def.flags & kMethStatic) {
    Ref<> f = TRY(newBuiltinFunction(ts, &def, &type, nullptr));
    return newStaticMethod(ts, f.get());
  }
  return newMethodDescriptor(ts, &type, &def);
}

Status addMethods(ThreadState& ts, Type& type) {
  if (!type.methods) return kDone;
  for (const MethodDef* def = type.methods; def->name; ++def) {
    Ref<Str> name = TRY(internedStr(ts, def->name));
    bool replaces = (def->flags & kMethCoexist) != 0;
    if (!replaces && dictFindStr(type.dict, name.get())) continue;
    Ref<> method = TRY(methodObject(ts, type, *def));
    TRY(dictSet(ts, type.dict, name.get(), method.get()));
  }
  return kDone;
}
Status addMembers(ThreadState& ts, Type& type) {
  if (!type.members) return kDone;
  for (const MemberDef* def = type.members; def->name; ++def) {
    Ref<Str> name = TRY(internedStr(ts, def->name));
    Ref<> member = TRY(newMemberDescriptor(ts, &type, def));
    TRY(addIfAbsent(ts, type.dict, name.get(), member.get()));
  }
  return kDone;
}
Status addGetSets(ThreadState& ts, Type& type) {
  if (!type.getset) return kDone;
  for (const GetSetDef* def = type.getset; def->name; ++def) {
    Ref<Str> name = TRY(internedStr(ts, def->name));
    Ref<> property = TRY(newGetSetDescriptor(ts, &type, def));
    TRY(addIfAbsent(ts, type.dict, name.get(), property.get()));
  }
  return kDone;
}

// ---- inheritance of slots ----
void inheritSpecial(Type* type, Type* base) {
  if (!type->has(kHaveGc) && base->has(kHaveGc) && !type->traverse && !type->clear) {
    type->flags |= kHaveGc;
    type->traverse = base->traverse;
    type->clear = base->clear;
  }
  type->flags |= base->flags & kManagedDict;
  if (!type->basic_size) type->basic_size = base->basic_size;
  if (!type->item_size) type->item_size = base->item_size;
  if (!type->weaklist_offset) type->weaklist_offset = base->weaklist_offset;
  if (!type->dict_offset) type->dict_offset = base->dict_offset;
  constexpr unsigned long kFamilies = kExceptionSubclass | kTypeSubclass | kIntSubclass | kBytesSubclass | kStrSubclass |
                                      kTupleSubclass | kListSubclass | kDictSubclass | kMatchSelf;
  type->flags |= base->flags & kFamilies;
}

// A slot comes from `base` only when base itself defines it (differs from its own base's).
template <class F>
void copySlot(F*& mine, F* of_base, F* of_base_base) {
  if (!mine && of_base && of_base != of_base_base) mine = of_base;
}
template <class Table>
void inheritTable(Table* mine, const Table* of_base, const Table* of_base_base) {
  if (!mine || !of_base) return;
  constexpr size_t kCount = sizeof(Table) / sizeof(void*);
  void** m = reinterpret_cast<void**>(mine);
  auto* b = reinterpret_cast<void* const*>(of_base);
  auto* bb = reinterpret_cast<void* const*>(of_base_base);
  for (size_t i = 0; i < kCount; ++i)
    if (!m[i] && b[i] && (!bb || b[i] != bb[i])) m[i] = b[i];
}

bool overridesHash(Type* type) {
  return dictFindStr(type->dict, names::__eq__) || dictFindStr(type->dict, names::__hash__);
}

void inheritCall(Type* type, Type* base, Type* base_base) {
  if (!type->vectorcall_offset && base->vectorcall_offset) type->vectorcall_offset = base->vectorcall_offset;
  if (!type->call && base->has(kHaveVectorcall) && type->has(kImmutableType)) type->flags |= kHaveVectorcall;
  copySlot(type->call, base->call, base_base ? base_base->call : nullptr);
}

void inheritFree(Type* type, Type* base, Type* base_base) {
  if ((type->flags & kHaveGc) == (base->flags & kHaveGc)) {
    copySlot(type->free, base->free, base_base ? base_base->free : nullptr);
  } else if (type->has(kHaveGc) && !type->free && base->free == freeObject) {
    type->free = freeGcObject;
  }
}

void inheritSlots(Type* type, Type* base) {
  Type* bb = base->base;
  inheritTable(type->number, base->number, bb ? bb->number : nullptr);
  inheritTable(type->async, base->async, bb ? bb->async : nullptr);
  inheritTable(type->sequence, base->sequence, bb ? bb->sequence : nullptr);
  inheritTable(type->mapping, base->mapping, bb ? bb->mapping : nullptr);
  inheritTable(type->buffer, base->buffer, bb ? bb->buffer : nullptr);
#define COPY(slot) copySlot(type->slot, base->slot, bb ? bb->slot : nullptr)
  COPY(dealloc);
  if (!type->getattr_char && !type->getattro) {
    type->getattr_char = base->getattr_char;
    type->getattro = base->getattro;
  }
  if (!type->setattr_char && !type->setattro) {
    type->setattr_char = base->setattr_char;
    type->setattro = base->setattro;
  }
  COPY(repr);
  inheritCall(type, base, bb);
  COPY(str);
  if (!type->richcompare && !type->hash && !overridesHash(type)) {
    type->richcompare = base->richcompare;
    type->hash = base->hash;
  }
  COPY(iter);
  COPY(iternext);
  COPY(descr_get);
  if (base->descr_get && type->descr_get == base->descr_get && type->has(kImmutableType) && base->has(kMethodDescriptor))
    type->flags |= kMethodDescriptor;
  COPY(descr_set);
  if (!type->dict_offset && base->dict_offset) type->dict_offset = base->dict_offset;
  COPY(init);
  COPY(alloc);
  COPY(is_gc);
  COPY(finalize);
#undef COPY
  inheritFree(type, base, bb);
}

template <class Table>
void inheritWhole(Table*& mine, Table* of_base) {
  if (!mine) mine = of_base;
}

void inheritAll(Type& type) {
  if (type.base) inheritSpecial(&type, type.base);
  constexpr unsigned long kCollections = kSequenceFlag | kMappingFlag;
  for (Index i = 1; i < type.mro->size; ++i) {
    Object* base = type.mro->items[i];
    if (!isType(base)) continue;
    inheritSlots(&type, static_cast<Type*>(base));
    if (!type.has(kCollections)) type.flags |= static_cast<Type*>(base)->flags & kCollections;
  }
  if (Type* base = type.base) {
    inheritWhole(type.async, base->async);
    inheritWhole(type.number, base->number);
    inheritWhole(type.sequence, base->sequence);
    inheritWhole(type.mapping, base->mapping);
    inheritWhole(type.buffer, base->buffer);
  }
}

Status readyNew(ThreadState& ts, Type& type) {
  if (!type.make && type.base == &kObjectType && !type.has(kHeapType)) type.flags |= kDisallowInstantiation;
  if (type.has(kDisallowInstantiation)) {
    type.make = nullptr;
    return kDone;
  }
  if (type.make) return addNewWrapper(ts, type);
  type.make = type.base->make;
  return kDone;
}

Status readyBases(ThreadState& ts, Type& type) {
  if (!type.base && &type != &kObjectType) {
    type.base = &kObjectType;
    if (type.has(kHeapType)) incref(type.base);
  }
  if (type.base && !type.base->dict) TRY(readyType(ts, *type.base));
  if (!type.type) type.type = type.base ? type.base->type : &kTypeType;
  if (!type.bases) {
    Ref<Tuple> bases = TRY(type.base ? packTuple(ts, {type.base}) : newTuple(ts, {}));
    type.bases = bases.release();
  }
  return kDone;
}

Status readyHash(ThreadState& ts, Type& type) {
  if (type.hash) return kDone;
  if (dictFindStr(type.dict, names::__hash__)) return kDone;
  TRY(dictSet(ts, type.dict, names::__hash__, &kNoneObject));
  type.hash = notHashable;
  return kDone;
}

Status readyAll(ThreadState& ts, Type& type) {
  TRY(readyBases(ts, type));
  if (!type.has(kHeapType)) type.flags |= kImmutableType;
  if (!type.dict) {
    Ref<Dict> dict = TRY(newDict(ts));
    type.dict = dict.release();
  }
  TRY(updateMro(ts, &type));
  TRY(readyNew(ts, type));
  TRY(fillTypeDict(ts, type));
  inheritAll(type);
  TRY(readyHash(ts, type));
  for (Object* base : type.bases->span())
    if (isType(base)) TRY(addSubclass(ts, static_cast<Type*>(base), &type));
  if (type.has(kManagedDict) && type.has(kHeapType)) {
    auto& heap = static_cast<HeapType&>(type);
    if (!heap.cached_keys && !(heap.cached_keys = newSharedKeys())) return raiseNoMemory(ts);
  }
  return kDone;
}

}  // namespace

Status fillTypeDict(ThreadState& ts, Type& type) {
  TRY(addSlotWrappers(ts, type));
  TRY(addMethods(ts, type));
  TRY(addMembers(ts, type));
  TRY(addGetSets(ts, type));
  if (!dictFindStr(type.dict, names::__doc__)) {
    const char* body = docBody(type.name, type.doc);
    Ref<> doc = TRY(body ? Ref<>(newStr(ts, body)) : none());
    TRY(dictSet(ts, type.dict, names::__doc__, doc.get()));
  }
  return kDone;
}

Status readyType(ThreadState& ts, Type& type) {
  if (type.has(kReady)) return kDone;
  if (type.has(kReadying)) return kDone;
  type.flags |= kReadying;
  Status done = readyAll(ts, type);
  type.flags &= ~kReadying;
  if (done.failed()) return Raised{};
  type.flags |= kReady;
  return kDone;
}

}  // namespace habu
