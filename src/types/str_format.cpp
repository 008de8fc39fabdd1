// str.format(), str.format_map() and str.__format__().
#include "types/str_format.h"

#include <limits>

#include "base/unicode.h"
#include "object/attribute.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/format_spec.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"

namespace habu {

// ---- parsing ----

Result<bool> FormatParser::next(ThreadState& ts, FormatField& field) {
  field = {};
  if (at_ >= text_.stop) return false;
  Index start = at_;
  char32_t c = 0;
  bool markup = false;
  while (at_ < text_.stop) {
    c = take();
    if (c == '{' || c == '}') {
      markup = true;
      break;
    }
  }
  bool at_end = at_ >= text_.stop;
  Index stop = at_;
  if (markup) {
    bool doubled = !at_end && (*text_.text)[at_] == c;
    if (c == '}' && !doubled) return raise(ts, kValueError, "Single '}' encountered in format string");
    if (c == '{' && at_end) return raise(ts, kValueError, "Single '{' encountered in format string");
    if (doubled) {  // one brace, which stays in the literal
      ++at_;
      markup = false;
    } else {
      --stop;
    }
  }
  field.literal = {text_.text, start, stop};
  if (!markup) return true;
  field.present = true;
  TRY(readField(ts, field));
  return true;
}

Status FormatParser::readField(ThreadState& ts, FormatField& field) {
  Index start = at_;
  char32_t c = 0;
  bool ended = false;
  while (!ended && at_ < text_.stop) {
    c = take();
    if (c == '{') return raise(ts, kValueError, "unexpected '{' in field name");
    if (c == '[') {
      while (at_ < text_.stop && (*text_.text)[at_] != ']') ++at_;
      continue;
    }
    ended = c == '}' || c == ':' || c == '!';
  }
  field.name = {text_.text, start, at_ - 1};
  if (c != '!' && c != ':') {
    if (c != '}') return raise(ts, kValueError, "expected '}' before end of string");
    return kDone;
  }
  if (c == '!') {
    if (at_ >= text_.stop) return raise(ts, kValueError, "end of string while looking for conversion specifier");
    field.conversion = take();
    if (at_ < text_.stop) {
      c = take();
      if (c == '}') return kDone;
      if (c != ':') return raise(ts, kValueError, "expected ':' after conversion specifier");
    }
  }
  field.spec = {text_.text, at_, text_.stop};
  for (int depth = 1; at_ < text_.stop;) {
    c = take();
    if (c == '{') {
      field.nested = true;
      ++depth;
    } else if (c == '}' && --depth == 0) {
      field.spec.stop = at_ - 1;
      return kDone;
    }
  }
  return raise(ts, kValueError, "unmatched '{' in format spec");
}

namespace {
// A decimal number, or -1 when the text is none.
Result<Index> numberIn(ThreadState& ts, StrSpan s) {
  if (s.empty()) return -1;
  Index value = 0;
  for (Index i = 0; i < s.size(); ++i) {
    int digit = decimalValue(s[i]);
    if (digit < 0) return -1;
    if (value > (std::numeric_limits<Index>::max() - digit) / 10)
      return raise(ts, kValueError, "Too many decimal digits in format string");
    value = value * 10 + digit;
  }
  return value;
}
}  // namespace

Result<FieldName> FieldName::split(ThreadState& ts, StrSpan s) {
  FieldName f;
  Index i = s.start;
  while (i < s.stop && (*s.text)[i] != '.' && (*s.text)[i] != '[') ++i;
  f.first = {s.text, s.start, i};
  f.rest_ = {s.text, i, s.stop};
  f.first_index = TRY(numberIn(ts, f.first));
  return f;
}

Result<bool> FieldName::next(ThreadState& ts, FieldStep& step) {
  if (rest_.empty()) return false;
  char32_t c = (*rest_.text)[rest_.start++];
  Index start = rest_.start;
  if (c == '.') {
    while (!rest_.empty() && rest_[0] != '.' && rest_[0] != '[') ++rest_.start;
    step = {true, {rest_.text, start, rest_.start}, -1};
  } else if (c == '[') {
    while (!rest_.empty() && rest_[0] != ']') ++rest_.start;
    if (rest_.empty()) return raise(ts, kValueError, "Missing ']' in format string");
    step = {false, {rest_.text, start, rest_.start}, -1};
    ++rest_.start;
    step.index = TRY(numberIn(ts, step.name));
  } else {
    return raise(ts, kValueError, "Only '.' or '[' may follow ']' in format field specifier");
  }
  if (step.name.empty()) return raise(ts, kValueError, "Empty attribute in format string");
  return true;
}

// ---- formatting ----

namespace {

class Formatter {
 public:
  Formatter(ThreadState& ts, const Args* args, Object* mapping) : ts_(ts), args_(args), mapping_(mapping) {}

  Ref<Str> build(StrSpan format, int depth) {
    if (depth <= 0) return raise(ts_, kValueError, "Max string recursion exceeded");
    StrBuilder out(ts_);
    FormatParser parser(format);
    FormatField field;
    while (TRY(parser.next(ts_, field))) {
      const StrSpan& literal = field.literal;
      bool whole = literal.start == 0 && literal.text && literal.stop == literal.text->length;
      if (whole ? !out.appendLiteral(literal.text) : !out.append(literal.text, literal.start, literal.stop)) return Raised{};
      if (!field.present) continue;
      Ref<Str> text = TRY(render(field, depth));
      if (!out.append(text.get())) return Raised{};
    }
    return out.finish();
  }

 private:
  enum class Numbering { Unknown, Automatic, Manual };

  Ref<Str> render(const FormatField& field, int depth) {
    Ref<> value = TRY(find(field.name));
    if (field.conversion) value = TRY(convert(std::move(value), field.conversion));
    Ref<Str> spec = TRY(field.nested ? build(field.spec, depth - 1) : field.spec.str(ts_));
    return formatObject(ts_, value.get(), spec.get());
  }
  Ref<> convert(Ref<> value, char32_t c) {
    switch (c) {
      case 'r': return reprOf(ts_, value.get());
      case 's': return strOf(ts_, value.get());
      case 'a': return asciiOf(ts_, value.get());
    }
    if (c > 32 && c < 127) return raise(ts_, kValueError, "Unknown conversion specifier {}", c);
    return raise(ts_, kValueError, "Unknown conversion specifier \\x{:x}", unsigned(c));
  }

  Ref<> find(StrSpan text) {
    FieldName name = TRY(FieldName::split(ts_, text));
    Ref<> value = TRY(findFirst(name));
    FieldStep step;
    while (TRY(name.next(ts_, step))) {
      Ref<Str> key;
      if (step.attribute || step.index < 0) key = TRY(step.name.str(ts_));
      if (step.attribute) {
        value = TRY(getAttr(ts_, value.get(), key.get()));
      } else if (step.index < 0) {
        value = TRY(getItem(ts_, value.get(), key.get()));
      } else if (isSequence(value.get())) {
        value = TRY(getItemAt(ts_, value.get(), step.index));
      } else {
        Ref<Int> index = TRY(newInt(ts_, step.index));
        value = TRY(getItem(ts_, value.get(), reinterpret_cast<Object*>(index.get())));
      }
    }
    return value;
  }

  Ref<> findFirst(const FieldName& name) {
    Index index = name.first_index;
    bool automatic = name.first.empty();
    if (automatic || index >= 0) {
      Numbering wanted = automatic ? Numbering::Automatic : Numbering::Manual;
      if (numbering_ == Numbering::Unknown) numbering_ = wanted;
      if (numbering_ != wanted)
        return raise(ts_, kValueError,
                     automatic ? "cannot switch from manual field specification to automatic field numbering"
                               : "cannot switch from automatic field numbering to manual field specification");
      if (automatic) index = next_index_++;
    }
    if (index < 0) return named(name.first);
    if (!args_) return raise(ts_, kValueError, "Format string contains positional fields");
    if (index >= args_->count) return raise(ts_, kIndexError, "Replacement index {} out of range for positional args tuple", index);
    return share((*args_)[index]);
  }
  Ref<> named(StrSpan name) {
    Ref<Str> key = TRY(name.str(ts_));
    if (mapping_) return getItem(ts_, mapping_, key.get());
    for (Index i = 0; i < args_->keywordCount(); ++i)
      if (equalStr(args_->keyword(i), key.get())) return share(args_->keywordValue(i));
    return raiseKeyError(ts_, key.get());
  }

  ThreadState& ts_;
  const Args* args_;   // null for format_map
  Object* mapping_;
  Numbering numbering_ = Numbering::Unknown;
  Index next_index_ = 0;
};

}  // namespace

Ref<Str> strFormat(ThreadState& ts, Str* s, Args args) {
  Ref<Str> kept = share(s);
  return Formatter(ts, &args, nullptr).build({s, 0, s->length}, 2);
}

Ref<Str> strFormatMap(ThreadState& ts, Str* s, Object* mapping) {
  Ref<Str> kept = share(s);
  return Formatter(ts, nullptr, mapping).build({s, 0, s->length}, 2);
}

// ---- str.__format__ ----

Ref<Str> strFormatSpec(ThreadState& ts, Str* s, Str* spec_text) {
  if (spec_text->length == 0) return isExactStr(s) ? share(s) : strOf(ts, s);
  FormatSpec spec;
  TRY(parseFormatSpec(ts, spec, spec_text, s, 's', '<'));
  if (spec.type != 's') return raiseUnknownFormatCode(ts, spec.type, s);
  if (spec.sign == ' ') return raise(ts, kValueError, "Space not allowed in string format specifier");
  if (spec.sign) return raise(ts, kValueError, "Sign not allowed in string format specifier");
  if (spec.no_negative_zero) return raise(ts, kValueError, "Negative zero coercion (z) not allowed in string format specifier");
  if (spec.alternate) return raise(ts, kValueError, "Alternate form (#) not allowed in string format specifier");
  if (spec.align == '=') return raise(ts, kValueError, "'=' alignment not allowed in string format specifier");
  Index length = spec.precision >= 0 && spec.precision < s->length ? spec.precision : s->length;
  Index padding = spec.width > length ? spec.width - length : 0;
  if (padding == 0 && length == s->length) return exactStr(ts, s);
  Index before = spec.align == '>' ? padding : spec.align == '^' ? padding / 2 : 0;
  char32_t bound = length == s->length ? maxChar(s) : visitText(s, [&](const auto* p) { return textBound(p, length); });
  if (padding && spec.fill > bound) bound = spec.fill;
  if (padding > std::numeric_limits<Index>::max() - length) return raiseNoMemory(ts);
  if (padding + length == 0) return emptyStr();
  Ref<Str> made = TRY(newStrUninitialized(ts, padding + length, bound));
  fillChars(made.get(), 0, before, spec.fill);
  copyChars(made.get(), before, s, 0, length);
  fillChars(made.get(), before + length, padding - before, spec.fill);
  return made;
}

}  // namespace habu
