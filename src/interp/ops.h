// What handlers are made of. One handler function per opcode, in files by theme; each ends in a tail call of the next.
//
//   ts     thread state                  frame  the running activation
//   ip     slot of this instruction      sp     first free entry of the evaluation stack
//
// All four stay in registers that called C++ functions preserve. Rules for handlers:
// 1. Everything that can raise or run Python code (dropping a reference can) is preceded by `frame->ip = ip`.
// 2. Stack entries own their reference. Pop before dropping: dropping may run code that looks at nothing on our stack,
//    but a failing handler must leave `sp` above exactly what is still owned; op_error drops that.
// 3. No Ref may be alive at NEXT (the compiler refuses the tail call).
// 4. NEXT(X) goes on behind X and its caches; debug builds compare the movement of `sp` with opcodes.def.
#pragma once
#include "bytecode/opcode.h"
#include "object/bind.h"
#include "object/gil.h"
#include "object/thread_state.h"
#include "types/code_runtime.h"
#include "types/frame.h"
#include "types/tuple.h"

namespace habu {

#define HANDLER_PARAMS                                                                             \
  [[maybe_unused]] ThreadState &ts, [[maybe_unused]] Frame *frame, [[maybe_unused]] Instruction *ip, \
      [[maybe_unused]] Object **sp
typedef __attribute__((preserve_none)) Object* HandlerFn(ThreadState&, Frame*, Instruction*, Object**);
using Handler = HandlerFn*;
#define HANDLER(name) __attribute__((preserve_none)) Object* op_##name(HANDLER_PARAMS)

// A handler for every row: a missing one does not link. (Hidden, so that their addresses need no table.)
#pragma GCC visibility push(hidden)
#define OP(name, ...) HandlerFn op_##name;
#define SPEC(family, name, number) HandlerFn op_##name;
#define PRIVATE(family, name, number) HandlerFn op_##name;
#include "bytecode/opcodes.def"
// Not opcodes:
HandlerFn op_error;       // an exception is set: traceback entry, then op_unwind
HandlerFn op_unwind;      // finds the handler for the exception at `ip`, or leaves the frame
HandlerFn op_leave;       // leaves the frame with an exception
HandlerFn op_start;       // begins the activation `frame`, counted against the recursion limit
HandlerFn op_throw_start;  // the same, raising the pending exception where the frame stands
HandlerFn op_resume;      // goes on in `frame` behind its ip
HandlerFn op_traced;      // in every slot of code that is being traced
HandlerFn op_bad;         // an opcode that does not exist, or an oparg out of range
HandlerFn op_return_generator_value;  // RETURN_VALUE in generators
HandlerFn op_finish_init;  // __init__ has returned (ReturnTo::Init): its result is on top, the new instance below
#pragma GCC visibility pop

inline uint32_t handlerOffset(Handler h) {
  return uint32_t(reinterpret_cast<intptr_t>(h) - reinterpret_cast<intptr_t>(&op_CACHE));
}
inline Handler handlerOf(const Instruction* ip) {
  return reinterpret_cast<Handler>(reinterpret_cast<intptr_t>(&op_CACHE) + int32_t(ip->handler));
}
uint32_t handlerOffset(Op op);

#ifdef HABU_CHECKED
void checkMovement(Op op, int arg, Frame* frame, Object** sp, bool jumped);
#define HABU_NOTE_SP() (frame->checked_sp = sp)
#define HABU_CHECK(op, jumped) checkMovement(op, int(ip->arg), frame, sp, jumped)
#else
#define HABU_NOTE_SP() (void)0
#define HABU_CHECK(op, jumped) (void)0
#endif

// Runs the instruction at ip.
#define DISPATCH()                                         \
  do {                                                     \
    HABU_NOTE_SP();                                        \
    [[clang::musttail]] return handlerOf(ip)(ts, frame, ip, sp); \
  } while (0)
#define NEXT(op)                                 \
  do {                                           \
    HABU_CHECK(Op::op, false);                   \
    ip += 1 + info(Op::op).caches;               \
    DISPATCH();                                  \
  } while (0)
// Takes the jump of the (cacheless) instruction at ip.
#define JUMP_FORWARD_BY(op)      \
  do {                           \
    HABU_CHECK(Op::op, true);    \
    ip += 1 + ptrdiff_t(ip->arg); \
    DISPATCH();                  \
  } while (0)
#define JUMP_BACKWARD_BY(op)     \
  do {                           \
    HABU_CHECK(Op::op, true);    \
    ip += 1 - ptrdiff_t(ip->arg); \
    DISPATCH();                  \
  } while (0)
#define GO(handler) [[clang::musttail]] return op_##handler(ts, frame, ip, sp)
#define FAIL() GO(error)

// ---- the stack ----
[[gnu::always_inline]] inline Ref<> pop(Object**& sp) { return Ref<>::steal(*--sp); }
[[gnu::always_inline]] inline void push(Object**& sp, Ref<> value) { *sp++ = value.release(); }
[[gnu::always_inline]] inline void pushShared(Object**& sp, Object* value) { *sp++ = Ref<>::share(value).release(); }
template <class T>
[[gnu::always_inline]] inline void push(Object**& sp, Ref<T> value) {
  *sp++ = reinterpret_cast<Object*>(value.release());
}
[[gnu::always_inline]] inline void drop(Object**& sp) { Ref<> gone = pop(sp); }
inline void dropMany(Object**& sp, Index n) {
  while (n-- > 0) drop(sp);
}
template <class T>
[[gnu::always_inline]] inline Object* owned(Ref<T> r) { return reinterpret_cast<Object*>(r.release()); }
// Pushes what a C++ function returned, or fails.
#define PUSH_OR_FAIL(expr)                                  \
  do {                                                      \
    Object* pushed_ = owned(expr);                          \
    if (!pushed_) [[unlikely]] FAIL();                      \
    *sp++ = pushed_;                                        \
  } while (0)
// Pops the top, hands it (as `top`) to an expression that yields a Status, and fails if that failed.
#define CONSUME_OR_FAIL(expr)                               \
  do {                                                      \
    bool failed_;                                           \
    {                                                       \
      Ref<> top_ = pop(sp);                                 \
      Object* top = top_.get();                             \
      failed_ = (expr).failed();                            \
    }                                                       \
    if (failed_) [[unlikely]] FAIL();                       \
  } while (0)
// Replaces the top.
[[gnu::always_inline]] inline void setTop(Object** sp, Ref<> value) {
  Ref<> old = Ref<>::steal(std::exchange(sp[-1], value.release()));
}

// ---- operands ----
inline Object* constantAt(const Frame* f, uint32_t i) { return f->code->consts->items[i]; }
inline Str* nameAt(const Frame* f, uint32_t i) { return reinterpret_cast<Str*>(f->code->names->items[i]); }
inline Index slotIndex(const Frame* f, const Instruction* ip) { return ip - f->code->runtime->slots; }

// ---- adaptive instructions ----
// The first cache slot of every adaptive instruction counts executions until the next attempt to specialise.
inline uint32_t& counterOf(Instruction* ip) { return ip[1].arg; }
inline constexpr uint32_t kBackoff = 64;       // executions after a failed attempt
inline constexpr uint32_t kMissTolerance = 53;  // misses before a specialised form gives up
// Makes the slot run another form of its instruction from now on.
void rewrite(Frame*, Instruction* ip, Op op);
// A specialised form did not fit: counts it, falls back to the adaptive form after too many.
[[gnu::cold]] void noteMiss(Frame*, Instruction* ip, Op adaptive);
// Runs the generic form of the family, as after a failed guard.
#define MISS(family)                                     \
  do {                                                   \
    noteMiss(frame, ip, Op::family##_ADAPTIVE);          \
    GO(family);                                          \
  } while (0)
inline bool breakerSet() { return eval_breaker.load(std::memory_order_relaxed) != 0; }
// Looks up from the work: signals, other threads, asynchronous exceptions.
#define CHECK_BREAKER()                                       \
  do {                                                        \
    if (breakerSet()) [[unlikely]] {                          \
      frame->ip = ip;                                         \
      if (!serveBreaker(ts, frame)) FAIL();                   \
    }                                                         \
  } while (0)
bool serveBreaker(ThreadState&, Frame*);  // false: raised

// ---- shared by the files of interp/ ----
CodeRuntime* prepareCode(ThreadState&, Code*);  // the private stream, made on first use; null: MemoryError
void quicken(Code*);                            // adaptive forms, pairs: after a few executions
Op originalOp(const Frame*, const Instruction* ip);  // whatever tracing put in front
Raised raiseUnbound(ThreadState&, Frame*, Index local);        // UnboundLocalError, NameError of free variables
Raised raiseNotDefined(ThreadState&, Object* name);            // NameError "name 'x' is not defined"
Raised raiseNameError(ThreadState&, Type& exception, const char* format, Object* name);
Ref<Str> functionText(ThreadState&, Object* callable);         // "module.f()" for messages

}  // namespace habu
