// _thread.lock and _thread.RLock.
#include "modules/thread_lock.h"

#include <pthread.h>
#include <time.h>

#include <cerrno>
#include <cmath>
#include <new>

#include "object/alloc.h"
#include "object/gc.h"
#include "object/gil.h"
#include "object/protocol.h"
#include "types/float.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

ThreadModuleTypes threadTypes{};

namespace {

constexpr double kMaxTimeout = 9223372036.0;

double now() {
  timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return double(t.tv_sec) + double(t.tv_nsec) * 1e-9;
}

struct Lock : Object {
  NativeLock* native;
  Object* weakrefs;
  bool locked;
};

struct RLock : Object {
  NativeLock* native;
  unsigned long owner;  // thread identifier; 0: nobody
  unsigned long count;
  Object* weakrefs;
};

unsigned long self() { return static_cast<unsigned long>(pthread_self()); }

template <class L>
void dealloc(L* lock) {
  untrack(lock);
  clearWeakrefs(lock);
  if constexpr (std::is_same_v<L, Lock>) {
    if (lock->native && lock->locked) lock->native->release();
  }
  delete lock->native;
  freeInstance(lock);
}
int traverse(Object* self, VisitFn visit, void* arg) {
  VISIT(self->type);
  return 0;
}

// ---- lock ----
Result<bool> acquireLock(ThreadState& ts, Lock* lock, Args a) {
  double timeout = TRY(acquireTimeout(ts, a));
  bool taken = TRY(lock->native->acquire(ts, timeout));
  if (taken) lock->locked = true;
  return taken;
}
Status releaseLock(ThreadState& ts, Lock* lock) {
  if (!lock->locked) return raise(ts, kRuntimeError, "release unlocked lock");
  lock->locked = false;
  lock->native->release();
  return kDone;
}
bool isLocked(ThreadState&, Lock* lock) { return lock->locked; }
Status exitLock(ThreadState& ts, Lock* lock, Args) { return releaseLock(ts, lock); }
Status reinitLock(ThreadState&, Lock* lock) {
  lock->native->reinitialize();
  lock->locked = false;
  return kDone;
}
Ref<> reprLock(ThreadState& ts, Lock* lock) {
  return formatText(ts, "<{} {} object at {:#x}>", lock->locked ? "locked" : "unlocked", typeName(lock), reinterpret_cast<uintptr_t>(lock));
}

constexpr MethodDef kLockMethods[] = {
    METHOD_RAW("acquire", acquireLock, "acquire(blocking=True, timeout=-1) -> bool\n\nTakes the lock; False when that did not succeed in time."),
    METHOD_RAW("acquire_lock", acquireLock, "acquire_lock(blocking=True, timeout=-1) -> bool\n\nOld name of acquire()."),
    METHOD_UNSIGNED("release", releaseLock, "($self, /)", "release()\n\nGives the lock up; any thread may."),
    METHOD_UNSIGNED("release_lock", releaseLock, "($self, /)", "release_lock()\n\nOld name of release()."),
    METHOD_UNSIGNED("locked", isLocked, "($self, /)", "locked() -> bool\n\nWhether the lock is taken."),
    METHOD_UNSIGNED("locked_lock", isLocked, "($self, /)", "locked_lock() -> bool\n\nOld name of locked()."),
    METHOD_RAW("__enter__", acquireLock, "Takes the lock."),
    METHOD_RAW("__exit__", exitLock, "Gives the lock up."),
    METHOD_UNSIGNED("_at_fork_reinit", reinitLock, "($self, /)", "Makes it a new, free lock, in the child of a fork."),
    {}};
constexpr Type kLockDefinition = defineType<Lock>(
    {.name = "_thread.lock", .doc = "A lock: taken by one thread at a time, released by any. Made by allocate_lock().",
     .flags = kImmutableType | kDisallowInstantiation, .weaklist_offset = offsetof(Lock, weakrefs), .methods = kLockMethods,
     .dealloc = slot<dealloc<Lock>>, .traverse = traverse, .repr = slot<reprLock>});

// ---- RLock ----
bool owned(const RLock* lock) { return lock->count && lock->owner == self(); }

Result<bool> acquireRLock(ThreadState& ts, RLock* lock, Args a) {
  double timeout = TRY(acquireTimeout(ts, a));
  if (owned(lock)) {
    if (lock->count == ~0ul) return raise(ts, kOverflowError, "Internal lock count overflowed");
    ++lock->count;
    return true;
  }
  bool taken = TRY(lock->native->acquire(ts, timeout));
  if (taken) {
    lock->owner = self();
    lock->count = 1;
  }
  return taken;
}
Status releaseRLock(ThreadState& ts, RLock* lock) {
  if (!owned(lock)) return raise(ts, kRuntimeError, "cannot release un-acquired lock");
  if (--lock->count == 0) {
    lock->owner = 0;
    lock->native->release();
  }
  return kDone;
}
Status exitRLock(ThreadState& ts, RLock* lock, Args) { return releaseRLock(ts, lock); }
bool isOwned(ThreadState&, RLock* lock) { return owned(lock); }

// For Condition.wait(): gives the lock up whatever its depth, and takes it again to the same depth.
Ref<> releaseSave(ThreadState& ts, RLock* lock) {
  if (!lock->count) return raise(ts, kRuntimeError, "cannot release un-acquired lock");
  Ref<Int> count = TRY(newIntUnsigned(ts, lock->count)), owner = TRY(newIntUnsigned(ts, lock->owner));
  lock->count = 0;
  lock->owner = 0;
  lock->native->release();
  return packTuple(ts, {reinterpret_cast<Object*>(count.get()), reinterpret_cast<Object*>(owner.get())});
}
Status acquireRestore(ThreadState& ts, RLock* lock, Object* state) {
  if (!isTuple(state) || static_cast<Tuple*>(state)->size != 2)
    return raise(ts, kTypeError, "_acquire_restore() argument 1 must be 2-item sequence, not {:.50}", typeName(state));
  unsigned long count = TRY(asUnsignedLongLong(ts, static_cast<Tuple*>(state)->items[0]));
  unsigned long owner = TRY(asUnsignedLongLong(ts, static_cast<Tuple*>(state)->items[1]));
  TRY(lock->native->acquire(ts, -1));
  lock->count = count;
  lock->owner = owner;
  return kDone;
}
Status reinitRLock(ThreadState&, RLock* lock) {
  lock->native->reinitialize();
  lock->count = 0;
  lock->owner = 0;
  return kDone;
}
Ref<> reprRLock(ThreadState& ts, RLock* lock) {
  return formatText(ts, "<{} {} object owner={} count={} at {:#x}>", lock->count ? "locked" : "unlocked", typeName(lock), lock->owner,
                    lock->count, reinterpret_cast<uintptr_t>(lock));
}
Object* makeRLock(Type* type, Object*, Object*) {
  ThreadState& ts = ThreadState::current();
  Ref<> lock = Ref<>::steal(type->alloc(type, 0));
  if (!lock) return nullptr;
  auto* native = new (std::nothrow) NativeLock;
  if (!native) {
    (void)raiseNoMemory(ts);
    return nullptr;
  }
  static_cast<RLock*>(lock.get())->native = native;
  return lock.release();
}

constexpr MethodDef kRLockMethods[] = {
    METHOD_RAW("acquire", acquireRLock, "acquire(blocking=True, timeout=-1) -> bool\n\nTakes the lock, or goes one level deeper if it is ours."),
    METHOD_UNSIGNED("release", releaseRLock, "($self, /)", "release()\n\nLeaves one level; at the last one the lock is free."),
    METHOD_UNSIGNED("_is_owned", isOwned, "($self, /)", "_is_owned() -> bool\n\nWhether this thread has the lock."),
    METHOD_UNSIGNED("_acquire_restore", acquireRestore, "($self, state, /)", "_acquire_restore(state)\n\nFor internal use by threading.Condition."),
    METHOD_UNSIGNED("_release_save", releaseSave, "($self, /)", "_release_save() -> tuple\n\nFor internal use by threading.Condition."),
    METHOD_RAW("__enter__", acquireRLock, "Takes the lock."),
    METHOD_RAW("__exit__", exitRLock, "Gives the lock up."),
    METHOD_UNSIGNED("_at_fork_reinit", reinitRLock, "($self, /)", "Makes it a new, free lock, in the child of a fork."),
    {}};
constexpr Type kRLockDefinition = defineType<RLock>(
    {.name = "_thread.RLock", .flags = kBaseType | kImmutableType, .weaklist_offset = offsetof(RLock, weakrefs), .methods = kRLockMethods,
     .make = makeRLock, .dealloc = slot<dealloc<RLock>>, .traverse = traverse, .repr = slot<reprRLock>});

}  // namespace

LockOutcome NativeLock::wait(double timeout) {
  int status;
  if (timeout == 0) {
    status = sem_trywait(&semaphore_);
  } else if (timeout < 0) {
    status = sem_wait(&semaphore_);
  } else {
    double until = now() + timeout;
    double whole = std::floor(until);
    timespec t{static_cast<time_t>(whole), static_cast<long>((until - whole) * 1e9)};
    status = sem_clockwait(&semaphore_, CLOCK_MONOTONIC, &t);
  }
  if (status == 0) return LockOutcome::Taken;
  return errno == EINTR ? LockOutcome::Interrupted : LockOutcome::TimedOut;
}

Result<bool> NativeLock::acquire(ThreadState& ts, double timeout) {
  if (wait(0) == LockOutcome::Taken) return true;  // the usual case needs no switch
  if (timeout == 0) return false;
  double until = timeout > 0 ? now() + timeout : 0;
  while (true) {
    LockOutcome outcome;
    {
      GilRelease allow(ts);
      outcome = wait(timeout);
    }
    if (outcome != LockOutcome::Interrupted) return outcome == LockOutcome::Taken;
    TRY(checkSignals(ts));
    if (timeout > 0 && (timeout = until - now()) <= 0) return false;
  }
}

Result<double> acquireTimeout(ThreadState& ts, Args a) {
  Object *blocking = a.count > 0 ? a[0] : nullptr, *timeout = a.count > 1 ? a[1] : nullptr;
  Index given = a.count + a.keywordCount();
  if (given > 2) return raise(ts, kTypeError, "acquire() takes at most 2 {}arguments ({} given)", a.count ? "" : "keyword ", given);
  for (Index i = 0; i < a.keywordCount(); ++i) {
    if (equalsAscii(a.keyword(i), "blocking")) blocking = a.keywordValue(i);
    else if (equalsAscii(a.keyword(i), "timeout")) timeout = a.keywordValue(i);
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for acquire()", a.keyword(i));
  }
  bool wait = !blocking || TRY(isTrue(ts, blocking));
  double seconds = timeout ? TRY(asDouble(ts, timeout)) : -1;
  if (std::isnan(seconds)) return raise(ts, kValueError, "Invalid value NaN (not a number)");
  if (!wait && seconds != -1) return raise(ts, kValueError, "can't specify a timeout for a non-blocking call");
  if (seconds < 0 && seconds != -1) return raise(ts, kValueError, "timeout value must be positive");
  if (seconds > 9223372036.854775) return raise(ts, kOverflowError, "timestamp too large to convert to C _PyTime_t");
  if (seconds > kMaxTimeout) return raise(ts, kOverflowError, "timeout value is too large");
  return wait ? seconds : 0.0;
}

Ref<> newLock(ThreadState& ts) {
  Ref<Lock> lock = TRY(newObject<Lock>(ts, *threadTypes.lock));
  lock->native = new (std::nothrow) NativeLock;
  if (!lock->native) return raiseNoMemory(ts);
  track(lock.get());
  return lock;
}

void releaseLockObject(Object* object) {
  auto* lock = static_cast<Lock*>(object);
  if (!lock->locked) return;
  lock->locked = false;
  lock->native->release();
}

Status makeLockTypes(ThreadState& ts) {
  threadTypes.lock = TRY(makeHeapType(ts, kLockDefinition)).release();
  threadTypes.rlock = TRY(makeHeapType(ts, kRLockDefinition)).release();
  return kDone;
}

}  // namespace habu
