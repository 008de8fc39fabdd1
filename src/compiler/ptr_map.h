// Insertion-ordered map from interned pointers (names, nodes, merged constants) to small values, in an arena. Up to
// eight entries are searched in line; beyond that an open-addressing index is kept beside them.
#pragma once
#include "base/arena.h"

namespace habu::compiler {

template <class V>
class PtrMap {
 public:
  struct Entry {
    const void* key;
    V value;
  };

  V* find(const void* key) const {
    if (!index_) {
      for (int i = 0; i < size_; ++i)
        if (entries_[i].key == key) return &entries_[i].value;
      return nullptr;
    }
    for (uint32_t at = slotOf(key);; at = (at + 1) & mask_) {
      int32_t i = index_[at];
      if (i < 0) return nullptr;
      if (entries_[i].key == key) return &entries_[i].value;
    }
  }
  // `key` must be absent. Null when memory is out. Moves earlier values.
  V* insert(Arena& arena, const void* key, V value) {
    if (size_ == capacity_ && !grow(arena)) return nullptr;
    entries_[size_] = {key, value};
    if (index_) place(size_);
    return &entries_[size_++].value;
  }
  int size() const { return size_; }
  Entry* begin() const { return entries_; }
  Entry* end() const { return entries_ + size_; }

 private:
  static constexpr int kLinear = 8;

  uint32_t slotOf(const void* key) const {
    return uint32_t((reinterpret_cast<uintptr_t>(key) >> 4) * 0x9E3779B97F4A7C15u >> 32) & mask_;
  }
  void place(int32_t i) {
    uint32_t at = slotOf(entries_[i].key);
    while (index_[at] >= 0) at = (at + 1) & mask_;
    index_[at] = i;
  }
  bool grow(Arena& arena) {
    int capacity = capacity_ ? capacity_ * 2 : kLinear;
    Entry* entries = arena.allocateArray<Entry>(size_t(capacity));
    if (!entries) return false;
    if (size_) std::memcpy(static_cast<void*>(entries), entries_, size_t(size_) * sizeof(Entry));
    if (capacity > kLinear) {
      uint32_t slots = uint32_t(capacity) * 2;
      auto* index = arena.allocateArray<int32_t>(slots);
      if (!index) return false;
      std::memset(index, 0xff, slots * sizeof(int32_t));
      index_ = index;
      mask_ = slots - 1;
    }
    entries_ = entries;
    capacity_ = capacity;
    if (index_)
      for (int i = 0; i < size_; ++i) place(i);
    return true;
  }

  Entry* entries_ = nullptr;
  int32_t size_ = 0, capacity_ = 0;
  int32_t* index_ = nullptr;
  uint32_t mask_ = 0;
};

// A growing array in an arena.
template <class T>
class ArenaList {
 public:
  bool push(Arena& arena, T value) {
    if (size_ == capacity_) {
      int32_t capacity = capacity_ ? capacity_ * 2 : 4;
      T* items = arena.allocateArray<T>(size_t(capacity));
      if (!items) return false;
      if (size_) std::memcpy(static_cast<void*>(items), items_, size_t(size_) * sizeof(T));
      items_ = items;
      capacity_ = capacity;
    }
    items_[size_++] = value;
    return true;
  }
  int size() const { return size_; }
  T& operator[](int i) const { return items_[i]; }
  T* begin() const { return items_; }
  T* end() const { return items_ + size_; }
  void truncate(int n) { size_ = n; }

 private:
  T* items_ = nullptr;
  int32_t size_ = 0, capacity_ = 0;
};

}  // namespace habu::compiler
