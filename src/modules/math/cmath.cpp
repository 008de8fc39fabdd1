// The module cmath. Finite arguments: formulas that neither overflow nor cancel; others: the C library, whose results
// for infinities and nans are those of C99, annex G.
#include <cerrno>
#include <cfloat>
#include <cmath>
#include <complex.h>
#undef complex
#undef I

#include "object/bind.h"
#include "object/module_def.h"
#include "types/complex_math.h"
#include "types/float.h"
#include "types/tuple.h"

namespace habu {

template <>
struct Arg<ComplexValue> {
  static Result<ComplexValue> from(ThreadState& ts, Object* o, ArgSite) { return asComplex(ts, o); }
};

namespace {

using Z = ComplexValue;
using CZ = _Complex double;

constexpr double kPi = 3.141592653589793238462643383279502884197;
constexpr double kE = 2.718281828459045235360287471352662497757;
constexpr double kLn2 = 0.6931471805599453094;
constexpr double kLn10 = 2.302585092994045684017991454684364208;
constexpr double kLarge = DBL_MAX / 4.0;
const double kSqrtLarge = std::sqrt(kLarge);
const double kLogLarge = std::log(kLarge);
const double kSqrtSmallest = std::sqrt(DBL_MIN);
constexpr int kScaleUp = 53, kScaleDown = -27;

bool finite(Z z) { return std::isfinite(z.real) && std::isfinite(z.imaginary); }
CZ toC(Z z) { return __builtin_complex(z.real, z.imaginary); }
Z fromC(CZ c) { return {__real__ c, __imag__ c}; }
bool isLarge(Z z) { return std::fabs(z.real) > kLarge || std::fabs(z.imaginary) > kLarge; }
double logLargeSize(Z z) { return std::log(std::hypot(z.real / 2.0, z.imaginary / 2.0)) + kLn2 * 2.0; }
Z overflowChecked(Z z) {
  if (std::isinf(z.real) || std::isinf(z.imaginary)) errno = ERANGE;
  return z;
}

Z squareRoot(Z z) {
  if (!finite(z)) return fromC(csqrt(toC(z)));
  if (z.real == 0.0 && z.imaginary == 0.0) return {0.0, z.imaginary};
  double ax = std::fabs(z.real), ay = std::fabs(z.imaginary), s;
  if (ax < DBL_MIN && ay < DBL_MIN) {
    ax = std::ldexp(ax, kScaleUp);
    s = std::ldexp(std::sqrt(ax + std::hypot(ax, std::ldexp(ay, kScaleUp))), kScaleDown);
  } else {
    ax /= 8.0;
    s = 2.0 * std::sqrt(ax + std::hypot(ax, ay / 8.0));
  }
  double d = ay / (2.0 * s);
  if (z.real >= 0.0) return {s, std::copysign(d, z.imaginary)};
  return {d, std::copysign(s, z.imaginary)};
}

Z arcCosine(Z z) {
  if (!finite(z)) {
    if (std::isinf(z.real) && std::isnan(z.imaginary)) return {z.imaginary, HUGE_VAL};
    return fromC(cacos(toC(z)));
  }
  if (isLarge(z)) {
    double size = logLargeSize(z);
    return {std::atan2(std::fabs(z.imaginary), z.real),
            z.real < 0.0 ? -std::copysign(size, z.imaginary) : std::copysign(size, -z.imaginary)};
  }
  Z a = squareRoot({1.0 - z.real, -z.imaginary}), b = squareRoot({1.0 + z.real, z.imaginary});
  return {2.0 * std::atan2(a.real, b.real), std::asinh(b.real * a.imaginary - b.imaginary * a.real)};
}

Z areaCosine(Z z) {
  if (!finite(z)) {
    if (z.real == 0.0 && std::isnan(z.imaginary)) return {z.imaginary, z.imaginary};
    return fromC(cacosh(toC(z)));
  }
  if (isLarge(z)) return {logLargeSize(z), std::atan2(z.imaginary, z.real)};
  Z a = squareRoot({z.real - 1.0, z.imaginary}), b = squareRoot({z.real + 1.0, z.imaginary});
  return {std::asinh(a.real * b.real + a.imaginary * b.imaginary), 2.0 * std::atan2(a.imaginary, b.real)};
}

Z areaSine(Z z) {
  if (!finite(z)) {
    if (std::isnan(z.real) && std::isinf(z.imaginary)) return {HUGE_VAL, z.real};
    return fromC(casinh(toC(z)));
  }
  if (isLarge(z)) {
    double size = logLargeSize(z);
    return {z.imaginary >= 0.0 ? std::copysign(size, z.real) : -std::copysign(size, -z.real),
            std::atan2(z.imaginary, std::fabs(z.real))};
  }
  Z a = squareRoot({1.0 + z.imaginary, -z.real}), b = squareRoot({1.0 - z.imaginary, z.real});
  return {std::asinh(a.real * b.imaginary - b.real * a.imaginary),
          std::atan2(z.imaginary, a.real * b.real - a.imaginary * b.imaginary)};
}
Z arcSine(Z z) {
  Z s = areaSine({-z.imaginary, z.real});
  return {s.imaginary, -s.real};
}

Z areaTangent(Z z) {
  if (!finite(z)) {
    if (std::isnan(z.real) && std::isinf(z.imaginary)) return {0.0, std::copysign(kPi / 2.0, z.imaginary)};
    return fromC(catanh(toC(z)));
  }
  if (std::signbit(z.real)) {
    Z r = areaTangent({-z.real, -z.imaginary});
    return {-r.real, -r.imaginary};
  }
  double ay = std::fabs(z.imaginary);
  if (z.real > kSqrtLarge || ay > kSqrtLarge) {
    double h = std::hypot(z.real / 2.0, z.imaginary / 2.0);
    return {z.real / 4.0 / h / h, -std::copysign(kPi / 2.0, -z.imaginary)};
  }
  if (z.real == 1.0 && ay < kSqrtSmallest) {
    if (ay == 0.0) {
      errno = EDOM;
      return {HUGE_VAL, z.imaginary};
    }
    return {-std::log(std::sqrt(ay) / std::sqrt(std::hypot(ay, 2.0))), std::copysign(std::atan2(2.0, -ay) / 2, z.imaginary)};
  }
  double near = 1.0 - z.real;
  return {std::log1p(4.0 * z.real / (near * near + ay * ay)) / 4.0,
          -std::atan2(-2.0 * z.imaginary, near * (1.0 + z.real) - ay * ay) / 2.0};
}
Z arcTangent(Z z) {
  Z s = areaTangent({-z.imaginary, z.real});
  return {s.imaginary, -s.real};
}

Z hyperbolicCosine(Z z) {
  if (!finite(z)) {
    if (std::isinf(z.imaginary) && !std::isnan(z.real)) errno = EDOM;
    if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0) {
      if (z.real > 0) return {std::copysign(HUGE_VAL, std::cos(z.imaginary)), std::copysign(HUGE_VAL, std::sin(z.imaginary))};
      return {std::copysign(HUGE_VAL, std::cos(z.imaginary)), -std::copysign(HUGE_VAL, std::sin(z.imaginary))};
    }
    if (std::isnan(z.real) && z.imaginary == 0.0) return {z.real, 0.0};
    int saved = errno;
    Z r = fromC(ccosh(toC(z)));
    errno = saved;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge) {
    double x = z.real - std::copysign(1.0, z.real);
    return overflowChecked({std::cos(z.imaginary) * std::cosh(x) * kE, std::sin(z.imaginary) * std::sinh(x) * kE});
  }
  return overflowChecked({std::cos(z.imaginary) * std::cosh(z.real), std::sin(z.imaginary) * std::sinh(z.real)});
}
Z cosine(Z z) { return hyperbolicCosine({-z.imaginary, z.real}); }

Z hyperbolicSine(Z z) {
  if (!finite(z)) {
    if (std::isinf(z.imaginary) && !std::isnan(z.real)) errno = EDOM;
    if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0) {
      double c = std::copysign(HUGE_VAL, std::cos(z.imaginary)), s = std::copysign(HUGE_VAL, std::sin(z.imaginary));
      return {z.real > 0 ? c : -c, s};
    }
    if (z.real == 0.0 && std::isnan(z.imaginary)) return {0.0, z.imaginary};
    int saved = errno;
    Z r = fromC(csinh(toC(z)));
    errno = saved;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge) {
    double x = z.real - std::copysign(1.0, z.real);
    return overflowChecked({std::cos(z.imaginary) * std::sinh(x) * kE, std::sin(z.imaginary) * std::cosh(x) * kE});
  }
  return overflowChecked({std::cos(z.imaginary) * std::sinh(z.real), std::sin(z.imaginary) * std::cosh(z.real)});
}
Z sine(Z z) {
  Z s = hyperbolicSine({-z.imaginary, z.real});
  return {s.imaginary, -s.real};
}

Z hyperbolicTangent(Z z) {
  if (!finite(z)) {
    if (std::isinf(z.imaginary) && std::isfinite(z.real)) errno = EDOM;
    if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0)
      return {std::copysign(1.0, z.real), std::copysign(0.0, 2.0 * std::sin(z.imaginary) * std::cos(z.imaginary))};
    if (std::isinf(z.real) && std::isinf(z.imaginary)) return {std::copysign(1.0, z.real), 0.0};
    if (z.real == 0.0 && std::isnan(z.imaginary)) return {z.imaginary, z.imaginary};
    int saved = errno;
    Z r = fromC(ctanh(toC(z)));
    errno = saved;
    return r;
  }
  if (std::fabs(z.real) > kLogLarge)
    return {std::copysign(1.0, z.real),
            4.0 * std::sin(z.imaginary) * std::cos(z.imaginary) * std::exp(-2.0 * std::fabs(z.real))};
  double tx = std::tanh(z.real), ty = std::tan(z.imaginary), cx = 1.0 / std::cosh(z.real);
  double both = tx * ty, below = 1.0 + both * both;
  return {tx * (1.0 + ty * ty) / below, ((ty / below) * cx) * cx};
}
Z tangent(Z z) {
  Z s = hyperbolicTangent({-z.imaginary, z.real});
  return {s.imaginary, -s.real};
}

Z exponential(Z z) {
  if (!finite(z)) {
    bool domain = std::isinf(z.imaginary) && (std::isfinite(z.real) || (std::isinf(z.real) && z.real > 0));
    Z r;
    if (std::isinf(z.real) && std::isfinite(z.imaginary) && z.imaginary != 0.0) {
      double size = z.real > 0 ? HUGE_VAL : 0.0;
      r = {std::copysign(size, std::cos(z.imaginary)), std::copysign(size, std::sin(z.imaginary))};
    } else if (std::isinf(z.real) && z.real < 0 && std::isinf(z.imaginary)) {
      r = {0.0, 0.0};
    } else {
      r = fromC(cexp(toC(z)));
    }
    errno = domain ? EDOM : 0;
    return r;
  }
  if (z.real > kLogLarge) {
    double l = std::exp(z.real - 1.0);
    return overflowChecked({l * std::cos(z.imaginary) * kE, l * std::sin(z.imaginary) * kE});
  }
  double l = std::exp(z.real);
  return overflowChecked({l * std::cos(z.imaginary), l * std::sin(z.imaginary)});
}

Z logarithm(Z z) {
  if (!finite(z)) return fromC(clog(toC(z)));
  double ax = std::fabs(z.real), ay = std::fabs(z.imaginary);
  double angle = std::atan2(z.imaginary, z.real);
  if (ax > kLarge || ay > kLarge) return {std::log(std::hypot(ax / 2.0, ay / 2.0)) + kLn2, angle};
  if (ax < DBL_MIN && ay < DBL_MIN) {
    if (ax > 0.0 || ay > 0.0)
      return {std::log(std::hypot(std::ldexp(ax, DBL_MANT_DIG), std::ldexp(ay, DBL_MANT_DIG))) - DBL_MANT_DIG * kLn2, angle};
    errno = EDOM;
    return {-HUGE_VAL, angle};
  }
  double h = std::hypot(ax, ay);
  if (0.71 <= h && h <= 1.73) {
    double am = ax > ay ? ax : ay, an = ax > ay ? ay : ax;
    return {std::log1p((am - 1) * (am + 1) + an * an) / 2.0, angle};
  }
  return {std::log(h), angle};
}
Z logarithm10(Z z) {
  Z r = logarithm(z);
  return {r.real / kLn10, r.imaginary / kLn10};
}

Status checkErrno(ThreadState& ts) {
  if (errno == EDOM) return raise(ts, kValueError, "math domain error");
  if (errno == ERANGE) return raise(ts, kOverflowError, "math range error");
  return kDone;
}

template <Z (*F)(Z)>
Ref<> unary(ThreadState& ts, Object*, Z z) {
  errno = 0;
  Z r = F(z);
  // The library sets ERANGE for underflow too.
  if (errno == ERANGE && !std::isinf(r.real) && !std::isinf(r.imaginary)) errno = 0;
  if (errno == ERANGE && !finite(z)) errno = 0;
  TRY(checkErrno(ts));
  return newComplex(ts, r.real, r.imaginary);
}

Ref<> log(ThreadState& ts, Object*, Z z, Object* base) {
  errno = 0;
  Z r = logarithm(z);
  bool domain = errno == EDOM;
  if (base) {
    errno = 0;
    Z b = logarithm(TRY(asComplex(ts, base)));
    domain = domain || errno == EDOM;
    domain = !divideComplex(r, b, r) || domain;
  }
  if (domain) return raise(ts, kValueError, "math domain error");
  return newComplex(ts, r.real, r.imaginary);
}

Result<double> phase(ThreadState& ts, Object*, Z z) {
  errno = 0;
  double angle = std::atan2(z.imaginary, z.real);
  TRY(checkErrno(ts));  // an angle too small for a double counts as a range error
  return angle;
}

Ref<> polar(ThreadState& ts, Object*, Z z) {
  double r = std::hypot(z.real, z.imaginary);
  if (std::isinf(r) && finite(z)) return raise(ts, kOverflowError, "math range error");
  Ref<Float> size = TRY(newFloat(ts, r)), angle = TRY(newFloat(ts, std::atan2(z.imaginary, z.real)));
  return packTuple(ts, {size.get(), angle.get()});
}

Ref<> rect(ThreadState& ts, Object*, double r, double phi) {
  if (!std::isfinite(r) || !std::isfinite(phi)) {
    if (r != 0.0 && !std::isnan(r) && std::isinf(phi)) return raise(ts, kValueError, "math domain error");
    if (std::isinf(r) && std::isfinite(phi) && phi != 0.0) {
      double c = std::copysign(HUGE_VAL, std::cos(phi)), s = std::copysign(HUGE_VAL, std::sin(phi));
      return r > 0 ? newComplex(ts, c, s) : newComplex(ts, -c, -s);
    }
    double nan = __builtin_nan("");
    if (std::isinf(r)) {  // with a nan or zero angle
      if (std::isnan(phi)) return newComplex(ts, HUGE_VAL, nan);
      return newComplex(ts, r, r > 0 ? phi : -phi);
    }
    if (r == 0.0) return newComplex(ts, 0.0, 0.0);  // any angle
    if (std::isnan(r) && phi == 0.0) return newComplex(ts, nan, 0.0);
    return newComplex(ts, nan, nan);
  }
  if (phi == 0.0) return newComplex(ts, r, r * phi);
  return newComplex(ts, r * std::cos(phi), r * std::sin(phi));
}

Result<bool> isfinite(ThreadState&, Object*, Z z) { return finite(z); }
Result<bool> isnan(ThreadState&, Object*, Z z) { return std::isnan(z.real) || std::isnan(z.imaginary); }
Result<bool> isinf(ThreadState&, Object*, Z z) { return std::isinf(z.real) || std::isinf(z.imaginary); }

Result<bool> isclose(ThreadState& ts, Object*, Z a, Z b, std::optional<double> relative, std::optional<double> absolute) {
  double rel = relative.value_or(1e-09), abs = absolute.value_or(0.0);
  if (rel < 0.0 || abs < 0.0) return raise(ts, kValueError, "tolerances must be non-negative");
  if (a.real == b.real && a.imaginary == b.imaginary) return true;
  if (std::isinf(a.real) || std::isinf(a.imaginary) || std::isinf(b.real) || std::isinf(b.imaginary)) return false;
  double difference = std::hypot(a.real - b.real, a.imaginary - b.imaginary);
  return difference <= rel * std::hypot(b.real, b.imaginary) || difference <= rel * std::hypot(a.real, a.imaginary) ||
         difference <= abs;
}

#define UNARY(name, f, doc) METHOD_AS(name, unary<f>, "($module, z, /)", doc)
constexpr MethodDef kMethods[] = {
    UNARY("acos", arcCosine, "The arc cosine."),
    UNARY("acosh", areaCosine, "The inverse hyperbolic cosine."),
    UNARY("asin", arcSine, "The arc sine."),
    UNARY("asinh", areaSine, "The inverse hyperbolic sine."),
    UNARY("atan", arcTangent, "The arc tangent."),
    UNARY("atanh", areaTangent, "The inverse hyperbolic tangent."),
    UNARY("cos", cosine, "The cosine."),
    UNARY("cosh", hyperbolicCosine, "The hyperbolic cosine."),
    UNARY("exp", exponential, "e to the power of z."),
    METHOD(isclose, "($module, /, a, b, *, rel_tol=1e-09, abs_tol=0.0)",
           "Whether two complex numbers are close: within rel_tol of the larger magnitude, or within abs_tol."),
    METHOD(isfinite, "($module, z, /)", "True if both parts are finite."),
    METHOD(isinf, "($module, z, /)", "True if a part is infinite."),
    METHOD(isnan, "($module, z, /)", "True if a part is a nan."),
    METHOD(log, "($module, z, base=<unrepresentable>, /)", "The logarithm to the given base, by default the natural one."),
    UNARY("log10", logarithm10, "The logarithm to base 10."),
    METHOD(phase, "($module, z, /)", "The angle of a complex number."),
    METHOD(polar, "($module, z, /)", "From rectangular to polar coordinates: (distance, angle)."),
    METHOD(rect, "($module, r, phi, /)", "From polar to rectangular coordinates."),
    UNARY("sin", sine, "The sine."),
    UNARY("sinh", hyperbolicSine, "The hyperbolic sine."),
    UNARY("sqrt", squareRoot, "The square root."),
    UNARY("tan", tangent, "The tangent."),
    UNARY("tanh", hyperbolicTangent, "The hyperbolic tangent."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  double nan = __builtin_nan("");
  TRY(addObject(ts, m, "pi", TRY(newFloat(ts, kPi))));
  TRY(addObject(ts, m, "e", TRY(newFloat(ts, kE))));
  TRY(addObject(ts, m, "tau", TRY(newFloat(ts, 2 * kPi))));
  TRY(addObject(ts, m, "inf", TRY(newFloat(ts, HUGE_VAL))));
  TRY(addObject(ts, m, "infj", TRY(newComplex(ts, 0.0, HUGE_VAL))));
  TRY(addObject(ts, m, "nan", TRY(newFloat(ts, nan))));
  return addObject(ts, m, "nanj", TRY(newComplex(ts, 0.0, nan)));
}

}  // namespace

extern const ModuleDef kCmathModule = {.name = "cmath",
                                       .doc = "Mathematical functions of complex numbers.",
                                       .methods = kMethods,
                                       .populate = populate};

}  // namespace habu
