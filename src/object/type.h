// struct Type: PyTypeObject, and the slot tables it points to. A built-in type is one constant definition:
//
//   constinit NumberSlots kNumber = {.add = slot<add>, ...};
//   constexpr MethodDef kMethods[] = {METHOD(append, "($self, object, /)", "Append object to the end."), {}};
//   constinit Type kListType = defineType<List>({.name = "list", .methods = kMethods, .repr = slot<repr>, ...});
//
// Unlisted slots are inherited when startup makes the type ready (types/type_ready.cpp). `slot<>` and METHOD: bind.h.
#pragma once
#include "object/object.h"
#include "object/ref.h"

namespace habu {

struct Buffer;  // buffer.h
struct Dict;
struct Tuple;
struct DictKeys;
struct Str;

using UnaryFn = Object* (*)(Object*);
using BinaryFn = Object* (*)(Object*, Object*);
using TernaryFn = Object* (*)(Object*, Object*, Object*);
using InquiryFn = int (*)(Object*);
using LengthFn = Index (*)(Object*);
using IndexFn = Object* (*)(Object*, Index);
using IndexSetFn = int (*)(Object*, Index, Object*);
using ObjectSetFn = int (*)(Object*, Object*, Object*);
using ContainsFn = int (*)(Object*, Object*);
using VisitFn = int (*)(Object*, void*);
using TraverseFn = int (*)(Object*, VisitFn, void*);
using FreeFn = void (*)(void*);
using DestructorFn = void (*)(Object*);
using GetAttrCharFn = Object* (*)(Object*, char*);
using SetAttrCharFn = int (*)(Object*, char*, Object*);
using HashFn = Hash (*)(Object*);
using CompareFn = Object* (*)(Object*, Object*, int);
using InitFn = int (*)(Object*, Object*, Object*);
using NewFn = Object* (*)(Type*, Object*, Object*);
using AllocFn = Object* (*)(Type*, Index);
using VectorcallFn = Object* (*)(Object*, Object* const*, size_t, Object*);
using GetBufferFn = int (*)(Object*, Buffer*, int);
using ReleaseBufferFn = void (*)(Object*, Buffer*);
using SendFn = int (*)(Object*, Object*, Object**);  // returns SendResult
using GetterFn = Object* (*)(Object*, void*);
using SetterFn = int (*)(Object*, Object*, void*);
// What a MethodDef calls; its flags say which member is meant. A union, not a cast, so that tables are constants.
union CFunction {
  constexpr CFunction() : plain(nullptr) {}
  constexpr CFunction(BinaryFn f) : plain(f) {}
  constexpr CFunction(Object* (*f)(Object*, Object* const*, Index)) : fast(f) {}
  constexpr CFunction(Object* (*f)(Object*, Object* const*, Index, Tuple*)) : fast_keywords(f) {}
  constexpr CFunction(TernaryFn f) : varargs_keywords(f) {}
  constexpr CFunction(Object* (*f)(Object*, Type*, Object* const*, size_t, Object*)) : method(f) {}
  BinaryFn plain;  // kMethNoArgs, kMethO, kMethVarargs (self, tuple)
  Object* (*fast)(Object*, Object* const*, Index);
  Object* (*fast_keywords)(Object*, Object* const*, Index, Tuple*);
  TernaryFn varargs_keywords;
  Object* (*method)(Object*, Type*, Object* const*, size_t, Object*);  // kMethMethod: with the defining class
};

enum class CompareOp : int { Lt = 0, Le = 1, Eq = 2, Ne = 3, Gt = 4, Ge = 5 };
enum class SendResult : int { Return = 0, Error = -1, Next = 1 };

struct NumberSlots {
  BinaryFn add, subtract, multiply, remainder, divmod;
  TernaryFn power;
  UnaryFn negative, positive, absolute;
  InquiryFn truth;
  UnaryFn invert;
  BinaryFn lshift, rshift, bit_and, bit_xor, bit_or;
  UnaryFn to_int;
  void* reserved;
  UnaryFn to_float;
  BinaryFn inplace_add, inplace_subtract, inplace_multiply, inplace_remainder;
  TernaryFn inplace_power;
  BinaryFn inplace_lshift, inplace_rshift, inplace_and, inplace_xor, inplace_or;
  BinaryFn floor_divide, true_divide, inplace_floor_divide, inplace_true_divide;
  UnaryFn index;
  BinaryFn matrix_multiply, inplace_matrix_multiply;
};

struct SequenceSlots {
  LengthFn length;
  BinaryFn concat;
  IndexFn repeat;
  IndexFn item;
  void* was_slice;
  IndexSetFn set_item;  // null value deletes
  void* was_set_slice;
  ContainsFn contains;
  BinaryFn inplace_concat;
  IndexFn inplace_repeat;
};

struct MappingSlots {
  LengthFn length;
  BinaryFn subscript;
  ObjectSetFn set_subscript;  // null value deletes
};

struct AsyncSlots {
  UnaryFn await, aiter, anext;
  SendFn send;
};

struct BufferSlots {
  GetBufferFn get;
  ReleaseBufferFn release;
};

// Calling conventions of a MethodDef (METH_*).
enum MethodFlag : int {
  kMethVarargs = 0x1,
  kMethKeywords = 0x2,
  kMethNoArgs = 0x4,
  kMethO = 0x8,
  kMethClass = 0x10,
  kMethStatic = 0x20,
  kMethCoexist = 0x40,
  kMethFastcall = 0x80,
  kMethMethod = 0x200,
};

struct MethodDef {  // PyMethodDef; a table ends with an empty one
  const char* name = nullptr;
  CFunction function;
  int flags = 0;
  const char* doc = nullptr;  // "name(signature)\n--\n\ntext", as CPython spells __text_signature__ into it
};

struct GetSetDef {  // PyGetSetDef
  const char* name = nullptr;
  GetterFn get = nullptr;
  SetterFn set = nullptr;  // null value deletes
  const char* doc = nullptr;
  void* closure = nullptr;
};

enum class MemberKind : int {  // T_* of structmember.h
  Short = 0, Int = 1, Long = 2, Float = 3, Double = 4, String = 5, ObjectOrNone = 6, Char = 7, Byte = 8, UByte = 9,
  UShort = 10, UInt = 11, ULong = 12, StringInplace = 13, Bool = 14, Object = 16, LongLong = 17, ULongLong = 18,
  Index = 19, None = 20,
};
enum MemberFlag : int { kMemberReadOnly = 1, kMemberAudit = 2 };

struct MemberDef {  // PyMemberDef
  const char* name = nullptr;
  MemberKind kind{};
  Index offset = 0;  // bytes from the object's address
  int flags = 0;
  const char* doc = nullptr;
};

// Type flags (Py_TPFLAGS_*), same bits.
inline constexpr unsigned long kManagedDict = 1UL << 4;  // dict/values pointers in front of the GC header
inline constexpr unsigned long kSequenceFlag = 1UL << 5;
inline constexpr unsigned long kMappingFlag = 1UL << 6;
inline constexpr unsigned long kDisallowInstantiation = 1UL << 7;
inline constexpr unsigned long kImmutableType = 1UL << 8;
inline constexpr unsigned long kHeapType = 1UL << 9;
inline constexpr unsigned long kBaseType = 1UL << 10;
inline constexpr unsigned long kHaveVectorcall = 1UL << 11;
inline constexpr unsigned long kReady = 1UL << 12;
inline constexpr unsigned long kReadying = 1UL << 13;
inline constexpr unsigned long kHaveGc = 1UL << 14;
inline constexpr unsigned long kMethodDescriptor = 1UL << 17;
inline constexpr unsigned long kHaveVersionTag = 1UL << 18;
inline constexpr unsigned long kValidVersionTag = 1UL << 19;
inline constexpr unsigned long kIsAbstract = 1UL << 20;
inline constexpr unsigned long kMatchSelf = 1UL << 22;
inline constexpr unsigned long kIntSubclass = 1UL << 24;
inline constexpr unsigned long kListSubclass = 1UL << 25;
inline constexpr unsigned long kTupleSubclass = 1UL << 26;
inline constexpr unsigned long kBytesSubclass = 1UL << 27;
inline constexpr unsigned long kStrSubclass = 1UL << 28;
inline constexpr unsigned long kDictSubclass = 1UL << 29;
inline constexpr unsigned long kExceptionSubclass = 1UL << 30;
inline constexpr unsigned long kTypeSubclass = 1UL << 31;

struct Type : VarObject {  // PyTypeObject
  const char* name;        // "module.name", or "name" for builtins
  Index basic_size, item_size;
  DestructorFn dealloc;
  Index vectorcall_offset;
  GetAttrCharFn getattr_char;
  SetAttrCharFn setattr_char;
  AsyncSlots* async;
  UnaryFn repr;
  NumberSlots* number;
  SequenceSlots* sequence;
  MappingSlots* mapping;
  HashFn hash;
  TernaryFn call;
  UnaryFn str;
  BinaryFn getattro;
  ObjectSetFn setattro;  // null value deletes
  BufferSlots* buffer;
  unsigned long flags;
  const char* doc;
  TraverseFn traverse;
  InquiryFn clear;
  CompareFn richcompare;
  Index weaklist_offset;
  UnaryFn iter;
  UnaryFn iternext;  // null without an exception: exhausted
  const MethodDef* methods;
  const MemberDef* members;
  const GetSetDef* getset;
  Type* base;    // owned by heap types, borrowed by static ones
  Dict* dict;    // owned
  TernaryFn descr_get;
  ObjectSetFn descr_set;
  Index dict_offset;
  InitFn init;
  AllocFn alloc;
  NewFn make;  // tp_new
  FreeFn free;
  InquiryFn is_gc;
  Tuple* bases;
  Tuple* mro;
  Object* cache;
  Object* subclasses;
  Object* weaklist;
  DestructorFn del;
  unsigned int version_tag;
  DestructorFn finalize;
  VectorcallFn vectorcall;

  bool has(unsigned long flag) const { return (flags & flag) != 0; }
};

struct HeapType : Type {  // PyHeapTypeObject
  AsyncSlots own_async;
  NumberSlots own_number;
  MappingSlots own_mapping;
  SequenceSlots own_sequence;
  BufferSlots own_buffer;
  Str* heap_name;
  Object* slots;
  Str* qualname;
  DictKeys* cached_keys;  // shared keys of the instances' dictionaries
  Object* module;
  char* owned_name;
  Object* getitem_cache;
};

// What a type file writes down; everything left out is inherited from the base or derived.
struct TypeSpec {
  const char* name;
  const char* doc = nullptr;
  unsigned long flags = 0;  // kHaveGc follows from `traverse`, kBaseType must be said
  Type* base = nullptr;     // null: object
  Index item_size = 0;
  Index dict_offset = 0, weaklist_offset = 0, vectorcall_offset = 0;
  const MethodDef* methods = nullptr;
  const MemberDef* members = nullptr;
  const GetSetDef* getset = nullptr;
  AsyncSlots* async = nullptr;
  NumberSlots* number = nullptr;
  SequenceSlots* sequence = nullptr;
  MappingSlots* mapping = nullptr;
  BufferSlots* buffer = nullptr;
  NewFn make = nullptr;
  InitFn init = nullptr;
  AllocFn alloc = nullptr;
  FreeFn free = nullptr;
  DestructorFn dealloc = nullptr, finalize = nullptr;
  TraverseFn traverse = nullptr;
  InquiryFn clear = nullptr;
  UnaryFn repr = nullptr, str = nullptr;
  HashFn hash = nullptr;
  CompareFn richcompare = nullptr;
  TernaryFn call = nullptr;
  VectorcallFn vectorcall = nullptr;  // calls of the type itself
  BinaryFn getattro = nullptr;
  ObjectSetFn setattro = nullptr;
  UnaryFn iter = nullptr, iternext = nullptr;
  TernaryFn descr_get = nullptr;
  ObjectSetFn descr_set = nullptr;
  InquiryFn is_gc = nullptr;  // kHaveGc, but only some instances have the GC header
};

template <class T>
consteval Type defineType(TypeSpec s) {
  Type t{};
  t.refcount = 1;
  t.name = s.name;
  t.doc = s.doc;
  t.basic_size = Index(sizeof(T));
  t.item_size = s.item_size;
  t.flags = s.flags | (s.traverse ? kHaveGc : 0);
  t.base = s.base;
  t.dict_offset = s.dict_offset;
  t.weaklist_offset = s.weaklist_offset;
  t.vectorcall_offset = s.vectorcall_offset;
  t.methods = s.methods;
  t.members = s.members;
  t.getset = s.getset;
  t.async = s.async;
  t.number = s.number;
  t.sequence = s.sequence;
  t.mapping = s.mapping;
  t.buffer = s.buffer;
  t.make = s.make;
  t.init = s.init;
  t.alloc = s.alloc;
  t.free = s.free;
  t.dealloc = s.dealloc;
  t.finalize = s.finalize;
  t.traverse = s.traverse;
  t.clear = s.clear;
  t.repr = s.repr;
  t.str = s.str;
  t.hash = s.hash;
  t.richcompare = s.richcompare;
  t.call = s.call;
  t.vectorcall = s.vectorcall;
  t.getattro = s.getattro;
  t.setattro = s.setattro;
  t.iter = s.iter;
  t.iternext = s.iternext;
  t.descr_get = s.descr_get;
  t.descr_set = s.descr_set;
  t.is_gc = s.is_gc;
  return t;
}

// Built-in types whose instances have a trailing array (list of items, digits...): the size without the array.
template <class T>
consteval Type defineVarType(Index basic_size, TypeSpec s) {
  Type t = defineType<T>(s);
  t.basic_size = basic_size;
  return t;
}

// ---- type tests ----
bool isSubtype(const Type* a, const Type* b);  // by MRO; never runs Python code
inline bool isExact(const Object* o, const Type& t) { return o->type == &t; }
inline bool isInstanceOf(const Object* o, const Type& t) { return o->type == &t || isSubtype(o->type, &t); }
inline bool hasFlag(const Object* o, unsigned long flag) { return o->type->has(flag); }
inline bool isStr(const Object* o) { return hasFlag(o, kStrSubclass); }
inline bool isInt(const Object* o) { return hasFlag(o, kIntSubclass); }
inline bool isBytes(const Object* o) { return hasFlag(o, kBytesSubclass); }
inline bool isTuple(const Object* o) { return hasFlag(o, kTupleSubclass); }
inline bool isList(const Object* o) { return hasFlag(o, kListSubclass); }
inline bool isDict(const Object* o) { return hasFlag(o, kDictSubclass); }
inline bool isType(const Object* o) { return hasFlag(o, kTypeSubclass); }
inline bool isException(const Object* o) { return hasFlag(o, kExceptionSubclass); }

// Name without the module: what error messages call `type(o).__name__`... as CPython's "%.200s" of tp_name prints it
// (the full "module.name" for static types, the bare name for classes).
inline const char* typeName(const Object* o) { return o->type->name; }

extern Type kObjectType C_NAME("PyBaseObject_Type");
extern Type kTypeType C_NAME("PyType_Type");

}  // namespace habu
