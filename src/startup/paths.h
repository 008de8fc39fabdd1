// Where the program and the library are: what sys.executable, sys.prefix and sys.path start from.
#pragma once
#include "object/config.h"

namespace habu {

void computePaths(Config& config);
// The folder that goes in front of sys.path for what is to be run; false: nothing does.
bool firstPath(const Config& config, std::string& folder);

}  // namespace habu
