#include "types/type_parameters.h"

#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/generic_alias_object.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

bool isGenericAlias(const Object* o) { return isInstanceOf(o, kGenericAliasType); }

Ref<Str> typeArgumentText(ThreadState& ts, Object* o) {
  if (o == &kEllipsisObject) return newStr(ts, "...");
  // Aliases of the typing module and our own know better.
  Ref<> origin = TRY(findAttr(ts, o, names::__origin__));
  if (origin) {
    Ref<> args = TRY(findAttr(ts, o, names::__args__));
    if (args) return reprOf(ts, o);
  }
  Ref<> name = TRY(findAttr(ts, o, names::__qualname__));
  if (!name) return reprOf(ts, o);
  Ref<> module = TRY(findAttr(ts, o, names::__module__));
  if (!module || isNone(module.get())) return reprOf(ts, o);
  if (isStr(module.get()) && equalsAscii(static_cast<Str*>(module.get()), "builtins")) return strOf(ts, name.get());
  return formatText(ts, "{}.{}", module, name);
}

namespace {

Index placeOf(Tuple* t, Object* o) {
  for (Index i = 0; i < t->size; ++i)
    if (t->items[i] == o) return i;
  return -1;
}
Status addUnique(ThreadState& ts, List* list, Object* o) {
  for (Index i = 0; i < list->size; ++i)
    if (list->items[i] == o) return kDone;
  return appendList(ts, list, o);
}

}  // namespace

Ref<Tuple> collectTypeParameters(ThreadState& ts, Tuple* args) {
  Ref<List> found = TRY(newList(ts));
  for (Object* arg : args->span()) {
    if (isType(arg)) continue;  // the __parameters__ of a bare class are a descriptor's affair
    Ref<> subst = TRY(findAttr(ts, arg, names::__typing_subst__));
    if (subst) {
      TRY(addUnique(ts, found.get(), arg));
      continue;
    }
    Ref<> inner = TRY(findAttr(ts, arg, names::__parameters__));
    if (!inner || !isTuple(inner.get())) continue;
    for (Object* p : static_cast<Tuple*>(inner.get())->span()) TRY(addUnique(ts, found.get(), p));
  }
  return listToTuple(ts, found.get());
}

namespace {

// The arguments that `*tuple[...]` stands for; empty: `o` is nothing to unpack.
Result<Ref<Tuple>> unpackedArguments(ThreadState& ts, Object* o) {
  if (isExact(o, kGenericAliasType)) {
    auto* alias = static_cast<GenericAlias*>(o);
    if (alias->starred && alias->origin == static_cast<Object*>(&kTupleType)) return share(alias->args);
  }
  Ref<> args = TRY(findAttr(ts, o, names::__typing_unpacked_tuple_args__));
  if (!args || isNone(args.get()) || !isTuple(args.get())) return Ref<Tuple>();
  return cast<Tuple>(std::move(args));
}

// What stands in the brackets, with unpacked tuples of known length spread.
Ref<Tuple> spreadItem(ThreadState& ts, Object* item) {
  Ref<List> out = TRY(newList(ts));
  std::span<Object* const> items(&item, 1);
  if (isTuple(item)) items = static_cast<Tuple*>(item)->span();
  for (Object* arg : items) {
    if (!isType(arg)) {
      Ref<Tuple> unpacked = TRY(unpackedArguments(ts, arg));
      bool open = unpacked && unpacked->size && unpacked->items[unpacked->size - 1] == &kEllipsisObject;
      if (unpacked && !open) {
        for (Object* o : unpacked->span()) TRY(appendList(ts, out.get(), o));
        continue;
      }
    }
    TRY(appendList(ts, out.get(), arg));
  }
  return listToTuple(ts, out.get());
}

// Replaces the parameters inside an argument such as list[T]: argument[what its parameters stand for].
Ref<> substituteInside(ThreadState& ts, Object* arg, Tuple* parameters, Tuple* values) {
  Ref<> inner_object = TRY(findAttr(ts, arg, names::__parameters__));
  if (!inner_object || !isTuple(inner_object.get()) || !static_cast<Tuple*>(inner_object.get())->size)
    return Ref<>::share(arg);
  auto* inner = static_cast<Tuple*>(inner_object.get());
  Ref<List> given = TRY(newList(ts));
  for (Object* p : inner->span()) {
    Index at = placeOf(parameters, p);
    if (at < 0) {
      TRY(appendList(ts, given.get(), p));
      continue;
    }
    Object* value = values->items[at];
    if (p->type->iter && isTuple(value)) {  // a TypeVarTuple takes several
      for (Object* v : static_cast<Tuple*>(value)->span()) TRY(appendList(ts, given.get(), v));
    } else {
      TRY(appendList(ts, given.get(), value));
    }
  }
  Ref<Tuple> key = TRY(listToTuple(ts, given.get()));
  return getItem(ts, arg, key.get());
}

Result<bool> isUnpackedVariable(ThreadState& ts, Object* arg) {
  if (isType(arg)) return false;
  Ref<> flag = TRY(findAttr(ts, arg, names::__typing_is_unpacked_typevartuple__));
  if (!flag) return false;
  return isTrue(ts, flag.get());
}

Status substituteOne(ThreadState& ts, List* out, Object* arg, Tuple* parameters, Tuple* values) {
  if (isType(arg)) return appendList(ts, out, arg);
  bool unpack = TRY(isUnpackedVariable(ts, arg));
  Ref<> subst = TRY(findAttr(ts, arg, names::__typing_subst__));
  Ref<> replaced;
  if (subst) {
    Index at = placeOf(parameters, arg);
    if (at < 0) return raise(ts, kTypeError, "{!r} is not among the type parameters", arg);
    replaced = TRY(call(ts, subst.get(), {values->items[at]}));
  } else {
    replaced = TRY(substituteInside(ts, arg, parameters, values));
  }
  if (!unpack) return appendList(ts, out, std::move(replaced));
  if (!isTuple(replaced.get()))
    return raise(ts, kTypeError, "expected __typing_subst__ of {} objects to return a tuple, not {}", typeName(arg),
                 typeName(replaced.get()));
  for (Object* o : static_cast<Tuple*>(replaced.get())->span()) TRY(appendList(ts, out, o));
  return kDone;
}

// Parameters may rearrange the arguments first (ParamSpec, TypeVarTuple).
Ref<> prepareItem(ThreadState& ts, Object* self, Tuple* parameters, Ref<> item) {
  for (Object* p : parameters->span()) {
    Ref<> prepare = TRY(findAttr(ts, p, names::__typing_prepare_subst__));
    if (!prepare || isNone(prepare.get())) continue;
    Ref<> as_tuple = isTuple(item.get()) ? item.copy() : Ref<>(TRY(packTuple(ts, {item.get()})));
    item = TRY(call(ts, prepare.get(), {self, as_tuple.get()}));
  }
  return item;
}

}  // namespace

Ref<Tuple> substituteTypeParameters(ThreadState& ts, Object* self, Tuple* args, Tuple* parameters, Object* item) {
  if (parameters->size == 0) return raise(ts, kTypeError, "{!r} is not a generic class", self);
  Ref<> spread = TRY(spreadItem(ts, item));
  Ref<> prepared = TRY(prepareItem(ts, self, parameters, std::move(spread)));
  Ref<Tuple> values =
      isTuple(prepared.get()) ? cast<Tuple>(std::move(prepared)) : TRY(packTuple(ts, {prepared.get()}));
  if (values->size != parameters->size)
    return raise(ts, kTypeError, "Too {} arguments for {!r}; actual {}, expected {}",
                 values->size > parameters->size ? "many" : "few", self, values->size, parameters->size);
  Ref<List> out = TRY(newList(ts, args->size));
  for (Object* arg : args->span()) TRY(substituteOne(ts, out.get(), arg, parameters, values.get()));
  return listToTuple(ts, out.get());
}

}  // namespace habu
