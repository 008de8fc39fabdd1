// Points in time and durations as Python code gives them (int or float seconds) and as system calls take them:
// nanoseconds in 64 bits, timespec, timeval. Messages and rounding are CPython's.
#pragma once
#include <sys/time.h>
#include <time.h>

#include "object/core.h"

namespace habu {

using Nanoseconds = long long;
inline constexpr Nanoseconds kNsPerSecond = 1000000000;
inline constexpr Nanoseconds kNsPerUs = 1000;
inline constexpr Nanoseconds kNsPerMs = 1000000;

enum class Rounding { Floor, Ceiling, HalfEven, AwayFromZero };

// OverflowError "timestamp too large to convert to C _PyTime_t", ValueError for nan.
Result<Nanoseconds> nanosecondsFrom(ThreadState&, Object* seconds, Rounding);
Result<Nanoseconds> millisecondsFrom(ThreadState&, Object* milliseconds);  // rounded away from zero
Result<Nanoseconds> nanosecondsFromInt(ThreadState&, Object* nanoseconds);
// OverflowError "timestamp out of range for platform time_t".
Result<timespec> timespecFromSeconds(ThreadState&, Object* seconds, Rounding);
Result<timeval> timevalFromSeconds(ThreadState&, Object* seconds, Rounding);
Result<time_t> timeFromSeconds(ThreadState&, Object* seconds, Rounding);
Nanoseconds divideRounded(Nanoseconds, Nanoseconds divisor, Rounding);
timespec toTimespec(Nanoseconds);
timeval toTimeval(Nanoseconds, Rounding);
inline Nanoseconds fromTimespec(const timespec& t) { return t.tv_sec * kNsPerSecond + t.tv_nsec; }
double toSeconds(Nanoseconds);
Nanoseconds monotonicTime();
// now + timeout without overflow.
inline Nanoseconds deadlineAfter(Nanoseconds timeout) {
  Nanoseconds deadline;
  return __builtin_add_overflow(monotonicTime(), timeout, &deadline) ? (timeout < 0 ? INT64_MIN : INT64_MAX) : deadline;
}

}  // namespace habu
