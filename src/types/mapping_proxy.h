// types.MappingProxyType: a read-only view of a mapping.
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

extern Type kMappingProxyType C_NAME("PyDictProxy_Type");
Ref<> newMappingProxy(ThreadState&, Object* mapping);  // TypeError unless it is a mapping

}  // namespace habu
