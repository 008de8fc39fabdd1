// Open addressing as in CPython, to the probe: after the home slot up to nine neighbours (unless they would pass the
// end of the table), then a jump by the perturbed hash. Deleted entries keep their slot until the table is rebuilt.
#include "types/set_table.h"

#include <cstring>

#include "object/alloc.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/dict_table.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

constinit Object kDummyKey{kImmortalRefcount, &kObjectType};
Object* kSetDummy = &kDummyKey;

namespace {

constexpr size_t kNeighbours = 9;
constexpr unsigned kPerturbShift = 5;

struct SetProbe {
  size_t mask, perturb, i;
  SetProbe(const Set* s, Hash hash) : mask(size_t(s->mask)), perturb(size_t(hash)), i(size_t(hash) & mask) {}
  size_t neighbours() const { return i + kNeighbours <= mask ? kNeighbours : 0; }
  void jump() {
    perturb >>= kPerturbShift;
    i = (i * 5 + 1 + perturb) & mask;
  }
};

enum class Match { No, Yes, Changed, Failed };

Match compareEntry(ThreadState& ts, Set* s, SetEntry* e, Object* key) {
  Object* stored = e->key;
  if (Quick same = quickEqual(stored, key); same != Quick::Unknown) return same == Quick::Yes ? Match::Yes : Match::No;
  SetEntry* table = s->table;
  Ref<> keep = Ref<>::share(stored);
  Result<bool> same = compareBool(ts, keep.get(), key, CompareOp::Eq);
  if (same.failed()) return Match::Failed;
  if (s->table != table || e->key != keep.get()) return Match::Changed;
  return same.take() ? Match::Yes : Match::No;
}

// The entry of `key`, or the free one that ends the search; null with an exception on failure. `deleted` is the last
// deleted entry passed on the way, where a new key goes rather than into the free one.
SetEntry* lookup(ThreadState& ts, Set* s, Object* key, Hash hash, SetEntry** deleted = nullptr) {
restart:
  if (deleted) *deleted = nullptr;
  SetProbe p(s, hash);
  for (;; p.jump()) {
    SetEntry* e = s->table + p.i;
    for (SetEntry* last = e + p.neighbours(); e <= last; ++e) {
      if (!e->key) return e;
      if (e->hash != hash) {
        if (deleted && e->hash == -1) *deleted = e;
        continue;
      }
      switch (compareEntry(ts, s, e, key)) {
        case Match::Yes: return e;
        case Match::No: break;
        case Match::Changed: goto restart;
        case Match::Failed: return nullptr;
      }
    }
  }
}

// For a key known to be absent, in a table without deleted entries.
void insertClean(Set* s, Object* key, Hash hash) {
  SetProbe p(s, hash);
  for (;; p.jump()) {
    SetEntry* e = s->table + p.i;
    for (SetEntry* last = e + p.neighbours(); e <= last; ++e) {
      if (e->key) continue;
      e->key = key;
      e->hash = hash;
      return;
    }
  }
}

}  // namespace

Result<Hash> setKeyHash(ThreadState& ts, Object* key) { return keyHash(ts, key); }

Status setResize(ThreadState& ts, Set* s, Index entries) {
  size_t size = 8;
  while (size <= size_t(entries)) size <<= 1;
  SetEntry *old = s->table, saved[8], *fresh;
  Index old_mask = s->mask;
  bool old_small = old == s->small;
  if (size == 8) {
    fresh = s->small;
    if (old_small) {
      if (s->fill == s->used) return kDone;
      std::memcpy(saved, old, sizeof saved);
      old = saved;
    }
  } else {
    if (size > (size_t{1} << 58)) return raiseNoMemory(ts);
    fresh = static_cast<SetEntry*>(allocate(size * sizeof(SetEntry)));
    if (!fresh) return raiseNoMemory(ts);
  }
  std::memset(fresh, 0, size * sizeof(SetEntry));
  s->mask = Index(size - 1);
  s->table = fresh;
  for (SetEntry *e = old, *end = old + old_mask + 1; e != end; ++e)
    if (inUse(e)) insertClean(s, e->key, e->hash);
  s->fill = s->used;
  if (!old_small) freeMemory(old);
  return kDone;
}

Result<bool> setInsert(ThreadState& ts, Set* s, Ref<> key, Hash hash) {
  SetEntry* deleted;
  SetEntry* e = lookup(ts, s, key.get(), hash, &deleted);
  if (!e) return Raised{};
  if (e->key) return false;
  if (deleted) {
    deleted->key = key.release();
    deleted->hash = hash;
    ++s->used;
    return true;
  }
  e->key = key.release();
  e->hash = hash;
  ++s->fill;
  ++s->used;
  if (size_t(s->fill) * 5 >= size_t(s->mask) * 3)
    (void)TRY(setResize(ts, s, s->used > 50000 ? s->used * 2 : s->used * 4));
  return true;
}

Result<bool> setContainsKnownHash(ThreadState& ts, Set* s, Object* key, Hash hash) {
  SetEntry* e = lookup(ts, s, key, hash);
  if (!e) return Raised{};
  return e->key != nullptr;
}

Result<bool> setDiscardKnownHash(ThreadState& ts, Set* s, Object* key, Hash hash) {
  SetEntry* e = lookup(ts, s, key, hash);
  if (!e) return Raised{};
  if (!e->key) return false;
  e->hash = -1;
  --s->used;
  dropReference(std::exchange(e->key, &kDummyKey));
  return true;
}

Status setMerge(ThreadState& ts, Set* s, Set* other) {
  if (other == s || other->used == 0) return kDone;
  if ((s->fill + other->used) * 5 >= s->mask * 3) (void)TRY(setResize(ts, s, (s->used + other->used) * 2));
  SetEntry *e = other->table, *end = e + other->mask + 1;
  if (s->fill == 0 && s->mask == other->mask && other->fill == other->used) {
    for (SetEntry* to = s->table; e != end; ++e, ++to) {
      if (!e->key) continue;
      to->key = Ref<>::share(e->key).release();
      to->hash = e->hash;
    }
    s->fill = s->used = other->used;
    return kDone;
  }
  if (s->fill == 0) {
    s->fill = s->used = other->used;
    for (; e != end; ++e)
      if (inUse(e)) insertClean(s, Ref<>::share(e->key).release(), e->hash);
    return kDone;
  }
  for (Index i = 0; i <= other->mask; ++i) {  // comparisons may rebuild the other set's table
    e = other->table + i;
    if (inUse(e)) (void)TRY(setInsert(ts, s, Ref<>::share(e->key), e->hash));
  }
  return kDone;
}

Status setTidy(ThreadState& ts, Set* s) {
  if (size_t(s->fill - s->used) <= size_t(s->mask) / 4) return kDone;
  return setResize(ts, s, s->used > 50000 ? s->used * 2 : s->used * 4);
}

void setClear(Set* s) {
  SetEntry *table = s->table, saved[8];
  bool was_small = table == s->small;
  Index fill = s->fill, mask = s->mask;
  if (was_small && fill > 0) {
    std::memcpy(saved, table, sizeof saved);
    table = saved;
  }
  if (!was_small || fill > 0) {
    std::memset(s->small, 0, sizeof s->small);
    s->fill = s->used = 0;
    s->mask = 7;
    s->table = s->small;
    s->hash = -1;
  }
  if (fill > 0)
    for (SetEntry *e = table, *end = table + mask + 1; e != end; ++e)
      if (inUse(e)) dropReference(e->key);
  if (!was_small) freeMemory(table);
}

bool SetCursor::next() {
  for (; position <= set_->mask; ++position) {
    SetEntry* e = set_->table + position;
    if (!inUse(e)) continue;
    key = e->key;
    hash = e->hash;
    ++position;
    return true;
  }
  return false;
}

Status setAddKnownHash(ThreadState& ts, Set* s, Object* key, Hash hash) {
  (void)TRY(setInsert(ts, s, Ref<>::share(key), hash));
  return kDone;
}

Status setAdd(ThreadState& ts, Set* s, Object* key) {
  Hash hash = TRY(setKeyHash(ts, key));
  return setAddKnownHash(ts, s, key, hash);
}

Result<bool> setContains(ThreadState& ts, Set* s, Object* key) {
  Hash hash = TRY(setKeyHash(ts, key));
  return setContainsKnownHash(ts, s, key, hash);
}

Result<bool> setDiscard(ThreadState& ts, Set* s, Object* key) {
  Hash hash = TRY(setKeyHash(ts, key));
  return setDiscardKnownHash(ts, s, key, hash);
}

Ref<> setPop(ThreadState& ts, Set* s) {
  if (s->used == 0) return raise(ts, kKeyError, "pop from an empty set");
  Index i = s->finger & s->mask;
  while (!inUse(s->table + i)) i = i == s->mask ? 0 : i + 1;
  SetEntry* e = s->table + i;
  Ref<> key = Ref<>::steal(std::exchange(e->key, &kDummyKey));
  e->hash = -1;
  --s->used;
  s->finger = i + 1;
  return key;
}

Status setUpdate(ThreadState& ts, Set* s, Object* iterable) {
  if (isAnySet(iterable)) return setMerge(ts, s, reinterpret_cast<Set*>(iterable));
  if (isExactDict(iterable)) {
    auto* d = reinterpret_cast<Dict*>(iterable);
    if ((s->fill + d->used) * 5 >= s->mask * 3) (void)TRY(setResize(ts, s, (s->used + d->used) * 2));
    DictCursor c(d);
    while (c.next()) (void)TRY(setInsert(ts, s, Ref<>::share(c.key), c.hash));
    return kDone;
  }
  if (isExactList(iterable) || isExactTuple(iterable)) {  // as their iterators would: by index, the size read each time
    for (Index i = 0; i < fastSize(iterable); ++i) {
      Ref<> key = Ref<>::share(fastItems(iterable)[i]);
      Hash hash = TRY(setKeyHash(ts, key.get()));
      (void)TRY(setInsert(ts, s, std::move(key), hash));
    }
    return kDone;
  }
  Ref<> it = TRY(iterOf(ts, iterable));
  while (Ref<> key = iterNext(ts, it.get())) {
    Hash hash = TRY(setKeyHash(ts, key.get()));
    (void)TRY(setInsert(ts, s, std::move(key), hash));
  }
  if (errorSet(ts)) return Raised{};
  return kDone;
}

}  // namespace habu
