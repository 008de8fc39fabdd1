// A built-in function is a plain C++ function; its signature is the declaration. METHOD names it once, and behind it
// the C calling convention, the arity check, keyword matching and argument conversion are generated:
//
//   Ref<> pop(ThreadState& ts, List* self, std::optional<Index> at);
//   constexpr MethodDef kMethods[] = {
//       METHOD(pop, "($self, index=-1, /)", "Remove and return item at index (default last)."),
//       METHOD_AS("__reduce__", reduce, "($self, /)", "Helper for pickle."),
//       CLASS_METHOD("fromkeys", fromKeys, "($type, iterable, value=None, /)", "..."),   // self is Type*
//       STATIC_METHOD("maketrans", makeTrans, "(x, y=<unrepresentable>, z=<unrepresentable>, /)", "..."),  // no self
//       METHOD_RAW("format", format, "S.format(*args, **kwargs) -> str\n\n...")     // Args; no text signature
//       {}};
//
// Parameters: ThreadState&, then self (Module* or Object* for module functions; none for STATIC_METHOD), then one per name in the signature. A name
// with "=default" may be absent: std::optional<T> is then empty, Object* (or Str*, ...) null. "/" ends the
// positional-only names, "*" starts the keyword-only ones. A function that wants its arguments raw takes `Args` alone.
// Conversions: Arg<T> below. Results: Ref<T>, Status (None), Result<bool | Index | long long | double>.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "object/buffer.h"
#include "object/core.h"
#include "object/raise.h"
#include "object/signature.h"
#include "object/thread_state.h"

namespace habu {

struct Module;

// Raw vectorcall arguments: positional first, then one value per name in `names` (null: no keywords). All borrowed.
struct Args {
  Object* const* values;
  Index count;   // positional ones
  Tuple* names;
  Object* operator[](Index i) const { return values[i]; }
  std::span<Object* const> positional() const { return {values, size_t(count)}; }
  Index keywordCount() const;
  Str* keyword(Index i) const;
  Object* keywordValue(Index i) const { return values[count + i]; }
};

template <size_t N>
struct FixedString {
  char text[N];
  consteval FixedString(const char (&s)[N]) {
    for (size_t i = 0; i < N; ++i) text[i] = s[i];
  }
  constexpr std::string_view view() const { return {text, N - 1}; }
};

// Where an argument stands, for messages such as "index() argument 1 must be str, not int".
struct ArgSite {
  const Signature* signature;
  int index;
};

// "pop() argument 1 must be str, not int" / "pop() argument 'x' must be ..." / "pop() argument must be ..."
[[gnu::cold]] Raised raiseBadArgument(ThreadState&, ArgSite, const char* expected, Object* got);
// "pop expected at most 1 argument, got 2"
[[gnu::cold]] Raised raiseArity(ThreadState&, const Signature&, Index given);
// Fills out[0..count) from vectorcall arguments (borrowed, null: absent), or raises what CPython's argument parser raises.
bool parseArguments(ThreadState&, const Signature&, Object* const* args, Index positional, Tuple* names, Object** out);
bool parseTupleArguments(ThreadState&, const Signature&, Tuple* args, Dict* keywords, Object** out);

// ---- conversions ----
struct ParsedInt {  // an int by the format "i": only its overflow texts differ
  int value = 0;
  operator int() const { return value; }
};
template <class T>
struct Arg;
template <>
struct Arg<Object*> {
  static Result<Object*> from(ThreadState&, Object* o, ArgSite) { return o; }
};
#define HABU_ARG(T)                                               \
  template <>                                                     \
  struct Arg<T> {                                                 \
    static Result<T> from(ThreadState& ts, Object* o, ArgSite at); \
  };
HABU_ARG(Index)           // __index__; OverflowError "Python int too large to convert to C ssize_t"
HABU_ARG(int)             // OverflowError "Python int too large to convert to C int"
HABU_ARG(ParsedInt)       // OverflowError "signed integer is greater than maximum" / "less than minimum"
HABU_ARG(unsigned)        // masked, no overflow check
HABU_ARG(long long)
HABU_ARG(unsigned long long)
HABU_ARG(bool)            // truth value
HABU_ARG(double)          // float or __float__ / __index__
HABU_ARG(char32_t)        // a str of length one
HABU_ARG(Str*)            // str or subclass, exact message
HABU_ARG(Bytes*)
HABU_ARG(Tuple*)
HABU_ARG(List*)
HABU_ARG(Dict*)
HABU_ARG(Type*)
HABU_ARG(BufferView)      // contiguous bytes-like
HABU_ARG(std::string_view)  // str without null characters, as UTF-8
#undef HABU_ARG
template <class T>
struct Arg<std::optional<T>> {
  static Result<std::optional<T>> from(ThreadState& ts, Object* o, ArgSite at) {
    if (!o) return std::optional<T>{};
    return std::optional<T>{TRY(Arg<T>::from(ts, o, at))};
  }
};
template <class T>
struct ArgOrNull : Arg<T> {};
template <class T>
struct ArgOrNull<T*> {
  static Result<T*> from(ThreadState& ts, Object* o, ArgSite at) {
    if (!o) return static_cast<T*>(nullptr);
    return Arg<T*>::from(ts, o, at);
  }
};

// ---- results ----
inline Object* toOwned(ThreadState&, Raised) { return nullptr; }
template <class T>
Object* toOwned(ThreadState&, Ref<T> r) { return reinterpret_cast<Object*>(r.release()); }
inline Object* toOwned(ThreadState&, Status s) { return s.failed() ? nullptr : none().release(); }
inline Object* toOwned(ThreadState&, bool b) { return newBool(b).release(); }
inline Object* toOwned(ThreadState&, Result<bool> b) { return b.failed() ? nullptr : newBool(b.take()).release(); }
template <class I>
  requires(std::integral<I> && !std::same_as<I, bool>)
Object* toOwned(ThreadState& ts, I i) {
  if constexpr (std::signed_integral<I>) return reinterpret_cast<Object*>(newInt(ts, i).release());
  else return reinterpret_cast<Object*>(newIntUnsigned(ts, i).release());
}
inline Object* toOwned(ThreadState& ts, double d) { return reinterpret_cast<Object*>(newFloat(ts, d).release()); }
template <class I>
  requires(std::integral<I> && !std::same_as<I, bool>) || std::same_as<I, double>
Object* toOwned(ThreadState& ts, Result<I> i) { return i.failed() ? nullptr : toOwned(ts, i.take()); }

// ---- calling ----
namespace detail {
template <class... A>
struct List {};

template <class F>
struct Shape;  // splits a function type into self and arguments
template <class R>
struct Shape<R (*)(ThreadState&)> {
  using Self = void;
  using Rest = List<>;
  static constexpr int kCount = 0;
};
template <class R, class S, class... A>
struct Shape<R (*)(ThreadState&, S, A...)> {
  using Self = S;
  using Rest = List<A...>;
  static constexpr int kCount = int(sizeof...(A));
};

// Converts argument I, or reports failure by returning false with the exception set.
template <class T>
struct Slotted {
  using Raw = std::remove_cvref_t<T>;
  using Value = Raw;
  alignas(Value) char storage[sizeof(Value)];
  bool live = false;
  bool fill(ThreadState& ts, Object* o, ArgSite at) {
    auto r = ArgOrNull<Value>::from(ts, o, at);
    if (r.failed()) return false;
    new (storage) Value(r.take());
    live = true;
    return true;
  }
  Value take() { return std::move(*std::launder(reinterpret_cast<Value*>(storage))); }
  ~Slotted() {
    if constexpr (!std::is_trivially_destructible_v<Value>)
      if (live) std::launder(reinterpret_cast<Value*>(storage))->~Value();
  }
};

template <size_t I, class T>
struct Leaf : Slotted<T> {};
template <class Seq, class... A>
struct Slots;
template <size_t... I, class... A>
struct Slots<std::index_sequence<I...>, A...> : Leaf<I, A>... {
  bool fill(ThreadState& ts, const Signature& s, Object* const* values) {
    return (... && static_cast<Leaf<I, A>&>(*this).fill(ts, values[I], {&s, int(I)}));
  }
  template <class Call>
  auto apply(Call call) {
    return call(static_cast<Leaf<I, A>&>(*this).take()...);
  }
};

template <auto F, class Self, class... A>
Object* invoke(List<A...>, ThreadState& ts, const Signature& s, Self self, Object* const* values) {
  Slots<std::index_sequence_for<A...>, A...> slots;
  if (!slots.fill(ts, s, values)) return nullptr;
  return slots.apply([&](auto&&... a) {
    return toOwned(ts, F(ts, self, static_cast<decltype(a)&&>(a)...));
  });
}
template <auto F, class... A>
Object* invokeStatic(List<A...>, ThreadState& ts, const Signature& s, Object* const* values) {
  Slots<std::index_sequence_for<A...>, A...> slots;
  if (!slots.fill(ts, s, values)) return nullptr;
  return slots.apply([&](auto&&... a) { return toOwned(ts, F(ts, static_cast<decltype(a)&&>(a)...)); });
}

template <class L>
struct IsRaw : std::false_type {};
template <>
struct IsRaw<List<Args>> : std::true_type {};
template <class H, class... T>
struct Prepend;
template <class S, class L>
struct WithSelf;
template <class S, class... A>
struct WithSelf<S, List<A...>> {
  using type = List<S, A...>;
};

template <auto F, FixedString kName, FixedString kText, bool kStatic>
struct Bound {
  using S = Shape<decltype(F)>;
  using Params = typename std::conditional_t<kStatic && !std::is_void_v<typename S::Self>,
                                             WithSelf<typename S::Self, typename S::Rest>,
                                             std::type_identity<typename S::Rest>>::type;
  static constexpr Signature kSignature = parseSignature(kName.view(), kText.view());
  static constexpr int kCount = kStatic && !std::is_void_v<typename S::Self> ? S::kCount + 1 : S::kCount;
  static constexpr bool kRaw = IsRaw<Params>::value;
  static_assert(kRaw || kSignature.count == kCount, "the signature text and the C++ parameters differ in number");

  static Object* run(ThreadState& ts, Object* self, Object* const* values) {
    if constexpr (kStatic) return invokeStatic<F>(Params{}, ts, kSignature, values);
    else return invoke<F>(Params{}, ts, kSignature, reinterpret_cast<typename S::Self>(self), values);
  }
  static Object* noArgs(Object* self, Object*) { return run(ThreadState::current(), self, nullptr); }
  static Object* one(Object* self, Object* arg) { return run(ThreadState::current(), self, &arg); }
  static Object* fast(Object* self, Object* const* args, Index n) {
    ThreadState& ts = ThreadState::current();
    if (n == kSignature.count) return run(ts, self, args);
    if (n < kSignature.required || n > kSignature.count) [[unlikely]] {
      (void)raiseArity(ts, kSignature, n);
      return nullptr;
    }
    Object* values[kCount ? kCount : 1];
    for (int i = 0; i < kCount; ++i) values[i] = i < n ? args[i] : nullptr;
    return run(ts, self, values);
  }
  static Object* keywords(Object* self, Object* const* args, Index n, Tuple* names) {
    ThreadState& ts = ThreadState::current();
    if (!names && n == kSignature.count && n == kSignature.positional) return run(ts, self, args);
    Object* values[kCount ? kCount : 1];
    if (!parseArguments(ts, kSignature, args, n, names, values)) return nullptr;
    return run(ts, self, values);
  }
  static Object* raw(Object* self, Object* const* args, Index n, Tuple* names) {
    ThreadState& ts = ThreadState::current();
    if constexpr (kStatic) return toOwned(ts, F(ts, Args{args, n, names}));
    else return toOwned(ts, F(ts, reinterpret_cast<typename S::Self>(self), Args{args, n, names}));
  }
  static Object* rawPositional(Object* self, Object* const* args, Index n) { return raw(self, args, n, nullptr); }
  static Object* make(Type* type, Object* args, Object* kw) {  // tp_new
    ThreadState& ts = ThreadState::current();
    Object* values[kCount ? kCount : 1];
    if (!parseTupleArguments(ts, kSignature, reinterpret_cast<Tuple*>(args), reinterpret_cast<Dict*>(kw), values)) return nullptr;
    return run(ts, reinterpret_cast<Object*>(type), values);
  }
  static int init(Object* self, Object* args, Object* kw) {  // tp_init
    ThreadState& ts = ThreadState::current();
    Object* values[kCount ? kCount : 1];
    if (!parseTupleArguments(ts, kSignature, reinterpret_cast<Tuple*>(args), reinterpret_cast<Dict*>(kw), values)) return -1;
    Ref<> done = Ref<>::steal(run(ts, self, values));
    return done ? 0 : -1;
  }
};

template <auto F, FixedString kName, FixedString kText, int kExtra>
constexpr MethodDef bindMethod(const char* doc) {
  constexpr bool kStatic = (kExtra & kMethStatic) != 0;
  using B = Bound<F, kName, kText, kStatic>;
  constexpr Signature s = B::kSignature;
  MethodDef def;
  def.doc = doc;
  if constexpr (B::kRaw) {
    def.function = &B::raw;
    def.flags = kMethFastcall | kMethKeywords | kExtra;
  } else if constexpr (s.count == 0) {
    def.function = &B::noArgs;
    def.flags = kMethNoArgs | kExtra;
  } else if constexpr (s.count == 1 && s.positional_only == 1 && s.required == 1 && !s.parsed) {
    def.function = &B::one;
    def.flags = kMethO | kExtra;
  } else if constexpr (s.positional_only == s.count) {
    def.function = &B::fast;
    def.flags = kMethFastcall | kExtra;
  } else {
    def.function = &B::keywords;
    def.flags = kMethFastcall | kMethKeywords | kExtra;
  }
  return def;
}
template <auto F, FixedString kName, int kExtra>
constexpr MethodDef bindPositional(const char* doc) {
  MethodDef def;
  def.doc = doc;
  def.function = &Bound<F, kName, "()", (kExtra & kMethStatic) != 0>::rawPositional;
  def.flags = kMethFastcall | kExtra;
  return def;
}
constexpr MethodDef named(MethodDef d, const char* name) {
  d.name = name;
  return d;
}
}  // namespace detail

#define HABU_BIND(name, f, signature, doc, extra) \
  ::habu::detail::named(::habu::detail::bindMethod<f, name, signature, extra>(name signature "\n--\n\n" doc), name)
#define METHOD(f, signature, doc) HABU_BIND(#f, f, signature, doc, 0)
#define METHOD_AS(name, f, signature, doc) HABU_BIND(name, f, signature, doc, 0)
#define CLASS_METHOD(name, f, signature, doc) HABU_BIND(name, f, signature, doc, ::habu::kMethClass)
#define STATIC_METHOD(name, f, signature, doc) HABU_BIND(name, f, signature, doc, ::habu::kMethStatic)
// (A function that takes Args may have a text signature too: METHOD_AS("print", print, "($module, /, *args, ...)", ...).)
// No text signature (where CPython's function has none); takes Args.
#define METHOD_RAW(name, f, doc) \
  ::habu::detail::named(::habu::detail::bindMethod<f, name, "()", 0>(doc), name)
// The same where keywords are refused before the call ("str.find() takes no keyword arguments").
#define METHOD_POSITIONAL(name, f, doc) ::habu::detail::named(::habu::detail::bindPositional<f, name, 0>(doc), name)
// As METHOD_AS, but without a text signature: `signature` only says how to parse.
#define METHOD_UNSIGNED(name, f, signature, doc) \
  ::habu::detail::named(::habu::detail::bindMethod<f, name, signature, 0>(doc), name)

// The same for functions that CPython has parse their arguments by a format: "f() takes at most 1 argument (2 given)".
#define METHOD_PARSED(name, f, signature, doc) METHOD_UNSIGNED(name, f, "~" signature, doc)

// tp_new / tp_init from a plain function:  .make = CONSTRUCTOR(newEnumerate, "enumerate", "(iterable, start=0)")
#define CONSTRUCTOR(f, name, signature) (&::habu::detail::Bound<f, name, signature, false>::make)
#define INITIALIZER(f, name, signature) (&::habu::detail::Bound<f, name, signature, false>::init)

// ---- slots ----
template <class T>
struct SlotParam {
  using C = T;
};
template <class T>
  requires std::derived_from<T, Object>
struct SlotParam<T*> {
  using C = Object*;
};
template <>
struct SlotParam<CompareOp> {
  using C = int;
};
template <>
struct SlotParam<Buffer&> {
  using C = Buffer*;
};

template <class R>
struct SlotResult;
template <class T>
struct SlotResult<Ref<T>> {
  using C = Object*;
  static C from(Ref<T> r) { return reinterpret_cast<Object*>(r.release()); }
};
template <>
struct SlotResult<Status> {
  using C = int;
  static C from(Status s) { return s.failed() ? -1 : 0; }
};
template <>
struct SlotResult<Result<bool>> {
  using C = int;
  static C from(Result<bool> r) { return r.failed() ? -1 : int(r.take()); }
};
template <>
struct SlotResult<Result<Index>> {
  using C = Index;
  static C from(Result<Index> r) { return r.failed() ? -1 : r.take(); }
};
template <>
struct SlotResult<Index> {
  using C = Index;
  static C from(Index i) { return i; }
};
template <>
struct SlotResult<bool> {
  using C = int;
  static C from(bool b) { return b; }
};
template <>
struct SlotResult<int> {
  using C = int;
  static C from(int i) { return i; }
};

// slot<F>: the C function for a type slot from a C++ function
//   Ref<> repr(ThreadState&, List*)          -> Object* (*)(Object*)
//   Status setItem(ThreadState&, List*, Index, Object*) -> int (*)(Object*, Index, Object*)
//   Index length(List*), void dealloc(List*), int traverse(List*, VisitFn, void*): no ThreadState, cannot fail
// tp_iternext: return an empty Ref without an exception when exhausted.
template <auto F>
struct Slot;
template <class C, class T>
T slotCast(C c) {
  if constexpr (std::is_same_v<C, Buffer*>) return *c;
  else if constexpr (std::is_same_v<T, CompareOp>) return CompareOp(c);
  else if constexpr (std::is_pointer_v<T> && std::is_pointer_v<C>) return reinterpret_cast<T>(c);
  else return c;
}
template <class R, class... A, R (*F)(ThreadState&, A...)>
struct Slot<F> {
  static typename SlotResult<R>::C call(typename SlotParam<A>::C... a) {
    return SlotResult<R>::from(F(ThreadState::current(), slotCast<typename SlotParam<A>::C, A>(a)...));
  }
};
template <class R, class S, class... A, R (*F)(S*, A...)>
  requires(!std::is_void_v<R>)
struct Slot<F> {
  static typename SlotResult<R>::C call(Object* s, typename SlotParam<A>::C... a) {
    return SlotResult<R>::from(F(reinterpret_cast<S*>(s), slotCast<typename SlotParam<A>::C, A>(a)...));
  }
};
template <class S, void (*F)(S*)>
struct Slot<F> {
  static void call(Object* s) { F(reinterpret_cast<S*>(s)); }
};
template <auto F>
constexpr auto slot = &Slot<F>::call;

// Getters and setters:  GETTER("__name__", getName, "doc")   GETSET("__name__", getName, setName, "doc")
//   Ref<> getName(ThreadState&, Function*);   Status setName(ThreadState&, Function*, Object* value /* null: delete */);
template <auto F>
struct GetterSlot;
template <class R, class S, R (*F)(ThreadState&, S*)>
struct GetterSlot<F> {
  static Object* call(Object* s, void*) {
    ThreadState& ts = ThreadState::current();
    return toOwned(ts, F(ts, reinterpret_cast<S*>(s)));
  }
};
template <auto F>
struct SetterSlot;
template <class S, class V, Status (*F)(ThreadState&, S*, V)>
struct SetterSlot<F> {
  static int call(Object* s, Object* v, void*) {
    return F(ThreadState::current(), reinterpret_cast<S*>(s), v).failed() ? -1 : 0;
  }
};
#define GETTER(name, get, doc) {name, &::habu::GetterSlot<get>::call, nullptr, doc, nullptr}
#define GETSET(name, get, set, doc) {name, &::habu::GetterSlot<get>::call, &::habu::SetterSlot<set>::call, doc, nullptr}
#define MEMBER(name, kind, S, field, flags, doc) {name, ::habu::MemberKind::kind, Index(offsetof(S, field)), flags, doc}

}  // namespace habu
