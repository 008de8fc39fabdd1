"""Runs the chapter's examples: run_examples.py HABU. Each of tests/examples/NAME.py must print NAME.out, and NAME.err
(the folder in front of a file's name left out), and end with the status in NAME.exit."""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from run_scripts import difference

EXAMPLES = pathlib.Path(__file__).resolve().parents[1] / "tests" / "examples"


def plain(text):  # addresses differ from run to run
    return re.sub(r"0x[0-9a-f]+", "0x...", text)


def check(habu, name, folder):
    def wanted(suffix):
        path = EXAMPLES / f"{name}.{suffix}"
        return path.read_text() if path.exists() else ""

    done = subprocess.run([habu, f"{name}.py"], cwd=folder, capture_output=True, text=True, timeout=60)
    err = re.sub(r'File "[^"<]*/', 'File "', done.stderr)
    wrong = difference("stdout", plain(wanted("out")), plain(done.stdout)) + difference("stderr", wanted("err"), err)
    if done.returncode != int(wanted("exit")):
        wrong.append(f"exit status {done.returncode}")
    return wrong


def main(habu):
    names = sorted(path.stem for path in EXAMPLES.glob("*.py"))
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(EXAMPLES, folder, dirs_exist_ok=True)
        for name in names:
            if wrong := check(str(pathlib.Path(habu).resolve()), name, folder):
                failed += 1
                print(f"--- {name}", *wrong, sep="\n")
    print(f"{len(names) - failed} of {len(names)} examples pass")
    return 1 if failed or not names else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]) if len(sys.argv) == 2 else __doc__)
