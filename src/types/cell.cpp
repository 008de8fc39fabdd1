// Cells: the shared variables of nested functions. And staticmethod, classmethod: function wrappers in class bodies.
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
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

Ref<> makeCell(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "cell", keywords));
  TRY(checkPositional(ts, "cell", args->size, 0, 1));
  return newCell(ts, args->size ? args->items[0] : nullptr);
}

Ref<> repr(ThreadState& ts, Cell* c) {
  auto address = reinterpret_cast<uintptr_t>(c);
  if (!c->value) return formatText(ts, "<cell at {:#x}: empty>", address);
  return formatText(ts, "<cell at {:#x}: {:.80} object at {:#x}>", address, typeName(c->value),
                    reinterpret_cast<uintptr_t>(c->value));
}
Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (a->type != &kCellType || b->type != &kCellType) return notImplemented();
  Object* x = static_cast<Cell*>(a)->value;
  Object* y = static_cast<Cell*>(b)->value;
  if (x && y) return compareObjects(ts, x, y, op);
  return newBool(compareResult((y == nullptr) - (x == nullptr), op));  // empty cells come first
}
Ref<> getContents(ThreadState& ts, Cell* c) {
  if (!c->value) return raise(ts, kValueError, "Cell is empty");
  return Ref<>::share(c->value);
}
Status setContents(ThreadState&, Cell* c, Object* value) {
  setField(c->value, Ref<>::share(value));
  return kDone;
}
int traverse(Cell* c, VisitFn visit, void* arg) {
  VISIT(c->value);
  return 0;
}
int clear(Cell* c) {
  clearField(c->value);
  return 0;
}
void dealloc(Cell* c) {
  untrack(c);
  clearField(c->value);
  c->type->free(c);
}
constexpr GetSetDef kCellGetSet[] = {GETSET("cell_contents", getContents, setContents, nullptr), {}};

// ---- staticmethod and classmethod ----
struct Wrapper : Object {
  Object* callable;
  Dict* dict;
};

Status copyAttribute(ThreadState& ts, Wrapper* w, Object* from, Str* name) {
  Ref<> value = TRY(findAttr(ts, from, name));
  if (!value) return kDone;
  return setAttr(ts, w, name, value.get());
}

// As functools.wraps does.
Status wrap(ThreadState& ts, Wrapper* w, Object* callable) {
  setField(w->callable, Ref<>::share(callable));
  for (Name* name : {&names::__module__, &names::__name__, &names::__qualname__, &names::__doc__, &names::__annotations__})
    TRY(copyAttribute(ts, w, callable, name->get()));
  return kDone;
}

Status initWrapper(ThreadState& ts, Wrapper* w, Tuple* args, Dict* keywords, const char* name) {
  TRY(noKeywords(ts, name, keywords));
  TRY(checkPositional(ts, name, args->size, 1, 1));
  return wrap(ts, w, args->items[0]);
}
Status initStatic(ThreadState& ts, Wrapper* w, Tuple* args, Dict* keywords) {
  return initWrapper(ts, w, args, keywords, "staticmethod");
}
Status initClass(ThreadState& ts, Wrapper* w, Tuple* args, Dict* keywords) {
  return initWrapper(ts, w, args, keywords, "classmethod");
}

Ref<> getStatic(ThreadState& ts, Wrapper* w, Object*, Object*) {
  if (!w->callable) return raise(ts, kRuntimeError, "uninitialized staticmethod object");
  return Ref<>::share(w->callable);
}
Ref<> getClassMethod(ThreadState& ts, Wrapper* w, Object* o, Object* type) {
  if (!w->callable) return raise(ts, kRuntimeError, "uninitialized classmethod object");
  if (!type) type = o->type;
  // Descriptors of any kind can be wrapped: class properties and the like.
  if (TernaryFn get = w->callable->type->descr_get) return Ref<>::steal(get(w->callable, type, type));
  return newMethod(ts, w->callable, type);
}
Ref<> callStatic(ThreadState& ts, Wrapper* w, Tuple* args, Dict* keywords) {
  if (!w->callable) return raise(ts, kRuntimeError, "uninitialized staticmethod object");
  return callTuple(ts, w->callable, args, keywords);
}
Ref<> reprStatic(ThreadState& ts, Wrapper* w) { return formatText(ts, "<staticmethod({!r})>", w->callable); }
Ref<> reprClass(ThreadState& ts, Wrapper* w) { return formatText(ts, "<classmethod({!r})>", w->callable); }
Result<bool> getIsAbstract(ThreadState& ts, Wrapper* w) { return isAbstract(ts, w->callable); }

int traverseWrapper(Wrapper* w, VisitFn visit, void* arg) {
  VISIT(w->callable);
  VISIT(w->dict);
  return 0;
}
int clearWrapper(Wrapper* w) {
  clearField(w->callable);
  clearField(w->dict);
  return 0;
}
void deallocWrapper(Wrapper* w) {
  untrack(w);
  clearWrapper(w);
  w->type->free(w);
}

constexpr MemberDef kWrapperMembers[] = {
    MEMBER("__func__", ObjectOrNone, Wrapper, callable, kMemberReadOnly, nullptr),
    MEMBER("__wrapped__", ObjectOrNone, Wrapper, callable, kMemberReadOnly, nullptr),
    {}};
constexpr GetSetDef kWrapperGetSet[] = {
    GETTER("__isabstractmethod__", getIsAbstract, nullptr),
    {"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr},
    {}};

Ref<Wrapper> newWrapper(ThreadState& ts, Type& type, Object* callable) {
  Ref<Wrapper> w = Ref<Wrapper>::steal(static_cast<Wrapper*>(genericAlloc(&type, 0)));
  if (!w) return {};
  w->callable = Ref<>::share(callable).release();
  return w;
}

}  // namespace

constinit Type kCellType = defineType<Cell>({
    .name = "cell",
    .doc = "cell([contents])\n--\n\n"
           "A variable shared between a function and those nested in it.\n\n"
           "  contents\n    its value; without it the cell is empty",
    .getset = kCellGetSet,
    .make = makeSlot<makeCell>,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .richcompare = slot<compare>,
    .getattro = genericGetAttrSlot,
});

Ref<Cell> newCell(ThreadState& ts, Object* value) {
  Ref<Cell> c = TRY(newObject<Cell>(ts, kCellType));
  c->value = Ref<>::share(value).release();
  track(c.get());
  return c;
}

constinit Type kStaticMethodType = defineType<Wrapper>({
    .name = "staticmethod",
    .doc = "staticmethod(function) -> method\n\n"
           "Makes a function of a class that gets neither the instance nor the class:\n\n"
           "     class C:\n"
           "         @staticmethod\n"
           "         def f(arg1, arg2, argN):\n"
           "             ...\n\n"
           "Call it on the class (C.f()) or on an instance (C().f()).",
    .flags = kBaseType,
    .dict_offset = offsetof(Wrapper, dict),
    .members = kWrapperMembers,
    .getset = kWrapperGetSet,
    .make = genericNew,
    .init = slot<initStatic>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<deallocWrapper>,
    .traverse = slot<traverseWrapper>,
    .clear = slot<clearWrapper>,
    .repr = slot<reprStatic>,
    .call = slot<callStatic>,
    .descr_get = slot<getStatic>,
});
constinit Type kClassMethodType = defineType<Wrapper>({
    .name = "classmethod",
    .doc = "classmethod(function) -> method\n\n"
           "Makes a function of a class that gets the class as its first argument:\n\n"
           "  class C:\n"
           "      @classmethod\n"
           "      def f(cls, arg1, arg2, argN):\n"
           "          ...\n\n"
           "Call it on the class (C.f()) or on an instance (C().f()); of the instance only the class counts.",
    .flags = kBaseType,
    .dict_offset = offsetof(Wrapper, dict),
    .members = kWrapperMembers,
    .getset = kWrapperGetSet,
    .make = genericNew,
    .init = slot<initClass>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<deallocWrapper>,
    .traverse = slot<traverseWrapper>,
    .clear = slot<clearWrapper>,
    .repr = slot<reprClass>,
    .descr_get = slot<getClassMethod>,
});

Ref<> newStaticMethod(ThreadState& ts, Object* callable) { return newWrapper(ts, kStaticMethodType, callable); }
Ref<> newClassMethod(ThreadState& ts, Object* callable) { return newWrapper(ts, kClassMethodType, callable); }

}  // namespace habu
