// The item kinds of arrays: b B u h H i I l L q Q f d.
#include "modules/array/array.h"

namespace habu::arrays {

namespace {

template <class T>
Ref<> loadInt(ThreadState& ts, const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (std::is_signed_v<T>) return newInt(ts, value);
  else return newIntUnsigned(ts, value);
}

template <class T>
Ref<> loadFloat(ThreadState& ts, const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return newFloat(ts, double(value));
}

Ref<> loadChar(ThreadState& ts, const char* from) {
  char32_t c;
  std::memcpy(&c, from, sizeof c);
  if (c > 0x10ffff)
    return raise(ts, kValueError, "character U+{:x} is not in range [U+0000; U+10ffff]", static_cast<unsigned long long>(c));
  return strFromChar(ts, c);
}

template <class T>
void write(char* to, T value) { std::memcpy(to, &value, sizeof value); }

// The value as a C long, then within the limits of T: the messages name the C types as CPython's parser does.
Result<long long> longValue(ThreadState& ts, Object* value) {
  Ref<Int> i = TRY(indexObject(ts, value));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  return v;
}

Status within(ThreadState& ts, long long v, long long least, long long most, const char* what) {
  if (v < least) return raise(ts, kOverflowError, "{} is less than minimum", what);
  if (v > most) return raise(ts, kOverflowError, "{} is greater than maximum", what);
  return kDone;
}

Status storeSignedChar(ThreadState& ts, Object* value, char* to) {
  long long v = TRY(longValue(ts, value));
  (void)TRY(within(ts, v, SHRT_MIN, SHRT_MAX, "signed short integer"));
  (void)TRY(within(ts, v, SCHAR_MIN, SCHAR_MAX, "signed char"));
  write(to, static_cast<signed char>(v));
  return kDone;
}
Status storeUnsignedChar(ThreadState& ts, Object* value, char* to) {
  long long v = TRY(longValue(ts, value));
  (void)TRY(within(ts, v, 0, UCHAR_MAX, "unsigned byte integer"));
  write(to, static_cast<unsigned char>(v));
  return kDone;
}
Status storeShort(ThreadState& ts, Object* value, char* to) {
  long long v = TRY(longValue(ts, value));
  (void)TRY(within(ts, v, SHRT_MIN, SHRT_MAX, "signed short integer"));
  write(to, static_cast<short>(v));
  return kDone;
}
Status storeUnsignedShort(ThreadState& ts, Object* value, char* to) {
  long long v = TRY(longValue(ts, value));
  (void)TRY(within(ts, v, INT_MIN, INT_MAX, "signed integer"));
  (void)TRY(within(ts, v, 0, USHRT_MAX, "unsigned short"));
  write(to, static_cast<unsigned short>(v));
  return kDone;
}
Status storeInt(ThreadState& ts, Object* value, char* to) {
  long long v = TRY(longValue(ts, value));
  (void)TRY(within(ts, v, INT_MIN, INT_MAX, "signed integer"));
  write(to, static_cast<int>(v));
  return kDone;
}
Status storeLong(ThreadState& ts, Object* value, char* to) {
  write(to, static_cast<long>(TRY(longValue(ts, value))));
  return kDone;
}
Status storeLongLong(ThreadState& ts, Object* value, char* to) {
  Ref<Int> i = TRY(indexObject(ts, value));
  int overflow = 0;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "int too big to convert");
  write(to, v);
  return kDone;
}

// Unsigned values of a machine word.
Result<unsigned long long> wordValue(ThreadState& ts, Object* value, const char* negative, const char* too_large) {
  Ref<Int> i = TRY(indexObject(ts, value));
  if (i->size < 0) return raise(ts, kOverflowError, negative);
  if (bitLength(i.get()) > 64) return raise(ts, kOverflowError, too_large);
  return asUnsignedLongLongMask(ts, i.get());
}
constexpr const char* kNegativeLong = "can't convert negative value to unsigned int";
constexpr const char* kTooLargeLong = "Python int too large to convert to C unsigned long";

Status storeUnsignedInt(ThreadState& ts, Object* value, char* to) {
  unsigned long long v = TRY(wordValue(ts, value, kNegativeLong, kTooLargeLong));
  if (v > UINT_MAX) return raise(ts, kOverflowError, "unsigned int is greater than maximum");
  write(to, static_cast<unsigned>(v));
  return kDone;
}
Status storeUnsignedLong(ThreadState& ts, Object* value, char* to) {
  write(to, static_cast<unsigned long>(TRY(wordValue(ts, value, kNegativeLong, kTooLargeLong))));
  return kDone;
}
Status storeUnsignedLongLong(ThreadState& ts, Object* value, char* to) {
  write(to, TRY(wordValue(ts, value, "can't convert negative int to unsigned", "int too big to convert")));
  return kDone;
}

Status storeFloat(ThreadState& ts, Object* value, char* to) {
  write(to, static_cast<float>(TRY(asDouble(ts, value))));
  return kDone;
}
Status storeDouble(ThreadState& ts, Object* value, char* to) {
  write(to, TRY(asDouble(ts, value)));
  return kDone;
}

Status storeChar(ThreadState& ts, Object* value, char* to) {
  auto* s = reinterpret_cast<Str*>(value);
  if (!isStr(value) || s->length != 1) return raise(ts, kTypeError, "array item must be unicode character");
  write(to, (*s)[0]);
  return kDone;
}

}  // namespace

constinit const Kind kKinds[13] = {
    {'b', 1, loadInt<signed char>, storeSignedChar, "b", true, true, 1},
    {'B', 1, loadInt<unsigned char>, storeUnsignedChar, "B", true, false, 0},
    {'u', 4, loadChar, storeChar, "w", false, false, 20},
    {'h', 2, loadInt<short>, storeShort, "h", true, true, 4},
    {'H', 2, loadInt<unsigned short>, storeUnsignedShort, "H", true, false, 2},
    {'i', 4, loadInt<int>, storeInt, "i", true, true, 8},
    {'I', 4, loadInt<unsigned>, storeUnsignedInt, "I", true, false, 6},
    {'l', 8, loadInt<long>, storeLong, "l", true, true, 12},
    {'L', 8, loadInt<unsigned long>, storeUnsignedLong, "L", true, false, 10},
    {'q', 8, loadInt<long long>, storeLongLong, "q", true, true, 12},
    {'Q', 8, loadInt<unsigned long long>, storeUnsignedLongLong, "Q", true, false, 10},
    {'f', 4, loadFloat<float>, storeFloat, "f", false, false, 14},
    {'d', 8, loadFloat<double>, storeDouble, "d", false, false, 16},
};

const Kind* kindOf(char32_t code) {
  for (const Kind& k : kKinds)
    if (char32_t(k.code) == code) return &k;
  return nullptr;
}

}  // namespace habu::arrays
