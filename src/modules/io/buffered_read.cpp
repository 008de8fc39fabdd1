// Reading through the buffer.
#include <cstring>

#include "modules/io/buffered.h"
#include "object/attribute.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

namespace {

Ref<> joinBytes(ThreadState& ts, List* chunks) {
  Ref<Bytes> empty = TRY(newBytes(ts, {}));
  return callMethod(ts, empty.get(), names::join, {chunks});
}

// raw.read() again and again: for raw streams without readall().
Ref<> readByPieces(ThreadState& ts, Buffered* self, Ref<Bytes> first) {
  Ref<List> chunks = TRY(newList(ts));
  if (first) TRY(appendList(ts, chunks.get(), Ref<>(std::move(first))));
  for (;;) {
    Ref<> data = TRY(callMethod(ts, self->raw, names::read));
    if (!isNone(data.get()) && !isBytes(data.get())) return raise(ts, kTypeError, "read() should return bytes");
    if (isNone(data.get()) || static_cast<Bytes*>(data.get())->size == 0) {
      if (chunks->size == 0) return data;
      return joinBytes(ts, chunks.get());
    }
    if (self->absolute_position != -1) self->absolute_position += static_cast<Bytes*>(data.get())->size;
    TRY(appendList(ts, chunks.get(), std::move(data)));
  }
}

}  // namespace

Ref<> bufferedReadAll(ThreadState& ts, Buffered* self) {
  Index have = self->ahead();
  Ref<Bytes> head;
  if (have) {
    head = TRY(newBytes(ts, {self->buffer + self->position, size_t(have)}));
    self->position += have;
  }
  if (self->writable) TRY(flushAndRewind(ts, self));
  self->resetRead();
  Ref<> readall = TRY(findAttr(ts, self->raw, io_names::readall));
  if (!readall) return readByPieces(ts, self, std::move(head));
  Ref<> rest = TRY(call(ts, readall.get()));
  if (!isNone(rest.get()) && !isBytes(rest.get())) return raise(ts, kTypeError, "readall() should return bytes");
  if (!isNone(rest.get()) && self->absolute_position != -1) self->absolute_position += static_cast<Bytes*>(rest.get())->size;
  if (!head) return rest;
  if (isNone(rest.get())) return head;
  return concatBytes(ts, head->view(), static_cast<Bytes*>(rest.get())->view());
}

// The lock is held, the buffer has fewer than n bytes.
Ref<> bufferedRead(ThreadState& ts, Buffered* self, Index n) {
  Index have = self->ahead();
  if (n <= have) {
    Ref<Bytes> r = TRY(newBytes(ts, {self->buffer + self->position, size_t(n)}));
    self->position += n;
    return r;
  }
  Ref<Bytes> result = TRY(newBytesUninitialized(ts, n));
  char* out = result->data;
  Index remaining = n, written = 0;
  if (have > 0) {
    std::memcpy(out, self->buffer + self->position, size_t(have));
    remaining -= have;
    written += have;
    self->position += have;
  }
  if (self->writable) TRY(flushAndRewind(ts, self));
  self->resetRead();
  auto finish = [&](Index got) -> Ref<> {  // 0: end of file, -2: would block
    if (got == 0 || written > 0) return shrinkBytes(ts, std::move(result), written);
    return none();
  };
  // Whole blocks go straight into the result, the rest through the buffer.
  while (remaining > 0) {
    Index whole = remaining - remaining % self->buffer_size;
    if (whole == 0) break;
    Index got = TRY(rawRead(ts, self, out + written, whole));
    if (got <= 0) return finish(got);
    remaining -= got;
    written += got;
  }
  self->position = self->raw_position = 0;
  self->read_end = 0;
  while (remaining > 0 && self->read_end < self->buffer_size) {
    Index got = TRY(fillBuffer(ts, self));
    if (got <= 0) return finish(got);
    Index taken = got < remaining ? got : remaining;
    std::memcpy(out + written, self->buffer + self->position, size_t(taken));
    written += taken;
    self->position += taken;
    remaining -= taken;
  }
  return shrinkBytes(ts, std::move(result), written);
}

namespace {

// The line that lies in the buffer already, as far as `limit` lets: its length, or -1.
Index lineInBuffer(Buffered* self, Index limit, Index& searched) {
  Index n = self->ahead();
  if (limit >= 0 && n > limit) n = limit;
  const char* start = self->buffer + self->position;
  const void* end = n ? std::memchr(start, '\n', size_t(n)) : nullptr;
  if (end) return static_cast<const char*>(end) - start + 1;
  searched = n;
  return n == limit ? n : -1;
}

}  // namespace

Ref<> bufferedReadline(ThreadState& ts, Buffered* self, Index limit) {
  TRY(checkOpen(ts, self, "readline of closed file"));
  Index searched = 0;
  Index length = lineInBuffer(self, limit, searched);
  if (length >= 0) {
    Ref<Bytes> line = TRY(newBytes(ts, {self->buffer + self->position, size_t(length)}));
    self->position += length;
    return line;
  }
  HOLD(lock);
  Ref<List> chunks;
  Ref<Bytes> last;
  auto keep = [&](Ref<Bytes> piece) -> Status {
    if (last) {
      if (!chunks) chunks = TRY(newList(ts));
      TRY(appendList(ts, chunks.get(), Ref<>(std::move(last))));
    }
    last = std::move(piece);
    return kDone;
  };
  if (searched > 0) {
    TRY(keep(TRY(newBytes(ts, {self->buffer + self->position, size_t(searched)}))));
    self->position += searched;
    if (limit >= 0) limit -= searched;
  }
  if (self->writable) TRY(flushAndRewind(ts, self));
  for (;;) {
    self->resetRead();
    Index got = TRY(fillBuffer(ts, self));
    if (got <= 0) break;
    if (limit >= 0 && got > limit) got = limit;
    const void* end = std::memchr(self->buffer, '\n', size_t(got));
    Index taken = end ? static_cast<const char*>(end) - self->buffer + 1 : got;
    self->position = taken;
    TRY(keep(TRY(newBytes(ts, {self->buffer, size_t(taken)}))));
    if (limit >= 0) limit -= taken;
    if (end || limit == 0) break;
  }
  if (!last) return newBytes(ts, {});
  if (!chunks) return last;
  TRY(appendList(ts, chunks.get(), Ref<>(std::move(last))));
  return joinBytes(ts, chunks.get());
}

}  // namespace habu
