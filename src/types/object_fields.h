// Dealloc, traverse and clear of objects that own nothing but object fields:
//   .dealloc = slot<deallocFields<Zip, &Zip::iterators, &Zip::result>>, .traverse = slot<traverseFields<...same...>>
#pragma once
#include "object/gc.h"
#include "object/ref.h"

namespace habu {

template <class T, auto... kFields>
void deallocFields(T* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  (clearField(self->*kFields), ...);
  self->type->free(self);
}

template <class T, auto... kFields>
int traverseFields(T* self, VisitFn visit, void* arg) {
  int result = 0;
  (void)((self->*kFields && (result = visit(reinterpret_cast<Object*>(self->*kFields), arg)) != 0) || ...);
  return result;
}

template <class T, auto... kFields>
int clearFields(T* self) {
  (clearField(self->*kFields), ...);
  return 0;
}

}  // namespace habu
