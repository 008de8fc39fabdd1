"""Checks the arrows of doc/architecture.md: a folder of src/ includes only itself and folders below it.

object/ and types/ are one layer in two folders: an implementation file of object/ may use headers of types/,
headers of object/ may not.
"""
import pathlib
import re
import sys

LAYERS = "main explore capi jit startup modules interp compiler syntax types object bytecode base".split()
RANK = {name: len(LAYERS) - i for i, name in enumerate(LAYERS)}
INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)


def problems(src):
    for path in sorted(src.rglob("*")):
        if path.suffix not in (".cpp", ".h", ".def", ".inc"):
            continue
        relative = path.relative_to(src)
        layer = relative.parts[0]
        if layer not in RANK:
            yield f"src/{relative}: folder {layer} is not in the list of layers"
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            target = match.group(1)
            where = f"src/{relative}:{text.count(chr(10), 0, match.start() + 1) + 1}"
            used = target.split("/")[0]
            if used not in RANK or "/" not in target:
                yield f'{where}: "{target}" does not name its folder'
            elif RANK[used] > RANK[layer] and not (layer == "object" and used == "types" and path.suffix == ".cpp"):
                yield f'{where}: {layer}/ may not use "{target}"'


if __name__ == "__main__":
    found = list(problems(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src")))
    print("\n".join(found) or "layers: every include goes down")
    sys.exit(bool(found))
