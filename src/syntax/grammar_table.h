// The error grammar compiled into tables.
#pragma once
#include "base/plain_vector.h"
#include "syntax/token.h"

namespace habu::syntax {

// What a syntax node of the diagnoser is; Sequence is transparent (its children count as the parent's).
enum class Kind : uint8_t {
  Sequence, Token,
  // from here on: things with a name of their own
  Name, Constant, True, False, None, Ellipsis, JoinedString, Attribute, Subscript, Starred, List, Tuple, Lambda, Call,
  Operation, GeneratorExp, Yield, Await, ListComp, SetComp, DictComp, Dict, Set, Compare, IfExp, NamedExpr,
  // not expressions
  Pattern, Arg, Arguments, Keyword, DoubleStarred, Clause,
};

enum class Action : uint8_t {
  Default,  // the value of the only item, or a Sequence of all
  Item,     // the value of item number `value`
  Make,     // a node of kind `kind`
  At, Range, From, Last, Indent,                       // raise (see error_grammar.h)
  StarTargets, DelTargets, ForTargets,                 // raise if `a` is no target
  Legacy, Comma, Generator, GeneratorArgument, ArgumentOrder, ComprehensionTarget, PatternOrder, MissingColon,
  Barry, Real, Imaginary, Exit,
};

enum class ItemKind : uint8_t {
  Token, SoftKeyword, AnySoftKeyword, Name, Number, Strings, Rule, Group, Optional, Star, Plus, Gather, And, Not, Cut,
  Force,
};

struct GrammarItem {
  ItemKind kind;
  TokenType token;     // Token, Force
  int16_t index;       // Rule: rule; Group: first alternative; the rest: item; SoftKeyword: text offset
  int16_t extra;       // Group: number of alternatives; Gather: item of the separator; SoftKeyword: length
};

struct GrammarAlternative {
  int16_t first_item, item_count;
  int16_t a, b, value;    // items named a, b and ^; -1: none
  Action action;
  Kind kind;
  int8_t version;         // 0: any
  bool second_pass_only;
  int16_t message, message_length;          // in the grammar text
  int16_t feature, feature_length;          // what a version check names
};

struct GrammarRule {
  int16_t name, name_length;
  int16_t first_alternative, alternative_count;
  bool memo, left_recursive, without_invalid;
};

class GrammarTable {
 public:
  // Compiled on first use; null: no memory.
  static const GrammarTable* get();

  int find(std::string_view rule) const;
  std::string_view text(int offset, int length) const;

  PlainVector<GrammarRule> rules;
  PlainVector<GrammarAlternative> alternatives;
  PlainVector<GrammarItem> items;
};

}  // namespace habu::syntax
