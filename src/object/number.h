// Arithmetic on any objects: dispatch over the number slots of both operands, with CPython's error texts.
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Float;
struct Int;
struct Str;

// The oparg of BINARY_OP.
enum class BinaryOp : int {
  Add, And, FloorDivide, Lshift, MatrixMultiply, Multiply, Remainder, Or, Power, Rshift, Subtract, TrueDivide, Xor,
  InplaceAdd, InplaceAnd, InplaceFloorDivide, InplaceLshift, InplaceMatrixMultiply, InplaceMultiply, InplaceRemainder,
  InplaceOr, InplacePower, InplaceRshift, InplaceSubtract, InplaceTrueDivide, InplaceXor,
};
Ref<> binaryOperation(ThreadState&, BinaryOp, Object*, Object*);
Ref<> addObjects(ThreadState&, Object*, Object*);
Ref<> subtractObjects(ThreadState&, Object*, Object*);
Ref<> multiplyObjects(ThreadState&, Object*, Object*);
Ref<> divmodObjects(ThreadState&, Object*, Object*);
Ref<> powerObjects(ThreadState&, Object* base, Object* exponent, Object* modulus);  // modulus may be None
Ref<> inplacePower(ThreadState&, Object*, Object*, Object* modulus);
Ref<> negate(ThreadState&, Object*);
Ref<> plus(ThreadState&, Object*);
Ref<> invert(ThreadState&, Object*);
Ref<> absolute(ThreadState&, Object*);

bool hasIndex(const Object*);
bool isNumber(const Object*);
Ref<Int> indexObject(ThreadState&, Object*);  // operator.index(): an exact int; TypeError otherwise
// As an Index; out of range: `overflow` raised, or clipped when null.
Result<Index> asIndex(ThreadState&, Object*, Type* overflow);
Ref<Int> intFrom(ThreadState&, Object*);    // int(o)
Ref<Float> floatFrom(ThreadState&, Object*);  // float(o)
Ref<Str> intToBase(ThreadState&, Object*, int base);  // bin(), oct(), hex()

}  // namespace habu
