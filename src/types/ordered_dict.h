// collections.OrderedDict: a dict whose order can be changed at both ends. A doubly linked list of nodes holds the
// order; `by_place` finds the node of a key through its place in the dict's keys table.
#pragma once
#include "types/dict_keys.h"

namespace habu {

struct OrderNode {
  Object* key;  // owned
  Hash hash;
  OrderNode *next, *previous;
};

struct OrderedDict : Dict {
  OrderNode** by_place;  // one per index of the table `indexed_keys`
  Index by_place_size;
  const void* indexed_keys;  // the table that by_place was built for
  size_t state;              // changes with every change of the order: iterators compare it
  OrderNode *first, *last;
  Object* instance_dict;
  Object* weakrefs;
};
extern Type kOrderedDictType C_NAME("PyODict_Type");
extern Type kOrderedDictIteratorType C_NAME("PyODictIter_Type");
extern Type kOrderedDictKeysType C_NAME("PyODictKeys_Type");
extern Type kOrderedDictValuesType C_NAME("PyODictValues_Type");
extern Type kOrderedDictItemsType C_NAME("PyODictItems_Type");

Ref<OrderedDict> newOrderedDict(ThreadState&);
Status orderedDictSet(ThreadState&, OrderedDict*, Object* key, Object* value);
Status orderedDictDelete(ThreadState&, OrderedDict*, Object* key);
// The node of a key, null when absent (or, with an exception, on failure).
OrderNode* findOrderNode(ThreadState&, OrderedDict*, Object* key, Hash);

enum class OrderedPart : int { Keys = 1, Values = 2, Items = 3 };
Ref<> newOrderedDictIterator(ThreadState&, OrderedDict*, OrderedPart, bool reversed);

}  // namespace habu
