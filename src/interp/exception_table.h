// co_exceptiontable: which handler serves which instructions.
//
// Entries of four numbers, sorted by start: start, length, handler (code units), depth << 1 | push_lasti. Numbers are in
// 6-bit groups, most significant first; bit 6 of a byte: more follow; bit 7 marks the first byte of an entry.
#pragma once
#include "types/bytes.h"
#include "types/code.h"

namespace habu {

struct ExceptionTarget {
  Index handler = 0;
  int depth = 0;           // entries of the stack that stay
  bool push_lasti = false;  // the index of the raising instruction goes below the exception
};

inline const uint8_t* readTableNumber(const uint8_t* at, const uint8_t* end, uint32_t& value) {
  if (at >= end) return end;
  uint8_t byte = *at++;
  value = byte & 63;
  while ((byte & 64) && at < end) {
    byte = *at++;
    value = value << 6 | (byte & 63);
  }
  return at;
}

// The handler for the instruction at code unit `index`; false: none.
inline bool findExceptionTarget(const Code* code, Index index, ExceptionTarget& target) {
  const auto* first = reinterpret_cast<const uint8_t*>(code->exception_table->data);
  const uint8_t* end = first + code->exception_table->size;
  // Halve while there is much left; entries can be found again by their mark.
  const uint8_t *low = first, *high = end;
  while (high - low > 32) {
    const uint8_t* middle = low + (high - low) / 2;
    while (middle > low && !(*middle & 128)) --middle;
    if (middle == low) break;
    uint32_t start = 0;
    (void)readTableNumber(middle, end, start);
    if (Index(start) > index) high = middle;
    else low = middle;
  }
  for (const uint8_t* at = low; at < end;) {
    uint32_t start = 0, length = 0, handler = 0, depth = 0;
    at = readTableNumber(at, end, start);
    if (Index(start) > index) return false;
    at = readTableNumber(at, end, length);
    at = readTableNumber(at, end, handler);
    at = readTableNumber(at, end, depth);
    if (index < Index(start) + Index(length)) {
      target = {Index(handler), int(depth >> 1), (depth & 1) != 0};
      return true;
    }
  }
  return false;
}

}  // namespace habu
