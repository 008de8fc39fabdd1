// The module `_posixsubprocess`: fork and exec in one function, with everything between them done in C++. After the
// fork the child only makes system calls (unless there is a preexec_fn), so it may share memory with a parent that
// waits (vfork).
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/fork.h"
#include "modules/posix/posix.h"
#include "modules/posix/vectors.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {
namespace {

using posix::Strings;
constexpr Index kArgumentCount = 23;
constexpr Index kMaxGroups = 65536;

// The arguments of fork_exec(), in order; converted before the fork.
struct Plan {
  Strings arguments, programs, environment;
  bool has_environment = false;
  bool close_fds = false, restore_signals = false, new_session = false, vfork = false;
  std::vector<int> keep;  // ascending
  Ref<Bytes> directory;   // empty: stay
  int p2c_read, p2c_write, c2p_read, c2p_write, error_read, error_write, report_read, report_write;
  int process_group = -1, mask = -1;
  bool set_gid = false, set_uid = false, set_groups = false;
  gid_t gid = 0;
  uid_t uid = 0;
  std::vector<gid_t> groups;
  Object* prepare = nullptr;  // preexec_fn, borrowed; null: none
  sigset_t* signals = nullptr;  // the mask to restore in a child made by vfork
};

// ---- the child ----
void setInherited(int fd) {
  int flags = ::fcntl(fd, F_GETFD);
  if (flags >= 0 && (flags & FD_CLOEXEC)) ::fcntl(fd, F_SETFD, flags & ~FD_CLOEXEC);
}

// A descriptor becomes 0, 1 or 2; one that already is must only stay open.
bool moveTo(int fd, int target) {
  if (fd == target) {
    setInherited(fd);
    return true;
  }
  return fd == -1 || ::dup2(fd, target) >= 0;
}

void closeAllBut(const std::vector<int>& keep) {
  unsigned from = 3;
  for (int fd : keep) {
    if (unsigned(fd) < from) continue;
    if (unsigned(fd) > from) ::close_range(from, unsigned(fd) - 1, 0);
    from = unsigned(fd) + 1;
  }
  ::close_range(from, ~0u, 0);
}

bool arrangeDescriptors(Plan& p) {
  if (p.p2c_write >= 0) ::close(p.p2c_write);
  if (p.c2p_read >= 0) ::close(p.c2p_read);
  if (p.error_read >= 0) ::close(p.error_read);
  ::close(p.report_read);
  // What will be moved must not lie where something else is moved to.
  if (p.c2p_write == 0 && (p.c2p_write = ::fcntl(p.c2p_write, F_DUPFD_CLOEXEC, 3)) < 0) return false;
  while (p.error_write == 0 || p.error_write == 1)
    if ((p.error_write = ::fcntl(p.error_write, F_DUPFD_CLOEXEC, 3)) < 0) return false;
  return moveTo(p.p2c_read, 0) && moveTo(p.c2p_write, 1) && moveTo(p.error_write, 2);
}

void defaultSignals(const sigset_t* mask) {
  // A child made by vfork shares the handlers' code: none of them may run before exec.
  for (int number = 1; mask && number < NSIG; ++number) {
    if (number == SIGKILL || number == SIGSTOP) continue;
    struct sigaction a;
    if (::sigaction(number, nullptr, &a) < 0 || a.sa_handler == SIG_DFL || a.sa_handler == SIG_IGN) continue;
    a = {};
    a.sa_handler = SIG_DFL;
    ::sigaction(number, &a, nullptr);
  }
  if (mask) ::pthread_sigmask(SIG_SETMASK, mask, nullptr);
}

void restoreSignals() {
  for (int number : {SIGPIPE, SIGXFSZ}) ::signal(number, SIG_DFL);
}

bool becomeUser(const Plan& p) {
  if (p.set_groups && ::setgroups(p.groups.size(), p.groups.data()) < 0) return false;
  if (p.set_gid && ::setregid(p.gid, p.gid) < 0) return false;
  return !p.set_uid || ::setreuid(p.uid, p.uid) == 0;
}

// Up to the call of the program; false with errno set, or (errno 0) when the Python function failed.
bool prepareChild(Plan& p, ThreadState& ts, const char*& stage) {
  for (int fd : p.keep)
    if (fd != p.report_write) setInherited(fd);
  if (!arrangeDescriptors(p)) return false;
  stage = "noexec";
  if (p.directory && ::chdir(p.directory->data) < 0) return false;
  stage = "";
  if (p.mask >= 0) ::umask(mode_t(p.mask));
  if (p.restore_signals) restoreSignals();
  defaultSignals(p.signals);
  if (p.new_session) ::setsid();
  if (p.process_group >= 0 && ::setpgid(0, p.process_group) < 0) return false;
  if (!becomeUser(p)) return false;
  if (p.prepare) {
    if (!call(ts, p.prepare)) {
      errno = 0;
      stage = "Exception occurred in preexec_fn.";
      return false;
    }
  }
  if (p.close_fds) closeAllBut(p.keep);
  return true;
}

// Tries one program after the other; the error that counts is the first that is not "no such file".
void execute(Plan& p, char* const* arguments, char* const* programs, char* const* environment) {
  int saved = 0;
  for (; *programs; ++programs) {
    if (p.has_environment) ::execve(*programs, arguments, environment);
    else ::execv(*programs, arguments);
    if (errno != ENOENT && errno != ENOTDIR && saved == 0) saved = errno;
  }
  if (saved) errno = saved;
}

void writeAll(int fd, const char* text) { (void)!::write(fd, text, strlen(text)); }

[[noreturn]] void runChild(Plan& p, ThreadState& ts, char* const* arguments, char* const* programs, char* const* environment) {
  const char* stage = "noexec";
  if (prepareChild(p, ts, stage)) execute(p, arguments, programs, environment);
  int error = errno;
  if (error) {  // "OSError:hexadecimal errno:stage", as subprocess.py reads it
    char digits[2 * sizeof error + 1], *d = digits + sizeof digits - 1;
    *d = 0;
    for (int rest = error; rest; rest /= 16) *--d = "0123456789ABCDEF"[rest % 16];
    writeAll(p.report_write, "OSError:");
    writeAll(p.report_write, d);
    writeAll(p.report_write, ":");
  } else {
    writeAll(p.report_write, "SubprocessError:0:");
  }
  writeAll(p.report_write, stage);
  ::_exit(255);
}

// vfork() returns twice into this frame; it must not be inlined into one that changes after the first return.
[[gnu::noinline]] pid_t forkChild(Plan& p, ThreadState& ts) {
  char* const* arguments = p.arguments.pointers();
  char* const* programs = p.programs.pointers();
  char* const* environment = p.environment.pointers();
  pid_t pid;
  if (p.vfork) {
    sigset_t all, old;
    sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, &old);
    p.signals = &old;
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wdeprecated-declarations"
    pid = ::vfork();
#pragma clang diagnostic pop
    if (pid == 0) runChild(p, ts, arguments, programs, environment);
    int saved = errno;
    ::pthread_sigmask(SIG_SETMASK, &old, nullptr);
    errno = saved;
    return pid;
  }
  pid = ::fork();
  if (pid == 0) {
    if (p.prepare) afterForkInChild(ts);
    runChild(p, ts, arguments, programs, environment);
  }
  return pid;
}

// ---- the arguments ----
Result<std::vector<int>> keptDescriptors(ThreadState& ts, Tuple* fds) {
  std::vector<int> out;
  int previous = -1;
  for (Object* o : fds->span()) {
    int overflow = 0;
    long long fd = isInt(o) ? toLongLong(static_cast<Int*>(o), overflow) : -1;
    if (overflow || fd < 0 || fd <= previous || fd > INT_MAX) return raise(ts, kValueError, "bad value(s) in fds_to_keep");
    out.push_back(previous = int(fd));
  }
  return out;
}

// A sequence of bytes objects.
Result<Strings> bytesStrings(ThreadState& ts, Object* sequence) {
  Strings out;
  Index n = TRY(lengthOf(ts, sequence));
  for (Index i = 0; i < n; ++i) {
    Ref<> item = TRY(getItemAt(ts, sequence, i));
    if (!isBytes(item.get())) return raise(ts, kTypeError, "expected bytes, {:.200} found", typeName(item.get()));
    auto* bytes = reinterpret_cast<Bytes*>(item.get());
    if (strlen(bytes->data) != size_t(bytes->size)) return raise(ts, kValueError, "embedded null byte");
    out.add(Ref<Bytes>::share(bytes));
  }
  return out;
}

Result<Strings> argumentList(ThreadState& ts, Object* sequence) {
  Strings out;
  Ref<> items = TRY(sequenceFast(ts, sequence, "argv must be a tuple"));
  for (Index i = 0; i < fastSize(items.get()); ++i) {
    Ref<> item = Ref<>::share(fastItems(items.get())[i]);
    out.add(TRY(fileSystemBytes(ts, item.get())));
  }
  return out;
}

Status readGroups(ThreadState& ts, Plan& p, Object* groups) {
  if (isNone(groups)) return kDone;
  if (!isList(groups)) return raise(ts, kTypeError, "setgroups argument must be a list");
  Index n = static_cast<List*>(groups)->size;
  if (n > kMaxGroups) return raise(ts, kValueError, "too many groups");
  for (Index i = 0; i < n; ++i) {
    Ref<> item = TRY(getItemAt(ts, groups, i));
    if (!isInt(item.get())) return raise(ts, kTypeError, "groups must be integers");
    auto id = posix::idFrom(ts, item.get(), "gid");
    if (id.failed()) {
      clearError(ts);
      return raise(ts, kValueError, "invalid group id");
    }
    p.groups.push_back(id.take());
  }
  p.set_groups = true;
  return kDone;
}

Status readPlan(ThreadState& ts, Plan& p, Object* const* a) {
  p.close_fds = TRY(isTrue(ts, a[2]));
  if (!isTuple(a[3])) return raise(ts, kTypeError, "fork_exec() argument 4 must be tuple, not {:.50}", typeName(a[3]));
  int* fds[] = {&p.p2c_read, &p.p2c_write, &p.c2p_read, &p.c2p_write, &p.error_read, &p.error_write, &p.report_read, &p.report_write};
  for (int i = 0; i < 8; ++i) *fds[i] = TRY(asCInt(ts, a[6 + i]));
  p.restore_signals = TRY(isTrue(ts, a[14]));
  p.new_session = TRY(isTrue(ts, a[15]));
  p.process_group = TRY(asCInt(ts, a[16]));
  p.mask = TRY(asCInt(ts, a[20]));
  bool allow_vfork = TRY(isTrue(ts, a[22]));
  if (p.close_fds && p.report_write < 3) return raise(ts, kValueError, "errpipe_write must be >= 3");
  p.keep = TRY(keptDescriptors(ts, static_cast<Tuple*>(a[3])));
  p.programs = TRY(bytesStrings(ts, a[1]));
  if (!isNone(a[0])) p.arguments = TRY(argumentList(ts, a[0]));
  if (!isNone(a[5])) {
    p.environment = TRY(bytesStrings(ts, a[5]));
    p.has_environment = true;
  }
  if (!isNone(a[4])) p.directory = TRY(fileSystemBytes(ts, a[4]));
  TRY(readGroups(ts, p, a[18]));
  if ((p.set_gid = !isNone(a[17]))) p.gid = TRY(posix::idFrom(ts, a[17], "gid"));
  if ((p.set_uid = !isNone(a[19]))) p.uid = TRY(posix::idFrom(ts, a[19], "uid"));
  if (!isNone(a[21])) p.prepare = a[21];
  p.vfork = allow_vfork && !p.prepare && !p.set_uid && !p.set_gid && !p.set_groups;
  return kDone;
}

Ref<> forkExec(ThreadState& ts, Module*, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "_posixsubprocess.fork_exec() takes no keyword arguments");
  if (args.count != kArgumentCount)
    return raise(ts, kTypeError, "fork_exec() takes exactly {} arguments ({} given)", kArgumentCount, args.count);
  Plan plan;
  TRY(readPlan(ts, plan, args.values));
  if (plan.prepare) beforeFork(ts);
  pid_t pid = forkChild(plan, ts);
  int error = errno;
  if (plan.prepare) afterForkInParent(ts);
  if (pid < 0) return raiseErrno(ts, error);
  return newInt(ts, pid);
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("fork_exec", forkExec, "fork_exec(args, executable_list, close_fds, pass_fds, cwd, env,\n          p2cread, p2cwrite, c2pread, c2pwrite,\n          errread, errwrite, errpipe_read, errpipe_write,\n          restore_signals, call_setsid, pgid_to_set,\n          gid, groups_list, uid, umask, preexec_fn, allow_vfork)\n\nStarts a program in a new process; its process id. What goes wrong before the program runs is written to\nerrpipe_write as \"exception:hexadecimal errno:text\"."),
    {}};

}  // namespace

extern const ModuleDef kPosixsubprocessModule = {.name = "_posixsubprocess", .doc = "Starting programs, for the module subprocess.", .methods = kMethods};

}  // namespace habu
