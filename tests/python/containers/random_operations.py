# The same random operations give the same contents in the same order.
import random
import sys
from collections import OrderedDict, deque

r = random.Random(7)


class Clash:
    """Equal hashes, different values."""

    def __init__(self, n):
        self.n = n

    def __hash__(self):
        return self.n % 5

    def __eq__(self, other):
        return isinstance(other, Clash) and self.n == other.n

    def __repr__(self):
        return f"C{self.n}"


def value():
    k = r.randrange(6)
    if k == 0:
        return r.randrange(50)
    if k == 1:
        return str(r.randrange(50))
    if k == 2:
        return r.randrange(50) * 2.5
    if k == 3:
        return (r.randrange(5), str(r.randrange(5)))
    if k == 4:
        return Clash(r.randrange(20))
    return r.randrange(-(10**20), 10**20) // 10**17


def sets():
    a, b = set(), set()
    for step in range(3000):
        k = r.randrange(14)
        if k < 5:
            a.add(value())
        elif k == 5:
            a.discard(value())
        elif k == 6 and a:
            print("pop", a.pop())
        elif k == 7:
            b = set(a)
        elif k == 8:
            a |= {value() for i in range(r.randrange(8))}
        elif k == 9:
            a ^= {value() for i in range(r.randrange(8))}
        elif k == 10:
            a -= {value() for i in range(r.randrange(8))}
        elif k == 11:
            b = (a & b) | {value()}
        elif k == 12 and step % 50 == 0:
            a &= b
        elif k == 13:
            b = b - a
        if step % 20 == 0:
            print(len(a), list(a), list(b), sys.getsizeof(a), sys.getsizeof(b))
    print(hash(frozenset(a)) == hash(frozenset(list(a)[::-1])))


def dicts():
    a, b, o = {}, {}, OrderedDict()
    for step in range(3000):
        k = r.randrange(12)
        v = value()
        if k < 4:
            a[v] = step
            o[v] = step
        elif k == 4:
            a.pop(v, None)
            o.pop(v, None)
        elif k == 5 and a and step % 3 == 0:
            print(a.popitem())
        elif k == 6:
            b = dict(a)
        elif k == 7:
            b = a | b
        elif k == 8:
            a.setdefault(v, -step)
            o.setdefault(v, -step)
        elif k == 9 and v in o:
            o.move_to_end(v, last=bool(step & 1))
        elif k == 10 and o:
            print(o.popitem(last=bool(step & 1)))
        elif k == 11 and step % 100 == 0:
            a.clear()
        if step % 50 == 0:
            print(a, b, o, sys.getsizeof(a), sys.getsizeof(b))
            print(a.keys() & b.keys(), a.keys() - o.keys(), list(reversed(b.items()))[:3], list(reversed(o)))


def lists():
    a, d = [], deque(maxlen=40)
    for step in range(3000):
        k = r.randrange(16)
        v = r.randrange(100)
        n = len(a)
        i, j, s = r.randrange(-n - 2, n + 3), r.randrange(-n - 2, n + 3), r.choice([-3, -2, -1, 1, 2, 3])
        if k < 4:
            a.append(v)
            d.append(v)
        elif k == 4:
            a.insert(i, v)
            if len(d) < 40:
                d.insert(i, v)
        elif k == 5 and a:
            print(a.pop(r.randrange(n)))
        elif k == 6:
            a[i:j] = [v] * r.randrange(4)
        elif k == 7:
            del a[i:j:s]
        elif k == 8:
            a[i:j] = a[j:i:s]
        elif k == 9:
            try:
                a[i:j:s] = range(r.randrange(5))
            except ValueError as e:
                print(e)
        elif k == 10:
            a.reverse()
            d.reverse()
        elif k == 11:
            a.sort(reverse=bool(step & 1))
            d.rotate(i)
        elif k == 12:
            a.sort(key=lambda x: (x % 3, str(x)))
        elif k == 13:
            a += a[i:j]
            d += a[:3]
            d.extendleft(a[-2:])
        elif k == 14 and v in a:
            print(a.index(v), a.count(v))
            a.remove(v)
        elif k == 15 and d:
            print(d.pop(), d[0], v in d)
            d[r.randrange(len(d))] = v
        if len(a) > 200:
            del a[100:]
        if step % 20 == 0:
            print(a, d, sys.getsizeof(a), sys.getsizeof(d))


def sorts():
    for n in (0, 1, 2, 3, 10, 31, 63, 64, 65, 100, 1000, 5000):
        for kind in range(8):
            if kind == 0:
                x = [r.randrange(n + 1) for i in range(n)]
            elif kind == 1:
                x = [r.random() for i in range(n)]
            elif kind == 2:
                x = [str(r.randrange(n + 1)) for i in range(n)]
            elif kind == 3:
                x = [(r.randrange(10), r.random()) for i in range(n)]
            elif kind == 4:
                x = [r.choice([1, 2.5, 3, True, -7, 10**30, 0.0]) for i in range(n)]
            elif kind == 5:
                x = list(range(n // 2)) + list(range(n // 3, 0, -1)) + [5] * (n // 6)
            elif kind == 6:
                x = [(chr(r.randrange(60, 300)), i) for i in range(n)]
            else:
                x = [(float(r.randrange(5)), chr(r.randrange(97, 110))) for i in range(n)]
            y = sorted(x)
            z = sorted(x, key=lambda v: str(v)[-1:], reverse=True)
            print(n, kind, hash(str(y)), hash(str(z)), y[: 3], z[-3:])
            assert all(not b < a for a, b in zip(y, y[1:]))


sets()
dicts()
lists()
sorts()
