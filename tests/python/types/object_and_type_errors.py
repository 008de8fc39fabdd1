def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
class A: pass
class S: __slots__=('x',)
def delx(o): del o.x
def setx(o): o.x=1
t(delx,A()); t(delx,S()); t(delx,A); t(delx,int); t(setx,int); t(delx, 3); t(setx,3); t(delx, object()); t(setx, object())
t(lambda: S().x)
t(lambda: A.x)
t(object,1); t(A,1); t(A,a=1)
class B:
    def __new__(cls,*a): return object.__new__(cls,*a)
t(B,1)
class C:
    def __init__(self,*a): object.__init__(self,*a)
t(C,1)
class C2:
    def __init__(self,*a): pass
    def __new__(cls,*a): return object.__new__(cls,*a)
t(C2,1)
class C3:
    def __init__(self,*a): object.__init__(self,*a)
    def __new__(cls,*a): return object.__new__(cls)
t(C3,1)
t(object.__new__); t(object.__new__,1); t(object.__new__,int); t(int.__new__,object); t(list.__new__, dict);t(object.__new__, type)
t(object.__init__); t(type); t(type,1,2); t(type,1,2,3); t(type,'a',2,3); t(type,'a',(),3); t(type,'a',(1,),{}); t(type, 'a\0', (), {}); t(type,'a',(int,str),{}); t(type,'a',(bool,),{});t(type,'a',(object,A),{})
t(type,'a',(A,A),{}); t(type,1,x=3); t(type,'a',(),{},x=2)
t(type,'a',(),{'__slots__':'1'}); t(type,'a',(),{'__slots__':['a','a']}); t(type,'a',(),{'__slots__':['__dict__','__dict__']}); t(type,'a',(A,),{'__slots__':['__dict__']}); t(type,'a',(A,),{'__slots__':['__weakref__']}); t(type,'a',(),{'__slots__':['a'],'a':1}); t(type,'a',(int,),{'__slots__':['a']}); t(type,'a',(),{'__slots__':[1]}); t(type,'a',(),{'__slots__':3})
t(type,'a',(),{'__qualname__':3}); t(type,'a',(),{'__classcell__':3})
t(delattr,A,'__name__'); t(delattr,A,'__module__'); t(setattr,A,'__name__',3); t(setattr,A,'__name__','a\0'); t(setattr,A,'__qualname__',3); t(setattr,int,'__name__','x'); t(setattr,A,'__bases__',3); t(setattr,A,'__bases__',()); t(setattr,A,'__bases__',(3,)); t(setattr,A,'__bases__',(int,)); t(delattr,A,'__bases__'); t(setattr,A,'__bases__',(A,)); t(setattr,A,'__dict__',{}); t(delattr,A,'__doc__'); t(setattr,int,'__doc__',3);
t(setattr,A(),'__class__',3); t(setattr,A(),'__class__',int); t(setattr,A(),'__class__',S); t(delattr,A(),'__class__'); t(setattr,3,'__class__',A); t(setattr,A(),'__dict__',3); t(delattr,A,'__abstractmethods__'); t(getattr,A,'__abstractmethods__');t(getattr,type,'__abstractmethods__'); t(getattr,A,'__annotations__'); t(getattr,int,'__annotations__');t(delattr,A,'__annotations__');t(delattr,A,'__annotations__')
t(getattr,A(),3); t(setattr,A(),3,3); t(delattr,A(),3); t(hasattr,A(),3)
class M(type):
    def mro(cls): return [cls, 3]
t(M,'a',(),{})
class M(type):
    def mro(cls): return [cls, int]
t(M,'a',(),{})
class M(type):
    def mro(cls): return 3
t(M,'a',(),{})
class X(A): pass
t(type,'a',(A,X),{})
class M1(type): pass
class M2(type): pass
t(lambda: type('a',(M1('x',(),{}),M2('y',(),{})),{}))
t(A.__subclasses__,1); t(type.__subclasses__); t(type.mro); t(A.mro); t(A.__instancecheck__,3); t(type.__prepare__,1,2,a=2); t(object.__init_subclass__,1); t(object.__init_subclass__,a=1); t(type,'q',(A,),{},z=1); t(A.__subclasshook__,3,4)
t(object().__format__,'x'); t(object().__reduce_ex__,2); t(object().__reduce__); t(A().__reduce_ex__,1); t(S().__reduce_ex__,1);t(S().__reduce_ex__,2); t(S().__getstate__);
t(object.__reduce_ex__,3,'a');t(object().__reduce_ex__,'a')
