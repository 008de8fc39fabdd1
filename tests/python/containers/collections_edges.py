import re
from _collections import *
import _collections as C


def t(expression):
    """Prints what an expression gives or raises, without addresses."""
    try:
        shown = f"{expression} -> {eval(expression)}"
    except BaseException as e:
        shown = f"{expression} !! {type(e).__name__} {e}"
    print(re.sub(r"0x[0-9a-f]+", "0x", shown))


class D(deque): pass
for s in '''deque(1)
deque(1,2,3)
deque([],'a')
deque([],-1)
deque(x=1)
deque([1],maxlen=None)
deque(iterable=[1],maxlen=3)
deque([1,2,3],2)
D([1],3)
deque([]).pop()
deque([]).popleft()
deque([1])[3]
deque([1])['a']
deque([1])[0:1]
deque([1]).index(3)
deque([1]).index(1,2,3,4)
deque([1]).index()
deque([1]).index(1,'a')
deque([1]).insert(1)
deque([1],1).insert(0,2)
deque([1]).remove(4)
deque([1]).rotate('a')
deque([1]).rotate(1,2)
deque([1])+[1]
deque([1])*'a'
deque([1])*3
deque([1,2],3)*3
deque([1])<deque([2])
deque([1])<[1]
deque([1]).__reduce__()
deque([1],4).__reduce__()
iter(deque([1])).__reduce__()
reversed(deque([1])).__reduce__()
deque([1]).maxlen, deque([1],2).maxlen
deque([1]).__sizeof__(), deque(range(100)).__sizeof__(), deque(range(1000)).__sizeof__()
hash(deque())
C._deque_iterator(deque([1,2,3]),1).__length_hint__()
C._deque_iterator(1)
C._deque_iterator()
defaultdict(1)
defaultdict(int,{1:2})
defaultdict(int,a=1)
defaultdict()[3]
defaultdict(int).__reduce__()
defaultdict(None)|{1:2}
{1:2}|defaultdict(int)
defaultdict(int,1)
defaultdict(int).copy()
defaultdict(list).__missing__(3)
OrderedDict(1)
OrderedDict([(1,2)])
OrderedDict(a=1,b=2)
OrderedDict([(1,2)],[3])
OrderedDict().popitem()
OrderedDict().pop(1)
OrderedDict().pop(1,2)
OrderedDict().pop(key=1,default=4)
OrderedDict().move_to_end(1)
OrderedDict(a=1).move_to_end('a',x=1)
OrderedDict(a=1).__reduce__()
OrderedDict(a=1).keys(),OrderedDict(a=1).values(),OrderedDict(a=1).items()
type(iter(OrderedDict(a=1))),type(iter(OrderedDict(a=1).values()))
iter(OrderedDict(a=1)).__reduce__()
iter(OrderedDict(a=1).items()).__reduce__()
reversed(OrderedDict(a=1)).__reduce__()
OrderedDict(a=1)|{'b':2}
{'b':2}|OrderedDict(a=1)
OrderedDict(a=1)==OrderedDict(a=1)
OrderedDict(a=1)|1
OrderedDict.fromkeys('abc')
OrderedDict(a=1).__sizeof__(), OrderedDict.fromkeys(range(100)).__sizeof__()
OrderedDict(a=1).setdefault('b')
OrderedDict(a=1).__dict__
OrderedDict().update(1)
OrderedDict().update(1,2)
OrderedDict().__init__(1,2)
C._count_elements({},1)
C._tuplegetter(1,'doc')
C._tuplegetter(1,'doc').__reduce__()
C._tuplegetter('a','doc')
C._tuplegetter(1)
C._tuplegetter(5,'d').__get__((1,2))
C._tuplegetter(5,'d').__get__([1])
C._tuplegetter(5,'d').__get__(None,int)
C._tuplegetter(1,'d').__get__((1,2))
C._tuplegetter(1,'d').__set__((1,2),3)
C._tuplegetter(1,'d').__delete__((1,2))
C._tuplegetter(1,'d').__doc__
[x for x in dir(OrderedDict) if x not in dir(dict)]
type(OrderedDict(a=1).keys()).__mro__
type(iter(OrderedDict())).__mro__, type(iter(OrderedDict())).__name__
list(type(iter(OrderedDict())).__dict__), list(type(OrderedDict().keys()).__dict__), list(type(OrderedDict().values()).__dict__)
repr(OrderedDict()), str(OrderedDict(a=2))
deque([deque([1])]), repr(defaultdict(int))
defaultdict.__dict__.keys()'''.split('\n'): t(s)
import itertools
d=deque([1,2,3])
it=iter(d); next(it); d.append(3)
try: next(it)
except Exception as e: print(repr(e))
try:
  for x in d: d.append(1)
except Exception as e: print(repr(e))
o=OrderedDict(a=1,b=2)
try:
  for x in o: o['c']=1
except Exception as e: print(repr(e))
try:
  for x in o: o.move_to_end(x)
except Exception as e: print(repr(e))
try:
  for x in o: del o[x]; o[x+'x']=1
except Exception as e: print(repr(e))
class O(OrderedDict): pass
o=O(a=1); o.x=3; print(o.__reduce__()[:4], o, o.copy(), type(o.copy()))
print(type(O(a=1)|{}), type({}|O(a=1)))
class DD(defaultdict): pass
print(DD(int,a=1), type(DD(int).copy()), DD(int).copy(), type(DD(int)|{}))
