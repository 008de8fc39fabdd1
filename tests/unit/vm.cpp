#include "unit/vm.h"

#include "object/attribute.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "startup/lifecycle.h"
#include "startup/options.h"
#include "startup/paths.h"
#include "startup/run.h"
#include "modules/import.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"

using namespace habu;

namespace {

constexpr char kHelper[] = R"(
import contextlib as _contextlib, io as _io
def _run(source):
    out = _io.StringIO()
    with _contextlib.redirect_stdout(out):
        try:
            exec(compile(source, "<test>", "exec"), {"__name__": "__main__"})
        except BaseException as error:
            print(f"{type(error).__name__}: {error}")
    return out.getvalue()
)";

void start() {
  static bool started = false;
  if (started) return;
  started = true;
  static Config config;
  static char name[] = "habu", isolated[] = "-I";
  static char* argv[] = {name, isolated, nullptr};
  readOptions(2, argv, config);
  computePaths(config);
  if (initializeRuntime(config).failed()) {
    reportStartFailure(ThreadState::current());
    abort();
  }
  if (!runMainSource(ThreadState::current(), kHelper, "<helper>", true)) abort();
}

Ref<> helper(ThreadState& ts, const char* name) {
  Ref<> main = TRY(importModule(ts, "__main__"));
  Ref<Str> key = TRY(internedStr(ts, name));
  return getAttr(ts, main.get(), key.get());
}

}  // namespace

void Vm::SetUp() { start(); }
void Vm::TearDown() { EXPECT_FALSE(errorSet(ts())) << takeError(); }

std::string Vm::text(Object* o) {
  Ref<Str> s = strOf(ts(), o);
  return s ? std::string(utf8Of(ts(), s.get()).take()) : takeError();
}

std::string Vm::run(const char* source) {
  Ref<> function = helper(ts(), "_run");
  Ref<Str> argument = newStr(ts(), source);
  Ref<> out = call(ts(), function.get(), {argument.get()});
  return out ? text(out.get()) : takeError();
}

Ref<> Vm::eval(const char* expression) {
  Ref<> builtins = importModule(ts(), "builtins");
  Ref<Str> name = internedStr(ts(), "eval"), source = newStr(ts(), expression);
  Ref<> function = getAttr(ts(), builtins.get(), name.get());
  Ref<Dict> globals = newDict(ts());
  return call(ts(), function.get(), {source.get(), globals.get()});
}

std::string Vm::takeError() {
  Ref<> error = takeRaised(ts());
  return error ? std::string(typeName(error.get())) + ": " + text(error.get()) : "";
}
