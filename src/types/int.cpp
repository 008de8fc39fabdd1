// The type int: constructor, slots, methods. The arithmetic itself: int_arith.cpp, int_divide.cpp.
#include "types/int.h"

#include <climits>

#include "object/attribute.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/number_format.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Int* asInt(Object* o) { return static_cast<Int*>(o); }

// A bound operator: NotImplemented unless both operands are ints.
template <Ref<Int> (*F)(ThreadState&, Int*, Int*)>
Ref<> binary(ThreadState& ts, Object* a, Object* b) {
  if (!isInt(a) || !isInt(b)) return notImplemented();
  return F(ts, asInt(a), asInt(b));
}

template <BitOperation operation>
Ref<Int> bitwise(ThreadState& ts, Int* a, Int* b) { return bitwiseInts(ts, a, b, operation); }

Ref<> divmod(ThreadState& ts, Object* a, Object* b) {
  if (!isInt(a) || !isInt(b)) return notImplemented();
  Ref<Int> q, r;
  TRY(divmodInts(ts, asInt(a), asInt(b), q, r));
  return packTuple(ts, {q.get(), r.get()});
}

Ref<> power(ThreadState& ts, Object* a, Object* b, Object* modulus) {
  if (!isInt(a) || !isInt(b)) return notImplemented();
  if (isNone(modulus)) return powerInts(ts, asInt(a), asInt(b), nullptr);
  if (!isInt(modulus)) return notImplemented();
  return powerInts(ts, asInt(a), asInt(b), asInt(modulus));
}

Ref<> trueDivide(ThreadState& ts, Object* a, Object* b) {
  if (!isInt(a) || !isInt(b)) return notImplemented();
  return newFloat(ts, TRY(trueDivideInts(ts, asInt(a), asInt(b))));
}

Ref<Int> shiftLeft(ThreadState& ts, Int* a, Int* b) {
  if (b->size < 0) return raise(ts, kValueError, "negative shift count");
  if (a->size == 0) return share(smallInt(0));
  if (!isSmall(b)) return raise(ts, kOverflowError, "too many digits in integer");
  return shiftLeftInt(ts, a, size_t(smallValue(b)));
}

Ref<Int> shiftRight(ThreadState& ts, Int* a, Int* b) {
  if (b->size < 0) return raise(ts, kValueError, "negative shift count");
  if (!isSmall(b)) return share(smallInt(a->size < 0 ? -1 : 0));
  return shiftRightInt(ts, a, size_t(smallValue(b)));
}

Ref<Int> exact(ThreadState& ts, Int* i) { return isExactInt(i) ? share(i) : copyInt(ts, i); }
Ref<Int> negative(ThreadState& ts, Int* i) { return negateInt(ts, i); }
Ref<Int> absoluteValue(ThreadState& ts, Int* i) { return absInt(ts, i); }
Ref<Int> invertBits(ThreadState& ts, Int* i) {
  if (isSmall(i)) return newInt(ts, ~smallValue(i));
  Ref<Int> next = TRY(addInts(ts, i, smallInt(1)));
  return negateInt(ts, next.get());
}
bool truth(Int* i) { return i->size != 0; }
Ref<Float> toFloat(ThreadState& ts, Int* i) { return newFloat(ts, TRY(intToDouble(ts, i))); }
Ref<Str> repr(ThreadState& ts, Int* i) { return intToText(ts, i); }
Hash hash(Int* i) { return hashInt(i); }

Ref<> richCompare(ThreadState&, Object* a, Object* b, CompareOp op) {
  if (!isInt(a) || !isInt(b)) return notImplemented();
  return newBool(compareResult(a == b ? 0 : compareInt(asInt(a), asInt(b)), op));
}

void dealloc(Int* i) {
  if (isExactInt(i)) freeMemory(i);
  else i->type->free(i);
}

// ---- construction ----
constexpr Signature kSignature = parseSignature("int", "(x=0, /, base=10)");

Ref<Int> construct(ThreadState& ts, Object* x, Object* base) {
  if (!x) {
    if (base) return raise(ts, kTypeError, "int() missing string argument");
    return share(smallInt(0));
  }
  if (!base) return intFrom(ts, x);
  Ref<Int> index = TRY(indexObject(ts, base));
  int overflow;
  long long b = toLongLong(index.get(), overflow);
  if (overflow || (b != 0 && (b < 2 || b > 36))) return raise(ts, kValueError, "int() base must be >= 2 and <= 36, or 0");
  if (isStr(x)) return intFromStr(ts, static_cast<Str*>(x), int(b));
  if (isBytes(x)) return intFromByteText(ts, static_cast<Bytes*>(x)->view(), x, int(b));
  if (isInstanceOf(x, kByteArrayType)) {
    auto* a = static_cast<ByteArray*>(x);
    return intFromByteText(ts, {a->start, size_t(a->size)}, x, int(b));
  }
  return raise(ts, kTypeError, "int() can't convert non-string with explicit base");
}

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  Object* values[2];
  if (!parseTupleArguments(ts, kSignature, args, keywords, values)) return Raised{};
  Ref<Int> value = TRY(construct(ts, values[0], values[1]));
  if (type == &kIntType) return value;
  Index n = digitCount(value.get());
  auto instance = Ref<Int>::steal(reinterpret_cast<Int*>(type->alloc(type, n)));
  if (!instance) return Raised{};
  instance->size = value->size;
  for (Index i = 0; i < n; ++i) instance->digits[i] = value->digits[i];
  return instance;
}

Ref<> callType(ThreadState& ts, Type*, Args args) {
  if (args.count == 1 && !args.names) return intFrom(ts, args[0]);
  Object* values[2];
  if (!parseArguments(ts, kSignature, args.values, args.count, args.names, values)) return Raised{};
  return construct(ts, values[0], values[1]);
}

// ---- methods ----
Ref<Int> conjugate(ThreadState& ts, Int* self) { return exact(ts, self); }
Ref<Int> trunc(ThreadState& ts, Int* self) { return exact(ts, self); }
Ref<Int> floorOf(ThreadState& ts, Int* self) { return exact(ts, self); }
Ref<Int> ceilOf(ThreadState& ts, Int* self) { return exact(ts, self); }
Ref<Int> zero(ThreadState&, Int*) { return share(smallInt(0)); }
Ref<Int> one(ThreadState&, Int*) { return share(smallInt(1)); }

Result<Index> bitLengthOf(ThreadState&, Int* self) { return Index(bitLength(self)); }
Result<Index> bitCount(ThreadState&, Int* self) {
  Index n = 0;
  for (Index i = 0, count = digitCount(self); i < count; ++i) n += __builtin_popcount(self->digits[i]);
  return n;
}

Result<bool> isLittleEndian(ThreadState& ts, Str* order) {
  if (!order || equalsAscii(order, "big")) return false;
  if (equalsAscii(order, "little")) return true;
  return raise(ts, kValueError, "byteorder must be either 'little' or 'big'");
}

Ref<Bytes> toBytes(ThreadState& ts, Int* self, std::optional<Index> length, Str* order, std::optional<bool> is_signed) {
  bool little = TRY(isLittleEndian(ts, order));
  Index n = length.value_or(1);
  if (n < 0) return raise(ts, kValueError, "length argument must be non-negative");
  bool with_sign = is_signed.value_or(false);
  if (self->size < 0 && !with_sign) return raise(ts, kOverflowError, "can't convert negative int to unsigned");
  Ref<Bytes> bytes = TRY(newBytesUninitialized(ts, n));
  if (!intToBytes(self, reinterpret_cast<unsigned char*>(bytes->data), size_t(n), little, with_sign))
    return raise(ts, kOverflowError, "int too big to convert");
  return bytes;
}

Ref<> fromBytes(ThreadState& ts, Type* type, Object* source, Str* order, std::optional<bool> is_signed) {
  bool little = TRY(isLittleEndian(ts, order));
  Ref<Bytes> bytes = TRY(bytesFrom(ts, source));
  Ref<Int> value = TRY(intFromBytes(ts, reinterpret_cast<const unsigned char*>(bytes->data), size_t(bytes->size), little,
                                    is_signed.value_or(false)));
  if (type == &kIntType) return value;
  return call(ts, type, {value.get()});
}

Ref<> asIntegerRatio(ThreadState& ts, Int* self) {
  Ref<Int> numerator = TRY(exact(ts, self));
  return packTuple(ts, {numerator.get(), smallInt(1)});
}

Ref<> round(ThreadState& ts, Int* self, Object* ndigits) {
  if (!ndigits) return exact(ts, self);
  Ref<Int> digits = TRY(indexObject(ts, ndigits));
  if (digits->size >= 0) return exact(ts, self);
  // Fewer than half of the power: without computing a monster.
  if (!isSmall(digits.get()) || static_cast<double>(-smallValue(digits.get())) > static_cast<double>(bitLength(self)) * 0.302 + 2)
    return share(smallInt(0));
  Ref<Int> exponent = TRY(negateInt(ts, digits.get()));
  Ref<Int> power = cast<Int>(TRY(powerInts(ts, smallInt(10), exponent.get(), nullptr)));
  Ref<Int> quotient, rest;
  TRY(divmodNearestInts(ts, self, power.get(), quotient, rest));
  return subtractInts(ts, self, rest.get());
}

Ref<> getNewArgs(ThreadState& ts, Int* self) {
  Ref<Int> copy = TRY(exact(ts, self));
  return packTuple(ts, {copy.get()});
}

Ref<Str> format(ThreadState& ts, Int* self, Str* spec) { return formatIntSpec(ts, self, spec); }

Result<Index> sizeOf(ThreadState&, Int* self) {
  Index n = digitCount(self);
  return Index(offsetof(Int, digits) + sizeof(Digit) * size_t(n ? n : 1));
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("conjugate", conjugate, "($self, /)", "The complex conjugate of an int: the int itself."),
    METHOD_AS("bit_length", bitLengthOf, "($self, /)", "Number of bits that abs(self) takes in binary.\n\n>>> (37).bit_length()\n6"),
    METHOD_AS("bit_count", bitCount, "($self, /)", "Number of ones in the binary form of abs(self).\n\n>>> (13).bit_count()\n3"),
    METHOD_AS("to_bytes", toBytes, "($self, /, length=1, byteorder='big', *, signed=False)",
              "The integer as an array of bytes.\n\n"
              "OverflowError is raised if `length` bytes do not suffice, or for negative values unless `signed` (two's\n"
              "complement) is true."),
    CLASS_METHOD("from_bytes", fromBytes, "($type, /, bytes, byteorder='big', *, signed=False)",
                 "The integer represented by an array of bytes; `signed`: read as two's complement."),
    METHOD_AS("as_integer_ratio", asIntegerRatio, "($self, /)",
              "A pair of integers whose ratio is the int: itself and 1.\n\n>>> (10).as_integer_ratio()\n(10, 1)"),
    METHOD_UNSIGNED("__trunc__", trunc, "($self, /)", "Truncating an int gives the int itself."),
    METHOD_UNSIGNED("__floor__", floorOf, "($self, /)", "The floor of an int is the int itself."),
    METHOD_UNSIGNED("__ceil__", ceilOf, "($self, /)", "The ceiling of an int is the int itself."),
    METHOD_AS("__round__", round, "($self, ndigits=<unrepresentable>, /)",
              "Rounding an int gives an int: itself, or for negative ndigits a multiple of 10**-ndigits."),
    METHOD_AS("__getnewargs__", getNewArgs, "($self, /)", ""),
    METHOD_AS("__format__", format, "($self, format_spec, /)", ""),
    METHOD_AS("__sizeof__", sizeOf, "($self, /)", "Size in memory, in bytes."),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("real", exact, "the real part of a complex number"),
    GETTER("imag", zero, "the imaginary part of a complex number"),
    GETTER("numerator", exact, "the numerator of a rational number in lowest terms"),
    GETTER("denominator", one, "the denominator of a rational number in lowest terms"),
    {}};

constinit NumberSlots kNumber = {
    .add = slot<binary<addInts>>,
    .subtract = slot<binary<subtractInts>>,
    .multiply = slot<binary<multiplyInts>>,
    .remainder = slot<binary<remainderInts>>,
    .divmod = slot<divmod>,
    .power = slot<power>,
    .negative = slot<negative>,
    .positive = slot<exact>,
    .absolute = slot<absoluteValue>,
    .truth = slot<truth>,
    .invert = slot<invertBits>,
    .lshift = slot<binary<shiftLeft>>,
    .rshift = slot<binary<shiftRight>>,
    .bit_and = slot<binary<bitwise<BitOperation::And>>>,
    .bit_xor = slot<binary<bitwise<BitOperation::Xor>>>,
    .bit_or = slot<binary<bitwise<BitOperation::Or>>>,
    .to_int = slot<exact>,
    .to_float = slot<toFloat>,
    .floor_divide = slot<binary<floorDivideInts>>,
    .true_divide = slot<trueDivide>,
    .index = slot<exact>,
};

}  // namespace

constinit Type kIntType = defineVarType<Int>(
    Index(offsetof(Int, digits)),
    {.name = "int",
     .doc = "int([x]) -> integer\nint(x, base=10) -> integer\n\n"
            "Converts a number or text to an integer; without arguments the result is 0. Numbers are converted by\n"
            "x.__int__(), which truncates floats towards zero.\n\n"
            "Text (str, bytes or bytearray) is an integer literal in the given base, with an optional sign and white space\n"
            "around it. Bases are 0 and 2-36; base 0 reads the prefix of the literal.\n"
            ">>> int('0b100', base=0)\n4",
     .flags = kBaseType | kIntSubclass | kMatchSelf,
     .item_size = sizeof(Digit),
     .methods = kMethods,
     .getset = kGetSet,
     .number = &kNumber,
     .make = makeSlot<make>,
     .dealloc = slot<dealloc>,
     .repr = slot<repr>,
     .hash = slot<hash>,
     .richcompare = slot<richCompare>,
     .vectorcall = typeVectorcall<callType>,
     .getattro = genericGetAttrSlot});

}  // namespace habu
