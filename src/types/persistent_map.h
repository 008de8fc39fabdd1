// A persistent map from objects compared by identity to values: a hash array mapped trie whose nodes are shared between
// versions. Setting and removing make new nodes along one path only; nothing is ever changed in place.
#pragma once
#include "object/core.h"

namespace habu {

// A node has one pair of fields per bit of `bitmap`: (key, value), or (null, child node). Nodes below the last level of
// hash bits (bitmap 0) hold pairs of colliding keys.
struct MapNode : VarObject {  // size: number of fields
  uint32_t bitmap;
  Object* fields[1];
};
extern Type kMapNodeType;

Object* mapFind(const MapNode*, const Object* key, Hash);  // borrowed; null: absent
// `added` tells that the key is new.
Ref<MapNode> mapWith(ThreadState&, MapNode* /* nullable */, Object* key, Hash, Object* value, bool& added);
// Without `key`, which must be there; `empty` tells that nothing is left (the result is then empty, no error).
Ref<MapNode> mapWithout(ThreadState&, MapNode*, Object* key, Hash, bool& empty);
// Calls `f(key, value, data)` for every pair.
void mapEach(const MapNode*, void (*f)(Object* key, Object* value, void* data), void* data);

}  // namespace habu
