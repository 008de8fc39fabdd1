// Tracing and profiling: sys.settrace, sys.setprofile, and the C interface's hooks behind them.
//
// While any thread traces, code is instrumented when it is entered: every slot leads to op_traced, which reports what
// happens and then runs the generic form of the instruction. Untraced programs pay nothing.
#pragma once
#include "bytecode/opcode.h"
#include "object/call.h"
#include "object/thread_state.h"
#include "types/code_runtime.h"
#include "types/frame.h"

namespace habu {

// Null: none. Takes effect for frames entered from now on (tracing) or at the next call (profiling).
Status setTraceFunction(ThreadState&, Object* function);
Status setProfileFunction(ThreadState&, Object* function);
// The hooks of the C interface: `function(object, frame, what, arg)` for each event; null ends it.
enum class TraceEvent : int { Call, Exception, Line, Return, CCall, CException, CReturn, Opcode };
// RuntimeError while one is being set already (the old hook's finaliser runs in between).
Status setTraceHook(ThreadState&, TraceFn function, Object* object);
Status setProfileHook(ThreadState&, TraceFn function, Object* object);

// ---- for the handlers ----
void instrumentForTracing(Code*);
void traceException(ThreadState&, Frame*);      // the pending exception was raised in, or passes through, the frame
void traceUnwind(ThreadState&, Frame*);         // the frame is left by the pending exception
void traceThrow(ThreadState&, Frame*);          // generator.throw() enters the frame
Ref<> tracedCall(ThreadState&, Frame*, Object* callable, Object* const* args, Index positional, Tuple* names);
Ref<> tracedCallEx(ThreadState&, Frame*, Object* callable, Tuple* args, Dict* keywords);

}  // namespace habu
