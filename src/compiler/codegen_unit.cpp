#include <algorithm>

#include "compiler/codegen.h"
#include "compiler/compile.h"
#include "compiler/mangle.h"
#include "object/names.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {
constinit AnonymousName kModuleName{"<module>"};
constinit Name kLocalsPart{".<locals>"};
}  // namespace

// ---- units ----

// Cell or free variables, in the order of their names.
bool Codegen::numberNames(PtrMap<int>& to, const Scope* scope, bool cells, int first) {
  auto** names = flow_arena_.allocateArray<Str*>(size_t(scope->symbols.size()) + 1);
  if (!names) return false;
  int n = 0;
  for (auto& entry : scope->symbols) {
    Binding binding = bindingOf(entry.value);
    if (cells ? binding == Binding::Cell : binding == Binding::Free || (entry.value & kDefFreeClass))
      names[n++] = static_cast<Str*>(const_cast<void*>(entry.key));
  }
  std::sort(names, names + n, [](const Str* a, const Str* b) { return compareStr(a, b) < 0; });
  for (int i = 0; i < n; ++i)
    if (!to.insert(flow_arena_, names[i], first + i)) return false;
  return true;
}

Str* AnonymousName::get(ThreadState& ts) {
  if (!str_) str_ = newStr(ts, text_).release();
  return str_;
}

bool Codegen::enterUnit(Str* name, UnitKind kind, const void* node, int line) {
  if (!name) setFailed();
  if (failed_) return false;
  Arena::Mark mark = flow_arena_.mark();
  void* memory = flow_arena_.allocate(sizeof(Unit), alignof(Unit));
  if (!memory) {
    (void)raiseNoMemory(ts_);
    setFailed();
    return false;
  }
  Unit* unit = new (memory) Unit(ts_, flow_arena_, pool_);
  unit->memory = mark;
  unit->outer = unit_;
  unit->scope = table_.scopeOf(node);
  unit->kind = kind;
  unit->name = name;
  unit->first_line = line;
  unit->at = {line, 0, line, 0};
  unit->private_class = unit_ ? unit_->private_class : nullptr;
  bool ok = true;
  for (int i = 0; ok && i < unit->scope->parameters.size(); ++i)
    ok = unit->varnames.insert(flow_arena_, unit->scope->parameters[i], i);
  ok = ok && numberNames(unit->cellvars, unit->scope, true, 0);
  if (ok && unit->scope->needs_class_closure) ok = unit->cellvars.insert(flow_arena_, names::__class__.get(), 0);
  ok = ok && numberNames(unit->freevars, unit->scope, false, unit->cellvars.size());
  unit_ = unit;
  ++nesting_;
  unit->current = newBlock();
  if (!ok) {
    unit->graph.outOfMemory();
    setFailed();
    return true;  // entered, to be left
  }
  if (kind == UnitKind::Module) {
    unit->qualname = name;
    unit->at = {0, 0, 1, 0};
  } else {
    unit->qualname = qualifiedName(unit);
    if (!unit->qualname) setFailed();
  }
  op(Op::RESUME, 0);
  if (kind == UnitKind::Module) unit->at = {-1, 0, 1, 0};
  return true;
}

Str* Codegen::qualifiedName(Unit* unit) {
  Unit* parent = unit->outer;
  if (!parent || !parent->outer) return unit->name;
  if (unit->kind == UnitKind::Function || unit->kind == UnitKind::AsyncFunction || unit->kind == UnitKind::Class) {
    Str* name = mangle(ts_, arena_, parent->private_class, unit->name);
    if (!name) return nullptr;
    uint32_t* symbol = parent->scope->symbols.find(name);
    if (symbol && bindingOf(*symbol) == Binding::GlobalExplicit) return unit->name;
  }
  StrBuilder text(ts_);
  text.append(parent->qualname);
  if (parent->kind == UnitKind::Function || parent->kind == UnitKind::AsyncFunction || parent->kind == UnitKind::Lambda)
    text.append(kLocalsPart.get());
  text.append(U'.');
  text.append(unit->name);
  Ref<Str> qualname = text.finish();
  return qualname ? static_cast<Str*>(keep(std::move(qualname))) : nullptr;
}

namespace {

int codeFlags(const Unit& unit, int compiler_flags, bool top_level_await) {
  const Scope* s = unit.scope;
  int flags = compiler_flags & kFutureMask;
  if (s->kind == ScopeKind::Function) {
    flags |= kCodeNewLocals | kCodeOptimized;
    if (s->nested) flags |= kCodeNested;
    if (s->generator) flags |= s->coroutine ? kCodeAsyncGenerator : kCodeGenerator;
    else if (s->coroutine) flags |= kCodeCoroutine;
    if (s->varargs) flags |= kCodeVarArgs;
    if (s->varkeywords) flags |= kCodeVarKeywords;
  }
  if (top_level_await && s->coroutine && !s->generator) flags |= kCodeCoroutine;
  return flags;
}

}  // namespace

Ref<Code> Codegen::leaveUnit(bool return_none) {
  Unit* unit = unit_;
  Ref<Code> code;
  if (!failed_) {
    Block* last = unit->current;
    if (!last->count || last->last().op != Op::RETURN_VALUE) {
      noLocation();
      if (return_none) loadNone();
      op(Op::RETURN_VALUE);
    }
    if (unit->graph.failed()) setFailed();
  }
  if (!failed_) {
    bool top_await = topLevelAwait();
    code = assembleUnit(ts_, *unit, filename_, codeFlags(*unit, options_.flags, top_await));
    if (!code) setFailed();
  }
  unit_ = unit->outer;
  --nesting_;
  flow_arena_.release(Arena::Mark(unit->memory));
  return code;
}

bool Codegen::topLevelAwait() const { return (options_.flags & kAllowTopLevelAwait) && unit_->kind == UnitKind::Module; }

Ref<Code> Codegen::compile(ast::Mod* mod) {
  if (!enterUnit(kModuleName.get(ts_), UnitKind::Module, mod, 1)) return {};
  unit_->at = {1, 0, 1, 0};
  bool return_none = true;
  switch (mod->node_kind) {
    case ast::NodeKind::Module: body(ast::as<ast::Module>(mod)->body); break;
    case ast::NodeKind::Interactive: {
      auto statements = ast::as<ast::Interactive>(mod)->body;
      options_.interactive = true;
      if (hasAnnotations(statements)) op(Op::SETUP_ANNOTATIONS);
      visitAll(statements);
      break;
    }
    case ast::NodeKind::Expression:
      visit(ast::as<ast::Expression>(mod)->body);
      return_none = false;
      break;
    default:
      (void)raise(ts_, kSystemError, "module kind {} should not be possible", int(mod->node_kind));
      setFailed();
  }
  return leaveUnit(return_none);
}

// ---- constants and names ----

Object* Codegen::keep(Ref<> o) {
  Object* kept = arena_.own(std::move(o));
  if (!kept) {
    if (!failed_ && !errorSet(ts_)) (void)raiseNoMemory(ts_);
    setFailed();
  }
  return kept;
}

int Codegen::addConst(Object* o) {
  if (failed_) return 0;
  int number = o ? unit_->constants.add(o) : -1;
  if (number >= 0) return number;
  setFailed();
  return 0;
}

void Codegen::loadConst(Ref<> o) {
  if (failed_) return;
  if (!o) return setFailed();
  loadConst(o.get());  // the pool keeps it, or its equal
}

int Codegen::numberOf(PtrMap<int>& map, Str* name) {
  if (int* number = map.find(name)) return *number;
  int number = map.size();
  if (!map.insert(flow_arena_, name, number)) {
    unit_->graph.outOfMemory();
    setFailed();
  }
  return number;
}

Str* Codegen::mangled(Str* name) {
  if (failed_) return name;
  Str* result = mangle(ts_, arena_, unit_->private_class, name);
  if (result) return result;
  setFailed();
  return name;
}

void Codegen::nameOp(Op o, Str* name) { op(o, numberOf(unit_->names, mangled(name))); }

namespace {

enum class Access { Name, Global, Fast, Deref };

Op opFor(Access access, ast::ExprContext ctx, bool in_class) {
  constexpr Op kTable[4][3] = {{Op::LOAD_NAME, Op::STORE_NAME, Op::DELETE_NAME},
                               {Op::LOAD_GLOBAL, Op::STORE_GLOBAL, Op::DELETE_GLOBAL},
                               {Op::LOAD_FAST, Op::STORE_FAST, Op::DELETE_FAST},
                               {Op::LOAD_DEREF, Op::STORE_DEREF, Op::DELETE_DEREF}};
  if (access == Access::Deref && ctx == ast::ExprContext::Load && in_class) return Op::LOAD_CLASSDEREF;
  return kTable[int(access)][int(ctx)];
}

}  // namespace

void Codegen::name(Str* plain, ast::ExprContext ctx) {
  if (failed_ || forbiddenName(plain, ctx)) return;
  Str* name = mangled(plain);
  const Scope* scope = unit_->scope;
  bool in_function = scope->kind == ScopeKind::Function;
  uint32_t* symbol = scope->symbols.find(name);
  Access access = Access::Name;
  PtrMap<int>* numbers = &unit_->names;
  switch (symbol ? bindingOf(*symbol) : Binding::Unknown) {
    case Binding::Free:
      access = Access::Deref;
      numbers = &unit_->freevars;
      break;
    case Binding::Cell:
      access = Access::Deref;
      numbers = &unit_->cellvars;
      break;
    case Binding::Local:
      if (!in_function) break;
      access = Access::Fast;
      numbers = &unit_->varnames;
      break;
    case Binding::GlobalImplicit:
      if (in_function) access = Access::Global;
      break;
    case Binding::GlobalExplicit: access = Access::Global; break;
    case Binding::Unknown: break;
  }
  int number = numberOf(*numbers, name);
  Op o = opFor(access, ctx, scope->kind == ScopeKind::Class);
  op(o, o == Op::LOAD_GLOBAL ? number << 1 : number);
}

// ---- common sequences ----

void Codegen::yieldFrom(bool await) {
  Block *start = newBlock(), *resume = newBlock(), *exit = newBlock();
  use(start);
  jump(Op::SEND, exit);
  use(resume);
  op(Op::YIELD_VALUE);
  op(Op::RESUME, await ? 3 : 2);
  jump(pseudo::JUMP_NO_INTERRUPT, start);
  use(exit);
}

void Codegen::yieldValue() {
  if (unit_->scope->generator && unit_->scope->coroutine) op(Op::ASYNC_GEN_WRAP);
  op(Op::YIELD_VALUE);
  op(Op::RESUME, 1);
}

void Codegen::popExceptAndReraise() {
  op(Op::COPY, 3);
  op(Op::POP_EXCEPT);
  op(Op::RERAISE, 1);
}

}  // namespace habu::compiler
