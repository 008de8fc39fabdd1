// Table access shared by the unicode_*.cpp files.
#pragma once
#include <cstdint>

namespace habu {

struct Composition {
  uint32_t first, second, composed;
};
// The primary composite of a pair from the table (Hangul not included); 0: none.
char32_t composePair(char32_t a, char32_t b);
// Unicode 3.2's canonical mapping of the few characters corrected since (UAX 15, Corrigenda); 0: unchanged.
char32_t oldCorrection(char32_t c);

}  // namespace habu
