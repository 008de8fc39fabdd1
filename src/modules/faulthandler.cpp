// The module `faulthandler`: Python tracebacks when the process crashes, when it hangs, or on a signal. What runs in a
// signal handler only reads and calls write(); nothing is allocated there.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>

#include "modules/time_value.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/module_def.h"
#include "object/names.h"
#include "types/code.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {
namespace {

constexpr int kMaxFrames = 100, kMaxThreads = 100;
constexpr Index kMaxText = 500;

// ---- writing, safe in a signal handler ----
void put(int fd, const char* text) { (void)!::write(fd, text, strlen(text)); }

void putNumber(int fd, unsigned long value, unsigned base = 10, int width = 1) {
  char digits[24], *p = digits + sizeof digits - 1;
  *p = 0;
  for (; value || width > 0; value /= base, --width) *--p = "0123456789abcdef"[value % base];
  put(fd, p);
}

void putText(int fd, Object* o) {
  if (!o || !isStr(o)) return put(fd, "???");
  auto* s = reinterpret_cast<Str*>(o);
  for (Index i = 0; i < s->length && i < kMaxText; ++i) {
    char32_t c = (*s)[i];
    char one[2] = {char(c), 0};
    if (c >= ' ' && c <= '~') put(fd, one);
    else if (c <= 0xff) put(fd, "\\x"), putNumber(fd, c, 16, 2);
    else if (c <= 0xffff) put(fd, "\\u"), putNumber(fd, c, 16, 4);
    else put(fd, "\\U"), putNumber(fd, c, 16, 8);
  }
  if (s->length > kMaxText) put(fd, "...");
}

void putFrames(int fd, ThreadState* ts) {
  Frame* f = ts->cframe ? ts->cframe->current_frame : nullptr;
  if (!f) return put(fd, "  <no Python frame>\n");
  for (int depth = 0; f; f = f->previous) {
    if (depth++ == kMaxFrames) return put(fd, "  ...\n");
    put(fd, "  File \"");
    putText(fd, f->code->filename);
    put(fd, "\", line ");
    int line = frameLine(f);
    if (line >= 0) putNumber(fd, unsigned(line));
    else put(fd, "???");
    put(fd, " in ");
    putText(fd, f->code->name);
    put(fd, "\n");
  }
}

ThreadState* ownState() {
  auto self = static_cast<unsigned long>(pthread_self());
  for (ThreadState* ts = mainInterpreter.threads; ts; ts = ts->next)
    if (ts->thread_id == self) return ts;
  return nullptr;
}

void putThreads(int fd, ThreadState* current) {
  int count = 0;
  for (ThreadState* ts = mainInterpreter.threads; ts; ts = ts->next) {
    if (count) put(fd, "\n");
    if (count++ == kMaxThreads) return put(fd, "...\n");
    put(fd, ts == current ? "Current thread 0x" : "Thread 0x");
    putNumber(fd, ts->thread_id, 16, 16);
    put(fd, " (most recent call first):\n");
    if (ts == current && gc_state.collecting) put(fd, "  Garbage-collecting\n");
    putFrames(fd, ts);
  }
}

std::atomic<bool> dumping{false};

void dump(int fd, bool all_threads) {
  if (dumping.exchange(true)) return;
  ThreadState* current = ownState();
  if (all_threads) {
    putThreads(fd, current);
  } else if (current) {
    put(fd, "Stack (most recent call first):\n");
    putFrames(fd, current);
  }
  dumping.store(false);
}

// ---- where to write ----
struct Target {
  int fd = -1;
  Object* file = nullptr;  // owned: keeps the file object alive
  bool all_threads = true;
  void hold(Object* o) { setField(file, Ref<>::share(o)); }
  void drop() { clearField(file); }
};

// An int, a file object, or sys.stderr.
Result<int> targetOf(ThreadState& ts, Object*& file) {
  if (!file || isNone(file)) {
    file = sysGet(names::stderr);
    if (!file) return raise(ts, kRuntimeError, "unable to get sys.stderr");
    if (isNone(file)) return raise(ts, kRuntimeError, "sys.stderr is None");
  } else if (isInt(file)) {
    int fd = TRY(asCInt(ts, file));
    if (fd < 0) return raise(ts, kValueError, "file is not a valid file descripter");
    return fd;
  }
  Ref<> keep = Ref<>::share(file), number = TRY(callMethod(ts, file, names::fileno));
  int fd = -1;
  if (isInt(number.get())) fd = TRY(asCInt(ts, number.get()));
  if (fd < 0) return raise(ts, kRuntimeError, "file.fileno() is not a valid file descriptor");
  if (!callMethod(ts, file, names::flush)) clearError(ts);
  return fd;
}

Status dumpTraceback(ThreadState& ts, Module*, Object* file, std::optional<bool> all_threads) {
  int fd = TRY(targetOf(ts, file));
  dump(fd, all_threads.value_or(true));
  return checkSignals(ts);
}

// ---- fatal signals ----
struct Fatal {
  int number;
  const char* text;
  struct sigaction previous;
  bool installed;
};
Fatal fatal_signals[] = {{SIGBUS, "Bus error", {}, false}, {SIGILL, "Illegal instruction", {}, false}, {SIGFPE, "Floating point exception", {}, false},
                         {SIGABRT, "Aborted", {}, false}, {SIGSEGV, "Segmentation fault", {}, false}};
Target fatal_target;
bool enabled = false;
char* alternate_stack;  // handlers run on it: the cause may be a full stack

bool isFatal(int number) {
  for (const Fatal& f : fatal_signals)
    if (f.number == number) return true;
  return false;
}

void restoreFatal(Fatal& f) {
  if (!f.installed) return;
  f.installed = false;
  ::sigaction(f.number, &f.previous, nullptr);
}

void handleFatal(int number) {
  int saved = errno;
  for (Fatal& f : fatal_signals) {
    if (f.number != number) continue;
    restoreFatal(f);
    put(fatal_target.fd, "Fatal Python error: ");
    put(fatal_target.fd, f.text);
    put(fatal_target.fd, "\n\n");
  }
  dump(fatal_target.fd, fatal_target.all_threads);
  errno = saved;
  ::raise(number);  // now with the handler that was there before
}

void useAlternateStack() {
  if (alternate_stack) return;
  size_t size = size_t(SIGSTKSZ) * 2;
  alternate_stack = static_cast<char*>(malloc(size));
  stack_t stack{};
  stack.ss_sp = alternate_stack;
  stack.ss_size = size;
  if (alternate_stack) ::sigaltstack(&stack, nullptr);
}

Status enable(ThreadState& ts, Module*, Object* file, std::optional<bool> all_threads) {
  int fd = TRY(targetOf(ts, file));
  fatal_target.hold(file);
  fatal_target.fd = fd;
  fatal_target.all_threads = all_threads.value_or(true);
  if (enabled) return kDone;
  useAlternateStack();
  enabled = true;
  for (Fatal& f : fatal_signals) {
    struct sigaction a{};
    a.sa_handler = handleFatal;
    sigemptyset(&a.sa_mask);
    a.sa_flags = SA_NODEFER | SA_ONSTACK;
    if (::sigaction(f.number, &a, &f.previous) < 0) return raiseErrno(ts, errno);
    f.installed = true;
  }
  return kDone;
}

bool disable(ThreadState&, Module*) {
  bool was = std::exchange(enabled, false);
  for (Fatal& f : fatal_signals) restoreFatal(f);
  fatal_target.drop();
  return was;
}
bool isEnabled(ThreadState&, Module*) { return enabled; }

// ---- after a time ----
// A thread of its own waits; it takes no part in Python.
struct Watchdog {
  Target target;
  Nanoseconds timeout = 0;
  bool repeat = false, exit_process = false, running = false, cancelled = false;
  char header[64];
  pthread_t thread;
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
};
Watchdog watchdog;

void* watch(void*) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, nullptr);
  pthread_mutex_lock(&watchdog.mutex);
  do {
    timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    timespec until = toTimespec(fromTimespec(now) + watchdog.timeout);
    int result = 0;
    while (!watchdog.cancelled && result != ETIMEDOUT) result = pthread_cond_timedwait(&watchdog.wake, &watchdog.mutex, &until);
    if (watchdog.cancelled) break;
    put(watchdog.target.fd, watchdog.header);
    if (!dumping.exchange(true)) {
      putThreads(watchdog.target.fd, nullptr);
      dumping.store(false);
    }
    if (watchdog.exit_process) ::_exit(1);
  } while (watchdog.repeat);
  pthread_mutex_unlock(&watchdog.mutex);
  return nullptr;
}

void stopWatchdog() {
  if (!watchdog.running) return;
  pthread_mutex_lock(&watchdog.mutex);
  watchdog.cancelled = true;
  pthread_cond_signal(&watchdog.wake);
  pthread_mutex_unlock(&watchdog.mutex);
  pthread_join(watchdog.thread, nullptr);
  watchdog.running = false;
  watchdog.target.drop();
}

Status dumpLater(ThreadState& ts, Module*, Object* timeout, std::optional<bool> repeat, Object* file, std::optional<bool> exit_process) {
  Nanoseconds t = TRY(nanosecondsFrom(ts, timeout, Rounding::AwayFromZero));
  if (divideRounded(t, kNsPerUs, Rounding::AwayFromZero) <= 0) return raise(ts, kValueError, "timeout must be greater than 0");
  int fd = TRY(targetOf(ts, file));
  stopWatchdog();
  long long us = divideRounded(t, kNsPerUs, Rounding::AwayFromZero), seconds = us / 1000000, rest = us % 1000000;
  int n = snprintf(watchdog.header, sizeof watchdog.header, "Timeout (%lld:%02lld:%02lld", seconds / 3600, seconds / 60 % 60, seconds % 60);
  if (rest) n += snprintf(watchdog.header + n, sizeof watchdog.header - size_t(n), ".%06lld", rest);
  snprintf(watchdog.header + n, sizeof watchdog.header - size_t(n), ")!\n");
  watchdog.target.hold(file);
  watchdog.target.fd = fd;
  watchdog.timeout = t;
  watchdog.repeat = repeat.value_or(false);
  watchdog.exit_process = exit_process.value_or(false);
  watchdog.cancelled = false;
  if (pthread_create(&watchdog.thread, nullptr, watch, nullptr) != 0) return raise(ts, kRuntimeError, "unable to start watchdog thread");
  watchdog.running = true;
  return kDone;
}
Status cancelLater(ThreadState&, Module*) {
  stopWatchdog();
  return kDone;
}

// ---- on other signals ----
struct UserSignal {
  bool enabled = false, chain = false;
  Target target;
  struct sigaction previous;
};
UserSignal user_signals[NSIG];

void handleUser(int number);

int installUser(int number, bool chain, struct sigaction* previous) {
  struct sigaction a{};
  a.sa_handler = handleUser;
  sigemptyset(&a.sa_mask);
  a.sa_flags = SA_RESTART | SA_ONSTACK | (chain ? SA_NODEFER : 0);
  return ::sigaction(number, &a, previous);
}

void handleUser(int number) {
  UserSignal& u = user_signals[number];
  if (!u.enabled) return;
  int saved = errno;
  dump(u.target.fd, u.target.all_threads);
  if (u.chain) {
    ::sigaction(number, &u.previous, nullptr);
    errno = saved;
    ::raise(number);
    saved = errno;
    installUser(number, true, nullptr);
  }
  errno = saved;
}

Status checkSignal(ThreadState& ts, int number) {
  if (isFatal(number)) return raise(ts, kRuntimeError, "signal {} cannot be registered, use enable() instead", number);
  if (number < 1 || number >= NSIG) return raise(ts, kValueError, "signal number out of range");
  return kDone;
}

Status registerSignal(ThreadState& ts, Module*, int number, Object* file, std::optional<bool> all_threads, std::optional<bool> chain) {
  TRY(checkSignal(ts, number));
  int fd = TRY(targetOf(ts, file));
  UserSignal& u = user_signals[number];
  bool chained = chain.value_or(false);
  if (!u.enabled) {
    useAlternateStack();
    u.chain = chained;
    struct sigaction previous;
    if (installUser(number, chained, &previous) < 0) return raiseErrno(ts, errno);
    u.previous = previous;
  }
  u.target.hold(file);
  u.target.fd = fd;
  u.target.all_threads = all_threads.value_or(true);
  u.chain = chained;
  u.enabled = true;
  return kDone;
}

Result<bool> unregisterSignal(ThreadState& ts, Module*, int number) {
  TRY(checkSignal(ts, number));
  UserSignal& u = user_signals[number];
  if (!u.enabled) return false;
  u.enabled = false;
  ::sigaction(number, &u.previous, nullptr);
  u.target.drop();
  u.target.fd = -1;
  return true;
}

// ---- crashing on purpose, for tests ----
void noCoreDump() {
  rlimit limit;
  if (::getrlimit(RLIMIT_CORE, &limit) == 0) {
    limit.rlim_cur = 0;
    ::setrlimit(RLIMIT_CORE, &limit);
  }
}

Status crash(ThreadState& ts, int number, bool release_gil) {
  noCoreDump();
  if (release_gil) {
    GilRelease allow(ts);
    ::raise(number);
  } else {
    ::raise(number);
  }
  return kDone;
}
Status readNull(ThreadState&, Module*) {
  noCoreDump();
  volatile int* null = nullptr;
  int value = *null;
  (void)value;
  return kDone;
}
Status crashSegv(ThreadState& ts, Module*, std::optional<bool> release_gil) { return crash(ts, SIGSEGV, release_gil.value_or(false)); }
Status crashAbort(ThreadState&, Module*) {
  noCoreDump();
  ::abort();
}
Status crashFpe(ThreadState& ts, Module*) { return crash(ts, SIGFPE, false); }

void* failInThread(void*) {
  put(2, "Fatal Python error: faulthandler_fatal_error_thread: in new thread\nPython runtime state: initialized\n\n");
  dump(2, true);
  ::abort();
}
Status fatalInThread(ThreadState& ts, Module*) {
  noCoreDump();
  pthread_t thread;
  if (pthread_create(&thread, nullptr, failInThread, nullptr) != 0) return raise(ts, kRuntimeError, "unable to start the thread");
  GilRelease allow(ts);
  pthread_join(thread, nullptr);
  return kDone;
}

[[gnu::noinline]] size_t useStack(size_t low, size_t depth) {
  char buffer[4096];
  memset(buffer, int(depth), sizeof buffer);
  __asm__ volatile("" : : "r"(buffer) : "memory");
  if (reinterpret_cast<size_t>(buffer) < low) return depth;
  return useStack(low, depth + 1) + size_t(buffer[depth % sizeof buffer] != 0);
}
Ref<> overflowStack(ThreadState& ts, Module*) {
  noCoreDump();
  constexpr size_t kEnough = 100 << 20;
  size_t here = reinterpret_cast<size_t>(__builtin_frame_address(0));
  size_t depth = useStack(here > kEnough ? here - kEnough : 0, 1);
  return raise(ts, kRuntimeError, "unable to raise a stack overflow (allocated {} bytes on the stack, {} recursive calls)", kEnough, depth);
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("enable", enable, "(file=None, all_threads=True)", "enable(file=sys.stderr, all_threads=True): enable the fault handler"),
    METHOD_UNSIGNED("disable", disable, "($module, /)", "disable(): disable the fault handler"),
    METHOD_UNSIGNED("is_enabled", isEnabled, "($module, /)", "is_enabled()->bool: check if the handler is enabled"),
    METHOD_UNSIGNED("dump_traceback", dumpTraceback, "(file=None, all_threads=True)", "dump_traceback(file=sys.stderr, all_threads=True)\n\nWrites the traceback of this thread, or of all."),
    METHOD_UNSIGNED("dump_traceback_later", dumpLater, "(timeout, repeat=False, file=None, exit=False)", "dump_traceback_later(timeout, repeat=False, file=sys.stderr, exit=False)\n\nWrites the tracebacks of all threads after a time, once or again and again, or ends the process then."),
    METHOD_UNSIGNED("cancel_dump_traceback_later", cancelLater, "($module, /)", "cancel_dump_traceback_later()\n\nTakes the last dump_traceback_later() back."),
    METHOD_UNSIGNED("register", registerSignal, "(signum, file=None, all_threads=True, chain=False)", "register(signum, file=sys.stderr, all_threads=True, chain=False)\n\nWrites tracebacks whenever a signal comes in."),
    METHOD_UNSIGNED("unregister", unregisterSignal, "(signum, /)", "unregister(signum)\n\nTakes register() back."),
    METHOD_UNSIGNED("_read_null", readNull, "($module, /)", "_read_null()\n\nCrashes by reading at address 0."),
    METHOD_UNSIGNED("_sigsegv", crashSegv, "(release_gil=False, /)", "_sigsegv(release_gil=False)\n\nCrashes by SIGSEGV."),
    METHOD_UNSIGNED("_sigabrt", crashAbort, "($module, /)", "_sigabrt()\n\nCrashes by SIGABRT."),
    METHOD_UNSIGNED("_sigfpe", crashFpe, "($module, /)", "_sigfpe()\n\nCrashes by SIGFPE."),
    METHOD_UNSIGNED("_fatal_error_c_thread", fatalInThread, "($module, /)", "_fatal_error_c_thread()\n\nCrashes by a fatal error in a thread of its own."),
    METHOD_UNSIGNED("_stack_overflow", overflowStack, "($module, /)", "_stack_overflow()\n\nCrashes by endless recursion."),
    {}};

}  // namespace

extern const ModuleDef kFaulthandlerModule = {.name = "faulthandler", .doc = "Python tracebacks when the process crashes or hangs.", .methods = kMethods};

}  // namespace habu
