// BytesIO: a buffered stream in memory. The buffer is a bytes object, shared with getvalue() as long as nobody writes.
#include <cstring>

#include "modules/io/io.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct BytesIo : Object {
  Bytes* buffer;  // null: closed. Its size is the capacity
  Index position, length;
  Dict* dict;
  Object* weakrefs;
  Index exports;  // held by getbuffer()
};

// What getbuffer()'s memoryview looks at: forwards to its BytesIO and counts the exports.
struct BytesIoBuffer : Object {
  BytesIo* source;
};

#define CHECK_OPEN() \
  if (!self->buffer) return raiseClosed(ts)

Status checkExports(ThreadState& ts, BytesIo* self) {
  if (self->exports > 0) return raise(ts, kBufferError, "Existing exports of data: object cannot be re-sized");
  return kDone;
}

bool isShared(const BytesIo* self) { return self->buffer->refcount > 1; }

// An unshared buffer of the given capacity with the same contents.
Status reallocateBuffer(ThreadState& ts, BytesIo* self, Index capacity) {
  Ref<Bytes> fresh = TRY(newBytesUninitialized(ts, capacity));
  Index kept = self->length < capacity ? self->length : capacity;
  std::memcpy(fresh->data, self->buffer->data, size_t(kept));
  setField(self->buffer, std::move(fresh));
  return kDone;
}

Status resizeBuffer(ThreadState& ts, BytesIo* self, Index size) {
  Index capacity = self->buffer->size;
  if (size <= capacity && size >= capacity / 2 && !isShared(self)) return kDone;
  if (size > capacity) {
    if (size > PTRDIFF_MAX - size / 8 - 16) return raise(ts, kOverflowError, "new buffer size too large");
    capacity = size <= capacity * 9 / 8 ? size + size / 8 + (size < 9 ? 3 : 6) : size + 1;
  } else {
    capacity = size + (size < self->buffer->size / 2 ? 1 : 0);
  }
  return reallocateBuffer(ts, self, capacity);
}

Result<Index> writeData(ThreadState& ts, BytesIo* self, std::string_view data) {
  Index n = Index(data.size());
  if (n == 0) return Index(0);
  if (n > PTRDIFF_MAX - self->position) return raise(ts, kOverflowError, "new buffer size too large");
  Index end = self->position + n;
  if (end > self->buffer->size || isShared(self)) {
    if (end > self->buffer->size) TRY(resizeBuffer(ts, self, end));
    else TRY(reallocateBuffer(ts, self, self->buffer->size));
  }
  if (self->position > self->length)
    std::memset(self->buffer->data + self->length, 0, size_t(self->position - self->length));
  std::memcpy(self->buffer->data + self->position, data.data(), data.size());
  self->position = end;
  if (self->length < end) self->length = end;
  return n;
}

Result<Index> writeBytes(ThreadState& ts, BytesIo* self, Object* data) {
  CHECK_OPEN();
  TRY(checkExports(ts, self));
  if (isExact(data, kBytesType)) return writeData(ts, self, static_cast<Bytes*>(data)->view());
  BufferView view = TRY(BufferView::of(ts, data));
  CHECK_OPEN();  // the buffer's owner may have closed us
  TRY(checkExports(ts, self));
  return writeData(ts, self, view.bytes());
}

// Takes `n` bytes at the position; the whole buffer is handed out without a copy.
Ref<Bytes> takeBytes(ThreadState& ts, BytesIo* self, Index n) {
  if (n > 1 && self->position == 0 && n == self->buffer->size && n == self->length) {
    self->position = n;
    return share(self->buffer);
  }
  const char* from = self->buffer->data + self->position;
  self->position += n;
  return newBytes(ts, {from, size_t(n)});
}

Index available(const BytesIo* self) { return self->length > self->position ? self->length - self->position : 0; }

Index lineLength(BytesIo* self, Index limit) {
  Index n = available(self);
  if (!n) return 0;
  const char* start = self->buffer->data + self->position;
  const void* end = std::memchr(start, '\n', size_t(n));
  if (end) n = static_cast<const char*>(end) - start + 1;
  return limit >= 0 && n > limit ? limit : n;
}

// ---- methods ----
Result<bool> yes(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  return true;
}
Result<bool> isatty(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  return false;
}
Status flush(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  return kDone;
}
Result<Index> tell(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  return self->position;
}

Ref<Bytes> getvalue(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  if (self->length != self->buffer->size) {
    if (self->length > 1 && self->exports == 0) TRY(reallocateBuffer(ts, self, self->length));
    else return newBytes(ts, {self->buffer->data, size_t(self->length)});
  }
  return share(self->buffer);
}

Ref<Bytes> read(ThreadState& ts, BytesIo* self, OptionalSize size) {
  CHECK_OPEN();
  Index n = available(self);
  if (size.value >= 0 && size.value < n) n = size.value;
  return takeBytes(ts, self, n);
}

Ref<Bytes> readline(ThreadState& ts, BytesIo* self, OptionalSize size) {
  CHECK_OPEN();
  return takeBytes(ts, self, lineLength(self, size.value));
}

Ref<> readlines(ThreadState& ts, BytesIo* self, Object* hint) {
  CHECK_OPEN();
  Index most = 0;
  if (hint && hasIndex(hint)) most = TRY(asIndex(ts, hint, nullptr));
  else if (hint && !isNone(hint)) return raise(ts, kTypeError, "integer argument expected, got '{}'", typeName(hint));
  Ref<List> lines = TRY(newList(ts));
  Index total = 0;
  while (Index n = lineLength(self, -1)) {
    Ref<Bytes> line = TRY(takeBytes(ts, self, n));
    TRY(appendList(ts, lines.get(), Ref<>(std::move(line))));
    total += n;
    if (most > 0 && total >= most) break;
  }
  return lines;
}

Result<Index> readinto(ThreadState& ts, BytesIo* self, Object* target) {
  BufferView view = TRY(BufferView::of(ts, target, kBufferWritable));
  CHECK_OPEN();
  Index n = view.size() < available(self) ? view.size() : available(self);
  std::memcpy(view.data(), self->buffer->data + self->position, size_t(n));
  self->position += n;
  return n;
}

Ref<> truncate(ThreadState& ts, BytesIo* self, OptionalSize size, bool given) {
  CHECK_OPEN();
  TRY(checkExports(ts, self));
  Index n = given ? size.value : self->position;
  if (n < 0) return raise(ts, kValueError, "negative size value {}", n);
  if (n < self->length) {
    self->length = n;
    TRY(resizeBuffer(ts, self, n));
  }
  return newInt(ts, n);
}
Ref<> truncateMethod(ThreadState& ts, BytesIo* self, Object* size) {
  CHECK_OPEN();
  TRY(checkExports(ts, self));
  return truncate(ts, self, TRY(Arg<OptionalSize>::from(ts, size, {})), size && !isNone(size));
}

Result<Index> seek(ThreadState& ts, BytesIo* self, Index position, std::optional<int> whence) {
  CHECK_OPEN();
  int from = whence.value_or(0);
  if (position < 0 && from == 0) return raise(ts, kValueError, "negative seek value {}", position);
  if (from < 0 || from > 2) return raise(ts, kValueError, "invalid whence ({}, should be 0, 1 or 2)", from);
  Index base = from == 0 ? 0 : from == 1 ? self->position : self->length;
  if (position > PTRDIFF_MAX - base) return raise(ts, kOverflowError, "new position too large");
  self->position = position + base < 0 ? 0 : position + base;
  return self->position;
}

Result<Index> write(ThreadState& ts, BytesIo* self, Object* data) { return writeBytes(ts, self, data); }

Status writelines(ThreadState& ts, BytesIo* self, Object* lines) {
  CHECK_OPEN();
  Ref<> it = TRY(iterOf(ts, lines));
  while (Ref<> line = iterNext(ts, it.get())) TRY(writeBytes(ts, self, line.get()));
  if (errorSet(ts)) return Raised{};
  return kDone;
}

Status close(ThreadState& ts, BytesIo* self) {
  TRY(checkExports(ts, self));
  clearField(self->buffer);
  return kDone;
}

Ref<> getbuffer(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  Ref<BytesIoBuffer> view = Ref<BytesIoBuffer>::steal(reinterpret_cast<BytesIoBuffer*>(kBytesIoBufferType.alloc(&kBytesIoBufferType, 0)));
  if (!view) return Raised{};
  view->source = share(self).release();
  return call(ts, &kMemoryViewType, {view.get()});
}

Ref<> getstate(ThreadState& ts, BytesIo* self) {
  Ref<Bytes> value = TRY(getvalue(ts, self));
  Ref<Int> position = TRY(newInt(ts, self->position));
  Ref<> dict = none();
  if (self->dict) dict = TRY(dictCopy(ts, self->dict));
  return packTuple(ts, {value.get(), position.get(), dict.get()});
}

Ref<> setstate(ThreadState& ts, BytesIo* self, Object* state) {
  if (!isTuple(state) || static_cast<Tuple*>(state)->size < 3)
    return raise(ts, kTypeError, "{:.200}.__setstate__ argument should be 3-tuple, got {:.200}", typeName(self), typeName(state));
  auto* t = static_cast<Tuple*>(state);
  TRY(checkExports(ts, self));
  self->position = self->length = 0;
  TRY(writeBytes(ts, self, t->items[0]));
  if (!isInt(t->items[1]))
    return raise(ts, kTypeError, "second item of state must be an integer, got {:.200}", typeName(t->items[1]));
  Index position = TRY(Arg<Index>::from(ts, t->items[1], {}));
  if (position < 0) return raise(ts, kValueError, "position value cannot be negative");
  self->position = position;
  Object* dict = t->items[2];
  if (isNone(dict)) return none();
  if (!isDict(dict)) return raise(ts, kTypeError, "third item of state should be a dict, got a {:.200}", typeName(dict));
  if (self->dict) TRY(dictUpdate(ts, self->dict, dict));
  else self->dict = share(static_cast<Dict*>(dict)).release();
  return none();
}

Result<Index> sizeOf(ThreadState&, BytesIo* self) {
  Index n = self->type->basic_size;
  if (self->buffer && !isShared(self)) n += Index(offsetof(Bytes, data)) + 1 + self->buffer->size;
  return n;
}

Result<bool> closedOf(ThreadState&, BytesIo* self) { return !self->buffer; }

Ref<> iter(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  return share(self);
}
Ref<> next(ThreadState& ts, BytesIo* self) {
  CHECK_OPEN();
  Index n = lineLength(self, -1);
  if (!n) return {};
  return takeBytes(ts, self, n);
}

Status init(ThreadState& ts, BytesIo* self, Object* initial) {
  self->length = self->position = 0;
  TRY(checkExports(ts, self));
  if (initial && isExact(initial, kBytesType)) {
    setField(self->buffer, share(static_cast<Bytes*>(initial)));
    self->length = self->buffer->size;
    return kDone;
  }
  setField(self->buffer, TRY(newBytes(ts, {})));
  if (initial && !isNone(initial)) {
    TRY(writeBytes(ts, self, initial));
    self->position = 0;
  }
  return kDone;
}

Ref<> make(ThreadState& ts, Type* type, Tuple*, Dict*) {
  Ref<BytesIo> self = TRY(allocateInstance<BytesIo>(type));
  self->buffer = TRY(newBytes(ts, {})).release();
  return self;
}

int traverse(BytesIo* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  VISIT(self->buffer);
  return 0;
}
int clear(BytesIo* self) {
  clearField(self->dict);
  if (self->exports == 0) clearField(self->buffer);
  return 0;
}
void dealloc(BytesIo* self) {
  untrack(self);
  if (self->exports > 0) {
    ThreadState& ts = ThreadState::current();
    (void)raise(ts, kSystemError, "deallocated BytesIO object has exported buffers");
    writeUnraisable(ts, self);
  }
  clearField(self->buffer);
  if (self->weakrefs) clearWeakrefs(self);
  endDealloc(self);
}

// ---- the buffer behind getbuffer() ----
Status getBufferOf(ThreadState& ts, BytesIoBuffer* self, Buffer& out, int flags) {
  BytesIo* source = self->source;
  if (isShared(source)) TRY(reallocateBuffer(ts, source, source->buffer->size));
  TRY(fillBuffer(ts, out, self, source->buffer->data, source->length, false, flags));
  ++source->exports;
  return kDone;
}
void releaseBufferOf(Object* self, Buffer*) { --static_cast<BytesIoBuffer*>(self)->source->exports; }
int traverseBuffer(BytesIoBuffer* self, VisitFn visit, void* arg) {
  VISIT(self->source);
  return 0;
}
void deallocBuffer(BytesIoBuffer* self) {
  untrack(self);
  clearField(self->source);
  self->type->free(self);
}
constinit BufferSlots kBufferSlots = {.get = slot<getBufferOf>, .release = releaseBufferOf};

constexpr MethodDef kMethods[] = {
    METHOD_AS("readable", yes, "($self, /)", "True while the stream is open."),
    METHOD_AS("seekable", yes, "($self, /)", "True while the stream is open."),
    METHOD_AS("writable", yes, "($self, /)", "True while the stream is open."),
    METHOD(close, "($self, /)", "Drops the contents."),
    METHOD(flush, "($self, /)", "Does nothing."),
    METHOD(isatty, "($self, /)", "Always False."),
    METHOD(tell, "($self, /)", "The present position."),
    METHOD(write, "($self, b, /)", "Writes bytes; returns how many."),
    METHOD(writelines, "($self, lines, /)", "Writes every bytes-like object of an iterable."),
    METHOD_AS("read1", read, "($self, size=-1, /)", "Reads at most `size` bytes."),
    METHOD(readinto, "($self, buffer, /)", "Reads into a buffer; returns the number of bytes."),
    METHOD(readline, "($self, size=-1, /)", "The next line, at most `size` bytes of it."),
    METHOD(readlines, "($self, size=None, /)", "A list of the lines; stops once they have `size` bytes together."),
    METHOD(read, "($self, size=-1, /)", "Reads at most `size` bytes, everything by default."),
    METHOD(getbuffer, "($self, /)", "A writable view of the contents, without a copy."),
    METHOD(getvalue, "($self, /)", "The whole contents."),
    METHOD(seek, "($self, pos, whence=0, /)", "Moves to a position from the start (0), here (1) or the end (2)."),
    METHOD_AS("truncate", truncateMethod, "($self, size=None, /)", "Cuts the contents off at `size`, by default the present position."),
    METHOD_UNSIGNED("__getstate__", getstate, "($self, /)", nullptr),
    METHOD_UNSIGNED("__setstate__", setstate, "($self, state, /)", nullptr),
    METHOD_UNSIGNED("__sizeof__", sizeOf, "($self, /)", nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("closed", closedOf, "True if the file is closed."), {}};

}  // namespace

constinit Type kBytesIoType = defineType<BytesIo>({
    .name = "_io.BytesIO",
    .doc = "BytesIO(initial_bytes=b'')\n--\n\nBuffered I/O implementation using an in-memory bytes buffer.",
    .flags = kBaseType,
    .base = &kBufferedIoBaseType,
    .dict_offset = offsetof(BytesIo, dict),
    .weaklist_offset = offsetof(BytesIo, weakrefs),
    .methods = kMethods,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "BytesIO", "(initial_bytes=b'')"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .iter = slot<iter>,
    .iternext = slot<next>});

constinit Type kBytesIoBufferType = defineType<BytesIoBuffer>({
    .name = "_io._BytesIOBuffer",
    .buffer = &kBufferSlots,
    .dealloc = slot<deallocBuffer>,
    .traverse = slot<traverseBuffer>});

}  // namespace habu
