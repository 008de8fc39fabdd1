// The optimiser of the tree: replaces constant expressions by their values, in place, with CPython's limits on size.
#pragma once
#include "compiler/symbol_table.h"

namespace habu::compiler {

// `optimize`: the -O level (__debug__). False: raised.
bool foldTree(ThreadState&, ast::AstArena&, ast::Mod*, int optimize, bool future_annotations);

// ---- fold_operator.cpp: values of constant operations. Empty without an exception: leave it to run time ----
Ref<> foldUnary(ThreadState&, ast::UnaryOperator, Object*);
Ref<> foldBinary(ThreadState&, ast::Operator, Object*, Object*);

// ---- fold_format.cpp ----
// 'text %s' % (a, b) as an f-string; null: not possible (raised, if an exception is set).
ast::JoinedStr* foldFormat(ThreadState&, ast::AstArena&, const ast::BinOp*, Str* format, ast::Seq<ast::Expr*> values);

}  // namespace habu::compiler
