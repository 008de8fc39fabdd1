// Ints and their texts. Decimal and odd bases of long numbers go through GMP, whose conversions are subquadratic;
// bases that are powers of two move bits.
#include <cstring>
#include <memory>

#include "object/interpreter.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/int_limbs.h"
#include "types/str.h"
#include "types/text_decimal.h"

namespace habu {

namespace {

constexpr int kDigitLimitThreshold = 640;  // texts up to here are never refused
constexpr char kDigitText[] = "0123456789abcdefghijklmnopqrstuvwxyz";

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};
using Memory = std::unique_ptr<unsigned char[], FreeDeleter>;
Memory takeMemory(size_t n) { return Memory(static_cast<unsigned char*>(std::malloc(n ? n : 1))); }

int powerOfTwoBits(int base) { return (base & (base - 1)) ? 0 : __builtin_ctz(unsigned(base)); }

// Sign and prefix in front; returns their length.
int writeLead(char* out, bool negative, int base, bool prefix) {
  int n = 0;
  if (negative) out[n++] = '-';
  if (prefix && base != 10) {
    out[n++] = '0';
    out[n++] = base == 16 ? 'x' : base == 8 ? 'o' : 'b';
  }
  return n;
}

Ref<Str> smallToText(ThreadState& ts, long long v, int base, bool prefix) {
  char buffer[70];
  char* end = buffer + sizeof buffer;
  char* p = end;
  unsigned long long rest = v < 0 ? 0ULL - static_cast<unsigned long long>(v) : static_cast<unsigned long long>(v);
  if (base == 10) {
    for (; rest >= 10; rest /= 10) *--p = char('0' + rest % 10);
    *--p = char('0' + rest);
  } else {
    int shift = powerOfTwoBits(base);
    do *--p = kDigitText[rest & ((1u << shift) - 1)];
    while (rest >>= shift);
  }
  char lead[4];
  int n = writeLead(lead, v < 0, base, prefix);
  p -= n;
  std::memcpy(p, lead, size_t(n));
  return strFromAscii(ts, {p, size_t(end - p)});
}

Ref<Str> bitsToText(ThreadState& ts, const Int* i, int base, bool prefix) {
  int shift = powerOfTwoBits(base);
  size_t digits = (bitLength(i) + size_t(shift) - 1) / size_t(shift);
  char lead[4];
  int n = writeLead(lead, i->size < 0, base, prefix);
  Ref<Str> text = TRY(newStrUninitialized(ts, Index(digits) + n, 0x7f));
  auto* start = static_cast<char*>(text->data());
  std::memcpy(start, lead, size_t(n));
  char* p = start + n + digits;
  uint64_t pending = 0;
  int bits = 0;
  for (Index k = 0, count = digitCount(i); k < count; ++k) {
    pending |= uint64_t(i->digits[k]) << bits;
    bits += kDigitBits;
    for (; bits >= shift && p > start + n; bits -= shift, pending >>= shift) *--p = kDigitText[pending & ((1u << shift) - 1)];
  }
  if (p > start + n) *--p = kDigitText[pending];
  return text;
}

Raised raiseTooLong(ThreadState& ts, int limit) {
  return raise(ts, kValueError,
               "Exceeds the limit ({} digits) for integer string conversion; use sys.set_int_max_str_digits() to increase the limit",
               limit);
}

Ref<Str> longToDecimal(ThreadState& ts, const Int* i) {
  size_t estimate = size_t(static_cast<double>(bitLength(i)) * 0.3010299956639812) + 2;
  int limit = mainInterpreter.int_max_str_digits;
  if (limit > 0 && estimate > kDigitLimitThreshold && estimate > size_t(limit) + 3) return raiseTooLong(ts, limit);
  LimbBuffer limbs(limbsForDigits(digitCount(i)) + 1);
  Memory text = takeMemory(estimate + 2);
  if (!limbs || !text) return raiseNoMemory(ts);
  Index n = toLimbs(i, limbs);
  unsigned char* p = text.get();
  size_t length = mpn_get_str(p, 10, limbs, n);
  while (length > 1 && !*p) {
    ++p;
    --length;
  }
  if (limit > 0 && length > kDigitLimitThreshold && length > size_t(limit)) return raiseTooLong(ts, limit);
  bool negative = i->size < 0;
  Ref<Str> r = TRY(newStrUninitialized(ts, Index(length) + negative, 0x7f));
  auto* out = static_cast<char*>(r->data());
  if (negative) *out++ = '-';
  for (size_t k = 0; k < length; ++k) out[k] = char('0' + p[k]);
  return r;
}

// ---- reading ----

int digitOf(unsigned char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'z') return c - 'a' + 10;
  if (c >= 'A' && c <= 'Z') return c - 'A' + 10;
  return 99;
}
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

struct Literal {
  std::string_view digits;  // underscores included
  size_t count = 0;         // without them
  int base = 10;
  bool negative = false;
  bool valid = false;
};

// Grammar of int(text, base) over ASCII text.
Literal scan(std::string_view text, int base) {
  Literal r;
  size_t i = 0, end = text.size();
  while (i < end && isSpace(text[i])) ++i;
  while (end > i && isSpace(text[end - 1])) --end;
  if (i < end && (text[i] == '+' || text[i] == '-')) r.negative = text[i++] == '-';
  bool zero_lead = false;
  auto prefixBase = [&] {
    if (end - i < 2 || text[i] != '0') return 0;
    char c = char(text[i + 1] | 0x20);
    return c == 'x' ? 16 : c == 'o' ? 8 : c == 'b' ? 2 : 0;
  };
  int prefixed = prefixBase();
  if (base == 0) {
    base = prefixed ? prefixed : 10;
    zero_lead = !prefixed && i < end && text[i] == '0';  // "00" is a literal, "01" is not
  }
  if (prefixed && prefixed == base) {
    i += 2;
    if (i < end && text[i] == '_') ++i;
  }
  r.base = base;
  size_t start = i;
  bool underscore = true, nonzero = false;  // a digit must come first
  for (; i < end; ++i) {
    if (text[i] == '_') {
      if (underscore) return r;
      underscore = true;
      continue;
    }
    int d = digitOf(static_cast<unsigned char>(text[i]));
    if (d >= base) return r;
    nonzero = nonzero || d;
    underscore = false;
    ++r.count;
  }
  if (underscore || (zero_lead && nonzero)) return r;
  r.digits = text.substr(start, end - start);
  r.valid = true;
  return r;
}

Ref<Int> readBits(ThreadState& ts, const Literal& l) {
  int shift = powerOfTwoBits(l.base);
  if (l.count > size_t(PTRDIFF_MAX) / 8) return raise(ts, kValueError, "int string too large to convert");
  Ref<Int> r = TRY(newIntUninitialized(ts, Index((l.count * size_t(shift) + kDigitBits - 1) / kDigitBits)));
  uint64_t pending = 0;
  int bits = 0;
  Index next = 0;
  for (size_t i = l.digits.size(); i-- > 0;) {
    if (l.digits[i] == '_') continue;
    pending |= uint64_t(digitOf(static_cast<unsigned char>(l.digits[i]))) << bits;
    bits += shift;
    if (bits >= kDigitBits) {
      r->digits[next++] = Digit(pending & kDigitMask);
      pending >>= kDigitBits;
      bits -= kDigitBits;
    }
  }
  if (next < r->size) r->digits[next++] = Digit(pending);
  r->size = l.negative ? -next : next;
  return normalizeInt(std::move(r));
}

Ref<Int> readLong(ThreadState& ts, const Literal& l) {
  int limit = mainInterpreter.int_max_str_digits;
  if (limit > 0 && l.count > kDigitLimitThreshold && l.count > size_t(limit))
    return raise(ts, kValueError,
                 "Exceeds the limit ({} digits) for integer string conversion: value has {} digits; "
                 "use sys.set_int_max_str_digits() to increase the limit",
                 limit, l.count);
  Memory values = takeMemory(l.count);
  // Bits a digit of base b takes: at most log2(36) < 5.17.
  Index capacity = Index(double(l.count) * 5.17 / 64) + 2;
  LimbBuffer limbs(capacity);
  if (!values || !limbs) return raiseNoMemory(ts);
  size_t n = 0;
  for (char c : l.digits)
    if (c != '_') values[n++] = static_cast<unsigned char>(digitOf(static_cast<unsigned char>(c)));
  size_t lead = 0;
  while (lead < n && !values[lead]) ++lead;
  if (lead == n) return share(smallInt(0));
  Index used = Index(mpn_set_str(limbs, values.get() + lead, n - lead, l.base));
  return intFromLimbs(ts, limbs, used, l.negative);
}

Ref<Int> readLiteral(ThreadState& ts, const Literal& l) {
  if (l.count <= 11) {  // 36^11 < 2^63
    long long v = 0;
    for (char c : l.digits)
      if (c != '_') v = v * l.base + digitOf(static_cast<unsigned char>(c));
    return newInt(ts, l.negative ? -v : v);
  }
  if (powerOfTwoBits(l.base)) return readBits(ts, l);
  return readLong(ts, l);
}

Status checkBase(ThreadState& ts, int base) {
  if (base != 0 && (base < 2 || base > 36)) return raise(ts, kValueError, "int() base must be >= 2 and <= 36, or 0");
  return kDone;
}

}  // namespace

Ref<Str> intToText(ThreadState& ts, Int* i, int base, bool prefix) {
  if (isSmall(i)) return smallToText(ts, smallValue(i), base, prefix);
  if (base == 10) return longToDecimal(ts, i);
  return bitsToText(ts, i, base, prefix);
}

Ref<Int> intFromText(ThreadState& ts, std::string_view text, int base) {
  TRY(checkBase(ts, base));
  Literal l = scan(text, base);
  if (l.valid) return readLiteral(ts, l);
  Ref<Str> shown = TRY(newStr(ts, text));
  return raise(ts, kValueError, "invalid literal for int() with base {}: {!r:.200}", base, shown);
}

Ref<Int> intFromStr(ThreadState& ts, Str* text, int base) {
  TRY(checkBase(ts, base));
  if (text->isAscii()) {
    Literal l = scan(asciiView(text), base);
    if (l.valid) return readLiteral(ts, l);
  } else {
    Ref<Str> ascii = TRY(asciiDigits(ts, text));
    Literal l = scan(asciiView(ascii.get()), base);
    if (l.valid) return readLiteral(ts, l);
  }
  return raise(ts, kValueError, "invalid literal for int() with base {}: {!r:.200}", base, text);
}

Ref<Int> intFromByteText(ThreadState& ts, std::string_view text, Object* shown, int base) {
  TRY(checkBase(ts, base));
  Literal l = scan(text, base);
  if (l.valid) return readLiteral(ts, l);
  Ref<> bytes;
  if (!isBytes(shown)) bytes = TRY(newBytes(ts, text));
  return raise(ts, kValueError, "invalid literal for int() with base {}: {!r:.200}", base, bytes ? bytes.get() : shown);
}

Ref<Str> formatIntPercent(ThreadState& ts, Int* i, char code, int precision, bool alternate) {
  int base = code == 'x' || code == 'X' ? 16 : code == 'o' ? 8 : 10;
  Ref<Str> text = TRY(intToText(ts, i, base, alternate));
  std::string_view all = asciiView(text.get());
  size_t lead = (i->size < 0 ? 1 : 0) + (alternate && base != 10 ? 2 : 0);
  size_t digits = all.size() - lead;
  size_t zeros = precision > 0 && size_t(precision) > digits ? size_t(precision) - digits : 0;
  if (!zeros && code != 'X') return text;
  Ref<Str> r = TRY(newStrUninitialized(ts, Index(all.size() + zeros), 0x7f));
  auto* out = static_cast<char*>(r->data());
  std::memcpy(out, all.data(), lead);
  std::memset(out + lead, '0', zeros);
  std::memcpy(out + lead + zeros, all.data() + lead, digits);
  if (code == 'X')
    for (size_t k = 0; k < all.size() + zeros; ++k)
      if (out[k] >= 'a' && out[k] <= 'z') out[k] = char(out[k] - 'a' + 'A');
  return r;
}

}  // namespace habu
