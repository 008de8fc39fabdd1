"""Attribute access in all its forms: instance, class, __slots__, property, __getattr__, global and module names."""
import math


class Vector:
    __slots__ = ("x", "y", "z")
    origin = 0.0

    def __init__(self, x, y, z):
        self.x = x
        self.y = y
        self.z = z

    @property
    def length(self):
        return math.sqrt(self.x * self.x + self.y * self.y + self.z * self.z)

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y, self.z + other.z)

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y and self.z == other.z

    @classmethod
    def unit(cls):
        return cls(1.0, cls.origin, cls.origin)

    @staticmethod
    def scale(v, k):
        v.x *= k


class Proxy:
    def __init__(self, target):
        self._target = target

    def __getattr__(self, name):
        return getattr(self._target, name)


class Node:
    count = 0

    def __init__(self, value):
        self.value = value
        self.next = None
        Node.count += 1


STEP = 3
total = Vector(0.0, 0.0, 0.0)
for i in range(150000):
    total = total + Vector.unit()
    total.y += total.length * 1e-6
    Vector.scale(total, 1.0)
proxy = Proxy(total)
seen = sum(proxy.x > 0 for _ in range(150000))
head = None
for i in range(300000):
    node = Node(i * STEP)
    node.next = head
    head = node
value = 0
while head is not None:
    value += head.value
    head = head.next
print(f"{total.x} {total.y:.6f}", seen, value, Node.count, total == Vector(total.x, total.y, total.z))
