// The code of compiled regular expressions, as Lib/re/_constants.py numbers it (MAGIC 20220615).
#pragma once
#include <cstdint>

namespace habu::sre {

using Code = uint32_t;
inline constexpr Code kMagic = 20220615, kMaxRepeat = ~Code{0}, kMaxGroups = 1073741823;

enum class Op : Code {
  Failure, Success, Any, AnyAll, Assert, AssertNot, At, Branch, Category, Charset, BigCharset, GroupRef, GroupRefExists, In,
  Info, Jump, Literal, Mark, MaxUntil, MinUntil, NotLiteral, Negate, Range, Repeat, RepeatOne, Subpattern, MinRepeatOne,
  AtomicGroup, PossessiveRepeat, PossessiveRepeatOne, GroupRefIgnore, InIgnore, LiteralIgnore, NotLiteralIgnore,
  GroupRefLocIgnore, InLocIgnore, LiteralLocIgnore, NotLiteralLocIgnore, GroupRefUniIgnore, InUniIgnore, LiteralUniIgnore,
  NotLiteralUniIgnore, RangeUniIgnore,
};
enum class At : Code {
  Beginning, BeginningLine, BeginningString, Boundary, NonBoundary, End, EndLine, EndString, LocBoundary, LocNonBoundary,
  UniBoundary, UniNonBoundary,
};
enum class Category : Code {
  Digit, NotDigit, Space, NotSpace, Word, NotWord, Linebreak, NotLinebreak, LocWord, LocNotWord, UniDigit, UniNotDigit,
  UniSpace, UniNotSpace, UniWord, UniNotWord, UniLinebreak, UniNotLinebreak,
};
enum Flag : int {
  kTemplate = 1, kIgnoreCase = 2, kLocale = 4, kMultiline = 8, kDotAll = 16, kUnicode = 32, kVerbose = 64, kDebug = 128,
  kAscii = 256,
};
enum InfoFlag : Code { kInfoPrefix = 1, kInfoLiteral = 2, kInfoCharset = 4 };

}  // namespace habu::sre
