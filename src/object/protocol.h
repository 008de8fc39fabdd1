// What can be done with any object: text, truth, hash, comparison, iteration, containers. Errors are CPython's.
// These names are reserved: a type file calls its own slot functions repr, str, hash, length, item, contains...
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

struct List;
struct Str;

// ---- text ----
Ref<Str> reprOf(ThreadState&, Object*);   // null prints <NULL>
Ref<Str> strOf(ThreadState&, Object*);
Ref<Str> asciiOf(ThreadState&, Object*);
Ref<Str> formatObject(ThreadState&, Object*, Str* spec);  // format(o, spec); null spec: empty
// Guards against endless repr of self-containing containers: `entered` false means "already being printed".
class [[nodiscard]] ReprGuard {
 public:
  ReprGuard(ThreadState&, Object*);
  ~ReprGuard();
  bool failed() const { return state_ < 0; }
  bool recursive() const { return state_ > 0; }

 private:
  ThreadState& ts_;
  Object* object_;
  int state_;
};

// ---- truth, hash, comparison ----
Result<bool> isTrue(ThreadState&, Object*);
Result<Hash> hashOf(ThreadState&, Object*);
Hash pointerHash(const void*);
Hash notHashable(Object*);  // the slot of unhashable types: TypeError
Ref<> compareObjects(ThreadState&, Object*, Object*, CompareOp);
Result<bool> compareBool(ThreadState&, Object*, Object*, CompareOp);  // identity implies equality
inline Result<bool> equalObjects(ThreadState& ts, Object* a, Object* b) {
  if (a == b) return true;
  return compareBool(ts, a, b, CompareOp::Eq);
}
// The answer of a richcompare slot from a three-way result.
inline bool compareResult(int order, CompareOp op) {
  switch (op) {
    case CompareOp::Lt: return order < 0;
    case CompareOp::Le: return order <= 0;
    case CompareOp::Eq: return order == 0;
    case CompareOp::Ne: return order != 0;
    case CompareOp::Gt: return order > 0;
    case CompareOp::Ge: return order >= 0;
  }
  return false;
}

// ---- iteration ----
Ref<> iterOf(ThreadState&, Object*);  // TypeError "'x' object is not iterable"
// The next item; empty without an exception at the end (StopIteration is swallowed), empty with one on failure.
Ref<> iterNext(ThreadState&, Object* iterator);
bool isIterator(const Object*);
Object* nextNotImplemented(Object*);  // the tp_iternext of a class whose __next__ is None
Result<Index> lengthHint(ThreadState&, Object*, Index fallback);
// Ref<> it = TRY(iterOf(ts, o));  while (Ref<> x = iterNext(ts, it.get())) {...}  if (errorSet(ts)) return Raised{};
Ref<List> listFrom(ThreadState&, Object* iterable);
Ref<Tuple> tupleFrom(ThreadState&, Object* iterable);
// A list or tuple as it is, anything else listed; TypeError with `message` when not iterable (PySequence_Fast).
Ref<> sequenceFast(ThreadState&, Object*, const char* message);
Object* const* fastItems(Object* list_or_tuple);
Index fastSize(Object* list_or_tuple);

// ---- containers ----
Result<Index> lengthOf(ThreadState&, Object*);  // TypeError "object of type 'x' has no len()"
Ref<> getItem(ThreadState&, Object*, Object* key);
Status setItem(ThreadState&, Object*, Object* key, Object* value);
Status delItem(ThreadState&, Object*, Object* key);
Result<bool> containsItem(ThreadState&, Object* container, Object* value);
Ref<> getItemAt(ThreadState&, Object* sequence, Index i);
Status setItemAt(ThreadState&, Object* sequence, Index i, Object* value);  // null value deletes
Ref<> getSlice(ThreadState&, Object* sequence, Index start, Index stop);
Result<Index> countOf(ThreadState&, Object* sequence, Object* value);
Result<Index> indexOf(ThreadState&, Object* sequence, Object* value);
Ref<> concatSequences(ThreadState&, Object*, Object*);
Ref<> repeatSequence(ThreadState&, Object*, Index times);
bool isSequence(const Object*);
bool isMapping(const Object*);
Ref<List> mappingKeys(ThreadState&, Object*);
Ref<List> mappingValues(ThreadState&, Object*);
Ref<List> mappingItems(ThreadState&, Object*);
// Clips an index of a slice to [0, length].
inline Index clipIndex(Index i, Index length) {
  if (i < 0) i += length;
  return i < 0 ? 0 : i > length ? length : i;
}

// An int, or an object with fileno(), as an open file's number; TypeError, ValueError for negative ones.
Result<int> fileDescriptorOf(ThreadState&, Object*);

// ---- classes ----
Result<bool> isInstanceObject(ThreadState&, Object*, Object* class_or_tuple);  // isinstance(), hooks included
Result<bool> isSubclassObject(ThreadState&, Object*, Object* class_or_tuple);
// type.__instancecheck__ and type.__subclasscheck__: without the hooks.
Result<bool> plainIsInstance(ThreadState&, Object*, Object* cls);
Result<bool> plainIsSubclass(ThreadState&, Object* derived, Object* cls);
Ref<List> dirOf(ThreadState&, Object*);

}  // namespace habu
