// What the file system says about a file, and changing it: stat, statvfs, access, mode, owner, times, size.
#include <limits.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "modules/time_value.h"
#include "object/number.h"
#include "types/int.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::posix {

Type *stat_result_type, *statvfs_result_type;

namespace {

constexpr StructSeqField kStatFields[] = {
    {"st_mode", "kind of file and permissions"}, {"st_ino", "inode number"}, {"st_dev", "device the file is on"},
    {"st_nlink", "number of hard links"}, {"st_uid", "id of the owner"}, {"st_gid", "id of the owning group"},
    {"st_size", "size in bytes"}, {kUnnamedField, "last access, whole seconds"},
    {kUnnamedField, "last change of the content, whole seconds"}, {kUnnamedField, "last change of the inode, whole seconds"},
    {"st_atime", "last access, in seconds"}, {"st_mtime", "last change of the content, in seconds"},
    {"st_ctime", "last change of the inode, in seconds"}, {"st_atime_ns", "last access, in nanoseconds"},
    {"st_mtime_ns", "last change of the content, in nanoseconds"}, {"st_ctime_ns", "last change of the inode, in nanoseconds"},
    {"st_blksize", "preferred size of a transfer"}, {"st_blocks", "blocks of 512 bytes in use"},
    {"st_rdev", "device number of a device file"}, {}};
constexpr StructSeqDesc kStatDesc = {"os.stat_result", "Result of stat(), fstat() and lstat().\n\nA tuple of (mode, ino, dev, nlink, uid, gid, size, atime, mtime, ctime); the attributes hold more.", kStatFields, 10};
constexpr StructSeqField kStatvfsFields[] = {
    {"f_bsize"}, {"f_frsize"}, {"f_blocks"}, {"f_bfree"}, {"f_bavail"}, {"f_files"}, {"f_ffree"}, {"f_favail"}, {"f_flag"},
    {"f_namemax"}, {"f_fsid"}, {}};
constexpr StructSeqDesc kStatvfsDesc = {"os.statvfs_result", "Result of statvfs() and fstatvfs().", kStatvfsFields, 10};

// The constructor derives the float times from the whole ones where they were not given.
Object* newStatResult(Type* type, Object* args, Object* keywords) {
  Object* made = structSeqNew(type, args, keywords);
  if (!made) return nullptr;
  auto* s = reinterpret_cast<StructSeq*>(made);
  for (Index i = 7; i <= 9; ++i)
    if (isNone(s->items[i + 3])) setStructSeqItem(s, i + 3, Ref<>::share(s->items[i]));
  return made;
}

// Seconds * 10^9 + ns may exceed 64 bits for files of the far future.
Ref<> nanosecondsObject(ThreadState& ts, const timespec& t) {
  long long ns;
  if (!__builtin_mul_overflow(static_cast<long long>(t.tv_sec), kNsPerSecond, &ns) &&
      !__builtin_add_overflow(ns, static_cast<long long>(t.tv_nsec), &ns))
    return newInt(ts, ns);
  Ref<Int> seconds = TRY(newInt(ts, t.tv_sec)), scale = TRY(newInt(ts, kNsPerSecond)), rest = TRY(newInt(ts, t.tv_nsec));
  Ref<Int> whole = TRY(multiplyInts(ts, seconds.get(), scale.get()));
  return addInts(ts, whole.get(), rest.get());
}

Ref<> makeStatvfs(ThreadState& ts, const struct statvfs& s) {
  StructSeqBuilder b(ts, statvfs_result_type);
  for (unsigned long v : {s.f_bsize, s.f_frsize, s.f_blocks, s.f_bfree, s.f_bavail, s.f_files, s.f_ffree, s.f_favail,
                          s.f_flag, s.f_namemax, s.f_fsid})
    b.add(newInt(ts, static_cast<long long>(v)));
  return b.finish();
}

Ref<> stat(ThreadState& ts, Module*, PathOrFd path, DirFd dir, Flag<true> follow) {
  return doStat(ts, "stat", path, dir, follow.on);
}
Ref<> lstat(ThreadState& ts, Module*, Path path, DirFd dir) { return doStat(ts, "lstat", path, dir, false); }
Ref<> fstat(ThreadState& ts, Module*, int fd) {
  struct stat s;
  if (TRY(retryInterrupted(ts, [&] { return ::fstat(fd, &s); })) < 0) return osError(ts);
  return makeStatResult(ts, s);
}
Ref<> statvfs(ThreadState& ts, Module*, PathOrFd path) {
  struct statvfs s;
  TRY(path.check(ts, unlocked(ts, [&] { return path.is_fd ? ::fstatvfs(path.fd, &s) : ::statvfs(path.narrow(), &s); })));
  return makeStatvfs(ts, s);
}
Ref<> fstatvfs(ThreadState& ts, Module*, int fd) {
  struct statvfs s;
  if (TRY(retryInterrupted(ts, [&] { return ::fstatvfs(fd, &s); })) < 0) return osError(ts);
  return makeStatvfs(ts, s);
}

Result<bool> access(ThreadState& ts, Module*, Path path, int mode, DirFd dir, Flag<false> effective, Flag<true> follow) {
  int flags = (follow.on ? 0 : AT_SYMLINK_NOFOLLOW) | (effective.on ? AT_EACCESS : 0);
  return unlocked(ts, [&] {
    return flags || dir.given() ? ::faccessat(dir.fd, path.narrow(), mode, flags) : ::access(path.narrow(), mode);
  }) == 0;
}

Status chmod(ThreadState& ts, Module*, PathOrFd path, int mode, DirFd dir, Flag<true> follow) {
  int result = unlocked(ts, [&] {
    if (path.is_fd) return ::fchmod(path.fd, mode_t(mode));
    return ::fchmodat(dir.fd, path.narrow(), mode_t(mode), follow.on ? 0 : AT_SYMLINK_NOFOLLOW);
  });
  if (result < 0 && !follow.on && (errno == ENOTSUP || errno == EOPNOTSUPP)) {
    if (dir.given()) return raise(ts, kValueError, "chmod: cannot use dir_fd and follow_symlinks together");
    return raise(ts, kNotImplementedError, "chmod: follow_symlinks unavailable on this platform");
  }
  return path.check(ts, result);
}
Status fchmod(ThreadState& ts, Module*, int fd, int mode) {
  if (TRY(retryInterrupted(ts, [&] { return ::fchmod(fd, mode_t(mode)); })) < 0) return osError(ts);
  return kDone;
}

Status chown(ThreadState& ts, Module*, PathOrFd path, Uid uid, Gid gid, DirFd dir, Flag<true> follow) {
  if (dir.given() && path.is_fd) return raise(ts, kValueError, "chown: can't specify both dir_fd and fd");
  if (path.is_fd && !follow.on) return raise(ts, kValueError, "chown: cannot use fd and follow_symlinks together");
  return path.check(ts, unlocked(ts, [&] {
    if (path.is_fd) return ::fchown(path.fd, uid.id, gid.id);
    return ::fchownat(dir.fd, path.narrow(), uid.id, gid.id, follow.on ? 0 : AT_SYMLINK_NOFOLLOW);
  }));
}
Status fchown(ThreadState& ts, Module*, int fd, Uid uid, Gid gid) {
  if (TRY(retryInterrupted(ts, [&] { return ::fchown(fd, uid.id, gid.id); })) < 0) return osError(ts);
  return kDone;
}
Status lchown(ThreadState& ts, Module*, Path path, Uid uid, Gid gid) {
  return path.check(ts, unlocked(ts, [&] { return ::lchown(path.narrow(), uid.id, gid.id); }));
}

bool isPair(Object* o) { return isExactTuple(o) && static_cast<Tuple*>(o)->size == 2; }

Result<timespec> timespecFromNs(ThreadState& ts, Object* ns) {
  Ref<Int> billion = TRY(newInt(ts, kNsPerSecond));
  Ref<> parts = TRY(divmodObjects(ts, ns, billion.get()));
  if (!isTuple(parts.get()) || static_cast<Tuple*>(parts.get())->size != 2)
    return raise(ts, kTypeError, "{:.200}.__divmod__() must return a 2-tuple, not {:.200}", typeName(ns), typeName(parts.get()));
  auto* pair = static_cast<Tuple*>(parts.get());
  timespec t;
  t.tv_sec = TRY(timeFromSeconds(ts, pair->items[0], Rounding::Floor));
  t.tv_nsec = TRY(asLongLong(ts, pair->items[1]));
  return t;
}

// `times` and `ns` of utime(): access and modification; both absent: now.
Status utimeTimes(ThreadState& ts, Object* times, Object* ns, timespec out[2]) {
  bool has_times = times && !isNone(times);
  if (has_times && ns) return raise(ts, kValueError, "utime: you may specify either 'times' or 'ns' but not both");
  if (has_times) {
    if (!isPair(times)) return raise(ts, kTypeError, "utime: 'times' must be either a tuple of two ints or None");
    for (int i = 0; i < 2; ++i)
      out[i] = TRY(timespecFromSeconds(ts, static_cast<Tuple*>(times)->items[i], Rounding::Floor));
  } else if (ns) {
    if (!isPair(ns)) return raise(ts, kTypeError, "utime: 'ns' must be a tuple of two ints");
    for (int i = 0; i < 2; ++i) out[i] = TRY(timespecFromNs(ts, static_cast<Tuple*>(ns)->items[i]));
  } else {
    out[0] = out[1] = {0, UTIME_NOW};
  }
  return kDone;
}

Status utime(ThreadState& ts, Module*, PathOrFd path, Object* times, Object* ns, DirFd dir, Flag<true> follow) {
  timespec t[2];
  TRY(utimeTimes(ts, times, ns, t));
  if (path.is_fd && dir.given()) return raise(ts, kValueError, "utime: can't specify dir_fd without matching path");
  if (path.is_fd && !follow.on) return raise(ts, kValueError, "utime: cannot use fd and follow_symlinks together");
  return check(ts, unlocked(ts, [&] {
    if (path.is_fd) return ::futimens(path.fd, t);
    return ::utimensat(dir.fd, path.narrow(), t, follow.on ? 0 : AT_SYMLINK_NOFOLLOW);
  }));
}

Status truncate(ThreadState& ts, Module*, PathOrFd path, long long length) {
  if (path.is_fd) {
    if (TRY(retryInterrupted(ts, [&] { return ::ftruncate(path.fd, length); })) < 0) return osError(ts);
    return kDone;
  }
  return path.check(ts, unlocked(ts, [&] { return ::truncate(path.narrow(), length); }));
}

}  // namespace

Ref<> makeStatResult(ThreadState& ts, const struct stat& s) {
  StructSeqBuilder b(ts, stat_result_type);
  b.add(newInt(ts, s.st_mode));
  b.add(newIntUnsigned(ts, s.st_ino));
  b.add(newIntUnsigned(ts, s.st_dev));
  b.add(newInt(ts, static_cast<long long>(s.st_nlink)));
  b.add(idObject(ts, s.st_uid));
  b.add(idObject(ts, s.st_gid));
  b.add(newInt(ts, s.st_size));
  const timespec* times[] = {&s.st_atim, &s.st_mtim, &s.st_ctim};
  for (const timespec* t : times) b.add(newInt(ts, t->tv_sec));
  for (const timespec* t : times) b.add(newFloat(ts, double(t->tv_sec) + 1e-9 * double(t->tv_nsec)));
  for (const timespec* t : times) b.add(nanosecondsObject(ts, *t));
  b.add(newInt(ts, s.st_blksize));
  b.add(newInt(ts, s.st_blocks));
  b.add(newIntUnsigned(ts, s.st_rdev));
  return b.finish();
}

Ref<> doStat(ThreadState& ts, const char* function, const PathArg& path, DirFd dir, bool follow) {
  if (path.is_fd && dir.given())
    return raise(ts, kValueError, "{}: can't specify dir_fd without matching path", function);
  if (path.is_fd && path.fd > 0 && !follow)
    return raise(ts, kValueError, "{}: cannot use fd and follow_symlinks together", function);
  struct stat s;
  TRY(path.check(ts, unlocked(ts, [&] {
    if (path.is_fd) {
      if (path.fd != -1) return ::fstat(path.fd, &s);
      errno = EFAULT;  // CPython's mark for "no descriptor"
      return -1;
    }
    return ::fstatat(dir.fd, path.narrow(), &s, follow ? 0 : AT_SYMLINK_NOFOLLOW);
  })));
  return makeStatResult(ts, s);
}

Result<timespec> timespecFrom(ThreadState& ts, Object* seconds) { return timespecFromSeconds(ts, seconds, Rounding::Floor); }

Status addStatTypes(ThreadState& ts, Module* m) {
  Ref<Type> stat_result = TRY(newStructSeqType(ts, kStatDesc, 0, newStatResult));
  Ref<Type> statvfs_result = TRY(newStructSeqType(ts, kStatvfsDesc));
  stat_result_type = stat_result.copy().release();
  statvfs_result_type = statvfs_result.copy().release();
  TRY(addObject(ts, m, "stat_result", std::move(stat_result)));
  return addObject(ts, m, "statvfs_result", std::move(statvfs_result));
}

#define FOLLOW "follow_symlinks=True)"
const MethodDef kStatMethods[] = {
    METHOD(stat, "($module, /, path, *, dir_fd=None, " FOLLOW, "What the system knows about a file: an os.stat_result.\n\nThe path may also be an open file descriptor; dir_fd is the directory that a relative path starts from."),
    METHOD(lstat, "($module, /, path, *, dir_fd=None)", "As stat(), but of a symbolic link itself."),
    METHOD(fstat, "($module, /, fd)", "As stat(), of an open file."),
    METHOD(statvfs, "($module, /, path)", "What the system knows about the file system that holds a file."),
    METHOD(fstatvfs, "($module, fd, /)", "As statvfs(), of an open file."),
    METHOD(access, "($module, /, path, mode, *, dir_fd=None, effective_ids=False,\n       " FOLLOW, "Whether the real (or effective) user may use the file as `mode` says: F_OK or a sum of R_OK, W_OK, X_OK."),
    METHOD(chmod, "($module, /, path, mode, *, dir_fd=None, " FOLLOW, "Changes the permissions of a file."),
    METHOD(fchmod, "($module, /, fd, mode)", "Changes the permissions of an open file."),
    METHOD(chown, "($module, /, path, uid, gid, *, dir_fd=None, " FOLLOW, "Changes owner and group of a file; -1 leaves one as it is."),
    METHOD(fchown, "($module, /, fd, uid, gid)", "Changes owner and group of an open file."),
    METHOD(lchown, "($module, /, path, uid, gid)", "Changes owner and group of a file, of a symbolic link itself."),
    METHOD(utime, "($module, /, path, times=None, *, ns=<unrepresentable>,\n      dir_fd=None, " FOLLOW, "Sets the times of access and modification: `times` in seconds, `ns` in nanoseconds; without either, to now."),
    METHOD(truncate, "($module, /, path, length)", "Cuts or extends a file to `length` bytes."),
    {}};
#undef FOLLOW

}  // namespace habu::posix
