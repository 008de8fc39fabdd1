// posix_spawn() and the vectors that it shares with exec.
#include <spawn.h>
#include <string.h>

#include "modules/posix/posix.h"
#include "modules/posix/vectors.h"
#include "modules/signals.h"
#include "object/protocol.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

extern char** environ;

namespace habu::posix {
namespace {

enum SpawnAction : int { kSpawnOpen = 0, kSpawnClose = 1, kSpawnDup2 = 2 };

struct FileActions {
  posix_spawn_file_actions_t raw;
  std::vector<Ref<Bytes>> paths;  // posix_spawn_file_actions_addopen() may keep the pointer
  FileActions() { posix_spawn_file_actions_init(&raw); }
  ~FileActions() { posix_spawn_file_actions_destroy(&raw); }
  FileActions(const FileActions&) = delete;
};
struct Attributes {
  posix_spawnattr_t raw;
  Attributes() { posix_spawnattr_init(&raw); }
  ~Attributes() { posix_spawnattr_destroy(&raw); }
  Attributes(const Attributes&) = delete;
};

Status checkReturned(ThreadState& ts, int error) {
  if (error) return raiseErrno(ts, error);
  return kDone;
}

Status checkSize(ThreadState& ts, Tuple* t, Index size, const char* message) {
  if (t->size != size) return raise(ts, kTypeError, message);
  return kDone;
}

Status addFileAction(ThreadState& ts, FileActions& actions, Tuple* action) {
  long long tag = TRY(asLongLong(ts, action->items[0]));
  switch (tag) {
    case kSpawnOpen: {
      TRY(checkSize(ts, action, 5, "A open file_action tuple must have 5 elements"));
      int fd = TRY(asCInt(ts, action->items[1]));
      actions.paths.push_back(TRY(fileSystemBytes(ts, action->items[2])));
      int flags = TRY(asCInt(ts, action->items[3]));
      auto mode = TRY(asUnsignedLongLongMask(ts, action->items[4]));
      return checkReturned(ts, posix_spawn_file_actions_addopen(&actions.raw, fd, actions.paths.back()->data, flags, mode_t(mode)));
    }
    case kSpawnClose: {
      TRY(checkSize(ts, action, 2, "A close file_action tuple must have 2 elements"));
      int fd = TRY(asCInt(ts, action->items[1]));
      return checkReturned(ts, posix_spawn_file_actions_addclose(&actions.raw, fd));
    }
    case kSpawnDup2: {
      TRY(checkSize(ts, action, 3, "A dup2 file_action tuple must have 3 elements"));
      int from = TRY(asCInt(ts, action->items[1])), to = TRY(asCInt(ts, action->items[2]));
      return checkReturned(ts, posix_spawn_file_actions_adddup2(&actions.raw, from, to));
    }
    default: return raise(ts, kTypeError, "Unknown file_actions identifier");
  }
}

Status addFileActions(ThreadState& ts, FileActions& actions, Object* given) {
  Ref<> sequence = TRY(sequenceFast(ts, given, "file_actions must be a sequence or None"));
  for (Index i = 0; i < fastSize(sequence.get()); ++i) {
    Ref<> action = Ref<>::share(fastItems(sequence.get())[i]);
    if (!isTuple(action.get()) || !static_cast<Tuple*>(action.get())->size)
      return raise(ts, kTypeError, "Each file_actions element must be a non-empty tuple");
    TRY(addFileAction(ts, actions, static_cast<Tuple*>(action.get())));
  }
  return kDone;
}

struct SpawnOptions {
  Object *setpgroup, *setsigmask, *setsigdef, *scheduler;  // null: not given
  bool resetids, setsid;
};

Status setScheduler(ThreadState& ts, Attributes& a, Object* scheduler, short& flags) {
  if (!isTuple(scheduler)) return raise(ts, kSystemError, "new style getargs format but argument is not a tuple");
  auto* pair = static_cast<Tuple*>(scheduler);
  TRY(checkSize(ts, pair, 2, "A scheduler tuple must have two elements"));
  if (!isNone(pair->items[0])) {
    TRY(checkReturned(ts, posix_spawnattr_setschedpolicy(&a.raw, TRY(asCInt(ts, pair->items[0])))));
    flags |= POSIX_SPAWN_SETSCHEDULER;
  }
  sched_param param{};
  param.sched_priority = TRY(schedPriority(ts, pair->items[1]));
  TRY(checkReturned(ts, posix_spawnattr_setschedparam(&a.raw, &param)));
  flags |= POSIX_SPAWN_SETSCHEDPARAM;
  return kDone;
}

Status setAttributes(ThreadState& ts, Attributes& a, const SpawnOptions& o) {
  short flags = 0;
  if (o.setpgroup) {
    TRY(checkReturned(ts, posix_spawnattr_setpgroup(&a.raw, TRY(asCInt(ts, o.setpgroup)))));
    flags |= POSIX_SPAWN_SETPGROUP;
  }
  if (o.resetids) flags |= POSIX_SPAWN_RESETIDS;
  if (o.setsid) flags |= POSIX_SPAWN_SETSID;
  if (o.setsigmask) {
    sigset_t set = TRY(sigsetFrom(ts, o.setsigmask));
    TRY(checkReturned(ts, posix_spawnattr_setsigmask(&a.raw, &set)));
    flags |= POSIX_SPAWN_SETSIGMASK;
  }
  if (o.setsigdef) {
    sigset_t set = TRY(sigsetFrom(ts, o.setsigdef));
    TRY(checkReturned(ts, posix_spawnattr_setsigdefault(&a.raw, &set)));
    flags |= POSIX_SPAWN_SETSIGDEF;
  }
  if (o.scheduler) TRY(setScheduler(ts, a, o.scheduler, flags));
  return checkReturned(ts, posix_spawnattr_setflags(&a.raw, flags));
}

Result<int> spawn(ThreadState& ts, const char* function, bool search, const Path& path, Object* argv, Object* env,
                  Object* file_actions, const SpawnOptions& options) {
  auto say = [&](Type& error, const char* what) { return raise(ts, error, "{}: {}", function, what); };
  if (!isList(argv) && !isTuple(argv)) return say(kTypeError, "argv must be a tuple or list");
  if (fastSize(argv) < 1) return say(kValueError, "argv must not be empty");
  if (!isMapping(env)) return say(kTypeError, "environment must be a mapping object");
  Ref<Str> first_empty = TRY(formatText(ts, "{}: argv first element cannot be empty", function));
  Strings arguments = TRY(argumentStrings(ts, argv, "", TRY(utf8Of(ts, first_empty.get())).data()));
  Strings environment = TRY(environmentStrings(ts, env));
  FileActions actions;
  bool has_actions = file_actions && !isNone(file_actions);
  if (has_actions) TRY(addFileActions(ts, actions, file_actions));
  Attributes attributes;
  TRY(setAttributes(ts, attributes, options));
  pid_t pid = 0;
  int error = (search ? ::posix_spawnp : ::posix_spawn)(&pid, path.narrow(), has_actions ? &actions.raw : nullptr,
                                                        &attributes.raw, arguments.pointers(), environment.pointers());
  if (error) return raiseErrno(ts, error, path.object.get());
  return pid;
}

Result<int> posixSpawn(ThreadState& ts, Module*, Path path, Object* argv, Object* env, Object* file_actions, Object* setpgroup,
                       IntOr<0> resetids, IntOr<0> setsid, Object* setsigmask, Object* setsigdef, Object* scheduler) {
  return spawn(ts, "posix_spawn", false, path, argv, env, file_actions,
               {setpgroup, setsigmask, setsigdef, scheduler, resetids.value != 0, setsid.value != 0});
}
Result<int> posixSpawnp(ThreadState& ts, Module*, Path path, Object* argv, Object* env, Object* file_actions, Object* setpgroup,
                        IntOr<0> resetids, IntOr<0> setsid, Object* setsigmask, Object* setsigdef, Object* scheduler) {
  return spawn(ts, "posix_spawnp", true, path, argv, env, file_actions,
               {setpgroup, setsigmask, setsigdef, scheduler, resetids.value != 0, setsid.value != 0});
}

}  // namespace

Result<Strings> argumentStrings(ThreadState& ts, Object* list, const char* when_empty, const char* when_first_empty) {
  if (fastSize(list) < 1) return raise(ts, kValueError, when_empty);
  Strings out;
  for (Index i = 0; i < fastSize(list); ++i) {
    Ref<> item = Ref<>::share(fastItems(list)[i]);
    Ref<Bytes> text = TRY(fileSystemBytes(ts, item.get()));
    if (i == 0 && text->size == 0) return raise(ts, kValueError, when_first_empty);
    out.add(std::move(text));
  }
  return out;
}

Result<Strings> environmentStrings(ThreadState& ts, Object* mapping) {
  Ref<List> keys = TRY(mappingKeys(ts, mapping)), values = TRY(mappingValues(ts, mapping));
  Strings out;
  for (Index i = 0; i < keys->size && i < values->size; ++i) {
    Ref<Bytes> key = TRY(fileSystemBytes(ts, keys->items[i])), value = TRY(fileSystemBytes(ts, values->items[i]));
    if (key->size == 0 || strchr(key->data + 1, '=')) return raise(ts, kValueError, "illegal environment variable name");
    Ref<Bytes> entry = TRY(newBytesUninitialized(ts, key->size + 1 + value->size));
    memcpy(entry->data, key->data, size_t(key->size));
    entry->data[key->size] = '=';
    memcpy(entry->data + key->size + 1, value->data, size_t(value->size));
    out.add(std::move(entry));
  }
  return out;
}

const MethodDef kSpawnMethods[] = {
    METHOD_AS("posix_spawn", posixSpawn, "($module, path, argv, env, /, *, file_actions=(),\n            setpgroup=<unrepresentable>, resetids=False, setsid=False,\n            setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)", "Starts a program in a new process; its process id.\n\nfile_actions is a sequence of tuples that begin with POSIX_SPAWN_OPEN, POSIX_SPAWN_CLOSE or POSIX_SPAWN_DUP2."),
    METHOD_AS("posix_spawnp", posixSpawnp, "($module, path, argv, env, /, *, file_actions=(),\n             setpgroup=<unrepresentable>, resetids=False, setsid=False,\n             setsigmask=(), setsigdef=(), scheduler=<unrepresentable>)", "As posix_spawn(), looking for the program along PATH."),
    {}};

}  // namespace habu::posix
