#include "types/context.h"

#include <cstddef>

#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/arguments.h"
#include "types/dict.h"
#include "types/generic_alias.h"
#include "types/int.h"
#include "types/list.h"
#include "types/persistent_map.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/weakref.h"

namespace habu {

namespace {

constinit Object missing = {kImmortalRefcount, &kTokenMissingType};

Object* find(Context* c, ContextVar* v) { return mapFind(c->vars, v, v->hash); }

// The thread's context, made on first use; borrowed.
Result<Context*> currentContext(ThreadState& ts) {
  if (!ts.context) {
    Ref<Context> made = TRY(newContext(ts));
    if (!ts.context) {
      ts.context = made.release();
      ++ts.context_version;
    }
  }
  return static_cast<Context*>(ts.context);
}

Status checkVariable(ThreadState& ts, Object* key) {
  if (key->type == &kContextVarType) return kDone;
  return raise(ts, kTypeError, "a ContextVar key was expected, got {!r}", key);
}

Status bind(ThreadState& ts, Context* c, ContextVar* v, Object* value) {
  bool added;
  Ref<MapNode> vars = TRY(mapWith(ts, c->vars, v, v->hash, value, added));
  c->size += added;
  setField(c->vars, std::move(vars));
  return kDone;
}
Status unbind(ThreadState& ts, Context* c, ContextVar* v) {
  if (!find(c, v)) return raiseValue(ts, kLookupError, v);
  bool empty;
  Ref<MapNode> vars = mapWithout(ts, c->vars, v, v->hash, empty);
  if (!vars && !empty) return Raised{};
  --c->size;
  setField(c->vars, std::move(vars));
  return kDone;
}

void cacheValue(ThreadState& ts, ContextVar* v, Object* value) {
  v->cached = value;
  v->cached_thread = ts.id;
  v->cached_version = ts.context_version;
}
bool cacheValid(const ThreadState& ts, const ContextVar* v) {
  return v->cached && v->cached_thread == ts.id && v->cached_version == ts.context_version;
}

}  // namespace

// ---- contexts ----
Ref<Context> newContext(ThreadState& ts) {
  Ref<Context> c = TRY(newObject<Context>(ts, kContextType));
  track(c.get());
  return c;
}
Ref<Context> copyContext(ThreadState& ts, Context* from) {
  Ref<Context> c = TRY(newContext(ts));
  c->vars = Ref<MapNode>::share(from->vars).release();
  c->size = from->size;
  return c;
}
Ref<Context> copyCurrentContext(ThreadState& ts) { return copyContext(ts, TRY(currentContext(ts))); }

Status enterContext(ThreadState& ts, Context* c) {
  if (c->entered) return raise(ts, kRuntimeError, "cannot enter context: {!r} is already entered", static_cast<Object*>(c));
  c->previous = static_cast<Context*>(ts.context);
  c->entered = true;
  ts.context = share(c).release();
  ++ts.context_version;
  return kDone;
}
Status exitContext(ThreadState& ts, Context* c) {
  if (!c->entered) return raise(ts, kRuntimeError, "cannot exit context: {!r} has not been entered", static_cast<Object*>(c));
  if (ts.context != c)
    return raise(ts, kRuntimeError, "cannot exit context: thread state references a different context object");
  Ref<> left = Ref<>::steal(ts.context);
  ts.context = std::exchange(c->previous, nullptr);
  ++ts.context_version;
  c->entered = false;
  return kDone;
}

// ---- variables ----
Ref<ContextVar> newContextVar(ThreadState& ts, Str* name, Object* fallback) {
  Ref<ContextVar> v = TRY(newObject<ContextVar>(ts, kContextVarType));
  v->name = share(name).release();
  v->fallback = Ref<>::share(fallback).release();
  Hash h = pointerHash(v.get()) ^ hashStr(name);
  v->hash = h == -1 ? -2 : h;
  track(v.get());
  return v;
}

Found contextVarGet(ThreadState& ts, ContextVar* v, Object* fallback) {
  if (cacheValid(ts, v)) return Ref<>::share(v->cached);
  if (ts.context) {
    if (Object* value = find(static_cast<Context*>(ts.context), v)) {
      cacheValue(ts, v, value);
      return Ref<>::share(value);
    }
  }
  return Ref<>::share(fallback ? fallback : v->fallback);
}

Ref<Token> contextVarSet(ThreadState& ts, ContextVar* v, Object* value) {
  Context* c = TRY(currentContext(ts));
  Ref<Token> token = TRY(newObject<Token>(ts, kTokenType));
  token->context = share(c).release();
  token->var = share(v).release();
  token->old_value = Ref<>::share(find(c, v)).release();
  track(token.get());
  v->cached = nullptr;
  TRY(bind(ts, c, v, value));
  cacheValue(ts, v, value);
  return token;
}

Status contextVarReset(ThreadState& ts, ContextVar* v, Token* token) {
  if (token->used) return raise(ts, kRuntimeError, "{!r} has already been used once", static_cast<Object*>(token));
  if (token->var != v)
    return raise(ts, kValueError, "{!r} was created by a different ContextVar", static_cast<Object*>(token));
  Context* c = TRY(currentContext(ts));
  if (token->context != c)
    return raise(ts, kValueError, "{!r} was created in a different Context", static_cast<Object*>(token));
  token->used = true;
  v->cached = nullptr;
  if (!token->old_value) return unbind(ts, c, v);
  return bind(ts, c, v, token->old_value);
}

namespace {

// ---- type Context ----
namespace context {

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  if (args->size || (keywords && keywords->used)) return raise(ts, kTypeError, "Context() does not accept any arguments");
  return newContext(ts);
}

// Snapshots of a context, which iterate over themselves as CPython's do.
struct Iterator : Object {
  Tuple* items;
  Index next;
};
enum class Part { Keys, Values, Items };
struct Collector {
  ThreadState& ts;
  Part part;
  Tuple* out;
  Index at = 0;
  bool failed = false;
};
void collect(Object* key, Object* value, void* data) {
  auto& c = *static_cast<Collector*>(data);
  Ref<> item;
  if (c.part == Part::Keys) item = Ref<>::share(key);
  else if (c.part == Part::Values) item = Ref<>::share(value);
  else item = packTuple(c.ts, {key, value});
  if (!item) {
    c.failed = true;
    item = none();
  }
  put(c.out, c.at++, std::move(item));
}
Ref<Tuple> snapshot(ThreadState& ts, Context* self, Part part) {
  Ref<Tuple> out = TRY(newTupleUninitialized(ts, self->size));
  Collector c{ts, part, out.get()};
  mapEach(self->vars, collect, &c);
  if (c.failed) return Raised{};
  return out;
}

Ref<> next(ThreadState&, Iterator* it) {
  if (it->next >= it->items->size) return {};
  return Ref<>::share(it->items->items[it->next++]);
}
Ref<> self(ThreadState&, Object* o) { return Ref<>::share(o); }
Index length(Iterator* it) { return it->items->size; }
int traverseIterator(Iterator* it, VisitFn visit, void* arg) {
  VISIT(it->items);
  return 0;
}
void deallocIterator(Iterator* it) {
  untrack(it);
  clearField(it->items);
  it->type->free(it);
}
constinit MappingSlots kIteratorMapping = {.length = slot<length>};
consteval Type defineIterator(const char* name) {
  TypeSpec s;
  s.name = name;
  s.mapping = &kIteratorMapping;
  s.free = freeGcObject;
  s.dealloc = slot<deallocIterator>;
  s.traverse = slot<traverseIterator>;
  s.getattro = genericGetAttrSlot;
  s.iter = slot<self>;
  s.iternext = slot<next>;
  return defineType<Iterator>(s);
}
constinit Type kKeysType = defineIterator("keys");
constinit Type kValuesType = defineIterator("values");
constinit Type kItemsType = defineIterator("items");

Ref<> iterate(ThreadState& ts, Context* c, Part part) {
  Type& type = part == Part::Keys ? kKeysType : part == Part::Values ? kValuesType : kItemsType;
  TRY(readyType(ts, type));
  Ref<Tuple> items = TRY(snapshot(ts, c, part));
  Ref<Iterator> it = TRY(newObject<Iterator>(ts, type));
  it->items = items.release();
  track(it.get());
  return it;
}
Ref<> iter(ThreadState& ts, Context* c) { return iterate(ts, c, Part::Keys); }
Ref<> keys(ThreadState& ts, Context* c) { return iterate(ts, c, Part::Keys); }
Ref<> values(ThreadState& ts, Context* c) { return iterate(ts, c, Part::Values); }
Ref<> items(ThreadState& ts, Context* c) { return iterate(ts, c, Part::Items); }

Index size(Context* c) { return c->size; }
Ref<> subscript(ThreadState& ts, Context* c, Object* key) {
  TRY(checkVariable(ts, key));
  if (Object* value = find(c, static_cast<ContextVar*>(key))) return Ref<>::share(value);
  return raiseKeyError(ts, key);
}
Result<bool> contains(ThreadState& ts, Context* c, Object* key) {
  TRY(checkVariable(ts, key));
  return find(c, static_cast<ContextVar*>(key)) != nullptr;
}
Ref<> get(ThreadState& ts, Context* c, Object* key, Object* fallback) {
  TRY(checkVariable(ts, key));
  Object* value = find(c, static_cast<ContextVar*>(key));
  if (!value) value = fallback ? fallback : &kNoneObject;
  return Ref<>::share(value);
}
Ref<> copy(ThreadState& ts, Context* c) { return copyContext(ts, c); }

Ref<> run(ThreadState& ts, Context* c, Args args) {
  if (args.count < 1) return raise(ts, kTypeError, "run() missing 1 required positional argument");
  TRY(enterContext(ts, c));
  Ref<> result = vectorcall(ts, args[0], args.values + 1, size_t(args.count - 1), args.names);
  PendingError pending = PendingError::take(ts);
  if (exitContext(ts, c).failed()) return Raised{};
  std::move(pending).restore(ts);
  return result;
}

Result<bool> equal(ThreadState& ts, Context* a, Context* b) {
  if (a == b || a->vars == b->vars) return true;
  if (a->size != b->size) return false;
  Ref<Tuple> pairs = TRY(snapshot(ts, a, Part::Items));
  for (Object* item : pairs->span()) {
    auto* pair = static_cast<Tuple*>(item);
    Ref<> other = Ref<>::share(find(b, static_cast<ContextVar*>(pair->items[0])));
    if (!other || !TRY(equalObjects(ts, pair->items[1], other.get()))) return false;
  }
  return true;
}
Ref<> compare(ThreadState& ts, Object* a, Object* b, CompareOp op) {
  if (a->type != &kContextType || b->type != &kContextType || (op != CompareOp::Eq && op != CompareOp::Ne))
    return notImplemented();
  bool same = TRY(equal(ts, static_cast<Context*>(a), static_cast<Context*>(b)));
  return newBool(same == (op == CompareOp::Eq));
}

int traverse(Context* c, VisitFn visit, void* arg) {
  VISIT(c->previous);
  VISIT(c->vars);
  return 0;
}
int clear(Context* c) {
  clearField(c->previous);
  clearField(c->vars);
  c->size = 0;
  return 0;
}
void dealloc(Context* c) {
  untrack(c);
  if (c->weakrefs) clearWeakrefs(c);
  clear(c);
  c->type->free(c);
}

constinit SequenceSlots kSequence = {.contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<size>, .subscript = slot<subscript>};
constexpr MethodDef kMethods[] = {
    METHOD(get, "($self, key, default=None, /)", "The value of the variable, or the default."),
    METHOD(items, "($self, /)", "The (variable, value) pairs."),
    METHOD(keys, "($self, /)", "The variables."),
    METHOD(values, "($self, /)", "The values."),
    METHOD(copy, "($self, /)", "A copy of the context."),
    METHOD_RAW("run", run, "Calls the function in this context."),
    {}};

}  // namespace context

// ---- type ContextVar ----
namespace variable {

Ref<> make(ThreadState& ts, Type*, Tuple* args, Dict* keywords) {
  Index keyword_count = keywords ? keywords->used : 0;
  if (args->size + keyword_count > 2)
    return raise(ts, kTypeError, "ContextVar() takes at most 2 arguments ({} given)", args->size + keyword_count);
  if (args->size != 1)
    return raise(ts, kTypeError, "ContextVar() takes {} 1 positional argument ({} given)",
                 args->size > 1 ? "at most" : "exactly", args->size);
  Ref<> fallback;
  if (keyword_count) {
    static constinit Name kDefault{"default"};
    fallback = TRY(dictFind(ts, keywords, kDefault));
    if (!fallback) {
      DictCursor c(keywords);
      c.next();
      return raise(ts, kTypeError, "'{}' is an invalid keyword argument for ContextVar()", c.key);
    }
  }
  if (!isStr(args->items[0])) return raise(ts, kTypeError, "context variable name must be a str");
  return newContextVar(ts, static_cast<Str*>(args->items[0]), fallback.get());
}

Ref<> get(ThreadState& ts, ContextVar* v, Object* fallback) {
  Ref<> value = TRY(contextVarGet(ts, v, fallback));
  if (!value) return raiseValue(ts, kLookupError, v);
  return value;
}
Ref<> set(ThreadState& ts, ContextVar* v, Object* value) { return contextVarSet(ts, v, value); }
Status reset(ThreadState& ts, ContextVar* v, Object* token) {
  if (token->type != &kTokenType) return raise(ts, kTypeError, "expected an instance of Token, got {!r}", token);
  return contextVarReset(ts, v, static_cast<Token*>(token));
}
Ref<> repr(ThreadState& ts, ContextVar* v) {
  auto address = reinterpret_cast<uintptr_t>(v);
  if (v->fallback)
    return formatText(ts, "<ContextVar name={!r} default={!r} at {:#x}>", v->name, v->fallback, address);
  return formatText(ts, "<ContextVar name={!r} at {:#x}>", v->name, address);
}
Hash hash(ContextVar* v) { return v->hash; }

int traverse(ContextVar* v, VisitFn visit, void* arg) {
  VISIT(v->name);
  VISIT(v->fallback);
  return 0;
}
int clear(ContextVar* v) {
  clearField(v->fallback);
  v->cached = nullptr;
  return 0;
}
void dealloc(ContextVar* v) {
  untrack(v);
  clear(v);
  clearField(v->name);
  v->type->free(v);
}

constexpr MethodDef kMethods[] = {
    METHOD(get, "($self, default=<unrepresentable>, /)",
           "The value in the current context.\n\nWithout one: the argument, or else the variable's own default, or "
           "else LookupError."),
    METHOD(set, "($self, value, /)", "Gives the variable a value in the current context; the token undoes it."),
    METHOD(reset, "($self, token, /)", "Puts the value back that the variable had before token's set()."),
    CLASS_GETITEM,
    {}};
constexpr MemberDef kMembers[] = {MEMBER("name", ObjectOrNone, ContextVar, name, kMemberReadOnly, nullptr), {}};

}  // namespace variable

// ---- type Token ----
namespace token {

Ref<> make(ThreadState& ts, Type*, Tuple*, Dict*) {
  return raise(ts, kRuntimeError, "Tokens can only be created by ContextVars");
}
Ref<> repr(ThreadState& ts, Token* t) {
  return formatText(ts, "<Token{} var={!r} at {:#x}>", t->used ? " used" : "", static_cast<Object*>(t->var),
                    reinterpret_cast<uintptr_t>(t));
}
Ref<> getVar(ThreadState&, Token* t) { return Ref<>::share(static_cast<Object*>(t->var)); }
Ref<> getOldValue(ThreadState&, Token* t) { return Ref<>::share(t->old_value ? t->old_value : &missing); }

int traverse(Token* t, VisitFn visit, void* arg) {
  VISIT(t->context);
  VISIT(t->var);
  VISIT(t->old_value);
  return 0;
}
int clear(Token* t) {
  clearField(t->context);
  clearField(t->var);
  clearField(t->old_value);
  return 0;
}
void dealloc(Token* t) {
  untrack(t);
  clear(t);
  t->type->free(t);
}
Ref<> reprMissing(ThreadState& ts, Object*) { return newStr(ts, "<Token.MISSING>"); }
void deallocMissing(Object* o) { o->refcount = kImmortalRefcount; }

constexpr MethodDef kMethods[] = {CLASS_GETITEM, {}};
constexpr GetSetDef kGetSet[] = {GETTER("var", getVar, nullptr), GETTER("old_value", getOldValue, nullptr), {}};

}  // namespace token

}  // namespace

constinit Type kContextType = defineType<Context>({
    .name = "_contextvars.Context",
    .weaklist_offset = offsetof(Context, weakrefs),
    .methods = context::kMethods,
    .sequence = &context::kSequence,
    .mapping = &context::kMapping,
    .make = makeSlot<context::make>,
    .free = freeGcObject,
    .dealloc = slot<context::dealloc>,
    .traverse = slot<context::traverse>,
    .clear = slot<context::clear>,
    .hash = notHashable,
    .richcompare = slot<context::compare>,
    .getattro = genericGetAttrSlot,
    .iter = slot<context::iter>,
});
constinit Type kContextVarType = defineType<ContextVar>({
    .name = "_contextvars.ContextVar",
    .methods = variable::kMethods,
    .members = variable::kMembers,
    .make = makeSlot<variable::make>,
    .free = freeGcObject,
    .dealloc = slot<variable::dealloc>,
    .traverse = slot<variable::traverse>,
    .clear = slot<variable::clear>,
    .repr = slot<variable::repr>,
    .hash = slot<variable::hash>,
    .getattro = genericGetAttrSlot,
});
constinit Type kTokenType = defineType<Token>({
    .name = "_contextvars.Token",
    .methods = token::kMethods,
    .getset = token::kGetSet,
    .make = makeSlot<token::make>,
    .free = freeGcObject,
    .dealloc = slot<token::dealloc>,
    .traverse = slot<token::traverse>,
    .clear = slot<token::clear>,
    .repr = slot<token::repr>,
    .hash = notHashable,
    .getattro = genericGetAttrSlot,
});
constinit Type kTokenMissingType = defineType<Object>({
    .name = "Token.MISSING",
    .dealloc = slot<token::deallocMissing>,
    .repr = slot<token::reprMissing>,
    .getattro = genericGetAttrSlot,
});
Object* const kTokenMissing = &missing;

}  // namespace habu
