// PRECALL of built-in functions: the call is done here at once, the CALL behind is skipped.
#include "interp/specialise.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/descriptor.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"

namespace habu {

namespace {

constexpr int kPrecallUnits = 1 + info(Op::PRECALL).caches;
constexpr int kCallUnits = 1 + info(Op::CALL).caches;

struct CallSite {
  Object** args;  // with the receiver of a method in front
  Index total;
  bool is_method;
  Object* callable;
};
[[gnu::always_inline]] inline CallSite callSite(Instruction* ip, Object** sp) {
  Object** args = sp - ptrdiff_t(ip->arg);
  bool is_method = args[-2] != nullptr;
  return {args - is_method, Index(ip->arg) + is_method, is_method, args[is_method ? -2 : -1]};
}
// Drops callable and arguments from the stack.
[[gnu::always_inline]] inline void dropCall(Object**& sp, const CallSite& site) {
  dropMany(sp, site.total + 1);
  if (!site.is_method) --sp;
}
inline Tuple* namesOf(Frame* frame, Instruction* ip) {
  uint32_t i = reinterpret_cast<CallCache*>(ip + kPrecallUnits + 1)->names;
  return i ? static_cast<Tuple*>(constantAt(frame, i - 1)) : nullptr;
}
[[gnu::noinline, gnu::cold]] Object* missingResult(ThreadState& ts, Object* callable) {
  if (!errorSet(ts)) (void)raise(ts, kSystemError, "{!r} returned NULL without setting an exception", callable);
  return nullptr;
}
const CFunction& functionOf(const BuiltinFunction* f) { return f->def->function; }
inline Object* selfOf(const BuiltinFunction* f) { return f->def->flags & kMethStatic ? nullptr : f->self; }

bool isLen(const Object* o) {
  static constinit Name len{"len"};
  return mainInterpreter.builtins && o == dictFindStr(mainInterpreter.builtins, len);
}

}  // namespace

// Replaces the call by its result and goes on behind CALL.
#define FINISH_CALL(result_expr)                        \
  do {                                                  \
    Object* result = (result_expr);                     \
    if (!result) [[unlikely]] result = missingResult(ts, site.callable); \
    dropCall(sp, site);                                 \
    if (!result) [[unlikely]] FAIL();                   \
    *sp++ = result;                                     \
    CHECK_BREAKER();                                    \
    ip += kPrecallUnits + kCallUnits;                   \
    DISPATCH();                                         \
  } while (0)

HANDLER(PRECALL_NO_KW_BUILTIN_O) {
  CallSite site = callSite(ip, sp);
  if (site.total != 1 || site.callable->type != &kBuiltinFunctionType) [[unlikely]]
    MISS(PRECALL);
  auto* f = static_cast<BuiltinFunction*>(site.callable);
  if ((f->def->flags & ~(kMethClass | kMethStatic | kMethCoexist)) != kMethO) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(functionOf(f).plain(selfOf(f), site.args[0]));
}

HANDLER(PRECALL_NO_KW_BUILTIN_FAST) {
  CallSite site = callSite(ip, sp);
  if (site.callable->type != &kBuiltinFunctionType) [[unlikely]]
    MISS(PRECALL);
  auto* f = static_cast<BuiltinFunction*>(site.callable);
  if ((f->def->flags & ~(kMethClass | kMethStatic | kMethCoexist)) != kMethFastcall) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(functionOf(f).fast(selfOf(f), site.args, site.total));
}

HANDLER(PRECALL_BUILTIN_FAST_WITH_KEYWORDS) {
  CallSite site = callSite(ip, sp);
  if (site.callable->type != &kBuiltinFunctionType) [[unlikely]]
    MISS(PRECALL);
  auto* f = static_cast<BuiltinFunction*>(site.callable);
  if ((f->def->flags & ~(kMethClass | kMethStatic | kMethCoexist)) != (kMethFastcall | kMethKeywords)) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  Tuple* names = namesOf(frame, ip);
  FINISH_CALL(functionOf(f).fast_keywords(selfOf(f), site.args, site.total - (names ? names->size : 0), names));
}

HANDLER(PRECALL_NO_KW_LEN) {
  CallSite site = callSite(ip, sp);
  if (site.total != 1 || !isLen(site.callable)) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  Object* length;
  {
    Result<Index> n = lengthOf(ts, site.args[0]);
    length = n.failed() ? nullptr : owned(newInt(ts, n.take()));
  }
  FINISH_CALL(length);
}

HANDLER(PRECALL_NO_KW_ISINSTANCE) {
  CallSite site = callSite(ip, sp);
  static constinit Name isinstance{"isinstance"};
  if (site.total != 2 || site.callable != dictFindStr(mainInterpreter.builtins, isinstance)) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  Object* answer;
  {
    Result<bool> is = isInstanceObject(ts, site.args[0], site.args[1]);
    answer = is.failed() ? nullptr : newBool(is.take()).release();
  }
  FINISH_CALL(answer);
}

// list.append whose result is dropped: both instructions and the POP_TOP behind.
HANDLER(PRECALL_NO_KW_LIST_APPEND) {
  CallSite site = callSite(ip, sp);
  if (site.total != 2 || !site.is_method || site.callable->type != &kMethodDescriptorType || !isExactList(site.args[0])) [[unlikely]]
    MISS(PRECALL);
  auto* descriptor = static_cast<MethodDescriptor*>(site.callable);
  if (descriptor->owner != &kListType || std::string_view(descriptor->def->name) != "append") [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  bool failed = appendList(ts, static_cast<List*>(site.args[0]), pop(sp)).failed();
  dropMany(sp, 2);
  if (failed) [[unlikely]] FAIL();
  ip += kPrecallUnits + kCallUnits + 1;
  DISPATCH();
}

namespace {
// The descriptor of a call of a method of a built-in type, when its receiver fits; else null.
[[gnu::always_inline]] inline MethodDescriptor* methodOf(const CallSite& site, int flags) {
  if (site.total < 1 || site.callable->type != &kMethodDescriptorType) return nullptr;
  auto* m = static_cast<MethodDescriptor*>(site.callable);
  if ((m->def->flags & ~kMethCoexist) != flags || !isInstanceOf(site.args[0], *m->owner)) return nullptr;
  return m;
}
}  // namespace

HANDLER(PRECALL_NO_KW_METHOD_DESCRIPTOR_NOARGS) {
  CallSite site = callSite(ip, sp);
  MethodDescriptor* m = site.total == 1 ? methodOf(site, kMethNoArgs) : nullptr;
  if (!m) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(m->def->function.plain(site.args[0], nullptr));
}

HANDLER(PRECALL_NO_KW_METHOD_DESCRIPTOR_O) {
  CallSite site = callSite(ip, sp);
  MethodDescriptor* m = site.total == 2 ? methodOf(site, kMethO) : nullptr;
  if (!m) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(m->def->function.plain(site.args[0], site.args[1]));
}

HANDLER(PRECALL_NO_KW_METHOD_DESCRIPTOR_FAST) {
  CallSite site = callSite(ip, sp);
  MethodDescriptor* m = methodOf(site, kMethFastcall);
  if (!m) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(m->def->function.fast(site.args[0], site.args + 1, site.total - 1));
}

HANDLER(PRECALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS) {
  CallSite site = callSite(ip, sp);
  MethodDescriptor* m = methodOf(site, kMethFastcall | kMethKeywords);
  if (!m) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  Tuple* names = namesOf(frame, ip);
  Index positional = site.total - 1 - (names ? names->size : 0);
  if (positional < 0) [[unlikely]]
    MISS(PRECALL);
  FINISH_CALL(m->def->function.fast_keywords(site.args[0], site.args + 1, positional, names));
}

HANDLER(PRECALL_BUILTIN_CLASS) {
  CallSite site = callSite(ip, sp);
  if (!isType(site.callable)) [[unlikely]]
    MISS(PRECALL);
  auto* type = static_cast<Type*>(site.callable);
  if (!type->vectorcall || !type->has(kImmutableType)) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  Tuple* names = namesOf(frame, ip);
  size_t positional = size_t(site.total - (names ? names->size : 0));
  FINISH_CALL(type->vectorcall(type, site.args, positional, names));
}

HANDLER(PRECALL_NO_KW_STR_1) {
  CallSite site = callSite(ip, sp);
  if (site.total != 1 || site.is_method || site.callable != &kStrType) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(owned(strOf(ts, site.args[0])));
}

HANDLER(PRECALL_NO_KW_TUPLE_1) {
  CallSite site = callSite(ip, sp);
  if (site.total != 1 || site.is_method || site.callable != &kTupleType) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(owned(tupleFrom(ts, site.args[0])));
}

HANDLER(PRECALL_NO_KW_TYPE_1) {
  CallSite site = callSite(ip, sp);
  if (site.total != 1 || site.is_method || site.callable != &kTypeType) [[unlikely]]
    MISS(PRECALL);
  frame->ip = ip;
  FINISH_CALL(Ref<>::share(static_cast<Object*>(site.args[0]->type)).release());
}

}  // namespace habu
