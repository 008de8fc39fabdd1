// Attributes: loading, storing, deleting; methods about to be called.
#include "interp/frame_stack.h"
#include "interp/specialise.h"
#include "object/attribute.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/dict_keys.h"
#include "types/module.h"
#include "types/str.h"

namespace habu {

namespace {
// Types with kManagedDict: two words in front of the GC header.
inline DictValues* valuesOf(Object* o) { return reinterpret_cast<DictValues**>(o)[-4]; }
inline Dict* dictOf(Object* o) { return reinterpret_cast<Dict**>(o)[-3]; }
// The values of an instance that has no attribute yet; null: it has a dictionary, or there is no memory.
DictValues* makeValues(Object* o) {
  if (dictOf(o)) return nullptr;
  return reinterpret_cast<DictValues**>(o)[-4] = newInstanceValues(static_cast<HeapType*>(o->type)->cached_keys);
}
inline AttributeCache* attributeCache(Instruction* ip) { return reinterpret_cast<AttributeCache*>(ip + 1); }
inline MethodCache* methodCache(Instruction* ip) { return reinterpret_cast<MethodCache*>(ip + 1); }
inline Object*& fieldAt(Object* o, uint64_t offset) { return *reinterpret_cast<Object**>(reinterpret_cast<char*>(o) + offset); }
}  // namespace

#define ADAPTIVE(family, specialise)                           \
  HANDLER(family##_ADAPTIVE) {                                 \
    if (counterOf(ip) == 0) {                                  \
      counterOf(ip) = kBackoff;                                \
      specialise(frame, ip, sp);                               \
      if (handlerOf(ip) != op_##family##_ADAPTIVE) DISPATCH(); \
    }                                                          \
    --counterOf(ip);                                           \
    GO(family);                                                \
  }
ADAPTIVE(LOAD_ATTR, specialiseLoadAttr)
ADAPTIVE(STORE_ATTR, specialiseStoreAttr)
ADAPTIVE(LOAD_METHOD, specialiseLoadMethod)

HANDLER(LOAD_ATTR) {
  frame->ip = ip;
  Object* value = owned(getAttr(ts, sp[-1], nameAt(frame, ip->arg)));
  if (!value) [[unlikely]] FAIL();
  setTop(sp, Ref<>::steal(value));
  NEXT(LOAD_ATTR);
}

HANDLER(LOAD_ATTR_INSTANCE_VALUE) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(LOAD_ATTR);
  DictValues* values = valuesOf(owner);
  if (!values) [[unlikely]]
    MISS(LOAD_ATTR);
  Object* value = values->slots[cache->offset];
  if (!value) [[unlikely]]
    MISS(LOAD_ATTR);
  frame->ip = ip;
  setTop(sp, Ref<>::share(value));
  NEXT(LOAD_ATTR);
}

HANDLER(LOAD_ATTR_SLOT) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(LOAD_ATTR);
  Object* value = fieldAt(owner, cache->offset);
  if (!value) [[unlikely]]
    MISS(LOAD_ATTR);
  frame->ip = ip;
  setTop(sp, Ref<>::share(value));
  NEXT(LOAD_ATTR);
}

// The instance has a dictionary of its own: the cache remembers at which place of its table the name was.
HANDLER(LOAD_ATTR_WITH_HINT) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(LOAD_ATTR);
  Dict* dict = dictOf(owner);
  if (!dict || dict->values || !dict->keys->strOnly() || Index(cache->offset) >= dict->keys->entry_count) [[unlikely]]
    MISS(LOAD_ATTR);
  StrDictEntry& entry = dict->keys->strEntries()[cache->offset];
  if (entry.key != nameAt(frame, ip->arg) || !entry.value) [[unlikely]]
    MISS(LOAD_ATTR);
  frame->ip = ip;
  setTop(sp, Ref<>::share(entry.value));
  NEXT(LOAD_ATTR);
}

HANDLER(LOAD_ATTR_MODULE) {
  AttributeCache* cache = attributeCache(ip);
  if (!isExact(sp[-1], kModuleType)) [[unlikely]]
    MISS(LOAD_ATTR);
  DictKeys* keys = static_cast<Module*>(sp[-1])->dict->keys;
  if (keys->version != cache->version) [[unlikely]]
    MISS(LOAD_ATTR);
  Object* value = *reinterpret_cast<Object**>(reinterpret_cast<char*>(keys) + cache->offset);
  if (!value) [[unlikely]]
    MISS(LOAD_ATTR);
  frame->ip = ip;
  setTop(sp, Ref<>::share(value));
  NEXT(LOAD_ATTR);
}

HANDLER(LOAD_ATTR_PROPERTY) {
  AttributeCache* cache = attributeCache(ip);
  if (sp[-1]->type->version_tag != cache->version) [[unlikely]]
    MISS(LOAD_ATTR);
  // The type of this version holds the property, but a property can be initialised anew.
  auto* property = reinterpret_cast<Property*>(cache->offset);
  Function* getter = cache->getter;
  if (property->getter != getter || getter->version != cache->keys_version) [[unlikely]]
    MISS(LOAD_ATTR);
  frame->ip = ip;
  --sp;
  Frame* callee = pushCall(ts, Ref<Function>::share(getter).release(), nullptr, sp, 1, nullptr);
  if (!callee) [[unlikely]] FAIL();
  ENTER_CALL(callee, LOAD_ATTR);
}

HANDLER(STORE_ATTR) {
  frame->ip = ip;
  bool ok;
  {
    Ref<> owner = pop(sp), value = pop(sp);
    ok = !setAttr(ts, owner.get(), nameAt(frame, ip->arg), value.get()).failed();
  }
  if (!ok) [[unlikely]] FAIL();
  NEXT(STORE_ATTR);
}

HANDLER(STORE_ATTR_INSTANCE_VALUE) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(STORE_ATTR);
  DictValues* values = valuesOf(owner);
  if (!values && !(values = makeValues(owner))) [[unlikely]]
    MISS(STORE_ATTR);
  frame->ip = ip;
  {
    Ref<> held = pop(sp);
    Object* old = std::exchange(values->slots[cache->offset], *--sp);
    if (!old) values->appendPlace(Index(cache->offset));
    Ref<> dropped = Ref<>::steal(old);
  }
  NEXT(STORE_ATTR);
}

HANDLER(STORE_ATTR_SLOT) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(STORE_ATTR);
  frame->ip = ip;
  {
    Ref<> held = pop(sp);
    Ref<> dropped = Ref<>::steal(std::exchange(fieldAt(owner, cache->offset), *--sp));
  }
  NEXT(STORE_ATTR);
}

HANDLER(STORE_ATTR_WITH_HINT) {
  AttributeCache* cache = attributeCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->version) [[unlikely]]
    MISS(STORE_ATTR);
  Dict* dict = dictOf(owner);
  if (!dict || dict->values || !dict->keys->strOnly() || Index(cache->offset) >= dict->keys->entry_count) [[unlikely]]
    MISS(STORE_ATTR);
  StrDictEntry& entry = dict->keys->strEntries()[cache->offset];
  if (entry.key != nameAt(frame, ip->arg) || !entry.value) [[unlikely]]
    MISS(STORE_ATTR);
  frame->ip = ip;
  {
    Ref<> held = pop(sp), value = pop(sp);
    dictReplaceAt(dict, Index(cache->offset), value.get());
  }
  NEXT(STORE_ATTR);
}

HANDLER(DELETE_ATTR) {
  frame->ip = ip;
  CONSUME_OR_FAIL(delAttr(ts, top, nameAt(frame, ip->arg)));
  NEXT(DELETE_ATTR);
}

// ---- methods: `function self` for a call with self in front, `NULL callable` otherwise ----

HANDLER(LOAD_METHOD) {
  frame->ip = ip;
  Object* function;
  bool is_method;
  {
    Result<MethodLookup> found = getMethod(ts, sp[-1], nameAt(frame, ip->arg));
    MethodLookup lookup = found.take();
    function = lookup.function.release();
    is_method = lookup.is_method;
  }
  if (!function) [[unlikely]] FAIL();
  if (is_method) {
    *sp = sp[-1];
    sp[-1] = function;
    ++sp;
  } else {
    setTop(sp, nullptr);
    *sp++ = function;
  }
  NEXT(LOAD_METHOD);
}

namespace {
// The method found goes below its owner.
[[gnu::always_inline]] inline void pushMethod(Object**& sp, Object* method) {
  *sp = sp[-1];
  sp[-1] = Ref<>::share(method).release();
  ++sp;
}
}  // namespace

// The instance's attributes are inline values under keys that do not contain the name.
HANDLER(LOAD_METHOD_WITH_VALUES) {
  MethodCache* cache = methodCache(ip);
  Object* owner = sp[-1];
  Type* type = owner->type;
  if (type->version_tag != cache->type_version) [[unlikely]]
    MISS(LOAD_METHOD);
  if (dictOf(owner) || static_cast<HeapType*>(type)->cached_keys->version != cache->keys_version) [[unlikely]]
    MISS(LOAD_METHOD);
  pushMethod(sp, cache->method);
  NEXT(LOAD_METHOD);
}

HANDLER(LOAD_METHOD_WITH_DICT) {
  MethodCache* cache = methodCache(ip);
  Object* owner = sp[-1];
  if (owner->type->version_tag != cache->type_version) [[unlikely]]
    MISS(LOAD_METHOD);
  Dict* dict = *reinterpret_cast<Dict**>(reinterpret_cast<char*>(owner) + int64_t(cache->dict_offset));
  // No dictionary at all, or one whose keys were seen not to hold the name.
  if (dict ? dict->keys->version != cache->keys_version : cache->keys_version != 0) [[unlikely]]
    MISS(LOAD_METHOD);
  pushMethod(sp, cache->method);
  NEXT(LOAD_METHOD);
}

HANDLER(LOAD_METHOD_NO_DICT) {
  MethodCache* cache = methodCache(ip);
  if (sp[-1]->type->version_tag != cache->type_version) [[unlikely]]
    MISS(LOAD_METHOD);
  pushMethod(sp, cache->method);
  NEXT(LOAD_METHOD);
}

HANDLER(LOAD_METHOD_MODULE) {
  MethodCache* cache = methodCache(ip);
  if (!isExact(sp[-1], kModuleType)) [[unlikely]]
    MISS(LOAD_METHOD);
  DictKeys* keys = static_cast<Module*>(sp[-1])->dict->keys;
  if (keys->version != cache->keys_version) [[unlikely]]
    MISS(LOAD_METHOD);
  Object* value = *reinterpret_cast<Object**>(reinterpret_cast<char*>(keys) + cache->dict_offset);
  if (!value) [[unlikely]]
    MISS(LOAD_METHOD);
  frame->ip = ip;
  value = Ref<>::share(value).release();
  setTop(sp, nullptr);
  *sp++ = value;
  NEXT(LOAD_METHOD);
}

// An attribute of a class, found along its MRO.
HANDLER(LOAD_METHOD_CLASS) {
  MethodCache* cache = methodCache(ip);
  if (!isType(sp[-1]) || static_cast<Type*>(sp[-1])->version_tag != cache->type_version) [[unlikely]]
    MISS(LOAD_METHOD);
  frame->ip = ip;
  Object* value = Ref<>::share(cache->method).release();
  setTop(sp, nullptr);
  *sp++ = value;
  NEXT(LOAD_METHOD);
}

}  // namespace habu
