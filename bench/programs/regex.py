"""The re module: searching, groups, alternation, substitution, backtracking, look-around."""
import re

LINE = '192.168.{a}.{b} - - [10/Oct/2000:13:{c:02}:36 -0700] "GET /page{a}.html?user={b}&x=%20 HTTP/1.0" {d} {e}'
LOG = "\n".join(LINE.format(a=i % 256, b=i * 7 % 256, c=i % 60, d=(200, 404, 500)[i % 3], e=i * 13) for i in range(20000))
ENTRY = re.compile(r'^(?P<ip>\d+(?:\.\d+){3}) \S+ \S+ \[([^\]]+)\] "(\w+) ([^" ]*) [^"]*" (?P<status>\d{3}) (\d+)$', re.M)

counts, size = {}, 0
for match in ENTRY.finditer(LOG):
    counts[match["status"]] = counts.get(match["status"], 0) + 1
    size += int(match[6])
print(counts, size)
print(len(re.findall(r"user=(\d+)", LOG)), len(re.split(r"[\s\"]+", LOG)))
print(len(re.sub(r"(\d+)\.html", lambda m: f"{int(m[1]) + 1}.htm", LOG)), re.subn(r"%[0-9a-f]{2}", " ", LOG)[1])
print(len(re.findall(r"(?<=page)\d+(?=\.html)", LOG)), sum(bool(re.match(r"(a|b|ab)*c$", "ab" * n)) for n in range(18)))
print(len(re.findall(r"\b(GET|POST|PUT)\b", LOG, re.I)))
