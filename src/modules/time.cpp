// The module `time`: clocks, sleeping, broken-down times, formatting.
#include <limits.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include <memory>

#include "modules/import.h"
#include "modules/time_value.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/module_def.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/module.h"
#include "types/namespace.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu {
namespace {

// ---- clocks ----
Result<Nanoseconds> readClock(ThreadState& ts, clockid_t clock) {
  timespec t;
  if (::clock_gettime(clock, &t) != 0) return raiseErrno(ts, errno);
  return fromTimespec(t);
}

template <clockid_t kClock>
Result<double> clockSeconds(ThreadState& ts, Module*) {
  return toSeconds(TRY(readClock(ts, kClock)));
}
template <clockid_t kClock>
Result<long long> clockNanoseconds(ThreadState& ts, Module*) {
  return TRY(readClock(ts, kClock));
}

Result<double> clockGetTime(ThreadState& ts, Module*, ParsedInt clock) {
  timespec t;
  if (::clock_gettime(clock, &t) != 0) return raiseErrno(ts, errno);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}
Result<long long> clockGetTimeNs(ThreadState& ts, Module*, ParsedInt clock) { return TRY(readClock(ts, clock)); }
Result<double> clockGetRes(ThreadState& ts, Module*, ParsedInt clock) {
  timespec t;
  if (::clock_getres(clock, &t) != 0) return raiseErrno(ts, errno);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}
Status setClock(ThreadState& ts, int clock, Nanoseconds time) {
  timespec t = toTimespec(time);
  if (::clock_settime(clock, &t) != 0) return raiseErrno(ts, errno);
  return kDone;
}
Status clockSetTime(ThreadState& ts, Module*, ParsedInt clock, Object* time) {
  return setClock(ts, clock, TRY(nanosecondsFrom(ts, time, Rounding::Floor)));
}
Status clockSetTimeNs(ThreadState& ts, Module*, ParsedInt clock, Object* time) {
  return setClock(ts, clock, TRY(nanosecondsFromInt(ts, time)));
}

Result<int> threadClock(ThreadState& ts, Module*, Object* thread) {
  if (!isInt(thread)) return raise(ts, kTypeError, "pthread_getcpuclockid() argument 1 must be int, not {:.50}", typeName(thread));
  clockid_t clock;
  if (int error = ::pthread_getcpuclockid(pthread_t(TRY(asUnsignedLongLongMask(ts, thread))), &clock)) return raiseErrno(ts, error);
  return clock;
}

struct ClockInfo {
  std::string_view name;
  const char* implementation;
  clockid_t clock;
  bool monotonic, adjustable;
};
constexpr ClockInfo kClocks[] = {
    {"time", "clock_gettime(CLOCK_REALTIME)", CLOCK_REALTIME, false, true},
    {"monotonic", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"perf_counter", "clock_gettime(CLOCK_MONOTONIC)", CLOCK_MONOTONIC, true, false},
    {"process_time", "clock_gettime(CLOCK_PROCESS_CPUTIME_ID)", CLOCK_PROCESS_CPUTIME_ID, true, false},
    {"thread_time", "clock_gettime(CLOCK_THREAD_CPUTIME_ID)", CLOCK_THREAD_CPUTIME_ID, true, false}};

Ref<> getClockInfo(ThreadState& ts, Module*, std::string_view name) {
  for (const ClockInfo& c : kClocks) {
    if (c.name != name) continue;
    timespec t;
    if (::clock_getres(c.clock, &t) != 0) return raiseErrno(ts, errno);
    Ref<Dict> dict = TRY(newDict(ts));
    TRY(dictSetAscii(ts, dict.get(), "implementation", TRY(newStr(ts, c.implementation))));
    TRY(dictSetAscii(ts, dict.get(), "monotonic", newBool(c.monotonic)));
    TRY(dictSetAscii(ts, dict.get(), "adjustable", newBool(c.adjustable)));
    TRY(dictSetAscii(ts, dict.get(), "resolution", TRY(newFloat(ts, double(t.tv_sec) + double(t.tv_nsec) * 1e-9))));
    return newNamespace(ts, dict.get());
  }
  return raise(ts, kValueError, "unknown clock");
}

// Until a point in time, so that repeating after a signal does not add up.
Status sleep(ThreadState& ts, Module*, Object* seconds) {
  Nanoseconds length = TRY(nanosecondsFrom(ts, seconds, Rounding::AwayFromZero));
  if (length < 0) return raise(ts, kValueError, "sleep length must be non-negative");
  timespec until = toTimespec(deadlineAfter(length));
  for (;;) {
    int error;
    {
      GilRelease allow(ts);
      error = ::clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr);
    }
    if (error == 0) return kDone;
    if (error != EINTR) return raiseErrno(ts, error);
    TRY(checkSignals(ts));
  }
}

// ---- broken-down time ----
constexpr StructSeqField kTimeFields[] = {
    {"tm_year", "the year"}, {"tm_mon", "1 to 12"}, {"tm_mday", "1 to 31"}, {"tm_hour", "0 to 23"}, {"tm_min", "0 to 59"},
    {"tm_sec", "0 to 61"}, {"tm_wday", "0 to 6, Monday is 0"}, {"tm_yday", "1 to 366"},
    {"tm_isdst", "1 in summer time, 0 otherwise, -1 if unknown"}, {"tm_zone", "abbreviation of the time zone"},
    {"tm_gmtoff", "seconds east of UTC"}, {}};
constexpr StructSeqDesc kTimeDesc = {"time.struct_time", "What gmtime(), localtime() and strptime() return, and what asctime(), mktime() and strftime() take:\na tuple of 9 integers with names.", kTimeFields, 9};
Type* struct_time_type;

Ref<> structTime(ThreadState& ts, const tm& t) {
  StructSeqBuilder b(ts, struct_time_type);
  b.add(newInt(ts, t.tm_year + 1900LL));
  for (int v : {t.tm_mon + 1, t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec, (t.tm_wday + 6) % 7, t.tm_yday + 1, t.tm_isdst})
    b.add(newInt(ts, v));
  b.add(strFromFileSystem(ts, t.tm_zone));
  b.add(newInt(ts, t.tm_gmtoff));
  return b.finish();
}

// The moment that gmtime(), localtime() and ctime() mean: now, if absent or None.
Result<time_t> momentFrom(ThreadState& ts, Object* seconds) {
  if (!seconds || isNone(seconds)) return ::time(nullptr);
  return timeFromSeconds(ts, seconds, Rounding::Floor);
}

template <tm* (*kConvert)(const time_t*, tm*)>
Result<tm> brokenDown(ThreadState& ts, Object* seconds) {
  time_t when = TRY(momentFrom(ts, seconds));
  tm t{};
  errno = 0;
  if (!kConvert(&when, &t)) return raiseErrno(ts, errno ? errno : EINVAL);
  return t;
}
Ref<> gmtime(ThreadState& ts, Module*, Object* seconds) { return structTime(ts, TRY(brokenDown<::gmtime_r>(ts, seconds))); }
Ref<> localtime(ThreadState& ts, Module*, Object* seconds) { return structTime(ts, TRY(brokenDown<::localtime_r>(ts, seconds))); }

Result<int> intField(ThreadState& ts, Object* o) {
  long long v = TRY(asLongLong(ts, o));
  if (v > INT_MAX) return raise(ts, kOverflowError, "signed integer is greater than maximum");
  if (v < INT_MIN) return raise(ts, kOverflowError, "signed integer is less than minimum");
  return int(v);
}

// From a tuple of nine ints or a struct_time. `keep` holds the name of the zone alive.
Result<tm> timeFromTuple(ThreadState& ts, Object* o, const char* function, Ref<>& keep) {
  if (!isTuple(o)) return raise(ts, kTypeError, "Tuple or struct_time argument required");
  auto* tuple = static_cast<Tuple*>(o);
  if (tuple->size != 9) return raise(ts, kTypeError, "{}(): illegal time tuple argument", function);
  int v[9];
  for (int i = 0; i < 9; ++i) v[i] = TRY(intField(ts, tuple->items[i]));
  if (v[0] < INT_MIN + 1900) return raise(ts, kOverflowError, "year out of range");
  tm t{};
  t.tm_year = v[0] - 1900;
  t.tm_mon = int(unsigned(v[1]) - 1u);
  t.tm_mday = v[2];
  t.tm_hour = v[3];
  t.tm_min = v[4];
  t.tm_sec = v[5];
  t.tm_wday = int(unsigned(v[6]) + 1u) % 7;
  t.tm_yday = int(unsigned(v[7]) - 1u);
  t.tm_isdst = v[8];
  if (o->type == struct_time_type) {
    auto* s = reinterpret_cast<StructSeq*>(o);
    keep = Ref<>::share(s->items[9]);
    if (isStr(keep.get())) t.tm_zone = TRY(utf8Of(ts, reinterpret_cast<Str*>(keep.get()))).data();
    if (!isNone(s->items[10])) t.tm_gmtoff = TRY(asLongLong(ts, s->items[10]));
  }
  return t;
}

// Zero stands for the first month, day... (what callers leave out); other values must be in range.
Status checkRanges(ThreadState& ts, tm& t) {
  auto bad = [&](const char* what) -> Status { return raise(ts, kValueError, "{} out of range", what); };
  if (t.tm_mon == -1) t.tm_mon = 0;
  else if (t.tm_mon < 0 || t.tm_mon > 11) return bad("month");
  if (t.tm_mday == 0) t.tm_mday = 1;
  else if (t.tm_mday < 0 || t.tm_mday > 31) return bad("day of month");
  if (t.tm_hour < 0 || t.tm_hour > 23) return bad("hour");
  if (t.tm_min < 0 || t.tm_min > 59) return bad("minute");
  if (t.tm_sec < 0 || t.tm_sec > 61) return bad("seconds");
  if (t.tm_wday < 0) return bad("day of week");
  if (t.tm_yday == -1) t.tm_yday = 0;
  else if (t.tm_yday < 0 || t.tm_yday > 365) return bad("day of year");
  return kDone;
}

Ref<> timeText(ThreadState& ts, const tm& t) {
  static constexpr char kDays[7][4] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr char kMonths[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[64];
  int n = snprintf(text, sizeof text, "%s %s%3d %.2d:%.2d:%.2d %lld", kDays[t.tm_wday], kMonths[t.tm_mon], t.tm_mday, t.tm_hour,
                   t.tm_min, t.tm_sec, t.tm_year + 1900LL);
  return newStr(ts, {text, size_t(n)});
}

Ref<> asctime(ThreadState& ts, Module*, Object* tuple) {
  if (!tuple) return timeText(ts, TRY(brokenDown<::localtime_r>(ts, nullptr)));
  Ref<> keep;
  tm t = TRY(timeFromTuple(ts, tuple, "asctime", keep));
  TRY(checkRanges(ts, t));
  return timeText(ts, t);
}
Ref<> ctime(ThreadState& ts, Module*, Object* seconds) { return timeText(ts, TRY(brokenDown<::localtime_r>(ts, seconds))); }

Result<double> mktime(ThreadState& ts, Module*, Object* tuple) {
  Ref<> keep;
  tm t = TRY(timeFromTuple(ts, tuple, "mktime", keep));
  t.tm_wday = -1;  // set by mktime() when it succeeds: -1 is also a time
  time_t when = ::mktime(&t);
  if (when == time_t(-1) && t.tm_wday == -1) return raise(ts, kOverflowError, "mktime argument out of range");
  return double(when);
}

struct FreeMemory {
  void operator()(void* p) const { free(p); }
};
using WideText = std::unique_ptr<wchar_t, FreeMemory>;
WideText wideText(Index length) { return WideText(static_cast<wchar_t*>(malloc(size_t(length) * sizeof(wchar_t)))); }

Ref<> formatTime(ThreadState& ts, const Str* format, const tm& t) {
  Index length = format->length;
  WideText wide = wideText(length + 1);
  if (!wide) return raiseNoMemory(ts);
  for (Index i = 0; i < length; ++i) wide.get()[i] = wchar_t((*format)[i]);
  wide.get()[length] = 0;
  // 0 means "too long" or an empty result: an answer 256 times as long as the format is taken for the latter.
  for (Index size = 1024;; size += size) {
    WideText out = wideText(size);
    if (!out) return raiseNoMemory(ts);
    errno = 0;
    size_t n = ::wcsftime(out.get(), size_t(size), wide.get(), &t);
    if (n > 0 || size >= 256 * length) return strFromUcs4(ts, reinterpret_cast<const char32_t*>(out.get()), Index(n));
  }
}

Ref<> strftime(ThreadState& ts, Module*, Str* format, Object* tuple) {
  Ref<> keep;
  tm t{};
  if (tuple) {
    t = TRY(timeFromTuple(ts, tuple, "strftime", keep));
    TRY(checkRanges(ts, t));
  } else {
    t = TRY(brokenDown<::localtime_r>(ts, nullptr));
  }
  t.tm_isdst = t.tm_isdst < -1 ? -1 : t.tm_isdst > 1 ? 1 : t.tm_isdst;
  for (Index i = 0; i < format->length; ++i)
    if ((*format)[i] == 0) return raise(ts, kValueError, "embedded null character");
  if (format->length == 0) return emptyStr();
  return formatTime(ts, format, t);
}

Ref<> strptime(ThreadState& ts, Module*, Args args) {
  static constinit Name name{"_strptime_time"};
  Ref<> module = TRY(importModule(ts, "_strptime"));
  Ref<> function = TRY(getAttr(ts, module.get(), name));
  return vectorcall(ts, function.get(), args.values, size_t(args.count), args.names);
}

// ---- time zone ----
struct Zone {
  long west;  // seconds west of UTC
  char name[16];
};
Zone zoneAt(time_t when) {
  tm t{};
  Zone z{};
  ::localtime_r(&when, &t);
  z.west = -t.tm_gmtoff;
  strncpy(z.name, t.tm_zone ? t.tm_zone : "", sizeof z.name - 1);
  return z;
}

// Standard and summer time are those of January and July, whichever is further west being the standard one.
Status addZone(ThreadState& ts, Module* m) {
  constexpr time_t kYear = (365 * 24 + 6) * 3600;
  time_t year = ::time(nullptr) / kYear * kYear;
  Zone january = zoneAt(year), july = zoneAt(year + kYear / 2);
  bool south = january.west < july.west;
  const Zone &standard = south ? july : january, &summer = south ? january : july;
  TRY(addInt(ts, m, "timezone", standard.west));
  TRY(addInt(ts, m, "altzone", summer.west));
  TRY(addInt(ts, m, "daylight", standard.west != summer.west));
  Ref<Str> first = TRY(strFromFileSystem(ts, standard.name)), second = TRY(strFromFileSystem(ts, summer.name));
  return addObject(ts, m, "tzname", TRY(packTuple(ts, {first.get(), second.get()})));
}

Status tzset(ThreadState& ts, Module*) {
  Ref<> module = TRY(importModule(ts, "time"));
  ::tzset();
  return addZone(ts, reinterpret_cast<Module*>(module.get()));
}

#define CLOCK(name, clock, doc)                                                             \
  METHOD_UNSIGNED(name, clockSeconds<clock>, "($module, /)", name "() -> float\n\n" doc), \
      METHOD_UNSIGNED(name "_ns", clockNanoseconds<clock>, "($module, /)", name "_ns() -> int\n\n" doc " In nanoseconds.")
constexpr MethodDef kMethods[] = {
    CLOCK("time", CLOCK_REALTIME, "Seconds since the beginning of 1970, UTC."),
    CLOCK("monotonic", CLOCK_MONOTONIC, "A clock that never goes back."),
    CLOCK("perf_counter", CLOCK_MONOTONIC, "A clock to measure short times with."),
    CLOCK("process_time", CLOCK_PROCESS_CPUTIME_ID, "Processor time of this process."),
    CLOCK("thread_time", CLOCK_THREAD_CPUTIME_ID, "Processor time of this thread."),
    METHOD_PARSED("clock_gettime", clockGetTime, "(clk_id, /)", "clock_gettime(clk_id) -> float\n\nThe time of a clock."),
    METHOD_PARSED("clock_gettime_ns", clockGetTimeNs, "(clk_id, /)", "clock_gettime_ns(clk_id) -> int\n\nThe time of a clock in nanoseconds."),
    METHOD_PARSED("clock_getres", clockGetRes, "(clk_id, /)", "clock_getres(clk_id) -> float\n\nThe smallest step of a clock."),
    METHOD_PARSED("clock_settime", clockSetTime, "(clk_id, time, /)", "clock_settime(clk_id, time)\n\nSets a clock."),
    METHOD_PARSED("clock_settime_ns", clockSetTimeNs, "(clk_id, time, /)", "clock_settime_ns(clk_id, time)\n\nSets a clock, in nanoseconds."),
    METHOD_PARSED("pthread_getcpuclockid", threadClock, "(thread_id, /)", "pthread_getcpuclockid(thread_id) -> int\n\nThe clock of a thread's processor time."),
    METHOD_PARSED("get_clock_info", getClockInfo, "(name, /)", "get_clock_info(name: str) -> namespace\n\nHow one of the clocks above is made, and how fine it is."),
    METHOD_UNSIGNED("sleep", sleep, "(seconds, /)", "sleep(seconds)\n\nWaits; the seconds may be a float."),
    METHOD_PARSED("gmtime", gmtime, "(seconds=None, /)", "gmtime([seconds]) -> struct_time\n\nSeconds since 1970 as a date and time in UTC; now, if left out."),
    METHOD_PARSED("localtime", localtime, "(seconds=None, /)", "localtime([seconds]) -> struct_time\n\nSeconds since 1970 as a local date and time; now, if left out."),
    METHOD_UNSIGNED("asctime", asctime, "(t=None, /)", "asctime([tuple]) -> string\n\nA date and time as text: 'Sat Jun  6 16:26:11 1998'."),
    METHOD_PARSED("ctime", ctime, "(seconds=None, /)", "ctime([seconds]) -> string\n\nThe same as asctime(localtime(seconds))."),
    METHOD_UNSIGNED("mktime", mktime, "(tuple, /)", "mktime(tuple) -> float\n\nA local date and time as seconds since 1970."),
    METHOD_PARSED("strftime", strftime, "(format, t=None, /)", "strftime(format[, tuple]) -> string\n\nA date and time as text, after a format such as '%Y-%m-%d'."),
    METHOD_RAW("strptime", strptime, "strptime(string, format) -> struct_time\n\nReads a date and time that strftime() may have written."),
    METHOD_UNSIGNED("tzset", tzset, "($module, /)", "tzset()\n\nReads the time zone from the environment variable TZ again."),
    {}};
#undef CLOCK

struct Constant {
  const char* name;
  int value;
};
constexpr Constant kConstants[] = {
    {"CLOCK_REALTIME", CLOCK_REALTIME}, {"CLOCK_MONOTONIC", CLOCK_MONOTONIC}, {"CLOCK_MONOTONIC_RAW", CLOCK_MONOTONIC_RAW},
    {"CLOCK_PROCESS_CPUTIME_ID", CLOCK_PROCESS_CPUTIME_ID}, {"CLOCK_THREAD_CPUTIME_ID", CLOCK_THREAD_CPUTIME_ID},
    {"CLOCK_BOOTTIME", CLOCK_BOOTTIME}, {"CLOCK_TAI", CLOCK_TAI}, {"_STRUCT_TM_ITEMS", 11}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addZone(ts, m));
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  Ref<Type> type = TRY(newStructSeqType(ts, kTimeDesc));
  struct_time_type = type.copy().release();
  return addObject(ts, m, "struct_time", std::move(type));
}

}  // namespace

extern const ModuleDef kTimeModule = {
    .name = "time",
    .doc = "Clocks, sleeping, and dates as numbers, tuples and text.\n\nA moment is a number of seconds since the beginning of 1970 in UTC, or a struct_time.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
