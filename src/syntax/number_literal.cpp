#include <charconv>

#include "object/raise.h"
#include "syntax/literals.h"
#include "types/float.h"
#include "types/int.h"

namespace habu::syntax {
namespace {

// Decimal text, without underscores, as a double; beyond the range it is infinite or zero.
double toDouble(std::string_view text) {
  double value = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return value;
  // Too large or too small? The position of the first digit that counts decides.
  long exponent = 0, point = 0;
  bool seen_digit = false, seen_point = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '.') {
      seen_point = true;
    } else if ((c | 32) == 'e') {
      bool negative = text[i + 1] == '-';
      for (++i; i < text.size(); ++i)
        if (text[i] >= '0' && text[i] <= '9' && exponent < 100000000) exponent = exponent * 10 + (text[i] - '0');
      if (negative) exponent = -exponent;
    } else {
      if (c != '0') seen_digit = true;
      if (seen_digit && !seen_point) ++point;
      if (!seen_digit && seen_point) --point;
    }
  }
  return exponent + point > 0 ? __builtin_inf() : 0.0;
}

bool isFloatText(std::string_view text) {
  for (char c : text)
    if (c == '.' || c == 'e' || c == 'E') return true;
  return false;
}

}  // namespace

NumberError parseNumberLiteral(ThreadState& ts, std::string_view text, bool allow_underscores, Ref<>& value) {
  if (text.size() <= 18) {
    long long number = 0;
    size_t i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) number = number * 10 + (text[i] - '0');
    if (i == text.size()) {
      value = newInt(ts, number);
      return value ? NumberError::None : NumberError::Raised;
    }
  }
  PlainVector<char> clean;
  if (text.find('_') != text.npos) {
    if (!allow_underscores) return NumberError::TooNew;
    for (char c : text)
      if (c != '_' && !clean.push(c)) return (void)raiseNoMemory(ts), NumberError::Raised;
    text = {clean.data(), static_cast<size_t>(clean.size())};
  }
  bool prefixed = text.size() > 1 && text[0] == '0' && (text[1] | 32) >= 'b';  // 0x 0o 0b; not 0.5, 00
  if (prefixed && ((text[1] | 32) == 'e' || (text[1] | 32) == 'j')) prefixed = false;
  if (!prefixed && (text.back() | 32) == 'j') {
    value = newComplex(ts, 0.0, toDouble(text.substr(0, text.size() - 1)));
  } else if (!prefixed && isFloatText(text)) {
    value = newFloat(ts, toDouble(text));
  } else {
    value = intFromText(ts, text, 0);
    if (!value && errorMatches(ts, kValueError)) return NumberError::TooLong;
  }
  return value ? NumberError::None : NumberError::Raised;
}

}  // namespace habu::syntax
