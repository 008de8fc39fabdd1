#include "object/thread_state.h"

#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

#include "object/gil.h"
#include "object/hooks.h"
#include "object/interpreter.h"

namespace habu {

thread_local constinit ThreadState* ThreadState::current_ = nullptr;
RuntimeHooks runtimeHooks;

namespace {
// Frames that handle a RecursionError may go this much deeper before the limit bites again.
constexpr int kHeadroom = 50;
}  // namespace

bool RecursionGuard::overflow(ThreadState& ts, const char* where) {
  if (nativeStackLow(ts)) {
    (void)raise(ts, kRecursionError, "maximum recursion depth exceeded{}", where);
    return true;
  }
  if (ts.recursion_headroom) {
    if (ts.recursion_remaining < -kHeadroom) {
      // Handling one overflow overflowed again: still an exception, never an abort.
      (void)raise(ts, kRecursionError, "maximum recursion depth exceeded{}", where);
      return true;
    }
    return false;
  }
  if (ts.recursion_remaining > 0) return false;
  ++ts.recursion_headroom;
  (void)raise(ts, kRecursionError, "maximum recursion depth exceeded{}", where);
  --ts.recursion_headroom;
  return true;
}

void measureNativeStack(ThreadState& ts) {
#if __has_feature(address_sanitizer)
  constexpr size_t kReserve = 512 * 1024;  // frames are several times larger there
#else
  constexpr size_t kReserve = 96 * 1024;  // for the C library and for handling the error itself
#endif
  pthread_attr_t attributes;
  if (pthread_getattr_np(pthread_self(), &attributes) != 0) {
    ts.stack_limit = 0;
    return;
  }
  void* lowest;
  size_t size;
  pthread_attr_getstack(&attributes, &lowest, &size);
  pthread_attr_destroy(&attributes);
  size_t reserve = kReserve < size / 2 ? kReserve : size / 2;
  ts.stack_limit = reinterpret_cast<uintptr_t>(lowest) + reserve;
}

ThreadState* newThreadState() {
  auto* ts = static_cast<ThreadState*>(std::calloc(1, sizeof(ThreadState)));
  if (!ts) return nullptr;
  Interpreter& in = mainInterpreter;
  ts->interpreter = &in;
  ts->initialized = 1;
  ts->recursion_limit = ts->recursion_remaining = in.threads ? in.threads->recursion_limit : 1000;
  ts->cframe = &ts->root_cframe;
  ts->exception_stack = &ts->exception_base;
  ts->gilstate_counter = 1;
  ts->context_version = 1;
  ts->thread_id = static_cast<unsigned long>(pthread_self());
  ts->native_thread_id = static_cast<unsigned long>(gettid());
  ts->id = ++in.next_thread_id;
  ts->next = in.threads;
  if (in.threads) in.threads->previous = ts;
  in.threads = ts;
  measureNativeStack(*ts);
  return ts;
}

void deleteThreadState(ThreadState* ts) {
  for (Object** field : {&ts->profile_object, &ts->trace_object, &ts->error_type, &ts->error_value, &ts->error_traceback,
                         &ts->exception_base.value, &ts->dict, &ts->async_exception, &ts->asyncgen_firstiter, &ts->asyncgen_finalizer,
                         &ts->context})
    clearField(*field);
  if (ts->previous) ts->previous->next = ts->next;
  else mainInterpreter.threads = ts->next;
  if (ts->next) ts->next->previous = ts->previous;
  for (StackChunk* chunk = ts->datastack_chunk; chunk;) {
    StackChunk* older = chunk->previous;
    munmap(chunk, chunk->size);
    chunk = older;
  }
  if (ts->on_delete) ts->on_delete(ts->on_delete_data);
  if (ThreadState::currentOrNull() == ts) dropGil(*ts);
  std::free(ts);
}

}  // namespace habu
