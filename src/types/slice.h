// slice: PySliceObject, and the arithmetic of slices.
#pragma once
#include "object/bind.h"

namespace habu {

struct Slice : Object {
  Object *start, *stop, *step;  // owned, never null
};
extern Type kSliceType C_NAME("PySlice_Type");
extern Type kEllipsisType C_NAME("PyEllipsis_Type");

Ref<Slice> newSlice(ThreadState&, Object* start, Object* stop, Object* step);  // null: None

struct SliceRange {
  Index start, stop, step;  // clipped to the length asked for
  Index count;              // number of items
};
// `slice` as C integers, not yet clipped to a length (count is 0). ValueError "slice step cannot be zero"; TypeError.
Result<SliceRange> unpackSlice(ThreadState&, Slice*);
// Clips to a sequence of `length` and counts. Runs no Python code.
void adjustSlice(SliceRange&, Index length);
// Both at once, for containers whose length cannot change while __index__ runs; others unpack first, then adjust.
Result<SliceRange> sliceIndices(ThreadState&, Slice*, Index length);

// (start, stop, step) as ints of any size, clipped to `length` (slice.indices).
Ref<Tuple> sliceIndicesOfInt(ThreadState&, Slice*, Int* length);

// An index for slicing, clipped to Index's range; None (only if `none_ok`) and null leave `fallback`.
Result<Index> sliceIndex(ThreadState&, Object*, Index fallback, bool none_ok);

// Parameters start, stop of index(), find()...: __index__, clipped.
struct SliceBound {
  Index value;
  operator Index() const { return value; }
};
struct SliceBoundOrNone {
  Index value;
  bool none = false;
  Index valueOr(Index fallback) const { return none ? fallback : value; }
};
template <>
struct Arg<SliceBound> {
  static Result<SliceBound> from(ThreadState& ts, Object* o, ArgSite) {
    return SliceBound{TRY(sliceIndex(ts, o, 0, false))};
  }
};
template <>
struct Arg<SliceBoundOrNone> {
  static Result<SliceBoundOrNone> from(ThreadState& ts, Object* o, ArgSite) {
    if (isNone(o)) return SliceBoundOrNone{0, true};
    return SliceBoundOrNone{TRY(sliceIndex(ts, o, 0, true)), false};
  }
};

}  // namespace habu
