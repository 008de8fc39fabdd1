// From the text of literals to their values: numbers, strings, f-strings.
#pragma once
#include "syntax/parser.h"

namespace habu::syntax {

enum class NumberError : uint8_t {
  None,
  Raised,   // no memory
  TooLong,  // more decimal digits than sys.set_int_max_str_digits() allows; the ValueError is set
  TooNew,   // underscores before 3.6
};
NumberError parseNumberLiteral(ThreadState&, std::string_view text, bool allow_underscores, Ref<>& value);

// What is wrong with a string literal. Nothing is raised but for Kind::Raised.
struct LiteralError {
  enum class Kind : uint8_t {
    None,
    AtEnd,    // reported at the last token the parser has seen
    AtToken,  // reported at token number `token`
    Raised,   // an exception is set: out of memory, a warning filter, or (when diagnosing) an f-string's expression
    Silent,   // an f-string's expression is wrong; only the diagnoser says how
  };
  Kind kind = Kind::None;
  int token = 0;
  char message[200];
};

// Issues a DeprecationWarning about a literal. False: it became an error (see `error`).
bool warnLiteral(ParseContext&, const char* message, int32_t line, LiteralError& error);

// The value of adjacent string literals: a ConstantExpr or a JoinedStr at the position of all of them.
// Null: see `error`. With `diagnose`, wrong expressions in f-strings raise their SyntaxError.
Expr* concatenateStrings(ParseContext&, const Token* tokens, int count, const char* base, int depth, bool diagnose,
                         LiteralError& error);

// Gathers text, as bytes as long as it is ASCII.
class TextBuffer {
 public:
  bool append(char32_t c) {
    if (c < 0x80 && !is_wide_) return narrow_.push(static_cast<char>(c));
    return appendWide(c);
  }
  bool appendAscii(std::string_view text) {
    for (char c : text)
      if (!append(static_cast<unsigned char>(c))) return false;
    return true;
  }
  bool empty() const { return is_wide_ ? wide_.size() == 0 : narrow_.size() == 0; }
  void clear();
  Ref<Str> finish(ThreadState&) const;

 private:
  bool appendWide(char32_t c);
  PlainVector<char> narrow_;
  PlainVector<char32_t> wide_;
  bool is_wide_ = false;
};

// The body of a literal (without prefix and quotes) with its escapes replaced. False: see `error`.
// `warned_line`: where a DeprecationWarning for a doubtful escape is reported.
bool decodeText(ParseContext&, std::string_view body, bool raw, int32_t warned_line, TextBuffer& out,
                LiteralError& error);
bool decodeBytes(ParseContext&, std::string_view body, bool raw, int32_t warned_line, PlainVector<char>& out,
                 LiteralError& error);

}  // namespace habu::syntax
