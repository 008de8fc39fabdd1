def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
# mro
class O: pass
class A(O): pass
class B(O): pass
class C(A,B): pass
print([c.__name__ for c in C.__mro__])
class D(B): pass
class E2(C,D): pass
print([c.__name__ for c in E2.__mro__])
# slots inheritance of special methods
class V:
    def __init__(s,x): s.x=x
    def __add__(s,o): return ('add',s.x,getattr(o,'x',o))
    def __radd__(s,o): return ('radd',s.x,o)
    def __iadd__(s,o): s.x+=1; return s
    def __eq__(s,o): return isinstance(o,V) and s.x==o.x
    def __lt__(s,o): return s.x<o.x
    def __len__(s): return s.x
    def __getitem__(s,k): return ('get',k)
    def __setitem__(s,k,v): print('set',k,v)
    def __delitem__(s,k): print('del',k)
    def __contains__(s,k): return k=='in'
    def __call__(s,*a,**k): return (a,k)
    def __iter__(s): return iter([1,2])
    def __pow__(s,o,m=None): return ('pow',o,m)
    def __rpow__(s,o): return ('rpow',o)
    def __neg__(s): return 'neg'
    def __index__(s): return 3
    def __int__(s): return 4
    def __float__(s): return 5.5
    def __bool__(s): return s.x>1
    def __divmod__(s,o): return 'dm'
    def __rdivmod__(s,o): return 'rdm'
    def __matmul__(s,o): return '@'
    def __invert__(s): return '~'
    def __abs__(s): return 'abs'
    def __format__(s,f): return 'F'+f
    def __repr__(s): return 'V(%d)'%s.x
v=V(2)
t(lambda:v+1); t(lambda:1+v); t(lambda:v+v); t(lambda:v==V(2)); t(lambda:v!=V(2)); t(lambda:v<V(3)); t(lambda:v>V(3)); t(lambda:v<=V(3)); t(len,v); t(lambda:v[1:2]); t(lambda:'in' in v); t(lambda:3 in v); t(v,1,b=2); t(list,v); t(lambda:v**2); t(lambda:2**v); t(pow,v,2,3); t(lambda:-v); t(lambda:[0,1,2,3,4][v]); t(int,v); t(float,v); t(bool,v); t(bool,V(1)); t(divmod,v,1); t(divmod,1,v); t(lambda:v@1); t(lambda:~v); t(abs,v); t(format,v,'z'); t(hash,v); t(lambda:{v}); t(lambda:f'{v:q}')
v[1]=2; del v[3]; v+=1; t(lambda:v)
t(lambda: v-1); t(lambda:1-v); t(lambda:v(**{'a':1})); t(lambda:+v); t(lambda:v.foo); t(lambda: V.__add__); t(lambda:V.__sub__); t(lambda: v.__add__.__self__ is v)
# adding special methods later
V.__sub__=lambda s,o:'late'; t(lambda:v-1); del V.__sub__; t(lambda:v-1)
class W(V): pass
w=W(1); V.__sub__=lambda s,o:'late2'; t(lambda:w-1); W.__sub__=lambda s,o:'own'; t(lambda:w-1); del W.__sub__; t(lambda:w-1); del V.__sub__; t(lambda:w-1)
V.__hash__=lambda s:7; t(hash,v); t(hash,w); del V.__hash__
V.__bool__=None; t(bool,v); del V.__bool__; t(bool,v)
# priority of subclass reflected
class P(int):
    def __radd__(s,o): return 'sub radd'
t(lambda:1+P(2)); t(lambda:P(1)+2)
class Q(V):
    def __radd__(s,o): return 'Qradd'
t(lambda:V(1)+Q(2)); 
class Q2(V): pass
t(lambda:V(1)+Q2(2))
# getattr hooks
class G:
    a=1
    def __getattr__(s,n): 
        if n=='bad': raise AttributeError('mybad')
        return n+'!'
g=G(); t(lambda:g.a); t(lambda:g.zz); t(lambda:g.bad); t(hasattr,g,'bad'); t(getattr,g,'bad',5)
class G2:
    def __getattribute__(s,n):
        if n=='x': return 'X'
        return object.__getattribute__(s,n)
    def __setattr__(s,n,v): object.__setattr__(s,n,(v,))
    def __delattr__(s,n): print('del',n); object.__delattr__(s,n)
g=G2(); g.y=1; t(lambda:g.y); t(lambda:g.x); t(lambda:g.q); del g.y; t(lambda:delattr(g,'nope'))
class G3(G2):
    def __getattr__(s,n): return 'fallback '+n
g=G3(); t(lambda:g.x); t(lambda:g.q); t(lambda: g.__class__)
# descriptors
class Dat:
    def __get__(s,o,t=None): return ('get',o is None,t.__name__)
    def __set__(s,o,v): print('set',v)
    def __delete__(s,o): print('delete')
    def __set_name__(s,o,n): print('name',o.__name__,n)
class ND:
    def __get__(s,o,t=None): return 'nd'
class H: d=Dat(); n=ND()
h=H(); t(lambda:h.d); t(lambda:H.d); h.d=3; del h.d; h.__dict__['d']=5; t(lambda:h.d); t(lambda:h.n); h.n=4; t(lambda:h.n); t(lambda:vars(h))
class M(type):
    def __new__(m,n,b,d,**k): print('new',n,k); return super().__new__(m,n,b,d)
    def __init__(c,n,b,d,**k): print('init',n,k); super().__init__(n,b,d)
    def __call__(c,*a): print('call',a); return super().__call__(*a)
    def __prepare__(n,b,**k): print('prep',n,k); return {'pre':1}
    __prepare__=staticmethod(__prepare__)
    def __getattr__(c,n): return 'meta '+n
    def __len__(c): return 42
    def __instancecheck__(c,o): return o==3
    def __subclasscheck__(c,o): return o is str
    def __contains__(c,x): return x=='q'
    def __iter__(c): return iter('ab')
    def __dir__(c): return ['zz']
class X(metaclass=M,kw=1):
    def __init__(s,a): s.a=a
t(lambda:X(5).a); t(lambda:X.pre); t(lambda:X.foo); t(len,X); t(isinstance,3,X); t(isinstance,4,X); t(issubclass,str,X); t(issubclass,int,X); t(lambda:'q' in X); t(list,X); t(dir,X); t(lambda:type(X)); t(lambda:X(1).foo)
class IS:
    def __init_subclass__(cls,/,a=None,**k): print('is',cls.__name__,a,k); super().__init_subclass__(**k)
class J(IS,a=1): pass
t(lambda: type('K',(IS,),{},b=2))
class CG:
    def __class_getitem__(c,k): return (c.__name__,k)
t(lambda:CG[1])
# super
class S1:
    def f(self): return 'S1'
    @classmethod
    def c(cls): return 'S1c',cls.__name__
    @staticmethod
    def s(): return 's1'
    @property
    def p(self): return 'p1'
class S2(S1):
    def f(self): return 'S2',super().f()
    @classmethod
    def c(cls): return 'S2c',super().c()
    @property
    def p(self): return 'p2',super().p
    def g(self): return super(S2,self).f(), super(S2,S2).c(), super().__thisclass__, super().__self_class__
    def h(self):
        def inner(): return __class__
        return inner()
    def nosuch(self): return super().nosuch()
s=S2(); t(s.f); t(s.c); t(S2.c); t(lambda:s.p); t(s.g); t(s.h); t(s.nosuch); t(lambda:super()); t(super,int,'a'); t(super,3); t(super,int); t(repr,super(S2,s)); t(super(S1).__get__,s); t(super,S2,s,3); t(lambda: super(S2,s).__class__); t(super(S2).__get__,None)
# class assignment
class CA: pass
class CB: 
    def f(s): return 'CB'
o=CA(); o.x=1; o.__class__=CB; t(o.f); t(lambda:o.x); t(lambda:type(o))
class SA: __slots__=('a','b')
class SB: __slots__=('a','b')
class SC: __slots__=('a','c')
o=SA(); o.a=1; o.__class__=SB; t(lambda:o.a); t(setattr,o,'__class__',SC); t(setattr,o,'z',1); t(lambda:o.b)
# bases assignment
class BA: 
    def f(s): return 'BA'
class BB:
    def f(s): return 'BB'
class BC(BA): pass
x=BC(); t(x.f); BC.__bases__=(BB,); t(x.f); t(lambda:BC.__mro__); t(BA.__subclasses__); t(BB.__subclasses__)
t(setattr,BB,'__bases__',(BC,)); t(lambda:BC.__base__)
# __dict__
x=BC(); x.a=1; x.__dict__={'z':3}; t(lambda:x.z); t(lambda:x.a); d=x.__dict__; x.q=1; t(lambda:d); del x.q; t(lambda:d); t(delattr,x,'__dict__'); t(lambda:x.__dict__)
x=BC()
for i in range(40): setattr(x,'k%d'%i,i)
t(lambda:len(x.__dict__)); t(lambda:list(x.__dict__)[:3]); t(lambda:x.k39)
for i in range(40): delattr(x,'k%d'%i)
t(lambda:x.__dict__)
# weak/abstract/annotations
class AN: a:int=1; b:str
t(lambda:AN.__annotations__); t(lambda:AN().__annotations__); t(lambda:BC.__annotations__); AN.__annotations__=3; t(lambda:AN.__annotations__); del AN.__annotations__; t(lambda:AN.__annotations__)
t(lambda: type.__doc__ is not None); t(lambda:AN.__doc__); AN.__doc__='new'; t(lambda:AN.__doc__); AN.__name__='Renamed'; t(lambda:AN); AN.__qualname__='x.y'; t(lambda:AN); AN.__module__='mm'; t(lambda:AN); t(lambda:AN()) if 0 else None
t(lambda:(int.__module__,int.__qualname__,int.__name__,type(len).__name__))
class Callable1:
    def __get__(s,*a): return 3
class Y: __call__=Callable1(); __len__=property(lambda s:lambda:9); __str__=None
t(Y()); t(len,Y()); t(str,Y()); t(lambda:Y()())
class Bad:
    def __len__(s): return -1
    def __bool__(s): return 3
    def __hash__(s): return 'a'
    def __repr__(s): return 3
    def __str__(s): return 3
    def __iter__(s): return 3
    def __index__(s): return 'a'
    def __int__(s): return 'a'
    def __float__(s): return 'a'
    def __contains__(s,x): raise KeyError(x)
    def __init__(s): return None
    def __eq__(s,o): raise ValueError('eq')
    def __getitem__(s,i): raise IndexError
b=Bad(); t(len,b); t(bool,b); t(hash,b); t(repr,b); t(str,b); t(iter,b); t(lambda:[1][b]); t(int,b); t(float,b); t(lambda:1 in b); t(lambda:b==1); t(lambda:[b]==[1]); t(lambda: b in [b])
class BadInit:
    def __init__(s): return 3
t(BadInit)
class NewOther:
    def __new__(c,*a): print('n',a); return 3
    def __init__(s,*a): print('never')
t(NewOther,1)
class NewSub:
    def __new__(c,*a,**k): print('n',a,k); return super().__new__(c)
    def __init__(s,*a,**k): print('i',a,k)
t(lambda:type(NewSub(1,b=2)).__name__)
class I(int):
    def __new__(c,v): return super().__new__(c,v+1)
t(lambda:I(3)); i=I(3); i.z=4; t(lambda:i.__dict__); t(lambda:type(i+1))
class L(list):
    def append(s,x): super().append(x*2)
l=L([1]); l.append(4); l.q=1; t(lambda:(l,l.q,l.__dict__))
class TT(tuple): __slots__=()
t(lambda:TT((1,2))); t(setattr,TT(),'x',1)
class DD(dict):
    def __missing__(s,k): return k*2
t(lambda:DD()['ab'])
class SS(str): pass
x=SS('abc'); x.n=1; t(lambda:(x,x.n,x+'d',type(x+'d')))
t(lambda: type('Dyn',(int,),{'f':lambda s:s+1})(4).f())
t(lambda: object.__reduce_ex__(o,2)); t(lambda: (lambda:0).__get__)
t(lambda: [m for m in dir(object()) if not m.startswith('__')]); t(lambda: sorted(dir(type('E',(),{'q':1})()))[-3:])
t(lambda: int.__add__(1,'a')); t(lambda: (1).__add__('a')); t(lambda: object().__eq__(1)); t(lambda: object.__ne__(1,2)); t(lambda:object().__lt__(3)); t(object().__str__); t(lambda: object.__hash__('a')!=hash('a'))
t(lambda: int.__new__(bool,1)); t(lambda: object.__setattr__(int,'x',1)); t(lambda: object.__setattr__(A,'x',1)); t(lambda: dict.__setattr__); t(lambda: type.__setattr__(A,'zz',1)); t(lambda:A.zz); t(lambda: type.__call__(int,'5')); t(lambda: type.__call__(3))
