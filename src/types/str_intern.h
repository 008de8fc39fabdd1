// Interning, as the str type itself needs it; everybody else calls intern() of str.h.
#pragma once
#include "types/str.h"

namespace habu {

void forgetInterned(Str*);         // an interned str dies
void makeInternedImmortal(Str*);   // PyUnicode_InternImmortal

}  // namespace habu
