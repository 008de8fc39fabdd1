// Second half of the symbol table: where does each name live?
//
// A name that its own scope neither binds nor declares belongs to the nearest enclosing function that binds it; class
// scopes in between are looked through (but for __class__, which every class offers to its methods). If there is none,
// or a function on the way declares it global, it is a global. Each scope between the use and the binding must pass
// the cell on, so it gets the name as a free variable of its own.
#include "compiler/symbol_table.h"
#include "compiler/tree_error.h"
#include "object/names.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/str.h"

namespace habu::compiler {

namespace {

class Analysis {
 public:
  Analysis(ThreadState& ts, Arena& arena, Str* filename) : ts_(ts), arena_(arena), filename_(filename) {}

  bool analyze(Scope* scope) {
    if (RecursionGuard::nativeStackLow(ts_)) {
      (void)raise(ts_, kRecursionError, "maximum recursion depth exceeded during compilation");
      return false;
    }
    // By number: passing free variables on may add symbols to scopes further out, never to this one.
    for (auto& entry : scope->symbols) {
      auto* name = static_cast<Str*>(const_cast<void*>(entry.key));
      Binding binding;
      if (!decide(scope, name, entry.value, binding)) return false;
      entry.value |= uint32_t(binding) << kScopeOffset;
    }
    for (Scope* child : scope->children)
      if (!analyze(child)) return false;
    return true;
  }

 private:
  bool decide(Scope* scope, Str* name, uint32_t flags, Binding& binding) {
    if (flags & kDefGlobal) {
      if (flags & kDefNonlocal) return errorAtDirective(scope, name, "name '{}' is nonlocal and global");
      binding = Binding::GlobalExplicit;
      return true;
    }
    if (flags & kDefNonlocal) {
      if (scope->kind == ScopeKind::Module)
        return errorAtDirective(scope, name, "nonlocal declaration not allowed at module level");
      Scope* binder = findBinder(scope, name);
      if (!binder) return errorAtDirective(scope, name, "no binding for nonlocal '{}' found");
      binding = Binding::Free;
      return passOn(scope, binder, name);
    }
    if (flags & kDefBound) {
      binding = Binding::Local;
      return true;
    }
    Scope* binder = findBinder(scope, name);
    binding = binder ? Binding::Free : Binding::GlobalImplicit;
    return !binder || passOn(scope, binder, name);
  }

  // The enclosing scope that binds the name for `scope`; null: it is a global.
  Scope* findBinder(const Scope* scope, Str* name) const {
    for (Scope* s = scope->parent; s && s->kind != ScopeKind::Module; s = s->parent) {
      if (s->kind == ScopeKind::Class) {
        if (name == names::__class__.get()) return s;
        continue;
      }
      const uint32_t* flags = s->symbols.find(name);
      if (!flags) continue;
      if (*flags & kDefGlobal) return nullptr;
      if (*flags & kDefNonlocal) continue;
      if (*flags & kDefBound) return s;
    }
    return nullptr;
  }

  bool passOn(Scope* scope, Scope* binder, Str* name) {
    for (Scope* s = scope->parent; s != binder; s = s->parent) {
      uint32_t* flags = s->symbols.find(name);
      if (!flags) {
        if (!s->symbols.insert(arena_, name, uint32_t(Binding::Free) << kScopeOffset)) {
          (void)raiseNoMemory(ts_);
          return false;
        }
      } else if (s->kind == ScopeKind::Class && (*flags & (kDefBound | kDefGlobal))) {
        *flags |= kDefFreeClass;
      }
    }
    if (binder->kind == ScopeKind::Class) {
      binder->needs_class_closure = true;
    } else {
      uint32_t* flags = binder->symbols.find(name);
      *flags = (*flags & ((1u << kScopeOffset) - 1)) | uint32_t(Binding::Cell) << kScopeOffset;
    }
    return true;
  }

  // At the statement that declared the name.
  bool errorAtDirective(Scope* scope, Str* name, const char* format) {
    for (Directive* d = scope->directives; d; d = d->next)
      if (d->name == name) {
        // The first statement that names it counts; the list is newest first.
        Directive* first = d;
        for (Directive* e = d->next; e; e = e->next)
          if (e->name == name) first = e;
        const ast::Position& at = first->at;
        (void)raiseTreeError(ts_, filename_, {at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1},
                             formatText(ts_, format, name));
        return false;
      }
    (void)raise(ts_, kRuntimeError, "BUG: internal directive bookkeeping broken");
    return false;
  }

  ThreadState& ts_;
  Arena& arena_;
  Str* filename_;
};

}  // namespace

bool analyzeScopes(ThreadState& ts, Arena& arena, SymbolTable& table, Str* filename) {
  return Analysis(ts, arena, filename).analyze(table.top);
}

}  // namespace habu::compiler
