// Private names: inside class C, `__x` means `_C__x`.
#pragma once
#include "syntax/ast_arena.h"
#include "types/str.h"

namespace habu::compiler {

// True when `name` is of the form that a class's privacy changes: two leading underscores, not two trailing, no dot.
bool isPrivateName(const Str* name);
// The interned name to use for `name` inside the class `private_class` (null: no class). The result is borrowed from the
// arena or is `name`. Null: raised.
Str* mangle(ThreadState&, syntax::AstArena&, Str* private_class, Str* name);

}  // namespace habu::compiler
