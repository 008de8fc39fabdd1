// Inline values of instances: the values array beside shared keys, until somebody asks for the __dict__.
#include <cstring>

#include "object/alloc.h"
#include "object/gc.h"
#include "types/arguments.h"
#include "types/dict_table.h"

namespace habu {

DictKeys* newSharedKeys() {
  DictKeys* keys = newDictKeys(6, true);
  if (!keys) return nullptr;
  keys->usable = kSharedKeysMax;  // fewer than the table holds: a place must fit the order bytes
  keys->kind = DictKeysKind::Split;
  return keys;
}

DictValues* newInstanceValues(DictKeys* shared) {
  // Every new instance lowers the room for further names, so that arrays of later instances come out small.
  if (shared->usable > 1) --shared->usable;
  size_t slots = size_t(shared->entry_count + shared->usable);
  size_t reserved = (slots + 2 + 7) & ~size_t{7};
  auto* block = static_cast<char*>(allocate(reserved + slots * sizeof(Object*)));
  if (!block) return nullptr;
  std::memset(block, 0, reserved + slots * sizeof(Object*));
  block[reserved - 1] = char(reserved);
  return reinterpret_cast<DictValues*>(block + reserved);
}

void freeValuesMemory(DictValues* values) { freeMemory(reinterpret_cast<char*>(values) - values->reserved()); }

Object* instanceValuesGet(DictKeys* shared, DictValues* values, Str* name) {
  Index place = strTableLookup(shared, name, name->hash != -1 ? name->hash : hashStr(name));
  return place < 0 ? nullptr : values->slots[place];
}

bool instanceValuesSet(DictKeys* shared, DictValues* values, Str* name, Object* value) {
  if (!isExactStr(name)) return false;
  Index place = sharedKeysPlace(shared, name, name->hash != -1 ? name->hash : hashStr(name));
  if (place < 0) return false;
  Ref<> old = Ref<>::steal(std::exchange(values->slots[place], Ref<>::share(value).release()));
  if (!old) values->appendPlace(place);
  return true;
}

bool instanceValuesDelete(DictKeys* shared, DictValues* values, Str* name) {
  Index place = strTableLookup(shared, name, name->hash != -1 ? name->hash : hashStr(name));
  if (place < 0 || !values->slots[place]) return false;
  removeFromOrder(values, place);
  clearField(values->slots[place]);
  return true;
}

Ref<Dict> instanceDictFromValues(ThreadState& ts, DictKeys* shared, DictValues* values) {
  Index used = 0;
  bool tracked = false;
  for (Index i = 0; i < shared->entry_count; ++i) {
    if (!values->slots[i]) continue;
    ++used;
    tracked = tracked || mayFormCycles(values->slots[i]);
  }
  Ref<Dict> made = newDictWith(ts, shared, values, used);
  if (!made) return {};
  shareKeys(shared);
  if (tracked) track(made.get());
  return made;
}

bool instanceValuesEmpty(DictKeys*, DictValues* values) { return values->used() == 0; }

int visitInstanceValues(DictKeys* shared, DictValues* values, VisitFn visit, void* arg) {
  for (Index i = 0; i < shared->entry_count; ++i) VISIT(values->slots[i]);
  return 0;
}

void clearInstanceValues(DictKeys* shared, DictValues* values) {
  reinterpret_cast<uint8_t*>(values)[-2] = 0;
  for (Index i = 0; i < shared->entry_count; ++i) clearField(values->slots[i]);
}

void freeInstanceValues(DictKeys* shared, DictValues* values) {
  for (Index i = 0; i < shared->entry_count; ++i) clearField(values->slots[i]);
  freeValuesMemory(values);
}

}  // namespace habu
