// The global interpreter lock, and what makes the interpreter loop look up from its work.
//
// The thread that holds the lock runs; ThreadState::current() is its state. A thread that waits longer than the switch
// interval sets Breaker::GilRequest; the holder sees it at its next check and lets the other one run first.
#pragma once
#include <errno.h>

#include <atomic>

#include "object/result.h"
#include "object/thread_state.h"

namespace habu {

// Reasons for the loop to call handleBreaker(); tested as one word at backward jumps and function entries.
// kBreakTracing stands while any thread traces or profiles (interp/tracing.cpp): code is then instrumented as it is entered.
enum BreakerBit : uint32_t {
  kBreakGilRequest = 1, kBreakSignals = 2, kBreakPendingCalls = 4, kBreakAsyncException = 8, kBreakTracing = 16,
};
extern std::atomic<uint32_t> eval_breaker;
inline void setBreaker(BreakerBit b) { eval_breaker.fetch_or(b, std::memory_order_relaxed); }
inline void clearBreaker(BreakerBit b) { eval_breaker.fetch_and(~uint32_t{b}, std::memory_order_relaxed); }
// What the loop does when eval_breaker is not zero: signal handlers and pending calls (main thread), giving the lock to
// a waiting thread, the asynchronous exception. Failed: an exception is set.
Status handleBreaker(ThreadState&);
// Runs the Python handlers of signals that came in, if this is the main thread. For the retry after EINTR.
Status checkSignals(ThreadState&);
// Installed by the signal module: runs the handlers of all tripped signals.
extern Status (*signal_handlers_hook)(ThreadState&);
// To be called once by the main thread, and by the child after fork.
void rememberMainThread();
bool isMainThread();

// Asks the main thread to call `function(data)` soon; callable from any thread, with or without the lock. False: full.
using PendingCall = int (*)(void*);
bool addPendingCall(PendingCall function, void* data);

void takeGil(ThreadState&);  // waits, then makes the state current; never returns in other threads while finalising
void dropGil(ThreadState&);
bool gilHeld();
double switchInterval();  // seconds
void setSwitchInterval(double seconds);
// From now on only this thread may have the lock; others sleep for ever in takeGil.
void stopOtherThreads(ThreadState&);
void reinitGilAfterFork(ThreadState&);  // in the child: this thread holds the lock, no one waits

// What fork() does around itself for the owners of locks and threads (import lock, thread module...), beyond the GIL.
enum class ForkPhase { Before, Parent, Child };
using ForkHook = void (*)(ThreadState&, ForkPhase);
void addForkHook(ForkHook);
void runForkHooks(ThreadState&, ForkPhase);

// Blocking calls run without the lock:  { GilRelease allow(ts); n = read(fd, p, size); saved = errno; }
// errno survives.
class [[nodiscard]] GilRelease {
 public:
  explicit GilRelease(ThreadState& ts);
  ~GilRelease();
  GilRelease(const GilRelease&) = delete;

 private:
  ThreadState& ts_;
};

// The retry loop around a system call (PEP 475): `call` runs without the lock; after EINTR the signal handlers run and
// the call is repeated unless one raised. The result of the call, with errno left as it set it.
template <class Call>
auto retryInterrupted(ThreadState& ts, Call call) -> Result<decltype(call())> {
  for (;;) {
    decltype(call()) result;
    {
      GilRelease allow(ts);
      errno = 0;
      result = call();
    }
    if (!(result == decltype(call())(-1) && errno == EINTR)) return result;
    if (checkSignals(ts).failed()) return Raised{};
  }
}

}  // namespace habu
