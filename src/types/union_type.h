// types.UnionType: `int | str` (PEP 604).
#pragma once
#include "object/core.h"

namespace habu {

extern Type kUnionType C_NAME("_PyUnion_Type");
Ref<> unionOf(ThreadState&, Object*, Object*);  // the | of types; NotImplemented where it does not apply
Tuple* unionMembers(const Object* a_union);  // borrowed
inline bool isUnion(const Object* o) { return isExact(o, kUnionType); }

}  // namespace habu
