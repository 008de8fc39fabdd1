// The machinery behind diagnoser.h: an interpreter of the error grammar, and the reporting of what it finds.
#pragma once
#include "syntax/diagnoser.h"
#include "syntax/grammar_table.h"
#include "syntax/literals.h"

namespace habu::syntax {

class Diagnosis {
 public:
  Diagnosis(ParseContext& context, const DiagnosedSource& source, Tokenizer& tokenizer, Mode mode, bool fstring)
      : context_(context), ts_(context.ts), source_(source), tokenizer_(tokenizer),
        tokens_(tokenizer, mode, context.options.keep_indentation), mode_(mode), fstring_(fstring) {}

  void run();         // both passes; an exception is set afterwards
  bool overflows();   // the first pass only: did it run out of (CPython's) stack?

 private:
  // A match. Tokens `first` to `last` (indices); children of interest to actions.
  struct Match {
    Kind kind;
    int first, last;
    int count;
    Match** children;
  };
  struct Memo {
    int rule;
    Match* match;
    int end;
    Memo* next;
  };
  // What the tokenizer failed with has been raised / an action raised: everything unwinds.
  static constexpr int kMaxLevel = 6000;
  static constexpr int kUnknown = -5;  // as an end position: where the tokenizer is

  // ---- the interpreter (diagnoser.cpp) ----
  Match* start();
  Match* rule(int index);
  Match* ruleBody(const GrammarRule& rule);
  Match* leftRecursive(int index, const GrammarRule& rule);
  Match* alternatives(int first, int count);
  Match* alternative(const GrammarAlternative& alternative, bool& cut, bool& matched);
  Match* item(const GrammarItem& item, bool& cut);
  Match* repeat(const GrammarItem& item, bool at_least_one);
  Match* gather(const GrammarItem& item);
  Match* token(TokenType type);
  Match* numberToken();
  Match* strings();
  void wrapValueError();
  Match* forced(TokenType type);
  bool lookAhead(const GrammarItem& item);
  bool ensure();  // a current token; false: the tokenizer failed, raised
  Match* make(Kind kind, int first, int last, Match** children, int count);
  Match* noMemory();
  Match* overflow();
  Memo*& memoAt(int position);

  // ---- actions (diagnoser_actions.cpp) ----
  // The value of a finished alternative. Null: the rule fails, without a look at further alternatives.
  Match* act(const GrammarAlternative& alternative, int start, Match** values);
  Match* perform(const GrammarAlternative& alternative, int start, Match** values);
  Match* raiseInvalidTarget(Match* expression, Action action);
  Match* invalidTarget(Match* expression, Action action);
  Match* legacyStatement(Match* name, Match* expressions);
  Match* generatorArgument(Match* arguments, Match* clauses);
  Match* argumentOrder(Match* arguments);
  Match* complexPart(Match* number, bool imaginary);
  bool isLegacyName(const Match* match) const;
  const char* nameOf(const Match* match) const;
  Match* child(Match* match, int index) const;      // among the named things below, Sequences opened
  int childCount(Match* match) const;
  Match* lastOfClauses(Match* clauses) const;

  // ---- reporting (diagnoser_report.cpp) ----
  __attribute__((format(printf, 4, 5))) Match* raiseAt(const Match* from, const Match* to, const char* format, ...);
  __attribute__((format(printf, 3, 4))) Match* raiseLast(Type& type, const char* format, ...);
  void raiseLastMessage(Type& type, const char* message);
  void raisePlaced(Type& type, int lineno, int column, int end_lineno, int end_column, const char* message);
  void raiseTokenizerError();
  void raiseUnclosed();
  void raiseTokenizerSyntaxError();
  void raiseIdentifierDecodeError();
  void raiseBareDecodeError();
  void conclude(int last_token);
  void checkRest();
  Ref<Str> errorLine(int lineno);
  Ref<Str> bufferLine(int lineno);
  bool atEndOfSource() const;
  bool badSingleStatement() const;

  ParseContext& context_;
  ThreadState& ts_;
  const DiagnosedSource& source_;
  Tokenizer& tokenizer_;
  TokenStream tokens_;
  Mode mode_;
  bool fstring_;
  const GrammarTable* table_ = nullptr;
  PlainVector<Memo*> memos_;  // by token
  PlainVector<void*> scratch_;
  Arena arena_;
  int pos_ = 0;
  int level_ = 0;
  bool second_pass_ = false;
  bool failed_ = false;        // an exception is set
  const Token* error_token_ = nullptr;  // where errors "at the last token" go instead
  Match nothing_{Kind::Sequence, 0, -1, 0, nullptr};
};

}  // namespace habu::syntax
