// The life of instances of Python classes: traversal, clearing and freeing of their __slots__, dictionary and weak
// references, on top of what the nearest C base does; and the fast way to make them.
#include "object/alloc.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/instance_dict.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

namespace {

// The __slots__ of one class: an array behind its type object.
MemberDef* slotMembers(Type* type) {
  return reinterpret_cast<MemberDef*>(reinterpret_cast<char*>(type) + type->type->basic_size);
}
Object*& slotField(Object* o, const MemberDef& m) {
  return *reinterpret_cast<Object**>(reinterpret_cast<char*>(o) + m.offset);
}
bool isOwnedSlot(const MemberDef& m) { return m.kind == MemberKind::Object && !(m.flags & kMemberReadOnly); }

int visitSlots(Type* type, Object* self, VisitFn visit, void* arg) {
  MemberDef* m = slotMembers(type);
  for (Index i = 0; i < type->size; ++i)
    if (isOwnedSlot(m[i])) VISIT(slotField(self, m[i]));
  return 0;
}
void clearSlots(Type* type, Object* self) {
  MemberDef* m = slotMembers(type);
  for (Index i = 0; i < type->size; ++i)
    if (isOwnedSlot(m[i])) clearField(slotField(self, m[i]));
}

// The nearest base whose dealloc is not ours.
Type* nativeBase(Type* type) {
  while (type->dealloc == subtypeDealloc) type = type->base;
  return type;
}

bool ownsDict(Type* type, Type* base) { return type->dict_offset && !base->dict_offset; }

// Legacy tp_del of extension types: may bring the object back to life.
bool runLegacyDel(Object* self) {
  Type* type = self->type;
  if (!type->del) return false;
  self->refcount = 1;
  type->del(self);
  return --self->refcount > 0;
}

// Without GC: only heap types of C extensions and their subclasses get here.
void deallocPlain(Object* self) {
  Type* type = self->type;
  if (finalizeFromDealloc(self)) return;
  if (runLegacyDel(self)) return;
  Type* base = nativeBase(type);
  type = self->type;  // __del__ may have changed the class
  bool drop_type = type->has(kHeapType) && !base->has(kHeapType);
  Ref<Type> dead_type = drop_type ? Ref<Type>::steal(type) : Ref<Type>();
  base->dealloc(self);
}

}  // namespace

int subtypeTraverse(Object* self, VisitFn visit, void* arg) {
  Type* type = self->type;
  Type* base = type;
  TraverseFn base_traverse;
  while ((base_traverse = base->traverse) == subtypeTraverse) {
    if (base->size)
      if (int r = visitSlots(base, self, visit, arg)) return r;
    base = base->base;
  }
  if (ownsDict(type, base))
    if (int r = visitInstanceDict(self, visit, arg)) return r;
  // A heap base visits the type itself.
  if (type->has(kHeapType) && (!base_traverse || !base->has(kHeapType))) VISIT(type);
  return base_traverse ? base_traverse(self, visit, arg) : 0;
}

int subtypeClear(Object* self) {
  Type* base = self->type;
  InquiryFn base_clear;
  while ((base_clear = base->clear) == subtypeClear) {
    if (base->size) clearSlots(base, self);
    base = base->base;
  }
  // A dictionary of its own would keep a cycle alive; it may be shared by others, so it is dropped, not emptied.
  if (self->type->dict_offset != base->dict_offset) clearInstanceDict(self);
  return base_clear ? base_clear(self) : 0;
}

void subtypeDealloc(Object* self) {
  Type* type = self->type;
  if (!type->has(kHaveGc)) {
    deallocPlain(self);
    return;
  }
  untrack(self);
  TrashScope trash(self, TrashScope::kSubclass);
  if (trash.deferred()) return;
  Type* base = nativeBase(type);
  if (type->finalize) {
    track(self);
    if (finalizeFromDealloc(self)) return;
    untrack(self);
  }
  if (type->del) {
    track(self);
    if (runLegacyDel(self)) return;
    untrack(self);
  }
  if (type->weaklist_offset && !base->weaklist_offset) clearWeakrefs(self);
  for (Type* t = self->type; t->dealloc == subtypeDealloc; t = t->base)
    if (t->size) clearSlots(t, self);
  type = self->type;
  if (ownsDict(type, base)) clearInstanceDict(self);
  // The base's dealloc frees the memory but, unless it is a heap type itself, knows nothing of a type to be dropped.
  bool drop_type = type->has(kHeapType) && !base->has(kHeapType);
  Ref<Type> dead_type = drop_type ? Ref<Type>::steal(type) : Ref<Type>();
  if (base->has(kHaveGc)) track(self);
  base->dealloc(self);
}

namespace {

// Arguments as tuple and dictionary, for makers that want them so.
Object* callThroughTuple(ThreadState& ts, Type* type, Object* const* args, Index count, Tuple* names) {
  Ref<Tuple> tuple = newTuple(ts, {args, size_t(count)});
  if (!tuple) return nullptr;
  Ref<Dict> keywords;
  if (names && names->size) {
    keywords = newDict(ts, names->size);
    if (!keywords) return nullptr;
    for (Index i = 0; i < names->size; ++i)
      if (dictSet(ts, keywords.get(), names->items[i], args[count + i]).failed()) return nullptr;
  }
  return kTypeType.call(type, tuple.get(), keywords.get());
}

// __init__ with the arguments as they are.
bool callInit(ThreadState& ts, Object* made, Object* const* args, size_t n, Tuple* names) {
  Ref<> init = Ref<>::share(typeLookup(made->type, names::__init__));
  if (!init) return true;
  Ref<> done;
  if (init->type->has(kMethodDescriptor)) {
    done = callPrepend(ts, init.get(), made, args, n, names);
  } else {
    TernaryFn get = init->type->descr_get;
    Ref<> bound = get ? Ref<>::steal(get(init.get(), made, made->type)) : init.copy();
    if (bound) done = vectorcall(ts, bound.get(), args, n, names);
  }
  if (!done) return false;
  if (isNone(done.get())) return true;
  (void)raise(ts, kTypeError, "__init__() should return None, not '{:.200}'", typeName(done.get()));
  return false;
}

}  // namespace

// Calling a class that `type` itself calls (no metaclass in between): skips the argument tuple in the usual cases.
Object* classVectorcall(Object* callable, Object* const* args, size_t n, Object* names_object) {
  ThreadState& ts = ThreadState::current();
  auto* type = static_cast<Type*>(callable);
  auto* names = static_cast<Tuple*>(names_object);
  Index count = argumentCount(n);
  bool no_arguments = count == 0 && !(names && names->size);
  bool plain_new = type->make == objectNewSlot && !type->has(kIsAbstract);
  if (plain_new && (type->init == slots::init || (type->init == objectInitSlot && no_arguments))) {
    Ref<> made = Ref<>::steal(type->alloc(type, 0));
    if (!made) return nullptr;
    if (type->init == slots::init && !callInit(ts, made.get(), args, n, names)) return nullptr;
    return made.release();
  }
  return callThroughTuple(ts, type, args, count, names);
}

}  // namespace habu
