// _opcode: what `dis` asks about instructions.
#include "bytecode/opcode.h"

#include "object/bind.h"
#include "object/module_def.h"
#include "object/number.h"

namespace habu {

namespace {

Result<int> stackEffect(ThreadState& ts, Module*, int opcode, Object* oparg, Object* jump) {
  uint32_t arg = 0;
  if (opcode >= kHaveArgument) {
    if (!oparg || isNone(oparg)) return raise(ts, kValueError, "stack_effect: opcode requires oparg but oparg was not specified");
    arg = unsigned(TRY(Arg<int>::from(ts, oparg, {})));
  } else if (oparg && !isNone(oparg)) {
    return raise(ts, kValueError, "stack_effect: opcode does not permit oparg but oparg was specified");
  }
  JumpCase which = JumpCase::Either;
  if (jump == trueObject()) which = JumpCase::Yes;
  else if (jump == falseObject()) which = JumpCase::No;
  else if (jump && !isNone(jump)) return raise(ts, kValueError, "stack_effect: jump must be False, True or None");
  if (opcode < 0 || opcode > 255 || !isPublicOp(uint8_t(opcode))) return raise(ts, kValueError, "invalid opcode or oparg");
  return disStackEffect(Op(opcode), int(arg), which);
}

// CPython's own answer in builds without Py_STATS.
Ref<> getSpecializationStats(ThreadState&, Module*) { return none(); }

constexpr MethodDef kMethods[] = {
    METHOD_AS("stack_effect", stackEffect, "($module, opcode, oparg=None, /, *, jump=None)", "How an instruction changes the depth of the stack."),
    METHOD_AS("get_specialization_stats", getSpecializationStats, "($module, /)", "Counts of specialisations; None: not kept in this build."),
    {}};

}  // namespace

extern const ModuleDef kOpcodeModule;
const ModuleDef kOpcodeModule = {.name = "_opcode", .doc = "Facts about instructions.", .methods = kMethods};

}  // namespace habu
