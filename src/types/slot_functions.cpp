// Slot functions: what stands in a type's C slot when its class defines the special method in Python. Each looks the
// method up on the type and calls it.
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

// A special method ready to be called: unbound (self goes in front) where binding would only be undone again.
struct Special {
  Ref<> function;  // empty: absent, or failed when `failed`
  bool unbound = false;
  bool failed = false;
};

Special findSpecial(Object* self, Str* name) {
  Ref<> found = Ref<>::share(typeLookup(self->type, name));
  if (!found) return {};
  if (found->type->has(kMethodDescriptor)) return {std::move(found), true, false};
  TernaryFn get = found->type->descr_get;
  if (!get) return {std::move(found), false, false};
  Ref<> bound = Ref<>::steal(get(found.get(), self, self->type));
  bool failed = !bound;
  return {std::move(bound), false, failed};
}

constexpr size_t kMaxSlotArguments = 4;

Ref<> callSpecialFunction(ThreadState& ts, const Special& f, Object* self, std::initializer_list<Object*> args) {
  Object* values[kMaxSlotArguments + 1];
  size_t n = 0;
  values[n++] = self;
  for (Object* a : args) values[n++] = a;
  if (f.unbound) return vectorcall(ts, f.function.get(), values, n);
  return vectorcall(ts, f.function.get(), values + 1, (n - 1) | kArgumentsOffset);
}

ThreadState& current() { return ThreadState::current(); }

}  // namespace

Ref<> callSlotMethod(ThreadState& ts, Object* self, Str* name, std::initializer_list<Object*> args) {
  Special f = findSpecial(self, name);
  if (f.failed) return {};
  if (!f.function) return raiseValue(ts, kAttributeError, name);
  return callSpecialFunction(ts, f, self, args);
}

Ref<> callSlotMethodMaybe(ThreadState& ts, Object* self, Str* name, std::initializer_list<Object*> args) {
  Special f = findSpecial(self, name);
  if (f.failed) return {};
  if (!f.function) return notImplemented();
  return callSpecialFunction(ts, f, self, args);
}

Object* unarySlot(Object* self, Str* name) { return callSlotMethod(current(), self, name, {}).release(); }

namespace {
// Does the type of `right` have its own version of the reflected method?
Result<bool> isOverridden(ThreadState& ts, Object* left, Object* right, Str* name) {
  Ref<> a = TRY(findAttr(ts, right->type, name));
  if (!a) return false;
  Ref<> b = TRY(findAttr(ts, left->type, name));
  if (!b) return true;
  return compareBool(ts, a.get(), b.get(), CompareOp::Ne);
}
bool hasSlot(const Object* o, BinaryFn NumberSlots::*member, BinaryFn f) {
  return o->type->number && o->type->number->*member == f;
}
}  // namespace

Object* binarySlot(Object* left, Object* right, BinaryFn NumberSlots::*member, BinaryFn mine, Str* name,
                   Str* reflected) {
  ThreadState& ts = current();
  bool try_right = left->type != right->type && hasSlot(right, member, mine);
  if (hasSlot(left, member, mine)) {
    if (try_right && isSubtype(right->type, left->type)) {
      auto overridden = isOverridden(ts, left, right, reflected);
      if (overridden.failed()) return nullptr;
      if (overridden.take()) {
        Ref<> r = callSlotMethodMaybe(ts, right, reflected, {left});
        if (!r || r.get() != &kNotImplementedObject) return r.release();
        try_right = false;
      }
    }
    Ref<> r = callSlotMethodMaybe(ts, left, name, {right});
    if (!r || r.get() != &kNotImplementedObject || left->type == right->type) return r.release();
  }
  if (try_right) return callSlotMethodMaybe(ts, right, reflected, {left}).release();
  return notImplemented().release();
}

namespace slots {

Object* repr(Object* self) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__repr__);
  if (f.function) return callSpecialFunction(ts, f, self, {}).release();
  if (f.failed) clearError(ts);
  return formatText(ts, "<{} object at {:#x}>", self->type, reinterpret_cast<uintptr_t>(self)).release();
}
Object* str(Object* self) { return unarySlot(self, names::__str__); }

Hash hash(Object* self) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__hash__);
  if (f.failed) clearError(ts);
  if (!f.function || isNone(f.function.get())) return notHashable(self);
  Ref<> r = callSpecialFunction(ts, f, self, {});
  if (!r) return -1;
  if (!isInt(r.get())) {
    (void)raise(ts, kTypeError, "__hash__ method should return an integer");
    return -1;
  }
  // A result that fits Py_ssize_t is taken as it is (but -1), any other is hashed itself.
  int overflow = 0;
  long long h = toLongLong(static_cast<Int*>(r.get()), overflow);
  if (overflow) h = hashInt(static_cast<Int*>(r.get()));
  return h == -1 ? -2 : Hash(h);
}

Object* call(Object* self, Object* args, Object* keywords) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__call__);
  if (f.failed) return nullptr;
  if (!f.function) {
    (void)raiseValue(ts, kAttributeError, names::__call__.get());
    return nullptr;
  }
  auto* tuple = static_cast<Tuple*>(args);
  auto* dict = static_cast<Dict*>(keywords);
  if (!f.unbound) return callTuple(ts, f.function.get(), tuple, dict).release();
  Ref<Tuple> all = newTupleUninitialized(ts, tuple->size + 1);
  if (!all) return nullptr;
  put(all.get(), 0, Ref<>::share(self));
  for (Index i = 0; i < tuple->size; ++i) put(all.get(), i + 1, Ref<>::share(tuple->items[i]));
  return callTuple(ts, f.function.get(), all.get(), dict).release();
}

Object* getattro(Object* self, Object* name) {
  return callSlotMethod(current(), self, names::__getattribute__, {name}).release();
}

namespace {
Ref<> callAttributeHook(ThreadState& ts, Object* self, Object* hook, Object* name) {
  if (hook->type->has(kMethodDescriptor)) return call(ts, hook, {self, name});
  TernaryFn get = hook->type->descr_get;
  Ref<> bound = get ? Ref<>::steal(get(hook, self, self->type)) : Ref<>::share(hook);
  if (!bound) return {};
  return ::habu::call(ts, bound.get(), {name});
}
}  // namespace

// A class with __getattr__: asks __getattribute__ first.
Object* getattrHook(Object* self, Object* name) {
  ThreadState& ts = current();
  Type* type = self->type;
  Ref<> hook = Ref<>::share(typeLookup(type, names::__getattr__));
  if (!hook) {  // it has been deleted since: no hook any more
    type->getattro = getattro;
    return getattro(self, name);
  }
  Ref<> own = Ref<>::share(typeLookup(type, names::__getattribute__));
  Ref<> value;
  bool generic = !own || (own->type == &kWrapperDescriptorType &&
                          static_cast<WrapperDescriptor*>(own.get())->wrapped ==
                              reinterpret_cast<void*>(genericGetAttrSlot));
  if (generic && isStr(name)) {
    // The AttributeError would be thrown away: do not make it.
    Found found = genericFindAttr(ts, self, static_cast<Str*>(name));
    if (found.failed()) return nullptr;
    value = found.take();
    if (value) return value.release();
    return callAttributeHook(ts, self, hook.get(), name).release();
  }
  value = generic ? genericGetAttr(ts, self, name) : callAttributeHook(ts, self, own.get(), name);
  if (!value && errorMatches(ts, kAttributeError)) {
    clearError(ts);
    value = callAttributeHook(ts, self, hook.get(), name);
  }
  return value.release();
}

int setattro(Object* self, Object* name, Object* value) {
  ThreadState& ts = current();
  Ref<> r = value ? callSlotMethod(ts, self, names::__setattr__, {name, value})
                  : callSlotMethod(ts, self, names::__delattr__, {name});
  return r ? 0 : -1;
}

Object* richcompare(Object* self, Object* other, int op) {
  static constexpr Name* kNames[] = {&names::__lt__, &names::__le__, &names::__eq__,
                                     &names::__ne__, &names::__gt__, &names::__ge__};
  ThreadState& ts = current();
  Special f = findSpecial(self, kNames[op]->get());
  if (f.failed) clearError(ts);  // as if the method were not there
  if (!f.function) return notImplemented().release();
  return callSpecialFunction(ts, f, self, {other}).release();
}

Object* iter(Object* self) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__iter__);
  if (f.failed) clearError(ts);
  if (f.function && isNone(f.function.get())) {
    (void)raise(ts, kTypeError, "'{:.200}' object is not iterable", typeName(self));
    return nullptr;
  }
  if (f.function) return callSpecialFunction(ts, f, self, {}).release();
  Special g = findSpecial(self, names::__getitem__);
  if (g.failed) clearError(ts);
  if (!g.function) {
    (void)raise(ts, kTypeError, "'{:.200}' object is not iterable", typeName(self));
    return nullptr;
  }
  return newSequenceIterator(ts, self).release();
}
Object* iternext(Object* self) { return unarySlot(self, names::__next__); }

Object* descrGet(Object* self, Object* instance, Object* type) {
  Type* t = self->type;
  Ref<> get = Ref<>::share(typeLookup(t, names::__get__));
  if (!get) {  // a class without __get__ any more
    if (t->descr_get == descrGet) t->descr_get = nullptr;
    return Ref<>::share(self).release();
  }
  if (!instance) instance = &kNoneObject;
  if (!type) type = &kNoneObject;
  return call(current(), get.get(), {self, instance, type}).release();
}
int descrSet(Object* self, Object* target, Object* value) {
  ThreadState& ts = current();
  Ref<> r = value ? callSlotMethod(ts, self, names::__set__, {target, value})
                  : callSlotMethod(ts, self, names::__delete__, {target});
  return r ? 0 : -1;
}

int init(Object* self, Object* args, Object* keywords) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__init__);
  if (f.failed) return -1;
  if (!f.function) {
    (void)raiseValue(ts, kAttributeError, names::__init__.get());
    return -1;
  }
  auto* tuple = static_cast<Tuple*>(args);
  auto* dict = static_cast<Dict*>(keywords);
  Ref<> r;
  if (f.unbound) {
    Ref<Tuple> all = newTupleUninitialized(ts, tuple->size + 1);
    if (!all) return -1;
    put(all.get(), 0, Ref<>::share(self));
    for (Index i = 0; i < tuple->size; ++i) put(all.get(), i + 1, Ref<>::share(tuple->items[i]));
    r = callTuple(ts, f.function.get(), all.get(), dict);
  } else {
    r = callTuple(ts, f.function.get(), tuple, dict);
  }
  if (!r) return -1;
  if (!isNone(r.get())) {
    (void)raise(ts, kTypeError, "__init__() should return None, not '{:.200}'", typeName(r.get()));
    return -1;
  }
  return 0;
}

Object* make(Type* type, Object* args, Object* keywords) {
  ThreadState& ts = current();
  Ref<> f = getAttr(ts, type, names::__new__);
  if (!f) return nullptr;
  auto* tuple = static_cast<Tuple*>(args);
  Ref<Tuple> all = newTupleUninitialized(ts, tuple->size + 1);
  if (!all) return nullptr;
  put(all.get(), 0, Ref<>::share(static_cast<Object*>(type)));
  for (Index i = 0; i < tuple->size; ++i) put(all.get(), i + 1, Ref<>::share(tuple->items[i]));
  return callTuple(ts, f.get(), all.get(), static_cast<Dict*>(keywords)).release();
}

void finalize(Object* self) {
  ThreadState& ts = current();
  PendingError pending = PendingError::take(ts);
  Special f = findSpecial(self, names::__del__);
  if (f.function) {
    if (!callSpecialFunction(ts, f, self, {})) writeUnraisable(ts, f.function.get());
  } else if (f.failed) {
    clearError(ts);
  }
  std::move(pending).restore(ts);
}

namespace {
Object* asyncSlot(Object* self, Str* name, const char* message) {
  ThreadState& ts = current();
  Special f = findSpecial(self, name);
  if (f.function) return callSpecialFunction(ts, f, self, {}).release();
  if (!f.failed) (void)raise(ts, kAttributeError, message, typeName(self));
  return nullptr;
}
}  // namespace
Object* await(Object* self) { return asyncSlot(self, names::__await__, "object {:.50} does not have __await__ method"); }
Object* aiter(Object* self) { return asyncSlot(self, names::__aiter__, "object {:.50} does not have __aiter__ method"); }
Object* anext(Object* self) { return asyncSlot(self, names::__anext__, "object {:.50} does not have __anext__ method"); }

// ---- containers ----
Index length(Object* self) {
  ThreadState& ts = current();
  Ref<> r = callSlotMethod(ts, self, names::__len__, {});
  if (!r) return -1;
  Ref<Int> n = indexObject(ts, r.get());
  if (!n) return -1;
  if (n->size < 0) {
    (void)raise(ts, kValueError, "__len__() should return >= 0");
    return -1;
  }
  auto i = asIndex(ts, n.get(), &kOverflowError);
  return i.failed() ? -1 : i.take();
}

Object* item(Object* self, Index i) {
  ThreadState& ts = current();
  Ref<Int> number = newInt(ts, i);
  if (!number) return nullptr;
  return callSlotMethod(ts, self, names::__getitem__, {number.get()}).release();
}
int setItem(Object* self, Index i, Object* value) {
  ThreadState& ts = current();
  Ref<Int> number = newInt(ts, i);
  if (!number) return -1;
  return setSubscript(self, number.get(), value);
}
Object* subscript(Object* self, Object* key) {
  return callSlotMethod(current(), self, names::__getitem__, {key}).release();
}
int setSubscript(Object* self, Object* key, Object* value) {
  ThreadState& ts = current();
  Ref<> r = value ? callSlotMethod(ts, self, names::__setitem__, {key, value})
                  : callSlotMethod(ts, self, names::__delitem__, {key});
  return r ? 0 : -1;
}

int contains(Object* self, Object* value) {
  ThreadState& ts = current();
  Special f = findSpecial(self, names::__contains__);
  if (f.failed) return -1;
  if (f.function && isNone(f.function.get())) {
    (void)raise(ts, kTypeError, "'{:.200}' object is not a container", typeName(self));
    return -1;
  }
  if (f.function) {
    Ref<> r = callSpecialFunction(ts, f, self, {value});
    if (!r) return -1;
    auto t = isTrue(ts, r.get());
    return t.failed() ? -1 : int(t.take());
  }
  Ref<> it = iterOf(ts, self);
  if (!it) return -1;
  while (Ref<> x = iterNext(ts, it.get())) {
    auto same = equalObjects(ts, x.get(), value);
    if (same.failed()) return -1;
    if (same.take()) return 1;
  }
  return errorSet(ts) ? -1 : 0;
}

// ---- numbers ----
int truth(Object* self) {
  ThreadState& ts = current();
  bool by_length = false;
  Special f = findSpecial(self, names::__bool__);
  if (f.failed) return -1;
  if (!f.function) {
    f = findSpecial(self, names::__len__);
    if (f.failed) return -1;
    if (!f.function) return 1;
    by_length = true;
  }
  Ref<> r = callSpecialFunction(ts, f, self, {});
  if (!r) return -1;
  if (by_length) {
    // Same checks as len().
    Ref<Int> n = indexObject(ts, r.get());
    if (!n) return -1;
    if (n->size < 0) {
      (void)raise(ts, kValueError, "__len__() should return >= 0");
      return -1;
    }
    auto i = asIndex(ts, n.get(), &kOverflowError);
    return i.failed() ? -1 : int(i.take() != 0);
  }
  if (!isBool(r.get())) {
    (void)raise(ts, kTypeError, "__bool__ should return bool, returned {}", typeName(r.get()));
    return -1;
  }
  return r.get() == trueObject();
}
Object* index(Object* self) { return unarySlot(self, names::__index__); }

namespace {
Object* powerTwo(Object* left, Object* right) {
  // binarySlot compares slots, and this one sits in the ternary slot: compare by hand.
  ThreadState& ts = current();
  auto has_power = [](Object* o) { return o->type->number && o->type->number->power == power; };
  bool try_right = left->type != right->type && has_power(right);
  if (has_power(left)) {
    if (try_right && isSubtype(right->type, left->type)) {
      auto overridden = isOverridden(ts, left, right, names::__rpow__);
      if (overridden.failed()) return nullptr;
      if (overridden.take()) {
        Ref<> r = callSlotMethodMaybe(ts, right, names::__rpow__, {left});
        if (!r || r.get() != &kNotImplementedObject) return r.release();
        try_right = false;
      }
    }
    Ref<> r = callSlotMethodMaybe(ts, left, names::__pow__, {right});
    if (!r || r.get() != &kNotImplementedObject || left->type == right->type) return r.release();
  }
  if (try_right) return callSlotMethodMaybe(ts, right, names::__rpow__, {left}).release();
  return notImplemented().release();
}
}  // namespace
Object* power(Object* self, Object* other, Object* modulus) {
  if (isNone(modulus)) return powerTwo(self, other);
  // Three arguments: never reflected.
  if (self->type->number && self->type->number->power == power)
    return callSlotMethod(current(), self, names::__pow__, {other, modulus}).release();
  return notImplemented().release();
}
Object* inplacePower(Object* self, Object* other, Object*) {
  return callSlotMethod(current(), self, names::__ipow__, {other}).release();
}

}  // namespace slots

}  // namespace habu
