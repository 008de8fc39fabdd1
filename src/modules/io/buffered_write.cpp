// Writing through the buffer.
#include <cstring>

#include "modules/io/buffered.h"
#include "object/gil.h"
#include "types/bytes.h"

namespace habu {

namespace {

// The buffer could not be emptied: what fits of `data` is kept. Succeeds with all of it, or raises BlockingIOError.
Result<Index> keepWhatFits(ThreadState& ts, Buffered* self, std::string_view data) {
  if (self->readable) self->resetRead();
  std::memmove(self->buffer, self->buffer + self->write_position, size_t(self->write_end - self->write_position));
  self->write_end -= self->write_position;
  self->raw_position -= self->write_position;
  self->position -= self->write_position;
  self->write_position = 0;
  Index room = self->buffer_size - self->write_end;
  Index taken = Index(data.size()) < room ? Index(data.size()) : room;
  std::memcpy(self->buffer + self->write_end, data.data(), size_t(taken));
  self->write_end += taken;
  self->position += taken;
  if (size_t(taken) < data.size()) return raiseWouldBlock(ts, taken);
  clearError(ts);
  return taken;
}

}  // namespace

Result<Index> bufferedWrite(ThreadState& ts, Buffered* self, std::string_view data) {
  if (!self->holdsRead() && !self->holdsWrite()) self->position = self->raw_position = 0;
  Index size = Index(data.size());
  if (size <= self->buffer_size - self->position && size < self->buffer_size) {
    std::memcpy(self->buffer + self->position, data.data(), data.size());
    if (!self->holdsWrite() || self->write_position > self->position) self->write_position = self->position;
    self->moveTo(self->position + size);
    if (self->write_end < self->position) self->write_end = self->position;
    return size;
  }
  if (flushWrites(ts, self).failed()) {
    if (!errorMatches(ts, kBlockingIOError)) return Raised{};
    return keepWhatFits(ts, self, data);
  }
  // Where the raw stream has read ahead, it must go back first.
  if (Index offset = self->rawOffset()) {
    TRY(rawSeek(ts, self, -offset, 1));
    self->raw_position -= offset;
  }
  Index remaining = size, written = 0;
  while (remaining > self->buffer_size) {
    Index n = TRY(rawWrite(ts, self, data.data() + written, remaining));
    if (n == -2) {
      if (remaining <= self->buffer_size) break;
      std::memcpy(self->buffer, data.data() + written, size_t(self->buffer_size));
      self->raw_position = 0;
      self->moveTo(self->buffer_size);
      self->write_position = 0;
      self->write_end = self->buffer_size;
      return raiseWouldBlock(ts, written + self->buffer_size);
    }
    written += n;
    remaining -= n;
    TRY(checkSignals(ts));
  }
  if (self->readable) self->resetRead();
  std::memcpy(self->buffer, data.data() + written, size_t(remaining));
  self->write_position = 0;
  self->write_end = remaining;
  self->moveTo(remaining);
  self->raw_position = 0;
  return size;
}

Status bufferedFlush(ThreadState& ts, Buffered* self) {
  TRY(checkInitialized(ts, self));
  TRY(checkOpen(ts, self, "flush of closed file"));
  HOLD(lock);
  return flushAndRewind(ts, self);
}

}  // namespace habu
