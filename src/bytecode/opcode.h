// The one header about instructions that everybody reads: opcodes.def as an enum, as a table and as stack effects, and
// the layout of the public bytecode (co_code).
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace habu {

// What the oparg means. Jumps count code units from the instruction behind their caches.
enum class Operand : uint8_t {
  None, Const, Name, Global /* name index << 1 | push NULL first */, Local, Cell /* index into localsplus */, Count,
  Compare, Binary, Forward, Backward, Depth /* position on the stack */, Flags, Prefix /* EXTENDED_ARG */,
};
namespace opflag {
enum : uint8_t { Raises = 1, Escapes = 2, Ends = 4, Suspends = 8, Private = 64, Specialised = 128 };
}

enum class Op : uint8_t {
#define OP(name, number, ...) name = number,
#define SPEC(family, name, number) name = number,
#define PRIVATE(family, name, number) name = number,
#include "bytecode/opcodes.def"
};

inline constexpr int kHaveArgument = 90;  // opcodes below ignore their oparg
inline constexpr int kMaxOpcode = 176;    // the highest official unspecialised one

struct OpInfo {
  const char* name = nullptr;  // null: no such opcode
  Operand operand{};
  uint8_t caches = 0;
  uint8_t flags = 0;
  Op family{};
  bool is(uint8_t flag) const { return (flags & flag) != 0; }
  bool isJump() const { return operand == Operand::Forward || operand == Operand::Backward; }
};

inline constexpr std::array<OpInfo, 256> kOps = [] {
  using namespace opflag;
  std::array<OpInfo, 256> t{};
#define OP(n, num, operand, pops, pushes, taken, caches, flags) t[num] = {#n, Operand::operand, caches, flags, Op::n};
#include "bytecode/opcodes.def"
#define SPEC(fam, n, num)    \
  t[num] = t[int(Op::fam)];  \
  t[num].name = #n;          \
  t[num].flags |= Specialised;
#define PRIVATE(fam, n, num) \
  t[num] = t[int(Op::fam)];  \
  t[num].name = #n;          \
  t[num].flags |= Specialised | Private;
#include "bytecode/opcodes.def"
  return t;
}();

constexpr const OpInfo& info(Op op) { return kOps[uint8_t(op)]; }
constexpr const OpInfo& info(uint8_t op) { return kOps[op]; }
constexpr Op familyOf(Op op) { return info(op).family; }
// A known opcode that may stand in co_code (specialised ones may not).
constexpr bool isPublicOp(uint8_t op) { return kOps[op].name && !(kOps[op].flags & opflag::Specialised); }
// The opcode that dis(adaptive=True) shows.
constexpr Op officialOp(Op op) { return info(op).flags & opflag::Private ? info(op).family : op; }
// The public opcode with this name; -1: none.
constexpr int opByName(std::string_view name) {
  for (int i = 0; i < 256; ++i)
    if (kOps[i].name && name == kOps[i].name) return i;
  return -1;
}

struct StackEffect {
  int pops, pushes;
  int taken;  // net effect when the jump is taken
  constexpr int net() const { return pushes - pops; }
};
constexpr StackEffect stackEffect(Op op, [[maybe_unused]] int arg) {
  switch (info(op).family) {
#define OP(name, num, operand, pops, pushes, taken, ...) \
  case Op::name:                                         \
    return {pops, pushes, taken};
#include "bytecode/opcodes.def"
    default: return {};
  }
}
// What dis.stack_effect(op, arg, jump=...) answers and co_stacksize is computed from: PRECALL already drops the
// arguments there, and RETURN_GENERATOR does not count the value that resumption pushes.
enum class JumpCase { No, Yes, Either };
constexpr int disStackEffect(Op op, int arg, JumpCase jump) {
  if (op == Op::PRECALL) return -arg;
  if (op == Op::CALL) return -1;
  if (op == Op::RETURN_GENERATOR) return 0;
  StackEffect e = stackEffect(op, arg);
  if (!info(op).isJump() || jump == JumpCase::No) return e.net();
  return jump == JumpCase::Yes || e.taken > e.net() ? e.taken : e.net();
}

static_assert(stackEffect(Op::BUILD_TUPLE, 3).pops == 3);
static_assert(stackEffect(Op::CALL, 3).pops == 5);
static_assert(stackEffect(Op::LOAD_GLOBAL, 1).pushes == 2);
static_assert(info(Op::BINARY_OP_ADD_INT).caches == info(Op::BINARY_OP).caches);
static_assert(officialOp(Op::FOR_ITER_LIST) == Op::FOR_ITER && officialOp(Op::LOAD_ATTR_SLOT) == Op::LOAD_ATTR_SLOT);

// ---- co_code: units of two bytes, opcode and oparg; EXTENDED_ARG units in front give the higher bytes of an oparg ----
struct CodeUnit {
  uint8_t op, arg;
};
static_assert(sizeof(CodeUnit) == 2);

// Units that an instruction takes without its caches: EXTENDED_ARGs and itself.
constexpr int unitsForArg(uint32_t arg) { return arg > 0xffffff ? 4 : arg > 0xffff ? 3 : arg > 0xff ? 2 : 1; }
constexpr int instructionUnits(Op op, uint32_t arg) { return unitsForArg(arg) + info(op).caches; }
// Writes prefixes, instruction and zeroed caches; returns the position behind them.
constexpr CodeUnit* emitInstruction(CodeUnit* out, Op op, uint32_t arg) {
  for (int shift = 8 * (unitsForArg(arg) - 1); shift > 0; shift -= 8)
    *out++ = {uint8_t(Op::EXTENDED_ARG), uint8_t(arg >> shift)};
  *out++ = {uint8_t(op), uint8_t(arg)};
  for (int i = 0; i < info(op).caches; ++i) *out++ = {0, 0};
  return out;
}

// Reads co_code instruction by instruction, prefixes folded and caches skipped.
//   for (CodeReader r(units, n); r.next();) use(r.op, r.arg, r.at);
class CodeReader {
 public:
  constexpr CodeReader(const CodeUnit* code, ptrdiff_t n) : code_(code), n_(n) {}
  constexpr bool next() {
    start = position_;
    uint32_t high = 0;
    while (position_ < n_) {
      CodeUnit u = code_[position_];
      at = position_++;
      arg = high | u.arg;
      op = Op(u.op);
      if (op != Op::EXTENDED_ARG) {
        position_ += kOps[u.op].caches;
        return true;
      }
      high = arg << 8;
    }
    return false;
  }
  // Where a jump goes, in units.
  constexpr ptrdiff_t target() const {
    return info(op).operand == Operand::Backward ? position_ - ptrdiff_t(arg) : position_ + ptrdiff_t(arg);
  }
  constexpr ptrdiff_t position() const { return position_; }  // of the following instruction
  Op op{};
  uint32_t arg = 0;
  ptrdiff_t start = 0;  // first prefix
  ptrdiff_t at = 0;     // the opcode itself: what f_lasti / 2 says

 private:
  const CodeUnit* code_;
  ptrdiff_t n_, position_ = 0;
};

}  // namespace habu
