// The wrapper behind functools.lru_cache and functools.cache. Results lie in a dictionary by a key made of the call's
// arguments; a bounded cache keeps its entries in a linked list too, the least recently used one first. The function
// and the keys' comparisons may call the wrapper again, so every step leaves list and dictionary in agreement.
#include "modules/functools/functools.h"

namespace habu::functools {

namespace {

struct Link : Object {  // an entry: the value in the dictionary
  Link *previous, *next;  // borrowed: the dictionary owns the links
  Object* key;
  Hash hash;
  Object* result;
};

struct LruCache : Object {
  Link *first, *last;  // least and most recently used
  Object* function;
  Dict* cache;
  Index max_size;  // -1: unbounded, 0: no cache
  Index hits, misses;
  bool typed;
  Object* info_type;
  Object* dict;
  Object* weakrefs;
  VectorcallFn vectorcall;
};

LruCache* asCache(Object* o) { return reinterpret_cast<LruCache*>(o); }

// Separates positional from keyword arguments in keys.
constinit Object kKeywordMark{kImmortalRefcount, &kObjectType};

void unlink(LruCache* self, Link* link) {
  if (link->previous) link->previous->next = link->next;
  else self->first = link->next;
  if (link->next) link->next->previous = link->previous;
  else self->last = link->previous;
  link->previous = link->next = nullptr;
}

void linkLast(LruCache* self, Link* link) {
  link->previous = self->last;
  link->next = nullptr;
  if (self->last) self->last->next = link;
  else self->first = link;
  self->last = link;
}

Ref<> makeKey(ThreadState& ts, Object* const* args, Index n, Tuple* names, bool typed) {
  Index names_count = names ? names->size : 0;
  if (!typed && names_count == 0) {
    // One plain argument is its own key: str and int cannot equal a tuple.
    if (n == 1 && (isExact(args[0], kStrType) || isExact(args[0], kIntType))) return Ref<>::share(args[0]);
    return newTuple(ts, std::span(args, size_t(n)));
  }
  Index size = n + (names_count ? names_count * 2 + 1 : 0) + (typed ? n + names_count : 0);
  Ref<Tuple> key = TRY(newTupleUninitialized(ts, size));
  Index at = 0;
  auto add = [&](Object* o) { put(key.get(), at++, Ref<>::share(o)); };
  for (Index i = 0; i < n; ++i) add(args[i]);
  if (names_count) add(&kKeywordMark);
  for (Index i = 0; i < names_count; ++i) {
    add(names->items[i]);
    add(args[n + i]);
  }
  if (typed)
    for (Index i = 0; i < n + names_count; ++i) add(args[i]->type);
  return key;
}

Ref<> callUnbounded(ThreadState& ts, LruCache* self, Object* const* args, size_t n, Tuple* names) {
  Ref<> key = TRY(makeKey(ts, args, argumentCount(n), names, self->typed));
  Hash hash = TRY(hashOf(ts, key.get()));
  Ref<> result = TRY(dictFindKnownHash(ts, self->cache, key.get(), hash));
  if (result) {
    ++self->hits;
    return result;
  }
  ++self->misses;
  result = TRY(vectorcall(ts, self->function, args, n, names));
  (void)TRY(dictSetKnownHash(ts, self->cache, key.get(), result.get(), hash));
  return result;
}

// Puts a new result in; evicts the oldest entry of a full cache.
Status store(ThreadState& ts, LruCache* self, Ref<> key, Hash hash, Object* result) {
  Ref<Link> link;
  Ref<> old_key, old_result;  // dropped at the very end
  if (self->cache->used >= self->max_size && self->first) {
    Ref<Link> oldest = share(self->first);
    unlink(self, oldest.get());
    Ref<> expected_key = Ref<>::share(oldest->key);
    Found popped = dictPopKnownHash(ts, self->cache, expected_key.get(), oldest->hash);
    if (popped.failed()) {
      linkLast(self, oldest.get());
      return Raised{};
    }
    Ref<> found = popped.take();
    if (!found) return kDone;  // a comparison cleared the cache: the orphan goes, the new result is not kept
    link = std::move(oldest);
    if (link->refcount > 2) link = {};  // somebody else took hold of it meanwhile
    else {
      old_key = Ref<>::steal(std::exchange(link->key, nullptr));
      old_result = Ref<>::steal(std::exchange(link->result, nullptr));
    }
  }
  if (!link) link = TRY(newObject<Link>(ts, kLruLink));
  link->key = key.copy().release();
  link->hash = hash;
  link->result = Ref<>::share(result).release();
  (void)TRY(dictSetKnownHash(ts, self->cache, key.get(), link.get(), hash));
  linkLast(self, link.get());
  return kDone;
}

Ref<> callBounded(ThreadState& ts, LruCache* self, Object* const* args, size_t n, Tuple* names) {
  Ref<> key = TRY(makeKey(ts, args, argumentCount(n), names, self->typed));
  Hash hash = TRY(hashOf(ts, key.get()));
  Ref<> found = TRY(dictFindKnownHash(ts, self->cache, key.get(), hash));
  if (found) {
    auto* link = reinterpret_cast<Link*>(found.get());
    if (link != self->last && (link->previous || link->next)) {
      unlink(self, link);
      linkLast(self, link);
    }
    ++self->hits;
    return Ref<>::share(link->result);
  }
  ++self->misses;
  Ref<> result = TRY(vectorcall(ts, self->function, args, n, names));
  found = TRY(dictFindKnownHash(ts, self->cache, key.get(), hash));
  if (found) return result;  // the call itself filled the entry
  (void)TRY(store(ts, self, std::move(key), hash, result.get()));
  return result;
}

Object* callVector(Object* self_object, Object* const* args, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  Ref<LruCache> self = share(asCache(self_object));
  auto* keyword_names = reinterpret_cast<Tuple*>(names);
  if (self->max_size > 0) return callBounded(ts, self.get(), args, n, keyword_names).release();
  if (self->max_size < 0) return callUnbounded(ts, self.get(), args, n, keyword_names).release();
  ++self->misses;
  return vectorcall(ts, self->function, args, n, keyword_names).release();
}

// tp_call, by way of vectorcall.
Ref<> callTupled(ThreadState& ts, LruCache* self, Object* args_object, Object* keywords_object) {
  auto* args = reinterpret_cast<Tuple*>(args_object);
  auto* keywords = reinterpret_cast<Dict*>(keywords_object);
  if (!keywords || keywords->used == 0)
    return Ref<>::steal(callVector(self, args->items, size_t(args->size), nullptr));
  Ref<Tuple> names = TRY(newTupleUninitialized(ts, keywords->used));
  Ref<Tuple> all = TRY(newTupleUninitialized(ts, args->size + keywords->used));
  for (Index i = 0; i < args->size; ++i) put(all.get(), i, Ref<>::share(args->items[i]));
  DictCursor c(keywords);
  for (Index i = 0; c.next(); ++i) {
    put(names.get(), i, Ref<>::share(c.key));
    put(all.get(), args->size + i, Ref<>::share(c.value));
  }
  return Ref<>::steal(callVector(self, all->items, size_t(args->size), reinterpret_cast<Object*>(names.get())));
}

Ref<> make(ThreadState& ts, Type* type, Object* function, Object* max_object, bool typed, Object* info_type) {
  if (!isCallable(function)) return raise(ts, kTypeError, "the first argument must be callable");
  Index max_size = -1;
  if (!isNone(max_object)) {
    if (!hasIndex(max_object)) return raise(ts, kTypeError, "maxsize should be integer or None");
    max_size = TRY(asIndex(ts, max_object, &kOverflowError));
    if (max_size < 0) max_size = 0;
  }
  Ref<Dict> cache = TRY(newDict(ts));
  Ref<LruCache> self = TRY(allocateInstance<LruCache>(type));
  self->function = Ref<>::share(function).release();
  self->cache = cache.release();
  self->max_size = max_size;
  self->typed = typed;
  self->info_type = Ref<>::share(info_type).release();
  self->vectorcall = callVector;
  return self;
}

// Takes all entries out of the list; the dictionary's references keep them for now.
void forgetLinks(LruCache* self) {
  Link* link = std::exchange(self->first, nullptr);
  self->last = nullptr;
  while (link) {
    Link* next = link->next;
    link->previous = link->next = nullptr;
    link = next;
  }
}

void dealloc(LruCache* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->weakrefs) clearWeakrefs(self);
  forgetLinks(self);
  clearField(self->cache);
  clearField(self->function);
  clearField(self->info_type);
  clearField(self->dict);
  self->type->free(self);
}

int traverse(LruCache* self, VisitFn visit, void* arg) {
  for (Link* link = self->first; link; link = link->next) {
    VISIT(link->key);
    VISIT(link->result);
  }
  VISIT(self->cache);
  VISIT(self->function);
  VISIT(self->info_type);
  VISIT(self->dict);
  return 0;
}

int clearSlot(LruCache* self) {
  forgetLinks(self);
  if (self->cache) dictClear(ThreadState::current(), self->cache);
  clearField(self->dict);
  return 0;
}

void deallocLink(Link* self) {
  clearField(self->key);
  clearField(self->result);
  self->type->free(self);
}

Ref<> cacheInfo(ThreadState& ts, LruCache* self) {
  Ref<Int> hits = newInt(ts, self->hits), misses = newInt(ts, self->misses), size = newInt(ts, self->cache->used);
  Ref<> max_size = self->max_size < 0 ? none() : Ref<>(newInt(ts, self->max_size));
  if (!hits || !misses || !size || !max_size) return {};
  return call(ts, self->info_type, {hits.get(), misses.get(), max_size.get(), size.get()});
}

Status cacheClear(ThreadState& ts, LruCache* self) {
  forgetLinks(self);
  self->hits = self->misses = 0;
  dictClear(ts, self->cache);
  return kDone;
}

Ref<> reduce(ThreadState& ts, Object* self) { return getAttr(ts, self, names::__qualname__); }
Ref<> copy(ThreadState&, Object* self) { return Ref<>::share(self); }
Ref<> deepCopy(ThreadState&, Object* self, Object*) { return Ref<>::share(self); }

Ref<> descrGet(ThreadState& ts, Object* self, Object* object, Object*) {
  if (!object || isNone(object)) return Ref<>::share(self);
  return newMethod(ts, self, object);
}

constexpr MethodDef undocumented(MethodDef d) {  // as CPython's
  d.doc = nullptr;
  return d;
}
constexpr MethodDef kMethods[] = {
    METHOD_UNSIGNED("cache_info", cacheInfo, "($self, /)", "Report cache statistics"),
    METHOD_UNSIGNED("cache_clear", cacheClear, "($self, /)", "Clear the cache and cache statistics"),
    undocumented(METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "")),
    undocumented(METHOD_UNSIGNED("__copy__", copy, "($self, /)", "")),
    undocumented(METHOD_UNSIGNED("__deepcopy__", deepCopy, "($self, memo, /)", "")),
    {}};
constexpr GetSetDef kGetSet[] = {{"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr}, {}};

}  // namespace

constinit Type kLruCache = defineType<LruCache>(
    {.name = "functools._lru_cache_wrapper",
     .doc = "Create a cached callable that wraps another function.\n\n"
            "user_function:      the function whose results are kept\n\n"
            "maxsize:  0         keep nothing\n          None      keep everything\n          n         keep the n results used last\n\n"
            "typed:    False     f(3) and f(3.0) share a result\n          True      they do not\n\n"
            "cache_info_type:    class of cache_info(), with the fields:\n                        hits misses currsize maxsize\n",
     .flags = kMethodDescriptor | kHaveVectorcall,
     .dict_offset = offsetof(LruCache, dict),
     .weaklist_offset = offsetof(LruCache, weakrefs),
     .vectorcall_offset = offsetof(LruCache, vectorcall),
     .methods = kMethods,
     .getset = kGetSet,
     .make = CONSTRUCTOR(make, "lru_cache", "($type, user_function, maxsize, typed, cache_info_type)"),
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverse>,
     .clear = slot<clearSlot>,
     .call = slot<callTupled>,
     .getattro = genericGetAttrSlot,
     .setattro = genericSetAttrSlot,
     .descr_get = slot<descrGet>});
constinit Type kLruLink = defineType<Link>(
    {.name = "functools._lru_list_elem", .free = freeObject, .dealloc = slot<deallocLink>});

}  // namespace habu::functools
