// First half of the symbol table: one walk over the tree. Failure is sticky: the first error sets `failed_`, and every
// visit after it returns at once.
#pragma once
#include "compiler/symbol_table.h"

namespace habu::compiler {

class SymbolBuilder {
 public:
  SymbolBuilder(ThreadState& ts, ast::AstArena& arena, SymbolTable& table, Str* filename, bool future_annotations)
      : ts_(ts), arena_(arena), table_(table), filename_(filename), future_annotations_(future_annotations), limit_(ts) {}
  bool run(ast::Mod*);

 private:
  // ---- scopes and names ----
  bool enter(Str* name, ScopeKind, const void* node, const ast::Position&);
  void leave() { current_ = current_->parent; }
  void define(Str* name, uint32_t flags, const ast::Position& at) { defineIn(current_, name, flags, at); }
  void defineIn(Scope*, Str* name, uint32_t flags, const ast::Position&);
  uint32_t lookup(Scope*, Str* name);
  void recordDirective(Str* name, const ast::Position&);
  void outOfMemory();
  template <class... A>
  void error(const ast::Position&, const char* format, const A&...);

  // ---- the walk ----
  void visit(ast::Stmt*);
  void visitKind(ast::Stmt*);
  void visit(ast::Expr*);  // null: nothing
  void visitKind(ast::Expr*);
  void visit(ast::Pattern*);
  void visit(ast::Keyword* k);
  template <class T>
  void visitAll(ast::Seq<T*> nodes) {
    for (T* node : nodes) visit(node);
  }
  void visit(ast::ExceptHandler*);
  void visit(ast::WithItem*);
  void visit(ast::MatchCase*);
  void visit(ast::Alias*);
  void visit(ast::Comprehension*);
  void defaults(ast::Arguments*);
  void annotation(ast::Expr*);
  void annotations(ast::Arguments*, ast::Expr* returns, const void* node, const ast::Position&);
  void parameters(ast::Arguments*);
  template <class F>
  void function(F*, bool is_async);
  void classDef(ast::ClassDef*);
  void lambda(ast::Lambda*);
  void annAssign(ast::AnnAssign*);
  void globalStatement(ast::Global*);
  void nonlocalStatement(ast::Nonlocal*);
  void declare(Str* name, const ast::Stmt*, uint32_t flag, const char* kind);
  void comprehension(ast::Expr*, Str* scope_name, ComprehensionKind, ast::Seq<ast::Comprehension*>, ast::Expr* elt,
                     ast::Expr* value);
  void namedExpr(ast::NamedExpr*);
  void extendToFunction(ast::NamedExpr*);
  void name(ast::Name*);
  bool refuseInAnnotation(const ast::Expr*, const char* what);
  void yieldExpr(ast::Expr*, ast::Expr* value);

  ThreadState& ts_;
  ast::AstArena& arena_;
  SymbolTable& table_;
  Str* filename_;
  bool future_annotations_;
  NestingLimit limit_;
  Scope* current_ = nullptr;
  Str* private_ = nullptr;
  bool failed_ = false;
};

}  // namespace habu::compiler
