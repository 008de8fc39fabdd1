#include "object/audit.h"

#include "modules/sys/sys.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

bool auditing = false;

namespace {
List* hooks = nullptr;  // owned for the life of the process

// Hooks are not traced, unless they say so by __cantrace__.
class [[nodiscard]] TracingPause {
 public:
  explicit TracingPause(ThreadState& ts) : ts_(ts) {
    ++ts.tracing;
    ts.cframe->use_tracing = 0;
  }
  ~TracingPause() {
    --ts_.tracing;
    ts_.cframe->use_tracing = ts_.trace_function || ts_.profile_function ? 255 : 0;
  }
  TracingPause(const TracingPause&) = delete;

 private:
  ThreadState& ts_;
};

Status runHooks(ThreadState& ts, Object* event, Tuple* args) {
  Ref<List> all = Ref<List>::share(hooks);
  for (Index i = 0; i < all->size; ++i) {  // hooks may add hooks
    Ref<> hook = share(all->items[i]);
    static constinit Name cantrace{"__cantrace__"};
    Ref<> wish = TRY(findAttr(ts, hook.get(), cantrace));
    bool traced = wish && TRY(isTrue(ts, wish.get()));
    if (traced) {
      (void)TRY(call(ts, hook.get(), {event, args}));
    } else {
      TracingPause pause(ts);
      (void)TRY(call(ts, hook.get(), {event, args}));
    }
  }
  return kDone;
}
}  // namespace

Status auditEvent(ThreadState& ts, const char* event, std::initializer_list<Object*> args) {
  Ref<Str> name = TRY(newStr(ts, event));
  Ref<Tuple> tuple = TRY(packTuple(ts, args));
  PendingError pending = PendingError::take(ts);
  Status done = runHooks(ts, name.get(), tuple.get());
  if (pending) {
    if (done.failed()) chainPending(ts, std::move(pending));
    else std::move(pending).restore(ts);
  }
  return done;
}

namespace sys {
namespace {

Status auditFromPython(ThreadState& ts, Object*, Args a) {
  if (a.count == 0) return raise(ts, kTypeError, "audit() missing 1 required positional argument: 'event'");
  if (a.keywordCount()) return raise(ts, kTypeError, "sys.audit() takes no keyword arguments");
  if (!isStr(a[0])) return raise(ts, kTypeError, "expected str for argument 'event', not {:.200}", typeName(a[0]));
  if (!auditing) return kDone;
  Ref<Tuple> args = TRY(newTuple(ts, a.positional().subspan(1)));
  return runHooks(ts, a[0], args.get());
}

Status addAuditHook(ThreadState& ts, Object*, Object* hook) {
  Status allowed = audit(ts, "sys.addaudithook");
  if (allowed.failed()) {
    if (!errorMatches(ts, kRuntimeError)) return Raised{};
    clearError(ts);  // a hook refused; the request is dropped silently
    return kDone;
  }
  if (!hooks) hooks = TRY(newList(ts)).release();
  TRY(appendList(ts, hooks, hook));
  auditing = true;
  return kDone;
}

}  // namespace

const MethodDef kAuditMethods[] = {
    METHOD_RAW("audit", auditFromPython, "audit(event, *args)\n\nPasses an event to all audit hooks."),
    METHOD_AS("addaudithook", addAuditHook, "($module, /, hook)", "Adds a hook that is called for every audit event."),
    {}};

}  // namespace sys
}  // namespace habu
