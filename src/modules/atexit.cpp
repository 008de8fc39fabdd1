// atexit: functions to be called when the interpreter ends, the last registered first.
#include "object/bind.h"
#include "object/call.h"
#include "object/hooks.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"

namespace habu {

namespace {

// Entries (function, args, kwargs or None); None where one has been unregistered. Owned; null until first used.
constinit List* callbacks = nullptr;

Ref<> registerCallback(ThreadState& ts, Module*, Args args) {
  if (args.count == 0) return raise(ts, kTypeError, "register() takes at least 1 argument (0 given)");
  Object* function = args[0];
  if (!isCallable(function)) return raise(ts, kTypeError, "the first argument must be callable");
  Ref<Tuple> rest = TRY(newTuple(ts, args.positional().subspan(1)));
  Ref<> keywords = none();
  if (Index n = args.keywordCount()) {
    Ref<Dict> dict = TRY(newDict(ts, n));
    for (Index i = 0; i < n; ++i)
      TRY(dictSet(ts, dict.get(), reinterpret_cast<Object*>(args.keyword(i)), args.keywordValue(i)));
    keywords = std::move(dict);
  }
  Ref<Tuple> entry = TRY(packTuple(ts, {function, rest.get(), keywords.get()}));
  if (!callbacks) callbacks = TRY(newList(ts)).release();
  TRY(appendList(ts, callbacks, entry.get()));
  return Ref<>::share(function);
}

void runAll(ThreadState& ts) {
  // Callbacks may register more: take one at a time until none is left.
  while (callbacks && callbacks->size) {
    Ref<> last = Ref<>::share(callbacks->items[callbacks->size - 1]);
    if (setListSlice(ts, callbacks, callbacks->size - 1, callbacks->size, nullptr).failed()) {
      writeUnraisable(ts, nullptr);
      return;
    }
    if (isNone(last.get())) continue;
    auto* entry = static_cast<Tuple*>(last.get());
    Object* keywords = entry->items[2];
    Ref<> done = callTuple(ts, entry->items[0], static_cast<Tuple*>(entry->items[1]),
                           isNone(keywords) ? nullptr : static_cast<Dict*>(keywords));
    if (!done) writeUnraisable(ts, entry->items[0], "in atexit callback");
  }
}

Status runCallbacks(ThreadState& ts, Module*) {
  runAll(ts);
  return kDone;
}
Status clearCallbacks(ThreadState&, Module*) {
  clearField(callbacks);
  return kDone;
}
Index countCallbacks(ThreadState&, Module*) {
  Index n = 0;
  for (Index i = 0; callbacks && i < callbacks->size; ++i) n += !isNone(callbacks->items[i]);
  return n;
}
Status unregister(ThreadState& ts, Module*, Object* function) {
  for (Index i = 0; callbacks && i < callbacks->size; ++i) {
    Ref<> entry = Ref<>::share(callbacks->items[i]);
    if (isNone(entry.get())) continue;
    bool same = TRY(equalObjects(ts, static_cast<Tuple*>(entry.get())->items[0], function));
    if (same && callbacks && i < callbacks->size) TRY(setItemAt(ts, callbacks, i, &kNoneObject));
  }
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("register", registerCallback,
               "register(func, *args, **kwargs) -> func\n\nCalls func(*args, **kwargs) when the interpreter ends."),
    METHOD_UNSIGNED("_clear", clearCallbacks, "($module, /)", "_clear() -> None\n\nForgets all registered functions."),
    METHOD_UNSIGNED("unregister", unregister, "($module, func, /)",
                    "unregister(func) -> None\n\nForgets a function, however often it was registered."),
    METHOD_UNSIGNED("_run_exitfuncs", runCallbacks, "($module, /)",
                    "_run_exitfuncs() -> None\n\nCalls all registered functions now and forgets them."),
    METHOD_UNSIGNED("_ncallbacks", countCallbacks, "($module, /)", "_ncallbacks() -> int\n\nHow many are registered."),
    {}};

Status populate(ThreadState&, Module*) {
  runtimeHooks.run_atexit = runAll;
  return kDone;
}

}  // namespace

extern const ModuleDef kAtExitModule = {
    .name = "atexit",
    .doc = "Functions to be called when the interpreter ends normally; the last registered is called first.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
