// Bump allocator for data that dies all at once: a parse's tree, a compilation's flow graph.
//
// Memory comes in chunks that grow geometrically; nothing is freed or destroyed before the arena itself, so only
// trivially destructible types may live in it. Allocation failure is reported as a null pointer.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <new>
#include <type_traits>
#include <utility>

namespace habu {

class Arena {
 public:
  Arena() = default;
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;
  ~Arena() { freeChunks(); }

  // Uninitialised memory aligned to `align` (a power of two up to 16); null when the system has no more.
  void* allocate(size_t size, size_t align = alignof(void*)) {
    uintptr_t at = (next_ + align - 1) & ~uintptr_t(align - 1);
    if (at + size > limit_ || at + size < at) [[unlikely]] return allocateSlow(size);
    next_ = at + size;
    return reinterpret_cast<void*>(at);
  }

  template <class T>
  T* allocateArray(size_t count) {
    static_assert(std::is_trivially_destructible_v<T>);
    if (count > SIZE_MAX / 2 / sizeof(T)) return nullptr;
    return static_cast<T*>(allocate(count * sizeof(T), alignof(T)));
  }

  template <class T, class... Args>
  T* create(Args&&... args) {
    static_assert(std::is_trivially_destructible_v<T>);
    void* memory = allocate(sizeof(T), alignof(T));
    return memory ? new (memory) T{std::forward<Args>(args)...} : nullptr;
  }

  size_t allocatedBytes() const { return total_; }

  // Everything allocated since the mark was taken is freed by release(); marks nest like a stack.
  class Mark {
    friend class Arena;
    void* chunks;
    uintptr_t next, limit;
  };
  Mark mark() const {
    Mark m;
    m.chunks = chunks_;
    m.next = next_;
    m.limit = limit_;
    return m;
  }
  void release(const Mark& m) {
    while (chunks_ != m.chunks) {
      Chunk* dead = chunks_;
      chunks_ = dead->previous;
      total_ -= dead->size;
      std::free(dead);
    }
    next_ = m.next;
    limit_ = m.limit;
  }

 private:
  struct Chunk {
    Chunk* previous;
    size_t size;
  };
  static_assert(sizeof(Chunk) % 16 == 0);

  [[gnu::noinline]] void* allocateSlow(size_t size) {
    if (size > SIZE_MAX / 4) return nullptr;
    size_t wanted = chunk_size_;
    if (chunk_size_ < kMaxChunk) chunk_size_ *= 2;
    bool oversized = size + sizeof(Chunk) > wanted / 2;
    if (oversized) wanted = size + sizeof(Chunk);
    auto* chunk = static_cast<Chunk*>(std::malloc(wanted));
    if (!chunk) return nullptr;
    *chunk = {chunks_, wanted};
    chunks_ = chunk;
    total_ += wanted;
    auto begin = reinterpret_cast<uintptr_t>(chunk + 1);
    // A big block gets a chunk of its own; the current chunk stays in use for the small ones that follow.
    if (!oversized) {
      next_ = begin + size;
      limit_ = reinterpret_cast<uintptr_t>(chunk) + wanted;
    }
    return reinterpret_cast<void*>(begin);
  }

  void freeChunks() {
    while (chunks_) {
      Chunk* dead = chunks_;
      chunks_ = dead->previous;
      std::free(dead);
    }
  }

  static constexpr size_t kFirstChunk = 16 * 1024;
  static constexpr size_t kMaxChunk = 1024 * 1024;

  uintptr_t next_ = 0, limit_ = 0;
  Chunk* chunks_ = nullptr;
  size_t chunk_size_ = kFirstChunk;
  size_t total_ = 0;
};

}  // namespace habu
