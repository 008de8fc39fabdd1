// Exact decimal digits come from std::to_chars, values from std::from_chars; the layout is Python's.
#include "types/double_text.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "object/raise.h"
#include "types/str.h"

namespace habu {

namespace {

// No double has significant decimals beyond this many; further ones are zeros.
constexpr Index kMaxPrecision = 1100;
constexpr size_t kExtra = 400;  // sign, 309 digits before the point, exponent

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool matchesWord(std::string_view text, std::string_view lower) {
  if (text.size() < lower.size()) return false;
  for (size_t i = 0; i < lower.size(); ++i)
    if ((text[i] | 0x20) != lower[i]) return false;
  return true;
}

// The literal is too large or too small for from_chars: which of the two? The decimal exponent of its first digit tells.
double outOfRange(std::string_view text) {
  long long before = 0, exponent = 0;
  bool point = false, seen = false;
  size_t i = 0;
  for (; i < text.size() && (text[i] | 0x20) != 'e'; ++i) {
    if (text[i] == '.') {
      point = true;
      continue;
    }
    seen = seen || text[i] != '0';
    if (seen && !point) ++before;
    if (!seen && point) --before;
  }
  if (!seen) return 0.0;
  if (i < text.size()) {
    bool negative = text[++i] == '-';
    if (text[i] == '+' || text[i] == '-') ++i;
    for (; i < text.size(); ++i)
      if (exponent < 1'000'000'000'000'000) exponent = exponent * 10 + (text[i] - '0');
    if (negative) exponent = -exponent;
  }
  return before + exponent > 0 ? HUGE_VAL : 0.0;
}

}  // namespace

size_t scanDouble(std::string_view text, double& value) {
  size_t i = 0;
  bool negative = false;
  if (i < text.size() && (text[i] == '+' || text[i] == '-')) negative = text[i++] == '-';
  size_t start = i;
  std::string_view rest = text.substr(i);
  auto result = [&](double v, size_t end) {
    value = negative ? -v : v;
    return end;
  };
  if (!rest.empty() && !isDigit(rest[0]) && rest[0] != '.') {
    if (matchesWord(rest, "infinity")) return result(HUGE_VAL, i + 8);
    if (matchesWord(rest, "inf")) return result(HUGE_VAL, i + 3);
    if (matchesWord(rest, "nan")) return result(__builtin_nan(""), i + 3);
    return 0;
  }
  size_t digits = 0;
  for (; i < text.size() && isDigit(text[i]); ++i) ++digits;
  if (i < text.size() && text[i] == '.')
    for (++i; i < text.size() && isDigit(text[i]); ++i) ++digits;
  if (!digits) return 0;
  if (i < text.size() && (text[i] | 0x20) == 'e') {
    size_t e = i + 1;
    if (e < text.size() && (text[e] == '+' || text[e] == '-')) ++e;
    if (e < text.size() && isDigit(text[e])) {
      while (e < text.size() && isDigit(text[e])) ++e;
      i = e;
    }
  }
  double v = 0;
  auto r = std::from_chars(text.data() + start, text.data() + i, v, std::chars_format::general);
  if (r.ec == std::errc::result_out_of_range) v = outOfRange(text.substr(start, i - start));
  return result(v, i);
}

bool DoubleText::reserve(size_t capacity) {
  if (capacity <= capacity_) return true;
  auto* grown = static_cast<char*>(std::malloc(capacity));
  if (!grown) return false;
  std::memcpy(grown, data_, length_);
  if (data_ != inline_) std::free(data_);
  data_ = grown;
  capacity_ = capacity;
  return true;
}

bool DoubleText::append(char c) {
  if (!reserve(length_ + 1)) return false;
  put(c);
  return true;
}

void DoubleText::put(std::string_view s) {
  std::memcpy(data_ + length_, s.data(), s.size());
  length_ += s.size();
}

void DoubleText::zeros(Index n) {
  if (n <= 0) return;
  std::memset(data_ + length_, '0', size_t(n));
  length_ += size_t(n);
}

void DoubleText::exponent(int value, char mark) {
  put(mark);
  put(value < 0 ? '-' : '+');
  int v = value < 0 ? -value : value;
  if (v >= 100) put(char('0' + v / 100));
  put(char('0' + v / 10 % 10));
  put(char('0' + v % 10));
}

void DoubleText::sign(bool negative, bool zero, int flags) {
  if (negative && !(zero && (flags & kDoubleNoNegativeZero))) put('-');
  else if (flags & kDoubleSign) put('+');
}

bool DoubleText::special(double d, bool negative, bool always_sign, bool upper) {
  bool nan = std::isnan(d);
  if (negative && !nan) put('-');
  else if (always_sign) put('+');
  put(nan ? (upper ? "NAN" : "nan") : (upper ? "INF" : "inf"));
  return true;
}

bool DoubleText::format(double d, char code, Index precision, int flags) {
  bool negative = std::signbit(d);
  bool upper = code >= 'A' && code <= 'Z';
  if (!std::isfinite(d)) return special(d, negative, (flags & kDoubleSign) != 0, upper);
  double magnitude = std::fabs(d);
  if (code == 'f' || code == 'F') return fixed(magnitude, precision, flags, negative);
  return scientific(magnitude, code, precision, flags, negative);
}

bool DoubleText::fixed(double magnitude, Index precision, int flags, bool negative) {
  Index real = precision < kMaxPrecision ? precision : kMaxPrecision;
  if (!reserve(length_ + kExtra + size_t(precision))) return false;
  size_t start = length_++;  // room for a sign
  auto r = std::to_chars(data_ + length_, data_ + capacity_, magnitude, std::chars_format::fixed, int(real));
  size_t n = size_t(r.ptr - (data_ + length_));
  bool zero = true;
  for (size_t i = 0; i < n && zero; ++i) zero = data_[length_ + i] == '0' || data_[length_ + i] == '.';
  size_t text = length_;
  length_ = start;
  sign(negative, zero, flags);
  std::memmove(data_ + length_, data_ + text, n);
  length_ += n;
  zeros(precision - real);
  if (precision == 0) {
    if (flags & (kDoubleAlternate | kDoubleAddDotZero)) put('.');
    if (flags & kDoubleAddDotZero) put('0');
  }
  return true;
}

// Digits with the point after position `decimal_exponent`; at least `wanted` digits in all.
void DoubleText::layout(std::string_view digits, int decimal_exponent, bool use_exponent, Index wanted, int flags, char mark) {
  Index n = Index(digits.size());
  Index missing = wanted > n ? wanted - n : 0;
  if (use_exponent) {
    put(digits[0]);
    if (n + missing > 1 || (flags & kDoubleAlternate)) put('.');
    put(digits.substr(1));
    zeros(missing);
    exponent(decimal_exponent, mark);
    return;
  }
  if (decimal_exponent < 0) {
    put("0.");
    zeros(-decimal_exponent - 1);
    put(digits);
    zeros(missing);
    return;
  }
  Index whole = decimal_exponent + 1;
  if (n > whole) {
    put(digits.substr(0, size_t(whole)));
    put('.');
    put(digits.substr(size_t(whole)));
    zeros(missing);
    return;
  }
  put(digits);
  zeros(whole - n);
  Index fraction = n + missing - whole;
  if (fraction > 0) {
    put('.');
    zeros(fraction);
  } else if (flags & kDoubleAddDotZero) {
    put(".0");
  } else if (flags & kDoubleAlternate) {
    put('.');
  }
}

bool DoubleText::scientific(double magnitude, char code, Index precision, int flags, bool negative) {
  char lower = char(code | 0x20);
  char mark = code == lower ? 'e' : 'E';
  char buffer[kMaxPrecision + 32];
  Index wanted = 0;  // digits to show, zeros at the end included
  std::to_chars_result r;
  if (lower == 'r') {
    r = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific);
  } else {
    if (lower == 'g' && precision == 0) precision = 1;
    wanted = lower == 'g' ? precision : precision + 1;
    Index after = wanted - 1 < kMaxPrecision ? wanted - 1 : kMaxPrecision;
    r = std::to_chars(buffer, buffer + sizeof buffer, magnitude, std::chars_format::scientific, int(after));
  }
  // "d.ddde+xx": move the point out of the digits.
  char* e = r.ptr;
  while (*--e != 'e') {}
  int decimal_exponent = 0;
  for (char* p = e + 2; p < r.ptr; ++p) decimal_exponent = decimal_exponent * 10 + (*p - '0');
  if (e[1] == '-') decimal_exponent = -decimal_exponent;
  size_t n = size_t(e - buffer);
  if (n > 1) {
    buffer[1] = buffer[0];
    --n;
  }
  const char* digits = e - buffer > 1 ? buffer + 1 : buffer;
  bool use_exponent = lower == 'e';
  if (lower == 'r') {
    use_exponent = decimal_exponent < -4 || decimal_exponent >= 16;
  } else if (lower == 'g') {
    use_exponent = decimal_exponent < -4 || decimal_exponent >= precision - ((flags & kDoubleAddDotZero) ? 1 : 0);
    if (!(flags & kDoubleAlternate)) {
      while (n > 1 && digits[n - 1] == '0') --n;
      wanted = 0;
    }
  }
  if (!reserve(length_ + kExtra + n + size_t(wanted))) return false;
  sign(negative, magnitude == 0, flags);
  layout({digits, n}, decimal_exponent, use_exponent, wanted, flags, mark);
  return true;
}

Ref<Str> doubleToText(ThreadState& ts, double d, char code, int precision, int flags) {
  DoubleText text;
  if (!text.format(d, code, precision, flags)) return raiseNoMemory(ts);
  return strFromAscii(ts, text.view());
}

}  // namespace habu
