// The flow graph of one code object: basic blocks of instructions. A block is entered at its top only and left at its
// end; an instruction that jumps or ends the function is the last of its block.
//
// The code generator fills the graph, the passes below bring it into CPython's final form in CPython's order (promise 2
// of doc/architecture.md: every difference would show in co_code), and the assembler writes it out. One file per pass.
#pragma once
#include "base/arena.h"
#include "bytecode/opcode.h"
#include "compiler/constants.h"
#include "syntax/ast.h"

namespace habu::compiler {

namespace ast = habu::syntax;

// Instructions of the graph that no code object contains.
namespace pseudo {
inline constexpr Op SETUP_FINALLY{240};      // from here on exceptions go to the target: -- exception
inline constexpr Op SETUP_CLEANUP{241};      // the same, remembering where: -- lasti exception
inline constexpr Op SETUP_WITH{242};         // the same, below the entered value: value -- lasti exception
inline constexpr Op POP_BLOCK{243};          // back to the handler before
inline constexpr Op JUMP{244};               // forward or backward, once the order of blocks is known
inline constexpr Op JUMP_NO_INTERRUPT{245};
inline constexpr Op POP_JUMP_IF_FALSE{246};
inline constexpr Op POP_JUMP_IF_TRUE{247};
inline constexpr Op POP_JUMP_IF_NONE{248};
inline constexpr Op POP_JUMP_IF_NOT_NONE{249};
}  // namespace pseudo

struct Block;

struct Instr {
  Op op;
  int32_t arg;
  ast::Position at;  // lineno < 0: artificial
  Block* target;     // of jumps and SETUP_*
  Block* handler;    // where exceptions go, null: out (after labelHandlers)
};

struct Block {
  Instr* instrs = nullptr;
  int count = 0, capacity = 0;
  Block* next = nullptr;      // in the order of the code
  Block* allocated = nullptr; // the block made just before: passes that copy blocks go through them newest first
  int predecessors = 0;
  int start_depth = 0;        // of the evaluation stack
  int offset = 0;             // in code units
  bool no_fallthrough = false;  // ends with a jump, return or raise
  bool exits = false;           // ends with a return or raise
  bool visited = false;
  bool preserve_lasti = false;  // a handler that is given the place of the exception
  struct HandlerStack* handlers = nullptr;  // those active at the block's start

  Instr& last() const { return instrs[count - 1]; }
};

inline bool setsUpBlock(Op op) { return op >= pseudo::SETUP_FINALLY && op <= pseudo::SETUP_WITH; }
inline bool isJump(Op op) { return op >= pseudo::JUMP || info(op).isJump(); }
inline bool hasTarget(Op op) { return isJump(op) || setsUpBlock(op); }
inline bool isUnconditionalJump(Op op) {
  return op == pseudo::JUMP || op == pseudo::JUMP_NO_INTERRUPT || op == Op::JUMP_FORWARD || op == Op::JUMP_BACKWARD ||
         op == Op::JUMP_BACKWARD_NO_INTERRUPT;
}
inline bool leavesScope(Op op) { return op == Op::RETURN_VALUE || op == Op::RAISE_VARARGS || op == Op::RERAISE; }
inline bool endsBlock(Op op) { return isJump(op) || leavesScope(op); }
inline int instrUnits(const Instr& i) { return instructionUnits(i.op, uint32_t(i.arg)); }
inline void becomeNop(Instr& i) {
  i.op = Op::NOP;
  i.arg = 0;
}

class FlowGraph {
 public:
  FlowGraph(ThreadState& ts, Arena& arena) : ts_(ts), arena_(arena) {}

  // Never null: when memory is out a scratch block is handed out and failed() is set, the exception too.
  Block* newBlock();
  // A zeroed instruction at the end of the block, or a scratch one.
  Instr& append(Block*, Op);
  bool insert(Block*, int at, const Instr&);
  bool failed() const { return failed_; }
  void outOfMemory();

  Block* entry() const { return entry_; }
  Block* newest() const { return newest_; }
  int blockCount() const { return blocks_; }
  Arena& arena() { return arena_; }
  ThreadState& ts() { return ts_; }

 private:
  bool reserve(Block*);
  ThreadState& ts_;
  Arena& arena_;
  Block *entry_ = nullptr, *newest_ = nullptr;
  int blocks_ = 0;
  bool failed_ = false;
  Block scratch_block_;
  Instr scratch_instr_;
};

// ---- passes, in order. Those that return bool fail with an exception set ----
bool normalizeBlocks(FlowGraph&);       // flow_blocks.cpp: finds out how blocks end; SystemError for malformed ones
bool inlineSmallExits(FlowGraph&);      // flow_blocks.cpp: jumps to a short artificial return are replaced by it
bool optimizeFlow(FlowGraph&, UnitConstants&);  // flow_optimize.cpp
bool duplicateExits(FlowGraph&);        // flow_lines.cpp: exits without a line get one copy per jump to them
void propagateLines(FlowGraph&);        // flow_lines.cpp
void lineForExits(FlowGraph&, int first_line);  // flow_lines.cpp
bool computeDepth(FlowGraph&, bool generator, int& depth);  // flow_depth.cpp: start_depth of all blocks; the maximum
bool labelHandlers(FlowGraph&);         // flow_handlers.cpp: handler of every instruction
void dropHandlerMarks(FlowGraph&);      // flow_handlers.cpp: SETUP_* and POP_BLOCK become NOPs
void removeNops(Block*);                // flow_blocks.cpp
void resolveJumps(FlowGraph&);          // flow_jumps.cpp: directions, then offsets and args

// Parts of optimizeFlow.
void optimizeSwaps(Block*, int& at);    // flow_swaps.cpp
void applySwaps(Block*, int at);        // flow_swaps.cpp
bool isExitWithoutLine(const Block*);   // flow_blocks.cpp: returns or raises, none of its instructions on any line
void removeEmptyBlocks(Block* entry);   // flow_blocks.cpp
inline Block* skipEmpty(Block* b) {
  while (b->count == 0 && b->next) b = b->next;
  return b;
}

}  // namespace habu::compiler
