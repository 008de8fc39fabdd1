// Heap types made by C++ code, as CPython's PyType_FromSpec makes them. Most types of modules are such: they carry
// kHeapType, know their module, and are counted by their instances.
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

// A ready heap type with the slots of `definition`, whose name is "module.Name". Its slot tables are copied, so one
// constant definition may serve many types. Instances must drop their type when they die: use freeInstance.
Ref<Type> makeHeapType(ThreadState&, const Type& definition);
// The end of the dealloc of an instance of a heap type: frees the memory, then drops the type.
void freeInstance(Object*);

// For static types that stand for what is a heap type in CPython: puts the first part of "module.Name" into the type's
// dictionary as __module__. The type is ready.
Status setModuleName(ThreadState&, Type&);

// An exception class as a module defines it: `class Name(base): pass`, in the module that `full_name` begins with.
Ref<Type> newExceptionClass(ThreadState&, const char* full_name, Type& base, const char* doc = nullptr);

}  // namespace habu
