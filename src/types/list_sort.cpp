// list.sort. Keys that are all small ints, all floats, all Latin-1 strs, or tuples that begin with such, are compared
// by machine instructions; anything else by `<`. While sorting the list looks empty; a change to it is an error.
#include <bit>
#include <cstring>

#include "object/alloc.h"
#include "object/call.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/list_array.h"
#include "types/merge_sort.h"
#include "types/quick_compare.h"
#include "types/tuple.h"

namespace habu {

namespace {

// ---- keys as the machine compares them: order() is < 0, 0, > 0 (also for "neither": nan) ----
struct IntKey {
  long long value;
  static bool fits(Object* o) { return isExactInt(o) && isSmall(reinterpret_cast<Int*>(o)); }
  static IntKey of(Object* o) { return {smallValue(reinterpret_cast<Int*>(o))}; }
  int order(const IntKey& b, Object*, Object*) const { return value < b.value ? -1 : value > b.value; }
  bool less(const IntKey& b) const { return value < b.value; }
};

struct FloatKey {
  double value;
  static bool fits(Object* o) { return isExactFloat(o); }
  static FloatKey of(Object* o) { return {reinterpret_cast<Float*>(o)->value}; }
  // Tuples compare items for equality first, and a nan equals itself when it is the same object.
  int order(const FloatKey& b, Object* x, Object* y) const { return value < b.value ? -1 : !(value == b.value || x == y); }
  bool less(const FloatKey& b) const { return value < b.value; }
};

struct StrKey {
  uint64_t prefix;  // the first eight characters, big-endian
  Str* text;
  static bool fits(Object* o) { return isExactStr(o) && reinterpret_cast<Str*>(o)->kind() == StrKind::Ucs1; }
  static StrKey of(Object* o) {
    auto* s = reinterpret_cast<Str*>(o);
    unsigned char first[8] = {};
    std::memcpy(first, s->data(), size_t(s->length < 8 ? s->length : 8));
    uint64_t word;
    std::memcpy(&word, first, 8);
    return {std::endian::native == std::endian::little ? __builtin_bswap64(word) : word, s};
  }
  int order(const StrKey& b, Object*, Object*) const {
    if (prefix != b.prefix) return prefix < b.prefix ? -1 : 1;
    Index shorter = text->length < b.text->length ? text->length : b.text->length;
    int c = std::memcmp(text->data(), b.text->data(), size_t(shorter));
    if (c) return c;
    return text->length < b.text->length ? -1 : text->length > b.text->length;
  }
  bool less(const StrKey& b) const { return order(b, nullptr, nullptr) < 0; }
};

template <class Key>
struct Keyed {
  Key key;
  Object* value;
};

template <class Key>
struct MachineLess {
  int operator()(const Keyed<Key>& a, const Keyed<Key>& b) const { return a.key.less(b.key); }
};

int lessObjects(ThreadState& ts, Object* a, Object* b) {
  if (Quick less = quickLess(a, b); less != Quick::Unknown) return int(less);
  Result<bool> less = compareBool(ts, a, b, CompareOp::Lt);
  return less.failed() ? -1 : less.take();
}

// Tuples: by the first item as a machine key, then as tuples compare.
template <class First>
struct TupleKey {
  First first;
  Tuple* tuple;
  static bool fits(Object* o) {
    return isExactTuple(o) && reinterpret_cast<Tuple*>(o)->size > 0 && First::fits(reinterpret_cast<Tuple*>(o)->items[0]);
  }
  static TupleKey of(Object* o) { return {First::of(reinterpret_cast<Tuple*>(o)->items[0]), reinterpret_cast<Tuple*>(o)}; }
};

template <class First>
struct TupleLess {
  ThreadState& ts;
  int operator()(const Keyed<TupleKey<First>>& a, const Keyed<TupleKey<First>>& b) const {
    Tuple *x = a.key.tuple, *y = b.key.tuple;
    if (int c = a.key.first.order(b.key.first, x->items[0], y->items[0])) return c < 0;
    Index n = x->size < y->size ? x->size : y->size;
    for (Index i = 1; i < n; ++i) {
      Quick quick = quickEqual(x->items[i], y->items[i]);
      if (quick == Quick::Yes) continue;
      if (quick == Quick::Unknown) {
        Result<bool> same = compareBool(ts, x->items[i], y->items[i], CompareOp::Eq);
        if (same.failed()) return -1;
        if (same.take()) continue;
      }
      return lessObjects(ts, x->items[i], y->items[i]);
    }
    return x->size < y->size;
  }
};

struct Plain {
  Object* value;
};
struct PlainLess {
  ThreadState& ts;
  int operator()(const Plain& a, const Plain& b) const { return lessObjects(ts, a.value, b.value); }
};
struct ObjectKey {
  Object* object;
  static ObjectKey of(Object* o) { return {o}; }
};
struct KeyedLess {
  ThreadState& ts;
  int operator()(const Keyed<ObjectKey>& a, const Keyed<ObjectKey>& b) const {
    return lessObjects(ts, a.key.object, b.key.object);
  }
};

template <class E, class Less>
bool runSort(ThreadState& ts, E* array, Index n, Less less) {
  using Sort = MergeSort<E, Less>;
  Sort sort(less);
  typename Sort::Outcome outcome = sort.sort(array, n);
  if (outcome == Sort::Outcome::NoMemory) (void)raiseNoMemory(ts);
  return outcome == Sort::Outcome::Done;
}

// Sorts `items` by `keys` through an array of machine keys beside their values.
template <class Key, class Less>
[[gnu::noinline]] bool sortKeyed(ThreadState& ts, Object** items, Object** keys, Index n, Less less) {
  using Element = Keyed<Key>;
  auto* array = static_cast<Element*>(allocate(size_t(n) * sizeof(Element)));
  if (!array) {
    (void)raiseNoMemory(ts);
    return false;
  }
  for (Index i = 0; i < n; ++i) array[i] = {Key::of(keys[i]), items[i]};
  bool ok = runSort(ts, array, n, less);
  for (Index i = 0; i < n; ++i) items[i] = array[i].value;
  freeMemory(array);
  return ok;
}

template <class Key>
bool allFit(Object** keys, Index n) {
  for (Index i = 0; i < n; ++i)
    if (!Key::fits(keys[i])) return false;
  return true;
}

bool sortItems(ThreadState& ts, Object** items, Object** keys, Index n) {
  Object* first = keys[0];
  if (IntKey::fits(first)) {
    if (allFit<IntKey>(keys, n)) return sortKeyed<IntKey>(ts, items, keys, n, MachineLess<IntKey>{});
  } else if (FloatKey::fits(first)) {
    if (allFit<FloatKey>(keys, n)) return sortKeyed<FloatKey>(ts, items, keys, n, MachineLess<FloatKey>{});
  } else if (StrKey::fits(first)) {
    if (allFit<StrKey>(keys, n)) return sortKeyed<StrKey>(ts, items, keys, n, MachineLess<StrKey>{});
  } else if (TupleKey<IntKey>::fits(first)) {
    using Key = TupleKey<IntKey>;
    if (allFit<Key>(keys, n)) return sortKeyed<Key>(ts, items, keys, n, TupleLess<IntKey>{ts});
  } else if (TupleKey<FloatKey>::fits(first)) {
    using Key = TupleKey<FloatKey>;
    if (allFit<Key>(keys, n)) return sortKeyed<Key>(ts, items, keys, n, TupleLess<FloatKey>{ts});
  } else if (TupleKey<StrKey>::fits(first)) {
    using Key = TupleKey<StrKey>;
    if (allFit<Key>(keys, n)) return sortKeyed<Key>(ts, items, keys, n, TupleLess<StrKey>{ts});
  }
  if (keys == items) return runSort(ts, reinterpret_cast<Plain*>(items), n, PlainLess{ts});
  return sortKeyed<ObjectKey>(ts, items, keys, n, KeyedLess{ts});
}

// The keys of the items, owned, in a new array; null with an exception.
Object** makeKeys(ThreadState& ts, Object** items, Index n, Object* function) {
  auto** keys = static_cast<Object**>(allocate(size_t(n) * sizeof(Object*)));
  if (!keys) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  for (Index i = 0; i < n; ++i) {
    Object* args[] = {nullptr, items[i]};
    keys[i] = vectorcall(ts, function, args + 1, 1 | kArgumentsOffset).release();
    if (keys[i]) continue;
    while (--i >= 0) dropReference(keys[i]);
    freeMemory(keys);
    return nullptr;
  }
  return keys;
}

bool sortArray(ThreadState& ts, Object** items, Index n, Object* key, bool reverse) {
  Object** keys = items;
  if (key && !(keys = makeKeys(ts, items, n, key))) return false;
  bool ok = true;
  if (n > 1) {
    // Reversing before and after keeps equal items in their order.
    if (reverse) {
      if (keys != items) reversePointers(keys, n);
      reversePointers(items, n);
    }
    ok = sortItems(ts, items, keys, n);
    if (reverse) reversePointers(items, n);
  }
  if (keys != items) {
    PendingError pending = PendingError::take(ts);  // dropping keys may run code
    for (Index i = 0; i < n; ++i) dropReference(keys[i]);
    freeMemory(keys);
    if (pending) std::move(pending).restore(ts);
  }
  return ok;
}

}  // namespace

Status sortList(ThreadState& ts, List* self, Object* key, bool reverse) {
  if (key && isNone(key)) key = nullptr;
  Object** items = std::exchange(self->items, nullptr);
  Index n = std::exchange(self->size, 0);
  Index allocated = std::exchange(self->allocated, -1);  // any change to the list resets it
  bool ok = n == 0 || sortArray(ts, items, n, key, reverse);
  if (ok && self->allocated != -1) {
    (void)raise(ts, kValueError, "list modified during sort");
    ok = false;
  }
  Object** added = std::exchange(self->items, items);
  Index added_count = std::exchange(self->size, n);
  self->allocated = allocated;
  if (added) {
    PendingError pending = PendingError::take(ts);
    while (--added_count >= 0) dropReference(added[added_count]);
    freeMemory(added);
    if (pending) std::move(pending).restore(ts);
  }
  if (!ok) return Raised{};
  return kDone;
}

}  // namespace habu
