// What the files of the type machinery share: classes are made in type_new.cpp, all types made ready in type_ready.cpp,
// their special methods connected to slots in slot_table.cpp, their resolution order computed in type_mro.cpp.
#pragma once
#include "object/attribute.h"
#include "object/core.h"
#include "object/module_def.h"

namespace habu {

// ---- attributes of types (type.cpp) ----
Found typeFindAttr(ThreadState&, Type*, Str* name);
Ref<> typeGetAttr(ThreadState&, Type*, Object* name);
Status typeSetAttr(ThreadState&, Type*, Object* name, Object* value);
Object* typeGetAttrSlot(Object*, Object* name);
Ref<> typeModule(ThreadState&, Type*);  // __module__
Ref<Str> typeNameObject(ThreadState&, Type*);  // __name__
Ref<Str> typeQualifiedName(ThreadState&, Type*);
// "mod.qualname" without a module that is builtins, as reprs show it; any error is raised.
Ref<Str> typeFullName(ThreadState&, Type*);
// The last component of tp_name, borrowed.
const char* shortTypeName(const Type*);
// TypeError "cannot set 'x' attribute of immutable type 'y'" for types that may not change.
Status checkTypeMutable(ThreadState&, Type*, const char* name, Object* value);

// ---- making (type_new.cpp) ----
Object* typeNewSlot(Type* meta, Object* args, Object* keywords);
// The most derived metaclass among `meta` and those of the bases; borrowed. TypeError "metaclass conflict: ...".
Result<Type*> calculateMetaclass(ThreadState&, Type* meta, Tuple* bases);
Ref<> makeClass(ThreadState&, Str* name, Tuple* bases, Dict* dict);  // type(name, bases, dict)
Ref<Str> mangle(ThreadState&, Str* class_name, Str* name);           // private names: __x -> _Class__x

// ---- bases and MRO (type_mro.cpp) ----
Result<Type*> bestBase(ThreadState&, Tuple* bases);  // borrowed; checks that they are acceptable and compatible
Type* solidBase(Type*);
Status updateMro(ThreadState&, Type*);   // calls a custom mro()
Ref<List> computeMro(ThreadState&, Type*);  // C3 linearisation
Status setBases(ThreadState&, Type*, Object* bases);
Status checkAssignable(ThreadState&, Type* from, Type* to, const char* attribute);  // layouts, for __class__ and __bases__

// ---- subclasses: a plain array in Type::subclasses, borrowed, in order of creation ----
struct SubclassList {
  Index count, capacity;
  Type** items;  // null entries: gone
};
inline SubclassList* subclassList(Type* t) { return reinterpret_cast<SubclassList*>(t->subclasses); }
Status addSubclass(ThreadState&, Type* base, Type* subclass);
void removeSubclass(Type* base, Type* subclass);
void removeFromBases(Type*);

// ---- readiness (type_ready.cpp) ----
Status fillTypeDict(ThreadState&, Type&);
const char* docBody(const char* name, const char* doc);  // text behind the signature; null when there is none
Ref<> textSignature(ThreadState&, const char* name, const char* doc);  // None when there is none
Ref<> docObject(ThreadState&, const char* name, const char* doc);      // None when there is none

// ---- slots (slot_table.cpp) ----
Status addSlotWrappers(ThreadState&, Type&);
void fixupSlots(Type*);                // all slots from the special methods along the MRO
void fixupNewClassSlots(Type*);        // the same for a class just made
void updateSlot(Type*, Str* name);     // one special method has changed; subclasses too
bool isTypeNewWrapper(const Object*);  // the built-in __new__ method
Status addNewWrapper(ThreadState&, Type&);

// ---- instances of classes (type_instances.cpp) ----
void subtypeDealloc(Object*);
int subtypeTraverse(Object*, VisitFn, void*);
int subtypeClear(Object*);
Object* classVectorcall(Object* type, Object* const* args, size_t n, Object* names);

// ---- versions (type_lookup.cpp) ----
bool assignVersionTag(Type*);
void clearMethodCache();

// ---- object (object_type.cpp) ----
Object* objectNewSlot(Type*, Object* args, Object* keywords);
int objectInitSlot(Object*, Object* args, Object* keywords);
Object* genericNew(Type*, Object* args, Object* keywords);  // tp_new that only allocates
Result<bool> isAbstract(ThreadState&, Object* function);     // __isabstractmethod__; null: false
bool hasExcessArguments(Object* args, Object* keywords);

}  // namespace habu
