// ResourceWarning with its object, so that tracemalloc can tell where that was made.
#pragma once
#include "object/core.h"

namespace habu {

// "unclosed <...>": for finalisers. Never fails: an exception made of the warning is reported as unraisable.
void warnUnclosed(ThreadState&, Object* source);

}  // namespace habu
