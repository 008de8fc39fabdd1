// Open files: opening, reading, writing, positions, pipes, terminals.
#include <langinfo.h>
#include <limits.h>
#include <pty.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utmp.h>

#include <vector>

#include "modules/posix/posix.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::posix {
namespace {

// The largest transfer that Linux makes in one call.
constexpr Index kMaxTransfer = 0x7ffff000;

// A system call on an open file, repeated after EINTR; the value, or OSError.
#define RETRY(expr)                                                       \
  ({                                                                      \
    auto retried_ = TRY(retryInterrupted(ts, [&] { return (expr); }));    \
    if (retried_ < 0) return osError(ts);                                 \
    retried_;                                                             \
  })

Ref<> pairOf(ThreadState& ts, int a, int b) {
  Ref<Int> first = TRY(newInt(ts, a)), second = TRY(newInt(ts, b));
  return packTuple(ts, {first.get(), second.get()});
}

Result<int> open(ThreadState& ts, Module*, Path path, int flags, IntOr<0777> mode, DirFd dir) {
  int fd = TRY(retryInterrupted(ts, [&] { return ::openat(dir.fd, path.narrow(), flags | O_CLOEXEC, mode.value); }));
  if (fd < 0) return path.error(ts);
  return fd;
}

Status close(ThreadState& ts, Module*, int fd) {
  // Never repeated: after EINTR Linux has closed it, and the number may be somebody else's by now.
  int result = unlocked(ts, [&] { return ::close(fd); });
  if (result < 0 && errno != EINTR) return osError(ts);
  return kDone;
}

Status closeRange(ThreadState& ts, Module*, int low, int high) {
  unlocked(ts, [&] {
    int first = low < 0 ? 0 : low;
    if (first < high && ::close_range(unsigned(first), unsigned(high - 1), 0) != 0)
      for (int fd = first; fd < high; ++fd) ::close(fd);
    return 0;
  });
  return kDone;
}

Result<int> dup(ThreadState& ts, Module*, int fd) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return osError(ts);
  return copy;
}

Result<int> dup2(ThreadState& ts, Module*, int fd, int fd2, Flag<true> inheritable) {
  if (fd < 0 || fd2 < 0) return osError(ts);  // whatever went wrong last, as CPython has it
  int result = unlocked(ts, [&] { return inheritable.on || fd == fd2 ? ::dup2(fd, fd2) : ::dup3(fd, fd2, O_CLOEXEC); });
  if (result < 0) return osError(ts);
  return result;
}

Ref<> read(ThreadState& ts, Module*, int fd, Index length) {
  if (length < 0) {
    errno = EINVAL;
    return osError(ts);
  }
  if (length > kMaxTransfer) length = kMaxTransfer;
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, length));
  Index n = RETRY(::read(fd, out->data, size_t(length)));
  return n == length ? std::move(out) : shrinkBytes(ts, std::move(out), n);
}

Result<Index> write(ThreadState& ts, Module*, int fd, BufferView data) {
  size_t length = size_t(data.size() > kMaxTransfer ? kMaxTransfer : data.size());
  return Index(RETRY(::write(fd, data.data(), length)));
}

Ref<> pread(ThreadState& ts, Module*, int fd, int length, long long offset) {
  if (length < 0) {
    errno = EINVAL;
    return osError(ts);
  }
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, length));
  Index n = RETRY(::pread(fd, out->data, size_t(length), offset));
  return n == length ? std::move(out) : shrinkBytes(ts, std::move(out), n);
}

Result<Index> pwrite(ThreadState& ts, Module*, int fd, BufferView data, long long offset) {
  return Index(RETRY(::pwrite(fd, data.data(), size_t(data.size()), offset)));
}

// The buffers of readv() and its relatives, held while the call runs.
struct Vectors {
  std::vector<BufferView> views;
  std::vector<iovec> parts;
  const iovec* data() const { return parts.data(); }
  int count() const { return int(parts.size()); }

  static Result<Vectors> of(ThreadState& ts, Object* sequence, const char* function, bool writable) {
    if (!isSequence(sequence)) return raise(ts, kTypeError, "{}() arg 2 must be a sequence", function);
    Vectors v;
    Index n = TRY(lengthOf(ts, sequence));
    for (Index i = 0; i < n; ++i) {
      Ref<> item = TRY(getItemAt(ts, sequence, i));
      v.views.push_back(TRY(BufferView::of(ts, item.get(), writable ? kBufferWritable : kBufferSimple)));
      v.parts.push_back({v.views.back().data(), size_t(v.views.back().size())});
    }
    return v;
  }
};

Result<Index> readv(ThreadState& ts, Module*, int fd, Object* buffers) {
  Vectors v = TRY(Vectors::of(ts, buffers, "readv", true));
  return Index(RETRY(::readv(fd, v.data(), v.count())));
}
Result<Index> writev(ThreadState& ts, Module*, int fd, Object* buffers) {
  Vectors v = TRY(Vectors::of(ts, buffers, "writev", false));
  return Index(RETRY(::writev(fd, v.data(), v.count())));
}
Result<Index> preadv(ThreadState& ts, Module*, int fd, Object* buffers, long long offset, IntOr<0> flags) {
  Vectors v = TRY(Vectors::of(ts, buffers, "preadv2", true));
  return Index(RETRY(::preadv2(fd, v.data(), v.count(), offset, flags.value)));
}
Result<Index> pwritev(ThreadState& ts, Module*, int fd, Object* buffers, long long offset, IntOr<0> flags) {
  Vectors v = TRY(Vectors::of(ts, buffers, "pwritev", false));
  return Index(RETRY(::pwritev2(fd, v.data(), v.count(), offset, flags.value)));
}

// An offset that may be None (null pointer for the system call).
struct OffsetArg {
  off_t value = 0;
  bool given = false;
  off_t* pointer() { return given ? &value : nullptr; }
  static Result<OffsetArg> from(ThreadState& ts, Object* o) {
    if (!o || isNone(o)) return OffsetArg{};
    return OffsetArg{TRY(asLongLong(ts, o)), true};
  }
};

Result<Index> sendfile(ThreadState& ts, Module*, int out, int in, Object* offset, Index count) {
  OffsetArg at = TRY(OffsetArg::from(ts, offset));
  return Index(RETRY(::sendfile(out, in, at.pointer(), size_t(count))));
}

Result<Index> copyFileRange(ThreadState& ts, Module*, int src, int dst, Index count, Object* offset_src, Object* offset_dst) {
  if (count < 0) return raise(ts, kValueError, "negative value for 'count' not allowed");
  OffsetArg from = TRY(OffsetArg::from(ts, offset_src)), to = TRY(OffsetArg::from(ts, offset_dst));
  return Index(RETRY(::copy_file_range(src, from.pointer(), dst, to.pointer(), size_t(count), 0)));
}

Result<Index> splice(ThreadState& ts, Module*, int src, int dst, Index count, Object* offset_src, Object* offset_dst,
                     std::optional<unsigned> flags) {
  if (count < 0) return raise(ts, kValueError, "negative value for 'count' not allowed");
  OffsetArg from = TRY(OffsetArg::from(ts, offset_src)), to = TRY(OffsetArg::from(ts, offset_dst));
  return Index(RETRY(::splice(src, from.pointer(), dst, to.pointer(), size_t(count), flags.value_or(0))));
}

Result<long long> lseek(ThreadState& ts, Module*, int fd, long long position, int how) {
  long long result = unlocked(ts, [&] { return ::lseek(fd, position, how); });
  if (result < 0) return osError(ts);
  return result;
}

Status lockf(ThreadState& ts, Module*, int fd, int command, long long length) {
  return check(ts, unlocked(ts, [&] { return ::lockf(fd, command, length); }));
}

Status fsync(ThreadState& ts, Module*, Fildes fd) {
  RETRY(::fsync(fd.fd));
  return kDone;
}
Status fdatasync(ThreadState& ts, Module*, Fildes fd) {
  RETRY(::fdatasync(fd.fd));
  return kDone;
}
Status ftruncate(ThreadState& ts, Module*, int fd, long long length) {
  RETRY(::ftruncate(fd, length));
  return kDone;
}

// These two return the error number.
Status checkReturned(ThreadState& ts, int error) {
  if (error) return raiseErrno(ts, error);
  return kDone;
}
template <class Call>
Status retryReturned(ThreadState& ts, Call call) {
  for (;;) {
    int error = unlocked(ts, call);
    if (error != EINTR) return checkReturned(ts, error);
    TRY(checkSignals(ts));
  }
}
Status posixFallocate(ThreadState& ts, Module*, int fd, long long offset, long long length) {
  return retryReturned(ts, [&] { return ::posix_fallocate(fd, offset, length); });
}
Status posixFadvise(ThreadState& ts, Module*, int fd, long long offset, long long length, int advice) {
  return retryReturned(ts, [&] { return ::posix_fadvise(fd, offset, length, advice); });
}

Ref<> pipe(ThreadState& ts, Module*) {
  int ends[2];
  TRY(check(ts, ::pipe2(ends, O_CLOEXEC)));
  return pairOf(ts, ends[0], ends[1]);
}
Ref<> pipe2(ThreadState& ts, Module*, int flags) {
  int ends[2];
  TRY(check(ts, ::pipe2(ends, flags)));
  return pairOf(ts, ends[0], ends[1]);
}

Result<bool> getInheritable(ThreadState& ts, Module*, int fd) {
  int flags = ::fcntl(fd, F_GETFD);
  if (flags < 0) return osError(ts);
  return !(flags & FD_CLOEXEC);
}
Status setInheritableOf(ThreadState& ts, Module*, int fd, int inheritable) { return setInheritable(ts, fd, inheritable != 0); }

Result<bool> getBlocking(ThreadState& ts, Module*, int fd) {
  int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return osError(ts);
  return !(flags & O_NONBLOCK);
}
Status setBlocking(ThreadState& ts, Module*, int fd, int blocking) {
  int flags = ::fcntl(fd, F_GETFL);
  if (flags < 0) return osError(ts);
  return check(ts, ::fcntl(fd, F_SETFL, blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK));
}

// ---- terminals ----
bool isatty(ThreadState&, Module*, int fd) { return ::isatty(fd) != 0; }

Ref<> deviceEncoding(ThreadState& ts, Module*, int fd) {
  if (!::isatty(fd)) return none();
  const char* codeset = nl_langinfo(CODESET);
  return newStr(ts, codeset && *codeset ? codeset : "UTF-8");
}

Ref<> ttyname(ThreadState& ts, Module*, int fd) {
  char name[PATH_MAX];
  if (int error = ::ttyname_r(fd, name, sizeof name)) return raiseErrno(ts, error);
  return strFromFileSystem(ts, name);
}

Ref<> ctermid(ThreadState& ts, Module*) {
  return strFromFileSystem(ts, ::ctermid(nullptr));  // its own buffer; the interpreter lock keeps others off
}

Result<int> tcgetpgrp(ThreadState& ts, Module*, int fd) {
  pid_t group = ::tcgetpgrp(fd);
  if (group < 0) return osError(ts);
  return group;
}
Status tcsetpgrp(ThreadState& ts, Module*, int fd, PidArg group) { return check(ts, ::tcsetpgrp(fd, group.value)); }

Ref<> openpty(ThreadState& ts, Module*) {
  int master, slave;
  TRY(check(ts, ::openpty(&master, &slave, nullptr, nullptr, nullptr)));
  TRY(setInheritable(ts, master, false));
  TRY(setInheritable(ts, slave, false));
  return pairOf(ts, master, slave);
}
Status loginTty(ThreadState& ts, Module*, Fildes fd) { return check(ts, ::login_tty(fd.fd)); }

Ref<> getTerminalSize(ThreadState& ts, Module*, IntOr<1> fd) {
  winsize size;
  TRY(check(ts, ::ioctl(fd.value, TIOCGWINSZ, &size)));
  StructSeqBuilder b(ts, terminal_size_type);
  b.add(newInt(ts, size.ws_col));
  b.add(newInt(ts, size.ws_row));
  return b.finish();
}

// ---- files without a name ----
Result<int> memfdCreate(ThreadState& ts, Module*, FsBytes name, std::optional<unsigned> flags) {
  int fd = unlocked(ts, [&] { return ::memfd_create(name.text(), flags.value_or(MFD_CLOEXEC)); });
  if (fd < 0) return osError(ts);
  return fd;
}

Result<unsigned> unsignedFrom(ThreadState& ts, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  int overflow = 0;
  long long value = toLongLong(static_cast<Int*>(o), overflow);
  if (overflow > 0 || value > UINT_MAX) return raise(ts, kOverflowError, "Python int too large for C unsigned int");
  if (value < 0) return raise(ts, kValueError, "value must be positive");
  return unsigned(value);
}

Result<int> eventfd(ThreadState& ts, Module*, Object* initval, IntOr<EFD_CLOEXEC> flags) {
  unsigned initial = TRY(unsignedFrom(ts, initval));
  int fd = unlocked(ts, [&] { return ::eventfd(initial, flags.value); });
  if (fd < 0) return osError(ts);
  return fd;
}
Ref<> eventfdRead(ThreadState& ts, Module*, Fildes fd) {
  eventfd_t value;
  TRY(check(ts, unlocked(ts, [&] { return ::eventfd_read(fd.fd, &value); })));
  return newIntUnsigned(ts, value);
}
Status eventfdWrite(ThreadState& ts, Module*, Fildes fd, Object* value) {
  if (!isInt(value)) return raise(ts, kTypeError, "an integer is required");
  if (static_cast<Int*>(value)->size < 0) return raise(ts, kValueError, "value must be positive");
  unsigned long long n = TRY(asUnsignedLongLong(ts, value));
  return check(ts, unlocked(ts, [&] { return ::eventfd_write(fd.fd, n); }));
}

}  // namespace

Status setInheritable(ThreadState& ts, int fd, bool inheritable) {
  int flags = ::fcntl(fd, F_GETFD);
  if (flags < 0) return osError(ts);
  int wanted = inheritable ? flags & ~FD_CLOEXEC : flags | FD_CLOEXEC;
  return wanted == flags ? Status(kDone) : check(ts, ::fcntl(fd, F_SETFD, wanted));
}

const MethodDef kDescriptorMethods[] = {
    METHOD(open, "($module, /, path, flags, mode=511, *, dir_fd=None)", "Opens a file and returns its descriptor, which child programs do not inherit."),
    METHOD(close, "($module, /, fd)", "Closes an open file."),
    METHOD_AS("closerange", closeRange, "($module, fd_low, fd_high, /)", "Closes the descriptors from fd_low up to, but without, fd_high; errors are ignored."),
    METHOD(dup, "($module, fd, /)", "A second descriptor of an open file, not inheritable."),
    METHOD(dup2, "($module, /, fd, fd2, inheritable=True)", "Makes fd2 a second descriptor of the open file fd, closing what fd2 was."),
    METHOD(read, "($module, fd, length, /)", "Reads at most `length` bytes; b'' at the end of the file."),
    METHOD(write, "($module, fd, data, /)", "Writes bytes; returns how many were written."),
    METHOD(pread, "($module, fd, length, offset, /)", "Reads at a position, leaving the file's own position alone."),
    METHOD(pwrite, "($module, fd, buffer, offset, /)", "Writes at a position, leaving the file's own position alone."),
    METHOD(readv, "($module, fd, buffers, /)", "Reads into several writable buffers, one after the other; the number of bytes."),
    METHOD(writev, "($module, fd, buffers, /)", "Writes several buffers, one after the other; the number of bytes."),
    METHOD(preadv, "($module, fd, buffers, offset, flags=0, /)", "readv() at a position; flags are RWF_* constants."),
    METHOD(pwritev, "($module, fd, buffers, offset, flags=0, /)", "writev() at a position; flags are RWF_* constants."),
    METHOD(sendfile, "($module, /, out_fd, in_fd, offset, count)", "Copies bytes from one descriptor to another within the kernel."),
    METHOD_AS("copy_file_range", copyFileRange, "($module, /, src, dst, count, offset_src=None,\n                offset_dst=None)", "Copies bytes between two files within the kernel."),
    METHOD(splice, "($module, /, src, dst, count, offset_src=None, offset_dst=None,\n       flags=0)", "Moves bytes between descriptors of which one is a pipe."),
    METHOD(lseek, "($module, fd, position, how, /)", "Moves the position of an open file; returns the new one."),
    METHOD(lockf, "($module, fd, command, length, /)", "Locks, tests or unlocks a section of an open file."),
    METHOD(fsync, "($module, /, fd)", "Forces what was written to the disk."),
    METHOD(fdatasync, "($module, /, fd)", "Forces the data that was written, without the times, to the disk."),
    METHOD(ftruncate, "($module, fd, length, /)", "Cuts or extends an open file to `length` bytes."),
    METHOD_AS("posix_fallocate", posixFallocate, "($module, fd, offset, length, /)", "Makes sure that there is disk space for a section of a file."),
    METHOD_AS("posix_fadvise", posixFadvise, "($module, fd, offset, length, advice, /)", "Tells how a section of a file will be used."),
    METHOD(pipe, "($module, /)", "A pipe: (descriptor to read from, descriptor to write to)."),
    METHOD(pipe2, "($module, flags, /)", "A pipe with flags of one's own (O_NONBLOCK, O_CLOEXEC)."),
    METHOD_AS("get_inheritable", getInheritable, "($module, fd, /)", "Whether child programs inherit the descriptor."),
    METHOD_AS("set_inheritable", setInheritableOf, "($module, fd, inheritable, /)", "Says whether child programs inherit the descriptor."),
    METHOD_AS("get_blocking", getBlocking, "($module, fd, /)", "Whether operations on the descriptor wait."),
    METHOD_AS("set_blocking", setBlocking, "($module, fd, blocking, /)", "Says whether operations on the descriptor wait."),
    METHOD(isatty, "($module, fd, /)", "Whether the descriptor is a terminal."),
    METHOD_AS("device_encoding", deviceEncoding, "($module, /, fd)", "The encoding of the terminal, or None if the descriptor is none."),
    METHOD(ttyname, "($module, fd, /)", "The name of the terminal behind a descriptor."),
    METHOD(ctermid, "($module, /)", "The name of the controlling terminal."),
    METHOD(tcgetpgrp, "($module, fd, /)", "The process group in the foreground of a terminal."),
    METHOD(tcsetpgrp, "($module, fd, pgid, /)", "Puts a process group into the foreground of a terminal."),
    METHOD(openpty, "($module, /)", "A pseudo terminal: (descriptor of the master, of the slave)."),
    METHOD_AS("login_tty", loginTty, "($module, fd, /)", "Makes a terminal the controlling one of this process, and its standard input, output and error."),
    METHOD_AS("get_terminal_size", getTerminalSize, "($module, fd=<unrepresentable>, /)", "Columns and lines of a terminal window, that of standard output by default."),
    METHOD_AS("memfd_create", memfdCreate, "($module, /, name, flags=MFD_CLOEXEC)", "An open file that lives in memory only."),
    METHOD(eventfd, "($module, /, initval, flags=EFD_CLOEXEC)", "A descriptor that counts events."),
    METHOD_AS("eventfd_read", eventfdRead, "($module, /, fd)", "Takes the count of an event descriptor."),
    METHOD_AS("eventfd_write", eventfdWrite, "($module, /, fd, value)", "Adds to the count of an event descriptor."),
    {}};

}  // namespace habu::posix
