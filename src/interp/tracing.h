// sys.settrace and sys.setprofile: the two Python-level clients of the interpreter's events.
#pragma once
#include "object/result.h"

namespace habu {

// Null: none. Takes effect for frames entered from now on (tracing) or at the next call (profiling).
Status setTraceFunction(ThreadState&, Object* function);
Status setProfileFunction(ThreadState&, Object* function);

}  // namespace habu
