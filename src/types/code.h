// code: PyCodeObject. The public bytecode is immutable; what the interpreter runs is a private instruction stream,
// translated from it on first execution and owned through `runtime`.
#pragma once
#include "object/core.h"

namespace habu {

struct CodeRuntime;  // interp/instruction.h: the private stream and per-code caches

struct Code : VarObject {  // size: number of 2-byte code units
  Tuple* consts;
  Tuple* names;
  Bytes* exception_table;
  int flags;  // CodeFlag
  short warmup;
  short linearray_entry_size;
  int arg_count, posonly_count, kwonly_count;
  int stack_size;
  int first_line;
  // Derived from localsplus_names and _kinds:
  int localsplus_count, local_count, plain_cell_count, cell_count, free_count;
  Tuple* localsplus_names;
  Bytes* localsplus_kinds;  // LocalKind, one byte each
  Str* filename;
  Str* name;
  Str* qualname;
  Bytes* line_table;
  Object* weakrefs;
  Bytes* public_code;  // co_code, made on demand
  char* linearray;
  int first_traceable;
  CodeRuntime* runtime;  // where CPython keeps co_extra; null until first run
  uint8_t code[1];       // size * 2 bytes: opcode, oparg, caches zero
  size_t codeBytes() const { return size_t(size) * 2; }
};

enum CodeFlag : int {
  kCodeOptimized = 0x1, kCodeNewLocals = 0x2, kCodeVarArgs = 0x4, kCodeVarKeywords = 0x8, kCodeNested = 0x10,
  kCodeGenerator = 0x20, kCodeCoroutine = 0x80, kCodeIterableCoroutine = 0x100, kCodeAsyncGenerator = 0x200,
  kCodeFutureDivision = 0x20000, kCodeFutureAbsoluteImport = 0x40000, kCodeFutureWithStatement = 0x80000,
  kCodeFuturePrintFunction = 0x100000, kCodeFutureUnicodeLiterals = 0x200000, kCodeFutureBarryAsBdfl = 0x400000,
  kCodeFutureGeneratorStop = 0x800000, kCodeFutureAnnotations = 0x1000000,
};
enum LocalKind : uint8_t { kLocal = 0x20, kCell = 0x40, kFree = 0x80 };

extern Type kCodeType C_NAME("PyCode_Type");

// Everything a code object is made of, all borrowed; makeCode shares it. Identifiers among the constants are interned.
struct CodeParts {
  Str *filename, *name, *qualname;
  int flags = 0, first_line = 1;
  int arg_count = 0, posonly_count = 0, kwonly_count = 0, stack_size = 0;
  std::string_view code;  // bytecode with zeroed caches
  Tuple *consts, *names, *localsplus_names;
  Bytes *localsplus_kinds, *line_table, *exception_table;
};
Ref<Code> makeCode(ThreadState&, const CodeParts&);
// Source position of the instruction at byte offset `offset` of co_code; -1: none.
struct CodePosition {
  int line, end_line, column, end_column;
};
CodePosition codePosition(const Code*, int offset);
int codeLine(const Code*, int offset);

// The interpreter's: called when a code object dies; what runs at present, for code._co_code_adaptive.
extern void (*freeCodeRuntime)(CodeRuntime*);
extern Ref<Bytes> (*adaptiveCode)(ThreadState&, Code*);

}  // namespace habu
