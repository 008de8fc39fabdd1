// gc: the interface to the cycle collector.
#include "object/gc.h"

#include "object/bind.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/tuple.h"

namespace habu {

namespace {

Status enable(ThreadState&, Module*) {
  gc_state.enabled = true;
  return kDone;
}
Status disable(ThreadState&, Module*) {
  gc_state.enabled = false;
  return kDone;
}
bool isenabled(ThreadState&, Module*) { return gc_state.enabled; }

Result<Index> collect(ThreadState& ts, Module*, std::optional<int> generation) {
  int g = generation.value_or(2);
  if (g < 0 || g > 2) return raise(ts, kValueError, "invalid generation");
  return collectGarbage(ts, g);
}

Status set_debug(ThreadState&, Module*, int flags) {
  gc_state.debug = flags;
  return kDone;
}
int get_debug(ThreadState&, Module*) { return gc_state.debug; }

Result<int> thresholdFrom(ThreadState& ts, Object* o) {
  static constexpr Signature kSignature = parseSignature("set_threshold", "(a, b, c)");
  return Arg<int>::from(ts, o, {&kSignature, 0});
}
Status setThreshold(ThreadState& ts, Module*, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "gc.set_threshold() takes no keyword arguments");
  if (args.count < 1) return raise(ts, kTypeError, "set_threshold() takes at least 1 argument (0 given)");
  if (args.count > 3) return raise(ts, kTypeError, "set_threshold() takes at most 3 arguments ({} given)", args.count);
  for (Index i = 0; i < args.count; ++i) gc_state.generations[i].threshold = TRY(thresholdFrom(ts, args[i]));
  return kDone;
}
template <int GcGeneration::*F>
Ref<> threeNumbers(ThreadState& ts) {
  Ref<Tuple> t = TRY(newTupleUninitialized(ts, 3));
  for (int i = 0; i < 3; ++i) put(t.get(), i, TRY(newInt(ts, gc_state.generations[i].*F)));
  return t;
}
Ref<> get_threshold(ThreadState& ts, Module*) { return threeNumbers<&GcGeneration::threshold>(ts); }
Ref<> get_count(ThreadState& ts, Module*) { return threeNumbers<&GcGeneration::count>(ts); }

Ref<> get_stats(ThreadState& ts, Module*) {
  Ref<List> list = TRY(newList(ts));
  for (const GcStatistics& s : gc_state.statistics) {
    Ref<Dict> d = TRY(newDict(ts));
    TRY(dictSetAscii(ts, d.get(), "collections", TRY(newInt(ts, s.collections))));
    TRY(dictSetAscii(ts, d.get(), "collected", TRY(newInt(ts, s.collected))));
    TRY(dictSetAscii(ts, d.get(), "uncollectable", TRY(newInt(ts, s.uncollectable))));
    TRY(appendList(ts, list.get(), d.get()));
  }
  return list;
}

// ---- looking around ----
Status addGeneration(ThreadState& ts, List* list, int generation) {
  // Appending may collect and move objects: gather while the collector sleeps.
  bool was_enabled = std::exchange(gc_state.enabled, false);
  GcHeader* head = &gc_state.generations[generation].head;
  Status done = kDone;
  for (auto* h = reinterpret_cast<GcHeader*>(head->next); h != head; h = reinterpret_cast<GcHeader*>(h->next)) {
    Object* o = fromGcHeader(h);
    if (o == list) continue;
    done = appendList(ts, list, o);
    if (done.failed()) break;
  }
  gc_state.enabled = was_enabled;
  return done;
}

Ref<> get_objects(ThreadState& ts, Module*, Object* generation) {
  Ref<List> list = TRY(newList(ts));
  if (!generation || isNone(generation)) {
    for (int i = 0; i < 3; ++i) TRY(addGeneration(ts, list.get(), i));
    return list;
  }
  if (!hasIndex(generation))
    return raise(ts, kTypeError, "argument should be integer or None, not '{:.200}'", typeName(generation));
  Index g = TRY(asIndex(ts, generation, &kOverflowError));
  if (g >= 3)
    return raise(ts, kValueError, "generation parameter must be less than the number of available generations (3)");
  if (g < 0) return raise(ts, kValueError, "generation parameter cannot be negative");
  TRY(addGeneration(ts, list.get(), int(g)));
  return list;
}

struct Gathering {
  ThreadState& ts;
  List* list;
};
int gather(Object* o, void* data) {
  auto* g = static_cast<Gathering*>(data);
  return appendList(g->ts, g->list, o).failed();
}
Ref<> getReferents(ThreadState& ts, Module*, Args args) {
  Ref<List> list = TRY(newList(ts));
  Gathering g{ts, list.get()};
  for (Object* o : args.positional()) {
    if (!isGc(o) || !o->type->traverse) continue;
    if (o->type->traverse(o, gather, &g)) return Raised{};
  }
  return list;
}

struct Wanted {
  std::span<Object* const> objects;
};
int isWanted(Object* o, void* data) {
  for (Object* w : static_cast<Wanted*>(data)->objects)
    if (w == o) return 1;
  return 0;
}
Ref<> getReferrers(ThreadState& ts, Module*, Args args) {
  Ref<List> all = TRY(newList(ts));
  for (int i = 0; i < 3; ++i) TRY(addGeneration(ts, all.get(), i));
  Ref<List> list = TRY(newList(ts));
  Wanted wanted{args.positional()};
  for (Index i = 0; i < all->size; ++i) {
    Object* o = all->items[i];
    if (o == list.get() || o == all.get() || !o->type->traverse) continue;
    if (o->type->traverse(o, isWanted, &wanted)) TRY(appendList(ts, list.get(), o));
  }
  return list;
}

bool is_tracked(ThreadState&, Module*, Object* o) { return isGc(o) && isTracked(o); }
bool is_finalized(ThreadState&, Module*, Object* o) {
  return isGc(o) && (gcHeader(o)->previous & kGcFinalized) != 0;
}

Status freeze(ThreadState&, Module*) {
  freezeGarbage();
  return kDone;
}
Status unfreeze(ThreadState&, Module*) {
  unfreezeGarbage();
  return kDone;
}
Index get_freeze_count(ThreadState&, Module*) { return frozenCount(); }

constexpr MethodDef kMethods[] = {
    METHOD(enable, "($module, /)", "Collect automatically from now on."),
    METHOD(disable, "($module, /)", "Do not collect automatically."),
    METHOD(isenabled, "($module, /)", "Whether collections happen automatically."),
    METHOD(set_debug, "($module, flags, /)",
           "Sets what the collector reports on standard error.\n\nA combination of the DEBUG_* constants."),
    METHOD(get_debug, "($module, /)", "What the collector reports."),
    METHOD(get_count, "($module, /)", "The counts that the thresholds are compared with."),
    METHOD_RAW("set_threshold", setThreshold,
               "set_threshold(threshold0, [threshold1, threshold2]) -> None\n\n"
               "When to collect; a first threshold of zero means never."),
    METHOD(get_threshold, "($module, /)", "The three thresholds."),
    METHOD(collect, "($module, /, generation=2)",
           "Collects a generation and the younger ones; returns the number of unreachable objects."),
    METHOD(get_objects, "($module, /, generation=None)", "All tracked objects, or those of one generation."),
    METHOD(get_stats, "($module, /)", "What has been collected so far, by generation."),
    METHOD(is_tracked, "($module, obj, /)", "Whether the collector watches the object."),
    METHOD_RAW("get_referrers", getReferrers,
               "get_referrers(*objs) -> list\nThe objects that refer directly to any of these."),
    METHOD_RAW("get_referents", getReferents, "get_referents(*objs) -> list\nThe objects these refer directly to."),
    METHOD(is_finalized, "($module, obj, /)", "Whether the object's finaliser has run."),
    METHOD(freeze, "($module, /)", "Lets the collector ignore everything there is now."),
    METHOD(unfreeze, "($module, /)", "Lets the collector see frozen objects again."),
    METHOD(get_freeze_count, "($module, /)", "How many objects are frozen."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!gc_state.garbage) gc_state.garbage = TRY(newList(ts)).release();
  if (!gc_state.callbacks) gc_state.callbacks = TRY(newList(ts)).release();
  TRY(addObject(ts, m, "garbage", Ref<>::share(gc_state.garbage)));
  TRY(addObject(ts, m, "callbacks", Ref<>::share(gc_state.callbacks)));
  TRY(addInt(ts, m, "DEBUG_STATS", kGcDebugStats));
  TRY(addInt(ts, m, "DEBUG_COLLECTABLE", kGcDebugCollectable));
  TRY(addInt(ts, m, "DEBUG_UNCOLLECTABLE", kGcDebugUncollectable));
  TRY(addInt(ts, m, "DEBUG_SAVEALL", kGcDebugSaveAll));
  return addInt(ts, m, "DEBUG_LEAK", kGcDebugLeak);
}

}  // namespace

extern const ModuleDef kGcModule = {
    .name = "gc", .doc = "Control of the collector of reference cycles.", .methods = kMethods, .populate = populate};

}  // namespace habu
