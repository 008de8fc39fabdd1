#include <cstdlib>
#include <cstring>

#include "modules/io/textio.h"
#include "object/attribute.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/str.h"
#include "types/str_methods.h"

namespace habu {

namespace {

bool hasChar(const Str* s, char c) {
  if (s->kind() == StrKind::Ucs1) return std::memchr(s->ucs1(), c, size_t(s->length)) != nullptr;
  for (Index i = 0; i < s->length; ++i)
    if ((*s)[i] == static_cast<unsigned char>(c)) return true;
  return false;
}

Status addPending(ThreadState& ts, TextIo* self, std::string_view bytes) {
  Index size = Index(bytes.size());
  // Never more than a chunk in one piece, unless one write is larger.
  if (self->pending_size + size > self->chunk_size && self->pending_size) TRY(flushPending(ts, self));
  Index needed = self->pending_size + size;
  if (needed > self->pending_capacity) {
    Index grown = needed > self->chunk_size ? needed : self->chunk_size;
    auto* p = static_cast<char*>(std::realloc(self->pending, size_t(grown)));
    if (!p) return raiseNoMemory(ts);
    self->pending = p;
    self->pending_capacity = grown;
  }
  std::memcpy(self->pending + self->pending_size, bytes.data(), bytes.size());
  self->pending_size = needed;
  return kDone;
}

Ref<> encodeGeneral(ThreadState& ts, TextIo* self, Str* text) {
  const char* errors = TRY(utf8Of(ts, self->errors)).data();
  bool mark = self->start_of_stream;
  self->start_of_stream = false;
  switch (self->kind) {
    case TextEncoder::Ascii: return encodeAsciiText(ts, text, errors);
    case TextEncoder::Latin1: return encodeLatin1Text(ts, text, errors);
    case TextEncoder::Utf8: return encodeUtf8Text(ts, text, errors);
    case TextEncoder::Utf16: return encodeUtf16Text(ts, text, errors, mark ? 0 : -1);
    case TextEncoder::Utf16Le: return encodeUtf16Text(ts, text, errors, -1);
    case TextEncoder::Utf16Be: return encodeUtf16Text(ts, text, errors, 1);
    case TextEncoder::Utf32: return encodeUtf32Text(ts, text, errors, mark ? 0 : -1);
    case TextEncoder::Utf32Le: return encodeUtf32Text(ts, text, errors, -1);
    case TextEncoder::Utf32Be: return encodeUtf32Text(ts, text, errors, 1);
    default: return callMethod(ts, self->encoder, names::encode, {text});
  }
}

Status addText(ThreadState& ts, TextIo* self, Str* text) {
  bool plain = self->kind == TextEncoder::Utf8 || self->kind == TextEncoder::Ascii || self->kind == TextEncoder::Latin1;
  if (plain && text->isAscii()) {
    self->start_of_stream = false;
    return addPending(ts, self, asciiView(text));
  }
  Ref<> bytes = TRY(encodeGeneral(ts, self, text));
  if (!isBytes(bytes.get()))
    return raise(ts, kTypeError, "encoder should return a bytes object, not '{:.200}'", typeName(bytes.get()));
  return addPending(ts, self, static_cast<Bytes*>(bytes.get())->view());
}

}  // namespace

Status flushPending(ThreadState& ts, TextIo* self) {
  if (!self->pending_size) return kDone;
  Ref<Bytes> bytes = TRY(newBytes(ts, {self->pending, size_t(self->pending_size)}));
  self->pending_size = 0;  // first: the buffer may write to us
  Ref<> buffer = Ref<>::share(self->buffer);
  Ref<> done = TRY(callRetrying(ts, buffer.get(), names::write, {bytes.get()}));
  return kDone;
}

Result<Index> writeText(ThreadState& ts, TextIo* self, Str* source) {
  TRY(checkAttached(ts, self));
  TRY(checkTextOpen(ts, self));
  if (!self->encoder) return raiseUnsupported(ts, "not writable");
  Index length = source->length;
  Ref<Str> text = share(source);
  bool lf = false;
  if ((self->translate_write && self->write_newline) || self->line_buffering) lf = hasChar(source, '\n');
  if (lf && self->translate_write && self->write_newline) {
    Ref<Str> newline = TRY(strFromAscii(ts, "\n"));
    text = TRY(replaceStr(ts, source, newline.get(), self->write_newline, -1));
  }
  bool flush_buffer = self->line_buffering && (lf || hasChar(text.get(), '\r'));
  bool flush_text = self->write_through;
  TRY(addText(ts, self, text.get()));
  if (self->pending_size >= self->chunk_size || flush_buffer || flush_text) TRY(flushPending(ts, self));
  if (flush_buffer) Ref<> done = TRY(callMethod(ts, self->buffer, names::flush));
  if (self->snapshot) {
    dropDecoded(self);
    clearField(self->snapshot);
  }
  if (self->decoder) Ref<> done = TRY(callMethod(ts, self->decoder, io_names::reset));
  return length;
}

Status resetEncoder(ThreadState& ts, TextIo* self, bool start_of_stream) {
  if (!self->encoder) return kDone;
  Ref<> done = start_of_stream ? TRY(callMethod(ts, self->encoder, io_names::reset))
                               : TRY(callMethod(ts, self->encoder, io_names::setstate, {smallInt(0)}));
  self->start_of_stream = start_of_stream;
  return kDone;
}

}  // namespace habu
