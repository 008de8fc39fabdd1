#include "syntax/parser.h"

#include "object/raise.h"
#include "syntax/literals.h"

namespace habu::syntax {

// ---- tokens ----

void Parser::fill() {
  if (!tokens_.fill()) {
    outOfMemory();
    pos_ = tokens_.size() - 1;  // the end of the stream, from here on
    return;
  }
  if (tokens_.last().type != TokenType::Error) return;
  Failure failure = tokens_.tokenizer.failure();
  if (failure == Failure::NoMemory) outOfMemory();
  if (failure == Failure::Raised) raised_ = true;
}

void Parser::outOfMemory() {
  if (!errorSet(ts_)) (void)raiseNoMemory(ts_);
  raised_ = true;
}

// ---- nodes ----

Position Parser::from(int start) const {
  const Token& first = tokens_[start];
  const Token& end = tokens_[tokens_.lastVisible(start, pos_ - 1)];
  return {first.lineno, first.col_offset, end.end_lineno, end.end_col_offset};
}

Position Parser::tokenPosition(int index) const {
  const Token& token = tokens_[index];
  return {token.lineno, token.col_offset, token.end_lineno, token.end_col_offset};
}

Str* Parser::identifier(const Token& token) {
  Str* name = context_.identifier(text(token));
  if (!name) raised_ = true;
  return name;
}

Expr* Parser::makeName(int token, ExprContext context) {
  Str* name = identifier(tokens_[token]);
  if (!name) return nullptr;
  return make<Name>(tokenPosition(token), name, context);
}

Arguments* Parser::emptyArguments() {
  auto* none = makePlain<Arguments>();
  return none;
}

// ---- modules ----

Mod* Parser::parseModule() {
  switch (mode_) {
    case Mode::Exec: {
      List body(*this);
      if (!parseStatements(body, &Parser::atEndmarker)) return nullptr;
      Seq<Stmt*> statements;
      if (!body.finish(statements)) return nullptr;
      List ignores(*this);
      const auto& found = tokens_.typeIgnores();
      for (int i = 0; i < found.size(); ++i) {
        Ref<Str> tag = newStr(ts_, text(found[i]));
        Str* owned = arena_.own(std::move(tag));
        if (!owned) return outOfMemory(), nullptr;
        auto* ignore = makeModule<TypeIgnore>(found[i].lineno, owned);
        if (!ignore || !ignores.push(ignore)) return nullptr;
      }
      Seq<TypeIgnore*> type_ignores;
      if (!ignores.finish(type_ignores)) return nullptr;
      return makeModule<Module>(statements, type_ignores);
    }
    case Mode::Single: {
      List body(*this);
      if (at(TokenType::Newline)) {
        ++pos_;
        auto* pass = make<Pass>(tokenPosition(pos_ - 1));
        if (!pass || !body.push(pass)) return nullptr;
      } else {
        int before = pos_;
        bool compound = false;
        if (Stmt* statement = parseCompound()) {
          compound = true;
          if (!body.push(statement) || !accept(TokenType::Newline)) return nullptr;
        }
        if (!compound) {
          if (raised_) return nullptr;
          pos_ = before;
          if (!parseSimpleStatements(body)) return nullptr;
        }
      }
      Seq<Stmt*> statements;
      if (!body.finish(statements)) return nullptr;
      return makeModule<Interactive>(statements);
    }
    case Mode::Eval: {
      Expr* body = parseExpressions();
      if (!body) return nullptr;
      while (accept(TokenType::Newline)) {}
      if (!accept(TokenType::Endmarker)) return nullptr;
      return makeModule<Expression>(body);
    }
    case Mode::FunctionType: {
      if (!accept(TokenType::LeftParen)) return nullptr;
      List types(*this);
      int stars = 0;  // 1 behind *x, 2 behind **x
      while (!at(TokenType::RightParen)) {
        if (stars == 2) return nullptr;
        if (accept(TokenType::DoubleStar)) {
          stars = 2;
        } else if (stars == 0 && accept(TokenType::Star)) {
          stars = 1;
        } else if (stars) {
          return nullptr;
        }
        Expr* type = parseExpression();
        if (!type || !types.push(type)) return nullptr;
        if (!accept(TokenType::Comma)) break;
        if (at(TokenType::RightParen)) return nullptr;
      }
      if (!accept(TokenType::RightParen) || !accept(TokenType::RightArrow)) return nullptr;
      Expr* returns = parseExpression();
      if (!returns) return nullptr;
      while (accept(TokenType::Newline)) {}
      if (!accept(TokenType::Endmarker)) return nullptr;
      Seq<Expr*> argument_types;
      if (!types.finish(argument_types)) return nullptr;
      return makeModule<FunctionType>(argument_types, returns);
    }
  }
  return nullptr;
}

Expr* Parser::parseFStringExpression() { return parseStarExpressions(); }

bool Parser::leftOverStatement() const {
  const char* p = tokens_.tokenizer.current();
  for (;;) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f') ++p;
    if (!*p) return false;
    if (*p != '#') return true;
    while (*p && *p != '\n') ++p;
  }
}

}  // namespace habu::syntax
