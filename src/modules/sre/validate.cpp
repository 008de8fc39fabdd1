// Checks compiled code, and prepares bitmaps for its sets.
#include <cstdlib>

#include "modules/sre/charset.h"
#include "modules/sre/pattern.h"

namespace habu::sre {

namespace {

class Validator {
 public:
  Validator(ThreadState& ts, Pattern* pattern) : ts_(ts), pattern_(pattern), groups_(size_t(pattern->groups)) {}

  // `jump`: the code may end in a JUMP (its distance, the last word, is the caller's), which is told.
  bool run(const Code* p, const Code* end, bool* jump = nullptr) {
    if (p > end || RecursionGuard::nativeStackLow(ts_)) return false;
    while (p < end) {
      if (jump && Op(*p) == Op::Jump && p + 2 == end) {
        *jump = true;
        return true;
      }
      if (!instruction(p, end)) return false;
    }
    return p == end;
  }

 private:
  static bool argument(const Code*& p, const Code* end, Code& value) {
    if (p >= end) return false;
    value = *p++;
    return true;
  }
  // A distance counted from its own place, to a place `adjust` short of the end or before.
  static bool skip(const Code*& p, const Code* end, Code& value, Code adjust = 0) {
    if (p >= end) return false;
    value = *p;
    if (size_t(value - adjust) > size_t(end - p)) return false;
    ++p;
    return true;
  }
  static bool operation(const Code*& p, const Code* end, Op wanted) {
    Code op;
    return argument(p, end, op) && Op(op) == wanted;
  }

  static bool set(const Code* p, const Code* end) {
    while (p < end) {
      Code a, b;
      switch (Op(*p++)) {
        case Op::Negate: break;
        case Op::Literal:
          if (!argument(p, end, a)) return false;
          break;
        case Op::Range:
        case Op::RangeUniIgnore:
          if (!argument(p, end, a) || !argument(p, end, b)) return false;
          break;
        case Op::Charset:
          if (end - p < 8) return false;
          p += 8;
          break;
        case Op::BigCharset: {
          if (!argument(p, end, a) || end - p < 64) return false;
          auto* blocks = reinterpret_cast<const uint8_t*>(p);
          for (int i = 0; i < 256; ++i)
            if (blocks[i] >= a) return false;
          p += 64;
          if (size_t(end - p) < size_t(a) * 8) return false;
          p += size_t(a) * 8;
          break;
        }
        case Op::Category:
          if (!argument(p, end, a) || a > Code(Category::UniNotLinebreak)) return false;
          break;
        default: return false;
      }
    }
    return p == end;
  }

  void found(const Code* set) { pattern_->maps[set - pattern_->code] = 1; }  // for buildBitmaps()

  bool instruction(const Code*& p, const Code* end) {
    Code a;
    switch (Op(*p++)) {
      case Op::Mark: return argument(p, end, a) && a < 2 * groups_;
      case Op::Literal: case Op::NotLiteral: case Op::LiteralIgnore: case Op::NotLiteralIgnore: case Op::LiteralUniIgnore:
      case Op::NotLiteralUniIgnore: case Op::LiteralLocIgnore: case Op::NotLiteralLocIgnore: return argument(p, end, a);
      case Op::Success: case Op::Failure: case Op::Any: case Op::AnyAll: return true;
      case Op::At: return argument(p, end, a) && a <= Code(At::UniNonBoundary);
      case Op::In: case Op::InIgnore: case Op::InUniIgnore: case Op::InLocIgnore: return inSet(p, end);
      case Op::Info: return info(p, end);
      case Op::Branch: return branch(p, end);
      case Op::RepeatOne: case Op::MinRepeatOne: case Op::PossessiveRepeatOne: return repeatOne(p, end);
      case Op::Repeat: return repeat(p, end, false);
      case Op::PossessiveRepeat: return repeat(p, end, true);
      case Op::AtomicGroup: {
        Code n;
        if (!skip(p, end, n) || n < 2 || !run(p, p + n - 2)) return false;
        p += n - 2;
        return operation(p, end, Op::Success);
      }
      case Op::GroupRef: case Op::GroupRefIgnore: case Op::GroupRefUniIgnore: case Op::GroupRefLocIgnore:
        return argument(p, end, a) && a < groups_;
      case Op::GroupRefExists: return conditional(p, end);
      case Op::Assert: case Op::AssertNot: return assertion(p, end);
      default: return false;
    }
  }

  bool inSet(const Code*& p, const Code* end) {
    Code n;
    if (!skip(p, end, n) || n < 2 || !set(p, p + n - 2) || Op(p[n - 2]) != Op::Failure) return false;
    found(p);
    p += n - 1;
    return true;
  }

  bool info(const Code*& p, const Code* end) {
    Code n, flags, least, most;
    if (!skip(p, end, n) || n < 1) return false;
    const Code* next = p + n - 1;
    if (!argument(p, end, flags) || !argument(p, end, least) || !argument(p, end, most)) return false;
    if (flags & ~Code(kInfoPrefix | kInfoLiteral | kInfoCharset)) return false;
    if ((flags & kInfoPrefix) && (flags & kInfoCharset)) return false;
    if ((flags & kInfoLiteral) && !(flags & kInfoPrefix)) return false;
    if (p > next) return false;
    if (flags & kInfoPrefix) {
      Code length, skipped;
      if (!argument(p, next, length) || !argument(p, next, skipped) || length == 0 || skipped > length) return false;
      if (size_t(next - p) < 2 * size_t(length)) return false;
      p += length;
      for (Code i = 0; i < length; ++i)
        if (p[i] >= length) return false;
      p += length;
      return p == next;
    }
    if (flags & kInfoCharset) {
      if (next <= p || !set(p, next - 1) || Op(next[-1]) != Op::Failure) return false;
      found(p);
      p = next;
    }
    return p == next;
  }

  bool branch(const Code*& p, const Code* end) {
    const Code* target = nullptr;
    for (;;) {
      Code n, jump;
      if (!skip(p, end, n)) return false;
      if (n == 0) break;
      if (n < 3 || !run(p, p + n - 3)) return false;
      p += n - 3;
      if (!operation(p, end, Op::Jump) || !skip(p, end, jump)) return false;
      if (!target) target = p + jump - 1;
      else if (p + jump - 1 != target) return false;
    }
    return p == target;
  }

  static bool bounds(const Code*& p, const Code* end) {
    Code least, most;
    return argument(p, end, least) && argument(p, end, most) && least <= most;
  }

  static bool isUnit(Op op) {
    switch (op) {
      case Op::Any: case Op::AnyAll: case Op::Literal: case Op::NotLiteral: case Op::LiteralIgnore: case Op::NotLiteralIgnore:
      case Op::LiteralUniIgnore: case Op::NotLiteralUniIgnore: case Op::LiteralLocIgnore: case Op::NotLiteralLocIgnore:
      case Op::In: case Op::InIgnore: case Op::InUniIgnore: case Op::InLocIgnore: case Op::Failure: return true;
      default: return false;
    }
  }
  // The body is one instruction that takes one character.
  bool repeatOne(const Code*& p, const Code* end) {
    Code n;
    if (!skip(p, end, n) || !bounds(p, end) || n < 4) return false;
    const Code* body_end = p + n - 4;
    if (p >= body_end || !isUnit(Op(*p)) || !instruction(p, body_end) || p != body_end) return false;
    return operation(p, end, Op::Success);
  }
  bool repeat(const Code*& p, const Code* end, bool possessive) {
    Code n;
    if (!skip(p, end, n) || n < 3 || !bounds(p, end) || !run(p, p + n - 3)) return false;
    p += n - 3;
    Code op;
    if (!argument(p, end, op)) return false;
    return possessive ? Op(op) == Op::Success : Op(op) == Op::MaxUntil || Op(op) == Op::MinUntil;
  }

  bool conditional(const Code*& p, const Code* end) {
    Code group, n;
    if (!argument(p, end, group) || group >= groups_ || !skip(p, end, n, 1)) return false;
    --p;  // the distance counts from the group
    bool with_else = false;
    if (n < 1 || !run(p + 1, p + n - 1, &with_else)) return false;
    if (with_else) {
      p += n - 2;
      if (!skip(p, end, n) || n < 1 || !run(p, p + n - 1)) return false;
    }
    p += n - 1;
    return true;
  }

  bool assertion(const Code*& p, const Code* end) {
    Code n, back;
    if (!skip(p, end, n) || !argument(p, end, back)) return false;
    --p;
    if (back & 0x80000000 || n < 3 || !run(p + 1, p + n - 2)) return false;
    p += n - 2;
    return operation(p, end, Op::Success);
  }

  ThreadState& ts_;
  Pattern* pattern_;
  size_t groups_;
};

// Does the set depend on the locale of the moment?
bool isLocaleSet(const Code* set) {
  for (;;) {
    switch (Op(*set++)) {
      case Op::Failure: return false;
      case Op::Literal: ++set; break;
      case Op::Category:
        if (Category(*set) == Category::LocWord || Category(*set) == Category::LocNotWord) return true;
        ++set;
        break;
      case Op::Charset: set += 8; break;
      case Op::Range:
      case Op::RangeUniIgnore: set += 2; break;
      case Op::BigCharset: set += 65 + size_t(*set) * 8; break;
      default: break;
    }
  }
}

}  // namespace

bool validateCode(ThreadState& ts, Pattern* p) {
  const Code* end = p->code + p->size;
  if (p->groups < 0 || size_t(p->groups) > kMaxGroups || p->size == 0 || Op(end[-1]) != Op::Success) return false;
  return Validator(ts, p).run(p->code, end - 1);
}

bool buildBitmaps(Pattern* p) {
  size_t sets = 0;
  for (Index i = 0; i < p->size; ++i) {
    if (!p->maps[i]) continue;
    p->maps[i] = isLocaleSet(p->code + i) ? 0 : uint32_t(++sets);
  }
  if (sets == 0) return true;
  p->bitmaps = static_cast<Pattern::Bitmap*>(std::calloc(sets, sizeof(Pattern::Bitmap)));
  if (!p->bitmaps) return false;
  for (Index i = 0; i < p->size; ++i) {
    if (!p->maps[i]) continue;
    Pattern::Bitmap& map = p->bitmaps[p->maps[i] - 1];
    for (char32_t c = 0; c < 256; ++c)
      if (inSetCode(p->code + i, c)) map.bits[c / 32] |= 1u << (c & 31);
  }
  return true;
}

}  // namespace habu::sre
