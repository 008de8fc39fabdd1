// isinstance(), issubclass(), dir() (protocol.h).
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/union_type.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

namespace {

// __bases__ of anything that has a tuple there; empty: not a class.
Result<Ref<Tuple>> basesOf(ThreadState& ts, Object* cls) {
  Ref<> bases = TRY(findAttr(ts, cls, names::__bases__));
  if (!bases || !isTuple(bases.get())) return Ref<Tuple>{};
  return cast<Tuple>(std::move(bases));
}

Status checkClass(ThreadState& ts, Object* cls, const char* message) {
  Ref<Tuple> bases = TRY(basesOf(ts, cls));
  if (!bases) return raise(ts, kTypeError, message);
  return kDone;
}

// Subclass by __bases__ alone, for objects that merely look like classes.
Result<bool> abstractSubclass(ThreadState& ts, Object* derived_object, Object* cls) {
  Ref<> derived = Ref<>::share(derived_object);
  while (true) {
    if (derived.get() == cls) return true;
    Ref<Tuple> bases = TRY(basesOf(ts, derived.get()));
    if (!bases || bases->size == 0) return false;
    if (bases->size == 1) {
      derived = Ref<>::share(bases->items[0]);  // no recursion along single inheritance
      continue;
    }
    RecursionGuard guard(ts, " in __issubclass__");
    if (guard.failed()) return Raised{};
    for (Object* base : bases->span())
      if (TRY(abstractSubclass(ts, base, cls))) return true;
    return false;
  }
}

constexpr char kNotAClass[] = "isinstance() arg 2 must be a type, a tuple of types, or a union";
constexpr char kNotAClass2[] = "issubclass() arg 2 must be a class, a tuple of classes, or a union";

}  // namespace

// type.__instancecheck__
Result<bool> plainIsInstance(ThreadState& ts, Object* o, Object* cls) {
  if (isType(cls)) {
    auto* type = static_cast<Type*>(cls);
    if (isInstanceOf(o, *type)) return true;
    Ref<> claimed = TRY(findAttr(ts, o, names::__class__));
    return claimed && claimed.get() != o->type && isType(claimed.get()) && isSubtype(static_cast<Type*>(claimed.get()), type);
  }
  TRY(checkClass(ts, cls, kNotAClass));
  Ref<> claimed = TRY(findAttr(ts, o, names::__class__));
  if (!claimed) return false;
  return abstractSubclass(ts, claimed.get(), cls);
}

// type.__subclasscheck__
Result<bool> plainIsSubclass(ThreadState& ts, Object* derived, Object* cls) {
  if (isType(cls) && isType(derived)) return isSubtype(static_cast<Type*>(derived), static_cast<Type*>(cls));
  TRY(checkClass(ts, derived, "issubclass() arg 1 must be a class"));
  if (!isUnion(cls)) TRY(checkClass(ts, cls, kNotAClass2));
  return abstractSubclass(ts, derived, cls);
}

Result<bool> isInstanceObject(ThreadState& ts, Object* o, Object* cls) {
  if (static_cast<Object*>(o->type) == cls) return true;
  if (isExact(cls, kTypeType)) return plainIsInstance(ts, o, cls);
  if (isUnion(cls)) cls = unionMembers(cls);
  if (isTuple(cls)) {
    RecursionGuard guard(ts, " in __instancecheck__");
    if (guard.failed()) return Raised{};
    for (Object* item : static_cast<Tuple*>(cls)->span())
      if (TRY(isInstanceObject(ts, o, item))) return true;
    return false;
  }
  Ref<> check = TRY(lookupSpecial(ts, cls, names::__instancecheck__));
  if (!check) return plainIsInstance(ts, o, cls);
  RecursionGuard guard(ts, " in __instancecheck__");
  if (guard.failed()) return Raised{};
  Ref<> answer = TRY(call(ts, check.get(), {o}));
  return isTrue(ts, answer.get());
}

Result<bool> isSubclassObject(ThreadState& ts, Object* derived, Object* cls) {
  if (isExact(cls, kTypeType)) {
    if (derived == cls) return true;
    return plainIsSubclass(ts, derived, cls);
  }
  if (isUnion(cls)) cls = unionMembers(cls);
  if (isTuple(cls)) {
    RecursionGuard guard(ts, " in __subclasscheck__");
    if (guard.failed()) return Raised{};
    for (Object* item : static_cast<Tuple*>(cls)->span())
      if (TRY(isSubclassObject(ts, derived, item))) return true;
    return false;
  }
  Ref<> check = TRY(lookupSpecial(ts, cls, names::__subclasscheck__));
  if (!check) return plainIsSubclass(ts, derived, cls);
  RecursionGuard guard(ts, " in __subclasscheck__");
  if (guard.failed()) return Raised{};
  Ref<> answer = TRY(call(ts, check.get(), {derived}));
  return isTrue(ts, answer.get());
}

Ref<List> dirOf(ThreadState& ts, Object* o) {
  Ref<> method = TRY(lookupSpecial(ts, o, names::__dir__));
  if (!method) return raise(ts, kTypeError, "object does not provide __dir__");
  Ref<> names = TRY(call(ts, method.get()));
  Ref<List> list = TRY(listFrom(ts, names.get()));
  TRY(sortList(ts, list.get()));
  return list;
}

}  // namespace habu
