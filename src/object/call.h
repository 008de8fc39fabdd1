// Calling objects: vectorcall (PEP 590) first, tp_call as the fallback.
#pragma once
#include <initializer_list>
#include <span>

#include "object/bind.h"

namespace habu {

// Callees may use args[-1] as scratch (PY_VECTORCALL_ARGUMENTS_OFFSET) when this bit is in the count.
inline constexpr size_t kArgumentsOffset = size_t{1} << (8 * sizeof(size_t) - 1);
inline Index argumentCount(size_t n) { return Index(n & ~kArgumentsOffset); }

VectorcallFn vectorcallOf(const Object* callable);  // null: use tp_call

// `args[0..n)` positional, then one per name in `names`. All borrowed.
Ref<> vectorcall(ThreadState&, Object* callable, Object* const* args, size_t n, Tuple* names = nullptr);
Ref<> call(ThreadState&, Object* callable, std::initializer_list<Object*> args = {});
Ref<> callSpan(ThreadState&, Object* callable, std::span<Object* const> args);
Ref<> callTuple(ThreadState&, Object* callable, Tuple* args, Dict* keywords = nullptr);
// With `first` in front of the arguments (bound calls).
Ref<> callPrepend(ThreadState&, Object* callable, Object* first, Object* const* args, size_t n, Tuple* names);
// o.name(args...) without a bound method.
Ref<> callMethod(ThreadState&, Object*, Str* name, std::initializer_list<Object*> args = {});
// type(o).name(o, args...): special methods; TypeError-free absence is an empty Ref.
Found callSpecial(ThreadState&, Object*, Str* name, std::initializer_list<Object*> args = {});

bool isCallable(const Object*);
// After a C function returned: SystemError when value and exception disagree.
Ref<> checkResult(ThreadState&, Object* callable, Ref<>);

}  // namespace habu
