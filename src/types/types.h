// Declarations of every type that types.def lists. (Those with a C name must come from their own header.)
#pragma once
#include "object/raise.h"
#include "types/bytes.h"
#include "types/capsule.h"
#include "types/code.h"
#include "types/code_object.h"
#include "types/context.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/frame.h"
#include "types/function.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/mapping_proxy.h"
#include "types/memoryview.h"
#include "types/module.h"
#include "types/namespace.h"
#include "types/ordered_dict.h"
#include "types/range.h"
#include "types/set.h"
#include "types/singletons.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_parameters.h"
#include "types/union_type.h"
#include "types/weakref.h"

namespace habu {
#define TYPE(type) extern Type type;
#include "types/types.def"
#undef TYPE
}  // namespace habu
