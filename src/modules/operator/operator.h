// Parts shared by the files of the module `_operator`.
#pragma once
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/object_fields.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::operators {

extern Type kItemGetter, kAttrGetter, kMethodCaller;  // getters.cpp

}  // namespace habu::operators
