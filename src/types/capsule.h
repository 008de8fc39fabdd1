// PyCapsule: a pointer that one C extension hands to another.
#pragma once
#include "object/core.h"

namespace habu {

struct Capsule : Object {
  void* pointer;     // never null
  const char* name;  // not owned; null: none
  void* context;
  void (*destructor)(Object*);
};
extern Type kCapsuleType C_NAME("PyCapsule_Type");
Ref<> newCapsule(ThreadState&, void* pointer, const char* name, void (*destructor)(Object*) = nullptr);

}  // namespace habu
