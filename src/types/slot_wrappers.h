// Wrappers: the functions behind method wrappers such as `(5).__add__`, which call a C slot with Python arguments.
#pragma once
#include "types/slots.h"

namespace habu::wrappers {

Object* unary(Object*, Object* args, void* f);
Object* binary(Object*, Object* args, void* f);         // self op other
Object* binaryLeft(Object*, Object* args, void* f);     // the same for number slots, told apart from sequence slots
Object* binaryReflected(Object*, Object* args, void* f);  // other op self
Object* inquiry(Object*, Object* args, void* f);
Object* power(Object*, Object* args, void* f);
Object* powerReflected(Object*, Object* args, void* f);
Object* length(Object*, Object* args, void* f);
Object* repeat(Object*, Object* args, void* f);
Object* item(Object*, Object* args, void* f);
Object* setItem(Object*, Object* args, void* f);
Object* delItem(Object*, Object* args, void* f);
Object* contains(Object*, Object* args, void* f);
Object* setSubscript(Object*, Object* args, void* f);
Object* delSubscript(Object*, Object* args, void* f);
Object* hash(Object*, Object* args, void* f);
Object* call(Object*, Object* args, void* f, Object* keywords);
Object* setAttribute(Object*, Object* args, void* f);
Object* delAttribute(Object*, Object* args, void* f);
template <int kOp>
Object* compare(Object*, Object* args, void* f);
Object* next(Object*, Object* args, void* f);
Object* descrGet(Object*, Object* args, void* f);
Object* descrSet(Object*, Object* args, void* f);
Object* descrDelete(Object*, Object* args, void* f);
Object* init(Object*, Object* args, void* f, Object* keywords);
Object* finalize(Object*, Object* args, void* f);
Object* compareWith(Object*, Object* args, void* f, int op);
template <int kOp>
Object* compare(Object* self, Object* args, void* f) {
  return compareWith(self, args, f, kOp);
}

}  // namespace habu::wrappers
