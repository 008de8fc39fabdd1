// functools.partial: a callable with some arguments given already.
#include <cstring>

#include "modules/functools/functools.h"

namespace habu::functools {

namespace {

struct Partial : Object {
  Object* function;
  Tuple* args;
  Dict* keywords;
  Object* dict;
  Object* weakrefs;
  VectorcallFn vectorcall;
};

Partial* asPartial(Object* o) { return reinterpret_cast<Partial*>(o); }

// Both argument lists in one, for a call without keywords of our own.
Object* callPlain(Object* self_object, Object* const* args, size_t n_with_flag, Object* names) {
  ThreadState& ts = ThreadState::current();
  Ref<Partial> self = share(asPartial(self_object));
  Ref<Tuple> own = share(self->args);
  Index n = argumentCount(n_with_flag), names_count = names ? reinterpret_cast<Tuple*>(names)->size : 0;
  Index own_count = own->size, total = own_count + n + names_count;
  auto* keyword_names = reinterpret_cast<Tuple*>(names);
  if (own_count == 0) return vectorcall(ts, self->function, args, n_with_flag, keyword_names).release();
  constexpr Index kFew = 16;
  Object* few[kFew + 1];
  Object** all = few;
  if (total > kFew && !(all = static_cast<Object**>(allocate(size_t(total + 1) * sizeof(Object*))))) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  all[0] = nullptr;  // scratch for the callee
  std::memcpy(all + 1, own->items, size_t(own_count) * sizeof(Object*));
  std::memcpy(all + 1 + own_count, args, size_t(n + names_count) * sizeof(Object*));
  Ref<> function = Ref<>::share(self->function);
  Ref<> result = vectorcall(ts, function.get(), all + 1, size_t(own_count + n) | kArgumentsOffset, keyword_names);
  if (all != few) freeMemory(all);
  return result.release();
}

// The arguments as a tuple and a dictionary; keywords of the call win.
Ref<> callMerged(ThreadState& ts, Partial* self, std::span<Object* const> args, Ref<Dict> keywords) {
  Ref<Tuple> all = TRY(newTupleUninitialized(ts, self->args->size + Index(args.size())));
  Index at = 0;
  for (Object* o : self->args->span()) put(all.get(), at++, Ref<>::share(o));
  for (Object* o : args) put(all.get(), at++, Ref<>::share(o));
  Ref<> function = Ref<>::share(self->function);
  return callTuple(ts, function.get(), all.get(), keywords.get());
}

Object* callVector(Object* self_object, Object* const* args, size_t n_with_flag, Object* names) {
  auto* self = asPartial(self_object);
  if (self->keywords->used == 0) [[likely]]
    return callPlain(self_object, args, n_with_flag, names);
  ThreadState& ts = ThreadState::current();
  Ref<Partial> keep = share(self);
  auto run = [&]() -> Ref<> {
    Index n = argumentCount(n_with_flag);
    Ref<Dict> keywords = TRY(dictCopy(ts, self->keywords));
    if (names) {
      auto* t = reinterpret_cast<Tuple*>(names);
      for (Index i = 0; i < t->size; ++i) (void)TRY(dictSet(ts, keywords.get(), t->items[i], args[n + i]));
    }
    return callMerged(ts, self, std::span(args, size_t(n)), std::move(keywords));
  };
  return run().release();
}

// tp_call: for functions without vectorcall.
Ref<> callTupled(ThreadState& ts, Partial* self, Object* args, Object* keywords) {
  Ref<Dict> all;
  if (self->keywords->used > 0) {
    all = TRY(dictCopy(ts, self->keywords));
    if (keywords) (void)TRY(dictMerge(ts, all.get(), keywords, 1));
  } else if (keywords) {
    all = share(reinterpret_cast<Dict*>(keywords));
  }
  return callMerged(ts, self, reinterpret_cast<Tuple*>(args)->span(), std::move(all));
}

void chooseCall(Partial* self) { self->vectorcall = vectorcallOf(self->function) ? callVector : nullptr; }

Ref<> make(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  if (args->size < 1) return raise(ts, kTypeError, "type 'partial' takes at least one argument");
  Ref<> function = Ref<>::share(args->items[0]);
  if (!isCallable(function.get())) return raise(ts, kTypeError, "the first argument must be callable");
  Ref<Tuple> own = TRY(tupleSlice(ts, args, 1, args->size));
  Ref<Dict> inner;
  if (function->type->call == kPartial.call && !asPartial(function.get())->dict) {  // partial(partial(f, a), b) is flat
    Ref<> outer = std::move(function);
    Partial* part = asPartial(outer.get());
    function = Ref<>::share(part->function);
    own = TRY(concatTuples(ts, part->args, own.get()));
    inner = share(part->keywords);
  }
  Ref<Dict> all;
  if (!inner || inner->used == 0) all = keywords ? dictCopy(ts, keywords) : newDict(ts);
  else all = dictCopy(ts, inner.get());
  if (!all) return {};
  if (inner && inner->used > 0 && keywords) (void)TRY(dictMerge(ts, all.get(), keywords, 1));
  Ref<Partial> self = TRY(allocateInstance<Partial>(type));
  self->function = function.release();
  self->args = own.release();
  self->keywords = all.release();
  chooseCall(self.get());
  return self;
}

void dealloc(Partial* self) {
  untrack(self);
  TrashScope trash(self);
  if (trash.deferred()) return;
  if (self->weakrefs) clearWeakrefs(self);
  clearField(self->function);
  clearField(self->args);
  clearField(self->keywords);
  clearField(self->dict);
  self->type->free(self);
}

Ref<> repr(ThreadState& ts, Partial* self) {
  ReprGuard guard(ts, self);
  if (guard.failed()) return {};
  if (guard.recursive()) return newStr(ts, "...");
  StrBuilder text(ts);
  Ref<Str> function_text = TRY(formatText(ts, "{}({!r}", typeName(self), self->function));
  text.append(function_text.get());
  Ref<Tuple> args = share(self->args);
  for (Object* o : args->span()) {
    Ref<Str> part = TRY(formatText(ts, ", {!r}", o));
    text.append(part.get());
  }
  Ref<Dict> keywords = share(self->keywords);
  DictCursor c(keywords.get());
  while (c.next()) {
    Ref<> key = Ref<>::share(c.key), value = Ref<>::share(c.value);
    Ref<Str> part = TRY(formatText(ts, ", {}={!r}", key, value));
    text.append(part.get());
  }
  text.append(')');
  return text.finish();
}

Ref<> reduce(ThreadState& ts, Partial* self) {
  Ref<Tuple> arguments = TRY(packTuple(ts, {self->function}));
  Ref<Tuple> state = TRY(packTuple(ts, {self->function, self->args, self->keywords, self->dict ? self->dict : &kNoneObject}));
  return packTuple(ts, {self->type, arguments.get(), state.get()});
}

Status setState(ThreadState& ts, Partial* self, Object* state) {
  auto* t = reinterpret_cast<Tuple*>(state);
  if (!isTuple(state) || t->size != 4 || !isCallable(t->items[0]) || !isTuple(t->items[1]) ||
      (!isNone(t->items[2]) && !isDict(t->items[2])))
    return raise(ts, kTypeError, "invalid partial state");
  Ref<Tuple> args = TRY(tupleFrom(ts, t->items[1]));
  Ref<Dict> keywords;
  if (isNone(t->items[2])) keywords = newDict(ts);
  else if (isExactDict(t->items[2])) keywords = share(reinterpret_cast<Dict*>(t->items[2]));
  else keywords = dictCopy(ts, reinterpret_cast<Dict*>(t->items[2]));
  if (!keywords) return Raised{};
  Ref<> dict = isNone(t->items[3]) ? Ref<>() : Ref<>::share(t->items[3]);
  setField(self->function, Ref<>::share(t->items[0]));
  setField(self->args, std::move(args));
  setField(self->keywords, std::move(keywords));
  setField(self->dict, std::move(dict));
  chooseCall(self);
  return kDone;
}

constexpr MethodDef undocumented(MethodDef d) {  // as CPython's
  d.doc = nullptr;
  return d;
}
constexpr MethodDef kMethods[] = {undocumented(METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "")),
                                  undocumented(METHOD_UNSIGNED("__setstate__", setState, "($self, state, /)", "")),
                                  CLASS_GETITEM,
                                  {}};
constexpr MemberDef kMembers[] = {
    MEMBER("func", ObjectOrNone, Partial, function, kMemberReadOnly, "function object to use in future partial calls"),
    MEMBER("args", ObjectOrNone, Partial, args, kMemberReadOnly, "tuple of arguments to future partial calls"),
    MEMBER("keywords", ObjectOrNone, Partial, keywords, kMemberReadOnly,
           "dictionary of keyword arguments to future partial calls"),
    {}};
constexpr GetSetDef kGetSet[] = {{"__dict__", genericDictGetter, genericDictSetter, nullptr, nullptr}, {}};

}  // namespace

constinit Type kPartial = defineType<Partial>(
    {.name = "functools.partial",
     .doc = "partial(func, *args, **keywords) - new function with partial application\n    of the given arguments and keywords.\n",
     .flags = kBaseType | kHaveVectorcall,
     .dict_offset = offsetof(Partial, dict),
     .weaklist_offset = offsetof(Partial, weakrefs),
     .vectorcall_offset = offsetof(Partial, vectorcall),
     .methods = kMethods,
     .members = kMembers,
     .getset = kGetSet,
     .make = makeSlot<make>,
     .alloc = genericAlloc,
     .free = freeGcObject,
     .dealloc = slot<dealloc>,
     .traverse = slot<traverseFields<Partial, &Partial::function, &Partial::args, &Partial::keywords, &Partial::dict>>,
     .clear = slot<clearFields<Partial, &Partial::dict>>,
     .repr = slot<repr>,
     .call = slot<callTupled>,
     .getattro = genericGetAttrSlot,
     .setattro = genericSetAttrSlot});

}  // namespace habu::functools
