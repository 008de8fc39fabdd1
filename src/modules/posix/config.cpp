// Limits and settings of the system: sysconf, pathconf, confstr.
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/dict.h"
#include "types/int.h"

namespace habu::posix {
namespace {

struct NamedValue {
  const char* name;
  int value;
};
#define X(name, value) {name, value},
constexpr NamedValue kSysconf[] = {
#include "modules/posix/sysconf_names.inc"
};
constexpr NamedValue kPathconf[] = {
#include "modules/posix/pathconf_names.inc"
};
constexpr NamedValue kConfstr[] = {
#include "modules/posix/confstr_names.inc"
};
#undef X
Dict *sysconf_names, *pathconf_names, *confstr_names;  // as made at start; the module's attributes

Ref<> sysconf(ThreadState& ts, Module*, Object* name) {
  int key = TRY(namedConstant(ts, name, sysconf_names));
  errno = 0;
  long value = ::sysconf(key);
  if (value == -1 && errno) return osError(ts);
  return newInt(ts, value);
}

Ref<> pathconf(ThreadState& ts, Module*, PathOrFd path, Object* name) {
  int key = TRY(namedConstant(ts, name, pathconf_names));
  errno = 0;
  long value = path.is_fd ? ::fpathconf(path.fd, key) : ::pathconf(path.narrow(), key);
  if (value == -1 && errno) {
    if (errno == EINVAL) return osError(ts);  // the name was wrong, not the path
    return path.error(ts);
  }
  return newInt(ts, value);
}

Ref<> fpathconf(ThreadState& ts, Module*, Fildes fd, Object* name) {
  int key = TRY(namedConstant(ts, name, pathconf_names));
  errno = 0;
  long value = ::fpathconf(fd.fd, key);
  if (value == -1 && errno) return osError(ts);
  return newInt(ts, value);
}

Ref<> confstr(ThreadState& ts, Module*, Object* name) {
  int key = TRY(namedConstant(ts, name, confstr_names));
  char small[255];
  errno = 0;
  size_t length = ::confstr(key, small, sizeof small);
  if (length == 0) {
    if (errno) return osError(ts);
    return none();
  }
  if (length <= sizeof small) return strFromFileSystem(ts, {small, length - 1});
  Ref<Bytes> large = TRY(newBytesUninitialized(ts, Index(length)));
  ::confstr(key, large->data, length);
  return strFromFileSystem(ts, {large->data, length - 1});
}

template <size_t kCount>
Status addNames(ThreadState& ts, Module* m, const char* attribute, const NamedValue (&table)[kCount], Dict*& kept) {
  Ref<Dict> names = TRY(newDict(ts, Index(kCount)));
  for (const NamedValue& entry : table) TRY(dictSetAscii(ts, names.get(), entry.name, TRY(newInt(ts, entry.value))));
  kept = names.copy().release();
  return addObject(ts, m, attribute, std::move(names));
}

}  // namespace

Status addConfigNames(ThreadState& ts, Module* m) {
  TRY(addNames(ts, m, "sysconf_names", kSysconf, sysconf_names));
  TRY(addNames(ts, m, "pathconf_names", kPathconf, pathconf_names));
  return addNames(ts, m, "confstr_names", kConfstr, confstr_names);
}

const MethodDef kConfigMethods[] = {
    METHOD(sysconf, "($module, name, /)", "A limit or setting of the system, by name or number."),
    METHOD(pathconf, "($module, /, path, name)", "A limit or setting of a file, by name or number."),
    METHOD(fpathconf, "($module, fd, name, /)", "A limit or setting of an open file, by name or number."),
    METHOD(confstr, "($module, name, /)", "A textual setting of the system, by name or number."),
    {}};

}  // namespace habu::posix
