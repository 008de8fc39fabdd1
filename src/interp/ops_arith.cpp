// Operators: unary, binary, comparison, membership, subscripts.
#include "interp/ops.h"
#include "interp/frame_stack.h"
#include "interp/specialise.h"
#include "object/attribute.h"
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"

namespace habu {

#define UNARY(op, function)                       \
  HANDLER(op) {                                   \
    frame->ip = ip;                               \
    Object* result = owned(function(ts, sp[-1])); \
    if (!result) [[unlikely]] FAIL();             \
    setTop(sp, Ref<>::steal(result));             \
    NEXT(op);                                     \
  }
UNARY(UNARY_POSITIVE, plus)
UNARY(UNARY_NEGATIVE, negate)
UNARY(UNARY_INVERT, invert)

HANDLER(UNARY_NOT) {
  frame->ip = ip;
  int truth;
  {
    Result<bool> answer = isTrue(ts, sp[-1]);
    truth = answer.failed() ? -1 : answer.take();
  }
  if (truth < 0) [[unlikely]] FAIL();
  setTop(sp, newBool(!truth));
  NEXT(UNARY_NOT);
}

namespace {
// Both operands are popped and dropped; the result, or null.
[[gnu::always_inline]] inline Object* consumeTwo(Object**& sp, auto function) {
  Ref<> right = pop(sp), left = pop(sp);
  return owned(function(left.get(), right.get()));
}
inline Object* consumeTwoInto(ThreadState& ts, Object**& sp, Ref<> (*function)(ThreadState&, Object*, Object*)) {
  Ref<> right = pop(sp), left = pop(sp);
  return function(ts, left.get(), right.get()).release();
}
}  // namespace

HANDLER(BINARY_OP) {
  frame->ip = ip;
  BinaryOp op = BinaryOp(ip->arg);
  Object* result = consumeTwo(sp, [&](Object* l, Object* r) { return binaryOperation(ts, op, l, r); });
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(BINARY_OP);
}

#define ADAPTIVE(family, specialise)                                   \
  HANDLER(family##_ADAPTIVE) {                                         \
    if (counterOf(ip) == 0) {                                          \
      counterOf(ip) = kBackoff;                                        \
      specialise(frame, ip, sp);                                       \
      if (handlerOf(ip) != op_##family##_ADAPTIVE) DISPATCH();         \
    }                                                                  \
    --counterOf(ip);                                                   \
    GO(family);                                                        \
  }
ADAPTIVE(BINARY_OP, specialiseBinaryOp)
ADAPTIVE(BINARY_SUBSCR, specialiseBinarySubscr)
ADAPTIVE(COMPARE_OP, specialiseCompareOp)
ADAPTIVE(STORE_SUBSCR, specialiseStoreSubscr)

// ---- int ----
namespace {
inline bool bothInts(Object** sp) { return isExactInt(sp[-1]) && isExactInt(sp[-2]); }
inline bool bothFloats(Object** sp) { return isExactFloat(sp[-1]) && isExactFloat(sp[-2]); }
inline Int* asInt(Object* o) { return static_cast<Int*>(o); }
inline double doubleOf(Object* o) { return static_cast<Float*>(o)->value; }

// The result of float arithmetic on the two top entries, put where the lower one was. An operand that nobody else holds
// is reused.
[[gnu::always_inline]] inline bool storeFloat(ThreadState& ts, Object**& sp, double value) {
  Object *right = sp[-1], *left = sp[-2];
  if (left->refcount == 1) {
    static_cast<Float*>(left)->value = value;
    drop(sp);
    return true;
  }
  if (right->refcount == 1) {
    static_cast<Float*>(right)->value = value;
    std::swap(sp[-1], sp[-2]);
    drop(sp);
    return true;
  }
  Object* result = owned(newFloat(ts, value));
  if (!result) return false;
  drop(sp);
  setTop(sp, Ref<>::steal(result));
  return true;
}
}  // namespace

namespace {

// -5..256 are shared objects, everything else of one digit may live anywhere.
inline bool isShared(long long v) { return size_t(v + 5) < 262; }

// The result of small arithmetic on the two top entries, put where the lower one was. A one-digit operand that nobody
// else holds is reused.
[[gnu::always_inline]] inline bool storeInt(ThreadState& ts, Object**& sp, long long value) {
  Int *right = asInt(sp[-1]), *left = asInt(sp[-2]);
  bool one_digit = value < (1 << kDigitBits) && value > -(1 << kDigitBits) && !isShared(value);
  if (one_digit && left->refcount == 1 && isCompact(left)) {
    left->digits[0] = Digit(value < 0 ? -value : value);
    left->size = value < 0 ? -1 : 1;
    drop(sp);
    return true;
  }
  if (one_digit && right->refcount == 1 && isCompact(right)) {
    right->digits[0] = Digit(value < 0 ? -value : value);
    right->size = value < 0 ? -1 : 1;
    std::swap(sp[-1], sp[-2]);
    drop(sp);
    return true;
  }
  Object* result = owned(newInt(ts, value));
  if (!result) return false;
  drop(sp);
  setTop(sp, Ref<>::steal(result));
  return true;
}

[[gnu::noinline]] bool slowInt(ThreadState& ts, Object**& sp, Ref<Int> (*function)(ThreadState&, Int*, Int*)) {
  Object* result = owned(function(ts, asInt(sp[-2]), asInt(sp[-1])));
  if (!result) return false;
  drop(sp);
  setTop(sp, Ref<>::steal(result));
  return true;
}

}  // namespace

#define INT_OP(name, builtin, function)                                                          \
  HANDLER(name) {                                                                                \
    if (!bothInts(sp)) [[unlikely]] MISS(BINARY_OP);                                             \
    Int *l = asInt(sp[-2]), *r = asInt(sp[-1]);                                                  \
    bool ok;                                                                                     \
    long long value;                                                                             \
    if (isCompact(l) && isCompact(r)) [[likely]] {                                               \
      (void)builtin(compactValue(l), compactValue(r), &value); /* cannot overflow */             \
      ok = storeInt(ts, sp, value);                                                              \
    } else if (isSmall(l) && isSmall(r) && !builtin(smallValue(l), smallValue(r), &value)) {     \
      ok = storeInt(ts, sp, value);                                                              \
    } else {                                                                                     \
      ok = slowInt(ts, sp, function);                                                            \
    }                                                                                            \
    if (!ok) [[unlikely]] {                                                                      \
      frame->ip = ip;                                                                            \
      FAIL();                                                                                    \
    }                                                                                            \
    NEXT(BINARY_OP);                                                                             \
  }
INT_OP(BINARY_OP_ADD_INT, __builtin_add_overflow, addInts)
INT_OP(BINARY_OP_SUBTRACT_INT, __builtin_sub_overflow, subtractInts)
INT_OP(BINARY_OP_MULTIPLY_INT, __builtin_mul_overflow, multiplyInts)

#define FLOAT_OP(name, sign)                                          \
  HANDLER(name) {                                                     \
    if (!bothFloats(sp)) [[unlikely]] MISS(BINARY_OP);                \
    if (!storeFloat(ts, sp, doubleOf(sp[-2]) sign doubleOf(sp[-1]))) [[unlikely]] { \
      frame->ip = ip;                                                 \
      FAIL();                                                         \
    }                                                                 \
    NEXT(BINARY_OP);                                                  \
  }
FLOAT_OP(BINARY_OP_ADD_FLOAT, +)
FLOAT_OP(BINARY_OP_SUBTRACT_FLOAT, -)
FLOAT_OP(BINARY_OP_MULTIPLY_FLOAT, *)

// ---- str ----

HANDLER(BINARY_OP_ADD_UNICODE) {
  if (!isExactStr(sp[-1]) || !isExactStr(sp[-2])) [[unlikely]]
    MISS(BINARY_OP);
  frame->ip = ip;
  Object* result;
  {
    Ref<> right = pop(sp), left = pop(sp);
    result = owned(concatStr(ts, static_cast<Str*>(left.get()), static_cast<Str*>(right.get())));
  }
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(BINARY_OP);
}

// `text = text + more`: the variable's reference is given up first, so that the text can grow in place.
HANDLER(BINARY_OP_INPLACE_ADD_UNICODE) {
  if (!isExactStr(sp[-1]) || !isExactStr(sp[-2])) [[unlikely]]
    MISS(BINARY_OP);
  Instruction* store = ip + 1 + info(Op::BINARY_OP).caches;
  Object*& local = frame->localsplus[store->arg];
  if (local != sp[-2]) [[unlikely]]
    MISS(BINARY_OP);
  frame->ip = ip;
  clearField(local);
  {
    Ref<> right = pop(sp);
    Ref<Str> left = Ref<Str>::steal(static_cast<Str*>(*--sp));
    local = owned(appendStr(ts, std::move(left), static_cast<Str*>(right.get())));
  }
  if (!local) [[unlikely]] FAIL();
  ip = store + 1;
  DISPATCH();
}

// ---- comparison ----

HANDLER(COMPARE_OP) {
  frame->ip = ip;
  CompareOp op = CompareOp(ip->arg);
  Object* result = consumeTwo(sp, [&](Object* l, Object* r) { return compareObjects(ts, l, r, op); });
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(COMPARE_OP);
}

namespace {
[[gnu::always_inline]] inline bool answer(long long l, long long r, CompareOp op) {
  return compareResult(l < r ? -1 : l > r, op);
}
[[gnu::always_inline]] inline bool answerFloat(double l, double r, CompareOp op) {
  switch (op) {
    case CompareOp::Lt: return l < r;
    case CompareOp::Le: return l <= r;
    case CompareOp::Eq: return l == r;
    case CompareOp::Ne: return l != r;
    case CompareOp::Gt: return l > r;
    case CompareOp::Ge: return l >= r;
  }
  return false;
}
inline bool bothCompactInts(Object** sp) {
  return bothInts(sp) && isCompact(asInt(sp[-1])) && isCompact(asInt(sp[-2]));
}
inline void dropTwo(Object**& sp) {
  drop(sp);
  drop(sp);
}
}  // namespace

#define COMPARE_AND_JUMP(name, fits, compare)                              \
  HANDLER(name) {                                                          \
    if (!(fits)) [[unlikely]] MISS(COMPARE_OP);                            \
    bool truth = compare;                                                  \
    dropTwo(sp);                                                           \
    uint32_t kind = ip[2].handler; /* bit 0: jumps when true; bit 1: backward */ \
    ip += 1 + info(Op::COMPARE_OP).caches;                                 \
    if (truth == bool(kind & 1)) {                                         \
      if (kind & 2) {                                                      \
        HABU_NOTE_SP();                                                    \
        CHECK_BREAKER();                                                   \
        ip += 1 - ptrdiff_t(ip->arg);                                      \
      } else {                                                             \
        ip += 1 + ptrdiff_t(ip->arg);                                      \
      }                                                                    \
      DISPATCH();                                                          \
    }                                                                      \
    ++ip;                                                                  \
    DISPATCH();                                                            \
  }
COMPARE_AND_JUMP(COMPARE_OP_INT_JUMP, bothCompactInts(sp),
                 answer(compactValue(asInt(sp[-2])), compactValue(asInt(sp[-1])), CompareOp(ip->arg)))
COMPARE_AND_JUMP(COMPARE_OP_FLOAT_JUMP, bothFloats(sp),
                 answerFloat(doubleOf(sp[-2]), doubleOf(sp[-1]), CompareOp(ip->arg)))
COMPARE_AND_JUMP(COMPARE_OP_STR_JUMP, isExactStr(sp[-1]) && isExactStr(sp[-2]),
                 equalStr(static_cast<Str*>(sp[-2]), static_cast<Str*>(sp[-1])) == (CompareOp(ip->arg) == CompareOp::Eq))

#define COMPARE_FAST(name, fits, compare)                                  \
  HANDLER(name) {                                                          \
    if (!(fits)) [[unlikely]] MISS(COMPARE_OP);                            \
    bool truth = compare;                                                  \
    drop(sp);                                                              \
    setTop(sp, newBool(truth));                                            \
    NEXT(COMPARE_OP);                                                      \
  }
COMPARE_FAST(COMPARE_OP_INT, bothCompactInts(sp),
             answer(compactValue(asInt(sp[-2])), compactValue(asInt(sp[-1])), CompareOp(ip->arg)))
COMPARE_FAST(COMPARE_OP_FLOAT, bothFloats(sp), answerFloat(doubleOf(sp[-2]), doubleOf(sp[-1]), CompareOp(ip->arg)))
COMPARE_FAST(COMPARE_OP_STR, isExactStr(sp[-1]) && isExactStr(sp[-2]),
             equalStr(static_cast<Str*>(sp[-2]), static_cast<Str*>(sp[-1])) == (CompareOp(ip->arg) == CompareOp::Eq))

HANDLER(IS_OP) {
  frame->ip = ip;
  bool same = (sp[-1] == sp[-2]) != bool(ip->arg);
  drop(sp);
  setTop(sp, newBool(same));
  NEXT(IS_OP);
}

HANDLER(CONTAINS_OP) {
  frame->ip = ip;
  int found;
  {
    Ref<> container = pop(sp), value = pop(sp);
    Result<bool> answer = containsItem(ts, container.get(), value.get());
    found = answer.failed() ? -1 : answer.take();
  }
  if (found < 0) [[unlikely]] FAIL();
  push(sp, newBool(bool(found) != bool(ip->arg)));
  NEXT(CONTAINS_OP);
}

// ---- subscripts ----

HANDLER(BINARY_SUBSCR) {
  frame->ip = ip;
  Object* result = consumeTwoInto(ts, sp, getItem);
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(BINARY_SUBSCR);
}

namespace {
// A non-negative index below 2^30, or -1.
inline Index compactIndex(Object* o) {
  if (!isExactInt(o)) return -1;
  Int* i = static_cast<Int*>(o);
  return size_t(i->size) <= 1 ? Index(i->size ? i->digits[0] : 0) : -1;
}
}  // namespace

HANDLER(BINARY_SUBSCR_LIST_INT) {
  Index i = compactIndex(sp[-1]);
  if (i < 0 || !isExactList(sp[-2])) [[unlikely]]
    MISS(BINARY_SUBSCR);
  List* list = static_cast<List*>(sp[-2]);
  if (i >= list->size) [[unlikely]]
    MISS(BINARY_SUBSCR);
  frame->ip = ip;
  Object* item = Ref<>::share(list->items[i]).release();
  drop(sp);
  setTop(sp, Ref<>::steal(item));
  NEXT(BINARY_SUBSCR);
}

HANDLER(BINARY_SUBSCR_TUPLE_INT) {
  Index i = compactIndex(sp[-1]);
  if (i < 0 || !isExactTuple(sp[-2])) [[unlikely]]
    MISS(BINARY_SUBSCR);
  Tuple* tuple = static_cast<Tuple*>(sp[-2]);
  if (i >= tuple->size) [[unlikely]]
    MISS(BINARY_SUBSCR);
  frame->ip = ip;
  Object* item = Ref<>::share(tuple->items[i]).release();
  drop(sp);
  setTop(sp, Ref<>::steal(item));
  NEXT(BINARY_SUBSCR);
}

HANDLER(BINARY_SUBSCR_DICT) {
  if (!isExactDict(sp[-2])) [[unlikely]]
    MISS(BINARY_SUBSCR);
  frame->ip = ip;
  Object* result = consumeTwo(sp, [&](Object* d, Object* key) -> Ref<> {
    Ref<> value = TRY(dictFind(ts, static_cast<Dict*>(d), key));
    if (!value) return raiseKeyError(ts, key);
    return value;
  });
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  NEXT(BINARY_SUBSCR);
}

// A class whose __getitem__ is a Python function: its activation is pushed here.
HANDLER(BINARY_SUBSCR_GETITEM) {
  auto* cache = reinterpret_cast<SubscriptCache*>(ip + 1);
  Type* type = sp[-2]->type;
  if (type->version_tag != cache->type_version) [[unlikely]]
    MISS(BINARY_SUBSCR);
  Function* getitem = cache->function;
  if (getitem->version != cache->function_version) [[unlikely]]
    MISS(BINARY_SUBSCR);
  frame->ip = ip;
  sp -= 2;
  Frame* callee = pushCall(ts, Ref<Function>::share(getitem).release(), nullptr, sp, 2, nullptr);
  if (!callee) [[unlikely]] FAIL();
  ENTER_CALL(callee, BINARY_SUBSCR);
}

HANDLER(STORE_SUBSCR) {
  frame->ip = ip;
  bool ok;
  {
    Ref<> key = pop(sp), container = pop(sp), value = pop(sp);
    ok = !setItem(ts, container.get(), key.get(), value.get()).failed();
  }
  if (!ok) [[unlikely]] FAIL();
  NEXT(STORE_SUBSCR);
}

HANDLER(STORE_SUBSCR_LIST_INT) {
  Index i = compactIndex(sp[-1]);
  if (i < 0 || !isExactList(sp[-2])) [[unlikely]]
    MISS(STORE_SUBSCR);
  List* list = static_cast<List*>(sp[-2]);
  if (i >= list->size) [[unlikely]]
    MISS(STORE_SUBSCR);
  frame->ip = ip;
  {
    Ref<> key = pop(sp), container = pop(sp);
    Ref<> old = Ref<>::steal(std::exchange(list->items[i], *--sp));
  }
  NEXT(STORE_SUBSCR);
}

HANDLER(STORE_SUBSCR_DICT) {
  if (!isExactDict(sp[-2])) [[unlikely]]
    MISS(STORE_SUBSCR);
  frame->ip = ip;
  bool ok;
  {
    Ref<> key = pop(sp), container = pop(sp), value = pop(sp);
    ok = !dictSet(ts, static_cast<Dict*>(container.get()), key.get(), value.get()).failed();
  }
  if (!ok) [[unlikely]] FAIL();
  NEXT(STORE_SUBSCR);
}

HANDLER(DELETE_SUBSCR) {
  frame->ip = ip;
  bool ok;
  {
    Ref<> key = pop(sp), container = pop(sp);
    ok = !delItem(ts, container.get(), key.get()).failed();
  }
  if (!ok) [[unlikely]] FAIL();
  NEXT(DELETE_SUBSCR);
}

HANDLER(BUILD_SLICE) {
  frame->ip = ip;
  Object* slice;
  {
    Ref<> step;
    if (ip->arg == 3) step = pop(sp);
    Ref<> stop = pop(sp), start = pop(sp);
    slice = owned(newSlice(ts, start.get(), stop.get(), step.get()));
  }
  if (!slice) [[unlikely]] FAIL();
  *sp++ = slice;
  NEXT(BUILD_SLICE);
}

}  // namespace habu
