// Structural pattern matching (PEP 634).
#include "interp/ops.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"

namespace habu {

HANDLER(GET_LEN) {
  frame->ip = ip;
  Object* length;
  {
    Result<Index> n = lengthOf(ts, sp[-1]);
    length = n.failed() ? nullptr : owned(newInt(ts, n.take()));
  }
  if (!length) [[unlikely]] FAIL();
  *sp++ = length;
  NEXT(GET_LEN);
}

HANDLER(MATCH_MAPPING) {
  push(sp, newBool(hasFlag(sp[-1], kMappingFlag)));
  NEXT(MATCH_MAPPING);
}

HANDLER(MATCH_SEQUENCE) {
  push(sp, newBool(hasFlag(sp[-1], kSequenceFlag)));
  NEXT(MATCH_SEQUENCE);
}

namespace {

// Values of the keys as a tuple, None when one is missing. Found by get(key, dummy), so that defaults stay out.
Ref<> matchKeys(ThreadState& ts, Object* map, Tuple* keys) {
  if (!keys->size) return emptyTuple();
  MethodLookup get = TRY(getMethod(ts, map, names::get));
  Ref<Set> seen = TRY(newSet(ts));
  Ref<> dummy = TRY(call(ts, &kObjectType));
  Ref<List> values = TRY(newList(ts, keys->size));
  for (Object* key : keys->span()) {
    if (TRY(setContains(ts, seen.get(), key)))
      return raise(ts, kValueError, "mapping pattern checks duplicate key ({!r})", key);
    TRY(setAdd(ts, seen.get(), key));
    Ref<> value = TRY(get.is_method ? call(ts, get.function.get(), {map, key, dummy.get()})
                                    : call(ts, get.function.get(), {key, dummy.get()}));
    if (value.get() == dummy.get()) return none();
    TRY(appendList(ts, values.get(), std::move(value)));
  }
  return listToTuple(ts, values.get());
}

struct ClassMatch {
  ThreadState& ts;
  Object* subject;
  Type* type;
  Ref<Set> seen;
  Ref<List> found;
};

// Adds subject.name; false: it has none.
Result<bool> matchAttribute(ClassMatch& m, Object* name) {
  if (TRY(setContains(m.ts, m.seen.get(), name)))
    return raise(m.ts, kTypeError, "{}() got multiple sub-patterns for attribute {!r}", m.type->name, name);
  TRY(setAdd(m.ts, m.seen.get(), name));
  Ref<> value = TRY(findAttr(m.ts, m.subject, static_cast<Str*>(name)));
  if (!value) return false;
  TRY(appendList(m.ts, m.found.get(), std::move(value)));
  return true;
}

Result<bool> matchPositional(ClassMatch& m, Index count) {
  Ref<> match_args = TRY(findAttr(m.ts, m.type, names::__match_args__));
  bool match_self = false;
  if (match_args) {
    if (!isExactTuple(match_args.get()))
      return raise(m.ts, kTypeError, "{}.__match_args__ must be a tuple (got {})", m.type->name, typeName(match_args.get()));
  } else {
    match_args = emptyTuple();
    match_self = m.type->has(kMatchSelf);
  }
  auto* args = static_cast<Tuple*>(match_args.get());
  Index allowed = match_self ? 1 : args->size;
  if (allowed < count)
    return raise(m.ts, kTypeError, "{}() accepts {} positional sub-pattern{} ({} given)", m.type->name, allowed,
                 allowed == 1 ? "" : "s", count);
  if (match_self) {
    TRY(appendList(m.ts, m.found.get(), m.subject));
    return true;
  }
  for (Index i = 0; i < count; ++i) {
    Object* name = args->items[i];
    if (!isExactStr(name))
      return raise(m.ts, kTypeError, "__match_args__ elements must be strings (got {})", typeName(name));
    if (!TRY(matchAttribute(m, name))) return false;
  }
  return true;
}

// The attributes that the sub-patterns look at, as a tuple; None: no match.
Ref<> matchClass(ThreadState& ts, Object* subject, Object* cls, Index positional, Tuple* keywords) {
  if (!isType(cls)) return raise(ts, kTypeError, "called match pattern must be a class");
  if (!TRY(isInstanceObject(ts, subject, cls))) return none();
  ClassMatch m{ts, subject, static_cast<Type*>(cls), TRY(newSet(ts)), TRY(newList(ts))};
  if (positional && !TRY(matchPositional(m, positional))) return none();
  for (Object* name : keywords->span())
    if (!TRY(matchAttribute(m, name))) return none();
  return listToTuple(ts, m.found.get());
}

}  // namespace

HANDLER(MATCH_KEYS) {
  frame->ip = ip;
  PUSH_OR_FAIL(matchKeys(ts, sp[-2], static_cast<Tuple*>(sp[-1])));
  NEXT(MATCH_KEYS);
}

HANDLER(MATCH_CLASS) {
  frame->ip = ip;
  Object* result;
  {
    Ref<> names = pop(sp), cls = pop(sp), subject = pop(sp);
    result = owned(matchClass(ts, subject.get(), cls.get(), ip->arg, static_cast<Tuple*>(names.get())));
  }
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(MATCH_CLASS);
}

}  // namespace habu
