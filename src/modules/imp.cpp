// _imp: what importlib needs from the runtime.
#include <pthread.h>
#include <time.h>
#include <string>

#include "base/hash.h"
#include "interp/eval.h"
#include "modules/frozen.h"
#include "modules/import.h"
#include "modules/marshal.h"
#include "modules/thread_lock.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/memoryview.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// ---- the import lock: one for all imports, re-entrant ----
struct ImportLock {
  NativeLock* native;
  unsigned long owner;
  int depth;
} import_lock{};

Status acquireLock(ThreadState& ts, Module*) {
  auto me = static_cast<unsigned long>(pthread_self());
  if (!import_lock.native) import_lock.native = new NativeLock;
  if (import_lock.owner != me) {
    TRY(import_lock.native->acquire(ts, -1));
    import_lock.owner = me;
  }
  ++import_lock.depth;
  return kDone;
}
Status releaseLock(ThreadState& ts, Module*) {
  if (import_lock.owner != static_cast<unsigned long>(pthread_self()) || !import_lock.depth)
    return raise(ts, kRuntimeError, "not holding the import lock");
  if (--import_lock.depth == 0) {
    import_lock.owner = 0;
    import_lock.native->release();
  }
  return kDone;
}
bool lockHeld(ThreadState&, Module*) { return import_lock.owner != 0; }

// ---- built-in modules ----
std::string_view moduleName(ThreadState&, Str* name);

int isBuiltin(ThreadState& ts, Module*, Str* name) {
  std::string_view text = moduleName(ts, name);
  if (!isBuiltinModule(text)) return 0;
  return text == "sys" || text == "builtins" ? -1 : 1;  // those two cannot be initialised again
}

Ref<> createBuiltin(ThreadState& ts, Module*, Object* spec) {
  Ref<> name = TRY(getAttr(ts, spec, names::name));
  if (!isStr(name.get())) return raise(ts, kTypeError, "name must be str, not {:.200}", typeName(name.get()));
  std::string_view text = TRY(utf8Of(ts, static_cast<Str*>(name.get())));
  if (text == "sys" || text == "builtins") {
    Ref<> existing = TRY(dictFind(ts, mainInterpreter.modules, name.get()));
    if (existing) return existing;
  }
  Ref<> module = TRY(createBuiltinModule(ts, text));
  return module ? std::move(module) : none();
}
int execBuiltin(ThreadState&, Module*, Object*) { return 0; }  // createBuiltin has run it

// ---- extension modules ----
Ref<> createDynamic(ThreadState& ts, Module*, Object* spec, Object*) {
  static constinit Name origin_name{"origin"};
  Ref<> name = TRY(getAttr(ts, spec, names::name)), path = TRY(getAttr(ts, spec, origin_name));
  Ref<Str> message = TRY(formatText(ts, "{}: this version of Habu loads no extension modules", path));
  Ref<> error = TRY(call(ts, &kImportError, {message.get()}));
  auto* e = static_cast<ImportError*>(error.get());
  setField(e->name, std::move(name));
  setField(e->path, std::move(path));
  return raiseInstance(ts, e);
}
int execDynamic(ThreadState&, Module*, Object*) { return 0; }

Ref<> extensionSuffixes(ThreadState& ts, Module*) {
  Ref<List> list = TRY(newList(ts));
  for (const char* suffix : {".cpython-311-x86_64-linux-gnu.so", ".abi3.so", ".so"}) {
    Ref<Str> s = TRY(newStr(ts, suffix));
    TRY(appendList(ts, list.get(), s.get()));
  }
  return list;
}

// ---- frozen modules ----
int frozen_override = 0;  // _override_frozen_modules_for_tests: 1 on, -1 off, 0 as the options say

bool useFrozen(const FrozenModule& m) {
  if (m.is_bootstrap) return true;
  return frozen_override ? frozen_override > 0 : mainInterpreter.config->frozen_modules;
}

const FrozenModule* findFrozenModule(std::string_view name) {
  for (const FrozenModule& m : frozenModules())
    if (name == m.name) return useFrozen(m) ? &m : nullptr;
  return nullptr;
}

std::string_view dataOf(const FrozenModule& m) { return {reinterpret_cast<const char*>(m.data), m.size}; }

Raised raiseFrozenError(ThreadState& ts, const char* format, Str* name) {
  Ref<Str> message = formatText(ts, format, name);
  if (!message) return Raised{};
  Ref<> error = call(ts, &kImportError, {message.get()});
  if (!error) return Raised{};
  setField(static_cast<ImportError*>(error.get())->name, share(static_cast<Object*>(name)));
  return raiseInstance(ts, error.get());
}

// Names that UTF-8 cannot write are nobody's.
std::string_view moduleName(ThreadState& ts, Str* name) {
  Result<std::string_view> text = utf8Of(ts, name);
  if (!text.failed()) return text.take();
  clearError(ts);
  return {};
}

const FrozenModule* frozenByName(ThreadState& ts, Str* name) { return findFrozenModule(moduleName(ts, name)); }

Ref<> findFrozen(ThreadState& ts, Module*, Str* name, std::optional<bool> with_data) {
  const FrozenModule* m = frozenByName(ts, name);
  if (!m) return none();
  Ref<> data = none(), original = none();
  if (with_data.value_or(false)) {
    Ref<Bytes> bytes = TRY(newBytes(ts, dataOf(*m)));
    data = TRY(newMemoryView(ts, bytes.get()));
  }
  if (m->original) original = TRY(newStr(ts, m->original));
  return packTuple(ts, {data.get(), m->is_package ? trueObject() : falseObject(), original.get()});
}

Ref<> loadFrozen(ThreadState& ts, const FrozenModule& m) {
  Ref<> code = TRY(marshalLoad(ts, dataOf(m)));
  if (!isExact(code.get(), kCodeType)) return raise(ts, kTypeError, "frozen object {} is not a code object", m.name);
  return code;
}

Ref<> getFrozenObject(ThreadState& ts, Module*, Str* name, Object* data) {
  if (data && !isNone(data)) {
    BufferView view = TRY(BufferView::of(ts, data));
    Ref<> code = marshalLoad(ts, view.bytes());
    if (!code) {
      clearError(ts);
      return raiseFrozenError(ts, "Frozen object named {!r} is invalid", name);
    }
    if (!isExact(code.get(), kCodeType)) return raise(ts, kTypeError, "frozen object {!r} is not a code object", name);
    return code;
  }
  const FrozenModule* m = frozenByName(ts, name);
  if (!m) return raiseFrozenError(ts, "No such frozen object named {!r}", name);
  return loadFrozen(ts, *m);
}

bool isFrozen(ThreadState& ts, Module*, Str* name) { return frozenByName(ts, name) != nullptr; }
Result<bool> isFrozenPackage(ThreadState& ts, Module*, Str* name) {
  const FrozenModule* m = frozenByName(ts, name);
  if (!m) return raiseFrozenError(ts, "No such frozen object named {!r}", name);
  return m->is_package;
}
Ref<> initFrozen(ThreadState& ts, Module*, Str* name) {
  Ref<> module = TRY(importFrozenModule(ts, moduleName(ts, name)));
  return module ? std::move(module) : none();
}
Ref<> frozenNames(ThreadState& ts, Module*) {
  Ref<List> list = TRY(newList(ts));
  for (const FrozenModule& m : frozenModules()) {
    if (!useFrozen(m)) continue;
    Ref<Str> s = TRY(newStr(ts, m.name));
    TRY(appendList(ts, list.get(), s.get()));
  }
  return list;
}
Status overrideFrozen(ThreadState&, Module*, int value) {
  frozen_override = value;
  return kDone;
}

// ---- code ----
// A moved .pyc: its code objects, nested ones too, get the path where it was found.
void fixFilename(Code* code, Str* old, Str* path) {
  if (!equalStr(code->filename, old)) return;
  setField(code->filename, share(path));
  for (Object* constant : code->consts->span())
    if (isExact(constant, kCodeType)) fixFilename(static_cast<Code*>(constant), old, path);
}
Status fixCodeFilename(ThreadState& ts, Module*, Object* code, Object* new_path) {
  if (!isExact(code, kCodeType)) return raise(ts, kTypeError, "_fix_co_filename() argument 1 must be code, not {:.50}", typeName(code));
  if (!isStr(new_path)) return raise(ts, kTypeError, "_fix_co_filename() argument 2 must be str, not {:.50}", typeName(new_path));
  auto* c = static_cast<Code*>(code);
  auto* path = static_cast<Str*>(new_path);
  if (equalStr(c->filename, path)) return kDone;
  Ref<Str> old = share(c->filename);
  fixFilename(c, old.get(), path);
  return kDone;
}

Ref<> sourceHash(ThreadState& ts, Module*, long long key, BufferView source) {
  uint64_t hash = sipHash13(static_cast<uint64_t>(key), 0, source.data(), size_t(source.size()));
  char bytes[8];
  for (int i = 0; i < 8; ++i) bytes[i] = char(hash >> (8 * i));
  return newBytes(ts, {bytes, 8});
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("acquire_lock", acquireLock, "($module, /)", "Takes the lock that every import holds."),
    METHOD_AS("release_lock", releaseLock, "($module, /)", "Gives the import lock up."),
    METHOD_AS("lock_held", lockHeld, "($module, /)", "Whether the import lock is taken."),
    METHOD_AS("is_builtin", isBuiltin, "($module, name, /)", "Is there a built-in module with that name? -1: one that cannot be initialised again."),
    METHOD_AS("create_builtin", createBuiltin, "($module, spec, /)", "Makes a built-in module."),
    METHOD_AS("exec_builtin", execBuiltin, "($module, mod, /)", "Initialises a built-in module."),
    METHOD_AS("create_dynamic", createDynamic, "($module, spec, file=<unrepresentable>, /)", "Loads an extension module."),
    METHOD_AS("exec_dynamic", execDynamic, "($module, mod, /)", "Initialises an extension module."),
    METHOD_AS("extension_suffixes", extensionSuffixes, "($module, /)", "The endings of extension modules' file names."),
    METHOD_AS("find_frozen", findFrozen, "($module, name, /, *, withdata=False)",
              "(data, is_package, original name) of a frozen module, or None."),
    METHOD_AS("get_frozen_object", getFrozenObject, "($module, name, data=None, /)", "The code object of a frozen module."),
    METHOD_AS("is_frozen", isFrozen, "($module, name, /)", "Whether there is a frozen module with that name."),
    METHOD_AS("is_frozen_package", isFrozenPackage, "($module, name, /)", "Whether the frozen module is a package."),
    METHOD_AS("init_frozen", initFrozen, "($module, name, /)", "Imports a frozen module."),
    METHOD_AS("_frozen_module_names", frozenNames, "($module, /)", "The names of all frozen modules."),
    METHOD_AS("_override_frozen_modules_for_tests", overrideFrozen, "($module, override, /)",
              "Turns frozen modules on (1) or off (-1) whatever the options say; 0: as they say."),
    METHOD_AS("_fix_co_filename", fixCodeFilename, "($module, code, path, /)", "Changes the file name in a code object and those inside it."),
    METHOD_AS("source_hash", sourceHash, "($module, /, key, source)", "The hash that hash-based .pyc files hold."),
    {}};

Status populate(ThreadState& ts, Module* m) { return addStr(ts, m, "check_hash_based_pycs", mainInterpreter.config->check_hash_pycs.c_str()); }

}  // namespace

Found importFrozenModule(ThreadState& ts, std::string_view name) {
  const FrozenModule* m = findFrozenModule(name);
  if (!m) return Ref<>{};
  Ref<> code = TRY(loadFrozen(ts, *m));
  Ref<Str> key = TRY(internedStr(ts, name));
  Ref<Module> module = TRY(newModule(ts, key.get()));
  Dict* d = moduleDict(module.get());
  TRY(dictSet(ts, d, names::__name__.get(), key.get()));
  TRY(dictSetAscii(ts, d, "__builtins__", share(static_cast<Object*>(mainInterpreter.builtins))));
  // FrozenImporter finds the rest of what it needs by this.
  TRY(dictSetAscii(ts, d, "__origname__", m->original ? Ref<>(TRY(newStr(ts, m->original))) : none()));
  if (m->is_package) TRY(dictSetAscii(ts, d, "__path__", TRY(newList(ts))));
  TRY(dictSet(ts, mainInterpreter.modules, key.get(), module.get()));
  (void)TRY(evalCode(ts, static_cast<Code*>(code.get()), d));
  Ref<> loaded = TRY(dictFind(ts, mainInterpreter.modules, key.get()));
  return loaded;
}

extern const ModuleDef kImpModule;
const ModuleDef kImpModule = {.name = "_imp", .doc = "The bits of the import machinery that importlib cannot do itself.", .methods = kMethods, .populate = populate};

}  // namespace habu
