// Weak references: PyWeakReference (public layout). A referent holds its references in a list, youngest "basic" ones
// (exact type, no callback: shared) first; type tells where that list's head is (weaklist_offset).
#pragma once
#include "object/core.h"

namespace habu {

struct WeakRef : Object {
  Object* referent;  // borrowed; None when it is dead
  Object* callback;  // owned, nullable
  Hash hash;         // -1: not computed
  WeakRef* previous;
  WeakRef* next;
  VectorcallFn vectorcall;
};
extern Type kWeakRefType C_NAME("_PyWeakref_RefType");
extern Type kWeakProxyType C_NAME("_PyWeakref_ProxyType");
extern Type kWeakCallableProxyType C_NAME("_PyWeakref_CallableProxyType");

bool isWeakref(const Object*);  // a reference or a proxy
inline WeakRef** weakrefList(Object* o) {  // null: not referenceable
  Index offset = o->type->weaklist_offset;
  return offset > 0 ? reinterpret_cast<WeakRef**>(reinterpret_cast<char*>(o) + offset) : nullptr;
}
Index weakrefCount(Object*);
// TypeError "cannot create weak reference to 'x' object". `callback` may be null or None.
Ref<> newWeakref(ThreadState&, Object* referent, Object* callback = nullptr);
Ref<> newWeakProxy(ThreadState&, Object* referent, Object* callback = nullptr);
// The referent, or empty when it is dead.
Ref<> weakrefTarget(Object* weakref);
// Takes the reference out of its referent's list: it is dead from now on; its callback stays.
void unlinkWeakref(WeakRef*);
void runWeakrefCallback(ThreadState&, WeakRef*);  // errors are written as unraisable

}  // namespace habu
