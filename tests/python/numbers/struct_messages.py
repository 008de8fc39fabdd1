"""struct: errors and edge cases."""
import struct,_struct
def t(s):
    try: print(s, repr(eval(s)))
    except BaseException as e: print(s, type(e).__module__+'.'+type(e).__name__, e)
for c in "bBhHiIlLqQnN?":
    for p in ("","<",">"):
        if p and c in "nN": continue
        for v in ("2**200","-2**200","2**63","-2**63-1","2**64","-1","'a'","1.5","300"):
            t(f"struct.pack('{p}{c}',{v})")
for s in '''struct.pack('c',1)
struct.pack('c',b'ab')
struct.pack('s',1)
struct.pack('s','a')
struct.pack('3s',bytearray(b'ab'))
struct.pack('p',1)
struct.pack('300p',b'a'*299)
struct.pack('0p',b'a')
struct.pack('0s',b'a')
struct.pack('f','a')
struct.pack('f',1e300)
struct.pack('<f',1e300)
struct.pack('e',1e300)
struct.pack('d',None)
struct.pack('P',-1)
struct.pack('P',2**64)
struct.pack('P','a')
struct.pack('<P',1)
struct.pack('?',[])
struct.pack('i')
struct.pack('ii',1)
struct.pack('i',1,2)
struct.pack()
struct.pack(5)
struct.pack('\\xe9')
struct.pack('i\\0')
struct.pack('5')
struct.pack('k')
struct.pack('99999999999999999999i')
struct.calcsize('9223372036854775807i')
struct.calcsize(b'i')
struct.calcsize(' i 2 h')
struct.calcsize('2 h')
struct.calcsize('bi')
struct.calcsize('ib0i')
struct.calcsize('@bqb')
struct.calcsize('xi')
struct.calcsize('i<h')
struct.unpack('i',b'123')
struct.unpack('i','1234')
struct.unpack_from('i',b'1234',1)
struct.unpack_from('i',b'1234',-5)
struct.unpack_from('i',b'1234',-3)
struct.unpack_from('i',b'1234',5)
struct.unpack_from('i',b'12345678',-4)
struct.unpack_from('i',b'1234',2**70)
list(struct.iter_unpack('i',b'12345'))
list(struct.iter_unpack('',b'12345'))
list(struct.iter_unpack('b',b'12345'))
struct.iter_unpack('b',b'12345').__length_hint__()
struct.pack_into('i',bytearray(4))
struct.pack_into('i')
struct.pack_into()
struct.pack_into('i',bytearray(3),0,1)
struct.pack_into('i',bytearray(4),1,1)
struct.pack_into('i',bytearray(4),-5,1)
struct.pack_into('i',bytearray(4),-3,1)
struct.pack_into('i',b'1234',0,1)
struct.pack_into('i',bytearray(4),0)
struct.pack_into('i',bytearray(4),'a',1)
struct.pack_into('i',bytearray(4),2**70,1)
struct.Struct()
struct.Struct(5)
struct.Struct('i').format
struct.Struct(b'i').format
struct.Struct('i').__sizeof__()
struct.Struct('ihq').__sizeof__()
struct.Struct('i').pack(x=1)
struct.pack('i',x=1)
struct.unpack('c3s2xp5p?',b'a'*20)
struct.unpack('?',b'\\x02')
struct.unpack('<eee',struct.pack('<eee',1.5,float('inf'),6e-8))
struct.error.__mro__
struct.Struct.__doc__
struct.Struct('i').size
struct.Struct(format='i').size
type(struct.iter_unpack('b',b'')).__name__
'''.splitlines(): t(s)

import struct
for p in ("","<",">"):
  for c in "bBhHiIlLqQ":
    for v in (40000,-40000,70000,2**40,-2**40,-1,2**63,-2**63-1,10**30,-10**30):
      try: r=struct.pack(p+c,v).hex()
      except Exception as e: r=f"{e}"
      print(p+c,v,r)
