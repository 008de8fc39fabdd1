// Bases: choosing the one whose layout counts, linearising the inheritance graph (C3), assigning to __bases__.
#include "object/alloc.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/slots.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

// ---- layouts ----
// Does `type` add fields to the layout of `base`? A trailing pointer for weak references does not count.
bool addsFields(const Type* type, const Type* base) {
  Index size = type->basic_size;
  if (type->item_size || base->item_size) return size != base->basic_size || type->item_size != base->item_size;
  constexpr Index kPointer = sizeof(void*);
  if (type->weaklist_offset && !base->weaklist_offset && type->weaklist_offset + kPointer == size && type->has(kHeapType))
    size -= kPointer;
  return size != base->basic_size;
}

}  // namespace

Type* solidBase(Type* type) {
  Type* base = type->base ? solidBase(type->base) : &kObjectType;
  return addsFields(type, base) ? type : base;
}

Result<Type*> bestBase(ThreadState& ts, Tuple* bases) {
  Type* winner = nullptr;
  Type* best = nullptr;
  for (Object* item : bases->span()) {
    if (!isType(item)) return raise(ts, kTypeError, "bases must be types");
    auto* base = static_cast<Type*>(item);
    if (!base->has(kReady)) TRY(readyType(ts, *base));
    if (!base->has(kBaseType)) return raise(ts, kTypeError, "type '{:.100}' is not an acceptable base type", base->name);
    Type* candidate = solidBase(base);
    if (!winner) {
      winner = candidate;
      best = base;
    } else if (isSubtype(winner, candidate)) {
      // the present winner extends it
    } else if (isSubtype(candidate, winner)) {
      winner = candidate;
      best = base;
    } else {
      return raise(ts, kTypeError, "multiple bases have instance lay-out conflict");
    }
  }
  return best;
}

Result<Type*> calculateMetaclass(ThreadState& ts, Type* meta, Tuple* bases) {
  Type* winner = meta;
  for (Object* base : bases->span()) {
    Type* other = base->type;
    if (isSubtype(winner, other)) continue;
    if (isSubtype(other, winner)) {
      winner = other;
      continue;
    }
    return raise(ts, kTypeError,
                 "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the "
                 "metaclasses of all its bases");
  }
  return winner;
}

// ---- C3 ----
namespace {

// One sequence to be merged: a tuple and how far it has been consumed.
struct MergeList {
  Tuple* items;  // borrowed from types that the caller keeps
  Index at;
  Object* head() const { return at < items->size ? items->items[at] : nullptr; }
  bool hasInTail(const Object* o) const {
    for (Index i = at + 1; i < items->size; ++i)
      if (items->items[i] == o) return true;
    return false;
  }
};

Status raiseDuplicateBase(ThreadState& ts, Object* base) {
  Ref<> name = TRY(findAttr(ts, base, names::__name__));
  if (name && isStr(name.get())) return raise(ts, kTypeError, "duplicate base class {}", name);
  return raise(ts, kTypeError, "duplicate base class");
}

Status checkDuplicates(ThreadState& ts, Tuple* bases) {
  for (Index i = 0; i < bases->size; ++i)
    for (Index j = i + 1; j < bases->size; ++j)
      if (bases->items[i] == bases->items[j]) return raiseDuplicateBase(ts, bases->items[i]);
  return kDone;
}

Raised raiseInconsistent(ThreadState& ts, MergeList* lists, Index count) {
  Ref<Dict> heads = newDict(ts);
  if (!heads) return Raised{};
  for (Index i = 0; i < count; ++i)
    if (Object* head = lists[i].head())
      if (dictSet(ts, heads.get(), head, &kNoneObject).failed()) return Raised{};
  StrBuilder text(ts);
  text.append("Cannot create a consistent method resolution\norder (MRO) for bases");
  DictCursor c(heads.get());
  bool first = true;
  while (c.next()) {
    Ref<> name;
    if (isType(c.key)) {
      Found found = findAttr(ts, c.key, names::__name__);
      if (found.failed()) return Raised{};
      name = found.take();
    }
    text.append(first ? " " : ", ");
    if (name && isStr(name.get())) text.append(static_cast<Str*>(name.get()));
    else text.append("?");
    first = false;
  }
  Ref<Str> message = text.finish();
  if (!message) return Raised{};
  return raiseValue(ts, kTypeError, message.get());
}

// Repeatedly takes the first head that is in nobody's tail.
Status mergeLists(ThreadState& ts, List* result, MergeList* lists, Index count) {
  for (;;) {
    bool all_empty = true;
    Object* next = nullptr;
    for (Index i = 0; i < count && !next; ++i) {
      Object* candidate = lists[i].head();
      if (!candidate) continue;
      all_empty = false;
      next = candidate;
      for (Index j = 0; j < count; ++j)
        if (lists[j].hasInTail(candidate)) {
          next = nullptr;
          break;
        }
    }
    if (all_empty) return kDone;
    if (!next) return raiseInconsistent(ts, lists, count);
    TRY(appendList(ts, result, next));
    for (Index i = 0; i < count; ++i)
      if (lists[i].head() == next) ++lists[i].at;
  }
}

Ref<Tuple> linearise(ThreadState& ts, Type* type) {
  Tuple* bases = type->bases;
  for (Object* base : bases->span())
    if (isType(base) && !static_cast<Type*>(base)->mro)
      return raise(ts, kTypeError, "Cannot extend an incomplete type '{:.100}'", static_cast<Type*>(base)->name);
  Ref<List> list = TRY(newList(ts));
  TRY(appendList(ts, list.get(), static_cast<Object*>(type)));
  if (bases->size == 1) {  // nothing to merge
    for (Object* t : static_cast<Type*>(bases->items[0])->mro->span()) TRY(appendList(ts, list.get(), t));
    return listToTuple(ts, list.get());
  }
  TRY(checkDuplicates(ts, bases));
  Index count = bases->size + 1;
  auto* lists = static_cast<MergeList*>(allocate(size_t(count) * sizeof(MergeList)));
  if (!lists) return raiseNoMemory(ts);
  Ref<Tuple> kept_bases = share(bases);
  for (Index i = 0; i < bases->size; ++i) lists[i] = {static_cast<Type*>(bases->items[i])->mro, 0};
  lists[bases->size] = {bases, 0};
  Status merged = mergeLists(ts, list.get(), lists, count);
  freeMemory(lists);
  if (merged.failed()) return Raised{};
  return listToTuple(ts, list.get());
}

Status checkCustomMro(ThreadState& ts, Type* type, Tuple* mro) {
  Type* solid = solidBase(type);
  for (Object* base : mro->span()) {
    if (!isType(base)) return raise(ts, kTypeError, "mro() returned a non-class ('{:.500}')", typeName(base));
    auto* t = static_cast<Type*>(base);
    if (!isSubtype(solid, solidBase(t)))
      return raise(ts, kTypeError, "mro() returned base with unsuitable layout ('{:.500}')", t->name);
  }
  return kDone;
}

Ref<Tuple> newMroOf(ThreadState& ts, Type* type) {
  if (type->type == &kTypeType) return linearise(ts, type);
  Ref<> method = TRY(lookupSpecial(ts, type, names::mro));
  if (!method) return raiseValue(ts, kAttributeError, names::mro.get());
  Ref<> answer = TRY(call(ts, method.get()));
  Ref<Tuple> mro = TRY(tupleFrom(ts, answer.get()));
  TRY(checkCustomMro(ts, type, mro.get()));
  return mro;
}

}  // namespace

Ref<List> computeMro(ThreadState& ts, Type* type) {
  if (!type->has(kReady) && !type->has(kReadying)) TRY(readyType(ts, *type));
  Ref<Tuple> mro = TRY(linearise(ts, type));
  return listFrom(ts, mro.get());
}

Status updateMro(ThreadState& ts, Type* type) {
  Ref<Tuple> old = Ref<Tuple>::share(type->mro);
  Ref<Tuple> made = TRY(newMroOf(ts, type));
  if (type->mro != old.get()) return kDone;  // a custom mro() has set it by way of __bases__
  setField(type->mro, std::move(made));
  typeModified(type);
  return kDone;
}

// ---- compatibility of layouts, for __bases__ and __class__ ----
namespace {

bool sameSlotsAdded(Type* a, Type* b) {
  Type* base = a->base;
  if (base != b->base) return false;
  if ((a->dict_offset == 0) != (b->dict_offset == 0) || (a->flags & kManagedDict) != (b->flags & kManagedDict)) return false;
  Index size = base->basic_size;
  constexpr Index kPointer = sizeof(void*);
  if (a->weaklist_offset == size && b->weaklist_offset == size) size += kPointer;
  // The names of __slots__ must agree too.
  Object* a_slots = a->has(kHeapType) ? static_cast<HeapType*>(a)->slots : nullptr;
  Object* b_slots = b->has(kHeapType) ? static_cast<HeapType*>(b)->slots : nullptr;
  if (a_slots && b_slots) {
    ThreadState& ts = ThreadState::current();
    auto same = compareBool(ts, a_slots, b_slots, CompareOp::Eq);
    if (same.failed()) {
      clearError(ts);
      return false;
    }
    if (!same.take()) return false;
    size += kPointer * static_cast<Tuple*>(a_slots)->size;
  }
  return size == a->basic_size && size == b->basic_size;
}

bool compatibleWithBase(Type* child) {
  Type* parent = child->base;
  return parent && child->basic_size == parent->basic_size && child->item_size == parent->item_size &&
         child->dict_offset == parent->dict_offset && child->weaklist_offset == parent->weaklist_offset &&
         (child->flags & (kHaveGc | kManagedDict)) == (parent->flags & (kHaveGc | kManagedDict)) &&
         (child->clear == subtypeClear || child->clear == parent->clear);
}

}  // namespace

Status checkAssignable(ThreadState& ts, Type* from, Type* to, const char* attribute) {
  if (to->dealloc != from->dealloc && to->free != from->free)
    return raise(ts, kTypeError, "{} assignment: '{}' deallocator differs from '{}'", attribute, to->name, from->name);
  Type* new_base = to;
  Type* old_base = from;
  while (compatibleWithBase(new_base)) new_base = new_base->base;
  while (compatibleWithBase(old_base)) old_base = old_base->base;
  if (new_base != old_base && !sameSlotsAdded(new_base, old_base))
    return raise(ts, kTypeError, "{} assignment: '{}' object layout differs from '{}'", attribute, to->name, from->name);
  return kDone;
}

// ---- __bases__ = ... ----
namespace {

// Recomputes the MRO of `type` and of everything below it, noting (type, old mro) pairs for a possible way back.
Status updateMroBelow(ThreadState& ts, Type* type, List* undo) {
  Ref<Tuple> old = Ref<Tuple>::share(type->mro);
  TRY(updateMro(ts, type));
  if (type->mro == old.get()) return kDone;
  Ref<Tuple> entry = TRY(packTuple(ts, {type, old ? static_cast<Object*>(old.get()) : &kNoneObject, type->mro}));
  TRY(appendList(ts, undo, entry.get()));
  SubclassList* list = subclassList(type);
  for (Index i = 0; list && i < list->count; ++i) {
    Type* sub = list->items[i];
    if (!sub) continue;
    Ref<Type> kept = share(sub);
    TRY(updateMroBelow(ts, sub, undo));
    list = subclassList(type);
  }
  return kDone;
}

void undoMros(List* undo) {
  for (Index i = undo->size - 1; i >= 0; --i) {
    auto* entry = static_cast<Tuple*>(undo->items[i]);
    auto* type = static_cast<Type*>(entry->items[0]);
    if (type->mro != entry->items[2]) continue;
    setField(type->mro, isNone(entry->items[1]) ? Ref<Tuple>() : share(static_cast<Tuple*>(entry->items[1])));
    typeModified(type);
  }
}

bool inChain(Type* type, Type* wanted) {
  for (; type; type = type->base)
    if (type == wanted) return true;
  return wanted == &kObjectType;
}

void fixupSlotsBelow(Type* type) {
  fixupSlots(type);
  SubclassList* list = subclassList(type);
  for (Index i = 0; list && i < list->count; ++i)
    if (list->items[i]) fixupSlotsBelow(list->items[i]);
}

Status checkNewBases(ThreadState& ts, Type* type, Object* value) {
  TRY(checkTypeMutable(ts, type, "__bases__", value));
  if (!isTuple(value))
    return raise(ts, kTypeError, "can only assign tuple to {}.__bases__, not {}", type->name, typeName(value));
  auto* bases = static_cast<Tuple*>(value);
  if (!bases->size) return raise(ts, kTypeError, "can only assign non-empty tuple to {}.__bases__, not ()", type->name);
  for (Object* item : bases->span()) {
    if (!isType(item))
      return raise(ts, kTypeError, "{}.__bases__ must be tuple of classes, not '{}'", type->name, typeName(item));
    auto* base = static_cast<Type*>(item);
    if (isSubtype(base, type) || (base->mro && inChain(base, type)))
      return raise(ts, kTypeError, "a __bases__ item causes an inheritance cycle");
  }
  return kDone;
}

}  // namespace

Status setBases(ThreadState& ts, Type* type, Object* value) {
  TRY(checkNewBases(ts, type, value));
  Type* new_base = TRY(bestBase(ts, static_cast<Tuple*>(value)));
  TRY(checkAssignable(ts, type->base, new_base, "__bases__"));
  Ref<Tuple> old_bases = share(type->bases);
  Ref<Type> old_base = share(type->base);
  setField(type->bases, share(static_cast<Tuple*>(value)));
  setField(type->base, share(new_base));
  Ref<List> undo = TRY(newList(ts));
  if (updateMroBelow(ts, type, undo.get()).failed()) {
    PendingError error = PendingError::take(ts);
    undoMros(undo.get());
    if (type->bases == value) {
      setField(type->bases, std::move(old_bases));
      setField(type->base, std::move(old_base));
    }
    std::move(error).restore(ts);
    return Raised{};
  }
  if (type->bases == value) {
    // A custom mro() may have assigned again; then that assignment has done this.
    for (Object* base : old_bases->span())
      if (isType(base)) removeSubclass(static_cast<Type*>(base), type);
    for (Object* base : type->bases->span())
      if (isType(base)) TRY(addSubclass(ts, static_cast<Type*>(base), type));
    fixupSlotsBelow(type);
  }
  return kDone;
}

}  // namespace habu
