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
void track(Object*);    // into the youngest generation; all fields that traverse visits must be valid
void untrack(Object*);  // no-op when not tracked; first thing a dealloc of a container does
// A new container was made: runs a collection when the youngest generation is over its threshold.
void countAllocation(ThreadState&);

// A full collection; the number of unreachable objects found. Exceptions of finalisers are reported, not raised.
Index collectGarbage(ThreadState&);

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
class [[nodiscard]] TrashScope {
 public:
  explicit TrashScope(Object* dying);
  ~TrashScope();
  TrashScope(const TrashScope&) = delete;
  bool deferred() const { return deferred_; }

 private:
  bool deferred_;
};

}  // namespace habu
