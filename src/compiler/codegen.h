// The code generator: one walk over the tree, one Unit (flow graph and name tables) per code object.
//
// Failure is sticky: the first error sets `failed_`, every visit after it returns at once, and compile() answers with
// nothing. Emitting never needs a check: there is always a block to emit into.
//
// Which location an instruction carries is part of what we promise, so the current location is moved explicitly:
// visiting a statement sets it (and leaves it), visiting an expression sets and restores it, noLocation() marks what
// follows as artificial.
#pragma once
#include "compiler/flow_graph.h"
#include "compiler/future.h"
#include "compiler/symbol_table.h"
#include "syntax/ast_arena.h"
#include "types/code.h"

namespace habu::compiler {

// The name of an unnamed code object ("<lambda>"...): one str, made on first use, not interned (as .pyc files show).
class AnonymousName {
 public:
  constexpr explicit AnonymousName(const char* text) : text_(text) {}
  Str* get(ThreadState&);  // borrowed, lives for ever; null: raised

 private:
  const char* text_;
  Str* str_ = nullptr;
};

enum class UnitKind : uint8_t { Module, Class, Function, AsyncFunction, Lambda, Comprehension };

// A statement that must be left in order: what break, continue and return have to undo.
enum class FrameBlockKind : uint8_t {
  WhileLoop, ForLoop, TryExcept, FinallyTry, FinallyEnd, With, AsyncWith, HandlerCleanup, PopValue, ExceptionHandler,
  ExceptionGroupHandler, AsyncComprehension,
};
struct FrameBlock {
  FrameBlockKind kind;
  Block* start;
  Block* exit;
  const void* node = nullptr;              // With: the statement; HandlerCleanup: the name (a Str) or null
  ast::Seq<ast::Stmt*> finally{};          // FinallyTry: what has to run
};
inline constexpr int kMaxFrameBlocks = 20;

struct Unit {
  Unit(ThreadState& ts, Arena& arena, ConstantPool& pool) : graph(ts, arena), constants(ts, arena, pool) {}

  Unit* outer = nullptr;
  Arena::Mark memory;  // of the arena all this lies in, before the unit
  Scope* scope = nullptr;
  UnitKind kind{};
  Str* name = nullptr;
  Str* qualname = nullptr;
  Str* private_class = nullptr;
  int arg_count = 0, posonly_count = 0, kwonly_count = 0;  // arg_count: without the positional-only ones
  int first_line = 0;
  FlowGraph graph;
  UnitConstants constants;
  PtrMap<int> names, varnames, cellvars, freevars;
  Block* current = nullptr;
  FrameBlock frame_blocks[kMaxFrameBlocks];
  int frame_block_count = 0;
  ast::Position at{};
};

// State of a `case` pattern being matched (codegen_pattern.cpp).
struct PatternContext {
  ArenaList<Str*> stores{};       // names captured so far, their values on the stack
  bool allow_irrefutable = false;
  ArenaList<Block*> fail_pop{};   // fail_pop[n]: pops n values, then goes to the next case
  int on_top = 0;                 // values above the captures that have to be popped on failure
};

struct CodegenOptions {
  int flags = 0;     // CompilerFlag and CodeFlag bits
  int optimize = 0;  // -O level
  bool interactive = false;
  Future future;
};

class Codegen {
 public:
  Codegen(ThreadState& ts, ast::AstArena& arena, SymbolTable& table, Str* filename, const CodegenOptions& options)
      : ts_(ts), arena_(arena), table_(table), filename_(filename), options_(options), pool_(ts), limit_(ts) {}
  Ref<Code> compile(ast::Mod*);

 private:
  // ---- units (codegen_unit.cpp) ----
  bool enterUnit(Str* name, UnitKind, const void* node, int line);  // null name: raised
  Ref<Code> leaveUnit(bool return_none);  // assembles; always leaves
  Str* qualifiedName(Unit*);
  bool numberNames(PtrMap<int>& to, const Scope*, bool cells, int first);

  // ---- emitting (codegen_unit.cpp) ----
  Block* newBlock() { return unit_->graph.newBlock(); }
  void use(Block* b) {
    unit_->current->next = b;
    unit_->current = b;
  }
  Instr& emit(Op op) {
    Block* b = unit_->current;
    if (b->count && endsBlock(b->last().op)) use(newBlock());
    Instr& i = unit_->graph.append(unit_->current, op);
    i.at = unit_->at;
    return i;
  }
  void op(Op o) { emit(o); }
  void op(Op o, int arg) { emit(o).arg = arg; }
  void opNoLine(Op o) { emit(o).at = {-1, 0, 0, 0}; }
  void opNoLine(Op o, int arg) {
    Instr& i = emit(o);
    i.at = {-1, 0, 0, 0};
    i.arg = arg;
  }
  void jump(Op o, Block* target) { emit(o).target = target; }
  void jumpNoLine(Op o, Block* target) {
    Instr& i = emit(o);
    i.at = {-1, 0, 0, 0};
    i.target = target;
  }
  int addConst(Object* o);
  void loadConst(Object* o) { op(Op::LOAD_CONST, addConst(o)); }
  void loadConst(Ref<> o);
  void loadNone() { loadConst(&kNoneObject); }
  Object* keep(Ref<> o);
  int numberOf(PtrMap<int>&, Str* name);
  void nameOp(Op o, Str* name);  // attribute, import and global names; mangled
  void name(Str* name, ast::ExprContext);
  Str* mangled(Str* name);
  void yieldFrom(bool await);
  void yieldValue();
  void popExceptAndReraise();
  void at(const ast::Position& p) { unit_->at = p; }
  void at(const ast::Located* n) { unit_->at = n->at; }
  void noLocation() { unit_->at = {-1, -1, -1, -1}; }
  bool topLevelAwait() const;

  // ---- errors and warnings (codegen_check.cpp) ----
  void setFailed() { failed_ = true; }
  void error(const char* message);  // SyntaxError at the current location
  void errorText(Ref<Str> message);
  void warn(Ref<Str> message);
  bool forbiddenName(Str* name, ast::ExprContext);
  void checkParameters(ast::Arguments*);
  void checkCompare(ast::Compare*);
  void checkCaller(ast::Expr*);
  void checkSubscripter(ast::Expr*);
  void checkIndex(ast::Expr* container, ast::Expr* index);
  bool checkKeywords(ast::Seq<ast::Keyword*>);

  // ---- leaving statements early (codegen_unwind.cpp) ----
  void pushFrameBlock(FrameBlockKind, Block* start, Block* exit, const void* node = nullptr,
                      ast::Seq<ast::Stmt*> finally = {});
  void popFrameBlock() { --unit_->frame_block_count; }
  void unwind(const FrameBlock&, bool preserve_top);
  void unwindAll(bool preserve_top, FrameBlock** loop);
  void returnStatement(ast::Return*);
  void breakStatement();
  void continueStatement();
  void callExitWithNones();

  // ---- statements (codegen_statement.cpp, codegen_try.cpp) ----
  void visit(ast::Stmt*);
  void visitKind(ast::Stmt*);
  void visitAll(ast::Seq<ast::Stmt*> body, int from = 0) {
    for (int i = from; i < body.size; ++i) visit(body[i]);
  }
  void body(ast::Seq<ast::Stmt*>);
  void expressionStatement(ast::Expr* value);
  void assign(ast::Assign*);
  void augAssign(ast::AugAssign*);
  void annAssign(ast::AnnAssign*);
  void annotationForChecks(ast::Expr*);
  void annotationSubscript(ast::Expr*);
  void ifStatement(ast::If*);
  void forStatement(ast::For*);
  void asyncFor(ast::AsyncFor*);
  void whileStatement(ast::While*);
  void assertStatement(ast::Assert*);
  void importStatement(ast::Import*);
  void importAs(Str* name, Str* asname);
  Str* internedPart(Str* text, Index from, Index to);  // the text itself on failure
  void importFrom(ast::ImportFrom*);
  void raiseStatement(ast::Raise*);
  void with(ast::With*, int position);
  void asyncWith(ast::AsyncWith*, int position);
  void finishWith(Block* cleanup);
  void tryFinally(ast::Try*, bool star);
  void tryExcept(ast::Try*);
  void exceptHandler(ast::ExceptHandler*, Block* end);
  void tryStar(ast::Try*);
  void exceptStarHandler(ast::ExceptHandler*, Block* next);
  void forgetName(Str*);
  void matchStatement(ast::Match*);

  // ---- functions and classes (codegen_function.cpp) ----
  void functionDef(ast::FunctionDef*);
  void asyncFunctionDef(ast::AsyncFunctionDef*);
  template <class F>
  void function(F*, UnitKind);
  void classDef(ast::ClassDef*);
  void lambda(ast::Lambda*);
  void decorators(ast::Seq<ast::Expr*>);
  void applyDecorators(ast::Seq<ast::Expr*>);
  int defaultArguments(ast::Arguments*);
  bool keywordDefaults(ast::Arguments*);
  bool annotations(ast::Arguments*, ast::Expr* returns);
  void annotation(Str* name, ast::Expr*, int& count);
  void annotationText(ast::Expr*);
  void setParameters(ast::Arguments*);
  void makeClosure(Ref<Code>, int flags);

  // ---- comprehensions (codegen_comprehension.cpp) ----
  struct ComprehensionParts {
    ComprehensionKind kind;
    ast::Seq<ast::Comprehension*> generators;
    ast::Expr *elt, *value;
  };
  void comprehension(ast::Expr*, AnonymousName& name, const ComprehensionParts&);
  void generator(const ComprehensionParts&, int index, int depth);
  void syncGenerator(const ComprehensionParts&, int index, int depth);
  void asyncGenerator(const ComprehensionParts&, int index, int depth);
  void comprehensionElement(const ComprehensionParts&, int depth);

  // ---- expressions (codegen_expression.cpp, codegen_display.cpp, codegen_call.cpp) ----
  void visit(ast::Expr*);
  void visitKind(ast::Expr*);
  void visitAll(ast::Seq<ast::Expr*> list) {
    for (ast::Expr* e : list) visit(e);
  }
  void jumpIf(ast::Expr*, Block* target, bool condition);
  void jumpIfChain(ast::Compare*, Block* target, bool condition);
  void boolOp(ast::BoolOp*);
  void compare(ast::Compare*);
  void compareOp(ast::CompareOperator);
  void ifExp(ast::IfExp*);
  void attribute(ast::Attribute*);
  void atAttributeName(ast::Attribute*);
  void subscript(ast::Subscript*);
  void slice(ast::Slice*);
  void joinedStr(ast::JoinedStr*);
  void formattedValue(ast::FormattedValue*);
  void awaitExpression(ast::Await*);
  void yieldExpression(ast::Yield*);
  void yieldFromExpression(ast::YieldFrom*);
  struct DisplayOps {
    Op build, add, extend;
    bool tuple;
  };
  void display(ast::Seq<ast::Expr*>, int pushed, const DisplayOps&);
  bool foldedDisplay(ast::Seq<ast::Expr*>, int pushed, const DisplayOps&);
  Ref<> constantsOf(ast::Seq<ast::Expr*>, int from, int to);
  void sequence(ast::Seq<ast::Expr*>, ast::ExprContext, const DisplayOps&);
  void unpack(ast::Seq<ast::Expr*>);
  void dict(ast::Dict*);
  void dictPart(ast::Dict*, int from, int to);
  void call(ast::Call*);
  bool methodCall(ast::Call*);
  bool isImported(ast::Expr*) const;
  void callArguments(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*>);
  void callEx(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*>);
  void keywordDict(ast::Seq<ast::Keyword*>, int from, int to);
  void keywordNames(ast::Seq<ast::Keyword*>);

  // ---- patterns (codegen_pattern.cpp) ----
  void pattern(ast::Pattern*, PatternContext&);
  void subpattern(ast::Pattern*, PatternContext&);
  void patternAs(ast::MatchAs*, PatternContext&);
  void patternClass(ast::MatchClass*, PatternContext&);
  void patternMapping(ast::MatchMapping*, PatternContext&);
  void patternMappingKeys(ast::MatchMapping*);
  void patternOr(ast::MatchOr*, PatternContext&);
  bool sameBindings(PatternContext&, ArenaList<Str*>& control);
  void patternSequence(ast::MatchSequence*, PatternContext&);
  void sequenceUnpack(ast::Seq<ast::Pattern*>, PatternContext&);
  void sequenceSubscripts(ast::Seq<ast::Pattern*>, int star, PatternContext&);
  void matchValue(ast::MatchValue*, PatternContext&);
  void storeName(Str* name, PatternContext&);
  void rotate(int count);
  void ensureFailPop(PatternContext&, int n);
  void jumpToFailPop(PatternContext&, Op);
  void emitFailPop(PatternContext&);
  void addStore(PatternContext&, Str* name);

  ThreadState& ts_;
  ast::AstArena& arena_;
  SymbolTable& table_;
  Str* filename_;
  CodegenOptions options_;
  ConstantPool pool_;
  NestingLimit limit_;
  Arena flow_arena_;  // units: each gives its memory back when it is left
  Unit* unit_ = nullptr;
  int nesting_ = 0;  // of units
  bool failed_ = false;
};

// Pass list and output (assemble.cpp): the unit's graph as a code object.
Ref<Code> assembleUnit(ThreadState&, Unit&, Str* filename, int code_flags);
// The docstring that begins a body; null: none. Borrowed.
Object* docstringOf(ast::Seq<ast::Stmt*>);
// Does any statement, nested ones included, annotate a variable?
bool hasAnnotations(ast::Seq<ast::Stmt*>);
// The operand that BINARY_OP has for an operator.
int binaryOperand(ast::Operator, bool inplace);
// The text of an expression as an annotation keeps it (unparse.cpp).
Ref<Str> unparseExpression(ThreadState&, const ast::Expr*);

inline constexpr int kStackUseGuideline = 30;  // displays and calls with more items are built piecemeal

}  // namespace habu::compiler
