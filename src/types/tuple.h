// tuple: PyTupleObject. Immutable once shared; items may be null only while it is being filled.
#pragma once
#include "object/core.h"

namespace habu {

struct Tuple : VarObject {
  Object* items[1];  // owned
  std::span<Object* const> span() const { return {items, size_t(size)}; }
};
extern Type kTupleType C_NAME("PyTuple_Type");
inline bool isExactTuple(const Object* o) { return isExact(o, kTupleType); }

Ref<Tuple> emptyTuple();
Ref<Tuple> newTupleUninitialized(ThreadState&, Index size);  // tracked; items null: fill every one (put) before running other code
inline void put(Tuple* t, Index i, Ref<> item) { t->items[i] = item.release(); }
// Takes over the references in items[0..n) (from the evaluation stack); on failure they are dropped.
Ref<Tuple> tupleFromStack(ThreadState&, Object** items, Index n);
// For the collector: untracks a tuple whose items cannot take part in cycles.
void maybeUntrackTuple(Tuple*);
Ref<Tuple> tupleSlice(ThreadState&, Tuple*, Index start, Index stop);
void freeRecycledTuples();  // as freeRecycledLists()
Ref<Tuple> concatTuples(ThreadState&, Tuple*, Tuple*);

}  // namespace habu
