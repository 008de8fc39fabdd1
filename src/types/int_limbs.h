// Between ints (30-bit digits) and GMP's natural numbers (64-bit limbs). Private to types/int_*.cpp and modules/math.
#pragma once
#include <gmp.h>

#include <cstdlib>

#include "types/int.h"

namespace habu {

static_assert(GMP_NUMB_BITS == 64);

inline Index limbsForDigits(Index digits) { return (digits * kDigitBits + 63) / 64; }
inline Index digitsForLimbs(Index limbs) { return (limbs * 64 + kDigitBits - 1) / kDigitBits; }

// Scratch limbs: on the native stack up to a size, else from malloc (null when out of memory).
class LimbBuffer {
 public:
  explicit LimbBuffer(Index n)
      : data_(n <= kInline ? inline_ : static_cast<mp_limb_t*>(std::malloc(size_t(n) * sizeof(mp_limb_t)))) {}
  ~LimbBuffer() {
    if (data_ != inline_) std::free(data_);
  }
  LimbBuffer(const LimbBuffer&) = delete;
  explicit operator bool() const { return data_ != nullptr; }
  operator mp_limb_t*() { return data_; }

 private:
  static constexpr Index kInline = 48;
  mp_limb_t inline_[kInline];
  mp_limb_t* data_;
};

// The magnitude as limbs, without leading zeros; `out` has room for limbsForDigits.
Index toLimbs(const Digit*, Index digits, mp_limb_t* out);
inline Index toLimbs(const Int* i, mp_limb_t* out) { return toLimbs(i->digits, digitCount(i), out); }
// A normalised int from limbs.
Ref<Int> intFromLimbs(ThreadState&, const mp_limb_t*, Index limbs, bool negative);

// An mpz_t freed with the object. GMP aborts when memory runs out, so callers bound the size of results first.
class Mpz {
 public:
  Mpz() { mpz_init(value_); }
  explicit Mpz(const Int* i) {
    mpz_init2(value_, size_t(digitCount(i)) * kDigitBits + 64);
    assign(i);
  }
  ~Mpz() { mpz_clear(value_); }
  Mpz(const Mpz&) = delete;
  void assign(const Int*);
  Ref<Int> toInt(ThreadState&) const;
  operator mpz_ptr() { return value_; }

 private:
  mpz_t value_;
};

}  // namespace habu
