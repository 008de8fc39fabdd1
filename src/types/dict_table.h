// Operations on the keys table, shared by the dict_*.cpp files.
#pragma once
#include "object/protocol.h"
#include "types/dict_keys.h"
#include "types/quick_compare.h"

namespace habu {

extern DictKeys* const kEmptyKeys;  // one free index, no entries; immortal

DictKeys* newDictKeys(unsigned log2_size, bool str_only);  // null: no memory (nothing raised)
void freeKeysMemory(DictKeys*);                             // the block alone; entries are gone already
unsigned log2SizeForEntries(Index entries);                 // smallest table that holds so many
Index usableEntries(size_t size);

// The place of `key`, kFreeSlot when absent, kLookupFailed with an exception. `value` is borrowed, null when absent.
// Keys that are no exact strs are compared by their __eq__, which may do anything to the dictionary.
Index dictLookup(ThreadState&, Dict*, Object* key, Hash, Object** value);
// Lookup without comparing by Python code: `key` is an exact str with its hash computed, the table holds only such.
Index strTableLookup(DictKeys*, const Str* key, Hash);

Status dictInsert(ThreadState&, Dict*, Ref<> key, Hash, Ref<> value);
// The same for a key that a lookup has just found missing.
Status dictInsertAbsent(ThreadState&, Dict*, Ref<> key, Hash, Ref<> value);
Ref<> dictTakeAt(ThreadState&, Dict*, Hash, Index place, Object* old_value);  // unlinks the entry, returns the value
// Turns the table into a combined one with `1 << log2_size` indices, without deleted entries.
Status dictResize(ThreadState&, Dict*, unsigned log2_size, bool str_only);
// Finds or appends `key` in shared keys; -1: no room.
Index sharedKeysPlace(DictKeys*, Str* key, Hash);
Ref<Dict> newDictWith(ThreadState&, DictKeys*, DictValues*, Index used);  // takes over keys and values; untracked
void freeValuesMemory(DictValues*);
void removeFromOrder(DictValues*, Index place);  // `place` was deleted
bool recycleDict(Dict*);                         // true: kept for the next newDict
size_t keysBytes(DictKeys*);

inline bool isStrTable(const DictKeys* keys) { return keys->strOnly(); }

inline Result<Hash> keyHash(ThreadState& ts, Object* key) {
  Hash hash;
  if (quickHash(key, hash)) [[likely]] return hash;
  return hashOf(ts, key);
}

bool mayFormCycles(Object*);  // what tracking asks: a container that is not an untracked tuple
// Tracks the dictionary when the new pair could be part of a cycle.
void trackForPair(Dict*, Object* key, Object* value);

inline Index readIndex(DictKeys* keys, size_t i) {
  const void* table = keys->indices();
  if (keys->log2_size < 8) return static_cast<const int8_t*>(table)[i];
  if (keys->log2_size < 16) return static_cast<const int16_t*>(table)[i];
  if (keys->log2_size < 32) return static_cast<const int32_t*>(table)[i];
  return static_cast<const int64_t*>(table)[i];
}
inline void writeIndex(DictKeys* keys, size_t i, Index place) {
  void* table = keys->indices();
  if (keys->log2_size < 8) static_cast<int8_t*>(table)[i] = int8_t(place);
  else if (keys->log2_size < 16) static_cast<int16_t*>(table)[i] = int16_t(place);
  else if (keys->log2_size < 32) static_cast<int32_t*>(table)[i] = int32_t(place);
  else static_cast<int64_t*>(table)[i] = place;
}

// The sequence of indices to try for a hash. Any table has a free index, so it ends.
struct Probe {
  size_t mask, perturb, i;
  Probe(DictKeys* keys, Hash hash) : mask(keys->size() - 1), perturb(size_t(hash)), i(size_t(hash) & mask) {}
  void next() {
    perturb >>= 5;
    i = (i * 5 + perturb + 1) & mask;
  }
};

// The pair at `place` in use order: entry order for combined tables, insertion order for split ones.
// False: `place` is past the end. `key` null: a deleted entry.
inline bool pairAt(Dict* d, Index position, Object*& key, Object*& value, Hash& hash) {
  DictKeys* keys = d->keys;
  if (d->values) {
    if (position >= d->used) return false;
    Index place = d->values->placeAt(position);
    key = keys->strEntries()[place].key;
    value = d->values->slots[place];
    hash = reinterpret_cast<Str*>(key)->hash;
    return true;
  }
  if (position >= keys->entry_count) return false;
  if (keys->strOnly()) {
    StrDictEntry& e = keys->strEntries()[position];
    key = e.value ? e.key : nullptr;
    value = e.value;
    hash = key ? reinterpret_cast<Str*>(key)->hash : 0;
  } else {
    DictEntry& e = keys->entries()[position];
    key = e.value ? e.key : nullptr;
    value = e.value;
    hash = e.hash;
  }
  return true;
}
// The same, skipping deleted entries; moves `position` behind the pair.
inline bool nextPair(Dict* d, Index& position, Object*& key, Object*& value, Hash& hash) {
  while (pairAt(d, position, key, value, hash)) {
    ++position;
    if (key) return true;
  }
  return false;
}

}  // namespace habu
