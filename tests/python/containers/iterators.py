import re


def t(expression):
    """Prints what an expression gives or raises, without addresses."""
    try:
        shown = f"{expression} -> {eval(expression)}"
    except BaseException as e:
        shown = f"{expression} !! {type(e).__name__} {e}"
    print(re.sub(r"0x[0-9a-f]+", "0x", shown))


class E(enumerate): pass
class Z(zip): pass
class R(reversed): pass
class M(map): pass
class F(filter): pass
for s in '''enumerate()
enumerate(1,2,3)
enumerate([],2,3)
enumerate([],x=3)
enumerate(x=3)
enumerate(start=3)
enumerate([],start='a')
enumerate(1)
E()
E([],2,3)
E([],x=3)
E(start=3)
enumerate([],1,start=2)
enumerate(iterable=[1],start=1)
enumerate(start=1,iterable=[1])
list(enumerate(start=1,iterable=[1]))
enumerate(iterable=[1],foo=1)
enumerate(foo=1,iterable=[])
enumerate([1],foo=1,start=1)
zip(1)
zip([],2)
zip(a=1)
zip(strict=1,b=2)
Z(a=1)
zip(strict=1,b=2,c=3)
map()
map(int)
map(int,a=1)
M(int)
map(int,1)
filter()
filter(1)
filter(1,2)
filter(1,2,3)
filter(a=1)
F()
reversed()
reversed(1)
reversed(1,2)
reversed(a=1)
reversed({1})
R()
R(a=1)
slice()
slice(1,2,3,4)
slice(a=1)
slice(1)<slice(2)
slice(1,2).indices(-1)
slice(1,2).indices('a')
slice('a',2).indices(3)
slice(1,2,0).indices(3)
[][slice(1,2,0)]
[]['a':]
slice(None,None,None)
iter([]).__setstate__('a')
iter([]).__setstate__(1.0)
iter([]).__setstate__(10**30)
range()
range(1,2,3,4)
range(a=1)
range(1,2,0)
range('a')
range(1.0)
range(3)[5]
range(3)['a']
range(10**30)[10**31]
len(range(10**30))
range(3).index(7)
range(3).index('a')
range(10)[1:5:2]
range(10**30)[5:10**29]
iter(range(10)).__reduce__()
iter(range(10**30)).__reduce__()
reversed(range(10)).__reduce__()
reversed(range(10**30)).__reduce__()
repr(range(1,10,2)), repr(range(3))
hash(range(3)), hash(range(1, 9, 5))
iter(range(3)).__setstate__('a')
set(1)
set(1,2)
set(a=1)
frozenset(a=1)
frozenset(1,2)
{1}.pop(1)
set().pop()
{1}.remove(2)
{1}.add()
{1} | [1]
{1} < 1
{1}.issubset(1)
{1}.union(1)
{1}.update(1)
{1}.__reduce__()
{1}.__sizeof__(), set(range(100)).__sizeof__()
{1}.add([])
[] in {1}
{1} in {frozenset({1})}
{1}.discard({1})
{1}.remove({1})
set.__hash__

hash(frozenset()), hash(frozenset({1})), hash(frozenset({1,2,'a'[:0]}))
iter({1}).__reduce__()
zip([1],strict=True).__reduce__()
map(int,[1]).__reduce__()
filter(int,[1]).__reduce__()
enumerate([1]).__reduce__()
reversed([1]).__reduce__()
R([1]).__reduce__()
iter(int,1).__reduce__()'''.split('\n'): t(s)
