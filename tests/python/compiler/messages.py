# The exact text of errors and warnings of the compiler, and the bytecode of programs that are just right.
import sys, warnings
progs = r'''
from __future__ import braces
from __future__ import foo
from __future__ import annotations, foo
x=1;from __future__ import division
x=1\nfrom __future__ import division
"doc"\n"x"\nfrom __future__ import division
"doc"\nfrom __future__ import division; from __future__ import annotations\nx: int
def f(a,a): pass
def f(a,*,a): pass
def f(*a,**a): pass
lambda a,a: 0
def f():\n  x=1\n  global x
def f():\n  print(x)\n  global x
def f(x):\n  global x
def f():\n  x:int\n  global x
def f():\n  global x\n  x:int=1
def f():\n  x=1\n  def g():\n    x=2\n    nonlocal x
def f():\n  x=1\n  def g(x):\n    nonlocal x
def f():\n  x=1\n  def g():\n    print(x)\n    nonlocal x
def f():\n  x=1\n  def g():\n    x:int\n    nonlocal x
def f():\n  x=1\n  def g():\n    nonlocal x\n    x:int
def f():\n  x=1\n  def g():\n    nonlocal x\n    global x
def f():\n  x=1\n  def g():\n    global x\n    nonlocal x
nonlocal x
def f():\n  nonlocal x
class C:\n  nonlocal x
class C:\n  x=1\n  def f(self):\n    nonlocal x
class C:\n  [x:=1 for y in z]
class C:\n  def f(self): [x:=1 for y in z]
[y:=1 for y in z]
[x for x in (y:=z)]
[x for x in [(y:=z) for w in q]]
[[(j:=0) for i in range(5)] for j in range(5)]
[i for i in range(5) if (j:=0) for j in range(5)]
[i+1 for i in i:=z]
[x:=0 for x in y]
def f():\n  [(x:=1) for i in z]\n  global x
def f():\n  global x\n  [(x:=1) for i in z]
break
continue
for x in y:\n  def f(): break
if x: continue
while x: pass\nelse: break
try: pass\nfinally: continue
for x in y:\n  try: pass\n  finally: continue
class C: return 1
return 1
yield 1
class C: yield 1
yield from x
await x
async with x: pass
async for x in y: pass
[x async for x in y]
def f(): await x
def f(): [x async for x in y]
def f(): return [await x for x in y]
def f():\n async with x: pass
def f():\n async for x in y: pass
async def f(): yield from x
async def f():\n yield 1\n return 2
async def f():\n yield 1\n return
async def f(): return [await x for x in y]
async def f(): return {await x async for x in y}
async def f(): return (await x async for x in y)
[(yield) for x in y]
{(yield) for x in y}
{(yield):1 for x in y}
((yield) for x in y)
[(yield from z) for x in y]
lambda: (yield)
f(a=1,a=2)
f(a=1,b=3,**z,a=2)
f(__debug__=1)
__debug__=1
del __debug__
def __debug__(): pass
def f(__debug__): pass
def f(*__debug__): pass
class __debug__: pass
import __debug__
import a as __debug__
from a import __debug__
for __debug__ in x: pass
with x as __debug__: pass
x.__debug__ = 1
x.__debug__
del x.__debug__
__debug__: int
x.__debug__: int
try: pass\nexcept E as __debug__: pass
(__debug__:=1)
match x:\n case __debug__: pass
match x:\n case {**__debug__}: pass
match x:\n case C(__debug__=1): pass
match x:\n case a: pass\n case b: pass
match x:\n case _: pass\n case b: pass
match x:\n case a|b: pass
match x:\n case (a|1): pass
match x:\n case [a]|[b]: pass
match x:\n case [a,a]: pass
match x:\n case [*a,*b]: pass
match x:\n case {1:a,1:b}: pass
match x:\n case {-1:a,-1:b}: pass
match x:\n case {"a":a,"a":b}: pass
match x:\n case C(a=1,a=2): pass
match x:\n case C(a,b=a): pass
match x:\n case a as a: pass
match x:\n case {1:_,**_}: pass
*a = b
*a
a = *b
del *a
x = *a, *b
*a, *b = c
[*a, *b] = c
(*a,*b,c), d = e
print(*a)
f(**a, *b)
[*a for a in b]
def f():\n from x import *
class C:\n from x import *
def f():\n import *
try: pass\nexcept: pass\nexcept E: pass
try: pass\nexcept* E: return
def f():\n try: pass\n except* E: return
for x in y:\n try: pass\n except* E: break
for x in y:\n try: pass\n except* E: continue
while 1:\n try: pass\n except* E:\n  while 1: break
x is 1
x is not "a"
1 is x
x is ()
x is None
x is 1.0 is y
"a" is x
x is -1
assert (x, "y")
assert (1, "y")
assert ()
"a"(x)
1(x)
None(x)
[1](x)
{}(x)
(1,2)(x)
{1}(x)
f"{x}"(y)
[x for x in y](z)
(x for x in y)(z)
(lambda: 0)(z)
None[1]
1[2]
1.5[2]
{1}[2]
{x for x in y}[2]
(x for x in y)[2]
(lambda: 0)[2]
...[2]
True[1]
"abc"["a"]
"abc"[1.5]
b"abc"[None]
[1]["a"]
[1][(1,2)]
[1][1,2]
[1][[1]]
[1][{}]
[1][x]
(1,2)["a"]
(1,)[...]
f"{x}"["a"]
[x for x in y]["a"]
[1][f"x"]
[1][1:2]
[1][True]
{1:2}["a"]
x: (yield)
def f(x: (yield)): pass
def f() -> (yield): pass
from __future__ import annotations\nx: (yield)
from __future__ import annotations\nx: (y:=1)
from __future__ import annotations\ndef f(x: (await y)): pass
from __future__ import annotations\ndef f() -> (yield from z): pass
from __future__ import annotations\nx: [(yield) for i in j]
f(x for x in y, 1)
class C(x for x in y): pass
class C(a=1, a=2): pass
class C(*a, **b): pass
class C(__debug__=1): pass
def f():\n def g():\n  nonlocal y\n  nonlocal x\n  nonlocal x
def f():\n  x = 1\n  class C:\n    nonlocal x\n    x = 2
def f():\n  global x, y, x
def f(a):\n  global b, a
async def f():\n  [x for x in await y]\n  [await z for x in y]
async def f():\n  def g(): [x async for x in y]
async def f():\n  class C: [x async for x in y]
async def f():\n  lambda: [x async for x in y]
async def f():\n  lambda: await x
[x for x in y if (yield)]
(x,y) += 1
x.y: int = 1
(x): int
x[1:2]: int
x[f(), g():h()]: int
(x.y): int = z
"%s %d" % (x,y)
"%s %r %a" % (x,y,z)
"%s%%" % (x,)
"%5s %-5s %05s %.3s %5.2r %+s" % (a,b,c,d,e,f)
"%123s %12345s" % (a,b)
"%s" % (a,b)
"%s %s" % (a,)
"%(a)s" % (a,)
"%" % (a,)
"%s %" % (a,)
"a%%b%%c%s" % (x,)
"%*s" % (a,b)
"%hs" % (a,)
"%s %s" % (*a,)
"%5.s" % (a,)
"%5." % (a,)
"%.1000s" % (a,)
'''.strip('\n').split('\n')
progs = [p.replace('\\n','\n') for p in progs]
nest = ["for a in b:\n"+"".join(" "*i+"for a in b:\n" for i in range(1,n))+" "*n+"pass" for n in (19,20,21,22)]
nest += ["try:\n"+"".join(" "*i+"try:\n" for i in range(1,n))+" "*n+"pass\n"+"".join(" "*i+"finally: pass\n" for i in range(n-1,-1,-1)) for n in (19,20,21,22)]
nest += ["with a:\n"+"".join(" "*i+"with a:\n" for i in range(1,n))+" "*n+"pass" for n in (20,21)]
nest += ["try:\n"+"".join(" "*i+"try:\n" for i in range(1,n))+" "*n+"pass\n"+"".join(" "*i+"except: pass\n" for i in range(n-1,-1,-1)) for n in (19,20,21,22)]
nest += ["-"*5000+"x", "not "*5000+"x","x"+".a"*5000, "x"+"+x"*5000, "x"+"[0]"*5000, "f"+"()"*5000, "lambda:"*500+"0", "if 1:\n pass\n"+"elif 1: pass\n"*4000]
import marshal
for p in progs+nest:
    for mode in ("exec","eval","single"):
      for w in ("always","error"):
        with warnings.catch_warnings(record=True) as rec:
            warnings.simplefilter(w)
            try:
                c=compile(p,"<f>",mode)
                r=(hash(marshal.dumps(c)) and sorted(map(repr,c.co_consts)) and "ok", c.co_code.hex()[:400],)
            except SyntaxError as e:
                r=(type(e).__name__, e.args, e.msg, e.lineno,e.offset,e.end_lineno,e.end_offset,e.text,e.filename)
            except Exception as e:
                r=(type(e).__name__, e.args)
        print(repr(p[:60]),mode,w,r,[(x.category.__name__,str(x.message),x.filename,x.lineno) for x in rec])
