// Arithmetic dispatch (number.h): the slot of the left operand, then of the right one; the right one first when its
// type is a proper subclass that overrides the slot.
#include "object/number.h"

#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

using Slot2 = BinaryFn NumberSlots::*;

struct Operator {
  const char* symbol;
  const char* inplace_symbol;
  Slot2 slot, inplace;  // power has ternary slots: null here
};
// In the order of BinaryOp.
constexpr Operator kOperators[] = {
    {"+", "+=", &NumberSlots::add, &NumberSlots::inplace_add},
    {"&", "&=", &NumberSlots::bit_and, &NumberSlots::inplace_and},
    {"//", "//=", &NumberSlots::floor_divide, &NumberSlots::inplace_floor_divide},
    {"<<", "<<=", &NumberSlots::lshift, &NumberSlots::inplace_lshift},
    {"@", "@=", &NumberSlots::matrix_multiply, &NumberSlots::inplace_matrix_multiply},
    {"*", "*=", &NumberSlots::multiply, &NumberSlots::inplace_multiply},
    {"%", "%=", &NumberSlots::remainder, &NumberSlots::inplace_remainder},
    {"|", "|=", &NumberSlots::bit_or, &NumberSlots::inplace_or},
    {"** or pow()", "**=", nullptr, nullptr},
    {">>", ">>=", &NumberSlots::rshift, &NumberSlots::inplace_rshift},
    {"-", "-=", &NumberSlots::subtract, &NumberSlots::inplace_subtract},
    {"/", "/=", &NumberSlots::true_divide, &NumberSlots::inplace_true_divide},
    {"^", "^=", &NumberSlots::bit_xor, &NumberSlots::inplace_xor},
};
constexpr int kOperatorCount = int(std::size(kOperators));

bool isNotImplemented(const Ref<>& r) { return r.get() == &kNotImplementedObject; }

BinaryFn slotOf(const Object* o, Slot2 slot) { return o->type->number ? o->type->number->*slot : nullptr; }

// NotImplemented when neither side can.
Ref<> dispatch(Object* a, Object* b, Slot2 slot) {
  BinaryFn left = slotOf(a, slot);
  BinaryFn right = a->type != b->type ? slotOf(b, slot) : nullptr;
  if (right == left) right = nullptr;
  if (left) {
    if (right && isSubtype(b->type, a->type)) {
      Ref<> r = Ref<>::steal(right(a, b));
      if (!isNotImplemented(r)) return r;
      right = nullptr;
    }
    Ref<> r = Ref<>::steal(left(a, b));
    if (!isNotImplemented(r)) return r;
  }
  if (right) return Ref<>::steal(right(a, b));
  return notImplemented();
}

[[gnu::cold]] Raised unsupported(ThreadState& ts, Object* a, Object* b, const char* symbol) {
  return raise(ts, kTypeError, "unsupported operand type(s) for {:.100}: '{:.100}' and '{:.100}'", symbol, typeName(a), typeName(b));
}

// The left operand of a forgotten Python 2 print statement: print >> file.
bool isPrint(const Object* o) {
  return isExact(o, kBuiltinFunctionType) && std::string_view(static_cast<const BuiltinFunction*>(o)->def->name) == "print";
}

Ref<> repeatBy(ThreadState& ts, IndexFn repeat, Object* sequence, Object* times) {
  if (!hasIndex(times)) return raise(ts, kTypeError, "can't multiply sequence by non-int of type '{:.200}'", typeName(times));
  Index n = TRY(asIndex(ts, times, &kOverflowError));
  return Ref<>::steal(repeat(sequence, n));
}

// What sequences add to + and *; NotImplemented when they cannot.
Ref<> sequenceFallback(ThreadState& ts, BinaryOp op, Object* a, Object* b, bool inplace) {
  SequenceSlots *sa = a->type->sequence, *sb = b->type->sequence;
  if (op == BinaryOp::Add && sa) {
    if (inplace && sa->inplace_concat) return Ref<>::steal(sa->inplace_concat(a, b));
    if (sa->concat) return Ref<>::steal(sa->concat(a, b));
  }
  if (op == BinaryOp::Multiply) {
    if (inplace && sa && sa->inplace_repeat) return repeatBy(ts, sa->inplace_repeat, a, b);
    if (sa && sa->repeat) return repeatBy(ts, sa->repeat, a, b);
    if (sb && sb->repeat) return repeatBy(ts, sb->repeat, b, a);
  }
  return notImplemented();
}

Ref<> power(ThreadState& ts, Object* a, Object* b, Object* modulus, const char* symbol) {
  auto slot = [](Object* o) { return o->type->number ? o->type->number->power : nullptr; };
  TernaryFn left = slot(a);
  TernaryFn right = a->type != b->type ? slot(b) : nullptr;
  if (right == left) right = nullptr;
  if (left) {
    if (right && isSubtype(b->type, a->type)) {
      Ref<> r = Ref<>::steal(right(a, b, modulus));
      if (!isNotImplemented(r)) return r;
      right = nullptr;
    }
    Ref<> r = Ref<>::steal(left(a, b, modulus));
    if (!isNotImplemented(r)) return r;
  }
  if (right) {
    Ref<> r = Ref<>::steal(right(a, b, modulus));
    if (!isNotImplemented(r)) return r;
  }
  TernaryFn third = slot(modulus);
  if (third && third != left && third != right) {
    Ref<> r = Ref<>::steal(third(a, b, modulus));
    if (!isNotImplemented(r)) return r;
  }
  if (isNone(modulus)) return unsupported(ts, a, b, symbol);
  return raise(ts, kTypeError, "unsupported operand type(s) for {}: '{:.100}', '{:.100}', '{:.100}'", symbol, typeName(a), typeName(b),
               typeName(modulus));
}

Ref<> unary(ThreadState& ts, Object* o, UnaryFn NumberSlots::*slot, const char* what) {
  UnaryFn f = o->type->number ? o->type->number->*slot : nullptr;
  if (f) return Ref<>::steal(f(o));
  return raise(ts, kTypeError, "bad operand type for {}: '{:.200}'", what, typeName(o));
}

}  // namespace

Ref<> binaryOperation(ThreadState& ts, BinaryOp op, Object* a, Object* b) {
  bool inplace = int(op) >= kOperatorCount;
  auto plain = BinaryOp(int(op) % kOperatorCount);
  if (plain == BinaryOp::Power)
    return inplace ? inplacePower(ts, a, b, &kNoneObject) : power(ts, a, b, &kNoneObject, "** or pow()");
  const Operator& o = kOperators[int(plain)];
  if (inplace) {
    if (BinaryFn f = slotOf(a, o.inplace)) {
      Ref<> r = Ref<>::steal(f(a, b));
      if (!isNotImplemented(r)) return r;
    }
  }
  Ref<> r = dispatch(a, b, o.slot);
  if (!isNotImplemented(r)) return r;
  r = sequenceFallback(ts, plain, a, b, inplace);
  if (!isNotImplemented(r)) return r;
  if (op == BinaryOp::Rshift && isPrint(a))
    return raise(ts, kTypeError,
                 "unsupported operand type(s) for {:.100}: '{:.100}' and '{:.100}'. Did you mean \"print(<message>, "
                 "file=<output_stream>)\"?",
                 o.symbol, typeName(a), typeName(b));
  return unsupported(ts, a, b, inplace ? o.inplace_symbol : o.symbol);
}

Ref<> addObjects(ThreadState& ts, Object* a, Object* b) { return binaryOperation(ts, BinaryOp::Add, a, b); }
Ref<> subtractObjects(ThreadState& ts, Object* a, Object* b) { return binaryOperation(ts, BinaryOp::Subtract, a, b); }
Ref<> multiplyObjects(ThreadState& ts, Object* a, Object* b) { return binaryOperation(ts, BinaryOp::Multiply, a, b); }

Ref<> divmodObjects(ThreadState& ts, Object* a, Object* b) {
  Ref<> r = dispatch(a, b, &NumberSlots::divmod);
  if (isNotImplemented(r)) return unsupported(ts, a, b, "divmod()");
  return r;
}

Ref<> powerObjects(ThreadState& ts, Object* base, Object* exponent, Object* modulus) {
  return power(ts, base, exponent, modulus, "** or pow()");
}

Ref<> inplacePower(ThreadState& ts, Object* a, Object* b, Object* modulus) {
  if (a->type->number && a->type->number->inplace_power) {
    Ref<> r = Ref<>::steal(a->type->number->inplace_power(a, b, modulus));
    if (!isNotImplemented(r)) return r;
  }
  return power(ts, a, b, modulus, "**=");
}

Ref<> negate(ThreadState& ts, Object* o) { return unary(ts, o, &NumberSlots::negative, "unary -"); }
Ref<> plus(ThreadState& ts, Object* o) { return unary(ts, o, &NumberSlots::positive, "unary +"); }
Ref<> invert(ThreadState& ts, Object* o) { return unary(ts, o, &NumberSlots::invert, "unary ~"); }
Ref<> absolute(ThreadState& ts, Object* o) { return unary(ts, o, &NumberSlots::absolute, "abs()"); }

bool hasIndex(const Object* o) { return o->type->number && o->type->number->index; }
bool isNumber(const Object* o) {
  const NumberSlots* n = o->type->number;
  return n && (n->to_int || n->to_float || n->index || isInstanceOf(o, kComplexType));
}

namespace {
// The result of a conversion hook must be an int; a strict subclass is still accepted, with a warning.
Ref<Int> checkedInt(ThreadState& ts, Ref<> r, const char* hook) {
  if (!r || isExactInt(r.get())) return cast<Int>(std::move(r));
  if (!isInt(r.get())) return raise(ts, kTypeError, "{} returned non-int (type {:.200})", hook, typeName(r.get()));
  Ref<Str> text = formatText(ts,
                             "{} returned non-int (type {:.200}).  The ability to return an instance of a strict subclass of int is "
                             "deprecated, and may not be supported in a future version of Python.",
                             hook, typeName(r.get()));
  TRY(warnText(ts, kDeprecationWarning, 1, std::move(text)));
  return cast<Int>(std::move(r));
}

// An exact int with the value of an instance of a subclass.
Ref<Int> exactInt(ThreadState& ts, Ref<Int> i) {
  if (isExactInt(i.get())) return i;
  Ref<Int> copy = TRY(newIntUninitialized(ts, i->size < 0 ? -i->size : i->size));
  for (Index d = 0; d < copy->size; ++d) copy->digits[d] = i->digits[d];
  copy->size = i->size;
  return copy;
}
}  // namespace

// As exact int or subclass: what PyNumber_Index calls internally.
static Ref<Int> indexAsIs(ThreadState& ts, Object* o) {
  if (isInt(o)) return Ref<Int>::share(static_cast<Int*>(o));
  if (!hasIndex(o)) return raise(ts, kTypeError, "'{:.200}' object cannot be interpreted as an integer", typeName(o));
  return checkedInt(ts, Ref<>::steal(o->type->number->index(o)), "__index__");
}

Ref<Int> indexObject(ThreadState& ts, Object* o) { return exactInt(ts, TRY(indexAsIs(ts, o))); }

Result<Index> asIndex(ThreadState& ts, Object* o, Type* overflow_error) {
  Ref<Int> i = TRY(indexAsIs(ts, o));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (!overflow) return Index(v);
  if (!overflow_error) return overflow < 0 ? PTRDIFF_MIN : PTRDIFF_MAX;
  return raise(ts, *overflow_error, "cannot fit '{:.200}' into an index-sized integer", typeName(o));
}

namespace {
// int(o) through the deprecated __trunc__; absent: empty.
Found intFromTrunc(ThreadState& ts, Object* o) {
  Ref<> method = TRY(lookupSpecial(ts, o, names::__trunc__));
  if (!method) return Ref<>{};
  TRY(warn(ts, kDeprecationWarning, 1, "The delegation of int() to __trunc__ is deprecated."));
  Ref<> r = TRY(call(ts, method.get()));
  if (isInt(r.get())) return Ref<>(exactInt(ts, cast<Int>(std::move(r))));
  if (hasIndex(r.get())) return Ref<>(TRY(indexObject(ts, r.get())));
  return raise(ts, kTypeError, "__trunc__ returned non-Integral (type {:.200})", typeName(r.get()));
}
}  // namespace

Ref<Int> intFrom(ThreadState& ts, Object* o) {
  if (isExactInt(o)) return Ref<Int>::share(static_cast<Int*>(o));
  const NumberSlots* n = o->type->number;
  if (n && n->to_int) return exactInt(ts, TRY(checkedInt(ts, Ref<>::steal(n->to_int(o)), "__int__")));
  if (n && n->index) return indexObject(ts, o);
  Ref<> truncated = TRY(intFromTrunc(ts, o));
  if (truncated) return cast<Int>(std::move(truncated));
  if (isStr(o)) return intFromStr(ts, static_cast<Str*>(o), 10);
  if (isBytes(o)) return intFromByteText(ts, static_cast<Bytes*>(o)->view(), o, 10);
  if (hasBuffer(o)) {
    BufferView view = TRY(BufferView::of(ts, o));
    return intFromByteText(ts, view.bytes(), o, 10);
  }
  return raise(ts, kTypeError, "int() argument must be a string, a bytes-like object or a real number, not '{:.200}'", typeName(o));
}

Ref<Float> floatFrom(ThreadState& ts, Object* o) {
  if (isExactFloat(o)) return Ref<Float>::share(static_cast<Float*>(o));
  const NumberSlots* n = o->type->number;
  if ((n && (n->to_float || n->index)) || isFloat(o)) return newFloat(ts, TRY(doubleFromSlot(ts, o)));
  return newFloat(ts, TRY(doubleFromObject(ts, o)));
}

Ref<Str> intToBase(ThreadState& ts, Object* o, int base) {
  Ref<Int> i = TRY(indexObject(ts, o));
  return intToText(ts, i.get(), base);
}

}  // namespace habu
