#include "modules/math/special.h"

#include <cerrno>
#include <cfloat>
#include <cmath>

namespace habu {

namespace {

constexpr double kPi = 3.141592653589793238462643383279502884197;
constexpr double kLogPi = 1.144729885849400174143427351353058711647;
constexpr double kInfinity = HUGE_VAL;

// Lanczos' approximation with g = 6.0246..., 13 terms, as a quotient of polynomials.
constexpr int kTerms = 13;
constexpr double kG = 6.024680040776729583740234375;
constexpr double kGMinusHalf = 5.524680040776729583740234375;
constexpr double kNumerator[kTerms] = {
    23531376880.410759688572007674451636754734846804940, 42919803642.649098768957899047001988850926355848959,
    35711959237.355668049440185451547166705960488635843, 17921034426.037209699919755754458931112671403265390,
    6039542586.3520280050642916443072979210699388420708, 1439720407.3117216736632230727949123939715485786372,
    248874557.86205415651146038641322942321632125127801, 31426415.585400194380614231628318205362874684987640,
    2876370.6289353724412254090516208496135991145378768, 186056.26539522349504029498971604569928220784236328,
    8071.6720023658162106380029022722506138218516325024, 210.82427775157934587250973392071336271166969580291,
    2.5066282746310002701649081771338373386264310793408};
constexpr double kDenominator[kTerms] = {0.0,       39916800.0, 120543840.0, 150917976.0, 105258076.0, 45995730.0, 13339535.0,
                                         2637558.0, 357423.0,   32670.0,     1925.0,      66.0,        1.0};
constexpr double kFactorials[] = {1.0, 1.0, 2.0, 6.0, 24.0, 120.0, 720.0, 5040.0, 40320.0, 362880.0, 3628800.0, 39916800.0,
                                  479001600.0, 6227020800.0, 87178291200.0, 1307674368000.0, 20922789888000.0,
                                  355687428096000.0, 6402373705728000.0, 121645100408832000.0, 2432902008176640000.0,
                                  51090942171709440000.0, 1124000727777607680000.0};

double lanczos(double x) {
  double top = 0, bottom = 0;
  if (x < 5.0) {
    for (int i = kTerms; i-- > 0;) {
      top = top * x + kNumerator[i];
      bottom = bottom * x + kDenominator[i];
    }
  } else {  // by falling powers: no overflow
    for (int i = 0; i < kTerms; ++i) {
      top = top / x + kNumerator[i];
      bottom = bottom / x + kDenominator[i];
    }
  }
  return top / bottom;
}

double sinPi(double x) {
  double y = std::fmod(std::fabs(x), 2.0);
  double r;
  switch (int(std::round(2.0 * y))) {
    case 0: r = std::sin(kPi * y); break;
    case 1: r = std::cos(kPi * (y - 0.5)); break;
    case 2: r = std::sin(kPi * (1.0 - y)); break;
    case 3: r = -std::cos(kPi * (y - 1.5)); break;
    default: r = std::sin(kPi * (y - 2.0)); break;
  }
  return std::copysign(1.0, x) * r;
}

}  // namespace

double gammaFunction(double x) {
  if (!std::isfinite(x)) {
    if (std::isnan(x) || x > 0.0) return x;
    errno = EDOM;
    return __builtin_nan("");
  }
  if (x == 0.0) {
    errno = EDOM;
    return std::copysign(kInfinity, x);
  }
  if (x == std::floor(x)) {
    if (x < 0.0) {
      errno = EDOM;
      return __builtin_nan("");
    }
    if (x <= 23.0) return kFactorials[int(x) - 1];
  }
  double size = std::fabs(x);
  if (size < 1e-20) {
    double r = 1.0 / x;
    if (std::isinf(r)) errno = ERANGE;
    return r;
  }
  if (size > 200.0) {
    if (x < 0.0) return 0.0 / sinPi(x);
    errno = ERANGE;
    return kInfinity;
  }
  double y = size + kGMinusHalf;
  // What rounding y lost, for a correction of the first order.
  double lost;
  if (size > kGMinusHalf) {
    double q = y - size;
    lost = q - kGMinusHalf;
  } else {
    double q = y - kGMinusHalf;
    lost = q - size;
  }
  double z = lost * kG / y;
  double r;
  if (x < 0.0) {
    r = -kPi / sinPi(size) / size * std::exp(y) / lanczos(size);
    r -= z * r;
    if (size < 140.0) {
      r /= std::pow(y, size - 0.5);
    } else {
      double root = std::pow(y, size / 2.0 - 0.25);
      r /= root;
      r /= root;
    }
  } else {
    r = lanczos(size) / std::exp(y);
    r += z * r;
    if (size < 140.0) {
      r *= std::pow(y, size - 0.5);
    } else {
      double root = std::pow(y, size / 2.0 - 0.25);
      r *= root;
      r *= root;
    }
  }
  if (std::isinf(r)) errno = ERANGE;
  return r;
}

double logGamma(double x) {
  if (!std::isfinite(x)) return std::isnan(x) ? x : kInfinity;
  if (x == std::floor(x) && x <= 2.0) {
    if (x > 0.0) return 0.0;
    errno = EDOM;
    return kInfinity;
  }
  double size = std::fabs(x);
  if (size < 1e-20) return -std::log(size);
  double r = std::log(lanczos(size)) - kG;
  r += (size - 0.5) * (std::log(size + kG - 0.5) - 1);
  if (x < 0.0) r = kLogPi - std::log(std::fabs(sinPi(size))) - std::log(size) - r;
  if (std::isinf(r)) errno = ERANGE;
  return r;
}

namespace {
// An unevaluated sum of two doubles.
struct Wide {
  double high = 0, low = 0;
  void add(double v) {
    double sum = high + v;
    double part = sum - high;
    low += (high - (sum - part)) + (v - part);
    high = sum;
  }
};
}  // namespace

double vectorNorm(double* values, long count, double largest, bool found_nan) {
  if (std::isinf(largest)) return largest;
  if (found_nan) return __builtin_nan("");
  if (largest == 0.0 || count <= 1) return largest;
  int exponent;
  std::frexp(largest, &exponent);
  if (exponent < -1023) {  // subnormal: scale up first
    for (long i = 0; i < count; ++i) values[i] /= DBL_MIN;
    return DBL_MIN * vectorNorm(values, count, largest / DBL_MIN, found_nan);
  }
  double scale = std::ldexp(1.0, -exponent);
  Wide sum;
  for (long i = 0; i < count; ++i) {
    double x = values[i] * scale;
    double square = x * x;
    sum.add(square);
    sum.low += std::fma(x, x, -square);
  }
  double root = std::sqrt(sum.high + sum.low);
  // One step of Newton with the exact rest makes the result right in all but the rarest cases.
  double square = root * root;
  double rest = (sum.high - square) + (sum.low - std::fma(root, root, -square));
  return (root + rest / (2.0 * root)) / scale;
}

}  // namespace habu
