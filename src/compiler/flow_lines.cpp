// Line numbers of artificial instructions: they belong to the line that leads to them.
#include "compiler/flow_graph.h"

namespace habu::compiler {

bool duplicateExits(FlowGraph& graph) {
  // New copies come in front of `newest`, so they are not looked at themselves.
  for (Block* b = graph.newest(); b; b = b->allocated) {
    if (b->count == 0 || !isJump(b->last().op)) continue;
    Block* target = b->last().target;
    if (!isExitWithoutLine(target) || target->predecessors <= 1) continue;
    Block* copy = graph.newBlock();
    for (int i = 0; i < target->count; ++i) graph.append(copy, Op::NOP) = target->instrs[i];
    if (graph.failed()) return false;
    copy->exits = copy->no_fallthrough = true;
    copy->instrs[0].at = b->last().at;
    b->last().target = copy;
    --target->predecessors;
    copy->predecessors = 1;
    copy->next = target->next;
    target->next = copy;
  }
  for (Block* b = graph.newest(); b; b = b->allocated)
    while (b->next && b->next->count == 0) b->next = b->next->next;
  // What is left is reached by falling through only.
  for (Block* b = graph.newest(); b; b = b->allocated)
    if (!b->no_fallthrough && b->next && b->count > 0 && isExitWithoutLine(b->next)) b->next->instrs[0].at = b->last().at;
  return true;
}

void propagateLines(FlowGraph& graph) {
  for (Block* b = graph.entry(); b; b = b->next) {
    if (b->count == 0) continue;
    ast::Position at{-1, -1, -1, -1};
    for (int i = 0; i < b->count; ++i) {
      if (b->instrs[i].at.lineno < 0) b->instrs[i].at = at;
      else at = b->instrs[i].at;
    }
    auto lead = [&](Block* to) {
      if (to->predecessors == 1 && to->instrs[0].at.lineno < 0) to->instrs[0].at = at;
    };
    if (!b->no_fallthrough && b->next && b->next->count) lead(b->next);
    if (isJump(b->last().op)) lead(b->last().target);
  }
}

void lineForExits(FlowGraph& graph, int first_line) {
  int line = first_line;
  for (Block* b = graph.entry(); b; b = b->next) {
    if (b->count == 0) continue;
    const Instr& last = b->last();
    if (last.at.lineno >= 0) {
      line = last.at.lineno;
    } else if (last.op == Op::RETURN_VALUE) {
      for (int i = 0; i < b->count; ++i) b->instrs[i].at.lineno = line;
    }
  }
}

}  // namespace habu::compiler
