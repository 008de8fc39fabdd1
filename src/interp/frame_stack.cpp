#include "interp/frame_stack.h"

#include <sys/mman.h>

#include "interp/ops.h"
#include "object/raise.h"

namespace habu {

namespace {
constexpr size_t kChunkBytes = 16 * 1024;

StackChunk* newChunk(size_t bytes, StackChunk* previous) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  auto* chunk = static_cast<StackChunk*>(memory);
  chunk->previous = previous;
  chunk->size = bytes;
  chunk->top = 0;
  return chunk;
}
}  // namespace

Frame* allocateFrameSlow(ThreadState& ts, size_t words) {
  size_t bytes = kChunkBytes;
  while (bytes < (words + 8) * sizeof(Object*) + sizeof(StackChunk)) bytes *= 2;
  // A deep recursion should not need a system call per handful of frames.
  if (ts.datastack_chunk && bytes < ts.datastack_chunk->size * 2 && ts.datastack_chunk->size < (1u << 20))
    bytes = ts.datastack_chunk->size * 2;
  StackChunk* chunk = newChunk(bytes, ts.datastack_chunk);
  if (!chunk) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  if (ts.datastack_chunk) ts.datastack_chunk->top = size_t(ts.datastack_top - &ts.datastack_chunk->data[0]);
  ts.datastack_chunk = chunk;
  ts.datastack_limit = reinterpret_cast<Object**>(reinterpret_cast<char*>(chunk) + bytes);
  ts.datastack_top = &chunk->data[0] + words;
  return reinterpret_cast<Frame*>(&chunk->data[0]);
}

void releaseChunk(ThreadState& ts) {
  StackChunk* chunk = ts.datastack_chunk;
  StackChunk* previous = chunk->previous;
  ts.datastack_chunk = previous;
  ts.datastack_top = &previous->data[0] + previous->top;
  ts.datastack_limit = reinterpret_cast<Object**>(reinterpret_cast<char*>(previous) + previous->size);
  munmap(chunk, chunk->size);
}

void freeDataStack(ThreadState& ts) {
  for (StackChunk* chunk = ts.datastack_chunk; chunk;) {
    StackChunk* previous = chunk->previous;
    munmap(chunk, chunk->size);
    chunk = previous;
  }
  ts.datastack_chunk = nullptr;
  ts.datastack_top = ts.datastack_limit = nullptr;
}

Frame* pushCallSlow(ThreadState& ts, Function* function, Object* locals, Object** args, Index positional, Tuple* names) {
  Ref<Function> owned = Ref<Function>::steal(function);
  Code* code = function->code;
  Frame* frame = nullptr;
  if (code->runtime || prepareCode(ts, code)) frame = allocateFrame(ts, frameWords(code));
  if (!frame) {
    Index total = positional + (names ? names->size : 0);
    for (Index i = 0; i < total; ++i) Ref<> gone = Ref<>::steal(args[i]);
    return nullptr;
  }
  initFrame(frame, owned.release(), locals, code);
  for (Index i = 0; i < code->localsplus_count; ++i) frame->localsplus[i] = nullptr;
  if (bindArguments(ts, function, frame->localsplus, args, positional, names)) return frame;
  clearFrame(frame);
  releaseFrame(ts, frame);
  return nullptr;
}

}  // namespace habu
