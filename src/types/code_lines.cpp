// co_lines(), co_positions() and co_lnotab.
#include <string>

#include "bytecode/line_table.h"
#include "object/alloc.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/code_object.h"
#include "types/int.h"
#include "types/tuple.h"

namespace habu {

namespace {

LineTableReader readerOf(const Code* code) { return LineTableReader(code->line_table->view(), code->first_line); }

struct LineIterator : Object {
  Code* code;  // owned
  LineTableReader reader;
};

void deallocLines(LineIterator* self) {
  clearField(self->code);
  freeObject(self);
}

Ref<> lineOrNone(ThreadState& ts, int line) {
  if (line < 0) return none();
  return newInt(ts, line);
}

// (start, end, line) of each entry of the table.
Ref<> nextLine(ThreadState& ts, LineIterator* self) {
  if (!self->reader.next()) return {};
  Ref<> first = TRY(newInt(ts, self->reader.start * 2)), last = TRY(newInt(ts, self->reader.end * 2));
  Ref<> number = TRY(lineOrNone(ts, self->reader.range.line));
  return packTuple(ts, {first.get(), last.get(), number.get()});
}

struct PositionsIterator : Object {
  Code* code;  // owned
  LineTableReader reader;
  Index at;
};

void deallocPositions(PositionsIterator* self) {
  clearField(self->code);
  freeObject(self);
}

Ref<> nextPosition(ThreadState& ts, PositionsIterator* self) {
  if (self->at >= self->code->size) return {};
  while (self->at >= self->reader.end)
    if (!self->reader.next()) return {};
  ++self->at;
  const SourceRange& p = self->reader.range;
  Ref<> line = TRY(lineOrNone(ts, p.line)), end_line = TRY(lineOrNone(ts, p.end_line));
  Ref<> column = TRY(lineOrNone(ts, p.column)), end_column = TRY(lineOrNone(ts, p.end_column));
  return packTuple(ts, {line.get(), end_line.get(), column.get(), end_column.get()});
}

Ref<> itself(ThreadState&, Object* self) { return Ref<>::share(self); }

}  // namespace

constinit Type kLineIteratorType = defineType<LineIterator>({
    .name = "line_iterator",
    .dealloc = slot<deallocLines>,
    .iter = slot<itself>,
    .iternext = slot<nextLine>,
});
constinit Type kPositionsIteratorType = defineType<PositionsIterator>({
    .name = "positions_iterator",
    .dealloc = slot<deallocPositions>,
    .iter = slot<itself>,
    .iternext = slot<nextPosition>,
});

Ref<> codeLines(ThreadState& ts, Code* code) {
  Ref<LineIterator> made = TRY(newObject<LineIterator>(ts, kLineIteratorType));
  made->code = Ref<Code>::share(code).release();
  made->reader = readerOf(code);
  return made;
}

Ref<> codePositions(ThreadState& ts, Code* code) {
  Ref<PositionsIterator> made = TRY(newObject<PositionsIterator>(ts, kPositionsIteratorType));
  made->code = Ref<Code>::share(code).release();
  made->reader = readerOf(code);
  return made;
}

// The line table of Python 3.9: pairs of (bytecode delta, signed line delta), for old tools.
Ref<Bytes> codeLineDeltas(ThreadState& ts, Code* code) {
  std::string table;
  auto emit = [&](int bytes, int lines) {
    table += char(bytes);
    table += char(lines);
  };
  int line = code->first_line;
  Index at = 0;
  for (LineTableReader r = readerOf(code); r.next();) {
    if (r.line() == line) continue;
    Index bytes = (r.start - at) * 2;
    int delta = r.line() - line;
    for (; bytes > 255; bytes -= 255) emit(255, 0);
    for (; delta > 127; delta -= 127, bytes = 0) emit(int(bytes), 127);
    for (; delta < -128; delta += 128, bytes = 0) emit(int(bytes), -128);
    emit(int(bytes), delta);
    at = r.start;
    line = r.line();
  }
  return newBytes(ts, table);
}

}  // namespace habu
