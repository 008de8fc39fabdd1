// groupby and the iterators over its groups.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

struct GroupBy : Object {
  Object* iterator;
  Object* key_function;
  Object* target_key;    // of the group last handed out; null before the first
  Object* current_key;   // of current_value; null: the next item has not been asked for
  Object* current_value;
  const void* current_grouper;  // borrowed identity of the group in use
};

struct Grouper : Object {
  GroupBy* parent;
  Object* target_key;
};

Ref<> makeGroupBy(ThreadState& ts, Type* type, Object* iterable, Object* key) {
  Ref<> iterator = TRY(iterOf(ts, iterable));
  Ref<GroupBy> self = TRY(allocateInstance<GroupBy>(type));
  self->key_function = Ref<>::share(key ? key : &kNoneObject).release();
  self->iterator = iterator.release();
  return self;
}

// Fetches the next item and its key. False: the end, or an exception.
bool advance(ThreadState& ts, GroupBy* self) {
  Ref<> value = iterNext(ts, self->iterator);
  if (!value) return false;
  Ref<> key = isNone(self->key_function) ? value.copy() : call(ts, self->key_function, {value.get()});
  if (!key) return false;
  setField(self->current_value, std::move(value));
  setField(self->current_key, std::move(key));
  return true;
}

Result<bool> sameKey(ThreadState& ts, Object* a, Object* b) {
  Ref<> left = Ref<>::share(a), right = Ref<>::share(b);  // the comparison may replace the fields they come from
  return equalObjects(ts, left.get(), right.get());
}

Ref<> newGrouper(ThreadState& ts, GroupBy* parent, Object* target_key) {
  Ref<Grouper> grouper = TRY(newObject<Grouper>(ts, kGrouper));
  grouper->parent = share(parent).release();
  grouper->target_key = Ref<>::share(target_key).release();
  parent->current_grouper = grouper.get();
  track(grouper.get());
  return grouper;
}

Ref<> nextOfGroupBy(ThreadState& ts, GroupBy* self) {
  self->current_grouper = nullptr;
  for (;;) {  // skip what is left of the last group
    if (self->current_key) {
      if (!self->target_key) break;
      if (!TRY(sameKey(ts, self->target_key, self->current_key))) break;
    }
    if (!advance(ts, self)) return {};
  }
  setField(self->target_key, Ref<>::share(self->current_key));
  Ref<> grouper = TRY(newGrouper(ts, self, self->target_key));
  return packTuple(ts, {self->current_key, grouper.get()});
}

Ref<> reduceGroupBy(ThreadState& ts, GroupBy* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->iterator, self->key_function}));
  if (!self->target_key || !self->current_key || !self->current_value)
    return packTuple(ts, {self->type, arguments.get()});
  Ref<Tuple> state = TRY(packTuple(ts, {self->current_key, self->current_value, self->target_key}));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Status setStateOfGroupBy(ThreadState& ts, GroupBy* self, Object* state) {
  Tuple* t = TRY(stateTuple(ts, state, 3, 3));
  setField(self->current_key, Ref<>::share(t->items[0]));
  setField(self->current_value, Ref<>::share(t->items[1]));
  setField(self->target_key, Ref<>::share(t->items[2]));
  return kDone;
}

constexpr MethodDef kGroupByMethods[] = {REDUCE_METHOD(reduceGroupBy), SETSTATE_METHOD(setStateOfGroupBy), {}};

Ref<> makeGrouper(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(checkArguments(ts, "_grouper", type, kGrouper, args, keywords, 2, 2));
  if (!isInstanceOf(args->items[0], kGroupBy))
    return raise(ts, kTypeError, "_grouper() argument 1 must be itertools.groupby, not {:.50}", typeName(args->items[0]));
  return newGrouper(ts, reinterpret_cast<GroupBy*>(args->items[0]), args->items[1]);
}

Ref<> nextOfGrouper(ThreadState& ts, Grouper* self) {
  GroupBy* parent = self->parent;
  if (parent->current_grouper != self) return {};
  if (!parent->current_value && !advance(ts, parent)) return {};
  if (!TRY(sameKey(ts, self->target_key, parent->current_key))) return {};
  Ref<> value = Ref<>::steal(std::exchange(parent->current_value, nullptr));
  clearField(parent->current_key);
  return value;
}

Ref<> reduceGrouper(ThreadState& ts, Grouper* self) {
  if (self->parent->current_grouper != self) return reduceExhausted(ts);
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->parent, self->target_key}));
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kGrouperMethods[] = {REDUCE_METHOD(reduceGrouper), {}};

}  // namespace

constinit Type kGroupBy =
    defineIterator<GroupBy, &GroupBy::iterator, &GroupBy::key_function, &GroupBy::target_key, &GroupBy::current_key,
                   &GroupBy::current_value>(
        {.name = "itertools.groupby",
         .doc = "groupby(iterable, key=None)\n--\n\nNeighbouring items with equal keys, as pairs of the key and an iterator over "
                "the\ngroup. The key of an item is key(item), or the item itself.",
         .methods = kGroupByMethods,
         .make = CONSTRUCTOR(makeGroupBy, "groupby", "($type, iterable, key=None)"),
         .iternext = slot<nextOfGroupBy>});
constinit Type kGrouper = defineIterator<Grouper, &Grouper::parent, &Grouper::target_key>(
    {.name = "itertools._grouper",
     .flags = kDisallowInstantiation,  // taken as "cannot be subclassed" by defineIterator
     .methods = kGrouperMethods,
     .make = makeSlot<makeGrouper>,
     .iternext = slot<nextOfGrouper>});

}  // namespace habu::itertools
