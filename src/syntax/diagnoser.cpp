#include "syntax/diagnoser.h"

#include <cstdio>
#include <utility>

#include "object/raise.h"
#include "syntax/diagnosis.h"
#include "types/str.h"

namespace habu::syntax {

// ---- the interpreter of the grammar ----
//
// An error does not end everything at once: as in CPython's generated parser the rules that are under way finish the
// alternative they are in, and an action among them may replace the error by another one. `failed_` is looked at where
// the generated code looks at its error indicator: on entering a rule, group or repetition, before each alternative,
// behind optional items.

Diagnosis::Match* Diagnosis::make(Kind kind, int first, int last, Match** children, int count) {
  auto* match = static_cast<Match*>(arena_.allocate(sizeof(Match)));
  Match** copy = nullptr;
  if (count) {
    copy = arena_.allocateArray<Match*>(static_cast<size_t>(count));
    if (copy) std::memcpy(static_cast<void*>(copy), children, sizeof(Match*) * static_cast<size_t>(count));
  }
  if (!match || (count && !copy)) return noMemory();
  *match = {kind, first, last, count, copy};
  return match;
}

Diagnosis::Match* Diagnosis::noMemory() {
  if (!errorSet(ts_)) (void)raiseNoMemory(ts_);
  failed_ = true;
  return nullptr;
}

Diagnosis::Match* Diagnosis::overflow() {
  (void)raiseNoMemory(ts_);
  failed_ = true;
  return nullptr;
}

bool Diagnosis::ensure() {
  if (pos_ < tokens_.size()) return tokens_[pos_].type != TokenType::Error;
  if (!tokens_.fill()) return noMemory(), false;
  if (tokens_.last().type != TokenType::Error) return true;
  raiseTokenizerError();
  failed_ = true;
  return false;
}

Diagnosis::Memo*& Diagnosis::memoAt(int position) {
  while (memos_.size() <= position)
    if (!memos_.push(nullptr)) {
      noMemory();
      static Memo* lost;
      return lost = nullptr;
    }
  return memos_[position];
}

Diagnosis::Match* Diagnosis::rule(int index) {
  const GrammarRule& rule = table_->rules[index];
  if (level_ == kMaxLevel || reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < ts_.stack_limit)
    return overflow();
  if (failed_) return nullptr;
  ++level_;
  Match* result;
  if (rule.memo) {
    Memo* memo = memoAt(pos_);
    while (memo && memo->rule != index) memo = memo->next;
    if (memo) {
      pos_ = memo->end;
      result = memo->match;
    } else if (rule.left_recursive) {
      result = leftRecursive(index, rule);
    } else {
      int start = pos_;
      result = ruleBody(rule);
      auto* made = static_cast<Memo*>(arena_.allocate(sizeof(Memo)));
      if (!made) return noMemory();
      Memo*& head = memoAt(start);
      *made = {index, result, pos_, head};
      head = made;
    }
  } else {
    result = ruleBody(rule);
  }
  --level_;
  return result;
}

Diagnosis::Match* Diagnosis::ruleBody(const GrammarRule& rule) {
  if (!rule.without_invalid) return alternatives(rule.first_alternative, rule.alternative_count);
  bool saved = std::exchange(second_pass_, false);
  Match* result = alternatives(rule.first_alternative, rule.alternative_count);
  second_pass_ = saved;
  return result;
}

// Grows the match from the remembered shorter one until it grows no more.
Diagnosis::Match* Diagnosis::leftRecursive(int index, const GrammarRule& rule) {
  int start = pos_, best_end = pos_;
  auto* memo = static_cast<Memo*>(arena_.allocate(sizeof(Memo)));
  if (!memo) return noMemory();
  Memo*& head = memoAt(start);
  *memo = {index, nullptr, start, head};
  head = memo;
  Match* best = nullptr;
  for (;;) {
    pos_ = start;
    if (level_ == kMaxLevel) return overflow();
    ++level_;
    Match* longer = ruleBody(rule);
    --level_;
    if (failed_) return nullptr;
    if (!longer || pos_ <= best_end) break;
    best = longer;
    best_end = pos_;
    memo->match = best;
    memo->end = best_end;
  }
  pos_ = best_end;
  return best;
}

Diagnosis::Match* Diagnosis::alternatives(int first, int count) {
  for (int i = 0; i < count; ++i) {
    const GrammarAlternative& candidate = table_->alternatives[first + i];
    if (candidate.second_pass_only && !second_pass_) continue;
    if (failed_) return nullptr;
    int start = pos_;
    bool cut = false, matched = false;
    Match* result = alternative(candidate, cut, matched);
    if (matched) return result;
    pos_ = start;
    if (cut) return nullptr;
  }
  return nullptr;
}

Diagnosis::Match* Diagnosis::alternative(const GrammarAlternative& candidate, bool& cut, bool& matched) {
  Match* values[12];
  int start = pos_;
  for (int i = 0; i < candidate.item_count; ++i) {
    values[i] = item(table_->items[candidate.first_item + i], cut);
    if (!values[i]) return nullptr;
  }
  matched = true;
  return act(candidate, start, values);
}

Diagnosis::Match* Diagnosis::item(const GrammarItem& item, bool& cut) {
  switch (item.kind) {
    case ItemKind::Token: return token(item.token);
    case ItemKind::Name: {
      Match* name = token(TokenType::Name);
      return name ? make(Kind::Name, name->first, name->last, nullptr, 0) : nullptr;
    }
    case ItemKind::SoftKeyword:
    case ItemKind::AnySoftKeyword: {
      if (!ensure() || tokens_[pos_].type != TokenType::Name) return nullptr;
      std::string_view text = tokens_.text(tokens_[pos_]);
      // CPython compares only as much of a soft keyword as the name is long: `c` passes for `case` here.
      auto begins = [&](std::string_view keyword) { return keyword.starts_with(text); };
      bool match = item.kind == ItemKind::SoftKeyword ? text == table_->text(item.index, item.extra)
                                                      : begins("_") || begins("case") || begins("match");
      return match ? token(TokenType::Name) : nullptr;
    }
    case ItemKind::Number: return numberToken();
    case ItemKind::Strings: return strings();
    case ItemKind::Rule: return rule(item.index);
    case ItemKind::Group: {
      if (level_ == kMaxLevel) return overflow();
      if (failed_) return nullptr;
      ++level_;
      Match* result = alternatives(item.index, item.extra);
      --level_;
      return result;
    }
    case ItemKind::Optional: {
      int start = pos_;
      bool inner_cut = false;
      Match* result = this->item(table_->items[item.index], inner_cut);
      if (failed_) return nullptr;
      if (result) return result;
      pos_ = start;
      return &nothing_;
    }
    case ItemKind::Star: return repeat(item, false);
    case ItemKind::Plus: return repeat(item, true);
    case ItemKind::Gather: return gather(item);
    case ItemKind::And: return lookAhead(item) ? &nothing_ : nullptr;
    case ItemKind::Not: return !lookAhead(item) ? &nothing_ : nullptr;
    case ItemKind::Cut: cut = true; return &nothing_;
    case ItemKind::Force: return forced(item.token);
  }
  return nullptr;
}

bool Diagnosis::lookAhead(const GrammarItem& item) {
  int start = pos_;
  bool cut = false;
  Match* result = this->item(table_->items[item.index], cut);
  pos_ = start;
  return result != nullptr;
}

Diagnosis::Match* Diagnosis::repeat(const GrammarItem& item, bool at_least_one) {
  if (level_ == kMaxLevel) return overflow();
  if (failed_) return nullptr;
  ++level_;
  int mark = scratch_.size(), start = pos_, before = pos_;
  bool cut = false;
  const GrammarItem& element = table_->items[item.index];
  while (Match* found = this->item(element, cut)) {
    if (!scratch_.push(found)) return noMemory();
    before = pos_;
  }
  pos_ = before;
  --level_;
  int count = scratch_.size() - mark;
  Match* result = nullptr;
  if (!at_least_one || (count && !failed_))
    result = make(Kind::Sequence, start, pos_ - 1, reinterpret_cast<Match**>(scratch_.data() + mark), count);
  scratch_.truncate(mark);
  return result;
}

// element (separator element)*
Diagnosis::Match* Diagnosis::gather(const GrammarItem& item) {
  if (level_ == kMaxLevel) return overflow();
  if (failed_) return nullptr;
  ++level_;
  int mark = scratch_.size(), start = pos_, before = pos_;
  bool cut = false;
  const GrammarItem &element = table_->items[item.index], &separator = table_->items[item.extra];
  Match* found = this->item(element, cut);
  ++level_;
  while (found) {
    if (!scratch_.push(found)) return noMemory();
    before = pos_;
    found = this->item(separator, cut) ? this->item(element, cut) : nullptr;
  }
  level_ -= 2;
  pos_ = before;
  int count = scratch_.size() - mark;
  Match* result = nullptr;
  if (count)
    result = make(Kind::Sequence, start, pos_ - 1, reinterpret_cast<Match**>(scratch_.data() + mark), count);
  scratch_.truncate(mark);
  return result;
}

Diagnosis::Match* Diagnosis::token(TokenType type) {
  if (!ensure() || tokens_[pos_].type != type) return nullptr;
  ++pos_;
  return make(Kind::Token, pos_ - 1, pos_ - 1, nullptr, 0);
}

Diagnosis::Match* Diagnosis::forced(TokenType type) {
  if (failed_ || !ensure()) return nullptr;
  if (Match* match = token(type)) return match;
  Match* here = make(Kind::Token, pos_, pos_, nullptr, 0);
  if (!here) return nullptr;
  return raiseAt(here, here, "expected '%s'", type == TokenType::LeftParen ? "(" : ":");
}

Diagnosis::Match* Diagnosis::numberToken() {
  Match* match = token(TokenType::Number);
  if (!match) return nullptr;
  match->kind = Kind::Constant;
  std::string_view text = tokens_.text(tokens_[match->first]);
  bool underscores = text.find('_') != text.npos;
  if (text.size() < 600 && !(underscores && context_.options.feature_version < 6)) return match;
  Ref<> value;
  switch (parseNumberLiteral(ts_, text, context_.options.feature_version >= 6, value)) {
    case NumberError::None: return match;
    case NumberError::Raised: failed_ = true; return nullptr;
    case NumberError::TooNew:
      return raiseLast(kSyntaxError, "Underscores in numeric literals are only supported in Python 3.6 and greater");
    case NumberError::TooLong: break;
  }
  Ref<> error = takeRaised(ts_);
  Ref<Str> reason = formatText(ts_, "{} - Consider hexadecimal for huge integer literals to avoid decimal conversion limits.",
                               error);
  if (!reason) return noMemory();
  auto utf8 = utf8Of(ts_, reason.get());
  if (failed(utf8)) return failed_ = true, nullptr;
  char message[256];
  std::snprintf(message, sizeof message, "%.*s", 255, utf8.take().data());
  const Token& number = tokens_[match->first];
  raisePlaced(kSyntaxError, number.lineno, 0, number.end_lineno, 0, message);
  return nullptr;
}

// One or more string literals. What is wrong inside them is found here.
Diagnosis::Match* Diagnosis::strings() {
  int start = pos_;
  while (ensure() && tokens_[pos_].type == TokenType::String) ++pos_;
  if (pos_ == start || failed_) return nullptr;
  LiteralError error;
  Expr* value = concatenateStrings(context_, tokens_.data() + start, pos_ - start, tokenizer_.base(), 0, true, error);
  if (value) return make(is<JoinedStr>(value) ? Kind::JoinedString : Kind::Constant, start, pos_ - 1, nullptr, 0);
  if (error.kind == LiteralError::Kind::AtEnd) return raiseLast(kSyntaxError, "%s", error.message);
  if (error.kind == LiteralError::Kind::AtToken) {
    Match* literal = make(Kind::Token, start + error.token, start + error.token, nullptr, 0);
    return literal ? raiseAt(literal, literal, "%s", error.message) : nullptr;
  }
  failed_ = true;
  if (error.kind == LiteralError::Kind::Raised && errorMatches(ts_, kValueError)) wrapValueError();
  return nullptr;
}

// A decoder's error that an expression in an f-string has run into.
void Diagnosis::wrapValueError() {
  const char* kind = errorMatches(ts_, kUnicodeError) ? "(unicode error) {}" : "(value error) {}";
  Ref<> error = takeRaised(ts_);
  Ref<Str> text = formatText(ts_, kind, error);
  auto utf8 = text ? utf8Of(ts_, text.get()) : Result<std::string_view>::failure();
  if (failed(utf8)) return;
  char message[256];
  std::snprintf(message, sizeof message, "%.*s", 255, utf8.take().data());
  raiseLastMessage(kSyntaxError, message);
}

Diagnosis::Match* Diagnosis::start() {
  const char* name = "fstring";
  if (!fstring_) {
    switch (mode_) {
      case Mode::Exec: name = "file"; break;
      case Mode::Eval: name = "eval"; break;
      case Mode::Single: name = "interactive"; break;
      case Mode::FunctionType: name = "func_type"; break;
    }
  }
  return rule(table_->find(name));
}

void Diagnosis::run() {
  table_ = GrammarTable::get();
  if (!table_) return (void)noMemory();
  Match* module = start();
  if (module && !failed_) {
    raiseLastMessage(kSyntaxError, mode_ == Mode::Single && badSingleStatement()
                                       ? "multiple statements found while compiling a single statement"
                                       : "invalid syntax");
    return;
  }
  if (context_.options.allow_incomplete && atEndOfSource()) {
    clearError(ts_);
    raiseLastMessage(kSyntaxError, "incomplete input");
    return;
  }
  if (failed_ && !errorMatches(ts_, kSyntaxError)) return;
  int last_token = tokens_.size() - 1;
  if (!failed_) {
    for (int i = 0; i < memos_.size(); ++i) memos_[i] = nullptr;
    pos_ = level_ = 0;
    second_pass_ = true;
    if (source_.interactive) tokenizer_.stopReading();
    start();
  }
  conclude(last_token);
}

bool Diagnosis::overflows() {
  table_ = GrammarTable::get();
  if (!table_) return noMemory(), true;
  start();
  return failed_;
}

// ---- entries ----

Raised diagnose(ParseContext& context, const DiagnosedSource& source, const Tokenizer::Options& options) {
  context.warn = context.warning_failed;
  Tokenizer::Options silent = options;
  if (!context.warn) silent.warnings = nullptr;
  Tokenizer tokenizer(source.text.data(), source.text.size(), silent);
  Diagnosis(context, source, tokenizer, context.options.mode, false).run();
  return Raised{};
}

void diagnoseFString(ParseContext& context, std::string_view text, const Tokenizer::Options& options) {
  Tokenizer::Options silent = options;
  if (!context.warn) silent.warnings = nullptr;
  Tokenizer tokenizer(text.data(), text.size(), silent);
  DiagnosedSource source{text, nullptr, options.first_line, options.first_column};
  Diagnosis(context, source, tokenizer, Mode::Exec, true).run();
}

bool overflowsCPython(ParseContext& context, const DiagnosedSource& source, const Tokenizer::Options& options) {
  bool warn = std::exchange(context.warn, false);
  Tokenizer::Options silent = options;
  silent.warnings = nullptr;
  Tokenizer tokenizer(source.text.data(), source.text.size(), silent);
  bool result = Diagnosis(context, source, tokenizer, context.options.mode, false).overflows();
  context.warn = warn;
  return result;
}

}  // namespace habu::syntax
