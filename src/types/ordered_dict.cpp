#include "types/ordered_dict.h"

#include <cstring>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict_table.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

namespace {

const char* shortName(const Type* type) {
  const char* dot = std::strrchr(type->name, '.');
  return dot ? dot + 1 : type->name;
}

bool isOrdered(const Object* o) { return isInstanceOf(o, kOrderedDictType); }
OrderedDict* asOrdered(Object* o) { return reinterpret_cast<OrderedDict*>(o); }

// ---- the linked list ----
void linkLast(OrderedDict* d, OrderNode* node) {
  node->next = nullptr;
  node->previous = d->last;
  if (d->last) d->last->next = node;
  else d->first = node;
  d->last = node;
  ++d->state;
}

void linkFirst(OrderedDict* d, OrderNode* node) {
  node->previous = nullptr;
  node->next = d->first;
  if (d->first) d->first->previous = node;
  else d->last = node;
  d->first = node;
  ++d->state;
}

void unlink(OrderedDict* d, OrderNode* node) {
  if (node->previous) node->previous->next = node->next;
  else d->first = node->next;
  if (node->next) node->next->previous = node->previous;
  else d->last = node->previous;
  ++d->state;
}

// ---- finding nodes ----
// Builds by_place for the present keys table.
Status reindex(ThreadState& ts, OrderedDict* d) {
  Index size = Index(d->keys->size());
  auto** nodes = static_cast<OrderNode**>(allocate(size_t(size) * sizeof(OrderNode*)));
  if (!nodes) return raiseNoMemory(ts);
  std::memset(nodes, 0, size_t(size) * sizeof(OrderNode*));
  const void* keys = d->keys;
  for (OrderNode* node = d->first; node; node = node->next) {
    Object* value;
    Ref<> key = Ref<>::share(node->key);
    Index place = dictLookup(ts, d, key.get(), node->hash, &value);
    if (place == kLookupFailed || place >= size || d->keys != keys) {
      freeMemory(nodes);
      if (place == kLookupFailed) return Raised{};
      return raise(ts, kRuntimeError, "OrderedDict mutated during iteration");
    }
    if (place >= 0) nodes[place] = node;
  }
  freeMemory(d->by_place);
  d->by_place = nodes;
  d->by_place_size = size;
  d->indexed_keys = keys;
  return kDone;
}

// The place of `key` in a valid by_place; -1: absent; kLookupFailed.
Index placeOf(ThreadState& ts, OrderedDict* d, Object* key, Hash hash) {
  Object* value = nullptr;
  if (d->indexed_keys != d->keys || d->by_place_size != Index(d->keys->size()))
    if (reindex(ts, d).failed()) return kLookupFailed;
  return dictLookup(ts, d, key, hash, &value);
}

// Appends a node for a key that the dict has just got; nothing when it has one already.
Status addNode(ThreadState& ts, OrderedDict* d, Object* key, Hash hash) {
  Index place = placeOf(ts, d, key, hash);
  if (place < 0) {
    if (place != kLookupFailed) return raiseKeyError(ts, key);
    return Raised{};
  }
  if (d->by_place[place]) return kDone;
  auto* node = static_cast<OrderNode*>(allocate(sizeof(OrderNode)));
  if (!node) return raiseNoMemory(ts);
  node->key = Ref<>::share(key).release();
  node->hash = hash;
  d->by_place[place] = node;
  linkLast(d, node);
  return kDone;
}

// Takes out and frees the node of `key`, if it has one.
Status dropNode(ThreadState& ts, OrderedDict* d, Object* key, Hash hash) {
  if (!d->first) return kDone;
  Index place = placeOf(ts, d, key, hash);
  if (place == kLookupFailed) return Raised{};
  if (place < 0) return raiseKeyError(ts, key);
  OrderNode* node = std::exchange(d->by_place[place], nullptr);
  if (!node) return kDone;
  unlink(d, node);
  Ref<> old = Ref<>::steal(node->key);
  freeMemory(node);
  return kDone;
}

void dropAllNodes(OrderedDict* d) {
  freeMemory(std::exchange(d->by_place, nullptr));
  d->by_place_size = 0;
  d->indexed_keys = nullptr;
  OrderNode* node = std::exchange(d->first, nullptr);
  d->last = nullptr;
  ++d->state;
  while (node) {
    OrderNode* next = node->next;
    Ref<> key = Ref<>::steal(node->key);
    freeMemory(node);
    node = next;
  }
}

Status setKnownHash(ThreadState& ts, OrderedDict* d, Object* key, Object* value, Hash hash) {
  (void)TRY(dictSetKnownHash(ts, d, key, value, hash));
  Status added = addNode(ts, d, key, hash);
  if (!added.failed()) return kDone;
  PendingError pending = PendingError::take(ts);  // do not leave a key without a node
  Object* stored;
  Index place = dictLookup(ts, d, key, hash, &stored);
  if (place >= 0 && stored) Ref<> gone = dictTakeAt(ts, d, hash, place, stored);
  if (errorSet(ts)) clearError(ts);
  std::move(pending).restore(ts);
  return Raised{};
}

}  // namespace

OrderNode* findOrderNode(ThreadState& ts, OrderedDict* d, Object* key, Hash hash) {
  if (!d->first) return nullptr;
  Index place = placeOf(ts, d, key, hash);
  return place < 0 ? nullptr : d->by_place[place];
}

Status orderedDictSet(ThreadState& ts, OrderedDict* d, Object* key, Object* value) {
  Hash hash = TRY(keyHash(ts, key));
  return setKnownHash(ts, d, key, value, hash);
}

Status orderedDictDelete(ThreadState& ts, OrderedDict* d, Object* key) {
  Hash hash = TRY(keyHash(ts, key));
  (void)TRY(dropNode(ts, d, key, hash));
  Object* value;
  Index place = dictLookup(ts, d, key, hash, &value);
  if (place == kLookupFailed) return Raised{};
  if (!value) return raiseKeyError(ts, key);
  Ref<> gone = dictTakeAt(ts, d, hash, place, value);
  return kDone;
}

Ref<OrderedDict> newOrderedDict(ThreadState& ts) {
  Ref<> made = TRY(call(ts, &kOrderedDictType));
  return cast<OrderedDict>(std::move(made));
}

namespace {

// ---- update, as MutableMapping's: through __setitem__ of the class ----
// (key, value) from any iterable of two.
Status unpackPair(ThreadState& ts, Object* pair, Ref<>& key, Ref<>& value) {
  Ref<> it = TRY(iterOf(ts, pair));
  key = iterNext(ts, it.get());
  if (key) value = iterNext(ts, it.get());
  if (errorSet(ts)) return Raised{};
  if (!key || !value)
    return raise(ts, kValueError, "need more than {} value{} to unpack", key ? 1 : 0, key ? "" : "s");
  Ref<> third = iterNext(ts, it.get());
  if (errorSet(ts)) return Raised{};
  if (third) return raise(ts, kValueError, "too many values to unpack (expected 2)");
  return kDone;
}

Status addPairs(ThreadState& ts, Object* self, Object* pairs) {
  Ref<> it = TRY(iterOf(ts, pairs));
  while (Ref<> pair = iterNext(ts, it.get())) {
    Ref<> key, value;
    (void)TRY(unpackPair(ts, pair.get(), key, value));
    (void)TRY(setItem(ts, self, key.get(), value.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status updateFrom(ThreadState& ts, Object* self, Object* other) {
  if (isExactDict(other)) {
    Ref<List> items = TRY(dictItemList(ts, reinterpret_cast<Dict*>(other)));
    return addPairs(ts, self, items.get());
  }
  Ref<> keys_method = TRY(findAttr(ts, other, names::keys));
  if (keys_method) {
    Ref<> keys = TRY(call(ts, keys_method.get()));
    Ref<> it = TRY(iterOf(ts, keys.get()));
    while (Ref<> key = iterNext(ts, it.get())) {
      Ref<> value = TRY(getItem(ts, other, key.get()));
      (void)TRY(setItem(ts, self, key.get(), value.get()));
    }
    if (errorSet(ts)) return Raised{};
    return kDone;
  }
  Ref<> items_method = TRY(findAttr(ts, other, names::items));
  if (items_method) {
    Ref<> items = TRY(call(ts, items_method.get()));
    return addPairs(ts, self, items.get());
  }
  return addPairs(ts, self, other);
}

Status updateFromKeywords(ThreadState& ts, Object* self, Dict* keywords) {
  if (!keywords || keywords->used == 0) return kDone;
  if (!dictHasOnlyStrKeys(keywords)) return raise(ts, kTypeError, "keywords must be strings");
  Ref<List> items = TRY(dictItemList(ts, keywords));
  return addPairs(ts, self, items.get());
}

Object* update(Object* self, Object* args_object, Object* keywords) {
  ThreadState& ts = ThreadState::current();
  auto* args = reinterpret_cast<Tuple*>(args_object);
  auto run = [&]() -> Status {
    if (args->size > 1)
      return raise(ts, kTypeError, "update() takes at most 1 positional argument ({} given)", args->size);
    if (args->size) (void)TRY(updateFrom(ts, self, args->items[0]));
    return updateFromKeywords(ts, self, reinterpret_cast<Dict*>(keywords));
  };
  return toOwned(ts, run());
}

Status init(ThreadState& ts, OrderedDict* self, Tuple* args, Dict* keywords) {
  if (args->size > 1) return raise(ts, kTypeError, "expected at most 1 arguments, got {}", args->size);
  if (args->size) (void)TRY(updateFrom(ts, self, args->items[0]));
  return updateFromKeywords(ts, self, keywords);
}

// ---- slots ----
void dealloc(OrderedDict* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  clearField(self->instance_dict);
  if (self->weakrefs) clearWeakrefs(self);
  dropAllNodes(self);
  kDictType.dealloc(self);
}

int traverse(OrderedDict* self, VisitFn visit, void* arg) {
  VISIT(self->instance_dict);
  for (OrderNode* node = self->first; node; node = node->next) VISIT(node->key);
  return kDictType.traverse(self, visit, arg);
}

int clearSlot(OrderedDict* self) {
  clearField(self->instance_dict);
  dropAllNodes(self);
  dictClear(ThreadState::current(), self);
  return 0;
}

Status setSubscript(ThreadState& ts, OrderedDict* self, Object* key, Object* value) {
  return value ? orderedDictSet(ts, self, key, value) : orderedDictDelete(ts, self, key);
}

// [(key, value)...] in order; KeyError when the dict lacks one (somebody went behind our back).
Ref<List> pairList(ThreadState& ts, OrderedDict* self) {
  Ref<List> pairs = TRY(newList(ts));
  size_t state = self->state;
  for (OrderNode* node = self->first; node; node = node->next) {
    Ref<> key = Ref<>::share(node->key);
    Ref<> value = TRY(dictFind(ts, self, key.get()));
    if (!value) return raiseKeyError(ts, key.get());
    Ref<Tuple> pair = TRY(packTuple(ts, {key.get(), value.get()}));
    (void)TRY(appendList(ts, pairs.get(), Ref<>(std::move(pair))));
    if (self->state != state) return raise(ts, kRuntimeError, "OrderedDict mutated during iteration");
  }
  return pairs;
}

Ref<> repr(ThreadState& ts, OrderedDict* self) {
  if (self->used == 0) return formatText(ts, "{}()", shortName(self->type));
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "...");
  Ref<List> pairs;
  if (isExact(self, kOrderedDictType)) {
    pairs = TRY(pairList(ts, self));
  } else {
    Ref<> items = TRY(callMethod(ts, self, names::items));
    pairs = TRY(listFrom(ts, items.get()));
  }
  return formatText(ts, "{}({!r})", shortName(self->type), pairs);
}

Result<bool> sameOrder(ThreadState& ts, OrderedDict* a, OrderedDict* b) {
  size_t a_state = a->state, b_state = b->state;
  OrderNode *x = a->first, *y = b->first;
  while (x && y) {
    Ref<> left = Ref<>::share(x->key), right = Ref<>::share(y->key);
    if (!TRY(equalObjects(ts, left.get(), right.get()))) return false;
    if (a->state != a_state || b->state != b_state)
      return raise(ts, kRuntimeError, "OrderedDict mutated during iteration");
    x = x->next;
    y = y->next;
  }
  return !x && !y;
}

Ref<> richcompare(ThreadState& ts, OrderedDict* self, Object* other, CompareOp op) {
  if (!isDict(other) || (op != CompareOp::Eq && op != CompareOp::Ne)) return notImplemented();
  Ref<> same = Ref<>::steal(kDictType.richcompare(self, other, int(CompareOp::Eq)));
  if (!same) return {};
  bool equal = TRY(isTrue(ts, same.get()));
  if (equal && isOrdered(other)) equal = TRY(sameOrder(ts, self, asOrdered(other)));
  return newBool(equal == (op == CompareOp::Eq));
}

Ref<> merged(ThreadState& ts, Object* left, Object* right) {
  if (!isDict(left) || !isDict(right)) return notImplemented();
  Type* type = isOrdered(left) ? left->type : right->type;
  Ref<> made = TRY(call(ts, type, {left}));
  (void)TRY(updateFrom(ts, made.get(), right));
  return made;
}

Ref<> inplaceMerge(ThreadState& ts, Object* self, Object* other) {
  (void)TRY(updateFrom(ts, self, other));
  return Ref<>::share(self);
}

Ref<> iter(ThreadState& ts, OrderedDict* self) { return newOrderedDictIterator(ts, self, OrderedPart::Keys, false); }

// ---- methods ----
size_t sizeOf(ThreadState&, OrderedDict* self) {
  return dictSizeInBytes(self) + size_t(self->by_place_size) * sizeof(OrderNode*) + size_t(self->used) * sizeof(OrderNode);
}

Ref<> reduce(ThreadState& ts, OrderedDict* self) {
  Ref<> state = TRY(callMethod(ts, self, names::__getstate__));
  Ref<> items = TRY(callMethod(ts, self, names::items));
  Ref<> it = TRY(iterOf(ts, items.get()));
  Ref<Tuple> nothing = emptyTuple();
  return packTuple(ts, {self->type, nothing.get(), state.get(), &kNoneObject, it.get()});
}

Ref<> setDefault(ThreadState& ts, OrderedDict* self, Object* key, Object* fallback_or_null) {
  Object* fallback = fallback_or_null ? fallback_or_null : &kNoneObject;
  if (isExact(self, kOrderedDictType)) {
    Hash hash = TRY(keyHash(ts, key));
    Ref<> value = TRY(dictFindKnownHash(ts, self, key, hash));
    if (value) return value;
    (void)TRY(setKnownHash(ts, self, key, fallback, hash));
    return Ref<>::share(fallback);
  }
  if (TRY(containsItem(ts, self, key))) return getItem(ts, self, key);
  (void)TRY(setItem(ts, self, key, fallback));
  return Ref<>::share(fallback);
}

// Takes out the node first: taking out the value may run code that rebuilds the table.
Ref<> popKnownHash(ThreadState& ts, OrderedDict* self, Object* key, Hash hash, Object* fallback) {
  OrderNode* node = findOrderNode(ts, self, key, hash);
  if (!node) {
    if (errorSet(ts)) return {};
    if (fallback) return Ref<>::share(fallback);
    return raiseKeyError(ts, key);
  }
  (void)TRY(dropNode(ts, self, key, hash));
  Object* value;
  Index place = dictLookup(ts, self, key, hash, &value);
  if (place == kLookupFailed) return {};
  if (value) return dictTakeAt(ts, self, hash, place, value);
  if (fallback) return Ref<>::share(fallback);
  return raiseKeyError(ts, key);
}

Ref<> pop(ThreadState& ts, OrderedDict* self, Object* key, Object* fallback) {
  Hash hash = TRY(keyHash(ts, key));
  return popKnownHash(ts, self, key, hash, fallback);
}

Ref<> popItem(ThreadState& ts, OrderedDict* self, std::optional<bool> last) {
  if (!self->first) return raise(ts, kKeyError, "dictionary is empty");
  OrderNode* node = last.value_or(true) ? self->last : self->first;
  Ref<> key = Ref<>::share(node->key);
  Ref<> value = TRY(popKnownHash(ts, self, key.get(), node->hash, nullptr));
  return packTuple(ts, {key.get(), value.get()});
}

Ref<> keys(ThreadState& ts, OrderedDict* self) { return newDictView(ts, self, kOrderedDictKeysType); }
Ref<> values(ThreadState& ts, OrderedDict* self) { return newDictView(ts, self, kOrderedDictValuesType); }
Ref<> items(ThreadState& ts, OrderedDict* self) { return newDictView(ts, self, kOrderedDictItemsType); }

Status clear(ThreadState& ts, OrderedDict* self) {
  dropAllNodes(self);
  dictClear(ts, self);
  return kDone;
}

Ref<> copy(ThreadState& ts, OrderedDict* self) {
  bool exact = isExact(self, kOrderedDictType);
  Ref<> made = TRY(call(ts, self->type));
  size_t state = self->state;
  for (OrderNode* node = self->first; node; node = node->next) {
    Ref<> key = Ref<>::share(node->key);
    Hash hash = node->hash;
    if (exact) {
      Ref<> value = TRY(dictFind(ts, self, key.get()));
      if (!value) return raiseKeyError(ts, key.get());
      (void)TRY(setKnownHash(ts, asOrdered(made.get()), key.get(), value.get(), hash));
    } else {
      Ref<> value = TRY(getItem(ts, self, key.get()));
      (void)TRY(setItem(ts, made.get(), key.get(), value.get()));
    }
    if (self->state != state) return raise(ts, kRuntimeError, "OrderedDict mutated during iteration");
  }
  return made;
}

Ref<> reversed(ThreadState& ts, OrderedDict* self) { return newOrderedDictIterator(ts, self, OrderedPart::Keys, true); }

Status moveToEnd(ThreadState& ts, OrderedDict* self, Object* key, std::optional<bool> last_given) {
  bool last = last_given.value_or(true);
  if (!self->first) return raiseKeyError(ts, key);
  OrderNode* node = last ? self->last : self->first;
  if (key == node->key) return kDone;
  Hash hash = TRY(keyHash(ts, key));
  node = findOrderNode(ts, self, key, hash);
  if (!node) {
    if (errorSet(ts)) return Raised{};
    return raiseKeyError(ts, key);
  }
  unlink(self, node);
  if (last) linkLast(self, node);
  else linkFirst(self, node);
  return kDone;
}

}  // namespace

Ref<> dictFromKeys(ThreadState& ts, Type* type, Object* iterable, Object* value_or_null);  // dict_type.cpp

namespace {

constexpr MethodDef undocumented(MethodDef d) {  // as CPython's are
  d.doc = nullptr;
  return d;
}

consteval MethodDef updateMethod() {
  MethodDef d;
  d.name = "update";
  d.function = CFunction(static_cast<TernaryFn>(&update));
  d.flags = kMethVarargs | kMethKeywords;
  return d;
}

constexpr MethodDef kMethods[] = {
    CLASS_METHOD("fromkeys", dictFromKeys, "($type, /, iterable, value=None)",
                 "A new ordered dictionary with the iterable's items as keys, all with the same value."),
    undocumented(METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", "")),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling"),
    METHOD_AS("setdefault", setDefault, "($self, /, key, default=None)",
              "The value of key, which is set to default first if there is none."),
    METHOD(pop, "($self, /, key, default=<unrepresentable>)",
           "od.pop(key[,default]) -> v: take the key out and return its value.\n\nWithout the key: the default if given, else "
           "KeyError."),
    METHOD_AS("popitem", popItem, "($self, /, last=True)",
              "Take out a (key, value) pair: the last one, or with last=False the first one."),
    undocumented(METHOD_UNSIGNED("keys", keys, "($self, /)", "")),
    undocumented(METHOD_UNSIGNED("values", values, "($self, /)", "")),
    undocumented(METHOD_UNSIGNED("items", items, "($self, /)", "")),
    updateMethod(),
    METHOD_UNSIGNED("clear", clear, "($self, /)", "od.clear() -> None.  Remove all items from od."),
    METHOD_UNSIGNED("copy", copy, "($self, /)", "od.copy() -> a shallow copy of od"),
    METHOD_UNSIGNED("__reversed__", reversed, "($self, /)", "od.__reversed__() <==> reversed(od)"),
    METHOD_AS("move_to_end", moveToEnd, "($self, /, key, last=True)",
              "Move a key to the end, or with last=False to the start.\n\nRaises KeyError if there is no such key."),
    {}};
constexpr GetSetDef kGetSet[] = {{"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr}, {}};
constinit NumberSlots kNumber = {.bit_or = slot<merged>, .inplace_or = slot<inplaceMerge>};
constinit MappingSlots kMapping = {.set_subscript = slot<setSubscript>};

}  // namespace

constinit Type kOrderedDictType = defineType<OrderedDict>(
    {.name = "collections.OrderedDict",
     .doc = "Dictionary that remembers insertion order",
     .flags = kBaseType,
     .base = &kDictType,
     .dict_offset = offsetof(OrderedDict, instance_dict),
     .weaklist_offset = offsetof(OrderedDict, weakrefs),
     .methods = kMethods,
     .getset = kGetSet,
     .number = &kNumber,
     .mapping = &kMapping,
     .init = initSlot<init>,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clearSlot>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .iter = slot<iter>});

}  // namespace habu
