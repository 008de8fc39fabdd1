// The types whose names builtins gives out.
#pragma once
#include "types/bytes.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/function.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/range.h"
#include "types/set.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

extern Type kMemoryViewType C_NAME("PyMemoryView_Type");
extern Type kPropertyType C_NAME("PyProperty_Type");
extern Type kSuperType C_NAME("PySuper_Type");

namespace builtins {

inline Type* const kTypes[] = {
    &kBoolType,    &kMemoryViewType, &kByteArrayType, &kBytesType, &kClassMethodType, &kComplexType, &kDictType,
    &kEnumerateType, &kFilterType,   &kFloatType,     &kFrozenSetType, &kPropertyType, &kIntType,    &kListType,
    &kMapType,     &kObjectType,     &kRangeType,     &kReversedType, &kSetType,      &kSliceType,   &kStaticMethodType,
    &kStrType,     &kSuperType,      &kTupleType,     &kTypeType,  &kZipType,
};

}  // namespace builtins
}  // namespace habu
