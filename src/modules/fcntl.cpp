// The module `fcntl`: control of open files, and locks.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>

#include "modules/posix/posix.h"
#include "object/number.h"
#include "types/int.h"

namespace habu {
namespace {

using posix::Fildes;
using posix::Flag;
using posix::IntOr;
constexpr Index kMaxArgument = 1024;

// A buffer argument, copied: what the system call may change and we give back.
struct Block {
  char data[kMaxArgument + 1];
  Index size = 0;
};

template <class Call>
Result<int> retry(ThreadState& ts, Call call_) {
  int result = TRY(retryInterrupted(ts, call_));
  if (result < 0) return raiseErrno(ts, errno);
  return result;
}

// str or read-only bytes-like; false: neither.
Result<bool> textArgument(ThreadState& ts, Object* o, Block& block, const char* too_long) {
  BufferView view;
  std::string_view text;
  if (isStr(o)) {
    text = TRY(utf8Of(ts, reinterpret_cast<Str*>(o)));
  } else if (isBytes(o)) {
    text = reinterpret_cast<Bytes*>(o)->view();
  } else {
    if (!hasBuffer(o) || o->type->buffer->release) return false;
    view = TRY(BufferView::of(ts, o));
    text = view.bytes();
  }
  if (Index(text.size()) > kMaxArgument) return raise(ts, kValueError, too_long);
  memcpy(block.data, text.data(), text.size());
  block.size = Index(text.size());
  block.data[block.size] = 0;
  return true;
}

Ref<> fcntl(ThreadState& ts, Module*, Fildes fd, int command, Object* argument) {
  unsigned number = 0;
  if (argument) {
    Block block;
    if (TRY(textArgument(ts, argument, block, "fcntl string arg too long"))) {
      TRY(retry(ts, [&] { return ::fcntl(fd.fd, command, block.data); }));
      return newBytes(ts, {block.data, size_t(block.size)});
    }
    number = unsigned(TRY(asUnsignedLongLongMask(ts, argument)));
  }
  return newInt(ts, TRY(retry(ts, [&] { return ::fcntl(fd.fd, command, int(number)); })));
}

// A writable buffer: changed in place if `mutate`, else a changed copy is the result.
Ref<> ioctlBuffer(ThreadState& ts, int fd, unsigned long request, const BufferView& view, bool mutate) {
  if (view.size() > kMaxArgument) {
    if (!mutate) return raise(ts, kValueError, "ioctl string arg too long");
    return newInt(ts, TRY(retry(ts, [&] { return ::ioctl(fd, request, view.data()); })));
  }
  Block block;
  block.size = view.size();
  memcpy(block.data, view.data(), size_t(block.size));
  block.data[block.size] = 0;
  auto result = retry(ts, [&] { return ::ioctl(fd, request, block.data); });
  if (mutate) memcpy(view.data(), block.data, size_t(block.size));
  if (result.failed()) return Raised{};
  if (mutate) return newInt(ts, result.take());
  return newBytes(ts, {block.data, size_t(block.size)});
}

Ref<> ioctl(ThreadState& ts, Module*, Fildes fd, unsigned request, Object* argument, Flag<true> mutate) {
  int number = 0;
  if (argument) {
    if (!isBytes(argument) && hasBuffer(argument)) {
      auto view = BufferView::of(ts, argument, kBufferWritable);
      if (!view.failed()) return ioctlBuffer(ts, fd.fd, request, view.take(), mutate.on);
      clearError(ts);
    }
    Block block;
    if (TRY(textArgument(ts, argument, block, "ioctl string arg too long"))) {
      TRY(retry(ts, [&] { return ::ioctl(fd.fd, request, block.data); }));
      return newBytes(ts, {block.data, size_t(block.size)});
    }
    number = TRY(asCInt(ts, argument));
  }
  return newInt(ts, TRY(retry(ts, [&] { return ::ioctl(fd.fd, request, number); })));
}

Status flock(ThreadState& ts, Module*, Fildes fd, int operation) {
  TRY(retry(ts, [&] { return ::flock(fd.fd, operation); }));
  return kDone;
}

Ref<> lockf(ThreadState& ts, Module*, Fildes fd, int command, Object* length, Object* start, IntOr<0> whence) {
  struct flock lock{};
  if (command == LOCK_UN) lock.l_type = F_UNLCK;
  else if (command & LOCK_SH) lock.l_type = F_RDLCK;
  else if (command & LOCK_EX) lock.l_type = F_WRLCK;
  else return raise(ts, kValueError, "unrecognized lockf argument");
  if (start) lock.l_start = TRY(asLongLong(ts, start));
  if (length) lock.l_len = TRY(asLongLong(ts, length));
  lock.l_whence = short(whence.value);
  TRY(retry(ts, [&] { return ::fcntl(fd.fd, (command & LOCK_NB) ? F_SETLK : F_SETLKW, &lock); }));
  return none();
}

constexpr MethodDef kMethods[] = {
    METHOD(fcntl, "($module, fd, cmd, arg=0, /)", "The system call fcntl(): `arg` is an int, or bytes that come back as the call leaves them."),
    METHOD(ioctl, "($module, fd, request, arg=0, mutate_flag=True, /)", "The system call ioctl(): `arg` is an int or a buffer; a writable one is changed in place unless mutate_flag is false."),
    METHOD(flock, "($module, fd, operation, /)", "Locks or unlocks a whole file."),
    METHOD(lockf, "($module, fd, cmd, len=0, start=0, whence=0, /)", "Locks or unlocks a section of a file."),
    {}};

struct Constant {
  const char* name;
  long long value;
};
#define X(name) {#name, static_cast<long long>(name)}
constexpr Constant kConstants[] = {
    X(LOCK_SH), X(LOCK_EX), X(LOCK_NB), X(LOCK_UN), X(LOCK_MAND), X(LOCK_READ), X(LOCK_WRITE), X(LOCK_RW), X(F_DUPFD),
    X(F_DUPFD_CLOEXEC), X(F_GETFD), X(F_SETFD), X(F_GETFL), X(F_SETFL), X(F_GETLK), X(F_SETLK), X(F_SETLKW), X(F_OFD_GETLK),
    X(F_OFD_SETLK), X(F_OFD_SETLKW), X(F_GETOWN), X(F_SETOWN), X(F_GETSIG), X(F_SETSIG), X(F_RDLCK), X(F_WRLCK), X(F_UNLCK),
    X(F_GETLK64), X(F_SETLK64), X(F_SETLKW64), X(FASYNC), X(F_SETLEASE), X(F_GETLEASE), X(F_NOTIFY), X(F_EXLCK), X(F_SHLCK),
    X(F_SETPIPE_SZ), X(F_GETPIPE_SZ), X(FD_CLOEXEC), X(DN_ACCESS), X(DN_MODIFY), X(DN_CREATE), X(DN_DELETE), X(DN_RENAME),
    X(DN_ATTRIB), X(DN_MULTISHOT), X(F_ADD_SEALS), X(F_GET_SEALS), X(F_SEAL_SEAL), X(F_SEAL_SHRINK), X(F_SEAL_GROW), X(F_SEAL_WRITE)};
#undef X

Status populate(ThreadState& ts, Module* m) {
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace

extern const ModuleDef kFcntlModule = {.name = "fcntl", .doc = "Control of open files and their locks; files are given by descriptor or by an object with fileno().", .methods = kMethods, .populate = populate};

}  // namespace habu
