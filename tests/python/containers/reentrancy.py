# Containers survive comparisons, hashes and finalisers that change them.
import functools
import itertools
from collections import OrderedDict, defaultdict, deque


class Evil:
    """__eq__, __lt__ and __del__ call back."""

    action = staticmethod(lambda: None)

    def __init__(self, n=0):
        self.n = n

    def __eq__(self, other):
        Evil.action()
        return False

    def __lt__(self, other):
        Evil.action()
        return True

    def __hash__(self):
        return 1

    def __repr__(self):
        Evil.action()
        return "evil"

    def __del__(self):
        Evil.action()


def attempt(name, action, body):
    Evil.action = staticmethod(action)
    try:
        result = repr(body())
    except Exception as e:
        result = f"{type(e).__name__}: {e}"
    Evil.action = staticmethod(lambda: None)
    print(name, result[:100])


for method in ("index", "count", "remove", "__contains__"):
    x = [Evil(i) for i in range(10)]
    attempt("list " + method, x.clear, lambda: getattr(x, method)(3))
x = [Evil(i) for i in range(10)]
attempt("list repr", x.clear, lambda: x)
x = [Evil(i) for i in range(10)]
attempt("list sort", x.clear, lambda: x.sort())
x = [Evil(i) for i in range(10)]
attempt("list sort append", lambda: x.append(1), lambda: x.sort())
x = [Evil(i) for i in range(10)]
attempt("list compare", x.clear, lambda: x == [Evil() for i in range(10)])
x = [Evil(i) for i in range(10)]
attempt("list slice", lambda: x.append(3), lambda: x.__setitem__(slice(0, 10), []))
x = [Evil(i) for i in range(10)]
attempt("list delete stepped", lambda: x.append(3), lambda: x.__delitem__(slice(0, 10, 2)))
d = {Evil(i): i for i in range(10)}
attempt("dict get", d.clear, lambda: d.get(Evil()))
d = {Evil(i): i for i in range(10)}
attempt("dict set", d.clear, lambda: d.__setitem__(Evil(), 2))
d = {Evil(i): i for i in range(10)}
attempt("dict pop", d.clear, lambda: d.pop(Evil(), None))
d = {Evil(i): i for i in range(10)}
attempt("dict repr", d.clear, lambda: d)
d = {i: Evil(i) for i in range(10)}
attempt("dict eq", d.clear, lambda: d == {i: Evil() for i in range(10)})
d = {i: Evil(i) for i in range(10)}
attempt("dict clear", lambda: d.update({1: 2}), lambda: d.clear())
d = {i: Evil(i) for i in range(10)}
e = {Evil(i): i for i in range(5)}
attempt("dict update", d.clear, lambda: e.update({Evil(): 1, 2: 3}))
for name in ("add", "discard", "remove", "__contains__"):
    s = {Evil(i) for i in range(10)}
    attempt("set " + name, s.clear, lambda: getattr(s, name)(Evil()))
for name in ("union", "intersection", "difference", "symmetric_difference", "issubset", "isdisjoint", "update",
             "difference_update", "intersection_update", "symmetric_difference_update"):
    s = {Evil(i) for i in range(10)}
    o = {Evil(i) for i in range(8)}
    attempt("set " + name, lambda: (s.clear(), o.clear()), lambda: len(getattr(s, name)(o) or ()))
for method in ("index", "count", "remove", "__contains__"):
    q = deque(Evil(i) for i in range(10))
    attempt("deque " + method, q.clear, lambda: getattr(q, method)(3))
q = deque(Evil(i) for i in range(10))
attempt("deque repr", q.clear, lambda: q)
q = deque(Evil(i) for i in range(10))
attempt("deque eq", q.clear, lambda: q == deque(Evil() for i in range(10)))
od = OrderedDict((Evil(i), i) for i in range(5))
attempt("odict get", lambda: None, lambda: len(od))
g = itertools.groupby([Evil(i) for i in range(4)])
attempt("groupby", lambda: None, lambda: len(list(g)))


class Reenter:
    def __init__(self):
        self.it = None
        self.n = 0

    def __iter__(self):
        return self

    def __next__(self):
        self.n += 1
        if self.n > 5:
            raise StopIteration
        if self.n == 2:
            try:
                next(self.it)
            except Exception as e:
                print(type(e).__name__, e)
        return self.n


for make in (itertools.cycle, itertools.pairwise, itertools.accumulate, itertools.chain.from_iterable,
             lambda i: itertools.tee(i)[0], lambda i: itertools.islice(i, 10), lambda i: zip(i, i),
             lambda i: itertools.zip_longest(i, i), lambda i: map(str, i), enumerate):
    source = Reenter()
    if make is itertools.chain.from_iterable:
        source.it = make(([x] for x in source))
    else:
        source.it = make(source)
    try:
        print(list(itertools.islice(source.it, 12)))
    except Exception as e:
        print(type(e).__name__, e)


@functools.lru_cache(maxsize=3)
def f(n):
    return f(n - 1) + 1 if n else 0


print([f(i) for i in range(20)], f.cache_info())
deep = []
for i in range(200000):
    deep = [deep]
del deep
deep = ()
for i in range(200000):
    deep = (deep,)
del deep
deep = {}
for i in range(200000):
    deep = {1: deep}
del deep
deep = None
for i in range(100000):
    deep = iter([deep])
del deep
deep = iter(())
for i in range(100000):
    deep = itertools.chain(deep)
del deep
deep = deque()
for i in range(100000):
    deep = deque([deep])
del deep
print("freed")
