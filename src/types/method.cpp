// Bound methods, and instancemethod (the C interface's function-like wrapper).
#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/iterators.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

namespace {

Object* vectorcallMethod(Object* callable, Object* const* args, size_t count, Object* names_object) {
  ThreadState& ts = ThreadState::current();
  auto* m = static_cast<Method*>(callable);
  auto* names = static_cast<Tuple*>(names_object);
  if (count & kArgumentsOffset) {
    // The slot in front of the arguments is ours for the time of the call.
    Object** with_self = const_cast<Object**>(args) - 1;
    Object* saved = *with_self;
    *with_self = m->self;
    Ref<> result = vectorcall(ts, m->function, with_self, size_t(argumentCount(count)) + 1, names);
    *with_self = saved;
    return result.release();
  }
  return callPrepend(ts, m->function, m->self, args, count, names).release();
}

Ref<> callMethodObject(ThreadState& ts, Method* m, Tuple* args, Dict* keywords) {
  return callTuple(ts, m, args, keywords);
}

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "method", keywords));
  TRY(checkPositional(ts, "method", args->size, 2, 2));
  if (!isCallable(args->items[0])) return raise(ts, kTypeError, "first argument must be callable");
  if (isNone(args->items[1])) return raise(ts, kTypeError, "instance must not be None");
  return newMethod(ts, args->items[0], args->items[1]);
}

// Attributes that method itself lacks are those of the function.
Ref<> getAttribute(ThreadState& ts, Method* m, Object* name) {
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  Ref<> own = Ref<>::share(typeLookup(m->type, static_cast<Str*>(name)));
  if (own) {
    TernaryFn get = own->type->descr_get;
    return get ? Ref<>::steal(get(own.get(), m, m->type)) : std::move(own);
  }
  return getAttr(ts, m->function, static_cast<Str*>(name));
}

Ref<> getDoc(ThreadState& ts, Method* m) { return getAttr(ts, m->function, names::__doc__); }

Ref<> reduce(ThreadState& ts, Method* m) {
  Ref<> name = TRY(getAttr(ts, m->function, names::__name__));
  static constinit Name kGetAttr{"getattr"};
  Ref<> f = TRY(builtinFunction(ts, kGetAttr));
  Ref<Tuple> args = TRY(packTuple(ts, {m->self, name.get()}));
  return packTuple(ts, {f.get(), args.get()});
}

Ref<> repr(ThreadState& ts, Method* m) {
  Ref<> name = TRY(findAttr(ts, m->function, names::__qualname__));
  if (!name) name = TRY(findAttr(ts, m->function, names::__name__));
  if (name && isStr(name.get())) return formatText(ts, "<bound method {} of {!r}>", name, m->self);
  return formatText(ts, "<bound method ? of {!r}>", m->self);
}

Ref<> compare(ThreadState& ts, Object* a_object, Object* b_object, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || a_object->type != &kMethodType || b_object->type != &kMethodType)
    return notImplemented();
  auto* a = static_cast<Method*>(a_object);
  auto* b = static_cast<Method*>(b_object);
  bool equal = TRY(equalObjects(ts, a->function, b->function)) && a->self == b->self;
  return newBool(equal == (op == CompareOp::Eq));
}
Result<Index> hash(ThreadState& ts, Method* m) {
  Hash h = pointerHash(m->self) ^ TRY(hashOf(ts, m->function));
  return h == -1 ? -2 : h;
}

int traverse(Method* m, VisitFn visit, void* arg) {
  VISIT(m->function);
  VISIT(m->self);
  return 0;
}
void dealloc(Method* m) {
  untrack(m);
  if (m->weakrefs) clearWeakrefs(m);
  clearField(m->function);
  clearField(m->self);
  m->type->free(m);
}

constexpr MethodDef kMethods[] = {METHOD_AS("__reduce__", reduce, "($self, /)", "How pickle should save the method."), {}};
constexpr MemberDef kMembers[] = {
    MEMBER("__func__", ObjectOrNone, Method, function, kMemberReadOnly, "the function behind the method"),
    MEMBER("__self__", ObjectOrNone, Method, self, kMemberReadOnly, "the object the method is bound to"),
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("__doc__", getDoc, nullptr), {}};

}  // namespace

constinit Type kMethodType = defineType<Method>({
    .name = "method",
    .doc = "method(function, instance, /)\n--\n\nA function bound to an object.",
    .flags = kHaveVectorcall,
    .weaklist_offset = offsetof(Method, weakrefs),
    .vectorcall_offset = offsetof(Method, vectorcall),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .call = slot<callMethodObject>,
    .getattro = slot<getAttribute>,
    .setattro = genericSetAttrSlot,
});

Ref<> newMethod(ThreadState& ts, Object* function, Object* self) {
  Ref<Method> m = TRY(newObject<Method>(ts, kMethodType));
  m->function = Ref<>::share(function).release();
  m->self = Ref<>::share(self).release();
  m->vectorcall = vectorcallMethod;
  track(m.get());
  return m;
}

// ---- instancemethod ----
namespace instance_method {
namespace {

struct InstanceMethod : Object {
  Object* function;
};

Ref<> make(ThreadState& ts, Type* type, Object* function) {
  if (!isCallable(function)) return raise(ts, kTypeError, "first argument must be callable");
  Ref<InstanceMethod> m = TRY(newObject<InstanceMethod>(ts, *type));
  m->function = Ref<>::share(function).release();
  track(m.get());
  return m;
}
Ref<> getAttribute(ThreadState& ts, InstanceMethod* m, Object* name) {
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  Ref<> own = Ref<>::share(typeLookup(m->type, static_cast<Str*>(name)));
  if (own) {
    TernaryFn get = own->type->descr_get;
    return get ? Ref<>::steal(get(own.get(), m, m->type)) : std::move(own);
  }
  return getAttr(ts, m->function, static_cast<Str*>(name));
}
Ref<> get(ThreadState& ts, InstanceMethod* m, Object* o, Object*) {
  if (!o) return Ref<>::share(m->function);
  return newMethod(ts, m->function, o);
}
Ref<> callSlot(ThreadState& ts, InstanceMethod* m, Tuple* args, Dict* keywords) {
  return callTuple(ts, m->function, args, keywords);
}
Ref<> compare(ThreadState& ts, InstanceMethod* a, Object* b, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || b->type != a->type) return notImplemented();
  bool equal = TRY(equalObjects(ts, a->function, static_cast<InstanceMethod*>(b)->function));
  return newBool(equal == (op == CompareOp::Eq));
}
Ref<> repr(ThreadState& ts, InstanceMethod* m) {
  Ref<> name = TRY(findAttr(ts, m->function, names::__name__));
  if (!name || !isStr(name.get())) name = TRY(newStr(ts, "?"));
  return formatText(ts, "<instancemethod {} at {:#x}>", name, reinterpret_cast<uintptr_t>(m));
}
Ref<> getDoc(ThreadState& ts, InstanceMethod* m) { return getAttr(ts, m->function, names::__doc__); }
int traverse(InstanceMethod* m, VisitFn visit, void* arg) {
  VISIT(m->function);
  return 0;
}
void dealloc(InstanceMethod* m) {
  untrack(m);
  clearField(m->function);
  m->type->free(m);
}
constexpr MemberDef kMembers[] = {
    MEMBER("__func__", ObjectOrNone, InstanceMethod, function, kMemberReadOnly, "the function behind the method"), {}};
constexpr GetSetDef kGetSet[] = {GETTER("__doc__", getDoc, nullptr), {}};

}  // namespace
}  // namespace instance_method

constinit Type kInstanceMethodType = defineType<instance_method::InstanceMethod>({
    .name = "instancemethod",
    .doc = "instancemethod(function)\n\nBinds a function to a class.",
    .members = instance_method::kMembers,
    .getset = instance_method::kGetSet,
    .make = CONSTRUCTOR(instance_method::make, "instancemethod", "(function, /)"),
    .free = freeGcObject,
    .dealloc = slot<instance_method::dealloc>,
    .traverse = slot<instance_method::traverse>,
    .repr = slot<instance_method::repr>,
    .richcompare = slot<instance_method::compare>,
    .call = slot<instance_method::callSlot>,
    .getattro = slot<instance_method::getAttribute>,
    .descr_get = slot<instance_method::get>,
});
Ref<> newInstanceMethod(ThreadState& ts, Object* function) {
  return instance_method::make(ts, &kInstanceMethodType, function);
}

}  // namespace habu
