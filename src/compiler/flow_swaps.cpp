// SWAPs, which the pattern matcher and tuple assignments produce in number.
#include "compiler/flow_graph.h"

namespace habu::compiler {

namespace {
constexpr int kVisited = -1;

bool isMovable(const Instr& i) { return i.op == Op::STORE_FAST || i.op == Op::POP_TOP; }

// The first instruction behind `at` that takes one value off the stack and can change places with another one; it must
// be on `line` if that is given. -1: none.
int nextMovable(const Block* b, int at, int line) {
  while (++at < b->count) {
    const Instr& i = b->instrs[at];
    if (line >= 0 && i.at.lineno != line) return -1;
    if (i.op == Op::NOP) continue;
    return isMovable(i) ? at : -1;
  }
  return -1;
}

}  // namespace

// A run of SWAPs is a permutation; it is rewritten as the shortest run that does the same. The last instruction of the
// run is what `at` is left at.
void optimizeSwaps(Block* b, int& at) {
  Instr* run = b->instrs + at;
  int length = 0, depth = run[0].arg;
  bool more = false;
  while (++length < b->count - at) {
    if (run[length].op == Op::SWAP) {
      depth = depth > run[length].arg ? depth : run[length].arg;
      more = true;
    } else if (run[length].op != Op::NOP) {
      break;
    }
  }
  if (!more) return;
  constexpr int kMaxDepth = 4096;
  if (depth > kMaxDepth) return;
  int stack[kMaxDepth];
  for (int i = 0; i < depth; ++i) stack[i] = i;
  for (int i = 0; i < length; ++i)
    if (run[i].op == Op::SWAP) std::swap(stack[0], stack[run[i].arg - 1]);
  // Cycle by cycle, written from the end of the run backwards: the steps that undo a permutation, reversed, do it.
  // Only the top can be exchanged, so it is drawn into every cycle.
  int out = length - 1;
  for (int i = 0; i < depth; ++i) {
    if (stack[i] == kVisited || stack[i] == i) continue;
    for (int j = i;;) {
      if (j) {
        run[out].op = Op::SWAP;
        run[out--].arg = j + 1;
      }
      if (stack[j] == kVisited) break;
      int next = stack[j];
      stack[j] = kVisited;
      j = next;
    }
  }
  while (out >= 0) becomeNop(run[out--]);
  at += length - 1;
}

// SWAP followed by stores: exchange the stores instead. Where they store into one variable the first value wins then, a
// defect of 3.11.0 to 3.11.3 that is part of the bytecode we promise.
void applySwaps(Block* b, int at) {
  for (; at >= 0; --at) {
    Instr& swap = b->instrs[at];
    if (swap.op != Op::SWAP) {
      if (swap.op == Op::NOP || isMovable(swap)) continue;
      return;
    }
    int first = nextMovable(b, at, -1);
    if (first < 0) return;
    int second = first, line = b->instrs[first].at.lineno;
    for (int n = swap.arg - 1; n > 0; --n) {
      second = nextMovable(b, second, line);
      if (second < 0) return;
    }
    becomeNop(swap);
    std::swap(b->instrs[first], b->instrs[second]);
  }
}

}  // namespace habu::compiler
