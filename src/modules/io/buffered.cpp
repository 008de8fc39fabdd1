#include "modules/io/buffered.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

#include "object/attribute.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// While the interpreter shuts down, other threads never run again: one of them may hold the lock for ever.
bool waitForBuffer(ThreadState& ts, Buffered* self) {
  bool finalizing = mainInterpreter.finalizing;
  GilRelease allow(ts);
  if (!finalizing) return pthread_mutex_lock(&self->lock) == 0;
  timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  ++until.tv_sec;
  return pthread_mutex_timedlock(&self->lock, &until) == 0;
}

[[noreturn]] void lockUnavailable(ThreadState& ts, Buffered* self) {
  Ref<Str> shown = asciiOf(ts, self);
  if (!shown) clearError(ts);
  std::fprintf(stderr,
               "Fatal Python error: _enter_buffered_busy: could not acquire lock for %s at interpreter shutdown, possibly due to "
               "daemon threads\nPython runtime state: finalizing (tstate=%p)\n\n",
               shown ? static_cast<const char*>(shown->data()) : "<stream>", static_cast<void*>(&ts));
  std::abort();
}

}  // namespace

BufferLock::BufferLock(ThreadState& ts, Buffered* self) : self_(self), held_(true) {
  if (pthread_mutex_trylock(&self->lock) != 0) {
    if (self->owner == ts.thread_id) {
      (void)raise(ts, kRuntimeError, "reentrant call inside {!r}", static_cast<Object*>(self));
      held_ = false;
      return;
    }
    if (!waitForBuffer(ts, self)) lockUnavailable(ts, self);
  }
  self->owner = ts.thread_id;
}

void BufferLock::release() {
  if (!held_) return;
  held_ = false;
  self_->owner = 0;
  pthread_mutex_unlock(&self_->lock);
}

Status checkInitialized(ThreadState& ts, Buffered* self) {
  if (self->ok) [[likely]] return kDone;
  return raise(ts, kValueError, self->detached ? "raw stream has been detached" : "I/O operation on uninitialized object");
}

Result<bool> bufferedClosed(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  if (self->direct) return static_cast<FileIo*>(self->raw)->fd < 0;
  return isClosed(ts, self->raw);
}

Status checkOpen(ThreadState& ts, Buffered* self, const char* message) {
  TRY(checkInitialized(ts, self));
  bool closed = !self->buffer || TRY(bufferedClosed(ts, self));
  if (closed && self->ahead() == 0) return raise(ts, kValueError, message);
  return kDone;
}

Status startBuffer(ThreadState& ts, Buffered* self, Object* raw, Index size) {
  if (size <= 0) return raise(ts, kValueError, "buffer size must be strictly positive");
  setField(self->raw, Ref<>::share(raw));
  std::free(self->buffer);
  self->buffer = static_cast<char*>(std::malloc(size_t(size)));
  if (!self->buffer) return raiseNoMemory(ts);
  self->buffer_size = size;
  if (!self->has_lock) {
    pthread_mutex_init(&self->lock, nullptr);
    self->has_lock = true;
  }
  self->owner = 0;
  self->position = self->raw_position = 0;
  if (rawTell(ts, self).failed()) clearError(ts);
  return kDone;
}

Result<long long> rawTell(ThreadState& ts, Buffered* self) {
  Ref<> r = TRY(callMethod(ts, self->raw, names::tell));
  long long n = TRY(asOffset(ts, r.get()));
  if (n < 0) return raise(ts, kOSError, "Raw stream returned invalid position {}", n);
  self->absolute_position = n;
  return n;
}

Result<long long> rawSeek(ThreadState& ts, Buffered* self, long long offset, int whence) {
  Ref<Int> target = TRY(newInt(ts, offset)), from = TRY(newInt(ts, whence));
  Ref<> r = TRY(callMethod(ts, self->raw, names::seek, {target.get(), from.get()}));
  long long n = TRY(asOffset(ts, r.get()));
  if (n < 0) return raise(ts, kOSError, "Raw stream returned invalid position {}", n);
  self->absolute_position = n;
  return n;
}

namespace {

// An OSError with `message` whose cause is the pending exception.
Raised raiseFromPending(ThreadState& ts, const char* message) {
  Ref<> cause = takeRaised(ts);
  (void)raise(ts, kOSError, message);
  Ref<> error = takeRaised(ts);
  if (!error) return Raised{};
  static constinit Name cause_name{"__cause__"}, context_name{"__context__"};
  TRY(setAttr(ts, error.get(), cause_name, cause.get()));
  TRY(setAttr(ts, error.get(), context_name, cause.get()));
  return raiseInstance(ts, error.get());
}

// raw.readinto(): the raw stream gets memory of its own, which may outlive the call.
Result<Index> readThroughMethod(ThreadState& ts, Buffered* self, char* out, Index size) {
  Ref<ByteArray> target = TRY(newByteArray(ts, {}));
  TRY(resizeByteArray(ts, target.get(), size));
  std::memset(target->start, 0, size_t(size));
  Ref<> view = TRY(call(ts, &kMemoryViewType, {target.get()}));
  Ref<> r = TRY(callRetrying(ts, self->raw, io_names::readinto, {view.get()}));
  if (isNone(r.get())) return -2;
  Result<Index> count = asIndex(ts, r.get(), &kValueError);
  if (count.failed()) return raiseFromPending(ts, "raw readinto() failed");
  Index n = count.take();
  if (n < 0 || n > size)
    return raise(ts, kOSError, "raw readinto() returned invalid length {} (should have been between 0 and {})", n, size);
  std::memcpy(out, target->start, size_t(n));
  return n;
}

Result<Index> writeThroughMethod(ThreadState& ts, Buffered* self, const char* data, Index size) {
  Ref<Bytes> copy = TRY(newBytes(ts, {data, size_t(size)}));
  Ref<> view = TRY(call(ts, &kMemoryViewType, {copy.get()}));
  Ref<> r = TRY(callRetrying(ts, self->raw, names::write, {view.get()}));
  if (isNone(r.get())) return -2;
  Index n = TRY(asIndex(ts, r.get(), &kValueError));
  if (n < 0 || n > size)
    return raise(ts, kOSError, "raw write() returned invalid length {} (should have been between 0 and {})", n, size);
  return n;
}

}  // namespace

Result<Index> rawRead(ThreadState& ts, Buffered* self, char* out, Index size) {
  Index n;
  if (self->direct) {
    auto* file = static_cast<FileIo*>(self->raw);
    if (!file->readable) return raise(ts, *unsupported_operation, "File not open for reading");
    n = TRY(readFile(ts, file, out, size));
  } else {
    n = TRY(readThroughMethod(ts, self, out, size));
  }
  if (n > 0 && self->absolute_position != -1) self->absolute_position += n;
  return n;
}

Result<Index> rawWrite(ThreadState& ts, Buffered* self, const char* data, Index size) {
  Index n;
  if (self->direct) {
    auto* file = static_cast<FileIo*>(self->raw);
    if (!file->writable) return raise(ts, *unsupported_operation, "File not open for writing");
    n = TRY(writeFile(ts, file, data, size));
  } else {
    n = TRY(writeThroughMethod(ts, self, data, size));
  }
  if (n > 0 && self->absolute_position != -1) self->absolute_position += n;
  return n;
}

Result<Index> fillBuffer(ThreadState& ts, Buffered* self) {
  Index start = self->holdsRead() ? self->read_end : 0;
  Index n = TRY(rawRead(ts, self, self->buffer + start, self->buffer_size - start));
  if (n > 0) self->read_end = self->raw_position = start + n;
  return n;
}

Raised raiseWouldBlock(ThreadState& ts, Index written) {
  clearError(ts);
  Ref<Int> number = TRY(newInt(ts, EAGAIN)), count = TRY(newInt(ts, written));
  Ref<Str> text = TRY(newStr(ts, "write could not complete without blocking"));
  Ref<Tuple> args = TRY(packTuple(ts, {number.get(), text.get(), count.get()}));
  return raiseValue(ts, kBlockingIOError, args.get());
}

Status flushWrites(ThreadState& ts, Buffered* self) {
  if (self->holdsWrite() && self->write_position != self->write_end) {
    Index rewind = self->rawOffset() + (self->position - self->write_position);
    if (rewind != 0) {
      TRY(rawSeek(ts, self, -rewind, 1));
      self->raw_position -= rewind;
    }
    while (self->write_position < self->write_end) {
      Index n = TRY(rawWrite(ts, self, self->buffer + self->write_position, self->write_end - self->write_position));
      if (n == -2) return raiseWouldBlock(ts, 0);
      self->write_position += n;
      self->raw_position = self->write_position;
      // A signal may have cut the write short: its handler runs before we block again.
      TRY(checkSignals(ts));
    }
  }
  self->resetWrite();
  return kDone;
}

Status flushAndRewind(ThreadState& ts, Buffered* self) {
  TRY(flushWrites(ts, self));
  if (self->readable) {
    // The raw stream's position becomes the one the user sees.
    Result<long long> moved = rawSeek(ts, self, -self->rawOffset(), 1);
    self->resetRead();
    if (moved.failed()) return Raised{};
  }
  return kDone;
}

}  // namespace habu
