// The scheduler: policies, priorities, processors.
#include <limits.h>
#include <sched.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "modules/time_value.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/set.h"
#include "types/structseq.h"

namespace habu::posix {

Type* sched_param_type;

namespace {

constexpr StructSeqField kParamFields[] = {{"sched_priority", "the scheduling priority"}, {}};
constexpr StructSeqDesc kParamDesc = {"posix.sched_param", "sched_param(sched_priority)\n--\n\nA scheduling parameter.", kParamFields, 1};

Ref<> makeParam(ThreadState& ts, Type* type, Object* priority) {
  Ref<StructSeq> s = TRY(newStructSeq(ts, type));
  setStructSeqItem(s.get(), 0, Ref<>::share(priority));
  return s;
}

Result<int> priorityMax(ThreadState& ts, Module*, int policy) {
  int p = ::sched_get_priority_max(policy);
  if (p < 0) return osError(ts);
  return p;
}
Result<int> priorityMin(ThreadState& ts, Module*, int policy) {
  int p = ::sched_get_priority_min(policy);
  if (p < 0) return osError(ts);
  return p;
}

Result<int> getScheduler(ThreadState& ts, Module*, PidArg pid) {
  int policy = ::sched_getscheduler(pid.value);
  if (policy < 0) return osError(ts);
  return policy;
}
Status setScheduler(ThreadState& ts, Module*, PidArg pid, int policy, Object* param) {
  struct sched_param p{};
  p.sched_priority = TRY(schedPriority(ts, param));
  return check(ts, ::sched_setscheduler(pid.value, policy, &p));
}

Ref<> getParam(ThreadState& ts, Module*, PidArg pid) {
  struct sched_param p{};
  TRY(check(ts, ::sched_getparam(pid.value, &p)));
  Ref<Int> priority = TRY(newInt(ts, p.sched_priority));
  return makeParam(ts, sched_param_type, priority.get());
}
Status setParam(ThreadState& ts, Module*, PidArg pid, Object* param) {
  struct sched_param p{};
  p.sched_priority = TRY(schedPriority(ts, param));
  return check(ts, ::sched_setparam(pid.value, &p));
}

Result<double> roundRobinInterval(ThreadState& ts, Module*, PidArg pid) {
  timespec t;
  TRY(check(ts, ::sched_rr_get_interval(pid.value, &t)));
  return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

Status yield(ThreadState& ts, Module*) { return check(ts, ::sched_yield()); }

// A set of processors of any size.
class [[nodiscard]] CpuSet {
 public:
  explicit CpuSet(int count) : count_(count), set_(CPU_ALLOC(size_t(count))), bytes_(CPU_ALLOC_SIZE(size_t(count))) {
    if (set_) CPU_ZERO_S(bytes_, set_);
  }
  CpuSet(const CpuSet&) = delete;
  CpuSet& operator=(CpuSet&& o) noexcept {
    std::swap(count_, o.count_);
    std::swap(set_, o.set_);
    std::swap(bytes_, o.bytes_);
    return *this;
  }
  ~CpuSet() { CPU_FREE(set_); }
  bool ok() const { return set_ != nullptr; }
  int count() const { return count_; }
  cpu_set_t* raw() { return set_; }
  size_t bytes() const { return bytes_; }
  void add(int cpu) { CPU_SET_S(size_t(cpu), bytes_, set_); }
  bool has(int cpu) const { return CPU_ISSET_S(size_t(cpu), bytes_, set_); }

 private:
  int count_;
  cpu_set_t* set_;
  size_t bytes_;
};

Status setAffinity(ThreadState& ts, Module*, PidArg pid, Object* mask) {
  Ref<> iterator = TRY(iterOf(ts, mask));
  CpuSet cpus(1024);
  if (!cpus.ok()) return raiseNoMemory(ts);
  while (Ref<> item = iterNext(ts, iterator.get())) {
    if (!isInt(item.get()))
      return raise(ts, kTypeError, "expected an iterator of ints, but iterator yielded {!r}", static_cast<Object*>(item->type));
    int overflow = 0;
    long long cpu = toLongLong(static_cast<Int*>(item.get()), overflow);
    if (overflow < 0 || (!overflow && cpu < 0)) return raise(ts, kValueError, "negative CPU number");
    if (overflow > 0 || cpu > INT_MAX - 1) return raise(ts, kOverflowError, "CPU number too large");
    if (cpu >= cpus.count()) {
      CpuSet larger(cpu < INT_MAX / 2 ? int(cpu) * 2 : int(cpu) + 1);
      if (!larger.ok()) return raiseNoMemory(ts);
      for (int i = 0; i < cpus.count(); ++i)
        if (cpus.has(i)) larger.add(i);
      cpus = std::move(larger);
    }
    cpus.add(int(cpu));
  }
  if (errorSet(ts)) return Raised{};
  return check(ts, ::sched_setaffinity(pid.value, cpus.bytes(), cpus.raw()));
}

Ref<> getAffinity(ThreadState& ts, Module*, PidArg pid) {
  for (int count = 1024; count > 0; count *= 2) {
    CpuSet cpus(count);
    if (!cpus.ok()) return raiseNoMemory(ts);
    if (::sched_getaffinity(pid.value, cpus.bytes(), cpus.raw()) < 0) {
      if (errno != EINVAL) return osError(ts);
      continue;
    }
    Ref<Set> set = TRY(newSet(ts));
    for (int i = 0; i < count; ++i) {
      if (!cpus.has(i)) continue;
      Ref<Int> cpu = TRY(newInt(ts, i));
      TRY(setAdd(ts, set.get(), cpu.get()));
    }
    return set;
  }
  return raise(ts, kOverflowError, "could not allocate a large enough CPU set");
}

Ref<> cpuCount(ThreadState& ts, Module*) {
  long n = ::sysconf(_SC_NPROCESSORS_ONLN);
  if (n < 1) return none();
  return newInt(ts, n);
}

}  // namespace

Ref<> schedParam(ThreadState& ts, int priority) {
  Ref<Int> value = TRY(newInt(ts, priority));
  return makeParam(ts, sched_param_type, value.get());
}

Result<int> schedPriority(ThreadState& ts, Object* param) {
  if (param->type != sched_param_type) return raise(ts, kTypeError, "must have a sched_param object");
  long long priority = TRY(asLongLong(ts, reinterpret_cast<StructSeq*>(param)->items[0]));
  if (priority > INT_MAX || priority < INT_MIN) return raise(ts, kOverflowError, "sched_priority out of range");
  return int(priority);
}

Status addScheduleTypes(ThreadState& ts, Module* m) {
  Ref<Type> type = TRY(newStructSeqType(ts, kParamDesc, 0, CONSTRUCTOR(makeParam, "sched_param", "(sched_priority)")));
  sched_param_type = type.copy().release();
  return addObject(ts, m, "sched_param", std::move(type));
}

const MethodDef kScheduleMethods[] = {
    METHOD_AS("sched_get_priority_max", priorityMax, "($module, /, policy)", "The highest priority of a policy."),
    METHOD_AS("sched_get_priority_min", priorityMin, "($module, /, policy)", "The lowest priority of a policy."),
    METHOD_AS("sched_getscheduler", getScheduler, "($module, pid, /)", "The scheduling policy of a process; 0 means this one."),
    METHOD_AS("sched_setscheduler", setScheduler, "($module, pid, policy, param, /)", "Sets the scheduling policy of a process."),
    METHOD_AS("sched_getparam", getParam, "($module, pid, /)", "The scheduling parameters of a process."),
    METHOD_AS("sched_setparam", setParam, "($module, pid, param, /)", "Sets the scheduling parameters of a process."),
    METHOD_AS("sched_rr_get_interval", roundRobinInterval, "($module, pid, /)", "The time slice of a process under SCHED_RR, in seconds."),
    METHOD_AS("sched_yield", yield, "($module, /)", "Gives the processor to others."),
    METHOD_AS("sched_setaffinity", setAffinity, "($module, pid, mask, /)", "Sets the processors that a process may run on."),
    METHOD_AS("sched_getaffinity", getAffinity, "($module, pid, /)", "The set of processors that a process may run on."),
    METHOD_AS("cpu_count", cpuCount, "($module, /)", "The number of processors, or None if unknown."),
    {}};

}  // namespace habu::posix
