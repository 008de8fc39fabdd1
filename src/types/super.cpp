// super: attribute lookup that starts behind a class in the MRO of an object's type.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/frame.h"
#include "types/function.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

// The type whose MRO is searched for super(type, o); borrowed references become owned ones of `o`.
Ref<Type> startType(ThreadState& ts, Type* type, Object* o) {
  if (isType(o) && isSubtype(static_cast<Type*>(o), type)) return share(static_cast<Type*>(o));
  if (isSubtype(o->type, type)) return share(o->type);
  Ref<> claimed = TRY(findAttr(ts, o, names::__class__));
  if (claimed && isType(claimed.get()) && claimed.get() != o->type && isSubtype(static_cast<Type*>(claimed.get()), type))
    return cast<Type>(std::move(claimed));
  return raise(ts, kTypeError, "super(type, obj): obj must be an instance or subtype of type");
}

Found findBehind(ThreadState& ts, Super* s, Object* name) {
  Ref<Tuple> mro = Ref<Tuple>::share(s->self_type->mro);
  if (!mro) return Ref<>();
  Index i = 0;
  while (i < mro->size && mro->items[i] != s->this_class) ++i;
  for (++i; i < mro->size; ++i) {
    Dict* dict = static_cast<Type*>(mro->items[i])->dict;
    if (!dict) continue;
    Ref<Dict> kept = share(dict);
    Ref<> found = TRY(dictFind(ts, kept.get(), name));
    if (found) return found;
  }
  return Ref<>();
}

Ref<> getAttribute(ThreadState& ts, Super* s, Object* name) {
  bool is_class = isStr(name) && equalsAscii(static_cast<Str*>(name), "__class__");  // that of the super object itself
  if (s->self_type && !is_class && isStr(name)) {
    Ref<Super> alive = share(s);
    Ref<Type> start = share(s->self_type);
    Ref<> found = TRY(findBehind(ts, s, name));
    if (found) {
      TernaryFn get = found->type->descr_get;
      if (!get) return found;
      Object* bound_to = s->self == static_cast<Object*>(start.get()) ? nullptr : s->self;
      return Ref<>::steal(get(found.get(), bound_to, start.get()));
    }
  }
  return genericGetAttr(ts, s, name);
}

Ref<> repr(ThreadState& ts, Super* s) {
  const char* type = s->this_class ? s->this_class->name : "NULL";
  if (s->self_type) return formatText(ts, "<super: <class '{}'>, <{} object>>", type, s->self_type->name);
  return formatText(ts, "<super: <class '{}'>, NULL>", type);
}

Ref<> get(ThreadState& ts, Super* s, Object* o, Object*) {
  if (!o || isNone(o) || s->self) return Ref<>::share(static_cast<Object*>(s));
  if (!isExact(s, kSuperType)) return call(ts, s->type, {s->this_class ? static_cast<Object*>(s->this_class) : &kNoneObject, o});
  return newSuper(ts, s->this_class, o);
}

// ---- super() without arguments: from the frame that calls ----
Result<Object*> firstArgument(ThreadState& ts, Frame* frame) {
  Code* code = frame->code;
  if (code->arg_count == 0) return raise(ts, kRuntimeError, "super(): no arguments");
  Object* first = frame->localsplus[0];
  bool in_cell = first && code->localsplus_count > 0 && (code->localsplus_kinds->data[0] & kCell) != 0;
  if (in_cell && first->type == &kCellType) first = static_cast<Cell*>(first)->value;
  if (!first) return raise(ts, kRuntimeError, "super(): arg[0] deleted");
  return first;
}

Result<Type*> classFromCell(ThreadState& ts, Frame* frame) {
  Code* code = frame->code;
  for (int i = code->localsplus_count - code->free_count; i < code->localsplus_count; ++i) {
    auto* name = static_cast<Str*>(code->localsplus_names->items[i]);
    if (!equalsAscii(name, "__class__")) continue;
    Object* cell = frame->localsplus[i];
    if (!cell || cell->type != &kCellType) return raise(ts, kRuntimeError, "super(): bad __class__ cell");
    Object* value = static_cast<Cell*>(cell)->value;
    if (!value) return raise(ts, kRuntimeError, "super(): empty __class__ cell");
    if (!isType(value)) return raise(ts, kRuntimeError, "super(): __class__ is not a type ({})", typeName(value));
    return static_cast<Type*>(value);
  }
  return raise(ts, kRuntimeError, "super(): __class__ cell not found");
}

Status setUp(ThreadState& ts, Super* s, Type* type, Object* o) {
  Ref<Type> kept_type = share(type);
  Ref<> kept = o && !isNone(o) ? Ref<>::share(o) : Ref<>();
  Ref<Type> start;
  if (kept) start = TRY(startType(ts, type, kept.get()));
  setField(s->this_class, std::move(kept_type));
  setField(s->self, std::move(kept));
  setField(s->self_type, std::move(start));
  return kDone;
}

Status initFromFrame(ThreadState& ts, Super* s) {
  Frame* frame = ts.cframe ? ts.cframe->current_frame : nullptr;
  if (!frame) return raise(ts, kRuntimeError, "super(): no current frame");
  Object* first = TRY(firstArgument(ts, frame));
  Type* type = TRY(classFromCell(ts, frame));
  return setUp(ts, s, type, first);
}

Status initFrom(ThreadState& ts, Super* s, Object* const* args, Index n) {
  TRY(checkPositional(ts, "super()", n, 0, 2));
  if (n == 0) return initFromFrame(ts, s);
  if (!isType(args[0])) return raise(ts, kTypeError, "super() argument 1 must be a type, not {}", isNone(args[0]) ? "None" : typeName(args[0]));
  return setUp(ts, s, static_cast<Type*>(args[0]), n > 1 ? args[1] : nullptr);
}

Status init(ThreadState& ts, Super* s, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "super", keywords));
  return initFrom(ts, s, args->items, args->size);
}

Ref<> callSuper(ThreadState& ts, Type* type, Args args) {
  TRY(noKeywordNames(ts, "super", args.names));
  Ref<Super> s = Ref<Super>::steal(static_cast<Super*>(type->alloc(type, 0)));
  if (!s) return {};
  TRY(initFrom(ts, s.get(), args.values, args.count));
  return s;
}

int traverse(Super* s, VisitFn visit, void* arg) {
  VISIT(s->self);
  VISIT(s->this_class);
  VISIT(s->self_type);
  return 0;
}
void dealloc(Super* s) {
  untrack(s);
  clearField(s->self);
  clearField(s->this_class);
  clearField(s->self_type);
  s->type->free(s);
}

constexpr MemberDef kMembers[] = {
    MEMBER("__thisclass__", ObjectOrNone, Super, this_class, kMemberReadOnly, "the class invoking super()"),
    MEMBER("__self__", ObjectOrNone, Super, self, kMemberReadOnly, "the instance invoking super(); may be None"),
    MEMBER("__self_class__", ObjectOrNone, Super, self_type, kMemberReadOnly, "the type of the instance; may be None"),
    {}};

}  // namespace

constinit Type kSuperType = defineType<Super>({
    .name = "super",
    .doc = "super() -> same as super(__class__, <first argument>)\n"
           "super(type) -> unbound super object\n"
           "super(type, obj) -> bound super object; requires isinstance(obj, type)\n"
           "super(type, type2) -> bound super object; requires issubclass(type2, type)\n"
           "Looks attributes up in the classes that follow `type` in the method resolution order.",
    .flags = kBaseType,
    .members = kMembers,
    .make = genericNew,
    .init = slot<init>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .vectorcall = typeVectorcall<callSuper>,
    .getattro = slot<getAttribute>,
    .descr_get = slot<get>,
});

Ref<> newSuper(ThreadState& ts, Type* type, Object* self) {
  Ref<Super> s = Ref<Super>::steal(static_cast<Super*>(genericAlloc(&kSuperType, 0)));
  if (!s) return {};
  TRY(setUp(ts, s.get(), type, self));
  return s;
}

}  // namespace habu
