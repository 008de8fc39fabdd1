// A growing array of plain data that reports lack of memory instead of ending the program.
#pragma once
#include <cstddef>
#include <cstdlib>
#include <type_traits>

namespace habu {

template <class T>
class PlainVector {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_destructible_v<T>);

 public:
  PlainVector() = default;
  PlainVector(const PlainVector&) = delete;
  ~PlainVector() { std::free(data_); }

  bool push(const T& value) {  // false: no memory
    T copy = value;            // `value` may lie in here
    if (size_ == capacity_ && !grow()) return false;
    data_[size_++] = copy;
    return true;
  }
  T* pushSlot() {  // uninitialised; null: no memory
    if (size_ == capacity_ && !grow()) return nullptr;
    return &data_[size_++];
  }
  T& operator[](int i) const { return data_[i]; }
  T& back() const { return data_[size_ - 1]; }
  int size() const { return size_; }
  bool empty() const { return size_ == 0; }
  void truncate(int size) { size_ = size; }
  T* data() const { return data_; }

 private:
  [[gnu::noinline]] bool grow() {
    int capacity = capacity_ ? capacity_ * 2 : 64;
    void* grown = std::realloc(static_cast<void*>(data_), sizeof(T) * static_cast<size_t>(capacity));
    if (!grown) return false;
    data_ = static_cast<T*>(grown);
    capacity_ = capacity;
    return true;
  }
  T* data_ = nullptr;
  int size_ = 0, capacity_ = 0;
};

}  // namespace habu
