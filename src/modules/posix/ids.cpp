// Process ids, users, groups, sessions, priorities.
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include <vector>

#include "modules/posix/posix.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu::posix {
namespace {

int getpid(ThreadState&, Module*) { return ::getpid(); }
int getppid(ThreadState&, Module*) { return ::getppid(); }
int getpgrp(ThreadState&, Module*) { return ::getpgrp(); }
Ref<> getuid(ThreadState& ts, Module*) { return idObject(ts, ::getuid()); }
Ref<> geteuid(ThreadState& ts, Module*) { return idObject(ts, ::geteuid()); }
Ref<> getgid(ThreadState& ts, Module*) { return idObject(ts, ::getgid()); }
Ref<> getegid(ThreadState& ts, Module*) { return idObject(ts, ::getegid()); }

Ref<> threeIds(ThreadState& ts, uid_t a, uid_t b, uid_t c) {
  Ref<Int> first = TRY(idObject(ts, a)), second = TRY(idObject(ts, b)), third = TRY(idObject(ts, c));
  return packTuple(ts, {first.get(), second.get(), third.get()});
}
Ref<> getresuid(ThreadState& ts, Module*) {
  uid_t a, b, c;
  TRY(check(ts, ::getresuid(&a, &b, &c)));
  return threeIds(ts, a, b, c);
}
Ref<> getresgid(ThreadState& ts, Module*) {
  gid_t a, b, c;
  TRY(check(ts, ::getresgid(&a, &b, &c)));
  return threeIds(ts, a, b, c);
}

Status setuid(ThreadState& ts, Module*, Uid id) { return check(ts, ::setuid(id.id)); }
Status seteuid(ThreadState& ts, Module*, Uid id) { return check(ts, ::seteuid(id.id)); }
Status setgid(ThreadState& ts, Module*, Gid id) { return check(ts, ::setgid(id.id)); }
Status setegid(ThreadState& ts, Module*, Gid id) { return check(ts, ::setegid(id.id)); }
Status setreuid(ThreadState& ts, Module*, Uid real, Uid effective) { return check(ts, ::setreuid(real.id, effective.id)); }
Status setregid(ThreadState& ts, Module*, Gid real, Gid effective) { return check(ts, ::setregid(real.id, effective.id)); }
Status setresuid(ThreadState& ts, Module*, Uid real, Uid effective, Uid saved) {
  return check(ts, ::setresuid(real.id, effective.id, saved.id));
}
Status setresgid(ThreadState& ts, Module*, Gid real, Gid effective, Gid saved) {
  return check(ts, ::setresgid(real.id, effective.id, saved.id));
}

Ref<> groupList(ThreadState& ts, const gid_t* ids, int n) {
  Ref<List> list = TRY(newList(ts, n));
  for (int i = 0; i < n; ++i) TRY(appendList(ts, list.get(), Ref<>(TRY(idObject(ts, ids[i])))));
  return list;
}

Ref<> getgroups(ThreadState& ts, Module*) {
  int n = ::getgroups(0, nullptr);
  TRY(check(ts, n));
  std::vector<gid_t> ids(size_t(n) + 1);
  n = ::getgroups(n, ids.data());
  TRY(check(ts, n));
  return groupList(ts, ids.data(), n);
}

Ref<> getgrouplist(ThreadState& ts, Module*, std::string_view user, Gid group) {
  int n = 64;
  for (;;) {
    std::vector<gid_t> ids(size_t(n), 0);
    int room = n;
    if (::getgrouplist(user.data(), group.id, ids.data(), &n) >= 0) return groupList(ts, ids.data(), n);
    if (n <= room) n = room * 2;
  }
}

Status setgroups(ThreadState& ts, Module*, Object* groups) {
  if (!isSequence(groups)) return raise(ts, kTypeError, "setgroups argument must be a sequence");
  Index n = TRY(lengthOf(ts, groups));
  if (n > NGROUPS_MAX) return raise(ts, kValueError, "too many groups");
  std::vector<gid_t> ids;
  for (Index i = 0; i < n; ++i) {
    Ref<> item = TRY(getItemAt(ts, groups, i));
    if (!isInt(item.get())) return raise(ts, kTypeError, "groups must be integers");
    ids.push_back(TRY(idFrom(ts, item.get(), "gid")));
  }
  return check(ts, ::setgroups(ids.size(), ids.data()));
}

Status initgroups(ThreadState& ts, Module*, FsBytes user, Gid group) { return check(ts, ::initgroups(user.text(), group.id)); }

Ref<> getlogin(ThreadState& ts, Module*) {
  errno = 0;
  const char* name = ::getlogin();
  if (name) return strFromFileSystem(ts, name);
  if (errno) return osError(ts);
  return raise(ts, kOSError, "unable to determine login name");
}

Result<int> getpgid(ThreadState& ts, Module*, PidArg pid) {
  pid_t group = ::getpgid(pid.value);
  if (group < 0) return osError(ts);
  return group;
}
Status setpgid(ThreadState& ts, Module*, PidArg pid, PidArg group) { return check(ts, ::setpgid(pid.value, group.value)); }
Status setpgrp(ThreadState& ts, Module*) { return check(ts, ::setpgrp()); }
Result<int> getsid(ThreadState& ts, Module*, PidArg pid) {
  pid_t session = ::getsid(pid.value);
  if (session < 0) return osError(ts);
  return session;
}
Status setsid(ThreadState& ts, Module*) { return check(ts, ::setsid()); }

// -1 may be an answer: errno tells.
Result<int> getpriority(ThreadState& ts, Module*, int which, int who) {
  errno = 0;
  int priority = ::getpriority(__priority_which_t(which), id_t(who));
  if (errno) return osError(ts);
  return priority;
}
Status setpriority(ThreadState& ts, Module*, int which, int who, int priority) {
  return check(ts, ::setpriority(__priority_which_t(which), id_t(who), priority));
}
Result<int> nice(ThreadState& ts, Module*, int increment) {
  errno = 0;
  int value = ::nice(increment);
  if (value == -1 && errno) return osError(ts);
  return value;
}

}  // namespace

const MethodDef kIdMethods[] = {
    METHOD(getpid, "($module, /)", "The id of this process."),
    METHOD(getppid, "($module, /)", "The id of the parent process."),
    METHOD(getpgrp, "($module, /)", "The process group of this process."),
    METHOD(getuid, "($module, /)", "The real user id."),
    METHOD(geteuid, "($module, /)", "The effective user id."),
    METHOD(getgid, "($module, /)", "The real group id."),
    METHOD(getegid, "($module, /)", "The effective group id."),
    METHOD(getresuid, "($module, /)", "The real, effective and saved user id."),
    METHOD(getresgid, "($module, /)", "The real, effective and saved group id."),
    METHOD(setuid, "($module, uid, /)", "Sets the user id."),
    METHOD(seteuid, "($module, euid, /)", "Sets the effective user id."),
    METHOD(setgid, "($module, gid, /)", "Sets the group id."),
    METHOD(setegid, "($module, egid, /)", "Sets the effective group id."),
    METHOD(setreuid, "($module, ruid, euid, /)", "Sets the real and effective user id."),
    METHOD(setregid, "($module, rgid, egid, /)", "Sets the real and effective group id."),
    METHOD(setresuid, "($module, ruid, euid, suid, /)", "Sets the real, effective and saved user id."),
    METHOD(setresgid, "($module, rgid, egid, sgid, /)", "Sets the real, effective and saved group id."),
    METHOD(getgroups, "($module, /)", "The further groups of this process."),
    METHOD(getgrouplist, "($module, user, group, /)", "The groups that a user belongs to, `group` included."),
    METHOD(setgroups, "($module, groups, /)", "Sets the further groups of this process."),
    METHOD(initgroups, "($module, username, gid, /)", "Sets the further groups to those of a user."),
    METHOD(getlogin, "($module, /)", "The name of the user who logged in."),
    METHOD(getpgid, "($module, /, pid)", "The process group of a process."),
    METHOD(setpgid, "($module, pid, pgrp, /)", "Moves a process into a process group."),
    METHOD(setpgrp, "($module, /)", "Makes this process the leader of a process group."),
    METHOD(getsid, "($module, pid, /)", "The session of a process."),
    METHOD(setsid, "($module, /)", "Makes this process the leader of a session."),
    METHOD(getpriority, "($module, /, which, who)", "The scheduling priority of processes."),
    METHOD(setpriority, "($module, /, which, who, priority)", "Sets the scheduling priority of processes."),
    METHOD(nice, "($module, increment, /)", "Lowers the priority of this process; returns the new value."),
    {}};

}  // namespace habu::posix
