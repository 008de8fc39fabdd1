// Which handler covers each instruction. SETUP_* and POP_BLOCK say so along every path; here each instruction is told
// its handler, and the marks themselves become NOPs.
#include "compiler/flow_graph.h"

namespace habu::compiler {

// Handlers active at some point, innermost last: an immutable linked list, shared by all paths.
struct HandlerStack {
  Block* handler;
  const HandlerStack* outer;
};

bool labelHandlers(FlowGraph& graph) {
  auto** stack = graph.arena().allocateArray<Block*>(size_t(graph.blockCount()) + 1);
  if (!stack) {
    graph.outOfMemory();
    return false;
  }
  for (Block* b = graph.newest(); b; b = b->allocated) b->visited = false;
  int waiting = 0;
  auto reach = [&](Block* b, HandlerStack* handlers) {
    if (b->visited) return;
    b->visited = true;
    b->handlers = handlers;
    stack[waiting++] = b;
  };
  reach(graph.entry(), nullptr);
  while (waiting) {
    Block* b = stack[--waiting];
    HandlerStack* active = b->handlers;
    for (int i = 0; i < b->count; ++i) {
      Instr& instr = b->instrs[i];
      if (setsUpBlock(instr.op)) {
        reach(instr.target, active);
        if (instr.op != pseudo::SETUP_FINALLY) instr.target->preserve_lasti = true;
        auto* pushed = graph.arena().create<HandlerStack>(instr.target, active);
        if (!pushed) {
          graph.outOfMemory();
          return false;
        }
        active = pushed;
      } else if (instr.op == pseudo::POP_BLOCK) {
        if (active) active = const_cast<HandlerStack*>(active->outer);
      } else {  // the marks themselves are covered by nothing
        instr.handler = active ? active->handler : nullptr;
        if (isJump(instr.op)) reach(instr.target, active);
      }
    }
    if (!b->no_fallthrough && b->next) reach(b->next, active);
  }
  return true;
}

void dropHandlerMarks(FlowGraph& graph) {
  for (Block* b = graph.entry(); b; b = b->next)
    for (int i = 0; i < b->count; ++i)
      if (setsUpBlock(b->instrs[i].op) || b->instrs[i].op == pseudo::POP_BLOCK) becomeNop(b->instrs[i]);
}

}  // namespace habu::compiler
