// Descriptors of built-in types.
#include "types/descriptor.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/calling.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/iterators.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

bool isDataDescriptor(const Object* o) { return o->type->descr_set != nullptr; }

namespace {

// ---- common to all ----
Status checkInstance(ThreadState& ts, Descriptor* d, Object* o) {
  if (isInstanceOf(o, *d->owner)) return kDone;
  return raise(ts, kTypeError, "descriptor '{}' for '{:.100}' objects doesn't apply to a '{:.100}' object", d->name,
               d->owner->name, typeName(o));
}

template <class D>
Ref<D> newDescriptor(ThreadState& ts, Type& type, Type* owner, const char* name) {
  Ref<Str> text = TRY(internedStr(ts, name));
  Ref<D> d = TRY(newObject<D>(ts, type));
  d->owner = share(owner).release();
  d->name = text.release();
  track(d.get());
  return d;
}

int traverse(Descriptor* d, VisitFn visit, void* arg) {
  VISIT(d->owner);
  return 0;
}
void dealloc(Descriptor* d) {
  untrack(d);
  clearField(d->owner);
  clearField(d->name);
  clearField(d->qualname);
  d->type->free(d);
}

Ref<> getQualname(ThreadState& ts, Descriptor* d) {
  if (!d->qualname) {
    Ref<> of_type = TRY(getAttr(ts, d->owner, names::__qualname__));
    if (!isStr(of_type.get()))
      return raise(ts, kTypeError, "<descriptor>.__objclass__.__qualname__ is not a unicode object");
    d->qualname = TRY(formatText(ts, "{}.{}", of_type, d->name)).release();
  }
  return Ref<>::share(d->qualname);
}
Ref<> reduce(ThreadState& ts, Descriptor* d) {
  static constinit Name kGetAttr{"getattr"};
  Ref<> f = TRY(builtinFunction(ts, kGetAttr));
  Ref<Tuple> args = TRY(packTuple(ts, {d->owner, d->name}));
  return packTuple(ts, {f.get(), args.get()});
}

Ref<> reprAttribute(ThreadState& ts, Descriptor* d) {
  return formatText(ts, "<attribute '{}' of '{}' objects>", d->name, d->owner->name);
}
Ref<> reprMember(ThreadState& ts, Descriptor* d) {
  return formatText(ts, "<member '{}' of '{}' objects>", d->name, d->owner->name);
}
Ref<> reprMethod(ThreadState& ts, Descriptor* d) {
  return formatText(ts, "<method '{}' of '{}' objects>", d->name, d->owner->name);
}
Ref<> reprWrapper(ThreadState& ts, Descriptor* d) {
  return formatText(ts, "<slot wrapper '{}' of '{}' objects>", d->name, d->owner->name);
}

constexpr MethodDef kReduceMethod[] = {METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr), {}};
constexpr MemberDef kCommonMembers[] = {
    MEMBER("__objclass__", Object, Descriptor, owner, kMemberReadOnly, nullptr),
    MEMBER("__name__", Object, Descriptor, name, kMemberReadOnly, nullptr),
    {}};

// ---- methods ----
Ref<> bindTo(ThreadState& ts, MethodDescriptor* d, Object* o, Object* type) {
  if (!o) return Ref<>::share(static_cast<Object*>(d));
  TRY(checkInstance(ts, d, o));
  Type* defining = nullptr;
  if (d->def->flags & kMethMethod) defining = d->owner;
  return newBuiltinFunction(ts, d->def, o, nullptr, defining);
}

[[gnu::cold]] Raised raiseUnbound(ThreadState& ts, Object* d) {
  Ref<Str> text = TRY(callableText(ts, d));
  return raise(ts, kTypeError, "unbound method {} needs an argument", text);
}

bool checkSelf(ThreadState& ts, MethodDescriptor* d, Object* const* args, Index n) {
  if (n < 1) [[unlikely]] {
    (void)raiseUnbound(ts, d);
    return false;
  }
  return isInstanceOf(args[0], *d->owner) || !checkInstance(ts, d, args[0]).failed();
}

template <int kConvention>
Object* callMethodVector(Object* callable, Object* const* args, size_t count, Object* names) {
  ThreadState& ts = ThreadState::current();
  auto* d = static_cast<MethodDescriptor*>(callable);
  Index n = argumentCount(count);
  if (!checkSelf(ts, d, args, n)) return nullptr;
  return callConvention<kConvention>(ts, callable, d->def, args[0], d->owner, args + 1, n - 1, names);
}

Ref<> callMethodTuple(ThreadState& ts, MethodDescriptor* d, Tuple* args, Dict* keywords) {
  if (!checkSelf(ts, d, args->items, args->size)) return {};
  Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
  return callWithTuple(ts, d, d->def, args->items[0], d->owner, rest.get(), keywords);
}

// METH_VARARGS by vectorcall.
Object* callMethodVarargs(Object* callable, Object* const* args, size_t count, Object* names_object) {
  ThreadState& ts = ThreadState::current();
  auto* d = static_cast<MethodDescriptor*>(callable);
  Index n = argumentCount(count);
  if (!checkSelf(ts, d, args, n)) return nullptr;
  auto* names = static_cast<Tuple*>(names_object);
  if (!(d->def->flags & kMethKeywords) && names && names->size) {
    (void)raiseNoKeywords(ts, callable);
    return nullptr;
  }
  Ref<Tuple> tuple = newTuple(ts, {args + 1, size_t(n - 1)});
  if (!tuple) return nullptr;
  Ref<Dict> keywords;
  if (names && names->size) {
    keywords = newDict(ts);
    if (!keywords) return nullptr;
    for (Index i = 0; i < names->size; ++i)
      if (dictSet(ts, keywords.get(), names->items[i], args[n + i]).failed()) return nullptr;
  }
  RecursionGuard guard(ts, " while calling a Python object");
  if (guard.failed()) return nullptr;
  return callWithTuple(ts, callable, d->def, args[0], d->owner, tuple.get(), keywords.get()).release();
}

VectorcallFn methodVectorcall(int flags) {
  switch (flags & kConventionMask) {
    case kMethNoArgs: return callMethodVector<kMethNoArgs>;
    case kMethO: return callMethodVector<kMethO>;
    case kMethFastcall: return callMethodVector<kMethFastcall>;
    case kMethFastcall | kMethKeywords: return callMethodVector<kMethFastcall | kMethKeywords>;
    case kMethFastcall | kMethKeywords | kMethMethod:
      return callMethodVector<kMethFastcall | kMethKeywords | kMethMethod>;
    default: return callMethodVarargs;
  }
}

Ref<> methodDoc(ThreadState& ts, MethodDescriptor* d) { return docObject(ts, d->def->name, d->def->doc); }
Ref<> methodSignature(ThreadState& ts, MethodDescriptor* d) { return textSignature(ts, d->def->name, d->def->doc); }

constexpr GetSetDef kMethodGetSet[] = {GETTER("__doc__", methodDoc, nullptr),
                                       GETTER("__qualname__", getQualname, nullptr),
                                       GETTER("__text_signature__", methodSignature, nullptr),
                                       {}};

// ---- class methods ----
Ref<> getClassMethod(ThreadState& ts, MethodDescriptor* d, Object* o, Object* type) {
  if (!type) {
    if (!o)
      return raise(ts, kTypeError, "descriptor '{}' for type '{:.100}' needs either an object or a type", d->name,
                   d->owner->name);
    type = o->type;
  }
  if (!isType(type))
    return raise(ts, kTypeError, "descriptor '{}' for type '{:.100}' needs a type, not a '{:.100}' as arg 2", d->name,
                 d->owner->name, typeName(type));
  if (!isSubtype(static_cast<Type*>(type), d->owner))
    return raise(ts, kTypeError, "descriptor '{}' requires a subtype of '{:.100}' but received '{:.100}'", d->name,
                 d->owner->name, static_cast<Type*>(type)->name);
  Type* defining = nullptr;
  if (d->def->flags & kMethMethod) defining = d->owner;
  return newBuiltinFunction(ts, d->def, type, nullptr, defining);
}

Ref<> callClassMethod(ThreadState& ts, MethodDescriptor* d, Tuple* args, Dict* keywords) {
  if (args->size < 1)
    return raise(ts, kTypeError, "descriptor '{}' of '{:.100}' object needs an argument", d->name, d->owner->name);
  Ref<> bound = TRY(getClassMethod(ts, d, nullptr, args->items[0]));
  Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
  return callTuple(ts, bound.get(), rest.get(), keywords);
}

// ---- members ----
Ref<> getMemberValue(ThreadState& ts, MemberDescriptor* d, Object* o, Object*) {
  if (!o) return Ref<>::share(static_cast<Object*>(d));
  TRY(checkInstance(ts, d, o));
  return getMember(ts, reinterpret_cast<const char*>(o), *d->def);
}
Status setMemberValue(ThreadState& ts, MemberDescriptor* d, Object* o, Object* value) {
  TRY(checkInstance(ts, d, o));
  return setMember(ts, reinterpret_cast<char*>(o), *d->def, value);
}
Ref<> memberDoc(ThreadState& ts, MemberDescriptor* d) {
  if (!d->def->doc) return none();
  return newStr(ts, d->def->doc);
}
constexpr GetSetDef kMemberGetSet[] = {
    GETTER("__doc__", memberDoc, nullptr), GETTER("__qualname__", getQualname, nullptr), {}};

// ---- getters and setters ----
Ref<> getGetSet(ThreadState& ts, GetSetDescriptor* d, Object* o, Object*) {
  if (!o) return Ref<>::share(static_cast<Object*>(d));
  TRY(checkInstance(ts, d, o));
  if (d->def->get) return Ref<>::steal(d->def->get(o, d->def->closure));
  return raise(ts, kAttributeError, "attribute '{}' of '{:.100}' objects is not readable", d->name, d->owner->name);
}
Status setGetSet(ThreadState& ts, GetSetDescriptor* d, Object* o, Object* value) {
  TRY(checkInstance(ts, d, o));
  if (!d->def->set)
    return raise(ts, kAttributeError, "attribute '{}' of '{:.100}' objects is not writable", d->name, d->owner->name);
  if (d->def->set(o, value, d->def->closure) < 0) return Raised{};
  return kDone;
}
Ref<> getSetDoc(ThreadState& ts, GetSetDescriptor* d) {
  if (!d->def->doc) return none();
  return newStr(ts, d->def->doc);
}
constexpr GetSetDef kGetSetGetSet[] = {
    GETTER("__doc__", getSetDoc, nullptr), GETTER("__qualname__", getQualname, nullptr), {}};

// ---- slot wrappers ----
Ref<> getWrapper(ThreadState& ts, WrapperDescriptor* d, Object* o, Object*) {
  if (!o) return Ref<>::share(static_cast<Object*>(d));
  TRY(checkInstance(ts, d, o));
  return newMethodWrapper(ts, d, o);
}

Ref<> runWrapper(ThreadState& ts, WrapperDescriptor* d, Object* self, Tuple* args, Dict* keywords) {
  if (d->slot->flags & kSlotKeywords)
    return Ref<>::steal(d->slot->wrapper.with_keywords(self, args, d->wrapped, keywords));
  if (keywords && keywords->used) return raise(ts, kTypeError, "wrapper {}() takes no keyword arguments", d->slot->name);
  return Ref<>::steal(d->slot->wrapper.plain(self, args, d->wrapped));
}

Ref<> callWrapper(ThreadState& ts, WrapperDescriptor* d, Tuple* args, Dict* keywords) {
  if (args->size < 1)
    return raise(ts, kTypeError, "descriptor '{}' of '{:.100}' object needs an argument", d->name, d->owner->name);
  Object* self = args->items[0];
  if (!isSubtype(self->type, d->owner))
    return raise(ts, kTypeError, "descriptor '{}' requires a '{:.100}' object but received a '{:.100}'", d->name,
                 d->owner->name, typeName(self));
  Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
  return runWrapper(ts, d, self, rest.get(), keywords);
}
Ref<> wrapperDoc(ThreadState& ts, WrapperDescriptor* d) { return docObject(ts, d->slot->name, d->slot->doc); }
Ref<> wrapperSignature(ThreadState& ts, WrapperDescriptor* d) { return textSignature(ts, d->slot->name, d->slot->doc); }
constexpr GetSetDef kWrapperGetSet[] = {GETTER("__doc__", wrapperDoc, nullptr),
                                        GETTER("__qualname__", getQualname, nullptr),
                                        GETTER("__text_signature__", wrapperSignature, nullptr),
                                        {}};

// ---- method-wrapper: a slot wrapper bound to an object ----
struct MethodWrapper : Object {
  WrapperDescriptor* descriptor;
  Object* self;
};

Ref<> callMethodWrapper(ThreadState& ts, MethodWrapper* w, Tuple* args, Dict* keywords) {
  return runWrapper(ts, w->descriptor, w->self, args, keywords);
}
Ref<> compareMethodWrappers(ThreadState&, Object* a, Object* b, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || a->type != &kMethodWrapperType || b->type != &kMethodWrapperType)
    return notImplemented();
  auto* x = static_cast<MethodWrapper*>(a);
  auto* y = static_cast<MethodWrapper*>(b);
  bool equal = x->descriptor == y->descriptor && x->self == y->self;
  return newBool(equal == (op == CompareOp::Eq));
}
Hash hashMethodWrapper(MethodWrapper* w) {
  Hash h = pointerHash(w->self) ^ pointerHash(w->descriptor);
  return h == -1 ? -2 : h;
}
Ref<> reprMethodWrapper(ThreadState& ts, MethodWrapper* w) {
  return formatText(ts, "<method-wrapper '{}' of {} object at {:#x}>", w->descriptor->slot->name, typeName(w->self),
                    reinterpret_cast<uintptr_t>(w->self));
}
Ref<> reduceMethodWrapper(ThreadState& ts, MethodWrapper* w) {
  static constinit Name kGetAttr{"getattr"};
  Ref<> f = TRY(builtinFunction(ts, kGetAttr));
  Ref<Tuple> args = TRY(packTuple(ts, {w->self, w->descriptor->name}));
  return packTuple(ts, {f.get(), args.get()});
}
Ref<> methodWrapperName(ThreadState& ts, MethodWrapper* w) { return newStr(ts, w->descriptor->slot->name); }
Ref<> methodWrapperDoc(ThreadState& ts, MethodWrapper* w) { return wrapperDoc(ts, w->descriptor); }
Ref<> methodWrapperSignature(ThreadState& ts, MethodWrapper* w) { return wrapperSignature(ts, w->descriptor); }
Ref<> methodWrapperQualname(ThreadState& ts, MethodWrapper* w) { return getQualname(ts, w->descriptor); }
Ref<> methodWrapperClass(ThreadState&, MethodWrapper* w) {
  return Ref<>::share(static_cast<Object*>(w->descriptor->owner));
}
int traverseMethodWrapper(MethodWrapper* w, VisitFn visit, void* arg) {
  VISIT(w->self);
  VISIT(w->descriptor);
  return 0;
}
void deallocMethodWrapper(MethodWrapper* w) {
  untrack(w);
  TrashScope trash(w);
  if (trash.deferred()) return;
  clearField(w->descriptor);
  clearField(w->self);
  w->type->free(w);
}
constexpr MethodDef kMethodWrapperMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduceMethodWrapper, "($self, /)", nullptr), {}};
constexpr MemberDef kMethodWrapperMembers[] = {
    MEMBER("__self__", ObjectOrNone, MethodWrapper, self, kMemberReadOnly, nullptr), {}};
constexpr GetSetDef kMethodWrapperGetSet[] = {GETTER("__objclass__", methodWrapperClass, nullptr),
                                              GETTER("__name__", methodWrapperName, nullptr),
                                              GETTER("__qualname__", methodWrapperQualname, nullptr),
                                              GETTER("__doc__", methodWrapperDoc, nullptr),
                                              GETTER("__text_signature__", methodWrapperSignature, nullptr),
                                              {}};

}  // namespace

constinit Type kMethodDescriptorType = defineType<MethodDescriptor>({
    .name = "method_descriptor",
    .flags = kHaveVectorcall | kMethodDescriptor,
    .vectorcall_offset = offsetof(MethodDescriptor, vectorcall),
    .methods = kReduceMethod,
    .members = kCommonMembers,
    .getset = kMethodGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<reprMethod>,
    .call = slot<callMethodTuple>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<bindTo>,
});
constinit Type kClassMethodDescriptorType = defineType<MethodDescriptor>({
    .name = "classmethod_descriptor",
    .members = kCommonMembers,
    .getset = kMethodGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<reprMethod>,
    .call = slot<callClassMethod>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<getClassMethod>,
});
constinit Type kMemberDescriptorType = defineType<MemberDescriptor>({
    .name = "member_descriptor",
    .methods = kReduceMethod,
    .members = kCommonMembers,
    .getset = kMemberGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<reprMember>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<getMemberValue>,
    .descr_set = slot<setMemberValue>,
});
constinit Type kGetSetDescriptorType = defineType<GetSetDescriptor>({
    .name = "getset_descriptor",
    .members = kCommonMembers,
    .getset = kGetSetGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<reprAttribute>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<getGetSet>,
    .descr_set = slot<setGetSet>,
});
constinit Type kWrapperDescriptorType = defineType<WrapperDescriptor>({
    .name = "wrapper_descriptor",
    .flags = kMethodDescriptor,
    .methods = kReduceMethod,
    .members = kCommonMembers,
    .getset = kWrapperGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<reprWrapper>,
    .call = slot<callWrapper>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<getWrapper>,
});
constinit Type kMethodWrapperType = defineType<MethodWrapper>({
    .name = "method-wrapper",
    .methods = kMethodWrapperMethods,
    .members = kMethodWrapperMembers,
    .getset = kMethodWrapperGetSet,
    .free = freeGcObject,
    .dealloc = slot<deallocMethodWrapper>,
    .traverse = slot<traverseMethodWrapper>,
    .repr = slot<reprMethodWrapper>,
    .hash = slot<hashMethodWrapper>,
    .richcompare = slot<compareMethodWrappers>,
    .call = slot<callMethodWrapper>,
    .getattro = genericGetAttrSlot,
});

Ref<> newMethodDescriptor(ThreadState& ts, Type* owner, const MethodDef* def) {
  Ref<MethodDescriptor> d = TRY(newDescriptor<MethodDescriptor>(ts, kMethodDescriptorType, owner, def->name));
  d->def = def;
  d->vectorcall = methodVectorcall(def->flags);
  return d;
}
Ref<> newClassMethodDescriptor(ThreadState& ts, Type* owner, const MethodDef* def) {
  Ref<MethodDescriptor> d = TRY(newDescriptor<MethodDescriptor>(ts, kClassMethodDescriptorType, owner, def->name));
  d->def = def;
  return d;
}
Ref<> newMemberDescriptor(ThreadState& ts, Type* owner, const MemberDef* def) {
  Ref<MemberDescriptor> d = TRY(newDescriptor<MemberDescriptor>(ts, kMemberDescriptorType, owner, def->name));
  d->def = def;
  return d;
}
Ref<> newGetSetDescriptor(ThreadState& ts, Type* owner, const GetSetDef* def) {
  Ref<GetSetDescriptor> d = TRY(newDescriptor<GetSetDescriptor>(ts, kGetSetDescriptorType, owner, def->name));
  d->def = def;
  return d;
}
Ref<> newWrapperDescriptor(ThreadState& ts, Type* owner, const SlotDef* slot_def, void* wrapped) {
  Ref<WrapperDescriptor> d = TRY(newDescriptor<WrapperDescriptor>(ts, kWrapperDescriptorType, owner, slot_def->name));
  d->slot = slot_def;
  d->wrapped = wrapped;
  return d;
}
Ref<> newMethodWrapper(ThreadState& ts, Object* descriptor, Object* self) {
  Ref<MethodWrapper> w = TRY(newObject<MethodWrapper>(ts, kMethodWrapperType));
  w->descriptor = share(static_cast<WrapperDescriptor*>(descriptor)).release();
  w->self = Ref<>::share(self).release();
  track(w.get());
  return w;
}

}  // namespace habu
