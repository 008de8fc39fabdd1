// _contextvars.
#include "object/bind.h"
#include "object/module_def.h"
#include "types/context.h"
#include "types/dict.h"
#include "types/module.h"

namespace habu {

namespace {

Ref<> copy_context(ThreadState& ts, Module*) { return copyCurrentContext(ts); }

constexpr MethodDef kMethods[] = {METHOD(copy_context, "($module, /)", "A copy of the current context."), {}};

Status populate(ThreadState& ts, Module* m) {
  TRY(addType(ts, m, kContextType));
  TRY(addType(ts, m, kContextVarType));
  TRY(addType(ts, m, kTokenType));
  TRY(readyType(ts, kTokenMissingType));
  return dictSetAscii(ts, kTokenType.dict, "MISSING", Ref<>::share(kTokenMissing));
}

}  // namespace

extern const ModuleDef kContextVarsModule = {
    .name = "_contextvars", .doc = "Context variables", .methods = kMethods, .populate = populate};

}  // namespace habu
