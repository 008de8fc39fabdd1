// The way in and out of the loop of handlers, and what happens when one of them fails.
#include <cstdio>
#include <cstdlib>

#include "bytecode/exception_table.h"
#include "interp/eval.h"
#include "interp/frame_stack.h"
#include "interp/ops.h"
#include "interp/tracing.h"
#include "interp/translate.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/exceptions.h"
#include "types/generator.h"
#include "types/int.h"

namespace habu {

Object* runFrame(ThreadState& ts, Frame* frame, bool throwing) {
  CFrame* previous = ts.cframe;
  CFrame entry{previous->use_tracing, frame, previous};
  frame->return_to = ReturnTo::Native;
  frame->previous = previous->current_frame;
  ts.cframe = &entry;
  Object* result = nullptr;
  // The handlers count the frame against the limit; here the native stack is what may run out.
  bool deep = RecursionGuard::nativeStackLow(ts) && RecursionGuard::overflow(ts, "");
  if (!deep) [[likely]] {
    Object** sp = frame->localsplus + frame->stack_top;
    result = throwing ? op_throw_start(ts, frame, frame->ip, sp) : op_start(ts, frame, frame->ip, sp);
  }
  ts.cframe = previous;
  previous->use_tracing = entry.use_tracing;
  return result;
}

HANDLER(start) {
  if (--ts.recursion_remaining < 0) [[unlikely]] {
    if (RecursionGuard::overflow(ts, "")) {
      frame->stack_top = int(sp - frame->localsplus);
      GO(leave);
    }
  }
  frame->stack_top = -1;
  ip = frame->ip + 1;
  DISPATCH();
}

// generator.throw(): the pending exception is raised at the yield.
HANDLER(throw_start) {
  if (--ts.recursion_remaining < 0) [[unlikely]] {
    if (RecursionGuard::overflow(ts, "")) {
      frame->stack_top = int(sp - frame->localsplus);
      GO(leave);
    }
  }
  frame->stack_top = -1;
  ip = frame->ip;
  if (ts.cframe->use_tracing) [[unlikely]] traceThrow(ts, frame);
  GO(error);
}

HANDLER(resume) {
  ip = frame->ip + 1;
  sp = frame->localsplus + frame->stack_top;
  frame->stack_top = -1;
  DISPATCH();
}

HANDLER(error) {
  frame->ip = ip;
  if (!errorSet(ts)) (void)raise(ts, kSystemError, "error return without exception set");
  if (!frameIncomplete(frame)) (void)addTraceback(ts, frame);
  if (ts.trace_function) [[unlikely]] traceException(ts, frame);
  GO(unwind);
}

namespace {

// Enters the handler found: stack cut back, instruction index and exception pushed. Null: that failed.
Object** enterHandler(ThreadState& ts, Frame* frame, Object** sp, const HandlerEntry& target) {
  Object** level = frame->stackBase() + target.depth;
  while (sp > level) drop(sp);
  if (target.lasti) {
    Ref<Int> at = newInt(ts, frame->ip - frame->code->runtime->slots);
    if (!at) return nullptr;
    push(sp, std::move(at));
  }
  push(sp, takeRaised(ts));
  return sp;
}

}  // namespace

// `ip` says where to look for a handler; `frame->ip`, which RERAISE may have moved, is what tracebacks show.
HANDLER(unwind) {
  for (;;) {
    HandlerEntry target;
    if (!findHandler(frame->code->exception_table->view(), int(slotIndex(frame, ip)), target)) break;
    if (target.depth > frame->code->stack_size || target.target >= frame->code->size) break;
    if (Object** in = enterHandler(ts, frame, sp, target)) [[likely]] {
      sp = in;
      ip = frame->code->runtime->slots + target.target;
      DISPATCH();
    }
    // No memory for the instruction index: that error is raised from the same place.
    sp = frame->stackBase() + target.depth;
  }
  Object** base = frame->stackBase();
  while (sp > base) drop(sp);
  frame->stack_top = int(sp - frame->localsplus);
  if (ts.cframe->use_tracing) [[unlikely]] traceUnwind(ts, frame);
  GO(leave);
}

HANDLER(leave) {
  ++ts.recursion_remaining;
  if (frame->return_to == ReturnTo::Native) return nullptr;
  Frame* ended = frame;
  frame = ended->previous;
  ts.cframe->current_frame = frame;
  if (ended->owner == FrameOwner::Generator) {
    Generator* generator = generatorOf(ended);
    ts.exception_stack = generator->exception_state.previous;
    generator->exception_state.previous = nullptr;
    ended->previous = nullptr;
    finishGenerator(ts, generator);
  } else {
    popFrame(ts, ended);  // dropping locals keeps the pending exception
  }
  ip = frame->ip;
  sp = frame->localsplus + frame->stack_top;
  frame->stack_top = -1;
  GO(error);
}

HANDLER(bad) {
  frame->ip = ip;
  Index at = slotIndex(frame, ip);
  int op = at < frame->code->size ? frame->code->code[2 * at] : 0;
  if (at >= frame->code->size || isPublicOp(uint8_t(op))) (void)raise(ts, kSystemError, "invalid bytecode");
  else (void)raise(ts, kSystemError, "unknown opcode");
  FAIL();
}

bool serveBreaker(ThreadState& ts, Frame* frame) {
  uint32_t bits = eval_breaker.load(std::memory_order_relaxed);
  if ((bits & kBreakTracing) && ts.cframe->use_tracing) instrumentForTracing(frame->code);
  if ((bits & ~uint32_t{kBreakTracing}) == 0) return true;
  return !handleBreaker(ts).failed();
}

#ifdef HABU_CHECKED
void checkMovement(Op op, int arg, Frame* frame, Object** sp, bool jumped) {
  if (!frame->checked_sp) return;
  StackEffect effect = stackEffect(op, arg);
  long moved = sp - frame->checked_sp;
  long expected = jumped && info(op).isJump() && !info(op).is(opflag::Ends) ? effect.taken : effect.net();
  Object** base = frame->stackBase();
  if (moved == expected && sp >= base && sp <= base + frame->code->stack_size) return;
  std::fprintf(stderr, "habu: %s %d moved the stack by %ld, not %ld (depth %ld of %d)\n", info(op).name, arg, moved, expected,
               long(sp - base), frame->code->stack_size);
  std::abort();
}
#endif

}  // namespace habu
