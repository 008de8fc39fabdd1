// Compound statements. (Patterns of `match`: parse_pattern.cpp; parameters of `def`: parse_parameters.cpp.)
#include "syntax/parser.h"

namespace habu::syntax {

// Null with the position unchanged: no compound statement begins here.
Stmt* Parser::parseCompound() {
  Depth depth(*this);
  if (depth.tooDeep()) return nullptr;
  int start = pos_;
  switch (kind()) {
    case TokenType::KeywordDef: return parseFunction(start, false, {});
    case TokenType::KeywordIf: return parseIf();
    case TokenType::KeywordFor: return parseFor(start, false);
    case TokenType::KeywordWith: return parseWith(start, false);
    case TokenType::KeywordClass: return parseClass({});
    case TokenType::KeywordTry: return parseTry();
    case TokenType::KeywordWhile: return parseWhile();
    case TokenType::At: return parseDecorated();
    case TokenType::Async:
      ++pos_;
      switch (kind()) {
        case TokenType::KeywordDef: return parseFunction(start, true, {});
        case TokenType::KeywordFor: return parseFor(start, true);
        case TokenType::KeywordWith: return parseWith(start, true);
        default: return nullptr;
      }
    case TokenType::Name: return text(current()) == "match" ? parseMatch() : nullptr;
    default: return nullptr;
  }
}

// block: NEWLINE INDENT statements DEDENT | simple_stmts
bool Parser::parseBlock(Seq<Stmt*>& out) {
  List statements(*this);
  if (accept(TokenType::Newline)) {
    if (!accept(TokenType::Indent) || !parseStatements(statements, &Parser::atDedent)) return false;
  } else if (!parseSimpleStatements(statements)) {
    return false;
  }
  return statements.finish(out);
}

bool Parser::parseElse(Seq<Stmt*>& out) {
  if (!accept(TokenType::KeywordElse)) return true;
  return accept(TokenType::Colon) && parseBlock(out);
}

// An `elif` is an If in the else branch of the one before it. Long chains are common in generated code, so they are
// walked, not recursed into: the chain is linked as it is read and the end positions are set when its end is known.
Stmt* Parser::parseIf() {
  List chain(*this);
  int chain_depth = depth_, first = pos_;
  for (;;) {
    int start = pos_++;
    Expr* test = parseNamedExpression();
    Seq<Stmt*> body;
    if (!test || !accept(TokenType::Colon) || !parseBlock(body)) return nullptr;
    auto* node = make<If>(from(start), test, body, Seq<Stmt*>{});
    if (!node || !chain.push(node)) return nullptr;
    if (!at(TokenType::KeywordElif)) break;
    if (++chain_depth > context_.max_depth) context_.max_depth = chain_depth;
  }
  auto* last = chain.get<If>(chain.size() - 1);
  if (!parseElse(last->orelse)) return nullptr;
  Position end = from(first);
  for (int i = chain.size() - 1; i >= 0; --i) {
    auto* node = chain.get<If>(i);
    node->at.end_lineno = end.end_lineno;
    node->at.end_col_offset = end.end_col_offset;
    if (i + 1 == chain.size()) continue;
    auto** orelse = arena_.allocateArray<Stmt*>(1);
    if (!orelse) return noMemory<Stmt>();
    *orelse = chain.get<If>(i + 1);
    node->orelse = {orelse, 1};
  }
  return chain.get<If>(0);
}

Stmt* Parser::parseWhile() {
  int start = pos_++;
  Expr* test = parseNamedExpression();
  Seq<Stmt*> body, orelse;
  if (!test || !accept(TokenType::Colon) || !parseBlock(body) || !parseElse(orelse)) return nullptr;
  return make<While>(from(start), test, body, orelse);
}

Stmt* Parser::parseFor(int start, bool async) {
  ++pos_;
  if (async && !hasVersion(5)) return nullptr;
  Expr* target = parseStarTargets();
  if (!target || !accept(TokenType::KeywordIn)) return nullptr;
  Expr* iterable = parseStarExpressions();
  if (!iterable || !accept(TokenType::Colon)) return nullptr;
  bool ok = true;
  Str* type_comment = parseTypeComment(ok);
  Seq<Stmt*> body, orelse;
  if (!ok || !parseBlock(body) || !parseElse(orelse)) return nullptr;
  if (async) return make<AsyncFor>(from(start), target, iterable, body, orelse, type_comment);
  return make<For>(from(start), target, iterable, body, orelse, type_comment);
}

Stmt* Parser::parseWith(int start, bool async) {
  ++pos_;
  if (async && !hasVersion(5)) return nullptr;
  Seq<WithItem*> items;
  int before = pos_;
  bool parenthesized = false;
  if (at(TokenType::LeftParen)) {
    // The parenthesis may enclose the items or begin the first one; only what follows the closing one tells.
    ++speculating_;
    parenthesized = parseWithItems(items, true);
    --speculating_;
    if (raised_) return nullptr;
  }
  Str* type_comment = nullptr;
  if (parenthesized) {
    if (!hasVersion(async ? 5 : 9)) return nullptr;
  } else {
    pos_ = before;
    items = {};
    bool ok = parseWithItems(items, false);
    if (ok) type_comment = parseTypeComment(ok);
    if (!ok) return nullptr;
  }
  Seq<Stmt*> body;
  if (!parseBlock(body)) return nullptr;
  if (async) return make<AsyncWith>(from(start), items, body, type_comment);
  return make<With>(from(start), items, body, type_comment);
}

// The items of a `with` and the colon behind.
bool Parser::parseWithItems(Seq<WithItem*>& out, bool parenthesized) {
  if (parenthesized) ++pos_;
  List items(*this);
  do {
    if (parenthesized && items.size() && at(TokenType::RightParen)) break;
    WithItem* item = parseWithItem();
    if (!item || !items.push(item)) return false;
  } while (accept(TokenType::Comma));
  if (parenthesized && !accept(TokenType::RightParen)) return false;
  return accept(TokenType::Colon) && items.finish(out);
}

WithItem* Parser::parseWithItem() {
  Expr* value = parseExpression();
  if (!value) return nullptr;
  Expr* target = nullptr;
  if (accept(TokenType::KeywordAs)) {
    target = parseStarTarget();
    if (!target || !(at(TokenType::Comma) || at(TokenType::RightParen) || at(TokenType::Colon))) return nullptr;
  }
  return makePlain<WithItem>(value, target);
}

Stmt* Parser::parseTry() {
  int start = pos_++;
  Seq<Stmt*> body, orelse, finally;
  if (!accept(TokenType::Colon) || !parseBlock(body)) return nullptr;
  List handlers(*this);
  bool star = at(TokenType::KeywordExcept) && kindAfter(1) == TokenType::Star;
  if (star && !hasVersion(11)) return nullptr;
  while (at(TokenType::KeywordExcept)) {
    ExceptHandler* handler = parseHandler(star);
    if (!handler || !handlers.push(handler)) return nullptr;
  }
  if (handlers.size() && !parseElse(orelse)) return nullptr;
  bool has_finally = accept(TokenType::KeywordFinally);
  if (has_finally && (!accept(TokenType::Colon) || !parseBlock(finally))) return nullptr;
  if (!handlers.size() && !has_finally) return nullptr;
  Seq<ExceptHandler*> handler_list;
  if (!handlers.finish(handler_list)) return nullptr;
  if (star) return make<TryStar>(from(start), body, handler_list, orelse, finally);
  return make<Try>(from(start), body, handler_list, orelse, finally);
}

ExceptHandler* Parser::parseHandler(bool star) {
  int start = pos_++;
  if (star != accept(TokenType::Star)) return nullptr;
  Expr* type = nullptr;
  Str* name = nullptr;
  if (star || !at(TokenType::Colon)) {
    type = parseExpression();
    if (!type || !parseAsName(name)) return nullptr;
  }
  Seq<Stmt*> body;
  if (!accept(TokenType::Colon) || !parseBlock(body)) return nullptr;
  return make<ExceptHandler>(from(start), type, name, body);
}

Stmt* Parser::parseDecorated() {
  List decorators(*this);
  while (accept(TokenType::At)) {
    Expr* decorator = parseNamedExpression();
    if (!decorator || !decorators.push(decorator) || !accept(TokenType::Newline)) return nullptr;
  }
  Seq<Expr*> list;
  if (!decorators.finish(list)) return nullptr;
  int start = pos_;
  if (at(TokenType::KeywordClass)) return parseClass(list);
  bool async = accept(TokenType::Async);
  return at(TokenType::KeywordDef) ? parseFunction(start, async, list) : nullptr;
}

// From `def` on; `start` is the `async` before it, if there is one.
Stmt* Parser::parseFunction(int start, bool async, Seq<Expr*> decorators) {
  ++pos_;
  if (!at(TokenType::Name) || (async && !hasVersion(5))) return nullptr;
  Str* name = identifier(current());
  ++pos_;
  if (!name || !accept(TokenType::LeftParen)) return nullptr;
  Arguments* args = at(TokenType::RightParen) ? emptyArguments() : parseParameters(TokenType::RightParen);
  if (!args || !accept(TokenType::RightParen)) return nullptr;
  Expr* returns = nullptr;
  if (accept(TokenType::RightArrow)) {
    returns = parseExpression();
    if (!returns) return nullptr;
  }
  if (!accept(TokenType::Colon)) return nullptr;
  bool ok = true;
  Str* type_comment = parseFunctionTypeComment(ok);
  Seq<Stmt*> body;
  if (!ok || !parseBlock(body)) return nullptr;
  if (async) return make<AsyncFunctionDef>(from(start), name, args, body, decorators, returns, type_comment);
  return make<FunctionDef>(from(start), name, args, body, decorators, returns, type_comment);
}

// Behind the colon, or on a line of its own before the body.
Str* Parser::parseFunctionTypeComment(bool& ok) {
  if (!context_.options.type_comments) return nullptr;
  if (at(TokenType::Newline) && kindAfter(1) == TokenType::TypeComment && kindAfter(2) == TokenType::Newline &&
      kindAfter(3) == TokenType::Indent)
    ++pos_;
  return parseTypeComment(ok);
}

Stmt* Parser::parseClass(Seq<Expr*> decorators) {
  int start = pos_++;
  if (!at(TokenType::Name)) return nullptr;
  Str* name = identifier(current());
  ++pos_;
  if (!name) return nullptr;
  Seq<Expr*> bases;
  Seq<Keyword*> keywords;
  if (accept(TokenType::LeftParen)) {
    int open = pos_ - 1;
    if (!at(TokenType::RightParen) && !parseArguments(bases, keywords)) return nullptr;
    ++pos_;
    // A bare generator expression is fine in a call, not here.
    if (bases.size == 1 && is<GeneratorExp>(bases[0]) && bases[0]->at.lineno == tokens_[open].lineno &&
        bases[0]->at.col_offset == tokens_[open].col_offset)
      return nullptr;
  }
  Seq<Stmt*> body;
  if (!accept(TokenType::Colon) || !parseBlock(body)) return nullptr;
  return make<ClassDef>(from(start), name, bases, keywords, body, decorators);
}

// `match` is a name unless `subject: NEWLINE` follows; until then this is a guess.
Stmt* Parser::parseMatch() {
  int start = pos_++;
  if (!canStartExpression(kind()) && !at(TokenType::Star)) return nullptr;
  ++speculating_;
  int subject_start = pos_;
  Expr* subject = parseStarNamedExpression();
  if (subject && at(TokenType::Comma))
    subject = parseTuple(subject_start, subject, &Parser::parseStarNamedExpression, true);
  else if (subject && tokens_[subject_start].type == TokenType::Star)
    subject = nullptr;
  --speculating_;
  if (!subject || !accept(TokenType::Colon) || !accept(TokenType::Newline) || !accept(TokenType::Indent)) return nullptr;
  if (!hasVersion(10)) return nullptr;
  List cases(*this);
  while (!at(TokenType::Dedent)) {
    MatchCase* match_case = atSoftKeyword("case") ? parseCase() : nullptr;
    if (!match_case || !cases.push(match_case)) return nullptr;
  }
  ++pos_;
  Seq<MatchCase*> list;
  if (!cases.size() || !cases.finish(list)) return nullptr;
  return make<Match>(from(start), subject, list);
}

MatchCase* Parser::parseCase() {
  ++pos_;
  Pattern* pattern = parseTopPattern();
  if (!pattern) return nullptr;
  Expr* guard = nullptr;
  if (accept(TokenType::KeywordIf)) {
    guard = parseNamedExpression();
    if (!guard) return nullptr;
  }
  Seq<Stmt*> body;
  if (!accept(TokenType::Colon) || !parseBlock(body)) return nullptr;
  return makePlain<MatchCase>(pattern, guard, body);
}

}  // namespace habu::syntax
