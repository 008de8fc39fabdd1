// _warnings: filters, registries and the display of warnings; warnings.py builds on it and, once imported, owns the
// filters and the display.
#include "interp/eval.h"
#include "modules/import.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/hooks.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/code.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct State {
  List* filters;         // owned
  Dict* once_registry;   // owned
  Str* default_action;   // owned
  long filters_version;
} state{};

constinit Name module_name{"warnings"}, filters_name{"filters"}, once_name{"onceregistry"}, default_name{"defaultaction"},
    show_name{"_showwarnmsg"}, message_type_name{"WarningMessage"}, version_name{"version"}, match_name{"match"}, linecache_name{"linecache"};

// Everything known about one warning on its way.
struct Warning {
  Ref<> message;    // an instance
  Ref<Type> category;
  Ref<Str> text;
  Ref<> filename, module, registry;  // registry: a dict, or None
  Ref<> source, source_line;         // nullable
  int line = 1;
  Ref<> key;  // (text, category, line)
};

// warnings.name, once that module is imported; else empty.
Found fromWarningsModule(ThreadState& ts, Name& name) {
  Ref<> module = TRY(importedModule(ts, module_name));
  if (!module) return Ref<>{};
  return findAttr(ts, module.get(), name);
}

// ---- registries ----

// Whether `key` is in the registry, which is emptied when the filters have changed since it was written.
Result<bool> alreadyWarned(ThreadState& ts, Dict* registry, Object* key, bool should_set) {
  Ref<> version = TRY(dictFind(ts, registry, version_name.get()));
  bool current = false;
  if (version && isInt(version.get())) {
    int overflow = 0;
    current = toLongLong(static_cast<Int*>(version.get()), overflow) == state.filters_version && !overflow;
  }
  if (!current) {
    dictClear(ts, registry);
    Ref<Int> now = TRY(newInt(ts, state.filters_version));
    TRY(dictSet(ts, registry, version_name.get(), now.get()));
  } else {
    Ref<> seen = TRY(dictFind(ts, registry, key));
    if (seen && TRY(isTrue(ts, seen.get()))) return true;
  }
  if (should_set) TRY(dictSet(ts, registry, key, trueObject()));
  return false;
}

// ---- filters ----

Result<bool> matches(ThreadState& ts, Object* pattern, Object* text) {
  if (isNone(pattern)) return true;
  if (isExactStr(pattern)) return compareBool(ts, text, pattern, CompareOp::Eq);
  Ref<> found = TRY(callMethod(ts, pattern, match_name, {text}));
  return isTrue(ts, found.get());
}

Ref<> defaultAction(ThreadState& ts) {
  Ref<> action = TRY(fromWarningsModule(ts, default_name));
  if (!action) return share(static_cast<Object*>(state.default_action));
  if (!isStr(action.get())) return raise(ts, kTypeError, "_warnings.defaultaction must be a string, not '{:.200}'", typeName(action.get()));
  return action;
}

struct Chosen {
  Ref<> action;
  Ref<> filter;  // the item that chose it; empty: the default
};

Result<Chosen> choose(ThreadState& ts, const Warning& w) {
  Ref<> filters = TRY(fromWarningsModule(ts, filters_name));
  if (!filters) filters = share(static_cast<Object*>(state.filters));
  if (!isList(filters.get())) return raise(ts, kValueError, "_warnings.filters must be a list");
  auto* list = static_cast<List*>(filters.get());
  for (Index i = 0; i < list->size; ++i) {  // matching may run code that changes the list
    Ref<> item = share(list->items[i]);
    if (!isTuple(item.get()) || static_cast<Tuple*>(item.get())->size != 5)
      return raise(ts, kValueError, "_warnings.filters item {} isn't a 5-tuple", i);
    Object** f = static_cast<Tuple*>(item.get())->items;
    if (!isStr(f[0])) return raise(ts, kTypeError, "action must be a string, not '{:.200}'", typeName(f[0]));
    if (!TRY(matches(ts, f[1], w.text.get()))) continue;
    if (!TRY(matches(ts, f[3], w.module.get()))) continue;
    if (!TRY(isSubclassObject(ts, w.category.get(), f[2]))) continue;
    Index line = TRY(asIndex(ts, f[4], &kOverflowError));
    if (line != 0 && line != w.line) continue;
    return Chosen{share(f[0]), std::move(item)};
  }
  return Chosen{TRY(defaultAction(ts)), {}};
}

// ---- display ----

Status writeText(ThreadState& ts, Object* file, Ref<Str> text) {
  if (!text) return Raised{};
  (void)TRY(callMethod(ts, file, names::write, {text.get()}));
  return kDone;
}

// The source line, when its file can be read.
Ref<> sourceLine(ThreadState& ts, const Warning& w) {
  if (w.source_line) return w.source_line.copy();
  static constinit Name getline{"getline"};
  Ref<> linecache = importModule(ts, linecache_name);
  Ref<Int> line = linecache ? newInt(ts, w.line) : Ref<Int>{};
  Ref<> text = line ? callMethod(ts, linecache.get(), getline, {w.filename.get(), line.get()}) : Ref<>{};
  if (!text) clearError(ts);
  return text;
}

Status showPlainly(ThreadState& ts, const Warning& w) {
  Ref<> file = share(sysGet(names::stderr));
  if (!file || isNone(file.get())) return kDone;
  const char* name = w.category->name;
  if (const char* dot = __builtin_strrchr(name, '.')) name = dot + 1;
  TRY(writeText(ts, file.get(), formatText(ts, "{}:{}: {}: {}\n", w.filename, w.line, name, w.text)));
  Ref<> line = sourceLine(ts, w);
  if (!line || !isStr(line.get())) return kDone;
  static constinit Name strip{"strip"};
  Ref<> stripped = TRY(callMethod(ts, line.get(), strip));
  if (static_cast<Str*>(stripped.get())->length == 0) return kDone;
  return writeText(ts, file.get(), formatText(ts, "  {}\n", stripped));
}

Status show(ThreadState& ts, const Warning& w) {
  if (w.source && !mainInterpreter.finalizing) (void)TRY(importModule(ts, "warnings"));
  Ref<> show_function = TRY(fromWarningsModule(ts, show_name));
  if (!show_function) {
    Status done = showPlainly(ts, w);
    if (done.failed()) clearError(ts);
    return kDone;
  }
  if (!isCallable(show_function.get())) return raise(ts, kTypeError, "warnings._showwarnmsg() must be set to a callable");
  Ref<> type = TRY(fromWarningsModule(ts, message_type_name));
  if (!type) return raise(ts, kRuntimeError, "unable to get warnings.WarningMessage");
  Ref<Int> line = TRY(newInt(ts, w.line));
  Ref<> message = TRY(call(ts, type.get(), {w.message.get(), w.category.get(), w.filename.get(), line.get(), &kNoneObject, &kNoneObject,
                                            w.source ? w.source.get() : &kNoneObject}));
  (void)TRY(call(ts, show_function.get(), {message.get()}));
  return kDone;
}

Ref<Dict> onceRegistry(ThreadState& ts) {
  Ref<> registry = TRY(fromWarningsModule(ts, once_name));
  if (!registry) return share(state.once_registry);
  if (!isDict(registry.get())) return raise(ts, kTypeError, "_warnings.onceregistry must be a dict, not '{:.200}'", typeName(registry.get()));
  return cast<Dict>(std::move(registry));
}

// Whether the chosen action lets the warning through now.
Result<bool> letThrough(ThreadState& ts, const Warning& w, const Chosen& chosen) {
  auto* action = static_cast<Str*>(chosen.action.get());
  auto is = [&](std::string_view name) { return equalsAscii(action, name); };
  if (is("error")) return raiseValue(ts, *w.category.get(), w.message.get());
  if (is("ignore")) return false;
  Dict* registry = isNone(w.registry.get()) ? nullptr : static_cast<Dict*>(w.registry.get());
  if (is("always")) return true;
  if (registry && !is("once") && !is("module")) TRY(dictSet(ts, registry, w.key.get(), trueObject()));
  if (is("once")) {
    Ref<Dict> once = registry ? share(registry) : TRY(onceRegistry(ts));
    Ref<Tuple> key = TRY(packTuple(ts, {w.text.get(), w.category.get()}));
    return !TRY(alreadyWarned(ts, once.get(), key.get(), true));
  }
  if (is("module")) {
    if (!registry) return true;
    Ref<Int> zero = TRY(newInt(ts, 0));
    Ref<Tuple> key = TRY(packTuple(ts, {w.text.get(), w.category.get(), zero.get()}));
    return !TRY(alreadyWarned(ts, registry, key.get(), true));
  }
  if (is("default")) return true;
  return raise(ts, kRuntimeError, "Unrecognized action ({!r}) in warnings.filters:\n {!r}", action,
               chosen.filter ? chosen.filter.get() : &kNoneObject);
}

// "a/b.py" -> "a/b"
Ref<> moduleFromFilename(ThreadState& ts, Object* filename) {
  if (!isStr(filename)) return newStr(ts, "<unknown>");
  auto* s = static_cast<Str*>(filename);
  if (s->length == 0) return newStr(ts, "<unknown>");
  Index n = s->length;
  if (n >= 3 && (*s)[n - 3] == '.' && (*s)[n - 2] == 'p' && (*s)[n - 1] == 'y') return substring(ts, s, 0, n - 3);
  return share(filename);
}

Status issue(ThreadState& ts, Warning w, Object* message_object, Type* category) {
  if (!isNone(w.registry.get()) && !isDict(w.registry.get())) return raise(ts, kTypeError, "'registry' must be a dict or None");
  if (!w.module || isNone(w.module.get())) w.module = TRY(moduleFromFilename(ts, w.filename.get()));
  if (isInstanceOf(message_object, kWarning)) {
    w.message = share(message_object);
    w.text = TRY(strOf(ts, message_object));
    w.category = Ref<Type>::share(message_object->type);
  } else {
    w.text = TRY(strOf(ts, message_object));
    w.category = Ref<Type>::share(category);
    w.message = TRY(call(ts, category, {message_object}));
  }
  Ref<Int> line = TRY(newInt(ts, w.line));
  w.key = TRY(packTuple(ts, {w.text.get(), w.category.get(), line.get()}));
  if (!isNone(w.registry.get()) && TRY(alreadyWarned(ts, static_cast<Dict*>(w.registry.get()), w.key.get(), false))) return kDone;
  Chosen chosen = TRY(choose(ts, w));
  if (!TRY(letThrough(ts, w, chosen))) return kDone;
  return show(ts, w);
}

// ---- where a warning comes from ----

bool isImportFrame(const Frame* f) {
  Str* name = f->code->filename;
  static constinit Name importlib{"importlib"}, bootstrap{"_bootstrap"};
  return findStr(name, importlib, 0, name->length, 1) >= 0 && findStr(name, bootstrap, 0, name->length, 1) >= 0;
}
Frame* outside(Frame* f) {
  do f = f->previous;
  while (f && isImportFrame(f));
  return f;
}

Result<Warning> contextAt(ThreadState& ts, Index stack_level) {
  Warning w;
  Frame* f = currentFrame(ts);
  bool inside = !f || stack_level <= 0 || isImportFrame(f);
  for (; f && --stack_level > 0;) f = inside ? f->previous : outside(f);
  Dict* globals = f ? f->globals : mainInterpreter.sys_dict;
  w.filename = f ? share(static_cast<Object*>(f->code->filename)) : Ref<>(TRY(newStr(ts, "sys")));
  w.line = f ? frameLine(f) : 1;
  w.registry = TRY(dictFind(ts, globals, names::__warningregistry__.get()));
  if (!w.registry) {
    w.registry = TRY(newDict(ts));
    TRY(dictSet(ts, globals, names::__warningregistry__.get(), w.registry.get()));
  }
  w.module = TRY(dictFind(ts, globals, names::__name__.get()));
  if (!w.module || (!isNone(w.module.get()) && !isStr(w.module.get()))) w.module = TRY(newStr(ts, "<string>"));
  return w;
}

Result<Type*> categoryOf(ThreadState& ts, Object* message, Object* category) {
  if (isInstanceOf(message, kWarning)) return message->type;
  if (!category || isNone(category)) return &kUserWarning;
  if (!isType(category) || !isSubtype(static_cast<Type*>(category), &kWarning))
    return raise(ts, kTypeError, "category must be a Warning subclass, not '{}'", typeName(category));
  return static_cast<Type*>(category);
}

Status issueAt(ThreadState& ts, Object* message, Type* category, Index stack_level, Object* source) {
  Warning w = TRY(contextAt(ts, stack_level));
  w.source = share(source);
  return issue(ts, std::move(w), message, category);
}

// ---- the module ----

Status warn(ThreadState& ts, Module*, Object* message, Object* category, std::optional<Index> stack_level, Object* source) {
  Type* type = TRY(categoryOf(ts, message, category));
  if (source && isNone(source)) source = nullptr;
  return issueAt(ts, message, type, stack_level.value_or(1), source);
}

// The line of a file whose module has a __loader__ that can give its source.
Found loaderLine(ThreadState& ts, Object* module_globals, int line) {
  static constinit Name get_source{"get_source"}, splitlines{"splitlines"};
  if (!isDict(module_globals))
    return raise(ts, kTypeError, "module_globals must be a dict, not '{:.200}'", typeName(module_globals));
  Ref<> loader = TRY(dictFind(ts, static_cast<Dict*>(module_globals), names::__loader__.get()));
  Ref<> name = TRY(dictFind(ts, static_cast<Dict*>(module_globals), names::__name__.get()));
  if (!loader || !name) return Ref<>{};
  Ref<> method = TRY(findAttr(ts, loader.get(), get_source));
  if (!method) return Ref<>{};
  Ref<> source = TRY(call(ts, method.get(), {name.get()}));
  if (isNone(source.get())) return Ref<>{};
  Ref<> lines = TRY(callMethod(ts, source.get(), splitlines));
  if (!isList(lines.get()) || line < 1 || line > static_cast<List*>(lines.get())->size) return Ref<>{};
  return share(static_cast<List*>(lines.get())->items[line - 1]);
}

Status warnExplicitly(ThreadState& ts, Module*, Object* message, Object* category, Str* filename, int line, Object* module, Object* registry,
                      Object* module_globals, Object* source) {
  Warning w;
  w.filename = share(static_cast<Object*>(filename));
  w.line = line;
  w.module = share(module);
  w.registry = registry ? share(registry) : none();
  if (source && !isNone(source)) w.source = share(source);
  Type* type = TRY(categoryOf(ts, message, category));
  if (module_globals && !isNone(module_globals)) w.source_line = TRY(loaderLine(ts, module_globals, line));
  return issue(ts, std::move(w), message, type);
}

Status filtersMutated(ThreadState&, Module*) {
  ++state.filters_version;
  return kDone;
}

Status warnFromRuntime(ThreadState& ts, Type& category, Index stack_level, Str* text) {
  return issueAt(ts, text, &category, stack_level, nullptr);
}
Status warnExplicitFromRuntime(ThreadState& ts, Type& category, Str* text, Object* filename, int line) {
  Warning w;
  w.filename = share(filename);
  w.line = line;
  w.registry = none();
  return issue(ts, std::move(w), text, &category);
}

Status addFilter(ThreadState& ts, const char* action, Type& category, const char* module) {
  Ref<Str> a = TRY(internedStr(ts, action));
  Ref<> m = none();
  if (module) m = TRY(internedStr(ts, module));
  Ref<Int> zero = TRY(newInt(ts, 0));
  Ref<Tuple> filter = TRY(packTuple(ts, {a.get(), &kNoneObject, &category, m.get(), zero.get()}));
  return appendList(ts, state.filters, filter.get());
}

constexpr MethodDef kMethods[] = {
    METHOD(warn, "($module, /, message, category=None, stacklevel=1, source=None)", "Issues a warning, ignores it, or raises it."),
    METHOD_UNSIGNED("warn_explicit", warnExplicitly,
                    "($module, /, message, category, filename, lineno, module=None, registry=None, module_globals=None, source=None)",
                    "Issues a warning of which all is known."),
    METHOD_UNSIGNED("_filters_mutated", filtersMutated, "($module, /)", nullptr),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!state.filters) {
    state.filters = TRY(newList(ts)).release();
    state.once_registry = TRY(newDict(ts)).release();
    state.default_action = TRY(internedStr(ts, "default")).release();
    TRY(addFilter(ts, "default", kDeprecationWarning, "__main__"));
    TRY(addFilter(ts, "ignore", kDeprecationWarning, nullptr));
    TRY(addFilter(ts, "ignore", kPendingDeprecationWarning, nullptr));
    TRY(addFilter(ts, "ignore", kImportWarning, nullptr));
    TRY(addFilter(ts, "ignore", kResourceWarning, nullptr));
    runtimeHooks.warn = warnFromRuntime;
    runtimeHooks.warn_explicit = warnExplicitFromRuntime;
  }
  TRY(addObject(ts, m, "filters", share(static_cast<Object*>(state.filters))));
  TRY(addObject(ts, m, "_onceregistry", share(static_cast<Object*>(state.once_registry))));
  return addObject(ts, m, "_defaultaction", share(static_cast<Object*>(state.default_action)));
}

}  // namespace

extern const ModuleDef kWarningsModule;
const ModuleDef kWarningsModule = {
    .name = "_warnings", .doc = "What `warnings` needs to be quick at start.", .methods = kMethods, .populate = populate};

}  // namespace habu
