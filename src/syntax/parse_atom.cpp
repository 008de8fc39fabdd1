// Atoms: names, literals, and everything in brackets.
#include "syntax/literals.h"
#include "syntax/parser.h"
#include "types/bytes.h"

namespace habu::syntax {

Expr* Parser::parseAtom() {
  const Token& token = current();
  switch (token.type) {
    case TokenType::Name: return makeName(pos_++, ExprContext::Load);
    case TokenType::Number: return parseNumber();
    case TokenType::String: return parseStrings();
    case TokenType::KeywordNone: return ++pos_, makeConstant(tokenPosition(pos_ - 1), &kNoneObject);
    case TokenType::KeywordTrue: return ++pos_, makeConstant(tokenPosition(pos_ - 1), trueObject());
    case TokenType::KeywordFalse: return ++pos_, makeConstant(tokenPosition(pos_ - 1), falseObject());
    case TokenType::Ellipsis: return ++pos_, makeConstant(tokenPosition(pos_ - 1), &kEllipsisObject);
    case TokenType::LeftParen: return parseParenthesized();
    case TokenType::LeftBracket: return parseListDisplay();
    case TokenType::LeftBrace: return parseBraces();
    default: return nullptr;
  }
}

Expr* Parser::parseNumber() {
  const Token& token = current();
  Ref<> value;
  NumberError problem = parseNumberLiteral(ts_, text(token), hasVersion(6), value);
  if (problem != NumberError::None) {
    if (problem == NumberError::Raised) raised_ = true;
    return nullptr;  // over-long and too new ones are explained by the diagnoser
  }
  Object* constant = arena_.own(std::move(value));
  if (!constant) return noMemory<Expr>();
  ++pos_;
  return makeConstant(tokenPosition(pos_ - 1), constant);
}

// Adjacent string literals. What was decoded during a guess that failed is not decoded (and warned about) again.
Expr* Parser::parseStrings() {
  int start = pos_;
  for (int i = 0; i < string_memo_.size(); ++i)
    if (string_memo_[i].start == start) {
      pos_ = string_memo_[i].end;
      return string_memo_[i].value;
    }
  while (at(TokenType::String)) ++pos_;
  LiteralError error;
  Expr* value = concatenateStrings(context_, tokens_.data() + start, pos_ - start, tokens_.tokenizer.base(), depth_, false,
                                   error);
  if (!value) {
    if (error.kind == LiteralError::Kind::Raised) raised_ = true;
    return nullptr;
  }
  if (speculating_ && !string_memo_.push({start, pos_, value})) return noMemory<Expr>();
  return value;
}

// ( ... ): tuple, group or generator expression.
Expr* Parser::parseParenthesized() {
  int start = pos_++;
  if (accept(TokenType::RightParen)) return make<Tuple>(from(start), Seq<Expr*>{}, ExprContext::Load);
  if (at(TokenType::KeywordYield)) {
    Expr* yield = parseYield();
    return yield && accept(TokenType::RightParen) ? yield : nullptr;
  }
  Expr* first = parseStarNamedExpression();
  if (!first) return nullptr;
  bool starred = is<Starred>(first) && tokens_[start + 1].type == TokenType::Star;
  if (at(TokenType::Comma)) {
    List items(*this);
    if (!items.push(first)) return nullptr;
    while (accept(TokenType::Comma)) {
      if (at(TokenType::RightParen)) break;
      Expr* item = parseStarNamedExpression();
      if (!item || !items.push(item)) return nullptr;
    }
    Seq<Expr*> elements;
    if (!accept(TokenType::RightParen) || !items.finish(elements)) return nullptr;
    return make<Tuple>(from(start), elements, ExprContext::Load);
  }
  if (starred) return nullptr;
  if (accept(TokenType::RightParen)) return first;
  if (!atComprehension()) return nullptr;
  Seq<Comprehension*> generators;
  if (!parseComprehensions(generators) || !accept(TokenType::RightParen)) return nullptr;
  return make<GeneratorExp>(from(start), first, generators);
}

Expr* Parser::parseListDisplay() {
  int start = pos_++;
  syntax::List* list;
  List items(*this);
  while (!at(TokenType::RightBracket)) {
    Expr* item = parseStarNamedExpression();
    if (!item || !items.push(item)) return nullptr;
    if (items.size() == 1 && atComprehension()) {
      if (is<Starred>(item)) return nullptr;
      Seq<Comprehension*> generators;
      if (!parseComprehensions(generators) || !accept(TokenType::RightBracket)) return nullptr;
      return make<ListComp>(from(start), item, generators);
    }
    if (!accept(TokenType::Comma)) break;
  }
  Seq<Expr*> elements;
  if (!accept(TokenType::RightBracket) || !items.finish(elements)) return nullptr;
  list = make<syntax::List>(from(start), elements, ExprContext::Load);
  return list;
}

// { ... }: dict, set or a comprehension of either.
Expr* Parser::parseBraces() {
  int start = pos_++;
  if (at(TokenType::RightBrace) || at(TokenType::DoubleStar)) return parseDictRest(start, nullptr);
  List items(*this);
  while (!at(TokenType::RightBrace)) {
    int item_start = pos_;
    Expr* item = parseStarNamedExpression();
    if (!item || !items.push(item)) return nullptr;
    if (items.size() == 1) {
      bool plain = tokens_[item_start].type != TokenType::Star &&
                   !(is<NamedExpr>(item) && tokens_[item_start + 1].type == TokenType::ColonEqual);
      if (at(TokenType::Colon)) return plain ? parseDictRest(start, item) : nullptr;
      if (atComprehension()) {
        Seq<Comprehension*> generators;
        if (is<Starred>(item) || !parseComprehensions(generators) || !accept(TokenType::RightBrace)) return nullptr;
        return make<SetComp>(from(start), item, generators);
      }
    }
    if (!accept(TokenType::Comma)) break;
  }
  Seq<Expr*> elements;
  if (!accept(TokenType::RightBrace) || !items.finish(elements)) return nullptr;
  return make<Set>(from(start), elements);
}

// One more `key: value` or `**mapping` (key null), pushed as a pair.
bool Parser::parseDictItem(List& items) {
  Expr *key = nullptr, *value;
  if (accept(TokenType::DoubleStar)) {
    value = parseBinary(1);
  } else {
    key = parseExpression();
    if (!key || !accept(TokenType::Colon)) return false;
    value = parseExpression();
  }
  return value && items.push(key) && items.push(value);
}

// A dict from its first item on; of that the key may have been parsed already (the colon is next then).
Expr* Parser::parseDictRest(int start, Expr* first_key) {
  List items(*this);
  while (!at(TokenType::RightBrace)) {
    if (first_key) {
      ++pos_;
      Expr* value = parseExpression();
      if (!value || !items.push(first_key) || !items.push(value)) return nullptr;
      if (atComprehension()) {
        Seq<Comprehension*> generators;
        if (!parseComprehensions(generators) || !accept(TokenType::RightBrace)) return nullptr;
        return make<DictComp>(from(start), first_key, value, generators);
      }
      first_key = nullptr;
    } else if (!parseDictItem(items)) {
      return nullptr;
    }
    if (!accept(TokenType::Comma)) break;
  }
  if (!accept(TokenType::RightBrace)) return nullptr;
  int count = items.size() / 2;
  auto** data = count ? arena_.allocateArray<Expr*>(static_cast<size_t>(items.size())) : nullptr;
  if (count && !data) return noMemory<Expr>();
  for (int i = 0; i < count; ++i) {
    data[i] = items.get<Expr>(2 * i);
    data[count + i] = items.get<Expr>(2 * i + 1);
  }
  return make<Dict>(from(start), Seq<Expr*>{data, count}, Seq<Expr*>{data + count, count});
}

bool Parser::parseComprehensions(Seq<Comprehension*>& out) {
  List clauses(*this);
  while (atComprehension()) {
    Comprehension* clause = parseComprehension();
    if (!clause || !clauses.push(clause)) return false;
  }
  return clauses.finish(out);
}

Comprehension* Parser::parseComprehension() {
  bool async = accept(TokenType::Async);
  if (async && !hasVersion(6)) return nullptr;
  if (!accept(TokenType::KeywordFor)) return nullptr;
  Expr* target = parseStarTargets();
  if (!target || !accept(TokenType::KeywordIn)) return nullptr;
  Expr* iterable = parseDisjunction();
  if (!iterable) return nullptr;
  List conditions(*this);
  while (accept(TokenType::KeywordIf)) {
    Expr* condition = parseDisjunction();
    if (!condition || !conditions.push(condition)) return nullptr;
  }
  Seq<Expr*> ifs;
  if (!conditions.finish(ifs)) return nullptr;
  return makePlain<Comprehension>(target, iterable, ifs, static_cast<int32_t>(async));
}

}  // namespace habu::syntax
