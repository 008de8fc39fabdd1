// The array of a list, shared by list.cpp and list_sort.cpp.
#pragma once
#include "types/list.h"

namespace habu {

// Sets the size and makes room, over-allocating as CPython does (sys.getsizeof shows it); new items are garbage until
// stored. False: MemoryError was raised and nothing changed.
bool resizeListArray(ThreadState&, List*, Index size);
// Room for exactly `size` items in a list that has no array yet.
bool reserveListExactly(ThreadState&, List*, Index size);
// Takes all items out, then drops them.
void clearList(List*);

inline void reversePointers(Object** items, Index n) {
  for (Index low = 0, high = n - 1; low < high; ++low, --high) std::swap(items[low], items[high]);
}

}  // namespace habu
