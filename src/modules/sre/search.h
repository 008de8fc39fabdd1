// Looking for the first place where a pattern matches, helped by its info block: a literal prefix, or the set of its
// first characters.
#pragma once
#include "modules/sre/engine.h"

namespace habu::sre {

template <class C>
class Search {
 public:
  explicit Search(State& s)
      : s_(s), engine_(s), pc_(s.pattern->code), at_(static_cast<const C*>(s.start)), end_(static_cast<const C*>(s.end)) {}

  int run() {
    if (at_ > end_) return 0;
    const Code* info = nullptr;
    if (Op(*pc_) == Op::Info) {
      info = pc_;
      Index least = Index(info[3]);
      if (end_ - at_ < least) return 0;
      // No match can begin behind this place (but one character is left to the scans).
      last_ = least > 1 ? end_ - (least - 1) : end_;
      if (last_ <= at_) last_ = at_;
      pc_ += 1 + pc_[1];
      if (info[2] & kInfoPrefix) return prefix(info);
      if (info[2] & kInfoCharset) return charset(info + 5);
    } else {
      last_ = end_;
    }
    return everywhere();
  }

 private:
  int tryAt(const Code* pc, const C* start, const C* ptr) {
    s_.start = start;
    int status = engine_.match(pc, ptr);
    s_.must_advance = false;
    if (status == 0) s_.reset();
    return status;
  }

  // info: op, skip, flags, least, most, prefix length, prefix skip, prefix...
  int prefix(const Code* info) {
    constexpr Index kMost = Index(sizeof prefix_ / sizeof prefix_[0]);
    Index length = Index(info[5]), skip = Index(info[6]);
    bool whole = info[2] & kInfoLiteral;
    if (length > kMost) {  // look for its beginning; the match itself compares the rest
      length = kMost;
      whole = false;
      skip = 0;
    }
    for (Index i = 0; i < length; ++i) {
      prefix_[i] = C(info[7 + i]);
      if (char32_t(prefix_[i]) != info[7 + i]) return 0;  // the subject has no such characters
    }
    for (; at_ < end_; ++at_) {
      Index n = findText(at_, end_ - at_, prefix_, length);
      if (n < 0) return 0;
      at_ += n;
      if (whole) {
        s_.start = at_;
        s_.ptr = at_ + length;
        return 1;
      }
      int status = tryAt(pc_ + 2 * skip, at_, at_ + skip);
      if (status) return status;
    }
    return 0;
  }

  int charset(const Code* set) {
    for (;; ++at_) {
      while (at_ < last_ && !engine_.inSet(set, *at_)) ++at_;
      if (at_ >= last_) return 0;
      int status = tryAt(pc_, at_, at_);
      if (status) return status;
    }
  }

  int everywhere() {
    bool anchored = Op(*pc_) == Op::At && (At(pc_[1]) == At::Beginning || At(pc_[1]) == At::BeginningString);
    for (;; ++at_) {
      int status = tryAt(pc_, at_, at_);
      if (status || anchored || at_ >= last_) return status;
    }
  }

  State& s_;
  Engine<C> engine_;
  const Code* pc_;
  const C* at_;
  const C *end_, *last_ = nullptr;
  C prefix_[64];
};

}  // namespace habu::sre
