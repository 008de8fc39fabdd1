// The types of None, NotImplemented and Ellipsis (the objects: object/core.h).
#pragma once
#include "object/type.h"

namespace habu {

extern Type kNoneType C_NAME("_PyNone_Type");
extern Type kNotImplementedType C_NAME("_PyNotImplemented_Type");
extern Type kEllipsisType C_NAME("PyEllipsis_Type");

}  // namespace habu
