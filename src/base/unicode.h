// The Unicode Character Database, version 14.0 (tables: unicode_tables.inc, made by tools/make_unicode_tables.py).
#pragma once
#include <cstddef>
#include <cstdint>

namespace habu {

enum UnicodeFlag : uint32_t {
  kUniAlpha = 1, kUniDecimal = 1 << 1, kUniDigit = 1 << 2, kUniNumeric = 1 << 3, kUniLower = 1 << 4, kUniUpper = 1 << 5,
  kUniTitle = 1 << 6, kUniSpace = 1 << 7, kUniLinebreak = 1 << 8, kUniPrintable = 1 << 9, kUniXidStart = 1 << 10,
  kUniXidContinue = 1 << 11, kUniCased = 1 << 12, kUniCaseIgnorable = 1 << 13, kUniMirrored = 1 << 14,
  kUniSpecialCase = 1 << 15,  // a full case mapping differs from the simple one
  kUniAlnum = kUniAlpha | kUniDecimal | kUniDigit | kUniNumeric,
};

struct UnicodeRecord {
  int32_t upper, lower, title;  // simple mappings: distance from the character
  uint16_t special;             // index of the full mappings when kUniSpecialCase is set
  uint16_t flags;
  uint8_t category, bidi, combining, width;  // indices into the names below; combining class
  uint8_t decimal, digit;                    // 255: none
  uint8_t number;                            // index of the numeric value, 0: none
  uint8_t quick;  // bits 0-1 NFD, 2-3 NFKD, 4-5 NFC, 6-7 NFKC: 0 yes, 1 no, 2 maybe
};

inline constexpr int kUnicodeShift = 7;
struct AsciiFlagTable {
  uint16_t flags[128];
};
extern const AsciiFlagTable ascii_flag_table;

const UnicodeRecord& unicodeRecord(char32_t c);  // characters above 10FFFF: unassigned
// The flags of a character.
inline uint32_t unicodeFlags(char32_t c) {
  if (c < 128) return ascii_flag_table.flags[c];
  return unicodeRecord(c).flags;
}
inline bool isXidStart(char32_t c) { return unicodeFlags(c) & kUniXidStart; }        // without '_'
inline bool isXidContinue(char32_t c) { return unicodeFlags(c) & kUniXidContinue; }
inline bool isUnicodeSpace(char32_t c) { return unicodeFlags(c) & kUniSpace; }
inline bool isLinebreak(char32_t c) { return unicodeFlags(c) & kUniLinebreak; }
inline bool isPrintable(char32_t c) { return unicodeFlags(c) & kUniPrintable; }
inline bool isAlnum(char32_t c) { return unicodeFlags(c) & kUniAlnum; }

// Simple mappings: one character to one character.
inline char32_t toUpperSimple(char32_t c) { return char32_t(int32_t(c) + unicodeRecord(c).upper); }
inline char32_t toLowerSimple(char32_t c) {
  if (c < 128) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  return char32_t(int32_t(c) + unicodeRecord(c).lower);
}
inline char32_t toTitleSimple(char32_t c) { return char32_t(int32_t(c) + unicodeRecord(c).title); }
// Full mappings: up to three characters into `out`; how many. (The context of a final sigma is the caller's affair.)
int toLowerFull(char32_t c, char32_t* out);
int toUpperFull(char32_t c, char32_t* out);
int toTitleFull(char32_t c, char32_t* out);
int toFoldedFull(char32_t c, char32_t* out);

inline int decimalValue(char32_t c) {  // -1: none
  if (c < 128) return c >= '0' && c <= '9' ? int(c - '0') : -1;
  uint8_t d = unicodeRecord(c).decimal;
  return d == 255 ? -1 : d;
}
inline int digitValue(char32_t c) {
  uint8_t d = unicodeRecord(c).digit;
  return d == 255 ? -1 : d;
}
double numericValue(char32_t c);  // -1.0: none

const char* categoryName(const UnicodeRecord&);
const char* bidiName(const UnicodeRecord&);
const char* widthName(const UnicodeRecord&);

// Unicode 3.2 as the difference to the present: what unicodedata.ucd_3_2_0 shows.
struct OldUnicode {
  uint8_t category, bidi, mirrored, width;  // 255: unchanged. Category 0: unassigned
  uint8_t decimal;                          // 254: unchanged, 255: none
  double number;                            // -2.0: unchanged
};
const OldUnicode& oldUnicode(char32_t c);
const char* categoryNameAt(int index);
const char* bidiNameAt(int index);
const char* widthNameAt(int index);

// ---- normalisation (unicode_normalize.cpp) ----
enum class NormalForm : int { Nfd = 0, Nfkd = 1, Nfc = 2, Nfkc = 3 };

// One level of a character's decomposition: `prefix` is "<compat>" and the like, empty for a canonical one.
struct Decomposition {
  const char* prefix;
  const uint32_t* codes;
  int count;  // 0: none
};
Decomposition decompositionOf(char32_t c);

// Growable text of code points on the C heap.
class CodePoints {
 public:
  CodePoints() = default;
  CodePoints(const CodePoints&) = delete;
  ~CodePoints();
  bool push(char32_t c) {
    if (size_ == capacity_ && !grow()) return false;
    data_[size_++] = c;
    return true;
  }
  char32_t* data() { return data_; }
  size_t size() const { return size_; }
  void truncate(size_t size) { size_ = size; }

 private:
  bool grow();
  char32_t* data_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
};

// Is text[0..n) in the form? 1 yes, 0 no, -1 only normalising can tell.
template <class C>
int quickNormal(NormalForm, const C* text, size_t n);
// Appends the normalised text; false when out of memory. `old`: by the rules of Unicode 3.2.
template <class C>
bool normalizeText(NormalForm, const C* text, size_t n, CodePoints& out, bool old = false);
extern template int quickNormal(NormalForm, const uint8_t*, size_t);
extern template int quickNormal(NormalForm, const char16_t*, size_t);
extern template int quickNormal(NormalForm, const char32_t*, size_t);
extern template bool normalizeText(NormalForm, const uint8_t*, size_t, CodePoints&, bool);
extern template bool normalizeText(NormalForm, const char16_t*, size_t, CodePoints&, bool);
extern template bool normalizeText(NormalForm, const char32_t*, size_t, CodePoints&, bool);

// ---- names (unicode_names.cpp) ----
inline constexpr int kMaxUnicodeName = 128;
// Writes the name without a terminator; its length, or 0: the character has none.
int unicodeName(char32_t c, char* out);
// The characters with that name or alias, in any letter case: `\N{...}`. At most one unless `sequences` (then up to 4).
// How many; 0: no such name.
int unicodeLookup(const char* name, size_t length, bool sequences, char32_t* out, bool aliases = true);

}  // namespace habu
