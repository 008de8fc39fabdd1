// _weakref.
#include "types/weakref.h"

#include "object/bind.h"
#include "object/module_def.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"

namespace habu {

namespace {

Index getweakrefcount(ThreadState&, Module*, Object* object) { return weakrefCount(object); }

Ref<> getweakrefs(ThreadState& ts, Module*, Object* object) {
  Ref<List> list = TRY(newList(ts));
  WeakRef** head = weakrefList(object);
  for (WeakRef* w = head ? *head : nullptr; w; w = w->next) TRY(appendList(ts, list.get(), static_cast<Object*>(w)));
  return list;
}

Ref<> proxy(ThreadState& ts, Module*, Object* object, Object* callback) { return newWeakProxy(ts, object, callback); }

// Deletes dct[key] if it is (still) a weak reference to something dead.
Status removeDead(ThreadState& ts, Module*, Dict* dict, Object* key) {
  Ref<> value = TRY(dictFind(ts, dict, key));
  if (!value) return kDone;
  if (!isWeakref(value.get())) return raise(ts, kTypeError, "not a weakref");
  if (weakrefTarget(value.get())) return kDone;
  (void)TRY(dictDiscard(ts, dict, key));
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD(getweakrefcount, "($module, object, /)", "How many weak references to the object there are."),
    METHOD_AS("_remove_dead_weakref", removeDead, "($module, dct, key, /)",
              "Deletes the item if its value is a dead weak reference."),
    METHOD(getweakrefs, "($module, object, /)", "The weak references to the object."),
    METHOD(proxy, "($module, object, callback=None, /)",
           "A stand-in for the object that does not keep it alive.\n\nThe callback, if any, is called with the proxy "
           "when the object dies."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addObject(ts, m, "ref", Ref<>::share(static_cast<Object*>(&kWeakRefType))));
  TRY(addType(ts, m, kWeakRefType));
  TRY(addType(ts, m, kWeakProxyType));
  return addType(ts, m, kWeakCallableProxyType);
}

}  // namespace

extern const ModuleDef kWeakrefModule = {
    .name = "_weakref", .doc = "Weak references.", .methods = kMethods, .populate = populate};

}  // namespace habu
