from __future__ import annotations
import a.b.c as d, e
from . import f
from ..g.h import (i as j, k,)
from m import *
x: int = 1
(y): str
z.w: list[int]
del a, (b, c), d[0], e.f
assert x, "message"
global_name = yield_ = 0
for i, *j in k, *l: continue
else: break_ = 1
while x: break
else: pass
if a: 1
elif b: 2
else: 3
with a as b, c(d) as (e, f), g: pass
with (a as b, c,): pass
try: 1
except (A, B) as e: raise X from e
except C: raise
else: 2
finally: 3
try: 1
except* A as e: 2
except* (B, C): 3
def f(a, b=1, /, c: int = 2, *args: t, d, e=3, **kw: u) -> v:
    "doc"
    global g, h
    return a, *b
def outer():
    n = 1
    def inner():
        nonlocal n
        n += 1
@a.b(c)
@d
class C(B, *bases, metaclass=M, **kw):
    """doc"""
    x: int
async def co(*, k):
    async with a as b: await c
    async for x in y: yield x
    return [z async for z in w if await v]
match x, y:
    case 1 | -2.5 | 3 + 4j | "s" "t" | b"u" | None | True: 1
    case [a, *_, b] | (a, b): 2
    case {"k": v, A.b: 1, **rest}: 3
    case C(1, x=D.E(y=[])) as whole if whole: 4
    case a.b.c: 5
    case {}: 6
    case []: 7
    case _: 8
x = y = z
x += 1; x @= 2; x //= 3; x >>= 4
