#include "modules/time_value.h"

#include <math.h>

#include "object/raise.h"
#include "types/float.h"
#include "types/int.h"

namespace habu {
namespace {

double rounded(double x, Rounding mode) {
  switch (mode) {
    case Rounding::Floor: return floor(x);
    case Rounding::Ceiling: return ceil(x);
    case Rounding::HalfEven: return nearbyint(x);
    case Rounding::AwayFromZero: return x >= 0 ? ceil(x) : floor(x);
  }
  return x;
}

bool fitsInteger(double x) { return x >= -0x1p63 && x < 0x1p63; }

Raised tooLarge(ThreadState& ts) { return raise(ts, kOverflowError, "timestamp too large to convert to C _PyTime_t"); }
Raised outOfRange(ThreadState& ts) { return raise(ts, kOverflowError, "timestamp out of range for platform time_t"); }
Raised notANumber(ThreadState& ts) { return raise(ts, kValueError, "Invalid value NaN (not a number)"); }

struct Split {
  time_t seconds;
  long fraction;  // in units of 1 / scale seconds
};

Result<Split> splitDouble(ThreadState& ts, double d, double scale, Rounding mode) {
  double whole;
  double fraction = rounded(modf(d, &whole) * scale, mode);
  if (fraction >= scale) {
    fraction -= scale;
    whole += 1.0;
  } else if (fraction < 0) {
    fraction += scale;
    whole -= 1.0;
  }
  if (!fitsInteger(whole)) return outOfRange(ts);
  return Split{time_t(whole), long(fraction)};
}

Result<time_t> timeFromInt(ThreadState& ts, Object* o) {
  auto seconds = asLongLong(ts, o);
  if (!seconds.failed()) return time_t(seconds.take());
  if (!errorMatches(ts, kOverflowError)) return Raised{};
  return outOfRange(ts);
}

Result<Split> splitSeconds(ThreadState& ts, Object* o, double scale, Rounding mode) {
  if (!isFloat(o)) return Split{TRY(timeFromInt(ts, o)), 0};
  double d = static_cast<Float*>(o)->value;
  if (isnan(d)) return notANumber(ts);
  return splitDouble(ts, d, scale, mode);
}

}  // namespace

namespace {
// `o` in units of so many nanoseconds.
Result<Nanoseconds> scaled(ThreadState& ts, Object* o, Nanoseconds unit, Rounding mode) {
  if (isFloat(o)) {
    double d = static_cast<Float*>(o)->value;
    if (isnan(d)) return notANumber(ts);
    d = rounded(d * double(unit), mode);
    if (!fitsInteger(d)) return tooLarge(ts);
    return Nanoseconds(d);
  }
  auto number = asLongLong(ts, o);
  if (number.failed()) {
    if (errorMatches(ts, kOverflowError)) return tooLarge(ts);
    return Raised{};
  }
  Nanoseconds ns;
  if (__builtin_mul_overflow(number.take(), unit, &ns)) return tooLarge(ts);
  return ns;
}
}  // namespace

Result<Nanoseconds> nanosecondsFrom(ThreadState& ts, Object* o, Rounding mode) { return scaled(ts, o, kNsPerSecond, mode); }
Result<Nanoseconds> millisecondsFrom(ThreadState& ts, Object* o) { return scaled(ts, o, kNsPerMs, Rounding::AwayFromZero); }

Result<Nanoseconds> nanosecondsFromInt(ThreadState& ts, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "expect int, got {}", typeName(o));
  auto ns = asLongLong(ts, o);
  if (!ns.failed()) return Nanoseconds(ns.take());
  if (errorMatches(ts, kOverflowError)) return tooLarge(ts);
  return Raised{};
}

Result<timespec> timespecFromSeconds(ThreadState& ts, Object* o, Rounding mode) {
  Split s = TRY(splitSeconds(ts, o, 1e9, mode));
  return timespec{s.seconds, s.fraction};
}

Result<timeval> timevalFromSeconds(ThreadState& ts, Object* o, Rounding mode) {
  Split s = TRY(splitSeconds(ts, o, 1e6, mode));
  return timeval{s.seconds, s.fraction};
}

Result<time_t> timeFromSeconds(ThreadState& ts, Object* o, Rounding mode) {
  if (!isFloat(o)) return timeFromInt(ts, o);
  double d = static_cast<Float*>(o)->value;
  if (isnan(d)) return notANumber(ts);
  d = rounded(d, mode);
  if (!fitsInteger(d)) return outOfRange(ts);
  return time_t(d);
}

Nanoseconds divideRounded(Nanoseconds t, Nanoseconds k, Rounding mode) {
  Nanoseconds q = t / k, r = t % k;
  switch (mode) {
    case Rounding::Floor: return r < 0 ? q - 1 : q;
    case Rounding::Ceiling: return r > 0 ? q + 1 : q;
    case Rounding::AwayFromZero: return r > 0 ? q + 1 : r < 0 ? q - 1 : q;
    case Rounding::HalfEven: {
      Nanoseconds twice = 2 * (r < 0 ? -r : r);
      if (twice > k || (twice == k && (q & 1))) q += t >= 0 ? 1 : -1;
      return q;
    }
  }
  return q;
}

timespec toTimespec(Nanoseconds t) {
  Nanoseconds seconds = divideRounded(t, kNsPerSecond, Rounding::Floor);
  return {time_t(seconds), long(t - seconds * kNsPerSecond)};
}

timeval toTimeval(Nanoseconds t, Rounding mode) {
  Nanoseconds us = divideRounded(t, kNsPerUs, mode);
  Nanoseconds seconds = divideRounded(us, 1000000, Rounding::Floor);
  return {time_t(seconds), suseconds_t(us - seconds * 1000000)};
}

double toSeconds(Nanoseconds t) {
  if (t % kNsPerSecond == 0) return double(t / kNsPerSecond);
  return double(t) / 1e9;
}

Nanoseconds monotonicTime() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return fromTimespec(t);
}

}  // namespace habu
