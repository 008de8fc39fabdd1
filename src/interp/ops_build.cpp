// Displays: tuples, lists, sets, dictionaries, strings, and what comprehensions add to them.
#include "interp/ops.h"
#include "interp/import_ops.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"

namespace habu {

HANDLER(BUILD_TUPLE) {
  frame->ip = ip;
  Index n = ip->arg;
  sp -= n;
  PUSH_OR_FAIL(tupleFromStack(ts, sp, n));
  NEXT(BUILD_TUPLE);
}

HANDLER(BUILD_LIST) {
  frame->ip = ip;
  Index n = ip->arg;
  sp -= n;
  PUSH_OR_FAIL(listFromStack(ts, sp, n));
  NEXT(BUILD_LIST);
}

HANDLER(LIST_TO_TUPLE) {
  frame->ip = ip;
  Object* made = owned(listToTuple(ts, static_cast<List*>(sp[-1])));
  if (!made) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(made));
  NEXT(LIST_TO_TUPLE);
}

namespace {
Ref<Set> buildSet(ThreadState& ts, Object** items, Index n) {
  Ref<Set> made = TRY(newSet(ts));
  for (Index i = 0; i < n; ++i) TRY(setAdd(ts, made.get(), items[i]));
  return made;
}
Ref<Dict> buildMap(ThreadState& ts, Object** items, Index n) {
  Ref<Dict> made = TRY(newDict(ts, n));
  for (Index i = 0; i < n; ++i) TRY(dictSet(ts, made.get(), items[2 * i], items[2 * i + 1]));
  return made;
}
Ref<Dict> buildMapOf(ThreadState& ts, Object** values, Tuple* keys) {
  Ref<Dict> made = TRY(newDict(ts, keys->size));
  for (Index i = 0; i < keys->size; ++i) TRY(dictSet(ts, made.get(), keys->items[i], values[i]));
  return made;
}
}  // namespace

HANDLER(BUILD_SET) {
  frame->ip = ip;
  Object* made = owned(buildSet(ts, sp - ptrdiff_t(ip->arg), ip->arg));
  dropMany(sp, ip->arg);
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(BUILD_SET);
}

HANDLER(BUILD_MAP) {
  frame->ip = ip;
  Object* made = owned(buildMap(ts, sp - 2 * ptrdiff_t(ip->arg), ip->arg));
  dropMany(sp, 2 * Index(ip->arg));
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(BUILD_MAP);
}

HANDLER(BUILD_CONST_KEY_MAP) {
  frame->ip = ip;
  Object* made = nullptr;
  Object* keys = sp[-1];
  if (!isExactTuple(keys) || static_cast<Tuple*>(keys)->size != Index(ip->arg))
    (void)raise(ts, kSystemError, "bad BUILD_CONST_KEY_MAP keys argument");
  else
    made = owned(buildMapOf(ts, sp - 1 - ptrdiff_t(ip->arg), static_cast<Tuple*>(keys)));
  dropMany(sp, Index(ip->arg) + 1);
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(BUILD_CONST_KEY_MAP);
}

HANDLER(BUILD_STRING) {
  frame->ip = ip;
  Object** parts = sp - ptrdiff_t(ip->arg);
  Object* made = owned(joinStrs(ts, static_cast<Str*>(static_cast<Object*>(names::kEmpty)), {parts, size_t(ip->arg)}));
  dropMany(sp, ip->arg);
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(BUILD_STRING);
}

// ---- into a container further down the stack ----

HANDLER(LIST_APPEND) {
  frame->ip = ip;
  auto* list = static_cast<List*>(sp[-1 - ptrdiff_t(ip->arg)]);
  bool failed = appendList(ts, list, pop(sp)).failed();
  if (failed) [[unlikely]] FAIL();
  NEXT(LIST_APPEND);
}

HANDLER(SET_ADD) {
  frame->ip = ip;
  auto* set = static_cast<Set*>(sp[-1 - ptrdiff_t(ip->arg)]);
  CONSUME_OR_FAIL(setAdd(ts, set, top));
  NEXT(SET_ADD);
}

HANDLER(MAP_ADD) {
  frame->ip = ip;
  auto* dict = static_cast<Dict*>(sp[-2 - ptrdiff_t(ip->arg)]);
  bool failed;
  {
    Ref<> value = pop(sp), key = pop(sp);
    failed = dictSet(ts, dict, key.get(), value.get()).failed();
  }
  if (failed) [[unlikely]] FAIL();
  NEXT(MAP_ADD);
}

namespace {

Status extendWithStar(ThreadState& ts, List* list, Object* iterable) {
  if (!extendList(ts, list, iterable).failed()) return kDone;
  if (errorMatches(ts, kTypeError) && !iterable->type->iter && !isSequence(iterable)) {
    clearError(ts);
    return raise(ts, kTypeError, "Value after * must be an iterable, not {:.200}", typeName(iterable));
  }
  return Raised{};
}

Status updateWith(ThreadState& ts, Dict* dict, Object* mapping) {
  if (!dictMerge(ts, dict, mapping, 1).failed()) return kDone;
  if (errorMatches(ts, kAttributeError))
    return raise(ts, kTypeError, "'{:.200}' object is not a mapping", typeName(mapping));
  return Raised{};
}

// `f(**mapping)`: says which function got the wrong thing.
Status mergeKeywords(ThreadState& ts, Dict* dict, Object* mapping, Object* callable) {
  if (!dictMerge(ts, dict, mapping, 2).failed()) return kDone;
  if (errorMatches(ts, kAttributeError)) {
    clearError(ts);
    Ref<Str> function = TRY(functionText(ts, callable));
    return raise(ts, kTypeError, "{} argument after ** must be a mapping, not {:.200}", function, typeName(mapping));
  }
  if (!errorMatches(ts, kKeyError)) return Raised{};
  Ref<> error = takeRaised(ts);
  Tuple* args = static_cast<BaseException*>(error.get())->args;
  if (args && args->size == 1) {
    Ref<Str> function = TRY(functionText(ts, callable));
    return raise(ts, kTypeError, "{} got multiple values for keyword argument '{}'", function, args->items[0]);
  }
  return restoreRaised(ts, std::move(error));
}

}  // namespace

HANDLER(LIST_EXTEND) {
  frame->ip = ip;
  auto* list = static_cast<List*>(sp[-1 - ptrdiff_t(ip->arg)]);
  CONSUME_OR_FAIL(extendWithStar(ts, list, top));
  NEXT(LIST_EXTEND);
}

HANDLER(SET_UPDATE) {
  frame->ip = ip;
  auto* set = static_cast<Set*>(sp[-1 - ptrdiff_t(ip->arg)]);
  CONSUME_OR_FAIL(setUpdate(ts, set, top));
  NEXT(SET_UPDATE);
}

HANDLER(DICT_UPDATE) {
  frame->ip = ip;
  auto* dict = static_cast<Dict*>(sp[-1 - ptrdiff_t(ip->arg)]);
  CONSUME_OR_FAIL(updateWith(ts, dict, top));
  NEXT(DICT_UPDATE);
}

HANDLER(DICT_MERGE) {
  frame->ip = ip;
  auto* dict = static_cast<Dict*>(sp[-1 - ptrdiff_t(ip->arg)]);
  Object* callable = sp[-3 - ptrdiff_t(ip->arg)];
  CONSUME_OR_FAIL(mergeKeywords(ts, dict, top, callable));
  NEXT(DICT_MERGE);
}

// ---- f-strings ----

namespace {
// `conversion`: 0 none, 1 str, 2 repr, 3 ascii.
Ref<> formatValue(ThreadState& ts, Object* value, int conversion, Object* spec) {
  Ref<> text = Ref<>::share(value);
  if (conversion == 1) text = TRY(strOf(ts, value));
  if (conversion == 2) text = TRY(reprOf(ts, value));
  if (conversion == 3) text = TRY(asciiOf(ts, value));
  if (!spec && isExactStr(text.get())) return text;
  if (spec && !isStr(spec))
    return raise(ts, kSystemError, "Format specifier must be a string, not {:.200}", typeName(spec));
  return formatObject(ts, text.get(), static_cast<Str*>(spec));
}
}  // namespace

HANDLER(FORMAT_VALUE) {
  frame->ip = ip;
  Object* made;
  {
    Ref<> spec;
    if (ip->arg & 4) spec = pop(sp);
    Ref<> value = pop(sp);
    made = owned(formatValue(ts, value.get(), int(ip->arg & 3), spec.get()));
  }
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(FORMAT_VALUE);
}

HANDLER(PRINT_EXPR) {
  frame->ip = ip;
  CONSUME_OR_FAIL(printExpression(ts, top));
  NEXT(PRINT_EXPR);
}

}  // namespace habu
