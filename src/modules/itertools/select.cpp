// accumulate, compress, dropwhile, filterfalse, islice, starmap, takewhile.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

Ref<> callOne(ThreadState& ts, Object* function, Object* item) {
  Object* args[] = {nullptr, item};
  return vectorcall(ts, function, args + 1, 1 | kArgumentsOffset);
}

// ---- accumulate ----
struct Accumulate : Object {
  Object* total;     // null before the first item
  Object* iterator;
  Object* function;  // null: addition
  Object* initial;   // null: none; None once it was returned
};

Ref<> makeAccumulate(ThreadState& ts, Type* type, Object* iterable, Object* function, Object* initial) {
  Ref<> iterator = TRY(iterOf(ts, iterable));
  Ref<Accumulate> self = TRY(allocateInstance<Accumulate>(type));
  self->iterator = iterator.release();
  if (function && !isNone(function)) self->function = Ref<>::share(function).release();
  self->initial = Ref<>::share(initial ? initial : &kNoneObject).release();
  return self;
}

Ref<> nextOfAccumulate(ThreadState& ts, Accumulate* self) {
  if (!isNone(self->initial)) {
    Ref<> first = Ref<>::share(self->initial);
    setField(self->initial, none());
    setField(self->total, first.copy());
    return first;
  }
  Ref<> item = iterNext(ts, self->iterator);
  if (!item) return {};
  if (!self->total) {
    self->total = item.copy().release();
    return item;
  }
  Ref<> before = Ref<>::share(self->total);
  Ref<> total = self->function ? call(ts, self->function, {before.get(), item.get()})
                               : addObjects(ts, before.get(), item.get());
  if (!total) return {};
  setField(self->total, total.copy());
  return total;
}

Ref<> reduceAccumulate(ThreadState& ts, Accumulate* self) {
  Object* function = self->function ? self->function : &kNoneObject;
  if (!isNone(self->initial)) {
    Ref<> it = TRY(chainInFront(ts, self->initial, self->iterator));
    Ref<Tuple> arguments = TRY(packTuple(ts, {it.get(), function}));
    return packTuple(ts, {self->type, arguments.get(), &kNoneObject});
  }
  if (self->total && isNone(self->total)) {  // a state of None would mean "no item yet"
    Ref<> it = TRY(chainInFront(ts, self->total, self->iterator));
    Ref<> again = TRY(call(ts, self->type, {it.get(), function}));
    Ref<Int> one = TRY(newInt(ts, 1));
    Ref<Tuple> arguments = TRY(packTuple(ts, {again.get(), one.get(), &kNoneObject}));
    return packTuple(ts, {&kIslice, arguments.get()});
  }
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->iterator, function}));
  return packTuple(ts, {self->type, arguments.get(), self->total ? self->total : &kNoneObject});
}

Status setStateOfAccumulate(ThreadState&, Accumulate* self, Object* state) {
  setField(self->total, Ref<>::share(state));
  return kDone;
}

constexpr MethodDef kAccumulateMethods[] = {
    REDUCE_METHOD(reduceAccumulate), SETSTATE_METHOD(setStateOfAccumulate), {}};

// ---- compress ----
struct Compress : Object {
  Object* data;
  Object* selectors;
};

Ref<> makeCompress(ThreadState& ts, Type* type, Object* data, Object* selectors) {
  Ref<> data_iterator = TRY(iterOf(ts, data));
  Ref<> selector_iterator = TRY(iterOf(ts, selectors));
  Ref<Compress> self = TRY(allocateInstance<Compress>(type));
  self->data = data_iterator.release();
  self->selectors = selector_iterator.release();
  return self;
}

Ref<> nextOfCompress(ThreadState& ts, Compress* self) {
  for (;;) {
    Ref<> item = iterNext(ts, self->data);
    if (!item) return {};
    Ref<> selector = iterNext(ts, self->selectors);
    if (!selector) return {};
    if (TRY(isTrue(ts, selector.get()))) return item;
  }
}

Ref<> reduceCompress(ThreadState& ts, Compress* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->data, self->selectors}));
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kCompressMethods[] = {REDUCE_METHOD(reduceCompress), {}};

// ---- dropwhile, takewhile, filterfalse, starmap: a function and an iterator ----
struct Predicated : Object {
  Object* function;
  Object* iterator;
  long flag;  // dropwhile: started; takewhile: stopped
};

Ref<> makePredicated(ThreadState& ts, const char* name, Type& own, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(checkArguments(ts, name, type, own, args, keywords, 2, 2));
  Ref<> iterator = TRY(iterOf(ts, args->items[1]));
  Ref<Predicated> self = TRY(allocateInstance<Predicated>(type));
  self->function = Ref<>::share(args->items[0]).release();
  self->iterator = iterator.release();
  return self;
}
Ref<> makeDropWhile(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  return makePredicated(ts, "dropwhile", kDropWhile, type, args, keywords);
}
Ref<> makeTakeWhile(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  return makePredicated(ts, "takewhile", kTakeWhile, type, args, keywords);
}
Ref<> makeFilterFalse(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  return makePredicated(ts, "filterfalse", kFilterFalse, type, args, keywords);
}
Ref<> makeStarMap(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  return makePredicated(ts, "starmap", kStarMap, type, args, keywords);
}

Ref<> nextOfDropWhile(ThreadState& ts, Predicated* self) {
  for (;;) {
    Ref<> item = iterNext(ts, self->iterator);
    if (!item || self->flag) return item;
    Ref<> verdict = TRY(callOne(ts, self->function, item.get()));
    if (TRY(isTrue(ts, verdict.get()))) continue;
    self->flag = 1;
    return item;
  }
}

Ref<> nextOfTakeWhile(ThreadState& ts, Predicated* self) {
  if (self->flag) return {};
  Ref<> item = iterNext(ts, self->iterator);
  if (!item) return {};
  Ref<> verdict = TRY(callOne(ts, self->function, item.get()));
  if (TRY(isTrue(ts, verdict.get()))) return item;
  self->flag = 1;
  return {};
}

Ref<> nextOfFilterFalse(ThreadState& ts, Predicated* self) {
  bool by_truth = isNone(self->function) || self->function == &kBoolType;
  for (;;) {
    Ref<> item = iterNext(ts, self->iterator);
    if (!item) return {};
    bool good;
    if (by_truth) {
      good = TRY(isTrue(ts, item.get()));
    } else {
      Ref<> verdict = TRY(callOne(ts, self->function, item.get()));
      good = TRY(isTrue(ts, verdict.get()));
    }
    if (!good) return item;
  }
}

Ref<> nextOfStarMap(ThreadState& ts, Predicated* self) {
  Ref<> args = iterNext(ts, self->iterator);
  if (!args) return {};
  if (!isExactTuple(args.get())) args = TRY(tupleFrom(ts, args.get()));
  return callTuple(ts, self->function, reinterpret_cast<Tuple*>(args.get()));
}

Ref<> reducePlain(ThreadState& ts, Predicated* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->function, self->iterator}));
  return packTuple(ts, {self->type, arguments.get()});
}

Ref<> reduceFlagged(ThreadState& ts, Predicated* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->function, self->iterator}));
  Ref<Int> flag = TRY(newInt(ts, self->flag));
  return packTuple(ts, {self->type, arguments.get(), flag.get()});
}

Status setFlag(ThreadState& ts, Predicated* self, Object* state) {
  self->flag = TRY(isTrue(ts, state));
  return kDone;
}

constexpr MethodDef kFlaggedMethods[] = {REDUCE_METHOD(reduceFlagged), SETSTATE_METHOD(setFlag), {}};
constexpr MethodDef kPlainMethods[] = {REDUCE_METHOD(reducePlain), {}};

// starmap and filterfalse have no flag field, as their size shows.
consteval Type definePredicated(TypeSpec s, bool flagged) {
  s.methods = flagged ? kFlaggedMethods : kPlainMethods;
  Type t = defineIterator<Predicated, &Predicated::function, &Predicated::iterator>(s);
  if (!flagged) t.basic_size = Index(offsetof(Predicated, flag));
  return t;
}

// ---- islice ----
struct Islice : Object {
  Object* iterator;  // null once exhausted
  Index next, stop, step;  // stop -1: none
  Index count;       // items taken from the iterator
};

constexpr const char* kBadStop = "Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize.";

// An argument of islice; anything that is no int in range gives `bad`.
Index bound(ThreadState& ts, Object* o, Index fallback, Index bad) {
  if (isNone(o)) return fallback;
  Result<Index> i = asIndex(ts, o, &kOverflowError);
  if (!i.failed()) return i.take();
  clearError(ts);
  return bad;
}

Ref<> makeIslice(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(checkArguments(ts, "islice", type, kIslice, args, keywords, 2, 4));
  Index start = 0, stop = -1, step = 1;
  Object* stop_object = args->items[args->size == 2 ? 1 : 2];
  if (args->size > 2) start = bound(ts, args->items[1], 0, -1);
  stop = bound(ts, stop_object, -1, -2);
  if (stop == -2 || (stop == -1 && !isNone(stop_object))) return raise(ts, kValueError, kBadStop);
  if (start < 0 || stop < -1)
    return raise(ts, kValueError,
                 args->size == 2 ? kBadStop : "Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.");
  if (args->size == 4) step = bound(ts, args->items[3], 1, -1);
  if (step < 1) return raise(ts, kValueError, "Step for islice() must be a positive integer or None.");
  Ref<> iterator = TRY(iterOf(ts, args->items[0]));
  Ref<Islice> self = TRY(allocateInstance<Islice>(type));
  self->iterator = iterator.release();
  self->next = start;
  self->stop = stop;
  self->step = step;
  return self;
}

Ref<> nextOfIslice(ThreadState& ts, Islice* self) {
  if (!self->iterator) return {};
  Ref<> iterator = Ref<>::share(self->iterator);
  Index stop = self->stop;
  Ref<> item;
  while (self->count < self->next) {
    item = iterNext(ts, iterator.get());
    if (!item) break;
    ++self->count;
  }
  if (self->count >= self->next && (stop == -1 || self->count < stop)) {
    item = iterNext(ts, iterator.get());
    if (item) {
      ++self->count;
      Index next;
      if (__builtin_add_overflow(self->next, self->step, &next) || (stop != -1 && next > stop)) next = stop;
      self->next = next;
      return item;
    }
  }
  clearField(self->iterator);
  return {};
}

Ref<> reduceIslice(ThreadState& ts, Islice* self) {
  if (!self->iterator) {
    Ref<List> nothing = TRY(newList(ts));
    Ref<> empty = TRY(iterOf(ts, nothing.get()));
    Ref<Int> zero = TRY(newInt(ts, 0));
    Ref<Tuple> arguments = TRY(packTuple(ts, {empty.get(), zero.get()}));
    return packTuple(ts, {self->type, arguments.get(), zero.get()});
  }
  Ref<> stop = self->stop == -1 ? none() : Ref<>(newInt(ts, self->stop));
  Ref<Int> next = newInt(ts, self->next), step = newInt(ts, self->step), count = newInt(ts, self->count);
  if (!stop || !next || !step || !count) return {};
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->iterator, next.get(), stop.get(), step.get()}));
  return packTuple(ts, {self->type, arguments.get(), count.get()});
}

Status setStateOfIslice(ThreadState& ts, Islice* self, Object* state) {
  self->count = TRY(stateIndex(ts, state));
  return kDone;
}

constexpr MethodDef kIsliceMethods[] = {REDUCE_METHOD(reduceIslice), SETSTATE_METHOD(setStateOfIslice), {}};

}  // namespace

constinit Type kAccumulate =
    defineIterator<Accumulate, &Accumulate::total, &Accumulate::iterator, &Accumulate::function, &Accumulate::initial>(
        {.name = "itertools.accumulate",
         .doc = "accumulate(iterable, func=None, *, initial=None)\n--\n\nRunning totals, or the running results of another function.",
         .methods = kAccumulateMethods,
         .make = CONSTRUCTOR(makeAccumulate, "accumulate", "($type, iterable, func=None, *, initial=None)"),
         .iternext = slot<nextOfAccumulate>});
constinit Type kCompress = defineIterator<Compress, &Compress::data, &Compress::selectors>(
    {.name = "itertools.compress",
     .doc = "compress(data, selectors)\n--\n\nThe items of data whose selector is true.",
     .methods = kCompressMethods,
     .make = CONSTRUCTOR(makeCompress, "compress", "($type, data, selectors)"),
     .iternext = slot<nextOfCompress>});
constinit Type kDropWhile = definePredicated(
    {.name = "itertools.dropwhile",
     .doc = "dropwhile(predicate, iterable, /)\n--\n\nThe items from the first on for which the predicate is false.",
     .make = makeSlot<makeDropWhile>,
     .iternext = slot<nextOfDropWhile>},
    true);
constinit Type kTakeWhile = definePredicated(
    {.name = "itertools.takewhile",
     .doc = "takewhile(predicate, iterable, /)\n--\n\nThe items up to the first for which the predicate is false.",
     .make = makeSlot<makeTakeWhile>,
     .iternext = slot<nextOfTakeWhile>},
    true);
constinit Type kFilterFalse = definePredicated(
    {.name = "itertools.filterfalse",
     .doc = "filterfalse(function, iterable, /)\n--\n\nThe items for which function(item) is false; with None, the false items.",
     .make = makeSlot<makeFilterFalse>,
     .iternext = slot<nextOfFilterFalse>},
    false);
constinit Type kStarMap = definePredicated(
    {.name = "itertools.starmap",
     .doc = "starmap(function, iterable, /)\n--\n\nThe results of the function, called with each item as its arguments.",
     .make = makeSlot<makeStarMap>,
     .iternext = slot<nextOfStarMap>},
    false);
constinit Type kIslice = defineIterator<Islice, &Islice::iterator>(
    {.name = "itertools.islice",
     .doc = "islice(iterable, stop) --> islice object\nislice(iterable, start, stop[, step]) --> islice object\n\n"
            "Selected items of an iterable, as slicing selects them from a sequence.",
     .methods = kIsliceMethods,
     .make = makeSlot<makeIslice>,
     .iternext = slot<nextOfIslice>});

}  // namespace habu::itertools
