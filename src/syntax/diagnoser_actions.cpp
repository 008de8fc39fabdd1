// What the alternatives of the error grammar do when they have matched.
#include <cstdio>

#include "object/raise.h"
#include "syntax/diagnosis.h"

namespace habu::syntax {

Diagnosis::Match* Diagnosis::act(const GrammarAlternative& alternative, int start, Match** values) {
  Match* result = perform(alternative, start, values);
  if (!result || context_.options.feature_version >= alternative.version) return result;
  std::string_view feature = table_->text(alternative.feature, alternative.feature_length);
  return raiseLast(kSyntaxError, "%.*s only supported in Python 3.%i and greater", static_cast<int>(feature.size()),
                   feature.data(), alternative.version);
}

Diagnosis::Match* Diagnosis::perform(const GrammarAlternative& alternative, int start, Match** values) {
  Match* a = alternative.a >= 0 ? values[alternative.a] : nullptr;
  Match* b = alternative.b >= 0 ? values[alternative.b] : nullptr;
  auto span = [&](Kind kind) {
    return make(kind, start, tokens_.lastVisible(start, pos_ - 1), values, alternative.item_count);
  };
  char message[128];
  auto expand = [&] {
    std::string_view text = table_->text(alternative.message, alternative.message_length);
    size_t n = 0;
    for (size_t i = 0; i < text.size() && n < 100; ++i) {
      if (text[i] == '%' && (text[i + 1] == 'n' || text[i + 1] == 't')) {
        std::string_view name = text[++i] == 'n' ? std::string_view(nameOf(a)) : tokens_.text(tokens_[a->first]);
        n += static_cast<size_t>(std::snprintf(message + n, sizeof message - n, "%.*s", static_cast<int>(name.size()), name.data()));
      } else if (text[i] != '\\') {
        message[n++] = text[i];
      }
    }
    message[n] = 0;
    return message;
  };
  switch (alternative.action) {
    case Action::Default: {
      Match* only = nullptr;
      int others = 0;
      for (int i = 0; i < alternative.item_count; ++i) {
        ItemKind kind = table_->items[alternative.first_item + i].kind;
        if (kind == ItemKind::And || kind == ItemKind::Not || kind == ItemKind::Cut) continue;
        if (only) ++others;
        only = values[i];
      }
      return only && !others ? only : span(Kind::Sequence);
    }
    case Action::Item: return values[alternative.value];
    case Action::Make: return span(alternative.kind);
    case Action::At: return raiseAt(a, a, "%s", expand());
    case Action::Range: return raiseAt(a, b, "%s", expand());
    case Action::From: return raiseAt(a, nullptr, "%s", expand());
    case Action::Last: return raiseLast(kSyntaxError, "%s", expand());
    case Action::Indent: {
      std::string_view what = table_->text(alternative.message, alternative.message_length);
      if (what.empty()) return raiseLast(kIndentationError, "expected an indented block");
      return raiseLast(kIndentationError, "expected an indented block after %.*s on line %d",
                       static_cast<int>(what.size()), what.data(), tokens_[a->first].lineno);
    }
    case Action::StarTargets:
    case Action::DelTargets:
    case Action::ForTargets: return raiseInvalidTarget(a, alternative.action);
    case Action::Legacy: return legacyStatement(a, b);
    case Action::Comma:
      if (isLegacyName(a) || tokens_[pos_ - 1].level == 0) return nullptr;
      return raiseAt(a, b, "invalid syntax. Perhaps you forgot a comma?");
    case Action::Generator: return raiseAt(a, lastOfClauses(b), "Generator expression must be parenthesized");
    case Action::GeneratorArgument: return generatorArgument(a, b);
    case Action::ArgumentOrder: return argumentOrder(a);
    case Action::ComprehensionTarget:
      return raiseAt(a, child(b, childCount(b) - 1), "did you forget parentheses around the comprehension target?");
    case Action::PatternOrder:
      return raiseAt(child(a, 0), child(a, childCount(a) - 1), "positional patterns follow keyword patterns");
    case Action::MissingColon: {
      const Token &first = tokens_[a->first], &last = tokens_[a->last];
      raisePlaced(kSyntaxError, first.lineno, last.end_col_offset, last.end_lineno, 0, "':' expected after dictionary key");
      return nullptr;
    }
    case Action::Barry: {
      bool classic = tokens_.text(tokens_[a->first]) == "<>";
      if (context_.options.barry_as_flufl && !classic)
        return raiseLast(kSyntaxError, "with Barry as BDFL, use '<>' instead of '!='");
      return classic == context_.options.barry_as_flufl ? a : nullptr;
    }
    case Action::Real: return complexPart(a, false);
    case Action::Imaginary: return complexPart(a, true);
    case Action::Exit: return nullptr;
  }
  return nullptr;
}

// ---- looking into matches ----

int Diagnosis::childCount(Match* match) const {
  int count = 0;
  for (int i = 0; i < match->count; ++i) {
    Match* part = match->children[i];
    if (part->kind == Kind::Sequence) count += childCount(part);
    else if (part->kind != Kind::Token) ++count;
  }
  return count;
}

Diagnosis::Match* Diagnosis::child(Match* match, int index) const {
  for (int i = 0; i < match->count; ++i) {
    Match* part = match->children[i];
    if (part->kind == Kind::Token) continue;
    int count = part->kind == Kind::Sequence ? childCount(part) : 1;
    if (index < count) return part->kind == Kind::Sequence ? child(part, index) : part;
    index -= count;
  }
  return match;
}

// The last condition of the last clause, or what that clause iterates over.
Diagnosis::Match* Diagnosis::lastOfClauses(Match* clauses) const {
  Match* clause = clauses->kind == Kind::Clause ? clauses : child(clauses, childCount(clauses) - 1);
  return child(clause, childCount(clause) - 1);
}

const char* Diagnosis::nameOf(const Match* match) const {
  switch (match->kind) {
    case Kind::Attribute: return "attribute";
    case Kind::Subscript: return "subscript";
    case Kind::Starred: return "starred";
    case Kind::Name: return "name";
    case Kind::List: return "list";
    case Kind::Tuple: return "tuple";
    case Kind::Lambda: return "lambda";
    case Kind::Call: return "function call";
    case Kind::Operation: return "expression";
    case Kind::GeneratorExp: return "generator expression";
    case Kind::Yield: return "yield expression";
    case Kind::Await: return "await expression";
    case Kind::ListComp: return "list comprehension";
    case Kind::SetComp: return "set comprehension";
    case Kind::DictComp: return "dict comprehension";
    case Kind::Dict: return "dict literal";
    case Kind::Set: return "set display";
    case Kind::JoinedString: return "f-string expression";
    case Kind::True: return "True";
    case Kind::False: return "False";
    case Kind::None: return "None";
    case Kind::Ellipsis: return "ellipsis";
    case Kind::Compare: return "comparison";
    case Kind::IfExp: return "conditional expression";
    case Kind::NamedExpr: return "named expression";
    default: return "literal";
  }
}

bool Diagnosis::isLegacyName(const Match* match) const {
  if (match->kind != Kind::Name) return false;
  std::string_view name = tokens_.text(tokens_[match->first]);
  return name == "print" || name == "exec";
}

// ---- actions of their own ----

Diagnosis::Match* Diagnosis::raiseInvalidTarget(Match* expression, Action action) {
  Match* invalid = invalidTarget(expression, action);
  if (!invalid) return nullptr;
  return raiseAt(invalid, invalid, action == Action::DelTargets ? "cannot delete %s" : "cannot assign to %s",
                 nameOf(invalid));
}

// The first part of a would-be target that is none; null: all is well.
Diagnosis::Match* Diagnosis::invalidTarget(Match* expression, Action action) {
  switch (expression->kind) {
    case Kind::Name:
    case Kind::Subscript:
    case Kind::Attribute: return nullptr;
    case Kind::List:
    case Kind::Tuple:
      for (int i = 0, count = childCount(expression); i < count; ++i)
        if (Match* invalid = invalidTarget(child(expression, i), action)) return invalid;
      return nullptr;
    case Kind::Starred:
      return action == Action::DelTargets ? expression : invalidTarget(child(expression, 0), action);
    case Kind::Compare: {
      // The `a in b` of `for a in b` looks like a comparison.
      if (action != Action::ForTargets) return expression;
      Match* left = child(expression, 0);
      int op = expression->children[0]->last + 1;
      while (tokens_[op].type == TokenType::RightParen) ++op;
      return tokens_[op].type == TokenType::KeywordIn ? invalidTarget(left, action) : nullptr;
    }
    default: return expression;
  }
}

Diagnosis::Match* Diagnosis::legacyStatement(Match* name, Match* expressions) {
  if (!isLegacyName(name)) return nullptr;
  std::string_view text = tokens_.text(tokens_[name->first]);
  auto length = static_cast<int>(text.size());
  return raiseAt(name, expressions, "Missing parentheses in call to '%.*s'. Did you mean %.*s(...)?", length, text.data(),
                 length, text.data());
}

// f(a, x for x in y)
Diagnosis::Match* Diagnosis::generatorArgument(Match* arguments, Match* clauses) {
  Match* last = nullptr;
  int count = 0;
  for (int i = 0, all = childCount(arguments); i < all; ++i) {
    Match* argument = child(arguments, i);
    if (argument->kind == Kind::Keyword || argument->kind == Kind::DoubleStarred) continue;
    last = argument;
    ++count;
  }
  if (count <= 1) return nullptr;
  return raiseAt(last, lastOfClauses(clauses), "Generator expression must be parenthesized");
}

Diagnosis::Match* Diagnosis::argumentOrder(Match* arguments) {
  for (int i = 0, count = childCount(arguments); i < count; ++i)
    if (child(arguments, i)->kind == Kind::DoubleStarred)
      return raiseLast(kSyntaxError, "positional argument follows keyword argument unpacking");
  return raiseLast(kSyntaxError, "positional argument follows keyword argument");
}

// Patterns spell complex numbers as a real part and an imaginary one.
Diagnosis::Match* Diagnosis::complexPart(Match* number, bool imaginary) {
  std::string_view text = tokens_.text(tokens_[number->first]);
  bool is_imaginary = (text.back() | 32) == 'j';
  if (is_imaginary == imaginary) return number;
  return raiseAt(number, number, imaginary ? "imaginary number required in complex literal"
                                           : "real number required in complex literal");
}

}  // namespace habu::syntax
