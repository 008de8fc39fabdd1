// What some rarer instructions do, apart from the stack.
#pragma once
#include "object/result.h"
#include "types/frame.h"

namespace habu {

Status printExpression(ThreadState&, Object* value);  // sys.displayhook(value)

}  // namespace habu
