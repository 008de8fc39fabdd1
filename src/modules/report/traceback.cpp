// Traceback entries.
#include <climits>

#include "modules/report/report.h"
#include "object/interpreter.h"
#include "syntax/parse.h"
#include "syntax/source_lines.h"
#include "types/code.h"
#include "types/frame.h"
#include "types/int.h"
#include "types/str.h"

namespace habu::report {

namespace {

constexpr int kShownRepeats = 3;
constexpr long kDefaultLimit = 1000;

bool isBlank(char32_t c) { return c == ' ' || c == '\t' || c == '\f'; }

// A piece of a line, in characters.
struct Range {
  Index start, end;
};

// Byte offset in the UTF-8 form to character offset.
Index characterOffset(const Str* line, Index bytes) {
  if (line->isAscii()) return bytes < line->length ? bytes : line->length;
  Index i = 0;
  for (Index at = 0; i < line->length && at < bytes; ++i) {
    char32_t c = (*line)[i];
    at += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
  return i;
}

// Inside the failing expression: the operator of a binary operation, or the brackets of a subscript. In characters of
// the segment. False: neither.
bool operatorRange(ThreadState& ts, Str* segment, Range& out) {
  auto utf8 = utf8Of(ts, segment);
  if (utf8.failed()) return clearError(ts), false;
  syntax::AstArena arena;
  static constinit Name filename{"<string>"};
  auto parsed = syntax::parse(ts, arena, utf8.take(), filename.get(), {.mode = syntax::Mode::Exec, .source_is_utf8 = true});
  if (parsed.failed()) return clearError(ts), false;
  syntax::Mod* tree = parsed.take();
  auto& body = static_cast<syntax::Module*>(tree)->body;
  if (body.size != 1 || body[0]->node_kind != syntax::NodeKind::ExprStmt) return false;
  syntax::Expr* e = static_cast<syntax::ExprStmt*>(body[0])->value;
  if (e->at.lineno != e->at.end_lineno) return false;
  if (e->node_kind == syntax::NodeKind::BinOp) {
    auto* op = static_cast<syntax::BinOp*>(e);
    Index start = characterOffset(segment, op->left->at.end_col_offset), end = characterOffset(segment, op->right->at.col_offset);
    while (start < end && isBlank((*segment)[start])) ++start;
    bool two = start + 1 < end && !isBlank((*segment)[start + 1]);
    out = {start, start + (two ? 2 : 1)};
    return true;
  }
  if (e->node_kind == syntax::NodeKind::Subscript) {
    auto* s = static_cast<syntax::Subscript*>(e);
    out = {characterOffset(segment, s->value->at.end_col_offset), characterOffset(segment, s->slice->at.end_col_offset + 1)};
    return true;
  }
  return false;
}

// The line of ^^^^ and ~~^~~ under a source line, unless it would underline all of it.
void addCarets(Report& r, const Traceback* tb, Str* line, Range shown) {
  CodePosition at = codePosition(tb->frame->frame->code, tb->last_instruction);
  if (at.line != tb->line || at.end_line < 0 || at.column < 0 || at.end_column < 0) return;
  Range marked{characterOffset(line, at.column), characterOffset(line, at.end_column)};
  bool has_operator = false;
  Range op{};
  if (at.end_line == at.line) {
    Ref<Str> segment = substring(r.ts, line, marked.start, marked.end);
    if (!segment) return clearError(r.ts);
    has_operator = operatorRange(r.ts, segment.get(), op);
  } else {
    marked.end = shown.end;
  }
  bool spans_all = marked.end - marked.start >= shown.end - shown.start;
  if (spans_all && !(has_operator && op.end > op.start)) return;
  r.margin();
  r.repeat(' ', 4 + marked.start - shown.start);
  if (!has_operator) {
    r.repeat('^', marked.end - marked.start);
  } else {
    r.repeat('~', op.start);
    r.repeat('^', op.end - op.start);
    r.repeat('~', marked.end - marked.start - op.end);
  }
  r.add("\n");
}

void addSource(Report& r, syntax::SourceLines& sources, const Traceback* tb) {
  Ref<Str> line = sources.line(r.ts, tb->frame->frame->code->filename, tb->line);
  if (!line) return;
  Range shown{0, line->length};
  while (shown.start < shown.end && isBlank((*line)[shown.start])) ++shown.start;
  while (shown.end > shown.start && (isBlank((*line)[shown.end - 1]) || (*line)[shown.end - 1] == '\r')) --shown.end;
  if (shown.start == shown.end) return;
  Ref<Str> text = substring(r.ts, line.get(), shown.start, shown.end);
  r.margin();
  r.add("    {}\n", text);
  addCarets(r, tb, line.get(), shown);
}

void addEntry(Report& r, syntax::SourceLines& sources, const Traceback* tb) {
  Code* code = tb->frame->frame->code;
  r.margin();
  r.add("  File \"{}\", line {}, in {}\n", code->filename, tb->line, code->name);
  addSource(r, sources, tb);
}

void addRepeated(Report& r, long count) {
  long more = count - kShownRepeats;
  if (more <= 0) return;
  r.margin();
  r.add("  [Previous line repeated {} more time{}]\n", more, more > 1 ? "s" : "");
}

long entryLimit() {
  static constinit Name tracebacklimit{"tracebacklimit"};
  Object* limit = sysGet(tracebacklimit);
  if (!limit || !isInt(limit)) return kDefaultLimit;
  int overflow = 0;
  long long v = toLongLong(static_cast<Int*>(limit), overflow);
  return overflow ? (overflow > 0 ? LONG_MAX : 0) : v;
}

}  // namespace

void addTraceback(Report& r, Traceback* first, bool of_group) {
  long limit = entryLimit();
  if (limit <= 0) return;
  if (of_group && r.group_depth == 1) {
    r.indent();
    r.add("+ ");
  } else {
    r.margin();
  }
  r.add(of_group ? "Exception Group Traceback (most recent call last):\n" : "Traceback (most recent call last):\n");
  long length = 0;
  for (Traceback* tb = first; tb; tb = tb->next) ++length;
  Traceback* tb = first;
  for (; length > limit; --length) tb = tb->next;
  syntax::SourceLines sources;
  const Traceback* last = nullptr;
  long count = 0;
  for (; tb && !r.failed; tb = tb->next) {
    Code *code = tb->frame->frame->code, *old = last ? last->frame->frame->code : nullptr;
    bool same = last && code->filename == old->filename && tb->line == last->line && code->name == old->name;
    if (!same) {
      addRepeated(r, count);
      count = 0;
    }
    last = tb;
    if (++count <= kShownRepeats) addEntry(r, sources, tb);
  }
  addRepeated(r, count);
}

}  // namespace habu::report
