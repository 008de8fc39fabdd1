// Modules whose code is part of the program, compiled from the installed library when the program is built
// (tools/freeze). The data is marshalled code objects.
#pragma once
#include <span>

namespace habu {

struct FrozenModule {
  const char* name;      // as imported
  const char* original;  // the module it was made from; "<pkg": the package's __init__; null: none
  const unsigned char* data;
  unsigned size;
  bool is_package;
  bool is_bootstrap;  // needed before a path-based import can work: there is no turning it off
};

std::span<const FrozenModule> frozenModules();  // generated: build/PRESET/frozen_modules.cpp

}  // namespace habu
