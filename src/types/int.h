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

Ref<Int> newIntUninitialized(ThreadState&, Index digits);
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
// Exact ints in, exact int out.
Ref<Int> addInts(ThreadState&, Int*, Int*);
Ref<Int> subtractInts(ThreadState&, Int*, Int*);
Ref<Int> multiplyInts(ThreadState&, Int*, Int*);
Ref<Int> floorDivideInts(ThreadState&, Int*, Int*);
Ref<Int> remainderInts(ThreadState&, Int*, Int*);

}  // namespace habu
