// Functions of the module `_socket` that need no socket: names and addresses of hosts, services, interfaces.
#include <arpa/inet.h>
#include <limits.h>
#include <net/if.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#include <memory>

#include "modules/socket/socket.h"
#include "object/call.h"
#include "object/number.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::socket {

Type *gai_error, *host_error;

namespace {

Raised numberedError(ThreadState& ts, Type& type, int number, const char* text) {
  Ref<Int> n = TRY(newInt(ts, number));
  Ref<Str> t = TRY(strFromFileSystem(ts, text));
  Ref<Tuple> args = TRY(packTuple(ts, {n.get(), t.get()}));
  return raiseValue(ts, type, args.get());
}

struct FreeAddresses {
  void operator()(addrinfo* a) const { ::freeaddrinfo(a); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

Result<Addresses> resolve(ThreadState& ts, const char* host, const char* service, const addrinfo& hints) {
  addrinfo* found = nullptr;
  int error;
  {
    GilRelease allow(ts);
    error = ::getaddrinfo(host, service, &hints, &found);
  }
  if (error) return gaiError(ts, error);
  return Addresses(found);
}

void copyAddress(Address& out, const addrinfo& from) {
  memcpy(&out.storage, from.ai_addr, from.ai_addrlen < sizeof out.storage ? from.ai_addrlen : sizeof out.storage);
  out.length = from.ai_addrlen;
}

Result<HostName> hostArgument(ThreadState& ts, Object* o, const char* function) {
  if (!isStr(o) && !isBytes(o) && !isInstanceOf(o, kByteArrayType))
    return raise(ts, kTypeError, "{}() argument 1 must be str, bytes or bytearray, not {:.50}", function, typeName(o));
  return HostName::from(ts, o);
}

// ---- hosts ----
Ref<> gethostname(ThreadState& ts, Module*) {
  char name[1024];
  int result;
  {
    GilRelease allow(ts);
    result = ::gethostname(name, sizeof name - 1);
  }
  if (result < 0) return osError(ts);
  name[sizeof name - 1] = 0;
  return strFromFileSystem(ts, name);
}

Status sethostname(ThreadState& ts, Module*, Object* name) {
  Ref<Bytes> text = TRY(fileSystemBytes(ts, name));
  if (::sethostname(text->data, size_t(text->size)) < 0) return osError(ts);
  return kDone;
}

Ref<> gethostbyname(ThreadState& ts, Module*, Object* host) {
  HostName name = TRY(hostArgument(ts, host, "gethostbyname"));
  Address a;
  TRY(setHost(ts, name.text, a, AF_INET));
  return hostText(ts, a);
}

// A look-up with one of the gethostby...() functions, with room for its strings.
struct HostLookup {
  hostent entry{};
  hostent* found = nullptr;
  int error = 0;
  std::unique_ptr<char[]> buffer;
  template <class Call>
  void run(ThreadState& ts, Call call) {
    for (size_t size = 16384;; size *= 2) {
      buffer.reset(new char[size]);
      GilRelease allow(ts);
      if (call(&entry, buffer.get(), size, &found, &error) != ERANGE) return;
    }
  }
};

// (name, aliases, addresses)
Ref<> hostObject(ThreadState& ts, HostLookup& lookup, int family) {
  if (!lookup.found) return hostError(ts, lookup.error);
  hostent& h = *lookup.found;
  if (h.h_addrtype != family) return raiseErrno(ts, EAFNOSUPPORT);
  Ref<List> aliases = TRY(newList(ts)), addresses = TRY(newList(ts));
  for (char** p = h.h_aliases; p && *p; ++p) TRY(appendList(ts, aliases.get(), Ref<>(TRY(newStr(ts, *p)))));
  for (char** p = h.h_addr_list; *p; ++p) {
    char text[INET6_ADDRSTRLEN];
    if (!::inet_ntop(h.h_addrtype, *p, text, sizeof text)) return osError(ts);
    TRY(appendList(ts, addresses.get(), Ref<>(TRY(newStr(ts, text)))));
  }
  Ref<Str> name = TRY(strFromFileSystem(ts, h.h_name));
  return packTuple(ts, {name.get(), aliases.get(), addresses.get()});
}

Ref<> gethostbynameEx(ThreadState& ts, Module*, Object* host) {
  HostName name = TRY(hostArgument(ts, host, "gethostbyname_ex"));
  Address a;
  TRY(setHost(ts, name.text, a, AF_INET));
  HostLookup lookup;
  lookup.run(ts, [&](hostent* e, char* b, size_t n, hostent** r, int* error) { return ::gethostbyname_r(name.text, e, b, n, r, error); });
  return hostObject(ts, lookup, a.storage.ss_family);
}

Ref<> gethostbyaddr(ThreadState& ts, Module*, Object* host) {
  HostName name = TRY(hostArgument(ts, host, "gethostbyaddr"));
  Address a;
  TRY(setHost(ts, name.text, a, AF_UNSPEC));
  int family = a.storage.ss_family;
  if (family != AF_INET && family != AF_INET6) return plainError(ts, "unsupported address family");
  const void* raw = family == AF_INET ? static_cast<void*>(&a.as<sockaddr_in>().sin_addr) : &a.as<sockaddr_in6>().sin6_addr;
  socklen_t length = family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr);
  HostLookup lookup;
  lookup.run(ts, [&](hostent* e, char* b, size_t n, hostent** r, int* error) { return ::gethostbyaddr_r(raw, length, family, e, b, n, r, error); });
  return hostObject(ts, lookup, family);
}

// The port of getaddrinfo(): int, str or bytes, None. `digits` holds the text of an int.
Result<const char*> serviceText(ThreadState& ts, Object* port, char (&digits)[32]) {
  if (isInt(port)) {
    long long value = TRY(asLongLong(ts, port));
    snprintf(digits, sizeof digits, "%lld", value);
    return static_cast<const char*>(digits);
  }
  if (isStr(port)) return TRY(utf8Of(ts, reinterpret_cast<Str*>(port))).data();
  if (isBytes(port)) return static_cast<const char*>(reinterpret_cast<Bytes*>(port)->data);
  if (isNone(port)) return static_cast<const char*>(nullptr);
  return plainError(ts, "Int or String expected");
}

Result<HostName> optionalHost(ThreadState& ts, Object* o) {
  HostName name;
  if (isNone(o)) return name;
  if (isStr(o)) {
    auto encoded = encodeText(ts, reinterpret_cast<Str*>(o), "idna", nullptr);
    if (!encoded) return Raised{};
    name.text = encoded->data;
    name.keep = std::move(encoded);
  } else if (isBytes(o)) {
    name.keep = Ref<>::share(o);
    name.text = reinterpret_cast<Bytes*>(o)->data;
  } else {
    return raise(ts, kTypeError, "getaddrinfo() argument 1 must be string or None");
  }
  return name;
}

Ref<> getaddrinfo(ThreadState& ts, Module*, Object* host, Object* port, std::optional<int> family, std::optional<int> type,
                  std::optional<int> proto, std::optional<int> flags) {
  HostName name = TRY(optionalHost(ts, host));
  char digits[32];
  const char* service = TRY(serviceText(ts, port, digits));
  addrinfo hints{};
  hints.ai_family = family.value_or(AF_UNSPEC);
  hints.ai_socktype = type.value_or(0);
  hints.ai_protocol = proto.value_or(0);
  hints.ai_flags = flags.value_or(0);
  Addresses found = TRY(resolve(ts, name.text, service, hints));
  Ref<List> all = TRY(newList(ts));
  for (addrinfo* p = found.get(); p; p = p->ai_next) {
    Address a;
    copyAddress(a, *p);
    Ref<> address = TRY(addressObject(ts, -1, a, p->ai_protocol));
    Ref<Int> f = TRY(newInt(ts, p->ai_family)), t = TRY(newInt(ts, p->ai_socktype)), c = TRY(newInt(ts, p->ai_protocol));
    Ref<Str> canonical = TRY(strFromFileSystem(ts, p->ai_canonname ? p->ai_canonname : ""));
    TRY(appendList(ts, all.get(), Ref<>(TRY(packTuple(ts, {f.get(), t.get(), c.get(), canonical.get(), address.get()})))));
  }
  return all;
}

Ref<> getnameinfo(ThreadState& ts, Module*, Object* address, int flags) {
  if (!isTuple(address)) return raise(ts, kTypeError, "getnameinfo() argument 1 must be a tuple");
  auto* t = static_cast<Tuple*>(address);
  if (t->size < 2 || t->size > 4 || !isStr(t->items[0])) return raise(ts, kTypeError, "getnameinfo(): illegal sockaddr argument");
  const char* host = TRY(utf8Of(ts, reinterpret_cast<Str*>(t->items[0]))).data();
  int port = TRY(asCInt(ts, t->items[1]));
  unsigned flow = t->size > 2 ? unsigned(TRY(asUnsignedLongLongMask(ts, t->items[2]))) : 0;
  unsigned scope = t->size > 3 ? unsigned(TRY(asUnsignedLongLongMask(ts, t->items[3]))) : 0;
  if (flow > 0xfffff) return raise(ts, kOverflowError, "getnameinfo(): flowinfo must be 0-1048575.");
  addrinfo hints{};
  hints.ai_socktype = SOCK_DGRAM;
  hints.ai_flags = AI_NUMERICHOST;
  char digits[16];
  snprintf(digits, sizeof digits, "%d", port);
  Addresses found = TRY(resolve(ts, host, digits, hints));
  if (found->ai_next) return plainError(ts, "sockaddr resolved to multiple addresses");
  if (found->ai_family == AF_INET && t->size != 2) return plainError(ts, "IPv4 sockaddr must be 2 tuple");
  if (found->ai_family == AF_INET6) {
    auto* in = reinterpret_cast<sockaddr_in6*>(found->ai_addr);
    in->sin6_flowinfo = htonl(flow);
    in->sin6_scope_id = scope;
  }
  char name[NI_MAXHOST], service[NI_MAXSERV];
  int error;
  {
    GilRelease allow(ts);
    error = ::getnameinfo(found->ai_addr, found->ai_addrlen, name, sizeof name, service, sizeof service, flags);
  }
  if (error) return gaiError(ts, error);
  Ref<Str> n = TRY(strFromFileSystem(ts, name)), s = TRY(newStr(ts, service));
  return packTuple(ts, {n.get(), s.get()});
}

// ---- services and protocols ----
Result<int> getservbyname(ThreadState& ts, Module*, std::string_view name, std::optional<std::string_view> protocol) {
  servent* found;
  {
    GilRelease allow(ts);
    found = ::getservbyname(name.data(), protocol ? protocol->data() : nullptr);
  }
  if (!found) return plainError(ts, "service/proto not found");
  return int(ntohs(uint16_t(found->s_port)));
}

Ref<> getservbyport(ThreadState& ts, Module*, ParsedInt port, std::optional<std::string_view> protocol) {
  if (port < 0 || port > 0xffff) return raise(ts, kOverflowError, "getservbyport: port must be 0-65535.");
  servent* found;
  {
    GilRelease allow(ts);
    found = ::getservbyport(htons(uint16_t(port)), protocol ? protocol->data() : nullptr);
  }
  if (!found) return plainError(ts, "port/proto not found");
  return strFromFileSystem(ts, found->s_name);
}

Result<int> getprotobyname(ThreadState& ts, Module*, std::string_view name) {
  protoent* found;
  {
    GilRelease allow(ts);
    found = ::getprotobyname(name.data());
  }
  if (!found) return plainError(ts, "protocol not found");
  return found->p_proto;
}

// ---- byte order ----
Result<unsigned> swap32(ThreadState& ts, Module*, Object* o) {
  if (!isInt(o)) return raise(ts, kTypeError, "expected int, {} found", typeName(o));
  int overflow = 0;
  long long value = toLongLong(static_cast<Int*>(o), overflow);
  if (overflow > 0) return raise(ts, kOverflowError, "Python int too large to convert to C unsigned long");
  if (overflow < 0 || value < 0) return raise(ts, kOverflowError, "can't convert negative value to unsigned int");
  if (value > UINT_MAX) return raise(ts, kOverflowError, "int larger than 32 bits");
  return htonl(unsigned(value));
}

Result<unsigned> swap16(ThreadState& ts, Object* o, const char* function) {
  Ref<Int> number = TRY(indexObject(ts, o));
  int overflow = 0;
  long long value = toLongLong(number.get(), overflow);
  if (overflow) return raise(ts, kOverflowError, "Python int too large to convert to C long");
  if (value < 0) return raise(ts, kOverflowError, "{}: can't convert negative Python int to C 16-bit unsigned integer", function);
  if (value > 0xffff) return raise(ts, kOverflowError, "{}: Python int too large to convert to C 16-bit unsigned integer", function);
  return unsigned(htons(uint16_t(value)));
}
Result<unsigned> htonsOf(ThreadState& ts, Module*, Object* o) { return swap16(ts, o, "htons"); }
Result<unsigned> ntohsOf(ThreadState& ts, Module*, Object* o) { return swap16(ts, o, "ntohs"); }

// ---- addresses as text ----
Ref<> inetAton(ThreadState& ts, Module*, std::string_view text) {
  in_addr address;
  if (!::inet_aton(text.data(), &address)) return plainError(ts, "illegal IP address string passed to inet_aton");
  return newBytes(ts, {reinterpret_cast<char*>(&address), sizeof address});
}
Ref<> inetNtoa(ThreadState& ts, Module*, BufferView packed) {
  if (packed.size() != sizeof(in_addr)) return plainError(ts, "packed IP wrong length for inet_ntoa");
  char text[INET_ADDRSTRLEN];
  ::inet_ntop(AF_INET, packed.data(), text, sizeof text);
  return newStr(ts, text);
}
Ref<> inetPton(ThreadState& ts, Module*, ParsedInt family, std::string_view text) {
  char packed[sizeof(in6_addr)];
  int result = ::inet_pton(family, text.data(), packed);
  if (result < 0) return osError(ts);
  if (result == 0) return plainError(ts, "illegal IP address string passed to inet_pton");
  return newBytes(ts, {packed, family == AF_INET ? sizeof(in_addr) : sizeof(in6_addr)});
}
Ref<> inetNtop(ThreadState& ts, Module*, ParsedInt family, BufferView packed) {
  Index wanted = family == AF_INET ? Index(sizeof(in_addr)) : Index(sizeof(in6_addr));
  if (family != AF_INET && family != AF_INET6) return raise(ts, kValueError, "unknown address family {}", family.value);
  if (packed.size() != wanted) return raise(ts, kValueError, "invalid length of packed IP address string");
  char text[INET6_ADDRSTRLEN];
  if (!::inet_ntop(family, packed.data(), text, sizeof text)) return osError(ts);
  return newStr(ts, text);
}

// ---- interfaces ----
Ref<> ifNameindex(ThreadState& ts, Module*) {
  std::unique_ptr<struct if_nameindex, decltype(&::if_freenameindex)> all(::if_nameindex(), ::if_freenameindex);
  if (!all) return osError(ts);
  Ref<List> list = TRY(newList(ts));
  for (struct if_nameindex* p = all.get(); p->if_index || p->if_name; ++p) {
    Ref<Int> index = TRY(newInt(ts, p->if_index));
    Ref<Str> name = TRY(strFromFileSystem(ts, p->if_name));
    TRY(appendList(ts, list.get(), Ref<>(TRY(packTuple(ts, {index.get(), name.get()})))));
  }
  return list;
}
Result<unsigned> ifNametoindex(ThreadState& ts, Module*, Object* name) {
  Ref<Bytes> text = TRY(fileSystemBytes(ts, name));
  unsigned index = ::if_nametoindex(text->data);
  if (!index) return plainError(ts, "no interface with this name");
  return index;
}
Ref<> ifIndextoname(ThreadState& ts, Module*, Object* index) {
  if (!isInt(index)) return raise(ts, kTypeError, "an integer is required");
  auto number = TRY(asUnsignedLongLong(ts, index));
  char name[IF_NAMESIZE + 1];
  if (!::if_indextoname(unsigned(number), name)) return osError(ts);
  return strFromFileSystem(ts, name);
}

// ---- control messages ----
Result<Index> cmsgLen(ThreadState& ts, Module*, Index length) {
  size_t result;
  if (length < 0 || !controlLength(size_t(length), result)) return raise(ts, kOverflowError, "CMSG_LEN() argument out of range");
  return Index(result);
}
Result<Index> cmsgSpace(ThreadState& ts, Module*, Index length) {
  size_t result;
  if (length < 0 || !controlSpace(size_t(length), result)) return raise(ts, kOverflowError, "CMSG_SPACE() argument out of range");
  return Index(result);
}

}  // namespace

bool controlLength(size_t length, size_t& out) {
  constexpr size_t kHeader = CMSG_LEN(0);
  if (length > size_t(INT_MAX) - kHeader) return false;
  out = CMSG_LEN(length);
  return true;
}
bool controlSpace(size_t length, size_t& out) {
  constexpr size_t kMost = CMSG_SPACE(1) - 1;
  if (length > size_t(INT_MAX) - kMost) return false;
  out = CMSG_SPACE(length);
  return true;
}

Raised plainError(ThreadState& ts, const char* text) {
  Ref<Str> message = TRY(newStr(ts, text));
  return raiseValue(ts, kOSError, message.get());
}
Raised gaiError(ThreadState& ts, int error) {
  if (error == EAI_SYSTEM) return osError(ts);
  return numberedError(ts, *gai_error, error, ::gai_strerror(error));
}
Raised hostError(ThreadState& ts, int error) { return numberedError(ts, *host_error, error, ::hstrerror(error)); }

Result<HostName> HostName::from(ThreadState& ts, Object* o) {
  HostName name;
  std::string_view text;
  if (isBytes(o)) {
    name.keep = Ref<>::share(o);
    text = reinterpret_cast<Bytes*>(o)->view();
  } else if (isInstanceOf(o, kByteArrayType)) {
    BufferView view = TRY(BufferView::of(ts, o));
    Ref<Bytes> copy = TRY(newBytes(ts, view.bytes()));
    text = copy->view();
    name.keep = std::move(copy);
  } else if (isStr(o)) {
    auto* s = reinterpret_cast<Str*>(o);
    Ref<Bytes> encoded = s->isAscii() ? newBytes(ts, asciiView(s)) : encodeText(ts, s, "idna", nullptr);
    if (!encoded) return Raised{};
    text = encoded->view();
    name.keep = std::move(encoded);
  } else {
    return raise(ts, kTypeError, "str, bytes or bytearray expected, not {}", typeName(o));
  }
  if (text.find('\0') != std::string_view::npos) return raise(ts, kTypeError, "host name must not contain null character");
  name.text = text.data();
  return name;
}

Status setHost(ThreadState& ts, const char* name, Address& out, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  if (!*name) {
    hints.ai_socktype = SOCK_DGRAM;
    hints.ai_flags = AI_PASSIVE;
    Addresses found = TRY(resolve(ts, nullptr, "0", hints));
    if (found->ai_next) return plainError(ts, "wildcard resolved to multiple address");
    copyAddress(out, *found);
    return kDone;
  }
  auto& v4 = out.as<sockaddr_in>();
  if (!strcmp(name, "255.255.255.255") || !strcmp(name, "<broadcast>")) {
    if (family != AF_INET && family != AF_UNSPEC) return plainError(ts, "address family mismatched");
    v4.sin_family = AF_INET;
    v4.sin_addr.s_addr = INADDR_BROADCAST;
    out.length = sizeof v4;
    return kDone;
  }
  if ((family == AF_UNSPEC || family == AF_INET) && ::inet_pton(AF_INET, name, &v4.sin_addr) > 0) {
    v4.sin_family = AF_INET;
    out.length = sizeof v4;
    return kDone;
  }
  auto& v6 = out.as<sockaddr_in6>();
  if ((family == AF_UNSPEC || family == AF_INET6) && !strchr(name, '%') && ::inet_pton(AF_INET6, name, &v6.sin6_addr) > 0) {
    v6.sin6_family = AF_INET6;
    out.length = sizeof v6;
    return kDone;
  }
  out.storage = {};
  Addresses found = TRY(resolve(ts, name, nullptr, hints));
  copyAddress(out, *found);
  return kDone;
}

#define F(name, function, signature, call, doc) METHOD_PARSED(name, function, signature, call "\n\n" doc)
#define ONE(name, function, signature, call, doc) METHOD_UNSIGNED(name, function, signature, call "\n\n" doc)
const MethodDef kNameMethods[] = {
    ONE("gethostname", gethostname, "($module, /)", "gethostname() -> string", "The name of this machine."),
    F("sethostname", sethostname, "(name, /)", "sethostname(name)", "Sets the name of this machine."),
    F("gethostbyname", gethostbyname, "(host, /)", "gethostbyname(host) -> address", "The IPv4 address of a host."),
    F("gethostbyname_ex", gethostbynameEx, "(host, /)", "gethostbyname_ex(host) -> (name, aliaslist, addresslist)", "What is known about a host."),
    F("gethostbyaddr", gethostbyaddr, "(host, /)", "gethostbyaddr(host) -> (name, aliaslist, addresslist)", "What is known about an address."),
    F("getservbyname", getservbyname, "(servicename, protocolname=None, /)", "getservbyname(servicename[, protocolname]) -> integer", "The port of a service."),
    F("getservbyport", getservbyport, "(port, protocolname=None, /)", "getservbyport(port[, protocolname]) -> string", "The service at a port."),
    F("getprotobyname", getprotobyname, "(name, /)", "getprotobyname(name) -> integer", "The number of a protocol."),
    F("getaddrinfo", getaddrinfo, "(host, port, family=0, type=0, proto=0, flags=0)", "getaddrinfo(host, port [, family, type, proto, flags])\n    -> list of (family, type, proto, canonname, sockaddr)", "The addresses by which a service of a host can be reached."),
    F("getnameinfo", getnameinfo, "(sockaddr, flags, /)", "getnameinfo(sockaddr, flags) --> (host, port)", "The names behind an address."),
    ONE("htonl", swap32, "(x, /)", "htonl(integer) -> integer", "A 32-bit integer in network byte order."),
    ONE("ntohl", swap32, "(x, /)", "ntohl(integer) -> integer", "A 32-bit integer in host byte order."),
    F("htons", htonsOf, "(x, /)", "htons(integer) -> integer", "A 16-bit integer in network byte order."),
    F("ntohs", ntohsOf, "(x, /)", "ntohs(integer) -> integer", "A 16-bit integer in host byte order."),
    F("inet_aton", inetAton, "(ip, /)", "inet_aton(string) -> bytes giving packed 32-bit IP representation", "From the dotted form."),
    F("inet_ntoa", inetNtoa, "(packed, /)", "inet_ntoa(packed_ip) -> ip_address_string", "To the dotted form."),
    F("inet_pton", inetPton, "(af, ip, /)", "inet_pton(af, ip) -> packed IP address string", "From the written form of an address family."),
    F("inet_ntop", inetNtop, "(af, packed, /)", "inet_ntop(af, packed_ip) -> string formatted IP address", "To the written form of an address family."),
    ONE("if_nameindex", ifNameindex, "($module, /)", "if_nameindex()", "The network interfaces: a list of (index, name)."),
    F("if_nametoindex", ifNametoindex, "(name, /)", "if_nametoindex(if_name)", "The index of a network interface."),
    ONE("if_indextoname", ifIndextoname, "(index, /)", "if_indextoname(if_index)", "The name of a network interface."),
    F("CMSG_LEN", cmsgLen, "(length, /)", "CMSG_LEN(length) -> control message length", "Length of a control message without padding."),
    F("CMSG_SPACE", cmsgSpace, "(length, /)", "CMSG_SPACE(length) -> buffer size", "Room that a control message takes."),
    {}};
#undef F
#undef ONE

}  // namespace habu::socket
