// try, with.
#include "compiler/codegen.h"

namespace habu::compiler {

// The finally clause is compiled twice: for the normal end and for exceptions; and once more for each way out in between
// (codegen_unwind.cpp).
void Codegen::tryFinally(ast::Try* s, bool star) {
  Block *inside = newBlock(), *end = newBlock(), *exit = newBlock();
  jump(pseudo::SETUP_FINALLY, end);
  use(inside);
  pushFrameBlock(FrameBlockKind::FinallyTry, inside, end, nullptr, s->finalbody);
  if (failed_) return;
  if (s->handlers.empty()) visitAll(s->body);
  else if (star) tryStar(s);
  else tryExcept(s);
  opNoLine(pseudo::POP_BLOCK);
  popFrameBlock();
  visitAll(s->finalbody);
  jumpNoLine(pseudo::JUMP, exit);
  use(end);
  pushFrameBlock(FrameBlockKind::FinallyEnd, end, nullptr);
  if (failed_) return;
  Block* cleanup = newBlock();
  noLocation();
  jump(pseudo::SETUP_CLEANUP, cleanup);
  op(Op::PUSH_EXC_INFO);
  visitAll(s->finalbody);
  op(Op::RERAISE, 0);
  popFrameBlock();
  use(cleanup);
  popExceptAndReraise();
  use(exit);
}

void Codegen::forgetName(Str* bound) {
  loadNone();
  name(bound, ast::ExprContext::Store);
  name(bound, ast::ExprContext::Del);
}

void Codegen::tryExcept(ast::Try* s) {
  Block *inside = newBlock(), *except = newBlock(), *end = newBlock(), *cleanup = newBlock();
  jump(pseudo::SETUP_FINALLY, except);
  use(inside);
  pushFrameBlock(FrameBlockKind::TryExcept, inside, nullptr);
  if (failed_) return;
  visitAll(s->body);
  popFrameBlock();
  opNoLine(pseudo::POP_BLOCK);
  visitAll(s->orelse);
  jumpNoLine(pseudo::JUMP, end);
  use(except);
  noLocation();
  jump(pseudo::SETUP_CLEANUP, cleanup);
  op(Op::PUSH_EXC_INFO);
  pushFrameBlock(FrameBlockKind::ExceptionHandler, nullptr, nullptr);
  for (int i = 0; !failed_ && i < s->handlers.size; ++i) {
    ast::ExceptHandler* handler = s->handlers[i];
    at(handler);
    if (!handler->type && i < s->handlers.size - 1) return error("default 'except:' must be last");
    exceptHandler(handler, end);
  }
  if (failed_) return;
  popFrameBlock();
  noLocation();
  op(Op::RERAISE, 0);
  use(cleanup);
  popExceptAndReraise();
  use(end);
}

void Codegen::exceptHandler(ast::ExceptHandler* handler, Block* end) {
  Block* next = newBlock();
  if (handler->type) {
    visit(handler->type);
    op(Op::CHECK_EXC_MATCH);
    jump(pseudo::POP_JUMP_IF_FALSE, next);
  }
  if (!handler->name) {
    Block* inside = newBlock();
    op(Op::POP_TOP);
    use(inside);
    pushFrameBlock(FrameBlockKind::HandlerCleanup, inside, nullptr);
    if (failed_) return;
    visitAll(handler->body);
    popFrameBlock();
    noLocation();
    op(pseudo::POP_BLOCK);
    op(Op::POP_EXCEPT);
    jump(pseudo::JUMP, end);
    return use(next);
  }
  // `except E as name: body` forgets the name afterwards, whatever happens in the body.
  Block *cleanup_end = newBlock(), *inside = newBlock();
  name(handler->name, ast::ExprContext::Store);
  jump(pseudo::SETUP_CLEANUP, cleanup_end);
  use(inside);
  pushFrameBlock(FrameBlockKind::HandlerCleanup, inside, nullptr, handler->name);
  if (failed_) return;
  visitAll(handler->body);
  popFrameBlock();
  noLocation();
  op(pseudo::POP_BLOCK);
  op(pseudo::POP_BLOCK);
  op(Op::POP_EXCEPT);
  forgetName(handler->name);
  jump(pseudo::JUMP, end);
  use(cleanup_end);
  noLocation();
  forgetName(handler->name);
  op(Op::RERAISE, 1);
  use(next);
}

// except*: every handler is offered what is left of the group; what they raise and what nobody took is raised at the end.
// Stack in the handlers: previous original list rest
void Codegen::tryStar(ast::Try* s) {
  Block *inside = newBlock(), *except = newBlock(), *orelse = newBlock(), *end = newBlock(), *cleanup = newBlock(),
        *reraise_star = newBlock();
  jump(pseudo::SETUP_FINALLY, except);
  use(inside);
  pushFrameBlock(FrameBlockKind::TryExcept, inside, nullptr);
  if (failed_) return;
  visitAll(s->body);
  popFrameBlock();
  opNoLine(pseudo::POP_BLOCK);
  jumpNoLine(pseudo::JUMP, orelse);
  use(except);
  noLocation();
  jump(pseudo::SETUP_CLEANUP, cleanup);
  op(Op::PUSH_EXC_INFO);
  pushFrameBlock(FrameBlockKind::ExceptionGroupHandler, nullptr, nullptr);
  for (int i = 0; !failed_ && i < s->handlers.size; ++i) {
    ast::ExceptHandler* handler = s->handlers[i];
    at(handler);
    if (i == 0) {
      op(Op::COPY, 1);
      op(Op::BUILD_LIST, 0);
      op(Op::SWAP, 2);
    }
    Block *next = newBlock(), *handle_match = newBlock();
    if (handler->type) {
      visit(handler->type);
      op(Op::CHECK_EG_MATCH);
      op(Op::COPY, 1);
      jump(pseudo::POP_JUMP_IF_NOT_NONE, handle_match);
      op(Op::POP_TOP);
      jump(pseudo::JUMP, next);
    }
    use(handle_match);
    exceptStarHandler(handler, next);
    if (i == s->handlers.size - 1) {  // what nobody took joins the list
      op(Op::LIST_APPEND, 1);
      jump(pseudo::JUMP, reraise_star);
    }
  }
  if (failed_) return;
  popFrameBlock();
  noLocation();
  Block* reraise = newBlock();
  use(reraise_star);
  op(Op::PREP_RERAISE_STAR);
  op(Op::COPY, 1);
  jump(pseudo::POP_JUMP_IF_NOT_NONE, reraise);
  op(Op::POP_TOP);
  op(pseudo::POP_BLOCK);
  op(Op::POP_EXCEPT);
  jump(pseudo::JUMP, end);
  use(reraise);
  op(pseudo::POP_BLOCK);
  op(Op::SWAP, 2);
  op(Op::POP_EXCEPT);
  op(Op::RERAISE, 0);
  use(cleanup);
  popExceptAndReraise();
  use(orelse);
  visitAll(s->orelse);
  use(end);
}

void Codegen::exceptStarHandler(ast::ExceptHandler* handler, Block* next) {
  Block *cleanup_end = newBlock(), *inside = newBlock();
  if (handler->name) name(handler->name, ast::ExprContext::Store);
  else op(Op::POP_TOP);
  jump(pseudo::SETUP_CLEANUP, cleanup_end);
  use(inside);
  pushFrameBlock(FrameBlockKind::HandlerCleanup, inside, nullptr, handler->name);
  if (failed_) return;
  visitAll(handler->body);
  popFrameBlock();
  noLocation();
  op(pseudo::POP_BLOCK);
  if (handler->name) forgetName(handler->name);
  jump(pseudo::JUMP, next);
  use(cleanup_end);
  noLocation();
  if (handler->name) forgetName(handler->name);
  op(Op::LIST_APPEND, 3);
  op(Op::POP_TOP);  // lasti
  jump(pseudo::JUMP, next);
  use(next);
}

// ---- with ----

// After the exceptional __exit__: its result decides whether the exception goes on.
void Codegen::finishWith(Block* cleanup) {
  Block* suppress = newBlock();
  jump(pseudo::POP_JUMP_IF_TRUE, suppress);
  op(Op::RERAISE, 2);
  noLocation();
  use(cleanup);
  popExceptAndReraise();
  use(suppress);
  op(Op::POP_TOP);
  op(pseudo::POP_BLOCK);
  op(Op::POP_EXCEPT);
  op(Op::POP_TOP);
  op(Op::POP_TOP);
}

void Codegen::with(ast::With* s, int position) {
  ast::WithItem* item = s->items[position];
  Block *inside = newBlock(), *final = newBlock(), *exit = newBlock(), *cleanup = newBlock();
  visit(item->context_expr);
  op(Op::BEFORE_WITH);
  jump(pseudo::SETUP_WITH, final);
  use(inside);
  pushFrameBlock(FrameBlockKind::With, inside, final, s);
  if (failed_) return;
  if (item->optional_vars) visit(item->optional_vars);
  else op(Op::POP_TOP);
  if (position + 1 == s->items.size) visitAll(s->body);
  else with(s, position + 1);
  if (failed_) return;
  noLocation();
  op(pseudo::POP_BLOCK);
  popFrameBlock();
  at(s);
  callExitWithNones();
  op(Op::POP_TOP);
  jump(pseudo::JUMP, exit);
  use(final);
  jump(pseudo::SETUP_CLEANUP, cleanup);
  op(Op::PUSH_EXC_INFO);
  op(Op::WITH_EXCEPT_START);
  finishWith(cleanup);
  use(exit);
}

void Codegen::asyncWith(ast::AsyncWith* s, int position) {
  if (topLevelAwait()) unit_->scope->coroutine = true;
  else if (unit_->kind != UnitKind::AsyncFunction) return error("'async with' outside async function");
  ast::WithItem* item = s->items[position];
  auto await = [this](int where) {
    op(Op::GET_AWAITABLE, where);
    loadNone();
    yieldFrom(true);
  };
  Block *inside = newBlock(), *final = newBlock(), *exit = newBlock(), *cleanup = newBlock();
  visit(item->context_expr);
  op(Op::BEFORE_ASYNC_WITH);
  await(1);
  jump(pseudo::SETUP_WITH, final);
  use(inside);
  pushFrameBlock(FrameBlockKind::AsyncWith, inside, final, s);
  if (failed_) return;
  if (item->optional_vars) visit(item->optional_vars);
  else op(Op::POP_TOP);
  if (position + 1 == s->items.size) visitAll(s->body);
  else asyncWith(s, position + 1);
  if (failed_) return;
  popFrameBlock();
  op(pseudo::POP_BLOCK);
  at(s);
  callExitWithNones();
  await(2);
  op(Op::POP_TOP);
  jump(pseudo::JUMP, exit);
  use(final);
  jump(pseudo::SETUP_CLEANUP, cleanup);
  op(Op::PUSH_EXC_INFO);
  op(Op::WITH_EXCEPT_START);
  await(2);
  finishWith(cleanup);
  use(exit);
}

}  // namespace habu::compiler
