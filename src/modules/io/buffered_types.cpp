// BufferedReader, BufferedWriter, BufferedRandom: methods and types around the machine of buffered.h.
#include <cstdlib>
#include <cstring>

#include "modules/io/buffered.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

namespace {

// ---- forwarded to the raw stream ----
template <Name& name>
Ref<> forward(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  return callMethod(ts, self->raw, name);
}
template <Name& name>
Ref<> forwardAttribute(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  return getAttr(ts, self->raw, name);
}
Result<bool> closedOf(ThreadState& ts, Buffered* self) { return bufferedClosed(ts, self); }

Ref<> deallocWarn(ThreadState& ts, Buffered* self, Object* source) {
  if (self->ok && self->raw) {
    Ref<> done = callMethod(ts, self->raw, io_names::_dealloc_warn, {source});
    if (!done) clearError(ts);
  }
  return none();
}

Ref<> detach(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  (void)TRY(callMethod(ts, self, names::flush));
  Ref<> raw = Ref<>::steal(std::exchange(self->raw, nullptr));
  self->detached = true;
  self->ok = false;
  return raw;
}

Ref<> close(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  HOLD(lock);
  if (TRY(bufferedClosed(ts, self))) return none();
  if (self->finalizing && self->raw) (void)TRY(deallocWarn(ts, self, self));
  lock.release();  // flush() takes it again
  Ref<> flushed = callMethod(ts, self, names::flush);
  BufferLock again(ts, self);
  if (again.failed()) return Raised{};
  PendingError error = PendingError::take(ts);
  Ref<> done = callMethod(ts, self->raw, names::close);
  std::free(std::exchange(self->buffer, nullptr));
  self->position = self->read_end = 0;  // nothing is read ahead any more
  if (!error) return done;
  if (done) std::move(error).restore(ts);
  else chainPending(ts, std::move(error));
  return Raised{};
}

Status flush(ThreadState& ts, Buffered* self) { return bufferedFlush(ts, self); }
Ref<> readerFlush(ThreadState& ts, Buffered* self) { return forward<names::flush>(ts, self); }

// ---- reading ----
Ref<> peek(ThreadState& ts, Buffered* self, std::optional<Index>) {
  TRY(checkOpen(ts, self, "peek of closed file"));
  HOLD(lock);
  if (self->writable) TRY(flushAndRewind(ts, self));
  if (Index have = self->ahead(); have > 0) return newBytes(ts, {self->buffer + self->position, size_t(have)});
  self->resetRead();
  Index n = TRY(fillBuffer(ts, self));
  if (n == -2) n = 0;
  self->position = 0;
  return newBytes(ts, {self->buffer, size_t(n)});
}

Ref<> read(ThreadState& ts, Buffered* self, OptionalSize size) {
  TRY(checkInitialized(ts, self));
  Index n = size.value;
  if (n < -1) return raise(ts, kValueError, "read length must be non-negative or -1");
  TRY(checkOpen(ts, self, "read of closed file"));
  if (n >= 0 && n <= self->ahead()) {
    Ref<Bytes> r = TRY(newBytes(ts, {self->buffer + self->position, size_t(n)}));
    self->position += n;
    return r;
  }
  HOLD(lock);
  return n < 0 ? bufferedReadAll(ts, self) : bufferedRead(ts, self, n);
}

Ref<> read1(ThreadState& ts, Buffered* self, std::optional<Index> size) {
  TRY(checkInitialized(ts, self));
  Index n = size.value_or(-1);
  if (n < 0) n = self->buffer_size;
  TRY(checkOpen(ts, self, "read of closed file"));
  if (n == 0) return newBytes(ts, {});
  if (Index have = self->ahead(); have > 0) {
    if (have < n) n = have;
    Ref<Bytes> r = TRY(newBytes(ts, {self->buffer + self->position, size_t(n)}));
    self->position += n;
    return r;
  }
  Ref<Bytes> r = TRY(newBytesUninitialized(ts, n));
  HOLD(lock);
  self->resetRead();
  Index got = TRY(rawRead(ts, self, r->data, n));
  return shrinkBytes(ts, std::move(r), got == -2 ? 0 : got);
}

Ref<> readInto(ThreadState& ts, Buffered* self, Object* target, bool once) {
  TRY(checkInitialized(ts, self));
  BufferView view = TRY(BufferView::of(ts, target, kBufferWritable));
  TRY(checkOpen(ts, self, "readinto of closed file"));
  Index size = view.size(), written = 0;
  if (Index have = self->ahead(); have > 0) {
    written = have < size ? have : size;
    std::memcpy(view.data(), self->buffer + self->position, size_t(written));
    self->position += written;
    if (written == size) return newInt(ts, written);
  }
  HOLD(lock);
  if (self->writable) TRY(flushAndRewind(ts, self));
  self->resetRead();
  self->position = 0;
  while (written < size) {
    Index remaining = size - written, n = 0;
    if (remaining > self->buffer_size) {
      n = TRY(rawRead(ts, self, view.data() + written, remaining));
    } else if (!(once && written)) {
      n = TRY(fillBuffer(ts, self));
      if (n > 0) {
        if (n > remaining) n = remaining;
        std::memcpy(view.data() + written, self->buffer + self->position, size_t(n));
        self->position += n;
      }
    }
    if (n == 0 || (n == -2 && written > 0)) break;
    if (n == -2) return none();
    written += n;
    if (once) break;
  }
  return newInt(ts, written);
}
Ref<> readinto(ThreadState& ts, Buffered* self, Object* buffer) { return readInto(ts, self, buffer, false); }
Ref<> readinto1(ThreadState& ts, Buffered* self, Object* buffer) { return readInto(ts, self, buffer, true); }

Ref<> readline(ThreadState& ts, Buffered* self, OptionalSize size) {
  TRY(checkInitialized(ts, self));
  return bufferedReadline(ts, self, size.value);
}

Ref<> next(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  Ref<> line;
  if (isExact(self, kBufferedReaderType) || isExact(self, kBufferedRandomType)) {
    line = TRY(bufferedReadline(ts, self, -1));
  } else {
    line = TRY(callMethod(ts, self, names::readline));
    if (!isBytes(line.get()))
      return raise(ts, kOSError, "readline() should have returned a bytes object, not '{:.200}'", typeName(line.get()));
  }
  if (static_cast<Bytes*>(line.get())->size == 0) return {};
  return line;
}

// ---- position ----
Result<long long> tell(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  long long at = TRY(rawTell(ts, self)) - self->rawOffset();
  if (at < 0) at = 0;
  return at;
}

Result<long long> seek(ThreadState& ts, Buffered* self, Object* target, std::optional<int> from) {
  TRY(checkInitialized(ts, self));
  int whence = from.value_or(0);
  if (whence < 0 || whence > 4) return raise(ts, kValueError, "whence value {} unsupported", whence);
  TRY(checkOpen(ts, self, "seek of closed file"));
  TRY(checkSeekable(ts, self->raw));
  long long offset = TRY(asOffset(ts, target));
  if ((whence == 0 || whence == 1) && self->readable) {
    // Within the buffer no system call is needed.
    long long current = self->absolute_position != -1 ? self->absolute_position : TRY(rawTell(ts, self));
    if (Index have = self->ahead(); have > 0) {
      long long here = current - self->rawOffset();
      long long step = whence == 0 ? offset - here : offset;
      if (step >= -self->position && step <= have) {
        self->position += Index(step);
        return here + step;
      }
    }
  }
  HOLD(lock);
  if (self->writable) TRY(flushWrites(ts, self));
  if (whence == 1) offset -= self->rawOffset();
  long long at = TRY(rawSeek(ts, self, offset, whence));
  self->raw_position = -1;
  if (self->readable) self->resetRead();
  return at;
}

Ref<> truncate(ThreadState& ts, Buffered* self, Object* position) {
  TRY(checkInitialized(ts, self));
  TRY(checkOpen(ts, self, "truncate of closed file"));
  if (!self->writable) return raiseUnsupported(ts, "truncate");
  HOLD(lock);
  TRY(flushAndRewind(ts, self));
  Ref<> r = TRY(callMethod(ts, self->raw, io_names::truncate, {position ? position : &kNoneObject}));
  if (rawTell(ts, self).failed()) clearError(ts);
  return r;
}

// ---- writing ----
Result<Index> write(ThreadState& ts, Buffered* self, Object* source) {
  TRY(checkInitialized(ts, self));
  BufferView view = TRY(BufferView::of(ts, source));
  HOLD(lock);
  // After taking the lock: another thread may have closed the file.
  if (!self->buffer || TRY(bufferedClosed(ts, self))) return raise(ts, kValueError, "write to closed file");
  return bufferedWrite(ts, self, view.bytes());
}

Result<Index> sizeOf(ThreadState&, Buffered* self) {
  return self->type->basic_size + (self->buffer ? self->buffer_size : 0);
}

Ref<> repr(ThreadState& ts, Buffered* self) {
  Ref<> name;
  if (self->ok) {
    Found found = findAttr(ts, self, names::name);
    if (!found.failed()) name = found.take();
    else if (errorMatches(ts, kValueError)) clearError(ts);
    else return Raised{};
  }
  if (!name) return formatText(ts, "<{}>", typeName(self));
  ReprGuard guard(ts, self);
  if (guard.failed()) return Raised{};
  if (guard.recursive()) return raise(ts, kRuntimeError, "reentrant call inside {}.__repr__", typeName(self));
  return formatText(ts, "<{} name={!r}>", typeName(self), name);
}

// ---- construction ----
void finishInit(Buffered* self, Type& type) {
  self->direct = isExact(self, type) && isExactFileIo(self->raw);
  self->ok = true;
}

Status initReader(ThreadState& ts, Buffered* self, Object* raw, std::optional<Index> size) {
  self->ok = self->detached = false;
  TRY(checkReadable(ts, raw));
  self->readable = true;
  self->writable = false;
  self->absolute_position = 0;
  TRY(startBuffer(ts, self, raw, size.value_or(kDefaultBufferSize)));
  self->resetRead();
  finishInit(self, kBufferedReaderType);
  return kDone;
}
Status initWriter(ThreadState& ts, Buffered* self, Object* raw, std::optional<Index> size) {
  self->ok = self->detached = false;
  TRY(checkWritable(ts, raw));
  self->readable = false;
  self->writable = true;
  TRY(startBuffer(ts, self, raw, size.value_or(kDefaultBufferSize)));
  self->resetWrite();
  self->position = 0;
  finishInit(self, kBufferedWriterType);
  return kDone;
}
Status initRandom(ThreadState& ts, Buffered* self, Object* raw, std::optional<Index> size) {
  self->ok = self->detached = false;
  TRY(checkSeekable(ts, raw));
  TRY(checkReadable(ts, raw));
  TRY(checkWritable(ts, raw));
  self->readable = self->writable = true;
  TRY(startBuffer(ts, self, raw, size.value_or(kDefaultBufferSize)));
  self->resetRead();
  self->resetWrite();
  self->position = 0;
  finishInit(self, kBufferedRandomType);
  return kDone;
}

int traverse(Buffered* self, VisitFn visit, void* arg) {
  VISIT(self->raw);
  VISIT(self->dict);
  return 0;
}
int clear(Buffered* self) {
  self->ok = false;
  clearField(self->raw);
  clearField(self->dict);
  return 0;
}
void dealloc(Buffered* self) {
  self->finalizing = 1;
  if (!beginDealloc(self)) return;
  self->ok = false;
  clearField(self->raw);
  std::free(std::exchange(self->buffer, nullptr));
  if (self->has_lock) pthread_mutex_destroy(&self->lock);
  endDealloc(self);
}

#define COMMON_METHODS                                                                   \
  METHOD_UNSIGNED("detach", detach, "($self, /)", nullptr),                              \
      METHOD_UNSIGNED("close", close, "($self, /)", nullptr),                            \
      METHOD_UNSIGNED("seekable", forward<io_names::seekable>, "($self, /)", nullptr),   \
      METHOD_UNSIGNED("fileno", forward<names::fileno>, "($self, /)", nullptr),          \
      METHOD_UNSIGNED("isatty", forward<names::isatty>, "($self, /)", nullptr),          \
      METHOD_UNSIGNED("_dealloc_warn", deallocWarn, "($self, source, /)", nullptr),      \
      METHOD(seek, "($self, target, whence=0, /)", ""),                                  \
      METHOD_UNSIGNED("tell", tell, "($self, /)", nullptr),                              \
      METHOD(truncate, "($self, pos=None, /)", ""),                                      \
      METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", nullptr)
#define READ_METHODS                                                                     \
  METHOD_UNSIGNED("readable", forward<names::readable>, "($self, /)", nullptr),          \
      METHOD(read, "($self, size=-1, /)", ""), METHOD(peek, "($self, size=0, /)", ""),   \
      METHOD(read1, "($self, size=-1, /)", ""),                                          \
      METHOD(readinto, "($self, buffer, /)", ""),                                        \
      METHOD(readinto1, "($self, buffer, /)", ""),                                       \
      METHOD(readline, "($self, size=-1, /)", "")
#define WRITE_METHODS                                                                    \
  METHOD_UNSIGNED("writable", forward<names::writable>, "($self, /)", nullptr),          \
      METHOD(write, "($self, buffer, /)", ""), METHOD_UNSIGNED("flush", flush, "($self, /)", nullptr)

constexpr MethodDef kReaderMethods[] = {COMMON_METHODS, READ_METHODS,
                                        METHOD_UNSIGNED("flush", readerFlush, "($self, /)", nullptr), {}};
constexpr MethodDef kWriterMethods[] = {COMMON_METHODS, WRITE_METHODS, {}};
constexpr MethodDef kRandomMethods[] = {COMMON_METHODS, READ_METHODS, WRITE_METHODS, {}};

constexpr MemberDef kMembers[] = {
    MEMBER("raw", ObjectOrNone, Buffered, raw, kMemberReadOnly, nullptr),
    MEMBER("_finalizing", Bool, Buffered, finalizing, 0, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("closed", closedOf, nullptr),
    GETTER("name", forwardAttribute<names::name>, nullptr),
    GETTER("mode", forwardAttribute<names::mode>, nullptr),
    {}};

consteval Type bufferedType(const char* name, const char* doc, unsigned long flags, const MethodDef* methods, InitFn init, UnaryFn iternext) {
  return defineType<Buffered>({.name = name,
                               .doc = doc,
                               .flags = flags,
                               .base = &kBufferedIoBaseType,
                               .dict_offset = offsetof(Buffered, dict),
                               .weaklist_offset = offsetof(Buffered, weakrefs),
                               .methods = methods,
                               .members = kMembers,
                               .getset = kGetSet,
                               .make = genericNew,
                               .init = init,
                               .dealloc = slot<dealloc>,
                               .traverse = slot<traverse>,
                               .clear = slot<clear>,
                               .repr = slot<repr>,
                               .iternext = iternext});
}

}  // namespace

constinit Type kBufferedReaderType =
    bufferedType("_io.BufferedReader",
                 "BufferedReader(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\nCreate a new buffered reader using the given readable raw IO object.",
                 kBaseType, kReaderMethods, INITIALIZER(initReader, "BufferedReader", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"), slot<next>);
constinit Type kBufferedWriterType =
    bufferedType("_io.BufferedWriter",
                 "BufferedWriter(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n"
                 "A buffer for a writeable sequential RawIO object.\n\nThe default size is DEFAULT_BUFFER_SIZE.",
                 kBaseType, kWriterMethods, INITIALIZER(initWriter, "BufferedWriter", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"), nullptr);
constinit Type kBufferedRandomType =
    bufferedType("_io.BufferedRandom",
                 "BufferedRandom(raw, buffer_size=DEFAULT_BUFFER_SIZE)\n--\n\n"
                 "A buffered interface to random access streams.\n\nReads and writes share one buffer; the default size is DEFAULT_BUFFER_SIZE.",
                 kBaseType, kRandomMethods, INITIALIZER(initRandom, "BufferedRandom", "(raw, buffer_size=DEFAULT_BUFFER_SIZE)"), slot<next>);

}  // namespace habu
