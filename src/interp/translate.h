// The private instruction stream: made from co_code, rewritten by the adaptive handlers and by tracing.
#pragma once
#include "bytecode/opcode.h"
#include "object/core.h"
#include "types/code_runtime.h"

namespace habu {

// The cache slot of CALL that holds the keyword names of the call: index of the constant + 1, or 0.
inline constexpr int kCallNamesSlot = 4;

Op opOfHandler(uint32_t offset);  // CACHE: none
void setSlot(CodeRuntime*, Instruction*, Op);
CodeRuntime* firstCodeRuntime();  // of the list of all
void destroyCodeRuntime(CodeRuntime*);
// co_code with the forms that run at present, as code._co_code_adaptive shows it.
Ref<Bytes> adaptiveCodeBytes(ThreadState&, Code*);

}  // namespace habu
