// match statements.
//
// While a pattern is being matched, the stack holds, from the bottom: the subject's copy for the next case, the values of
// the names captured so far (they are stored only when the whole pattern has matched), then `on_top` values in use.
// A failing test must pop all of that: it jumps to fail_pop[n], the entry of a ladder of POP_TOPs.
#include "compiler/codegen.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/int.h"
#include "types/set.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::compiler {

using ast::as;
using ast::is;
using ast::NodeKind;

namespace {
bool isWildcard(ast::Pattern* p) { return is<ast::MatchAs>(p) && !as<ast::MatchAs>(p)->name; }  // also `(_)`
bool isStarWildcard(ast::Pattern* p) { return is<ast::MatchStar>(p) && !as<ast::MatchStar>(p)->name; }
}  // namespace

void Codegen::matchStatement(ast::Match* s) {
  visit(s->subject);
  Block* end = newBlock();
  int n = s->cases.size;
  bool has_default = isWildcard(s->cases[n - 1]->pattern) && n > 1;
  int tried = n - has_default;
  for (int i = 0; i < tried && !failed_; ++i) {
    ast::MatchCase* c = s->cases[i];
    bool last = i == tried - 1;
    PatternContext pc;
    at(c->pattern);
    if (!last) op(Op::COPY, 1);
    pc.allow_irrefutable = c->guard || i == n - 1;
    pattern(c->pattern, pc);
    if (failed_) return;
    for (Str* stored : pc.stores) name(stored, ast::ExprContext::Store);
    if (c->guard) {
      ensureFailPop(pc, 0);
      if (failed_) return;
      jumpIf(c->guard, pc.fail_pop[0], false);
    }
    if (!last) op(Op::POP_TOP);  // the subject
    visitAll(c->body);
    jump(pseudo::JUMP, end);
    at(c->pattern);  // the clean-up belongs to the pattern that failed
    emitFailPop(pc);
  }
  if (has_default && !failed_) {
    ast::MatchCase* c = s->cases[n - 1];
    at(c->pattern);
    op(n == 1 ? Op::POP_TOP : Op::NOP);
    if (c->guard) jumpIf(c->guard, end, false);
    visitAll(c->body);
  }
  use(end);
}

// ---- the ladder ----

void Codegen::ensureFailPop(PatternContext& pc, int n) {
  while (pc.fail_pop.size() <= n && !failed_)
    if (!pc.fail_pop.push(arena_, newBlock())) {
      unit_->graph.outOfMemory();
      setFailed();
    }
}

void Codegen::jumpToFailPop(PatternContext& pc, Op o) {
  int pops = pc.on_top + pc.stores.size();
  ensureFailPop(pc, pops);
  if (!failed_) jump(o, pc.fail_pop[pops]);
}

void Codegen::emitFailPop(PatternContext& pc) {
  if (failed_ || pc.fail_pop.size() == 0) return;
  for (int i = pc.fail_pop.size() - 1; i > 0; --i) {
    use(pc.fail_pop[i]);
    op(Op::POP_TOP);
  }
  use(pc.fail_pop[0]);
  pc.fail_pop.truncate(0);
}

// ---- captures ----

// Puts the top value under the `count` - 1 values below it.
void Codegen::rotate(int count) {
  for (; count > 1; --count) op(Op::SWAP, count);
}

void Codegen::addStore(PatternContext& pc, Str* name) {
  for (Str* stored : pc.stores)
    if (stored == name) return errorText(formatText(ts_, "multiple assignments to name {!r} in pattern", name));
  if (!pc.stores.push(arena_, name)) {
    unit_->graph.outOfMemory();
    setFailed();
  }
}

void Codegen::storeName(Str* name, PatternContext& pc) {
  if (failed_) return;
  if (!name) return op(Op::POP_TOP);
  if (forbiddenName(name, ast::ExprContext::Store)) return;
  int below = pc.on_top + pc.stores.size() + 1;
  addStore(pc, name);
  if (!failed_) rotate(below);
}

// ---- patterns ----

void Codegen::pattern(ast::Pattern* p, PatternContext& pc) {
  if (failed_) return;
  if (!limit_.enter()) return setFailed();
  at(p);
  switch (p->node_kind) {
    case NodeKind::MatchValue: matchValue(as<ast::MatchValue>(p), pc); break;
    case NodeKind::MatchSingleton:
      loadConst(as<ast::MatchSingleton>(p)->value);
      op(Op::IS_OP, 0);
      jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
      break;
    case NodeKind::MatchSequence: patternSequence(as<ast::MatchSequence>(p), pc); break;
    case NodeKind::MatchMapping: patternMapping(as<ast::MatchMapping>(p), pc); break;
    case NodeKind::MatchClass: patternClass(as<ast::MatchClass>(p), pc); break;
    case NodeKind::MatchStar: storeName(as<ast::MatchStar>(p)->name, pc); break;
    case NodeKind::MatchAs: patternAs(as<ast::MatchAs>(p), pc); break;
    case NodeKind::MatchOr: patternOr(as<ast::MatchOr>(p), pc); break;
    default: break;
  }
  limit_.leave();
}

// Inside another pattern, irrefutable patterns are fine.
void Codegen::subpattern(ast::Pattern* p, PatternContext& pc) {
  bool before = pc.allow_irrefutable;
  pc.allow_irrefutable = true;
  pattern(p, pc);
  pc.allow_irrefutable = before;
}

void Codegen::matchValue(ast::MatchValue* p, PatternContext& pc) {
  if (!is<ast::ConstantExpr>(p->value) && !is<ast::Attribute>(p->value))
    return error("patterns may only match literals and attribute lookups");
  visit(p->value);
  compareOp(ast::CompareOperator::Eq);
  jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
}

void Codegen::patternAs(ast::MatchAs* p, PatternContext& pc) {
  if (!p->pattern) {
    if (!pc.allow_irrefutable) {
      if (!p->name) return error("wildcard makes remaining patterns unreachable");
      return errorText(formatText(ts_, "name capture {!r} makes remaining patterns unreachable", p->name));
    }
    return storeName(p->name, pc);
  }
  ++pc.on_top;
  op(Op::COPY, 1);
  pattern(p->pattern, pc);
  --pc.on_top;
  storeName(p->name, pc);
}

void Codegen::patternClass(ast::MatchClass* p, PatternContext& pc) {
  int positional = p->patterns.size, keywords = p->kwd_attrs.size;
  ast::Position here = unit_->at;
  for (int i = 0; i < keywords; ++i) {
    at(p->kwd_patterns[i]);
    if (forbiddenName(p->kwd_attrs[i], ast::ExprContext::Store)) return;
    for (int j = i + 1; j < keywords; ++j) {
      if (p->kwd_attrs[i] != p->kwd_attrs[j]) continue;
      at(p->kwd_patterns[j]);
      return errorText(formatText(ts_, "attribute name repeated in class pattern: {}", p->kwd_attrs[j]));
    }
  }
  at(here);
  visit(p->cls);
  if (failed_) return;
  Ref<Tuple> names = keywords ? newTupleUninitialized(ts_, keywords) : emptyTuple();
  if (!names) return setFailed();
  for (int i = 0; i < keywords; ++i) put(names.get(), i, share(p->kwd_attrs[i]));
  loadConst(Ref<>(std::move(names)));
  op(Op::MATCH_CLASS, positional);
  op(Op::COPY, 1);
  loadNone();
  op(Op::IS_OP, 1);
  ++pc.on_top;  // the tuple of attributes, or None
  jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  op(Op::UNPACK_SEQUENCE, positional + keywords);
  pc.on_top += positional + keywords - 1;
  for (int i = 0; i < positional + keywords && !failed_; ++i) {
    --pc.on_top;
    ast::Pattern* part = i < positional ? p->patterns[i] : p->kwd_patterns[i - positional];
    if (isWildcard(part)) op(Op::POP_TOP);
    else subpattern(part, pc);
  }
}

void Codegen::patternMappingKeys(ast::MatchMapping* p) {
  Ref<Set> seen = newSet(ts_);
  if (!seen) return setFailed();
  for (ast::Expr* key : p->keys) {
    if (failed_) return;
    if (auto* constant = ast::tryAs<ast::ConstantExpr>(key)) {
      Result<bool> duplicate = setContains(ts_, seen.get(), constant->value);
      if (duplicate.failed()) return setFailed();
      if (duplicate.take()) return errorText(formatText(ts_, "mapping pattern checks duplicate key ({!r})", constant->value));
      if (failed(setAdd(ts_, seen.get(), constant->value))) return setFailed();
    } else if (!is<ast::Attribute>(key)) {
      return error("mapping pattern keys may only match literals and attribute lookups");
    }
    visit(key);
  }
}

void Codegen::patternMapping(ast::MatchMapping* p, PatternContext& pc) {
  int n = p->keys.size;
  ++pc.on_top;
  op(Op::MATCH_MAPPING);
  jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  if (!n && !p->rest) {  // {}
    --pc.on_top;
    return op(Op::POP_TOP);
  }
  if (n) {
    op(Op::GET_LEN);
    loadConst(newInt(ts_, n));
    compareOp(ast::CompareOperator::GtE);
    jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  }
  patternMappingKeys(p);
  op(Op::BUILD_TUPLE, n);
  op(Op::MATCH_KEYS);
  pc.on_top += 2;  // keys and values
  op(Op::COPY, 1);
  loadNone();
  op(Op::IS_OP, 1);
  jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  op(Op::UNPACK_SEQUENCE, n);
  pc.on_top += n - 1;
  for (ast::Pattern* part : p->patterns) {
    --pc.on_top;
    subpattern(part, pc);
  }
  pc.on_top -= 2;  // what follows takes the keys and the subject away
  if (!p->rest) {
    op(Op::POP_TOP);
    return op(Op::POP_TOP);
  }
  // rest = dict(subject), without the keys
  op(Op::BUILD_MAP, 0);
  op(Op::SWAP, 3);
  op(Op::DICT_UPDATE, 2);
  op(Op::UNPACK_SEQUENCE, n);
  for (int left = n; left; --left) {
    op(Op::COPY, 1 + left);
    op(Op::SWAP, 2);
    op(Op::DELETE_SUBSCR);
  }
  storeName(p->rest, pc);
}

// Brings the captures of an alternative into the order of the first one's (`control`). False: other names.
bool Codegen::sameBindings(PatternContext& pc, ArenaList<Str*>& control) {
  int n = pc.stores.size();
  if (n != control.size()) return false;
  for (int want = n; want-- > 0;) {
    int have = 0;
    while (have < n && pc.stores[have] != control[want]) ++have;
    if (have == n) return false;
    if (have == want) continue;
    // The first have + 1 names move behind the one that stands where `want` belongs; so do their values, one by one.
    Str** first = pc.stores.begin();
    for (int moved = 0; moved <= have; ++moved) {
      Str* name = first[0];
      for (int i = 0; i < want; ++i) first[i] = first[i + 1];
      first[want] = name;
      rotate(want + 1);
    }
  }
  return true;
}

void Codegen::patternOr(ast::MatchOr* p, PatternContext& pc) {
  Block* end = newBlock();
  int n = p->patterns.size;
  ArenaList<Str*> control;
  for (int i = 0; i < n && !failed_; ++i) {
    at(p->patterns[i]);
    PatternContext alternative;
    alternative.allow_irrefutable = i == n - 1 && pc.allow_irrefutable;
    op(Op::COPY, 1);
    pattern(p->patterns[i], alternative);
    if (failed_) return;
    if (i == 0) control = alternative.stores;
    else if (!sameBindings(alternative, control)) return error("alternative patterns bind different names");
    jump(pseudo::JUMP, end);
    emitFailPop(alternative);
  }
  if (failed_) return;
  op(Op::POP_TOP);  // no alternative matched: the copy goes
  jumpToFailPop(pc, pseudo::JUMP);
  use(end);
  // The captures lie above the subject's copy; each goes under everything that must be preserved.
  int below = control.size() + 1 + pc.on_top + pc.stores.size();
  for (Str* name : control) {
    rotate(below);
    addStore(pc, name);
    if (failed_) return;
  }
  op(Op::POP_TOP);
}

void Codegen::patternSequence(ast::MatchSequence* p, PatternContext& pc) {
  int n = p->patterns.size, star = -1;
  bool only_wildcards = true, star_wildcard = false;
  for (int i = 0; i < n; ++i) {
    ast::Pattern* part = p->patterns[i];
    if (is<ast::MatchStar>(part)) {
      if (star >= 0) return error("multiple starred names in sequence pattern");
      star = i;
      star_wildcard = isStarWildcard(part);
      only_wildcards = only_wildcards && star_wildcard;
    } else {
      only_wildcards = only_wildcards && isWildcard(part);
    }
  }
  ++pc.on_top;
  op(Op::MATCH_SEQUENCE);
  jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  if (star < 0 || n > 1) {
    op(Op::GET_LEN);
    loadConst(newInt(ts_, star < 0 ? n : n - 1));
    compareOp(star < 0 ? ast::CompareOperator::Eq : ast::CompareOperator::GtE);
    jumpToFailPop(pc, pseudo::POP_JUMP_IF_FALSE);
  }
  --pc.on_top;
  if (only_wildcards) op(Op::POP_TOP);
  else if (star_wildcard) sequenceSubscripts(p->patterns, star, pc);
  else sequenceUnpack(p->patterns, pc);
}

void Codegen::sequenceUnpack(ast::Seq<ast::Pattern*> parts, PatternContext& pc) {
  int n = parts.size;
  bool starred = false;
  for (int i = 0; i < n; ++i) {
    if (!is<ast::MatchStar>(parts[i])) continue;
    if (i >= 1 << 8 || n - i - 1 >= INT32_MAX >> 8) return error("too many expressions in star-unpacking sequence pattern");
    op(Op::UNPACK_EX, i + ((n - i - 1) << 8));
    starred = true;
  }
  if (!starred) op(Op::UNPACK_SEQUENCE, n);
  pc.on_top += n;
  for (ast::Pattern* part : parts) {
    --pc.on_top;
    subpattern(part, pc);
  }
}

// With an unnamed star only the items that are looked at are fetched.
void Codegen::sequenceSubscripts(ast::Seq<ast::Pattern*> parts, int star, PatternContext& pc) {
  int n = parts.size;
  ++pc.on_top;
  for (int i = 0; i < n && !failed_; ++i) {
    if (i == star || isWildcard(parts[i])) continue;
    op(Op::COPY, 1);
    if (i < star) {
      loadConst(newInt(ts_, i));
    } else {  // the subject need not know negative indices
      op(Op::GET_LEN);
      loadConst(newInt(ts_, n - i));
      op(Op::BINARY_OP, binaryOperand(ast::Operator::Sub, false));
    }
    op(Op::BINARY_SUBSCR);
    subpattern(parts[i], pc);
  }
  --pc.on_top;
  op(Op::POP_TOP);
}

}  // namespace habu::compiler
