// The tokenizer: UTF-8 source text to tokens, one at a time, as lazily as CPython's, so that an error in the text is
// met exactly when the parser asks for the token behind it.
//
// It never raises. A token of type Error ends the stream; `failure()` then tells what is wrong, and the position
// accessors tell where, in the terms error reports need. Warnings ("1if x" without a space) go to the sink, if any.
#pragma once
#include <cstddef>

#include "syntax/token.h"

namespace habu::syntax {

// Supplies interactive input line by line.
class LineReader {
 public:
  enum class Status : uint8_t { Line, EndOfFile, Raised };
  // Provides the next line, newline included, as UTF-8; `line` stays valid until the next call.
  virtual Status read(std::string_view& line) = 0;

 protected:
  ~LineReader() = default;
};

// Told of doubtful but legal text.
class WarningSink {
 public:
  enum class Outcome : uint8_t { Continue, Error, Raised };  // Error: it is to be a syntax error; Raised: another one is set
  virtual Outcome invalidNumberEnd(const char* kind, int32_t lineno) = 0;

 protected:
  ~WarningSink() = default;
};

enum class Failure : uint8_t {
  None,
  EndOfFile,         // the input is used up (also the regular end)
  Syntax,            // message() at errorColumn()
  Dedent,            // unindent does not match
  TabSpace,          // inconsistent tabs and spaces
  TooDeep,           // more than 100 indentation levels
  LineContinuation,  // something behind a backslash
  Decode,            // an identifier is not UTF-8
  NoMemory,
  Raised,            // the line reader or the warning sink set an exception
};

class Tokenizer {
 public:
  struct Options {
    bool type_comments = false;
    bool interactive = false;      // blank lines end compound statements
    bool async_is_name = false;    // feature_version < 7: async and await are keywords only inside `async def`
    LineReader* reader = nullptr;  // more input, line by line
    WarningSink* warnings = nullptr;
    int32_t first_line = 1;        // number of the first line
    int32_t first_column = 0;      // added to the columns of that line (expressions of f-strings)
  };

  // `source` must be followed by a NUL and outlive the tokenizer; line ends are \n only.
  Tokenizer(const char* source, size_t size, const Options& options);
  ~Tokenizer();
  Tokenizer(const Tokenizer&) = delete;

  void next(Token& token);

  std::string_view text(const Token& token) const { return {base_ + token.start, token.length}; }
  const char* base() const { return base_; }
  // Everything read so far.
  std::string_view source() const { return {base_, static_cast<size_t>(end_ - base_)}; }

  // ---- for error reports ----
  Failure failure() const { return done_; }
  const char* message() const { return message_; }  // UTF-8, Failure::Syntax
  int32_t errorColumn() const { return error_column_; }         // characters from 1; -1: at the current position
  int32_t errorEndColumn() const { return error_end_column_; }
  int32_t lineno() const { return lineno_; }
  const char* current() const { return cur_; }
  const char* lineStart() const { return line_start_; }
  const char* bufferStart() const { return buffer_start_; }  // start of the line where the current token began
  const char* lineEnd() const;                               // end of the line read last, newline included
  const char* tokenStart() const { return token_start_; }
  bool atStart() const { return cur_ == base_; }
  bool endedInString() const { return ended_in_string_; }     // the input ended inside a string literal
  int level() const { return level_; }
  char openBracket() const { return brackets_[level_ - 1].kind; }
  int32_t openBracketLine() const { return brackets_[level_ - 1].lineno; }
  int32_t openBracketColumn() const { return brackets_[level_ - 1].column; }

  void stopReading() { stopped_ = true; }        // the end of what has been read counts as the end of the program
  void dropIndentation();                        // the dedents that are due come next (end of interactive input)
  void setWarnings(WarningSink* sink) { warnings_ = sink; }

 private:
  struct Bracket {
    char kind;
    int32_t lineno, column;
  };
  static constexpr int kEof = -1;
  static constexpr int kMaxIndents = 100;
  static constexpr int kMaxBrackets = 200;
  static constexpr int kTabSize = 8;

  int nextChar() {
    if (cur_ != line_end_) [[likely]]
      return static_cast<unsigned char>(*cur_++);
    return nextCharSlow();
  }
  int nextCharSlow();
  bool readMore();
  void backup(int c) {
    if (c != kEof) --cur_;
  }
  TokenType scan();
  bool scanIndentation(bool& blank_line);
  TokenType scanName(int c);
  TokenType scanNumber(int c);
  TokenType scanZero();
  bool scanRadix(int (*digit)(int), const char* kind);
  TokenType scanFraction(int c);
  TokenType scanExponent(int c);
  TokenType finishNumber(int c, const char* kind);
  TokenType scanString(int quote);
  TokenType scanOperator(int c);
  TokenType openParen(int c, TokenType type);
  TokenType closeParen(int c, TokenType type);
  bool scanComment(int c, bool blank_line, TokenType& type);
  bool scanTypeComment(int c, bool blank_line, TokenType& type);
  TokenType asyncOrAwait(std::string_view text);
  bool nextIsDef();
  int scanDecimalTail();
  bool verifyNumberEnd(int c, const char* kind);
  bool lookahead(const char* rest);
  bool verifyIdentifier();
  bool continueLine();
  TokenType syntaxError(int32_t column, int32_t end_column, const char* format, ...)
      __attribute__((format(printf, 4, 5)));
  TokenType fail(Failure failure);

  const char* base_;
  const char* end_;           // of what has been read
  const char* cur_;
  const char* line_end_;      // end of the current line
  const char* line_start_;
  const char* buffer_start_;
  const char* token_start_ = nullptr;  // null between tokens
  const char* token_from_ = nullptr;   // the text of the token being made; null: it has none
  const char* token_to_ = nullptr;
  const char* string_line_start_ = nullptr;
  char* owned_ = nullptr;     // the buffer, when lines are read on demand
  size_t capacity_ = 0;
  LineReader* reader_;
  WarningSink* warnings_;
  int32_t lineno_;
  int32_t string_lineno_ = 0;
  int32_t first_line_, first_column_;
  Failure done_ = Failure::None;
  bool type_comments_, interactive_, async_is_name_;
  bool at_line_start_ = true;
  bool stopped_ = false;
  bool ended_in_string_ = false;
  bool async_def_ = false, async_def_newline_ = false;
  int async_def_indent_ = 0;
  int pending_ = 0;           // indents (>0) or dedents (<0) to hand out
  int indent_ = 0;
  int level_ = 0;
  int32_t error_column_ = -1, error_end_column_ = -1;
  int indents_[kMaxIndents] = {0};
  int tab_indents_[kMaxIndents] = {0};  // the same with tabs one column wide, to find inconsistent use
  Bracket brackets_[kMaxBrackets];
  char message_[160];
};

}  // namespace habu::syntax
