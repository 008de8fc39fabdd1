// None, NotImplemented and Ellipsis.
#include "object/attribute.h"
#include "object/bind.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/singletons.h"

namespace habu {

namespace {

Status checkNoArguments(ThreadState& ts, const char* type, Tuple* args, Dict* keywords) {
  if (args->size || (keywords && keywords->used)) return raise(ts, kTypeError, "{} takes no arguments", type);
  return kDone;
}

Ref<> makeNone(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(checkNoArguments(ts, "NoneType", args, keywords));
  return none();
}
Ref<> reprNone(ThreadState& ts, Object*) { return newStr(ts, "None"); }
bool truthOfNone(Object*) { return false; }
constinit NumberSlots kNoneNumber = {.truth = slot<truthOfNone>};

Ref<> makeNotImplemented(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(checkNoArguments(ts, "NotImplementedType", args, keywords));
  return notImplemented();
}
Ref<> textNotImplemented(ThreadState& ts, Object*) { return newStr(ts, "NotImplemented"); }
Result<bool> truthOfNotImplemented(ThreadState& ts, Object*) {
  TRY(warn(ts, kDeprecationWarning, 1, "NotImplemented should not be used in a boolean context"));
  return true;
}
constinit NumberSlots kNotImplementedNumber = {.truth = slot<truthOfNotImplemented>};
constexpr MethodDef kNotImplementedMethods[] = {
    METHOD_UNSIGNED("__reduce__", textNotImplemented, "($self, /)", nullptr), {}};

Ref<> makeEllipsis(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(checkNoArguments(ts, "EllipsisType", args, keywords));
  return Ref<>::share(&kEllipsisObject);
}
Ref<> textEllipsis(ThreadState& ts, Object*) { return newStr(ts, "Ellipsis"); }
constexpr MethodDef kEllipsisMethods[] = {METHOD_UNSIGNED("__reduce__", textEllipsis, "($self, /)", nullptr), {}};

// The last reference to one of them can only be dropped by mistake: as if nothing had happened.
void refuseDealloc(Object* o) { o->refcount = kImmortalRefcount; }

}  // namespace

constinit Type kNoneType = defineType<Object>({
    .name = "NoneType",
    .number = &kNoneNumber,
    .make = makeSlot<makeNone>,
    .dealloc = slot<refuseDealloc>,
    .repr = slot<reprNone>,
});
constinit Type kNotImplementedType = defineType<Object>({
    .name = "NotImplementedType",
    .methods = kNotImplementedMethods,
    .number = &kNotImplementedNumber,
    .make = makeSlot<makeNotImplemented>,
    .dealloc = slot<refuseDealloc>,
    .repr = slot<textNotImplemented>,
});
constinit Type kEllipsisType = defineType<Object>({
    .name = "ellipsis",
    .methods = kEllipsisMethods,
    .make = makeSlot<makeEllipsis>,
    .dealloc = slot<refuseDealloc>,
    .repr = slot<textEllipsis>,
    .getattro = genericGetAttrSlot,
});

constinit Object kNoneObject = {kImmortalRefcount, &kNoneType};
constinit Object kNotImplementedObject = {kImmortalRefcount, &kNotImplementedType};
constinit Object kEllipsisObject = {kImmortalRefcount, &kEllipsisType};

}  // namespace habu
