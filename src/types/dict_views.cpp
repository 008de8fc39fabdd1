// Iterators over dictionaries, and the views that keys(), values() and items() return.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict_table.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/mapping_proxy.h"
#include "types/set.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct DictIterator : Object {
  Dict* dict;      // owned; null once exhausted
  Index used;      // of the dictionary when made; -1: it changed size, the error repeats
  Index position;
  Object* result;  // pair handed out again while nobody else holds it (items only)
  Index remaining;
};

struct DictView : Object {
  Dict* dict;
};

enum class Part { Key, Value, Item };

bool isView(const Object* o) {  // of keys or items: those behave like sets
  return isInstanceOf(o, kDictKeysType) || isInstanceOf(o, kDictItemsType);
}

// ---- iterators ----
void deallocIterator(DictIterator* self) {
  untrack(self);
  clearField(self->dict);
  clearField(self->result);
  self->type->free(self);
}

int traverseIterator(DictIterator* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  VISIT(self->result);
  return 0;
}

Ref<> makeItem(ThreadState& ts, DictIterator* it, Object* key, Object* value) {
  auto* shared = reinterpret_cast<Tuple*>(it->result);
  Ref<> k = Ref<>::share(key), v = Ref<>::share(value);
  if (shared && shared->refcount == 1) {
    Ref<Tuple> pair = share(shared);
    Ref<> old_key = Ref<>::steal(std::exchange(pair->items[0], k.release()));
    Ref<> old_value = Ref<>::steal(std::exchange(pair->items[1], v.release()));
    if (!isTracked(pair.get())) track(pair.get());  // the collector may have untracked it for its old items
    return pair;
  }
  Ref<Tuple> pair = TRY(newTupleUninitialized(ts, 2));
  put(pair.get(), 0, std::move(k));
  put(pair.get(), 1, std::move(v));
  return pair;
}

Ref<> exhausted(DictIterator* it) {
  clearField(it->dict);
  return {};
}

template <Part kPart>
Ref<> pick(ThreadState& ts, DictIterator* it, Object* key, Object* value) {
  if constexpr (kPart == Part::Key) return Ref<>::share(key);
  else if constexpr (kPart == Part::Value) return Ref<>::share(value);
  else return makeItem(ts, it, key, value);
}

template <Part kPart>
Ref<> next(ThreadState& ts, DictIterator* it) {
  Dict* d = it->dict;
  if (!d) return {};
  if (it->used != d->used) {
    it->used = -1;
    return raise(ts, kRuntimeError, "dictionary changed size during iteration");
  }
  Object *key, *value;
  Hash hash;
  if (!nextPair(d, it->position, key, value, hash)) return exhausted(it);
  if (it->remaining == 0) {  // the size is right, but other keys have come
    (void)raise(ts, kRuntimeError, "dictionary keys changed during iteration");
    return exhausted(it);
  }
  --it->remaining;
  return pick<kPart>(ts, it, key, value);
}

template <Part kPart>
Ref<> nextReverse(ThreadState& ts, DictIterator* it) {
  Dict* d = it->dict;
  if (!d) return {};
  if (it->used != d->used) {
    it->used = -1;
    return raise(ts, kRuntimeError, "dictionary changed size during iteration");
  }
  Object *key = nullptr, *value = nullptr;
  Hash hash;
  for (; it->position >= 0; --it->position)
    if (pairAt(d, it->position, key, value, hash) && key) break;
  if (it->position < 0) return exhausted(it);
  --it->position;
  --it->remaining;
  return pick<kPart>(ts, it, key, value);
}

Index lengthHintOf(ThreadState&, DictIterator* it) { return it->dict && it->used == it->dict->used ? it->remaining : 0; }

// The items still to come, without moving the iterator.
Ref<List> rest(ThreadState& ts, DictIterator* it) {
  DictIterator saved = *it;
  Ref<Dict> keep = share(it->dict);
  Ref<List> items = listFrom(ts, it);
  if (items && !it->dict) it->dict = keep.release();
  it->used = saved.used;
  it->position = saved.position;
  it->remaining = saved.remaining;
  return items;
}

Ref<> reduce(ThreadState& ts, DictIterator* it) {
  static constinit Name iter_name{"iter"};
  Ref<> iter_function = TRY(builtinFunction(ts, iter_name));
  Ref<List> items = TRY(rest(ts, it));
  Ref<Tuple> arguments = TRY(packTuple(ts, {items.get()}));
  return packTuple(ts, {iter_function.get(), arguments.get()});
}

Ref<> self(ThreadState&, Object* it) { return Ref<>::share(it); }

constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__length_hint__", lengthHintOf, "($self, /)", "Private method returning an estimate of len(list(it))."),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling."),
    {}};

consteval Type defineIterator(const char* name, UnaryFn next_slot, bool own_getattro = true) {
  return defineType<DictIterator>({.name = name,
                                   .methods = kIteratorMethods,
                                   .free = freeGcObject,
                                   .dealloc = slot<deallocIterator>,
                                   .traverse = slot<traverseIterator>,
                                   .getattro = own_getattro ? genericGetAttrSlot : nullptr,
                                   .iter = slot<self>,
                                   .iternext = next_slot});
}

}  // namespace

Ref<> newDictIterator(ThreadState& ts, Dict* d, Type& type) {
  Ref<DictIterator> it = TRY(newObject<DictIterator>(ts, type));
  it->dict = share(d).release();
  it->used = it->remaining = d->used;
  bool reverse = &type == &kDictReverseKeyIteratorType || &type == &kDictReverseValueIteratorType ||
                 &type == &kDictReverseItemIteratorType;
  if (reverse) it->position = (d->values ? d->used : d->keys->entry_count) - 1;
  if (&type == &kDictItemIteratorType || &type == &kDictReverseItemIteratorType) {
    Ref<Tuple> pair = packTuple(ts, {&kNoneObject, &kNoneObject});
    if (!pair) return {};
    it->result = pair.release();
  }
  track(it.get());
  return it;
}

constinit Type kDictKeyIteratorType = defineIterator("dict_keyiterator", slot<next<Part::Key>>);
constinit Type kDictValueIteratorType = defineIterator("dict_valueiterator", slot<next<Part::Value>>);
constinit Type kDictItemIteratorType = defineIterator("dict_itemiterator", slot<next<Part::Item>>);
constinit Type kDictReverseKeyIteratorType = defineIterator("dict_reversekeyiterator", slot<nextReverse<Part::Key>>, false);
constinit Type kDictReverseValueIteratorType = defineIterator("dict_reversevalueiterator", slot<nextReverse<Part::Value>>);
constinit Type kDictReverseItemIteratorType = defineIterator("dict_reverseitemiterator", slot<nextReverse<Part::Item>>);

// ---- views ----
Ref<> newDictView(ThreadState& ts, Object* dict, Type& type) {
  if (!isDict(dict)) return raise(ts, kTypeError, "{}() requires a dict argument, not '{}'", type.name, typeName(dict));
  Ref<DictView> view = TRY(newObject<DictView>(ts, type));
  view->dict = share(reinterpret_cast<Dict*>(dict)).release();
  track(view.get());
  return view;
}

namespace {

void deallocView(DictView* self) {
  untrack(self);
  clearField(self->dict);
  self->type->free(self);
}

int traverseView(DictView* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  return 0;
}

Index length(DictView* self) { return self->dict ? self->dict->used : 0; }

Ref<> repr(ThreadState& ts, DictView* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "...");
  Ref<List> items = TRY(listFrom(ts, self));
  return formatText(ts, "{}({!r})", typeName(self), items);
}

template <Type& kIterator>
Ref<> iter(ThreadState& ts, DictView* self) {
  if (!self->dict) return none();
  return newDictIterator(ts, self->dict, kIterator);
}

Ref<> mapping(ThreadState& ts, DictView* self) { return newMappingProxy(ts, self->dict); }

Result<bool> containsKey(ThreadState& ts, DictView* self, Object* key) {
  if (!self->dict) return false;
  return dictContains(ts, self->dict, key);
}

Result<bool> containsItem2(ThreadState& ts, DictView* self, Object* item) {
  if (!self->dict || !isTuple(item) || reinterpret_cast<Tuple*>(item)->size != 2) return false;
  auto* pair = reinterpret_cast<Tuple*>(item);
  Ref<> found = TRY(dictFind(ts, self->dict, pair->items[0]));
  if (!found) return false;
  return equalObjects(ts, found.get(), pair->items[1]);
}

Result<bool> allContained(ThreadState& ts, Object* items, Object* container) {
  Ref<> it = TRY(iterOf(ts, items));
  while (Ref<> item = iterNext(ts, it.get()))
    if (!TRY(containsItem(ts, container, item.get()))) return false;
  if (errorSet(ts)) return Raised{};
  return true;
}

Ref<> richcompare(ThreadState& ts, DictView* self, Object* other, CompareOp op) {
  if (!isAnySet(other) && !isView(other)) return notImplemented();
  Index ours = TRY(lengthOf(ts, self)), theirs = TRY(lengthOf(ts, other));
  bool answer = false;
  switch (op) {
    case CompareOp::Eq:
    case CompareOp::Ne:
      if (ours == theirs) answer = TRY(allContained(ts, self, other));
      if (op == CompareOp::Ne) answer = !answer;
      break;
    case CompareOp::Lt:
      if (ours < theirs) answer = TRY(allContained(ts, self, other));
      break;
    case CompareOp::Le:
      if (ours <= theirs) answer = TRY(allContained(ts, self, other));
      break;
    case CompareOp::Gt:
      if (ours > theirs) answer = TRY(allContained(ts, other, self));
      break;
    case CompareOp::Ge:
      if (ours >= theirs) answer = TRY(allContained(ts, other, self));
      break;
  }
  return newBool(answer);
}

// ---- set operations; either operand may be the view ----
Ref<Set> asSet(ThreadState& ts, Object* operand) {
  if (isExact(operand, kDictKeysType)) return newSet(ts, reinterpret_cast<DictView*>(operand)->dict);
  return newSet(ts, operand);
}

Ref<> difference(ThreadState& ts, Object* a, Object* b) {
  static constinit Name difference_update{"difference_update"};
  Ref<Set> result = TRY(asSet(ts, a));
  Ref<> done = TRY(callMethod(ts, result.get(), difference_update, {b}));
  return result;
}

Ref<> intersection(ThreadState& ts, Object* a, Object* b) {
  static constinit Name intersection_name{"intersection"};
  if (!isView(a)) std::swap(a, b);
  Index ours = length(reinterpret_cast<DictView*>(a));
  if (isExact(b, kSetType) && reinterpret_cast<Set*>(b)->used >= ours) return callMethod(ts, b, intersection_name, {a});
  // Walk the shorter one, if the other can tell quickly what it contains.
  if (isView(b) && length(reinterpret_cast<DictView*>(b)) > ours) std::swap(a, b);
  Ref<Set> result = TRY(newSet(ts));
  Ref<> it = TRY(iterOf(ts, b));
  auto* view = reinterpret_cast<DictView*>(a);
  bool by_key = isInstanceOf(a, kDictKeysType);
  while (Ref<> item = iterNext(ts, it.get())) {
    bool present = by_key ? TRY(containsKey(ts, view, item.get())) : TRY(containsItem2(ts, view, item.get()));
    if (present) (void)TRY(setAdd(ts, result.get(), item.get()));
  }
  if (errorSet(ts)) return {};
  return result;
}

Ref<> unionOf(ThreadState& ts, Object* a, Object* b) {
  Ref<Set> result = TRY(asSet(ts, a));
  (void)TRY(setUpdate(ts, result.get(), b));
  return result;
}

// Pairs of exactly one of two dictionaries, without hashing values that are equal on both sides.
Ref<> itemsXor(ThreadState& ts, Dict* d1, Dict* d2) {
  if (d1->used > d2->used) std::swap(d1, d2);
  Ref<Dict> remaining = TRY(dictCopy(ts, d1));
  Ref<Set> result = TRY(newSet(ts));
  DictCursor c(d2);
  while (c.next()) {
    Ref<> key = Ref<>::share(c.key), value = Ref<>::share(c.value);
    Hash hash = c.hash;
    Ref<> other = TRY(dictFindKnownHash(ts, remaining.get(), key.get(), hash));
    if (other && TRY(equalObjects(ts, other.get(), value.get()))) {
      (void)TRY(dictDelete(ts, remaining.get(), key.get()));
      continue;
    }
    Ref<Tuple> pair = TRY(packTuple(ts, {key.get(), value.get()}));
    (void)TRY(setAdd(ts, result.get(), pair.get()));
  }
  Ref<> rest_items = TRY(newDictView(ts, remaining.get(), kDictItemsType));
  (void)TRY(setUpdate(ts, result.get(), rest_items.get()));
  return result;
}

Ref<> symmetricDifference(ThreadState& ts, Object* a, Object* b) {
  static constinit Name update{"symmetric_difference_update"};
  if (isInstanceOf(a, kDictItemsType) && isInstanceOf(b, kDictItemsType))
    return itemsXor(ts, reinterpret_cast<DictView*>(a)->dict, reinterpret_cast<DictView*>(b)->dict);
  Ref<Set> result = TRY(asSet(ts, a));
  Ref<> done = TRY(callMethod(ts, result.get(), update, {b}));
  return result;
}

Ref<> isDisjoint(ThreadState& ts, Object* self_view, Object* other) {
  if (self_view == other) return newBool(length(reinterpret_cast<DictView*>(self_view)) == 0);
  Object* container = self_view;
  if ((isAnySetExact(other) || isView(other)) &&
      TRY(lengthOf(ts, other)) > length(reinterpret_cast<DictView*>(self_view)))
    std::swap(container, other);
  Ref<> it = TRY(iterOf(ts, other));
  while (Ref<> item = iterNext(ts, it.get()))
    if (TRY(containsItem(ts, container, item.get()))) return newBool(false);
  if (errorSet(ts)) return {};
  return newBool(true);
}

constinit NumberSlots kSetLike = {.subtract = slot<difference>,
                                  .bit_and = slot<intersection>,
                                  .bit_xor = slot<symmetricDifference>,
                                  .bit_or = slot<unionOf>};
constinit SequenceSlots kKeysSequence = {.length = slot<length>, .contains = slot<containsKey>};
constinit SequenceSlots kItemsSequence = {.length = slot<length>, .contains = slot<containsItem2>};
constinit SequenceSlots kValuesSequence = {.length = slot<length>};

constexpr GetSetDef kGetSet[] = {GETTER("mapping", mapping, "dictionary that this view refers to"), {}};

#define VIEW_REVERSED(part, iterator) \
  METHOD_UNSIGNED("__reversed__", iter<iterator>, "($self, /)", "Return a reverse iterator over the dict " part ".")
#define IS_DISJOINT                                        \
  METHOD_UNSIGNED("isdisjoint", isDisjoint, "($self, other, /)", \
                  "Return True if the view and the given iterable have a null intersection.")
constexpr MethodDef kKeysMethods[] = {IS_DISJOINT, VIEW_REVERSED("keys", kDictReverseKeyIteratorType), {}};
constexpr MethodDef kValuesMethods[] = {VIEW_REVERSED("values", kDictReverseValueIteratorType), {}};
constexpr MethodDef kItemsMethods[] = {IS_DISJOINT, VIEW_REVERSED("items", kDictReverseItemIteratorType), {}};
#undef VIEW_REVERSED
#undef IS_DISJOINT

consteval Type defineView(TypeSpec s, const MethodDef* methods, SequenceSlots* sequence, UnaryFn iter_slot) {
  s.methods = methods;
  s.getset = kGetSet;
  s.sequence = sequence;
  s.free = freeGcObject;
  s.dealloc = slot<deallocView>;
  s.traverse = slot<traverseView>;
  s.repr = slot<repr>;
  s.getattro = genericGetAttrSlot;
  s.iter = iter_slot;
  return defineType<DictView>(s);
}

}  // namespace

constinit Type kDictKeysType = defineView({.name = "dict_keys", .number = &kSetLike, .richcompare = slot<richcompare>},
                                          kKeysMethods, &kKeysSequence, slot<iter<kDictKeyIteratorType>>);
constinit Type kDictItemsType = defineView({.name = "dict_items", .number = &kSetLike, .richcompare = slot<richcompare>},
                                           kItemsMethods, &kItemsSequence, slot<iter<kDictItemIteratorType>>);
constinit Type kDictValuesType =
    defineView({.name = "dict_values"}, kValuesMethods, &kValuesSequence, slot<iter<kDictValueIteratorType>>);

}  // namespace habu
