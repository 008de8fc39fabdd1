import marshal,sys
def t(b):
    try: print(b, '->', repr(marshal.loads(b)))
    except BaseException as e: print(b, '->', type(e).__name__, e)
for b in [b'', b'i', b'i\1\2', b'I'+bytes(8), b'f\x031.5', b'f\x03abc', b'x\x011\x012', b'0', b'(\1\0\0\0', b'(\1\0\0\x000', b'[\1\0\0\x000', b'<\1\0\0\x000',b'{0', b'{i\1\0\0\x000',b'{i\1\0\0\0', b'l\xff\xff\xff\xff\1\0', b'l\1\0\0\0\0\x80', b'l\1\0\0\0\0\0', b'l\0\0\0\x80', b's\xff\xff\xff\xff', b'u\xff\xff\xff\xff', b'u\1\0\0\0\xff', b'u\3\0\0\0\xed\xa0\x80', b'r\0\0\0\0', b'\xa8r\0\0\0\0', b'Q', b'(\xff\xff\xff\xff', b'a\xff\xff\xff\xff', b'a\1\0\0\0\xff', b'z\1\xff', b')\1'*3000, b'c', b'>\0\0\0\0', b'\xbe\1\0\0\0r\0\0\0\0', b'[\1\0\0\0', b'S', b'.', b'[\0\0\0\x7f', b'<\1\0\0\x00[\0\0\0\0',b'?', b't\1\0\0\0a', b'a\5\0\0\0abc', b's\5\0\0\0abc', b'g123', b'y123', b'>\xff\xff\xff\xff', b'\xbe\0\0\0\0', b'{[\0\0\0\x00N0']: t(b)
x='abc def'; l=[]
print(marshal.dumps('inte'+str(5)), marshal.dumps(sys.intern('inte'+str(6))), marshal.dumps(x), marshal.dumps((l,l)), marshal.dumps(-5), marshal.dumps(2**31), marshal.dumps(-2**31),marshal.dumps(-2**70), marshal.dumps(1.5,1), marshal.dumps(1.5), marshal.dumps(1.5j,1), marshal.dumps({3,1,2}), marshal.dumps('\ud800x'), marshal.dumps(bytearray(b'a')), marshal.dumps({1:2}), marshal.dumps(True),marshal.dumps('a',3),marshal.dumps('a',2))
for v in (object(), [object()], int.__new__(type('I',(int,),{}),3)):
    try: marshal.dumps(v)
    except Exception as e: print(type(e),e)
a=[]
for i in range(2100): a=[a]
try: marshal.dumps(a)
except Exception as e: print(type(e),e)
a=[];a.append(a)
try: marshal.dumps(a,0)
except Exception as e: print(type(e),e)
print(marshal.dumps(a))
import io
class F:
    def read(self,n): return 'x'
for f in (F(), io.BytesIO(b''), io.BytesIO(b'i\1'), 3):
    try: print(marshal.load(f))
    except Exception as e: print(type(e),e)
try: marshal.loads('x')
except Exception as e: print(type(e),e)
for n in ('dump','dumps','load','loads'): print(n, getattr(marshal,n).__text_signature__)
print(dir(marshal))
