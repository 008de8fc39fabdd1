#include "bytecode/line_table.h"

namespace habu {

namespace {
constexpr int kShortColumns = 80, kShortSpan = 16, kOneLine = 10, kNoColumns = 13, kLong = 14, kNone = 15;
}

void LineTableWriter::varint(unsigned value) {
  while (value >= 64) {
    *out_++ = uint8_t(0x40 | (value & 63));
    value >>= 6;
  }
  *out_++ = uint8_t(value);
}

void LineTableWriter::add(int units, const SourceRange& range) {
  for (; units > 8; units -= 8) entry(8, range);
  entry(units, range);
}

void LineTableWriter::entry(int units, const SourceRange& r) {
  if (r.line < 0) return head(kNone, units);
  int delta = r.line - line_;
  line_ = r.line;
  if (r.column < 0 || r.end_column < 0) {
    if (r.end_line == r.line || r.end_line == -1) {
      head(kNoColumns, units);
      return signedVarint(delta);
    }
  } else if (r.end_line == r.line) {
    int span = r.end_column - r.column;
    if (delta == 0 && r.column < kShortColumns && span >= 0 && span < kShortSpan) {
      head(r.column >> 3, units);
      *out_++ = uint8_t((r.column & 7) << 4 | span);
      return;
    }
    if (delta >= 0 && delta < 3 && r.column < 128 && r.end_column < 128) {
      head(kOneLine + delta, units);
      *out_++ = uint8_t(r.column);
      *out_++ = uint8_t(r.end_column);
      return;
    }
  }
  head(kLong, units);
  signedVarint(delta);
  varint(unsigned(r.end_line - r.line));
  varint(unsigned(r.column + 1));
  varint(unsigned(r.end_column + 1));
}

unsigned LineTableReader::varint() {
  unsigned value = 0, shift = 0;
  for (;;) {
    uint8_t b = byte();
    if (shift < 32) value |= unsigned(b & 63) << shift;
    shift += 6;
    if (!(b & 0x40)) return value;
  }
}

bool LineTableReader::next() {
  if (at_ >= limit_) return false;
  uint8_t first = byte();
  int code = first >> 3 & 15;
  start = end;
  end += (first & 7) + 1;
  if (code == kNone) {
    range = {-1, -1, -1, -1};
  } else if (code == kLong) {
    line_ += signedVarint();
    int end_line = line_ + int(varint());
    int column = int(varint()) - 1;
    int end_column = int(varint()) - 1;
    range = {line_, end_line, column, end_column};
  } else if (code == kNoColumns) {
    line_ += signedVarint();
    range = {line_, line_, -1, -1};
  } else if (code >= kOneLine) {
    line_ += code - kOneLine;
    int column = byte();
    int end_column = byte();
    range = {line_, line_, column, end_column};
  } else {
    uint8_t columns = byte();
    int column = code << 3 | columns >> 4;
    range = {line_, line_, column, column + (columns & 15)};
  }
  return true;
}

SourceRange findSourceRange(std::string_view table, int first_line, int unit) {
  LineTableReader reader(table, first_line);
  while (reader.next())
    if (unit < reader.end) return reader.range;
  return {-1, -1, -1, -1};
}

}  // namespace habu
