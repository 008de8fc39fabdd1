// property: an attribute computed by functions.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/function.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

Result<bool> isAbstract(ThreadState& ts, Object* o) {
  if (!o) return false;
  Ref<> flag = TRY(findAttr(ts, o, names::__isabstractmethod__));
  if (!flag) return false;
  return isTrue(ts, flag.get());
}

namespace {

Object* orNone(Object* o) { return o ? o : &kNoneObject; }
Ref<> withoutNone(Object* o) { return o && !isNone(o) ? Ref<>::share(o) : Ref<>(); }

// "property 'x' of 'A' object has no getter"
Raised raiseLacking(ThreadState& ts, Property* p, Object* owner, const char* what) {
  Ref<Str> type = TRY(typeQualifiedName(ts, owner->type));
  if (p->name) return raise(ts, kAttributeError, "property {!r} of {!r} object has no {}", p->name, type, what);
  return raise(ts, kAttributeError, "property of {!r} object has no {}", type, what);
}

Ref<> get(ThreadState& ts, Property* p, Object* o, Object*) {
  if (!o || isNone(o)) return Ref<>::share(static_cast<Object*>(p));
  if (!p->getter) return raiseLacking(ts, p, o, "getter");
  return call(ts, p->getter, {o});
}
Status set(ThreadState& ts, Property* p, Object* o, Object* value) {
  Object* f = value ? p->setter : p->deleter;
  if (!f) return raiseLacking(ts, p, o, value ? "setter" : "deleter");
  Ref<> kept = Ref<>::share(f);
  (void)TRY(value ? call(ts, kept.get(), {o, value}) : call(ts, kept.get(), {o}));
  return kDone;
}

Status init(ThreadState& ts, Property* p, Object* fget, Object* fset, Object* fdel, Object* doc) {
  setField(p->getter, withoutNone(fget));
  setField(p->setter, withoutNone(fset));
  setField(p->deleter, withoutNone(fdel));
  setField(p->doc, Ref<>::share(doc));
  clearField(p->name);
  p->getter_doc = 0;
  if ((doc && !isNone(doc)) || !p->getter) return kDone;
  // The getter's docstring serves when none was given.
  Ref<> found = TRY(findAttr(ts, p->getter, names::__doc__));
  if (!found) return kDone;
  if (isExact(p, kPropertyType)) setField(p->doc, std::move(found));
  else TRY(setAttr(ts, p, names::__doc__, found.get()));  // a subclass's own __doc__ would hide the field
  p->getter_doc = 1;
  return kDone;
}

Ref<> copyWith(ThreadState& ts, Property* p, Object* fget, Object* fset, Object* fdel) {
  Object* doc = p->getter_doc && fget && !isNone(fget) ? &kNoneObject : orNone(p->doc);
  Ref<> made = TRY(call(ts, p->type, {orNone(fget), orNone(fset), orNone(fdel), doc}));
  if (isInstanceOf(made.get(), kPropertyType))
    setField(static_cast<Property*>(made.get())->name, Ref<>::share(p->name));
  return made;
}
Object* unlessNone(Object* given, Object* present) { return !given || isNone(given) ? present : given; }
Ref<> getter(ThreadState& ts, Property* p, Object* f) { return copyWith(ts, p, unlessNone(f, p->getter), p->setter, p->deleter); }
Ref<> setter(ThreadState& ts, Property* p, Object* f) { return copyWith(ts, p, p->getter, unlessNone(f, p->setter), p->deleter); }
Ref<> deleter(ThreadState& ts, Property* p, Object* f) { return copyWith(ts, p, p->getter, p->setter, unlessNone(f, p->deleter)); }

Status setName(ThreadState& ts, Property* p, Args args) {
  if (args.count != 2)
    return raise(ts, kTypeError, "__set_name__() takes 2 positional arguments but {} were given", args.count);
  setField(p->name, Ref<>::share(args[1]));
  return kDone;
}

Result<bool> getIsAbstract(ThreadState& ts, Property* p) {
  for (Object* f : {p->getter, p->setter, p->deleter})
    if (TRY(isAbstract(ts, f))) return true;
  return false;
}

int traverse(Property* p, VisitFn visit, void* arg) {
  VISIT(p->getter);
  VISIT(p->setter);
  VISIT(p->deleter);
  VISIT(p->doc);
  VISIT(p->name);
  return 0;
}
int clear(Property* p) {
  clearField(p->doc);
  return 0;
}
void dealloc(Property* p) {
  untrack(p);
  clearField(p->getter);
  clearField(p->setter);
  clearField(p->deleter);
  clearField(p->doc);
  clearField(p->name);
  p->type->free(p);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("getter", getter, "($self, fget, /)", "A copy of the property with another getter."),
    METHOD_UNSIGNED("setter", setter, "($self, fset, /)", "A copy of the property with another setter."),
    METHOD_UNSIGNED("deleter", deleter, "($self, fdel, /)", "A copy of the property with another deleter."),
    METHOD_RAW("__set_name__", setName, "Called by the class body's end: remembers the name of the property."),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("fget", ObjectOrNone, Property, getter, kMemberReadOnly, nullptr),
    MEMBER("fset", ObjectOrNone, Property, setter, kMemberReadOnly, nullptr),
    MEMBER("fdel", ObjectOrNone, Property, deleter, kMemberReadOnly, nullptr),
    MEMBER("__doc__", ObjectOrNone, Property, doc, 0, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("__isabstractmethod__", getIsAbstract, nullptr), {}};

}  // namespace

constinit Type kPropertyType = defineType<Property>({
    .name = "property",
    .doc = "property(fget=None, fset=None, fdel=None, doc=None)\n--\n\n"
           "An attribute whose reading, setting and deleting call functions.\n\n"
           "  fget\n    called with the instance to get the value\n"
           "  fset\n    called with the instance and the new value\n"
           "  fdel\n    called with the instance to delete it\n"
           "  doc\n    the docstring\n\n"
           "Most often used as a decorator:\n\n"
           "class C(object):\n"
           "    @property\n"
           "    def x(self):\n"
           "        return self._x\n"
           "    @x.setter\n"
           "    def x(self, value):\n"
           "        self._x = value",
    .flags = kBaseType,
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = genericNew,
    .init = INITIALIZER(init, "property", "(fget=None, fset=None, fdel=None, doc=None)"),
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .getattro = genericGetAttrSlot,
    .descr_get = slot<get>,
    .descr_set = slot<set>,
});

}  // namespace habu
