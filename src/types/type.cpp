// `type` itself: attribute access on classes, their special attributes, calling a class.
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
#include "types/dict_keys.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/union_type.h"
#include "types/weakref.h"

namespace habu {

const char* shortTypeName(const Type* t) {
  const char* dot = strrchr(t->name, '.');
  return dot && !t->has(kHeapType) ? dot + 1 : t->name;
}

Status checkTypeMutable(ThreadState& ts, Type* type, const char* name, Object* value) {
  if (type->has(kImmutableType))
    return raise(ts, kTypeError, "cannot set '{}' attribute of immutable type '{}'", name, type->name);
  if (!value) return raise(ts, kTypeError, "cannot delete '{}' attribute of immutable type '{}'", name, type->name);
  return kDone;
}

// ---- names ----
Ref<Str> typeNameObject(ThreadState& ts, Type* type) {
  if (type->has(kHeapType)) return share(static_cast<HeapType*>(type)->heap_name);
  return internedStr(ts, shortTypeName(type));
}
Ref<Str> typeQualifiedName(ThreadState& ts, Type* type) {
  if (type->has(kHeapType)) return share(static_cast<HeapType*>(type)->qualname);
  return typeNameObject(ts, type);
}
Ref<> typeModule(ThreadState& ts, Type* type) {
  if (type->has(kHeapType)) {
    Ref<> module = TRY(dictFind(ts, type->dict, names::__module__));
    if (!module) return raiseValue(ts, kAttributeError, names::__module__.get());
    return module;
  }
  const char* dot = strrchr(type->name, '.');
  if (dot) return internedStr(ts, {type->name, size_t(dot - type->name)});
  return Ref<>::share(names::builtins.get());
}
Ref<Str> typeFullName(ThreadState& ts, Type* type) {
  Ref<> module = typeModule(ts, type);
  if (!module) clearError(ts);
  else if (!isStr(module.get())) module = {};
  Ref<Str> name = TRY(typeQualifiedName(ts, type));
  if (module && !equalsAscii(static_cast<Str*>(module.get()), "builtins")) return formatText(ts, "{}.{}", module, name);
  return name;
}

// ---- attribute access ----
Found typeFindAttr(ThreadState& ts, Type* type, Str* name) {
  if (!type->has(kReady)) TRY(readyType(ts, *type));
  Type* meta = type->type;
  Ref<> on_meta = Ref<>::share(typeLookup(meta, name));
  TernaryFn meta_get = on_meta ? on_meta->type->descr_get : nullptr;
  auto quiet = [&](Object* value) -> Found {
    if (value) return Ref<>::steal(value);
    if (!errorMatches(ts, kAttributeError)) return Found::failure();
    clearError(ts);
    return Ref<>();
  };
  if (meta_get && on_meta->type->descr_set) return quiet(meta_get(on_meta.get(), type, meta));
  if (Ref<> own = Ref<>::share(typeLookup(type, name))) {
    if (TernaryFn get = own->type->descr_get) return quiet(get(own.get(), nullptr, type));
    return own;
  }
  if (meta_get) return quiet(meta_get(on_meta.get(), type, meta));
  return on_meta;
}

Ref<> typeGetAttr(ThreadState& ts, Type* type, Object* name_object) {
  if (!isStr(name_object))
    return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name_object));
  auto* name = static_cast<Str*>(name_object);
  if (!type->has(kReady)) TRY(readyType(ts, *type));
  Type* meta = type->type;
  Ref<> on_meta = Ref<>::share(typeLookup(meta, name));
  TernaryFn meta_get = on_meta ? on_meta->type->descr_get : nullptr;
  if (meta_get && on_meta->type->descr_set) return Ref<>::steal(meta_get(on_meta.get(), type, meta));
  if (Ref<> own = Ref<>::share(typeLookup(type, name))) {
    if (TernaryFn get = own->type->descr_get) return Ref<>::steal(get(own.get(), nullptr, type));
    return own;
  }
  if (meta_get) return Ref<>::steal(meta_get(on_meta.get(), type, meta));
  if (on_meta) return on_meta;
  return raise(ts, kAttributeError, "type object '{:.50}' has no attribute '{}'", type->name, name);
}
Object* typeGetAttrSlot(Object* type, Object* name) {
  return typeGetAttr(ThreadState::current(), static_cast<Type*>(type), name).release();
}

namespace {
bool isDunder(const Str* s) {
  Index n = s->length;
  return n > 4 && (*s)[0] == '_' && (*s)[1] == '_' && (*s)[n - 1] == '_' && (*s)[n - 2] == '_';
}
}  // namespace

Status typeSetAttr(ThreadState& ts, Type* type, Object* name_object, Object* value) {
  if (type->has(kImmutableType))
    return raise(ts, kTypeError, "cannot set {!r} attribute of immutable type '{}'", name_object, type->name);
  if (!isStr(name_object))
    return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name_object));
  // Class dictionaries are keyed by interned exact strs: the method cache compares addresses.
  Ref<Str> name = share(static_cast<Str*>(name_object));
  if (!isExactStr(name.get())) name = TRY(substring(ts, name.get(), 0, name->length));
  if (!isExactStr(name.get())) name = TRY(newStr(ts, TRY(utf8Of(ts, name.get()))));
  intern(name);
  Status done = genericSetAttr(ts, type, name.get(), value);
  // Even after a failure: an old value's __del__ may have changed things.
  typeModified(type);
  if (done.failed()) return Raised{};
  if (isDunder(name.get())) updateSlot(type, name.get());
  return kDone;
}

namespace {

// ---- calling a class ----
Ref<> makeInstance(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kTypeType) {
    bool plain = !keywords || keywords->used == 0;
    if (args->size == 1 && plain) return Ref<>::share(static_cast<Object*>(args->items[0]->type));
    if (args->size != 3) return raise(ts, kTypeError, "type() takes 1 or 3 arguments");
  }
  if (!type->make) return raise(ts, kTypeError, "cannot create '{}' instances", type->name);
  Ref<> made = Ref<>::steal(type->make(type, args, keywords));
  if (!made) return {};
  if (!isInstanceOf(made.get(), *type)) return made;
  if (InitFn init = made->type->init)
    if (init(made.get(), args, keywords) < 0) return {};
  return made;
}

Ref<> callType(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  return makeInstance(ts, type, args, keywords);
}

// type(x) and type(name, bases, dict), without a tuple for the former.
Object* typeOfVectorcall(Object* meta, Object* const* args, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  Index count = argumentCount(n);
  auto* keyword_names = static_cast<Tuple*>(names);
  bool has_keywords = keyword_names && keyword_names->size;
  if (count == 1 && meta == &kTypeType) {
    if (has_keywords) {
      (void)raise(ts, kTypeError, "type() takes no keyword arguments");
      return nullptr;
    }
    return Ref<>::share(static_cast<Object*>(args[0]->type)).release();
  }
  Ref<Tuple> tuple = newTuple(ts, {args, size_t(count)});
  if (!tuple) return nullptr;
  Ref<Dict> keywords;
  if (has_keywords) {
    keywords = newDict(ts);
    if (!keywords) return nullptr;
    for (Index i = 0; i < keyword_names->size; ++i)
      if (dictSet(ts, keywords.get(), keyword_names->items[i], args[count + i]).failed()) return nullptr;
  }
  return makeInstance(ts, static_cast<Type*>(meta), tuple.get(), keywords.get()).release();
}

Status initType(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (keywords && args->size == 1 && keywords->used)
    return raise(ts, kTypeError, "type.__init__() takes no keyword arguments");
  if (args->size != 1 && args->size != 3) return raise(ts, kTypeError, "type.__init__() takes 1 or 3 arguments");
  return kDone;
}

Ref<Str> repr(ThreadState& ts, Type* type) {
  Ref<> module = typeModule(ts, type);
  if (!module) clearError(ts);
  else if (!isStr(module.get())) module = {};
  Ref<Str> name = TRY(typeQualifiedName(ts, type));
  if (module && !equalsAscii(static_cast<Str*>(module.get()), "builtins"))
    return formatText(ts, "<class '{}.{}'>", module, name);
  return formatText(ts, "<class '{}'>", type->name);
}

Status setAttribute(ThreadState& ts, Type* type, Object* name, Object* value) {
  return typeSetAttr(ts, type, name, value);
}

// ---- special attributes ----
Ref<> getName(ThreadState& ts, Type* type) { return typeNameObject(ts, type); }
Status setName(ThreadState& ts, Type* type, Object* value) {
  TRY(checkTypeMutable(ts, type, "__name__", value));
  if (!isStr(value))
    return raise(ts, kTypeError, "can only assign string to {}.__name__, not '{}'", type->name, typeName(value));
  auto text = TRY(utf8Of(ts, static_cast<Str*>(value)));
  if (text.find('\0') != text.npos) return raise(ts, kValueError, "type name must not contain null characters");
  auto* heap = static_cast<HeapType*>(type);
  type->name = text.data();
  setField(heap->heap_name, share(static_cast<Str*>(value)));
  return kDone;
}
Ref<> getQualname(ThreadState& ts, Type* type) { return typeQualifiedName(ts, type); }
Status setQualname(ThreadState& ts, Type* type, Object* value) {
  TRY(checkTypeMutable(ts, type, "__qualname__", value));
  if (!isStr(value))
    return raise(ts, kTypeError, "can only assign string to {}.__qualname__, not '{}'", type->name, typeName(value));
  setField(static_cast<HeapType*>(type)->qualname, share(static_cast<Str*>(value)));
  return kDone;
}
Ref<> getModule(ThreadState& ts, Type* type) { return typeModule(ts, type); }
Status setModule(ThreadState& ts, Type* type, Object* value) {
  TRY(checkTypeMutable(ts, type, "__module__", value));
  typeModified(type);
  return dictSet(ts, type->dict, names::__module__, value);
}
Ref<> getBases(ThreadState& ts, Type* type) {
  if (!type->bases) return none();
  return share(static_cast<Object*>(type->bases));
}
Status setBasesAttribute(ThreadState& ts, Type* type, Object* value) { return setBases(ts, type, value); }
Ref<> getDict(ThreadState& ts, Type* type) {
  if (!type->dict) return none();
  return newMappingProxy(ts, type->dict);
}
Ref<> getDoc(ThreadState& ts, Type* type) {
  if (!type->has(kHeapType) && type->doc) {
    const char* body = docBody(type->name, type->doc);
    return newStr(ts, body);
  }
  Ref<> doc = TRY(dictFind(ts, type->dict, names::__doc__));
  if (!doc) return none();
  if (TernaryFn get = doc->type->descr_get) return Ref<>::steal(get(doc.get(), nullptr, type));
  return doc;
}
Status setDoc(ThreadState& ts, Type* type, Object* value) {
  TRY(checkTypeMutable(ts, type, "__doc__", value));
  typeModified(type);
  return dictSet(ts, type->dict, names::__doc__, value);
}
Ref<> getTextSignature(ThreadState& ts, Type* type) { return textSignature(ts, type->name, type->doc); }

Ref<> getAbstractMethods(ThreadState& ts, Type* type) {
  Ref<> value;
  if (type != &kTypeType) value = TRY(dictFind(ts, type->dict, names::__abstractmethods__));
  if (!value) return raiseValue(ts, kAttributeError, names::__abstractmethods__.get());
  return value;
}
Status setAbstractMethods(ThreadState& ts, Type* type, Object* value) {
  bool abstract = false;
  if (value) {
    abstract = TRY(isTrue(ts, value));
    TRY(dictSet(ts, type->dict, names::__abstractmethods__, value));
  } else if (!TRY(dictDiscard(ts, type->dict, names::__abstractmethods__))) {
    return raiseValue(ts, kAttributeError, names::__abstractmethods__.get());
  }
  typeModified(type);
  type->flags = abstract ? type->flags | kIsAbstract : type->flags & ~kIsAbstract;
  return kDone;
}

Ref<> getAnnotations(ThreadState& ts, Type* type) {
  if (!type->has(kHeapType))
    return raise(ts, kAttributeError, "type object '{}' has no attribute '__annotations__'", type->name);
  Ref<> found = TRY(dictFind(ts, type->dict, names::__annotations__));
  if (found) {
    if (TernaryFn get = found->type->descr_get) return Ref<>::steal(get(found.get(), nullptr, type));
    return found;
  }
  Ref<Dict> made = TRY(newDict(ts));
  TRY(dictSet(ts, type->dict, names::__annotations__, made.get()));
  typeModified(type);
  return made;
}
Status setAnnotations(ThreadState& ts, Type* type, Object* value) {
  if (type->has(kImmutableType))
    return raise(ts, kTypeError, "cannot set '__annotations__' attribute of immutable type '{}'", type->name);
  if (value) TRY(dictSet(ts, type->dict, names::__annotations__, value));
  else if (!TRY(dictDiscard(ts, type->dict, names::__annotations__)))
    return raiseValue(ts, kAttributeError, names::__annotations__.get());
  typeModified(type);
  return kDone;
}

// ---- methods ----
Ref<> mroMethod(ThreadState& ts, Type* type) { return computeMro(ts, type); }

Ref<> subclasses(ThreadState& ts, Type* type) {
  Ref<List> list = TRY(newList(ts));
  SubclassList* all = subclassList(type);
  for (Index i = 0; all && i < all->count; ++i)
    if (all->items[i] && all->items[i]->refcount > 0) TRY(appendList(ts, list.get(), static_cast<Object*>(all->items[i])));
  return list;
}
Ref<> prepare(ThreadState& ts, Type*, Args) { return newDict(ts); }
Result<bool> instanceCheck(ThreadState& ts, Object* self, Object* instance) { return plainIsInstance(ts, instance, self); }
Result<bool> subclassCheck(ThreadState& ts, Object* self, Object* subclass) { return plainIsSubclass(ts, subclass, self); }

Index sizeOf(Type* type) {
  if (!type->has(kHeapType)) return Index(sizeof(Type));
  Index size = Index(sizeof(HeapType));
  if (DictKeys* keys = static_cast<HeapType*>(type)->cached_keys)
    size += Index(sizeof(DictKeys) + (size_t{1} << keys->log2_index_bytes) + kSharedKeysMax * sizeof(void*));
  return size;
}
Ref<> sizeOfMethod(ThreadState& ts, Type* type) { return newInt(ts, sizeOf(type)); }

}  // namespace

Status mergeClassDict(ThreadState& ts, Dict* into, Object* cls) {
  RecursionGuard guard(ts, " in __dir__");
  if (guard.failed()) return Raised{};
  Ref<> dict = TRY(findAttr(ts, cls, names::__dict__));
  if (dict) TRY(dictUpdate(ts, into, dict.get()));
  Ref<> bases = TRY(findAttr(ts, cls, names::__bases__));
  if (!bases) return kDone;
  Index n = TRY(lengthOf(ts, bases.get()));
  for (Index i = 0; i < n; ++i) {
    Ref<> base = TRY(getItemAt(ts, bases.get(), i));
    TRY(mergeClassDict(ts, into, base.get()));
  }
  return kDone;
}

namespace {

Ref<> dirMethod(ThreadState& ts, Type* type) {
  Ref<Dict> names_found = TRY(newDict(ts));
  TRY(mergeClassDict(ts, names_found.get(), type));
  return dictKeyList(ts, names_found.get());
}

// ---- memory ----
int traverse(Type* type, VisitFn visit, void* arg) {
  if (!type->has(kHeapType)) return 0;
  VISIT(type->dict);
  VISIT(type->cache);
  VISIT(type->mro);
  VISIT(type->bases);
  VISIT(type->base);
  VISIT(static_cast<HeapType*>(type)->module);
  return 0;
}

void releaseCachedKeys(HeapType* type) {
  if (DictKeys* keys = std::exchange(type->cached_keys, nullptr)) releaseKeys(keys);
}

int clear(Type* type) {
  // Instances may still be alive in the same garbage: slots and shared keys stay, only what makes cycles goes.
  typeModified(type);
  removeFromBases(type);
  if (type->dict) dictClear(ThreadState::current(), type->dict);
  clearField(static_cast<HeapType*>(type)->module);
  clearField(type->mro);
  return 0;
}

void dealloc(Type* type) {
  untrack(type);
  PendingError pending = PendingError::take(ThreadState::current());
  typeModified(type);
  removeFromBases(type);
  if (type->weaklist) clearWeakrefs(type);
  auto* heap = static_cast<HeapType*>(type);
  releaseCachedKeys(heap);
  clearField(type->base);
  clearField(type->dict);
  clearField(type->bases);
  clearField(type->mro);
  clearField(type->cache);
  if (SubclassList* list = subclassList(type)) {
    type->subclasses = nullptr;
    freeMemory(list->items);
    freeMemory(list);
  }
  freeMemory(const_cast<char*>(type->doc));
  clearField(heap->heap_name);
  clearField(heap->qualname);
  clearField(heap->slots);
  clearField(heap->module);
  freeMemory(heap->owned_name);
  std::move(pending).restore(ThreadState::current());
  type->type->free(type);
}

bool isHeapType(Type* type) { return type->has(kHeapType); }

Ref<> orTypes(ThreadState& ts, Object* a, Object* b) { return unionOf(ts, a, b); }
constinit NumberSlots kNumber = {.bit_or = slot<orTypes>};

#define CLASS_METHOD_RAW(name, f, doc) \
  detail::named(detail::bindMethod<f, name, "()", kMethClass>(doc), name)

constexpr MethodDef kMethods[] = {
    METHOD_AS("mro", mroMethod, "($self, /)", "The classes in the order in which attributes are looked for."),
    METHOD_AS("__subclasses__", subclasses, "($self, /)", "The direct subclasses, oldest first."),
    CLASS_METHOD_RAW("__prepare__", prepare, "The dictionary in which a class body will run."),
    METHOD_AS("__instancecheck__", instanceCheck, "($self, instance, /)", "Whether the object is an instance."),
    METHOD_AS("__subclasscheck__", subclassCheck, "($self, subclass, /)", "Whether the class is a subclass."),
    METHOD_AS("__dir__", dirMethod, "($self, /)", "The names of the class and its bases."),
    METHOD_AS("__sizeof__", sizeOfMethod, "($self, /)", "The memory the class takes, in bytes."),
    {}};

constexpr MemberDef kMembers[] = {
    MEMBER("__basicsize__", Index, Type, basic_size, kMemberReadOnly, nullptr),
    MEMBER("__itemsize__", Index, Type, item_size, kMemberReadOnly, nullptr),
    MEMBER("__flags__", ULong, Type, flags, kMemberReadOnly, nullptr),
    MEMBER("__weakrefoffset__", Index, Type, weaklist_offset, kMemberReadOnly, nullptr),
    MEMBER("__base__", ObjectOrNone, Type, base, kMemberReadOnly, nullptr),
    MEMBER("__dictoffset__", Index, Type, dict_offset, kMemberReadOnly, nullptr),
    MEMBER("__mro__", ObjectOrNone, Type, mro, kMemberReadOnly, nullptr),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETSET("__name__", getName, setName, nullptr),
    GETSET("__qualname__", getQualname, setQualname, nullptr),
    GETSET("__bases__", getBases, setBasesAttribute, nullptr),
    GETSET("__module__", getModule, setModule, nullptr),
    GETSET("__abstractmethods__", getAbstractMethods, setAbstractMethods, nullptr),
    GETTER("__dict__", getDict, nullptr),
    GETSET("__doc__", getDoc, setDoc, nullptr),
    GETTER("__text_signature__", getTextSignature, nullptr),
    GETSET("__annotations__", getAnnotations, setAnnotations, nullptr),
    {}};

}  // namespace

constinit Type kTypeType = defineType<HeapType>({
    .name = "type",
    .doc = "type(object) -> the object's type\ntype(name, bases, dict, **kwds) -> a new type",
    .flags = kBaseType | kTypeSubclass | kHaveVectorcall,
    .item_size = sizeof(MemberDef),
    .dict_offset = offsetof(Type, dict),
    .weaklist_offset = offsetof(Type, weaklist),
    .vectorcall_offset = offsetof(Type, vectorcall),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .number = &kNumber,
    .make = typeNewSlot,
    .init = slot<initType>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .call = slot<callType>,
    .vectorcall = typeOfVectorcall,
    .getattro = typeGetAttrSlot,
    .setattro = slot<setAttribute>,
    .is_gc = slot<isHeapType>,
});

}  // namespace habu
