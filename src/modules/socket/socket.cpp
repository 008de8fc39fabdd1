// The type _socket.socket, and the module.
#include "modules/socket/socket.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/can.h>
#include <linux/can/bcm.h>
#include <linux/can/error.h>
#include <linux/can/isotp.h>
#include <linux/can/j1939.h>
#include <linux/can/raw.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/rds.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <netpacket/packet.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>
#include <unistd.h>

#include "modules/warn_source.h"
#include "object/alloc.h"
#include "object/attribute.h"
#include "object/gc.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/capsule.h"
#include "types/float.h"
#include "types/heap_type.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::socket {

Nanoseconds default_timeout = -1;

int waitReady(ThreadState& ts, int fd, bool writing, bool connecting, Nanoseconds timeout) {
  pollfd p{fd, short(writing ? POLLOUT : POLLIN), 0};
  if (connecting) p.events |= POLLERR;
  Nanoseconds ms = timeout < 0 ? -1 : divideRounded(timeout, kNsPerMs, Rounding::Ceiling);
  GilRelease allow(ts);
  int n = ::poll(&p, 1, int(ms > INT_MAX ? INT_MAX : ms));
  return n < 0 ? -1 : n == 0;
}

Result<bool> setBlocking(ThreadState& ts, int fd, bool blocking) {
  int flags, result = 0;
  {
    GilRelease allow(ts);
    flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0) {
      int wanted = blocking ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
      if (wanted != flags) result = ::fcntl(fd, F_SETFL, wanted);
    }
  }
  if (flags < 0 || result < 0) return osError(ts);
  return true;
}

Result<Nanoseconds> timeoutFrom(ThreadState& ts, Object* o) {
  if (isNone(o)) return Nanoseconds{-1};
  Nanoseconds t = TRY(nanosecondsFrom(ts, o, Rounding::AwayFromZero));
  if (t < 0) return raise(ts, kValueError, "Timeout value out of range");
  if (t / kNsPerMs > INT_MAX) return raise(ts, kOverflowError, "timeout doesn't fit into C timeval");
  return t;
}
Ref<> timeoutObject(ThreadState& ts, Nanoseconds t) {
  if (t < 0) return none();
  return newFloat(ts, toSeconds(t));
}

namespace {

// ---- life ----
Status adopt(ThreadState& ts, Socket* s, int fd, int family, int type, int protocol) {
  s->fd = fd;
  s->family = family;
  s->type = type & ~(SOCK_NONBLOCK | SOCK_CLOEXEC);
  s->protocol = protocol;
  if (type & SOCK_NONBLOCK) {
    s->timeout = 0;
  } else {
    s->timeout = default_timeout;
    if (default_timeout >= 0) TRY(setBlocking(ts, fd, false));
  }
  return kDone;
}

Ref<> make(ThreadState& ts, Type* type, Args) {
  Ref<Socket> s = TRY(newObject<Socket>(ts, *type));
  s->fd = -1;
  s->timeout = -1;
  return s;
}
Object* makeSlot(Type* type, Object*, Object*) { return make(ThreadState::current(), type, {}).release(); }

// Family, type and protocol of a descriptor that is open already, where they are not given.
Status inspect(ThreadState& ts, int fd, int& family, int& type, int& protocol) {
  Address a;
  a.length = sizeof a.storage;
  if (::getsockname(fd, a.raw(), &a.length) < 0) {
    if (family == -1 || errno == EBADF) return osError(ts);
  } else if (family == -1) {
    family = a.storage.ss_family;
  }
  socklen_t length = sizeof(int);
  if (type == -1 && ::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0) return osError(ts);
  length = sizeof(int);
  if (protocol == -1 && ::getsockopt(fd, SOL_SOCKET, SO_PROTOCOL, &protocol, &length) < 0) return osError(ts);
  return kDone;
}

Status init(ThreadState& ts, Socket* s, std::optional<int> family_given, std::optional<int> type_given,
            std::optional<int> protocol_given, Object* fileno) {
  int family = family_given.value_or(-1), type = type_given.value_or(-1), protocol = protocol_given.value_or(-1), fd;
  if (fileno && !isNone(fileno)) {
    fd = TRY(asCInt(ts, fileno));
    if (fd == -1) return raise(ts, kValueError, "negative file descriptor");
    TRY(inspect(ts, fd, family, type, protocol));
  } else {
    if (family == -1) family = AF_INET;
    if (type == -1) type = SOCK_STREAM;
    if (protocol == -1) protocol = 0;
    {
      GilRelease allow(ts);
      fd = ::socket(family, type | SOCK_CLOEXEC, protocol);
    }
    if (fd < 0) return osError(ts);
  }
  return adopt(ts, s, fd, family, type, protocol);
}

void finalize(Socket* s) {
  if (s->fd == -1) return;
  ThreadState& ts = ThreadState::current();
  PendingError pending = PendingError::take(ts);
  warnUnclosed(ts, s);
  int fd = std::exchange(s->fd, -1);
  {
    GilRelease allow(ts);
    ::close(fd);
  }
  std::move(pending).restore(ts);
}

void dealloc(Socket* s) {
  if (finalizeFromDealloc(s)) return;
  static_cast<Object*>(s)->type->free(s);  // Socket::type is something else; a subclass drops its type itself
}

Ref<> repr(ThreadState& ts, Socket* s) {
  return formatText(ts, "<socket object, fd={}, family={}, type={}, proto={}>", s->fd, s->family, s->type, s->protocol);
}

// ---- connections ----
Ref<> accept(ThreadState& ts, Socket* s) {
  Address from;
  int fd = -1;
  TRY(callSocket(ts, s, false, [&] {
    from.length = addressCapacity(s);
    fd = ::accept4(s->fd, from.raw(), &from.length, SOCK_CLOEXEC);
    return fd >= 0;
  }));
  Ref<Int> number = newInt(ts, fd);
  Ref<> address = addressObject(ts, s->fd, from, s->protocol);
  if (!number || !address) {
    ::close(fd);
    return Raised{};
  }
  return packTuple(ts, {number.get(), address.get()});
}

Status bind(ThreadState& ts, Socket* s, Object* address) {
  Address a = TRY(addressFrom(ts, s, address, "bind"));
  int result;
  {
    GilRelease allow(ts);
    result = ::bind(s->fd, a.raw(), a.length);
  }
  if (result < 0) return osError(ts);
  return kDone;
}

// The outcome of connecting as an error number, 0: connected. Failed only when a signal handler raised.
Result<int> tryConnect(ThreadState& ts, Socket* s, Address& a) {
  int result, error;
  {
    GilRelease allow(ts);
    result = ::connect(s->fd, a.raw(), a.length);
    error = errno;
  }
  if (result >= 0) return 0;
  bool wait = s->timeout > 0 && error == EINPROGRESS;
  if (error == EINTR) {
    TRY(checkSignals(ts));
    wait = s->timeout != 0;
  }
  if (!wait) return error;
  int outcome = 0;
  Status status = callSocketFor(ts, s, true, s->timeout, true, [&] {
    socklen_t length = sizeof outcome;
    if (::getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &outcome, &length) < 0) outcome = errno;
    return true;
  });
  if (!status.failed()) return outcome == EISCONN ? 0 : outcome;
  if (!errorMatches(ts, kTimeoutError)) return Raised{};
  clearError(ts);
  return EWOULDBLOCK;
}

Status connect(ThreadState& ts, Socket* s, Object* address) {
  Address a = TRY(addressFrom(ts, s, address, "connect"));
  int error = TRY(tryConnect(ts, s, a));
  if (error == EWOULDBLOCK && s->timeout > 0) return raise(ts, kTimeoutError, "timed out");
  if (error) return raiseErrno(ts, error);
  return kDone;
}
Result<int> connectEx(ThreadState& ts, Socket* s, Object* address) {
  Address a = TRY(addressFrom(ts, s, address, "connect_ex"));
  return TRY(tryConnect(ts, s, a));
}

Status listen(ThreadState& ts, Socket* s, std::optional<int> backlog) {
  int wanted = backlog.value_or(SOMAXCONN < 128 ? SOMAXCONN : 128);
  int result;
  {
    GilRelease allow(ts);
    result = ::listen(s->fd, wanted < 0 ? 0 : wanted);
  }
  if (result < 0) return osError(ts);
  return kDone;
}

Status shutdown(ThreadState& ts, Socket* s, int how) {
  int result;
  {
    GilRelease allow(ts);
    result = ::shutdown(s->fd, how);
  }
  if (result < 0) return osError(ts);
  return kDone;
}

Status close(ThreadState& ts, Socket* s) {
  if (s->fd == -1) return kDone;
  int fd = std::exchange(s->fd, -1), result;
  {
    GilRelease allow(ts);
    result = ::close(fd);
  }
  if (result < 0 && errno != ECONNRESET) return osError(ts);
  return kDone;
}
int detach(ThreadState&, Socket* s) { return std::exchange(s->fd, -1); }
int fileno(ThreadState&, Socket* s) { return s->fd; }

Ref<> getsockname(ThreadState& ts, Socket* s) {
  Address a;
  a.length = addressCapacity(s);
  int result;
  {
    GilRelease allow(ts);
    result = ::getsockname(s->fd, a.raw(), &a.length);
  }
  if (result < 0) return osError(ts);
  return addressObject(ts, s->fd, a, s->protocol);
}
Ref<> getpeername(ThreadState& ts, Socket* s) {
  Address a;
  a.length = addressCapacity(s);
  int result;
  {
    GilRelease allow(ts);
    result = ::getpeername(s->fd, a.raw(), &a.length);
  }
  if (result < 0) return osError(ts);
  return addressObject(ts, s->fd, a, s->protocol);
}

// ---- options ----
Ref<> getsockopt(ThreadState& ts, Socket* s, ParsedInt level, ParsedInt option, std::optional<int> size) {
  if (size.value_or(0) == 0) {
    int value = 0;
    socklen_t length = sizeof value;
    if (::getsockopt(s->fd, level, option, &value, &length) < 0) return osError(ts);
    if (s->family == AF_VSOCK && level == AF_VSOCK && length == sizeof(unsigned long long)) return raiseErrno(ts, EINVAL);
    return newInt(ts, value);
  }
  if (*size < 0 || *size > 1024) return plainError(ts, "getsockopt buflen out of range");
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, *size));
  auto length = socklen_t(*size);
  if (::getsockopt(s->fd, level, option, out->data, &length) < 0) return osError(ts);
  return shrinkBytes(ts, std::move(out), Index(length));
}

// setsockopt(level, option, int | buffer)  or  setsockopt(level, option, None, length)
Status setsockopt(ThreadState& ts, Socket* s, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "socket.setsockopt() takes no keyword arguments");
  bool null_value = args.count == 4 && isNone(args[2]);
  if (args.count != 3 && !null_value) return raise(ts, kTypeError, "setsockopt() takes exactly 3 arguments ({} given)", args.count);
  int level = TRY(asCInt(ts, args[0])), option = TRY(asCInt(ts, args[1])), result;
  if (null_value) {
    auto length = socklen_t(TRY(asUnsignedLongLongMask(ts, args[3])));
    result = ::setsockopt(s->fd, level, option, nullptr, length);
  } else {
    int overflow = 1;
    long long value = isInt(args[2]) ? toLongLong(static_cast<Int*>(args[2]), overflow) : 0;
    if (!overflow && s->family == AF_VSOCK && level == AF_VSOCK) {
      result = ::setsockopt(s->fd, level, option, &value, sizeof value);
    } else if (!overflow && value >= INT_MIN && value <= INT_MAX) {
      int number = int(value);
      result = ::setsockopt(s->fd, level, option, &number, sizeof number);
    } else {
      BufferView view = TRY(BufferView::of(ts, args[2]));
      result = ::setsockopt(s->fd, level, option, view.data(), socklen_t(view.size()));
    }
  }
  if (result < 0) return osError(ts);
  return kDone;
}

Status settimeout(ThreadState& ts, Socket* s, Object* timeout) {
  Nanoseconds t = TRY(timeoutFrom(ts, timeout));
  s->timeout = t;
  TRY(setBlocking(ts, s->fd, t < 0));
  return kDone;
}
Ref<> gettimeout(ThreadState& ts, Socket* s) { return timeoutObject(ts, s->timeout); }
Status setblocking(ThreadState& ts, Socket* s, Object* flag) {
  long long on = TRY(asLongLong(ts, flag));
  s->timeout = on ? -1 : 0;
  TRY(setBlocking(ts, s->fd, on != 0));
  return kDone;
}
bool getblocking(ThreadState&, Socket* s) { return s->timeout != 0; }

// ---- receiving and sending ----
Ref<> recv(ThreadState& ts, Socket* s, Index size, std::optional<int> flags) {
  if (size < 0) return raise(ts, kValueError, "negative buffersize in recv");
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, size));
  ssize_t n = 0;
  TRY(callSocket(ts, s, false, [&] { return (n = ::recv(s->fd, out->data, size_t(size), flags.value_or(0))) >= 0; }));
  return n == size ? std::move(out) : shrinkBytes(ts, std::move(out), n);
}

Result<BufferView> writable(ThreadState& ts, Object* buffer, const char* function) {
  auto view = BufferView::of(ts, buffer, kBufferWritable);
  if (!view.failed()) return view;
  clearError(ts);
  return raise(ts, kTypeError, "{}() argument 1 must be read-write bytes-like object, not {:.50}", function, typeName(buffer));
}

Ref<> recvInto(ThreadState& ts, Socket* s, Object* buffer, std::optional<Index> nbytes, std::optional<int> flags) {
  BufferView view = TRY(writable(ts, buffer, "recv_into"));
  Index size = nbytes.value_or(0);
  if (size < 0) return raise(ts, kValueError, "negative buffersize in recv_into");
  if (size == 0) size = view.size();
  if (size > view.size()) return raise(ts, kValueError, "buffer too small for requested bytes");
  ssize_t n = 0;
  TRY(callSocket(ts, s, false, [&] { return (n = ::recv(s->fd, view.data(), size_t(size), flags.value_or(0))) >= 0; }));
  return newInt(ts, n);
}

Result<ssize_t> receiveFrom(ThreadState& ts, Socket* s, char* data, Index size, int flags, Address& from) {
  ssize_t n = 0;
  TRY(callSocket(ts, s, false, [&] {
    from.length = addressCapacity(s);
    return (n = ::recvfrom(s->fd, data, size_t(size), flags, from.raw(), &from.length)) >= 0;
  }));
  return n;
}

Ref<> recvfrom(ThreadState& ts, Socket* s, Index size, std::optional<int> flags) {
  if (size < 0) return raise(ts, kValueError, "negative buffersize in recvfrom");
  Ref<Bytes> out = TRY(newBytesUninitialized(ts, size));
  Address from;
  ssize_t n = TRY(receiveFrom(ts, s, out->data, size, flags.value_or(0), from));
  if (n != size) out = TRY(shrinkBytes(ts, std::move(out), n));
  Ref<> address = TRY(addressObject(ts, s->fd, from, s->protocol));
  return packTuple(ts, {out.get(), address.get()});
}

Ref<> recvfromInto(ThreadState& ts, Socket* s, Object* buffer, std::optional<Index> nbytes, std::optional<int> flags) {
  BufferView view = TRY(writable(ts, buffer, "recvfrom_into"));
  Index size = nbytes.value_or(0);
  if (size < 0) return raise(ts, kValueError, "negative buffersize in recvfrom_into");
  if (size == 0) size = view.size();
  if (size > view.size()) return raise(ts, kValueError, "nbytes is greater than the length of the buffer");
  Address from;
  ssize_t n = TRY(receiveFrom(ts, s, view.data(), size, flags.value_or(0), from));
  Ref<Int> count = TRY(newInt(ts, n));
  Ref<> address = TRY(addressObject(ts, s->fd, from, s->protocol));
  return packTuple(ts, {count.get(), address.get()});
}

Ref<> send(ThreadState& ts, Socket* s, BufferView data, std::optional<int> flags) {
  ssize_t n = 0;
  TRY(callSocket(ts, s, true, [&] { return (n = ::send(s->fd, data.data(), size_t(data.size()), flags.value_or(0))) >= 0; }));
  return newInt(ts, n);
}

// The timeout is for all of it.
Status sendall(ThreadState& ts, Socket* s, BufferView data, std::optional<int> flags) {
  Nanoseconds deadline = s->timeout > 0 ? deadlineAfter(s->timeout) : 0, left = s->timeout;
  const char* p = data.data();
  for (Index rest = data.size(); rest > 0;) {
    if (s->timeout > 0) {
      left = deadline - monotonicTime();
      if (left <= 0) return raise(ts, kTimeoutError, "timed out");
    }
    ssize_t n = 0;
    TRY(callSocketFor(ts, s, true, left, false, [&] { return (n = ::send(s->fd, p, size_t(rest), flags.value_or(0))) >= 0; }));
    p += n;
    rest -= n;
    TRY(checkSignals(ts));
  }
  return kDone;
}

// sendto(data, address) or sendto(data, flags, address)
Ref<> sendto(ThreadState& ts, Socket* s, Args args) {
  if (args.keywordCount()) return raise(ts, kTypeError, "socket.sendto() takes no keyword arguments");
  if (args.count < 2 || args.count > 3) return raise(ts, kTypeError, "sendto() takes 2 or 3 arguments ({} given)", args.count);
  BufferView data = TRY(BufferView::of(ts, args[0]));
  int flags = args.count == 3 ? TRY(asCInt(ts, args[1])) : 0;
  Address to = TRY(addressFrom(ts, s, args[args.count - 1], "sendto"));
  ssize_t n = 0;
  TRY(callSocket(ts, s, true, [&] { return (n = ::sendto(s->fd, data.data(), size_t(data.size()), flags, to.raw(), to.length)) >= 0; }));
  return newInt(ts, n);
}

#define M(name, function, signature, call, doc) METHOD_UNSIGNED(name, function, signature, call "\n\n" doc)
#define P(name, function, signature, call, doc) METHOD_PARSED(name, function, signature, call "\n\n" doc)
constexpr MethodDef kSocketMethods[] = {
    M("_accept", accept, "($self, /)", "_accept() -> (integer, address info)", "Waits for a connection: its descriptor and the other end's address."),
    M("bind", bind, "(address, /)", "bind(address)", "Gives the socket its local address."),
    M("close", close, "($self, /)", "close()", "Closes the socket."),
    M("connect", connect, "(address, /)", "connect(address)", "Connects to an address."),
    M("connect_ex", connectEx, "(address, /)", "connect_ex(address) -> errno", "As connect(), but an error number instead of an exception."),
    M("detach", detach, "($self, /)", "detach()", "Gives up the descriptor without closing it; returns it."),
    M("fileno", fileno, "($self, /)", "fileno() -> integer", "The descriptor."),
    M("getpeername", getpeername, "($self, /)", "getpeername() -> address info", "The address of the other end."),
    M("getsockname", getsockname, "($self, /)", "getsockname() -> address info", "The local address."),
    P("getsockopt", getsockopt, "(level, option, buffersize=0, /)", "getsockopt(level, option[, buffersize]) -> value", "An option: an int, or bytes when a size is given."),
    P("listen", listen, "(backlog=None, /)", "listen([backlog])", "Lets others connect; so many may wait."),
    P("recv", recv, "(buffersize, flags=0, /)", "recv(buffersize[, flags]) -> data", "Receives at most so many bytes; b'' when the other end has closed."),
    M("recv_into", recvInto, "(buffer, nbytes=0, flags=0)", "recv_into(buffer, [nbytes[, flags]]) -> nbytes_read", "Receives into a writable buffer."),
    P("recvfrom", recvfrom, "(buffersize, flags=0, /)", "recvfrom(buffersize[, flags]) -> (data, address info)", "Receives data and the address that sent it."),
    M("recvfrom_into", recvfromInto, "(buffer, nbytes=0, flags=0)", "recvfrom_into(buffer[, nbytes[, flags]]) -> (nbytes, address info)", "Receives into a writable buffer, with the address that sent it."),
    P("send", send, "(data, flags=0, /)", "send(data[, flags]) -> count", "Sends data, perhaps not all of it."),
    P("sendall", sendall, "(data, flags=0, /)", "sendall(data[, flags])", "Sends all of the data."),
    METHOD_RAW("sendto", sendto, "sendto(data[, flags], address) -> count\n\nSends data to an address."),
    M("setblocking", setblocking, "(flag, /)", "setblocking(flag)", "Whether operations wait."),
    M("getblocking", getblocking, "($self, /)", "getblocking()", "Whether operations wait."),
    M("settimeout", settimeout, "(timeout, /)", "settimeout(timeout)", "Seconds that operations may wait; None: for ever, 0: not at all."),
    M("gettimeout", gettimeout, "($self, /)", "gettimeout() -> timeout", "Seconds that operations may wait; None: for ever."),
    METHOD_RAW("setsockopt", setsockopt, "setsockopt(level, option, value: int)\nsetsockopt(level, option, value: buffer)\nsetsockopt(level, option, None, optlen: int)\n\nSets an option."),
    M("shutdown", shutdown, "(how, /)", "shutdown(flag)", "Closes one direction (SHUT_RD, SHUT_WR) or both."),
    METHOD_RAW("recvmsg", receiveMessage, "recvmsg(bufsize[, ancbufsize[, flags]]) -> (data, ancdata, msg_flags, address)\n\nReceives data and control messages."),
    METHOD_RAW("recvmsg_into", receiveMessageInto, "recvmsg_into(buffers[, ancbufsize[, flags]]) -> (nbytes, ancdata, msg_flags, address)\n\nReceives into several buffers, with control messages."),
    METHOD_RAW("sendmsg", sendMessage, "sendmsg(buffers[, ancdata[, flags[, address]]]) -> count\n\nSends several buffers and control messages."),
    M("sendmsg_afalg", sendAlgorithmMessage, "(msg=(), *, op=-1, iv=None, assoclen=None, flags=0)", "sendmsg_afalg([msg], *, op[, iv[, assoclen[, flags=MSG_MORE]]])", "Sends data and parameters to an AF_ALG socket."),
    {}};
#undef M
#undef P
constexpr MemberDef kSocketMembers[] = {MEMBER("family", Int, Socket, family, kMemberReadOnly, "the socket family"),
                                        MEMBER("type", Int, Socket, type, kMemberReadOnly, "the socket type"),
                                        MEMBER("proto", Int, Socket, protocol, kMemberReadOnly, "the socket protocol"), {}};
constexpr GetSetDef kSocketGetSet[] = {GETTER("timeout", gettimeout, "the socket timeout"), {}};

}  // namespace

constinit Type kSocketType = defineType<Socket>(
    {.name = "_socket.socket",
     .doc = "socket(family=AF_INET, type=SOCK_STREAM, proto=0) -> socket object\nsocket(family=-1, type=-1, proto=-1, fileno=None) -> socket object\n\nAn end of a connection. The second form takes over an open descriptor.",
     .flags = kBaseType | kImmutableType, .methods = kSocketMethods, .members = kSocketMembers, .getset = kSocketGetSet,
     .make = makeSlot, .init = INITIALIZER(init, "socket", "(family=-1, type=-1, proto=-1, fileno=None)"),
     .dealloc = slot<dealloc>, .finalize = slot<finalize>, .repr = slot<repr>, .getattro = genericGetAttrSlot});

Ref<> wrapSocket(ThreadState& ts, int fd, int family, int type, int protocol) {
  Ref<Socket> s = cast<Socket>(make(ts, &kSocketType, {}));
  if (!s || adopt(ts, s.get(), fd, family, type, protocol).failed()) {
    ::close(fd);
    if (s) s->fd = -1;
    return Raised{};
  }
  return s;
}

// ---- the module ----
namespace {

Ref<> socketpair(ThreadState& ts, Module*, std::optional<int> family, std::optional<int> type, std::optional<int> protocol) {
  int fds[2], f = family.value_or(AF_UNIX), t = type.value_or(SOCK_STREAM), p = protocol.value_or(0), result;
  {
    GilRelease allow(ts);
    result = ::socketpair(f, t | SOCK_CLOEXEC, p, fds);
  }
  if (result < 0) return osError(ts);
  Ref<> first = wrapSocket(ts, fds[0], f, t, p);
  if (!first) {
    ::close(fds[1]);
    return Raised{};
  }
  Ref<> second = TRY(wrapSocket(ts, fds[1], f, t, p));
  return packTuple(ts, {first.get(), second.get()});
}

Status closeDescriptor(ThreadState& ts, Module*, int fd) {
  int result;
  {
    GilRelease allow(ts);
    result = ::close(fd);
  }
  if (result < 0 && errno != ECONNRESET) return osError(ts);
  return kDone;
}
Result<int> dup(ThreadState& ts, Module*, int fd) {
  int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) return osError(ts);
  return copy;
}
Ref<> getdefaulttimeout(ThreadState& ts, Module*) { return timeoutObject(ts, default_timeout); }
Status setdefaulttimeout(ThreadState& ts, Module*, Object* timeout) {
  default_timeout = TRY(timeoutFrom(ts, timeout));
  return kDone;
}

constexpr MethodDef kModuleMethods[] = {
    METHOD_PARSED("socketpair", socketpair, "(family=None, type=None, proto=None, /)", "socketpair([family[, type [, proto]]]) -> (socket object, socket object)\n\nTwo sockets that are connected to each other."),
    METHOD_UNSIGNED("close", closeDescriptor, "(fd, /)", "close(integer) -> None\n\nCloses the descriptor of a socket."),
    METHOD_UNSIGNED("dup", dup, "(fd, /)", "dup(integer) -> integer\n\nA second descriptor of a socket."),
    METHOD_UNSIGNED("getdefaulttimeout", getdefaulttimeout, "($module, /)", "getdefaulttimeout() -> timeout\n\nThe timeout of new sockets."),
    METHOD_UNSIGNED("setdefaulttimeout", setdefaulttimeout, "(timeout, /)", "setdefaulttimeout(timeout)\n\nSets the timeout of new sockets."),
    {}};

struct Constant {
  const char* name;
  long long value;
};
#define X(name) {#name, static_cast<long long>(name)},
#define Y(name, value) {#name, value},
constexpr Constant kConstants[] = {
#include "modules/socket/constants.inc"
};
#undef X
#undef Y

// What _ssl and others find in the capsule `CAPI`.
struct SocketApi {
  Type* socket_type;
  Object *error, *timeout_error;
};
SocketApi socket_api;

Status populate(ThreadState& ts, Module* m) {
  host_error = TRY(newExceptionClass(ts, "socket.herror", kOSError)).release();
  gai_error = TRY(newExceptionClass(ts, "socket.gaierror", kOSError)).release();
  TRY(addObject(ts, m, "error", Ref<>::share(&kOSError)));
  TRY(addObject(ts, m, "herror", Ref<>::share(host_error)));
  TRY(addObject(ts, m, "gaierror", Ref<>::share(gai_error)));
  TRY(addObject(ts, m, "timeout", Ref<>::share(&kTimeoutError)));
  TRY(addType(ts, m, kSocketType));
  TRY(addObject(ts, m, "SocketType", Ref<>::share(&kSocketType)));
  TRY(addObject(ts, m, "has_ipv6", newBool(true)));
  socket_api = {&kSocketType, &kOSError, &kTimeoutError};
  TRY(addObject(ts, m, "CAPI", TRY(newCapsule(ts, &socket_api, "_socket.CAPI"))));
  TRY(addMethods(ts, m, kNameMethods));
  TRY(addStr(ts, m, "BDADDR_ANY", "00:00:00:00:00:00"));
  TRY(addStr(ts, m, "BDADDR_LOCAL", "00:00:00:FF:FF:FF"));
  for (const Constant& c : kConstants) TRY(addInt(ts, m, c.name, c.value));
  return kDone;
}

}  // namespace
}  // namespace habu::socket

namespace habu {
extern const ModuleDef kSocketModule = {.name = "_socket", .doc = "Sockets; programs use the module socket.", .methods = socket::kModuleMethods, .populate = socket::populate};
}  // namespace habu
