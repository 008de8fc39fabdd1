// builtins that compile and run code, and those that look into namespaces.
#include <cstring>

#include "compiler/compile.h"
#include "interp/eval.h"
#include "modules/builtins/builtins.h"
#include "modules/builtins/source.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "modules/import.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::builtins {

namespace {

// The __future__ flags of the code that calls us.
int inheritedFlags(ThreadState& ts) {
  Frame* f = currentFrame(ts);
  return f ? f->code->flags & kFutureMask : 0;
}

Result<CompileMode> compileMode(ThreadState& ts, Str* mode, int flags) {
  if (equalsAscii(mode, "exec")) return CompileMode::Exec;
  if (equalsAscii(mode, "eval")) return CompileMode::Eval;
  if (equalsAscii(mode, "single")) return CompileMode::Single;
  if (equalsAscii(mode, "func_type")) {
    if (!(flags & kOnlyAst)) return raise(ts, kValueError, "compile() mode 'func_type' requires flag PyCF_ONLY_AST");
    return CompileMode::FuncType;
  }
  return raise(ts, kValueError, flags & kOnlyAst ? "compile() mode must be 'exec', 'eval', 'single' or 'func_type'"
                                                 : "compile() mode must be 'exec', 'eval' or 'single'");
}

Ref<> compile(ThreadState& ts, Module*, Object* source, Object* filename, Str* mode, std::optional<int> flags,
              std::optional<bool> dont_inherit, std::optional<int> optimize, std::optional<int> feature_version) {
  constexpr int kKnownFlags = kFutureMask | 0x10 | kSourceIsUtf8 | kDontImplyDedent | kOnlyAst | kIgnoreCookie | kTypeComments |
                              kAllowTopLevelAwait | kAllowIncompleteInput;
  CompileOptions options;
  options.flags = flags.value_or(0);
  options.optimize = optimize.value_or(-1);
  options.feature_version = options.flags & kOnlyAst ? feature_version.value_or(-1) : -1;
  Ref<Str> name = TRY(fileNameOf(ts, filename));
  if (options.flags & ~kKnownFlags) return raise(ts, kValueError, "compile(): unrecognised flags");
  if (options.optimize < -1 || options.optimize > 2) return raise(ts, kValueError, "compile(): invalid optimize value");
  options.flags |= kSourceIsUtf8;
  if (!dont_inherit.value_or(false)) options.flags |= inheritedFlags(ts);
  options.mode = TRY(compileMode(ts, mode, options.flags));
  if (astHooks.is_ast && astHooks.is_ast(ts, source)) {
    if (options.flags & kOnlyAst) return share(source);
    return astHooks.compile_ast(ts, source, name.get(), options);
  }
  if (errorSet(ts)) return Raised{};
  Source s = TRY(sourceOf(ts, source, "compile", "string, bytes or AST"));
  if (!(s.flags & kSourceIsUtf8)) options.flags &= ~kSourceIsUtf8;
  options.flags |= s.flags;
  if (options.flags & kOnlyAst) return astHooks.to_python(ts, s.text, name.get(), options);
  return compileSource(ts, s.text, name.get(), options);
}

// ---- eval and exec ----

struct Namespaces {
  Ref<> globals, locals;
};

// The caller's namespaces where None was given.
Result<Namespaces> namespaces(ThreadState& ts, Object* globals, Object* locals, const char* function) {
  Namespaces n;
  if (globals && isNone(globals)) globals = nullptr;
  if (locals && isNone(locals)) locals = nullptr;
  if (!globals) {
    n.globals = share(reinterpret_cast<Object*>(currentGlobals(ts)));
    if (!n.globals) return raise(ts, kSystemError, "globals and locals cannot be NULL");
    n.locals = locals ? share(locals) : TRY(currentLocals(ts));
  } else {
    n.globals = share(globals);
    n.locals = share(locals ? locals : globals);
  }
  return n;
}

Status ensureBuiltins(ThreadState& ts, Dict* globals) {
  if (TRY(dictContains(ts, globals, names::__builtins__.get()))) return kDone;
  return dictSet(ts, globals, names::__builtins__.get(), currentBuiltins(ts));
}

Ref<Code> compileArgument(ThreadState& ts, Object* source, const char* function, CompileMode mode) {
  Source s = TRY(sourceOf(ts, source, function, "string, bytes or code"));
  CompileOptions options;
  options.mode = mode;
  options.flags = s.flags | inheritedFlags(ts);
  std::string_view text = s.text;
  if (mode == CompileMode::Eval) {
    size_t start = text.find_first_not_of(" \t");
    text.remove_prefix(start == text.npos ? text.size() : start);
  }
  static constinit Name filename{"<string>"};
  return compileSource(ts, text, filename, options);
}

Ref<> eval(ThreadState& ts, Module*, Object* source, Object* globals, Object* locals) {
  if (locals && !isNone(locals) && !isMapping(locals)) return raise(ts, kTypeError, "locals must be a mapping");
  if (globals && !isNone(globals) && !isDict(globals))
    return raise(ts, kTypeError, isMapping(globals) ? "globals must be a real dict; try eval(code, {}, mapping)" : "globals must be a dict");
  Namespaces n = TRY(namespaces(ts, globals, locals, "eval"));
  TRY(ensureBuiltins(ts, static_cast<Dict*>(n.globals.get())));
  if (isExact(source, kCodeType)) {
    auto* code = static_cast<Code*>(source);
    if (code->free_count) return raise(ts, kTypeError, "code object passed to eval() may not contain free variables");
    return evalCode(ts, code, static_cast<Dict*>(n.globals.get()), n.locals.get());
  }
  Ref<Code> code = TRY(compileArgument(ts, source, "eval", CompileMode::Eval));
  return evalCode(ts, code.get(), static_cast<Dict*>(n.globals.get()), n.locals.get());
}

Status checkClosure(ThreadState& ts, Code* code, Object* closure) {
  int wanted = code->free_count;
  if (wanted == 0) {
    if (closure) return raise(ts, kTypeError, "cannot use a closure with this code object");
    return kDone;
  }
  bool fits = closure && isExactTuple(closure) && static_cast<Tuple*>(closure)->size == wanted;
  if (fits)
    for (Object* cell : static_cast<Tuple*>(closure)->span()) fits &= isExact(cell, kCellType);
  if (!fits) return raise(ts, kTypeError, "code object requires a closure of exactly length {}", wanted);
  return kDone;
}

Status exec(ThreadState& ts, Module*, Object* source, Object* globals, Object* locals, Object* closure) {
  Namespaces n = TRY(namespaces(ts, globals, locals, "exec"));
  if (!isDict(n.globals.get())) return raise(ts, kTypeError, "exec() globals must be a dict, not {:.100}", typeName(n.globals.get()));
  if (!isMapping(n.locals.get())) return raise(ts, kTypeError, "locals must be a mapping or None, not {:.100}", typeName(n.locals.get()));
  auto* g = static_cast<Dict*>(n.globals.get());
  TRY(ensureBuiltins(ts, g));
  if (closure && isNone(closure)) closure = nullptr;
  if (isExact(source, kCodeType)) {
    auto* code = static_cast<Code*>(source);
    TRY(checkClosure(ts, code, closure));
    (void)TRY(evalCode(ts, code, g, n.locals.get(), static_cast<Tuple*>(closure)));
    return kDone;
  }
  if (closure) return raise(ts, kTypeError, "closure can only be used when source is a code object");
  Ref<Code> code = TRY(compileArgument(ts, source, "exec", CompileMode::Exec));
  (void)TRY(evalCode(ts, code.get(), g, n.locals.get()));
  return kDone;
}

// ---- namespaces ----

Ref<> import(ThreadState& ts, Module*, Object* name, Object* globals, Object* locals, Object* from_list, std::optional<int> level) {
  return importModuleLevel(ts, name, globals, from_list, level.value_or(0));
}

Ref<> globals(ThreadState& ts, Module*) {
  Dict* g = currentGlobals(ts);
  return g ? share(static_cast<Object*>(g)) : none();
}

Ref<> locals(ThreadState& ts, Module*) { return currentLocals(ts); }

Ref<> vars(ThreadState& ts, Module*, Args a) {
  TRY(noKeywordNames(ts, "vars", a.names));
  TRY(checkPositional(ts, "vars", a.count, 0, 1));
  if (a.count == 0) return currentLocals(ts);
  Ref<> d = TRY(findAttr(ts, a[0], names::__dict__));
  if (!d) return raise(ts, kTypeError, "vars() argument must have __dict__ attribute");
  return d;
}

Ref<> dir(ThreadState& ts, Module*, Args a) {
  TRY(noKeywordNames(ts, "dir", a.names));
  TRY(checkPositional(ts, "dir", a.count, 0, 1));
  if (a.count) return dirOf(ts, a[0]);
  Ref<> scope = TRY(currentLocals(ts));
  Ref<List> keys = TRY(mappingKeys(ts, scope.get()));
  TRY(sortList(ts, keys.get()));
  return keys;
}

Ref<> breakpoint(ThreadState& ts, Module*, Args a) {
  static constinit Name breakpointhook{"breakpointhook"};
  Ref<> hook = share(sysGet(breakpointhook));
  if (!hook) return raise(ts, kRuntimeError, "lost sys.breakpointhook");
  return vectorcall(ts, hook.get(), a.values, size_t(a.count), a.names);
}

Ref<> makeClass(ThreadState& ts, Module*, Args a) { return buildClass(ts, a); }

}  // namespace

const MethodDef kCodeMethods[] = {
    METHOD_RAW("__build_class__", makeClass,
               "__build_class__(func, name, /, *bases, [metaclass], **kwds) -> class\n\nWhat a class statement calls."),
    METHOD_AS("__import__", import, "($module, /, name, globals=None, locals=None, fromlist=(),\n           level=0)",
              "What an import statement calls. importlib.import_module() is the function to call by hand."),
    METHOD_RAW("breakpoint", breakpoint, "breakpoint(*args, **kws)\n\nCalls sys.breakpointhook: enters the debugger."),
    METHOD(compile,
           "($module, /, source, filename, mode, flags=0,\n        dont_inherit=False, optimize=-1, *, _feature_version=-1)",
           "Compiles source text or an AST into a code object (mode 'exec', 'eval' or 'single')."),
    METHOD(eval, "($module, source, globals=None, locals=None, /)", "The value of an expression, given as text or code object."),
    METHOD(exec, "($module, source, globals=None, locals=None, /, *, closure=None)", "Runs statements, given as text or code object."),
    METHOD(globals, "($module, /)", "The dictionary of the caller's global names."),
    METHOD(locals, "($module, /)", "A dictionary of the caller's local names."),
    METHOD_RAW("vars", vars, "vars([object]) -> dictionary\n\nobject.__dict__; without an argument, locals()."),
    METHOD_RAW("dir", dir, "dir([object]) -> list of strings\n\nThe sorted names of an object's attributes, or of the local scope."),
    {}};

}  // namespace habu::builtins
