// ASCII and Latin-1.
#include "types/codecs_support.h"
#include "types/str_kinds.h"

namespace habu {

Ref<Str> decodeLatin1Text(ThreadState& ts, std::string_view bytes) { return strFromLatin1(ts, bytes); }

Ref<Str> decodeAsciiText(ThreadState& ts, std::string_view bytes, const char* errors) {
  size_t good = asciiPrefix(bytes.data(), bytes.size());
  if (good == bytes.size()) return strFromAscii(ts, bytes);
  Decoding d(ts, "ascii", bytes, errors);
  if (!d.out.reserve(Index(bytes.size()), 0x7f)) return Raised{};
  while (d.left() > 0) {
    good = asciiPrefix(d.in.data() + d.at, size_t(d.left()));
    if (!d.out.append(d.in.substr(size_t(d.at), good))) return Raised{};
    d.at += Index(good);
    if (d.left() > 0) TRY(d.fault(d.at, d.at + 1, "ordinal not in range(128)"));
  }
  return d.out.finish();
}

namespace {

// text[e.at, end) lies above the limit.
Status encodeOutside(Encoding& e, Index end, char32_t limit, const char* reason) {
  Str* s = e.text;
  Index start = e.at;
  switch (e.kind()) {
    case ErrorKind::Strict: return e.raiseError(start, end, reason);
    case ErrorKind::Ignore: break;
    case ErrorKind::Replace:
      for (Index i = start; i < end; ++i) TRY(appended(e.out.append('?')));
      break;
    case ErrorKind::BackslashReplace:
      for (Index i = start; i < end; ++i) TRY(appended(appendBackslash(e.out, (*s)[i])));
      break;
    case ErrorKind::XmlCharRefReplace:
      for (Index i = start; i < end; ++i) TRY(appended(appendXmlReference(e.out, (*s)[i])));
      break;
    case ErrorKind::SurrogateEscape:
      while (start < end && (*s)[start] >= 0xdc80 && (*s)[start] <= 0xdcff) TRY(appended(e.out.append(char((*s)[start++] - 0xdc00))));
      if (start == end) break;
      [[fallthrough]];
    default: {
      Ref<> text = TRY(e.replacement(start, end, reason));
      if (isBytes(text.get())) return appended(e.out.append(static_cast<Bytes*>(text.get())->view()));
      auto* str = static_cast<Str*>(text.get());
      for (Index i = 0; i < str->length; ++i) {
        if ((*str)[i] >= limit) return e.raiseError(start, end, reason);
        TRY(appended(e.out.append(char((*str)[i]))));
      }
      return kDone;
    }
  }
  e.at = end;
  return kDone;
}

Ref<Bytes> encodeNarrow(ThreadState& ts, Str* s, const char* errors, const char* encoding, char32_t limit, const char* reason) {
  if (maxChar(s) < limit) return newBytes(ts, {static_cast<const char*>(s->data()), size_t(s->length)});
  Encoding e(ts, encoding, s, errors);
  if (!e.out.reserve(s->length)) return Raised{};
  while (e.at < s->length) {
    if (!e.out.reserve(s->length - e.at)) return Raised{};
    visitText(s, [&](const auto* p) {
      char* out = e.out.end();
      for (; e.at < s->length && p[e.at] < limit; ++e.at) *out++ = char(p[e.at]);
      e.out.advanceTo(out);
    });
    if (e.at == s->length) break;
    Index end = e.at + 1;
    while (end < s->length && (*s)[end] >= limit) ++end;
    TRY(encodeOutside(e, end, limit, reason));
  }
  return e.out.finish();
}

}  // namespace

Ref<Bytes> encodeLatin1Text(ThreadState& ts, Str* s, const char* errors) {
  return encodeNarrow(ts, s, errors, "latin-1", 256, "ordinal not in range(256)");
}
Ref<Bytes> encodeAsciiText(ThreadState& ts, Str* s, const char* errors) {
  return encodeNarrow(ts, s, errors, "ascii", 128, "ordinal not in range(128)");
}

}  // namespace habu
