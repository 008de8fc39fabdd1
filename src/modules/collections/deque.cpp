// collections.deque. What may run Python code (comparisons, finalisers) may change the queue, so loops over it compare
// `state` and take references of their own.
#include "modules/collections/collections.h"

namespace habu::collections {

namespace {

constexpr const char* kMutated = "deque mutated during iteration";

// ---- blocks ----
Block* newBlock(ThreadState& ts, Deque* d) {
  if (d->spare_count > 0) return d->spare[--d->spare_count];
  auto* b = static_cast<Block*>(allocate(sizeof(Block)));
  if (!b) (void)raiseNoMemory(ts);
  return b;
}

void releaseBlock(Deque* d, Block* b) {
  if (d->spare_count < kSpareBlocks) d->spare[d->spare_count++] = b;
  else freeMemory(b);
}

// ---- the four ends ----
bool pushRight(ThreadState& ts, Deque* d, Ref<>& item) {
  if (d->right_index == kBlockSize - 1) {
    Block* b = newBlock(ts, d);
    if (!b) return false;
    b->left = d->right;
    b->right = nullptr;
    d->right->right = b;
    d->right = b;
    d->right_index = -1;
  }
  d->right->items[++d->right_index] = item.release();
  ++d->size;
  return true;
}

bool pushLeft(ThreadState& ts, Deque* d, Ref<>& item) {
  if (d->left_index == 0) {
    Block* b = newBlock(ts, d);
    if (!b) return false;
    b->right = d->left;
    b->left = nullptr;
    d->left->left = b;
    d->left = b;
    d->left_index = kBlockSize;
  }
  d->left->items[--d->left_index] = item.release();
  ++d->size;
  return true;
}

void recentre(Deque* d) {
  d->left_index = kCentre + 1;
  d->right_index = kCentre;
}

Ref<> takeRight(Deque* d) {
  Ref<> item = Ref<>::steal(d->right->items[d->right_index--]);
  --d->size;
  ++d->state;
  if (d->right_index < 0) {
    if (d->size > 0) {
      Block* before = d->right->left;
      releaseBlock(d, d->right);
      before->right = nullptr;
      d->right = before;
      d->right_index = kBlockSize - 1;
    } else {
      recentre(d);
    }
  }
  return item;
}

Ref<> takeLeft(Deque* d) {
  Ref<> item = Ref<>::steal(d->left->items[d->left_index++]);
  --d->size;
  ++d->state;
  if (d->left_index == kBlockSize) {
    if (d->size > 0) {
      Block* after = d->left->right;
      releaseBlock(d, d->left);
      after->left = nullptr;
      d->left = after;
      d->left_index = 0;
    } else {
      recentre(d);
    }
  }
  return item;
}

bool isOver(Deque* d) { return d->max_size >= 0 && d->size > d->max_size; }

Status appendRight(ThreadState& ts, Deque* d, Ref<> item) {
  if (!pushRight(ts, d, item)) return Raised{};
  if (isOver(d)) Ref<> gone = takeLeft(d);
  else ++d->state;
  return kDone;
}

Status appendLeft(ThreadState& ts, Deque* d, Ref<> item) {
  if (!pushLeft(ts, d, item)) return Raised{};
  if (isOver(d)) Ref<> gone = takeRight(d);
  else ++d->state;
  return kDone;
}

// Walks the items in order; stops to be valid when the state changes.
struct DequeCursor {
  Block* block;
  Index index;
  explicit DequeCursor(Deque* d) : block(d->left), index(d->left_index) {}
  Object* next() {
    Object* item = block->items[index++];
    if (index == kBlockSize) {
      block = block->right;
      index = 0;
    }
    return item;
  }
  void skip(Index n) {
    index += n;
    while (index >= kBlockSize) {
      index -= kBlockSize;
      block = block->right;
    }
  }
};

// The slot of item i (0 <= i < size), from the nearer end.
Object** slotAt(Deque* d, Index i) {
  Index at = i + d->left_index;
  Index block = at / kBlockSize, offset = at % kBlockSize;
  Index last = (d->left_index + d->size - 1) / kBlockSize;
  Block* b;
  if (block * 2 <= last) {
    b = d->left;
    while (block-- > 0) b = b->right;
  } else {
    b = d->right;
    for (Index n = last - block; n > 0; --n) b = b->left;
  }
  return &b->items[offset];
}

void rotateBy(ThreadState& ts, Deque* d, Index n) {
  Index size = d->size;
  if (size <= 1) return;
  Index half = size >> 1;
  if (n > half || n < -half) {
    n %= size;
    if (n > half) n -= size;
    else if (n < -half) n += size;
  }
  for (; n > 0; --n) {
    Ref<> item = takeRight(d);
    if (!pushLeft(ts, d, item)) return;
  }
  for (; n < 0; ++n) {
    Ref<> item = takeLeft(d);
    if (!pushRight(ts, d, item)) return;
  }
  ++d->state;
}

void clearAll(Deque* d) {
  while (d->size) Ref<> gone = takeRight(d);
}

Status extendRight(ThreadState& ts, Deque* d, Object* iterable) {
  if (iterable == d) {
    Ref<List> copy = TRY(listFrom(ts, iterable));
    return extendRight(ts, d, copy.get());
  }
  Ref<> it = TRY(iterOf(ts, iterable));
  if (d->max_size == 0) {
    while (Ref<> ignored = iterNext(ts, it.get())) {
    }
  } else {
    if (d->size == 0) {  // fill from the left
      d->left_index = 1;
      d->right_index = 0;
    }
    while (Ref<> item = iterNext(ts, it.get())) (void)TRY(appendRight(ts, d, std::move(item)));
    if (d->size == 0) recentre(d);
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status extendLeft(ThreadState& ts, Deque* d, Object* iterable) {
  if (iterable == d) {
    Ref<List> copy = TRY(listFrom(ts, iterable));
    return extendLeft(ts, d, copy.get());
  }
  Ref<> it = TRY(iterOf(ts, iterable));
  if (d->max_size == 0) {
    while (Ref<> ignored = iterNext(ts, it.get())) {
    }
  } else {
    if (d->size == 0) {
      d->left_index = kBlockSize - 1;
      d->right_index = kBlockSize - 2;
    }
    while (Ref<> item = iterNext(ts, it.get())) (void)TRY(appendLeft(ts, d, std::move(item)));
    if (d->size == 0) recentre(d);
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

// ---- making ----
Ref<Deque> newDeque(ThreadState& ts, Type* type) {
  Ref<Deque> d = TRY(allocateInstance<Deque>(type));
  Block* b = newBlock(ts, d.get());
  if (!b) return {};
  b->left = b->right = nullptr;
  d->left = d->right = b;
  recentre(d.get());
  d->max_size = -1;
  return d;
}

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) { return newDeque(ts, type); }

Status init(ThreadState& ts, Deque* self, Object* iterable, Object* max_object) {
  Index max_size = -1;
  if (max_object && !isNone(max_object)) {
    max_size = TRY(stateIndex(ts, max_object));
    if (max_size < 0) return raise(ts, kValueError, "maxlen must be non-negative");
  }
  self->max_size = max_size;
  clearAll(self);
  if (iterable) return extendRight(ts, self, iterable);
  return kDone;
}

void dealloc(Deque* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->weakrefs) clearWeakrefs(self);
  if (self->left) {
    clearAll(self);
    freeMemory(self->left);
  }
  while (self->spare_count > 0) freeMemory(self->spare[--self->spare_count]);
  self->type->free(self);
}

int traverse(Deque* self, VisitFn visit, void* arg) {
  if (!self->left) return 0;
  DequeCursor c(self);
  for (Index n = self->size; n > 0; --n) {
    Object* item = c.next();
    VISIT(item);
  }
  return 0;
}

int clearSlot(Deque* self) {
  clearAll(self);
  return 0;
}

// ---- slots ----
Index length(Deque* self) { return self->size; }
bool truth(Deque* self) { return self->size != 0; }

Ref<> item(ThreadState& ts, Deque* self, Index i) {
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "deque index out of range");
  return Ref<>::share(*slotAt(self, i));
}

void deleteAt(ThreadState& ts, Deque* self, Index i) {
  rotateBy(ts, self, -i);
  Ref<> gone = takeLeft(self);
  rotateBy(ts, self, i);
}

Status setItemSlot(ThreadState& ts, Deque* self, Index i, Object* value) {
  if (i < 0 || i >= self->size) return raise(ts, kIndexError, "deque index out of range");
  if (!value) {
    deleteAt(ts, self, i);
    return kDone;
  }
  setField(*slotAt(self, i), Ref<>::share(value));
  return kDone;
}

// The position of an item equal to `value` among [start, stop); -1: none. `mutated`: what to raise when the comparison
// changes the queue.
Result<Index> find(ThreadState& ts, Deque* self, Object* value, Index start, Index stop, Type& error, const char* mutated) {
  if (start >= stop) return Index{-1};
  DequeCursor c(self);
  c.skip(start);
  size_t state = self->state;
  for (Index i = start; i < stop; ++i) {
    Ref<> candidate = Ref<>::share(c.next());
    Result<bool> same = equalObjects(ts, candidate.get(), value);
    if (same.failed()) return Raised{};
    if (same.take()) return i;
    if (self->state != state) return raise(ts, error, mutated);
  }
  return Index{-1};
}

Result<bool> contains(ThreadState& ts, Deque* self, Object* value) {
  return TRY(find(ts, self, value, 0, self->size, kRuntimeError, kMutated)) >= 0;
}

Ref<> repr(ThreadState& ts, Deque* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "[...]");
  Ref<List> items = TRY(listFrom(ts, self));
  if (self->max_size >= 0) return formatText(ts, "{}({!r}, maxlen={})", shortName(self->type), items, self->max_size);
  return formatText(ts, "{}({!r})", shortName(self->type), items);
}

Ref<> richcompare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (!isInstanceOf(a, kDeque) || !isInstanceOf(b, kDeque)) return notImplemented();
  auto *x = reinterpret_cast<Deque*>(a), *y = reinterpret_cast<Deque*>(b);
  if (a == b) {
    if (op == CompareOp::Eq) return newBool(true);
    if (op == CompareOp::Ne) return newBool(false);
  } else if (x->size != y->size) {
    if (op == CompareOp::Eq) return newBool(false);
    if (op == CompareOp::Ne) return newBool(true);
  }
  Ref<> left = TRY(newDequeIterator(ts, x, false)), right = TRY(newDequeIterator(ts, y, false));
  for (;;) {
    Ref<> p = iterNext(ts, left.get());
    if (!p && errorSet(ts)) return {};
    Ref<> q = iterNext(ts, right.get());
    if (!q && errorSet(ts)) return {};
    if (!p || !q) return newBool(compareResult(p ? 1 : q ? -1 : 0, op));
    if (TRY(equalObjects(ts, p.get(), q.get()))) continue;
    return newBool(TRY(compareBool(ts, p.get(), q.get(), op)));
  }
}

Ref<> copy(ThreadState& ts, Deque* self) {
  if (isExact(self, kDeque)) {
    Ref<Deque> made = TRY(newDeque(ts, &kDeque));
    made->max_size = self->max_size;
    (void)TRY(extendRight(ts, made.get(), self));
    return made;
  }
  Ref<> made;
  if (self->max_size < 0) {
    made = TRY(call(ts, self->type, {self}));
  } else {
    Ref<Int> max_size = TRY(newInt(ts, self->max_size));
    made = TRY(call(ts, self->type, {self, max_size.get()}));
  }
  if (!isInstanceOf(made.get(), kDeque))
    return raise(ts, kTypeError, "{:.200}() must return a deque, not {:.200}", self->type->name, typeName(made.get()));
  return made;
}

Ref<> concat(ThreadState& ts, Deque* self, Object* other) {
  if (!isInstanceOf(other, kDeque))
    return raise(ts, kTypeError, "can only concatenate deque (not \"{:.200}\") to deque", typeName(other));
  Ref<> made = TRY(copy(ts, self));
  (void)TRY(extendRight(ts, reinterpret_cast<Deque*>(made.get()), other));
  return made;
}

Ref<> inplaceConcat(ThreadState& ts, Deque* self, Object* other) {
  (void)TRY(extendRight(ts, self, other));
  return Ref<>::share(self);
}

Ref<> inplaceRepeat(ThreadState& ts, Deque* self, Index n) {
  Index size = self->size;
  if (size == 0 || n == 1) return Ref<>::share(self);
  if (n <= 0) {
    clearAll(self);
    return Ref<>::share(self);
  }
  if (size > kMaxIndex / n) return raiseNoMemory(ts);
  if (self->max_size >= 0) {
    Index enough = (self->max_size + size - 1) / size;
    if (n > enough) n = enough;
  }
  Ref<List> items = TRY(listFrom(ts, self));
  for (Index i = 0; i < n - 1; ++i) (void)TRY(extendRight(ts, self, items.get()));
  return Ref<>::share(self);
}

Ref<> repeat(ThreadState& ts, Deque* self, Index n) {
  Ref<> made = TRY(copy(ts, self));
  return inplaceRepeat(ts, reinterpret_cast<Deque*>(made.get()), n);
}

Ref<> iter(ThreadState& ts, Deque* self) { return newDequeIterator(ts, self, false); }

// ---- methods ----
Status append(ThreadState& ts, Deque* self, Object* x) { return appendRight(ts, self, Ref<>::share(x)); }
Status appendLeftMethod(ThreadState& ts, Deque* self, Object* x) { return appendLeft(ts, self, Ref<>::share(x)); }
Status clear(ThreadState&, Deque* self) {
  clearAll(self);
  return kDone;
}
Status extend(ThreadState& ts, Deque* self, Object* iterable) { return extendRight(ts, self, iterable); }
Status extendLeftMethod(ThreadState& ts, Deque* self, Object* iterable) { return extendLeft(ts, self, iterable); }

Ref<> pop(ThreadState& ts, Deque* self) {
  if (self->size == 0) return raise(ts, kIndexError, "pop from an empty deque");
  return takeRight(self);
}
Ref<> popLeft(ThreadState& ts, Deque* self) {
  if (self->size == 0) return raise(ts, kIndexError, "pop from an empty deque");
  return takeLeft(self);
}

Result<Index> count(ThreadState& ts, Deque* self, Object* value) {
  DequeCursor c(self);
  size_t state = self->state;
  Index found = 0;
  for (Index n = self->size; n > 0; --n) {
    Ref<> candidate = Ref<>::share(c.next());
    found += TRY(equalObjects(ts, candidate.get(), value));
    if (self->state != state) return raise(ts, kRuntimeError, kMutated);
  }
  return found;
}

Result<Index> index(ThreadState& ts, Deque* self, Args args) {
  (void)TRY(noKeywordNames(ts, "deque.index", args.names));
  if (args.count < 1) return raise(ts, kTypeError, "index() takes at least 1 argument ({} given)", args.count);
  if (args.count > 3) return raise(ts, kTypeError, "index() takes at most 3 arguments ({} given)", args.count);
  Index start = 0, stop = self->size;
  if (args.count > 1) start = TRY(sliceIndex(ts, args[1], 0, false));
  if (args.count > 2) stop = TRY(sliceIndex(ts, args[2], 0, false));
  start = clipIndex(start, self->size);
  stop = clipIndex(stop, self->size);
  Index at = TRY(find(ts, self, args[0], start, stop, kRuntimeError, kMutated));
  if (at < 0) return raise(ts, kValueError, "{!r} is not in deque", args[0]);
  return at;
}

Status insert(ThreadState& ts, Deque* self, Args args) {
  (void)TRY(noKeywordNames(ts, "deque.insert", args.names));
  if (args.count != 2) return raise(ts, kTypeError, "insert() takes exactly 2 arguments ({} given)", args.count);
  Ref<Int> position = TRY(indexObject(ts, args[0]));
  Index at = TRY(stateIndex(ts, position.get()));
  Index n = self->size;
  if (self->max_size == n) return raise(ts, kIndexError, "deque already at its maximum size");
  Ref<> value = Ref<>::share(args[1]);
  if (at >= n) return appendRight(ts, self, std::move(value));
  if (at <= -n || at == 0) return appendLeft(ts, self, std::move(value));
  rotateBy(ts, self, -at);
  (void)TRY(at < 0 ? appendRight(ts, self, std::move(value)) : appendLeft(ts, self, std::move(value)));
  rotateBy(ts, self, at);
  return kDone;
}

Status remove(ThreadState& ts, Deque* self, Object* value) {
  size_t state = self->state;
  Index at = TRY(find(ts, self, value, 0, self->size, kIndexError, kMutated));
  if (at < 0) return raise(ts, kValueError, "{!r} is not in deque", value);
  if (self->state != state) return raise(ts, kIndexError, kMutated);
  deleteAt(ts, self, at);
  return kDone;
}

Status rotate(ThreadState& ts, Deque* self, Args args) {
  (void)TRY(noKeywordNames(ts, "deque.rotate", args.names));
  (void)TRY(checkPositional(ts, "deque.rotate", args.count, 0, 1));
  Index n = 1;
  if (args.count) {
    Ref<Int> steps = TRY(indexObject(ts, args[0]));
    n = TRY(stateIndex(ts, steps.get()));
  }
  rotateBy(ts, self, n);
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status reverse(ThreadState&, Deque* self) {
  Block *left = self->left, *right = self->right;
  Index low = self->left_index, high = self->right_index;
  for (Index n = self->size >> 1; n > 0; --n) {
    std::swap(left->items[low], right->items[high]);
    if (++low == kBlockSize) {
      left = left->right;
      low = 0;
    }
    if (--high < 0) {
      right = right->left;
      high = kBlockSize - 1;
    }
  }
  return kDone;
}

Ref<> reduce(ThreadState& ts, Deque* self) {
  Ref<> state = TRY(callMethod(ts, self, names::__getstate__));
  Ref<> it = TRY(iterOf(ts, self));
  Ref<Tuple> arguments = emptyTuple();
  if (self->max_size >= 0) {
    Ref<Int> max_size = TRY(newInt(ts, self->max_size));
    arguments = TRY(packTuple(ts, {arguments.get(), max_size.get()}));
  }
  return packTuple(ts, {self->type, arguments.get(), state.get(), it.get()});
}

Ref<> reversed(ThreadState& ts, Deque* self) { return newDequeIterator(ts, self, true); }

Index sizeOf(ThreadState&, Deque* self) {
  Index blocks = (self->left_index + self->size + kBlockSize - 1) / kBlockSize;
  return self->type->basic_size + blocks * Index(sizeof(Block));
}

Ref<> maxLength(ThreadState& ts, Deque* self) {
  if (self->max_size < 0) return none();
  return newInt(ts, self->max_size);
}

// CPython's are METH_FASTCALL without keywords.
constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("append", append, "($self, x, /)", "Add an element to the right side of the deque."),
    METHOD_UNSIGNED("appendleft", appendLeftMethod, "($self, x, /)", "Add an element to the left side of the deque."),
    METHOD_UNSIGNED("clear", clear, "($self, /)", "Remove all elements from the deque."),
    METHOD_UNSIGNED("__copy__", copy, "($self, /)", "Return a shallow copy of a deque."),
    METHOD_UNSIGNED("copy", copy, "($self, /)", "Return a shallow copy of a deque."),
    METHOD_UNSIGNED("count", count, "($self, value, /)", "D.count(value) -- return number of occurrences of value"),
    METHOD_UNSIGNED("extend", extend, "($self, iterable, /)",
                    "Extend the right side of the deque with elements from the iterable"),
    METHOD_UNSIGNED("extendleft", extendLeftMethod, "($self, iterable, /)",
                    "Extend the left side of the deque with elements from the iterable"),
    METHOD_RAW("index", index,
               "D.index(value, [start, [stop]]) -- return first index of value.\nRaises ValueError if the value is not present."),
    METHOD_RAW("insert", insert, "D.insert(index, object) -- insert object before index"),
    METHOD_UNSIGNED("pop", pop, "($self, /)", "Remove and return the rightmost element."),
    METHOD_UNSIGNED("popleft", popLeft, "($self, /)", "Remove and return the leftmost element."),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "Return state information for pickling."),
    METHOD_UNSIGNED("remove", remove, "($self, value, /)", "D.remove(value) -- remove first occurrence of value."),
    METHOD_UNSIGNED("__reversed__", reversed, "($self, /)",
                    "D.__reversed__() -- return a reverse iterator over the deque"),
    METHOD_UNSIGNED("reverse", reverse, "($self, /)", "D.reverse() -- reverse *IN PLACE*"),
    METHOD_RAW("rotate", rotate, "Rotate the deque n steps to the right (default n=1).  If n is negative, rotates left."),
    METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", "D.__sizeof__() -- size of D in memory, in bytes"),
    CLASS_GETITEM,
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("maxlen", maxLength, "maximum size of a deque or None if unbounded"), {}};
constinit NumberSlots kNumber = {.truth = slot<truth>};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .set_item = slot<setItemSlot>,
                                     .contains = slot<contains>,
                                     .inplace_concat = slot<inplaceConcat>,
                                     .inplace_repeat = slot<inplaceRepeat>};

// ---- iterators ----
template <bool kReversed>
Ref<> next(ThreadState& ts, DequeIterator* it) {
  if (it->deque->state != it->state) {
    it->remaining = 0;
    return raise(ts, kRuntimeError, kMutated);
  }
  if (it->remaining == 0) return {};
  Ref<> item = Ref<>::share(it->block->items[it->index]);
  --it->remaining;
  if constexpr (kReversed) {
    if (--it->index < 0 && it->remaining > 0) {
      it->block = it->block->left;
      it->index = kBlockSize - 1;
    }
  } else {
    if (++it->index == kBlockSize && it->remaining > 0) {
      it->block = it->block->right;
      it->index = 0;
    }
  }
  return item;
}

template <bool kReversed>
Ref<> makeIterator(ThreadState& ts, Type*, Tuple* args, Dict*) {
  if (args->size < 1) return raise(ts, kTypeError, "function takes at least 1 argument ({} given)", args->size);
  if (args->size > 2) return raise(ts, kTypeError, "function takes at most 2 arguments ({} given)", args->size);
  if (!isInstanceOf(args->items[0], kDeque))
    return raise(ts, kTypeError, "argument 1 must be collections.deque, not {:.50}", typeName(args->items[0]));
  Index skip = 0;
  if (args->size == 2) {
    Ref<Int> number = TRY(indexObject(ts, args->items[1]));
    skip = TRY(stateIndex(ts, number.get()));
  }
  Ref<> made = TRY(newDequeIterator(ts, reinterpret_cast<Deque*>(args->items[0]), kReversed));
  auto* it = reinterpret_cast<DequeIterator*>(made.get());
  for (; skip > 0 && it->remaining > 0; --skip) Ref<> ignored = TRY(next<kReversed>(ts, it));
  return made;
}

Index hint(ThreadState&, DequeIterator* it) { return it->remaining; }

Ref<> reduceIterator(ThreadState& ts, DequeIterator* it) {
  Ref<Int> passed = TRY(newInt(ts, it->deque->size - it->remaining));
  Ref<Tuple> arguments = TRY(packTuple(ts, {it->deque, passed.get()}));
  return packTuple(ts, {it->type, arguments.get()});
}

constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "Private method returning an estimate of len(list(it))."),
    METHOD_UNSIGNED("__reduce__", reduceIterator, "($self, /)", "Return state information for pickling."),
    {}};

consteval Type defineIterator(const char* name, NewFn make_slot, UnaryFn next_slot) {
  return defineType<DequeIterator>({.name = name,
                                    .methods = kIteratorMethods,
                                    .make = make_slot,
                                    .free = freeGcObject,
                                    .dealloc = slot<deallocFields<DequeIterator, &DequeIterator::deque>>,
                                    .traverse = slot<traverseFields<DequeIterator, &DequeIterator::deque>>,
                                    .getattro = genericGetAttrSlot,
                                    .iter = slot<iteratorItself>,
                                    .iternext = next_slot});
}

}  // namespace

Ref<> newDequeIterator(ThreadState& ts, Deque* d, bool reversed) {
  Ref<DequeIterator> it = TRY(newObject<DequeIterator>(ts, reversed ? kDequeReverseIterator : kDequeIterator));
  it->block = reversed ? d->right : d->left;
  it->index = reversed ? d->right_index : d->left_index;
  it->state = d->state;
  it->remaining = d->size;
  it->deque = share(d).release();
  track(it.get());
  return it;
}

constinit Type kDequeIterator = defineIterator("_collections._deque_iterator", makeSlot<makeIterator<false>>, slot<next<false>>);
constinit Type kDequeReverseIterator =
    defineIterator("_collections._deque_reverse_iterator", makeSlot<makeIterator<true>>, slot<next<true>>);

constinit Type kDeque = defineType<Deque>(
    {.name = "collections.deque",
     .doc = "deque([iterable[, maxlen]]) --> deque object\n\nA list-like sequence optimized for data accesses near its endpoints.",
     .flags = kBaseType | kSequenceFlag,
     .weaklist_offset = offsetof(Deque, weakrefs),
     .methods = kMethods,
     .getset = kGetSet,
     .number = &kNumber,
     .sequence = &kSequence,
     .make = makeSlot<make>,
     .init = INITIALIZER(init, "deque", "($self, iterable=(), maxlen=None)"),
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clearSlot>,
     .repr = slot<repr>,
     .hash = notHashable,
     .richcompare = slot<richcompare>,
     .getattro = genericGetAttrSlot,
     .iter = slot<iter>});

}  // namespace habu::collections
