// type.__new__: from a name, bases and a namespace to a class.
#include <cstddef>
#include <cstring>

#include "object/alloc.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/function.h"
#include "types/instance_dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

static_assert(offsetof(HeapType, own_async) == sizeof(Type));

namespace {

// ---- __dict__ and __weakref__ of instances ----
// A base that defines __dict__ itself (a C type with its own rules) decides.
Type* baseWithDict(Type* type) {
  for (; type && type->base; type = type->base)
    if (type->dict_offset && !type->has(kHeapType)) return type;
  return nullptr;
}
Object* dictDescriptor(Type* base) {
  Object* d = typeLookup(base, names::__dict__);
  return d && isDataDescriptor(d) ? d : nullptr;
}
Raised raiseNoDict(ThreadState& ts, Object* o) {
  return raise(ts, kTypeError, "this __dict__ descriptor does not support '{:.200}' objects", typeName(o));
}

Object* getInstanceDict(Object* o, void*) {
  ThreadState& ts = ThreadState::current();
  if (Type* base = baseWithDict(o->type)) {
    Ref<> d = Ref<>::share(dictDescriptor(base));
    if (!d || !d->type->descr_get) {
      (void)raiseNoDict(ts, o);
      return nullptr;
    }
    return d->type->descr_get(d.get(), o, o->type);
  }
  return genericDictGetter(o, nullptr);
}

int setInstanceDictAttribute(Object* o, Object* value, void*) {
  ThreadState& ts = ThreadState::current();
  if (Type* base = baseWithDict(o->type)) {
    Ref<> d = Ref<>::share(dictDescriptor(base));
    if (!d || !d->type->descr_set) {
      (void)raiseNoDict(ts, o);
      return -1;
    }
    return d->type->descr_set(d.get(), o, value);
  }
  if (!instanceDictField(o)) {
    (void)raise(ts, kAttributeError, "This object has no __dict__");
    return -1;
  }
  if (value && !isDict(value)) {
    (void)raise(ts, kTypeError, "__dict__ must be set to a dictionary, not a '{:.200}'", typeName(value));
    return -1;
  }
  setInstanceDict(ts, o, static_cast<Dict*>(value));
  return 0;
}

Object* getWeakrefs(Object* o, void*) {
  WeakRef** list = weakrefList(o);
  if (!list) {
    (void)raise(ThreadState::current(), kAttributeError, "This object has no __weakref__");
    return nullptr;
  }
  return *list ? Ref<>::share(static_cast<Object*>(*list)).release() : none().release();
}

constexpr GetSetDef kDictAndWeakref[] = {
    {"__dict__", getInstanceDict, setInstanceDictAttribute, "the attributes of the instance", nullptr},
    {"__weakref__", getWeakrefs, nullptr, "the weak references to the object", nullptr},
    {}};
constexpr GetSetDef kDictOnly[] = {
    {"__dict__", getInstanceDict, setInstanceDictAttribute, "the attributes of the instance", nullptr}, {}};
constexpr GetSetDef kWeakrefOnly[] = {
    {"__weakref__", getWeakrefs, nullptr, "the weak references to the object", nullptr}, {}};

// ---- what is known about the class while it is made ----
struct ClassMaker {
  ThreadState& ts;
  Type* meta;
  Tuple* args;
  Dict* keywords;  // nullable
  Str* name;
  Ref<Tuple> bases;
  Type* base = nullptr;
  Dict* original = nullptr;
  Ref<Dict> dict;
  Ref<> slots;       // __slots__ as found; empty: none given
  Ref<Tuple> names;  // of the slots, mangled and sorted
  Index slot_count = 0;
  bool may_add_dict = false, may_add_weak = false;
  bool add_dict = false, add_weak = false;
  HeapType* type = nullptr;
};

Raised raiseArgumentType(ThreadState& ts, int position, const char* wanted, Object* got) {
  return raise(ts, kTypeError, "type.__new__() argument {} must be {}, not {}", position, wanted,
               isNone(got) ? "None" : typeName(got));
}

Status readArguments(ClassMaker& m) {
  if (m.args->size != 3)
    return raise(m.ts, kTypeError, "type.__new__() takes exactly 3 arguments ({} given)", m.args->size);
  if (!isStr(m.args->items[0])) return raiseArgumentType(m.ts, 1, "str", m.args->items[0]);
  if (!isTuple(m.args->items[1])) return raiseArgumentType(m.ts, 2, "tuple", m.args->items[1]);
  if (!isDict(m.args->items[2])) return raiseArgumentType(m.ts, 3, "dict", m.args->items[2]);
  m.name = static_cast<Str*>(m.args->items[0]);
  m.bases = share(static_cast<Tuple*>(m.args->items[1]));
  m.original = static_cast<Dict*>(m.args->items[2]);
  return kDone;
}

// Chooses metaclass and base. `delegated` is filled when another metaclass's __new__ has made the class.
Status chooseBases(ClassMaker& m, Ref<>& delegated) {
  ThreadState& ts = m.ts;
  if (m.bases->size == 0) {
    m.base = &kObjectType;
    m.bases = TRY(packTuple(ts, {&kObjectType}));
    return kDone;
  }
  for (Object* base : m.bases->span()) {
    if (isType(base)) continue;
    Ref<> entries = TRY(findAttr(ts, base, names::__mro_entries__));
    if (entries) return raise(ts, kTypeError, "type() doesn't support MRO entry resolution; use types.new_class()");
  }
  Type* winner = TRY(calculateMetaclass(ts, m.meta, m.bases.get()));
  if (winner != m.meta) {
    if (winner->make != typeNewSlot) {
      delegated = TRY(Ref<>::steal(winner->make(winner, m.args, m.keywords)));
      return kDone;
    }
    m.meta = winner;
  }
  m.base = TRY(bestBase(ts, m.bases.get()));
  return kDone;
}

// ---- __slots__ ----
Result<bool> isIdentifier(ThreadState& ts, Str* s) {
  if (s->isAscii()) {
    auto text = asciiView(s);
    if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
    for (char c : text)
      if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    return true;
  }
  static constinit Name kIsIdentifier{"isidentifier"};
  Ref<> answer = TRY(callMethod(ts, s, kIsIdentifier));
  return isTrue(ts, answer.get());
}

Status checkSlotName(ThreadState& ts, Object* name) {
  if (!isStr(name)) return raise(ts, kTypeError, "__slots__ items must be strings, not '{:.200}'", typeName(name));
  if (!TRY(isIdentifier(ts, static_cast<Str*>(name)))) return raise(ts, kTypeError, "__slots__ must be identifiers");
  return kDone;
}

// __dict__ and __weakref__ among the slots ask for these.
Status checkSpecialSlots(ClassMaker& m, Tuple* given) {
  for (Object* item : given->span()) {
    TRY(checkSlotName(m.ts, item));
    auto* name = static_cast<Str*>(item);
    if (equalsAscii(name, "__dict__")) {
      if (!m.may_add_dict || m.add_dict)
        return raise(m.ts, kTypeError, "__dict__ slot disallowed: we already got one");
      m.add_dict = true;
    }
    if (equalsAscii(name, "__weakref__")) {
      if (!m.may_add_weak || m.add_weak)
        return raise(m.ts, kTypeError,
                     "__weakref__ slot disallowed: either we already got one, or __itemsize__ != 0");
      m.add_weak = true;
    }
  }
  return kDone;
}

Status collectSlotNames(ClassMaker& m, Tuple* given) {
  ThreadState& ts = m.ts;
  Ref<List> list = TRY(newList(ts));
  for (Object* item : given->span()) {
    auto* slot_name = static_cast<Str*>(item);
    if ((m.add_dict && equalsAscii(slot_name, "__dict__")) || (m.add_weak && equalsAscii(slot_name, "__weakref__")))
      continue;
    Ref<Str> mangled = TRY(mangle(ts, m.name, slot_name));
    bool in_class = TRY(dictContains(ts, m.original, mangled.get()));
    // The compiler puts these two into the namespace by itself.
    if (in_class && !equalsAscii(mangled.get(), "__qualname__") && !equalsAscii(mangled.get(), "__classcell__"))
      return raise(ts, kValueError, "{!r} in __slots__ conflicts with class variable", mangled);
    TRY(appendList(ts, list.get(), mangled.get()));
  }
  TRY(sortList(ts, list.get()));
  m.names = TRY(listToTuple(ts, list.get()));
  m.slot_count = m.names->size;
  return kDone;
}

// Other bases may bring a dictionary or weak references along.
void takeFromOtherBases(ClassMaker& m) {
  if (m.bases->size <= 1) return;
  if (!((m.may_add_dict && !m.add_dict) || (m.may_add_weak && !m.add_weak))) return;
  for (Object* item : m.bases->span()) {
    if (item == m.base) continue;
    auto* other = static_cast<Type*>(item);
    if (m.may_add_dict && !m.add_dict && other->dict_offset) m.add_dict = true;
    if (m.may_add_weak && !m.add_weak && other->weaklist_offset) m.add_weak = true;
  }
}

Status readSlots(ClassMaker& m) {
  ThreadState& ts = m.ts;
  m.may_add_dict = m.base->dict_offset == 0;
  m.may_add_weak = m.base->weaklist_offset == 0 && m.base->item_size == 0;
  m.slots = TRY(dictFind(ts, m.original, names::__slots__));
  if (!m.slots) {
    m.add_dict = m.may_add_dict;
    m.add_weak = m.may_add_weak;
    return kDone;
  }
  Ref<Tuple> given = TRY(isStr(m.slots.get()) ? packTuple(ts, {m.slots.get()}) : tupleFrom(ts, m.slots.get()));
  if (given->size > 0 && m.base->item_size)
    return raise(ts, kTypeError, "nonempty __slots__ not supported for subtype of '{}'", m.base->name);
  TRY(checkSpecialSlots(m, given.get()));
  TRY(collectSlotNames(m, given.get()));
  takeFromOtherBases(m);
  return kDone;
}

// ---- the type object ----
Status allocateType(ClassMaker& m, Ref<Type>& out) {
  auto* type = static_cast<HeapType*>(m.meta->alloc(m.meta, m.slot_count));
  if (!type) return Raised{};
  out = Ref<Type>::steal(type);
  m.type = type;
  type->flags = kHeapType | kBaseType | kHaveGc;
  type->async = &type->own_async;
  type->sequence = &type->own_sequence;
  type->mapping = &type->own_mapping;
  type->buffer = &type->own_buffer;
  type->number = &type->own_number;
  type->bases = m.bases.copy().release();
  type->base = share(m.base).release();
  type->dict = m.dict.copy().release();
  type->heap_name = share(m.name).release();
  type->qualname = share(m.name).release();
  if (m.names) type->slots = m.names.copy().release();
  auto text = TRY(utf8Of(m.ts, m.name));
  if (text.find('\0') != text.npos) return raise(m.ts, kValueError, "type name must not contain null characters");
  type->name = text.data();  // lives as long as heap_name
  return kDone;
}

Status setModule(ClassMaker& m) {
  Ref<> present = TRY(dictFind(m.ts, m.dict.get(), names::__module__));
  if (present) return kDone;
  Frame* frame = m.ts.cframe ? m.ts.cframe->current_frame : nullptr;
  if (!frame) return kDone;
  Ref<> module = TRY(dictFind(m.ts, frame->globals, names::__name__));
  if (!module) return kDone;
  return dictSet(m.ts, m.dict.get(), names::__module__, module.get());
}

Status setQualifiedName(ClassMaker& m) {
  Ref<> name = TRY(dictFind(m.ts, m.dict.get(), names::__qualname__));
  if (!name) return kDone;
  if (!isStr(name.get()))
    return raise(m.ts, kTypeError, "type __qualname__ must be a str, not {}", typeName(name.get()));
  setField(m.type->qualname, cast<Str>(std::move(name)));
  return dictDelete(m.ts, m.dict.get(), names::__qualname__);
}

Status setDocText(ClassMaker& m) {
  Ref<> doc = TRY(dictFind(m.ts, m.dict.get(), names::__doc__));
  if (!doc || !isStr(doc.get())) return kDone;
  auto text = TRY(utf8Of(m.ts, static_cast<Str*>(doc.get())));
  auto* copy = static_cast<char*>(allocate(text.size() + 1));
  if (!copy) return raiseNoMemory(m.ts);
  memcpy(copy, text.data(), text.size());
  copy[text.size()] = '\0';
  m.type->doc = copy;
  return kDone;
}

// A plain function under one of these names is made a static or class method.
Status wrapSpecial(ClassMaker& m, Str* name, Ref<> (*wrap)(ThreadState&, Object*)) {
  Ref<> f = TRY(dictFind(m.ts, m.dict.get(), name));
  if (!f || f->type != &kFunctionType) return kDone;
  Ref<> wrapped = TRY(wrap(m.ts, f.get()));
  return dictSet(m.ts, m.dict.get(), name, wrapped.get());
}

Status placeSlots(ClassMaker& m) {
  HeapType* type = m.type;
  auto* member = reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + m.meta->basic_size);
  Index offset = m.base->basic_size;
  for (Index i = 0; i < m.slot_count; ++i, ++member) {
    auto text = TRY(utf8Of(m.ts, static_cast<Str*>(m.names->items[i])));
    *member = {text.data(), MemberKind::Object, offset, 0, nullptr};
    offset += Index(sizeof(void*));
  }
  if (m.add_dict && m.base->item_size) {
    type->dict_offset = -Index(sizeof(void*));
    offset += Index(sizeof(void*));
  }
  if (m.add_weak) {
    type->weaklist_offset = offset;
    offset += Index(sizeof(void*));
  }
  if (m.add_dict && !m.base->item_size) {
    type->flags |= kManagedDict;
    type->dict_offset = -offset - 3 * Index(sizeof(void*));
  }
  type->basic_size = offset;
  type->item_size = m.base->item_size;
  type->members = reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + m.meta->basic_size);
  type->getset = m.add_dict && m.add_weak ? kDictAndWeakref : m.add_dict ? kDictOnly : m.add_weak ? kWeakrefOnly : nullptr;
  return kDone;
}

void setInstanceSlots(ClassMaker& m) {
  HeapType* type = m.type;
  type->dealloc = subtypeDealloc;
  type->alloc = genericAlloc;
  type->free = freeGcObject;
  type->traverse = subtypeTraverse;
  type->clear = subtypeClear;
}

// The compiler left the cell of `__class__` in the namespace.
Status fillClassCell(ClassMaker& m) {
  Ref<> cell = TRY(dictFind(m.ts, m.dict.get(), names::__classcell__));
  if (!cell) return kDone;
  if (cell->type != &kCellType)
    return raise(m.ts, kTypeError, "__classcell__ must be a nonlocal cell, not {!r}", static_cast<Object*>(cell->type));
  setField(static_cast<Cell*>(cell.get())->value, Ref<>::share(static_cast<Object*>(m.type)));
  return dictDelete(m.ts, m.dict.get(), names::__classcell__);
}

Status setAttributes(ClassMaker& m) {
  TRY(setModule(m));
  TRY(setQualifiedName(m));
  TRY(setDocText(m));
  TRY(wrapSpecial(m, names::__new__, newStaticMethod));
  TRY(wrapSpecial(m, names::__init_subclass__, newClassMethod));
  TRY(wrapSpecial(m, names::__class_getitem__, newClassMethod));
  TRY(placeSlots(m));
  setInstanceSlots(m);
  return fillClassCell(m);
}

// ---- hooks after the class exists ----
Status callSetName(ThreadState& ts, Type* type, Object* name, Object* value) {
  Ref<> hook = TRY(lookupSpecial(ts, value, names::__set_name__));
  if (!hook) return kDone;
  if (call(ts, hook.get(), {type, name})) return kDone;
  Ref<> cause = takeRaised(ts);
  (void)raise(ts, kRuntimeError, "Error calling __set_name__ on '{:.100}' instance {!r} in '{:.100}'", typeName(value),
              name, type->name);
  Ref<> error = takeRaised(ts);
  if (error && cause && isException(error.get())) {
    auto* e = static_cast<BaseException*>(error.get());
    setField(e->context, cause.copy());
    setField(e->cause, std::move(cause));
    e->suppress_context = 1;
  }
  (void)restoreRaised(ts, std::move(error));
  return Raised{};
}

Status callSetNames(ThreadState& ts, Type* type) {
  // A copy: the hooks may change the class.
  Ref<List> items = TRY(dictItemList(ts, type->dict));
  for (Index i = 0; i < items->size; ++i) {
    auto* pair = static_cast<Tuple*>(items->items[i]);
    TRY(callSetName(ts, type, pair->items[0], pair->items[1]));
  }
  return kDone;
}

Status callInitSubclass(ThreadState& ts, Type* type, Dict* keywords) {
  // Mostly nobody overrides object.__init_subclass__, which does nothing.
  if (!keywords || !keywords->used) {
    Object* found = nullptr;
    for (Index i = 1; i < type->mro->size && !found; ++i)
      found = dictFindStr(static_cast<Type*>(type->mro->items[i])->dict, names::__init_subclass__);
    if (found == dictFindStr(kObjectType.dict, names::__init_subclass__)) return kDone;
  }
  Ref<> parent = TRY(newSuper(ts, type, type));
  Ref<> hook = TRY(getAttr(ts, parent.get(), names::__init_subclass__));
  Ref<Tuple> no_arguments = emptyTuple();
  (void)TRY(callTuple(ts, hook.get(), no_arguments.get(), keywords));
  return kDone;
}

Ref<> newType(ThreadState& ts, Type* meta, Tuple* args, Dict* keywords) {
  ClassMaker m{.ts = ts, .meta = meta, .args = args, .keywords = keywords};
  TRY(readArguments(m));
  Ref<> delegated;
  TRY(chooseBases(m, delegated));
  if (delegated) return delegated;
  TRY(readSlots(m));
  m.dict = TRY(dictCopy(ts, m.original));
  Ref<Type> type;
  TRY(allocateType(m, type));
  TRY(setAttributes(m));
  TRY(readyType(ts, *m.type));
  fixupNewClassSlots(m.type);
  if (meta == &kTypeType) m.type->vectorcall = classVectorcall;
  TRY(callSetNames(ts, m.type));
  TRY(callInitSubclass(ts, m.type, keywords));
  return Ref<>(std::move(type));
}

}  // namespace

Object* typeNewSlot(Type* meta, Object* args, Object* keywords) {
  return newType(ThreadState::current(), meta, static_cast<Tuple*>(args), static_cast<Dict*>(keywords)).release();
}

Ref<> makeClass(ThreadState& ts, Str* name, Tuple* bases, Dict* dict) {
  return call(ts, &kTypeType, {name, bases, dict});
}

Ref<Str> mangle(ThreadState& ts, Str* class_name, Str* name) {
  Index n = name->length;
  bool is_private = n > 2 && (*name)[0] == '_' && (*name)[1] == '_' && !((*name)[n - 1] == '_' && (*name)[n - 2] == '_');
  if (!is_private) return share(name);
  for (Index i = 0; i < n; ++i)
    if ((*name)[i] == '.') return share(name);
  Index start = 0;
  while (start < class_name->length && (*class_name)[start] == '_') ++start;
  if (start == class_name->length) return share(name);
  Ref<Str> stem = TRY(substring(ts, class_name, start, class_name->length));
  return formatText(ts, "_{}{}", stem, name);
}

}  // namespace habu
