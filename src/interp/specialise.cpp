#include "interp/specialise.h"

#include "interp/frame_stack.h"
#include "interp/translate.h"
#include "object/attribute.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/dict_keys.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/module.h"
#include "types/str.h"
#include "types/type_object.h"

namespace habu {

namespace {

void become(Frame* frame, Instruction* ip, Op op) {
  counterOf(ip) = kMissTolerance;
  rewrite(frame, ip, op);
}

bool bothExact(Object** sp, const Type& t) { return isExact(sp[-1], t) && isExact(sp[-2], t); }
bool isCompactIndex(const Object* o) {
  return isExactInt(o) && size_t(static_cast<const Int*>(o)->size) <= 1;
}
Op publicOp(const Frame* frame, const Instruction* ip) {
  Index at = slotIndex(frame, ip);
  return at < frame->code->size ? Op(frame->code->code[2 * at]) : Op::CACHE;
}

// A Python function that takes exactly its positional parameters.
bool isSimple(const Function* f, Index arguments) {
  constexpr int kMask = kCodeOptimized | kCodeVarArgs | kCodeVarKeywords;
  return (f->code->flags & kMask) == kCodeOptimized && !f->code->kwonly_count && f->code->arg_count == arguments;
}
bool prepared(Code* code) {
  if (code->runtime) return true;
  ThreadState& ts = ThreadState::current();
  if (prepareCode(ts, code)) return true;
  clearError(ts);
  return false;
}

uint32_t next_function_version = 1;

}  // namespace

uint32_t functionVersion(Function* f) {
  if (f->version) return f->version;
  if (next_function_version == 0) return 0;
  return f->version = next_function_version++;
}

void specialiseBinaryOp(Frame* frame, Instruction* ip, Object** sp) {
  BinaryOp op = BinaryOp(ip->arg);
  bool add = op == BinaryOp::Add || op == BinaryOp::InplaceAdd;
  bool subtract = op == BinaryOp::Subtract || op == BinaryOp::InplaceSubtract;
  bool multiply = op == BinaryOp::Multiply || op == BinaryOp::InplaceMultiply;
  if (bothExact(sp, kIntType)) {
    if (add) become(frame, ip, Op::BINARY_OP_ADD_INT);
    if (subtract) become(frame, ip, Op::BINARY_OP_SUBTRACT_INT);
    if (multiply) become(frame, ip, Op::BINARY_OP_MULTIPLY_INT);
  } else if (bothExact(sp, kFloatType)) {
    if (add) become(frame, ip, Op::BINARY_OP_ADD_FLOAT);
    if (subtract) become(frame, ip, Op::BINARY_OP_SUBTRACT_FLOAT);
    if (multiply) become(frame, ip, Op::BINARY_OP_MULTIPLY_FLOAT);
  } else if (add && bothExact(sp, kStrType)) {
    Instruction* next = ip + 1 + info(Op::BINARY_OP).caches;
    bool in_place = publicOp(frame, next) == Op::STORE_FAST && frame->localsplus[next->arg] == sp[-2];
    become(frame, ip, in_place ? Op::BINARY_OP_INPLACE_ADD_UNICODE : Op::BINARY_OP_ADD_UNICODE);
  }
}

void specialiseBinarySubscr(Frame* frame, Instruction* ip, Object** sp) {
  Object *container = sp[-2], *key = sp[-1];
  if (isExactList(container) && isCompactIndex(key)) return become(frame, ip, Op::BINARY_SUBSCR_LIST_INT);
  if (isExactTuple(container) && isCompactIndex(key)) return become(frame, ip, Op::BINARY_SUBSCR_TUPLE_INT);
  if (isExactDict(container)) return become(frame, ip, Op::BINARY_SUBSCR_DICT);
  Type* type = container->type;
  if (!type->has(kHeapType) || !assignVersionTag(type)) return;
  Object* getitem = typeLookup(type, names::__getitem__);
  if (!getitem || !isPlainFunction(getitem)) return;
  auto* function = static_cast<Function*>(getitem);
  if (!isSimple(function, 2) || !functionVersion(function)) return;
  auto* cache = reinterpret_cast<SubscriptCache*>(ip + 1);
  cache->type_version = type->version_tag;
  cache->function_version = function->version;
  cache->function = function;
  become(frame, ip, Op::BINARY_SUBSCR_GETITEM);
}

void specialiseStoreSubscr(Frame* frame, Instruction* ip, Object** sp) {
  if (isExactList(sp[-2]) && isCompactIndex(sp[-1])) return become(frame, ip, Op::STORE_SUBSCR_LIST_INT);
  if (isExactDict(sp[-2])) become(frame, ip, Op::STORE_SUBSCR_DICT);
}

void specialiseCompareOp(Frame* frame, Instruction* ip, Object** sp) {
  CompareOp op = CompareOp(ip->arg);
  int kind = -1;  // of the jump behind: bit 0 when true, bit 1 backward
  switch (publicOp(frame, ip + 1 + info(Op::COMPARE_OP).caches)) {
    case Op::POP_JUMP_FORWARD_IF_FALSE: kind = 0; break;
    case Op::POP_JUMP_FORWARD_IF_TRUE: kind = 1; break;
    case Op::POP_JUMP_BACKWARD_IF_FALSE: kind = 2; break;
    case Op::POP_JUMP_BACKWARD_IF_TRUE: kind = 3; break;
    default: break;
  }
  if (kind >= 0) ip[2].handler = uint32_t(kind);
  auto compact = [](Object* o) { return isExactInt(o) && isCompact(static_cast<Int*>(o)); };
  if (compact(sp[-1]) && compact(sp[-2]))
    return become(frame, ip, kind >= 0 ? Op::COMPARE_OP_INT_JUMP : Op::COMPARE_OP_INT);
  if (bothExact(sp, kFloatType)) return become(frame, ip, kind >= 0 ? Op::COMPARE_OP_FLOAT_JUMP : Op::COMPARE_OP_FLOAT);
  if (bothExact(sp, kStrType) && (op == CompareOp::Eq || op == CompareOp::Ne))
    become(frame, ip, kind >= 0 ? Op::COMPARE_OP_STR_JUMP : Op::COMPARE_OP_STR);
}

void specialiseUnpackSequence(Frame* frame, Instruction* ip, Object** sp) {
  if (isExactTuple(sp[-1]) && static_cast<Tuple*>(sp[-1])->size == Index(ip->arg))
    return become(frame, ip, ip->arg == 2 ? Op::UNPACK_SEQUENCE_TWO_TUPLE : Op::UNPACK_SEQUENCE_TUPLE);
  if (isExactList(sp[-1]) && static_cast<List*>(sp[-1])->size == Index(ip->arg)) become(frame, ip, Op::UNPACK_SEQUENCE_LIST);
}

// ---- attributes ----

namespace {

Dict* managedDict(Object* o) { return reinterpret_cast<Dict**>(o)[-3]; }
DictValues* managedValues(Object* o) { return reinterpret_cast<DictValues**>(o)[-4]; }

// Where the value of `name` is in the dictionary of a module; false: not cacheable.
bool placeInModule(Object* module, Str* name, uint32_t& version, uint64_t& offset) {
  Dict* dict = static_cast<Module*>(module)->dict;
  if (!dict || dict->values || !dict->keys->strOnly()) return false;
  Index place = dictPlaceOf(dict->keys, name);
  version = dictKeysVersion(dict->keys);
  if (place < 0 || !version) return false;
  offset = uint64_t(reinterpret_cast<char*>(&dict->keys->strEntries()[place].value) - reinterpret_cast<char*>(dict->keys));
  return true;
}

// A slot of __slots__ that holds any object.
MemberDescriptor* objectSlot(Object* descriptor, Type* type) {
  if (!descriptor || !isExact(descriptor, kMemberDescriptorType)) return nullptr;
  auto* member = static_cast<MemberDescriptor*>(descriptor);
  if (member->def->kind != MemberKind::Object || member->def->flags || !isSubtype(type, member->owner)) return nullptr;
  return member;
}

// The getter of a property, when the loop can run it; null: it cannot.
Function* simpleGetter(Object* descriptor) {
  if (!descriptor || !isExact(descriptor, kPropertyType)) return nullptr;
  Object* getter = static_cast<Property*>(descriptor)->getter;
  if (!getter || !isPlainFunction(getter)) return nullptr;
  auto* function = static_cast<Function*>(getter);
  return isSimple(function, 1) && functionVersion(function) ? function : nullptr;
}

// LOAD_ATTR or STORE_ATTR of an attribute that instances hold themselves.
Op instanceForm(Object* owner, Str* name, AttributeCache* cache, bool store) {
  Type* type = owner->type;
  if (!type->has(kManagedDict) || !type->has(kHeapType)) return Op::CACHE;
  if (Dict* dict = managedDict(owner)) {
    if (dict->values || !dict->keys->strOnly()) return Op::CACHE;
    Index place = dictPlaceOf(dict->keys, name);
    if (place < 0) return Op::CACHE;
    cache->offset = uint64_t(place);
    return store ? Op::STORE_ATTR_WITH_HINT : Op::LOAD_ATTR_WITH_HINT;
  }
  DictKeys* keys = static_cast<HeapType*>(type)->cached_keys;
  DictValues* values = managedValues(owner);
  if (!keys || (!values && !store)) return Op::CACHE;
  Index place = dictPlaceOf(keys, name);
  if (place < 0 || (!store && !values->slots[place])) return Op::CACHE;
  cache->offset = uint64_t(place);
  return store ? Op::STORE_ATTR_INSTANCE_VALUE : Op::LOAD_ATTR_INSTANCE_VALUE;
}

}  // namespace

void specialiseLoadAttr(Frame* frame, Instruction* ip, Object** sp) {
  Object* owner = sp[-1];
  Str* name = nameAt(frame, ip->arg);
  auto* cache = reinterpret_cast<AttributeCache*>(ip + 1);
  Type* type = owner->type;
  if (type == &kModuleType) {
    if (placeInModule(owner, name, cache->version, cache->offset)) become(frame, ip, Op::LOAD_ATTR_MODULE);
    return;
  }
  if (type->getattro != genericGetAttrSlot || !assignVersionTag(type)) return;
  Object* descriptor = typeLookup(type, name);
  cache->version = type->version_tag;
  if (MemberDescriptor* member = objectSlot(descriptor, type)) {
    cache->offset = uint64_t(member->def->offset);
    return become(frame, ip, Op::LOAD_ATTR_SLOT);
  }
  if (name == names::__class__.get() && descriptor == typeLookup(&kObjectType, name)) {
    cache->offset = offsetof(Object, type);
    return become(frame, ip, Op::LOAD_ATTR_SLOT);
  }
  if (Function* getter = simpleGetter(descriptor)) {
    cache->getter = getter;
    cache->offset = uint64_t(reinterpret_cast<uintptr_t>(descriptor));
    cache->keys_version = getter->version;
    return become(frame, ip, Op::LOAD_ATTR_PROPERTY);
  }
  if (descriptor && descriptor->type->descr_set) return;
  Op form = instanceForm(owner, name, cache, false);
  if (form != Op::CACHE) become(frame, ip, form);
}

void specialiseStoreAttr(Frame* frame, Instruction* ip, Object** sp) {
  Object* owner = sp[-1];
  Str* name = nameAt(frame, ip->arg);
  auto* cache = reinterpret_cast<AttributeCache*>(ip + 1);
  Type* type = owner->type;
  if (type->setattro != genericSetAttrSlot || !assignVersionTag(type)) return;
  Object* descriptor = typeLookup(type, name);
  cache->version = type->version_tag;
  if (MemberDescriptor* member = objectSlot(descriptor, type)) {
    cache->offset = uint64_t(member->def->offset);
    return become(frame, ip, Op::STORE_ATTR_SLOT);
  }
  if (descriptor && descriptor->type->descr_set) return;
  Op form = instanceForm(owner, name, cache, true);
  if (form != Op::CACHE) become(frame, ip, form);
}

namespace {

void specialiseClassMethodLoad(Frame* frame, Instruction* ip, Type* cls, Str* name, MethodCache* cache) {
  if (cls->type->getattro != typeGetAttrSlot || typeLookup(cls->type, name) || !assignVersionTag(cls)) return;
  Object* found = typeLookup(cls, name);
  if (!found || (found->type->descr_get && found->type != &kFunctionType && found->type != &kBuiltinFunctionType)) return;
  cache->type_version = cls->version_tag;
  cache->method = found;
  become(frame, ip, Op::LOAD_METHOD_CLASS);
}

void specialiseInstanceMethodLoad(Frame* frame, Instruction* ip, Object* owner, Str* name, MethodCache* cache) {
  Type* type = owner->type;
  if (type->getattro != genericGetAttrSlot || !assignVersionTag(type)) return;
  Object* method = typeLookup(type, name);
  if (!method || !method->type->has(kMethodDescriptor)) return;
  cache->type_version = type->version_tag;
  cache->method = method;
  if (!type->has(kManagedDict) && !type->dict_offset) return become(frame, ip, Op::LOAD_METHOD_NO_DICT);
  if (type->has(kManagedDict) && type->has(kHeapType) && !managedDict(owner)) {
    DictKeys* keys = static_cast<HeapType*>(type)->cached_keys;
    if (!keys || dictPlaceOf(keys, name) >= 0) return;
    cache->keys_version = dictKeysVersion(keys);
    if (cache->keys_version) become(frame, ip, Op::LOAD_METHOD_WITH_VALUES);
    return;
  }
  if (!type->has(kManagedDict) && type->dict_offset < 0) return;
  cache->dict_offset = uint64_t(type->has(kManagedDict) ? -3 * int64_t(sizeof(void*)) : type->dict_offset);
  Dict* dict = *reinterpret_cast<Dict**>(reinterpret_cast<char*>(owner) + int64_t(cache->dict_offset));
  cache->keys_version = 0;
  if (dict) {
    if (!dict->keys->strOnly() || dictPlaceOf(dict->keys, name) >= 0) return;
    cache->keys_version = dictKeysVersion(dict->keys);
    if (!cache->keys_version) return;
  }
  become(frame, ip, Op::LOAD_METHOD_WITH_DICT);
}

}  // namespace

void specialiseLoadMethod(Frame* frame, Instruction* ip, Object** sp) {
  Object* owner = sp[-1];
  Str* name = nameAt(frame, ip->arg);
  auto* cache = reinterpret_cast<MethodCache*>(ip + 1);
  if (owner->type == &kModuleType) {
    if (placeInModule(owner, name, cache->keys_version, cache->dict_offset)) become(frame, ip, Op::LOAD_METHOD_MODULE);
  } else if (isType(owner)) {
    specialiseClassMethodLoad(frame, ip, static_cast<Type*>(owner), name, cache);
  } else {
    specialiseInstanceMethodLoad(frame, ip, owner, name, cache);
  }
}

// ---- calls ----

namespace {

bool isBuiltin(const Object* o, const char* name) {
  if (!isExact(o, kBuiltinFunctionType) || !mainInterpreter.builtins) return false;
  Ref<Str> key = internedStr(ThreadState::current(), name);
  return key && dictFindStr(mainInterpreter.builtins, key.get()) == o;
}

Op builtinForm(const BuiltinFunction* f, Index total, bool keywords) {
  int flags = f->def->flags & ~(kMethClass | kMethStatic | kMethCoexist);
  if (flags == kMethO && total == 1 && !keywords)
    return isBuiltin(f, "len") ? Op::PRECALL_NO_KW_LEN : Op::PRECALL_NO_KW_BUILTIN_O;
  if (flags == kMethFastcall && !keywords)
    return total == 2 && isBuiltin(f, "isinstance") ? Op::PRECALL_NO_KW_ISINSTANCE : Op::PRECALL_NO_KW_BUILTIN_FAST;
  if (flags == (kMethFastcall | kMethKeywords)) return Op::PRECALL_BUILTIN_FAST_WITH_KEYWORDS;
  return Op::CACHE;
}

Op descriptorForm(const MethodDescriptor* m, Index total, bool keywords, bool unused_result) {
  int flags = m->def->flags & ~kMethCoexist;
  if (flags == kMethNoArgs && total == 1 && !keywords) return Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS;
  if (flags == kMethO && total == 2 && !keywords) {
    bool append = unused_result && m->owner == &kListType && std::string_view(m->def->name) == "append";
    return append ? Op::PRECALL_NO_KW_LIST_APPEND : Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_O;
  }
  if (flags == kMethFastcall && !keywords && total) return Op::PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST;
  if (flags == (kMethFastcall | kMethKeywords) && total) return Op::PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS;
  return Op::CACHE;
}

Op classForm(Type* type, Index total, bool keywords) {
  if (total == 1 && !keywords) {
    if (type == &kStrType) return Op::PRECALL_NO_KW_STR_1;
    if (type == &kTypeType) return Op::PRECALL_NO_KW_TYPE_1;
    if (type == &kTupleType) return Op::PRECALL_NO_KW_TUPLE_1;
  }
  return type->vectorcall && type->has(kImmutableType) ? Op::PRECALL_BUILTIN_CLASS : Op::CACHE;
}

}  // namespace

void specialisePrecall(Frame* frame, Instruction* ip, Object** sp) {
  Object** args = sp - ptrdiff_t(ip->arg);
  bool is_method = args[-2] != nullptr;
  Object* callable = args[is_method ? -2 : -1];
  Index total = Index(ip->arg) + is_method;
  Instruction* call = ip + 1 + info(Op::PRECALL).caches;
  bool keywords = reinterpret_cast<CallCache*>(call + 1)->names != 0;
  Op form = Op::CACHE;
  if (callable->type == &kFunctionType) {
    form = Op::PRECALL_PYFUNC;
  } else if (callable->type == &kMethodType && !is_method) {
    form = Op::PRECALL_BOUND_METHOD;
  } else if (callable->type == &kBuiltinFunctionType) {
    form = builtinForm(static_cast<BuiltinFunction*>(callable), total, keywords);
  } else if (callable->type == &kMethodDescriptorType) {
    bool unused = publicOp(frame, call + 1 + info(Op::CALL).caches) == Op::POP_TOP;
    form = descriptorForm(static_cast<MethodDescriptor*>(callable), total, keywords, unused && is_method);
  } else if (isType(callable)) {
    form = classForm(static_cast<Type*>(callable), total, keywords);
  }
  if (form != Op::CACHE) become(frame, ip, form);
}

namespace {

void specialisePythonCall(Frame* frame, Instruction* ip, Function* function, Index total) {
  Code* code = function->code;
  if (!isPlainFunction(function) || !isSimple(function, code->arg_count) || !prepared(code)) return;
  auto* cache = reinterpret_cast<CallCache*>(ip + 1);
  Index defaults = function->defaults ? function->defaults->size : 0;
  if (total > code->arg_count || total < code->arg_count - defaults || !functionVersion(function)) return;
  cache->function_version = function->version;
  cache->least = uint32_t(code->arg_count - defaults);
  become(frame, ip, total == code->arg_count ? Op::CALL_PY_EXACT_ARGS : Op::CALL_PY_WITH_DEFAULTS);
}

void specialiseClassCall(Frame* frame, Instruction* ip, Type* type) {
  if (type->type != &kTypeType || type->make != kObjectType.make || type->has(kIsAbstract) || !assignVersionTag(type)) return;
  if (!type->has(kHeapType) || type->item_size) return;
  Object* init = typeLookup(type, names::__init__);
  if (!init || !isPlainFunction(init)) return;
  auto* function = static_cast<Function*>(init);
  if (!(function->code->flags & kCodeOptimized) || !prepared(function->code) || !functionVersion(function)) return;
  auto* cache = reinterpret_cast<CallCache*>(ip + 1);
  cache->function_version = function->version;
  cache->type_version = type->version_tag;
  cache->init = function;
  become(frame, ip, Op::CALL_PY_CLASS);
}

}  // namespace

void specialiseCall(Frame* frame, Instruction* ip, Object** sp) {
  Object** args = sp - ptrdiff_t(ip->arg);
  bool is_method = args[-2] != nullptr;
  Object* callable = args[is_method ? -2 : -1];
  if (reinterpret_cast<CallCache*>(ip + 1)->names) return;
  if (callable->type == &kFunctionType)
    specialisePythonCall(frame, ip, static_cast<Function*>(callable), Index(ip->arg) + is_method);
  else if (!is_method && isType(callable))
    specialiseClassCall(frame, ip, static_cast<Type*>(callable));
}

}  // namespace habu
