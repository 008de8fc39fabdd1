// The ends of activations: returning; making, suspending and resuming generators and coroutines.
#include "interp/frame_stack.h"
#include "interp/ops.h"
#include "interp/tracing.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

// Makes `caller` the running frame again.
#define BACK_TO(caller)                            \
  do {                                             \
    frame = ts.cframe->current_frame = (caller);   \
  } while (0)
#define RELOAD()                                   \
  do {                                             \
    ip = frame->ip;                                \
    sp = frame->localsplus + frame->stack_top;     \
    frame->stack_top = -1;                         \
  } while (0)

HANDLER(RETURN_VALUE) {
  Object* result = *--sp;
  frame->ip = ip;
  ReturnTo to = frame->return_to;
  ++ts.recursion_remaining;
  if (to == ReturnTo::Native) {
    frame->stack_top = int(sp - frame->localsplus);
    return result;
  }
  Frame* ended = frame;
  BACK_TO(ended->previous);
  popFrame(ts, ended);
  RELOAD();
  *sp++ = result;
  if (to == ReturnTo::Init) GO(finish_init);
  ++ip;
  DISPATCH();
}

HANDLER(finish_init) {
  if (sp[-1] != &kNoneObject) [[unlikely]] {
    (void)raise(ts, kTypeError, "__init__() should return None, not '{:.200}'", typeName(sp[-1]));
    FAIL();
  }
  drop(sp);
  ++ip;
  DISPATCH();
}

HANDLER(return_generator_value) {
  Object* result = *--sp;
  frame->ip = ip;
  ReturnTo to = frame->return_to;
  ++ts.recursion_remaining;
  frame->stack_top = int(sp - frame->localsplus);
  if (to == ReturnTo::Native) return result;
  Generator* generator = generatorOf(frame);
  Frame* ended = frame;
  BACK_TO(ended->previous);
  ended->previous = nullptr;
  ts.exception_stack = generator->exception_state.previous;
  generator->exception_state.previous = nullptr;
  finishGenerator(ts, generator);
  RELOAD();
  drop(sp);  // FOR_ITER's iterator, SEND's receiver
  if (to == ReturnTo::Send) *sp++ = result;
  else { Ref<> unused = Ref<>::steal(result); }
  ip += 1 + ptrdiff_t(ip->arg);
  DISPATCH();
}

HANDLER(YIELD_VALUE) {
  Object* value = *--sp;
  frame->ip = ip;
  frame->stack_top = int(sp - frame->localsplus);
  Generator* generator = generatorOf(frame);
  generator->frame_state = FrameState::Suspended;
  ts.exception_stack = generator->exception_state.previous;
  generator->exception_state.previous = nullptr;
  ++ts.recursion_remaining;
  if (frame->return_to == ReturnTo::Native) return value;
  Frame* suspended = frame;
  BACK_TO(suspended->previous);
  suspended->previous = nullptr;
  RELOAD();
  *sp++ = value;
  ++ip;
  DISPATCH();
}

HANDLER(RETURN_GENERATOR) {
  frame->ip = ip;
  frame->stack_top = int(sp - frame->localsplus);
  Object* generator = owned(newGenerator(ts, frame));
  if (!generator) [[unlikely]] {
    frame->stack_top = -1;
    FAIL();
  }
  ++ts.recursion_remaining;
  ReturnTo to = frame->return_to;
  if (to == ReturnTo::Native) {
    // The contents moved; leave something that can be popped.
    Generator* made = static_cast<Generator*>(generator);
    frame->function = Ref<Function>::share(made->frame()->function).release();
    frame->code = Ref<Code>::share(made->code).release();
    frame->locals = nullptr;
    frame->object = nullptr;
    for (Index i = 0; i < frame->code->localsplus_count; ++i) frame->localsplus[i] = nullptr;
    frame->stack_top = frame->code->localsplus_count;
    return generator;
  }
  Frame* ended = frame;
  BACK_TO(ended->previous);
  releaseFrame(ts, ended);
  RELOAD();
  *sp++ = generator;
  if (to == ReturnTo::Init) GO(finish_init);
  ++ip;
  DISPATCH();
}

namespace {
// A generator (or coroutine) that can be resumed right now.
inline bool resumable(Generator* g) { return g->frame_state < FrameState::Executing; }

// Puts `value` (owned) on the stack of a suspended generator and links its frame in.
[[gnu::always_inline]] inline Frame* enterGenerator(ThreadState& ts, Frame* caller, Generator* g, Object* value, ReturnTo to) {
  Frame* callee = g->frame();
  callee->localsplus[callee->stack_top++] = value;
  g->frame_state = FrameState::Executing;
  g->exception_state.previous = ts.exception_stack;
  ts.exception_stack = &g->exception_state;
  callee->previous = caller;
  callee->return_to = to;
  return callee;
}

// While tracing, StopIteration is really raised, so that the hook sees it.
SendResult sendTraced(ThreadState& ts, Frame* frame, Object* receiver, Object* value, Ref<>& result) {
  if (isNone(value) && isIterator(receiver)) result = Ref<>::steal(receiver->type->iternext(receiver));
  else result = callMethod(ts, receiver, names::send, {value});
  if (result) return SendResult::Next;
  if (errorMatches(ts, kStopIteration)) traceException(ts, frame);
  result = takeStopIterationValue(ts);
  return result ? SendResult::Return : SendResult::Error;
}

// The slow half of SEND: 1 yielded, 0 returned, -1 raised. The receiver is on top of the stack, `value` is dropped.
int sendSlowly(ThreadState& ts, Frame* frame, Object* receiver, Object* value, Object*& result) {
  Ref<> given = Ref<>::steal(value), out;
  SendResult sent = ts.trace_function ? sendTraced(ts, frame, receiver, value, out) : sendObject(ts, receiver, value, out);
  result = out.release();
  return sent == SendResult::Next ? 1 : sent == SendResult::Return ? 0 : -1;
}

Ref<> yieldFromIterator(ThreadState& ts, Frame* frame, Object* iterable) {
  if (isCoroutine(iterable)) {
    if (!(frame->code->flags & (kCodeCoroutine | kCodeIterableCoroutine)))
      return raise(ts, kTypeError, "cannot 'yield from' a coroutine object in a non-coroutine generator");
    return Ref<>::share(iterable);
  }
  if (isGenerator(iterable)) return Ref<>::share(iterable);
  return iterOf(ts, iterable);
}
}  // namespace

// Shared by SEND, FOR_ITER and their forms for generators: continues in the generator.
#define ENTER_GENERATOR(generator, value, to)                       \
  do {                                                              \
    frame->ip = ip;                                                 \
    frame->stack_top = int(sp - frame->localsplus);                 \
    frame = enterGenerator(ts, frame, generator, value, to);        \
    ts.cframe->current_frame = frame;                               \
    sp = frame->localsplus + frame->stack_top;                      \
    GO(start);                                                      \
  } while (0)

HANDLER(FOR_ITER_GENERATOR) {
  if (!isGenerator(sp[-1]) || !resumable(static_cast<Generator*>(sp[-1]))) [[unlikely]]
    GO(FOR_ITER);
  ENTER_GENERATOR(static_cast<Generator*>(sp[-1]), none().release(), ReturnTo::ForIter);
}

HANDLER(SEND_GENERATOR) { GO(SEND); }

HANDLER(SEND) {
  Object* receiver = sp[-2];
  if ((isGenerator(receiver) || isCoroutine(receiver)) && resumable(static_cast<Generator*>(receiver)) &&
      !ts.trace_function) [[likely]] {
    Object* value = *--sp;
    // A just created one takes nothing but None.
    if (value == &kNoneObject || static_cast<Generator*>(receiver)->frame_state != FrameState::Created)
      ENTER_GENERATOR(static_cast<Generator*>(receiver), value, ReturnTo::Send);
    ++sp;
  }
  frame->ip = ip;
  Object* result;
  Object* value = *--sp;
  int sent = sendSlowly(ts, frame, receiver, value, result);
  if (sent < 0) [[unlikely]] FAIL();
  if (sent == 0) {
    setTop(sp, Ref<>::steal(result));
    JUMP_FORWARD_BY(SEND);
  }
  *sp++ = result;
  NEXT(SEND);
}

HANDLER(GET_YIELD_FROM_ITER) {
  frame->ip = ip;
  Object* iterator = owned(yieldFromIterator(ts, frame, sp[-1]));
  if (!iterator) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(iterator));
  NEXT(GET_YIELD_FROM_ITER);
}

HANDLER(ASYNC_GEN_WRAP) {
  frame->ip = ip;
  Object* wrapped = owned(wrapAsyncValue(ts, sp[-1]));
  if (!wrapped) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(wrapped));
  NEXT(ASYNC_GEN_WRAP);
}

// ---- await, async for, async with ----

namespace {

// `where`: 1 in `async with` for __aenter__, 2 for __aexit__.
Ref<> awaitable(ThreadState& ts, Object* o, uint32_t where) {
  Ref<> iterator = awaitIterator(ts, o);
  if (!iterator) {
    bool foreign = !o->type->async || !o->type->async->await;
    if (where && foreign)
      return raise(ts, kTypeError,
                   where == 1 ? "'async with' received an object from __aenter__ that does not implement __await__: {:.100}"
                              : "'async with' received an object from __aexit__ that does not implement __await__: {:.100}",
                   typeName(o));
    return {};
  }
  if (isCoroutine(iterator.get()) && yieldFromOf(static_cast<Generator*>(iterator.get())))
    return raise(ts, kRuntimeError, "coroutine is being awaited already");
  return iterator;
}

Ref<> asyncIterator(ThreadState& ts, Object* o) {
  UnaryFn aiter = o->type->async ? o->type->async->aiter : nullptr;
  if (!aiter) return raise(ts, kTypeError, "'async for' requires an object with __aiter__ method, got {:.100}", typeName(o));
  Ref<> iterator = TRY(Ref<>::steal(aiter(o)));
  if (!iterator->type->async || !iterator->type->async->anext)
    return raise(ts, kTypeError, "'async for' received an object from __aiter__ that does not implement __anext__: {:.100}",
                 typeName(iterator.get()));
  return iterator;
}

Ref<> asyncNext(ThreadState& ts, Object* o) {
  UnaryFn anext = o->type->async ? o->type->async->anext : nullptr;
  if (isAsyncGenerator(o)) return Ref<>::steal(anext(o));
  if (!anext) return raise(ts, kTypeError, "'async for' requires an iterator with __anext__ method, got {:.100}", typeName(o));
  Ref<> next = TRY(Ref<>::steal(anext(o)));
  Ref<> iterator = awaitIterator(ts, next.get());
  if (iterator) return iterator;
  return raiseFrom(ts, kTypeError, "'async for' received an invalid object from __anext__: {:.100}", typeName(next.get()));
}

}  // namespace

HANDLER(GET_AWAITABLE) {
  frame->ip = ip;
  Object* iterator = owned(awaitable(ts, sp[-1], ip->arg));
  if (!iterator) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(iterator));
  NEXT(GET_AWAITABLE);
}

HANDLER(GET_AITER) {
  frame->ip = ip;
  Object* iterator = owned(asyncIterator(ts, sp[-1]));
  if (!iterator) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(iterator));
  NEXT(GET_AITER);
}

HANDLER(GET_ANEXT) {
  frame->ip = ip;
  PUSH_OR_FAIL(asyncNext(ts, sp[-1]));
  NEXT(GET_ANEXT);
}

HANDLER(END_ASYNC_FOR) {
  frame->ip = ip;
  if (!exceptionMatches(ts, sp[-1], &kStopAsyncIteration)) {
    (void)restoreRaised(ts, pop(sp));
    GO(unwind);
  }
  dropMany(sp, 2);
  NEXT(END_ASYNC_FOR);
}

}  // namespace habu
