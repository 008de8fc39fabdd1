// _thread._local: attributes that each thread has for itself. An instance owns a key; under it, each thread's own
// dictionary (ThreadState::dict) holds that thread's attributes.
#include "modules/thread_lock.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "types/dict.h"
#include "types/heap_type.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct Local : Object {
  Str* key;
  Tuple* args;  // for the __init__ of each new thread
  Dict* keywords;
  Object* weakrefs;
  Object* unused[2];  // CPython's size
};

Ref<Dict> threadDict(ThreadState& ts) {
  if (!ts.dict) ts.dict = TRY(newDict(ts)).release();
  return Ref<Dict>::share(static_cast<Dict*>(ts.dict));
}

// This thread's attributes; the first use in a thread makes them and runs __init__.
Ref<Dict> attributes(ThreadState& ts, Local* self) {
  Ref<Dict> all = TRY(threadDict(ts));
  Ref<> found = TRY(dictFind(ts, all.get(), self->key));
  if (found) return cast<Dict>(std::move(found));
  Ref<Dict> made = TRY(newDict(ts));
  TRY(dictSet(ts, all.get(), self->key, made.get()));
  if (self->type->init != kObjectType.init && self->type->init(self, self->args, self->keywords) < 0) {
    PendingError pending = PendingError::take(ts);
    if (dictDiscard(ts, all.get(), self->key).failed()) clearError(ts);
    std::move(pending).restore(ts);
    return Raised{};
  }
  return made;
}

Ref<> getAttribute(ThreadState& ts, Local* self, Object* name) {
  Ref<Dict> d = TRY(attributes(ts, self));
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  auto* key = static_cast<Str*>(name);
  if (equalsAscii(key, "__dict__")) return d;
  Ref<> descriptor = share(typeLookup(self->type, key));
  TernaryFn get = descriptor ? descriptor->type->descr_get : nullptr;
  if (get && descriptor->type->descr_set) return Ref<>::steal(get(descriptor.get(), self, self->type));
  Ref<> value = TRY(dictFind(ts, d.get(), key));
  if (value) return value;
  if (get) return Ref<>::steal(get(descriptor.get(), self, self->type));
  if (descriptor) return descriptor;
  return raiseAttributeError(ts, self, key);
}

Status setAttribute(ThreadState& ts, Local* self, Object* name, Object* value) {
  Ref<Dict> d = TRY(attributes(ts, self));
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  auto* key = static_cast<Str*>(name);
  if (equalsAscii(key, "__dict__"))
    return raise(ts, kAttributeError, "'{:.50}' object attribute '{}' is read-only", typeName(self), key);
  Ref<> descriptor = share(typeLookup(self->type, key));
  if (descriptor && descriptor->type->descr_set) {
    if (descriptor->type->descr_set(descriptor.get(), self, value) < 0) return Raised{};
    return kDone;
  }
  if (value) return dictSet(ts, d.get(), key, value);
  if (!TRY(dictDiscard(ts, d.get(), key))) return raiseAttributeError(ts, self, key);
  return kDone;
}

Object* make(Type* type, Object* args, Object* keywords) {
  ThreadState& ts = ThreadState::current();
  bool any = static_cast<Tuple*>(args)->size || (keywords && static_cast<Dict*>(keywords)->used);
  if (any && type->init == kObjectType.init) {
    (void)raise(ts, kTypeError, "Initialization arguments are not supported");
    return nullptr;
  }
  Ref<> object = Ref<>::steal(type->alloc(type, 0));
  if (!object) return nullptr;
  auto* self = static_cast<Local*>(object.get());
  Ref<Str> key = formatText(ts, "thread.local.{:#x}", reinterpret_cast<uintptr_t>(self));
  if (!key) return nullptr;
  self->key = key.release();
  self->args = share(static_cast<Tuple*>(args)).release();
  self->keywords = share(static_cast<Dict*>(keywords)).release();
  // The making thread's attributes exist now: its __init__ is about to be called by type.__call__.
  Ref<Dict> all = threadDict(ts), mine = newDict(ts);
  if (!all || !mine || dictSet(ts, all.get(), self->key, mine.get()).failed()) return nullptr;
  return object.release();
}

// Every thread forgets its attributes.
int clear(Local* self) {
  ThreadState& ts = ThreadState::current();
  if (self->key) {
    PendingError pending = PendingError::take(ts);
    for (ThreadState* t = mainInterpreter.threads; t; t = t->next)
      if (t->dict && dictDiscard(ts, static_cast<Dict*>(t->dict), self->key).failed()) clearError(ts);
    if (pending) std::move(pending).restore(ts);
  }
  clearField(self->args);
  clearField(self->keywords);
  return 0;
}

void dealloc(Local* self) {
  untrack(self);
  clearWeakrefs(self);
  clear(self);
  clearField(self->key);
  freeInstance(self);
}

int traverse(Local* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  VISIT(self->args);
  VISIT(self->keywords);
  if (self->key)
    for (ThreadState* t = mainInterpreter.threads; t; t = t->next)
      if (t->dict) VISIT(dictFindStr(static_cast<Dict*>(t->dict), self->key));
  return 0;
}

constexpr Type kLocalDefinition = defineType<Local>(
    {.name = "_thread._local", .doc = "Attributes that each thread has for itself.", .flags = kBaseType | kImmutableType,
     .weaklist_offset = offsetof(Local, weakrefs), .make = make, .dealloc = slot<dealloc>, .traverse = slot<traverse>,
     .clear = slot<clear>, .getattro = slot<getAttribute>, .setattro = slot<setAttribute>});

}  // namespace

Status makeLocalType(ThreadState& ts) {
  threadTypes.local = TRY(makeHeapType(ts, kLocalDefinition)).release();
  return kDone;
}

}  // namespace habu
