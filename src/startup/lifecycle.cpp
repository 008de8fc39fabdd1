#include "startup/lifecycle.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>

#include "base/hash.h"
#include "modules/ast/ast_objects.h"
#include "modules/import.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/gil.h"
#include "object/hooks.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/thread_state.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/types.h"
#include "types/weakref.h"

namespace habu {

namespace {

Type* const kTypes[] = {
#define TYPE(type) &type,
#include "types/types.def"
#undef TYPE
};

Status readyTypes(ThreadState& ts) {
  for (Type* t : kTypes) TRY(readyType(ts, *t));
#define X(name) TRY(readyType(ts, k##name));
  HABU_EXCEPTIONS(X)
#undef X
  return kDone;
}

// A built-in module that exists before the import system does.
Ref<> earlyModule(ThreadState& ts, const char* name) {
  Ref<> module = TRY(createBuiltinModule(ts, name));
  Ref<Str> key = TRY(internedStr(ts, name));
  TRY(dictSet(ts, mainInterpreter.modules, key.get(), module.get()));
  return module;
}

Status makeCoreModules(ThreadState& ts) {
  Interpreter& in = mainInterpreter;
  ast::installHooks();
  runtimeHooks.import_module = [](ThreadState& state, Str* name) { return importModule(state, name); };
  in.modules = TRY(newDict(ts)).release();
  // builtins first: sys makes its constants by way of ordinary calls.
  Ref<> builtins = TRY(earlyModule(ts, "builtins"));
  in.builtins = share(moduleDict(static_cast<Module*>(builtins.get()))).release();
  Ref<> sys = TRY(earlyModule(ts, "sys"));
  in.sys_dict = share(moduleDict(static_cast<Module*>(sys.get()))).release();
  TRY(dictSetAscii(ts, in.sys_dict, "modules", share(static_cast<Object*>(in.modules))));
  for (const char* name : {"meta_path", "path_hooks"}) TRY(dictSetAscii(ts, in.sys_dict, name, TRY(newList(ts))));
  TRY(dictSetAscii(ts, in.sys_dict, "path_importer_cache", TRY(newDict(ts))));
  static constinit Name import{"__import__"};
  in.import_function = share(dictFindStr(in.builtins, import)).release();
  return kDone;
}

// importlib's two halves are frozen into the program; installed, they are the import system.
Status startImport(ThreadState& ts) {
  Ref<> importlib = TRY(importFrozenModule(ts, "_frozen_importlib"));
  if (!importlib) return raise(ts, kImportError, "_frozen_importlib is missing from the program");
  mainInterpreter.importlib = importlib.copy().release();
  Ref<> imp = TRY(earlyModule(ts, "_imp"));
  static constinit Name install{"_install"}, install_external{"_install_external_importers"}, zipimporter{"zipimporter"};
  Ref<> sys = TRY(importModule(ts, "sys"));
  (void)TRY(callMethod(ts, importlib.get(), install, {sys.get(), imp.get()}));
  (void)TRY(callMethod(ts, importlib.get(), install_external));
  Ref<> zipimport = TRY(importModule(ts, "zipimport"));
  Ref<> importer = TRY(getAttr(ts, zipimport.get(), zipimporter));
  static constinit Name path_hooks{"path_hooks"};
  return insertList(ts, static_cast<List*>(sysGet(path_hooks)), 0, importer.get());
}

Status makeMain(ThreadState& ts) {
  Ref<Str> name = TRY(internedStr(ts, "__main__"));
  Ref<Module> main = TRY(newModule(ts, name.get()));
  Dict* d = moduleDict(main.get());
  TRY(dictSetAscii(ts, d, "__annotations__", TRY(newDict(ts))));
  TRY(dictSetAscii(ts, d, "__builtins__", TRY(importModule(ts, "builtins"))));
  static constinit Name builtin_importer{"BuiltinImporter"};
  TRY(dictSetAscii(ts, d, "__loader__", TRY(getAttr(ts, mainInterpreter.importlib, builtin_importer))));
  return dictSet(ts, mainInterpreter.modules, name.get(), main.get());
}

void prepareProcess(const Config& c) {
  setlocale(LC_CTYPE, "");
  const char* ctype = setlocale(LC_CTYPE, nullptr);
  const char* all = getenv("LC_ALL");
  const char* coerce = getenv("PYTHONCOERCECLOCALE");
  bool allowed = !(all && *all) && !(coerce && std::string_view(coerce) == "0");
  if (ctype && std::string_view(ctype) == "C" && allowed && setlocale(LC_CTYPE, "C.UTF-8"))
    setenv("LC_CTYPE", "C.UTF-8", 1);  // PEP 538; child processes inherit it
  if (!c.hash_randomization || !randomizeHashSecret()) seedHashSecret(c.hash_seed);
}

// Signals that would end the process become errors of the call that caused them.
Status startSignals(ThreadState& ts) {
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  (void)TRY(importModule(ts, "_signal"));  // takes SIGINT over
  return kDone;
}

Status startWarnings(ThreadState& ts, const Config& c) {
  (void)TRY(importModule(ts, "_warnings"));
  if (!c.warn_options.empty()) (void)TRY(importModule(ts, "warnings"));
  return kDone;
}

Status startTools(ThreadState& ts, const Config& c) {
  static constinit Name enable{"enable"}, start{"start"};
  if (c.fault_handler) {
    Ref<> m = TRY(importModule(ts, "faulthandler"));
    (void)TRY(callMethod(ts, m.get(), enable));
  }
  if (c.tracemalloc) {
    Ref<> m = TRY(importModule(ts, "_tracemalloc"));
    Ref<Int> frames = TRY(newInt(ts, c.tracemalloc));
    (void)TRY(callMethod(ts, m.get(), start, {reinterpret_cast<Object*>(frames.get())}));
  }
  return kDone;
}

Status startLibrary(ThreadState& ts, const Config& c) {
  TRY(startImport(ts));
  (void)TRY(importModule(ts, "encodings"));
  TRY(startSignals(ts));
  TRY(openStandardStreams(ts, c));
  TRY(startTools(ts, c));
  TRY(makeMain(ts));
  TRY(startWarnings(ts, c));
  if (!c.no_site) (void)TRY(importModule(ts, "site"));
  return kDone;
}

// ---- the way down ----

void waitForThreads(ThreadState& ts) {
  Ref<Str> name = internedStr(ts, "threading");
  auto found = importedModule(ts, name.get());
  Ref<> threading = found.failed() ? Ref<>{} : found.take();
  if (!threading) return clearError(ts);
  static constinit Name shutdown{"_shutdown"};
  Ref<> done = callMethod(ts, threading.get(), shutdown);
  if (!done) writeUnraisable(ts, threading.get());
}

// Names with an underscore go first: they are the private parts that others may still use in their own clean-up.
void clearModule(ThreadState& ts, Dict* d) {
  for (int pass = 0; pass < 2; ++pass) {
    Ref<List> keys = dictKeyList(ts, d);
    if (!keys) return clearError(ts);
    for (Index i = 0; i < keys->size; ++i) {
      Object* key = keys->items[i];
      if (!isStr(key)) continue;
      auto* s = static_cast<Str*>(key);
      bool is_private = s->length && (*s)[0] == '_' && !(s->length > 1 && (*s)[1] == '_');
      if (pass == 0 ? !is_private : equalsAscii(s, "__builtins__")) continue;
      if (dictSet(ts, d, key, &kNoneObject).failed()) clearError(ts);
    }
  }
}

// Modules die in the reverse order of their import; those that somebody still holds are emptied.
void dropModules(ThreadState& ts) {
  Interpreter& in = mainInterpreter;
  for (const char* name : {"path", "argv", "ps1", "ps2", "last_type", "last_value", "last_traceback", "path_hooks", "path_importer_cache",
                           "meta_path", "__interactivehook__"})
    if (dictSetAscii(ts, in.sys_dict, name, none()).failed()) clearError(ts);
  for (auto [name, original] : {std::pair{"stdin", "__stdin__"}, std::pair{"stdout", "__stdout__"}, std::pair{"stderr", "__stderr__"}}) {
    Ref<Str> key = internedStr(ts, original);
    Object* stream = key ? dictFindStr(in.sys_dict, key.get()) : nullptr;
    if (stream && dictSetAscii(ts, in.sys_dict, name, share(stream)).failed()) clearError(ts);
  }
  // Weakly: most modules die by themselves once sys.modules lets go of them, with all they know still in place.
  Ref<List> modules = dictValueList(ts, in.modules);
  Ref<List> items = newList(ts);
  if (!modules || !items) return clearError(ts);
  for (Index i = 0; i < modules->size; ++i) {
    if (!isInstanceOf(modules->items[i], kModuleType)) continue;
    Ref<> weak = newWeakref(ts, modules->items[i]);
    if (!weak || appendList(ts, items.get(), std::move(weak)).failed()) return clearError(ts);
  }
  modules = {};
  for (DictCursor c(in.modules); c.next();)
    if (dictSet(ts, in.modules, c.key, &kNoneObject).failed()) clearError(ts);
  dictClear(ts, in.modules);
  collectGarbage(ts, 2);
  while (items->size) {
    Ref<> module = weakrefTarget(items->items[items->size - 1]);
    if (setListSlice(ts, items.get(), items->size - 1, items->size, nullptr).failed()) return clearError(ts);
    if (!module) continue;
    Dict* d = moduleDict(static_cast<Module*>(module.get()));
    if (!d || d == in.sys_dict || d == in.builtins) continue;
    clearModule(ts, d);
  }
  collectGarbage(ts, 2);
}

}  // namespace

Status initializeCore(const Config& config) {
  Interpreter& in = mainInterpreter;
  in.config = &config;
  in.optimize = config.optimize;
  in.int_max_str_digits = config.int_max_str_digits < 0 ? 4300 : config.int_max_str_digits;
  prepareProcess(config);
  rememberMainThread();
  ThreadState* made = newThreadState();
  takeGil(*made);
  ThreadState& ts = *made;
  TRY(readyTypes(ts));
  return makeCoreModules(ts);
}

Status initializeRuntime(const Config& config) {
  TRY(initializeCore(config));
  return startLibrary(ThreadState::current(), config);
}

int finalizeRuntime(ThreadState& ts) {
  waitForThreads(ts);
  if (runtimeHooks.run_atexit) runtimeHooks.run_atexit(ts);
  int status = flushStandardStreams(ts);
  mainInterpreter.finalizing = true;
  stopOtherThreads(ts);
  collectGarbage(ts, 2);
  reportGarbageAtShutdown(ts);
  dropModules(ts);
  if (flushStandardStreams(ts) < 0) status = -1;
  return status;
}

}  // namespace habu
