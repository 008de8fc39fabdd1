// Frames as Python sees them, and what outlives an activation.
#include "types/frame.h"

#include <cstring>

#include "bytecode/opcode.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/code_runtime.h"
#include "types/dict.h"
#include "types/frame_line.h"
#include "types/function.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {
Index lastUnit(const Frame* frame) {
  const CodeRuntime* runtime = frame->code->runtime;
  return runtime && frame->ip ? frame->ip - runtime->slots : -1;
}
}  // namespace

int frameLastInstruction(const Frame* frame) {
  Index at = lastUnit(frame);
  return at < 0 ? -1 : int(at * 2);
}

int frameLine(const Frame* frame) {
  if (frame->object && frame->object->line_number) return frame->object->line_number;
  return codeLine(frame->code, frameLastInstruction(frame));
}

bool frameIncomplete(const Frame* frame) {
  return frame->owner != FrameOwner::Generator && frame->code->runtime && lastUnit(frame) < frame->code->first_traceable;
}

Frame* completeFrame(Frame* frame) {
  while (frame && frameIncomplete(frame)) frame = frame->previous;
  return frame;
}

FrameObject* frameObject(ThreadState& ts, Frame* frame) {
  if (frame->object) return frame->object;
  PendingError pending = PendingError::take(ts);
  Ref<FrameObject> made = newObject<FrameObject>(ts, kFrameType);
  if (!made) return nullptr;
  if (pending) std::move(pending).restore(ts);
  made->trace_lines = 1;
  made->frame = frame;
  if (frame->object) return frame->object;  // a collection may have asked for it meanwhile
  return frame->object = made.release();
}

// ---- the end of an activation ----

namespace {

size_t frameBytes(const Frame* frame) {
  return offsetof(Frame, localsplus) + sizeof(Object*) * size_t(frame->code->localsplus_count + frame->code->stack_size);
}

void dropContents(Frame* frame) {
  for (Index i = 0; i < frame->stack_top; ++i) clearField(frame->localsplus[i]);
  frame->stack_top = 0;
  clearField(frame->locals);
  clearField(frame->function);
  Ref<Code> code = Ref<Code>::steal(frame->code);
}

// The object takes the frame's contents over and links to the caller's object, since the chain of frames is about to go.
bool takeOver(FrameObject* f, Frame* frame) {
  auto* own = static_cast<Frame*>(allocate(frameBytes(frame)));
  if (!own) return false;
  std::memcpy(own, frame, offsetof(Frame, localsplus) + sizeof(Object*) * size_t(frame->stack_top));
  own->owner = FrameOwner::FrameObject;
  own->object = nullptr;  // the object owns the frame, not the other way round
  if (frameIncomplete(own) && own->code->runtime) own->ip = own->code->runtime->slots + own->code->first_traceable;
  f->frame = own;
  f->own_frame = own;
  ThreadState& ts = ThreadState::current();
  Frame* caller = completeFrame(own->previous);
  if (caller) {
    FrameObject* back = frameObject(ts, caller);
    if (back) f->back = Ref<FrameObject>::share(back).release();
    else clearError(ts);
  }
  own->previous = nullptr;
  if (!isTracked(f)) track(f);
  return true;
}

}  // namespace

void clearFrame(Frame* frame) {
  if (FrameObject* f = std::exchange(frame->object, nullptr)) {
    Ref<FrameObject> held = Ref<FrameObject>::steal(f);
    if (f->refcount > 1 && takeOver(f, frame)) return;
    // Nobody else holds it (or there is no memory to keep it): it dies with the frame.
    f->frame = nullptr;
  }
  dropContents(frame);
}

int traverseFrame(Frame* frame, VisitFn visit, void* arg) {
  VISIT(frame->object);
  VISIT(frame->locals);
  VISIT(frame->function);
  VISIT(frame->code);
  for (Index i = 0; i < frame->stack_top; ++i) VISIT(frame->localsplus[i]);
  return 0;
}

Ref<FrameObject> newFrameObject(ThreadState& ts, Code* code, Dict* globals, Object* locals) {
  Ref<Function> function = TRY(newFunction(ts, code, globals, nullptr));
  Ref<FrameObject> made = TRY(newObject<FrameObject>(ts, kFrameType));
  size_t bytes = offsetof(Frame, localsplus) + sizeof(Object*) * size_t(code->localsplus_count + code->stack_size);
  auto* own = static_cast<Frame*>(allocate(bytes));
  if (!own) return raiseNoMemory(ts);
  std::memset(own, 0, bytes);
  own->globals = function->globals;
  own->builtins = function->builtins;
  own->function = function.release();
  own->locals = Ref<>::share(locals).release();
  own->code = Ref<Code>::share(code).release();
  own->stack_top = code->localsplus_count;
  own->owner = FrameOwner::FrameObject;
  made->frame = made->own_frame = own;
  made->trace_lines = 1;
  track(made.get());
  return made;
}

// ---- f_locals ----

namespace {

// Has an instruction MAKE_CELL or COPY_FREE_VARS with this oparg run already?
bool alreadyRan(const Frame* frame, Op op, Index arg) {
  Index last = lastUnit(frame);
  CodeReader reader(reinterpret_cast<const CodeUnit*>(frame->code->code), frame->code->size);
  while (reader.next() && reader.at <= last)
    if (reader.op == op && (op == Op::COPY_FREE_VARS || Index(reader.arg) == arg)) return true;
  return false;
}

// Free variables of a frame that has not started: it will copy them from its function.
void copyClosure(Frame* frame) {
  Code* code = frame->code;
  if (!code->free_count || lastUnit(frame) >= 0 || Op(code->code[0]) != Op::COPY_FREE_VARS || !code->runtime) return;
  Tuple* closure = frame->function->closure;
  Object** free = frame->localsplus + code->localsplus_count - code->free_count;
  for (Index i = 0; i < code->free_count; ++i) setField(free[i], Ref<>::share(closure->items[i]));
  frame->ip = code->runtime->slots;  // it has run now
}

uint8_t kindOf(const Frame* frame, Index i) { return uint8_t(frame->code->localsplus_kinds->data[i]); }

// Free variables of class bodies belong to the enclosing function, not to the class namespace.
bool hidden(const Frame* frame, uint8_t kind) { return (kind & kFree) && !(frame->code->flags & kCodeOptimized); }

// The cell that variable `i` lives in; null: it is a plain local (for now).
Cell* cellOf(const Frame* frame, Index i, uint8_t kind) {
  Object* value = frame->localsplus[i];
  if (!value) return nullptr;
  if (kind & kFree) return static_cast<Cell*>(value);
  if ((kind & kCell) && isExact(value, kCellType) && alreadyRan(frame, Op::MAKE_CELL, i)) return static_cast<Cell*>(value);
  return nullptr;
}

Status deleteIfPresent(ThreadState& ts, Object* mapping, Object* name) {
  if (isExactDict(mapping)) {
    (void)TRY(dictDiscard(ts, static_cast<Dict*>(mapping), name));
    return kDone;
  }
  if (!delItem(ts, mapping, name).failed()) return kDone;
  if (!errorMatches(ts, kKeyError)) return Raised{};
  clearError(ts);
  return kDone;
}

}  // namespace

Ref<> frameLocals(ThreadState& ts, Frame* frame) {
  if (!frame->locals) frame->locals = reinterpret_cast<Object*>(TRY(newDict(ts)).release());
  Ref<> locals = Ref<>::share(frame->locals);
  copyClosure(frame);
  Code* code = frame->code;
  Ref<Code> keep = Ref<Code>::share(code);
  bool cleared = frame->stack_top == 0 && code->localsplus_count;  // frame.clear() was called
  for (Index i = 0; i < code->localsplus_count; ++i) {
    uint8_t kind = kindOf(frame, i);
    if (hidden(frame, kind)) continue;
    Object* name = code->localsplus_names->items[i];
    Ref<> value;
    if (!cleared) {
      Cell* cell = cellOf(frame, i, kind);
      value = Ref<>::share(cell ? cell->value : frame->localsplus[i]);
    }
    if (!value) TRY(deleteIfPresent(ts, locals.get(), name));
    else TRY(setItem(ts, locals.get(), name, value.get()));
  }
  return locals;
}

Status frameLocalsToFast(ThreadState& ts, Frame* frame, bool clear) {
  if (!frame->locals) return kDone;
  Ref<> locals = Ref<>::share(frame->locals);
  PendingError pending = PendingError::take(ts);
  Ref<Code> code = Ref<Code>::share(frame->code);
  for (Index i = 0; i < code->localsplus_count; ++i) {
    uint8_t kind = kindOf(frame, i);
    if (hidden(frame, kind)) continue;
    Ref<> value = getItem(ts, locals.get(), code->localsplus_names->items[i]);
    if (!value) {
      clearError(ts);
      if (!clear) continue;
    }
    Cell* cell = cellOf(frame, i, kind);
    if ((kind & kFree) && !cell) continue;
    setField(cell ? cell->value : frame->localsplus[i], std::move(value));
  }
  if (pending) std::move(pending).restore(ts);
  return kDone;
}

Ref<> frameObjectLocals(ThreadState& ts, FrameObject* f) {
  Ref<> locals = TRY(frameLocals(ts, f->frame));
  f->fast_as_locals = 1;
  return locals;
}

void storeFrameObjectLocals(ThreadState& ts, FrameObject* f, bool clear) {
  if (!f->fast_as_locals || !f->frame) return;
  bool ended = f->frame->owner == FrameOwner::FrameObject && f->frame->stack_top == 0;
  if (!ended) (void)frameLocalsToFast(ts, f->frame, clear);
  f->fast_as_locals = 0;
}

// ---- the type ----

namespace {

void dealloc(FrameObject* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (Frame* own = std::exchange(self->own_frame, nullptr)) {
    dropContents(own);
    freeMemory(own);
  }
  clearField(self->back);
  clearField(self->trace);
  freeGcObject(self);
}

int traverse(FrameObject* self, VisitFn visit, void* arg) {
  VISIT(self->back);
  VISIT(self->trace);
  return self->own_frame ? traverseFrame(self->own_frame, visit, arg) : 0;
}

int clearReferences(FrameObject* self) {
  clearField(self->trace);
  if (Frame* own = self->own_frame) {
    Index n = std::exchange(own->stack_top, 0);
    for (Index i = 0; i < n; ++i) clearField(own->localsplus[i]);
  }
  return 0;
}

Ref<> clear(ThreadState& ts, FrameObject* self) {
  Frame* frame = self->frame;
  if (frame->owner == FrameOwner::Generator) {
    Generator* generator = generatorOf(frame);
    if (generator->frame_state == FrameState::Executing) return raise(ts, kRuntimeError, "cannot clear an executing frame");
    Ref<> keep = Ref<>::share(static_cast<Object*>(generator));
    finalizeGenerator(generator);
  } else if (frame->owner == FrameOwner::Thread) {
    return raise(ts, kRuntimeError, "cannot clear an executing frame");
  } else {
    clearReferences(self);
  }
  return none();
}

Index sizeInBytes(ThreadState&, FrameObject* self) {
  Index words = self->frame->code->localsplus_count + self->frame->code->stack_size;
  return Index(sizeof(FrameObject) + offsetof(Frame, localsplus)) + words * Index(sizeof(Object*));
}

Ref<> repr(ThreadState& ts, FrameObject* self) {
  Ref<Str> address = TRY(formatText(ts, "0x{:x}", reinterpret_cast<uintptr_t>(self)));
  return formatText(ts, "<frame at {}, file {!r}, line {}, code {}>", address, self->frame->code->filename,
                    frameObjectLine(self), self->frame->code->name);
}

Ref<> shareOrNone(Object* o) { return o ? Ref<>::share(o) : none(); }
Ref<> getLocals(ThreadState& ts, FrameObject* self) { return frameObjectLocals(ts, self); }
Ref<> getBack(ThreadState& ts, FrameObject* self) {
  if (self->back) return Ref<>::share(static_cast<Object*>(self->back));
  Frame* caller = self->frame ? completeFrame(self->frame->previous) : nullptr;
  if (!caller) return none();
  FrameObject* back = frameObject(ts, caller);
  return Ref<>::share(static_cast<Object*>(back));
}
Ref<> getGlobals(ThreadState&, FrameObject* self) { return shareOrNone(self->frame->globals); }
Ref<> getBuiltins(ThreadState&, FrameObject* self) { return shareOrNone(self->frame->builtins); }
Ref<> getCode(ThreadState&, FrameObject* self) { return Ref<>::share(static_cast<Object*>(self->frame->code)); }
int getLastInstruction(ThreadState&, FrameObject* self) { return frameLastInstruction(self->frame); }
Ref<> getLine(ThreadState& ts, FrameObject* self) {
  int line = frameObjectLine(self);
  if (line < 0) return none();
  return newInt(ts, line);
}
Ref<> getTrace(ThreadState&, FrameObject* self) { return shareOrNone(self->trace); }
Status setTrace(ThreadState&, FrameObject* self, Object* value) {
  setField(self->trace, Ref<>::share(value && isNone(value) ? nullptr : value));
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("clear", clear, "($self, /)", "F.clear(): drop the references that the frame's variables hold"),
    METHOD_UNSIGNED("__sizeof__", sizeInBytes, "($self, /)", "F.__sizeof__() -> bytes of memory that F takes"),
    {}};
constexpr MemberDef kMembers[] = {
    MEMBER("f_trace_lines", Bool, FrameObject, trace_lines, 0, nullptr),
    MEMBER("f_trace_opcodes", Bool, FrameObject, trace_opcodes, 0, nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {
    GETTER("f_back", getBack, nullptr),
    GETTER("f_locals", getLocals, nullptr),
    GETSET("f_lineno", getLine, setFrameLine, nullptr),
    GETSET("f_trace", getTrace, setTrace, nullptr),
    GETTER("f_lasti", getLastInstruction, nullptr),
    GETTER("f_globals", getGlobals, nullptr),
    GETTER("f_builtins", getBuiltins, nullptr),
    GETTER("f_code", getCode, nullptr),
    {}};

}  // namespace

int frameObjectLine(const FrameObject* f) {
  return f->line_number ? f->line_number : codeLine(f->frame->code, frameLastInstruction(f->frame));
}

constinit Type kFrameType = defineType<FrameObject>({
    .name = "frame",
    .flags = kDisallowInstantiation,
    .methods = kMethods,
    .members = kMembers,
    .getset = kGetSet,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clearReferences>,
    .repr = slot<repr>,
    .getattro = genericGetAttrSlot,
    .setattro = genericSetAttrSlot,
});

}  // namespace habu
