"""tell() and seek() of text files in several encodings; newline handling; StringIO by turns."""
import io

TEXT = "first\nzwölf Boxkämpfer\r\nтретья строка\rfour 😀 five\n\nlast"
for encoding in ("utf-8", "utf-16", "utf-8-sig", "utf-32-be", "latin-1", "cp1252"):
    for newline in (None, "", "\n", "\r", "\r\n"):
        raw = io.BytesIO(TEXT.encode(encoding, "replace"))
        f = io.TextIOWrapper(raw, encoding=encoding, newline=newline)
        f._CHUNK_SIZE = 7
        positions = []
        while True:
            at = f.tell()
            c = f.read(3)
            if not c:
                break
            positions.append((at, c))
        again = []
        for at, c in reversed(positions):
            f.seek(at)
            again.append(f.read(3) == c)
        print(encoding, repr(newline), positions, all(again))
        f.seek(0)
        print([line for line in f], f.newlines)
for newline in (None, "", "\n", "\r", "\r\n"):
    f = io.StringIO(newline=newline)
    f.write(TEXT)
    f.seek(4)
    f.write("XYZ")
    print(repr(f.getvalue()), f.tell(), repr(f.readline()), repr(f.readline(2)), repr(f.read(4)), f.newlines)
    f.seek(0, 2)
    f.write("end")
    f.truncate(10)
    f.seek(0)
    print(list(f))
    out = io.BytesIO()
    w = io.TextIOWrapper(out, encoding="utf-16", newline=newline, write_through=True)
    w.write("a\nb\r\n")
    w.write("c\n")
    print(out.getvalue(), w.tell())
d = io.IncrementalNewlineDecoder(None, translate=True)
print([d.decode(s, final) for s, final in (("a\r", False), ("\nb", False), ("c\r", False), ("", True), ("\n\r", True))], d.newlines, d.getstate())
