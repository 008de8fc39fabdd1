"""What each stage makes of a source file: golden.py --update [STAGES] has the oracle write
tests/golden/STAGE/x.expected; golden.py --habu HABU [STAGES] compares habu with it. The program run by both is
tools/golden_stage.py, so that the two can never print in different ways."""
import argparse
import pathlib
import subprocess
import sys

from run_scripts import ORACLE, difference

TOP = pathlib.Path(__file__).resolve().parents[1]
STAGES = ("tokens", "ast", "dis")


def show(program, stage, path):
    done = subprocess.run([program, "-B", str(TOP / "tools" / "golden_stage.py"), stage, path.name], cwd=path.parent,
                          capture_output=True, text=True, timeout=120)
    return done.stdout + done.stderr[-2000:]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--habu")
    parser.add_argument("stages", nargs="*")
    options = parser.parse_args()
    failed = total = 0
    for stage in options.stages or STAGES:
        for path in sorted((TOP / "tests" / "golden" / stage).glob("*.py")):
            expected, total = path.with_suffix(".expected"), total + 1
            if options.update:
                expected.write_text(show(ORACLE, stage, path))
            elif wrong := difference(stage, expected.read_text(), show(options.habu, stage, path)):
                failed += 1
                print(f"--- {stage}/{path.name}", *wrong, sep="\n")
    print(f"{total - failed} of {total} golden files" + (" written" if options.update else " agree"))
    return 1 if failed or not total else 0


if __name__ == "__main__":
    sys.exit(main())
