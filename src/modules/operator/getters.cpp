// operator.itemgetter, attrgetter, methodcaller.
#include "modules/operator/operator.h"
#include "types/iterators.h"

namespace habu::operators {

namespace {

constexpr Index kNoIndex = -1;

// The one argument of a getter's call.
Result<Object*> operand(ThreadState& ts, const char* name, Object* const* args, Index n, const Tuple* names) {
  (void)TRY(noKeywordNames(ts, name, names));
  (void)TRY(checkPositional(ts, name, n, 1, 1));
  return args[0];
}

// tp_call by way of vectorcall; no getter takes keywords.
template <class T>
Ref<> callTupled(ThreadState& ts, T* self, Object* args, Object* keywords) {
  auto* t = reinterpret_cast<Tuple*>(args);
  (void)TRY(noKeywords(ts, T::kName, reinterpret_cast<Dict*>(keywords)));
  return Ref<>::steal(self->vectorcall(self, t->items, size_t(t->size), nullptr));
}

// ---- itemgetter ----
struct ItemGetter : Object {
  static constexpr const char* kName = "itemgetter";
  Index count;
  Object* items;  // the key, or a tuple of `count` > 1 keys
  Index index;    // the key as a non-negative index, or kNoIndex
  VectorcallFn vectorcall;
};

Ref<> getOne(ThreadState& ts, ItemGetter* self, Object* object) {
  if (self->index >= 0 && isExactTuple(object)) {
    auto* t = reinterpret_cast<Tuple*>(object);
    if (self->index < t->size) return Ref<>::share(t->items[self->index]);
  }
  return getItem(ts, object, self->items);
}

Object* callItemGetter(Object* self_object, Object* const* args, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  auto* self = reinterpret_cast<ItemGetter*>(self_object);
  auto run = [&]() -> Ref<> {
    Object* object = TRY(operand(ts, ItemGetter::kName, args, argumentCount(n), reinterpret_cast<Tuple*>(names)));
    if (self->count == 1) return getOne(ts, self, object);
    Ref<Tuple> keys = share(reinterpret_cast<Tuple*>(self->items));
    Ref<Tuple> result = TRY(newTupleUninitialized(ts, self->count));
    for (Index i = 0; i < result->size; ++i) put(result.get(), i, TRY(getItem(ts, object, keys->items[i])));
    return result;
  };
  return run().release();
}

Ref<> makeItemGetter(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "itemgetter", keywords));
  if (args->size <= 1) (void)TRY(checkPositional(ts, "itemgetter", args->size, 1, 1));
  Ref<ItemGetter> self = TRY(allocateInstance<ItemGetter>(type));
  Object* items = args->size == 1 ? args->items[0] : args;
  self->items = Ref<>::share(items).release();
  self->count = args->size;
  self->index = kNoIndex;
  if (args->size == 1 && isExactInt(items)) {
    int overflow = 0;
    long long index = toLongLong(reinterpret_cast<Int*>(items), overflow);
    if (!overflow && index >= 0) self->index = index;
  }
  self->vectorcall = callItemGetter;
  return self;
}

Ref<> reprItemGetter(ThreadState& ts, ItemGetter* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return formatText(ts, "{}(...)", typeName(self));
  if (self->count == 1) return formatText(ts, "{}({!r})", typeName(self), self->items);
  return formatText(ts, "{}{!r}", typeName(self), self->items);
}

Ref<> reduceItemGetter(ThreadState& ts, ItemGetter* self) {
  Ref<> arguments = self->count == 1 ? Ref<>(packTuple(ts, {self->items})) : Ref<>::share(self->items);
  if (!arguments) return {};
  return packTuple(ts, {self->type, arguments.get()});
}

// ---- attrgetter ----
struct AttrGetter : Object {
  static constexpr const char* kName = "attrgetter";
  Index count;
  Tuple* attributes;  // each an interned name, or a tuple of them for a dotted one
  VectorcallFn vectorcall;
};

Ref<> getDotted(ThreadState& ts, Object* object, Object* attribute) {
  if (!isTuple(attribute)) return getAttr(ts, object, reinterpret_cast<Str*>(attribute));
  Ref<> current = Ref<>::share(object);
  auto* parts = reinterpret_cast<Tuple*>(attribute);
  for (Object* part : parts->span()) current = TRY(getAttr(ts, current.get(), reinterpret_cast<Str*>(part)));
  return current;
}

Object* callAttrGetter(Object* self_object, Object* const* args, size_t n, Object* names) {
  ThreadState& ts = ThreadState::current();
  auto* self = reinterpret_cast<AttrGetter*>(self_object);
  auto run = [&]() -> Ref<> {
    Object* object = TRY(operand(ts, AttrGetter::kName, args, argumentCount(n), reinterpret_cast<Tuple*>(names)));
    Ref<Tuple> attributes = share(self->attributes);
    if (self->count == 1) return getDotted(ts, object, attributes->items[0]);
    Ref<Tuple> result = TRY(newTupleUninitialized(ts, self->count));
    for (Index i = 0; i < result->size; ++i) put(result.get(), i, TRY(getDotted(ts, object, attributes->items[i])));
    return result;
  };
  return run().release();
}

// "a" -> "a" interned; "a.b" -> ("a", "b").
Ref<> splitDots(ThreadState& ts, Str* name) {
  Index dots = 0;
  for (Index i = 0; i < name->length; ++i) dots += (*name)[i] == '.';
  if (dots == 0) {
    Ref<Str> whole = substring(ts, name, 0, name->length);
    if (whole && isExactStr(whole.get())) intern(whole);
    return whole;
  }
  Ref<Tuple> parts = TRY(newTupleUninitialized(ts, dots + 1));
  Index start = 0, at = 0;
  for (Index i = 0; i <= name->length; ++i) {
    if (i < name->length && (*name)[i] != '.') continue;
    Ref<Str> part = TRY(substring(ts, name, start, i));
    intern(part);
    put(parts.get(), at++, std::move(part));
    start = i + 1;
  }
  return parts;
}

Ref<> makeAttrGetter(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  (void)TRY(noKeywords(ts, "attrgetter", keywords));
  if (args->size <= 1) (void)TRY(checkPositional(ts, "attrgetter", args->size, 1, 1));
  Ref<Tuple> attributes = TRY(newTupleUninitialized(ts, args->size));
  for (Index i = 0; i < args->size; ++i) {
    if (!isStr(args->items[i])) return raise(ts, kTypeError, "attribute name must be a string");
    put(attributes.get(), i, TRY(splitDots(ts, reinterpret_cast<Str*>(args->items[i]))));
  }
  Ref<AttrGetter> self = TRY(allocateInstance<AttrGetter>(type));
  self->count = args->size;
  self->attributes = attributes.release();
  self->vectorcall = callAttrGetter;
  return self;
}

// The names as they were given.
Ref<Tuple> attributeNames(ThreadState& ts, AttrGetter* self) {
  Ref<Tuple> names = TRY(newTupleUninitialized(ts, self->count));
  Ref<Str> dot = TRY(newStr(ts, "."));
  for (Index i = 0; i < self->count; ++i) {
    Object* attribute = self->attributes->items[i];
    if (isTuple(attribute)) put(names.get(), i, TRY(joinStrs(ts, dot.get(), reinterpret_cast<Tuple*>(attribute)->span())));
    else put(names.get(), i, Ref<>::share(attribute));
  }
  return names;
}

Ref<> reprAttrGetter(ThreadState& ts, AttrGetter* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return formatText(ts, "{}(...)", typeName(self));
  Ref<Tuple> names = TRY(attributeNames(ts, self));
  if (self->count == 1) return formatText(ts, "{}({!r})", typeName(self), names->items[0]);
  return formatText(ts, "{}{!r}", typeName(self), names);
}

Ref<> reduceAttrGetter(ThreadState& ts, AttrGetter* self) {
  Ref<Tuple> names = TRY(attributeNames(ts, self));
  return packTuple(ts, {self->type, names.get()});
}

// ---- methodcaller ----
struct MethodCaller : Object {
  Str* name;  // interned
  Tuple* args;
  Dict* keywords;  // null: none
};

Ref<> makeMethodCaller(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (args->size < 1) return raise(ts, kTypeError, "methodcaller needs at least one argument, the method name");
  if (!isStr(args->items[0])) return raise(ts, kTypeError, "method name must be a string");
  auto* given = reinterpret_cast<Str*>(args->items[0]);
  Ref<Str> name = share(given);
  if (isExactStr(given)) intern(name);
  Ref<Tuple> rest = TRY(tupleSlice(ts, args, 1, args->size));
  Ref<Dict> own;
  if (keywords && keywords->used > 0) own = TRY(dictCopy(ts, keywords));
  Ref<MethodCaller> self = TRY(allocateInstance<MethodCaller>(type));
  self->name = name.release();
  self->args = rest.release();
  self->keywords = own.release();
  return self;
}

Ref<> callMethodCaller(ThreadState& ts, MethodCaller* self, Object* args, Object* keywords) {
  auto* t = reinterpret_cast<Tuple*>(args);
  (void)TRY(noKeywords(ts, "methodcaller", reinterpret_cast<Dict*>(keywords)));
  (void)TRY(checkPositional(ts, "methodcaller", t->size, 1, 1));
  Ref<> method = TRY(getAttr(ts, t->items[0], self->name));
  return callTuple(ts, method.get(), self->args, self->keywords);
}

Ref<> reprMethodCaller(ThreadState& ts, MethodCaller* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return formatText(ts, "{}(...)", typeName(self));
  StrBuilder text(ts);
  Ref<Str> head = TRY(formatText(ts, "{}({!r}", typeName(self), self->name));
  text.append(head.get());
  for (Object* o : self->args->span()) {
    Ref<Str> part = TRY(formatText(ts, ", {!r}", o));
    text.append(part.get());
  }
  if (self->keywords) {
    DictCursor c(self->keywords);
    while (c.next()) {
      Ref<> key = Ref<>::share(c.key), value = Ref<>::share(c.value);
      Ref<Str> part = TRY(formatText(ts, ", {}={!r}", key, value));
      text.append(part.get());
    }
  }
  text.append(')');
  return text.finish();
}

Ref<> reduceMethodCaller(ThreadState& ts, MethodCaller* self) {
  if (!self->keywords || self->keywords->used == 0) {
    Ref<Tuple> name = TRY(packTuple(ts, {self->name}));
    Ref<Tuple> arguments = TRY(concatTuples(ts, name.get(), self->args));
    return packTuple(ts, {self->type, arguments.get()});
  }
  // functools.partial(methodcaller, name, **keywords) called with the positional arguments.
  static constinit Name functools_name{"functools"}, partial_name{"partial"}, import_name{"__import__"};
  Ref<> import = TRY(builtinFunction(ts, import_name));
  Ref<> functools = TRY(call(ts, import.get(), {functools_name.get()}));
  Ref<> partial = TRY(getAttr(ts, functools.get(), partial_name));
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->type, self->name}));
  Ref<> constructor = TRY(callTuple(ts, partial.get(), arguments.get(), self->keywords));
  return packTuple(ts, {constructor.get(), self->args});
}

#define REDUCE(f) METHOD_UNSIGNED("__reduce__", f, "($self, /)", "Return state information for pickling")
constexpr MethodDef kItemGetterMethods[] = {REDUCE(reduceItemGetter), {}};
constexpr MethodDef kAttrGetterMethods[] = {REDUCE(reduceAttrGetter), {}};
constexpr MethodDef kMethodCallerMethods[] = {REDUCE(reduceMethodCaller), {}};

template <class T, auto... kFields>
consteval Type defineCallable(TypeSpec s) {
  s.alloc = genericAlloc;
  s.free = freeGcObject;
  s.dealloc = slot<deallocFields<T, kFields...>>;
  s.traverse = slot<traverseFields<T, kFields...>>;
  s.clear = slot<clearFields<T>>;
  s.getattro = genericGetAttrSlot;
  if constexpr (requires { &T::vectorcall; }) {
    s.flags |= kHaveVectorcall;
    s.vectorcall_offset = offsetof(T, vectorcall);
    s.call = slot<callTupled<T>>;
  }
  return defineType<T>(s);
}

}  // namespace

constinit Type kItemGetter = defineCallable<ItemGetter, &ItemGetter::items>(
    {.name = "operator.itemgetter",
     .doc = "itemgetter(item, ...) --> itemgetter object\n\nA callable that fetches the given item or items from its operand:\n"
            "itemgetter(2)(r) is r[2]; itemgetter(2, 5, 3)(r) is (r[2], r[5], r[3])",
     .methods = kItemGetterMethods,
     .make = makeSlot<makeItemGetter>,
     .repr = slot<reprItemGetter>});
constinit Type kAttrGetter = defineCallable<AttrGetter, &AttrGetter::attributes>(
    {.name = "operator.attrgetter",
     .doc = "attrgetter(attr, ...) --> attrgetter object\n\nA callable that fetches the given attribute or attributes from its "
            "operand:\nattrgetter('name')(r) is r.name; attrgetter('name', 'date.year')(r) is\n(r.name, r.date.year).",
     .methods = kAttrGetterMethods,
     .make = makeSlot<makeAttrGetter>,
     .repr = slot<reprAttrGetter>});
constinit Type kMethodCaller = defineCallable<MethodCaller, &MethodCaller::name, &MethodCaller::args, &MethodCaller::keywords>(
    {.name = "operator.methodcaller",
     .doc = "methodcaller(name, ...) --> methodcaller object\n\nA callable that calls the given method of its operand:\n"
            "methodcaller('name', 'date', foo=1)(r) is r.name('date', foo=1).",
     .methods = kMethodCallerMethods,
     .make = makeSlot<makeMethodCaller>,
     .repr = slot<reprMethodCaller>,
     .call = slot<callMethodCaller>});

}  // namespace habu::operators
