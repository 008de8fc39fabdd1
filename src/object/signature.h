// The signature of a built-in function, read at compile time from the text that is also its __text_signature__.
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace habu {

struct Signature {
  static constexpr int kMax = 24;
  struct Span { uint16_t offset; uint16_t length; };
  std::string_view function;  // as error messages name it
  const char* text;           // the signature's text; names are spans of it (one relocation, not one per name)
  std::array<Span, kMax> names{};
  uint32_t optional = 0;        // bit i: parameter i has a default
  uint8_t count = 0;            // parameters without self
  uint8_t positional_only = 0;  // the first so many
  uint8_t positional = 0;       // the first so many may be given by position
  uint8_t required = 0;         // positional ones without default (a prefix)
  bool parsed = false;          // text begins with "~": arity errors are worded as PyArg_ParseTuple words them
  constexpr std::string_view name(int i) const { return {text + names[i].offset, names[i].length}; }
  constexpr bool isOptional(int i) const { return (optional >> i & 1) != 0; }
};

consteval Signature parseSignature(std::string_view function, std::string_view text) {
  Signature s{};
  s.function = function;
  s.text = text.data();
  s.parsed = text[0] == '~';
  size_t i = s.parsed ? 2 : 1;  // after "("
  bool keyword_only = false;
  while (i < text.size() && text[i] != ')') {
    size_t start = i;
    int depth = 0;
    char quote = 0;
    size_t equals = std::string_view::npos;
    for (; i < text.size(); ++i) {
      char c = text[i];
      if (quote) {
        if (c == quote) quote = 0;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '(' || c == '[' || c == '{' || c == '<') {
        ++depth;
      } else if (depth && (c == ')' || c == ']' || c == '}' || c == '>')) {
        --depth;
      } else if (!depth && (c == ',' || c == ')')) {
        break;
      } else if (!depth && c == '=' && equals == std::string_view::npos) {
        equals = i;
      }
    }
    std::string_view item = text.substr(start, (equals != std::string_view::npos ? equals : i) - start);
    bool optional = equals != std::string_view::npos;
    if (i < text.size() && text[i] == ',') ++i;
    while (i < text.size() && (text[i] == ' ' || text[i] == '\n')) ++i;
    if (item[0] == '$') {
      // self
    } else if (item == "/") {
      s.positional_only = s.count;
    } else if (item == "*") {
      keyword_only = true;
    } else {
      s.names[s.count] = {uint16_t(start), uint16_t(item.size())};
      if (optional) s.optional |= 1u << s.count;
      ++s.count;
      if (!keyword_only) {
        s.positional = s.count;
        if (!optional) s.required = s.count;
      }
    }
  }
  return s;
}

}  // namespace habu
