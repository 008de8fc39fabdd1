// types.GenericAlias: `list[int]` behaves as list, but remembers its arguments.
#include "types/generic_alias_object.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/str.h"
#include "types/union_type.h"
#include "types/weakref.h"

namespace habu {

namespace {

// Attributes of the alias itself; all others are those of the origin.
constexpr const char* kOwnNames[] = {
    "__class__",      "__origin__",    "__args__", "__unpacked__", "__parameters__", "__typing_unpacked_tuple_args__",
    "__mro_entries__", "__reduce_ex__", "__reduce__", "__copy__",   "__deepcopy__"};

bool isOwnName(const Str* name) {
  for (const char* own : kOwnNames)
    if (equalsAscii(name, own)) return true;
  return false;
}

// ---- calling: an instance of the origin that knows its alias ----
Ref<> rememberClass(ThreadState& ts, GenericAlias* a, Ref<> made) {
  if (!made) return {};
  if (setAttr(ts, made.get(), names::__orig_class__, a).failed()) {
    if (!errorMatches(ts, kAttributeError) && !errorMatches(ts, kTypeError)) return {};
    clearError(ts);
  }
  return made;
}
Object* vectorcallAlias(Object* self, Object* const* args, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  auto* a = static_cast<GenericAlias*>(self);
  return rememberClass(ts, a, vectorcall(ts, a->origin, args, n, static_cast<Tuple*>(names))).release();
}
Ref<> callSlot(ThreadState& ts, GenericAlias* a, Tuple* args, Dict* keywords) {
  return rememberClass(ts, a, callTuple(ts, a->origin, args, keywords));
}

Ref<GenericAlias> makeAlias(ThreadState& ts, Type* type, Object* origin, Object* args) {
  Ref<Tuple> packed = TRY(isTuple(args) ? share(static_cast<Tuple*>(args)) : packTuple(ts, {args}));
  Ref<GenericAlias> a = Ref<GenericAlias>::steal(static_cast<GenericAlias*>(type->alloc(type, 0)));
  if (!a) return {};
  a->origin = Ref<>::share(origin).release();
  a->args = packed.release();
  a->vectorcall = vectorcallAlias;
  return a;
}

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  TRY(noKeywords(ts, "GenericAlias", keywords));
  TRY(checkPositional(ts, "GenericAlias", args->size, 2, 2));
  return makeAlias(ts, type, args->items[0], args->items[1]);
}

// ---- text, comparison ----
Ref<> repr(ThreadState& ts, GenericAlias* a) {
  StrBuilder text(ts);
  if (a->starred) text.append("*");
  Ref<Str> origin = TRY(typeArgumentText(ts, a->origin));
  text.append(origin.get());
  text.append("[");
  for (Index i = 0; i < a->args->size; ++i) {
    if (i) text.append(", ");
    Ref<Str> arg = TRY(typeArgumentText(ts, a->args->items[i]));
    text.append(arg.get());
  }
  if (!a->args->size) text.append("()");
  text.append("]");
  return text.finish();
}

Ref<> compare(ThreadState& ts, Object* x, Object* y, CompareOp op) {
  if (!isGenericAlias(x) || !isGenericAlias(y) || (op != CompareOp::Eq && op != CompareOp::Ne)) return notImplemented();
  auto* a = static_cast<GenericAlias*>(x);
  auto* b = static_cast<GenericAlias*>(y);
  bool equal = a->starred == b->starred && TRY(equalObjects(ts, a->origin, b->origin)) &&
               TRY(equalObjects(ts, a->args, b->args));
  return newBool(equal == (op == CompareOp::Eq));
}
Result<Index> hash(ThreadState& ts, GenericAlias* a) {
  Hash h = TRY(hashOf(ts, a->origin)) ^ TRY(hashOf(ts, a->args));
  return h == -1 ? -2 : h;
}

// ---- attributes ----
Ref<> getAttribute(ThreadState& ts, GenericAlias* a, Object* name) {
  if (isStr(name) && !isOwnName(static_cast<Str*>(name))) return getAttr(ts, a->origin, static_cast<Str*>(name));
  return genericGetAttr(ts, a, name);
}
Ref<> getParameters(ThreadState& ts, GenericAlias* a) {
  if (!a->parameters) {
    Ref<Tuple> found = TRY(collectTypeParameters(ts, a->args));
    if (!a->parameters) a->parameters = found.release();
  }
  return share(static_cast<Object*>(a->parameters));
}
Ref<> getUnpackedArguments(ThreadState&, GenericAlias* a) {
  if (a->starred && a->origin == static_cast<Object*>(&kTupleType)) return share(static_cast<Object*>(a->args));
  return none();
}

Ref<> subscript(ThreadState& ts, GenericAlias* a, Object* item) {
  Ref<> parameters = TRY(getParameters(ts, a));
  Ref<Tuple> args = TRY(substituteTypeParameters(ts, a, a->args, static_cast<Tuple*>(parameters.get()), item));
  Ref<GenericAlias> made = TRY(makeAlias(ts, &kGenericAliasType, a->origin, args.get()));
  made->starred = a->starred;
  return made;
}
Ref<> orTypes(ThreadState& ts, Object* x, Object* y) { return unionOf(ts, x, y); }

// ---- methods ----
Ref<> mroEntries(ThreadState& ts, GenericAlias* a, Object*) { return packTuple(ts, {a->origin}); }
Ref<> instanceCheck(ThreadState& ts, GenericAlias*, Object*) {
  return raise(ts, kTypeError, "isinstance() argument 2 cannot be a parameterized generic");
}
Ref<> subclassCheck(ThreadState& ts, GenericAlias*, Object*) {
  return raise(ts, kTypeError, "issubclass() argument 2 cannot be a parameterized generic");
}
Ref<> reduce(ThreadState& ts, GenericAlias* a) {
  if (a->starred) {
    // next(iter(alias)) is how a starred one is made.
    static constinit Name kNext{"next"};
    Ref<> next = TRY(builtinFunction(ts, kNext));
    Ref<GenericAlias> plain = TRY(makeAlias(ts, &kGenericAliasType, a->origin, a->args));
    Ref<> iterator = TRY(iterOf(ts, plain.get()));
    Ref<Tuple> args = TRY(packTuple(ts, {iterator.get()}));
    return packTuple(ts, {next.get(), args.get()});
  }
  Ref<Tuple> args = TRY(packTuple(ts, {a->origin, a->args}));
  return packTuple(ts, {a->type, args.get()});
}
Ref<> dirMethod(ThreadState& ts, GenericAlias* a) {
  Ref<List> names_found = TRY(dirOf(ts, a->origin));
  for (const char* own : kOwnNames) {
    Ref<Str> name = TRY(internedStr(ts, own));
    if (!TRY(containsItem(ts, names_found.get(), name.get()))) TRY(appendList(ts, names_found.get(), name.get()));
  }
  return names_found;
}

// ---- iteration: `*tuple[int]` in brackets unpacks to one starred alias ----
struct AliasIterator : Object {
  Object* alias;  // null: exhausted
};
Ref<> iter(ThreadState& ts, GenericAlias* a);
Ref<> next(ThreadState& ts, AliasIterator* it) {
  if (!it->alias) return {};
  auto* a = static_cast<GenericAlias*>(it->alias);
  Ref<GenericAlias> starred = TRY(makeAlias(ts, &kGenericAliasType, a->origin, a->args));
  starred->starred = true;
  clearField(it->alias);
  return starred;
}
Ref<> self(ThreadState&, Object* o) { return Ref<>::share(o); }
Ref<> reduceIterator(ThreadState& ts, AliasIterator* it) {
  static constinit Name kIter{"iter"};
  Ref<> f = TRY(builtinFunction(ts, kIter));
  Ref<Tuple> nothing = emptyTuple();
  Ref<Tuple> args = TRY(packTuple(ts, {it->alias ? it->alias : static_cast<Object*>(nothing.get())}));
  return packTuple(ts, {f.get(), args.get()});
}
int traverseIterator(AliasIterator* it, VisitFn visit, void* arg) {
  VISIT(it->alias);
  return 0;
}
int clearIterator(AliasIterator* it) {
  clearField(it->alias);
  return 0;
}
void deallocIterator(AliasIterator* it) {
  untrack(it);
  clearField(it->alias);
  it->type->free(it);
}
constexpr MethodDef kIteratorMethods[] = {METHOD_UNSIGNED("__reduce__", reduceIterator, "($self, /)", nullptr), {}};

}  // namespace

constinit Type kGenericAliasIteratorType = defineType<AliasIterator>({
    .name = "generic_alias_iterator",
    .methods = kIteratorMethods,
    .free = freeGcObject,
    .dealloc = slot<deallocIterator>,
    .traverse = slot<traverseIterator>,
    .clear = slot<clearIterator>,
    .iter = slot<self>,
    .iternext = slot<next>,
});

namespace {

Ref<> iter(ThreadState& ts, GenericAlias* a) {
  Ref<AliasIterator> it = TRY(newObject<AliasIterator>(ts, kGenericAliasIteratorType));
  it->alias = Ref<>::share(static_cast<Object*>(a)).release();
  track(it.get());
  return it;
}

int traverse(GenericAlias* a, VisitFn visit, void* arg) {
  VISIT(a->origin);
  VISIT(a->args);
  VISIT(a->parameters);
  return 0;
}
void dealloc(GenericAlias* a) {
  untrack(a);
  if (a->weakrefs) clearWeakrefs(a);
  clearField(a->origin);
  clearField(a->args);
  clearField(a->parameters);
  a->type->free(a);
}

constinit NumberSlots kNumber = {.bit_or = slot<orTypes>};
constinit MappingSlots kMapping = {.subscript = slot<subscript>};
constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("__mro_entries__", mroEntries, "($self, bases, /)", nullptr),
    METHOD_UNSIGNED("__instancecheck__", instanceCheck, "($self, instance, /)", nullptr),
    METHOD_UNSIGNED("__subclasscheck__", subclassCheck, "($self, subclass, /)", nullptr),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr),
    METHOD_UNSIGNED("__dir__", dirMethod, "($self, /)", nullptr),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("__origin__", ObjectOrNone, GenericAlias, origin, kMemberReadOnly, nullptr),
    MEMBER("__args__", ObjectOrNone, GenericAlias, args, kMemberReadOnly, nullptr),
    MEMBER("__unpacked__", Bool, GenericAlias, starred, kMemberReadOnly, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("__parameters__", getParameters, "the type variables among the arguments"),
    GETTER("__typing_unpacked_tuple_args__", getUnpackedArguments, nullptr),
    {}};

}  // namespace

constinit Type kGenericAliasType = defineType<GenericAlias>({
    .name = "types.GenericAlias",
    .doc = "A generic type with its arguments, such as list[int]\n\nActs as the generic type itself.",
    .flags = kBaseType | kHaveVectorcall,
    .weaklist_offset = offsetof(GenericAlias, weakrefs),
    .vectorcall_offset = offsetof(GenericAlias, vectorcall),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .number = &kNumber,
    .mapping = &kMapping,
    .make = makeSlot<make>,
    .alloc = genericAlloc,
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<compare>,
    .call = slot<callSlot>,
    .getattro = slot<getAttribute>,
    .iter = slot<iter>,
});

Ref<> newGenericAlias(ThreadState& ts, Object* origin, Object* args) {
  return makeAlias(ts, &kGenericAliasType, origin, args);
}

}  // namespace habu
