// Weak proxies: every operation goes to the referent, as long as it lives.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace habu {

namespace {

bool isProxy(const Object* o) { return o->type == &kWeakProxyType || o->type == &kWeakCallableProxyType; }

// The referent of a proxy, anything else as it is; ReferenceError for dead ones.
Ref<> unwrap(ThreadState& ts, Object* o) {
  if (!isProxy(o)) return Ref<>::share(o);
  Ref<> target = weakrefTarget(o);
  if (!target) return raise(ts, kReferenceError, "weakly-referenced object no longer exists");
  return target;
}

template <auto F>
Ref<> unary(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return Ref<>(F(ts, o.get()));
}
template <BinaryOp kOp>
Ref<> binary(ThreadState& ts, Object* a, Object* b) {
  Ref<> x = TRY(unwrap(ts, a));
  Ref<> y = TRY(unwrap(ts, b));
  return binaryOperation(ts, kOp, x.get(), y.get());
}
Ref<> divmod(ThreadState& ts, Object* a, Object* b) {
  Ref<> x = TRY(unwrap(ts, a));
  Ref<> y = TRY(unwrap(ts, b));
  return divmodObjects(ts, x.get(), y.get());
}
Ref<> power(ThreadState& ts, Object* a, Object* b, Object* c) {
  Ref<> x = TRY(unwrap(ts, a));
  Ref<> y = TRY(unwrap(ts, b));
  Ref<> z = TRY(unwrap(ts, c));
  return powerObjects(ts, x.get(), y.get(), z.get());
}
Ref<> inplacePowerOf(ThreadState& ts, Object* a, Object* b, Object* c) {
  Ref<> x = TRY(unwrap(ts, a));
  Ref<> y = TRY(unwrap(ts, b));
  Ref<> z = TRY(unwrap(ts, c));
  return inplacePower(ts, x.get(), y.get(), z.get());
}
Result<bool> truth(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return isTrue(ts, o.get());
}

Ref<> getAttribute(ThreadState& ts, Object* self, Object* name) {
  Ref<> o = TRY(unwrap(ts, self));
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  return getAttr(ts, o.get(), static_cast<Str*>(name));
}
Status setAttribute(ThreadState& ts, Object* self, Object* name, Object* value) {
  Ref<> o = TRY(unwrap(ts, self));
  return setAttr(ts, o.get(), static_cast<Str*>(name), value);
}
Ref<> str(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return strOf(ts, o.get());
}
Ref<> repr(ThreadState& ts, WeakRef* p) {
  return formatText(ts, "<weakproxy at {:#x} to {} at {:#x}>", reinterpret_cast<uintptr_t>(p), typeName(p->referent),
                    reinterpret_cast<uintptr_t>(p->referent));
}
Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  Ref<> x = TRY(unwrap(ts, a));
  Ref<> y = TRY(unwrap(ts, b));
  return compareObjects(ts, x.get(), y.get(), op);
}
Ref<> callSlot(ThreadState& ts, Object* self, Tuple* args, Dict* keywords) {
  Ref<> o = TRY(unwrap(ts, self));
  return callTuple(ts, o.get(), args, keywords);
}

Ref<> iter(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return iterOf(ts, o.get());
}
Ref<> next(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  if (!isIterator(o.get()))
    return raise(ts, kTypeError, "Weakref proxy referenced a non-iterator '{:.200}' object", typeName(o.get()));
  return iterNext(ts, o.get());
}
Result<Index> length(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return lengthOf(ts, o.get());
}
Ref<> subscript(ThreadState& ts, Object* self, Object* key) {
  Ref<> o = TRY(unwrap(ts, self));
  Ref<> k = TRY(unwrap(ts, key));
  return getItem(ts, o.get(), k.get());
}
Status setSubscript(ThreadState& ts, Object* self, Object* key, Object* value) {
  Ref<> o = TRY(unwrap(ts, self));
  return value ? setItem(ts, o.get(), key, value) : delItem(ts, o.get(), key);
}
Result<bool> contains(ThreadState& ts, Object* self, Object* value) {
  Ref<> o = TRY(unwrap(ts, self));
  return containsItem(ts, o.get(), value);
}
Ref<> bytes(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return callMethod(ts, o.get(), names::__bytes__);
}
Ref<> reversed(ThreadState& ts, Object* self) {
  Ref<> o = TRY(unwrap(ts, self));
  return callMethod(ts, o.get(), names::__reversed__);
}

int traverse(WeakRef* p, VisitFn visit, void* arg) {
  VISIT(p->callback);
  return 0;
}
int clear(WeakRef* p) {
  unlinkWeakref(p);
  clearField(p->callback);
  return 0;
}
void dealloc(WeakRef* p) {
  untrack(p);
  clear(p);
  p->type->free(p);
}

Ref<> indexOfProxy(ThreadState& ts, Object* o) { return indexObject(ts, o); }
Ref<> intOfProxy(ThreadState& ts, Object* o) { return intFrom(ts, o); }
Ref<> floatOfProxy(ThreadState& ts, Object* o) { return floatFrom(ts, o); }

constinit NumberSlots kNumber = {
    .add = slot<binary<BinaryOp::Add>>,
    .subtract = slot<binary<BinaryOp::Subtract>>,
    .multiply = slot<binary<BinaryOp::Multiply>>,
    .remainder = slot<binary<BinaryOp::Remainder>>,
    .divmod = slot<divmod>,
    .power = slot<power>,
    .negative = slot<unary<negate>>,
    .positive = slot<unary<plus>>,
    .absolute = slot<unary<absolute>>,
    .truth = slot<truth>,
    .invert = slot<unary<invert>>,
    .lshift = slot<binary<BinaryOp::Lshift>>,
    .rshift = slot<binary<BinaryOp::Rshift>>,
    .bit_and = slot<binary<BinaryOp::And>>,
    .bit_xor = slot<binary<BinaryOp::Xor>>,
    .bit_or = slot<binary<BinaryOp::Or>>,
    .to_int = slot<unary<intOfProxy>>,
    .to_float = slot<unary<floatOfProxy>>,
    .inplace_add = slot<binary<BinaryOp::InplaceAdd>>,
    .inplace_subtract = slot<binary<BinaryOp::InplaceSubtract>>,
    .inplace_multiply = slot<binary<BinaryOp::InplaceMultiply>>,
    .inplace_remainder = slot<binary<BinaryOp::InplaceRemainder>>,
    .inplace_power = slot<inplacePowerOf>,
    .inplace_lshift = slot<binary<BinaryOp::InplaceLshift>>,
    .inplace_rshift = slot<binary<BinaryOp::InplaceRshift>>,
    .inplace_and = slot<binary<BinaryOp::InplaceAnd>>,
    .inplace_xor = slot<binary<BinaryOp::InplaceXor>>,
    .inplace_or = slot<binary<BinaryOp::InplaceOr>>,
    .floor_divide = slot<binary<BinaryOp::FloorDivide>>,
    .true_divide = slot<binary<BinaryOp::TrueDivide>>,
    .inplace_floor_divide = slot<binary<BinaryOp::InplaceFloorDivide>>,
    .inplace_true_divide = slot<binary<BinaryOp::InplaceTrueDivide>>,
    .index = slot<unary<indexOfProxy>>,
    .matrix_multiply = slot<binary<BinaryOp::MatrixMultiply>>,
    .inplace_matrix_multiply = slot<binary<BinaryOp::InplaceMatrixMultiply>>,
};
constinit SequenceSlots kSequence = {.length = slot<length>, .contains = slot<contains>};
constinit MappingSlots kMapping = {
    .length = slot<length>, .subscript = slot<subscript>, .set_subscript = slot<setSubscript>};

constexpr MethodDef kMethods[] = {METHOD_UNSIGNED("__bytes__", bytes, "($self, /)", nullptr),
                                  METHOD_UNSIGNED("__reversed__", reversed, "($self, /)", nullptr),
                                  {}};

consteval Type defineProxy(const char* name, const MethodDef* methods, TernaryFn call_slot) {
  TypeSpec s;
  s.name = name;
  s.methods = methods;
  s.number = &kNumber;
  s.sequence = &kSequence;
  s.mapping = &kMapping;
  s.free = freeGcObject;
  s.dealloc = slot<dealloc>;
  s.traverse = slot<traverse>;
  s.clear = slot<clear>;
  s.repr = slot<repr>;
  s.str = slot<str>;
  s.hash = notHashable;
  s.richcompare = slot<compare>;
  s.call = call_slot;
  s.getattro = slot<getAttribute>;
  s.setattro = slot<setAttribute>;
  s.iter = slot<iter>;
  s.iternext = slot<next>;
  return defineType<WeakRef>(s);
}

}  // namespace

constinit Type kWeakProxyType = defineProxy("weakref.ProxyType", kMethods, nullptr);
constinit Type kWeakCallableProxyType = defineProxy("weakref.CallableProxyType", nullptr, slot<callSlot>);

}  // namespace habu
