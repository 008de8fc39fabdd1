// Conversion of the arguments that many functions of `posix` take.
#include <limits.h>
#include <string.h>

#include "modules/posix/posix.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"

namespace habu::posix {
namespace {

const char* allowedTypes(int flags) {
  switch (flags) {
    case kPathFd | kPathNullable: return "string, bytes, os.PathLike, integer or None";
    case kPathFd: return "string, bytes, os.PathLike or integer";
    case kPathNullable: return "string, bytes, os.PathLike or None";
    default: return "string, bytes or os.PathLike";
  }
}

// The result of type(o).__fspath__(o); empty without an exception: there is no such method.
Found callFspath(ThreadState& ts, Object* o) {
  Found found = callSpecial(ts, o, names::__fspath__);
  if (found.failed()) return Raised{};
  Ref<> result = found.take();
  if (result && !isStr(result.get()) && !isBytes(result.get()))
    return raise(ts, kTypeError, "expected {:.200}.__fspath__() to return str or bytes, not {:.200}", typeName(o),
                 typeName(result.get()));
  return result;
}

// Fills path.bytes from a str, bytes or (deprecated) buffer.
Status fillBytes(ThreadState& ts, PathArg& path, Object* o, std::string_view function, std::string_view argument,
                 int flags) {
  if (isStr(o)) {
    path.bytes = TRY(fileSystemBytes(ts, o));
    return kDone;
  }
  if (isBytes(o)) {
    path.bytes = Ref<Bytes>::share(reinterpret_cast<Bytes*>(o));
  } else {
    TRY(warnText(ts, kDeprecationWarning, 1,
                 TRY(formatText(ts, "{}: {} should be {}, not {:.200}", function, argument, allowedTypes(flags), typeName(o)))));
    BufferView view = TRY(BufferView::of(ts, o));
    path.bytes = TRY(newBytes(ts, view.bytes()));
  }
  path.gave_bytes = true;
  if (strlen(path.bytes->data) != size_t(path.bytes->size))
    return raise(ts, kValueError, "{}: embedded null character in {}", function, argument);
  return kDone;
}

}  // namespace

Result<PathArg> PathArg::from(ThreadState& ts, Object* o, std::string_view function, std::string_view argument, int flags) {
  PathArg path;
  if (!o || (isNone(o) && (flags & kPathNullable))) return path;
  path.object = Ref<>::share(o);
  if (!isStr(o) && !isBytes(o) && !hasBuffer(o)) {
    if ((flags & kPathFd) && hasIndex(o)) {
      path.fd = TRY(fdFrom(ts, o));
      path.is_fd = true;
      return path;
    }
    Ref<> text = TRY(callFspath(ts, o));
    if (!text)
      return raise(ts, kTypeError, "{}: {} should be {}, not {:.200}", function, argument, allowedTypes(flags), typeName(o));
    path.object = std::move(text);
  }
  TRY(fillBytes(ts, path, path.object.get(), function, argument, flags));
  return path;
}

Ref<> fspath(ThreadState& ts, Object* o) {
  if (isStr(o) || isBytes(o)) return Ref<>::share(o);
  Found found = callFspath(ts, o);
  if (found.failed()) return Raised{};
  if (Ref<> text = found.take()) return text;
  return raise(ts, kTypeError, "expected str, bytes or os.PathLike object, not {:.200}", typeName(o));
}

Result<int> fdFrom(ThreadState& ts, Object* o) {
  Ref<Int> number = TRY(indexObject(ts, o));
  int overflow = 0;
  long long value = toLongLong(number.get(), overflow);
  if (overflow > 0 || value > INT_MAX) return raise(ts, kOverflowError, "fd is greater than maximum");
  if (overflow < 0 || value < INT_MIN) return raise(ts, kOverflowError, "fd is less than minimum");
  return int(value);
}

// Ids are unsigned, but -1 means "leave it as it is".
Result<uid_t> idFrom(ThreadState& ts, Object* o, const char* what) {
  if (!hasIndex(o)) return raise(ts, kTypeError, "{} should be integer, not {:.200}", what, typeName(o));
  Ref<Int> number = TRY(indexObject(ts, o));
  int overflow = 0;
  long long value = toLongLong(number.get(), overflow);
  // CPython reports a value that fits a long but not an id as too small.
  if (overflow > 0) return raise(ts, kOverflowError, "{} is greater than maximum", what);
  if (overflow < 0 || value < -1 || value > UINT_MAX) return raise(ts, kOverflowError, "{} is less than minimum", what);
  return uid_t(value);
}

Ref<Int> idObject(ThreadState& ts, uid_t id) { return id == uid_t(-1) ? newInt(ts, -1) : newInt(ts, id); }

Result<int> namedConstant(ThreadState& ts, Object* name, Dict* names) {
  if (isInt(name)) return asCInt(ts, name);
  if (!isStr(name)) return raise(ts, kTypeError, "configuration names must be strings or integers");
  Found found = dictFind(ts, names, name);
  if (found.failed()) return Raised{};
  Ref<> value = found.take();
  if (!value) return raise(ts, kValueError, "unrecognized configuration name");
  return asCInt(ts, value.get());
}

Raised twoPathError(ThreadState& ts, const PathArg& a, const PathArg& b) {
  return raiseErrno(ts, errno, a.object.get(), b.object.get());
}

}  // namespace habu::posix

namespace habu {
using namespace posix;

Result<DirFd> Arg<DirFd>::from(ThreadState& ts, Object* o, ArgSite) {
  if (!o || isNone(o)) return DirFd{};
  if (!hasIndex(o)) return raise(ts, kTypeError, "argument should be integer or None, not {:.200}", typeName(o));
  return DirFd{TRY(fdFrom(ts, o))};
}

Result<Fildes> Arg<Fildes>::from(ThreadState& ts, Object* o, ArgSite) {
  return Fildes{TRY(fileDescriptorOf(ts, o))};
}

Result<Uid> Arg<Uid>::from(ThreadState& ts, Object* o, ArgSite) { return Uid{TRY(idFrom(ts, o, "uid"))}; }
Result<Gid> Arg<Gid>::from(ThreadState& ts, Object* o, ArgSite) { return Gid{TRY(idFrom(ts, o, "gid"))}; }

Result<FsBytes> Arg<FsBytes>::from(ThreadState& ts, Object* o, ArgSite) {
  return FsBytes{TRY(fileSystemBytes(ts, o))};
}

}  // namespace habu
