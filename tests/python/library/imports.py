# Every module here is one that programs use daily; importing it must work and it must do one simple thing.
import abc, argparse, ast, base64, bisect, calendar, codecs, collections.abc, configparser, contextvars, copy, csv, datetime, decimal, difflib
import dis, enum, fnmatch, fractions, functools, glob, gzip, hashlib, heapq, html, importlib, inspect, io, itertools, json, keyword, locale, logging
import math, numbers, operator, os, pathlib, pickle, platform, pprint, queue, random, re, secrets, shlex, shutil, signal, socket, statistics, string
import struct, subprocess, tempfile, textwrap, threading, time, timeit, tokenize, traceback, types, typing, unittest, urllib.parse, uuid, warnings, weakref, zipfile, zlib
print(base64.b64encode(b"habu"), datetime.date(2024, 2, 29) + datetime.timedelta(365), decimal.Decimal("1.1") + 1, fractions.Fraction(3, 6))
print(hashlib.sha256(b"x").hexdigest()[:16], hashlib.md5(b"x").hexdigest(), zlib.crc32(b"habu"), struct.pack("<IhQ", 1, -2, 3))
print(pickle.loads(pickle.dumps({"a": [1, 2.5, (None, True)], "b": {1, 2}})), copy.deepcopy([[1], {2: [3]}]), textwrap.wrap("a bc def ghij", 6))
print(urllib.parse.urlsplit("http://a:8/b?c=d#e"), shlex.split("a 'b c' d"), difflib.get_close_matches("appel", ["ape", "apple"]))
print(statistics.mean([1, 2, 4]), random.Random(7).random(), random.Random(7).sample(range(100), 4), uuid.UUID(int=5), html.escape("<a&b>"))
pprint.pprint({i: "x" * i for i in range(0, 40, 8)})
print(inspect.signature(lambda a, /, b=1, *c, d, **e: 0), typing.Optional[int], list[int] | None, pathlib.PurePath("a/b.c").suffix)
with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder, "file.txt"); path.write_text("line 1\nline é\n", encoding="utf-8")
    print(path.read_bytes(), os.listdir(folder), path.stat().st_size, os.path.getsize(path))
    with gzip.open(path, "wb") as f: f.write(b"squeezed" * 100)
    with gzip.open(path) as f: print(len(f.read()))
print(subprocess.run(["echo", "child"], capture_output=True, text=True).stdout, time.strftime("%Y-%m-%d", time.gmtime(0)), end="")
