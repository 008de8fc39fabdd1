def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
import types
F=types.FunctionType
def f(a,b=1,*,c=2): 
    "doc"
    return a
def g():
    return f
def cl():
    x=1
    def inner(): return x
    return inner
inner=cl()
t(F); t(F,1); t(F,f.__code__); t(F,f.__code__,1); t(F,f.__code__,{}); t(F,f.__code__,{},1); t(F,f.__code__,{},'n',1); t(F,f.__code__,{},'n',(1,),1); t(F,inner.__code__,{},None,None,None); t(F,inner.__code__,{}); t(F,inner.__code__,{},None,None,()); t(F,inner.__code__,{},None,None,(1,)); t(F, f.__code__,{},None,None,(types.CellType(),)); t(F,inner.__code__,{},None,None,(types.CellType(),)); t(F,f.__code__,{},closure=3)
for n,v in [('__code__',1),('__code__',inner.__code__),('__name__',1),('__qualname__',1),('__defaults__',1),('__kwdefaults__',1),('__annotations__',1),('__dict__',1),('__closure__',1),('__globals__',1),('__doc__',1),('__module__',1),('__builtins__',3)]:
    t(setattr,f,n,v); t(delattr,f,n)
t(lambda: f.__annotations__); t(lambda: f.__dict__); t(lambda:f.__module__); t(lambda:f.__doc__); t(repr,f); t(lambda:f.__kwdefaults__)
t(f.__get__,None); t(f.__get__,None,int); t(f.__get__,1); 
C=types.CellType
t(C); t(C,1); t(C,1,2); t(C,x=1); t(lambda: C().cell_contents); t(lambda: C(1).cell_contents); t(repr,C()); t(repr,C(1)); t(lambda:C(1)<C(2)); t(lambda:C()<C(2)); t(lambda:C()==C()); t(lambda: C()==1); t(hash,C()); c=C(1); t(delattr,c,'cell_contents'); t(delattr,c,'cell_contents'); t(C(3).__lt__,3)
M=types.MethodType
t(M); t(M,1); t(M,1,2); t(M,f,None); m=M(f,3); t(repr,m); t(lambda:m==M(f,3)); t(lambda: m()); t(lambda:m.__func__); t(lambda: m.__doc__); t(lambda:m.__name__); t(setattr,m,'x',1); t(setattr,m,'__doc__',1); t(m.__reduce__); t(lambda:m.foo); t(M,f,x=1); t(lambda:m<m); t(lambda: m.__get__(4)==m)
class Q:
    def m(self): pass
    @staticmethod
    def s(): pass
    @classmethod
    def k(cls): pass
t(repr,Q().m); t(repr,Q.k); t(repr,Q.__dict__['s']); t(repr,Q.__dict__['k']); t(Q.__dict__['s']); t(lambda: Q.__dict__['s'].__wrapped__); t(lambda: Q.__dict__['s'].__name__); t(staticmethod); t(staticmethod,1,2); t(classmethod,x=1); t(lambda: classmethod(3).__get__(1)); t(lambda:Q.__dict__['k'].__isabstractmethod__); t(vars,Q.__dict__['s']);t(lambda: staticmethod(1).__get__(None,None)); t(staticmethod(3)); t(repr,staticmethod(3)); 
M=types.ModuleType
t(M); t(M,1); t(M,'a','b','c'); m=M('a','b'); t(lambda: vars(m)); t(repr,m); t(lambda:m.x); t(setattr,m,'x',1); t(delattr,m,'y'); t(setattr,m,'__dict__',{}); t(m.__dir__); m.__file__='f'; t(repr,m); m.__loader__=3; del m.__file__; t(repr,m); t(lambda:m.__annotations__); t(setattr,m,'__annotations__',3); t(delattr,m,'__annotations__');t(delattr,m,'__annotations__'); m.__getattr__=lambda n: n+'!'; t(lambda:m.foo); 
m=M.__new__(M); t(repr,m); t(lambda:m.x); t(lambda:vars(m)); t(M,name='x'); t(M,'x',bad=1)
class Sp:
    _initializing=True
    name='nm'
m=M('part'); m.__spec__=Sp(); t(lambda:m.x); Sp._initializing=False; Sp._uninitialized_submodules=['x']; t(lambda:m.x); t(repr,m)
m.__name__=3; t(lambda:m.x); del m.__name__; t(lambda: m.x)
m=M('q'); m.__dir__=lambda:['z']; t(m.__dir__); t(dir,m); del m.__dict__['__name__']; t(m.__dir__); 
import sys; t(repr,sys); t(getattr,sys,'foo'); import os; t(repr,os)
