// import, from ... import, import *; printing the value of an expression at the prompt.
#include "interp/import_ops.h"
#include "interp/ops.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {

constinit Name kDisplayHook{"displayhook"};
constinit Name kName{"name"};
constinit Name kPath{"path"};

Ref<> importName(ThreadState& ts, Frame* frame, Str* name, Object* fromlist, Object* level) {
  Ref<> function;
  if (isExactDict(frame->builtins)) {
    function = TRY(dictFind(ts, static_cast<Dict*>(frame->builtins), names::__import__));
  } else {
    function = getItem(ts, frame->builtins, names::__import__);
    if (!function && !errorMatches(ts, kKeyError)) return {};
    clearError(ts);
  }
  if (!function) return raise(ts, kImportError, "__import__ not found");
  Object* locals = frame->locals ? frame->locals : &kNoneObject;
  return call(ts, function.get(), {name, frame->globals, locals, fromlist, level});
}

// ImportError(message, name=..., path=...)
Raised raiseImportError(ThreadState& ts, Ref<Str> message, Object* name, Object* path) {
  Ref<Dict> keywords = TRY(newDict(ts));
  TRY(dictSet(ts, keywords.get(), kName, name ? name : &kNoneObject));
  TRY(dictSet(ts, keywords.get(), kPath, path ? path : &kNoneObject));
  Ref<Tuple> args = TRY(packTuple(ts, {message.get()}));
  Ref<> error = TRY(callTuple(ts, &kImportError, args.get(), keywords.get()));
  return raiseInstance(ts, error.get());
}

Raised raiseCannotImport(ThreadState& ts, Object* module, Str* name, Ref<> package) {
  Ref<> unknown = TRY(newStr(ts, "<unknown module name>"));
  Object* shown = package ? package.get() : unknown.get();
  Ref<> path = TRY(findAttr(ts, module, names::__file__));
  if (!path || !isStr(path.get())) {
    Ref<Str> text = TRY(formatText(ts, "cannot import name {!r} from {!r} (unknown location)", name, shown));
    return raiseImportError(ts, std::move(text), shown, nullptr);
  }
  Ref<> spec = TRY(findAttr(ts, module, names::__spec__));
  bool initializing = false;
  if (spec) {
    Ref<> flag = TRY(findAttr(ts, spec.get(), names::_initializing));
    initializing = flag && TRY(isTrue(ts, flag.get()));
  }
  Ref<Str> text = TRY(formatText(
      ts,
      initializing ? "cannot import name {!r} from partially initialized module {!r} (most likely due to a circular import) ({})"
                   : "cannot import name {!r} from {!r} ({})",
      name, shown, path));
  return raiseImportError(ts, std::move(text), shown, path.get());
}

Ref<> importFrom(ThreadState& ts, Object* module, Str* name) {
  Ref<> value = TRY(findAttr(ts, module, name));
  if (value) return value;
  // Circular imports: the submodule may be in sys.modules already.
  Ref<> package = TRY(findAttr(ts, module, names::__name__));
  if (!package || !isStr(package.get())) return raiseCannotImport(ts, module, name, nullptr);
  Ref<Str> full = TRY(formatText(ts, "{}.{}", package, name));
  if (mainInterpreter.modules) {
    value = TRY(dictFind(ts, mainInterpreter.modules, full.get()));
    if (value) return value;
  }
  return raiseCannotImport(ts, module, name, std::move(package));
}

// A name of `import *` that is no str.
Raised raiseBadStarName(ThreadState& ts, Object* module, Object* name, bool from_all) {
  Ref<> module_name = TRY(getAttr(ts, module, names::__name__));
  if (!isStr(module_name.get()))
    return raise(ts, kTypeError, "module __name__ must be a string, not {:.100}", typeName(module_name.get()));
  if (from_all)
    return raise(ts, kTypeError, "Item in {}.__all__ must be str, not {:.100}", module_name, typeName(name));
  return raise(ts, kTypeError, "Key in {}.__dict__ must be str, not {:.100}", module_name, typeName(name));
}

Status importStar(ThreadState& ts, Object* locals, Object* module) {
  Ref<> all = TRY(findAttr(ts, module, names::__all__));
  bool from_all = bool(all);
  if (!all) {
    Ref<> dict = TRY(findAttr(ts, module, names::__dict__));
    if (!dict) return raise(ts, kImportError, "from-import-* object has no __dict__ and no __all__");
    all = TRY(mappingKeys(ts, dict.get()));
  }
  for (Index i = 0;; ++i) {
    Ref<> name = getItemAt(ts, all.get(), i);
    if (!name) {
      if (!errorMatches(ts, kIndexError)) return Raised{};
      clearError(ts);
      return kDone;
    }
    if (!isStr(name.get())) return raiseBadStarName(ts, module, name.get(), from_all);
    Str* text = static_cast<Str*>(name.get());
    if (!from_all && text->length && (*text)[0] == '_') continue;
    Ref<> value = TRY(getAttr(ts, module, text));
    if (isExactDict(locals)) TRY(dictSet(ts, static_cast<Dict*>(locals), text, value.get()));
    else TRY(setItem(ts, locals, text, value.get()));
  }
}

Status importStarInto(ThreadState& ts, Frame* frame, Object* module) {
  (void)TRY(frameLocals(ts, frame));
  if (!frame->locals) return raise(ts, kSystemError, "no locals found during 'import *'");
  TRY(importStar(ts, frame->locals, module));
  return frameLocalsToFast(ts, frame, false);
}

}  // namespace

Status printExpression(ThreadState& ts, Object* value) {
  Ref<> hook = Ref<>::share(sysGet(kDisplayHook));
  if (!hook) return raise(ts, kRuntimeError, "lost sys.displayhook");
  (void)TRY(call(ts, hook.get(), {value}));
  return kDone;
}

HANDLER(IMPORT_NAME) {
  frame->ip = ip;
  Object* module;
  {
    Ref<> fromlist = pop(sp), level = pop(sp);
    module = owned(importName(ts, frame, nameAt(frame, ip->arg), fromlist.get(), level.get()));
  }
  if (!module) [[unlikely]] FAIL();
  *sp++ = module;
  NEXT(IMPORT_NAME);
}

HANDLER(IMPORT_FROM) {
  frame->ip = ip;
  PUSH_OR_FAIL(importFrom(ts, sp[-1], nameAt(frame, ip->arg)));
  NEXT(IMPORT_FROM);
}

HANDLER(IMPORT_STAR) {
  frame->ip = ip;
  CONSUME_OR_FAIL(importStarInto(ts, frame, top));
  NEXT(IMPORT_STAR);
}

}  // namespace habu
