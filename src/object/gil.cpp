// The lock is a flag under a mutex: a waiter must be able to time out, and the holder to see that it was replaced.
#include "object/gil.h"


#include <pthread.h>
#include <time.h>
#include <unistd.h>

#include "object/raise.h"

namespace habu {

std::atomic<uint32_t> eval_breaker{0};
Status (*signal_handlers_hook)(ThreadState&) = nullptr;

namespace {

struct Gil {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t free = PTHREAD_COND_INITIALIZER;      // the lock was dropped
  pthread_cond_t switched = PTHREAD_COND_INITIALIZER;  // another thread has taken it
  bool ready = false, locked = false;
  ThreadState* last_holder = nullptr;
  std::atomic<ThreadState*> finalizer{nullptr};
  unsigned long switches = 0;
  double interval = 0.005;
};
constinit Gil gil;
pthread_t main_thread;

constexpr int kMaxPending = 32;
struct PendingQueue {
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  struct { PendingCall function; void* data; } calls[kMaxPending] = {};
  int first = 0, count = 0;
  bool busy = false;
};
constinit PendingQueue pending;

class [[nodiscard]] Locked {
 public:
  explicit Locked(pthread_mutex_t& m) : mutex_(m) { pthread_mutex_lock(&m); }
  ~Locked() { pthread_mutex_unlock(&mutex_); }
  Locked(const Locked&) = delete;

 private:
  pthread_mutex_t& mutex_;
};

void initConditions() {
  pthread_condattr_t monotonic;
  pthread_condattr_init(&monotonic);
  pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
  pthread_cond_init(&gil.free, &monotonic);
  pthread_cond_init(&gil.switched, &monotonic);
  pthread_condattr_destroy(&monotonic);
  gil.ready = true;
}

timespec after(double seconds) {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  double whole = static_cast<double>(static_cast<long>(seconds));
  t.tv_sec += static_cast<long>(whole);
  t.tv_nsec += static_cast<long>((seconds - whole) * 1e9);
  if (t.tv_nsec >= 1000000000) {
    t.tv_nsec -= 1000000000;
    ++t.tv_sec;
  }
  return t;
}

[[noreturn]] void sleepForEver() {
  for (;;) pause();
}

// A thread that comes back from a blocking call while the interpreter is being torn down must not touch anything.
void stopIfFinalizing(const ThreadState& ts) {
  ThreadState* finalizer = gil.finalizer.load(std::memory_order_relaxed);
  if (finalizer && finalizer != &ts) sleepForEver();
}

Status runPendingCalls(ThreadState& ts) {
  if (pending.busy) return kDone;
  pending.busy = true;
  clearBreaker(kBreakPendingCalls);
  Status status = kDone;
  for (int i = 0; i < kMaxPending; ++i) {  // bounded: a call may add another one
    PendingCall function = nullptr;
    void* data = nullptr;
    {
      Locked lock(pending.mutex);
      if (pending.count == 0) break;
      function = pending.calls[pending.first].function;
      data = pending.calls[pending.first].data;
      pending.first = (pending.first + 1) % kMaxPending;
      --pending.count;
    }
    if (function(data) != 0) {
      status = Raised{};
      break;
    }
  }
  pending.busy = false;
  if (pending.count) setBreaker(kBreakPendingCalls);
  return status;
}

}  // namespace

void takeGil(ThreadState& ts) {
  int saved = errno;
  stopIfFinalizing(ts);
  pthread_mutex_lock(&gil.mutex);
  if (!gil.ready) initConditions();
  while (gil.locked) {
    unsigned long seen = gil.switches;
    timespec until = after(gil.interval);
    int timed_out = pthread_cond_timedwait(&gil.free, &gil.mutex, &until);
    if (timed_out && gil.locked && gil.switches == seen) {
      if (gil.finalizer.load() && gil.finalizer.load() != &ts) {
        pthread_mutex_unlock(&gil.mutex);
        sleepForEver();
      }
      setBreaker(kBreakGilRequest);
    }
  }
  gil.locked = true;
  if (gil.last_holder != &ts) {
    gil.last_holder = &ts;
    ++gil.switches;
  }
  pthread_cond_signal(&gil.switched);
  clearBreaker(kBreakGilRequest);
  pthread_mutex_unlock(&gil.mutex);
  if (ThreadState* finalizer = gil.finalizer.load(); finalizer && finalizer != &ts) {
    dropGil(ts);
    sleepForEver();
  }
  ThreadState::setCurrent(&ts);
  if (ts.async_exception) setBreaker(kBreakAsyncException);
  errno = saved;
}

void dropGil(ThreadState& ts) {
  int saved = errno;
  ThreadState::setCurrent(nullptr);
  {
    Locked lock(gil.mutex);
    if (!gil.ready) initConditions();
    gil.locked = false;
    pthread_cond_signal(&gil.free);
  }
  // Somebody asked for the lock: let them have it before this thread asks again.
  if (eval_breaker.load(std::memory_order_relaxed) & kBreakGilRequest) {
    Locked lock(gil.mutex);
    if (gil.last_holder == &ts && gil.finalizer.load() == nullptr) {
      clearBreaker(kBreakGilRequest);
      timespec until = after(gil.interval);
      while (gil.last_holder == &ts)
        if (pthread_cond_timedwait(&gil.switched, &gil.mutex, &until)) break;
    }
  }
  errno = saved;
}

bool gilHeld() { return gil.locked; }
double switchInterval() { return gil.interval; }
void setSwitchInterval(double seconds) { gil.interval = seconds; }
void stopOtherThreads(ThreadState& ts) { gil.finalizer.store(&ts); }

void reinitGilAfterFork(ThreadState& ts) {
  gil.mutex = PTHREAD_MUTEX_INITIALIZER;
  pending.mutex = PTHREAD_MUTEX_INITIALIZER;
  initConditions();
  gil.locked = true;
  gil.last_holder = &ts;
  clearBreaker(kBreakGilRequest);
  rememberMainThread();
}

namespace {
constexpr int kMaxForkHooks = 8;
ForkHook fork_hooks[kMaxForkHooks];
int fork_hook_count = 0;
}  // namespace

void addForkHook(ForkHook hook) {
  if (fork_hook_count < kMaxForkHooks) fork_hooks[fork_hook_count++] = hook;
}
void runForkHooks(ThreadState& ts, ForkPhase phase) {
  for (int i = 0; i < fork_hook_count; ++i) fork_hooks[i](ts, phase);
}

GilRelease::GilRelease(ThreadState& ts) : ts_(ts) { dropGil(ts); }
GilRelease::~GilRelease() { takeGil(ts_); }

void rememberMainThread() { main_thread = pthread_self(); }
bool isMainThread() { return pthread_equal(main_thread, pthread_self()) != 0; }

bool addPendingCall(PendingCall function, void* data) {
  Locked lock(pending.mutex);
  if (pending.count == kMaxPending) return false;
  pending.calls[(pending.first + pending.count) % kMaxPending] = {function, data};
  ++pending.count;
  setBreaker(kBreakPendingCalls);
  return true;
}

Status checkSignals(ThreadState& ts) {
  if (!(eval_breaker.load(std::memory_order_relaxed) & kBreakSignals) || !isMainThread()) return kDone;
  clearBreaker(kBreakSignals);
  return signal_handlers_hook ? signal_handlers_hook(ts) : Status(kDone);
}

Status handleBreaker(ThreadState& ts) {
  TRY(checkSignals(ts));
  uint32_t bits = eval_breaker.load(std::memory_order_relaxed);
  if ((bits & kBreakPendingCalls) && isMainThread()) TRY(runPendingCalls(ts));
  if (bits & kBreakGilRequest) {
    dropGil(ts);
    takeGil(ts);
  }
  if ((bits & kBreakAsyncException) && ts.async_exception) {
    clearBreaker(kBreakAsyncException);
    Ref<> exception = Ref<>::steal(std::exchange(ts.async_exception, nullptr));
    if (isType(exception.get())) return raiseValue(ts, *reinterpret_cast<Type*>(exception.get()), nullptr);
    return raiseInstance(ts, exception.get());
  }
  return kDone;
}

}  // namespace habu
