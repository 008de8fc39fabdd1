// The symbol table: one Scope per module, class, function, lambda and comprehension, saying what each name in it means.
//
//   buildSymbolTable  walks the tree once, notes every definition and use (symbol_builder.cpp),
//                     then decides for every name of every scope where it lives (symbol_analysis.cpp).
//
// Everything lies in the tree's arena. Names are interned, so that pointers can be compared.
#pragma once
#include "compiler/ptr_map.h"
#include "object/result.h"
#include "syntax/ast.h"
#include "syntax/ast_arena.h"

namespace habu::compiler {

namespace ast = habu::syntax;

// What a scope knows about a name; the values are part of module _symtable's interface.
enum SymbolFlag : uint32_t {
  kDefGlobal = 1,
  kDefLocal = 2,
  kDefParam = 4,
  kDefNonlocal = 8,
  kUse = 16,
  kDefFree = 32,
  kDefFreeClass = 64,  // bound in this class and free in one of its methods
  kDefImport = 128,
  kDefAnnot = 256,
  kDefCompIter = 512,  // iteration variable of a comprehension
};
inline constexpr uint32_t kDefBound = kDefLocal | kDefParam | kDefImport;
// Where the name lives: in the bits above the flags.
enum class Binding : uint32_t { Unknown, Local, GlobalExplicit, GlobalImplicit, Free, Cell };
inline constexpr int kScopeOffset = 11;
inline Binding bindingOf(uint32_t symbol) { return Binding(symbol >> kScopeOffset & 15); }

enum class ScopeKind : uint8_t { Function, Class, Module, Annotation /* discarded: the annotation becomes text */ };
enum class ComprehensionKind : uint8_t { None, List, Dict, Set, Generator };

struct Directive {  // a global or nonlocal statement, for error messages
  Str* name;
  ast::Position at;
  Directive* next;
};

struct Scope {
  Str* name;
  const void* node;  // the tree node it belongs to
  Scope* parent;     // enclosing scope
  ScopeKind kind;
  ComprehensionKind comprehension = ComprehensionKind::None;
  bool nested = false;     // in a function
  bool generator = false;
  bool coroutine = false;
  bool varargs = false, varkeywords = false;
  bool returns_value = false;
  bool needs_class_closure = false;  // a class whose methods use __class__ or super()
  bool in_iteration_target = false;  // while building: the target of a comprehension's `for`
  int iterable_depth = 0;            // while building: > 0 inside a comprehension's iterable
  PtrMap<uint32_t> symbols{};        // by mangled name, in order of appearance
  ArenaList<Str*> parameters{};
  ArenaList<Scope*> children{};
  Directive* directives = nullptr;
  ast::Position at{};
};

struct SymbolTable {
  Scope* top = nullptr;
  PtrMap<Scope*> scopes;  // by node
  Scope* scopeOf(const void* node) const {
    Scope** s = scopes.find(node);
    return s ? *s : nullptr;
  }
};

// SyntaxError with CPython's texts; RecursionError for trees nested too deeply. `filename` is for errors only.
Result<SymbolTable*> buildSymbolTable(ThreadState&, ast::AstArena&, ast::Mod*, Str* filename, bool future_annotations);
// Second half, called by the first.
bool analyzeScopes(ThreadState&, Arena&, SymbolTable&, Str* filename);

// How deep a tree may be nested: three levels for each that Python calls have left.
class NestingLimit {
 public:
  explicit NestingLimit(ThreadState& ts);
  // False: RecursionError raised. Every successful enter must be left.
  bool enter() { return ++depth_ <= limit_ ? !nativeStackLow() || raiseTooDeep() : raiseTooDeep(); }
  void leave() { --depth_; }

 private:
  bool nativeStackLow() const;
  bool raiseTooDeep();
  ThreadState& ts_;
  int depth_, limit_;
};

}  // namespace habu::compiler
