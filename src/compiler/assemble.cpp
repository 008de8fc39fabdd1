// From a finished flow graph to the code object.
#include <cstdlib>

#include "bytecode/exception_table.h"
#include "bytecode/line_table.h"
#include "compiler/codegen.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

class Assembler {
 public:
  Assembler(ThreadState& ts, Unit& unit, Str* filename, int flags)
      : ts_(ts), unit_(unit), graph_(unit.graph), filename_(filename), flags_(flags) {}

  Ref<Code> run() {
    if (!normalizeBlocks(graph_) || !inlineSmallExits(graph_)) return {};
    if (!insertPrefix()) return {};
    if (!optimizeFlow(graph_, unit_.constants) || !duplicateExits(graph_)) return {};
    int used_constants = usedConstants();
    propagateLines(graph_);
    lineForExits(graph_, unit_.first_line);
    int depth = 0;
    bool generator = unit_.scope->generator || unit_.scope->coroutine;
    if (!computeDepth(graph_, generator, depth) || !labelHandlers(graph_)) return {};
    dropHandlerMarks(graph_);
    for (Block* b = graph_.entry(); b; b = b->next) removeNops(b);
    resolveJumps(graph_);
    return write(used_constants, depth);
  }

 private:
  // ---- variables: locals first, then cells that are not parameters, then free variables ----

  // Cells of parameters share the parameter's slot; the others close ranks behind the locals.
  bool placeCells() {
    int locals = unit_.varnames.size(), cells = unit_.cellvars.size(), frees = unit_.freevars.size();
    places_ = graph_.arena().allocateArray<int>(size_t(cells + frees) + 1);
    if (!places_) return false;
    int next = locals;
    for (auto& cell : unit_.cellvars) {
      int* local = unit_.varnames.find(cell.key);
      places_[cell.value] = local ? *local : next++;
    }
    for (int i = 0; i < frees; ++i) places_[cells + i] = next++;
    slots_ = next;
    return true;
  }

  bool insertPrefix() {
    if (!placeCells()) {
      graph_.outOfMemory();
      return false;
    }
    moveCells();
    Block* entry = graph_.entry();
    constexpr ast::Position kNowhere{-1, -1, -1, -1};
    int at = 0;
    auto insert = [&](Op op, int arg, const ast::Position& where) {
      return graph_.insert(entry, at++, {op, arg, where, nullptr, nullptr});
    };
    bool ok = true;
    if (unit_.freevars.size()) ok = insert(Op::COPY_FREE_VARS, unit_.freevars.size(), kNowhere);
    // In the order of their slots.
    auto* is_cell = graph_.arena().allocateArray<bool>(size_t(slots_) + 1);
    if (!is_cell) {
      graph_.outOfMemory();
      return false;
    }
    for (int slot = 0; slot < slots_; ++slot) is_cell[slot] = false;
    for (auto& cell : unit_.cellvars) is_cell[places_[cell.value]] = true;
    for (int slot = 0; ok && slot < slots_; ++slot)
      if (is_cell[slot]) ok = insert(Op::MAKE_CELL, slot, kNowhere);
    if (ok && (flags_ & (kCodeGenerator | kCodeCoroutine | kCodeAsyncGenerator))) {
      int line = unit_.first_line;
      ok = insert(Op::RETURN_GENERATOR, 0, {line, -1, line, -1}) && insert(Op::POP_TOP, 0, kNowhere);
    }
    return ok;
  }

  void moveCells() {
    for (Block* b = graph_.newest(); b; b = b->allocated)
      for (int i = 0; i < b->count; ++i) {
        Instr& instr = b->instrs[i];
        if (info(instr.op).operand == Operand::Cell) instr.arg = places_[instr.arg];
      }
  }

  // The first constant may be a docstring and stays; those behind the last one used go.
  int usedConstants() {
    int last = 0;
    for (Block* b = graph_.entry(); b; b = b->next)
      for (int i = 0; i < b->count; ++i) {
        const Instr& instr = b->instrs[i];
        if ((instr.op == Op::LOAD_CONST || instr.op == Op::KW_NAMES) && instr.arg > last) last = instr.arg;
      }
    return last + 1 < unit_.constants.size() ? last + 1 : unit_.constants.size();
  }

  // ---- output ----
  Ref<> namesOf(PtrMap<int>& map) {
    Ref<Tuple> tuple = map.size() ? newTupleUninitialized(ts_, map.size()) : emptyTuple();
    if (!tuple) return {};
    for (auto& entry : map) put(tuple.get(), entry.value, share(static_cast<Object*>(const_cast<void*>(entry.key))));
    return tuple;
  }
  // The pool's tuple or bytes equal to `o`: code objects share them.
  Object* merged(Ref<> o) { return o ? unit_.constants.pool().mergeOne(o.get()) : nullptr; }

  bool localsPlus(CodeParts& parts, Ref<Bytes>& kinds) {
    Ref<Tuple> names = slots_ ? newTupleUninitialized(ts_, slots_) : emptyTuple();
    kinds = newBytesUninitialized(ts_, slots_);
    if (!names || !kinds) return false;
    auto set = [&](int slot, const void* name, uint8_t kind) {
      put(names.get(), slot, share(static_cast<Object*>(const_cast<void*>(name))));
      kinds->data[slot] = char(kind);
    };
    for (auto& v : unit_.varnames) set(v.value, v.key, kLocal | (unit_.cellvars.find(v.key) ? kCell : 0));
    for (auto& c : unit_.cellvars)
      if (!unit_.varnames.find(c.key)) set(places_[c.value], c.key, kCell);
    for (auto& f : unit_.freevars) set(places_[f.value], f.key, kFree);
    Object* shared = merged(std::move(names));
    if (!shared) return false;
    parts.localsplus_names = static_cast<Tuple*>(shared);
    parts.localsplus_kinds = kinds.get();
    return true;
  }

  Object* constantTuple(int used) {
    Ref<Tuple> tuple = used ? newTupleUninitialized(ts_, used) : emptyTuple();
    if (!tuple) return nullptr;
    for (int i = 0; i < used; ++i) put(tuple.get(), i, share(unit_.constants[i]));
    return merged(std::move(tuple));
  }

  int writeExceptionTable(uint8_t* out) {
    ExceptionTableWriter writer(out);
    Block* handler = nullptr;
    int start = 0, at = 0;
    auto finish = [&] {
      if (!handler) return;
      int depth = handler->start_depth - 1 - (handler->preserve_lasti ? 1 : 0);
      writer.add({start, at, handler->offset, depth, handler->preserve_lasti});
    };
    for (Block* b = graph_.entry(); b; b = b->next)
      for (int i = 0; i < b->count; ++i) {
        if (b->instrs[i].handler != handler) {
          finish();
          start = at;
          handler = b->instrs[i].handler;
        }
        at += instrUnits(b->instrs[i]);
      }
    finish();
    return int(writer.size());
  }

  Ref<Code> write(int used_constants, int depth) {
    size_t units = 0, instrs = 0, entries = 0;
    for (Block* b = graph_.entry(); b; b = b->next) {
      instrs += size_t(b->count);
      for (int i = 0; i < b->count; ++i) {
        size_t n = size_t(instrUnits(b->instrs[i]));
        units += n;
        entries += (n + 7) / 8;
      }
    }
    size_t code_bytes = units * sizeof(CodeUnit), line_bytes = entries * kMaxLocationEntry;
    auto* buffer = static_cast<uint8_t*>(std::malloc(code_bytes + line_bytes + (instrs + 1) * kMaxHandlerEntry));
    if (!buffer) return raiseNoMemory(ts_);
    auto* code = reinterpret_cast<CodeUnit*>(buffer);
    LineTableWriter lines(buffer + code_bytes, unit_.first_line);
    for (Block* b = graph_.entry(); b; b = b->next)
      for (int i = 0; i < b->count; ++i) {
        const Instr& instr = b->instrs[i];
        uint32_t arg = uint8_t(instr.op) >= kHaveArgument ? uint32_t(instr.arg) : 0;
        code = emitInstruction(code, instr.op, arg);
        lines.add(instrUnits(instr), {instr.at.lineno, instr.at.end_lineno, instr.at.col_offset, instr.at.end_col_offset});
      }
    uint8_t* handlers = buffer + code_bytes + line_bytes;
    int handler_bytes = writeExceptionTable(handlers);
    auto text = [](const uint8_t* at, size_t n) { return std::string_view(reinterpret_cast<const char*>(at), n); };
    Ref<Code> made = make(used_constants, depth, text(buffer, code_bytes), text(buffer + code_bytes, lines.size()),
                          text(handlers, size_t(handler_bytes)));
    std::free(buffer);
    return made;
  }

  Ref<Code> make(int used_constants, int depth, std::string_view code, std::string_view lines, std::string_view handlers) {
    CodeParts parts{};
    Ref<Bytes> kinds;
    Object* names = merged(namesOf(unit_.names));
    Object* consts = names ? constantTuple(used_constants) : nullptr;
    Object* line_table = consts ? merged(newBytes(ts_, lines)) : nullptr;
    Object* exception_table = line_table ? merged(newBytes(ts_, handlers)) : nullptr;
    if (!exception_table || !localsPlus(parts, kinds)) return {};
    parts.filename = filename_;
    parts.name = unit_.name;
    parts.qualname = unit_.qualname ? unit_.qualname : unit_.name;
    parts.flags = flags_;
    parts.first_line = unit_.first_line;
    parts.arg_count = unit_.posonly_count + unit_.arg_count;
    parts.posonly_count = unit_.posonly_count;
    parts.kwonly_count = unit_.kwonly_count;
    parts.stack_size = depth;
    parts.code = code;
    parts.consts = static_cast<Tuple*>(consts);
    parts.names = static_cast<Tuple*>(names);
    parts.line_table = static_cast<Bytes*>(line_table);
    parts.exception_table = static_cast<Bytes*>(exception_table);
    return makeCode(ts_, parts);
  }

  ThreadState& ts_;
  Unit& unit_;
  FlowGraph& graph_;
  Str* filename_;
  int flags_;
  int* places_ = nullptr;  // slot of every cell and free variable, by number
  int slots_ = 0;
};

}  // namespace

Ref<Code> assembleUnit(ThreadState& ts, Unit& unit, Str* filename, int code_flags) {
  return Assembler(ts, unit, filename, code_flags).run();
}

}  // namespace habu::compiler
