"""Prints one stage of a source file: golden_stage.py tokens|ast|dis FILE. Run by the oracle and by habu."""
import sys


def tokens(source, name):
    import _tokenize
    import token
    for string, kind, line, end_line, column, end_column, _ in _tokenize.TokenizerIter(source):
        print(f"{line},{column}-{end_line},{end_column}: {token.tok_name[kind]} {string!r}")


def ast(source, name):
    import ast
    print(ast.dump(ast.parse(source, name), include_attributes=True, indent=1))


def dis(source, name):
    import dis
    import types

    def show(code):
        print(f"== {code.co_qualname} flags={code.co_flags:#x} stack={code.co_stacksize} line={code.co_firstlineno} "
              f"args={code.co_argcount},{code.co_posonlyargcount},{code.co_kwonlyargcount}")
        print("names", code.co_names, "locals", code.co_varnames, "cells", code.co_cellvars, "free", code.co_freevars)
        for index, constant in enumerate(code.co_consts):
            print("const", index, constant.co_name if isinstance(constant, types.CodeType) else repr(constant))
        for i in dis.get_instructions(code, show_caches=True):
            p = i.positions
            print(f"{i.offset:4} {'>>' if i.is_jump_target else '  '} {i.opname:28} {i.arg} "
                  f"{p.lineno},{p.col_offset}-{p.end_lineno},{p.end_col_offset}")
        print("exceptions", code.co_exceptiontable.hex())
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                show(constant)

    show(compile(source, name, "exec"))


if __name__ == "__main__":
    with open(sys.argv[2], encoding="utf-8") as file:
        globals()[sys.argv[1]](file.read(), sys.argv[2])
