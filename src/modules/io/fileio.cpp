// FileIO: a raw stream on a file descriptor.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>

#include "modules/io/io.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/buffer.h"
#include "object/gil.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr Index kMaxTransfer = 0x7ffff000;  // what Linux moves in one call at most

// Without the dot, unlike the other streams.
Raised raiseClosedFile(ThreadState& ts) { return raise(ts, kValueError, "I/O operation on closed file"); }
Raised raiseMode(ThreadState& ts, const char* action) {
  return raise(ts, *unsupported_operation, "File not open for {}", action);
}

const char* modeText(const FileIo* f) {
  if (f->created) return f->readable ? "xb+" : "xb";
  if (f->appending) return f->readable ? "ab+" : "ab";
  if (f->readable) return f->writable ? "rb+" : "rb";
  return "wb";
}

Status closeDescriptor(ThreadState& ts, FileIo* self) {
  if (self->fd < 0) return kDone;
  int fd = self->fd;
  self->fd = -1;
  int failed;
  {
    GilRelease allow(ts);
    failed = ::close(fd);
  }
  if (failed < 0) return raiseErrno(ts, errno);
  return kDone;
}

void warnDealloc(ThreadState& ts, FileIo* self, Object* source) {
  if (self->fd < 0 || !self->closefd) return;
  PendingError saved = PendingError::take(ts);
  if (warnUnclosedFile(ts, source).failed()) {
    if (errorMatches(ts, kWarning)) writeUnraisable(ts, self);
    else clearError(ts);
  }
  std::move(saved).restore(ts);
}

// Reads the mode text into the flags of `self`; the flags for open(2).
Result<int> parseMode(ThreadState& ts, FileIo* self, std::string_view mode) {
  bool chosen = false, plus = false;
  auto wrong = [&] {
    return raise(ts, kValueError, "Must have exactly one of create/read/write/append mode and at most one plus");
  };
  int flags = 0;
  for (char c : mode) {
    switch (c) {
      case 'b': break;
      case 'x': case 'r': case 'w': case 'a':
        if (chosen) return wrong();
        chosen = true;
        if (c == 'r') self->readable = true;
        else self->writable = true;
        if (c == 'x') self->created = true, flags |= O_EXCL | O_CREAT;
        if (c == 'w') flags |= O_CREAT | O_TRUNC;
        if (c == 'a') self->appending = true, flags |= O_APPEND | O_CREAT;
        break;
      case '+':
        if (plus) return wrong();
        self->readable = self->writable = plus = true;
        break;
      default: return raise(ts, kValueError, "invalid mode: {:.200}", mode);
    }
  }
  if (!chosen) return wrong();
  return flags | (self->readable && self->writable ? O_RDWR : self->readable ? O_RDONLY : O_WRONLY) | O_CLOEXEC;
}

Result<int> openByOpener(ThreadState& ts, Object* opener, Object* name, int flags) {
  Ref<Int> number = TRY(newInt(ts, flags));
  Ref<> opened = TRY(call(ts, opener, {name, number.get()}));
  if (!isInt(opened.get())) return raise(ts, kTypeError, "expected integer from opener");
  int fd = TRY(asCInt(ts, opened.get()));
  if (fd < 0) return raise(ts, kValueError, "opener returned {}", fd);
  int now = fcntl(fd, F_GETFD);
  if (now < 0 || (!(now & FD_CLOEXEC) && fcntl(fd, F_SETFD, now | FD_CLOEXEC) < 0)) return raiseErrno(ts, errno);
  return fd;
}

// The position after the move, as the system says; -1 fails.
Result<long long> seekTo(ThreadState& ts, FileIo* self, Object* position, int whence, bool pipe_is_start = false) {
  long long at = position ? TRY(asOffset(ts, position, kOverflowError)) : 0;
  off_t r;
  {
    GilRelease allow(ts);
    r = lseek(self->fd, at, whence);
  }
  if (self->seekable < 0) self->seekable = r >= 0;
  if (r < 0) {
    if (pipe_is_start && errno == ESPIPE) return 0;
    return raiseErrno(ts, errno);
  }
  return static_cast<long long>(r);
}

Status checkOpened(ThreadState& ts, FileIo* self, Object* name) {
  struct stat info;
  int failed, error;
  {
    GilRelease allow(ts);
    failed = fstat(self->fd, &info);
    error = errno;
  }
  if (failed < 0) {
    if (error == EBADF) return raiseErrno(ts, error, name);
    return kDone;
  }
  if (S_ISDIR(info.st_mode)) return raiseErrno(ts, EISDIR, name);
  if (info.st_blksize > 1) self->blksize = unsigned(info.st_blksize);
  return kDone;
}

Status openPath(ThreadState& ts, FileIo* self, Object* name, int flags, Object* opener) {
  if (opener && !isNone(opener)) {
    self->fd = TRY(openByOpener(ts, opener, name, flags));
    return kDone;
  }
  Ref<Bytes> path = TRY(fileSystemBytes(ts, name));
  int fd = TRY(retryInterrupted(ts, [&] { return ::open(path->data, flags, 0666); }));
  if (fd < 0) return raiseErrno(ts, errno, name);
  self->fd = fd;
  return kDone;
}

Status finishOpen(ThreadState& ts, FileIo* self, Object* name) {
  TRY(checkOpened(ts, self, name));
  TRY(setAttr(ts, self, names::name, name));
  if (self->appending) (void)TRY(seekTo(ts, self, nullptr, SEEK_END, true));
  return kDone;
}

Status init(ThreadState& ts, FileIo* self, Object* name, std::optional<std::string_view> mode, std::optional<bool> closefd,
            Object* opener) {
  if (self->fd >= 0) {
    if (self->closefd) TRY(closeDescriptor(ts, self));
    else self->fd = -1;
  }
  int fd = -1;
  Result<int> given = asCInt(ts, name);
  if (given.failed()) {
    clearError(ts);
  } else if ((fd = given.take()) < 0) {
    return raise(ts, kValueError, "negative file descriptor");
  }
  if (fd < 0) (void)TRY(fileSystemBytes(ts, name));
  self->created = self->readable = self->writable = self->appending = false;
  self->seekable = -1;
  self->closefd = closefd.value_or(true);
  int flags = TRY(parseMode(ts, self, mode.value_or("r")));
  if (auditing) {
    Ref<Str> shown = TRY(newStr(ts, mode.value_or("r")));
    Ref<Int> bits = TRY(newInt(ts, flags));
    TRY(audit(ts, "open", {name, shown.get(), bits.get()}));
  }
  bool own = fd < 0;
  if (own) {
    if (!self->closefd) return raise(ts, kValueError, "Cannot use closefd=False with file name");
    TRY(openPath(ts, self, name, flags, opener));
  } else {
    self->fd = fd;
  }
  if (finishOpen(ts, self, name).failed()) {
    PendingError error = PendingError::take(ts);
    if (!own) self->fd = -1;  // somebody else's
    else if (closeDescriptor(ts, self).failed()) clearError(ts);
    std::move(error).restore(ts);
    return Raised{};
  }
  return kDone;
}

Ref<> make(ThreadState&, Type* type, Tuple*, Dict*) {
  Ref<FileIo> self = TRY(allocateInstance<FileIo>(type));
  self->fd = -1;
  self->seekable = -1;
  self->closefd = true;
  return self;
}

// ---- methods ----
Ref<> close(ThreadState& ts, FileIo* self) {
  Ref<> done = closeBase(ts, self);
  PendingError error = PendingError::take(ts);
  bool failed = !done;
  if (!self->closefd) {
    self->fd = -1;
  } else {
    if (self->finalizing) warnDealloc(ts, self, self);
    if (closeDescriptor(ts, self).failed()) {
      if (error) chainPending(ts, std::move(error));
      return Raised{};
    }
  }
  std::move(error).restore(ts);
  if (failed) return Raised{};
  return done;
}

Ref<> deallocWarn(ThreadState& ts, FileIo* self, Object* source) {
  warnDealloc(ts, self, source);
  return none();
}

#define CHECK_OPEN() \
  if (self->fd < 0) return raiseClosedFile(ts)

Result<int> fileno(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  return self->fd;
}
Result<bool> readable(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  return self->readable;
}
Result<bool> writable(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  return self->writable;
}
Result<bool> seekable(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  if (self->seekable < 0 && seekTo(ts, self, nullptr, SEEK_CUR).failed()) {
    clearError(ts);
    self->seekable = 0;
  }
  return self->seekable > 0;
}
Result<bool> isatty(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  GilRelease allow(ts);
  return ::isatty(self->fd) != 0;
}

// The outcome of a transfer as Python sees it: None when it would have blocked.
Ref<> transferResult(ThreadState& ts, Index n) {
  if (n == -2) return none();
  return newInt(ts, n);
}

Ref<> readinto(ThreadState& ts, FileIo* self, Object* target) {
  CHECK_OPEN();
  if (!self->readable) return raiseMode(ts, "reading");
  BufferView view = TRY(BufferView::of(ts, target, kBufferWritable));
  return transferResult(ts, TRY(readFile(ts, self, view.data(), view.size())));
}

// How large the rest of the file seems to be, plus one byte to see its end.
Index restOfFile(ThreadState& ts, FileIo* self) {
  GilRelease allow(ts);
  struct stat info;
  off_t position = lseek(self->fd, 0, SEEK_CUR);
  if (fstat(self->fd, &info) < 0 || info.st_size <= 0 || position < 0 || info.st_size < position) return kDefaultBufferSize;
  return Index(info.st_size - position) + 1;
}

Ref<> readall(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  Index capacity = restOfFile(ts, self), used = 0;
  Ref<Bytes> data = TRY(newBytesUninitialized(ts, capacity));
  for (;;) {
    if (used >= capacity) {
      Index more = used > 65536 ? used >> 3 : 256 + used;
      if (more < kDefaultBufferSize) more = kDefaultBufferSize;
      if (used > PTRDIFF_MAX - more)
        return raise(ts, kOverflowError, "unbounded read returned more bytes than a Python bytes object can hold");
      capacity = used + more;
      Ref<Bytes> grown = TRY(newBytesUninitialized(ts, capacity));
      std::memcpy(grown->data, data->data, size_t(used));
      data = std::move(grown);
    }
    Index n = TRY(readFile(ts, self, data->data + used, capacity - used));
    if (n == -2) {
      if (used) break;
      return none();
    }
    if (n == 0) break;
    used += n;
  }
  return shrinkBytes(ts, std::move(data), used);
}

Ref<> read(ThreadState& ts, FileIo* self, OptionalSize size) {
  CHECK_OPEN();
  if (!self->readable) return raiseMode(ts, "reading");
  if (size.value < 0) return readall(ts, self);
  Index wanted = size.value < kMaxTransfer ? size.value : kMaxTransfer;
  Ref<Bytes> data = TRY(newBytesUninitialized(ts, wanted));
  Index n = TRY(readFile(ts, self, data->data, wanted));
  if (n == -2) return none();
  return shrinkBytes(ts, std::move(data), n);
}

Ref<> write(ThreadState& ts, FileIo* self, BufferView data) {
  CHECK_OPEN();
  if (!self->writable) return raiseMode(ts, "writing");
  return transferResult(ts, TRY(writeFile(ts, self, data.data(), data.size())));
}

Result<long long> seek(ThreadState& ts, FileIo* self, Object* position, std::optional<int> whence) {
  CHECK_OPEN();
  return seekTo(ts, self, position, whence.value_or(0));
}
Result<long long> tell(ThreadState& ts, FileIo* self) {
  CHECK_OPEN();
  return seekTo(ts, self, nullptr, SEEK_CUR);
}

Ref<> truncate(ThreadState& ts, FileIo* self, Object* size) {
  CHECK_OPEN();
  if (!self->writable) return raiseMode(ts, "writing");
  Ref<> at = size && !isNone(size) ? Ref<>::share(size) : Ref<>(TRY(newInt(ts, TRY(tell(ts, self)))));
  long long length = TRY(asOffset(ts, at.get(), kOverflowError));
  int failed;
  {
    GilRelease allow(ts);
    failed = ftruncate(self->fd, length);
  }
  if (failed < 0) return raiseErrno(ts, errno);
  return at;
}

Result<bool> closedOf(ThreadState&, FileIo* self) { return self->fd < 0; }
Result<bool> closefdOf(ThreadState&, FileIo* self) { return self->closefd; }
Ref<Str> modeOf(ThreadState& ts, FileIo* self) { return newStr(ts, modeText(self)); }

Ref<> repr(ThreadState& ts, FileIo* self) {
  if (self->fd < 0) return newStr(ts, "<_io.FileIO [closed]>");
  Ref<> name = TRY(findAttr(ts, self, names::name));
  const char* owns = self->closefd ? "True" : "False";
  if (!name) return formatText(ts, "<_io.FileIO fd={} mode='{}' closefd={}>", self->fd, modeText(self), owns);
  ReprGuard guard(ts, self);
  if (guard.failed()) return Raised{};
  if (guard.recursive()) return raise(ts, kRuntimeError, "reentrant call inside {}.__repr__", typeName(self));
  return formatText(ts, "<_io.FileIO name={!r} mode='{}' closefd={}>", name, modeText(self), owns);
}

int traverse(FileIo* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  return 0;
}
int clear(FileIo* self) {
  clearField(self->dict);
  return 0;
}
void dealloc(FileIo* self) {
  self->finalizing = 1;
  if (!beginDealloc(self)) return;
  endDealloc(self);
}

constexpr MethodDef kMethods[] = {
    METHOD(read, "($self, size=-1, /)", "Up to `size` bytes with one system call; everything when size is negative. None: would block."),
    METHOD(readall, "($self, /)", "Everything until the end of the file, or until reading would block. None: nothing at all."),
    METHOD(readinto, "($self, buffer, /)", "Reads into a buffer with one system call; the number of bytes, None: would block."),
    METHOD(write, "($self, b, /)", "Writes with one system call; the number of bytes written, None: would block."),
    METHOD(seek, "($self, pos, whence=0, /)", "Moves to a position counted from the start (0), here (1) or the end (2); returns the new one."),
    METHOD(tell, "($self, /)", "The present position."),
    METHOD(truncate, "($self, size=None, /)", "Cuts or extends the file to `size`, by default the present position, which stays."),
    METHOD(close, "($self, /)", "Closes the file; with closefd=False the descriptor stays open."),
    METHOD(seekable, "($self, /)", "True if the file can be positioned."),
    METHOD(readable, "($self, /)", "True if opened for reading."),
    METHOD(writable, "($self, /)", "True if opened for writing."),
    METHOD(fileno, "($self, /)", "The descriptor."),
    METHOD(isatty, "($self, /)", "True if the file is a terminal."),
    METHOD_UNSIGNED("_dealloc_warn", deallocWarn, "($self, source, /)", nullptr),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("closed", closedOf, "True if the file is closed"),
    GETTER("closefd", closefdOf, "True if the file descriptor will be closed by close()."),
    GETTER("mode", modeOf, "String giving the file mode"),
    {}};

constexpr MemberDef kMembers[] = {
    MEMBER("_blksize", UInt, FileIo, blksize, 0, nullptr),
    MEMBER("_finalizing", Bool, FileIo, finalizing, 0, nullptr),
    {}};

}  // namespace

Result<Index> readFile(ThreadState& ts, FileIo* f, char* out, Index size) {
  if (f->fd < 0) return raiseClosedFile(ts);
  size_t wanted = size_t(size < kMaxTransfer ? size : kMaxTransfer);
  int fd = f->fd;
  ssize_t n = TRY(retryInterrupted(ts, [&] { return ::read(fd, out, wanted); }));
  if (n >= 0) return Index(n);
  if (errno == EAGAIN) return -2;
  return raiseErrno(ts, errno);
}

Result<Index> writeFile(ThreadState& ts, FileIo* f, const char* data, Index size) {
  if (f->fd < 0) return raiseClosedFile(ts);
  size_t wanted = size_t(size < kMaxTransfer ? size : kMaxTransfer);
  int fd = f->fd;
  ssize_t n = TRY(retryInterrupted(ts, [&] { return ::write(fd, data, wanted); }));
  if (n >= 0) return Index(n);
  if (errno == EAGAIN) return -2;
  return raiseErrno(ts, errno);
}

constinit Type kFileIoType = defineType<FileIo>({
    .name = "_io.FileIO",
    .doc = "FileIO(file, mode='r', closefd=True, opener=None)\n--\n\n"
           "Open a file as a raw stream.\n\n"
           "The mode is 'r' (default), 'w', 'x' or 'a' for reading, writing, exclusive creation or appending; a '+' adds the\n"
           "other direction. opener(file, flags), when given, must return an open file descriptor.",
    .flags = kBaseType,
    .base = &kRawIoBaseType,
    .dict_offset = offsetof(FileIo, dict),
    .weaklist_offset = offsetof(FileIo, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "FileIO", "(file, mode='r', closefd=True, opener=None)"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .getattro = genericGetAttrSlot});

}  // namespace habu
