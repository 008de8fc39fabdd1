// Uncaught exceptions.
#include <cstdio>

#include "modules/import.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "startup/lifecycle.h"
#include "startup/run.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

constinit Name code_name{"code"}, excepthook_name{"excepthook"};

Status printText(ThreadState& ts, Ref<Str> text) {
  if (!text) return Raised{};
  Ref<> err = share(sysGet(names::stderr));
  if (err && !isNone(err.get())) (void)TRY(callMethod(ts, err.get(), names::write, {text.get()}));
  return kDone;
}

// The exit status that SystemExit(code) asks for.
int exitStatus(ThreadState& ts, Object* error) {
  std::fflush(stdout);
  Ref<> code = getAttr(ts, error, code_name);
  if (!code) {
    clearError(ts);
    return 1;
  }
  if (isNone(code.get())) return 0;
  if (isInt(code.get())) {
    int overflow = 0;
    long long v = toLongLong(static_cast<Int*>(code.get()), overflow);
    return overflow ? 255 : int(v);
  }
  Ref<Str> text = strOf(ts, code.get());
  if (!text || printText(ts, formatText(ts, "{}\n", text)).failed()) clearError(ts);
  if (flushStandardStreams(ts) < 0) clearError(ts);
  return 1;
}

void printTo(ThreadState& ts, Object* error) {
  Ref<> file = share(sysGet(names::stderr));
  if (!file || isNone(file.get())) return;
  if (printException(ts, error, file.get()).failed()) clearError(ts);
}

void callHook(ThreadState& ts, Object* hook, Object* error) {
  Object* traceback = static_cast<BaseException*>(error)->traceback;
  if (audit(ts, "sys.excepthook", {hook, error->type, error, traceback ? traceback : &kNoneObject}).failed()) clearError(ts);
  Ref<> done = call(ts, hook, {error->type, error, traceback ? traceback : &kNoneObject});
  if (done) return;
  Ref<> second = takeRaised(ts);
  if (printText(ts, newStr(ts, "Error in sys.excepthook:\n")).failed()) clearError(ts);
  if (second) printTo(ts, second.get());
  if (printText(ts, newStr(ts, "\nOriginal exception was:\n")).failed()) clearError(ts);
  printTo(ts, error);
}

void rememberLast(ThreadState& ts, Object* error) {
  Object* traceback = static_cast<BaseException*>(error)->traceback;
  Dict* d = mainInterpreter.sys_dict;
  if (dictSetAscii(ts, d, "last_type", share(static_cast<Object*>(error->type))).failed() ||
      dictSetAscii(ts, d, "last_value", share(error)).failed() ||
      dictSetAscii(ts, d, "last_traceback", traceback ? share(traceback) : none()).failed())
    clearError(ts);
}

}  // namespace

int reportException(ThreadState& ts) {
  Ref<> error = takeRaised(ts);
  if (!error || !isException(error.get())) return 1;
  if (isInstanceOf(error.get(), kSystemExit) && !mainInterpreter.config->inspect) return exitStatus(ts, error.get());
  rememberLast(ts, error.get());
  Ref<> hook = share(sysGet(excepthook_name));
  if (hook && !isNone(hook.get())) {
    callHook(ts, hook.get(), error.get());
  } else {
    if (printText(ts, newStr(ts, "sys.excepthook is missing\n")).failed()) clearError(ts);
    printTo(ts, error.get());
  }
  bool interrupted = isExact(error.get(), kKeyboardInterrupt);
  return interrupted ? 130 : 1;
}

int reportStartFailure(ThreadState& ts) {
  if (sysGet(names::stderr)) return reportException(ts);
  Ref<> error = takeRaised(ts);
  Ref<Str> text = error ? strOf(ts, error.get()) : Ref<Str>{};
  auto utf8 = text ? utf8Of(ts, text.get()) : Result<std::string_view>::failure();
  std::string_view message = utf8.failed() ? "(no message)" : utf8.take();
  std::fprintf(stderr, "Fatal Python error: the runtime could not start\n%s: %.*s\n", error ? typeName(error.get()) : "no exception",
               int(message.size()), message.data());
  clearError(ts);
  return 1;
}

}  // namespace habu
