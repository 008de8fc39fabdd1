// Calls. The stack of a call: `method self args...` or `NULL callable args...`; PRECALL takes bound methods apart so that
// they look like the former, CALL does the work. Specialised PRECALLs of built-in functions do both at once.
#include "interp/frame_stack.h"
#include "interp/specialise.h"
#include "interp/tracing.h"
#include "interp/translate.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

namespace {

inline CallCache* callCache(Instruction* ip) { return reinterpret_cast<CallCache*>(ip + 1); }
// The names of keyword arguments of the CALL at `ip`; null: none.
inline Tuple* callNames(Frame* frame, Instruction* ip) {
  uint32_t i = callCache(ip)->names;
  return i ? static_cast<Tuple*>(constantAt(frame, i - 1)) : nullptr;
}

// `NULL bound-method` becomes `function self`.
[[gnu::always_inline]] inline void unbind(Object** args) {
  Object* bound = args[-1];
  auto* method = static_cast<Method*>(bound);
  args[-2] = Ref<>::share(method->function).release();
  args[-1] = Ref<>::share(method->self).release();
  Ref<> gone = Ref<>::steal(bound);
}

// The call of anything that is not a Python function: stack entries are only borrowed by the callee, dropped behind.
[[gnu::always_inline]] inline Object* callNative(ThreadState& ts, Frame* frame, Object**& sp, Index n, Tuple* names) {
  Object** args = sp - n;
  bool is_method = args[-2] != nullptr;
  Object* callable = args[is_method ? -2 : -1];
  Object** first = args - is_method;
  Index positional = n + is_method - (names ? names->size : 0);
  Object* result;
  if (ts.cframe->use_tracing) [[unlikely]]
    result = owned(tracedCall(ts, frame, callable, first, positional, names));
  else
    result = owned(vectorcall(ts, callable, first, size_t(positional) | kArgumentsOffset, names));
  dropMany(sp, n + 1);
  if (is_method) drop(sp);
  else --sp;
  return result;
}

// Starts a Python function whose arguments lie on the stack; consumes the whole call from it.
[[gnu::always_inline]] inline Frame* startFunction(ThreadState& ts, Object**& sp, Index n, Tuple* names) {
  Object** args = sp - n;
  bool is_method = args[-2] != nullptr;
  auto* function = static_cast<Function*>(args[is_method ? -2 : -1]);
  sp = args - 2;
  Index positional = n + is_method - (names ? names->size : 0);
  Object* locals = function->code->flags & kCodeOptimized ? nullptr : function->globals;
  return pushCall(ts, function, locals, args - is_method, positional, names);
}

}  // namespace

#define ADAPTIVE(family, specialise)                           \
  HANDLER(family##_ADAPTIVE) {                                 \
    if (counterOf(ip) == 0) {                                  \
      counterOf(ip) = kBackoff;                                \
      specialise(frame, ip, sp);                               \
      if (handlerOf(ip) != op_##family##_ADAPTIVE) DISPATCH(); \
    }                                                          \
    --counterOf(ip);                                           \
    GO(family);                                                \
  }
ADAPTIVE(PRECALL, specialisePrecall)
ADAPTIVE(CALL, specialiseCall)

HANDLER(PRECALL) {
  Object** args = sp - ptrdiff_t(ip->arg);
  frame->ip = ip;
  if (!args[-2] && args[-1]->type == &kMethodType) unbind(args);
  NEXT(PRECALL);
}

HANDLER(PRECALL_BOUND_METHOD) {
  Object** args = sp - ptrdiff_t(ip->arg);
  if (args[-2] || args[-1]->type != &kMethodType) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  unbind(args);
  NEXT(PRECALL);
}

HANDLER(PRECALL_PYFUNC) {
  Object** args = sp - ptrdiff_t(ip->arg);
  if (args[args[-2] ? -2 : -1]->type != &kFunctionType) [[unlikely]]
    MISS(PRECALL);
  NEXT(PRECALL);
}

HANDLER(CALL) {
  frame->ip = ip;
  Index n = ip->arg;
  Object** args = sp - n;
  Object* callable = args[args[-2] ? -2 : -1];
  if (isPlainFunction(callable)) {
    Frame* callee = startFunction(ts, sp, n, callNames(frame, ip));
    if (!callee) [[unlikely]] FAIL();
    ENTER_CALL(callee, CALL);
  }
  Object* result = callNative(ts, frame, sp, n, callNames(frame, ip));
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  CHECK_BREAKER();
  NEXT(CALL);
}

HANDLER(CALL_PY_EXACT_ARGS) {
  Index n = ip->arg;
  Object** args = sp - n;
  bool is_method = args[-2] != nullptr;
  Object* callable = args[is_method ? -2 : -1];
  CallCache* cache = callCache(ip);
  if (callable->type != &kFunctionType) [[unlikely]]
    MISS(CALL);
  auto* function = static_cast<Function*>(callable);
  if (function->version != cache->function_version || n + is_method != function->code->arg_count) [[unlikely]]
    MISS(CALL);
  frame->ip = ip;
  Code* code = function->code;
  Frame* callee = allocateFrame(ts, frameWords(code));
  if (!callee) [[unlikely]] FAIL();
  sp = args - 2;
  initFrame(callee, function, nullptr, code);
  Object** from = args - is_method;
  Index positional = n + is_method, count = code->localsplus_count;
  for (Index i = 0; i < positional; ++i) callee->localsplus[i] = from[i];
  for (Index i = positional; i < count; ++i) callee->localsplus[i] = nullptr;
  ENTER_CALL(callee, CALL);
}

HANDLER(CALL_PY_WITH_DEFAULTS) {
  Index n = ip->arg;
  Object** args = sp - n;
  bool is_method = args[-2] != nullptr;
  Object* callable = args[is_method ? -2 : -1];
  CallCache* cache = callCache(ip);
  if (callable->type != &kFunctionType) [[unlikely]]
    MISS(CALL);
  auto* function = static_cast<Function*>(callable);
  if (function->version != cache->function_version) [[unlikely]]
    MISS(CALL);
  Code* code = function->code;
  Index positional = n + is_method;
  if (positional > code->arg_count || positional < Index(cache->least)) [[unlikely]]
    MISS(CALL);
  frame->ip = ip;
  Frame* callee = allocateFrame(ts, frameWords(code));
  if (!callee) [[unlikely]] FAIL();
  sp = args - 2;
  initFrame(callee, function, nullptr, code);
  Object** from = args - is_method;
  Index count = code->localsplus_count;
  for (Index i = 0; i < positional; ++i) callee->localsplus[i] = from[i];
  Tuple* defaults = function->defaults;
  for (Index i = positional; i < code->arg_count; ++i)
    callee->localsplus[i] = Ref<>::share(defaults->items[i - cache->least]).release();
  for (Index i = code->arg_count; i < count; ++i) callee->localsplus[i] = nullptr;
  ENTER_CALL(callee, CALL);
}

// A class with plain allocation whose __init__ is a Python function: the instance stays on the stack below, __init__
// runs without another evaluation loop (ReturnTo::Init).
HANDLER(CALL_PY_CLASS) {
  Index n = ip->arg;
  Object** args = sp - n;
  CallCache* cache = callCache(ip);
  Object* callable = args[-1];
  if (args[-2] || !isType(callable) || static_cast<Type*>(callable)->version_tag != cache->type_version) [[unlikely]]
    MISS(CALL);
  Function* init = cache->init;
  if (init->version != cache->function_version) [[unlikely]]
    MISS(CALL);
  frame->ip = ip;
  auto* type = static_cast<Type*>(callable);
  Object* self = type->alloc(type, 0);
  if (!self) [[unlikely]] FAIL();
  // `NULL class args` becomes `instance self args`: the instance stays as the result.
  args[-2] = self;
  args[-1] = Ref<>::share(self).release();
  sp = args - 1;
  Frame* callee = pushCall(ts, Ref<Function>::share(init).release(), nullptr, args - 1, n + 1, nullptr);
  { Ref<> gone = Ref<>::steal(callable); }
  if (!callee) [[unlikely]] FAIL();
  callee->return_to = ReturnTo::Init;
  ENTER_CALL(callee, CALL);
}

namespace {

// CALL_FUNCTION_EX: `*args` made a tuple, `**kwargs` a dict by the code before or here.
Ref<Tuple> starArguments(ThreadState& ts, Object* callable, Object* args) {
  if (isExactTuple(args)) return Ref<Tuple>::share(static_cast<Tuple*>(args));
  if (!args->type->iter && !isSequence(args)) {
    Ref<Str> function = TRY(functionText(ts, callable));
    return raise(ts, kTypeError, "{} argument after * must be an iterable, not {:.200}", function, typeName(args));
  }
  return tupleFrom(ts, args);
}

// A new activation for function(*args, **keywords). Null: raised.
Frame* pushCallEx(ThreadState& ts, Function* function, Tuple* args, Dict* keywords) {
  Index n = args->size, named = keywords ? keywords->used : 0;
  Object* few[16];
  Object** all = few;
  Ref<Tuple> names;
  if (n + named > 16 && !(all = static_cast<Object**>(allocate(size_t(n + named) * sizeof(Object*))))) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  Frame* frame = nullptr;
  if (named && !(names = newTupleUninitialized(ts, named))) {
    if (all != few) freeMemory(all);
    return nullptr;
  }
  for (Index i = 0; i < n; ++i) all[i] = Ref<>::share(args->items[i]).release();
  if (named) {
    DictCursor c(keywords);
    bool strings = true;
    for (Index i = 0; i < named && c.next(); ++i) {
      strings &= isStr(c.key);
      put(names.get(), i, Ref<>::share(c.key));
      all[n + i] = Ref<>::share(c.value).release();
    }
    if (!strings) {
      (void)raise(ts, kTypeError, "keywords must be strings");
      for (Index i = 0; i < n + named; ++i) Ref<> gone = Ref<>::steal(all[i]);
      if (all != few) freeMemory(all);
      return nullptr;
    }
  }
  Object* locals = function->code->flags & kCodeOptimized ? nullptr : function->globals;
  frame = pushCall(ts, Ref<Function>::share(function).release(), locals, all, n, names.get());
  if (all != few) freeMemory(all);
  return frame;
}

}  // namespace

HANDLER(CALL_FUNCTION_EX) {
  frame->ip = ip;
  Object* result = nullptr;
  Frame* callee = nullptr;
  {
    Ref<> keywords;
    if (ip->arg & 1) keywords = pop(sp);
    Ref<> given = pop(sp), callable = pop(sp);
    --sp;  // the NULL below
    Ref<Tuple> args = starArguments(ts, callable.get(), given.get());
    auto* named = static_cast<Dict*>(keywords.get());
    if (args && isPlainFunction(callable.get()))
      callee = pushCallEx(ts, static_cast<Function*>(callable.get()), args.get(), named);
    else if (args && ts.cframe->use_tracing)
      result = owned(tracedCallEx(ts, frame, callable.get(), args.get(), named));
    else if (args)
      result = owned(callTuple(ts, callable.get(), args.get(), named));
  }
  if (callee) ENTER_CALL(callee, CALL_FUNCTION_EX);
  if (!result) [[unlikely]] FAIL();
  *sp++ = result;
  CHECK_BREAKER();
  NEXT(CALL_FUNCTION_EX);
}

HANDLER(MAKE_FUNCTION) {
  frame->ip = ip;
  Object* made;
  {
    Ref<> code = pop(sp);
    Ref<Function> function = newFunction(ts, static_cast<Code*>(code.get()), frame->globals, nullptr);
    if (function) {
      auto take = [&](auto*& field) { field = reinterpret_cast<std::remove_reference_t<decltype(field)>>(*--sp); };
      if (ip->arg & 8) take(function->closure);
      if (ip->arg & 4) take(function->annotations);
      if (ip->arg & 2) take(function->kwdefaults);
      if (ip->arg & 1) take(function->defaults);
    }
    made = owned(std::move(function));
  }
  if (!made) [[unlikely]] FAIL();
  *sp++ = made;
  NEXT(MAKE_FUNCTION);
}

Ref<Str> functionText(ThreadState& ts, Object* callable) {
  Ref<> qualname = TRY(findAttr(ts, callable, names::__qualname__));
  if (!qualname) return strOf(ts, callable);
  Ref<> module = TRY(findAttr(ts, callable, names::__module__));
  if (module && !isNone(module.get())) {
    Ref<Str> builtins = TRY(internedStr(ts, "builtins"));
    if (!TRY(equalObjects(ts, module.get(), builtins.get()))) return formatText(ts, "{}.{}()", module, qualname);
  }
  return formatText(ts, "{}()", qualname);
}

}  // namespace habu
