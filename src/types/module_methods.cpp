// Functions of modules that are made of several files.
#include "types/function.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

Status addMethods(ThreadState& ts, Module* m, const MethodDef* methods) {
  for (const MethodDef* d = methods; d->name; ++d)
    TRY(addObject(ts, m, d->name, TRY(newBuiltinFunction(ts, d, m, m->name))));
  return kDone;
}

}  // namespace habu
