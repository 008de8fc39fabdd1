// Interpreter: what all threads of the one interpreter share. PyInterpreterState is opaque in the headers, so the
// layout is ours.
#pragma once
#include "object/object.h"
#include "object/ref.h"

namespace habu {

struct Config;  // object/config.h
struct Dict;
struct Module;
struct Str;

struct Interpreter {
  ThreadState* threads;   // all of them, linked by `next`
  uint64_t next_thread_id;
  Dict* sys_dict;         // owned; sys.__dict__
  Dict* builtins;         // owned; builtins.__dict__
  Dict* modules;          // owned; sys.modules
  Object* importlib;      // owned; the module _frozen_importlib, null before import works
  Object* import_function;  // owned; builtins.__import__ as it was at start: when unchanged, imports take the short way
  const Config* config;
  int optimize;           // -O level
  int int_max_str_digits;
  bool finalizing;
};

extern Interpreter mainInterpreter;

// sys.name, borrowed; null when absent.
Object* sysGet(Str* name);

}  // namespace habu
