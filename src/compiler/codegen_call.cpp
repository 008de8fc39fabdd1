#include "compiler/codegen.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

void Codegen::call(ast::Call* c) {
  if (!checkKeywords(c->keywords)) return;
  if (methodCall(c)) return;
  checkCaller(c->func);
  at(c->func);
  op(Op::PUSH_NULL);
  at(c);
  visit(c->func);
  callArguments(0, c->args, c->keywords);
}

// A name that the module imports, whatever the scope at hand makes of it: most likely a module, which has no methods.
bool Codegen::isImported(ast::Expr* e) const {
  if (!ast::is<ast::Name>(e)) return false;
  uint32_t* symbol = table_.top->symbols.find(ast::as<ast::Name>(e)->id);
  return symbol && (*symbol & kDefImport);
}

// o.name(...): no bound method object is made. False: not of that form.
bool Codegen::methodCall(ast::Call* c) {
  auto* method = ast::tryAs<ast::Attribute>(c->func);
  if (!method || method->ctx != ast::ExprContext::Load || isImported(method->value)) return false;
  int args = c->args.size, keywords = c->keywords.size;
  if (args + keywords + (keywords != 0) >= kStackUseGuideline) return false;
  for (ast::Expr* e : c->args)
    if (ast::is<ast::Starred>(e)) return false;
  for (ast::Keyword* k : c->keywords)
    if (!k->arg) return false;
  visit(method->value);
  at(method);
  atAttributeName(method);
  nameOp(Op::LOAD_METHOD, method->attr);
  visitAll(c->args);
  if (keywords) {
    for (ast::Keyword* k : c->keywords) visit(k->value);
    keywordNames(c->keywords);
  }
  at(c);
  atAttributeName(method);
  op(Op::PRECALL, args + keywords);
  op(Op::CALL, args + keywords);
  return true;
}

void Codegen::keywordNames(ast::Seq<ast::Keyword*> keywords) {
  if (failed_) return;
  Ref<Tuple> names = newTupleUninitialized(ts_, keywords.size);
  if (!names) return setFailed();
  for (int i = 0; i < keywords.size; ++i) put(names.get(), i, share(keywords[i]->arg));
  op(Op::KW_NAMES, addConst(names.get()));
}

// `pushed`: positional arguments on the stack already.
void Codegen::callArguments(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords) {
  if (!checkKeywords(keywords)) return;
  int n = args.size, k = keywords.size;
  bool unpacking = n + k * 2 > kStackUseGuideline;
  for (ast::Expr* e : args) unpacking |= ast::is<ast::Starred>(e);
  for (ast::Keyword* kw : keywords) unpacking |= !kw->arg;
  if (unpacking) return callEx(pushed, args, keywords);
  visitAll(args);
  if (k) {
    for (ast::Keyword* kw : keywords) visit(kw->value);
    keywordNames(keywords);
  }
  op(Op::PRECALL, pushed + n + k);
  op(Op::CALL, pushed + n + k);
}

// With a tuple of all positional and a dictionary of all keyword arguments.
void Codegen::callEx(int pushed, ast::Seq<ast::Expr*> args, ast::Seq<ast::Keyword*> keywords) {
  if (pushed == 0 && args.size == 1 && ast::is<ast::Starred>(args[0])) visit(ast::as<ast::Starred>(args[0])->value);
  else display(args, pushed, {Op::BUILD_LIST, Op::LIST_APPEND, Op::LIST_EXTEND, true});
  bool have_dict = false;
  int waiting = 0;
  auto flush = [&](int to) {
    keywordDict(keywords, to - waiting, to);
    if (have_dict) op(Op::DICT_MERGE, 1);
    have_dict = true;
    waiting = 0;
  };
  for (int i = 0; i < keywords.size; ++i) {
    if (keywords[i]->arg) {
      ++waiting;
      continue;
    }
    if (waiting) flush(i);
    if (!have_dict) op(Op::BUILD_MAP, 0);
    have_dict = true;
    visit(keywords[i]->value);
    op(Op::DICT_MERGE, 1);
  }
  if (waiting) flush(keywords.size);
  op(Op::CALL_FUNCTION_EX, keywords.empty() ? 0 : 1);
}

void Codegen::keywordDict(ast::Seq<ast::Keyword*> keywords, int from, int to) {
  if (failed_) return;
  int n = to - from;
  bool big = n * 2 > kStackUseGuideline;
  if (n > 1 && !big) {
    for (int i = from; i < to; ++i) visit(keywords[i]->value);
    Ref<Tuple> keys = newTupleUninitialized(ts_, n);
    if (!keys) return setFailed();
    for (int i = 0; i < n; ++i) put(keys.get(), i, share(keywords[from + i]->arg));
    loadConst(Ref<>(std::move(keys)));
    return op(Op::BUILD_CONST_KEY_MAP, n);
  }
  if (big) opNoLine(Op::BUILD_MAP, 0);
  for (int i = from; i < to; ++i) {
    loadConst(keywords[i]->arg);
    visit(keywords[i]->value);
    if (big) opNoLine(Op::MAP_ADD, 1);
  }
  if (!big) op(Op::BUILD_MAP, n);
}

}  // namespace habu::compiler
