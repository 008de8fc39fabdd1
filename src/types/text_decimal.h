// Numbers in Unicode text: any decimal digit counts as the ASCII one, any white space as a blank.
#pragma once
#include "object/core.h"

namespace habu {

// `text` with decimal digits turned into '0'..'9', white space into ' ' and every other character above ASCII into '?'
// (from the first such on the rest does not matter to a parser of numbers).
Ref<Str> asciiDigits(ThreadState&, Str* text);
// Copies text without its underscores to `out` (room for all of it). False: one does not stand between two digits.
bool removeUnderscores(std::string_view text, char* out, size_t& length);

}  // namespace habu
