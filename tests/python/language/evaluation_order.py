def show(value):
    print(value, end=" ")
    return value


class Target:
    def __setitem__(self, key, value):
        print("set", key, value, end=" ")

    def __getitem__(self, key):
        return show(("get", key))


t = Target()
show(1) + show(2) * show(3)
t[show("key")] = show("value")
t[show(1)], t[show(2)] = show(3), show(4)
{show("k"): show("v"), **{show("k2"): show("v2")}}
f = lambda *a, **k: show((a, k))
f(show(1), *[show(2)], a=show(3), **{"b": show(4)})
show(1) < show(2) < show(0) < show(9)
print([x for x in show([1, 2]) if show(x)], show(1) if show(0) else show(2))
t[0] += show("add") if 0 else ("x",)


@lambda f: show(f.__name__)
def decorated(a: show("annotation") = show("default")) -> show("returns"): pass
