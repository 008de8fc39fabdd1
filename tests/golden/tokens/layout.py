if True:
    while x:
	    pass
    else:

        # only a comment
        pass
def f(a, *, b: int = 3, **c) -> None: return a @ b // c ** ~d if not e else lambda: ...
class C: x: int; y = z = 1
@decorator
async def g():
    async with a as b, c: await d
    async for i in x: yield
    x += 1; x -= 1; x *= 1; x /= 1; x //= 1; x %= 1; x **= 1; x >>= 1; x <<= 1; x &= 1; x ^= 1; x |= 1; x @= 1
    a < b > c <= d >= e == f != g; a -> b; (a := b); a.b[c:d]; {e: f}; ...
match = case = _ = 1
