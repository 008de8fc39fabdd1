"""Are the code objects of Habu those of CPython, field by field? Run by the oracle:

    /usr/bin/python3.11 tests/conformance/code_identity.py --habu build/release/bin/habu [-O 0|1|2] [FILE...]

Without files: every .py file of the standard library and of the installed packages. Prints what differs; -v shows how.
"""
import argparse
import difflib
import dis
import glob
import marshal
import os
import subprocess
import sys
import types

FIELDS = ("co_name co_qualname co_filename co_firstlineno co_argcount co_posonlyargcount co_kwonlyargcount co_flags co_stacksize "
          "co_names co_varnames co_cellvars co_freevars co_nlocals co_code co_linetable co_exceptiontable").split()
HELPER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "compile_files.py")
EVERYTHING = ("/usr/lib/python3.11/**/*.py", "/usr/lib/python3/dist-packages/**/*.py")


class Compiler:
    """A Python that compiles files on demand; started again when it dies."""

    def __init__(self, program, optimize):
        self.command = [program, HELPER, str(optimize)]
        self.process = None

    def compile(self, path):
        """bytes: marshalled code; str: an exception; None: the process died."""
        if self.process is None:
            self.process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            self.process.stdin.write(path.encode() + b"\n")
            self.process.stdin.flush()
            size = int.from_bytes(self.process.stdout.read(4), "little", signed=True)
            data = self.process.stdout.read(abs(size))
        except BrokenPipeError:
            size, data = 0, b""
        if not data:
            self.process.kill()
            self.process.wait()
            self.process = None
            return None
        return data if size > 0 else data.decode()


def key(constant):
    """Equal for constants that are equal and of the same types throughout."""
    if isinstance(constant, types.CodeType):
        return "code"
    if isinstance(constant, tuple):
        return tuple, tuple(map(key, constant))
    if isinstance(constant, frozenset):
        return frozenset, frozenset(map(key, constant))
    return type(constant), repr(constant)


def difference(ours, theirs, path=""):
    """(where, field, our code, their code) or None."""
    for field in FIELDS:
        if getattr(ours, field) != getattr(theirs, field):
            return path, field, ours, theirs
    if list(map(key, ours.co_consts)) != list(map(key, theirs.co_consts)):
        return path, "co_consts", ours, theirs
    for mine, other in zip(ours.co_consts, theirs.co_consts):
        if isinstance(mine, types.CodeType):
            found = difference(mine, other, f"{path}.{mine.co_name}")
            if found:
                return found
    return None


def listing(code):
    for i in dis.get_instructions(code):
        p = i.positions
        yield f"{i.opname:28} {'' if i.arg is None else i.arg:>4} {i.argrepr[:30]:30} {p.lineno},{p.end_lineno},{p.col_offset},{p.end_col_offset}"
    yield from map(str, dis._parse_exception_table(code))
    yield str([key(c) for c in code.co_consts])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--habu", required=True)
    parser.add_argument("-O", dest="optimize", type=int, default=0)
    parser.add_argument("-v", dest="verbose", action="store_true")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    files = options.files or sorted(f for pattern in EVERYTHING for f in glob.glob(pattern, recursive=True))
    habu, oracle = Compiler(options.habu, options.optimize), Compiler(sys.executable, options.optimize)
    bad = 0
    for path in files:
        mine, other = habu.compile(path), oracle.compile(path)
        if mine is None or isinstance(mine, str) or isinstance(other, str):
            if mine != other:
                bad += 1
                print(f"{path}: {mine or 'died'}" + (f" instead of {other}" if isinstance(other, str) else ""))
            continue
        found = difference(marshal.loads(mine), marshal.loads(other))
        if not found:
            continue
        bad += 1
        where, field, ours, theirs = found
        print(f"{path}: {where or 'module'}: {field}")
        if options.verbose:
            print("\n".join(difflib.unified_diff(list(listing(theirs)), list(listing(ours)), "cpython", "habu", lineterm="", n=4)))
    print(f"{len(files) - bad} of {len(files)} files identical")
    return bad != 0


if __name__ == "__main__":
    sys.exit(main())
