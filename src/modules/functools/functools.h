// Parts shared by the files of the module `_functools`.
#pragma once
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/object_fields.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::functools {

extern Type kPartial;                      // partial.cpp
extern Type kLruCache, kLruLink;           // lru_cache.cpp
extern Type kKeyWrapper;                   // module.cpp

}  // namespace habu::functools
