// Character tests of regular expressions: categories, sets, letter case.
#pragma once
#include <ctype.h>

#include "base/unicode.h"
#include "modules/sre/constants.h"

namespace habu::sre {

inline bool isAsciiDigit(char32_t c) { return c - '0' < 10u; }
inline bool isAsciiSpace(char32_t c) { return c == ' ' || c - '\t' < 5u; }
inline bool isAsciiWord(char32_t c) { return c < 128 && (isAsciiDigit(c) || (c | 32) - 'a' < 26u || c == '_'); }
inline bool isNewline(char32_t c) { return c == '\n'; }
inline bool isUnicodeWord(char32_t c) { return isAlnum(c) || c == '_'; }
inline bool isLocaleWord(char32_t c) { return (c < 256 && isalnum(int(c))) || c == '_'; }

inline char32_t lowerAscii(char32_t c) { return c - 'A' < 26u ? c + 32 : c; }
inline char32_t lowerLocale(char32_t c) { return c < 256 ? char32_t(tolower(int(c))) : c; }
inline char32_t upperLocale(char32_t c) { return c < 256 ? char32_t(toupper(int(c))) : c; }

bool inCategory(Category, char32_t);
// Walks the set that starts at `set`.
bool inSetCode(const Code* set, char32_t);
bool inSetLocaleIgnore(const Code* set, char32_t);

}  // namespace habu::sre
