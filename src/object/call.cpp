#include "object/call.h"

#include <cstring>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

// Arguments gathered into one array: on the native stack when few.
class ArgumentArray {
 public:
  explicit ArgumentArray(ThreadState& ts, size_t n) {
    if (n + 1 <= kInline) data_ = inline_;
    else if (!(data_ = heap_ = static_cast<Object**>(allocate((n + 1) * sizeof(Object*))))) (void)raiseNoMemory(ts);
  }
  ~ArgumentArray() { freeMemory(heap_); }
  ArgumentArray(const ArgumentArray&) = delete;
  bool failed() const { return !data_; }
  Object** data() { return data_ + 1; }  // one free slot in front (kArgumentsOffset)

 private:
  static constexpr size_t kInline = 10;
  Object* inline_[kInline];
  Object** heap_ = nullptr;
  Object** data_ = nullptr;
};

Ref<Dict> keywordDict(ThreadState& ts, Object* const* values, Tuple* names) {
  Ref<Dict> kw = TRY(newDict(ts, names->size));
  for (Index i = 0; i < names->size; ++i) TRY(dictSet(ts, kw.get(), names->items[i], values[i]));
  return kw;
}

// tp_call with a tuple and a dictionary.
[[gnu::noinline]] Ref<> callThroughTuple(ThreadState& ts, Object* callable, Object* const* args, Index n, Tuple* names) {
  TernaryFn f = callable->type->call;
  if (!f) return raise(ts, kTypeError, "'{:.200}' object is not callable", typeName(callable));
  Ref<Tuple> tuple = TRY(newTuple(ts, {args, size_t(n)}));
  Ref<Dict> kw;
  if (names && names->size) kw = TRY(keywordDict(ts, args + n, names));
  RecursionGuard guard(ts, " while calling a Python object");
  if (guard.failed()) return Raised{};
  return checkResult(ts, callable, Ref<>::steal(f(callable, tuple.get(), kw.get())));
}

}  // namespace

VectorcallFn vectorcallOf(const Object* callable) {
  const Type* t = callable->type;
  if (!t->has(kHaveVectorcall)) return nullptr;
  VectorcallFn f;
  std::memcpy(&f, reinterpret_cast<const char*>(callable) + t->vectorcall_offset, sizeof f);
  return f;
}

Ref<> checkResult(ThreadState& ts, Object* callable, Ref<> result) {
  if (bool(result) == !errorSet(ts)) [[likely]]
    return result;
  if (!result) return raise(ts, kSystemError, "{!r} returned NULL without setting an exception", callable);
  result = {};
  PendingError cause = PendingError::take(ts);
  (void)raise(ts, kSystemError, "{!r} returned a result with an exception set", callable);
  chainPending(ts, std::move(cause));
  return Raised{};
}

Ref<> vectorcall(ThreadState& ts, Object* callable, Object* const* args, size_t n, Tuple* names) {
  VectorcallFn f = vectorcallOf(callable);
  if (!f) return callThroughTuple(ts, callable, args, argumentCount(n), names);
  if (RecursionGuard::outOfStack(ts, " while calling a Python object")) [[unlikely]] return {};
  Ref<> result = Ref<>::steal(f(callable, args, n, names));
  return checkResult(ts, callable, std::move(result));
}

Ref<> call(ThreadState& ts, Object* callable, std::initializer_list<Object*> args) {
  Object* array[8] = {};
  size_t n = args.size();
  if (n < 8) {
    std::memcpy(array + 1, args.begin(), n * sizeof(Object*));
    return vectorcall(ts, callable, array + 1, n | kArgumentsOffset);
  }
  return vectorcall(ts, callable, args.begin(), n);
}

Ref<> callSpan(ThreadState& ts, Object* callable, std::span<Object* const> args) {
  return vectorcall(ts, callable, args.data(), args.size());
}

Ref<> callTuple(ThreadState& ts, Object* callable, Tuple* args, Dict* keywords) {
  VectorcallFn f = vectorcallOf(callable);
  if (!f) {
    TernaryFn tp_call = callable->type->call;
    if (!tp_call) return raise(ts, kTypeError, "'{:.200}' object is not callable", typeName(callable));
    RecursionGuard guard(ts, " while calling a Python object");
    if (guard.failed()) return Raised{};
    return checkResult(ts, callable, Ref<>::steal(tp_call(callable, args, keywords)));
  }
  if (!keywords || keywords->used == 0) return vectorcall(ts, callable, args->items, size_t(args->size));
  Index n = args->size;
  ArgumentArray array(ts, size_t(n + keywords->used));
  if (array.failed()) return Raised{};
  Ref<Tuple> names = TRY(newTupleUninitialized(ts, keywords->used));
  Ref<Tuple> values = TRY(newTupleUninitialized(ts, keywords->used));  // keeps them alive whatever happens to the dict
  std::memcpy(array.data(), args->items, size_t(n) * sizeof(Object*));
  DictCursor c(keywords);
  bool strings = true;
  for (Index i = 0; c.next(); ++i) {
    strings &= isStr(c.key);
    put(names.get(), i, Ref<>::share(c.key));
    put(values.get(), i, Ref<>::share(c.value));
    array.data()[n + i] = c.value;
  }
  if (!strings) return raise(ts, kTypeError, "keywords must be strings");
  return vectorcall(ts, callable, array.data(), size_t(n) | kArgumentsOffset, names.get());
}

Ref<> callPrepend(ThreadState& ts, Object* callable, Object* first, Object* const* args, size_t n, Tuple* names) {
  if (n & kArgumentsOffset) {  // the caller lends the slot in front
    auto** slot = const_cast<Object**>(args) - 1;
    Object* kept = std::exchange(*slot, first);
    Ref<> result = vectorcall(ts, callable, slot, size_t(argumentCount(n)) + 1, names);
    *slot = kept;
    return result;
  }
  size_t total = n + size_t(names ? names->size : 0);
  ArgumentArray array(ts, total + 1);
  if (array.failed()) return Raised{};
  array.data()[0] = first;
  if (total) std::memcpy(array.data() + 1, args, total * sizeof(Object*));
  return vectorcall(ts, callable, array.data(), (n + 1) | kArgumentsOffset, names);
}

Ref<> callMethod(ThreadState& ts, Object* o, Str* name, std::initializer_list<Object*> args) {
  MethodLookup m = TRY(getMethod(ts, o, name));
  Object* array[8] = {};
  size_t n = args.size();
  if (n + 2 > 8) {
    if (!m.is_method) return vectorcall(ts, m.function.get(), args.begin(), n);
    return callPrepend(ts, m.function.get(), o, args.begin(), n, nullptr);
  }
  array[1] = o;
  if (n) std::memcpy(array + 2, args.begin(), n * sizeof(Object*));
  if (m.is_method) return vectorcall(ts, m.function.get(), array + 1, (n + 1) | kArgumentsOffset);
  return vectorcall(ts, m.function.get(), array + 2, n | kArgumentsOffset);
}

Found callSpecial(ThreadState& ts, Object* o, Str* name, std::initializer_list<Object*> args) {
  Ref<> function = TRY(lookupSpecial(ts, o, name));
  if (!function) return Ref<>{};
  Ref<> result = TRY(call(ts, function.get(), args));
  return result;
}

bool isCallable(const Object* o) { return o->type->call != nullptr; }

}  // namespace habu
