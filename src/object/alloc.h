// Allocation of objects. Every object starts with one reference, owned by the caller.
#pragma once
#include "object/ref.h"
#include "object/type.h"

namespace habu {

// Raw memory for objects and their parts: size-class slabs up to 512 bytes, malloc above. Null when memory is out.
// Needs the GIL.
void* allocate(size_t bytes);
void* reallocate(void*, size_t bytes);
void freeMemory(void*);
size_t allocatedBlocks();  // sys.getallocatedblocks()

// Told of every block while installed (_tracemalloc); both run with the GIL.
struct AllocationTracer {
  void (*allocated)(void* block, size_t bytes);
  void (*freed)(void* block);
};
extern AllocationTracer* allocationTracer;
// The block that holds an object: it begins before the object's address when there is a GC header.
void* blockOf(Object*);

// An instance of `type` with room for `items` trailing items, every byte after the header zero, type counted when it is a heap type,
// GC header in front (not yet tracked) when the type has kHaveGc. Raises MemoryError.
Object* allocateObject(ThreadState&, Type&, Index items = 0);
// tp_alloc: as above, tracked at once.
Object* genericAlloc(Type*, Index items);
// tp_free for both kinds.
void freeObject(void*);
void freeGcObject(void*);

template <class T>
Ref<T> newObject(ThreadState& ts, Type& type, Index items = 0) {
  return Ref<T>::steal(static_cast<T*>(allocateObject(ts, type, items)));
}

}  // namespace habu
