// Operators on constants. Results that would be big stay uncomputed, so that code objects do not blow up.
#include "compiler/fold.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

constexpr size_t kMaxIntBits = 128;
constexpr Index kMaxCollection = 256;  // items
constexpr Index kMaxText = 4096;       // characters or bytes
constexpr Index kMaxTotalItems = 1024; // in nested tuples

// What is left of the budget of items after the (nested) tuple; negative: too many.
Index chargeItems(Object* o, Index budget) {
  if (!isTuple(o)) return budget;
  auto* t = static_cast<Tuple*>(o);
  budget -= t->size;
  for (Index i = 0; budget >= 0 && i < t->size; ++i) budget = chargeItems(t->items[i], budget);
  return budget;
}

Index textLength(Object* o) {
  return isStr(o) ? static_cast<Str*>(o)->length : static_cast<Bytes*>(o)->size;
}
bool isText(Object* o) { return isStr(o) || isBytes(o); }
bool isZero(Object* o) { return static_cast<Int*>(o)->size == 0; }
bool isPositive(Object* o) { return static_cast<Int*>(o)->size > 0; }

bool repetitionFits(Object* count, Object* o) {
  int overflow = 0;
  long long n = toLongLong(static_cast<Int*>(count), overflow);
  if (overflow) n = -1;
  if (isText(o)) {
    Index length = textLength(o);
    return !length || (n >= 0 && n <= kMaxText / length);
  }
  if (isFrozenSet(o)) {
    Index size = static_cast<Set*>(o)->used;
    return !size || (n >= 0 && n <= kMaxCollection / size);
  }
  if (!isTuple(o)) return true;
  Index size = static_cast<Tuple*>(o)->size;
  if (!size) return true;
  if (n < 0 || n > kMaxCollection / size) return false;
  return !n || chargeItems(o, kMaxTotalItems / n) >= 0;
}

bool productFits(Object* a, Object* b) {
  if (isInt(a) && isInt(b))
    return isZero(a) || isZero(b) || bitLength(static_cast<Int*>(a)) + bitLength(static_cast<Int*>(b)) <= kMaxIntBits;
  if (isInt(a)) return repetitionFits(a, b);
  if (isInt(b)) return repetitionFits(b, a);
  return true;
}

bool powerFits(Object* a, Object* b) {
  if (!isInt(a) || !isInt(b) || isZero(a) || !isPositive(b)) return true;
  int overflow = 0;
  long long exponent = toLongLong(static_cast<Int*>(b), overflow);
  return !overflow && bitLength(static_cast<Int*>(a)) <= kMaxIntBits / size_t(exponent);
}

bool shiftFits(Object* a, Object* b) {
  if (!isInt(a) || !isInt(b) || isZero(a) || isZero(b)) return true;
  int overflow = 0;
  long long count = toLongLong(static_cast<Int*>(b), overflow);
  if (overflow || count < 0 || size_t(count) > kMaxIntBits) return false;
  return bitLength(static_cast<Int*>(a)) <= kMaxIntBits - size_t(count);
}

}  // namespace

Ref<> foldUnary(ThreadState& ts, ast::UnaryOperator op, Object* o) {
  switch (op) {
    case ast::UnaryOperator::Invert: return invert(ts, o);
    case ast::UnaryOperator::Not: return newBool(!TRY(isTrue(ts, o)));
    case ast::UnaryOperator::UAdd: return plus(ts, o);
    case ast::UnaryOperator::USub: return negate(ts, o);
  }
  return {};
}

Ref<> foldBinary(ThreadState& ts, ast::Operator op, Object* a, Object* b) {
  switch (op) {
    case ast::Operator::Add: return binaryOperation(ts, BinaryOp::Add, a, b);
    case ast::Operator::Sub: return binaryOperation(ts, BinaryOp::Subtract, a, b);
    case ast::Operator::Mult: return productFits(a, b) ? binaryOperation(ts, BinaryOp::Multiply, a, b) : Ref<>();
    case ast::Operator::Div: return binaryOperation(ts, BinaryOp::TrueDivide, a, b);
    case ast::Operator::FloorDiv: return binaryOperation(ts, BinaryOp::FloorDivide, a, b);
    case ast::Operator::Mod: return isText(a) ? Ref<>() : binaryOperation(ts, BinaryOp::Remainder, a, b);
    case ast::Operator::Pow: return powerFits(a, b) ? powerObjects(ts, a, b, &kNoneObject) : Ref<>();
    case ast::Operator::LShift: return shiftFits(a, b) ? binaryOperation(ts, BinaryOp::Lshift, a, b) : Ref<>();
    case ast::Operator::RShift: return binaryOperation(ts, BinaryOp::Rshift, a, b);
    case ast::Operator::BitOr: return binaryOperation(ts, BinaryOp::Or, a, b);
    case ast::Operator::BitXor: return binaryOperation(ts, BinaryOp::Xor, a, b);
    case ast::Operator::BitAnd: return binaryOperation(ts, BinaryOp::And, a, b);
    case ast::Operator::MatMult: return {};  // no constant has it
  }
  return {};
}

}  // namespace habu::compiler
