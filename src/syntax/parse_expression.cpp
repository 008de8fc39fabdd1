// Expressions from the loosest operator down to calls, attributes and subscripts.
#include "syntax/parser.h"

namespace habu::syntax {
namespace {

struct BinaryOperator {
  int8_t precedence;  // 0: not a binary operator
  Operator op;
};

BinaryOperator binaryOperator(TokenType type) {
  switch (type) {
    case TokenType::Bar: return {1, Operator::BitOr};
    case TokenType::Circumflex: return {2, Operator::BitXor};
    case TokenType::Ampersand: return {3, Operator::BitAnd};
    case TokenType::LeftShift: return {4, Operator::LShift};
    case TokenType::RightShift: return {4, Operator::RShift};
    case TokenType::Plus: return {5, Operator::Add};
    case TokenType::Minus: return {5, Operator::Sub};
    case TokenType::Star: return {6, Operator::Mult};
    case TokenType::Slash: return {6, Operator::Div};
    case TokenType::DoubleSlash: return {6, Operator::FloorDiv};
    case TokenType::Percent: return {6, Operator::Mod};
    case TokenType::At: return {6, Operator::MatMult};
    default: return {0, Operator::Add};
  }
}

}  // namespace

bool Parser::canStartExpression(TokenType type) {
  switch (type) {
    case TokenType::Name:
    case TokenType::Number:
    case TokenType::String:
    case TokenType::LeftParen:
    case TokenType::LeftBracket:
    case TokenType::LeftBrace:
    case TokenType::Plus:
    case TokenType::Minus:
    case TokenType::Tilde:
    case TokenType::Ellipsis:
    case TokenType::Await:
    case TokenType::KeywordFalse:
    case TokenType::KeywordNone:
    case TokenType::KeywordTrue:
    case TokenType::KeywordNot:
    case TokenType::KeywordLambda: return true;
    default: return false;
  }
}

// The rest of `first, ...`, at the comma. `star`: elements may be starred.
Expr* Parser::parseTuple(int start, Expr* first, Expr* (Parser::*item)(), bool star) {
  List items(*this);
  if (!items.push(first)) return nullptr;
  while (accept(TokenType::Comma)) {
    if (!canStartExpression(kind()) && !(star && at(TokenType::Star))) break;
    Expr* next = (this->*item)();
    if (!next || !items.push(next)) return nullptr;
  }
  Seq<Expr*> elements;
  if (!items.finish(elements)) return nullptr;
  return make<Tuple>(from(start), elements, ExprContext::Load);
}

Expr* Parser::parseStarExpressions() {
  int start = pos_;
  Expr* first = parseStarExpression();
  if (!first || !at(TokenType::Comma)) return first;
  return parseTuple(start, first, &Parser::parseStarExpression, true);
}

Expr* Parser::parseExpressions() {
  int start = pos_;
  Expr* first = parseExpression();
  if (!first || !at(TokenType::Comma)) return first;
  return parseTuple(start, first, &Parser::parseExpression, false);
}

Expr* Parser::parseStarExpression() {
  if (!at(TokenType::Star)) [[likely]]
    return parseExpression();
  int start = pos_++;
  Expr* value = parseBinary(1);
  if (!value) return nullptr;
  return make<Starred>(from(start), value, ExprContext::Load);
}

Expr* Parser::parseStarNamedExpression() {
  if (at(TokenType::Star)) return parseStarExpression();
  return parseNamedExpression();
}

Expr* Parser::parseAssignedValue() { return at(TokenType::KeywordYield) ? parseYield() : parseStarExpressions(); }

Expr* Parser::parseYield() {
  int start = pos_++;
  if (accept(TokenType::KeywordFrom)) {
    Expr* value = parseExpression();
    if (!value) return nullptr;
    return make<YieldFrom>(from(start), value);
  }
  Expr* value = nullptr;
  if (canStartExpression(kind()) || at(TokenType::Star)) {
    value = parseStarExpressions();
    if (!value) return nullptr;
  }
  return make<Yield>(from(start), value);
}

Expr* Parser::parseNamedExpression() {
  if (at(TokenType::Name) && kindAfter(1) == TokenType::ColonEqual) {
    if (!hasVersion(8)) return nullptr;
    int start = pos_;
    Expr* target = makeName(pos_, ExprContext::Store);
    pos_ += 2;
    Expr* value = target ? parseExpression() : nullptr;
    if (!value) return nullptr;
    return make<NamedExpr>(from(start), target, value);
  }
  Expr* value = parseExpression();
  return value && !at(TokenType::ColonEqual) ? value : nullptr;
}

Expr* Parser::parseExpression() {
  Depth depth(*this);
  if (depth.tooDeep()) [[unlikely]]
    return nullptr;
  if (at(TokenType::KeywordLambda)) return parseLambda();
  int start = pos_;
  Expr* body = parseDisjunction();
  if (!body || !at(TokenType::KeywordIf)) [[likely]]
    return body;
  ++pos_;
  Expr* test = parseDisjunction();
  if (!test || !accept(TokenType::KeywordElse)) return nullptr;
  Expr* orelse = parseExpression();
  if (!orelse) return nullptr;
  return make<IfExp>(from(start), test, body, orelse);
}

Expr* Parser::parseLambda() {
  int start = pos_++;
  Arguments* args = at(TokenType::Colon) ? emptyArguments() : parseParameters(TokenType::Colon);
  if (!args || !accept(TokenType::Colon)) return nullptr;
  Expr* body = parseExpression();
  if (!body) return nullptr;
  return make<Lambda>(from(start), args, body);
}

Expr* Parser::parseDisjunction() {
  int start = pos_;
  Expr* first = parseConjunction();
  if (!first || !at(TokenType::KeywordOr)) [[likely]]
    return first;
  List values(*this);
  if (!values.push(first)) return nullptr;
  while (accept(TokenType::KeywordOr)) {
    Expr* next = parseConjunction();
    if (!next || !values.push(next)) return nullptr;
  }
  Seq<Expr*> operands;
  if (!values.finish(operands)) return nullptr;
  return make<BoolOp>(from(start), BoolOperator::Or, operands);
}

Expr* Parser::parseConjunction() {
  int start = pos_;
  Expr* first = parseInversion();
  if (!first || !at(TokenType::KeywordAnd)) [[likely]]
    return first;
  List values(*this);
  if (!values.push(first)) return nullptr;
  while (accept(TokenType::KeywordAnd)) {
    Expr* next = parseInversion();
    if (!next || !values.push(next)) return nullptr;
  }
  Seq<Expr*> operands;
  if (!values.finish(operands)) return nullptr;
  return make<BoolOp>(from(start), BoolOperator::And, operands);
}

Expr* Parser::parseInversion() {
  if (!at(TokenType::KeywordNot)) [[likely]]
    return parseComparison();
  Depth depth(*this);
  if (depth.tooDeep()) return nullptr;
  int start = pos_++;
  Expr* operand = parseInversion();
  if (!operand) return nullptr;
  return make<UnaryOp>(from(start), UnaryOperator::Not, operand);
}

// Consumes a comparison operator, if there is one.
bool Parser::comparisonOperator(CompareOperator& op) {
  switch (kind()) {
    case TokenType::EqualEqual: op = CompareOperator::Eq; break;
    case TokenType::NotEqual:
      if ((text(current()) == "<>") != context_.options.barry_as_flufl) return false;
      op = CompareOperator::NotEq;
      break;
    case TokenType::Less: op = CompareOperator::Lt; break;
    case TokenType::LessEqual: op = CompareOperator::LtE; break;
    case TokenType::Greater: op = CompareOperator::Gt; break;
    case TokenType::GreaterEqual: op = CompareOperator::GtE; break;
    case TokenType::KeywordIn: op = CompareOperator::In; break;
    case TokenType::KeywordIs:
      op = CompareOperator::Is;
      if (kindAfter(1) == TokenType::KeywordNot) {
        ++pos_;
        op = CompareOperator::IsNot;
      }
      break;
    case TokenType::KeywordNot:
      if (kindAfter(1) != TokenType::KeywordIn) return false;
      ++pos_;
      op = CompareOperator::NotIn;
      break;
    default: return false;
  }
  ++pos_;
  return true;
}

Expr* Parser::parseComparison() {
  int start = pos_;
  Expr* left = parseBinary(1);
  CompareOperator op;
  if (!left || !comparisonOperator(op)) [[likely]]
    return left;
  List operands(*this);
  PlainVector<CompareOperator> more;  // most comparisons have one operator
  CompareOperator first = op;
  do {
    if (operands.size() && !more.push(op)) return noMemory<Expr>();
    Expr* right = parseBinary(1);
    if (!right || !operands.push(right)) return nullptr;
  } while (comparisonOperator(op));
  Seq<CompareOperator> ops{arena_.allocateArray<CompareOperator>(static_cast<size_t>(operands.size())), operands.size()};
  Seq<Expr*> comparators;
  if (!ops.data || !operands.finish(comparators)) return noMemory<Expr>();
  ops[0] = first;
  for (int i = 0; i < more.size(); ++i) ops[i + 1] = more[i];
  return make<Compare>(from(start), left, ops, comparators);
}

Expr* Parser::parseBinary(int min_precedence) {
  int start = pos_;
  Expr* left = parseFactor();
  if (!left) return nullptr;
  for (;;) {
    BinaryOperator binary = binaryOperator(kind());
    if (binary.precedence < min_precedence) return left;  // precedence 0 is below every minimum
    if (binary.op == Operator::MatMult && !hasVersion(5)) return nullptr;
    ++pos_;
    Expr* right = parseBinary(binary.precedence + 1);
    if (!right) return nullptr;
    left = make<BinOp>(from(start), left, binary.op, right);
    if (!left) return nullptr;
  }
}

Expr* Parser::parseFactor() {
  UnaryOperator op;
  switch (kind()) {
    case TokenType::Plus: op = UnaryOperator::UAdd; break;
    case TokenType::Minus: op = UnaryOperator::USub; break;
    case TokenType::Tilde: op = UnaryOperator::Invert; break;
    default: return parsePower();
  }
  Depth depth(*this);
  if (depth.tooDeep()) return nullptr;
  int start = pos_++;
  Expr* operand = parseFactor();
  if (!operand) return nullptr;
  return make<UnaryOp>(from(start), op, operand);
}

Expr* Parser::parsePower() {
  int start = pos_;
  Expr* base;
  if (at(TokenType::Await)) {
    if (!hasVersion(5)) return nullptr;
    ++pos_;
    Expr* value = parsePrimary();
    if (!value) return nullptr;
    base = make<Await>(from(start), value);
  } else {
    base = parsePrimary();
  }
  if (!base || !at(TokenType::DoubleStar)) [[likely]]
    return base;
  Depth depth(*this);
  if (depth.tooDeep()) return nullptr;
  ++pos_;
  Expr* exponent = parseFactor();
  if (!exponent) return nullptr;
  return make<BinOp>(from(start), base, Operator::Pow, exponent);
}

Expr* Parser::parsePrimary() {
  int start = pos_;
  Expr* value = parseAtom();
  return value ? parsePrimaryTail(start, value) : nullptr;
}

Expr* Parser::parsePrimaryTail(int start, Expr* value) {
  for (;;) {
    switch (kind()) {
      case TokenType::Dot: {
        ++pos_;
        if (!at(TokenType::Name)) return nullptr;
        Str* attribute = identifier(current());
        if (!attribute) return nullptr;
        ++pos_;
        value = make<Attribute>(from(start), value, attribute, ExprContext::Load);
        break;
      }
      case TokenType::LeftParen: value = parseCall(start, value); break;
      case TokenType::LeftBracket: value = parseSubscript(start, value); break;
      default: return value;
    }
    if (!value) return nullptr;
  }
}

Expr* Parser::parseCall(int start, Expr* function) {
  ++pos_;
  Seq<Expr*> args;
  Seq<Keyword*> keywords;
  if (!at(TokenType::RightParen) && !parseArguments(args, keywords)) return nullptr;
  if (!accept(TokenType::RightParen)) return nullptr;
  return make<Call>(from(start), function, args, keywords);
}

// Arguments in a call or class statement, behind the parenthesis and up to the closing one. Positional ones and *x come
// first; behind the first keyword only keywords and *x; behind the first **x only keywords and **x.
bool Parser::parseArguments(Seq<Expr*>& args, Seq<Keyword*>& keywords) {
  int open = pos_ - 1;
  List items(*this);  // expressions and keywords as they come
  int keyword_count = 0;
  bool saw_double_star = false;
  while (!at(TokenType::RightParen)) {
    int start = pos_;
    Node* item;
    if (at(TokenType::Name) && kindAfter(1) == TokenType::Equal) {
      Str* name = identifier(current());
      pos_ += 2;
      Expr* value = name ? parseExpression() : nullptr;
      item = value ? makeProduct<Keyword>(from(start), name, value) : nullptr;
      ++keyword_count;
    } else if (accept(TokenType::DoubleStar)) {
      Expr* value = parseExpression();
      item = value ? makeProduct<Keyword>(from(start), static_cast<Str*>(nullptr), value) : nullptr;
      ++keyword_count;
      saw_double_star = true;
    } else if (at(TokenType::Star)) {
      if (saw_double_star) return false;
      ++pos_;
      Expr* value = parseExpression();
      item = value ? make<Starred>(from(start), value, ExprContext::Load) : nullptr;
    } else {
      if (keyword_count) return false;
      Expr* value = parseNamedExpression();
      if (!value || at(TokenType::Equal)) return false;
      if (atComprehension()) {
        // f(x for x in y): only as the sole argument; the parentheses belong to both.
        Seq<Comprehension*> generators;
        if (items.size() || !parseComprehensions(generators) || !at(TokenType::RightParen)) return false;
        ++pos_;
        value = make<GeneratorExp>(from(open), value, generators);
        --pos_;
        if (!value || !items.push(value)) return false;
        break;
      }
      item = value;
    }
    if (!item || !items.push(item)) return false;
    if (!accept(TokenType::Comma)) break;
  }
  return at(TokenType::RightParen) && splitArguments(items, keyword_count, args, keywords);
}

bool Parser::splitArguments(const List& items, int keyword_count, Seq<Expr*>& args, Seq<Keyword*>& keywords) {
  int count = items.size();
  if (!count) return true;
  auto** data = arena_.allocateArray<Node*>(static_cast<size_t>(count));
  if (!data) return outOfMemory(), false;
  Node **next_arg = data, **next_keyword = data + count - keyword_count;
  args = {reinterpret_cast<Expr**>(next_arg), count - keyword_count};
  keywords = {reinterpret_cast<Keyword**>(next_keyword), keyword_count};
  for (int i = 0; i < count; ++i) {
    Node* item = items.get<Node>(i);
    (is<Keyword>(item) ? *next_keyword++ : *next_arg++) = item;
  }
  return true;
}

Expr* Parser::parseSubscript(int start, Expr* value) {
  ++pos_;
  int slice_start = pos_;
  bool starred = at(TokenType::Star);
  Expr* slice = starred ? nullptr : parseSlice();
  if (!slice && !starred) return nullptr;
  if (slice && !at(TokenType::Comma)) {
    if (!accept(TokenType::RightBracket)) return nullptr;
    return make<Subscript>(from(start), value, slice, ExprContext::Load);
  }
  List items(*this);
  if (slice) {
    if (!items.push(slice)) return nullptr;
    ++pos_;
  }
  while (!at(TokenType::RightBracket)) {
    int item_start = pos_;
    Expr* item;
    if (accept(TokenType::Star)) {
      Expr* unpacked = parseExpression();
      item = unpacked ? make<Starred>(from(item_start), unpacked, ExprContext::Load) : nullptr;
    } else {
      item = parseSlice();
    }
    if (!item || !items.push(item)) return nullptr;
    if (!accept(TokenType::Comma)) break;
  }
  Seq<Expr*> elements;
  if (!at(TokenType::RightBracket) || !items.finish(elements)) return nullptr;
  Expr* tuple = make<Tuple>(from(slice_start), elements, ExprContext::Load);
  ++pos_;
  if (!tuple) return nullptr;
  return make<Subscript>(from(start), value, tuple, ExprContext::Load);
}

Expr* Parser::parseSlice() {
  int start = pos_;
  Expr* lower = nullptr;
  if (!at(TokenType::Colon)) {
    // `a[x := 1]` has no slice; a slice's bounds are plain expressions.
    lower = parseNamedExpression();
    if (!lower || !at(TokenType::Colon)) return lower;
    if (is<NamedExpr>(lower) && tokens_[start].type == TokenType::Name &&
        tokens_[start + 1].type == TokenType::ColonEqual)
      return nullptr;
  }
  ++pos_;
  Expr *upper = nullptr, *step = nullptr;
  if (canStartExpression(kind())) {
    upper = parseExpression();
    if (!upper) return nullptr;
  }
  if (accept(TokenType::Colon) && canStartExpression(kind())) {
    step = parseExpression();
    if (!step) return nullptr;
  }
  return make<Slice>(from(start), lower, upper, step);
}

}  // namespace habu::syntax
