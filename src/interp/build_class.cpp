// builtins.__build_class__: what a class statement calls.
#include "interp/eval.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

// Bases that are no classes are replaced by what their __mro_entries__ gives (PEP 560).
Ref<Tuple> resolveBases(ThreadState& ts, Tuple* bases) {
  Ref<List> replaced;
  for (Index i = 0; i < bases->size; ++i) {
    Object* base = bases->items[i];
    Ref<> method;
    if (!isType(base)) method = TRY(findAttr(ts, base, names::__mro_entries__));
    if (!method) {
      if (replaced) TRY(appendList(ts, replaced.get(), base));
      continue;
    }
    Ref<> entries = TRY(call(ts, method.get(), {bases}));
    if (!isTuple(entries.get())) return raise(ts, kTypeError, "__mro_entries__ must return a tuple");
    if (!replaced) replaced = TRY(listFromSpan(ts, {bases->items, size_t(i)}));
    for (Object* entry : static_cast<Tuple*>(entries.get())->span()) TRY(appendList(ts, replaced.get(), entry));
  }
  if (!replaced) return Ref<Tuple>::share(bases);
  return listToTuple(ts, replaced.get());
}

struct ClassCall {
  Object* function;
  Object* name;
  Ref<Tuple> original_bases, bases;
  Ref<Dict> keywords;  // without `metaclass`; null: none
  Ref<> meta;
  bool meta_is_type = false;
};

Status findMetaclass(ThreadState& ts, ClassCall& c, Args args) {
  if (args.keywordCount()) {
    c.keywords = TRY(newDict(ts));
    for (Index i = 0; i < args.keywordCount(); ++i)
      TRY(dictSet(ts, c.keywords.get(), args.keyword(i), args.keywordValue(i)));
    c.meta = TRY(dictPop(ts, c.keywords.get(), names::metaclass));
    c.meta_is_type = c.meta && isType(c.meta.get());
  }
  if (!c.meta) {
    c.meta = Ref<>::share(c.bases->size ? static_cast<Object*>(c.bases->items[0]->type) : static_cast<Object*>(&kTypeType));
    c.meta_is_type = true;
  }
  if (c.meta_is_type) {
    Type* winner = TRY(calculateMetaclass(ts, static_cast<Type*>(c.meta.get()), c.bases.get()));
    if (winner != c.meta.get()) c.meta = Ref<>::share(static_cast<Object*>(winner));
  }
  return kDone;
}

// The namespace in which the body runs.
Ref<> prepareNamespace(ThreadState& ts, ClassCall& c) {
  Ref<> prepare = TRY(findAttr(ts, c.meta.get(), static_cast<Str*>(names::__prepare__)));
  if (!prepare) return newDict(ts);
  Ref<Tuple> arguments = TRY(packTuple(ts, {c.name, c.bases.get()}));
  Ref<> space = TRY(callTuple(ts, prepare.get(), arguments.get(), c.keywords.get()));
  if (!isMapping(space.get()))
    return raise(ts, kTypeError, "{:.200}.__prepare__() must return a mapping, not {:.200}",
                 c.meta_is_type ? static_cast<Type*>(c.meta.get())->name : "<metaclass>", typeName(space.get()));
  return space;
}

// Did type.__new__ get the cell behind `super()` and `__class__`?
Status checkClassCell(ThreadState& ts, ClassCall& c, Object* cls, Object* cell_object) {
  if (!isType(cls) || !isExact(cell_object, kCellType)) return kDone;
  Ref<> held = Ref<>::share(static_cast<Cell*>(cell_object)->value);
  if (held.get() == cls) return kDone;
  if (!held)
    return raise(ts, kRuntimeError,
                 "__class__ not set defining {!r:.200} as {!r:.200}. Was __classcell__ propagated to type.__new__?", c.name, cls);
  return raise(ts, kTypeError, "__class__ set to {!r:.200} defining {!r:.200} as {!r:.200}", held, c.name, cls);
}

}  // namespace

Ref<> buildClass(ThreadState& ts, Args args) {
  if (args.count < 2) return raise(ts, kTypeError, "__build_class__: not enough arguments");
  ClassCall c{};
  c.function = args[0];
  if (!isExact(c.function, kFunctionType)) return raise(ts, kTypeError, "__build_class__: func must be a function");
  c.name = args[1];
  if (!isStr(c.name)) return raise(ts, kTypeError, "__build_class__: name is not a string");
  c.original_bases = TRY(newTuple(ts, args.positional().subspan(2)));
  c.bases = TRY(resolveBases(ts, c.original_bases.get()));
  TRY(findMetaclass(ts, c, args));
  Ref<> space = TRY(prepareNamespace(ts, c));
  Ref<> cell = TRY(runFunctionIn(ts, static_cast<Function*>(c.function), space.get()));
  if (c.bases.get() != c.original_bases.get()) TRY(setItem(ts, space.get(), names::__orig_bases__, c.original_bases.get()));
  Ref<Tuple> arguments = TRY(packTuple(ts, {c.name, c.bases.get(), space.get()}));
  Ref<> cls = TRY(callTuple(ts, c.meta.get(), arguments.get(), c.keywords.get()));
  TRY(checkClassCell(ts, c, cls.get(), cell.get()));
  return cls;
}

}  // namespace habu
