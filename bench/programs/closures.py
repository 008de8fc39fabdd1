"""Nested functions, cells, nonlocal, lambdas, decorators, functions as values."""


def counter(step):
    value = 0

    def advance():
        nonlocal value
        value += step
        return value

    return advance


def compose(*functions):
    def run(x):
        for f in functions:
            x = f(x)
        return x
    return run


def memoize(function):
    known = {}

    def wrapper(*args):
        if args in known:
            return known[args]
        result = known[args] = function(*args)
        return result
    return wrapper


@memoize
def paths(rows, columns):
    return 1 if not rows or not columns else paths(rows - 1, columns) + paths(rows, columns - 1)


counters = [counter(i) for i in range(1, 11)]
for _ in range(150000):
    for advance in counters:
        advance()
pipeline = compose(lambda x: x + 1, lambda x: x * 2, lambda x: x - 3, lambda x, k=7: x % k)
print([advance() for advance in counters], sum(pipeline(i) for i in range(400000)), paths(60, 60))
print(sum(map(lambda t: t[0] * t[1], zip(range(600000), range(600000)))))
