#include "base/utf8.h"

namespace habu {

size_t asciiPrefix(const char* data, size_t size) {
  size_t i = 0;
  for (; i + 32 <= size; i += 32) {
    uint64_t w[4];
    std::memcpy(w, data + i, 32);
    if ((w[0] | w[1] | w[2] | w[3]) & 0x8080808080808080u) break;
  }
  for (; i + 8 <= size; i += 8) {
    uint64_t w;
    std::memcpy(&w, data + i, 8);
    if (uint64_t high = w & 0x8080808080808080u) return i + size_t(__builtin_ctzll(high)) / 8;
  }
  while (i < size && static_cast<signed char>(data[i]) >= 0) ++i;
  return i;
}

namespace {

constexpr bool isTail(uint8_t b) { return (b & 0xc0) == 0x80; }

// The length of the well-formed multi-byte sequence at p, 0 when there is none; its code point in `c`.
[[gnu::always_inline]] inline int sequenceAt(const uint8_t* p, size_t n, char32_t& c) {
  uint8_t b = p[0];
  if (b < 0xc2) return 0;
  if (b < 0xe0) {
    if (n < 2 || !isTail(p[1])) return 0;
    c = char32_t(b & 0x1f) << 6 | (p[1] & 0x3f);
    return 2;
  }
  if (b < 0xf0) {
    if (n < 3 || !isTail(p[1]) || !isTail(p[2])) return 0;
    c = char32_t(b & 0x0f) << 12 | char32_t(p[1] & 0x3f) << 6 | (p[2] & 0x3f);
    return c < 0x800 || isSurrogate(c) ? 0 : 3;
  }
  if (b > 0xf4 || n < 4 || !isTail(p[1]) || !isTail(p[2]) || !isTail(p[3])) return 0;
  c = char32_t(b & 0x07) << 18 | char32_t(p[1] & 0x3f) << 12 | char32_t(p[2] & 0x3f) << 6 | (p[3] & 0x3f);
  return c < 0x10000 || c > 0x10ffff ? 0 : 4;
}

}  // namespace

Utf8Measure measureUtf8(std::string_view text) {
  Utf8Measure m;
  const auto* p = reinterpret_cast<const uint8_t*>(text.data());
  size_t n = text.size(), i = 0;
  char32_t largest = 0;
  while (i < n) {
    if (p[i] < 0x80) {
      size_t run = asciiPrefix(text.data() + i, n - i);
      m.characters += run;
      i += run;
      continue;
    }
    char32_t c = 0;
    int length = sequenceAt(p + i, n - i, c);
    if (length == 0) break;
    if (c > largest) largest = c;
    i += size_t(length);
    ++m.characters;
  }
  m.valid = i;
  m.bits = largest == 0 ? 0x7f : largest < 0x100 ? 0xff : largest < 0x10000 ? 0xffff : 0x10ffff;
  return m;
}

Utf8Fault utf8Fault(const uint8_t* p, size_t n) {
  uint8_t b = p[0];
  if (b < 0xc2 || b > 0xf4) return {1, false, "invalid start byte"};
  int need = b < 0xe0 ? 2 : b < 0xf0 ? 3 : 4;
  int have = 1;
  // The second byte's range is narrower after some first bytes (no overlong forms, surrogates or values above 10FFFF).
  uint8_t low = b == 0xe0 ? 0xa0 : b == 0xf0 ? 0x90 : 0x80;
  uint8_t high = b == 0xed ? 0x9f : b == 0xf4 ? 0x8f : 0xbf;
  if (n > 1) {
    if (p[1] < low || p[1] > high) return {1, false, "invalid continuation byte"};
    for (have = 2; have < need && size_t(have) < n; ++have)
      if (!isTail(p[have])) return {have, false, "invalid continuation byte"};
  }
  return {have, true, "unexpected end of data"};
}

template <class C>
void decodeUtf8(const char* data, size_t size, C* out) {
  const auto* p = reinterpret_cast<const uint8_t*>(data);
  const uint8_t* end = p + size;
  while (p < end) {
    if (*p < 0x80) {
      uint64_t w;
      while (end - p >= 8 && (std::memcpy(&w, p, 8), (w & 0x8080808080808080u) == 0)) {
        for (int i = 0; i < 8; ++i) out[i] = C(p[i]);
        out += 8;
        p += 8;
      }
      while (p < end && *p < 0x80) *out++ = C(*p++);
      continue;
    }
    char32_t c = *p;
    if (c < 0xe0) {
      *out++ = C((c & 0x1f) << 6 | (p[1] & 0x3f));
      p += 2;
    } else if (c < 0xf0) {
      *out++ = C((c & 0x0f) << 12 | char32_t(p[1] & 0x3f) << 6 | (p[2] & 0x3f));
      p += 3;
    } else {
      *out++ = C((c & 0x07) << 18 | char32_t(p[1] & 0x3f) << 12 | char32_t(p[2] & 0x3f) << 6 | (p[3] & 0x3f));
      p += 4;
    }
  }
}
template void decodeUtf8(const char*, size_t, uint8_t*);
template void decodeUtf8(const char*, size_t, char16_t*);
template void decodeUtf8(const char*, size_t, char32_t*);

}  // namespace habu
