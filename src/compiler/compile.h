// Source text or AST to code object.
#pragma once
#include <string_view>

#include "object/core.h"

namespace habu {

struct Code;


enum class CompileMode { Exec, Eval, Single, FuncType };

// PyCF_* bits; the CO_FUTURE_* bits of code.h may be or-ed in.
enum CompilerFlag : int {
  kSourceIsUtf8 = 0x100, kDontImplyDedent = 0x200, kOnlyAst = 0x400, kIgnoreCookie = 0x800, kTypeComments = 0x1000,
  kAllowTopLevelAwait = 0x2000, kAllowIncompleteInput = 0x4000,
};
inline constexpr int kFutureMask = 0x1fe0000;

struct CompileOptions {
  CompileMode mode = CompileMode::Exec;
  int flags = 0;
  int optimize = -1;         // -1: the interpreter's -O level
  int feature_version = -1;  // minor version of the grammar; -1: this one's
  bool source_is_file = false;  // the bytes of file `filename`, not a string: other words for bad bytes
};

Ref<Code> compileSource(ThreadState&, std::string_view source, Str* filename, const CompileOptions&);
// The `_ast` objects for compile(..., PyCF_ONLY_AST), and from such objects to code (modules/ast installs both).
struct AstHooks {
  Ref<> (*to_python)(ThreadState&, std::string_view source, Str* filename, const CompileOptions&) = nullptr;
  bool (*is_ast)(ThreadState&, Object*) = nullptr;
  Ref<Code> (*compile_ast)(ThreadState&, Object* ast, Str* filename, const CompileOptions&) = nullptr;
};
extern AstHooks astHooks;

}  // namespace habu
