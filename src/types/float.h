// float: PyFloatObject, and the text of doubles.
#pragma once
#include "object/core.h"

namespace habu {

struct Float : Object {
  double value;
};
extern Type kFloatType C_NAME("PyFloat_Type");
inline bool isFloat(const Object* o) { return isInstanceOf(o, kFloatType); }
inline bool isExactFloat(const Object* o) { return isExact(o, kFloatType); }

Result<double> asDouble(ThreadState&, Object*);  // float, __float__, __index__; TypeError "must be real number, not str"
Hash hashDouble(Object* owner, double);          // nan: by the owner's identity
// Text as repr() ('r') or a printf-like format; flags as float.__format__ needs them.
enum DoubleFlag : int { kDoubleSign = 1, kDoubleAddDotZero = 2, kDoubleAlternate = 4 };
Ref<Str> doubleToText(ThreadState&, double, char format_code, int precision, int flags);
// The longest prefix that is a float literal; `end` behind it. ValueError / OverflowError as float(text).
Result<double> doubleFromText(ThreadState&, std::string_view text);
Result<double> doubleFromObject(ThreadState&, Object*);  // float(o) of str, bytes and buffers; TypeError for others
double floatRemainder(double, double);
double floatFloorDivide(double, double);

struct Complex : Object {
  double real, imaginary;
};
extern Type kComplexType C_NAME("PyComplex_Type");
Ref<Complex> newComplex(ThreadState&, double real, double imaginary);

}  // namespace habu
