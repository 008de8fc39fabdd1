"""Prints the facts about CPython 3.11's opcodes that tests/unit/bytecode/opcode_test.cpp compares with.

Run once with CPython 3.11:  python3.11 tools/opcode_facts.py > tests/unit/bytecode/opcodes-3.11.tsv
"""
import _opcode
import opcode
import re
import sysconfig

kinds = {"const": opcode.hasconst, "name": opcode.hasname, "jump": opcode.hasjrel, "local": opcode.haslocal,
         "cell": opcode.hasfree, "compare": opcode.hascompare}

for number, name in enumerate(opcode.opname):
    if name.startswith("<"):
        continue
    kind = next((k for k, members in kinds.items() if number in members), "-")
    args = (0, 1, 2, 3, 4, 5, 7, 8, 15, 255, 256, 258) if number >= opcode.HAVE_ARGUMENT else (None,)
    effects = []
    for arg in args:
        for jump in (False, True, None):
            effects.append(f"{0 if arg is None else arg}:{jump}:{_opcode.stack_effect(number, arg, jump=jump)}")
    print("op", number, name, kind, opcode._inline_cache_entries[number], " ".join(effects), sep="\t")
header = open(sysconfig.get_paths()["include"] + "/opcode.h").read()
families = {spec: family for family, specs in opcode._specializations.items() for spec in specs}
for name, number in re.findall(r"#define (\w+)\s+(\d+)\n", header):
    if name in families:
        print("spec", number, name, families[name], sep="\t")
