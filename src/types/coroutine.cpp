// Coroutines and what await makes of other objects.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/generator_internal.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

bool isGeneratorCoroutine(const Object* o) {
  return isCoroutine(o) || (isGenerator(o) && (static_cast<const Generator*>(o)->code->flags & kCodeIterableCoroutine));
}

}  // namespace

Ref<> awaitIterator(ThreadState& ts, Object* o) {
  if (isGeneratorCoroutine(o)) return Ref<>::share(o);
  UnaryFn await = o->type->async ? o->type->async->await : nullptr;
  if (!await) return raise(ts, kTypeError, "object {:.100} can't be used in 'await' expression", typeName(o));
  Ref<> iterator = TRY(Ref<>::steal(await(o)));
  if (isGeneratorCoroutine(iterator.get())) return raise(ts, kTypeError, "__await__() returned a coroutine");
  if (!isIterator(iterator.get()))
    return raise(ts, kTypeError, "__await__() returned non-iterator of type '{:.100}'", typeName(iterator.get()));
  return iterator;
}

// ((file, line, function), ...) of the frames that made the coroutine, innermost first.
Ref<> coroutineOrigin(ThreadState& ts, Frame* caller) {
  Index depth = 0;
  for (Frame* f = completeFrame(caller); f && depth < ts.coroutine_origin_depth; f = completeFrame(f->previous)) ++depth;
  Ref<Tuple> origin = TRY(newTupleUninitialized(ts, depth));
  Frame* f = completeFrame(caller);
  for (Index i = 0; i < depth; ++i, f = completeFrame(f->previous)) {
    Ref<Int> line = TRY(newInt(ts, frameLine(f)));
    put(origin.get(), i, TRY(packTuple(ts, {f->code->filename, line.get(), f->code->name})));
  }
  return origin;
}

// RuntimeWarning "coroutine 'x' was never awaited", by the warnings module when there is one: it shows the origin.
void warnUnawaited(ThreadState& ts, Generator* g) {
  bool warned = false;
  Ref<Str> module_name = internedStr(ts, "warnings");
  Ref<Str> function_name = internedStr(ts, "_warn_unawaited_coroutine");
  Ref<> module;
  if (module_name && mainInterpreter.modules) {
    module = Ref<>::share(dictFindStr(mainInterpreter.modules, module_name.get()));
    if (!module && mainInterpreter.import_function && !mainInterpreter.finalizing) {
      module = call(ts, mainInterpreter.import_function, {module_name.get()});
      clearError(ts);
    }
  }
  if (module && function_name) {
    Found found = findAttr(ts, module.get(), function_name.get());
    Ref<> function = found.take();
    if (function) {
      Ref<> done = call(ts, function.get(), {g});
      warned = done || errorMatches(ts, kRuntimeWarning);
    }
  }
  if (errorSet(ts)) writeUnraisable(ts, g);
  if (warned) return;
  Ref<Str> text = formatText(ts, "coroutine '{}' was never awaited", g->qualname);
  if (!text || warnText(ts, kRuntimeWarning, 1, std::move(text)).failed()) writeUnraisable(ts, g);
}

namespace {

struct CoroutineWrapper : Object {
  Generator* coroutine;  // owned
};

Ref<> await(ThreadState& ts, Generator* self) {
  Ref<CoroutineWrapper> made = TRY(newObject<CoroutineWrapper>(ts, kCoroutineWrapperType));
  made->coroutine = Ref<Generator>::share(self).release();
  track(made.get());
  return made;
}

Ref<> repr(ThreadState& ts, Generator* self) {
  Ref<Str> address = TRY(formatText(ts, "0x{:x}", reinterpret_cast<uintptr_t>(self)));
  return formatText(ts, "<coroutine object {} at {}>", self->qualname, address);
}

Ref<> getRunning(ThreadState& ts, Generator* self) { return newBool(generatorRunning(ts, self)); }
Ref<> getSuspended(ThreadState& ts, Generator* self) { return newBool(generatorSuspended(ts, self)); }

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("send", generatorSend, "($self, value, /)",
                    "send(arg) -> put 'arg' into coroutine as the value of its await; what it awaits next,\nor StopIteration."),
    METHOD_RAW("throw", generatorThrowArgs,
               "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise an exception in coroutine, at its await; what it awaits next,\nor StopIteration."),
    METHOD_UNSIGNED("close", generatorClose, "($self, /)", "close() -> end it by a GeneratorExit inside coroutine."),
    METHOD_UNSIGNED("__sizeof__", generatorSize, "($self, /)", "coro.__sizeof__() -> bytes of memory that coro takes"),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("cr_code", ObjectOrNone, Generator, code, kMemberReadOnly | kMemberAudit, nullptr),
    MEMBER("cr_origin", ObjectOrNone, Generator, origin_or_finalizer, kMemberReadOnly, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETSET("__name__", generatorName, setGeneratorName, "name of the coroutine"),
    GETSET("__qualname__", generatorQualname, setGeneratorQualname, "qualified name of the coroutine"),
    GETTER("cr_await", generatorWaitsFor, "what the coroutine awaits at present, or None"),
    GETTER("cr_running", getRunning, nullptr),
    GETTER("cr_frame", generatorFrame, nullptr),
    GETTER("cr_suspended", getSuspended, nullptr),
    {}};
constinit AsyncSlots kAsync = {.await = slot<await>, .send = generatorSendSlot};

// ---- what __await__ of a coroutine returns ----

void deallocWrapper(CoroutineWrapper* self) {
  untrack(self);
  clearField(self->coroutine);
  freeGcObject(self);
}
int traverseWrapper(CoroutineWrapper* self, VisitFn visit, void* arg) {
  VISIT(self->coroutine);
  return 0;
}
Ref<> wrapperNext(ThreadState& ts, CoroutineWrapper* self) { return generatorSend(ts, self->coroutine, &kNoneObject); }
Ref<> wrapperSend(ThreadState& ts, CoroutineWrapper* self, Object* value) { return generatorSend(ts, self->coroutine, value); }
Ref<> wrapperThrow(ThreadState& ts, CoroutineWrapper* self, Args args) { return generatorThrowArgs(ts, self->coroutine, args); }
Ref<> wrapperClose(ThreadState& ts, CoroutineWrapper* self) { return generatorClose(ts, self->coroutine); }

constexpr MethodDef kWrapperMethods[] = {
    METHOD_UNSIGNED("send", wrapperSend, "($self, value, /)",
                    "send(arg) -> put 'arg' into coroutine as the value of its await; what it awaits next,\nor StopIteration."),
    METHOD_RAW("throw", wrapperThrow,
               "throw(value)\nthrow(type[,value[,traceback]])\n\nRaise an exception in coroutine, at its await; what it awaits next,\nor StopIteration."),
    METHOD_UNSIGNED("close", wrapperClose, "($self, /)", "close() -> end it by a GeneratorExit inside coroutine."),
    {}};

}  // namespace

constinit Type kCoroutineType = defineVarType<Generator>(kGeneratorSize, {
    .name = "coroutine",
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
});

constinit Type kCoroutineWrapperType = defineType<CoroutineWrapper>({
    .name = "coroutine_wrapper",
    .doc = "The iterator behind await on a coroutine.",
    .methods = kWrapperMethods,
    .dealloc = slot<deallocWrapper>,
    .traverse = slot<traverseWrapper>,
    .getattro = genericGetAttrSlot,
    .iter = slot<itself>,
    .iternext = slot<wrapperNext>,
});

}  // namespace habu
