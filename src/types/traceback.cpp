// Tracebacks: the chain of frames that an exception came through.
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/arguments.h"
#include "types/code.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

Ref<Traceback> newTraceback(ThreadState& ts, Traceback* next, FrameObject* frame, int last_instruction, int line) {
  Ref<Traceback> made = TRY(newObject<Traceback>(ts, kTracebackType));
  made->next = Ref<Traceback>::share(next).release();
  made->frame = Ref<FrameObject>::share(frame).release();
  made->last_instruction = last_instruction;
  made->line = line;
  track(made.get());
  return made;
}

Status addTraceback(ThreadState& ts, Frame* frame) {
  FrameObject* f = frameObject(ts, frame);
  if (!f) return Raised{};
  PendingError pending = PendingError::take(ts);
  auto* next = static_cast<Traceback*>(pending.traceback.get());
  Ref<Traceback> entry = newTraceback(ts, next, f, frameLastInstruction(frame), frameObjectLine(f));
  if (!entry) return Raised{};
  pending.traceback = std::move(entry);
  std::move(pending).restore(ts);
  return kDone;
}

namespace {

void dealloc(Traceback* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  clearField(self->next);
  clearField(self->frame);
  freeGcObject(self);
}

int traverse(Traceback* self, VisitFn visit, void* arg) {
  VISIT(self->next);
  VISIT(self->frame);
  return 0;
}

int clear(Traceback* self) {
  clearField(self->next);
  clearField(self->frame);
  return 0;
}

constexpr Signature kNewSignature = parseSignature("TracebackType", "(tb_next, tb_frame, tb_lasti, tb_lineno)");

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  Object* v[Signature::kMax] = {};
  if (!parseTupleArguments(ts, kNewSignature, args, keywords, v)) return {};
  if (!isExact(v[1], kFrameType)) return raiseBadArgument(ts, {&kNewSignature, 1}, "frame", v[1]);
  int last = TRY(Arg<int>::from(ts, v[2], {&kNewSignature, 2}));
  int line = TRY(Arg<int>::from(ts, v[3], {&kNewSignature, 3}));
  if (!isNone(v[0]) && !isExact(v[0], kTracebackType))
    return raise(ts, kTypeError, "expected traceback object or None, got '{}'", typeName(v[0]));
  auto* next = isNone(v[0]) ? nullptr : static_cast<Traceback*>(v[0]);
  return newTraceback(ts, next, static_cast<FrameObject*>(v[1]), last, line);
}

Ref<> getNext(ThreadState&, Traceback* self) {
  return self->next ? Ref<>::share(static_cast<Object*>(self->next)) : none();
}

Status setNext(ThreadState& ts, Traceback* self, Object* value) {
  if (!value) return raise(ts, kTypeError, "can't delete tb_next attribute");
  if (isNone(value)) {
    clearField(self->next);
    return kDone;
  }
  if (!isExact(value, kTracebackType)) return raise(ts, kTypeError, "expected traceback object, got '{}'", typeName(value));
  for (auto* t = static_cast<Traceback*>(value); t; t = t->next)
    if (t == self) return raise(ts, kValueError, "traceback loop detected");
  setField(self->next, Ref<Traceback>::share(static_cast<Traceback*>(value)));
  return kDone;
}

Ref<> getLine(ThreadState& ts, Traceback* self) {
  int line = self->line;
  if (line == -1) line = codeLine(self->frame->frame->code, self->last_instruction);
  if (line == -1) return none();
  return newInt(ts, line);
}

Ref<> dir(ThreadState& ts, Traceback*) {
  Ref<List> names = TRY(newList(ts, 4));
  for (const char* name : {"tb_frame", "tb_next", "tb_lasti", "tb_lineno"})
    TRY(appendList(ts, names.get(), Ref<>(TRY(internedStr(ts, name)))));
  return names;
}

constexpr MethodDef kMethods[] = {METHOD_UNSIGNED("__dir__", dir, "($self, /)", nullptr), {}};
constexpr MemberDef kMembers[] = {
    MEMBER("tb_frame", ObjectOrNone, Traceback, frame, kMemberReadOnly | kMemberAudit, nullptr),
    MEMBER("tb_lasti", Int, Traceback, last_instruction, kMemberReadOnly, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETSET("tb_next", getNext, setNext, nullptr),
    GETTER("tb_lineno", getLine, nullptr),
    {}};

}  // namespace

constinit Type kTracebackType = defineType<Traceback>({
    .name = "traceback",
    .doc = "TracebackType(tb_next, tb_frame, tb_lasti, tb_lineno)\n--\n\nOne entry of a traceback: a frame and where it stood.",
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .make = makeSlot<make>,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
    .getattro = genericGetAttrSlot,
});

}  // namespace habu
