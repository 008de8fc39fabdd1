#include "modules/io/textio.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/number.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

void dropDecoded(TextIo* self) {
  self->used = 0;
  clearField(self->decoded);
}

Ref<Str> decodeChunk(ThreadState& ts, Object* decoder, Object* bytes, bool eof) {
  if (isExact(decoder, kNewlineDecoderType)) return decodeNewlines(ts, decoder, bytes, eof);
  Ref<> text = TRY(callMethod(ts, decoder, names::decode, {bytes, eof ? trueObject() : falseObject()}));
  if (!isStr(text.get()))
    return raise(ts, kTypeError, "decoder should return a string result, not '{:.200}'", typeName(text.get()));
  return cast<Str>(std::move(text));
}

namespace {

// Takes up to n (negative: all) of the decoded characters.
Ref<Str> takeDecoded(ThreadState& ts, TextIo* self, Index n) {
  if (!self->decoded) return emptyStr();
  Index have = self->decoded->length - self->used;
  if (n < 0 || n > have) n = have;
  Ref<Str> r = self->used == 0 && n == self->decoded->length ? share(self->decoded)
                                                             : TRY(substring(ts, self->decoded, self->used, self->used + n));
  self->used += n;
  return r;
}

struct DecoderState {
  Ref<> buffer, flags;
};

Result<DecoderState> decoderState(ThreadState& ts, TextIo* self) {
  DecoderState s;
  Ref<> state = TRY(callMethod(ts, self->decoder, io_names::getstate));
  if (!isTuple(state.get()) || static_cast<Tuple*>(state.get())->size != 2) return raise(ts, kTypeError, "illegal decoder state");
  auto* t = static_cast<Tuple*>(state.get());
  if (!isBytes(t->items[0]))
    return raise(ts, kTypeError, "illegal decoder state: the first item should be a bytes object, not '{:.200}'", typeName(t->items[0]));
  s.buffer = Ref<>::share(t->items[0]);
  s.flags = Ref<>::share(t->items[1]);
  return s;
}

// Reads and decodes one more chunk; false at the end of the file.
Result<bool> readChunk(ThreadState& ts, TextIo* self, Index hint) {
  if (!self->decoder) return raiseUnsupported(ts, "not readable");
  DecoderState before;
  if (self->telling) before = TRY(decoderState(ts, self));
  if (hint > 0) hint = Index((self->bytes_per_char > 1.0 ? self->bytes_per_char : 1.0) * static_cast<double>(hint));
  Ref<Int> size = TRY(newInt(ts, hint > self->chunk_size ? hint : self->chunk_size));
  Ref<> input = TRY(callMethod(ts, self->buffer, self->has_read1 ? io_names::read1 : names::read, {size.get()}));
  Index bytes;
  {
    Result<BufferView> view = BufferView::of(ts, input.get());
    if (view.failed())
      return raise(ts, kTypeError, "underlying {}() should have returned a bytes-like object, not '{:.200}'",
                   self->has_read1 ? "read1" : "read", typeName(input.get()));
    bytes = view.take().size();
  }
  bool eof = bytes == 0;
  Ref<Str> text = TRY(decodeChunk(ts, self->decoder, input.get(), eof));
  Index chars = text->length;
  dropDecoded(self);
  self->decoded = text.release();
  self->bytes_per_char = chars > 0 ? static_cast<double>(bytes) / static_cast<double>(chars) : 0.0;
  if (chars > 0) eof = false;
  if (self->telling) {
    // At the snapshot's point the decoder had flags and these undecoded bytes before the chunk.
    BufferView view = TRY(BufferView::of(ts, input.get()));
    Ref<Bytes> next = TRY(concatBytes(ts, static_cast<Bytes*>(before.buffer.get())->view(), view.bytes()));
    setField(self->snapshot, Ref<>(TRY(packTuple(ts, {before.flags.get(), next.get()}))));
  }
  return !eof;
}

// As above, once more when interrupted.
Result<bool> readChunkRetrying(ThreadState& ts, TextIo* self, Index hint) {
  for (;;) {
    Result<bool> r = readChunk(ts, self, hint);
    if (!r.failed() || !trapInterrupted(ts)) return r;
  }
}

// The texts collected so far, joined.
class Pieces {
 public:
  explicit Pieces(ThreadState& ts) : ts_(ts) {}
  Status add(Ref<Str> piece) {
    if (!piece->length) return kDone;
    if (!one_) {
      one_ = std::move(piece);
      return kDone;
    }
    if (!many_) {
      many_ = TRY(newList(ts_));
      TRY(appendList(ts_, many_.get(), one_.get()));
    }
    return appendList(ts_, many_.get(), Ref<>(std::move(piece)));
  }
  Ref<Str> join() {
    if (!one_) return emptyStr();
    if (!many_) return std::move(one_);
    Ref<Str> empty = emptyStr();
    return joinStrs(ts_, empty.get(), {many_->items, size_t(many_->size)});
  }

 private:
  ThreadState& ts_;
  Ref<Str> one_;
  Ref<List> many_;
};

}  // namespace

Ref<Str> readText(ThreadState& ts, TextIo* self, Index n) {
  TRY(checkAttached(ts, self));
  TRY(checkTextOpen(ts, self));
  if (!self->decoder) return raiseUnsupported(ts, "not readable");
  TRY(flushPending(ts, self));
  if (n < 0) {
    Ref<> bytes = TRY(callMethod(ts, self->buffer, names::read));
    Ref<Str> rest = TRY(decodeChunk(ts, self->decoder, bytes.get(), true));
    Ref<Str> head = TRY(takeDecoded(ts, self, -1));
    Ref<Str> all = head->length ? TRY(concatStr(ts, head.get(), rest.get())) : std::move(rest);
    if (self->snapshot) {
      dropDecoded(self);
      clearField(self->snapshot);
    }
    return all;
  }
  Pieces pieces(ts);
  Ref<Str> part = TRY(takeDecoded(ts, self, n));
  Index remaining = n - part->length;
  TRY(pieces.add(std::move(part)));
  while (remaining > 0) {
    if (!TRY(readChunkRetrying(ts, self, remaining))) break;
    part = TRY(takeDecoded(ts, self, remaining));
    remaining -= part->length;
    TRY(pieces.add(std::move(part)));
  }
  return pieces.join();
}

Ref<Str> readTextLine(ThreadState& ts, TextIo* self, Index limit) {
  TRY(checkAttached(ts, self));
  TRY(checkTextOpen(ts, self));
  TRY(flushPending(ts, self));
  LineEnd ends{self->translate_read, self->universal, self->read_newline};
  Pieces pieces(ts);
  Ref<Str> held;  // the start of what may be a line end, cut off by a chunk's end
  Index given = 0;
  for (;;) {
    bool more = true;
    while (more && (!self->decoded || self->used >= self->decoded->length)) more = TRY(readChunkRetrying(ts, self, 0));
    if (!more) {
      dropDecoded(self);
      clearField(self->snapshot);
      if (held) TRY(pieces.add(std::move(held)));
      break;
    }
    Ref<Str> line = share(self->decoded);
    Index start = self->used, offset = 0;
    if (held) {
      offset = held->length;
      line = TRY(concatStr(ts, held.get(), line.get()));
      start = 0;
      held = {};
    }
    Index consumed = 0;
    Index end = findLineEnd(ends, line.get(), start, line->length, consumed);
    bool found = end >= 0;
    if (!found) end = consumed;
    if (limit >= 0 && end - start + given >= limit) {
      end = start + limit - given;
      found = true;
    }
    if (found) {
      if (self->decoded) self->used = end - offset;
      TRY(pieces.add(TRY(substring(ts, line.get(), start, end))));
      break;
    }
    if (end > start) {
      given += end - start;
      TRY(pieces.add(TRY(substring(ts, line.get(), start, end))));
    }
    if (end < line->length) held = TRY(substring(ts, line.get(), end, line->length));
    dropDecoded(self);
  }
  return pieces.join();
}

}  // namespace habu
