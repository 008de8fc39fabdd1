// Parts shared by the files of the module `_collections`.
#pragma once
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/iterators.h"
#include "types/list.h"
#include "types/object_fields.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::collections {

inline constexpr Index kMaxIndex = std::numeric_limits<Index>::max();

// A double-ended queue: a doubly linked list of blocks. The items lie in blocks left..right, from left_index to
// right_index (both inclusive). An empty queue keeps one block, with the indices at its centre.
inline constexpr Index kBlockSize = 64;
inline constexpr Index kCentre = (kBlockSize - 1) / 2;
inline constexpr int kSpareBlocks = 16;

struct Block {
  Block* left;
  Object* items[kBlockSize];
  Block* right;
};

struct Deque : VarObject {
  Block *left, *right;
  Index left_index, right_index;
  size_t state;    // changes with every change of the structure: iterators compare it
  Index max_size;  // -1: unbounded
  Index spare_count;
  Block* spare[kSpareBlocks];
  Object* weakrefs;
};

struct DequeIterator : Object {
  Block* block;
  Index index;
  Deque* deque;  // owned
  size_t state;
  Index remaining;
};

extern Type kDeque, kDequeIterator, kDequeReverseIterator, kDefaultDict, kTupleGetter;
Ref<> newDequeIterator(ThreadState&, Deque*, bool reversed);
Ref<> countElements(ThreadState&, Object* module, Object* mapping, Object* iterable);

inline const char* shortName(const Type* type) {
  const char* dot = std::strrchr(type->name, '.');
  return dot ? dot + 1 : type->name;
}

}  // namespace habu::collections
