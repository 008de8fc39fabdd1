// A jump is possible when the stack at the target could have come from the stack here: same kinds of entries, where
// entries may be popped but not made up. The kinds of the stack at every instruction are computed by following the flow
// of control, including that into exception handlers.
#include "types/frame_line.h"

#include <climits>
#include <vector>

#include "bytecode/exception_table.h"
#include "bytecode/line_table.h"
#include "bytecode/opcode.h"
#include "object/attribute.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/bytes.h"
#include "types/code_runtime.h"
#include "types/generator.h"
#include "types/int.h"

namespace habu {

namespace {

// A stack as one number: three bits an entry, the top in the lowest.
using Stack = int64_t;
enum Kind : int64_t { Iterator = 1, Except = 2, Anything = 3, Null = 4, Lasti = 5 };
constexpr int kBits = 3;
constexpr int kMaxEntries = 63 / kBits;
constexpr Stack kMask = (1 << kBits) - 1;
constexpr Stack kUnknown = -2, kTooDeep = -1, kEmpty = 0;
constexpr Stack kWillOverflow = Stack{1} << ((kMaxEntries - 1) * kBits);

Stack pushKind(Stack s, Kind k) {
  if (s < 0) return s;
  return uint64_t(s) >= uint64_t(kWillOverflow) ? kTooDeep : (s << kBits) | k;
}
Stack popKind(Stack s) { return s < 0 ? s : s >> kBits; }
Kind topKind(Stack s) { return Kind(s & kMask); }
Kind kindAt(Stack s, int n) { return Kind(s >> (kBits * (n - 1)) & kMask); }
int depthOf(Stack s) {
  int depth = 0;
  for (; s > 0; s >>= kBits) ++depth;
  return depth;
}
Stack swapKinds(Stack s, int n) {
  if (s < 0) return s;
  int shift = kBits * (n - 1);
  Stack top = s & kMask, other = s >> shift & kMask;
  s &= ~(kMask | kMask << shift);
  return s | other | top << shift;
}

bool compatibleKind(Kind from, Kind to) {
  if (to == 0) return false;
  if (to == Anything) return from != Null;
  if (to == Null) return true;
  return from == to;
}
bool compatible(Stack from, Stack to) {
  if (from < 0 || to < 0) return false;
  while (from > to) from = popKind(from);
  for (; from; from = popKind(from), to = popKind(to))
    if (!compatibleKind(topKind(from), topKind(to))) return false;
  return to == 0;
}

const char* whyNot(Stack to) {
  if (to == kTooDeep) return "stack is too deep to analyze";
  if (to == kUnknown) return "can't jump into an exception handler, or code may be unreachable";
  switch (topKind(to)) {
    case Except: return "can't jump into an 'except' block as there's no exception";
    case Lasti: return "can't jump into a re-raising block as there's no location";
    case Iterator: return "can't jump into the body of a for loop";
    default: return "incompatible stacks";
  }
}

std::vector<HandlerEntry> exceptionEntries(const Code* code) {
  std::vector<HandlerEntry> entries;
  for (ExceptionTableReader r(code->exception_table->view()); r.next();)
    if (r.entry.start < code->size && r.entry.target < code->size) entries.push_back(r.entry);
  return entries;
}

// Computes the stack before every instruction.
class StackMap {
 public:
  explicit StackMap(const Code* code) : code_(code), stacks_(size_t(code->size) + 1, kUnknown) {
    stacks_[0] = kEmpty;
    std::vector<HandlerEntry> table = exceptionEntries(code);
    while (again_) {
      again_ = false;
      CodeReader reader(reinterpret_cast<const CodeUnit*>(code->code), code->size);
      while (reader.next()) {
        // A prefix stands for its instruction.
        for (Index i = reader.start; i < reader.at; ++i) stacks_[size_t(i + 1)] = stacks_[size_t(reader.start)];
        if (stacks_[size_t(reader.at)] != kUnknown) step(reader);
      }
      for (const HandlerEntry& e : table) enterHandler(e);
    }
  }
  Stack at(Index i) const { return stacks_[size_t(i)]; }

 private:
  void flowTo(Index from, Index to, Stack s) {
    if (to < 0 || to > code_->size) return;
    Stack& there = stacks_[size_t(to)];
    if (there == kUnknown && to < from) again_ = true;
    there = s;
  }
  void enterHandler(const HandlerEntry& e) {
    Stack s = at(e.start);
    if (s == kUnknown || at(e.target) != kUnknown) return;
    again_ = true;
    while (depthOf(s) > e.depth) s = popKind(s);
    if (e.lasti) s = pushKind(s, Lasti);
    stacks_[size_t(e.target)] = pushKind(s, Except);
  }
  static Stack byEffect(const CodeReader& r, Stack s) {
    StackEffect e = stackEffect(r.op, int(r.arg));
    int net = e.net();
    for (; net < 0; ++net) s = popKind(s);
    for (; net > 0; --net) s = pushKind(s, Anything);
    return s;
  }
  void step(const CodeReader& r) {
    Stack s = at(r.at);
    Index next = r.position();
    switch (r.op) {
      case Op::JUMP_IF_FALSE_OR_POP:
      case Op::JUMP_IF_TRUE_OR_POP:
        flowTo(r.at, r.target(), s);
        return flowTo(r.at, next, popKind(s));
      case Op::SEND:
        flowTo(r.at, r.target(), popKind(s));
        return flowTo(r.at, next, s);
      case Op::JUMP_FORWARD:
      case Op::JUMP_BACKWARD:
      case Op::JUMP_BACKWARD_NO_INTERRUPT: return flowTo(r.at, r.target(), s);
      case Op::FOR_ITER:
        flowTo(r.at, r.target(), popKind(s));
        return flowTo(r.at, next, pushKind(s, Anything));
      case Op::GET_ITER:
      case Op::GET_AITER: return flowTo(r.at, next, pushKind(popKind(s), Iterator));
      case Op::PUSH_EXC_INFO: return flowTo(r.at, next, pushKind(s, Except));
      case Op::PUSH_NULL: return flowTo(r.at, next, pushKind(s, Null));
      case Op::LOAD_GLOBAL:
        if (r.arg & 1) s = pushKind(s, Null);
        return flowTo(r.at, next, pushKind(s, Anything));
      case Op::LOAD_METHOD: return flowTo(r.at, next, pushKind(pushKind(popKind(s), Null), Anything));
      case Op::SWAP: return flowTo(r.at, next, swapKinds(s, int(r.arg)));
      case Op::COPY: return flowTo(r.at, next, pushKind(s, s < 0 ? Anything : kindAt(s, int(r.arg))));
      default: break;
    }
    if (info(r.op).isJump()) flowTo(r.at, r.target(), popKind(s));
    if (!info(r.op).is(opflag::Ends)) flowTo(r.at, next, byEffect(r, s));
  }

  const Code* code_;
  std::vector<Stack> stacks_;
  bool again_ = true;
};

// For each code unit the line that begins there, or -1.
std::vector<int> lineStarts(const Code* code) {
  std::vector<int> starts(size_t(code->size), -1);
  int last = -1;
  for (LineTableReader r(code->line_table->view(), code->first_line); r.next();) {
    if (r.range.line != last && r.range.line != -1 && r.start < code->size) starts[size_t(r.start)] = r.range.line;
    last = r.range.line;
  }
  return starts;
}

int firstLineNotBefore(const std::vector<int>& starts, int line) {
  int best = INT_MAX;
  for (int s : starts)
    if (s >= line && s < best) best = s;
  return best == INT_MAX ? -1 : best;
}

enum : int { kEventCall = 0, kEventException = 1, kEventLine = 2, kEventReturn = 3 };

Status checkEvent(ThreadState& ts, bool suspended) {
  switch (ts.tracing_what) {
    case kEventCall: return raise(ts, kValueError, "can't jump from the 'call' trace event of a new frame");
    case kEventLine: return kDone;
    case kEventReturn:
      if (suspended) return kDone;
      break;
    default: break;
  }
  return raise(ts, kValueError, "can only jump from a 'line' trace event");
}

struct Target {
  Stack stack = kTooDeep;
  Index at = -1;
};

Status findTarget(ThreadState& ts, const std::vector<int>& starts, const StackMap& map, int line, Stack from, Target& best) {
  const char* why = "cannot find bytecode for specified line";
  bool explained = false;
  for (Index i = 0; i < Index(starts.size()); ++i) {
    if (starts[size_t(i)] != line) continue;
    Stack to = map.at(i);
    if (compatible(from, to)) {
      if (to > best.stack) best = {to, i};
    } else if (!explained) {
      if (from == kTooDeep) why = "stack to deep to analyze";
      else if (from == kUnknown) why = "can't jump from unreachable code";
      else {
        why = whyNot(to);
        explained = true;
      }
    }
  }
  if (best.at < 0) return raise(ts, kValueError, why);
  return kDone;
}

void popDownTo(ThreadState& ts, Frame* frame, Stack from, Stack to) {
  for (; from > to; from = popKind(from)) {
    Ref<> popped = Ref<>::steal(std::exchange(frame->localsplus[--frame->stack_top], nullptr));
    // Leaving an `except` block: what was handled outside is so again.
    if (topKind(from) == Except) setField(ts.exception_stack->value, std::move(popped));
  }
}

}  // namespace

Status setFrameLine(ThreadState& ts, FrameObject* self, Object* value) {
  if (!value) return raise(ts, kAttributeError, "cannot delete attribute");
  if (!isExactInt(value)) return raise(ts, kValueError, "lineno must be an integer");
  Frame* frame = self->frame;
  Code* code = frame->code;
  bool suspended = frame->owner == FrameOwner::Generator && generatorOf(frame)->frame_state == FrameState::Suspended;
  TRY(checkEvent(ts, suspended));
  if (!self->trace) return raise(ts, kValueError, "f_lineno can only be set by a trace function");
  int overflow = 0;
  long long wanted = toLongLong(static_cast<Int*>(value), overflow);
  if (overflow || wanted > INT_MAX || wanted < INT_MIN) return raise(ts, kValueError, "lineno out of range");
  if (wanted < code->first_line) return raise(ts, kValueError, "line {} comes before the current code block", wanted);
  std::vector<int> starts = lineStarts(code);
  int line = firstLineNotBefore(starts, int(wanted));
  if (line < 0) return raise(ts, kValueError, "line {} comes after the current code block", wanted);
  StackMap map(code);
  Stack from = map.at(frame->ip - code->runtime->slots);
  Target target;
  TRY(findTarget(ts, starts, map, line, from, target));
  if (suspended) from = popKind(from);  // the value that `yield` took
  popDownTo(ts, frame, from, target.stack);
  self->line_number = 0;
  frame->ip = code->runtime->slots + target.at;
  return kDone;
}

}  // namespace habu
