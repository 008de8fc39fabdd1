// The module _operator: Python's operators as functions.
#include "modules/operator/operator.h"
#include "types/heap_type.h"

namespace habu {
namespace operators {

namespace {

#define BINARY(name, op) \
  Ref<> name(ThreadState& ts, Object*, Object* a, Object* b) { return binaryOperation(ts, BinaryOp::op, a, b); }
BINARY(add, Add) BINARY(sub, Subtract) BINARY(mul, Multiply) BINARY(matmul, MatrixMultiply)
BINARY(floordiv, FloorDivide) BINARY(truediv, TrueDivide) BINARY(mod, Remainder) BINARY(lshift, Lshift)
BINARY(rshift, Rshift) BINARY(and_, And) BINARY(xor_, Xor) BINARY(or_, Or)
BINARY(iadd, InplaceAdd) BINARY(isub, InplaceSubtract) BINARY(imul, InplaceMultiply) BINARY(imatmul, InplaceMatrixMultiply)
BINARY(ifloordiv, InplaceFloorDivide) BINARY(itruediv, InplaceTrueDivide) BINARY(imod, InplaceRemainder)
BINARY(ilshift, InplaceLshift) BINARY(irshift, InplaceRshift) BINARY(iand, InplaceAnd) BINARY(ixor, InplaceXor)
BINARY(ior, InplaceOr)
#undef BINARY

#define COMPARE(name, op) \
  Ref<> name(ThreadState& ts, Object*, Object* a, Object* b) { return compareObjects(ts, a, b, CompareOp::op); }
COMPARE(eq, Eq) COMPARE(ne, Ne) COMPARE(lt, Lt) COMPARE(le, Le) COMPARE(gt, Gt) COMPARE(ge, Ge)
#undef COMPARE

Result<bool> truth(ThreadState& ts, Object*, Object* a) { return isTrue(ts, a); }
Result<bool> contains(ThreadState& ts, Object*, Object* a, Object* b) { return containsItem(ts, a, b); }
Result<Index> indexOfValue(ThreadState& ts, Object*, Object* a, Object* b) { return indexOf(ts, a, b); }
Result<Index> countOfValue(ThreadState& ts, Object*, Object* a, Object* b) { return countOf(ts, a, b); }
bool isSame(ThreadState&, Object*, Object* a, Object* b) { return a == b; }
bool isNotSame(ThreadState&, Object*, Object* a, Object* b) { return a != b; }
Ref<> index(ThreadState& ts, Object*, Object* a) { return indexObject(ts, a); }
Ref<> neg(ThreadState& ts, Object*, Object* a) { return negate(ts, a); }
Ref<> pos(ThreadState& ts, Object*, Object* a) { return plus(ts, a); }
Ref<> absOf(ThreadState& ts, Object*, Object* a) { return absolute(ts, a); }
Ref<> inv(ThreadState& ts, Object*, Object* a) { return invert(ts, a); }
Result<bool> notTrue(ThreadState& ts, Object*, Object* a) { return !TRY(isTrue(ts, a)); }
Ref<> concat(ThreadState& ts, Object*, Object* a, Object* b) { return concatSequences(ts, a, b); }
Ref<> pow(ThreadState& ts, Object*, Object* a, Object* b) { return powerObjects(ts, a, b, &kNoneObject); }
Ref<> ipow(ThreadState& ts, Object*, Object* a, Object* b) { return inplacePower(ts, a, b, &kNoneObject); }
Ref<> getitem(ThreadState& ts, Object*, Object* a, Object* b) { return getItem(ts, a, b); }
Status setitem(ThreadState& ts, Object*, Object* a, Object* b, Object* c) { return setItem(ts, a, b, c); }
Status delitem(ThreadState& ts, Object*, Object* a, Object* b) { return delItem(ts, a, b); }

Ref<> iconcat(ThreadState& ts, Object*, Object* a, Object* b) {
  SequenceSlots* s = a->type->sequence;
  if (s && s->inplace_concat) return Ref<>::steal(s->inplace_concat(a, b));
  if (s && s->concat) return Ref<>::steal(s->concat(a, b));
  if (isSequence(a) && isSequence(b)) return binaryOperation(ts, BinaryOp::InplaceAdd, a, b);
  return raise(ts, kTypeError, "'{:.200}' object can't be concatenated", typeName(a));
}

Result<Index> lengthHintOf(ThreadState& ts, Object*, Object* object, std::optional<Index> fallback) {
  return lengthHint(ts, object, fallback.value_or(0));
}

Ref<> callObject(ThreadState& ts, Object*, Args args) {
  if (args.count < 1) return raise(ts, kTypeError, "call expected at least 1 argument, got {}", args.count);
  return vectorcall(ts, args[0], args.values + 1, size_t(args.count - 1) | kArgumentsOffset, args.names);
}

// Compares all bytes whatever they are, so that the time tells nothing.
bool sameBytes(std::string_view a, std::string_view b) {
  volatile const char* left = b.data();
  volatile size_t n = b.size();
  volatile unsigned char difference = 1;
  if (a.size() == n) {
    left = a.data();
    difference = 0;
  }
  for (size_t i = 0; i < n; ++i) difference = static_cast<unsigned char>(difference | (left[i] ^ b[i]));
  return difference == 0;
}

Result<bool> compareDigest(ThreadState& ts, Object*, Object* a, Object* b) {
  if (isStr(a) && isStr(b)) {
    auto *x = reinterpret_cast<Str*>(a), *y = reinterpret_cast<Str*>(b);
    if (!x->isAscii() || !y->isAscii())
      return raise(ts, kTypeError, "comparing strings with non-ASCII characters is not supported");
    return sameBytes(asciiView(x), asciiView(y));
  }
  if (!hasBuffer(a) || !hasBuffer(b))
    return raise(ts, kTypeError, "unsupported operand types(s) or combination of types: '{:.100}' and '{:.100}'", typeName(a),
                 typeName(b));
  BufferView left = TRY(BufferView::of(ts, a));
  if (left.raw().dimensions > 1) return raise(ts, kBufferError, "Buffer must be single dimension");
  BufferView right = TRY(BufferView::of(ts, b));
  if (right.raw().dimensions > 1) return raise(ts, kBufferError, "Buffer must be single dimension");
  return sameBytes(left.bytes(), right.bytes());
}

#define OPERATOR2(name, f, text) METHOD_AS(name, f, "($module, a, b, /)", "Same as " text ".")
#define OPERATOR1(name, f, text) METHOD_AS(name, f, "($module, a, /)", "Same as " text ".")
constexpr MethodDef kMethods[] = {
    METHOD(truth, "($module, a, /)", "Return True if a is true, False otherwise."),
    OPERATOR2("contains", contains, "b in a (note reversed operands)"),
    METHOD_AS("indexOf", indexOfValue, "($module, a, b, /)", "Return the first index of b in a."),
    METHOD_AS("countOf", countOfValue, "($module, a, b, /)", "Return the number of items in a which are, or which equal, b."),
    OPERATOR2("is_", isSame, "a is b"),
    OPERATOR2("is_not", isNotSame, "a is not b"),
    OPERATOR1("index", index, "a.__index__()"),
    OPERATOR2("add", add, "a + b"),
    OPERATOR2("sub", sub, "a - b"),
    OPERATOR2("mul", mul, "a * b"),
    OPERATOR2("matmul", matmul, "a @ b"),
    OPERATOR2("floordiv", floordiv, "a // b"),
    OPERATOR2("truediv", truediv, "a / b"),
    OPERATOR2("mod", mod, "a % b"),
    OPERATOR1("neg", neg, "-a"),
    OPERATOR1("pos", pos, "+a"),
    OPERATOR1("abs", absOf, "abs(a)"),
    OPERATOR1("inv", inv, "~a"),
    OPERATOR1("invert", inv, "~a"),
    OPERATOR2("lshift", lshift, "a << b"),
    OPERATOR2("rshift", rshift, "a >> b"),
    OPERATOR1("not_", notTrue, "not a"),
    OPERATOR2("and_", and_, "a & b"),
    OPERATOR2("xor", xor_, "a ^ b"),
    OPERATOR2("or_", or_, "a | b"),
    OPERATOR2("iadd", iadd, "a += b"),
    OPERATOR2("isub", isub, "a -= b"),
    OPERATOR2("imul", imul, "a *= b"),
    OPERATOR2("imatmul", imatmul, "a @= b"),
    OPERATOR2("ifloordiv", ifloordiv, "a //= b"),
    OPERATOR2("itruediv", itruediv, "a /= b"),
    OPERATOR2("imod", imod, "a %= b"),
    OPERATOR2("ilshift", ilshift, "a <<= b"),
    OPERATOR2("irshift", irshift, "a >>= b"),
    OPERATOR2("iand", iand, "a &= b"),
    OPERATOR2("ixor", ixor, "a ^= b"),
    OPERATOR2("ior", ior, "a |= b"),
    OPERATOR2("concat", concat, "a + b, for a and b sequences"),
    OPERATOR2("iconcat", iconcat, "a += b, for a and b sequences"),
    OPERATOR2("getitem", getitem, "a[b]"),
    METHOD(setitem, "($module, a, b, c, /)", "Same as a[b] = c."),
    OPERATOR2("delitem", delitem, "del a[b]"),
    OPERATOR2("pow", pow, "a ** b"),
    OPERATOR2("ipow", ipow, "a **= b"),
    OPERATOR2("eq", eq, "a == b"),
    OPERATOR2("ne", ne, "a != b"),
    OPERATOR2("lt", lt, "a < b"),
    OPERATOR2("le", le, "a <= b"),
    OPERATOR2("gt", gt, "a > b"),
    OPERATOR2("ge", ge, "a >= b"),
    METHOD_AS("_compare_digest", compareDigest, "($module, a, b, /)",
              "Return 'a == b', in a time that does not depend on where they differ.\n\n"
              "Both are ASCII strings, or both are bytes-like objects."),
    METHOD_AS("length_hint", lengthHintOf, "($module, obj, default=0, /)",
              "Return an estimate of the number of items in obj.\n\nlen(obj) if it has a length, else what its __length_hint__ "
              "says, else the default."),
    METHOD_AS("call", callObject, "($module, obj, /, *args, **kwargs)", "Same as obj(*args, **kwargs)."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  for (Type* type : {&kItemGetter, &kAttrGetter, &kMethodCaller}) {
    (void)TRY(addType(ts, m, *type));
    (void)TRY(setModuleName(ts, *type));
  }
  return kDone;
}

}  // namespace
}  // namespace operators

extern const ModuleDef kOperatorModule = {
    .name = "_operator",
    .doc = "Operator interface: functions that do what the operators of Python do.\noperator.add(x, y) is the expression x+y.",
    .methods = operators::kMethods,
    .populate = operators::populate};

}  // namespace habu
