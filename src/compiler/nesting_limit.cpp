#include "compiler/symbol_table.h"
#include "object/raise.h"
#include "object/thread_state.h"

namespace habu::compiler {

NestingLimit::NestingLimit(ThreadState& ts) : ts_(ts) {
  int limit = ts.recursion_limit, used = limit - ts.recursion_remaining;
  constexpr int kScale = 3;
  depth_ = used < INT32_MAX / kScale ? used * kScale : used;
  limit_ = limit < INT32_MAX / kScale ? limit * kScale : limit;
}

bool NestingLimit::nativeStackLow() const { return RecursionGuard::nativeStackLow(ts_); }

bool NestingLimit::raiseTooDeep() {
  --depth_;
  (void)raise(ts_, kRecursionError, "maximum recursion depth exceeded during compilation");
  return false;
}

}  // namespace habu::compiler
