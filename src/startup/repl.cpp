// The plain interactive prompt.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>

#include "compiler/compile_tree.h"
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
#include "syntax/tokenizer.h"
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

// What is typed, line by line: the first prompt for the first line of a statement, the second for the rest.
class PromptReader final : public syntax::LineReader {
 public:
  explicit PromptReader(ThreadState& ts) : ts_(ts) {}
  ~PromptReader() { std::free(text_); }

  Status read(std::string_view& line) override {
    FILE* out = isatty(0) && isatty(1) ? stdout : stderr;
    std::fputs(promptText(ts_, first_ ? ps1 : ps2).c_str(), out);
    std::fflush(out);
    first_ = false;
    ssize_t n;
    {
      GilRelease allow(ts_);
      n = getline(&text_, &capacity_, stdin);
    }
    if (n <= 0) {
      std::fputc('\n', stderr);
      return Status::EndOfFile;
    }
    line = {text_, size_t(n)};
    return Status::Line;
  }

 private:
  ThreadState& ts_;
  char* text_ = nullptr;
  size_t capacity_ = 0;
  bool first_ = true;
};

enum class Parsed { Complete, End, Failed };

// Reads and compiles one statement. `future`: the __future__ features of the session, which the statement may add to.
Parsed readStatement(ThreadState& ts, Ref<Code>& code, int& future) {
  static constinit Name filename{"<stdin>"};
  CompileOptions options;
  options.mode = CompileMode::Single;
  options.flags = kIgnoreCookie | kSourceIsUtf8 | future;
  PromptReader reader(ts);
  syntax::AstArena arena;
  auto parsed = syntax::parseInteractive(ts, arena, reader, filename.get(), parseOptions(options));
  if (parsed.failed()) return Parsed::Failed;
  syntax::Mod* tree = parsed.take();
  if (!tree) return Parsed::End;
  code = compiler::compileTree(ts, arena, tree, filename, options.flags, -1);
  if (!code) return Parsed::Failed;
  future |= code->flags & kFutureMask;
  return Parsed::Complete;
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
  int future = 0;
  while (true) {
    Ref<Code> code;
    Parsed parsed = readStatement(ts, code, future);
    if (parsed == Parsed::End) break;
    Ref<> result;
    if (parsed == Parsed::Complete) result = evalCode(ts, code.get(), globals.get());
    if (!result) {
      bool leave = errorMatches(ts, kSystemExit);
      int status = reportException(ts);
      if (leave) return status;
    }
    flushStandardStreams(ts);
  }
  return 0;
}

}  // namespace habu
