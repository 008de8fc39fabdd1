#include "syntax/grammar_table.h"

#include <cstring>
#include <new>

#include "syntax/error_grammar.h"

namespace habu::syntax {
namespace {

struct NamedToken {
  std::string_view name;
  TokenType type;
};
constexpr NamedToken kTokenNames[] = {
#define TOKEN(Name, PYTHON_NAME, text) {#PYTHON_NAME, TokenType::Name},
#include "syntax/tokens.def"
};
constexpr NamedToken kTokenTexts[] = {
#define TOKEN(Name, PYTHON_NAME, text) {text, TokenType::Name},
#define KEYWORD(Name, text) {text, TokenType::Keyword##Name},
#include "syntax/tokens.def"
};

struct NamedKind {
  std::string_view name;
  Kind kind;
};
constexpr NamedKind kKinds[] = {
    {"True", Kind::True}, {"False", Kind::False}, {"None", Kind::None}, {"Ellipsis", Kind::Ellipsis},
    {"Attribute", Kind::Attribute}, {"Subscript", Kind::Subscript}, {"Starred", Kind::Starred}, {"List", Kind::List},
    {"Tuple", Kind::Tuple}, {"Lambda", Kind::Lambda}, {"Call", Kind::Call}, {"Operation", Kind::Operation},
    {"GeneratorExp", Kind::GeneratorExp}, {"Yield", Kind::Yield}, {"Await", Kind::Await}, {"ListComp", Kind::ListComp},
    {"SetComp", Kind::SetComp}, {"DictComp", Kind::DictComp}, {"Dict", Kind::Dict}, {"Set", Kind::Set},
    {"Compare", Kind::Compare}, {"IfExp", Kind::IfExp}, {"NamedExpr", Kind::NamedExpr}, {"Pattern", Kind::Pattern},
    {"Arg", Kind::Arg}, {"Arguments", Kind::Arguments}, {"Keyword", Kind::Keyword},
    {"DoubleStarred", Kind::DoubleStarred}, {"Clause", Kind::Clause},
};

struct NamedAction {
  std::string_view name;
  Action action;
};
constexpr NamedAction kActions[] = {
    {"at", Action::At}, {"range", Action::Range}, {"from", Action::From}, {"last", Action::Last},
    {"indent", Action::Indent}, {"star_targets", Action::StarTargets}, {"del_targets", Action::DelTargets},
    {"for_targets", Action::ForTargets}, {"legacy", Action::Legacy}, {"comma", Action::Comma},
    {"generator", Action::Generator}, {"generator_argument", Action::GeneratorArgument},
    {"argument_order", Action::ArgumentOrder}, {"comprehension_target", Action::ComprehensionTarget},
    {"pattern_order", Action::PatternOrder}, {"missing_colon", Action::MissingColon}, {"barry", Action::Barry},
    {"real", Action::Real}, {"imaginary", Action::Imaginary}, {"exit", Action::Exit},
};

bool isWordChar(char c) { return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '_'; }

// Reads the grammar text. The text is ours, so that it is taken to be right.
class Compiler {
 public:
  explicit Compiler(GrammarTable& table) : table_(table) {}

  bool run() {
    declareRules();
    p_ = kErrorGrammar;
    for (int rule = 0; rule < table_.rules.size(); ++rule) {
      skip();
      while (*p_ != ':') ++p_;
      ++p_;
      int count;
      int first = alternatives(count);
      table_.rules[rule].first_alternative = static_cast<int16_t>(first);
      table_.rules[rule].alternative_count = static_cast<int16_t>(count);
      skip();
      ++p_;  // ;
    }
    return ok_;
  }

 private:
  static constexpr int kMaxAlternatives = 24;

  void skip() {
    while (*p_ == ' ' || *p_ == '\n') ++p_;
  }
  bool eat(char c) {
    skip();
    if (*p_ != c) return false;
    ++p_;
    return true;
  }
  static int16_t offset(const char* p) { return static_cast<int16_t>(p - kErrorGrammar); }

  // Names first: rules refer to each other. A rule is what stands at the start of a line.
  void declareRules() {
    const char* p = kErrorGrammar;
    while (*p) {
      if (isWordChar(*p)) {
        const char* start = p;
        while (isWordChar(*p)) ++p;
        GrammarRule rule{};
        rule.name = offset(start);
        rule.name_length = static_cast<int16_t>(p - start);
        rule.left_recursive = *p == '<';
        rule.memo = *p == '*' || rule.left_recursive;
        rule.without_invalid = std::string_view(start, static_cast<size_t>(p - start)) == "expression_without_invalid";
        ok_ &= table_.rules.push(rule);
      }
      while (*p && *p != '\n') ++p;
      if (*p) ++p;
    }
  }

  // Alternatives are gathered first, so that those of one group are neighbours in the table.
  int alternatives(int& count) {
    GrammarAlternative found[kMaxAlternatives];
    count = 0;
    do found[count++] = alternative();
    while (eat('|'));
    int first = table_.alternatives.size();
    for (int i = 0; i < count; ++i) ok_ &= table_.alternatives.push(found[i]);
    return first;
  }

  bool atEnd() {
    skip();
    return *p_ == '|' || *p_ == ';' || *p_ == ')' || *p_ == ']' || *p_ == '?' || (*p_ == '-' && p_[1] == '>');
  }

  GrammarAlternative alternative() {
    GrammarItem found[kMaxAlternatives];
    GrammarAlternative result{};
    result.a = result.b = result.value = -1;
    int16_t count = 0;
    while (!atEnd()) {
      if (*p_ == '^') ++p_, result.value = count;
      if ((*p_ == 'a' || *p_ == 'b') && p_[1] == ':') {
        (*p_ == 'a' ? result.a : result.b) = count;
        p_ += 2;
      }
      found[count++] = suffixed();
    }
    result.second_pass_only = count == 1 && found[0].kind == ItemKind::Rule && isInvalidRule(found[0].index);
    result.first_item = static_cast<int16_t>(table_.items.size());
    result.item_count = count;
    for (int i = 0; i < count; ++i) ok_ &= table_.items.push(found[i]);
    if (*p_ == '?') {
      ++p_;
      int version = 0;
      while (*p_ >= '0' && *p_ <= '9') version = version * 10 + (*p_++ - '0');
      result.version = static_cast<int8_t>(version);
      quoted(result.feature, result.feature_length);
      skip();
    }
    result.action = result.value >= 0 ? Action::Item : Action::Default;
    if (*p_ == '-' && p_[1] == '>') {
      p_ += 2;
      action(result);
    }
    return result;
  }

  void action(GrammarAlternative& result) {
    skip();
    std::string_view word = this->word();
    for (const NamedKind& known : kKinds)
      if (known.name == word) {
        result.action = Action::Make;
        result.kind = known.kind;
      }
    for (const NamedAction& known : kActions)
      if (known.name == word) result.action = known.action;
    skip();
    if (*p_ == '"') quoted(result.message, result.message_length);
  }

  void quoted(int16_t& start, int16_t& length) {
    skip();
    const char* from = ++p_;
    while (*p_ != '"' || p_[-1] == '\\') ++p_;
    start = offset(from);
    length = static_cast<int16_t>(p_ - from);
    ++p_;
  }

  std::string_view word() {
    const char* start = p_;
    while (isWordChar(*p_)) ++p_;
    return {start, static_cast<size_t>(p_ - start)};
  }

  bool isInvalidRule(int rule) const {
    return table_.text(table_.rules[rule].name, table_.rules[rule].name_length).starts_with("invalid_");
  }

  GrammarItem wrap(ItemKind kind, const GrammarItem& inner, int extra = 0) {
    ok_ &= table_.items.push(inner);
    return {kind, TokenType::Endmarker, static_cast<int16_t>(table_.items.size() - 1), static_cast<int16_t>(extra)};
  }

  // An item with what stands before and behind it.
  GrammarItem suffixed() {
    if (*p_ == '~') return ++p_, GrammarItem{ItemKind::Cut, TokenType::Endmarker, 0, 0};
    if (*p_ == '!') return ++p_, wrap(ItemKind::Not, primary());
    if (*p_ == '&' && p_[1] == '&') {
      p_ += 2;
      GrammarItem forced = primary();
      forced.kind = ItemKind::Force;
      return forced;
    }
    if (*p_ == '&') return ++p_, wrap(ItemKind::And, primary());
    GrammarItem item = primary();
    switch (*p_) {
      case '?':
        if (p_[1] >= '0' && p_[1] <= '9') return item;  // a version check
        return ++p_, wrap(ItemKind::Optional, item);
      case '*': return ++p_, wrap(ItemKind::Star, item);
      case '+': return ++p_, wrap(ItemKind::Plus, item);
      case '.': {
        ++p_;
        ok_ &= table_.items.push(item);
        int separator = table_.items.size() - 1;
        GrammarItem element = primary();
        ++p_;  // +
        return wrap(ItemKind::Gather, element, separator);
      }
      default: return item;
    }
  }

  GrammarItem group(char close) {
    int count;
    int first = alternatives(count);
    eat(close);
    return {ItemKind::Group, TokenType::Endmarker, static_cast<int16_t>(first), static_cast<int16_t>(count)};
  }

  // [x]: a single rule or token needs no group of its own (and, in CPython, no function).
  GrammarItem optional() {
    GrammarItem inner = group(']');
    const GrammarAlternative& only = table_.alternatives[inner.index];
    if (inner.extra == 1 && only.item_count == 1) inner = table_.items[only.first_item];
    return wrap(ItemKind::Optional, inner);
  }

  GrammarItem primary() {
    if (*p_ == '(') return ++p_, group(')');
    if (*p_ == '[') return ++p_, optional();
    if (*p_ == '\'') {
      const char* start = ++p_;
      while (*p_ != '\'') ++p_;
      std::string_view text(start, static_cast<size_t>(p_++ - start));
      for (const NamedToken& known : kTokenTexts)
        if (known.name == text) return {ItemKind::Token, known.type, 0, 0};
      ok_ = false;
      return {};
    }
    if (*p_ == '"') {
      int16_t start, length;
      quoted(start, length);
      return {ItemKind::SoftKeyword, TokenType::Name, start, length};
    }
    return named(word());
  }

  GrammarItem named(std::string_view name) {
    if (name == "NAME") return {ItemKind::Name, TokenType::Name, 0, 0};
    if (name == "NUMBER") return {ItemKind::Number, TokenType::Number, 0, 0};
    if (name == "STRINGS") return {ItemKind::Strings, TokenType::String, 0, 0};
    if (name == "SOFT_KEYWORD") return {ItemKind::AnySoftKeyword, TokenType::Name, 0, 0};
    for (const NamedToken& known : kTokenNames)
      if (known.name == name) return {ItemKind::Token, known.type, 0, 0};
    int rule = table_.find(name);
    if (rule < 0) ok_ = false;
    return {ItemKind::Rule, TokenType::Endmarker, static_cast<int16_t>(rule), 0};
  }

  GrammarTable& table_;
  const char* p_ = kErrorGrammar;
  bool ok_ = true;
};

}  // namespace

int GrammarTable::find(std::string_view rule) const {
  for (int i = 0; i < rules.size(); ++i)
    if (text(rules[i].name, rules[i].name_length) == rule) return i;
  return -1;
}

std::string_view GrammarTable::text(int offset, int length) const {
  return {kErrorGrammar + offset, static_cast<size_t>(length)};
}

const GrammarTable* GrammarTable::get() {
  static GrammarTable* compiled = nullptr;
  if (compiled) return compiled;
  auto* table = new (std::nothrow) GrammarTable;
  if (!table || !Compiler(*table).run()) {
    delete table;
    return nullptr;
  }
  return compiled = table;
}

}  // namespace habu::syntax
