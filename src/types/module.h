// module: PyModuleObject's private layout.
#pragma once
#include "object/module_def.h"

namespace habu {

struct Module : Object {
  Dict* dict;
  void* def;    // PyModuleDef of extension modules
  void* state;
  Object* weakrefs;
  Str* name;
};
extern Type kModuleType C_NAME("PyModule_Type");
Ref<Module> newModule(ThreadState&, Str* name);
Dict* moduleDict(Module*);
// Installed by the C interface: m_free of extension modules.
extern void (*freeModuleState)(Module*);

}  // namespace habu
