import sys
import builtins
import os.path


def print(*args):
    """Without addresses and folders: they differ from run to run."""
    words = [str(a).replace(os.path.dirname(os.path.abspath(__file__)), "") for a in args]
    words = [w if " at 0x" not in w else w[:w.index(" at 0x")] for w in words]
    builtins.print(*words)


def catch(fn, *a, **k):
    try: r = fn(*a, **k)
    except BaseException as e: print(type(e).__name__, e); return e
    else: print('ok', r); return r
def gen():
    try:
        while True:
            try: x = yield 1
            except ValueError as e: print('VE', e)
    finally: print('fin')
g = gen()
catch(g.send, 5)
print(next(g)); print(g.throw(ValueError('a'))); print(g.throw(ValueError, 'b')); print(g.throw(ValueError, 'b', None))
catch(g.throw, ValueError, 'x', 5); catch(g.throw, 5); catch(g.throw, ValueError('q'), 3); catch(g.throw); catch(g.throw,1,2,3,4)
catch(g.close); catch(g.close); catch(next, g)
def bad():
    try: yield
    except GeneratorExit: yield 5
g = bad(); next(g); catch(g.close)
def si(): yield; raise StopIteration('zz')
g = si(); next(g); e = catch(next, g); print(repr(e.__cause__), repr(e.__context__))
def selfrun():
    me.send(None)
    yield
me = selfrun(); catch(next, me)
def inner():
    try:
        y = yield 'i1'
        print('y', y)
        yield 'i2'
    except KeyError as e: print('inner KE', e); yield 'after'
    return 'ret'
def outer():
    r = yield from inner()
    print('r', r)
    try: yield from [1, 2]
    except TypeError as e: print('TE', e)
    yield from (x for x in 'ab')
g = outer(); print(next(g), g.send(3), g.throw(KeyError('k')), g.gi_yieldfrom.__name__); print(list(g))
class It:
    def __iter__(self): return self
    def __next__(self): return 1
    def throw(self, *a): print('It.throw', a); raise StopIteration(9)
    def send(self, v): print('send', v); return v
    def close(self): print('It.close')
def o2():
    r = yield from It(); print('got', r)
    yield 'end'
g = o2(); print(next(g), g.send(4), g.throw(ValueError)); g.close()
g = o2(); next(g); g.close()
print(gen(), gen().gi_code, gen().gi_running, g.gi_frame)
async def co(x):
    return x
class Aw:
    def __await__(self): yield 'aw'; return 10
async def main():
    print(await co(1)); print(await Aw())
    async with ACM() as v: print('v', v)
    async for i in AIt(): print('i', i)
    print([i async for i in agen(3)])
    print([await co(i) for i in range(2)])
    try: await 5
    except TypeError as e: print(e)
    try:
        async with 5: pass
    except TypeError as e: print(e)
    try:
        async for i in 5: pass
    except TypeError as e: print(e)
    a = agen(2)
    print(await a.asend(None)); print(await a.__anext__())
    try: await a.__anext__()
    except StopAsyncIteration as e: print('SAI', e)
    a = agen(5); await a.__anext__()
    try: await a.athrow(KeyError('in'))
    except KeyError as e: print('KE', e)
    a = agen(5); await a.__anext__(); await a.aclose(); print('closed')
    print(await anext(agen(0), 'dflt')); print(await anext(agen(3), 'dflt'))
    return 'done'
class ACM:
    async def __aenter__(self): return 'entered'
    async def __aexit__(self, *a): print('aexit', a)
class AIt:
    n = 0
    def __aiter__(self): return self
    async def __anext__(self):
        self.n += 1
        if self.n > 2: raise StopAsyncIteration
        return self.n
async def agen(n):
    for i in range(n):
        yield i
c = main()
try:
    v = None
    while True:
        v = c.send(v); print('yielded', v)
except StopIteration as e: print('result', e.value)
catch(c.send, None)
c = co(1); c.close(); catch(c.send, None)
c = co(1); w = c.__await__(); print(type(w)); catch(next, w); catch(next, w)
# exceptions
def f1():
    try: raise ValueError('a')
    except ValueError as e:
        try: raise KeyError('b') from e
        except KeyError as k:
            print(repr(k.__cause__), repr(k.__context__), k.__suppress_context__)
            raise
e = catch(f1)
tb = e.__traceback__
while tb: print(tb.tb_frame.f_code.co_name, tb.tb_lineno, tb.tb_lasti); tb = tb.tb_next
def f2():
    try: 1/0
    finally: return 5
print(f2())
def f3():
    for i in range(3):
        try: continue
        finally: print('f', i)
f3()
def f4():
    try: raise
    except RuntimeError as e: print(e)
    try: raise 5
    except TypeError as e: print(e)
    try: raise ValueError from 5
    except TypeError as e: print(e)
    try:
        try: 1/0
        except 5: pass
    except TypeError as e: print(e)
    try:
        try: 1/0
        except* ExceptionGroup: pass
    except TypeError as e: print(e)
f4()
try:
    try: raise ExceptionGroup('g', [ValueError(1), ExceptionGroup('h', [TypeError(2), KeyError(3)])])
    except* ValueError as e: print('A', repr(e)); raise
    except* TypeError as e: print('B', repr(e)); raise OSError('new')
except ExceptionGroup as e: print(repr(e))
try:
    try: raise KeyError(1)
    except* KeyError as e: print(repr(e)); raise
except BaseException as e: print(repr(e))
# calls
def po(a, b, /, c, *, d, e=5): return a, b, c, d, e
for args, kw in (((1,), {}), ((1,2,3), {}), ((1,2,3,4), {'d': 1}), ((1,), {'b': 2, 'c': 3, 'd': 4}), ((), {'a': 1, 'b': 2}), ((1,2), {'c': 1, 'd': 1, 'z': 1}), ((1,2,3), {'c': 5}), ((1, 2, 3), {'d': 1, 'e': 2})):
    catch(po, *args, **kw)
def many(a,b,c,d): pass
catch(many); catch(many, 1, 2); catch(many, 1,2,3,4,5,6)
def ko(*, x, y, z): pass
catch(ko); catch(ko, x=1, y=2); catch(ko, 1)
def df(a, b=1): pass
catch(df, 1, 2, 3); catch(df, 1, 2, 3, k=1)
def ko2(a, *, k=1): pass
catch(ko2, 1, 2, k=3)
catch(lambda: print(*5)); catch(lambda: print(**5)); catch(lambda: df(**{'a': 1}, **{'a': 2})); catch(lambda: [*5]); catch(lambda: {**5})
def unp(x):
    a, b = x
for v in (5, (1,), (1,2,3), iter([1,2,3]), 'a', {1:2,3:4}): catch(unp, v)
def unp2(x):
    a, b, *c, d = x
    return a,b,c,d
for v in (5, (1,), (1,2,3), iter([1,2,3,4,5])): catch(unp2, v)
def ul():
    print(zz)
    zz = 1
catch(ul)
def fv():
    def i(): return q
    i()
    q = 1
catch(fv)
def dl():
    x = 1; del x; del x
catch(dl)
def badwith():
    with 5: pass
catch(badwith)
class NE:
    def __enter__(self): pass
def bw2():
    with NE(): pass
catch(bw2)
# frames
def fr():
    a = 1; b = [2]
    f = sys._getframe()
    print(sorted(f.f_locals), f.f_lineno, f.f_code.co_name, f.f_back.f_code.co_name)
    def cl(): return a
    f.f_locals['a'] = 5
    print(a, locals() is f.f_locals)
    return f
f = fr(); print(f.f_locals['b'], f.f_back, f.f_lineno); f.clear(); print(f.f_locals)
catch(lambda: sys._getframe().clear())
print(f)
class M(type):
    @classmethod
    def __prepare__(m, name, bases, **k): print('prep', name, bases, k); return {}
    def __new__(m, name, bases, ns, **k): return super().__new__(m, name, bases, ns)
    def __init__(self, *a, **k): pass
class K(metaclass=M, opt=1):
    def who(self): return __class__
print(K().who() is K)
class Base:
    def __init_subclass__(cls, **kw): print('sub', cls.__name__, kw)
class D(Base, z=3): pass
class ME:
    def __mro_entries__(self, b): return (Base,)
class E(ME()): pass
print(E.__orig_bases__ is not None, E.__bases__)
catch(lambda: __build_class__()); catch(lambda: __build_class__(1, 2)); catch(lambda: __build_class__(lambda: 1, 2))
# code
c = po.__code__
print(c.co_argcount, c.co_posonlyargcount, c.co_kwonlyargcount, c.co_flags, c.co_nlocals, c.co_stacksize, c.co_name, c.co_qualname)
d = c.replace(co_name='zip'); print(d.co_name, d == c, c == c.replace(), hash(c) == hash(c.replace()))
for k, v in (('co_argcount', -1), ('co_code', b'a'), ('co_varnames', ()), ('co_names', (1,)), ('co_nlocals', 1), ('bad', 1), ('co_name', 5), ('co_consts', [])): catch(lambda: c.replace(**{k: v}))
catch(lambda: c.replace(5))
CT = type(c)
catch(CT); catch(CT, 1); catch(CT, *range(16))
print(po.__code__.co_lnotab)
catch(c._varname_from_oparg, 0); catch(c._varname_from_oparg, 100)
