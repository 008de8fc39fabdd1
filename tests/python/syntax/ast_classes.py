# The classes of module _ast, and what compile() says of trees that are wrong.
import _ast
import ast


def show(what):
    try:
        print(what())
    except BaseException as e:
        print(type(e).__name__, e, e.args)


print(list(vars(_ast.AST)), _ast.AST.__flags__ & ~(1 << 19), _ast.AST.__basicsize__)
for name, cls in vars(_ast).items():
    if isinstance(cls, type) and cls.__module__ == "ast":
        print(name, cls.__doc__, cls._fields, cls._attributes, [k for k in vars(cls) if k not in ("n", "s", "dims")])


def compiled(tree, mode="eval"):
    return compile(tree, "a", mode)


fixed = ast.fix_missing_locations
show(lambda: ast.Name("x", 1, 2))
show(lambda: ast.Name("x", id="y"))
show(lambda: ast.Name("x", foo=3).__dict__)
show(lambda: ast.Pass(1))
show(lambda: ast.Name("a").__reduce__())
show(lambda: ast.AST().__reduce__())
show(lambda: ast.Name("x").ctx)
show(lambda: compiled(ast.Module(body=[]), "exec"))
show(lambda: compiled(ast.Module(body=3, type_ignores=[]), "exec"))
show(lambda: compiled(ast.Module(body=[3], type_ignores=[]), "exec"))
show(lambda: compiled(ast.Module(body=[None], type_ignores=[]), "exec"))
show(lambda: compiled(ast.Expression(body=[])))
show(lambda: compiled(ast.Expression(body=ast.Name("x"))))
show(lambda: compiled(ast.Expression(body=ast.Name("x", lineno=1))))
show(lambda: compiled(ast.Expression(body=ast.Name("x", lineno=1, col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name(3, ast.Load(), lineno=1, col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name(None, ast.Load(), lineno=1, col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name("x", ast.Store(), lineno=1, col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name("None", ast.Load(), lineno=1, col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name("x", ast.Load(), lineno="a", col_offset=0))))
show(lambda: compiled(ast.Expression(body=ast.Name("x", ast.Load(), lineno=5, col_offset=0, end_lineno=4, end_col_offset=0))))
show(lambda: compiled(ast.Expression(body=None)))
show(lambda: compiled(ast.Expression()))
show(lambda: compiled(ast.Pass(), "exec"))
show(lambda: list(compiled(ast.Expression(body=ast.Name("x", ast.Load(), lineno=3, col_offset=5))).co_positions()))
show(lambda: compiled(fixed(ast.Expression(body=ast.Constant([])))))
show(lambda: compiled(fixed(ast.Expression(body=ast.Constant((1, []))))))
show(lambda: compiled(fixed(ast.Expression(body=ast.BoolOp(ast.And(), [ast.Constant(1)])))))
show(lambda: compiled(fixed(ast.Expression(body=ast.Compare(ast.Constant(1), [], [])))))
show(lambda: compiled(fixed(ast.Expression(body=ast.Dict([None], [])))))
show(lambda: compiled(fixed(ast.Module([ast.Raise(None, ast.Constant(1))], [])), "exec"))
show(lambda: compiled(fixed(ast.Module([ast.Try([ast.Pass()], [], [], [])], [])), "exec"))
show(lambda: compiled(fixed(ast.Module([ast.If(ast.Constant(1), [], [])], [])), "exec"))
show(lambda: compiled(fixed(ast.Module([ast.Assign([], ast.Constant(1))], [])), "exec"))
show(lambda: eval(compiled(ast.parse("1 + 2 * 3", mode="eval"))))


class Derived(ast.Name):
    pass


print(Derived._fields, Derived("a").id, ast.dump(ast.parse("x: int = f(*a, **k)[1:2] if b else {**c}"), include_attributes=True))
for bad in ("a\0b", b"a\0b", b"# coding: foo\n", b"# coding: ascii\n'\xff'\n", b"\xef\xbb\xbf# coding: latin-1\n"):
    show(lambda: compile(bad, "f", "exec"))
