// xxsubtype: subclasses of list and dict made in C++, which the tests of the type system use.
#include <ctime>

#include "object/attribute.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct SpamList : List {
  int state;
};
struct SpamDict : Dict {
  int state;
};

// State: an int that may be read and set by methods.
template <class T>
int getState(ThreadState&, T* self) {
  return self->state;
}
template <class T>
Status setState(ThreadState& ts, T* self, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "setstate() takes no keyword arguments");
  if (args.count != 1) return raise(ts, kTypeError, "setstate() takes exactly 1 argument ({} given)", args.count);
  self->state = TRY(asCInt(ts, args[0]));
  return kDone;
}

Status initList(ThreadState&, SpamList* self, Tuple* args, Dict* keywords) {
  if (kListType.init(self, args, keywords) < 0) return Raised{};
  self->state = 0;
  return kDone;
}
Status initDict(ThreadState&, SpamDict* self, Tuple* args, Dict* keywords) {
  if (kDictType.init(self, args, keywords) < 0) return Raised{};
  self->state = 0;
  return kDone;
}

Ref<> triple(ThreadState& ts, Object* first, Args args) {
  Ref<Tuple> positional = TRY(newTuple(ts, args.positional()));
  Ref<Dict> keywords = TRY(newDict(ts));
  for (Index i = 0; i < args.keywordCount(); ++i)
    TRY(dictSet(ts, keywords.get(), args.keyword(i), args.keywordValue(i)));
  return packTuple(ts, {first, positional.get(), keywords.get()});
}
Ref<> classMethod(ThreadState& ts, Type* type, Args args) { return triple(ts, type, args); }
Ref<> staticMethod(ThreadState& ts, Object*, Args args) { return triple(ts, &kNoneObject, args); }

Ref<> stateOf(ThreadState& ts, SpamList* self) { return newInt(ts, self->state); }

constexpr MethodDef kListMethods[] = {
    METHOD_UNSIGNED("getstate", getState<SpamList>, "($self, /)", "getstate() -> state"),
    METHOD_RAW("setstate", setState<SpamList>, "setstate(state)"),
    detail::named(detail::bindMethod<classMethod, "classmeth", "()", kMethClass>("classmeth(*args, **kw)"), "classmeth"),
    detail::named(detail::bindMethod<staticMethod, "staticmeth", "()", 0>("staticmeth(*args, **kw)"), "staticmeth"),
    {}};
constexpr MethodDef kDictMethods[] = {
    METHOD_UNSIGNED("getstate", getState<SpamDict>, "($self, /)", "getstate() -> state"),
    METHOD_RAW("setstate", setState<SpamDict>, "setstate(state)"),
    {}};
constexpr GetSetDef kListGetSet[] = {GETTER("state", stateOf, "an int that does nothing"), {}};
constexpr MemberDef kDictMembers[] = {MEMBER("state", Int, SpamDict, state, kMemberReadOnly, "an int that does nothing"), {}};

consteval std::array<MethodDef, 5> withStatic() {
  std::array<MethodDef, 5> methods{kListMethods[0], kListMethods[1], kListMethods[2], kListMethods[3], kListMethods[4]};
  methods[3].flags |= kMethStatic;
  return methods;
}
constexpr auto kAllListMethods = withStatic();

constinit Type kSpamListType = defineType<SpamList>({
    .name = "xxsubtype.spamlist",
    .flags = kBaseType,
    .base = &kListType,
    .methods = kAllListMethods.data(),
    .getset = kListGetSet,
    .init = slot<initList>,
});
constinit Type kSpamDictType = defineType<SpamDict>({
    .name = "xxsubtype.spamdict",
    .flags = kBaseType,
    .base = &kDictType,
    .methods = kDictMethods,
    .members = kDictMembers,
    .init = slot<initDict>,
});

// Seconds for n lookups of an attribute.
Ref<> bench(ThreadState& ts, Module*, Args args) {
  if (args.count < 2) return raise(ts, kTypeError, "function takes at least 2 arguments ({} given)", args.count);
  if (args.count > 3) return raise(ts, kTypeError, "function takes at most 3 arguments ({} given)", args.count);
  if (!isStr(args[1])) return raise(ts, kTypeError, "argument 2 must be str, not {}", typeName(args[1]));
  int n = args.count > 2 ? TRY(asCInt(ts, args[2])) : 1000;
  clock_t start = clock();
  while (--n >= 0) (void)TRY(getAttr(ts, args[0], static_cast<Str*>(args[1])));
  return newFloat(ts, double(clock() - start) / CLOCKS_PER_SEC);
}

constexpr MethodDef kMethods[] = {METHOD_RAW("bench", bench, nullptr), {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addType(ts, m, kSpamListType));
  return addType(ts, m, kSpamDictType);
}

}  // namespace

extern const ModuleDef kXxSubtypeModule = {
    .name = "xxsubtype",
    .doc = "Subclasses of list and dict made in C++.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
