// Running what the command line names, and the interactive prompt.
#pragma once
#include "object/config.h"
#include "object/thread_state.h"

namespace habu {

// Runs the target; the exit status. Uncaught exceptions are reported here.
int runTarget(ThreadState&, Config&);
// Read-evaluate-print until the end of input (repl.cpp).
int runPrompt(ThreadState&, const Config&);

// Reports the pending exception through sys.excepthook and takes it away. SystemExit: its exit status is returned and
// nothing printed but its message; other exceptions: 1.
int reportException(ThreadState&);

// The same before there is a sys.stderr: the runtime could not start.
int reportStartFailure(ThreadState&);

// Compiles and runs text in __main__; empty Ref: exception set.
Ref<> runMainSource(ThreadState&, std::string_view source, const char* filename, bool utf8);

}  // namespace habu
