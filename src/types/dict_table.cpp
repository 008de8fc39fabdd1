// The keys table of dict: sizes, lookup, insertion, deletion, growth. Sizes and growth are CPython's, since
// sys.getsizeof shows them.
#include "types/dict_table.h"

#include <bit>
#include <cstring>

#include "object/alloc.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/tuple.h"

namespace habu {

uint64_t dictVersionCounter = 0;

namespace {

constexpr unsigned kMinLog2 = 3;
constexpr int kRecycled = 80;

// Freed tables of the smallest str size, and dict objects.
constinit DictKeys* free_keys[kRecycled]{};
constinit int free_keys_count = 0;
constinit Dict* free_dicts[kRecycled]{};
constinit int free_dicts_count = 0;

struct EmptyTable {
  DictKeys keys;
  int8_t indices[8];
};
constinit EmptyTable empty_table = {{kImmortalRefcount, 0, 3, DictKeysKind::Str, 1, 0, 0}, {-1, -1, -1, -1, -1, -1, -1, -1}};

constinit uint32_t next_keys_version = 2;

unsigned log2IndexBytes(unsigned log2_size) {
  if (log2_size < 8) return log2_size;
  if (log2_size < 16) return log2_size + 1;
  if (log2_size < 32) return log2_size + 2;
  return log2_size + 3;
}

// CPython's arithmetic to the bit, since sys.getsizeof shows it: sizes below 8 but above 0 give 16 places, and powers of
// two from 16 on the next larger table.
unsigned log2SizeAtLeast(Index size) {
  return unsigned(std::bit_width(((size_t(size) | 8) - 1) | 7));
}

void touch(Dict* d) { d->version = nextDictVersion(); }

}  // namespace

DictKeys* const kEmptyKeys = &empty_table.keys;

Index usableEntries(size_t size) { return Index((size << 1) / 3); }

unsigned log2SizeForEntries(Index entries) { return log2SizeAtLeast((entries * 3 + 1) / 2); }

size_t keysBytes(DictKeys* keys) {
  size_t entry = keys->strOnly() ? sizeof(StrDictEntry) : sizeof(DictEntry);
  return sizeof(DictKeys) + (size_t{1} << keys->log2_index_bytes) + size_t(usableEntries(keys->size())) * entry;
}

DictKeys* newDictKeys(unsigned log2_size, bool str_only) {
  size_t size = size_t{1} << log2_size;
  Index usable = usableEntries(size);
  unsigned index_log2 = log2IndexBytes(log2_size);
  DictKeys* keys;
  if (log2_size == kMinLog2 && str_only && free_keys_count > 0) {
    keys = free_keys[--free_keys_count];
  } else {
    size_t entry = str_only ? sizeof(StrDictEntry) : sizeof(DictEntry);
    if (log2_size > 58) return nullptr;
    keys = static_cast<DictKeys*>(allocate(sizeof(DictKeys) + (size_t{1} << index_log2) + size_t(usable) * entry));
    if (!keys) return nullptr;
  }
  *keys = {1, uint8_t(log2_size), uint8_t(index_log2), str_only ? DictKeysKind::Str : DictKeysKind::General, 0, usable, 0};
  std::memset(keys->indices(), 0xff, size_t{1} << index_log2);
  return keys;
}

void freeKeysMemory(DictKeys* keys) {
  if (keys->log2_size == kMinLog2 && keys->kind == DictKeysKind::Str && free_keys_count < kRecycled)
    free_keys[free_keys_count++] = keys;
  else
    freeMemory(keys);
}

void shareKeys(DictKeys* keys) { ++keys->refcount; }

void releaseKeys(DictKeys* keys) {
  if (--keys->refcount > 0) return;
  Index n = keys->entry_count;
  if (keys->strOnly()) {
    bool split = keys->kind == DictKeysKind::Split;
    for (StrDictEntry *e = keys->strEntries(), *end = e + n; e != end; ++e) {
      if (e->key) dropReference(e->key);
      if (!split && e->value) dropReference(e->value);
    }
  } else {
    for (DictEntry *e = keys->entries(), *end = e + n; e != end; ++e) {
      if (e->key) dropReference(e->key);
      if (e->value) dropReference(e->value);
    }
  }
  freeKeysMemory(keys);
}

uint32_t dictKeysVersion(DictKeys* keys) {
  if (keys->version) return keys->version;
  if (next_keys_version == 0) return 0;
  return keys->version = next_keys_version++;
}

Ref<Dict> newDictWith(ThreadState& ts, DictKeys* keys, DictValues* values, Index used) {
  Dict* d;
  if (free_dicts_count > 0) {
    d = free_dicts[--free_dicts_count];
    d->refcount = 1;
  } else {
    d = reinterpret_cast<Dict*>(allocateObject(ts, kDictType));
    if (!d) return {};
  }
  d->keys = keys;
  d->values = values;
  d->used = used;
  touch(d);
  return Ref<Dict>::steal(d);
}

void freeRecycledDicts() {
  while (free_dicts_count > 0) freeGcObject(free_dicts[--free_dicts_count]);
  while (free_keys_count > 0) freeMemory(free_keys[--free_keys_count]);
}

bool recycleDict(Dict* d) {
  if (free_dicts_count >= kRecycled) return false;
  free_dicts[free_dicts_count++] = d;
  return true;
}

// ---- tracking ----
bool mayFormCycles(Object* o) { return isGc(o) && (!isExactTuple(o) || isTracked(o)); }

void trackForPair(Dict* d, Object* key, Object* value) {
  if (!isTracked(d) && (mayFormCycles(key) || mayFormCycles(value))) track(d);
}

// ---- lookup ----
namespace {

template <class IndexType>
[[gnu::always_inline]] inline Index strProbe(DictKeys* keys, const Str* key, Hash hash) {
  auto* indices = reinterpret_cast<const IndexType*>(keys->indices());
  StrDictEntry* entries = keys->strEntries();
  for (Probe p(keys, hash);; p.next()) {
    Index place = indices[p.i];
    if (place >= 0) {
      auto* candidate = reinterpret_cast<Str*>(entries[place].key);
      if (candidate == key || (candidate->hash == hash && sameText(candidate, key))) return place;
    } else if (place == kFreeSlot) {
      return kFreeSlot;
    }
  }
}

constexpr Index kTableChanged = -4;

// One comparison by __eq__: the place when equal, kFreeSlot when not, kTableChanged, kLookupFailed.
Index compareAt(ThreadState& ts, Dict* d, DictKeys* keys, Object** stored_key, Object* key, Index place) {
  Ref<> candidate = Ref<>::share(*stored_key);
  Result<bool> same = compareBool(ts, candidate.get(), key, CompareOp::Eq);
  if (same.failed()) return kLookupFailed;
  if (d->keys != keys || *stored_key != candidate.get()) return kTableChanged;
  return same.take() ? place : kFreeSlot;
}

// A str table asked for a key that is no exact str (a subclass, or an object that equals strings).
Index lookupInStrTable(ThreadState& ts, Dict* d, Object* key, Hash hash) {
  DictKeys* keys = d->keys;
  for (Probe p(keys, hash);; p.next()) {
    Index place = readIndex(keys, p.i);
    if (place == kFreeSlot) return kFreeSlot;
    if (place < 0) continue;
    Object*& stored = keys->strEntries()[place].key;
    if (stored == key) return place;
    if (reinterpret_cast<Str*>(stored)->hash != hash) continue;
    Index found = compareAt(ts, d, keys, &stored, key, place);
    if (found != kFreeSlot) return found;
  }
}

Index lookupInGeneralTable(ThreadState& ts, Dict* d, Object* key, Hash hash) {
  DictKeys* keys = d->keys;
  for (Probe p(keys, hash);; p.next()) {
    Index place = readIndex(keys, p.i);
    if (place == kFreeSlot) return kFreeSlot;
    if (place < 0) continue;
    DictEntry& e = keys->entries()[place];
    if (e.key == key) return place;
    if (e.hash != hash) continue;
    Quick same = quickEqual(e.key, key);
    if (same == Quick::Yes) return place;
    if (same == Quick::No) continue;
    Index found = compareAt(ts, d, keys, &e.key, key, place);
    if (found != kFreeSlot) return found;
  }
}

}  // namespace

Index strTableLookup(DictKeys* keys, const Str* key, Hash hash) {
  if (keys->log2_size < 8) [[likely]] return strProbe<int8_t>(keys, key, hash);
  if (keys->log2_size < 16) return strProbe<int16_t>(keys, key, hash);
  if (keys->log2_size < 32) return strProbe<int32_t>(keys, key, hash);
  return strProbe<int64_t>(keys, key, hash);
}

Index dictLookup(ThreadState& ts, Dict* d, Object* key, Hash hash, Object** value) {
  Index place;
  do {
    if (d->keys->strOnly())
      place = isExactStr(key) ? strTableLookup(d->keys, reinterpret_cast<Str*>(key), hash) : lookupInStrTable(ts, d, key, hash);
    else
      place = lookupInGeneralTable(ts, d, key, hash);
  } while (place == kTableChanged);
  if (place < 0) *value = nullptr;
  else if (d->values) *value = d->values->slots[place];
  else *value = d->keys->strOnly() ? d->keys->strEntries()[place].value : d->keys->entries()[place].value;
  return place;
}

Index dictPlaceOf(DictKeys* keys, Str* key) {
  if (!keys->strOnly()) return -1;
  Index place = strTableLookup(keys, key, key->hash != -1 ? key->hash : hashStr(key));
  return place < 0 ? -1 : place;
}

Object* dictFindStr(Dict* d, Str* key) {
  Hash hash = key->hash != -1 ? key->hash : hashStr(key);
  DictKeys* keys = d->keys;
  if (keys->strOnly()) [[likely]] {
    Index place = strTableLookup(keys, key, hash);
    if (place < 0) return nullptr;
    return d->values ? d->values->slots[place] : keys->strEntries()[place].value;
  }
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  Object* value = nullptr;
  if (dictLookup(ts, d, key, hash, &value) == kLookupFailed) clearError(ts);
  if (pending) std::move(pending).restore(ts);
  return value;
}

// ---- insertion ----
namespace {

// Where to write the index of a new entry: the first free or deleted one.
size_t freeIndexFor(DictKeys* keys, Hash hash) {
  Probe p(keys, hash);
  while (readIndex(keys, p.i) >= 0) p.next();
  return p.i;
}

void buildIndices(DictKeys* keys, Index count) {
  for (Index place = 0; place < count; ++place) {
    Hash hash = keys->strOnly() ? reinterpret_cast<Str*>(keys->strEntries()[place].key)->hash : keys->entries()[place].hash;
    Probe p(keys, hash);
    while (readIndex(keys, p.i) != kFreeSlot) p.next();
    writeIndex(keys, p.i, place);
  }
}

// Moves the pairs in use of `from` to the front of the entries of `to`, in insertion order. Steals combined
// references; the caller frees the old block.
void movePairs(Dict* d, DictKeys* from, DictKeys* to, Index used) {
  auto place = [&](Index at, Object* key, Object* value, Hash hash) {
    if (to->strOnly()) to->strEntries()[at] = {key, value};
    else to->entries()[at] = {hash, key, value};
  };
  if (d->values) {
    for (Index i = 0; i < used; ++i) {
      Index slot = d->values->placeAt(i);
      Object* key = Ref<>::share(from->strEntries()[slot].key).release();
      place(i, key, d->values->slots[slot], reinterpret_cast<Str*>(key)->hash);
    }
    return;
  }
  Index at = 0;
  if (from->strOnly()) {
    if (to->strOnly() && from->entry_count == used) {
      std::memcpy(to->strEntries(), from->strEntries(), size_t(used) * sizeof(StrDictEntry));
      return;
    }
    for (StrDictEntry* e = from->strEntries(); at < used; ++e)
      if (e->value) place(at++, e->key, e->value, reinterpret_cast<Str*>(e->key)->hash);
  } else if (!to->strOnly() && from->entry_count == used) {
    std::memcpy(to->entries(), from->entries(), size_t(used) * sizeof(DictEntry));
  } else {
    for (DictEntry* e = from->entries(); at < used; ++e)
      if (e->value) place(at++, e->key, e->value, e->hash);
  }
}

}  // namespace

Status dictResize(ThreadState& ts, Dict* d, unsigned log2_size, bool str_only) {
  DictKeys* old = d->keys;
  DictKeys* keys = newDictKeys(log2_size, str_only && old->strOnly());
  if (!keys) return raiseNoMemory(ts);
  Index used = d->used;
  movePairs(d, old, keys, used);
  buildIndices(keys, used);
  keys->usable -= used;
  keys->entry_count = used;
  d->keys = keys;
  if (DictValues* values = std::exchange(d->values, nullptr)) {
    freeValuesMemory(values);
    releaseKeys(old);
  } else if (old != kEmptyKeys) {
    freeKeysMemory(old);
  }
  return kDone;
}

namespace {

Status growForInsert(ThreadState& ts, Dict* d, bool str_only) {
  return dictResize(ts, d, log2SizeAtLeast(d->used * 3), str_only);
}

void storePair(DictKeys* keys, Index at, Hash hash, Object* key, Object* value) {
  if (keys->strOnly()) keys->strEntries()[at] = {key, value};
  else keys->entries()[at] = {hash, key, value};
}

// Appends a pair that is not in the (combined) table.
Status appendPair(ThreadState& ts, Dict* d, Ref<> key, Hash hash, Ref<> value) {
  bool is_str = isExactStr(key.get());
  if (d->keys->usable <= 0 || d->values || (!is_str && d->keys->strOnly()))
    (void)TRY(growForInsert(ts, d, is_str));
  DictKeys* keys = d->keys;
  keys->version = 0;
  writeIndex(keys, freeIndexFor(keys, hash), keys->entry_count);
  storePair(keys, keys->entry_count, hash, key.release(), value.release());
  ++d->used;
  --keys->usable;
  ++keys->entry_count;
  touch(d);
  return kDone;
}

}  // namespace

Index sharedKeysPlace(DictKeys* keys, Str* name, Hash hash) {
  Index place = strTableLookup(keys, name, hash);
  if (place >= 0) return place;
  if (keys->usable <= 0) return -1;
  keys->version = 0;
  place = keys->entry_count;
  writeIndex(keys, freeIndexFor(keys, hash), place);
  keys->strEntries()[place] = {Ref<>::share(static_cast<Object*>(name)).release(), nullptr};
  ++keys->entry_count;
  --keys->usable;
  return place;
}

Status dictInsert(ThreadState& ts, Dict* d, Ref<> key, Hash hash, Ref<> value) {
  trackForPair(d, key.get(), value.get());
  if (d->values && isExactStr(key.get())) {
    Index place = sharedKeysPlace(d->keys, reinterpret_cast<Str*>(key.get()), hash);
    if (place >= 0) {
      Object*& slot = d->values->slots[place];
      Ref<> old = Ref<>::steal(std::exchange(slot, value.release()));
      if (!old) {
        d->values->appendPlace(place);
        ++d->used;
      }
      touch(d);
      return kDone;
    }
    return appendPair(ts, d, std::move(key), hash, std::move(value));  // the class has no room: a table of its own
  }
  Object* present;
  Index place = dictLookup(ts, d, key.get(), hash, &present);
  if (place == kLookupFailed) return Raised{};
  trackForPair(d, key.get(), value.get());  // a comparison may have emptied and refilled it
  if (place < 0) return appendPair(ts, d, std::move(key), hash, std::move(value));
  if (present == value.get()) return kDone;
  Object** slot;
  if (d->values) {
    slot = &d->values->slots[place];
    if (!present) {
      d->values->appendPlace(place);
      ++d->used;
    }
  } else {
    slot = d->keys->strOnly() ? &d->keys->strEntries()[place].value : &d->keys->entries()[place].value;
  }
  Ref<> old = Ref<>::steal(std::exchange(*slot, value.release()));
  touch(d);
  return kDone;
}

Status dictInsertAbsent(ThreadState& ts, Dict* d, Ref<> key, Hash hash, Ref<> value) {
  if (d->values && isExactStr(key.get())) return dictInsert(ts, d, std::move(key), hash, std::move(value));
  trackForPair(d, key.get(), value.get());
  return appendPair(ts, d, std::move(key), hash, std::move(value));
}

void dictReplaceAt(Dict* d, Index place, Object* value) {
  Object** slot = d->values ? &d->values->slots[place] : &d->keys->strEntries()[place].value;
  if (!isTracked(d) && mayFormCycles(value)) track(d);
  Ref<> old = Ref<>::steal(std::exchange(*slot, Ref<>::share(value).release()));
  touch(d);
}

// ---- deletion ----
namespace {

void deletePlace(DictValues* values, Index place) {
  auto* bytes = reinterpret_cast<uint8_t*>(values);
  int used = bytes[-2], i = 0;
  while (values->placeAt(i) != place) ++i;
  for (; i < used - 1; ++i) bytes[-3 - i] = bytes[-4 - i];
  bytes[-2] = uint8_t(used - 1);
}

}  // namespace

void removeFromOrder(DictValues* values, Index place) { deletePlace(values, place); }

Ref<> dictTakeAt(ThreadState&, Dict* d, Hash hash, Index place, Object* old_value) {
  DictKeys* keys = d->keys;
  --d->used;
  touch(d);
  if (d->values) {
    d->values->slots[place] = nullptr;
    deletePlace(d->values, place);
    return Ref<>::steal(old_value);
  }
  Probe p(keys, hash);
  while (readIndex(keys, p.i) != place) p.next();
  writeIndex(keys, p.i, kDeletedSlot);
  keys->version = 0;
  Object* key;
  if (keys->strOnly()) {
    key = keys->strEntries()[place].key;
    keys->strEntries()[place] = {};
  } else {
    key = keys->entries()[place].key;
    keys->entries()[place] = {};
  }
  Ref<> value = Ref<>::steal(old_value);
  dropReference(key);
  return value;
}

}  // namespace habu
