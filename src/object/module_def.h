// How a built-in module is declared; src/modules/modules.def lists them (the only registry).
//
//   // modules/math.cpp
//   constexpr MethodDef kMethods[] = {METHOD(sqrt, "($module, x, /)", "Square root of x."), {}};
//   Status populate(ThreadState& ts, Module* m) { return addObject(ts, m, "pi", TRY(newFloat(ts, M_PI))); }
//   extern const ModuleDef kMathModule = {.name = "math", .doc = "...", .methods = kMethods, .populate = populate};
//   // modules/modules.def
//   MODULE(math, kMathModule)
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Module;

struct ModuleDef {
  const char* name;
  const char* doc = nullptr;
  const MethodDef* methods = nullptr;
  Status (*populate)(ThreadState&, Module*) = nullptr;  // adds constants and types
};

// types/module.cpp
Ref<Module> makeModule(ThreadState&, const ModuleDef&);
// Adds a further table of functions, for modules made of several files.
Status addMethods(ThreadState&, Module*, const MethodDef*);
Status addObject(ThreadState&, Module*, const char* name, Ref<> value);
Status addInt(ThreadState&, Module*, const char* name, long long value);
Status addStr(ThreadState&, Module*, const char* name, const char* value);
// Makes the type ready and adds it under its last name component.
Status addType(ThreadState&, Module*, Type&);

// types/type_ready.cpp: inherits slots, builds the dictionary. Called by startup for types/types.def.
Status readyType(ThreadState&, Type&);

}  // namespace habu
