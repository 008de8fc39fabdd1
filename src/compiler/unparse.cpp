// The source text of an expression, normalised: what annotations become under `from __future__ import annotations`.
#include "compiler/codegen.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/float.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

namespace {

using ast::as;
using ast::is;
using ast::NodeKind;

// How tightly an expression binds; an expression in a place that wants more gets parentheses.
enum Level { kTuple, kTest, kOr, kAnd, kNot, kCompare, kExpr, kBitOr = kExpr, kBitXor, kBitAnd, kShift, kArith, kTerm,
             kFactor, kPower, kAwait, kAtom };

struct BinaryText {
  const char* text;
  Level level;
};
constexpr BinaryText kBinary[] = {{" + ", kArith}, {" - ", kArith},  {" * ", kTerm},   {" @ ", kTerm}, {" / ", kTerm},
                                  {" % ", kTerm},  {" ** ", kPower}, {" << ", kShift}, {" >> ", kShift}, {" | ", kBitOr},
                                  {" ^ ", kBitXor}, {" & ", kBitAnd}, {" // ", kTerm}};
constexpr const char* kCompareText[] = {" == ", " != ", " < ", " <= ", " > ", " >= ", " is ", " is not ", " in ", " not in "};

class Unparser {
 public:
  explicit Unparser(ThreadState& ts) : ts_(ts), out_(ts) {}

  void expression(const ast::Expr* e, int level) {
    if (failed_) return;
    if (RecursionGuard::nativeStackLow(ts_)) {
      (void)raise(ts_, kRecursionError, "maximum recursion depth exceeded during compilation");
      failed_ = true;
      return;
    }
    switch (e->node_kind) {
      case NodeKind::BoolOp: return boolOp(as<ast::BoolOp>(e), level);
      case NodeKind::BinOp: return binOp(as<ast::BinOp>(e), level);
      case NodeKind::UnaryOp: return unaryOp(as<ast::UnaryOp>(e), level);
      case NodeKind::Lambda: return lambda(as<ast::Lambda>(e), level);
      case NodeKind::IfExp: return ifExp(as<ast::IfExp>(e), level);
      case NodeKind::Dict: return dict(as<ast::Dict>(e));
      case NodeKind::Set: return list(as<ast::Set>(e)->elts, "{", "}");
      case NodeKind::List: return list(as<ast::List>(e)->elts, "[", "]");
      case NodeKind::Tuple: return tuple(as<ast::Tuple>(e)->elts, level);
      case NodeKind::GeneratorExp: return comprehension(as<ast::GeneratorExp>(e)->elt, as<ast::GeneratorExp>(e)->generators, "(", ")");
      case NodeKind::ListComp: return comprehension(as<ast::ListComp>(e)->elt, as<ast::ListComp>(e)->generators, "[", "]");
      case NodeKind::SetComp: return comprehension(as<ast::SetComp>(e)->elt, as<ast::SetComp>(e)->generators, "{", "}");
      case NodeKind::DictComp: {
        auto* c = as<ast::DictComp>(e);
        text("{");
        expression(c->key, kTest);
        text(": ");
        expression(c->value, kTest);
        generators(c->generators);
        return text("}");
      }
      case NodeKind::Yield:
        if (!as<ast::Yield>(e)->value) return text("(yield)");
        return wrapped("(yield ", as<ast::Yield>(e)->value, kTest, ")");
      case NodeKind::YieldFrom: return wrapped("(yield from ", as<ast::YieldFrom>(e)->value, kTest, ")");
      case NodeKind::Await: {
        Parens parens(*this, level > kAwait);
        text("await ");
        return expression(as<ast::Await>(e)->value, kAtom);
      }
      case NodeKind::Compare: return compare(as<ast::Compare>(e), level);
      case NodeKind::Call: return call(as<ast::Call>(e), level);
      case NodeKind::ConstantExpr: {
        auto* c = as<ast::ConstantExpr>(e);
        if (c->value == &kEllipsisObject) return text("...");
        if (c->kind) text(c->kind);
        return constant(c->value);
      }
      case NodeKind::JoinedStr: return joinedStr(as<ast::JoinedStr>(e), false);
      case NodeKind::FormattedValue: return formattedValue(as<ast::FormattedValue>(e));
      case NodeKind::Attribute: {
        auto* a = as<ast::Attribute>(e);
        expression(a->value, kAtom);
        // 1 .real: the space keeps the dot from being a decimal point.
        bool integer = is<ast::ConstantExpr>(a->value) && isExactInt(as<ast::ConstantExpr>(a->value)->value);
        text(integer ? " ." : ".");
        return text(a->attr);
      }
      case NodeKind::Starred: text("*"); return expression(as<ast::Starred>(e)->value, kExpr);
      case NodeKind::Name: return text(as<ast::Name>(e)->id);
      case NodeKind::Slice: return slice(as<ast::Slice>(e));
      case NodeKind::Subscript: return subscript(as<ast::Subscript>(e));
      case NodeKind::NamedExpr: {
        Parens parens(*this, level > kTuple);
        expression(as<ast::NamedExpr>(e)->target, kAtom);
        text(" := ");
        return expression(as<ast::NamedExpr>(e)->value, kAtom);
      }
      default:
        (void)raise(ts_, kSystemError, "unknown expression kind");
        failed_ = true;
    }
  }

  Ref<Str> finish() { return failed_ ? Ref<Str>() : out_.finish(); }

 private:
  struct Parens {
    Parens(Unparser& u, bool wanted) : unparser(u), wanted(wanted) {
      if (wanted) u.text("(");
    }
    ~Parens() {
      if (wanted) unparser.text(")");
    }
    Unparser& unparser;
    bool wanted;
  };

  void text(std::string_view ascii) { out_.append(ascii); }
  void text(const Str* s) { out_.append(s); }
  void text(Ref<Str> s) {
    if (s) out_.append(s.get());
    else failed_ = true;
  }
  void wrapped(std::string_view before, const ast::Expr* e, int level, std::string_view after) {
    text(before);
    expression(e, level);
    text(after);
  }

  void boolOp(const ast::BoolOp* e, int level) {
    bool conjunction = e->op == ast::BoolOperator::And;
    Level own = conjunction ? kAnd : kOr;
    Parens parens(*this, level > own);
    for (int i = 0; i < e->values.size; ++i) {
      if (i) text(conjunction ? " and " : " or ");
      expression(e->values[i], own + 1);
    }
  }
  void binOp(const ast::BinOp* e, int level) {
    const BinaryText& b = kBinary[int(e->op)];
    bool right_to_left = e->op == ast::Operator::Pow;
    Parens parens(*this, level > b.level);
    expression(e->left, b.level + right_to_left);
    text(b.text);
    expression(e->right, b.level + !right_to_left);
  }
  void unaryOp(const ast::UnaryOp* e, int level) {
    constexpr const char* kText[] = {"~", "not ", "+", "-"};
    Level own = e->op == ast::UnaryOperator::Not ? kNot : kFactor;
    Parens parens(*this, level > own);
    text(kText[int(e->op)]);
    expression(e->operand, own);
  }
  void lambda(const ast::Lambda* e, int level) {
    Parens parens(*this, level > kTest);
    text(e->args->posonlyargs.empty() && e->args->args.empty() ? "lambda" : "lambda ");
    parameters(e->args);
    text(": ");
    expression(e->body, kTest);
  }
  void parameter(const ast::Arg* a, const ast::Expr* fallback, const char* prefix = "") {
    if (!first_) text(", ");
    first_ = false;
    text(prefix);
    text(a->arg);
    if (a->annotation) wrapped(": ", a->annotation, kTest, "");
    if (fallback) wrapped("=", fallback, kTest, "");
  }
  void parameters(const ast::Arguments* a) {
    first_ = true;
    int posonly = a->posonlyargs.size, positional = posonly + a->args.size;
    for (int i = 0; i < positional; ++i) {
      int with_default = i - (positional - a->defaults.size);
      const ast::Expr* fallback = with_default >= 0 ? a->defaults[with_default] : nullptr;
      parameter(i < posonly ? a->posonlyargs[i] : a->args[i - posonly], fallback);
      first_ = false;
      if (posonly && i + 1 == posonly) text(", /");
    }
    if (a->vararg) {
      parameter(a->vararg, nullptr, "*");
    } else if (!a->kwonlyargs.empty()) {
      text(first_ ? "*" : ", *");
      first_ = false;
    }
    for (int i = 0; i < a->kwonlyargs.size; ++i) {
      first_ = false;
      parameter(a->kwonlyargs[i], a->kw_defaults[i]);
    }
    if (a->kwarg) parameter(a->kwarg, nullptr, "**");
  }
  void ifExp(const ast::IfExp* e, int level) {
    Parens parens(*this, level > kTest);
    expression(e->body, kTest + 1);
    text(" if ");
    expression(e->test, kTest + 1);
    text(" else ");
    expression(e->orelse, kTest);
  }
  void dict(const ast::Dict* e) {
    text("{");
    for (int i = 0; i < e->values.size; ++i) {
      if (i) text(", ");
      if (e->keys[i]) {
        expression(e->keys[i], kTest);
        text(": ");
        expression(e->values[i], kTest);
      } else {
        text("**");
        expression(e->values[i], kExpr);
      }
    }
    text("}");
  }
  void items(ast::Seq<ast::Expr*> elts) {
    for (int i = 0; i < elts.size; ++i) {
      if (i) text(", ");
      expression(elts[i], kTest);
    }
  }
  void list(ast::Seq<ast::Expr*> elts, std::string_view open, std::string_view close) {
    text(open);
    items(elts);
    text(close);
  }
  void tuple(ast::Seq<ast::Expr*> elts, int level) {
    if (elts.empty()) return text("()");
    Parens parens(*this, level > kTuple);
    items(elts);
    if (elts.size == 1) text(",");
  }
  void generators(ast::Seq<ast::Comprehension*> list) {
    for (const ast::Comprehension* g : list) {
      text(g->is_async ? " async for " : " for ");
      expression(g->target, kTuple);
      text(" in ");
      expression(g->iter, kTest + 1);
      for (const ast::Expr* condition : g->ifs) wrapped(" if ", condition, kTest + 1, "");
    }
  }
  void comprehension(const ast::Expr* elt, ast::Seq<ast::Comprehension*> list, std::string_view open, std::string_view close) {
    text(open);
    expression(elt, kTest);
    generators(list);
    text(close);
  }
  void compare(const ast::Compare* e, int level) {
    Parens parens(*this, level > kCompare);
    expression(e->left, kCompare + 1);
    for (int i = 0; i < e->ops.size; ++i) wrapped(kCompareText[int(e->ops[i])], e->comparators[i], kCompare + 1, "");
  }
  void call(const ast::Call* e, int level) {
    expression(e->func, kAtom);
    if (e->args.size == 1 && e->keywords.empty() && is<ast::GeneratorExp>(e->args[0])) return expression(e->args[0], level);
    text("(");
    items(e->args);
    for (int i = 0; i < e->keywords.size; ++i) {
      if (i || !e->args.empty()) text(", ");
      if (e->keywords[i]->arg) {
        text(e->keywords[i]->arg);
        text("=");
      } else {
        text("**");
      }
      expression(e->keywords[i]->value, kTest);
    }
    text(")");
  }
  void slice(const ast::Slice* e) {
    if (e->lower) expression(e->lower, kTest);
    text(":");
    if (e->upper) expression(e->upper, kTest);
    if (e->step) wrapped(":", e->step, kTest, "");
  }
  void subscript(const ast::Subscript* e) {
    expression(e->value, kAtom);
    wrapped("[", e->slice, kTuple, "]");
  }

  // Infinities have no literal but an overflowing one.
  void constant(Object* o) {
    if (isExactTuple(o)) {
      auto* t = static_cast<Tuple*>(o);
      text("(");
      for (Index i = 0; i < t->size; ++i) {
        if (i) text(", ");
        constant(t->items[i]);
      }
      return text(t->size == 1 ? ",)" : ")");
    }
    if (o == &kEllipsisObject) return text("...");
    Ref<Str> repr = reprOf(ts_, o);
    if (!repr || !(isFloat(o) || isInstanceOf(o, kComplexType))) return text(std::move(repr));
    std::string_view digits = asciiView(repr.get());
    for (size_t at; (at = digits.find("inf")) != digits.npos; digits.remove_prefix(at + 3)) {
      text(digits.substr(0, at));
      text("1e309");
    }
    text(digits);
  }

  // ---- f-strings: the body is made apart, then quoted as repr() quotes ----
  void bracesDoubled(const Str* s) {
    for (Index i = 0; i < s->length; ++i) {
      char32_t c = (*s)[i];
      out_.append(c);
      if (c == '{' || c == '}') out_.append(c);
    }
  }
  void element(const ast::Expr* e, bool in_spec) {
    switch (e->node_kind) {
      case NodeKind::ConstantExpr: return bracesDoubled(static_cast<Str*>(as<ast::ConstantExpr>(e)->value));
      case NodeKind::JoinedStr: return joinedStr(as<ast::JoinedStr>(e), in_spec);
      case NodeKind::FormattedValue: return formattedValue(as<ast::FormattedValue>(e));
      default:
        (void)raise(ts_, kSystemError, "unknown expression kind inside f-string");
        failed_ = true;
    }
  }
  void joinedStr(const ast::JoinedStr* e, bool in_spec) {
    if (in_spec) {
      for (const ast::Expr* value : e->values) element(value, false);
      return;
    }
    Unparser body(ts_);
    for (const ast::Expr* value : e->values) body.element(value, false);
    Ref<Str> made = body.finish();
    if (!made) {
      failed_ = true;
      return;
    }
    text("f");
    text(reprOf(ts_, made.get()));
  }
  void formattedValue(const ast::FormattedValue* e) {
    Unparser inner(ts_);
    inner.expression(e->value, kTest + 1);
    Ref<Str> made = inner.finish();
    if (!made) {
      failed_ = true;
      return;
    }
    text(made->length && (*made.get())[0] == '{' ? "{ " : "{");
    text(made.get());
    if (e->conversion > 0) {
      text("!");
      out_.append(char32_t(e->conversion));
    }
    if (e->format_spec) {
      text(":");
      element(e->format_spec, true);
    }
    text("}");
  }

  ThreadState& ts_;
  StrBuilder out_;
  bool first_ = true;
  bool failed_ = false;
};

}  // namespace

Ref<Str> unparseExpression(ThreadState& ts, const ast::Expr* e) {
  Unparser u(ts);
  u.expression(e, kTest);
  return u.finish();
}

}  // namespace habu::compiler
