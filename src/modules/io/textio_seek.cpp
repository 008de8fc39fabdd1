// Positions of a text stream. tell() returns a cookie: a number that packs everything needed to come back -
//
//   bits 0-63    where in the bytes a decoder must start
//   bits 64-95   the decoder's flags there
//   bits 96-127  how many bytes to feed it
//   bits 128-159 how many of the resulting characters to skip
//   bit  160     whether it must be told that the file ends there
//
// Mostly all but the first are zero and the cookie is the position in the bytes.
#include <cstring>

#include "modules/io/textio.h"
#include "object/attribute.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct Cookie {
  long long start = 0;
  int flags = 0, feed = 0, skip = 0;
  char need_eof = 0;
};
constexpr size_t kCookieSize = 21;

Ref<Int> packCookie(ThreadState& ts, const Cookie& c) {
  unsigned char b[kCookieSize];
  std::memcpy(b, &c.start, 8);
  std::memcpy(b + 8, &c.flags, 4);
  std::memcpy(b + 12, &c.feed, 4);
  std::memcpy(b + 16, &c.skip, 4);
  b[20] = static_cast<unsigned char>(c.need_eof);
  return intFromBytes(ts, b, kCookieSize, true, false);
}

Result<Cookie> unpackCookie(ThreadState& ts, Object* o) {
  unsigned char b[kCookieSize];
  Ref<Int> i = TRY(indexObject(ts, o));
  if (!intToBytes(i.get(), b, kCookieSize, true, false))
    return raise(ts, kOverflowError, i->size < 0 ? "can't convert negative int to unsigned" : "int too big to convert");
  Cookie c;
  std::memcpy(&c.start, b, 8);
  std::memcpy(&c.flags, b + 8, 4);
  std::memcpy(&c.feed, b + 12, 4);
  std::memcpy(&c.skip, b + 16, 4);
  c.need_eof = char(b[20]);
  return c;
}

Status setDecoder(ThreadState& ts, TextIo* self, long long start, int flags) {
  if (start == 0 && flags == 0) {
    Ref<> done = TRY(callMethod(ts, self->decoder, io_names::reset));
    return kDone;
  }
  Ref<Bytes> empty = TRY(newBytes(ts, {}));
  Ref<Int> number = TRY(newInt(ts, flags));
  Ref<Tuple> state = TRY(packTuple(ts, {empty.get(), number.get()}));
  Ref<> done = TRY(callMethod(ts, self->decoder, io_names::setstate, {state.get()}));
  return kDone;
}

Status setSnapshot(ThreadState& ts, TextIo* self, int flags, Object* bytes) {
  Ref<Int> number = TRY(newInt(ts, flags));
  setField(self->snapshot, Ref<>(TRY(packTuple(ts, {number.get(), bytes}))));
  return kDone;
}

Ref<> seekEnd(ThreadState& ts, TextIo* self) {
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  dropDecoded(self);
  clearField(self->snapshot);
  if (self->decoder) done = TRY(callMethod(ts, self->decoder, io_names::reset));
  Ref<Int> two = TRY(newInt(ts, 2));
  Ref<> at = TRY(callMethod(ts, self->buffer, names::seek, {smallInt(0), two.get()}));
  if (self->encoder) TRY(resetEncoder(ts, self, TRY(equalObjects(ts, at.get(), smallInt(0)))));
  return at;
}

Ref<> seekCookie(ThreadState& ts, TextIo* self, Object* position) {
  if (TRY(compareBool(ts, position, smallInt(0), CompareOp::Lt)))
    return raise(ts, kValueError, "negative seek position {!r}", position);
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  Cookie c = TRY(unpackCookie(ts, position));
  Ref<Int> start = TRY(newInt(ts, c.start));
  done = TRY(callMethod(ts, self->buffer, names::seek, {start.get()}));
  dropDecoded(self);
  clearField(self->snapshot);
  if (self->decoder) TRY(setDecoder(ts, self, c.start, c.flags));
  if (c.skip) {
    Ref<Int> feed = TRY(newInt(ts, c.feed));
    Ref<> input = TRY(callMethod(ts, self->buffer, names::read, {feed.get()}));
    if (!isBytes(input.get()))
      return raise(ts, kTypeError, "underlying read() should have returned a bytes object, not '{:.200}'", typeName(input.get()));
    TRY(setSnapshot(ts, self, c.flags, input.get()));
    Ref<Str> text = TRY(decodeChunk(ts, self->decoder, input.get(), c.need_eof));
    if (text->length < c.skip) return raise(ts, kOSError, "can't restore logical file position");
    setField(self->decoded, std::move(text));
    self->used = c.skip;
  } else {
    Ref<Bytes> empty = TRY(newBytes(ts, {}));
    TRY(setSnapshot(ts, self, c.flags, empty.get()));
  }
  if (self->encoder) TRY(resetEncoder(ts, self, c.start == 0 && c.flags == 0));
  return Ref<>::share(position);
}

// Replays the decoding of `input` to find the last point before the wanted character where the decoder holds no bytes.
class PositionFinder {
 public:
  PositionFinder(ThreadState& ts, TextIo* self, Cookie& cookie, std::string_view input, Index skip)
      : ts_(ts), self_(self), cookie_(cookie), input_(input), skip_(skip) {}

  Status find() {
    size_t from = TRY(guess());
    cookie_.start += static_cast<long long>(from);
    if (skip_ > 0) TRY(stepByBytes(from));
    cookie_.skip = int(skip_);
    return kDone;
  }

 private:
  struct State {
    Index held;
    int flags;
  };
  Result<Index> decode(std::string_view bytes, bool final = false) {
    Ref<Bytes> b = TRY(newBytes(ts_, bytes));
    return TRY(decodeChunk(ts_, self_->decoder, b.get(), final))->length;
  }
  Result<State> state() {
    Ref<> r = TRY(callMethod(ts_, self_->decoder, io_names::getstate));
    if (!isTuple(r.get()) || static_cast<Tuple*>(r.get())->size != 2) return raise(ts_, kTypeError, "illegal decoder state");
    auto* t = static_cast<Tuple*>(r.get());
    if (!isBytes(t->items[0]))
      return raise(ts_, kTypeError, "illegal decoder state: the first item should be a bytes object, not '{:.200}'",
                   typeName(t->items[0]));
    return State{static_cast<Bytes*>(t->items[0])->size, TRY(asCInt(ts_, t->items[1]))};
  }
  // A good start by the ratio of bytes to characters, stepping back in growing strides while it is too far.
  Result<size_t> guess() {
    auto bytes = Index(self_->bytes_per_char * static_cast<double>(skip_));
    Index stride = 1;
    if (bytes > Index(input_.size())) bytes = Index(input_.size());
    while (bytes > 0) {
      TRY(setDecoder(ts_, self_, cookie_.start, cookie_.flags));
      Index chars = TRY(decode(input_.substr(0, size_t(bytes))));
      if (chars <= skip_) {
        State s = TRY(state());
        if (s.held == 0) {
          cookie_.flags = s.flags;
          skip_ -= chars;
          return size_t(bytes);
        }
        bytes -= s.held;
        stride = 1;
      } else {
        bytes -= stride;
        stride *= 2;
      }
    }
    TRY(setDecoder(ts_, self_, cookie_.start, cookie_.flags));
    return size_t(0);
  }
  Status stepByBytes(size_t from) {
    Index chars = 0;
    size_t i = from;
    for (; i < input_.size(); ++i) {
      chars += TRY(decode(input_.substr(i, 1)));
      ++cookie_.feed;
      State s = TRY(state());
      if (s.held == 0 && chars <= skip_) {  // a safe point further on
        cookie_.start += cookie_.feed;
        skip_ -= chars;
        cookie_.flags = s.flags;
        cookie_.feed = 0;
        chars = 0;
      }
      if (chars >= skip_) return kDone;
    }
    chars += TRY(decode({}, true));
    cookie_.need_eof = 1;
    if (chars < skip_) return raise(ts_, kOSError, "can't reconstruct logical file position");
    return kDone;
  }

  ThreadState& ts_;
  TextIo* self_;
  Cookie& cookie_;
  std::string_view input_;
  Index skip_;
};

}  // namespace

Ref<> seekText(ThreadState& ts, TextIo* self, Object* position, int whence) {
  TRY(checkAttached(ts, self));
  TRY(checkTextOpen(ts, self));
  if (!self->seekable) return raiseUnsupported(ts, "underlying stream is not seekable");
  Ref<> target = Ref<>::share(position);
  if (whence == 1) {
    if (!TRY(equalObjects(ts, position, smallInt(0)))) return raiseUnsupported(ts, "can't do nonzero cur-relative seeks");
    target = TRY(callMethod(ts, self, names::tell));
  } else if (whence == 2) {
    if (!TRY(equalObjects(ts, position, smallInt(0)))) return raiseUnsupported(ts, "can't do nonzero end-relative seeks");
    return seekEnd(ts, self);
  } else if (whence != 0) {
    return raise(ts, kValueError, "invalid whence ({}, should be 0, 1 or 2)", whence);
  }
  return seekCookie(ts, self, target.get());
}

Ref<> tellText(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  TRY(checkTextOpen(ts, self));
  if (!self->seekable) return raiseUnsupported(ts, "underlying stream is not seekable");
  if (!self->telling) return raise(ts, kOSError, "telling position disabled by next() call");
  TRY(flushPending(ts, self));
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  Ref<> at = TRY(callMethod(ts, self->buffer, names::tell));
  if (!self->decoder || !self->snapshot) return at;
  Cookie c;
  c.start = TRY(asOffset(ts, at.get()));
  Ref<Tuple> snapshot = share(static_cast<Tuple*>(self->snapshot));
  c.flags = TRY(asCInt(ts, snapshot->items[0]));
  if (!isBytes(snapshot->items[1])) return raise(ts, kTypeError, "illegal decoder state");
  std::string_view input = static_cast<Bytes*>(snapshot->items[1])->view();
  c.start -= static_cast<long long>(input.size());
  if (self->used == 0) return packCookie(ts, c);
  Ref<> saved = TRY(callMethod(ts, self->decoder, io_names::getstate));
  Status found = PositionFinder(ts, self, c, input, self->used).find();
  PendingError error = PendingError::take(ts);
  Ref<> restored = callMethod(ts, self->decoder, io_names::setstate, {saved.get()});
  if (found.failed()) {
    if (!restored) clearError(ts);
    std::move(error).restore(ts);
    return Raised{};
  }
  if (!restored) return Raised{};
  return packCookie(ts, c);
}

}  // namespace habu
