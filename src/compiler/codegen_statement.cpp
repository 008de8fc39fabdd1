#include "compiler/codegen.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

using ast::as;
using ast::is;
using ast::NodeKind;

namespace {

bool anyAnnotated(ast::Stmt* s) {
  switch (s->node_kind) {
    case NodeKind::AnnAssign: return true;
    case NodeKind::For:
    case NodeKind::AsyncFor: return hasAnnotations(as<ast::For>(s)->body) || hasAnnotations(as<ast::For>(s)->orelse);
    case NodeKind::While: return hasAnnotations(as<ast::While>(s)->body) || hasAnnotations(as<ast::While>(s)->orelse);
    case NodeKind::If: return hasAnnotations(as<ast::If>(s)->body) || hasAnnotations(as<ast::If>(s)->orelse);
    case NodeKind::With:
    case NodeKind::AsyncWith: return hasAnnotations(as<ast::With>(s)->body);
    case NodeKind::Try:
    case NodeKind::TryStar: {
      auto* t = as<ast::Try>(s);
      for (ast::ExceptHandler* h : t->handlers)
        if (hasAnnotations(h->body)) return true;
      return hasAnnotations(t->body) || hasAnnotations(t->finalbody) || hasAnnotations(t->orelse);
    }
    default: return false;  // `match` too, as in CPython 3.11
  }
}

}  // namespace

bool hasAnnotations(ast::Seq<ast::Stmt*> body) {
  for (ast::Stmt* s : body)
    if (anyAnnotated(s)) return true;
  return false;
}

// The body of a module or class.
void Codegen::body(ast::Seq<ast::Stmt*> statements) {
  // SETUP_ANNOTATIONS belongs to the first statement's line.
  if (unit_->kind == UnitKind::Module && !statements.empty()) at(statements[0]);
  if (hasAnnotations(statements)) op(Op::SETUP_ANNOTATIONS);
  if (statements.empty()) return;
  int first = 0;
  if (options_.optimize < 2 && docstringOf(statements)) {
    first = 1;
    visit(as<ast::ExprStmt>(statements[0])->value);
    noLocation();
    name(names::__doc__, ast::ExprContext::Store);
  }
  visitAll(statements, first);
}

void Codegen::visit(ast::Stmt* s) {
  if (failed_) return;
  if (!limit_.enter()) return setFailed();
  at(s);
  visitKind(s);
  limit_.leave();
}

void Codegen::visitKind(ast::Stmt* s) {
  switch (s->node_kind) {
    case NodeKind::FunctionDef: return functionDef(as<ast::FunctionDef>(s));
    case NodeKind::AsyncFunctionDef: return asyncFunctionDef(as<ast::AsyncFunctionDef>(s));
    case NodeKind::ClassDef: return classDef(as<ast::ClassDef>(s));
    case NodeKind::Return: return returnStatement(as<ast::Return>(s));
    case NodeKind::Delete: return visitAll(as<ast::Delete>(s)->targets);
    case NodeKind::Assign: return assign(as<ast::Assign>(s));
    case NodeKind::AugAssign: return augAssign(as<ast::AugAssign>(s));
    case NodeKind::AnnAssign: return annAssign(as<ast::AnnAssign>(s));
    case NodeKind::For: return forStatement(as<ast::For>(s));
    case NodeKind::AsyncFor: return asyncFor(as<ast::AsyncFor>(s));
    case NodeKind::While: return whileStatement(as<ast::While>(s));
    case NodeKind::If: return ifStatement(as<ast::If>(s));
    case NodeKind::With: return with(as<ast::With>(s), 0);
    case NodeKind::AsyncWith: return asyncWith(as<ast::AsyncWith>(s), 0);
    case NodeKind::Match: return matchStatement(as<ast::Match>(s));
    case NodeKind::Raise: return raiseStatement(as<ast::Raise>(s));
    case NodeKind::Try:
      if (!as<ast::Try>(s)->finalbody.empty()) return tryFinally(as<ast::Try>(s), false);
      return tryExcept(as<ast::Try>(s));
    case NodeKind::TryStar:  // the same fields
      if (!as<ast::Try>(s)->finalbody.empty()) return tryFinally(as<ast::Try>(s), true);
      return tryStar(as<ast::Try>(s));
    case NodeKind::Assert: return assertStatement(as<ast::Assert>(s));
    case NodeKind::Import: return importStatement(as<ast::Import>(s));
    case NodeKind::ImportFrom: return importFrom(as<ast::ImportFrom>(s));
    case NodeKind::ExprStmt: return expressionStatement(as<ast::ExprStmt>(s)->value);
    case NodeKind::Pass: return op(Op::NOP);
    case NodeKind::Break: return breakStatement();
    case NodeKind::Continue: return continueStatement();
    default: return;  // global, nonlocal
  }
}

void Codegen::expressionStatement(ast::Expr* value) {
  if (options_.interactive && nesting_ <= 1) {
    visit(value);
    return op(Op::PRINT_EXPR);
  }
  if (is<ast::ConstantExpr>(value)) return op(Op::NOP);
  visit(value);
  noLocation();
  op(Op::POP_TOP);
}

// ---- assignments ----

void Codegen::assign(ast::Assign* s) {
  visit(s->value);
  for (int i = 0; i < s->targets.size; ++i) {
    if (i + 1 < s->targets.size) op(Op::COPY, 1);
    visit(s->targets[i]);
  }
}

void Codegen::augAssign(ast::AugAssign* s) {
  ast::Expr* target = s->target;
  ast::Position here = unit_->at;
  at(target);
  switch (target->node_kind) {
    case NodeKind::Attribute: {
      auto* a = as<ast::Attribute>(target);
      visit(a->value);
      op(Op::COPY, 1);
      atAttributeName(a);
      nameOp(Op::LOAD_ATTR, a->attr);
      break;
    }
    case NodeKind::Subscript:
      visit(as<ast::Subscript>(target)->value);
      visit(as<ast::Subscript>(target)->slice);
      op(Op::COPY, 2);
      op(Op::COPY, 2);
      op(Op::BINARY_SUBSCR);
      break;
    case NodeKind::Name: name(as<ast::Name>(target)->id, ast::ExprContext::Load); break;
    default:
      (void)raise(ts_, kSystemError, "invalid node type ({}) for augmented assignment", int(target->node_kind) - int(NodeKind::BoolOp) + 1);
      return setFailed();
  }
  at(here);
  visit(s->value);
  op(Op::BINARY_OP, binaryOperand(s->op, true));
  at(target);
  switch (target->node_kind) {
    case NodeKind::Attribute:
      atAttributeName(as<ast::Attribute>(target));
      op(Op::SWAP, 2);
      return nameOp(Op::STORE_ATTR, as<ast::Attribute>(target)->attr);
    case NodeKind::Subscript:
      op(Op::SWAP, 3);
      op(Op::SWAP, 2);
      return op(Op::STORE_SUBSCR);
    default: return name(as<ast::Name>(target)->id, ast::ExprContext::Store);
  }
}

void Codegen::annAssign(ast::AnnAssign* s) {
  static constinit Name kAnnotations{"__annotations__"};
  bool evaluated = unit_->kind == UnitKind::Module || unit_->kind == UnitKind::Class;
  if (s->value) {
    visit(s->value);
    visit(s->target);
  }
  if (failed_) return;
  switch (s->target->node_kind) {
    case NodeKind::Name: {
      Str* target = as<ast::Name>(s->target)->id;
      if (forbiddenName(target, ast::ExprContext::Store)) return;
      if (!s->simple || !evaluated) break;
      if (options_.future.features & kCodeFutureAnnotations) annotationText(s->annotation);
      else visit(s->annotation);
      nameOp(Op::LOAD_NAME, kAnnotations);
      loadConst(mangled(target));
      op(Op::STORE_SUBSCR);
      break;
    }
    case NodeKind::Attribute:
      if (forbiddenName(as<ast::Attribute>(s->target)->attr, ast::ExprContext::Store)) return;
      if (!s->value) annotationForChecks(as<ast::Attribute>(s->target)->value);
      break;
    case NodeKind::Subscript:
      if (s->value) break;
      annotationForChecks(as<ast::Subscript>(s->target)->value);
      annotationSubscript(as<ast::Subscript>(s->target)->slice);
      break;
    default:
      (void)raise(ts_, kSystemError, "invalid node type ({}) for annotated assignment", int(s->target->node_kind) - int(NodeKind::BoolOp) + 1);
      return setFailed();
  }
  if (!s->simple && evaluated && !(options_.future.features & kCodeFutureAnnotations)) annotationForChecks(s->annotation);
}

// Evaluated for its errors only.
void Codegen::annotationForChecks(ast::Expr* e) {
  visit(e);
  op(Op::POP_TOP);
}

void Codegen::annotationSubscript(ast::Expr* e) {
  if (auto* slice = ast::tryAs<ast::Slice>(e)) {
    for (ast::Expr* part : {slice->lower, slice->upper, slice->step})
      if (part) annotationForChecks(part);
  } else if (auto* tuple = ast::tryAs<ast::Tuple>(e)) {
    for (ast::Expr* part : tuple->elts) annotationSubscript(part);
  } else {
    annotationForChecks(e);
  }
}

// ---- control flow ----

void Codegen::ifStatement(ast::If* s) {
  Block* end = newBlock();
  Block* otherwise = s->orelse.empty() ? end : newBlock();
  jumpIf(s->test, otherwise, false);
  visitAll(s->body);
  if (!s->orelse.empty()) {
    jumpNoLine(pseudo::JUMP, end);
    use(otherwise);
    visitAll(s->orelse);
  }
  use(end);
}

void Codegen::forStatement(ast::For* s) {
  Block *start = newBlock(), *inside = newBlock(), *cleanup = newBlock(), *end = newBlock();
  pushFrameBlock(FrameBlockKind::ForLoop, start, end);
  if (failed_) return;
  visit(s->iter);
  op(Op::GET_ITER);
  use(start);
  jump(Op::FOR_ITER, cleanup);
  use(inside);
  visit(s->target);
  visitAll(s->body);
  noLocation();
  jump(pseudo::JUMP, start);
  use(cleanup);
  popFrameBlock();
  visitAll(s->orelse);
  use(end);
}

void Codegen::asyncFor(ast::AsyncFor* s) {
  if (topLevelAwait()) unit_->scope->coroutine = true;
  else if (unit_->kind != UnitKind::AsyncFunction) return error("'async for' outside async function");
  Block *start = newBlock(), *except = newBlock(), *end = newBlock();
  visit(s->iter);
  op(Op::GET_AITER);
  use(start);
  pushFrameBlock(FrameBlockKind::ForLoop, start, end);
  if (failed_) return;
  jump(pseudo::SETUP_FINALLY, except);  // guards __anext__
  op(Op::GET_ANEXT);
  loadNone();
  yieldFrom(true);
  op(pseudo::POP_BLOCK);
  visit(s->target);
  visitAll(s->body);
  noLocation();
  jump(pseudo::JUMP, start);
  popFrameBlock();
  use(except);
  at(s->iter);
  op(Op::END_ASYNC_FOR);
  visitAll(s->orelse);
  use(end);
}

void Codegen::whileStatement(ast::While* s) {
  Block *loop = newBlock(), *inside = newBlock(), *anchor = newBlock(), *end = newBlock();
  use(loop);
  pushFrameBlock(FrameBlockKind::WhileLoop, loop, end);
  if (failed_) return;
  jumpIf(s->test, anchor, false);
  use(inside);
  visitAll(s->body);
  at(s);
  jumpIf(s->test, inside, true);
  popFrameBlock();
  use(anchor);
  visitAll(s->orelse);
  use(end);
}

void Codegen::assertStatement(ast::Assert* s) {
  auto is_full_tuple = [](ast::Expr* e) {
    if (is<ast::Tuple>(e)) return !as<ast::Tuple>(e)->elts.empty();
    if (!is<ast::ConstantExpr>(e)) return false;
    Object* value = as<ast::ConstantExpr>(e)->value;
    return isTuple(value) && static_cast<Tuple*>(value)->size > 0;
  };
  if (is_full_tuple(s->test)) warn(formatText(ts_, "assertion is always true, perhaps remove parentheses?"));
  if (failed_ || options_.optimize) return;
  Block* end = newBlock();
  jumpIf(s->test, end, true);
  op(Op::LOAD_ASSERTION_ERROR);
  if (s->msg) {
    visit(s->msg);
    op(Op::PRECALL, 0);
    op(Op::CALL, 0);
  }
  op(Op::RAISE_VARARGS, 1);
  use(end);
}

void Codegen::raiseStatement(ast::Raise* s) {
  int n = 0;
  if (s->exc) {
    visit(s->exc);
    ++n;
    if (s->cause) {
      visit(s->cause);
      ++n;
    }
  }
  op(Op::RAISE_VARARGS, n);
}

// ---- imports ----

namespace {
Index findDot(const Str* name, Index from) {
  while (from < name->length && (*name)[from] != '.') ++from;
  return from;  // the length: none
}
}  // namespace

void Codegen::importStatement(ast::Import* s) {
  for (ast::Alias* alias : s->names) {
    loadConst(newInt(ts_, 0));
    loadNone();
    nameOp(Op::IMPORT_NAME, alias->name);
    if (failed_) return;
    if (alias->asname) {
      importAs(alias->name, alias->asname);
      continue;
    }
    Str* bound = alias->name;
    Index dot = findDot(bound, 0);
    if (dot < bound->length) bound = internedPart(bound, 0, dot);
    name(bound, ast::ExprContext::Store);
  }
}

Str* Codegen::internedPart(Str* text, Index from, Index to) {
  Ref<Str> part = substring(ts_, text, from, to);
  if (part) intern(part);
  auto* kept = static_cast<Str*>(keep(std::move(part)));
  return kept ? kept : text;
}

// import a.b.c as d: the module is fetched attribute by attribute.
void Codegen::importAs(Str* full, Str* asname) {
  Index dot = findDot(full, 0);
  if (dot == full->length) return name(asname, ast::ExprContext::Store);
  for (;;) {
    Index from = dot + 1;
    dot = findDot(full, from);
    op(Op::IMPORT_FROM, numberOf(unit_->names, internedPart(full, from, dot)));
    if (failed_ || dot == full->length) break;
    op(Op::SWAP, 2);
    op(Op::POP_TOP);
  }
  name(asname, ast::ExprContext::Store);
  op(Op::POP_TOP);
}

void Codegen::importFrom(ast::ImportFrom* s) {
  loadConst(newInt(ts_, s->level));
  if (s->at.lineno > options_.future.last_line && s->module && equalsAscii(s->module, "__future__"))
    return error("from __future__ imports must occur at the beginning of the file");
  Ref<Tuple> list = newTupleUninitialized(ts_, s->names.size);
  if (!list) return setFailed();
  for (int i = 0; i < s->names.size; ++i) put(list.get(), i, share(s->names[i]->name));
  loadConst(Ref<>(std::move(list)));
  nameOp(Op::IMPORT_NAME, s->module ? s->module : names::kEmpty.get());
  for (ast::Alias* alias : s->names) {
    if (failed_) return;
    if (alias == s->names[0] && alias->name->length && (*alias->name)[0] == '*') return op(Op::IMPORT_STAR);
    nameOp(Op::IMPORT_FROM, alias->name);
    name(alias->asname ? alias->asname : alias->name, ast::ExprContext::Store);
  }
  op(Op::POP_TOP);
}

}  // namespace habu::compiler
