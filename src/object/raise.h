// Raising and inspecting exceptions, and the one text formatter behind every error message.
//
//   return raise(ts, kTypeError, "'{}' object is not iterable", typeName(o));
//   return raise(ts, kValueError, "{!r} is not in list", needle);
//
// Fields: {} text of a string, number or character; str() of an object; the name of a Type. {!r} repr, {!a} ascii.
//         {:.200} at most that many characters; {:x} {:02x} {:04x} {:#x} hexadecimal; {{ and }} braces.
// Formatting an object may run Python code; if that fails, its exception replaces the one being raised (as in CPython).
#pragma once
#include <concepts>
#include <span>
#include <string_view>

#include "object/result.h"
#include "object/type.h"

namespace habu {

struct Str;

class FormatArg {
 public:
  enum class Kind : uint8_t { Text, Signed, Unsigned, Char, Double, Object };
  FormatArg(const char* s) : kind(Kind::Text), text(s ? s : "(null)") {}
  FormatArg(std::string_view s) : kind(Kind::Text), text(s) {}
  FormatArg(char c) : kind(Kind::Char), number(static_cast<unsigned char>(c)) {}
  FormatArg(char32_t c) : kind(Kind::Char), number(c) {}
  FormatArg(double d) : kind(Kind::Double), real(d) {}
  template <std::signed_integral I>
  FormatArg(I i) : kind(Kind::Signed), number(i) {}
  template <std::unsigned_integral I>
  FormatArg(I i) : kind(Kind::Unsigned), number(static_cast<long long>(i)) {}
  FormatArg(const Type* t) : kind(Kind::Text), text(t->name) {}
  template <class T>
    requires std::derived_from<T, Object> && (!std::same_as<T, Type>)
  FormatArg(T* o) : kind(Kind::Object), object(const_cast<std::remove_const_t<T>*>(o)) {}
  template <class T>
  FormatArg(const Ref<T>& r) : FormatArg(r.get()) {}

  Kind kind;
  union {
    std::string_view text;  // UTF-8
    long long number;
    double real;
    Object* object;
  };
};

Raised raiseFormatted(ThreadState&, Type& exception, const char* format, std::span<const FormatArg>);
Ref<Str> formatTextSpan(ThreadState&, const char* format, std::span<const FormatArg>);

// Sets `exception(message)`. Without arguments the message is taken as it stands, braces included.
Raised raise(ThreadState&, Type& exception, const char* message);
template <class... A>
  requires(sizeof...(A) > 0)
[[gnu::cold]] Raised raise(ThreadState& ts, Type& exception, const char* format, const A&... args) {
  const FormatArg list[] = {FormatArg(args)...};
  return raiseFormatted(ts, exception, format, list);
}
// The same formatter for reprs and other texts.
template <class... A>
Ref<Str> formatText(ThreadState& ts, const char* format, const A&... args) {
  const FormatArg list[] = {FormatArg(args)..., FormatArg(0)};
  return formatTextSpan(ts, format, std::span(list, sizeof...(A)));
}

// Sets (exception, value) as `raise exception(value)` would; `value` may be null (no arguments), a tuple (the
// arguments) or an instance of the class. Not normalised until caught.
Raised raiseValue(ThreadState&, Type& exception, Object* value);
Raised raiseInstance(ThreadState&, Object* instance);  // `raise instance`, context included
Raised raiseKeyError(ThreadState&, Object* key);       // KeyError(key), tuples kept whole
Raised raiseStopIteration(ThreadState&, Object* value);  // null or None: no value
Raised raiseNoMemory(ThreadState&);
// OSError from errno (the subclass that belongs to it: FileNotFoundError...), with up to two file names.
Raised raiseErrno(ThreadState&, int error_number, Object* filename = nullptr, Object* filename2 = nullptr);
Raised raiseAttributeError(ThreadState&, Object* owner, Object* name);  // "'T' object has no attribute 'x'", name and obj set

// Does the pending exception match? (false when none is pending)
bool errorMatches(ThreadState&, Type& exception);
void clearError(ThreadState&);
// Exception class or instance against a class or tuple of classes, as `except` matches; never fails.
bool exceptionMatches(ThreadState&, Object* error, Object* pattern);

// The pending exception, taken out of the thread state: restored, or dropped with the object.
class [[nodiscard]] PendingError {
 public:
  static PendingError take(ThreadState&);  // may be empty
  void restore(ThreadState&) &&;           // replaces whatever is pending now
  // Normalises: afterwards `value` is an instance with its traceback set on it. Null when empty.
  Ref<> instance(ThreadState&) &&;
  explicit operator bool() const { return bool(type); }
  Ref<> type, value, traceback;
};

// The pending exception as a normalised instance (taken out), or empty.
Ref<> takeRaised(ThreadState&);
// Sets the context of the pending exception's instance to `context` where it has none of its own chain (PyErr chaining).
void chainPending(ThreadState&, PendingError context);
// Makes `instance` pending again as it stands, traceback included, context untouched.
Raised restoreRaised(ThreadState&, Ref<> instance);
// What is pending becomes cause and context of `exception(message)`, which is then pending.
Raised raiseFromPending(ThreadState&, Type& exception, const char* format, std::span<const FormatArg>);
template <class... A>
[[gnu::cold]] Raised raiseFrom(ThreadState& ts, Type& exception, const char* format, const A&... args) {
  const FormatArg list[] = {FormatArg(args)..., FormatArg(0)};
  return raiseFromPending(ts, exception, format, std::span(list, sizeof...(A)));
}
// "Exception ignored in: ..." through sys.unraisablehook; clears the pending exception.
void writeUnraisable(ThreadState&, Object* where, const char* message = nullptr);

// Issues a warning through the warnings machinery; a failed Status when it was turned into an exception.
Status warn(ThreadState&, Type& category, Index stack_level, const char* message);
Status warnText(ThreadState&, Type& category, Index stack_level, Ref<Str> message);
// At a given place instead of a caller's (PyErr_WarnExplicit): `filename` is a str.
Status warnExplicit(ThreadState&, Type& category, Ref<Str> message, Object* filename, int lineno);

// ---- the exception classes ----
#define HABU_EXCEPTIONS(X)                                                                                          \
  X(BaseException) X(Exception) X(BaseExceptionGroup) X(GeneratorExit) X(KeyboardInterrupt) X(SystemExit)           \
  X(StopIteration) X(StopAsyncIteration) X(ArithmeticError) X(FloatingPointError) X(OverflowError)                  \
  X(ZeroDivisionError) X(AssertionError) X(AttributeError) X(BufferError) X(EOFError) X(ImportError)                \
  X(ModuleNotFoundError) X(LookupError) X(IndexError) X(KeyError) X(MemoryError) X(NameError) X(UnboundLocalError)  \
  X(OSError) X(BlockingIOError) X(ChildProcessError) X(ConnectionError) X(BrokenPipeError)                          \
  X(ConnectionAbortedError) X(ConnectionRefusedError) X(ConnectionResetError) X(FileExistsError)                    \
  X(FileNotFoundError) X(InterruptedError) X(IsADirectoryError) X(NotADirectoryError) X(PermissionError)            \
  X(ProcessLookupError) X(TimeoutError) X(ReferenceError) X(RuntimeError) X(NotImplementedError)                    \
  X(RecursionError) X(SyntaxError) X(IndentationError) X(TabError) X(SystemError) X(TypeError) X(ValueError)        \
  X(UnicodeError) X(UnicodeDecodeError) X(UnicodeEncodeError) X(UnicodeTranslateError) X(Warning)                   \
  X(BytesWarning) X(DeprecationWarning) X(EncodingWarning) X(FutureWarning) X(ImportWarning)                        \
  X(PendingDeprecationWarning) X(ResourceWarning) X(RuntimeWarning) X(SyntaxWarning) X(UnicodeWarning)              \
  X(UserWarning)
#define X(name) extern Type k##name C_NAME("_PyExc_" #name);
HABU_EXCEPTIONS(X)
#undef X
// ExceptionGroup has two bases, so it is a heap type made at startup.
Type& exceptionGroupType();

}  // namespace habu
