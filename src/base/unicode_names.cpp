// Character names: a list of word numbers for each (tools/make_unicode_tables.py, make_names), found again through a
// hash of the name. Ideographs and Hangul syllables have computed names.
#include <cstring>

#include "base/unicode.h"

namespace habu {

namespace {

#include "base/unicode_names.inc"

constexpr const char* kHangulLead[] = {"G", "GG", "N", "D", "DD", "R", "M", "B", "BB", "S", "SS", "", "J", "JJ", "C", "K", "T", "P", "H"};
constexpr const char* kHangulVowel[] = {"A", "AE", "YA", "YAE", "EO", "E", "YEO", "YE", "O", "WA", "WAE", "OE", "YO", "U", "WEO", "WE", "WI", "YU", "EU", "YI", "I"};
constexpr const char* kHangulTail[] = {"", "G", "GG", "GS", "N", "NJ", "NH", "D", "L", "LG", "LM", "LB", "LS", "LT", "LP", "LH", "M", "B", "BS", "S", "SS", "NG", "J", "C", "K", "T", "P", "H"};
constexpr char32_t kHangul = 0xac00;
constexpr unsigned kHangulCount = 11172;

bool isIdeograph(char32_t c) {
  for (const auto& range : kIdeographs)
    if (c >= range[0] && c <= range[1]) return true;
  return false;
}

int append(char* out, int at, const char* text) {
  while (*text) out[at++] = *text++;
  return at;
}

// The name of an entry (named characters first, then aliases, then sequences).
int entryName(uint32_t entry, char* out) {
  const uint8_t* p = kNameStream + kNameStarts[entry];
  int words = *p++, at = 0;
  for (int i = 0; i < words; ++i) {
    unsigned word = *p++;
    if (word >= unsigned(kShortWords)) word = unsigned(kShortWords) + (word - unsigned(kShortWords)) * 256 + *p++;
    if (i) out[at++] = ' ';
    uint32_t start = kWordOffsets[word], length = kWordOffsets[word + 1] - start;
    std::memcpy(out + at, kLexicon + start, length);
    at += int(length);
  }
  return at;
}

char upper(char c) { return c >= 'a' && c <= 'z' ? char(c - 32) : c; }

uint32_t nameHash(const char* name, size_t length) {
  uint32_t h = 0;
  for (size_t i = 0; i < length; ++i) h = h * 31 + uint8_t(upper(name[i]));
  return h ^ h >> 15;
}

bool matches(const char* name, size_t length, const char* text, size_t n) {
  if (length < n) return false;
  for (size_t i = 0; i < n; ++i)
    if (upper(name[i]) != text[i]) return false;
  return true;
}
// Computed names are found in upper case only.
bool startsWith(const char* name, size_t length, const char* text, size_t n) {
  return length >= n && std::memcmp(name, text, n) == 0;
}

// The longest of the syllable parts that the text starts with.
template <size_t N>
int longestPart(const char* const (&parts)[N], const char* text, size_t length, size_t& used) {
  int best = -1;
  used = 0;
  for (size_t i = 0; i < N; ++i) {
    size_t n = std::strlen(parts[i]);
    if ((best < 0 || n > used) && startsWith(text, length, parts[i], n)) {
      best = int(i);
      used = n;
    }
  }
  return best;
}

char32_t hangulByName(const char* name, size_t length) {
  size_t used;
  int lead = longestPart(kHangulLead, name, length, used);
  if (lead < 0) return 0;
  name += used, length -= used;
  int vowel = longestPart(kHangulVowel, name, length, used);
  if (vowel < 0) return 0;
  name += used, length -= used;
  int tail = longestPart(kHangulTail, name, length, used);
  if (tail < 0 || used != length) return 0;
  return kHangul + char32_t((lead * 21 + vowel) * 28 + tail);
}

char32_t ideographByName(const char* digits, size_t length) {
  if (length != 4 && length != 5) return 0;
  char32_t c = 0;
  for (size_t i = 0; i < length; ++i) {
    char d = digits[i];
    if (d >= '0' && d <= '9') c = c * 16 + char32_t(d - '0');
    else if (d >= 'A' && d <= 'F') c = c * 16 + char32_t(d - 'A' + 10);
    else return 0;
  }
  return isIdeograph(c) ? c : 0;
}

}  // namespace

int unicodeName(char32_t c, char* out) {
  if (c > 0x10ffff) return 0;
  if (c >= kHangul && c < kHangul + kHangulCount) {
    unsigned s = c - kHangul;
    int at = append(out, 0, "HANGUL SYLLABLE ");
    at = append(out, at, kHangulLead[s / 588]);
    at = append(out, at, kHangulVowel[s % 588 / 28]);
    return append(out, at, kHangulTail[s % 28]);
  }
  if (isIdeograph(c)) {
    int at = append(out, 0, "CJK UNIFIED IDEOGRAPH-");
    for (int shift = c > 0xffff ? 16 : 12; shift >= 0; shift -= 4) out[at++] = "0123456789ABCDEF"[c >> shift & 15];
    return at;
  }
  uint32_t entry = kNamePage[(unsigned(kNameIndex[c >> kNameShift]) << kNameShift) + (c & ((1u << kNameShift) - 1))];
  return entry ? entryName(entry - 1, out) : 0;
}

int unicodeLookup(const char* name, size_t length, bool sequences, char32_t* out, bool aliases) {
  if (length == 0 || length > size_t(kMaxUnicodeName) * 2) return 0;
  if (startsWith(name, length, "HANGUL SYLLABLE ", 16)) {
    if (char32_t c = hangulByName(name + 16, length - 16)) {
      out[0] = c;
      return 1;
    }
  }
  if (startsWith(name, length, "CJK UNIFIED IDEOGRAPH-", 22)) {
    out[0] = ideographByName(name + 22, length - 22);
    return out[0] != 0;
  }
  uint32_t bucket = nameHash(name, length) % uint32_t(kBuckets);
  for (unsigned i = kBucketStarts[bucket]; i < kBucketStarts[bucket + 1]; ++i) {
    char text[kMaxUnicodeName * 2];
    uint32_t entry = kBucketOrder[i];
    if (size_t(entryName(entry, text)) != length || !matches(name, length, text, length)) continue;
    if (entry >= uint32_t(kNamedCount) && !aliases) return 0;
    if (entry < uint32_t(kNamedCount + kAliasCount)) {
      out[0] = kNamedCodes[entry];
      return 1;
    }
    if (!sequences) return 0;
    const char16_t* sequence = kSequences[entry - uint32_t(kNamedCount + kAliasCount)];
    for (int k = 0; k < sequence[0]; ++k) out[k] = sequence[k + 1];
    return sequence[0];
  }
  return 0;
}

}  // namespace habu
