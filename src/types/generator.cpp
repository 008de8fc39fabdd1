// Generators, and what coroutines and asynchronous generators have in common with them.
#include "types/generator.h"

#include <cstring>

#include "bytecode/opcode.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/code_runtime.h"
#include "types/exceptions.h"
#include "types/function.h"
#include "types/generator_internal.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

struct Texts {
  const char *just_started, *executing, *raised_stop, *ignored_exit;
};
constexpr Texts kGeneratorTexts = {"can't send non-None value to a just-started generator", "generator already executing",
                                   "generator raised StopIteration", "generator ignored GeneratorExit"};
constexpr Texts kCoroutineTexts = {kCoroutineJustStarted, "coroutine already executing", "coroutine raised StopIteration",
                                   "coroutine ignored GeneratorExit"};
constexpr Texts kAsyncTexts = {"can't send non-None value to a just-started async generator",
                               "async generator already executing", "async generator raised StopIteration", kAsyncIgnoredExit};
const Texts& textsOf(const Generator* g) {
  return isCoroutine(g) ? kCoroutineTexts : isAsyncGenerator(g) ? kAsyncTexts : kGeneratorTexts;
}

Type& typeFor(const Code* code) {
  if (code->flags & kCodeCoroutine) return kCoroutineType;
  return code->flags & kCodeAsyncGenerator ? kAsyncGeneratorType : kGeneratorType;
}

}  // namespace

Ref<Generator> newGenerator(ThreadState& ts, Frame* frame) {
  Code* code = frame->code;
  Type& type = typeFor(code);
  Ref<> origin;
  if (&type == &kCoroutineType && ts.coroutine_origin_depth) origin = TRY(coroutineOrigin(ts, frame->previous));
  Ref<Generator> g = TRY(newObject<Generator>(ts, type, code->localsplus_count + code->stack_size));
  g->code = Ref<Code>::share(code).release();
  g->name = Ref<Str>::share(static_cast<Str*>(frame->function->name)).release();
  g->qualname = Ref<Str>::share(static_cast<Str*>(frame->function->qualname)).release();
  g->origin_or_finalizer = origin.release();
  Frame* own = g->frame();
  std::memcpy(own, frame, offsetof(Frame, localsplus) + sizeof(Object*) * size_t(frame->stack_top));
  own->owner = FrameOwner::Generator;
  own->previous = nullptr;
  if (own->object) own->object->frame = own;
  g->frame_state = FrameState::Created;
  track(g.get());
  return g;
}

Object* yieldFromOf(Generator* g) {
  if (g->frame_state != FrameState::Suspended) return nullptr;
  Frame* frame = g->frame();
  Index next = frame->ip - g->code->runtime->slots + 1;
  if (next >= g->code->size || Op(g->code->code[2 * next]) != Op::RESUME || g->code->code[2 * next + 1] < 2) return nullptr;
  return frame->localsplus[frame->stack_top - 1];
}

void finishGenerator(ThreadState& ts, Generator* g) {
  if (errorSet(ts)) {
    if (errorMatches(ts, kStopIteration)) (void)raiseFrom(ts, kRuntimeError, "{}", textsOf(g).raised_stop);
    else if (isAsyncGenerator(g) && errorMatches(ts, kStopAsyncIteration))
      (void)raiseFrom(ts, kRuntimeError, "async generator raised StopAsyncIteration");
  }
  clearField(g->exception_state.value);
  g->frame_state = FrameState::Cleared;
  clearFrame(g->frame());
}

Raised raiseGeneratorBusy(ThreadState& ts, Generator* g) { return raise(ts, kValueError, textsOf(g).executing); }

namespace {

// Runs on with `value` (null: from __next__); with `throwing` the pending exception is raised inside.
SendResult resume(ThreadState& ts, Generator* g, Object* value, bool throwing, bool closing, Ref<>& result) {
  if (g->frame_state == FrameState::Created && value && !isNone(value)) {
    (void)raise(ts, kTypeError, textsOf(g).just_started);
    return SendResult::Error;
  }
  if (g->frame_state == FrameState::Executing) {
    (void)raiseGeneratorBusy(ts, g);
    return SendResult::Error;
  }
  if (g->frame_state >= FrameState::Completed) {
    if (isCoroutine(g) && !closing) {
      (void)raise(ts, kRuntimeError, "cannot reuse already awaited coroutine");
    } else if (value && !throwing) {
      result = none();
      return SendResult::Return;
    }
    return SendResult::Error;
  }
  Ref<> keep = Ref<>::share(static_cast<Object*>(g));
  Frame* frame = g->frame();
  frame->localsplus[frame->stack_top++] = Ref<>::share(value ? value : &kNoneObject).release();
  g->exception_state.previous = ts.exception_stack;
  ts.exception_stack = &g->exception_state;
  if (throwing && g->exception_state.value && !isNone(g->exception_state.value)) {
    Ref<> error = takeRaised(ts);  // what the generator was handling becomes its context
    if (error) (void)raiseInstance(ts, error.get());
  }
  g->frame_state = FrameState::Executing;
  result = Ref<>::steal(runGeneratorFrame(ts, frame, throwing));
  frame->previous = nullptr;
  if (result && g->frame_state == FrameState::Suspended) return SendResult::Next;
  if (g->frame_state == FrameState::Executing) {
    g->frame_state = FrameState::Completed;
    ts.exception_stack = g->exception_state.previous;
    g->exception_state.previous = nullptr;
  }
  finishGenerator(ts, g);
  return result ? SendResult::Return : SendResult::Error;
}

// As resume, the result as an exception.
Ref<> resumeOrStop(ThreadState& ts, Generator* g, Object* value, bool throwing, bool closing) {
  Ref<> result;
  if (resume(ts, g, value, throwing, closing, result) != SendResult::Return) return result;
  if (isAsyncGenerator(g)) return raiseValue(ts, kStopAsyncIteration, nullptr);
  return raiseStopIteration(ts, result.get());
}

}  // namespace

SendResult sendGenerator(ThreadState& ts, Generator* g, Object* value, Ref<>& result) {
  return resume(ts, g, value, false, false, result);
}

Ref<> generatorSend(ThreadState& ts, Generator* g, Object* value) { return resumeOrStop(ts, g, value, false, false); }

int generatorSendSlot(Object* o, Object* value, Object** result) {
  Ref<> out;
  SendResult sent = resume(ThreadState::current(), static_cast<Generator*>(o), value, false, false, out);
  *result = out.release();
  return int(sent);
}

SendResult sendObject(ThreadState& ts, Object* iterator, Object* value, Ref<>& result) {
  Type* type = iterator->type;
  if (type->async && type->async->send) {
    Object* out = nullptr;
    int sent = type->async->send(iterator, value, &out);
    result = Ref<>::steal(out);
    return SendResult(sent);
  }
  if (isNone(value) && isIterator(iterator)) result = Ref<>::steal(type->iternext(iterator));
  else result = callMethod(ts, iterator, names::send, {value});
  if (result) return SendResult::Next;
  result = takeStopIterationValue(ts);
  return result ? SendResult::Return : SendResult::Error;
}

Ref<> takeStopIterationValue(ThreadState& ts) {
  if (!errorSet(ts)) return none();
  if (!errorMatches(ts, kStopIteration)) return {};
  if (ts.error_type == &kStopIteration && ts.error_value && !isTuple(ts.error_value) && !isException(ts.error_value)) {
    Ref<> value = Ref<>::share(ts.error_value);
    clearError(ts);
    return value;
  }
  Ref<> error = takeRaised(ts);
  if (!error || !isInstanceOf(error.get(), kStopIteration)) {
    if (error) (void)restoreRaised(ts, std::move(error));
    return {};
  }
  Object* value = static_cast<StopIteration*>(error.get())->value;
  return value ? Ref<>::share(value) : none();
}

// ---- close and throw ----

namespace {

// While a generator passes something on to what it waits for, it counts as running.
class Delegating {
 public:
  explicit Delegating(Generator* g) : generator_(g), state_(g->frame_state) { g->frame_state = FrameState::Executing; }
  ~Delegating() { generator_->frame_state = state_; }
  Delegating(const Delegating&) = delete;

 private:
  Generator* generator_;
  FrameState state_;
};

bool isNativeGenerator(const Object* o) { return isGenerator(o) || isCoroutine(o); }

Status closeIterator(ThreadState& ts, Object* iterator) {
  if (isNativeGenerator(iterator)) {
    (void)TRY(generatorClose(ts, static_cast<Generator*>(iterator)));
    return kDone;
  }
  Found found = findAttr(ts, iterator, names::close);
  if (found.failed()) {
    writeUnraisable(ts, iterator);
    return kDone;
  }
  Ref<> close = found.take();
  if (close) (void)TRY(call(ts, close.get()));
  return kDone;
}

// The delegation has ended: its iterator goes from the stack and the frame behind the SEND loop.
void leaveSendLoop(Generator* g) {
  Frame* frame = g->frame();
  Ref<> iterator = Ref<>::steal(std::exchange(frame->localsplus[--frame->stack_top], nullptr));
  Instruction* send = frame->ip - 1;  // SEND, YIELD_VALUE, RESUME, JUMP_BACKWARD_NO_INTERRUPT
  frame->ip = send + send->arg;
}

Ref<> throwHere(ThreadState& ts, Generator* g, Object* type, Object* value, Object* traceback) {
  if (traceback && isNone(traceback)) traceback = nullptr;
  if (traceback && !isExact(traceback, kTracebackType))
    return raise(ts, kTypeError, "throw() third argument must be a traceback object");
  Ref<> error;
  if (isType(type) && static_cast<Type*>(type)->has(kExceptionSubclass)) {
    PendingError pending;
    pending.type = Ref<>::share(type);
    pending.value = Ref<>::share(value);
    pending.traceback = Ref<>::share(traceback);
    std::move(pending).restore(ts);
    error = takeRaised(ts);
  } else if (isException(type)) {
    if (value && !isNone(value)) return raise(ts, kTypeError, "instance exception may not have a separate value");
    error = Ref<>::share(type);
  } else {
    return raise(ts, kTypeError, "exceptions must be classes or instances deriving from BaseException, not {}", typeName(type));
  }
  if (!error) return {};
  PendingError pending;
  pending.type = Ref<>::share(static_cast<Object*>(error->type));
  Object* own = static_cast<BaseException*>(error.get())->traceback;
  pending.traceback = Ref<>::share(traceback ? traceback : own);
  pending.value = std::move(error);
  std::move(pending).restore(ts);
  return resumeOrStop(ts, g, &kNoneObject, true, false);
}

// Passes the exception to a generator that `g` waits for; the frame of `g` shows in its traceback.
Ref<> throwIntoGenerator(ThreadState& ts, Generator* g, Generator* inner, bool close_on_exit, Object* type, Object* value,
                         Object* traceback) {
  Frame* frame = g->frame();
  Frame* before = ts.cframe->current_frame;
  frame->previous = before;
  ts.cframe->current_frame = frame;
  Ref<> result;
  {
    Delegating running(g);
    result = generatorThrow(ts, inner, close_on_exit, type, value, traceback);
  }
  ts.cframe->current_frame = before;
  frame->previous = nullptr;
  return result;
}

}  // namespace

Ref<> generatorThrow(ThreadState& ts, Generator* g, bool close_on_exit, Object* type, Object* value, Object* traceback) {
  Ref<> inner = Ref<>::share(yieldFromOf(g));
  if (!inner) return throwHere(ts, g, type, value, traceback);
  RecursionGuard guard(ts, "");
  if (guard.failed()) return {};
  if (close_on_exit && exceptionMatches(ts, type, &kGeneratorExit)) {
    bool failed;
    {
      Delegating running(g);
      failed = closeIterator(ts, inner.get()).failed();
    }
    if (failed) return resumeOrStop(ts, g, &kNoneObject, true, false);
    return throwHere(ts, g, type, value, traceback);
  }
  Ref<> result;
  if (isNativeGenerator(inner.get())) {
    result = throwIntoGenerator(ts, g, static_cast<Generator*>(inner.get()), close_on_exit, type, value, traceback);
  } else {
    Ref<> method = TRY(findAttr(ts, inner.get(), names::kThrow));
    if (!method) return throwHere(ts, g, type, value, traceback);
    Delegating running(g);
    if (traceback) result = call(ts, method.get(), {type, value ? value : &kNoneObject, traceback});
    else if (value) result = call(ts, method.get(), {type, value});
    else result = call(ts, method.get(), {type});
  }
  if (result) return result;
  leaveSendLoop(g);
  Ref<> returned = takeStopIterationValue(ts);
  if (returned) return generatorSend(ts, g, returned.get());
  return resumeOrStop(ts, g, &kNoneObject, true, false);
}

Ref<> generatorThrowArgs(ThreadState& ts, Generator* g, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "{}.throw() takes no keyword arguments", typeName(g));
  if (args.count < 1) return raise(ts, kTypeError, "throw expected at least 1 argument, got {}", args.count);
  if (args.count > 3) return raise(ts, kTypeError, "throw expected at most 3 arguments, got {}", args.count);
  return generatorThrow(ts, g, true, args[0], args.count > 1 ? args[1] : nullptr, args.count > 2 ? args[2] : nullptr);
}

Ref<> generatorClose(ThreadState& ts, Generator* g) {
  Ref<> inner = Ref<>::share(yieldFromOf(g));
  bool failed = false;
  if (inner) {
    Delegating running(g);
    failed = closeIterator(ts, inner.get()).failed();
  }
  if (!failed) (void)raiseValue(ts, kGeneratorExit, nullptr);
  Ref<> yielded = resumeOrStop(ts, g, &kNoneObject, true, true);
  if (yielded) return raise(ts, kRuntimeError, textsOf(g).ignored_exit);
  if (!errorMatches(ts, kStopIteration) && !errorMatches(ts, kGeneratorExit)) return {};
  clearError(ts);
  return none();
}

void finalizeGenerator(Generator* g) {
  if (g->frame_state >= FrameState::Completed) return;
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  Ref<> done;
  if (isAsyncGenerator(g) && g->origin_or_finalizer && !g->closed) {
    Ref<> finalizer = Ref<>::share(g->origin_or_finalizer);
    done = call(ts, finalizer.get(), {g});
  } else if ((g->code->flags & kCodeCoroutine) && g->frame_state == FrameState::Created) {
    warnUnawaited(ts, g);
  } else {
    done = generatorClose(ts, g);
  }
  if (!done && errorSet(ts)) writeUnraisable(ts, g);
  if (pending) std::move(pending).restore(ts);
}

// ---- the life of the object ----

void deallocGenerator(Generator* self) {
  untrack(self);
  clearWeakrefs(self);
  track(self);
  if (finalizeFromDealloc(self)) return;
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->frame_state < FrameState::Cleared) {
    self->frame_state = FrameState::Cleared;
    self->frame()->previous = nullptr;
    clearFrame(self->frame());
  }
  clearField(self->origin_or_finalizer);
  clearField(self->code);
  clearField(self->exception_state.value);
  clearField(self->name);
  clearField(self->qualname);
  freeGcObject(self);
}

int traverseGenerator(Generator* self, VisitFn visit, void* arg) {
  VISIT(self->code);
  VISIT(self->name);
  VISIT(self->qualname);
  if (self->frame_state < FrameState::Cleared)
    if (int stop = traverseFrame(self->frame(), visit, arg)) return stop;
  VISIT(self->exception_state.value);
  return 0;
}

int traverseAsyncGenerator(Generator* self, VisitFn visit, void* arg) {
  VISIT(self->origin_or_finalizer);
  return traverseGenerator(self, visit, arg);
}

// ---- attributes ----

Ref<> itself(ThreadState&, Object* self) { return Ref<>::share(self); }

Ref<> generatorFrame(ThreadState& ts, Generator* self) {
  static constinit Name name{"gi_frame"};
  TRY(audit(ts, "object.__getattr__", {self, name.get()}));
  if (self->frame_state == FrameState::Cleared) return none();
  FrameObject* f = frameObject(ts, self->frame());
  return Ref<>::share(static_cast<Object*>(f));
}
Ref<> generatorWaitsFor(ThreadState&, Generator* self) {
  Object* inner = yieldFromOf(self);
  return inner ? Ref<>::share(inner) : none();
}
Ref<> generatorName(ThreadState&, Generator* self) { return Ref<>::share(static_cast<Object*>(self->name)); }
Status setGeneratorName(ThreadState& ts, Generator* self, Object* value) {
  if (!value || !isStr(value)) return raise(ts, kTypeError, "__name__ must be set to a string object");
  setField(self->name, Ref<Str>::share(static_cast<Str*>(value)));
  return kDone;
}
Ref<> generatorQualname(ThreadState&, Generator* self) { return Ref<>::share(static_cast<Object*>(self->qualname)); }
Status setGeneratorQualname(ThreadState& ts, Generator* self, Object* value) {
  if (!value || !isStr(value)) return raise(ts, kTypeError, "__qualname__ must be set to a string object");
  setField(self->qualname, Ref<Str>::share(static_cast<Str*>(value)));
  return kDone;
}
Index generatorSize(ThreadState&, Generator* self) {
  return kGeneratorSize + Index(sizeof(Object*)) * (self->code->localsplus_count + self->code->stack_size);
}
bool generatorRunning(ThreadState&, Generator* self) { return self->frame_state == FrameState::Executing; }
bool generatorSuspended(ThreadState&, Generator* self) { return self->frame_state == FrameState::Suspended; }

namespace {

Ref<> next(ThreadState& ts, Generator* self) {
  Ref<> result;
  if (resume(ts, self, nullptr, false, false, result) != SendResult::Return) return result;
  if (result && !isNone(result.get())) (void)raiseStopIteration(ts, result.get());
  return {};
}

Ref<> repr(ThreadState& ts, Generator* self) {
  Ref<Str> address = TRY(formatText(ts, "0x{:x}", reinterpret_cast<uintptr_t>(self)));
  return formatText(ts, "<generator object {} at {}>", self->qualname, address);
}

Ref<> getRunning(ThreadState& ts, Generator* self) { return newBool(generatorRunning(ts, self)); }
Ref<> getSuspended(ThreadState& ts, Generator* self) { return newBool(generatorSuspended(ts, self)); }

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("send", generatorSend, "($self, value, /)",
                    "send(value) -> let the pending yield evaluate to value; the next yielded value,\nor StopIteration."),
    METHOD_RAW("throw", generatorThrowArgs,
               "throw(value)\nthrow(type[,value[,tb]])\n\nRaise an exception at the pending yield; the next yielded value,\nor StopIteration."),
    METHOD_UNSIGNED("close", generatorClose, "($self, /)", "close() -> end the generator by a GeneratorExit raised inside."),
    METHOD_UNSIGNED("__sizeof__", generatorSize, "($self, /)", "gen.__sizeof__() -> bytes of memory that gen takes"),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("gi_code", ObjectOrNone, Generator, code, kMemberReadOnly | kMemberAudit, nullptr), {}};
constexpr GetSetDef kGetSet[] = {
    GETSET("__name__", generatorName, setGeneratorName, "name of the generator"),
    GETSET("__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the generator"),
    GETTER("gi_yieldfrom", generatorWaitsFor, "what yield from is delegating to at present, or None"),
    GETTER("gi_running", getRunning, nullptr),
    GETTER("gi_frame", generatorFrame, nullptr),
    GETTER("gi_suspended", getSuspended, nullptr),
    {}};
constinit AsyncSlots kAsync = {.send = generatorSendSlot};

}  // namespace

constinit Type kGeneratorType = defineVarType<Generator>(kGeneratorSize, {
    .name = "generator",
    .flags = kDisallowInstantiation,
    .item_size = sizeof(Object*),
    .weaklist_offset = offsetof(Generator, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .async = &kAsync,
    .dealloc = slot<deallocGenerator>,
    .finalize = slot<finalizeGenerator>,
    .traverse = slot<traverseGenerator>,
    .repr = slot<repr>,
    .getattro = genericGetAttrSlot,
    .iter = slot<itself>,
    .iternext = slot<next>,
});

}  // namespace habu
