"""CPython's own tests under habu: run.py --habu HABU [NAME | @LIST...]

Each file is run as `habu -m test -v NAME`; the single tests that pass are counted against those that pass under
CPython (kept in cpython.tsv; --oracle runs CPython again). Updates results.tsv: file, single tests that CPython
passes, how many of them habu passes, per cent. --check changes nothing and fails if a file passes fewer single
tests than results.tsv says. --failures prints the names of what fails. Without names: all of files.txt.
"""
import argparse
import collections
import concurrent.futures
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
ORACLE = "/usr/bin/python3.11"
START = re.compile(r"^(?:\w+ \(([\w.<>]+)\)(?=$|[ \n])|Doctest: ([\w.<>]+) \.\.\.)", re.M)


def passed(text):
    """Identifiers of the single tests that pass, from what unittest prints with -v."""
    good, bad = set(), set()
    starts = list(START.finditer(text))
    for this, following in zip(starts, starts[1:] + [None]):
        name = this.group(1) or this.group(2)
        segment = text[this.end():following.start() if following else len(text)].split("\n=====")[0]
        if re.search(r"\.\.\. *(FAIL|ERROR)\b|^(FAIL|ERROR)$", segment, re.M):
            bad.add(name)
        elif re.search(r"(ok|expected failure)$", segment, re.M):
            good.add(name)
    return good - bad


def run(program, name, limit):
    with tempfile.TemporaryDirectory(prefix="conformance") as folder:
        process = subprocess.Popen([program, "-m", "test", "-v", name], cwd=folder, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
                                   env=os.environ | {"TMPDIR": folder, "LC_ALL": "C.UTF-8"})
        try:
            output = process.communicate(timeout=limit)[0]
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            output = process.communicate()[0]
    return output.decode(errors="replace")


def read_oracle():
    """cpython.tsv holds a line for each class of tests: file, class, names of its tests."""
    known = collections.defaultdict(set)
    path = HERE / "cpython.tsv"
    for line in path.read_text().splitlines() if path.exists() else ():
        file, group, names = line.split("\t")
        known[file].update(f"{group}.{name}" if group else name for name in names.split())
    return known


def write_oracle(known):
    with open(HERE / "cpython.tsv", "w") as out:
        for file, names in sorted(known.items()):
            groups = collections.defaultdict(list)
            for name in sorted(names):
                group, _, last = name.rpartition(".")
                groups[group].append(last)
            for group, members in sorted(groups.items()):
                print(file, group, " ".join(members), sep="\t", file=out)


def read_results():
    path = HERE / "results.tsv"
    rows = [line.split("\t") for line in path.read_text().splitlines()[1:]] if path.exists() else []
    return {row[0]: (int(row[1]), int(row[2])) for row in rows if row[0] != "all"}


def percent(part, whole):
    return f"{100 * part / whole:.1f}" if whole else "100.0"


def overall(results):
    return sum(row[0] for row in results.values()), sum(row[1] for row in results.values())


def write_results(results):
    with open(HERE / "results.tsv", "w") as out:
        print("file", "cpython_passes", "habu_passes", "percent", sep="\t", file=out)
        for file, (whole, part) in [*sorted(results.items()), ("all", overall(results))]:
            print(file, whole, part, percent(part, whole), sep="\t", file=out)


def names_of(arguments):
    for argument in arguments or ["@files.txt"]:
        if argument.startswith("@"):
            yield from (HERE / argument[1:]).read_text().split()
        else:
            yield argument


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--habu")
    parser.add_argument("--oracle", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--failures", action="store_true")
    parser.add_argument("--limit", type=float, default=600)
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    names, known = list(names_of(options.names)), read_oracle()
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        missing = names if options.oracle else [name for name in names if name not in known]
        for name, text in zip(missing, pool.map(lambda n: run(ORACLE, n, options.limit), missing)):
            known[name] = passed(text)
        if missing and not options.check:
            write_oracle(known)
        if not options.habu:
            return 0
        recorded, results, worse = read_results(), {}, 0
        habu = str(pathlib.Path(options.habu).resolve())
        for name, text in zip(names, pool.map(lambda n: run(habu, n, options.limit), names)):
            good = known[name] & passed(text)
            results[name] = len(known[name]), len(good)
            note = ""
            if len(good) < recorded.get(name, (0, 0))[1]:
                worse, note = worse + 1, f"  (was {recorded[name][1]})"
            print(f"{name:28}{len(good):5} of {len(known[name]):5}  {percent(len(good), len(known[name])):>5} %{note}", flush=True)
            if options.failures:
                print(*("    " + test for test in sorted(known[name] - good)), sep="\n")
    whole, part = overall(results)
    print(f"all: {part} of {whole} single tests that CPython passes, {percent(part, whole)} %")
    if not options.check:
        write_results(recorded | results)
    return 1 if options.check and worse else 0


if __name__ == "__main__":
    sys.exit(main())
