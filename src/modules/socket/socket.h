// What the files of the module `_socket` share.
#pragma once
#include <errno.h>
#include <sys/socket.h>

#include "modules/time_value.h"
#include "object/bind.h"
#include "object/gil.h"
#include "object/module_def.h"

namespace habu::socket {

struct Socket : Object {
  int fd;  // -1: closed
  int family, type, protocol;
  void* error_handler;   // unused; the slot of CPython's layout
  Nanoseconds timeout;   // negative: none
};
static_assert(sizeof(Socket) == 48);
extern Type kSocketType;
extern Type *gai_error, *host_error;

struct Address {
  sockaddr_storage storage{};
  socklen_t length = 0;
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
  template <class T>
  T& as() { return reinterpret_cast<T&>(storage); }
};

// The address that `o` describes, as the family of the socket wants it; `caller` begins messages.
Result<Address> addressFrom(ThreadState&, Socket*, Object* o, const char* caller);
Ref<> addressObject(ThreadState&, int fd, Address&, int protocol);
socklen_t addressCapacity(const Socket*);
// Text of an IPv4 or IPv6 address.
Ref<> hostText(ThreadState&, Address&);
// Fills the host part from a name: "", "<broadcast>", numeric or to be looked up. `family` AF_UNSPEC: any.
Status setHost(ThreadState&, const char* name, Address&, int family);

// A host name: str (encoded with idna unless ASCII), bytes or bytearray.
struct HostName {
  Ref<> keep;
  const char* text = nullptr;
  static Result<HostName> from(ThreadState&, Object*);
};

Raised gaiError(ThreadState&, int error);
Raised hostError(ThreadState&, int h_error);
Raised plainError(ThreadState&, const char* text);  // OSError(text)
inline Raised osError(ThreadState& ts) { return raiseErrno(ts, errno); }

Result<Nanoseconds> timeoutFrom(ThreadState&, Object*);  // None: -1
Ref<> timeoutObject(ThreadState&, Nanoseconds);
extern Nanoseconds default_timeout;
Ref<> wrapSocket(ThreadState&, int fd, int family, int type, int protocol);
Result<bool> setBlocking(ThreadState&, int fd, bool blocking);
// Sizes of control messages; false: out of range.
bool controlLength(size_t length, size_t& out);
bool controlSpace(size_t length, size_t& out);

Ref<> receiveMessage(ThreadState&, Socket*, Args);
Ref<> receiveMessageInto(ThreadState&, Socket*, Args);
Ref<> sendMessage(ThreadState&, Socket*, Args);
Ref<> sendAlgorithmMessage(ThreadState&, Socket*, Object* message, Object* op, Object* iv, Object* assoclen, Object* flags);
extern const MethodDef kNameMethods[];  // names, addresses, services: functions of the module

// 0 ready, 1 timed out, -1 errno; without the GIL.
int waitReady(ThreadState&, int fd, bool writing, bool connecting, Nanoseconds timeout);

// Runs `attempt` (no GIL; true: done, false: errno set) until it succeeds, fails, or the timeout is over.
// `connecting`: wait for readiness even when there is no timeout.
template <class F>
Status callSocketFor(ThreadState& ts, Socket* s, bool writing, Nanoseconds timeout, bool connecting, F attempt) {
  Nanoseconds deadline = timeout > 0 ? deadlineAfter(timeout) : 0;
  for (;;) {
    if (timeout > 0 || connecting) {
      Nanoseconds left = timeout > 0 ? deadline - monotonicTime() : timeout;
      int ready = timeout > 0 && left < 0 ? 1 : waitReady(ts, s->fd, writing, connecting, left);
      if (ready < 0) {
        if (errno != EINTR) return osError(ts);
        TRY(checkSignals(ts));
        continue;
      }
      if (ready == 1) return raise(ts, kTimeoutError, "timed out");
    }
    bool done;
    {
      GilRelease allow(ts);
      done = attempt();
    }
    if (done) return kDone;
    if (errno == EINTR) TRY(checkSignals(ts));
    else if (!(timeout > 0 && (errno == EWOULDBLOCK || errno == EAGAIN))) return osError(ts);
  }
}
template <class F>
Status callSocket(ThreadState& ts, Socket* s, bool writing, F attempt) {
  return callSocketFor(ts, s, writing, s->timeout, false, attempt);
}

}  // namespace habu::socket
