"""Checks the hard limits on size: a function 80 lines, a source file 1000, a header 400. Tables are exempt.

Lines of a function are counted without blank lines and comments, from its opening to its closing brace.
"""
import pathlib
import re
import sys

FUNCTION, SOURCE, HEADER = 80, 1000, 400
EXEMPT = re.compile(r"\.(def|inc)$|_tables\.(cpp|h)$|^bind\.h$")  # bind.h: where all template work lives
# What is no code: comments, string and character literals, preprocessor lines. Newlines in them are kept.
NO_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^()\s\\]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'|^[ \t]*\#(?:\\\n|[^\n])*", re.S | re.M)
SCOPE = re.compile(r"^\s*(?:template\s*<.*>\s*)?(?:inline\s+)?(?:extern\b|namespace\b|(?:class|struct|union|enum)\b[^()]*$)", re.S)


def functions(code):
    """(line, number of lines) of every function body at namespace or class level."""
    depth_of_function = None
    depth, start, head = 0, 0, 0
    for match in re.finditer(r"[{};]", code):
        position, sign = match.start(), match.group()
        if sign == "{":
            text = code[head:position]
            if depth_of_function is None and ")" in text and not SCOPE.match(text) and not re.search(r"=\s*$|=\s*\[", text):
                depth_of_function, start = depth, position
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth_of_function == depth:
                depth_of_function = None
                body = code[start:position].split("\n")
                yield code.count("\n", 0, start) + 1, sum(bool(line.strip()) for line in body)
        head = position + 1


def problems(root):
    for folder in ("src", "tests", "fuzz"):
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".cpp", ".h") or EXEMPT.search(path.name):
                continue
            text = path.read_text(encoding="utf-8")
            lines, limit = text.count("\n"), HEADER if path.suffix == ".h" else SOURCE
            name = path.relative_to(root)
            if lines > limit:
                yield f"{name}: {lines} lines, the limit is {limit}"
            code = NO_CODE.sub(lambda m: "\n" * m.group().count("\n"), text)
            for line, length in functions(code):
                if length > FUNCTION:
                    yield f"{name}:{line}: function of {length} lines, the limit is {FUNCTION}"


if __name__ == "__main__":
    found = list(problems(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")))
    print("\n".join(found) or "sizes: nothing too long")
    sys.exit(bool(found))
