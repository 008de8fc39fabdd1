// The struct sequence of resource usage, which os.wait3() and os.wait4() return too.
#pragma once
#include <sys/resource.h>

#include "object/core.h"

namespace habu {

Ref<> makeRusage(ThreadState&, const rusage&);

}  // namespace habu
