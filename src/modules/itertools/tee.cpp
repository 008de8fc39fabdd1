// tee: the items read so far lie in a linked list of blocks; every tee iterator holds the block it is in, so that
// blocks behind the slowest one are freed.
#include "modules/itertools/itertools.h"

namespace habu::itertools {

namespace {

constexpr int kBlockSize = 57;

struct TeeData : Object {
  Object* iterator;
  int count;    // items read into this block
  int running;  // an item is being asked for
  TeeData* next;
  Object* values[kBlockSize];
};

struct Tee : Object {
  TeeData* data;
  int index;  // of the next item in `data`
  Object* weakrefs;
};

Ref<TeeData> newData(ThreadState& ts, Object* iterator) {
  Ref<TeeData> data = TRY(newObject<TeeData>(ts, kTeeData));
  data->iterator = Ref<>::share(iterator).release();
  track(data.get());
  return data;
}

Ref<> itemOf(ThreadState& ts, TeeData* data, int i) {
  if (i < data->count) return Ref<>::share(data->values[i]);
  if (data->running) return raise(ts, kRuntimeError, "cannot re-enter the tee iterator");
  data->running = 1;
  Ref<> item = iterNext(ts, data->iterator);
  data->running = 0;
  if (!item) return {};
  data->values[data->count++] = item.copy().release();
  return item;
}

void deallocData(TeeData* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  clearField(self->iterator);
  for (int i = 0; i < self->count; ++i) clearField(self->values[i]);
  // Blocks that only the chain holds go one after the other, not by recursion.
  Ref<TeeData> next = Ref<TeeData>::steal(std::exchange(self->next, nullptr));
  while (next && isExact(next.get(), kTeeData) && next->refcount == 1)
    next = Ref<TeeData>::steal(std::exchange(next->next, nullptr));
  self->type->free(self);
}

int traverseData(TeeData* self, VisitFn visit, void* arg) {
  VISIT(self->iterator);
  for (int i = 0; i < self->count; ++i) VISIT(self->values[i]);
  VISIT(self->next);
  return 0;
}

int clearData(TeeData* self) {
  clearField(self->iterator);
  int n = std::exchange(self->count, 0);
  for (int i = 0; i < n; ++i) clearField(self->values[i]);
  clearField(self->next);
  return 0;
}

Ref<> reduceData(ThreadState& ts, TeeData* self) {
  Ref<List> values = TRY(listFromSpan(ts, std::span<Object* const>(self->values, size_t(self->count))));
  Ref<Tuple> arguments =
      TRY(packTuple(ts, {self->iterator, values.get(), self->next ? static_cast<Object*>(self->next) : &kNoneObject}));
  return packTuple(ts, {self->type, arguments.get()});
}

Ref<> makeData(ThreadState& ts, Type*, Tuple* args, Dict*) {
  (void)TRY(checkPositional(ts, "teedataobject", args->size, 3, 3));
  if (!isList(args->items[1]))
    return raise(ts, kTypeError, "teedataobject() argument 2 must be list, not {:.50}", typeName(args->items[1]));
  auto* values = reinterpret_cast<List*>(args->items[1]);
  Object* next = args->items[2];
  if (values->size > kBlockSize) return raise(ts, kValueError, "Invalid arguments");
  Ref<TeeData> data = TRY(newData(ts, args->items[0]));
  Index n = values->size < kBlockSize ? values->size : kBlockSize;
  for (Index i = 0; i < n; ++i) data->values[i] = Ref<>::share(values->items[i]).release();
  data->count = int(n);
  if (!isNone(next)) {
    if (n < kBlockSize || !isExact(next, kTeeData)) return raise(ts, kValueError, "Invalid arguments");
    data->next = share(reinterpret_cast<TeeData*>(next)).release();
  }
  return data;
}

constexpr MethodDef kDataMethods[] = {REDUCE_METHOD(reduceData), {}};

// ---- the iterator ----
Ref<Tee> newTee(ThreadState& ts, Ref<TeeData> data, int index) {
  Ref<Tee> self = TRY(newObject<Tee>(ts, kTee));
  self->data = data.release();
  self->index = index;
  track(self.get());
  return self;
}

Ref<> copyTee(ThreadState& ts, Tee* self) { return newTee(ts, share(self->data), self->index); }

Ref<> teeOf(ThreadState& ts, Object* iterable) {
  Ref<> iterator = TRY(iterOf(ts, iterable));
  if (isInstanceOf(iterator.get(), kTee)) return copyTee(ts, reinterpret_cast<Tee*>(iterator.get()));
  Ref<TeeData> data = TRY(newData(ts, iterator.get()));
  return newTee(ts, std::move(data), 0);
}

Ref<> makeTee(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "_tee", keywords));
  (void)TRY(checkPositional(ts, "_tee", args->size, 1, 1));
  return teeOf(ts, args->items[0]);
}

Ref<> nextOfTee(ThreadState& ts, Tee* self) {
  if (self->index >= kBlockSize) {
    if (!self->data->next) {
      Ref<TeeData> next = TRY(newData(ts, self->data->iterator));
      if (!self->data->next) self->data->next = next.release();
    }
    setField(self->data, share(self->data->next));
    self->index = 0;
  }
  Ref<TeeData> data = share(self->data);
  Ref<> item = itemOf(ts, data.get(), self->index);
  if (item) ++self->index;
  return item;
}

void deallocTee(Tee* self) {
  untrack(self);
  if (self->weakrefs) clearWeakrefs(self);
  clearField(self->data);
  self->type->free(self);
}

Ref<> reduceTee(ThreadState& ts, Tee* self) {
  Ref<Tuple> nothing = emptyTuple();
  Ref<Tuple> arguments = TRY(packTuple(ts, {nothing.get()}));
  Ref<Int> index = TRY(newInt(ts, self->index));
  Ref<Tuple> state = TRY(packTuple(ts, {self->data, index.get()}));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Status setStateOfTee(ThreadState& ts, Tee* self, Object* state) {
  Tuple* t = TRY(stateTuple(ts, state, 2, 2));
  (void)TRY(stateItem(ts, t, 0, kTeeData));
  Index index = TRY(stateNumber(ts, t->items[1]));
  auto* data = reinterpret_cast<TeeData*>(t->items[0]);
  if (index < 0 || index > kBlockSize || index > data->count) return raise(ts, kValueError, "Index out of range");
  setField(self->data, share(data));
  self->index = int(index);
  return kDone;
}

constexpr MethodDef kTeeMethods[] = {
    METHOD_UNSIGNED("__copy__", copyTee, "($self, /)", "Returns an independent iterator."),
    REDUCE_METHOD(reduceTee),
    SETSTATE_METHOD(setStateOfTee),
    {}};

consteval Type defineFinal(Type t) {
  t.flags &= ~kBaseType;
  t.getattro = nullptr;
  return t;
}

}  // namespace

Ref<> tee(ThreadState& ts, Object*, Object* iterable, std::optional<Index> count) {
  static constinit Name copy_name{"__copy__"};
  Index n = count.value_or(2);
  if (n < 0) return raise(ts, kValueError, "n must be >= 0");
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, n));
  if (n == 0) return result;
  Ref<> first = TRY(iterOf(ts, iterable));
  Ref<> copy = TRY(findAttr(ts, first.get(), copy_name));
  if (!copy) {
    first = TRY(teeOf(ts, first.get()));
    copy = TRY(getAttr(ts, first.get(), copy_name));
  }
  put(result.get(), 0, std::move(first));
  for (Index i = 1; i < n; ++i) put(result.get(), i, TRY(call(ts, copy.get())));
  return result;
}

constinit Type kTee = defineFinal(defineIterator<Tee, &Tee::data>({.name = "itertools._tee",
                                                                   .doc = "_tee(iterable, /)\n--\n\nIterator that can be copied.",
                                                                   .weaklist_offset = offsetof(Tee, weakrefs),
                                                                   .methods = kTeeMethods,
                                                                   .make = makeSlot<makeTee>,
                                                                   .dealloc = slot<deallocTee>,
                                                                   .iternext = slot<nextOfTee>}));
constinit Type kTeeData = defineType<TeeData>({.name = "itertools._tee_dataobject",
                                               .doc = "teedataobject(iterable, values, next, /)\n--\n\nData shared by tee iterators.",
                                               .methods = kDataMethods,
                                               .make = makeSlot<makeData>,
                                               .free = freeGcObject,
                                               .dealloc = slot<deallocData>,
                                               .traverse = slot<traverseData>,
                                               .clear = slot<clearData>,
                                               .getattro = genericGetAttrSlot});

}  // namespace habu::itertools
