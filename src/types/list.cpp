// list: the array and the operations on it. What may run Python code (comparisons, __index__, finalisers of dropped
// items) may also change the list, so items are shared before such calls and bounds are read again after them.
#include "types/list.h"

#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list_array.h"
#include "types/quick_compare.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();
constexpr Index kMaxItems = kMaxIndex / Index(sizeof(Object*));
constexpr int kRecycledLists = 80;
constinit List* free_lists[kRecycledLists]{};
constinit int free_list_count = 0;

// An exact list without items, untracked.
List* allocateList(ThreadState& ts) {
  if (free_list_count > 0 && !allocationTracer) {
    List* list = free_lists[--free_list_count];
    list->refcount = 1;
    list->size = 0;
    list->items = nullptr;
    list->allocated = 0;
    return list;
  }
  return reinterpret_cast<List*>(allocateObject(ts, kListType));
}

bool setCapacity(ThreadState& ts, List* self, Index capacity) {
  if (capacity > kMaxItems) {
    (void)raiseNoMemory(ts);
    return false;
  }
  auto* items = static_cast<Object**>(reallocate(self->items, size_t(capacity) * sizeof(Object*)));
  if (!items) {
    (void)raiseNoMemory(ts);
    return false;
  }
  self->items = items;
  self->allocated = capacity;
  return true;
}

// Drops n owned references and frees their array.
void dropArray(Object** items, Index n) {
  while (--n >= 0) dropReference(items[n]);
  freeMemory(items);
}

}  // namespace

void freeRecycledLists() {
  while (free_list_count > 0) freeGcObject(free_lists[--free_list_count]);
}

bool resizeListArray(ThreadState& ts, List* self, Index size) {
  if (self->allocated >= size && size >= (self->allocated >> 1)) {
    self->size = size;
    return true;
  }
  if (size == 0) {
    freeMemory(self->items);
    self->items = nullptr;
    self->size = self->allocated = 0;
    return true;
  }
  if (size > kMaxItems) {
    (void)raiseNoMemory(ts);
    return false;
  }
  // Growth by an eighth, in steps of four: linear time for any sequence of appends.
  size_t capacity = (size_t(size) + (size_t(size) >> 3) + 6) & ~size_t{3};
  if (size - self->size > Index(capacity - size_t(size))) capacity = (size_t(size) + 3) & ~size_t{3};
  if (!setCapacity(ts, self, Index(capacity))) return false;
  self->size = size;
  return true;
}

bool reserveListExactly(ThreadState& ts, List* self, Index size) {
  if (size > kMaxItems) {
    (void)raiseNoMemory(ts);
    return false;
  }
  return setCapacity(ts, self, Index((size_t(size) + 1) & ~size_t{1}));
}

Ref<List> newList(ThreadState& ts, Index capacity) {
  Ref<List> list = Ref<List>::steal(allocateList(ts));
  if (!list) return {};
  if (capacity > 0 && !setCapacity(ts, list.get(), capacity)) return {};
  track(list.get());
  return list;
}

Ref<List> listFromSpan(ThreadState& ts, std::span<Object* const> items) {
  Ref<List> list = TRY(newList(ts, Index(items.size())));
  Object** to = list->items;
  for (Object* o : items) *to++ = Ref<>::share(o).release();
  list->size = Index(items.size());
  return list;
}

Ref<List> listFromStack(ThreadState& ts, Object** items, Index n) {
  Ref<List> list = newList(ts, n);
  if (!list) {
    for (Index i = 0; i < n; ++i) dropReference(items[i]);
    return {};
  }
  if (n) std::memcpy(list->items, items, size_t(n) * sizeof(Object*));
  list->size = n;
  return list;
}

Status appendList(ThreadState& ts, List* self, Ref<> item) {
  Index n = self->size;
  if (n < self->allocated) [[likely]] {
    self->items[n] = item.release();
    self->size = n + 1;
    return kDone;
  }
  if (!resizeListArray(ts, self, n + 1)) return Raised{};
  self->items[n] = item.release();
  return kDone;
}

Status appendList(ThreadState& ts, List* self, Object* item) { return appendList(ts, self, Ref<>::share(item)); }

Status insertList(ThreadState& ts, List* self, Index at, Object* item) {
  Index n = self->size;
  at = clipIndex(at, n);
  if (!resizeListArray(ts, self, n + 1)) return Raised{};
  std::memmove(self->items + at + 1, self->items + at, size_t(n - at) * sizeof(Object*));
  self->items[at] = Ref<>::share(item).release();
  return kDone;
}

namespace {

Status extendFromArray(ThreadState& ts, List* self, Object* source) {
  Index n = fastSize(source);
  if (n == 0) return kDone;
  Index old = self->size;
  if (n > kMaxIndex - old) return raiseNoMemory(ts);
  if (!self->items) {
    if (!reserveListExactly(ts, self, n)) return Raised{};
    self->size = n;
  } else if (!resizeListArray(ts, self, old + n)) {
    return Raised{};
  }
  Object* const* from = fastItems(source);  // after resizing: `source` may be the list itself
  Object** to = self->items + old;
  for (Index i = 0; i < n; ++i) to[i] = Ref<>::share(from[i]).release();
  return kDone;
}

Status extendFromIterator(ThreadState& ts, List* self, Object* iterable) {
  Ref<> it = TRY(iterOf(ts, iterable));
  Index hint = TRY(lengthHint(ts, iterable, 8));
  Index old = self->size;
  if (hint > kMaxIndex - old) {
    // An overstated hint: the loop will run out of memory if it is true.
  } else if (!self->items) {
    if (hint && !reserveListExactly(ts, self, hint)) return Raised{};
  } else {
    if (!resizeListArray(ts, self, old + hint)) return Raised{};
    self->size = old;
  }
  while (Ref<> item = iterNext(ts, it.get())) (void)TRY(appendList(ts, self, std::move(item)));
  if (errorSet(ts)) return Raised{};
  if (self->size < self->allocated && !resizeListArray(ts, self, self->size)) return Raised{};
  return kDone;
}

}  // namespace

Status extendList(ThreadState& ts, List* self, Object* iterable) {
  if (isExactList(iterable) || isExactTuple(iterable) || reinterpret_cast<Object*>(self) == iterable)
    return extendFromArray(ts, self, iterable);
  return extendFromIterator(ts, self, iterable);
}

Status setListSlice(ThreadState& ts, List* self, Index start, Index stop, Object* items) {
  Ref<> source;
  if (items) {
    if (reinterpret_cast<Object*>(self) == items) {
      source = TRY(listSlice(ts, self, 0, self->size));
    } else {
      source = TRY(sequenceFast(ts, items, "can only assign an iterable"));
    }
  }
  Index added = source ? fastSize(source.get()) : 0;
  Index size = self->size;
  if (start < 0) start = 0;
  else if (start > size) start = size;
  if (stop < start) stop = start;
  else if (stop > size) stop = size;
  Index removed = stop - start;
  Index change = added - removed;
  if (size + change == 0) {
    clearList(self);
    return kDone;
  }
  // The removed items leave the list first and are dropped when it is whole again.
  Object* few[8];
  Object** recycle = few;
  if (removed > 8 && !(recycle = static_cast<Object**>(allocate(size_t(removed) * sizeof(Object*)))))
    return raiseNoMemory(ts);
  std::memcpy(recycle, self->items + start, size_t(removed) * sizeof(Object*));
  size_t tail = size_t(size - stop) * sizeof(Object*);
  if (change < 0) {
    std::memmove(self->items + stop + change, self->items + stop, tail);
    if (!resizeListArray(ts, self, size + change)) clearError(ts);  // shrinking: the larger array will do
    self->size = size + change;
  } else if (change > 0) {
    if (!resizeListArray(ts, self, size + change)) {
      if (recycle != few) freeMemory(recycle);
      return Raised{};
    }
    std::memmove(self->items + stop + change, self->items + stop, tail);
  }
  for (Index i = 0; i < added; ++i) self->items[start + i] = Ref<>::share(fastItems(source.get())[i]).release();
  for (Index i = removed; --i >= 0;) dropReference(recycle[i]);
  if (recycle != few) freeMemory(recycle);
  return kDone;
}

Ref<List> listSlice(ThreadState& ts, List* self, Index start, Index stop) {
  if (start < 0) start = 0;
  if (stop > self->size) stop = self->size;
  if (stop <= start) return newList(ts);
  Ref<List> made = TRY(newList(ts, stop - start));
  if (stop > self->size) return made;  // a collection shrank the list
  Object** from = self->items + start;
  Object** to = made->items;
  Index n = stop - start;
  for (Index i = 0; i < n; ++i) to[i] = Ref<>::share(from[i]).release();
  made->size = n;
  return made;
}

void reverseList(List* self) { reversePointers(self->items, self->size); }

Ref<Tuple> listToTuple(ThreadState& ts, List* self) {
  Ref<Tuple> made = TRY(newTupleUninitialized(ts, self->size));
  for (Index i = 0; i < made->size && i < self->size; ++i) made->items[i] = Ref<>::share(self->items[i]).release();
  return made;
}

void clearList(List* self) {
  if (!self->items) return;  // `allocated` may say that the list is being sorted
  Object** items = std::exchange(self->items, nullptr);
  Index n = std::exchange(self->size, 0);
  self->allocated = 0;
  dropArray(items, n);
}

namespace {

// ---- slots ----
void dealloc(List* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->items) dropArray(self->items, self->size);
  if (free_list_count < kRecycledLists && isExactList(self) && !allocationTracer) {
    free_lists[free_list_count++] = self;
    return;
  }
  self->type->free(self);
}

int traverse(List* self, VisitFn visit, void* arg) {
  for (Index i = self->size; --i >= 0;) VISIT(self->items[i]);
  return 0;
}

int clearSlot(List* self) {
  clearList(self);
  return 0;
}

Ref<> repr(ThreadState& ts, List* self) {
  if (self->size == 0) return newStr(ts, "[]");
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "[...]");
  StrBuilder text(ts);
  text.append('[');
  for (Index i = 0; i < self->size; ++i) {
    if (i) text.append(", ");
    Ref<> item = Ref<>::share(self->items[i]);
    Ref<Str> part = TRY(reprOf(ts, item.get()));
    text.append(part.get());
  }
  text.append(']');
  return text.finish();
}

Index length(List* self) { return self->size; }

Ref<> item(ThreadState& ts, List* self, Index i) {
  if (size_t(i) >= size_t(self->size)) return raise(ts, kIndexError, "list index out of range");
  return Ref<>::share(self->items[i]);
}

// Is item i, which is there, equal to `value`? May run code that changes the list.
inline Result<bool> itemEquals(ThreadState& ts, List* self, Index i, Object* value) {
  Quick same = quickEqual(self->items[i], value);
  if (same != Quick::Unknown) return same == Quick::Yes;
  Ref<> candidate = Ref<>::share(self->items[i]);
  return compareBool(ts, candidate.get(), value, CompareOp::Eq);
}

Result<bool> contains(ThreadState& ts, List* self, Object* needle) {
  for (Index i = 0; i < self->size; ++i)
    if (TRY(itemEquals(ts, self, i, needle))) return true;
  return false;
}

Ref<> concat(ThreadState& ts, List* self, Object* other) {
  if (!isList(other))
    return raise(ts, kTypeError, "can only concatenate list (not \"{:.200}\") to list", typeName(other));
  auto* right = reinterpret_cast<List*>(other);
  if (self->size > kMaxIndex - right->size) return raiseNoMemory(ts);
  Index left_size = self->size, right_size = right->size;
  Ref<List> made = TRY(newList(ts, left_size + right_size));
  if (left_size > self->size || right_size > right->size) return made;
  Object** to = made->items;
  for (Index i = 0; i < left_size; ++i) *to++ = Ref<>::share(self->items[i]).release();
  for (Index i = 0; i < right_size; ++i) *to++ = Ref<>::share(right->items[i]).release();
  made->size = left_size + right_size;
  return made;
}

// Fills to[0 .. n * times) with copies of to[0 .. n), counting the references of the copies.
void repeatInPlace(Object** to, Index n, Index times) {
  for (Index i = 0; i < n; ++i) to[i]->refcount += times - 1;
  Index done = n, total = n * times;
  while (done < total) {
    Index more = done < total - done ? done : total - done;
    std::memcpy(to + done, to, size_t(more) * sizeof(Object*));
    done += more;
  }
}

Ref<> repeat(ThreadState& ts, List* self, Index times) {
  Index n = self->size;
  if (n == 0 || times <= 0) return newList(ts);
  if (n > kMaxIndex / times) return raiseNoMemory(ts);
  Ref<List> made = TRY(newList(ts, n * times));
  if (n > self->size) return made;
  for (Index i = 0; i < n; ++i) made->items[i] = Ref<>::share(self->items[i]).release();
  repeatInPlace(made->items, n, times);
  made->size = n * times;
  return made;
}

Ref<> inplaceRepeat(ThreadState& ts, List* self, Index times) {
  Index n = self->size;
  if (n == 0 || times == 1) return Ref<>::share(self);
  if (times < 1) {
    clearList(self);
    return Ref<>::share(self);
  }
  if (n > kMaxIndex / times) return raiseNoMemory(ts);
  if (!resizeListArray(ts, self, n * times)) return {};
  repeatInPlace(self->items, n, times);
  return Ref<>::share(self);
}

Ref<> inplaceConcat(ThreadState& ts, List* self, Object* other) {
  (void)TRY(extendList(ts, self, other));
  return Ref<>::share(self);
}

Status setItemSlot(ThreadState& ts, List* self, Index i, Object* value) {
  if (size_t(i) >= size_t(self->size)) return raise(ts, kIndexError, "list assignment index out of range");
  if (!value) return setListSlice(ts, self, i, i + 1, nullptr);
  setField(self->items[i], Ref<>::share(value));
  return kDone;
}

Ref<> subscript(ThreadState& ts, List* self, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    if (i < 0) i += self->size;
    return item(ts, self, i);
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "list indices must be integers or slices, not {:.200}", typeName(key));
  SliceRange r = TRY(unpackSlice(ts, reinterpret_cast<Slice*>(key)));
  adjustSlice(r, self->size);
  if (r.count <= 0) return newList(ts);
  if (r.step == 1) return listSlice(ts, self, r.start, r.start + r.count);
  Index size = self->size;
  Ref<List> made = TRY(newList(ts, r.count));
  if (self->size < size) return made;  // a collection shrank the list
  Object **to = made->items, **from = self->items + r.start;
  for (Index k = 0; k < r.count; ++k, from += r.step) to[k] = Ref<>::share(*from).release();
  made->size = r.count;
  return made;
}

// del self[start:stop:step] with |step| > 1 or a negative step.
Status deleteStepped(ThreadState& ts, List* self, SliceRange r) {
  if (r.count <= 0) return kDone;
  if (r.step < 0) {
    r.start += (r.count - 1) * r.step;
    r.step = -r.step;
  }
  auto* gone = static_cast<Object**>(allocate(size_t(r.count) * sizeof(Object*)));
  if (!gone) return raiseNoMemory(ts);
  Object** items = self->items;
  Index to = r.start, next = r.start, removed = 0;
  for (Index from = r.start; from < self->size; ++from) {
    if (from == next && removed < r.count) {
      gone[removed++] = items[from];
      next += r.step;
    } else {
      items[to++] = items[from];
    }
  }
  if (!resizeListArray(ts, self, to)) clearError(ts);
  self->size = to;
  for (Index i = 0; i < removed; ++i) dropReference(gone[i]);
  freeMemory(gone);
  return kDone;
}

Status assignStepped(ThreadState& ts, List* self, SliceRange r, Object* value) {
  Ref<> source;
  if (reinterpret_cast<Object*>(self) == value) source = TRY(listSlice(ts, self, 0, self->size));
  else source = TRY(sequenceFast(ts, value, "must assign iterable to extended slice"));
  adjustSlice(r, self->size);  // making the sequence may have run code that changed the list
  if (fastSize(source.get()) != r.count)
    return raise(ts, kValueError, "attempt to assign sequence of size {} to extended slice of size {}",
                 fastSize(source.get()), r.count);
  if (r.count == 0) return kDone;
  auto* gone = static_cast<Object**>(allocate(size_t(r.count) * sizeof(Object*)));
  if (!gone) return raiseNoMemory(ts);
  Index at = r.start;
  for (Index i = 0; i < r.count; ++i, at += r.step) {
    gone[i] = self->items[at];
    self->items[at] = Ref<>::share(fastItems(source.get())[i]).release();
  }
  for (Index i = 0; i < r.count; ++i) dropReference(gone[i]);
  freeMemory(gone);
  return kDone;
}

Status setSubscript(ThreadState& ts, List* self, Object* key, Object* value) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    if (i < 0) i += self->size;
    return setItemSlot(ts, self, i, value);
  }
  if (!isExact(key, kSliceType))
    return raise(ts, kTypeError, "list indices must be integers or slices, not {:.200}", typeName(key));
  SliceRange r = TRY(unpackSlice(ts, reinterpret_cast<Slice*>(key)));
  SliceRange unclipped = r;
  adjustSlice(r, self->size);
  if (r.step == 1) return setListSlice(ts, self, r.start, r.stop, value);
  if (!value) return deleteStepped(ts, self, r);
  return assignStepped(ts, self, unclipped, value);
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isList(a) || !isList(b)) return notImplemented();
  auto *x = reinterpret_cast<List*>(a), *y = reinterpret_cast<List*>(b);
  if (x->size != y->size && (op == CompareOp::Eq || op == CompareOp::Ne)) return newBool(op == CompareOp::Ne);
  Index i = 0;
  for (; i < x->size && i < y->size; ++i) {
    Quick same = quickEqual(x->items[i], y->items[i]);
    if (same == Quick::Yes) continue;
    if (same == Quick::No) break;
    Ref<> left = Ref<>::share(x->items[i]), right = Ref<>::share(y->items[i]);
    if (!TRY(compareBool(ts, left.get(), right.get(), CompareOp::Eq))) break;
  }
  if (i >= x->size || i >= y->size) return newBool(compareResult(x->size < y->size ? -1 : x->size > y->size, op));
  if (op == CompareOp::Eq) return newBool(false);
  if (op == CompareOp::Ne) return newBool(true);
  Ref<> left = Ref<>::share(x->items[i]), right = Ref<>::share(y->items[i]);
  return compareObjects(ts, left.get(), right.get(), op);
}

Ref<> iter(ThreadState& ts, List* self) {
  Ref<SequenceIterator> it = TRY(newObject<SequenceIterator>(ts, kListIteratorType));
  it->sequence = Ref<>::share(self).release();
  track(it.get());
  return it;
}

// ---- methods ----
Ref<> reversed(ThreadState& ts, List* self) {
  Ref<SequenceIterator> it = TRY(newObject<SequenceIterator>(ts, kListReverseIteratorType));
  it->index = self->size - 1;
  it->sequence = Ref<>::share(self).release();
  track(it.get());
  return it;
}

Index sizeOf(ThreadState&, List* self) { return self->type->basic_size + self->allocated * Index(sizeof(Object*)); }

Status clear(ThreadState&, List* self) {
  clearList(self);
  return kDone;
}

Ref<> copy(ThreadState& ts, List* self) { return listSlice(ts, self, 0, self->size); }

Status append(ThreadState& ts, List* self, Object* object) { return appendList(ts, self, object); }

Status insert(ThreadState& ts, List* self, Index at, Object* object) { return insertList(ts, self, at, object); }

Status extend(ThreadState& ts, List* self, Object* iterable) { return extendList(ts, self, iterable); }

Ref<> pop(ThreadState& ts, List* self, std::optional<Index> at) {
  if (self->size == 0) return raise(ts, kIndexError, "pop from empty list");
  Index i = at.value_or(-1);
  if (i < 0) i += self->size;
  if (size_t(i) >= size_t(self->size)) return raise(ts, kIndexError, "pop index out of range");
  Ref<> taken = Ref<>::steal(self->items[i]);
  Index rest = self->size - 1;
  std::memmove(self->items + i, self->items + i + 1, size_t(rest - i) * sizeof(Object*));
  if (!resizeListArray(ts, self, rest)) {  // shrinking failed: keep the larger array
    clearError(ts);
    self->size = rest;
  }
  return taken;
}

Status remove(ThreadState& ts, List* self, Object* value) {
  for (Index i = 0; i < self->size; ++i)
    if (TRY(itemEquals(ts, self, i, value))) return setListSlice(ts, self, i, i + 1, nullptr);
  return raise(ts, kValueError, "list.remove(x): x not in list");
}

Result<Index> index(ThreadState& ts, List* self, Object* value, std::optional<SliceBound> start,
                    std::optional<SliceBound> stop) {
  Index from = start ? start->value : 0, to = stop ? stop->value : kMaxIndex;
  if (from < 0) from = from + self->size < 0 ? 0 : from + self->size;
  if (to < 0) to = to + self->size < 0 ? 0 : to + self->size;
  for (Index i = from; i < to && i < self->size; ++i)
    if (TRY(itemEquals(ts, self, i, value))) return i;
  return raise(ts, kValueError, "{!r} is not in list", value);
}

Result<Index> count(ThreadState& ts, List* self, Object* value) {
  Index n = 0;
  for (Index i = 0; i < self->size; ++i) n += TRY(itemEquals(ts, self, i, value));
  return n;
}

Status reverse(ThreadState&, List* self) {
  reverseList(self);
  return kDone;
}

Status sort(ThreadState& ts, List* self, Object* key, std::optional<int> reverse) {
  return sortList(ts, self, key, reverse.value_or(0) != 0);
}

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) {
  if (type == &kListType) return newList(ts);
  return allocateInstance<List>(type);
}

Status init(ThreadState& ts, List* self, Tuple* args, Dict* keywords) {
  if (isExactList(self) || self->type->make == kListType.make) (void)TRY(noKeywords(ts, "list", keywords));
  (void)TRY(checkPositional(ts, "list", args->size, 0, 1));
  if (self->items) clearList(self);
  if (args->size) return extendList(ts, self, args->items[0]);
  return kDone;
}

Ref<> callType(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "list", args.names));
  (void)TRY(checkPositional(ts, "list", args.count, 0, 1));
  Ref<List> list = TRY(newList(ts));
  if (args.count) (void)TRY(extendList(ts, list.get(), args[0]));
  return list;
}

constexpr MethodDef getitem_method = [] {
  MethodDef d = METHOD_UNSIGNED("__getitem__", subscript, "($self, y, /)", "x.__getitem__(y) <==> x[y]");
  d.flags |= kMethCoexist;
  return d;
}();

constexpr MethodDef kMethods[] = {
    getitem_method,
    METHOD_AS("__reversed__", reversed, "($self, /)", "An iterator over the items from the last to the first."),
    METHOD_AS("__sizeof__", sizeOf, "($self, /)", "Size of the list and its array in bytes."),
    METHOD(clear, "($self, /)", "Take all items out."),
    METHOD(copy, "($self, /)", "A new list of the same items."),
    METHOD(append, "($self, object, /)", "Put object behind the last item."),
    METHOD(insert, "($self, index, object, /)", "Put object in front of the item at index."),
    METHOD(extend, "($self, iterable, /)", "Append every item of the iterable."),
    METHOD(pop, "($self, index=-1, /)",
           "Take out the item at index (default last) and return it.\n\nRaises IndexError if there is none."),
    METHOD(remove, "($self, value, /)", "Take out the first item equal to value.\n\nRaises ValueError if there is none."),
    METHOD(index, "($self, value, start=0, stop=sys.maxsize, /)",
           "Position of the first item equal to value.\n\nRaises ValueError if there is none."),
    METHOD(count, "($self, value, /)", "Number of items equal to value."),
    METHOD(reverse, "($self, /)", "Turn the order round, in place."),
    METHOD(sort, "($self, /, *, key=None, reverse=False)",
           "Sort the list ascending, in place, and return None.\n\nThe sort is stable. With a key function the items are ordered "
           "by what it returns\nfor each of them; reverse asks for descending order."),
    CLASS_GETITEM,
    {}};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .set_item = slot<setItemSlot>,
                                     .contains = slot<contains>,
                                     .inplace_concat = slot<inplaceConcat>,
                                     .inplace_repeat = slot<inplaceRepeat>};
constinit MappingSlots kMapping = {
    .length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};

}  // namespace

constinit Type kListType = defineType<List>(
    {.name = "list",
     .doc = "list(iterable=(), /)\n--\n\nBuilt-in mutable sequence.\n\nWithout an argument an empty list; else a list of the "
            "iterable's items.",
     .flags = kBaseType | kListSubclass | kMatchSelf | kSequenceFlag,
     .methods = kMethods,
     .sequence = &kSequence,
     .mapping = &kMapping,
     .make = makeSlot<make>,
     .init = initSlot<init>,
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clearSlot>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .vectorcall = typeVectorcall<callType>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});

}  // namespace habu
