// types.GenericAlias: `list[int]` (PEP 585).
#pragma once
#include "object/bind.h"

namespace habu {

Ref<> newGenericAlias(ThreadState&, Object* origin, Object* args);  // a non-tuple argument is packed

// For method tables of generic classes: `CLASS_GETITEM,` is their __class_getitem__.
inline Ref<> aliasOfClass(ThreadState& ts, Type* origin, Object* args) {
  return newGenericAlias(ts, reinterpret_cast<Object*>(origin), args);
}
#define CLASS_GETITEM                                                                                             \
  ::habu::detail::named(                                                                                          \
      ::habu::detail::bindMethod<::habu::aliasOfClass, "__class_getitem__", "($cls, key, /)", ::habu::kMethClass>( \
          "See PEP 585"),                                                                                         \
      "__class_getitem__")

}  // namespace habu
