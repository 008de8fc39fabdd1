#include "modules/sys/sys.h"

#include "object/interpreter.h"
#include "object/module_def.h"
#include "types/function.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {

Status populate(ThreadState& ts, Module* m) {
  for (const MethodDef* methods : {sys::kFrameMethods, sys::kHookMethods, sys::kAuditMethods, sys::kSettingMethods})
    TRY(addMethods(ts, m, methods));
  TRY(sys::addHookTypes(ts));
  TRY(sys::addFrameTypes(ts));
  return sys::addConstants(ts, m);
}

}  // namespace

extern const ModuleDef kSysModule;
const ModuleDef kSysModule = {
    .name = "sys", .doc = "Objects that the interpreter uses or maintains, and functions that reach into it.", .populate = populate};

}  // namespace habu
