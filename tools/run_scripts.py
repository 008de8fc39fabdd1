"""Runs Python scripts through habu: run_scripts.py HABU FILE_OR_FOLDER...

A script says what it wants in comments:
    print(1 + 1)    # expect: 2               the lines of standard output, in order
    None + 1        # raises: TypeError: ...  the last line of standard error, and exit status 1
A script without such comments is run by the oracle too: standard output, standard error and exit status must be
the same. Further comments: `# options: -O -W error` (interpreter options), `# stdin: text`, `# ignore: stderr`.
Files whose name starts with an underscore are helpers of other scripts.
"""
import concurrent.futures
import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

ORACLE = "/usr/bin/python3.11"
TIME_LIMIT = 120


def comments(source, name):
    return re.findall(rf"#[ \t]*{name}:[ \t]?(.*)$", source, re.M)


def expectation(source):
    """(standard output, last line of standard error or None) or None: compare with the oracle."""
    expect, raises = comments(source, "expect"), comments(source, "raises")
    if not expect and not raises:
        return None
    return "".join(line.rstrip() + "\n" for line in expect), raises[-1].rstrip() if raises else None


def run(program, script, source):
    options = " ".join(comments(source, "options")).split()
    text = "".join(line + "\n" for line in comments(source, "stdin"))
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run([program, *options, str(script)], input=text.encode(), capture_output=True,
                                  env=environment, cwd=folder, timeout=TIME_LIMIT)
        except subprocess.TimeoutExpired:
            return "", f"no end after {TIME_LIMIT} s\n", -1
    return done.stdout.decode(errors="backslashreplace"), done.stderr.decode(errors="backslashreplace"), done.returncode


def difference(name, wanted, got):
    lines = difflib.unified_diff(wanted.splitlines(), got.splitlines(), f"{name} wanted", f"{name} of habu", lineterm="", n=2)
    return [line[:300] for line in lines][:40]


def check(habu, script):
    """What is wrong with one script, as a list of lines."""
    source = script.read_text(encoding="utf-8", errors="surrogateescape")
    out, err, status = run(habu, script, source)
    wanted = expectation(source)
    if wanted is None:
        oracle_out, oracle_err, oracle_status = run(ORACLE, script, source)
        wrong = difference("stdout", oracle_out, out)
        if "stderr" not in comments(source, "ignore"):
            wrong += difference("stderr", oracle_err, err)
        if status != oracle_status:
            wrong.append(f"exit status {status}, wanted {oracle_status}")
        return wrong
    wanted_out, raises = wanted
    wrong = difference("stdout", wanted_out, "".join(line.rstrip() + "\n" for line in out.splitlines()))
    last = err.rstrip("\n").rpartition("\n")[2]
    if raises is not None and (last != raises or status != 1):
        wrong += [f"wanted exit status 1 and: {raises}", f"got exit status {status} and: {last}"]
    elif raises is None and status != 0:
        wrong += [f"exit status {status}"] + err.splitlines()[-12:]
    return wrong


def main(habu, *places):
    habu = str(pathlib.Path(habu).resolve())
    scripts = []
    for place in map(pathlib.Path, places):
        scripts += sorted(p for p in place.rglob("*.py") if not p.name.startswith("_")) if place.is_dir() else [place]
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for script, wrong in zip(scripts, pool.map(lambda s: check(habu, s.resolve()), scripts)):
            if wrong:
                failed += 1
                print(f"--- {script}", *wrong, sep="\n")
    print(f"{len(scripts) - failed} of {len(scripts)} scripts pass")
    return 1 if failed or not scripts else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]) if len(sys.argv) > 2 else __doc__)
