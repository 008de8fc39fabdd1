#include "syntax/parser.h"

#include "object/raise.h"
#include "syntax/literals.h"

namespace habu::syntax {

// ---- tokens ----

void Parser::fill() {
  Token* token = tokens_.pushSlot();
  if (!token) {
    // Without memory for tokens nothing can go on: end the stream where it is.
    outOfMemory();
    tokens_.truncate(tokens_.size() - 1);
    tokens_[tokens_.size() - 1].type = TokenType::Error;
    pos_ = tokens_.size() - 1;
    return;
  }
  tokenizer_.next(*token);
  while (token->type == TokenType::TypeIgnore) {
    if (!type_ignores_.push(*token)) outOfMemory();
    tokenizer_.next(*token);
  }
  if (mode_ == Mode::Single) {
    if (token->type == TokenType::Endmarker && statement_started_) {
      // The end of the input ends the statement as well.
      token->type = TokenType::Newline;
      statement_started_ = false;
      if (!context_.options.keep_indentation) tokenizer_.dropIndentation();
    } else {
      statement_started_ = true;
    }
  }
  if (token->type == TokenType::Error &&
      (tokenizer_.failure() == Failure::Raised || tokenizer_.failure() == Failure::NoMemory)) {
    if (tokenizer_.failure() == Failure::NoMemory) outOfMemory();
    raised_ = true;
  }
}

void Parser::outOfMemory() {
  if (!errorSet(ts_)) (void)raiseNoMemory(ts_);
  raised_ = true;
}

// ---- nodes ----

Position Parser::from(int start) const {
  const Token& first = tokens_[start];
  int last = pos_ - 1;
  while (last > start && tokens_[last].type >= TokenType::Newline && tokens_[last].type <= TokenType::Dedent) --last;
  const Token& end = tokens_[last];
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
      for (int i = 0; i < type_ignores_.size(); ++i) {
        Ref<Str> tag = newStr(ts_, text(type_ignores_[i]));
        Str* owned = arena_.own(std::move(tag));
        if (!owned) return outOfMemory(), nullptr;
        auto* ignore = makeModule<TypeIgnore>(type_ignores_[i].lineno, owned);
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
  const char* p = tokenizer_.current();
  for (;;) {
    while (*p == ' ' || *p == '\t' || *p == '\n' || *p == '\f') ++p;
    if (!*p) return false;
    if (*p != '#') return true;
    while (*p && *p != '\n') ++p;
  }
}

}  // namespace habu::syntax
