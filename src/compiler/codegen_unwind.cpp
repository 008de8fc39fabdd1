// Leaving statements before their end: what return, break and continue must undo on their way out.
#include "compiler/codegen.h"

namespace habu::compiler {

void Codegen::pushFrameBlock(FrameBlockKind kind, Block* start, Block* exit, const void* node,
                             ast::Seq<ast::Stmt*> finally) {
  if (failed_) return;
  if (unit_->frame_block_count >= kMaxFrameBlocks) return error("too many statically nested blocks");
  unit_->frame_blocks[unit_->frame_block_count++] = {kind, start, exit, node, finally};
}

// exit(None, None, None)
void Codegen::callExitWithNones() {
  loadNone();
  loadNone();
  loadNone();
  op(Op::PRECALL, 2);
  op(Op::CALL, 2);
}

// `preserve_top`: the value to be returned lies on top and has to stay there.
void Codegen::unwind(const FrameBlock& block, bool preserve_top) {
  auto under = [&] {
    if (preserve_top) op(Op::SWAP, 2);
  };
  switch (block.kind) {
    case FrameBlockKind::WhileLoop:
    case FrameBlockKind::ExceptionHandler:
    case FrameBlockKind::ExceptionGroupHandler:
    case FrameBlockKind::AsyncComprehension: return;
    case FrameBlockKind::ForLoop:
    case FrameBlockKind::PopValue:
      under();
      return op(Op::POP_TOP);
    case FrameBlockKind::TryExcept: return op(pseudo::POP_BLOCK);
    case FrameBlockKind::FinallyTry:
      op(pseudo::POP_BLOCK);
      if (preserve_top) pushFrameBlock(FrameBlockKind::PopValue, nullptr, nullptr);
      visitAll(block.finally);
      if (preserve_top && !failed_) popFrameBlock();
      return noLocation();  // the clause seems to run after the statement that left
    case FrameBlockKind::FinallyEnd:
      under();
      op(Op::POP_TOP);
      under();
      op(pseudo::POP_BLOCK);
      return op(Op::POP_EXCEPT);
    case FrameBlockKind::With:
    case FrameBlockKind::AsyncWith:
      at(static_cast<const ast::Stmt*>(block.node));
      op(pseudo::POP_BLOCK);
      under();
      callExitWithNones();
      if (block.kind == FrameBlockKind::AsyncWith) {
        op(Op::GET_AWAITABLE, 2);
        loadNone();
        yieldFrom(true);
      }
      op(Op::POP_TOP);
      return noLocation();
    case FrameBlockKind::HandlerCleanup:
      if (block.node) op(pseudo::POP_BLOCK);
      under();
      op(pseudo::POP_BLOCK);
      op(Op::POP_EXCEPT);
      if (block.node) forgetName(static_cast<Str*>(const_cast<void*>(block.node)));
      return;
  }
}

// Undoes blocks from the innermost, each outside itself: up to the nearest loop when `loop` asks for it, else all.
void Codegen::unwindAll(bool preserve_top, FrameBlock** loop) {
  if (failed_ || unit_->frame_block_count == 0) return;
  FrameBlock* top = &unit_->frame_blocks[unit_->frame_block_count - 1];
  if (top->kind == FrameBlockKind::ExceptionGroupHandler)
    return error("'break', 'continue' and 'return' cannot appear in an except* block");
  if (loop && (top->kind == FrameBlockKind::WhileLoop || top->kind == FrameBlockKind::ForLoop)) {
    *loop = top;
    return;
  }
  FrameBlock copy = *top;
  popFrameBlock();
  unwind(copy, preserve_top);
  unwindAll(preserve_top, loop);
  unit_->frame_blocks[unit_->frame_block_count++] = copy;
}

void Codegen::returnStatement(ast::Return* s) {
  const Scope* scope = unit_->scope;
  if (scope->kind != ScopeKind::Function) return error("'return' outside function");
  if (s->value && scope->coroutine && scope->generator) return error("'return' with value in async generator");
  bool preserve_top = s->value && !ast::is<ast::ConstantExpr>(s->value);
  if (preserve_top) {
    visit(s->value);
  } else if (s->value) {
    at(s->value);
    op(Op::NOP);
  }
  if (!s->value || s->value->at.lineno != s->at.lineno) {
    at(s);
    op(Op::NOP);
  }
  unwindAll(preserve_top, nullptr);
  if (!s->value) loadNone();
  else if (!preserve_top) loadConst(ast::as<ast::ConstantExpr>(s->value)->value);
  op(Op::RETURN_VALUE);
}

void Codegen::breakStatement() {
  FrameBlock* loop = nullptr;
  ast::Position here = unit_->at;
  op(Op::NOP);  // the line of the statement itself
  unwindAll(false, &loop);
  if (failed_) return;
  if (!loop) {
    at(here);
    return error("'break' outside loop");
  }
  unwind(*loop, false);
  jump(pseudo::JUMP, loop->exit);
}

void Codegen::continueStatement() {
  FrameBlock* loop = nullptr;
  ast::Position here = unit_->at;
  op(Op::NOP);
  unwindAll(false, &loop);
  if (failed_) return;
  if (!loop) {
    at(here);
    return error("'continue' not properly in loop");
  }
  jump(pseudo::JUMP, loop->start);
}

}  // namespace habu::compiler
