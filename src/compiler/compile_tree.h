// From the syntax tree to the code object: fold, symbol table, code generation, flow graph passes, assembly.
#pragma once
#include "compiler/compile.h"
#include "object/result.h"
#include "syntax/ast.h"
#include "syntax/ast_arena.h"
#include "syntax/parse.h"

namespace habu {
// What the flags of compile() mean to the parser.
syntax::ParseOptions parseOptions(const CompileOptions&);
}  // namespace habu

namespace habu::compiler {

// Changes the tree (constants are folded in place). `flags`: CompilerFlag and CodeFlag bits; `optimize`: 0, 1 or 2.
Ref<Code> compileTree(ThreadState&, syntax::AstArena&, syntax::Mod*, Str* filename, int flags, int optimize);

struct SymbolTable;
// The symbol table alone, for module _symtable. Lies in the arena.
Result<SymbolTable*> symbolTableOf(ThreadState&, syntax::AstArena&, const syntax::Mod*, Str* filename, int flags);

}  // namespace habu::compiler
