// OSError: OSError(errno, strerror[, filename[, winerror[, filename2]]]), whose class follows from errno.
#include <cerrno>

#include "object/number.h"
#include "object/protocol.h"
#include "types/exception_base.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

Object* makeOsError(Type*, Object* args, Object* keywords);
int initOsErrorSlot(Object*, Object* args, Object* keywords);

// The subclass that belongs to an errno; null: OSError itself.
Type* classForErrno(long long number) {
  switch (number) {
    case EAGAIN:
    case EALREADY:
    case EINPROGRESS: return &kBlockingIOError;
    case EPIPE:
    case ESHUTDOWN: return &kBrokenPipeError;
    case ECHILD: return &kChildProcessError;
    case ECONNABORTED: return &kConnectionAbortedError;
    case ECONNREFUSED: return &kConnectionRefusedError;
    case ECONNRESET: return &kConnectionResetError;
    case EEXIST: return &kFileExistsError;
    case ENOENT: return &kFileNotFoundError;
    case EISDIR: return &kIsADirectoryError;
    case ENOTDIR: return &kNotADirectoryError;
    case EINTR: return &kInterruptedError;
    case EACCES:
    case EPERM: return &kPermissionError;
    case ESRCH: return &kProcessLookupError;
    case ETIMEDOUT: return &kTimeoutError;
    default: return nullptr;
  }
}

struct Parts {
  Object *number = nullptr, *text = nullptr, *filename = nullptr, *filename2 = nullptr;  // borrowed
};
Parts split(Tuple* args) {
  Parts p;
  if (args->size < 2 || args->size > 5) return p;
  p.number = args->items[0];
  p.text = args->items[1];
  if (args->size > 2) p.filename = args->items[2];
  if (args->size > 4) p.filename2 = args->items[4];
  return p;
}

// Classes that override __init__ but not __new__ get their arguments through __init__ alone; all others already through
// __new__ (whose class they have influenced).
bool setUpByInit(Type* type) { return type->init != initOsErrorSlot && type->make == makeOsError; }

Status fill(ThreadState& ts, OSErrorObject* e, Tuple* args, const Parts& p) {
  Ref<Tuple> kept_args = share(args);
  if (p.filename && !isNone(p.filename)) {
    if (e->type == &kBlockingIOError && isNumber(p.filename)) {
      // BlockingIOError's third argument may be the number of characters written.
      e->written = TRY(asIndex(ts, p.filename, &kValueError));
    } else {
      setField(e->filename, Ref<>::share(p.filename));
      if (p.filename2 && !isNone(p.filename2)) setField(e->filename2, Ref<>::share(p.filename2));
      if (args->size >= 2 && args->size <= 5) kept_args = TRY(tupleSlice(ts, args, 0, 2));  // compatibility
    }
  }
  setField(e->error_number, Ref<>::share(p.number));
  setField(e->text, Ref<>::share(p.text));
  setField(e->args, std::move(kept_args));
  return kDone;
}

Ref<> newOsError(ThreadState& ts, Type* type, Tuple* args, Dict* keywords) {
  bool later = setUpByInit(type);
  Parts p;
  if (!later) {
    TRY(noKeywords(ts, type->name, keywords));
    p = split(args);
    if (type == &kOSError && p.number && isInt(p.number)) {
      int overflow = 0;
      long long number = toLongLong(static_cast<Int*>(p.number), overflow);
      if (Type* specific = overflow ? nullptr : classForErrno(number)) type = specific;
    }
  }
  Ref<OSErrorObject> e = Ref<OSErrorObject>::steal(static_cast<OSErrorObject*>(type->alloc(type, 0)));
  if (!e) return {};
  e->written = -1;
  if (later) e->args = emptyTuple().release();
  else TRY(fill(ts, e.get(), args, p));
  return e;
}
Object* makeOsError(Type* type, Object* args, Object* keywords) {
  return newOsError(ThreadState::current(), type, static_cast<Tuple*>(args), static_cast<Dict*>(keywords)).release();
}

Status initOsError(ThreadState& ts, OSErrorObject* e, Tuple* args, Dict* keywords) {
  if (!setUpByInit(e->type)) return kDone;
  TRY(noKeywords(ts, e->type->name, keywords));
  return fill(ts, e, args, split(args));
}
int initOsErrorSlot(Object* e, Object* args, Object* keywords) {
  return initOsError(ThreadState::current(), static_cast<OSErrorObject*>(e), static_cast<Tuple*>(args),
                     static_cast<Dict*>(keywords)).failed() ? -1 : 0;
}

Object* orNone(Object* o) { return o ? o : &kNoneObject; }
Ref<> str(ThreadState& ts, OSErrorObject* e) {
  Object* number = orNone(e->error_number);
  Object* text = orNone(e->text);
  if (e->filename && e->filename2)
    return formatText(ts, "[Errno {}] {}: {!r} -> {!r}", number, text, e->filename, e->filename2);
  if (e->filename) return formatText(ts, "[Errno {}] {}: {!r}", number, text, e->filename);
  if (e->error_number && e->text) return formatText(ts, "[Errno {}] {}", number, text);
  return strOfException(ts, e);
}

Ref<> reduce(ThreadState& ts, OSErrorObject* e) {
  Ref<Tuple> args = share(e->args);
  if (args->size == 2 && e->filename) {
    // The file names were cut off the arguments: put them back.
    if (e->filename2)
      args = TRY(packTuple(ts, {args->items[0], args->items[1], e->filename, &kNoneObject, e->filename2}));
    else
      args = TRY(packTuple(ts, {args->items[0], args->items[1], e->filename}));
  }
  if (e->dict) return packTuple(ts, {e->type, args.get(), e->dict});
  return packTuple(ts, {e->type, args.get()});
}

Raised raiseNoCount(ThreadState& ts) { return raise(ts, kAttributeError, "characters_written"); }
Ref<> getWritten(ThreadState& ts, OSErrorObject* e) {
  if (e->written == -1) return raiseNoCount(ts);
  return newInt(ts, e->written);
}
Status setWritten(ThreadState& ts, OSErrorObject* e, Object* value) {
  if (!value) {
    if (e->written == -1) return raiseNoCount(ts);
    e->written = -1;
    return kDone;
  }
  e->written = TRY(asIndex(ts, value, &kValueError));
  return kDone;
}

constexpr MethodDef kMethods[] = {METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", nullptr), {}};
constexpr MemberDef kMembers[] = {
    MEMBER("errno", ObjectOrNone, OSErrorObject, error_number, 0, "POSIX exception code"),
    MEMBER("strerror", ObjectOrNone, OSErrorObject, text, 0, "exception strerror"),
    MEMBER("filename", ObjectOrNone, OSErrorObject, filename, 0, "exception filename"),
    MEMBER("filename2", ObjectOrNone, OSErrorObject, filename2, 0, "second exception filename"),
    {}};
constexpr GetSetDef kGetSet[] = {GETSET("characters_written", getWritten, setWritten, nullptr), {}};

}  // namespace

constinit Type kOSError = defineException<OSErrorObject>(
    "OSError", &kException, "The base class of errors of the operating system.",
    {.make = makeOsError, .init = initOsErrorSlot, .str = slot<str>, .methods = kMethods, .members = kMembers, .getset = kGetSet});

#define OS_ERROR(name, base, doc) \
  constinit Type k##name = defineException<OSErrorObject>(#name, &k##base, doc, {.init = initOsErrorSlot});
OS_ERROR(BlockingIOError, OSError, "The operation would have to wait.")
OS_ERROR(ConnectionError, OSError, "A connection failed.")
OS_ERROR(ChildProcessError, OSError, "A child process failed.")
OS_ERROR(BrokenPipeError, ConnectionError, "Nobody reads the other end.")
OS_ERROR(ConnectionAbortedError, ConnectionError, "The connection was aborted.")
OS_ERROR(ConnectionRefusedError, ConnectionError, "The connection was refused.")
OS_ERROR(ConnectionResetError, ConnectionError, "The connection was reset.")
OS_ERROR(FileExistsError, OSError, "The file exists already.")
OS_ERROR(FileNotFoundError, OSError, "There is no such file.")
OS_ERROR(IsADirectoryError, OSError, "A directory, where a file is wanted.")
OS_ERROR(NotADirectoryError, OSError, "No directory, where one is wanted.")
OS_ERROR(InterruptedError, OSError, "Interrupted by a signal.")
OS_ERROR(PermissionError, OSError, "The rights do not suffice.")
OS_ERROR(ProcessLookupError, OSError, "There is no such process.")
OS_ERROR(TimeoutError, OSError, "The time limit has passed.")

}  // namespace habu
