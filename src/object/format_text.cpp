// The text formatter of error messages and reprs (raise.h).
#include <charconv>
#include <cstring>

#include "object/protocol.h"
#include "object/raise.h"
#include "types/float.h"
#include "types/str.h"

namespace habu {

namespace {

struct Field {
  char conversion = 's';  // s, r, a
  Index precision = -1;
  int width = 0;
  bool zero = false, hex = false, alternate = false;
};

// Reads a field after its "{"; returns the position behind its "}".
const char* readField(const char* p, Field& f) {
  if (*p == '!') {
    f.conversion = p[1];
    p += 2;
  }
  if (*p == ':') {
    ++p;
    if (*p == '#') f.alternate = true, ++p;
    if (*p == '0') f.zero = true, ++p;
    while (*p >= '0' && *p <= '9') f.width = f.width * 10 + (*p++ - '0');
    if (*p == '.') {
      f.precision = 0;
      for (++p; *p >= '0' && *p <= '9';) f.precision = f.precision * 10 + (*p++ - '0');
    }
    if (*p == 'x') f.hex = true, ++p;
    if (*p == 'd') ++p;
  }
  return p + 1;
}

// Cuts UTF-8 text after `limit` characters.
std::string_view cut(std::string_view s, Index limit) {
  if (limit < 0) return s;
  size_t i = 0;
  for (; i < s.size() && limit > 0; --limit) {
    ++i;
    while (i < s.size() && (s[i] & 0xC0) == 0x80) ++i;
  }
  return s.substr(0, i);
}

bool appendUtf8(ThreadState& ts, StrBuilder& out, std::string_view s) {
  bool ascii = true;
  for (char c : s) ascii &= static_cast<signed char>(c) >= 0;
  if (ascii) return out.append(s);
  Ref<Str> text = newStr(ts, s);
  return text && out.append(text.get());
}

bool appendNumber(StrBuilder& out, const FormatArg& a, const Field& f) {
  char digits[32];
  int base = f.hex ? 16 : 10;
  auto end = a.kind == FormatArg::Kind::Signed
                 ? std::to_chars(digits, digits + sizeof digits, a.number, base).ptr
                 : std::to_chars(digits, digits + sizeof digits, static_cast<unsigned long long>(a.number), base).ptr;
  if (f.alternate && !out.append(std::string_view("0x"))) return false;
  for (Index i = end - digits; i < f.width; ++i)
    if (!out.append(std::string_view(f.zero ? "0" : " "))) return false;
  return out.append(std::string_view(digits, size_t(end - digits)));
}

bool appendObject(ThreadState& ts, StrBuilder& out, Object* o, const Field& f) {
  Ref<Str> text = f.conversion == 'r' ? reprOf(ts, o) : f.conversion == 'a' ? asciiOf(ts, o) : strOf(ts, o);
  if (!text) return false;
  Index n = text->length;
  return out.append(text.get(), 0, f.precision >= 0 && f.precision < n ? f.precision : n);
}

bool appendField(ThreadState& ts, StrBuilder& out, const FormatArg& a, const Field& f) {
  switch (a.kind) {
    case FormatArg::Kind::Text: return appendUtf8(ts, out, cut(a.text, f.precision));
    case FormatArg::Kind::Signed:
    case FormatArg::Kind::Unsigned: return appendNumber(out, a, f);
    case FormatArg::Kind::Char: return out.append(char32_t(a.number));
    case FormatArg::Kind::Double: {
      Ref<Str> text = doubleToText(ts, a.real, 'r', 0, kDoubleAddDotZero);
      return text && out.append(text.get());
    }
    case FormatArg::Kind::Object: return appendObject(ts, out, a.object, f);
  }
  return false;
}

}  // namespace

Ref<Str> formatTextSpan(ThreadState& ts, const char* format, std::span<const FormatArg> args) {
  StrBuilder out(ts);
  size_t next = 0;
  for (const char* p = format; *p;) {
    const char* brace = p + std::strcspn(p, "{}");
    if (brace != p && !appendUtf8(ts, out, {p, size_t(brace - p)})) return Raised{};
    if (!*brace) break;
    if (brace[1] == brace[0]) {
      if (!out.append(std::string_view(brace, 1))) return Raised{};
      p = brace + 2;
      continue;
    }
    Field field;
    p = readField(brace + 1, field);
    if (!appendField(ts, out, args[next++], field)) return Raised{};
  }
  return out.finish();
}

}  // namespace habu
