// The marshal format: one byte of kind (0x80: remembered for later references), then the value, little-endian.
#pragma once
#include <cstdint>

namespace habu::marshal {

enum Kind : uint8_t {
  kNull = '0', kNoneKind = 'N', kFalse = 'F', kTrue = 'T', kStopIterationKind = 'S', kEllipsis = '.', kInt = 'i', kInt64 = 'I',
  kFloatText = 'f', kFloat = 'g', kComplexText = 'x', kComplexKind = 'y', kLong = 'l', kBytesKind = 's', kInterned = 't',
  kReference = 'r', kTuple = '(', kListKind = '[', kDictKind = '{', kCodeKind = 'c', kUnicode = 'u', kUnknown = '?', kSetKind = '<',
  kFrozenSetKind = '>', kAscii = 'a', kAsciiInterned = 'A', kSmallTuple = ')', kShortAscii = 'z', kShortAsciiInterned = 'Z',
};
inline constexpr uint8_t kRemember = 0x80;
inline constexpr int kMaxDepth = 2000;
inline constexpr int kLongShift = 15;  // bits per digit of a long
inline constexpr int kVersion = 4;

}  // namespace habu::marshal
