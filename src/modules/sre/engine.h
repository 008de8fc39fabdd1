// The matching engine over characters of one width; instantiated in engine.cpp.
#pragma once
#include "base/search.h"
#include "modules/sre/charset.h"
#include "modules/sre/state.h"
#include "object/gil.h"

namespace habu::sre {

template <class C>
class Engine {
 public:
  explicit Engine(State& s)
      : s_(s), pattern_(s.pattern), beginning_(static_cast<const C*>(s.beginning)), end_(static_cast<const C*>(s.end)) {}

  int match(const Code* pc, const C* ptr) {
    pc_ = pc;
    ptr_ = ptr;
    sub_ = -1;
    repeat_ = -1;
    s_.frames.truncate(0);
    s_.repeats.truncate(0);
    if (Op(*pc_) == Op::Info) {
      if (pc_[3] && size_t(end_ - ptr_) < pc_[3]) return 0;
      pc_ += pc_[1] + 1;
    }
    for (;;) {
      if (step()) [[likely]] {
        if (done_) return finish();
        continue;
      }
      if (error_) return -1;
      if (!backtrack()) return error_ ? -1 : 0;
    }
  }
  // A character in the set at `set`, through its bitmap where it has one.
  [[gnu::always_inline]] bool inSet(const Code* set, char32_t c) const {
    uint32_t map = pattern_->maps[set - pattern_->code];
    if (map && c < 256) return pattern_->bitmaps[map - 1].bits[c / 32] >> (c & 31) & 1;
    return inSetCode(set, c);
  }

 private:
  int finish() {
    done_ = false;
    s_.ptr = ptr_;
    return 1;
  }

  // Executes one instruction; false: the path fails.
  [[gnu::always_inline]] bool step() {
    const Code* p = pc_ + 1;
    switch (Op(*pc_)) {
      case Op::Failure: return false;
      case Op::Success: return success();
      case Op::At: return position(At(*p)) && to(p + 1);
      case Op::Any: return ptr_ < end_ && !isNewline(*ptr_) && take(p);
      case Op::AnyAll: return ptr_ < end_ && take(p);
      case Op::Category: return ptr_ < end_ && inCategory(Category(*p), *ptr_) && take(p + 1);
      case Op::Literal: return ptr_ < end_ && *ptr_ == *p && take(p + 1);
      case Op::NotLiteral: return ptr_ < end_ && *ptr_ != *p && take(p + 1);
      case Op::LiteralIgnore: return ptr_ < end_ && lowerAscii(*ptr_) == *p && take(p + 1);
      case Op::NotLiteralIgnore: return ptr_ < end_ && lowerAscii(*ptr_) != *p && take(p + 1);
      case Op::LiteralUniIgnore: return ptr_ < end_ && toLowerSimple(*ptr_) == *p && take(p + 1);
      case Op::NotLiteralUniIgnore: return ptr_ < end_ && toLowerSimple(*ptr_) != *p && take(p + 1);
      case Op::LiteralLocIgnore: return ptr_ < end_ && sameInLocale(*p, *ptr_) && take(p + 1);
      case Op::NotLiteralLocIgnore: return ptr_ < end_ && !sameInLocale(*p, *ptr_) && take(p + 1);
      case Op::In: return ptr_ < end_ && inSet(p + 1, *ptr_) && take(p + *p);
      case Op::InIgnore: return ptr_ < end_ && inSet(p + 1, lowerAscii(*ptr_)) && take(p + *p);
      case Op::InUniIgnore: return ptr_ < end_ && inSet(p + 1, toLowerSimple(*ptr_)) && take(p + *p);
      case Op::InLocIgnore: return ptr_ < end_ && inSetLocaleIgnore(p + 1, *ptr_) && take(p + *p);
      case Op::Jump:
      case Op::Info: return to(p + *p);
      case Op::Mark: return mark(*p) && to(p + 1);
      case Op::GroupRef: return groupRef(*p, [](char32_t c) { return c; }) && to(p + 1);
      case Op::GroupRefIgnore: return groupRef(*p, lowerAscii) && to(p + 1);
      case Op::GroupRefUniIgnore: return groupRef(*p, toLowerSimple) && to(p + 1);
      case Op::GroupRefLocIgnore: return groupRef(*p, lowerLocale) && to(p + 1);
      case Op::GroupRefExists: return to(isSet(*p) ? p + 2 : p + p[1]);
      case Op::Branch: return alternative(p);
      case Op::RepeatOne: return greedyOne(p);
      case Op::MinRepeatOne: return lazyOne(p);
      case Op::PossessiveRepeatOne: return possessiveOne(p);
      case Op::Repeat: return enterRepeat(p);
      case Op::MaxUntil: return maxUntil(p);
      case Op::MinUntil: return minUntil();
      case Op::PossessiveRepeat: return possessive(p);
      case Op::AtomicGroup: return enterSub(FrameKind::AtomicBase, p, p + 1, ptr_, 0);
      case Op::Assert: return ptr_ - beginning_ >= Index(p[1]) && lookAround(FrameKind::AssertBase, p);
      case Op::AssertNot:
        if (ptr_ - beginning_ >= Index(p[1])) return lookAround(FrameKind::AssertNotBase, p);
        return to(p + *p);
      default: return false;
    }
  }

  bool to(const Code* pc) {
    pc_ = pc;
    return true;
  }
  bool take(const Code* pc) {
    ++ptr_;
    pc_ = pc;
    return true;
  }
  static bool sameInLocale(char32_t pattern, char32_t c) {
    return c == pattern || lowerLocale(c) == pattern || upperLocale(c) == pattern;
  }
  bool push(const Frame& f) {
    if (s_.frames.push(f)) [[likely]]
      return true;
    (void)raiseNoMemory(s_.ts);
    error_ = true;
    return false;
  }

  bool position(At where);

  // ---- groups ----

  bool mark(Code i) {
    Frame undo{FrameKind::UndoMark, i, nullptr, s_.marks[i], {}};
    undo.marks = {s_.last_mark, s_.last_index};
    if (!push(undo)) return false;
    if (i & 1) s_.last_index = int32_t(i / 2 + 1);
    if (int32_t(i) > s_.last_mark) {
      for (int32_t j = s_.last_mark + 1; j < int32_t(i); ++j) s_.marks[j] = nullptr;
      s_.last_mark = int32_t(i);
    }
    s_.marks[i] = ptr_;
    return true;
  }
  bool isSet(Code group) const {
    int32_t at = int32_t(group) * 2;
    return at < s_.last_mark && s_.marks[at] && s_.marks[at + 1] && s_.marks[at + 1] >= s_.marks[at];
  }
  template <class F>
  bool groupRef(Code group, F fold) {
    if (!isSet(group)) return false;
    auto* from = static_cast<const C*>(s_.marks[2 * group]);
    auto* stop = static_cast<const C*>(s_.marks[2 * group + 1]);
    if (end_ - ptr_ < stop - from) return false;
    const C* p = ptr_;
    for (; from < stop; ++from, ++p)
      if (fold(char32_t(*from)) != fold(char32_t(*p))) return false;
    ptr_ = p;
    return true;
  }

  // ---- choices ----

  // Can the alternative that starts here match at all? A look at its first instruction.
  bool feasible(const Code* alt) const {
    if (Op(alt[0]) == Op::Literal) return ptr_ < end_ && *ptr_ == alt[1];
    if (Op(alt[0]) == Op::In) return ptr_ < end_ && inSet(alt + 2, *ptr_);
    return true;
  }
  // `p`: the distance of the next alternative, then this one; 0 ends the list.
  bool alternative(const Code* p) {
    for (; *p; p += *p) {
      if (!feasible(p + 1)) continue;
      const Code* next = p + *p;
      while (*next && !feasible(next + 1)) next += *next;
      if (*next && !push({FrameKind::Branch, 0, next, ptr_, {}})) return false;
      return to(p + 1);
    }
    return false;
  }

  // How often the one-character instruction at `item` matches here, at most `limit` times; ptr_ does not move.
  Index count(const Code* item, Code limit) const;

  bool greedyOne(const Code* p) {
    Index least = Index(p[1]);
    if (end_ - ptr_ < least) return false;
    Index n = count(p + 3, p[2]);
    if (n < least) return false;
    return giveBack(p + *p, ptr_ + n, ptr_ + least, false);
  }
  // Goes on with `tail` at `at` or, where that cannot match, before it; leaves a frame for what remains down to `least`.
  bool giveBack(const Code* tail, const C* at, const C* least, bool have_frame) {
    if (Op(*tail) == Op::Literal) {
      C c = C(tail[1]);
      if (char32_t(c) != tail[1]) at = least - 1;
      while (at >= least && (at >= end_ || *at != c)) --at;
      if (at < least) {
        if (have_frame) s_.frames.pop();
        return false;
      }
    }
    if (at == least) {
      if (have_frame) s_.frames.pop();
    } else if (have_frame) {
      s_.frames.top().ptr = at;
    } else {
      Frame f{FrameKind::GreedyOne, 0, tail, at, {}};
      f.limit = least;
      if (!push(f)) return false;
    }
    ptr_ = at;
    return to(tail);
  }

  bool lazyOne(const Code* p) {
    Index least = Index(p[1]);
    if (end_ - ptr_ < least) return false;
    if (least > 0) {
      if (count(p + 3, Code(least)) < least) return false;
      ptr_ += least;
    }
    return takeMore(p, ptr_, least, false);
  }
  // Goes on with the tail at `at`; the frame remembers the instruction, the place and how many items were taken.
  bool takeMore(const Code* p, const C* at, Index taken, bool have_frame) {
    const Code* tail = p + *p;
    if (Op(*tail) == Op::Literal) {  // no use in trying the tail where its first character is not
      while (at >= end_ || *at != tail[1]) {
        ptr_ = at;
        if (at >= end_ || (p[2] != kMaxRepeat && taken >= Index(p[2])) || count(p + 3, 1) == 0) {
          if (have_frame) s_.frames.pop();
          return false;
        }
        ++at;
        ++taken;
      }
    }
    if (have_frame) {
      s_.frames.top().ptr = at;
      s_.frames.top().count = taken;
    } else {
      Frame f{FrameKind::LazyOne, 0, p, at, {}};
      f.count = taken;
      if (!push(f)) return false;
    }
    ptr_ = at;
    return to(tail);
  }

  bool possessiveOne(const Code* p) {
    if (end_ - ptr_ < Index(p[1])) return false;
    Index n = count(p + 3, p[2]);
    if (n < Index(p[1])) return false;
    ptr_ += n;
    return to(p + *p);
  }

  // ---- repeats ----

  bool enterRepeat(const Code* p) {
    auto n = uint32_t(s_.repeats.size());
    if (!s_.repeats.push({-1, nullptr, p, repeat_})) {
      (void)raiseNoMemory(s_.ts);
      error_ = true;
      return false;
    }
    if (!push({FrameKind::UndoNew, n, nullptr, nullptr, {}})) return false;
    repeat_ = int(n);
    return to(p + *p);  // the UNTIL, which counts from -1
  }
  // Starts another round; the change is undone when it fails.
  bool nextRound(RepeatState& r, Index round, const void* last) {
    Frame undo{FrameKind::UndoRepeat, uint32_t(repeat_), nullptr, r.last, {}};
    undo.count = r.count;
    if (!push(undo)) return false;
    r.count = round;
    r.last = last;
    return to(r.pc + 3);
  }
  bool leaveRepeat(RepeatState& r, const Code* tail) {
    if (!push({FrameKind::UndoCurrent, uint32_t(repeat_), nullptr, nullptr, {}})) return false;
    repeat_ = r.previous;
    return to(tail);
  }
  static bool mayRepeat(const RepeatState& r, Index round) { return r.pc[2] == kMaxRepeat || round < Index(r.pc[2]); }
  bool maxUntil(const Code* tail) {
    RepeatState& r = s_.repeats[size_t(repeat_)];
    Index round = r.count + 1;
    if (round < Index(r.pc[1])) return nextRound(r, round, r.last);
    if (mayRepeat(r, round) && ptr_ != r.last) {
      Frame f{FrameKind::MaxTail, uint32_t(repeat_), tail, ptr_, {}};
      f.limit = r.last;
      if (!push(f)) return false;
      r.count = round;
      r.last = ptr_;
      return to(r.pc + 3);
    }
    return leaveRepeat(r, tail);
  }
  bool minUntil() {
    RepeatState& r = s_.repeats[size_t(repeat_)];
    Index round = r.count + 1;
    if (round < Index(r.pc[1])) return nextRound(r, round, r.last);
    if (!push({FrameKind::MinMore, uint32_t(repeat_), pc_, ptr_, {}})) return false;
    const Code* tail = pc_ + 1;
    repeat_ = r.previous;
    return to(tail);
  }

  // ---- sub-matches ----

  bool enterSub(FrameKind kind, const Code* p, const Code* body, const C* at, uint32_t times) {
    Frame f{kind, 0, p, ptr_, {}};
    f.sub = {sub_, times};
    if (!push(f)) return false;
    sub_ = int(s_.frames.size()) - 1;
    ptr_ = at;
    return to(body);
  }
  bool lookAround(FrameKind kind, const Code* p) { return enterSub(kind, p, p + 2, ptr_ - Index(p[1]), 0); }
  bool possessive(const Code* p) {
    if (p[2] == 0) return to(p + *p + 1);
    return enterSub(FrameKind::PossessiveBase, p, p + 3, ptr_, 0);
  }
  bool success() {
    if (sub_ < 0) {
      if ((s_.match_all && ptr_ != end_) || (s_.must_advance && ptr_ == s_.start)) return false;
      return done_ = true;
    }
    Frame base = s_.frames[size_t(sub_)];
    if (base.kind == FrameKind::AssertNotBase) {  // undo everything, then fail
      while (s_.frames.size() > size_t(sub_) + 1) undo();
      s_.frames.pop();
      sub_ = base.sub.base;
      return false;
    }
    dropChoices(size_t(sub_));
    sub_ = base.sub.base;
    const Code* p = base.pc;
    if (base.kind == FrameKind::AssertBase) ptr_ = static_cast<const C*>(base.ptr);
    if (base.kind != FrameKind::PossessiveBase) return to(p + *p);
    uint32_t times = base.sub.times + 1;
    bool more = times < p[1] || ((p[2] == kMaxRepeat || times < p[2]) && ptr_ != base.ptr);
    if (more) return enterSub(FrameKind::PossessiveBase, p, p + 3, ptr_, times);
    return to(p + *p + 1);
  }
  // Removes the base frame and the choices above it; undo frames move down.
  void dropChoices(size_t base) {
    size_t kept = base, size = s_.frames.size();
    for (size_t i = base + 1; i < size; ++i)
      if (isUndo(s_.frames[i].kind)) s_.frames[kept++] = s_.frames[i];
    s_.frames.truncate(kept);
  }

  // ---- going back ----

  // Pops one frame, taking back what an undo frame says.
  void undo() {
    Frame f = s_.frames.top();
    s_.frames.pop();
    switch (f.kind) {
      case FrameKind::UndoMark:
        s_.marks[f.n] = f.ptr;
        s_.last_mark = f.marks.last_mark;
        s_.last_index = f.marks.last_index;
        break;
      case FrameKind::UndoRepeat:
        s_.repeats[f.n].count = f.count;
        s_.repeats[f.n].last = f.ptr;
        repeat_ = int(f.n);
        break;
      case FrameKind::UndoCurrent: repeat_ = int(f.n); break;
      case FrameKind::UndoNew:
        repeat_ = s_.repeats[f.n].previous;
        s_.repeats.truncate(f.n);
        break;
      case FrameKind::MaxTail:
        --s_.repeats[f.n].count;
        s_.repeats[f.n].last = f.limit;
        repeat_ = int(f.n);
        break;
      case FrameKind::MinMore: repeat_ = int(f.n); break;
      default: break;
    }
  }
  bool backtrack();
  bool resume(Frame&);

  State& s_;
  const Pattern* pattern_;
  const C *beginning_, *end_;
  const Code* pc_ = nullptr;
  const C* ptr_ = nullptr;
  int sub_ = -1, repeat_ = -1;
  bool done_ = false, error_ = false;
  uint32_t ticks_ = 0;
};

}  // namespace habu::sre
