// list: PyListObject.
#pragma once
#include "object/core.h"

namespace habu {

struct List : VarObject {
  Object** items;   // owned references, owned array; null when empty
  Index allocated;  // capacity
};
extern Type kListType C_NAME("PyList_Type");
inline bool isExactList(const Object* o) { return isExact(o, kListType); }

Ref<List> newList(ThreadState&, Index capacity = 0);
Ref<List> listFromSpan(ThreadState&, std::span<Object* const> items);
Ref<List> listFromStack(ThreadState&, Object** items, Index n);  // takes over the references
Status appendList(ThreadState&, List*, Object* item);            // shares
Status appendList(ThreadState&, List*, Ref<> item);              // takes over
Status insertList(ThreadState&, List*, Index at, Object* item);
Status extendList(ThreadState&, List*, Object* iterable);
Status setListSlice(ThreadState&, List*, Index start, Index stop, Object* items);  // null: delete
Ref<List> listSlice(ThreadState&, List*, Index start, Index stop);
Status sortList(ThreadState&, List*, Object* key = nullptr, bool reverse = false);
void reverseList(List*);
void freeRecycledLists();  // gives the memory of recycled lists back: full collections do
Ref<Tuple> listToTuple(ThreadState&, List*);

}  // namespace habu
