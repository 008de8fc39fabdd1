#include "compiler/constants.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "object/protocol.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/code.h"
#include "types/float.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

uint64_t mix(uint64_t h) {
  h ^= h >> 32;
  h *= 0x9E3779B97F4A7C15u;
  return h ^ h >> 29;
}

uint64_t constantHash(const Object* o) {
  auto tagged = [o](uint64_t h) { return mix(h + reinterpret_cast<uintptr_t>(o->type)); };
  const Type* t = o->type;
  if (t == &kStrType) return tagged(uint64_t(hashStr(static_cast<const Str*>(o))));
  if (t == &kIntType) return tagged(uint64_t(hashInt(static_cast<const Int*>(o))));
  if (t == &kFloatType) return tagged(std::bit_cast<uint64_t>(static_cast<const Float*>(o)->value));
  if (t == &kBytesType) return tagged(uint64_t(hashBytes(static_cast<const Bytes*>(o)->view())));
  if (t == &kComplexType) {
    auto* c = static_cast<const Complex*>(o);
    return tagged(std::bit_cast<uint64_t>(c->real) * 3 + std::bit_cast<uint64_t>(c->imaginary));
  }
  if (t == &kTupleType) {
    uint64_t h = 0x345678;
    for (Object* item : static_cast<const Tuple*>(o)->span()) h = mix(h * 31 + constantHash(item));
    return tagged(h);
  }
  if (t == &kFrozenSetType) {
    uint64_t h = 0;
    SetCursor c(const_cast<Set*>(static_cast<const Set*>(o)));
    while (c.next()) h += constantHash(c.key);
    return tagged(h);
  }
  if (t == &kCodeType) {
    auto* code = static_cast<const Code*>(o);
    return tagged(uint64_t(hashStr(code->name)) * 31 + uint64_t(code->first_line) * 7 + uint64_t(code->size));
  }
  return mix(reinterpret_cast<uintptr_t>(o));
}

bool constantEqual(const Object* a, const Object* b);

bool tuplesEqual(const Tuple* a, const Tuple* b) {
  if (a->size != b->size) return false;
  for (Index i = 0; i < a->size; ++i)
    if (!constantEqual(a->items[i], b->items[i])) return false;
  return true;
}

// Elements are matched by their hashes: both sides sorted, runs of equal hashes compared pairwise.
bool frozenSetsEqual(const Set* a, const Set* b) {
  struct Item {
    uint64_t hash;
    Object* object;
  };
  if (a->used != b->used) return false;
  size_t n = size_t(a->used);
  auto* items = static_cast<Item*>(std::malloc(2 * n * sizeof(Item) + 1));
  if (!items) return a == b;
  size_t filled = 0;
  for (const Set* s : {a, b}) {
    SetCursor c(const_cast<Set*>(s));
    while (c.next()) items[filled++] = {constantHash(c.key), c.key};
  }
  auto by_hash = [](const Item& x, const Item& y) { return x.hash < y.hash; };
  std::sort(items, items + n, by_hash);
  std::sort(items + n, items + 2 * n, by_hash);
  bool equal = true;
  for (size_t i = 0; equal && i < n; ++i) {
    bool found = false;
    for (size_t j = i; !found && j < n && items[n + j].hash == items[i].hash; ++j)
      found = constantEqual(items[i].object, items[n + j].object);
    for (size_t j = i; !found && j-- > 0 && items[n + j].hash == items[i].hash;)
      found = constantEqual(items[i].object, items[n + j].object);
    equal = found;
  }
  std::free(items);
  return equal;
}

bool bytesEqual(const Bytes* a, const Bytes* b) { return a->view() == b->view(); }

bool codesEqual(const Code* a, const Code* b) {
  return equalStr(a->name, b->name) && a->arg_count == b->arg_count && a->posonly_count == b->posonly_count &&
         a->kwonly_count == b->kwonly_count && a->flags == b->flags && a->first_line == b->first_line &&
         a->size == b->size && std::memcmp(a->code, b->code, a->codeBytes()) == 0 && tuplesEqual(a->consts, b->consts) &&
         tuplesEqual(a->names, b->names) && tuplesEqual(a->localsplus_names, b->localsplus_names) &&
         bytesEqual(a->line_table, b->line_table) && bytesEqual(a->exception_table, b->exception_table);
}

// Equal values of one type; zeros of both signs differ, a nan equals itself only.
bool constantEqual(const Object* a, const Object* b) {
  if (a == b) return true;
  const Type* t = a->type;
  if (t != b->type) return false;
  if (t == &kStrType) return equalStr(static_cast<const Str*>(a), static_cast<const Str*>(b));
  if (t == &kIntType) return compareInt(static_cast<const Int*>(a), static_cast<const Int*>(b)) == 0;
  auto same = [](double x, double y) { return x == y && std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y); };
  if (t == &kFloatType) return same(static_cast<const Float*>(a)->value, static_cast<const Float*>(b)->value);
  if (t == &kBytesType) return bytesEqual(static_cast<const Bytes*>(a), static_cast<const Bytes*>(b));
  if (t == &kComplexType) {
    auto *x = static_cast<const Complex*>(a), *y = static_cast<const Complex*>(b);
    return same(x->real, y->real) && same(x->imaginary, y->imaginary);
  }
  if (t == &kTupleType) return tuplesEqual(static_cast<const Tuple*>(a), static_cast<const Tuple*>(b));
  if (t == &kFrozenSetType) return frozenSetsEqual(static_cast<const Set*>(a), static_cast<const Set*>(b));
  if (t == &kCodeType) return codesEqual(static_cast<const Code*>(a), static_cast<const Code*>(b));
  return false;
}

}  // namespace

ConstantPool::~ConstantPool() {
  for (size_t i = 0; entries_ && i <= mask_; ++i) Ref<> dropped = Ref<>::steal(entries_[i].object);
  std::free(entries_);
}

bool ConstantPool::grow() {
  size_t capacity = entries_ ? (mask_ + 1) * 2 : 64;
  auto* entries = static_cast<Entry*>(std::calloc(capacity, sizeof(Entry)));
  if (!entries) {
    (void)raiseNoMemory(ts_);
    return false;
  }
  for (size_t i = 0; entries_ && i <= mask_; ++i) {
    if (!entries_[i].object) continue;
    size_t at = entries_[i].hash & (capacity - 1);
    while (entries[at].object) at = (at + 1) & (capacity - 1);
    entries[at] = entries_[i];
  }
  std::free(entries_);
  entries_ = entries;
  mask_ = capacity - 1;
  return true;
}

Object* ConstantPool::merge(Object* o) { return add(o, true); }

Object* ConstantPool::add(Object* o, bool items_too) {
  if (o == &kNoneObject || o == &kEllipsisObject) return o;
  if ((!entries_ || used_ * 2 > mask_) && !grow()) return nullptr;
  uint64_t hash = constantHash(o);
  size_t at = hash & mask_;
  for (; entries_[at].object; at = (at + 1) & mask_)
    if (entries_[at].hash == hash && constantEqual(entries_[at].object, o)) return entries_[at].object;
  entries_[at] = {hash, share(o).release()};
  ++used_;
  return items_too ? mergeItems(o) : o;
}

// The items of a constant just added; the answer is what stands for it from now on.
Object* ConstantPool::mergeItems(Object* o) {
  if (o->type == &kTupleType) {
    auto* tuple = static_cast<Tuple*>(o);
    for (Index i = 0; i < tuple->size; ++i) {
      Object* merged = add(tuple->items[i], true);
      if (!merged) return nullptr;
      if (merged != tuple->items[i]) setField(tuple->items[i], share(merged));
    }
    return tuple;
  }
  if (o->type != &kFrozenSetType || static_cast<Set*>(o)->used == 0) return o;
  auto* set = static_cast<Set*>(o);
  Ref<Tuple> items = newTupleUninitialized(ts_, set->used);
  if (!items) return nullptr;
  SetCursor c(set);
  for (Index i = 0; c.next(); ++i) {
    Object* merged = add(c.key, true);
    put(items.get(), i, share(merged ? merged : c.key));
    if (!merged) return nullptr;
  }
  Ref<Set> rebuilt = newFrozenSet(ts_, items.get());
  if (!rebuilt) return nullptr;
  uint64_t hash = constantHash(o);
  size_t at = hash & mask_;
  while (entries_[at].object != o) at = (at + 1) & mask_;
  setField(entries_[at].object, Ref<>(std::move(rebuilt)));
  return entries_[at].object;
}

int UnitConstants::add(Object* o) {
  Object* merged = pool_.merge(o);
  return merged ? addMerged(merged) : -1;
}

int UnitConstants::addMerged(Object* merged) {
  if (int* number = numbers_.find(merged)) return *number;
  int number = numbers_.size();
  if (!numbers_.insert(arena_, merged, number)) {
    (void)raiseNoMemory(ts_);
    return -1;
  }
  return number;
}

}  // namespace habu::compiler
