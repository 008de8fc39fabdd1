// Addition, multiplication, shifts and bit operations on ints. Digit loops of our own; products of two long numbers go
// to GMP.
#include <cstring>
#include <utility>

#include "object/raise.h"
#include "types/int.h"
#include "types/int_limbs.h"

namespace habu {

namespace {

// Both factors at least this long: converting to limbs and back pays.
constexpr Index kGmpDigits = 24;

// Two digits at a time: the carry then runs through half as many steps.
constexpr uint64_t kPairMask = (uint64_t{1} << 2 * kDigitBits) - 1;
uint64_t loadPair(const Digit* d) { return d[0] | uint64_t(d[1]) << kDigitBits; }
void storePair(Digit* d, uint64_t pair) {
  d[0] = Digit(pair) & kDigitMask;
  d[1] = Digit(pair >> kDigitBits) & kDigitMask;
}

Ref<Int> addMagnitudes(ThreadState& ts, const Int* a, const Int* b, bool negative) {
  Index na = digitCount(a), nb = digitCount(b);
  if (na < nb) {
    std::swap(a, b);
    std::swap(na, nb);
  }
  Ref<Int> r = TRY(newIntUninitialized(ts, na + 1));
  Digit* out = r->digits;
  uint64_t wide = 0;
  Index i = 0;
  for (; i + 1 < nb; i += 2) {
    wide += loadPair(a->digits + i) + loadPair(b->digits + i);
    storePair(out + i, wide);
    wide >>= 2 * kDigitBits;
  }
  auto carry = Digit(wide);
  for (; i < nb; ++i) {
    carry += a->digits[i] + b->digits[i];
    out[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  for (; i < na; ++i) {
    carry += a->digits[i];
    out[i] = carry & kDigitMask;
    carry >>= kDigitBits;
  }
  out[i] = carry;
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

// |a| - |b|, negated when `negative`.
Ref<Int> subtractMagnitudes(ThreadState& ts, const Int* a, const Int* b, bool negative) {
  Index na = digitCount(a), nb = digitCount(b);
  if (na == nb) {
    while (na && a->digits[na - 1] == b->digits[na - 1]) --na;
    if (!na) return share(smallInt(0));
    nb = na;
  }
  if (na < nb || (na == nb && a->digits[na - 1] < b->digits[na - 1])) {
    std::swap(a, b);
    std::swap(na, nb);
    negative = !negative;
  }
  Ref<Int> r = TRY(newIntUninitialized(ts, na));
  Digit* out = r->digits;
  uint64_t wide = 0;
  Index i = 0;
  for (; i + 1 < nb; i += 2) {
    wide = loadPair(a->digits + i) - loadPair(b->digits + i) - wide;
    storePair(out + i, wide & kPairMask);
    wide >>= 63;
  }
  auto borrow = Digit(wide);
  for (; i < nb; ++i) {
    borrow = a->digits[i] - b->digits[i] - borrow;
    out[i] = borrow & kDigitMask;
    borrow >>= 31;
  }
  for (; i < na; ++i) {
    borrow = a->digits[i] - borrow;
    out[i] = borrow & kDigitMask;
    borrow >>= 31;
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

Ref<Int> multiplyLong(ThreadState& ts, const Int* a, const Int* b) {
  Index na = digitCount(a), nb = digitCount(b);
  LimbBuffer la(limbsForDigits(na)), lb(limbsForDigits(nb)), product(limbsForDigits(na) + limbsForDigits(nb));
  if (!la || !lb || !product) return raiseNoMemory(ts);
  Index ma = toLimbs(a, la);
  bool negative = (a->size < 0) != (b->size < 0);
  if (a == b) {
    mpn_sqr(product, la, ma);
    return intFromLimbs(ts, product, 2 * ma, false);
  }
  Index mb = toLimbs(b, lb);
  if (ma >= mb) mpn_mul(product, la, ma, lb, mb);
  else mpn_mul(product, lb, mb, la, ma);
  return intFromLimbs(ts, product, ma + mb, negative);
}

Ref<Int> multiplyDigits(ThreadState& ts, const Int* a, const Int* b) {
  Index na = digitCount(a), nb = digitCount(b);
  if (na > nb) {
    std::swap(a, b);
    std::swap(na, nb);
  }
  bool negative = (a->size < 0) != (b->size < 0);
  Ref<Int> r = TRY(newIntUninitialized(ts, na + nb));
  std::memset(r->digits, 0, sizeof(Digit) * size_t(na + nb));
  for (Index i = 0; i < na; ++i) {
    uint64_t factor = a->digits[i], carry = 0;
    Digit* out = r->digits + i;
    for (Index j = 0; j < nb; ++j) {
      carry += out[j] + b->digits[j] * factor;
      out[j] = Digit(carry & kDigitMask);
      carry >>= kDigitBits;
    }
    out[nb] = Digit(carry);
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

// Reads a number as endless two's complement digits.
class Complement {
 public:
  explicit Complement(const Int* i) : digits_(i->digits), count_(digitCount(i)), negative_(i->size < 0), carry_(1) {}
  bool negative() const { return negative_; }
  Index count() const { return count_; }
  Digit next() {
    Digit d = at_ < count_ ? digits_[at_] : 0;
    ++at_;
    if (!negative_) return d;
    carry_ += d ^ kDigitMask;
    d = carry_ & kDigitMask;
    carry_ >>= kDigitBits;
    return d;
  }

 private:
  const Digit* digits_;
  Index count_, at_ = 0;
  bool negative_;
  Digit carry_;
};

}  // namespace

Ref<Int> addInts(ThreadState& ts, Int* a, Int* b) {
  if (isSmall(a) && isSmall(b)) [[likely]] return newInt(ts, smallValue(a) + smallValue(b));
  if ((a->size < 0) == (b->size < 0)) return addMagnitudes(ts, a, b, a->size < 0);
  return subtractMagnitudes(ts, a, b, a->size < 0);
}

Ref<Int> subtractInts(ThreadState& ts, Int* a, Int* b) {
  if (isSmall(a) && isSmall(b)) [[likely]] return newInt(ts, smallValue(a) - smallValue(b));
  if ((a->size < 0) != (b->size < 0)) return addMagnitudes(ts, a, b, a->size < 0);
  return subtractMagnitudes(ts, a, b, a->size < 0);
}

Ref<Int> multiplyInts(ThreadState& ts, Int* a, Int* b) {
  if (isCompact(a) && isCompact(b)) [[likely]] return newInt(ts, compactValue(a) * compactValue(b));
  if (digitCount(a) >= kGmpDigits && digitCount(b) >= kGmpDigits) return multiplyLong(ts, a, b);
  return multiplyDigits(ts, a, b);
}

Ref<Int> negateInt(ThreadState& ts, Int* i) {
  if (isCompact(i)) return newInt(ts, -compactValue(i));
  Ref<Int> r = TRY(copyInt(ts, i));
  r->size = -r->size;
  return r;
}

Ref<Int> absInt(ThreadState& ts, Int* i) {
  if (i->size < 0) return negateInt(ts, i);
  return isExactInt(i) ? share(i) : copyInt(ts, i);
}

Ref<Int> shiftLeftInt(ThreadState& ts, Int* i, size_t bits) {
  Index n = digitCount(i);
  if (!n) return share(smallInt(0));
  if (n == 1 && bits <= 32) {
    long long v = static_cast<long long>(i->digits[0]) << bits;
    return newInt(ts, i->size < 0 ? -v : v);
  }
  size_t whole = bits / kDigitBits;
  int rest = int(bits % kDigitBits);
  if (whole > size_t(PTRDIFF_MAX) / sizeof(Digit) - size_t(n) - 16) return raise(ts, kOverflowError, "too many digits in integer");
  Ref<Int> r = TRY(newIntUninitialized(ts, n + Index(whole) + 1));
  Digit* out = r->digits;
  std::memset(out, 0, sizeof(Digit) * whole);
  uint64_t carry = 0;
  for (Index k = 0; k < n; ++k) {
    carry |= uint64_t(i->digits[k]) << rest;
    out[whole + size_t(k)] = Digit(carry & kDigitMask);
    carry >>= kDigitBits;
  }
  out[whole + size_t(n)] = Digit(carry);
  if (i->size < 0) r->size = -r->size;
  return normalizeInt(std::move(r));
}

Ref<Int> shiftRightInt(ThreadState& ts, Int* i, size_t bits) {
  if (isSmall(i)) return newInt(ts, smallValue(i) >> (bits > 62 ? 62 : bits));
  Index n = digitCount(i);
  size_t whole = bits / kDigitBits;
  int rest = int(bits % kDigitBits);
  bool negative = i->size < 0;
  if (whole >= size_t(n)) return share(smallInt(negative ? -1 : 0));
  // Flooring a negative value: minus one more when any bit that falls out was set.
  bool lost = false;
  if (negative) {
    for (size_t k = 0; k < whole && !lost; ++k) lost = i->digits[k] != 0;
    lost = lost || (i->digits[whole] & ((Digit{1} << rest) - 1)) != 0;
  }
  Ref<Int> r = TRY(newIntUninitialized(ts, n - Index(whole) + (lost ? 1 : 0)));
  Index kept = n - Index(whole);
  for (Index k = 0; k < kept; ++k) {
    Index source = k + Index(whole);
    uint64_t two = i->digits[source];
    if (source + 1 < n) two |= uint64_t(i->digits[source + 1]) << kDigitBits;
    r->digits[k] = Digit((two >> rest) & kDigitMask);
  }
  if (lost) {
    r->digits[kept] = 0;
    for (Index k = 0; k <= kept; ++k) {
      r->digits[k] = (r->digits[k] + 1) & kDigitMask;
      if (r->digits[k]) break;
    }
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

Ref<Int> bitwiseInts(ThreadState& ts, Int* a, Int* b, BitOperation operation) {
  if (isSmall(a) && isSmall(b)) [[likely]] {
    long long x = smallValue(a), y = smallValue(b);
    return newInt(ts, operation == BitOperation::And ? x & y : operation == BitOperation::Or ? x | y : x ^ y);
  }
  Complement x(a), y(b);
  Index longer = x.count() > y.count() ? x.count() : y.count();
  bool negative = operation == BitOperation::And   ? x.negative() && y.negative()
                  : operation == BitOperation::Or ? x.negative() || y.negative()
                                                  : x.negative() != y.negative();
  if (operation == BitOperation::And) {  // a positive operand bounds the result
    if (!x.negative() && x.count() < longer) longer = x.count();
    if (!y.negative() && y.count() < longer) longer = y.count();
  }
  Ref<Int> r = TRY(newIntUninitialized(ts, longer + (negative ? 1 : 0)));
  Digit carry = 1;
  for (Index i = 0; i < r->size; ++i) {
    Digit dx = x.next(), dy = y.next();
    Digit d = operation == BitOperation::And ? dx & dy : operation == BitOperation::Or ? dx | dy : dx ^ dy;
    if (negative) {
      carry += d ^ kDigitMask;
      d = carry & kDigitMask;
      carry >>= kDigitBits;
    }
    r->digits[i] = d;
  }
  if (negative) r->size = -r->size;
  return normalizeInt(std::move(r));
}

}  // namespace habu
