#include "compiler/flow_graph.h"

#include "object/raise.h"
#include "object/thread_state.h"

namespace habu::compiler {

void FlowGraph::outOfMemory() {
  if (!failed_ && !errorSet(ts_)) (void)raiseNoMemory(ts_);
  failed_ = true;
}

Block* FlowGraph::newBlock() {
  auto* b = arena_.create<Block>();
  if (!b) {
    outOfMemory();
    scratch_block_ = {};
    return &scratch_block_;
  }
  b->allocated = newest_;
  newest_ = b;
  if (!entry_) entry_ = b;
  ++blocks_;
  return b;
}

bool FlowGraph::reserve(Block* b) {
  if (b->count < b->capacity) return true;
  int capacity = b->capacity ? b->capacity * 2 : 8;
  auto* instrs = arena_.allocateArray<Instr>(size_t(capacity));
  if (!instrs) {
    outOfMemory();
    return false;
  }
  if (b->count) std::memcpy(static_cast<void*>(instrs), b->instrs, size_t(b->count) * sizeof(Instr));
  b->instrs = instrs;
  b->capacity = capacity;
  return true;
}

Instr& FlowGraph::append(Block* b, Op op) {
  Instr& i = reserve(b) ? b->instrs[b->count++] : scratch_instr_;
  i = {op, 0, {-1, -1, -1, -1}, nullptr, nullptr};
  return i;
}

bool FlowGraph::insert(Block* b, int at, const Instr& instr) {
  if (!reserve(b)) return false;
  std::memmove(static_cast<void*>(b->instrs + at + 1), b->instrs + at, size_t(b->count - at) * sizeof(Instr));
  b->instrs[at] = instr;
  ++b->count;
  return true;
}

}  // namespace habu::compiler
