// The module _heapq: binary heaps in lists. Comparisons may change the list; every one is followed by a check.
#include "object/bind.h"
#include "object/module_def.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/list.h"
#include "types/quick_compare.h"

namespace habu {
namespace {

enum class Order { Min, Max };

Result<bool> lessThan(ThreadState& ts, Object* a, Object* b) {
  Quick less = quickLess(a, b);
  if (less != Quick::Unknown) return less == Quick::Yes;
  return compareBool(ts, a, b, CompareOp::Lt);
}

// Should `a` be above `b`? Fails when the list changed its size meanwhile.
template <Order kOrder>
Result<bool> above(ThreadState& ts, List* heap, Index a, Index b) {
  Index size = heap->size;
  Ref<> x = Ref<>::share(heap->items[a]), y = Ref<>::share(heap->items[b]);
  bool answer = TRY(kOrder == Order::Min ? lessThan(ts, x.get(), y.get()) : lessThan(ts, y.get(), x.get()));
  if (heap->size != size) return raise(ts, kRuntimeError, "list changed size during iteration");
  return answer;
}

// Moves the item at `at` up to its place, no higher than `top`.
template <Order kOrder>
Status siftUp(ThreadState& ts, List* heap, Index top, Index at) {
  if (at >= heap->size) return raise(ts, kIndexError, "index out of range");
  while (at > top) {
    Index parent = (at - 1) >> 1;
    if (!TRY(above<kOrder>(ts, heap, at, parent))) break;
    std::swap(heap->items[at], heap->items[parent]);
    at = parent;
  }
  return kDone;
}

// Moves the item at `at` down to a leaf along the better children, then up again: fewer comparisons, since what is
// put at the top is nearly always a leaf.
template <Order kOrder>
Status siftDown(ThreadState& ts, List* heap, Index at) {
  Index end = heap->size, top = at, first_leaf = end >> 1;
  if (at >= end) return raise(ts, kIndexError, "index out of range");
  while (at < first_leaf) {
    Index child = 2 * at + 1;
    if (child + 1 < end) {
      bool left = kOrder == Order::Min ? TRY(above<kOrder>(ts, heap, child, child + 1))
                                       : !TRY(above<Order::Max>(ts, heap, child + 1, child));
      if (!left) ++child;
    }
    std::swap(heap->items[at], heap->items[child]);
    at = child;
  }
  return siftUp<kOrder>(ts, heap, top, at);
}

template <Order kOrder>
Ref<> popTop(ThreadState& ts, List* heap) {
  if (heap->size == 0) return raise(ts, kIndexError, "index out of range");
  Ref<> last = Ref<>::share(heap->items[heap->size - 1]);
  (void)TRY(setListSlice(ts, heap, heap->size - 1, heap->size, nullptr));
  if (heap->size == 0) return last;
  Ref<> top = Ref<>::steal(std::exchange(heap->items[0], last.release()));
  (void)TRY(siftDown<kOrder>(ts, heap, 0));
  return top;
}

template <Order kOrder>
Ref<> replaceTop(ThreadState& ts, List* heap, Object* item) {
  if (heap->size == 0) return raise(ts, kIndexError, "index out of range");
  Ref<> top = Ref<>::steal(std::exchange(heap->items[0], Ref<>::share(item).release()));
  (void)TRY(siftDown<kOrder>(ts, heap, 0));
  return top;
}

template <Order kOrder>
Status makeHeap(ThreadState& ts, List* heap) {
  for (Index i = (heap->size >> 1) - 1; i >= 0; --i) (void)TRY(siftDown<kOrder>(ts, heap, i));
  return kDone;
}

Status push(ThreadState& ts, Object*, List* heap, Object* item) {
  (void)TRY(appendList(ts, heap, item));
  return siftUp<Order::Min>(ts, heap, 0, heap->size - 1);
}

Ref<> pushPop(ThreadState& ts, Object*, List* heap, Object* item) {
  if (heap->size == 0) return Ref<>::share(item);
  Ref<> top = Ref<>::share(heap->items[0]);
  if (!TRY(lessThan(ts, top.get(), item))) return Ref<>::share(item);
  return replaceTop<Order::Min>(ts, heap, item);
}

Ref<> pop(ThreadState& ts, Object*, List* heap) { return popTop<Order::Min>(ts, heap); }
Ref<> popMax(ThreadState& ts, Object*, List* heap) { return popTop<Order::Max>(ts, heap); }
Ref<> replace(ThreadState& ts, Object*, List* heap, Object* item) { return replaceTop<Order::Min>(ts, heap, item); }
Ref<> replaceMax(ThreadState& ts, Object*, List* heap, Object* item) { return replaceTop<Order::Max>(ts, heap, item); }
Status heapify(ThreadState& ts, Object*, List* heap) { return makeHeap<Order::Min>(ts, heap); }
Status heapifyMax(ThreadState& ts, Object*, List* heap) { return makeHeap<Order::Max>(ts, heap); }

constexpr MethodDef kMethods[] = {
    METHOD_AS("heappush", push, "($module, heap, item, /)", "Push item onto heap, maintaining the heap invariant."),
    METHOD_AS("heappushpop", pushPop, "($module, heap, item, /)",
              "Push item on the heap, then pop and return the smallest item from the heap.\n\nFaster than the two steps one by one."),
    METHOD_AS("heappop", pop, "($module, heap, /)", "Pop the smallest item off the heap, maintaining the heap invariant."),
    METHOD_AS("heapreplace", replace, "($module, heap, item, /)",
              "Pop and return the smallest item, then push the new item.\n\nWhat is returned may be larger than the new item."),
    METHOD(heapify, "($module, heap, /)", "Turn a list into a heap, in place, in linear time."),
    METHOD_AS("_heappop_max", popMax, "($module, heap, /)", "Maxheap variant of heappop."),
    METHOD_AS("_heapify_max", heapifyMax, "($module, heap, /)", "Maxheap variant of heapify."),
    METHOD_AS("_heapreplace_max", replaceMax, "($module, heap, item, /)", "Maxheap variant of heapreplace."),
    {}};

Status populate(ThreadState& ts, Module* m) {
  return addStr(ts, m, "__about__",
                "Heap queues\n\nA heap is a list in which no item is smaller than its parent: heap[k] <= heap[2*k+1] and\n"
                "heap[k] <= heap[2*k+2]. heap[0] is then the smallest item of all.\n");
}

}  // namespace

extern const ModuleDef kHeapqModule = {
    .name = "_heapq", .doc = "Heap queue algorithm (a.k.a. priority queue).", .methods = kMethods, .populate = populate};

}  // namespace habu
