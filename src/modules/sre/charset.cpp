#include "modules/sre/charset.h"

#include <cstring>

namespace habu::sre {

bool inCategory(Category category, char32_t c) {
  switch (category) {
    case Category::Digit: return isAsciiDigit(c);
    case Category::NotDigit: return !isAsciiDigit(c);
    case Category::Space: return isAsciiSpace(c);
    case Category::NotSpace: return !isAsciiSpace(c);
    case Category::Word: return isAsciiWord(c);
    case Category::NotWord: return !isAsciiWord(c);
    case Category::Linebreak: return isNewline(c);
    case Category::NotLinebreak: return !isNewline(c);
    case Category::LocWord: return isLocaleWord(c);
    case Category::LocNotWord: return !isLocaleWord(c);
    case Category::UniDigit: return unicodeFlags(c) & kUniDecimal;
    case Category::UniNotDigit: return !(unicodeFlags(c) & kUniDecimal);
    case Category::UniSpace: return isUnicodeSpace(c);
    case Category::UniNotSpace: return !isUnicodeSpace(c);
    case Category::UniWord: return isUnicodeWord(c);
    case Category::UniNotWord: return !isUnicodeWord(c);
    case Category::UniLinebreak: return isLinebreak(c);
    case Category::UniNotLinebreak: return !isLinebreak(c);
  }
  return false;
}

bool inSetCode(const Code* set, char32_t c) {
  bool found = true;  // what a member answers; NEGATE turns it round
  for (;;) {
    switch (Op(*set++)) {
      case Op::Failure: return !found;
      case Op::Literal:
        if (c == set[0]) return found;
        ++set;
        break;
      case Op::Category:
        if (inCategory(Category(set[0]), c)) return found;
        ++set;
        break;
      case Op::Charset:  // 256 bits
        if (c < 256 && set[c / 32] >> (c & 31) & 1) return found;
        set += 8;
        break;
      case Op::Range:
        if (set[0] <= c && c <= set[1]) return found;
        set += 2;
        break;
      case Op::RangeUniIgnore: {
        if (set[0] <= c && c <= set[1]) return found;
        char32_t upper = toUpperSimple(c);
        if (set[0] <= upper && upper <= set[1]) return found;
        set += 2;
        break;
      }
      case Op::Negate: found = !found; break;
      case Op::BigCharset: {  // number of blocks, 256 block numbers as bytes, blocks of 256 bits
        Code blocks = *set++;
        int block = -1;
        if (c < 65536) block = reinterpret_cast<const uint8_t*>(set)[c >> 8];
        set += 64;
        if (block >= 0 && set[Code(block) * 8 + (c & 255) / 32] >> (c & 31) & 1) return found;
        set += blocks * 8;
        break;
      }
      default: return false;  // cannot be: the code was validated
    }
  }
}

bool inSetLocaleIgnore(const Code* set, char32_t c) {
  char32_t lower = lowerLocale(c);
  if (inSetCode(set, lower)) return true;
  char32_t upper = upperLocale(c);
  return upper != lower && inSetCode(set, upper);
}

}  // namespace habu::sre
