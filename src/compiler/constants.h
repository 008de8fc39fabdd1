// Constants. Within one compilation, constants that are equal and of the same types, items included (1, 1.0 and True
// are three; 0.0 and -0.0 two), are one object: the pool merges them. Each code object then numbers the ones it uses.
#pragma once
#include "base/arena.h"
#include "compiler/ptr_map.h"
#include "object/core.h"

namespace habu::compiler {

class ConstantPool {
 public:
  explicit ConstantPool(ThreadState& ts) : ts_(ts) {}
  ConstantPool(const ConstantPool&) = delete;
  ~ConstantPool();

  // The one object equal to `o`: borrowed from the pool. Items of tuples are replaced in place by theirs. Null: raised.
  Object* merge(Object* o);
  // As merge, for a tuple of merged items or any other whole.
  Object* mergeOne(Object* o) { return add(o, false); }

 private:
  struct Entry {
    uint64_t hash;
    Object* object;  // owned; null: free
  };
  Object* add(Object* o, bool items_too);
  Object* mergeItems(Object* o);
  bool grow();

  ThreadState& ts_;
  Entry* entries_ = nullptr;
  size_t used_ = 0, mask_ = 0;
};

// co_consts of one code object in the making.
class UnitConstants {
 public:
  UnitConstants(ThreadState& ts, Arena& arena, ConstantPool& pool) : ts_(ts), arena_(arena), pool_(pool) {}
  int add(Object* o);            // number of the merged constant; -1: raised
  int addMerged(Object* merged);
  Object* operator[](int i) const { return const_cast<Object*>(static_cast<const Object*>(numbers_.begin()[i].key)); }
  int size() const { return numbers_.size(); }
  ConstantPool& pool() const { return pool_; }

 private:
  ThreadState& ts_;
  Arena& arena_;
  ConstantPool& pool_;
  PtrMap<int> numbers_;
};

}  // namespace habu::compiler
