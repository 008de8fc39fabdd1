// The state of one search: the subject, the marks, and the engine's stack of choices.
//
// The engine never recurses. What it may have to come back to, and what it has to undo on the way, are frames of equal
// size on one growing stack; a failure pops frames until one of them says how to go on. Sub-patterns that match on
// their own (assertions, atomic groups, possessive repeats) put a base frame; when they are done, the choices above the
// base are dropped and only the undo frames stay.
#pragma once
#include "modules/sre/pattern.h"

namespace habu::sre {

enum class FrameKind : uint32_t {
  // choices
  Branch, GreedyOne, LazyOne, MaxTail, MinMore,
  // bases of sub-matches
  AssertBase, AssertNotBase, AtomicBase, PossessiveBase,
  // undo
  UndoMark, UndoRepeat, UndoCurrent, UndoNew,
};
inline bool isUndo(FrameKind k) { return k >= FrameKind::UndoMark; }

struct Frame {
  FrameKind kind;
  uint32_t n;        // number of a mark or repeat
  const Code* pc;
  const void* ptr;
  union {
    const void* limit;
    Index count;
    struct { int32_t last_mark, last_index; } marks;
    struct { int32_t base; uint32_t times; } sub;
  };
};

// An active REPEAT.
struct RepeatState {
  Index count;
  const void* last;  // where the last round began: a round that takes nothing ends the repeat
  const Code* pc;    // the REPEAT's arguments
  int previous;
};

template <class T>
class Stack {  // grows on the C heap
 public:
  Stack() = default;
  Stack(const Stack&) = delete;
  ~Stack();
  bool push(const T& item) {
    if (size_ == capacity_ && !grow()) return false;
    items_[size_++] = item;
    return true;
  }
  T& top() { return items_[size_ - 1]; }
  void pop() { --size_; }
  T& operator[](size_t i) { return items_[i]; }
  size_t size() const { return size_; }
  void truncate(size_t n) { size_ = n; }

 private:
  bool grow();
  T* items_ = nullptr;
  size_t size_ = 0, capacity_ = 0;
};

class State {
 public:
  explicit State(ThreadState& ts) : ts(ts) {}
  State(const State&) = delete;
  ~State();
  // TypeError for subjects of the wrong kind.
  Status open(Pattern*, Object* subject, Index start, Index end);
  // 1 matched, 0 not, -1 failed with an exception.
  int match();
  int search();
  void reset() {  // before each try
    last_mark = last_index = -1;
  }
  Index offset(const void* p) const { return (static_cast<const char*>(p) - static_cast<const char*>(beginning)) / char_size; }
  // The text of group i (1...); `empty`: "" instead of None when it is not set.
  Ref<> group(Index i, bool empty);
  Ref<> slice(Index from, Index to) { return subjectSlice(ts, subject.get(), is_bytes, buffer.bytes(), from, to); }
  // After a match: on to the next one.
  void advance() {
    must_advance = ptr == start;
    start = ptr;
    reset();
  }

  ThreadState& ts;
  Pattern* pattern = nullptr;  // borrowed
  Ref<> subject;
  BufferView buffer;
  bool is_bytes = false, match_all = false, must_advance = false;
  int char_size = 1;
  const void *beginning = nullptr, *start = nullptr, *end = nullptr, *ptr = nullptr;
  Index pos = 0, endpos = 0;
  int32_t last_mark = -1, last_index = -1;
  const void** marks = nullptr;
  Stack<Frame> frames;
  Stack<RepeatState> repeats;
};

extern template class Stack<Frame>;
extern template class Stack<RepeatState>;

// One try at state.ptr with the code at `pc`; `toplevel` tries obey match_all and must_advance.
template <class C>
int runMatch(State&, const Code* pc);
template <class C>
int runSearch(State&);

}  // namespace habu::sre
