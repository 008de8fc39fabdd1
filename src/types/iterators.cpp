// Iterators of list, tuple, objects with __getitem__, and iter(callable, sentinel).
#include "types/iterators.h"

#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

Ref<> iteratorItself(ThreadState&, Object* it) { return Ref<>::share(it); }

Result<Index> stateIndex(ThreadState& ts, Object* state) {
  if (!isInt(state)) return raise(ts, kTypeError, "an integer is required");
  int overflow = 0;
  long long value = toLongLong(reinterpret_cast<Int*>(state), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C ssize_t");
  return Index(value);
}

Ref<> builtinFunction(ThreadState& ts, Str* name) {
  Frame* frame = ts.cframe ? ts.cframe->current_frame : nullptr;
  if (frame && frame->builtins) {
    Found found = isExactDict(frame->builtins) ? dictFind(ts, reinterpret_cast<Dict*>(frame->builtins), name)
                                               : Found(getItem(ts, frame->builtins, name));
    if (found.failed()) return {};
    Ref<> function = found.take();
    if (function) return function;
    if (errorSet(ts)) return {};
  }
  return raiseValue(ts, kAttributeError, name);
}

Ref<> reduceExhausted(ThreadState& ts) {
  static constinit Name iter_name{"iter"};
  Ref<> iter = TRY(builtinFunction(ts, iter_name));
  Ref<Tuple> nothing = emptyTuple();
  Ref<Tuple> arguments = TRY(packTuple(ts, {nothing.get()}));
  return packTuple(ts, {iter.get(), arguments.get()});
}

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();
constinit Name iter_name{"iter"};
constinit Name reversed_name{"reversed"};

void dealloc(SequenceIterator* self) {
  untrack(self);
  clearField(self->sequence);
  self->type->free(self);
}

int traverse(SequenceIterator* self, VisitFn visit, void* arg) {
  VISIT(self->sequence);
  return 0;
}

Ref<> exhausted(SequenceIterator* it) {
  clearField(it->sequence);
  return {};
}

// (function, (sequence,), index)
Ref<> reducePosition(ThreadState& ts, SequenceIterator* it, Str* function_name) {
  Ref<> function = TRY(builtinFunction(ts, function_name));
  if (!it->sequence) return reduceExhausted(ts);  // finding the function ran code
  Ref<Tuple> arguments = TRY(packTuple(ts, {it->sequence}));
  Ref<Int> index = TRY(newInt(ts, it->index));
  return packTuple(ts, {function.get(), arguments.get(), index.get()});
}

Index clipState(Index index, Index least, Index most) {
  return index < least ? least : index > most ? most : index;
}

// ---- list ----
List* listOf(SequenceIterator* it) { return reinterpret_cast<List*>(it->sequence); }

Ref<> nextOfList(ThreadState&, SequenceIterator* it) {
  List* list = listOf(it);
  if (!list) return {};
  if (it->index < list->size) return Ref<>::share(list->items[it->index++]);
  return exhausted(it);
}

Index hintOfList(ThreadState&, SequenceIterator* it) {
  if (!it->sequence) return 0;
  Index rest = listOf(it)->size - it->index;
  return rest < 0 ? 0 : rest;
}

Ref<> reduceEmptyList(ThreadState& ts) {
  Ref<> iter = TRY(builtinFunction(ts, iter_name));
  Ref<List> empty = TRY(newList(ts));
  Ref<Tuple> arguments = TRY(packTuple(ts, {empty.get()}));
  return packTuple(ts, {iter.get(), arguments.get()});
}

Ref<> reduceList(ThreadState& ts, SequenceIterator* it) {
  if (!it->sequence) return reduceEmptyList(ts);
  return reducePosition(ts, it, iter_name);
}

Status setStateOfList(ThreadState& ts, SequenceIterator* it, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (it->sequence) it->index = clipState(index, 0, listOf(it)->size);
  return kDone;
}

Ref<> nextOfListBackwards(ThreadState&, SequenceIterator* it) {
  List* list = listOf(it);
  if (!list) return {};
  if (it->index >= 0 && it->index < list->size) return Ref<>::share(list->items[it->index--]);
  it->index = -1;
  return exhausted(it);
}

Index hintOfListBackwards(ThreadState&, SequenceIterator* it) {
  Index rest = it->index + 1;
  return !it->sequence || listOf(it)->size < rest ? 0 : rest;
}

Ref<> reduceListBackwards(ThreadState& ts, SequenceIterator* it) {
  if (!it->sequence) return reduceEmptyList(ts);
  return reducePosition(ts, it, reversed_name);
}

Status setStateOfListBackwards(ThreadState& ts, SequenceIterator* it, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (it->sequence) it->index = clipState(index, -1, listOf(it)->size - 1);
  return kDone;
}

// ---- tuple ----
Tuple* tupleOf(SequenceIterator* it) { return reinterpret_cast<Tuple*>(it->sequence); }

Ref<> nextOfTuple(ThreadState&, SequenceIterator* it) {
  Tuple* tuple = tupleOf(it);
  if (!tuple) return {};
  if (it->index < tuple->size) return Ref<>::share(tuple->items[it->index++]);
  return exhausted(it);
}

Index hintOfTuple(ThreadState&, SequenceIterator* it) { return it->sequence ? tupleOf(it)->size - it->index : 0; }

Ref<> reduceForward(ThreadState& ts, SequenceIterator* it) {
  if (!it->sequence) return reduceExhausted(ts);
  return reducePosition(ts, it, iter_name);
}

Status setStateOfTuple(ThreadState& ts, SequenceIterator* it, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (it->sequence) it->index = clipState(index, 0, tupleOf(it)->size);
  return kDone;
}

// ---- anything with __getitem__ ----
Ref<> nextOfSequence(ThreadState& ts, SequenceIterator* it) {
  if (!it->sequence) return {};
  if (it->index == kMaxIndex) return raise(ts, kOverflowError, "iter index too large");
  Ref<> sequence = Ref<>::share(it->sequence);
  Ref<> item = getItemAt(ts, sequence.get(), it->index);
  if (item) {
    ++it->index;
    return item;
  }
  if (errorMatches(ts, kIndexError) || errorMatches(ts, kStopIteration)) {
    clearError(ts);
    return exhausted(it);
  }
  return {};
}

Ref<> hintOfSequence(ThreadState& ts, SequenceIterator* it) {
  if (!it->sequence) return newInt(ts, 0);
  Type* type = it->sequence->type;
  bool has_length = (type->sequence && type->sequence->length) || (type->mapping && type->mapping->length);
  if (!has_length) return notImplemented();
  Ref<> sequence = Ref<>::share(it->sequence);
  Index rest = TRY(lengthOf(ts, sequence.get())) - it->index;
  return newInt(ts, rest < 0 ? 0 : rest);
}

Status setStateOfSequence(ThreadState& ts, SequenceIterator* it, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (it->sequence) it->index = index < 0 ? 0 : index;
  return kDone;
}

#define ITERATOR_METHODS(hint, reduce, set_state)                                                                   \
  METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "Private method returning an estimate of len(list(it))."), \
      METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling."),                \
      METHOD_UNSIGNED("__setstate__", set_state, "($self, state, /)", "Set state information for unpickling."), {}

constexpr MethodDef kListMethods[] = {ITERATOR_METHODS(hintOfList, reduceList, setStateOfList)};
constexpr MethodDef kListReverseMethods[] = {
    ITERATOR_METHODS(hintOfListBackwards, reduceListBackwards, setStateOfListBackwards)};
constexpr MethodDef kTupleMethods[] = {ITERATOR_METHODS(hintOfTuple, reduceForward, setStateOfTuple)};
constexpr MethodDef kSequenceMethods[] = {ITERATOR_METHODS(hintOfSequence, reduceForward, setStateOfSequence)};
#undef ITERATOR_METHODS

consteval Type defineSequenceIterator(const char* name, const MethodDef* methods, UnaryFn next) {
  return defineType<SequenceIterator>({.name = name,
                                       .methods = methods,
                                       .free = freeGcObject,
                                       .dealloc = slot<dealloc>,
                                       .traverse = slot<traverse>,
                                       .getattro = genericGetAttrSlot,
                                       .iter = slot<iteratorItself>,
                                       .iternext = next});
}

// ---- iter(callable, sentinel) ----
void deallocCallable(CallableIterator* self) {
  untrack(self);
  clearField(self->callable);
  clearField(self->sentinel);
  self->type->free(self);
}

int traverseCallable(CallableIterator* self, VisitFn visit, void* arg) {
  VISIT(self->callable);
  VISIT(self->sentinel);
  return 0;
}

Ref<> nextOfCallable(ThreadState& ts, CallableIterator* it) {
  if (!it->callable) return {};
  Ref<> callable = Ref<>::share(it->callable), sentinel = Ref<>::share(it->sentinel);
  Ref<> result = call(ts, callable.get());
  if (!result) {
    if (!errorMatches(ts, kStopIteration)) return {};
    clearError(ts);
  } else {
    if (!it->sentinel) return {};  // the call exhausted this very iterator
    if (!TRY(equalObjects(ts, sentinel.get(), result.get()))) return result;
  }
  clearField(it->callable);
  clearField(it->sentinel);
  return {};
}

Ref<> reduceCallable(ThreadState& ts, CallableIterator* it) {
  Ref<> iter = TRY(builtinFunction(ts, iter_name));
  if (!it->callable || !it->sentinel) return reduceExhausted(ts);
  Ref<Tuple> arguments = TRY(packTuple(ts, {it->callable, it->sentinel}));
  return packTuple(ts, {iter.get(), arguments.get()});
}

constexpr MethodDef kCallableMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduceCallable, "($self, /)", "Return state information for pickling."), {}};

}  // namespace

constinit Type kListIteratorType = defineSequenceIterator("list_iterator", kListMethods, slot<nextOfList>);
constinit Type kListReverseIteratorType =
    defineSequenceIterator("list_reverseiterator", kListReverseMethods, slot<nextOfListBackwards>);
constinit Type kTupleIteratorType = defineSequenceIterator("tuple_iterator", kTupleMethods, slot<nextOfTuple>);
constinit Type kSequenceIteratorType = defineSequenceIterator("iterator", kSequenceMethods, slot<nextOfSequence>);
constinit Type kCallableIteratorType = defineType<CallableIterator>({.name = "callable_iterator",
                                                                     .methods = kCallableMethods,
                                                                     .free = freeGcObject,
                                                                     .dealloc = slot<deallocCallable>,
                                                                     .traverse = slot<traverseCallable>,
                                                                     .getattro = genericGetAttrSlot,
                                                                     .iter = slot<iteratorItself>,
                                                                     .iternext = slot<nextOfCallable>});

Ref<> newSequenceIterator(ThreadState& ts, Object* sequence) {
  Ref<SequenceIterator> it = TRY(newObject<SequenceIterator>(ts, kSequenceIteratorType));
  it->sequence = Ref<>::share(sequence).release();
  track(it.get());
  return it;
}

Ref<> newCallableIterator(ThreadState& ts, Object* callable, Object* sentinel) {
  Ref<CallableIterator> it = TRY(newObject<CallableIterator>(ts, kCallableIteratorType));
  it->callable = Ref<>::share(callable).release();
  it->sentinel = Ref<>::share(sentinel).release();
  track(it.get());
  return it;
}

}  // namespace habu
