// Module _ast: syntax trees as Python objects. The classes, and conversions to and from the parser's trees, all from
// the table syntax/ast_info.h.
#pragma once
#include <cstring>

#include "object/result.h"
#include "object/type.h"
#include "syntax/ast_arena.h"
#include "syntax/ast_info.h"

namespace habu {

struct Dict;
struct CompileOptions;

namespace ast {

struct AstObject : Object {
  Dict* dict;  // owned, null until needed; subclasses keep theirs here too
};

// The classes, made on first use and then kept for good. All borrowed from here.
struct Classes {
  Type* base;                                       // AST
  Type* types[syntax::kAstTypeCount];               // expr, stmt, arguments, operator...
  Type* nodes[syntax::kNodeKindCount];              // Name, If... (for products: the same as in `types`)
  Type* values[syntax::kAstTypeCount][16];          // Load, Add...
  Object* singletons[syntax::kAstTypeCount][16];    // Load(), Add()... as conversions hand out
  Str* fields[syntax::kNodeKindCount][8];           // names of the fields
  Str* positions[4];                                // lineno, col_offset, end_lineno, end_col_offset
};
Result<Classes*> classes(ThreadState&);
Classes* classesOrNull();  // without making them

// The class's own name, without module.
inline const char* shortName(const Type* type) {
  const char* dot = std::strrchr(type->name, '.');
  return dot ? dot + 1 : type->name;
}

// The tree as objects. RecursionError when it is too deep.
Ref<> toObjects(ThreadState&, syntax::Mod* tree);
// Objects to a tree, checked field by field: TypeError and ValueError with CPython's words.
Result<syntax::Mod*> fromObjects(ThreadState&, syntax::AstArena&, Object* tree);
// Whether a tree that a program built makes sense (PyAST_Validate).
Status validate(ThreadState&, const syntax::Mod* tree);

// Fills in the compiler's hooks (compiler/compile.h). Called at startup.
void installHooks();

}  // namespace ast
}  // namespace habu
