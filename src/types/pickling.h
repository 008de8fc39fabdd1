// object.__reduce_ex__ and friends: how instances tell pickle and copy to rebuild them (PEP 307, protocol 2 and up).
#pragma once
#include "object/result.h"

namespace habu {

Ref<> objectReduceEx(ThreadState&, Object* self, int protocol);
Ref<> objectReduce(ThreadState&, Object* self);
Ref<> objectGetState(ThreadState&, Object* self);

}  // namespace habu
