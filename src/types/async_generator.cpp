// Asynchronous generators (PEP 525): the generator, and the awaitables that drive it one step (asend, athrow, aclose).
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/generator_internal.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// What `yield` of an asynchronous generator hands up, so that it differs from what its awaits hand up.
struct WrappedValue : Object {
  Object* value;  // owned
};

enum class Phase : int { Fresh, Running, Closed };

struct Asend : Object {
  Generator* generator;  // owned
  Object* value;         // owned; null for __anext__
  Phase phase;
};
struct Athrow : Object {
  Generator* generator;  // owned
  Object* args;          // owned tuple; null for aclose()
  Phase phase;
};

constexpr const char* kAsendReused = "cannot reuse already awaited __anext__()/asend()";
constexpr const char* kAthrowReused = "cannot reuse already awaited aclose()/athrow()";

bool isWrapped(const Object* o) { return isExact(o, kAsyncGenWrappedValueType); }

// What a step of the generator means to whoever awaits it: a yielded value ends the await, an awaited one goes further up.
Ref<> unwrapStep(ThreadState& ts, Generator* g, Ref<> result) {
  if (!result) {
    if (!errorSet(ts)) (void)raiseValue(ts, kStopAsyncIteration, nullptr);
    if (errorMatches(ts, kStopAsyncIteration) || errorMatches(ts, kGeneratorExit)) g->closed = 1;
    g->running_async = 0;
    return {};
  }
  if (!isWrapped(result.get())) return result;
  g->running_async = 0;
  return raiseStopIteration(ts, static_cast<WrappedValue*>(result.get())->value);
}

// The event loop's hooks, once per generator.
Status initHooks(ThreadState& ts, Generator* g) {
  if (g->hooks_inited) return kDone;
  g->hooks_inited = 1;
  if (ts.asyncgen_finalizer) setField(g->origin_or_finalizer, Ref<>::share(ts.asyncgen_finalizer));
  if (!ts.asyncgen_firstiter) return kDone;
  Ref<> hook = Ref<>::share(ts.asyncgen_firstiter);
  (void)TRY(call(ts, hook.get(), {g}));
  return kDone;
}

Ref<> newAsend(ThreadState& ts, Generator* g, Object* value) {
  TRY(initHooks(ts, g));
  Ref<Asend> made = TRY(newObject<Asend>(ts, kAsyncGenAsendType));
  made->generator = Ref<Generator>::share(g).release();
  made->value = Ref<>::share(value).release();
  track(made.get());
  return made;
}

Ref<> newAthrow(ThreadState& ts, Generator* g, Object* args) {
  TRY(initHooks(ts, g));
  Ref<Athrow> made = TRY(newObject<Athrow>(ts, kAsyncGenAthrowType));
  made->generator = Ref<Generator>::share(g).release();
  made->args = Ref<>::share(args).release();
  track(made.get());
  return made;
}

// ---- asend ----

Ref<> asendSend(ThreadState& ts, Asend* self, Object* value) {
  if (self->phase == Phase::Closed) return raise(ts, kRuntimeError, kAsendReused);
  Generator* g = self->generator;
  if (self->phase == Phase::Fresh) {
    if (g->running_async) return raise(ts, kRuntimeError, "anext(): asynchronous generator is already running");
    if (!value || isNone(value)) value = self->value ? self->value : &kNoneObject;
    self->phase = Phase::Running;
  }
  g->running_async = 1;
  Ref<> result = unwrapStep(ts, g, generatorSend(ts, g, value));
  if (!result) self->phase = Phase::Closed;
  return result;
}
Ref<> asendNext(ThreadState& ts, Asend* self) { return asendSend(ts, self, &kNoneObject); }
Ref<> asendThrow(ThreadState& ts, Asend* self, Args args) {
  if (self->phase == Phase::Closed) return raise(ts, kRuntimeError, kAsendReused);
  Ref<> result = unwrapStep(ts, self->generator, generatorThrowArgs(ts, self->generator, args));
  if (!result) self->phase = Phase::Closed;
  return result;
}
Ref<> asendClose(ThreadState&, Asend* self) {
  self->phase = Phase::Closed;
  return none();
}
void deallocAsend(Asend* self) {
  untrack(self);
  clearField(self->generator);
  clearField(self->value);
  freeGcObject(self);
}
int traverseAsend(Asend* self, VisitFn visit, void* arg) {
  VISIT(self->generator);
  VISIT(self->value);
  return 0;
}

// ---- athrow, aclose ----

Ref<> yieldedWhileClosing(ThreadState& ts, Athrow* self) {
  self->generator->running_async = 0;
  self->phase = Phase::Closed;
  return raise(ts, kRuntimeError, kAsyncIgnoredExit);
}

// An exception came out. For aclose() the expected ones mean that it is done.
Ref<> athrowEnded(ThreadState& ts, Athrow* self) {
  self->generator->running_async = 0;
  self->phase = Phase::Closed;
  if (!self->args && (errorMatches(ts, kStopAsyncIteration) || errorMatches(ts, kGeneratorExit))) {
    clearError(ts);
    return raiseValue(ts, kStopIteration, nullptr);
  }
  return {};
}

Ref<> startAthrow(ThreadState& ts, Athrow* self, Object* value) {
  Generator* g = self->generator;
  if (g->running_async) {
    self->phase = Phase::Closed;
    return raise(ts, kRuntimeError, self->args ? "athrow(): asynchronous generator is already running"
                                               : "aclose(): asynchronous generator is already running");
  }
  if (g->closed) {
    self->phase = Phase::Closed;
    return raiseValue(ts, kStopAsyncIteration, nullptr);
  }
  if (!isNone(value)) return raise(ts, kRuntimeError, kCoroutineJustStarted);
  self->phase = Phase::Running;
  g->running_async = 1;
  Ref<> result;
  if (!self->args) {
    g->closed = 1;
    result = generatorThrow(ts, g, false, &kGeneratorExit, nullptr, nullptr);
    if (result && isWrapped(result.get())) return yieldedWhileClosing(ts, self);
  } else {
    auto* args = static_cast<Tuple*>(self->args);
    if (args->size < 1) return raise(ts, kTypeError, "athrow expected at least 1 argument, got {}", args->size);
    if (args->size > 3) return raise(ts, kTypeError, "athrow expected at most 3 arguments, got {}", args->size);
    result = generatorThrow(ts, g, false, args->items[0], args->size > 1 ? args->items[1] : nullptr,
                            args->size > 2 ? args->items[2] : nullptr);
    result = unwrapStep(ts, g, std::move(result));
  }
  return result ? std::move(result) : athrowEnded(ts, self);
}

Ref<> athrowSend(ThreadState& ts, Athrow* self, Object* value) {
  Generator* g = self->generator;
  if (self->phase == Phase::Closed) return raise(ts, kRuntimeError, kAthrowReused);
  if (g->frame_state >= FrameState::Completed) {
    self->phase = Phase::Closed;
    return raiseValue(ts, kStopIteration, nullptr);
  }
  if (self->phase == Phase::Fresh) return startAthrow(ts, self, value);
  Ref<> result = generatorSend(ts, g, value);
  if (self->args) return unwrapStep(ts, g, std::move(result));
  if (!result) return athrowEnded(ts, self);
  if (isWrapped(result.get())) return yieldedWhileClosing(ts, self);
  return result;
}
Ref<> athrowNext(ThreadState& ts, Athrow* self) { return athrowSend(ts, self, &kNoneObject); }
Ref<> athrowThrow(ThreadState& ts, Athrow* self, Args args) {
  if (self->phase == Phase::Closed) return raise(ts, kRuntimeError, kAthrowReused);
  Ref<> result = generatorThrowArgs(ts, self->generator, args);
  if (self->args) return unwrapStep(ts, self->generator, std::move(result));
  if (result && isWrapped(result.get())) return yieldedWhileClosing(ts, self);
  if (!result && (errorMatches(ts, kStopAsyncIteration) || errorMatches(ts, kGeneratorExit))) {
    clearError(ts);
    return raiseValue(ts, kStopIteration, nullptr);
  }
  return result;
}
Ref<> athrowClose(ThreadState&, Athrow* self) {
  self->phase = Phase::Closed;
  return none();
}
void deallocAthrow(Athrow* self) {
  untrack(self);
  clearField(self->generator);
  clearField(self->args);
  freeGcObject(self);
}
int traverseAthrow(Athrow* self, VisitFn visit, void* arg) {
  VISIT(self->generator);
  VISIT(self->args);
  return 0;
}

// ---- the wrapped value ----

void deallocWrapped(WrappedValue* self) {
  untrack(self);
  clearField(self->value);
  freeGcObject(self);
}
int traverseWrapped(WrappedValue* self, VisitFn visit, void* arg) {
  VISIT(self->value);
  return 0;
}

// ---- anext(iterator, default) ----

struct AnextAwaitable : Object {
  Object* awaitable;  // owned
  Object* fallback;   // owned
};

Ref<> anextIterator(ThreadState& ts, AnextAwaitable* self) {
  Ref<> iterator = TRY(awaitIterator(ts, self->awaitable));
  if (iterator->type->iternext) return iterator;
  // Only coroutines have none.
  UnaryFn await = iterator->type->async ? iterator->type->async->await : nullptr;
  if (!await) return raise(ts, kTypeError, "__await__ returned a non-iterable");
  Ref<> inner = TRY(Ref<>::steal(await(iterator.get())));
  if (!isIterator(inner.get())) return raise(ts, kTypeError, "__await__ returned a non-iterable");
  return inner;
}
Ref<> orFallback(ThreadState& ts, AnextAwaitable* self, Ref<> result) {
  if (result || !errorMatches(ts, kStopAsyncIteration)) return result;
  clearError(ts);
  return raiseStopIteration(ts, self->fallback);
}
Ref<> anextNext(ThreadState& ts, AnextAwaitable* self) {
  Ref<> iterator = TRY(anextIterator(ts, self));
  return orFallback(ts, self, Ref<>::steal(iterator->type->iternext(iterator.get())));
}
Ref<> anextSend(ThreadState& ts, AnextAwaitable* self, Object* value) {
  Ref<> iterator = TRY(anextIterator(ts, self));
  return orFallback(ts, self, callMethod(ts, iterator.get(), names::send, {value}));
}
Ref<> anextThrow(ThreadState& ts, AnextAwaitable* self, Args args) {
  Ref<> iterator = TRY(anextIterator(ts, self));
  Ref<> method = TRY(getAttr(ts, iterator.get(), names::kThrow));
  return orFallback(ts, self, callSpan(ts, method.get(), args.positional()));
}
Ref<> anextClose(ThreadState& ts, AnextAwaitable* self) {
  Ref<> iterator = TRY(anextIterator(ts, self));
  return orFallback(ts, self, callMethod(ts, iterator.get(), names::close));
}
void deallocAnext(AnextAwaitable* self) {
  untrack(self);
  clearField(self->awaitable);
  clearField(self->fallback);
  freeGcObject(self);
}
int traverseAnext(AnextAwaitable* self, VisitFn visit, void* arg) {
  VISIT(self->awaitable);
  VISIT(self->fallback);
  return 0;
}

// ---- the generator ----

Ref<> anext(ThreadState& ts, Generator* self) { return newAsend(ts, self, nullptr); }
Ref<> asend(ThreadState& ts, Generator* self, Object* value) { return newAsend(ts, self, value); }
Ref<> aclose(ThreadState& ts, Generator* self) { return newAthrow(ts, self, nullptr); }
Ref<> athrow(ThreadState& ts, Generator* self, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "async_generator.athrow() takes no keyword arguments");
  Ref<Tuple> packed = TRY(newTuple(ts, args.positional()));
  return newAthrow(ts, self, packed.get());
}
Ref<> repr(ThreadState& ts, Generator* self) {
  Ref<Str> address = TRY(formatText(ts, "0x{:x}", reinterpret_cast<uintptr_t>(self)));
  return formatText(ts, "<async_generator object {} at {}>", self->qualname, address);
}

#define SEND_DOC "send(value) -> let the pending yield evaluate to value; the next yielded value,\nor StopIteration."
#define THROW_DOC \
  "throw(value)\nthrow(type[,value[,tb]])\n\nRaise an exception at the pending yield; the next yielded value,\nor StopIteration."
#define CLOSE_DOC "close() -> end the generator by a GeneratorExit raised inside."

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("asend", asend, "($self, value, /)", "asend(v) -> an awaitable that sends 'v' into the generator."),
    METHOD_RAW("athrow", athrow, "athrow(typ[,val[,tb]]) -> an awaitable that raises an exception in the generator."),
    METHOD_UNSIGNED("aclose", aclose, "($self, /)", "aclose() -> an awaitable that ends the generator by GeneratorExit."),
    METHOD_UNSIGNED("__sizeof__", generatorSize, "($self, /)", "gen.__sizeof__() -> bytes of memory that gen takes"),
    CLASS_GETITEM,
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("ag_running", Bool, Generator, running_async, kMemberReadOnly, nullptr),
    MEMBER("ag_code", ObjectOrNone, Generator, code, kMemberReadOnly | kMemberAudit, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETSET("__name__", generatorName, setGeneratorName, "name of the async generator"),
    GETSET("__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the async generator"),
    GETTER("ag_await", generatorWaitsFor, "what the generator awaits at present, or None"),
    GETTER("ag_frame", generatorFrame, nullptr),
    {}};
constinit AsyncSlots kAsync = {.aiter = slot<itself>, .anext = slot<anext>, .send = generatorSendSlot};
constinit AsyncSlots kAwaitSelf = {.await = slot<itself>};

constexpr MethodDef kAsendMethods[] = {METHOD_UNSIGNED("send", asendSend, "($self, value, /)", SEND_DOC),
                                       METHOD_RAW("throw", asendThrow, THROW_DOC),
                                       METHOD_UNSIGNED("close", asendClose, "($self, /)", CLOSE_DOC),
                                       {}};
constexpr MethodDef kAthrowMethods[] = {METHOD_UNSIGNED("send", athrowSend, "($self, value, /)", SEND_DOC),
                                        METHOD_RAW("throw", athrowThrow, THROW_DOC),
                                        METHOD_UNSIGNED("close", athrowClose, "($self, /)", CLOSE_DOC),
                                        {}};
constexpr MethodDef kAnextMethods[] = {METHOD_UNSIGNED("send", anextSend, "($self, value, /)", SEND_DOC),
                                       METHOD_RAW("throw", anextThrow, THROW_DOC),
                                       METHOD_UNSIGNED("close", anextClose, "($self, /)", CLOSE_DOC),
                                       {}};

}  // namespace

Ref<> wrapAsyncValue(ThreadState& ts, Object* value) {
  Ref<WrappedValue> made = TRY(newObject<WrappedValue>(ts, kAsyncGenWrappedValueType));
  made->value = Ref<>::share(value).release();
  track(made.get());
  return made;
}

Ref<> newAnextAwaitable(ThreadState& ts, Object* awaitable, Object* fallback) {
  Ref<AnextAwaitable> made = TRY(newObject<AnextAwaitable>(ts, kAnextAwaitableType));
  made->awaitable = Ref<>::share(awaitable).release();
  made->fallback = Ref<>::share(fallback).release();
  track(made.get());
  return made;
}

constinit Type kAsyncGeneratorType = defineVarType<Generator>(kGeneratorSize, {
    .name = "async_generator",
    .flags = kDisallowInstantiation,
    .item_size = sizeof(Object*),
    .weaklist_offset = offsetof(Generator, weakrefs),
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .async = &kAsync,
    .dealloc = slot<deallocGenerator>,
    .finalize = slot<finalizeGenerator>,
    .traverse = slot<traverseAsyncGenerator>,
    .repr = slot<repr>,
    .getattro = genericGetAttrSlot,
});
constinit Type kAsyncGenAsendType = defineType<Asend>({
    .name = "async_generator_asend",
    .methods = kAsendMethods,
    .async = &kAwaitSelf,
    .dealloc = slot<deallocAsend>,
    .traverse = slot<traverseAsend>,
    .getattro = genericGetAttrSlot,
    .iter = slot<itself>,
    .iternext = slot<asendNext>,
});
constinit Type kAsyncGenAthrowType = defineType<Athrow>({
    .name = "async_generator_athrow",
    .methods = kAthrowMethods,
    .async = &kAwaitSelf,
    .dealloc = slot<deallocAthrow>,
    .traverse = slot<traverseAthrow>,
    .getattro = genericGetAttrSlot,
    .iter = slot<itself>,
    .iternext = slot<athrowNext>,
});
constinit Type kAsyncGenWrappedValueType = defineType<WrappedValue>({
    .name = "async_generator_wrapped_value",
    .dealloc = slot<deallocWrapped>,
    .traverse = slot<traverseWrapped>,
    .getattro = genericGetAttrSlot,
});
constinit Type kAnextAwaitableType = defineType<AnextAwaitable>({
    .name = "anext_awaitable",
    .methods = kAnextMethods,
    .async = &kAwaitSelf,
    .dealloc = slot<deallocAnext>,
    .traverse = slot<traverseAnext>,
    .getattro = genericGetAttrSlot,
    .iter = slot<itself>,
    .iternext = slot<anextNext>,
});

}  // namespace habu
