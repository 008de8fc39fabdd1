// Lines of source files, for tracebacks and syntax errors.
#pragma once
#include "object/core.h"

namespace habu::syntax {

// Reads lines of files; the last file read is kept, since neighbours in a traceback often share it.
class SourceLines {
 public:
  SourceLines();
  ~SourceLines();
  // The line (from 1) without its newline; empty Ref (no exception): not to be had.
  Ref<Str> line(ThreadState&, Str* filename, int number);

 private:
  bool load(ThreadState&, Str* filename);
  Ref<Object> filename_;
  Ref<Object> bytes_;
  bool loaded_ = false;
};

}  // namespace habu::syntax
