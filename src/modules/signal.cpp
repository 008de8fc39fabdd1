// The module `_signal`. The C handler only notes the signal and wakes the interpreter loop; Python handlers run later,
// in the main thread, between two instructions (or when a system call was interrupted).
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <string.h>
extern "C" {  // the header of glibc 2.36 forgets it
#include <sys/pidfd.h>
}
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>

#include "interp/eval.h"
#include "modules/import.h"
#include "modules/signals.h"
#include "modules/time_value.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/module.h"
#include "types/set.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu {
namespace {

constexpr int kSignals = NSIG;  // 1..64

struct Handler {
  std::atomic<bool> tripped;
  Object* function;  // owned: a callable, SIG_DFL or SIG_IGN as int, None for one that Python did not install
};
Handler handlers[kSignals];
Object *default_handler, *ignore_handler;  // the ints 0 and 1
Object* int_handler;                       // default_int_handler
Type *itimer_error, *siginfo_type;

struct Wakeup {
  std::atomic<int> fd = -1;
  bool warn_on_full_buffer = true;
};
Wakeup wakeup;

// ---- what happens when a signal comes in ----
int reportWakeupError(void* data) {
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  (void)raiseErrno(ts, int(reinterpret_cast<intptr_t>(data)));
  writeUnraisable(ts, nullptr, "Exception ignored when trying to write to the signal wakeup fd");
  std::move(pending).restore(ts);
  return 0;
}

void trip(int number) {
  handlers[number].tripped.store(true);
  setBreaker(kBreakSignals);
  int fd = wakeup.fd.load();
  if (fd < 0) return;
  auto byte = static_cast<unsigned char>(number);
  if (::write(fd, &byte, 1) >= 0) return;
  if (!wakeup.warn_on_full_buffer && (errno == EWOULDBLOCK || errno == EAGAIN)) return;
  addPendingCall(reportWakeupError, reinterpret_cast<void*>(intptr_t(errno)));
}

void handleSignal(int number) {
  int saved = errno;
  trip(number);
  errno = saved;
}

void setAction(int number, void (*action)(int)) {
  struct sigaction a{};
  a.sa_handler = action;
  sigemptyset(&a.sa_mask);
  a.sa_flags = SA_ONSTACK;
  ::sigaction(number, &a, nullptr);
}

Status runHandler(ThreadState& ts, int number) {
  Ref<> function = Ref<>::share(handlers[number].function);
  if (!function || isNone(function.get()) || function.get() == ignore_handler || function.get() == default_handler) {
    (void)raise(ts, kOSError, "Signal {} ignored due to race condition", number);
    writeUnraisable(ts, &kNoneObject);
    return kDone;
  }
  Ref<> frame = none();
  if (Frame* running = currentFrame(ts)) frame = Ref<>::share(static_cast<Object*>(frameObject(ts, running)));
  if (!frame) return Raised{};
  Ref<Int> signal_number = TRY(newInt(ts, number));
  if (!call(ts, function.get(), {signal_number.get(), frame.get()})) return Raised{};
  return kDone;
}

// The hook of checkSignals(); a handler that raises leaves the later signals for the next time.
Status runHandlers(ThreadState& ts) {
  for (int number = 1; number < kSignals; ++number) {
    if (!handlers[number].tripped.exchange(false)) continue;
    if (runHandler(ts, number).failed()) {
      setBreaker(kBreakSignals);
      return Raised{};
    }
  }
  return kDone;
}

// ---- handlers ----
Status checkNumber(ThreadState& ts, int number) {
  if (number < 1 || number >= kSignals) return raise(ts, kValueError, "signal number out of range");
  return kDone;
}

Ref<> signal(ThreadState& ts, Module*, int number, Object* handler) {
  void (*action)(int) = handleSignal;
  if (!isMainThread()) return raise(ts, kValueError, "signal only works in main thread of the main interpreter");
  TRY(checkNumber(ts, number));
  if (!isCallable(handler)) {
    bool ignore = TRY(equalObjects(ts, handler, ignore_handler));
    bool standard = !ignore && TRY(equalObjects(ts, handler, default_handler));
    if (!ignore && !standard)
      return raise(ts, kTypeError, "signal handler must be signal.SIG_IGN, signal.SIG_DFL, or a callable object");
    action = ignore ? SIG_IGN : SIG_DFL;
  }
  TRY(checkSignals(ts));
  struct sigaction a{};
  a.sa_handler = action;
  sigemptyset(&a.sa_mask);
  a.sa_flags = SA_ONSTACK;
  if (::sigaction(number, &a, nullptr) < 0) return raiseErrno(ts, errno);
  Ref<> old = Ref<>::steal(std::exchange(handlers[number].function, Ref<>::share(handler).release()));
  return old ? std::move(old) : none();
}

Ref<> getsignal(ThreadState& ts, Module*, int number) {
  TRY(checkNumber(ts, number));
  Object* function = handlers[number].function;
  return function ? Ref<>::share(function) : none();
}

Ref<> defaultIntHandler(ThreadState& ts, Module*, int, Object*) { return raiseValue(ts, kKeyboardInterrupt, nullptr); }

Status siginterrupt(ThreadState& ts, Module*, int number, int flag) {
  TRY(checkNumber(ts, number));
  struct sigaction a;
  ::sigaction(number, nullptr, &a);
  a.sa_flags = flag ? a.sa_flags & ~SA_RESTART : a.sa_flags | SA_RESTART;
  if (::sigaction(number, &a, nullptr) < 0) return raiseErrno(ts, errno);
  return kDone;
}

Ref<> setWakeupFd(ThreadState& ts, Module*, int fd, std::optional<bool> warn_on_full_buffer) {
  if (!isMainThread()) return raise(ts, kValueError, "set_wakeup_fd only works in main thread of the main interpreter");
  if (fd != -1) {
    struct stat s;
    if (::fstat(fd, &s) != 0) return raiseErrno(ts, errno);
    int flags = ::fcntl(fd, F_GETFL);
    if (flags < 0) return raiseErrno(ts, errno);
    if (!(flags & O_NONBLOCK)) return raise(ts, kValueError, "the fd {} must be in non-blocking mode", fd);
  }
  wakeup.warn_on_full_buffer = warn_on_full_buffer.value_or(true);
  return newInt(ts, wakeup.fd.exchange(fd));
}

Ref<> strsignal(ThreadState& ts, Module*, int number) {
  TRY(checkNumber(ts, number));
  const char* text = ::strsignal(number);
  if (!text || !strncmp(text, "Unknown signal", 14)) return none();
  return strFromFileSystem(ts, text);
}

Ref<> validSignals(ThreadState& ts, Module*) {
  sigset_t set;
  sigfillset(&set);
  return sigsetObject(ts, set);
}

// ---- sending and waiting ----
Status raiseSignal(ThreadState& ts, Module*, int number) {
  int result;
  {
    GilRelease allow(ts);
    result = ::raise(number);
  }
  if (result) return raiseErrno(ts, errno);
  return checkSignals(ts);
}

Status pthreadKill(ThreadState& ts, Module*, Object* thread, int number) {
  if (!isInt(thread)) return raise(ts, kTypeError, "pthread_kill() argument 1 must be int, not {:.50}", typeName(thread));
  auto id = pthread_t(TRY(asUnsignedLongLongMask(ts, thread)));
  if (int error = ::pthread_kill(id, number)) return raiseErrno(ts, error);
  return checkSignals(ts);
}

Status pidfdSendSignal(ThreadState& ts, Module*, int fd, int number, Object* info, std::optional<int> flags) {
  if (info && !isNone(info)) return raise(ts, kTypeError, "siginfo must be None");
  if (::pidfd_send_signal(fd, number, nullptr, unsigned(flags.value_or(0))) < 0) return raiseErrno(ts, errno);
  return kDone;
}

unsigned alarm(ThreadState&, Module*, int seconds) { return ::alarm(unsigned(seconds)); }

Status pause(ThreadState& ts, Module*) {
  {
    GilRelease allow(ts);
    ::pause();
  }
  return checkSignals(ts);
}

Ref<> pthreadSigmask(ThreadState& ts, Module*, int how, Object* mask) {
  sigset_t set = TRY(sigsetFrom(ts, mask)), old;
  if (int error = ::pthread_sigmask(how, &set, &old)) return raiseErrno(ts, error);
  TRY(checkSignals(ts));  // one that was blocked may be pending
  return sigsetObject(ts, old);
}

Ref<> sigpending(ThreadState& ts, Module*) {
  sigset_t set;
  if (::sigpending(&set) < 0) return raiseErrno(ts, errno);
  return sigsetObject(ts, set);
}

Result<int> sigwait(ThreadState& ts, Module*, Object* signals) {
  sigset_t set = TRY(sigsetFrom(ts, signals));
  int number = 0, error;
  {
    GilRelease allow(ts);
    error = ::sigwait(&set, &number);
  }
  if (error) return raiseErrno(ts, error);
  return number;
}

constexpr StructSeqField kInfoFields[] = {{"si_signo", "signal number"}, {"si_code", "how it came about"}, {"si_errno", "error number"},
                                          {"si_pid", "process that sent it"}, {"si_uid", "its user"},
                                          {"si_status", "exit status or signal of a child"}, {"si_band", "event of SIGPOLL"}, {}};
constexpr StructSeqDesc kInfoDesc = {"signal.struct_siginfo", "What is known about a signal that was waited for.", kInfoFields, 7};

Ref<> infoObject(ThreadState& ts, const siginfo_t& info) {
  StructSeqBuilder b(ts, siginfo_type);
  b.add(newInt(ts, info.si_signo));
  b.add(newInt(ts, info.si_code));
  b.add(newInt(ts, info.si_errno));
  b.add(newInt(ts, info.si_pid));
  b.add(newInt(ts, info.si_uid == uid_t(-1) ? -1 : static_cast<long long>(info.si_uid)));
  b.add(newInt(ts, info.si_status));
  b.add(newInt(ts, info.si_band));
  return b.finish();
}

Ref<> sigwaitinfo(ThreadState& ts, Module*, Object* signals) {
  sigset_t set = TRY(sigsetFrom(ts, signals));
  siginfo_t info{};
  if (TRY(retryInterrupted(ts, [&] { return ::sigwaitinfo(&set, &info); })) < 0) return raiseErrno(ts, errno);
  return infoObject(ts, info);
}

Ref<> sigtimedwait(ThreadState& ts, Module*, Object* signals, Object* timeout) {
  sigset_t set = TRY(sigsetFrom(ts, signals));
  Nanoseconds left = TRY(nanosecondsFrom(ts, timeout, Rounding::Ceiling));
  if (left < 0) return raise(ts, kValueError, "timeout must be non-negative");
  Nanoseconds deadline = deadlineAfter(left);
  for (;;) {
    timespec t = toTimespec(left);
    siginfo_t info{};
    int result;
    {
      GilRelease allow(ts);
      result = ::sigtimedwait(&set, &info, &t);
    }
    if (result >= 0) return infoObject(ts, info);
    if (errno == EAGAIN) return none();
    if (errno != EINTR) return raiseErrno(ts, errno);
    TRY(checkSignals(ts));
    left = deadline - monotonicTime();
    if (left < 0) return none();
  }
}

// ---- interval timers ----
Ref<> timerObject(ThreadState& ts, const itimerval& t) {
  Ref<Float> value = TRY(newFloat(ts, double(t.it_value.tv_sec) + double(t.it_value.tv_usec) / 1e6));
  Ref<Float> interval = TRY(newFloat(ts, double(t.it_interval.tv_sec) + double(t.it_interval.tv_usec) / 1e6));
  return packTuple(ts, {reinterpret_cast<Object*>(value.get()), reinterpret_cast<Object*>(interval.get())});
}

Raised timerError(ThreadState& ts) {
  int error = errno;
  Ref<Int> number = TRY(newInt(ts, error));
  Ref<Str> text = TRY(strFromFileSystem(ts, ::strerror(error)));
  Ref<Tuple> args = TRY(packTuple(ts, {number.get(), text.get()}));
  return raiseValue(ts, *itimer_error, reinterpret_cast<Object*>(args.get()));
}

Result<timeval> timerValue(ThreadState& ts, Object* seconds) {
  if (!seconds) return timeval{};
  return toTimeval(TRY(nanosecondsFrom(ts, seconds, Rounding::Ceiling)), Rounding::Ceiling);
}

Ref<> setitimer(ThreadState& ts, Module*, int which, Object* seconds, Object* interval) {
  itimerval wanted, old;
  wanted.it_value = TRY(timerValue(ts, seconds));
  wanted.it_interval = TRY(timerValue(ts, interval));
  if (::setitimer(__itimer_which_t(which), &wanted, &old) != 0) return timerError(ts);
  return timerObject(ts, old);
}
Ref<> getitimer(ThreadState& ts, Module*, int which) {
  itimerval now;
  if (::getitimer(__itimer_which_t(which), &now) != 0) return timerError(ts);
  return timerObject(ts, now);
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("default_int_handler", defaultIntHandler, "($module, signalnum, frame, /)", "The handler of SIGINT at start: raises KeyboardInterrupt."),
    METHOD(alarm, "($module, seconds, /)", "Has SIGALRM sent after so many seconds; returns those left of an earlier alarm."),
    METHOD(setitimer, "($module, which, seconds, interval=0.0, /)", "Has a timer send its signal after `seconds`, then every `interval` seconds."),
    METHOD(getitimer, "($module, which, /)", "The (seconds left, interval) of a timer."),
    METHOD(signal, "($module, signalnum, handler, /)", "Sets what happens when a signal comes in: SIG_DFL, SIG_IGN or a function of signal number and frame.\n\nReturns the old handler."),
    METHOD_AS("raise_signal", raiseSignal, "($module, signalnum, /)", "Sends a signal to this process."),
    METHOD(strsignal, "($module, signalnum, /)", "The description of a signal, None if it has none."),
    METHOD(getsignal, "($module, signalnum, /)", "What happens when a signal comes in; None if Python did not set it."),
    METHOD_UNSIGNED("set_wakeup_fd", setWakeupFd, "(fd, /, *, warn_on_full_buffer=True)", "set_wakeup_fd(fd, *, warn_on_full_buffer=True) -> fd\n\nHas the number of each incoming signal written to a descriptor as a byte; returns the descriptor used so far, or -1."),
    METHOD(siginterrupt, "($module, signalnum, flag, /)", "Says whether a signal interrupts system calls."),
    METHOD(pause, "($module, /)", "Waits for a signal."),
    METHOD_AS("pidfd_send_signal", pidfdSendSignal, "($module, pidfd, signalnum, siginfo=None, flags=0, /)", "Sends a signal to the process behind a descriptor."),
    METHOD_AS("pthread_kill", pthreadKill, "($module, thread_id, signalnum, /)", "Sends a signal to a thread."),
    METHOD_AS("pthread_sigmask", pthreadSigmask, "($module, how, mask, /)", "Changes the set of blocked signals of this thread; returns the old one."),
    METHOD(sigpending, "($module, /)", "The signals that have come in while blocked."),
    METHOD(sigwait, "($module, sigset, /)", "Waits for one of the signals and takes it; its number."),
    METHOD(sigwaitinfo, "($module, sigset, /)", "Waits for one of the signals and takes it; what is known about it."),
    METHOD(sigtimedwait, "($module, sigset, timeout, /)", "As sigwaitinfo(), for at most `timeout` seconds; then None."),
    METHOD_AS("valid_signals", validSignals, "($module, /)", "The signals that this system has."),
    {}};

struct Constant {
  const char* name;
  int value;
};
#define X(name) {#name, name}
constexpr Constant kConstants[] = {
    {"NSIG", kSignals}, X(SIG_BLOCK), X(SIG_UNBLOCK), X(SIG_SETMASK), X(SIGHUP), X(SIGINT), X(SIGQUIT), X(SIGILL), X(SIGTRAP),
    X(SIGIOT), X(SIGABRT), X(SIGFPE), X(SIGKILL), X(SIGBUS), X(SIGSEGV), X(SIGSYS), X(SIGPIPE), X(SIGALRM), X(SIGTERM),
    X(SIGUSR1), X(SIGUSR2), {"SIGCLD", SIGCHLD}, X(SIGCHLD), X(SIGPWR), X(SIGIO), X(SIGURG), X(SIGWINCH), X(SIGPOLL),
    X(SIGSTOP), X(SIGTSTP), X(SIGCONT), X(SIGTTIN), X(SIGTTOU), X(SIGVTALRM), X(SIGPROF), X(SIGXCPU), X(SIGXFSZ), X(SIGSTKFLT),
    {"ITIMER_REAL", ITIMER_REAL}, {"ITIMER_VIRTUAL", ITIMER_VIRTUAL}, {"ITIMER_PROF", ITIMER_PROF}};
#undef X

// What the process was started with.
void readInitialHandlers() {
  for (int number = 1; number < kSignals; ++number) {
    struct sigaction a{};
    bool known = ::sigaction(number, nullptr, &a) == 0;
    Object* function = &kNoneObject;
    if (known && a.sa_handler == SIG_DFL) function = default_handler;
    else if (known && a.sa_handler == SIG_IGN) function = ignore_handler;
    if (!handlers[number].function) handlers[number].function = Ref<>::share(function).release();
  }
}

Status populate(ThreadState& ts, Module* m) {
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  TRY(addInt(ts, m, "SIGRTMIN", SIGRTMIN));
  TRY(addInt(ts, m, "SIGRTMAX", SIGRTMAX));
  default_handler = reinterpret_cast<Object*>(TRY(newInt(ts, 0)).release());
  ignore_handler = reinterpret_cast<Object*>(TRY(newInt(ts, 1)).release());
  TRY(addObject(ts, m, "SIG_DFL", Ref<>::share(default_handler)));
  TRY(addObject(ts, m, "SIG_IGN", Ref<>::share(ignore_handler)));
  itimer_error = TRY(newExceptionClass(ts, "signal.itimer_error", kOSError)).release();
  TRY(addObject(ts, m, "ItimerError", Ref<>::share(itimer_error)));
  siginfo_type = TRY(newStructSeqType(ts, kInfoDesc)).release();
  TRY(addObject(ts, m, "struct_siginfo", Ref<>::share(siginfo_type)));
  Ref<Str> name = TRY(internedStr(ts, "default_int_handler"));
  Object* function = dictFindStr(moduleDict(m), name.get());
  setField(int_handler, Ref<>::share(function));
  readInitialHandlers();
  signal_handlers_hook = runHandlers;
  if (handlers[SIGINT].function == default_handler) {
    setField(handlers[SIGINT].function, Ref<>::share(int_handler));
    setAction(SIGINT, handleSignal);
  }
  return kDone;
}

}  // namespace

Result<sigset_t> sigsetFrom(ThreadState& ts, Object* iterable) {
  sigset_t set;
  sigemptyset(&set);
  Ref<> iterator = TRY(iterOf(ts, iterable));
  while (Ref<> item = iterNext(ts, iterator.get())) {
    Ref<Int> number = TRY(indexObject(ts, item.get()));
    int overflow = 0;
    long long value = toLongLong(number.get(), overflow);
    if (overflow) value = -1;
    if (value <= 0 || value >= kSignals)
      return raise(ts, kValueError, "signal number {} out of range [1; {}]", value, kSignals - 1);
    if (sigaddset(&set, int(value)) == 0) continue;
    if (errno != EINVAL) return raiseErrno(ts, errno);
    // One that the C library keeps for itself: programs that block "all of 1..NSIG" are only warned.
    TRY(warnText(ts, kRuntimeWarning, 1, TRY(formatText(ts, "invalid signal number {}, please use valid_signals()", value))));
  }
  if (errorSet(ts)) return Raised{};
  return set;
}

Ref<> sigsetObject(ThreadState& ts, const sigset_t& set) {
  Ref<Set> out = TRY(newSet(ts));
  for (int number = 1; number < kSignals; ++number) {
    if (sigismember(&set, number) != 1) continue;
    Ref<Int> value = TRY(newInt(ts, number));
    TRY(setAdd(ts, out.get(), value.get()));
  }
  return out;
}

void finishSignals(ThreadState&) {
  for (int number = 1; number < kSignals; ++number) {
    Object* function = handlers[number].function;
    handlers[number].tripped.store(false);
    if (function && !isNone(function) && function != default_handler && function != ignore_handler) setAction(number, SIG_DFL);
    clearField(handlers[number].function);
  }
  signal_handlers_hook = nullptr;
}

bool simulateSignal(int number) {
  Object* function = handlers[number].function;
  if (!function || isNone(function) || function == default_handler || function == ignore_handler) return false;
  trip(number);
  return true;
}

extern const ModuleDef kSignalModule = {.name = "_signal", .doc = "Signals: handling, sending, waiting for them. Programs use the module signal.", .methods = kMethods, .populate = populate};

}  // namespace habu
