// Setting f_lineno: how a debugger jumps.
#pragma once
#include "object/result.h"
#include "types/frame.h"

namespace habu {

// The setter of f_lineno. ValueError with the reason why the jump is not possible.
Status setFrameLine(ThreadState&, FrameObject*, Object* value);

}  // namespace habu
