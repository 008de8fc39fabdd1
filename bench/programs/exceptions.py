"""Raising, catching, re-raising, finally, with, and the path where nothing is raised."""


class TooDeep(Exception):
    def __init__(self, depth):
        super().__init__(depth)
        self.depth = depth


class Guard:
    entered = left = failed = 0

    def __enter__(self):
        Guard.entered += 1
        return self

    def __exit__(self, kind, value, trace):
        Guard.left += 1
        if kind is not None:
            Guard.failed += 1
        return kind is KeyError


def dive(depth):
    if depth == 0:
        raise TooDeep(depth)
    try:
        dive(depth - 1)
    except TooDeep as error:
        error.depth += 1
        raise
    finally:
        Guard.left += 0


def parse(text):
    try:
        return int(text)
    except ValueError:
        return -1


depths = 0
for i in range(5000):
    try:
        dive(20)
    except TooDeep as error:
        depths += error.depth
numbers = sum(parse(t) for t in ["12", "x", "7", ""] * 40000)
table = {i: i for i in range(0, 1000, 2)}
for i in range(150000):
    with Guard():
        table[i % 1000]
quiet = 0
for i in range(600000):
    try:
        quiet += i & 1
    except ArithmeticError:
        quiet = 0
print(depths, numbers, Guard.entered, Guard.left, Guard.failed, quiet)
