// The private half of dict: a compact, insertion-ordered table of keys (design: "compact dict", PEP 412 sharing).
//
//   DictKeys | indices: int8/16/32/64 [1 << log2_size] | entries [usable slots, in insertion order]
//
// An index is the place of an entry, kFreeSlot or kDeletedSlot. Entries are (key, value) while every key is an exact
// str (which caches its hash), else (hash, key, value). A deleted entry has null key and value.
//
// Shared keys (kind Split): the keys of all instances of a class; each instance owns a DictValues with its values at
// the same places and its own insertion order. Shared keys only ever grow; deleting clears the value alone.
#pragma once
#include "object/bind.h"
#include "types/dict.h"

namespace habu {

enum class DictKeysKind : uint8_t { General = 0, Str = 1, Split = 2 };

struct DictEntry {
  Hash hash;
  Object* key;
  Object* value;
};
struct StrDictEntry {
  Object* key;
  Object* value;  // unused in Split tables
};

struct DictKeys {
  Index refcount;  // dictionaries, instances and classes that hold it
  uint8_t log2_size;
  uint8_t log2_index_bytes;  // of the whole index table
  DictKeysKind kind;
  uint32_t version;  // 0: none given out; any change of the set of keys resets it (inline caches compare it)
  Index usable;      // entries that may still be appended
  Index entry_count; // entries appended, deleted ones included

  size_t size() const { return size_t{1} << log2_size; }
  char* indices() { return reinterpret_cast<char*>(this + 1); }
  DictEntry* entries() { return reinterpret_cast<DictEntry*>(indices() + (size_t{1} << log2_index_bytes)); }
  StrDictEntry* strEntries() { return reinterpret_cast<StrDictEntry*>(indices() + (size_t{1} << log2_index_bytes)); }
  bool strOnly() const { return kind != DictKeysKind::General; }
};
static_assert(sizeof(DictKeys) == 32);

// The bytes in front of `slots` hold the insertion order: [-1] bytes reserved, [-2] entries in use, [-3 - i] the place
// of the i-th inserted value.
struct DictValues {
  Object* slots[1];  // owned, nullable
  uint8_t reserved() const { return reinterpret_cast<const uint8_t*>(this)[-1]; }
  uint8_t used() const { return reinterpret_cast<const uint8_t*>(this)[-2]; }
  uint8_t placeAt(Index i) const { return reinterpret_cast<const uint8_t*>(this)[-3 - i]; }
  void appendPlace(Index place) {  // `slots[place]` was null and is now filled
    auto* bytes = reinterpret_cast<uint8_t*>(this);
    bytes[-3 - bytes[-2]] = uint8_t(place);
    ++bytes[-2];
  }
};

inline constexpr Index kFreeSlot = -1;
inline constexpr Index kDeletedSlot = -2;
inline constexpr Index kLookupFailed = -3;

// ---- for inline caches ----
// The place of `key` (an exact str) in a table of exact strs, -1 when absent or when the table holds other keys too.
Index dictPlaceOf(DictKeys*, Str* key);
// A number for the present set of keys, unique among all tables; 0: they ran out.
uint32_t dictKeysVersion(DictKeys*);
extern uint64_t dictVersionCounter;
inline uint64_t nextDictVersion() { return ++dictVersionCounter; }
// Replaces the value at `place` of a table with exact str keys, known to be in use; keeps version and tracking right.
void dictReplaceAt(Dict*, Index place, Object* value);

// ---- instances with inline values (types with kManagedDict) ----
inline constexpr int kSharedKeysMax = 30;
DictKeys* newSharedKeys();            // for HeapType::cached_keys; one reference; null: no memory (nothing raised)
void shareKeys(DictKeys*);            // one more holder
void releaseKeys(DictKeys*);          // one holder less
DictValues* newInstanceValues(DictKeys* shared);  // all null; null: no memory, or the class has too many keys
// Borrowed; null: absent.
Object* instanceValuesGet(DictKeys* shared, DictValues*, Str* name);
// False: the class cannot take one more name (or `name` is no exact str): turn the values into a dictionary and set it
// there. Releases the old value last, which may run Python code.
bool instanceValuesSet(DictKeys* shared, DictValues*, Str* name, Object* value);
bool instanceValuesDelete(DictKeys* shared, DictValues*, Str* name);  // false: was absent
// The dictionary that takes over `values`; afterwards the instance must hold it instead of the values. On failure
// (MemoryError) the values stay the caller's.
Ref<Dict> instanceDictFromValues(ThreadState&, DictKeys* shared, DictValues*);
bool instanceValuesEmpty(DictKeys* shared, DictValues*);
int visitInstanceValues(DictKeys* shared, DictValues*, VisitFn visit, void* arg);
void clearInstanceValues(DictKeys* shared, DictValues*);  // drops the values, keeps the array
void freeInstanceValues(DictKeys* shared, DictValues*);   // drops the values and the array

}  // namespace habu
