// Targets of assignments, loops, `with` and `del`. They are parsed as the expressions they look like, then checked and
// turned into targets in place.
#include "syntax/parser.h"

namespace habu::syntax {

// Sets the context of a target and of the targets inside. False: it cannot be one.
bool Parser::toTarget(Expr* expression, ExprContext context) {
  switch (expression->node_kind) {
    case NodeKind::Name: as<Name>(expression)->ctx = context; return true;
    case NodeKind::Attribute: as<Attribute>(expression)->ctx = context; return true;
    case NodeKind::Subscript: as<Subscript>(expression)->ctx = context; return true;
    case NodeKind::Starred: {
      auto* starred = as<Starred>(expression);
      if (context == ExprContext::Del || is<Starred>(starred->value)) return false;
      starred->ctx = context;
      return toTarget(starred->value, context);
    }
    case NodeKind::List: {
      auto* list = as<syntax::List>(expression);
      list->ctx = context;
      for (Expr* element : list->elts)
        if (!toTarget(element, context)) return false;
      return true;
    }
    case NodeKind::Tuple: {
      auto* tuple = as<Tuple>(expression);
      tuple->ctx = context;
      for (Expr* element : tuple->elts)
        if (!toTarget(element, context)) return false;
      return true;
    }
    default: return false;
  }
}

bool Parser::isSingleTarget(const Expr* expression) {
  return is<Name>(expression) || is<Attribute>(expression) || is<Subscript>(expression);
}

Expr* Parser::parseStarTarget() {
  int start = pos_;
  if (accept(TokenType::Star)) {
    if (at(TokenType::Star)) return nullptr;
    Expr* value = parsePrimary();
    if (!value || !toTarget(value, ExprContext::Store)) return nullptr;
    return make<Starred>(from(start), value, ExprContext::Store);
  }
  Expr* target = parsePrimary();
  return target && toTarget(target, ExprContext::Store) ? target : nullptr;
}

Expr* Parser::parseStarTargets() {
  int start = pos_;
  Expr* first = parseStarTarget();
  if (!first || !at(TokenType::Comma)) return first;
  List items(*this);
  if (!items.push(first)) return nullptr;
  while (accept(TokenType::Comma)) {
    if (!canStartExpression(kind()) && !at(TokenType::Star)) break;
    Expr* item = parseStarTarget();
    if (!item || !items.push(item)) return nullptr;
  }
  Seq<Expr*> elements;
  if (!items.finish(elements)) return nullptr;
  return make<Tuple>(from(start), elements, ExprContext::Store);
}

bool Parser::parseDeleteTargets(Seq<Expr*>& out) {
  List targets(*this);
  do {
    if (targets.size() && !canStartExpression(kind())) break;
    Expr* target = parsePrimary();
    if (!target || !toTarget(target, ExprContext::Del) || !targets.push(target)) return false;
  } while (accept(TokenType::Comma));
  return targets.finish(out);
}

}  // namespace habu::syntax
