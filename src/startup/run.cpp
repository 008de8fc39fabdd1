#include "startup/run.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string>

#include "compiler/compile.h"
#include "interp/eval.h"
#include "modules/import.h"
#include "modules/marshal.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "startup/lifecycle.h"
#include "startup/paths.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {

constinit Name path_name{"path"}, path_hooks{"path_hooks"}, main_name{"__main__"};

Dict* mainNamespace(ThreadState& ts) {
  auto found = importedModule(ts, main_name);
  Ref<> main = found.failed() ? Ref<>{} : found.take();
  return main && isInstanceOf(main.get(), kModuleType) ? moduleDict(static_cast<Module*>(main.get())) : nullptr;
}

Status insertPath(ThreadState& ts, const std::string& folder) {
  Object* path = sysGet(path_name);
  if (!path || !isList(path)) return kDone;
  Ref<Str> text = TRY(strFromFileSystem(ts, folder));
  return insertList(ts, static_cast<List*>(path), 0, text.get());
}

bool readFile(int fd, std::string& out) {
  char buffer[1 << 16];
  while (true) {
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) return true;
    out.append(buffer, size_t(n));
  }
}

// -x: the first line goes, its newline stays, so that line numbers are right.
void skipFirstLine(std::string& source) {
  size_t newline = source.find('\n');
  source.erase(0, newline == source.npos ? source.size() : newline);
}

// A folder or archive with a __main__ module: does any path hook take it?
bool isImportable(ThreadState& ts, const std::string& file) {
  Object* hooks = sysGet(path_hooks);
  Ref<Str> text = strFromFileSystem(ts, file);
  if (!hooks || !isList(hooks) || !text) return clearError(ts), false;
  Ref<List> all = share(static_cast<List*>(hooks));
  for (Index i = 0; i < all->size; ++i) {
    Ref<> hook = share(all->items[i]);
    Ref<> importer = call(ts, hook.get(), {text.get()});
    if (importer) return true;
    clearError(ts);
  }
  return false;
}

Ref<> runModule(ThreadState& ts, const char* name, bool alter_argv) {
  static constinit Name run_as_main{"_run_module_as_main"};
  Ref<> runpy = TRY(importModule(ts, "runpy"));
  Ref<Str> module = TRY(strFromFileSystem(ts, name));
  return callMethod(ts, runpy.get(), run_as_main, {module.get(), alter_argv ? trueObject() : falseObject()});
}

Status setMainLoader(ThreadState& ts, Dict* main, const char* filename, const char* loader_name) {
  Ref<> external = TRY(importModule(ts, "_frozen_importlib_external"));
  Ref<Str> name = TRY(newStr(ts, loader_name)), file = TRY(strFromFileSystem(ts, filename));
  Ref<> loader_type = TRY(getAttr(ts, external.get(), name.get()));
  Ref<> loader = TRY(call(ts, loader_type.get(), {main_name.get(), file.get()}));
  return dictSetAscii(ts, main, "__loader__", std::move(loader));
}

// A .pyc given as the program: 16 bytes of header, then the code.
Ref<> runCompiled(ThreadState& ts, Dict* main, std::string_view bytes) {
  constexpr std::string_view kMagic{"\xa7\x0d\x0d\x0a", 4};
  if (bytes.size() < 16 || bytes.substr(0, 4) != kMagic) return raise(ts, kRuntimeError, "Bad magic number in .pyc file");
  Ref<> code = TRY(marshalLoad(ts, bytes.substr(16)));
  if (!isExact(code.get(), kCodeType)) return raise(ts, kRuntimeError, "Bad code object in .pyc file");
  return evalCode(ts, static_cast<Code*>(code.get()), main);
}

Ref<> runFileText(ThreadState& ts, const Config& c, std::string source) {
  Dict* main = mainNamespace(ts);
  if (!main) return raise(ts, kRuntimeError, "lost __main__");
  const char* file = c.target.c_str();
  bool compiled = c.target.size() > 4 && c.target.compare(c.target.size() - 4, 4, ".pyc") == 0;
  TRY(dictSetAscii(ts, main, "__file__", TRY(strFromFileSystem(ts, file))));
  TRY(dictSetAscii(ts, main, "__cached__", none()));
  TRY(setMainLoader(ts, main, file, compiled ? "SourcelessFileLoader" : "SourceFileLoader"));
  Ref<> result = compiled ? runCompiled(ts, main, source) : runMainSource(ts, source, file, false);
  PendingError pending = PendingError::take(ts);
  if (dictDiscard(ts, main, names::__file__.get()).failed()) clearError(ts);
  if (pending) std::move(pending).restore(ts);
  return result;
}

// Reports the outcome of a run; the exit status.
int outcome(ThreadState& ts, const Ref<>& result) { return result ? 0 : reportException(ts); }

int runFile(ThreadState& ts, const Config& c) {
  auto complain = [&](const char* format, auto... args) {
    std::fprintf(stderr, format, c.program.c_str(), args...);
    return 2;
  };
  if (Status s = audit(ts, "cpython.run_file"); s.failed()) return reportException(ts);
  int fd = open(c.target.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    int error = errno;
    Ref<Str> name = strFromFileSystem(ts, c.target);
    Ref<Str> shown = name ? reprOf(ts, name.get()) : Ref<Str>{};
    auto text = shown ? utf8Of(ts, shown.get()) : Result<std::string_view>::failure();
    std::string quoted = text.failed() ? c.target : std::string(text.take());
    clearError(ts);
    return complain("%s: can't open file %s: [Errno %d] %s\n", quoted.c_str(), error, std::strerror(error));
  }
  struct stat status;
  if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode)) {
    close(fd);
    complain("%s: '%s' is a directory, cannot continue\n", c.target.c_str());
    return 1;
  }
  std::string source;
  bool ok = readFile(fd, source);
  int error = errno;
  close(fd);
  if (!ok) {
    (void)raiseErrno(ts, error);
    return reportException(ts);
  }
  if (c.skip_first_line) skipFirstLine(source);
  return outcome(ts, runFileText(ts, c, std::move(source)));
}

int runStdin(ThreadState& ts, Config& c) {
  c.inspect = 0;  // SystemExit leaves
  if (isatty(0) || c.interactive) return runPrompt(ts, c);
  std::string source;
  readFile(0, source);
  if (c.skip_first_line) skipFirstLine(source);
  Dict* main = mainNamespace(ts);
  Ref<Str> file = newStr(ts, "<stdin>");
  if (!main || !file || dictSetAscii(ts, main, "__file__", std::move(file)).failed()) return reportException(ts);
  return outcome(ts, runMainSource(ts, source, "<stdin>", false));
}

int runConfigured(ThreadState& ts, Config& c) {
  std::string folder;
  bool importable = c.run == Config::Run::File && isImportable(ts, c.target);
  if (importable) {
    if (insertPath(ts, c.target).failed()) return reportException(ts);
    return outcome(ts, runModule(ts, "__main__", false));
  }
  if (firstPath(c, folder) && insertPath(ts, folder).failed()) return reportException(ts);
  switch (c.run) {
    case Config::Run::Command: return outcome(ts, runMainSource(ts, c.target, "<string>", true));
    case Config::Run::Module: return outcome(ts, runModule(ts, c.target.c_str(), true));
    case Config::Run::File: return runFile(ts, c);
    default: return runStdin(ts, c);
  }
}

}  // namespace

Ref<> runMainSource(ThreadState& ts, std::string_view source, const char* filename, bool utf8) {
  Dict* main = mainNamespace(ts);
  if (!main) return raise(ts, kRuntimeError, "lost __main__");
  Ref<Str> name = TRY(strFromFileSystem(ts, filename));
  CompileOptions options;
  if (utf8) options.flags = kIgnoreCookie | kSourceIsUtf8;
  options.source_is_file = !utf8;
  Ref<Code> code = TRY(compileSource(ts, source, name.get(), options));
  Ref<Dict> globals = share(main);
  return evalCode(ts, code.get(), globals.get());
}

int runTarget(ThreadState& ts, Config& c) {
  int status = runConfigured(ts, c);
  if (!c.inspect) return status;
  c.inspect = 0;  // SystemExit leaves the prompt
  return runPrompt(ts, c);
}

}  // namespace habu
