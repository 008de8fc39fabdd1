import re
from array import array, _array_reconstructor
import array as A


def t(expression):
    """Prints what an expression gives or raises, without addresses."""
    try:
        shown = f"{expression} -> {eval(expression)}"
    except BaseException as e:
        shown = f"{expression} !! {type(e).__name__} {e}"
    print(re.sub(r"0x[0-9a-f]+", "0x", shown))


for c in 'bBuhHiIlLqQfd':
    for v in ["'a'","'ab'","1.5","None","-1","1","255","256","-129","32768","65536","2**31","2**32","2**63","2**64","-2**31-1","-2**63-1","10**400","True"]:
        t(f"array('{c}',[{v}])")
class I:
    def __index__(s): return 5
class S(array): pass
import io
for s in '''array()
array('x')
array(1)
array('ab')
array('b',1)
array('b','abc')
array('u','abc')
array('u',b'abc')
array('b',b'abc')
array('h',b'abc')
array('b',bytearray(b'ab'))
array('b',array('h',[1,2]))
array('u',array('b',[1]))
array('b',array('u','a'))
array('b',x=1)
array('b',[1],2)
array('b',[I()]), array('I',[I()]), array('d',[I()])
array('b',memoryview(b'abc'))
array('b',range(3))
array('b',(1,2))
array('b',iter([1,2]))
array('b',None)
S('b',[1])
array('b'), array('u'), array('u','a'), array('d',[1.5])
array('b',[1])[3]
array('b',[1])['a']
array('b',[1])[0.5]
array('b',[1]).__setitem__(5,1)
array('b',[1]).__setitem__('a',1)
array('b',[1]).__setitem__(slice(0,1),[1])
array('b',[1]).__setitem__(slice(0,1),array('h',[1]))
array('b',[1,2,3]).__setitem__(slice(0,3,2),array('b',[1]))
array('b',[1]).__delitem__(4)
array('b',[1])+[1]
array('b',[1])+array('h',[1])
array('b',[1])*'a'
array('b',[1,2])*2
array('b',[1]).append('a')
array('b',[1]).extend(1)
array('b',[1]).extend(array('h'))
array('b',[1]).fromlist(1)
array('b',[1]).fromlist(['a'])
array('h',[1]).frombytes(b'a')
array('h',[1]).frombytes('a')
array('b',[1]).fromunicode('a')
array('u').fromunicode(1)
array('b',[1]).tounicode()
array('b',[1]).index(4)
array('b',[1]).remove(4)
array('b',[1]).pop(4)
array('b').pop()
array('b',[1]).fromfile(1,2)
array('b',[1]).fromfile(io.BytesIO(b'a'),2)
array('b',[1]).fromfile(io.StringIO('a'),1)
array('b',[1]).tofile(1)
array('b',[1]).__reduce_ex__(2), array('b',[1]).__reduce_ex__(3)
array('u','a').__reduce_ex__(3), array('l',[1]).__reduce_ex__(3), array('d',[1]).__reduce_ex__(4), array('d',[1]).__reduce_ex__(1)
array('b',[1]).__reduce_ex__('a')
array('b',[1]).byteswap()
array('b',[1]).typecode, array('d',[1]).itemsize
array('b',[1])==[1]
array('b',[1])<array('h',[2])
array('b',[1])<array('b',[1,2]), array('b',[1])==array('d',[1.0]), array('b',[1])!=array('b',[2])
array('b',range(100)).__sizeof__(), array('d',range(3)).__sizeof__()
hash(array('b'))
_array_reconstructor(int,'b',1,b'')
_array_reconstructor(array,'x',1,b'')
_array_reconstructor(array,'b',99,b'')
_array_reconstructor(array,'b',1,'')
_array_reconstructor(array,'b',0,b'abc')
_array_reconstructor(array,'h',1,b'abc')
_array_reconstructor(array,'h',2,b'ab')
_array_reconstructor(array,'l',14,b'1234')
_array_reconstructor(array,'u',21,b'a\\0\\0\\0')
_array_reconstructor(array,'u',18,b'a\\0')
_array_reconstructor(array,'u',18,b'a\\0b')
_array_reconstructor(array,'b',4,b'a\\0\\0\\xff')
iter(array('b',[1])), iter(array('b',[1,2])).__reduce__()
type(iter(array('b'))), [x for x in dir(type(iter(array('b')))) if not x in dir(object)]
iter(array('b',[1,2])).__setstate__('a')
array('b',[1]).buffer_info()[1]
memoryview(array('d',[1,2])).format, memoryview(array('u','a')).format,memoryview(array('l','' or [])).format
A.ArrayType is array, A.typecodes
array('b',[1,2,3])[::2], array('b',[1,2,3])[::-1], array('b',[1,2,3])[1:]
1 in array('b',[1]), array('b',[1,1]).count(1)
array('b',[1]).__copy__(), array('b',[1]).__deepcopy__(1)
array('b',[1]).insert(1), array('b').insert('a',1)
array('b',[1,2]).index(1,1)
array('b',[1,2]).index(2,-1)'''.split('\n'): t(s)
a=array('b',[1,2]); m=memoryview(a)
for f in ('a.append(1)','a.extend([1])','a.pop()','a.__delitem__(0)','a.__setitem__(slice(0,1),array("b"))','a.__iadd__(a)','a.__imul__(2)','a.frombytes(b"1")','a.fromlist([1])','a.insert(0,1)','a.remove(1)','a.__imul__(0)','a.byteswap()','a.reverse()'): t(f)
m.release()
a=array('b',[1]); a+=a; print(a); a*=3; print(a); 
try: a+=[1]
except Exception as e: print(repr(e))
for n in range(0,40): 
    print(a.__sizeof__()-64,end=' '); a.append(1)
print()
it=iter(array('b',[1,2])); next(it); print(it.__reduce__(), list(it), it.__reduce__())
