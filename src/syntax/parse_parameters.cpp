// Parameter lists of `def` and `lambda`. With `def` (closed by a parenthesis) parameters may have annotations and type
// comments.
#include "syntax/parser.h"

namespace habu::syntax {

struct Parser::ParameterLists {
  explicit ParameterLists(Parser& parser) : parser(parser) {}
  Parser& parser;
  // Positional parameters, with their defaults behind; then keyword-only ones with a default or null each.
  PlainVector<Arg*> positional, keyword_only;
  PlainVector<Expr*> defaults, keyword_defaults;
  int positional_only = 0;
  Arg *variable = nullptr, *keywords = nullptr;

  template <class T>
  bool copy(const PlainVector<T*>& from, int begin, int end, Seq<T*>& to) {
    if (begin == end) return true;
    auto** data = parser.arena_.allocateArray<T*>(static_cast<size_t>(end - begin));
    if (!data) return parser.outOfMemory(), false;
    for (int i = begin; i < end; ++i) data[i - begin] = from[i];
    to = {data, end - begin};
    return true;
  }
};

Arg* Parser::parseParameter(bool annotated, bool star_annotation) {
  int start = pos_;
  if (!at(TokenType::Name)) return nullptr;
  Str* name = identifier(current());
  if (!name) return nullptr;
  ++pos_;
  Expr* annotation = nullptr;
  if (annotated && accept(TokenType::Colon)) {
    annotation = star_annotation ? parseStarExpression() : parseExpression();
    if (!annotation) return nullptr;
  }
  return makeProduct<Arg>(from(start), name, annotation, static_cast<Str*>(nullptr));
}

// Behind a parameter and its comma, if any.
bool Parser::parseParameterComment(Arg* arg) {
  if (!at(TokenType::TypeComment)) return true;
  bool ok = true;
  arg->type_comment = parseTypeComment(ok);
  return ok;
}

// Behind a parameter: a comma, or the end of the list.
#define END_PARAMETER(arg)                                   \
  do {                                                       \
    if (accept(TokenType::Comma)) {                          \
      if (!parseParameterComment(arg)) return false;         \
    } else {                                                 \
      if (!parseParameterComment(arg)) return false;         \
      if (!at(close)) return false;                          \
    }                                                        \
  } while (0)

bool Parser::parsePlainParameter(ParameterLists& lists, TokenType close) {
  Arg* arg = parseParameter(close == TokenType::RightParen, false);
  if (!arg) return false;
  Expr* value = nullptr;
  if (accept(TokenType::Equal)) {
    value = parseExpression();
    if (!value) return false;
  }
  END_PARAMETER(arg);
  if (!value && lists.defaults.size()) return false;
  if (!lists.positional.push(arg) || (value && !lists.defaults.push(value))) return outOfMemory(), false;
  return true;
}

// From the star or double star on.
bool Parser::parseStarParameter(ParameterLists& lists, TokenType close) {
  bool annotated = close == TokenType::RightParen;
  if (accept(TokenType::Star)) {
    bool bare = accept(TokenType::Comma);
    if (!bare) {
      lists.variable = parseParameter(annotated, true);
      if (!lists.variable) return false;
      END_PARAMETER(lists.variable);
    }
    while (at(TokenType::Name)) {
      Arg* arg = parseParameter(annotated, false);
      if (!arg) return false;
      Expr* value = nullptr;
      if (accept(TokenType::Equal)) {
        value = parseExpression();
        if (!value) return false;
      }
      END_PARAMETER(arg);
      if (!lists.keyword_only.push(arg) || !lists.keyword_defaults.push(value)) return outOfMemory(), false;
    }
    if (bare && !lists.keyword_only.size()) return false;
  }
  if (accept(TokenType::DoubleStar)) {
    lists.keywords = parseParameter(annotated, false);
    if (!lists.keywords) return false;
    END_PARAMETER(lists.keywords);
  }
  return at(close);
}

Arguments* Parser::parseParameters(TokenType close) {
  ParameterLists lists(*this);
  while (!at(close)) {
    if (at(TokenType::Star) || at(TokenType::DoubleStar)) {
      if (!parseStarParameter(lists, close)) return nullptr;
      break;
    }
    if (at(TokenType::Slash)) {
      if (lists.positional_only || !lists.positional.size() || !hasVersion(8)) return nullptr;
      ++pos_;
      lists.positional_only = lists.positional.size();
      if (!accept(TokenType::Comma) && !at(close)) return nullptr;
      continue;
    }
    if (!parsePlainParameter(lists, close)) return nullptr;
  }
  auto* arguments = emptyArguments();
  int split = lists.positional_only, count = lists.positional.size();
  if (!arguments || !lists.copy(lists.positional, 0, split, arguments->posonlyargs) ||
      !lists.copy(lists.positional, split, count, arguments->args) ||
      !lists.copy(lists.defaults, 0, lists.defaults.size(), arguments->defaults) ||
      !lists.copy(lists.keyword_only, 0, lists.keyword_only.size(), arguments->kwonlyargs) ||
      !lists.copy(lists.keyword_defaults, 0, lists.keyword_defaults.size(), arguments->kw_defaults))
    return nullptr;
  arguments->vararg = lists.variable;
  arguments->kwarg = lists.keywords;
  return arguments;
}
#undef END_PARAMETER

}  // namespace habu::syntax
