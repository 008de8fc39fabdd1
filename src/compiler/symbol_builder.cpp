#include "compiler/symbol_builder.h"

#include "compiler/mangle.h"
#include "compiler/tree_error.h"
#include "object/names.h"
#include "object/raise.h"
#include "object/thread_state.h"


namespace habu::compiler {

namespace {
constinit Name kTop{"top"};
constinit Name kLambdaName{"lambda"};
constinit Name kAnnotationName{"_annotation"};
constinit Name kGenexpr{"genexpr"};
constinit Name kListcomp{"listcomp"};
constinit Name kSetcomp{"setcomp"};
constinit Name kDictcomp{"dictcomp"};
constinit Name kFirstIterable{".0"};
constinit Name kSuper{"super"};
}  // namespace

void SymbolBuilder::outOfMemory() {
  if (!failed_) (void)raiseNoMemory(ts_);
  failed_ = true;
}

template <class... A>
void SymbolBuilder::error(const ast::Position& at, const char* format, const A&... args) {
  if (failed_) return;
  failed_ = true;
  (void)raiseTreeError(ts_, filename_, {at.lineno, at.col_offset + 1, at.end_lineno, at.end_col_offset + 1},
                       formatText(ts_, format, args...));
}

bool SymbolBuilder::enter(Str* name, ScopeKind kind, const void* node, const ast::Position& at) {
  auto* scope = arena_.create<Scope>(name, node, current_, kind);
  if (!scope || !table_.scopes.insert(arena_, node, scope)) {
    outOfMemory();
    return false;
  }
  scope->at = at;
  if (current_) {
    scope->nested = current_->nested || current_->kind == ScopeKind::Function;
    // Assignment expressions stay forbidden in everything nested in a comprehension's iterable.
    scope->iterable_depth = current_->iterable_depth;
    if (kind != ScopeKind::Annotation && !current_->children.push(arena_, scope)) outOfMemory();
  }
  current_ = scope;
  return !failed_;
}

uint32_t SymbolBuilder::lookup(Scope* scope, Str* name) {
  Str* mangled = mangle(ts_, arena_, private_, name);
  if (!mangled) {
    failed_ = true;
    return 0;
  }
  uint32_t* flags = scope->symbols.find(mangled);
  return flags ? *flags : 0;
}

void SymbolBuilder::defineIn(Scope* scope, Str* name, uint32_t flag, const ast::Position& at) {
  if (failed_) return;
  Str* mangled = mangle(ts_, arena_, private_, name);
  if (!mangled) {
    failed_ = true;
    return;
  }
  uint32_t* known = scope->symbols.find(mangled);
  if (!known) {
    known = scope->symbols.insert(arena_, mangled, 0);
    if (!known) return outOfMemory();
  }
  uint32_t flags = *known;
  if (flag & flags & kDefParam) return error(at, "duplicate argument '{}' in function definition", name);
  flags |= flag;
  if (scope->in_iteration_target) {
    if (flags & (kDefGlobal | kDefNonlocal))
      return error(at, "comprehension inner loop cannot rebind assignment expression target '{}'", name);
    flags |= kDefCompIter;
  }
  *known = flags;
  if (flag & kDefParam) {
    if (!scope->parameters.push(arena_, mangled)) return outOfMemory();
  } else if (flag & kDefGlobal) {  // a global statement makes the name known to the module too
    PtrMap<uint32_t>& globals = table_.top->symbols;
    uint32_t* in_module = globals.find(mangled);
    if (!in_module) in_module = globals.insert(arena_, mangled, 0);
    if (!in_module) return outOfMemory();
    *in_module |= flag;
  }
}

void SymbolBuilder::recordDirective(Str* name, const ast::Position& at) {
  if (failed_) return;
  Str* mangled = mangle(ts_, arena_, private_, name);
  if (!mangled) {
    failed_ = true;
    return;
  }
  auto* d = arena_.create<Directive>(mangled, at, current_->directives);
  if (!d) return outOfMemory();
  current_->directives = d;
}

bool SymbolBuilder::run(ast::Mod* mod) {
  if (!enter(kTop, ScopeKind::Module, mod, {0, 0, 0, 0})) return false;
  table_.top = current_;
  switch (mod->node_kind) {
    case ast::NodeKind::Module: visitAll(ast::as<ast::Module>(mod)->body); break;
    case ast::NodeKind::Interactive: visitAll(ast::as<ast::Interactive>(mod)->body); break;
    case ast::NodeKind::Expression: visit(ast::as<ast::Expression>(mod)->body); break;
    default:
      (void)raise(ts_, kRuntimeError, "this compiler does not handle FunctionTypes");
      failed_ = true;
  }
  return !failed_;
}

// ---- statements ----

void SymbolBuilder::visit(ast::Stmt* s) {
  if (failed_) return;
  if (!limit_.enter()) {
    failed_ = true;
    return;
  }
  visitKind(s);
  limit_.leave();
}

void SymbolBuilder::visitKind(ast::Stmt* s) {
  using ast::NodeKind;
  using ast::as;
  switch (s->node_kind) {
    case NodeKind::FunctionDef: return function(as<ast::FunctionDef>(s), false);
    case NodeKind::AsyncFunctionDef: return function(as<ast::AsyncFunctionDef>(s), true);
    case NodeKind::ClassDef: return classDef(as<ast::ClassDef>(s));
    case NodeKind::Return:
      visit(as<ast::Return>(s)->value);
      if (as<ast::Return>(s)->value) current_->returns_value = true;
      return;
    case NodeKind::Delete: return visitAll(as<ast::Delete>(s)->targets);
    case NodeKind::Assign: {
      auto* a = as<ast::Assign>(s);
      visitAll(a->targets);
      return visit(a->value);
    }
    case NodeKind::AugAssign: {
      auto* a = as<ast::AugAssign>(s);
      visit(a->target);
      return visit(a->value);
    }
    case NodeKind::AnnAssign: return annAssign(as<ast::AnnAssign>(s));
    case NodeKind::For:
    case NodeKind::AsyncFor: {
      auto* f = as<ast::For>(s);  // AsyncFor has the same fields
      visit(f->target);
      visit(f->iter);
      visitAll(f->body);
      return visitAll(f->orelse);
    }
    case NodeKind::While: {
      auto* w = as<ast::While>(s);
      visit(w->test);
      visitAll(w->body);
      return visitAll(w->orelse);
    }
    case NodeKind::If: {
      auto* i = as<ast::If>(s);
      visit(i->test);
      visitAll(i->body);
      return visitAll(i->orelse);
    }
    case NodeKind::With:
    case NodeKind::AsyncWith: {
      auto* w = as<ast::With>(s);
      visitAll(w->items);
      return visitAll(w->body);
    }
    case NodeKind::Match: {
      auto* m = as<ast::Match>(s);
      visit(m->subject);
      return visitAll(m->cases);
    }
    case NodeKind::Raise: {
      auto* r = as<ast::Raise>(s);
      visit(r->exc);
      return visit(r->cause);
    }
    case NodeKind::Try:
    case NodeKind::TryStar: {
      auto* t = as<ast::Try>(s);
      visitAll(t->body);
      visitAll(t->orelse);
      visitAll(t->handlers);
      return visitAll(t->finalbody);
    }
    case NodeKind::Assert: {
      auto* a = as<ast::Assert>(s);
      visit(a->test);
      return visit(a->msg);
    }
    case NodeKind::Import: return visitAll(as<ast::Import>(s)->names);
    case NodeKind::ImportFrom: return visitAll(as<ast::ImportFrom>(s)->names);
    case NodeKind::Global: return globalStatement(as<ast::Global>(s));
    case NodeKind::Nonlocal: return nonlocalStatement(as<ast::Nonlocal>(s));
    case NodeKind::ExprStmt: return visit(as<ast::ExprStmt>(s)->value);
    default: return;  // pass, break, continue
  }
}

void SymbolBuilder::defaults(ast::Arguments* a) {
  visitAll(a->defaults);
  visitAll(a->kw_defaults);  // null where there is none
}

// Postponed annotations (PEP 563) are looked at for errors, in a scope that is thrown away.
void SymbolBuilder::annotation(ast::Expr* e) {
  if (!e || failed_) return;
  if (future_annotations_ && !enter(kAnnotationName, ScopeKind::Annotation, e, e->at)) return;
  visit(e);
  if (future_annotations_) leave();
}

void SymbolBuilder::annotations(ast::Arguments* a, ast::Expr* returns, const void* node, const ast::Position& at) {
  if (failed_) return;
  // The key must differ from the function's own: the arguments node serves.
  if (future_annotations_ && !enter(kAnnotationName, ScopeKind::Annotation, node, at)) return;
  for (ast::Arg* arg : a->posonlyargs) visit(arg->annotation);
  for (ast::Arg* arg : a->args) visit(arg->annotation);
  if (a->vararg) visit(a->vararg->annotation);
  if (a->kwarg) visit(a->kwarg->annotation);
  for (ast::Arg* arg : a->kwonlyargs) visit(arg->annotation);
  if (future_annotations_) leave();
  annotation(returns);
}

void SymbolBuilder::parameters(ast::Arguments* a) {
  for (ast::Arg* arg : a->posonlyargs) define(arg->arg, kDefParam, arg->at);
  for (ast::Arg* arg : a->args) define(arg->arg, kDefParam, arg->at);
  for (ast::Arg* arg : a->kwonlyargs) define(arg->arg, kDefParam, arg->at);
  if (a->vararg) {
    define(a->vararg->arg, kDefParam, a->vararg->at);
    current_->varargs = true;
  }
  if (a->kwarg) {
    define(a->kwarg->arg, kDefParam, a->kwarg->at);
    current_->varkeywords = true;
  }
}

template <class F>
void SymbolBuilder::function(F* f, bool is_async) {
  define(f->name, kDefLocal, f->at);
  defaults(f->args);
  annotations(f->args, f->returns, f->args, f->at);
  visitAll(f->decorator_list);
  if (failed_ || !enter(f->name, ScopeKind::Function, f, f->at)) return;
  if (is_async) current_->coroutine = true;
  parameters(f->args);
  visitAll(f->body);
  leave();
}

void SymbolBuilder::classDef(ast::ClassDef* c) {
  define(c->name, kDefLocal, c->at);
  visitAll(c->bases);
  visitAll(c->keywords);
  visitAll(c->decorator_list);
  if (failed_ || !enter(c->name, ScopeKind::Class, c, c->at)) return;
  Str* outer = private_;
  private_ = c->name;
  visitAll(c->body);
  private_ = outer;
  leave();
}

void SymbolBuilder::annAssign(ast::AnnAssign* s) {
  if (auto* name = ast::tryAs<ast::Name>(s->target)) {
    uint32_t known = lookup(current_, name->id);
    if ((known & (kDefGlobal | kDefNonlocal)) && current_ != table_.top && s->simple)
      return error(s->at, known & kDefGlobal ? "annotated name '{}' can't be global" : "annotated name '{}' can't be nonlocal",
                   name->id);
    if (s->simple) define(name->id, kDefAnnot | kDefLocal, name->at);
    else if (s->value) define(name->id, kDefLocal, name->at);
  } else {
    visit(s->target);
  }
  annotation(s->annotation);
  visit(s->value);
}

void SymbolBuilder::declare(Str* name, const ast::Stmt* s, uint32_t flag, const char* kind) {
  if (failed_) return;
  uint32_t known = lookup(current_, name);
  if (known & kDefParam) return error(s->at, "name '{}' is parameter and {}", name, kind);
  if (known & kUse) return error(s->at, "name '{}' is used prior to {} declaration", name, kind);
  if (known & kDefAnnot) return error(s->at, "annotated name '{}' can't be {}", name, kind);
  if (known & kDefLocal) return error(s->at, "name '{}' is assigned to before {} declaration", name, kind);
  define(name, flag, s->at);
  recordDirective(name, s->at);
}

void SymbolBuilder::globalStatement(ast::Global* s) {
  for (Str* name : s->names) declare(name, s, kDefGlobal, "global");
}

void SymbolBuilder::nonlocalStatement(ast::Nonlocal* s) {
  for (Str* name : s->names) declare(name, s, kDefNonlocal, "nonlocal");
}

void SymbolBuilder::visit(ast::ExceptHandler* h) {
  if (failed_) return;
  visit(h->type);
  if (h->name) define(h->name, kDefLocal, h->at);
  visitAll(h->body);
}

void SymbolBuilder::visit(ast::WithItem* item) {
  visit(item->context_expr);
  visit(item->optional_vars);
}

void SymbolBuilder::visit(ast::MatchCase* c) {
  visit(c->pattern);
  visit(c->guard);
  visitAll(c->body);
}

void SymbolBuilder::visit(ast::Alias* a) {
  if (failed_) return;
  Str* bound = a->asname ? a->asname : a->name;
  if (equalsAscii(bound, "*")) {
    if (current_->kind != ScopeKind::Module) error(a->at, "import * only allowed at module level");
    return;
  }
  Index dot = 0;
  while (dot < bound->length && (*bound)[dot] != '.') ++dot;
  if (dot < bound->length) {  // `import a.b` binds a
    Ref<Str> head = substring(ts_, bound, 0, dot);
    if (head) intern(head);
    bound = arena_.own(std::move(head));
    if (!bound) {
      failed_ = true;
      if (!errorSet(ts_)) (void)raiseNoMemory(ts_);
      return;
    }
  }
  define(bound, kDefImport, a->at);
}

// ---- patterns ----

void SymbolBuilder::visit(ast::Pattern* p) {
  using ast::NodeKind;
  using ast::as;
  if (!p || failed_) return;
  if (!limit_.enter()) {
    failed_ = true;
    return;
  }
  switch (p->node_kind) {
    case NodeKind::MatchValue: visit(as<ast::MatchValue>(p)->value); break;
    case NodeKind::MatchSequence: visitAll(as<ast::MatchSequence>(p)->patterns); break;
    case NodeKind::MatchStar:
      if (Str* bound = as<ast::MatchStar>(p)->name) define(bound, kDefLocal, p->at);
      break;
    case NodeKind::MatchMapping: {
      auto* m = as<ast::MatchMapping>(p);
      visitAll(m->keys);
      visitAll(m->patterns);
      if (m->rest) define(m->rest, kDefLocal, p->at);
      break;
    }
    case NodeKind::MatchClass: {
      auto* m = as<ast::MatchClass>(p);
      visit(m->cls);
      visitAll(m->patterns);
      visitAll(m->kwd_patterns);
      break;
    }
    case NodeKind::MatchAs: {
      auto* m = as<ast::MatchAs>(p);
      visit(m->pattern);
      if (m->name) define(m->name, kDefLocal, p->at);
      break;
    }
    case NodeKind::MatchOr: visitAll(as<ast::MatchOr>(p)->patterns); break;
    default: break;
  }
  limit_.leave();
}

// ---- expressions ----

void SymbolBuilder::visit(ast::Keyword* k) { visit(k->value); }

void SymbolBuilder::visit(ast::Expr* e) {
  if (!e || failed_) return;
  if (!limit_.enter()) {
    failed_ = true;
    return;
  }
  visitKind(e);
  limit_.leave();
}

void SymbolBuilder::visitKind(ast::Expr* e) {
  using ast::NodeKind;
  using ast::as;
  switch (e->node_kind) {
    case NodeKind::NamedExpr:
      if (refuseInAnnotation(e, "named expression")) return;
      return namedExpr(as<ast::NamedExpr>(e));
    case NodeKind::BoolOp: return visitAll(as<ast::BoolOp>(e)->values);
    case NodeKind::BinOp: visit(as<ast::BinOp>(e)->left); return visit(as<ast::BinOp>(e)->right);
    case NodeKind::UnaryOp: return visit(as<ast::UnaryOp>(e)->operand);
    case NodeKind::Lambda: return lambda(as<ast::Lambda>(e));
    case NodeKind::IfExp: {
      auto* i = as<ast::IfExp>(e);
      visit(i->test);
      visit(i->body);
      return visit(i->orelse);
    }
    case NodeKind::Dict: visitAll(as<ast::Dict>(e)->keys); return visitAll(as<ast::Dict>(e)->values);
    case NodeKind::Set: return visitAll(as<ast::Set>(e)->elts);
    case NodeKind::ListComp: {
      auto* c = as<ast::ListComp>(e);
      return comprehension(e, kListcomp, ComprehensionKind::List, c->generators, c->elt, nullptr);
    }
    case NodeKind::SetComp: {
      auto* c = as<ast::SetComp>(e);
      return comprehension(e, kSetcomp, ComprehensionKind::Set, c->generators, c->elt, nullptr);
    }
    case NodeKind::DictComp: {
      auto* c = as<ast::DictComp>(e);
      return comprehension(e, kDictcomp, ComprehensionKind::Dict, c->generators, c->key, c->value);
    }
    case NodeKind::GeneratorExp: {
      auto* c = as<ast::GeneratorExp>(e);
      return comprehension(e, kGenexpr, ComprehensionKind::Generator, c->generators, c->elt, nullptr);
    }
    case NodeKind::Yield: return yieldExpr(e, as<ast::Yield>(e)->value);
    case NodeKind::YieldFrom: return yieldExpr(e, as<ast::YieldFrom>(e)->value);
    case NodeKind::Await:
      if (refuseInAnnotation(e, "await expression")) return;
      visit(as<ast::Await>(e)->value);
      current_->coroutine = true;
      return;
    case NodeKind::Compare: visit(as<ast::Compare>(e)->left); return visitAll(as<ast::Compare>(e)->comparators);
    case NodeKind::Call: {
      auto* c = as<ast::Call>(e);
      visit(c->func);
      visitAll(c->args);
      return visitAll(c->keywords);
    }
    case NodeKind::FormattedValue: {
      auto* f = as<ast::FormattedValue>(e);
      visit(f->value);
      return visit(f->format_spec);
    }
    case NodeKind::JoinedStr: return visitAll(as<ast::JoinedStr>(e)->values);
    case NodeKind::Attribute: return visit(as<ast::Attribute>(e)->value);
    case NodeKind::Subscript: visit(as<ast::Subscript>(e)->value); return visit(as<ast::Subscript>(e)->slice);
    case NodeKind::Starred: return visit(as<ast::Starred>(e)->value);
    case NodeKind::Slice: {
      auto* s = as<ast::Slice>(e);
      visit(s->lower);
      visit(s->upper);
      return visit(s->step);
    }
    case NodeKind::Name: return name(as<ast::Name>(e));
    case NodeKind::List: return visitAll(as<ast::List>(e)->elts);
    case NodeKind::Tuple: return visitAll(as<ast::Tuple>(e)->elts);
    default: return;  // constants
  }
}

void SymbolBuilder::name(ast::Name* n) {
  define(n->id, n->ctx == ast::ExprContext::Load ? kUse : kDefLocal, n->at);
  // super() without arguments reads __class__.
  if (n->ctx == ast::ExprContext::Load && current_->kind == ScopeKind::Function && n->id == kSuper.get())
    define(names::__class__, kUse, n->at);
}

void SymbolBuilder::lambda(ast::Lambda* l) {
  defaults(l->args);
  if (failed_ || !enter(kLambdaName, ScopeKind::Function, l, l->at)) return;
  parameters(l->args);
  visit(l->body);
  leave();
}

void SymbolBuilder::yieldExpr(ast::Expr* e, ast::Expr* value) {
  if (refuseInAnnotation(e, "yield expression")) return;
  visit(value);
  if (failed_) return;
  current_->generator = true;
  switch (current_->comprehension) {
    case ComprehensionKind::None: return;
    case ComprehensionKind::List: return error(e->at, "'yield' inside list comprehension");
    case ComprehensionKind::Set: return error(e->at, "'yield' inside set comprehension");
    case ComprehensionKind::Dict: return error(e->at, "'yield' inside dict comprehension");
    case ComprehensionKind::Generator: return error(e->at, "'yield' inside generator expression");
  }
}

bool SymbolBuilder::refuseInAnnotation(const ast::Expr* e, const char* what) {
  if (current_->kind != ScopeKind::Annotation) return false;
  error(e->at, "'{}' can not be used within an annotation", what);
  return true;
}

void SymbolBuilder::visit(ast::Comprehension* c) {
  if (failed_) return;
  current_->in_iteration_target = true;
  visit(c->target);
  current_->in_iteration_target = false;
  ++current_->iterable_depth;
  visit(c->iter);
  --current_->iterable_depth;
  visitAll(c->ifs);
  if (c->is_async) current_->coroutine = true;
}

void SymbolBuilder::comprehension(ast::Expr* e, Str* scope_name, ComprehensionKind kind,
                                  ast::Seq<ast::Comprehension*> generators, ast::Expr* elt, ast::Expr* value) {
  ast::Comprehension* outermost = generators[0];
  // The outermost iterable is evaluated outside and handed in as the one argument.
  ++current_->iterable_depth;
  visit(outermost->iter);
  --current_->iterable_depth;
  if (failed_ || !enter(scope_name, ScopeKind::Function, e, e->at)) return;
  current_->comprehension = kind;
  if (outermost->is_async) current_->coroutine = true;
  define(kFirstIterable, kDefParam, e->at);
  current_->in_iteration_target = true;
  visit(outermost->target);
  current_->in_iteration_target = false;
  visitAll(outermost->ifs);
  for (int i = 1; i < generators.size; ++i) visit(generators[i]);
  visit(value);
  visit(elt);
  bool is_generator = kind == ComprehensionKind::Generator;
  current_->generator = is_generator;
  bool is_async = current_->coroutine && !is_generator;
  leave();
  if (is_async) current_->coroutine = true;
}

void SymbolBuilder::namedExpr(ast::NamedExpr* e) {
  if (current_->iterable_depth > 0)
    return error(e->at, "assignment expression cannot be used in a comprehension iterable expression");
  if (current_->comprehension != ComprehensionKind::None) extendToFunction(e);
  visit(e->value);
  visit(e->target);
}

// PEP 572: in a comprehension the target belongs to the function (or module) around all comprehensions.
void SymbolBuilder::extendToFunction(ast::NamedExpr* e) {
  Str* target = ast::as<ast::Name>(e->target)->id;
  const ast::Position& at = e->target->at;
  for (Scope* s = current_; s; s = s->parent) {
    uint32_t* found = s->symbols.find(target);
    uint32_t known = found ? *found : 0;
    if (s->comprehension != ComprehensionKind::None) {
      if (known & kDefCompIter)
        return error(at, "assignment expression cannot rebind comprehension iteration variable '{}'", target);
      continue;
    }
    if (s->kind == ScopeKind::Function) {
      define(target, known & kDefGlobal ? kDefGlobal : kDefNonlocal, at);
      recordDirective(target, at);
      return defineIn(s, target, kDefLocal, at);
    }
    if (s->kind == ScopeKind::Module) {
      define(target, kDefGlobal, at);
      recordDirective(target, at);
      return defineIn(s, target, kDefGlobal, at);
    }
    if (s->kind == ScopeKind::Class)
      return error(at, "assignment expression within a comprehension cannot be used in a class body");
  }
}

Result<SymbolTable*> buildSymbolTable(ThreadState& ts, ast::AstArena& arena, ast::Mod* mod, Str* filename,
                                      bool future_annotations) {
  auto* table = arena.create<SymbolTable>();
  if (!table) return raiseNoMemory(ts);
  SymbolBuilder builder(ts, arena, *table, filename, future_annotations);
  if (!builder.run(mod) || !analyzeScopes(ts, arena, *table, filename)) return Raised{};
  return table;
}

}  // namespace habu::compiler
