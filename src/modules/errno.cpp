// The module `errno`: error numbers by name, and names by number.
#include <errno.h>

#include "object/module_def.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {
namespace {

struct ErrorNumber {
  const char* name;
  int value;
};
#define X(name) {#name, name},
constexpr ErrorNumber kErrors[] = {
#include "modules/errno.inc"
};
#undef X

Status populate(ThreadState& ts, Module* m) {
  Ref<Dict> names = TRY(newDict(ts));
  for (const ErrorNumber& e : kErrors) {
    TRY(addInt(ts, m, e.name, e.value));
    Ref<Int> number = TRY(newInt(ts, e.value));
    Ref<Str> name = TRY(internedStr(ts, e.name));
    TRY(dictSet(ts, names.get(), number.get(), name.get()));
  }
  return addObject(ts, m, "errorcode", std::move(names));
}

}  // namespace

extern const ModuleDef kErrnoModule = {
    .name = "errno",
    .doc = "The system's error numbers by their names; errorcode has the names by number.",
    .populate = populate};

}  // namespace habu
