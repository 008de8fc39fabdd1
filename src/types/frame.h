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
struct Instruction;  // interp/instruction.h

enum class FrameOwner : uint8_t { Thread = 0, Generator = 1, FrameObject = 2 };

struct Frame {
  Function* function;  // owned
  Dict* globals;       // borrowed from function
  Object* builtins;    // borrowed from function
  Object* locals;      // owned; null for optimised code until f_locals is asked for
  Code* code;          // owned
  FrameObject* object; // owned; null until asked for
  Frame* previous;     // the caller
  const Instruction* ip;  // the instruction last started (null: not started); set whenever Python code can look
  int stack_top;          // entries in use of localsplus (locals and stack), valid while the frame is not running
  bool is_entry;          // returning from it leaves the C++ evaluation loop
  FrameOwner owner;
  Object* localsplus[1];  // owned, nullable

  Object** locals_begin() { return localsplus; }
  Object** stackBase() { return localsplus + code->localsplus_count; }
};

struct FrameObject : Object {
  FrameObject* back;  // owned; valid once the frame has ended
  Frame* frame;
  Object* trace;      // owned; f_trace
  int line_number;    // 0 unless being traced: then set by the tracer
  char trace_lines, trace_opcodes, fast_as_locals;
  Frame* own_frame;   // where the Frame lives after its activation ended; null before
};
extern Type kFrameType C_NAME("PyFrame_Type");

// The Python-visible object; made on demand. Raises MemoryError.
FrameObject* frameObject(ThreadState&, Frame*);
// Byte offset into co_code of the instruction last started, -1 before the first (interp knows the stream).
int frameLastInstruction(const Frame*);
int frameLine(const Frame*);
// f_locals: fast locals copied into the mapping.
Ref<> frameLocals(ThreadState&, Frame*);
Status frameLocalsToFast(ThreadState&, Frame*, bool clear);

struct Traceback : Object {  // PyTracebackObject
  Traceback* next;
  FrameObject* frame;
  int last_instruction;  // byte offset
  int line;
};
extern Type kTracebackType C_NAME("PyTraceBack_Type");
// Puts an entry for `frame` in front of the pending exception's traceback.
Status addTraceback(ThreadState&, Frame*);

// Generators embed their frame (PyGenObject).
enum class FrameState : int8_t { Created = -2, Suspended = -1, Executing = 0, Completed = 1, Cleared = 4 };
struct Generator : Object {
  Code* code;
  Object* weakrefs;
  Str* name;
  Str* qualname;
  struct { Object* value; void* previous; } exception_state;  // ExceptionStackItem
  Object* origin_or_finalizer;
  char hooks_inited, closed, running_async;
  FrameState frame_state;
  Object* iframe[1];
  Frame* frame() { return reinterpret_cast<Frame*>(iframe); }
};
extern Type kGeneratorType C_NAME("PyGen_Type");
extern Type kCoroutineType C_NAME("PyCoro_Type");
extern Type kAsyncGeneratorType C_NAME("PyAsyncGen_Type");
Ref<> newAnextAwaitable(ThreadState&, Object* awaitable, Object* fallback);  // anext(it, default)

}  // namespace habu
