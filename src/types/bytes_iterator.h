// Iterators over bytes and bytearray.
#pragma once
#include "object/attribute.h"
#include "object/alloc.h"
#include "object/gc.h"
#include "types/bytes_methods.h"
#include "types/iterators.h"
#include "types/tuple.h"

namespace habu {

struct BytesIterator : Object {
  Index index;
  Object* bytes;  // owned; null once exhausted
};

inline Ref<> newBytesIterator(ThreadState& ts, Type& type, Object* bytes) {
  auto it = TRY(newObject<BytesIterator>(ts, type));
  it->bytes = share(bytes).release();
  track(it.get());
  return it;
}

namespace detail {
inline Name iter_name{"iter"};

template <class B>
struct BytesIteration {
  static void dealloc(BytesIterator* it) {
    untrack(it);
    clearField(it->bytes);
    freeGcObject(it);
  }
  static int traverse(BytesIterator* it, VisitFn visit, void* arg) {
    VISIT(it->bytes);
    return 0;
  }
  static Ref<> self(ThreadState&, Object* o) { return share(o); }
  static Ref<Int> next(ThreadState& ts, BytesIterator* it) {
    if (!it->bytes) return {};
    std::string_view bytes = static_cast<B*>(it->bytes)->view();
    if (size_t(it->index) < bytes.size()) return newInt(ts, uint8_t(bytes[size_t(it->index++)]));
    clearField(it->bytes);
    return {};
  }
  static Index hint(ThreadState&, BytesIterator* it) {
    if (!it->bytes) return 0;
    Index left = static_cast<B*>(it->bytes)->size - it->index;
    return left < 0 ? 0 : left;
  }
  static Ref<> reduce(ThreadState& ts, BytesIterator* it) {
    Ref<> function = TRY(builtinFunction(ts, iter_name));
    if (!it->bytes) {
      Ref<> empty = TRY(newTuple(ts, {}));
      Ref<Tuple> args = TRY(packTuple(ts, {empty.get()}));
      return packTuple(ts, {function.get(), args.get()});
    }
    Ref<Tuple> args = TRY(packTuple(ts, {it->bytes}));
    Ref<Int> index = TRY(newInt(ts, it->index));
    return packTuple(ts, {function.get(), args.get(), reinterpret_cast<Object*>(index.get())});
  }
  static Status setState(ThreadState& ts, BytesIterator* it, Object* state) {
    Index i = TRY(Arg<Index>::from(ts, state, {}));
    if (it->bytes) {
      Index n = static_cast<B*>(it->bytes)->size;
      it->index = i < 0 ? 0 : i > n ? n : i;
    }
    return kDone;
  }
  static constexpr MethodDef kMethods[] = {
      METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "How many bytes are left."),
      METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "State for pickling."),
      METHOD_UNSIGNED("__setstate__", setState, "($self, state, /)", "Restore the state from a pickle."),
      {}};
};
}  // namespace detail

template <class B>
consteval Type bytesIteratorType(const char* name) {
  using I = detail::BytesIteration<B>;
  return defineType<BytesIterator>({.name = name,
                                    .methods = I::kMethods,
                                    .dealloc = slot<I::dealloc>,
                                    .traverse = slot<I::traverse>,
                                    .getattro = genericGetAttrSlot,
                                    .iter = slot<I::self>,
                                    .iternext = slot<I::next>});
}

}  // namespace habu
