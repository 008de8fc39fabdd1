#include "types/instance_dict.h"

#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr Index kManagedWord = -3;

// A negative dict_offset counts from the end of a variable-sized object.
Index offsetFromEnd(const Object* o) {
  Index items = static_cast<const VarObject*>(o)->size;
  if (items < 0) items = -items;
  Index size = o->type->basic_size + items * o->type->item_size;
  size = (size + Index(sizeof(void*)) - 1) & ~(Index(sizeof(void*)) - 1);
  return size + o->type->dict_offset;
}

}  // namespace

bool hasInstanceDict(const Object* o) { return o->type->dict_offset != 0; }

Dict** instanceDictField(Object* o) {
  if (o->type->has(kManagedDict)) return reinterpret_cast<Dict**>(o) + kManagedWord;
  Index offset = o->type->dict_offset;
  if (!offset) return nullptr;
  if (offset < 0) offset = offsetFromEnd(o);
  return reinterpret_cast<Dict**>(reinterpret_cast<char*>(o) + offset);
}

Found instanceFind(ThreadState& ts, Object* o, Str* name) {
  Dict** field = instanceDictField(o);
  if (!field || !*field) return Ref<>();
  Ref<Dict> dict = share(*field);
  return dictFind(ts, dict.get(), name);
}

Status instanceStore(ThreadState& ts, Object* o, Str* name, Object* value, bool& absent) {
  if (!value) {
    Dict** field = instanceDictField(o);
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
  return field ? *field : nullptr;
}

Ref<Dict> instanceDict(ThreadState& ts, Object* o) {
  Dict** field = instanceDictField(o);
  if (!field) return raise(ts, kAttributeError, "This object has no __dict__");
  if (!*field) {
    Ref<Dict> made = TRY(newDict(ts));
    // Making it may have run a collection, but nobody else can have seen the object's empty field... except a finaliser.
    if (!*field) *field = made.release();
  }
  return share(*field);
}

void setInstanceDict(ThreadState&, Object* o, Dict* dict) {
  if (Dict** field = instanceDictField(o)) setField(*field, Ref<Dict>::share(dict));
}

int visitInstanceDict(Object* o, VisitFn visit, void* arg) {
  Dict** field = instanceDictField(o);
  if (field) VISIT(*field);
  return 0;
}
void clearInstanceDict(Object* o) {
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
