#!/usr/bin/python3.11
"""Writes src/base/unicode_tables.inc and unicode_names.inc from the Unicode data of the python3.11 that runs this.

usage: /usr/bin/python3.11 tools/make_unicode_tables.py [OUTPUT_DIRECTORY]
"""
import collections
import ctypes
import sys
import unicodedata as ud

COUNT = 0x110000
api = ctypes.pythonapi
old = ud.ucd_3_2_0
chars = [chr(i) for i in range(COUNT)]


def c_function(name):
    f = getattr(api, name)
    f.restype = ctypes.c_int
    f.argtypes = [ctypes.c_uint32]
    return f


def c_mapping(name):
    f = getattr(api, name)
    f.restype = ctypes.c_int
    f.argtypes = [ctypes.c_uint32, ctypes.POINTER(ctypes.c_uint32)]
    out = (ctypes.c_uint32 * 3)()

    def mapping(c):
        return tuple(out[: f(c, out)])

    return mapping


FLAGS = [  # bit i of the record's flags; unicode.h names them in this order
    ("Alpha", c_function("_PyUnicode_IsAlpha")),
    ("Decimal", lambda c: api._PyUnicode_ToDecimalDigit(c) >= 0),
    ("Digit", lambda c: api._PyUnicode_ToDigit(c) >= 0),
    ("Numeric", c_function("_PyUnicode_IsNumeric")),
    ("Lower", c_function("_PyUnicode_IsLowercase")),
    ("Upper", c_function("_PyUnicode_IsUppercase")),
    ("Title", c_function("_PyUnicode_IsTitlecase")),
    ("Space", c_function("_PyUnicode_IsWhitespace")),
    ("Linebreak", c_function("_PyUnicode_IsLinebreak")),
    ("Printable", c_function("_PyUnicode_IsPrintable")),
    ("XidStart", c_function("_PyUnicode_IsXidStart")),
    ("XidContinue", c_function("_PyUnicode_IsXidContinue")),
    ("Cased", c_function("_PyUnicode_IsCased")),
    ("CaseIgnorable", c_function("_PyUnicode_IsCaseIgnorable")),
    ("Mirrored", lambda c: ud.mirrored(chars[c])),
]
SPECIAL = 1 << len(FLAGS)
CATEGORIES = "Cn Lu Ll Lt Mn Mc Me Nd Nl No Zs Zl Zp Cc Cf Cs Co Lm Lo Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So".split()
BIDIS = [""] + "L LRE LRO R AL RLE RLO PDF EN ES ET AN CS NSM BN B S WS ON LRI RLI FSI PDI".split()
WIDTHS = "F H W Na A N".split()
PREFIXES = ["", "<noBreak>", "<compat>", "<super>", "<fraction>", "<font>", "<sub>", "<circle>", "<wide>", "<vertical>",
            "<square>", "<initial>", "<final>", "<medial>", "<isolated>", "<narrow>", "<small>"]

out = None


def emit(text=""):
    out.write(text + "\n")


def emit_array(kind, name, values, hexadecimal=False):
    emit(f"constexpr {kind} {name}[{len(values)}] = {{")
    line = ""
    for v in values:
        item = (f"0x{v:x}" if hexadecimal else str(v)) + ","
        if len(line) + len(item) > 158:
            emit(line)
            line = ""
        line += item
    emit(line)
    emit("};")


def emit_strings(name, values):
    emit(f"constexpr const char* {name}[{len(values)}] = {{" + ", ".join('"%s"' % v for v in values) + "};")


def small_type(values):
    top = max(values)
    return "uint8_t" if top < 256 else "uint16_t" if top < 65536 else "uint32_t"


def emit_two_level(name, values, shift):
    """values[code] as name##Index[code >> shift] * page + offset into name##Page."""
    size = 1 << shift
    pages, index = {}, []
    for start in range(0, len(values), size):
        page = tuple(values[start:start + size])
        index.append(pages.setdefault(page, len(pages)))
    flat = [v for page in pages for v in page]
    emit(f"constexpr int {name}Shift = {shift};")
    emit_array(small_type(index), name + "Index", index)
    emit_array(small_type(flat), name + "Page", flat)


def best_shift(values):
    def cost(shift):
        size = 1 << shift
        pages = {tuple(values[i:i + size]) for i in range(0, len(values), size)}
        wide = 1 if max(values) < 256 else 2 if max(values) < 65536 else 4
        return len(pages) * size * wide + (COUNT >> shift) * (1 if len(pages) <= 256 else 2)
    return min(range(4, 10), key=cost)


def signed(v):
    return v - (1 << 32) if v >= 1 << 31 else v


def composition_seconds(pairs):
    return {b for _, b in pairs} | set(range(0x1161, 0x1176)) | set(range(0x11a8, 0x11c3))


def compositions():
    pairs = {}
    for i, c in enumerate(chars):
        d = ud.decomposition(c)
        if d and not d.startswith("<"):
            parts = [int(x, 16) for x in d.split()]
            if len(parts) == 2 and ud.normalize("NFC", chars[parts[0]] + chars[parts[1]]) == c:
                pairs[tuple(parts)] = i
    return pairs


def make_tables():
    lower, title, upper, fold = (c_mapping("_PyUnicode_To%sFull" % n) for n in ("Lower", "Title", "Upper", "Folded"))
    simple = [c_function("_PyUnicode_To%scase" % n) for n in ("Upper", "Lower", "Title")]
    pairs = compositions()
    seconds = composition_seconds(pairs)
    specials, numbers = {}, {-1.0: 0}
    records, record_of = {}, []
    for i, c in enumerate(chars):
        flags = 0
        for bit, (_, test) in enumerate(FLAGS):
            if test(i):
                flags |= 1 << bit
        u, l, t = (signed(f(i)) for f in simple)
        full = (lower(i), title(i), upper(i), fold(i))
        special = 0
        if full != ((l,), (t,), (u,), (l,)):
            flags |= SPECIAL
            special = specials.setdefault(full, len(specials) + 1)
        deltas = [u - i, l - i, t - i]
        number = ud.numeric(c, -1.0)
        quick = 0
        for bit, form in enumerate(("NFD", "NFKD", "NFC", "NFKC")):
            # 1: never appears in the form; 2: may combine with what stands before it
            state = 1 if ud.normalize(form, c) != c else 2 if bit >= 2 and i in seconds else 0
            quick |= state << (2 * bit)
        record = (*deltas, special, flags, CATEGORIES.index(ud.category(c)), BIDIS.index(ud.bidirectional(c)),
                  ud.combining(c), WIDTHS.index(ud.east_asian_width(c)), ud.decimal(c, 255), ud.digit(c, 255),
                  numbers.setdefault(number, len(numbers)), quick)
        record_of.append(records.setdefault(record, len(records)))
    emit_strings("kCategories", CATEGORIES)
    emit_strings("kBidis", BIDIS)
    emit_strings("kWidths", WIDTHS)
    emit(f"constexpr UnicodeRecord kRecords[{len(records)}] = {{")
    for r in records:
        emit("{" + ",".join(map(str, r)) + "},")
    emit("};")
    emit(f"constexpr SpecialCase kSpecialCases[{len(specials) + 1}] = {{{{}},")
    for s in specials:
        emit("{" + ",".join("{" + ",".join("0x%x" % v for v in m) + "}" for m in s) + "},")
    emit("};")
    emit(f"constexpr double kNumbers[{len(numbers)}] = {{" + ",".join(map(repr, numbers)) + "};")
    emit_two_level("kRecord", record_of, best_shift(record_of))
    make_decompositions()
    make_compositions(pairs)
    make_old_version()


def make_decompositions():
    stream, where, seen = [0], [], {"": 0}
    for c in chars:
        d = ud.decomposition(c)
        if "\uac00" <= c <= "\ud7a3":
            d = ""
        if d not in seen:
            parts = d.split()
            prefix = parts.pop(0) if parts[0].startswith("<") else ""
            seen[d] = len(stream)
            stream += [PREFIXES.index(prefix) | len(parts) << 8] + [int(x, 16) for x in parts]
        where.append(seen[d])
    emit_strings("kPrefixes", PREFIXES)
    emit_array("uint32_t", "kDecompositions", stream)
    emit_two_level("kDecomposition", where, best_shift(where))


def make_compositions(pairs):
    size = 1
    while size < 2 * len(pairs):
        size *= 2
    table = [(0, 0, 0)] * size
    for (a, b), c in sorted(pairs.items()):
        at = (a * 31 + b) % size  # compositionSlot() of unicode_normalize.cpp
        while table[at][0]:
            at = (at + 1) % size
        table[at] = (a, b, c)
    emit(f"constexpr uint32_t kCompositionSize = {size};")
    emit(f"constexpr Composition kCompositions[{size}] = {{")
    emit(",".join("{%d,%d,%d}" % t for t in table))
    emit("};")


def make_old_version():
    """What differs in Unicode 3.2 (unicodedata.ucd_3_2_0): one override record per kind of difference."""
    records, where = {(255, 255, 255, 255, 254, "-2.0"): 0}, []
    for c in chars:
        category = old.category(c)
        number = old.numeric(c, -1.0)
        record = (
            255 if category == ud.category(c) else CATEGORIES.index(category),
            255 if old.bidirectional(c) == ud.bidirectional(c) else BIDIS.index(old.bidirectional(c)),
            255 if old.mirrored(c) == ud.mirrored(c) else old.mirrored(c),
            255 if old.east_asian_width(c) == ud.east_asian_width(c) else WIDTHS.index(old.east_asian_width(c)),
            254 if old.decimal(c, 255) == ud.decimal(c, 255) else old.decimal(c, 255),
            "-2.0" if number == ud.numeric(c, -1.0) else repr(number))
        where.append(records.setdefault(record, len(records)))
    emit(f"constexpr OldRecord kOldRecords[{len(records)}] = {{")
    for r in records:
        emit("{" + ",".join(map(str, r)) + "},")
    emit("};")
    emit_two_level("kOldRecord", where, best_shift(where))
    corrections = []
    for i, c in enumerate(chars):
        if old.category(c) != "Cn":
            now, then = ud.normalize("NFD", c), old.normalize("NFD", c)
            if now != then and len(then) == 1:
                corrections.append((i, ord(then)))
    emit(f"constexpr uint32_t kOldCorrections[{len(corrections)}][2] = {{" +
         ",".join("{0x%x,0x%x}" % pair for pair in corrections) + "};")


def name_hash(name):  # nameHash() of unicode_names.cpp
    h = 0
    for ch in name.encode():
        h = (h * 31 + ch) & 0xffffffff
    return h ^ h >> 15


def aliases_and_sequences():
    api.PyCapsule_GetPointer.restype = ctypes.c_void_p
    api.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
    table = (ctypes.c_void_p * 2).from_address(
        api.PyCapsule_GetPointer(ud._ucnhash_CAPI, b"unicodedata._ucnhash_CAPI"))
    get_name = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_uint32, ctypes.c_char_p, ctypes.c_int, ctypes.c_int)(table[0])
    buffer = ctypes.create_string_buffer(400)

    def run(start):
        names = []
        while get_name(start + len(names), buffer, 400, 1):
            names.append(buffer.value.decode())
        return names

    return run(0xf0000), run(0xf0200)


def make_names():
    """Names as sequences of word numbers; words of one byte (the commonest) or two. CJK and Hangul names are computed."""
    aliases, sequences = aliases_and_sequences()
    named = []
    for i, c in enumerate(chars):
        name = ud.name(c, "")
        if name and not name.startswith(("CJK UNIFIED IDEOGRAPH-", "HANGUL SYLLABLE ")):
            named.append((i, name))
    ranges = []
    for i, c in enumerate(chars):
        if ud.name(c, "") == "CJK UNIFIED IDEOGRAPH-%X" % i:
            if ranges and ranges[-1][1] == i - 1:
                ranges[-1][1] = i
            else:
                ranges.append([i, i])
    entries = [n for _, n in named] + aliases + sequences
    count = collections.Counter(w for n in entries for w in n.split(" "))
    words = [w for w, _ in count.most_common()]
    number = {w: k for k, w in enumerate(words)}
    short = 256 - (len(words) - 1) // 256 - 1  # lead bytes from here on carry the high part of a two-byte number
    while short + (256 - short) * 256 < len(words):
        short -= 1
    stream, starts = bytearray([0]), []
    for n in entries:
        starts.append(len(stream))
        parts = n.split(" ")
        stream.append(len(parts))
        for w in parts:
            k = number[w]
            if k < short:
                stream.append(k)
            else:
                stream += bytes([short + (k - short) // 256, (k - short) % 256])
    lexicon, offsets = "", []
    for w in words:
        offsets.append(len(lexicon))
        lexicon += w
    offsets.append(len(lexicon))
    emit(f"constexpr int kShortWords = {short};")
    emit_array("uint32_t", "kWordOffsets", offsets)
    emit("constexpr char kLexicon[] =")
    for k in range(0, len(lexicon), 150):
        emit('"' + lexicon[k:k + 150] + '"')
    emit(";")
    emit_array("uint8_t", "kNameStream", list(stream))
    where = [0] * COUNT
    for (code, _), k in zip(named, range(len(named))):
        where[code] = k + 1
    emit_two_level("kName", where, best_shift(where))
    emit_array("uint32_t", "kNameStarts", starts)
    emit(f"constexpr int kNamedCount = {len(named)}, kAliasCount = {len(aliases)}, kSequenceCount = {len(sequences)};")
    emit_array("uint32_t", "kNamedCodes", [c for c, _ in named] + [ord(ud.lookup(a)) for a in aliases])
    texts = [ud.lookup(s) for s in sequences]
    emit(f"constexpr char16_t kSequences[{len(texts)}][5] = {{")
    emit(",".join("{%d,%s}" % (len(t), ",".join(str(ord(x)) for x in t)) for t in texts))
    emit("};")
    buckets = 16384
    table = [[] for _ in range(buckets)]
    for k, n in enumerate(entries):
        table[name_hash(n) % buckets].append(k)
    bucket_starts, order = [], []
    for b in table:
        bucket_starts.append(len(order))
        order += b
    bucket_starts.append(len(order))
    emit(f"constexpr int kBuckets = {buckets};")
    emit_array("uint16_t", "kBucketStarts", bucket_starts)
    emit_array("uint16_t", "kBucketOrder", order)
    emit(f"constexpr uint32_t kIdeographs[{len(ranges)}][2] = {{" + ",".join("{0x%x,0x%x}" % tuple(r) for r in ranges) + "};")


def main():
    global out
    folder = sys.argv[1] if len(sys.argv) > 1 else "src/base"
    head = f"// Unicode {ud.unidata_version}. Made by tools/make_unicode_tables.py; do not edit."
    for name, make in (("unicode_tables.inc", make_tables), ("unicode_names.inc", make_names)):
        with open(f"{folder}/{name}", "w") as out:
            emit(head)
            make()


main()
