// 'a %s b %r' % (x, y) with a constant left side is the f-string f'a {x!s} b {y!r}'. Only %s, %r and %a qualify: the
// others check their operand's type.
#include "compiler/fold.h"
#include "object/raise.h"
#include "object/thread_state.h"
#include "types/str.h"

namespace habu::compiler {

namespace {

constexpr int kMaxDigits = 3;  // of width and precision

class FormatFolder {
 public:
  FormatFolder(ThreadState& ts, ast::AstArena& arena, Str* format) : ts_(ts), arena_(arena), format_(format) {}

  ast::JoinedStr* fold(const ast::BinOp* node, ast::Seq<ast::Expr*> values) {
    auto** parts = arena_.allocateArray<ast::Expr*>(size_t(values.size) * 2 + 1);
    if (!parts) return outOfMemory();
    int count = 0, used = 0;
    for (;;) {
      ast::Expr* text = literal();
      if (failed_) return nullptr;
      if (text) parts[count++] = text;
      if (at_ >= format_->length) break;
      if (used >= values.size) return nullptr;  // too few values: an error at run time
      ++at_;                                     // the %
      ast::Expr* value = field(values[used++]);
      if (!value) return nullptr;
      parts[count++] = value;
    }
    if (used < values.size) return nullptr;
    auto* joined = arena_.create<ast::JoinedStr>();
    if (!joined) return outOfMemory();
    joined->node_kind = ast::NodeKind::JoinedStr;
    joined->at = node->at;
    joined->values = {parts, count};
    return joined;
  }

 private:
  ast::JoinedStr* outOfMemory() {
    if (!errorSet(ts_)) (void)raiseNoMemory(ts_);
    failed_ = true;
    return nullptr;
  }
  ast::Expr* constant(Ref<Str> text, const ast::Position& at) {
    Object* kept = arena_.own(std::move(text));
    auto* node = kept ? arena_.create<ast::ConstantExpr>() : nullptr;
    if (!node) {
      outOfMemory();
      return nullptr;
    }
    node->node_kind = ast::NodeKind::ConstantExpr;
    node->at = at;
    node->value = kept;
    node->kind = nullptr;
    return node;
  }

  // Text up to the next field, %% meaning %. It has no position of its own.
  ast::Expr* literal() {
    Index start = at_, length = format_->length;
    bool has_percents = false;
    for (;;) {
      while (at_ < length && (*format_)[at_] != '%') ++at_;
      if (at_ + 1 >= length || (*format_)[at_ + 1] != '%') break;
      has_percents = true;
      at_ += 2;
    }
    if (at_ == start) return nullptr;
    constexpr ast::Position kNowhere{-1, -1, -1, -1};
    if (!has_percents) return constant(substring(ts_, format_, start, at_), kNowhere);
    StrBuilder text(ts_);
    for (Index i = start; i < at_; ++i) {
      text.append((*format_)[i]);
      if ((*format_)[i] == '%') ++i;
    }
    return constant(text.finish(), kNowhere);
  }

  // False at the end of the text.
  bool next() {
    if (at_ >= format_->length) return false;
    c_ = (*format_)[at_++];
    return true;
  }
  // A number of fewer than kMaxDigits digits; c_ is the character behind it.
  bool number(int& value) {
    value = 0;
    int digits = 0;
    while (c_ >= '0' && c_ <= '9') {
      value = value * 10 + int(c_ - '0');
      if (!next() || ++digits >= kMaxDigits) return false;
    }
    return true;
  }

  ast::Expr* field(ast::Expr* value) {
    bool left = false;
    do {
      if (!next()) return nullptr;
      if (c_ == '-') left = true;
    } while (c_ == '-' || c_ == '+' || c_ == ' ' || c_ == '#' || c_ == '0');
    int width = -1, precision = -1;
    if (c_ >= '0' && c_ <= '9' && !number(width)) return nullptr;
    if (c_ == '.') {
      if (!next() || !number(precision)) return nullptr;
    }
    if (c_ != 's' && c_ != 'r' && c_ != 'a') return nullptr;
    char spec[16];
    size_t n = 0;
    if (!left && width > 0) spec[n++] = '>';
    if (width >= 0) n += writeNumber(spec + n, width);
    if (precision >= 0) {
      spec[n++] = '.';
      n += writeNumber(spec + n, precision);
    }
    ast::Expr* spec_node = nullptr;
    if (n) {
      spec_node = constant(strFromAscii(ts_, {spec, n}), value->at);
      if (!spec_node) return nullptr;
    }
    auto* node = arena_.create<ast::FormattedValue>();
    if (!node) {
      outOfMemory();
      return nullptr;
    }
    node->node_kind = ast::NodeKind::FormattedValue;
    node->at = value->at;
    node->value = value;
    node->conversion = int(c_);
    node->format_spec = spec_node;
    return node;
  }
  static size_t writeNumber(char* out, int value) {
    size_t n = 0;
    if (value >= 100) out[n++] = char('0' + value / 100);
    if (value >= 10) out[n++] = char('0' + value / 10 % 10);
    out[n++] = char('0' + value % 10);
    return n;
  }

  ThreadState& ts_;
  ast::AstArena& arena_;
  Str* format_;
  Index at_ = 0;
  char32_t c_ = 0;
  bool failed_ = false;
};

}  // namespace

ast::JoinedStr* foldFormat(ThreadState& ts, ast::AstArena& arena, const ast::BinOp* node, Str* format,
                           ast::Seq<ast::Expr*> values) {
  return FormatFolder(ts, arena, format).fold(node, values);
}

}  // namespace habu::compiler
