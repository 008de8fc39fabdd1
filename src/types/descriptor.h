// Descriptors of built-in types: what the dictionary of a type holds for its C++ methods, members, getters and slots
// (layouts of CPython's descrobject.h), mappingproxy, property and super.
#pragma once
#include "object/core.h"

namespace habu {

struct SlotDef;

struct Descriptor : Object {  // PyDescrObject
  Type* owner;        // owned
  Object* name;       // a str
  Object* qualname;   // a str; null until asked for
};
struct MethodDescriptor : Descriptor {
  const MethodDef* def;
  VectorcallFn vectorcall;
};
struct MemberDescriptor : Descriptor {
  const MemberDef* def;
};
struct GetSetDescriptor : Descriptor {
  const GetSetDef* def;
};
struct WrapperDescriptor : Descriptor {
  const SlotDef* slot;
  void* wrapped;  // the C slot function
};
extern Type kMethodDescriptorType C_NAME("PyMethodDescr_Type");
extern Type kClassMethodDescriptorType C_NAME("PyClassMethodDescr_Type");
extern Type kMemberDescriptorType C_NAME("PyMemberDescr_Type");
extern Type kGetSetDescriptorType C_NAME("PyGetSetDescr_Type");
extern Type kWrapperDescriptorType C_NAME("PyWrapperDescr_Type");
extern Type kMethodWrapperType C_NAME("_PyMethodWrapper_Type");
// The definitions must outlive the descriptors (they are constant tables).
Ref<> newMethodDescriptor(ThreadState&, Type* owner, const MethodDef*);
Ref<> newClassMethodDescriptor(ThreadState&, Type* owner, const MethodDef*);
Ref<> newMemberDescriptor(ThreadState&, Type* owner, const MemberDef*);
Ref<> newGetSetDescriptor(ThreadState&, Type* owner, const GetSetDef*);
Ref<> newWrapperDescriptor(ThreadState&, Type* owner, const SlotDef*, void* wrapped);
Ref<> newMethodWrapper(ThreadState&, Object* wrapper_descriptor, Object* self);
bool isDataDescriptor(const Object*);

// Members by their C type (PyMember_GetOne, PyMember_SetOne); `base` is the object's address.
Ref<> getMember(ThreadState&, const char* base, const MemberDef&);
Status setMember(ThreadState&, char* base, const MemberDef&, Object* value);

struct MappingProxy : Object {
  Object* mapping;
};
extern Type kMappingProxyType C_NAME("PyDictProxy_Type");
Ref<> newMappingProxy(ThreadState&, Object* mapping);

struct Property : Object {
  Object *getter, *setter, *deleter, *doc, *name;  // nullable
  int getter_doc;  // doc came from the getter
};
extern Type kPropertyType C_NAME("PyProperty_Type");

struct Super : Object {
  Type* this_class;  // nullable until initialised
  Object* self;      // nullable
  Type* self_type;   // nullable
};
extern Type kSuperType C_NAME("PySuper_Type");
// super(type, self), for the interpreter's and type's own use.
Ref<> newSuper(ThreadState&, Type* type, Object* self);

}  // namespace habu
