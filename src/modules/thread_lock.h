// A lock that one thread may take and another release, waited for without the interpreter lock.
#pragma once
#include <semaphore.h>

#include "object/bind.h"

namespace habu {

// How long to wait: negative for ever, zero not at all, else seconds.
enum class LockOutcome { Taken, TimedOut, Interrupted };

class NativeLock {
 public:
  NativeLock() { sem_init(&semaphore_, 0, 1); }
  ~NativeLock() { sem_destroy(&semaphore_); }
  NativeLock(const NativeLock&) = delete;
  // Signals interrupt the wait: their handlers run, an exception of theirs fails it.
  Result<bool> acquire(ThreadState&, double timeout);
  void release() { sem_post(&semaphore_); }
  void reinitialize() {
    sem_destroy(&semaphore_);
    sem_init(&semaphore_, 0, 1);
  }

 private:
  LockOutcome wait(double timeout);
  sem_t semaphore_;
};

// acquire(blocking=True, timeout=-1) in all its spellings; the timeout as NativeLock wants it.
Result<double> acquireTimeout(ThreadState&, Args);

struct ThreadModuleTypes {
  Type* lock;
  Type* rlock;
  Type* local;
};
extern ThreadModuleTypes threadTypes;
Status makeLockTypes(ThreadState&);   // thread_lock.cpp
Status makeLocalType(ThreadState&);   // thread_local.cpp
Ref<> newLock(ThreadState&);
void releaseLockObject(Object* lock);  // whatever its state

}  // namespace habu
