// Activations live on the thread's data stack: chunks, each activation behind the one that called it.
#pragma once
#include "object/thread_state.h"
#include "types/code_runtime.h"
#include "types/frame.h"
#include "types/function.h"

namespace habu {

// Words that an activation of `code` takes.
inline size_t frameWords(const Code* code) {
  return offsetof(Frame, localsplus) / sizeof(Object*) + size_t(code->localsplus_count) + size_t(code->stack_size);
}
[[gnu::cold]] Frame* allocateFrameSlow(ThreadState&, size_t words);  // null: MemoryError
inline Frame* allocateFrame(ThreadState& ts, size_t words) {
  if (ts.datastack_top && words < size_t(ts.datastack_limit - ts.datastack_top)) [[likely]] {
    Object** at = ts.datastack_top;
    ts.datastack_top += words;
    return reinterpret_cast<Frame*>(at);
  }
  return allocateFrameSlow(ts, words);
}
[[gnu::cold]] void releaseChunk(ThreadState&);
// Gives the memory of the innermost activation back.
inline void releaseFrame(ThreadState& ts, Frame* frame) {
  auto** at = reinterpret_cast<Object**>(frame);
  if (at == &ts.datastack_chunk->data[0] && ts.datastack_chunk->previous) [[unlikely]] releaseChunk(ts);
  else ts.datastack_top = at;
}
void freeDataStack(ThreadState&);  // when the thread ends

// An activation of `function` with empty locals; takes over `function`, shares `locals`. The code must be prepared.
inline void initFrame(Frame* frame, Function* function, Object* locals, Code* code) {
  frame->function = function;
  frame->globals = function->globals;
  frame->builtins = function->builtins;
  frame->locals = Ref<>::share(locals).release();
  frame->code = Ref<Code>::share(code).release();
  frame->object = nullptr;
  frame->ip = &code->runtime->start;
  frame->stack_top = code->localsplus_count;
  frame->return_to = ReturnTo::Caller;
  frame->owner = FrameOwner::Thread;
}

// Makes the activation of a call and binds its arguments. The references of `function` and of `args` (positional, then
// keyword values) are consumed, come what may. Null: an exception is set.
Frame* pushCallSlow(ThreadState&, Function*, Object* locals, Object** args, Index positional, Tuple* names);
inline Frame* pushCall(ThreadState& ts, Function* function, Object* locals, Object** args, Index positional, Tuple* names) {
  Code* code = function->code;
  constexpr int kHard = kCodeVarArgs | kCodeVarKeywords;
  if (names || positional != code->arg_count || (code->flags & kHard) || code->kwonly_count || !code->runtime) [[unlikely]]
    return pushCallSlow(ts, function, locals, args, positional, names);
  Frame* frame = allocateFrame(ts, frameWords(code));
  if (!frame) [[unlikely]] return nullptr;
  initFrame(frame, function, locals, code);
  Object** local = frame->localsplus;
  Index count = code->localsplus_count;
  for (Index i = 0; i < positional; ++i) local[i] = args[i];
  for (Index i = positional; i < count; ++i) local[i] = nullptr;
  return frame;
}
// Ends an activation of the data stack that is no longer linked.
inline void popFrame(ThreadState& ts, Frame* frame) {
  if (frame->object) [[unlikely]] {
    frame->stack_top = frame->code->localsplus_count;
    clearFrame(frame);
  } else {
    // The stack of an ended activation is empty; only locals are left.
    Code* code = frame->code;
    for (Object **local = frame->localsplus, **end = local + code->localsplus_count; local != end; ++local)
      if (*local) Ref<> gone = Ref<>::steal(*local);
    if (frame->locals) Ref<> gone = Ref<>::steal(frame->locals);
    Ref<Function> function = Ref<Function>::steal(frame->function);
    Ref<Code> ended = Ref<Code>::steal(code);
  }
  releaseFrame(ts, frame);
}

// Runs a frame from C++ until it returns, yields or raises. Null: raised.
Object* runFrame(ThreadState&, Frame*, bool throwing);

// Fills the locals of a new frame from call arguments (consumed); raises the TypeErrors of bad calls.
bool bindArguments(ThreadState&, Function*, Object** locals, Object** args, Index positional, Tuple* names);

// A Python function with its own vectorcall untouched, whose activation the loop can push itself.
inline bool isPlainFunction(const Object* o) {
  return o->type == &kFunctionType && static_cast<const Function*>(o)->vectorcall == functionVectorcall;
}

}  // namespace habu
