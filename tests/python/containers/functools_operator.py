import re
import functools as F, _functools, operator as O, _operator, heapq as H, bisect as B, array as A


def t(expression):
    """Prints what an expression gives or raises, without addresses."""
    try:
        shown = f"{expression} -> {eval(expression)}"
    except BaseException as e:
        shown = f"{expression} !! {type(e).__name__} {e}"
    print(re.sub(r"0x[0-9a-f]+", "0x", shown))


def f(*a,**k): return a,k
p=F.partial(f,1,x=2)
class P(F.partial): pass
@F.lru_cache(maxsize=2)
def g(x,*a,**k):
    "doc"
    return x
@F.lru_cache(maxsize=None,typed=True)
def g2(x): return x
class X: pass
for s in '''F.partial()
F.partial(1)
F.partial(f)
p, p(3,y=4), p.func, p.args, p.keywords
F.partial(p,5,x=7)
P(p,5,x=7).func
F.partial(P(f,1),2).func
p.__reduce__()[1:]
p.__setstate__(1)
p.__setstate__((1,2,3,4))
p.__setstate__((f,1,2,3))
p.__setstate__((f,(1,),{},None))
p
P(f), F.partial(f).__dict__
F.partial(f,1)(x=1)
F.partial.__new__(P,1)
F.reduce()
F.reduce(1)
F.reduce(f,1)
F.reduce(f,[])
F.reduce(O.add,[1,2,3],10)
F.reduce(O.add,[1])
F.reduce(O.add,[1],x=1)
F.reduce(function=f,sequence=[])
F.cmp_to_key()
F.cmp_to_key(1)
F.cmp_to_key(1)(2)
F.cmp_to_key(mycmp=1)
F.cmp_to_key(lambda a,b:a-b)(3)<F.cmp_to_key(lambda a,b:a-b)(4)
F.cmp_to_key(lambda a,b:a-b)(3)<3
F.cmp_to_key(lambda a,b:a-b)(obj=3).obj
hash(F.cmp_to_key(lambda a,b:a-b)(3))
F.cmp_to_key(lambda a,b:'a')(3)<F.cmp_to_key(lambda a,b:a-b)(4)
type(F.cmp_to_key(len)), type(F.cmp_to_key(len)).__mro__
F.cmp_to_key(len).obj
F.cmp_to_key(len)<F.cmp_to_key(len)
[g(1),g(2),g(1),g(3),g.cache_info()]
g.cache_parameters()
g.cache_clear(), g.cache_info()
[g(1,a=2),g(1.0,a=2),g.cache_info()]
g([])
[g2(1),g2(1.0),g2.cache_info()]
g.__wrapped__.__name__, g.__doc__
_functools._lru_cache_wrapper()
_functools._lru_cache_wrapper(1,2,3,4)
_functools._lru_cache_wrapper(f,'a',3,4)
_functools._lru_cache_wrapper(f,2,3,int)
_functools._lru_cache_wrapper(user_function=f,maxsize=1,typed=0,cache_info_type=int)
g.__reduce__()
g.__get__(None,int) is g, g.__get__(1)
g.__copy__() is g, g.__deepcopy__(1) is g
_functools._lru_cache_wrapper
O.itemgetter()
O.itemgetter(1), O.itemgetter(1,2)
O.itemgetter(1)([1,2]), O.itemgetter(1,0)([1,2]), O.itemgetter(slice(1))([1,2])
O.itemgetter(1)()
O.itemgetter(1)(1,2)
O.itemgetter(1)([1],x=1)
O.itemgetter(x=1)
O.itemgetter(1)([1])
O.itemgetter(1)((1,))
O.itemgetter(-1)((1,3))
O.itemgetter(1).__reduce__(), O.itemgetter(1,2).__reduce__()
O.attrgetter()
O.attrgetter(1)
O.attrgetter('a'), O.attrgetter('a','b.c')
O.attrgetter('real')(1), O.attrgetter('real','__class__.__name__')(1)
O.attrgetter('foo.bar')(1)
O.attrgetter('real')()
O.attrgetter('real').__reduce__(), O.attrgetter('a.b','c').__reduce__()
O.methodcaller()
O.methodcaller(1)
O.methodcaller('upper'), O.methodcaller('replace','a',b=2), O.methodcaller('x',1), O.methodcaller('x',a=1)
O.methodcaller('upper')('a')
O.methodcaller('foo')('a')
O.methodcaller('upper')()
O.methodcaller('upper')('a','b')
O.methodcaller('upper')('a',x=1)
O.methodcaller('upper').__reduce__(), O.methodcaller('x',1).__reduce__(), O.methodcaller('x',1,a=2).__reduce__()
O.indexOf([1],2), 
O.countOf(1,2)
O.contains(1,2)
O.length_hint(1,'a')
O.length_hint([1]), O.length_hint(1,4), O.length_hint(1)
O.concat(1,2)
O.iconcat(1,2)
O.concat([1],[2])
O.concat('a',[2])
O.truth()
O.index('a')
O.call()
O.call(f,1,x=2)
O.pow(2,3), O.ipow(2,3)
O._compare_digest('a','a'), O._compare_digest(b'a',b'b')
O._compare_digest('a',b'a')
O._compare_digest('\\xe9','a')
O._compare_digest(1,2)
O.setitem({},1)
H.heappush(1,2)
H.heappop([])
H.heappop((1,))
H.heapify((1,))
H.heapreplace([],1)
H.heappushpop([],1)
H._heappop_max([])
H._heapreplace_max([],1)
H._heapreplace_max(1,1)
H.heappush([1,'a'],None)
B.bisect([1,2],'a')
B.bisect([1,2],1,-1)
B.bisect([1,2],1,0,5)
B.bisect(1,2)
B.bisect_left([1,2,3],2,hi=None)
B.bisect_left([1,2,3],2,hi='a')
B.bisect_left([1,2,3],2,key=lambda x:-x)
B.insort([1],'a')
B.insort((1,),2)
B.bisect()'''.split('\n'): t(s)
