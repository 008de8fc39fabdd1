// The display of exceptions and tracebacks, as CPython 3.11 prints them (printException is declared in
// types/exceptions.h). Everything is gathered in a Report and written at once.
#pragma once
#include "object/raise.h"
#include "types/code.h"
#include "types/str.h"

namespace habu {

struct Traceback;

namespace report {

// Text in the making, with the indentation and margin of exception groups.
class Report {
 public:
  explicit Report(ThreadState& ts) : ts(ts), text(ts) {}
  template <class... A>
  void add(const char* format, const A&... args) {
    if (failed) return;
    Ref<Str> s = formatText(ts, format, args...);
    failed = !s || !text.append(s.get());
  }
  void repeat(char c, Index times) {
    while (!failed && times-- > 0) failed = !text.append(char32_t(static_cast<unsigned char>(c)));
  }
  void indent() { repeat(' ', 2 * group_depth); }
  void margin() {  // what every line of a group starts with
    indent();
    if (group_depth) add("| ");
  }

  ThreadState& ts;
  StrBuilder text;
  int group_depth = 0;
  bool need_close = false;  // a group's closing line is still to come
  bool failed = false;
};

// traceback.cpp: the entries, oldest first, with source lines and carets. `limit` from sys.tracebacklimit.
void addTraceback(Report&, Traceback*, bool of_group);

// suggestions.cpp: the name meant instead of the one that was not found; empty: no idea.
Ref<Str> suggestName(ThreadState&, Object* exception);

}  // namespace report
}  // namespace habu
