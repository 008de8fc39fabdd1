// Names in the file system: links, renaming, removing, making, the working directory, extended attributes.
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"

namespace habu::posix {
namespace {

Status chdir(ThreadState& ts, Module*, PathOrFd path) {
  return path.check(ts, unlocked(ts, [&] { return path.is_fd ? ::fchdir(path.fd) : ::chdir(path.narrow()); }));
}
Status fchdir(ThreadState& ts, Module*, Fildes fd) {
  if (TRY(retryInterrupted(ts, [&] { return ::fchdir(fd.fd); })) < 0) return osError(ts);
  return kDone;
}
Status chroot(ThreadState& ts, Module*, Path path) {
  return path.check(ts, unlocked(ts, [&] { return ::chroot(path.narrow()); }));
}

Ref<> workingDirectory(ThreadState& ts, bool as_bytes) {
  char* name = unlocked(ts, [] { return ::getcwd(nullptr, 0); });
  if (!name) return osError(ts);
  Ref<> result;
  if (as_bytes) result = newBytes(ts, name);
  else result = strFromFileSystem(ts, name);
  ::free(name);
  return result;
}
Ref<> getcwd(ThreadState& ts, Module*) { return workingDirectory(ts, false); }
Ref<> getcwdb(ThreadState& ts, Module*) { return workingDirectory(ts, true); }

Status link(ThreadState& ts, Module*, Path src, Path dst, DirFd src_dir, DirFd dst_dir, Flag<true> follow) {
  int result = unlocked(ts, [&] {
    return ::linkat(src_dir.fd, src.narrow(), dst_dir.fd, dst.narrow(), follow.on ? AT_SYMLINK_FOLLOW : 0);
  });
  if (result < 0) return twoPathError(ts, src, dst);
  return kDone;
}
Status symlink(ThreadState& ts, Module*, Path src, Path dst, Object*, DirFd dir) {
  if (unlocked(ts, [&] { return ::symlinkat(src.narrow(), dir.fd, dst.narrow()); }) < 0) return twoPathError(ts, src, dst);
  return kDone;
}
Ref<> readlink(ThreadState& ts, Module*, Path path, DirFd dir) {
  char target[PATH_MAX + 1];
  ssize_t n = unlocked(ts, [&] { return ::readlinkat(dir.fd, path.narrow(), target, PATH_MAX); });
  TRY(path.check(ts, n));
  if (path.gave_bytes) return newBytes(ts, {target, size_t(n)});
  return strFromFileSystem(ts, {target, size_t(n)});
}

Status rename(ThreadState& ts, Module*, Path src, Path dst, DirFd src_dir, DirFd dst_dir) {
  if (unlocked(ts, [&] { return ::renameat(src_dir.fd, src.narrow(), dst_dir.fd, dst.narrow()); }) < 0)
    return twoPathError(ts, src, dst);
  return kDone;
}

Status mkdir(ThreadState& ts, Module*, Path path, IntOr<0777> mode, DirFd dir) {
  return path.check(ts, unlocked(ts, [&] { return ::mkdirat(dir.fd, path.narrow(), mode_t(mode.value)); }));
}
Status rmdir(ThreadState& ts, Module*, Path path, DirFd dir) {
  return path.check(ts, unlocked(ts, [&] { return ::unlinkat(dir.fd, path.narrow(), AT_REMOVEDIR); }));
}
Status unlink(ThreadState& ts, Module*, Path path, DirFd dir) {
  return path.check(ts, unlocked(ts, [&] { return ::unlinkat(dir.fd, path.narrow(), 0); }));
}

template <class Call>
Status retryChecked(ThreadState& ts, Call call) {
  if (TRY(retryInterrupted(ts, call)) < 0) return osError(ts);
  return kDone;
}
Status mkfifo(ThreadState& ts, Module*, Path path, IntOr<0666> mode, DirFd dir) {
  return retryChecked(ts, [&] { return ::mkfifoat(dir.fd, path.narrow(), mode_t(mode.value)); });
}
Status mknod(ThreadState& ts, Module*, Path path, IntOr<0600> mode, Object* device, DirFd dir) {
  dev_t number = device ? TRY(asUnsignedLongLong(ts, device)) : 0;
  return retryChecked(ts, [&] { return ::mknodat(dir.fd, path.narrow(), mode_t(mode.value), number); });
}

Result<unsigned> deviceMajor(ThreadState& ts, Module*, Object* device) { return unsigned(gnu_dev_major(TRY(asUnsignedLongLong(ts, device)))); }
Result<unsigned> deviceMinor(ThreadState& ts, Module*, Object* device) { return unsigned(gnu_dev_minor(TRY(asUnsignedLongLong(ts, device)))); }
long long makeDevice(ThreadState&, Module*, int major_number, int minor_number) {
  return static_cast<long long>(gnu_dev_makedev(unsigned(major_number), unsigned(minor_number)));
}

int umask(ThreadState&, Module*, int mask) { return int(::umask(mode_t(mask))); }

Status sync(ThreadState& ts, Module*) {
  unlocked(ts, [] {
    ::sync();
    return 0;
  });
  return kDone;
}

Ref<> fspathOf(ThreadState& ts, Module*, Object* path) { return fspath(ts, path); }

// ---- os.path.normpath ----
// The components that stay, found in one pass; `..` takes the last one back where that is not itself `..`.
Ref<> normalizePath(ThreadState& ts, Module*, Object* path) {
  if (!isStr(path)) return raise(ts, kTypeError, "expected 'str', not '{:.200}'", typeName(path));
  auto* text = reinterpret_cast<Str*>(path);
  Index n = text->length, i = 0;
  if (n == 1 && (*text)[0] == '.') return Ref<>::share(path);
  auto* out = static_cast<char32_t*>(malloc((size_t(n) + 1) * sizeof(char32_t)));
  if (!out) return raiseNoMemory(ts);
  while (i < n && (*text)[i] == '/') ++i;
  Index root = i == 2 ? 2 : i ? 1 : 0, size = 0;
  for (; size < root; ++size) out[size] = '/';
  Index fixed = root;  // what `..` cannot take back: the root and leading `..`
  while (i < n) {
    Index start = i;
    while (i < n && (*text)[i] != '/') ++i;
    Index length = i - start;
    bool dots = length == 2 && (*text)[start] == '.' && (*text)[start + 1] == '.';
    if (length && !(length == 1 && (*text)[start] == '.') && !(dots && root && size == root)) {
      if (dots && size > fixed) {
        while (size > fixed && out[size - 1] != '/') --size;
        if (size > fixed) --size;  // the separator
      } else {
        if (size > root) out[size++] = '/';
        for (Index k = 0; k < length; ++k) out[size++] = (*text)[start + k];
        if (dots) fixed = size;
      }
    }
    while (i < n && (*text)[i] == '/') ++i;
  }
  Ref<Str> result = strFromUcs4(ts, out, size);
  free(out);
  return result;
}

// ---- extended attributes ----
Status checkFollow(ThreadState& ts, const char* function, const PathArg& path, bool follow) {
  if (path.is_fd && !follow) return raise(ts, kValueError, "{}: cannot use fd and follow_symlinks together", function);
  return kDone;
}

// Calls get(buffer, size) with growing buffers until the answer fits.
template <class Get>
Ref<Bytes> readGrowing(ThreadState& ts, const PathArg& path, Index limit, Get get) {
  for (Index size = 256;; size = limit) {
    Ref<Bytes> out = TRY(newBytesUninitialized(ts, size));
    ssize_t n = unlocked(ts, [&] { return get(out->data, size_t(size)); });
    if (n >= 0) return n == size ? std::move(out) : shrinkBytes(ts, std::move(out), n);
    if (errno != ERANGE || size >= limit) return path.error(ts);
  }
}

Ref<> getxattr(ThreadState& ts, Module*, PathOrFd path, Path attribute, Flag<true> follow) {
  TRY(checkFollow(ts, "getxattr", path, follow.on));
  return readGrowing(ts, path, XATTR_SIZE_MAX, [&](char* p, size_t n) {
    if (path.is_fd) return ::fgetxattr(path.fd, attribute.narrow(), p, n);
    return follow.on ? ::getxattr(path.narrow(), attribute.narrow(), p, n) : ::lgetxattr(path.narrow(), attribute.narrow(), p, n);
  });
}

Status setxattr(ThreadState& ts, Module*, PathOrFd path, Path attribute, BufferView value, IntOr<0> flags, Flag<true> follow) {
  TRY(checkFollow(ts, "setxattr", path, follow.on));
  const void* data = value.data();
  size_t size = size_t(value.size());
  return path.check(ts, unlocked(ts, [&] {
    if (path.is_fd) return ::fsetxattr(path.fd, attribute.narrow(), data, size, flags.value);
    return follow.on ? ::setxattr(path.narrow(), attribute.narrow(), data, size, flags.value)
                     : ::lsetxattr(path.narrow(), attribute.narrow(), data, size, flags.value);
  }));
}

Status removexattr(ThreadState& ts, Module*, PathOrFd path, Path attribute, Flag<true> follow) {
  TRY(checkFollow(ts, "removexattr", path, follow.on));
  return path.check(ts, unlocked(ts, [&] {
    if (path.is_fd) return ::fremovexattr(path.fd, attribute.narrow());
    return follow.on ? ::removexattr(path.narrow(), attribute.narrow()) : ::lremovexattr(path.narrow(), attribute.narrow());
  }));
}

Ref<> listxattr(ThreadState& ts, Module*, PathOf<kPathFd | kPathNullable> path, Flag<true> follow) {
  TRY(checkFollow(ts, "listxattr", path, follow.on));
  const char* name = path.bytes ? path.narrow() : ".";
  Ref<Bytes> names = TRY(readGrowing(ts, path, XATTR_LIST_MAX, [&](char* p, size_t n) {
    if (path.is_fd) return ::flistxattr(path.fd, p, n);
    return follow.on ? ::listxattr(name, p, n) : ::llistxattr(name, p, n);
  }));
  Ref<List> list = TRY(newList(ts));
  for (const char *p = names->data, *end = p + names->size; p < end; p += strlen(p) + 1)
    TRY(appendList(ts, list.get(), Ref<>(TRY(strFromFileSystem(ts, p)))));
  return list;
}

}  // namespace

#define XATTR_FOLLOW "follow_symlinks=True)"
const MethodDef kFileMethods[] = {
    METHOD(chdir, "($module, /, path)", "Changes the working directory; the path may be an open directory."),
    METHOD(fchdir, "($module, /, fd)", "Changes the working directory to an open one."),
    METHOD(chroot, "($module, /, path)", "Changes the root directory of this process."),
    METHOD(getcwd, "($module, /)", "The working directory, as str."),
    METHOD(getcwdb, "($module, /)", "The working directory, as bytes."),
    METHOD(link, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None,\n     " XATTR_FOLLOW, "Gives the file `src` the further name `dst`."),
    METHOD(symlink, "($module, /, src, dst, target_is_directory=False, *, dir_fd=None)", "Makes `dst` a symbolic link to `src`."),
    METHOD(readlink, "($module, /, path, *, dir_fd=None)", "What a symbolic link points to."),
    METHOD(rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Renames a file or directory."),
    METHOD_AS("replace", rename, "($module, /, src, dst, *, src_dir_fd=None, dst_dir_fd=None)", "Renames a file or directory, replacing what has the new name."),
    METHOD(mkdir, "($module, /, path, mode=511, *, dir_fd=None)", "Makes a directory."),
    METHOD(rmdir, "($module, /, path, *, dir_fd=None)", "Removes an empty directory."),
    METHOD(unlink, "($module, /, path, *, dir_fd=None)", "Removes a file; the same as remove()."),
    METHOD_AS("remove", unlink, "($module, /, path, *, dir_fd=None)", "Removes a file; the same as unlink()."),
    METHOD(mkfifo, "($module, /, path, mode=438, *, dir_fd=None)", "Makes a named pipe."),
    METHOD(mknod, "($module, /, path, mode=384, device=0, *, dir_fd=None)", "Makes a file, device file or named pipe; S_IF* bits of `mode` say which."),
    METHOD_AS("major", deviceMajor, "($module, device, /)", "The major part of a device number."),
    METHOD_AS("minor", deviceMinor, "($module, device, /)", "The minor part of a device number."),
    METHOD_AS("makedev", makeDevice, "($module, major, minor, /)", "A device number from its two parts."),
    METHOD(umask, "($module, mask, /)", "Sets the permissions that new files do not get; returns the old ones."),
    METHOD(sync, "($module, /)", "Forces everything written by anybody to the disk."),
    METHOD_AS("fspath", fspathOf, "($module, /, path)", "The file system path that an object stands for: str and bytes as they are, else what __fspath__() returns."),
    METHOD_AS("_path_normpath", normalizePath, "($module, /, path)", "The core of os.path.normpath()."),
    METHOD(getxattr, "($module, /, path, attribute, *, " XATTR_FOLLOW, "The value of an extended attribute of a file."),
    METHOD(setxattr, "($module, /, path, attribute, value, flags=0, *,\n         " XATTR_FOLLOW, "Sets an extended attribute of a file."),
    METHOD(removexattr, "($module, /, path, attribute, *, " XATTR_FOLLOW, "Removes an extended attribute of a file."),
    METHOD(listxattr, "($module, /, path=None, *, " XATTR_FOLLOW, "The names of the extended attributes of a file."),
    {}};
#undef XATTR_FOLLOW

}  // namespace habu::posix
