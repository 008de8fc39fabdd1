// The cycle collector: trial deletion over container objects in three generations (PEP 442 finalisation; design after
// the chapter "Garbage collector design" of the Python developer's guide).
#pragma once
#include "object/object.h"
#include "object/type.h"

namespace habu {

struct GcHeader {  // PyGC_Head: in front of every object whose type has kHaveGc
  uintptr_t next;  // 0: not tracked
  uintptr_t previous;  // flags in the low bits, as CPython: 1 finalised, 2 collecting; gc_refs during a collection
};
static_assert(sizeof(GcHeader) == 16);

inline GcHeader* gcHeader(const Object* o) { return reinterpret_cast<GcHeader*>(const_cast<Object*>(o)) - 1; }
inline Object* fromGcHeader(GcHeader* h) { return reinterpret_cast<Object*>(h + 1); }
inline bool isGc(const Object* o) {
  return o->type->has(kHaveGc) && (!o->type->is_gc || o->type->is_gc(const_cast<Object*>(o)));
}
inline bool isTracked(const Object* o) { return gcHeader(o)->next != 0; }

inline constexpr uintptr_t kGcFinalized = 1;   // bits of GcHeader::previous
inline constexpr uintptr_t kGcCollecting = 2;
inline constexpr uintptr_t kGcFlags = 3;

struct GcGeneration {
  GcHeader head;  // circular list through it
  int threshold;
  int count;  // allocations minus frees (youngest), or collections of the generation below
};
struct GcStatistics {
  Index collections, collected, uncollectable;
};
struct GcState {
  GcGeneration generations[3];
  GcHeader permanent;  // gc.freeze()
  GcStatistics statistics[3];
  bool enabled, collecting;
  int debug;
  Object* garbage;    // list; null until the gc module exists
  Object* callbacks;  // list
  Index long_lived_total, long_lived_pending;
};
extern GcState gc_state;

// Into the youngest generation; all fields that traverse visits must be valid.
inline void track(Object* o) {
  GcHeader* h = gcHeader(o);
  GcHeader* head = &gc_state.generations[0].head;
  GcHeader* last = reinterpret_cast<GcHeader*>(head->previous);
  last->next = reinterpret_cast<uintptr_t>(h);
  h->previous = (h->previous & kGcFinalized) | reinterpret_cast<uintptr_t>(last);
  h->next = reinterpret_cast<uintptr_t>(head);
  head->previous = reinterpret_cast<uintptr_t>(h);
}
// No-op when not tracked; the first thing a dealloc of a container does.
inline void untrack(Object* o) {
  GcHeader* h = gcHeader(o);
  if (!h->next) return;
  GcHeader* last = reinterpret_cast<GcHeader*>(h->previous & ~kGcFlags);
  GcHeader* next = reinterpret_cast<GcHeader*>(h->next);
  last->next = h->next;
  next->previous = (next->previous & kGcFlags) | reinterpret_cast<uintptr_t>(last);
  h->next = 0;
  h->previous &= kGcFinalized;
}

// A new container was made: runs a collection when the youngest generation is over its threshold.
void collectYoung(ThreadState&);
inline void countAllocation(ThreadState& ts) {
  GcGeneration& young = gc_state.generations[0];
  if (++young.count > young.threshold) [[unlikely]]
    collectYoung(ts);
}
// Its memory goes back.
inline void countFree() {
  if (gc_state.generations[0].count > 0) --gc_state.generations[0].count;
}
// Collects `generation` and the younger ones; the number of objects found unreachable. Runs callbacks and finalisers.
Index collectGarbage(ThreadState&, int generation);
enum GcDebugFlag : int {
  kGcDebugStats = 1, kGcDebugCollectable = 2, kGcDebugUncollectable = 4, kGcDebugSaveAll = 32,
  kGcDebugLeak = kGcDebugCollectable | kGcDebugUncollectable | kGcDebugSaveAll,
};
// gc.freeze(): every tracked object out of the collector's sight, and back.
void freezeGarbage();
void unfreezeGarbage();
Index frozenCount();
// The ResourceWarning about gc.garbage not being empty at the end.
void reportGarbageAtShutdown(ThreadState&);

// For tp_traverse:  VISIT(self->items[i]);
#define VISIT(field)                                                                  \
  do {                                                                                \
    if (field) {                                                                      \
      if (int visit_result_ = visit((Object*)(field), arg)) return visit_result_;     \
    }                                                                                 \
  } while (0)

// Calls tp_finalize once per object; true when the object was resurrected (dealloc must return at once).
bool finalizeFromDealloc(Object*);
void clearWeakrefs(Object*);  // types/weakref.cpp: first thing after finalisation in a dealloc of a referenceable type

// Deep chains of containers are freed in bounded native stack ("trashcan"):
//   void dealloc(List* self) { untrack(self); TrashScope trash(self); if (trash.deferred()) return; ...drop items, free }
// Instances of Python classes are deferred by their own dealloc (kSubclass), never by that of the built-in base.
class [[nodiscard]] TrashScope {
 public:
  enum Kind { kBuiltin, kSubclass };
  explicit TrashScope(Object* dying, Kind kind = kBuiltin);
  ~TrashScope();
  TrashScope(const TrashScope&) = delete;
  bool deferred() const { return deferred_; }

 private:
  bool deferred_;
  bool counted_;
};

}  // namespace habu
