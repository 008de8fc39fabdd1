// Socket addresses: from what Python code gives for each family, and back.
#include <arpa/inet.h>
#include <limits.h>
#include <linux/can.h>
#include <linux/if_alg.h>
#include <linux/netlink.h>
#include <linux/qrtr.h>
#include <linux/tipc.h>
#include <linux/vm_sockets.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/un.h>

#include "modules/socket/socket.h"
#include "object/call.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::socket {
namespace {

// Bluetooth's addresses; the kernel has no header for them.
struct BluetoothAddress {
  uint8_t bytes[6];  // last part of the written form first
};
struct SockaddrL2cap {
  sa_family_t family;
  uint16_t psm;
  BluetoothAddress address;
  uint16_t channel;
  uint8_t address_type;
};
struct SockaddrRfcomm {
  sa_family_t family;
  BluetoothAddress address;
  uint8_t channel;
};
struct SockaddrHci {
  sa_family_t family;
  uint16_t device, channel;
};
struct SockaddrSco {
  sa_family_t family;
  BluetoothAddress address;
};
enum BluetoothProtocol : int { kL2cap = 0, kHci = 1, kSco = 2, kRfcomm = 3 };
enum CanProtocol : int { kCanRaw = 1, kCanBcm = 2, kCanIsotp = 6, kCanJ1939 = 7 };

Address empty(int family, size_t length) {
  Address a;
  a.storage.ss_family = sa_family_t(family);
  a.length = socklen_t(length);
  return a;
}

// A tuple of between `least` and `most` items, else TypeError with `message`.
Result<Tuple*> tupleOf(ThreadState& ts, Object* o, const char* caller, const char* family, Index least, Index most, const char* message) {
  if (!isTuple(o)) return raise(ts, kTypeError, "{}(): {} address must be tuple, not {:.500}", caller, family, typeName(o));
  auto* t = static_cast<Tuple*>(o);
  if (t->size < least || t->size > most) return raise(ts, kTypeError, message);
  return t;
}

Result<int> port(ThreadState& ts, Object* o, const char* caller, const char* what = "port") {
  auto number = asLongLong(ts, o);
  long long value = -1;
  if (number.failed()) {
    if (!errorMatches(ts, kOverflowError)) return Raised{};
    clearError(ts);
  } else {
    value = number.take();
  }
  if (value < 0 || value > 0xffff) return raise(ts, kOverflowError, "{}(): {} must be 0-65535.", caller, what);
  return int(value);
}

Result<unsigned> masked(ThreadState& ts, Object* o) { return unsigned(TRY(asUnsignedLongLongMask(ts, o))); }

Result<Address> inetFrom(ThreadState& ts, Object* o, const char* caller) {
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_INET", 2, 2, "AF_INET address must be a pair (host, port)"));
  HostName host = TRY(HostName::from(ts, t->items[0]));
  int number = TRY(port(ts, t->items[1], caller));
  Address a;
  TRY(setHost(ts, host.text, a, AF_INET));
  auto& in = a.as<sockaddr_in>();
  in.sin_family = AF_INET;
  in.sin_port = htons(uint16_t(number));
  a.length = sizeof in;
  return a;
}

Result<Address> inet6From(ThreadState& ts, Object* o, const char* caller) {
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_INET6", 2, 4, "AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])"));
  HostName host = TRY(HostName::from(ts, t->items[0]));
  int number = TRY(port(ts, t->items[1], caller));
  unsigned flow = t->size > 2 ? TRY(masked(ts, t->items[2])) : 0, scope = t->size > 3 ? TRY(masked(ts, t->items[3])) : 0;
  Address a;
  TRY(setHost(ts, host.text, a, AF_INET6));
  if (flow > 0xfffff) return raise(ts, kOverflowError, "{}(): flowinfo must be 0-1048575.", caller);
  auto& in = a.as<sockaddr_in6>();
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(uint16_t(number));
  in.sin6_flowinfo = htonl(flow);
  in.sin6_scope_id = scope;
  a.length = sizeof in;
  return a;
}

Result<Address> unixFrom(ThreadState& ts, Object* o) {
  BufferView view;
  Ref<Bytes> encoded;
  std::string_view path;
  if (isStr(o)) {
    encoded = TRY(encodeUtf8Text(ts, reinterpret_cast<Str*>(o), "surrogateescape"));
    path = encoded->view();
  } else {
    view = TRY(BufferView::of(ts, o));
    path = view.bytes();
  }
  Address a = empty(AF_UNIX, 0);
  auto& un = a.as<sockaddr_un>();
  bool abstract = path.empty() || path[0] == 0;  // a name outside the file system: no null at its end
  if (path.size() > sizeof un.sun_path - (abstract ? 0 : 1)) return plainError(ts, "AF_UNIX path too long");
  memcpy(un.sun_path, path.data(), path.size());
  a.length = socklen_t(offsetof(sockaddr_un, sun_path) + path.size() + (abstract ? 0 : 1));
  return a;
}

Result<Address> netlinkFrom(ThreadState& ts, Object* o, const char* caller) {
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_NETLINK", 2, 2, "AF_NETLINK address must be a pair (pid, groups)"));
  Address a = empty(AF_NETLINK, sizeof(sockaddr_nl));
  a.as<sockaddr_nl>().nl_pid = TRY(masked(ts, t->items[0]));
  a.as<sockaddr_nl>().nl_groups = TRY(masked(ts, t->items[1]));
  return a;
}

// Families whose parser names itself, not the caller.
Result<Tuple*> pairOf(ThreadState& ts, Object* o, const char* family) {
  if (!isTuple(o)) return raise(ts, kTypeError, "getsockaddrarg: {} address must be tuple, not {:.500}", family, typeName(o));
  auto* t = static_cast<Tuple*>(o);
  if (t->size != 2) return raise(ts, kTypeError, "getsockaddrarg() takes exactly 2 arguments ({} given)", t->size);
  return t;
}

Result<Address> vsockFrom(ThreadState& ts, Object* o) {
  Tuple* t = TRY(pairOf(ts, o, "AF_VSOCK"));
  Address a = empty(AF_VSOCK, sizeof(sockaddr_vm));
  a.as<sockaddr_vm>().svm_cid = TRY(masked(ts, t->items[0]));
  a.as<sockaddr_vm>().svm_port = TRY(masked(ts, t->items[1]));
  return a;
}

Result<Address> qrtrFrom(ThreadState& ts, Object* o) {
  Tuple* t = TRY(pairOf(ts, o, "AF_QIPCRTR"));
  Address a = empty(AF_QIPCRTR, sizeof(sockaddr_qrtr));
  a.as<sockaddr_qrtr>().sq_node = TRY(masked(ts, t->items[0]));
  a.as<sockaddr_qrtr>().sq_port = TRY(masked(ts, t->items[1]));
  return a;
}

// The index of a network interface; an empty name means any.
Result<int> interfaceIndex(ThreadState& ts, int fd, std::string_view name, const char* too_long) {
  ifreq request{};
  if (name.empty()) return 0;
  if (name.size() >= sizeof request.ifr_name) return plainError(ts, too_long);
  memcpy(request.ifr_name, name.data(), name.size());
  if (::ioctl(fd, SIOCGIFINDEX, &request) < 0) return osError(ts);
  return request.ifr_ifindex;
}

Result<Address> packetFrom(ThreadState& ts, Socket* s, Object* o, const char* caller) {
  const char* kMessage = "AF_PACKET address must be a tuple of two to five elements";
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_PACKET", 2, 5, kMessage));
  Object* name = t->items[0];
  if (!isStr(name) && !isBytes(name)) return raise(ts, kTypeError, kMessage);
  Ref<Bytes> interface = TRY(fileSystemBytes(ts, name));
  long long protocol = TRY(asLongLong(ts, t->items[1]));
  int kind = t->size > 2 ? TRY(asCInt(ts, t->items[2])) : PACKET_HOST, hardware = t->size > 3 ? TRY(asCInt(ts, t->items[3])) : 0;
  BufferView view;
  if (t->size > 4) {
    if (!hasBuffer(t->items[4])) return raise(ts, kTypeError, kMessage);
    view = TRY(BufferView::of(ts, t->items[4]));
  }
  int index = TRY(interfaceIndex(ts, s->fd, interface->view(), "interface name too long"));
  if (view.size() > 8) return raise(ts, kValueError, "Hardware address must be 8 bytes or less");
  if (protocol < 0 || protocol > 0xffff) return raise(ts, kOverflowError, "{}(): proto must be 0-65535.", caller);
  Address a = empty(AF_PACKET, sizeof(sockaddr_ll));
  auto& ll = a.as<sockaddr_ll>();
  ll.sll_protocol = htons(uint16_t(protocol));
  ll.sll_ifindex = index;
  ll.sll_pkttype = static_cast<unsigned char>(kind);
  ll.sll_hatype = static_cast<unsigned short>(hardware);
  if (view.size()) memcpy(ll.sll_addr, view.data(), size_t(view.size()));
  ll.sll_halen = static_cast<unsigned char>(view.size());
  return a;
}

Result<Address> tipcFrom(ThreadState& ts, Object* o, const char* caller) {
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_TIPC", 4, 5, "AF_TIPC address must be a tuple (addr_type, v1, v2, v3[, scope])"));
  unsigned v[5] = {0, 0, 0, 0, TIPC_CLUSTER_SCOPE};
  for (Index i = 0; i < t->size; ++i) v[i] = TRY(masked(ts, t->items[i]));
  Address a = empty(AF_TIPC, sizeof(sockaddr_tipc));
  auto& tipc = a.as<sockaddr_tipc>();
  tipc.scope = static_cast<signed char>(v[4]);
  tipc.addrtype = static_cast<unsigned char>(v[0]);
  if (v[0] == TIPC_ADDR_NAMESEQ) tipc.addr.nameseq = {v[1], v[2], v[3]};
  else if (v[0] == TIPC_ADDR_NAME) tipc.addr.name.name = {v[1], v[2]};
  else if (v[0] == TIPC_ADDR_ID) tipc.addr.id = {v[2], v[1]};
  else return raise(ts, kTypeError, "{}(): Invalid address type", caller);
  return a;
}

Result<Address> algFrom(ThreadState& ts, Object* o, const char* caller) {
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_ALG", 2, 4, "AF_ALG address must be a tuple (type, name[, feat[, mask]])"));
  Address a = empty(AF_ALG, sizeof(sockaddr_alg));
  auto& alg = a.as<sockaddr_alg>();
  for (Index i = 0; i < 2; ++i) {
    if (!isStr(t->items[i])) return raise(ts, kTypeError, "AF_ALG address must be a tuple (type, name[, feat[, mask]])");
    std::string_view text = TRY(utf8Of(ts, reinterpret_cast<Str*>(t->items[i])));
    size_t room = i ? sizeof alg.salg_name : sizeof alg.salg_type;
    if (text.size() >= room) return raise(ts, kValueError, i ? "AF_ALG name too long." : "AF_ALG type too long.");
    memcpy(i ? alg.salg_name : alg.salg_type, text.data(), text.size());
  }
  if (t->size > 2) alg.salg_feat = TRY(masked(ts, t->items[2]));
  if (t->size > 3) alg.salg_mask = TRY(masked(ts, t->items[3]));
  return a;
}

Result<Address> canFrom(ThreadState& ts, Socket* s, Object* o, const char* caller) {
  const char* message = "AF_CAN address must be a tuple (interface, )";
  Index size = 1;
  if (s->protocol == kCanIsotp) message = "AF_CAN address must be a tuple (interface, rx_addr, tx_addr)", size = 3;
  else if (s->protocol == kCanJ1939) message = "AF_CAN address must be a tuple (interface, name, pgn, addr)", size = 4;
  else if (s->protocol != kCanRaw && s->protocol != kCanBcm) return raise(ts, kOSError, "{}(): unsupported CAN protocol", caller);
  Tuple* t = TRY(tupleOf(ts, o, caller, "AF_CAN", size, size, message));
  Ref<Bytes> interface = TRY(fileSystemBytes(ts, t->items[0]));
  Address a = empty(AF_CAN, sizeof(sockaddr_can));
  auto& can = a.as<sockaddr_can>();
  can.can_ifindex = TRY(interfaceIndex(ts, s->fd, interface->view(), "AF_CAN interface name too long"));
  if (s->protocol == kCanIsotp) {
    can.can_addr.tp.rx_id = TRY(masked(ts, t->items[1]));
    can.can_addr.tp.tx_id = TRY(masked(ts, t->items[2]));
  } else if (s->protocol == kCanJ1939) {
    can.can_addr.j1939.name = TRY(asUnsignedLongLongMask(ts, t->items[1]));
    can.can_addr.j1939.pgn = TRY(masked(ts, t->items[2]));
    can.can_addr.j1939.addr = static_cast<unsigned char>(TRY(masked(ts, t->items[3])));
  }
  return a;
}

Result<BluetoothAddress> bluetoothAddress(ThreadState& ts, Object* o, const char* caller) {
  BluetoothAddress out;
  unsigned b[6];
  char extra;
  if (isBytes(o) || isStr(o)) {
    Ref<Bytes> text = TRY(fileSystemBytes(ts, o));
    if (sscanf(text->data, "%X:%X:%X:%X:%X:%X%c", &b[5], &b[4], &b[3], &b[2], &b[1], &b[0], &extra) == 6 &&
        (b[0] | b[1] | b[2] | b[3] | b[4] | b[5]) < 256) {
      for (int i = 0; i < 6; ++i) out.bytes[i] = uint8_t(b[i]);
      return out;
    }
    return plainError(ts, "bad bluetooth address");
  }
  return raise(ts, kOSError, "{}(): wrong format", caller);
}

Result<Address> bluetoothFrom(ThreadState& ts, Socket* s, Object* o, const char* caller) {
  auto wrong = [&]() -> Result<Address> { return raise(ts, kOSError, "{}(): wrong format", caller); };
  auto* t = isTuple(o) ? static_cast<Tuple*>(o) : nullptr;
  switch (s->protocol) {
    case kL2cap: {
      if (!t || t->size != 2) return wrong();
      Address a = empty(AF_BLUETOOTH, sizeof(SockaddrL2cap));
      a.as<SockaddrL2cap>().address = TRY(bluetoothAddress(ts, t->items[0], caller));
      a.as<SockaddrL2cap>().psm = uint16_t(TRY(asCInt(ts, t->items[1])));
      return a;
    }
    case kRfcomm: {
      if (!t || t->size != 2) return wrong();
      Address a = empty(AF_BLUETOOTH, sizeof(SockaddrRfcomm));
      a.as<SockaddrRfcomm>().address = TRY(bluetoothAddress(ts, t->items[0], caller));
      a.as<SockaddrRfcomm>().channel = uint8_t(TRY(asCInt(ts, t->items[1])));
      return a;
    }
    case kHci: {
      if (!t || t->size != 1) return wrong();
      Address a = empty(AF_BLUETOOTH, sizeof(SockaddrHci));
      a.as<SockaddrHci>().device = uint16_t(TRY(asCInt(ts, t->items[0])));
      return a;
    }
    case kSco: {
      if (!isBytes(o)) return wrong();
      Address a = empty(AF_BLUETOOTH, sizeof(SockaddrSco));
      a.as<SockaddrSco>().address = TRY(bluetoothAddress(ts, o, caller));
      return a;
    }
    default: return raise(ts, kOSError, "{}(): unknown Bluetooth protocol", caller);
  }
}

// ---- and back ----
Ref<> withNumbers(ThreadState& ts, Ref<> first, std::initializer_list<unsigned long long> rest) {
  Ref<Tuple> t = TRY(newTupleUninitialized(ts, Index(rest.size() + (first ? 1 : 0))));
  Index i = 0;
  if (first) put(t.get(), i++, std::move(first));
  for (unsigned long long v : rest) {
    Ref<Int> number = newIntUnsigned(ts, v);
    if (!number) return Raised{};
    put(t.get(), i++, std::move(number));
  }
  return t;
}

Ref<> unixObject(ThreadState& ts, Address& a) {
  auto& un = a.as<sockaddr_un>();
  size_t length = a.length - offsetof(sockaddr_un, sun_path);
  if (a.length <= offsetof(sockaddr_un, sun_path)) return emptyStr();
  if (un.sun_path[0] == 0) return newBytes(ts, {un.sun_path, length});
  return strFromFileSystem(ts, {un.sun_path, strnlen(un.sun_path, length)});
}

Ref<> interfaceName(ThreadState& ts, int fd, int index) {
  ifreq request{};
  request.ifr_ifindex = index;
  if (index == 0 || ::ioctl(fd, SIOCGIFNAME, &request) != 0) return emptyStr();
  return strFromFileSystem(ts, request.ifr_name);
}

Ref<> packetObject(ThreadState& ts, int fd, sockaddr_ll& ll) {
  Ref<> name = TRY(interfaceName(ts, fd, ll.sll_ifindex));
  Ref<Int> protocol = TRY(newInt(ts, ntohs(ll.sll_protocol))), kind = TRY(newInt(ts, ll.sll_pkttype)), hardware = TRY(newInt(ts, ll.sll_hatype));
  Ref<Bytes> address = TRY(newBytes(ts, {reinterpret_cast<char*>(ll.sll_addr), ll.sll_halen}));
  return packTuple(ts, {name.get(), protocol.get(), kind.get(), hardware.get(), address.get()});
}

Ref<> tipcObject(ThreadState& ts, sockaddr_tipc& t) {
  unsigned scope = static_cast<unsigned>(t.scope);
  switch (t.addrtype) {
    case TIPC_ADDR_NAMESEQ:
      return withNumbers(ts, {}, {t.addrtype, t.addr.nameseq.type, t.addr.nameseq.lower, t.addr.nameseq.upper, scope});
    case TIPC_ADDR_NAME: return withNumbers(ts, {}, {t.addrtype, t.addr.name.name.type, t.addr.name.name.instance, t.addr.name.name.instance, scope});
    case TIPC_ADDR_ID: return withNumbers(ts, {}, {t.addrtype, t.addr.id.node, t.addr.id.ref, 0, scope});
    default: return raise(ts, kValueError, "Invalid address type");
  }
}

Ref<> canObject(ThreadState& ts, int fd, sockaddr_can& can, int protocol) {
  Ref<> name = TRY(interfaceName(ts, fd, can.can_ifindex));
  if (protocol == kCanIsotp) return withNumbers(ts, std::move(name), {can.can_addr.tp.rx_id, can.can_addr.tp.tx_id});
  if (protocol == kCanJ1939)
    return withNumbers(ts, std::move(name), {can.can_addr.j1939.name, can.can_addr.j1939.pgn, can.can_addr.j1939.addr});
  return withNumbers(ts, std::move(name), {can.can_family});
}

Ref<Str> bluetoothText(ThreadState& ts, const BluetoothAddress& b) {
  char text[18];
  int n = snprintf(text, sizeof text, "%02X:%02X:%02X:%02X:%02X:%02X", b.bytes[5], b.bytes[4], b.bytes[3], b.bytes[2], b.bytes[1], b.bytes[0]);
  return newStr(ts, {text, size_t(n)});
}

Ref<> bluetoothObject(ThreadState& ts, Address& a, int protocol) {
  switch (protocol) {
    case kL2cap: return withNumbers(ts, TRY(bluetoothText(ts, a.as<SockaddrL2cap>().address)), {a.as<SockaddrL2cap>().psm});
    case kRfcomm: return withNumbers(ts, TRY(bluetoothText(ts, a.as<SockaddrRfcomm>().address)), {a.as<SockaddrRfcomm>().channel});
    case kHci: return withNumbers(ts, {}, {a.as<SockaddrHci>().device});
    case kSco: return bluetoothText(ts, a.as<SockaddrSco>().address);
    default: return raise(ts, kValueError, "Unknown Bluetooth protocol");
  }
}

}  // namespace

Result<Address> addressFrom(ThreadState& ts, Socket* s, Object* o, const char* caller) {
  switch (s->family) {
    case AF_UNIX: return unixFrom(ts, o);
    case AF_INET:
    case AF_RDS: {
      Address a = TRY(inetFrom(ts, o, caller));
      a.storage.ss_family = sa_family_t(s->family == AF_RDS ? AF_INET : s->family);
      return a;
    }
    case AF_INET6: return inet6From(ts, o, caller);
    case AF_NETLINK: return netlinkFrom(ts, o, caller);
    case AF_VSOCK: return vsockFrom(ts, o);
    case AF_QIPCRTR: return qrtrFrom(ts, o);
    case AF_PACKET: return packetFrom(ts, s, o, caller);
    case AF_TIPC: return tipcFrom(ts, o, caller);
    case AF_ALG: return algFrom(ts, o, caller);
    case AF_CAN: return canFrom(ts, s, o, caller);
    case AF_BLUETOOTH: return bluetoothFrom(ts, s, o, caller);
    default: return raise(ts, kOSError, "{}(): bad family", caller);
  }
}

socklen_t addressCapacity(const Socket* s) { return s->family == AF_ALG ? sizeof(sockaddr_alg) : sizeof(sockaddr_storage); }

Ref<> addressObject(ThreadState& ts, int fd, Address& a, int protocol) {
  if (a.length == 0) return none();
  switch (a.storage.ss_family) {
    case AF_INET: return withNumbers(ts, TRY(hostText(ts, a)), {ntohs(a.as<sockaddr_in>().sin_port)});
    case AF_INET6: {
      auto& in = a.as<sockaddr_in6>();
      return withNumbers(ts, TRY(hostText(ts, a)), {ntohs(in.sin6_port), ntohl(in.sin6_flowinfo), in.sin6_scope_id});
    }
    case AF_UNIX: return unixObject(ts, a);
    case AF_NETLINK: return withNumbers(ts, {}, {a.as<sockaddr_nl>().nl_pid, a.as<sockaddr_nl>().nl_groups});
    case AF_VSOCK: return withNumbers(ts, {}, {a.as<sockaddr_vm>().svm_cid, a.as<sockaddr_vm>().svm_port});
    case AF_QIPCRTR: return withNumbers(ts, {}, {a.as<sockaddr_qrtr>().sq_node, a.as<sockaddr_qrtr>().sq_port});
    case AF_PACKET: return packetObject(ts, fd, a.as<sockaddr_ll>());
    case AF_TIPC: return tipcObject(ts, a.as<sockaddr_tipc>());
    case AF_CAN: return canObject(ts, fd, a.as<sockaddr_can>(), protocol);
    case AF_BLUETOOTH: return bluetoothObject(ts, a, protocol);
    case AF_ALG: {
      auto& alg = a.as<sockaddr_alg>();
      Ref<Str> type = TRY(strFromFileSystem(ts, reinterpret_cast<char*>(alg.salg_type))), name = TRY(strFromFileSystem(ts, reinterpret_cast<char*>(alg.salg_name)));
      Ref<Int> features = TRY(newInt(ts, ntohs(uint16_t(alg.salg_feat)))), mask = TRY(newInt(ts, ntohs(uint16_t(alg.salg_mask))));
      return packTuple(ts, {type.get(), name.get(), features.get(), mask.get()});
    }
    default: {  // as it came
      Ref<Int> family = TRY(newInt(ts, a.storage.ss_family));
      Ref<Bytes> data = TRY(newBytes(ts, {a.raw()->sa_data, sizeof a.raw()->sa_data}));
      return packTuple(ts, {family.get(), data.get()});
    }
  }
}

Ref<> hostText(ThreadState& ts, Address& a) {
  char text[INET6_ADDRSTRLEN];
  bool v4 = a.storage.ss_family == AF_INET;
  const void* address = v4 ? static_cast<const void*>(&a.as<sockaddr_in>().sin_addr) : &a.as<sockaddr_in6>().sin6_addr;
  if (!::inet_ntop(a.storage.ss_family, address, text, sizeof text)) return osError(ts);
  return newStr(ts, text);
}

}  // namespace habu::socket
