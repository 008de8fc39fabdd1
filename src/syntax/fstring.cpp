// Concatenation of string literals, and f-strings: the replacement fields are cut out of the literal as CPython 3.11
// does it, character by character, and each expression is parsed by a parser of its own.
#include <cstdarg>
#include <cstdio>
#include <utility>

#include "object/raise.h"
#include "syntax/diagnoser.h"
#include "syntax/literals.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu::syntax {
namespace {

constexpr int kMaxFieldBrackets = 200;

// One literal taken apart.
struct Literal {
  std::string_view body;
  bool bytes = false, raw = false, format = false;
};

Literal splitLiteral(std::string_view text) {
  Literal literal;
  size_t i = 0;
  for (; text[i] != '\'' && text[i] != '"'; ++i) {
    switch (text[i] | 32) {
      case 'b': literal.bytes = true; break;
      case 'r': literal.raw = true; break;
      case 'f': literal.format = true; break;
      default: break;
    }
  }
  text.remove_prefix(i);
  size_t quotes = text.size() >= 6 && text[1] == text[0] && text[2] == text[0] ? 3 : 1;
  literal.body = text.substr(quotes, text.size() - 2 * quotes);
  return literal;
}

class Concatenation {
 public:
  Concatenation(ParseContext& context, const Token* tokens, int count, const char* base, int depth, bool diagnose,
                LiteralError& error)
      : context_(context), tokens_(tokens), count_(count), base_(base), depth_(depth), diagnose_(diagnose), error_(error) {
    const Token &first = tokens[0], &last = tokens[count - 1];
    at_ = {first.lineno, first.col_offset, last.end_lineno, last.end_col_offset};
  }

  Expr* run();

 private:
  // The pieces of one f-string (or of one format specification inside).
  struct Pieces {
    explicit Pieces(ParseContext& context) : scratch(context.scratch), mark(context.scratch.size()) {}
    ~Pieces() { scratch.truncate(mark); }
    PlainVector<void*>& scratch;
    int mark;
    TextBuffer text;  // literal text since the last expression
  };

  template <class T, class... Fields>
  T* make(Fields... fields) {
    T* node = context_.arena.create<T>(T{{{{T::kKind}, at_}}, fields...});
    if (!node) noMemory();
    return node;
  }
  std::nullptr_t noMemory() {
    if (!errorSet(context_.ts)) (void)raiseNoMemory(context_.ts);
    error_.kind = LiteralError::Kind::Raised;
    return nullptr;
  }
  __attribute__((format(printf, 2, 3))) bool fail(const char* format, ...) {
    va_list args;
    va_start(args, format);
    std::vsnprintf(error_.message, sizeof error_.message, format, args);
    va_end(args);
    error_.kind = LiteralError::Kind::AtEnd;
    return false;
  }

  Expr* constant(Ref<> value);
  bool flush(Pieces& pieces);
  JoinedStr* joined(Pieces& pieces, Position at);
  bool addText(Pieces& pieces, const char* start, const char* end);
  bool parsePieces(Pieces& pieces, const char*& s, const char* end, int level);
  int findLiteral(Pieces& pieces, const char*& s, const char* end, int level);
  Expr* parseField(Pieces& pieces, const char*& s, const char* end, int level);
  bool findExpressionEnd(const char*& s, const char* end);
  Expr* parseExpression(const char* start, const char* end);

  ParseContext& context_;
  const Token* tokens_;
  int count_;
  const char* base_;
  int depth_;
  bool diagnose_;
  LiteralError& error_;
  Position at_;
  const Token* token_ = nullptr;  // the literal in work
  bool raw_ = false;
};

Expr* Concatenation::constant(Ref<> value) {
  Object* owned = value ? context_.arena.own(std::move(value)) : nullptr;
  if (!owned) return noMemory();
  Str* prefix = nullptr;
  if (base_[tokens_[0].start] == 'u') {
    prefix = context_.identifier("u");
    if (!prefix) return noMemory();
  }
  return make<ConstantExpr>(owned, prefix);
}

bool Concatenation::flush(Pieces& pieces) {
  if (pieces.text.empty()) return true;
  Expr* node = constant(pieces.text.finish(context_.ts));
  pieces.text.clear();
  return node && (pieces.scratch.push(node) || noMemory());
}

// What comes last, and the node itself, are at `at`: for a format specification that is its own literal only.
JoinedStr* Concatenation::joined(Pieces& pieces, Position at) {
  Position whole = std::exchange(at_, at);
  bool flushed = flush(pieces);
  at_ = whole;
  if (!flushed) return nullptr;
  int count = pieces.scratch.size() - pieces.mark;
  auto** data = count ? context_.arena.allocateArray<Expr*>(static_cast<size_t>(count)) : nullptr;
  if (count && !data) return noMemory();
  for (int i = 0; i < count; ++i) data[i] = static_cast<Expr*>(pieces.scratch[pieces.mark + i]);
  auto* node = make<JoinedStr>(Seq<Expr*>{data, count});
  if (node) node->at = at;
  return node;
}

Expr* Concatenation::run() {
  Pieces pieces(context_);
  PlainVector<char> bytes;
  bool bytes_mode = false, format_mode = false;
  for (int i = 0; i < count_; ++i) {
    token_ = &tokens_[i];
    error_.token = i;
    Literal literal = splitLiteral({base_ + token_->start, token_->length});
    if (literal.format && context_.options.feature_version < 6) {
      fail("Format strings are only supported in Python 3.6 and greater");
      return nullptr;
    }
    raw_ = literal.raw;
    bool has_escapes = !literal.raw && std::memchr(literal.body.data(), '\\', literal.body.size());
    if (literal.bytes) {
      for (char c : literal.body)
        if (static_cast<signed char>(c) < 0) {
          fail("bytes can only contain ASCII literal characters");
          return nullptr;
        }
      if (!decodeBytes(context_, literal.body, !has_escapes, token_->lineno, bytes, error_)) return nullptr;
    } else if (!literal.format) {
      if (count_ == 1 && !has_escapes) {
        bool ascii = true;
        for (char c : literal.body) ascii &= static_cast<signed char>(c) >= 0;
        if (ascii) return constant(strFromAscii(context_.ts, literal.body));
      }
      if (!decodeText(context_, literal.body, !has_escapes, token_->lineno, pieces.text, error_)) return nullptr;
    }
    if (i && bytes_mode != literal.bytes) {
      fail("cannot mix bytes and nonbytes literals");
      return nullptr;
    }
    bytes_mode = literal.bytes;
    if (literal.format) {
      format_mode = true;
      const char* s = literal.body.data();
      const char* end = s + literal.body.size();
      if (!parsePieces(pieces, s, end, 0)) return nullptr;
    }
  }
  if (bytes_mode) return constant(newBytes(context_.ts, bytes.empty() ? std::string_view("") : std::string_view(bytes.data(), static_cast<size_t>(bytes.size()))));
  if (!format_mode) return constant(pieces.text.finish(context_.ts));
  return joined(pieces, at_);
}

bool Concatenation::addText(Pieces& pieces, const char* start, const char* end) {
  return start == end || decodeText(context_, {start, static_cast<size_t>(end - start)}, raw_, token_->lineno,
                                    pieces.text, error_);
}

// Literal text up to a replacement field or the end. 0: there; 1: a doubled brace, come back; -1: failed.
int Concatenation::findLiteral(Pieces& pieces, const char*& s, const char* end, int level) {
  const char* start = s;
  while (s < end) {
    char c = *s++;
    if (!raw_ && c == '\\' && s < end) {
      c = *s++;
      if (c == 'N') {
        // A named character: its braces are not ours.
        if (s < end && *s++ == '{')
          while (s < end && *s++ != '}') {}
        continue;
      }
      if (c == '{' && !warnLiteral(context_, "invalid escape sequence '\\{'", token_->lineno, error_)) return -1;
    }
    if (c != '{' && c != '}') continue;
    if (level == 0) {
      if (s < end && *s == c) {
        const char* text_end = s++;
        return addText(pieces, start, text_end) ? 1 : -1;
      }
      if (c == '}') {
        --s;
        fail("f-string: single '}' is not allowed");
        return -1;
      }
    }
    --s;
    break;
  }
  return addText(pieces, start, s) ? 0 : -1;
}

// Text and replacement fields up to the end of the literal, or of the format specification (level > 0).
bool Concatenation::parsePieces(Pieces& pieces, const char*& s, const char* end, int level) {
  for (;;) {
    int found = findLiteral(pieces, s, end, level);
    if (found < 0) return false;
    if (found == 1) continue;
    if (s >= end || *s == '}') break;
    Expr* field = parseField(pieces, s, end, level);
    if (!field || !flush(pieces)) return false;
    // The text of `{x=}` precedes its value: parseField has put it into the buffer, flush() made it a node.
    if (!pieces.scratch.push(field)) return noMemory(), false;
  }
  if (level == 0 && s < end - 1) return fail("f-string: unexpected end of string");
  if (level != 0 && (s >= end || *s != '}')) return fail("f-string: expecting '}'");
  return true;
}

// The end of the expression that starts at `s`: the first of ! : } = outside brackets and strings that is not part of
// a comparison.
bool Concatenation::findExpressionEnd(const char*& s, const char* end) {
  char brackets[kMaxFieldBrackets];
  int depth = 0, quotes = 0;
  char quote = 0;
  for (; s < end; ++s) {
    char c = *s;
    if (c == '\\') return fail("f-string expression part cannot include a backslash");
    if (quote) {
      if (c != quote) continue;
      if (quotes == 3) {
        if (s + 2 < end && s[1] == c && s[2] == c) {
          s += 2;
          quote = 0;
        }
      } else {
        quote = 0;
      }
      continue;
    }
    if (c == '\'' || c == '"') {
      quotes = s + 2 < end && s[1] == c && s[2] == c ? 3 : 1;
      if (quotes == 3) s += 2;
      quote = c;
      continue;
    }
    if (c == '[' || c == '{' || c == '(') {
      if (depth >= kMaxFieldBrackets) return fail("f-string: too many nested parenthesis");
      brackets[depth++] = c;
      continue;
    }
    if (c == '#') return fail("f-string expression part cannot include '#'");
    if (depth == 0 && (c == '!' || c == ':' || c == '}' || c == '=' || c == '>' || c == '<')) {
      if (s + 1 < end && s[1] == '=' && (c == '!' || c == '=' || c == '<' || c == '>')) {
        ++s;
        continue;
      }
      if (c == '>' || c == '<') continue;
      break;
    }
    if (c == ']' || c == '}' || c == ')') {
      if (depth == 0) return fail("f-string: unmatched '%c'", c);
      char open = brackets[--depth];
      if (!((open == '(' && c == ')') || (open == '[' && c == ']') || (open == '{' && c == '}')))
        return fail("f-string: closing parenthesis '%c' does not match opening parenthesis '%c'", c, open);
    }
  }
  if (quote) return fail("f-string: unterminated string");
  if (depth) return fail("f-string: unmatched '%c'", brackets[depth - 1]);
  return s < end || fail("f-string: expecting '}'");
}

// A replacement field, from its brace on.
Expr* Concatenation::parseField(Pieces& pieces, const char*& s, const char* end, int level) {
  auto failed = [&](const char* message) { return fail("%s", message), nullptr; };
  const char* unexpected_end = "f-string: expecting '}'";
  if (level >= 2) return failed("f-string: expressions nested too deeply");
  const char* start = ++s;
  if (!findExpressionEnd(s, end)) return nullptr;
  Expr* value = parseExpression(start, s);
  if (!value) return nullptr;
  bool self_documenting = *s == '=';
  if (self_documenting) {
    if (context_.options.feature_version < 8)
      return failed("f-string: self documenting expressions are only supported in Python 3.8 and greater");
    ++s;
    while (s < end && (*s == ' ' || (*s >= '\t' && *s <= '\r'))) ++s;
    if (s >= end) return failed(unexpected_end);
    if (!decodeText(context_, {start, static_cast<size_t>(s - start)}, true, token_->lineno, pieces.text, error_))
      return nullptr;
  }
  int32_t conversion = -1;
  if (*s == '!') {
    if (++s >= end) return failed(unexpected_end);
    conversion = static_cast<unsigned char>(*s++);
    if (conversion != 's' && conversion != 'r' && conversion != 'a')
      return failed("f-string: invalid conversion character: expected 's', 'r', or 'a'");
  }
  if (s >= end) return failed(unexpected_end);
  Expr* format_spec = nullptr;
  if (*s == ':') {
    if (++s >= end) return failed(unexpected_end);
    Pieces spec(context_);
    if (!parsePieces(spec, s, end, level + 1)) return nullptr;
    format_spec = joined(spec, {token_->lineno, token_->col_offset, token_->end_lineno, token_->end_col_offset});
    if (!format_spec) return nullptr;
  }
  if (s >= end || *s != '}') return failed(unexpected_end);
  ++s;
  if (self_documenting && !format_spec && conversion == -1) conversion = 'r';
  return make<FormattedValue>(value, conversion, format_spec);
}

// Parses the expression of a field, in parentheses so that it may span lines, at its place in the file.
Expr* Concatenation::parseExpression(const char* start, const char* end) {
  const char* s = start;
  while (s < end && (*s == ' ' || *s == '\t' || *s == '\n' || *s == '\f')) ++s;
  if (s == end) {
    if (*end == '!' || *end == ':' || *end == '=') fail("f-string: expression required before '%c'", *end);
    else fail("f-string: empty expression not allowed");
    return nullptr;
  }
  auto length = static_cast<size_t>(end - start);
  auto* text = static_cast<char*>(context_.arena.allocate(length + 4, 1));
  if (!text) return noMemory();
  text[0] = '(';
  std::memcpy(text + 1, start, length);
  std::memcpy(text + 1 + length, ")\n", 3);

  // Where the brace is: lines below the literal's first line, columns from the beginning of that line (or literal).
  const char* brace = start - 1;
  const char* literal = base_ + token_->start;
  int lines = 0, columns = 0;
  for (const char* p = literal; p < brace; ++p) lines += *p == '\n';
  bool newline_after_brace = true;
  for (const char* p = start; *p != '}' && *p != '\n'; ++p)
    if (*p != ' ' && *p != '\t' && *p != '\f') {
      newline_after_brace = false;
      break;
    }
  if (!newline_after_brace) {
    const char* p = brace;
    while (p > literal && *p != '\n') --p;
    columns = static_cast<int>(brace - p) - (*p == '\n');
  }
  Tokenizer::Options options;
  options.first_line = token_->lineno + lines;
  options.first_column = lines ? columns : token_->col_offset + columns;
  options.async_is_name = context_.options.feature_version < 7;
  options.warnings = &context_;
  Expr* value = nullptr;
  bool raised;
  {
    Tokenizer tokenizer(text, length + 3, options);
    Parser parser(context_, tokenizer, Mode::Eval, depth_ + 1);
    value = parser.parseFStringExpression();
    raised = parser.raised();
  }
  if (value) return value;
  error_.kind = raised ? LiteralError::Kind::Raised : LiteralError::Kind::Silent;
  if (diagnose_ && !raised) {
    diagnoseFString(context_, {text, length + 3}, options);
    error_.kind = LiteralError::Kind::Raised;
  }
  return nullptr;
}

}  // namespace

Expr* concatenateStrings(ParseContext& context, const Token* tokens, int count, const char* base, int depth,
                         bool diagnose, LiteralError& error) {
  return Concatenation(context, tokens, count, base, depth, diagnose, error).run();
}

}  // namespace habu::syntax
