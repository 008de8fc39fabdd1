// Checks for constructors that read their arguments themselves (those without a text signature in CPython).
#pragma once
#include "object/bind.h"

namespace habu {

// "name() takes no keyword arguments"
Status noKeywords(ThreadState&, const char* name, const Dict* keywords);
Status noKeywordNames(ThreadState&, const char* name, const Tuple* names);
// "name expected at least 1 argument, got 0"
Status checkPositional(ThreadState&, const char* name, Index given, Index least, Index most);

// tp_new from  Ref<> make(ThreadState&, Type*, Tuple* args, Dict* keywords /* nullable */).
template <auto F>
Object* makeSlot(Type* type, Object* args, Object* keywords) {
  return reinterpret_cast<Object*>(
      F(ThreadState::current(), type, reinterpret_cast<Tuple*>(args), reinterpret_cast<Dict*>(keywords)).release());
}
// tp_init from  Status init(ThreadState&, T* self, Tuple* args, Dict* keywords).
template <auto F>
struct InitSlot;
template <class S, Status (*F)(ThreadState&, S*, Tuple*, Dict*)>
struct InitSlot<F> {
  static int call(Object* self, Object* args, Object* keywords) {
    return F(ThreadState::current(), reinterpret_cast<S*>(self), reinterpret_cast<Tuple*>(args),
             reinterpret_cast<Dict*>(keywords)).failed() ? -1 : 0;
  }
};
template <auto F>
constexpr auto initSlot = &InitSlot<F>::call;
// tp_vectorcall of a type from  Ref<> call(ThreadState&, Type*, Args).
template <auto F>
Object* typeVectorcall(Object* type, Object* const* args, size_t n, Object* names) {
  return reinterpret_cast<Object*>(
      F(ThreadState::current(), reinterpret_cast<Type*>(type),
        Args{args, Index(n & ~(size_t{1} << 63)), reinterpret_cast<Tuple*>(names)}).release());
}

// tp_alloc of `type`, as every constructor that can be subclassed makes its instances.
template <class T>
Ref<T> allocateInstance(Type* type) {
  return Ref<T>::steal(reinterpret_cast<T*>(type->alloc(type, 0)));
}
// Drops an owned reference held in raw storage.
inline void dropReference(Object* owned) { Ref<> gone = Ref<>::steal(owned); }

}  // namespace habu
