#include "types/slot_wrappers.h"

#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/int.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu::wrappers {

namespace {

ThreadState& current() { return ThreadState::current(); }
Object* sharedNone() { return none().release(); }

bool checkCount(Object* args, Index n) {
  Index given = static_cast<Tuple*>(args)->size;
  if (given == n) return true;
  (void)raise(current(), kTypeError, "expected {} argument{}, got {}", n, n == 1 ? "" : "s", given);
  return false;
}
bool checkCountRange(Object* args, Index least, Index most) {
  Index given = static_cast<Tuple*>(args)->size;
  if (given >= least && given <= most) return true;
  bool few = given < least;
  Index bound = few ? least : most;
  (void)raise(current(), kTypeError, " expected at {} {} argument{}, got {}", few ? "least" : "most", bound,
              bound == 1 ? "" : "s", given);
  return false;
}
Object* argument(Object* args, Index i) { return static_cast<Tuple*>(args)->items[i]; }
Object* doneOrFailed(int failed) { return failed < 0 ? nullptr : sharedNone(); }
Object* boolOrFailed(int answer) {
  if (answer < 0 && errorSet(current())) return nullptr;
  return newBool(answer != 0).release();
}

// A sequence index; negative ones count from the end.
bool sequenceIndex(Object* self, Object* arg, Index& out) {
  ThreadState& ts = current();
  auto i = asIndex(ts, arg, &kOverflowError);
  if (i.failed()) return false;
  out = i.take();
  if (out < 0 && self->type->sequence && self->type->sequence->length) {
    Index n = self->type->sequence->length(self);
    if (n < 0) return false;
    out += n;
  }
  return true;
}

// object.__setattr__(type, ...) must not get around the checks of type.__setattr__, nor around any other C override:
// between the C type that gives the object its tp_setattro and the one that defines `f`, nobody else may override it.
bool mayBypassSetattr(Object* self, ObjectSetFn f, const char* what) {
  Type* type = self->type;
  Tuple* mro = type->mro;
  if (!mro) return true;
  Type* definer = type;
  for (Index i = mro->size - 1; i >= 0; --i) {
    auto* base = static_cast<Type*>(mro->items[i]);
    if (base->setattro == slots::setattro || base->setattro != type->setattro) continue;
    definer = base;
    break;
  }
  for (Type* base = definer; base && base->setattro != f; base = base->base) {
    if (base->setattro == slots::setattro) continue;
    (void)raise(current(), kTypeError, "can't apply this {} to {} object", what, type->name);
    return false;
  }
  return true;
}

template <class F>
F as(void* f) {
  return reinterpret_cast<F>(f);
}

}  // namespace

Object* unary(Object* self, Object* args, void* f) { return checkCount(args, 0) ? as<UnaryFn>(f)(self) : nullptr; }
Object* binary(Object* self, Object* args, void* f) {
  return checkCount(args, 1) ? as<BinaryFn>(f)(self, argument(args, 0)) : nullptr;
}
Object* binaryLeft(Object* self, Object* args, void* f) { return binary(self, args, f); }
Object* binaryReflected(Object* self, Object* args, void* f) {
  return checkCount(args, 1) ? as<BinaryFn>(f)(argument(args, 0), self) : nullptr;
}
Object* inquiry(Object* self, Object* args, void* f) {
  return checkCount(args, 0) ? boolOrFailed(as<InquiryFn>(f)(self)) : nullptr;
}
Object* power(Object* self, Object* args, void* f) {
  if (!checkCountRange(args, 1, 2)) return nullptr;
  Object* modulus = static_cast<Tuple*>(args)->size > 1 ? argument(args, 1) : &kNoneObject;
  return as<TernaryFn>(f)(self, argument(args, 0), modulus);
}
Object* powerReflected(Object* self, Object* args, void* f) {
  if (!checkCountRange(args, 1, 2)) return nullptr;
  Object* modulus = static_cast<Tuple*>(args)->size > 1 ? argument(args, 1) : &kNoneObject;
  return as<TernaryFn>(f)(argument(args, 0), self, modulus);
}
Object* length(Object* self, Object* args, void* f) {
  if (!checkCount(args, 0)) return nullptr;
  Index n = as<LengthFn>(f)(self);
  if (n == -1 && errorSet(current())) return nullptr;
  return newInt(current(), n).release();
}
Object* repeat(Object* self, Object* args, void* f) {
  if (!checkCount(args, 1)) return nullptr;
  auto i = asIndex(current(), argument(args, 0), &kOverflowError);
  return i.failed() ? nullptr : as<IndexFn>(f)(self, i.take());
}
Object* item(Object* self, Object* args, void* f) {
  Index i;
  if (!checkCount(args, 1) || !sequenceIndex(self, argument(args, 0), i)) return nullptr;
  return as<IndexFn>(f)(self, i);
}
Object* setItem(Object* self, Object* args, void* f) {
  Index i;
  if (!checkCount(args, 2) || !sequenceIndex(self, argument(args, 0), i)) return nullptr;
  int r = as<IndexSetFn>(f)(self, i, argument(args, 1));
  return r == -1 && errorSet(current()) ? nullptr : sharedNone();
}
Object* delItem(Object* self, Object* args, void* f) {
  Index i;
  if (!checkCount(args, 1) || !sequenceIndex(self, argument(args, 0), i)) return nullptr;
  int r = as<IndexSetFn>(f)(self, i, nullptr);
  return r == -1 && errorSet(current()) ? nullptr : sharedNone();
}
Object* contains(Object* self, Object* args, void* f) {
  return checkCount(args, 1) ? boolOrFailed(as<ContainsFn>(f)(self, argument(args, 0))) : nullptr;
}
Object* setSubscript(Object* self, Object* args, void* f) {
  if (!checkCount(args, 2)) return nullptr;
  return doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), argument(args, 1)));
}
Object* delSubscript(Object* self, Object* args, void* f) {
  return checkCount(args, 1) ? doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), nullptr)) : nullptr;
}
Object* hash(Object* self, Object* args, void* f) {
  if (!checkCount(args, 0)) return nullptr;
  Hash h = as<HashFn>(f)(self);
  if (h == -1 && errorSet(current())) return nullptr;
  return newInt(current(), h).release();
}
Object* call(Object* self, Object* args, void* f, Object* keywords) { return as<TernaryFn>(f)(self, args, keywords); }
Object* setAttribute(Object* self, Object* args, void* f) {
  if (!checkCount(args, 2) || !mayBypassSetattr(self, as<ObjectSetFn>(f), "__setattr__")) return nullptr;
  return doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), argument(args, 1)));
}
Object* delAttribute(Object* self, Object* args, void* f) {
  if (!checkCount(args, 1) || !mayBypassSetattr(self, as<ObjectSetFn>(f), "__delattr__")) return nullptr;
  return doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), nullptr));
}
Object* compareWith(Object* self, Object* args, void* f, int op) {
  return checkCount(args, 1) ? as<CompareFn>(f)(self, argument(args, 0), op) : nullptr;
}
Object* next(Object* self, Object* args, void* f) {
  if (!checkCount(args, 0)) return nullptr;
  Object* value = as<UnaryFn>(f)(self);
  if (!value && !errorSet(current())) (void)raiseStopIteration(current(), nullptr);
  return value;
}
Object* descrGet(Object* self, Object* args, void* f) {
  if (!checkCountRange(args, 1, 2)) return nullptr;
  Object* instance = argument(args, 0);
  Object* type = static_cast<Tuple*>(args)->size > 1 ? argument(args, 1) : nullptr;
  if (isNone(instance)) instance = nullptr;
  if (type && isNone(type)) type = nullptr;
  if (!type && !instance) {
    (void)raise(current(), kTypeError, "__get__(None, None) is invalid");
    return nullptr;
  }
  return as<TernaryFn>(f)(self, instance, type);
}
Object* descrSet(Object* self, Object* args, void* f) {
  if (!checkCount(args, 2)) return nullptr;
  return doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), argument(args, 1)));
}
Object* descrDelete(Object* self, Object* args, void* f) {
  return checkCount(args, 1) ? doneOrFailed(as<ObjectSetFn>(f)(self, argument(args, 0), nullptr)) : nullptr;
}
Object* init(Object* self, Object* args, void* f, Object* keywords) {
  return doneOrFailed(as<InitFn>(f)(self, args, keywords));
}
Object* finalize(Object* self, Object* args, void* f) {
  if (!checkCount(args, 0)) return nullptr;
  as<DestructorFn>(f)(self);
  return sharedNone();
}

}  // namespace habu::wrappers
