"""syntax_answer.py CASES: what compile() makes of each case, a line each; run by both programs of check_syntax.py. Uses
as little of the library as it can."""
import sys
import warnings

ONLY_AST = 0x400
POSITION = ("lineno", "col_offset", "end_lineno", "end_col_offset")


def dump(node):
    if isinstance(node, list):
        return "[" + ", ".join(map(dump, node)) + "]"
    if not hasattr(node, "_fields"):
        return repr(node)
    fields = ", ".join(name + "=" + dump(getattr(node, name, None)) for name in node._fields)
    place = "@" + ",".join(str(getattr(node, name)) for name in POSITION) if node._attributes else ""
    return type(node).__name__ + "(" + fields + ")" + place


def describe(source, mode, flags):
    try:
        tree = compile(source, "<none>", mode, flags | ONLY_AST)
    except SyntaxError as e:
        return repr((type(e).__name__, e.msg, e.lineno, e.offset, e.end_lineno, e.end_offset, e.text))
    except (ValueError, OverflowError) as e:
        return type(e).__name__ + " " + str(e)
    except (MemoryError, RecursionError) as e:
        return type(e).__name__
    return dump(tree)


def main():
    warnings.simplefilter("ignore")
    with open(sys.argv[1]) as f:
        cases = eval(f.read())
    for case in cases:
        if "file" in case:
            with open(case["file"], "rb") as f:
                source = f.read()
        else:
            source = case["source"].encode() if case["bytes"] else case["source"]
        print(ascii(describe(source, case["mode"], case["flags"])))


main()
