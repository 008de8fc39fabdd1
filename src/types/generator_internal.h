// What generator.cpp, coroutine.cpp and async_generator.cpp share.
#pragma once
#include "object/bind.h"
#include "types/generator.h"

namespace habu {

// send(): the yielded value; StopIteration or StopAsyncIteration with the result when it returned.
Ref<> generatorSend(ThreadState&, Generator*, Object* value);
// throw(); `close_on_exit`: GeneratorExit closes what the generator waits for first.
Ref<> generatorThrow(ThreadState&, Generator*, bool close_on_exit, Object* type, Object* value, Object* traceback);
Ref<> generatorThrowArgs(ThreadState&, Generator*, Args);  // throw(type[, value[, traceback]]) from Python
Ref<> generatorClose(ThreadState&, Generator*);

void deallocGenerator(Generator*);
int traverseGenerator(Generator*, VisitFn visit, void* arg);
int traverseAsyncGenerator(Generator*, VisitFn visit, void* arg);
Ref<> generatorFrame(ThreadState&, Generator*);
Ref<> generatorWaitsFor(ThreadState&, Generator*);
Ref<> generatorName(ThreadState&, Generator*);
Status setGeneratorName(ThreadState&, Generator*, Object*);
Ref<> generatorQualname(ThreadState&, Generator*);
Status setGeneratorQualname(ThreadState&, Generator*, Object*);
Index generatorSize(ThreadState&, Generator*);
bool generatorRunning(ThreadState&, Generator*);
bool generatorSuspended(ThreadState&, Generator*);
int generatorSendSlot(Object*, Object* value, Object** result);
Ref<> itself(ThreadState&, Object* self);
Ref<> coroutineOrigin(ThreadState&, Frame* caller);  // empty: out of memory; None when not tracked
void warnUnawaited(ThreadState&, Generator*);
inline constexpr Index kGeneratorSize = Index(offsetof(Generator, iframe) + offsetof(Frame, localsplus));
inline constexpr const char* kAsyncIgnoredExit = "async generator ignored GeneratorExit";
inline constexpr const char* kCoroutineJustStarted = "can't send non-None value to a just-started coroutine";

}  // namespace habu
