// count, cycle, repeat.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

// ---- count ----
struct Count : Object {
  Index next;         // while it fits and the step is 1; else kMaxIndex
  Object* long_next;  // the next number otherwise; null while `next` serves
  Object* step;
};

bool isOne(Object* o) {
  int overflow = 0;
  return isInt(o) && toLongLong(reinterpret_cast<Int*>(o), overflow) == 1 && !overflow;
}

Ref<> makeCount(ThreadState& ts, Type* type, Object* start, Object* step) {
  if ((start && !isNumber(start)) || (step && !isNumber(step))) return raise(ts, kTypeError, "a number is required");
  bool fast = (!start || isInt(start)) && (!step || isInt(step));
  Ref<> first = start ? Ref<>::share(start) : Ref<>(newInt(ts, 0));
  Ref<> by = step ? Ref<>::share(step) : Ref<>(newInt(ts, 1));
  if (!first || !by) return {};
  Index next = 0;
  if (fast && start) {
    int overflow = 0;
    next = toLongLong(reinterpret_cast<Int*>(start), overflow);
    if (overflow) fast = false;
  }
  if (fast && !isOne(by.get())) fast = false;
  Ref<Count> self = TRY(allocateInstance<Count>(type));
  self->next = fast ? next : kMaxIndex;
  if (!fast) self->long_next = first.release();
  self->step = by.release();
  return self;
}

Ref<> nextOfCount(ThreadState& ts, Count* self) {
  if (self->next != kMaxIndex) return newInt(ts, self->next++);
  if (!self->long_next) self->long_next = TRY(newInt(ts, kMaxIndex)).release();
  Ref<> now = Ref<>::share(self->long_next);
  Ref<> next = TRY(addObjects(ts, now.get(), self->step));
  setField(self->long_next, std::move(next));
  return now;
}

Ref<> reprOfCount(ThreadState& ts, Count* self) {
  if (self->next != kMaxIndex) return formatText(ts, "{}({})", shortName(self->type), self->next);
  Ref<> now = self->long_next ? Ref<>::share(self->long_next) : Ref<>(newInt(ts, kMaxIndex));
  if (!now) return {};
  if (isOne(self->step)) return formatText(ts, "{}({!r})", shortName(self->type), now);
  return formatText(ts, "{}({!r}, {!r})", shortName(self->type), now, self->step);
}

Ref<> reduceCount(ThreadState& ts, Count* self) {
  Ref<Tuple> arguments;
  if (self->next == kMaxIndex && self->long_next) {
    arguments = TRY(packTuple(ts, {self->long_next, self->step}));
  } else {
    Ref<Int> next = TRY(newInt(ts, self->next));
    arguments = TRY(packTuple(ts, {next.get()}));
  }
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kCountMethods[] = {REDUCE_METHOD(reduceCount), {}};

// ---- cycle ----
struct Cycle : Object {
  Object* iterator;  // null once exhausted
  List* saved;
  Index index;
  int first_pass_done;  // the items are saved already (set by __setstate__)
};

Ref<> makeCycle(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(checkArguments(ts, "cycle", type, kCycle, args, keywords, 1, 1));
  Ref<> iterator = TRY(iterOf(ts, args->items[0]));
  Ref<List> saved = TRY(newList(ts));
  Ref<Cycle> self = TRY(allocateInstance<Cycle>(type));
  self->iterator = iterator.release();
  self->saved = saved.release();
  return self;
}

Ref<> nextOfCycle(ThreadState& ts, Cycle* self) {
  if (self->iterator) {
    Ref<> iterator = Ref<>::share(self->iterator);
    Ref<> item = iterNext(ts, iterator.get());
    if (item) {
      if (!self->first_pass_done) (void)TRY(appendList(ts, self->saved, item.get()));
      return item;
    }
    if (errorSet(ts)) return {};
    clearField(self->iterator);
  }
  if (!self->saved || self->saved->size == 0) return {};
  if (self->index >= self->saved->size) self->index = 0;  // the list came from __setstate__ and shrank
  Ref<> item = Ref<>::share(self->saved->items[self->index]);
  if (++self->index >= self->saved->size) self->index = 0;
  return item;
}

Ref<> reduceCycle(ThreadState& ts, Cycle* self) {
  static constinit Name set_state{"__setstate__"};
  Ref<> iterator = Ref<>::share(self->iterator);
  bool fresh = !iterator;
  if (fresh) {
    iterator = TRY(iterOf(ts, self->saved));
    if (self->index != 0) {
      Ref<Int> index = TRY(newInt(ts, self->index));
      Ref<> done = TRY(callMethod(ts, iterator.get(), set_state, {index.get()}));
    }
  }
  Ref<Tuple> arguments = TRY(packTuple(ts, {iterator.get()}));
  Ref<Tuple> state = TRY(packTuple(ts, {self->saved, fresh || self->first_pass_done ? trueObject() : falseObject()}));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Status setStateOfCycle(ThreadState& ts, Cycle* self, Object* state) {
  Tuple* t = TRY(stateTuple(ts, state, 2, 2));
  (void)TRY(stateItem(ts, t, 0, kListType));
  Index done = TRY(stateNumber(ts, t->items[1]));
  setField(self->saved, share(reinterpret_cast<List*>(t->items[0])));
  self->first_pass_done = done != 0;
  self->index = 0;
  return kDone;
}

constexpr MethodDef kCycleMethods[] = {REDUCE_METHOD(reduceCycle), SETSTATE_METHOD(setStateOfCycle), {}};

// ---- repeat ----
struct Repeat : Object {
  Object* element;
  Index remaining;  // -1: without end
};

Ref<> makeRepeat(ThreadState& ts, Type* type, Object* element, std::optional<Index> times) {
  Ref<Repeat> self = TRY(allocateInstance<Repeat>(type));
  self->element = Ref<>::share(element).release();
  self->remaining = !times ? -1 : *times < 0 ? 0 : *times;
  return self;
}

Ref<> nextOfRepeat(ThreadState&, Repeat* self) {
  if (self->remaining == 0) return {};
  if (self->remaining > 0) --self->remaining;
  return Ref<>::share(self->element);
}

Ref<> reprOfRepeat(ThreadState& ts, Repeat* self) {
  if (self->remaining == -1) return formatText(ts, "{}({!r})", shortName(self->type), self->element);
  return formatText(ts, "{}({!r}, {})", shortName(self->type), self->element, self->remaining);
}

Result<Index> hintOfRepeat(ThreadState& ts, Repeat* self) {
  if (self->remaining == -1) return raise(ts, kTypeError, "len() of unsized object");
  return self->remaining;
}

Ref<> reduceRepeat(ThreadState& ts, Repeat* self) {
  Ref<Tuple> arguments;
  if (self->remaining == -1) {
    arguments = TRY(packTuple(ts, {self->element}));
  } else {
    Ref<Int> times = TRY(newInt(ts, self->remaining));
    arguments = TRY(packTuple(ts, {self->element, times.get()}));
  }
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kRepeatMethods[] = {
    METHOD_UNSIGNED("__length_hint__", hintOfRepeat, "($self, /)", "Private method returning an estimate of len(list(it))."),
    REDUCE_METHOD(reduceRepeat),
    {}};

}  // namespace

constinit Type kCount = defineIterator<Count, &Count::long_next, &Count::step>(
    {.name = "itertools.count",
     .doc = "count(start=0, step=1)\n--\n\nThe numbers from start on, by step, without end.",
     .methods = kCountMethods,
     .make = CONSTRUCTOR(makeCount, "count", "($type, start=0, step=1)"),
     .repr = slot<reprOfCount>,
     .iternext = slot<nextOfCount>});
constinit Type kCycle = defineIterator<Cycle, &Cycle::iterator, &Cycle::saved>(
    {.name = "itertools.cycle",
     .doc = "cycle(iterable, /)\n--\n\nThe items of the iterable again and again.",
     .methods = kCycleMethods,
     .make = makeSlot<makeCycle>,
     .iternext = slot<nextOfCycle>});
constinit Type kRepeat = defineIterator<Repeat, &Repeat::element>(
    {.name = "itertools.repeat",
     .doc = "repeat(object [,times]) -> an iterator that returns the object the given number\nof times, or without end.",
     .methods = kRepeatMethods,
     .make = CONSTRUCTOR(makeRepeat, "repeat", "($type, object, times=None)"),
     .repr = slot<reprOfRepeat>,
     .iternext = slot<nextOfRepeat>});

}  // namespace habu::itertools
