def g():
    try:
        x = yield 1
        print("got", x)
        try:
            yield 2
        except ValueError as e:
            print("caught", e)
            yield 3
        return "done"
    finally:
        print("closing")


it = g()
print(next(it), it.send("hello"), it.throw(ValueError("v")))
try:
    next(it)
except StopIteration as e:
    print("value", e.value)


def delegate():
    result = yield from g()
    print("result", result)


it = delegate()
print(next(it), it.send(1), it.gi_yieldfrom is not None)
it.close()
it = g()
next(it)
del it
def recursive(n):
    if n:
        yield n
        yield from recursive(n - 1)
print(list(recursive(5)), sum(recursive(200)))
def bad():
    yield from 5
try: list(bad())
except TypeError as e: print(e)
def stop():
    yield 1
    raise StopIteration
try: list(stop())
except RuntimeError as e: print(e, repr(e.__cause__))
def running():
    try: next(me)
    except ValueError as e: yield str(e)
me = running()
print(next(me))
async def coroutine(): return 5
c = coroutine()
try: c.send(None)
except StopIteration as e: print(e.value)
