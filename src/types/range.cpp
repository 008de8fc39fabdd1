// range keeps its bounds as ints of any size. Where they fit a machine word (nearly always) the arithmetic is done on
// words; `Words` says whether it can.
#include "types/range.h"

#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr long kMaxLong = std::numeric_limits<long>::max();
constexpr long kMinLong = std::numeric_limits<long>::min();
constinit Name iter_name{"iter"};

bool toWord(const Int* i, long& word) {
  int overflow = 0;
  word = static_cast<long>(toLongLong(i, overflow));
  return overflow == 0;
}

struct Words {
  long start, stop, step;
  bool ok;
  explicit Words(const Range* r)
      : ok(toWord(r->start, start) && toWord(r->stop, stop) && toWord(r->step, step)) {}
};

unsigned long countOfWords(long start, long stop, long step) {
  if (step > 0 && start < stop) return 1 + (static_cast<unsigned long>(stop) - 1 - static_cast<unsigned long>(start)) / static_cast<unsigned long>(step);
  if (step < 0 && start > stop)
    return 1 + (static_cast<unsigned long>(start) - 1 - static_cast<unsigned long>(stop)) / (0ul - static_cast<unsigned long>(step));
  return 0;
}

Ref<Int> computeLength(ThreadState& ts, Int* start, Int* stop, Int* step) {
  long a, b, s;
  if (toWord(start, a) && toWord(stop, b) && toWord(step, s)) return newIntUnsigned(ts, countOfWords(a, b, s));
  bool up = step->size > 0;
  Int *low = up ? start : stop, *high = up ? stop : start;
  if (compareInt(low, high) >= 0) return newInt(ts, 0);
  Ref<Int> zero = TRY(newInt(ts, 0)), one = TRY(newInt(ts, 1));
  Ref<Int> width = up ? share(step) : subtractInts(ts, zero.get(), step);
  if (!width) return {};
  Ref<Int> distance = TRY(subtractInts(ts, high, low));
  Ref<Int> before = TRY(subtractInts(ts, distance.get(), one.get()));
  Ref<Int> whole = TRY(floorDivideInts(ts, before.get(), width.get()));
  return addInts(ts, whole.get(), one.get());
}

Ref<Range> newRange(ThreadState& ts, Ref<Int> start, Ref<Int> stop, Ref<Int> step) {
  Ref<Int> length = TRY(computeLength(ts, start.get(), stop.get(), step.get()));
  Ref<Range> r = TRY(newObject<Range>(ts, kRangeType));
  r->start = start.release();
  r->stop = stop.release();
  r->step = step.release();
  r->length = length.release();
  return r;
}

void dealloc(Range* self) {
  clearField(self->start);
  clearField(self->stop);
  clearField(self->step);
  clearField(self->length);
  self->type->free(self);
}

Ref<> fromArguments(ThreadState& ts, Object* const* args, Index n) {
  (void)TRY(checkPositional(ts, "range", n, 1, 3));
  Ref<Int> start, stop, step;
  if (n == 1) {
    stop = TRY(indexObject(ts, args[0]));
    start = TRY(newInt(ts, 0));
    step = TRY(newInt(ts, 1));
  } else {
    start = TRY(indexObject(ts, args[0]));
    stop = TRY(indexObject(ts, args[1]));
    step = n == 3 ? indexObject(ts, args[2]) : newInt(ts, 1);
    if (!step) return {};
    if (step->size == 0) return raise(ts, kValueError, "range() arg 3 must not be zero");
  }
  return newRange(ts, std::move(start), std::move(stop), std::move(step));
}

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "range", keywords));
  return fromArguments(ts, args->items, args->size);
}

Ref<> callType(ThreadState& ts, Type*, Args args) {
  (void)TRY(noKeywordNames(ts, "range", args.names));
  return fromArguments(ts, args.values, args.count);
}

// start + i * step
Ref<Int> itemAt(ThreadState& ts, Int* start, Int* step, Int* i) {
  Ref<Int> offset = TRY(multiplyInts(ts, i, step));
  return addInts(ts, start, offset.get());
}

Ref<Int> stopOf(ThreadState& ts, Int* start, Int* step, Int* length) { return itemAt(ts, start, step, length); }

Result<Index> length(ThreadState& ts, Range* self) {
  long n;
  if (!toWord(self->length, n)) return raise(ts, kOverflowError, "Python int too large to convert to C ssize_t");
  return Index(n);
}

bool truth(Range* self) { return self->length->size != 0; }

Ref<> itemOfInt(ThreadState& ts, Range* self, Int* index) {
  Ref<Int> i = index->size < 0 ? addInts(ts, index, self->length) : share(index);
  if (!i) return {};
  if (i->size < 0 || compareInt(i.get(), self->length) >= 0)
    return raise(ts, kIndexError, "range object index out of range");
  return itemAt(ts, self->start, self->step, i.get());
}

Ref<> item(ThreadState& ts, Range* self, Index i) {
  Ref<Int> index = TRY(newInt(ts, i));
  if (i < 0 || compareInt(index.get(), self->length) >= 0)
    return raise(ts, kIndexError, "range object index out of range");
  return itemAt(ts, self->start, self->step, index.get());
}

Ref<> subscript(ThreadState& ts, Range* self, Object* key) {
  if (hasIndex(key)) {
    Ref<Int> i = TRY(indexObject(ts, key));
    return itemOfInt(ts, self, i.get());
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "range indices must be integers or slices, not {:.200}", typeName(key));
  Ref<Tuple> bounds = TRY(sliceIndicesOfInt(ts, reinterpret_cast<Slice*>(key), self->length));
  auto bound = [&](Index i) { return reinterpret_cast<Int*>(bounds->items[i]); };
  Ref<Int> step = TRY(multiplyInts(ts, bound(2), self->step));
  Ref<Int> start = TRY(itemAt(ts, self->start, self->step, bound(0)));
  Ref<Int> stop = TRY(itemAt(ts, self->start, self->step, bound(1)));
  return newRange(ts, std::move(start), std::move(stop), std::move(step));
}

bool isPlainInt(Object* o) { return isExactInt(o) || isBool(o); }

Result<bool> containsInt(ThreadState& ts, Range* self, Int* value) {
  bool up = self->step->size > 0;
  if (up ? compareInt(self->start, value) > 0 || compareInt(value, self->stop) >= 0
         : compareInt(value, self->start) > 0 || compareInt(self->stop, value) >= 0)
    return false;
  Ref<Int> offset = TRY(subtractInts(ts, value, self->start));
  Ref<Int> rest = TRY(remainderInts(ts, offset.get(), self->step));
  return rest->size == 0;
}

Result<bool> contains(ThreadState& ts, Range* self, Object* value) {
  if (isPlainInt(value)) return containsInt(ts, self, reinterpret_cast<Int*>(value));
  Ref<> it = TRY(iterOf(ts, self));
  while (Ref<> candidate = iterNext(ts, it.get()))
    if (TRY(equalObjects(ts, candidate.get(), value))) return true;
  if (errorSet(ts)) return Raised{};
  return false;
}

Result<Index> count(ThreadState& ts, Range* self, Object* value) {
  if (isPlainInt(value)) return Index(TRY(containsInt(ts, self, reinterpret_cast<Int*>(value))));
  return countOf(ts, self, value);
}

Ref<> index(ThreadState& ts, Range* self, Object* value) {
  if (!isPlainInt(value)) return newInt(ts, TRY(indexOf(ts, self, value)));
  if (!TRY(containsInt(ts, self, reinterpret_cast<Int*>(value))))
    return raise(ts, kValueError, "{!r} is not in range", value);
  Ref<Int> offset = TRY(subtractInts(ts, reinterpret_cast<Int*>(value), self->start));
  return floorDivideInts(ts, offset.get(), self->step);
}

bool equalRanges(Range* a, Range* b) {
  if (a == b) return true;
  if (compareInt(a->length, b->length) != 0) return false;
  if (a->length->size == 0) return true;
  if (compareInt(a->start, b->start) != 0) return false;
  if (a->length->size == 1 && a->length->digits[0] == 1) return true;
  return compareInt(a->step, b->step) == 0;
}

Ref<> richcompare(ThreadState&, Range* self, Object* other, CompareOp op) {
  if (!isExact(other, kRangeType) || (op != CompareOp::Eq && op != CompareOp::Ne)) return notImplemented();
  return newBool(equalRanges(self, reinterpret_cast<Range*>(other)) == (op == CompareOp::Eq));
}

Result<Hash> hash(ThreadState& ts, Range* self) {
  bool empty = self->length->size == 0;
  bool single = self->length->size == 1 && self->length->digits[0] == 1;
  Object* start = empty ? &kNoneObject : self->start;
  Object* step = empty || single ? &kNoneObject : self->step;
  Ref<Tuple> key = TRY(packTuple(ts, {self->length, start, step}));
  return hashOf(ts, key.get());
}

Ref<> repr(ThreadState& ts, Range* self) {
  if (self->step->size == 1 && self->step->digits[0] == 1)
    return formatText(ts, "range({!r}, {!r})", self->start, self->stop);
  return formatText(ts, "range({!r}, {!r}, {!r})", self->start, self->stop, self->step);
}

Ref<> reduce(ThreadState& ts, Range* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->start, self->stop, self->step}));
  return packTuple(ts, {self->type, arguments.get()});
}

// ---- iterators ----
Ref<> newWordIterator(ThreadState& ts, long start, long step, unsigned long count) {
  Ref<RangeIterator> it = TRY(newObject<RangeIterator>(ts, kRangeIteratorType));
  it->start = start;
  it->step = step;
  it->length = long(count);
  return it;
}

Ref<> newLongIterator(ThreadState& ts, Ref<Int> start, Ref<Int> step, Ref<Int> count) {
  Ref<Int> zero = TRY(newInt(ts, 0));
  Ref<LongRangeIterator> it = TRY(newObject<LongRangeIterator>(ts, kLongRangeIteratorType));
  it->index = zero.release();
  it->start = start.release();
  it->step = step.release();
  it->length = count.release();
  return it;
}

// The value after the last one must fit a word too.
bool endFits(long stop, long step) {
  return step > 0 ? stop <= kMaxLong - (step - 1) : stop >= kMinLong + (-1 - step);
}

Ref<> iter(ThreadState& ts, Range* self) {
  Words w(self);
  if (w.ok) {
    unsigned long n = countOfWords(w.start, w.stop, w.step);
    if (n <= static_cast<unsigned long>(kMaxLong) && endFits(w.stop, w.step)) return newWordIterator(ts, w.start, w.step, n);
  }
  return newLongIterator(ts, share(self->start), share(self->step), share(self->length));
}

Ref<> reversed(ThreadState& ts, Range* self) {
  Words w(self);
  if (w.ok && w.step != kMinLong) {
    unsigned long n = countOfWords(w.start, w.stop, w.step);
    long before_first;
    if (n <= static_cast<unsigned long>(kMaxLong) && !__builtin_sub_overflow(w.start, w.step, &before_first)) {
      long first = n ? long(static_cast<unsigned long>(w.start) + (n - 1) * static_cast<unsigned long>(w.step)) : before_first;
      return newWordIterator(ts, first, -w.step, n);
    }
  }
  Ref<Int> zero = TRY(newInt(ts, 0)), one = TRY(newInt(ts, 1));
  Ref<Int> last = TRY(subtractInts(ts, self->length, one.get()));
  Ref<Int> start = TRY(itemAt(ts, self->start, self->step, last.get()));
  Ref<Int> step = TRY(subtractInts(ts, zero.get(), self->step));
  return newLongIterator(ts, std::move(start), std::move(step), share(self->length));
}

Ref<> nextOfWords(ThreadState& ts, RangeIterator* it) {
  long value;
  if (!nextOfRange(it, value)) return {};
  return newInt(ts, value);
}

long hintOfWords(ThreadState&, RangeIterator* it) { return it->length - it->index; }

Ref<> reduceIterator(ThreadState& ts, Ref<Int> start, Ref<Int> stop, Ref<Int> step, Object* index) {
  Ref<Range> range = TRY(newRange(ts, std::move(start), std::move(stop), std::move(step)));
  Ref<> function = TRY(builtinFunction(ts, iter_name));
  Ref<Tuple> arguments = TRY(packTuple(ts, {range.get()}));
  return packTuple(ts, {function.get(), arguments.get(), index});
}

Ref<> reduceWords(ThreadState& ts, RangeIterator* it) {
  Ref<Int> start = TRY(newInt(ts, it->start)), step = TRY(newInt(ts, it->step)), length = TRY(newInt(ts, it->length));
  Ref<Int> stop = TRY(stopOf(ts, start.get(), step.get(), length.get()));
  Ref<Int> index = TRY(newInt(ts, it->index));
  return reduceIterator(ts, std::move(start), std::move(stop), std::move(step), index.get());
}

Status setStateOfWords(ThreadState& ts, RangeIterator* it, long long index) {
  it->index = index < 0 ? 0 : index > it->length ? it->length : long(index);
  return kDone;
}

void deallocLong(LongRangeIterator* self) {
  clearField(self->index);
  clearField(self->start);
  clearField(self->step);
  clearField(self->length);
  self->type->free(self);
}

Ref<> nextOfLong(ThreadState& ts, LongRangeIterator* it) {
  if (compareInt(it->index, it->length) >= 0) return {};
  Ref<Int> one = TRY(newInt(ts, 1));
  Ref<Int> next = TRY(addInts(ts, it->index, one.get()));
  Ref<Int> value = TRY(itemAt(ts, it->start, it->step, it->index));
  setField(it->index, std::move(next));
  return value;
}

Ref<> hintOfLong(ThreadState& ts, LongRangeIterator* it) { return subtractInts(ts, it->length, it->index); }

Ref<> reduceLong(ThreadState& ts, LongRangeIterator* it) {
  Ref<Int> stop = TRY(stopOf(ts, it->start, it->step, it->length));
  return reduceIterator(ts, share(it->start), std::move(stop), share(it->step), it->index);
}

Status setStateOfLong(ThreadState& ts, LongRangeIterator* it, Object* state) {
  if (!isInt(state)) return raise(ts, kTypeError, "an integer is required");
  auto* index = reinterpret_cast<Int*>(state);
  if (index->size < 0) {
    Ref<Int> zero = TRY(newInt(ts, 0));
    setField(it->index, std::move(zero));
  } else if (compareInt(index, it->length) > 0) {
    setField(it->index, share(it->length));
  } else {
    Ref<Int> exact = TRY(indexObject(ts, state));
    setField(it->index, std::move(exact));
  }
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__reversed__", reversed, "($self, /)", "Return a reverse iterator."),
    [] {
      MethodDef d = METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "");
      d.doc = nullptr;  // CPython's has no docstring
      return d;
    }(),
    METHOD_UNSIGNED("count", count, "($self, value, /)",
                    "rangeobject.count(value) -> integer -- return number of occurrences of value"),
    METHOD_UNSIGNED("index", index, "($self, value, /)",
                    "rangeobject.index(value) -> integer -- return index of value.\nRaise ValueError if the value is not present."),
    {}};
constexpr MemberDef kMembers[] = {MEMBER("start", Object, Range, start, kMemberReadOnly, nullptr),
                                  MEMBER("stop", Object, Range, stop, kMemberReadOnly, nullptr),
                                  MEMBER("step", Object, Range, step, kMemberReadOnly, nullptr),
                                  {}};
constinit NumberSlots kNumber = {.truth = slot<truth>};
constinit SequenceSlots kSequence = {.length = slot<length>, .item = slot<item>, .contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>};

#define ITERATOR_METHODS(hint, reduce, set_state)                                                                   \
  METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "Private method returning an estimate of len(list(it))."), \
      METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling."),                \
      METHOD_UNSIGNED("__setstate__", set_state, "($self, state, /)", "Set state information for unpickling."), {}
constexpr MethodDef kIteratorMethods[] = {ITERATOR_METHODS(hintOfWords, reduceWords, setStateOfWords)};
constexpr MethodDef kLongIteratorMethods[] = {ITERATOR_METHODS(hintOfLong, reduceLong, setStateOfLong)};
#undef ITERATOR_METHODS

}  // namespace

constinit Type kRangeType = defineType<Range>(
    {.name = "range",
     .doc = "range(stop) -> range object\nrange(start, stop[, step]) -> range object\n\n"
            "The integers from start (zero if left out) up to, but without, stop, by step.\nrange(4) is 0, 1, 2, 3: the indices "
            "of a list of 4 items.",
     .flags = kSequenceFlag,
     .methods = kMethods,
     .members = kMembers,
     .number = &kNumber,
     .sequence = &kSequence,
     .mapping = &kMapping,
     .make = makeSlot<make>,
     .free = freeObject,
     .dealloc = slot<dealloc>,
     .repr = slot<repr>,
     .hash = slot<hash>,
     .richcompare = slot<richcompare>,
     .vectorcall = typeVectorcall<callType>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});
constinit Type kRangeIteratorType = defineType<RangeIterator>({.name = "range_iterator",
                                                               .methods = kIteratorMethods,
                                                               .free = freeObject,
                                                               .getattro = genericGetAttrSlot,
                                                               .iter = slot<iteratorItself>,
                                                               .iternext = slot<nextOfWords>});
constinit Type kLongRangeIteratorType = defineType<LongRangeIterator>({.name = "longrange_iterator",
                                                                       .methods = kLongIteratorMethods,
                                                                       .free = freeObject,
                                                                       .dealloc = slot<deallocLong>,
                                                                       .getattro = genericGetAttrSlot,
                                                                       .iter = slot<iteratorItself>,
                                                                       .iternext = slot<nextOfLong>});

}  // namespace habu
