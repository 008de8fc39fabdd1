// The object header. Every Python value starts with one; the C++ struct *is* the object, laid out as CPython 3.11
// lays it out (proofs: src/capi/layout_proofs.cpp).
//
//   [GC header, 16 bytes, only types with kHaveGc]  <- in front of the address that everybody holds
//   refcount | type | fields of the type...
#pragma once
#include <cstddef>
#include <cstdint>

namespace habu {

using Index = std::ptrdiff_t;  // Py_ssize_t: sizes, positions, reference counts
using Hash = std::ptrdiff_t;   // Py_hash_t: -1 is reserved for "failed"

struct Type;
struct ThreadState;

struct Object {
  Index refcount;
  Type* type;  // owned when the type is a heap type
};

struct VarObject : Object {
  Index size;  // number of items; the sign and unit are the type's affair (int keeps its sign here)
};

// Process-wide singletons start here, so that compiled code may skip counting them and no imbalance ever frees them.
inline constexpr Index kImmortalRefcount = Index{1} << 60;

// The last reference is gone: runs finalisers and frees. May run any Python code; keeps the pending exception.
void deallocate(Object*);

inline void incref(Object* o) { ++o->refcount; }
inline void decref(Object* o) {
  if (--o->refcount == 0) [[unlikely]]
    deallocate(o);
}
inline void increfNullable(Object* o) {
  if (o) incref(o);
}
inline void decrefNullable(Object* o) {
  if (o) decref(o);
}

// Gives a C++ definition the symbol name that extension modules link against.
#define C_NAME(name) __asm__(name) __attribute__((visibility("default")))

}  // namespace habu
