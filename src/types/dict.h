// dict: PyDictObject's public header over a private keys table: compact and insertion-ordered (indices + entries),
// with a table kind for all-str keys and keys shared between the instances of a class (PEP 412).
#pragma once
#include "object/core.h"

namespace habu {

struct DictKeys;    // dict_keys.h
struct DictValues;  // values of a dictionary with shared keys

struct Dict : Object {
  Index used;
  uint64_t version;    // new global number on every change (PEP 509)
  DictKeys* keys;
  DictValues* values;  // null: combined table
};
extern Type kDictType C_NAME("PyDict_Type");
extern Type kDictKeysType C_NAME("PyDictKeys_Type");
extern Type kDictValuesType C_NAME("PyDictValues_Type");
extern Type kDictItemsType C_NAME("PyDictItems_Type");
extern Type kDictKeyIteratorType C_NAME("PyDictIterKey_Type");
extern Type kDictValueIteratorType C_NAME("PyDictIterValue_Type");
extern Type kDictItemIteratorType C_NAME("PyDictIterItem_Type");
extern Type kDictReverseKeyIteratorType C_NAME("PyDictRevIterKey_Type");
extern Type kDictReverseValueIteratorType C_NAME("PyDictRevIterValue_Type");
extern Type kDictReverseItemIteratorType C_NAME("PyDictRevIterItem_Type");
inline bool isExactDict(const Object* o) { return isExact(o, kDictType); }

Ref<Dict> newDict(ThreadState&, Index expected = 0);
// Lookup by str (exact, hash known or computed): no failure, no Python code as long as the table holds exact strs;
// borrowed, null: absent.
Object* dictFindStr(Dict*, Str* key);
Found dictFind(ThreadState&, Dict*, Object* key);               // absent: empty
Found dictFindKnownHash(ThreadState&, Dict*, Object* key, Hash);
Ref<> dictGetItem(ThreadState&, Dict*, Object* key);            // KeyError
Status dictSet(ThreadState&, Dict*, Object* key, Object* value);
Status dictSetKnownHash(ThreadState&, Dict*, Object* key, Object* value, Hash);
Status dictSetAscii(ThreadState&, Dict*, const char* key, Ref<> value);  // key interned; for tables built in C++
Status dictDelete(ThreadState&, Dict*, Object* key);            // KeyError
Result<bool> dictDiscard(ThreadState&, Dict*, Object* key);     // false: was absent
Result<bool> dictContains(ThreadState&, Dict*, Object* key);
Ref<> dictSetDefault(ThreadState&, Dict*, Object* key, Object* fallback);
Found dictPop(ThreadState&, Dict*, Object* key);
Found dictPopKnownHash(ThreadState&, Dict*, Object* key, Hash);
void dictClear(ThreadState&, Dict*);
Ref<Dict> dictCopy(ThreadState&, Dict*);
Status dictUpdate(ThreadState&, Dict*, Object* mapping_or_pairs);
// `override`: 0 keep the first value, 1 the last, 2 raise KeyError for a duplicate.
Status dictMerge(ThreadState&, Dict*, Object* mapping, int override);
Ref<List> dictKeyList(ThreadState&, Dict*);
Ref<List> dictValueList(ThreadState&, Dict*);
Ref<List> dictItemList(ThreadState&, Dict*);

// {keys[i]: values[i]} (BUILD_MAP; `stride` 2 for interleaved pairs).
Ref<Dict> dictFromPairs(ThreadState&, Object* const* keys, Object* const* values, Index count, Index stride);
// The last pair, taken out as a tuple; KeyError "popitem(): dictionary is empty".
Ref<> dictPopItem(ThreadState&, Dict*);
// D.keys(), .values(), .items(): `type` is one of the view types.
Ref<> newDictView(ThreadState&, Object* dict, Type& type);
size_t dictSizeInBytes(Dict*);
bool dictHasOnlyStrKeys(Dict*);
void freeRecycledDicts();  // as freeRecycledLists()
// For the collector: untracks a dictionary whose contents cannot take part in cycles.
void maybeUntrackDict(Dict*);

// Iteration in insertion order; key and value borrowed, valid until the dictionary changes.
//   DictCursor c(dict); while (c.next()) use(c.key, c.value);
class DictCursor {
 public:
  explicit DictCursor(Dict* d) : dict_(d) {}
  bool next();
  Object* key = nullptr;
  Object* value = nullptr;
  Hash hash = 0;
  Index position = 0;

 private:
  Dict* dict_;
};

}  // namespace habu
