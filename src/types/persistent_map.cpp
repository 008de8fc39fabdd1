#include "types/persistent_map.h"

#include <bit>
#include <cstddef>

#include "object/alloc.h"
#include "object/bind.h"
#include "object/gc.h"

namespace habu {

namespace {

constexpr int kBits = 5;
constexpr int kMaxShift = 30;  // levels 0..30 use 32 bits of the hash; below them: collisions

uint32_t folded(Hash h) { return uint32_t(h) ^ uint32_t(uint64_t(h) >> 32); }
uint32_t bitAt(uint32_t hash, int shift) { return 1u << ((hash >> shift) & 31); }
Index placeOf(uint32_t bitmap, uint32_t bit) { return std::popcount(bitmap & (bit - 1)) * 2; }
MapNode* child(Object* o) { return static_cast<MapNode*>(o); }

Ref<MapNode> newNode(ThreadState& ts, uint32_t bitmap, Index fields) {
  Ref<MapNode> n = TRY(newObject<MapNode>(ts, kMapNodeType, fields));
  n->size = fields;
  n->bitmap = bitmap;
  track(n.get());
  return n;
}
void setPair(MapNode* n, Index at, Object* first, Object* second) {
  setField(n->fields[at], Ref<>::share(first));
  setField(n->fields[at + 1], Ref<>::share(second));
}
void copyPairs(MapNode* to, Index to_at, MapNode* from, Index from_at, Index count) {
  for (Index i = 0; i < count; ++i) to->fields[to_at + i] = Ref<>::share(from->fields[from_at + i]).release();
}
Ref<MapNode> copyNode(ThreadState& ts, MapNode* n) {
  Ref<MapNode> c = TRY(newNode(ts, n->bitmap, n->size));
  copyPairs(c.get(), 0, n, 0, n->size);
  return c;
}
Ref<MapNode> insertPair(ThreadState& ts, MapNode* n, uint32_t bitmap, Index at, Object* key, Object* value) {
  Ref<MapNode> c = TRY(newNode(ts, bitmap, n->size + 2));
  copyPairs(c.get(), 0, n, 0, at);
  setPair(c.get(), at, key, value);
  copyPairs(c.get(), at + 2, n, at, n->size - at);
  return c;
}
Ref<MapNode> removePair(ThreadState& ts, MapNode* n, uint32_t bitmap, Index at) {
  Ref<MapNode> c = TRY(newNode(ts, bitmap, n->size - 2));
  copyPairs(c.get(), 0, n, 0, at);
  copyPairs(c.get(), at, n, at + 2, n->size - at - 2);
  return c;
}

Index findCollision(const MapNode* n, const Object* key) {
  for (Index i = 0; i < n->size; i += 2)
    if (n->fields[i] == key) return i;
  return -1;
}

// A node for two keys whose hashes agree up to `shift`. The first key's hash is not stored: keys tell their own.
Ref<MapNode> nodeForTwo(ThreadState& ts, int shift, Object* key1, uint32_t hash1, Object* value1, Object* key2,
                        uint32_t hash2, Object* value2) {
  if (shift > kMaxShift) {
    Ref<MapNode> n = TRY(newNode(ts, 0, 4));
    setPair(n.get(), 0, key1, value1);
    setPair(n.get(), 2, key2, value2);
    return n;
  }
  uint32_t bit1 = bitAt(hash1, shift), bit2 = bitAt(hash2, shift);
  if (bit1 == bit2) {
    Ref<MapNode> below = TRY(nodeForTwo(ts, shift + kBits, key1, hash1, value1, key2, hash2, value2));
    Ref<MapNode> n = TRY(newNode(ts, bit1, 2));
    setPair(n.get(), 0, nullptr, below.get());
    return n;
  }
  Ref<MapNode> n = TRY(newNode(ts, bit1 | bit2, 4));
  bool first = bit1 < bit2;
  setPair(n.get(), first ? 0 : 2, key1, value1);
  setPair(n.get(), first ? 2 : 0, key2, value2);
  return n;
}

Ref<MapNode> with(ThreadState& ts, MapNode* n, int shift, Object* key, uint32_t hash, Object* value, bool& added) {
  if (!n->bitmap && n->size) {  // collisions
    Index at = findCollision(n, key);
    if (at < 0) {
      added = true;
      return insertPair(ts, n, 0, n->size, key, value);
    }
    Ref<MapNode> c = TRY(copyNode(ts, n));
    setField(c->fields[at + 1], Ref<>::share(value));
    return c;
  }
  uint32_t bit = bitAt(hash, shift);
  Index at = placeOf(n->bitmap, bit);
  if (!(n->bitmap & bit)) {
    added = true;
    return insertPair(ts, n, n->bitmap | bit, at, key, value);
  }
  Object* present = n->fields[at];
  Ref<> replacement;
  if (!present) {
    replacement = TRY(with(ts, child(n->fields[at + 1]), shift + kBits, key, hash, value, added));
  } else if (present == key) {
    if (n->fields[at + 1] == value) return share(n);
    replacement = Ref<>::share(value);
  } else {
    Hash other = present->type->hash(present);
    added = true;
    replacement = TRY(nodeForTwo(ts, shift + kBits, present, folded(other), n->fields[at + 1], key, hash, value));
    present = nullptr;
  }
  Ref<MapNode> c = TRY(copyNode(ts, n));
  setField(c->fields[at], Ref<>::share(present));
  setField(c->fields[at + 1], std::move(replacement));
  return c;
}

Ref<MapNode> without(ThreadState& ts, MapNode* n, int shift, Object* key, uint32_t hash, bool& empty) {
  Index at;
  uint32_t bit = 0;
  if (!n->bitmap) {
    at = findCollision(n, key);
  } else {
    bit = bitAt(hash, shift);
    at = placeOf(n->bitmap, bit);
    if (!n->fields[at]) {
      Ref<MapNode> below = without(ts, child(n->fields[at + 1]), shift + kBits, key, hash, empty);
      if (!below && !empty) return {};
      if (below) {
        Ref<MapNode> c = TRY(copyNode(ts, n));
        if (below->size == 2 && below->fields[0]) setPair(c.get(), at, below->fields[0], below->fields[1]);  // pull up
        else setField(c->fields[at + 1], Ref<>(std::move(below)));
        return c;
      }
      empty = false;
    }
  }
  if (n->size == 2) {
    empty = true;
    return {};
  }
  return removePair(ts, n, n->bitmap & ~bit, at);
}

int traverse(MapNode* n, VisitFn visit, void* arg) {
  for (Index i = 0; i < n->size; ++i) VISIT(n->fields[i]);
  return 0;
}
int clear(MapNode* n) {
  for (Index i = 0; i < n->size; ++i) clearField(n->fields[i]);
  return 0;
}
void dealloc(MapNode* n) {
  untrack(n);
  TrashScope trash(n);
  if (trash.deferred()) return;
  clear(n);
  n->type->free(n);
}

}  // namespace

constinit Type kMapNodeType = defineVarType<MapNode>(offsetof(MapNode, fields), {
    .name = "hamt_node",
    .flags = kDisallowInstantiation,
    .item_size = sizeof(Object*),
    .free = freeGcObject,
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>,
});

Object* mapFind(const MapNode* n, const Object* key, Hash h) {
  uint32_t hash = folded(h);
  for (int shift = 0; n; shift += kBits) {
    if (!n->bitmap) {
      Index at = findCollision(n, key);
      return at < 0 ? nullptr : n->fields[at + 1];
    }
    uint32_t bit = bitAt(hash, shift);
    if (!(n->bitmap & bit)) return nullptr;
    Index at = placeOf(n->bitmap, bit);
    if (n->fields[at]) return n->fields[at] == key ? n->fields[at + 1] : nullptr;
    n = child(n->fields[at + 1]);
  }
  return nullptr;
}

Ref<MapNode> mapWith(ThreadState& ts, MapNode* n, Object* key, Hash h, Object* value, bool& added) {
  added = false;
  if (n) return with(ts, n, 0, key, folded(h), value, added);
  added = true;
  Ref<MapNode> root = TRY(newNode(ts, bitAt(folded(h), 0), 2));
  setPair(root.get(), 0, key, value);
  return root;
}

Ref<MapNode> mapWithout(ThreadState& ts, MapNode* n, Object* key, Hash h, bool& empty) {
  empty = false;
  return without(ts, n, 0, key, folded(h), empty);
}

void mapEach(const MapNode* n, void (*f)(Object*, Object*, void*), void* data) {
  if (!n) return;
  for (Index i = 0; i < n->size; i += 2) {
    if (n->fields[i]) f(n->fields[i], n->fields[i + 1], data);
    else mapEach(child(n->fields[i + 1]), f, data);
  }
}

}  // namespace habu
