// Processes: fork, exec, waiting, signals, exit.
#include <limits.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
extern "C" {  // the header of glibc 2.36 forgets it
#include <sys/pidfd.h>
}
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "modules/fork.h"
#include "modules/posix/posix.h"
#include "modules/posix/vectors.h"
#include "modules/resource.h"
#include "object/call.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::posix {

Type* waitid_result_type;

namespace {

// ---- fork ----
// Functions registered with register_at_fork(); lists made on demand, kept for ever.
enum ForkList { kBefore, kAfterInParent, kAfterInChild };
List* fork_lists[3];

void runForkList(ThreadState& ts, ForkList which) {
  if (!fork_lists[which]) return;
  Ref<List> copy = listFromSpan(ts, {fork_lists[which]->items, size_t(fork_lists[which]->size)});
  if (!copy) return writeUnraisable(ts, nullptr);
  if (which == kBefore) reverseList(copy.get());
  for (Index i = 0; i < copy->size; ++i) {
    Ref<> function = Ref<>::share(copy->items[i]);
    if (!call(ts, function.get())) writeUnraisable(ts, function.get());
  }
}

template <class Fork>
Result<pid_t> forkWith(ThreadState& ts, Fork fork_call) {
  beforeFork(ts);
  pid_t pid = fork_call();
  int error = errno;
  if (pid == 0) afterForkInChild(ts);
  else afterForkInParent(ts);
  if (pid < 0) return raiseErrno(ts, error);
  return pid;
}

Result<int> fork(ThreadState& ts, Module*) {
  return forkWith(ts, [] { return ::fork(); });
}

Ref<> forkpty(ThreadState& ts, Module*) {
  int master = -1;
  pid_t pid = TRY(forkWith(ts, [&] { return ::forkpty(&master, nullptr, nullptr, nullptr); }));
  Ref<Int> first = TRY(newInt(ts, pid)), second = TRY(newInt(ts, master));
  return packTuple(ts, {first.get(), second.get()});
}

Status checkHook(ThreadState& ts, Object* hook, const char* name) {
  if (hook && !isCallable(hook)) return raise(ts, kTypeError, "'{}' must be callable, not {}", name, typeName(hook));
  return kDone;
}

Status registerAtFork(ThreadState& ts, Module*, Object* before, Object* after_in_child, Object* after_in_parent) {
  if (!before && !after_in_child && !after_in_parent) return raise(ts, kTypeError, "At least one argument is required.");
  TRY(checkHook(ts, before, "before"));
  TRY(checkHook(ts, after_in_child, "after_in_child"));
  TRY(checkHook(ts, after_in_parent, "after_in_parent"));
  Object* hooks[] = {before, after_in_parent, after_in_child};
  for (int i = 0; i < 3; ++i) {
    if (!hooks[i]) continue;
    if (!fork_lists[i]) fork_lists[i] = TRY(newList(ts)).release();
    TRY(appendList(ts, fork_lists[i], hooks[i]));
  }
  return kDone;
}

// ---- exec ----
Status execv(ThreadState& ts, Module*, Path path, Object* argv) {
  if (!isList(argv) && !isTuple(argv)) return raise(ts, kTypeError, "execv() arg 2 must be a tuple or list");
  Strings arguments = TRY(argumentStrings(ts, argv, "execv() arg 2 must not be empty", "execv() arg 2 first element cannot be empty"));
  ::execv(path.narrow(), arguments.pointers());
  return osError(ts);
}

Status execve(ThreadState& ts, Module*, PathOrFd path, Object* argv, Object* env) {
  if (!isList(argv) && !isTuple(argv)) return raise(ts, kTypeError, "execve: argv must be a tuple or list");
  if (fastSize(argv) < 1) return raise(ts, kValueError, "execve: argv must not be empty");
  if (!isMapping(env)) return raise(ts, kTypeError, "execve: environment must be a mapping object");
  Strings arguments = TRY(argumentStrings(ts, argv, "execve: argv must not be empty", "execve: argv first element cannot be empty"));
  Strings environment = TRY(environmentStrings(ts, env));
  if (path.is_fd) ::fexecve(path.fd, arguments.pointers(), environment.pointers());
  else ::execve(path.narrow(), arguments.pointers(), environment.pointers());
  return path.error(ts);
}

// ---- waiting ----
Ref<> pidAndStatus(ThreadState& ts, pid_t pid, int status) {
  Ref<Int> first = TRY(newInt(ts, pid)), second = TRY(newInt(ts, status));
  return packTuple(ts, {first.get(), second.get()});
}

Ref<> wait(ThreadState& ts, Module*) {
  int status = 0;
  pid_t pid = unlocked(ts, [&] { return ::wait(&status); });
  if (pid < 0) return osError(ts);
  return pidAndStatus(ts, pid, status);
}

Ref<> waitpid(ThreadState& ts, Module*, PidArg pid, int options) {
  int status = 0;
  pid_t result = TRY(retryInterrupted(ts, [&] { return ::waitpid(pid.value, &status, options); }));
  if (result < 0) return osError(ts);
  return pidAndStatus(ts, result, status);
}

Ref<> waitWithUsage(ThreadState& ts, pid_t pid, int options) {
  int status = 0;
  rusage usage{};
  pid_t result = TRY(retryInterrupted(ts, [&] { return ::wait4(pid, &status, options, &usage); }));
  if (result < 0) return osError(ts);
  Ref<> used = TRY(makeRusage(ts, usage));
  Ref<Int> first = TRY(newInt(ts, result)), second = TRY(newInt(ts, status));
  return packTuple(ts, {first.get(), second.get(), used.get()});
}
Ref<> wait3(ThreadState& ts, Module*, int options) { return waitWithUsage(ts, -1, options); }
Ref<> wait4(ThreadState& ts, Module*, PidArg pid, int options) { return waitWithUsage(ts, pid.value, options); }

constexpr StructSeqField kWaitidFields[] = {{"si_pid"}, {"si_uid"}, {"si_signo"}, {"si_status"}, {"si_code"}, {}};
constexpr StructSeqDesc kWaitidDesc = {"posix.waitid_result", "Result of waitid().", kWaitidFields, 5};

Ref<> waitid(ThreadState& ts, Module*, PidArg kind, PidArg id, int options) {
  siginfo_t info{};
  int result = TRY(retryInterrupted(ts, [&] { return ::waitid(idtype_t(kind.value), id_t(id.value), &info, options); }));
  if (result < 0) return osError(ts);
  if (info.si_pid == 0) return none();
  StructSeqBuilder b(ts, waitid_result_type);
  b.add(newInt(ts, info.si_pid));
  b.add(idObject(ts, info.si_uid));
  b.add(newInt(ts, info.si_signo));
  b.add(newInt(ts, info.si_status));
  b.add(newInt(ts, info.si_code));
  return b.finish();
}

bool coreDumped(ThreadState&, Module*, int status) { return WCOREDUMP(status); }
bool ifContinued(ThreadState&, Module*, int status) { return WIFCONTINUED(status); }
bool ifStopped(ThreadState&, Module*, int status) { return WIFSTOPPED(status); }
bool ifSignaled(ThreadState&, Module*, int status) { return WIFSIGNALED(status); }
bool ifExited(ThreadState&, Module*, int status) { return WIFEXITED(status); }
int exitStatus(ThreadState&, Module*, int status) { return WEXITSTATUS(status); }
int termSignal(ThreadState&, Module*, int status) { return WTERMSIG(status); }
int stopSignal(ThreadState&, Module*, int status) { return WSTOPSIG(status); }
Result<int> exitCode(ThreadState& ts, Module*, int status) {
  if (WIFEXITED(status)) return WEXITSTATUS(status);
  if (WIFSIGNALED(status)) return -WTERMSIG(status);
  if (WIFSTOPPED(status)) return raise(ts, kValueError, "process stopped by delivery of signal {}", WSTOPSIG(status));
  return raise(ts, kValueError, "invalid wait status: {}", status);
}

// ---- signals and exit ----
Status kill(ThreadState& ts, Module*, PidArg pid, Index signal) {
  TRY(check(ts, ::kill(pid.value, int(signal))));
  return checkSignals(ts);  // it may have been sent to this very process
}
Status killpg(ThreadState& ts, Module*, PidArg group, int signal) {
  TRY(check(ts, ::killpg(group.value, signal)));
  return checkSignals(ts);
}
Result<int> pidfdOpen(ThreadState& ts, Module*, PidArg pid, std::optional<unsigned> flags) {
  int fd = ::pidfd_open(pid.value, flags.value_or(0));
  if (fd < 0) return osError(ts);
  return fd;
}
Status exitNow(ThreadState&, Module*, int status) { ::_exit(status); }
Status abortNow(ThreadState&, Module*) { ::abort(); }

Result<int> system(ThreadState& ts, Module*, FsBytes command) {
  return unlocked(ts, [&] { return ::system(command.text()); });
}

}  // namespace

}  // namespace habu::posix

namespace habu {
using namespace posix;

void beforeFork(ThreadState& ts) {
  runForkList(ts, kBefore);
  runForkHooks(ts, ForkPhase::Before);
}
void afterForkInParent(ThreadState& ts) {
  runForkHooks(ts, ForkPhase::Parent);
  runForkList(ts, kAfterInParent);
}
void afterForkInChild(ThreadState& ts) {
  reinitGilAfterFork(ts);
  runForkHooks(ts, ForkPhase::Child);
  runForkList(ts, kAfterInChild);
}

}  // namespace habu

namespace habu::posix {

Status addProcessTypes(ThreadState& ts, Module* m) {
  Ref<Type> type = TRY(newStructSeqType(ts, kWaitidDesc));
  waitid_result_type = type.copy().release();
  return addObject(ts, m, "waitid_result", std::move(type));
}

const MethodDef kProcessMethods[] = {
    METHOD(fork, "($module, /)", "Splits this process in two: 0 in the child, the child's process id in the parent."),
    METHOD(forkpty, "($module, /)", "As fork(), with a pseudo terminal as the child's controlling one: (process id, descriptor)."),
    METHOD_AS("register_at_fork", registerAtFork, "($module, /, *, before=<unrepresentable>,\n                 after_in_child=<unrepresentable>,\n                 after_in_parent=<unrepresentable>)", "Registers functions to be called around fork()."),
    METHOD(execv, "($module, path, argv, /)", "Replaces this process by a program."),
    METHOD(execve, "($module, /, path, argv, env)", "Replaces this process by a program with the given environment."),
    METHOD(wait, "($module, /)", "Waits for a child: (process id, status)."),
    METHOD(waitpid, "($module, pid, options, /)", "Waits for a given child: (process id, status)."),
    METHOD(wait3, "($module, /, options)", "Waits for a child: (process id, status, resource usage)."),
    METHOD(wait4, "($module, /, pid, options)", "Waits for a given child: (process id, status, resource usage)."),
    METHOD(waitid, "($module, idtype, id, options, /)", "Waits for a change of state of a child; None if there is none yet."),
    METHOD_AS("WCOREDUMP", coreDumped, "($module, status, /)", "Whether the process left a core dump."),
    METHOD_AS("WIFCONTINUED", ifContinued, "($module, /, status)", "Whether the process was continued."),
    METHOD_AS("WIFSTOPPED", ifStopped, "($module, /, status)", "Whether the process was stopped."),
    METHOD_AS("WIFSIGNALED", ifSignaled, "($module, /, status)", "Whether the process was ended by a signal."),
    METHOD_AS("WIFEXITED", ifExited, "($module, /, status)", "Whether the process ended by itself."),
    METHOD_AS("WEXITSTATUS", exitStatus, "($module, /, status)", "The exit status of a process that ended by itself."),
    METHOD_AS("WTERMSIG", termSignal, "($module, /, status)", "The signal that ended the process."),
    METHOD_AS("WSTOPSIG", stopSignal, "($module, /, status)", "The signal that stopped the process."),
    METHOD_AS("waitstatus_to_exitcode", exitCode, "($module, /, status)", "The exit status of a process that ended by itself, or the negative number of the signal that ended it."),
    METHOD(kill, "($module, pid, signal, /)", "Sends a signal to a process."),
    METHOD(killpg, "($module, pgid, signal, /)", "Sends a signal to a process group."),
    METHOD_AS("pidfd_open", pidfdOpen, "($module, /, pid, flags=0)", "A descriptor that stands for a process."),
    METHOD_AS("_exit", exitNow, "($module, /, status)", "Ends this process at once, without any cleaning up."),
    METHOD_AS("abort", abortNow, "($module, /)", "Ends this process with SIGABRT."),
    METHOD(system, "($module, /, command)", "Runs a command in a shell; its wait status."),
    {}};

}  // namespace habu::posix
