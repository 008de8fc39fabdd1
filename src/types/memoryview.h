// memoryview: PyMemoryViewObject. Views share one held buffer (a managed buffer), which is given back when the last view
// on it is released.
#pragma once
#include "object/buffer.h"
#include "object/core.h"

namespace habu {

struct ManagedBuffer : Object {  // _PyManagedBufferObject
  int flags;
  Index exports;  // views on it
  Buffer master;
};
struct MemoryView : VarObject {  // PyMemoryViewObject; size: 3 * dimensions
  ManagedBuffer* buffer;  // owned
  Hash hash;
  int flags;
  Index exports;  // buffers that were handed out
  Buffer view;    // its shape, strides and suboffsets are in `array`
  Object* weakrefs;
  Index array[1];
};
enum MemoryFlag : int { kMemoryReleased = 1, kMemoryC = 2, kMemoryFortran = 4, kMemoryScalar = 8, kMemoryIndirect = 16 };
inline constexpr int kMaxDimensions = 64;

extern Type kMemoryViewType C_NAME("PyMemoryView_Type");
extern Type kManagedBufferType C_NAME("_PyManagedBuffer_Type");

Ref<MemoryView> newMemoryView(ThreadState&, Object* bytes_like);
// A view of plain memory, which the caller keeps alive.
Ref<MemoryView> memoryViewOf(ThreadState&, void* memory, Index size, bool readonly);
// Takes over the buffer, which must not have an owner of its own or hands it over (PyMemoryView_FromBuffer).
Ref<MemoryView> memoryViewFromBuffer(ThreadState&, const Buffer&);
// A view of contiguous memory with the same items: `o`'s own, or a copy. `writable`: changes must reach `o`.
Ref<> contiguousMemory(ThreadState&, Object* o, bool writable, char order);

// ---- for the files of the type ----
// "operation forbidden on released memoryview object"
Status checkMemory(ThreadState&, const MemoryView*);
// The native format of one item as a character ('B', 'd'...), 0 when it is none; the size of an item in `size`.
char nativeFormat(const char* format, Index* size = nullptr);
// The same, with NotImplementedError "memoryview: format w not supported".
Result<char> itemFormat(ThreadState&, const Buffer&);
Ref<> unpackItem(ThreadState&, const char* from, char format);
Status packItem(ThreadState&, MemoryView*, char* to, Object* value, char format);
Ref<> memoryCompare(ThreadState&, Object*, Object*, CompareOp);

}  // namespace habu
