// Running code objects from C++, and what the running frame can tell.
#pragma once
#include "object/bind.h"

namespace habu {

struct Code;
struct Frame;
struct Function;

// Runs `code` in fresh frame with these namespaces: exec(), eval(), module bodies. `locals` null: the globals.
// `closure`: the cells of its free variables, null when it has none. Adds __builtins__ to globals when missing.
Ref<> evalCode(ThreadState&, Code*, Dict* globals, Object* locals = nullptr, Tuple* closure = nullptr);

// Runs the body of `function`, which takes no arguments, with `locals` as its namespace: class bodies.
Ref<> runFunctionIn(ThreadState&, Function*, Object* locals);

Frame* currentFrame(const ThreadState&);         // innermost Python frame; null: none
Dict* currentGlobals(const ThreadState&);        // borrowed; null without a frame
Object* currentBuiltins(ThreadState&);           // borrowed; the interpreter's builtins without a frame
Ref<> currentLocals(ThreadState&);               // SystemError "frame does not exist" without a frame

// builtins.__build_class__(func, name, /, *bases, [metaclass], **kwds)
Ref<> buildClass(ThreadState&, Args);

}  // namespace habu
