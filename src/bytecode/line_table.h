// co_linetable: the source position of every instruction.
//
// A sequence of entries, each covering 1 to 8 code units:
//   first byte   1 | code:4 | units - 1 : 3
//   code 0-9     one line, no line change: column = code * 8 + (byte >> 4), end column = column + (byte & 15)
//   code 10-12   one line, line += code - 10: byte column, byte end column
//   code 13      line += svarint; no columns
//   code 14      line += svarint; end line - line, column + 1, end column + 1 as varints
//   code 15      no position
// varint: six bits a byte, lowest first, 0x40: more. svarint: sign in the lowest bit.
#pragma once
#include <cstdint>
#include <string_view>

namespace habu {

struct SourceRange {
  int line;  // -1: artificial, no position
  int end_line;
  int column, end_column;  // -1: unknown
};

// Longest form of one entry.
inline constexpr int kMaxLocationEntry = 1 + 6 * 4;

class LineTableWriter {
 public:
  LineTableWriter(uint8_t* out, int first_line) : start_(out), out_(out), line_(first_line) {}
  // For an instruction of `units` code units. The buffer must have room: kMaxLocationEntry for every 8 units begun.
  void add(int units, const SourceRange&);
  size_t size() const { return size_t(out_ - start_); }

 private:
  void entry(int units, const SourceRange&);
  void head(int code, int units) { *out_++ = uint8_t(0x80 | code << 3 | (units - 1)); }
  void varint(unsigned value);
  void signedVarint(int value) { varint(value < 0 ? (0u - unsigned(value)) << 1 | 1 : unsigned(value) << 1); }

  uint8_t *start_, *out_;
  int line_;
};

// Reads entry by entry; safe on any bytes.
//   for (LineTableReader r(table, first_line); r.next();) use(r.start, r.end, r.range);
class LineTableReader {
 public:
  LineTableReader(std::string_view table, int first_line)
      : at_(reinterpret_cast<const uint8_t*>(table.data())), limit_(at_ + table.size()), line_(first_line) {}
  bool next();
  int start = 0, end = 0;  // code units
  SourceRange range{};
  int line() const { return line_; }

 private:
  unsigned varint();
  int signedVarint() {
    unsigned v = varint();
    return v & 1 ? -int(v >> 1) : int(v >> 1);
  }
  uint8_t byte() { return at_ < limit_ ? *at_++ : 0; }

  const uint8_t *at_, *limit_;
  int line_;
};

// The position of the code unit; line -1 when it has none or the table ends before it.
SourceRange findSourceRange(std::string_view table, int first_line, int unit);

}  // namespace habu
