// The import system's C++ half (import.h).
#include "modules/import.h"

#include <time.h>

#include <cstdio>
#include <cstring>

#include "object/attribute.h"
#include "object/call.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

#define MODULE(name, definition) extern const ModuleDef definition;
#include "modules/modules.def"
#undef MODULE

namespace {

struct BuiltinModule {
  std::string_view name;
  const ModuleDef* definition;
};
constexpr BuiltinModule kModules[] = {
#define MODULE(name, definition) {#name, &definition},
#include "modules/modules.def"
#undef MODULE
};

const ModuleDef* findBuiltin(std::string_view name) {
  for (const BuiltinModule& m : kModules)
    if (m.name == name) return m.definition;
  return nullptr;
}

constinit Name initializing{"_initializing"}, lock_unlock_module{"_lock_unlock_module"}, find_and_load{"_find_and_load"},
    handle_fromlist{"_handle_fromlist"}, parent_name{"parent"};

Raised raiseImportError(ThreadState& ts, const char* message) { return raise(ts, kImportError, message); }

// Another thread may be in the middle of importing it: wait for that.
Status ensureInitialized(ThreadState& ts, Object* module, Object* name) {
  Ref<> spec = TRY(findAttr(ts, module, names::__spec__));
  if (!spec) return kDone;
  Ref<> busy = TRY(findAttr(ts, spec.get(), initializing));
  if (!busy || !TRY(isTrue(ts, busy.get()))) return kDone;
  (void)TRY(callMethod(ts, mainInterpreter.importlib, lock_unlock_module, {name}));
  return kDone;
}

// The package that a relative import starts from.
Ref<Str> packageOf(ThreadState& ts, Dict* globals) {
  Ref<> package = TRY(dictFind(ts, globals, names::__package__.get()));
  Ref<> spec = TRY(dictFind(ts, globals, names::__spec__.get()));
  if (package && isNone(package.get())) package = {};
  if (spec && isNone(spec.get())) spec = {};
  if (package) {
    if (!isStr(package.get())) return raise(ts, kTypeError, "package must be a string");
    if (spec) {
      Ref<> parent = TRY(getAttr(ts, spec.get(), parent_name));
      if (!TRY(equalObjects(ts, package.get(), parent.get())))
        TRY(warn(ts, kImportWarning, 1, "__package__ != __spec__.parent"));
    }
    return cast<Str>(std::move(package));
  }
  if (spec) {
    Ref<> parent = TRY(getAttr(ts, spec.get(), parent_name));
    if (!isStr(parent.get())) return raise(ts, kTypeError, "__spec__.parent must be a string");
    return cast<Str>(std::move(parent));
  }
  TRY(warn(ts, kImportWarning, 1, "can't resolve package from __spec__ or __package__, falling back on __name__ and __path__"));
  Ref<> name = TRY(dictFind(ts, globals, names::__name__.get()));
  if (!name) return raise(ts, kKeyError, "'__name__' not in globals");
  if (!isStr(name.get())) return raise(ts, kTypeError, "__name__ must be a string");
  Ref<Str> text = cast<Str>(std::move(name));
  if (TRY(dictContains(ts, globals, names::__path__.get()))) return text;
  Index dot = text->length;
  while (dot > 0 && (*text)[dot - 1] != '.') --dot;
  if (dot == 0) return raiseImportError(ts, "attempted relative import with no known parent package");
  return substring(ts, text.get(), 0, dot - 1);
}

Ref<Str> resolveName(ThreadState& ts, Str* name, Object* globals, int level) {
  if (!globals) return raise(ts, kKeyError, "'__name__' not in globals");
  if (!isDict(globals)) return raise(ts, kTypeError, "globals must be a dict");
  Ref<Str> package = TRY(packageOf(ts, static_cast<Dict*>(globals)));
  if (package->length == 0) return raiseImportError(ts, "attempted relative import with no known parent package");
  Index end = package->length;
  for (int up = 1; up < level; ++up) {
    while (end > 0 && (*package)[end - 1] != '.') --end;
    if (end == 0) return raiseImportError(ts, "attempted relative import beyond top-level package");
    --end;
  }
  Ref<Str> base = TRY(substring(ts, package.get(), 0, end));
  if (name->length == 0) return base;
  return formatText(ts, "{}.{}", base, name);
}

// Tracebacks of failed imports leave out importlib's own frames: all of them for ImportError, otherwise runs that end in
// _call_with_frames_removed.
void removeImportlibFrames(ThreadState& ts) {
  if (!ts.error_traceback) return;
  bool always = errorMatches(ts, kImportError);
  PendingError e = PendingError::take(ts);
  auto* first = reinterpret_cast<Traceback*>(e.traceback.get());
  Traceback* head = first;
  Traceback** link = &head;
  Traceback** outer = nullptr;
  bool in_importlib = false;
  for (Traceback* tb = first; tb;) {
    Code* code = tb->frame->frame->code;
    Traceback* next = tb->next;
    bool now = equalsAscii(code->filename, "<frozen importlib._bootstrap>") ||
               equalsAscii(code->filename, "<frozen importlib._bootstrap_external>");
    if (now && !in_importlib) outer = link;
    in_importlib = now;
    if (now && (always || equalsAscii(code->name, "_call_with_frames_removed"))) {
      // Unlink everything from `outer` to here.
      Ref<Traceback> kept = Ref<Traceback>::share(next);
      if (outer == &head) {
        head = next;
        e.traceback = Ref<>::share(static_cast<Object*>(next));
        link = &head;
      } else {
        setField(*outer, std::move(kept));
        link = outer;
      }
    } else {
      link = &tb->next;
    }
    tb = next;
  }
  std::move(e).restore(ts);
}

// -X importtime: prints how long an import took, without and with those inside it.
class ImportTimer {
 public:
  explicit ImportTimer(Object* name) : name_(name), on_(mainInterpreter.config->import_time) {
    if (!on_) return;
    if (depth == 0 && !header_printed) {
      std::fputs("import time: self [us] | cumulative | imported package\n", stderr);
      header_printed = true;
    }
    ++depth;
    outer_inside_ = std::exchange(inside, 0);
    start_ = microseconds();
  }
  ~ImportTimer() {
    if (!on_) return;
    --depth;
    long total = microseconds() - start_;
    auto name = utf8Of(ThreadState::current(), static_cast<Str*>(name_));
    std::string_view shown = name.failed() ? "?" : name.take();
    std::fprintf(stderr, "import time: %9ld | %10ld | %*s%.*s\n", total - inside, total, depth * 2, "", int(shown.size()), shown.data());
    inside = outer_inside_ + total;
  }
  ImportTimer(const ImportTimer&) = delete;

 private:
  static long microseconds() {
    timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000 + t.tv_nsec / 1000;
  }
  static inline int depth = 0;
  static inline long inside = 0;  // spent in imports started by the current one
  static inline bool header_printed = false;
  Object* name_;
  bool on_;
  long start_ = 0, outer_inside_ = 0;
};

Ref<> load(ThreadState& ts, Object* absolute) {
  Interpreter& in = mainInterpreter;
  if (!in.importlib) return raise(ts, kImportError, "import before the import system is up: {}", absolute);
  ImportTimer timer(absolute);
  Ref<> module = callMethod(ts, in.importlib, find_and_load, {absolute, in.import_function});
  if (!module) removeImportlibFrames(ts);
  return module;
}

Ref<> loadOrFind(ThreadState& ts, Object* absolute) {
  Ref<> module = TRY(importedModule(ts, static_cast<Str*>(absolute)));
  if (module && !isNone(module.get())) {
    if (mainInterpreter.importlib) TRY(ensureInitialized(ts, module.get(), absolute));
    return module;
  }
  return load(ts, absolute);
}

// `import a.b` binds a; `from .a import` without a list binds what the relative name starts with.
Ref<> topOf(ThreadState& ts, Ref<> module, Str* name, Str* absolute, int level) {
  if (level > 0 && name->length == 0) return module;
  Index dot = 0;
  while (dot < name->length && (*name)[dot] != '.') ++dot;
  if (dot == name->length) return module;
  if (level == 0) {
    Ref<Str> front = TRY(substring(ts, name, 0, dot));
    return importModuleLevel(ts, front.get(), nullptr, nullptr, 0);
  }
  Ref<Str> wanted = TRY(substring(ts, absolute, 0, absolute->length - (name->length - dot)));
  Ref<> top = TRY(importedModule(ts, wanted.get()));
  if (!top) return raise(ts, kKeyError, "{!r} not in sys.modules as expected", wanted);
  return top;
}

}  // namespace

bool isBuiltinModule(std::string_view name) { return findBuiltin(name) != nullptr; }

Found createBuiltinModule(ThreadState& ts, std::string_view name) {
  const ModuleDef* d = findBuiltin(name);
  if (!d) return Ref<>{};
  Ref<Module> m = TRY(makeModule(ts, *d));
  return Ref<>(std::move(m));
}

Found importedModule(ThreadState& ts, Str* name) {
  if (Object* modules = sysGet(names::modules); modules && !isExactDict(modules)) {
    Ref<> m = getItem(ts, modules, name);
    if (m) return m;
    if (!errorMatches(ts, kKeyError)) return Raised{};
    clearError(ts);
    return Ref<>{};
  }
  return dictFind(ts, mainInterpreter.modules, name);
}

Ref<> importModuleLevel(ThreadState& ts, Object* name_object, Object* globals, Object* from_list, int level) {
  if (!isStr(name_object)) return raise(ts, kTypeError, "module name must be a string");
  if (level < 0) return raise(ts, kValueError, "level must be >= 0");
  auto* name = static_cast<Str*>(name_object);
  Ref<Str> absolute;
  if (level > 0) {
    absolute = TRY(resolveName(ts, name, globals, level));
  } else {
    if (name->length == 0) return raise(ts, kValueError, "Empty module name");
    absolute = share(name);
  }
  Ref<> module = TRY(loadOrFind(ts, absolute.get()));
  bool has_from = from_list && !isNone(from_list) && TRY(isTrue(ts, from_list));
  if (!has_from) return topOf(ts, std::move(module), name, absolute.get(), level);
  if (!TRY(hasAttr(ts, module.get(), names::__path__))) return module;
  Ref<> result = callMethod(ts, mainInterpreter.importlib, handle_fromlist,
                            {module.get(), from_list, mainInterpreter.import_function});
  if (!result) removeImportlibFrames(ts);
  return result;
}

Ref<> importModule(ThreadState& ts, Str* absolute_name) { return loadOrFind(ts, absolute_name); }

Ref<> importModule(ThreadState& ts, std::string_view absolute_name) {
  Ref<Str> name = TRY(internedStr(ts, absolute_name));
  return loadOrFind(ts, name.get());
}

}  // namespace habu
