// Attribute access by slots, and object.__getattribute__ / __setattr__ with the descriptor protocol: a data descriptor
// on the type wins over the instance's dictionary, which wins over any other attribute of the type.
#include "object/attribute.h"

#include "object/call.h"
#include "object/core.h"
#include "object/names.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/instance_dict.h"
#include "types/module.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

namespace {

[[gnu::cold]] Raised raiseNameType(ThreadState& ts, Object* name) {
  return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name));
}

// Gives a pending AttributeError the owner and the name it is about, unless it already tells.
[[gnu::cold]] void completeAttributeError(ThreadState& ts, Object* owner, Str* name) {
  if (!errorMatches(ts, kAttributeError)) return;
  Ref<> error = takeRaised(ts);
  if (!error) return;
  if (isInstanceOf(error.get(), kAttributeError)) {
    auto* e = static_cast<AttributeError*>(error.get());
    if (!e->name && !e->object) {
      setField(e->name, Ref<>::share(name));
      setField(e->object, Ref<>::share(owner));
    }
  }
  (void)restoreRaised(ts, std::move(error));
}

Ref<> getByChars(ThreadState& ts, Object* o, Str* name) {
  auto text = TRY(utf8Of(ts, name));
  return Ref<>::steal(o->type->getattr_char(o, const_cast<char*>(text.data())));
}

Ref<> boundOrShared(ThreadState&, Object* descriptor, Object* self) {
  if (TernaryFn get = descriptor->type->descr_get) return Ref<>::steal(get(descriptor, self, self->type));
  return Ref<>::share(descriptor);
}

// A failed lookup that only said AttributeError is an absence.
Found absentIfAttributeError(ThreadState& ts) {
  if (!errorMatches(ts, kAttributeError)) return Found::failure();
  clearError(ts);
  return Ref<>();
}
Found foundOrAbsent(ThreadState& ts, Ref<> value) {
  if (value) return value;
  return absentIfAttributeError(ts);
}

Found findGeneric(ThreadState& ts, Object* o, Str* name, bool quiet) {
  Type* type = o->type;
  if (!type->dict) TRY(readyType(ts, *type));
  Ref<> descriptor = Ref<>::share(typeLookup(type, name));
  TernaryFn get = nullptr;
  if (descriptor) {
    get = descriptor->type->descr_get;
    if (get && descriptor->type->descr_set) {
      Ref<> value = Ref<>::steal(get(descriptor.get(), o, type));
      if (value || !quiet) return value ? Found(std::move(value)) : Found::failure();
      return absentIfAttributeError(ts);
    }
  }
  Found in_dict = instanceFind(ts, o, name);
  if (in_dict.failed()) return Found::failure();
  if (Ref<> value = in_dict.take()) return value;
  if (get) {
    Ref<> value = Ref<>::steal(get(descriptor.get(), o, type));
    if (value || !quiet) return value ? Found(std::move(value)) : Found::failure();
    return absentIfAttributeError(ts);
  }
  return descriptor;
}

}  // namespace

Ref<> getAttr(ThreadState& ts, Object* o, Str* name) {
  Type* type = o->type;
  Ref<> value;
  if (type->getattro) [[likely]] {
    value = Ref<>::steal(type->getattro(o, name));
  } else if (type->getattr_char) {
    value = getByChars(ts, o, name);
  } else {
    (void)raise(ts, kAttributeError, "'{:.100}' object has no attribute '{}'", typeName(o), name);
  }
  if (!value) [[unlikely]] completeAttributeError(ts, o, name);
  return value;
}

Found findAttr(ThreadState& ts, Object* o, Str* name) {
  Type* type = o->type;
  if (type->getattro == genericGetAttrSlot) return genericFindAttr(ts, o, name);
  if (type->getattro == typeGetAttrSlot) return typeFindAttr(ts, static_cast<Type*>(o), name);
  if (type->getattro) return foundOrAbsent(ts, Ref<>::steal(type->getattro(o, name)));
  if (type->getattr_char) return foundOrAbsent(ts, getByChars(ts, o, name));
  return Ref<>();
}

Result<bool> hasAttr(ThreadState& ts, Object* o, Str* name) {
  Ref<> value = TRY(findAttr(ts, o, name));
  return bool(value);
}

namespace {
Status assign(ThreadState& ts, Object* o, Str* name, Object* value) {
  Type* type = o->type;
  int failed;
  if (type->setattro) {
    failed = type->setattro(o, name, value);
  } else if (type->setattr_char) {
    auto text = TRY(utf8Of(ts, name));
    failed = type->setattr_char(o, const_cast<char*>(text.data()), value);
  } else {
    bool readable = type->getattro || type->getattr_char;
    return raise(ts, kTypeError, "'{:.100}' object has {} attributes ({} .{})", typeName(o),
                 readable ? "only read-only" : "no", value ? "assign to" : "del", name);
  }
  if (failed) return Raised{};
  return kDone;
}
}  // namespace

Status setAttr(ThreadState& ts, Object* o, Str* name, Object* value) {
  if (!isStr(name)) return raiseNameType(ts, name);
  Ref<Str> interned = Ref<Str>::share(name);
  intern(interned);
  return assign(ts, o, interned.get(), value);
}
Status delAttr(ThreadState& ts, Object* o, Str* name) { return setAttr(ts, o, name, nullptr); }

Result<MethodLookup> getMethod(ThreadState& ts, Object* o, Str* name) {
  Type* type = o->type;
  if (type->getattro != genericGetAttrSlot) {
    Ref<> value = TRY(getAttr(ts, o, name));
    return MethodLookup{std::move(value), false};
  }
  if (!type->dict) TRY(readyType(ts, *type));
  Ref<> descriptor = Ref<>::share(typeLookup(type, name));
  TernaryFn get = nullptr;
  bool is_method = false;
  if (descriptor) {
    if (descriptor->type->has(kMethodDescriptor)) {
      is_method = true;
    } else {
      get = descriptor->type->descr_get;
      if (get && descriptor->type->descr_set) {
        Ref<> value = Ref<>::steal(get(descriptor.get(), o, type));
        if (!value) {
          completeAttributeError(ts, o, name);
          return Raised{};
        }
        return MethodLookup{std::move(value), false};
      }
    }
  }
  Ref<> in_dict = TRY(instanceFind(ts, o, name));
  if (in_dict) return MethodLookup{std::move(in_dict), false};
  if (is_method) return MethodLookup{std::move(descriptor), true};
  if (get) {
    Ref<> value = Ref<>::steal(get(descriptor.get(), o, type));
    if (!value) {
      completeAttributeError(ts, o, name);
      return Raised{};
    }
    return MethodLookup{std::move(value), false};
  }
  if (descriptor) return MethodLookup{std::move(descriptor), false};
  return raiseAttributeError(ts, o, name);
}

Found lookupSpecial(ThreadState& ts, Object* self, Str* name) {
  Ref<> found = Ref<>::share(typeLookup(self->type, name));
  if (!found) return Ref<>();
  Ref<> bound = TRY(boundOrShared(ts, found.get(), self));
  return bound;
}

// ---- the generic slots ----
Ref<> genericGetAttr(ThreadState& ts, Object* o, Object* name) {
  if (!isStr(name)) return raiseNameType(ts, name);
  Ref<> value = TRY(findGeneric(ts, o, static_cast<Str*>(name), false));
  if (!value) return raiseAttributeError(ts, o, name);
  return value;
}
Found genericFindAttr(ThreadState& ts, Object* o, Str* name) { return findGeneric(ts, o, name, true); }

namespace {
[[gnu::cold]] Raised raiseCannotSet(ThreadState& ts, Object* o, Object* name, bool has_descriptor) {
  if (has_descriptor)
    return raise(ts, kAttributeError, "'{:.100}' object attribute '{}' is read-only", typeName(o), name);
  return raiseAttributeError(ts, o, name);
}
}  // namespace

Status genericSetAttr(ThreadState& ts, Object* o, Object* name_object, Object* value) {
  if (!isStr(name_object)) return raiseNameType(ts, name_object);
  auto* name = static_cast<Str*>(name_object);
  Type* type = o->type;
  if (!type->dict) TRY(readyType(ts, *type));
  Ref<Str> kept = Ref<Str>::share(name);
  Ref<> descriptor = Ref<>::share(typeLookup(type, name));
  if (descriptor) {
    if (ObjectSetFn set = descriptor->type->descr_set) {
      if (set(descriptor.get(), o, value)) return Raised{};
      return kDone;
    }
  }
  if (!hasInstanceDict(o)) return raiseCannotSet(ts, o, name, bool(descriptor));
  bool absent = false;
  TRY(instanceStore(ts, o, name, value, absent));
  if (!absent) return kDone;
  if (isSubtype(type, &kTypeType))
    return raise(ts, kAttributeError, "type object '{:.50}' has no attribute '{}'", static_cast<Type*>(o)->name, name);
  return raiseAttributeError(ts, o, name);
}

Object* genericGetAttrSlot(Object* o, Object* name) {
  return genericGetAttr(ThreadState::current(), o, name).release();
}
int genericSetAttrSlot(Object* o, Object* name, Object* value) {
  return genericSetAttr(ThreadState::current(), o, name, value).failed() ? -1 : 0;
}

}  // namespace habu
