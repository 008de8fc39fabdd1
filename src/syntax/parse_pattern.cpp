// Patterns of `case`.
#include "syntax/parser.h"
#include "types/float.h"
#include "types/int.h"

namespace habu::syntax {

namespace {
bool isImaginary(const Expr* number) { return isExact(as<ConstantExpr>(number)->value, kComplexType); }
}  // namespace

// patterns: open_sequence_pattern | pattern
Pattern* Parser::parseTopPattern() {
  int start = pos_;
  Pattern* first = parseMaybeStarPattern();
  if (!first) return nullptr;
  if (!at(TokenType::Comma)) return is<MatchStar>(first) ? nullptr : first;
  List items(*this);
  if (!items.push(first)) return nullptr;
  while (accept(TokenType::Comma)) {
    if (at(TokenType::Colon) || at(TokenType::KeywordIf)) break;
    Pattern* item = parseMaybeStarPattern();
    if (!item || !items.push(item)) return nullptr;
  }
  Seq<Pattern*> patterns;
  if (!items.finish(patterns)) return nullptr;
  return make<MatchSequence>(from(start), patterns);
}

Pattern* Parser::parsePattern() {
  Depth depth(*this);
  if (depth.tooDeep()) return nullptr;
  int start = pos_;
  Pattern* pattern = parseOrPattern();
  if (!pattern || !accept(TokenType::KeywordAs)) return pattern;
  Str* name = parseCaptureName();
  if (!name) return nullptr;
  return make<MatchAs>(from(start), pattern, name);
}

Pattern* Parser::parseOrPattern() {
  int start = pos_;
  Pattern* first = parseClosedPattern();
  if (!first || !at(TokenType::Bar)) return first;
  List items(*this);
  if (!items.push(first)) return nullptr;
  while (accept(TokenType::Bar)) {
    Pattern* item = parseClosedPattern();
    if (!item || !items.push(item)) return nullptr;
  }
  Seq<Pattern*> patterns;
  if (!items.finish(patterns)) return nullptr;
  return make<MatchOr>(from(start), patterns);
}

// A name to bind: not `_`, and not the beginning of something longer.
Str* Parser::parseCaptureName() {
  if (!at(TokenType::Name) || text(current()) == "_") return nullptr;
  TokenType next = kindAfter(1);
  if (next == TokenType::Dot || next == TokenType::LeftParen || next == TokenType::Equal) return nullptr;
  Str* name = identifier(current());
  ++pos_;
  return name;
}

Pattern* Parser::parseMaybeStarPattern() {
  if (!at(TokenType::Star)) return parsePattern();
  int start = pos_++;
  if (atSoftKeyword("_")) {
    ++pos_;
    return make<MatchStar>(from(start), static_cast<Str*>(nullptr));
  }
  Str* name = parseCaptureName();
  if (!name) return nullptr;
  return make<MatchStar>(from(start), name);
}

Pattern* Parser::parseClosedPattern() {
  switch (kind()) {
    case TokenType::Number:
    case TokenType::Minus:
    case TokenType::String:
    case TokenType::KeywordNone:
    case TokenType::KeywordTrue:
    case TokenType::KeywordFalse: return parseLiteralPattern();
    case TokenType::Name: return parseNamePattern();
    case TokenType::LeftParen:
    case TokenType::LeftBracket: return parseGroupOrSequencePattern();
    case TokenType::LeftBrace: return parseMappingPattern();
    default: return nullptr;
  }
}

// -1
Expr* Parser::parseSignedNumber() {
  int start = pos_;
  bool negative = accept(TokenType::Minus);
  if (!at(TokenType::Number)) return nullptr;
  Expr* number = parseNumber();
  if (!number || !negative) return number;
  return make<UnaryOp>(from(start), UnaryOperator::USub, number);
}

// signed_number | signed_real (+|-) imaginary
Expr* Parser::parsePatternNumber() {
  int start = pos_;
  Expr* left = parseSignedNumber();
  if (!left || (!at(TokenType::Plus) && !at(TokenType::Minus))) return left;
  const Expr* real = is<UnaryOp>(left) ? as<UnaryOp>(left)->operand : left;
  if (isImaginary(real)) return nullptr;
  Operator op = at(TokenType::Plus) ? Operator::Add : Operator::Sub;
  ++pos_;
  if (!at(TokenType::Number)) return nullptr;
  Expr* right = parseNumber();
  if (!right || !isImaginary(right)) return nullptr;
  return make<BinOp>(from(start), left, op, right);
}

Pattern* Parser::parseLiteralPattern() {
  int start = pos_;
  Object* singleton = nullptr;
  switch (kind()) {
    case TokenType::KeywordNone: singleton = &kNoneObject; break;
    case TokenType::KeywordTrue: singleton = trueObject(); break;
    case TokenType::KeywordFalse: singleton = falseObject(); break;
    default: break;
  }
  if (singleton) {
    ++pos_;
    return make<MatchSingleton>(from(start), singleton);
  }
  Expr* value = at(TokenType::String) ? parseStrings() : parsePatternNumber();
  if (!value) return nullptr;
  return make<MatchValue>(from(start), value);
}

// name.name...: a Name or an Attribute.
Expr* Parser::parseDottedExpression() {
  int start = pos_;
  Expr* value = makeName(pos_++, ExprContext::Load);
  while (value && accept(TokenType::Dot)) {
    if (!at(TokenType::Name)) return nullptr;
    Str* attribute = identifier(current());
    if (!attribute) return nullptr;
    ++pos_;
    value = make<Attribute>(from(start), value, attribute, ExprContext::Load);
  }
  return value;
}

// Capture, wildcard, dotted value or class.
Pattern* Parser::parseNamePattern() {
  int start = pos_;
  Expr* value = parseDottedExpression();
  if (!value) return nullptr;
  if (at(TokenType::LeftParen)) return parseClassPattern(start, value);
  if (is<Attribute>(value)) return at(TokenType::Equal) ? nullptr : make<MatchValue>(from(start), value);
  if (text(tokens_[start]) == "_")
    return make<MatchAs>(from(start), static_cast<Pattern*>(nullptr), static_cast<Str*>(nullptr));
  if (at(TokenType::Equal)) return nullptr;
  return make<MatchAs>(from(start), static_cast<Pattern*>(nullptr), as<Name>(value)->id);
}

// Comma-separated patterns up to the closing bracket, which is consumed.
bool Parser::parseSequenceItems(List& items, TokenType close) {
  while (!at(close)) {
    Pattern* item = parseMaybeStarPattern();
    if (!item || !items.push(item)) return false;
    if (!accept(TokenType::Comma)) break;
  }
  return accept(close);
}

Pattern* Parser::parseGroupOrSequencePattern() {
  int start = pos_;
  TokenType close = at(TokenType::LeftParen) ? TokenType::RightParen : TokenType::RightBracket;
  ++pos_;
  List items(*this);
  if (!parseSequenceItems(items, close)) return nullptr;
  if (close == TokenType::RightParen && items.size() == 1 && tokens_[pos_ - 2].type != TokenType::Comma) {
    auto* pattern = items.get<Pattern>(0);
    return is<MatchStar>(pattern) ? nullptr : pattern;
  }
  Seq<Pattern*> patterns;
  if (!items.finish(patterns)) return nullptr;
  return make<MatchSequence>(from(start), patterns);
}

Expr* Parser::parseMappingKey() {
  switch (kind()) {
    case TokenType::Name: {
      Expr* key = parseDottedExpression();
      return key && is<Attribute>(key) ? key : nullptr;
    }
    case TokenType::KeywordNone: return ++pos_, makeConstant(tokenPosition(pos_ - 1), &kNoneObject);
    case TokenType::KeywordTrue: return ++pos_, makeConstant(tokenPosition(pos_ - 1), trueObject());
    case TokenType::KeywordFalse: return ++pos_, makeConstant(tokenPosition(pos_ - 1), falseObject());
    case TokenType::String: return parseStrings();
    default: return parsePatternNumber();
  }
}

Pattern* Parser::parseMappingPattern() {
  int start = pos_++;
  List items(*this);  // keys and patterns in turn
  Str* rest = nullptr;
  while (!at(TokenType::RightBrace)) {
    if (accept(TokenType::DoubleStar)) {
      rest = parseCaptureName();
      if (!rest) return nullptr;
      accept(TokenType::Comma);
      break;
    }
    Expr* key = parseMappingKey();
    if (!key || !accept(TokenType::Colon)) return nullptr;
    Pattern* pattern = parsePattern();
    if (!pattern || !items.push(key) || !items.push(pattern)) return nullptr;
    if (!accept(TokenType::Comma)) break;
  }
  if (!accept(TokenType::RightBrace)) return nullptr;
  int count = items.size() / 2;
  Seq<Expr*> keys{count ? arena_.allocateArray<Expr*>(static_cast<size_t>(count)) : nullptr, count};
  Seq<Pattern*> patterns{count ? arena_.allocateArray<Pattern*>(static_cast<size_t>(count)) : nullptr, count};
  if (count && (!keys.data || !patterns.data)) return noMemory<Pattern>();
  for (int i = 0; i < count; ++i) {
    keys[i] = items.get<Expr>(2 * i);
    patterns[i] = items.get<Pattern>(2 * i + 1);
  }
  return make<MatchMapping>(from(start), keys, patterns, rest);
}

// cls(...), at the parenthesis: positional patterns, then keyword ones.
Pattern* Parser::parseClassPattern(int start, Expr* cls) {
  ++pos_;
  List positional(*this);
  Seq<Pattern*> patterns, keyword_patterns;
  Seq<Str*> names;
  while (!at(TokenType::RightParen) && !(at(TokenType::Name) && kindAfter(1) == TokenType::Equal)) {
    Pattern* pattern = parsePattern();
    if (!pattern || !positional.push(pattern)) return nullptr;
    if (!accept(TokenType::Comma)) break;
  }
  bool more = !at(TokenType::RightParen);
  if (more && positional.size() && tokens_[pos_ - 1].type != TokenType::Comma) return nullptr;
  if (!positional.finish(patterns)) return nullptr;
  if (more) {
    List items(*this);  // names and patterns in turn
    while (!at(TokenType::RightParen)) {
      if (!at(TokenType::Name) || kindAfter(1) != TokenType::Equal) return nullptr;
      Str* name = identifier(current());
      pos_ += 2;
      Pattern* pattern = name ? parsePattern() : nullptr;
      if (!pattern || !items.push(name) || !items.push(pattern)) return nullptr;
      if (!accept(TokenType::Comma)) break;
    }
    int count = items.size() / 2;
    names = {arena_.allocateArray<Str*>(static_cast<size_t>(count)), count};
    keyword_patterns = {arena_.allocateArray<Pattern*>(static_cast<size_t>(count)), count};
    if (!names.data || !keyword_patterns.data) return noMemory<Pattern>();
    for (int i = 0; i < count; ++i) {
      names[i] = items.get<Str>(2 * i);
      keyword_patterns[i] = items.get<Pattern>(2 * i + 1);
    }
  }
  if (!accept(TokenType::RightParen)) return nullptr;
  return make<MatchClass>(from(start), cls, patterns, names, keyword_patterns);
}

}  // namespace habu::syntax
