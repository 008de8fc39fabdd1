// Jumps: forward or backward, and how far.
#include "compiler/flow_graph.h"

namespace habu::compiler {

namespace {

Op directed(Op op, bool forward) {
  switch (op) {
    case pseudo::JUMP: return forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD;
    case pseudo::JUMP_NO_INTERRUPT: return forward ? Op::JUMP_FORWARD : Op::JUMP_BACKWARD_NO_INTERRUPT;
    case pseudo::POP_JUMP_IF_FALSE: return forward ? Op::POP_JUMP_FORWARD_IF_FALSE : Op::POP_JUMP_BACKWARD_IF_FALSE;
    case pseudo::POP_JUMP_IF_TRUE: return forward ? Op::POP_JUMP_FORWARD_IF_TRUE : Op::POP_JUMP_BACKWARD_IF_TRUE;
    case pseudo::POP_JUMP_IF_NONE: return forward ? Op::POP_JUMP_FORWARD_IF_NONE : Op::POP_JUMP_BACKWARD_IF_NONE;
    case pseudo::POP_JUMP_IF_NOT_NONE:
      return forward ? Op::POP_JUMP_FORWARD_IF_NOT_NONE : Op::POP_JUMP_BACKWARD_IF_NOT_NONE;
    default: return op;  // the others only ever jump forward
  }
}

int blockUnits(const Block* b) {
  int units = 0;
  for (int i = 0; i < b->count; ++i) units += instrUnits(b->instrs[i]);
  return units;
}

}  // namespace

void resolveJumps(FlowGraph& graph) {
  Block* entry = graph.entry();
  for (Block* b = entry; b; b = b->next) b->visited = false;
  for (Block* b = entry; b; b = b->next) {
    b->visited = true;
    if (b->count && isJump(b->last().op)) b->last().op = directed(b->last().op, !b->last().target->visited);
  }
  // A longer jump may need a prefix, which moves everything behind it: repeat until nothing grows.
  bool grown;
  do {
    int units = 0;
    for (Block* b = entry; b; b = b->next) {
      b->offset = units;
      units += blockUnits(b);
    }
    grown = false;
    for (Block* b = entry; b; b = b->next) {
      int at = b->offset;
      for (int i = 0; i < b->count; ++i) {
        Instr& instr = b->instrs[i];
        int size = instrUnits(instr);
        at += size;
        if (!isJump(instr.op)) continue;
        int target = instr.target->offset;
        instr.arg = target < at ? at - target : target - at;
        if (instrUnits(instr) != size) grown = true;
      }
    }
  } while (grown);
}

}  // namespace habu::compiler
