// The table of special methods, and what follows from it: slot wrappers in the dictionaries of C types, slot functions
// in the slots of Python classes.
#include <cstddef>
#include <cstring>

#include "object/alloc.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/slot_wrappers.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

template <BinaryFn NumberSlots::*M, Name& kName, Name& kReflected>
struct Binary {
  static Object* call(Object* a, Object* b) { return binarySlot(a, b, M, call, kName, kReflected); }
};
template <Name& kName>
Object* unaryNumber(Object* self) {
  return unarySlot(self, kName);
}
template <Name& kName>
Object* inplaceNumber(Object* self, Object* other) {
  return callSlotMethod(ThreadState::current(), self, kName, {other}).release();
}

#define SLOT_AT(field, name, function, wrapper, doc) \
  {#name, int(offsetof(HeapType, field)), (void*)(function), wrapper, doc, 0, nullptr}
#define SLOT_KEYWORDS(field, name, function, wrapper, doc) \
  {#name, int(offsetof(HeapType, field)), (void*)(function), wrapper, doc, kSlotKeywords, nullptr}
#define UNARY(field, name, doc) SLOT_AT(own_number.field, name, unaryNumber<names::name>, wrappers::unary, "$" doc)
#define BINARY(field, stem, symbol)                                                                             \
  SLOT_AT(own_number.field, __##stem##__, (Binary<&NumberSlots::field, names::__##stem##__, names::__r##stem##__>::call), \
          wrappers::binaryLeft, "=self " symbol " value."),                                                     \
      SLOT_AT(own_number.field, __r##stem##__,                                                                   \
              (Binary<&NumberSlots::field, names::__##stem##__, names::__r##stem##__>::call),                    \
              wrappers::binaryReflected, "=value " symbol " self.")
#define INPLACE(field, name, symbol) \
  SLOT_AT(own_number.field, name, inplaceNumber<names::name>, wrappers::binary, "=self " symbol "= value.")

// The first character of a text stands for its signature: '$' ($self, /)  '=' ($self, value, /)  '[' ($self, key, /)
// '*' ($self, /, *args, **kwargs); otherwise the signature is written out. In order of the slots' places.
SlotDef slot_table[] = {
    SLOT_AT(repr, __repr__, slots::repr, wrappers::unary, "$The text of repr(self)."),
    SLOT_AT(hash, __hash__, slots::hash, wrappers::hash, "$The value of hash(self)."),
    SLOT_KEYWORDS(call, __call__, slots::call, wrappers::call, "*Make the call self(*args, **kwargs)."),
    SLOT_AT(str, __str__, slots::str, wrappers::unary, "$The text of str(self)."),
    SLOT_AT(getattro, __getattribute__, slots::getattrHook, wrappers::binary, "($self, name, /)The value of getattr(self, name)."),
    SLOT_AT(getattro, __getattr__, slots::getattrHook, nullptr, ""),
    SLOT_AT(setattro, __setattr__, slots::setattro, wrappers::setAttribute, "($self, name, value, /)Carry out setattr(self, name, value)."),
    SLOT_AT(setattro, __delattr__, slots::setattro, wrappers::delAttribute, "($self, name, /)Carry out delattr(self, name)."),
    SLOT_AT(richcompare, __lt__, slots::richcompare, wrappers::compare<0>, "=Whether self < value."),
    SLOT_AT(richcompare, __le__, slots::richcompare, wrappers::compare<1>, "=Whether self < =value."),
    SLOT_AT(richcompare, __eq__, slots::richcompare, wrappers::compare<2>, "=Whether self ==value."),
    SLOT_AT(richcompare, __ne__, slots::richcompare, wrappers::compare<3>, "=Whether self !=value."),
    SLOT_AT(richcompare, __gt__, slots::richcompare, wrappers::compare<4>, "=Whether self > value."),
    SLOT_AT(richcompare, __ge__, slots::richcompare, wrappers::compare<5>, "=Whether self > =value."),
    SLOT_AT(iter, __iter__, slots::iter, wrappers::unary, "$An iterator over self."),
    SLOT_AT(iternext, __next__, slots::iternext, wrappers::next, "$Implement next(self)."),
    SLOT_AT(descr_get, __get__, slots::descrGet, wrappers::descrGet, "($self, instance, owner=None, /)The value that the attribute has for instance (None: for the class owner)."),
    SLOT_AT(descr_set, __set__, slots::descrSet, wrappers::descrSet, "($self, instance, value, /)Give the attribute of instance a new value."),
    SLOT_AT(descr_set, __delete__, slots::descrSet, wrappers::descrDelete, "($self, instance, /)Take the attribute away from instance."),
    SLOT_KEYWORDS(init, __init__, slots::init, wrappers::init, "*Set up a new instance; help(type(self)) tells the arguments."),
    SLOT_AT(make, __new__, slots::make, nullptr, ""),
    SLOT_AT(finalize, __del__, slots::finalize, wrappers::finalize, ""),
    SLOT_AT(own_async.await, __await__, slots::await, wrappers::unary, "$The iterator that await drives."),
    SLOT_AT(own_async.aiter, __aiter__, slots::aiter, wrappers::unary, "$The asynchronous iterator over self."),
    SLOT_AT(own_async.anext, __anext__, slots::anext, wrappers::unary, "$An awaitable for the next item; StopAsyncIteration at the end."),
    BINARY(add, add, "+"),
    BINARY(subtract, sub, "-"),
    BINARY(multiply, mul, "*"),
    BINARY(remainder, mod, "%"),
    SLOT_AT(own_number.divmod, __divmod__, (Binary<&NumberSlots::divmod, names::__divmod__, names::__rdivmod__>::call), wrappers::binaryLeft, "=The pair divmod(self, value)."),
    SLOT_AT(own_number.divmod, __rdivmod__, (Binary<&NumberSlots::divmod, names::__divmod__, names::__rdivmod__>::call), wrappers::binaryReflected, "=The pair divmod(value, self)."),
    SLOT_AT(own_number.power, __pow__, slots::power, wrappers::power, "($self, value, mod=None, /)The value of pow(self, value, mod)."),
    SLOT_AT(own_number.power, __rpow__, slots::power, wrappers::powerReflected, "($self, value, mod=None, /)The value of pow(value, self, mod)."),
    UNARY(negative, __neg__, "-self"),
    UNARY(positive, __pos__, "+self"),
    UNARY(absolute, __abs__, "abs(self)"),
    SLOT_AT(own_number.truth, __bool__, slots::truth, wrappers::inquiry, "$The truth value of self."),
    UNARY(invert, __invert__, "~self"),
    BINARY(lshift, lshift, "<<"),
    BINARY(rshift, rshift, ">>"),
    BINARY(bit_and, and, "&"),
    BINARY(bit_xor, xor, "^"),
    BINARY(bit_or, or, "|"),
    UNARY(to_int, __int__, "int(self)"),
    UNARY(to_float, __float__, "float(self)"),
    INPLACE(inplace_add, __iadd__, "+"),
    INPLACE(inplace_subtract, __isub__, "-"),
    INPLACE(inplace_multiply, __imul__, "*"),
    INPLACE(inplace_remainder, __imod__, "%"),
    SLOT_AT(own_number.inplace_power, __ipow__, slots::inplacePower, wrappers::power, "=self **= value."),
    INPLACE(inplace_lshift, __ilshift__, "<<"),
    INPLACE(inplace_rshift, __irshift__, ">>"),
    INPLACE(inplace_and, __iand__, "&"),
    INPLACE(inplace_xor, __ixor__, "^"),
    INPLACE(inplace_or, __ior__, "|"),
    BINARY(floor_divide, floordiv, "//"),
    BINARY(true_divide, truediv, "/"),
    INPLACE(inplace_floor_divide, __ifloordiv__, "//"),
    INPLACE(inplace_true_divide, __itruediv__, "/"),
    SLOT_AT(own_number.index, __index__, slots::index, wrappers::unary, "$The integer that self stands for where an index is wanted."),
    BINARY(matrix_multiply, matmul, "@"),
    INPLACE(inplace_matrix_multiply, __imatmul__, "@"),
    SLOT_AT(own_mapping.length, __len__, slots::length, wrappers::length, "$The number of items."),
    SLOT_AT(own_mapping.subscript, __getitem__, slots::subscript, wrappers::binary, "[The item self[key]."),
    SLOT_AT(own_mapping.set_subscript, __setitem__, slots::setSubscript, wrappers::setSubscript, "($self, key, value, /)Carry out self[key] = value."),
    SLOT_AT(own_mapping.set_subscript, __delitem__, slots::setSubscript, wrappers::delSubscript, "[Carry out del self[key]."),
    SLOT_AT(own_sequence.length, __len__, slots::length, wrappers::length, "$The number of items."),
    // Classes get nb_add and nb_multiply for these names; the sequence slots only serve C types.
    SLOT_AT(own_sequence.concat, __add__, nullptr, wrappers::binary, "=self + value."),
    SLOT_AT(own_sequence.repeat, __mul__, nullptr, wrappers::repeat, "=self * value."),
    SLOT_AT(own_sequence.repeat, __rmul__, nullptr, wrappers::repeat, "=value * self."),
    SLOT_AT(own_sequence.item, __getitem__, slots::item, wrappers::item, "[The item self[key]."),
    SLOT_AT(own_sequence.set_item, __setitem__, slots::setItem, wrappers::setItem, "($self, key, value, /)Carry out self[key] = value."),
    SLOT_AT(own_sequence.set_item, __delitem__, slots::setItem, wrappers::delItem, "[Carry out del self[key]."),
    SLOT_AT(own_sequence.contains, __contains__, slots::contains, wrappers::contains, "[Whether key is in self."),
    SLOT_AT(own_sequence.inplace_concat, __iadd__, nullptr, wrappers::binary, "=self += value."),
    SLOT_AT(own_sequence.inplace_repeat, __imul__, nullptr, wrappers::repeat, "=self *= value."),
};
constexpr size_t kSlotCount = sizeof slot_table / sizeof slot_table[0];

// The doc texts with their signature spelled out, "name(signature)\n--\n\ntext", are made once.
const char* expandDoc(const char* name, const char* doc) {
  const char* signature = "";
  size_t signature_length = 0;
  switch (doc[0]) {
    case '\0': return doc;
    case '$': signature = "($self, /)"; break;
    case '=': signature = "($self, value, /)"; break;
    case '[': signature = "($self, key, /)"; break;
    case '*': signature = "($self, /, *args, **kwargs)"; break;
    default:
      signature = doc;
      signature_length = size_t(strchr(doc, ')') + 1 - doc);
  }
  const char* body = signature_length ? doc + signature_length : doc + 1;
  if (!signature_length) signature_length = strlen(signature);
  size_t name_length = strlen(name);
  auto* text = static_cast<char*>(allocate(name_length + signature_length + strlen(body) + 6));
  if (!text) return "";
  char* p = static_cast<char*>(mempcpy(text, name, name_length));
  p = static_cast<char*>(mempcpy(p, signature, signature_length));
  p = stpcpy(p, "\n--\n\n");
  strcpy(p, body);
  return text;
}

// Names of special methods to rows: open addressing by the (cached) hash of the name; several rows may share a name.
constexpr size_t kIndexSize = 256;
constinit uint8_t name_index[kIndexSize];  // row number + 1; 0: free

void initializeTable(ThreadState& ts) {
  if (slot_table[0].name_object) return;
  for (size_t i = 0; i < kSlotCount; ++i) {
    SlotDef& s = slot_table[i];
    s.name_object = internedStr(ts, s.name).release();
    s.doc = expandDoc(s.name, s.doc);
    size_t at = size_t(hashStr(s.name_object)) % kIndexSize;
    while (name_index[at]) at = (at + 1) % kIndexSize;
    name_index[at] = uint8_t(i + 1);
  }
}

// Calls `f(row)` for every row of that name.
template <class F>
void eachRowNamed(const Str* name, F f) {
  for (size_t at = size_t(hashStr(name)) % kIndexSize; name_index[at]; at = (at + 1) % kIndexSize) {
    SlotDef& row = slot_table[name_index[at] - 1];
    if (row.name_object == name || equalStr(row.name_object, name)) f(row);
  }
}
SlotDef* firstOfGroup(SlotDef* row) {
  while (row > slot_table && row[-1].offset == row->offset) --row;
  return row;
}
bool looksSpecial(const Str* s) {
  Index n = s->length;
  return n > 4 && s->isAscii() && (*s)[0] == '_' && (*s)[1] == '_' && (*s)[n - 1] == '_' && (*s)[n - 2] == '_';
}

// The place of a slot in a type; null when the type lacks that table.
void** slotPlace(Type* type, int offset) {
  auto at = [&](void* table, size_t start) -> void** {
    if (!table) return nullptr;
    return reinterpret_cast<void**>(static_cast<char*>(table) + (size_t(offset) - start));
  };
  size_t o = size_t(offset);
  if (o >= offsetof(HeapType, own_buffer)) return at(type->buffer, offsetof(HeapType, own_buffer));
  if (o >= offsetof(HeapType, own_sequence)) return at(type->sequence, offsetof(HeapType, own_sequence));
  if (o >= offsetof(HeapType, own_mapping)) return at(type->mapping, offsetof(HeapType, own_mapping));
  if (o >= offsetof(HeapType, own_number)) return at(type->number, offsetof(HeapType, own_number));
  if (o >= offsetof(HeapType, own_async)) return at(type->async, offsetof(HeapType, own_async));
  return at(type, 0);
}

// Several rows may share a name (__len__, __getitem__, __add__...). The one slot of `type` that is filled among them;
// null when none or more than one is.
void** uniqueFilledSlot(Type* type, const SlotDef& row) {
  void** result = nullptr;
  bool several = false;
  eachRowNamed(row.name_object, [&](SlotDef& s) {
    void** place = slotPlace(type, s.offset);
    if (!place || !*place) return;
    several |= result && result != place;
    result = place;
  });
  return several ? nullptr : result;
}

// Decides one slot from all rows for it, starting at `first`: the C function itself where the special method is the
// untouched wrapper of one, else the generic slot function. Returns the row behind the group.
SlotDef* updateOneSlot(Type* type, SlotDef* first) {
  int offset = first->offset;
  SlotDef* end = slot_table + kSlotCount;
  SlotDef* row = first;
  void** place = slotPlace(type, offset);
  if (!place) {
    while (row < end && row->offset == offset) ++row;
    return row;
  }
  void* specific = nullptr;
  void* generic = nullptr;
  bool use_generic = false;
  for (; row < end && row->offset == offset; ++row) {
    Object* found = typeLookup(type, row->name_object);
    if (!found) {
      if (place == reinterpret_cast<void**>(&type->iternext)) specific = reinterpret_cast<void*>(nextNotImplemented);
      continue;
    }
    if (found->type == &kWrapperDescriptorType &&
        static_cast<WrapperDescriptor*>(found)->slot->name_object == row->name_object) {
      auto* d = static_cast<WrapperDescriptor*>(found);
      void** unique = uniqueFilledSlot(type, *row);
      if (!unique || unique == place) generic = row->function;
      if ((!specific || specific == d->wrapped) && d->slot->wrapper.plain == row->wrapper.plain && isSubtype(type, d->owner))
        specific = d->wrapped;
      else
        use_generic = true;  // the wrapper of another slot, or of a class that is no base
    } else if (place == reinterpret_cast<void**>(&type->make) && isTypeNewWrapper(found)) {
      specific = reinterpret_cast<void*>(type->make);  // inherited __new__ of a C type
    } else if (isNone(found) && place == reinterpret_cast<void**>(&type->hash)) {
      specific = reinterpret_cast<void*>(notHashable);
    } else {
      use_generic = true;
      generic = row->function;
      if (place == reinterpret_cast<void**>(&type->call)) type->flags &= ~kHaveVectorcall;
    }
  }
  *place = specific && !use_generic ? specific : generic;
  return row;
}

void updateSubclassSlots(Type* type, Str* name, SlotDef** groups) {
  for (SlotDef** g = groups; *g; ++g) updateOneSlot(type, *g);
  SubclassList* list = subclassList(type);
  if (!list) return;
  for (Index i = 0; i < list->count; ++i) {
    Type* sub = list->items[i];
    if (!sub || !sub->dict) continue;
    if (dictFindStr(sub->dict, name)) continue;  // has its own
    updateSubclassSlots(sub, name, groups);
  }
}

}  // namespace

void fixupSlots(Type* type) {
  initializeTable(ThreadState::current());
  for (SlotDef* row = slot_table; row < slot_table + kSlotCount;) row = updateOneSlot(type, row);
}

// With a single base, only the special methods in the class's own dictionary can make its slots differ from the base's.
void fixupNewClassSlots(Type* type) {
  initializeTable(ThreadState::current());
  if (type->bases->size != 1) {
    fixupSlots(type);
    return;
  }
  bool affected[kSlotCount] = {};
  for (DictCursor c(type->dict); c.next();) {
    if (!isStr(c.key) || !looksSpecial(static_cast<Str*>(c.key))) continue;
    eachRowNamed(static_cast<Str*>(c.key), [&](SlotDef& row) { affected[firstOfGroup(&row) - slot_table] = true; });
  }
  for (SlotDef* row = slot_table; row < slot_table + kSlotCount; ++row) {
    if (row != firstOfGroup(row) || affected[row - slot_table]) continue;
    void** mine = slotPlace(type, row->offset);
    void** of_base = slotPlace(type->base, row->offset);
    if (mine && of_base) *mine = *of_base;
  }
  for (SlotDef* row = slot_table; row < slot_table + kSlotCount; ++row)
    if (affected[row - slot_table]) updateOneSlot(type, row);
}

void updateSlot(Type* type, Str* name) {
  initializeTable(ThreadState::current());
  SlotDef* groups[8] = {};
  size_t count = 0;
  eachRowNamed(name, [&](SlotDef& row) {
    SlotDef* first = firstOfGroup(&row);
    bool known = false;
    for (size_t i = 0; i < count; ++i) known |= groups[i] == first;
    if (!known) groups[count++] = first;
  });
  if (count) updateSubclassSlots(type, name, groups);
}

Status addSlotWrappers(ThreadState& ts, Type& type) {
  initializeTable(ts);
  for (SlotDef& row : slot_table) {
    if (!row.wrapper.plain) continue;
    void** place = slotPlace(&type, row.offset);
    if (!place || !*place) continue;
    if (dictFindStr(type.dict, row.name_object)) continue;
    if (*place == reinterpret_cast<void*>(notHashable)) {
      TRY(dictSet(ts, type.dict, row.name_object, &kNoneObject));
      continue;
    }
    Ref<> wrapper = TRY(newWrapperDescriptor(ts, &type, &row, *place));
    TRY(dictSet(ts, type.dict, row.name_object, wrapper.get()));
  }
  return kDone;
}

// ---- __new__ of C types: checks that the class may be made that way, then calls tp_new ----
namespace {

Ref<> newWrapper(ThreadState& ts, Type* owner, Tuple* args, Dict* keywords) {
  if (args->size < 1) return raise(ts, kTypeError, "{:.200}.__new__(): not enough arguments", owner->name);
  Object* first = args->items[0];
  if (!isType(first))
    return raise(ts, kTypeError, "{:.200}.__new__(X): X is not a type object ({:.200})", owner->name, typeName(first));
  auto* type = static_cast<Type*>(first);
  if (!isSubtype(type, owner))
    return raise(ts, kTypeError, "{:.200}.__new__({:.200}): {:.200} is not a subtype of {:.200}", owner->name,
                 type->name, type->name, owner->name);
  // The nearest C base of `type` must make its instances the same way.
  Type* c_base = type;
  while (c_base && c_base->make == slots::make) c_base = c_base->base;
  if (c_base && c_base->make != owner->make)
    return raise(ts, kTypeError, "{:.200}.__new__({:.200}) is not safe, use {:.200}.__new__()", owner->name, type->name,
                 c_base->name);
  Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
  return Ref<>::steal(owner->make(type, rest.get(), keywords));
}

Object* newWrapperSlot(Object* self, Object* args, Object* keywords) {
  return newWrapper(ThreadState::current(), static_cast<Type*>(self), static_cast<Tuple*>(args),
                    static_cast<Dict*>(keywords)).release();
}

constexpr MethodDef kNewMethod = {"__new__", CFunction(newWrapperSlot), kMethVarargs | kMethKeywords,
                                  "__new__($type, *args, **kwargs)\n--\n\n"
                                  "Make a new object; help(type) tells the arguments."};
}  // namespace

bool isTypeNewWrapper(const Object* o) {
  return o->type == &kBuiltinFunctionType && static_cast<const BuiltinFunction*>(o)->def == &kNewMethod;
}

Status addNewWrapper(ThreadState& ts, Type& type) {
  if (dictFindStr(type.dict, names::__new__)) return kDone;
  Ref<> f = TRY(newBuiltinFunction(ts, &kNewMethod, &type, nullptr));
  return dictSet(ts, type.dict, names::__new__, f.get());
}

}  // namespace habu
