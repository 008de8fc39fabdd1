// printException: one exception with its causes, contexts, notes and, for groups, its parts.
#include "modules/report/report.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "object/thread_state.h"
#include "types/exceptions.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/list.h"
#include "types/set.h"
#include "types/tuple.h"

namespace habu::report {

namespace {

constexpr Index kMaxGroupWidth = 15;
constexpr int kMaxGroupDepth = 10;

constexpr char kCauseText[] = "The above exception was the direct cause of the following exception:";
constexpr char kContextText[] = "During handling of the above exception, another exception occurred:";

class Printer {
 public:
  explicit Printer(ThreadState& ts) : ts_(ts), r_(ts) {}

  Status print(Object* error, Object* file) {
    seen_ = TRY(newSet(ts_));
    printChain(error);
    if (r_.failed) return Raised{};
    Ref<Str> text = TRY(r_.text.finish());
    (void)TRY(callMethod(ts_, file, names::write, {text.get()}));
    return kDone;
  }

 private:
  // True once per exception: chains may be cyclic.
  bool firstVisit(Object* error) {
    Ref<Int> id = newIntUnsigned(ts_, reinterpret_cast<uintptr_t>(error));
    if (!id) return clearError(ts_), false;
    auto known = setContains(ts_, seen_.get(), id.get());
    if (known.failed() || known.take()) return clearError(ts_), false;
    if (setAdd(ts_, seen_.get(), id.get()).failed()) clearError(ts_);
    return true;
  }
  bool seen(Object* error) {
    Ref<Int> id = newIntUnsigned(ts_, reinterpret_cast<uintptr_t>(error));
    if (!id) return clearError(ts_), true;
    auto known = setContains(ts_, seen_.get(), id.get());
    return known.failed() ? (clearError(ts_), true) : known.take();
  }

  void printChain(Object* value) {
    RecursionGuard guard(ts_, " in print_exception_recursive");
    if (guard.failed()) return clearError(ts_);
    if (isException(value)) {
      firstVisit(value);
      auto* e = static_cast<BaseException*>(value);
      Ref<> cause = share(e->cause), context = share(e->context);
      if (cause) printEarlier(cause.get(), kCauseText);
      else if (context && !e->suppress_context) printEarlier(context.get(), kContextText);
    }
    if (isInstanceOf(value, kBaseExceptionGroup)) printGroup(static_cast<ExceptionGroup*>(value));
    else printOne(value);
  }

  void printEarlier(Object* error, const char* message) {
    if (seen(error)) return;
    bool need_close = r_.need_close;
    printChain(error);
    r_.need_close = need_close;
    r_.margin();
    r_.add("\n");
    r_.margin();
    r_.add("{}\n", message);
    r_.margin();
    r_.add("\n");
  }

  void printGroup(ExceptionGroup* group) {
    if (r_.group_depth > kMaxGroupDepth) {
      r_.margin();
      r_.add("... (max_group_depth is {})\n", kMaxGroupDepth);
      return;
    }
    if (r_.group_depth == 0) ++r_.group_depth;
    printOne(group);
    Ref<Tuple> parts = share(static_cast<Tuple*>(group->exceptions));
    Index n = parts->size <= kMaxGroupWidth ? parts->size : kMaxGroupWidth + 1;
    r_.need_close = false;
    for (Index i = 0; i < n; ++i) printPart(*parts, i, n);
    if (r_.group_depth == 1) r_.group_depth = 0;
  }

  void printPart(Tuple& parts, Index i, Index n) {
    bool last = i == n - 1, truncated = i >= kMaxGroupWidth;
    if (last) r_.need_close = true;
    r_.indent();
    r_.add(i == 0 ? "+-" : "  ");
    if (truncated) r_.add("+---------------- ... ----------------\n");
    else r_.add("+---------------- {} ----------------\n", i + 1);
    ++r_.group_depth;
    if (truncated) {
      Index more = parts.size - kMaxGroupWidth;
      r_.margin();
      r_.add("and {} more exception{}\n", more, more > 1 ? "s" : "");
    } else {
      printChain(parts.items[i]);
    }
    if (last && r_.need_close) {
      r_.indent();
      r_.add("+------------------------------------\n");
      r_.need_close = false;
    }
    --r_.group_depth;
  }

  void printOne(Object* value) {
    if (!isException(value)) {
      r_.margin();
      r_.add("TypeError: print_exception(): Exception expected for value, {} found\n", typeName(value));
      return;
    }
    auto* e = static_cast<BaseException*>(value);
    if (e->traceback && isExact(e->traceback, kTracebackType)) 
      addTraceback(r_, static_cast<Traceback*>(e->traceback), isInstanceOf(value, kBaseExceptionGroup));
    Ref<> message = share(value);
    if (isInstanceOf(value, kSyntaxError)) message = printSyntaxError(static_cast<SyntaxError*>(value));
    r_.margin();
    printTypeName(value->type);
    printMessage(message.get());
    if (Ref<Str> name = suggestName(ts_, value)) r_.add(". Did you mean: '{}'?", name);
    r_.add("\n");
    printNotes(value);
  }

  void printTypeName(Type* type) {
    Ref<> module = getAttr(ts_, type, names::__module__), qualname = getAttr(ts_, type, names::__qualname__);
    if (!module || !isStr(module.get())) {
      clearError(ts_);
      r_.add("<unknown>.");
    } else if (auto* m = static_cast<Str*>(module.get()); !equalsAscii(m, "builtins") && !equalsAscii(m, "__main__")) {
      r_.add("{}.", m);
    }
    if (qualname && isStr(qualname.get())) {
      r_.add("{}", qualname);
    } else {
      clearError(ts_);
      r_.add("<unknown>");
    }
  }

  void printMessage(Object* value) {
    if (!value || isNone(value)) return;
    Ref<Str> text = strOf(ts_, value);
    if (!text) {
      clearError(ts_);
      r_.add(": <exception str() failed>");
    } else if (text->length) {
      r_.add(": {}", text);
    }
  }

  // File, line, source text and carets; what remains to be printed as the message.
  Ref<> printSyntaxError(SyntaxError* e) {
    if (!e->print_file_and_line && (!e->line || isNone(e->line))) return share(static_cast<Object*>(e));
    if (!e->line || !isInt(e->line)) return share(static_cast<Object*>(e));
    Ref<> filename = e->filename && !isNone(e->filename) ? share(e->filename) : Ref<>(newStr(ts_, "<string>"));
    r_.margin();
    r_.add("  File \"{}\", line {}\n", filename, e->line);
    if (e->text && isStr(e->text)) printErrorText(e);
    return e->message && !isNone(e->message) ? share(e->message) : Ref<>(newStr(ts_, "<no detail available>"));
  }

  static Index numberOr(Object* o, Index fallback) {
    if (!o || !isInt(o)) return fallback;
    int overflow = 0;
    long long v = toLongLong(static_cast<Int*>(o), overflow);
    return overflow ? fallback : Index(v);
  }

  void printErrorText(SyntaxError* e) {
    auto* text = static_cast<Str*>(e->text);
    Index start = 0, end = text->length;
    while (end > start && (*text)[end - 1] == '\n') --end;
    while (start < end && ((*text)[start] == ' ' || (*text)[start] == '\n' || (*text)[start] == '\f' || (*text)[start] == '\t')) ++start;
    Ref<Str> line = substring(ts_, text, start, end);
    r_.margin();
    r_.add("    {}\n", line);
    if (!e->offset || isNone(e->offset)) return;
    // Carets stay within the text and one place behind it; an error of several lines reaches to the end of the first.
    Index offset = numberOr(e->offset, -1), end_offset = numberOr(e->end_offset, 0);
    Index limit = text->length + 1;
    if (!isExact(e, kSyntaxError)) end_offset = offset;  // of IndentationError and other subclasses only the start
    else if (e->end_line && isInt(e->end_line) && numberOr(e->end_line, 0) > numberOr(e->line, 0)) end_offset = text->length;
    if (offset > limit) offset = limit;
    if (end_offset > limit) end_offset = limit;
    if (end_offset <= offset) end_offset = offset + 1;
    Index column = offset - 1 - start, end_column = end_offset - 1 - start;
    if (column < 0 || !line) return;
    r_.margin();
    r_.add("    ");
    for (Index i = 0; i < column; ++i) {
      char32_t c = i < line->length ? (*line)[i] : U' ';
      r_.repeat(c == '\t' || c == '\f' ? char(c) : ' ', 1);
    }
    r_.repeat('^', end_column > column ? end_column - column : 1);
    r_.add("\n");
  }

  void printNotes(Object* value) {
    Ref<> notes;
    if (auto found = findAttr(ts_, value, names::__notes__); found.failed()) clearError(ts_);
    else notes = found.take();
    if (!notes) return;
    bool sequence = isSequence(notes.get()) && !isStr(notes.get()) && !isBytes(notes.get());
    Ref<> items = sequence ? sequenceFast(ts_, notes.get(), "notes") : Ref<>{};
    if (!items) {
      clearError(ts_);
      Ref<Str> text = reprOf(ts_, notes.get());
      if (!text) clearError(ts_);
      r_.margin();
      if (text) r_.add("{}\n", text);
      else r_.add("<__notes__ repr() failed>\n");
      return;
    }
    for (Index i = 0; i < fastSize(items.get()); ++i) {
      Ref<Str> text = strOf(ts_, fastItems(items.get())[i]);
      if (!text) {
        clearError(ts_);
        r_.margin();
        r_.add("<note str() failed>\n");
        continue;
      }
      printLines(text.get());
    }
  }

  void printLines(Str* text) {
    Index start = 0;
    while (true) {
      Index end = start;
      while (end < text->length && (*text)[end] != '\n') ++end;
      Ref<Str> line = substring(ts_, text, start, end);
      r_.margin();
      r_.add("{}\n", line);
      if (end >= text->length) break;
      start = end + 1;
    }
  }

  ThreadState& ts_;
  Report r_;
  Ref<Set> seen_;
};

}  // namespace
}  // namespace habu::report

namespace habu {

Status printException(ThreadState& ts, Object* exception, Object* file) { return report::Printer(ts).print(exception, file); }

}  // namespace habu
