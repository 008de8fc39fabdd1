// Built-in functions and methods: C functions with their MethodDef, bound to a module or an object.
#include "object/alloc.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/calling.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"
#include "types/weakref.h"

namespace habu {

Ref<Str> callableText(ThreadState& ts, Object* callable) {
  Ref<> qualname = TRY(findAttr(ts, callable, names::__qualname__));
  if (!qualname) return strOf(ts, callable);
  Ref<> module = TRY(findAttr(ts, callable, names::__module__));
  if (module && !isNone(module.get()) && !(isStr(module.get()) && equalsAscii(static_cast<Str*>(module.get()), "builtins")))
    return formatText(ts, "{}.{}()", module, qualname);
  return formatText(ts, "{}()", qualname);
}

Raised raiseNoKeywords(ThreadState& ts, Object* callable) {
  Ref<Str> text = TRY(callableText(ts, callable));
  return raise(ts, kTypeError, "{} takes no keyword arguments", text);
}
Raised raiseArgumentCount(ThreadState& ts, Object* callable, int convention, Index given) {
  Ref<Str> text = TRY(callableText(ts, callable));
  return raise(ts, kTypeError, "{} takes {} ({} given)", text,
               convention == kMethO ? "exactly one argument" : "no arguments", given);
}

Ref<> callWithTuple(ThreadState& ts, Object* callable, const MethodDef* def, Object* self, Type* defining_class,
                    Tuple* args, Dict* keywords) {
  int convention = def->flags & kConventionMask;
  if (convention == (kMethVarargs | kMethKeywords)) return Ref<>::steal(def->function.varargs_keywords(self, args, keywords));
  bool has_keywords = keywords && keywords->used;
  if (convention == kMethVarargs) {
    if (has_keywords) return raise(ts, kTypeError, "{:.200}() takes no keyword arguments", def->name);
    return Ref<>::steal(def->function.plain(self, args));
  }
  // The other conventions, called with a tuple (tp_call): spread it.
  if (convention & kMethKeywords) {
    Ref<List> values = TRY(newList(ts));
    for (Object* a : args->span()) TRY(appendList(ts, values.get(), a));
    Ref<Tuple> names;
    if (has_keywords) {
      Ref<List> keys = TRY(dictKeyList(ts, keywords));
      names = TRY(listToTuple(ts, keys.get()));
      for (Object* key : names->span()) TRY(appendList(ts, values.get(), TRY(dictGetItem(ts, keywords, key))));
    }
    if (convention & kMethMethod)
      return Ref<>::steal(def->function.method(self, defining_class, values->items, size_t(args->size), names.get()));
    return Ref<>::steal(def->function.fast_keywords(self, values->items, args->size, names.get()));
  }
  if (has_keywords) return raiseNoKeywords(ts, callable);
  if (convention == kMethFastcall) return Ref<>::steal(def->function.fast(self, args->items, args->size));
  if (args->size != (convention == kMethO)) return raiseArgumentCount(ts, callable, convention, args->size);
  return Ref<>::steal(def->function.plain(self, convention == kMethO ? args->items[0] : nullptr));
}

namespace {

bool isStaticFunction(const BuiltinFunction* f) { return (f->def->flags & kMethStatic) != 0; }
Object* selfOf(const BuiltinFunction* f) { return isStaticFunction(f) ? nullptr : f->self; }

template <int kConvention>
Object* callVector(Object* callable, Object* const* args, size_t n, Object* names) {
  auto* f = static_cast<BuiltinFunction*>(callable);
  Type* defining = nullptr;
  if constexpr ((kConvention & kMethMethod) != 0) defining = static_cast<BuiltinMethod*>(f)->defining_class;
  return callConvention<kConvention>(ThreadState::current(), callable, f->def, selfOf(f), defining, args,
                                     argumentCount(n), names);
}

VectorcallFn vectorcallFor(int flags) {
  switch (flags & kConventionMask) {
    case kMethNoArgs: return callVector<kMethNoArgs>;
    case kMethO: return callVector<kMethO>;
    case kMethFastcall: return callVector<kMethFastcall>;
    case kMethFastcall | kMethKeywords: return callVector<kMethFastcall | kMethKeywords>;
    case kMethFastcall | kMethKeywords | kMethMethod: return callVector<kMethFastcall | kMethKeywords | kMethMethod>;
    default: return nullptr;
  }
}

Ref<> callSlot(ThreadState& ts, BuiltinFunction* f, Tuple* args, Dict* keywords) {
  Type* defining = f->def->flags & kMethMethod ? static_cast<BuiltinMethod*>(f)->defining_class : nullptr;
  return callWithTuple(ts, f, f->def, selfOf(f), defining, args, keywords);
}

// ---- attributes ----
Ref<> getName(ThreadState& ts, BuiltinFunction* f) { return internedStr(ts, f->def->name); }

Ref<> getQualname(ThreadState& ts, BuiltinFunction* f) {
  // The name alone for functions of a module; for methods behind the qualified name of their class.
  if (!f->self || f->self->type == &kModuleType || isInstanceOf(f->self, kModuleType)) return getName(ts, f);
  Object* owner = isType(f->self) ? f->self : static_cast<Object*>(f->self->type);
  Ref<> of_type = TRY(getAttr(ts, owner, names::__qualname__));
  if (!isStr(of_type.get())) return raise(ts, kTypeError, "<method>.__class__.__qualname__ is not a unicode object");
  return formatText(ts, "{}.{}", of_type, f->def->name);
}
Ref<> getDoc(ThreadState& ts, BuiltinFunction* f) { return docObject(ts, f->def->name, f->def->doc); }
Ref<> getTextSignature(ThreadState& ts, BuiltinFunction* f) { return textSignature(ts, f->def->name, f->def->doc); }
Ref<> getSelf(ThreadState& ts, BuiltinFunction* f) {
  Object* self = selfOf(f);
  return self ? Ref<>::share(self) : none();
}
Ref<> reduce(ThreadState& ts, BuiltinFunction* f) {
  if (!f->self || isInstanceOf(f->self, kModuleType)) return newStr(ts, f->def->name);
  static constinit Name kGetAttr{"getattr"};
  Ref<> getattr_function = TRY(builtinFunction(ts, kGetAttr));
  Ref<Str> name = TRY(newStr(ts, f->def->name));
  Ref<Tuple> args = TRY(packTuple(ts, {f->self, name.get()}));
  return packTuple(ts, {getattr_function.get(), args.get()});
}

Ref<> repr(ThreadState& ts, BuiltinFunction* f) {
  if (!f->self || isInstanceOf(f->self, kModuleType)) return formatText(ts, "<built-in function {}>", f->def->name);
  return formatText(ts, "<built-in method {} of {} object at {:#x}>", f->def->name, typeName(f->self),
                    reinterpret_cast<uintptr_t>(f->self));
}

Ref<> compare(ThreadState&, BuiltinFunction* a, Object* other, CompareOp op) {
  bool comparable = isInstanceOf(other, kBuiltinFunctionType);
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || !comparable) return notImplemented();
  auto* b = static_cast<BuiltinFunction*>(other);
  bool equal = a->self == b->self && a->def->function.plain == b->def->function.plain;
  return newBool(equal == (op == CompareOp::Eq));
}
Hash hash(BuiltinFunction* f) {
  Hash h = pointerHash(f->self) ^ pointerHash(reinterpret_cast<const void*>(f->def->function.plain));
  return h == -1 ? -2 : h;
}

int traverse(BuiltinFunction* f, VisitFn visit, void* arg) {
  VISIT(f->self);
  VISIT(f->module);
  if (f->def->flags & kMethMethod) VISIT(static_cast<BuiltinMethod*>(f)->defining_class);
  return 0;
}
void dealloc(BuiltinFunction* f) {
  untrack(f);
  TrashScope trash(f);
  if (trash.deferred()) return;
  if (f->weakrefs) clearWeakrefs(f);
  if (f->def->flags & kMethMethod) clearField(static_cast<BuiltinMethod*>(f)->defining_class);
  clearField(f->self);
  clearField(f->module);
  f->type->free(f);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr), {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("__doc__", getDoc, nullptr),           GETTER("__name__", getName, nullptr),
    GETTER("__qualname__", getQualname, nullptr), GETTER("__self__", getSelf, nullptr),
    GETTER("__text_signature__", getTextSignature, nullptr), {}};
constexpr MemberDef kMembers[] = {MEMBER("__module__", ObjectOrNone, BuiltinFunction, module, 0, nullptr), {}};

}  // namespace

constinit Type kBuiltinFunctionType = defineType<BuiltinFunction>({
    .name = "builtin_function_or_method",
    .flags = kHaveVectorcall,
    .weaklist_offset = offsetof(BuiltinFunction, weakrefs),
    .vectorcall_offset = offsetof(BuiltinFunction, vectorcall),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .call = slot<callSlot>,
    .getattro = genericGetAttrSlot,
});
constinit Type kBuiltinMethodType = defineType<BuiltinMethod>({.name = "builtin_method", .base = &kBuiltinFunctionType});

Ref<> newBuiltinFunction(ThreadState& ts, const MethodDef* def, Object* self, Object* module, Type* defining_class) {
  bool with_class = (def->flags & kMethMethod) != 0;
  Ref<BuiltinFunction> f =
      TRY(newObject<BuiltinFunction>(ts, with_class ? kBuiltinMethodType : kBuiltinFunctionType));
  f->def = def;
  f->self = Ref<>::share(self).release();
  f->module = Ref<>::share(module).release();
  f->vectorcall = vectorcallFor(def->flags);
  if (with_class) static_cast<BuiltinMethod*>(f.get())->defining_class = share(defining_class).release();
  track(f.get());
  return f;
}

}  // namespace habu
