"""Building, splitting, joining, searching and formatting text."""

WORDS = "the quick brown fox jumps over the lazy dog while seven wizards brew potions".split()


def caesar(text, shift):
    out = []
    for c in text:
        if "a" <= c <= "z":
            out.append(chr((ord(c) - 97 + shift) % 26 + 97))
        else:
            out.append(c)
    return "".join(out)


def report(lines):
    text = ""
    for number, line in enumerate(lines):
        text += f"{number:>5}|{line.title():<40}|{len(line):06.2f}\n"
    return text


total = 0
for turn in range(1500):
    sentence = " ".join(WORDS[i * turn % len(WORDS)] for i in range(60))
    coded = caesar(sentence, turn % 26)
    assert caesar(coded, -turn % 26) == sentence
    table = report(coded[i:i + 30] for i in range(0, len(coded), 30))
    total += sum(line.count("e") + line.find("x") for line in table.splitlines())
    total += len(table.replace("a", "bb").upper().strip().encode())
    total += sum(word.startswith("q") + word.endswith("g") for word in sentence.split(" ")) * 100
print(total)
