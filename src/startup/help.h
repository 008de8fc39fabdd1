// The texts of --help and --version.
#pragma once
#include <string>

namespace habu {

void printHelp(const std::string& program);
void printHelpEnvironment();
void printHelpXOptions();
void printVersion(bool detailed);

}  // namespace habu
