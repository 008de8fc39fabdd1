// __format__ of numbers: parse the specification, get the plain digits, lay them out.
//
//   left padding | sign | prefix | inner padding | digits in groups | point | remainder | right padding
#include "types/number_format.h"

#include <climits>
#include <clocale>
#include <cmath>
#include <cstring>
#include <cwchar>

#include "object/protocol.h"
#include "object/raise.h"
#include "types/double_text.h"
#include "types/format_spec.h"
#include "types/str.h"

namespace habu {

namespace {

// How digits are grouped and what the point looks like.
struct Separators {
  char32_t point[8] = {'.'}, group[8] = {};
  Index point_length = 1, group_length = 0;
  char sizes[16] = "";  // as localeconv().grouping: sizes from the right, the last one repeats, CHAR_MAX stops
};

Index decode(const char* text, char32_t (&out)[8]) {
  wchar_t wide[8];
  size_t n = std::mbstowcs(wide, text, 8);
  if (n == size_t(-1)) n = 0;
  for (size_t i = 0; i < n; ++i) out[i] = char32_t(wide[i]);
  return Index(n);
}

Separators separatorsFor(const FormatSpec& f) {
  Separators s;
  if (f.type == 'n') {
    const lconv* l = std::localeconv();
    s.point_length = decode(l->decimal_point, s.point);
    s.group_length = decode(l->thousands_sep, s.group);
    std::strncpy(s.sizes, l->grouping, sizeof s.sizes - 1);
  } else if (f.thousands) {
    s.group[0] = char32_t(f.thousands);
    s.group_length = 1;
    bool fours = f.type == 'b' || f.type == 'o' || f.type == 'x' || f.type == 'X';
    s.sizes[0] = fours ? 4 : 3;
  }
  return s;
}

// The pieces of one number's text.
struct Pieces {
  char sign = 0;
  std::string_view prefix, digits, remainder;
  bool point = false;
  char32_t character = 0;  // with 'c': stands where the remainder stands
  bool has_character = false;
};

char shownSign(bool negative, char wanted) { return negative ? '-' : wanted == '+' || wanted == ' ' ? wanted : 0; }

// Splits "123.45e+06" into digits, point and remainder ("inf" is all remainder).
void splitNumber(std::string_view text, Pieces& p) {
  size_t n = 0;
  while (n < text.size() && text[n] >= '0' && text[n] <= '9') ++n;
  p.digits = text.substr(0, n);
  p.point = n < text.size() && text[n] == '.';
  p.remainder = text.substr(n + (p.point ? 1 : 0));
}

class Grouping {
 public:
  // Walks the groups of `digits` from the right, zeros filling up to min_width; calls emit(group, zeros, separator_after).
  template <class Emit>
  static void walk(const Separators& s, Index digits, Index min_width, Emit emit) {
    const char* size = s.sizes;
    char current = 0;
    Index remaining = digits;
    bool first = true;
    for (;;) {
      if (*size) current = *size++;
      bool limited = current > 0 && current != CHAR_MAX;
      Index most = remaining > min_width ? remaining : min_width;
      if (most < 1) most = 1;
      Index length = limited && current < most ? current : most;
      Index taken = remaining < length ? remaining : length;
      emit(taken, length - taken, !first);
      remaining -= taken;
      min_width -= length;
      if (!limited || (remaining <= 0 && min_width <= 0)) return;
      min_width -= s.group_length;
      first = false;
    }
  }
};

struct Layout {
  Index left = 0, inner = 0, right = 0, grouped = 0, min_width = 0;
  Index total = 0;
};

Layout computeLayout(const FormatSpec& f, const Separators& s, const Pieces& p) {
  Layout l;
  Index others = (p.sign ? 1 : 0) + Index(p.prefix.size()) + (p.point ? s.point_length : 0) +
                 (p.has_character ? 1 : Index(p.remainder.size()));
  if (f.fill == '0' && f.align == '=') l.min_width = f.width - others;
  if (!p.digits.empty())
    Grouping::walk(s, Index(p.digits.size()), l.min_width,
                   [&](Index taken, Index zeros, bool separator) { l.grouped += taken + zeros + (separator ? s.group_length : 0); });
  Index used = others + l.grouped;
  Index padding = f.width > used ? f.width - used : 0;
  switch (f.align) {
    case '<': l.right = padding; break;
    case '^':
      l.left = padding / 2;
      l.right = padding - l.left;
      break;
    case '=': l.inner = padding; break;
    default: l.left = padding; break;
  }
  l.total = used + padding;
  return l;
}

template <class C>
class Writer {
 public:
  explicit Writer(void* out) : p_(static_cast<C*>(out)) {}
  void put(char32_t c) { *p_++ = C(c); }
  void fill(char32_t c, Index n) {
    for (; n > 0; --n) *p_++ = C(c);
  }
  void text(std::string_view s) {
    for (char c : s) *p_++ = C(static_cast<unsigned char>(c));
  }
  void wide(const char32_t* s, Index n) {
    for (Index i = 0; i < n; ++i) *p_++ = C(s[i]);
  }
  void number(const FormatSpec& f, const Separators& s, const Pieces& p, const Layout& l) {
    fill(f.fill, l.left);
    if (p.sign) put(char32_t(p.sign));
    text(p.prefix);
    fill(f.fill, l.inner);
    if (!p.digits.empty()) grouped(s, p, l);
    if (p.point) wide(s.point, s.point_length);
    if (p.has_character) put(p.character);
    else text(p.remainder);
    fill(f.fill, l.right);
  }

 private:
  void grouped(const Separators& s, const Pieces& p, const Layout& l) {
    C* end = p_ + l.grouped;
    C* out = end;
    const char* digit = p.digits.data() + p.digits.size();
    Grouping::walk(s, Index(p.digits.size()), l.min_width, [&](Index taken, Index zeros, bool separator) {
      if (separator)
        for (Index i = s.group_length; i-- > 0;) *--out = C(s.group[i]);
      for (Index i = 0; i < taken; ++i) *--out = C(*--digit);
      for (Index i = 0; i < zeros; ++i) *--out = C('0');
    });
    p_ = end;
  }

  C* p_;
};

char32_t widest(const FormatSpec& f, const Separators& s, const Pieces& p, const Layout& l) {
  char32_t most = 0x7f;
  auto see = [&](char32_t c) { most = c > most ? c : most; };
  if (l.left || l.inner || l.right) see(f.fill);
  if (p.point)
    for (Index i = 0; i < s.point_length; ++i) see(s.point[i]);
  if (l.grouped > Index(p.digits.size()))
    for (Index i = 0; i < s.group_length; ++i) see(s.group[i]);
  if (p.has_character) see(p.character);
  return most;
}

Ref<Str> layOut(ThreadState& ts, const FormatSpec& f, const Separators& s, const Pieces& p) {
  Layout l = computeLayout(f, s, p);
  Ref<Str> text = TRY(newStrUninitialized(ts, l.total, widest(f, s, p, l)));
  switch (text->kind()) {
    case StrKind::Ucs1: Writer<uint8_t>(text->data()).number(f, s, p, l); break;
    case StrKind::Ucs2: Writer<char16_t>(text->data()).number(f, s, p, l); break;
    default: Writer<char32_t>(text->data()).number(f, s, p, l); break;
  }
  return text;
}

// ---- int ----
Ref<Str> formatCharacter(ThreadState& ts, Int* i, const FormatSpec& f) {
  if (f.sign) return raise(ts, kValueError, "Sign not allowed with integer format specifier 'c'");
  if (f.alternate) return raise(ts, kValueError, "Alternate form (#) not allowed with integer format specifier 'c'");
  long long c = TRY(asLongLong(ts, i));
  if (c < 0 || c > 0x10ffff) return raise(ts, kOverflowError, "%c arg not in range(0x110000)");
  Pieces p;
  p.character = char32_t(c);
  p.has_character = true;
  return layOut(ts, f, separatorsFor(f), p);
}

Ref<Str> formatInteger(ThreadState& ts, Int* i, const FormatSpec& f) {
  if (f.precision >= 0) return raise(ts, kValueError, "Precision not allowed in integer format specifier");
  if (f.no_negative_zero) return raise(ts, kValueError, "Negative zero coercion (z) not allowed in integer format specifier");
  if (f.type == 'c') return formatCharacter(ts, i, f);
  int base = f.type == 'b' ? 2 : f.type == 'o' ? 8 : f.type == 'x' || f.type == 'X' ? 16 : 10;
  if (!f.sign && f.width < 0 && !f.thousands && f.type != 'X' && f.type != 'n') return intToText(ts, i, base, f.alternate);
  Ref<Str> plain = TRY(intToText(ts, i, base, false));
  if (f.type == 'X') {
    auto* c = static_cast<char*>(plain->data());
    // Texts of one digit are shared with everybody.
    if (plain->length == 1 && *c >= 'a') plain = TRY(strFromChar(ts, char32_t(*c - 'a' + 'A')));
    else if (plain->length > 1)
      for (Index k = 0; k < plain->length; ++k)
        if (c[k] >= 'a') c[k] = char(c[k] - 'a' + 'A');
  }
  Pieces p;
  p.digits = asciiView(plain.get());
  if (i->size < 0) p.digits.remove_prefix(1);
  p.sign = shownSign(i->size < 0, f.sign);
  if (f.alternate && base != 10) p.prefix = f.type == 'X' ? "0X" : base == 16 ? "0x" : base == 8 ? "0o" : "0b";
  return layOut(ts, f, separatorsFor(f), p);
}

// ---- float ----
// The code and flags for DoubleText, from the presentation type.
struct RealStyle {
  char code;
  Index precision;
  int flags;
};

Result<RealStyle> realStyle(ThreadState& ts, const FormatSpec& f, int default_flags) {
  RealStyle s{char(f.type), f.precision, 0};
  if (f.precision > INT_MAX) return raise(ts, kValueError, "precision too big");
  if (f.alternate) s.flags |= kDoubleAlternate;
  if (f.no_negative_zero) s.flags |= kDoubleNoNegativeZero;
  Index fallback = 6;
  if (f.type == 0) {
    s.flags |= default_flags;
    s.code = 'r';
    fallback = 0;
  }
  if (f.type == 'n') s.code = 'g';
  if (f.type == '%') s.code = 'f';
  if (s.precision < 0) s.precision = fallback;
  else if (s.code == 'r') s.code = 'g';
  return s;
}

// Formats into `text` and splits off the sign.
Status realPieces(ThreadState& ts, DoubleText& text, double d, const RealStyle& style, char sign, bool percent, Pieces& p) {
  if (!text.format(d, style.code, style.precision, style.flags) || (percent && !text.append('%'))) return raiseNoMemory(ts);
  std::string_view all = text.view();
  bool negative = all[0] == '-';
  if (negative) all.remove_prefix(1);
  p.sign = shownSign(negative, sign);
  splitNumber(all, p);
  return kDone;
}

Ref<Str> formatReal(ThreadState& ts, double d, const FormatSpec& f) {
  RealStyle style = TRY(realStyle(ts, f, kDoubleAddDotZero));
  bool percent = f.type == '%';
  DoubleText text;
  Pieces p;
  TRY(realPieces(ts, text, percent ? d * 100.0 : d, style, f.sign, percent, p));
  if (f.width < 0 && !f.thousands && f.type != 'n' && (f.sign != '+' && f.sign != ' ')) return strFromAscii(ts, text.view());
  return layOut(ts, f, separatorsFor(f), p);
}

bool isRealCode(char32_t type) {
  return type == 'e' || type == 'E' || type == 'f' || type == 'F' || type == 'g' || type == 'G' || type == '%';
}

// ---- complex ----
// Left padding, optional brackets, both parts, right padding.
template <class C>
void writeComplex(void* out, const FormatSpec& f, const FormatSpec& bare, const Separators& s, const Pieces (&p)[2], bool skip_real,
                  bool brackets, Index left, Index right) {
  Writer<C> w(out);
  w.fill(f.fill, left);
  if (brackets) w.put('(');
  if (!skip_real) w.number(bare, s, p[0], computeLayout(bare, s, p[0]));
  w.number(bare, s, p[1], computeLayout(bare, s, p[1]));
  w.put('j');
  if (brackets) w.put(')');
  w.fill(f.fill, right);
}

Ref<Str> formatComplexParts(ThreadState& ts, Complex* c, const FormatSpec& f) {
  if (f.fill == '0') return raise(ts, kValueError, "Zero padding is not allowed in complex format specifier");
  if (f.align == '=') return raise(ts, kValueError, "'=' alignment flag is not allowed in complex format specifier");
  RealStyle style = TRY(realStyle(ts, f, 0));
  bool plain = f.type == 0;
  bool skip_real = plain && c->real == 0.0 && !std::signbit(c->real);
  bool brackets = plain && !skip_real;
  DoubleText texts[2];
  Pieces p[2];
  TRY(realPieces(ts, texts[0], c->real, style, f.sign, false, p[0]));
  TRY(realPieces(ts, texts[1], c->imaginary, style, skip_real ? f.sign : '+', false, p[1]));
  FormatSpec bare = f;
  bare.width = -1;
  bare.fill = ' ';
  Separators s = separatorsFor(f);
  Layout parts[2] = {computeLayout(bare, s, p[0]), computeLayout(bare, s, p[1])};
  Index used = (skip_real ? 0 : parts[0].total) + parts[1].total + 1 + (brackets ? 2 : 0);
  Index padding = f.width > used ? f.width - used : 0;
  Index left = f.align == '<' ? 0 : f.align == '^' ? padding / 2 : padding;
  char32_t most = widest(bare, s, p[0], parts[0]);
  char32_t other = widest(bare, s, p[1], parts[1]);
  if (other > most) most = other;
  if (padding && f.fill > most) most = f.fill;
  Ref<Str> text = TRY(newStrUninitialized(ts, used + padding, most));
  auto write = text->kind() == StrKind::Ucs1   ? writeComplex<uint8_t>
               : text->kind() == StrKind::Ucs2 ? writeComplex<char16_t>
                                               : writeComplex<char32_t>;
  write(text->data(), f, bare, s, p, skip_real, brackets, left, padding - left);
  return text;
}

}  // namespace

Ref<Str> formatIntSpec(ThreadState& ts, Int* i, Str* spec) {
  if (!spec->length) return isExactInt(i) ? intToText(ts, i) : strOf(ts, i);
  FormatSpec f;
  TRY(parseFormatSpec(ts, f, spec, i, 'd', '>'));
  switch (f.type) {
    case 'b': case 'c': case 'd': case 'o': case 'x': case 'X': case 'n': return formatInteger(ts, i, f);
    default: break;
  }
  if (!isRealCode(f.type)) return raiseUnknownFormatCode(ts, f.type, i);
  return formatReal(ts, TRY(intToDouble(ts, i)), f);
}

Ref<Str> formatFloatSpec(ThreadState& ts, Float* value, Str* spec) {
  if (!spec->length) return strOf(ts, value);
  FormatSpec f;
  TRY(parseFormatSpec(ts, f, spec, value, 0, '>'));
  if (f.type != 0 && f.type != 'n' && !isRealCode(f.type)) return raiseUnknownFormatCode(ts, f.type, value);
  return formatReal(ts, value->value, f);
}

Ref<Str> formatComplexSpec(ThreadState& ts, Complex* value, Str* spec) {
  if (!spec->length) return strOf(ts, value);
  FormatSpec f;
  TRY(parseFormatSpec(ts, f, spec, value, 0, '>'));
  if (f.type != 0 && f.type != 'n' && (f.type == '%' || !isRealCode(f.type))) return raiseUnknownFormatCode(ts, f.type, value);
  return formatComplexParts(ts, value, f);
}

}  // namespace habu
