// The inline cache of LOAD_GLOBAL: versions of the keys of both dictionaries, and where the value is.
#pragma once
#include "types/code_runtime.h"
#include "types/dict_keys.h"
#include "types/frame.h"

namespace habu {

struct GlobalCache {  // the five cache slots
  uint32_t unused, counter;
  uint32_t module_version, builtins_version;
  uint64_t offset;  // bytes from the keys table to the value: fixed as long as the keys have this version
  uint64_t spare[2];

  Object* at(DictKeys* keys) const { return *reinterpret_cast<Object**>(reinterpret_cast<char*>(keys) + offset); }
  void point(DictKeys* keys, Index place) {
    offset = uint64_t(reinterpret_cast<char*>(&keys->strEntries()[place].value) - reinterpret_cast<char*>(keys));
  }
};
static_assert(sizeof(GlobalCache) == 5 * sizeof(Instruction));

void specialiseLoadGlobal(Frame*, Instruction* ip);

}  // namespace habu
