// Whether a tree that a Python program built is one that the compiler may rely on.
#include "modules/ast/ast_objects.h"
#include "object/core.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::ast {
namespace {

namespace s = syntax;
using s::as;
using s::Expr;
using s::ExprContext;
using s::is;
using s::NodeKind;
using s::Seq;

constexpr int kNodesPerFrame = 3;  // how much deeper than Python code trees may nest

class Validator {
 public:
  explicit Validator(ThreadState& ts) : ts_(ts) {
    limit_ = ts.recursion_limit > INT32_MAX / kNodesPerFrame ? INT32_MAX : ts.recursion_limit * kNodesPerFrame;
    depth_ = (ts.recursion_limit - ts.recursion_remaining) * kNodesPerFrame;
  }

  Status module(const s::Mod* tree) {
    switch (tree->node_kind) {
      case NodeKind::Module: return statements(as<s::Module>(tree)->body);
      case NodeKind::Interactive: return statements(as<s::Interactive>(tree)->body);
      case NodeKind::Expression: return expression(as<s::Expression>(tree)->body, ExprContext::Load);
      default: {
        auto* type = as<s::FunctionType>(tree);
        TRY(expressions(type->argtypes));
        return expression(type->returns, ExprContext::Load);
      }
    }
  }

 private:
  // Counts nesting while it lives.
  class Deeper {
   public:
    explicit Deeper(Validator& validator) : validator_(validator) { ++validator.depth_; }
    ~Deeper() { --validator_.depth_; }
    bool tooDeep() const {
      return validator_.depth_ > validator_.limit_ || RecursionGuard::nativeStackLow(validator_.ts_);
    }

   private:
    Validator& validator_;
  };
  Raised raiseTooDeep() { return raise(ts_, kRecursionError, "maximum recursion depth exceeded during compilation"); }

  Status position(const s::Located* node) {
    const s::Position& at = node->at;
    if (at.lineno > at.end_lineno)
      return raise(ts_, kValueError, "AST node line range ({}, {}) is not valid", at.lineno, at.end_lineno);
    if ((at.lineno < 0 && at.end_lineno != at.lineno) || (at.col_offset < 0 && at.col_offset != at.end_col_offset))
      return raise(ts_, kValueError, "AST node column range ({}, {}) for line range ({}, {}) is not valid", at.col_offset,
                   at.end_col_offset, at.lineno, at.end_lineno);
    if (at.lineno == at.end_lineno && at.col_offset > at.end_col_offset)
      return raise(ts_, kValueError, "line {}, column {}-{} is not a valid range", at.lineno, at.col_offset,
                   at.end_col_offset);
    return kDone;
  }

  Status name(Str* id) {
    for (const char* constant : {"None", "True", "False"})
      if (equalsAscii(id, constant))
        return raise(ts_, kValueError, "identifier field can't represent '{}' constant", constant);
    return kDone;
  }
  Status nonempty(int size, const char* what, const char* owner) {
    if (!size) return raise(ts_, kValueError, "empty {} on {}", what, owner);
    return kDone;
  }

  // ---- expressions ----
  static const char* contextName(ExprContext context) {
    return context == ExprContext::Load ? "Load" : context == ExprContext::Store ? "Store" : "Del";
  }

  Status optional(const Expr* e) { return e ? expression(e, ExprContext::Load) : Status(kDone); }
  Status load(const Expr* e) { return expression(e, ExprContext::Load); }
  Status expressions(const Seq<Expr*>& list, ExprContext context = ExprContext::Load, bool null_allowed = false) {
    for (Expr* e : list) {
      if (e) TRY(expression(e, context));
      else if (!null_allowed) return raise(ts_, kValueError, "None disallowed in expression list");
    }
    return kDone;
  }

  Status context(const Expr* e, ExprContext wanted) {
    ExprContext actual;
    switch (e->node_kind) {
      case NodeKind::Attribute: actual = as<s::Attribute>(e)->ctx; break;
      case NodeKind::Subscript: actual = as<s::Subscript>(e)->ctx; break;
      case NodeKind::Starred: actual = as<s::Starred>(e)->ctx; break;
      case NodeKind::Name:
        TRY(name(as<s::Name>(e)->id));
        actual = as<s::Name>(e)->ctx;
        break;
      case NodeKind::List: actual = as<s::List>(e)->ctx; break;
      case NodeKind::Tuple: actual = as<s::Tuple>(e)->ctx; break;
      default:
        if (wanted != ExprContext::Load)
          return raise(ts_, kValueError, "expression which can't be assigned to in {} context", contextName(wanted));
        return kDone;
    }
    if (actual != wanted)
      return raise(ts_, kValueError, "expression must have {} context but has {} instead", contextName(wanted),
                   contextName(actual));
    return kDone;
  }

  Status expression(const Expr* e, ExprContext wanted) {
    TRY(position(e));
    Deeper deeper(*this);
    if (deeper.tooDeep()) return raiseTooDeep();
    TRY(context(e, wanted));
    switch (e->node_kind) {
      case NodeKind::BoolOp:
        if (as<s::BoolOp>(e)->values.size < 2) return raise(ts_, kValueError, "BoolOp with less than 2 values");
        return expressions(as<s::BoolOp>(e)->values);
      case NodeKind::BinOp: TRY(load(as<s::BinOp>(e)->left)); return load(as<s::BinOp>(e)->right);
      case NodeKind::UnaryOp: return load(as<s::UnaryOp>(e)->operand);
      case NodeKind::Lambda: TRY(arguments(as<s::Lambda>(e)->args)); return load(as<s::Lambda>(e)->body);
      case NodeKind::IfExp:
        TRY(load(as<s::IfExp>(e)->test));
        TRY(load(as<s::IfExp>(e)->body));
        return load(as<s::IfExp>(e)->orelse);
      case NodeKind::Dict:
        if (as<s::Dict>(e)->keys.size != as<s::Dict>(e)->values.size)
          return raise(ts_, kValueError, "Dict doesn't have the same number of keys as values");
        TRY(expressions(as<s::Dict>(e)->keys, ExprContext::Load, true));
        return expressions(as<s::Dict>(e)->values);
      case NodeKind::Set: return expressions(as<s::Set>(e)->elts);
      case NodeKind::ListComp: return comprehension(as<s::ListComp>(e)->generators, as<s::ListComp>(e)->elt);
      case NodeKind::SetComp: return comprehension(as<s::SetComp>(e)->generators, as<s::SetComp>(e)->elt);
      case NodeKind::GeneratorExp: return comprehension(as<s::GeneratorExp>(e)->generators, as<s::GeneratorExp>(e)->elt);
      case NodeKind::DictComp:
        TRY(comprehension(as<s::DictComp>(e)->generators, as<s::DictComp>(e)->key));
        return load(as<s::DictComp>(e)->value);
      case NodeKind::Yield: return optional(as<s::Yield>(e)->value);
      case NodeKind::YieldFrom: return load(as<s::YieldFrom>(e)->value);
      case NodeKind::Await: return load(as<s::Await>(e)->value);
      case NodeKind::Compare: return compare(as<s::Compare>(e));
      case NodeKind::Call:
        TRY(load(as<s::Call>(e)->func));
        TRY(expressions(as<s::Call>(e)->args));
        return keywords(as<s::Call>(e)->keywords);
      case NodeKind::ConstantExpr: return constant(as<s::ConstantExpr>(e)->value);
      case NodeKind::JoinedStr: return expressions(as<s::JoinedStr>(e)->values);
      case NodeKind::FormattedValue:
        TRY(load(as<s::FormattedValue>(e)->value));
        return optional(as<s::FormattedValue>(e)->format_spec);
      case NodeKind::Attribute: return load(as<s::Attribute>(e)->value);
      case NodeKind::Subscript: TRY(load(as<s::Subscript>(e)->slice)); return load(as<s::Subscript>(e)->value);
      case NodeKind::Starred: return expression(as<s::Starred>(e)->value, wanted);
      case NodeKind::Slice:
        TRY(optional(as<s::Slice>(e)->lower));
        TRY(optional(as<s::Slice>(e)->upper));
        return optional(as<s::Slice>(e)->step);
      case NodeKind::List: return expressions(as<s::List>(e)->elts, wanted);
      case NodeKind::Tuple: return expressions(as<s::Tuple>(e)->elts, wanted);
      case NodeKind::NamedExpr: return load(as<s::NamedExpr>(e)->value);
      default: return kDone;
    }
  }

  Status comprehension(const Seq<s::Comprehension*>& generators, const Expr* element) {
    if (!generators.size) return raise(ts_, kValueError, "comprehension with no generators");
    for (s::Comprehension* clause : generators) {
      TRY(expression(clause->target, ExprContext::Store));
      TRY(load(clause->iter));
      TRY(expressions(clause->ifs));
    }
    return load(element);
  }

  Status compare(const s::Compare* e) {
    if (!e->comparators.size) return raise(ts_, kValueError, "Compare with no comparators");
    if (e->comparators.size != e->ops.size)
      return raise(ts_, kValueError, "Compare has a different number of comparators and operands");
    TRY(expressions(e->comparators));
    return load(e->left);
  }

  Status keywords(const Seq<s::Keyword*>& list) {
    for (s::Keyword* keyword : list) TRY(load(keyword->value));
    return kDone;
  }

  Status constant(Object* value) {
    if (isNone(value) || value == &kEllipsisObject) return kDone;
    if (isExact(value, kIntType) || isExact(value, kFloatType) || isExact(value, kComplexType) || isBool(value) ||
        isExact(value, kStrType) || isExact(value, kBytesType))
      return kDone;
    Deeper deeper(*this);
    if (deeper.tooDeep()) return raiseTooDeep();
    if (isExact(value, kTupleType)) {
      for (Object* item : static_cast<Tuple*>(value)->span()) TRY(constant(item));
      return kDone;
    }
    if (isExact(value, kFrozenSetType)) {
      SetCursor each(static_cast<Set*>(value));
      while (each.next()) TRY(constant(each.key));
      return kDone;
    }
    return raise(ts_, kTypeError, "got an invalid type in Constant: {}", shortName(value->type));
  }

  Status args(const Seq<s::Arg*>& list) {
    for (s::Arg* arg : list) {
      TRY(position(arg));
      TRY(optional(arg->annotation));
    }
    return kDone;
  }

  Status arguments(const s::Arguments* a) {
    TRY(args(a->posonlyargs));
    TRY(args(a->args));
    if (a->vararg) TRY(optional(a->vararg->annotation));
    TRY(args(a->kwonlyargs));
    if (a->kwarg) TRY(optional(a->kwarg->annotation));
    if (a->defaults.size > a->posonlyargs.size + a->args.size)
      return raise(ts_, kValueError, "more positional defaults than args on arguments");
    if (a->kw_defaults.size != a->kwonlyargs.size)
      return raise(ts_, kValueError, "length of kwonlyargs is not the same as kw_defaults on arguments");
    TRY(expressions(a->defaults));
    return expressions(a->kw_defaults, ExprContext::Load, true);
  }

  // ---- patterns ----
  static bool isNumber(const Expr* e, bool real, bool imaginary) {
    if (!is<s::ConstantExpr>(e)) return false;
    Object* value = as<s::ConstantExpr>(e)->value;
    return (real && (isExact(value, kFloatType) || isExact(value, kIntType))) || (imaginary && isExact(value, kComplexType));
  }
  static bool isNegative(const Expr* e, bool real, bool imaginary) {
    return is<s::UnaryOp>(e) && as<s::UnaryOp>(e)->op == s::UnaryOperator::USub &&
           isNumber(as<s::UnaryOp>(e)->operand, real, imaginary);
  }
  static bool isComplex(const Expr* e) {
    if (!is<s::BinOp>(e)) return false;
    auto* sum = as<s::BinOp>(e);
    if (sum->op != s::Operator::Add && sum->op != s::Operator::Sub) return false;
    return (isNumber(sum->left, true, false) || isNegative(sum->left, true, false)) && isNumber(sum->right, false, true);
  }

  Status matchedValue(const Expr* e) {
    TRY(load(e));
    switch (e->node_kind) {
      case NodeKind::ConstantExpr: {
        // Ellipsis and containers are not allowed; None, True and False have MatchSingleton.
        Object* value = as<s::ConstantExpr>(e)->value;
        if (isNumber(e, true, true) || isExact(value, kBytesType) || isExact(value, kStrType)) return kDone;
        return raise(ts_, kValueError, "unexpected constant inside of a literal pattern");
      }
      case NodeKind::Attribute:
      case NodeKind::JoinedStr: return kDone;  // (f-strings are refused by the compiler)
      case NodeKind::UnaryOp:
        if (isNegative(e, true, true)) return kDone;
        break;
      case NodeKind::BinOp:
        if (isComplex(e)) return kDone;
        break;
      default: break;
    }
    return raise(ts_, kValueError, "patterns may only match literals and attribute lookups");
  }

  Status capture(Str* id) {
    if (equalsAscii(id, "_")) return raise(ts_, kValueError, "can't capture name '_' in patterns");
    return name(id);
  }

  Status patterns(const Seq<s::Pattern*>& list, bool star_allowed) {
    for (s::Pattern* p : list) TRY(pattern(p, star_allowed));
    return kDone;
  }

  Status mapping(const s::MatchMapping* p) {
    if (p->keys.size != p->patterns.size)
      return raise(ts_, kValueError, "MatchMapping doesn't have the same number of keys as patterns");
    if (p->rest) TRY(capture(p->rest));
    for (Expr* key : p->keys) {
      if (is<s::ConstantExpr>(key)) {
        Object* value = as<s::ConstantExpr>(key)->value;
        if (isNone(value) || isBool(value)) continue;
      }
      TRY(matchedValue(key));
    }
    return patterns(p->patterns, false);
  }

  Status classPattern(const s::MatchClass* p) {
    if (p->kwd_attrs.size != p->kwd_patterns.size)
      return raise(ts_, kValueError, "MatchClass doesn't have the same number of keyword attributes as patterns");
    TRY(load(p->cls));
    const Expr* cls = p->cls;
    while (is<s::Attribute>(cls)) cls = as<s::Attribute>(cls)->value;
    if (!is<s::Name>(cls))
      return raise(ts_, kValueError, "MatchClass cls field can only contain Name or Attribute nodes.");
    for (Str* attribute : p->kwd_attrs) TRY(name(attribute));
    TRY(patterns(p->patterns, false));
    return patterns(p->kwd_patterns, false);
  }

  Status pattern(const s::Pattern* p, bool star_allowed) {
    TRY(position(p));
    Deeper deeper(*this);
    if (deeper.tooDeep()) return raiseTooDeep();
    switch (p->node_kind) {
      case NodeKind::MatchValue: return matchedValue(as<s::MatchValue>(p)->value);
      case NodeKind::MatchSingleton: {
        Object* value = as<s::MatchSingleton>(p)->value;
        if (isNone(value) || isBool(value)) return kDone;
        return raise(ts_, kValueError, "MatchSingleton can only contain True, False and None");
      }
      case NodeKind::MatchSequence: return patterns(as<s::MatchSequence>(p)->patterns, true);
      case NodeKind::MatchMapping: return mapping(as<s::MatchMapping>(p));
      case NodeKind::MatchClass: return classPattern(as<s::MatchClass>(p));
      case NodeKind::MatchStar: {
        if (!star_allowed) return raise(ts_, kValueError, "can't use MatchStar here");
        Str* id = as<s::MatchStar>(p)->name;
        return id ? capture(id) : Status(kDone);
      }
      case NodeKind::MatchAs: {
        auto* match = as<s::MatchAs>(p);
        if (match->name) TRY(capture(match->name));
        if (!match->pattern) return kDone;
        if (!match->name) return raise(ts_, kValueError, "MatchAs must specify a target name if a pattern is given");
        return pattern(match->pattern, false);
      }
      default:
        if (as<s::MatchOr>(p)->patterns.size < 2) return raise(ts_, kValueError, "MatchOr requires at least 2 patterns");
        return patterns(as<s::MatchOr>(p)->patterns, false);
    }
  }

  // ---- statements ----
  Status statements(const Seq<s::Stmt*>& list) {
    for (s::Stmt* statement : list) {
      if (!statement) return raise(ts_, kValueError, "None disallowed in statement list");
      TRY(this->statement(statement));
    }
    return kDone;
  }
  Status body(const Seq<s::Stmt*>& list, const char* owner) {
    TRY(nonempty(list.size, "body", owner));
    return statements(list);
  }

  template <class F>
  Status function(const F* f, const char* owner) {
    TRY(body(f->body, owner));
    TRY(arguments(f->args));
    TRY(expressions(f->decorator_list));
    return optional(f->returns);
  }
  template <class F>
  Status loop(const F* f, const char* owner) {
    TRY(expression(f->target, ExprContext::Store));
    TRY(load(f->iter));
    TRY(body(f->body, owner));
    return statements(f->orelse);
  }
  template <class W>
  Status with(const W* w, const char* owner) {
    TRY(nonempty(w->items.size, "items", owner));
    for (s::WithItem* item : w->items) {
      TRY(load(item->context_expr));
      if (item->optional_vars) TRY(expression(item->optional_vars, ExprContext::Store));
    }
    return body(w->body, owner);
  }
  template <class T>
  Status tryStatement(const T* t, const char* owner) {
    TRY(body(t->body, owner));
    if (!t->handlers.size && !t->finalbody.size)
      return raise(ts_, kValueError, "{} has neither except handlers nor finalbody", owner);
    if (!t->handlers.size && t->orelse.size)
      return raise(ts_, kValueError, "{} has orelse but no except handlers", owner);
    for (s::ExceptHandler* handler : t->handlers) {
      TRY(position(handler));
      TRY(optional(handler->type));
      TRY(body(handler->body, "ExceptHandler"));
    }
    TRY(statements(t->finalbody));
    return statements(t->orelse);
  }
  Status match(const s::Match* m) {
    TRY(load(m->subject));
    TRY(nonempty(m->cases.size, "cases", "Match"));
    for (s::MatchCase* match_case : m->cases) {
      TRY(pattern(match_case->pattern, false));
      TRY(optional(match_case->guard));
      TRY(body(match_case->body, "match_case"));
    }
    return kDone;
  }
  Status targets(const Seq<Expr*>& list, ExprContext context) {
    TRY(nonempty(list.size, "targets", context == ExprContext::Del ? "Delete" : "Assign"));
    return expressions(list, context);
  }
  Status annotated(const s::AnnAssign* a) {
    if (!is<s::Name>(a->target) && a->simple) return raise(ts_, kTypeError, "AnnAssign with simple non-Name target");
    TRY(expression(a->target, ExprContext::Store));
    TRY(optional(a->value));
    return load(a->annotation);
  }

  Status statement(const s::Stmt* t) {
    TRY(position(t));
    Deeper deeper(*this);
    if (deeper.tooDeep()) return raiseTooDeep();
    switch (t->node_kind) {
      case NodeKind::FunctionDef: return function(as<s::FunctionDef>(t), "FunctionDef");
      case NodeKind::AsyncFunctionDef: return function(as<s::AsyncFunctionDef>(t), "AsyncFunctionDef");
      case NodeKind::ClassDef:
        TRY(body(as<s::ClassDef>(t)->body, "ClassDef"));
        TRY(expressions(as<s::ClassDef>(t)->bases));
        TRY(keywords(as<s::ClassDef>(t)->keywords));
        return expressions(as<s::ClassDef>(t)->decorator_list);
      case NodeKind::Return: return optional(as<s::Return>(t)->value);
      case NodeKind::Delete: return targets(as<s::Delete>(t)->targets, ExprContext::Del);
      case NodeKind::Assign:
        TRY(targets(as<s::Assign>(t)->targets, ExprContext::Store));
        return load(as<s::Assign>(t)->value);
      case NodeKind::AugAssign:
        TRY(expression(as<s::AugAssign>(t)->target, ExprContext::Store));
        return load(as<s::AugAssign>(t)->value);
      case NodeKind::AnnAssign: return annotated(as<s::AnnAssign>(t));
      case NodeKind::For: return loop(as<s::For>(t), "For");
      case NodeKind::AsyncFor: return loop(as<s::AsyncFor>(t), "AsyncFor");
      case NodeKind::While:
        TRY(load(as<s::While>(t)->test));
        TRY(body(as<s::While>(t)->body, "While"));
        return statements(as<s::While>(t)->orelse);
      case NodeKind::If:
        TRY(load(as<s::If>(t)->test));
        TRY(body(as<s::If>(t)->body, "If"));
        return statements(as<s::If>(t)->orelse);
      case NodeKind::With: return with(as<s::With>(t), "With");
      case NodeKind::AsyncWith: return with(as<s::AsyncWith>(t), "AsyncWith");
      case NodeKind::Match: return match(as<s::Match>(t));
      case NodeKind::Raise:
        if (as<s::Raise>(t)->exc) {
          TRY(load(as<s::Raise>(t)->exc));
          return optional(as<s::Raise>(t)->cause);
        }
        if (as<s::Raise>(t)->cause) return raise(ts_, kValueError, "Raise with cause but no exception");
        return kDone;
      case NodeKind::Try: return tryStatement(as<s::Try>(t), "Try");
      case NodeKind::TryStar: return tryStatement(as<s::TryStar>(t), "TryStar");
      case NodeKind::Assert: TRY(load(as<s::Assert>(t)->test)); return optional(as<s::Assert>(t)->msg);
      case NodeKind::Import: return nonempty(as<s::Import>(t)->names.size, "names", "Import");
      case NodeKind::ImportFrom:
        if (as<s::ImportFrom>(t)->level < 0) return raise(ts_, kValueError, "Negative ImportFrom level");
        return nonempty(as<s::ImportFrom>(t)->names.size, "names", "ImportFrom");
      case NodeKind::Global: return nonempty(as<s::Global>(t)->names.size, "names", "Global");
      case NodeKind::Nonlocal: return nonempty(as<s::Nonlocal>(t)->names.size, "names", "Nonlocal");
      case NodeKind::ExprStmt: return load(as<s::ExprStmt>(t)->value);
      default: return kDone;
    }
  }

  ThreadState& ts_;
  int depth_, limit_;
};

}  // namespace

Status validate(ThreadState& ts, const s::Mod* tree) { return Validator(ts).module(tree); }

}  // namespace habu::ast
