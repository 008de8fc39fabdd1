BAD = ["if True", "x = ", "1 +", "def f(:", "f(a b)", "print 1", "'abc", "'''abc", "(1, 2", "1)", "a = b = 3 +", "for x in", "x = 5 y",
       "return", "break", "def f(a, a): pass", "def f(a=1, b): pass", "f(**k, *a)", "f(a=1, 2)", "1 = x", "f() = 1", "None = 1",
       "del f()", "a + 1 += 2", "(x for x in y) = 1", "class C(x for x in y): pass", "f'{a'", "f'{}'", "f'{a!x}'", "nonlocal x",
       "def f():\n  global x\n  x = 1\n  nonlocal x", "def f():\n x = 1\n global x", "  x = 1", "if 1:\nx", "if 1:\n  x\n y",
       "\tif 1:\n        x", "0777", "1_", "0b2", "1e", "5x", "x = $", "a ? b", "lambda *: 1", "async x", "await x", "yield = 1",
       "with a as 1: pass", "try: pass", "try: pass\nexcept: pass\nexcept A: pass", "import a.b as c.d", "from a import (b", "from . import *\n1 +",
       "x := 1", "(a.b := 1)", "[x := 1 for x in y]", "match x:\n case a | b: pass\n case _: pass", "match x:\n case {**r, 'a': 1}: pass",
       "'\\N{nothing}'", "b'é'", "'\\x1'", "from __future__ import nothing", "x = (\n1,\n2\n", "print(1\nprint(2)", "a\\ b", "else: 1", "f(x for x in y, 1)",
       "def f(*): pass", "if x = 1: pass", "{1:2, 3}", "{1, 2:3}", "a, b += 1", "for f() in x: pass", "while 1 print(2)", "assert (1, 'x')", "raise a from",
       "@a b\ndef f(): pass", "x: int: str", "(a, b): int", "@", "import", "def 1(): pass", "class: pass", "*a", "x = *a", "print(*)", "a[*]", "not", "a if b", "a if b else"]
for source in BAD:
    try:
        compile(source, "<test>", "exec")
        print("compiles", repr(source))
    except SyntaxError as e:
        print(type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, repr(e.text))
    except ValueError as e:
        print("ValueError", e)
