// Division, powers, greatest common divisors: native words for short numbers, GMP for the rest.
#include <cmath>
#include <utility>

#include "object/raise.h"
#include "types/float.h"
#include "types/int.h"
#include "types/int_limbs.h"

namespace habu {

namespace {

// Above this many result bits (4 GB of memory) powers raise MemoryError at once: GMP would abort.
constexpr size_t kMaxPowerBits = size_t{1} << 35;

Status divideByDigit(ThreadState& ts, const Int* a, Digit divisor, bool negative, Ref<Int>* quotient, Ref<Int>* remainder) {
  Index n = digitCount(a);
  uint64_t rest = 0;
  if (quotient) {
    Ref<Int> q = TRY(newIntUninitialized(ts, n));
    for (Index k = n; k-- > 0;) {
      rest = rest << kDigitBits | a->digits[k];
      auto d = Digit(rest / divisor);
      q->digits[k] = d;
      rest -= uint64_t(d) * divisor;
    }
    if (negative) q->size = -q->size;
    *quotient = normalizeInt(std::move(q));
  } else {
    for (Index k = n; k-- > 0;) rest = (rest << kDigitBits | a->digits[k]) % divisor;
  }
  if (remainder) *remainder = TRY(newInt(ts, a->size < 0 ? -static_cast<long long>(rest) : static_cast<long long>(rest)));
  return kDone;
}

Status divideLong(ThreadState& ts, const Int* a, const Int* b, bool negative, Ref<Int>* quotient, Ref<Int>* remainder) {
  LimbBuffer la(limbsForDigits(digitCount(a))), lb(limbsForDigits(digitCount(b)));
  if (!la || !lb) return raiseNoMemory(ts);
  Index na = toLimbs(a, la), nb = toLimbs(b, lb);
  LimbBuffer q(na - nb + 2), r(nb);
  if (!q || !r) return raiseNoMemory(ts);
  mpn_tdiv_qr(q, r, 0, la, na, lb, nb);
  if (quotient) *quotient = TRY(intFromLimbs(ts, q, na - nb + 1, negative));
  if (remainder) *remainder = TRY(intFromLimbs(ts, r, nb, a->size < 0));
  return kDone;
}

bool magnitudeLess(const Int* a, const Int* b) {
  Index na = digitCount(a), nb = digitCount(b);
  if (na != nb) return na < nb;
  while (na-- > 0)
    if (a->digits[na] != b->digits[na]) return a->digits[na] < b->digits[na];
  return false;
}

[[gnu::cold]] Raised zeroDivision(ThreadState& ts) { return raise(ts, kZeroDivisionError, "integer division or modulo by zero"); }

long long floorQuotient(long long a, long long b) {
  long long q = a / b;
  return q * b != a && (a < 0) != (b < 0) ? q - 1 : q;
}
long long floorRest(long long a, long long b) {
  long long r = a % b;
  return r && (r < 0) != (b < 0) ? r + b : r;
}

}  // namespace

Status truncatedDivideInts(ThreadState& ts, Int* a, Int* b, Ref<Int>* quotient, Ref<Int>* remainder) {
  if (b->size == 0) return zeroDivision(ts);
  if (isSmall(a) && isSmall(b)) {
    long long x = smallValue(a), y = smallValue(b);
    if (quotient) *quotient = TRY(newInt(ts, x / y));
    if (remainder) *remainder = TRY(newInt(ts, x % y));
    return kDone;
  }
  bool negative = (a->size < 0) != (b->size < 0);
  if (magnitudeLess(a, b)) {
    if (quotient) *quotient = share(smallInt(0));
    if (remainder) *remainder = TRY(copyInt(ts, a));
    return kDone;
  }
  if (isCompact(b)) return divideByDigit(ts, a, b->digits[0], negative, quotient, remainder);
  return divideLong(ts, a, b, negative, quotient, remainder);
}

Status divmodInts(ThreadState& ts, Int* a, Int* b, Ref<Int>& quotient, Ref<Int>& remainder) {
  Ref<Int> q, r;
  TRY(truncatedDivideInts(ts, a, b, &q, &r));
  if (r->size && (r->size < 0) != (b->size < 0)) {
    q = TRY(subtractInts(ts, q.get(), smallInt(1)));
    r = TRY(addInts(ts, r.get(), b));
  }
  quotient = std::move(q);
  remainder = std::move(r);
  return kDone;
}

Ref<Int> floorDivideInts(ThreadState& ts, Int* a, Int* b) {
  if (b->size == 0) [[unlikely]] return zeroDivision(ts);
  if (isSmall(a) && isSmall(b)) [[likely]] return newInt(ts, floorQuotient(smallValue(a), smallValue(b)));
  Ref<Int> q, r;
  TRY(divmodInts(ts, a, b, q, r));
  return q;
}

Ref<Int> remainderInts(ThreadState& ts, Int* a, Int* b) {
  if (b->size == 0) [[unlikely]] return raise(ts, kZeroDivisionError, "integer modulo by zero");
  if (isSmall(a) && isSmall(b)) [[likely]] return newInt(ts, floorRest(smallValue(a), smallValue(b)));
  Ref<Int> r;
  TRY(truncatedDivideInts(ts, a, b, nullptr, &r));
  if (r->size && (r->size < 0) != (b->size < 0)) return addInts(ts, r.get(), b);
  return r;
}

Status divmodNearestInts(ThreadState& ts, Int* a, Int* b, Ref<Int>& quotient, Ref<Int>& remainder) {
  Ref<Int> q, r;
  TRY(divmodInts(ts, a, b, q, r));  // 0 <= r/b < 1
  Ref<Int> doubled = TRY(shiftLeftInt(ts, r.get(), 1));
  int order = compareInt(doubled.get(), b);
  if (b->size < 0) order = -order;
  bool odd = q->size && (q->digits[0] & 1);
  if (order > 0 || (order == 0 && odd)) {
    q = TRY(addInts(ts, q.get(), smallInt(1)));
    r = TRY(subtractInts(ts, r.get(), b));
  }
  quotient = std::move(q);
  remainder = std::move(r);
  return kDone;
}

Result<double> trueDivideInts(ThreadState& ts, Int* a, Int* b) {
  constexpr long long kExact = 1LL << 53;
  constexpr Index kMinExponent = -1021, kMantissa = 53;
  if (b->size == 0) return raise(ts, kZeroDivisionError, "division by zero");
  if (isSmall(a) && isSmall(b)) {
    long long x = smallValue(a), y = smallValue(b);
    if (-kExact <= x && x <= kExact && -kExact <= y && y <= kExact) return static_cast<double>(x) / static_cast<double>(y);
  }
  if (a->size == 0) return b->size < 0 ? -0.0 : 0.0;
  bool negative = (a->size < 0) != (b->size < 0);
  Index difference = Index(bitLength(a)) - Index(bitLength(b));
  if (difference > 1024) return raise(ts, kOverflowError, "integer division result too large for a float");
  if (difference < kMinExponent - kMantissa - 1) return negative ? -0.0 : 0.0;
  // An integer quotient with two or three bits more than a double holds (fewer for subnormal results); what is cut off
  // only decides ties.
  Index shift = (difference > kMinExponent ? difference : kMinExponent) - kMantissa - 2;
  Ref<Int> x = TRY(absInt(ts, a)), y = TRY(absInt(ts, b));
  bool inexact = false;
  if (shift <= 0) {
    x = TRY(shiftLeftInt(ts, x.get(), size_t(-shift)));
  } else {
    Ref<Int> shifted = TRY(shiftRightInt(ts, x.get(), size_t(shift)));
    Ref<Int> back = TRY(shiftLeftInt(ts, shifted.get(), size_t(shift)));
    inexact = compareInt(back.get(), x.get()) != 0;
    x = std::move(shifted);
  }
  Ref<Int> q, r;
  TRY(truncatedDivideInts(ts, x.get(), y.get(), &q, &r));
  inexact = inexact || r->size != 0;
  auto bits = static_cast<uint64_t>(smallValue(q.get()));
  Index width = Index(bitLength(q.get()));
  Index extra = (width > kMinExponent - shift ? width : kMinExponent - shift) - kMantissa;  // 2 or 3
  if (inexact) bits |= 1;
  uint64_t half = uint64_t{1} << (extra - 1);
  if ((bits & half) && (bits & (3 * half - 1))) bits += half;
  bits &= ~(2 * half - 1);
  double value = std::ldexp(static_cast<double>(bits), int(shift));
  if (std::isinf(value)) return raise(ts, kOverflowError, "integer division result too large for a float");
  return negative ? -value : value;
}

namespace {

Ref<Int> powerSmall(ThreadState& ts, long long base, unsigned exponent) {  // the caller knows that it fits 60 bits
  long long r = 1;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) r *= base;
    if (exponent > 1) base *= base;
  }
  return newInt(ts, r);
}

Ref<Int> powerPlain(ThreadState& ts, Int* base, Int* exponent) {
  if (base->size == 0) return share(smallInt(exponent->size == 0));
  if (base->size == 1 && base->digits[0] == 1) return share(smallInt(1));
  bool odd = exponent->size && (exponent->digits[0] & 1);
  if (base->size == -1 && base->digits[0] == 1) return share(smallInt(odd ? -1 : 1));
  if (!isSmall(exponent)) return raiseNoMemory(ts);
  auto n = static_cast<unsigned long long>(smallValue(exponent));
  size_t bits = bitLength(base);
  if (n > kMaxPowerBits || bits * n > kMaxPowerBits) {
    // Powers of two are shifts; they, too, have a limit.
    return raiseNoMemory(ts);
  }
  if (bits * n <= 60) return powerSmall(ts, smallValue(base), unsigned(n));
  if (n == 1) return copyInt(ts, base);
  if (n == 2) return multiplyInts(ts, base, base);
  if (isCompact(base) && !(base->digits[0] & (base->digits[0] - 1))) {
    Ref<Int> r = TRY(shiftLeftInt(ts, smallInt(1), (bits - 1) * n));
    if (base->size < 0 && odd) r->size = -r->size;
    return r;
  }
  Mpz b(base), r;
  mpz_pow_ui(r, b, n);
  return r.toInt(ts);
}

// base^exponent mod modulus with everything below 2^60, exponent not negative, modulus positive.
Ref<Int> powerModSmall(ThreadState& ts, long long base, unsigned long long exponent, unsigned long long modulus) {
  using Wide = unsigned __int128;
  auto b = static_cast<unsigned long long>(floorRest(base, static_cast<long long>(modulus)));
  unsigned long long r = modulus == 1 ? 0 : 1;
  for (; exponent; exponent >>= 1) {
    if (exponent & 1) r = static_cast<unsigned long long>(Wide(r) * b % modulus);
    b = static_cast<unsigned long long>(Wide(b) * b % modulus);
  }
  return newIntUnsigned(ts, r);
}

Ref<Int> powerMod(ThreadState& ts, Int* base, Int* exponent, Int* modulus) {
  if (modulus->size == 0) return raise(ts, kValueError, "pow() 3rd argument cannot be 0");
  Ref<Int> m = TRY(absInt(ts, modulus));
  if (m->size == 1 && m->digits[0] == 1) return share(smallInt(0));
  Ref<Int> r;
  if (exponent->size >= 0 && isSmall(base) && isSmall(exponent) && isSmall(m.get())) {
    r = TRY(powerModSmall(ts, smallValue(base), static_cast<unsigned long long>(smallValue(exponent)),
                          static_cast<unsigned long long>(smallValue(m.get()))));
  } else {
    Mpz b(base), e(exponent), mod(m.get()), result;
    if (exponent->size < 0) {
      if (!mpz_invert(b, b, mod)) return raise(ts, kValueError, "base is not invertible for the given modulus");
      mpz_neg(e, e);
    }
    mpz_powm(result, b, e, mod);
    r = TRY(result.toInt(ts));
  }
  if (modulus->size < 0 && r->size) return subtractInts(ts, r.get(), m.get());
  return r;
}

}  // namespace

Ref<> powerInts(ThreadState& ts, Int* base, Int* exponent, Int* modulus) {
  if (modulus) return powerMod(ts, base, exponent, modulus);
  if (exponent->size < 0) {
    double x = TRY(intToDouble(ts, base)), y = TRY(intToDouble(ts, exponent));
    Ref<Float> fx = TRY(newFloat(ts, x)), fy = TRY(newFloat(ts, y));
    return Ref<>::steal(kFloatType.number->power(fx.get(), fy.get(), &kNoneObject));
  }
  return powerPlain(ts, base, exponent);
}

Ref<Int> gcdInts(ThreadState& ts, Int* a, Int* b) {
  if (isSmall(a) && isSmall(b)) {
    long long x = smallValue(a), y = smallValue(b);
    x = x < 0 ? -x : x;
    y = y < 0 ? -y : y;
    while (y) {
      long long r = x % y;
      x = y;
      y = r;
    }
    return newInt(ts, x);
  }
  if (!a->size) return absInt(ts, b);
  if (!b->size) return absInt(ts, a);
  Mpz x(a), y(b);
  mpz_gcd(x, x, y);
  return x.toInt(ts);
}

}  // namespace habu
