#include "syntax/tokenizer.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "syntax/unicode_text.h"

namespace habu::syntax {
namespace {

enum CharClass : uint8_t { kIdStart = 1, kIdContinue = 2, kDigit = 4 };

struct CharTable {
  uint8_t classes[256] = {};
  constexpr CharTable() {
    for (int c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 32] = kIdStart | kIdContinue;
    for (int c = 128; c < 256; ++c) classes[c] = kIdStart | kIdContinue;
    for (int c = '0'; c <= '9'; ++c) classes[c] = kIdContinue | kDigit;
    classes[int('_')] = kIdStart | kIdContinue;
  }
};
constexpr CharTable kChars;

bool startsIdentifier(int c) { return c >= 0 && (kChars.classes[c] & kIdStart); }
bool continuesIdentifier(int c) { return c >= 0 && (kChars.classes[c] & kIdContinue); }
bool isDigit(int c) { return c >= '0' && c <= '9'; }
bool isAlphanumeric(int c) { return isDigit(c) || ((c | 32) >= 'a' && (c | 32) <= 'z'); }
int hexDigit(int c) { return isDigit(c) || ((c | 32) >= 'a' && (c | 32) <= 'f'); }
int octalDigit(int c) { return c >= '0' && c <= '7'; }
int binaryDigit(int c) { return c == '0' || c == '1'; }

TokenType oneCharOperator(int c) {
  switch (c) {
    case '%': return TokenType::Percent;
    case '&': return TokenType::Ampersand;
    case '(': return TokenType::LeftParen;
    case ')': return TokenType::RightParen;
    case '*': return TokenType::Star;
    case '+': return TokenType::Plus;
    case ',': return TokenType::Comma;
    case '-': return TokenType::Minus;
    case '.': return TokenType::Dot;
    case '/': return TokenType::Slash;
    case ':': return TokenType::Colon;
    case ';': return TokenType::Semicolon;
    case '<': return TokenType::Less;
    case '=': return TokenType::Equal;
    case '>': return TokenType::Greater;
    case '@': return TokenType::At;
    case '[': return TokenType::LeftBracket;
    case ']': return TokenType::RightBracket;
    case '^': return TokenType::Circumflex;
    case '{': return TokenType::LeftBrace;
    case '|': return TokenType::Bar;
    case '}': return TokenType::RightBrace;
    case '~': return TokenType::Tilde;
    default: return TokenType::Operator;
  }
}

TokenType twoCharOperator(int c1, int c2) {
  if (c2 == '=') {
    switch (c1) {
      case '!': return TokenType::NotEqual;
      case '%': return TokenType::PercentEqual;
      case '&': return TokenType::AmpersandEqual;
      case '*': return TokenType::StarEqual;
      case '+': return TokenType::PlusEqual;
      case '-': return TokenType::MinusEqual;
      case '/': return TokenType::SlashEqual;
      case ':': return TokenType::ColonEqual;
      case '<': return TokenType::LessEqual;
      case '=': return TokenType::EqualEqual;
      case '>': return TokenType::GreaterEqual;
      case '@': return TokenType::AtEqual;
      case '^': return TokenType::CircumflexEqual;
      case '|': return TokenType::BarEqual;
      default: return TokenType::Operator;
    }
  }
  if (c1 == '*' && c2 == '*') return TokenType::DoubleStar;
  if (c1 == '-' && c2 == '>') return TokenType::RightArrow;
  if (c1 == '/' && c2 == '/') return TokenType::DoubleSlash;
  if (c1 == '<' && c2 == '<') return TokenType::LeftShift;
  if (c1 == '<' && c2 == '>') return TokenType::NotEqual;
  if (c1 == '>' && c2 == '>') return TokenType::RightShift;
  return TokenType::Operator;
}

TokenType threeCharOperator(TokenType two, int c3) {
  if (c3 != '=') return TokenType::Operator;
  switch (two) {
    case TokenType::DoubleStar: return TokenType::DoubleStarEqual;
    case TokenType::DoubleSlash: return TokenType::DoubleSlashEqual;
    case TokenType::LeftShift: return TokenType::LeftShiftEqual;
    case TokenType::RightShift: return TokenType::RightShiftEqual;
    default: return TokenType::Operator;
  }
}

}  // namespace

TokenType keywordType(std::string_view text) {
  const char* word = text.data();
  auto match = [&](const char* keyword, TokenType type) {
    return std::memcmp(word, keyword, text.size()) == 0 ? type : TokenType::Name;
  };
#define CASE(keyword, Name) return match(keyword, TokenType::Keyword##Name)
  switch (text.size()) {
    case 2:
      switch (word[0]) {
        case 'a': CASE("as", As);
        case 'i':
          switch (word[1]) {
            case 'f': return TokenType::KeywordIf;
            case 'n': return TokenType::KeywordIn;
            case 's': return TokenType::KeywordIs;
            default: return TokenType::Name;
          }
        case 'o': CASE("or", Or);
        default: return TokenType::Name;
      }
    case 3:
      switch (word[0]) {
        case 'a': CASE("and", And);
        case 'd':
          if (word[1] != 'e') return TokenType::Name;
          return word[2] == 'f' ? TokenType::KeywordDef : word[2] == 'l' ? TokenType::KeywordDel : TokenType::Name;
        case 'f': CASE("for", For);
        case 'n': CASE("not", Not);
        case 't': CASE("try", Try);
        default: return TokenType::Name;
      }
    case 4:
      switch (word[0]) {
        case 'N': CASE("None", None);
        case 'T': CASE("True", True);
        case 'e':
          if (word[1] != 'l') return TokenType::Name;
          return word[2] == 's' ? match("else", TokenType::KeywordElse) : match("elif", TokenType::KeywordElif);
        case 'f': CASE("from", From);
        case 'p': CASE("pass", Pass);
        case 'w': CASE("with", With);
        default: return TokenType::Name;
      }
    case 5:
      switch (word[0]) {
        case 'F': CASE("False", False);
        case 'b': CASE("break", Break);
        case 'c': CASE("class", Class);
        case 'r': CASE("raise", Raise);
        case 'w': CASE("while", While);
        case 'y': CASE("yield", Yield);
        default: return TokenType::Name;
      }
    case 6:
      switch (word[0]) {
        case 'a': CASE("assert", Assert);
        case 'e': CASE("except", Except);
        case 'g': CASE("global", Global);
        case 'i': CASE("import", Import);
        case 'l': CASE("lambda", Lambda);
        case 'r': CASE("return", Return);
        default: return TokenType::Name;
      }
    case 7: CASE("finally", Finally);
    case 8: return word[0] == 'c' ? match("continue", TokenType::KeywordContinue) : match("nonlocal", TokenType::KeywordNonlocal);
    default: return TokenType::Name;
  }
#undef CASE
}

Tokenizer::Tokenizer(const char* source, size_t size, const Options& options)
    : base_(source), end_(source + size), cur_(source), line_end_(source), line_start_(source),
      buffer_start_(source), reader_(options.reader), warnings_(options.warnings), lineno_(options.first_line - 1),
      first_line_(options.first_line), first_column_(options.first_column), type_comments_(options.type_comments),
      interactive_(options.interactive), async_is_name_(options.async_is_name) {
  message_[0] = 0;
}

Tokenizer::~Tokenizer() { std::free(owned_); }

void Tokenizer::next(Token& token) {
  token_from_ = token_to_ = nullptr;
  TokenType type = scan();
  token.type = type;
  token.level = static_cast<uint8_t>(level_);
  bool string = type == TokenType::String;
  const char* line_start = string ? string_line_start_ : line_start_;
  token.lineno = string ? string_lineno_ : lineno_;
  token.end_lineno = lineno_;
  token.col_offset = token.end_col_offset = -1;
  token.start = token.length = 0;
  if (token_from_) {
    if (token_from_ >= line_start) token.col_offset = static_cast<int32_t>(token_from_ - line_start);
    if (token_to_ >= line_start_) token.end_col_offset = static_cast<int32_t>(token_to_ - line_start_);
    token.start = static_cast<uint32_t>(token_from_ - base_);
    token.length = static_cast<uint32_t>(token_to_ - token_from_);
  }
  if (lineno_ == first_line_) {
    token.col_offset += first_column_;
    token.end_col_offset += first_column_;
  }
}

const char* Tokenizer::lineEnd() const { return line_end_; }

void Tokenizer::dropIndentation() {
  if (!indent_) return;
  pending_ = -indent_;
  indent_ = 0;
}

int Tokenizer::nextCharSlow() {
  if (done_ != Failure::None) return kEof;
  if (cur_ == end_ && !readMore()) return kEof;
  if (!token_start_) buffer_start_ = cur_;
  line_start_ = cur_;
  ++lineno_;
  auto* newline = static_cast<const char*>(std::memchr(cur_, '\n', static_cast<size_t>(end_ - cur_)));
  line_end_ = newline ? newline + 1 : end_;
  return static_cast<unsigned char>(*cur_++);
}

// Appends a line from the reader; every pointer into the buffer moves along.
bool Tokenizer::readMore() {
  std::string_view line;
  auto status = reader_ ? reader_->read(line) : LineReader::Status::EndOfFile;
  if (status == LineReader::Status::Line && line.empty()) status = LineReader::Status::EndOfFile;
  if (status != LineReader::Status::Line) {
    done_ = status == LineReader::Status::Raised ? Failure::Raised : Failure::EndOfFile;
    return false;
  }
  size_t used = static_cast<size_t>(end_ - base_);
  size_t needed = used + line.size() + 1;
  if (needed > capacity_) {
    capacity_ = needed * 2;
    auto* grown = static_cast<char*>(std::malloc(capacity_));
    if (!grown) {
      done_ = Failure::NoMemory;
      return false;
    }
    std::memcpy(grown, base_, used);
    auto move = [&](const char*& p) {
      if (p) p = grown + (p - base_);
    };
    for (const char** p : {&cur_, &line_end_, &line_start_, &buffer_start_, &token_start_, &token_from_, &token_to_,
                           &string_line_start_})
      move(*p);
    base_ = grown;
    std::free(owned_);
    owned_ = grown;
  }
  std::memcpy(owned_ + used, line.data(), line.size());
  used += line.size();
  owned_[used] = 0;
  end_ = owned_ + used;
  return true;
}

TokenType Tokenizer::fail(Failure failure) {
  done_ = failure;
  return TokenType::Error;
}

TokenType Tokenizer::syntaxError(int32_t column, int32_t end_column, const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::vsnprintf(message_, sizeof message_, format, args);
  va_end(args);
  error_column_ = column;
  error_end_column_ = end_column;
  return fail(Failure::Syntax);
}

// Behind a backslash: only a line end may follow, and some line behind it.
bool Tokenizer::continueLine() {
  int c = nextChar();
  if (c != '\n') {
    done_ = Failure::LineContinuation;
    return false;
  }
  c = nextChar();
  if (c == kEof) {
    if (done_ == Failure::None || done_ == Failure::EndOfFile) done_ = Failure::EndOfFile;
    cur_ = line_end_;
    return false;
  }
  backup(c);
  return true;
}

// Measures the indentation of a fresh line and notes the INDENT and DEDENT tokens that follow from it. False: failed.
bool Tokenizer::scanIndentation(bool& blank_line) {
  int column = 0, tab_column = 0, continued_column = 0, c;
  at_line_start_ = false;
  for (;;) {
    c = nextChar();
    if (c == ' ') {
      ++column, ++tab_column;
    } else if (c == '\t') {
      column = (column / kTabSize + 1) * kTabSize;
      ++tab_column;
    } else if (c == '\f') {
      column = tab_column = 0;
    } else if (c == '\\') {
      // The first backslash behind white space decides the indentation of what the lines together hold.
      if (!continued_column) continued_column = column;
      if (!continueLine()) return false;
    } else {
      break;
    }
  }
  backup(c);
  if (c == '#' || c == '\n') {
    // Blank lines leave the indentation alone, but an empty line typed at the prompt ends the compound statement.
    if (interactive_ && column == 0 && c == '\n') {
      blank_line = false;
    } else if (interactive_ && lineno_ == 1) {
      blank_line = false;
      column = tab_column = 0;
    } else {
      blank_line = true;
    }
  }
  if (blank_line || level_ != 0) return true;
  if (continued_column) column = tab_column = continued_column;
  if (column == indents_[indent_]) {
    if (tab_column != tab_indents_[indent_]) goto inconsistent;
  } else if (column > indents_[indent_]) {
    if (indent_ + 1 >= kMaxIndents) {
      done_ = Failure::TooDeep;
      cur_ = line_end_;
      return false;
    }
    if (tab_column <= tab_indents_[indent_]) goto inconsistent;
    ++pending_;
    indents_[++indent_] = column;
    tab_indents_[indent_] = tab_column;
  } else {
    while (indent_ > 0 && column < indents_[indent_]) --pending_, --indent_;
    if (column != indents_[indent_]) {
      done_ = Failure::Dedent;
      cur_ = line_end_;
      return false;
    }
    if (tab_column != tab_indents_[indent_]) goto inconsistent;
  }
  return true;
inconsistent:
  done_ = Failure::TabSpace;
  cur_ = line_end_;
  return false;
}

TokenType Tokenizer::scan() {
  for (;;) {  // one round per line without tokens
    token_start_ = nullptr;
    bool blank_line = false;
    if (at_line_start_ && !scanIndentation(blank_line)) return TokenType::Error;
    token_start_ = cur_;
    if (pending_ != 0) {
      if (pending_ < 0) {
        ++pending_;
        return TokenType::Dedent;
      }
      --pending_;
      return TokenType::Indent;
    }
    if (async_def_ && !blank_line && level_ == 0 && async_def_newline_ && async_def_indent_ >= indent_) {
      // A type comment at the start of the body sets no indentation and is followed by a NEWLINE: wait for more.
      int c = nextChar();
      backup(c);
      if (c != '\n') async_def_ = async_def_newline_ = false;
    }
    for (;;) {  // again, behind a line continuation
      token_start_ = nullptr;
      int c;
      do c = nextChar();
      while (c == ' ' || c == '\t' || c == '\f');
      token_start_ = c == kEof ? cur_ : cur_ - 1;
      if (c == '#') {
        TokenType type;
        if (scanComment(c, blank_line, type)) return type;
        c = nextChar();
      }
      if (c == kEof) {
        if (stopped_) return TokenType::Endmarker;
        if (level_) return TokenType::Error;
        return done_ == Failure::EndOfFile ? TokenType::Endmarker : TokenType::Error;
      }
      if (startsIdentifier(c)) return scanName(c);
      if (c == '\n') {
        at_line_start_ = true;
        if (blank_line || level_ > 0) break;
        token_from_ = token_start_;
        token_to_ = cur_ - 1;
        if (async_def_) async_def_newline_ = true;
        return TokenType::Newline;
      }
      if (c == '.') {
        c = nextChar();
        if (isDigit(c)) return scanFraction(c);
        if (c == '.') {
          c = nextChar();
          if (c == '.') {
            token_from_ = token_start_;
            token_to_ = cur_;
            return TokenType::Ellipsis;
          }
          backup(c);
          backup('.');
        } else {
          backup(c);
        }
        token_from_ = token_start_;
        token_to_ = cur_;
        return TokenType::Dot;
      }
      if (isDigit(c)) return scanNumber(c);
      if (c == '\'' || c == '"') return scanString(c);
      if (c == '\\') {
        if (!continueLine()) return TokenType::Error;
        continue;
      }
      return scanOperator(c);
    }
  }
}

// Skips a comment up to its line end. True: it is a type comment, which is a token.
bool Tokenizer::scanComment(int c, bool blank_line, TokenType& type) {
  auto* newline = static_cast<const char*>(std::memchr(cur_, '\n', static_cast<size_t>(line_end_ - cur_)));
  cur_ = newline ? newline : line_end_;
  return type_comments_ && scanTypeComment(c, blank_line, type);
}

bool Tokenizer::scanTypeComment(int, bool blank_line, TokenType& type) {
  const char* p = token_start_;
  const char* limit = cur_ < line_end_ ? cur_ + 1 : cur_;  // the line end may stand for the last space
  const char* prefix = "# type: ";
  for (; *prefix && p < limit; ++prefix) {
    if (*prefix == ' ') {
      while (*p == ' ' || *p == '\t') ++p;
    } else if (*prefix == *p) {
      ++p;
    } else {
      break;
    }
  }
  if (*prefix) return false;
  const char* behind = p + 6;
  bool ignore = cur_ >= behind && std::memcmp(p, "ignore", 6) == 0 &&
                !(cur_ > behind && (static_cast<unsigned char>(*behind) >= 128 || isAlphanumeric(*behind)));
  token_to_ = cur_;
  if (!ignore) {
    token_from_ = p;
    type = TokenType::TypeComment;
    return true;
  }
  token_from_ = behind;
  if (blank_line) {
    nextChar();
    at_line_start_ = true;
  }
  type = TokenType::TypeIgnore;
  return true;
}

TokenType Tokenizer::scanName(int c) {
  bool saw_b = false, saw_r = false, saw_u = false, saw_f = false;
  for (;;) {  // string prefixes
    int lower = c | 32;
    if (lower == 'b' && !(saw_b || saw_u || saw_f)) saw_b = true;
    else if (lower == 'u' && !(saw_b || saw_u || saw_r || saw_f)) saw_u = true;
    else if (lower == 'r' && !(saw_r || saw_u)) saw_r = true;
    else if (lower == 'f' && !(saw_f || saw_b || saw_u)) saw_f = true;
    else break;
    c = nextChar();
    if (c == '"' || c == '\'') return scanString(c);
  }
  bool ascii = true;
  while (continuesIdentifier(c)) {
    if (c >= 128) ascii = false;
    c = nextChar();
  }
  backup(c);
  if (!ascii && !verifyIdentifier()) return TokenType::Error;
  token_from_ = token_start_;
  token_to_ = cur_;
  std::string_view text(token_start_, static_cast<size_t>(cur_ - token_start_));
  if (text.size() < 2 || text.size() > 8) return TokenType::Name;
  if (text.size() == 5 && text[0] == 'a' && (text == "async" || text == "await")) return asyncOrAwait(text);
  return keywordType(text);
}

TokenType Tokenizer::asyncOrAwait(std::string_view text) {
  bool async = text == "async";
  if (!async_is_name_ || async_def_) return async ? TokenType::Async : TokenType::Await;
  if (async && nextIsDef()) {
    async_def_ = true;
    async_def_indent_ = indent_;
    return TokenType::Async;
  }
  return TokenType::Name;
}

// Is the next token `def`? The tokenizer's state stays as it is.
bool Tokenizer::nextIsDef() {
  const char* p = cur_;
  while (p < line_end_ && (*p == ' ' || *p == '\t' || *p == '\f')) ++p;
  return line_end_ - p >= 3 && std::memcmp(p, "def", 3) == 0 &&
         !(p + 3 < line_end_ && continuesIdentifier(static_cast<unsigned char>(p[3])));
}

bool Tokenizer::verifyIdentifier() {
  const char* s = token_start_;
  bool first = true;
  while (s < cur_) {
    char32_t c = decodeUtf8(s, cur_);
    if (c == kBadCodePoint) {
      done_ = Failure::Decode;
      return false;
    }
    if (first ? isIdentifierStart(c) : isIdentifierContinue(c)) {
      first = false;
      continue;
    }
    const char* behind = s;
    while (s < cur_)  // malformed text further on comes first
      if (decodeUtf8(s, cur_) == kBadCodePoint) {
        done_ = Failure::Decode;
        return false;
      }
    cur_ = behind;
    char text[5] = {0};
    const char* from = behind - (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4);
    std::memcpy(text, from, static_cast<size_t>(behind - from));
    if (isPrintableCharacter(c))
      syntaxError(-1, -1, "invalid character '%s' (U+%04X)", text, static_cast<unsigned>(c));
    else
      syntaxError(-1, -1, "invalid non-printable character U+%04X", static_cast<unsigned>(c));
    return false;
  }
  return true;
}

TokenType Tokenizer::finishNumber(int c, const char* kind) {
  if (!verifyNumberEnd(c, kind)) return TokenType::Error;
  backup(c);
  token_from_ = token_start_;
  token_to_ = cur_;
  return TokenType::Number;
}

// The character behind a run of digits with single underscores; 0: failed.
int Tokenizer::scanDecimalTail() {
  for (;;) {
    int c;
    do c = nextChar();
    while (isDigit(c));
    if (c != '_') return c;
    c = nextChar();
    if (!isDigit(c)) {
      backup(c);
      syntaxError(-1, -1, "invalid decimal literal");
      return 0;
    }
  }
}

TokenType Tokenizer::scanNumber(int c) {
  if (c == '0') return scanZero();
  c = scanDecimalTail();
  if (c == 0) return TokenType::Error;
  if (c == '.') return scanFraction(nextChar());
  return scanExponent(c);
}

// Behind the point. `c` is the first character there.
TokenType Tokenizer::scanFraction(int c) {
  if (isDigit(c)) {
    c = scanDecimalTail();
    if (c == 0) return TokenType::Error;
  }
  return scanExponent(c);
}

TokenType Tokenizer::scanExponent(int c) {
  if (c == 'e' || c == 'E') {
    int e = c;
    c = nextChar();
    if (c == '+' || c == '-') {
      c = nextChar();
      if (!isDigit(c)) {
        backup(c);
        return syntaxError(-1, -1, "invalid decimal literal");
      }
    } else if (!isDigit(c)) {
      backup(c);
      return finishNumber(e, "decimal");
    }
    c = scanDecimalTail();
    if (c == 0) return TokenType::Error;
  }
  if (c == 'j' || c == 'J') return finishNumber(nextChar(), "imaginary");
  return finishNumber(c, "decimal");
}

// Digits behind 0x, 0o, 0b. False: failed.
bool Tokenizer::scanRadix(int (*digit)(int), const char* kind) {
  int c = nextChar();
  do {
    if (c == '_') c = nextChar();
    if (!digit(c)) {
      if (isDigit(c) && kind[0] != 'h') {
        syntaxError(-1, -1, "invalid digit '%c' in %s literal", c, kind);
      } else {
        backup(c);
        syntaxError(-1, -1, "invalid %s literal", kind);
      }
      return false;
    }
    do c = nextChar();
    while (digit(c));
  } while (c == '_');
  if (isDigit(c)) {
    syntaxError(-1, -1, "invalid digit '%c' in %s literal", c, kind);
    return false;
  }
  return finishNumber(c, kind) == TokenType::Number;
}

TokenType Tokenizer::scanZero() {
  int c = nextChar();
  auto radix = [&](int (*digit)(int), const char* kind) {
    return scanRadix(digit, kind) ? TokenType::Number : TokenType::Error;
  };
  if (c == 'x' || c == 'X') return radix(hexDigit, "hexadecimal");
  if (c == 'o' || c == 'O') return radix(octalDigit, "octal");
  if (c == 'b' || c == 'B') return radix(binaryDigit, "binary");
  for (;;) {  // 0 and 00 are fine, 01.5 is a float, 01 is an error
    if (c == '_') {
      c = nextChar();
      if (!isDigit(c)) {
        backup(c);
        return syntaxError(-1, -1, "invalid decimal literal");
      }
    }
    if (c != '0') break;
    c = nextChar();
  }
  const char* zeros_end = cur_;
  bool nonzero = isDigit(c);
  if (nonzero) {
    c = scanDecimalTail();
    if (c == 0) return TokenType::Error;
  }
  if (c == '.') return scanFraction(nextChar());
  if (c == 'e' || c == 'E' || c == 'j' || c == 'J') return scanExponent(c);
  if (nonzero) {
    backup(c);
    return syntaxError(static_cast<int32_t>(token_start_ + 1 - line_start_),
                       static_cast<int32_t>(zeros_end - line_start_),
                       "leading zeros in decimal integer literals are not permitted; "
                       "use an 0o prefix for octal integers");
  }
  return finishNumber(c, "decimal");
}

bool Tokenizer::lookahead(const char* rest) {
  const char* p = cur_;
  for (; *rest; ++rest, ++p)
    if (p >= line_end_ || *p != *rest) return false;
  return p >= line_end_ || !continuesIdentifier(static_cast<unsigned char>(*p));
}

// A number runs into a word: tolerated, with a warning, for the keywords that may follow a number.
bool Tokenizer::verifyNumberEnd(int c, const char* kind) {
  if (!continuesIdentifier(c)) return true;
  bool keyword = false;
  switch (c) {
    case 'a': keyword = lookahead("nd"); break;
    case 'e': keyword = lookahead("lse"); break;
    case 'f': keyword = lookahead("or"); break;
    case 'i': keyword = cur_ < line_end_ && (*cur_ == 'f' || *cur_ == 'n' || *cur_ == 's'); break;
    case 'n': keyword = lookahead("ot"); break;
    case 'o': keyword = lookahead("r"); break;
    default: break;
  }
  if (keyword) {
    backup(c);
    auto outcome = warnings_ ? warnings_->invalidNumberEnd(kind, lineno_) : WarningSink::Outcome::Continue;
    if (outcome != WarningSink::Outcome::Continue) {
      if (outcome == WarningSink::Outcome::Raised) done_ = Failure::Raised;
      else syntaxError(-1, -1, "invalid %s literal", kind);
      return false;
    }
    nextChar();
    return true;
  }
  backup(c);
  syntaxError(-1, -1, "invalid %s literal", kind);
  return false;
}

TokenType Tokenizer::scanString(int quote) {
  string_lineno_ = lineno_;
  string_line_start_ = line_start_;
  int quote_size = 1, closing = 0;
  int c = nextChar();
  if (c == quote) {
    c = nextChar();
    if (c == quote) quote_size = 3;
    else closing = 1;
  }
  if (c != quote) backup(c);
  while (closing != quote_size) {
    // Skip what is neither quote, backslash nor line end.
    const char* p = cur_;
    while (p < line_end_ && *p != quote && *p != '\\' && *p != '\n') ++p;
    if (p != cur_) closing = 0;
    cur_ = p;
    c = nextChar();
    if (c == kEof || (quote_size == 1 && c == '\n')) {
      if (done_ == Failure::Raised || done_ == Failure::NoMemory) return TokenType::Error;
      cur_ = token_start_ + 1;
      line_start_ = string_line_start_;
      ended_in_string_ = c == kEof;
      int32_t last_line = lineno_;
      lineno_ = string_lineno_;
      return syntaxError(-1, -1, "unterminated %sstring literal (detected at line %d)",
                         quote_size == 3 ? "triple-quoted " : "", last_line);
    }
    if (c == quote) {
      ++closing;
    } else {
      closing = 0;
      if (c == '\\') nextChar();
    }
  }
  token_from_ = token_start_;
  token_to_ = cur_;
  return TokenType::String;
}

TokenType Tokenizer::scanOperator(int c) {
  int c2 = nextChar();
  TokenType type = twoCharOperator(c, c2);
  if (type != TokenType::Operator) {
    int c3 = nextChar();
    TokenType three = threeCharOperator(type, c3);
    if (three != TokenType::Operator) type = three;
    else backup(c3);
    token_from_ = token_start_;
    token_to_ = cur_;
    return type;
  }
  backup(c2);
  type = oneCharOperator(c);
  switch (c) {
    case '(':
    case '[':
    case '{': return openParen(c, type);
    case ')':
    case ']':
    case '}': return closeParen(c, type);
    default: break;
  }
  if (type == TokenType::Operator && (c < 0x20 || c == 0x7f))
    return syntaxError(-1, -1, "invalid non-printable character U+%04X", static_cast<unsigned>(c));
  token_from_ = token_start_;
  token_to_ = cur_;
  return type;
}

TokenType Tokenizer::openParen(int c, TokenType type) {
  if (level_ >= kMaxBrackets) return syntaxError(-1, -1, "too many nested parentheses");
  brackets_[level_++] = {static_cast<char>(c), lineno_, static_cast<int32_t>(token_start_ - line_start_)};
  token_from_ = token_start_;
  token_to_ = cur_;
  return type;
}

TokenType Tokenizer::closeParen(int c, TokenType type) {
  if (!level_) return syntaxError(-1, -1, "unmatched '%c'", c);
  const Bracket& open = brackets_[--level_];
  bool match = (open.kind == '(' && c == ')') || (open.kind == '[' && c == ']') || (open.kind == '{' && c == '}');
  if (!match) {
    if (open.lineno != lineno_)
      return syntaxError(-1, -1, "closing parenthesis '%c' does not match opening parenthesis '%c' on line %d", c,
                         open.kind, open.lineno);
    return syntaxError(-1, -1, "closing parenthesis '%c' does not match opening parenthesis '%c'", c, open.kind);
  }
  token_from_ = token_start_;
  token_to_ = cur_;
  return type;
}

}  // namespace habu::syntax
