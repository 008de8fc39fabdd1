// What other parts need of the module _signal.
#pragma once
#include <signal.h>

#include "object/core.h"

namespace habu {

// Sets of signals as Python iterables. ValueError "signal number 99 out of range [1; 64]".
Result<sigset_t> sigsetFrom(ThreadState&, Object* iterable);
Ref<> sigsetObject(ThreadState&, const sigset_t&);

// Shut-down: handlers that are Python functions are taken away.
void finishSignals(ThreadState&);
// As if the signal had come in (_thread.interrupt_main). False: no Python handler would run for it.
bool simulateSignal(int signal_number);

}  // namespace habu
