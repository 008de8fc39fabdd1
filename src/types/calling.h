// The calling conventions of C functions (METH_*), shared by built-in functions and method descriptors.
#pragma once
#include "object/call.h"

namespace habu {

// "module.qualname()", the way calls name a callable in their errors.
Ref<Str> callableText(ThreadState&, Object* callable);
// Bits of MethodDef::flags that say how to call.
inline constexpr int kConventionMask =
    kMethVarargs | kMethFastcall | kMethNoArgs | kMethO | kMethKeywords | kMethMethod;

[[gnu::cold]] Raised raiseNoKeywords(ThreadState&, Object* callable);
[[gnu::cold]] Raised raiseArgumentCount(ThreadState&, Object* callable, int convention, Index given);

// Calls `def` with vectorcall arguments; kConvention is constant, so that each convention has its own short function.
template <int kConvention>
[[gnu::always_inline]] inline Object* callConvention(ThreadState& ts, Object* callable, const MethodDef* def,
                                                     Object* self, Type* defining_class, Object* const* args, Index n,
                                                     Object* names_object) {
  auto* names = reinterpret_cast<Tuple*>(names_object);
  if constexpr (!(kConvention & kMethKeywords)) {
    if (names && reinterpret_cast<VarObject*>(names)->size) [[unlikely]] {
      (void)raiseNoKeywords(ts, callable);
      return nullptr;
    }
  }
  if constexpr (kConvention == kMethNoArgs || kConvention == kMethO) {
    if (n != (kConvention == kMethO)) [[unlikely]] {
      (void)raiseArgumentCount(ts, callable, kConvention, n);
      return nullptr;
    }
  }
  RecursionGuard guard(ts, " while calling a Python object");
  if (guard.failed()) return nullptr;
  if constexpr (kConvention == kMethNoArgs) return def->function.plain(self, nullptr);
  else if constexpr (kConvention == kMethO) return def->function.plain(self, args[0]);
  else if constexpr (kConvention == kMethFastcall) return def->function.fast(self, args, n);
  else if constexpr (kConvention == (kMethFastcall | kMethKeywords)) return def->function.fast_keywords(self, args, n, names);
  else return def->function.method(self, defining_class, args, size_t(n), names_object);
}

// Conventions with an argument tuple (METH_VARARGS), and anything else, from tp_call.
Ref<> callWithTuple(ThreadState&, Object* callable, const MethodDef*, Object* self, Type* defining_class, Tuple* args,
                    Dict* keywords);

}  // namespace habu
