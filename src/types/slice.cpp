#include "types/slice.h"

#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();
constexpr Index kMinIndex = std::numeric_limits<Index>::min();
constexpr const char* kBadIndex = "slice indices must be integers or None or have an __index__ method";

constinit Slice* spare = nullptr;  // the last slice freed

}  // namespace

Ref<Slice> newSlice(ThreadState& ts, Object* start, Object* stop, Object* step) {
  Slice* s = spare;
  if (s) {
    spare = nullptr;
    s->refcount = 1;
  } else {
    s = reinterpret_cast<Slice*>(allocateObject(ts, kSliceType));
    if (!s) return {};
  }
  s->start = Ref<>::share(start ? start : &kNoneObject).release();
  s->stop = Ref<>::share(stop ? stop : &kNoneObject).release();
  s->step = Ref<>::share(step ? step : &kNoneObject).release();
  track(s);
  return Ref<Slice>::steal(s);
}

Result<Index> sliceIndex(ThreadState& ts, Object* o, Index fallback, bool none_ok) {
  if (!o || (none_ok && isNone(o))) return fallback;
  if (isExactInt(o) && isCompact(reinterpret_cast<Int*>(o))) return Index(compactValue(reinterpret_cast<Int*>(o)));
  if (!hasIndex(o))
    return raise(ts, kTypeError, none_ok ? kBadIndex : "slice indices must be integers or have an __index__ method");
  return asIndex(ts, o, nullptr);
}

Result<SliceRange> unpackSlice(ThreadState& ts, Slice* s) {
  SliceRange r{};
  r.step = TRY(sliceIndex(ts, s->step, 1, true));
  if (r.step == 0) return raise(ts, kValueError, "slice step cannot be zero");
  if (r.step < -kMaxIndex) r.step = -kMaxIndex;  // so that it can be negated
  r.start = TRY(sliceIndex(ts, s->start, r.step < 0 ? kMaxIndex : 0, true));
  r.stop = TRY(sliceIndex(ts, s->stop, r.step < 0 ? kMinIndex : kMaxIndex, true));
  return r;
}

void adjustSlice(SliceRange& r, Index length) {
  auto clip = [&](Index& i) {
    if (i < 0) {
      i += length;
      if (i < 0) i = r.step < 0 ? -1 : 0;
    } else if (i >= length) {
      i = r.step < 0 ? length - 1 : length;
    }
  };
  clip(r.start);
  clip(r.stop);
  r.count = 0;
  if (r.step < 0) {
    if (r.stop < r.start) r.count = (r.start - r.stop - 1) / -r.step + 1;
  } else if (r.start < r.stop) {
    r.count = (r.stop - r.start - 1) / r.step + 1;
  }
}

Result<SliceRange> sliceIndices(ThreadState& ts, Slice* s, Index length) {
  SliceRange r = TRY(unpackSlice(ts, s));
  adjustSlice(r, length);
  return r;
}

namespace {

void drop(Slice* self) {
  dropReference(self->step);
  dropReference(self->start);
  dropReference(self->stop);
  if (!spare) spare = self;
  else self->type->free(self);
}

[[gnu::noinline]] void dropDeep(Slice* self) {  // of containers, which may nest as deep as they like
  TrashScope trash(self);
  if (!trash.deferred()) drop(self);
}

void dealloc(Slice* self) {
  untrack(self);
  if (isGc(self->start) || isGc(self->stop) || isGc(self->step)) [[unlikely]] dropDeep(self);
  else drop(self);
}

int traverse(Slice* self, VisitFn visit, void* arg) {
  VISIT(self->start);
  VISIT(self->stop);
  VISIT(self->step);
  return 0;
}

Ref<> repr(ThreadState& ts, Slice* self) {
  return formatText(ts, "slice({!r}, {!r}, {!r})", self->start, self->stop, self->step);
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isExact(a, kSliceType) || !isExact(b, kSliceType)) return notImplemented();
  if (a == b) return newBool(op == CompareOp::Eq || op == CompareOp::Le || op == CompareOp::Ge);
  auto *x = reinterpret_cast<Slice*>(a), *y = reinterpret_cast<Slice*>(b);
  Ref<Tuple> left = TRY(packTuple(ts, {x->start, x->stop, x->step}));
  Ref<Tuple> right = TRY(packTuple(ts, {y->start, y->stop, y->step}));
  return compareObjects(ts, left.get(), right.get(), op);
}

// One bound as an int of any size, clipped to [lower, upper]; None gives `fallback`.
Ref<Int> longBound(ThreadState& ts, Object* bound, Int* length, Int* lower, Int* upper, Int* fallback) {
  if (isNone(bound)) return share(fallback);
  if (!hasIndex(bound)) return raise(ts, kTypeError, kBadIndex);
  Ref<Int> i = TRY(indexObject(ts, bound));
  if (i->size < 0) {
    i = TRY(addInts(ts, i.get(), length));
    if (compareInt(i.get(), lower) < 0) return share(lower);
    return i;
  }
  if (compareInt(i.get(), upper) > 0) return share(upper);
  return i;
}

}  // namespace

Ref<Tuple> sliceIndicesOfInt(ThreadState& ts, Slice* self, Int* length) {
  Ref<Int> step;
  if (isNone(self->step)) {
    step = TRY(newInt(ts, 1));
  } else {
    if (!hasIndex(self->step)) return raise(ts, kTypeError, kBadIndex);
    step = TRY(indexObject(ts, self->step));
  }
  if (step->size == 0) return raise(ts, kValueError, "slice step cannot be zero");
  bool backwards = step->size < 0;
  Ref<Int> lower = TRY(newInt(ts, backwards ? -1 : 0));
  Ref<Int> upper = TRY(addInts(ts, length, lower.get()));
  Ref<Int> start = TRY(longBound(ts, self->start, length, lower.get(), upper.get(), backwards ? upper.get() : lower.get()));
  Ref<Int> stop = TRY(longBound(ts, self->stop, length, lower.get(), upper.get(), backwards ? lower.get() : upper.get()));
  return packTuple(ts, {start.get(), stop.get(), step.get()});
}

namespace {

Ref<> indices(ThreadState& ts, Slice* self, Object* length_object) {
  Ref<Int> length = TRY(indexObject(ts, length_object));
  if (length->size < 0) return raise(ts, kValueError, "length should not be negative");
  return sliceIndicesOfInt(ts, self, length.get());
}

Ref<> reduce(ThreadState& ts, Slice* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->start, self->stop, self->step}));
  return packTuple(ts, {self->type, arguments.get()});
}

Ref<> fromArguments(ThreadState& ts, Object* const* args, Index n) {
  (void)TRY(checkPositional(ts, "slice", n, 1, 3));
  if (n == 1) return newSlice(ts, nullptr, args[0], nullptr);
  return newSlice(ts, args[0], args[1], n == 3 ? args[2] : nullptr);
}

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "slice", keywords));
  return fromArguments(ts, args->items, args->size);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("indices", indices, "($self, len, /)",
                    "S.indices(len) -> (start, stop, stride)\n\nThe bounds and step that S means for a sequence of length len; "
                    "bounds\noutside of it are clipped as in indexing."),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling."),
    {}};
constexpr MemberDef kMembers[] = {MEMBER("start", ObjectOrNone, Slice, start, kMemberReadOnly, nullptr),
                                  MEMBER("stop", ObjectOrNone, Slice, stop, kMemberReadOnly, nullptr),
                                  MEMBER("step", ObjectOrNone, Slice, step, kMemberReadOnly, nullptr),
                                  {}};

}  // namespace

constinit Type kSliceType = defineType<Slice>(
    {.name = "slice",
     .doc = "slice(stop)\nslice(start, stop[, step])\n\nA slice object, as extended slicing (a[0:10:2]) uses them.",
     .methods = kMethods,
     .members = kMembers,
     .make = makeSlot<make>,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .getattro = genericGetAttrSlot});

}  // namespace habu
