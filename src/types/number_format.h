// __format__ of int, float and complex.
#pragma once
#include "types/float.h"
#include "types/int.h"

namespace habu {

Ref<Str> formatIntSpec(ThreadState&, Int*, Str* spec);
Ref<Str> formatFloatSpec(ThreadState&, Float*, Str* spec);
Ref<Str> formatComplexSpec(ThreadState&, Complex*, Str* spec);

}  // namespace habu
