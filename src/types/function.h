// Callables: Python functions, bound methods, built-in functions, cells, staticmethod and classmethod.
#pragma once
#include "object/call.h"

namespace habu {

struct Code;
struct Module;

struct Function : Object {  // PyFunctionObject
  Dict* globals;
  Object* builtins;  // a dict as a rule
  Object* name;
  Object* qualname;
  Code* code;
  Tuple* defaults;    // nullable
  Dict* kwdefaults;   // nullable
  Tuple* closure;     // nullable; cells
  Object* doc;
  Dict* dict;
  Object* weakrefs;
  Object* module;
  Object* annotations;  // a dict; or a flat tuple (name, value, ...) until somebody asks; nullable
  VectorcallFn vectorcall;
  uint32_t version;     // 0: none; changes with code, defaults, kwdefaults (watched by caches)
};
extern Type kFunctionType C_NAME("PyFunction_Type");
Ref<Function> newFunction(ThreadState&, Code*, Dict* globals, Object* qualname /* nullable */);
// The interpreter's entry for calls of Python functions from C++; installed once by interp.
extern VectorcallFn functionVectorcall;

struct Method : Object {  // PyMethodObject: a bound method
  Object* function;
  Object* self;
  Object* weakrefs;
  VectorcallFn vectorcall;
};
extern Type kMethodType C_NAME("PyMethod_Type");
Ref<> newMethod(ThreadState&, Object* function, Object* self);
extern Type kInstanceMethodType C_NAME("PyInstanceMethod_Type");
Ref<> newInstanceMethod(ThreadState&, Object* function);

struct BuiltinFunction : Object {  // PyCFunctionObject
  const MethodDef* def;
  Object* self;    // nullable
  Object* module;  // nullable; its name
  Object* weakrefs;
  VectorcallFn vectorcall;
};
struct BuiltinMethod : BuiltinFunction {  // PyCMethodObject: kMethMethod
  Type* defining_class;
};
extern Type kBuiltinFunctionType C_NAME("PyCFunction_Type");
extern Type kBuiltinMethodType C_NAME("PyCMethod_Type");
Ref<> newBuiltinFunction(ThreadState&, const MethodDef*, Object* self, Object* module, Type* defining_class = nullptr);

struct Cell : Object {
  Object* value;  // null: empty
};
extern Type kCellType C_NAME("PyCell_Type");
Ref<Cell> newCell(ThreadState&, Object* value);

extern Type kStaticMethodType C_NAME("PyStaticMethod_Type");
extern Type kClassMethodType C_NAME("PyClassMethod_Type");
Ref<> newStaticMethod(ThreadState&, Object* callable);
Ref<> newClassMethod(ThreadState&, Object* callable);

}  // namespace habu
