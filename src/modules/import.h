// The import system's C++ half: the fast path through sys.modules; everything else is importlib's Python code.
#pragma once
#include "object/core.h"

namespace habu {

// What IMPORT_NAME and __import__ do. `name` must be a str, `globals` a dict where level > 0; from_list may be null.
Ref<> importModuleLevel(ThreadState&, Object* name, Object* globals, Object* from_list, int level);
// import a.b.c and give c.
Ref<> importModule(ThreadState&, std::string_view absolute_name);
Ref<> importModule(ThreadState&, Str* absolute_name);
// sys.modules[name]; absent: empty.
Found importedModule(ThreadState&, Str* name);
// A module of modules.def, made new (its body runs in exec_builtin's place: populate). Absent: empty.
Found createBuiltinModule(ThreadState&, std::string_view name);
// Runs a module that is frozen into the program, entering it in sys.modules first. Absent: empty. (modules/imp.cpp)
Found importFrozenModule(ThreadState&, std::string_view name);
bool isBuiltinModule(std::string_view name);

}  // namespace habu
