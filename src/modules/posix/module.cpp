// The module `posix`: what os.py builds on. Functions by topic are in the other files of this folder; this one holds
// the constants and puts everything together.
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/limits.h>
#include <linux/memfd.h>
#include <pty.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <sysexits.h>
#include <unistd.h>

#include "modules/posix/posix.h"
#include "types/list.h"

namespace habu {
namespace {

struct Constant {
  const char* name;
  long long value;
};
#define X(name) {#name, static_cast<long long>(name)},
constexpr Constant kConstants[] = {
#include "modules/posix/constants.inc"
    {"POSIX_SPAWN_OPEN", 0}, {"POSIX_SPAWN_CLOSE", 1}, {"POSIX_SPAWN_DUP2", 2}};
#undef X

// What os.py asks for when it fills os.supports_fd and its relatives.
constexpr const char* kHaveFunctions[] = {
    "HAVE_EVENTFD", "HAVE_FACCESSAT", "HAVE_FCHDIR", "HAVE_FCHMOD", "HAVE_FCHMODAT", "HAVE_FCHOWN", "HAVE_FCHOWNAT",
    "HAVE_FEXECVE", "HAVE_FDOPENDIR", "HAVE_FPATHCONF", "HAVE_FSTATAT", "HAVE_FSTATVFS", "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS", "HAVE_FUTIMES", "HAVE_FUTIMESAT", "HAVE_LINKAT", "HAVE_LCHOWN", "HAVE_LSTAT", "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE", "HAVE_MKDIRAT", "HAVE_MKFIFOAT", "HAVE_MKNODAT", "HAVE_OPENAT", "HAVE_READLINKAT",
    "HAVE_RENAMEAT", "HAVE_SYMLINKAT", "HAVE_UNLINKAT", "HAVE_UTIMENSAT"};

Status populate(ThreadState& ts, Module* m) {
  using namespace posix;
  for (const MethodDef* table : {kStatMethods, kFileMethods, kDescriptorMethods, kDirectoryMethods, kProcessMethods,
                                 kSpawnMethods, kIdMethods, kScheduleMethods, kConfigMethods, kSystemMethods})
    TRY(addMethods(ts, m, table));
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  TRY(addStatTypes(ts, m));
  TRY(addDirectoryTypes(ts, m));
  TRY(addProcessTypes(ts, m));
  TRY(addScheduleTypes(ts, m));
  TRY(addConfigNames(ts, m));
  TRY(addSystemTypes(ts, m));
  TRY(addObject(ts, m, "error", Ref<>::share(&kOSError)));
  Ref<List> functions = TRY(newList(ts));
  for (const char* name : kHaveFunctions) TRY(appendList(ts, functions.get(), Ref<>(TRY(newStr(ts, name)))));
  return addObject(ts, m, "_have_functions", std::move(functions));
}

}  // namespace

extern const ModuleDef kPosixModule = {
    .name = "posix",
    .doc = "The operating system's functions, as POSIX names them. Programs use the module os, which takes them from here.",
    .populate = populate};

}  // namespace habu
