"""A tour of the language in one program: ./dev run examples/tour.py"""
import collections
import contextlib
import dataclasses
import enum
import functools
import io
import itertools
import json
import re
import string


def section(title):
    print(f"\n-- {title} " + "-" * (60 - len(title)))


section("Functions and closures")


def make_counter(start=0, /, *, step=1):
    count = start

    def advance():
        nonlocal count
        count += step
        return count

    return advance


tick = make_counter(10, step=5)
print([tick() for _ in range(4)], make_counter.__kwdefaults__)
print((lambda *args, **named: (args, named))(1, *[2, 3], key="value", **{"other": 4}))

section("Classes")


class Shape:
    registry = []

    def __init_subclass__(cls, **options):
        Shape.registry.append((cls.__name__, options))

    def __repr__(self):
        return f"{type(self).__name__}(area={self.area:.2f})"


class Circle(Shape, round=True):
    def __init__(self, radius):
        self.radius = radius

    @property
    def area(self):
        return 3.14159265 * self.radius ** 2


class Square(Shape):
    __slots__ = ("side",)

    def __init__(self, side):
        self.side = side

    area = property(lambda self: self.side * self.side)

    def __lt__(self, other):
        return self.area < other.area


print(Shape.registry, sorted([Square(3), Square(2)]), Circle(1), Circle.__mro__[1] is Shape)


@dataclasses.dataclass(order=True, frozen=True)
class Version:
    major: int
    minor: int = 0
    tags: tuple = dataclasses.field(default=(), compare=False)


class Colour(enum.Enum):
    RED = enum.auto()
    GREEN = enum.auto()


print(max(Version(3, 11), Version(3, 9, ("old",))), list(Colour), Colour["RED"].value)

section("Generators")


def walk(tree):
    match tree:
        case [left, value, right]:
            yield from walk(left)
            yield value
            yield from walk(right)
        case None:
            return


print(list(walk([[None, 1, None], 2, [None, 3, [None, 4, None]]])))
print(list(itertools.islice((n * n for n in itertools.count() if n % 3), 6)))

section("Exceptions")


def risky(kind):
    try:
        if kind == "key":
            return {}["missing"]
        if kind == "zero":
            return 1 / 0
        return "fine"
    except KeyError as error:
        raise LookupError("wrapped") from error
    except ZeroDivisionError as error:
        return f"caught: {error}"
    finally:
        print(f"finally of {kind!r}")


for kind in ("none", "zero", "key"):
    try:
        print(risky(kind))
    except LookupError as error:
        print(repr(error), "because of", repr(error.__cause__))
try:
    raise ExceptionGroup("several", [ValueError("one"), TypeError("two"), ValueError("three")])
except* ValueError as group:
    print("values:", [str(e) for e in group.exceptions])
except* TypeError as group:
    print("types:", [str(e) for e in group.exceptions])

section("Text and numbers")
print(f"{'left':<10}|{'right':>10}|{'mid':^10}|{255:#x}|{1234567.891:,.2f}|{0.1 + 0.2!r}|{2 ** 100}")
print("naïve café ☕".upper(), "a,b;c".translate(str.maketrans(",;", "  ")).split(), "%-5s%03d" % ("ab", 7))
print(string.Template("$who likes $what").substitute(who="Ada", what="engines"))
print(re.sub(r"(\w+)@(\w+)\.com", r"\2 (\1)", "ada@analytical.com, bob@builder.com"))
print(round(2.675, 2), divmod(-7, 3), 7 // -2, 1e16 + 1, complex(1, -2) * 1j, int("ff", 16), b"\xff\x00".hex())

section("Containers")
words = "the cat and the dog and the bird".split()
print(collections.Counter(words).most_common(2), sorted(set(words)), {w: len(w) for w in words})
first, *middle, last = words
print(first, len(middle), last, words[::-3], [*range(3), *"ab"], {**{"a": 1}, "b": 2} | {"c": 3})
grouped = collections.defaultdict(list)
for word in words:
    grouped[len(word)].append(word)
print(dict(grouped), functools.reduce(lambda a, b: a * b, range(1, 11)))
print(json.dumps({"list": [1, 2.5, None, True], "text": "é"}, sort_keys=True), json.loads('{"a": [1, {"b": null}]}'))

section("Context managers")


@contextlib.contextmanager
def tag(name, out):
    print(f"<{name}>", end="", file=out)
    yield out
    print(f"</{name}>", end="", file=out)


with io.StringIO() as page:
    with tag("html", page), tag("body", page):
        print("hello", end="", file=page)
    print(page.getvalue())


section("Scope")
x = "global"


class Scope:
    x = "class"
    seen = [x for _ in range(1)]

    def method(self):
        return x, [y := 10, y ** 2], __class__.__name__


print(Scope.seen, Scope().method(), walk.__code__.co_varnames, __name__)
