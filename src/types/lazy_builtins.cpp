// enumerate, zip, map, filter and reversed. Result tuples of enumerate and zip are reused while the caller drops them
// before asking for the next (as `for a, b in zip(...)` does).
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/object_fields.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kMaxIndex = std::numeric_limits<Index>::max();

#define REDUCE_METHOD(f) METHOD_UNSIGNED("__reduce__", f, "($self, /)", "Return state information for pickling.")

// A freshly made instance is tracked by tp_alloc already when its class is a subclass, too early for none of these:
// their traverse copes with null fields.
template <class T>
Ref<T> instanceOf(ThreadState& ts, Type* type) {
  return allocateInstance<T>(type);
}

// The shared result pair, if nobody else holds it; its items are replaced by the caller. Empty: make a new one.
Ref<Tuple> reusable(Object* result) {
  if (!result || result->refcount != 1) return {};
  return share(reinterpret_cast<Tuple*>(result));
}
void replaceItem(Tuple* tuple, Index i, Ref<> item) {
  Ref<> old = Ref<>::steal(std::exchange(tuple->items[i], item.release()));
}
void trackAgain(Tuple* tuple) {  // the collector may have untracked it for its old items
  if (!isTracked(tuple)) track(tuple);
}

// ---- enumerate ----
Ref<> newEnumerate(ThreadState& ts, Type* type, Object* iterable, Object* start) {
  Ref<Enumerate> self = TRY(instanceOf<Enumerate>(ts, type));
  if (start) {
    Ref<Int> first = TRY(indexObject(ts, start));
    int overflow = 0;
    long long value = toLongLong(first.get(), overflow);
    if (overflow || value == kMaxIndex) {
      self->index = kMaxIndex;
      self->long_index = first.release();
    } else {
      self->index = value;
    }
  }
  Ref<> iterator = TRY(iterOf(ts, iterable));
  self->iterator = iterator.release();
  Ref<Tuple> pair = TRY(packTuple(ts, {&kNoneObject, &kNoneObject}));
  self->result = pair.release();
  return self;
}

Ref<Int> nextNumber(ThreadState& ts, Enumerate* self) {
  if (self->index != kMaxIndex) return newInt(ts, self->index++);
  if (!self->long_index) self->long_index = TRY(newInt(ts, kMaxIndex)).release();
  Ref<Int> now = share(reinterpret_cast<Int*>(self->long_index));
  Ref<Int> one = TRY(newInt(ts, 1));
  Ref<Int> next = TRY(addInts(ts, now.get(), one.get()));
  setField(self->long_index, Ref<>(std::move(next)));
  return now;
}

Ref<> nextOfEnumerate(ThreadState& ts, Enumerate* self) {
  Ref<> item = iterNext(ts, self->iterator);
  if (!item) return {};
  Ref<Int> number = TRY(nextNumber(ts, self));
  if (Ref<Tuple> pair = reusable(self->result)) {
    replaceItem(pair.get(), 0, std::move(number));
    replaceItem(pair.get(), 1, std::move(item));
    trackAgain(pair.get());
    return pair;
  }
  Ref<Tuple> pair = TRY(newTupleUninitialized(ts, 2));
  put(pair.get(), 0, std::move(number));
  put(pair.get(), 1, std::move(item));
  return pair;
}

Ref<> reduceEnumerate(ThreadState& ts, Enumerate* self) {
  Ref<> index = self->long_index ? Ref<>::share(self->long_index) : Ref<>(newInt(ts, self->index));
  if (!index) return {};
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->iterator, index.get()}));
  return packTuple(ts, {self->type, arguments.get()});
}

Ref<> makeEnumerate(ThreadState& ts, Type* type, Object* iterable, Object* start) {
  return newEnumerate(ts, type, iterable, start);
}

Ref<> callEnumerate(ThreadState& ts, Type* type, Args args) {
  Index keywords = args.keywordCount(), total = args.count + keywords;
  auto is = [&](Index i, const char* name) { return equalsAscii(args.keyword(i), name); };
  auto invalid = [&](Index i) {
    return raise(ts, kTypeError, "'{:.200}' is an invalid keyword argument for enumerate()", args.keyword(i));
  };
  if (total == 0) return raise(ts, kTypeError, "enumerate() missing required argument 'iterable'");
  if (total > 2) return raise(ts, kTypeError, "enumerate() takes at most 2 arguments ({} given)", total);
  if (keywords == 0) return newEnumerate(ts, type, args[0], args.count == 2 ? args[1] : nullptr);
  if (total == 1) {
    if (!is(0, "iterable")) return invalid(0);
    return newEnumerate(ts, type, args.keywordValue(0), nullptr);
  }
  if (keywords == 1) {
    if (!is(0, "start")) return invalid(0);
    return newEnumerate(ts, type, args[0], args.keywordValue(0));
  }
  if (is(0, "iterable")) {
    if (!is(1, "start")) return invalid(1);
    return newEnumerate(ts, type, args.keywordValue(0), args.keywordValue(1));
  }
  if (!is(0, "start")) return invalid(0);
  if (!is(1, "iterable")) return invalid(1);
  return newEnumerate(ts, type, args.keywordValue(1), args.keywordValue(0));
}

constexpr MethodDef kEnumerateMethods[] = {REDUCE_METHOD(reduceEnumerate), CLASS_GETITEM, {}};

// ---- reversed ----
Ref<> newReversed(ThreadState& ts, Type* type, Object* sequence) {
  Ref<> method = TRY(lookupSpecial(ts, sequence, names::__reversed__));
  if (method && isNone(method.get()))
    return raise(ts, kTypeError, "'{:.200}' object is not reversible", typeName(sequence));
  if (method) return call(ts, method.get());
  if (!isSequence(sequence)) return raise(ts, kTypeError, "'{:.200}' object is not reversible", typeName(sequence));
  Index n = TRY(lengthOf(ts, sequence));
  Ref<Reversed> self = TRY(instanceOf<Reversed>(ts, type));
  self->index = n - 1;
  self->sequence = Ref<>::share(sequence).release();
  return self;
}

Ref<> makeReversed(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kReversedType || type->init == kReversedType.init) (void)TRY(noKeywords(ts, "reversed", keywords));
  (void)TRY(checkPositional(ts, "reversed", args->size, 1, 1));
  return newReversed(ts, type, args->items[0]);
}

Ref<> callReversed(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "reversed", args.names));
  (void)TRY(checkPositional(ts, "reversed", args.count, 1, 1));
  return newReversed(ts, type, args[0]);
}

Ref<> nextOfReversed(ThreadState& ts, Reversed* self) {
  if (self->index >= 0 && self->sequence) {
    Ref<> sequence = Ref<>::share(self->sequence);
    Ref<> item = getItemAt(ts, sequence.get(), self->index);
    if (item) {
      --self->index;
      return item;
    }
    if (errorMatches(ts, kIndexError) || errorMatches(ts, kStopIteration)) clearError(ts);
  }
  self->index = -1;
  clearField(self->sequence);
  return {};
}

Result<Index> hintOfReversed(ThreadState& ts, Reversed* self) {
  if (!self->sequence) return Index{0};
  Ref<> sequence = Ref<>::share(self->sequence);
  Index size = TRY(lengthOf(ts, sequence.get()));
  Index rest = self->index + 1;
  return size < rest ? 0 : rest;
}

Ref<> reduceReversed(ThreadState& ts, Reversed* self) {
  if (!self->sequence) {
    Ref<Tuple> nothing = emptyTuple();
    Ref<Tuple> arguments = TRY(packTuple(ts, {nothing.get()}));
    return packTuple(ts, {self->type, arguments.get()});
  }
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->sequence}));
  Ref<Int> index = TRY(newInt(ts, self->index));
  return packTuple(ts, {self->type, arguments.get(), index.get()});
}

Status setStateOfReversed(ThreadState& ts, Reversed* self, Object* state) {
  Index index = TRY(stateIndex(ts, state));
  if (!self->sequence) return kDone;
  Ref<> sequence = Ref<>::share(self->sequence);
  Index size = TRY(lengthOf(ts, sequence.get()));
  self->index = index < -1 ? -1 : index > size - 1 ? size - 1 : index;
  return kDone;
}

constexpr MethodDef kReversedMethods[] = {
    METHOD_UNSIGNED("__length_hint__", hintOfReversed, "($self, /)", "Private method returning an estimate of len(list(it))."),
    REDUCE_METHOD(reduceReversed),
    METHOD_UNSIGNED("__setstate__", setStateOfReversed, "($self, state, /)", "Set state information for unpickling."),
    {}};

// ---- zip ----
Ref<> newZip(ThreadState& ts, Type* type, std::span<Object* const> iterables, bool strict) {
  Index n = Index(iterables.size());
  Ref<Tuple> iterators = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(iterators.get(), i, TRY(iterOf(ts, iterables[size_t(i)])));
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(result.get(), i, none());
  Ref<Zip> self = TRY(instanceOf<Zip>(ts, type));
  self->count = n;
  self->iterators = iterators.release();
  self->result = result.release();
  self->strict = strict;
  return self;
}

Ref<> makeZip(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  bool strict = false;
  if (keywords && keywords->used > 0) {
    if (keywords->used > 1)
      return raise(ts, kTypeError, "zip() takes at most 1 keyword argument ({} given)", keywords->used);
    DictCursor c(keywords);
    c.next();
    Ref<> name = Ref<>::share(c.key), value = Ref<>::share(c.value);
    if (!isStr(name.get())) return raise(ts, kTypeError, "keywords must be strings");
    if (!equalsAscii(reinterpret_cast<Str*>(name.get()), "strict"))
      return raise(ts, kTypeError, "'{}' is an invalid keyword argument for zip()", name);
    strict = TRY(isTrue(ts, value.get()));
  }
  return newZip(ts, type, args->span(), strict);
}

Ref<> callZip(ThreadState& ts, Type* type, Args args) {
  bool strict = false;
  if (Index n = args.keywordCount()) {
    if (n > 1) return raise(ts, kTypeError, "zip() takes at most 1 keyword argument ({} given)", n);
    if (!equalsAscii(args.keyword(0), "strict"))
      return raise(ts, kTypeError, "'{}' is an invalid keyword argument for zip()", args.keyword(0));
    strict = TRY(isTrue(ts, args.keywordValue(0)));
  }
  return newZip(ts, type, args.positional(), strict);
}

// Iterator `at` (zero-based) ended while earlier ones had an item: strict zip wants the others to end too.
Ref<> checkStrict(ThreadState& ts, Zip* self, Tuple* iterators, Index at) {
  if (errorSet(ts)) {
    if (!errorMatches(ts, kStopIteration)) return {};
    clearError(ts);
  }
  if (at > 0) {
    const char* plural = at == 1 ? " " : "s 1-";
    return raise(ts, kValueError, "zip() argument {} is shorter than argument{}{}", at + 1, plural, at);
  }
  for (Index i = 1; i < self->count; ++i) {
    Ref<> item = iterNext(ts, iterators->items[i]);
    if (item) {
      const char* plural = i == 1 ? " " : "s 1-";
      return raise(ts, kValueError, "zip() argument {} is longer than argument{}{}", i + 1, plural, i);
    }
    if (errorSet(ts)) return {};
  }
  return {};
}

Ref<> nextOfZip(ThreadState& ts, Zip* self) {
  Index n = self->count;
  if (n == 0) return {};
  Ref<Tuple> iterators = share(reinterpret_cast<Tuple*>(self->iterators));
  Ref<Tuple> result = reusable(self->result);
  bool reused = bool(result);
  if (!reused) result = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) {
    Ref<> item = iterNext(ts, iterators->items[i]);
    if (!item) {
      if (errorSet(ts) || !self->strict) return {};
      return checkStrict(ts, self, iterators.get(), i);
    }
    replaceItem(result.get(), i, std::move(item));
  }
  if (reused) trackAgain(result.get());
  return result;
}

Ref<> reduceZip(ThreadState& ts, Zip* self) {
  if (self->strict) return packTuple(ts, {self->type, self->iterators, trueObject()});
  return packTuple(ts, {self->type, self->iterators});
}

Status setStateOfZip(ThreadState& ts, Zip* self, Object* state) {
  self->strict = TRY(isTrue(ts, state));
  return kDone;
}

constexpr MethodDef kZipMethods[] = {
    REDUCE_METHOD(reduceZip),
    METHOD_UNSIGNED("__setstate__", setStateOfZip, "($self, state, /)", "Set state information for unpickling."),
    {}};

// ---- map ----
Ref<> newMap(ThreadState& ts, Type* type, std::span<Object* const> args) {
  if (args.size() < 2) return raise(ts, kTypeError, "map() must have at least two arguments.");
  Index n = Index(args.size()) - 1;
  Ref<Tuple> iterators = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) put(iterators.get(), i, TRY(iterOf(ts, args[size_t(i) + 1])));
  Ref<Map> self = TRY(instanceOf<Map>(ts, type));
  self->iterators = iterators.release();
  self->function = Ref<>::share(args[0]).release();
  return self;
}

Ref<> makeMap(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kMapType || type->init == kMapType.init) (void)TRY(noKeywords(ts, "map", keywords));
  return newMap(ts, type, args->span());
}

Ref<> callMap(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "map", args.names));
  return newMap(ts, type, args.positional());
}

Ref<> nextOfMap(ThreadState& ts, Map* self) {
  constexpr Index kFew = 5;
  auto* iterators = reinterpret_cast<Tuple*>(self->iterators);
  Index n = iterators->size;
  if (n == 1) {
    Ref<> item = iterNext(ts, iterators->items[0]);
    if (!item) return {};
    Object* args[] = {nullptr, item.get()};
    return vectorcall(ts, self->function, args + 1, 1 | kArgumentsOffset);
  }
  Ref<> few[kFew];
  Ref<Tuple> many;
  Object* pointers[kFew];
  if (n > kFew) many = TRY(newTupleUninitialized(ts, n));
  for (Index i = 0; i < n; ++i) {
    Ref<> item = iterNext(ts, iterators->items[i]);
    if (!item) return {};
    if (n > kFew) {
      put(many.get(), i, std::move(item));
    } else {
      pointers[i] = item.get();
      few[i] = std::move(item);
    }
  }
  return vectorcall(ts, self->function, n > kFew ? many->items : pointers, size_t(n));
}

Ref<> reduceMap(ThreadState& ts, Map* self) {
  auto* iterators = reinterpret_cast<Tuple*>(self->iterators);
  Ref<Tuple> arguments = TRY(newTupleUninitialized(ts, iterators->size + 1));
  put(arguments.get(), 0, Ref<>::share(self->function));
  for (Index i = 0; i < iterators->size; ++i) put(arguments.get(), i + 1, Ref<>::share(iterators->items[i]));
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kMapMethods[] = {REDUCE_METHOD(reduceMap), {}};

// ---- filter ----
Ref<> newFilter(ThreadState& ts, Type* type, Object* const* args, Index n) {
  (void)TRY(checkPositional(ts, "filter", n, 2, 2));
  Ref<> iterator = TRY(iterOf(ts, args[1]));
  Ref<Filter> self = TRY(instanceOf<Filter>(ts, type));
  self->function = Ref<>::share(args[0]).release();
  self->iterator = iterator.release();
  return self;
}

Ref<> makeFilter(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (type == &kFilterType || type->init == kFilterType.init) (void)TRY(noKeywords(ts, "filter", keywords));
  return newFilter(ts, type, args->items, args->size);
}

Ref<> callFilter(ThreadState& ts, Type* type, Args args) {
  (void)TRY(noKeywordNames(ts, "filter", args.names));
  return newFilter(ts, type, args.values, args.count);
}

Ref<> nextOfFilter(ThreadState& ts, Filter* self) {
  bool by_truth = isNone(self->function) || self->function == reinterpret_cast<Object*>(&kBoolType);
  for (;;) {
    Ref<> item = iterNext(ts, self->iterator);
    if (!item) return {};
    bool keep;
    if (by_truth) {
      keep = TRY(isTrue(ts, item.get()));
    } else {
      Object* args[] = {nullptr, item.get()};
      Ref<> verdict = TRY(vectorcall(ts, self->function, args + 1, 1 | kArgumentsOffset));
      keep = TRY(isTrue(ts, verdict.get()));
    }
    if (keep) return item;
  }
}

Ref<> reduceFilter(ThreadState& ts, Filter* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->function, self->iterator}));
  return packTuple(ts, {self->type, arguments.get()});
}

constexpr MethodDef kFilterMethods[] = {REDUCE_METHOD(reduceFilter), {}};

template <class T, auto... kFields>
consteval Type defineLazy(TypeSpec s) {
  s.flags |= kBaseType;
  s.dealloc = slot<deallocFields<T, kFields...>>;
  s.traverse = slot<traverseFields<T, kFields...>>;
  s.alloc = genericAlloc;
  s.free = freeGcObject;
  s.getattro = genericGetAttrSlot;
  s.iter = slot<iteratorItself>;
  return defineType<T>(s);
}

}  // namespace

constinit Type kEnumerateType = defineLazy<Enumerate, &Enumerate::iterator, &Enumerate::result, &Enumerate::long_index, &Enumerate::one>(
    {.name = "enumerate",
     .doc = "enumerate(iterable, start=0)\n--\n\nPairs of a count (from start, which defaults to zero) and an item of the\n"
            "iterable:\n    (0, seq[0]), (1, seq[1]), (2, seq[2]), ...",
     .methods = kEnumerateMethods,
     .make = CONSTRUCTOR(makeEnumerate, "enumerate", "($type, iterable, start=0)"),
     .vectorcall = typeVectorcall<callEnumerate>,
     .iternext = slot<nextOfEnumerate>});
constinit Type kReversedType = defineLazy<Reversed, &Reversed::sequence>(
    {.name = "reversed",
     .doc = "reversed(sequence, /)\n--\n\nAn iterator over the items from the last to the first.",
     .methods = kReversedMethods,
     .make = makeSlot<makeReversed>,
     .vectorcall = typeVectorcall<callReversed>,
     .iternext = slot<nextOfReversed>});
constinit Type kZipType = defineLazy<Zip, &Zip::iterators, &Zip::result>(
    {.name = "zip",
     .doc = "zip(*iterables, strict=False) --> Yield tuples until an input is exhausted.\n\n"
            "The i-th tuple holds the i-th item of every iterable. With strict, a\nValueError is raised when one of them ends "
            "before the others.",
     .methods = kZipMethods,
     .make = makeSlot<makeZip>,
     .vectorcall = typeVectorcall<callZip>,
     .iternext = slot<nextOfZip>});
constinit Type kMapType = defineLazy<Map, &Map::iterators, &Map::function>(
    {.name = "map",
     .doc = "map(func, *iterables) --> map object\n\nCalls the function with an item of each iterable, until the shortest ends.",
     .methods = kMapMethods,
     .make = makeSlot<makeMap>,
     .vectorcall = typeVectorcall<callMap>,
     .iternext = slot<nextOfMap>});
constinit Type kFilterType = defineLazy<Filter, &Filter::function, &Filter::iterator>(
    {.name = "filter",
     .doc = "filter(function or None, iterable) --> filter object\n\nThe items for which function(item) is true; with None, the "
            "items that are true.",
     .methods = kFilterMethods,
     .make = makeSlot<makeFilter>,
     .vectorcall = typeVectorcall<callFilter>,
     .iternext = slot<nextOfFilter>});

}  // namespace habu
