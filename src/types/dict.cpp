// dict: the operations that C++ code and the interpreter use. The type itself is in dict_type.cpp.
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

Ref<Dict> newDict(ThreadState& ts, Index expected) {
  if (expected <= 5) return newDictWith(ts, kEmptyKeys, nullptr, 0);
  constexpr unsigned kLargest = 17;  // a guess that high need not come true
  unsigned log2_size = expected > usableEntries(size_t{1} << kLargest) ? kLargest : log2SizeForEntries(expected);
  DictKeys* keys = newDictKeys(log2_size, true);
  if (!keys) return raiseNoMemory(ts);
  Ref<Dict> d = newDictWith(ts, keys, nullptr, 0);
  if (!d) freeKeysMemory(keys);
  return d;
}

// ---- reading ----
Found dictFindKnownHash(ThreadState& ts, Dict* d, Object* key, Hash hash) {
  Object* value;
  if (dictLookup(ts, d, key, hash, &value) == kLookupFailed) return Raised{};
  return Ref<>::share(value);
}

Found dictFind(ThreadState& ts, Dict* d, Object* key) {
  Hash hash = TRY(keyHash(ts, key));
  return dictFindKnownHash(ts, d, key, hash);
}

Ref<> dictGetItem(ThreadState& ts, Dict* d, Object* key) {
  Ref<> value = TRY(dictFind(ts, d, key));
  if (!value) return raiseKeyError(ts, key);
  return value;
}

Result<bool> dictContains(ThreadState& ts, Dict* d, Object* key) {
  Hash hash = TRY(keyHash(ts, key));
  Object* value;
  if (dictLookup(ts, d, key, hash, &value) == kLookupFailed) return Raised{};
  return value != nullptr;
}

// ---- writing ----
Status dictSetKnownHash(ThreadState& ts, Dict* d, Object* key, Object* value, Hash hash) {
  return dictInsert(ts, d, Ref<>::share(key), hash, Ref<>::share(value));
}

Status dictSet(ThreadState& ts, Dict* d, Object* key, Object* value) {
  Hash hash = TRY(keyHash(ts, key));
  return dictSetKnownHash(ts, d, key, value, hash);
}

Status dictSetAscii(ThreadState& ts, Dict* d, const char* key, Ref<> value) {
  Ref<Str> name = TRY(internedStr(ts, key));
  return dictSet(ts, d, name.get(), value.get());
}

Result<bool> dictDiscard(ThreadState& ts, Dict* d, Object* key) {
  Hash hash = TRY(keyHash(ts, key));
  Object* value;
  Index place = dictLookup(ts, d, key, hash, &value);
  if (place == kLookupFailed) return Raised{};
  if (!value) return false;
  Ref<> gone = dictTakeAt(ts, d, hash, place, value);
  return true;
}

Status dictDelete(ThreadState& ts, Dict* d, Object* key) {
  if (!TRY(dictDiscard(ts, d, key))) return raiseKeyError(ts, key);
  return kDone;
}

Found dictPop(ThreadState& ts, Dict* d, Object* key) {
  if (d->used == 0) return Ref<>{};
  Hash hash = TRY(keyHash(ts, key));
  return dictPopKnownHash(ts, d, key, hash);
}

Found dictPopKnownHash(ThreadState& ts, Dict* d, Object* key, Hash hash) {
  Object* value;
  Index place = dictLookup(ts, d, key, hash, &value);
  if (place == kLookupFailed) return Raised{};
  if (!value) return Ref<>{};
  return dictTakeAt(ts, d, hash, place, value);
}

Ref<> dictSetDefault(ThreadState& ts, Dict* d, Object* key, Object* fallback) {
  Hash hash = TRY(keyHash(ts, key));
  Object* value;
  if (dictLookup(ts, d, key, hash, &value) == kLookupFailed) return {};
  if (value) return Ref<>::share(value);
  (void)TRY(dictInsertAbsent(ts, d, Ref<>::share(key), hash, Ref<>::share(fallback)));
  return Ref<>::share(fallback);
}

void dictClear(ThreadState&, Dict* d) {
  DictKeys* keys = std::exchange(d->keys, kEmptyKeys);
  DictValues* values = std::exchange(d->values, nullptr);
  d->used = 0;
  d->version = nextDictVersion();
  if (values) freeInstanceValues(keys, values);
  if (keys != kEmptyKeys) releaseKeys(keys);
}

Ref<> dictPopItem(ThreadState& ts, Dict* d) {
  Ref<Tuple> pair = TRY(newTupleUninitialized(ts, 2));  // first: allocating may collect and run code
  if (d->used == 0) return raise(ts, kKeyError, "popitem(): dictionary is empty");
  if (d->values) (void)TRY(dictResize(ts, d, d->keys->log2_size, true));
  DictKeys* keys = d->keys;
  keys->version = 0;
  Index place = keys->entry_count - 1;
  Object *key, *value;
  Hash hash;
  for (;; --place) {
    pairAt(d, place, key, value, hash);
    if (value) break;
  }
  if (keys->strOnly()) keys->strEntries()[place] = {};
  else keys->entries()[place] = {};
  Probe p(keys, hash);
  while (readIndex(keys, p.i) != place) p.next();
  writeIndex(keys, p.i, kDeletedSlot);
  keys->entry_count = place;  // the place is free again, so that popping stays linear
  --d->used;
  d->version = nextDictVersion();
  pair->items[0] = key;
  pair->items[1] = value;
  return pair;
}

// ---- copying and merging ----
namespace {

// A copy of a combined table with its references counted; the source must be dense.
DictKeys* cloneKeys(DictKeys* from) {
  size_t bytes = keysBytes(from);
  auto* keys = static_cast<DictKeys*>(allocate(bytes));
  if (!keys) return nullptr;
  std::memcpy(static_cast<void*>(keys), from, bytes);
  keys->refcount = 1;
  keys->version = 0;
  auto shareAll = [](auto* e, Index n) {
    for (auto* end = e + n; e != end; ++e) {
      if (!e->value) continue;
      ++e->key->refcount;
      ++e->value->refcount;
    }
  };
  if (keys->strOnly()) shareAll(keys->strEntries(), keys->entry_count);
  else shareAll(keys->entries(), keys->entry_count);
  return keys;
}

bool iteratesAsDict(const Object* o) { return o->type->iter == kDictType.iter; }

Ref<Dict> copySplit(ThreadState& ts, Dict* d) {
  DictKeys* keys = d->keys;
  size_t reserved = d->values->reserved();
  size_t slots = size_t(keys->entry_count + keys->usable);
  auto* block = static_cast<char*>(allocate(reserved + slots * sizeof(Object*)));
  if (!block) return raiseNoMemory(ts);
  std::memcpy(block, reinterpret_cast<char*>(d->values) - reserved, reserved + slots * sizeof(Object*));
  auto* values = reinterpret_cast<DictValues*>(block + reserved);
  for (Index i = 0; i < keys->entry_count; ++i) increfNullable(values->slots[i]);
  shareKeys(keys);
  Ref<Dict> made = newDictWith(ts, keys, values, d->used);
  if (!made) {
    freeInstanceValues(keys, values);
    releaseKeys(keys);
    return {};
  }
  if (isTracked(d)) track(made.get());
  return made;
}

Status mergeDict(ThreadState& ts, Dict* d, Dict* other, int override) {
  if (other == d || other->used == 0) return kDone;
  if (d->used == 0) override = 1;
  DictKeys* from = other->keys;
  if (d->used == 0 && !d->values && !other->values && other->used == from->entry_count &&
      (from->log2_size == 3 || usableEntries(from->size() / 2) < other->used)) {
    DictKeys* keys = cloneKeys(from);
    if (!keys) return raiseNoMemory(ts);
    DictKeys* old = std::exchange(d->keys, keys);
    d->used = other->used;
    d->version = nextDictVersion();
    if (isTracked(other) && !isTracked(d)) track(d);
    if (old != kEmptyKeys) releaseKeys(old);
    return kDone;
  }
  if (usableEntries(d->keys->size()) < other->used)
    (void)TRY(dictResize(ts, d, log2SizeForEntries(d->used + other->used), from->strOnly()));
  Index expected = other->used, position = 0;
  Object *key_seen, *value_seen;
  Hash hash;
  while (nextPair(other, position, key_seen, value_seen, hash)) {
    Ref<> key = Ref<>::share(key_seen), value = Ref<>::share(value_seen);
    bool insert = true;
    if (override != 1) {
      Object* present;
      Index place = dictLookup(ts, d, key.get(), hash, &present);
      if (place == kLookupFailed) return Raised{};
      insert = !present;
      if (present && override == 2) return raiseKeyError(ts, key.get());
    }
    if (insert) (void)TRY(dictInsert(ts, d, std::move(key), hash, std::move(value)));
    if (other->used != expected) return raise(ts, kRuntimeError, "dict mutated during update");
  }
  return kDone;
}

Status mergeMapping(ThreadState& ts, Dict* d, Object* mapping, int override) {
  Ref<List> keys = TRY(mappingKeys(ts, mapping));
  Ref<> it = TRY(iterOf(ts, keys.get()));
  while (Ref<> key = iterNext(ts, it.get())) {
    if (override != 1 && TRY(dictContains(ts, d, key.get()))) {
      if (override == 2) return raiseKeyError(ts, key.get());
      continue;
    }
    Ref<> value = TRY(getItem(ts, mapping, key.get()));
    (void)TRY(dictSet(ts, d, key.get(), value.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status mergePairs(ThreadState& ts, Dict* d, Object* pairs) {
  Ref<> it = TRY(iterOf(ts, pairs));
  for (Index i = 0;; ++i) {
    Ref<> item = iterNext(ts, it.get());
    if (!item) break;
    Ref<> pair = sequenceFast(ts, item.get(), "");
    if (!pair) {
      if (errorMatches(ts, kTypeError))
        return raise(ts, kTypeError, "cannot convert dictionary update sequence element #{} to a sequence", i);
      return Raised{};
    }
    Index n = fastSize(pair.get());
    if (n != 2)
      return raise(ts, kValueError, "dictionary update sequence element #{} has length {}; 2 is required", i, n);
    Ref<> key = Ref<>::share(fastItems(pair.get())[0]), value = Ref<>::share(fastItems(pair.get())[1]);
    (void)TRY(dictSet(ts, d, key.get(), value.get()));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

}  // namespace

Ref<Dict> dictCopy(ThreadState& ts, Dict* d) {
  if (d->used == 0) return newDict(ts);
  if (d->values) return copySplit(ts, d);
  if (iteratesAsDict(d) && d->used >= d->keys->entry_count * 2 / 3) {
    DictKeys* keys = cloneKeys(d->keys);
    if (!keys) return raiseNoMemory(ts);
    Ref<Dict> made = newDictWith(ts, keys, nullptr, d->used);
    if (!made) {
      releaseKeys(keys);
      return {};
    }
    if (isTracked(d)) track(made.get());
    return made;
  }
  Ref<Dict> made = TRY(newDict(ts));
  (void)TRY(dictMerge(ts, made.get(), d, 1));
  return made;
}

Status dictMerge(ThreadState& ts, Dict* d, Object* mapping, int override) {
  if (isDict(mapping) && iteratesAsDict(mapping)) return mergeDict(ts, d, reinterpret_cast<Dict*>(mapping), override);
  return mergeMapping(ts, d, mapping, override);
}

Status dictUpdate(ThreadState& ts, Dict* d, Object* source) {
  if (isExactDict(source)) return dictMerge(ts, d, source, 1);
  Ref<> keys = TRY(findAttr(ts, source, names::keys));
  if (keys) return dictMerge(ts, d, source, 1);
  return mergePairs(ts, d, source);
}

Ref<Dict> dictFromPairs(ThreadState& ts, Object* const* keys, Object* const* values, Index count, Index stride) {
  bool str_only = true;
  for (Index i = 0; i < count && str_only; ++i) str_only = isExactStr(keys[i * stride]);
  Ref<Dict> d = TRY(newDict(ts));
  if (count > 5) (void)TRY(dictResize(ts, d.get(), log2SizeForEntries(count), str_only));
  for (Index i = 0; i < count; ++i) (void)TRY(dictSet(ts, d.get(), keys[i * stride], values[i * stride]));
  return d;
}

// ---- listing ----
namespace {

enum class Part { Key, Value, Pair };

// Allocating a list or tuple may collect garbage and run code that changes the dictionary: everything is allocated
// first, and again if the size is no longer right.
Ref<List> listOf(ThreadState& ts, Dict* d, Part part) {
  for (;;) {
    Index n = d->used;
    Ref<List> made = TRY(newList(ts, n));
    if (part == Part::Pair) {
      for (Index i = 0; i < n; ++i) {
        Ref<Tuple> pair = TRY(newTupleUninitialized(ts, 2));
        (void)TRY(appendList(ts, made.get(), Ref<>(std::move(pair))));
      }
    }
    if (n != d->used) continue;
    Index position = 0, i = 0;
    Object *key, *value;
    Hash hash;
    for (; i < n && nextPair(d, position, key, value, hash); ++i) {
      if (part == Part::Pair) {
        auto* pair = reinterpret_cast<Tuple*>(made->items[i]);
        put(pair, 0, Ref<>::share(key));
        put(pair, 1, Ref<>::share(value));
      } else {
        made->items[i] = Ref<>::share(part == Part::Key ? key : value).release();
        made->size = i + 1;
      }
    }
    return made;
  }
}

}  // namespace

Ref<List> dictKeyList(ThreadState& ts, Dict* d) { return listOf(ts, d, Part::Key); }
Ref<List> dictValueList(ThreadState& ts, Dict* d) { return listOf(ts, d, Part::Value); }
Ref<List> dictItemList(ThreadState& ts, Dict* d) { return listOf(ts, d, Part::Pair); }

bool DictCursor::next() { return nextPair(dict_, position, key, value, hash); }

size_t dictSizeInBytes(Dict* d) {
  size_t bytes = size_t(d->type->basic_size);
  if (d->values) bytes += size_t(d->keys->entry_count + d->keys->usable) * sizeof(Object*);
  if (d->keys->refcount == 1) bytes += keysBytes(d->keys);
  return bytes;
}

bool dictHasOnlyStrKeys(Dict* d) {
  if (d->keys->strOnly()) return true;
  DictCursor c(d);
  while (c.next())
    if (!isStr(c.key)) return false;
  return true;
}

void maybeUntrackDict(Dict* d) {
  if (!isExactDict(d) || !isTracked(d)) return;
  DictCursor c(d);
  while (c.next())
    if (mayFormCycles(c.value) || (!d->keys->strOnly() && mayFormCycles(c.key))) return;
  untrack(d);
}

}  // namespace habu
