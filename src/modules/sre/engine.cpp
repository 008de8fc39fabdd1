#include "modules/sre/engine.h"

#include <cstdlib>
#include <cstring>

#include "modules/sre/search.h"

namespace habu::sre {

template <class T>
Stack<T>::~Stack() { std::free(items_); }
template <class T>
bool Stack<T>::grow() {
  size_t capacity = capacity_ ? capacity_ * 2 : 64;
  auto* items = static_cast<T*>(std::realloc(items_, capacity * sizeof(T)));
  if (!items) return false;
  items_ = items;
  capacity_ = capacity;
  return true;
}
template class Stack<Frame>;
template class Stack<RepeatState>;

template <class C>
bool Engine<C>::position(At where) {
  auto boundary = [this](auto is_word) {  // -1: an empty subject has neither boundaries nor their contrary
    if (beginning_ == end_) return -1;
    bool before = ptr_ > beginning_ && is_word(ptr_[-1]), after = ptr_ < end_ && is_word(*ptr_);
    return int(before != after);
  };
  switch (where) {
    case At::Beginning:
    case At::BeginningString: return ptr_ == beginning_;
    case At::BeginningLine: return ptr_ == beginning_ || isNewline(ptr_[-1]);
    case At::End: return ptr_ == end_ || (end_ - ptr_ == 1 && isNewline(*ptr_));
    case At::EndLine: return ptr_ == end_ || isNewline(*ptr_);
    case At::EndString: return ptr_ == end_;
    case At::Boundary: return boundary(isAsciiWord) == 1;
    case At::NonBoundary: return boundary(isAsciiWord) == 0;
    case At::LocBoundary: return boundary(isLocaleWord) == 1;
    case At::LocNonBoundary: return boundary(isLocaleWord) == 0;
    case At::UniBoundary: return boundary(isUnicodeWord) == 1;
    case At::UniNonBoundary: return boundary(isUnicodeWord) == 0;
  }
  return false;
}

namespace {
template <class C, class F>
Index countWhile(const C* p, const C* end, F test) {
  const C* from = p;
  while (p < end && test(char32_t(*p))) ++p;
  return p - from;
}
}  // namespace

template <class C>
Index Engine<C>::count(const Code* item, Code limit) const {
  const C* end = limit != kMaxRepeat && Index(limit) < end_ - ptr_ ? ptr_ + limit : end_;
  const Code* p = item + 1;
  switch (Op(*item)) {
    case Op::AnyAll: return end - ptr_;
    case Op::Any: {
      Index n = findChar(ptr_, end - ptr_, C('\n'));
      return n < 0 ? end - ptr_ : n;
    }
    case Op::In: {
      const Code* set = p + 1;
      uint32_t map = pattern_->maps[set - pattern_->code];
      if (!map) return countWhile(ptr_, end, [set](char32_t c) { return inSetCode(set, c); });
      const uint32_t* bits = pattern_->bitmaps[map - 1].bits;
      return countWhile(ptr_, end, [set, bits](char32_t c) {
        return c < 256 ? (bits[c / 32] >> (c & 31) & 1) != 0 : inSetCode(set, c);
      });
    }
    case Op::InIgnore: return countWhile(ptr_, end, [this, p](char32_t c) { return inSet(p + 1, lowerAscii(c)); });
    case Op::InUniIgnore: return countWhile(ptr_, end, [this, p](char32_t c) { return inSet(p + 1, toLowerSimple(c)); });
    case Op::InLocIgnore: return countWhile(ptr_, end, [p](char32_t c) { return inSetLocaleIgnore(p + 1, c); });
    case Op::Literal: return countWhile(ptr_, end, [p](char32_t c) { return c == *p; });
    case Op::NotLiteral: {
      if (char32_t(C(*p)) != *p) return end - ptr_;
      Index n = findChar(ptr_, end - ptr_, C(*p));
      return n < 0 ? end - ptr_ : n;
    }
    case Op::LiteralIgnore: return countWhile(ptr_, end, [p](char32_t c) { return lowerAscii(c) == *p; });
    case Op::NotLiteralIgnore: return countWhile(ptr_, end, [p](char32_t c) { return lowerAscii(c) != *p; });
    case Op::LiteralUniIgnore: return countWhile(ptr_, end, [p](char32_t c) { return toLowerSimple(c) == *p; });
    case Op::NotLiteralUniIgnore: return countWhile(ptr_, end, [p](char32_t c) { return toLowerSimple(c) != *p; });
    case Op::LiteralLocIgnore: return countWhile(ptr_, end, [p](char32_t c) { return sameInLocale(*p, c); });
    case Op::NotLiteralLocIgnore: return countWhile(ptr_, end, [p](char32_t c) { return !sameInLocale(*p, c); });
    default: return 0;
  }
}

template <class C>
bool Engine<C>::backtrack() {
  while (s_.frames.size() > 0) {
    if ((++ticks_ & 0xffff) == 0 && eval_breaker.load(std::memory_order_relaxed) && checkSignals(s_.ts).failed()) {
      error_ = true;
      return false;
    }
    if (resume(s_.frames.top())) return true;
    if (error_) return false;
  }
  return false;
}

// Goes on from the top frame, which is popped unless it has more to try. False: it had nothing, or was no choice.
template <class C>
bool Engine<C>::resume(Frame& top) {
  Frame f = top;
  auto at = static_cast<const C*>(f.ptr);
  switch (f.kind) {
    case FrameKind::Branch:
      s_.frames.pop();
      ptr_ = at;
      return alternative(f.pc);
    case FrameKind::GreedyOne: return giveBack(f.pc, at - 1, static_cast<const C*>(f.limit), true);
    case FrameKind::LazyOne:
      ptr_ = at;
      if ((f.pc[2] != kMaxRepeat && f.count >= Index(f.pc[2])) || at >= end_ || count(f.pc + 3, 1) == 0) {
        s_.frames.pop();
        return false;
      }
      return takeMore(f.pc, at + 1, f.count + 1, true);
    case FrameKind::MaxTail:  // no further round: the tail
      undo();
      ptr_ = at;
      return leaveRepeat(s_.repeats[f.n], f.pc);
    case FrameKind::MinMore: {  // the tail failed: a further round
      undo();
      RepeatState& r = s_.repeats[f.n];
      Index round = r.count + 1;
      if (!mayRepeat(r, round) || at == r.last) return false;
      ptr_ = at;
      return nextRound(r, round, at);
    }
    case FrameKind::AssertBase:
    case FrameKind::AtomicBase:
      s_.frames.pop();
      sub_ = f.sub.base;
      return false;
    case FrameKind::AssertNotBase:  // what must not match did not
      s_.frames.pop();
      sub_ = f.sub.base;
      ptr_ = at;
      return to(f.pc + *f.pc);
    case FrameKind::PossessiveBase:
      s_.frames.pop();
      sub_ = f.sub.base;
      if (f.sub.times < f.pc[1]) return false;
      ptr_ = at;
      return to(f.pc + *f.pc + 1);
    default: undo(); return false;
  }
}

template <class C>
int runMatch(State& s, const Code* pc) { return Engine<C>(s).match(pc, static_cast<const C*>(s.ptr)); }
template <class C>
int runSearch(State& s) { return Search<C>(s).run(); }

template int runMatch<uint8_t>(State&, const Code*);
template int runMatch<char16_t>(State&, const Code*);
template int runMatch<char32_t>(State&, const Code*);
template int runSearch<uint8_t>(State&);
template int runSearch<char16_t>(State&);
template int runSearch<char32_t>(State&);

}  // namespace habu::sre
