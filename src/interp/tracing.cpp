#include "interp/tracing.h"

#include <cstdlib>

#include "interp/ops.h"
#include "interp/translate.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/function.h"
#include "types/generator.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr uint8_t kTracing = 255;

void refreshUseTracing(ThreadState& ts) {
  ts.cframe->use_tracing = ts.trace_function || ts.profile_function ? kTracing : 0;
}

// ---- one event ----

// False: the hook raised.
bool sendEvent(ThreadState& ts, TraceFn function, Object* object, Frame* frame, TraceEvent what, Object* arg) {
  if (ts.tracing) return true;
  FrameObject* f = frameObject(ts, frame);
  if (!f) return false;
  Ref<FrameObject> keep = Ref<FrameObject>::share(f);
  int old_what = ts.tracing_what;
  ts.tracing_what = int(what);
  ++ts.tracing;
  ts.cframe->use_tracing = 0;
  f->line_number = codeLine(frame->code, frameLastInstruction(frame));
  int result = function(object, f, int(what), arg);
  f->line_number = 0;
  --ts.tracing;
  refreshUseTracing(ts);
  ts.tracing_what = old_what;
  return result == 0;
}

// With a pending exception set aside; an exception of the hook replaces it.
bool sendProtected(ThreadState& ts, TraceFn function, Object* object, Frame* frame, TraceEvent what, Object* arg) {
  PendingError pending = PendingError::take(ts);
  if (!sendEvent(ts, function, object, frame, what, arg)) return false;
  if (pending) std::move(pending).restore(ts);
  return true;
}

bool sendTo(ThreadState& ts, Frame* frame, TraceEvent what, Object* arg) {
  if (ts.trace_function && !sendProtected(ts, ts.trace_function, ts.trace_object, frame, what, arg)) return false;
  if (ts.profile_function && !sendProtected(ts, ts.profile_function, ts.profile_object, frame, what, arg)) return false;
  return true;
}

// ---- lines ----

int entryPoint(const Code* code) { return code->first_traceable; }

// A new line begins at `at`, when coming from `from`; or a loop goes back.
bool lineBegins(const Code* code, Index at, Index from, int line) {
  int last = from <= entryPoint(code) ? -1 : codeLine(code, int(from) * 2);
  return line != last || (at < from && Op(code->code[2 * at]) != Op::SEND);
}

bool traceLine(ThreadState& ts, Frame* frame, Index from) {
  Code* code = frame->code;
  Index at = slotIndex(frame, frame->ip);
  FrameObject* f = frameObject(ts, frame);
  if (!f) return false;
  Ref<FrameObject> keep = Ref<FrameObject>::share(f);
  int line = codeLine(code, int(at) * 2);
  bool ok = true;
  if (line != -1 && f->trace_lines && lineBegins(code, at, from, line))
    ok = sendEvent(ts, ts.trace_function, ts.trace_object, frame, TraceEvent::Line, &kNoneObject);
  // An opcode event follows even when the line's hook raised.
  if (f->trace_opcodes && ts.trace_function)
    ok = sendEvent(ts, ts.trace_function, ts.trace_object, frame, TraceEvent::Opcode, &kNoneObject);
  return ok;
}

enum class Traced { GoOn, Failed, Left };

// Everything that happens before the instruction at frame->ip. The stack is in the frame.
Traced traceInstruction(ThreadState& ts, Frame* frame, Op op, Index from) {
  if (op == Op::RESUME) {
    if (frame->ip->arg < 2 && breakerSet() && !serveBreaker(ts, frame)) return Traced::Failed;
    return sendTo(ts, frame, TraceEvent::Call, &kNoneObject) ? Traced::GoOn : Traced::Failed;
  }
  if (ts.trace_function && !traceLine(ts, frame, from)) return Traced::Failed;
  return Traced::GoOn;
}

// The event of RETURN_VALUE and YIELD_VALUE; false: the hook raised. `ip` moves when the hook jumps, which it may do
// from a generator that yields: that is suspended already.
bool traceReturn(ThreadState& ts, Frame* frame, Op op, Instruction*& ip, Object**& sp) {
  Object* value = *--sp;
  frame->stack_top = int(sp - frame->localsplus);
  bool yields = op == Op::YIELD_VALUE;
  if (yields) generatorOf(frame)->frame_state = FrameState::Suspended;
  bool ok = sendTo(ts, frame, TraceEvent::Return, value);
  if (yields) generatorOf(frame)->frame_state = FrameState::Executing;
  sp = frame->localsplus + frame->stack_top;
  frame->stack_top = -1;
  *sp++ = value;
  ip = frame->ip;
  return ok;
}

}  // namespace

HANDLER(traced) {
  CodeRuntime* runtime = frame->code->runtime;
  Index at = ip - runtime->slots, from = frame->ip - runtime->slots;
  bool complete = at >= frame->code->first_traceable;
  bool prefixed = at > 0 && Op(frame->code->code[2 * at - 2]) == Op::EXTENDED_ARG && at - 1 == from;
  Op op = Op(frame->code->code[2 * at]);
  frame->ip = ip;
  if (ts.cframe->use_tracing && !ts.tracing && complete && !prefixed) {
    frame->stack_top = int(sp - frame->localsplus);
    Traced outcome = traceInstruction(ts, frame, op, from);
    sp = frame->localsplus + frame->stack_top;
    frame->stack_top = -1;
    if (outcome == Traced::Failed) FAIL();
    ip = frame->ip;  // f_lineno may have been set
    op = Op(frame->code->code[2 * (ip - runtime->slots)]);
  }
  if (ts.cframe->use_tracing && (op == Op::RETURN_VALUE || op == Op::YIELD_VALUE)) {
    Instruction* before = ip;
    if (!traceReturn(ts, frame, op, ip, sp)) {
      Object** base = frame->stackBase();
      while (sp > base) drop(sp);
      frame->stack_top = int(sp - frame->localsplus);
      GO(leave);
    }
    if (ip != before) GO(YIELD_VALUE);  // jumped: the place to go on from is ip
  }
  HABU_NOTE_SP();
  if (!runtime->traced) {  // tracing ended meanwhile
    [[clang::musttail]] return handlerOf(ip)(ts, frame, ip, sp);
  }
  uint32_t own = runtime->traced[ip - runtime->slots];
  if (own == handlerOffset(op_return_generator_value)) GO(return_generator_value);
  if (own == handlerOffset(op_bad)) GO(bad);
  Instruction generic{{handlerOffset(op), 0}};
  [[clang::musttail]] return handlerOf(&generic)(ts, frame, ip, sp);
}

// ---- instrumentation ----

void instrumentForTracing(Code* code) {
  CodeRuntime* runtime = code->runtime;
  if (!runtime || runtime->traced) return;
  auto* own = static_cast<uint32_t*>(std::calloc(size_t(runtime->count) + 1, sizeof(uint32_t)));
  if (!own) return;  // no memory: this code goes untraced
  const uint32_t traced = handlerOffset(op_traced);
  const auto* units = reinterpret_cast<const CodeUnit*>(code->code);
  for (Index i = 0; i < runtime->count; ++i) {
    own[i] = runtime->slots[i].handler;
    runtime->slots[i].handler = traced;
    i += info(units[i].op).caches;
  }
  runtime->traced = own;
}

namespace {

void restoreCode(CodeRuntime* runtime) {
  uint32_t* own = runtime->traced;
  const auto* units = reinterpret_cast<const CodeUnit*>(runtime->code->code);
  for (Index i = 0; i < runtime->count; ++i) {
    runtime->slots[i].handler = own[i];
    i += info(units[i].op).caches;
  }
  runtime->traced = nullptr;
  std::free(own);
}

bool anybodyTraces(const ThreadState& me) {
  if (me.trace_function || me.profile_function) return true;
  for (ThreadState* t = mainInterpreter.threads; t; t = t->next)
    if (t->trace_function || t->profile_function) return true;
  return false;
}

// After a hook was set or taken away.
void updateInstrumentation(ThreadState& ts) {
  refreshUseTracing(ts);
  if (anybodyTraces(ts)) {
    setBreaker(kBreakTracing);
    for (Frame* f = ts.cframe->current_frame; f; f = f->previous) instrumentForTracing(f->code);
    return;
  }
  clearBreaker(kBreakTracing);
  for (CodeRuntime* runtime = firstCodeRuntime(); runtime; runtime = runtime->next)
    if (runtime->traced) restoreCode(runtime);
}

struct Hook {
  TraceFn& function;
  Object*& object;
  bool& being_set;
  const char *event, *reentered;
};

Status setHook(ThreadState& ts, const Hook& hook, TraceFn function, Object* object) {
  if (hook.being_set) {
    hook.being_set = false;
    return raise(ts, kRuntimeError, hook.reentered);
  }
  hook.being_set = true;
  if (audit(ts, hook.event).failed()) {
    hook.being_set = false;
    return Raised{};
  }
  Ref<> old = Ref<>::steal(std::exchange(hook.object, nullptr));
  hook.function = nullptr;
  updateInstrumentation(ts);
  old = {};
  hook.object = Ref<>::share(function ? object : nullptr).release();
  hook.function = function;
  updateInstrumentation(ts);
  hook.being_set = false;
  return kDone;
}

bool trace_being_set = false, profile_being_set = false;

}  // namespace

Status setTraceHook(ThreadState& ts, TraceFn function, Object* object) {
  return setHook(ts, {ts.trace_function, ts.trace_object, trace_being_set, "sys.settrace",
                      "Cannot install a trace function while another trace function is being installed"}, function, object);
}
Status setProfileHook(ThreadState& ts, TraceFn function, Object* object) {
  return setHook(ts, {ts.profile_function, ts.profile_object, profile_being_set, "sys.setprofile",
                      "Cannot install a profile function while another profile function is being installed"}, function, object);
}

// ---- events that handlers report ----

void traceException(ThreadState& ts, Frame* frame) {
  PendingError pending = PendingError::take(ts);
  if (!pending) return;
  Ref<> traceback = pending.traceback ? pending.traceback.copy() : none();
  Ref<> instance = std::move(pending).instance(ts);
  if (!instance) return;
  Ref<Tuple> arg = packTuple(ts, {instance->type, instance.get(), traceback.get()});
  if (!arg || sendEvent(ts, ts.trace_function, ts.trace_object, frame, TraceEvent::Exception, arg.get()))
    (void)restoreRaised(ts, std::move(instance));
}

void traceUnwind(ThreadState& ts, Frame* frame) {
  if (frameIncomplete(frame)) return;
  (void)sendTo(ts, frame, TraceEvent::Return, &kNoneObject);
}

void traceThrow(ThreadState& ts, Frame* frame) {
  instrumentForTracing(frame->code);
  (void)sendTo(ts, frame, TraceEvent::Call, &kNoneObject);
}

namespace {

template <class Call>
Ref<> profiled(ThreadState& ts, Frame* frame, Object* function, Call call) {
  if (!ts.profile_function || ts.tracing) return call();
  if (!sendEvent(ts, ts.profile_function, ts.profile_object, frame, TraceEvent::CCall, function)) return {};
  Ref<> result = call();
  if (!ts.profile_function) return result;
  if (!result) {
    (void)sendProtected(ts, ts.profile_function, ts.profile_object, frame, TraceEvent::CException, function);
    return {};
  }
  if (!sendEvent(ts, ts.profile_function, ts.profile_object, frame, TraceEvent::CReturn, function)) return {};
  return result;
}

bool isBuiltinFunction(const Object* o) { return isExact(o, kBuiltinFunctionType) || isExact(o, kBuiltinMethodType); }

// str.upper called with its receiver as first argument is shown as the bound method.
Ref<> bindDescriptor(Object* descriptor, Object* self) {
  return Ref<>::steal(descriptor->type->descr_get(descriptor, self, self->type));
}

}  // namespace

Ref<> tracedCall(ThreadState& ts, Frame* frame, Object* callable, Object* const* args, Index positional, Tuple* names) {
  if (isBuiltinFunction(callable))
    return profiled(ts, frame, callable, [&] { return vectorcall(ts, callable, args, size_t(positional), names); });
  if (isExact(callable, kMethodDescriptorType) && positional > 0) {
    Ref<> bound = TRY(bindDescriptor(callable, args[0]));
    Object* method = bound.get();
    return profiled(ts, frame, method, [&] { return vectorcall(ts, method, args + 1, size_t(positional - 1), names); });
  }
  return vectorcall(ts, callable, args, size_t(positional) | kArgumentsOffset, names);
}

Ref<> tracedCallEx(ThreadState& ts, Frame* frame, Object* callable, Tuple* args, Dict* keywords) {
  if (isBuiltinFunction(callable))
    return profiled(ts, frame, callable, [&] { return callTuple(ts, callable, args, keywords); });
  if (isExact(callable, kMethodDescriptorType) && args->size > 0) {
    Ref<> bound = TRY(bindDescriptor(callable, args->items[0]));
    Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
    Object* method = bound.get();
    return profiled(ts, frame, method, [&] { return callTuple(ts, method, rest.get(), keywords); });
  }
  return callTuple(ts, callable, args, keywords);
}

// ---- sys.settrace, sys.setprofile ----

namespace {

constexpr const char* kEventNames[] = {"call", "exception", "line", "return", "c_call", "c_exception", "c_return", "opcode"};

Ref<> callPython(ThreadState& ts, Object* callback, FrameObject* frame, int what, Object* arg) {
  (void)TRY(frameObjectLocals(ts, frame));
  Ref<Str> name = TRY(internedStr(ts, kEventNames[what]));
  Ref<> result = call(ts, callback, {frame, name.get(), arg ? arg : &kNoneObject});
  storeFrameObjectLocals(ts, frame, true);
  if (!result) (void)addTraceback(ts, frame->frame);
  return result;
}

int tracePython(Object* self, Object* frame_object, int what, Object* arg) {
  ThreadState& ts = ThreadState::current();
  auto* frame = static_cast<FrameObject*>(frame_object);
  Ref<> callback = Ref<>::share(TraceEvent(what) == TraceEvent::Call ? self : frame->trace);
  if (!callback) return 0;
  Ref<> result = callPython(ts, callback.get(), frame, what, arg);
  if (!result) {
    PendingError pending = PendingError::take(ts);
    if (setTraceHook(ts, nullptr, nullptr).failed()) clearError(ts);
    clearField(frame->trace);
    std::move(pending).restore(ts);
    return -1;
  }
  if (!isNone(result.get())) setField(frame->trace, std::move(result));
  return 0;
}

int profilePython(Object* self, Object* frame_object, int what, Object* arg) {
  ThreadState& ts = ThreadState::current();
  Ref<> callback = Ref<>::share(self);
  Ref<> result = callPython(ts, callback.get(), static_cast<FrameObject*>(frame_object), what, arg);
  if (result) return 0;
  PendingError pending = PendingError::take(ts);
  if (setProfileHook(ts, nullptr, nullptr).failed()) clearError(ts);
  std::move(pending).restore(ts);
  return -1;
}

}  // namespace

Status setTraceFunction(ThreadState& ts, Object* function) {
  return setTraceHook(ts, function ? tracePython : nullptr, function);
}

Status setProfileFunction(ThreadState& ts, Object* function) {
  return setProfileHook(ts, function ? profilePython : nullptr, function);
}

}  // namespace habu
