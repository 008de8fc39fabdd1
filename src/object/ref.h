// Ownership in the type system: Ref<T> owns one reference, T* borrows.
//
//   Ref<> made = newInt(7);                  // owns
//   Object* seen = made.get();               // borrows: dead once `made` is
//   Ref<> kept = Ref<>::share(tuple->items[0]);  // take a reference of one's own
//   list->items[i] = made.release();         // hand the reference to a field
//   newInt(7).get();                         // does not compile: nobody would own it
//
// A borrowed element of a mutable container is dead after any call that takes a ThreadState&, and after any drop of a
// reference: share it first.
#pragma once
#include <type_traits>
#include <utility>

#include "object/object.h"

namespace habu {

template <class T = Object>
class [[nodiscard, clang::trivial_abi]] Ref {
 public:
  constexpr Ref() = default;
  constexpr Ref(std::nullptr_t) {}
  // Takes over the reference that `p` carries. `p` may be null.
  static Ref steal(T* p) {
    Ref r;
    r.ptr_ = p;
    return r;
  }
  // Makes a new reference. `p` may be null.
  static Ref share(T* p) {
    if (p) ++p->refcount;
    return steal(p);
  }
  Ref(Ref&& o) noexcept : ptr_(o.release()) {}
  template <class U>
    requires(std::is_base_of_v<T, U> && !std::is_same_v<T, U>)
  Ref(Ref<U>&& o) noexcept : ptr_(o.release()) {}
  // Swap, then drop: dropping may run __del__, which must see the new value.
  Ref& operator=(Ref o) noexcept {
    std::swap(ptr_, o.ptr_);
    return *this;
  }
  ~Ref() {
    if (ptr_) decref(reinterpret_cast<Object*>(ptr_));
  }

  T* get() const& { return ptr_; }
  T* get() const&& = delete;
  T* operator->() const { return ptr_; }
  T& operator*() const { return *ptr_; }
  explicit operator bool() const { return ptr_ != nullptr; }
  [[nodiscard]] T* release() { return std::exchange(ptr_, nullptr); }
  Ref copy() const { return share(ptr_); }

 private:
  T* ptr_ = nullptr;
};
static_assert(sizeof(Ref<>) == sizeof(void*));

// Narrows the static type; the caller has checked the dynamic one.
template <class T, class U>
Ref<T> cast(Ref<U>&& r) {
  return Ref<T>::steal(static_cast<T*>(r.release()));
}

template <class T>
Ref<T> share(T* p) {
  return Ref<T>::share(p);
}

// Owning raw fields (object structs keep CPython's layout, so they hold raw pointers).
template <class T>
void setField(T*& field, Ref<T> value) {  // unlink first, release last
  Ref<T> old = Ref<T>::steal(std::exchange(field, value.release()));
}
template <class T>
void clearField(T*& field) {
  Ref<T> old = Ref<T>::steal(std::exchange(field, nullptr));
}

}  // namespace habu
