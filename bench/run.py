"""Runs bench/programs under habu, python3.11 and pypy3 in turn and prints the ratios: run.py [NAMES] [--rounds N].

The interpreters take turns, so that a slow moment of the machine hits all of them; the best of all rounds counts.
A ratio above 1 means that habu is faster.
"""
import argparse
import math
import os
import pathlib
import resource
import shutil
import subprocess
import sys
import tempfile
import time

TOP = pathlib.Path(__file__).resolve().parents[1]


def interpreters(habu):
    found = {"habu": habu, "python3.11": "/usr/bin/python3.11", "pypy3": shutil.which("pypy3")}
    return {name: path for name, path in found.items() if path and os.path.exists(path)}


def measure(command, folder):
    """(seconds of processor time, output) or None if it fails."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = status
        output.seek(0)
        text = output.read()
    if status:
        return None
    return min(usage.ru_utime + usage.ru_stime, time.perf_counter() - start), text


def peak_memory(command, folder):
    """Kilobytes at most, looked at while it runs: what wait4() tells includes the memory of this program, which forked."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL, cwd=folder)
    peak = 0
    while process.poll() is None:
        try:
            for line in open(f"/proc/{process.pid}/status"):
                if line.startswith("VmHWM:"):
                    peak = max(peak, int(line.split()[1]))
        except OSError:
            break
        time.sleep(0.0005)
    process.wait()
    return peak


def mean(ratios):
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else float("nan")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--habu", default=str(TOP / "build" / "release" / "bin" / "habu"))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    found = interpreters(options.habu)
    programs = {"(start: -c pass)": ["-c", "pass"]}
    for path in sorted((TOP / "bench" / "programs").glob("*.py")):
        if not options.names or path.stem in options.names:
            programs[path.stem] = [str(path)]
    others = [name for name in found if name != "habu"]
    print(f"{'program':20}" + "".join(f"{name + ' s':>14}" for name in found) + "".join(f"{'vs ' + name:>15}" for name in others)
          + f"{'memory':>9}")
    ratios, wrong = {name: [] for name in others}, 0
    with tempfile.TemporaryDirectory() as folder:
        for program, arguments in programs.items():
            runs = {name: [] for name in found}
            for _ in range(options.rounds):
                for name, path in found.items():
                    runs[name].append(measure([path, *arguments], folder))
            best = {name: min(r, key=lambda m: m[0]) if all(r) else None for name, r in runs.items()}
            line = f"{program:20}" + "".join(f"{best[name][0]:14.3f}" if best[name] else f"{'fails':>14}" for name in found)
            for name in others:
                if best["habu"] and best[name]:
                    ratio = best[name][0] / best["habu"][0]
                    if not program.startswith("("):
                        ratios[name].append(ratio)
                    line += f"{ratio:14.2f}x"
                else:
                    line += f"{'-':>15}"
            if best["habu"] and best["python3.11"]:
                memory = [peak_memory([found[name], *arguments], folder) for name in ("habu", "python3.11")]
                line += f"{memory[0] / max(memory[1], 1):8.2f}x"
                if best["habu"][1] != best["python3.11"][1]:
                    line, wrong = line + "  OUTPUT DIFFERS", wrong + 1
            print(line, flush=True)
    print(f"{'geometric mean':20}" + " " * 14 * len(found) + "".join(f"{mean(ratios[name]):14.2f}x" for name in others))
    print("times are processor seconds, best of", options.rounds, "rounds; memory is habu's peak over python3.11's")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
