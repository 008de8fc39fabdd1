// _typing: what the typing module wants in C.
#include "object/bind.h"
#include "object/module_def.h"
#include "types/module.h"

namespace habu {

namespace {

Ref<> _idfunc(ThreadState&, Module*, Object* x) { return Ref<>::share(x); }

constexpr MethodDef kMethods[] = {METHOD(_idfunc, "($module, x, /)", ""), {}};

}  // namespace

extern const ModuleDef kTypingModule = {.name = "_typing", .doc = "Helpers of the typing module.", .methods = kMethods};

}  // namespace habu
