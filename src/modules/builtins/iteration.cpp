// builtins that walk iterables.
#include "modules/builtins/builtins.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/float.h"
#include "types/generator.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::builtins {

namespace {

Result<bool> all(ThreadState& ts, Module*, Object* iterable) {
  Ref<> it = TRY(iterOf(ts, iterable));
  while (Ref<> item = iterNext(ts, it.get()))
    if (!TRY(isTrue(ts, item.get()))) return false;
  if (errorSet(ts)) return Raised{};
  return true;
}

Result<bool> any(ThreadState& ts, Module*, Object* iterable) {
  Ref<> it = TRY(iterOf(ts, iterable));
  while (Ref<> item = iterNext(ts, it.get()))
    if (TRY(isTrue(ts, item.get()))) return true;
  if (errorSet(ts)) return Raised{};
  return false;
}

Status checkCount(ThreadState& ts, Args a, const char* name, Index least, Index most) {
  TRY(noKeywordNames(ts, name, a.names));
  return checkPositional(ts, name, a.count, least, most);
}

Ref<> iter(ThreadState& ts, Module*, Args a) {
  TRY(checkCount(ts, a, "iter", 1, 2));
  if (a.count == 1) return iterOf(ts, a[0]);
  if (!isCallable(a[0])) return raise(ts, kTypeError, "iter(v, w): v must be callable");
  return newCallableIterator(ts, a[0], a[1]);
}

Ref<> next(ThreadState& ts, Module*, Args a) {
  TRY(checkCount(ts, a, "next", 1, 2));
  if (!isIterator(a[0])) return raise(ts, kTypeError, "'{:.200}' object is not an iterator", typeName(a[0]));
  Ref<> item = Ref<>::steal(a[0]->type->iternext(a[0]));
  if (item) return item;
  if (a.count == 2) {
    if (errorSet(ts)) {
      if (!errorMatches(ts, kStopIteration)) return Raised{};
      clearError(ts);
    }
    return share(a[1]);
  }
  if (errorSet(ts)) return Raised{};
  return raiseStopIteration(ts, nullptr);
}

// The running best and, with a key function, its key.
struct Best {
  Ref<> item, key;
};

Status offer(ThreadState& ts, Best& best, Ref<> item, Object* key_function, CompareOp op) {
  Ref<> key = key_function ? TRY(call(ts, key_function, {item.get()})) : item.copy();
  if (best.item && !TRY(compareBool(ts, key.get(), best.key.get(), op))) return kDone;
  best.item = std::move(item);
  best.key = std::move(key);
  return kDone;
}

struct ExtremeOptions {
  Object* key = nullptr;
  Object* fallback = nullptr;
};

Result<ExtremeOptions> extremeOptions(ThreadState& ts, Args a, const char* name) {
  ExtremeOptions o;
  for (Index i = 0; i < a.keywordCount(); ++i) {
    if (equalsAscii(a.keyword(i), "key")) o.key = a.keywordValue(i);
    else if (equalsAscii(a.keyword(i), "default")) o.fallback = a.keywordValue(i);
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for {}()", a.keyword(i), name);
  }
  if (o.key && isNone(o.key)) o.key = nullptr;
  return o;
}

Ref<> extreme(ThreadState& ts, Args a, const char* name, CompareOp op) {
  if (a.count == 0) return raise(ts, kTypeError, "{} expected at least 1 argument, got 0", name);
  ExtremeOptions o = TRY(extremeOptions(ts, a, name));
  Best best;
  if (a.count > 1) {
    if (o.fallback)
      return raise(ts, kTypeError, "Cannot specify a default for {}() with multiple positional arguments", name);
    for (Object* item : a.positional()) TRY(offer(ts, best, share(item), o.key, op));
    return std::move(best.item);
  }
  Ref<> it = TRY(iterOf(ts, a[0]));
  while (Ref<> item = iterNext(ts, it.get())) TRY(offer(ts, best, std::move(item), o.key, op));
  if (errorSet(ts)) return Raised{};
  if (best.item) return std::move(best.item);
  if (o.fallback) return share(o.fallback);
  return raise(ts, kValueError, "{}() arg is an empty sequence", name);
}

Ref<> max(ThreadState& ts, Module*, Args a) { return extreme(ts, a, "max", CompareOp::Gt); }
Ref<> min(ThreadState& ts, Module*, Args a) { return extreme(ts, a, "min", CompareOp::Lt); }

// sum() keeps its running total unboxed for as long as the items are exact ints, then exact floats.
class Sum {
 public:
  Sum(ThreadState& ts, Object* start) : ts_(ts), total_(share(start)) {}

  Ref<> over(Object* it) {
    if (isExactInt(total_.get())) {
      if (!sumInts(it)) return finish();
    }
    if (total_ && isExactFloat(total_.get())) {
      if (!sumFloats(it)) return finish();
    }
    while (total_) {
      Ref<> item = iterNext(ts_, it);
      if (!item) return finish();
      total_ = addObjects(ts_, total_.get(), item.get());
    }
    return Raised{};
  }

 private:
  Ref<> finish() {
    if (errorSet(ts_)) return Raised{};
    return std::move(total_);
  }
  // Each of these: false at the end of the iterator or on failure; true when the total is an object again.
  bool sumInts(Object* it) {
    int overflow = 0;
    long long sum = toLongLong(static_cast<Int*>(total_.get()), overflow);
    if (overflow) return true;
    while (true) {
      Ref<> item = iterNext(ts_, it);
      if (!item) return total_ = newInt(ts_, sum), false;
      long long more = 0;
      overflow = 1;
      if (isExactInt(item.get()) || isBool(item.get())) more = toLongLong(static_cast<Int*>(item.get()), overflow);
      long long next;
      if (!overflow && !__builtin_add_overflow(sum, more, &next)) {
        sum = next;
        continue;
      }
      total_ = newInt(ts_, sum);
      if (total_) total_ = addObjects(ts_, total_.get(), item.get());
      return bool(total_);
    }
  }
  bool sumFloats(Object* it) {
    double sum = static_cast<Float*>(total_.get())->value;
    while (true) {
      Ref<> item = iterNext(ts_, it);
      if (!item) return total_ = newFloat(ts_, sum), false;
      if (isExactFloat(item.get())) {
        sum += static_cast<Float*>(item.get())->value;
        continue;
      }
      if (isExactInt(item.get())) {
        int overflow = 0;
        long long v = toLongLong(static_cast<Int*>(item.get()), overflow);
        if (!overflow) {
          sum += double(v);
          continue;
        }
      }
      total_ = newFloat(ts_, sum);
      if (total_) total_ = addObjects(ts_, total_.get(), item.get());
      return bool(total_);
    }
  }
  ThreadState& ts_;
  Ref<> total_;
};

Ref<> sum(ThreadState& ts, Module*, Object* iterable, Object* start) {
  Ref<> it = TRY(iterOf(ts, iterable));
  Ref<> zero;
  if (!start) {
    zero = TRY(newInt(ts, 0));
    start = zero.get();
  } else if (isStr(start)) {
    return raise(ts, kTypeError, "sum() can't sum strings [use ''.join(seq) instead]");
  } else if (isBytes(start)) {
    return raise(ts, kTypeError, "sum() can't sum bytes [use b''.join(seq) instead]");
  } else if (std::string_view(typeName(start)) == "bytearray") {
    return raise(ts, kTypeError, "sum() can't sum bytearray [use b''.join(seq) instead]");
  }
  return Sum(ts, start).over(it.get());
}

Ref<> sorted(ThreadState& ts, Module*, Args a) {
  if (a.count != 1) return raise(ts, kTypeError, "sorted expected 1 argument, got {}", a.count);
  Ref<List> list = TRY(listFrom(ts, a[0]));
  static constinit Name sort{"sort"};
  Ref<> method = TRY(getAttr(ts, list.get(), sort));
  (void)TRY(vectorcall(ts, method.get(), a.values + 1, 0, a.names));
  return list;
}

Ref<> aiter(ThreadState& ts, Module*, Object* o) {
  AsyncSlots* async = o->type->async;
  if (!async || !async->aiter) return raise(ts, kTypeError, "'{:.200}' object is not an async iterable", typeName(o));
  Ref<> it = Ref<>::steal(async->aiter(o));
  if (it && !(it->type->async && it->type->async->anext))
    return raise(ts, kTypeError, "aiter() returned not an async iterator of type '{:.100}'", typeName(it.get()));
  return it;
}

Ref<> anext(ThreadState& ts, Module*, Object* o, Object* fallback) {
  AsyncSlots* async = o->type->async;
  if (!async || !async->anext) return raise(ts, kTypeError, "'{:.200}' object is not an async iterator", typeName(o));
  Ref<> awaitable = Ref<>::steal(async->anext(o));
  if (!awaitable || !fallback) return awaitable;
  return newAnextAwaitable(ts, awaitable.get(), fallback);
}

}  // namespace

const MethodDef kIterationMethods[] = {
    METHOD(all, "($module, iterable, /)", "Whether bool(x) is true for every x of the iterable (true when it is empty)."),
    METHOD(any, "($module, iterable, /)", "Whether bool(x) is true for some x of the iterable (false when it is empty)."),
    METHOD_RAW("iter", iter,
               "iter(iterable) -> iterator\niter(callable, sentinel) -> iterator\n\nAn iterator over an iterable, or over the results of "
               "a callable until it returns the sentinel."),
    METHOD_RAW("next", next, "next(iterator[, default])\n\nThe next item; at the end, the default if given, else StopIteration."),
    METHOD_RAW("max", max,
               "max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nThe biggest item, "
               "or the biggest argument."),
    METHOD_RAW("min", min,
               "min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nThe smallest "
               "item, or the smallest argument."),
    METHOD(sum, "($module, iterable, /, start=0)", "The start value plus all items of the iterable. Meant for numbers."),
    METHOD(sorted, "($module, iterable, /, *, key=None, reverse=False)", "A new list of the items in ascending order."),
    METHOD(aiter, "($module, async_iterable, /)", "An asynchronous iterator over an asynchronous iterable."),
    METHOD(anext, "($module, aiterator, default=<unrepresentable>, /)", "The awaitable next item of an asynchronous iterator."),
    {}};

}  // namespace habu::builtins
