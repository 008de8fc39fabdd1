#include "types/text_decimal.h"

#include "base/unicode.h"
#include "types/str.h"

namespace habu {

Ref<Str> asciiDigits(ThreadState& ts, Str* text) {
  if (text->isAscii()) return share(text);
  Ref<Str> r = TRY(newStrUninitialized(ts, text->length, 0x7f));
  auto* out = static_cast<char*>(r->data());
  for (Index i = 0; i < text->length; ++i) {
    char32_t c = (*text)[i];
    int digit;
    if (c < 128) out[i] = char(c);
    else if (isUnicodeSpace(c)) out[i] = ' ';
    else if ((digit = decimalValue(c)) >= 0) out[i] = char('0' + digit);
    else out[i] = '?';
  }
  return r;
}

}  // namespace habu
