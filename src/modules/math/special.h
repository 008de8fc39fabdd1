// Functions that the C library lacks, or that must give CPython's very bits.
#pragma once

namespace habu {

double gammaFunction(double);   // sets errno: EDOM at poles, ERANGE on overflow
double logGamma(double);        // likewise
// The Euclidean length of a vector whose largest magnitude is `largest`; no overflow or underflow on the way.
double vectorNorm(double* values, long count, double largest, bool found_nan);

}  // namespace habu
