// set and frozenset: the types, their operators and methods. The table is in set_table.cpp.
#include "types/set.h"

#include <cstring>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict_table.h"
#include "types/generic_alias.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/set_table.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

Ref<Set> newSetOf(ThreadState& ts, Type* type, Object* iterable) {
  Ref<Set> s = TRY(allocateInstance<Set>(type));
  s->mask = 7;
  s->table = s->small;
  s->hash = -1;
  if (iterable) (void)TRY(setUpdate(ts, s.get(), iterable));
  return s;
}

Ref<Set> newSet(ThreadState& ts, Object* iterable) { return newSetOf(ts, &kSetType, iterable); }
Ref<Set> newFrozenSet(ThreadState& ts, Object* iterable) { return newSetOf(ts, &kFrozenSetType, iterable); }

namespace {

// Results of operators are plain sets or frozensets, also for subclasses.
Type* baseOf(Set* s) { return isFrozenSet(s) ? &kFrozenSetType : &kSetType; }
Ref<Set> newLike(ThreadState& ts, Set* s, Object* iterable = nullptr) { return newSetOf(ts, baseOf(s), iterable); }
Set* asSet(Object* o) { return reinterpret_cast<Set*>(o); }

// ---- slots ----
void dealloc(Set* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->weakrefs) clearWeakrefs(self);
  for (SetEntry *e = self->table, *end = e + self->mask + 1; self->used > 0 && e != end; ++e) {
    if (!inUse(e)) continue;
    --self->used;
    dropReference(e->key);
  }
  if (self->table != self->small) freeMemory(self->table);
  self->type->free(self);
}

int traverse(Set* self, VisitFn visit, void* arg) {
  for (Index i = 0; i <= self->mask; ++i) {
    SetEntry* e = self->table + i;
    if (inUse(e)) VISIT(e->key);
  }
  return 0;
}

int clearSlot(Set* self) {
  setClear(self);
  return 0;
}

Ref<> repr(ThreadState& ts, Set* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return formatText(ts, "{}(...)", typeName(self));
  if (self->used == 0) return formatText(ts, "{}()", typeName(self));
  Ref<List> keys = TRY(listFrom(ts, self));
  Ref<Str> text = TRY(reprOf(ts, keys.get()));
  Ref<Str> inner = TRY(substring(ts, text.get(), 1, text->length - 1));
  if (isExact(self, kSetType)) return formatText(ts, "{{{}}}", inner);
  return formatText(ts, "{}({{{}}})", typeName(self), inner);
}

Index length(Set* self) { return self->used; }

uint64_t shuffle(uint64_t h) { return ((h ^ 89869747u) ^ (h << 16)) * 3644798167u; }

// Independent of order; every slot of the table takes part, so free and deleted ones are taken out again.
Hash hash(Set* self) {
  if (self->hash != -1) return self->hash;
  uint64_t h = 0;
  for (SetEntry *e = self->table, *end = e + self->mask + 1; e != end; ++e) h ^= shuffle(uint64_t(e->hash));
  if ((self->mask + 1 - self->fill) & 1) h ^= shuffle(0);
  if ((self->fill - self->used) & 1) h ^= shuffle(~uint64_t{0});
  h ^= (uint64_t(self->used) + 1) * 1927868237u;
  h ^= (h >> 11) ^ (h >> 25);
  h = h * 69069u + 907133923u;
  if (h == ~uint64_t{0}) h = 590923713u;
  return self->hash = Hash(h);
}

// A set as a key stands for the frozenset of its items: `{1} in {frozenset({1})}`. Empty: not such a case, the
// exception stays.
Ref<Set> frozenKey(ThreadState& ts, Object* key) {
  if (!isInstanceOf(key, kSetType) || !errorMatches(ts, kTypeError)) return {};
  clearError(ts);
  return newFrozenSet(ts, key);
}

Result<bool> contains(ThreadState& ts, Set* self, Object* key) {
  Result<bool> found = setContains(ts, self, key);
  if (!found.failed()) return found;
  Ref<Set> frozen = TRY(frozenKey(ts, key));
  return setContains(ts, self, frozen.get());
}

Result<bool> discardKey(ThreadState& ts, Set* self, Object* key) {
  Result<bool> found = setDiscard(ts, self, key);
  if (!found.failed()) return found;
  Ref<Set> frozen = TRY(frozenKey(ts, key));
  return setDiscard(ts, self, frozen.get());
}

// ---- algebra ----
Ref<Set> copySet(ThreadState& ts, Set* self) { return newLike(ts, self, self); }

Ref<Set> intersect(ThreadState& ts, Set* self, Object* other) {
  if (self == other) return copySet(ts, self);
  Ref<Set> result = TRY(newLike(ts, self));
  if (isAnySet(other)) {
    Set* walked = asSet(other);
    if (walked->used > self->used) std::swap(walked, self);
    SetCursor c(walked);
    while (c.next()) {
      Ref<> key = Ref<>::share(c.key);
      Hash h = c.hash;
      if (TRY(setContainsKnownHash(ts, self, key.get(), h))) (void)TRY(setInsert(ts, result.get(), std::move(key), h));
    }
    return result;
  }
  Ref<> it = TRY(iterOf(ts, other));
  while (Ref<> key = iterNext(ts, it.get())) {
    Hash h = TRY(setKeyHash(ts, key.get()));
    if (TRY(setContainsKnownHash(ts, self, key.get(), h))) (void)TRY(setInsert(ts, result.get(), std::move(key), h));
  }
  if (errorSet(ts)) return {};
  return result;
}

Status subtractFrom(ThreadState& ts, Set* self, Object* other) {
  if (self == other) {
    setClear(self);
    return kDone;
  }
  if (isAnySet(other)) {
    Ref<> walked = Ref<>::share(other);
    if ((asSet(other)->used >> 3) > self->used) walked = TRY(intersect(ts, self, other));  // many more than we have
    SetCursor c(asSet(walked.get()));
    while (c.next()) {
      Ref<> key = Ref<>::share(c.key);
      (void)TRY(setDiscardKnownHash(ts, self, key.get(), c.hash));
    }
  } else {
    Ref<> it = TRY(iterOf(ts, other));
    while (Ref<> key = iterNext(ts, it.get())) (void)TRY(setDiscard(ts, self, key.get()));
    if (errorSet(ts)) return Raised{};
  }
  return setTidy(ts, self);
}

Ref<Set> subtract(ThreadState& ts, Set* self, Object* other) {
  bool is_dict = isExactDict(other);
  Index other_size = isAnySet(other) ? asSet(other)->used : is_dict ? reinterpret_cast<Dict*>(other)->used : -1;
  if (other_size < 0 || (self->used >> 2) > other_size) {
    Ref<Set> result = TRY(copySet(ts, self));
    (void)TRY(subtractFrom(ts, result.get(), other));
    return result;
  }
  Ref<Set> result = TRY(newLike(ts, self));
  SetCursor c(self);
  while (c.next()) {
    Ref<> key = Ref<>::share(c.key);
    Hash h = c.hash;
    bool present;
    if (is_dict) present = bool(TRY(dictFindKnownHash(ts, reinterpret_cast<Dict*>(other), key.get(), h)));
    else present = TRY(setContainsKnownHash(ts, asSet(other), key.get(), h));
    if (!present) (void)TRY(setInsert(ts, result.get(), std::move(key), h));
  }
  return result;
}

Status toggle(ThreadState& ts, Set* self, Ref<> key, Hash h) {
  if (!TRY(setDiscardKnownHash(ts, self, key.get(), h))) (void)TRY(setInsert(ts, self, std::move(key), h));
  return kDone;
}

Status toggleAll(ThreadState& ts, Set* self, Object* other) {
  if (self == other) {
    setClear(self);
    return kDone;
  }
  if (isExactDict(other)) {
    DictCursor c(reinterpret_cast<Dict*>(other));
    while (c.next()) (void)TRY(toggle(ts, self, Ref<>::share(c.key), c.hash));
    return kDone;
  }
  Ref<Set> others = isAnySet(other) ? share(asSet(other)) : newLike(ts, self, other);
  if (!others) return Raised{};
  SetCursor c(others.get());
  while (c.next()) (void)TRY(toggle(ts, self, Ref<>::share(c.key), c.hash));
  return kDone;
}

Ref<Set> symmetricDifferenceOf(ThreadState& ts, Set* self, Object* other) {
  Ref<Set> result = TRY(newLike(ts, self, other));
  (void)TRY(toggleAll(ts, result.get(), self));
  return result;
}

Result<bool> isSubset(ThreadState& ts, Set* self, Object* other) {
  if (!isAnySet(other)) {
    Ref<Set> common = TRY(intersect(ts, self, other));
    return common->used == self->used;
  }
  if (self->used > asSet(other)->used) return false;
  SetCursor c(self);
  while (c.next()) {
    Ref<> key = Ref<>::share(c.key);
    if (!TRY(setContainsKnownHash(ts, asSet(other), key.get(), c.hash))) return false;
  }
  return true;
}

// Exchanges the contents of two sets (in-place intersection).
void swapBodies(Set* a, Set* b) {
  std::swap(a->fill, b->fill);
  std::swap(a->used, b->used);
  std::swap(a->mask, b->mask);
  SetEntry* a_table = a->table == a->small ? b->small : a->table;
  a->table = b->table == b->small ? a->small : b->table;
  b->table = a_table;
  SetEntry saved[8];
  std::memcpy(saved, a->small, sizeof saved);
  std::memcpy(a->small, b->small, sizeof saved);
  std::memcpy(b->small, saved, sizeof saved);
  bool frozen = isFrozenSet(a) && isFrozenSet(b);
  if (frozen) std::swap(a->hash, b->hash);
  else a->hash = b->hash = -1;
}

Ref<> richcompare(ThreadState& ts, Set* self, Object* other, CompareOp op) {
  if (!isAnySet(other)) return notImplemented();
  Set* o = asSet(other);
  switch (op) {
    case CompareOp::Eq:
      if (self->used != o->used || (self->hash != -1 && o->hash != -1 && self->hash != o->hash)) return newBool(false);
      return newBool(TRY(isSubset(ts, self, o)));
    case CompareOp::Ne: {
      Ref<> equal = TRY(richcompare(ts, self, other, CompareOp::Eq));
      return newBool(equal.get() == falseObject());
    }
    case CompareOp::Le: return newBool(TRY(isSubset(ts, self, o)));
    case CompareOp::Ge: return newBool(TRY(isSubset(ts, o, self)));
    case CompareOp::Lt: return newBool(self->used < o->used && TRY(isSubset(ts, self, o)));
    case CompareOp::Gt: return newBool(self->used > o->used && TRY(isSubset(ts, o, self)));
  }
  return notImplemented();
}

bool bothSets(Object* a, Object* b) { return isAnySet(a) && isAnySet(b); }

Ref<> orSlot(ThreadState& ts, Object* a, Object* b) {
  if (!bothSets(a, b)) return notImplemented();
  Ref<Set> result = TRY(copySet(ts, asSet(a)));
  if (a != b) (void)TRY(setUpdate(ts, result.get(), b));
  return result;
}
Ref<> andSlot(ThreadState& ts, Object* a, Object* b) {
  if (!bothSets(a, b)) return notImplemented();
  return intersect(ts, asSet(a), b);
}
Ref<> subSlot(ThreadState& ts, Object* a, Object* b) {
  if (!bothSets(a, b)) return notImplemented();
  return subtract(ts, asSet(a), b);
}
Ref<> xorSlot(ThreadState& ts, Object* a, Object* b) {
  if (!bothSets(a, b)) return notImplemented();
  return symmetricDifferenceOf(ts, asSet(a), b);
}
Ref<> inplaceOr(ThreadState& ts, Set* self, Object* other) {
  if (!isAnySet(other)) return notImplemented();
  (void)TRY(setUpdate(ts, self, other));
  return Ref<>::share(self);
}
Ref<> inplaceAnd(ThreadState& ts, Set* self, Object* other) {
  if (!isAnySet(other)) return notImplemented();
  Ref<Set> result = TRY(intersect(ts, self, other));
  swapBodies(self, result.get());
  return Ref<>::share(self);
}
Ref<> inplaceSub(ThreadState& ts, Set* self, Object* other) {
  if (!isAnySet(other)) return notImplemented();
  (void)TRY(subtractFrom(ts, self, other));
  return Ref<>::share(self);
}
Ref<> inplaceXor(ThreadState& ts, Set* self, Object* other) {
  if (!isAnySet(other)) return notImplemented();
  (void)TRY(toggleAll(ts, self, other));
  return Ref<>::share(self);
}

// ---- making ----
Ref<> makeSet(ThreadState& ts, Type* type, Tuple*, Dict*) { return newSetOf(ts, type, nullptr); }

Status initSet(ThreadState& ts, Set* self, Tuple* args, Dict* keywords) {
  if (isExact(self, kSetType) || self->type->init == kSetType.init) (void)TRY(noKeywords(ts, "set", keywords));
  (void)TRY(checkPositional(ts, "set", args->size, 0, 1));
  if (self->fill) setClear(self);
  self->hash = -1;
  if (args->size) return setUpdate(ts, self, args->items[0]);
  return kDone;
}

Ref<> callSet(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "set", args.names));
  (void)TRY(checkPositional(ts, "set", args.count, 0, 1));
  return newSetOf(ts, type, args.count ? args[0] : nullptr);
}

Ref<> newFrozen(ThreadState& ts, Type* type, Object* iterable) {
  if (type == &kFrozenSetType && iterable && isExact(iterable, kFrozenSetType)) return Ref<>::share(iterable);
  return newSetOf(ts, type, iterable);
}

Ref<> makeFrozen(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kFrozenSetType || type->init == kFrozenSetType.init) (void)TRY(noKeywords(ts, "frozenset", keywords));
  (void)TRY(checkPositional(ts, "frozenset", args->size, 0, 1));
  return newFrozen(ts, type, args->size ? args->items[0] : nullptr);
}

Ref<> callFrozen(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "frozenset", args.names));
  (void)TRY(checkPositional(ts, "frozenset", args.count, 0, 1));
  return newFrozen(ts, type, args.count ? args[0] : nullptr);
}

// ---- methods ----
Status add(ThreadState& ts, Set* self, Object* key) { return setAdd(ts, self, key); }
Status clear(ThreadState&, Set* self) {
  setClear(self);
  return kDone;
}
Ref<> copy(ThreadState& ts, Set* self) { return copySet(ts, self); }
Ref<> copyFrozen(ThreadState& ts, Set* self) {
  return isExact(self, kFrozenSetType) ? Ref<>::share(self) : Ref<>(copySet(ts, self));
}
Status discard(ThreadState& ts, Set* self, Object* key) {
  (void)TRY(discardKey(ts, self, key));
  return kDone;
}
Status remove(ThreadState& ts, Set* self, Object* key) {
  if (!TRY(discardKey(ts, self, key))) return raiseKeyError(ts, key);
  return kDone;
}
Ref<> pop(ThreadState& ts, Set* self) { return setPop(ts, self); }

Ref<> unionOf(ThreadState& ts, Set* self, Args args) {
  Ref<Set> result = TRY(copySet(ts, self));
  for (Object* other : args.positional())
    if (other != self) (void)TRY(setUpdate(ts, result.get(), other));
  return result;
}
Status update(ThreadState& ts, Set* self, Args args) {
  for (Object* other : args.positional()) (void)TRY(setUpdate(ts, self, other));
  return kDone;
}
Ref<Set> intersectAll(ThreadState& ts, Set* self, Args args) {
  if (args.count == 0) return copySet(ts, self);
  Ref<Set> result = share(self);
  for (Object* other : args.positional()) result = TRY(intersect(ts, result.get(), other));
  return result;
}
Ref<> intersection(ThreadState& ts, Set* self, Args args) { return intersectAll(ts, self, args); }
Status intersectionUpdate(ThreadState& ts, Set* self, Args args) {
  Ref<Set> result = TRY(intersectAll(ts, self, args));
  swapBodies(self, result.get());
  return kDone;
}
Ref<> difference(ThreadState& ts, Set* self, Args args) {
  if (args.count == 0) return copySet(ts, self);
  Ref<Set> result = TRY(subtract(ts, self, args[0]));
  for (Object* other : args.positional().subspan(1)) (void)TRY(subtractFrom(ts, result.get(), other));
  return result;
}
Status differenceUpdate(ThreadState& ts, Set* self, Args args) {
  for (Object* other : args.positional()) (void)TRY(subtractFrom(ts, self, other));
  return kDone;
}
Ref<> symmetricDifference(ThreadState& ts, Set* self, Object* other) { return symmetricDifferenceOf(ts, self, other); }
Status symmetricDifferenceUpdate(ThreadState& ts, Set* self, Object* other) { return toggleAll(ts, self, other); }

Result<bool> isDisjoint(ThreadState& ts, Set* self, Object* other) {
  if (self == other) return self->used == 0;
  if (isAnySetExact(other)) {
    Set* walked = asSet(other);
    if (walked->used > self->used) std::swap(walked, self);
    SetCursor c(walked);
    while (c.next()) {
      Ref<> key = Ref<>::share(c.key);
      if (TRY(setContainsKnownHash(ts, self, key.get(), c.hash))) return false;
    }
    return true;
  }
  Ref<> it = TRY(iterOf(ts, other));
  while (Ref<> key = iterNext(ts, it.get()))
    if (TRY(setContains(ts, self, key.get()))) return false;
  if (errorSet(ts)) return Raised{};
  return true;
}
Result<bool> isSubsetMethod(ThreadState& ts, Set* self, Object* other) { return isSubset(ts, self, other); }
Result<bool> isSuperset(ThreadState& ts, Set* self, Object* other) {
  if (isAnySet(other)) return isSubset(ts, asSet(other), self);
  Ref<> it = TRY(iterOf(ts, other));
  while (Ref<> key = iterNext(ts, it.get()))
    if (!TRY(setContains(ts, self, key.get()))) return false;
  if (errorSet(ts)) return Raised{};
  return true;
}

Ref<> reduce(ThreadState& ts, Set* self) {
  Ref<List> keys = TRY(listFrom(ts, self));
  Ref<Tuple> arguments = TRY(packTuple(ts, {keys.get()}));
  Ref<> state = TRY(callMethod(ts, self, names::__getstate__));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Index sizeOf(ThreadState&, Set* self) {
  Index bytes = self->type->basic_size;
  return self->table == self->small ? bytes : bytes + (self->mask + 1) * Index(sizeof(SetEntry));
}

// ---- iterator ----
struct SetIterator : Object {
  Set* set;        // owned; null once exhausted
  Index used;      // of the set when made; -1: it changed size, the error repeats
  Index position;
  Index remaining;
};

Ref<> iter(ThreadState& ts, Set* self) {
  Ref<SetIterator> it = TRY(newObject<SetIterator>(ts, kSetIteratorType));
  it->set = share(self).release();
  it->used = it->remaining = self->used;
  track(it.get());
  return it;
}

void deallocIterator(SetIterator* self) {
  untrack(self);
  clearField(self->set);
  self->type->free(self);
}

int traverseIterator(SetIterator* self, VisitFn visit, void* arg) {
  VISIT(self->set);
  return 0;
}

Ref<> next(ThreadState& ts, SetIterator* it) {
  Set* s = it->set;
  if (!s) return {};
  if (it->used != s->used) {
    it->used = -1;
    return raise(ts, kRuntimeError, "Set changed size during iteration");
  }
  for (; it->position <= s->mask; ++it->position) {
    SetEntry* e = s->table + it->position;
    if (!inUse(e)) continue;
    ++it->position;
    --it->remaining;
    return Ref<>::share(e->key);
  }
  clearField(it->set);
  return {};
}

Index hint(ThreadState&, SetIterator* it) { return it->set && it->used == it->set->used ? it->remaining : 0; }

Ref<> reduceIterator(ThreadState& ts, SetIterator* it) {
  static constinit Name iter_name{"iter"};
  Ref<Set> keep = share(it->set);
  Index used = it->used, position = it->position, remaining = it->remaining;
  Ref<List> rest = TRY(listFrom(ts, it));
  setField(it->set, std::move(keep));
  it->used = used;
  it->position = position;
  it->remaining = remaining;
  Ref<> function = TRY(builtinFunction(ts, iter_name));
  Ref<Tuple> arguments = TRY(packTuple(ts, {rest.get()}));
  return packTuple(ts, {function.get(), arguments.get()});
}

constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    METHOD_UNSIGNED("__reduce__", reduceIterator, "($self, /)", "Return state information for pickling."),
    {}};

// ---- tables ----
constexpr MethodDef coexist(MethodDef d) {
  d.flags |= kMethCoexist;
  return d;
}

// A function of any number of positional arguments.
template <auto F>
Object* many(Object* self, Object* args) {
  auto* t = reinterpret_cast<Tuple*>(args);
  ThreadState& ts = ThreadState::current();
  return toOwned(ts, F(ts, reinterpret_cast<Set*>(self), Args{t->items, t->size, nullptr}));
}
template <auto F>
consteval MethodDef manyMethod(const char* name, const char* doc) {
  MethodDef d;
  d.name = name;
  d.function = CFunction(static_cast<BinaryFn>(&many<F>));
  d.flags = kMethVarargs;
  d.doc = doc;
  return d;
}

constexpr MethodDef kContains =
    coexist(METHOD_UNSIGNED("__contains__", contains, "($self, y, /)", "x.__contains__(y) <==> y in x."));
constexpr MethodDef kDifference = manyMethod<difference>(
    "difference", "Return the difference of two or more sets as a new set.\n\n(i.e. what is in this set but in none of the others.)");
constexpr MethodDef kIntersection = manyMethod<intersection>(
    "intersection", "Return the intersection of two sets as a new set.\n\n(i.e. what is in both.)");
constexpr MethodDef kUnion =
    manyMethod<unionOf>("union", "Return the union of sets as a new set.\n\n(i.e. what is in any of them.)");
constexpr MethodDef kIsDisjoint =
    METHOD_UNSIGNED("isdisjoint", isDisjoint, "($self, other, /)", "Return True if two sets have a null intersection.");
constexpr MethodDef kIsSubset =
    METHOD_UNSIGNED("issubset", isSubsetMethod, "($self, other, /)", "Report whether another set contains this set.");
constexpr MethodDef kIsSuperset =
    METHOD_UNSIGNED("issuperset", isSuperset, "($self, other, /)", "Report whether this set contains another set.");
constexpr MethodDef kReduce = METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling.");
constexpr MethodDef kSizeOf =
    METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", "S.__sizeof__() -> size of S in memory, in bytes");
constexpr MethodDef kSymmetric = METHOD_UNSIGNED(
    "symmetric_difference", symmetricDifference, "($self, other, /)",
    "Return the symmetric difference of two sets as a new set.\n\n(i.e. what is in exactly one of them.)");

constexpr MethodDef kSetMethods[] = {
    kContains,
    METHOD_UNSIGNED("add", add, "($self, key, /)", "Add an element to a set.\n\nAn element that is present already stays."),
    METHOD_UNSIGNED("clear", clear, "($self, /)", "Remove all elements from this set."),
    METHOD_UNSIGNED("copy", copy, "($self, /)", "Return a shallow copy of a set."),
    METHOD_UNSIGNED("discard", discard, "($self, key, /)",
                    "Remove an element from a set if it is a member.\n\nUnlike remove(), this raises nothing when it is missing."),
    kDifference,
    manyMethod<differenceUpdate>("difference_update", "Remove all elements of another set from this set."),
    kIntersection,
    manyMethod<intersectionUpdate>("intersection_update", "Update a set with the intersection of itself and another."),
    kIsDisjoint,
    kIsSubset,
    kIsSuperset,
    METHOD_UNSIGNED("pop", pop, "($self, /)", "Remove and return an arbitrary set element.\nRaises KeyError if the set is empty."),
    kReduce,
    METHOD_UNSIGNED("remove", remove, "($self, key, /)",
                    "Remove an element from a set; it must be a member.\n\nRaises KeyError if it is missing."),
    kSizeOf,
    kSymmetric,
    METHOD_UNSIGNED("symmetric_difference_update", symmetricDifferenceUpdate, "($self, other, /)",
                    "Update a set with the symmetric difference of itself and another."),
    kUnion,
    manyMethod<update>("update", "Update a set with the union of itself and others."),
    CLASS_GETITEM,
    {}};
constexpr MethodDef kFrozenMethods[] = {
    kContains,
    METHOD_UNSIGNED("copy", copyFrozen, "($self, /)", "Return a shallow copy of a set."),
    kDifference, kIntersection, kIsDisjoint, kIsSubset, kIsSuperset, kReduce, kSizeOf, kSymmetric, kUnion,
    CLASS_GETITEM,
    {}};

constinit NumberSlots kSetNumber = {.subtract = slot<subSlot>,
                                    .bit_and = slot<andSlot>,
                                    .bit_xor = slot<xorSlot>,
                                    .bit_or = slot<orSlot>,
                                    .inplace_subtract = slot<inplaceSub>,
                                    .inplace_and = slot<inplaceAnd>,
                                    .inplace_xor = slot<inplaceXor>,
                                    .inplace_or = slot<inplaceOr>};
constinit NumberSlots kFrozenNumber = {
    .subtract = slot<subSlot>, .bit_and = slot<andSlot>, .bit_xor = slot<xorSlot>, .bit_or = slot<orSlot>};
constinit SequenceSlots kSequence = {.length = slot<length>, .contains = slot<contains>};

consteval Type defineSet(TypeSpec s) {
  s.flags = kBaseType | kMatchSelf;
  s.weaklist_offset = offsetof(Set, weakrefs);
  s.sequence = &kSequence;
  s.alloc = genericAlloc;
  s.free = freeGcObject;
  s.dealloc = slot<dealloc>;
  s.traverse = slot<traverse>;
  s.clear = slot<clearSlot>;
  s.repr = slot<repr>;
  s.richcompare = slot<richcompare>;
  s.getattro = genericGetAttrSlot;
  s.iter = slot<iter>;
  return defineType<Set>(s);
}

}  // namespace

constinit Type kSetType = defineSet({.name = "set",
                                     .doc = "set() -> new empty set object\nset(iterable) -> new set object\n\n"
                                            "An unordered collection in which every element is there once.",
                                     .methods = kSetMethods,
                                     .number = &kSetNumber,
                                     .make = makeSlot<makeSet>,
                                     .init = initSlot<initSet>,
                                     .hash = notHashable,
                                     .vectorcall = typeVectorcall<callSet>});
constinit Type kFrozenSetType = defineSet({.name = "frozenset",
                                           .doc = "frozenset() -> empty frozenset object\nfrozenset(iterable) -> frozenset object\n\n"
                                                  "An immutable set.",
                                           .methods = kFrozenMethods,
                                           .number = &kFrozenNumber,
                                           .make = makeSlot<makeFrozen>,
                                           .hash = slot<hash>,
                                           .vectorcall = typeVectorcall<callFrozen>});
constinit Type kSetIteratorType = defineType<SetIterator>({.name = "set_iterator",
                                                           .methods = kIteratorMethods,
                                                           .free = freeGcObject,
                                                           .dealloc = slot<deallocIterator>,
                                                           .traverse = slot<traverseIterator>,
                                                           .getattro = genericGetAttrSlot,
                                                           .iter = slot<iteratorItself>,
                                                           .iternext = slot<next>});

}  // namespace habu
