class Meta(type):
    def __new__(m, name, bases, ns, **kw):
        print("new", name, [b.__name__ for b in bases], sorted(k for k in ns if not k.startswith("__")), kw)
        return super().__new__(m, name, bases, ns)
    def __init__(cls, name, bases, ns, **kw): super().__init__(name, bases, ns)
    @classmethod
    def __prepare__(m, name, bases, **kw): return {"prepared": name}
    def __call__(cls, *args): return super().__call__(*args)
class Descriptor:
    def __set_name__(self, owner, name): self.name = name; print("named", owner.__name__, name)
    def __get__(self, obj, owner=None): return self if obj is None else obj.__dict__.get(self.name, "unset")
    def __set__(self, obj, value): obj.__dict__[self.name] = value * 2
    def __delete__(self, obj): print("deleted"); del obj.__dict__[self.name]
class A(metaclass=Meta, option=1):
    d = Descriptor()
    def __init_subclass__(cls, **kw): print("subclass", cls.__name__)
class B(A): pass
class C(A): pass
class D(B, C):
    __slots__ = ("s", "__weakref__")
b = B(); b.d = 4; print(b.d, D.__mro__, b.__dict__); del b.d; print(b.d)
try:
    class E(A, B): pass
except TypeError as e: print(e)
class Slots:
    __slots__ = "a", "b"
s = Slots(); s.a = 1
for action in ("s.b", "s.c", "s.c = 1", "s.__dict__", "del s.b"):
    try: exec(action)
    except AttributeError as e: print(e)
class Attr:
    def __getattr__(self, n): return f"<{n}>"
    def __getattribute__(self, n):
        if n == "hidden": raise AttributeError(n)
        return super().__getattribute__(n)
    def __setattr__(self, n, v): print("setattr", n, v); super().__setattr__(n, v)
    def __eq__(self, o): return True
a = Attr(); a.x = 1; print(a.x, a.hidden, a.other, a == 5, a != 5, Attr.__hash__)
print(type("Dyn", (A,), {"z": 1}).z, isinstance(b, A), issubclass(D, C), callable(a), B.__subclasses__() == [D])
class G:
    def __class_getitem__(cls, item): return (cls.__name__, item)
    def __bool__(self): return False
    def __len__(self): return 3
    def __call__(self, *a, **k): return a, k
    def __contains__(self, x): return x == 1
    def __index__(self): return 2
    def __missing__(self, k): return k
print(G[1, 2], bool(G()), len(G()), G()(1, k=2), 1 in G(), [5, 6, 7][G()], hex(G()), super(D, D()).__init_subclass__.__self__)
