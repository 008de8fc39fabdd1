// TextIOWrapper: construction, reconfiguration, the type.
#include "modules/io/textio.h"

#include <langinfo.h>

#include <cstdlib>
#include <cstring>

#include "object/attribute.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/str.h"
#include "modules/io/buffered.h"

namespace habu {

Status checkAttached(ThreadState& ts, TextIo* self) {
  if (self->ok) [[likely]] return kDone;
  return raise(ts, kValueError, self->detached ? "underlying buffer has been detached" : "I/O operation on uninitialized object");
}

Status checkTextOpen(ThreadState& ts, TextIo* self) {
  if (!isExact(self, kTextIoWrapperType)) return checkClosed(ts, self);
  Object* b = self->buffer;
  bool closed;
  bool ours = isExact(b, kBufferedWriterType) || isExact(b, kBufferedReaderType) || isExact(b, kBufferedRandomType);
  if (ours && static_cast<Buffered*>(b)->ok && static_cast<Buffered*>(b)->direct) {
    closed = static_cast<FileIo*>(static_cast<Buffered*>(b)->raw)->fd < 0;
  } else {
    closed = TRY(isClosed(ts, b));
  }
  if (closed) return raiseClosed(ts);
  return kDone;
}

Ref<Str> localeEncoding(ThreadState& ts) {
  if (systemFlag(ts, io_names::utf8_mode)) return newStr(ts, "utf-8");
  const char* name = nl_langinfo(CODESET);
  return newStr(ts, name && *name ? name : "utf-8");
}

namespace {

Ref<> lookUpTextCodec(ThreadState& ts, const char* encoding) {
  Ref<> info = TRY(lookupCodec(ts, encoding));
  Ref<> mark = TRY(findAttr(ts, info.get(), io_names::_is_text_encoding));
  if (mark && !TRY(isTrue(ts, mark.get())))
    return raise(ts, kLookupError, "'{:.400}' is not a text encoding; use codecs.open() to handle arbitrary codecs", encoding);
  return info;
}

TextEncoder encoderKind(Str* name) {
  struct Entry {
    const char* name;
    TextEncoder kind;
  };
  static constexpr Entry kEntries[] = {
      {"utf-8", TextEncoder::Utf8}, {"ascii", TextEncoder::Ascii}, {"iso8859-1", TextEncoder::Latin1},
      {"utf-16", TextEncoder::Utf16}, {"utf-16-le", TextEncoder::Utf16Le}, {"utf-16-be", TextEncoder::Utf16Be},
      {"utf-32", TextEncoder::Utf32}, {"utf-32-le", TextEncoder::Utf32Le}, {"utf-32-be", TextEncoder::Utf32Be}};
  for (const Entry& e : kEntries)
    if (equalsAscii(name, e.name)) return e.kind;
  return TextEncoder::General;
}

// Decoder and encoder as far as the buffer can be read and written.
Status setCodec(ThreadState& ts, TextIo* self, Object* info, Str* errors) {
  if (TRY(callForBool(ts, self->buffer, names::readable))) {
    Ref<> factory = TRY(getAttr(ts, info, io_names::incrementaldecoder));
    Ref<> decoder = TRY(call(ts, factory.get(), {errors}));
    if (self->universal) decoder = TRY(newNewlineDecoder(ts, decoder.get(), self->translate_read));
    setField(self->decoder, std::move(decoder));
  } else {
    clearField(self->decoder);
  }
  self->kind = TextEncoder::General;
  if (!TRY(callForBool(ts, self->buffer, names::writable))) {
    clearField(self->encoder);
    return kDone;
  }
  Ref<> factory = TRY(getAttr(ts, info, io_names::incrementalencoder));
  setField(self->encoder, TRY(call(ts, factory.get(), {errors})));
  Ref<> name = TRY(findAttr(ts, info, names::name));
  if (name && isStr(name.get())) self->kind = encoderKind(static_cast<Str*>(name.get()));
  return kDone;
}

// In the middle of a file no byte order mark is written.
Status adjustEncoder(ThreadState& ts, TextIo* self) {
  if (!self->seekable || !self->encoder) return kDone;
  self->start_of_stream = true;
  Ref<> at = TRY(callMethod(ts, self->buffer, names::tell));
  if (TRY(equalObjects(ts, at.get(), smallInt(0)))) return kDone;
  self->start_of_stream = false;
  Ref<> done = TRY(callMethod(ts, self->encoder, io_names::setstate, {smallInt(0)}));
  return kDone;
}

Status checkNewline(ThreadState& ts, Object* newline) {
  if (isNone(newline)) return kDone;
  auto* s = static_cast<Str*>(newline);
  if (s->length == 0 || equalsAscii(s, "\n") || equalsAscii(s, "\r") || equalsAscii(s, "\r\n")) return kDone;
  return raise(ts, kValueError, "illegal newline value: {}", s);
}

void setNewline(TextIo* self, Object* newline) {
  Str* s = isNone(newline) ? nullptr : static_cast<Str*>(newline);
  self->universal = !s || s->length == 0;
  self->translate_read = !s;
  self->translate_write = !s || s->length != 0;
  bool given = s && s->length;
  setField(self->read_newline, share(given ? s : nullptr));
  setField(self->write_newline, share(given && !equalsAscii(s, "\n") ? s : nullptr));
}

Status changeEncoding(ThreadState& ts, TextIo* self, Object* encoding, Object* errors, bool newline_changed) {
  if (isNone(encoding) && isNone(errors) && !newline_changed) return kDone;
  Ref<Str> new_encoding = share(self->encoding), new_errors = share(self->errors);
  if (!isNone(encoding)) {
    new_encoding = share(static_cast<Str*>(encoding));
    if (isNone(errors)) new_errors = TRY(newStr(ts, "strict"));
    if (equalsAscii(new_encoding.get(), "locale")) new_encoding = TRY(localeEncoding(ts));
  }
  if (!isNone(errors)) new_errors = share(static_cast<Str*>(errors));
  const char* name = TRY(utf8Of(ts, new_encoding.get())).data();
  Ref<> info = TRY(lookUpTextCodec(ts, name));
  TRY(setCodec(ts, self, info.get(), new_errors.get()));
  setField(self->encoding, std::move(new_encoding));
  setField(self->errors, std::move(new_errors));
  return adjustEncoder(ts, self);
}

Result<bool> optionalBool(ThreadState& ts, Object* o, bool fallback) {
  if (!o || isNone(o)) return fallback;
  return TRY(asLongLong(ts, o)) != 0;
}

}  // namespace

Status startText(ThreadState& ts, TextIo* self, Object* buffer, Object* encoding, Object* errors, Object* newline, bool line_buffering,
                 bool write_through) {
  self->ok = self->detached = false;
  if (!errors || isNone(errors)) errors = nullptr;
  else if (!isStr(errors))
    return raise(ts, kTypeError, "TextIOWrapper() argument 'errors' must be str or None, not {:.50}", typeName(errors));
  TRY(checkNewline(ts, newline));
  dropDecoded(self);
  clearField(self->encoding);
  clearField(self->encoder);
  clearField(self->decoder);
  clearField(self->snapshot);
  self->pending_size = 0;
  self->bytes_per_char = 0.0;
  if (isNone(encoding) && systemFlag(ts, io_names::warn_default_encoding))
    TRY(warn(ts, kEncodingWarning, 1, "'encoding' argument not specified"));
  if (isNone(encoding) || equalsAscii(static_cast<Str*>(encoding), "locale")) {
    bool utf8 = isNone(encoding) && systemFlag(ts, io_names::utf8_mode);
    self->encoding = (utf8 ? TRY(newStr(ts, "utf-8")) : TRY(localeEncoding(ts))).release();
  } else {
    self->encoding = share(static_cast<Str*>(encoding)).release();
  }
  Ref<Str> handler = errors ? share(static_cast<Str*>(errors)) : TRY(newStr(ts, "strict"));
  std::string_view name = TRY(utf8Of(ts, self->encoding));
  if (name.find('\0') != name.npos) return raise(ts, kValueError, "embedded null character");
  std::string_view handler_name = TRY(utf8Of(ts, handler.get()));
  if (systemFlag(ts, io_names::dev_mode)) (void)TRY(lookupErrorHandler(ts, handler_name.data()));
  Ref<> info = TRY(lookUpTextCodec(ts, name.data()));
  setNewline(self, newline);
  self->line_buffering = line_buffering;
  self->write_through = write_through;
  self->chunk_size = kDefaultBufferSize;
  setField(self->buffer, Ref<>::share(buffer));
  TRY(setCodec(ts, self, info.get(), handler.get()));
  setField(self->errors, std::move(handler));
  self->seekable = self->telling = TRY(callForBool(ts, buffer, io_names::seekable));
  self->has_read1 = TRY(hasAttr(ts, buffer, io_names::read1));
  self->start_of_stream = false;
  TRY(adjustEncoder(ts, self));
  self->ok = true;
  return kDone;
}

Status reconfigureText(ThreadState& ts, TextIo* self, Object* encoding, Object* errors, Object* newline, Object* line_buffering,
                       Object* write_through) {
  TRY(checkAttached(ts, self));
  if (self->decoded && (!isNone(encoding) || !isNone(errors) || newline))
    return raiseUnsupported(ts, "not possible to set the encoding or newline of stream after the first read");
  if (newline && !isNone(newline) && !isStr(newline)) return raise(ts, kTypeError, "bad argument type for built-in operation");
  if (newline) TRY(checkNewline(ts, newline));
  bool lines = TRY(optionalBool(ts, line_buffering, self->line_buffering));
  bool through = TRY(optionalBool(ts, write_through, self->write_through));
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  self->bytes_per_char = 0;
  if (newline) setNewline(self, newline);
  TRY(changeEncoding(ts, self, encoding, errors, newline != nullptr));
  self->line_buffering = lines;
  self->write_through = through;
  return kDone;
}

namespace {

// A str or None; another type is the TypeError of the argument parser.
Result<Object*> strOrNone(ThreadState& ts, Object* o, const char* function, const char* argument) {
  if (!o) return &kNoneObject;
  if (isNone(o) || isStr(o)) return o;
  return raise(ts, kTypeError, "{}() argument '{}' must be str or None, not {:.50}", function, argument, typeName(o));
}

Status init(ThreadState& ts, TextIo* self, Object* buffer, Object* encoding, Object* errors, Object* newline,
            std::optional<bool> line_buffering, std::optional<bool> write_through) {
  Object* e = TRY(strOrNone(ts, encoding, "TextIOWrapper", "encoding"));
  Object* n = TRY(strOrNone(ts, newline, "TextIOWrapper", "newline"));
  return startText(ts, self, buffer, e, errors, n, line_buffering.value_or(false), write_through.value_or(false));
}

Status reconfigure(ThreadState& ts, TextIo* self, Object* encoding, Object* errors, Object* newline, Object* line_buffering,
                   Object* write_through) {
  Object* e = TRY(strOrNone(ts, encoding, "reconfigure", "encoding"));
  Object* h = TRY(strOrNone(ts, errors, "reconfigure", "errors"));
  return reconfigureText(ts, self, e, h, newline, line_buffering, write_through);
}

#define CHECK_USABLE()          \
  TRY(checkAttached(ts, self)); \
  TRY(checkTextOpen(ts, self))

Ref<> detach(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  self->detached = true;
  self->ok = false;
  return Ref<>::steal(std::exchange(self->buffer, nullptr));
}

Result<Index> write(ThreadState& ts, TextIo* self, Str* text) { return writeText(ts, self, text); }
Ref<Str> read(ThreadState& ts, TextIo* self, OptionalSize size) { return readText(ts, self, size.value); }
Ref<Str> readline(ThreadState& ts, TextIo* self, std::optional<Index> size) {
  TRY(checkAttached(ts, self));
  return readTextLine(ts, self, size.value_or(-1));
}

Ref<> next(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  self->telling = false;
  Ref<> line;
  if (isExact(self, kTextIoWrapperType)) {
    line = TRY(readTextLine(ts, self, -1));
  } else {
    line = TRY(callMethod(ts, self, names::readline));
    if (!isStr(line.get()))
      return raise(ts, kOSError, "readline() should have returned a str object, not '{:.200}'", typeName(line.get()));
  }
  if (static_cast<Str*>(line.get())->length) return line;
  clearField(self->snapshot);
  self->telling = self->seekable;
  return {};
}

Ref<> flush(ThreadState& ts, TextIo* self) {
  CHECK_USABLE();
  self->telling = self->seekable;
  TRY(flushPending(ts, self));
  return callMethod(ts, self->buffer, names::flush);
}

Ref<> close(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  if (TRY(isClosed(ts, self->buffer))) return none();
  if (self->finalizing) {
    Ref<> warned = callMethod(ts, self->buffer, io_names::_dealloc_warn, {self});
    if (!warned) clearError(ts);
  }
  Ref<> flushed = callMethod(ts, self, names::flush);
  PendingError error = PendingError::take(ts);
  Ref<> buffer = Ref<>::share(self->buffer);
  Ref<> done = buffer ? callMethod(ts, buffer.get(), names::close) : none();
  if (!error) return done;
  if (done) std::move(error).restore(ts);
  else chainPending(ts, std::move(error));
  return Raised{};
}

template <Name& name>
Ref<> forward(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  return callMethod(ts, self->buffer, name);
}
Ref<> seek(ThreadState& ts, TextIo* self, Object* cookie, std::optional<int> whence) {
  return seekText(ts, self, cookie, whence.value_or(0));
}
Ref<> tell(ThreadState& ts, TextIo* self) { return tellText(ts, self); }
Ref<> truncate(ThreadState& ts, TextIo* self, Object* position) {
  TRY(checkAttached(ts, self));
  Ref<> done = TRY(callMethod(ts, self, names::flush));
  return callMethod(ts, self->buffer, io_names::truncate, {position ? position : &kNoneObject});
}

Ref<> nameOf(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  return getAttr(ts, self->buffer, names::name);
}
Ref<> closedOf(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  return getAttr(ts, self->buffer, io_names::closed);
}
Ref<> newlinesOf(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  if (!self->decoder) return none();
  Ref<> r = TRY(findAttr(ts, self->decoder, io_names::newlines));
  return r ? std::move(r) : none();
}
Ref<> errorsOf(ThreadState& ts, TextIo* self) {
  if (!self->ok && !self->detached) return raise(ts, kValueError, "I/O operation on uninitialized object");
  return Ref<>::share(self->errors);
}
Result<Index> chunkSize(ThreadState& ts, TextIo* self) {
  TRY(checkAttached(ts, self));
  return self->chunk_size;
}
Status setChunkSize(ThreadState& ts, TextIo* self, Object* value) {
  TRY(checkAttached(ts, self));
  if (!value) return raise(ts, kAttributeError, "cannot delete attribute");
  Index n = TRY(asIndex(ts, value, &kValueError));
  if (n <= 0) return raise(ts, kValueError, "a strictly positive integer is required");
  self->chunk_size = n;
  return kDone;
}

Ref<> repr(ThreadState& ts, TextIo* self) {
  if (!self->ok && !self->detached) return raise(ts, kValueError, "I/O operation on uninitialized object");
  ReprGuard guard(ts, self);
  if (guard.failed()) return Raised{};
  if (guard.recursive()) return raise(ts, kRuntimeError, "reentrant call inside {}.__repr__", typeName(self));
  StrBuilder out(ts);
  out.append("<_io.TextIOWrapper");
  Found name = findAttr(ts, self, names::name);
  if (name.failed()) {
    if (!errorMatches(ts, kValueError)) return Raised{};  // detached: the text goes on without it
    clearError(ts);
  } else if (Ref<> n = name.take()) {
    out.append(" name=");
    Ref<Str> text = TRY(reprOf(ts, n.get()));
    out.append(text.get());
  }
  Ref<> mode = TRY(findAttr(ts, self, names::mode));
  if (mode) {
    out.append(" mode=");
    Ref<Str> text = TRY(reprOf(ts, mode.get()));
    out.append(text.get());
  }
  out.append(" encoding=");
  Ref<Str> encoding = TRY(reprOf(ts, self->encoding));
  out.append(encoding.get());
  out.append(">");
  return out.finish();
}

Ref<> make(ThreadState&, Type* type, Tuple*, Dict*) { return allocateInstance<TextIo>(type); }

int traverse(TextIo* self, VisitFn visit, void* arg) {
  VISIT(self->buffer);
  VISIT(self->encoding);
  VISIT(self->encoder);
  VISIT(self->decoder);
  VISIT(self->snapshot);
  VISIT(self->dict);
  return 0;
}
int clear(TextIo* self) {
  self->ok = false;
  clearField(self->buffer);
  clearField(self->encoder);
  clearField(self->decoder);
  clearField(self->snapshot);
  clearField(self->dict);
  return 0;
}
void dealloc(TextIo* self) {
  self->finalizing = 1;
  if (!beginDealloc(self)) return;
  clear(self);
  clearField(self->encoding);
  clearField(self->errors);
  clearField(self->read_newline);
  clearField(self->write_newline);
  clearField(self->decoded);
  std::free(std::exchange(self->pending, nullptr));
  endDealloc(self);
}

constexpr MethodDef kMethods[] = {
    METHOD(detach, "($self, /)", ""),
    METHOD(reconfigure,
           "($self, /, *, encoding=None, errors=None, newline=None,\n            line_buffering=None, write_through=None)",
           "Reconfigure the text stream with new parameters.\n\nAlso flushes it. After the first read only the buffering can change."),
    METHOD(write, "($self, text, /)", ""),
    METHOD(read, "($self, size=-1, /)", ""),
    METHOD(readline, "($self, size=-1, /)", ""),
    METHOD(flush, "($self, /)", ""),
    METHOD(close, "($self, /)", ""),
    METHOD_AS("fileno", forward<names::fileno>, "($self, /)", ""),
    METHOD_AS("seekable", forward<io_names::seekable>, "($self, /)", ""),
    METHOD_AS("readable", forward<names::readable>, "($self, /)", ""),
    METHOD_AS("writable", forward<names::writable>, "($self, /)", ""),
    METHOD_AS("isatty", forward<names::isatty>, "($self, /)", ""),
    METHOD(seek, "($self, cookie, whence=os.SEEK_SET, /)",
           "Goes to a position that tell() returned (or 0), with whence 1 to the present one, with 2 to the end (cookie 0 then)."),
    METHOD(tell, "($self, /)", "The present position, as a number that means something to seek() only."),
    METHOD(truncate, "($self, pos=None, /)", ""),
    {}};

constexpr MemberDef kMembers[] = {
    MEMBER("encoding", ObjectOrNone, TextIo, encoding, kMemberReadOnly, nullptr),
    MEMBER("buffer", Object, TextIo, buffer, kMemberReadOnly, nullptr),
    MEMBER("line_buffering", Bool, TextIo, line_buffering, kMemberReadOnly, nullptr),
    MEMBER("write_through", Bool, TextIo, write_through, kMemberReadOnly, nullptr),
    MEMBER("_finalizing", Bool, TextIo, finalizing, 0, nullptr),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("name", nameOf, nullptr),
    GETTER("closed", closedOf, nullptr),
    GETTER("newlines", newlinesOf, nullptr),
    GETTER("errors", errorsOf, nullptr),
    GETSET("_CHUNK_SIZE", chunkSize, setChunkSize, nullptr),
    {}};

}  // namespace

constinit Type kTextIoWrapperType = defineType<TextIo>({
    .name = "_io.TextIOWrapper",
    .doc = "TextIOWrapper(buffer, encoding=None, errors=None, newline=None,\n              line_buffering=False, write_through=False)\n--\n\n"
           "Character and line based layer over a BufferedIOBase object, buffer.\n\n"
           "encoding: the name of the encoding, by default the locale's. errors: how errors of coding are handled ('strict').\n\n"
           "newline, one of None, '', '\\n', '\\r', '\\r\\n': on input, None recognises every line end and gives '\\n', '' recognises\n"
           "every line end and gives it as it is, anything else is the one line end. On output, '\\n' is written as the system's\n"
           "line end for None, as it is for '' and '\\n', else as the text given.\n\n"
           "line_buffering: a write with a newline flushes.",
    .flags = kBaseType,
    .base = &kTextIoBaseType,
    .dict_offset = offsetof(TextIo, dict),
    .weaklist_offset = offsetof(TextIo, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .init = INITIALIZER(init, "TextIOWrapper",
                        "(buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .repr = slot<repr>,
    .iternext = slot<next>});

}  // namespace habu
