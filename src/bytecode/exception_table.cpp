#include "bytecode/exception_table.h"

namespace habu {

void ExceptionTableWriter::varint(unsigned value, unsigned mark) {
  for (int shift = 30; shift > 0; shift -= 6) {
    if (value >> shift == 0) continue;
    *out_++ = uint8_t((value >> shift & 63) | 0x40 | mark);
    mark = 0;
  }
  *out_++ = uint8_t((value & 63) | mark);
}

void ExceptionTableWriter::add(const HandlerEntry& e) {
  varint(unsigned(e.start), 0x80);
  varint(unsigned(e.end - e.start), 0);
  varint(unsigned(e.target), 0);
  varint(unsigned(e.depth) << 1 | unsigned(e.lasti), 0);
}

unsigned ExceptionTableReader::varint() {
  unsigned value = 0;
  while (at_ < limit_) {
    uint8_t b = *at_++;
    value = value << 6 | (b & 63);
    if (!(b & 0x40)) break;
  }
  return value;
}

bool ExceptionTableReader::next() {
  if (at_ >= limit_) return false;
  int start = int(varint()), size = int(varint()), target = int(varint());
  unsigned depth = varint();
  entry = {start, int(unsigned(start) + unsigned(size)), target, int(depth >> 1), (depth & 1) != 0};
  return true;
}

bool findHandler(std::string_view table, int unit, HandlerEntry& found) {
  // Halve down to a short stretch that begins with an entry at or before the unit.
  auto* bytes = reinterpret_cast<const uint8_t*>(table.data());
  size_t low = 0, high = table.size();
  constexpr size_t kLinear = 48;
  while (high - low > kLinear) {
    size_t middle = low + (high - low) / 2;
    while (middle > low && !(bytes[middle] & 0x80)) --middle;
    if (middle == low) break;
    ExceptionTableReader probe(table.substr(middle));
    probe.next();
    if (probe.entry.start > unit) high = middle;
    else low = middle;
  }
  ExceptionTableReader reader(table.substr(low));
  while (reader.next()) {
    if (reader.entry.start > unit) return false;
    if (unit < reader.entry.end) {
      found = reader.entry;
      return true;
    }
  }
  return false;
}

}  // namespace habu
