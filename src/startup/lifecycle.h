// Bringing the one runtime of the process up and down. Order matters; it is written down here and nowhere else.
#pragma once
#include "object/config.h"
#include "object/result.h"

namespace habu {

// Up: thread state and lock, types, sys and builtins, import system, codecs, standard streams, site. `config` must
// outlive the runtime. Failed: an exception is set (print it, then finalise).
Status initializeRuntime(const Config& config);
// The first part of it: enough to compile, without the import system.
Status initializeCore(const Config& config);
// Down: threads, atexit, flushing, modules, cycles. Returns -1 when flushing the standard streams failed.
int finalizeRuntime(ThreadState&);

// standard streams (streams.cpp)
Status openStandardStreams(ThreadState&, const Config&);
int flushStandardStreams(ThreadState&);

}  // namespace habu
