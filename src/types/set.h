// set and frozenset: PySetObject. Open addressing with CPython's sizes and probe order, so that iteration order is the
// same: linear probes of up to nine neighbours, then the perturbed jump.
#pragma once
#include "object/core.h"

namespace habu {

struct SetEntry {
  Object* key;  // null: free; dummyKey(): deleted
  Hash hash;
};

struct Set : Object {
  Index fill;  // used + deleted entries
  Index used;
  Index mask;  // table size - 1
  SetEntry* table;  // `small` or an allocation
  Hash hash;        // frozenset only; -1: not computed yet
  Index finger;     // where pop() goes on looking
  SetEntry small[8];
  Object* weakrefs;
};
extern Type kSetType C_NAME("PySet_Type");
extern Type kFrozenSetType C_NAME("PyFrozenSet_Type");
extern Type kSetIteratorType C_NAME("PySetIter_Type");
extern Object* kSetDummy C_NAME("_PySet_Dummy");

inline bool isAnySet(const Object* o) {
  return o->type == &kSetType || o->type == &kFrozenSetType || isSubtype(o->type, &kSetType) ||
         isSubtype(o->type, &kFrozenSetType);
}
inline bool isAnySetExact(const Object* o) { return o->type == &kSetType || o->type == &kFrozenSetType; }
inline bool isFrozenSet(const Object* o) { return isInstanceOf(o, kFrozenSetType); }

Ref<Set> newSet(ThreadState&, Object* iterable = nullptr);
Ref<Set> newFrozenSet(ThreadState&, Object* iterable = nullptr);
Status setAdd(ThreadState&, Set*, Object* key);  // a frozenset only while nobody else has seen it
Status setAddKnownHash(ThreadState&, Set*, Object* key, Hash);
Result<bool> setContains(ThreadState&, Set*, Object* key);  // TypeError for unhashable keys
Result<bool> setDiscard(ThreadState&, Set*, Object* key);   // false: was absent
Ref<> setPop(ThreadState&, Set*);                           // KeyError "pop from an empty set"
Status setUpdate(ThreadState&, Set*, Object* iterable);
void setClear(Set*);

// Keys in table order; borrowed, valid until the set changes.
class SetCursor {
 public:
  explicit SetCursor(Set* s) : set_(s) {}
  bool next();
  Object* key = nullptr;
  Hash hash = 0;
  Index position = 0;

 private:
  Set* set_;
};

}  // namespace habu
