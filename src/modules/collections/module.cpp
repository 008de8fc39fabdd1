// defaultdict, _tuplegetter (namedtuple's fields), _count_elements (Counter), and the module itself.
#include "modules/collections/collections.h"
#include "types/dict.h"
#include "types/ordered_dict.h"

namespace habu {
namespace collections {

namespace {

// ---- defaultdict ----
struct DefaultDict : Dict {
  Object* factory;  // null: none
};

Status initDefault(ThreadState& ts, DefaultDict* self, Tuple* args, Dict* keywords) {
  Ref<> factory;
  Ref<Tuple> rest = share(args);
  if (args->size > 0) {
    factory = Ref<>::share(args->items[0]);
    if (!isNone(factory.get()) && !isCallable(factory.get()))
      return raise(ts, kTypeError, "first argument must be callable or None");
    rest = TRY(tupleSlice(ts, args, 1, args->size));
  }
  setField(self->factory, std::move(factory));
  if (kDictType.init(self, rest.get(), keywords) < 0) return Raised{};
  return kDone;
}

void deallocDefault(DefaultDict* self) {
  untrack(self);
  clearField(self->factory);
  kDictType.dealloc(self);
}

int traverseDefault(DefaultDict* self, VisitFn visit, void* arg) {
  VISIT(self->factory);
  return kDictType.traverse(self, visit, arg);
}

int clearDefault(DefaultDict* self) {
  clearField(self->factory);
  return kDictType.clear(self);
}

Ref<> missing(ThreadState& ts, DefaultDict* self, Object* key) {
  if (!self->factory || isNone(self->factory)) return raiseKeyError(ts, key);
  Ref<> factory = Ref<>::share(self->factory);
  Ref<> value = TRY(call(ts, factory.get()));
  (void)TRY(setItem(ts, self, key, value.get()));
  return value;
}

Ref<> reprDefault(ThreadState& ts, DefaultDict* self) {
  Ref<> items = Ref<>::steal(kDictType.repr(self));
  if (!items) return {};
  Ref<Str> factory_text;
  if (!self->factory) {
    factory_text = TRY(newStr(ts, "None"));
  } else {
    Ref<> factory = Ref<>::share(self->factory);
    ReprGuard guard(ts, factory.get());
    if (guard.failed()) return {};
    factory_text = guard.recursive() ? newStr(ts, "...") : reprOf(ts, factory.get());
    if (!factory_text) return {};
  }
  return formatText(ts, "{}({}, {})", shortName(self->type), factory_text, items);
}

// An instance of the same class with the same factory and the items of `source`.
Ref<> newLike(ThreadState& ts, DefaultDict* self, Object* source) {
  return call(ts, self->type, {self->factory ? self->factory : &kNoneObject, source});
}

Ref<> copyDefault(ThreadState& ts, DefaultDict* self) { return newLike(ts, self, self); }

Ref<> reduceDefault(ThreadState& ts, DefaultDict* self) {
  Ref<Tuple> arguments = emptyTuple();
  if (self->factory && !isNone(self->factory)) arguments = TRY(packTuple(ts, {self->factory}));
  Ref<> items = TRY(callMethod(ts, self, names::items));
  Ref<> it = TRY(iterOf(ts, items.get()));
  return packTuple(ts, {self->type, arguments.get(), &kNoneObject, &kNoneObject, it.get()});
}

Ref<> mergedDefault(ThreadState& ts, Object* left, Object* right) {
  bool left_is_ours = isInstanceOf(left, kDefaultDict);
  Object* other = left_is_ours ? right : left;
  if (!isDict(other)) return notImplemented();
  Ref<> made = TRY(newLike(ts, reinterpret_cast<DefaultDict*>(left_is_ours ? left : right), left));
  (void)TRY(dictUpdate(ts, reinterpret_cast<Dict*>(made.get()), right));
  return made;
}

constexpr MethodDef kDefaultMethods[] = {
    METHOD_UNSIGNED("__missing__", missing, "($self, key, /)",
                    "__missing__(key) # Called by __getitem__ for missing key; pseudo-code:\n"
                    "  if self.default_factory is None: raise KeyError((key,))\n"
                    "  self[key] = value = self.default_factory()\n  return value\n"),
    METHOD_UNSIGNED("copy", copyDefault, "($self, /)", "D.copy() -> a shallow copy of D."),
    METHOD_UNSIGNED("__copy__", copyDefault, "($self, /)", "D.copy() -> a shallow copy of D."),
    METHOD_UNSIGNED("__reduce__", reduceDefault, "($self, /)", "Return state information for pickling."),
    CLASS_GETITEM,
    {}};
constexpr MemberDef kDefaultMembers[] = {
    MEMBER("default_factory", ObjectOrNone, DefaultDict, factory, 0, "Factory for default value called by __missing__()."),
    {}};
constinit NumberSlots kDefaultNumber = {.bit_or = slot<mergedDefault>};

// ---- _tuplegetter ----
struct TupleGetter : Object {
  Index index;
  Object* doc;
};

Ref<> makeGetter(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "_tuplegetter", keywords));
  (void)TRY(checkPositional(ts, "_tuplegetter", args->size, 2, 2));
  Ref<Int> number = TRY(indexObject(ts, args->items[0]));
  Index index = TRY(stateIndex(ts, number.get()));
  Ref<TupleGetter> self = TRY(allocateInstance<TupleGetter>(type));
  self->index = index;
  self->doc = Ref<>::share(args->items[1]).release();
  return self;
}

Ref<> descrGet(ThreadState& ts, TupleGetter* self, Object* object, Object*) {
  if (!object) return Ref<>::share(self);
  if (!isTuple(object)) {
    if (isNone(object)) return Ref<>::share(self);
    return raise(ts, kTypeError, "descriptor for index '{}' for tuple subclasses doesn't apply to '{}' object", self->index,
                 typeName(object));
  }
  auto* t = reinterpret_cast<Tuple*>(object);
  if (size_t(self->index) >= size_t(t->size)) return raise(ts, kIndexError, "tuple index out of range");
  return Ref<>::share(t->items[self->index]);
}

Status descrSet(ThreadState& ts, TupleGetter*, Object*, Object* value) {
  return raise(ts, kAttributeError, value ? "can't set attribute" : "can't delete attribute");
}

Ref<> reprGetter(ThreadState& ts, TupleGetter* self) {
  return formatText(ts, "{}({}, {!r})", shortName(self->type), self->index, self->doc);
}

Ref<> reduceGetter(ThreadState& ts, TupleGetter* self) {
  Ref<Int> index = TRY(newInt(ts, self->index));
  Ref<Tuple> arguments = TRY(packTuple(ts, {index.get(), self->doc}));
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kGetterMethods[] = {
    [] {
      MethodDef d = METHOD_UNSIGNED("__reduce__", reduceGetter, "($self, /)", "");
      d.doc = nullptr;  // as CPython's
      return d;
    }(),
    {}};
constexpr MemberDef kGetterMembers[] = {MEMBER("__doc__", ObjectOrNone, TupleGetter, doc, 0, nullptr), {}};

// ---- _count_elements ----
Status countInDict(ThreadState& ts, Dict* d, Object* iterator, Object* one) {
  while (Ref<> key = iterNext(ts, iterator)) {
    Hash hash = TRY(hashOf(ts, key.get()));
    Ref<> before = TRY(dictFindKnownHash(ts, d, key.get(), hash));
    Ref<> after = before ? addObjects(ts, before.get(), one) : Ref<>::share(one);
    if (!after) return Raised{};
    (void)TRY(dictSetKnownHash(ts, d, key.get(), after.get(), hash));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status countInMapping(ThreadState& ts, Object* mapping, Object* iterator, Object* one) {
  Ref<Int> zero = TRY(newInt(ts, 0));
  Ref<> get = TRY(getAttr(ts, mapping, names::get));
  while (Ref<> key = iterNext(ts, iterator)) {
    Ref<> before = TRY(call(ts, get.get(), {key.get(), zero.get()}));
    Ref<> after = TRY(addObjects(ts, before.get(), one));
    (void)TRY(setItem(ts, mapping, key.get(), after.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

}  // namespace

Ref<> countElements(ThreadState& ts, Object*, Object* mapping, Object* iterable) {
  Ref<> iterator = TRY(iterOf(ts, iterable));
  Ref<Int> one = TRY(newInt(ts, 1));
  // Subclasses of dict that kept its get and __setitem__ (Counter did) are counted in directly.
  bool direct = isDict(mapping) &&
                typeLookup(mapping->type, names::get) == typeLookup(&kDictType, names::get) &&
                typeLookup(mapping->type, names::__setitem__) == typeLookup(&kDictType, names::__setitem__);
  if (direct) (void)TRY(countInDict(ts, reinterpret_cast<Dict*>(mapping), iterator.get(), one.get()));
  else (void)TRY(countInMapping(ts, mapping, iterator.get(), one.get()));
  return none();
}

constinit Type kDefaultDict = defineType<DefaultDict>(
    {.name = "collections.defaultdict",
     .doc = "defaultdict(default_factory=None, /, [...]) --> dict with default factory\n\n"
            "When a key is missing in d[key], the factory is called without arguments and\nits result becomes the key's value. "
            "All other arguments are those of dict().",
     .flags = kBaseType,
     .base = &kDictType,
     .methods = kDefaultMethods,
     .members = kDefaultMembers,
     .number = &kDefaultNumber,
     .init = initSlot<initDefault>,
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<deallocDefault>,
     .traverse = slot<traverseDefault>,
     .clear = slot<clearDefault>,
     .repr = slot<reprDefault>,
     .getattro = genericGetAttrSlot});
constinit Type kTupleGetter = defineType<TupleGetter>(
    {.name = "_collections._tuplegetter",
     .methods = kGetterMethods,
     .members = kGetterMembers,
     .make = makeSlot<makeGetter>,
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<deallocFields<TupleGetter, &TupleGetter::doc>>,
     .traverse = slot<traverseFields<TupleGetter, &TupleGetter::doc>>,
     .clear = slot<clearFields<TupleGetter, &TupleGetter::doc>>,
     .repr = slot<reprGetter>,
     .descr_get = slot<descrGet>,
     .descr_set = slot<descrSet>});

namespace {

constexpr MethodDef kMethods[] = {
    METHOD_AS("_count_elements", countElements, "($module, mapping, iterable, /)",
              "Count elements in the iterable, updating the mapping"),
    {}};

Status populate(ThreadState& ts, Module* m) {
  for (Type* type : {&kDeque, &kDefaultDict, &kOrderedDictType, &kDequeIterator, &kDequeReverseIterator, &kTupleGetter})
    (void)TRY(addType(ts, m, *type));
  return kDone;
}

}  // namespace
}  // namespace collections

extern const ModuleDef kCollectionsModule = {
    .name = "_collections",
    .doc = "High performance data structures: deque, defaultdict, OrderedDict.",
    .methods = collections::kMethods,
    .populate = collections::populate};

}  // namespace habu
