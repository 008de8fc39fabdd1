#include "compiler/codegen.h"
#include "object/names.h"
#include "object/number.h"
#include "object/raise.h"
#include "types/str.h"

namespace habu::compiler {

using ast::as;
using ast::is;
using ast::NodeKind;

namespace {
constinit AnonymousName kGenexpr{"<genexpr>"};
constinit AnonymousName kListcomp{"<listcomp>"};
constinit AnonymousName kSetcomp{"<setcomp>"};
constinit AnonymousName kDictcomp{"<dictcomp>"};
constinit Name kJoinName{"join"};
}  // namespace

int binaryOperand(ast::Operator op, bool inplace) {
  constexpr BinaryOp kTable[] = {BinaryOp::Add,        BinaryOp::Subtract, BinaryOp::Multiply, BinaryOp::MatrixMultiply,
                                 BinaryOp::TrueDivide, BinaryOp::Remainder, BinaryOp::Power,   BinaryOp::Lshift,
                                 BinaryOp::Rshift,     BinaryOp::Or,       BinaryOp::Xor,      BinaryOp::And,
                                 BinaryOp::FloorDivide};
  return int(kTable[int(op)]) + (inplace ? int(BinaryOp::InplaceAdd) : 0);
}

void Codegen::visit(ast::Expr* e) {
  if (failed_) return;
  if (!limit_.enter()) return setFailed();
  ast::Position here = unit_->at;
  at(e);
  visitKind(e);
  at(here);
  limit_.leave();
}

void Codegen::visitKind(ast::Expr* e) {
  constexpr DisplayOps kListOps{Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, false};
  constexpr DisplayOps kTupleOps{Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, true};
  constexpr DisplayOps kSetOps{Op::BUILD_SET, Op::SET_ADD, Op::SET_UPDATE, false};
  switch (e->node_kind) {
    case NodeKind::NamedExpr:
      visit(as<ast::NamedExpr>(e)->value);
      op(Op::COPY, 1);
      return visit(as<ast::NamedExpr>(e)->target);
    case NodeKind::BoolOp: return boolOp(as<ast::BoolOp>(e));
    case NodeKind::BinOp:
      visit(as<ast::BinOp>(e)->left);
      visit(as<ast::BinOp>(e)->right);
      return op(Op::BINARY_OP, binaryOperand(as<ast::BinOp>(e)->op, false));
    case NodeKind::UnaryOp: {
      constexpr Op kUnary[] = {Op::UNARY_INVERT, Op::UNARY_NOT, Op::UNARY_POSITIVE, Op::UNARY_NEGATIVE};
      visit(as<ast::UnaryOp>(e)->operand);
      return op(kUnary[int(as<ast::UnaryOp>(e)->op)]);
    }
    case NodeKind::Lambda: return lambda(as<ast::Lambda>(e));
    case NodeKind::IfExp: return ifExp(as<ast::IfExp>(e));
    case NodeKind::Dict: return dict(as<ast::Dict>(e));
    case NodeKind::Set: return display(as<ast::Set>(e)->elts, 0, kSetOps);
    case NodeKind::ListComp: {
      auto* c = as<ast::ListComp>(e);
      return comprehension(e, kListcomp, {ComprehensionKind::List, c->generators, c->elt, nullptr});
    }
    case NodeKind::SetComp: {
      auto* c = as<ast::SetComp>(e);
      return comprehension(e, kSetcomp, {ComprehensionKind::Set, c->generators, c->elt, nullptr});
    }
    case NodeKind::DictComp: {
      auto* c = as<ast::DictComp>(e);
      return comprehension(e, kDictcomp, {ComprehensionKind::Dict, c->generators, c->key, c->value});
    }
    case NodeKind::GeneratorExp: {
      auto* c = as<ast::GeneratorExp>(e);
      return comprehension(e, kGenexpr, {ComprehensionKind::Generator, c->generators, c->elt, nullptr});
    }
    case NodeKind::Yield: return yieldExpression(as<ast::Yield>(e));
    case NodeKind::YieldFrom: return yieldFromExpression(as<ast::YieldFrom>(e));
    case NodeKind::Await: return awaitExpression(as<ast::Await>(e));
    case NodeKind::Compare: return compare(as<ast::Compare>(e));
    case NodeKind::Call: return call(as<ast::Call>(e));
    case NodeKind::ConstantExpr: return loadConst(as<ast::ConstantExpr>(e)->value);
    case NodeKind::JoinedStr: return joinedStr(as<ast::JoinedStr>(e));
    case NodeKind::FormattedValue: return formattedValue(as<ast::FormattedValue>(e));
    case NodeKind::Attribute: return attribute(as<ast::Attribute>(e));
    case NodeKind::Subscript: return subscript(as<ast::Subscript>(e));
    case NodeKind::Starred:
      return error(as<ast::Starred>(e)->ctx == ast::ExprContext::Store
                       ? "starred assignment target must be in a list or tuple"
                       : "can't use starred expression here");
    case NodeKind::Slice: return slice(as<ast::Slice>(e));
    case NodeKind::Name: return name(as<ast::Name>(e)->id, as<ast::Name>(e)->ctx);
    case NodeKind::List: return sequence(as<ast::List>(e)->elts, as<ast::List>(e)->ctx, kListOps);
    case NodeKind::Tuple: return sequence(as<ast::Tuple>(e)->elts, as<ast::Tuple>(e)->ctx, kTupleOps);
    default: return;
  }
}

// ---- conditions ----

// Goes to `target` when the truth of `e` is `condition`, else on.
void Codegen::jumpIf(ast::Expr* e, Block* target, bool condition) {
  if (failed_) return;
  if (auto* u = ast::tryAs<ast::UnaryOp>(e); u && u->op == ast::UnaryOperator::Not)
    return jumpIf(u->operand, target, !condition);
  if (auto* b = ast::tryAs<ast::BoolOp>(e)) {
    bool decides = b->op == ast::BoolOperator::Or;  // the truth value that ends the evaluation
    Block* decided = decides == condition ? target : newBlock();
    for (int i = 0; i < b->values.size - 1; ++i) jumpIf(b->values[i], decided, decides);
    jumpIf(b->values.back(), target, condition);
    if (decided != target) use(decided);
    return;
  }
  if (auto* i = ast::tryAs<ast::IfExp>(e)) {
    Block *end = newBlock(), *otherwise = newBlock();
    jumpIf(i->test, otherwise, false);
    jumpIf(i->body, target, condition);
    jumpNoLine(pseudo::JUMP, end);
    use(otherwise);
    jumpIf(i->orelse, target, condition);
    return use(end);
  }
  if (auto* c = ast::tryAs<ast::Compare>(e)) {
    at(c);  // and stays there
    if (c->ops.size > 1) return jumpIfChain(c, target, condition);
  }
  visit(e);
  jump(condition ? pseudo::POP_JUMP_IF_TRUE : pseudo::POP_JUMP_IF_FALSE, target);
}

// a < b < c
void Codegen::jumpIfChain(ast::Compare* c, Block* target, bool condition) {
  checkCompare(c);
  Block* cleanup = newBlock();
  visit(c->left);
  int last = c->ops.size - 1;
  for (int i = 0; i < last; ++i) {
    visit(c->comparators[i]);
    op(Op::SWAP, 2);
    op(Op::COPY, 2);
    compareOp(c->ops[i]);
    jump(pseudo::POP_JUMP_IF_FALSE, cleanup);
  }
  visit(c->comparators[last]);
  compareOp(c->ops[last]);
  jump(condition ? pseudo::POP_JUMP_IF_TRUE : pseudo::POP_JUMP_IF_FALSE, target);
  Block* end = newBlock();
  jumpNoLine(pseudo::JUMP, end);
  use(cleanup);
  op(Op::POP_TOP);
  if (!condition) jumpNoLine(pseudo::JUMP, target);
  use(end);
}

void Codegen::boolOp(ast::BoolOp* b) {
  Op jump_op = b->op == ast::BoolOperator::And ? Op::JUMP_IF_FALSE_OR_POP : Op::JUMP_IF_TRUE_OR_POP;
  Block* end = newBlock();
  for (int i = 0; i < b->values.size - 1; ++i) {
    visit(b->values[i]);
    jump(jump_op, end);
    use(newBlock());
  }
  visit(b->values.back());
  use(end);
}

void Codegen::compareOp(ast::CompareOperator o) {
  switch (o) {
    case ast::CompareOperator::Lt: return op(Op::COMPARE_OP, 0);
    case ast::CompareOperator::LtE: return op(Op::COMPARE_OP, 1);
    case ast::CompareOperator::Eq: return op(Op::COMPARE_OP, 2);
    case ast::CompareOperator::NotEq: return op(Op::COMPARE_OP, 3);
    case ast::CompareOperator::Gt: return op(Op::COMPARE_OP, 4);
    case ast::CompareOperator::GtE: return op(Op::COMPARE_OP, 5);
    case ast::CompareOperator::Is: return op(Op::IS_OP, 0);
    case ast::CompareOperator::IsNot: return op(Op::IS_OP, 1);
    case ast::CompareOperator::In: return op(Op::CONTAINS_OP, 0);
    case ast::CompareOperator::NotIn: return op(Op::CONTAINS_OP, 1);
  }
}

void Codegen::compare(ast::Compare* c) {
  checkCompare(c);
  visit(c->left);
  int last = c->ops.size - 1;
  if (last == 0) {
    visit(c->comparators[0]);
    return compareOp(c->ops[0]);
  }
  Block* cleanup = newBlock();
  for (int i = 0; i < last; ++i) {
    visit(c->comparators[i]);
    op(Op::SWAP, 2);
    op(Op::COPY, 2);
    compareOp(c->ops[i]);
    jump(Op::JUMP_IF_FALSE_OR_POP, cleanup);
  }
  visit(c->comparators[last]);
  compareOp(c->ops[last]);
  Block* end = newBlock();
  jumpNoLine(pseudo::JUMP, end);
  use(cleanup);
  op(Op::SWAP, 2);
  op(Op::POP_TOP);
  use(end);
}

void Codegen::ifExp(ast::IfExp* e) {
  Block *end = newBlock(), *otherwise = newBlock();
  jumpIf(e->test, otherwise, false);
  visit(e->body);
  jumpNoLine(pseudo::JUMP, end);
  use(otherwise);
  visit(e->orelse);
  use(end);
}

// ---- attributes and subscripts ----

// For an attribute on a line below its object: the instruction's range begins at the attribute's name.
void Codegen::atAttributeName(ast::Attribute* a) {
  ast::Position& p = unit_->at;
  if (p.lineno == a->at.end_lineno) return;
  p.lineno = a->at.end_lineno;
  int length = int(a->attr->length);
  if (length <= a->at.end_col_offset) {
    p.col_offset = a->at.end_col_offset - length;
  } else {  // a tree that no source text gives
    p.col_offset = -1;
    p.end_col_offset = -1;
  }
  if (p.end_lineno < p.lineno) p.end_lineno = p.lineno;
  if (p.end_lineno == p.lineno && p.end_col_offset < p.col_offset) p.end_col_offset = p.col_offset;
}

void Codegen::attribute(ast::Attribute* a) {
  visit(a->value);
  at(a);
  atAttributeName(a);
  if (failed_) return;
  switch (a->ctx) {
    case ast::ExprContext::Load: return nameOp(Op::LOAD_ATTR, a->attr);
    case ast::ExprContext::Store:
      if (forbiddenName(a->attr, a->ctx)) return;
      return nameOp(Op::STORE_ATTR, a->attr);
    case ast::ExprContext::Del: return nameOp(Op::DELETE_ATTR, a->attr);
  }
}

void Codegen::subscript(ast::Subscript* s) {
  if (s->ctx == ast::ExprContext::Load) {
    checkSubscripter(s->value);
    checkIndex(s->value, s->slice);
  }
  visit(s->value);
  visit(s->slice);
  switch (s->ctx) {
    case ast::ExprContext::Load: return op(Op::BINARY_SUBSCR);
    case ast::ExprContext::Store: return op(Op::STORE_SUBSCR);
    case ast::ExprContext::Del: return op(Op::DELETE_SUBSCR);
  }
}

void Codegen::slice(ast::Slice* s) {
  auto part = [this](ast::Expr* e) {
    if (e) visit(e);
    else loadNone();
  };
  part(s->lower);
  part(s->upper);
  if (s->step) visit(s->step);
  op(Op::BUILD_SLICE, s->step ? 3 : 2);
}

// ---- f-strings ----

void Codegen::joinedStr(ast::JoinedStr* e) {
  int n = e->values.size;
  if (n <= kStackUseGuideline) {
    visitAll(e->values);
    if (n != 1) op(Op::BUILD_STRING, n);
    return;
  }
  loadConst(names::kEmpty.get());
  nameOp(Op::LOAD_METHOD, kJoinName);
  op(Op::BUILD_LIST, 0);
  for (ast::Expr* value : e->values) {
    visit(value);
    op(Op::LIST_APPEND, 1);
  }
  op(Op::PRECALL, 1);
  op(Op::CALL, 1);
}

void Codegen::formattedValue(ast::FormattedValue* e) {
  visit(e->value);
  int flags;
  switch (e->conversion) {
    case 's': flags = 1; break;
    case 'r': flags = 2; break;
    case 'a': flags = 3; break;
    case -1: flags = 0; break;
    default:
      if (failed_) return;
      (void)raise(ts_, kSystemError, "Unrecognized conversion character {}", e->conversion);
      return setFailed();
  }
  if (e->format_spec) {
    visit(e->format_spec);
    flags |= 4;
  }
  op(Op::FORMAT_VALUE, flags);
}

// ---- suspending ----

void Codegen::yieldExpression(ast::Yield* e) {
  if (unit_->scope->kind != ScopeKind::Function) return error("'yield' outside function");
  if (e->value) visit(e->value);
  else loadNone();
  yieldValue();
}

void Codegen::yieldFromExpression(ast::YieldFrom* e) {
  if (unit_->scope->kind != ScopeKind::Function) return error("'yield' outside function");
  if (unit_->kind == UnitKind::AsyncFunction) return error("'yield from' inside async function");
  visit(e->value);
  op(Op::GET_YIELD_FROM_ITER);
  loadNone();
  yieldFrom(false);
}

void Codegen::awaitExpression(ast::Await* e) {
  if (!topLevelAwait()) {
    if (unit_->scope->kind != ScopeKind::Function) return error("'await' outside function");
    if (unit_->kind != UnitKind::AsyncFunction && unit_->kind != UnitKind::Comprehension)
      return error("'await' outside async function");
  }
  visit(e->value);
  op(Op::GET_AWAITABLE, 0);
  loadNone();
  yieldFrom(true);
}

}  // namespace habu::compiler
