# sys.getsizeof of growing containers shows their growth rules.
import sys


def sizes(values):
    last = None
    for n, size in enumerate(values):
        if size != last:
            print(n, size, end="; ")
            last = size
    print()


def growing(make, add, count=3000):
    c = make()
    for i in range(count):
        yield sys.getsizeof(c)
        add(c, i)


sizes(growing(list, list.append))
sizes(growing(lambda: [0] * 7, list.append))
sizes(growing(lambda: list(range(3)), list.append))
sizes(growing(lambda: [*range(3)], lambda c, i: c.insert(0, i)))
sizes(growing(list, lambda c, i: c.extend([i, i, i]), 300))
sizes(growing(list, lambda c, i: c.extend(iter((i, i, i))), 300))
sizes(growing(set, set.add))
sizes(growing(dict, lambda d, i: d.__setitem__(i, i)))
sizes(growing(dict, lambda d, i: d.__setitem__(str(i), i)))
sizes(sys.getsizeof(list(range(n))) for n in range(50))
sizes(sys.getsizeof(list(iter(range(n)))) for n in range(50))
sizes(sys.getsizeof([x for x in range(n)]) for n in range(50))
sizes(sys.getsizeof(tuple(range(n))) for n in range(50))
sizes(sys.getsizeof(dict.fromkeys(range(n))) for n in range(200))
sizes(sys.getsizeof(dict(zip(map(str, range(n)), range(n)))) for n in range(200))
sizes(sys.getsizeof(set(range(n))) for n in range(200))
sizes(sys.getsizeof(frozenset(range(n)) | {-1}) for n in range(200))
print([sys.getsizeof(x) for x in ({}, [], (), set(), frozenset(), range(3), slice(3), {1: 2}, {"a": 1, "b": 2})])
print([sys.getsizeof(x) for x in (iter([]), iter(()), iter({}), iter(set()), iter(range(2)), zip(), map(int, []), {}.keys())])




d = {i: i for i in range(100)}
for i in range(90):
    del d[i]
print(sys.getsizeof(d), sys.getsizeof(d.copy()), sys.getsizeof(dict(d)))
d["x"] = 1
print(sys.getsizeof(d), list(d)[-3:])
x = list(range(100))
del x[10:]
print(sys.getsizeof(x))
x.clear()
print(sys.getsizeof(x))
