// Doubles as ASCII text, in memory of one's own: what repr(), format() and % are made of.
#pragma once
#include <cstdlib>
#include <string_view>

#include "types/float.h"

namespace habu {

class DoubleText {
 public:
  DoubleText() = default;
  ~DoubleText() {
    if (data_ != inline_) std::free(data_);
  }
  DoubleText(const DoubleText&) = delete;
  // Codes: r (repr; precision ignored), e E f F g G. Flags: DoubleFlag. False: out of memory (nothing raised).
  bool format(double, char code, Index precision, int flags);
  bool append(char c);
  std::string_view view() const { return {data_, length_}; }

 private:
  bool reserve(size_t capacity);
  void put(char c) { data_[length_++] = c; }
  void put(std::string_view);
  void zeros(Index n);
  void exponent(int value, char mark);
  bool special(double, bool negative, bool sign, bool upper);
  bool fixed(double magnitude, Index precision, int flags, bool negative);
  bool scientific(double magnitude, char code, Index precision, int flags, bool negative);
  void layout(std::string_view digits, int decimal_exponent, bool use_exponent, Index wanted, int flags, char mark);
  void sign(bool negative, bool zero, int flags);

  static constexpr size_t kInline = 128;
  char inline_[kInline];
  char* data_ = inline_;
  size_t length_ = 0, capacity_ = kInline;
};

}  // namespace habu
