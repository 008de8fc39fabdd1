// Iteration (protocol.h).
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

Ref<> iterOf(ThreadState& ts, Object* o) {
  if (UnaryFn f = o->type->iter) {
    Ref<> it = Ref<>::steal(f(o));
    if (it && !isIterator(it.get()))
      return raise(ts, kTypeError, "iter() returned non-iterator of type '{:.100}'", typeName(it.get()));
    return it;
  }
  if (isSequence(o)) return newSequenceIterator(ts, o);
  return raise(ts, kTypeError, "'{:.200}' object is not iterable", typeName(o));
}

Ref<> iterNext(ThreadState& ts, Object* iterator) {
  if (RecursionGuard::outOfStack(ts, " while getting the next item")) [[unlikely]] return {};
  Ref<> item = Ref<>::steal(iterator->type->iternext(iterator));
  if (!item && errorSet(ts) && errorMatches(ts, kStopIteration)) clearError(ts);
  return item;
}

Object* nextNotImplemented(Object* o) {
  (void)raise(ThreadState::current(), kTypeError, "'{:.200}' object is not iterable", typeName(o));
  return nullptr;
}

bool isIterator(const Object* o) { return o->type->iternext && o->type->iternext != nextNotImplemented; }

Result<Index> lengthHint(ThreadState& ts, Object* o, Index fallback) {
  const Type* t = o->type;
  if ((t->sequence && t->sequence->length) || (t->mapping && t->mapping->length)) {
    auto n = lengthOf(ts, o);
    if (!n.failed()) return n;
    if (!errorMatches(ts, kTypeError)) return Raised{};
    clearError(ts);
  }
  Ref<> hint_method = TRY(lookupSpecial(ts, o, names::__length_hint__));
  if (!hint_method) return fallback;
  Ref<> hint = call(ts, hint_method.get());
  if (!hint) {
    if (!errorMatches(ts, kTypeError)) return Raised{};
    clearError(ts);
    return fallback;
  }
  if (hint.get() == &kNotImplementedObject) return fallback;
  if (!isInt(hint.get())) return raise(ts, kTypeError, "__length_hint__ must be an integer, not {:.100}", typeName(hint.get()));
  Index n = TRY(asIndex(ts, hint.get(), &kOverflowError));
  if (n < 0) return raise(ts, kValueError, "__length_hint__() should return >= 0");
  return n;
}

Ref<List> listFrom(ThreadState& ts, Object* iterable) {
  if (isExactList(iterable) || isExactTuple(iterable)) return listFromSpan(ts, {fastItems(iterable), size_t(fastSize(iterable))});
  Ref<List> list = TRY(newList(ts));
  TRY(extendList(ts, list.get(), iterable));
  return list;
}

Ref<Tuple> tupleFrom(ThreadState& ts, Object* iterable) {
  if (isExactTuple(iterable)) return Ref<Tuple>::share(static_cast<Tuple*>(iterable));
  if (isExactList(iterable)) return listToTuple(ts, static_cast<List*>(iterable));
  Ref<List> list = TRY(listFrom(ts, iterable));
  return listToTuple(ts, list.get());
}

Ref<> sequenceFast(ThreadState& ts, Object* o, const char* message) {
  if (isExactList(o) || isExactTuple(o)) return Ref<>::share(o);
  Ref<> it = iterOf(ts, o);
  if (!it) {
    if (errorMatches(ts, kTypeError)) return raise(ts, kTypeError, message);
    return Raised{};
  }
  return listFrom(ts, it.get());
}

Object* const* fastItems(Object* o) { return isList(o) ? static_cast<List*>(o)->items : static_cast<Tuple*>(o)->items; }
Index fastSize(Object* o) { return static_cast<VarObject*>(o)->size; }

}  // namespace habu
