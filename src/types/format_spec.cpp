#include "types/format_spec.h"

#include <climits>

#include "base/unicode.h"
#include "object/raise.h"
#include "types/str.h"

namespace habu {

namespace {

bool isAlign(char32_t c) { return c == '<' || c == '>' || c == '=' || c == '^'; }

class SpecReader {
 public:
  SpecReader(ThreadState& ts, Str* spec) : ts_(ts), spec_(spec) {}
  char32_t peek(Index ahead = 0) const { return at_ + ahead < spec_->length ? (*spec_)[at_ + ahead] : char32_t(0); }
  Index left() const { return spec_->length - at_; }
  char32_t take() { return (*spec_)[at_++]; }
  bool accept(char32_t c) {
    if (!left() || peek() != c) return false;
    ++at_;
    return true;
  }
  // A decimal number, -1 when there is none.
  Result<Index> number() {
    Index value = -1;
    for (int digit; left() && (digit = decimalValue(peek())) >= 0; ++at_) {
      if (value < 0) value = 0;
      if (value > (PTRDIFF_MAX - digit) / 10) return raise(ts_, kValueError, "Too many decimal digits in format string");
      value = value * 10 + digit;
    }
    return value;
  }

 private:
  ThreadState& ts_;
  Str* spec_;
  Index at_ = 0;
};

Status checkThousands(ThreadState& ts, const FormatSpec& f) {
  switch (f.type) {
    case 0: case 'd': case 'e': case 'f': case 'g': case 'E': case 'G': case '%': case 'F': return kDone;
    case 'b': case 'o': case 'x': case 'X':
      if (f.thousands == '_') return kDone;  // groups of four
      break;
    default: break;
  }
  if (f.type > 32 && f.type < 128) return raise(ts, kValueError, "Cannot specify '{}' with '{}'.", f.thousands, f.type);
  return raise(ts, kValueError, "Cannot specify '{}' with '\\x{:x}'.", f.thousands, unsigned(f.type));
}

}  // namespace

Raised raiseUnknownFormatCode(ThreadState& ts, char32_t type, Object* value) {
  if (type > 32 && type < 128)
    return raise(ts, kValueError, "Unknown format code '{}' for object of type '{:.200}'", type, typeName(value));
  return raise(ts, kValueError, "Unknown format code '\\x{:x}' for object of type '{:.200}'", unsigned(type), typeName(value));
}

Status parseFormatSpec(ThreadState& ts, FormatSpec& f, Str* spec, Object* value, char32_t default_type, char default_align) {
  f = FormatSpec{};
  f.type = default_type;
  f.align = default_align;
  SpecReader in(ts, spec);
  if (in.left() >= 2 && isAlign(in.peek(1))) {
    f.fill = in.take();
    f.align = char(in.take());
    f.fill_given = f.align_given = true;
  } else if (in.left() >= 1 && isAlign(in.peek())) {
    f.align = char(in.take());
    f.align_given = true;
  }
  if (in.left() && (in.peek() == '+' || in.peek() == '-' || in.peek() == ' ')) f.sign = char(in.take());
  f.no_negative_zero = in.accept('z');
  f.alternate = in.accept('#');
  if (!f.fill_given && in.accept('0')) {
    f.fill = '0';
    if (!f.align_given && default_align == '>') f.align = '=';
  }
  f.width = TRY(in.number());
  if (in.accept(',')) f.thousands = ',';
  if (in.accept('_')) {
    if (f.thousands) return raise(ts, kValueError, "Cannot specify both ',' and '_'.");
    f.thousands = '_';
  }
  if (in.left() && in.peek() == ',' && f.thousands == '_') return raise(ts, kValueError, "Cannot specify both ',' and '_'.");
  if (in.accept('.')) {
    f.precision = TRY(in.number());
    if (f.precision < 0) return raise(ts, kValueError, "Format specifier missing precision");
  }
  if (in.left() > 1)
    return raise(ts, kValueError, "Invalid format specifier '{}' for object of type '{:.200}'", spec, typeName(value));
  if (in.left() == 1) f.type = in.take();
  if (f.thousands) TRY(checkThousands(ts, f));
  return kDone;
}

}  // namespace habu
