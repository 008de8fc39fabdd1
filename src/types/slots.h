// Special methods and type slots. One row of the slot table connects a name (`__add__`), a place in the type (nb_add),
// the function that goes there when a class defines the method in Python (slot function), and the function that calls
// the C slot when Python calls the method (wrapper).
#pragma once
#include "object/core.h"
#include "types/descriptor.h"

namespace habu {

using SlotWrapperFn = Object* (*)(Object* self, Object* args, void* wrapped);
using SlotKeywordWrapperFn = Object* (*)(Object* self, Object* args, void* wrapped, Object* keywords);

union SlotWrapper {  // the flags say which
  constexpr SlotWrapper(std::nullptr_t) : plain(nullptr) {}
  constexpr SlotWrapper(SlotWrapperFn f) : plain(f) {}
  constexpr SlotWrapper(SlotKeywordWrapperFn f) : with_keywords(f) {}
  SlotWrapperFn plain;
  SlotKeywordWrapperFn with_keywords;
};

struct SlotDef {  // struct wrapperbase of the public headers
  const char* name;
  int offset;      // in HeapType
  void* function;  // slot function; null: names that only have a wrapper
  SlotWrapper wrapper;
  const char* doc;
  int flags;  // kSlotKeywords: the wrapper is a SlotKeywordWrapperFn
  Str* name_object;
};
inline constexpr int kSlotKeywords = 1;

// ---- slot functions (slot_functions.cpp), for the table and for type_new ----
namespace slots {
Object* repr(Object*);
Object* str(Object*);
Hash hash(Object*);
Object* call(Object*, Object* args, Object* keywords);
Object* getattro(Object*, Object* name);       // __getattribute__, then __getattr__
Object* getattrHook(Object*, Object* name);
int setattro(Object*, Object* name, Object* value);
Object* richcompare(Object*, Object*, int);
Object* iter(Object*);
Object* iternext(Object*);
Object* descrGet(Object*, Object*, Object*);
int descrSet(Object*, Object*, Object*);
int init(Object*, Object*, Object*);
Object* make(Type*, Object*, Object*);
void finalize(Object*);
Object* await(Object*);
Object* aiter(Object*);
Object* anext(Object*);
Index length(Object*);
Object* item(Object*, Index);
int setItem(Object*, Index, Object*);
int setSubscript(Object*, Object*, Object*);
int contains(Object*, Object*);
Object* subscript(Object*, Object*);
int truth(Object*);
Object* index(Object*);
Object* power(Object*, Object*, Object*);
Object* inplacePower(Object*, Object*, Object*);
}  // namespace slots

// self.name(args...) looked up on the type; AttributeError(name) when absent.
Ref<> callSlotMethod(ThreadState&, Object* self, Str* name, std::initializer_list<Object*> args);
// The same; absent: NotImplemented.
Ref<> callSlotMethodMaybe(ThreadState&, Object* self, Str* name, std::initializer_list<Object*> args);
Object* unarySlot(Object* self, Str* name);
Object* binarySlot(Object* left, Object* right, BinaryFn NumberSlots::*member, BinaryFn mine, Str* name, Str* reflected);

}  // namespace habu
