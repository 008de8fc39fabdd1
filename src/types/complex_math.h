// Arithmetic on complex values, shared by complex and cmath.
#pragma once
#include "types/float.h"

namespace habu {

ComplexValue multiplyComplex(ComplexValue, ComplexValue);
bool divideComplex(ComplexValue, ComplexValue, ComplexValue& out);  // false: division by zero

}  // namespace habu
