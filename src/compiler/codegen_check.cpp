// Errors and warnings about programs that are grammatical but wrong or suspicious.
#include "compiler/codegen.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "syntax/syntax_error.h"
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

using ast::as;
using ast::is;
using ast::NodeKind;

void Codegen::errorText(Ref<Str> message) {
  if (failed_) return;
  setFailed();
  if (!message) return;
  const ast::Position& p = unit_->at;
  (void)syntax::raiseSyntaxErrorIn(ts_, std::move(message), filename_, p.lineno, p.col_offset, p.end_lineno, p.end_col_offset);
}

void Codegen::error(const char* message) { errorText(failed_ ? Ref<Str>() : newStr(ts_, message)); }

void Codegen::warn(Ref<Str> message) {
  if (failed_) return;
  if (!message) return setFailed();
  Ref<Str> kept = message.copy();
  if (!failed(warnExplicit(ts_, kSyntaxWarning, std::move(message), filename_, unit_->at.lineno))) return;
  if (errorMatches(ts_, kSyntaxWarning)) {  // an error says more about the place than an exception made of a warning
    clearError(ts_);
    return errorText(std::move(kept));
  }
  setFailed();
}

bool Codegen::forbiddenName(Str* name, ast::ExprContext ctx) {
  static constinit Name kDebug{"__debug__"};
  if (ctx == ast::ExprContext::Load || name != kDebug.get()) return false;
  error(ctx == ast::ExprContext::Store ? "cannot assign to __debug__" : "cannot delete __debug__");
  return true;
}

void Codegen::checkParameters(ast::Arguments* a) {
  auto check = [this](ast::Arg* arg) {
    if (arg && !failed_) forbiddenName(arg->arg, ast::ExprContext::Store);
  };
  for (ast::Arg* arg : a->posonlyargs) check(arg);
  for (ast::Arg* arg : a->args) check(arg);
  check(a->vararg);
  for (ast::Arg* arg : a->kwonlyargs) check(arg);
  check(a->kwarg);
}

bool Codegen::checkKeywords(ast::Seq<ast::Keyword*> keywords) {
  int n = keywords.size;
  for (int i = 0; i < n && !failed_; ++i) {
    Str* name = keywords[i]->arg;
    if (!name) continue;
    if (forbiddenName(name, ast::ExprContext::Store)) return false;
    for (int j = i + 1; j < n; ++j) {
      if (keywords[j]->arg != name) continue;
      at(keywords[j]);
      errorText(formatText(ts_, "keyword argument repeated: {}", name));
      return false;
    }
  }
  return !failed_;
}

// ---- suspicious expressions ----

namespace {

// A literal other than the singletons, for which `is` is meaningful.
bool isPlainLiteral(ast::Expr* e) {
  if (!is<ast::ConstantExpr>(e)) return false;
  Object* v = as<ast::ConstantExpr>(e)->value;
  return !isNone(v) && v != trueObject() && v != falseObject() && v != &kEllipsisObject;
}

// The type the expression's value is sure to have; null: unknown.
const char* typeNameOf(ast::Expr* e) {
  switch (e->node_kind) {
    case NodeKind::Tuple: return "tuple";
    case NodeKind::List:
    case NodeKind::ListComp: return "list";
    case NodeKind::Dict:
    case NodeKind::DictComp: return "dict";
    case NodeKind::Set:
    case NodeKind::SetComp: return "set";
    case NodeKind::GeneratorExp: return "generator";
    case NodeKind::Lambda: return "function";
    case NodeKind::JoinedStr:
    case NodeKind::FormattedValue: return "str";
    case NodeKind::ConstantExpr: return typeName(as<ast::ConstantExpr>(e)->value);
    default: return nullptr;
  }
}

}  // namespace

void Codegen::checkCompare(ast::Compare* c) {
  bool left = isPlainLiteral(c->left);
  for (int i = 0; i < c->ops.size; ++i) {
    bool right = isPlainLiteral(c->comparators[i]);
    bool is_op = c->ops[i] == ast::CompareOperator::Is;
    if ((is_op || c->ops[i] == ast::CompareOperator::IsNot) && (left || right))
      return failed_ ? void() : warn(newStr(ts_, is_op ? "\"is\" with a literal. Did you mean \"==\"?"
                                                      : "\"is not\" with a literal. Did you mean \"!=\"?"));
    left = right;
  }
}

void Codegen::checkCaller(ast::Expr* e) {
  switch (e->node_kind) {
    case NodeKind::ConstantExpr:
    case NodeKind::Tuple:
    case NodeKind::List:
    case NodeKind::ListComp:
    case NodeKind::Dict:
    case NodeKind::DictComp:
    case NodeKind::Set:
    case NodeKind::SetComp:
    case NodeKind::GeneratorExp:
    case NodeKind::JoinedStr:
    case NodeKind::FormattedValue:
      if (!failed_) warn(formatText(ts_, "'{:.200}' object is not callable; perhaps you missed a comma?", typeNameOf(e)));
      return;
    default: return;
  }
}

void Codegen::checkSubscripter(ast::Expr* e) {
  switch (e->node_kind) {
    case NodeKind::ConstantExpr: {
      Object* v = as<ast::ConstantExpr>(e)->value;
      if (!(isNone(v) || v == &kEllipsisObject || isInt(v) || isFloat(v) || isInstanceOf(v, kComplexType) || isAnySet(v))) return;
      break;
    }
    case NodeKind::Set:
    case NodeKind::SetComp:
    case NodeKind::GeneratorExp:
    case NodeKind::Lambda: break;
    default: return;
  }
  if (!failed_) warn(formatText(ts_, "'{:.200}' object is not subscriptable; perhaps you missed a comma?", typeNameOf(e)));
}

void Codegen::checkIndex(ast::Expr* container, ast::Expr* index) {
  const char* index_type = typeNameOf(index);
  if (!index_type) return;
  if (is<ast::ConstantExpr>(index) && isInt(as<ast::ConstantExpr>(index)->value)) return;
  switch (container->node_kind) {
    case NodeKind::ConstantExpr: {
      Object* v = as<ast::ConstantExpr>(container)->value;
      if (!(isStr(v) || isBytes(v) || isTuple(v))) return;
      break;
    }
    case NodeKind::Tuple:
    case NodeKind::List:
    case NodeKind::ListComp:
    case NodeKind::JoinedStr:
    case NodeKind::FormattedValue: break;
    default: return;
  }
  if (!failed_)
    warn(formatText(ts_, "{:.200} indices must be integers or slices, not {:.200}; perhaps you missed a comma?",
                    typeNameOf(container), index_type));
}

}  // namespace habu::compiler
