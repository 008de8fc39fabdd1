// UTF-8 and the file system encoding (UTF-8 with surrogateescape).
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/attribute.h"
#include "types/codecs_support.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"

namespace habu {

Ref<Str> decodeUtf8Text(ThreadState& ts, std::string_view bytes, const char* errors, Index* consumed) {
  Utf8Measure m = measureUtf8(bytes);
  if (m.valid == bytes.size()) {
    if (consumed) *consumed = Index(bytes.size());
    if (m.bits < 0x80) return strFromAscii(ts, bytes);
    return newStr(ts, bytes);
  }
  Decoding d(ts, "utf-8", bytes, errors);
  if (!d.out.reserve(Index(m.characters), m.bits)) return Raised{};
  while (d.left() > 0) {
    m = measureUtf8(d.in.substr(size_t(d.at)));
    if (m.valid && !d.out.appendUtf8(d.in.substr(size_t(d.at), m.valid))) return Raised{};
    d.at += Index(m.valid);
    if (d.left() == 0) break;
    const auto* p = reinterpret_cast<const uint8_t*>(d.in.data()) + d.at;
    Utf8Fault fault = utf8Fault(p, size_t(d.left()));
    // A surrogate cut off at the end may become whole for "surrogatepass".
    bool cut_surrogate = d.left() == 2 && p[0] == 0xed && p[1] >= 0xa0 && p[1] <= 0xbf;
    if (consumed && (fault.truncated || cut_surrogate)) break;
    TRY(d.fault(d.at, d.at + fault.length, fault.reason));
  }
  if (consumed) *consumed = d.at;
  return d.out.finish();
}

namespace {

constexpr const char* kReason = "surrogates not allowed";

// text[e.at, end) are surrogates: writes what the error handler says.
Status encodeSurrogates(Encoding& e, Index end) {
  Str* s = e.text;
  Index start = e.at;
  switch (e.kind()) {
    case ErrorKind::Strict: return e.raiseError(start, end, kReason);
    case ErrorKind::Ignore: break;
    case ErrorKind::Replace:
      for (Index i = start; i < end; ++i) TRY(appended(e.out.append('?')));
      break;
    case ErrorKind::SurrogatePass:
      for (Index i = start; i < end; ++i) {
        if (!e.out.reserve(4)) return Raised{};
        e.out.advanceTo(appendUtf8(e.out.end(), (*s)[i]));
      }
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
    case ErrorKind::Other: {
      Ref<> text = TRY(e.replacement(start, end, kReason));
      if (isBytes(text.get())) return appended(e.out.append(static_cast<Bytes*>(text.get())->view()));
      auto* str = static_cast<Str*>(text.get());
      if (!str->isAscii()) return e.raiseError(start, end, kReason);
      return appended(e.out.append(asciiView(str)));
    }
  }
  e.at = end;
  return kDone;
}

template <class C>
Status encodeRun(Encoding& e, const C* p, Index n) {  // up to the next surrogate
  if (!e.out.reserve((n - e.at) * (sizeof(C) == 1 ? 2 : sizeof(C) == 2 ? 3 : 4))) return Raised{};
  char* out = e.out.end();
  Index i = e.at;
  for (; i < n; ++i) {
    if constexpr (sizeof(C) > 1)
      if (isSurrogate(p[i])) break;
    out = appendUtf8(out, p[i]);
  }
  e.out.advanceTo(out);
  e.at = i;
  return kDone;
}

}  // namespace

Ref<Bytes> encodeUtf8Text(ThreadState& ts, Str* s, const char* errors) {
  if (s->isAscii()) return newBytes(ts, asciiView(s));
  auto* cached = static_cast<CompactStr*>(s);
  if (cached->utf8) return newBytes(ts, {cached->utf8, size_t(cached->utf8_length)});
  Encoding e(ts, "utf-8", s, errors);
  while (e.at < s->length) {
    TRY(visitText(s, [&](const auto* p) { return encodeRun(e, p, s->length); }));
    if (e.at == s->length) break;
    Index end = e.at + 1;
    while (end < s->length && isSurrogate((*s)[end])) ++end;
    TRY(encodeSurrogates(e, end));
  }
  return e.out.finish();
}

// ---- file names ----

Ref<Str> strFromFileSystem(ThreadState& ts, std::string_view bytes) { return decodeUtf8Text(ts, bytes, "surrogateescape"); }

Ref<Bytes> fileSystemBytes(ThreadState& ts, Object* path) {
  Ref<> held;
  if (!isStr(path) && !isBytes(path)) {
    Ref<> method = TRY(lookupSpecial(ts, path, names::__fspath__));
    if (!method) return raise(ts, kTypeError, "expected str, bytes or os.PathLike object, not {:.200}", typeName(path));
    held = TRY(call(ts, method.get()));
    if (!isStr(held.get()) && !isBytes(held.get()))
      return raise(ts, kTypeError, "expected {:.200}.__fspath__() to return str or bytes, not {:.200}", typeName(path),
                   typeName(held.get()));
    path = held.get();
  }
  Ref<Bytes> bytes;
  if (isBytes(path)) bytes = share(static_cast<Bytes*>(path));
  else bytes = TRY(encodeUtf8Text(ts, static_cast<Str*>(path), "surrogateescape"));
  if (std::memchr(bytes->data, 0, size_t(bytes->size))) return raise(ts, kValueError, "embedded null byte");
  return bytes;
}

}  // namespace habu
