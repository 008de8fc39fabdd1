#include "compiler/future.h"

#include "compiler/tree_error.h"
#include "types/code.h"
#include "types/str.h"

namespace habu::compiler {

namespace ast = habu::syntax;

namespace {

struct Feature {
  const char* name;
  int flag;  // 0: part of the language by now
};
constexpr Feature kFeatures[] = {
    {"nested_scopes", 0},    {"generators", 0},     {"division", 0},
    {"absolute_import", 0},  {"with_statement", 0}, {"print_function", 0},
    {"unicode_literals", 0}, {"generator_stop", 0}, {"barry_as_FLUFL", kCodeFutureBarryAsBdfl},
    {"annotations", kCodeFutureAnnotations},
};

Result<int> featuresOf(ThreadState& ts, const ast::ImportFrom* s, Str* filename) {
  int flags = 0;
  for (ast::Alias* alias : s->names) {
    const Feature* found = nullptr;
    for (const Feature& f : kFeatures)
      if (equalsAscii(alias->name, f.name)) found = &f;
    if (found) {
      flags |= found->flag;
      continue;
    }
    if (equalsAscii(alias->name, "braces"))
      return raiseTreeError(ts, filename, {s->at.lineno, s->at.col_offset + 1, s->at.lineno}, formatText(ts, "not a chance"));
    return raiseTreeError(ts, filename, {s->at.lineno, s->at.col_offset + 1, s->at.lineno},
                          formatText(ts, "future feature {:.100} is not defined", alias->name));
  }
  return flags;
}

bool isDocstring(const ast::Stmt* s) {
  if (!ast::is<ast::ExprStmt>(s)) return false;
  const ast::Expr* e = ast::as<ast::ExprStmt>(s)->value;
  return ast::is<ast::ConstantExpr>(e) && isExactStr(ast::as<ast::ConstantExpr>(e)->value);
}

}  // namespace

Result<Future> findFuture(ThreadState& ts, const ast::Mod* mod, Str* filename) {
  Future future;
  ast::Seq<ast::Stmt*> body;
  if (ast::is<ast::Module>(mod)) body = ast::as<ast::Module>(mod)->body;
  else if (ast::is<ast::Interactive>(mod)) body = ast::as<ast::Interactive>(mod)->body;
  bool done = false;  // something else than a docstring or a future statement was seen
  int previous_line = 0;
  for (const ast::Stmt* s : body) {
    if (done && s->at.lineno > previous_line) break;
    previous_line = s->at.lineno;
    if (ast::is<ast::ImportFrom>(s)) {
      auto* import = ast::as<ast::ImportFrom>(s);
      if (!import->module || !equalsAscii(import->module, "__future__")) {
        done = true;
        continue;
      }
      if (done)
        return raiseTreeError(ts, filename, {s->at.lineno, s->at.col_offset, s->at.lineno},
                              formatText(ts, "from __future__ imports must occur at the beginning of the file"));
      future.features |= TRY(featuresOf(ts, import, filename));
      future.last_line = s->at.lineno;
    } else if (s != body[0] || !isDocstring(s)) {
      done = true;
    }
  }
  return future;
}

}  // namespace habu::compiler
