#include "compiler/compile.h"

#include "compiler/codegen.h"
#include "compiler/compile_tree.h"
#include "compiler/fold.h"
#include "object/interpreter.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "syntax/parse.h"
#include "types/str.h"

namespace habu {

AstHooks astHooks;

namespace compiler {

Ref<Code> compileTree(ThreadState& ts, syntax::AstArena& arena, syntax::Mod* mod, Str* filename, int flags, int optimize) {
  CodegenOptions options;
  options.future = TRY(findFuture(ts, mod, filename));
  options.future.features |= flags & kFutureMask;
  options.flags = flags | options.future.features;
  options.optimize = optimize < 0 ? ts.interpreter->optimize : optimize;
  bool future_annotations = options.future.features & kCodeFutureAnnotations;
  if (!foldTree(ts, arena, mod, options.optimize, future_annotations)) return {};
  SymbolTable* table = TRY(buildSymbolTable(ts, arena, mod, filename, future_annotations));
  return Codegen(ts, arena, *table, filename, options).compile(mod);
}

Result<SymbolTable*> symbolTableOf(ThreadState& ts, syntax::AstArena& arena, const syntax::Mod* mod, Str* filename, int flags) {
  Future future = TRY(findFuture(ts, mod, filename));
  return buildSymbolTable(ts, arena, const_cast<syntax::Mod*>(mod), filename,
                          ((future.features | flags) & kCodeFutureAnnotations) != 0);
}

}  // namespace compiler

syntax::ParseOptions parseOptions(const CompileOptions& options) {
  syntax::ParseOptions parse{};
  switch (options.mode) {
    case CompileMode::Exec: parse.mode = syntax::Mode::Exec; break;
    case CompileMode::Eval: parse.mode = syntax::Mode::Eval; break;
    case CompileMode::Single: parse.mode = syntax::Mode::Single; break;
    case CompileMode::FuncType: parse.mode = syntax::Mode::FunctionType; break;
  }
  if (options.feature_version >= 0) parse.feature_version = options.feature_version;
  parse.type_comments = options.flags & kTypeComments;
  parse.barry_as_flufl = options.flags & kCodeFutureBarryAsBdfl;
  parse.source_is_utf8 = options.flags & (kSourceIsUtf8 | kIgnoreCookie);
  parse.source_is_file = options.source_is_file;
  parse.keep_indentation = options.flags & kDontImplyDedent;
  parse.allow_incomplete = options.flags & kAllowIncompleteInput;
  return parse;
}

Ref<Code> compileSource(ThreadState& ts, std::string_view source, Str* filename, const CompileOptions& options) {
  syntax::AstArena arena;
  syntax::Mod* mod = TRY(syntax::parse(ts, arena, source, filename, parseOptions(options)));
  return compiler::compileTree(ts, arena, mod, filename, options.flags, options.optimize);
}

}  // namespace habu
