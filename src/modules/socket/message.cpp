// recvmsg() and sendmsg(): scattered data together with control messages (file descriptors, credentials...).
#include <limits.h>
#include <linux/if_alg.h>
#include <string.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "modules/socket/socket.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu::socket {
namespace {

constexpr size_t kControlHeader = CMSG_LEN(0);

// Bytes of the message's control buffer from `position` on.
size_t roomFrom(const msghdr& m, const void* position) {
  size_t offset = size_t(static_cast<const char*>(position) - static_cast<const char*>(m.msg_control));
  return offset > m.msg_controllen ? 0 : m.msg_controllen - offset;
}

// The data of a control message that really is in the buffer: a truncated one is shorter than it says.
bool controlData(const msghdr& m, cmsghdr* c, size_t& length) {
  if (!c || roomFrom(m, c) < kControlHeader || c->cmsg_len < kControlHeader) return false;
  size_t room = roomFrom(m, CMSG_DATA(c));
  length = c->cmsg_len - kControlHeader;
  if (length > room) length = room;
  return true;
}

// [(level, type, data)]
Ref<List> controlList(ThreadState& ts, msghdr& m) {
  Ref<List> list = TRY(newList(ts));
  for (cmsghdr* c = m.msg_controllen ? CMSG_FIRSTHDR(&m) : nullptr; c; c = CMSG_NXTHDR(&m, c)) {
    size_t length = 0;
    if (!controlData(m, c, length) || length < c->cmsg_len - kControlHeader) {
      TRY(warn(ts, kRuntimeWarning, 1, "received malformed or improperly-truncated ancillary data"));
      if (!controlData(m, c, length)) break;
    }
    Ref<Int> level = TRY(newInt(ts, c->cmsg_level)), type = TRY(newInt(ts, c->cmsg_type));
    Ref<Bytes> data = TRY(newBytes(ts, {reinterpret_cast<char*>(CMSG_DATA(c)), length}));
    TRY(appendList(ts, list.get(), Ref<>(TRY(packTuple(ts, {level.get(), type.get(), data.get()})))));
  }
  return list;
}

// Descriptors that nobody will see must not leak when the result cannot be made.
void closeReceived(msghdr& m) {
  for (cmsghdr* c = m.msg_controllen ? CMSG_FIRSTHDR(&m) : nullptr; c; c = CMSG_NXTHDR(&m, c)) {
    size_t length = 0;
    if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS || !controlData(m, c, length)) continue;
    int* fds = reinterpret_cast<int*>(CMSG_DATA(c));
    for (size_t i = 0; i < length / sizeof(int); ++i) ::close(fds[i]);
  }
}

template <class Make>
Ref<> receive(ThreadState& ts, Socket* s, iovec* parts, size_t count, int flags, Index control_size, Make make) {
  Address from;
  from.length = addressCapacity(s);
  if (control_size < 0 || control_size > INT_MAX) return raise(ts, kValueError, "invalid ancillary data buffer length");
  std::unique_ptr<char[]> control(control_size ? new char[size_t(control_size)] : nullptr);
  msghdr m{};
  m.msg_name = from.raw();
  m.msg_namelen = from.length;
  m.msg_iov = parts;
  m.msg_iovlen = count;
  m.msg_control = control.get();
  m.msg_controllen = size_t(control_size);
  ssize_t n = 0;
  TRY(callSocket(ts, s, false, [&] { return (n = ::recvmsg(s->fd, &m, flags)) >= 0; }));
  from.length = m.msg_namelen < from.length ? m.msg_namelen : from.length;
  auto result = [&]() -> Ref<> {
    Ref<List> messages = TRY(controlList(ts, m));
    Ref<> first = TRY(make(n));
    Ref<Int> got = TRY(newInt(ts, m.msg_flags));
    Ref<> address = TRY(addressObject(ts, s->fd, from, s->protocol));
    return packTuple(ts, {first.get(), messages.get(), got.get(), address.get()});
  }();
  if (!result) closeReceived(m);
  return result;
}

Status checkCount(ThreadState& ts, const Args& args, const char* function, Index least, Index most) {
  if (args.keywordCount()) return raise(ts, kTypeError, "socket.{}() takes no keyword arguments", function);
  if (args.count < least)
    return raise(ts, kTypeError, "{}() takes at least {} argument{} ({} given)", function, least, least == 1 ? "" : "s", args.count);
  if (args.count > most) return raise(ts, kTypeError, "{}() takes at most {} arguments ({} given)", function, most, args.count);
  return kDone;
}

// A sequence of buffers, held while the call runs.
struct Buffers {
  std::vector<BufferView> views;
  std::vector<iovec> parts;
};

// ---- control messages to send ----
struct ControlItem {
  int level, type;
  BufferView data;
};

Result<ControlItem> controlItem(ThreadState& ts, Object* o) {
  constexpr const char* kWhat = "[sendmsg() ancillary data items]()";
  if (!isTuple(o) && !isList(o)) return raise(ts, kTypeError, "{} argument must be 3-item sequence, not {:.50}", kWhat, typeName(o));
  if (fastSize(o) != 3) return raise(ts, kTypeError, "{} argument must be sequence of length 3, not {}", kWhat, fastSize(o));
  ControlItem item;
  item.level = TRY(asCInt(ts, fastItems(o)[0]));
  item.type = TRY(asCInt(ts, fastItems(o)[1]));
  item.data = TRY(BufferView::of(ts, fastItems(o)[2]));
  return item;
}

Status packControl(ThreadState& ts, Object* sequence, std::vector<char>& out, msghdr& m) {
  Ref<> items = TRY(sequenceFast(ts, sequence, "sendmsg() argument 2 must be an iterable"));
  std::vector<ControlItem> messages;
  size_t total = 0, space;
  for (Index i = 0; i < fastSize(items.get()); ++i) {
    Ref<> object = Ref<>::share(fastItems(items.get())[i]);
    messages.push_back(TRY(controlItem(ts, object.get())));
    if (!controlSpace(size_t(messages.back().data.size()), space)) return plainError(ts, "ancillary data item too large");
    total += space;
    if (total > INT_MAX) return plainError(ts, "too much ancillary data");
  }
  if (messages.empty()) return kDone;
  out.assign(total, 0);
  m.msg_control = out.data();
  m.msg_controllen = total;
  cmsghdr* c = CMSG_FIRSTHDR(&m);
  for (ControlItem& item : messages) {
    if (!c) return raise(ts, kRuntimeError, "unexpected NULL result from CMSG_NXTHDR()");
    c->cmsg_level = item.level;
    c->cmsg_type = item.type;
    c->cmsg_len = CMSG_LEN(size_t(item.data.size()));
    memcpy(CMSG_DATA(c), item.data.data(), size_t(item.data.size()));
    c = CMSG_NXTHDR(&m, c);
  }
  return kDone;
}

Status gatherParts(ThreadState& ts, Object* sequence, const char* what, Buffers& out) {
  Ref<> items = TRY(sequenceFast(ts, sequence, what));
  for (Index i = 0; i < fastSize(items.get()); ++i) {
    Ref<> item = Ref<>::share(fastItems(items.get())[i]);
    out.views.push_back(TRY(BufferView::of(ts, item.get())));
    out.parts.push_back({out.views.back().data(), size_t(out.views.back().size())});
  }
  if (out.parts.size() > INT_MAX) return plainError(ts, "sendmsg() argument 1 is too long");
  return kDone;
}

}  // namespace

Ref<> receiveMessage(ThreadState& ts, Socket* s, Args args) {
  TRY(checkCount(ts, args, "recvmsg", 1, 3));
  Index size = TRY(Arg<Index>::from(ts, args[0], {}));
  Index control = args.count > 1 ? TRY(Arg<Index>::from(ts, args[1], {})) : 0;
  int flags = args.count > 2 ? TRY(asCInt(ts, args[2])) : 0;
  if (size < 0) return raise(ts, kValueError, "negative buffer size in recvmsg()");
  Ref<Bytes> data = TRY(newBytesUninitialized(ts, size));
  iovec part{data->data, size_t(size)};
  return receive(ts, s, &part, 1, flags, control, [&](ssize_t n) -> Ref<> {
    return n == size ? std::move(data) : shrinkBytes(ts, std::move(data), n);
  });
}

Ref<> receiveMessageInto(ThreadState& ts, Socket* s, Args args) {
  TRY(checkCount(ts, args, "recvmsg_into", 1, 3));
  Index control = args.count > 1 ? TRY(Arg<Index>::from(ts, args[1], {})) : 0;
  int flags = args.count > 2 ? TRY(asCInt(ts, args[2])) : 0;
  Ref<> items = TRY(sequenceFast(ts, args[0], "recvmsg_into() argument 1 must be an iterable"));
  Buffers buffers;
  for (Index i = 0; i < fastSize(items.get()); ++i) {
    Ref<> item = Ref<>::share(fastItems(items.get())[i]);
    auto view = BufferView::of(ts, item.get(), kBufferWritable);
    if (view.failed()) {
      clearError(ts);
      return raise(ts, kTypeError, "recvmsg_into() argument 1 must be an iterable of single-segment read-write buffers");
    }
    buffers.views.push_back(view.take());
    buffers.parts.push_back({buffers.views.back().data(), size_t(buffers.views.back().size())});
  }
  if (buffers.parts.size() > INT_MAX) return plainError(ts, "recvmsg_into() argument 1 is too long");
  return receive(ts, s, buffers.parts.data(), buffers.parts.size(), flags, control, [&](ssize_t n) -> Ref<> { return newInt(ts, n); });
}

Ref<> sendMessage(ThreadState& ts, Socket* s, Args args) {
  TRY(checkCount(ts, args, "sendmsg", 1, 4));
  int flags = args.count > 2 ? TRY(asCInt(ts, args[2])) : 0;
  msghdr m{};
  Address to;
  if (args.count > 3 && !isNone(args[3])) {
    to = TRY(addressFrom(ts, s, args[3], "sendmsg"));
    m.msg_name = to.raw();
    m.msg_namelen = to.length;
  }
  Buffers buffers;
  TRY(gatherParts(ts, args[0], "sendmsg() argument 1 must be an iterable", buffers));
  m.msg_iov = buffers.parts.data();
  m.msg_iovlen = buffers.parts.size();
  std::vector<char> control;
  if (args.count > 1) TRY(packControl(ts, args[1], control, m));
  ssize_t n = 0;
  TRY(callSocket(ts, s, true, [&] { return (n = ::sendmsg(s->fd, &m, flags)) >= 0; }));
  return newInt(ts, n);
}

Ref<> sendAlgorithmMessage(ThreadState& ts, Socket* s, Object* message, Object* op, Object* iv, Object* assoclen, Object* flags) {
  if (s->family != AF_ALG) return plainError(ts, "algset is only supported for AF_ALG");
  int operation = op ? TRY(asCInt(ts, op)) : -1;
  if (operation < 0) return raise(ts, kTypeError, "Invalid or missing argument 'op'");
  long long associated = -1;
  if (assoclen) {
    associated = TRY(asCInt(ts, assoclen));
    if (associated < 0) return raise(ts, kTypeError, "assoclen must be positive");
  }
  int how = flags ? TRY(asCInt(ts, flags)) : 0;
  BufferView vector;
  if (iv) vector = TRY(BufferView::of(ts, iv));
  Buffers buffers;
  if (message) TRY(gatherParts(ts, message, "sendmsg_afalg() argument 1 must be an iterable", buffers));
  std::vector<char> control(CMSG_SPACE(sizeof(unsigned)) + (iv ? CMSG_SPACE(sizeof(af_alg_iv) + size_t(vector.size())) : 0) +
                            (associated >= 0 ? CMSG_SPACE(sizeof(unsigned)) : 0));
  msghdr m{};
  m.msg_iov = buffers.parts.data();
  m.msg_iovlen = buffers.parts.size();
  m.msg_control = control.data();
  m.msg_controllen = control.size();
  cmsghdr* c = CMSG_FIRSTHDR(&m);
  auto add = [&](int type, size_t length) {
    c->cmsg_level = SOL_ALG;
    c->cmsg_type = type;
    c->cmsg_len = CMSG_LEN(length);
    auto* data = CMSG_DATA(c);
    c = CMSG_NXTHDR(&m, c);
    return data;
  };
  memcpy(add(ALG_SET_OP, sizeof operation), &operation, sizeof operation);
  if (iv) {
    auto* target = reinterpret_cast<af_alg_iv*>(add(ALG_SET_IV, sizeof(af_alg_iv) + size_t(vector.size())));
    target->ivlen = unsigned(vector.size());
    memcpy(reinterpret_cast<char*>(target) + sizeof(af_alg_iv), vector.data(), size_t(vector.size()));
  }
  if (associated >= 0) memcpy(add(ALG_SET_AEAD_ASSOCLEN, sizeof(unsigned)), &associated, sizeof(unsigned));
  ssize_t n = 0;
  TRY(callSocket(ts, s, true, [&] { return (n = ::sendmsg(s->fd, &m, how)) >= 0; }));
  return newInt(ts, n);
}

}  // namespace habu::socket
