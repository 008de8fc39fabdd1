// Attribute access. Names are interned `Str*` for speed; any str works.
#pragma once
#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Str;

Ref<> getAttr(ThreadState&, Object*, Str* name);
Status setAttr(ThreadState&, Object*, Str* name, Object* value);
Status delAttr(ThreadState&, Object*, Str* name);
// As getAttr, but absence (AttributeError) is an empty Ref in the result, no exception is made where avoidable.
Found findAttr(ThreadState&, Object*, Str* name);
Result<bool> hasAttr(ThreadState&, Object*, Str* name);

// A method to be called with `self` in front: avoids the bound method object. `is_method`: call it as
// function(self, args...); otherwise function(args...).
struct MethodLookup {
  Ref<> function;
  bool is_method = false;
};
Result<MethodLookup> getMethod(ThreadState&, Object*, Str* name);

// Finds a name along the MRO, through the version-tagged cache. Borrowed, null when absent; runs no Python code
// unless a key in a class dictionary is not an exact str.
Object* typeLookup(Type*, Str* name);
// A special method as the interpreter looks it up: on the type, bound to `self`; absent: empty.
Found lookupSpecial(ThreadState&, Object* self, Str* name);
// Must follow every change of a type's dictionary, bases or slots.
void typeModified(Type*);

// object.__getattribute__ and friends (tp_getattro, tp_setattro).
Ref<> genericGetAttr(ThreadState&, Object*, Object* name);
Found genericFindAttr(ThreadState&, Object*, Str* name);
Status genericSetAttr(ThreadState&, Object*, Object* name, Object* value);
// The C slots, for type tables: .getattro = genericGetAttrSlot
Object* genericGetAttrSlot(Object*, Object* name);
int genericSetAttrSlot(Object*, Object* name, Object* value);

// The instance dictionary: of managed-dict types, of dict_offset types. Borrowed; null: the object has none (yet).
Dict* instanceDictOrNull(Object*);
Ref<Dict> instanceDict(ThreadState&, Object*);  // made on demand; AttributeError when the type has no dictionary
// `__dict__` as a getset pair for types with a dictionary.
Object* genericDictGetter(Object*, void*);
int genericDictSetter(Object*, Object*, void*);

}  // namespace habu
