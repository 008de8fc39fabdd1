// Truth, hash and comparison (protocol.h).
#include "object/attribute.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/module_def.h"
#include "object/thread_state.h"
#include "object/core.h"

namespace habu {

Result<bool> isTrue(ThreadState& ts, Object* o) {
  if (o == trueObject()) return true;
  if (o == falseObject() || isNone(o)) return false;
  const Type* t = o->type;
  Index r;
  if (t->number && t->number->truth) r = t->number->truth(o);
  else if (t->mapping && t->mapping->length) r = t->mapping->length(o);
  else if (t->sequence && t->sequence->length) r = t->sequence->length(o);
  else return true;
  if (r < 0) return Raised{};
  return r > 0;
}

Result<Hash> hashOf(ThreadState& ts, Object* o) {
  if (RecursionGuard::outOfStack(ts, " while hashing an object")) [[unlikely]] return Raised{};
  HashFn f = o->type->hash;
  if (!f) return raise(ts, kTypeError, "unhashable type: '{:.200}'", typeName(o));
  // Nested tuples recurse here; counting each level would cost more than hashing it.
  if (RecursionGuard::nativeStackLow(ts)) [[unlikely]]
    return raise(ts, kRecursionError, "maximum recursion depth exceeded while calling a Python object");
  Hash h = f(o);
  if (h == -1) return Raised{};
  return h;
}

Hash pointerHash(const void* p) {
  auto bits = reinterpret_cast<uintptr_t>(p);
  // Allocations are 16-byte aligned: the low bits carry nothing.
  auto h = static_cast<Hash>(bits >> 4 | bits << (8 * sizeof bits - 4));
  return h == -1 ? -2 : h;
}

Hash notHashable(Object* o) {
  (void)raise(ThreadState::current(), kTypeError, "unhashable type: '{:.200}'", typeName(o));
  return -1;
}

namespace {

constexpr const char* kOperators[] = {"<", "<=", "==", "!=", ">", ">="};
constexpr CompareOp kSwapped[] = {CompareOp::Gt, CompareOp::Ge, CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le};

bool isNotImplemented(const Ref<>& r) { return r.get() == &kNotImplementedObject; }

Ref<> compareSlots(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  bool tried_right = false;
  if (a->type != b->type && b->type->richcompare && isSubtype(b->type, a->type)) {
    tried_right = true;
    Ref<> r = Ref<>::steal(b->type->richcompare(b, a, int(kSwapped[int(op)])));
    if (!isNotImplemented(r)) return r;
  }
  if (a->type->richcompare) {
    Ref<> r = Ref<>::steal(a->type->richcompare(a, b, int(op)));
    if (!isNotImplemented(r)) return r;
  }
  if (!tried_right && b->type->richcompare) {
    Ref<> r = Ref<>::steal(b->type->richcompare(b, a, int(kSwapped[int(op)])));
    if (!isNotImplemented(r)) return r;
  }
  if (op == CompareOp::Eq) return newBool(a == b);
  if (op == CompareOp::Ne) return newBool(a != b);
  return raise(ts, kTypeError, "'{}' not supported between instances of '{:.100}' and '{:.100}'", kOperators[int(op)], typeName(a),
               typeName(b));
}

}  // namespace

Ref<> compareObjects(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  RecursionGuard guard(ts, " in comparison");
  if (guard.failed()) return Raised{};
  return compareSlots(ts, a, b, op);
}

Result<bool> compareBool(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (a == b) {
    if (op == CompareOp::Eq) return true;
    if (op == CompareOp::Ne) return false;
  }
  Ref<> r = TRY(compareObjects(ts, a, b, op));
  return isTrue(ts, r.get());
}

}  // namespace habu
