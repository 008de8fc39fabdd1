// Iteration and unpacking.
#include "interp/ops.h"
#include "interp/specialise.h"
#include "interp/tracing.h"
#include "object/call.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/range.h"

namespace habu {

HANDLER(GET_ITER) {
  frame->ip = ip;
  Object* iterator = owned(iterOf(ts, sp[-1]));
  if (!iterator) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(iterator));
  NEXT(GET_ITER);
}

namespace {
// The form of FOR_ITER for this iterator; FOR_ITER itself when there is none.
Op iterationForm(const Object* iterator) {
  if (isExact(iterator, kRangeIteratorType)) return Op::FOR_ITER_RANGE;
  if (isExact(iterator, kListIteratorType)) return Op::FOR_ITER_LIST;
  if (isExact(iterator, kTupleIteratorType)) return Op::FOR_ITER_TUPLE;
  if (isGenerator(iterator)) return Op::FOR_ITER_GENERATOR;
  return Op::FOR_ITER;
}
// After an empty answer of tp_iternext: false when an exception other than StopIteration is set.
[[gnu::noinline]] bool exhausted(ThreadState& ts, Frame* frame) {
  if (!errorSet(ts)) return true;
  if (!errorMatches(ts, kStopIteration)) return false;
  if (ts.trace_function) traceException(ts, frame);
  clearError(ts);
  return true;
}
}  // namespace

HANDLER(FOR_ITER) {
  frame->ip = ip;
  Object* iterator = sp[-1];
  CodeRuntime* runtime = frame->code->runtime;
  if (!runtime->traced) {
    Op form = iterationForm(iterator);
    // A finished or running generator takes the plain way.
    bool generator_busy = form == Op::FOR_ITER_GENERATOR &&
                          static_cast<Generator*>(iterator)->frame_state >= FrameState::Executing;
    if (form != Op::FOR_ITER && !generator_busy && ip->handler != handlerOffset(form)) {
      rewrite(frame, ip, form);
      DISPATCH();
    }
  }
  UnaryFn next = iterator->type->iternext;
  if (!next) [[unlikely]] {
    (void)raise(ts, kTypeError, "'{:.100}' object is not an iterator", typeName(iterator));
    FAIL();
  }
  Object* value = next(iterator);
  if (value) [[likely]] {
    *sp++ = value;
    NEXT(FOR_ITER);
  }
  if (!exhausted(ts, frame)) [[unlikely]] FAIL();
  drop(sp);
  JUMP_FORWARD_BY(FOR_ITER);
}

HANDLER(FOR_ITER_RANGE) {
  if (!isExact(sp[-1], kRangeIteratorType)) [[unlikely]]
    GO(FOR_ITER);
  frame->ip = ip;
  long value;
  if (nextOfRange(static_cast<RangeIterator*>(sp[-1]), value)) [[likely]] {
    PUSH_OR_FAIL(newInt(ts, value));
    NEXT(FOR_ITER);
  }
  drop(sp);
  JUMP_FORWARD_BY(FOR_ITER);
}

HANDLER(FOR_ITER_LIST) {
  if (!isExact(sp[-1], kListIteratorType)) [[unlikely]]
    GO(FOR_ITER);
  frame->ip = ip;
  auto* it = static_cast<SequenceIterator*>(sp[-1]);
  if (List* list = static_cast<List*>(it->sequence)) [[likely]] {
    if (it->index < list->size) [[likely]] {
      pushShared(sp, list->items[it->index++]);
      NEXT(FOR_ITER);
    }
    clearField(it->sequence);
  }
  drop(sp);
  JUMP_FORWARD_BY(FOR_ITER);
}

HANDLER(FOR_ITER_TUPLE) {
  if (!isExact(sp[-1], kTupleIteratorType)) [[unlikely]]
    GO(FOR_ITER);
  frame->ip = ip;
  auto* it = static_cast<SequenceIterator*>(sp[-1]);
  if (Tuple* tuple = static_cast<Tuple*>(it->sequence)) [[likely]] {
    if (it->index < tuple->size) [[likely]] {
      pushShared(sp, tuple->items[it->index++]);
      NEXT(FOR_ITER);
    }
    clearField(it->sequence);
  }
  drop(sp);
  JUMP_FORWARD_BY(FOR_ITER);
}

// ---- unpacking ----

namespace {

// Puts `before` items of any iterable, a list of those in the middle when `after` >= 0, and `after` last ones on the
// stack, first item on top. `out` is where the last one goes; entries filled before a failure are dropped.
class Unpacker {
 public:
  Unpacker(ThreadState& ts, Object** out, Index before, Index after)
      : ts_(ts), out_(out), next_(out + before + (after >= 0 ? 1 + after : 0)), before_(before), after_(after) {}

  bool run(Object* iterable) {
    bool ok = !unpack(iterable).failed();
    if (!ok)
      for (Object** end = out_ + before_ + (after_ >= 0 ? 1 + after_ : 0); next_ < end; ++next_) Ref<> gone = Ref<>::steal(*next_);
    return ok;
  }

 private:
  void put(Ref<> item) { *--next_ = item.release(); }

  Status unpack(Object* iterable) {
    Ref<> iterator = iterOf(ts_, iterable);
    if (!iterator) {
      if (errorMatches(ts_, kTypeError) && !iterable->type->iter && !isSequence(iterable))
        return raise(ts_, kTypeError, "cannot unpack non-iterable {:.200} object", typeName(iterable));
      return Raised{};
    }
    for (Index i = 0; i < before_; ++i) {
      Ref<> item = iterNext(ts_, iterator.get());
      if (!item) {
        if (errorSet(ts_)) return Raised{};
        if (after_ < 0) return raise(ts_, kValueError, "not enough values to unpack (expected {}, got {})", before_, i);
        return raise(ts_, kValueError, "not enough values to unpack (expected at least {}, got {})", before_ + after_, i);
      }
      put(std::move(item));
    }
    if (after_ >= 0) return rest(iterator.get());
    Ref<> extra = iterNext(ts_, iterator.get());
    if (extra) return raise(ts_, kValueError, "too many values to unpack (expected {})", before_);
    return errorSet(ts_) ? Status(Raised{}) : Status(kDone);
  }

  Status rest(Object* iterator) {
    Ref<List> middle = TRY(listFrom(ts_, iterator));
    Index n = middle->size;
    if (n < after_)
      return raise(ts_, kValueError, "not enough values to unpack (expected at least {}, got {})", before_ + after_, before_ + n);
    List* list = middle.get();
    put(std::move(middle));
    for (Index i = n - after_; i < n; ++i) put(Ref<>::steal(list->items[i]));
    list->size = n - after_;
    return kDone;
  }

  ThreadState& ts_;
  Object **out_, **next_;
  Index before_, after_;
};

// Items of a tuple or list of the right length go on the stack at once.
inline void pushReversed(Object**& sp, Object* const* items, Index n) {
  for (Index i = n; i-- > 0;) pushShared(sp, items[i]);
}
}  // namespace

HANDLER(UNPACK_SEQUENCE) {
  frame->ip = ip;
  Index n = ip->arg;
  Object* sequence = *--sp;
  bool ok = true;
  if (isExactTuple(sequence) && static_cast<Tuple*>(sequence)->size == n) {
    pushReversed(sp, static_cast<Tuple*>(sequence)->items, n);
  } else if (isExactList(sequence) && static_cast<List*>(sequence)->size == n) {
    pushReversed(sp, static_cast<List*>(sequence)->items, n);
  } else {
    ok = Unpacker(ts, sp, n, -1).run(sequence);
    if (ok) sp += n;
  }
  { Ref<> gone = Ref<>::steal(sequence); }
  if (!ok) [[unlikely]] FAIL();
  NEXT(UNPACK_SEQUENCE);
}

HANDLER(UNPACK_SEQUENCE_ADAPTIVE) {
  if (counterOf(ip) == 0) {
    counterOf(ip) = kBackoff;
    specialiseUnpackSequence(frame, ip, sp);
    if (handlerOf(ip) != op_UNPACK_SEQUENCE_ADAPTIVE) DISPATCH();
  }
  --counterOf(ip);
  GO(UNPACK_SEQUENCE);
}

HANDLER(UNPACK_SEQUENCE_TWO_TUPLE) {
  Object* sequence = sp[-1];
  if (!isExactTuple(sequence) || static_cast<Tuple*>(sequence)->size != 2) [[unlikely]]
    MISS(UNPACK_SEQUENCE);
  frame->ip = ip;
  auto* tuple = static_cast<Tuple*>(sequence);
  sp[-1] = Ref<>::share(tuple->items[1]).release();
  pushShared(sp, tuple->items[0]);
  { Ref<> gone = Ref<>::steal(sequence); }
  NEXT(UNPACK_SEQUENCE);
}

HANDLER(UNPACK_SEQUENCE_TUPLE) {
  Object* sequence = sp[-1];
  if (!isExactTuple(sequence) || static_cast<Tuple*>(sequence)->size != Index(ip->arg)) [[unlikely]]
    MISS(UNPACK_SEQUENCE);
  frame->ip = ip;
  --sp;
  pushReversed(sp, static_cast<Tuple*>(sequence)->items, ip->arg);
  { Ref<> gone = Ref<>::steal(sequence); }
  NEXT(UNPACK_SEQUENCE);
}

HANDLER(UNPACK_SEQUENCE_LIST) {
  Object* sequence = sp[-1];
  if (!isExactList(sequence) || static_cast<List*>(sequence)->size != Index(ip->arg)) [[unlikely]]
    MISS(UNPACK_SEQUENCE);
  frame->ip = ip;
  --sp;
  pushReversed(sp, static_cast<List*>(sequence)->items, ip->arg);
  { Ref<> gone = Ref<>::steal(sequence); }
  NEXT(UNPACK_SEQUENCE);
}

HANDLER(UNPACK_EX) {
  frame->ip = ip;
  Object* sequence = *--sp;
  Index before = ip->arg & 0xff, after = Index(ip->arg >> 8);
  bool ok = Unpacker(ts, sp, before, after).run(sequence);
  { Ref<> gone = Ref<>::steal(sequence); }
  if (!ok) [[unlikely]] FAIL();
  sp += before + 1 + after;
  NEXT(UNPACK_EX);
}

}  // namespace habu
