// str % arguments.
#include <climits>

#include "types/float.h"
#include "types/int.h"
#include "types/percent.h"
#include "types/str_methods.h"

namespace habu {

Raised raisePercentCode(ThreadState& ts, char32_t code, Index at) {
  return raise(ts, kValueError, "unsupported format character '{}' (0x{:x}) at index {}", code >= 31 && code <= 126 ? code : U'?',
               unsigned(code), at);
}

Result<Index> percentStar(ThreadState& ts, Object* given, bool precision) {
  int overflow = 0;
  long long v = toLongLong(reinterpret_cast<Int*>(given), overflow);
  if (precision) {
    if (overflow || v > INT_MAX || v < INT_MIN) return raise(ts, kOverflowError, "Python int too large to convert to C int");
    return Index(v < 0 ? 0 : v);
  }
  if (overflow || v == LLONG_MIN) return raise(ts, kOverflowError, "Python int too large to convert to C ssize_t");
  // -1 stands for "not given" in the reader; as a width it means left-justified in 1, which changes nothing.
  return Index(v);
}

namespace {

// The operand of an integer conversion as an int.
Ref<Int> integerFor(ThreadState& ts, char32_t code, Object* value) {
  if (isInt(value)) return share(reinterpret_cast<Int*>(value));
  bool index = code == 'x' || code == 'X' || code == 'o';
  if (isNumber(value)) {
    Ref<Int> i = index ? indexObject(ts, value) : intFrom(ts, value);
    if (i || !errorMatches(ts, kTypeError)) return i;
    clearError(ts);
  }
  if (index) return raise(ts, kTypeError, "%{} format: an integer is required, not {:.200}", code, typeName(value));
  return raise(ts, kTypeError, "%{} format: a real number is required, not {:.200}", code, typeName(value));
}

}  // namespace

Ref<Str> percentInteger(ThreadState& ts, const PercentSpec& spec, Object* value) {
  Ref<Int> i = TRY(integerFor(ts, spec.code, value));
  if (spec.precision > INT_MAX - 3) return raise(ts, kOverflowError, "precision too large");
  int base = spec.code == 'o' ? 8 : spec.code == 'x' || spec.code == 'X' ? 16 : 10;
  Ref<Str> text = TRY(intToText(ts, i.get(), base, base != 10 && spec.alternate));
  std::string_view all = asciiView(text.get());
  bool negative = all.starts_with('-');
  size_t head = size_t(negative) + (base != 10 && spec.alternate ? 2 : 0);
  Index digits = Index(all.size() - head);
  if (spec.precision <= digits && spec.code != 'X') return text;
  StrBuilder out(ts);
  out.append(all.substr(0, head));
  if (spec.precision > digits) out.fill('0', spec.precision - digits);
  out.append(all.substr(head));
  text = TRY(out.finish());
  if (spec.code != 'X') return text;
  return strUpper(ts, text.get());
}

Ref<Str> percentFloat(ThreadState& ts, const PercentSpec& spec, double value) {
  if (spec.precision > INT_MAX) return raise(ts, kValueError, "precision too big");
  int precision = spec.precision < 0 ? 6 : int(spec.precision);
  return doubleToText(ts, value, char(spec.code), precision, spec.alternate ? kDoubleAlternate : 0);
}

namespace {

class StrSink {
 public:
  static constexpr const char* kPrecisionName = "precision";
  StrSink(ThreadState& ts, Str* format) : size(format->length), ts_(ts), format_(format), out_(ts) {}
  char32_t at(Index i) const { return (*format_)[i]; }
  Status literal(Index from, Index to) {
    if (from == 0 && to == size) return check(out_.appendLiteral(format_));
    return check(out_.append(format_, from, to));
  }
  Ref<> key(Index from, Index to) { return substring(ts_, format_, from, to); }

  Status convert(const PercentSpec& spec, Object* value, Index position) {
    switch (spec.code) {
      case 's':
      case 'r':
      case 'a': {
        if (spec.code == 's' && isExactStr(value) && spec.width < 0 && spec.precision < 0)
          return check(out_.append(static_cast<Str*>(value)));
        Ref<Str> text = TRY(spec.code == 's' ? strOf(ts_, value) : spec.code == 'r' ? reprOf(ts_, value) : asciiOf(ts_, value));
        Index n = spec.precision >= 0 && spec.precision < text->length ? spec.precision : text->length;
        return write(spec, text.get(), n, false);
      }
      case 'd':
      case 'i':
      case 'u':
      case 'x':
      case 'X':
      case 'o': {
        Ref<Str> text = TRY(percentInteger(ts_, spec, value));
        return write(spec, text.get(), text->length, true);
      }
      case 'e':
      case 'E':
      case 'f':
      case 'F':
      case 'g':
      case 'G': {
        double number = TRY(asDouble(ts_, value));
        Ref<Str> text = TRY(percentFloat(ts_, spec, number));
        return write(spec, text.get(), text->length, true);
      }
      case 'c': {
        char32_t c = TRY(character(value));
        Ref<Str> text = TRY(strFromChar(ts_, c));
        return write(spec, text.get(), 1, false);
      }
      default: return raisePercentCode(ts_, spec.code, position);
    }
  }
  Ref<Str> finish() { return out_.finish(); }

  Index size;

 private:
  Status check(bool good) {
    if (!good) return Raised{};
    return kDone;
  }
  Status write(const PercentSpec& spec, Str* text, Index length, bool number) {
    return writePercent(
        spec, number, length ? (*text)[0] : 0, length,
        [&](char32_t c, Index times) { return check(out_.fill(c, times)); },
        [&](Index from, Index to) {
          if (from == 0 && to == text->length) return check(out_.append(text));
          return check(out_.append(text, from, to));
        });
  }
  Result<char32_t> character(Object* value) {
    if (isStr(value)) {
      if (static_cast<Str*>(value)->length == 1) return (*static_cast<Str*>(value))[0];
      return raise(ts_, kTypeError, "%c requires int or char");
    }
    if (!hasIndex(value)) return raise(ts_, kTypeError, "%c requires int or char");
    Ref<Int> i = TRY(indexObject(ts_, value));
    int overflow = 0;
    long long v = toLongLong(i.get(), overflow);
    if (overflow || v < 0 || v > 0x10ffff) return raise(ts_, kOverflowError, "%c arg not in range(0x110000)");
    return char32_t(v);
  }

  ThreadState& ts_;
  Str* format_;
  StrBuilder out_;
};

}  // namespace

Ref<Str> percentFormat(ThreadState& ts, Str* format, Object* arguments) {
  Ref<Str> kept = share(format);
  StrSink sink(ts, format);
  PercentArguments all(ts, arguments, isMapping(arguments) && !isTuple(arguments) && !isStr(arguments));
  TRY(PercentReader(ts, sink, all).run());
  if (all.leftOver()) return raise(ts, kTypeError, "not all arguments converted during string formatting");
  return sink.finish();
}

}  // namespace habu
