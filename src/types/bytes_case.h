// The methods of bytes and bytearray about ASCII letters and digits. Included by bytes_methods.cpp.
#pragma once
#include "base/utf8.h"
#include "types/bytes_methods.h"

namespace habu {

template <class B, class F>
Ref<B> mapBytes(ThreadState& ts, B* self, F f) {
  std::string_view text = self->view();
  Fresh<B> made = freshBytes<B>(ts, Index(text.size()));
  if (!made.object) return {};
  for (size_t i = 0; i < text.size(); ++i) made.data[i] = f(text[i]);
  return std::move(made.object);
}
template <class B>
Ref<B> lower(ThreadState& ts, B* self) { return mapBytes(ts, self, toByteLower); }
template <class B>
Ref<B> upper(ThreadState& ts, B* self) { return mapBytes(ts, self, toByteUpper); }
template <class B>
Ref<B> swapcase(ThreadState& ts, B* self) {
  return mapBytes(ts, self, [](char c) { return isByteLower(c) ? toByteUpper(c) : toByteLower(c); });
}
template <class B>
Ref<B> capitalize(ThreadState& ts, B* self) {
  bool first = true;
  return mapBytes(ts, self, [&first](char c) { return std::exchange(first, false) ? toByteUpper(c) : toByteLower(c); });
}
template <class B>
Ref<B> title(ThreadState& ts, B* self) {
  bool inside = false;
  return mapBytes(ts, self, [&inside](char c) {
    bool start = !std::exchange(inside, isByteAlpha(c));
    return start ? toByteUpper(c) : toByteLower(c);
  });
}

template <class B, class F>
bool allBytes(B* self, F test) {
  for (char c : self->view())
    if (!test(c)) return false;
  return self->size > 0;
}
template <class B>
bool isalnum(ThreadState&, B* self) { return allBytes(self, [](char c) { return isByteAlpha(c) || isByteDigit(c); }); }
template <class B>
bool isalpha(ThreadState&, B* self) { return allBytes(self, isByteAlpha); }
template <class B>
bool isdigit(ThreadState&, B* self) { return allBytes(self, isByteDigit); }
template <class B>
bool isspace(ThreadState&, B* self) { return allBytes(self, isByteSpace); }
template <class B>
bool isascii(ThreadState&, B* self) { return isAsciiText(self->view()); }
template <class B>
bool islower(ThreadState&, B* self) {
  bool any = false;
  for (char c : self->view()) {
    if (isByteUpper(c)) return false;
    any |= isByteLower(c);
  }
  return any;
}
template <class B>
bool isupper(ThreadState&, B* self) {
  bool any = false;
  for (char c : self->view()) {
    if (isByteLower(c)) return false;
    any |= isByteUpper(c);
  }
  return any;
}
template <class B>
bool istitle(ThreadState&, B* self) {
  bool any = false, inside = false;
  for (char c : self->view()) {
    if (isByteUpper(c) ? inside : isByteLower(c) && !inside) return false;
    inside = isByteAlpha(c);
    any |= inside;
  }
  return any;
}

}  // namespace habu
