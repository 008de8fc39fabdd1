// The private instruction stream of a code object: what the interpreter really runs.
//
// One slot of 8 bytes per code unit of co_code, caches included, so that a slot index is half a byte offset. A slot of
// an instruction holds where its handler is (an offset from one fixed handler) and its whole oparg, prefixes folded in.
// A cache slot holds whatever the instruction in front of it wants, up to a full pointer. Made on first execution
// (interp/translate.cpp), owned by the code object.
#pragma once
#include "types/code.h"

namespace habu {

union Instruction {
  struct {
    uint32_t handler;
    uint32_t arg;
  };
  uint64_t word;
  void* pointer;
};
static_assert(sizeof(Instruction) == 8);

struct CodeRuntime {
  Code* code;  // borrowed: its owner
  CodeRuntime *previous, *next;  // all of them
  uint32_t* traced;  // while traced every slot leads to the tracing handler; here are their own ones. Null otherwise
  Index count;
  bool quickened;
  Instruction start;     // slots[-1]: where `ip` of a frame stands before its first instruction
  Instruction slots[1];  // count of them
};

}  // namespace habu
