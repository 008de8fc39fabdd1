#pragma once
#include "object/type.h"

namespace habu {

extern const MethodDef kIntegerMathMethods[];  // integers.cpp

}  // namespace habu
