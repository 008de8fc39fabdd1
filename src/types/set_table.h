// The hash table of sets, shared by set_table.cpp and set.cpp.
#pragma once
#include "object/bind.h"
#include "types/set.h"

namespace habu {

extern Object kDummyKey;
inline bool inUse(const SetEntry* e) { return e->key && e->key != &kDummyKey; }

Result<Hash> setKeyHash(ThreadState&, Object* key);
// False: present already.
Result<bool> setInsert(ThreadState&, Set*, Ref<> key, Hash);
Result<bool> setContainsKnownHash(ThreadState&, Set*, Object* key, Hash);
Result<bool> setDiscardKnownHash(ThreadState&, Set*, Object* key, Hash);
// A table for more than `entries` keys, without deleted ones.
Status setResize(ThreadState&, Set*, Index entries);
Status setMerge(ThreadState&, Set*, Set* other);
// Rids the table of deleted entries when they are more than a quarter.
Status setTidy(ThreadState&, Set*);
Ref<Set> newSetOf(ThreadState&, Type*, Object* iterable);  // through tp_alloc

}  // namespace habu
