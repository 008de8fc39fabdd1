// From the public bytecode to the private stream, and back to the bytes that dis(adaptive=True) shows.
#include "interp/translate.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "interp/ops.h"
#include "object/alloc.h"
#include "object/raise.h"
#include "types/bytes.h"

namespace habu {

namespace {

constexpr int kHandlers = 256;
Handler const kHandlerTable[] = {
#define OP(name, number, ...) op_##name,
#define SPEC(family, name, number) op_##name,
#define PRIVATE(family, name, number) op_##name,
#include "bytecode/opcodes.def"
};
constexpr Op kHandlerOps[] = {
#define OP(name, number, ...) Op::name,
#define SPEC(family, name, number) Op::name,
#define PRIVATE(family, name, number) Op::name,
#include "bytecode/opcodes.def"
};
constexpr size_t kHandlerCount = std::size(kHandlerOps);

struct OffsetTable {
  uint32_t of[kHandlers];
  OffsetTable() {
    std::fill(of, of + kHandlers, handlerOffset(op_bad));
    for (size_t i = 0; i < kHandlerCount; ++i) of[uint8_t(kHandlerOps[i])] = handlerOffset(kHandlerTable[i]);
  }
};
const OffsetTable& offsets() {
  static const OffsetTable table;
  return table;
}

CodeRuntime* all_runtimes = nullptr;

bool operandFits(const Code* code, Op op, uint32_t arg) {
  switch (info(op).operand) {
    case Operand::Const: return arg < uint32_t(code->consts->size);
    case Operand::Name: return arg < uint32_t(code->names->size);
    case Operand::Global: return arg >> 1 < uint32_t(code->names->size);
    case Operand::Local:
    case Operand::Cell: return arg < uint32_t(code->localsplus_count);
    case Operand::Compare: return arg < 6;
    case Operand::Binary: return arg < 26;
    default: return true;
  }
}

// Fills the slots. Opcodes that do not exist, operands out of range and jumps to nowhere run op_bad.
void translate(const Code* code, CodeRuntime* runtime) {
  const auto* units = reinterpret_cast<const CodeUnit*>(code->code);
  std::vector<bool> starts(size_t(code->size) + 1);
  for (CodeReader r(units, code->size); r.next();) starts[size_t(r.start)] = true;
  const uint32_t bad = handlerOffset(op_bad), prefix = handlerOffset(op_EXTENDED_ARG);
  bool generator = code->flags & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator);
  uint32_t keyword_names = 0;  // of the call to come: index of the constant + 1
  for (CodeReader r(units, code->size); r.next();) {
    Instruction* slot = runtime->slots + r.at;
    for (ptrdiff_t i = r.start; i < r.at; ++i) runtime->slots[i].handler = prefix;
    slot->handler = offsets().of[uint8_t(r.op)];
    slot->arg = r.arg;
    bool fits = isPublicOp(uint8_t(r.op)) && operandFits(code, r.op, r.arg) && r.position() <= code->size;
    if (fits && info(r.op).isJump()) {
      ptrdiff_t target = r.target();
      fits = target >= 0 && target < code->size && starts[size_t(target)];
    }
    if (!fits) slot->handler = bad;
    if (r.op == Op::RETURN_VALUE && generator && fits) slot->handler = handlerOffset(op_return_generator_value);
    if (r.op == Op::KW_NAMES && fits) keyword_names = r.arg + 1;
    if (r.op == Op::CALL && fits) slot[kCallNamesSlot].arg = std::exchange(keyword_names, 0);
  }
  runtime->slots[code->size].handler = bad;  // running off the end
}

}  // namespace

uint32_t handlerOffset(Op op) { return offsets().of[uint8_t(op)]; }

Op opOfHandler(uint32_t offset) {
  if (offset == handlerOffset(op_return_generator_value)) return Op::RETURN_VALUE;
  for (size_t i = 0; i < kHandlerCount; ++i)
    if (offsets().of[uint8_t(kHandlerOps[i])] == offset) return kHandlerOps[i];
  return Op::CACHE;
}

Op originalOp(const Frame* frame, const Instruction* ip) {
  const CodeRuntime* runtime = frame->code->runtime;
  return opOfHandler(runtime->traced ? runtime->traced[ip - runtime->slots] : ip->handler);
}

CodeRuntime* prepareCode(ThreadState& ts, Code* code) {
  if (code->runtime) return code->runtime;
  size_t bytes = sizeof(CodeRuntime) + sizeof(Instruction) * size_t(code->size);  // with one slot behind the last
  auto* runtime = static_cast<CodeRuntime*>(std::calloc(1, bytes));
  if (!runtime) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  runtime->code = code;
  runtime->count = code->size;
  translate(code, runtime);
  runtime->next = all_runtimes;
  if (all_runtimes) all_runtimes->previous = runtime;
  all_runtimes = runtime;
  return code->runtime = runtime;
}

void destroyCodeRuntime(CodeRuntime* runtime) {
  if (runtime->previous) runtime->previous->next = runtime->next;
  else all_runtimes = runtime->next;
  if (runtime->next) runtime->next->previous = runtime->previous;
  std::free(runtime->traced);
  std::free(runtime);
}

CodeRuntime* firstCodeRuntime() { return all_runtimes; }

void setSlot(CodeRuntime* runtime, Instruction* ip, Op op) {
  uint32_t offset = handlerOffset(op);
  if (runtime->traced) runtime->traced[ip - runtime->slots] = offset;
  else ip->handler = offset;
}

void rewrite(Frame* frame, Instruction* ip, Op op) { setSlot(frame->code->runtime, ip, op); }

void noteMiss(Frame* frame, Instruction* ip, Op adaptive) {
  if (--counterOf(ip)) return;
  counterOf(ip) = kBackoff;
  rewrite(frame, ip, adaptive);
}

namespace {
Op adaptiveForm(Op op) {
  switch (op) {
#define ADAPTIVE(family) \
  case Op::family: return Op::family##_ADAPTIVE;
    ADAPTIVE(BINARY_OP)
    ADAPTIVE(BINARY_SUBSCR)
    ADAPTIVE(CALL)
    ADAPTIVE(COMPARE_OP)
    ADAPTIVE(LOAD_ATTR)
    ADAPTIVE(LOAD_GLOBAL)
    ADAPTIVE(LOAD_METHOD)
    ADAPTIVE(PRECALL)
    ADAPTIVE(STORE_ATTR)
    ADAPTIVE(STORE_SUBSCR)
    ADAPTIVE(UNPACK_SEQUENCE)
#undef ADAPTIVE
    case Op::EXTENDED_ARG: return Op::EXTENDED_ARG_QUICK;
    case Op::JUMP_BACKWARD: return Op::JUMP_BACKWARD_QUICK;
    case Op::RESUME: return Op::RESUME_QUICK;
    default: return op;
  }
}
// One handler for two neighbours; CACHE: no such pair.
Op pairForm(Op first, Op second) {
  if (second == Op::LOAD_FAST) {
    if (first == Op::LOAD_FAST) return Op::LOAD_FAST__LOAD_FAST;
    if (first == Op::STORE_FAST) return Op::STORE_FAST__LOAD_FAST;
    if (first == Op::LOAD_CONST) return Op::LOAD_CONST__LOAD_FAST;
  }
  if (second == Op::STORE_FAST && first == Op::STORE_FAST) return Op::STORE_FAST__STORE_FAST;
  if (second == Op::LOAD_CONST && first == Op::LOAD_FAST) return Op::LOAD_FAST__LOAD_CONST;
  return Op::CACHE;
}
}  // namespace

void quicken(Code* code) {
  CodeRuntime* runtime = code->runtime;
  if (runtime->quickened) return;
  runtime->quickened = true;
  const auto* units = reinterpret_cast<const CodeUnit*>(code->code);
  Op previous = Op::CACHE;
  const uint32_t bad = handlerOffset(op_bad);
  for (Index i = 0; i < code->size; ++i) {
    Op op = Op(units[i].op);
    Instruction* slot = runtime->slots + i;
    uint32_t now = runtime->traced ? runtime->traced[i] : slot->handler;
    if (now == bad) {
      i += info(op).caches;
      previous = Op::CACHE;
      continue;
    }
    Op adaptive = adaptiveForm(op);
    if (adaptive != op) setSlot(runtime, slot, adaptive);
    Op pair = pairForm(previous, op);
    if (pair != Op::CACHE) setSlot(runtime, slot - 1, pair);
    previous = info(op).caches ? Op::CACHE : op;
    i += info(op).caches;
  }
}

Ref<Bytes> adaptiveCodeBytes(ThreadState& ts, Code* code) {
  Ref<Bytes> made = TRY(newBytes(ts, {reinterpret_cast<const char*>(code->code), code->codeBytes()}));
  CodeRuntime* runtime = code->runtime;
  if (!runtime) return made;
  auto* units = reinterpret_cast<CodeUnit*>(made->data);
  for (Index i = 0; i < code->size; ++i) {
    uint8_t op = units[i].op;
    uint32_t handler = runtime->traced ? runtime->traced[i] : runtime->slots[i].handler;
    Op now = opOfHandler(handler);
    if (now != Op::CACHE) units[i].op = uint8_t(officialOp(now));
    int caches = info(op).caches;
    if (now != Op(op) && caches) {
      uint32_t counter = runtime->slots[i + 1].arg;
      units[i + 1] = {uint8_t(counter), uint8_t(counter >> 8)};
    }
    i += caches;
  }
  return made;
}

}  // namespace habu
