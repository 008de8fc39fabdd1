// sys.displayhook, excepthook, unraisablehook, breakpointhook.
#include <cstdlib>

#include "modules/import.h"
#include "modules/sys/sys.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/config.h"
#include "object/hooks.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::sys {

namespace {

bool ignoreEnvironment() { return mainInterpreter.config->ignore_environment != 0; }

constinit Name underscore{"_"}, newline{"\n"};

// A text that the stream's encoding cannot express goes out with backslash escapes.
Status writeEscaped(ThreadState& ts, Object* out, Str* text) {
  static constinit Name backslashreplace{"backslashreplace"}, buffer_name{"buffer"};
  Ref<> encoding = TRY(getAttr(ts, out, names::encoding));
  Ref<> bytes = TRY(callMethod(ts, text, names::encode, {encoding.get(), backslashreplace.get()}));
  Ref<> buffer = TRY(findAttr(ts, out, buffer_name));
  if (buffer) {
    (void)TRY(callMethod(ts, buffer.get(), names::write, {bytes.get()}));
    return kDone;
  }
  Ref<> decoded = TRY(callMethod(ts, bytes.get(), names::decode, {encoding.get(), names::strict.get()}));
  (void)TRY(callMethod(ts, out, names::write, {decoded.get()}));
  return kDone;
}

Status displayHook(ThreadState& ts, Object*, Object* value) {
  Dict* builtins = mainInterpreter.builtins;
  if (!builtins) return raise(ts, kRuntimeError, "lost builtins module");
  if (isNone(value)) return kDone;
  TRY(dictSet(ts, builtins, underscore.get(), &kNoneObject));  // so that repr() of a value that contains the old one is safe
  Ref<> out = share(sysGet(names::stdout));
  if (!out || isNone(out.get())) return raise(ts, kRuntimeError, "lost sys.stdout");
  Ref<Str> text = TRY(reprOf(ts, value));
  Ref<> written = callMethod(ts, out.get(), names::write, {text.get()});
  if (!written) {
    if (!errorMatches(ts, kUnicodeEncodeError)) return Raised{};
    clearError(ts);
    TRY(writeEscaped(ts, out.get(), text.get()));
  }
  (void)TRY(callMethod(ts, out.get(), names::write, {newline.get()}));
  return dictSet(ts, builtins, underscore.get(), value);
}

Status exceptHook(ThreadState& ts, Object*, Object* type, Object* value, Object* traceback) {
  Ref<> file = share(sysGet(names::stderr));
  if (!file || isNone(file.get())) return kDone;
  Ref<> error = share(value);
  if (isException(value) && traceback && !isNone(traceback)) {
    auto* e = static_cast<BaseException*>(value);
    if (!e->traceback) setField(e->traceback, share(traceback));
  }
  TRY(printException(ts, error.get(), file.get()));
  Ref<> flushed = callMethod(ts, file.get(), names::flush);
  if (!flushed) clearError(ts);
  return kDone;
}

// ---- unraisable exceptions ----

constexpr StructSeqField kUnraisableFields[] = {
    {"exc_type", "Exception type"},
    {"exc_value", "Exception value"},
    {"exc_traceback", "Exception traceback"},
    {"err_msg", "Error message"},
    {"object", "Object causing the exception"},
    {}};
constexpr StructSeqDesc kUnraisableDesc = {"UnraisableHookArgs", "What sys.unraisablehook is called with.", kUnraisableFields, 5};
constinit Type unraisable_type{};

Status writeText(ThreadState& ts, Object* file, Ref<Str> text) {
  if (!text) return Raised{};
  (void)TRY(callMethod(ts, file, names::write, {text.get()}));
  return kDone;
}

Status printUnraisable(ThreadState& ts, Object* file, StructSeq* args) {
  Object *value = args->items[1], *traceback = args->items[2], *message = args->items[3], *where = args->items[4];
  if (!isNone(where)) {
    Ref<Str> shown = reprOf(ts, where);
    if (!shown) {
      clearError(ts);
      shown = newStr(ts, "<object repr() failed>");
    }
    if (!isNone(message)) TRY(writeText(ts, file, formatText(ts, "{}: {}\n", message, shown)));
    else TRY(writeText(ts, file, formatText(ts, "Exception ignored in: {}\n", shown)));
  } else if (!isNone(message)) {
    TRY(writeText(ts, file, formatText(ts, "{}:\n", message)));
  }
  if (isNone(args->items[0])) return kDone;
  if (!isNone(value)) {
    auto* e = static_cast<BaseException*>(value);
    if (!isNone(traceback) && !e->traceback) setField(e->traceback, share(traceback));
    // Only this exception, without its context.
    Ref<> context = Ref<>::steal(std::exchange(e->context, nullptr));
    Ref<> cause = Ref<>::steal(std::exchange(e->cause, nullptr));
    Status done = printException(ts, value, file);
    e->context = context.release();
    e->cause = cause.release();
    TRY(std::move(done));
  } else {
    TRY(writeText(ts, file, formatText(ts, "{}\n", static_cast<Type*>(args->items[0]))));
  }
  Ref<> flushed = callMethod(ts, file, names::flush);
  if (!flushed) clearError(ts);
  return kDone;
}

Status unraisableHook(ThreadState& ts, Object*, Object* args) {
  if (args->type != &unraisable_type) return raise(ts, kTypeError, "sys.unraisablehook argument type must be UnraisableHookArgs");
  Ref<> file = share(sysGet(names::stderr));
  if (!file || isNone(file.get())) return kDone;
  return printUnraisable(ts, file.get(), reinterpret_cast<StructSeq*>(args));
}

Ref<> unraisableArgs(ThreadState& ts, Object* where, const char* message) {
  PendingError e = PendingError::take(ts);
  Ref<> type = e.type.copy(), traceback = e.traceback.copy();
  Ref<> value = std::move(e).instance(ts);
  if (value && isException(value.get())) type = share(static_cast<Object*>(value->type));
  StructSeqBuilder b(ts, &unraisable_type);
  b.add(type ? std::move(type) : none());
  b.add(value ? std::move(value) : none());
  b.add(traceback ? std::move(traceback) : none());
  b.add(message ? Ref<>(newStr(ts, message)) : none());
  b.add(where ? share(where) : none());
  return b.finish();
}

void writeUnraisableThroughHook(ThreadState& ts, Object* where, const char* message) {
  static constinit Name unraisablehook{"unraisablehook"};
  if (!unraisable_type.has(kReady)) return clearError(ts);
  Ref<> args = unraisableArgs(ts, where, message);
  if (!args) return clearError(ts);
  Ref<> hook = share(sysGet(unraisablehook));
  if (hook && !isNone(hook.get())) {
    if (audit(ts, "sys.unraisablehook", {hook.get(), args.get()}).failed()) clearError(ts);
    Ref<> done = call(ts, hook.get(), {args.get()});
    if (done) return;
    Ref<> second = unraisableArgs(ts, hook.get(), "Exception ignored in sys.unraisablehook");
    if (!second) return clearError(ts);
    args = std::move(second);
  }
  if (unraisableHook(ts, nullptr, args.get()).failed()) clearError(ts);
}

// ---- breakpoint ----

Ref<> breakpointHook(ThreadState& ts, Object*, Args a) {
  const char* variable = ignoreEnvironment() ? nullptr : std::getenv("PYTHONBREAKPOINT");
  std::string_view target = variable && *variable ? variable : "pdb.set_trace";
  if (target == "0") return none();
  size_t dot = target.rfind('.');
  std::string_view module_name = dot == target.npos ? "builtins" : target.substr(0, dot);
  std::string_view function = dot == target.npos ? target : target.substr(dot + 1);
  Ref<> module = dot == 0 ? Ref<>{} : importModule(ts, module_name);
  Ref<Str> name = TRY(newStr(ts, function));
  Ref<> hook;
  if (module) hook = getAttr(ts, module.get(), name.get());
  if (!hook) {
    if (errorSet(ts) && !errorMatches(ts, kImportError) && !errorMatches(ts, kAttributeError)) return Raised{};
    clearError(ts);
    TRY(warnText(ts, kRuntimeWarning, 0, formatText(ts, "Ignoring unimportable $PYTHONBREAKPOINT: \"{}\"", target)));
    return none();
  }
  return vectorcall(ts, hook.get(), a.values, size_t(a.count), a.names);
}

}  // namespace

const MethodDef kHookMethods[] = {
    METHOD_AS("displayhook", displayHook, "($module, object, /)", "Prints an object to sys.stdout and also saves it in builtins._"),
    METHOD_AS("__displayhook__", displayHook, "($module, object, /)", "Prints an object to sys.stdout and also saves it in builtins._"),
    METHOD_AS("excepthook", exceptHook, "($module, exctype, value, traceback, /)", "Prints an uncaught exception to sys.stderr."),
    METHOD_AS("__excepthook__", exceptHook, "($module, exctype, value, traceback, /)", "Prints an uncaught exception to sys.stderr."),
    METHOD_AS("unraisablehook", unraisableHook, "($module, unraisable, /)", "Reports an exception that nobody can catch."),
    METHOD_AS("__unraisablehook__", unraisableHook, "($module, unraisable, /)", "Reports an exception that nobody can catch."),
    METHOD_RAW("breakpointhook", breakpointHook, "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls."),
    METHOD_RAW("__breakpointhook__", breakpointHook, "breakpointhook(*args, **kws)\n\nWhat breakpoint() calls."),
    {}};

Status addHookTypes(ThreadState& ts) {
  TRY(initStructSeqType(ts, unraisable_type, kUnraisableDesc, kDisallowInstantiation));
  runtimeHooks.write_unraisable = writeUnraisableThroughHook;
  return kDone;
}

}  // namespace habu::sys
