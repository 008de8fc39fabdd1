x = "module"


class A:
    x = "class"
    y = [x for _ in range(1)]
    def f(self): return x
    def g(self): return __class__.x


def outer():
    x = "outer"
    def inner():
        nonlocal x
        x += "+"
        def deepest():
            global x
            x = "changed"
            return [x for x in "ab"]
        return deepest()
    return inner(), x


print(A.y, A().f(), A().g(), outer(), x)


def unbound():
    print(local)
    local = 1


def free():
    def inner(): return cell
    try:
        inner()
    except NameError as error:
        print(error)
    cell = 1
    del cell
    inner()


for f in unbound, free:
    try:
        f()
    except NameError as error:
        print(type(error).__name__, error)
print(sorted(locals() is globals() for _ in [0]), (lambda: sorted(locals()))(), [i for i in range(3)][-1])
exec("y = x; z = [y for _ in [1]]", ns := {"x": 5})
print(ns["y"], ns["z"], eval("x + 1", {}, {"x": 1}))
