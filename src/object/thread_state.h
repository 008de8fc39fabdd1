// ThreadState: PyThreadState with its public 3.11 layout, then Habu's own fields. One per native thread; the running
// thread holds the GIL. A leading `ThreadState& ts` parameter means: may raise and may run Python code.
#pragma once
#include "object/object.h"
#include "object/ref.h"

namespace habu {

struct Frame;        // types/frame.h
struct Interpreter;  // interpreter.h

struct ExceptionStackItem {  // _PyErr_StackItem: the exception being handled at one level of generators and frames
  Object* value;             // owned; null or None when nothing is handled
  ExceptionStackItem* previous;
};

struct CFrame {  // _PyCFrame: one per entry of the evaluation loop from C
  uint8_t use_tracing;
  Frame* current_frame;
  CFrame* previous;
};

struct StackChunk {  // _PyStackChunk
  StackChunk* previous;
  size_t size, top;
  Object* data[1];
};

using TraceFn = int (*)(Object*, Object*, int, Object*);

struct TraceInfo {  // PyTraceInfo with PyCodeAddressRange
  Object* code;
  struct {
    int line, start, end;
    struct { const char* lo_next; const char* limit; int computed_line; } opaque;
  } bounds;
};

struct ThreadState {
  ThreadState* previous;
  ThreadState* next;
  Interpreter* interpreter;
  int initialized, is_static;
  int recursion_remaining, recursion_limit, recursion_headroom;
  int tracing, tracing_what;
  CFrame* cframe;
  TraceFn profile_function, trace_function;
  Object *profile_object, *trace_object;
  // The exception being raised (all null: none). As in CPython 3.11 it may be not yet normalised: `error_value` may be
  // null, a tuple of arguments or any other value until somebody catches it.
  Object *error_type, *error_value, *error_traceback;
  ExceptionStackItem* exception_stack;  // never null; the exceptions being handled
  Object* dict;
  int gilstate_counter;
  Object* async_exception;
  unsigned long thread_id, native_thread_id;
  int trash_nesting;
  Object* trash_later;
  void (*on_delete)(void*);
  void* on_delete_data;
  int coroutine_origin_depth;
  Object *asyncgen_firstiter, *asyncgen_finalizer;
  Object* context;
  uint64_t context_version;
  uint64_t id;
  TraceInfo trace_info;
  StackChunk* datastack_chunk;
  Object **datastack_top, **datastack_limit;
  ExceptionStackItem exception_base;
  CFrame root_cframe;

  // ---- Habu's own ----
  uintptr_t stack_limit;  // lowest native stack address that C++ recursion may reach (the stack grows down)

  static ThreadState& current() { return *current_; }
  static ThreadState* currentOrNull() { return current_; }
  static void setCurrent(ThreadState* ts) { current_ = ts; }

 private:
  static thread_local constinit ThreadState* current_ __attribute__((tls_model("initial-exec")));
};

// A state for the calling thread, linked into the interpreter's list; not current, the lock not taken. deleteThreadState
// drops what it holds and frees it (the lock must be held; when it is the current state, the lock is dropped too).
ThreadState* newThreadState();
void deleteThreadState(ThreadState*);
// Measures the calling thread's native stack into ts.stack_limit.
void measureNativeStack(ThreadState&);

inline bool errorSet(const ThreadState& ts) { return ts.error_type != nullptr; }

// Native recursion guard: every C++ function that can recurse through user data holds one.
//   RecursionGuard guard(ts, " while getting the repr of an object");
//   if (guard.failed()) return Raised{};
// Counts against sys.setrecursionlimit() and checks the native stack's address, whatever that limit says.
class [[nodiscard]] RecursionGuard {
 public:
  RecursionGuard(ThreadState& ts, const char* where) : ts_(ts) {
    failed_ = (--ts.recursion_remaining < 0 || nativeStackLow(ts)) && overflow(ts, where);
  }
  ~RecursionGuard() { ++ts_.recursion_remaining; }
  RecursionGuard(const RecursionGuard&) = delete;
  bool failed() const { return failed_; }
  // For recursion that CPython does not count (hashes of nested tuples, iterators over iterators): true when the native
  // stack is nearly used up; RecursionError was raised.
  static bool outOfStack(ThreadState& ts, const char* where) { return nativeStackLow(ts) && overflow(ts, where); }
  static bool nativeStackLow(const ThreadState& ts) {
    return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < ts.stack_limit;
  }

  static bool overflow(ThreadState& ts, const char* where);  // raises RecursionError unless within the headroom

 private:
  ThreadState& ts_;
  bool failed_;
};

}  // namespace habu
