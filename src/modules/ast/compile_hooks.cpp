// compile() with AST objects: source to objects, objects to code.
#include "compiler/compile.h"
#include "compiler/compile_tree.h"
#include "modules/ast/ast_objects.h"
#include "object/raise.h"
#include "syntax/parse.h"
#include "types/code.h"
#include "types/str.h"

namespace habu::ast {
namespace {

Ref<> sourceToObjects(ThreadState& ts, std::string_view source, Str* filename, const CompileOptions& options) {
  syntax::AstArena arena;
  syntax::Mod* tree = TRY(syntax::parse(ts, arena, source, filename, parseOptions(options)));
  return toObjects(ts, tree);
}

bool isAst(ThreadState&, Object* object) {
  Classes* all = classesOrNull();  // before they are made nothing can be an instance
  return all && isInstanceOf(object, *all->base);
}

Ref<Code> compileObjects(ThreadState& ts, Object* object, Str* filename, const CompileOptions& options) {
  Classes* all = TRY(classes(ts));
  syntax::NodeKind kind = options.mode == CompileMode::Exec   ? syntax::NodeKind::Module
                          : options.mode == CompileMode::Eval ? syntax::NodeKind::Expression
                                                              : syntax::NodeKind::Interactive;
  if (!isInstanceOf(object, *all->nodes[static_cast<int>(kind)])) {
    return raise(ts, kTypeError, "expected {} node, got {:.400}", syntax::kNodeInfos[static_cast<int>(kind)].name,
                 shortName(object->type));
  }
  syntax::AstArena arena;
  syntax::Mod* tree = TRY(fromObjects(ts, arena, object));
  TRY(validate(ts, tree));
  return compiler::compileTree(ts, arena, tree, filename, options.flags, options.optimize);
}

}  // namespace

void installHooks() {
  astHooks.to_python = sourceToObjects;
  astHooks.is_ast = isAst;
  astHooks.compile_ast = compileObjects;
}

}  // namespace habu::ast
