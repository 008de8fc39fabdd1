// Where instances keep their attributes: the dictionary pointer in front of the GC header (kManagedDict) or at
// dict_offset. Everything that touches it goes through here.
//
//   | values | dict | GC header (2 words) | object...      kManagedDict: words -4 and -3 from the object
//
// An instance starts with `values` (an array laid out by the key table its class shares) and gets a dictionary only
// when somebody asks for `__dict__` or its attributes do not fit the shared table.
#pragma once
#include "object/attribute.h"

namespace habu {

// Does the type give its instances a dictionary at all?
bool hasInstanceDict(const Object*);
// The field that holds the dictionary; null when the type has none. For managed types: the dictionary word.
Dict** instanceDictField(Object*);
bool instanceDictEmpty(Object*);  // no attributes in it, or no dictionary at all
Found instanceFind(ThreadState&, Object*, Str* name);
// A null value deletes; `absent` tells that there was nothing to delete.
Status instanceStore(ThreadState&, Object*, Str* name, Object* value, bool& absent);
// Replaces the dictionary (null: takes it away).
void setInstanceDict(ThreadState&, Object*, Dict*);
// For traverse, clear and dealloc of instances with a dictionary.
int visitInstanceDict(Object*, VisitFn visit, void* arg);
void clearInstanceDict(Object*);

}  // namespace habu
