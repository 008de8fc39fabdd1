// BaseExceptionGroup and ExceptionGroup (PEP 654): several exceptions raised together, split by type or predicate.
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/exception_base.h"
#include "types/function.h"
#include "types/generic_alias.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

namespace {

constinit Type* exception_group = nullptr;  // ExceptionGroup; made on first use, immortal

bool isGroup(const Object* o) { return isInstanceOf(o, kBaseExceptionGroup); }
bool isExceptionClassObject(const Object* o) { return isType(o) && static_cast<const Type*>(o)->has(kExceptionSubclass); }
Index countOf(Tuple* t) { return t->size; }
Tuple* exceptionsOf(Object* group) { return static_cast<Tuple*>(static_cast<ExceptionGroup*>(group)->exceptions); }

// ---- making ----
// Which class: plain groups of Exceptions become ExceptionGroup; no BaseException goes into a subclass of Exception.
Result<Type*> chooseClass(ThreadState& ts, Type* cls, bool has_base_exceptions) {
  Type* group = &exceptionGroupType();
  if (cls == &kBaseExceptionGroup) return has_base_exceptions ? cls : group;
  if (!has_base_exceptions) return cls;
  if (cls == group) return raise(ts, kTypeError, "Cannot nest BaseExceptions in an ExceptionGroup");
  if (isSubtype(cls, &kException)) return raise(ts, kTypeError, "Cannot nest BaseExceptions in '{:.200}'", cls->name);
  return cls;
}

Ref<> make(ThreadState& ts, Type* cls, Tuple* args, Dict*) {
  if (args->size != 2)
    return raise(ts, kTypeError, "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)", args->size);
  Object* message = args->items[0];
  if (!isStr(message))
    return raise(ts, kTypeError, "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
                 isNone(message) ? "None" : typeName(message));
  if (!isSequence(args->items[1])) return raise(ts, kTypeError, "second argument (exceptions) must be a sequence");
  Ref<Tuple> exceptions = TRY(tupleFrom(ts, args->items[1]));
  if (!exceptions->size) return raise(ts, kValueError, "second argument (exceptions) must be a non-empty sequence");
  bool has_base_exceptions = false;
  for (Index i = 0; i < exceptions->size; ++i) {
    Object* e = exceptions->items[i];
    if (!isException(e)) return raise(ts, kValueError, "Item {} of second argument (exceptions) is not an exception", i);
    has_base_exceptions |= !isInstanceOf(e, kException);
  }
  cls = TRY(chooseClass(ts, cls, has_base_exceptions));
  Ref<> made = Ref<>::steal(exceptionNewSlot(cls, args, nullptr));
  if (!made) return {};
  auto* group = static_cast<ExceptionGroup*>(made.get());
  group->message = Ref<>::share(message).release();
  group->exceptions = exceptions.release();
  return made;
}

Ref<> str(ThreadState& ts, ExceptionGroup* g) {
  Index n = countOf(exceptionsOf(g));
  return formatText(ts, "{} ({} sub-exception{})", g->message, n, n > 1 ? "s" : "");
}

Ref<> derive(ThreadState& ts, ExceptionGroup* g, Args args) {
  if (args.count != 1) return raise(ts, kTypeError, "function takes exactly 1 argument ({} given)", args.count);
  return call(ts, &kBaseExceptionGroup, {g->message, args[0]});
}

// ---- subsets ----
// A group like `original` with these exceptions; None when there are none.
Ref<> subset(ThreadState& ts, ExceptionGroup* original, List* exceptions) {
  if (exceptions->size == 0) return none();
  static constinit Name kDerive{"derive"};
  Ref<> made = TRY(callMethod(ts, original, kDerive, {exceptions}));
  if (!isGroup(made.get())) return raise(ts, kTypeError, "derive must return an instance of BaseExceptionGroup");
  auto* e = static_cast<BaseException*>(made.get());
  if (original->traceback) setField(e->traceback, Ref<>::share(original->traceback));
  setField(e->context, Ref<>::share(original->context));
  setField(e->cause, Ref<>::share(original->cause));
  e->suppress_context = 1;  // a cause has been set, if only to None
  Ref<> notes = TRY(findAttr(ts, original, names::__notes__));
  if (notes && isSequence(notes.get())) {
    // A list of its own: notes added to the part must not show in the whole.
    Ref<List> copy = TRY(listFrom(ts, notes.get()));
    TRY(setAttr(ts, made.get(), names::__notes__, copy.get()));
  }
  return made;
}

enum class MatchKind { Type, Predicate };
struct Matcher {
  MatchKind kind;
  Object* value;  // a class or tuple of classes, or a callable
};

Result<Matcher> matcherFrom(ThreadState& ts, Object* value) {
  if (isExceptionClassObject(value)) return Matcher{MatchKind::Type, value};
  if (value->type == &kFunctionType)
    return Matcher{MatchKind::Predicate, value};
  if (isExactTuple(value)) {
    bool all_classes = true;
    for (Object* item : static_cast<Tuple*>(value)->span()) all_classes &= isExceptionClassObject(item);
    if (all_classes) return Matcher{MatchKind::Type, value};
  }
  return raise(ts, kTypeError, "expected a function, exception type or tuple of exception types");
}

Result<bool> matches(ThreadState& ts, const Matcher& m, Object* exception) {
  switch (m.kind) {
    case MatchKind::Type: return exceptionMatches(ts, exception, m.value);
    case MatchKind::Predicate: {
      Ref<> answer = TRY(call(ts, m.value, {exception}));
      return isTrue(ts, answer.get());
    }
  }
  return false;
}

struct Split {
  Ref<> match, rest;  // None where empty; `rest` only when asked for
};

Result<Split> splitGroup(ThreadState& ts, Object* e, const Matcher& m, bool want_rest) {
  if (TRY(matches(ts, m, e))) return Split{Ref<>::share(e), want_rest ? none() : Ref<>()};
  if (!isGroup(e)) return Split{none(), want_rest ? Ref<>::share(e) : Ref<>()};
  RecursionGuard guard(ts, " in exceptiongroup_split_recursive");
  if (guard.failed()) return Raised{};
  Ref<Tuple> all = share(exceptionsOf(e));
  Ref<List> matching = TRY(newList(ts));
  Ref<List> others = TRY(newList(ts));
  for (Object* child : all->span()) {
    Split s = TRY(splitGroup(ts, child, m, want_rest));
    if (!isNone(s.match.get())) TRY(appendList(ts, matching.get(), std::move(s.match)));
    if (want_rest && !isNone(s.rest.get())) TRY(appendList(ts, others.get(), std::move(s.rest)));
  }
  auto* group = static_cast<ExceptionGroup*>(e);
  Ref<> match = TRY(subset(ts, group, matching.get()));
  Ref<> rest;
  if (want_rest) rest = TRY(subset(ts, group, others.get()));
  return Split{std::move(match), std::move(rest)};
}

Ref<> splitMethod(ThreadState& ts, ExceptionGroup* g, Args args) {
  TRY(checkPositional(ts, "split", args.count, 1, 1));
  Matcher m = TRY(matcherFrom(ts, args[0]));
  Split s = TRY(splitGroup(ts, g, m, true));
  return packTuple(ts, {s.match.get(), s.rest.get()});
}
Ref<> subgroupMethod(ThreadState& ts, ExceptionGroup* g, Args args) {
  TRY(checkPositional(ts, "subgroup", args.count, 1, 1));
  Matcher m = TRY(matcherFrom(ts, args[0]));
  Split s = TRY(splitGroup(ts, g, m, false));
  return std::move(s.match);
}

constexpr MethodDef kMethods[] = {
    CLASS_GETITEM,
    METHOD_RAW("derive", derive, "A group with the same message and other exceptions."),
    METHOD_RAW("split", splitMethod, "The pair of what matches and of the rest, as groups of the same shape."),
    METHOD_RAW("subgroup", subgroupMethod, "What matches, as a group of the same shape."),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("message", ObjectOrNone, ExceptionGroup, message, kMemberReadOnly, "exception message"),
    MEMBER("exceptions", ObjectOrNone, ExceptionGroup, exceptions, kMemberReadOnly, "nested exceptions"),
    {}};

}  // namespace

constinit Type kBaseExceptionGroup = defineException<ExceptionGroup>(
    "BaseExceptionGroup", &kBaseException, "Several exceptions that belong together.",
    {.make = makeSlot<make>, .init = slot<initException>, .str = slot<str>, .methods = kMethods, .members = kMembers});

Type& exceptionGroupType() {
  if (exception_group) return *exception_group;
  ThreadState& ts = ThreadState::current();
  Ref<Str> name = internedStr(ts, "ExceptionGroup");
  Ref<Tuple> bases = packTuple(ts, {&kBaseExceptionGroup, &kException});
  Ref<Dict> dict = newDict(ts);
  if (name && bases && dict && !dictSet(ts, dict.get(), names::__module__, names::builtins).failed()) {
    Ref<> made = makeClass(ts, name.get(), bases.get(), dict.get());
    exception_group = static_cast<Type*>(made.release());
  }
  return *exception_group;  // only out of memory at start-up can leave it null
}

}  // namespace habu
