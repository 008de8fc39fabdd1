// co_exceptiontable: which handler covers which instructions. Zero cost until something is raised.
//
// Entries sorted by start, each four varints: start, size, target (code units), depth * 2 + lasti. Six bits a byte,
// highest first, 0x40: more follows; the first byte of an entry has 0x80 set, so that the table can be searched by halving.
#pragma once
#include <cstdint>
#include <string_view>

namespace habu {

struct HandlerEntry {
  int start, end;   // code units covered
  int target;       // where to go on
  int depth;        // of the evaluation stack there, before lasti and exception are pushed
  bool lasti;       // push the raising instruction's place first
};

inline constexpr int kMaxHandlerEntry = 4 * 6;

class ExceptionTableWriter {
 public:
  explicit ExceptionTableWriter(uint8_t* out) : start_(out), out_(out) {}
  void add(const HandlerEntry&);  // the buffer must have room for kMaxHandlerEntry bytes
  size_t size() const { return size_t(out_ - start_); }

 private:
  void varint(unsigned value, unsigned mark);
  uint8_t *start_, *out_;
};

// Reads entry by entry; safe on any bytes.
class ExceptionTableReader {
 public:
  explicit ExceptionTableReader(std::string_view table)
      : at_(reinterpret_cast<const uint8_t*>(table.data())), limit_(at_ + table.size()) {}
  bool next();
  HandlerEntry entry{};

 private:
  unsigned varint();
  const uint8_t *at_, *limit_;
};

// The handler of the code unit; false: none.
bool findHandler(std::string_view table, int unit, HandlerEntry& found);

}  // namespace habu
