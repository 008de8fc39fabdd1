// SyntaxErrors that the symbol table and the future statements raise: SyntaxError(message) with the place stored in its
// attributes only (unlike those of parser and code generator, which have it in args).
#pragma once
#include "object/raise.h"

namespace habu::compiler {

struct TreePlace {
  int lineno, offset, end_lineno;
  int end_offset = -1;  // offsets count from 1; -1: None
};
[[gnu::cold]] Raised raiseTreeError(ThreadState&, Str* filename, const TreePlace&, Ref<Str> message);

}  // namespace habu::compiler
