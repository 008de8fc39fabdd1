// The codecs unicode_escape, raw_unicode_escape, and the escapes of bytes literals.
#include "base/unicode.h"
#include "types/bytes_methods.h"
#include "types/codecs_support.h"
#include "types/str_kinds.h"

namespace habu {

namespace {

int hexDigit(uint8_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}
bool isOctal(uint8_t c) { return c >= '0' && c <= '7'; }

// What \b, \n ... stand for; -1: not such an escape.
int simpleEscape(uint8_t c) {
  switch (c) {
    case '\\': case '\'': case '"': return c;
    case 'b': return '\b';
    case 'f': return '\f';
    case 't': return '\t';
    case 'n': return '\n';
    case 'r': return '\r';
    case 'v': return '\v';
    case 'a': return '\a';
  }
  return -1;
}

class EscapeDecoder {
 public:
  EscapeDecoder(ThreadState& ts, std::string_view bytes, const char* errors, bool raw, Index* consumed)
      : d_(ts, raw ? "rawunicodeescape" : "unicodeescape", bytes, errors), raw_(raw), consumed_(consumed) {}

  // Three characters from the first unknown escape's on, at the time it was met (an error handler may exchange the
  // input); empty: there was none.
  std::string_view firstInvalid() const { return {invalid_, invalid_length_}; }

  Ref<Str> run() {
    if (!d_.out.reserve(d_.left(), 0x7f)) return Raised{};
    while (d_.left() > 0 && !stopped_) {
      Index start = d_.at;
      while (d_.at < Index(d_.in.size()) && d_.byte(d_.at) != '\\') ++d_.at;
      for (Index i = start; i < d_.at; ++i)
        if (!d_.out.append(char32_t(d_.byte(i)))) return Raised{};
      if (d_.left() > 0) TRY(raw_ ? rawEscape() : escape());
    }
    if (consumed_) *consumed_ = d_.at;
    return d_.out.finish();
  }

 private:
  // The input ends inside an escape that starts at `start`.
  Status unfinished(Index start, const char* reason) {
    if (consumed_) {
      d_.at = start;
      stopped_ = true;
      return kDone;
    }
    return d_.fault(start, Index(d_.in.size()), reason);
  }

  // `digits` hexadecimal digits from `at`.
  Status hexEscape(Index start, Index at, int digits, const char* truncated, const char* illegal) {
    char32_t c = 0;
    Index end = Index(d_.in.size()), i = at;
    for (; i < at + digits; ++i) {
      if (i >= end) return unfinished(start, truncated);
      int v = hexDigit(d_.byte(i));
      if (v < 0) return d_.fault(start, i, truncated);
      c = c << 4 | char32_t(v);
    }
    if (c > 0x10ffff) return d_.fault(start, i, illegal);
    d_.at = i;
    return appended(d_.out.append(c));
  }

  Status escape() {
    Index start = d_.at, end = Index(d_.in.size());
    if (start + 1 >= end) return unfinished(start, "\\ at end of string");
    uint8_t c = d_.byte(start + 1);
    d_.at = start + 2;
    if (int simple = simpleEscape(c); simple >= 0) return appended(d_.out.append(char32_t(simple)));
    switch (c) {
      case '\n': return kDone;
      case 'x': return hexEscape(start, d_.at, 2, "truncated \\xXX escape", "");
      case 'u': return hexEscape(start, d_.at, 4, "truncated \\uXXXX escape", "");
      case 'U': return hexEscape(start, d_.at, 8, "truncated \\UXXXXXXXX escape", "illegal Unicode character");
      case 'N': return nameEscape(start);
    }
    if (isOctal(c)) {
      char32_t value = c - '0';
      for (int k = 0; k < 2 && d_.at < end && isOctal(d_.byte(d_.at)); ++k) value = value * 8 + (d_.byte(d_.at++) - '0');
      if (value > 0377) noteInvalid(start + 1);
      return appended(d_.out.append(value));
    }
    noteInvalid(start + 1);
    return appended(d_.out.append(U'\\') && d_.out.append(char32_t(c)));
  }

  void noteInvalid(Index at) {
    if (invalid_length_) return;
    invalid_length_ = d_.in.copy(invalid_, 3, size_t(at));
  }

  Status nameEscape(Index start) {
    Index end = Index(d_.in.size()), at = d_.at;
    if (at >= end) return unfinished(start, "malformed \\N character escape");
    if (d_.byte(at) != '{') return d_.fault(start, at, "malformed \\N character escape");
    Index name = ++at;
    while (at < end && d_.byte(at) != '}') ++at;
    if (at >= end) return unfinished(start, "malformed \\N character escape");
    if (at == name) return d_.fault(start, at, "malformed \\N character escape");
    char32_t c[4];
    if (unicodeLookup(d_.in.data() + name, size_t(at - name), false, c) != 1)
      return d_.fault(start, at + 1, "unknown Unicode character name");
    d_.at = at + 1;
    return appended(d_.out.append(c[0]));
  }

  Status rawEscape() {
    Index start = d_.at, end = Index(d_.in.size());
    if (start + 1 >= end) {
      if (consumed_) {
        stopped_ = true;
        return kDone;
      }
      ++d_.at;
      return appended(d_.out.append(U'\\'));
    }
    uint8_t c = d_.byte(start + 1);
    if (c != 'u' && c != 'U') {
      d_.at = start + 2;
      return appended(d_.out.append(U'\\') && d_.out.append(char32_t(c)));
    }
    if (c == 'u') return hexEscape(start, start + 2, 4, "truncated \\uXXXX escape", "");
    return hexEscape(start, start + 2, 8, "truncated \\UXXXXXXXX escape", "\\Uxxxxxxxx out of range");
  }

  Decoding d_;
  bool raw_;
  Index* consumed_;
  char invalid_[3];
  size_t invalid_length_ = 0;
  bool stopped_ = false;
};

char* putHex(char* out, char32_t c, char letter, int digits) {
  *out++ = '\\';
  *out++ = letter;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[c >> shift & 15];
  return out;
}

}  // namespace

Status warnInvalidEscape(ThreadState& ts, std::string_view bytes, Index at) {
  if (at < 0) return kDone;
  auto c = uint8_t(bytes[size_t(at)]);
  Ref<Str> message;
  if (c >= '4' && c <= '7') message = TRY(formatText(ts, "invalid octal escape sequence '\\{}'", bytes.substr(size_t(at), 3)));
  else message = TRY(formatText(ts, "invalid escape sequence '\\{}'", char32_t(c)));
  return warnText(ts, kDeprecationWarning, 1, std::move(message));
}

Ref<Str> decodeUnicodeEscape(ThreadState& ts, std::string_view bytes, const char* errors, Index* consumed) {
  EscapeDecoder decoder(ts, bytes, errors, false, consumed);
  Ref<Str> made = TRY(decoder.run());
  std::string_view invalid = decoder.firstInvalid();
  TRY(warnInvalidEscape(ts, invalid, invalid.empty() ? -1 : 0));
  return made;
}
Ref<Str> decodeRawUnicodeEscape(ThreadState& ts, std::string_view bytes, const char* errors, Index* consumed) {
  return EscapeDecoder(ts, bytes, errors, true, consumed).run();
}

Ref<Bytes> encodeUnicodeEscape(ThreadState& ts, Str* s) {
  BytesBuilder out(ts);
  if (!out.reserve(s->length)) return Raised{};
  for (Index i = 0; i < s->length; ++i) {
    char32_t c = (*s)[i];
    if (!out.reserve(10)) return Raised{};
    char* p = out.end();
    if (c >= ' ' && c < 0x7f && c != '\\') {
      *p++ = char(c);
    } else if (c == '\\' || c == '\t' || c == '\n' || c == '\r') {
      *p++ = '\\';
      *p++ = c == '\\' ? '\\' : c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
    } else {
      p = c < 0x100 ? putHex(p, c, 'x', 2) : c < 0x10000 ? putHex(p, c, 'u', 4) : putHex(p, c, 'U', 8);
    }
    out.advanceTo(p);
  }
  return out.finish();
}

Ref<Bytes> encodeRawUnicodeEscape(ThreadState& ts, Str* s) {
  BytesBuilder out(ts);
  if (!out.reserve(s->length)) return Raised{};
  for (Index i = 0; i < s->length; ++i) {
    char32_t c = (*s)[i];
    if (!out.reserve(10)) return Raised{};
    char* p = out.end();
    if (c < 0x100) *p++ = char(c);
    else p = c < 0x10000 ? putHex(p, c, 'u', 4) : putHex(p, c, 'U', 8);
    out.advanceTo(p);
  }
  return out.finish();
}

Ref<Bytes> decodeByteEscapes(ThreadState& ts, std::string_view in, const char* errors, Index* first_invalid) {
  *first_invalid = -1;
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, Index(in.size())));
  char* out = made->data;
  for (size_t i = 0; i < in.size();) {
    if (in[i] != '\\') {
      *out++ = in[i++];
      continue;
    }
    size_t start = i++;
    if (i == in.size()) return raise(ts, kValueError, "Trailing \\ in string");
    auto c = uint8_t(in[i++]);
    if (int simple = simpleEscape(c); simple >= 0) {
      *out++ = char(simple);
    } else if (c == '\n') {
      // a continued line
    } else if (isOctal(c)) {
      int value = c - '0';
      for (int k = 0; k < 2 && i < in.size() && isOctal(uint8_t(in[i])); ++k) value = value * 8 + (in[i++] - '0');
      if (value > 0377 && *first_invalid < 0) *first_invalid = Index(start) + 1;
      *out++ = char(value);
    } else if (c == 'x') {
      int high = i < in.size() ? hexDigit(uint8_t(in[i])) : -1, low = i + 1 < in.size() ? hexDigit(uint8_t(in[i + 1])) : -1;
      if (high >= 0 && low >= 0) {
        *out++ = char(high << 4 | low);
        i += 2;
        continue;
      }
      // A lone digit belongs to the faulty escape.
      if (!errors || std::string_view(errors) == "strict")
        return raise(ts, kValueError, "invalid \\x escape at position {}", Index(start));
      if (std::string_view(errors) == "replace") *out++ = '?';
      else if (std::string_view(errors) != "ignore")
        return raise(ts, kValueError, "decoding error; unknown error handling code: {:.400}", errors);
      if (high >= 0) ++i;
    } else {
      if (*first_invalid < 0) *first_invalid = Index(start) + 1;
      *out++ = '\\';
      *out++ = char(c);
    }
  }
  Index size = out - made->data;
  if (size == 1) return newBytes(ts, {made->data, 1});
  return shrinkBytes(ts, std::move(made), size);
}

}  // namespace habu
