// range and its iterators: the fast one for bounds that fit a machine word, the long one for any int.
#pragma once
#include "object/core.h"

namespace habu {

struct Range : Object {
  Int *start, *stop, *step, *length;  // owned
};
struct RangeIterator : Object {  // item i is start + i * step
  long index, start, step, length;
};
struct LongRangeIterator : Object {
  Int *index, *start, *step, *length;  // owned
};
extern Type kRangeType C_NAME("PyRange_Type");
extern Type kRangeIteratorType C_NAME("PyRangeIter_Type");
extern Type kLongRangeIteratorType C_NAME("PyLongRangeIter_Type");

// Next value of a range iterator (what FOR_ITER_RANGE inlines); false: exhausted.
inline bool nextOfRange(RangeIterator* it, long& value) {
  if (it->index >= it->length) return false;
  value = long(static_cast<unsigned long>(it->start) +
               static_cast<unsigned long>(it->index++) * static_cast<unsigned long>(it->step));
  return true;
}

}  // namespace habu
