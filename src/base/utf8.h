// UTF-8: measuring, decoding and encoding of text in 1, 2 and 4 byte characters.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace habu {

// The number of leading bytes below 0x80.
size_t asciiPrefix(const char* data, size_t size);
inline bool isAsciiText(std::string_view s) { return asciiPrefix(s.data(), s.size()) == s.size(); }

// What a well-formed text holds: characters, and the bits of all of them (an upper bound of the largest).
struct Utf8Measure {
  size_t characters = 0;
  char32_t bits = 0;     // 0x7f, 0xff, 0xffff or 0x10ffff: the bound of the narrowest kind that fits
  size_t valid = 0;      // bytes up to the first ill-formed sequence; all of them when well-formed
};
Utf8Measure measureUtf8(std::string_view);

// An ill-formed sequence at the start of `p[0..n)`: how many bytes an error covers (maximal subpart), and why.
struct Utf8Fault {
  int length;          // bytes to report and skip
  bool truncated;      // the bytes are a proper prefix of a sequence: more input could complete it
  const char* reason;  // as CPython words it
};
Utf8Fault utf8Fault(const uint8_t* p, size_t n);

// Decodes well-formed text into characters of a kind that holds them all.
template <class C>
void decodeUtf8(const char* data, size_t size, C* out);
extern template void decodeUtf8(const char*, size_t, uint8_t*);
extern template void decodeUtf8(const char*, size_t, char16_t*);
extern template void decodeUtf8(const char*, size_t, char32_t*);

inline char* appendUtf8(char* out, char32_t c) {
  if (c < 0x80) {
    *out++ = char(c);
  } else if (c < 0x800) {
    *out++ = char(0xc0 | c >> 6);
    *out++ = char(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *out++ = char(0xe0 | c >> 12);
    *out++ = char(0x80 | (c >> 6 & 0x3f));
    *out++ = char(0x80 | (c & 0x3f));
  } else {
    *out++ = char(0xf0 | c >> 18);
    *out++ = char(0x80 | (c >> 12 & 0x3f));
    *out++ = char(0x80 | (c >> 6 & 0x3f));
    *out++ = char(0x80 | (c & 0x3f));
  }
  return out;
}
constexpr int utf8Length(char32_t c) { return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4; }
constexpr bool isSurrogate(char32_t c) { return c >= 0xd800 && c <= 0xdfff; }

}  // namespace habu
