// The type float: constructor, arithmetic, comparison, methods.
#include "types/float.h"

#include <cerrno>
#include <climits>
#include <cmath>
#include <cstring>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/float_hex.h"
#include "types/int.h"
#include "types/number_format.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Float* asFloat(Object* o) { return static_cast<Float*>(o); }

// An operand of float arithmetic: `usable` false means NotImplemented.
struct Operand {
  double value = 0;
  bool usable = false;
};
Result<Operand> operand(ThreadState& ts, Object* o) {
  if (isFloat(o)) return Operand{asFloat(o)->value, true};
  if (isInt(o)) return Operand{TRY(intToDouble(ts, static_cast<Int*>(o))), true};
  return Operand{};
}

template <Ref<> (*F)(ThreadState&, double, double)>
Ref<> binary(ThreadState& ts, Object* a, Object* b) {
  if (isExactFloat(a) && isExactFloat(b)) [[likely]] return F(ts, asFloat(a)->value, asFloat(b)->value);
  Operand x = TRY(operand(ts, a));
  if (!x.usable) return notImplemented();
  Operand y = TRY(operand(ts, b));
  if (!y.usable) return notImplemented();
  return F(ts, x.value, y.value);
}

Ref<> add(ThreadState& ts, double a, double b) { return newFloat(ts, a + b); }
Ref<> subtract(ThreadState& ts, double a, double b) { return newFloat(ts, a - b); }
Ref<> multiply(ThreadState& ts, double a, double b) { return newFloat(ts, a * b); }
Ref<> divide(ThreadState& ts, double a, double b) {
  if (b == 0.0) return raise(ts, kZeroDivisionError, "float division by zero");
  return newFloat(ts, a / b);
}
Ref<> remainderOf(ThreadState& ts, double a, double b) {
  if (b == 0.0) return raise(ts, kZeroDivisionError, "float modulo");
  return newFloat(ts, floatRemainder(a, b));
}
Ref<> floorDivide(ThreadState& ts, double a, double b) {
  if (b == 0.0) return raise(ts, kZeroDivisionError, "float floor division by zero");
  return newFloat(ts, floatFloorDivide(a, b));
}
Ref<> divmod(ThreadState& ts, double a, double b) {
  if (b == 0.0) return raise(ts, kZeroDivisionError, "float divmod()");
  Ref<Float> q = TRY(newFloat(ts, floatFloorDivide(a, b)));
  Ref<Float> r = TRY(newFloat(ts, floatRemainder(a, b)));
  return packTuple(ts, {q.get(), r.get()});
}
Ref<> power(ThreadState& ts, Object* a, Object* b, Object* modulus) {
  if (!isNone(modulus))
    return raise(ts, kTypeError, "pow() 3rd argument not allowed unless all arguments are integers");
  return binary<powerDoubles>(ts, a, b);
}

Ref<Float> negative(ThreadState& ts, Float* f) { return newFloat(ts, -f->value); }
Ref<Float> exact(ThreadState& ts, Float* f) { return isExactFloat(f) ? share(f) : newFloat(ts, f->value); }
Ref<Float> absoluteValue(ThreadState& ts, Float* f) { return newFloat(ts, std::fabs(f->value)); }
bool truth(Float* f) { return f->value != 0.0; }
Ref<Int> toInt(ThreadState& ts, Float* f) { return intFromDouble(ts, f->value); }

Ref<Str> repr(ThreadState& ts, Float* f) { return doubleToText(ts, f->value, 'r', 0, kDoubleAddDotZero); }
Hash hash(Float* f) { return hashDouble(f, f->value); }

// Exact comparison of a double with an int of any size.
Result<int> compareWithInt(ThreadState& ts, double d, Int* i) {
  constexpr double kWord = 4611686018427387904.0;  // 2^62
  if (std::isinf(d)) return d > 0 ? 1 : -1;
  if (isSmall(i)) {
    long long v = smallValue(i);
    if (d >= kWord) return 1;
    if (d <= -kWord) return -1;
    auto whole = static_cast<long long>(d);
    if (whole != v) return whole < v ? -1 : 1;
    double fraction = d - static_cast<double>(whole);
    return fraction < 0 ? -1 : fraction > 0 ? 1 : 0;
  }
  if (std::fabs(d) < kWord / 4 || bitLength(i) > 1024) return i->size < 0 ? 1 : -1;
  Ref<Int> whole = TRY(intFromDouble(ts, d));  // doubles of this size have no fraction
  return compareInt(whole.get(), i);
}

Ref<> richCompare(ThreadState& ts, Float* self, Object* other, CompareOp op) {
  double a = self->value;
  if (isFloat(other)) {
    double b = asFloat(other)->value;
    switch (op) {
      case CompareOp::Lt: return newBool(a < b);
      case CompareOp::Le: return newBool(a <= b);
      case CompareOp::Eq: return newBool(a == b);
      case CompareOp::Ne: return newBool(a != b);
      case CompareOp::Gt: return newBool(a > b);
      case CompareOp::Ge: return newBool(a >= b);
    }
  }
  if (!isInt(other)) return notImplemented();
  if (std::isnan(a)) return newBool(op == CompareOp::Ne);
  return newBool(compareResult(TRY(compareWithInt(ts, a, static_cast<Int*>(other))), op));
}

void dealloc(Float* f) {
  if (isExactFloat(f)) freeMemory(f);
  else f->type->free(f);
}

// ---- construction ----
Ref<> makeFrom(ThreadState& ts, Type* type, Object* x) {
  Ref<Float> value = x ? TRY(floatFrom(ts, x)) : TRY(newFloat(ts, 0.0));
  if (type == &kFloatType) return value;
  Ref<Float> instance = TRY(allocateInstance<Float>(type));
  instance->value = value->value;
  return instance;
}
Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kFloatType || type->init == kFloatType.init) TRY(noKeywords(ts, "float", keywords));
  TRY(checkPositional(ts, "float", args->size, 0, 1));
  return makeFrom(ts, type, args->size ? args->items[0] : nullptr);
}
Ref<> callType(ThreadState& ts, Type* type, Args args) {
  TRY(noKeywordNames(ts, "float", args.names));
  TRY(checkPositional(ts, "float", args.count, 0, 1));
  return makeFrom(ts, type, args.count ? args[0] : nullptr);
}

// ---- methods ----
Ref<Float> conjugate(ThreadState& ts, Float* self) { return exact(ts, self); }
Ref<Float> real(ThreadState& ts, Float* self) { return exact(ts, self); }
Ref<Float> imaginary(ThreadState& ts, Float*) { return newFloat(ts, 0.0); }
Ref<Int> floorOf(ThreadState& ts, Float* self) { return intFromDouble(ts, std::floor(self->value)); }
Ref<Int> ceilOf(ThreadState& ts, Float* self) { return intFromDouble(ts, std::ceil(self->value)); }
Result<bool> isInteger(ThreadState&, Float* self) { return std::isfinite(self->value) && std::floor(self->value) == self->value; }

Ref<> round(ThreadState& ts, Float* self, Object* ndigits) {
  if (!ndigits || isNone(ndigits)) return intFromDouble(ts, std::nearbyint(self->value));
  return roundDouble(ts, self->value, TRY(asIndex(ts, ndigits, nullptr)));
}

Ref<> asIntegerRatio(ThreadState& ts, Float* self) {
  double d = self->value;
  if (std::isinf(d)) return raise(ts, kOverflowError, "cannot convert Infinity to integer ratio");
  if (std::isnan(d)) return raise(ts, kValueError, "cannot convert NaN to integer ratio");
  int exponent;
  double fraction = std::frexp(d, &exponent);
  for (int i = 0; i < 300 && fraction != std::floor(fraction); ++i) {
    fraction *= 2.0;
    --exponent;
  }
  Ref<Int> numerator = TRY(intFromDouble(ts, fraction));
  Ref<Int> denominator = share(smallInt(1));
  if (exponent > 0) numerator = TRY(shiftLeftInt(ts, numerator.get(), size_t(exponent)));
  else denominator = TRY(shiftLeftInt(ts, denominator.get(), size_t(-exponent)));
  return packTuple(ts, {numerator.get(), denominator.get()});
}

Ref<> getNewArgs(ThreadState& ts, Float* self) {
  Ref<Float> copy = TRY(newFloat(ts, self->value));
  return packTuple(ts, {copy.get()});
}

Ref<Str> getFormat(ThreadState& ts, Type*, Str* kind) {
  if (!equalsAscii(kind, "double") && !equalsAscii(kind, "float"))
    return raise(ts, kValueError, "__getformat__() argument 1 must be 'double' or 'float'");
  return newStr(ts, "IEEE, little-endian");
}

Ref<Str> hex(ThreadState& ts, Float* self) { return doubleToHex(ts, self->value); }
Ref<> fromHex(ThreadState& ts, Type* type, Object* text) {
  if (!isStr(text)) return raise(ts, kTypeError, "bad argument type for built-in operation");
  Ref<Float> value = TRY(newFloat(ts, TRY(doubleFromHex(ts, TRY(utf8Of(ts, static_cast<Str*>(text)))))));
  if (type == &kFloatType) return value;
  return call(ts, type, {value.get()});
}

Ref<Str> format(ThreadState& ts, Float* self, Str* spec) { return formatFloatSpec(ts, self, spec); }

constexpr MethodDef kMethods[] = {
    METHOD(conjugate, "($self, /)", "The complex conjugate of a float: the float itself."),
    METHOD_AS("__trunc__", toInt, "($self, /)", "The integer nearest to x between 0 and x."),
    METHOD_AS("__floor__", floorOf, "($self, /)", "The floor as an int."),
    METHOD_AS("__ceil__", ceilOf, "($self, /)", "The ceiling as an int."),
    METHOD_AS("__round__", round, "($self, ndigits=None, /)",
              "The nearest integer, halves to the even one; with an argument, as round(x, ndigits)."),
    METHOD_AS("as_integer_ratio", asIntegerRatio, "($self, /)",
              "A pair of integers whose ratio is exactly the float, the denominator positive.\n\n"
              ">>> (-.25).as_integer_ratio()\n(-1, 4)"),
    CLASS_METHOD("fromhex", fromHex, "($type, string, /)",
                 "A float from its hexadecimal form.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375"),
    METHOD(hex, "($self, /)", "The exact hexadecimal form.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'"),
    METHOD_AS("is_integer", isInteger, "($self, /)", "True when the float is an integer."),
    METHOD_AS("__getnewargs__", getNewArgs, "($self, /)", ""),
    CLASS_METHOD("__getformat__", getFormat, "($type, typestr, /)",
                 "How the C type 'double' or 'float' is stored; for tests of Python itself."),
    METHOD_AS("__format__", format, "($self, format_spec, /)", "The float as text, formatted after format_spec."),
    {}};

constexpr GetSetDef kGetSet[] = {
    GETTER("real", real, "the real part of a complex number"),
    GETTER("imag", imaginary, "the imaginary part of a complex number"),
    {}};

constinit NumberSlots kNumber = {
    .add = slot<binary<add>>,
    .subtract = slot<binary<subtract>>,
    .multiply = slot<binary<multiply>>,
    .remainder = slot<binary<remainderOf>>,
    .divmod = slot<binary<divmod>>,
    .power = slot<power>,
    .negative = slot<negative>,
    .positive = slot<exact>,
    .absolute = slot<absoluteValue>,
    .truth = slot<truth>,
    .to_int = slot<toInt>,
    .to_float = slot<exact>,
    .floor_divide = slot<binary<floorDivide>>,
    .true_divide = slot<binary<divide>>,
};

}  // namespace

constinit Type kFloatType = defineType<Float>({
    .name = "float",
    .doc = "float(x=0, /)\n--\n\nConvert a string or number to a floating point number, if possible.",
    .flags = kBaseType | kMatchSelf,
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

Ref<Float> newFloat(ThreadState& ts, double d) {
  auto* f = static_cast<Float*>(allocate(sizeof(Float)));
  if (!f) [[unlikely]]
    return raiseNoMemory(ts);
  f->refcount = 1;
  f->type = &kFloatType;
  f->value = d;
  return Ref<Float>::steal(f);
}

}  // namespace habu
