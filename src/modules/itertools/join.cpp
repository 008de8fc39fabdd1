// chain, zip_longest, pairwise.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

// ---- chain ----
struct Chain : Object {
  Object* source;  // iterator over the iterables; null once exhausted
  Object* active;  // iterator over the current one
};

Ref<> newChain(ThreadState&, Type* type, Ref<> source) {
  Ref<Chain> self = TRY(allocateInstance<Chain>(type));
  self->source = source.release();
  return self;
}

Ref<> makeChain(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kChain || type->init == kChain.init) (void)TRY(noKeywords(ts, "chain", keywords));
  Ref<> source = TRY(iterOf(ts, args));
  return newChain(ts, type, std::move(source));
}

Ref<> fromIterable(ThreadState& ts, Type* type, Object* iterable) {
  Ref<> source = TRY(iterOf(ts, iterable));
  return newChain(ts, type, std::move(source));
}

Ref<> nextOfChain(ThreadState& ts, Chain* self) {
  while (self->source) {
    if (!self->active) {
      Ref<> source = Ref<>::share(self->source);
      Ref<> iterable = iterNext(ts, source.get());
      Ref<> active = iterable ? iterOf(ts, iterable.get()) : Ref<>();
      if (!active) {
        clearField(self->source);
        return {};
      }
      setField(self->active, std::move(active));
    }
    Ref<> active = Ref<>::share(self->active);
    Ref<> item = iterNext(ts, active.get());
    if (item || errorSet(ts)) return item;
    clearField(self->active);
  }
  return {};
}

Ref<> reduceChain(ThreadState& ts, Chain* self) {
  Ref<Tuple> nothing = emptyTuple();
  if (!self->source) return packTuple(ts, {self->type, nothing.get()});
  Ref<Tuple> state = self->active ? packTuple(ts, {self->source, self->active}) : packTuple(ts, {self->source});
  if (!state) return {};
  return packTuple(ts, {self->type, nothing.get(), state.get()});
}

Status setStateOfChain(ThreadState& ts, Chain* self, Object* state) {
  Tuple* t = TRY(stateTuple(ts, state, 1, 2));
  Object* active = t->size == 2 ? t->items[1] : nullptr;
  if (!isIterator(t->items[0]) || (active && !isIterator(active)))
    return raise(ts, kTypeError, "Arguments must be iterators.");
  setField(self->source, Ref<>::share(t->items[0]));
  setField(self->active, Ref<>::share(active));
  return kDone;
}

constexpr MethodDef kChainMethods[] = {
    CLASS_METHOD("from_iterable", fromIterable, "($type, iterable, /)",
                 "chain(*iterable), but the iterables are asked for one by one."),
    REDUCE_METHOD(reduceChain),
    SETSTATE_METHOD(setStateOfChain),
    CLASS_GETITEM,
    {}};

// ---- zip_longest ----
struct ZipLongest : Object {
  Index count;
  Index active;      // iterators not yet exhausted
  Tuple* iterators;  // exhausted ones are null
  Tuple* result;     // handed out again while nobody else holds it
  Object* fill;
};

Ref<> makeZipLongest(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  Object* fill = &kNoneObject;
  if (keywords && keywords->used > 0) {
    static constinit Name fill_name{"fillvalue"};
    fill = dictFindStr(keywords, fill_name);
    if (!fill || keywords->used > 1) return raise(ts, kTypeError, "zip_longest() got an unexpected keyword argument");
  }
  Index n = args->size;
  Ref<Tuple> iterators = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(iterators.get(), i, TRY(iterOf(ts, args->items[i])));
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(result.get(), i, none());
  Ref<ZipLongest> self = TRY(allocateInstance<ZipLongest>(type));
  self->count = self->active = n;
  self->iterators = iterators.release();
  self->result = result.release();
  self->fill = Ref<>::share(fill).release();
  return self;
}

Ref<> nextOfZipLongest(ThreadState& ts, ZipLongest* self) {
  Index n = self->count;
  if (n == 0 || self->active == 0) return {};
  bool reuse = self->result->refcount == 1;
  Ref<Tuple> result = reuse ? share(self->result) : newTupleUninitialized(ts, n);
  if (!result) return {};
  for (Index i = 0; i < n; ++i) {
    Ref<> iterator = Ref<>::share(self->iterators->items[i]);
    Ref<> item;
    if (iterator) {
      item = iterNext(ts, iterator.get());
      if (!item) {
        --self->active;
        if (self->active <= 0 || errorSet(ts)) {
          self->active = 0;
          return {};
        }
        clearField(self->iterators->items[i]);
      }
    }
    if (!item) item = Ref<>::share(self->fill);
    setField(result->items[i], std::move(item));
  }
  if (!isTracked(result.get())) track(result.get());  // the collector may have untracked it for its old items
  return result;
}

Ref<> reduceZipLongest(ThreadState& ts, ZipLongest* self) {
  Ref<Tuple> arguments = TRY(newTupleUninitialized(ts, self->count));
  for (Index i = 0; i < self->count; ++i) {
    Object* it = self->iterators->items[i];
    put(arguments.get(), i, it ? Ref<>::share(it) : Ref<>(emptyTuple()));
  }
  return packTuple(ts, {self->type, arguments.get(), self->fill});
}

Status setStateOfZipLongest(ThreadState&, ZipLongest* self, Object* state) {
  setField(self->fill, Ref<>::share(state));
  return kDone;
}

constexpr MethodDef kZipLongestMethods[] = {REDUCE_METHOD(reduceZipLongest), SETSTATE_METHOD(setStateOfZipLongest), {}};

// ---- pairwise ----
struct Pairwise : Object {
  Object* iterator;  // null once exhausted
  Object* old;       // the item before the next; null before the first
};

Ref<> makePairwise(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(checkArguments(ts, "pairwise", type, kPairwise, args, keywords, 1, 1));
  Ref<> iterator = TRY(iterOf(ts, args->items[0]));
  Ref<Pairwise> self = TRY(allocateInstance<Pairwise>(type));
  self->iterator = iterator.release();
  return self;
}

Ref<> nextOfPairwise(ThreadState& ts, Pairwise* self) {
  if (!self->iterator) return {};
  Ref<> iterator = Ref<>::share(self->iterator);
  if (!self->old) {
    Ref<> first = iterNext(ts, iterator.get());
    if (!first) {
      clearField(self->iterator);
      return {};
    }
    setField(self->old, std::move(first));
    if (!self->iterator) {  // asking for the item asked this very iterator, to its end
      clearField(self->old);
      return {};
    }
  }
  Ref<> old = Ref<>::share(self->old);
  Ref<> next = iterNext(ts, iterator.get());
  if (!next) {
    clearField(self->iterator);
    clearField(self->old);
    return {};
  }
  Ref<Tuple> pair = TRY(packTuple(ts, {old.get(), next.get()}));
  setField(self->old, std::move(next));
  return pair;
}

}  // namespace

constinit Type kChain = defineIterator<Chain, &Chain::source, &Chain::active>(
    {.name = "itertools.chain",
     .doc = "chain(*iterables) --> chain object\n\nThe items of the first iterable, then of the next, until all have ended.",
     .methods = kChainMethods,
     .make = makeSlot<makeChain>,
     .iternext = slot<nextOfChain>});
constinit Type kZipLongest = defineIterator<ZipLongest, &ZipLongest::iterators, &ZipLongest::result, &ZipLongest::fill>(
    {.name = "itertools.zip_longest",
     .doc = "zip_longest(*iterables, fillvalue=None) --> zip_longest object\n\nAs zip, but until the longest iterable has ended; "
            "the fill value stands for\nmissing items.",
     .methods = kZipLongestMethods,
     .make = makeSlot<makeZipLongest>,
     .iternext = slot<nextOfZipLongest>});
constinit Type kPairwise = defineIterator<Pairwise, &Pairwise::iterator, &Pairwise::old>(
    {.name = "itertools.pairwise",
     .doc = "pairwise(iterable, /)\n--\n\nOverlapping pairs of neighbours: s -> (s0,s1), (s1,s2), (s2, s3), ...",
     .make = makeSlot<makePairwise>,
     .iternext = slot<nextOfPairwise>});

}  // namespace habu::itertools
