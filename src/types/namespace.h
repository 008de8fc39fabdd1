// types.SimpleNamespace.
#pragma once
#include "object/core.h"

namespace habu {

extern Type kNamespaceType C_NAME("_PyNamespace_Type");
Ref<> newNamespace(ThreadState&, Dict* attributes);  // copies; null: empty

}  // namespace habu
