// The module `resource`: limits and usage.
#include "modules/resource.h"

#include <errno.h>
#include <unistd.h>

#include "modules/time_value.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/float.h"
#include "types/int.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu {
namespace {

constexpr StructSeqField kUsageFields[] = {
    {"ru_utime", "processor time"}, {"ru_stime", "the kernel's processor time"}, {"ru_maxrss", "most memory in use, kilobytes"},
    {"ru_ixrss"}, {"ru_idrss"}, {"ru_isrss"}, {"ru_minflt", "page faults without input"}, {"ru_majflt", "page faults with input"},
    {"ru_nswap"}, {"ru_inblock", "blocks read"}, {"ru_oublock", "blocks written"}, {"ru_msgsnd"}, {"ru_msgrcv"}, {"ru_nsignals"},
    {"ru_nvcsw", "switches while waiting"}, {"ru_nivcsw", "switches at the end of a time slice"}, {}};
constexpr StructSeqDesc kUsageDesc = {"resource.struct_rusage", "Result of getrusage().", kUsageFields, 16};
Type* rusage_type;

Result<Type*> rusageType(ThreadState& ts) {
  if (!rusage_type) rusage_type = TRY(newStructSeqType(ts, kUsageDesc)).release();
  return rusage_type;
}

Ref<> getrusage(ThreadState& ts, Module*, int who) {
  rusage usage;
  if (::getrusage(__rusage_who_t(who), &usage) < 0) {
    if (errno == EINVAL) return raise(ts, kValueError, "invalid who parameter");
    return raiseErrno(ts, errno);
  }
  return makeRusage(ts, usage);
}

Ref<> limitsObject(ThreadState& ts, const rlimit& limit) {
  Ref<Int> soft = TRY(newInt(ts, static_cast<long long>(limit.rlim_cur)));
  Ref<Int> hard = TRY(newInt(ts, static_cast<long long>(limit.rlim_max)));
  return packTuple(ts, {soft.get(), hard.get()});
}

Result<rlimit> limitsFrom(ThreadState& ts, Object* o) {
  Ref<Tuple> pair = TRY(tupleFrom(ts, o));
  if (pair->size != 2) return raise(ts, kValueError, "expected a tuple of 2 integers");
  rlimit limit;
  limit.rlim_cur = rlim_t(TRY(asLongLong(ts, pair->items[0])));
  limit.rlim_max = rlim_t(TRY(asLongLong(ts, pair->items[1])));
  return limit;
}

Status checkKind(ThreadState& ts, int kind) {
  if (kind < 0 || kind >= RLIM_NLIMITS) return raise(ts, kValueError, "invalid resource specified");
  return kDone;
}

Raised limitError(ThreadState& ts) {
  if (errno == EINVAL) return raise(ts, kValueError, "current limit exceeds maximum limit");
  if (errno == EPERM) return raise(ts, kValueError, "not allowed to raise maximum limit");
  return raiseErrno(ts, errno);
}

Ref<> getrlimit(ThreadState& ts, Module*, int kind) {
  TRY(checkKind(ts, kind));
  rlimit limit;
  if (::getrlimit(__rlimit_resource_t(kind), &limit) < 0) return raiseErrno(ts, errno);
  return limitsObject(ts, limit);
}

Status setrlimit(ThreadState& ts, Module*, int kind, Object* limits) {
  TRY(checkKind(ts, kind));
  rlimit limit = TRY(limitsFrom(ts, limits));
  if (::setrlimit(__rlimit_resource_t(kind), &limit) < 0) return limitError(ts);
  return kDone;
}

Ref<> prlimit(ThreadState& ts, Module*, int pid, int kind, Object* limits) {
  TRY(checkKind(ts, kind));
  rlimit wanted{}, old{};
  bool set = limits && !isNone(limits);
  if (set) wanted = TRY(limitsFrom(ts, limits));
  if (::prlimit(pid, __rlimit_resource(kind), set ? &wanted : nullptr, &old) < 0) return limitError(ts);
  return limitsObject(ts, old);
}

int getpagesize(ThreadState&, Module*) { return int(sysconf(_SC_PAGESIZE)); }

constexpr MethodDef kMethods[] = {
    METHOD(getrusage, "($module, who, /)", "What this process, its ended children or this thread have used."),
    METHOD(getrlimit, "($module, resource, /)", "The soft and the hard limit of a resource."),
    METHOD(setrlimit, "($module, resource, limits, /)", "Sets the soft and the hard limit of a resource."),
    METHOD_UNSIGNED("prlimit", prlimit, "(pid, resource, limits=None, /)", "prlimit(pid, resource, [limits])\n\nThe limits of another process, and setting them."),
    METHOD(getpagesize, "($module, /)", "Bytes in a page of memory."),
    {}};

struct Constant {
  const char* name;
  long long value;
};
#define X(name) {#name, static_cast<long long>(name)}
constexpr Constant kConstants[] = {
    X(RLIMIT_CPU), X(RLIMIT_FSIZE), X(RLIMIT_DATA), X(RLIMIT_STACK), X(RLIMIT_CORE), X(RLIMIT_NOFILE), X(RLIMIT_OFILE),
    X(RLIMIT_AS), X(RLIMIT_RSS), X(RLIMIT_NPROC), X(RLIMIT_MEMLOCK), X(RLIMIT_MSGQUEUE), X(RLIMIT_NICE), X(RLIMIT_RTPRIO),
    X(RLIMIT_RTTIME), X(RLIMIT_SIGPENDING), X(RUSAGE_SELF), X(RUSAGE_CHILDREN), X(RUSAGE_THREAD), X(RLIM_INFINITY)};
#undef X

Status populate(ThreadState& ts, Module* m) {
  TRY(addObject(ts, m, "error", Ref<>::share(&kOSError)));
  TRY(addObject(ts, m, "struct_rusage", Ref<>::share(TRY(rusageType(ts)))));
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace

Ref<> makeRusage(ThreadState& ts, const rusage& r) {
  StructSeqBuilder b(ts, TRY(rusageType(ts)));
  b.add(newFloat(ts, double(r.ru_utime.tv_sec) + double(r.ru_utime.tv_usec) * 1e-6));
  b.add(newFloat(ts, double(r.ru_stime.tv_sec) + double(r.ru_stime.tv_usec) * 1e-6));
  for (long v : {r.ru_maxrss, r.ru_ixrss, r.ru_idrss, r.ru_isrss, r.ru_minflt, r.ru_majflt, r.ru_nswap, r.ru_inblock,
                 r.ru_oublock, r.ru_msgsnd, r.ru_msgrcv, r.ru_nsignals, r.ru_nvcsw, r.ru_nivcsw})
    b.add(newInt(ts, v));
  return b.finish();
}

extern const ModuleDef kResourceModule = {.name = "resource", .methods = kMethods, .populate = populate};

}  // namespace habu
