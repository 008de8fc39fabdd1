#include "types/instance_dict.h"

#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/dict_keys.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr Index kDictWord = -3;
constexpr Index kValuesWord = -4;

DictValues*& valuesField(Object* o) { return reinterpret_cast<DictValues**>(o)[kValuesWord]; }
DictKeys* sharedKeys(const Object* o) { return static_cast<const HeapType*>(o->type)->cached_keys; }

// A negative dict_offset counts from the end of a variable-sized object.
Index offsetFromEnd(const Object* o) {
  Index items = static_cast<const VarObject*>(o)->size;
  if (items < 0) items = -items;
  Index size = o->type->basic_size + items * o->type->item_size;
  size = (size + Index(sizeof(void*)) - 1) & ~(Index(sizeof(void*)) - 1);
  return size + o->type->dict_offset;
}

// Turns the values into a dictionary.
Ref<Dict> materialise(ThreadState& ts, Object* o, DictValues* values) {
  Ref<Dict> dict = TRY(instanceDictFromValues(ts, sharedKeys(o), values));
  valuesField(o) = nullptr;
  *instanceDictField(o) = dict.copy().release();
  return dict;
}

}  // namespace

bool hasInstanceDict(const Object* o) { return o->type->dict_offset != 0; }

Dict** instanceDictField(Object* o) {
  if (o->type->has(kManagedDict)) return reinterpret_cast<Dict**>(o) + kDictWord;
  Index offset = o->type->dict_offset;
  if (!offset) return nullptr;
  if (offset < 0) offset = offsetFromEnd(o);
  return reinterpret_cast<Dict**>(reinterpret_cast<char*>(o) + offset);
}

bool instanceDictEmpty(Object* o) {
  if (o->type->has(kManagedDict))
    if (DictValues* values = valuesField(o)) return instanceValuesEmpty(sharedKeys(o), values);
  Dict** field = instanceDictField(o);
  return !field || !*field || (*field)->used == 0;
}

Found instanceFind(ThreadState& ts, Object* o, Str* name) {
  if (o->type->has(kManagedDict)) {
    if (DictValues* values = valuesField(o)) {
      if (isExactStr(name)) [[likely]]
        return Ref<>::share(instanceValuesGet(sharedKeys(o), values, name));
      (void)TRY(materialise(ts, o, values));
    }
  }
  Dict** field = instanceDictField(o);
  if (!field || !*field) return Ref<>();
  Ref<Dict> dict = share(*field);
  return dictFind(ts, dict.get(), name);
}

Status instanceStore(ThreadState& ts, Object* o, Str* name, Object* value, bool& absent) {
  Dict** field = instanceDictField(o);
  if (o->type->has(kManagedDict) && !*field) {
    DictValues*& values = valuesField(o);
    if (!values && value) values = newInstanceValues(sharedKeys(o));
    if (values && isExactStr(name)) {
      if (!value) {
        absent = !instanceValuesDelete(sharedKeys(o), values, name);
        return kDone;
      }
      if (instanceValuesSet(sharedKeys(o), values, name, value)) return kDone;
    }
    if (values) (void)TRY(materialise(ts, o, values));
  }
  if (!value) {
    if (!*field) {
      absent = true;
      return kDone;
    }
    Ref<Dict> dict = share(*field);
    absent = !TRY(dictDiscard(ts, dict.get(), name));
    return kDone;
  }
  Ref<Dict> dict = TRY(instanceDict(ts, o));
  return dictSet(ts, dict.get(), name, value);
}

Dict* instanceDictOrNull(Object* o) {
  Dict** field = instanceDictField(o);
  if (!field) return nullptr;
  if (!*field && o->type->has(kManagedDict)) {
    if (DictValues* values = valuesField(o)) {
      // Only out of memory can make this fail; then there is nothing to hand out.
      ThreadState& ts = ThreadState::current();
      PendingError pending = PendingError::take(ts);
      if (!materialise(ts, o, values)) clearError(ts);
      std::move(pending).restore(ts);
    }
  }
  return *field;
}

Ref<Dict> instanceDict(ThreadState& ts, Object* o) {
  Dict** field = instanceDictField(o);
  if (!field) return raise(ts, kAttributeError, "This object has no __dict__");
  if (*field) return share(*field);
  if (o->type->has(kManagedDict))
    if (DictValues* values = valuesField(o)) return materialise(ts, o, values);
  Ref<Dict> made = TRY(newDict(ts));
  if (!*field) *field = made.release();  // making it may have run a collection and, with it, a finaliser that was first
  return share(*field);
}

void setInstanceDict(ThreadState&, Object* o, Dict* dict) {
  Dict** field = instanceDictField(o);
  if (!field) return;
  DictValues* old_values = nullptr;
  if (o->type->has(kManagedDict)) old_values = std::exchange(valuesField(o), nullptr);
  setField(*field, Ref<Dict>::share(dict));
  if (old_values) freeInstanceValues(sharedKeys(o), old_values);
}

int visitInstanceDict(Object* o, VisitFn visit, void* arg) {
  if (o->type->has(kManagedDict)) {
    if (DictValues* values = valuesField(o))
      if (DictKeys* keys = sharedKeys(o)) return visitInstanceValues(keys, values, visit, arg);
  }
  Dict** field = instanceDictField(o);
  if (field) VISIT(*field);
  return 0;
}

void clearInstanceDict(Object* o) {
  if (o->type->has(kManagedDict)) {
    if (DictValues* values = std::exchange(valuesField(o), nullptr)) freeInstanceValues(sharedKeys(o), values);
  }
  if (Dict** field = instanceDictField(o)) clearField(*field);
}

Object* genericDictGetter(Object* o, void*) { return instanceDict(ThreadState::current(), o).release(); }

int genericDictSetter(Object* o, Object* value, void*) {
  ThreadState& ts = ThreadState::current();
  if (!instanceDictField(o)) {
    (void)raise(ts, kAttributeError, "This object has no __dict__");
    return -1;
  }
  if (!value) {
    (void)raise(ts, kTypeError, "cannot delete __dict__");
    return -1;
  }
  if (!isDict(value)) {
    (void)raise(ts, kTypeError, "__dict__ must be set to a dictionary, not a '{:.200}'", typeName(value));
    return -1;
  }
  setInstanceDict(ts, o, static_cast<Dict*>(value));
  return 0;
}

}  // namespace habu
