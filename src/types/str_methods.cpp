#include "types/str_methods.h"

#include "object/alloc.h"
#include "object/protocol.h"

namespace habu {

constinit const MethodDef kStrMethods[] = {{}};

}  // namespace habu
