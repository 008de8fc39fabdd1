// float.hex() and float.fromhex().
#pragma once
#include "types/float.h"

namespace habu {

Ref<Str> doubleToHex(ThreadState&, double);
Result<double> doubleFromHex(ThreadState&, std::string_view text);  // ValueError, OverflowError

}  // namespace habu
