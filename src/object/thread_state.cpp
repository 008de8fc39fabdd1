#include "object/thread_state.h"

#include "object/hooks.h"

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

}  // namespace habu
