import sys
import builtins
import os.path


def print(*args):
    """Without addresses and folders: they differ from run to run."""
    words = [str(a).replace(os.path.dirname(os.path.abspath(__file__)), "") for a in args]
    words = [w if " at 0x" not in w else w[:w.index(" at 0x")] for w in words]
    builtins.print(*words)


events = []
def tr(frame, event, arg):
    if frame.f_code.co_name in ('tr',): return None
    a = arg
    if event == 'exception': a = (arg[0].__name__, str(arg[1]))
    events.append((event, frame.f_code.co_name, frame.f_lineno, frame.f_lasti, a if not hasattr(a, 'gi_frame') else 'gen'))
    return tr
def show():
    for e in events: print(e)
    events.clear()
def f(n):
    total = 0
    for i in range(n):
        if i % 2:
            total += i
        else:
            total -= 1
    while n:
        n -= 1
    return total
def g(n):
    try:
        x = 1
        yield x
        yield n
    finally:
        x = 2
def h():
    for v in g(3): pass
    try:
        1/0
    except ZeroDivisionError:
        pass
    return [y for y in g(2)]
def k():
    yield from g(5)
def run(fn, *a):
    sys.settrace(tr)
    try: fn(*a)
    finally: sys.settrace(None)
    print('---', fn.__name__)
    show()
run(f, 3)
run(h)
def gk(): return list(k())
run(gk)
def lam():
    a = (lambda q: q +
          1)(2)
    b = [1,
         2,
         a]
    with_ = len(b)
    if (a and
        b):
        pass
    return b
run(lam)
class C:
    def __enter__(self): return self
    def __exit__(self, *a): return True
def w():
    with C() as c:
        raise ValueError
    x = 1
    return x
run(w)
def nested():
    def inner(): return 5
    return inner() + inner()
run(nested)
def cls():
    class X:
        a = 1
        def m(self): return self.a
    return X().m()
run(cls)
# profile
prof = []
def p(frame, event, arg):
    prof.append((event, frame.f_code.co_name, getattr(arg, '__name__', None) if event.startswith('c_') else arg if isinstance(arg, (int, type(None))) else '?'))
def pf():
    x = len([1,2])
    y = "a".upper()
    z = [].append(1)
    try: [].pop()
    except IndexError: pass
    s = sorted([3,1])
    return max(1, 2)
sys.setprofile(p)
pf()
sys.setprofile(None)
for e in prof: print(e)
# jump
def jumper():
    a = []
    a.append(1)
    a.append(2)
    a.append(3)
    a.append(4)
    return a
def jt(frame, event, arg):
    if frame.f_code.co_name != 'jumper': return
    if event == 'line' and frame.f_lineno == frame.f_code.co_firstlineno + 3:
        frame.f_lineno = frame.f_code.co_firstlineno + 5
    return jt
sys.settrace(jt)
r = jumper()
sys.settrace(None)
print(r)
try:
    sys._getframe().f_lineno = 5
except ValueError as e: print(e)
def optrace():
    x = 1
    y = x + 2
    return y
ops = []
def ot(frame, event, arg):
    if frame.f_code.co_name != 'optrace': return
    frame.f_trace_opcodes = True
    ops.append((event, frame.f_lasti, frame.f_lineno))
    return ot
sys.settrace(ot); optrace(); sys.settrace(None)
print(ops)
def raiser(frame, event, arg):
    if event == 'line': raise KeyError('trace')
    return raiser
sys.settrace(raiser)
try: optrace()
except KeyError as e: print('caught', e, sys.gettrace())
sys.settrace(None)
