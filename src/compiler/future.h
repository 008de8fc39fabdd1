// `from __future__ import ...` statements.
#pragma once
#include "object/result.h"
#include "syntax/ast.h"

namespace habu::compiler {

struct Future {
  int features = 0;    // CodeFlag bits of the features asked for
  int last_line = -1;  // of the last such statement; -1: none
};
// Finds them at the head of the module. SyntaxError for unknown features.
Result<Future> findFuture(ThreadState&, const syntax::Mod*, Str* filename);

}  // namespace habu::compiler
