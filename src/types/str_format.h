// The markup of str.format(): literal text and fields in braces (PEP 3101). Also behind the module _string.
#pragma once
#include "types/str.h"

namespace habu {

// A part of a str; it does not own it.
struct StrSpan {
  Str* text = nullptr;
  Index start = 0, stop = 0;
  bool empty() const { return start >= stop; }
  char32_t operator[](Index i) const { return (*text)[start + i]; }
  Index size() const { return stop - start; }
  Ref<Str> str(ThreadState& ts) const { return text ? substring(ts, text, start, stop) : emptyStr(); }
};

struct FormatField {
  StrSpan literal;
  bool present = false;   // a field follows the literal
  StrSpan name, spec;
  char32_t conversion = 0;
  bool nested = false;    // the spec has fields of its own
};

class FormatParser {
 public:
  explicit FormatParser(StrSpan text) : text_(text), at_(text.start) {}
  // The next literal and field; false at the end. ValueError.
  Result<bool> next(ThreadState&, FormatField&);

 private:
  Status readField(ThreadState&, FormatField&);
  char32_t take() { return (*text_.text)[at_++]; }
  StrSpan text_;
  Index at_;
};

// "name.attribute[item]": the first part, then what follows.
struct FieldStep {
  bool attribute = false;
  StrSpan name;
  Index index = -1;  // of [number]; -1: a name
};
class FieldName {
 public:
  // ValueError for overlong numbers.
  static Result<FieldName> split(ThreadState&, StrSpan);
  Result<bool> next(ThreadState&, FieldStep&);
  StrSpan first;
  Index first_index = -1;  // -1: a name, or empty

 private:
  StrSpan rest_;
};

}  // namespace habu
