def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
class E1(Exception):
    def __init__(s,a,b=2): s.a=a; s.b=b
    def __str__(s): return 'E1:%s'%s.a
t(E1,3); 
def f(): raise E1
t(f)
def f(): raise E1(1)
t(f)
def f():
    try: 1/0
    except Exception as e: raise KeyError('k') from e
t(f)
def f():
    try: 1/0
    except Exception as e: raise KeyError('k') from None
t(f)
def f():
    try: 1/0
    except Exception: 
        try: [][1]
        except Exception: raise TypeError
t(f)
def f(): raise 3
t(f)
def f(): raise int
t(f)
def f(): raise ValueError from 3
t(f)
def f(): raise ValueError from KeyError
t(f)
class EM(type):
    def __call__(s,*a): return 3
class E2(Exception,metaclass=EM): pass
def f(): raise E2
t(f)
def f():
    try: raise ValueError(1)
    except (TypeError,ValueError) as e: return e.args
t(f)
def f():
    try: raise ValueError
    except 3: pass
t(f)
def f():
    try: raise OSError(2,'x','y')
    except FileNotFoundError as e: return (e.errno,e.filename,str(e))
t(f)
def f():
    try: raise ExceptionGroup('g',[ValueError(1),TypeError(2),OSError(3)])
    except* ValueError as e: print('v',e.exceptions)
    except* TypeError as e: print('t',e.exceptions); raise KeyError(4)
t(f)
def f():
    try: raise ValueError(1)
    except* ValueError as e: print(repr(e))
t(f)
def f():
    try: raise ExceptionGroup('g',[ValueError(1)])
    except* TypeError: pass
t(f)
def f():
    try: raise ExceptionGroup('g',[ValueError(1),ExceptionGroup('h',[TypeError(2),ValueError(3)])])
    except* ValueError: raise
t(f)
try: 1/0
except Exception as e: x=e
t(lambda:x.__traceback__.tb_lineno>0); x.__traceback__=None; t(lambda:x.__traceback__); t(lambda:x.with_traceback(None) is x)
try: raise x
except Exception as e: t(lambda:e.__traceback__ is not None)
import copy
for e in (ValueError(1,2),OSError(2,'a','b'),KeyError('z'),UnicodeDecodeError('a',b'b',0,1,'r'),ImportError('m',name='n'),SyntaxError('m',('f',1,2,'t')),StopIteration(5),SystemExit(3),AttributeError('a',name='n',obj=1),NameError('x',name='q')):
    e.extra=[1]
    c=copy.copy(e); t(lambda:(type(c).__name__,c.args,c.__dict__))
t(lambda: copy.copy(E1(1)).__dict__); t(lambda: copy.deepcopy(ExceptionGroup('a',[ValueError(1)])))
class S: __slots__=('a','b','__dict__')
s=S(); s.a=1; s.z=2
t(lambda:s.__reduce_ex__(2)[2]); c=copy.copy(s); t(lambda:(c.a,c.z)); t(lambda:c.b); t(lambda: s.__getstate__())
class GS:
    def __getstate__(s): return {'q':1}
    def __setstate__(s,st): s.got=st
t(lambda:copy.copy(GS()).got)
class GN(tuple):
    def __new__(c,a,b): return super().__new__(c,(a,b))
    def __getnewargs__(s): return tuple(s)
t(lambda:copy.copy(GN(1,2)))
class GX(int):
    def __new__(c,v,*,k): o=super().__new__(c,v); o.k=k; return o
    def __getnewargs_ex__(s): return (int(s),),{'k':s.k}
t(lambda:(copy.copy(GX(5,k=6)),copy.copy(GX(5,k=6)).k)); t(lambda: copy.deepcopy([GX(1,k=2)]))
class LL(list): pass
l=LL([1,2]); l.x=3; c=copy.copy(l); t(lambda:(c,c.x,type(c).__name__))
class D(dict): pass
d=D(a=1); d.y=2; c=copy.copy(d); t(lambda:(c,c.y))
t(copy.copy,len); t(copy.copy,iter([1])); t(lambda:copy.copy((lambda:0)) is None); t(lambda:next(copy.copy(iter([1])))); t(copy.copy,(x for x in [])); t(lambda: copy.copy(memoryview(b'a'))); t(lambda: copy.copy(object())); t(lambda: type(copy.copy(object()))); t(copy.deepcopy, type); import sys; t(copy.copy,sys)
print(sorted(n for n in dir(BaseException) if not n.startswith('__')))
# nested deep recursion
def r(n): return r(n+1)
try: r(0)
except RecursionError as e: print(e)
class RR:
    def __repr__(s): return repr(s)
    def __getattr__(s,n): return getattr(s,n+'x')
    def __eq__(s,o): return s==o
    def __call__(s): return s()
    def __hash__(s): return hash(s)
    def __len__(s): return len(s)
    def __add__(s,o): return s+o
    def __iter__(s): return iter(s)
for f in (repr,str,hash,len,iter,lambda x:x.foo,lambda x:x==1,lambda x:x(),lambda x:x+1,lambda x:f'{x}',bool):
    try: f(RR()); print('?')
    except RecursionError as e: print('RE', str(e)[:32])
class MM:
    pass
MM.__call__=MM()
try: MM()()
except RecursionError as e: print('RE',str(e)[:40])
