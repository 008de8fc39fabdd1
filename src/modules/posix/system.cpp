// The environment, the machine, times, random bytes, error texts.
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/times.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::posix {

Type *times_result_type, *uname_result_type, *terminal_size_type;

namespace {

constexpr StructSeqField kTimesFields[] = {{"user", "processor time of this process"}, {"system", "the kernel's time for it"},
                                           {"children_user", "processor time of ended children"},
                                           {"children_system", "the kernel's time for them"},
                                           {"elapsed", "time since a fixed point in the past"}, {}};
constexpr StructSeqDesc kTimesDesc = {"posix.times_result", "Result of times(): seconds.", kTimesFields, 5};
constexpr StructSeqField kUnameFields[] = {{"sysname", "name of the operating system"}, {"nodename", "name of the machine"},
                                           {"release", "release of the operating system"}, {"version", "its version"},
                                           {"machine", "kind of hardware"}, {}};
constexpr StructSeqDesc kUnameDesc = {"posix.uname_result", "Result of uname().", kUnameFields, 5};
constexpr StructSeqField kTerminalFields[] = {{"columns", "width of the terminal window in characters"},
                                              {"lines", "height of the terminal window in characters"}, {}};
constexpr StructSeqDesc kTerminalDesc = {"os.terminal_size", "The (columns, lines) of a terminal window.", kTerminalFields, 2};

Ref<> uname(ThreadState& ts, Module*) {
  utsname u;
  TRY(check(ts, ::uname(&u)));
  StructSeqBuilder b(ts, uname_result_type);
  for (const char* text : {u.sysname, u.nodename, u.release, u.version, u.machine}) b.add(strFromFileSystem(ts, text));
  return b.finish();
}

Ref<> times(ThreadState& ts, Module*) {
  tms t;
  errno = 0;
  clock_t elapsed = ::times(&t);
  if (elapsed == clock_t(-1)) return osError(ts);
  double ticks = double(::sysconf(_SC_CLK_TCK));
  StructSeqBuilder b(ts, times_result_type);
  for (clock_t c : {t.tms_utime, t.tms_stime, t.tms_cutime, t.tms_cstime, elapsed}) b.add(newFloat(ts, double(c) / ticks));
  return b.finish();
}

Ref<> getloadavg(ThreadState& ts, Module*) {
  double load[3];
  if (::getloadavg(load, 3) != 3) return raise(ts, kOSError, "Load averages are unobtainable");
  Ref<Float> a = TRY(newFloat(ts, load[0])), b = TRY(newFloat(ts, load[1])), c = TRY(newFloat(ts, load[2]));
  return packTuple(ts, {a.get(), b.get(), c.get()});
}

Ref<> strerror(ThreadState& ts, Module*, int code) { return strFromFileSystem(ts, ::strerror(code)); }

Ref<> urandom(ThreadState& ts, Module*, Index size) {
  if (size < 0) return raise(ts, kValueError, "negative argument not allowed");
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, size));
  for (Index done = 0; done < size;) {
    ssize_t n = TRY(retryInterrupted(ts, [&] { return ::getrandom(out->data + done, size_t(size - done), 0); }));
    if (n < 0) return osError(ts);
    done += n;
  }
  return out;
}

Ref<> getrandom(ThreadState& ts, Module*, Index size, IntOr<0> flags) {
  if (size < 0) {
    errno = EINVAL;
    return osError(ts);
  }
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, size));
  ssize_t n = TRY(retryInterrupted(ts, [&] { return ::getrandom(out->data, size_t(size), unsigned(flags.value)); }));
  if (n < 0) return osError(ts);
  return n == size ? std::move(out) : shrinkBytes(ts, std::move(out), n);
}

// ---- the environment ----
Status putenv(ThreadState& ts, Module*, FsBytes name, FsBytes value) {
  if (strchr(name.text(), '=')) return raise(ts, kValueError, "illegal environment variable name");
  return check(ts, ::setenv(name.text(), value.text(), 1));
}
Status unsetenv(ThreadState& ts, Module*, FsBytes name) { return check(ts, ::unsetenv(name.text())); }

// {name: value} in bytes; of a name that stands twice the first counts.
Ref<Dict> environment(ThreadState& ts) {
  Ref<Dict> dict = TRY(newDict(ts));
  for (char** entry = environ; entry && *entry; ++entry) {
    const char* equals = strchr(*entry, '=');
    if (!equals) continue;
    Ref<Bytes> name = TRY(newBytes(ts, {*entry, size_t(equals - *entry)})), value = TRY(newBytes(ts, equals + 1));
    if (!dictSetDefault(ts, dict.get(), name.get(), value.get())) return Raised{};
  }
  return dict;
}

}  // namespace

Status addSystemTypes(ThreadState& ts, Module* m) {
  Ref<Type> t = TRY(newStructSeqType(ts, kTimesDesc)), u = TRY(newStructSeqType(ts, kUnameDesc)),
            w = TRY(newStructSeqType(ts, kTerminalDesc));
  times_result_type = t.copy().release();
  uname_result_type = u.copy().release();
  terminal_size_type = w.copy().release();
  TRY(addObject(ts, m, "times_result", std::move(t)));
  TRY(addObject(ts, m, "uname_result", std::move(u)));
  TRY(addObject(ts, m, "terminal_size", std::move(w)));
  return addObject(ts, m, "environ", TRY(environment(ts)));
}

const MethodDef kSystemMethods[] = {
    METHOD(uname, "($module, /)", "What operating system and machine this is."),
    METHOD(times, "($module, /)", "The processor times of this process and its ended children."),
    METHOD(getloadavg, "($module, /)", "The load of the system over the last 1, 5 and 15 minutes."),
    METHOD(strerror, "($module, code, /)", "The text of an error number."),
    METHOD(urandom, "($module, size, /)", "Random bytes fit for cryptography."),
    METHOD(getrandom, "($module, /, size, flags=0)", "Random bytes from the kernel, at most `size`."),
    METHOD(putenv, "($module, name, value, /)", "Sets a variable of the process environment."),
    METHOD(unsetenv, "($module, name, /)", "Removes a variable of the process environment."),
    {}};

}  // namespace habu::posix
