"""Compiles the files named on standard input, one a line, and writes each result to standard output: four bytes of
length, then the marshalled code object, or the repr of the exception with the length negated. Runs under any Python."""
import marshal
import sys
import warnings

warnings.simplefilter("ignore")
optimize = int(sys.argv[1])
for line in sys.stdin:
    path = line.rstrip("\n")
    try:
        with open(path, "rb") as file:
            source = file.read()
        data, sign = marshal.dumps(compile(source, path, "exec", dont_inherit=True, optimize=optimize)), 1
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        data, sign = ascii(error).encode(), -1
    sys.stdout.buffer.write((sign * len(data)).to_bytes(4, "little", signed=True) + data)
    sys.stdout.buffer.flush()
