// The functions of math on integers: gcd, lcm, factorial, isqrt, perm, comb, prod.
#include <climits>
#include <cmath>

#include "modules/math/math.h"
#include "object/bind.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/int.h"
#include "types/int_limbs.h"

namespace habu {

namespace {

Ref<> gcd(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "math.gcd", args.names));
  Ref<Int> r = share(smallInt(0));
  for (Index i = 0; i < args.count; ++i) {
    Ref<Int> x = TRY(indexObject(ts, args[i]));
    r = TRY(gcdInts(ts, r.get(), x.get()));
  }
  return r;
}

Ref<> lcm(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "math.lcm", args.names));
  Ref<Int> r = share(smallInt(1));
  for (Index i = 0; i < args.count; ++i) {
    Ref<Int> x = TRY(indexObject(ts, args[i]));
    if (r->size == 0) continue;  // the rest need only be integers
    if (x->size == 0) {
      r = share(smallInt(0));
      continue;
    }
    Ref<Int> divisor = TRY(gcdInts(ts, r.get(), x.get()));
    Ref<Int> quotient = TRY(floorDivideInts(ts, r.get(), divisor.get()));
    Ref<Int> product = TRY(multiplyInts(ts, quotient.get(), x.get()));
    r = TRY(absInt(ts, product.get()));
  }
  return r;
}

Ref<> factorial(ThreadState& ts, Object*, Object* n) {
  constexpr long long kMost = 1LL << 32;  // its factorial would take 16 GB
  Ref<Int> i = TRY(indexObject(ts, n));
  int overflow;
  long long v = toLongLong(i.get(), overflow);
  if (overflow > 0) return raise(ts, kOverflowError, "factorial() argument should not exceed {}", LONG_MAX);
  if (overflow < 0 || v < 0) return raise(ts, kValueError, "factorial() not defined for negative values");
  if (v <= 20) {
    long long r = 1;
    for (long long k = 2; k <= v; ++k) r *= k;
    return newInt(ts, r);
  }
  if (v > kMost) return raiseNoMemory(ts);
  Mpz r;
  mpz_fac_ui(r, static_cast<unsigned long>(v));
  return r.toInt(ts);
}

Ref<> isqrt(ThreadState& ts, Object*, Object* n) {
  Ref<Int> i = TRY(indexObject(ts, n));
  if (i->size < 0) return raise(ts, kValueError, "isqrt() argument must be nonnegative");
  if (isSmall(i.get())) {
    auto v = static_cast<unsigned long long>(smallValue(i.get()));
    auto r = static_cast<unsigned long long>(std::sqrt(static_cast<double>(v)));
    while (r * r > v) --r;
    while ((r + 1) * (r + 1) <= v) ++r;
    return newIntUnsigned(ts, r);
  }
  Mpz x(i.get());
  mpz_sqrt(x, x);
  return x.toInt(ts);
}

// The product first * (first-1) * ... of `count` factors, by halves: factors of like size multiply fast.
void fallingProduct(mpz_ptr out, mpz_srcptr first, unsigned long count) {
  if (count <= 8) {
    Mpz factor;
    mpz_set(out, first);
    mpz_set(factor, first);
    for (unsigned long k = 1; k < count; ++k) {
      mpz_sub_ui(factor, factor, 1);
      mpz_mul(out, out, factor);
    }
    return;
  }
  Mpz middle, right;
  unsigned long half = count / 2;
  mpz_sub_ui(middle, first, half);
  fallingProduct(out, first, half);
  fallingProduct(right, middle, count - half);
  mpz_mul(out, out, right);
}

Status checkNotNegative(ThreadState& ts, Int* i, const char* name) {
  if (i->size < 0) return raise(ts, kValueError, "{} must be a non-negative integer", name);
  return kDone;
}

// Results beyond this many bits raise MemoryError instead of letting GMP abort.
constexpr double kMaxBits = 3.4e10;

Ref<> perm(ThreadState& ts, Object* module, Object* n, Object* k) {
  if (!k || isNone(k)) return factorial(ts, module, n);
  Ref<Int> top = TRY(indexObject(ts, n)), count = TRY(indexObject(ts, k));
  TRY(checkNotNegative(ts, top.get(), "n"));
  TRY(checkNotNegative(ts, count.get(), "k"));
  if (compareInt(top.get(), count.get()) < 0) return newInt(ts, 0);
  int overflow;
  long long factors = toLongLong(count.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "k must not exceed {}", LLONG_MAX);
  if (factors == 0) return newInt(ts, 1);
  if (static_cast<double>(factors) * static_cast<double>(bitLength(top.get())) > kMaxBits) return raiseNoMemory(ts);
  Mpz first(top.get()), r;
  fallingProduct(r, first, static_cast<unsigned long>(factors));
  return r.toInt(ts);
}

Ref<> comb(ThreadState& ts, Object*, Object* n, Object* k) {
  Ref<Int> top = TRY(indexObject(ts, n)), count = TRY(indexObject(ts, k));
  TRY(checkNotNegative(ts, top.get(), "n"));
  TRY(checkNotNegative(ts, count.get(), "k"));
  Ref<Int> other = TRY(subtractInts(ts, top.get(), count.get()));
  if (other->size < 0) return newInt(ts, 0);
  Int* fewer = compareInt(other.get(), count.get()) < 0 ? other.get() : count.get();
  int overflow;
  long long factors = toLongLong(fewer, overflow);
  if (overflow) return raise(ts, kOverflowError, "min(n - k, k) must not exceed {}", LLONG_MAX);
  if (static_cast<double>(factors) * static_cast<double>(bitLength(top.get())) > kMaxBits * 8) return raiseNoMemory(ts);
  Mpz x(top.get()), r;
  mpz_bin_ui(r, x, static_cast<unsigned long>(factors));
  return r.toInt(ts);
}

Ref<> prod(ThreadState& ts, Object*, Object* iterable, Object* start) {
  Ref<> it = TRY(iterOf(ts, iterable));
  Ref<> r = start ? Ref<>::share(start) : Ref<>(TRY(newInt(ts, 1)));
  while (Ref<> x = iterNext(ts, it.get())) r = TRY(multiplyObjects(ts, r.get(), x.get()));
  if (errorSet(ts)) return Raised{};
  return r;
}

}  // namespace

extern constexpr MethodDef kIntegerMathMethods[] = {
    METHOD(factorial, "($module, n, /)", "n factorial."),
    METHOD(gcd, "($module, *integers)", "The greatest common divisor."),
    METHOD(isqrt, "($module, n, /)", "The integer part of the square root."),
    METHOD(lcm, "($module, *integers)", "The least common multiple."),
    METHOD(prod, "($module, iterable, /, *, start=1)", "The product of `start` and all elements."),
    METHOD(perm, "($module, n, k=None, /)", "In how many ways k of n things can be chosen in order; k is n by default."),
    METHOD(comb, "($module, n, k, /)", "In how many ways k of n things can be chosen without regard to order."),
    {}};

}  // namespace habu
