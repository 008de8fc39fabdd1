#include "compiler/fold.h"

#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

using ast::as;
using ast::is;
using ast::NodeKind;

constinit Name kDebugName{"__debug__"};

// Every visit takes the place where the node is kept, since folding puts another node there. Failure is sticky.
class Folder {
 public:
  Folder(ThreadState& ts, ast::AstArena& arena, int optimize, bool future_annotations)
      : ts_(ts), arena_(arena), optimize_(optimize), future_annotations_(future_annotations), limit_(ts) {}

  bool run(ast::Mod* mod) {
    switch (mod->node_kind) {
      case NodeKind::Module: body(as<ast::Module>(mod)->body); break;
      case NodeKind::Interactive: fold(as<ast::Interactive>(mod)->body); break;
      case NodeKind::Expression: fold(as<ast::Expression>(mod)->body); break;
      default: break;
    }
    return !failed_;
  }

 private:
  // ---- replacing ----
  // Puts the constant in the place of the node; an operation that failed stays as it is, to fail when it runs.
  void replace(ast::Expr*& place, Ref<> value) {
    if (!value) {
      if (!errorSet(ts_)) return;
      if (errorMatches(ts_, kKeyboardInterrupt)) failed_ = true;
      else clearError(ts_);
      return;
    }
    Object* kept = arena_.own(std::move(value));
    auto* node = kept ? arena_.create<ast::ConstantExpr>() : nullptr;
    if (!node) return outOfMemory();
    node->node_kind = NodeKind::ConstantExpr;
    node->at = place->at;
    node->value = kept;
    node->kind = nullptr;
    place = node;
  }
  void outOfMemory() {
    (void)raiseNoMemory(ts_);
    failed_ = true;
  }
  static Object* constantOf(ast::Expr* e) { return is<ast::ConstantExpr>(e) ? as<ast::ConstantExpr>(e)->value : nullptr; }

  // A tuple of the values when all are constants; empty without an exception otherwise.
  Ref<> constantTuple(ast::Seq<ast::Expr*> items) {
    for (ast::Expr* e : items)
      if (!is<ast::ConstantExpr>(e)) return {};
    Ref<Tuple> tuple = items.empty() ? emptyTuple() : newTupleUninitialized(ts_, items.size);
    if (!tuple) return {};
    for (int i = 0; i < items.size; ++i) put(tuple.get(), i, share(constantOf(items[i])));
    return tuple;
  }

  // ---- walking ----
  template <class T>
  void fold(ast::Seq<T*> nodes) {
    for (T*& node : nodes) fold(node);
  }
  void fold(ast::Keyword*& k) { fold(k->value); }
  void fold(ast::Comprehension*& c) {
    fold(c->target);
    fold(c->iter);
    fold(c->ifs);
    iterable(c->iter);
  }
  void fold(ast::WithItem*& item) {
    fold(item->context_expr);
    fold(item->optional_vars);
  }
  void fold(ast::ExceptHandler*& h) {
    fold(h->type);
    fold(h->body);
  }
  void fold(ast::MatchCase*& c) {
    fold(c->pattern);
    fold(c->guard);
    fold(c->body);
  }
  void annotation(ast::Arg* a) {
    if (a && !future_annotations_) fold(a->annotation);
  }
  void arguments(ast::Arguments* a) {
    for (ast::Arg* arg : a->posonlyargs) annotation(arg);
    for (ast::Arg* arg : a->args) annotation(arg);
    annotation(a->vararg);
    for (ast::Arg* arg : a->kwonlyargs) annotation(arg);
    fold(a->kw_defaults);
    annotation(a->kwarg);
    fold(a->defaults);
  }

  static ast::Expr** docstringOf(ast::Seq<ast::Stmt*> statements) {
    if (statements.empty() || !is<ast::ExprStmt>(statements[0])) return nullptr;
    auto* s = as<ast::ExprStmt>(statements[0]);
    Object* value = constantOf(s->value);
    return value && isExactStr(value) ? &s->value : nullptr;
  }

  // A folded string is no docstring: it is hidden in an f-string.
  void body(ast::Seq<ast::Stmt*> statements) {
    bool had_docstring = docstringOf(statements) != nullptr;
    fold(statements);
    if (failed_ || had_docstring) return;
    ast::Expr** value = docstringOf(statements);
    if (!value) return;
    auto* joined = arena_.create<ast::JoinedStr>();
    auto** values = arena_.allocateArray<ast::Expr*>(1);
    if (!joined || !values) return outOfMemory();
    values[0] = *value;
    joined->node_kind = NodeKind::JoinedStr;
    joined->at = statements[0]->at;
    joined->values = {values, 1};
    *value = joined;
  }

  template <class C>
  void comprehension(C* c) {
    fold(c->elt);
    fold(c->generators);
  }
  template <class F>
  void function(F* f) {
    arguments(f->args);
    body(f->body);
    fold(f->decorator_list);
    if (!future_annotations_) fold(f->returns);
  }

  void fold(ast::Stmt* s) {
    if (failed_) return;
    if (!limit_.enter()) {
      failed_ = true;
      return;
    }
    foldKind(s);
    limit_.leave();
  }

  void foldKind(ast::Stmt* s) {
    switch (s->node_kind) {
      case NodeKind::FunctionDef: return function(as<ast::FunctionDef>(s));
      case NodeKind::AsyncFunctionDef: return function(as<ast::AsyncFunctionDef>(s));
      case NodeKind::ClassDef: {
        auto* c = as<ast::ClassDef>(s);
        fold(c->bases);
        fold(c->keywords);
        body(c->body);
        return fold(c->decorator_list);
      }
      case NodeKind::Return: return fold(as<ast::Return>(s)->value);
      case NodeKind::Delete: return fold(as<ast::Delete>(s)->targets);
      case NodeKind::Assign:
        fold(as<ast::Assign>(s)->targets);
        return fold(as<ast::Assign>(s)->value);
      case NodeKind::AugAssign:
        fold(as<ast::AugAssign>(s)->target);
        return fold(as<ast::AugAssign>(s)->value);
      case NodeKind::AnnAssign: {
        auto* a = as<ast::AnnAssign>(s);
        fold(a->target);
        if (!future_annotations_) fold(a->annotation);
        return fold(a->value);
      }
      case NodeKind::For:
      case NodeKind::AsyncFor: {
        auto* f = as<ast::For>(s);
        fold(f->target);
        fold(f->iter);
        fold(f->body);
        fold(f->orelse);
        if (s->node_kind == NodeKind::For) iterable(f->iter);
        return;
      }
      case NodeKind::While: {
        auto* w = as<ast::While>(s);
        fold(w->test);
        fold(w->body);
        return fold(w->orelse);
      }
      case NodeKind::If: {
        auto* i = as<ast::If>(s);
        fold(i->test);
        fold(i->body);
        return fold(i->orelse);
      }
      case NodeKind::With:
      case NodeKind::AsyncWith:
        fold(as<ast::With>(s)->items);
        return fold(as<ast::With>(s)->body);
      case NodeKind::Match:
        fold(as<ast::Match>(s)->subject);
        return fold(as<ast::Match>(s)->cases);
      case NodeKind::Raise:
        fold(as<ast::Raise>(s)->exc);
        return fold(as<ast::Raise>(s)->cause);
      case NodeKind::Try:
      case NodeKind::TryStar: {
        auto* t = as<ast::Try>(s);
        fold(t->body);
        fold(t->handlers);
        fold(t->orelse);
        return fold(t->finalbody);
      }
      case NodeKind::Assert:
        fold(as<ast::Assert>(s)->test);
        return fold(as<ast::Assert>(s)->msg);
      case NodeKind::ExprStmt: return fold(as<ast::ExprStmt>(s)->value);
      default: return;
    }
  }

  void fold(ast::Pattern* p) {
    if (failed_ || !p) return;
    if (!limit_.enter()) {
      failed_ = true;
      return;
    }
    switch (p->node_kind) {
      case NodeKind::MatchValue: fold(as<ast::MatchValue>(p)->value); break;
      case NodeKind::MatchSequence: fold(as<ast::MatchSequence>(p)->patterns); break;
      case NodeKind::MatchMapping:
        fold(as<ast::MatchMapping>(p)->keys);
        fold(as<ast::MatchMapping>(p)->patterns);
        break;
      case NodeKind::MatchClass:
        fold(as<ast::MatchClass>(p)->cls);
        fold(as<ast::MatchClass>(p)->patterns);
        fold(as<ast::MatchClass>(p)->kwd_patterns);
        break;
      case NodeKind::MatchAs: fold(as<ast::MatchAs>(p)->pattern); break;
      case NodeKind::MatchOr: fold(as<ast::MatchOr>(p)->patterns); break;
      default: break;
    }
    limit_.leave();
  }

  void fold(ast::Expr*& place) {
    if (failed_ || !place) return;
    if (is<ast::Name>(place) || is<ast::ConstantExpr>(place)) return leaf(place);
    if (!limit_.enter()) {
      failed_ = true;
      return;
    }
    foldKind(place);
    limit_.leave();
  }

  void leaf(ast::Expr*& place) {
    if (auto* name = ast::tryAs<ast::Name>(place);
        name && name->ctx == ast::ExprContext::Load && name->id == kDebugName.get())
      replace(place, newBool(optimize_ == 0));
  }

  void foldKind(ast::Expr*& place) {
    ast::Expr* e = place;
    switch (e->node_kind) {
      case NodeKind::BoolOp: return fold(as<ast::BoolOp>(e)->values);
      case NodeKind::BinOp: {
        auto* b = as<ast::BinOp>(e);
        fold(b->left);
        fold(b->right);
        return binary(place, b);
      }
      case NodeKind::UnaryOp:
        fold(as<ast::UnaryOp>(e)->operand);
        return unary(place, as<ast::UnaryOp>(e));
      case NodeKind::Lambda:
        arguments(as<ast::Lambda>(e)->args);
        return fold(as<ast::Lambda>(e)->body);
      case NodeKind::IfExp: {
        auto* i = as<ast::IfExp>(e);
        fold(i->test);
        fold(i->body);
        return fold(i->orelse);
      }
      case NodeKind::Dict:
        fold(as<ast::Dict>(e)->keys);
        return fold(as<ast::Dict>(e)->values);
      case NodeKind::Set: return fold(as<ast::Set>(e)->elts);
      case NodeKind::ListComp: return comprehension(as<ast::ListComp>(e));
      case NodeKind::SetComp: return comprehension(as<ast::SetComp>(e));
      case NodeKind::GeneratorExp: return comprehension(as<ast::GeneratorExp>(e));
      case NodeKind::DictComp:
        fold(as<ast::DictComp>(e)->key);
        fold(as<ast::DictComp>(e)->value);
        return fold(as<ast::DictComp>(e)->generators);
      case NodeKind::Await: return fold(as<ast::Await>(e)->value);
      case NodeKind::Yield: return fold(as<ast::Yield>(e)->value);
      case NodeKind::YieldFrom: return fold(as<ast::YieldFrom>(e)->value);
      case NodeKind::Compare: {
        auto* c = as<ast::Compare>(e);
        fold(c->left);
        fold(c->comparators);
        ast::CompareOperator last = c->ops.back();
        if (last == ast::CompareOperator::In || last == ast::CompareOperator::NotIn) iterable(c->comparators.back());
        return;
      }
      case NodeKind::Call: {
        auto* c = as<ast::Call>(e);
        fold(c->func);
        fold(c->args);
        return fold(c->keywords);
      }
      case NodeKind::FormattedValue:
        fold(as<ast::FormattedValue>(e)->value);
        return fold(as<ast::FormattedValue>(e)->format_spec);
      case NodeKind::JoinedStr: return fold(as<ast::JoinedStr>(e)->values);
      case NodeKind::Attribute: return fold(as<ast::Attribute>(e)->value);
      case NodeKind::Subscript: {
        auto* s = as<ast::Subscript>(e);
        fold(s->value);
        fold(s->slice);
        Object *container = constantOf(s->value), *key = constantOf(s->slice);
        if (!failed_ && container && key && s->ctx == ast::ExprContext::Load) replace(place, getItem(ts_, container, key));
        return;
      }
      case NodeKind::Starred: return fold(as<ast::Starred>(e)->value);
      case NodeKind::Slice: {
        auto* s = as<ast::Slice>(e);
        fold(s->lower);
        fold(s->upper);
        return fold(s->step);
      }
      case NodeKind::List: return fold(as<ast::List>(e)->elts);
      case NodeKind::Tuple: {
        auto* t = as<ast::Tuple>(e);
        fold(t->elts);
        if (!failed_ && t->ctx == ast::ExprContext::Load) replace(place, constantTuple(t->elts));
        return;
      }
      case NodeKind::NamedExpr: return fold(as<ast::NamedExpr>(e)->value);
      default: return;
    }
  }

  // ---- folding ----
  // not (a in b) is (a not in b); operators on constants are computed.
  void unary(ast::Expr*& place, ast::UnaryOp* u) {
    if (failed_) return;
    if (Object* value = constantOf(u->operand)) return replace(place, foldUnary(ts_, u->op, value));
    auto* compare = ast::tryAs<ast::Compare>(u->operand);
    if (u->op != ast::UnaryOperator::Not || !compare || compare->ops.size != 1) return;
    ast::CompareOperator opposite;
    switch (compare->ops[0]) {
      case ast::CompareOperator::Is: opposite = ast::CompareOperator::IsNot; break;
      case ast::CompareOperator::IsNot: opposite = ast::CompareOperator::Is; break;
      case ast::CompareOperator::In: opposite = ast::CompareOperator::NotIn; break;
      case ast::CompareOperator::NotIn: opposite = ast::CompareOperator::In; break;
      default: return;  // == and != need not be opposites
    }
    compare->ops[0] = opposite;
    place = compare;
  }

  void binary(ast::Expr*& place, ast::BinOp* b) {
    if (failed_) return;
    Object* left = constantOf(b->left);
    if (!left) return;
    if (b->op == ast::Operator::Mod && isStr(left) && is<ast::Tuple>(b->right)) {
      ast::Seq<ast::Expr*> values = as<ast::Tuple>(b->right)->elts;
      for (ast::Expr* v : values)
        if (is<ast::Starred>(v)) return;
      auto* joined = foldFormat(ts_, arena_, b, static_cast<Str*>(left), values);
      if (joined) place = joined;
      else if (errorSet(ts_)) failed_ = true;
      return;
    }
    if (Object* right = constantOf(b->right)) replace(place, foldBinary(ts_, b->op, left, right));
  }

  // What is only iterated over or searched may as well be a constant tuple or frozenset.
  void iterable(ast::Expr*& place) {
    if (failed_) return;
    if (auto* list = ast::tryAs<ast::List>(place)) {
      for (ast::Expr* e : list->elts)
        if (is<ast::Starred>(e)) return;
      auto* tuple = arena_.create<ast::Tuple>();
      if (!tuple) return outOfMemory();
      tuple->node_kind = NodeKind::Tuple;
      tuple->at = list->at;
      tuple->elts = list->elts;
      tuple->ctx = list->ctx;
      place = tuple;
      if (tuple->ctx == ast::ExprContext::Load) replace(place, constantTuple(tuple->elts));
    } else if (auto* set = ast::tryAs<ast::Set>(place)) {
      Ref<> tuple = constantTuple(set->elts);
      if (tuple || errorSet(ts_)) replace(place, tuple ? Ref<>(newFrozenSet(ts_, tuple.get())) : Ref<>());
    }
  }

  ThreadState& ts_;
  ast::AstArena& arena_;
  int optimize_;
  bool future_annotations_;
  NestingLimit limit_;
  bool failed_ = false;
};

}  // namespace

bool foldTree(ThreadState& ts, ast::AstArena& arena, ast::Mod* mod, int optimize, bool future_annotations) {
  return Folder(ts, arena, optimize, future_annotations).run(mod);
}

}  // namespace habu::compiler
