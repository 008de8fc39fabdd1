// Values of doubles: conversions from objects and text, hash, remainder, power, rounding, storage formats.
#include <bit>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>

#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/buffer.h"
#include "types/bytes.h"
#include "types/double_text.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/text_decimal.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr uint64_t kHashModulus = (uint64_t{1} << 61) - 1;
constexpr int kHashBits = 61;

bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

std::string_view strip(std::string_view s) {
  while (!s.empty() && isSpace(s.front())) s.remove_prefix(1);
  while (!s.empty() && isSpace(s.back())) s.remove_suffix(1);
  return s;
}

}  // namespace

bool removeUnderscores(std::string_view text, char* out, size_t& length) {
  length = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '_') {
      out[length++] = text[i];
    } else if (i == 0 || i + 1 == text.size() || !isDigit(text[i - 1]) || !isDigit(text[i + 1])) {
      return false;
    }
  }
  return true;
}

namespace {

// The value of the whole text; false: not a float literal, or out of memory.
bool parseWhole(std::string_view text, double& value) {
  text = strip(text);
  if (text.find('_') == text.npos) return !text.empty() && scanDouble(text, value) == text.size();
  std::unique_ptr<char, decltype(&std::free)> clean(static_cast<char*>(std::malloc(text.size())), &std::free);
  size_t n;
  if (!clean || !removeUnderscores(text, clean.get(), n)) return false;
  return scanDouble({clean.get(), n}, value) == n;
}

[[gnu::cold]] Raised raiseNoFloat(ThreadState& ts, Object* text) {
  return raise(ts, kValueError, "could not convert string to float: {!r}", text);
}

}  // namespace

Result<double> doubleFromText(ThreadState& ts, std::string_view text) {
  double value;
  if (parseWhole(text, value)) return value;
  Ref<Str> shown = TRY(newStr(ts, text));
  return raiseNoFloat(ts, shown.get());
}

Result<double> doubleFromObject(ThreadState& ts, Object* o) {
  double value;
  if (isStr(o)) {
    Ref<Str> ascii = TRY(asciiDigits(ts, static_cast<Str*>(o)));
    if (parseWhole(asciiView(ascii.get()), value)) return value;
    return raiseNoFloat(ts, o);
  }
  if (isBytes(o)) {
    if (parseWhole(static_cast<Bytes*>(o)->view(), value)) return value;
    return raiseNoFloat(ts, o);
  }
  if (hasBuffer(o)) {
    BufferView view = TRY(BufferView::of(ts, o));
    if (parseWhole(view.bytes(), value)) return value;
    return raiseNoFloat(ts, o);
  }
  return raise(ts, kTypeError, "float() argument must be a string or a real number, not '{:.200}'", typeName(o));
}

Result<double> asDouble(ThreadState& ts, Object* o) {
  if (isFloat(o)) return static_cast<Float*>(o)->value;
  if (isExactInt(o)) return intToDouble(ts, static_cast<Int*>(o));
  return doubleFromSlot(ts, o);
}

Result<double> doubleFromSlot(ThreadState& ts, Object* o) {
  const NumberSlots* n = o->type->number;
  if (!n || !n->to_float) {
    if (n && n->index) return intToDouble(ts, TRY(indexObject(ts, o)).operator->());
    return raise(ts, kTypeError, "must be real number, not {:.50}", typeName(o));
  }
  Ref<> r = TRY(Ref<>::steal(n->to_float(o)));
  if (!isExactFloat(r.get())) {
    if (!isFloat(r.get()))
      return raise(ts, kTypeError, "{:.50}.__float__ returned non-float (type {:.50})", typeName(o), typeName(r.get()));
    Ref<Str> text = formatText(ts,
                               "{:.50}.__float__ returned non-float (type {:.50}).  The ability to return an instance of a strict "
                               "subclass of float is deprecated, and may not be supported in a future version of Python.",
                               typeName(o), typeName(r.get()));
    TRY(warnText(ts, kDeprecationWarning, 1, std::move(text)));
  }
  return static_cast<Float*>(r.get())->value;
}

Hash hashDouble(Object* owner, double d) {
  if (!std::isfinite(d)) return std::isinf(d) ? (d > 0 ? 314159 : -314159) : pointerHash(owner);
  // d = mantissa * 2^exponent, and 2^61 is 1 in the ring of hashes: multiplying by a power of two rotates 61 bits.
  auto bits = std::bit_cast<uint64_t>(d);
  int exponent = int(bits >> 52 & 0x7ff);
  uint64_t x = bits & ((uint64_t{1} << 52) - 1);
  if (exponent) x |= uint64_t{1} << 52;
  else exponent = 1;
  int shift = (exponent - 1075 + 18 * kHashBits) % kHashBits;
  x = ((x << shift) & kHashModulus) | x >> (kHashBits - shift);
  auto h = Hash(x);
  if (d < 0) h = -h;
  return h == -1 ? -2 : h;
}

double floatRemainder(double a, double b) {
  double r = std::fmod(a, b);
  if (r == 0.0) return std::copysign(0.0, b);
  return (b < 0) != (r < 0) ? r + b : r;
}

double floatFloorDivide(double a, double b) {
  double r = std::fmod(a, b);
  double quotient = (a - r) / b;
  if (r != 0.0 && (b < 0) != (r < 0)) quotient -= 1.0;
  if (quotient == 0.0) return std::copysign(0.0, a / b);
  double whole = std::floor(quotient);
  return quotient - whole > 0.5 ? whole + 1.0 : whole;
}

Ref<> powerDoubles(ThreadState& ts, double a, double b) {
  auto result = [&](double d) -> Ref<> { return newFloat(ts, d); };
  if (b == 0) return result(1.0);
  if (std::isnan(a)) return result(a);
  if (std::isnan(b)) return result(a == 1.0 ? 1.0 : b);
  bool odd = std::fmod(std::fabs(b), 2.0) == 1.0;
  if (std::isinf(b)) {
    double size = std::fabs(a);
    if (size == 1.0) return result(1.0);
    return result((b > 0.0) == (size > 1.0) ? std::fabs(b) : 0.0);
  }
  if (std::isinf(a)) {
    if (b > 0.0) return result(odd ? a : std::fabs(a));
    return result(odd ? std::copysign(0.0, a) : 0.0);
  }
  if (a == 0.0) {
    if (b < 0.0) return raise(ts, kZeroDivisionError, "0.0 cannot be raised to a negative power");
    return result(odd ? a : 0.0);
  }
  bool negate = false;
  if (a < 0.0) {
    if (b != std::floor(b)) {
      Ref<Complex> x = TRY(newComplex(ts, a, 0.0)), y = TRY(newComplex(ts, b, 0.0));
      return Ref<>::steal(kComplexType.number->power(x.get(), y.get(), &kNoneObject));
    }
    a = -a;
    negate = odd;
  }
  if (a == 1.0) return result(negate ? -1.0 : 1.0);
  double r = std::pow(a, b);
  if (std::isinf(r)) {
    Ref<Int> number = TRY(newInt(ts, ERANGE));
    Ref<Str> text = TRY(newStr(ts, "Numerical result out of range"));
    Ref<Tuple> args = TRY(packTuple(ts, {number.get(), text.get()}));
    return raiseValue(ts, kOverflowError, args.get());
  }
  return result(negate ? -r : r);
}

namespace {

// |d| rounded to a multiple of 10^places, places > 0, ties to even: the decimal text decides, so it is exact.
double roundToPower(double d, Index places) {
  char text[340];
  double whole = std::floor(d);
  auto end = std::to_chars(text + 1, text + sizeof text - 16, whole, std::chars_format::fixed, 0).ptr;
  Index length = end - (text + 1);
  if (places > length) return 0.0;
  Index kept = length - places;
  char* cut = text + 1 + kept;
  text[0] = '0';  // a carry may need it
  bool above = whole != d;
  for (char* p = cut + 1; p < end && !above; ++p) above = *p != '0';
  bool up = *cut > '5' || (*cut == '5' && (above || ((cut[-1] - '0') & 1)));
  if (up) {
    char* p = cut - 1;
    while (*p == '9') *p-- = '0';
    ++*p;
  }
  *cut++ = 'e';
  cut = std::to_chars(cut, text + sizeof text, places).ptr;
  double r = 0;
  scanDouble({text, size_t(cut - text)}, r);
  return r;
}

}  // namespace

Ref<> roundDouble(ThreadState& ts, double d, Index digits) {
  constexpr Index kMost = 323, kLeast = -308;
  if (!std::isfinite(d) || d == 0.0 || digits > kMost) return newFloat(ts, d);
  if (digits < kLeast) return newFloat(ts, 0.0 * d);
  double r;
  if (digits < 0) {
    r = std::copysign(roundToPower(std::fabs(d), -digits), d);
  } else {
    char text[700];
    auto end = std::to_chars(text, text + sizeof text, d, std::chars_format::fixed, int(digits)).ptr;
    scanDouble({text, size_t(end - text)}, r);
  }
  if (std::isinf(r)) return raise(ts, kOverflowError, "rounded value too large to represent");
  return newFloat(ts, r);
}

Ref<Str> formatFloatPercent(ThreadState& ts, Object* value, char code, int precision, bool sign, bool alternate) {
  double d = TRY(asDouble(ts, value));
  DoubleText text;
  int flags = (sign ? kDoubleSign : 0) | (alternate ? kDoubleAlternate : 0);
  if (!text.format(d, code, precision < 0 ? 6 : precision, flags)) return raiseNoMemory(ts);
  return strFromAscii(ts, text.view());
}

// ---- storage formats ----
namespace {
template <class T>
void store(T bits, unsigned char* out, bool little_endian) {
  if (!little_endian) bits = std::byteswap(bits);
  std::memcpy(out, &bits, sizeof bits);
}
template <class T>
T load(const unsigned char* in, bool little_endian) {
  T bits;
  std::memcpy(&bits, in, sizeof bits);
  return little_endian ? bits : std::byteswap(bits);
}
}  // namespace

Status packHalf(ThreadState& ts, double d, unsigned char* out, bool little_endian) {
  uint16_t sign = std::signbit(d) ? 0x8000 : 0;
  uint16_t bits;
  double size = std::fabs(d);
  if (std::isnan(d)) {
    bits = 0x7e00;
  } else if (std::isinf(d)) {
    bits = 0x7c00;
  } else if (size < 0x1p-14) {  // subnormal: a multiple of 2^-24 (rounding up to 2^-14 carries by itself)
    bits = uint16_t(std::nearbyint(std::ldexp(size, 24)));
  } else {
    int exponent;
    double fraction = std::frexp(size, &exponent);
    auto mantissa = unsigned(std::nearbyint(std::ldexp(fraction, 11)));  // 1024..2048
    unsigned value = unsigned(exponent + 14) * 1024 + (mantissa - 1024);
    if (exponent > 16 || value >= 0x7c00) return raise(ts, kOverflowError, "float too large to pack with e format");
    bits = uint16_t(value);
  }
  store<uint16_t>(uint16_t(sign | bits), out, little_endian);
  return kDone;
}

Status packSingle(ThreadState& ts, double d, unsigned char* out, bool little_endian) {
  auto f = static_cast<float>(d);
  if (std::isinf(f) && !std::isinf(d)) return raise(ts, kOverflowError, "float too large to pack with f format");
  store(std::bit_cast<uint32_t>(f), out, little_endian);
  return kDone;
}

void packDouble(double d, unsigned char* out, bool little_endian) { store(std::bit_cast<uint64_t>(d), out, little_endian); }

double unpackHalf(const unsigned char* in, bool little_endian) {
  auto bits = load<uint16_t>(in, little_endian);
  int exponent = bits >> 10 & 0x1f;
  int mantissa = bits & 0x3ff;
  double d;
  if (exponent == 0x1f) d = mantissa ? __builtin_nan("") : HUGE_VAL;
  else if (exponent == 0) d = std::ldexp(mantissa, -24);
  else d = std::ldexp(mantissa + 1024, exponent - 25);
  return bits & 0x8000 ? -d : d;
}

double unpackSingle(const unsigned char* in, bool little_endian) { return std::bit_cast<float>(load<uint32_t>(in, little_endian)); }
double unpackDouble(const unsigned char* in, bool little_endian) { return std::bit_cast<double>(load<uint64_t>(in, little_endian)); }

}  // namespace habu
