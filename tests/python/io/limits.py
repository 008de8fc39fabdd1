"""Streams and numbers at their limits, half-made streams, raw streams that misbehave."""
import io,zlib,binascii,_struct as struct,math,cmath,_random,sys
def t(s):
    try:
        r=eval(s); r=repr(r)
        print(s,'->',r[:80])
    except BaseException as e: print(s,'->',type(e).__name__,str(e)[:100])
1<<(2**62)
pow(10**50,-(10**50))
pow(3,10**5000,10**5000+1)>0
10**400*1.5
(10**30).to_bytes(2**62,'big')
int.from_bytes(b'',byteorder='big')
math.ldexp(1.0,10**30)
math.ldexp(1.0,-10**30)
format(1,'1000000000000d')
'%1000000000000d'%5
'%.3000000000d'%5
'%.*d'%(2**40,5)
round(1.5,2**70)
round(1.5,-2**70)
io.BytesIO().seek(2**62)
(lambda f:(f.seek(2**62),f.write(b'a')))(io.BytesIO())
(lambda f:(f.seek(2**62),f.write('a')))(io.StringIO())
(lambda f:(f.seek(2**62),f.read()))(io.StringIO('abc'))
(lambda f:(f.seek(2**62),f.read(),f.readline()))(io.BytesIO(b'abc'))
io.BytesIO(b'abc').read(2**62)
io.BufferedReader(io.BytesIO(b'abc'),2**62)
io.BufferedReader(io.BytesIO(b'abc')).read(2**62)
io.BufferedReader(io.BytesIO(b'abc')).read1(2**62)
io.BufferedReader(io.BytesIO(b'abc')).peek(2**62)
io.TextIOWrapper(io.BytesIO(b'abc')).read(2**62)
io.TextIOWrapper(io.BytesIO(b'abc')).readline(2**62)
io.TextIOWrapper(io.BytesIO(b'abc')).seek(2**160-1)
io.TextIOWrapper(io.BytesIO(b'abc')).seek((1<<128)|(5<<96)|(1<<64))
io.TextIOWrapper(io.BytesIO(b'abc')).seek(2**170)
io.RawIOBase().read(2**62)
struct.calcsize('1000000000000i')
struct.pack('1000000000000x')
struct.unpack('1000000000000x',b'')
struct.pack('1000000000000s',b'')
struct.Struct('9223372036854775800x')
zlib.decompressobj().decompress(b'abc',2**62)
zlib.decompressobj().flush(2**62)
zlib.decompress(zlib.compress(b''),bufsize=2**62)
binascii.b2a_hex(b'abc',':',-2**31)
io.IncrementalNewlineDecoder(None,True).decode(5)
io.IncrementalNewlineDecoder(None,True).setstate((b'',2**70))
io.IncrementalNewlineDecoder.__new__(io.IncrementalNewlineDecoder).decode('')
io.TextIOWrapper.__new__(io.TextIOWrapper).read()
io.TextIOWrapper.__new__(io.TextIOWrapper).errors
repr(io.TextIOWrapper.__new__(io.TextIOWrapper))
io.TextIOWrapper.__new__(io.TextIOWrapper).encoding
io.TextIOWrapper.__new__(io.TextIOWrapper).buffer
io.TextIOWrapper.__new__(io.TextIOWrapper)._CHUNK_SIZE
io.StringIO.__new__(io.StringIO).read()
io.StringIO.__new__(io.StringIO).getvalue()
io.StringIO.__new__(io.StringIO).closed
io.BytesIO.__new__(io.BytesIO).read()
io.BufferedReader.__new__(io.BufferedReader).read()
io.BufferedReader.__new__(io.BufferedReader).closed
io.BufferedReader.__new__(io.BufferedReader).raw
repr(io.BufferedReader.__new__(io.BufferedReader))
io.BufferedReader.__new__(io.BufferedReader).__sizeof__()
io.BufferedRWPair.__new__(io.BufferedRWPair).read()
io.BufferedRWPair.__new__(io.BufferedRWPair).closed
io.BufferedRWPair.__new__(io.BufferedRWPair).close()
io.FileIO.__new__(io.FileIO).read()
repr(io.FileIO.__new__(io.FileIO))
io.FileIO.__new__(io.FileIO).mode
io.FileIO(2**40)
io.FileIO(-1)
io.FileIO('a\\0b')
io.FileIO(b'a\\0b')
open('x','r',newline='zz')
open('x','r',encoding='a\\0b')
open('x\\0')
open(1.5)
open(None)
open('/tmp')
open('/tmp','wb')
open(999)
open('x','')
open('x','rw')
open('x','rt+b')
open('x','Ub')
open('zz.txt','w',0)
open('zz.txt','w',-5).close()
open('zz.txt','x')
open('zz.txt',opener=lambda a,b:-1)
open('zz.txt',opener=lambda a,b:'a')
open('zz.txt',opener=5)
open('zz.txt',closefd=False)
open('zz.txt',encoding='rot13')
open('zz.txt',encoding='nope')
open('zz.txt',encoding=5)
open('zz.txt','rb',encoding='utf-8')
open('zz.txt',mode=5)
open('zz.txt',buffering='a')
open('zz.txt',foo=1)
open()
sys.stdout.write(5)
sys.stdout.fileno(),sys.stdin.fileno()
repr(sys.stdout),repr(sys.stderr),repr(sys.stdin)
sys.stdout.encoding,sys.stdout.errors,sys.stderr.errors,sys.stdin.errors,sys.stdout.line_buffering
sys.stdout.buffer,sys.stdout.buffer.raw
float('1'*100000)
float('0.'+'1'*100000)
float('1e'+'9'*100000)
float.fromhex('0x'+'f'*100000)
float.fromhex('0x1p'+'9'*1000)
complex('1'*1000+'j')
int('1'*4300)>0
int('f'*100000,16)>0
'''.splitlines(): t(s)
class B:
    def readable(self): return True
    def writable(self): return True
    def seekable(self): return True
    closed=False
    def readinto(self,b): return self.v
    def read(self,n=-1): return self.v
    read1=read
    def write(self,b): return self.v
    def tell(self): return self.v
    def seek(self,a,b=0): return self.v
    def flush(self): pass
    def close(self): pass
for v in (None,-1,10**30,'a',2**40,1.5):
    B.v=v
    for f in (lambda: io.BufferedReader(B()).read(3),lambda: io.BufferedReader(B()).read(),lambda:io.BufferedReader(B()).readline(),lambda:io.BufferedReader(B()).readinto(bytearray(5)),lambda:io.BufferedReader(B()).seek(5),lambda:io.BufferedReader(B()).tell(),lambda:io.BufferedWriter(B(),4).write(b'abcdefgh'),lambda:io.BufferedRandom(B()).write(b'a'),lambda:io.TextIOWrapper(B()).read(3),lambda:io.TextIOWrapper(B()).readline(),lambda:io.TextIOWrapper(B()).tell(),lambda:io.TextIOWrapper(B()).write('abc')):
        try: r=f(); print(v,repr(r)[:60])
        except BaseException as e: print(v,type(e).__name__,str(e)[:120])
