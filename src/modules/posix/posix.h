// What the files of the module `posix` share: arguments (paths, file descriptors, user ids...), errors, and the tables
// of functions by topic that module.cpp puts together.
#pragma once
#include <errno.h>
#include <fcntl.h>
#include <sys/types.h>
#include <time.h>

#include "object/bind.h"
#include "object/gil.h"
#include "object/module_def.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu::posix {

// ---- arguments ----
enum PathFlag : int { kPathFd = 1, kPathNullable = 2 };

// str, bytes or os.PathLike, perhaps an open file descriptor or None, as the signature's flags say.
struct PathArg {
  Ref<> object;         // what an OSError names: the argument, or what its __fspath__ returned; null: absent
  Ref<Bytes> bytes;     // file system encoding; null: a descriptor, or absent
  int fd = -1;
  bool is_fd = false;
  bool gave_bytes = false;  // results are bytes then

  const char* narrow() const { return bytes ? bytes->data : nullptr; }
  Raised error(ThreadState& ts) const { return raiseErrno(ts, errno, object.get()); }
  Status check(ThreadState& ts, long result) const {
    if (result < 0) return error(ts);
    return kDone;
  }
  static Result<PathArg> from(ThreadState&, Object*, std::string_view function, std::string_view argument, int flags);
};
template <int kFlags>
struct PathOf : PathArg {};
using Path = PathOf<0>;
using PathOrFd = PathOf<kPathFd>;

// None or absent: AT_FDCWD.
struct DirFd {
  int fd = AT_FDCWD;
  bool given() const { return fd != AT_FDCWD; }
};
struct Fildes {  // an int, or an object with fileno()
  int fd = -1;
};
struct Uid {
  uid_t id = 0;
};
struct Gid {
  gid_t id = 0;
};
template <bool kDefault>
struct Flag {
  bool on = kDefault;
};
template <int kDefault>
struct IntOr {
  int value = kDefault;
};
using PidArg = ParsedInt;
struct FsBytes {  // str, bytes or os.PathLike as bytes
  Ref<Bytes> bytes;
  const char* text() const { return bytes->data; }
};

Ref<> fspath(ThreadState&, Object*);
Result<int> fdFrom(ThreadState&, Object*);        // OverflowError "fd is greater than maximum"
Result<uid_t> idFrom(ThreadState&, Object*, const char* what);
Ref<Int> idObject(ThreadState&, uid_t);
Result<int> namedConstant(ThreadState&, Object* name_or_int, Dict* names);

// ---- errors ----
inline Raised osError(ThreadState& ts) { return raiseErrno(ts, errno); }
inline Status check(ThreadState& ts, long result) {
  if (result < 0) return osError(ts);
  return kDone;
}
Raised twoPathError(ThreadState&, const PathArg&, const PathArg&);

// A call that may block, without the GIL; errno survives.
template <class F>
auto unlocked(ThreadState& ts, F f) -> decltype(f()) {
  GilRelease allow(ts);
  return f();
}

// ---- other parts ----
Ref<> makeStatResult(ThreadState&, const struct stat&);
// Path, dir_fd and follow_symlinks as stat() takes them.
Ref<> doStat(ThreadState&, const char* function, const PathArg&, DirFd, bool follow);
Result<timespec> timespecFrom(ThreadState&, Object* seconds);  // int or float, rounded down
Ref<> makeDict(ThreadState&, const char* const* names, const int* values, size_t n);
Ref<> schedParam(ThreadState&, int priority);
Result<int> schedPriority(ThreadState&, Object* param);  // TypeError "must have a sched_param object"
Status setInheritable(ThreadState&, int fd, bool inheritable);

extern const MethodDef kStatMethods[], kFileMethods[], kDescriptorMethods[], kDirectoryMethods[], kProcessMethods[],
    kSpawnMethods[], kIdMethods[], kScheduleMethods[], kConfigMethods[], kSystemMethods[];
Status addStatTypes(ThreadState&, Module*);
Status addDirectoryTypes(ThreadState&, Module*);
Status addProcessTypes(ThreadState&, Module*);
Status addScheduleTypes(ThreadState&, Module*);
Status addConfigNames(ThreadState&, Module*);
Status addSystemTypes(ThreadState&, Module*);

// Struct sequence types of this module, made by the functions above.
extern Type *stat_result_type, *statvfs_result_type, *terminal_size_type, *times_result_type, *uname_result_type,
    *waitid_result_type, *sched_param_type;

}  // namespace habu::posix

namespace habu {

template <int kFlags>
struct Arg<posix::PathOf<kFlags>> {
  static Result<posix::PathOf<kFlags>> from(ThreadState& ts, Object* o, ArgSite at) {
    auto path = posix::PathArg::from(ts, o, at.signature->function, at.signature->name(at.index), kFlags);
    if (path.failed()) return Raised{};
    return posix::PathOf<kFlags>{path.take()};
  }
};
#define POSIX_ARG(T)                                                  \
  template <>                                                         \
  struct Arg<posix::T> {                                              \
    static Result<posix::T> from(ThreadState& ts, Object* o, ArgSite); \
  };
POSIX_ARG(DirFd)
POSIX_ARG(Fildes)
POSIX_ARG(Uid)
POSIX_ARG(Gid)
POSIX_ARG(FsBytes)
#undef POSIX_ARG
template <bool kDefault>
struct Arg<posix::Flag<kDefault>> {
  static Result<posix::Flag<kDefault>> from(ThreadState& ts, Object* o, ArgSite at) {
    if (!o) return posix::Flag<kDefault>{};
    return posix::Flag<kDefault>{TRY(Arg<bool>::from(ts, o, at))};
  }
};
template <int kDefault>
struct Arg<posix::IntOr<kDefault>> {
  static Result<posix::IntOr<kDefault>> from(ThreadState& ts, Object* o, ArgSite at) {
    if (!o) return posix::IntOr<kDefault>{};
    return posix::IntOr<kDefault>{TRY(Arg<int>::from(ts, o, at))};
  }
};

}  // namespace habu
