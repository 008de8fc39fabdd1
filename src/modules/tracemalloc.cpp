// The module `_tracemalloc`: where memory was allocated. While tracing, every block of the object allocator is known
// with its size and the Python frames that were running.
#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "interp/eval.h"
#include "object/alloc.h"
#include "object/bind.h"
#include "object/module_def.h"
#include "object/thread_state.h"
#include "types/code.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {
namespace {

constexpr int kMaxFrames = 65535;

struct Place {
  Str* file;  // owned by `files`
  int line;
  bool operator==(const Place&) const = default;
};
struct Stack {
  std::vector<Place> places;  // innermost first, at most the limit
  int total;                  // frames there were
  bool operator==(const Stack&) const = default;
};
struct StackHash {
  size_t operator()(const Stack& s) const {
    size_t h = size_t(s.total);
    for (const Place& p : s.places) h = (h ^ reinterpret_cast<size_t>(p.file) ^ size_t(p.line)) * 0x9E3779B97F4A7C15u;
    return h;
  }
};
struct Trace {
  size_t size;
  const Stack* stack;  // lives in `stacks`
};

// All of it is memory of the C++ library: the tracer does not trace itself.
struct Tracer {
  int limit = 1;
  bool busy = false;  // making a trace may allocate
  size_t now = 0, peak = 0;
  std::unordered_map<void*, Trace> traces;
  std::unordered_set<Stack, StackHash> stacks;
  std::unordered_set<Str*> files;
};
Tracer* tracer;  // null: not tracing
int frame_limit = 1;

const Stack* currentStack() {
  Stack stack{{}, 0};
  ThreadState* ts = ThreadState::currentOrNull();
  for (Frame* f = ts ? currentFrame(*ts) : nullptr; f; f = f->previous) {
    ++stack.total;
    if (int(stack.places.size()) == tracer->limit) continue;
    Str* file = f->code->filename;
    if (tracer->files.insert(file).second) incref(file);
    stack.places.push_back({file, frameLine(f)});
  }
  return &*tracer->stacks.insert(std::move(stack)).first;
}

void forget(void* block) {
  auto found = tracer->traces.find(block);
  if (found == tracer->traces.end()) return;
  tracer->now -= found->second.size;
  tracer->traces.erase(found);
}

void allocated(void* block, size_t bytes) {
  if (tracer->busy) return;
  tracer->busy = true;
  forget(block);
  tracer->traces.emplace(block, Trace{bytes, currentStack()});
  tracer->now += bytes;
  tracer->peak = std::max(tracer->peak, tracer->now);
  tracer->busy = false;
}
void freed(void* block) {
  if (!tracer->busy) forget(block);
}
AllocationTracer hooks{allocated, freed};

void clearAll() {
  tracer->traces.clear();
  tracer->stacks.clear();
  auto files = std::move(tracer->files);
  tracer->files.clear();
  tracer->now = tracer->peak = 0;
  for (Str* file : files) decref(file);
}

// Suspends tracing while results are made of the tables.
class [[nodiscard]] Paused {
 public:
  Paused() : was_(tracer->busy) { tracer->busy = true; }
  ~Paused() { tracer->busy = was_; }
  Paused(const Paused&) = delete;

 private:
  bool was_;
};

// ((file, line), ...)
Ref<> stackObject(ThreadState& ts, const Stack& stack) {
  if (stack.places.empty()) {
    Ref<Str> unknown = TRY(newStr(ts, "<unknown>"));
    Ref<Int> zero = TRY(newInt(ts, 0));
    Ref<Tuple> place = TRY(packTuple(ts, {unknown.get(), zero.get()}));
    return packTuple(ts, {place.get()});
  }
  Ref<Tuple> out = TRY(newTupleUninitialized(ts, Index(stack.places.size())));
  Index i = 0;
  for (const Place& p : stack.places) {
    Ref<Int> line = TRY(newInt(ts, p.line));
    put(out.get(), i++, TRY(packTuple(ts, {p.file, line.get()})));
  }
  return out;
}

bool isTracing(ThreadState&, Module*) { return tracer != nullptr; }

Status start(ThreadState& ts, Module*, std::optional<int> frames) {
  int wanted = frames.value_or(1);
  if (wanted < 1 || wanted > kMaxFrames)
    return raise(ts, kValueError, "the number of frames must be in range [1; {}]", kMaxFrames);
  if (tracer) return kDone;
  tracer = new Tracer;
  tracer->limit = frame_limit = wanted;
  allocationTracer = &hooks;
  return kDone;
}

Status stop(ThreadState&, Module*) {
  if (!tracer) return kDone;
  allocationTracer = nullptr;
  clearAll();
  delete tracer;
  tracer = nullptr;
  return kDone;
}

Status clearTraces(ThreadState&, Module*) {
  if (tracer) {
    Paused paused;
    clearAll();
  }
  return kDone;
}

// [(domain, size, stack, frames)]
Ref<> getTraces(ThreadState& ts, Module*) {
  Ref<List> list = TRY(newList(ts));
  if (!tracer) return list;
  Paused paused;
  std::unordered_map<const Stack*, Ref<>> made;
  Ref<Int> domain = TRY(newInt(ts, 0));
  for (auto& [block, trace] : tracer->traces) {
    Ref<>& stack = made[trace.stack];
    if (!stack) stack = TRY(stackObject(ts, *trace.stack));
    Ref<Int> size = TRY(newIntUnsigned(ts, trace.size)), total = TRY(newInt(ts, trace.stack->total));
    TRY(appendList(ts, list.get(), Ref<>(TRY(packTuple(ts, {domain.get(), size.get(), stack.get(), total.get()})))));
  }
  return list;
}

Ref<> getObjectTraceback(ThreadState& ts, Module*, Object* o) {
  if (!tracer) return none();
  auto found = tracer->traces.find(blockOf(o));
  if (found == tracer->traces.end()) return none();
  Stack copy = *found->second.stack;
  return stackObject(ts, copy);
}

int tracebackLimit(ThreadState&, Module*) { return frame_limit; }

Ref<> tracedMemory(ThreadState& ts, Module*) {
  Ref<Int> now = TRY(newIntUnsigned(ts, tracer ? tracer->now : 0)), peak = TRY(newIntUnsigned(ts, tracer ? tracer->peak : 0));
  return packTuple(ts, {now.get(), peak.get()});
}

size_t ownMemory(ThreadState&, Module*) {
  if (!tracer) return 0;
  size_t bytes = tracer->traces.bucket_count() * sizeof(void*) + tracer->traces.size() * (sizeof(Trace) + 3 * sizeof(void*));
  for (const Stack& s : tracer->stacks) bytes += sizeof(Stack) + 2 * sizeof(void*) + s.places.capacity() * sizeof(Place);
  return bytes + tracer->files.size() * 3 * sizeof(void*);
}

Status resetPeak(ThreadState&, Module*) {
  if (tracer) tracer->peak = tracer->now;
  return kDone;
}

constexpr MethodDef kMethods[] = {
    METHOD_AS("is_tracing", isTracing, "($module, /)", "Whether allocations are being traced."),
    METHOD_AS("clear_traces", clearTraces, "($module, /)", "Forgets the traces collected so far."),
    METHOD_AS("_get_traces", getTraces, "($module, /)", "The traces: a list of (domain, size, places, number of frames)."),
    METHOD_AS("_get_object_traceback", getObjectTraceback, "($module, obj, /)", "Where an object was allocated, or None if that is not known."),
    METHOD(start, "($module, nframe=1, /)", "Begins to trace allocations, keeping so many frames of each."),
    METHOD(stop, "($module, /)", "Ends tracing and forgets the traces."),
    METHOD_AS("get_traceback_limit", tracebackLimit, "($module, /)", "How many frames are kept of each allocation."),
    METHOD_AS("get_tracemalloc_memory", ownMemory, "($module, /)", "Bytes that tracing itself takes."),
    METHOD_AS("get_traced_memory", tracedMemory, "($module, /)", "Bytes of traced blocks: (now, most so far)."),
    METHOD_AS("reset_peak", resetPeak, "($module, /)", "Sets the most so far to what it is now."),
    {}};

}  // namespace

extern const ModuleDef kTracemallocModule = {.name = "_tracemalloc", .doc = "Where memory was allocated; programs use the module tracemalloc.", .methods = kMethods};

}  // namespace habu
