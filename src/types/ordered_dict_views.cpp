// Iterators and views of OrderedDict: they follow the linked list, by key, so that a changed order is noticed.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/dict_table.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/object_fields.h"
#include "types/ordered_dict.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct OrderedDictIterator : Object {
  OrderedPart part;
  bool reversed;
  OrderedDict* dict;  // owned; null once exhausted
  Index size;         // of the dict when made; -1: it changed size
  size_t state;       // of the dict when made
  Tuple* result;      // pair handed out again while nobody else holds it (items only)
  Object* current;    // key of the next node; null: none
};

struct View : Object {
  OrderedDict* dict;
};

Ref<> finish(OrderedDictIterator* it) {
  clearField(it->dict);
  return {};
}

Ref<> nextKey(ThreadState& ts, OrderedDictIterator* it) {
  if (!it->dict) return {};
  if (!it->current) return finish(it);
  if (it->dict->state != it->state) {
    (void)raise(ts, kRuntimeError, "OrderedDict mutated during iteration");
    return finish(it);
  }
  if (it->dict->used != it->size) {
    it->size = -1;
    (void)raise(ts, kRuntimeError, "OrderedDict changed size during iteration");
    return finish(it);
  }
  Ref<> key = Ref<>::share(it->current);
  Result<Hash> hash = keyHash(ts, key.get());
  OrderNode* node = hash.failed() ? nullptr : findOrderNode(ts, it->dict, key.get(), hash.take());
  if (!node) {
    if (!errorSet(ts)) (void)raiseKeyError(ts, key.get());
    clearField(it->current);
    return {};
  }
  OrderNode* next = it->reversed ? node->previous : node->next;
  setField(it->current, Ref<>::share(next ? next->key : nullptr));
  return key;
}

Ref<> next(ThreadState& ts, OrderedDictIterator* it) {
  Ref<> key = nextKey(ts, it);
  if (!key || it->part == OrderedPart::Keys) return key;
  Found found = dictFind(ts, it->dict, key.get());
  Ref<> value = found.failed() ? Ref<>() : found.take();
  if (!value) {
    if (!errorSet(ts)) (void)raiseKeyError(ts, key.get());
    clearField(it->current);
    return finish(it);
  }
  if (it->part == OrderedPart::Values) return value;
  if (it->result && it->result->refcount == 1) {
    Ref<Tuple> pair = share(it->result);
    setField(pair->items[0], std::move(key));
    setField(pair->items[1], std::move(value));
    if (!isTracked(pair.get())) track(pair.get());
    return pair;
  }
  return packTuple(ts, {key.get(), value.get()});
}

Ref<> reduce(ThreadState& ts, OrderedDictIterator* it) {
  static constinit Name iter_name{"iter"};
  Ref<OrderedDictIterator> copy = TRY(newObject<OrderedDictIterator>(ts, kOrderedDictIteratorType));
  copy->part = it->part;
  copy->reversed = it->reversed;
  copy->dict = share(it->dict).release();
  copy->size = it->size;
  copy->state = it->state;
  copy->current = Ref<>::share(it->current).release();
  track(copy.get());
  Ref<List> rest = TRY(listFrom(ts, copy.get()));
  Ref<> iter = TRY(builtinFunction(ts, iter_name));
  Ref<Tuple> arguments = TRY(packTuple(ts, {rest.get()}));
  return packTuple(ts, {iter.get(), arguments.get()});
}

constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling"), {}};

template <OrderedPart kPart, bool kReversed>
Ref<> iterView(ThreadState& ts, View* self) {
  return newOrderedDictIterator(ts, self->dict, kPart, kReversed);
}

template <OrderedPart kPart>
constexpr MethodDef kViewMethods[] = {
    [] {
      MethodDef d = METHOD_UNSIGNED("__reversed__", (iterView<kPart, true>), "($self, /)", "");
      d.doc = nullptr;  // as CPython's
      return d;
    }(),
    {}};

template <OrderedPart kPart>
consteval Type defineView(const char* name, Type* base) {
  return defineType<View>(
      {.name = name, .base = base, .methods = kViewMethods<kPart>, .iter = slot<iterView<kPart, false>>});
}

}  // namespace

Ref<> newOrderedDictIterator(ThreadState& ts, OrderedDict* d, OrderedPart part, bool reversed) {
  Ref<OrderedDictIterator> it = TRY(newObject<OrderedDictIterator>(ts, kOrderedDictIteratorType));
  if (part == OrderedPart::Items) it->result = TRY(packTuple(ts, {&kNoneObject, &kNoneObject})).release();
  it->part = part;
  it->reversed = reversed;
  OrderNode* node = reversed ? d->last : d->first;
  it->current = Ref<>::share(node ? node->key : nullptr).release();
  it->size = d->used;
  it->state = d->state;
  it->dict = share(d).release();
  track(it.get());
  return it;
}

constinit Type kOrderedDictIteratorType = defineType<OrderedDictIterator>(
    {.name = "odict_iterator",
     .methods = kIteratorMethods,
     .free = freeGcObject,
     .dealloc = slot<deallocFields<OrderedDictIterator, &OrderedDictIterator::dict, &OrderedDictIterator::result,
                                   &OrderedDictIterator::current>>,
     .traverse = slot<traverseFields<OrderedDictIterator, &OrderedDictIterator::dict, &OrderedDictIterator::result,
                                     &OrderedDictIterator::current>>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iteratorItself>,
     .iternext = slot<next>});

constinit Type kOrderedDictKeysType = defineView<OrderedPart::Keys>("odict_keys", &kDictKeysType);
constinit Type kOrderedDictValuesType = defineView<OrderedPart::Values>("odict_values", &kDictValuesType);
constinit Type kOrderedDictItemsType = defineView<OrderedPart::Items>("odict_items", &kDictItemsType);

}  // namespace habu
