// Shared by the files of exception classes: the life cycle of their structs, and the definition of a class as one line.
#pragma once
#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/bind.h"
#include "object/gc.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/exceptions.h"
#include "types/tuple.h"

namespace habu {

// ---- BaseException (exceptions.cpp) ----
Object* exceptionNewSlot(Type*, Object* args, Object* keywords);
Status initException(ThreadState&, BaseException*, Tuple* args, Dict* keywords);
Ref<> strOfException(ThreadState&, BaseException*);
Ref<> stateOfException(ThreadState&, BaseException*);  // its dictionary, or empty
int visitException(BaseException*, VisitFn, void*);
void clearException(BaseException*);

// Keywords of constructors like NameError(*args, name=None): fills `out` (borrowed, null: absent).
Status exceptionKeywords(ThreadState&, const char* type, Dict* keywords, std::initializer_list<const char*> names,
                         Object** out);

// The fields of a struct behind those of BaseException that own objects: a run of `count` pointers at `offset`.
template <class T>
struct OwnFields {
  static constexpr size_t kOffset = sizeof(BaseException);
  static constexpr size_t kCount = (sizeof(T) - sizeof(BaseException)) / sizeof(void*);
};
template <>
struct OwnFields<OSErrorObject> {
  static constexpr size_t kOffset = sizeof(BaseException);
  static constexpr size_t kCount = 4;
};
// encoding and object lie in front of start and end, reason behind: handled in one run, skipping the numbers.
template <>
struct OwnFields<UnicodeErrorObject> {
  static constexpr size_t kOffset = sizeof(BaseException);
  static constexpr size_t kCount = 2;
};

template <class T>
Object** ownFields(T* e) {
  return reinterpret_cast<Object**>(reinterpret_cast<char*>(e) + OwnFields<T>::kOffset);
}
template <class T>
int traverseFields(T* e, VisitFn visit, void* arg) {
  Object** fields = ownFields(e);
  for (size_t i = 0; i < OwnFields<T>::kCount; ++i) VISIT(fields[i]);
  if constexpr (std::is_same_v<T, UnicodeErrorObject>) VISIT(e->reason);
  return visitException(e, visit, arg);
}
template <class T>
int clearFields(T* e) {
  Object** fields = ownFields(e);
  for (size_t i = 0; i < OwnFields<T>::kCount; ++i) clearField(fields[i]);
  if constexpr (std::is_same_v<T, UnicodeErrorObject>) clearField(e->reason);
  clearException(e);
  return 0;
}
template <class T>
void deallocException(T* e) {
  untrack(e);
  TrashScope trash(e);
  if (trash.deferred()) return;
  clearFields(e);
  e->type->free(e);
}

// A spec with everything that all exception classes share.
template <class T>
consteval TypeSpec exceptionSpec(const char* name, Type* base, const char* doc) {
  return {.name = name,
          .doc = doc,
          .flags = kBaseType,
          .base = base,
          .dict_offset = Index(offsetof(BaseException, dict)),
          .dealloc = slot<deallocException<T>>,
          .traverse = slot<traverseFields<T>>,
          .clear = slot<clearFields<T>>};
}
// As it stands, or with some slots replaced:  defineException(spec, {.init = ..., .str = ...})
struct ExceptionSlots {
  NewFn make = nullptr;
  InitFn init = nullptr;
  UnaryFn str = nullptr;
  const MethodDef* methods = nullptr;
  const MemberDef* members = nullptr;
  const GetSetDef* getset = nullptr;
};
template <class T>
consteval Type defineException(const char* name, Type* base, const char* doc, ExceptionSlots s) {
  TypeSpec spec = exceptionSpec<T>(name, base, doc);
  spec.make = s.make;
  spec.init = s.init;
  spec.str = s.str;
  spec.methods = s.methods;
  spec.members = s.members;
  spec.getset = s.getset;
  return defineType<T>(spec);
}

}  // namespace habu
