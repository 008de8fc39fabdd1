#include "modules/itertools/itertools.h"

namespace habu {
namespace itertools {

Result<Tuple*> stateTuple(ThreadState& ts, Object* state, Index least, Index most) {
  if (!isTuple(state)) return raise(ts, kTypeError, "state is not a tuple");
  auto* t = reinterpret_cast<Tuple*>(state);
  if (t->size < least || t->size > most) {
    Index limit = t->size < least ? least : most;
    const char* how = least == most ? "exactly" : t->size < least ? "at least" : "at most";
    return raise(ts, kTypeError, "function takes {} {} argument{} ({} given)", how, limit, limit == 1 ? "" : "s", t->size);
  }
  return t;
}

Status stateItem(ThreadState& ts, Tuple* state, Index i, Type& expected) {
  if (isInstanceOf(state->items[i], expected)) return kDone;
  return raise(ts, kTypeError, "argument {} must be {:.50}, not {:.50}", i + 1, expected.name, typeName(state->items[i]));
}

Result<Index> stateNumber(ThreadState& ts, Object* o) {
  Ref<Int> number = TRY(indexObject(ts, o));
  return stateIndex(ts, number.get());
}

Ref<> chainInFront(ThreadState& ts, Object* first, Object* rest) {
  Ref<Tuple> single = TRY(packTuple(ts, {first}));
  return call(ts, &kChain, {single.get(), rest});
}

namespace {

constexpr MethodDef kMethods[] = {
    METHOD(tee, "($module, iterable, n=2, /)", "A tuple of n independent iterators over the same items."), {}};

Status populate(ThreadState& ts, Module* m) {
  static constinit Type* const kTypes[] = {
      &kAccumulate, &kCombinations, &kCombinationsWithReplacement, &kCycle, &kDropWhile, &kTakeWhile, &kIslice, &kStarMap,
      &kChain, &kCompress, &kFilterFalse, &kCount, &kZipLongest, &kPairwise, &kPermutations, &kProduct, &kRepeat,
      &kGroupBy, &kGrouper, &kTee, &kTeeData};
  for (Type* type : kTypes) (void)TRY(addType(ts, m, *type));
  return kDone;
}

}  // namespace
}  // namespace itertools

extern const ModuleDef kItertoolsModule = {
    .name = "itertools",
    .doc = "Functional tools for creating and using iterators.\n\n"
           "Infinite: count, cycle, repeat. Ending with the shortest input: accumulate,\nchain, compress, dropwhile, filterfalse, "
           "groupby, islice, pairwise, starmap,\ntakewhile, tee, zip_longest. Combinations: product, permutations, "
           "combinations,\ncombinations_with_replacement.",
    .methods = itertools::kMethods,
    .populate = itertools::populate};

}  // namespace habu
