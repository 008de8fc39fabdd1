// _abc: the machinery behind abc.ABCMeta. Every abstract class has an _abc_data with three weak sets of classes: those
// registered, those known to be subclasses, and those known not to be (as of some state of all registries).
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

namespace {

constinit Name kAbcImpl{"_abc_impl"};
constinit Name kAbcFlags{"__abc_tpflags__"};

// Grows with every registration; negative caches of an older state are void.
constinit unsigned long long registrations = 0;

struct AbcData : Object {
  Set *registry, *cache, *negative_cache;  // of weak references; null while empty
  unsigned long long negative_version;
};

constinit Type* data_type = nullptr;  // owned; made with the module

int traverseData(AbcData* d, VisitFn visit, void* arg) {
  VISIT(d->type);
  VISIT(d->registry);
  VISIT(d->cache);
  VISIT(d->negative_cache);
  return 0;
}
int clearData(AbcData* d) {
  clearField(d->registry);
  clearField(d->cache);
  clearField(d->negative_cache);
  return 0;
}
void deallocData(AbcData* d) {
  untrack(d);
  clearData(d);
  freeInstance(d);
}
Object* makeData(Type* type, Object*, Object*) {
  auto* d = static_cast<AbcData*>(type->alloc(type, 0));
  if (d) d->negative_version = registrations;
  return d;
}
constinit Type data_definition = defineType<AbcData>({
    .name = "_abc._abc_data",
    .doc = "What ABCMeta keeps for a class.",
    .make = makeData,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<deallocData>,
    .traverse = slot<traverseData>,
    .clear = slot<clearData>,
});

Ref<AbcData> dataOf(ThreadState& ts, Object* cls) {
  Ref<> impl = TRY(getAttr(ts, cls, kAbcImpl));
  if (impl->type != data_type) return raise(ts, kTypeError, "_abc_impl is set to a wrong type");
  return cast<AbcData>(std::move(impl));
}

// ---- weak sets ----
// The callback of a member: takes it out of the set, if that still lives.
Status forget(ThreadState& ts, Object* weak_set, Object* member) {
  Ref<> set = weakrefTarget(weak_set);
  if (set) (void)TRY(setDiscard(ts, static_cast<Set*>(set.get()), member));
  return kDone;
}
constexpr MethodDef kForget = METHOD_UNSIGNED("_destroy", forget, "($self, member, /)", nullptr);

Status addWeakly(ThreadState& ts, Set*& field, Object* o) {
  if (!field) field = TRY(newSet(ts)).release();
  Ref<Set> set = share(field);
  Ref<> weak_set = TRY(newWeakref(ts, set.get()));
  Ref<> callback = TRY(newBuiltinFunction(ts, &kForget, weak_set.get(), nullptr));
  Ref<> member = TRY(newWeakref(ts, o, callback.get()));
  return setAdd(ts, set.get(), member.get());
}

Result<bool> isIn(ThreadState& ts, Set* set, Object* o) {
  if (!set || !set->used) return false;
  if (!weakrefList(o)) return false;  // cannot be a member
  Ref<Set> kept = share(set);
  Ref<> weak = TRY(newWeakref(ts, o));
  return setContains(ts, kept.get(), weak.get());
}

void resetIfStale(AbcData* d) {
  if (d->negative_version >= registrations) return;
  if (d->negative_cache) {
    Ref<Set> old = Ref<Set>::steal(std::exchange(d->negative_cache, nullptr));
  }
  d->negative_version = registrations;
}

// ---- which methods are abstract ----
Status addAbstract(ThreadState& ts, Set* abstracts, Object* name, Object* value) {
  if (TRY(isAbstract(ts, value))) TRY(setAdd(ts, abstracts, name));
  return kDone;
}

Status addAbstractsOfBase(ThreadState& ts, Object* self, Object* base, Set* abstracts) {
  Ref<> names_found = TRY(findAttr(ts, base, names::__abstractmethods__));
  if (!names_found) return kDone;
  Ref<> it = TRY(iterOf(ts, names_found.get()));
  while (Ref<> name = iterNext(ts, it.get())) {
    if (!isStr(name.get())) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name.get()));
    Ref<> value = TRY(findAttr(ts, self, static_cast<Str*>(name.get())));
    if (value) TRY(addAbstract(ts, abstracts, name.get(), value.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status computeAbstractMethods(ThreadState& ts, Object* self) {
  Ref<Set> abstracts = TRY(newFrozenSet(ts));
  Ref<> dict = TRY(getAttr(ts, self, names::__dict__));
  Ref<List> items = TRY(mappingItems(ts, dict.get()));
  for (Index i = 0; i < items->size; ++i) {
    Ref<Tuple> pair = TRY(tupleFrom(ts, items->items[i]));
    if (pair->size != 2) return raise(ts, kTypeError, "Iteration over items() returned item which size is not 2");
    TRY(addAbstract(ts, abstracts.get(), pair->items[0], pair->items[1]));
  }
  Ref<> bases = TRY(getAttr(ts, self, names::__bases__));
  if (!isTuple(bases.get())) return raise(ts, kTypeError, "__bases__ is not tuple");
  for (Object* base : static_cast<Tuple*>(bases.get())->span())
    TRY(addAbstractsOfBase(ts, self, base, abstracts.get()));
  return setAttr(ts, self, names::__abstractmethods__, abstracts.get());
}

constexpr unsigned long kCollectionFlags = kSequenceFlag | kMappingFlag;

// __abc_tpflags__ makes instances match sequence or mapping patterns (PEP 634).
Status takeFlags(ThreadState& ts, Type* cls) {
  Ref<> given = TRY(dictPop(ts, cls->dict, kAbcFlags));
  if (!given) return kDone;
  if (!isInt(given.get())) return kDone;
  int overflow = 0;
  auto flags = static_cast<unsigned long>(toLongLong(static_cast<Int*>(given.get()), overflow));
  if ((flags & kCollectionFlags) == kCollectionFlags)
    return raise(ts, kTypeError, "__abc_tpflags__ cannot be both Py_TPFLAGS_SEQUENCE and Py_TPFLAGS_MAPPING");
  cls->flags |= flags & kCollectionFlags;
  typeModified(cls);
  return kDone;
}

Status _abc_init(ThreadState& ts, Module*, Object* self) {
  TRY(computeAbstractMethods(ts, self));
  Ref<> data = TRY(call(ts, data_type));
  TRY(setAttr(ts, self, kAbcImpl, data.get()));
  if (isType(self)) TRY(takeFlags(ts, static_cast<Type*>(self)));
  return kDone;
}

// ---- registering ----
void setCollectionFlag(Type* cls, unsigned long flag) {
  if (cls->has(kImmutableType) || (cls->flags & kCollectionFlags) == flag) return;
  cls->flags = (cls->flags & ~kCollectionFlags) | flag;
  SubclassList* list = subclassList(cls);
  for (Index i = 0; list && i < list->count; ++i)
    if (list->items[i]) setCollectionFlag(list->items[i], flag);
}

Ref<> _abc_register(ThreadState& ts, Module*, Object* self, Object* subclass) {
  if (!isType(subclass)) return raise(ts, kTypeError, "Can only register classes");
  if (TRY(isSubclassObject(ts, subclass, self))) return Ref<>::share(subclass);
  // A class that is above us must not become one below.
  if (TRY(isSubclassObject(ts, self, subclass)))
    return raise(ts, kRuntimeError, "Refusing to create an inheritance cycle");
  Ref<AbcData> d = TRY(dataOf(ts, self));
  TRY(addWeakly(ts, d->registry, subclass));
  ++registrations;
  if (isType(self))
    if (unsigned long flag = static_cast<Type*>(self)->flags & kCollectionFlags)
      setCollectionFlag(static_cast<Type*>(subclass), flag);
  return Ref<>::share(subclass);
}

// ---- the checks ----
Ref<> askSubclassCheck(ThreadState& ts, Object* self, Object* cls) {
  return callMethod(ts, self, names::__subclasscheck__, {cls});
}

Ref<> _abc_instancecheck(ThreadState& ts, Module*, Object* self, Object* instance) {
  Ref<AbcData> d = TRY(dataOf(ts, self));
  Ref<> subclass = TRY(getAttr(ts, instance, names::__class__));
  if (TRY(isIn(ts, d->cache, subclass.get()))) return newBool(true);
  Ref<> subtype = Ref<>::share(static_cast<Object*>(instance->type));
  if (subtype.get() == subclass.get()) {
    if (d->negative_version == registrations && TRY(isIn(ts, d->negative_cache, subclass.get()))) return newBool(false);
    return askSubclassCheck(ts, self, subclass.get());
  }
  // The claimed class first, then the real one.
  Ref<> answer = TRY(askSubclassCheck(ts, self, subclass.get()));
  if (TRY(isTrue(ts, answer.get()))) return answer;
  return askSubclassCheck(ts, self, subtype.get());
}

Result<bool> isBelowRegistered(ThreadState& ts, AbcData* d, Object* subclass) {
  if (TRY(isIn(ts, d->registry, subclass))) return true;
  if (!d->registry) return false;
  // A copy: the checks may run anything.
  Ref<List> registered = TRY(listFrom(ts, d->registry));
  for (Index i = 0; i < registered->size; ++i) {
    Ref<> cls = weakrefTarget(registered->items[i]);
    if (!cls) continue;
    if (!TRY(isSubclassObject(ts, subclass, cls.get()))) continue;
    TRY(addWeakly(ts, d->cache, subclass));
    return true;
  }
  return false;
}

Result<bool> isBelowSubclass(ThreadState& ts, Object* self, Object* subclass) {
  static constinit Name kSubclasses{"__subclasses__"};
  Ref<> subclasses = TRY(callMethod(ts, self, kSubclasses));
  if (!isList(subclasses.get())) return raise(ts, kTypeError, "__subclasses__() must return a list");
  auto* list = static_cast<List*>(subclasses.get());
  for (Index i = 0; i < list->size; ++i) {
    Ref<> cls = share(list->items[i]);
    if (TRY(isSubclassObject(ts, subclass, cls.get()))) return true;
  }
  return false;
}

Result<bool> checkSubclass(ThreadState& ts, AbcData* d, Object* self, Object* subclass) {
  if (TRY(isIn(ts, d->cache, subclass))) return true;
  resetIfStale(d);
  if (TRY(isIn(ts, d->negative_cache, subclass))) return false;
  Ref<> hook = TRY(callMethod(ts, self, names::__subclasshook__, {subclass}));
  if (hook.get() == trueObject()) {
    TRY(addWeakly(ts, d->cache, subclass));
    return true;
  }
  if (hook.get() == falseObject()) {
    TRY(addWeakly(ts, d->negative_cache, subclass));
    return false;
  }
  if (hook.get() != &kNotImplementedObject)
    return raise(ts, kAssertionError, "__subclasshook__ must return either False, True, or NotImplemented");
  if (isType(self) && isSubtype(static_cast<Type*>(subclass), static_cast<Type*>(self))) {
    TRY(addWeakly(ts, d->cache, subclass));
    return true;
  }
  if (TRY(isBelowRegistered(ts, d, subclass))) return true;
  if (TRY(isBelowSubclass(ts, self, subclass))) {
    TRY(addWeakly(ts, d->cache, subclass));
    return true;
  }
  TRY(addWeakly(ts, d->negative_cache, subclass));
  return false;
}

Result<bool> _abc_subclasscheck(ThreadState& ts, Module*, Object* self, Object* subclass) {
  if (!isType(subclass)) return raise(ts, kTypeError, "issubclass() arg 1 must be a class");
  Ref<AbcData> d = TRY(dataOf(ts, self));
  return checkSubclass(ts, d.get(), self, subclass);
}

// ---- for tests and debugging ----
Ref<> get_cache_token(ThreadState& ts, Module*) { return newIntUnsigned(ts, registrations); }
Status _reset_registry(ThreadState& ts, Module*, Object* self) {
  Ref<AbcData> d = TRY(dataOf(ts, self));
  if (d->registry) setClear(d->registry);
  return kDone;
}
Status _reset_caches(ThreadState& ts, Module*, Object* self) {
  Ref<AbcData> d = TRY(dataOf(ts, self));
  if (d->cache) setClear(d->cache);
  if (d->negative_cache) setClear(d->negative_cache);
  return kDone;
}
Ref<> _get_dump(ThreadState& ts, Module*, Object* self) {
  Ref<AbcData> d = TRY(dataOf(ts, self));
  Ref<Set> registry = TRY(newSet(ts, d->registry));
  Ref<Set> cache = TRY(newSet(ts, d->cache));
  Ref<Set> negative = TRY(newSet(ts, d->negative_cache));
  Ref<Int> version = TRY(newIntUnsigned(ts, d->negative_version));
  return packTuple(ts, {registry.get(), cache.get(), negative.get(), version.get()});
}

constexpr MethodDef kMethods[] = {
    METHOD(get_cache_token, "($module, /)", "A number that changes with every registration."),
    METHOD(_abc_init, "($module, self, /)", "Sets up a new abstract class."),
    METHOD(_reset_registry, "($module, self, /)", "Forgets the registered classes; for tests."),
    METHOD(_reset_caches, "($module, self, /)", "Empties the caches; for tests."),
    METHOD(_get_dump, "($module, self, /)", "The registry, both caches and their version."),
    METHOD(_abc_register, "($module, self, subclass, /)", "Registers a virtual subclass."),
    METHOD(_abc_instancecheck, "($module, self, instance, /)", "isinstance() for abstract classes."),
    METHOD(_abc_subclasscheck, "($module, self, subclass, /)", "issubclass() for abstract classes."),
    {}};

Status populate(ThreadState& ts, Module*) {
  if (!data_type) data_type = TRY(makeHeapType(ts, data_definition)).release();
  return kDone;
}

}  // namespace

extern const ModuleDef kAbcModule = {
    .name = "_abc", .doc = "The machinery of abstract base classes.", .methods = kMethods, .populate = populate};

}  // namespace habu
