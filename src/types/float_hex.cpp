#include "types/float_hex.h"

#include <cmath>

#include "object/raise.h"
#include "types/double_text.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
// Exponents saturate here: far beyond any double, far from overflowing sums.
constexpr long long kFar = 1LL << 60;

int hexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  c = char(c | 0x20);
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// mantissa * 2^exponent: the top 64 bits of the digits; `sticky` when anything nonzero was cut off below them.
struct HexNumber {
  uint64_t mantissa = 0;
  long long exponent = 0;
  bool sticky = false;

  void digit(unsigned d, bool fraction) {
    if (mantissa >> 60) {
      sticky = sticky || d;
      if (!fraction) exponent += 4;
    } else {
      mantissa = mantissa << 4 | d;
      if (fraction) exponent -= 4;
    }
  }
};

// Rounded half to even; infinity when too large.
double rounded(HexNumber n) {
  if (!n.mantissa) return 0.0;
  int bits = 64 - __builtin_clzll(n.mantissa);
  long long top = bits + n.exponent;  // value < 2^top
  if (top > 1024) return HUGE_VAL;
  if (top < -1074) return 0.0;
  long long kept = top - (-1074) < 53 ? top + 1074 : 53;
  int drop = int(bits - kept);
  if (drop > 0) {
    uint64_t half = uint64_t{1} << (drop - 1);
    uint64_t rest = n.mantissa & (2 * half - 1);
    n.mantissa = drop == 64 ? 0 : n.mantissa >> drop;
    n.exponent += drop;
    if (rest > half || (rest == half && (n.sticky || (n.mantissa & 1)))) ++n.mantissa;
  }
  return std::ldexp(static_cast<double>(n.mantissa), int(n.exponent));
}

[[gnu::cold]] Raised raiseInvalid(ThreadState& ts) { return raise(ts, kValueError, "invalid hexadecimal floating-point string"); }

}  // namespace

Ref<Str> doubleToHex(ThreadState& ts, double d) {
  if (!std::isfinite(d)) return doubleToText(ts, d, 'r', 0, 0);
  char text[40];
  char* p = text;
  if (std::signbit(d)) *p++ = '-';
  d = std::fabs(d);
  *p++ = '0';
  *p++ = 'x';
  if (d == 0.0) return strFromAscii(ts, d == 0.0 && p - text == 3 ? "-0x0.0p+0" : "0x0.0p+0");
  int exponent;
  double fraction = std::frexp(d, &exponent);
  int shift = 1 - (exponent < -1021 ? -1021 - exponent : 0);  // subnormals keep the smallest exponent
  fraction = std::ldexp(fraction, shift);
  exponent -= shift;
  auto take = [&] {
    int digit = int(fraction);
    fraction = (fraction - digit) * 16.0;
    return kHexDigits[digit];
  };
  *p++ = take();
  *p++ = '.';
  for (int i = 0; i < 13; ++i) *p++ = take();
  *p++ = 'p';
  *p++ = exponent < 0 ? '-' : '+';
  char number[8];
  int n = 0;
  for (int e = exponent < 0 ? -exponent : exponent; n == 0 || e; e /= 10) number[n++] = char('0' + e % 10);
  while (n) *p++ = number[--n];
  return strFromAscii(ts, {text, size_t(p - text)});
}

Result<double> doubleFromHex(ThreadState& ts, std::string_view s) {
  while (!s.empty() && isSpace(s.front())) s.remove_prefix(1);
  while (!s.empty() && isSpace(s.back())) s.remove_suffix(1);
  double special;
  if (size_t n = scanDouble(s, special); n && n == s.size() && !std::isfinite(special)) {
    char last = char(s.back() | 0x20);
    if (last == 'f' || last == 'y' || last == 'n') return special;
  }
  size_t i = 0;
  bool negative = false;
  if (i < s.size() && (s[i] == '+' || s[i] == '-')) negative = s[i++] == '-';
  if (i + 1 < s.size() && s[i] == '0' && (s[i + 1] | 0x20) == 'x') i += 2;
  HexNumber number;
  bool point = false, any = false;
  for (; i < s.size(); ++i) {
    if (s[i] == '.' && !point) {
      point = true;
      continue;
    }
    int d = hexValue(s[i]);
    if (d < 0) break;
    any = true;
    number.digit(unsigned(d), point);
  }
  if (!any) return raiseInvalid(ts);
  long long exponent = 0;
  if (i < s.size() && (s[i] | 0x20) == 'p') {
    bool minus = false;
    if (++i < s.size() && (s[i] == '+' || s[i] == '-')) minus = s[i++] == '-';
    if (i == s.size() || s[i] < '0' || s[i] > '9') return raiseInvalid(ts);
    for (; i < s.size() && s[i] >= '0' && s[i] <= '9'; ++i)
      if (exponent < kFar / 16) exponent = exponent * 10 + (s[i] - '0');
    if (minus) exponent = -exponent;
  }
  if (i != s.size()) return raiseInvalid(ts);
  number.exponent += exponent;
  double value = rounded(number);
  if (std::isinf(value)) return raise(ts, kOverflowError, "hexadecimal value too large to represent as a float");
  return negative ? -value : value;
}

}  // namespace habu
