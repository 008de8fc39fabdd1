#include "interp/eval.h"

#include "interp/frame_stack.h"
#include "interp/ops.h"
#include "interp/translate.h"
#include "object/alloc.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/generator.h"
#include "types/str.h"

namespace habu {

namespace {

// Runs a frame that was pushed for a call from C++, and gives its memory back.
Ref<> runAndPop(ThreadState& ts, Frame* frame) {
  Ref<> result = Ref<>::steal(runFrame(ts, frame, false));
  popFrame(ts, frame);
  return result;
}

// Calls of Python functions from C++.
Object* callFunction(Object* callable, Object* const* args, size_t n, Object* keyword_names) {
  ThreadState& ts = ThreadState::current();
  auto* function = static_cast<Function*>(callable);
  auto* names = reinterpret_cast<Tuple*>(keyword_names);
  Index positional = argumentCount(n), total = positional + (names ? names->size : 0);
  Object* few[12];
  Object** owned_args = few;
  if (total > 12 && !(owned_args = static_cast<Object**>(allocate(size_t(total) * sizeof(Object*))))) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  for (Index i = 0; i < total; ++i) owned_args[i] = Ref<>::share(args[i]).release();
  Object* locals = function->code->flags & kCodeOptimized ? nullptr : function->globals;
  Frame* frame = pushCall(ts, Ref<Function>::share(function).release(), locals, owned_args, positional, names);
  if (owned_args != few) freeMemory(owned_args);
  if (!frame) return nullptr;
  return runAndPop(ts, frame).release();
}

}  // namespace

constinit VectorcallFn functionVectorcall = callFunction;
constinit Object* (*runGeneratorFrame)(ThreadState&, Frame*, bool) = runFrame;
constinit void (*freeCodeRuntime)(CodeRuntime*) = destroyCodeRuntime;
constinit Ref<Bytes> (*adaptiveCode)(ThreadState&, Code*) = adaptiveCodeBytes;

Ref<> runFunctionIn(ThreadState& ts, Function* function, Object* locals) {
  Frame* frame = pushCall(ts, Ref<Function>::share(function).release(), locals, nullptr, 0, nullptr);
  if (!frame) return {};
  return runAndPop(ts, frame);
}

Ref<> evalCode(ThreadState& ts, Code* code, Dict* globals, Object* locals, Tuple* closure) {
  Ref<> present = TRY(dictFind(ts, globals, names::__builtins__));
  if (!present) {
    Object* builtins = currentBuiltins(ts);
    if (builtins) TRY(dictSet(ts, globals, names::__builtins__, builtins));
  }
  Ref<Function> function = TRY(newFunction(ts, code, globals, nullptr));
  if (closure) setField(function->closure, Ref<Tuple>::share(closure));
  return runFunctionIn(ts, function.get(), locals ? locals : globals);
}

Frame* currentFrame(const ThreadState& ts) { return completeFrame(ts.cframe->current_frame); }

Dict* currentGlobals(const ThreadState& ts) {
  Frame* frame = currentFrame(ts);
  return frame ? frame->globals : nullptr;
}

Object* currentBuiltins(ThreadState& ts) {
  Frame* frame = currentFrame(ts);
  return frame ? frame->builtins : mainInterpreter.builtins;
}

Ref<> currentLocals(ThreadState& ts) {
  Frame* frame = currentFrame(ts);
  if (!frame) return raise(ts, kSystemError, "frame does not exist");
  return frameLocals(ts, frame);
}

}  // namespace habu
