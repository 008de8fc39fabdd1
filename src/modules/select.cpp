// The module `select`: waiting for open files with select(), poll() and epoll.
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "modules/posix/posix.h"
#include "modules/time_value.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/float.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {
namespace {

using posix::Fildes;

// How long to wait: None for ever. Repeated after signals with what is left.
struct Timeout {
  bool forever = true;
  Nanoseconds left = 0, deadline = 0;
  void start() {
    if (!forever) deadline = deadlineAfter(left);
  }
  bool expiredAfterSignal() {
    if (forever) return false;
    left = deadline - monotonicTime();
    return left < 0;
  }
  // For poll() and epoll_wait(): -1 means for ever.
  int milliseconds() const { return forever || left < 0 ? -1 : int(divideRounded(left, kNsPerMs, Rounding::Ceiling)); }
};

Status replaceTypeError(ThreadState& ts, const char* message) {
  if (!errorMatches(ts, kTypeError)) return Raised{};
  clearError(ts);
  return raise(ts, kTypeError, message);
}

Ref<> pairOf(ThreadState& ts, long long a, long long b) {
  Ref<Int> first = TRY(newInt(ts, a)), second = TRY(newInt(ts, b));
  return packTuple(ts, {first.get(), second.get()});
}

// ---- select ----
struct WatchedSet {
  std::vector<std::pair<Ref<>, int>> files;
  fd_set set;
  int highest = -1;
};

Status fillSet(ThreadState& ts, Object* sequence, WatchedSet& out) {
  FD_ZERO(&out.set);
  Ref<> items = TRY(sequenceFast(ts, sequence, "arguments 1-3 must be sequences"));
  for (Index i = 0; i < fastSize(items.get()); ++i) {
    Ref<> item = Ref<>::share(fastItems(items.get())[i]);
    int fd = TRY(fileDescriptorOf(ts, item.get()));
    if (fd >= FD_SETSIZE) return raise(ts, kValueError, "filedescriptor out of range in select()");
    if (out.files.size() >= FD_SETSIZE) return raise(ts, kValueError, "too many file descriptors in select()");
    FD_SET(fd, &out.set);
    out.highest = fd > out.highest ? fd : out.highest;
    out.files.emplace_back(std::move(item), fd);
  }
  return kDone;
}

Ref<List> readyFiles(ThreadState& ts, const WatchedSet& watched, const fd_set& ready) {
  Ref<List> list = TRY(newList(ts));
  for (auto& [object, fd] : watched.files)
    if (FD_ISSET(fd, &ready)) TRY(appendList(ts, list.get(), object.copy()));
  return list;
}

Ref<> select(ThreadState& ts, Module*, Object* rlist, Object* wlist, Object* xlist, Object* timeout_object) {
  Timeout timeout;
  if (timeout_object && !isNone(timeout_object)) {
    auto ns = nanosecondsFrom(ts, timeout_object, Rounding::AwayFromZero);
    if (ns.failed()) {
      TRY(replaceTypeError(ts, "timeout must be a float or None"));
      return Raised{};
    }
    timeout = {false, ns.take(), 0};
    if (timeout.left < 0) return raise(ts, kValueError, "timeout must be non-negative");
  }
  WatchedSet watched[3];
  Object* lists[] = {rlist, wlist, xlist};
  int highest = -1;
  for (int i = 0; i < 3; ++i) {
    TRY(fillSet(ts, lists[i], watched[i]));
    if (watched[i].highest > highest) highest = watched[i].highest;
  }
  fd_set ready[3];
  int n;
  timeout.start();
  for (;;) {
    for (int i = 0; i < 3; ++i) ready[i] = watched[i].set;
    timeval limit = toTimeval(timeout.left, Rounding::Ceiling);
    {
      GilRelease allow(ts);
      n = ::select(highest + 1, &ready[0], &ready[1], &ready[2], timeout.forever ? nullptr : &limit);
    }
    if (n >= 0 || errno != EINTR) break;
    TRY(checkSignals(ts));
    if (timeout.expiredAfterSignal()) {
      n = 0;
      break;
    }
  }
  if (n < 0) return raiseErrno(ts, errno);
  if (n == 0)
    for (fd_set& set : ready) FD_ZERO(&set);
  Ref<List> r = TRY(readyFiles(ts, watched[0], ready[0])), w = TRY(readyFiles(ts, watched[1], ready[1])),
            x = TRY(readyFiles(ts, watched[2], ready[2]));
  return packTuple(ts, {r.get(), w.get(), x.get()});
}

// ---- poll ----
struct Poll : Object {
  Dict* events;    // descriptor -> event mask
  pollfd* files;   // as `events`, made anew when that has changed
  int count;
  bool current, running;
};
Type *poll_type, *epoll_type;

void deallocPoll(Poll* p) {
  clearField(p->events);
  freeMemory(p->files);
  freeInstance(p);
}

Result<unsigned short> eventMask(ThreadState& ts, Object* o) {
  if (!o) return static_cast<unsigned short>(POLLIN | POLLPRI | POLLOUT);
  if (!isInt(o)) return raise(ts, kTypeError, "an integer is required");
  int overflow = 0;
  long long value = toLongLong(static_cast<Int*>(o), overflow);
  if (overflow > 0 || value > USHRT_MAX) return raise(ts, kOverflowError, "Python int too large for C unsigned short");
  if (value < 0) return raise(ts, kValueError, "value must be positive");
  return static_cast<unsigned short>(value);
}

Status setEvents(ThreadState& ts, Poll* p, int fd, unsigned short mask) {
  Ref<Int> key = TRY(newInt(ts, fd)), value = TRY(newInt(ts, mask));
  TRY(dictSet(ts, p->events, key.get(), value.get()));
  p->current = false;
  return kDone;
}

Status pollRegister(ThreadState& ts, Poll* p, Fildes fd, Object* mask) { return setEvents(ts, p, fd.fd, TRY(eventMask(ts, mask))); }

Status pollModify(ThreadState& ts, Poll* p, Fildes fd, Object* mask) {
  unsigned short events = TRY(eventMask(ts, mask));
  Ref<Int> key = TRY(newInt(ts, fd.fd));
  if (!TRY(dictContains(ts, p->events, key.get()))) return raiseErrno(ts, ENOENT);
  return setEvents(ts, p, fd.fd, events);
}

Status pollUnregister(ThreadState& ts, Poll* p, Fildes fd) {
  Ref<Int> key = TRY(newInt(ts, fd.fd));
  TRY(dictDelete(ts, p->events, key.get()));
  p->current = false;
  return kDone;
}

Status updateFiles(ThreadState& ts, Poll* p) {
  if (p->current) return kDone;
  size_t count = size_t(p->events->used);
  auto* files = static_cast<pollfd*>(reallocate(p->files, (count + 1) * sizeof(pollfd)));
  if (!files) return raiseNoMemory(ts);
  p->files = files;
  p->count = 0;
  int overflow = 0;
  DictCursor c(p->events);
  while (c.next())
    files[p->count++] = {int(toLongLong(reinterpret_cast<Int*>(c.key), overflow)), short(toLongLong(reinterpret_cast<Int*>(c.value), overflow)), 0};
  p->current = true;
  return kDone;
}

// Milliseconds (poll) or seconds (epoll), rounded up.
Result<Timeout> waitingTime(ThreadState& ts, Object* o, bool milliseconds) {
  if (!o || isNone(o)) return Timeout{};
  auto ns = milliseconds ? millisecondsFrom(ts, o) : nanosecondsFrom(ts, o, Rounding::AwayFromZero);
  if (ns.failed()) {
    TRY(replaceTypeError(ts, "timeout must be an integer or None"));
    return Raised{};
  }
  Nanoseconds t = ns.take();
  if (divideRounded(t, kNsPerMs, Rounding::Ceiling) > INT_MAX) return raise(ts, kOverflowError, "timeout is too large");
  if (t < 0) return Timeout{};
  return Timeout{false, t, 0};
}

Ref<> pollWait(ThreadState& ts, Poll* p, Object* timeout_object) {
  Timeout timeout = TRY(waitingTime(ts, timeout_object, true));
  if (p->running) return raise(ts, kRuntimeError, "concurrent poll() invocation");
  TRY(updateFiles(ts, p));
  p->running = true;
  timeout.start();
  int n;
  for (;;) {
    {
      GilRelease allow(ts);
      n = ::poll(p->files, nfds_t(p->count), timeout.milliseconds());
    }
    if (n >= 0 || errno != EINTR) break;
    if (checkSignals(ts).failed()) {
      p->running = false;
      return Raised{};
    }
    if (timeout.expiredAfterSignal()) {
      n = 0;
      break;
    }
  }
  p->running = false;
  if (n < 0) return raiseErrno(ts, errno);
  Ref<List> ready = TRY(newList(ts));
  for (int i = 0; i < p->count && n > 0; ++i) {
    if (!p->files[i].revents) continue;
    TRY(appendList(ts, ready.get(), TRY(pairOf(ts, p->files[i].fd, static_cast<unsigned short>(p->files[i].revents)))));
    --n;
  }
  return ready;
}

constexpr MethodDef kPollMethods[] = {
    METHOD_AS("register", pollRegister, "($self, fd,\n         eventmask=select.POLLIN | select.POLLPRI | select.POLLOUT, /)", "Watches a file for the given events."),
    METHOD_AS("modify", pollModify, "($self, fd, eventmask, /)", "Changes the events of a watched file."),
    METHOD_AS("unregister", pollUnregister, "($self, fd, /)", "Stops watching a file."),
    METHOD_AS("poll", pollWait, "($self, timeout=None, /)", "Waits, at most so many milliseconds: a list of (descriptor, events)."),
    {}};
constexpr Type kPollDefinition = defineType<Poll>(
    {.name = "select.poll", .flags = kDisallowInstantiation, .methods = kPollMethods, .dealloc = slot<deallocPoll>});

Ref<> newPoll(ThreadState& ts, Module*) {
  Ref<Poll> p = TRY(newObject<Poll>(ts, *poll_type));
  p->events = TRY(newDict(ts)).release();
  return p;
}

// ---- epoll ----
struct Epoll : Object {
  int fd;  // -1: closed
};

Status closeEpoll(ThreadState& ts, Epoll* e) {
  if (e->fd < 0) return kDone;
  int fd = std::exchange(e->fd, -1), result;
  {
    GilRelease allow(ts);
    result = ::close(fd);
  }
  if (result < 0) return raiseErrno(ts, errno);
  return kDone;
}

void deallocEpoll(Epoll* e) {
  if (e->fd >= 0) ::close(e->fd);
  freeInstance(e);
}

Status checkOpen(ThreadState& ts, const Epoll* e) {
  if (e->fd < 0) return raise(ts, kValueError, "I/O operation on closed epoll object");
  return kDone;
}

Ref<> wrapEpoll(ThreadState& ts, Type* type, int fd) {
  Ref<Epoll> e = newObject<Epoll>(ts, *type);
  if (!e) {
    ::close(fd);
    return Raised{};
  }
  e->fd = fd;
  return e;
}

Ref<> makeEpoll(ThreadState& ts, Type* type, posix::IntOr<-1> sizehint, posix::IntOr<0> flags) {
  if (sizehint.value <= 0 && sizehint.value != -1) return raise(ts, kValueError, "negative sizehint");
  if (flags.value && flags.value != EPOLL_CLOEXEC) {
    Ref<Str> text = TRY(newStr(ts, "invalid flags"));
    return raiseValue(ts, kOSError, text.get());
  }
  int fd = ::epoll_create1(EPOLL_CLOEXEC);
  if (fd < 0) return raiseErrno(ts, errno);
  return wrapEpoll(ts, type, fd);
}

Ref<> fromFd(ThreadState& ts, Type* type, int fd) {
  Ref<Epoll> e = TRY(newObject<Epoll>(ts, *type));
  e->fd = fd;
  return e;
}

Status control(ThreadState& ts, Epoll* e, int operation, int fd, unsigned events) {
  epoll_event event{};
  event.events = events;
  event.data.fd = fd;
  int result;
  {
    GilRelease allow(ts);
    result = ::epoll_ctl(e->fd, operation, fd, &event);
  }
  if (result < 0) return raiseErrno(ts, errno);
  return kDone;
}

Status epollRegister(ThreadState& ts, Epoll* e, Fildes fd, std::optional<unsigned> mask) {
  TRY(checkOpen(ts, e));
  return control(ts, e, EPOLL_CTL_ADD, fd.fd, mask.value_or(EPOLLIN | EPOLLPRI | EPOLLOUT));
}
Status epollModify(ThreadState& ts, Epoll* e, Fildes fd, unsigned mask) {
  TRY(checkOpen(ts, e));
  return control(ts, e, EPOLL_CTL_MOD, fd.fd, mask);
}
Status epollUnregister(ThreadState& ts, Epoll* e, Fildes fd) {
  TRY(checkOpen(ts, e));
  return control(ts, e, EPOLL_CTL_DEL, fd.fd, 0);
}

Ref<> epollWait(ThreadState& ts, Epoll* e, Object* timeout_object, posix::IntOr<-1> maxevents) {
  TRY(checkOpen(ts, e));
  Timeout timeout = TRY(waitingTime(ts, timeout_object, false));
  int limit = maxevents.value == -1 ? FD_SETSIZE - 1 : maxevents.value;
  if (limit < 1) return raise(ts, kValueError, "maxevents must be greater than 0, got {}", limit);
  std::unique_ptr<epoll_event[]> events(new (std::nothrow) epoll_event[size_t(limit)]);
  if (!events) return raiseNoMemory(ts);
  timeout.start();
  int n;
  for (;;) {
    {
      GilRelease allow(ts);
      n = ::epoll_wait(e->fd, events.get(), limit, timeout.milliseconds());
    }
    if (n >= 0 || errno != EINTR) break;
    TRY(checkSignals(ts));
    if (timeout.expiredAfterSignal()) {
      n = 0;
      break;
    }
  }
  if (n < 0) return raiseErrno(ts, errno);
  Ref<List> ready = TRY(newList(ts, n));
  for (int i = 0; i < n; ++i) TRY(appendList(ts, ready.get(), TRY(pairOf(ts, events[size_t(i)].data.fd, events[size_t(i)].events))));
  return ready;
}

Result<int> epollFileno(ThreadState& ts, Epoll* e) {
  TRY(checkOpen(ts, e));
  return e->fd;
}
Ref<> epollEnter(ThreadState& ts, Epoll* e) {
  TRY(checkOpen(ts, e));
  return Ref<>::share(e);
}
Status epollExit(ThreadState& ts, Epoll* e, Object*, Object*, Object*) { return closeEpoll(ts, e); }
bool epollClosed(ThreadState&, Epoll* e) { return e->fd < 0; }

constexpr MethodDef kEpollMethods[] = {
    CLASS_METHOD("fromfd", fromFd, "($type, fd, /)", "An epoll object for a descriptor that is open already."),
    METHOD_AS("close", closeEpoll, "($self, /)", "Closes the descriptor."),
    METHOD_AS("fileno", epollFileno, "($self, /)", "The descriptor."),
    METHOD_AS("modify", epollModify, "($self, /, fd, eventmask)", "Changes the events of a watched file."),
    METHOD_AS("register", epollRegister, "($self, /, fd,\n         eventmask=select.EPOLLIN | select.EPOLLPRI | select.EPOLLOUT)", "Watches a file for the given events."),
    METHOD_AS("unregister", epollUnregister, "($self, /, fd)", "Stops watching a file."),
    METHOD_AS("poll", epollWait, "($self, /, timeout=None, maxevents=-1)", "Waits, at most so many seconds: a list of (descriptor, events)."),
    METHOD_AS("__enter__", epollEnter, "($self, /)", "The object itself."),
    METHOD_AS("__exit__", epollExit, "($self, exc_type=None, exc_value=None, exc_tb=None, /)", "Closes the descriptor."),
    {}};
constexpr GetSetDef kEpollGetSet[] = {GETTER("closed", epollClosed, "Whether the descriptor is closed."), {}};
constexpr Type kEpollDefinition = defineType<Epoll>(
    {.name = "select.epoll", .doc = "select.epoll(sizehint=-1, flags=0)\n\nWatches any number of files; both arguments are kept for old programs.",
     .methods = kEpollMethods, .getset = kEpollGetSet, .make = CONSTRUCTOR(makeEpoll, "epoll", "(sizehint=-1, flags=0)"),
     .dealloc = slot<deallocEpoll>, .getattro = genericGetAttrSlot});

constexpr MethodDef kMethods[] = {
    METHOD(select, "($module, rlist, wlist, xlist, timeout=None, /)", "Waits until files can be read, can be written, or have something exceptional: three lists of those that are ready."),
    METHOD_AS("poll", newPoll, "($module, /)", "A polling object: files are registered with it, then waited for."),
    {}};

struct Constant {
  const char* name;
  long long value;
};
#define X(name) {#name, static_cast<long long>(name)}
constexpr Constant kConstants[] = {
    X(PIPE_BUF), X(POLLIN), X(POLLPRI), X(POLLOUT), X(POLLERR), X(POLLHUP), X(POLLNVAL), X(POLLRDNORM), X(POLLRDBAND),
    X(POLLWRNORM), X(POLLWRBAND), X(POLLMSG), X(POLLRDHUP), X(EPOLLIN), X(EPOLLOUT), X(EPOLLPRI), X(EPOLLERR), X(EPOLLHUP),
    X(EPOLLRDHUP), X(EPOLLET), X(EPOLLONESHOT), X(EPOLLEXCLUSIVE), X(EPOLLRDNORM), X(EPOLLRDBAND), X(EPOLLWRNORM),
    X(EPOLLWRBAND), X(EPOLLMSG), X(EPOLL_CLOEXEC)};
#undef X

Status populate(ThreadState& ts, Module* m) {
  TRY(addObject(ts, m, "error", Ref<>::share(&kOSError)));
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  poll_type = TRY(makeHeapType(ts, kPollDefinition)).release();
  epoll_type = TRY(makeHeapType(ts, kEpollDefinition)).release();
  return addObject(ts, m, "epoll", Ref<>::share(epoll_type));
}

}  // namespace

extern const ModuleDef kSelectModule = {.name = "select", .doc = "Waiting for open files.", .methods = kMethods, .populate = populate};

}  // namespace habu
