// Frame: one activation of a code object, on the thread's data stack or inside a generator. Locals, cells and the
// evaluation stack lie contiguously, so that a call's arguments become the callee's locals in place.
//
//   Frame | local 0 ... | cells, free variables | evaluation stack ... (stack_size of the code)
//           ^ locals()                            ^ stackBase()
//
// FrameObject is what Python sees (sys._getframe, tracebacks): made only when asked for, it takes the Frame over when
// the activation ends first.
#pragma once
#include "object/core.h"
#include "types/code.h"

namespace habu {

struct Function;
struct FrameObject;
union Instruction;  // types/code_runtime.h

enum class FrameOwner : uint8_t { Thread = 0, Generator = 1, FrameObject = 2 };
// What happens with the result of an activation.
enum class ReturnTo : uint8_t {
  Caller,   // pushed on the caller's stack, which goes on behind its `ip`
  Native,   // handed to the C++ function that started the evaluation loop
  ForIter,  // a generator run by the caller's FOR_ITER
  Send,     // a generator or coroutine run by the caller's SEND
  Init,     // __init__ run by the call of a class: must be None; the new instance is on the caller's stack
};

struct Frame {
  Function* function;  // owned
  Dict* globals;       // borrowed from function
  Object* builtins;    // borrowed from function
  Object* locals;      // owned; null for optimised code until f_locals is asked for
  Code* code;          // owned
  FrameObject* object; // owned; null until asked for
  Frame* previous;     // the caller
  // The slot last started, whenever Python code can look; behind a call its last cache slot. Before the first
  // instruction slots[-1]; null in frames made without a private stream (by extension modules).
  Instruction* ip;
  int stack_top;          // entries in use of localsplus (locals and stack); -1 while the frame is running
  ReturnTo return_to;
  FrameOwner owner;
#ifdef HABU_CHECKED
  Object** checked_sp;    // at the start of the running instruction: handlers must move it as opcodes.def says
#endif
  Object* localsplus[1];  // owned, nullable

  Object** stackBase() { return localsplus + code->localsplus_count; }
};

struct FrameObject : Object {
  FrameObject* back;  // owned; valid once the frame has ended
  Frame* frame;
  Object* trace;      // owned; f_trace
  int line_number;    // 0 unless being traced: then set by the tracer
  char trace_lines, trace_opcodes, fast_as_locals;
  Frame* own_frame;   // where the Frame lives after its activation ended; null before; owned
};
extern Type kFrameType C_NAME("PyFrame_Type");

// The Python-visible object; made on demand. Raises MemoryError.
FrameObject* frameObject(ThreadState&, Frame*);
// Byte offset into co_code of the instruction last started, -1 before the first.
int frameLastInstruction(const Frame*);
int frameLine(const Frame*);  // -1: none
// Not yet at its first RESUME: making cells or its generator. Such frames do not show.
bool frameIncomplete(const Frame*);
// The next frame that shows: this one or one of its callers.
Frame* completeFrame(Frame*);
// Drops everything an ended activation holds. When its FrameObject is still referenced elsewhere, that takes it over.
// The frame must be unlinked from the thread already.
void clearFrame(Frame*);
int traverseFrame(Frame*, VisitFn visit, void* arg);
// A FrameObject that never ran, as extension modules make them to put into tracebacks.
Ref<FrameObject> newFrameObject(ThreadState&, Code*, Dict* globals, Object* locals);
// f_locals: fast locals copied into the mapping.
Ref<> frameLocals(ThreadState&, Frame*);
Status frameLocalsToFast(ThreadState&, Frame*, bool clear);

// The same for a FrameObject: what tracing writes back after the hook has run.
Ref<> frameObjectLocals(ThreadState&, FrameObject*);
void storeFrameObjectLocals(ThreadState&, FrameObject*, bool clear);
int frameObjectLine(const FrameObject*);  // f_lineno; -1: none

struct Traceback : Object {  // PyTracebackObject
  Traceback* next;
  FrameObject* frame;
  int last_instruction;  // byte offset
  int line;
};
extern Type kTracebackType C_NAME("PyTraceBack_Type");
// Puts an entry for `frame` in front of the pending exception's traceback.
Status addTraceback(ThreadState&, Frame*);
Ref<Traceback> newTraceback(ThreadState&, Traceback* next, FrameObject*, int last_instruction, int line);

}  // namespace habu
