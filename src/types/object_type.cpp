// `object`: the base of everything.
#include "object/alloc.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/instance_dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/pickling.h"
#include "types/set.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

Status mergeClassDict(ThreadState&, Dict* into, Object* cls);  // type.cpp

bool hasExcessArguments(Object* args, Object* keywords) {
  return static_cast<Tuple*>(args)->size > 0 || (keywords && static_cast<Dict*>(keywords)->used > 0);
}

namespace {

// "Can't instantiate abstract class C with abstract methods f, g"
Raised raiseAbstract(ThreadState& ts, Type* type) {
  Ref<> methods = TRY(getAttr(ts, type, names::__abstractmethods__));
  Ref<List> sorted = TRY(listFrom(ts, methods.get()));
  TRY(sortList(ts, sorted.get()));
  Ref<Str> comma = TRY(newStr(ts, ", "));
  Ref<Str> joined = TRY(joinStrs(ts, comma.get(), {sorted->items, size_t(sorted->size)}));
  return raise(ts, kTypeError, "Can't instantiate abstract class {} with abstract method{} {}", type->name,
               sorted->size > 1 ? "s" : "", joined);
}

Ref<> newObjectInstance(ThreadState& ts, Type* type, Object* args, Object* keywords) {
  if (hasExcessArguments(args, keywords)) {
    if (type->make != objectNewSlot)
      return raise(ts, kTypeError, "object.__new__() takes exactly one argument (the type to instantiate)");
    if (type->init == objectInitSlot) return raise(ts, kTypeError, "{:.200}() takes no arguments", type->name);
  }
  if (type->has(kIsAbstract)) return raiseAbstract(ts, type);
  return Ref<>::steal(type->alloc(type, 0));
}

void dealloc(Object* o) { o->type->free(o); }

Ref<> repr(ThreadState& ts, Object* o) {
  Ref<Str> name = TRY(typeFullName(ts, o->type));
  return formatText(ts, "<{} object at {:#x}>", name, reinterpret_cast<uintptr_t>(o));
}
Ref<> str(ThreadState& ts, Object* o) {
  UnaryFn f = o->type->repr;
  return f ? Ref<>::steal(f(o)) : repr(ts, o);
}
Hash hash(Object* o) { return pointerHash(o); }

Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (op == CompareOp::Eq) return a == b ? newBool(true) : notImplemented();
  if (op != CompareOp::Ne || !a->type->richcompare) return notImplemented();
  // The opposite of ==, unless that does not know.
  Ref<> equal = TRY(Ref<>::steal(a->type->richcompare(a, b, int(CompareOp::Eq))));
  if (equal.get() == &kNotImplementedObject) return equal;
  bool truth = TRY(isTrue(ts, equal.get()));
  return newBool(!truth);
}

// ---- __class__ ----
Ref<> getClass(ThreadState&, Object* o) { return Ref<>::share(static_cast<Object*>(o->type)); }

Status setClass(ThreadState& ts, Object* o, Object* value) {
  if (!value) return raise(ts, kTypeError, "can't delete __class__ attribute");
  if (!isType(value)) return raise(ts, kTypeError, "__class__ must be set to a class, not '{}' object", typeName(value));
  auto* to = static_cast<Type*>(value);
  Type* from = o->type;
  bool modules = isSubtype(to, &kModuleType) && isSubtype(from, &kModuleType);
  if (!modules && (to->has(kImmutableType) || from->has(kImmutableType)))
    return raise(ts, kTypeError, "__class__ assignment only supported for mutable types or ModuleType subclasses");
  TRY(checkAssignable(ts, from, to, "__class__"));
  // The new class lays out instance values by its own keys: move them to a dictionary first.
  if (from->has(kManagedDict)) (void)TRY(instanceDict(ts, o));
  if (to->has(kHeapType)) incref(to);
  o->type = to;
  if (from->has(kHeapType)) decref(from);
  return kDone;
}

// ---- methods ----
Ref<> formatMethod(ThreadState& ts, Object* self, Str* spec) {
  if (spec->length > 0)
    return raise(ts, kTypeError, "unsupported format string passed to {:.200}.__format__", self->type->name);
  return strOf(ts, self);
}
Ref<> sizeOfMethod(ThreadState& ts, Object* self) {
  Index size = 0;
  if (self->type->item_size > 0) {
    Index n = static_cast<VarObject*>(self)->size;
    size = (n < 0 ? -n : n) * self->type->item_size;
  }
  return newInt(ts, size + self->type->basic_size);
}
Ref<> dirMethod(ThreadState& ts, Object* self) {
  Ref<> found = TRY(findAttr(ts, self, names::__dict__));
  Ref<Dict> dict = TRY(found && isDict(found.get()) ? dictCopy(ts, static_cast<Dict*>(found.get())) : newDict(ts));
  Ref<> cls = TRY(findAttr(ts, self, names::__class__));
  if (cls) TRY(mergeClassDict(ts, dict.get(), cls.get()));
  return dictKeyList(ts, dict.get());
}
Ref<> subclassHook(ThreadState&, Type*, Args) { return notImplemented(); }
Status initSubclass(ThreadState& ts, Type* type, Args args) {
  if (args.keywordCount())
    return raise(ts, kTypeError, "{}.__init_subclass__() takes no keyword arguments", shortTypeName(type));
  if (args.count)
    return raise(ts, kTypeError, "{}.__init_subclass__() takes no arguments ({} given)", shortTypeName(type), args.count);
  return kDone;
}

#define CLASS_METHOD_RAW(name, f, doc) detail::named(detail::bindMethod<f, name, "()", kMethClass>(doc), name)

constexpr MethodDef kMethods[] = {
    METHOD_AS("__reduce_ex__", objectReduceEx, "($self, protocol, /)", "How pickle should save the object."),
    METHOD_AS("__reduce__", objectReduce, "($self, /)", "How pickle should save the object."),
    METHOD_AS("__getstate__", objectGetState, "($self, /)", "The state that pickle should save."),
    CLASS_METHOD_RAW("__subclasshook__", subclassHook,
                     "Abstract classes decide here what counts as a subclass.\n\n"
                     "Called by abc.ABCMeta.__subclasscheck__(); NotImplemented leaves the decision to the usual rules."),
    CLASS_METHOD_RAW("__init_subclass__", initSubclass,
                     "Called whenever a subclass is made.\n\nDoes nothing here; classes may override it."),
    METHOD_AS("__format__", formatMethod, "($self, format_spec, /)", "The text of the object; no format is understood."),
    METHOD_AS("__sizeof__", sizeOfMethod, "($self, /)", "The memory the object takes, in bytes."),
    METHOD_AS("__dir__", dirMethod, "($self, /)", "The names of the attributes."),
    {}};
constexpr GetSetDef kGetSet[] = {GETSET("__class__", getClass, setClass, "the object's class"), {}};

}  // namespace

Object* genericNew(Type* type, Object*, Object*) { return type->alloc(type, 0); }

Object* objectNewSlot(Type* type, Object* args, Object* keywords) {
  return newObjectInstance(ThreadState::current(), type, args, keywords).release();
}

int objectInitSlot(Object* self, Object* args, Object* keywords) {
  if (!hasExcessArguments(args, keywords)) return 0;
  ThreadState& ts = ThreadState::current();
  Type* type = self->type;
  if (type->init != objectInitSlot)
    (void)raise(ts, kTypeError, "object.__init__() takes exactly one argument (the instance to initialize)");
  else if (type->make == objectNewSlot)
    (void)raise(ts, kTypeError, "{:.200}.__init__() takes exactly one argument (the instance to initialize)", type->name);
  else
    return 0;
  return -1;
}

constinit Type kObjectType = defineType<Object>({
    .name = "object",
    .doc = "object()\n--\n\n"
           "The base class of all classes.\n\n"
           "Takes no arguments; its instances have no attributes and cannot be given any.\n",
    .flags = kBaseType,
    .methods = kMethods,
    .getset = kGetSet,
    .make = objectNewSlot,
    .init = objectInitSlot,
    .alloc = genericAlloc,
    .free = freeObject,
    .dealloc = slot<dealloc>,
    .repr = slot<repr>,
    .str = slot<str>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .getattro = genericGetAttrSlot,
    .setattro = genericSetAttrSlot,
});

}  // namespace habu
