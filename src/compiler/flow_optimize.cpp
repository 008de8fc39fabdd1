// Peephole optimisation of every block, then removal of what cannot be reached.
#include "compiler/flow_graph.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

class BlockOptimizer {
 public:
  BlockOptimizer(FlowGraph& graph, UnitConstants& constants) : graph_(graph), constants_(constants) {}

  bool run(Block* b) {
    block_ = b;
    for (int i = 0; i < b->count; ++i) {
      Instr& instr = b->instrs[i];
      if (hasTarget(instr.op)) instr.target = skipEmpty(instr.target);
      switch (instr.op) {
        case Op::LOAD_CONST:
          if (!loadConst(i)) return false;
          break;
        case Op::BUILD_TUPLE:
          if (!buildTuple(i)) return false;
          break;
        case Op::SWAP:
          if (instr.arg == 1) {
            becomeNop(instr);
            break;
          }
          optimizeSwaps(b, i);
          applySwaps(b, i);
          break;
        case Op::PUSH_NULL:
          if (opAt(i + 1) == Op::LOAD_GLOBAL) {  // one instruction does both
            becomeNop(instr);
            b->instrs[i + 1].arg |= 1;
          }
          break;
        default:
          if (isJump(instr.op) && threadJump(instr)) --i;  // look at the changed jump again
      }
    }
    return true;
  }

 private:
  Op opAt(int i) const { return i < block_->count ? block_->instrs[i].op : Op::CACHE; }

  // A test of a constant is decided here.
  bool loadConst(int i) {
    Instr& load = block_->instrs[i];
    Op next = opAt(i + 1);
    bool pops = next == pseudo::POP_JUMP_IF_FALSE || next == pseudo::POP_JUMP_IF_TRUE;
    if (pops || next == Op::JUMP_IF_FALSE_OR_POP || next == Op::JUMP_IF_TRUE_OR_POP) {
      Result<bool> truth = isTrue(graph_.ts(), constants_[load.arg]);
      if (truth.failed()) return false;
      bool jumps_if = next == pseudo::POP_JUMP_IF_TRUE || next == Op::JUMP_IF_TRUE_OR_POP;
      bool jumps = truth.take() == jumps_if;
      if (pops || !jumps) becomeNop(load);
      Instr& test = block_->instrs[i + 1];
      if (jumps) {
        test.op = pseudo::JUMP;
        block_->no_fallthrough = true;
      } else {
        becomeNop(test);
      }
    } else if (next == Op::IS_OP && isNone(constants_[load.arg])) {
      Op jump = opAt(i + 2);
      if (jump != pseudo::POP_JUMP_IF_FALSE && jump != pseudo::POP_JUMP_IF_TRUE) return true;
      bool negated = block_->instrs[i + 1].arg == 1;
      becomeNop(load);
      becomeNop(block_->instrs[i + 1]);
      block_->instrs[i + 2].op = negated != (jump == pseudo::POP_JUMP_IF_FALSE) ? pseudo::POP_JUMP_IF_NOT_NONE
                                                                                  : pseudo::POP_JUMP_IF_NONE;
    }
    return true;
  }

  bool buildTuple(int i) {
    Instr& build = block_->instrs[i];
    int n = build.arg;
    if (opAt(i + 1) == Op::UNPACK_SEQUENCE && block_->instrs[i + 1].arg == n && n >= 1 && n <= 3) {
      becomeNop(build);
      if (n == 1) becomeNop(block_->instrs[i + 1]);
      else block_->instrs[i + 1].op = Op::SWAP;
      return true;
    }
    return i < n || foldTuple(i, n);
  }

  // n constants and BUILD_TUPLE n are one constant.
  bool foldTuple(int i, int n) {
    Instr* items = block_->instrs + i - n;
    for (int k = 0; k < n; ++k)
      if (items[k].op != Op::LOAD_CONST) return true;
    ThreadState& ts = graph_.ts();
    Ref<Tuple> tuple = n ? newTupleUninitialized(ts, n) : emptyTuple();
    if (!tuple) return false;
    for (int k = 0; k < n; ++k) put(tuple.get(), k, share(constants_[items[k].arg]));
    Object* merged = constants_.pool().mergeOne(tuple.get());
    int number = merged ? constants_.addMerged(merged) : -1;
    if (number < 0) return false;
    for (int k = 0; k < n; ++k) becomeNop(items[k]);
    block_->instrs[i].op = Op::LOAD_CONST;
    block_->instrs[i].arg = number;
    return true;
  }

  // A jump to a jump on the same line goes where that one goes.
  bool follow(Instr& jump, const Instr& target, Op op) {
    if (jump.at.lineno != target.at.lineno || jump.target == target.target) return false;
    jump.target = target.target;
    jump.op = op;
    return true;
  }

  bool threadJump(Instr& jump) {
    const Instr& target = jump.target->instrs[0];
    switch (jump.op) {
      case Op::JUMP_IF_FALSE_OR_POP:
        return threadShortCircuit(jump, target, pseudo::POP_JUMP_IF_FALSE, pseudo::POP_JUMP_IF_TRUE, Op::JUMP_IF_TRUE_OR_POP);
      case Op::JUMP_IF_TRUE_OR_POP:
        return threadShortCircuit(jump, target, pseudo::POP_JUMP_IF_TRUE, pseudo::POP_JUMP_IF_FALSE, Op::JUMP_IF_FALSE_OR_POP);
      case pseudo::JUMP:
      case pseudo::POP_JUMP_IF_FALSE:
      case pseudo::POP_JUMP_IF_TRUE:
      case pseudo::POP_JUMP_IF_NONE:
      case pseudo::POP_JUMP_IF_NOT_NONE:
        return target.op == pseudo::JUMP && follow(jump, target, jump.op);
      default:
        return false;
    }
  }

  // x and y and z: where the second test is of the same value, its outcome is known.
  bool threadShortCircuit(Instr& jump, const Instr& target, Op same_popping, Op opposite_popping, Op opposite) {
    if (target.op == same_popping) return follow(jump, target, same_popping);
    if (target.op == pseudo::JUMP || target.op == jump.op) return follow(jump, target, jump.op);
    if ((target.op == opposite_popping || target.op == opposite) && jump.at.lineno == target.at.lineno) {
      jump.op = same_popping;
      jump.target = jump.target->next;
      return true;
    }
    return false;
  }

  FlowGraph& graph_;
  UnitConstants& constants_;
  Block* block_ = nullptr;
};

bool markReachable(FlowGraph& graph) {
  Arena& arena = graph.arena();
  auto** stack = arena.allocateArray<Block*>(size_t(graph.blockCount()) + 1);
  if (!stack) {
    graph.outOfMemory();
    return false;
  }
  int depth = 0;
  auto reach = [&](Block* b) {
    if (b->predecessors++ == 0) stack[depth++] = b;
  };
  reach(graph.entry());
  while (depth) {
    Block* b = stack[--depth];
    if (b->next && !b->no_fallthrough) reach(b->next);
    for (int i = 0; i < b->count; ++i)
      if (hasTarget(b->instrs[i].op)) reach(b->instrs[i].target);
  }
  return true;
}

}  // namespace

bool optimizeFlow(FlowGraph& graph, UnitConstants& constants) {
  BlockOptimizer optimizer(graph, constants);
  for (Block* b = graph.entry(); b; b = b->next) {
    if (!optimizer.run(b)) return false;
    removeNops(b);
  }
  if (!inlineSmallExits(graph) || !markReachable(graph)) return false;
  for (Block* b = graph.entry(); b; b = b->next) {
    if (b->predecessors) continue;
    b->count = 0;
    b->no_fallthrough = false;
  }
  for (Block* b = graph.entry(); b; b = b->next) removeNops(b);
  removeEmptyBlocks(graph.entry());
  // A jump to the block that comes next anyway becomes a NOP (and may keep a line of its own alive).
  for (Block* b = graph.entry(); b; b = b->next) {
    if (b->count == 0) continue;
    Instr& last = b->last();
    if ((last.op == pseudo::JUMP || last.op == pseudo::JUMP_NO_INTERRUPT) && last.target == b->next) {
      b->no_fallthrough = false;
      last.op = Op::NOP;
    }
  }
  return true;
}

}  // namespace habu::compiler
