// Functions, lambdas, classes: the code of each is a unit of its own; here also what surrounds it (decorators, defaults,
// annotations, closure).
#include "compiler/codegen.h"
#include "object/names.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {
constinit AnonymousName kLambdaName{"<lambda>"};
constinit Name kReturn{"return"};
enum FunctionFlag { kHasDefaults = 1, kHasKeywordDefaults = 2, kHasAnnotations = 4, kHasClosure = 8 };  // of MAKE_FUNCTION
}  // namespace

Object* docstringOf(ast::Seq<ast::Stmt*> statements) {
  if (statements.empty() || !ast::is<ast::ExprStmt>(statements[0])) return nullptr;
  ast::Expr* e = ast::as<ast::ExprStmt>(statements[0])->value;
  if (!ast::is<ast::ConstantExpr>(e)) return nullptr;
  Object* value = ast::as<ast::ConstantExpr>(e)->value;
  return isExactStr(value) ? value : nullptr;
}

void Codegen::decorators(ast::Seq<ast::Expr*> list) { visitAll(list); }

void Codegen::applyDecorators(ast::Seq<ast::Expr*> list) {
  ast::Position here = unit_->at;
  for (int i = list.size; i-- > 0;) {
    at(list[i]);
    op(Op::PRECALL, 0);
    op(Op::CALL, 0);
  }
  at(here);
}

bool Codegen::keywordDefaults(ast::Arguments* a) {
  int n = 0;
  for (ast::Expr* e : a->kw_defaults) n += e != nullptr;
  if (!n || failed_) return false;
  Ref<Tuple> keys = newTupleUninitialized(ts_, n);
  if (!keys) {
    setFailed();
    return false;
  }
  n = 0;
  for (int i = 0; i < a->kwonlyargs.size; ++i) {
    if (!a->kw_defaults[i]) continue;
    put(keys.get(), n++, share(mangled(a->kwonlyargs[i]->arg)));
    visit(a->kw_defaults[i]);
  }
  loadConst(Ref<>(std::move(keys)));
  op(Op::BUILD_CONST_KEY_MAP, n);
  return true;
}

int Codegen::defaultArguments(ast::Arguments* a) {
  int flags = 0;
  if (!a->defaults.empty()) {
    visitAll(a->defaults);
    op(Op::BUILD_TUPLE, a->defaults.size);
    flags |= kHasDefaults;
  }
  if (keywordDefaults(a)) flags |= kHasKeywordDefaults;
  return flags;
}

void Codegen::annotationText(ast::Expr* e) {
  if (failed_) return;
  loadConst(Ref<>(unparseExpression(ts_, e)));
}

void Codegen::annotation(Str* parameter, ast::Expr* e, int& count) {
  if (!e || failed_) return;
  loadConst(mangled(parameter));
  if (options_.future.features & kCodeFutureAnnotations) {
    annotationText(e);
  } else if (auto* starred = ast::tryAs<ast::Starred>(e)) {  // *args: *Ts
    visit(starred->value);
    op(Op::UNPACK_SEQUENCE, 1);
  } else {
    visit(e);
  }
  count += 2;
}

bool Codegen::annotations(ast::Arguments* a, ast::Expr* returns) {
  int count = 0;
  for (ast::Arg* arg : a->args) annotation(arg->arg, arg->annotation, count);
  for (ast::Arg* arg : a->posonlyargs) annotation(arg->arg, arg->annotation, count);
  if (a->vararg) annotation(a->vararg->arg, a->vararg->annotation, count);
  for (ast::Arg* arg : a->kwonlyargs) annotation(arg->arg, arg->annotation, count);
  if (a->kwarg) annotation(a->kwarg->arg, a->kwarg->annotation, count);
  annotation(kReturn, returns, count);
  if (count) op(Op::BUILD_TUPLE, count);
  return count != 0;
}

void Codegen::setParameters(ast::Arguments* a) {
  unit_->arg_count = a->args.size;
  unit_->posonly_count = a->posonlyargs.size;
  unit_->kwonly_count = a->kwonlyargs.size;
}

void Codegen::makeClosure(Ref<Code> code, int flags) {
  if (!code) return setFailed();
  if (failed_) return;
  int frees = code->free_count;
  for (int i = code->localsplus_count - frees; i < code->localsplus_count; ++i) {
    // A class may have the name free and local: the closure gets the free one.
    auto* name = static_cast<Str*>(code->localsplus_names->items[i]);
    uint32_t* symbol = unit_->scope->symbols.find(name);
    bool cell = (unit_->kind == UnitKind::Class && name == names::__class__.get()) ||
                (symbol && bindingOf(*symbol) == Binding::Cell);
    int* number = (cell ? unit_->cellvars : unit_->freevars).find(name);
    op(Op::LOAD_CLOSURE, number ? *number : 0);
  }
  if (frees) {
    flags |= kHasClosure;
    op(Op::BUILD_TUPLE, frees);
  }
  loadConst(Ref<>(std::move(code)));
  op(Op::MAKE_FUNCTION, flags);
}

void Codegen::functionDef(ast::FunctionDef* f) { function(f, UnitKind::Function); }
void Codegen::asyncFunctionDef(ast::AsyncFunctionDef* f) { function(f, UnitKind::AsyncFunction); }

template <class F>
void Codegen::function(F* f, UnitKind kind) {
  checkParameters(f->args);
  decorators(f->decorator_list);
  int line = f->decorator_list.empty() ? f->at.lineno : f->decorator_list[0]->at.lineno;
  int flags = defaultArguments(f->args);
  if (annotations(f->args, f->returns)) flags |= kHasAnnotations;
  if (!enterUnit(f->name, kind, f, line)) return;
  Object* doc = options_.optimize < 2 ? docstringOf(f->body) : nullptr;
  addConst(doc ? doc : &kNoneObject);
  setParameters(f->args);
  visitAll(f->body, doc ? 1 : 0);
  Ref<Code> code = leaveUnit(true);
  makeClosure(std::move(code), flags);
  applyDecorators(f->decorator_list);
  name(f->name, ast::ExprContext::Store);
}

void Codegen::lambda(ast::Lambda* l) {
  checkParameters(l->args);
  int flags = defaultArguments(l->args);
  if (!enterUnit(kLambdaName.get(ts_), UnitKind::Lambda, l, l->at.lineno)) return;
  addConst(&kNoneObject);  // no docstring
  setParameters(l->args);
  visit(l->body);
  bool generator = unit_->scope->generator;
  if (!generator) op(Op::RETURN_VALUE);
  Ref<Code> code = leaveUnit(!generator);
  makeClosure(std::move(code), flags);
}

void Codegen::classDef(ast::ClassDef* c) {
  decorators(c->decorator_list);
  int line = c->decorator_list.empty() ? c->at.lineno : c->decorator_list[0]->at.lineno;
  if (!enterUnit(c->name, UnitKind::Class, c, line)) return;
  unit_->private_class = c->name;
  name(names::__name__, ast::ExprContext::Load);
  name(names::__module__, ast::ExprContext::Store);
  loadConst(unit_->qualname);
  name(names::__qualname__, ast::ExprContext::Store);
  body(c->body);
  noLocation();
  if (unit_->scope->needs_class_closure) {  // __classcell__: type.__new__ puts the class into it
    op(Op::LOAD_CLOSURE, 0);
    op(Op::COPY, 1);
    name(names::__classcell__, ast::ExprContext::Store);
  } else {
    loadNone();
  }
  op(Op::RETURN_VALUE);
  Ref<Code> code = leaveUnit(true);
  op(Op::PUSH_NULL);
  op(Op::LOAD_BUILD_CLASS);
  makeClosure(std::move(code), 0);
  loadConst(c->name);
  callArguments(2, c->bases, c->keywords);
  applyDecorators(c->decorator_list);
  name(c->name, ast::ExprContext::Store);
}

}  // namespace habu::compiler
