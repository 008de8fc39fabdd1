// product, permutations, combinations, combinations_with_replacement: each keeps its pools as tuples, and indices into
// them, and steps the indices in lexicographic order.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

// A C array of indices owned by an object; freed with it.
Index* allocateIndices(ThreadState& ts, Index n) {
  Index* indices = nullptr;
  if (n <= kMaxIndex / Index(sizeof(Index))) indices = static_cast<Index*>(allocate(size_t(n ? n : 1) * sizeof(Index)));
  if (!indices) (void)raiseNoMemory(ts);
  return indices;
}

Ref<Tuple> indexTuple(ThreadState& ts, const Index* indices, Index n) {
  Ref<Tuple> t = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(t.get(), i, TRY(newInt(ts, indices[i])));
  return t;
}

// Item i of a state as an index, clipped to [least, most].
Result<Index> stateIndexAt(ThreadState& ts, Tuple* state, Index i, Index least, Index most) {
  Index at = TRY(stateIndex(ts, state->items[i]));
  return at < least ? least : at > most ? most : at;
}

// The result to be changed into the next one: the last one when nobody else holds it, else a copy.
Ref<Tuple> writableResult(ThreadState& ts, Tuple* last) {
  if (last->refcount == 1) {
    if (!isTracked(last) && last->size) track(last);
    return share(last);
  }
  return newTuple(ts, last->span());
}

void setItemOf(Tuple* result, Index i, Object* item) { setField(result->items[i], Ref<>::share(item)); }

// pool[indices[i]] for all i
Ref<Tuple> pick(ThreadState& ts, Tuple* pool, const Index* indices, Index r) {
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, r));
  for (Index i = 0; i < r; ++i) put(result.get(), i, Ref<>::share(pool->items[indices[i]]));
  return result;
}

// ---- permutations, combinations: one pool ----
struct Selection : Object {
  Tuple* pool;
  Index* indices;
  Tuple* result;  // last one returned; null before the first
  Index r;
  int stopped;
};

struct Permutations : Object {
  Tuple* pool;
  Index* indices;  // of the whole pool
  Index* cycles;   // r countdowns
  Tuple* result;
  Index r;
  int stopped;
};

template <class T>
void deallocArrays(T* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  clearField(self->pool);
  clearField(self->result);
  freeMemory(self->indices);
  if constexpr (requires { self->cycles; }) freeMemory(self->cycles);
  self->type->free(self);
}

Ref<> newSelection(ThreadState& ts, Type* type, Object* iterable, Index r, bool repeating) {
  Ref<Tuple> pool = TRY(tupleFrom(ts, iterable));
  if (r < 0) return raise(ts, kValueError, "r must be non-negative");
  Index n = pool->size;
  Index* indices = allocateIndices(ts, r);
  if (!indices) return {};
  Ref<Selection> self = allocateInstance<Selection>(type);
  if (!self) {
    freeMemory(indices);
    return {};
  }
  for (Index i = 0; i < r; ++i) indices[i] = repeating ? 0 : i;
  self->pool = pool.release();
  self->indices = indices;
  self->r = r;
  self->stopped = repeating ? n == 0 && r > 0 : r > n;
  return self;
}
Ref<> makeCombinations(ThreadState& ts, Type* type, Object* iterable, Index r) {
  return newSelection(ts, type, iterable, r, false);
}
Ref<> makeWithReplacement(ThreadState& ts, Type* type, Object* iterable, Index r) {
  return newSelection(ts, type, iterable, r, true);
}

Ref<> stop(Selection* self) {
  self->stopped = 1;
  return {};
}

Ref<> firstOf(ThreadState& ts, Selection* self) {
  Ref<Tuple> result = TRY(pick(ts, self->pool, self->indices, self->r));
  self->result = result.copy().release();
  return result;
}

Ref<> nextCombination(ThreadState& ts, Selection* self) {
  if (self->stopped) return {};
  if (!self->result) return firstOf(ts, self);
  Index n = self->pool->size, r = self->r;
  Index* indices = self->indices;
  Index i = r - 1;
  while (i >= 0 && indices[i] == i + n - r) --i;  // the rightmost index that can still grow
  if (i < 0) return stop(self);
  Ref<Tuple> result = TRY(writableResult(ts, self->result));
  if (result.get() != self->result) setField(self->result, result.copy());
  ++indices[i];
  for (Index j = i + 1; j < r; ++j) indices[j] = indices[j - 1] + 1;
  for (Index j = i; j < r; ++j) setItemOf(result.get(), j, self->pool->items[indices[j]]);
  return result;
}

Ref<> nextWithReplacement(ThreadState& ts, Selection* self) {
  if (self->stopped) return {};
  if (!self->result) return firstOf(ts, self);
  Index n = self->pool->size, r = self->r;
  Index* indices = self->indices;
  Index i = r - 1;
  while (i >= 0 && indices[i] == n - 1) --i;
  if (i < 0) return stop(self);
  Ref<Tuple> result = TRY(writableResult(ts, self->result));
  if (result.get() != self->result) setField(self->result, result.copy());
  Index next = indices[i] + 1;
  for (Index j = i; j < r; ++j) indices[j] = next;
  for (Index j = i; j < r; ++j) setItemOf(result.get(), j, self->pool->items[next]);
  return result;
}

Ref<> reduceSelection(ThreadState& ts, Selection* self) {
  Ref<Int> r = TRY(newInt(ts, self->r));
  Ref<Tuple> nothing = emptyTuple();
  bool over = self->result && self->stopped;
  Ref<Tuple> arguments = TRY(packTuple(ts, {over ? nothing.get() : self->pool, r.get()}));
  if (!self->result || over) return packTuple(ts, {self->type, arguments.get()});
  Ref<Tuple> state = TRY(indexTuple(ts, self->indices, self->r));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

template <bool kRepeating>
Status setStateOfSelection(ThreadState& ts, Selection* self, Object* state) {
  Index n = self->pool->size;
  if (!isTuple(state) || reinterpret_cast<Tuple*>(state)->size != self->r)
    return raise(ts, kValueError, "invalid arguments");
  auto* t = reinterpret_cast<Tuple*>(state);
  for (Index i = 0; i < self->r; ++i) {
    Index most = kRepeating ? n - 1 : i + n - self->r;
    self->indices[i] = TRY(stateIndexAt(ts, t, i, 0, most < 0 ? 0 : most));
  }
  if (self->r > 0 && (n == 0 || (!kRepeating && self->r > n))) {
    self->stopped = 1;
    return kDone;
  }
  Ref<Tuple> result = TRY(pick(ts, self->pool, self->indices, self->r));
  setField(self->result, std::move(result));
  return kDone;
}

Index sizeOfSelection(ThreadState&, Selection* self) {
  return self->type->basic_size + self->r * Index(sizeof(Index));
}

#define SIZEOF_METHOD(f) METHOD_UNSIGNED("__sizeof__", f, "($self, /)", "Returns size in memory, in bytes.")
constexpr MethodDef kCombinationsMethods[] = {REDUCE_METHOD(reduceSelection), SETSTATE_METHOD(setStateOfSelection<false>),
                                              SIZEOF_METHOD(sizeOfSelection), {}};
constexpr MethodDef kWithReplacementMethods[] = {REDUCE_METHOD(reduceSelection),
                                                 SETSTATE_METHOD(setStateOfSelection<true>),
                                                 SIZEOF_METHOD(sizeOfSelection), {}};

// ---- permutations ----
Ref<> makePermutations(ThreadState& ts, Type* type, Object* iterable, Object* r_object) {
  Ref<Tuple> pool = TRY(tupleFrom(ts, iterable));
  Index n = pool->size, r = n;
  if (r_object && !isNone(r_object)) {
    if (!isInt(r_object)) return raise(ts, kTypeError, "Expected int as r");
    r = TRY(stateIndex(ts, r_object));
  }
  if (r < 0) return raise(ts, kValueError, "r must be non-negative");
  Index* indices = allocateIndices(ts, n);
  if (!indices) return {};
  Index* cycles = allocateIndices(ts, r);
  Ref<Permutations> self;
  if (cycles) self = allocateInstance<Permutations>(type);
  if (!self) {
    freeMemory(indices);
    freeMemory(cycles);
    return {};
  }
  for (Index i = 0; i < n; ++i) indices[i] = i;
  for (Index i = 0; i < r; ++i) cycles[i] = n - i;
  self->pool = pool.release();
  self->indices = indices;
  self->cycles = cycles;
  self->r = r;
  self->stopped = r > n;
  return self;
}

// Steps indices and cycles to the next permutation; the place from which the result changes, -1: no more.
Index stepPermutation(Permutations* self) {
  Index n = self->pool->size;
  Index *indices = self->indices, *cycles = self->cycles;
  for (Index i = self->r - 1; i >= 0; --i) {
    if (--cycles[i] == 0) {  // through all choices for place i: put them back in order
      Index first = indices[i];
      for (Index j = i; j < n - 1; ++j) indices[j] = indices[j + 1];
      indices[n - 1] = first;
      cycles[i] = n - i;
      continue;
    }
    std::swap(indices[i], indices[n - cycles[i]]);
    return i;
  }
  return -1;
}

Ref<> nextPermutation(ThreadState& ts, Permutations* self) {
  if (self->stopped) return {};
  if (!self->result) {
    Ref<Tuple> first = TRY(pick(ts, self->pool, self->indices, self->r));
    self->result = first.copy().release();
    return first;
  }
  if (self->pool->size == 0) {
    self->stopped = 1;
    return {};
  }
  Ref<Tuple> result = TRY(writableResult(ts, self->result));
  if (result.get() != self->result) setField(self->result, result.copy());
  Index from = stepPermutation(self);
  if (from < 0) {
    self->stopped = 1;
    return {};
  }
  for (Index k = from; k < self->r; ++k) setItemOf(result.get(), k, self->pool->items[self->indices[k]]);
  return result;
}

Ref<> reducePermutations(ThreadState& ts, Permutations* self) {
  Ref<Int> r = TRY(newInt(ts, self->r));
  Ref<Tuple> nothing = emptyTuple();
  bool over = self->result && self->stopped;
  Ref<Tuple> arguments = TRY(packTuple(ts, {over ? nothing.get() : self->pool, r.get()}));
  if (!self->result || over) return packTuple(ts, {self->type, arguments.get()});
  Ref<Tuple> indices = TRY(indexTuple(ts, self->indices, self->pool->size));
  Ref<Tuple> cycles = TRY(indexTuple(ts, self->cycles, self->r));
  Ref<Tuple> state = TRY(packTuple(ts, {indices.get(), cycles.get()}));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Status setStateOfPermutations(ThreadState& ts, Permutations* self, Object* state) {
  Tuple* t = TRY(stateTuple(ts, state, 2, 2));
  (void)TRY(stateItem(ts, t, 0, kTupleType));
  (void)TRY(stateItem(ts, t, 1, kTupleType));
  auto *indices = reinterpret_cast<Tuple*>(t->items[0]), *cycles = reinterpret_cast<Tuple*>(t->items[1]);
  Index n = self->pool->size;
  if (indices->size != n || cycles->size != self->r) return raise(ts, kValueError, "invalid arguments");
  for (Index i = 0; i < n; ++i) self->indices[i] = TRY(stateIndexAt(ts, indices, i, 0, n - 1));
  for (Index i = 0; i < self->r; ++i) {
    Index most = n - i < 1 ? 1 : n - i;
    self->cycles[i] = TRY(stateIndexAt(ts, cycles, i, 1, most));
  }
  if (self->r > n) return kDone;  // stopped from the start
  Ref<Tuple> result = TRY(pick(ts, self->pool, self->indices, self->r));
  setField(self->result, std::move(result));
  return kDone;
}

Index sizeOfPermutations(ThreadState&, Permutations* self) {
  return self->type->basic_size + (self->pool->size + self->r) * Index(sizeof(Index));
}

constexpr MethodDef kPermutationsMethods[] = {REDUCE_METHOD(reducePermutations), SETSTATE_METHOD(setStateOfPermutations),
                                              SIZEOF_METHOD(sizeOfPermutations), {}};

// ---- product ----
struct Product : Object {
  Tuple* pool;     // of tuples
  Index* indices;  // one per pool
  Tuple* result;
  int stopped;
};

Tuple* poolAt(Product* self, Index i) { return reinterpret_cast<Tuple*>(self->pool->items[i]); }

Result<Index> repeatArgument(ThreadState& ts, Dict* keywords) {
  if (!keywords || keywords->used == 0) return Index{1};
  if (keywords->used > 1)
    return raise(ts, kTypeError, "product() takes at most 1 keyword argument ({} given)", keywords->used);
  DictCursor c(keywords);
  c.next();
  Ref<> name = Ref<>::share(c.key), value = Ref<>::share(c.value);
  if (!isStr(name.get())) return raise(ts, kTypeError, "keywords must be strings");
  if (!equalsAscii(reinterpret_cast<Str*>(name.get()), "repeat"))
    return raise(ts, kTypeError, "'{}' is an invalid keyword argument for product()", name);
  return stateNumber(ts, value.get());
}

Ref<> makeProduct(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  Index repeat = TRY(repeatArgument(ts, keywords));
  if (repeat < 0) return raise(ts, kValueError, "repeat argument cannot be negative");
  Index given = repeat == 0 ? 0 : args->size;
  if (given && repeat > kMaxIndex / Index(sizeof(Index)) / given)
    return raise(ts, kOverflowError, "repeat argument too large");
  Index n = given * repeat;
  Ref<Tuple> pools = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < given; ++i) put(pools.get(), i, TRY(tupleFrom(ts, args->items[i])));
  for (Index i = given; i < n; ++i) put(pools.get(), i, Ref<>::share(pools->items[i - given]));
  Index* indices = allocateIndices(ts, n);
  if (!indices) return {};
  Ref<Product> self = allocateInstance<Product>(type);
  if (!self) {
    freeMemory(indices);
    return {};
  }
  for (Index i = 0; i < n; ++i) indices[i] = 0;
  self->pool = pools.release();
  self->indices = indices;
  return self;
}

Ref<> nextOfProduct(ThreadState& ts, Product* self) {
  if (self->stopped) return {};
  Index n = self->pool->size;
  Index* indices = self->indices;
  if (!self->result) {
    Ref<Tuple> first = TRY(newTupleUninitialized(ts, n));
    for (Index i = 0; i < n; ++i) {
      if (poolAt(self, i)->size == 0) {
        self->stopped = 1;
        return {};
      }
      put(first.get(), i, Ref<>::share(poolAt(self, i)->items[0]));
    }
    self->result = first.copy().release();
    return first;
  }
  Ref<Tuple> result = TRY(writableResult(ts, self->result));
  if (result.get() != self->result) setField(self->result, result.copy());
  for (Index i = n - 1; i >= 0; --i) {  // an odometer: the last place turns fastest
    Tuple* pool = poolAt(self, i);
    bool turned_over = ++indices[i] >= pool->size;
    if (turned_over) indices[i] = 0;
    setItemOf(result.get(), i, pool->items[indices[i]]);
    if (!turned_over) return result;
  }
  self->stopped = 1;
  return {};
}

Ref<> reduceProduct(ThreadState& ts, Product* self) {
  if (self->stopped) {
    Ref<Tuple> nothing = emptyTuple();
    Ref<Tuple> arguments = TRY(packTuple(ts, {nothing.get()}));
    return packTuple(ts, {self->type, arguments.get()});
  }
  if (!self->result) return packTuple(ts, {self->type, self->pool});
  Ref<Tuple> state = TRY(indexTuple(ts, self->indices, self->pool->size));
  return packTuple(ts, {self->type, self->pool, state.get()});
}

Status setStateOfProduct(ThreadState& ts, Product* self, Object* state) {
  Index n = self->pool->size;
  if (!isTuple(state) || reinterpret_cast<Tuple*>(state)->size != n) return raise(ts, kValueError, "invalid arguments");
  for (Index i = 0; i < n; ++i) {
    Index size = poolAt(self, i)->size;
    if (size == 0) {
      self->stopped = 1;
      return kDone;
    }
    self->indices[i] = TRY(stateIndexAt(ts, reinterpret_cast<Tuple*>(state), i, 0, size - 1));
  }
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(result.get(), i, Ref<>::share(poolAt(self, i)->items[self->indices[i]]));
  setField(self->result, std::move(result));
  return kDone;
}

Index sizeOfProduct(ThreadState&, Product* self) {
  return self->type->basic_size + self->pool->size * Index(sizeof(Index));
}

constexpr MethodDef kProductMethods[] = {REDUCE_METHOD(reduceProduct), SETSTATE_METHOD(setStateOfProduct),
                                         SIZEOF_METHOD(sizeOfProduct), {}};

template <class T>
consteval Type defineCombinatoric(TypeSpec s) {
  s.dealloc = slot<deallocArrays<T>>;
  return defineIterator<T, &T::pool, &T::result>(s);
}

}  // namespace

constinit Type kProduct = defineCombinatoric<Product>(
    {.name = "itertools.product",
     .doc = "product(*iterables, repeat=1) --> product object\n\nThe cartesian product: as nested for loops, the last iterable "
            "running fastest.",
     .methods = kProductMethods,
     .make = makeSlot<makeProduct>,
     .iternext = slot<nextOfProduct>});
constinit Type kPermutations = defineCombinatoric<Permutations>(
    {.name = "itertools.permutations",
     .doc = "permutations(iterable, r=None)\n--\n\nAll orders of r of the items.",
     .methods = kPermutationsMethods,
     .make = CONSTRUCTOR(makePermutations, "permutations", "($type, iterable, r=None)"),
     .iternext = slot<nextPermutation>});
constinit Type kCombinations = defineCombinatoric<Selection>(
    {.name = "itertools.combinations",
     .doc = "combinations(iterable, r)\n--\n\nAll choices of r of the items, in the order of the iterable.",
     .methods = kCombinationsMethods,
     .make = CONSTRUCTOR(makeCombinations, "combinations", "($type, iterable, r)"),
     .iternext = slot<nextCombination>});
constinit Type kCombinationsWithReplacement = defineCombinatoric<Selection>(
    {.name = "itertools.combinations_with_replacement",
     .doc = "combinations_with_replacement(iterable, r)\n--\n\nAs combinations, but an item may be chosen again.",
     .methods = kWithReplacementMethods,
     .make = CONSTRUCTOR(makeWithReplacement, "combinations_with_replacement", "($type, iterable, r)"),
     .iternext = slot<nextWithReplacement>});

}  // namespace habu::itertools
