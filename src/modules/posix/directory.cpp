// Reading directories: listdir(), and scandir() with its iterator and entries.
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "object/alloc.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/generic_alias.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/structseq.h"

namespace habu::posix {
namespace {

using DirectoryPath = PathOf<kPathFd | kPathNullable>;

// An open directory stream; a descriptor given by the caller is read through a copy and rewound at the end.
class [[nodiscard]] Directory {
 public:
  Directory() = default;
  Directory(Directory&& o) noexcept : stream_(std::exchange(o.stream_, nullptr)), rewind_(o.rewind_) {}
  ~Directory() { close(); }
  static Result<DIR*> open(ThreadState& ts, const PathArg& path) {
    DIR* stream = nullptr;
    if (path.is_fd) {
      int copy = ::fcntl(path.fd, F_DUPFD_CLOEXEC, 0);
      if (copy < 0) return osError(ts);
      stream = unlocked(ts, [&] { return ::fdopendir(copy); });
      if (!stream) {
        int saved = errno;
        ::close(copy);
        errno = saved;
      }
    } else {
      const char* name = path.bytes ? path.narrow() : ".";
      stream = unlocked(ts, [&] { return ::opendir(name); });
    }
    if (!stream) return path.error(ts);
    return stream;
  }
  Directory(DIR* stream, bool rewind) : stream_(stream), rewind_(rewind) {}
  // The next entry but "." and ".."; null at the end (errno 0) or on error.
  static dirent* next(ThreadState& ts, DIR* stream) {
    for (;;) {
      dirent* entry = unlocked(ts, [&] {
        errno = 0;
        return ::readdir(stream);
      });
      if (!entry) return nullptr;
      const char* n = entry->d_name;
      if (!(n[0] == '.' && (n[1] == 0 || (n[1] == '.' && n[2] == 0)))) return entry;
    }
  }
  void close() {
    if (!stream_) return;
    DIR* stream = std::exchange(stream_, nullptr);
    if (rewind_) ::rewinddir(stream);
    ::closedir(stream);
  }

 private:
  DIR* stream_ = nullptr;
  bool rewind_ = false;
};

Ref<> fileName(ThreadState& ts, const PathArg& path, std::string_view name) {
  if (path.gave_bytes) return newBytes(ts, name);
  return strFromFileSystem(ts, name);
}

Ref<> listdir(ThreadState& ts, Module*, DirectoryPath path) {
  DIR* stream = TRY(Directory::open(ts, path));
  Directory directory(stream, path.is_fd);
  Ref<List> names = TRY(newList(ts));
  while (dirent* entry = Directory::next(ts, stream))
    TRY(appendList(ts, names.get(), TRY(fileName(ts, path, entry->d_name))));
  if (errno) return path.error(ts);
  return names;
}

// ---- DirEntry ----
struct DirEntry : Object {
  Object* name;
  Object* path;
  Object* stat_result;   // nullable, cached; as lstat_result
  Object* lstat_result;
  unsigned char kind;    // DT_*
  ino_t inode;
  int dir_fd;            // of scandir(fd), else AT_FDCWD
};
static_assert(sizeof(DirEntry) == 72);
Type* dir_entry_type;

void deallocEntry(DirEntry* e) {
  clearField(e->name);
  clearField(e->path);
  clearField(e->stat_result);
  clearField(e->lstat_result);
  freeInstance(e);
}

Ref<> fetchStat(ThreadState& ts, DirEntry* e, bool follow) {
  Ref<Bytes> name = TRY(fileSystemBytes(ts, e->path));
  struct stat s;
  int result = unlocked(ts, [&] { return ::fstatat(e->dir_fd, name->data, &s, follow ? 0 : AT_SYMLINK_NOFOLLOW); });
  if (result < 0) return raiseErrno(ts, errno, e->path);
  return makeStatResult(ts, s);
}

Ref<> entryLstat(ThreadState& ts, DirEntry* e) {
  if (!e->lstat_result) setField(e->lstat_result, TRY(fetchStat(ts, e, false)));
  return Ref<>::share(e->lstat_result);
}

Result<mode_t> modeOf(ThreadState& ts, Object* stat_result) {
  return mode_t(TRY(asCInt(ts, reinterpret_cast<StructSeq*>(stat_result)->items[0])));
}

Result<bool> entryHasMode(ThreadState& ts, DirEntry* e, bool follow, mode_t wanted);

Ref<> entryStat(ThreadState& ts, DirEntry* e, Flag<true> follow) {
  if (!follow.on) return entryLstat(ts, e);
  if (!e->stat_result) {
    bool link = e->kind == DT_UNKNOWN ? TRY(entryHasMode(ts, e, false, S_IFLNK)) : e->kind == DT_LNK;
    setField(e->stat_result, link ? TRY(fetchStat(ts, e, true)) : TRY(entryLstat(ts, e)));
  }
  return Ref<>::share(e->stat_result);
}

// A file that has vanished meanwhile is of no kind.
Result<bool> entryHasMode(ThreadState& ts, DirEntry* e, bool follow, mode_t wanted) {
  bool link = e->kind == DT_LNK;
  if (e->kind != DT_UNKNOWN && !(follow && link)) return !link ? e->kind == IFTODT(wanted) : wanted == S_IFLNK;
  Ref<> s = entryStat(ts, e, {follow});
  if (!s) {
    if (!errorMatches(ts, kFileNotFoundError)) return Raised{};
    clearError(ts);
    return false;
  }
  return (TRY(modeOf(ts, s.get())) & S_IFMT) == wanted;
}

Result<bool> isDir(ThreadState& ts, DirEntry* e, Flag<true> follow) { return entryHasMode(ts, e, follow.on, S_IFDIR); }
Result<bool> isFile(ThreadState& ts, DirEntry* e, Flag<true> follow) { return entryHasMode(ts, e, follow.on, S_IFREG); }
Result<bool> isSymlink(ThreadState& ts, DirEntry* e) { return entryHasMode(ts, e, false, S_IFLNK); }
Ref<> inode(ThreadState& ts, DirEntry* e) { return newIntUnsigned(ts, e->inode); }
Ref<> entryPath(ThreadState&, DirEntry* e) { return Ref<>::share(e->path); }
Ref<> entryRepr(ThreadState& ts, DirEntry* e) { return formatText(ts, "<DirEntry {!r}>", e->name); }

constexpr MethodDef kEntryMethods[] = {
    METHOD_AS("is_dir", isDir, "($self, /, *, follow_symlinks=True)", "Whether this is a directory."),
    METHOD_AS("is_file", isFile, "($self, /, *, follow_symlinks=True)", "Whether this is a regular file."),
    METHOD_AS("is_symlink", isSymlink, "($self, /)", "Whether this is a symbolic link."),
    METHOD_AS("stat", entryStat, "($self, /, *, follow_symlinks=True)", "The os.stat_result of this file, asked for once."),
    METHOD_AS("inode", inode, "($self, /)", "The inode number."),
    METHOD_AS("__fspath__", entryPath, "($self, /)", "The path."),
    CLASS_GETITEM,
    {}};
constexpr MemberDef kEntryMembers[] = {
    MEMBER("name", ObjectOrNone, DirEntry, name, kMemberReadOnly, "the file's name within its directory"),
    MEMBER("path", ObjectOrNone, DirEntry, path, kMemberReadOnly, "the argument of scandir() joined with the name"),
    {}};
constexpr Type kEntryDefinition = defineType<DirEntry>(
    {.name = "posix.DirEntry", .flags = kDisallowInstantiation, .methods = kEntryMethods, .members = kEntryMembers,
     .dealloc = slot<deallocEntry>, .repr = slot<entryRepr>});

// "directory/name"; the directory as it was given.
Ref<> joinPath(ThreadState& ts, const PathArg& path, const char* name) {
  if (path.is_fd) return fileName(ts, path, name);
  std::string_view directory = path.bytes ? path.bytes->view() : std::string_view(".");
  size_t length = strlen(name);
  bool separator = !directory.empty() && directory.back() != '/';
  Ref<Bytes> joined = TRY(newBytesUninitialized(ts, Index(directory.size() + separator + length)));
  memcpy(joined->data, directory.data(), directory.size());
  if (separator) joined->data[directory.size()] = '/';
  memcpy(joined->data + directory.size() + separator, name, length);
  return fileName(ts, path, joined->view());
}

Ref<> makeEntry(ThreadState& ts, const PathArg& path, const dirent& from) {
  Ref<DirEntry> e = TRY(newObject<DirEntry>(ts, *dir_entry_type));
  e->kind = from.d_type;
  e->inode = from.d_ino;
  e->dir_fd = path.is_fd ? path.fd : AT_FDCWD;
  e->name = TRY(fileName(ts, path, from.d_name)).release();
  e->path = TRY(joinPath(ts, path, from.d_name)).release();
  return e;
}

// ---- the iterator ----
struct ScandirIterator : Object {
  PathArg path;  // constructed in place: the fields behind the header are zero at first
  Directory directory;
  DIR* stream;   // null: closed
};
Type* scandir_iterator_type;

void closeScan(ScandirIterator* it) {
  it->stream = nullptr;
  it->directory.close();
}

Ref<> scanNext(ThreadState& ts, ScandirIterator* it) {
  if (!it->stream) return {};
  if (dirent* entry = Directory::next(ts, it->stream)) {
    Ref<> made = makeEntry(ts, it->path, *entry);
    if (!made) closeScan(it);
    return made;
  }
  int error = errno;
  closeScan(it);
  if (error) return raiseErrno(ts, error, it->path.object.get());
  return {};
}

Ref<> self(ThreadState&, ScandirIterator* it) { return Ref<>::share(it); }
Status scanClose(ThreadState&, ScandirIterator* it) {
  closeScan(it);
  return kDone;
}
Status scanExit(ThreadState&, ScandirIterator* it, Args) {
  closeScan(it);
  return kDone;
}

void finalizeScan(ScandirIterator* it) {
  if (!it->stream) return;
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  closeScan(it);
  Ref<Str> text = formatText(ts, "unclosed scandir iterator {!r}", static_cast<Object*>(it));
  if (!text || warnText(ts, kResourceWarning, 1, std::move(text)).failed()) {
    if (errorMatches(ts, kWarning)) writeUnraisable(ts, it);
    else clearError(ts);
  }
  std::move(pending).restore(ts);
}

void deallocScan(ScandirIterator* it) {
  if (finalizeFromDealloc(it)) return;
  it->directory.~Directory();
  it->path.~PathArg();
  freeInstance(it);
}

constexpr MethodDef kScanMethods[] = {
    METHOD_UNSIGNED("__enter__", self, "($self, /)", nullptr),
    METHOD_RAW("__exit__", scanExit, nullptr),
    METHOD_UNSIGNED("close", scanClose, "($self, /)", nullptr),
    {}};
constexpr Type kScanDefinition = defineType<ScandirIterator>(
    {.name = "posix.ScandirIterator", .flags = kDisallowInstantiation, .methods = kScanMethods,
     .dealloc = slot<deallocScan>, .finalize = slot<finalizeScan>, .iter = slot<self>, .iternext = slot<scanNext>});

Ref<> scandir(ThreadState& ts, Module*, DirectoryPath path) {
  DIR* stream = TRY(Directory::open(ts, path));
  Directory directory(stream, path.is_fd);
  Ref<ScandirIterator> it = TRY(newObject<ScandirIterator>(ts, *scandir_iterator_type));
  new (&it->path) PathArg(std::move(path));
  new (&it->directory) Directory(std::move(directory));
  it->stream = stream;
  return it;
}

}  // namespace

Status addDirectoryTypes(ThreadState& ts, Module* m) {
  Ref<Type> entry = TRY(makeHeapType(ts, kEntryDefinition)), scan = TRY(makeHeapType(ts, kScanDefinition));
  dir_entry_type = entry.copy().release();
  scandir_iterator_type = scan.release();
  return addObject(ts, m, "DirEntry", std::move(entry));
}

const MethodDef kDirectoryMethods[] = {
    METHOD(listdir, "($module, /, path=None)", "The names in a directory, without '.' and '..', in no order.\n\nThe path may be an open directory; bytes give names as bytes."),
    METHOD(scandir, "($module, /, path=None)", "An iterator over the os.DirEntry objects of a directory."),
    {}};

}  // namespace habu::posix
