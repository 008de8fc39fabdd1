// Making ints, and getting C values out of them.
#include <climits>
#include <cmath>
#include <cstring>

#include "object/alloc.h"
#include "object/number.h"
#include "object/raise.h"
#include "types/int.h"
#include "types/int_limbs.h"

namespace habu {

namespace {

constexpr size_t kHeaderSize = offsetof(Int, digits);
constexpr Index kMaxDigits = (PTRDIFF_MAX - Index(kHeaderSize)) / Index(sizeof(Digit));
// Above this malloc is not even asked: an int of 64 GB.
constexpr Index kSaneDigits = Index{1} << 34;
constexpr size_t kHashBits = 61;
constexpr uint64_t kHashModulus = (uint64_t{1} << kHashBits) - 1;

// One digit more than zero needs, so that digits[0] can always be read.
Int* allocateInt(Index digits) {
  auto* i = static_cast<Int*>(allocate(kHeaderSize + sizeof(Digit) * size_t(digits ? digits : 1)));
  if (!i) [[unlikely]]
    return nullptr;
  i->refcount = 1;
  i->type = &kIntType;
  i->size = digits;
  i->digits[0] = 0;
  return i;
}

struct SmallInts {
  Int values[kSmallIntMax - kSmallIntMin + 1];
};

Ref<Int> fromMagnitude(ThreadState& ts, unsigned long long v, bool negative) {
  Index n = 0;
  for (unsigned long long rest = v; rest; rest >>= kDigitBits) ++n;
  Int* i = allocateInt(n);
  if (!i) return raiseNoMemory(ts);
  for (Index d = 0; d < n; ++d, v >>= kDigitBits) i->digits[d] = Digit(v & kDigitMask);
  i->size = negative ? -n : n;
  return Ref<Int>::steal(i);
}

}  // namespace

// The values are fixed at compile time; the type is set here as well, so no start-up code runs.
#define INT(v) {{{kImmortalRefcount, &kIntType}, (v) < 0 ? -1 : (v) > 0 ? 1 : 0}, {Digit((v) < 0 ? -(v) : (v))}}
#define INT8(v) INT(v), INT(v + 1), INT(v + 2), INT(v + 3), INT(v + 4), INT(v + 5), INT(v + 6), INT(v + 7)
#define INT64(v) INT8(v), INT8(v + 8), INT8(v + 16), INT8(v + 24), INT8(v + 32), INT8(v + 40), INT8(v + 48), INT8(v + 56)
constinit Int kSmallInts[] = {INT(-5), INT(-4), INT(-3), INT(-2), INT(-1), INT64(0), INT64(64), INT64(128), INT64(192), INT(256)};
#undef INT
#undef INT8
#undef INT64

Ref<Int> newInt(ThreadState& ts, long long v) {
  if (isCachedInt(v)) return share(smallInt(v));
  unsigned long long magnitude = v < 0 ? 0ULL - static_cast<unsigned long long>(v) : static_cast<unsigned long long>(v);
  if (magnitude <= kDigitMask) [[likely]] {
    Int* i = allocateInt(1);
    if (!i) [[unlikely]]
      return raiseNoMemory(ts);
    i->digits[0] = Digit(magnitude);
    if (v < 0) i->size = -1;
    return Ref<Int>::steal(i);
  }
  return fromMagnitude(ts, magnitude, v < 0);
}

Ref<Int> newIntUnsigned(ThreadState& ts, unsigned long long v) {
  if (v <= kSmallIntMax) return share(smallInt(static_cast<long long>(v)));
  return fromMagnitude(ts, v, false);
}

Ref<Int> newIntUninitialized(ThreadState& ts, Index digits) {
  if (digits > kMaxDigits) return raise(ts, kOverflowError, "too many digits in integer");
  Int* i = digits <= kSaneDigits ? allocateInt(digits) : nullptr;
  if (!i) return raiseNoMemory(ts);
  return Ref<Int>::steal(i);
}

Ref<Int> normalizeInt(Ref<Int> i) {
  Int* p = i.get();
  Index n = digitCount(p);
  Index used = n;
  while (used > 0 && p->digits[used - 1] == 0) --used;
  if (used != n) p->size = p->size < 0 ? -used : used;
  if (used <= 1) {
    long long v = used ? compactValue(p) : 0;
    if (isCachedInt(v)) return share(smallInt(v));
  }
  return i;
}

Ref<Int> copyInt(ThreadState& ts, const Int* i) {
  if (isCompact(i) && isCachedInt(compactValue(i))) return share(smallInt(compactValue(i)));
  Ref<Int> copy = TRY(newIntUninitialized(ts, digitCount(i)));
  std::memcpy(copy->digits, i->digits, sizeof(Digit) * size_t(digitCount(i)));
  copy->size = i->size;
  return copy;
}

Ref<Int> intFromDouble(ThreadState& ts, double d) {
  if (d > -9.2e18 && d < 9.2e18) return newInt(ts, static_cast<long long>(d));
  if (std::isinf(d)) return raise(ts, kOverflowError, "cannot convert float infinity to integer");
  if (std::isnan(d)) return raise(ts, kValueError, "cannot convert float NaN to integer");
  int exponent;
  double fraction = std::frexp(d < 0 ? -d : d, &exponent);
  Ref<Int> i = TRY(newIntUninitialized(ts, (exponent - 1) / kDigitBits + 1));
  fraction = std::ldexp(fraction, (exponent - 1) % kDigitBits + 1);
  for (Index k = i->size; k-- > 0;) {
    auto digit = Digit(fraction);
    i->digits[k] = digit;
    fraction = std::ldexp(fraction - digit, kDigitBits);
  }
  if (d < 0) i->size = -i->size;
  return i;
}

// ---- bytes ----
Ref<Int> intFromBytes(ThreadState& ts, const unsigned char* bytes, size_t n, bool little_endian, bool is_signed) {
  auto at = [&](size_t i) -> unsigned { return little_endian ? bytes[i] : bytes[n - 1 - i]; };
  bool negative = is_signed && n && (at(n - 1) & 0x80);
  unsigned filler = negative ? 0xff : 0;
  while (n && at(n - 1) == filler) {
    if (!little_endian) ++bytes;
    --n;
  }
  if (n > size_t(PTRDIFF_MAX) / 8 - kDigitBits) return raise(ts, kOverflowError, "byte array too long to convert to int");
  // A digit more for the sign: -0x100... needs it.
  Ref<Int> r = TRY(newIntUninitialized(ts, Index((n * 8 + kDigitBits) / kDigitBits)));
  uint64_t pending = 0;
  int bits = 0;
  Index out = 0;
  uint64_t carry = 1;  // two's complement: invert and add one
  auto emit = [&](Digit d) {
    if (negative) {
      carry += d ^ kDigitMask;
      d = Digit(carry & kDigitMask);
      carry >>= kDigitBits;
    }
    if (out < r->size) r->digits[out++] = d;
  };
  for (size_t i = 0; i < n; ++i) {
    pending |= uint64_t(at(i)) << bits;
    bits += 8;
    if (bits >= kDigitBits) {
      emit(Digit(pending & kDigitMask));
      pending >>= kDigitBits;
      bits -= kDigitBits;
    }
  }
  if (negative) pending |= ~uint64_t{0} << bits;
  while (out < r->size) {
    emit(Digit(pending & kDigitMask));
    pending = negative ? (pending >> kDigitBits) | (~uint64_t{0} << (64 - kDigitBits)) : 0;
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

bool intToBytes(const Int* i, unsigned char* out, size_t n, bool little_endian, bool is_signed) {
  bool negative = i->size < 0;
  if (negative && !is_signed) return false;
  Index digits = digitCount(i);
  uint64_t pending = 0, carry = 1;
  int bits = 0;
  size_t at = 0;
  auto put = [&](unsigned byte) {  // false: a significant byte has no room
    if (at < n) out[little_endian ? at : n - 1 - at] = static_cast<unsigned char>(byte);
    else if (byte != (negative ? 0xffu : 0u)) return false;
    ++at;
    return true;
  };
  for (Index d = 0; d < digits; ++d) {
    Digit digit = i->digits[d];
    if (negative) {
      carry += digit ^ kDigitMask;
      digit = Digit(carry & kDigitMask);
      carry >>= kDigitBits;
    }
    pending |= uint64_t(digit) << bits;
    bits += kDigitBits;
    for (; bits >= 8; bits -= 8, pending >>= 8)
      if (!put(unsigned(pending & 0xff))) return false;
  }
  if (bits && !put(unsigned((pending | (negative ? ~uint64_t{0} << bits : 0)) & 0xff))) return false;
  while (at < n) put(negative ? 0xff : 0);
  if (!is_signed) return true;
  if (n == 0) return digits == 0 || (i->size == -1 && i->digits[0] == 1);  // -1 is all sign
  bool sign_bit = (out[little_endian ? n - 1 : 0] & 0x80) != 0;
  return sign_bit == negative;
}

// ---- C numbers ----
long long toLongLong(const Int* i, int& overflow) {
  overflow = 0;
  if (isCompact(i)) return compactValue(i);
  Index n = digitCount(i);
  unsigned long long v = 0;
  if (n > 3) {
    overflow = i->size < 0 ? -1 : 1;
    return -1;
  }
  for (Index k = n; k-- > 0;) {
    if (v >> (64 - kDigitBits)) {
      overflow = i->size < 0 ? -1 : 1;
      return -1;
    }
    v = v << kDigitBits | i->digits[k];
  }
  constexpr auto kTop = static_cast<unsigned long long>(LLONG_MAX);
  if (i->size > 0 && v <= kTop) return static_cast<long long>(v);
  if (i->size < 0 && v <= kTop + 1) return static_cast<long long>(0 - v);
  overflow = i->size < 0 ? -1 : 1;
  return -1;
}

Result<long long> asLongLong(ThreadState& ts, Object* o) {
  if (isExactInt(o) && isCompact(static_cast<Int*>(o))) return compactValue(static_cast<Int*>(o));
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  return v;
}

Result<unsigned long long> asUnsignedLongLong(ThreadState& ts, Object* o) {
  Ref<Int> i = TRY(indexObject(ts, o));
  if (i->size < 0) return raise(ts, kOverflowError, "can't convert negative int to unsigned");
  unsigned long long v = 0;
  for (Index k = i->size; k-- > 0;) {
    if (v >> (64 - kDigitBits)) return raise(ts, kOverflowError, "int too big to convert");
    v = v << kDigitBits | i->digits[k];
  }
  return v;
}

Result<unsigned long long> asUnsignedLongLongMask(ThreadState& ts, Object* o) {
  Ref<Int> i = TRY(indexObject(ts, o));
  unsigned long long v = 0;
  for (Index k = digitCount(i.get()); k-- > 0;) v = v << kDigitBits | i->digits[k];
  return i->size < 0 ? 0 - v : v;
}

Result<int> asCInt(ThreadState& ts, Object* o) {
  Ref<Int> i = TRY(indexObject(ts, o));
  int overflow;
  long long v = toLongLong(i.get(), overflow);
  if (overflow || v > INT_MAX || v < INT_MIN) return raise(ts, kOverflowError, "Python int too large to convert to C int");
  return int(v);
}

size_t bitLength(const Int* i) {
  Index n = digitCount(i);
  if (!n) return 0;
  return size_t(n - 1) * kDigitBits + size_t(32 - __builtin_clz(i->digits[n - 1]));
}

double intFrexp(const Int* i, Index& exponent) {
  size_t bits = bitLength(i);
  exponent = Index(bits);
  if (!bits) return 0.0;
  // The top 64 bits, the lowest of them standing for everything below as well: rounding to 53 bits stays exact.
  uint64_t top = 0;
  int have = 0;
  Index k = digitCount(i);
  bool sticky = false;
  while (k > 0 && have < 64) {
    Digit d = i->digits[--k];
    int width = k == digitCount(i) - 1 ? 32 - __builtin_clz(d) : kDigitBits;
    int room = 64 - have;
    if (width <= room) {
      top = top << width | d;
      have += width;
    } else {
      top = top << room | d >> (width - room);
      sticky = (d & ((Digit{1} << (width - room)) - 1)) != 0;
      have = 64;
    }
  }
  while (!sticky && k > 0) sticky = i->digits[--k] != 0;
  double fraction = std::ldexp(static_cast<double>(sticky ? top | 1 : top), -have);
  if (fraction == 1.0) {
    fraction = 0.5;
    ++exponent;
  }
  return i->size < 0 ? -fraction : fraction;
}

Result<double> intToDouble(ThreadState& ts, const Int* i) {
  if (isSmall(i)) return static_cast<double>(smallValue(i));
  Index exponent;
  double fraction = intFrexp(i, exponent);
  if (exponent > 1024) return raise(ts, kOverflowError, "int too large to convert to float");
  return std::ldexp(fraction, int(exponent));
}

Hash hashInt(const Int* i) {
  if (isSmall(i)) {
    long long v = smallValue(i);
    return v == -1 ? -2 : Hash(v);
  }
  uint64_t x = 0;
  for (Index k = digitCount(i); k-- > 0;) {
    x = ((x << kDigitBits) & kHashModulus) | x >> (kHashBits - kDigitBits);
    x += i->digits[k];
    if (x >= kHashModulus) x -= kHashModulus;
  }
  auto h = Hash(x);
  if (i->size < 0) h = -h;
  return h == -1 ? -2 : h;
}

int compareInt(const Int* a, const Int* b) {
  if (a->size != b->size) return a->size < b->size ? -1 : 1;
  for (Index k = digitCount(a); k-- > 0;)
    if (a->digits[k] != b->digits[k]) return (a->digits[k] < b->digits[k]) == (a->size > 0) ? -1 : 1;
  return 0;
}

// ---- limbs ----
Index toLimbs(const Digit* digits, Index n, mp_limb_t* out) {
  unsigned __int128 pending = 0;
  int bits = 0;
  Index limbs = 0;
  for (Index i = 0; i < n; ++i) {
    pending |= static_cast<unsigned __int128>(digits[i]) << bits;
    bits += kDigitBits;
    if (bits >= 64) {
      out[limbs++] = static_cast<mp_limb_t>(pending);
      pending >>= 64;
      bits -= 64;
    }
  }
  if (pending) out[limbs++] = static_cast<mp_limb_t>(pending);
  while (limbs && !out[limbs - 1]) --limbs;
  return limbs;
}

Ref<Int> intFromLimbs(ThreadState& ts, const mp_limb_t* limbs, Index n, bool negative) {
  while (n && !limbs[n - 1]) --n;
  Index digits = digitsForLimbs(n);
  Ref<Int> r = TRY(newIntUninitialized(ts, digits));
  unsigned __int128 pending = 0;
  int bits = 0;
  Index next = 0;
  for (Index d = 0; d < digits; ++d) {
    if (bits < kDigitBits && next < n) {
      pending |= static_cast<unsigned __int128>(limbs[next++]) << bits;
      bits += 64;
    }
    r->digits[d] = Digit(pending) & kDigitMask;
    pending >>= kDigitBits;
    bits -= kDigitBits;
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

void Mpz::assign(const Int* i) {
  Index digits = digitCount(i);
  if (!digits) {
    mpz_set_ui(value_, 0);
    return;
  }
  mp_limb_t* limbs = mpz_limbs_write(value_, limbsForDigits(digits));
  Index n = toLimbs(i, limbs);
  mpz_limbs_finish(value_, i->size < 0 ? -n : n);
}

Ref<Int> Mpz::toInt(ThreadState& ts) const {
  return intFromLimbs(ts, mpz_limbs_read(value_), Index(mpz_size(value_)), mpz_sgn(value_) < 0);
}

}  // namespace habu
