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

Result<double> doubleFromSlot(ThreadState&, Object*);  // the same by __float__ or __index__ even for subclasses of float
Result<double> asDouble(ThreadState&, Object*);  // float, __float__, __index__; TypeError "must be real number, not str"
Hash hashDouble(Object* owner, double);          // nan: by the owner's identity
// Text as repr() ('r') or a printf-like format; flags as float.__format__ needs them.
enum DoubleFlag : int { kDoubleSign = 1, kDoubleAddDotZero = 2, kDoubleAlternate = 4, kDoubleNoNegativeZero = 8 };
Ref<Str> doubleToText(ThreadState&, double, char format_code, int precision, int flags);
// float(text): white space around and underscores between digits allowed. ValueError.
Result<double> doubleFromText(ThreadState&, std::string_view text);
Result<double> doubleFromObject(ThreadState&, Object*);  // float(o) of str, bytes and buffers; TypeError for others
// The longest prefix of text that is a decimal float literal, "inf", "infinity" or "nan", sign included; its length, 0:
// none. Too large gives infinity, no underscores, no white space.
size_t scanDouble(std::string_view text, double& value);
double floatRemainder(double, double);
double floatFloorDivide(double, double);
Ref<> powerDoubles(ThreadState&, double, double);  // complex for negative bases with broken exponents
Ref<> roundDouble(ThreadState&, double, Index digits);
// `%e %f %g` (and capitals) of str and bytes formatting, without the width.
Ref<Str> formatFloatPercent(ThreadState&, Object* value, char code, int precision /* -1: 6 */, bool sign, bool alternate);
// The storage formats of struct, array and pickle. Packing raises OverflowError when the value is too large.
Status packHalf(ThreadState&, double, unsigned char* out, bool little_endian);
Status packSingle(ThreadState&, double, unsigned char* out, bool little_endian);
void packDouble(double, unsigned char* out, bool little_endian);
double unpackHalf(const unsigned char*, bool little_endian);
double unpackSingle(const unsigned char*, bool little_endian);
double unpackDouble(const unsigned char*, bool little_endian);

struct Complex : Object {
  double real, imaginary;
};
extern Type kComplexType C_NAME("PyComplex_Type");
Ref<Complex> newComplex(ThreadState&, double real, double imaginary);
inline bool isComplex(const Object* o) { return isInstanceOf(o, kComplexType); }
struct ComplexValue {
  double real, imaginary;
};
// complex, __complex__, float, __float__, __index__; TypeError "must be real number, not str".
Result<ComplexValue> asComplex(ThreadState&, Object*);

}  // namespace habu
