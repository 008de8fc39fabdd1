// int: PyLongObject. Sign and magnitude; the magnitude is in 30-bit digits, least significant first; the sign is that
// of `size`. Values -5..256 are shared. bool is a subclass with two instances.
#pragma once
#include "object/core.h"

namespace habu {

using Digit = uint32_t;
inline constexpr int kDigitBits = 30;
inline constexpr Digit kDigitMask = (Digit{1} << kDigitBits) - 1;

struct Int : VarObject {  // size: number of digits, negative for negative values, 0 for zero
  Digit digits[1];
};

extern Type kIntType C_NAME("PyLong_Type");
extern Type kBoolType C_NAME("PyBool_Type");
extern Int kTrueInt C_NAME("_Py_TrueStruct");
extern Int kFalseInt C_NAME("_Py_FalseStruct");

inline bool isExactInt(const Object* o) { return isExact(o, kIntType); }
inline bool isBool(const Object* o) { return isExact(o, kBoolType); }
// |value| < 2^30: one digit or none.
inline bool isCompact(const Int* i) { return size_t(i->size + 1) < 3; }
inline long long compactValue(const Int* i) { return static_cast<long long>(i->size) * i->digits[0]; }
// Inline arithmetic for handlers: fits in 60 bits (at most two digits).
inline bool isSmall(const Int* i) { return size_t(i->size + 2) < 5; }
inline long long smallValue(const Int* i) {
  long long v = i->digits[0];
  if (i->size == 2 || i->size == -2) v |= static_cast<long long>(i->digits[1]) << kDigitBits;
  return i->size < 0 ? -v : i->size == 0 ? 0 : v;
}

// The shared ints of -5..256, in order.
inline constexpr int kSmallIntMin = -5, kSmallIntMax = 256;
extern Int kSmallInts[kSmallIntMax - kSmallIntMin + 1];
inline Int* smallInt(long long v) { return &kSmallInts[v - kSmallIntMin]; }
inline bool isCachedInt(long long v) { return static_cast<unsigned long long>(v - kSmallIntMin) <= kSmallIntMax - kSmallIntMin; }
inline Index digitCount(const Int* i) { return i->size < 0 ? -i->size : i->size; }

// `digits` digits, size positive. OverflowError "too many digits in integer", MemoryError.
Ref<Int> newIntUninitialized(ThreadState&, Index digits);
// Drops leading zero digits and shares small values. Only for unshared ints under construction.
Ref<Int> normalizeInt(Ref<Int>);
Ref<Int> copyInt(ThreadState&, const Int*);  // an exact int of the same value
Ref<Int> intFromDouble(ThreadState&, double);  // truncates; OverflowError / ValueError for inf and nan
// Text of a literal or of int(text, base): digits, underscores, prefix when base is 0. ValueError with CPython's text.
Ref<Int> intFromText(ThreadState&, std::string_view text, int base);
// int(text, base) for str (Unicode digits and spaces count) and for bytes-like text (`shown` is what messages print).
Ref<Int> intFromStr(ThreadState&, Str* text, int base);
Ref<Int> intFromByteText(ThreadState&, std::string_view text, Object* shown, int base);
Ref<Int> intFromBytes(ThreadState&, const unsigned char*, size_t n, bool little_endian, bool is_signed);
Ref<Str> intToText(ThreadState&, Int*, int base = 10, bool prefix = true);

// Conversions; `overflow` tells -1 / +1 when the value does not fit (no exception then).
long long toLongLong(const Int*, int& overflow);
Result<long long> asLongLong(ThreadState&, Object* int_or_index);   // OverflowError "Python int too large to convert to C long"
Result<unsigned long long> asUnsignedLongLong(ThreadState&, Object*);
Result<unsigned long long> asUnsignedLongLongMask(ThreadState&, Object*);
Result<int> asCInt(ThreadState&, Object*);
Result<double> intToDouble(ThreadState&, const Int*);  // OverflowError "int too large to convert to float"
Hash hashInt(const Int*);
int compareInt(const Int*, const Int*);
size_t bitLength(const Int*);
// value == result * 2^exponent with 0.5 <= |result| < 1, rounded half to even; zero gives 0.0 and 0.
double intFrexp(const Int*, Index& exponent);
// Two's complement (is_signed) or plain; false: does not fit (negative and !is_signed included).
bool intToBytes(const Int*, unsigned char* out, size_t n, bool little_endian, bool is_signed);
// Exact ints in, exact int out.
Ref<Int> addInts(ThreadState&, Int*, Int*);
Ref<Int> subtractInts(ThreadState&, Int*, Int*);
Ref<Int> multiplyInts(ThreadState&, Int*, Int*);
Ref<Int> floorDivideInts(ThreadState&, Int*, Int*);
Ref<Int> remainderInts(ThreadState&, Int*, Int*);
Status divmodInts(ThreadState&, Int*, Int*, Ref<Int>& quotient, Ref<Int>& remainder);
// As C divides: toward zero. Either output may be null. ZeroDivisionError.
Status truncatedDivideInts(ThreadState&, Int*, Int*, Ref<Int>* quotient, Ref<Int>* remainder);
// To the nearest multiple, ties to an even quotient (for round(), datetime).
Status divmodNearestInts(ThreadState&, Int*, Int*, Ref<Int>& quotient, Ref<Int>& remainder);
Result<double> trueDivideInts(ThreadState&, Int*, Int*);
Ref<> powerInts(ThreadState&, Int* base, Int* exponent, Int* modulus);  // null modulus: none; float for negative exponents
Ref<Int> shiftLeftInt(ThreadState&, Int*, size_t bits);
Ref<Int> shiftRightInt(ThreadState&, Int*, size_t bits);  // floors
Ref<Int> negateInt(ThreadState&, Int*);
Ref<Int> absInt(ThreadState&, Int*);
Ref<Int> gcdInts(ThreadState&, Int*, Int*);
enum class BitOperation { And, Or, Xor };
Ref<Int> bitwiseInts(ThreadState&, Int*, Int*, BitOperation);

// `%d %i %u %o %x %X` of str and bytes formatting: sign, prefix (with `alternate`) and at least `precision` digits
// (-1: as many as needed), no width. The value must be an int.
Ref<Str> formatIntPercent(ThreadState&, Int*, char code, int precision, bool alternate);

}  // namespace habu
