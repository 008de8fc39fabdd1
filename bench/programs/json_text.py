"""A JSON reader and writer in plain Python: text processing character by character, dispatch, nested data."""

ESCAPES = {'"': '"', "\\": "\\", "/": "/", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}


class Reader:
    def __init__(self, text):
        self.text, self.at = text, 0

    def space(self):
        while self.at < len(self.text) and self.text[self.at] in " \n\t":
            self.at += 1

    def value(self):
        self.space()
        c = self.text[self.at]
        if c == "{":
            return self.mapping()
        if c == "[":
            return self.sequence()
        if c == '"':
            return self.string()
        for word, constant in (("true", True), ("false", False), ("null", None)):
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return constant
        return self.number()

    def mapping(self):
        out = {}
        self.at += 1
        while True:
            self.space()
            if self.text[self.at] == "}":
                break
            key = self.string()
            self.space()
            assert self.text[self.at] == ":"
            self.at += 1
            out[key] = self.value()
            self.space()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
        return out

    def sequence(self):
        out = []
        self.at += 1
        while True:
            self.space()
            if self.text[self.at] == "]":
                break
            out.append(self.value())
            self.space()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1
        return out

    def string(self):
        parts = []
        self.at += 1
        while (c := self.text[self.at]) != '"':
            if c == "\\":
                self.at += 1
                c = ESCAPES[self.text[self.at]]
            parts.append(c)
            self.at += 1
        self.at += 1
        return "".join(parts)

    def number(self):
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in "+-.eE0123456789":
            self.at += 1
        text = self.text[start:self.at]
        return float(text) if "." in text or "e" in text else int(text)


def write(value):
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(write, value)) + "]"
    return "{" + ", ".join(f"{write(k)}: {write(v)}" for k, v in value.items()) + "}"


data = {"users": [{"name": f"user {i}", "id": i, "score": i / 8, "tags": ["a\n", 'b"c', str(i)], "ok": i % 2 == 0, "none": None}
                  for i in range(6000)], "deep": [[[[[1, 2.5, {}]]]]]}
text = write(data)
back = Reader(text).value()
assert back == data and write(back) == text
print(len(text), sum(map(ord, text)))
