// The command line and the environment.
#pragma once
#include "object/config.h"

namespace habu {

// Reads both into `config`. Negative: go on; otherwise the process is to exit with that status (help, version or a
// wrong option, already reported).
int readOptions(int argc, char** argv, Config& config);

}  // namespace habu
