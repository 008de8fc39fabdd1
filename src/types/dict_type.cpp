// The dict type: its slots and methods.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict_table.h"
#include "types/generic_alias.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace habu {

namespace {

// ---- slots ----
void dealloc(Dict* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  DictKeys* keys = self->keys;
  if (self->values) freeInstanceValues(keys, self->values);
  if (keys && keys != kEmptyKeys) releaseKeys(keys);
  if (isExactDict(self) && recycleDict(self)) return;
  self->type->free(self);
}

int traverse(Dict* self, VisitFn visit, void* arg) {
  DictKeys* keys = self->keys;
  if (self->values) return visitInstanceValues(keys, self->values, visit, arg);
  Index n = keys->entry_count;
  if (keys->strOnly()) {
    for (StrDictEntry *e = keys->strEntries(), *end = e + n; e != end; ++e) VISIT(e->value);
    return 0;
  }
  for (DictEntry *e = keys->entries(), *end = e + n; e != end; ++e) {
    VISIT(e->value);
    if (e->value) VISIT(e->key);
  }
  return 0;
}

int clearSlot(Dict* self) {
  dictClear(ThreadState::current(), self);
  return 0;
}

Ref<> repr(ThreadState& ts, Dict* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "{...}");
  if (self->used == 0) return newStr(ts, "{}");
  StrBuilder text(ts);
  text.append('{');
  Index position = 0;
  Object *key_seen, *value_seen;
  Hash hash;
  for (bool first = true; nextPair(self, position, key_seen, value_seen, hash); first = false) {
    Ref<> key = Ref<>::share(key_seen), value = Ref<>::share(value_seen);
    if (!first) text.append(", ");
    Ref<Str> key_text = TRY(reprOf(ts, key.get()));
    text.append(key_text.get());
    text.append(": ");
    Ref<Str> value_text = TRY(reprOf(ts, value.get()));
    text.append(value_text.get());
  }
  text.append('}');
  return text.finish();
}

Index length(Dict* self) { return self->used; }

Ref<> subscript(ThreadState& ts, Dict* self, Object* key) {
  Hash hash = TRY(keyHash(ts, key));
  Object* value;
  if (dictLookup(ts, self, key, hash, &value) == kLookupFailed) return {};
  if (value) return Ref<>::share(value);
  if (!isExactDict(self)) {
    Ref<> missing = TRY(lookupSpecial(ts, self, names::__missing__));
    if (missing) return call(ts, missing.get(), {key});
  }
  return raiseKeyError(ts, key);
}

Status setSubscript(ThreadState& ts, Dict* self, Object* key, Object* value) {
  return value ? dictSet(ts, self, key, value) : dictDelete(ts, self, key);
}

Result<bool> contains(ThreadState& ts, Dict* self, Object* key) { return dictContains(ts, self, key); }

Result<bool> equalDicts(ThreadState& ts, Dict* a, Dict* b) {
  if (a->used != b->used) return false;
  Index position = 0;
  Object *key_seen, *value_seen;
  Hash hash;
  while (nextPair(a, position, key_seen, value_seen, hash)) {
    Ref<> key = Ref<>::share(key_seen), value = Ref<>::share(value_seen);
    Object* other_seen;
    if (dictLookup(ts, b, key.get(), hash, &other_seen) == kLookupFailed) return Raised{};
    if (!other_seen) return false;
    Ref<> other = Ref<>::share(other_seen);
    if (!TRY(equalObjects(ts, value.get(), other.get()))) return false;
  }
  return true;
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isDict(a) || !isDict(b) || (op != CompareOp::Eq && op != CompareOp::Ne)) return notImplemented();
  bool equal = TRY(equalDicts(ts, reinterpret_cast<Dict*>(a), reinterpret_cast<Dict*>(b)));
  return newBool(equal == (op == CompareOp::Eq));
}

Ref<> merged(ThreadState& ts, Object* a, Object* b) {  // a | b
  if (!isDict(a) || !isDict(b)) return notImplemented();
  Ref<> copy = TRY(dictCopy(ts, reinterpret_cast<Dict*>(a)));
  (void)TRY(dictUpdate(ts, reinterpret_cast<Dict*>(copy.get()), b));
  return copy;
}

Ref<> inplaceMerge(ThreadState& ts, Dict* self, Object* other) {
  (void)TRY(dictUpdate(ts, self, other));
  return Ref<>::share(self);
}

// ---- making ----
Status updateCommon(ThreadState& ts, Dict* self, const char* name, Args args) {
  (void)TRY(checkPositional(ts, name, args.count, 0, 1));
  if (args.count) (void)TRY(dictUpdate(ts, self, args[0]));
  for (Index i = 0, n = args.keywordCount(); i < n; ++i) (void)TRY(dictSet(ts, self, args.keyword(i), args.keywordValue(i)));
  return kDone;
}

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) {
  if (type == &kDictType) return newDict(ts);
  Ref<Dict> made = TRY(allocateInstance<Dict>(type));
  made->keys = kEmptyKeys;
  made->version = nextDictVersion();
  return made;
}

Status init(ThreadState& ts, Dict* self, Tuple* args, Dict* keywords) {
  (void)TRY(checkPositional(ts, "dict", args->size, 0, 1));
  if (args->size) (void)TRY(dictUpdate(ts, self, args->items[0]));
  if (!keywords) return kDone;
  if (!dictHasOnlyStrKeys(keywords)) return raise(ts, kTypeError, "keywords must be strings");
  return dictMerge(ts, self, keywords, 1);
}

Ref<> callType(ThreadState& ts, Type* type, Args args) {
  Ref<> made = TRY(make(ts, type, nullptr, nullptr));
  (void)TRY(updateCommon(ts, reinterpret_cast<Dict*>(made.get()), "dict", args));
  return made;
}

// ---- methods ----
Ref<> get(ThreadState& ts, Dict* self, Object* key, Object* fallback) {
  Hash hash = TRY(keyHash(ts, key));
  Object* value;
  if (dictLookup(ts, self, key, hash, &value) == kLookupFailed) return {};
  return Ref<>::share(value ? value : fallback ? fallback : &kNoneObject);
}

Ref<> setDefault(ThreadState& ts, Dict* self, Object* key, Object* fallback) {
  return dictSetDefault(ts, self, key, fallback ? fallback : &kNoneObject);
}

Ref<> pop(ThreadState& ts, Dict* self, Object* key, Object* fallback) {
  Ref<> value = TRY(dictPop(ts, self, key));
  if (value) return value;
  if (fallback) return Ref<>::share(fallback);
  return raiseKeyError(ts, key);
}

Ref<> keys(ThreadState& ts, Dict* self) { return newDictView(ts, self, kDictKeysType); }
Ref<> values(ThreadState& ts, Dict* self) { return newDictView(ts, self, kDictValuesType); }
Ref<> items(ThreadState& ts, Dict* self) { return newDictView(ts, self, kDictItemsType); }

Status update(ThreadState& ts, Dict* self, Args args) { return updateCommon(ts, self, "update", args); }

Status clear(ThreadState& ts, Dict* self) {
  dictClear(ts, self);
  return kDone;
}

Ref<> copy(ThreadState& ts, Dict* self) { return dictCopy(ts, self); }

size_t sizeOf(ThreadState&, Dict* self) { return dictSizeInBytes(self); }

// fromkeys() of an exact dict from a dict or set: no hashing.
Status fillFromKnown(ThreadState& ts, Dict* d, Object* iterable, Object* value) {
  if (isExactDict(iterable)) {
    DictCursor c(reinterpret_cast<Dict*>(iterable));
    (void)TRY(dictResize(ts, d, log2SizeForEntries(reinterpret_cast<Dict*>(iterable)->used),
                         reinterpret_cast<Dict*>(iterable)->keys->strOnly()));
    while (c.next()) {
      Ref<> key = Ref<>::share(c.key);
      (void)TRY(dictSetKnownHash(ts, d, key.get(), value, c.hash));
    }
    return kDone;
  }
  auto* set = reinterpret_cast<Set*>(iterable);
  (void)TRY(dictResize(ts, d, log2SizeForEntries(set->used), false));
  SetCursor c(set);
  while (c.next()) {
    Ref<> key = Ref<>::share(c.key);
    (void)TRY(dictSetKnownHash(ts, d, key.get(), value, c.hash));
  }
  return kDone;
}

}  // namespace

Ref<> dictFromKeys(ThreadState& ts, Type* type, Object* iterable, Object* value_or_null) {
  Object* value = value_or_null ? value_or_null : &kNoneObject;
  Ref<> made = TRY(call(ts, reinterpret_cast<Object*>(type)));
  bool plain = isExactDict(made.get());
  auto* d = reinterpret_cast<Dict*>(made.get());
  if (plain && d->used == 0 && (isExactDict(iterable) || isAnySetExact(iterable))) {
    (void)TRY(fillFromKnown(ts, d, iterable, value));
    return made;
  }
  Ref<> it = TRY(iterOf(ts, iterable));
  while (Ref<> key = iterNext(ts, it.get())) {
    if (plain) (void)TRY(dictSet(ts, d, key.get(), value));
    else (void)TRY(setItem(ts, made.get(), key.get(), value));
  }
  if (errorSet(ts)) return {};
  return made;
}

Ref<> newDictIterator(ThreadState&, Dict*, Type&);  // dict_views.cpp

namespace {

Ref<> iter(ThreadState& ts, Dict* self) { return newDictIterator(ts, self, kDictKeyIteratorType); }
Ref<> reversed(ThreadState& ts, Dict* self) { return newDictIterator(ts, self, kDictReverseKeyIteratorType); }

constexpr MethodDef coexist(MethodDef d) {
  d.flags |= kMethCoexist;
  return d;
}

constexpr MethodDef kMethods[] = {
    coexist(METHOD_AS("__contains__", contains, "($self, key, /)", "True if the dictionary has the specified key, else False.")),
    coexist(METHOD_UNSIGNED("__getitem__", subscript, "($self, y, /)", "x.__getitem__(y) <==> x[y]")),
    METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", "D.__sizeof__() -> size of D in memory, in bytes"),
    METHOD(get, "($self, key, default=None, /)", "The value of key, or default if there is none."),
    METHOD_AS("setdefault", setDefault, "($self, key, default=None, /)",
              "The value of key, which is set to default first if there is none."),
    METHOD(pop, "($self, key, default=<unrepresentable>, /)",
           "D.pop(k[,d]) -> v: take the key out and return its value.\n\nWithout the key: the default if given, else KeyError."),
    METHOD_AS("popitem", dictPopItem, "($self, /)",
              "Take out the pair that was inserted last and return it as a (key, value) tuple.\n\nKeyError if there is none."),
    METHOD_UNSIGNED("keys", keys, "($self, /)", "D.keys() -> a set-like object providing a view on D's keys"),
    METHOD_UNSIGNED("items", items, "($self, /)", "D.items() -> a set-like object providing a view on D's items"),
    METHOD_UNSIGNED("values", values, "($self, /)", "D.values() -> an object providing a view on D's values"),
    METHOD_RAW("update", update,
               "D.update([E, ]**F) -> None.  Set D[k] = E[k] for the keys of a mapping E, or D[k] = v for the\npairs of an "
               "iterable E; then D[k] = F[k] for the keyword arguments."),
    CLASS_METHOD("fromkeys", dictFromKeys, "($type, iterable, value=None, /)",
                 "A new dictionary with the iterable's items as keys, all with the same value."),
    METHOD_UNSIGNED("clear", clear, "($self, /)", "D.clear() -> None.  Remove all items from D."),
    METHOD_UNSIGNED("copy", copy, "($self, /)", "D.copy() -> a shallow copy of D"),
    METHOD_AS("__reversed__", reversed, "($self, /)", "An iterator over the keys from the last to the first."),
    CLASS_GETITEM,
    {}};
constinit NumberSlots kNumber = {.bit_or = slot<merged>, .inplace_or = slot<inplaceMerge>};
constinit SequenceSlots kSequence = {.contains = slot<contains>};
constinit MappingSlots kMapping = {
    .length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};

}  // namespace

constinit Type kDictType = defineType<Dict>(
    {.name = "dict",
     .doc = "dict() -> new empty dictionary\n"
            "dict(mapping) -> new dictionary from the (key, value) pairs of a mapping\n"
            "dict(iterable) -> new dictionary from an iterable of (key, value) pairs\n"
            "dict(**kwargs) -> new dictionary from name=value pairs, e.g. dict(one=1, two=2)",
     .flags = kBaseType | kDictSubclass | kMatchSelf | kMappingFlag,
     .methods = kMethods,
     .number = &kNumber,
     .sequence = &kSequence,
     .mapping = &kMapping,
     .make = makeSlot<make>,
     .init = initSlot<init>,
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clearSlot>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .vectorcall = typeVectorcall<callType>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});

}  // namespace habu
