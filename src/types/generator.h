// Generators, coroutines and asynchronous generators: objects that embed the frame of their suspended function.
#pragma once
#include "object/thread_state.h"
#include "types/frame.h"

namespace habu {

enum class FrameState : int8_t { Created = -2, Suspended = -1, Executing = 0, Completed = 1, Cleared = 4 };

struct Generator : Object {  // PyGenObject; coroutines and asynchronous generators look the same
  Code* code;
  Object* weakrefs;
  Str* name;
  Str* qualname;
  ExceptionStackItem exception_state;  // linked into the thread's stack while running
  Object* origin_or_finalizer;         // coroutine: cr_origin; asynchronous generator: the finaliser hook
  char hooks_inited, closed, running_async;
  FrameState frame_state;
  Object* iframe[1];  // the Frame
  Frame* frame() { return reinterpret_cast<Frame*>(iframe); }
};
inline Generator* generatorOf(Frame* f) {  // of a frame with FrameOwner::Generator
  return reinterpret_cast<Generator*>(reinterpret_cast<char*>(f) - offsetof(Generator, iframe));
}
extern Type kGeneratorType C_NAME("PyGen_Type");
extern Type kCoroutineType C_NAME("PyCoro_Type");
extern Type kCoroutineWrapperType C_NAME("_PyCoroWrapper_Type");
extern Type kAsyncGeneratorType C_NAME("PyAsyncGen_Type");
extern Type kAsyncGenAsendType C_NAME("_PyAsyncGenASend_Type");
extern Type kAsyncGenAthrowType C_NAME("_PyAsyncGenAThrow_Type");
extern Type kAsyncGenWrappedValueType C_NAME("_PyAsyncGenWrappedValue_Type");
extern Type kAnextAwaitableType C_NAME("_PyAnextAwaitable_Type");

inline bool isGenerator(const Object* o) { return isExact(o, kGeneratorType); }
inline bool isCoroutine(const Object* o) { return isExact(o, kCoroutineType); }
inline bool isAsyncGenerator(const Object* o) { return isExact(o, kAsyncGeneratorType); }

// The object that a generator function returns for its fresh `frame`, whose contents it takes over (the frame on the
// data stack is then only memory). Generator, coroutine or asynchronous generator by the flags of the code.
Ref<Generator> newGenerator(ThreadState&, Frame* frame);
// Runs a suspended or fresh frame on until it yields, returns or raises; installed by interp. With `throwing` the
// pending exception is raised where it stands.
extern Object* (*runGeneratorFrame)(ThreadState&, Frame*, bool throwing);

// send() as the interpreter and gen.__next__ do it. Next: `result` was yielded; Return: `result` was returned.
SendResult sendGenerator(ThreadState&, Generator*, Object* value, Ref<>& result);
// Any iterator or awaitable through its send slot, __next__ or send(): what SEND does.
SendResult sendObject(ThreadState&, Object* iterator, Object* value, Ref<>& result);
// What the generator waits for in `yield from` / `await`; borrowed, null: nothing.
Object* yieldFromOf(Generator*);
// Why send() cannot be done now ("generator already executing" ...).
Raised raiseGeneratorBusy(ThreadState&, Generator*);
// An exception left the frame of a generator, or it returned: the frame is cleared. StopIteration turns into RuntimeError
// (PEP 479).
void finishGenerator(ThreadState&, Generator*);

// close() as the finaliser does it: GeneratorExit is thrown in, errors are written as unraisable.
void finalizeGenerator(Generator*);

// The iterator of an awaitable. TypeError "object x can't be used in 'await' expression".
Ref<> awaitIterator(ThreadState&, Object*);
// What an asynchronous generator yields is wrapped, so that it can be told from what its awaits yield.
Ref<> wrapAsyncValue(ThreadState&, Object*);
// anext(iterator, default): the awaitable.
Ref<> newAnextAwaitable(ThreadState&, Object* awaitable, Object* fallback);
// The value of the pending StopIteration, which is cleared; None when none is pending. Fails when another is pending.
Ref<> takeStopIterationValue(ThreadState&);

}  // namespace habu
