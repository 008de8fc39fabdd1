// Making code objects, and what they are equal to.
#include "types/code.h"

#include <climits>
#include <cstdlib>
#include <cstring>

#include "bytecode/line_table.h"
#include "bytecode/opcode.h"
#include "object/alloc.h"
#include "object/config.h"
#include "object/gc.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/code_object.h"
#include "types/float.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

namespace {

constexpr short kWarmup = -8;  // executions and loop rounds until the private stream becomes adaptive

// [A-Za-z0-9_]*: may be an identifier.
bool looksLikeName(const Str* s) {
  if (!s->isAscii()) return false;
  for (char c : asciiView(s)) {
    bool good = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!good) return false;
  }
  return true;
}

void internItem(Object*& item) {
  Ref<Str> s = Ref<Str>::steal(static_cast<Str*>(item));
  intern(s);
  item = s.release();
}

Status internNames(ThreadState& ts, Tuple* names) {
  for (Object*& item : std::span(names->items, size_t(names->size))) {
    if (!item || !isExactStr(item)) return raise(ts, kSystemError, "non-string found in code slot");
    internItem(item);
  }
  return kDone;
}

// Strings among the constants that look like identifiers. Containers of constants were shared by nobody but us.
Status internConstants(ThreadState& ts, Tuple* constants) {
  for (Object*& item : std::span(constants->items, size_t(constants->size))) {
    if (isExactStr(item)) {
      if (looksLikeName(static_cast<Str*>(item))) internItem(item);
    } else if (isExactTuple(item)) {
      TRY(internConstants(ts, static_cast<Tuple*>(item)));
    } else if (isExact(item, kFrozenSetType)) {
      Ref<Tuple> members = TRY(tupleFrom(ts, item));
      Ref<Tuple> before = TRY(newTuple(ts, members->span()));
      TRY(internConstants(ts, members.get()));
      bool changed = false;
      for (Index i = 0; i < members->size; ++i) changed |= members->items[i] != before->items[i];
      if (!changed) continue;
      Ref<Set> replaced = TRY(newFrozenSet(ts, members.get()));
      setField(item, Ref<>(std::move(replaced)));
    }
  }
  return kDone;
}

struct Counts {
  int locals = 0, plain_cells = 0, cells = 0, frees = 0;
};
Counts countKinds(const CodeParts& p) {
  Counts c;
  for (Index i = 0; i < p.localsplus_names->size; ++i) {
    uint8_t kind = uint8_t(p.localsplus_kinds->data[i]);
    if (kind & kLocal) {
      ++c.locals;
      if (kind & kCell) ++c.cells;
    } else if (kind & kCell) {
      ++c.cells;
      ++c.plain_cells;
    } else if (kind & kFree) {
      ++c.frees;
    }
  }
  return c;
}

Status validate(ThreadState& ts, const CodeParts& p) {
  if (p.arg_count < p.posonly_count || p.posonly_count < 0 || p.kwonly_count < 0 || p.stack_size < 0 || p.flags < 0 ||
      p.localsplus_kinds->size != p.localsplus_names->size)
    return raise(ts, kSystemError, "bad argument to internal function");
  if (p.code.size() > INT_MAX) return raise(ts, kOverflowError, "code: co_code larger than INT_MAX");
  if (p.code.size() % 2) return raise(ts, kValueError, "code: co_code is malformed");
  int named = p.arg_count + p.kwonly_count + ((p.flags & kCodeVarArgs) != 0) + ((p.flags & kCodeVarKeywords) != 0);
  if (countKinds(p).locals < named) return raise(ts, kValueError, "code: varnames is too small");
  return kDone;
}

void fill(Code* code, const CodeParts& p) {
  auto keep = [](auto*& field, auto* value) { field = Ref<std::remove_reference_t<decltype(*value)>>::share(value).release(); };
  keep(code->filename, p.filename);
  keep(code->name, p.name);
  keep(code->qualname, p.qualname);
  keep(code->consts, p.consts);
  keep(code->names, p.names);
  keep(code->localsplus_names, p.localsplus_names);
  keep(code->localsplus_kinds, p.localsplus_kinds);
  keep(code->line_table, p.line_table);
  keep(code->exception_table, p.exception_table);
  code->flags = p.flags;
  code->first_line = p.first_line;
  code->arg_count = p.arg_count;
  code->posonly_count = p.posonly_count;
  code->kwonly_count = p.kwonly_count;
  code->stack_size = p.stack_size;
  Counts c = countKinds(p);
  code->localsplus_count = int(p.localsplus_names->size);
  code->local_count = c.locals;
  code->plain_cell_count = c.plain_cells;
  code->cell_count = c.cells;
  code->free_count = c.frees;
  code->warmup = kWarmup;
  std::memcpy(code->code, p.code.data(), p.code.size());
  int entry = 0;
  while (entry < code->size && Op(code->code[2 * entry]) != Op::RESUME) ++entry;
  code->first_traceable = entry;
}

// -X no_debug_ranges: lines only.
Ref<Bytes> withoutColumns(ThreadState& ts, const Bytes* table, int first_line) {
  auto* buffer = static_cast<uint8_t*>(std::malloc(size_t(table->size) * kMaxLocationEntry + 1));
  if (!buffer) return raiseNoMemory(ts);
  LineTableWriter writer(buffer, first_line);
  for (LineTableReader r(table->view(), first_line); r.next();) writer.add(r.end - r.start, {r.range.line, -1, -1, -1});
  Ref<Bytes> made = newBytes(ts, {reinterpret_cast<char*>(buffer), writer.size()});
  std::free(buffer);
  return made;
}

}  // namespace

Ref<Code> makeCode(ThreadState& ts, const CodeParts& p) {
  TRY(validate(ts, p));
  TRY(internNames(ts, p.names));
  TRY(internConstants(ts, p.consts));
  TRY(internNames(ts, p.localsplus_names));
  Ref<Code> code = TRY(newObject<Code>(ts, kCodeType, Index(p.code.size() / 2)));
  code->size = Index(p.code.size() / 2);
  fill(code.get(), p);
  if (mainInterpreter.config && !mainInterpreter.config->debug_ranges)
    setField(code->line_table, TRY(withoutColumns(ts, p.line_table, p.first_line)));
  return code;
}

void deallocCode(Code* self) {
  clearWeakrefs(self);
  if (self->runtime && freeCodeRuntime) freeCodeRuntime(std::exchange(self->runtime, nullptr));
  std::free(std::exchange(self->linearray, nullptr));
  clearField(self->consts);
  clearField(self->names);
  clearField(self->exception_table);
  clearField(self->localsplus_names);
  clearField(self->localsplus_kinds);
  clearField(self->filename);
  clearField(self->name);
  clearField(self->qualname);
  clearField(self->line_table);
  clearField(self->public_code);
  freeObject(self);
}

// ---- lines ----

namespace {
// One int per code unit, made when somebody asks for the first line; tracing asks for every instruction.
const int* linesOf(Code* code) {
  if (code->linearray) return reinterpret_cast<int*>(code->linearray);
  auto* lines = static_cast<int*>(std::malloc(sizeof(int) * size_t(code->size + 1)));
  if (!lines) return nullptr;
  for (Index i = 0; i <= code->size; ++i) lines[i] = -1;
  for (LineTableReader r(code->line_table->view(), code->first_line); r.next();)
    for (Index i = r.start; i < r.end && i < code->size; ++i) lines[i] = r.range.line;
  code->linearray_entry_size = sizeof(int);
  code->linearray = reinterpret_cast<char*>(lines);
  return lines;
}
}  // namespace

int codeLine(const Code* code, int offset) {
  if (offset < 0) return code->first_line;
  const int* lines = linesOf(const_cast<Code*>(code));
  return lines && offset / 2 < code->size ? lines[offset / 2] : -1;
}

CodePosition codePosition(const Code* code, int offset) {
  if (offset < 0) return {code->first_line, code->first_line, -1, -1};
  SourceRange range = findSourceRange(code->line_table->view(), code->first_line, offset / 2);
  return {range.line, range.end_line, range.column, range.end_column};
}

// ---- equality ----

namespace {

bool sameBits(double a, double b) { return std::memcmp(&a, &b, sizeof a) == 0; }

// Constants that may share one entry of co_consts: equal, of one type, zeros of one sign, member by member.
Result<bool> sameConstant(ThreadState& ts, Object* a, Object* b) {
  if (a == b) return true;
  if (a->type != b->type) return false;
  if (isExactFloat(a)) {
    double x = static_cast<Float*>(a)->value, y = static_cast<Float*>(b)->value;
    return x == y && (x != 0 || sameBits(x, y));
  }
  if (isExact(a, kComplexType)) {
    auto *x = static_cast<Complex*>(a), *y = static_cast<Complex*>(b);
    return sameBits(x->real, y->real) && sameBits(x->imaginary, y->imaginary);
  }
  if (isExactTuple(a)) {
    auto *x = static_cast<Tuple*>(a), *y = static_cast<Tuple*>(b);
    if (x->size != y->size) return false;
    for (Index i = 0; i < x->size; ++i)
      if (!TRY(sameConstant(ts, x->items[i], y->items[i]))) return false;
    return true;
  }
  bool comparable = isExactInt(a) || isBool(a) || isExactStr(a) || isExact(a, kBytesType) || isExact(a, kCodeType) ||
                    isExact(a, kFrozenSetType);
  if (!comparable) return false;
  return compareBool(ts, a, b, CompareOp::Eq);
}

Result<bool> sameCode(ThreadState& ts, Code* a, Code* b) {
  if (a->arg_count != b->arg_count || a->posonly_count != b->posonly_count || a->kwonly_count != b->kwonly_count ||
      a->flags != b->flags || a->first_line != b->first_line || a->size != b->size ||
      std::memcmp(a->code, b->code, a->codeBytes()) != 0)
    return false;
  if (!TRY(equalObjects(ts, a->name, b->name)) || !TRY(sameConstant(ts, a->consts, b->consts))) return false;
  if (!TRY(equalObjects(ts, a->names, b->names)) || !TRY(equalObjects(ts, a->localsplus_names, b->localsplus_names))) return false;
  return TRY(equalObjects(ts, a->line_table, b->line_table)) && TRY(equalObjects(ts, a->exception_table, b->exception_table));
}

}  // namespace

Ref<> compareCode(ThreadState& ts, Code* self, Object* other, CompareOp op) {
  if ((op != CompareOp::Eq && op != CompareOp::Ne) || !isExact(other, kCodeType)) return notImplemented();
  bool same = self == other || TRY(sameCode(ts, self, static_cast<Code*>(other)));
  return newBool(same == (op == CompareOp::Eq));
}

Result<Hash> hashCode(ThreadState& ts, Code* self) {
  Hash h = TRY(hashOf(ts, self->name)) ^ TRY(hashOf(ts, self->consts)) ^ TRY(hashOf(ts, self->names)) ^
           TRY(hashOf(ts, self->localsplus_names)) ^ self->arg_count ^ self->posonly_count ^ self->kwonly_count ^ self->flags;
  return h == -1 ? Hash{-2} : h;
}

}  // namespace habu
