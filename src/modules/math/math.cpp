// The module math: functions of doubles. Integer functions: integers.cpp.
#include "modules/math/math.h"

#include <cerrno>
#include <climits>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "modules/math/special.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr double kPi = 3.141592653589793238462643383279502884197;
constexpr double kE = 2.718281828459045235360287471352662497757;

using Double = Result<double>;

[[gnu::cold]] Raised domainError(ThreadState& ts) { return raise(ts, kValueError, "math domain error"); }
[[gnu::cold]] Raised rangeError(ThreadState& ts) { return raise(ts, kOverflowError, "math range error"); }

// ERANGE with a small result is underflow: no error.
Double withErrno(ThreadState& ts, double r) {
  if (errno == EDOM) return domainError(ts);
  if (errno == ERANGE && std::fabs(r) >= 1.5) return rangeError(ts);
  return r;
}

// A function of one argument: a nan out of none is a domain error, an infinity out of none the pole or overflow.
template <double (*F)(double), bool overflows>
Double unary(ThreadState& ts, Object*, double x) {
  errno = 0;
  double r = F(x);
  if (std::isnan(r) && !std::isnan(x)) return domainError(ts);
  if (std::isinf(r) && std::isfinite(x)) return overflows ? rangeError(ts) : domainError(ts);
  return r;
}
// One that reports through errno.
template <double (*F)(double)>
Double unaryErrno(ThreadState& ts, Object*, double x) {
  errno = 0;
  double r = F(x);
  return errno ? withErrno(ts, r) : Double(r);
}
template <double (*F)(double, double)>
Double binary(ThreadState& ts, Object*, double x, double y) {
  double r = F(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domainError(ts);
  if (std::isinf(r) && std::isfinite(x) && std::isfinite(y)) return rangeError(ts);
  return r;
}

double degreesOf(double x) { return x * (180.0 / kPi); }
double radiansOf(double x) { return x * (kPi / 180.0); }
double ulpOf(double x) {
  if (std::isnan(x)) return x;
  x = std::fabs(x);
  if (std::isinf(x)) return x;
  double next = std::nextafter(x, HUGE_VAL);
  if (std::isinf(next)) return x - std::nextafter(x, -HUGE_VAL);
  return next - x;
}
template <double (*F)(double)>
Double plain(ThreadState&, Object*, double x) { return F(x); }
template <double (*F)(double, double)>
Double plainBinary(ThreadState&, Object*, double x, double y) { return F(x, y); }

Result<bool> isFinite(ThreadState&, Object*, double x) { return std::isfinite(x); }
Result<bool> isInf(ThreadState&, Object*, double x) { return std::isinf(x); }
Result<bool> isNan(ThreadState&, Object*, double x) { return std::isnan(x); }

Double fmod(ThreadState& ts, Object*, double x, double y) {
  if (std::isinf(y) && std::isfinite(x)) return x;
  double r = std::fmod(x, y);
  if (std::isnan(r) && !std::isnan(x) && !std::isnan(y)) return domainError(ts);
  return r;
}

Double powSpecial(double x, double y) {
  if (std::isnan(x)) return y == 0.0 ? 1.0 : x;
  if (std::isnan(y)) return x == 1.0 ? 1.0 : y;
  if (std::isinf(x)) {
    bool odd = std::isfinite(y) && std::fmod(std::fabs(y), 2.0) == 1.0;
    if (y > 0.0) return odd ? x : std::fabs(x);
    if (y == 0.0) return 1.0;
    return odd ? std::copysign(0.0, x) : 0.0;
  }
  if (std::fabs(x) == 1.0) return 1.0;
  if (y > 0.0 && std::fabs(x) > 1.0) return y;
  if (y < 0.0 && std::fabs(x) < 1.0) return -y;
  return 0.0;
}

Double pow(ThreadState& ts, Object*, double x, double y) {
  if (!std::isfinite(x) || !std::isfinite(y)) return powSpecial(x, y);
  double r = std::pow(x, y);
  if (std::isfinite(r)) return r;
  if (std::isnan(r) || x == 0.0) return domainError(ts);
  return rangeError(ts);
}

// ---- logarithms ----
double logOf(double x) { return x > 0 ? std::log(x) : x == 0 ? -HUGE_VAL : __builtin_nan(""); }
double log2Of(double x) { return x > 0 ? std::log2(x) : x == 0 ? -HUGE_VAL : __builtin_nan(""); }
double log10Of(double x) { return x > 0 ? std::log10(x) : x == 0 ? -HUGE_VAL : __builtin_nan(""); }

// Ints of any size: log(m * 2^e).
Double logarithm(ThreadState& ts, Object* o, double (*f)(double)) {
  if (isInt(o)) {
    auto* i = static_cast<Int*>(o);
    if (i->size <= 0) return domainError(ts);
    Index exponent;
    double fraction = intFrexp(i, exponent);
    if (exponent > 1024) return f(fraction) + f(2.0) * static_cast<double>(exponent);
    return f(std::ldexp(fraction, int(exponent)));
  }
  double x = TRY(asDouble(ts, o));
  double r = f(x);
  if ((std::isnan(r) && !std::isnan(x)) || (std::isinf(r) && std::isfinite(x))) return domainError(ts);
  return r;
}

Double log(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "log", args.names));
  if (args.count < 1 || args.count > 2) return raise(ts, kTypeError, "math.log requires 1 to 2 arguments");
  double top = TRY(logarithm(ts, args[0], logOf));
  if (args.count == 1) return top;
  double bottom = TRY(logarithm(ts, args[1], logOf));
  if (bottom == 0.0) return raise(ts, kZeroDivisionError, "float division by zero");
  return top / bottom;
}
Double log2(ThreadState& ts, Object*, Object* x) { return logarithm(ts, x, log2Of); }
Double log10(ThreadState& ts, Object*, Object* x) { return logarithm(ts, x, log10Of); }

// ---- parts ----
Ref<> frexp(ThreadState& ts, Object*, double x) {
  int exponent = 0;
  double fraction = std::isfinite(x) && x != 0.0 ? std::frexp(x, &exponent) : x;
  Ref<Float> f = TRY(newFloat(ts, fraction));
  Ref<Int> e = TRY(newInt(ts, exponent));
  return packTuple(ts, {f.get(), e.get()});
}

Double ldexp(ThreadState& ts, Object*, double x, Object* exponent) {
  if (!isInt(exponent)) return raise(ts, kTypeError, "Expected an int as second argument to ldexp.");
  int overflow;
  long long e = toLongLong(static_cast<Int*>(exponent), overflow);
  if (overflow) e = overflow < 0 ? LLONG_MIN : LLONG_MAX;
  if (x == 0.0 || !std::isfinite(x)) return x;
  if (e > INT_MAX) return rangeError(ts);
  if (e < INT_MIN) return std::copysign(0.0, x);
  double r = std::ldexp(x, int(e));
  if (std::isinf(r)) return rangeError(ts);
  return r;
}

Ref<> modf(ThreadState& ts, Object*, double x) {
  double whole = x, fraction = x;
  if (std::isinf(x)) fraction = std::copysign(0.0, x);
  else if (!std::isnan(x)) fraction = std::modf(x, &whole);
  Ref<Float> f = TRY(newFloat(ts, fraction)), w = TRY(newFloat(ts, whole));
  return packTuple(ts, {f.get(), w.get()});
}

Ref<> roundBy(ThreadState& ts, Object* x, Str* special, double (*f)(double)) {
  if (!isExactFloat(x)) {
    Ref<> method = TRY(lookupSpecial(ts, x, special));
    if (method) return call(ts, method.get());
  }
  return intFromDouble(ts, f(TRY(asDouble(ts, x))));
}
Ref<> ceil(ThreadState& ts, Object*, Object* x) { return roundBy(ts, x, names::__ceil__, std::ceil); }
Ref<> floor(ThreadState& ts, Object*, Object* x) { return roundBy(ts, x, names::__floor__, std::floor); }
Ref<> trunc(ThreadState& ts, Object*, Object* x) {
  if (isExactFloat(x)) return intFromDouble(ts, static_cast<Float*>(x)->value);
  Ref<> method = TRY(lookupSpecial(ts, x, names::__trunc__));
  if (!method) return raise(ts, kTypeError, "type {:.100} doesn't define __trunc__ method", typeName(x));
  return call(ts, method.get());
}

// ---- sums and lengths ----
// Shewchuk's exact sum: partials that do not overlap, in growing order of size.
class ExactSum {
 public:
  ~ExactSum() { std::free(partials_ == inline_ ? nullptr : partials_); }
  Status add(ThreadState& ts, double x) {
    double original = x;
    Index kept = 0;
    for (Index j = 0; j < count_; ++j) {
      double y = partials_[j];
      if (std::fabs(x) < std::fabs(y)) std::swap(x, y);
      double high = x + y;
      double low = y - (high - x);
      if (low != 0.0) partials_[kept++] = low;
      x = high;
    }
    count_ = kept;
    if (x == 0.0) return kDone;
    if (!std::isfinite(x)) {
      if (std::isfinite(original)) return raise(ts, kOverflowError, "intermediate overflow in fsum");
      if (std::isinf(original)) infinities_ += original;
      specials_ += original;
      count_ = 0;
      return kDone;
    }
    if (count_ >= capacity_ && !grow()) return raiseNoMemory(ts);
    partials_[count_++] = x;
    return kDone;
  }
  Double total(ThreadState& ts) {
    if (specials_ != 0.0) {
      if (std::isnan(infinities_)) return raise(ts, kValueError, "-inf + inf in fsum");
      return specials_;
    }
    if (!count_) return 0.0;
    double high = partials_[--count_], low = 0.0;
    while (count_ > 0) {
      double x = high, y = partials_[--count_];
      high = x + y;
      low = y - (high - x);
      if (low != 0.0) break;
    }
    // Half way cases: the next partial tells which way to round.
    if (count_ > 0 && ((low < 0.0 && partials_[count_ - 1] < 0.0) || (low > 0.0 && partials_[count_ - 1] > 0.0))) {
      double y = low * 2.0, x = high + y;
      if (y == x - high) high = x;
    }
    return high;
  }

 private:
  bool grow() {
    Index n = capacity_ * 2;
    auto* p = static_cast<double*>(std::malloc(size_t(n) * sizeof(double)));
    if (!p) return false;
    for (Index i = 0; i < count_; ++i) p[i] = partials_[i];
    if (partials_ != inline_) std::free(partials_);
    partials_ = p;
    capacity_ = n;
    return true;
  }
  static constexpr Index kInline = 32;
  double inline_[kInline];
  double* partials_ = inline_;
  Index count_ = 0, capacity_ = kInline;
  double specials_ = 0.0, infinities_ = 0.0;
};

Double fsum(ThreadState& ts, Object*, Object* values) {
  Ref<> it = TRY(iterOf(ts, values));
  ExactSum sum;
  while (Ref<> x = iterNext(ts, it.get())) TRY(sum.add(ts, TRY(asDouble(ts, x.get()))));
  if (errorSet(ts)) return Raised{};
  return sum.total(ts);
}

struct FreeDeleter {
  void operator()(void* p) const { std::free(p); }
};
// The components of a vector, their largest magnitude, whether one is a nan.
struct Vector {
  std::unique_ptr<double[], FreeDeleter> values;
  double largest = 0.0;
  bool nan = false;
  bool allocate(Index n) {
    values.reset(static_cast<double*>(std::malloc(size_t(n ? n : 1) * sizeof(double))));
    return bool(values);
  }
  void set(Index i, double x) {
    x = std::fabs(x);
    values[size_t(i)] = x;
    nan = nan || std::isnan(x);
    if (x > largest) largest = x;
  }
};

Double hypot(ThreadState& ts, Object*, Args args) {
  TRY(noKeywordNames(ts, "math.hypot", args.names));
  Vector v;
  if (!v.allocate(args.count)) return raiseNoMemory(ts);
  for (Index i = 0; i < args.count; ++i) v.set(i, TRY(asDouble(ts, args[i])));
  return vectorNorm(v.values.get(), args.count, v.largest, v.nan);
}

Double dist(ThreadState& ts, Object*, Object* p, Object* q) {
  Ref<Tuple> a = isTuple(p) ? share(static_cast<Tuple*>(p)) : TRY(tupleFrom(ts, p));
  Ref<Tuple> b = isTuple(q) ? share(static_cast<Tuple*>(q)) : TRY(tupleFrom(ts, q));
  if (a->size != b->size) return raise(ts, kValueError, "both points must have the same number of dimensions");
  Vector v;
  if (!v.allocate(a->size)) return raiseNoMemory(ts);
  for (Index i = 0; i < a->size; ++i) v.set(i, TRY(asDouble(ts, a->items[i])) - TRY(asDouble(ts, b->items[i])));
  return vectorNorm(v.values.get(), a->size, v.largest, v.nan);
}

Result<bool> isclose(ThreadState& ts, Object*, double a, double b, std::optional<double> relative, std::optional<double> absolute) {
  double rel = relative.value_or(1e-09), abs = absolute.value_or(0.0);
  if (rel < 0.0 || abs < 0.0) return raise(ts, kValueError, "tolerances must be non-negative");
  if (a == b) return true;
  if (std::isinf(a) || std::isinf(b)) return false;
  double difference = std::fabs(b - a);
  return difference <= std::fabs(rel * b) || difference <= std::fabs(rel * a) || difference <= abs;
}

#define UNARY(name, f, overflows, doc) METHOD_AS(name, (unary<f, overflows>), "($module, x, /)", doc)
constexpr MethodDef kMethods[] = {
    UNARY("acos", std::acos, false, "The arc cosine in radians, between 0 and pi."),
    UNARY("acosh", std::acosh, false, "The inverse hyperbolic cosine."),
    UNARY("asin", std::asin, false, "The arc sine in radians, between -pi/2 and pi/2."),
    UNARY("asinh", std::asinh, false, "The inverse hyperbolic sine."),
    UNARY("atan", std::atan, false, "The arc tangent in radians, between -pi/2 and pi/2."),
    METHOD_AS("atan2", binary<std::atan2>, "($module, y, x, /)", "The arc tangent of y/x in radians, in the right quadrant."),
    UNARY("atanh", std::atanh, false, "The inverse hyperbolic tangent."),
    UNARY("cbrt", std::cbrt, false, "The cube root."),
    METHOD(ceil, "($module, x, /)", "The smallest integer >= x."),
    METHOD_AS("copysign", plainBinary<std::copysign>, "($module, x, y, /)", "The magnitude of x with the sign of y."),
    UNARY("cos", std::cos, false, "The cosine of x (in radians)."),
    UNARY("cosh", std::cosh, true, "The hyperbolic cosine."),
    METHOD_AS("degrees", plain<degreesOf>, "($module, x, /)", "An angle in radians, in degrees."),
    METHOD(dist, "($module, p, q, /)", "The Euclidean distance of two points, given as sequences of coordinates."),
    METHOD_AS("erf", plain<std::erf>, "($module, x, /)", "The error function."),
    METHOD_AS("erfc", plain<std::erfc>, "($module, x, /)", "One minus the error function."),
    UNARY("exp", std::exp, true, "e to the power of x."),
    UNARY("exp2", std::exp2, true, "2 to the power of x."),
    UNARY("expm1", std::expm1, true, "exp(x)-1, exact for small x too."),
    UNARY("fabs", std::fabs, false, "The absolute value as a float."),
    METHOD(floor, "($module, x, /)", "The largest integer <= x."),
    METHOD(fmod, "($module, x, y, /)", "The remainder of C; x % y may differ in sign."),
    METHOD(frexp, "($module, x, /)", "The pair (m, e) with x == m * 2.0**e and 0.5 <= abs(m) < 1, or (0.0, 0)."),
    METHOD(fsum, "($module, seq, /)", "The exactly rounded sum of the floats in an iterable."),
    METHOD_AS("gamma", unaryErrno<gammaFunction>, "($module, x, /)", "The gamma function."),
    METHOD_UNSIGNED("hypot", hypot, "($module)", "hypot(*coordinates) -> value\n\nThe Euclidean length of a vector."),
    METHOD(isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
           "Whether two numbers are close: within rel_tol of the larger magnitude, or within abs_tol.\n\n"
           "Nothing is close to nan; infinities are close to themselves only."),
    METHOD_AS("isfinite", isFinite, "($module, x, /)", "True if x is neither an infinity nor a nan."),
    METHOD_AS("isinf", isInf, "($module, x, /)", "True if x is an infinity."),
    METHOD_AS("isnan", isNan, "($module, x, /)", "True if x is a nan."),
    METHOD(ldexp, "($module, x, i, /)", "x * (2**i): the inverse of frexp()."),
    METHOD_AS("lgamma", unaryErrno<logGamma>, "($module, x, /)", "The natural logarithm of the gamma function's absolute value."),
    METHOD_UNSIGNED("log", log, "($module)", "log(x, [base=math.e])\nThe logarithm of x to the given base, by default the natural one."),
    UNARY("log1p", std::log1p, false, "log(1+x), exact for small x too."),
    METHOD(log10, "($module, x, /)", "The logarithm to base 10."),
    METHOD(log2, "($module, x, /)", "The logarithm to base 2."),
    METHOD(modf, "($module, x, /)", "Fraction and whole part of x, both floats with the sign of x."),
    METHOD(pow, "($module, x, y, /)", "x to the power of y, as floats."),
    METHOD_AS("radians", plain<radiansOf>, "($module, x, /)", "An angle in degrees, in radians."),
    METHOD_AS("remainder", binary<std::remainder>, "($module, x, y, /)",
              "x minus the multiple of y nearest to it (the even one of two as near)."),
    UNARY("sin", std::sin, false, "The sine of x (in radians)."),
    UNARY("sinh", std::sinh, true, "The hyperbolic sine."),
    UNARY("sqrt", std::sqrt, false, "The square root."),
    UNARY("tan", std::tan, false, "The tangent of x (in radians)."),
    UNARY("tanh", std::tanh, false, "The hyperbolic tangent."),
    METHOD(trunc, "($module, x, /)", "The integer part, by x.__trunc__()."),
    METHOD_AS("nextafter", plainBinary<std::nextafter>, "($module, x, y, /)", "The next float after x towards y."),
    METHOD_AS("ulp", plain<ulpOf>, "($module, x, /)", "The value of the last bit of x."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addMethods(ts, m, kIntegerMathMethods));
  TRY(addObject(ts, m, "pi", TRY(newFloat(ts, kPi))));
  TRY(addObject(ts, m, "e", TRY(newFloat(ts, kE))));
  TRY(addObject(ts, m, "tau", TRY(newFloat(ts, 2 * kPi))));
  TRY(addObject(ts, m, "inf", TRY(newFloat(ts, HUGE_VAL))));
  return addObject(ts, m, "nan", TRY(newFloat(ts, __builtin_nan(""))));
}

}  // namespace

extern const ModuleDef kMathModule = {.name = "math",
                                      .doc = "The mathematical functions of the C standard, and some more.",
                                      .methods = kMethods,
                                      .populate = populate};

}  // namespace habu
