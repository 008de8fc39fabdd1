// Moving values about: constants, local variables, cells, the stack itself; jumps.
#include "interp/ops.h"
#include "interp/tracing.h"
#include "object/attribute.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/function.h"
#include "types/str.h"

namespace habu {

HANDLER(CACHE) { GO(bad); }
HANDLER(NOP) { NEXT(NOP); }
HANDLER(EXTENDED_ARG) { NEXT(EXTENDED_ARG); }
HANDLER(EXTENDED_ARG_QUICK) { NEXT(EXTENDED_ARG); }
HANDLER(KW_NAMES) { NEXT(KW_NAMES); }  // read by the CALL behind (translate.cpp)

HANDLER(POP_TOP) {
  frame->ip = ip;
  drop(sp);
  NEXT(POP_TOP);
}

HANDLER(PUSH_NULL) {
  *sp++ = nullptr;
  NEXT(PUSH_NULL);
}

HANDLER(COPY) {
  pushShared(sp, sp[-ptrdiff_t(ip->arg)]);
  NEXT(COPY);
}

HANDLER(SWAP) {
  std::swap(sp[-1], sp[-ptrdiff_t(ip->arg)]);
  NEXT(SWAP);
}

HANDLER(LOAD_CONST) {
  pushShared(sp, constantAt(frame, ip->arg));
  NEXT(LOAD_CONST);
}

// ---- local variables ----

Raised raiseNameError(ThreadState& ts, Type& exception, const char* format, Object* name) {
  (void)raise(ts, exception, format, name);
  if (&exception != &kNameError) return Raised{};
  PendingError pending = PendingError::take(ts);
  Ref<> error = std::move(pending).instance(ts);
  if (!error) return Raised{};
  if (isExact(error.get(), kNameError)) {
    auto* name_error = static_cast<NameError*>(error.get());
    if (!name_error->name) setField(name_error->name, Ref<>::share(name));
  }
  return raiseInstance(ts, error.get());
}

Raised raiseUnbound(ThreadState& ts, Frame* frame, Index local) {
  Object* name = frame->code->localsplus_names->items[local];
  if (uint8_t(frame->code->localsplus_kinds->data[local]) & kFree)
    return raiseNameError(ts, kNameError, "cannot access free variable '{:.200}' where it is not associated with a value in enclosing scope", name);
  return raise(ts, kUnboundLocalError, "cannot access local variable '{}' where it is not associated with a value", name);
}

namespace {
[[gnu::cold, gnu::noinline]] void unbound(ThreadState& ts, Frame* frame, Index local) {
  (void)raiseUnbound(ts, frame, local);
}
inline void storeLocal(Frame* frame, uint32_t i, Object**& sp) {
  Ref<> old = Ref<>::steal(std::exchange(frame->localsplus[i], *--sp));
}
inline Cell* cellAt(Frame* frame, uint32_t i) { return static_cast<Cell*>(frame->localsplus[i]); }
}  // namespace

HANDLER(LOAD_FAST) {
  Object* value = frame->localsplus[ip->arg];
  if (!value) [[unlikely]] {
    unbound(ts, frame, ip->arg);
    FAIL();
  }
  pushShared(sp, value);
  NEXT(LOAD_FAST);
}

HANDLER(STORE_FAST) {
  frame->ip = ip;
  storeLocal(frame, ip->arg, sp);
  NEXT(STORE_FAST);
}

// Pairs run two instructions and skip the second slot; what the second needs is read from there.
#define NEXT_PAIR() \
  do {              \
    ip += 2;        \
    DISPATCH();     \
  } while (0)

HANDLER(LOAD_FAST__LOAD_FAST) {
  Object* first = frame->localsplus[ip->arg];
  Object* second = frame->localsplus[ip[1].arg];
  if (!first || !second) [[unlikely]]
    GO(LOAD_FAST);
  pushShared(sp, first);
  pushShared(sp, second);
  NEXT_PAIR();
}

HANDLER(LOAD_FAST__LOAD_CONST) {
  Object* first = frame->localsplus[ip->arg];
  if (!first) [[unlikely]]
    GO(LOAD_FAST);
  pushShared(sp, first);
  pushShared(sp, constantAt(frame, ip[1].arg));
  NEXT_PAIR();
}

HANDLER(LOAD_CONST__LOAD_FAST) {
  Object* second = frame->localsplus[ip[1].arg];
  if (!second) [[unlikely]]
    GO(LOAD_CONST);
  pushShared(sp, constantAt(frame, ip->arg));
  pushShared(sp, second);
  NEXT_PAIR();
}

HANDLER(STORE_FAST__LOAD_FAST) {
  frame->ip = ip;
  storeLocal(frame, ip->arg, sp);
  Object* second = frame->localsplus[ip[1].arg];
  if (!second) [[unlikely]] {
    ++ip;
    HABU_NOTE_SP();
    GO(LOAD_FAST);
  }
  pushShared(sp, second);
  NEXT_PAIR();
}

HANDLER(STORE_FAST__STORE_FAST) {
  frame->ip = ip;
  storeLocal(frame, ip->arg, sp);
  storeLocal(frame, ip[1].arg, sp);
  NEXT_PAIR();
}

HANDLER(DELETE_FAST) {
  frame->ip = ip;
  if (!frame->localsplus[ip->arg]) {
    unbound(ts, frame, ip->arg);
    FAIL();
  }
  clearField(frame->localsplus[ip->arg]);
  NEXT(DELETE_FAST);
}

// ---- cells ----

HANDLER(MAKE_CELL) {
  frame->ip = ip;
  Object* cell = owned(newCell(ts, frame->localsplus[ip->arg]));
  if (!cell) [[unlikely]] FAIL();
  setField(frame->localsplus[ip->arg], Ref<>::steal(cell));
  NEXT(MAKE_CELL);
}

HANDLER(COPY_FREE_VARS) {
  {
    Tuple* closure = frame->function->closure;
    Object** free = frame->localsplus + frame->code->localsplus_count - ip->arg;
    for (uint32_t i = 0; i < ip->arg; ++i) free[i] = Ref<>::share(closure->items[i]).release();
  }
  NEXT(COPY_FREE_VARS);
}

HANDLER(LOAD_CLOSURE) {
  Object* cell = frame->localsplus[ip->arg];
  if (!cell) [[unlikely]] {
    unbound(ts, frame, ip->arg);
    FAIL();
  }
  pushShared(sp, cell);
  NEXT(LOAD_CLOSURE);
}

HANDLER(LOAD_DEREF) {
  Object* value = cellAt(frame, ip->arg)->value;
  if (!value) [[unlikely]] {
    unbound(ts, frame, ip->arg);
    FAIL();
  }
  pushShared(sp, value);
  NEXT(LOAD_DEREF);
}

HANDLER(STORE_DEREF) {
  frame->ip = ip;
  { Ref<> old = Ref<>::steal(std::exchange(cellAt(frame, ip->arg)->value, *--sp)); }
  NEXT(STORE_DEREF);
}

HANDLER(DELETE_DEREF) {
  frame->ip = ip;
  if (!cellAt(frame, ip->arg)->value) {
    unbound(ts, frame, ip->arg);
    FAIL();
  }
  clearField(cellAt(frame, ip->arg)->value);
  NEXT(DELETE_DEREF);
}

namespace {
// In class bodies: the class namespace shadows the enclosing function's variable.
Ref<> loadClassVariable(ThreadState& ts, Frame* frame, Index i) {
  Object* name = frame->code->localsplus_names->items[i];
  Ref<> value;
  if (frame->locals && isExactDict(frame->locals)) {
    value = TRY(dictFind(ts, static_cast<Dict*>(frame->locals), name));
  } else if (frame->locals) {
    value = getItem(ts, frame->locals, name);
    if (!value && !errorMatches(ts, kKeyError)) return {};
    clearError(ts);
  }
  if (!value) value = Ref<>::share(static_cast<Cell*>(frame->localsplus[i])->value);
  if (!value) return raiseUnbound(ts, frame, i);
  return value;
}
}  // namespace

HANDLER(LOAD_CLASSDEREF) {
  frame->ip = ip;
  PUSH_OR_FAIL(loadClassVariable(ts, frame, ip->arg));
  NEXT(LOAD_CLASSDEREF);
}

// ---- jumps ----

HANDLER(JUMP_FORWARD) { JUMP_FORWARD_BY(JUMP_FORWARD); }
HANDLER(JUMP_BACKWARD_NO_INTERRUPT) { JUMP_BACKWARD_BY(JUMP_BACKWARD_NO_INTERRUPT); }

HANDLER(JUMP_BACKWARD) {
  if (frame->code->warmup && ++frame->code->warmup == 0) quicken(frame->code);
  GO(JUMP_BACKWARD_QUICK);
}
HANDLER(JUMP_BACKWARD_QUICK) {
  CHECK_BREAKER();
  JUMP_BACKWARD_BY(JUMP_BACKWARD);
}

HANDLER(RESUME) {
  if (frame->code->warmup && ++frame->code->warmup == 0) quicken(frame->code);
  GO(RESUME_QUICK);
}
HANDLER(RESUME_QUICK) {
  frame->ip = ip;
  if (breakerSet()) [[unlikely]] {
    if (ts.cframe->use_tracing && !frame->code->runtime->traced) {
      instrumentForTracing(frame->code);
      DISPATCH();
    }
    // Behind `yield from` and `await` no signal is served, so that none hits between two halves of an await.
    if (ip->arg < 2 && !serveBreaker(ts, frame)) FAIL();
  }
  NEXT(RESUME);
}

namespace {
// -1: raised.
[[gnu::noinline]] int slowTruth(ThreadState& ts, Object* value) {
  Result<bool> truth = isTrue(ts, value);
  return truth.failed() ? -1 : truth.take();
}
[[gnu::always_inline]] inline int truthOf(ThreadState& ts, Object* value) {
  if (value == trueObject()) return 1;
  if (value == falseObject() || value == &kNoneObject) return 0;
  return slowTruth(ts, value);
}
}  // namespace

#define JUMP_ON_TRUTH(op, wanted, jump)  \
  HANDLER(op) {                          \
    frame->ip = ip;                      \
    int truth = truthOf(ts, sp[-1]);     \
    if (truth < 0) [[unlikely]] FAIL();  \
    drop(sp);                            \
    if (truth == (wanted)) jump(op);     \
    NEXT(op);                            \
  }
#define BACKWARD_WITH_CHECK(op) \
  do {                          \
    CHECK_BREAKER();            \
    JUMP_BACKWARD_BY(op);       \
  } while (0)
JUMP_ON_TRUTH(POP_JUMP_FORWARD_IF_FALSE, 0, JUMP_FORWARD_BY)
JUMP_ON_TRUTH(POP_JUMP_FORWARD_IF_TRUE, 1, JUMP_FORWARD_BY)
JUMP_ON_TRUTH(POP_JUMP_BACKWARD_IF_FALSE, 0, BACKWARD_WITH_CHECK)
JUMP_ON_TRUTH(POP_JUMP_BACKWARD_IF_TRUE, 1, BACKWARD_WITH_CHECK)

#define JUMP_ON_NONE(op, wanted, jump)        \
  HANDLER(op) {                               \
    frame->ip = ip;                           \
    bool is_none = sp[-1] == &kNoneObject;    \
    drop(sp);                                 \
    if (is_none == (wanted)) jump(op);        \
    NEXT(op);                                 \
  }
JUMP_ON_NONE(POP_JUMP_FORWARD_IF_NONE, true, JUMP_FORWARD_BY)
JUMP_ON_NONE(POP_JUMP_FORWARD_IF_NOT_NONE, false, JUMP_FORWARD_BY)
JUMP_ON_NONE(POP_JUMP_BACKWARD_IF_NONE, true, BACKWARD_WITH_CHECK)
JUMP_ON_NONE(POP_JUMP_BACKWARD_IF_NOT_NONE, false, BACKWARD_WITH_CHECK)

#define JUMP_OR_POP(op, wanted)          \
  HANDLER(op) {                          \
    frame->ip = ip;                      \
    int truth = truthOf(ts, sp[-1]);     \
    if (truth < 0) [[unlikely]] FAIL();  \
    if (truth == (wanted)) JUMP_FORWARD_BY(op); \
    drop(sp);                            \
    NEXT(op);                            \
  }
JUMP_OR_POP(JUMP_IF_FALSE_OR_POP, 0)
JUMP_OR_POP(JUMP_IF_TRUE_OR_POP, 1)

}  // namespace habu
