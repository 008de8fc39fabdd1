// The methods of memoryview, for its type.
#pragma once
#include "types/memoryview.h"

namespace habu {

extern const MethodDef kMemoryMethods[];
extern const GetSetDef kMemoryGetSet[];
Ref<> castMemory(ThreadState&, MemoryView*, Str* format, Object* shape /* nullable */);
Ref<> readonlyMemory(ThreadState&, MemoryView*);
Status releaseMemory(ThreadState&, MemoryView*);

}  // namespace habu
