// Weak references: ref, the list every referent keeps, and what happens when it dies.
#include "types/weakref.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

bool isWeakref(const Object* o) {
  return o->type == &kWeakRefType || o->type == &kWeakProxyType || o->type == &kWeakCallableProxyType ||
         isSubtype(o->type, &kWeakRefType);
}

Index weakrefCount(Object* o) {
  WeakRef** list = weakrefList(o);
  Index n = 0;
  for (WeakRef* w = list ? *list : nullptr; w; w = w->next) ++n;
  return n;
}

// An object in the middle of its deallocation counts as dead.
Ref<> weakrefTarget(Object* weakref) {
  Object* o = static_cast<WeakRef*>(weakref)->referent;
  if (isNone(o) || o->refcount <= 0) return {};
  return Ref<>::share(o);
}

void unlinkWeakref(WeakRef* w) {
  if (isNone(w->referent)) return;
  WeakRef** list = weakrefList(w->referent);
  if (*list == w) *list = w->next;
  w->referent = &kNoneObject;
  if (w->previous) w->previous->next = w->next;
  if (w->next) w->next->previous = w->previous;
  w->previous = nullptr;
  w->next = nullptr;
}

namespace {

void callBack(ThreadState& ts, WeakRef* w, Object* callback) {
  if (!call(ts, callback, {w})) writeUnraisable(ts, callback);
}

// The references without callback that all share, at the head of the list.
struct BasicRefs {
  WeakRef* ref = nullptr;
  WeakRef* proxy = nullptr;
};
BasicRefs basicRefs(WeakRef* head) {
  BasicRefs b;
  if (!head || head->callback) return b;
  if (head->type == &kWeakRefType) {
    b.ref = head;
    head = head->next;
  }
  if (head && !head->callback && (head->type == &kWeakProxyType || head->type == &kWeakCallableProxyType)) b.proxy = head;
  return b;
}

void insertAfter(WeakRef* w, WeakRef* previous) {
  w->previous = previous;
  w->next = previous->next;
  if (w->next) w->next->previous = w;
  previous->next = w;
}
void insertFirst(WeakRef* w, WeakRef** list) {
  w->previous = nullptr;
  w->next = *list;
  if (*list) (*list)->previous = w;
  *list = w;
}
void insertBehindBasic(WeakRef* w, WeakRef** list) {
  BasicRefs b = basicRefs(*list);
  WeakRef* previous = b.proxy ? b.proxy : b.ref;
  if (previous) insertAfter(w, previous);
  else insertFirst(w, list);
}

}  // namespace

void runWeakrefCallback(ThreadState& ts, WeakRef* w) {
  if (w->callback) callBack(ts, w, w->callback);
}

void clearWeakrefs(Object* o) {
  WeakRef** list = weakrefList(o);
  if (!list || !*list) return;
  while (*list && !(*list)->callback) unlinkWeakref(*list);
  if (!*list) return;
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  Index count = weakrefCount(o);
  // All references die before the first callback runs: callbacks see a consistent picture.
  Ref<Tuple> pairs = newTupleUninitialized(ts, count * 2);
  for (Index i = 0; *list; ++i) {
    WeakRef* w = *list;
    Ref<> callback = Ref<>::steal(std::exchange(w->callback, nullptr));
    unlinkWeakref(w);
    if (!pairs) continue;
    bool alive = w->refcount > 0 && callback;
    put(pairs.get(), i * 2, alive ? Ref<>::share(static_cast<Object*>(w)) : none());
    put(pairs.get(), i * 2 + 1, alive ? std::move(callback) : none());
  }
  if (!pairs) {
    writeUnraisable(ts, nullptr);
  } else {
    for (Index i = 0; i < count; ++i)
      if (!isNone(pairs->items[i * 2])) callBack(ts, static_cast<WeakRef*>(pairs->items[i * 2]), pairs->items[i * 2 + 1]);
  }
  std::move(pending).restore(ts);
}

namespace {

Status checkReferenceable(ThreadState& ts, Object* o) {
  if (weakrefList(o)) return kDone;
  return raise(ts, kTypeError, "cannot create weak reference to '{}' object", typeName(o));
}

Object* vectorcallRef(Object* callable, Object* const*, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  if (noKeywordNames(ts, "weakref", static_cast<Tuple*>(names)).failed()) return nullptr;
  if (checkPositional(ts, "weakref", argumentCount(n), 0, 0).failed()) return nullptr;
  Ref<> target = weakrefTarget(callable);
  return target ? target.release() : none().release();
}

void initialize(WeakRef* w, Object* referent, Object* callback) {
  w->hash = -1;
  w->referent = referent;
  w->callback = Ref<>::share(callback).release();
  w->vectorcall = vectorcallRef;
}

// One reference of `type`; plain ones are shared.
Ref<> makeWeakref(ThreadState& ts, Type* type, Object* referent, Object* callback) {
  TRY(checkReferenceable(ts, referent));
  if (callback && isNone(callback)) callback = nullptr;
  WeakRef** list = weakrefList(referent);
  bool shareable = !callback && type == &kWeakRefType;
  if (shareable)
    if (WeakRef* present = basicRefs(*list).ref) return Ref<>::share(static_cast<Object*>(present));
  Ref<> made = Ref<>::steal(type->alloc(type, 0));
  if (!made) return {};
  auto* w = static_cast<WeakRef*>(made.get());
  initialize(w, referent, callback);
  if (shareable) {
    // Making it may have run a collection, whose callbacks may have made one too.
    if (WeakRef* present = basicRefs(*list).ref) {
      w->referent = &kNoneObject;
      return Ref<>::share(static_cast<Object*>(present));
    }
    insertFirst(w, list);
  } else {
    insertBehindBasic(w, list);
  }
  return made;
}

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict*) {
  TRY(checkPositional(ts, "__new__", args->size, 1, 2));
  return makeWeakref(ts, type, args->items[0], args->size > 1 ? args->items[1] : nullptr);
}
Status init(ThreadState& ts, WeakRef*, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "ref", keywords));
  return checkPositional(ts, "__init__", args->size, 1, 2);
}

Ref<> callSlot(ThreadState& ts, WeakRef* w, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "weakref", keywords));
  TRY(checkPositional(ts, "weakref", args->size, 0, 0));
  Ref<> target = weakrefTarget(w);
  return target ? std::move(target) : none();
}

Result<Index> hash(ThreadState& ts, WeakRef* w) {
  if (w->hash != -1) return w->hash;
  Ref<> target = weakrefTarget(w);
  if (!target) return raise(ts, kTypeError, "weak object has gone away");
  w->hash = TRY(hashOf(ts, target.get()));
  return w->hash;
}

Ref<> repr(ThreadState& ts, WeakRef* w) {
  auto address = reinterpret_cast<uintptr_t>(w);
  Ref<> target = weakrefTarget(w);
  if (!target) return formatText(ts, "<weakref at {:#x}; dead>", address);
  Ref<> name = TRY(findAttr(ts, target.get(), names::__name__));
  auto target_address = reinterpret_cast<uintptr_t>(target.get());
  if (!name || !isStr(name.get()))
    return formatText(ts, "<weakref at {:#x}; to '{}' at {:#x}>", address, typeName(target.get()), target_address);
  return formatText(ts, "<weakref at {:#x}; to '{}' at {:#x} ({})>", address, typeName(target.get()), target_address, name);
}

Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || !isWeakref(a) || !isWeakref(b)) return notImplemented();
  Ref<> x = weakrefTarget(a);
  Ref<> y = weakrefTarget(b);
  if (!x || !y) return newBool((a == b) == (op == CompareOp::Eq));  // dead ones: by identity
  return compareObjects(ts, x.get(), y.get(), op);
}

int traverse(WeakRef* w, VisitFn visit, void* arg) {
  VISIT(w->callback);
  return 0;
}
int clear(WeakRef* w) {
  unlinkWeakref(w);
  clearField(w->callback);
  return 0;
}
void dealloc(WeakRef* w) {
  untrack(w);
  clear(w);
  w->type->free(w);
}

constexpr MethodDef kMethods[] = {CLASS_GETITEM, {}};
constexpr MemberDef kMembers[] = {
    MEMBER("__callback__", ObjectOrNone, WeakRef, callback, kMemberReadOnly, nullptr), {}};

}  // namespace

constinit Type kWeakRefType = defineType<WeakRef>({
    .name = "weakref.ReferenceType",
    .flags = kBaseType | kHaveVectorcall,
    .vectorcall_offset = offsetof(WeakRef, vectorcall),
    .methods = kMethods,
    .members = kMembers,
    .make = makeSlot<make>,
    .init = slot<init>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .call = slot<callSlot>,
});

Ref<> newWeakref(ThreadState& ts, Object* referent, Object* callback) {
  return makeWeakref(ts, &kWeakRefType, referent, callback);
}

Ref<> newWeakProxy(ThreadState& ts, Object* referent, Object* callback) {
  TRY(checkReferenceable(ts, referent));
  if (callback && isNone(callback)) callback = nullptr;
  WeakRef** list = weakrefList(referent);
  if (!callback)
    if (WeakRef* present = basicRefs(*list).proxy) return Ref<>::share(static_cast<Object*>(present));
  Type& type = isCallable(referent) ? kWeakCallableProxyType : kWeakProxyType;
  Ref<WeakRef> w = TRY(newObject<WeakRef>(ts, type));
  initialize(w.get(), referent, callback);
  track(w.get());
  BasicRefs b = basicRefs(*list);
  if (!callback) {
    if (b.proxy) {
      w->referent = &kNoneObject;
      return Ref<>::share(static_cast<Object*>(b.proxy));
    }
    if (b.ref) insertAfter(w.get(), b.ref);
    else insertFirst(w.get(), list);
  } else {
    insertBehindBasic(w.get(), list);
  }
  return w;
}

}  // namespace habu
