// _thread: starting threads. Locks: thread_lock.cpp; thread-local data: thread_local.cpp.
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <new>

#include "modules/thread_lock.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu {

namespace {

}  // namespace

bool simulateSignal(int signal_number);  // modules/signals.h

namespace {

size_t stack_size = 0;  // 0: the system's default
Index running = 0;      // threads started here and not yet ended

// What a new thread is to do; owned by it.
struct Boot {
  ThreadState* ts;
  Ref<> function;
  Ref<Tuple> args;
  Ref<Dict> keywords;
};

void* threadMain(void* data) {
  auto* boot = static_cast<Boot*>(data);
  ThreadState& ts = *boot->ts;
  ts.thread_id = static_cast<unsigned long>(pthread_self());
  ts.native_thread_id = static_cast<unsigned long>(gettid());
  measureNativeStack(ts);
  takeGil(ts);
  ++running;
  Ref<> done = callTuple(ts, boot->function.get(), boot->args.get(), boot->keywords.get());
  if (!done) {
    if (errorMatches(ts, kSystemExit)) clearError(ts);  // a way to end a thread
    else writeUnraisable(ts, boot->function.get(), "Exception ignored in thread started by");
  }
  done = {};
  delete boot;
  --running;
  deleteThreadState(&ts);
  return nullptr;
}

Ref<> startThread(ThreadState& ts, Object*, Args a) {
  TRY(noKeywordNames(ts, "start_new_thread", a.names));
  TRY(checkPositional(ts, "start_new_thread", a.count, 2, 3));
  if (!isCallable(a[0])) return raise(ts, kTypeError, "first arg must be callable");
  if (!isTuple(a[1])) return raise(ts, kTypeError, "2nd arg must be a tuple");
  Object* keywords = a.count > 2 ? a[2] : nullptr;
  if (keywords && !isDict(keywords)) return raise(ts, kTypeError, "optional 3rd arg must be a dictionary");
  TRY(audit(ts, "_thread.start_new_thread", {a[0], a[1], keywords ? keywords : &kNoneObject}));
  ThreadState* state = newThreadState();
  auto* boot = state ? new (std::nothrow) Boot{state, share(a[0]), share(static_cast<Tuple*>(a[1])), share(static_cast<Dict*>(keywords))} : nullptr;
  if (!boot) return raiseNoMemory(ts);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  if (stack_size) pthread_attr_setstacksize(&attributes, stack_size);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_t thread;
  int failed = pthread_create(&thread, &attributes, threadMain, boot);
  pthread_attr_destroy(&attributes);
  if (failed) {
    delete boot;
    deleteThreadState(state);
    return raise(ts, kRuntimeError, "can't start new thread");
  }
  return newIntUnsigned(ts, static_cast<unsigned long>(thread));
}

Ref<> allocateLock(ThreadState& ts, Object*) { return newLock(ts); }
unsigned long getIdent(ThreadState&, Object*) { return static_cast<unsigned long>(pthread_self()); }
unsigned long getNativeId(ThreadState&, Object*) { return static_cast<unsigned long>(gettid()); }
Index count(ThreadState&, Object*) { return running; }
Status exitThread(ThreadState& ts, Object*) { return raiseValue(ts, kSystemExit, nullptr); }

Result<Index> stackSize(ThreadState& ts, Object*, std::optional<Index> size) {
  auto old = Index(stack_size);
  if (!size) return old;
  if (*size < 0) return raise(ts, kValueError, "size must be 0 or a positive value");
  if (*size != 0 && *size < 32768) return raise(ts, kValueError, "size not valid: {} bytes", *size);
  stack_size = size_t(*size);
  return old;
}

Status interruptMain(ThreadState& ts, Object*, std::optional<int> number) {
  int signum = number.value_or(SIGINT);
  if (signum < 1 || signum >= NSIG) return raise(ts, kValueError, "signal number out of range");
  (void)simulateSignal(signum);
  return kDone;
}

// The lock that threading waits on for a thread's very end: released when the thread state goes.
void releaseSentinel(void* lock) {
  Ref<> owned = Ref<>::steal(static_cast<Object*>(lock));
  releaseLockObject(owned.get());
}

Ref<> setSentinel(ThreadState& ts, Object*) {
  if (ts.on_delete_data) {  // the thread gets a new one after fork
    Ref<> old = Ref<>::steal(static_cast<Object*>(std::exchange(ts.on_delete_data, nullptr)));
    ts.on_delete = nullptr;
  }
  Ref<> lock = TRY(newLock(ts));
  ts.on_delete_data = lock.copy().release();
  ts.on_delete = releaseSentinel;
  return lock;
}

// ---- uncaught exceptions in threading.Thread ----

constexpr StructSeqField kHookFields[] = {{"exc_type", "Exception type"},
                                          {"exc_value", "Exception value"},
                                          {"exc_traceback", "Exception traceback"},
                                          {"thread", "Thread"},
                                          {}};
constexpr StructSeqDesc kHookArgsDesc = {"_thread._ExceptHookArgs", "What threading.excepthook is called with.", kHookFields, 4};
Type* hook_args_type = nullptr;

Status writeLine(ThreadState& ts, Object* file, Ref<Str> text) {
  if (!text) return Raised{};
  (void)TRY(callMethod(ts, file, names::write, {text.get()}));
  return kDone;
}

Status exceptHook(ThreadState& ts, Object*, Object* args) {
  static constinit Name stderr_name{"_stderr"};
  if (args->type != hook_args_type) return raise(ts, kTypeError, "_thread.excepthook argument type must be ExceptHookArgs");
  auto* a = reinterpret_cast<StructSeq*>(args);
  if (a->items[0] == static_cast<Object*>(&kSystemExit)) return kDone;
  Object* thread = a->items[3];
  Ref<> file = share(sysGet(names::stderr));
  if (!file || isNone(file.get())) {
    if (isNone(thread)) return kDone;
    file = TRY(findAttr(ts, thread, stderr_name));
    if (!file || isNone(file.get())) return kDone;
  }
  Ref<> name;
  if (!isNone(thread)) name = TRY(findAttr(ts, thread, names::name));
  if (name) TRY(writeLine(ts, file.get(), formatText(ts, "Exception in thread {}:\n", name)));
  else TRY(writeLine(ts, file.get(), formatText(ts, "Exception in thread {}:\n", static_cast<unsigned long>(pthread_self()))));
  if (isException(a->items[1])) {
    auto* e = static_cast<BaseException*>(a->items[1]);
    if (!e->traceback && !isNone(a->items[2])) setField(e->traceback, share(a->items[2]));
    TRY(printException(ts, e, file.get()));
  }
  Ref<> flushed = TRY(callMethod(ts, file.get(), names::flush));
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("start_new_thread", startThread,
               "start_new_thread(function, args[, kwargs])\n\nRuns function(*args, **kwargs) in a new thread; its identifier."),
    METHOD_RAW("start_new", startThread, "start_new(function, args[, kwargs])\n\nOld name of start_new_thread()."),
    METHOD_UNSIGNED("allocate_lock", allocateLock, "($module, /)", "allocate_lock() -> lock object\n\nA new lock."),
    METHOD_UNSIGNED("allocate", allocateLock, "($module, /)", "allocate() -> lock object\n\nOld name of allocate_lock()."),
    METHOD_UNSIGNED("exit_thread", exitThread, "($module, /)", "exit_thread()\n\nOld name of exit()."),
    METHOD_UNSIGNED("exit", exitThread, "($module, /)", "exit()\n\nEnds the thread: raises SystemExit."),
    METHOD_UNSIGNED("interrupt_main", interruptMain, "($module, signum=signal.SIGINT, /)",
                    "interrupt_main(signum=signal.SIGINT, /)\n\nAs if the signal had come in: its handler runs in the main thread."),
    METHOD_UNSIGNED("get_ident", getIdent, "($module, /)", "get_ident() -> integer\n\nThe thread's identifier; may be used again after its end."),
    METHOD_UNSIGNED("get_native_id", getNativeId, "($module, /)", "get_native_id() -> integer\n\nThe identifier the system gave the thread."),
    METHOD_UNSIGNED("_count", count, "($module, /)", "_count() -> integer\n\nHow many threads made here are running."),
    METHOD_UNSIGNED("stack_size", stackSize, "($module, size=0, /)", "stack_size([size]) -> size\n\nThe stack size of new threads; sets it if given."),
    METHOD_UNSIGNED("_set_sentinel", setSentinel, "($module, /)", "_set_sentinel() -> lock\n\nA lock that is released when the thread has ended."),
    METHOD_UNSIGNED("_excepthook", exceptHook, "($module, args, /)", "excepthook(exc_type, exc_value, exc_traceback, thread)\n\nReports an uncaught exception of a thread."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  if (!threadTypes.lock) {
    TRY(makeLockTypes(ts));
    TRY(makeLocalType(ts));
    hook_args_type = TRY(newStructSeqType(ts, kHookArgsDesc)).release();
  }
  TRY(addObject(ts, m, "LockType", share(static_cast<Object*>(threadTypes.lock))));
  TRY(addObject(ts, m, "RLock", share(static_cast<Object*>(threadTypes.rlock))));
  TRY(addObject(ts, m, "_local", share(static_cast<Object*>(threadTypes.local))));
  TRY(addObject(ts, m, "_ExceptHookArgs", share(static_cast<Object*>(hook_args_type))));
  TRY(addObject(ts, m, "error", share(static_cast<Object*>(&kRuntimeError))));
  return addObject(ts, m, "TIMEOUT_MAX", TRY(newFloat(ts, 9223372036.0)));
}

}  // namespace

extern const ModuleDef kThreadModule;
const ModuleDef kThreadModule = {.name = "_thread",
                                 .doc = "Threads at their barest; `threading` is what to use.",
                                 .methods = kMethods,
                                 .populate = populate};

}  // namespace habu
