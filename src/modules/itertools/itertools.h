// Parts shared by the files of the module `itertools`. Every type here is an iterator: its state is a few objects and
// numbers, its __reduce__ rebuilds it, its errors are CPython's.
#pragma once
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/object_fields.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::itertools {

inline constexpr Index kMaxIndex = std::numeric_limits<Index>::max();

extern Type kCount, kCycle, kRepeat;                                                       // infinite.cpp
extern Type kAccumulate, kCompress, kDropWhile, kFilterFalse, kIslice, kStarMap, kTakeWhile;  // select.cpp
extern Type kChain, kZipLongest, kPairwise;                                                // join.cpp
extern Type kProduct, kPermutations, kCombinations, kCombinationsWithReplacement;          // combine.cpp
extern Type kGroupBy, kGrouper;                                                            // group.cpp
extern Type kTee, kTeeData;                                                                // tee.cpp
Ref<> tee(ThreadState&, Object* module, Object* iterable, std::optional<Index> n);

// The argument of __setstate__ as a tuple of `least` to `most` items: "state is not a tuple", "function takes exactly 2
// arguments (1 given)".
Result<Tuple*> stateTuple(ThreadState&, Object* state, Index least, Index most);
// "argument 1 must be list, not int"
Status stateItem(ThreadState&, Tuple* state, Index i, Type& expected);
// An int of a state, by __index__ where CPython's parser accepts it ('i', 'n').
Result<Index> stateNumber(ThreadState&, Object*);
// chain((first,), rest)
Ref<> chainInFront(ThreadState&, Object* first, Object* rest);

#define REDUCE_METHOD(f) METHOD_UNSIGNED("__reduce__", f, "($self, /)", "Return state information for pickling.")
#define SETSTATE_METHOD(f) \
  METHOD_UNSIGNED("__setstate__", f, "($self, state, /)", "Set state information for unpickling.")

// A type of this module; `fields` are its owned object fields.
template <class T, auto... kFields>
consteval Type defineIterator(TypeSpec s) {
  if (!(s.flags & kDisallowInstantiation)) s.flags |= kBaseType;
  s.flags &= ~kDisallowInstantiation;
  s.alloc = genericAlloc;
  s.free = freeGcObject;
  if (!s.dealloc) s.dealloc = slot<deallocFields<T, kFields...>>;
  if (!s.traverse) s.traverse = slot<traverseFields<T, kFields...>>;
  s.getattro = genericGetAttrSlot;
  if (!s.iter) s.iter = slot<iteratorItself>;
  return defineType<T>(s);
}

// The name of a class without its module.
inline const char* shortName(const Type* type) {
  const char* dot = std::strrchr(type->name, '.');
  return dot ? dot + 1 : type->name;
}

// Positional-only constructors: "cycle expected 1 argument, got 0", "cycle() takes no keyword arguments".
inline Status checkArguments(ThreadState& ts, const char* name, Type* type, Type& own, Tuple* args, Dict* keywords,
                             Index least, Index most) {
  if (type == &own || type->init == own.init) (void)TRY(noKeywords(ts, name, keywords));
  return checkPositional(ts, name, args->size, least, most);
}

}  // namespace habu::itertools
