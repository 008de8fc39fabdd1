// Sets of signals as Python iterables of ints; implemented by the module _signal.
#pragma once
#include <signal.h>

#include "object/core.h"

namespace habu {

// ValueError "signal number 99 out of range [1; 64]".
Result<sigset_t> sigsetFrom(ThreadState&, Object* iterable);
Ref<> sigsetObject(ThreadState&, const sigset_t&);

}  // namespace habu
