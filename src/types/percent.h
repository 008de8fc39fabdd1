// What `format % arguments` is for str and for bytes alike: reading the format, taking the arguments, writing numbers.
#pragma once
#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

struct PercentSpec {
  bool left = false, plus = false, blank = false, alternate = false, zero = false;
  Index width = -1, precision = -1;
  char32_t code = 0;
  bool prefixed() const { return alternate && (code == 'x' || code == 'X' || code == 'o'); }
};

// The right operand: a tuple of arguments, a mapping for %(key)s, or one argument.
class PercentArguments {
 public:
  PercentArguments(ThreadState& ts, Object* all, bool mapping) : ts_(ts), all_(all), mapping_(mapping) {
    if (isTuple(all)) count_ = static_cast<Tuple*>(all)->size;
    else single_ = true;
  }
  bool mapping() const { return mapping_; }
  Ref<> next() {
    if (item_) {
      if (!std::exchange(taken_, true)) return item_.copy();
    } else if (single_) {
      if (!std::exchange(taken_, true)) return share(all_);
    } else if (index_ < count_) {
      return share(static_cast<Tuple*>(all_)->items[index_++]);
    }
    return raise(ts_, kTypeError, "not enough arguments for format string");
  }
  // %(key)...: from here on the one argument is the key's value.
  Status select(Object* key) {
    item_ = TRY(getItem(ts_, all_, key));
    taken_ = false;
    return kDone;
  }
  bool leftOver() const { return !mapping_ && (single_ ? !taken_ : index_ < count_); }

 private:
  ThreadState& ts_;
  Object* all_;
  bool mapping_, single_ = false, taken_ = false;
  Index count_ = 0, index_ = 0;
  Ref<> item_;  // the value of the last key
};

// The digits of an integer conversion, sign and prefix included: %d %i %u %x %X %o.
Ref<Str> percentInteger(ThreadState&, const PercentSpec&, Object* value);
Ref<Str> percentFloat(ThreadState&, const PercentSpec&, double value);
// "unsupported format character 'y' (0x79) at index 1"
Raised raisePercentCode(ThreadState&, char32_t code, Index at);

// A walk over the format. T is the sink, with
//   Index size; char32_t at(Index);            the format
//   Status literal(Index from, Index to);      text between conversions
//   Ref<> key(Index from, Index to);           the name in %(name)s
//   Status convert(const PercentSpec&, Object* value, Index position);
template <class T>
class PercentReader {
 public:
  PercentReader(ThreadState& ts, T& sink, PercentArguments& arguments) : ts_(ts), sink_(sink), arguments_(arguments) {}

  Status run() {
    while (at_ < sink_.size) {
      Index start = at_;
      while (at_ < sink_.size && sink_.at(at_) != '%') ++at_;
      if (at_ > start) TRY(sink_.literal(start, at_));
      if (at_ == sink_.size) break;
      ++at_;
      TRY(conversion());
    }
    return kDone;
  }

 private:
  // The character at the position, which a conversion still needs.
  Result<char32_t> need() {
    if (at_ >= sink_.size) return raise(ts_, kValueError, "incomplete format");
    return sink_.at(at_);
  }
  Status readKey() {
    Index start = ++at_;
    int depth = 1;
    for (; at_ < sink_.size && depth > 0; ++at_) {
      char32_t c = sink_.at(at_);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    }
    if (depth > 0) return raise(ts_, kValueError, "incomplete format key");
    Ref<> key = TRY(sink_.key(start, at_ - 1));
    return arguments_.select(key.get());
  }
  // A number or `*`.
  Status readCount(Index& value, const char* name, bool precision) {
    if (at_ < sink_.size && sink_.at(at_) == '*') {
      Ref<> given = TRY(arguments_.next());
      if (!isInt(given.get())) return raise(ts_, kTypeError, "* wants int");
      value = TRY(starValue(given.get(), precision));
      ++at_;
      return kDone;
    }
    for (; at_ < sink_.size && sink_.at(at_) >= '0' && sink_.at(at_) <= '9'; ++at_) {
      Index digit = Index(sink_.at(at_)) - '0';
      Index limit = precision ? 0x7fffffff : PTRDIFF_MAX;
      if (value < 0) value = 0;
      if (value > (limit - digit) / 10) return raise(ts_, kValueError, "{} too big", name);
      value = value * 10 + digit;
    }
    return kDone;
  }
  Result<Index> starValue(Object* given, bool precision);

  Status conversion() {
    PercentSpec spec;
    char32_t first = TRY(need());
    if (first == '%') {
      ++at_;
      return sink_.literal(at_ - 1, at_);
    }
    if (first == '(') {
      if (!arguments_.mapping()) return raise(ts_, kTypeError, "format requires a mapping");
      TRY(readKey());
    }
    for (bool more = true; more; at_ += more) {
      if (at_ >= sink_.size) break;
      switch (sink_.at(at_)) {
        case '-': spec.left = true; break;
        case '+': spec.plus = true; break;
        case ' ': spec.blank = true; break;
        case '#': spec.alternate = true; break;
        case '0': spec.zero = true; break;
        default: more = false;
      }
    }
    TRY(readCount(spec.width, "width", false));
    if (spec.width < -1) {
      spec.left = true;
      spec.width = -spec.width;
    }
    if (at_ < sink_.size && sink_.at(at_) == '.') {
      ++at_;
      spec.precision = 0;
      TRY(readCount(spec.precision, T::kPrecisionName, true));
      if (spec.precision < 0) spec.precision = 0;
    }
    if (at_ < sink_.size && (sink_.at(at_) == 'h' || sink_.at(at_) == 'l' || sink_.at(at_) == 'L')) ++at_;
    spec.code = TRY(need());
    ++at_;
    Ref<> value = TRY(arguments_.next());
    return sink_.convert(spec, value.get(), at_ - 1);
  }

  ThreadState& ts_;
  T& sink_;
  PercentArguments& arguments_;
  Index at_ = 0;
};

Result<Index> percentStar(ThreadState&, Object* given, bool precision);
template <class T>
Result<Index> PercentReader<T>::starValue(Object* given, bool precision) { return percentStar(ts_, given, precision); }

// Writes `text` under sign, fill and width. `put(c, times)` and `copy(from, to)` write; `text` is read by `at`.
template <class Put, class Copy>
Status writePercent(const PercentSpec& spec, bool number, char32_t first, Index length, Put put, Copy copy) {
  Index from = 0, width = spec.width < 0 ? 0 : spec.width;
  char32_t sign = 0;
  bool has_sign = false;
  if (number) {
    if (first == '-' || first == '+') {
      sign = first;
      has_sign = true;
      from = 1;
    } else if (spec.plus || spec.blank) {
      sign = spec.plus ? '+' : ' ';
      has_sign = true;
    }
  }
  char32_t fill = number && spec.zero ? '0' : ' ';
  Index body = length - from, prefix = number && spec.prefixed() ? 2 : 0;
  Index padding = width - body - Index(has_sign);
  if (padding < 0) padding = 0;
  if (fill == ' ' && !spec.left) TRY(put(U' ', padding));
  if (has_sign) TRY(put(sign, 1));
  if (prefix) TRY(copy(from, from + prefix));
  if (fill != ' ' && !spec.left) TRY(put(fill, padding));
  TRY(copy(from + prefix, length));
  if (spec.left) TRY(put(U' ', padding));
  return kDone;
}

}  // namespace habu
