import gc, sys, weakref
class Noisy:
    def __init__(self, name): self.name = name
    def __del__(self): print("del", self.name)
def scope():
    a = Noisy("local")
    b = Noisy("overwritten"); b = None
    print("end of scope")
scope()
Noisy("temporary")
[Noisy("in list")].clear()
d = {"k": Noisy("in dict")}; del d["k"]
try: raise ValueError(Noisy("in exception"))
except ValueError: print("handling")
print("after")
n = Noisy("cycle"); n.me = n; r = weakref.ref(n, lambda r: print("weakref dies")); del n
print(r() is not None); gc.collect(); print(r())
x = object(); before = sys.getrefcount(x); y = [x] * 10; print(sys.getrefcount(x) - before); y.clear(); print(sys.getrefcount(x) - before)
def gen():
    keep = Noisy("in generator"); yield 1
g = gen(); next(g); del g; print("end")
