// Lists, tuples, sets, dictionaries; unpacking assignments.
#include "compiler/codegen.h"
#include "types/set.h"
#include "types/tuple.h"

namespace habu::compiler {

// A tuple of the values when all are constants; empty otherwise (or failed).
Ref<> Codegen::constantsOf(ast::Seq<ast::Expr*> items, int from, int to) {
  for (int i = from; i < to; ++i)
    if (!items[i] || !ast::is<ast::ConstantExpr>(items[i])) return {};
  Ref<Tuple> tuple = newTupleUninitialized(ts_, to - from);
  if (!tuple) {
    setFailed();
    return {};
  }
  for (int i = from; i < to; ++i) put(tuple.get(), i - from, share(ast::as<ast::ConstantExpr>(items[i])->value));
  return tuple;
}

// Three or more constants are built at once, from a constant.
bool Codegen::foldedDisplay(ast::Seq<ast::Expr*> items, int pushed, const DisplayOps& ops) {
  if (items.size <= 2 || failed_) return false;
  Ref<> folded = constantsOf(items, 0, items.size);
  if (!folded) return failed_;
  if (ops.tuple && !pushed) {
    loadConst(std::move(folded));
    return true;
  }
  if (ops.add == Op::SET_ADD) {
    folded = newFrozenSet(ts_, folded.get());
    if (!folded) {
      setFailed();
      return true;
    }
  }
  op(ops.build, pushed);
  loadConst(std::move(folded));
  op(ops.extend, 1);
  if (ops.tuple) op(Op::LIST_TO_TUPLE);
  return true;
}

// Builds a container of the items and of `pushed` values that lie on the stack already.
void Codegen::display(ast::Seq<ast::Expr*> items, int pushed, const DisplayOps& ops) {
  if (foldedDisplay(items, pushed, ops)) return;
  int n = items.size;
  bool big = n + pushed > kStackUseGuideline, starred = false;
  for (ast::Expr* e : items) starred |= ast::is<ast::Starred>(e);
  if (!starred && !big) {
    visitAll(items);
    return op(ops.tuple ? Op::BUILD_TUPLE : ops.build, n + pushed);
  }
  bool built = big;
  if (big) op(ops.build, pushed);
  for (int i = 0; i < n; ++i) {
    if (auto* star = ast::tryAs<ast::Starred>(items[i])) {
      if (!built) op(ops.build, i + pushed);
      built = true;
      visit(star->value);
      op(ops.extend, 1);
    } else {
      visit(items[i]);
      if (built) op(ops.add, 1);
    }
  }
  if (ops.tuple) op(Op::LIST_TO_TUPLE);
}

void Codegen::sequence(ast::Seq<ast::Expr*> items, ast::ExprContext ctx, const DisplayOps& ops) {
  switch (ctx) {
    case ast::ExprContext::Load: return display(items, 0, ops);
    case ast::ExprContext::Store: return unpack(items);
    case ast::ExprContext::Del: return visitAll(items);
  }
}

void Codegen::unpack(ast::Seq<ast::Expr*> targets) {
  int n = targets.size;
  bool starred = false;
  for (int i = 0; i < n; ++i) {
    if (!ast::is<ast::Starred>(targets[i])) continue;
    if (starred) return error("multiple starred expressions in assignment");
    if (i >= 1 << 8 || n - i - 1 >= INT32_MAX >> 8) return error("too many expressions in star-unpacking assignment");
    op(Op::UNPACK_EX, i + ((n - i - 1) << 8));
    starred = true;
  }
  if (!starred) op(Op::UNPACK_SEQUENCE, n);
  for (ast::Expr* e : targets) visit(ast::is<ast::Starred>(e) ? ast::as<ast::Starred>(e)->value : e);
}

// Items from..to of a dictionary display, without ** among them.
void Codegen::dictPart(ast::Dict* d, int from, int to) {
  int n = to - from;
  bool big = n * 2 > kStackUseGuideline;
  if (n > 1 && !big) {
    if (Ref<> keys = constantsOf(d->keys, from, to)) {
      for (int i = from; i < to; ++i) visit(d->values[i]);
      loadConst(std::move(keys));
      return op(Op::BUILD_CONST_KEY_MAP, n);
    }
  }
  if (big) op(Op::BUILD_MAP, 0);
  for (int i = from; i < to; ++i) {
    visit(d->keys[i]);
    visit(d->values[i]);
    if (big) op(Op::MAP_ADD, 1);
  }
  if (!big) op(Op::BUILD_MAP, n);
}

void Codegen::dict(ast::Dict* d) {
  int n = d->values.size, waiting = 0;  // items seen but not yet compiled
  bool have_dict = false;
  auto flush = [&](int to) {
    dictPart(d, to - waiting, to);
    if (have_dict) op(Op::DICT_UPDATE, 1);
    have_dict = true;
    waiting = 0;
  };
  for (int i = 0; i < n; ++i) {
    if (!d->keys[i]) {  // **mapping
      if (waiting) flush(i);
      if (!have_dict) op(Op::BUILD_MAP, 0);
      have_dict = true;
      visit(d->values[i]);
      op(Op::DICT_UPDATE, 1);
    } else if (waiting++ * 2 > kStackUseGuideline) {
      flush(i + 1);
    }
  }
  if (waiting) flush(n);
  if (!have_dict) op(Op::BUILD_MAP, 0);
}

}  // namespace habu::compiler
