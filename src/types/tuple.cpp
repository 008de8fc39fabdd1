// tuple. Short tuples are recycled through one free list per length; the empty tuple is a single immortal object.
#include "types/tuple.h"

#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/generic_alias.h"
#include "types/iterators.h"
#include "types/quick_compare.h"
#include "types/slice.h"

namespace habu {

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();
constexpr Index kRecycledLengths = 20;
constexpr int kRecycledEach = 2000;

struct FreeTuples {
  Tuple* first;  // linked through items[0]
  int count;
};
constinit FreeTuples free_tuples[kRecycledLengths]{};

struct StaticTuple {
  GcHeader gc;  // isTracked() may look there
  Tuple tuple;
};
constinit StaticTuple empty_tuple{{}, {}};

// A tuple whose items are not yet initialised, untracked. The caller fills all of them before anything else.
Tuple* allocateTuple(ThreadState& ts, Index size) {
  if (size <= kRecycledLengths) {
    FreeTuples& list = free_tuples[size - 1];
    if (Tuple* t = list.first) {
      list.first = reinterpret_cast<Tuple*>(t->items[0]);
      --list.count;
      t->refcount = 1;
      return t;
    }
  } else if (size > (kMaxIndex - Index(sizeof(Tuple))) / Index(sizeof(Object*))) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  auto* t = reinterpret_cast<Tuple*>(allocateObject(ts, kTupleType, size));
  if (t) t->size = size;
  return t;
}

bool mayFormCycles(Object* o) { return isGc(o) && (!isExactTuple(o) || isTracked(o)); }

}  // namespace

void freeRecycledTuples() {
  for (FreeTuples& list : free_tuples) {
    while (Tuple* t = list.first) {
      list.first = reinterpret_cast<Tuple*>(t->items[0]);
      freeGcObject(t);
    }
    list.count = 0;
  }
}

Ref<Tuple> emptyTuple() {
  if (!empty_tuple.tuple.type) [[unlikely]] {
    empty_tuple.tuple.type = &kTupleType;
    empty_tuple.tuple.refcount = kImmortalRefcount;
  }
  return Ref<Tuple>::share(&empty_tuple.tuple);
}

Ref<Tuple> newTupleUninitialized(ThreadState& ts, Index size) {
  if (size == 0) return emptyTuple();
  Tuple* t = allocateTuple(ts, size);
  if (!t) return {};
  std::memset(t->items, 0, size_t(size) * sizeof(Object*));
  track(t);
  return Ref<Tuple>::steal(t);
}

Ref<Tuple> newTuple(ThreadState& ts, std::span<Object* const> items) {
  if (items.empty()) return emptyTuple();
  Tuple* t = allocateTuple(ts, Index(items.size()));
  if (!t) return {};
  Object** to = t->items;
  for (Object* o : items) *to++ = Ref<>::share(o).release();
  track(t);
  return Ref<Tuple>::steal(t);
}

Ref<Tuple> packTuple(ThreadState& ts, std::initializer_list<Object*> items) {
  return newTuple(ts, std::span<Object* const>(items.begin(), items.size()));
}

Ref<Tuple> tupleFromStack(ThreadState& ts, Object** items, Index n) {
  if (n == 0) return emptyTuple();
  Tuple* t = allocateTuple(ts, n);
  if (!t) {
    for (Index i = 0; i < n; ++i) dropReference(items[i]);
    return {};
  }
  std::memcpy(t->items, items, size_t(n) * sizeof(Object*));
  track(t);
  return Ref<Tuple>::steal(t);
}

Ref<Tuple> tupleSlice(ThreadState& ts, Tuple* t, Index start, Index stop) {
  if (start < 0) start = 0;
  if (stop > t->size) stop = t->size;
  if (stop < start) stop = start;
  if (start == 0 && stop == t->size && isExactTuple(t)) return share(t);
  return newTuple(ts, t->span().subspan(size_t(start), size_t(stop - start)));
}

Ref<Tuple> concatTuples(ThreadState& ts, Tuple* a, Tuple* b) {
  if (a->size == 0 && isExactTuple(b)) return share(b);
  if (b->size == 0 && isExactTuple(a)) return share(a);
  if (a->size == 0 && b->size == 0) return emptyTuple();
  if (a->size > kMaxIndex - b->size) return raiseNoMemory(ts);
  Tuple* t = allocateTuple(ts, a->size + b->size);
  if (!t) return {};
  Object** to = t->items;
  for (Object* o : a->span()) *to++ = Ref<>::share(o).release();
  for (Object* o : b->span()) *to++ = Ref<>::share(o).release();
  track(t);
  return Ref<Tuple>::steal(t);
}

void maybeUntrackTuple(Tuple* t) {
  if (!isExactTuple(t) || !isTracked(t)) return;
  for (Object* o : t->span())
    if (!o || mayFormCycles(o)) return;
  untrack(t);
}

namespace {

Result<bool> sameItem(ThreadState& ts, Object* a, Object* b) {
  Quick same = quickEqual(a, b);
  if (same != Quick::Unknown) return same == Quick::Yes;
  return compareBool(ts, a, b, CompareOp::Eq);
}

void dealloc(Tuple* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  for (Index i = self->size; --i >= 0;) dropReference(self->items[i]);
  if (isExactTuple(self) && self->size > 0 && self->size <= kRecycledLengths) {
    FreeTuples& list = free_tuples[self->size - 1];
    if (list.count < kRecycledEach) {
      self->items[0] = list.first;
      list.first = self;
      ++list.count;
      return;
    }
  }
  self->type->free(self);
}

int traverse(Tuple* self, VisitFn visit, void* arg) {
  for (Index i = self->size; --i >= 0;) VISIT(self->items[i]);
  return 0;
}

Index length(Tuple* self) { return self->size; }

Ref<> item(ThreadState& ts, Tuple* self, Index i) {
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "tuple index out of range");
  return Ref<>::share(self->items[i]);
}

Result<bool> contains(ThreadState& ts, Tuple* self, Object* needle) {
  for (Index i = 0; i < self->size; ++i)
    if (TRY(sameItem(ts, self->items[i], needle))) return true;
  return false;
}

// xxHash's mixing of the items' hashes, with CPython's constants.
Result<Hash> hash(ThreadState& ts, Tuple* self) {
  constexpr uint64_t kPrime1 = 11400714785074694791u, kPrime2 = 14029467366897019727u, kPrime5 = 2870177450012600261u;
  uint64_t mixed = kPrime5;
  for (Object* o : self->span()) {
    Hash item_hash;
    if (!quickHash(o, item_hash)) item_hash = TRY(hashOf(ts, o));
    uint64_t lane = uint64_t(item_hash);
    mixed += lane * kPrime2;
    mixed = (mixed << 31) | (mixed >> 33);
    mixed *= kPrime1;
  }
  mixed += uint64_t(self->size) ^ (kPrime5 ^ 3527539u);
  if (mixed == ~uint64_t{0}) return Hash{1546275796};
  return Hash(mixed);
}

Ref<> repr(ThreadState& ts, Tuple* self) {
  if (self->size == 0) return newStr(ts, "()");
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "(...)");
  StrBuilder text(ts);
  text.append('(');
  for (Index i = 0; i < self->size; ++i) {
    if (i) text.append(", ");
    Ref<Str> part = TRY(reprOf(ts, self->items[i]));
    text.append(part.get());
  }
  text.append(self->size == 1 ? std::string_view(",)") : std::string_view(")"));
  return text.finish();
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isTuple(a) || !isTuple(b)) return notImplemented();
  auto *x = reinterpret_cast<Tuple*>(a), *y = reinterpret_cast<Tuple*>(b);
  Index n = x->size < y->size ? x->size : y->size;
  Index i = 0;
  for (; i < n; ++i)
    if (!TRY(sameItem(ts, x->items[i], y->items[i]))) break;
  if (i == n) return newBool(compareResult(x->size < y->size ? -1 : x->size > y->size, op));
  if (op == CompareOp::Eq) return newBool(false);
  if (op == CompareOp::Ne) return newBool(true);
  return compareObjects(ts, x->items[i], y->items[i], op);
}

Ref<> concat(ThreadState& ts, Tuple* self, Object* other) {
  if (!isTuple(other))
    return raise(ts, kTypeError, "can only concatenate tuple (not \"{:.200}\") to tuple", typeName(other));
  return concatTuples(ts, self, reinterpret_cast<Tuple*>(other));
}

Ref<> repeat(ThreadState& ts, Tuple* self, Index times) {
  Index n = self->size;
  if ((n == 0 || times == 1) && isExactTuple(self)) return Ref<>::share(self);
  if (n == 0 || times <= 0) return emptyTuple();
  if (n > kMaxIndex / times) return raiseNoMemory(ts);
  Tuple* t = allocateTuple(ts, n * times);
  if (!t) return {};
  Object** to = t->items;
  for (Index k = 0; k < times; ++k)
    for (Object* o : self->span()) *to++ = Ref<>::share(o).release();
  track(t);
  return Ref<>::steal(t);
}

Ref<> subscript(ThreadState& ts, Tuple* self, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    if (i < 0) i += self->size;
    return item(ts, self, i);
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "tuple indices must be integers or slices, not {:.200}", typeName(key));
  SliceRange r = TRY(sliceIndices(ts, reinterpret_cast<Slice*>(key), self->size));
  if (r.count <= 0) return emptyTuple();
  if (r.step == 1) return tupleSlice(ts, self, r.start, r.start + r.count);
  Tuple* t = allocateTuple(ts, r.count);
  if (!t) return {};
  Index from = r.start;
  for (Index k = 0; k < r.count; ++k, from += r.step) t->items[k] = Ref<>::share(self->items[from]).release();
  track(t);
  return Ref<>::steal(t);
}

Result<Index> index(ThreadState& ts, Tuple* self, Object* value, std::optional<SliceBound> start,
                    std::optional<SliceBound> stop) {
  Index from = start ? start->value : 0, to = stop ? stop->value : kMaxIndex;
  if (from < 0) from = from + self->size < 0 ? 0 : from + self->size;
  if (to < 0) to += self->size;
  else if (to > self->size) to = self->size;
  for (Index i = from; i < to; ++i)
    if (TRY(sameItem(ts, self->items[i], value))) return i;
  return raise(ts, kValueError, "tuple.index(x): x not in tuple");
}

Result<Index> count(ThreadState& ts, Tuple* self, Object* value) {
  Index n = 0;
  for (Index i = 0; i < self->size; ++i) n += TRY(sameItem(ts, self->items[i], value));
  return n;
}

Ref<> getNewArgs(ThreadState& ts, Tuple* self) {
  Ref<Tuple> plain = TRY(newTuple(ts, self->span()));
  return packTuple(ts, {plain.get()});
}

Ref<> construct(ThreadState& ts, Type* type, Object* iterable) {
  if (type == &kTupleType) {
    if (!iterable) return emptyTuple();
    return tupleFrom(ts, iterable);
  }
  Ref<Tuple> items = iterable ? TRY(tupleFrom(ts, iterable)) : emptyTuple();
  Ref<Tuple> made = Ref<Tuple>::steal(reinterpret_cast<Tuple*>(type->alloc(type, items->size)));
  if (!made) return {};
  for (Index i = 0; i < items->size; ++i) made->items[i] = Ref<>::share(items->items[i]).release();
  return made;
}

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kTupleType || type->init == kTupleType.init) (void)TRY(noKeywords(ts, "tuple", keywords));
  (void)TRY(checkPositional(ts, "tuple", args->size, 0, 1));
  return construct(ts, type, args->size ? args->items[0] : nullptr);
}

Ref<> callType(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "tuple", args.names));
  (void)TRY(checkPositional(ts, "tuple", args.count, 0, 1));
  return construct(ts, type, args.count ? args[0] : nullptr);
}

Ref<> iter(ThreadState& ts, Tuple* self) {
  Ref<SequenceIterator> it = TRY(newObject<SequenceIterator>(ts, kTupleIteratorType));
  it->sequence = Ref<>::share(self).release();
  track(it.get());
  return it;
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("__getnewargs__", getNewArgs, "($self, /)", ""),
    METHOD(index, "($self, value, start=0, stop=sys.maxsize, /)",
           "Position of the first item equal to value.\n\nRaises ValueError if there is none."),
    METHOD(count, "($self, value, /)", "Number of items equal to value."),
    CLASS_GETITEM,
    {}};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>};

}  // namespace

constinit Type kTupleType = defineVarType<Tuple>(
    offsetof(Tuple, items),
    {.name = "tuple",
     .doc = "tuple(iterable=(), /)\n--\n\nBuilt-in immutable sequence.\n\nWithout an argument an empty tuple; with a tuple,\n"
            "that very object; else a tuple of the iterable's items.",
     .flags = kBaseType | kTupleSubclass | kMatchSelf | kSequenceFlag,
     .item_size = sizeof(Object*),
     .methods = kMethods,
     .sequence = &kSequence,
     .mapping = &kMapping,
     .make = makeSlot<make>,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .repr = slot<repr>,
     .hash = slot<hash>,
     .richcompare = slot<richcompare>,
     .vectorcall = typeVectorcall<callType>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});

}  // namespace habu
