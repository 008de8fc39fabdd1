// The pending exception: setting, taking, normalising, chaining.
#include "object/raise.h"

#include <cerrno>
#include <cstring>

#include "object/call.h"
#include "object/hooks.h"
#include "object/protocol.h"
#include "object/thread_state.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

void setPending(ThreadState& ts, Ref<> type, Ref<> value, Ref<> traceback) {
  Ref<> old_type = Ref<>::steal(std::exchange(ts.error_type, type.release()));
  Ref<> old_value = Ref<>::steal(std::exchange(ts.error_value, value.release()));
  Ref<> old_traceback = Ref<>::steal(std::exchange(ts.error_traceback, traceback.release()));
}

// type(), type(*value) or type(value).
Ref<> instantiate(ThreadState& ts, Object* type, Object* value) {
  Ref<> made;
  if (!value || isNone(value)) made = call(ts, type);
  else if (isTuple(value)) made = callTuple(ts, type, static_cast<Tuple*>(value));
  else made = call(ts, type, {value});
  if (made && !isException(made.get()))
    return raise(ts, kTypeError, "calling {!r} should have returned an instance of BaseException, not {}", type, typeName(made.get()));
  return made;
}

// The exception being handled by the innermost handler; borrowed or null.
Object* handledException(ThreadState& ts) {
  for (auto* item = ts.exception_stack; item; item = item->previous)
    if (item->value && !isNone(item->value)) return item->value;
  return nullptr;
}

// Makes `context` the context of `error` unless that closes a cycle: then the link back to `error` is cut (Floyd's
// algorithm guards against chains that are cyclic already).
void setContextWithoutCycle(BaseException* error, Object* context_object) {
  auto* context = static_cast<BaseException*>(context_object);
  if (context == error) return;
  BaseException* slow = context;
  bool step = false;
  for (auto* o = context; o->context; step = !step) {
    auto* next = static_cast<BaseException*>(o->context);
    if (next == error) {
      clearField(o->context);
      break;
    }
    o = next;
    if (o == slow) break;
    if (step) slow = static_cast<BaseException*>(slow->context);
  }
  setField(error->context, Ref<>::share(context_object));
}

bool isExceptionClass(const Object* o) { return isType(o) && static_cast<const Type*>(o)->has(kExceptionSubclass); }

}  // namespace

Raised raise(ThreadState& ts, Type& exception, const char* message) {
  Ref<Str> text = newStr(ts, message);
  if (!text) return Raised{};
  return raiseValue(ts, exception, text.get());
}

Raised raiseFormatted(ThreadState& ts, Type& exception, const char* format, std::span<const FormatArg> args) {
  clearError(ts);
  Ref<Str> text = formatTextSpan(ts, format, args);
  if (!text) return Raised{};
  return raiseValue(ts, exception, text.get());
}

Raised raiseValue(ThreadState& ts, Type& exception, Object* given) {
  Ref<> value = Ref<>::share(given);
  Ref<> type = Ref<>::share(static_cast<Object*>(&exception));
  Object* handled = handledException(ts);
  if (handled) {
    Ref<> context = Ref<>::share(handled);
    clearError(ts);
    if (!value || !isException(value.get())) {
      value = instantiate(ts, type.get(), value.get());
      if (!value) return Raised{};
    }
    setContextWithoutCycle(static_cast<BaseException*>(value.get()), context.get());
    type = Ref<>::share(static_cast<Object*>(value->type));
  }
  Ref<> traceback;
  if (value && isException(value.get())) traceback = Ref<>::share(static_cast<BaseException*>(value.get())->traceback);
  setPending(ts, std::move(type), std::move(value), std::move(traceback));
  return Raised{};
}

Raised raiseInstance(ThreadState& ts, Object* instance) { return raiseValue(ts, *instance->type, instance); }

Raised raiseKeyError(ThreadState& ts, Object* key) {
  // A tuple would be taken for the arguments.
  Ref<Tuple> args = packTuple(ts, {key});
  if (!args) return Raised{};
  return raiseValue(ts, kKeyError, args.get());
}

Raised raiseStopIteration(ThreadState& ts, Object* value) {
  if (!value || isNone(value)) return raiseValue(ts, kStopIteration, nullptr);
  if (!isTuple(value) && !isException(value)) return raiseValue(ts, kStopIteration, value);
  Ref<> error = call(ts, &kStopIteration, {value});
  if (!error) return Raised{};
  return raiseInstance(ts, error.get());
}

Raised raiseNoMemory(ThreadState& ts) { return raiseValue(ts, kMemoryError, nullptr); }

Raised raiseErrno(ThreadState& ts, int error_number, Object* filename, Object* filename2) {
  Ref<Str> text = strFromFileSystem(ts, error_number ? std::strerror(error_number) : "Error");
  if (!text) return Raised{};
  Ref<Int> number = newInt(ts, error_number);
  if (!number) return Raised{};
  auto* n = reinterpret_cast<Object*>(number.get());
  Ref<> error;
  if (filename2) error = call(ts, &kOSError, {n, text.get(), filename, &kNoneObject, filename2});
  else if (filename) error = call(ts, &kOSError, {n, text.get(), filename});
  else error = call(ts, &kOSError, {n, text.get()});
  if (!error) return Raised{};
  return raiseInstance(ts, error.get());
}

Raised raiseAttributeError(ThreadState& ts, Object* owner, Object* name) {
  Ref<Str> text = isType(owner) ? formatText(ts, "type object '{:.50}' has no attribute '{}'", static_cast<Type*>(owner), name)
                                : formatText(ts, "'{:.50}' object has no attribute '{}'", typeName(owner), name);
  if (!text) return Raised{};
  Ref<> error = call(ts, &kAttributeError, {text.get()});
  if (!error) return Raised{};
  auto* e = static_cast<AttributeError*>(error.get());
  setField(e->object, Ref<>::share(owner));
  setField(e->name, Ref<>::share(name));
  return raiseInstance(ts, e);
}

bool exceptionMatches(ThreadState& ts, Object* error, Object* pattern) {
  if (!error || !pattern) return false;
  if (isTuple(pattern)) {
    for (Object* p : static_cast<Tuple*>(pattern)->span())
      if (exceptionMatches(ts, error, p)) return true;
    return false;
  }
  if (isException(error)) error = error->type;
  if (isExceptionClass(error) && isExceptionClass(pattern))
    return isSubtype(static_cast<Type*>(error), static_cast<Type*>(pattern));
  return error == pattern;
}

bool errorMatches(ThreadState& ts, Type& exception) {
  return ts.error_type && exceptionMatches(ts, ts.error_type, &exception);
}

void clearError(ThreadState& ts) {
  if (ts.error_type) setPending(ts, {}, {}, {});
}

PendingError PendingError::take(ThreadState& ts) {
  PendingError e;
  e.type = Ref<>::steal(std::exchange(ts.error_type, nullptr));
  e.value = Ref<>::steal(std::exchange(ts.error_value, nullptr));
  e.traceback = Ref<>::steal(std::exchange(ts.error_traceback, nullptr));
  return e;
}

void PendingError::restore(ThreadState& ts) && {
  setPending(ts, std::move(type), std::move(value), std::move(traceback));
}

Ref<> PendingError::instance(ThreadState& ts) && {
  if (!type) return {};
  ++ts.recursion_headroom;  // a RecursionError must be able to come about
  // Making the instance may itself raise: that exception then takes its place, a bounded number of times.
  for (int attempt = 0; attempt < 32; ++attempt) {
    if (!isExceptionClass(type.get())) break;
    if (value && isException(value.get()) && isSubtype(value->type, static_cast<Type*>(type.get()))) break;
    Ref<> made = instantiate(ts, type.get(), value.get());
    if (made) {
      value = std::move(made);
      break;
    }
    Ref<> kept = std::move(traceback);
    PendingError newer = take(ts);
    type = std::move(newer.type);
    value = std::move(newer.value);
    traceback = newer.traceback ? std::move(newer.traceback) : std::move(kept);
  }
  if ((!value || !isException(value.get())) && isExceptionClass(type.get())) {
    // Nothing helped: at least an instance, without __init__.
    Ref<Tuple> no_arguments = emptyTuple();
    value = Ref<>::steal(kBaseException.make(static_cast<Type*>(type.get()), no_arguments.get(), nullptr));
    clearError(ts);
  }
  --ts.recursion_headroom;
  if (value && isException(value.get()) && traceback)
    setField(static_cast<BaseException*>(value.get())->traceback, traceback.copy());
  return std::move(value);
}

Ref<> takeRaised(ThreadState& ts) { return PendingError::take(ts).instance(ts); }

void chainPending(ThreadState& ts, PendingError context) {
  if (!context) return;
  if (!errorSet(ts)) {
    std::move(context).restore(ts);
    return;
  }
  Ref<> newer = takeRaised(ts);
  Ref<> older = std::move(context).instance(ts);
  if (newer && older && isException(newer.get()) && isException(older.get()))
    setContextWithoutCycle(static_cast<BaseException*>(newer.get()), older.get());
  if (!newer) return;
  Ref<> traceback = Ref<>::share(static_cast<BaseException*>(newer.get())->traceback);
  Ref<> type = Ref<>::share(static_cast<Object*>(newer->type));
  setPending(ts, std::move(type), std::move(newer), std::move(traceback));
}

Raised restoreRaised(ThreadState& ts, Ref<> instance) {
  Ref<> type = Ref<>::share(static_cast<Object*>(instance->type));
  Ref<> traceback = Ref<>::share(static_cast<BaseException*>(instance.get())->traceback);
  setPending(ts, std::move(type), std::move(instance), std::move(traceback));
  return Raised{};
}

Raised raiseFromPending(ThreadState& ts, Type& exception, const char* format, std::span<const FormatArg> args) {
  Ref<> cause = takeRaised(ts);
  (void)raiseFormatted(ts, exception, format, args);
  Ref<> made = takeRaised(ts);
  if (!made) return Raised{};
  if (cause) {
    auto* error = static_cast<BaseException*>(made.get());
    setField(error->context, cause.copy());
    setField(error->cause, std::move(cause));
    error->suppress_context = 1;
  }
  return restoreRaised(ts, std::move(made));
}

void writeUnraisable(ThreadState& ts, Object* where, const char* message) {
  if (errorSet(ts) && !ts.error_traceback)
    if (Frame* frame = completeFrame(ts.cframe->current_frame)) (void)addTraceback(ts, frame);
  if (runtimeHooks.write_unraisable) runtimeHooks.write_unraisable(ts, where, message);
  clearError(ts);
}

Status warnText(ThreadState& ts, Type& category, Index stack_level, Ref<Str> message) {
  if (!message) return Raised{};
  if (!runtimeHooks.warn) return kDone;  // before the warnings machinery is up
  return runtimeHooks.warn(ts, category, stack_level, message.get());
}

Status warnExplicit(ThreadState& ts, Type& category, Ref<Str> message, Object* filename, int lineno) {
  if (!message) return Raised{};
  if (!runtimeHooks.warn_explicit) return kDone;
  return runtimeHooks.warn_explicit(ts, category, message.get(), filename, lineno);
}

Status warn(ThreadState& ts, Type& category, Index stack_level, const char* message) {
  return warnText(ts, category, stack_level, newStr(ts, message));
}

}  // namespace habu
