// What every fork of this process does around itself, so that the child finds locks, threads and hooks in order.
// Implemented by the module posix.
#pragma once
#include "object/core.h"

namespace habu {

void beforeFork(ThreadState&);         // os.register_at_fork(before=...), then the locks
void afterForkInParent(ThreadState&);  // also when the fork failed
void afterForkInChild(ThreadState&);

}  // namespace habu
