// Housekeeping of blocks: how they end, short exits copied in place of jumps to them, NOPs and empty blocks removed.
#include "compiler/flow_graph.h"
#include "object/raise.h"

namespace habu::compiler {

bool normalizeBlocks(FlowGraph& graph) {
  for (Block* b = graph.newest(); b; b = b->allocated) {
    for (int i = 0; i < b->count; ++i) {
      Instr& instr = b->instrs[i];
      if (!endsBlock(instr.op)) continue;
      if (i != b->count - 1) {
        (void)raise(graph.ts(), kSystemError, "malformed control flow graph.");
        return false;
      }
      b->exits = leavesScope(instr.op);
      b->no_fallthrough = b->exits || isUnconditionalJump(instr.op);
      if (isJump(instr.op)) instr.target = skipEmpty(instr.target);
    }
  }
  return true;
}

bool isExitWithoutLine(const Block* b) {
  if (!b->exits) return false;
  for (int i = 0; i < b->count; ++i)
    if (b->instrs[i].at.lineno >= 0) return false;
  return true;
}

bool inlineSmallExits(FlowGraph& graph) {
  constexpr int kMaxCopied = 4;
  for (Block* b = graph.newest(); b; b = b->allocated) {
    if (b->count == 0) continue;
    Instr& last = b->last();
    if (last.op != pseudo::JUMP) continue;
    Block* target = last.target;
    if (!isExitWithoutLine(target) || target->count > kMaxCopied) continue;
    last.op = Op::NOP;
    for (int i = 0; i < target->count; ++i) graph.append(b, Op::NOP) = target->instrs[i];
    if (graph.failed()) return false;
    b->exits = true;
  }
  return true;
}

// A NOP stays only if it is the one instruction that stands for a line.
void removeNops(Block* b) {
  int kept = 0, previous_line = -1;
  for (int i = 0; i < b->count; ++i) {
    int line = b->instrs[i].at.lineno;
    if (b->instrs[i].op == Op::NOP) {
      if (line < 0 || previous_line == line) continue;
      if (i < b->count - 1) {
        Instr& next = b->instrs[i + 1];
        if (next.at.lineno == line) continue;
        if (next.at.lineno < 0) {
          next.at = b->instrs[i].at;
          continue;
        }
      } else {
        Block* next = b->next;
        while (next && next->count == 0) next = next->next;
        if (next && next->instrs[0].at.lineno == line) continue;
      }
    }
    if (kept != i) b->instrs[kept] = b->instrs[i];
    ++kept;
    previous_line = line;
  }
  b->count = kept;
}

void removeEmptyBlocks(Block* entry) {
  for (Block* b = entry; b; b = b->next)
    if (b->next) b->next = skipEmpty(b->next);
  for (Block* b = entry; b; b = b->next)
    for (int i = 0; i < b->count; ++i)
      if (hasTarget(b->instrs[i].op)) b->instrs[i].target = skipEmpty(b->instrs[i].target);
}

}  // namespace habu::compiler
