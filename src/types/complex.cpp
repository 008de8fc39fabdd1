// The type complex.
#include <cerrno>
#include <cmath>
#include <cstdlib>
#include <memory>

#include "object/alloc.h"
#include "object/bind.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/complex_math.h"
#include "types/double_text.h"
#include "types/float.h"
#include "types/int.h"
#include "types/number_format.h"
#include "types/str.h"
#include "types/text_decimal.h"
#include "types/tuple.h"

namespace habu {

namespace {

using Value = ComplexValue;

Value valueOf(const Complex* c) { return {c->real, c->imaginary}; }
Ref<> make(ThreadState& ts, Value v) { return newComplex(ts, v.real, v.imaginary); }

struct Operand {
  Value value{0, 0};
  bool usable = false;
};
Result<Operand> operand(ThreadState& ts, Object* o) {
  if (isComplex(o)) return Operand{valueOf(static_cast<Complex*>(o)), true};
  if (isInt(o)) return Operand{{TRY(intToDouble(ts, static_cast<Int*>(o))), 0.0}, true};
  if (isFloat(o)) return Operand{{static_cast<Float*>(o)->value, 0.0}, true};
  return Operand{};
}

template <Ref<> (*F)(ThreadState&, Value, Value)>
Ref<> binary(ThreadState& ts, Object* a, Object* b) {
  Operand x = TRY(operand(ts, a));
  if (!x.usable) return notImplemented();
  Operand y = TRY(operand(ts, b));
  if (!y.usable) return notImplemented();
  return F(ts, x.value, y.value);
}

Ref<> add(ThreadState& ts, Value a, Value b) { return make(ts, {a.real + b.real, a.imaginary + b.imaginary}); }
Ref<> subtract(ThreadState& ts, Value a, Value b) { return make(ts, {a.real - b.real, a.imaginary - b.imaginary}); }
Ref<> multiply(ThreadState& ts, Value a, Value b) { return make(ts, multiplyComplex(a, b)); }
Ref<> divide(ThreadState& ts, Value a, Value b) {
  Value r;
  if (!divideComplex(a, b, r)) return raise(ts, kZeroDivisionError, "complex division by zero");
  return make(ts, r);
}

Value powerOfWhole(Value base, long exponent) {  // exponent >= 0
  Value r{1, 0}, p = base;
  for (long mask = 1; mask > 0 && exponent >= mask; mask <<= 1) {
    if (exponent & mask) r = multiplyComplex(r, p);
    p = multiplyComplex(p, p);
  }
  return r;
}

// False: 0 to a negative or complex power.
bool powerPolar(Value a, Value b, Value& r) {
  if (b.real == 0.0 && b.imaginary == 0.0) {
    r = {1, 0};
  } else if (a.real == 0.0 && a.imaginary == 0.0) {
    r = {0, 0};
    return b.imaginary == 0.0 && b.real >= 0.0;
  } else {
    double size = std::hypot(a.real, a.imaginary);
    double length = std::pow(size, b.real);
    double angle = std::atan2(a.imaginary, a.real);
    double phase = angle * b.real;
    if (b.imaginary != 0.0) {
      length /= std::exp(angle * b.imaginary);
      phase += b.imaginary * std::log(size);
    }
    r = {length * std::cos(phase), length * std::sin(phase)};
  }
  return true;
}

Ref<> powerValues(ThreadState& ts, Value a, Value b) {
  Value r;
  bool defined = true;
  if (b.imaginary == 0.0 && b.real == std::floor(b.real) && std::fabs(b.real) <= 100.0) {
    long n = long(b.real);
    r = powerOfWhole(a, n < 0 ? -n : n);
    if (n < 0) defined = divideComplex({1, 0}, r, r);
  } else {
    // The library's complaint about sines of infinities counts as well.
    errno = 0;
    defined = powerPolar(a, b, r) && errno != EDOM;
  }
  if (!defined) return raise(ts, kZeroDivisionError, "0.0 to a negative or complex power");
  if (std::isinf(r.real) || std::isinf(r.imaginary)) return raise(ts, kOverflowError, "complex exponentiation");
  return make(ts, r);
}

Ref<> power(ThreadState& ts, Object* a, Object* b, Object* modulus) {
  if (!isNone(modulus)) {
    Operand x = TRY(operand(ts, a)), y = TRY(operand(ts, b));
    if (!x.usable || !y.usable) return notImplemented();
    return raise(ts, kValueError, "complex modulo");
  }
  return binary<powerValues>(ts, a, b);
}

Ref<> negative(ThreadState& ts, Complex* c) { return newComplex(ts, -c->real, -c->imaginary); }
Ref<> exact(ThreadState& ts, Complex* c) {
  if (isExact(c, kComplexType)) return share(c);
  return newComplex(ts, c->real, c->imaginary);
}
Ref<> absoluteValue(ThreadState& ts, Complex* c) {
  double r = std::hypot(c->real, c->imaginary);
  if (std::isinf(r) && std::isfinite(c->real) && std::isfinite(c->imaginary))
    return raise(ts, kOverflowError, "absolute value too large");
  return newFloat(ts, r);
}
bool truth(Complex* c) { return c->real != 0.0 || c->imaginary != 0.0; }

Hash hash(Complex* c) {
  auto h = size_t(hashDouble(c, c->real)) + 1000003 * size_t(hashDouble(c, c->imaginary));
  return Hash(h) == -1 ? -2 : Hash(h);
}

Ref<> richCompare(ThreadState& ts, Complex* self, Object* other, CompareOp op) {
  if (op != CompareOp::Eq && op != CompareOp::Ne) return notImplemented();
  bool equal;
  if (isInt(other)) {
    equal = false;
    if (self->imaginary == 0.0) {
      Ref<Float> real = TRY(newFloat(ts, self->real));
      equal = TRY(compareBool(ts, real.get(), other, CompareOp::Eq));
    }
  } else if (isFloat(other)) {
    equal = self->real == static_cast<Float*>(other)->value && self->imaginary == 0.0;
  } else if (isComplex(other)) {
    auto* c = static_cast<Complex*>(other);
    equal = self->real == c->real && self->imaginary == c->imaginary;
  } else {
    return notImplemented();
  }
  return newBool(equal == (op == CompareOp::Eq));
}

Ref<Str> repr(ThreadState& ts, Complex* c) {
  DoubleText text;
  bool only_imaginary = c->real == 0.0 && !std::signbit(c->real);
  bool ok;
  if (only_imaginary) {
    ok = text.format(c->imaginary, 'r', 0, 0) && text.append('j');
  } else {
    ok = text.append('(') && text.format(c->real, 'r', 0, 0) && text.format(c->imaginary, 'r', 0, kDoubleSign) &&
         text.append('j') && text.append(')');
  }
  if (!ok) return raiseNoMemory(ts);
  return strFromAscii(ts, text.view());
}

// ---- construction ----
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class ComplexReader {
 public:
  explicit ComplexReader(std::string_view text) : text_(text) {}
  bool read(Value& out) {
    blanks();
    bool bracket = accept('(');
    if (bracket) blanks();
    if (!value(out)) return false;
    blanks();
    if (bracket && !accept(')')) return false;
    blanks();
    return text_.empty();
  }

 private:
  char peek() const { return text_.empty() ? '\0' : text_[0]; }
  bool accept(char c) {
    if (peek() != c || text_.empty()) return false;
    text_.remove_prefix(1);
    return true;
  }
  bool unit() { return accept('j') || accept('J'); }
  void blanks() {
    while (!text_.empty() && isSpace(text_[0])) text_.remove_prefix(1);
  }
  bool number(double& d) {
    size_t n = scanDouble(text_, d);
    text_.remove_prefix(n);
    return n != 0;
  }
  // "+" or "-" or nothing before a lone "j"
  double lone() {
    if (accept('-')) return -1.0;
    accept('+');
    return 1.0;
  }
  bool value(Value& out) {
    out = {0, 0};
    double first;
    if (!number(first)) {
      out.imaginary = lone();
      return unit();
    }
    if (unit()) {
      out.imaginary = first;
      return true;
    }
    out.real = first;
    if (peek() != '+' && peek() != '-') return true;
    if (!number(out.imaginary)) out.imaginary = lone();
    return unit();
  }

  std::string_view text_;
};

Ref<> makeInstance(ThreadState& ts, Type* type, Value v) {
  if (type == &kComplexType) return make(ts, v);
  Ref<Complex> c = TRY(allocateInstance<Complex>(type));
  c->real = v.real;
  c->imaginary = v.imaginary;
  return c;
}

Ref<> fromText(ThreadState& ts, Type* type, Str* text) {
  Ref<Str> ascii = TRY(asciiDigits(ts, text));
  std::string_view view = asciiView(ascii.get());
  std::unique_ptr<char, decltype(&std::free)> clean(nullptr, &std::free);
  if (view.find('_') != view.npos) {
    clean.reset(static_cast<char*>(std::malloc(view.size())));
    if (!clean) return raiseNoMemory(ts);
    size_t n;
    if (!removeUnderscores(view, clean.get(), n)) return raise(ts, kValueError, "could not convert string to complex: {!r}", text);
    view = {clean.get(), n};
  }
  Value v;
  if (!ComplexReader(view).read(v)) return raise(ts, kValueError, "complex() arg is a malformed string");
  return makeInstance(ts, type, v);
}

// o.__complex__(); absent: empty.
Found fromSpecial(ThreadState& ts, Object* o) {
  if (isExact(o, kComplexType)) return Ref<>::share(o);
  Ref<> method = TRY(lookupSpecial(ts, o, names::kComplex));
  if (!method) return Ref<>{};
  Ref<> r = TRY(call(ts, method.get()));
  if (!isComplex(r.get()))
    return raise(ts, kTypeError, "{:.200}.__complex__() returned non-complex (type {:.200})", typeName(o), typeName(r.get()));
  if (!isExact(r.get(), kComplexType)) {
    Ref<Str> text = formatText(ts,
                               "{:.200}.__complex__() returned non-complex (type {:.200}).  The ability to return an instance of a "
                               "strict subclass of complex is deprecated, and may not be supported in a future version of Python.",
                               typeName(o), typeName(r.get()));
    TRY(warnText(ts, kDeprecationWarning, 1, std::move(text)));
  }
  return r;
}

bool isRealNumber(Object* o) { return o->type->number && (o->type->number->to_float || o->type->number->index); }

constexpr Signature kSignature = parseSignature("complex", "(real=0, imag=0)");

Ref<> construct(ThreadState& ts, Type* type, Object* real, Object* imaginary) {
  if (!real) real = smallInt(0);
  if (isExact(real, kComplexType) && !imaginary && type == &kComplexType) return Ref<>::share(real);
  if (isStr(real)) {
    if (imaginary) return raise(ts, kTypeError, "complex() can't take second arg if first is a string");
    return fromText(ts, type, static_cast<Str*>(real));
  }
  if (imaginary && isStr(imaginary)) return raise(ts, kTypeError, "complex() second arg can't be a string");
  Ref<> special = TRY(fromSpecial(ts, real));
  Object* r = special ? special.get() : real;
  if (!isComplex(r) && !isRealNumber(r))
    return raise(ts, kTypeError, "complex() first argument must be a string or a number, not '{:.200}'", typeName(r));
  if (imaginary && !isComplex(imaginary) && !isRealNumber(imaginary))
    return raise(ts, kTypeError, "complex() second argument must be a number, not '{:.200}'", typeName(imaginary));
  // real + imaginary * 1j, whichever of them are complex; signs of zeros survive where a part is not touched.
  Value v;
  if (isComplex(r)) v = valueOf(static_cast<Complex*>(r));
  else v = {TRY(floatFrom(ts, r))->value, 0.0};
  if (!imaginary) return makeInstance(ts, type, v);
  Value w;
  if (isComplex(imaginary)) {
    w = valueOf(static_cast<Complex*>(imaginary));
    v.real -= w.imaginary;
  } else {
    w = {TRY(floatFrom(ts, imaginary))->value, 0.0};
  }
  if (isComplex(r)) w.real += v.imaginary;
  return makeInstance(ts, type, {v.real, w.real});
}

Ref<> makeSlotFunction(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  Object* values[2];
  if (!parseTupleArguments(ts, kSignature, args, keywords, values)) return Raised{};
  return construct(ts, type, values[0], values[1]);
}
Ref<> callType(ThreadState& ts, Type* type, Args args) {
  Object* values[2];
  if (!parseArguments(ts, kSignature, args.values, args.count, args.names, values)) return Raised{};
  return construct(ts, type, values[0], values[1]);
}

// ---- methods ----
Ref<> conjugate(ThreadState& ts, Complex* c) { return newComplex(ts, c->real, -c->imaginary); }
Ref<> toComplex(ThreadState& ts, Complex* c) { return exact(ts, c); }
Ref<> getNewArgs(ThreadState& ts, Complex* c) {
  Ref<Float> real = TRY(newFloat(ts, c->real)), imaginary = TRY(newFloat(ts, c->imaginary));
  return packTuple(ts, {real.get(), imaginary.get()});
}
Ref<Str> format(ThreadState& ts, Complex* self, Str* spec) { return formatComplexSpec(ts, self, spec); }

constexpr MethodDef kMethods[] = {
    METHOD(conjugate, "($self, /)", "The complex conjugate. (3-4j).conjugate() == 3+4j."),
    METHOD_AS("__complex__", toComplex, "($self, /)", "The value as an exact complex."),
    METHOD_AS("__getnewargs__", getNewArgs, "($self, /)", ""),
    METHOD_AS("__format__", format, "($self, format_spec, /)", "The number as text, formatted after format_spec."),
    {}};

constexpr MemberDef kMembers[] = {
    MEMBER("real", Double, Complex, real, kMemberReadOnly, "the real part of a complex number"),
    MEMBER("imag", Double, Complex, imaginary, kMemberReadOnly, "the imaginary part of a complex number"),
    {}};

constinit NumberSlots kNumber = {
    .add = slot<binary<add>>,
    .subtract = slot<binary<subtract>>,
    .multiply = slot<binary<multiply>>,
    .power = slot<power>,
    .negative = slot<negative>,
    .positive = slot<exact>,
    .absolute = slot<absoluteValue>,
    .truth = slot<truth>,
    .true_divide = slot<binary<divide>>,
};

}  // namespace

constinit Type kComplexType = defineType<Complex>({
    .name = "complex",
    .doc = "complex(real=0, imag=0)\n--\n\n"
           "Create a complex number from a real part and an optional imaginary part:\nreal + imag*1j, where imag defaults to 0.",
    .flags = kBaseType,
    .methods = kMethods,
    .members = kMembers,
    .number = &kNumber,
    .make = makeSlot<makeSlotFunction>,
    .repr = slot<repr>,
    .hash = slot<hash>,
    .richcompare = slot<richCompare>,
    .vectorcall = typeVectorcall<callType>,
    .getattro = genericGetAttrSlot});

Ref<Complex> newComplex(ThreadState& ts, double real, double imaginary) {
  Ref<Complex> c = TRY(newObject<Complex>(ts, kComplexType));
  c->real = real;
  c->imaginary = imaginary;
  return c;
}

Result<ComplexValue> asComplex(ThreadState& ts, Object* o) {
  if (isComplex(o)) return valueOf(static_cast<Complex*>(o));
  Ref<> special = TRY(fromSpecial(ts, o));
  if (special) return valueOf(static_cast<Complex*>(special.get()));
  return Value{TRY(asDouble(ts, o)), 0.0};
}

Value multiplyComplex(Value a, Value b) {
  return {a.real * b.real - a.imaginary * b.imaginary, a.real * b.imaginary + a.imaginary * b.real};
}

// Scaled by the larger part of the divisor, so that squares do not overflow.
bool divideComplex(Value a, Value b, Value& r) {
  double real_size = std::fabs(b.real), imaginary_size = std::fabs(b.imaginary);
  if (real_size >= imaginary_size) {
    if (real_size == 0.0) {
      r = {0, 0};
      return false;
    }
    double ratio = b.imaginary / b.real;
    double scale = b.real + b.imaginary * ratio;
    r = {(a.real + a.imaginary * ratio) / scale, (a.imaginary - a.real * ratio) / scale};
  } else if (imaginary_size >= real_size) {
    double ratio = b.real / b.imaginary;
    double scale = b.real * ratio + b.imaginary;
    r = {(a.real * ratio + a.imaginary) / scale, (a.imaginary * ratio - a.real) / scale};
  } else {  // a nan
    r = {__builtin_nan(""), __builtin_nan("")};
  }
  return true;
}

}  // namespace habu
