// find, index, count, startswith, replace and their relatives.
#include <cstring>
#include <limits>

#include "base/search.h"
#include "base/unicode.h"
#include "object/protocol.h"
#include "types/find_arguments.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr Index kMax = std::numeric_limits<Index>::max();

Result<Str*> needStr(ThreadState& ts, Object* o) {
  if (!isStr(o)) return raise(ts, kTypeError, "must be str, not {:.100}", typeName(o));
  return static_cast<Str*>(o);
}

Result<Index> search(ThreadState& ts, Str* s, const Args& args, const char* method, int direction) {
  FindArguments f = TRY(findArguments(ts, method, args));
  Str* sub = TRY(needStr(ts, f.sub));
  f.clip(s->length);
  return findStr(s, sub, f.start, f.stop, direction);
}

// Does s[start:stop] begin (end) with `part`?
bool tailMatch(const Str* s, const Str* part, Index start, Index stop, bool at_end) {
  Index n = part->length;
  if (stop - start < n || start > s->length) return false;
  Index at = at_end ? stop - n : start;
  return visitNeedle<bool>(s, part, false, [&](const auto* text, const auto* needle) {
    return detail::equalRun(text + at, needle, n);
  });
}

Result<bool> matches(ThreadState& ts, Str* s, const Args& args, const char* method, bool at_end) {
  FindArguments f = TRY(findArguments(ts, method, args));
  f.clip(s->length);
  if (isTuple(f.sub)) {
    for (Object* part : static_cast<Tuple*>(f.sub)->span()) {
      if (!isStr(part)) return raise(ts, kTypeError, "tuple for {} must only contain str, not {:.100}", method, typeName(part));
      if (tailMatch(s, static_cast<Str*>(part), f.start, f.stop, at_end)) return true;
    }
    return false;
  }
  if (!isStr(f.sub)) return raise(ts, kTypeError, "{} first arg must be str or a tuple of str, not {:.100}", method, typeName(f.sub));
  return tailMatch(s, static_cast<Str*>(f.sub), f.start, f.stop, at_end);
}

Ref<Str> interleave(ThreadState& ts, Str* s, Str* to, Index limit) {
  Index places = s->length + 1;
  if (limit > places) limit = places;
  if (to->length && to->length > (kMax - s->length) / limit) return raise(ts, kOverflowError, "replace string is too long");
  Ref<Str> made = TRY(newStrUninitialized(ts, s->length + limit * to->length, std::max(maxChar(s), maxChar(to))));
  Index out = 0, at = 0;
  for (Index i = 0; i < limit; ++i) {
    copyChars(made.get(), out, to, 0, to->length);
    out += to->length;
    if (at < s->length) copyChars(made.get(), out++, s, at++, 1);
  }
  copyChars(made.get(), out, s, at, s->length - at);
  return made;
}

}  // namespace

Ref<Str> replaceStr(ThreadState& ts, Str* s, Str* from, Str* to, Index limit) {
  if (limit < 0) limit = kMax;
  if (limit == 0 || from == to || from->length > s->length || (from->length == 0 && to->length == 0)) return exactStr(ts, s);
  if (from->length == 0) return interleave(ts, s, to, limit);
  Index found = visitNeedle<Index>(s, from, 0, [&](const auto* text, const auto* needle) {
    return countText(text, s->length, needle, from->length, limit);
  });
  if (found == 0) return exactStr(ts, s);
  Index growth = to->length - from->length;
  if (growth > 0 && growth > (kMax - s->length) / found) return raise(ts, kOverflowError, "replace string is too long");
  Index total = s->length + found * growth;
  if (total == 0) return emptyStr();
  Ref<Str> made = TRY(newStrUninitialized(ts, total, std::max(maxChar(s), maxChar(to))));
  Index out = 0, at = 0;
  for (; found > 0; --found) {
    Index next = findStr(s, from, at, s->length, 1);
    copyChars(made.get(), out, s, at, next - at);
    out += next - at;
    copyChars(made.get(), out, to, 0, to->length);
    out += to->length;
    at = next + from->length;
  }
  copyChars(made.get(), out, s, at, s->length - at);
  if (total == 1) return strFromChar(ts, (*made)[0]);
  // The widest character may have gone only when it was in `from`.
  if (maxChar(to) >= maxChar(s) || maxChar(from) < maxChar(s)) return made;
  return narrowest(ts, std::move(made));
}

Result<Index> strFind(ThreadState& ts, Str* s, Args args) { return search(ts, s, args, "find", 1); }
Result<Index> strRfind(ThreadState& ts, Str* s, Args args) { return search(ts, s, args, "rfind", -1); }
Result<Index> strIndex(ThreadState& ts, Str* s, Args args) {
  Index at = TRY(search(ts, s, args, "index", 1));
  if (at < 0) return raise(ts, kValueError, "substring not found");
  return at;
}
Result<Index> strRindex(ThreadState& ts, Str* s, Args args) {
  Index at = TRY(search(ts, s, args, "rindex", -1));
  if (at < 0) return raise(ts, kValueError, "substring not found");
  return at;
}
Result<Index> strCount(ThreadState& ts, Str* s, Args args) {
  FindArguments f = TRY(findArguments(ts, "count", args));
  Str* sub = TRY(needStr(ts, f.sub));
  f.clip(s->length);
  return countStr(s, sub, f.start, f.stop);
}
Index countStr(const Str* s, const Str* sub, Index start, Index stop) {
  if (stop - start < sub->length) return 0;
  return visitNeedle<Index>(s, sub, 0, [&](const auto* text, const auto* needle) {
    return countText(text + start, stop - start, needle, sub->length, kMax);
  });
}
Result<bool> strStartswith(ThreadState& ts, Str* s, Args args) { return matches(ts, s, args, "startswith", false); }
Result<bool> strEndswith(ThreadState& ts, Str* s, Args args) { return matches(ts, s, args, "endswith", true); }
bool tailMatchStr(const Str* s, const Str* part, Index start, Index stop, bool at_end) {
  FindArguments f{nullptr, start, stop};
  f.clip(s->length);
  return tailMatch(s, part, f.start, f.stop, at_end);
}

Ref<Str> strReplace(ThreadState& ts, Str* s, Str* from, Str* to, std::optional<Index> count) {
  return replaceStr(ts, s, from, to, count.value_or(-1));
}
Ref<Str> strRemovePrefix(ThreadState& ts, Str* s, Str* prefix) {
  if (tailMatch(s, prefix, 0, s->length, false)) return substring(ts, s, prefix->length, s->length);
  return exactStr(ts, s);
}
Ref<Str> strRemoveSuffix(ThreadState& ts, Str* s, Str* suffix) {
  if (suffix->length && tailMatch(s, suffix, 0, s->length, true)) return substring(ts, s, 0, s->length - suffix->length);
  return exactStr(ts, s);
}

// ---- strip ----

namespace {
// A set of characters: a bitmap for Latin-1, the text itself for the others.
class CharSet {
 public:
  explicit CharSet(const Str* chars) : chars_(chars) {
    if (!chars) return;
    for (Index i = 0; i < chars->length; ++i) {
      char32_t c = (*chars)[i];
      if (c < 256) low_[c / 32] |= 1u << (c % 32);
    }
  }
  bool has(char32_t c) const {
    if (!chars_) return isUnicodeSpace(c);
    if (c < 256) return low_[c / 32] >> (c % 32) & 1;
    if (c > maxChar(chars_)) return false;
    return visitText(chars_, [&](const auto* p) {
      using C = std::remove_cvref_t<decltype(*p)>;
      return findChar(p, chars_->length, C(c)) >= 0;
    });
  }

 private:
  const Str* chars_;
  uint32_t low_[8] = {};
};
}  // namespace

Ref<Str> stripStr(ThreadState& ts, Str* s, Str* chars, StripSide side) {
  CharSet set(chars);
  Index start = 0, stop = s->length;
  visitText(s, [&](const auto* p) {
    if (int(side) & int(StripSide::Left))
      while (start < stop && set.has(p[start])) ++start;
    if (int(side) & int(StripSide::Right))
      while (stop > start && set.has(p[stop - 1])) --stop;
  });
  return substring(ts, s, start, stop);
}

namespace {
Ref<Str> stripArgument(ThreadState& ts, Str* s, Object* chars, StripSide side, const char* method) {
  if (!chars || isNone(chars)) return stripStr(ts, s, nullptr, side);
  if (!isStr(chars)) return raise(ts, kTypeError, "{} arg must be None or str", method);
  return stripStr(ts, s, static_cast<Str*>(chars), side);
}
}  // namespace
Ref<Str> strStrip(ThreadState& ts, Str* s, Object* chars) { return stripArgument(ts, s, chars, StripSide::Both, "strip"); }
Ref<Str> strLstrip(ThreadState& ts, Str* s, Object* chars) { return stripArgument(ts, s, chars, StripSide::Left, "lstrip"); }
Ref<Str> strRstrip(ThreadState& ts, Str* s, Object* chars) { return stripArgument(ts, s, chars, StripSide::Right, "rstrip"); }

}  // namespace habu
