// The module `_stat`: constants and functions to read the st_mode of os.stat(). The numbers are those of the Python
// module stat, the same on every system.
#include <limits.h>
#include <sys/stat.h>

#include "object/bind.h"
#include "object/module_def.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {
namespace {

struct Constant {
  const char* name;
  int value;
};
constexpr int kNoType = 0;  // kinds that Linux does not have
constexpr Constant kConstants[] = {
    {"S_IFDIR", S_IFDIR}, {"S_IFCHR", S_IFCHR}, {"S_IFBLK", S_IFBLK}, {"S_IFREG", S_IFREG}, {"S_IFIFO", S_IFIFO},
    {"S_IFLNK", S_IFLNK}, {"S_IFSOCK", S_IFSOCK}, {"S_IFDOOR", kNoType}, {"S_IFPORT", kNoType}, {"S_IFWHT", kNoType},
    {"S_ISUID", S_ISUID}, {"S_ISGID", S_ISGID}, {"S_ISVTX", S_ISVTX}, {"S_ENFMT", S_ISGID},
    {"S_IREAD", S_IRUSR}, {"S_IWRITE", S_IWUSR}, {"S_IEXEC", S_IXUSR},
    {"S_IRWXU", S_IRWXU}, {"S_IRUSR", S_IRUSR}, {"S_IWUSR", S_IWUSR}, {"S_IXUSR", S_IXUSR},
    {"S_IRWXG", S_IRWXG}, {"S_IRGRP", S_IRGRP}, {"S_IWGRP", S_IWGRP}, {"S_IXGRP", S_IXGRP},
    {"S_IRWXO", S_IRWXO}, {"S_IROTH", S_IROTH}, {"S_IWOTH", S_IWOTH}, {"S_IXOTH", S_IXOTH},
    {"UF_NODUMP", 0x1}, {"UF_IMMUTABLE", 0x2}, {"UF_APPEND", 0x4}, {"UF_OPAQUE", 0x8}, {"UF_NOUNLINK", 0x10},
    {"UF_COMPRESSED", 0x20}, {"UF_HIDDEN", 0x8000}, {"SF_ARCHIVED", 0x10000}, {"SF_IMMUTABLE", 0x20000},
    {"SF_APPEND", 0x40000}, {"SF_NOUNLINK", 0x100000}, {"SF_SNAPSHOT", 0x200000},
    {"ST_MODE", 0}, {"ST_INO", 1}, {"ST_DEV", 2}, {"ST_NLINK", 3}, {"ST_UID", 4}, {"ST_GID", 5}, {"ST_SIZE", 6},
    {"ST_ATIME", 7}, {"ST_MTIME", 8}, {"ST_CTIME", 9}};

Result<mode_t> modeFrom(ThreadState& ts, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  int overflow = 0;
  long long value = toLongLong(static_cast<Int*>(o), overflow);
  if (overflow > 0) return raise(ts, kOverflowError, "Python int too large to convert to C unsigned long");
  if (overflow < 0 || value < 0) return raise(ts, kOverflowError, "can't convert negative value to unsigned int");
  if (value > UINT_MAX) return raise(ts, kOverflowError, "mode out of range");
  return mode_t(value);
}

template <mode_t kKind>
Result<bool> isKind(ThreadState& ts, Module*, Object* mode) {
  return (TRY(modeFrom(ts, mode)) & S_IFMT) == kKind;
}
Result<bool> isNever(ThreadState& ts, Module*, Object* mode) {
  TRY(modeFrom(ts, mode));
  return false;
}
Result<unsigned> permissionBits(ThreadState& ts, Module*, Object* mode) { return TRY(modeFrom(ts, mode)) & 07777; }
Result<unsigned> kindBits(ThreadState& ts, Module*, Object* mode) { return TRY(modeFrom(ts, mode)) & S_IFMT; }

char kindLetter(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFREG: return '-';
    case S_IFDIR: return 'd';
    case S_IFLNK: return 'l';
    case S_IFBLK: return 'b';
    case S_IFCHR: return 'c';
    case S_IFIFO: return 'p';
    case S_IFSOCK: return 's';
    default: return '?';
  }
}

Ref<> filemode(ThreadState& ts, Module*, Object* o) {
  mode_t mode = TRY(modeFrom(ts, o));
  char text[10] = {kindLetter(mode)};
  for (int i = 0; i < 9; ++i) text[i + 1] = mode & (0400u >> i) ? "rwx"[i % 3] : '-';
  constexpr struct { mode_t bit; int at; char letter; } kSpecial[] = {{S_ISUID, 3, 's'}, {S_ISGID, 6, 's'}, {S_ISVTX, 9, 't'}};
  for (auto& s : kSpecial)
    if (mode & s.bit) text[s.at] = text[s.at] == 'x' ? s.letter : char(s.letter - 'a' + 'A');
  return newStr(ts, {text, sizeof text});
}

#define KIND(name, function, what) METHOD_UNSIGNED(name, function, "(mode, /)", name "(mode) -> bool\n\nWhether a mode is that of " what ".")
constexpr MethodDef kMethods[] = {
    KIND("S_ISDIR", isKind<S_IFDIR>, "a directory"),
    KIND("S_ISCHR", isKind<S_IFCHR>, "a character device"),
    KIND("S_ISBLK", isKind<S_IFBLK>, "a block device"),
    KIND("S_ISREG", isKind<S_IFREG>, "a regular file"),
    KIND("S_ISFIFO", isKind<S_IFIFO>, "a named pipe"),
    KIND("S_ISLNK", isKind<S_IFLNK>, "a symbolic link"),
    KIND("S_ISSOCK", isKind<S_IFSOCK>, "a socket"),
    KIND("S_ISDOOR", isNever, "a door (never on Linux)"),
    KIND("S_ISPORT", isNever, "an event port (never on Linux)"),
    KIND("S_ISWHT", isNever, "a whiteout (never on Linux)"),
    METHOD_UNSIGNED("S_IMODE", permissionBits, "(mode, /)", "The permission bits of a mode."),
    METHOD_UNSIGNED("S_IFMT", kindBits, "(mode, /)", "The bits of a mode that tell the kind of file."),
    METHOD_UNSIGNED("filemode", filemode, "(mode, /)", "A mode as `ls -l` shows it: '-rwxr-xr-x'."),
    {}};
#undef KIND

Status populate(ThreadState& ts, Module* m) {
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace

extern const ModuleDef kStatModule = {.name = "_stat", .doc = "Constants and functions for the st_mode of os.stat().", .methods = kMethods, .populate = populate};

}  // namespace habu
