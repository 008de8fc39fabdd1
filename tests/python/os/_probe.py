"""Calls a function and prints what came out, exceptions with their file names included; addresses left out."""
import re


def plain(value):
    return re.sub(r"0x[0-9a-f]{6,}", "0x..", repr(value))


def t(function, *args, show=True, **named):
    name = getattr(function, "__qualname__", repr(function))
    try:
        result = function(*args, **named)
        print(name, plain(args)[:300], plain(named), "->", plain(result)[:300] if show else type(result).__name__)
    except BaseException as e:
        print(name, plain(args)[:300], plain(named), "!!", type(e).__name__, e, *(getattr(e, n, None) for n in ("errno", "filename", "filename2")))
