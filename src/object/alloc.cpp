// Small blocks come from pools: 16 KiB, aligned to their size, each serving one size class, carved out of one reserved
// region of address space. An address tells by itself whether it is a small block (it lies in the region) and which
// pool it belongs to (round down), so freeing needs no lookup. Pools that become empty serve any class again.
#include "object/alloc.h"

#include <sys/mman.h>

#include <cstdlib>
#include <cstring>

#include "object/gc.h"
#include "object/raise.h"
#include "object/thread_state.h"

namespace habu {

namespace {

constexpr size_t kPoolSize = 16 * 1024;
constexpr size_t kGranule = 16;
constexpr size_t kMaxSmall = 512;
constexpr size_t kClasses = kMaxSmall / kGranule;
constexpr size_t kRegionSize = size_t{1} << 38;  // address space only; pages are touched as pools are made
constexpr size_t kSmallestRegion = size_t{1} << 26;

struct FreeBlock {
  FreeBlock* next;
};

struct Pool {
  FreeBlock* free;
  char* fresh;  // first block never handed out
  char* limit;
  Pool *next, *previous;  // among the pools of the class that have room
  unsigned used;
  unsigned size_class;
};

struct Heap {
  Pool* with_room[kClasses];
  Pool* empty;  // linked by `next`
  char* region;
  char* region_next;
  char* region_end;
  size_t blocks;
};
constinit Heap heap{};

#if __has_feature(address_sanitizer)
constexpr bool kUsePools = false;  // let the sanitizer see every block
#else
constexpr bool kUsePools = true;
#endif

bool reserveRegion() {
  for (size_t size = kRegionSize; size >= kSmallestRegion; size /= 2) {
    void* p = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) continue;
    uintptr_t start = (reinterpret_cast<uintptr_t>(p) + kPoolSize - 1) & ~(kPoolSize - 1);
    heap.region = heap.region_next = reinterpret_cast<char*>(start);
    heap.region_end = static_cast<char*>(p) + size;
    return true;
  }
  return false;
}

void link(Pool* p) {
  Pool*& head = heap.with_room[p->size_class];
  p->previous = nullptr;
  p->next = head;
  if (head) head->previous = p;
  head = p;
}

void unlink(Pool* p) {
  if (p->previous) p->previous->next = p->next;
  else heap.with_room[p->size_class] = p->next;
  if (p->next) p->next->previous = p->previous;
}

[[gnu::noinline]] Pool* newPool(size_t size_class) {
  Pool* p = heap.empty;
  if (p) {
    heap.empty = p->next;
  } else {
    if (!heap.region && !reserveRegion()) return nullptr;
    if (heap.region_next + kPoolSize > heap.region_end) return nullptr;
    p = reinterpret_cast<Pool*>(heap.region_next);
    heap.region_next += kPoolSize;
  }
  size_t block = (size_class + 1) * kGranule;
  char* first = reinterpret_cast<char*>(p) + ((sizeof(Pool) + kGranule - 1) & ~(kGranule - 1));
  size_t count = size_t(reinterpret_cast<char*>(p) + kPoolSize - first) / block;
  *p = {nullptr, first, first + count * block, nullptr, nullptr, 0, unsigned(size_class)};
  link(p);
  return p;
}

bool inRegion(const void* p) { return static_cast<const char*>(p) >= heap.region && static_cast<const char*>(p) < heap.region_next; }
Pool* poolOf(void* p) { return reinterpret_cast<Pool*>(reinterpret_cast<uintptr_t>(p) & ~(kPoolSize - 1)); }
bool isFull(const Pool* p) { return !p->free && p->fresh == p->limit; }

[[gnu::noinline]] void freedFromFull(Pool* p) { link(p); }

[[gnu::noinline]] void poolEmptied(Pool* p) {
  if (!p->next && !p->previous) return;  // the last one with room stays at hand
  unlink(p);
  p->next = heap.empty;
  heap.empty = p;
}

// Bytes in front of the object's address.
size_t preHeader(const Type& type) {
  if (type.has(kManagedDict)) return 4 * sizeof(void*);  // values, dict, GC header
  return type.has(kHaveGc) ? sizeof(GcHeader) : 0;
}

Object* allocateRaw(Type& type, size_t size) {
  size_t before = preHeader(type);
  char* memory = static_cast<char*>(allocate(before + size));
  if (!memory) return nullptr;
  std::memset(memory, 0, before + size);
  auto* o = reinterpret_cast<Object*>(memory + before);
  o->refcount = 1;
  o->type = &type;
  if (type.has(kHeapType)) incref(&type);
  return o;
}

void* allocateBlock(size_t bytes) {
  if (kUsePools && bytes - 1 < kMaxSmall) {
    size_t size_class = (bytes - 1) / kGranule;
    Pool* p = heap.with_room[size_class];
    if (!p) [[unlikely]]
      p = newPool(size_class);
    if (p) {
      void* block;
      if (p->free) {
        block = p->free;
        p->free = p->free->next;
      } else {
        block = p->fresh;
        p->fresh += (size_class + 1) * kGranule;
      }
      ++p->used;
      if (isFull(p)) [[unlikely]]
        unlink(p);
      ++heap.blocks;
      return block;
    }
  }
  void* block = std::malloc(bytes ? bytes : 1);
  if (block) ++heap.blocks;
  return block;
}

}  // namespace

AllocationTracer* allocationTracer = nullptr;

void* allocate(size_t bytes) {
  void* block = allocateBlock(bytes);
  if (allocationTracer && block) [[unlikely]]
    allocationTracer->allocated(block, bytes);
  return block;
}

void freeMemory(void* block) {
  if (!block) return;
  if (allocationTracer) [[unlikely]]
    allocationTracer->freed(block);
  --heap.blocks;
  if (!kUsePools || !inRegion(block)) {
    std::free(block);
    return;
  }
  Pool* p = poolOf(block);
  bool was_full = isFull(p);
  auto* f = static_cast<FreeBlock*>(block);
  f->next = p->free;
  p->free = f;
  if (was_full) [[unlikely]]
    freedFromFull(p);
  if (--p->used == 0) [[unlikely]]
    poolEmptied(p);
}

void* reallocate(void* block, size_t bytes) {
  if (!block) return allocate(bytes);
  if (!kUsePools || !inRegion(block)) {
    if (allocationTracer) [[unlikely]]
      allocationTracer->freed(block);
    void* moved = std::realloc(block, bytes ? bytes : 1);
    if (allocationTracer && moved) [[unlikely]]
      allocationTracer->allocated(moved, bytes);
    return moved;
  }
  size_t old = (poolOf(block)->size_class + 1) * kGranule;
  if (bytes <= old && bytes * 4 > old * 3) return block;  // fits, and wastes little
  void* grown = allocate(bytes);
  if (!grown) return bytes <= old ? block : nullptr;
  std::memcpy(grown, block, bytes < old ? bytes : old);
  freeMemory(block);
  return grown;
}

void* blockOf(Object* o) { return reinterpret_cast<char*>(o) - preHeader(*o->type); }

size_t allocatedBlocks() { return heap.blocks; }

Object* allocateObject(ThreadState& ts, Type& type, Index items) {
  if (type.has(kHaveGc)) countAllocation(ts);
  size_t size = (size_t(type.basic_size) + size_t(items) * size_t(type.item_size) + 7) & ~size_t{7};
  Object* o = allocateRaw(type, size);
  if (!o) (void)raiseNoMemory(ts);
  return o;
}

Object* genericAlloc(Type* type, Index items) {
  ThreadState& ts = ThreadState::current();
  // One item more than asked for: room for a terminator, as CPython leaves.
  Object* o = allocateObject(ts, *type, type->item_size ? items + 1 : 0);
  if (!o) return nullptr;
  if (type->item_size) static_cast<VarObject*>(o)->size = items;
  if (type->has(kHaveGc)) track(o);
  return o;
}

void freeObject(void* o) { freeMemory(o); }

void freeGcObject(void* p) {
  auto* o = static_cast<Object*>(p);
  untrack(o);
  countFree();
  freeMemory(static_cast<char*>(p) - preHeader(*o->type));
}

}  // namespace habu
