// Bodies of string and bytes literals: escapes. The words and positions of errors are those of CPython's decoders, which
// see the text with each character beyond ASCII spelled as a ten-character \U escape.
#include <cstdarg>
#include <cstdio>

#include "object/raise.h"
#include "syntax/literals.h"
#include "syntax/unicode_text.h"
#include "types/str.h"

namespace habu::syntax {
namespace {

bool isOctal(char c) { return c >= '0' && c <= '7'; }
int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

__attribute__((format(printf, 2, 3))) bool fail(LiteralError& error, const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::vsnprintf(error.message, sizeof error.message, format, args);
  va_end(args);
  error.kind = LiteralError::Kind::AtEnd;
  return false;
}

bool failNoMemory(ParseContext& context, LiteralError& error) {
  if (!errorSet(context.ts)) (void)raiseNoMemory(context.ts);
  error.kind = LiteralError::Kind::Raised;
  return false;
}

// Bytes beyond ASCII from `s` on, up to the next ASCII one, as characters.
bool decodeRun(const char*& s, const char* end, TextBuffer& out, size_t& position, LiteralError& error) {
  const char* start = s;
  const char* stop = s;
  while (stop < end && static_cast<signed char>(*stop) < 0) ++stop;
  while (s < stop) {
    char32_t c = decodeUtf8(s, stop);
    if (c == kBadCodePoint) {
      int bad;
      const char* reason = describeBadUtf8(s, stop, bad);
      auto at = static_cast<long>(s - start);
      if (bad == 1)
        return fail(error, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %ld: %s",
                    static_cast<unsigned char>(*s), at, reason);
      return fail(error, "(unicode error) 'utf-8' codec can't decode bytes in position %ld-%ld: %s", at,
                  at + bad - 1, reason);
    }
    if (!out.append(c)) return error.kind = LiteralError::Kind::Raised, false;
    position += 10;
  }
  return true;
}

// CPython decodes what is beyond ASCII before it looks at escapes: malformed text anywhere comes first.
bool checkRuns(std::string_view body, LiteralError& error) {
  const char *s = body.data(), *end = s + body.size();
  TextBuffer ignored;
  size_t position = 0;
  while (s < end) {
    if (static_cast<signed char>(*s) >= 0) ++s;
    else if (!decodeRun(s, end, ignored, position, error)) return false;
  }
  return true;
}

bool decodeRaw(std::string_view body, TextBuffer& out, LiteralError& error) {
  const char *s = body.data(), *end = s + body.size();
  while (s < end) {
    char32_t c = decodeUtf8(s, end);
    if (c == kBadCodePoint) {
      int bad;
      const char* reason = describeBadUtf8(s, end, bad);
      auto at = static_cast<long>(s - body.data());
      if (bad == 1)
        return fail(error, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %ld: %s",
                    static_cast<unsigned char>(*s), at, reason);
      return fail(error, "(unicode error) 'utf-8' codec can't decode bytes in position %ld-%ld: %s", at,
                  at + bad - 1, reason);
    }
    if (!out.append(c)) return error.kind = LiteralError::Kind::Raised, false;
  }
  return true;
}

int simpleEscape(char c) {
  switch (c) {
    case '\\':
    case '\'':
    case '"': return c;
    case 'a': return '\a';
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'v': return '\v';
    default: return -1;
  }
}

// Up to three octal digits at `s`.
char32_t octalEscape(const char*& s, const char* end) {
  char32_t value = 0;
  for (int i = 0; i < 3 && s < end && isOctal(*s); ++i) value = value * 8 + static_cast<char32_t>(*s++ - '0');
  return value;
}

// The first doubtful escape of a literal is warned about, once.
bool warnEscape(ParseContext& context, const char* escape, int32_t line, LiteralError& error) {
  char message[64];
  if (isOctal(*escape)) std::snprintf(message, sizeof message, "invalid octal escape sequence '\\%.3s'", escape);
  else std::snprintf(message, sizeof message, "invalid escape sequence '\\%c'", *escape);
  return warnLiteral(context, message, line, error);
}

class TextDecoder {
 public:
  TextDecoder(std::string_view body, TextBuffer& out, LiteralError& error)
      : s_(body.data()), end_(body.data() + body.size()), out_(out), error_(error) {}
  bool run() {
    while (s_ < end_) {
      auto c = static_cast<unsigned char>(*s_);
      if (c >= 0x80) {
        if (!decodeRun(s_, end_, out_, position_, error_)) return false;
      } else if (c == '\\') {
        if (!escape()) return false;
      } else {
        ++s_, ++position_;
        if (!put(c)) return false;
      }
    }
    return true;
  }
  const char* firstInvalid() const { return first_invalid_; }

 private:
  bool put(char32_t c) { return out_.append(c) || (error_.kind = LiteralError::Kind::Raised, false); }

  bool escape() {
    const char* start = s_++;
    if (s_ == end_ || static_cast<signed char>(*s_) < 0) {  // a backslash and nothing it could apply to
      position_ += 6;
      return put('\\');
    }
    char c = *s_++;
    bool ok;
    int simple = simpleEscape(c);
    if (simple >= 0) {
      ok = put(static_cast<char32_t>(simple));
    } else if (c == '\n') {
      ok = true;
    } else if (isOctal(c)) {
      --s_;
      char32_t value = octalEscape(s_, end_);
      if (value > 0xff && !first_invalid_) first_invalid_ = start + 1;
      ok = put(value);
    } else if (c == 'x') {
      ok = hex(start, 2, "truncated \\xXX escape");
    } else if (c == 'u') {
      ok = hex(start, 4, "truncated \\uXXXX escape");
    } else if (c == 'U') {
      ok = hex(start, 8, "truncated \\UXXXXXXXX escape");
    } else if (c == 'N') {
      ok = named(start);
    } else {
      if (!first_invalid_) first_invalid_ = start + 1;
      ok = put('\\') && put(static_cast<unsigned char>(c));
    }
    position_ += static_cast<size_t>(s_ - start);
    return ok;
  }

  bool bad(const char* start, size_t length, const char* reason) {
    (void)start;
    return fail(error_, "(unicode error) 'unicodeescape' codec can't decode bytes in position %zu-%zu: %s", position_,
                position_ + length - 1, reason);
  }

  bool hex(const char* start, int digits, const char* reason) {
    char32_t value = 0;
    for (int i = 0; i < digits; ++i, ++s_) {
      int digit = s_ < end_ ? hexValue(*s_) : -1;
      if (digit < 0) return bad(start, static_cast<size_t>(s_ - start), reason);
      value = value << 4 | static_cast<char32_t>(digit);
    }
    if (value > 0x10FFFF) return bad(start, static_cast<size_t>(s_ - start), "illegal Unicode character");
    return put(value);
  }

  // \N{...}; characters of the name beyond ASCII count ten each.
  bool named(const char* start) {
    const char* malformed = "malformed \\N character escape";
    if (s_ == end_ || *s_ != '{') return bad(start, 2, malformed);
    const char* name = ++s_;
    size_t length = 3;
    while (s_ < end_ && *s_ != '}') {
      if (static_cast<signed char>(*s_) >= 0) {
        ++s_, ++length;
      } else {
        if (decodeUtf8(s_, end_) == kBadCodePoint) ++s_;
        length += 10;
      }
    }
    if (s_ == end_ || s_ == name) return bad(start, length, malformed);
    std::string_view text(name, static_cast<size_t>(s_ - name));
    ++s_, ++length;
    char32_t character;
    if (!characterByName(text, character)) return bad(start, length, "unknown Unicode character name");
    return put(character);
  }

  const char* s_;
  const char* end_;
  const char* first_invalid_ = nullptr;
  size_t position_ = 0;  // in CPython's transformed text
  TextBuffer& out_;
  LiteralError& error_;
};

}  // namespace

bool warnLiteral(ParseContext& context, const char* message, int32_t line, LiteralError& error) {
  auto outcome = context.warnAt(kDeprecationWarning, line, message);
  if (outcome == WarningSink::Outcome::Continue) return true;
  error.kind = outcome == WarningSink::Outcome::Raised ? LiteralError::Kind::Raised : LiteralError::Kind::AtToken;
  std::snprintf(error.message, sizeof error.message, "%s", message);
  return false;
}

bool TextBuffer::appendWide(char32_t c) {
  if (!is_wide_) {
    for (int i = 0; i < narrow_.size(); ++i)
      if (!wide_.push(static_cast<unsigned char>(narrow_[i]))) return false;
    is_wide_ = true;
  }
  return wide_.push(c);
}

void TextBuffer::clear() {
  narrow_.truncate(0);
  wide_.truncate(0);
  is_wide_ = false;
}

Ref<Str> TextBuffer::finish(ThreadState& ts) const {
  if (empty()) return strFromAscii(ts, "");
  if (is_wide_) return strFromUcs4(ts, wide_.data(), wide_.size());
  return strFromAscii(ts, {narrow_.data(), static_cast<size_t>(narrow_.size())});
}

bool decodeText(ParseContext& context, std::string_view body, bool raw, int32_t warned_line, TextBuffer& out,
                LiteralError& error) {
  bool ok;
  const char* doubtful = nullptr;
  if (raw) {
    ok = decodeRaw(body, out, error);
  } else {
    TextDecoder decoder(body, out, error);
    ok = decoder.run();
    doubtful = decoder.firstInvalid();
    if (!ok && error.kind == LiteralError::Kind::AtEnd) (void)checkRuns(body, error);
  }
  if (!ok) return error.kind == LiteralError::Kind::Raised ? failNoMemory(context, error) : false;
  return !doubtful || warnEscape(context, doubtful, warned_line, error);
}

bool decodeBytes(ParseContext& context, std::string_view body, bool raw, int32_t warned_line, PlainVector<char>& out,
                 LiteralError& error) {
  const char *s = body.data(), *end = s + body.size(), *doubtful = nullptr;
  auto put = [&](int c) { return out.push(static_cast<char>(c)) || failNoMemory(context, error); };
  while (s < end) {
    char c = *s++;
    if (c != '\\' || raw) {
      if (!put(c)) return false;
      continue;
    }
    const char* start = s - 1;
    c = *s++;
    int simple = simpleEscape(c);
    if (simple >= 0) {
      if (!put(simple)) return false;
    } else if (isOctal(c)) {
      --s;
      char32_t value = octalEscape(s, end);
      if (value > 0xff && !doubtful) doubtful = start + 1;
      if (!put(static_cast<int>(value & 0xff))) return false;
    } else if (c == 'x') {
      int high = s < end ? hexValue(*s) : -1, low = s + 1 < end ? hexValue(s[1]) : -1;
      if (high < 0 || low < 0)
        return fail(error, "(value error) invalid \\x escape at position %ld", static_cast<long>(start - body.data()));
      s += 2;
      if (!put(high << 4 | low)) return false;
    } else if (c != '\n') {
      if (!doubtful) doubtful = start + 1;
      --s;
      if (!put('\\')) return false;
    }
  }
  return !doubtful || warnEscape(context, doubtful, warned_line, error);
}

}  // namespace habu::syntax
