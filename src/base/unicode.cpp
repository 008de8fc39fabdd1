#include "base/unicode.h"

#include "base/unicode_data.h"

namespace habu {

namespace {

struct SpecialCase {
  char32_t lower[3], title[3], upper[3], fold[3];  // zero-terminated unless all three are used
};
using OldRecord = OldUnicode;

#include "base/unicode_tables.inc"

static_assert(kRecordShift == kUnicodeShift);

int copyMapping(const char32_t (&mapping)[3], char32_t* out) {
  int n = 0;
  while (n < 3 && mapping[n]) {
    out[n] = mapping[n];
    ++n;
  }
  return n;
}

constexpr const UnicodeRecord& recordAt(char32_t c) {
  if (c > 0x10ffff) c = 0x10ffff;
  constexpr unsigned kMask = (1u << kUnicodeShift) - 1;
  return kRecords[kRecordPage[(unsigned(kRecordIndex[c >> kUnicodeShift]) << kUnicodeShift) + (c & kMask)]];
}

consteval AsciiFlagTable makeAsciiFlags() {
  AsciiFlagTable table{};
  for (unsigned c = 0; c < 128; ++c) table.flags[c] = recordAt(c).flags;
  return table;
}

}  // namespace

constinit const AsciiFlagTable ascii_flag_table = makeAsciiFlags();

const UnicodeRecord& unicodeRecord(char32_t c) { return recordAt(c); }

#define FULL_MAPPING(function, field, simple)                                          \
  int function(char32_t c, char32_t* out) {                                            \
    const UnicodeRecord& r = recordAt(c);                                              \
    if (r.flags & kUniSpecialCase) return copyMapping(kSpecialCases[r.special].field, out); \
    out[0] = char32_t(int32_t(c) + r.simple);                                          \
    return 1;                                                                          \
  }
FULL_MAPPING(toLowerFull, lower, lower)
FULL_MAPPING(toUpperFull, upper, upper)
FULL_MAPPING(toTitleFull, title, title)
FULL_MAPPING(toFoldedFull, fold, lower)
#undef FULL_MAPPING

double numericValue(char32_t c) { return kNumbers[recordAt(c).number]; }
const char* categoryNameAt(int i) { return kCategories[i]; }
const char* bidiNameAt(int i) { return kBidis[i]; }
const char* widthNameAt(int i) { return kWidths[i]; }
const char* categoryName(const UnicodeRecord& r) { return kCategories[r.category]; }
const char* bidiName(const UnicodeRecord& r) { return kBidis[r.bidi]; }
const char* widthName(const UnicodeRecord& r) { return kWidths[r.width]; }

const OldUnicode& oldUnicode(char32_t c) {
  return kOldRecords[kOldRecordPage[(unsigned(kOldRecordIndex[c >> kOldRecordShift]) << kOldRecordShift) +
                                    (c & ((1u << kOldRecordShift) - 1))]];
}

Decomposition decompositionOf(char32_t c) {
  if (c > 0x10ffff) return {"", nullptr, 0};
  uint32_t at = kDecompositionPage[(unsigned(kDecompositionIndex[c >> kDecompositionShift]) << kDecompositionShift) +
                                   (c & ((1u << kDecompositionShift) - 1))];
  uint32_t head = kDecompositions[at];
  return {kPrefixes[head & 0xff], kDecompositions + at + 1, int(head >> 8)};
}

char32_t composePair(char32_t a, char32_t b) {
  for (uint32_t at = (a * 31 + b) & (kCompositionSize - 1); kCompositions[at].first; at = (at + 1) & (kCompositionSize - 1))
    if (kCompositions[at].first == a && kCompositions[at].second == b) return kCompositions[at].composed;
  return 0;
}

char32_t oldCorrection(char32_t c) {
  for (const auto& pair : kOldCorrections)
    if (pair[0] == c) return pair[1];
  return 0;
}

}  // namespace habu
