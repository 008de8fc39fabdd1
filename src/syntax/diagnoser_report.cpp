// From a mistake to a SyntaxError: its place, the source line, and which of several mistakes goes first.
#include <cstdarg>
#include <cstdio>

#include "object/raise.h"
#include "syntax/diagnosis.h"
#include "syntax/syntax_error.h"
#include "syntax/tokenizer_error.h"
#include "syntax/unicode_text.h"
#include "types/exceptions.h"
#include "types/str.h"

namespace habu::syntax {
namespace {

// Number of characters that begin in the first `bytes` bytes of the line.
int charactersIn(std::string_view line, int bytes) {
  if (bytes < 0) return 0;
  int length = static_cast<int>(line.size());
  if (bytes > length + 1) bytes = length + 1;
  int count = 0;
  for (int i = 0; i < bytes; ++i)
    if (i >= length || (static_cast<unsigned char>(line[static_cast<size_t>(i)]) & 0xC0) != 0x80) ++count;
  return count;
}

}  // namespace

// `from` to `to`; `to` null: to where the tokenizer is.
Diagnosis::Match* Diagnosis::raiseAt(const Match* from, const Match* to, const char* format, ...) {
  char message[256];
  va_list args;
  va_start(args, format);
  std::vsnprintf(message, sizeof message, format, args);
  va_end(args);
  const Token& first = tokens_[from->first];
  if (to) {
    const Token& last = tokens_[to->last];
    raisePlaced(kSyntaxError, first.lineno, first.col_offset + 1, last.end_lineno, last.end_col_offset + 1, message);
  } else {
    raisePlaced(kSyntaxError, first.lineno, first.col_offset + 1, kUnknown, kUnknown, message);
  }
  return nullptr;
}

Diagnosis::Match* Diagnosis::raiseLast(Type& type, const char* format, ...) {
  char message[256];
  va_list args;
  va_start(args, format);
  std::vsnprintf(message, sizeof message, format, args);
  va_end(args);
  raiseLastMessage(type, message);
  return nullptr;
}

void Diagnosis::raiseLastMessage(Type& type, const char* message) {
  if (!tokens_.size()) return raisePlaced(type, 0, 0, 0, -1, message);
  const Token& last = tokens_.last();
  int column = last.col_offset + 1, end_column = -1;
  if (last.col_offset == -1)
    column = tokenizer_.atStart() ? 0 : static_cast<int>(tokenizer_.current() - tokenizer_.lineStart());
  if (last.end_col_offset != -1) end_column = last.end_col_offset + 1;
  raisePlaced(type, last.lineno, column, last.end_lineno, end_column, message);
}

// The source line for an error: from the file if there is one, else from what the tokenizer has at hand.
Ref<Str> Diagnosis::errorLine(int lineno) {
  if (mode_ == Mode::Exec && !fstring_) {
    Ref<Str> line = sourceLine(ts_, context_.filename, lineno, source_.encoding);
    if (line) return line;
  }
  const char *start = tokenizer_.bufferStart(), *end = tokenizer_.lineEnd();
  if (!source_.interactive && tokenizer_.lineno() <= lineno && end > start)
    return decodeReplacing(ts_, {start, static_cast<size_t>(end - start)});
  return bufferLine(lineno);
}

Ref<Str> Diagnosis::bufferLine(int lineno) {
  if (source_.first_line) lineno -= source_.first_line - 1;
  std::string_view rest = source_.text;
  for (int i = 1; i < lineno; ++i) {
    size_t newline = rest.find('\n');
    if (newline == rest.npos) break;
    rest.remove_prefix(newline + 1);
  }
  return decodeReplacing(ts_, rest.substr(0, rest.find('\n')));
}

// Columns are byte offsets from 1, as are those of CPython at this point.
void Diagnosis::raisePlaced(Type& type, int lineno, int column, int end_lineno, int end_column, const char* message) {
  failed_ = true;
  clearError(ts_);  // an earlier one gives way
  if (end_lineno == kUnknown) end_lineno = tokenizer_.lineno();
  if (end_column == kUnknown) end_column = static_cast<int>(tokenizer_.current() - tokenizer_.lineStart());
  Ref<Str> text = formatText(ts_, "{}{}", fstring_ ? "f-string: " : "", message);
  if (!text) return;
  Ref<Str> line = errorLine(lineno);
  if (!line) return;
  if (fstring_) {
    column -= source_.first_column;
    end_column -= source_.first_column;
  }
  if (source_.encoding) {
    auto utf8 = utf8Of(ts_, line.get());
    if (failed(utf8)) return;
    std::string_view bytes = utf8.take();
    column = charactersIn(bytes, column);
    if (end_column > 0) end_column = charactersIn(bytes, end_column);
  }
  (void)raiseSyntaxErrorAt(ts_, type, std::move(text),
                           {context_.filename, lineno, column, end_lineno, end_column, line.get()});
}

// ---- errors of the tokenizer ----

void Diagnosis::raiseUnclosed() {
  char message[32];
  std::snprintf(message, sizeof message, "'%c' was never closed", tokenizer_.openBracket());
  int line = tokenizer_.openBracketLine();
  raisePlaced(kSyntaxError, line, tokenizer_.openBracketColumn() + 1, line, 0, message);
}

// An error that the tokenizer describes: no prefix, no file, just its line.
void Diagnosis::raiseTokenizerSyntaxError() {
  failed_ = true;
  (void)syntax::raiseTokenizerError(ts_, tokenizer_, context_.filename);
}

void Diagnosis::raiseIdentifierDecodeError() {
  const char* start = tokenizer_.tokenStart();
  const char *s = start, *end = tokenizer_.current();
  while (s < end && decodeUtf8(s, end) != kBadCodePoint) {}
  int bad;
  const char* reason = describeBadUtf8(s, end, bad);
  int at = static_cast<int>(s - start);
  if (bad == 1)
    raiseLast(kSyntaxError, "(unicode error) 'utf-8' codec can't decode byte 0x%02x in position %d: %s",
              static_cast<unsigned char>(*s), at, reason);
  else
    raiseLast(kSyntaxError, "(unicode error) 'utf-8' codec can't decode bytes in position %d-%d: %s", at, at + bad - 1,
              reason);
}

// Met only when reading on behind an error, this one stays the decoder's.
void Diagnosis::raiseBareDecodeError() {
  const char *start = tokenizer_.tokenStart(), *end = tokenizer_.current();
  const char* s = start;
  while (s < end && decodeUtf8(s, end) != kBadCodePoint) {}
  int bad;
  const char* reason = describeBadUtf8(s, end, bad);
  (void)raiseDecodeError(ts_, "utf-8", {start, static_cast<size_t>(end - start)}, s - start, s - start + bad, reason);
}

void Diagnosis::raiseTokenizerError() {
  failed_ = true;
  int line = tokenizer_.lineno();
  switch (tokenizer_.failure()) {
    case Failure::Raised: return;
    case Failure::None:
    case Failure::NoMemory: noMemory(); return;
    case Failure::Syntax: return raiseTokenizerSyntaxError();
    case Failure::Decode: return raiseIdentifierDecodeError();
    case Failure::EndOfFile:
      if (tokenizer_.level()) return raiseUnclosed();
      return raiseLastMessage(kSyntaxError, "unexpected EOF while parsing");
    case Failure::Dedent:
      return raiseLastMessage(kIndentationError, "unindent does not match any outer indentation level");
    case Failure::TabSpace:
      return raisePlaced(kTabError, line, 1, line, 0, "inconsistent use of tabs and spaces in indentation");
    case Failure::TooDeep: return raisePlaced(kIndentationError, line, 1, line, 0, "too many levels of indentation");
    case Failure::LineContinuation: {
      auto column = static_cast<int>(tokenizer_.current() - tokenizer_.bufferStart()) - 1;
      return raisePlaced(kSyntaxError, line, (column >= 0 ? column : 0) + 1, line, 0,
                         "unexpected character after line continuation character");
    }
  }
}

// ---- the verdict ----

bool Diagnosis::atEndOfSource() const {
  return tokenizer_.failure() == Failure::EndOfFile || tokenizer_.endedInString();
}

bool Diagnosis::badSingleStatement() const {
  const char* p = tokenizer_.current();
  for (;;) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f') ++p;
    if (!*p) return false;
    if (*p != '#') return true;
    while (*p && *p != '\n') ++p;
  }
}

// After both passes. `last_token`: the last one that the first pass has read.
void Diagnosis::conclude(int last_token) {
  if (failed_) {
    // Mistakes of the tokenizer further on take precedence over those of the parser.
    if (tokenizer_.failure() == Failure::None && errorMatches(ts_, kSyntaxError)) checkRest();
    return;
  }
  if (!tokens_.size()) return raiseLastMessage(kSyntaxError, "error at start before reading any input");
  const Token& last = tokens_[last_token];
  if (last.type == TokenType::Error && tokenizer_.failure() == Failure::EndOfFile) {
    if (tokenizer_.level()) raiseUnclosed();
    else raiseLastMessage(kSyntaxError, "unexpected EOF while parsing");
    return;
  }
  if (last.type == TokenType::Indent || last.type == TokenType::Dedent)
    return raiseLastMessage(kIndentationError,
                            last.type == TokenType::Indent ? "unexpected indent" : "unexpected unindent");
  raisePlaced(kSyntaxError, last.lineno, last.col_offset + 1, last.end_lineno, last.end_col_offset + 1, "invalid syntax");
  checkRest();
}

// Reads on to the end: an error there replaces the pending one, and so does a bracket opened before it and never closed.
void Diagnosis::checkRest() {
  if (source_.interactive) return;
  PendingError pending = PendingError::take(ts_);
  int error_line = tokens_.last().lineno;
  Token token;
  do tokenizer_.next(token);
  while (token.type != TokenType::Error && token.type != TokenType::Endmarker);
  if (token.type == TokenType::Error) {
    switch (tokenizer_.failure()) {
      case Failure::Syntax: raiseTokenizerSyntaxError(); break;
      case Failure::Raised: break;
      case Failure::Decode: raiseBareDecodeError(); break;
      default:
        if (tokenizer_.level() && error_line > tokenizer_.openBracketLine()) raiseUnclosed();
    }
  }
  if (!errorSet(ts_)) std::move(pending).restore(ts_);
}

}  // namespace habu::syntax
