// Comparisons of the most common exact types, without calling slots and without running Python code.
#pragma once
#include <cstring>

#include "types/float.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

enum class Quick : int { No = 0, Yes = 1, Unknown = -1 };  // Unknown: ask the slots

inline bool sameText(const Str* a, const Str* b) {
  return a->length == b->length && a->state.kind == b->state.kind &&
         std::memcmp(a->data(), b->data(), size_t(a->length) * a->state.kind) == 0;
}

// a == b, or the same object.
inline Quick quickEqual(const Object* a, const Object* b) {
  if (a == b) return Quick::Yes;
  const Type* type = a->type;
  if (type == &kIntType) {
    auto *x = reinterpret_cast<const Int*>(a), *y = reinterpret_cast<const Int*>(b);
    if (b->type == &kIntType) {
      if (x->size != y->size) return Quick::No;
      size_t digits = size_t(x->size < 0 ? -x->size : x->size);
      return Quick(std::memcmp(x->digits, y->digits, digits * sizeof(Digit)) == 0);
    }
    return b->type == &kStrType || b == &kNoneObject ? Quick::No : Quick::Unknown;
  }
  if (type == &kStrType) {
    if (b->type == &kStrType) return Quick(sameText(reinterpret_cast<const Str*>(a), reinterpret_cast<const Str*>(b)));
    return b->type == &kIntType || b == &kNoneObject ? Quick::No : Quick::Unknown;
  }
  if (type == &kFloatType && b->type == &kFloatType)
    return Quick(reinterpret_cast<const Float*>(a)->value == reinterpret_cast<const Float*>(b)->value);
  return Quick::Unknown;
}

// a < b
inline Quick quickLess(const Object* a, const Object* b) {
  const Type* type = a->type;
  if (type != b->type) return Quick::Unknown;
  if (type == &kIntType) {
    auto *x = reinterpret_cast<const Int*>(a), *y = reinterpret_cast<const Int*>(b);
    return isSmall(x) && isSmall(y) ? Quick(smallValue(x) < smallValue(y)) : Quick::Unknown;
  }
  if (type == &kFloatType)
    return Quick(reinterpret_cast<const Float*>(a)->value < reinterpret_cast<const Float*>(b)->value);
  if (type == &kStrType) {
    auto *x = reinterpret_cast<const Str*>(a), *y = reinterpret_cast<const Str*>(b);
    if (x->state.kind != 1 || y->state.kind != 1) return Quick::Unknown;
    int c = std::memcmp(x->data(), y->data(), size_t(x->length < y->length ? x->length : y->length));
    return Quick(c ? c < 0 : x->length < y->length);
  }
  return Quick::Unknown;
}

// Hash of an exact str or small int without a call; false: ask hashOf.
inline bool quickHash(const Object* o, Hash& hash) {
  if (o->type == &kStrType) {
    auto* s = reinterpret_cast<const Str*>(o);
    hash = s->hash != -1 ? s->hash : hashStr(s);
    return true;
  }
  if (o->type == &kIntType && isSmall(reinterpret_cast<const Int*>(o))) {
    long long v = smallValue(reinterpret_cast<const Int*>(o));
    hash = v == -1 ? -2 : v;
    return true;
  }
  return false;
}

}  // namespace habu
