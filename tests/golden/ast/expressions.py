a or b and not c
a if b else c
lambda: 0
lambda a, /, b=1, *c, d, e=2, **f: (a, b)
lambda *, k: k
a < b <= c != d is e is not f in g not in h
a | b ^ c & d << e >> f + g - h * i / j // k % l @ m
-a ** -b, +c, ~d, not e
await_ = a[b], a[b:c], a[b:c:d], a[:, ::2, ...], a[*b], a[b, *c]
f(a, *b, c=d, **e)(g for g in h)
f(x for x in y if x if z)
[a, *b], (c,), (), {d, *e}, {f: g, **h}, {}
[a for b in c for d, in e if f], {a for b in c}, {a: b for c in d}, (a for b in c)
(x := 1), [y := 2, y], f(z := 3)
f"a{b}c{d!r}{e:>10}{f!s:{g}.{h}}{{}}{i=}{j = !a:x}" "tail" f"{'nested' + f'{k}'}"
"a" 'b' """c
d""", b"e" b"\x00f", r"\d", u"g", "\N{GREEK SMALL LETTER ALPHA}\u00e9\x41\101"
1, 1.5, 1e10, 0x1F, 1_000, 3j, 10**100, ..., None, True, False
a.b.c[d](e)[f:g].h
(yield_)
def g(): x = yield; y = yield 1, 2; z = yield from h; w = (yield), (yield 3)
async def h(): await a; await b ** 2; -await c
(
  multi
  + line(
      1,
  )
)
"ünï", ünï.códe
