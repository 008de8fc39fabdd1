"""Generators, generator expressions, yield from, send: pipelines and a tree walk."""


def numbers(n):
    for i in range(n):
        yield i


def keep(source, divisor):
    for value in source:
        if value % divisor:
            yield value


def pairs(source):
    for value in source:
        yield value, value * value


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def averager():
    total = count = 0
    mean = None
    while True:
        total += yield mean
        count += 1
        mean = total / count


total = sum(b - a for a, b in pairs(keep(keep(keep(numbers(1200000), 2), 3), 5)))
print(total, sum(tree(17)))
mean = averager()
next(mean)
for i in range(600000):
    last = mean.send(i)
print(last, max(len(str(i)) for i in (j * 3 for j in range(800000))))
