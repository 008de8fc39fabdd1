// co_linetable (PEP 657): the source position of every instruction, run by run.
//
// Each entry begins with a byte that has bit 7 set: kind << 3 | code units - 1.
//   0..9   one more byte; column from both, same line      10..12  line + 0..2, a byte for each column
//   13     signed line change, no columns                  14      line change, end line, columns as varints
//   15     no position
#pragma once
#include "types/bytes.h"
#include "types/code.h"

namespace habu {

class LineTableReader {
 public:
  explicit LineTableReader(const Code* code)
      : at_(reinterpret_cast<const uint8_t*>(code->line_table->data)), end_(at_ + code->line_table->size), computed_line(code->first_line) {}

  // The next run. False at the end.
  bool next() {
    if (at_ >= end_) return false;
    uint8_t first = byte();
    int kind = first >> 3 & 15;
    start = stop;
    stop += (first & 7) + 1;
    position = {-1, -1, -1, -1};
    if (kind == 15) return true;
    int end_line_delta = 0;
    if (kind >= 10 && kind <= 12) {
      computed_line += kind - 10;
      position.column = byte();
      position.end_column = byte();
    } else if (kind == 13) {
      computed_line += signedVarint();
    } else if (kind == 14) {
      computed_line += signedVarint();
      end_line_delta = int(varint());
      position.column = int(varint()) - 1;
      position.end_column = int(varint()) - 1;
    } else {
      uint8_t second = byte();
      position.column = kind << 3 | second >> 4;
      position.end_column = position.column + (second & 15);
    }
    position.line = computed_line;
    position.end_line = computed_line + end_line_delta;
    return true;
  }

  Index start = 0, stop = 0;  // code units
  CodePosition position{-1, -1, -1, -1};

 private:
  uint8_t byte() { return at_ < end_ ? *at_++ : 0; }
  uint32_t varint() {
    uint32_t value = 0, b;
    int shift = 0;
    do {
      b = byte();
      value |= (b & 63) << (shift & 31);
      shift += 6;
    } while ((b & 64) && at_ < end_);
    return value;
  }
  int signedVarint() {
    uint32_t v = varint();
    return v & 1 ? -int(v >> 1) : int(v >> 1);
  }
  const uint8_t *at_, *end_;

 public:
  int computed_line;  // of the last run that had one
};

}  // namespace habu
