// Comprehensions: functions of one argument, the outermost iterable's iterator.
#include "compiler/codegen.h"
#include "compiler/compile.h"

namespace habu::compiler {

void Codegen::comprehension(ast::Expr* e, AnonymousName& name, const ComprehensionParts& parts) {
  ast::Comprehension* outermost = parts.generators[0];
  UnitKind outer_kind = unit_->kind;
  bool top_await = topLevelAwait();
  if (!enterUnit(name.get(ts_), UnitKind::Comprehension, e, e->at.lineno)) return;
  at(e);
  bool is_generator = parts.kind == ComprehensionKind::Generator;
  bool is_async = unit_->scope->coroutine;
  if (is_async && !is_generator && outer_kind != UnitKind::AsyncFunction && outer_kind != UnitKind::Comprehension && !top_await)
    error("asynchronous comprehension outside of an asynchronous function");
  switch (parts.kind) {
    case ComprehensionKind::List: op(Op::BUILD_LIST, 0); break;
    case ComprehensionKind::Set: op(Op::BUILD_SET, 0); break;
    case ComprehensionKind::Dict: op(Op::BUILD_MAP, 0); break;
    default: break;
  }
  generator(parts, 0, 0);
  if (!is_generator) op(Op::RETURN_VALUE);
  Ref<Code> code = leaveUnit(true);
  if (top_await && is_async) unit_->scope->coroutine = true;
  makeClosure(std::move(code), 0);
  visit(outermost->iter);
  op(outermost->is_async ? Op::GET_AITER : Op::GET_ITER);
  op(Op::PRECALL, 0);
  op(Op::CALL, 0);
  if (is_async && !is_generator) {
    op(Op::GET_AWAITABLE, 0);
    loadNone();
    yieldFrom(true);
  }
}

void Codegen::generator(const ComprehensionParts& parts, int index, int depth) {
  if (failed_) return;
  if (parts.generators[index]->is_async) asyncGenerator(parts, index, depth);
  else syncGenerator(parts, index, depth);
}

void Codegen::comprehensionElement(const ComprehensionParts& parts, int depth) {
  visit(parts.elt);
  switch (parts.kind) {
    case ComprehensionKind::List: return op(Op::LIST_APPEND, depth + 1);
    case ComprehensionKind::Set: return op(Op::SET_ADD, depth + 1);
    case ComprehensionKind::Dict:
      visit(parts.value);
      return op(Op::MAP_ADD, depth + 1);
    default:
      yieldValue();
      return op(Op::POP_TOP);
  }
}

void Codegen::syncGenerator(const ComprehensionParts& parts, int index, int depth) {
  Block *start = newBlock(), *if_cleanup = newBlock(), *anchor = newBlock();
  ast::Comprehension* gen = parts.generators[index];
  if (index == 0) {
    unit_->arg_count = 1;
    op(Op::LOAD_FAST, 0);
  } else {
    // `for y in [f(x)]` is an assignment.
    ast::Seq<ast::Expr*> items;
    if (auto* list = ast::tryAs<ast::List>(gen->iter)) items = list->elts;
    else if (auto* tuple = ast::tryAs<ast::Tuple>(gen->iter)) items = tuple->elts;
    if (items.size == 1 && !ast::is<ast::Starred>(items[0])) {
      visit(items[0]);
      start = nullptr;
    } else {
      visit(gen->iter);
      op(Op::GET_ITER);
    }
  }
  if (start) {
    ++depth;
    use(start);
    jump(Op::FOR_ITER, anchor);
  }
  visit(gen->target);
  for (ast::Expr* condition : gen->ifs) jumpIf(condition, if_cleanup, false);
  if (index + 1 < parts.generators.size) generator(parts, index + 1, depth);
  else comprehensionElement(parts, depth);
  use(if_cleanup);
  if (start) {
    jump(pseudo::JUMP, start);
    use(anchor);
  }
}

void Codegen::asyncGenerator(const ComprehensionParts& parts, int index, int depth) {
  Block *start = newBlock(), *except = newBlock(), *if_cleanup = newBlock();
  ast::Comprehension* gen = parts.generators[index];
  if (index == 0) {
    unit_->arg_count = 1;
    op(Op::LOAD_FAST, 0);
  } else {
    visit(gen->iter);
    op(Op::GET_AITER);
  }
  use(start);
  pushFrameBlock(FrameBlockKind::AsyncComprehension, start, nullptr);
  if (failed_) return;
  jump(pseudo::SETUP_FINALLY, except);
  op(Op::GET_ANEXT);
  loadNone();
  yieldFrom(true);
  op(pseudo::POP_BLOCK);
  visit(gen->target);
  for (ast::Expr* condition : gen->ifs) jumpIf(condition, if_cleanup, false);
  ++depth;
  if (index + 1 < parts.generators.size) generator(parts, index + 1, depth);
  else comprehensionElement(parts, depth);
  use(if_cleanup);
  jump(pseudo::JUMP, start);
  popFrameBlock();
  use(except);
  op(Op::END_ASYNC_FOR);
}

}  // namespace habu::compiler
