"""Module docstring."""
from a import b as c
import x.y.z as w, v.u

CONST = (1, 2, ("a", frozenset()))


def simple(a, b=2, *args, c, d=4, **kwargs) -> int:
    """Docstring."""
    total: int = a + b * c - d
    if a in (1, 2, 3) or b in {1, 2} and not c:
        return -total
    for i, (j, *k) in enumerate(args):
        if i > 3:
            break
        elif j is None:
            continue
        total += i ** 2 // 3
    else:
        total <<= 1
    while total and True:
        total -= 1
    return f"{total!r:>{b}} and {a=}"


def closures(n):
    def inner(m, /):
        nonlocal n
        n += m
        return lambda k=n: k + m + n
    return inner, [n * i for i in range(n) if i % 2], {i: n for i in "ab"}, (i async for i in n) if n else None


class Base(object, metaclass=type, flag=1):
    x: int = 1
    y = [x for _ in range(x)]

    def __init__(self):
        super().__init__()
        self.__private = __class__
        self.a.b[0], self.c[1:2], self.d[::2] = 1, 2, 3
        del self.a.b[0], self.c

    @property
    def p(self): return self.__private.method(1, *self.args, k=2, **self.kw)


def errors(path):
    try:
        with open(path) as f, g(f):
            return f.read()
    except (OSError, ValueError) as e:
        raise RuntimeError("x") from e
    except KeyError:
        pass
    else:
        print("else")
    finally:
        print("finally")
    try:
        work()
    except* A as group:
        handle(group)
    except* B:
        other(1)
    assert path, "message"


def gen(a):
    x = yield
    y = yield x, *a
    z = yield from a
    return (yield z)


async def co(a):
    async with a as b, b:
        await b
    async for i in a:
        yield i
    await co([j async for j in a if await j])


def patterns(subject):
    match subject:
        case 0 | 1 | -1.5:
            return 1
        case [x, y, *rest] if x < y:
            return rest
        case {"key": value, **others}:
            return value
        case Point(x=0, y=z) | [Point(0, z)]:
            return z
        case None | True:
            return 2
        case str() as s:
            return s
        case A.B:
            return 3
        case _:
            return 4


def folding():
    a = 1 + 2 * 3 - 4 ** 2, "a" * 3, -5, ~6, not 7, (1, 2)[0], "abc"[1], 1 < 2 < 3
    b = 1 if a else 2
    c = (a and b) or (not a and c < b <= d != e)
    return [1, 2, 3], {1, 2, 3}, {"a": 1, "b": 2}, (1, 2, a), "%s %r" % (a, b), a if 0 else b


if __name__ == "__main__":
    simple(1, c=2)
