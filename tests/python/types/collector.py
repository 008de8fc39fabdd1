# ignore: stderr
def mask(text):
    """Addresses differ from run to run."""
    head, *rest = text.split("0x")
    return head + "".join("0x" + part.lstrip("0123456789abcdef") for part in rest)
def t(f, *a, **k):
    try: print(mask(repr(f(*a, **k))))
    except BaseException as e: print("!", type(e).__name__, mask(str(e)))
import gc, _weakref as w
class N:
    def __init__(s,n): s.n=n
    def __del__(s): print('del',s.n)
    def __repr__(s): return 'N(%s)'%s.n
x=N(1); del x
x=N(2); x.me=x; del x; print('before'); t(gc.collect)
a=N('a'); b=N('b'); a.b=b; b.a=a; r=w.ref(a,lambda r:print('cb',r() )); del a,b; t(gc.collect); t(r)
# resurrection
keep=[]
class R:
    def __del__(s): print('res'); keep.append(s)
r=R(); wr=w.ref(r); del r; t(lambda:(len(keep),wr())); keep.clear(); print('cleared'); 
r=R(); r.me=r; del r; t(gc.collect); t(lambda:len(keep)); keep[0].me=None; keep.clear(); t(gc.collect)
# callbacks order
class O: pass
o=O(); rs=[w.ref(o,lambda r,i=i:print('cb',i)) for i in range(3)]; p=w.proxy(o,lambda r:print('pcb')); r0=w.ref(o); t(lambda:r0 is w.ref(o)); t(w.getweakrefcount,o); t(lambda:len(w.getweakrefs(o))); o.z=5; t(lambda:p.z); del o; t(lambda:r0()); t(lambda:p.z); t(lambda:w.getweakrefcount(r0))
o=O(); o2=O(); t(lambda:w.ref(o)==w.ref(o)); t(lambda:w.ref(o)==w.ref(o2)); t(lambda:hash(w.ref(o))==hash(o)); r=w.ref(o); del o; t(hash,r); t(lambda:r==w.ref(o2)); t(lambda:r==r); t(repr,w.ref(o2)); t(repr,r); t(lambda:r.__callback__); t(lambda:w.ref(O)); t(r,1); t(lambda:r(a=1))
class RS(w.ref):
    __slots__=('k',)
    def __new__(c,o,cb=None,k=0): s=super().__new__(c,o,cb); s.k=k; return s
    def __init__(s,o,cb=None,k=0): super().__init__(o,cb)
x=RS(o2,k=3); t(lambda:(x.k,x() is o2,x==w.ref(o2),type(x).__name__)); t(lambda: RS(o2) is RS(o2))
# exceptions in callback / del
class X:
    def __del__(s): 1/0
x=X(); del x
o=O(); r=w.ref(o,lambda r:1/0); del o
# proxies
class P:
    def __init__(s): s.l=[1,2]
    def __len__(s): return 2
    def __getitem__(s,i): return s.l[i]
    def __iter__(s): return iter(s.l)
    def __call__(s,*a): return a
    def __add__(s,o): return ('add',o)
    def __radd__(s,o): return ('radd',o)
    def __contains__(s,x): return x==5
    def __str__(s): return 'pstr'
    def __bool__(s): return False
    def __eq__(s,o): return o==1
    def __bytes__(s): return b'b'
    def __index__(s): return 1
o=P(); p=w.proxy(o); t(lambda:len(p)); t(lambda:p[1]); t(list,p); t(p,1,2); t(lambda:p+1); t(lambda:1+p); t(lambda:5 in p); t(str,p); t(bool,p); t(lambda:p==1); t(lambda:p!=1); t(lambda:type(p)); t(lambda:p.__class__); t(hash,p); t(lambda:repr(p)[:20]); p.q=4; t(lambda:o.q); del p.q; t(lambda:o.q); t(lambda:[0,1][p]); t(lambda:next(p)); t(lambda:-p); t(lambda:w.proxy(o) is p); t(lambda: bytes(w.proxy(O()) if 0 else p)); del o; t(len,p); t(str,p); t(repr,p); t(bool,p); t(lambda:p+1)
# gc features
t(gc.isenabled); gc.disable(); t(gc.isenabled); gc.enable(); t(gc.get_threshold); t(lambda:gc.is_tracked(())); t(lambda:gc.is_tracked({})); t(lambda:gc.is_tracked([])); t(lambda:gc.is_tracked((1,))); t(lambda:gc.is_tracked(O())); t(gc.is_tracked,O); t(gc.is_tracked,int); t(lambda:gc.get_referents([1,2],(3,))); l=[1]; ll=[l]; t(lambda:[x for x in gc.get_referrers(l) if x is ll]); t(lambda: l in gc.get_objects())
gc.callbacks.append(lambda ph,i:print('gccb',ph,i)); gc.collect(0); gc.callbacks.clear()
gc.set_debug(gc.DEBUG_SAVEALL); a=[]; a.append(a); del a; t(gc.collect); t(lambda:gc.garbage); gc.set_debug(0); gc.garbage.clear(); gc.collect()
gc.freeze(); t(lambda:gc.get_freeze_count()>0); gc.unfreeze(); t(gc.get_freeze_count)
# automatic collection
before=len(gc.get_objects())
for i in range(20000): a=[]; a.append(a)
t(lambda: len(gc.get_objects())-before<5000)
# deep chains
a=None
for i in range(200000): a=(a,)
del a
a=None
for i in range(100000): a=[a]
del a
class Node: 
    def __init__(s,n): s.next=n
a=None
for i in range(100000): a=Node(a)
del a
a=None
for i in range(100000): a={'x':a}
del a
e=None
for i in range(50000):
    n=ValueError(); n.__context__=e; e=n
del e,n
f=lambda:0
for i in range(50000):
    def g(f=f): return f
    f=g
del f,g
print('deep ok')
class MyList(list): pass
a=None
for i in range(100000):
    m=MyList(); m.append(a); a=m
del a,m
print('deep2 ok')
# class cycles collected
class T1: pass
wt=w.ref(T1); n=len(object.__subclasses__()); del T1; t(lambda:wt() is None); gc.collect(); t(lambda:wt() is None); t(lambda:n-len(object.__subclasses__()))
# finalizer order with type in cycle
class F:
    def __del__(s): print('F del', type(s).__name__)
F.inst=F(); del F; gc.collect()
class Slots:
    __slots__=('a','__weakref__')
    def __del__(s): print('slots del', type(s.a))
s=Slots(); s.a=s; r=w.ref(s); del s; gc.collect(); t(r)
d={}; d['d']=d; del d; t(lambda:gc.collect()>=1)
def gen():
    try: yield 1
    finally: print('gen closed')
g=gen(); next(g); l=[g]; l.append(l); del g,l; gc.collect()
class D2:
    def __del__(s): s.x.append(1); print('D2')
d=D2(); d.x=[]; d.x.append(d); del d; gc.collect()
t(lambda:gc.is_finalized(3))
print(gc.get_stats()[2].keys())
