// Module objects, and making built-in modules from their definitions.
#include "types/module.h"

#include <cstddef>
#include <cstring>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace habu {

namespace {

Status fillDict(ThreadState& ts, Module* m, Str* name, Object* doc) {
  if (!m->dict) m->dict = TRY(newDict(ts)).release();
  Ref<Dict> dict = share(m->dict);
  TRY(dictSet(ts, dict.get(), names::__name__, name));
  TRY(dictSet(ts, dict.get(), names::__doc__, doc ? doc : &kNoneObject));
  TRY(dictSet(ts, dict.get(), names::__package__, &kNoneObject));
  TRY(dictSet(ts, dict.get(), names::__loader__, &kNoneObject));
  TRY(dictSet(ts, dict.get(), names::__spec__, &kNoneObject));
  if (isExactStr(name)) setField(m->name, share(name));
  return kDone;
}

Ref<Module> allocateModule(ThreadState& ts, Type* type) {
  Ref<Module> m = Ref<Module>::steal(static_cast<Module*>(type->alloc(type, 0)));
  if (!m) return {};
  m->dict = TRY(newDict(ts)).release();
  return m;
}
Object* make(Type* type, Object*, Object*) { return allocateModule(ThreadState::current(), type).release(); }

Status init(ThreadState& ts, Module* m, Str* name, Object* doc) { return fillDict(ts, m, name, doc); }

// ---- repr: importlib knows how ----
Ref<> repr(ThreadState& ts, Module* m) {
  static constinit Name kModuleRepr{"_module_repr"};
  if (Object* importlib = ts.interpreter->importlib) return callMethod(ts, importlib, kModuleRepr, {m});
  Ref<> name = TRY(m->dict ? dictFind(ts, m->dict, names::__name__) : Found(Ref<>()));
  if (!name) return newStr(ts, "<module '?'>");
  return formatText(ts, "<module {!r}>", name);
}

// ---- attributes ----
Result<bool> isInitializing(ThreadState& ts, Object* spec) {
  if (!spec) return false;
  Ref<> value = TRY(findAttr(ts, spec, names::_initializing));
  if (!value) return false;
  return isTrue(ts, value.get());
}
Result<bool> isUninitializedSubmodule(ThreadState& ts, Object* spec, Object* name) {
  static constinit Name kUninitialized{"_uninitialized_submodules"};
  if (!spec) return false;
  Ref<> value = TRY(findAttr(ts, spec, kUninitialized));
  if (!value) return false;
  return containsItem(ts, value.get(), name);
}
// Problems with the spec do not matter: the attribute is missing in any case.
bool quietly(ThreadState& ts, Result<bool> r) {
  if (!r.failed()) return r.take();
  clearError(ts);
  return false;
}

[[gnu::cold]] Raised raiseMissing(ThreadState& ts, Dict* dict, Str* name) {
  Ref<> module_name = TRY(dictFind(ts, dict, names::__name__));
  if (!module_name || !isStr(module_name.get())) return raise(ts, kAttributeError, "module has no attribute '{}'", name);
  Ref<> spec = TRY(dictFind(ts, dict, names::__spec__));
  if (quietly(ts, isInitializing(ts, spec.get())))
    return raise(ts, kAttributeError,
                 "partially initialized module '{}' has no attribute '{}' (most likely due to a circular import)",
                 module_name, name);
  if (quietly(ts, isUninitializedSubmodule(ts, spec.get(), name)))
    return raise(ts, kAttributeError,
                 "cannot access submodule '{}' of module '{}' (most likely due to a circular import)", name, module_name);
  return raise(ts, kAttributeError, "module '{}' has no attribute '{}'", module_name, name);
}

Ref<> getAttribute(ThreadState& ts, Module* m, Object* name_object) {
  if (!isStr(name_object)) return genericGetAttr(ts, m, name_object);
  auto* name = static_cast<Str*>(name_object);
  Ref<> value = TRY(genericFindAttr(ts, m, name));
  if (value) return value;
  if (!m->dict) return raise(ts, kAttributeError, "module has no attribute '{}'", name);
  Ref<Dict> dict = share(m->dict);
  Ref<> hook = TRY(dictFind(ts, dict.get(), names::__getattr__));
  if (hook) return call(ts, hook.get(), {name});
  return raiseMissing(ts, dict.get(), name);
}

Ref<> getAnnotations(ThreadState& ts, Module* m) {
  Ref<> dict = TRY(getAttr(ts, m, names::__dict__));
  if (!isDict(dict.get())) return raise(ts, kTypeError, "<module>.__dict__ is not a dictionary");
  Ref<> found = TRY(dictFind(ts, static_cast<Dict*>(dict.get()), names::__annotations__));
  if (found) return found;
  Ref<Dict> made = TRY(newDict(ts));
  TRY(dictSet(ts, static_cast<Dict*>(dict.get()), names::__annotations__, made.get()));
  return made;
}
Status setAnnotations(ThreadState& ts, Module* m, Object* value) {
  Ref<> dict = TRY(getAttr(ts, m, names::__dict__));
  if (!isDict(dict.get())) return raise(ts, kTypeError, "<module>.__dict__ is not a dictionary");
  if (value) return dictSet(ts, static_cast<Dict*>(dict.get()), names::__annotations__, value);
  if (!TRY(dictDiscard(ts, static_cast<Dict*>(dict.get()), names::__annotations__)))
    return raise(ts, kAttributeError, "__annotations__");
  return kDone;
}

Ref<> dirMethod(ThreadState& ts, Module* m) {
  Ref<> dict = TRY(getAttr(ts, m, names::__dict__));
  if (!isDict(dict.get())) return raise(ts, kTypeError, "<module>.__dict__ is not a dictionary");
  Ref<> hook = TRY(dictFind(ts, static_cast<Dict*>(dict.get()), names::__dir__));
  if (hook) return call(ts, hook.get());
  return dictKeyList(ts, static_cast<Dict*>(dict.get()));
}

int traverse(Module* m, VisitFn visit, void* arg) {
  VISIT(m->dict);
  return 0;
}
int clear(Module* m) {
  clearField(m->dict);
  return 0;
}
void dealloc(Module* m) {
  untrack(m);
  if (m->weakrefs) clearWeakrefs(m);
  if (freeModuleState && (m->def || m->state)) freeModuleState(m);
  clearField(m->dict);
  clearField(m->name);
  m->type->free(m);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__dir__", dirMethod, "($self, /)", "__dir__() -> list\nThe names of the attributes."), {}};
constexpr MemberDef kMembers[] = {MEMBER("__dict__", ObjectOrNone, Module, dict, kMemberReadOnly, nullptr), {}};
constexpr GetSetDef kGetSet[] = {GETSET("__annotations__", getAnnotations, setAnnotations, nullptr), {}};

}  // namespace

void (*freeModuleState)(Module*) = nullptr;

constinit Type kModuleType = defineType<Module>({
    .name = "module",
    .doc = "module(name, doc=None)\n--\n\n"
           "A module object.\n\nThe name must be a string; the docstring, when given, may be anything.",
    .flags = kBaseType,
    .dict_offset = offsetof(Module, dict),
    .weaklist_offset = offsetof(Module, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = make,
    .init = INITIALIZER(init, "module", "(name, doc=None)"),
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .getattro = slot<getAttribute>,
    .setattro = genericSetAttrSlot,
});

Ref<Module> newModule(ThreadState& ts, Str* name) {
  Ref<Module> m = TRY(allocateModule(ts, &kModuleType));
  TRY(fillDict(ts, m.get(), name, nullptr));
  return m;
}

Dict* moduleDict(Module* m) { return m->dict; }

// ---- built-in modules ----
Ref<Module> makeModule(ThreadState& ts, const ModuleDef& def) {
  Ref<Str> name = TRY(internedStr(ts, def.name));
  Ref<Module> m = TRY(newModule(ts, name.get()));
  if (def.doc) TRY(addStr(ts, m.get(), "__doc__", def.doc));
  if (def.methods) TRY(addMethods(ts, m.get(), def.methods));
  if (def.populate) TRY(def.populate(ts, m.get()));
  return m;
}
Status addObject(ThreadState& ts, Module* m, const char* name, Ref<> value) {
  if (!value) return Raised{};
  return dictSetAscii(ts, m->dict, name, std::move(value));
}
Status addInt(ThreadState& ts, Module* m, const char* name, long long value) {
  return addObject(ts, m, name, TRY(newInt(ts, value)));
}
Status addStr(ThreadState& ts, Module* m, const char* name, const char* value) {
  return addObject(ts, m, name, TRY(newStr(ts, value)));
}
Status addType(ThreadState& ts, Module* m, Type& type) {
  TRY(readyType(ts, type));
  const char* dot = strrchr(type.name, '.');
  return addObject(ts, m, dot ? dot + 1 : type.name, Ref<>::share(static_cast<Object*>(&type)));
}

}  // namespace habu
