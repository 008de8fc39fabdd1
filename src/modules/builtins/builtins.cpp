// builtins: the names of types and the functions on single objects. Its other functions: code.cpp, iteration.cpp, text.cpp.
#include "modules/builtins/builtins.h"

#include <array>

#include "modules/builtins/types.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/function.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"

namespace habu::builtins {

namespace {

Ref<> abs(ThreadState& ts, Module*, Object* x) { return absolute(ts, x); }
bool callable(ThreadState&, Module*, Object* o) { return isCallable(o); }
Ref<> divmod(ThreadState& ts, Module*, Object* x, Object* y) { return divmodObjects(ts, x, y); }
Result<Hash> hash(ThreadState& ts, Module*, Object* o) { return hashOf(ts, o); }
Result<Index> len(ThreadState& ts, Module*, Object* o) { return lengthOf(ts, o); }
Ref<> id(ThreadState& ts, Module*, Object* o) { return newIntUnsigned(ts, reinterpret_cast<uintptr_t>(o)); }

Result<bool> isinstance(ThreadState& ts, Module*, Object* o, Object* cls) { return isInstanceObject(ts, o, cls); }
Result<bool> issubclass(ThreadState& ts, Module*, Object* derived, Object* cls) { return isSubclassObject(ts, derived, cls); }

Result<Str*> attributeName(ThreadState& ts, Object* name) {
  if (!isStr(name)) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
  return static_cast<Str*>(name);
}

Ref<> getattr(ThreadState& ts, Module*, Args a) {
  TRY(noKeywordNames(ts, "getattr", a.names));
  TRY(checkPositional(ts, "getattr", a.count, 2, 3));
  Str* name = TRY(attributeName(ts, a[1]));
  if (a.count == 2) return getAttr(ts, a[0], name);
  Ref<> found = TRY(findAttr(ts, a[0], name));
  return found ? std::move(found) : share(a[2]);
}
Result<bool> hasattr(ThreadState& ts, Module*, Object* o, Object* name) { return hasAttr(ts, o, TRY(attributeName(ts, name))); }
Status setattr(ThreadState& ts, Module*, Object* o, Object* name, Object* value) {
  return setAttr(ts, o, TRY(attributeName(ts, name)), value);
}
Status delattr(ThreadState& ts, Module*, Object* o, Object* name) { return delAttr(ts, o, TRY(attributeName(ts, name))); }

Ref<> pow(ThreadState& ts, Module*, Object* base, Object* exponent, Object* modulus) {
  return powerObjects(ts, base, exponent, modulus ? modulus : &kNoneObject);
}

Ref<> round(ThreadState& ts, Module*, Object* number, Object* digits) {
  Ref<> method = TRY(lookupSpecial(ts, number, names::__round__));
  if (!method) return raise(ts, kTypeError, "type {:.100} doesn't define __round__ method", typeName(number));
  if (!digits || isNone(digits)) return call(ts, method.get());
  return call(ts, method.get(), {digits});
}

constexpr MethodDef kMethods[] = {
    METHOD(abs, "($module, x, /)", "The absolute value."),
    METHOD(callable, "($module, obj, /)", "Whether the object can be called (classes can; so can instances with __call__)."),
    METHOD(divmod, "($module, x, y, /)", "The pair (x // y, x % y)."),
    METHOD(hash, "($module, obj, /)", "The hash value: equal objects have equal hashes."),
    METHOD(len, "($module, obj, /)", "The number of items in a container."),
    METHOD(id, "($module, obj, /)", "The identity of an object: its address."),
    METHOD(isinstance, "($module, obj, class_or_tuple, /)", "Whether an object is an instance of a class, or of one of several."),
    METHOD(issubclass, "($module, cls, class_or_tuple, /)", "Whether a class is derived from a class, or from one of several."),
    METHOD_RAW("getattr", getattr, "getattr(object, name[, default]) -> value\n\nobject.name; the default, if given, when there is none."),
    METHOD(hasattr, "($module, obj, name, /)", "Whether the object has an attribute of that name."),
    METHOD(setattr, "($module, obj, name, value, /)", "obj.name = value."),
    METHOD(delattr, "($module, obj, name, /)", "del obj.name."),
    METHOD(pow, "($module, /, base, exp, mod=None)", "base**exp, or base**exp % mod computed without the large power."),
    METHOD(round, "($module, /, number, ndigits=None)", "The number rounded to a precision in decimal digits; to an int without one."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addMethods(ts, m, kCodeMethods));
  TRY(addMethods(ts, m, kIterationMethods));
  TRY(addMethods(ts, m, kTextMethods));
  TRY(addObject(ts, m, "None", none()));
  TRY(addObject(ts, m, "Ellipsis", share(&kEllipsisObject)));
  TRY(addObject(ts, m, "NotImplemented", notImplemented()));
  TRY(addObject(ts, m, "False", newBool(false)));
  TRY(addObject(ts, m, "True", newBool(true)));
  for (Type* t : kTypes) TRY(addObject(ts, m, t->name, share(static_cast<Object*>(t))));
#define X(name) TRY(addObject(ts, m, #name, share(static_cast<Object*>(&k##name))));
  HABU_EXCEPTIONS(X)
#undef X
  TRY(addObject(ts, m, "ExceptionGroup", share(static_cast<Object*>(&exceptionGroupType()))));
  TRY(addObject(ts, m, "EnvironmentError", share(static_cast<Object*>(&kOSError))));
  TRY(addObject(ts, m, "IOError", share(static_cast<Object*>(&kOSError))));
  return addObject(ts, m, "__debug__", newBool(mainInterpreter.optimize == 0));
}

}  // namespace
}  // namespace habu::builtins

namespace habu {

extern const ModuleDef kBuiltinsModule;
const ModuleDef kBuiltinsModule = {.name = "builtins",
                                   .doc = "The names that every module can use: built-in functions, exceptions and other objects.\n\n"
                                          "None stands for no value, Ellipsis for `...` in subscripts.",
                                   .methods = builtins::kMethods,
                                   .populate = builtins::populate};

}  // namespace habu
