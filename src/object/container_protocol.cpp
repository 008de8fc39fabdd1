// Containers (protocol.h): length, subscripts, membership, sequences and mappings.
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list.h"
#include "types/slice.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

bool isSequence(const Object* o) { return !isDict(o) && o->type->sequence && o->type->sequence->item; }
bool isMapping(const Object* o) { return o->type->mapping && o->type->mapping->subscript; }

Result<Index> lengthOf(ThreadState& ts, Object* o) {
  const Type* t = o->type;
  LengthFn f = t->sequence && t->sequence->length ? t->sequence->length : t->mapping ? t->mapping->length : nullptr;
  if (!f) return raise(ts, kTypeError, "object of type '{:.200}' has no len()", typeName(o));
  Index n = f(o);
  if (n < 0) return Raised{};
  return n;
}

namespace {

Ref<> classSubscript(ThreadState& ts, Object* o, Object* key) {
  if (o == &kTypeType) return newGenericAlias(ts, o, key);
  Ref<> method = TRY(findAttr(ts, o, names::__class_getitem__));
  if (method && !isNone(method.get())) return call(ts, method.get(), {key});
  return raise(ts, kTypeError, "type '{:.200}' is not subscriptable", static_cast<Type*>(o)->name);
}

// Sequence slots take indices counted from the front.
Result<Index> fromFront(ThreadState& ts, Object* o, Index i) {
  if (i >= 0 || !o->type->sequence->length) return i;
  Index n = o->type->sequence->length(o);
  if (n < 0) return Raised{};
  return i + n;
}

}  // namespace

Ref<> getItem(ThreadState& ts, Object* o, Object* key) {
  const Type* t = o->type;
  if (t->mapping && t->mapping->subscript) return Ref<>::steal(t->mapping->subscript(o, key));
  if (t->sequence && t->sequence->item) {
    if (!hasIndex(key)) return raise(ts, kTypeError, "sequence index must be integer, not '{:.200}'", typeName(key));
    return getItemAt(ts, o, TRY(asIndex(ts, key, &kIndexError)));
  }
  if (isType(o)) return classSubscript(ts, o, key);
  return raise(ts, kTypeError, "'{:.200}' object is not subscriptable", typeName(o));
}

namespace {
Status storeItem(ThreadState& ts, Object* o, Object* key, Object* value) {
  const Type* t = o->type;
  if (t->mapping && t->mapping->set_subscript) {
    if (t->mapping->set_subscript(o, key, value) < 0) return Raised{};
    return kDone;
  }
  if (t->sequence && (value || t->sequence->set_item)) {
    if (hasIndex(key)) return setItemAt(ts, o, TRY(asIndex(ts, key, &kIndexError)), value);
    if (t->sequence->set_item) return raise(ts, kTypeError, "sequence index must be integer, not '{:.200}'", typeName(key));
  }
  return raise(ts, kTypeError, "'{:.200}' object does not support item {}", typeName(o), value ? "assignment" : "deletion");
}
}  // namespace

Status setItem(ThreadState& ts, Object* o, Object* key, Object* value) { return storeItem(ts, o, key, value); }
Status delItem(ThreadState& ts, Object* o, Object* key) { return storeItem(ts, o, key, nullptr); }

Ref<> getItemAt(ThreadState& ts, Object* o, Index i) {
  const Type* t = o->type;
  if (t->sequence && t->sequence->item) {
    Index at = TRY(fromFront(ts, o, i));
    return Ref<>::steal(t->sequence->item(o, at));
  }
  if (isMapping(o)) return raise(ts, kTypeError, "{:.200} is not a sequence", typeName(o));
  return raise(ts, kTypeError, "'{:.200}' object does not support indexing", typeName(o));
}

Status setItemAt(ThreadState& ts, Object* o, Index i, Object* value) {
  const Type* t = o->type;
  if (t->sequence && t->sequence->set_item) {
    Index at = TRY(fromFront(ts, o, i));
    if (t->sequence->set_item(o, at, value) < 0) return Raised{};
    return kDone;
  }
  if (t->mapping && t->mapping->set_subscript) return raise(ts, kTypeError, "{:.200} is not a sequence", typeName(o));
  if (!value) return raise(ts, kTypeError, "'{:.200}' object doesn't support item deletion", typeName(o));
  return raise(ts, kTypeError, "'{:.200}' object does not support item assignment", typeName(o));
}

Ref<> getSlice(ThreadState& ts, Object* o, Index start, Index stop) {
  if (!isMapping(o)) return raise(ts, kTypeError, "'{:.200}' object is unsliceable", typeName(o));
  Ref<Int> a = TRY(newInt(ts, start)), b = TRY(newInt(ts, stop));
  Ref<> slice = TRY(newSlice(ts, a.get(), b.get(), &kNoneObject));
  return Ref<>::steal(o->type->mapping->subscript(o, slice.get()));
}

Result<bool> containsItem(ThreadState& ts, Object* container, Object* value) {
  if (container->type->sequence && container->type->sequence->contains) {
    int r = container->type->sequence->contains(container, value);
    if (r < 0) return Raised{};
    return r > 0;
  }
  Ref<> it = iterOf(ts, container);
  if (!it) {
    if (errorMatches(ts, kTypeError)) return raise(ts, kTypeError, "argument of type '{:.200}' is not iterable", typeName(container));
    return Raised{};
  }
  while (Ref<> item = iterNext(ts, it.get()))
    if (TRY(compareBool(ts, item.get(), value, CompareOp::Eq))) return true;
  if (errorSet(ts)) return Raised{};
  return false;
}

namespace {
// Walks the items; `found(position)` says whether to stop.
template <class F>
Status searchItems(ThreadState& ts, Object* sequence, Object* value, F found) {
  Ref<> it = iterOf(ts, sequence);
  if (!it) {
    if (errorMatches(ts, kTypeError)) return raise(ts, kTypeError, "argument of type '{:.200}' is not iterable", typeName(sequence));
    return Raised{};
  }
  Index i = 0;
  for (; Ref<> item = iterNext(ts, it.get()); ++i)
    if (TRY(compareBool(ts, item.get(), value, CompareOp::Eq)) && found(i)) return kDone;
  if (errorSet(ts)) return Raised{};
  return kDone;
}
}  // namespace

Result<Index> countOf(ThreadState& ts, Object* sequence, Object* value) {
  Index n = 0;
  TRY(searchItems(ts, sequence, value, [&](Index) { return ++n, false; }));
  return n;
}

Result<Index> indexOf(ThreadState& ts, Object* sequence, Object* value) {
  Index at = -1;
  TRY(searchItems(ts, sequence, value, [&](Index i) { return at = i, true; }));
  if (at < 0) return raise(ts, kValueError, "sequence.index(x): x not in sequence");
  return at;
}

Ref<> concatSequences(ThreadState& ts, Object* a, Object* b) {
  if (a->type->sequence && a->type->sequence->concat) return Ref<>::steal(a->type->sequence->concat(a, b));
  if (isSequence(a) && isSequence(b)) {
    Ref<> r = TRY(addObjects(ts, a, b));
    if (r.get() != &kNotImplementedObject) return r;
  }
  return raise(ts, kTypeError, "'{:.200}' object can't be concatenated", typeName(a));
}

Ref<> repeatSequence(ThreadState& ts, Object* o, Index times) {
  if (o->type->sequence && o->type->sequence->repeat) return Ref<>::steal(o->type->sequence->repeat(o, times));
  if (isSequence(o)) {
    Ref<Int> n = TRY(newInt(ts, times));
    return multiplyObjects(ts, o, n.get());
  }
  return raise(ts, kTypeError, "'{:.200}' object can't be repeated", typeName(o));
}

namespace {
Ref<List> listFromMethod(ThreadState& ts, Object* o, Name& name) {
  Ref<> view = TRY(callMethod(ts, o, name));
  Ref<> it = iterOf(ts, view.get());
  if (!it) {
    if (errorMatches(ts, kTypeError))
      return raise(ts, kTypeError, "{:.200}.{}() returned a non-iterable (type {:.200})", typeName(o), name.get(), typeName(view.get()));
    return Raised{};
  }
  return listFrom(ts, it.get());
}
}  // namespace

Ref<List> mappingKeys(ThreadState& ts, Object* o) {
  if (isExactDict(o)) return dictKeyList(ts, static_cast<Dict*>(o));
  return listFromMethod(ts, o, names::keys);
}
Ref<List> mappingValues(ThreadState& ts, Object* o) {
  if (isExactDict(o)) return dictValueList(ts, static_cast<Dict*>(o));
  return listFromMethod(ts, o, names::values);
}
Ref<List> mappingItems(ThreadState& ts, Object* o) {
  if (isExactDict(o)) return dictItemList(ts, static_cast<Dict*>(o));
  return listFromMethod(ts, o, names::items);
}

}  // namespace habu
