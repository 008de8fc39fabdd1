// Depth of the evaluation stack at the start of every block, and its maximum.
#include "compiler/flow_graph.h"
#include "object/raise.h"

namespace habu::compiler {

namespace {

int effectOf(const Instr& i, bool taken) {
  switch (i.op) {
    case pseudo::SETUP_FINALLY:
    case pseudo::SETUP_WITH: return taken ? 1 : 0;
    case pseudo::SETUP_CLEANUP: return taken ? 2 : 0;
    case pseudo::POP_BLOCK:
    case pseudo::JUMP:
    case pseudo::JUMP_NO_INTERRUPT: return 0;
    case pseudo::POP_JUMP_IF_FALSE:
    case pseudo::POP_JUMP_IF_TRUE:
    case pseudo::POP_JUMP_IF_NONE:
    case pseudo::POP_JUMP_IF_NOT_NONE: return -1;
    default: return disStackEffect(i.op, i.arg, taken ? JumpCase::Yes : JumpCase::No);
  }
}

}  // namespace

bool computeDepth(FlowGraph& graph, bool generator, int& maximum) {
  constexpr int kUnknown = INT32_MIN;
  for (Block* b = graph.newest(); b; b = b->allocated) b->start_depth = kUnknown;
  auto** stack = graph.arena().allocateArray<Block*>(size_t(graph.blockCount()) + 1);
  if (!stack) {
    graph.outOfMemory();
    return false;
  }
  int waiting = 0;
  auto reach = [&](Block* b, int depth) {
    if (b->start_depth != kUnknown) return;
    b->start_depth = depth;
    stack[waiting++] = b;
  };
  maximum = 0;
  reach(graph.entry(), generator ? 1 : 0);
  while (waiting) {
    Block* b = stack[--waiting];
    int depth = b->start_depth;
    bool goes_on = true;
    for (int i = 0; i < b->count; ++i) {
      const Instr& instr = b->instrs[i];
      int after = depth + effectOf(instr, false);
      if (after > maximum) maximum = after;
      if (hasTarget(instr.op)) {
        int there = depth + effectOf(instr, true);
        if (there > maximum) maximum = there;
        reach(instr.target, there);
      }
      depth = after;
      if (isUnconditionalJump(instr.op) || leavesScope(instr.op)) {
        goes_on = false;
        break;
      }
    }
    if (goes_on && b->next) reach(b->next, depth);
  }
  return true;
}

}  // namespace habu::compiler
