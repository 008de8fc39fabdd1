#include "types/pickling.h"

#include "object/attribute.h"
#include "object/call.h"
#include "object/hooks.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/instance_dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

Ref<> copyregFunction(ThreadState& ts, Str* name) {
  if (!runtimeHooks.import_module) return raise(ts, kImportError, "copyreg cannot be imported yet");
  Ref<> module = TRY(runtimeHooks.import_module(ts, names::copyreg));
  return getAttr(ts, module.get(), name);
}

// The names of all __slots__ along the MRO: a list, or None; copyreg works them out and caches them in the class.
Ref<> slotNames(ThreadState& ts, Type* cls) {
  Ref<> names_found = TRY(dictFind(ts, cls->dict, names::__slotnames__));
  if (names_found) {
    if (!isNone(names_found.get()) && !isList(names_found.get()))
      return raise(ts, kTypeError, "{:.200}.__slotnames__ should be a list or None, not {:.200}", cls->name,
                   typeName(names_found.get()));
    return names_found;
  }
  static constinit Name kSlotNames{"_slotnames"};
  Ref<> f = TRY(copyregFunction(ts, kSlotNames));
  names_found = TRY(call(ts, f.get(), {cls}));
  if (!isNone(names_found.get()) && !isList(names_found.get()))
    return raise(ts, kTypeError, "copyreg._slotnames didn't return a list or None");
  return names_found;
}

// State in C fields cannot be seen: refuse unless the class says how to pickle it.
Status checkNoHiddenState(ThreadState& ts, Object* o, Object* slot_names) {
  Type* type = o->type;
  Index size = kObjectType.basic_size;
  if (type->dict_offset && !type->has(kManagedDict)) size += Index(sizeof(void*));
  if (type->weaklist_offset > 0) size += Index(sizeof(void*));
  if (!isNone(slot_names)) size += Index(sizeof(void*)) * static_cast<List*>(slot_names)->size;
  if (type->basic_size > size) return raise(ts, kTypeError, "cannot pickle '{:.200}' object", type->name);
  return kDone;
}

Ref<> slotValues(ThreadState& ts, Object* o, List* slot_names) {
  Ref<Dict> values = TRY(newDict(ts));
  for (Index i = 0; i < slot_names->size; ++i) {
    Ref<> name = share(slot_names->items[i]);
    if (!isStr(name.get())) return raise(ts, kTypeError, "attribute name must be string, not '{:.200}'", typeName(name.get()));
    Ref<> value = TRY(findAttr(ts, o, static_cast<Str*>(name.get())));
    if (value) TRY(dictSet(ts, values.get(), name.get(), value.get()));
  }
  return values;
}

Ref<> defaultState(ThreadState& ts, Object* o, bool required) {
  if (required && o->type->item_size) return raise(ts, kTypeError, "cannot pickle {:.200} objects", o->type->name);
  Ref<> state;
  if (instanceDictEmpty(o)) state = none();
  else state = TRY(instanceDict(ts, o));
  Ref<> names_found = TRY(slotNames(ts, o->type));
  if (required) TRY(checkNoHiddenState(ts, o, names_found.get()));
  if (isNone(names_found.get()) || static_cast<List*>(names_found.get())->size == 0) return state;
  Ref<> slots = TRY(slotValues(ts, o, static_cast<List*>(names_found.get())));
  if (static_cast<Dict*>(slots.get())->used == 0) return state;
  return packTuple(ts, {state.get(), slots.get()});
}

bool isDefaultGetState(Object* f, Object* self) {
  if (f->type != &kBuiltinFunctionType) return false;
  auto* b = static_cast<BuiltinFunction*>(f);
  static constinit Name kGetState{"__getstate__"};
  Object* own = dictFindStr(kObjectType.dict, kGetState);
  return b->self == self && own && b->def == static_cast<MethodDescriptor*>(own)->def;
}

Ref<> stateOf(ThreadState& ts, Object* o, bool required) {
  Ref<> f = TRY(getAttr(ts, o, names::__getstate__));
  if (isDefaultGetState(f.get(), o)) return defaultState(ts, o, required);
  return call(ts, f.get());
}

struct NewArguments {
  Ref<Tuple> args;     // empty: the class tells none
  Ref<Dict> keywords;  // empty: none
};

Result<NewArguments> fromGetNewArgsEx(ThreadState& ts, Object* method) {
  Ref<> answer = TRY(call(ts, method));
  if (!isTuple(answer.get()))
    return raise(ts, kTypeError, "__getnewargs_ex__ should return a tuple, not '{:.200}'", typeName(answer.get()));
  auto* pair = static_cast<Tuple*>(answer.get());
  if (pair->size != 2)
    return raise(ts, kValueError, "__getnewargs_ex__ should return a tuple of length 2, not {}", pair->size);
  if (!isTuple(pair->items[0]))
    return raise(ts, kTypeError, "first item of the tuple returned by __getnewargs_ex__ must be a tuple, not '{:.200}'",
                 typeName(pair->items[0]));
  if (!isDict(pair->items[1]))
    return raise(ts, kTypeError, "second item of the tuple returned by __getnewargs_ex__ must be a dict, not '{:.200}'",
                 typeName(pair->items[1]));
  return NewArguments{share(static_cast<Tuple*>(pair->items[0])), share(static_cast<Dict*>(pair->items[1]))};
}

Result<NewArguments> newArguments(ThreadState& ts, Object* o) {
  Ref<> method = TRY(lookupSpecial(ts, o, names::__getnewargs_ex__));
  if (method) return fromGetNewArgsEx(ts, method.get());
  method = TRY(lookupSpecial(ts, o, names::__getnewargs__));
  if (!method) return NewArguments{};
  Ref<> answer = TRY(call(ts, method.get()));
  if (!isTuple(answer.get()))
    return raise(ts, kTypeError, "__getnewargs__ should return a tuple, not '{:.200}'", typeName(answer.get()));
  return NewArguments{cast<Tuple>(std::move(answer)), {}};
}

// (copyreg.__newobj__, (cls, *args)) or (copyreg.__newobj_ex__, (cls, args, kwargs)).
Status constructorOf(ThreadState& ts, Object* o, const NewArguments& given, Ref<>& function, Ref<>& args) {
  static constinit Name kNewObj{"__newobj__"};
  static constinit Name kNewObjEx{"__newobj_ex__"};
  if (!given.keywords || given.keywords->used == 0) {
    function = TRY(copyregFunction(ts, kNewObj));
    Index n = given.args ? given.args->size : 0;
    Ref<Tuple> all = TRY(newTupleUninitialized(ts, n + 1));
    put(all.get(), 0, Ref<>::share(static_cast<Object*>(o->type)));
    for (Index i = 0; i < n; ++i) put(all.get(), i + 1, Ref<>::share(given.args->items[i]));
    args = std::move(all);
    return kDone;
  }
  function = TRY(copyregFunction(ts, kNewObjEx));
  args = TRY(packTuple(ts, {o->type, given.args.get(), given.keywords.get()}));
  return kDone;
}

Ref<> dictItemIterator(ThreadState& ts, Object* o) {
  if (!isDict(o)) return none();
  Ref<> items = TRY(callMethod(ts, o, names::items));
  return iterOf(ts, items.get());
}

Ref<> reduceByNew(ThreadState& ts, Object* o) {
  if (!o->type->make) return raise(ts, kTypeError, "cannot pickle '{:.200}' object", o->type->name);
  NewArguments given = TRY(newArguments(ts, o));
  bool has_args = bool(given.args);
  Ref<> function, args;
  TRY(constructorOf(ts, o, given, function, args));
  Ref<> state = TRY(stateOf(ts, o, !(has_args || isList(o) || isDict(o))));
  Ref<> list_items = TRY(isList(o) ? iterOf(ts, o) : none());
  Ref<> dict_items = TRY(dictItemIterator(ts, o));
  return packTuple(ts, {function.get(), args.get(), state.get(), list_items.get(), dict_items.get()});
}

Ref<> reduceWith(ThreadState& ts, Object* o, int protocol) {
  if (protocol >= 2) return reduceByNew(ts, o);
  static constinit Name kReduceEx{"_reduce_ex"};
  Ref<> f = TRY(copyregFunction(ts, kReduceEx));
  Ref<Int> number = TRY(newInt(ts, protocol));
  return call(ts, f.get(), {o, number.get()});
}

}  // namespace

Ref<> objectReduceEx(ThreadState& ts, Object* self, int protocol) {
  Ref<> reduce = TRY(findAttr(ts, self, names::__reduce__));
  if (reduce) {
    Ref<> of_class = TRY(getAttr(ts, self->type, names::__reduce__));
    if (of_class.get() != dictFindStr(kObjectType.dict, names::__reduce__)) return call(ts, reduce.get());
  }
  return reduceWith(ts, self, protocol);
}
Ref<> objectReduce(ThreadState& ts, Object* self) { return reduceWith(ts, self, 0); }
Ref<> objectGetState(ThreadState& ts, Object* self) { return defaultState(ts, self, false); }

}  // namespace habu
