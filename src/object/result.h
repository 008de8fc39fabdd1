// Failure = an exception set in the thread state + an empty return: an empty Ref, or a failed Result for values that
// are not objects. "Absent" is never a bare null: it is Result<Found> (below).
#pragma once
#include <new>
#include <type_traits>
#include <utility>

#include "object/ref.h"

namespace habu {

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T v) : value_(std::move(v)), ok_(true) {}
  Result(Result&&) = default;
  Result& operator=(Result&&) = default;
  static Result failure() { return Result(); }
  bool failed() const { return !ok_; }
  T take() { return std::move(value_); }

 private:
  Result() : value_{}, ok_(false) {}
  T value_;
  bool ok_;
};

struct Done {};
using Status = Result<Done>;
inline constexpr Done kDone{};

// The outcome of a search: `failed()`, or an object, or absent (an empty Ref).
using Found = Result<Ref<>>;

// What `return raise(...)` and TRY return: converts to the failure of every return type.
struct [[nodiscard]] Raised {
  template <class T>
  operator Ref<T>() const { return {}; }
  template <class T>
  operator Result<T>() const { return Result<T>::failure(); }
};

template <class T>
bool failed(const Ref<T>& r) { return !r; }
template <class T>
bool failed(const Result<T>& r) { return r.failed(); }
template <class T>
Ref<T> take(Ref<T>& r) { return std::move(r); }
template <class T>
T take(Result<T>& r) { return r.take(); }

// Unwraps a Ref or Result, or returns the failure to the caller. `(void)TRY(call(ts, f))` drops the value.
//   Ref<> item = TRY(getItem(ts, o, key));    Index n = TRY(length(ts, o));    TRY(setItem(ts, o, key, value));
#define TRY(expr)                                                  \
  ({                                                               \
    auto try_result_ = (expr);                                     \
    if (::habu::failed(try_result_)) [[unlikely]]                  \
      return ::habu::Raised{};                                     \
    ::habu::take(try_result_);                                     \
  })

}  // namespace habu
