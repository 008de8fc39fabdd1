#include "types/capsule.h"

#include "object/alloc.h"
#include "object/bind.h"
#include "types/str.h"

namespace habu {
namespace {

void dealloc(Capsule* c) {
  if (c->destructor) c->destructor(c);
  freeObject(c);
}

Ref<> repr(ThreadState& ts, Capsule* c) {
  const char* quote = c->name ? "\"" : "";
  return formatText(ts, "<capsule object {}{}{} at {:#x}>", quote, c->name ? c->name : "NULL", quote, reinterpret_cast<size_t>(c));
}

}  // namespace

constinit Type kCapsuleType = defineType<Capsule>(
    {.name = "PyCapsule", .doc = "A pointer of C code, wrapped so that Python code can pass it on.", .dealloc = slot<dealloc>, .repr = slot<repr>});

Ref<> newCapsule(ThreadState& ts, void* pointer, const char* name, void (*destructor)(Object*)) {
  if (!pointer) return raise(ts, kValueError, "PyCapsule_New called with null pointer");
  Ref<Capsule> c = TRY(newObject<Capsule>(ts, kCapsuleType));
  c->pointer = pointer;
  c->name = name;
  c->destructor = destructor;
  return c;
}

}  // namespace habu
