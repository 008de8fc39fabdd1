// The builtins module, one file a theme.
#pragma once
#include "object/bind.h"

namespace habu::builtins {

extern const MethodDef kCodeMethods[];      // code.cpp: compile, eval, exec, __import__, globals, locals, vars, dir
extern const MethodDef kIterationMethods[]; // iteration.cpp: all, any, iter, next, min, max, sum, sorted, aiter, anext
extern const MethodDef kTextMethods[];      // text.cpp: print, input, repr, ascii, format, chr, ord, bin, oct, hex

}  // namespace habu::builtins
