// types.UnionType: `int | str`.
#include "types/union_type.h"

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/list.h"
#include "types/set.h"
#include "types/singletons.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_parameters.h"

namespace habu {

namespace {

struct Union : Object {
  Tuple* args;
  Tuple* parameters;  // null until asked for
};

bool canBeMember(const Object* o) { return isNone(o) || isType(o) || isGenericAlias(o) || isUnion(o); }

Status addMember(ThreadState& ts, List* members, Object* o) {
  if (isNone(o)) o = &kNoneType;
  for (Index i = 0; i < members->size; ++i) {
    Object* present = members->items[i];
    if (present == o) return kDone;
    if (isGenericAlias(o) && isGenericAlias(present) && TRY(equalObjects(ts, present, o))) return kDone;
  }
  return appendList(ts, members, o);
}
Status addFlattened(ThreadState& ts, List* members, Object* o) {
  if (!isUnion(o)) return addMember(ts, members, o);
  for (Object* member : static_cast<Union*>(o)->args->span()) TRY(addMember(ts, members, member));
  return kDone;
}

Ref<> makeUnion(ThreadState& ts, List* members) {
  if (members->size == 1) return Ref<>::share(members->items[0]);
  Ref<Tuple> args = TRY(listToTuple(ts, members));
  Ref<Union> u = TRY(newObject<Union>(ts, kUnionType));
  u->args = args.release();
  track(u.get());
  return u;
}

// The order of the members does not matter.
Ref<> memberSet(ThreadState& ts, Union* u) { return newFrozenSet(ts, u->args); }
Result<Index> hash(ThreadState& ts, Union* u) {
  Ref<> set = TRY(memberSet(ts, u));
  return hashOf(ts, set.get());
}
Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || !isUnion(b)) return notImplemented();
  Ref<> x = TRY(memberSet(ts, static_cast<Union*>(a)));
  Ref<> y = TRY(memberSet(ts, static_cast<Union*>(b)));
  return compareObjects(ts, x.get(), y.get(), op);
}

Ref<> repr(ThreadState& ts, Union* u) {
  StrBuilder text(ts);
  for (Index i = 0; i < u->args->size; ++i) {
    if (i) text.append(" | ");
    Object* member = u->args->items[i];
    if (member == static_cast<Object*>(&kNoneType)) {
      text.append("None");
      continue;
    }
    Ref<Str> shown = TRY(typeArgumentText(ts, member));
    text.append(shown.get());
  }
  return text.finish();
}

Ref<> getParameters(ThreadState& ts, Union* u) {
  if (!u->parameters) {
    Ref<Tuple> found = TRY(collectTypeParameters(ts, u->args));
    if (!u->parameters) u->parameters = found.release();
  }
  return share(static_cast<Object*>(u->parameters));
}
Ref<> subscript(ThreadState& ts, Union* u, Object* item) {
  Ref<> parameters = TRY(getParameters(ts, u));
  Ref<Tuple> args = TRY(substituteTypeParameters(ts, u, u->args, static_cast<Tuple*>(parameters.get()), item));
  Ref<> result = Ref<>::share(args->items[0]);
  for (Index i = 1; i < args->size; ++i) result = TRY(binaryOperation(ts, BinaryOp::Or, result.get(), args->items[i]));
  return result;
}
Ref<> orTypes(ThreadState& ts, Object* a, Object* b) { return unionOf(ts, a, b); }

// Unions are told apart from classes, but share the module of their type (copyreg asks for it).
Ref<> getAttribute(ThreadState& ts, Union* u, Object* name) {
  if (isStr(name) && equalsAscii(static_cast<Str*>(name), "__module__"))
    return getAttr(ts, u->type, static_cast<Str*>(name));
  return genericGetAttr(ts, u, name);
}

int traverse(Union* u, VisitFn visit, void* arg) {
  VISIT(u->args);
  VISIT(u->parameters);
  return 0;
}
void dealloc(Union* u) {
  untrack(u);
  clearField(u->args);
  clearField(u->parameters);
  u->type->free(u);
}

constinit NumberSlots kNumber = {.bit_or = slot<orTypes>};
constinit MappingSlots kMapping = {.subscript = slot<subscript>};
constexpr MemberDef kMembers[] = {MEMBER("__args__", ObjectOrNone, Union, args, kMemberReadOnly, nullptr), {}};
constexpr GetSetDef kGetSet[] = {GETTER("__parameters__", getParameters, "the type variables among the members"), {}};

}  // namespace

constinit Type kUnionType = defineType<Union>({
    .name = "types.UnionType",
    .doc = "A union of types, such as int | str",
    .members = kMembers,
    .getset = kGetSet,
    .number = &kNumber,
    .mapping = &kMapping,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .getattro = slot<getAttribute>,
});

Ref<> unionOf(ThreadState& ts, Object* a, Object* b) {
  if (!canBeMember(a) || !canBeMember(b)) return notImplemented();
  Ref<List> members = TRY(newList(ts));
  TRY(addFlattened(ts, members.get(), a));
  TRY(addFlattened(ts, members.get(), b));
  return makeUnion(ts, members.get());
}

Tuple* unionMembers(const Object* u) { return static_cast<const Union*>(u)->args; }

}  // namespace habu
