// Simple statements.
#include "syntax/parser.h"

namespace habu::syntax {
namespace {

bool augmentedOperator(TokenType type, Operator& op) {
  switch (type) {
    case TokenType::PlusEqual: op = Operator::Add; return true;
    case TokenType::MinusEqual: op = Operator::Sub; return true;
    case TokenType::StarEqual: op = Operator::Mult; return true;
    case TokenType::AtEqual: op = Operator::MatMult; return true;
    case TokenType::SlashEqual: op = Operator::Div; return true;
    case TokenType::PercentEqual: op = Operator::Mod; return true;
    case TokenType::AmpersandEqual: op = Operator::BitAnd; return true;
    case TokenType::BarEqual: op = Operator::BitOr; return true;
    case TokenType::CircumflexEqual: op = Operator::BitXor; return true;
    case TokenType::LeftShiftEqual: op = Operator::LShift; return true;
    case TokenType::RightShiftEqual: op = Operator::RShift; return true;
    case TokenType::DoubleStarEqual: op = Operator::Pow; return true;
    case TokenType::DoubleSlashEqual: op = Operator::FloorDiv; return true;
    default: return false;
  }
}

}  // namespace

// Statements up to (and including) the token that ends them.
bool Parser::parseStatements(List& out, bool (Parser::*at_end)()) {
  while (!(this->*at_end)())
    if (!parseStatement(out)) return false;
  ++pos_;
  return true;
}

bool Parser::parseStatement(List& out) {
  int before = pos_;
  if (Stmt* compound = parseCompound()) return out.push(compound);
  // A compound statement that failed half-way fails for good; the soft keyword `match` may be a name after all.
  if (raised_ || (pos_ != before && tokens_[before].type != TokenType::Name)) return false;
  pos_ = before;
  return parseSimpleStatements(out);
}

bool Parser::parseSimpleStatements(List& out) {
  do {
    Stmt* statement = parseSimpleStatement();
    if (!statement || !out.push(statement)) return false;
    if (accept(TokenType::Newline)) return true;
    if (!accept(TokenType::Semicolon)) return false;
  } while (!at(TokenType::Newline));
  ++pos_;
  return true;
}

Stmt* Parser::parseSimpleStatement() {
  int start = pos_;
  switch (kind()) {
    case TokenType::KeywordReturn: return parseReturn();
    case TokenType::KeywordImport: return parseImport();
    case TokenType::KeywordFrom: return parseFrom();
    case TokenType::KeywordRaise: return parseRaise();
    case TokenType::KeywordPass: ++pos_; return make<Pass>(from(start));
    case TokenType::KeywordDel: return parseDelete();
    case TokenType::KeywordAssert: return parseAssert();
    case TokenType::KeywordBreak: ++pos_; return make<Break>(from(start));
    case TokenType::KeywordContinue: ++pos_; return make<Continue>(from(start));
    case TokenType::KeywordGlobal:
    case TokenType::KeywordNonlocal: return parseNames();
    case TokenType::KeywordYield: {
      Expr* value = parseYield();
      if (!value) return nullptr;
      return make<ExprStmt>(from(start), value);
    }
    default: return parseExpressionStatement();
  }
}

// An expression, an assignment of any kind or an annotation: what follows the first expression tells.
Stmt* Parser::parseExpressionStatement() {
  int start = pos_;
  Expr* first = parseStarExpressions();
  if (!first) return nullptr;
  switch (kind()) {
    case TokenType::Equal: return parseAssignment(start, first);
    case TokenType::Colon: return parseAnnotation(start, first);
    default: break;
  }
  Operator op;
  if (augmentedOperator(kind(), op)) return parseAugmented(start, first, op);
  return make<ExprStmt>(from(start), first);
}

Stmt* Parser::parseAssignment(int start, Expr* first) {
  List targets(*this);
  Expr* value = first;
  while (accept(TokenType::Equal)) {
    if (!toTarget(value, ExprContext::Store) || !targets.push(value)) return nullptr;
    value = parseAssignedValue();
    if (!value) return nullptr;
  }
  bool ok = true;
  Str* type_comment = parseTypeComment(ok);
  Seq<Expr*> target_list;
  if (!ok || !targets.finish(target_list)) return nullptr;
  return make<Assign>(from(start), target_list, value, type_comment);
}

// target ':' expression ['=' value]
Stmt* Parser::parseAnnotation(int start, Expr* target) {
  if (!isSingleTarget(target) || !hasVersion(6)) return nullptr;
  int simple = is<Name>(target) && tokens_[start].type != TokenType::LeftParen;
  toTarget(target, ExprContext::Store);
  ++pos_;
  Expr* annotation = parseExpression();
  if (!annotation) return nullptr;
  Expr* value = nullptr;
  if (accept(TokenType::Equal)) {
    value = parseAssignedValue();
    if (!value) return nullptr;
  }
  return make<AnnAssign>(from(start), target, annotation, value, static_cast<int32_t>(simple));
}

Stmt* Parser::parseAugmented(int start, Expr* target, Operator op) {
  if (!isSingleTarget(target) || (op == Operator::MatMult && !hasVersion(5))) return nullptr;
  toTarget(target, ExprContext::Store);
  ++pos_;
  Expr* value = parseAssignedValue();
  if (!value) return nullptr;
  return make<AugAssign>(from(start), target, op, value);
}

Stmt* Parser::parseReturn() {
  int start = pos_++;
  Expr* value = nullptr;
  if (canStartExpression(kind()) || at(TokenType::Star)) {
    value = parseStarExpressions();
    if (!value) return nullptr;
  }
  return make<Return>(from(start), value);
}

Stmt* Parser::parseRaise() {
  int start = pos_++;
  Expr *exception = nullptr, *cause = nullptr;
  if (canStartExpression(kind())) {
    exception = parseExpression();
    if (!exception) return nullptr;
    if (accept(TokenType::KeywordFrom)) {
      cause = parseExpression();
      if (!cause) return nullptr;
    }
  }
  return make<Raise>(from(start), exception, cause);
}

Stmt* Parser::parseDelete() {
  int start = pos_++;
  Seq<Expr*> targets;
  if (!parseDeleteTargets(targets) || !(at(TokenType::Semicolon) || at(TokenType::Newline))) return nullptr;
  return make<Delete>(from(start), targets);
}

Stmt* Parser::parseAssert() {
  int start = pos_++;
  Expr* test = parseExpression();
  if (!test) return nullptr;
  Expr* message = nullptr;
  if (accept(TokenType::Comma)) {
    message = parseExpression();
    if (!message) return nullptr;
  }
  return make<Assert>(from(start), test, message);
}

// global a, b / nonlocal a, b
Stmt* Parser::parseNames() {
  int start = pos_;
  bool global = at(TokenType::KeywordGlobal);
  ++pos_;
  List names(*this);
  do {
    if (!at(TokenType::Name)) return nullptr;
    Str* name = identifier(current());
    if (!name || !names.push(name)) return nullptr;
    ++pos_;
  } while (accept(TokenType::Comma));
  Seq<Str*> list;
  if (!names.finish(list)) return nullptr;
  if (global) return make<Global>(from(start), list);
  return make<Nonlocal>(from(start), list);
}

// a.b.c as one identifier.
Str* Parser::parseDottedName() {
  int start = pos_;
  if (!accept(TokenType::Name)) return nullptr;
  if (!at(TokenType::Dot)) return identifier(tokens_[start]);
  // Parts may be apart ("a . b") and are normalised one by one.
  char small[256];
  size_t length = 0;
  PlainVector<char> large;
  auto append = [&](std::string_view part) {
    if (!large.size() && length + part.size() <= sizeof small) {
      std::memcpy(small + length, part.data(), part.size());
      length += part.size();
      return true;
    }
    if (!large.size())
      for (size_t i = 0; i < length; ++i)
        if (!large.push(small[i])) return false;
    for (char c : part)
      if (!large.push(c)) return false;
    return true;
  };
  if (!append(text(tokens_[start]))) return noMemory<Str>();
  while (accept(TokenType::Dot)) {
    if (!at(TokenType::Name)) return nullptr;
    if (!append(".") || !append(text(current()))) return noMemory<Str>();
    ++pos_;
  }
  std::string_view joined =
      large.size() ? std::string_view(large.data(), static_cast<size_t>(large.size())) : std::string_view(small, length);
  Str* name = context_.identifier(joined);
  if (!name) raised_ = true;
  return name;
}

// ['as' NAME]; the name stays null without it.
bool Parser::parseAsName(Str*& name) {
  name = nullptr;
  if (!accept(TokenType::KeywordAs)) return true;
  if (!at(TokenType::Name)) return false;
  name = identifier(current());
  ++pos_;
  return name != nullptr;
}

Stmt* Parser::parseImport() {
  int start = pos_++;
  List names(*this);
  do {
    int alias_start = pos_;
    Str* name = parseDottedName();
    Str* as_name;
    if (!name || !parseAsName(as_name)) return nullptr;
    auto* alias = makeProduct<Alias>(from(alias_start), name, as_name);
    if (!alias || !names.push(alias)) return nullptr;
  } while (accept(TokenType::Comma));
  Seq<Alias*> aliases;
  if (!names.finish(aliases)) return nullptr;
  return make<Import>(from(start), aliases);
}

Stmt* Parser::parseFrom() {
  int start = pos_++;
  int level = 0;
  for (;;) {
    if (accept(TokenType::Dot)) ++level;
    else if (accept(TokenType::Ellipsis)) level += 3;
    else break;
  }
  Str* module = nullptr;
  if (!level || !at(TokenType::KeywordImport)) {
    module = parseDottedName();
    if (!module) return nullptr;
  }
  Seq<Alias*> names;
  if (!accept(TokenType::KeywordImport) || !parseFromNames(names)) return nullptr;
  return make<ImportFrom>(from(start), module, names, static_cast<int32_t>(level));
}

bool Parser::parseFromNames(Seq<Alias*>& out) {
  List names(*this);
  int start = pos_;
  if (accept(TokenType::Star)) {
    Str* star = context_.identifier("*");
    if (!star) return raised_ = true, false;
    auto* alias = makeProduct<Alias>(from(start), star, static_cast<Str*>(nullptr));
    return alias && names.push(alias) && names.finish(out);
  }
  bool parenthesized = accept(TokenType::LeftParen);
  do {
    if (parenthesized && names.size() && at(TokenType::RightParen)) break;
    int alias_start = pos_;
    if (!at(TokenType::Name)) return false;
    Str* name = identifier(current());
    ++pos_;
    Str* as_name;
    if (!name || !parseAsName(as_name)) return false;
    auto* alias = makeProduct<Alias>(from(alias_start), name, as_name);
    if (!alias || !names.push(alias)) return false;
  } while (accept(TokenType::Comma));
  return (!parenthesized || accept(TokenType::RightParen)) && names.finish(out);
}

// An optional type comment; `ok` turns false when it could not be made.
Str* Parser::parseTypeComment(bool& ok) {
  if (!at(TokenType::TypeComment)) return nullptr;
  Str* comment = arena_.own(newStr(ts_, text(current())));
  if (!comment) {
    ok = false;
    outOfMemory();
  }
  ++pos_;
  return comment;
}

}  // namespace habu::syntax
