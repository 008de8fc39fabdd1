// Running one template over the three kinds of str. For the files that implement str and its relatives.
#pragma once
#include "types/str.h"

namespace habu {

// f(const C* text) with C = uint8_t, char16_t or char32_t.
template <class F>
inline decltype(auto) visitText(const Str* s, F f) {
  switch (s->kind()) {
    case StrKind::Ucs1: return f(s->ucs1());
    case StrKind::Ucs2: return f(s->ucs2());
    default: return f(s->ucs4());
  }
}
template <class F>
inline decltype(auto) visitMutableText(Str* s, F f) {
  switch (s->kind()) {
    case StrKind::Ucs1: return f(static_cast<uint8_t*>(s->data()));
    case StrKind::Ucs2: return f(static_cast<char16_t*>(s->data()));
    default: return f(static_cast<char32_t*>(s->data()));
  }
}

// f(text, needle) where the needle's kind is as wide as the text's or narrower; `absent` otherwise (a str is always of
// the narrowest kind, so a wider needle holds a character that the text lacks).
template <class R, class F>
inline R visitNeedle(const Str* text, const Str* needle, R absent, F f) {
  if (needle->kind() > text->kind()) return absent;
  return visitText(text, [&](const auto* t) -> R {
    switch (needle->kind()) {
      case StrKind::Ucs1: return f(t, needle->ucs1());
      case StrKind::Ucs2:
        if constexpr (sizeof(*t) >= 2) return f(t, needle->ucs2());
        break;
      default:
        if constexpr (sizeof(*t) >= 4) return f(t, needle->ucs4());
    }
    return absent;
  });
}

// The bound of the narrowest kind that holds text[0..n).
template <class C>
inline char32_t textBound(const C* text, Index n) {
  char32_t bits = 0;
  Index i = 0;
  while (i < n) {  // blocks: a wide text usually shows its widest character early
    Index stop = n - i > 1024 ? i + 1024 : n;
    for (; i < stop; ++i) bits |= text[i];
    if constexpr (sizeof(C) == 1) {
      if (bits > 0x7f) return 0xff;
    } else if constexpr (sizeof(C) == 2) {
      if (bits > 0xff) return 0xffff;
    } else {
      if (bits > 0xffff) return 0x10ffff;
    }
  }
  return bits < 0x80 ? 0x7f : bits < 0x100 ? 0xff : bits < 0x10000 ? 0xffff : 0x10ffff;
}

}  // namespace habu
