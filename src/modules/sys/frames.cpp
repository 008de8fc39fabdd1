// sys functions about running code: frames, tracing, exceptions in flight, asynchronous generators.
#include "interp/eval.h"
#include "interp/tracing.h"
#include "modules/sys/sys.h"
#include "object/attribute.h"
#include "object/audit.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/str.h"
#include "types/structseq.h"
#include "types/tuple.h"

namespace habu::sys {

namespace {

Ref<> getFrame(ThreadState& ts, Object*, std::optional<int> depth) {
  Frame* f = currentFrame(ts);
  for (int i = depth.value_or(0); i > 0 && f; --i) f = f->previous;
  if (!f) return raise(ts, kValueError, "call stack is not deep enough");
  Ref<> frame = share(static_cast<Object*>(frameObject(ts, f)));
  if (!frame) return Raised{};
  TRY(audit(ts, "sys._getframe", {frame.get()}));
  return frame;
}

// One entry a thread: `value(thread)`, left out where it is empty.
template <class F>
Ref<> byThread(ThreadState& ts, F value) {
  Ref<Dict> result = TRY(newDict(ts));
  for (ThreadState* t = mainInterpreter.threads; t; t = t->next) {
    Ref<> v = value(*t);
    if (!v) {
      if (errorSet(ts)) return Raised{};
      continue;
    }
    Ref<Int> id = TRY(newIntUnsigned(ts, t->thread_id));
    TRY(dictSet(ts, result.get(), id.get(), v.get()));
  }
  return result;
}

Ref<> currentFrames(ThreadState& ts, Object*) {
  return byThread(ts, [&](ThreadState& t) -> Ref<> {
    Frame* f = currentFrame(t);
    return f ? share(static_cast<Object*>(frameObject(ts, f))) : Ref<>{};
  });
}

// The exception being handled by a thread; borrowed or null.
Object* handledBy(const ThreadState& t) {
  for (auto* item = t.exception_stack; item; item = item->previous)
    if (item->value && !isNone(item->value)) return item->value;
  return nullptr;
}

Ref<> excTuple(ThreadState& ts, Object* error) {
  if (!error) return packTuple(ts, {&kNoneObject, &kNoneObject, &kNoneObject});
  Object* traceback = static_cast<BaseException*>(error)->traceback;
  return packTuple(ts, {error->type, error, traceback ? traceback : &kNoneObject});
}

Ref<> currentExceptions(ThreadState& ts, Object*) {
  return byThread(ts, [&](ThreadState& t) -> Ref<> { return excTuple(ts, handledBy(t)); });
}
Ref<> excInfo(ThreadState& ts, Object*) { return excTuple(ts, handledBy(ts)); }
Ref<> exception(ThreadState& ts, Object*) {
  Object* e = handledBy(ts);
  return e ? share(e) : none();
}

Status exit(ThreadState& ts, Object*, Object* status) { return raiseValue(ts, kSystemExit, status); }

// ---- tracing ----
Status setTrace(ThreadState& ts, Object*, Object* f) { return setTraceFunction(ts, isNone(f) ? nullptr : f); }
Status setProfile(ThreadState& ts, Object*, Object* f) { return setProfileFunction(ts, isNone(f) ? nullptr : f); }
Ref<> getTrace(ThreadState& ts, Object*) { return ts.trace_object ? share(ts.trace_object) : none(); }
Ref<> getProfile(ThreadState& ts, Object*) { return ts.profile_object ? share(ts.profile_object) : none(); }

Ref<> callTracing(ThreadState& ts, Object*, Object* function, Tuple* args) {
  int saved = std::exchange(ts.tracing, 0);
  Ref<> result = callTuple(ts, function, args);
  ts.tracing = saved;
  return result;
}

// ---- asynchronous generators ----
constexpr StructSeqField kHookFields[] = {{"firstiter", "Called when an asynchronous generator is first iterated."},
                                          {"finalizer", "Called when one is about to be collected."},
                                          {}};
constexpr StructSeqDesc kHooksDesc = {"asyncgen_hooks", "The hooks of asynchronous generators, as sys.get_asyncgen_hooks() gives them.",
                                      kHookFields, 2};
constinit Type asyncgen_hooks_type{};

Status setAsyncgenHooks(ThreadState& ts, Object*, Args a) {
  Object *first = nullptr, *finalizer = nullptr;
  if (a.count > 2) return raise(ts, kTypeError, "set_asyncgen_hooks() takes at most 2 arguments ({} given)", a.count);
  if (a.count > 0) first = a[0];
  if (a.count > 1) finalizer = a[1];
  for (Index i = 0; i < a.keywordCount(); ++i) {
    if (equalsAscii(a.keyword(i), "firstiter")) first = a.keywordValue(i);
    else if (equalsAscii(a.keyword(i), "finalizer")) finalizer = a.keywordValue(i);
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for set_asyncgen_hooks()", a.keyword(i));
  }
  if (finalizer && !isNone(finalizer) && !isCallable(finalizer))
    return raise(ts, kTypeError, "callable finalizer expected, got {:.50}", typeName(finalizer));
  if (first && !isNone(first) && !isCallable(first))
    return raise(ts, kTypeError, "callable firstiter expected, got {:.50}", typeName(first));
  if (finalizer) setField(ts.asyncgen_finalizer, isNone(finalizer) ? Ref<>{} : share(finalizer));
  if (first) setField(ts.asyncgen_firstiter, isNone(first) ? Ref<>{} : share(first));
  return kDone;
}

Ref<> getAsyncgenHooks(ThreadState& ts, Object*) {
  StructSeqBuilder b(ts, &asyncgen_hooks_type);
  b.add(ts.asyncgen_firstiter ? share(ts.asyncgen_firstiter) : none());
  b.add(ts.asyncgen_finalizer ? share(ts.asyncgen_finalizer) : none());
  return b.finish();
}

Status setOriginDepth(ThreadState& ts, Object*, int depth) {
  if (depth < 0) return raise(ts, kValueError, "depth must be >= 0");
  ts.coroutine_origin_depth = depth;
  return kDone;
}
int getOriginDepth(ThreadState& ts, Object*) { return ts.coroutine_origin_depth; }

}  // namespace

const MethodDef kFrameMethods[] = {
    METHOD_AS("_getframe", getFrame, "($module, depth=0, /)", "The frame object `depth` calls below the top of the stack."),
    METHOD_AS("_current_frames", currentFrames, "($module, /)", "Each thread's identifier with its topmost frame."),
    METHOD_AS("_current_exceptions", currentExceptions, "($module, /)", "Each thread's identifier with the exception it handles."),
    METHOD_AS("exc_info", excInfo, "($module, /)", "(type, value, traceback) of the exception being handled."),
    METHOD(exception, "($module, /)", "The exception being handled, or None."),
    METHOD(exit, "($module, status=None, /)", "Raises SystemExit(status)."),
    METHOD_UNSIGNED("settrace", setTrace, "($module, function, /)", "settrace(function)\n\nSets the trace function of this thread."),
    METHOD_UNSIGNED("setprofile", setProfile, "($module, function, /)", "setprofile(function)\n\nSets the profile function of this thread."),
    METHOD_AS("gettrace", getTrace, "($module, /)", "The trace function, or None."),
    METHOD_AS("getprofile", getProfile, "($module, /)", "The profile function, or None."),
    METHOD_AS("call_tracing", callTracing, "($module, func, args, /)", "func(*args) with tracing on, from within a trace function."),
    METHOD_RAW("set_asyncgen_hooks", setAsyncgenHooks,
               "set_asyncgen_hooks(* [, firstiter] [, finalizer])\n\nSets the hooks of asynchronous generators in this thread."),
    METHOD_AS("get_asyncgen_hooks", getAsyncgenHooks, "($module, /)", "The hooks of asynchronous generators: (firstiter, finalizer)."),
    METHOD_AS("set_coroutine_origin_tracking_depth", setOriginDepth, "($module, /, depth)",
              "How many frames a coroutine remembers of where it was made; 0: none."),
    METHOD_AS("get_coroutine_origin_tracking_depth", getOriginDepth, "($module, /)", "How many frames a coroutine remembers."),
    {}};

Status addFrameTypes(ThreadState& ts) { return initStructSeqType(ts, asyncgen_hooks_type, kHooksDesc); }

}  // namespace habu::sys
