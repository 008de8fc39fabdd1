#include "startup/main.h"

#include <signal.h>
#include <unistd.h>

#include "startup/lifecycle.h"
#include "startup/options.h"
#include "startup/paths.h"
#include "startup/run.h"

namespace habu {

int runMain(int argc, char** argv) {
  static Config config;  // outlives the runtime
  if (int status = readOptions(argc, argv, config); status >= 0) return status;
  computePaths(config);
  bool up = !initializeRuntime(config).failed();
  ThreadState& ts = ThreadState::current();
  int status = up ? runTarget(ts, config) : reportStartFailure(ts);
  if (finalizeRuntime(ts) < 0) status = 120;  // the output could not be written
  if (status == 130) {
    // As a shell expects it: the process dies of the signal.
    signal(SIGINT, SIG_DFL);
    kill(getpid(), SIGINT);
  }
  return status;
}

}  // namespace habu
