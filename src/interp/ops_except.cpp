// Raising and catching, `except*`, `with`.
#include <algorithm>
#include <vector>

#include "interp/ops.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/exceptions.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

namespace {

constinit Name kSplit{"split"};
constinit Name kDerive{"derive"};

bool isExceptionClass(const Object* o) { return isType(o) && static_cast<const Type*>(o)->has(kExceptionSubclass); }

Object* handledException(ThreadState& ts) {
  for (auto* item = ts.exception_stack; item; item = item->previous)
    if (item->value && !isNone(item->value)) return item->value;
  return nullptr;
}

// `raise` and `raise x` and `raise x from y`. True: the pending exception is re-raised as it was (no new entry in the
// traceback).
bool doRaise(ThreadState& ts, Object* exception, Object* cause) {
  if (!exception) {
    Object* handled = handledException(ts);
    if (!handled) {
      (void)raise(ts, kRuntimeError, "No active exception to reraise");
      return false;
    }
    (void)restoreRaised(ts, Ref<>::share(handled));
    return true;
  }
  Ref<> value;
  if (isExceptionClass(exception)) {
    value = call(ts, exception);
    if (value && !isException(value.get())) {
      (void)raise(ts, kTypeError, "calling {!r} should have returned an instance of BaseException, not {!r}", exception,
                  static_cast<Object*>(value->type));
      return false;
    }
  } else if (isException(exception)) {
    value = Ref<>::share(exception);
  } else {
    (void)raise(ts, kTypeError, "exceptions must derive from BaseException");
    return false;
  }
  if (!value) return false;
  if (cause) {
    Ref<> fixed;
    if (isExceptionClass(cause)) {
      fixed = call(ts, cause);
      if (!fixed) return false;
      if (!isException(fixed.get())) {
        (void)raise(ts, kTypeError, "calling {!r} should have returned an instance of BaseException, not {!r}", cause,
                    static_cast<Object*>(fixed->type));
        return false;
      }
    } else if (isException(cause)) {
      fixed = Ref<>::share(cause);
    } else if (!isNone(cause)) {
      (void)raise(ts, kTypeError, "exception causes must derive from BaseException");
      return false;
    }
    auto* error = static_cast<BaseException*>(value.get());
    error->suppress_context = 1;
    setField(error->cause, std::move(fixed));
  }
  (void)raiseInstance(ts, value.get());
  return false;
}

}  // namespace

HANDLER(RAISE_VARARGS) {
  frame->ip = ip;
  bool again;
  {
    Ref<> cause, exception;
    if (ip->arg == 2) cause = pop(sp);
    if (ip->arg >= 1) exception = pop(sp);
    again = doRaise(ts, exception.get(), cause.get());
  }
  if (again) GO(unwind);
  FAIL();
}

HANDLER(RERAISE) {
  frame->ip = ip;
  if (ip->arg) {
    Object* lasti = sp[-1 - ptrdiff_t(ip->arg)];
    if (isExactInt(lasti) && isCompact(static_cast<Int*>(lasti))) {
      frame->ip = frame->code->runtime->slots + compactValue(static_cast<Int*>(lasti));
    } else {
      (void)raise(ts, kSystemError, "lasti is not an int");
      FAIL();
    }
  }
  if (!sp[-1] || !isException(sp[-1])) [[unlikely]] {
    (void)raise(ts, kSystemError, "invalid bytecode");
    FAIL();
  }
  (void)restoreRaised(ts, pop(sp));
  GO(unwind);
}

HANDLER(PUSH_EXC_INFO) {
  ExceptionStackItem* item = ts.exception_stack;
  Object* exception = sp[-1];
  sp[-1] = item->value ? item->value : none().release();
  item->value = Ref<>::share(exception).release();
  *sp++ = exception;
  NEXT(PUSH_EXC_INFO);
}

HANDLER(POP_EXCEPT) {
  frame->ip = ip;
  { Ref<> old = Ref<>::steal(std::exchange(ts.exception_stack->value, *--sp)); }
  NEXT(POP_EXCEPT);
}

// ---- matching ----

namespace {

constexpr const char* kCannotCatch = "catching classes that do not inherit from BaseException is not allowed";
constexpr const char* kCannotCatchGroup = "catching ExceptionGroup with except* is not allowed. Use except instead.";

Status checkPattern(ThreadState& ts, Object* pattern) {
  if (isTuple(pattern)) {
    for (Object* p : static_cast<Tuple*>(pattern)->span())
      if (!isExceptionClass(p)) return raise(ts, kTypeError, kCannotCatch);
    return kDone;
  }
  if (!isExceptionClass(pattern)) return raise(ts, kTypeError, kCannotCatch);
  return kDone;
}

Status checkGroupPattern(ThreadState& ts, Object* pattern) {
  TRY(checkPattern(ts, pattern));
  auto is_group = [](Object* c) { return isSubtype(static_cast<Type*>(c), &kBaseExceptionGroup); };
  bool group = false;
  if (isTuple(pattern)) {
    for (Object* p : static_cast<Tuple*>(pattern)->span()) group |= is_group(p);
  } else {
    group = is_group(pattern);
  }
  if (group) return raise(ts, kTypeError, kCannotCatchGroup);
  return kDone;
}

// Splits what is handled by `except* pattern`: `match` is an exception group or None, `rest` what goes on.
Status splitGroup(ThreadState& ts, Object* exception, Object* pattern, Ref<>& match, Ref<>& rest) {
  match = none();
  rest = none();
  if (isNone(exception)) return kDone;
  if (exceptionMatches(ts, exception, pattern)) {
    if (isInstanceOf(exception, kBaseExceptionGroup)) {
      match = Ref<>::share(exception);
      return kDone;
    }
    // A naked exception is wrapped, so that the handler always gets a group.
    Ref<Tuple> alone = TRY(packTuple(ts, {exception}));
    Ref<Str> empty = TRY(newStr(ts, ""));
    Ref<> wrapped = TRY(call(ts, &kBaseExceptionGroup, {empty.get(), alone.get()}));
    auto* group = static_cast<BaseException*>(wrapped.get());
    setField(group->traceback, Ref<>::share(static_cast<BaseException*>(exception)->traceback));
    match = std::move(wrapped);
    return kDone;
  }
  rest = Ref<>::share(exception);
  if (!isInstanceOf(exception, kBaseExceptionGroup)) return kDone;
  Ref<> pair = TRY(callMethod(ts, exception, kSplit, {pattern}));
  if (!isExactTuple(pair.get()) || static_cast<Tuple*>(pair.get())->size < 2) {
    if (!isTuple(pair.get()))
      return raise(ts, kTypeError, "{:.200}.split must return a tuple, not {:.200}", typeName(exception), typeName(pair.get()));
    if (static_cast<Tuple*>(pair.get())->size < 2)
      return raise(ts, kTypeError, "{:.200}.split must return a 2-tuple, got tuple of size {}", typeName(exception),
                   static_cast<Tuple*>(pair.get())->size);
  }
  match = Ref<>::share(static_cast<Tuple*>(pair.get())->items[0]);
  rest = Ref<>::share(static_cast<Tuple*>(pair.get())->items[1]);
  return kDone;
}

Status groupMatch(ThreadState& ts, Object** sp) {
  TRY(checkGroupPattern(ts, sp[-1]));
  Ref<> match, rest;
  TRY(splitGroup(ts, sp[-2], sp[-1], match, rest));
  if (!isNone(match.get())) {
    // The handler sees the matched part as the exception being handled.
    setField(ts.exception_stack->value, match.copy());
  }
  setTop(sp, std::move(match));
  setTop(sp - 1, std::move(rest));
  return kDone;
}

}  // namespace

HANDLER(CHECK_EXC_MATCH) {
  frame->ip = ip;
  bool failed = checkPattern(ts, sp[-1]).failed();
  if (failed) [[unlikely]] FAIL();
  setTop(sp, newBool(exceptionMatches(ts, sp[-2], sp[-1])));
  NEXT(CHECK_EXC_MATCH);
}

HANDLER(CHECK_EG_MATCH) {
  frame->ip = ip;
  bool failed = groupMatch(ts, sp).failed();
  if (failed) [[unlikely]] FAIL();
  NEXT(CHECK_EG_MATCH);
}

// ---- the end of a try with except* clauses ----

namespace {

// The exceptions at the leaves of a tree of groups, by identity.
using Leaves = std::vector<Object*>;

Status collectLeaves(ThreadState& ts, Object* exception, Leaves& leaves) {
  if (!isInstanceOf(exception, kBaseExceptionGroup)) {
    leaves.push_back(exception);
    return kDone;
  }
  RecursionGuard guard(ts, " in collect_exception_group_leaf_ids");
  if (guard.failed()) return Raised{};
  auto* parts = static_cast<Tuple*>(static_cast<ExceptionGroup*>(exception)->exceptions);
  for (Object* part : parts->span()) TRY(collectLeaves(ts, part, leaves));
  return kDone;
}

// A group like `group` with other members, made by its derive().
Ref<> deriveGroup(ThreadState& ts, ExceptionGroup* group, List* members) {
  Ref<> made = TRY(callMethod(ts, group, kDerive, {members}));
  if (!isInstanceOf(made.get(), kBaseExceptionGroup))
    return raise(ts, kTypeError, "derive must return an instance of BaseExceptionGroup");
  auto* derived = static_cast<BaseException*>(made.get());
  setField(derived->traceback, Ref<>::share(group->traceback));
  setField(derived->context, Ref<>::share(group->context));
  setField(derived->cause, Ref<>::share(group->cause));
  if (group->notes && isSequence(group->notes)) setField(derived->notes, Ref<>(TRY(listFrom(ts, group->notes))));
  return made;
}

// The part of `exception` whose leaves are in `leaves` (sorted); empty: nothing of it.
Found projectGroup(ThreadState& ts, Object* exception, const Leaves& leaves) {
  if (!isInstanceOf(exception, kBaseExceptionGroup))
    return std::binary_search(leaves.begin(), leaves.end(), exception) ? Ref<>::share(exception) : Ref<>{};
  RecursionGuard guard(ts, " in exceptiongroup_split_recursive");
  if (guard.failed()) return Raised{};
  auto* group = static_cast<ExceptionGroup*>(exception);
  Ref<List> kept = TRY(newList(ts));
  for (Object* part : static_cast<Tuple*>(group->exceptions)->span()) {
    Ref<> projected = TRY(projectGroup(ts, part, leaves));
    if (projected) TRY(appendList(ts, kept.get(), std::move(projected)));
  }
  if (!kept->size) return Ref<>{};
  Ref<> derived = TRY(deriveGroup(ts, group, kept.get()));
  return derived;
}

bool sameMetadata(Object* a, Object* b) {
  auto *x = static_cast<BaseException*>(a), *y = static_cast<BaseException*>(b);
  return x->notes == y->notes && x->traceback == y->traceback && x->cause == y->cause && x->context == y->context;
}

// What `try ... except*` raises in the end: what handlers raised, and what nobody handled or was re-raised merged back
// into the shape of the original group.
Ref<> prepareReraise(ThreadState& ts, Object* original, List* raised_list) {
  Index n = raised_list->size;
  if (!n) return none();
  if (!isInstanceOf(original, kBaseExceptionGroup)) {
    // A naked exception was caught and wrapped; only one except* clause could run.
    return Ref<>::share(raised_list->items[0]);
  }
  Ref<List> raised = TRY(newList(ts));
  Leaves leaves;
  for (Index i = 0; i < n; ++i) {
    Object* e = raised_list->items[i];
    if (isNone(e)) continue;
    if (sameMetadata(e, original)) TRY(collectLeaves(ts, e, leaves));
    else TRY(appendList(ts, raised.get(), e));
  }
  Ref<> again;
  std::sort(leaves.begin(), leaves.end());
  if (!leaves.empty()) again = TRY(projectGroup(ts, original, leaves));
  if (!raised->size) return again ? std::move(again) : none();
  if (again) TRY(appendList(ts, raised.get(), std::move(again)));
  Ref<Str> empty = TRY(newStr(ts, ""));
  return call(ts, &kBaseExceptionGroup, {empty.get(), raised.get()});
}

}  // namespace

HANDLER(PREP_RERAISE_STAR) {
  frame->ip = ip;
  Object* result;
  {
    Ref<> list = pop(sp), original = pop(sp);
    result = owned(prepareReraise(ts, original.get(), static_cast<List*>(list.get())));
  }
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(PREP_RERAISE_STAR);
}

// ---- with ----

namespace {

struct ManagerTexts {
  const char *plain, *missed;
};
constexpr ManagerTexts kSyncTexts = {"'{:.200}' object does not support the context manager protocol",
                                     "'{:.200}' object does not support the context manager protocol (missed __exit__ method)"};
constexpr ManagerTexts kAsyncTexts = {
    "'{:.200}' object does not support the asynchronous context manager protocol",
    "'{:.200}' object does not support the asynchronous context manager protocol (missed __aexit__ method)"};

// Finds both methods, then calls the first.
Status enterManager(ThreadState& ts, Object* manager, Str* enter_name, Str* exit_name, const ManagerTexts& texts, Ref<>& exit,
                    Ref<>& entered) {
  Ref<> enter = TRY(lookupSpecial(ts, manager, enter_name));
  if (!enter) return raise(ts, kTypeError, texts.plain, typeName(manager));
  exit = TRY(lookupSpecial(ts, manager, exit_name));
  if (!exit) return raise(ts, kTypeError, texts.missed, typeName(manager));
  entered = TRY(call(ts, enter.get()));
  return kDone;
}

bool beforeWith(ThreadState& ts, Object**& sp, Str* enter, Str* exit_name, const ManagerTexts& texts) {
  Ref<> exit, entered;
  if (enterManager(ts, sp[-1], enter, exit_name, texts, exit, entered).failed()) return false;
  setTop(sp, std::move(exit));
  push(sp, std::move(entered));
  return true;
}

Ref<> callExit(ThreadState& ts, Object** sp) {
  Object *exception = sp[-1], *exit = sp[-4];
  Object* type = exception->type;
  Ref<> traceback = Ref<>::share(static_cast<BaseException*>(exception)->traceback);
  return call(ts, exit, {type, exception, traceback ? traceback.get() : &kNoneObject});
}

}  // namespace

HANDLER(BEFORE_WITH) {
  frame->ip = ip;
  if (!beforeWith(ts, sp, names::__enter__, names::__exit__, kSyncTexts)) [[unlikely]] FAIL();
  NEXT(BEFORE_WITH);
}

HANDLER(BEFORE_ASYNC_WITH) {
  frame->ip = ip;
  if (!beforeWith(ts, sp, names::__aenter__, names::__aexit__, kAsyncTexts)) [[unlikely]] FAIL();
  NEXT(BEFORE_ASYNC_WITH);
}

HANDLER(WITH_EXCEPT_START) {
  frame->ip = ip;
  PUSH_OR_FAIL(callExit(ts, sp));
  NEXT(WITH_EXCEPT_START);
}

}  // namespace habu
