// Letter case of str, by the full mappings of Unicode (SpecialCasing.txt, final sigma).
#include <cstdlib>

#include "base/unicode.h"
#include "object/protocol.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"

namespace habu {

namespace {

constexpr char32_t kCapitalSigma = 0x3a3, kSigma = 0x3c3, kFinalSigma = 0x3c2;

// A capital sigma at the end of a word becomes the final form: a cased character stands before it and none after it,
// case-ignorable ones not counted.
char32_t lowerSigma(const Str* s, Index at) {
  Index j = at - 1;
  uint32_t flags = 0;
  for (; j >= 0; --j)
    if (!((flags = unicodeFlags((*s)[j])) & kUniCaseIgnorable)) break;
  if (j < 0 || !(flags & kUniCased)) return kSigma;
  for (j = at + 1; j < s->length; ++j)
    if (!((flags = unicodeFlags((*s)[j])) & kUniCaseIgnorable)) break;
  return j == s->length || !(flags & kUniCased) ? kFinalSigma : kSigma;
}

int lowerAt(const Str* s, Index at, char32_t c, char32_t* out) {
  if (c == kCapitalSigma) {
    out[0] = lowerSigma(s, at);
    return 1;
  }
  return toLowerFull(c, out);
}

// Maps every character by f(position, character, out), which tells how many it wrote.
template <class F>
Ref<Str> mapChars(ThreadState& ts, Str* s, F f) {
  StrBuilder out(ts);
  if (!out.reserve(s->length, maxChar(s))) return Raised{};
  for (Index i = 0; i < s->length; ++i) {
    char32_t mapped[3];
    int n = f(i, (*s)[i], mapped);
    for (int k = 0; k < n; ++k)
      if (!out.append(mapped[k])) return Raised{};
  }
  Ref<Str> made = TRY(out.finish());
  return narrowest(ts, std::move(made));
}

template <class F>
Ref<Str> mapAscii(ThreadState& ts, Str* s, F f) {
  if (s->length == 0) return emptyStr();
  Ref<Str> made = TRY(newStrUninitialized(ts, s->length, 0x7f));
  const uint8_t* from = s->ucs1();
  auto* to = static_cast<uint8_t*>(made->data());
  for (Index i = 0; i < s->length; ++i) to[i] = f(from[i]);
  if (s->length == 1) return strFromChar(ts, to[0]);
  return made;
}
constexpr bool lowerLetter(uint8_t c) { return uint8_t(c - 'a') < 26; }
constexpr bool upperLetter(uint8_t c) { return uint8_t(c - 'A') < 26; }
constexpr uint8_t asciiLower(uint8_t c) { return uint8_t(c | (upperLetter(c) ? 0x20 : 0)); }
constexpr uint8_t asciiUpper(uint8_t c) { return uint8_t(c & ~(lowerLetter(c) ? 0x20 : 0)); }

}  // namespace

Ref<Str> narrowest(ThreadState& ts, Ref<Str> s) {
  if (s->isAscii() || s->length == 0) return s;
  char32_t bound = visitText(s.get(), [&](const auto* p) { return textBound(p, s->length); });
  if (bound >= maxChar(s.get())) return s;
  return strFromKind(ts, s->kind(), s->data(), s->length);
}

Ref<Str> strLower(ThreadState& ts, Str* s) {
  if (s->isAscii()) return mapAscii(ts, s, asciiLower);
  return mapChars(ts, s, [s](Index i, char32_t c, char32_t* out) { return lowerAt(s, i, c, out); });
}
Ref<Str> strUpper(ThreadState& ts, Str* s) {
  if (s->isAscii()) return mapAscii(ts, s, asciiUpper);
  return mapChars(ts, s, [](Index, char32_t c, char32_t* out) { return toUpperFull(c, out); });
}
Ref<Str> strCasefold(ThreadState& ts, Str* s) {
  if (s->isAscii()) return mapAscii(ts, s, asciiLower);
  return mapChars(ts, s, [](Index, char32_t c, char32_t* out) { return toFoldedFull(c, out); });
}
Ref<Str> strCapitalize(ThreadState& ts, Str* s) {
  if (s->isAscii()) {
    bool first = true;
    return mapAscii(ts, s, [&first](uint8_t c) { return std::exchange(first, false) ? asciiUpper(c) : asciiLower(c); });
  }
  return mapChars(ts, s, [s](Index i, char32_t c, char32_t* out) { return i ? lowerAt(s, i, c, out) : toTitleFull(c, out); });
}
Ref<Str> strTitle(ThreadState& ts, Str* s) {
  if (s->isAscii()) {
    bool inside = false;
    return mapAscii(ts, s, [&inside](uint8_t c) {
      bool start = !std::exchange(inside, lowerLetter(c) || upperLetter(c));
      return start ? asciiUpper(c) : asciiLower(c);
    });
  }
  bool inside = false;
  return mapChars(ts, s, [s, &inside](Index i, char32_t c, char32_t* out) {
    int n = inside ? lowerAt(s, i, c, out) : toTitleFull(c, out);
    inside = unicodeFlags(c) & kUniCased;
    return n;
  });
}
Ref<Str> strSwapcase(ThreadState& ts, Str* s) {
  if (s->isAscii()) return mapAscii(ts, s, [](uint8_t c) { return lowerLetter(c) ? asciiUpper(c) : asciiLower(c); });
  return mapChars(ts, s, [s](Index i, char32_t c, char32_t* out) {
    uint32_t flags = unicodeFlags(c);
    if (flags & kUniUpper) return lowerAt(s, i, c, out);
    if (flags & kUniLower) return toUpperFull(c, out);
    out[0] = c;
    return 1;
  });
}

// ---- properties ----

namespace {
template <class F>
bool allChars(const Str* s, F test) {
  return visitText(s, [&](const auto* p) {
    for (Index i = 0; i < s->length; ++i)
      if (!test(char32_t(p[i]))) return false;
    return true;
  });
}
template <uint32_t kFlags>
bool allHave(const Str* s) {
  return s->length > 0 && allChars(s, [](char32_t c) { return (unicodeFlags(c) & kFlags) != 0; });
}
// At least one character of the wanted case, none of the others.
bool allCased(const Str* s, uint32_t wanted, uint32_t unwanted) {
  bool any = false;
  return allChars(s, [&](char32_t c) {
           uint32_t flags = unicodeFlags(c);
           any |= (flags & wanted) != 0;
           return !(flags & unwanted);
         }) && any;
}
}  // namespace

bool strIsspace(ThreadState&, Str* s) { return allHave<kUniSpace>(s); }
bool strIsalpha(ThreadState&, Str* s) { return allHave<kUniAlpha>(s); }
bool strIsalnum(ThreadState&, Str* s) { return allHave<kUniAlnum>(s); }
bool strIsdecimal(ThreadState&, Str* s) { return allHave<kUniDecimal>(s); }
bool strIsdigit(ThreadState&, Str* s) { return allHave<kUniDigit>(s); }
bool strIsnumeric(ThreadState&, Str* s) { return allHave<kUniNumeric>(s); }
bool strIsprintable(ThreadState&, Str* s) { return s->length == 0 || allHave<kUniPrintable>(s); }
bool strIsascii(ThreadState&, Str* s) { return s->isAscii(); }
bool strIslower(ThreadState&, Str* s) { return allCased(s, kUniLower, kUniUpper | kUniTitle); }
bool strIsupper(ThreadState&, Str* s) { return allCased(s, kUniUpper, kUniLower | kUniTitle); }
bool strIstitle(ThreadState&, Str* s) {
  bool any = false, inside = false;
  return allChars(s, [&](char32_t c) {
           uint32_t flags = unicodeFlags(c);
           if (flags & (kUniUpper | kUniTitle)) {
             if (inside) return false;
             inside = any = true;
           } else if (flags & kUniLower) {
             if (!inside) return false;
             any = true;
           } else {
             inside = false;
           }
           return true;
         }) && any;
}
bool strIsidentifier(ThreadState&, Str* s) { return isIdentifier(s); }

bool isIdentifier(const Str* s) {
  if (s->length == 0) return false;
  char32_t first = (*s)[0];
  if (first != '_' && !isXidStart(first)) return false;
  return allChars(s, [](char32_t c) { return isXidContinue(c); });
}

}  // namespace habu
