// Finding names along the MRO, through one global cache keyed by (type version, name); and the version tags themselves.
// A version identifies "this type with these attributes": whatever changes the type or a base takes the version away.
#include "object/alloc.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/dict.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

constexpr size_t kCacheSize = 4096;
constexpr Index kMaxCachedName = 100;

struct CacheEntry {
  unsigned int version;
  Str* name;      // owned: its address must not be reused while it is a key
  Object* value;  // borrowed from the type, which the version keeps unchanged; null: absent
};
CacheEntry method_cache[kCacheSize];
constinit unsigned int next_version = 1;

CacheEntry& entryFor(unsigned int version, const Str* name) {
  return method_cache[(version ^ (reinterpret_cast<uintptr_t>(name) >> 3)) & (kCacheSize - 1)];
}
bool isCacheable(const Str* name) { return isExactStr(name) && name->state.interned && name->length <= kMaxCachedName; }

// Class dictionaries mostly hold exact strs, where nothing can fail; errors of strange keys count as "absent".
Object* findInDict(Dict* dict, Str* name) {
  if (isExactStr(name)) return dictFindStr(dict, name);
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  Found found = dictFind(ts, dict, name);
  Object* value = nullptr;
  if (found.failed()) clearError(ts);
  else {
    Ref<> kept = found.take();  // the dictionary keeps it too
    value = kept.get();
  }
  std::move(pending).restore(ts);
  return value;
}

[[gnu::noinline]] Object* findInMro(Type* type, Str* name) {
  Ref<Tuple> mro = Ref<Tuple>::share(type->mro);
  if (!mro) {
    ThreadState& ts = ThreadState::current();
    if (type->has(kReadying)) return nullptr;
    PendingError pending = PendingError::take(ts);
    if (readyType(ts, *type).failed()) clearError(ts);
    std::move(pending).restore(ts);
    mro = Ref<Tuple>::share(type->mro);
    if (!mro) return nullptr;
  }
  for (Object* base : mro->span())
    if (Dict* dict = static_cast<Type*>(base)->dict)
      if (Object* found = findInDict(dict, name)) return found;
  return nullptr;
}

}  // namespace

bool assignVersionTag(Type* type) {
  if (type->has(kValidVersionTag)) return true;
  if (!type->has(kReady)) return false;
  if (next_version == 0) return false;  // all used up
  type->version_tag = next_version++;
  if (type->bases)
    for (Object* base : type->bases->span())
      if (!assignVersionTag(static_cast<Type*>(base))) return false;
  type->flags |= kValidVersionTag;
  return true;
}

Object* typeLookup(Type* type, Str* name) {
  bool cacheable = isCacheable(name);
  if (cacheable && type->has(kValidVersionTag)) [[likely]] {
    CacheEntry& e = entryFor(type->version_tag, name);
    if (e.version == type->version_tag && e.name == name) [[likely]]
      return e.value;
  }
  Object* found = findInMro(type, name);
  if (cacheable && assignVersionTag(type)) {
    CacheEntry& e = entryFor(type->version_tag, name);
    e.version = type->version_tag;
    e.value = found;
    setField(e.name, Ref<Str>::share(name));
  }
  return found;
}

void typeModified(Type* type) {
  if (!type->has(kValidVersionTag)) return;
  if (SubclassList* list = subclassList(type))
    for (Index i = 0; i < list->count; ++i)
      if (list->items[i]) typeModified(list->items[i]);
  type->flags &= ~kValidVersionTag;
  type->version_tag = 0;
}

void clearMethodCache() {
  for (CacheEntry& e : method_cache) {
    e.version = 0;
    e.value = nullptr;
    clearField(e.name);
  }
}

bool isSubtype(const Type* a, const Type* b) {
  if (Tuple* mro = a->mro) {
    for (Index i = 0; i < mro->size; ++i)
      if (mro->items[i] == b) return true;
    return false;
  }
  // Not ready yet: by the chain of tp_base.
  for (; a; a = a->base)
    if (a == b) return true;
  return b == &kObjectType;
}

// ---- subclasses ----
Status addSubclass(ThreadState& ts, Type* base, Type* subclass) {
  SubclassList* list = subclassList(base);
  if (!list) {
    list = static_cast<SubclassList*>(allocate(sizeof(SubclassList)));
    if (!list) return raiseNoMemory(ts);
    *list = {0, 0, nullptr};
    base->subclasses = reinterpret_cast<Object*>(list);
  }
  if (list->count == list->capacity) {
    Index live = 0;
    for (Index i = 0; i < list->count; ++i)
      if (list->items[i]) list->items[live++] = list->items[i];
    list->count = live;
    if (live > list->capacity / 2 || !list->capacity) {
      Index capacity = list->capacity ? list->capacity * 2 : 4;
      void* items = reallocate(list->items, size_t(capacity) * sizeof(Type*));
      if (!items) return raiseNoMemory(ts);
      list->items = static_cast<Type**>(items);
      list->capacity = capacity;
    }
  }
  list->items[list->count++] = subclass;
  return kDone;
}

void removeSubclass(Type* base, Type* subclass) {
  SubclassList* list = subclassList(base);
  if (!list) return;
  for (Index i = list->count - 1; i >= 0; --i) {  // the youngest die first, as a rule
    if (list->items[i] != subclass) continue;
    list->items[i] = nullptr;
    while (list->count > 0 && !list->items[list->count - 1]) --list->count;
    break;
  }
  if (list->count == 0) {
    base->subclasses = nullptr;
    freeMemory(list->items);
    freeMemory(list);
  }
}

void removeFromBases(Type* type) {
  if (!type->bases) return;
  for (Object* base : type->bases->span())
    if (isType(base)) removeSubclass(static_cast<Type*>(base), type);
}

}  // namespace habu
