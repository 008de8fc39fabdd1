import array, os, select, socket, sys, threading, _socket
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _probe import t
import warnings; warnings.simplefilter("ignore")
S = _socket.socket
S=_socket.socket
t(S,'a'); t(S,999); t(S,2,1,0,'x'); t(S,2,1,0,9999); s=S(); s.close(); print(s)
s=S(2,1); print( s.family,s.type,s.proto,s.timeout, s.gettimeout(), s.getblocking())
for a in (None,5,'x',('a',),('127.0.0.1','x'),('127.0.0.1',-1),('127.0.0.1',65536),('127.0.0.1',2**40),(5,1),('',0),('<broadcast>',0),(b'127.0.0.1',0),('a\0',1),['127.0.0.1',0],('x'*300,1)): t(s.bind,a)
t(s.connect,('127.0.0.1',1)); t(s.connect_ex,('127.0.0.1',1)); t(s.connect,5); t(s.connect_ex,5); t(s.listen,'a'); t(s.accept if hasattr(s,'accept') else s._accept); t(s.send,'a'); t(s.send,b'a'); t(s.recv,-1); t(s.recv,'a'); t(s.recv,5); t(s.sendall,b'a'); t(s.sendto,b'a'); t(s.sendto,b'a',5); t(s.sendto,b'a',1,('127.0.0.1',1),5); t(s.sendto,b'a',('127.0.0.1','x')); t(s.recvfrom,-1); t(s.recv_into,b'a'); t(s.recv_into,bytearray(5),10); t(s.recv_into,bytearray(5),-1); t(s.recvfrom_into,bytearray(5),10); t(s.recvfrom_into,bytearray(5),-1); t(s.recvfrom_into,bytearray(0)); t(s.recvmsg,-1); t(s.recvmsg,5,-1); t(s.recvmsg,5,2**40); t(s.recvmsg_into,5); t(s.recvmsg_into,[b'a']); t(s.recvmsg_into,[5]); t(s.sendmsg,5); t(s.sendmsg,[5]); t(s.sendmsg,[b'a'],5); t(s.sendmsg,[b'a'],[5]); t(s.sendmsg,[b'a'],[(1,2)]); t(s.sendmsg,[b'a'],[(1,'a',b'')]); t(s.sendmsg,[b'a'],[],0,5)
t(s.getsockopt,1,'a'); t(s.getsockopt,1,2); t(s.getsockopt,1,2,0); t(s.getsockopt,1,2,4); t(s.getsockopt,1,2,-1); t(s.getsockopt,1,2,2000); t(s.getsockopt,1,9999); t(s.setsockopt,1,2,1); t(s.setsockopt,1,2,None); t(s.setsockopt,1,2,None,4); t(s.setsockopt,1,2,'a'); t(s.setsockopt,1,2,b'\1\0\0\0'); t(s.setsockopt,1,2,5,6); t(s.setsockopt,1,9999,1); t(s.setsockopt,1,2); t(s.setsockopt,1,2,2**40); t(s.setsockopt,'a',2,1)
t(s.settimeout,-1); t(s.settimeout,'a'); t(s.settimeout,1e30); t(s.settimeout,float('nan')); t(s.settimeout,1.5); print(s.gettimeout(), s.getblocking(), s.timeout); t(s.settimeout,None); t(s.setblocking,'a'); t(s.setblocking,0); print(s.gettimeout()); t(s.setblocking,True); t(s.shutdown,99); t(s.shutdown,'a'); t(s.getpeername); t(s.getsockname, show=False); t(s.fileno, show=False); t(s.detach, show=False); t(s.fileno); t(s.send,b'a'); t(s.close); t(s.getsockname); t(s.sendmsg_afalg)
_socket.setdefaulttimeout(None)
for f,args in [('htonl',('a',)),('htonl',(-1,)),('htonl',(2**40,)),('htonl',(5,)),('htons',(-1,)),('htons',(65536,)),('htons',(2**70,)),('htons',(5,)),('htons',('a',)),('ntohl',(2**32,)),('ntohs',(70000,)),('inet_aton',('x',)),('inet_aton',(5,)),('inet_aton',('1.2.3.4',)),('inet_aton',('1.2',)),('inet_aton',('255.255.255.255',)),('inet_ntoa',(b'a',)),('inet_ntoa',(b'abcd',)),('inet_ntoa',('abcd',)),('inet_pton',(2,'x')),('inet_pton',(99,'x')),('inet_pton',(10,'::1')),('inet_pton',(2,5)),('inet_ntop',(2,b'a')),('inet_ntop',(10,b'a')),('inet_ntop',(99,b'a')),('inet_ntop',(2,b'abcd')),('inet_ntop',(10,b'a'*16)),
 ('gethostbyname',('127.0.0.1',)),('gethostbyname',(5,)),('gethostbyname_ex',('127.0.0.1',)),('gethostbyaddr',('127.0.0.1',)),('getservbyname',('http',)),('getservbyname',('nosuch',)),('getservbyname',('http','udp')),('getservbyname',('http','x')),('getservbyname',(5,)),('getservbyport',(80,)),('getservbyport',(-1,)),('getservbyport',(70000,)),('getservbyport',(64999,)),('getservbyport',('a',)),('getprotobyname',('tcp',)),('getprotobyname',('nosuch',)),('if_nametoindex',('lo',)),('if_nametoindex',('nosuch',)),('if_nametoindex',(5,)),('if_indextoname',(1,)),('if_indextoname',(9999,)),('if_indextoname',('a',)),('if_nameindex',()),
 ('getaddrinfo',('127.0.0.1',80)),('getaddrinfo',('127.0.0.1','80')),('getaddrinfo',('127.0.0.1','http')),('getaddrinfo',('127.0.0.1',b'80')),('getaddrinfo',('127.0.0.1',1.5)),('getaddrinfo',(5,80)),('getaddrinfo',(None,80)),('getaddrinfo',(None,None)),('getaddrinfo',('127.0.0.1',None,2,1)),('getaddrinfo',('127.0.0.1',80,99)),('getaddrinfo',('127.0.0.1',2**70)),('getaddrinfo',('::1',80)),('getaddrinfo',('127.0.0.1','nosuch')),('getaddrinfo',(b'127.0.0.1',80,0,1)),
 ('getnameinfo',(('127.0.0.1',80),3)),('getnameinfo',(5,3)),('getnameinfo',((),3)),('getnameinfo',(('::1',80,0,0),3)),('getnameinfo',(('127.0.0.1',80,1),3)),('getnameinfo',(('127.0.0.1',80),'a')),('getnameinfo',(('127.0.0.1',70000),3)),('getnameinfo',(('::1',80,2**21,0),3)),('getnameinfo',(('127.0.0.1','x'),3)),
 ('setdefaulttimeout',(-1,)),('setdefaulttimeout',('a',)),('setdefaulttimeout',(None,)),('getdefaulttimeout',()),('close',(9999,)),('close',('a',)),('dup',(9999,)),('dup',('a',)),('socketpair',(2,)),('socketpair',('a',)),('sethostname',(5,)),('sethostname',('a\0',)),('CMSG_LEN',(5,)),('CMSG_LEN',(-1,)),('CMSG_LEN',(2**63,)),('CMSG_SPACE',(5,)),('CMSG_SPACE',(-1,)),('CMSG_SPACE',(2**62,)),('CMSG_LEN',(2**63-20,)),('gethostname',(5,))]:
    t(getattr(_socket,f),*args)
s=S(10,1)
for a in (None,('::1',),('::1','x'),('::1',0,-1),('::1',0,2**20),('::1',0,0,-1),('::1',0,0,2**32),('::1',0,0,0,0),('::1',0),('::1%lo',0),('::1',70000)): t(s.bind,a)
s.close()
s=S(1,1)
for a in (None,5,'a'*200,'/tmp/nosuch/x','\0abc',b'\0abd','a\0b',('a',)): t(s.bind,a)
t(s.getsockname); t(s.connect,'/tmp/nosuch'); t(s.connect,'\0zz'); s.close(); s=S(1,2); t(s.getsockname); s.close()
a,b=_socket.socketpair(); print(repr(a)[:15]); a.settimeout(0.01); t(a.recv,5); a.setblocking(False); t(a.recv,5); t(a._accept); t(b.getpeername); t(b.sendmsg,[b'abc',b'de'],[(1,1,b'\0\0\0\0')]); 
import os; r,w=os.pipe(); import array
print(b.sendmsg([b'abc',b'de'],[(1,1,array.array('i',[r,w]))])); t(a.recvmsg,10,100, show=False); t(b.sendmsg,[b'abc',b'de']); t(a.recvmsg_into,[bytearray(2),bytearray(5)],5); b.close(); t(a.recv,5); t(a.send,b'x'); t(a.recvfrom,5); print(S.__dict__['__init__'].__text_signature__)
for family, kind in ((16, 3), (40, 1), (17, 3), (38, 5), (29, 3), (31, 5), (30, 2), (42, 2), (21, 5)):
    try: s = S(family, kind)
    except OSError as e: print(family, e); continue
    for a in (5, (), (1,), ('lo',), ('lo', 'x'), ('a', 1), (1, 'a'), ('nosuch', 0), ('lo', -1), ('lo', 0, 0, 0, b'abcdefghij'), (5, 0), (1, 2, 3), ('hash', 'x' * 100), ('x' * 20, 'a'), ('hash', 'nosuch')): t(s.bind, a)
    s.close()
server = socket.create_server(("127.0.0.1", 0)); address = server.getsockname()
def serve():
    connection, peer = server.accept()
    with connection:
        while data := connection.recv(4096): connection.sendall(data.upper())
thread = threading.Thread(target=serve); thread.start()
with socket.create_connection(address) as c:
    c.sendall(b"hello "); c.settimeout(5); print(c.recv(99)); c.send(b"world"); buffer = bytearray(9); print(c.recv_into(buffer), buffer); c.shutdown(socket.SHUT_WR); print(c.recv(9), c.getpeername() == address, c.type, c.family)
thread.join(); server.settimeout(0.01); t(server.accept); server.close(); t(server.accept)
u1 = socket.socket(type=socket.SOCK_DGRAM); u1.bind(("127.0.0.1", 0)); u2 = socket.socket(type=socket.SOCK_DGRAM); print(u2.sendto(b"datagram", u1.getsockname()), u1.recvfrom(99)[0], u2.connect_ex(u1.getsockname()), u2.send(b"x"), u1.recvfrom_into(bytearray(3))[0])
a, b = socket.socketpair(); fds = os.pipe(); socket.send_fds(a, [b"m"], fds); m, got, flags, addr = socket.recv_fds(b, 9, 5); os.write(got[1], b"via"); print(m, len(got), flags, addr, os.read(fds[0], 9))
a.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1); print(a.getsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED), [i for i in socket.getaddrinfo("127.0.0.1", 80, type=socket.SOCK_STREAM)])
