// Calls from this layer into parts above it: filled in once when those parts start.
#pragma once
#include "object/raise.h"

namespace habu {

struct RuntimeHooks {
  // modules/sys: sys.unraisablehook. Takes the pending exception.
  void (*write_unraisable)(ThreadState&, Object* where, const char* message) = nullptr;
  // modules/atexit: the registered callbacks, last one first; errors are reported, not raised.
  void (*run_atexit)(ThreadState&) = nullptr;
  // modules/warnings: category, text, stack level.
  Status (*warn)(ThreadState&, Type& category, Index stack_level, Str* text) = nullptr;
  // modules/warnings: category, text, file name, line.
  Status (*warn_explicit)(ThreadState&, Type& category, Str* text, Object* filename, int lineno) = nullptr;
  // The import system: a module by its absolute name, from sys.modules or newly imported.
  Ref<> (*import_module)(ThreadState&, Str* name) = nullptr;
};
extern RuntimeHooks runtimeHooks;

}  // namespace habu
