// The format specification mini-language: [[fill]align][sign][z][#][0][width][,_][.precision][type]
#pragma once
#include "object/core.h"

namespace habu {

struct FormatSpec {
  char32_t fill = ' ';
  char align = '>';  // < > = ^
  char sign = 0;     // + - or blank; 0: not given
  bool no_negative_zero = false, alternate = false;
  bool fill_given = false, align_given = false;
  char thousands = 0;     // , or _; 0: none
  Index width = -1, precision = -1;  // -1: not given
  char32_t type = 0;
};

// Reads `spec` for `value` (its type's name appears in messages). ValueError.
Status parseFormatSpec(ThreadState&, FormatSpec&, Str* spec, Object* value, char32_t default_type, char default_align);
// "Unknown format code 'd' for object of type 'str'"
Raised raiseUnknownFormatCode(ThreadState&, char32_t type, Object* value);

}  // namespace habu
