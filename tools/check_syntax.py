"""Does habu read source text as the oracle does? check_syntax.py --habu HABU [--seed N] [--count N] [--trees FOLDER...]

Without --trees: programs, most of them broken by small mutations of the test suite's sources, are compiled to trees by
both; errors must agree in type, message, place and text, trees in every node and position. With --trees: every .py file
below the folders is parsed by both."""
import argparse
import ast
import doctest
import pathlib
import random
import re
import subprocess
import sys
import tempfile

ORACLE = "/usr/bin/python3.11"
TESTS = pathlib.Path("/usr/lib/python3.11/test")
PIECES = """( ) [ ] { } , : = == := * ** . ... -> @ if else for in is not and or lambda yield from import as def class
return with try: except except* finally: while match case _ print async await del global raise assert pass None True x 1
1.5j 0x1g "s" f'{a}' f'{a#b}' b"x" $ ? ! != <> += - ~ / // << ; \u00e9 \" ' exec 0777 1_ ` a.b f(x) x[1:2] *a **k a=1
elif break nonlocal u'x' a:=1 1if""".split() + [
    "\n", "\n  ", "\n    ", "\n\t", " ", "\\", "\\\n", "#c", '"""', "# type: int\n", "# type: ignore\n", "\f", "\r\n",
    "f'{a b}'", "lambda x: 1", "x for x in y"]


def samples():
    """Pieces of program text to start from."""
    found = []
    source = (TESTS / "test_syntax.py").read_text()
    found += [e.source for e in doctest.DocTestParser().get_examples(ast.get_docstring(ast.parse(source), clean=False))]
    for name in ("test_grammar", "test_patma", "test_fstring", "test_named_expressions", "test_positional_only_arg",
                 "test_type_comments", "test_except_star"):
        text = (TESTS / f"{name}.py").read_text()
        found += [n.value for n in ast.walk(ast.parse(text)) if isinstance(n, ast.Constant) and isinstance(n.value, str)
                  and "\n" in n.value and len(n.value) < 3000]
        lines = text.split("\n")
        found += ["\n".join(lines[i:i + 9]) for i in range(0, len(lines), 7)]
    return [s for s in found if "\0" not in s]


def mutate(source):
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        parts = re.findall(r"\w+|\s+|[^\w\s]", source)
        if not parts:
            break
        i, kind = random.randrange(len(parts)), random.random()
        if kind < .4:
            parts[i] = random.choice(PIECES)
        elif kind < .6:
            del parts[i]
        elif kind < .9:
            parts.insert(i, random.choice(PIECES))
        else:
            j = random.randrange(len(parts))
            parts[i], parts[j] = parts[j], parts[i]
        source = "".join(parts)
    return source


def broken_programs(count):
    pool, cases = samples(), []
    while len(cases) < count:
        source = mutate(random.choice(pool))
        try:
            source.encode()
        except UnicodeError:
            continue
        cases.append({"source": source, "bytes": random.random() < .2, "mode": random.choice(("exec", "exec", "eval", "single")),
                      "flags": ast.PyCF_TYPE_COMMENTS if random.random() < .1 else 0})
    return cases


def ask(program, path):
    answer = pathlib.Path(__file__).with_name("syntax_answer.py")
    done = subprocess.run([program, "-B", "-X", "utf8", str(answer), path], capture_output=True, text=True)
    lines = done.stdout.splitlines()
    return lines if done.returncode == 0 else lines + [f"exit status {done.returncode}: {done.stderr[-500:]}"]


def compare(habu, cases):
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "cases")
        pathlib.Path(path).write_text(repr(cases))
        ours, theirs = ask(habu, path), ask(ORACLE, path)
    wrong = 0
    for i, case in enumerate(cases):
        mine, right = (ours[i] if i < len(ours) else "<nothing>"), theirs[i]
        if mine == right:
            continue
        wrong += 1
        if wrong <= 10:
            at = next((k for k, (a, b) in enumerate(zip(mine, right)) if a != b), min(len(mine), len(right)))
            start = max(0, at - 100)
            print("---", repr(case)[:600], "\n  habu:  ", mine[start:at + 150], "\n  oracle:", right[start:at + 150])
    print(f"{len(cases) - wrong} of {len(cases)} agree")
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--habu")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--trees", nargs="*")
    options = parser.parse_args()
    if options.trees is not None:
        files = sorted(str(f) for folder in options.trees for f in pathlib.Path(folder).rglob("*.py"))
        cases = [{"file": f, "mode": "exec", "flags": 0} for f in files]
    else:
        random.seed(options.seed)
        cases = broken_programs(options.count)
    wrong = 0
    for start in range(0, len(cases), 500):
        wrong += compare(options.habu, cases[start:start + 500])
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
