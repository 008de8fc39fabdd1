// _IOBase and _RawIOBase: the abstract bases, and what all streams share.
#include <cstring>

#include "modules/io/io.h"
#include "object/attribute.h"
#include "object/gil.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

Type* unsupported_operation = nullptr;

Result<OptionalSize> Arg<OptionalSize>::from(ThreadState& ts, Object* o, ArgSite) {
  if (!o || isNone(o)) return OptionalSize{};
  if (!hasIndex(o)) return raise(ts, kTypeError, "argument should be integer or None, not '{:.200}'", typeName(o));
  return OptionalSize{TRY(asIndex(ts, o, &kOverflowError))};
}

Raised raiseUnsupported(ThreadState& ts, const char* what) { return raise(ts, *unsupported_operation, what); }
Raised raiseClosed(ThreadState& ts) { return raise(ts, kValueError, "I/O operation on closed file."); }

Result<bool> isClosed(ThreadState& ts, Object* stream) {
  Ref<> closed = TRY(getAttr(ts, stream, io_names::closed));
  return isTrue(ts, closed.get());
}

Status checkClosed(ThreadState& ts, Object* stream) {
  // As CPython: a stream without a readable `closed` counts as open.
  Ref<> closed = TRY(findAttr(ts, stream, io_names::closed));
  if (closed && TRY(isTrue(ts, closed.get()))) return raiseClosed(ts);
  return kDone;
}

namespace {
Status checkAbility(ThreadState& ts, Object* stream, Str* name, const char* message) {
  Ref<> r = TRY(callMethod(ts, stream, name));
  if (r.get() != trueObject()) return raiseUnsupported(ts, message);
  return kDone;
}
}  // namespace

Status checkReadable(ThreadState& ts, Object* s) { return checkAbility(ts, s, names::readable, "File or stream is not readable."); }
Status checkWritable(ThreadState& ts, Object* s) { return checkAbility(ts, s, names::writable, "File or stream is not writable."); }
Status checkSeekable(ThreadState& ts, Object* s) { return checkAbility(ts, s, io_names::seekable, "File or stream is not seekable."); }

bool trapInterrupted(ThreadState& ts) {
  if (!errorSet(ts) || !errorMatches(ts, kInterruptedError)) return false;
  clearError(ts);
  return true;
}

Ref<> callRetrying(ThreadState& ts, Object* o, Str* name, std::initializer_list<Object*> args) {
  for (;;) {
    Ref<> r = callMethod(ts, o, name, args);
    if (r || !trapInterrupted(ts)) return r;
  }
}

Result<bool> callForBool(ThreadState& ts, Object* o, Str* name) {
  Ref<> r = TRY(callMethod(ts, o, name));
  return isTrue(ts, r.get());
}

Result<long long> asOffset(ThreadState& ts, Object* o, Type& overflow_error) {
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, overflow_error, "cannot fit '{:.200}' into an offset-sized integer", typeName(o));
  return v;
}

Status warnUnclosedFile(ThreadState& ts, Object* source) {
  return warnText(ts, kResourceWarning, 1, TRY(formatText(ts, "unclosed file {!r}", source)));
}

namespace {

// ---- _IOBase ----
Result<bool> baseClosed(ThreadState& ts, Object* self) {
  Ref<> mark = TRY(findAttr(ts, self, io_names::__IOBase_closed));
  return bool(mark);
}

Ref<> seekBase(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "seek"); }
Ref<> truncateBase(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "truncate"); }
Ref<> filenoBase(ThreadState& ts, Object*) { return raiseUnsupported(ts, "fileno"); }
Ref<> tellBase(ThreadState& ts, Object* self) { return callMethod(ts, self, names::seek, {smallInt(0), smallInt(1)}); }

Status flushBase(ThreadState& ts, Object* self) {
  if (TRY(baseClosed(ts, self))) return raiseClosed(ts);
  return kDone;
}
Ref<> closeMethod(ThreadState& ts, Object* self) { return closeBase(ts, self); }

Ref<> no(ThreadState&, Object*) { return newBool(false); }
Status checkClosedMethod(ThreadState& ts, Object* self, Args) { return checkClosed(ts, self); }
Ref<> checkSeekableMethod(ThreadState& ts, Object* self, Args) {
  TRY(checkSeekable(ts, self));
  return newBool(true);
}
Ref<> checkReadableMethod(ThreadState& ts, Object* self, Args) {
  TRY(checkReadable(ts, self));
  return newBool(true);
}
Ref<> checkWritableMethod(ThreadState& ts, Object* self, Args) {
  TRY(checkWritable(ts, self));
  return newBool(true);
}
Ref<> isattyBase(ThreadState& ts, Object* self) {
  TRY(checkClosed(ts, self));
  return newBool(false);
}

Ref<> iter(ThreadState& ts, Object* self) {
  TRY(checkClosed(ts, self));
  return Ref<>::share(self);
}
Ref<> next(ThreadState& ts, Object* self) {
  Ref<> line = TRY(callMethod(ts, self, names::readline));
  if (TRY(lengthOf(ts, line.get())) <= 0) return {};
  return line;
}
Ref<> exitBase(ThreadState& ts, Object* self, Args) { return callMethod(ts, self, names::close); }

// How much readline() may ask for without reading past the line's end.
Result<Index> readAhead(ThreadState& ts, Object* peek, Index limit, Index have) {
  Ref<> ahead;
  for (;;) {
    ahead = call(ts, peek, {smallInt(1)});
    if (ahead) break;
    if (!trapInterrupted(ts)) return Raised{};
  }
  if (!isBytes(ahead.get()))
    return raise(ts, kOSError, "peek() should have returned a bytes object, not '{:.200}'", typeName(ahead.get()));
  std::string_view bytes = static_cast<Bytes*>(ahead.get())->view();
  if (bytes.empty()) return Index(1);
  if (limit >= 0 && bytes.size() > size_t(limit - have)) bytes = bytes.substr(0, size_t(limit - have));
  size_t at = bytes.find('\n');
  return Index(at == bytes.npos ? bytes.size() : at + 1);
}

Ref<> readlineBase(ThreadState& ts, Object* self, OptionalSize size) {
  Ref<> peek = TRY(findAttr(ts, self, io_names::peek));
  Ref<ByteArray> line = TRY(newByteArray(ts, {}));
  Index limit = size.value;
  while (limit < 0 || line->size < limit) {
    Index want = peek ? TRY(readAhead(ts, peek.get(), limit, line->size)) : 1;
    Ref<Int> count = TRY(newInt(ts, want));
    Ref<> chunk = TRY(callRetrying(ts, self, names::read, {count.get()}));
    if (!isBytes(chunk.get()))
      return raise(ts, kOSError, "read() should have returned a bytes object, not '{:.200}'", typeName(chunk.get()));
    std::string_view bytes = static_cast<Bytes*>(chunk.get())->view();
    if (bytes.empty()) break;
    Index old = line->size;
    TRY(resizeByteArray(ts, line.get(), old + Index(bytes.size())));
    std::memcpy(line->start + old, bytes.data(), bytes.size());
    if (bytes.back() == '\n') break;
  }
  return newBytes(ts, {line->start, size_t(line->size)});
}

Ref<> readlinesBase(ThreadState& ts, Object* self, OptionalSize hint) {
  Ref<List> lines = TRY(newList(ts));
  Ref<> it = TRY(iterOf(ts, self));
  Index room = hint.value;
  while (Ref<> line = iterNext(ts, it.get())) {
    TRY(appendList(ts, lines.get(), line.get()));
    if (hint.value <= 0) continue;
    Index length = TRY(lengthOf(ts, line.get()));
    if (length > room) break;
    room -= length;
  }
  if (errorSet(ts)) return Raised{};
  return lines;
}

Status writelinesBase(ThreadState& ts, Object* self, Object* lines) {
  TRY(checkClosed(ts, self));
  Ref<> it = TRY(iterOf(ts, lines));
  while (Ref<> line = iterNext(ts, it.get())) (void)TRY(callRetrying(ts, self, names::write, {line.get()}));
  if (errorSet(ts)) return Raised{};
  return kDone;
}

// __del__: closes the stream; the pending exception is kept, errors of closing are dropped.
void finalize(Object* self) {
  ThreadState& ts = ThreadState::current();
  PendingError saved = PendingError::take(ts);
  Result<bool> closed = isClosed(ts, self);
  if (closed.failed()) clearError(ts);
  else if (!closed.take()) {
    // Tells close() of our own classes that nobody asked for it.
    if (setAttr(ts, self, io_names::_finalizing, trueObject()).failed()) clearError(ts);
    Ref<> done = callMethod(ts, self, names::close);
    if (!done) {
      if (systemFlag(ts, io_names::dev_mode)) writeUnraisable(ts, self);
      else clearError(ts);
    }
  }
  std::move(saved).restore(ts);
}

int traverse(IoBase* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  return 0;
}
int clear(IoBase* self) {
  clearField(self->dict);
  return 0;
}
void dealloc(IoBase* self) {
  if (!beginDealloc(self)) return;
  endDealloc(self);
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("seek", seekBase,
               "Moves to a position: offset bytes from the start (0), the present position (1) or the end (2).\n"
               "Returns the new absolute position."),
    METHOD_AS("tell", tellBase, "($self, /)", "The present position in the stream."),
    METHOD_RAW("truncate", truncateBase, "Cuts the stream off at the given position, by default the present one, which stays as it is."),
    METHOD_AS("flush", flushBase, "($self, /)", "Writes out what is buffered; nothing to do for streams that only read."),
    METHOD_AS("close", closeMethod, "($self, /)", "Flushes and closes the stream. Closing twice is no error."),
    METHOD_AS("seekable", no, "($self, /)", "Whether seek(), tell() and truncate() work."),
    METHOD_AS("readable", no, "($self, /)", "Whether the stream was opened for reading."),
    METHOD_AS("writable", no, "($self, /)", "Whether the stream was opened for writing."),
    METHOD_RAW("_checkClosed", checkClosedMethod, nullptr),
    METHOD_RAW("_checkSeekable", checkSeekableMethod, nullptr),
    METHOD_RAW("_checkReadable", checkReadableMethod, nullptr),
    METHOD_RAW("_checkWritable", checkWritableMethod, nullptr),
    METHOD_AS("fileno", filenoBase, "($self, /)", "The file descriptor, where there is one; OSError otherwise."),
    METHOD_AS("isatty", isattyBase, "($self, /)", "Whether the stream is a terminal."),
    METHOD_UNSIGNED("__enter__", iter, "($self, /)", nullptr),
    METHOD_RAW("__exit__", exitBase, nullptr),
    METHOD_AS("readline", readlineBase, "($self, size=-1, /)", "One line, at most `size` bytes of it. Lines of binary files end in b'\\n'."),
    METHOD_AS("readlines", readlinesBase, "($self, hint=-1, /)", "A list of lines; no more are read once their total length exceeds `hint`."),
    METHOD_AS("writelines", writelinesBase, "($self, lines, /)", "Writes all strings of an iterable; line ends are not added."),
    {}};

constexpr GetSetDef kGetSet[] = {
    {"__dict__", genericDictGetter, nullptr, nullptr, nullptr},
    GETTER("closed", baseClosed, nullptr),
    {}};

// ---- _RawIOBase ----
Ref<> rawRead(ThreadState& ts, Object* self, std::optional<Index> size) {
  Index n = size.value_or(-1);
  if (n < 0) return callMethod(ts, self, io_names::readall);
  Ref<ByteArray> buffer = TRY(newByteArray(ts, {}));
  TRY(resizeByteArray(ts, buffer.get(), n));
  Ref<> r = TRY(callMethod(ts, self, io_names::readinto, {buffer.get()}));
  if (isNone(r.get())) return r;
  Index got = TRY(asIndex(ts, r.get(), &kValueError));
  if (got < 0 || got > buffer->size)
    return raise(ts, kValueError, "readinto returned {} outside buffer size {}", got, buffer->size);
  return newBytes(ts, {buffer->start, size_t(got)});
}

Ref<> rawReadAll(ThreadState& ts, Object* self) {
  Ref<List> chunks = TRY(newList(ts));
  Ref<Int> size = TRY(newInt(ts, kDefaultBufferSize));
  for (;;) {
    Ref<> data = TRY(callRetrying(ts, self, names::read, {size.get()}));
    if (isNone(data.get())) {
      if (chunks->size == 0) return data;
      break;
    }
    if (!isBytes(data.get())) return raise(ts, kTypeError, "read() should return bytes");
    if (static_cast<Bytes*>(data.get())->size == 0) break;
    TRY(appendList(ts, chunks.get(), data.get()));
  }
  Ref<Bytes> empty = TRY(newBytes(ts, {}));
  return callMethod(ts, empty.get(), names::join, {chunks.get()});
}

Ref<> notHere(ThreadState& ts, Object*, Args) { return raiseValue(ts, kNotImplementedError, nullptr); }

constexpr MethodDef kRawMethods[] = {
    METHOD_AS("read", rawRead, "($self, size=-1, /)", ""),
    METHOD_AS("readall", rawReadAll, "($self, /)", "Everything until the end of the file, in several reads."),
    METHOD_RAW("readinto", notHere, nullptr),
    METHOD_RAW("write", notHere, nullptr),
    {}};

}  // namespace

Ref<> closeBase(ThreadState& ts, Object* self) {
  if (TRY(baseClosed(ts, self))) return none();
  Ref<> flushed = callMethod(ts, self, names::flush);
  PendingError error = PendingError::take(ts);
  Status marked = setAttr(ts, self, io_names::__IOBase_closed, trueObject());
  if (error) {
    if (marked.failed()) chainPending(ts, std::move(error));
    else std::move(error).restore(ts);
    return Raised{};
  }
  if (marked.failed()) return Raised{};
  return none();
}

constinit Type kIoBaseType = defineType<IoBase>({
    .name = "_io._IOBase",
    .doc = "The abstract base of all stream classes.\n\n"
           "read and write are not declared here, since their signatures differ. Streams are iterators over their lines and\n"
           "context managers that close themselves.",
    .flags = kBaseType,
    .dict_offset = offsetof(IoBase, dict),
    .weaklist_offset = offsetof(IoBase, weakrefs),
    .methods = kMethods,
    .getset = kGetSet,
    .make = genericNew,
    .dealloc = slot<dealloc>,
    .finalize = finalize,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .iter = slot<iter>,
    .iternext = slot<next>});

constinit Type kRawIoBaseType = defineType<IoBase>({
    .name = "_io._RawIOBase",
    .doc = "Base class of raw binary streams.",
    .flags = kBaseType,
    .base = &kIoBaseType,
    .methods = kRawMethods,
    .traverse = slot<traverse>,
    .clear = slot<clear>});

}  // namespace habu
