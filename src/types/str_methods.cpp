// The method table of str, its constructor, translate, padding.
#include "types/str_methods.h"

#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str_kinds.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kMax = std::numeric_limits<Index>::max();

// ---- construction ----

Ref<> newSubtype(ThreadState& ts, Type* type, Str* text) {
  auto* s = reinterpret_cast<LegacyStr*>(type->alloc(type, 0));
  if (!s) return {};
  Ref<> made = Ref<>::steal(s);
  size_t size = (size_t(text->length) + 1) * size_t(text->kind());
  s->length = text->length;
  s->hash = text->hash;
  s->state = {.interned = 0, .kind = unsigned(text->kind()), .compact = 0, .ascii = text->isAscii(), .ready = 1};
  s->any = allocate(size);
  if (!s->any) return raiseNoMemory(ts);
  std::memcpy(s->any, text->data(), size);
  if (text->isAscii()) {  // ASCII is its own UTF-8
    s->utf8 = static_cast<char*>(s->any);
    s->utf8_length = text->length;
  }
  return made;
}

Ref<> make(ThreadState& ts, Type* type, Object* object, std::optional<std::string_view> encoding,
           std::optional<std::string_view> errors) {
  Ref<Str> text;
  if (!object) text = emptyStr();
  else if (!encoding && !errors) text = TRY(strOf(ts, object));
  else text = TRY(decodeObject(ts, object, encoding ? encoding->data() : nullptr, errors ? errors->data() : nullptr));
  if (type == &kStrType) return text;
  return newSubtype(ts, type, text.get());
}

// ---- translate ----

// What a table says about a character.
struct Mapped {
  enum class Kind : uint8_t { Same, Deleted, Char, Text } kind = Kind::Same;
  char32_t c = 0;
  Ref<Str> text;
};
Result<Mapped> lookUp(ThreadState& ts, Object* table, char32_t c) {
  Mapped m;
  Ref<Int> key = TRY(newInt(ts, c));
  Ref<> value = getItem(ts, table, reinterpret_cast<Object*>(key.get()));
  if (!value) {
    if (!errorMatches(ts, kLookupError)) return Raised{};
    clearError(ts);
    return m;
  }
  if (isNone(value.get())) {
    m.kind = Mapped::Kind::Deleted;
  } else if (isInt(value.get())) {
    int overflow = 0;
    long long v = toLongLong(reinterpret_cast<Int*>(value.get()), overflow);
    if (overflow || v < 0 || v > 0x10ffff) return raise(ts, kValueError, "character mapping must be in range(0x110000)");
    m.kind = Mapped::Kind::Char;
    m.c = char32_t(v);
  } else if (isStr(value.get())) {
    m.text = cast<Str>(std::move(value));
    m.kind = m.text->length == 1 ? Mapped::Kind::Char : Mapped::Kind::Text;
    if (m.text->length == 1) m.c = (*m.text)[0];
  } else {
    return raise(ts, kTypeError, "character mapping must return integer, None or str");
  }
  return m;
}

Ref<Str> padded(ThreadState& ts, Str* s, Index left, Index right, char32_t fill) {
  if (left < 0) left = 0;
  if (right < 0) right = 0;
  if (left == 0 && right == 0) return exactStr(ts, s);
  if (left > kMax - s->length || right > kMax - (left + s->length)) return raise(ts, kOverflowError, "padded string is too long");
  Ref<Str> made = TRY(newStrUninitialized(ts, left + s->length + right, fill > maxChar(s) ? fill : maxChar(s)));
  fillChars(made.get(), 0, left, fill);
  copyChars(made.get(), left, s, 0, s->length);
  fillChars(made.get(), left + s->length, right, fill);
  return made;
}

struct FillChar {
  char32_t value;
};
}  // namespace

template <>
struct Arg<FillChar> {
  static Result<FillChar> from(ThreadState& ts, Object* o, ArgSite) {
    if (!isStr(o)) return raise(ts, kTypeError, "The fill character must be a unicode character, not {:.100}", typeName(o));
    auto* s = static_cast<Str*>(o);
    if (s->length != 1) return raise(ts, kTypeError, "The fill character must be exactly one character long");
    return FillChar{(*s)[0]};
  }
};

namespace {

Ref<Str> center(ThreadState& ts, Str* s, Index width, std::optional<FillChar> fill) {
  Index room = width - s->length;
  if (width <= s->length) return exactStr(ts, s);
  Index left = room / 2 + (room & width & 1);
  return padded(ts, s, left, room - left, fill ? fill->value : U' ');
}
Ref<Str> ljust(ThreadState& ts, Str* s, Index width, std::optional<FillChar> fill) {
  return padded(ts, s, 0, width <= s->length ? 0 : width - s->length, fill ? fill->value : U' ');
}
Ref<Str> rjust(ThreadState& ts, Str* s, Index width, std::optional<FillChar> fill) {
  return padded(ts, s, width <= s->length ? 0 : width - s->length, 0, fill ? fill->value : U' ');
}
Ref<Str> zfill(ThreadState& ts, Str* s, Index width) {
  if (width <= s->length) return exactStr(ts, s);
  Index room = width - s->length;
  Ref<Str> made = TRY(padded(ts, s, room, 0, '0'));
  char32_t sign = s->length ? (*s)[0] : 0;
  if (sign == '+' || sign == '-') {
    putChar(made.get(), 0, sign);
    putChar(made.get(), room, '0');
  }
  return made;
}

Ref<Str> expandtabs(ThreadState& ts, Str* s, std::optional<int> tab_size) {
  int tab = tab_size.value_or(8);
  Index total = 0, column = 0;
  bool found = false;
  for (Index i = 0; i < s->length; ++i) {
    char32_t c = (*s)[i];
    Index step = 1;
    if (c == '\t') {
      found = true;
      step = tab > 0 ? tab - column % tab : 0;
    }
    if (step > kMax - total) return raise(ts, kOverflowError, "new string is too long");
    total += step;
    column = c == '\n' || c == '\r' ? 0 : column + step;
  }
  if (!found) return exactStr(ts, s);
  Ref<Str> made = TRY(newStrUninitialized(ts, total, maxChar(s)));
  Index out = 0;
  column = 0;
  for (Index i = 0; i < s->length; ++i) {
    char32_t c = (*s)[i];
    if (c != '\t') {
      putChar(made.get(), out++, c);
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    } else if (tab > 0) {
      Index step = tab - column % tab;
      fillChars(made.get(), out, step, ' ');
      out += step;
      column += step;
    }
  }
  return made;
}

Ref<Bytes> encode(ThreadState& ts, Str* s, std::optional<std::string_view> encoding, std::optional<std::string_view> errors) {
  return encodeText(ts, s, encoding ? encoding->data() : nullptr, errors ? errors->data() : nullptr);
}
Index size(ThreadState&, Str* s) {
  if (!s->state.compact) {
    auto* legacy = static_cast<LegacyStr*>(s);
    Index n = Index(sizeof(LegacyStr)) + (s->length + 1) * Index(s->kind());
    return legacy->utf8 && legacy->utf8 != legacy->any ? n + legacy->utf8_length + 1 : n;
  }
  if (s->isAscii()) return Index(sizeof(Str)) + s->length + 1;
  auto* compact = static_cast<CompactStr*>(s);
  return Index(sizeof(CompactStr)) + (s->length + 1) * Index(s->kind()) + (compact->utf8 ? compact->utf8_length + 1 : 0);
}
Ref<Tuple> newArguments(ThreadState& ts, Str* s) {
  Ref<Str> copy = TRY(newStrUninitialized(ts, s->length, maxChar(s)));
  if (s->length) copyChars(copy.get(), 0, s, 0, s->length);
  return packTuple(ts, {copy.get()});
}

Ref<Str> formatMap(ThreadState& ts, Str* s, Object* mapping) { return strFormatMap(ts, s, mapping); }

// One of the keys and values of str.maketrans(dict).
Status addPair(ThreadState& ts, Dict* out, Object* key, Object* value) {
  if (isStr(key)) {
    auto* text = static_cast<Str*>(key);
    if (text->length != 1) return raise(ts, kValueError, "string keys in translate table must be of length 1");
    Ref<Int> code = TRY(newInt(ts, (*text)[0]));
    return dictSet(ts, out, reinterpret_cast<Object*>(code.get()), value);
  }
  if (!isInt(key)) return raise(ts, kTypeError, "keys in translate table must be strings or integers");
  return dictSet(ts, out, key, value);
}

Ref<Dict> maketrans(ThreadState& ts, Object* x, Str* y, Str* z) {
  Ref<Dict> out = TRY(newDict(ts));
  if (!y) {
    if (!isExactDict(x)) return raise(ts, kTypeError, "if you give only one argument to maketrans it must be a dict");
    DictCursor c(static_cast<Dict*>(x));
    while (c.next()) {
      Ref<> key = share(c.key), value = share(c.value);
      TRY(addPair(ts, out.get(), key.get(), value.get()));
    }
    return out;
  }
  if (!isStr(x)) return raise(ts, kTypeError, "first maketrans argument must be a string if there is a second argument");
  auto* from = static_cast<Str*>(x);
  if (from->length != y->length) return raise(ts, kValueError, "the first two maketrans arguments must have equal length");
  for (Index i = 0; i < from->length; ++i) {
    Ref<Int> key = TRY(newInt(ts, (*from)[i])), value = TRY(newInt(ts, (*y)[i]));
    TRY(dictSet(ts, out.get(), reinterpret_cast<Object*>(key.get()), reinterpret_cast<Object*>(value.get())));
  }
  for (Index i = 0; z && i < z->length; ++i) {
    Ref<Int> key = TRY(newInt(ts, (*z)[i]));
    TRY(dictSet(ts, out.get(), reinterpret_cast<Object*>(key.get()), &kNoneObject));
  }
  return out;
}

}  // namespace

Ref<Str> strTranslate(ThreadState& ts, Str* s, Object* table) {
  StrBuilder out(ts);
  if (!out.reserve(s->length, 0x7f)) return Raised{};
  // What the table said about ASCII characters whose image is one character: kUnknown, kDeleted or the character.
  constexpr char32_t kUnknown = 0xffffffff, kDeleted = 0xfffffffe;
  char32_t known[128];
  for (char32_t& k : known) k = kUnknown;
  for (Index i = 0; i < s->length; ++i) {
    char32_t c = (*s)[i];
    if (c < 128 && known[c] != kUnknown) {
      if (known[c] != kDeleted && !out.append(known[c])) return Raised{};
      continue;
    }
    Mapped m = TRY(lookUp(ts, table, c));
    if (m.kind == Mapped::Kind::Text) {
      if (!out.append(m.text.get())) return Raised{};
      continue;
    }
    char32_t image = m.kind == Mapped::Kind::Same ? c : m.kind == Mapped::Kind::Deleted ? kDeleted : m.c;
    if (c < 128) known[c] = image;
    if (image != kDeleted && !out.append(image)) return Raised{};
  }
  return out.finish();
}

// clang-format off
constinit const MethodDef kStrMethods[] = {
    METHOD(encode, "($self, /, encoding='utf-8', errors='strict')", "The text as bytes in the given encoding.\n\nerrors names the handler of characters that cannot be encoded: 'strict' raises\nUnicodeEncodeError, 'ignore', 'replace', 'xmlcharrefreplace' and registered ones go on."),
    METHOD_AS("replace", strReplace, "($self, old, new, count=-1, /)", "A copy with the first count occurrences of old (-1: all) replaced by new."),
    METHOD_AS("split", strSplit, "($self, /, sep=None, maxsplit=-1)", "The parts between separators (None: runs of whitespace).\n\nAt most maxsplit splits are made, from the left; -1 means no limit."),
    METHOD_AS("rsplit", strRsplit, "($self, /, sep=None, maxsplit=-1)", "The parts between separators (None: runs of whitespace).\n\nAt most maxsplit splits are made, from the right; -1 means no limit."),
    METHOD_AS("join", strJoin, "($self, iterable, /)", "The strings of the iterable with this one between them."),
    METHOD_AS("capitalize", strCapitalize, "($self, /)", "A copy with the first character in title case and the rest in lower case."),
    METHOD_AS("casefold", strCasefold, "($self, /)", "A copy for caseless comparison."),
    METHOD_AS("title", strTitle, "($self, /)", "A copy with each word in title case."),
    METHOD(center, "($self, width, fillchar=' ', /)", "A copy padded on both sides to the width."),
    METHOD_POSITIONAL("count", strCount, "S.count(sub[, start[, end]]) -> int\n\nHow often sub occurs in S[start:end], without overlaps."),
    METHOD(expandtabs, "($self, /, tabsize=8)", "A copy with every tab expanded by spaces."),
    METHOD_POSITIONAL("find", strFind, "S.find(sub[, start[, end]]) -> int\n\nThe lowest position of sub in S[start:end], or -1."),
    METHOD_AS("partition", strPartition, "($self, sep, /)", "What stands before the first sep, sep itself, and what follows."),
    METHOD_POSITIONAL("index", strIndex, "S.index(sub[, start[, end]]) -> int\n\nAs find(), but ValueError when sub is not there."),
    METHOD(ljust, "($self, width, fillchar=' ', /)", "A copy padded on the right to the width."),
    METHOD_AS("lower", strLower, "($self, /)", "A copy in lower case."),
    METHOD_AS("lstrip", strLstrip, "($self, chars=None, /)", "A copy without the leading characters of chars (None: whitespace)."),
    METHOD_POSITIONAL("rfind", strRfind, "S.rfind(sub[, start[, end]]) -> int\n\nThe highest position of sub in S[start:end], or -1."),
    METHOD_POSITIONAL("rindex", strRindex, "S.rindex(sub[, start[, end]]) -> int\n\nAs rfind(), but ValueError when sub is not there."),
    METHOD(rjust, "($self, width, fillchar=' ', /)", "A copy padded on the left to the width."),
    METHOD_AS("rstrip", strRstrip, "($self, chars=None, /)", "A copy without the trailing characters of chars (None: whitespace)."),
    METHOD_AS("rpartition", strRpartition, "($self, sep, /)", "What stands before the last sep, sep itself, and what follows."),
    METHOD_AS("splitlines", strSplitlines, "($self, /, keepends=False)", "The lines, with their ends if keepends is true."),
    METHOD_AS("strip", strStrip, "($self, chars=None, /)", "A copy without leading and trailing characters of chars (None: whitespace)."),
    METHOD_AS("swapcase", strSwapcase, "($self, /)", "A copy with upper case made lower and lower case made upper."),
    METHOD_AS("translate", strTranslate, "($self, table, /)", "A copy with each character mapped through the table (see str.maketrans).\n\nThe table maps code points to code points, strings or None (delete);\na LookupError leaves the character as it is."),
    METHOD_AS("upper", strUpper, "($self, /)", "A copy in upper case."),
    METHOD_POSITIONAL("startswith", strStartswith, "S.startswith(prefix[, start[, end]]) -> bool\n\nDoes S[start:end] start with the prefix, or with one of a tuple of them?"),
    METHOD_POSITIONAL("endswith", strEndswith, "S.endswith(suffix[, start[, end]]) -> bool\n\nDoes S[start:end] end with the suffix, or with one of a tuple of them?"),
    METHOD_AS("removeprefix", strRemovePrefix, "($self, prefix, /)", "A copy without the prefix, if it is there."),
    METHOD_AS("removesuffix", strRemoveSuffix, "($self, suffix, /)", "A copy without the suffix, if it is there."),
    METHOD_AS("isascii", strIsascii, "($self, /)", "True if all characters are ASCII; the empty string is."),
    METHOD_AS("islower", strIslower, "($self, /)", "True if there are cased characters and all of them are in lower case."),
    METHOD_AS("isupper", strIsupper, "($self, /)", "True if there are cased characters and all of them are in upper case."),
    METHOD_AS("istitle", strIstitle, "($self, /)", "True if each word starts in upper or title case and goes on in lower case."),
    METHOD_AS("isspace", strIsspace, "($self, /)", "True if there are characters and all are whitespace."),
    METHOD_AS("isdecimal", strIsdecimal, "($self, /)", "True if there are characters and all are decimal digits."),
    METHOD_AS("isdigit", strIsdigit, "($self, /)", "True if there are characters and all are digits."),
    METHOD_AS("isnumeric", strIsnumeric, "($self, /)", "True if there are characters and all have a numeric value."),
    METHOD_AS("isalpha", strIsalpha, "($self, /)", "True if there are characters and all are letters."),
    METHOD_AS("isalnum", strIsalnum, "($self, /)", "True if there are characters and all are letters or numeric."),
    METHOD_AS("isidentifier", strIsidentifier, "($self, /)", "True if the string is an identifier of the language.\n\nkeyword.iskeyword() tells whether it is a reserved word."),
    METHOD_AS("isprintable", strIsprintable, "($self, /)", "True if repr() shows all characters as they are; the empty string is."),
    METHOD(zfill, "($self, width, /)", "A copy padded with zeros on the left, behind the sign."),
    METHOD_RAW("format", strFormat, "S.format(*args, **kwargs) -> str\n\nA copy with the fields in braces replaced by formatted arguments."),
    METHOD_UNSIGNED("format_map", formatMap, "($self, mapping, /)", "S.format_map(mapping) -> str\n\nA copy with the fields in braces replaced by formatted values of the mapping."),
    METHOD_AS("__format__", strFormatSpec, "($self, format_spec, /)", "The string formatted as the specification says."),
    ::habu::detail::named(::habu::detail::bindMethod<maketrans, "maketrans", "(x, y=0, z=0, /)", kMethStatic>("A table for str.translate().\n\nFrom a dict of code points or characters, or from two strings of equal length that are\nmapped onto each other, and a third one whose characters are deleted."), "maketrans"),
    METHOD_AS("__sizeof__", size, "($self, /)", "The size of the string in memory, in bytes."),
    METHOD_UNSIGNED("__getnewargs__", newArguments, "($self, /)", ""),
    {}};
// clang-format on

Object* makeStr(Type* type, Object* args, Object* keywords) {
  return CONSTRUCTOR(make, "str", "(object='', encoding='utf-8', errors='strict')")(type, args, keywords);
}

}  // namespace habu
