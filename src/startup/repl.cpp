// The plain interactive prompt.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "compiler/compile.h"
#include "interp/eval.h"
#include "modules/import.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "startup/lifecycle.h"
#include "startup/run.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {

constinit Name ps1{"ps1"}, ps2{"ps2"}, interactivehook{"__interactivehook__"}, main_name{"__main__"};

void setDefaultPrompt(ThreadState& ts, Name& name, const char* text) {
  if (sysGet(name)) return;
  Ref<Str> s = newStr(ts, text);
  if (!s || dictSet(ts, mainInterpreter.sys_dict, name.get(), s.get()).failed()) clearError(ts);
}

std::string promptText(ThreadState& ts, Name& name) {
  Ref<> prompt = share(sysGet(name));
  Ref<Str> text = prompt ? strOf(ts, prompt.get()) : Ref<Str>{};
  if (text) {
    auto utf8 = utf8Of(ts, text.get());
    if (!utf8.failed()) return std::string(utf8.take());
  }
  clearError(ts);
  return "";
}

// One line with its newline; false at the end of input.
bool readPromptLine(ThreadState& ts, const std::string& prompt, std::string& line) {
  std::fputs(prompt.c_str(), isatty(0) && isatty(1) ? stdout : stderr);
  std::fflush(isatty(0) && isatty(1) ? stdout : stderr);
  char* text = nullptr;
  size_t capacity = 0;
  ssize_t n;
  {
    GilRelease allow(ts);
    n = getline(&text, &capacity, stdin);
  }
  if (n > 0) line.append(text, size_t(n));
  std::free(text);
  return n > 0;
}

enum class Parsed { Complete, Incomplete, Failed };

// Compiles what has been typed so far. A statement that may go on is incomplete until an empty line ends it.
Parsed tryCompile(ThreadState& ts, const std::string& text, Ref<Code>& code) {
  static constinit Name filename{"<stdin>"};
  CompileOptions options;
  options.mode = CompileMode::Single;
  options.flags = kIgnoreCookie | kSourceIsUtf8 | kDontImplyDedent | kAllowIncompleteInput;
  code = compileSource(ts, text, filename, options);
  if (code) return Parsed::Complete;
  if (!errorMatches(ts, kSyntaxError)) return Parsed::Failed;
  PendingError error = PendingError::take(ts);
  Ref<> value = std::move(error).instance(ts);
  Ref<Str> message = value ? strOf(ts, value.get()) : Ref<Str>{};
  bool more = message && message->length >= 16 && asciiView(message.get()).substr(0, 16) == "incomplete input";
  if (more) {
    clearError(ts);
    return Parsed::Incomplete;
  }
  clearError(ts);
  if (value) (void)raiseInstance(ts, value.get());
  return Parsed::Failed;
}

// Reads one statement; false at the end of input.
bool readStatement(ThreadState& ts, Ref<Code>& code, Parsed& parsed) {
  std::string text;
  parsed = Parsed::Incomplete;
  bool any = readPromptLine(ts, promptText(ts, ps1), text);
  if (!any) return false;
  if (text.find_first_not_of(" \t\r\n\f") == text.npos || text[text.find_first_not_of(" \t\f")] == '#') {
    parsed = Parsed::Incomplete;
    return true;
  }
  while (true) {
    parsed = tryCompile(ts, text, code);
    if (parsed != Parsed::Incomplete) return true;
    if (!readPromptLine(ts, promptText(ts, ps2), text)) {
      parsed = tryCompile(ts, text + "\n", code);
      return parsed != Parsed::Incomplete;
    }
  }
}

void runStartupFile(ThreadState& ts, const Config& c) {
  const char* file = c.ignore_environment ? nullptr : std::getenv("PYTHONSTARTUP");
  if (!file || !*file) return;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    std::fprintf(stderr, "Could not open PYTHONSTARTUP\n");
    return;
  }
  std::string source{std::istreambuf_iterator<char>(in), {}};
  Ref<> done = runMainSource(ts, source, file, false);
  if (!done) reportException(ts);
}

void runInteractiveHook(ThreadState& ts) {
  Ref<> hook = share(sysGet(interactivehook));
  if (!hook) return;
  Ref<> done = call(ts, hook.get());
  if (!done) {
    std::fprintf(stderr, "Failed calling sys.__interactivehook__\n");
    reportException(ts);
  }
}

}  // namespace

int runPrompt(ThreadState& ts, const Config& c) {
  if (!c.quiet && c.run == Config::Run::Stdin)
    std::fprintf(stderr, "Python 3.11.2 (Habu " HABU_VERSION ") on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n");
  if (c.run == Config::Run::Stdin) runStartupFile(ts, c);
  runInteractiveHook(ts);
  setDefaultPrompt(ts, ps1, ">>> ");
  setDefaultPrompt(ts, ps2, "... ");
  auto found = importedModule(ts, main_name);
  Ref<> main = found.failed() ? Ref<>{} : found.take();
  if (!main) return 1;
  Ref<Dict> globals = share(moduleDict(static_cast<Module*>(main.get())));
  while (true) {
    Ref<Code> code;
    Parsed parsed;
    if (!readStatement(ts, code, parsed)) break;
    if (parsed == Parsed::Incomplete) continue;
    Ref<> result;
    if (parsed == Parsed::Complete) result = evalCode(ts, code.get(), globals.get());
    if (!result) {
      bool leave = errorMatches(ts, kSystemExit);
      int status = reportException(ts);
      if (leave) return status;
    }
    flushStandardStreams(ts);
  }
  std::fputc('\n', stderr);
  return 0;
}

}  // namespace habu
