// The cycle collector. A collection of generation n:
//
//   1. joins the younger generations to it (the candidates);
//   2. copies every candidate's reference count into its header and subtracts the references that come from other
//      candidates: what keeps a positive rest is held from outside;
//   3. everything reachable from those survives; the rest is unreachable;
//   4. weak references to the unreachable are cleared and their callbacks called, finalisers run (PEP 442), objects
//      brought back to life are sorted out again;
//   5. the remaining ones are told to drop what they hold (tp_clear), which lets reference counting free them.
//
// While counting, GcHeader::previous holds `rest << 2 | flags` instead of a link (lists are then singly linked), and the
// low bit of GcHeader::next marks members of the unreachable list.
#include "object/gc.h"

#include <cstdio>
#include <ctime>

#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

namespace {

#define HABU_GC_HEAD(h) {reinterpret_cast<uintptr_t>(&(h)), reinterpret_cast<uintptr_t>(&(h))}

constexpr uintptr_t kUnreachable = 1;  // bit of GcHeader::next
constexpr int kCountShift = 2;

GcHeader* nextOf(const GcHeader* h) { return reinterpret_cast<GcHeader*>(h->next); }
GcHeader* previousOf(const GcHeader* h) { return reinterpret_cast<GcHeader*>(h->previous & ~kGcFlags); }
void setNext(GcHeader* h, GcHeader* next) { h->next = reinterpret_cast<uintptr_t>(next); }
void setPrevious(GcHeader* h, GcHeader* previous) {
  h->previous = (h->previous & kGcFlags) | reinterpret_cast<uintptr_t>(previous);
}
bool isCollecting(const GcHeader* h) { return (h->previous & kGcCollecting) != 0; }
Index restOf(const GcHeader* h) { return Index(h->previous >> kCountShift); }
void setRest(GcHeader* h, Index n) { h->previous = (h->previous & kGcFlags) | uintptr_t(n) << kCountShift; }

void clearList(GcHeader* list) {
  list->next = reinterpret_cast<uintptr_t>(list);
  list->previous = reinterpret_cast<uintptr_t>(list);
}
bool isEmpty(const GcHeader* list) { return nextOf(list) == list; }
void append(GcHeader* h, GcHeader* list) {
  GcHeader* last = reinterpret_cast<GcHeader*>(list->previous);
  setPrevious(h, last);
  setNext(last, h);
  setNext(h, list);
  list->previous = reinterpret_cast<uintptr_t>(h);
}
void unlink(GcHeader* h) {
  GcHeader* previous = previousOf(h);
  GcHeader* next = nextOf(h);
  setNext(previous, next);
  setPrevious(next, previous);
}
void moveTo(GcHeader* h, GcHeader* list) {
  unlink(h);
  append(h, list);
}
void merge(GcHeader* from, GcHeader* to) {
  if (!isEmpty(from)) {
    GcHeader* tail = previousOf(to);
    GcHeader* first = nextOf(from);
    GcHeader* last = previousOf(from);
    setNext(tail, first);
    setPrevious(first, tail);
    setNext(last, to);
    setPrevious(to, last);
  }
  clearList(from);
}
Index sizeOf(const GcHeader* list) {
  Index n = 0;
  for (GcHeader* h = nextOf(list); h != list; h = nextOf(h)) ++n;
  return n;
}

// ---- step 2 ----
void copyCounts(GcHeader* list) {
  for (GcHeader* h = nextOf(list); h != list; h = nextOf(h))
    h->previous = (h->previous & kGcFinalized) | kGcCollecting | uintptr_t(fromGcHeader(h)->refcount) << kCountShift;
}
int visitSubtract(Object* o, void*) {
  if (isGc(o)) {
    GcHeader* h = gcHeader(o);
    if (isCollecting(h)) h->previous -= uintptr_t{1} << kCountShift;
  }
  return 0;
}
void subtractInner(GcHeader* list) {
  for (GcHeader* h = nextOf(list); h != list; h = nextOf(h)) {
    Object* o = fromGcHeader(h);
    if (o->type->traverse) o->type->traverse(o, visitSubtract, nullptr);
  }
}

// ---- step 3 ----
int visitReachable(Object* o, void* reachable) {
  if (!isGc(o)) return 0;
  GcHeader* h = gcHeader(o);
  if (!isCollecting(h)) return 0;  // of another generation, or already traversed
  if (h->next & kUnreachable) {
    // Thought unreachable too early: back to the end of the list being scanned.
    GcHeader* previous = previousOf(h);
    GcHeader* next = reinterpret_cast<GcHeader*>(h->next & ~kUnreachable);
    previous->next = h->next;  // copies the mark
    setPrevious(next, previous);
    append(h, static_cast<GcHeader*>(reachable));
    setRest(h, 1);
  } else if (restOf(h) == 0) {
    setRest(h, 1);
  }
  return 0;
}

void moveUnreachable(GcHeader* young, GcHeader* unreachable) {
  GcHeader* previous = young;
  GcHeader* h = nextOf(young);
  while (h != young) {
    if (restOf(h)) {
      Object* o = fromGcHeader(h);
      if (o->type->traverse) o->type->traverse(o, visitReachable, young);
      setPrevious(h, previous);  // links again
      h->previous &= ~kGcCollecting;
      previous = h;
    } else {
      // Tentatively unreachable; `next` carries the mark until proven otherwise.
      setNext(previous, nextOf(h));
      GcHeader* last = reinterpret_cast<GcHeader*>(unreachable->previous);
      last->next = kUnreachable | reinterpret_cast<uintptr_t>(h);
      setPrevious(h, last);
      h->next = kUnreachable | reinterpret_cast<uintptr_t>(unreachable);
      unreachable->previous = reinterpret_cast<uintptr_t>(h);
    }
    h = nextOf(previous);
  }
  young->previous = reinterpret_cast<uintptr_t>(previous);
  unreachable->next &= ~kUnreachable;
}

void deduceUnreachable(GcHeader* base, GcHeader* unreachable) {
  copyCounts(base);
  subtractInner(base);
  clearList(unreachable);
  moveUnreachable(base, unreachable);
}
void clearMarks(GcHeader* unreachable) {
  for (GcHeader* h = nextOf(unreachable); h != unreachable; h = nextOf(h)) h->next &= ~kUnreachable;
}

// Tuples of things that can take part in no cycle need not be looked at again.
void untrackTuples(GcHeader* list) {
  GcHeader* next;
  for (GcHeader* h = nextOf(list); h != list; h = next) {
    next = nextOf(h);
    Object* o = fromGcHeader(h);
    if (isExactTuple(o)) maybeUntrackTuple(static_cast<Tuple*>(o));
  }
}
// Nor dictionaries; only in full collections, since one that is being filled would be walked again and again.
void untrackDicts(GcHeader* list) {
  GcHeader* next;
  for (GcHeader* h = nextOf(list); h != list; h = next) {
    next = nextOf(h);
    Object* o = fromGcHeader(h);
    if (isExactDict(o)) maybeUntrackDict(static_cast<Dict*>(o));
  }
}

// ---- tp_del: the finalisers from before PEP 442, which extension types may still have ----
void moveLegacyFinalizers(GcHeader* unreachable, GcHeader* legacy) {
  GcHeader* next;
  for (GcHeader* h = nextOf(unreachable); h != unreachable; h = next) {
    next = reinterpret_cast<GcHeader*>(h->next & ~kUnreachable);
    h->next &= ~kUnreachable;
    if (fromGcHeader(h)->type->del) {
      h->previous &= ~kGcCollecting;
      moveTo(h, legacy);
    }
  }
}
int visitToLegacy(Object* o, void* legacy) {
  if (isGc(o) && isCollecting(gcHeader(o))) {
    GcHeader* h = gcHeader(o);
    h->previous &= ~kGcCollecting;
    moveTo(h, static_cast<GcHeader*>(legacy));
  }
  return 0;
}
void moveReachableFromLegacy(GcHeader* legacy) {
  for (GcHeader* h = nextOf(legacy); h != legacy; h = nextOf(h)) {
    Object* o = fromGcHeader(h);
    if (o->type->traverse) o->type->traverse(o, visitToLegacy, legacy);
  }
}

// ---- step 4 ----
// Clears every weak reference to an unreachable object, so that no finaliser can revive it through one; callbacks of
// references that are themselves reachable are called afterwards.
Index handleWeakrefs(ThreadState& ts, GcHeader* unreachable, GcHeader* old) {
  GcHeader callbacks;
  clearList(&callbacks);
  Index freed = 0;
  GcHeader* next;
  for (GcHeader* h = nextOf(unreachable); h != unreachable; h = next) {
    next = nextOf(h);
    Object* o = fromGcHeader(h);
    // A weak reference that is itself garbage must never call back, nor lead a finaliser to what is dying.
    if (isWeakref(o)) unlinkWeakref(static_cast<WeakRef*>(o));
    WeakRef** list = weakrefList(o);
    if (!list) continue;
    for (WeakRef* w = *list; w; w = *list) {
      unlinkWeakref(w);
      if (!w->callback || isCollecting(gcHeader(w))) continue;
      incref(w);
      moveTo(gcHeader(w), &callbacks);
    }
  }
  while (!isEmpty(&callbacks)) {
    Object* o = fromGcHeader(nextOf(&callbacks));
    runWeakrefCallback(ts, static_cast<WeakRef*>(o));
    decref(o);
    if (fromGcHeader(nextOf(&callbacks)) == o) moveTo(gcHeader(o), old);
    else ++freed;
  }
  return freed;
}

// Runs tp_finalize of every object that has not been finalised yet.
void finalizeAll(ThreadState& ts, GcHeader* list) {
  GcHeader seen;
  clearList(&seen);
  while (!isEmpty(list)) {
    GcHeader* h = nextOf(list);
    Object* o = fromGcHeader(h);
    moveTo(h, &seen);
    DestructorFn finalize = o->type->finalize;
    if ((h->previous & kGcFinalized) || !finalize) continue;
    h->previous |= kGcFinalized;
    incref(o);
    finalize(o);
    decref(o);
  }
  merge(&seen, list);
}

// What a finaliser made reachable again goes to `old`; the rest stays in `still`.
void handleResurrected(GcHeader* unreachable, GcHeader* still, GcHeader* old) {
  for (GcHeader* h = nextOf(unreachable); h != unreachable; h = nextOf(h)) h->previous &= ~kGcCollecting;
  deduceUnreachable(unreachable, still);
  clearMarks(still);
  merge(unreachable, old);
}

// ---- step 5 ----
void deleteGarbage(ThreadState& ts, GcHeader* garbage, GcHeader* old) {
  while (!isEmpty(garbage)) {
    GcHeader* h = nextOf(garbage);
    Object* o = fromGcHeader(h);
    if (gc_state.debug & kGcDebugSaveAll) {
      if (gc_state.garbage && appendList(ts, static_cast<List*>(gc_state.garbage), o).failed()) clearError(ts);
    } else if (InquiryFn clear = o->type->clear) {
      incref(o);
      (void)clear(o);
      if (errorSet(ts)) writeUnraisable(ts, nullptr, "in tp_clear");
      decref(o);
    }
    if (nextOf(garbage) == h) {  // still alive: it will die with another member of its cycle, or next time
      h->previous &= ~kGcCollecting;
      moveTo(h, old);
    }
  }
}

void handleLegacy(ThreadState& ts, GcHeader* legacy, GcHeader* old) {
  for (GcHeader* h = nextOf(legacy); h != legacy; h = nextOf(h)) {
    Object* o = fromGcHeader(h);
    if (!gc_state.garbage) break;
    if ((gc_state.debug & kGcDebugSaveAll) || o->type->del)
      if (appendList(ts, static_cast<List*>(gc_state.garbage), o).failed()) clearError(ts);
  }
  merge(legacy, old);
}

void describe(const char* what, GcHeader* list) {
  for (GcHeader* h = nextOf(list); h != list; h = nextOf(h)) {
    Object* o = fromGcHeader(h);
    fprintf(stderr, "gc: %s <%s %p>\n", what, o->type->name, static_cast<void*>(o));
  }
}

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

struct Outcome {
  Index collected = 0, uncollectable = 0;
};

// Steps 3 to 5 on `young`, whose survivors go to `old`.
Outcome collectList(ThreadState& ts, GcHeader* young, GcHeader* old, bool full) {
  Outcome out;
  GcHeader unreachable, legacy, still;
  deduceUnreachable(young, &unreachable);
  untrackTuples(young);
  if (young != old) {
    if (old == &gc_state.generations[2].head) gc_state.long_lived_pending += sizeOf(young);
    merge(young, old);
  } else if (full) {
    untrackDicts(young);
    gc_state.long_lived_pending = 0;
    gc_state.long_lived_total = sizeOf(young);
  }
  clearList(&legacy);
  moveLegacyFinalizers(&unreachable, &legacy);
  moveReachableFromLegacy(&legacy);
  if (gc_state.debug & kGcDebugCollectable) describe("collectable", &unreachable);
  out.collected += handleWeakrefs(ts, &unreachable, old);
  finalizeAll(ts, &unreachable);
  handleResurrected(&unreachable, &still, old);
  out.collected += sizeOf(&still);
  deleteGarbage(ts, &still, old);
  out.uncollectable = sizeOf(&legacy);
  if (gc_state.debug & kGcDebugUncollectable) describe("uncollectable", &legacy);
  handleLegacy(ts, &legacy, old);
  return out;
}

Outcome collectGeneration(ThreadState& ts, int generation) {
  double begin = 0;
  if (gc_state.debug & kGcDebugStats) {
    fprintf(stderr, "gc: collecting generation %d...\ngc: objects in each generation:", generation);
    for (GcGeneration& g : gc_state.generations) fprintf(stderr, " %zd", sizeOf(&g.head));
    fprintf(stderr, "\ngc: objects in permanent generation: %zd\n", sizeOf(&gc_state.permanent));
    begin = now();
  }
  if (generation < 2) ++gc_state.generations[generation + 1].count;
  for (int i = 0; i <= generation; ++i) gc_state.generations[i].count = 0;
  GcHeader* young = &gc_state.generations[generation].head;
  for (int i = 0; i < generation; ++i) merge(&gc_state.generations[i].head, young);
  GcHeader* old = generation < 2 ? &gc_state.generations[generation + 1].head : young;

  Outcome out = collectList(ts, young, old, generation == 2);
  if (generation == 2) {
    freeRecycledLists();
    freeRecycledTuples();
    freeRecycledDicts();
  }
  if (gc_state.debug & kGcDebugStats)
    fprintf(stderr, "gc: done, %zd unreachable, %zd uncollectable, %.4fs elapsed\n", out.collected + out.uncollectable,
            out.uncollectable, now() - begin);
  if (errorSet(ts)) writeUnraisable(ts, nullptr, "in garbage collection");
  GcStatistics& s = gc_state.statistics[generation];
  ++s.collections;
  s.collected += out.collected;
  s.uncollectable += out.uncollectable;
  return out;
}

Ref<Dict> callbackInfo(ThreadState& ts, int generation, Outcome out) {
  Ref<Dict> info = TRY(newDict(ts));
  TRY(dictSetAscii(ts, info.get(), "generation", TRY(newInt(ts, generation))));
  TRY(dictSetAscii(ts, info.get(), "collected", TRY(newInt(ts, out.collected))));
  TRY(dictSetAscii(ts, info.get(), "uncollectable", TRY(newInt(ts, out.uncollectable))));
  return info;
}

void runCallbacks(ThreadState& ts, const char* phase, int generation, Outcome out) {
  if (!gc_state.callbacks || static_cast<List*>(gc_state.callbacks)->size == 0) return;
  Ref<Dict> info = callbackInfo(ts, generation, out);
  Ref<Str> name = info ? newStr(ts, phase) : Ref<Str>();
  if (!name) {
    writeUnraisable(ts, nullptr);
    return;
  }
  auto* list = static_cast<List*>(gc_state.callbacks);
  for (Index i = 0; i < list->size; ++i) {
    Ref<> callback = share(list->items[i]);
    if (!call(ts, callback.get(), {name.get(), info.get()})) writeUnraisable(ts, callback.get());
  }
}

Index collectWithCallbacks(ThreadState& ts, int generation) {
  runCallbacks(ts, "start", generation, {});
  Outcome out = collectGeneration(ts, generation);
  runCallbacks(ts, "stop", generation, out);
  return out.collected + out.uncollectable;
}

}  // namespace

GcState gc_state = {
    .generations = {{HABU_GC_HEAD(gc_state.generations[0].head), 700, 0},
                    {HABU_GC_HEAD(gc_state.generations[1].head), 10, 0},
                    {HABU_GC_HEAD(gc_state.generations[2].head), 10, 0}},
    .permanent = HABU_GC_HEAD(gc_state.permanent),
    .enabled = true,
};

Index collectGarbage(ThreadState& ts, int generation) {
  if (gc_state.collecting) return 0;
  gc_state.collecting = true;
  PendingError pending = PendingError::take(ts);
  Index n = collectWithCallbacks(ts, generation);
  std::move(pending).restore(ts);
  gc_state.collecting = false;
  return n;
}

void collectYoung(ThreadState& ts) {
  if (!gc_state.enabled || !gc_state.generations[0].threshold || gc_state.collecting || errorSet(ts)) return;
  gc_state.collecting = true;
  // The oldest generation over its threshold; a full collection also waits until the newcomers are a quarter of it.
  for (int i = 2; i >= 0; --i) {
    if (gc_state.generations[i].count <= gc_state.generations[i].threshold) continue;
    if (i == 2 && gc_state.long_lived_pending < gc_state.long_lived_total / 4) continue;
    collectWithCallbacks(ts, i);
    break;
  }
  gc_state.collecting = false;
}

void reportGarbageAtShutdown(ThreadState& ts) {
  auto* garbage = static_cast<List*>(gc_state.garbage);
  if (!garbage || !garbage->size || (gc_state.debug & kGcDebugSaveAll)) return;
  bool listed = (gc_state.debug & kGcDebugUncollectable) != 0;
  Ref<Str> text = formatText(ts, "gc: {} uncollectable objects at shutdown{}", garbage->size,
                             listed ? "" : "; use gc.set_debug(gc.DEBUG_UNCOLLECTABLE) to list them");
  Ref<Str> file = newStr(ts, "gc");
  if (!text || !file || warnExplicit(ts, kResourceWarning, std::move(text), file.get(), 0).failed())
    writeUnraisable(ts, nullptr);
  if (!listed) return;
  Ref<Str> shown = reprOf(ts, garbage);
  if (!shown) {
    writeUnraisable(ts, garbage);
    return;
  }
  auto bytes = utf8Of(ts, shown.get());
  if (bytes.failed()) {
    clearError(ts);
    return;
  }
  std::string_view view = bytes.take();
  fprintf(stderr, "      %.*s\n", int(view.size()), view.data());
}

void freezeGarbage() {
  for (GcGeneration& g : gc_state.generations) {
    merge(&g.head, &gc_state.permanent);
    g.count = 0;
  }
}
void unfreezeGarbage() { merge(&gc_state.permanent, &gc_state.generations[2].head); }
Index frozenCount() { return sizeOf(&gc_state.permanent); }

// ---- deallocation ----
void deallocate(Object* o) { o->type->dealloc(o); }

bool finalizeFromDealloc(Object* o) {
  DestructorFn finalize = o->type->finalize;
  if (!finalize) return false;
  bool gc = isGc(o);
  if (gc && (gcHeader(o)->previous & kGcFinalized)) return false;
  o->refcount = 1;
  finalize(o);
  if (gc) gcHeader(o)->previous |= kGcFinalized;
  return --o->refcount > 0;
}

constexpr int kTrashDepth = 50;

namespace {
// Postponed objects are chained through their GC headers (they are untracked).
void destroyPostponed(ThreadState& ts) {
  while (Object* o = ts.trash_later) {
    ts.trash_later = reinterpret_cast<Object*>(previousOf(gcHeader(o)));
    gcHeader(o)->previous &= kGcFlags;
    ++ts.trash_nesting;
    o->type->dealloc(o);
    --ts.trash_nesting;
  }
}
}  // namespace

TrashScope::TrashScope(Object* dying, Kind kind) : deferred_(false), counted_(false) {
  if (kind == kBuiltin && dying->type->dealloc == subtypeDealloc) return;
  ThreadState& ts = ThreadState::current();
  if (ts.trash_nesting >= kTrashDepth) {
    GcHeader* h = gcHeader(dying);
    h->previous = (h->previous & kGcFlags) | reinterpret_cast<uintptr_t>(ts.trash_later);
    ts.trash_later = dying;
    deferred_ = true;
    return;
  }
  counted_ = true;
  ++ts.trash_nesting;
}

TrashScope::~TrashScope() {
  if (!counted_) return;
  ThreadState& ts = ThreadState::current();
  if (--ts.trash_nesting <= 0 && ts.trash_later) {
    destroyPostponed(ts);
  }
}

}  // namespace habu
