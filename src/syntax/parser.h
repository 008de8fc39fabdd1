// The parser for valid programs: recursive descent with precedence climbing over an array of tokens.
//
// It says yes or no. On the way it neither raises nor explains: a null result means "this is not Python", and the
// diagnoser (diagnoser.h) then goes over the text again, slowly, to find CPython's words for it. Only warnings that a
// filter turned into exceptions, codecs and lack of memory raise here; `raised()` tells.
//
// Rules of the code: a parse function is entered with the first token of its construct as the current one and leaves
// behind its last; on failure the position is undefined (who wants to try something else saves `pos_`).
// Positions of nodes: from the start token to the end of the last token consumed.
#pragma once
#include <cstdlib>
#include <cstring>

#include "base/plain_vector.h"
#include "object/core.h"
#include "object/thread_state.h"
#include "syntax/ast.h"
#include "syntax/ast_arena.h"
#include "syntax/parse.h"
#include "syntax/token_stream.h"

namespace habu::syntax {

// What one parse shares with the parses of its f-string expressions: identifiers, scratch space, settings.
class ParseContext : public WarningSink {
 public:
  ParseContext(ThreadState& ts, AstArena& arena, Object* filename, const ParseOptions& options)
      : ts(ts), arena(arena), filename(filename), options(options) {}
  ParseContext(const ParseContext&) = delete;
  ~ParseContext() { std::free(names_); }

  // The interned str for an identifier in NFKC form, owned by the arena. Null: raised.
  Str* identifier(std::string_view text);
  Outcome invalidNumberEnd(const char* kind, int32_t lineno) override;
  Outcome warnAt(Type& category, int32_t lineno, const char* message);

  ThreadState& ts;
  AstArena& arena;
  Object* filename;
  const ParseOptions& options;
  PlainVector<void*> scratch;  // elements of sequences under construction
  int max_depth = 0;           // deepest nesting met, see Parser::Depth
  bool warn = true;            // off while diagnosing: the first pass has warned already
  bool warning_failed = false; // a filter made a warning a syntax error: then diagnosing must warn as well

 private:
  struct Entry {
    uint32_t hash, length;
    Str* name;
    const char* text;  // in the arena
  };
  bool growNames();
  Entry* names_ = nullptr;
  uint32_t name_count_ = 0, name_capacity_ = 0;
};

class Parser {
 public:
  Parser(ParseContext& context, Tokenizer& tokenizer, Mode mode, int depth = 0)
      : context_(context), ts_(context.ts), arena_(context.arena), tokens_(tokenizer, mode, context.options.keep_indentation),
        mode_(mode), depth_(depth) {}

  Mod* parseModule();
  Expr* parseFStringExpression();  // the text of a replacement field in parentheses

  bool raised() const { return raised_; }
  bool foundNothing() const { return tokens_.size() == 1 && tokens_.last().type == TokenType::Endmarker; }
  bool leftOverStatement() const;  // Single: is there more than one statement?

 private:
  // Counts nesting and guards the native stack.
  class Depth {
   public:
    explicit Depth(Parser& parser) : parser_(parser) {
      if (++parser.depth_ > parser.context_.max_depth) parser.context_.max_depth = parser.depth_;
    }
    ~Depth() { --parser_.depth_; }
    bool tooDeep() const {
      return reinterpret_cast<uintptr_t>(__builtin_frame_address(0)) < parser_.ts_.stack_limit;
    }

   private:
    Parser& parser_;
  };

  struct StringMemo {
    int start, end;
    Expr* value;
  };

  // ---- tokens ----
  const Token& current() {
    if (pos_ == tokens_.size()) [[unlikely]]
      fill();
    return tokens_[pos_];
  }
  TokenType kind() { return current().type; }
  TokenType kindAfter(int ahead) {
    while (pos_ + ahead >= tokens_.size()) {
      if (tokens_.size() && tokens_.last().type == TokenType::Error) return TokenType::Error;
      fill();
    }
    return tokens_[pos_ + ahead].type;
  }
  void fill();
  bool at(TokenType type) { return kind() == type; }
  bool accept(TokenType type) {
    if (kind() != type) return false;
    ++pos_;
    return true;
  }
  std::string_view text(const Token& token) const { return tokens_.text(token); }
  bool atSoftKeyword(const char* word) { return at(TokenType::Name) && text(current()) == word; }
  bool hasVersion(int minor) const { return context_.options.feature_version >= minor; }

  // ---- nodes ----
  Position from(int start) const;                // from the start token to the last one consumed
  Position tokenPosition(int index) const;
  template <class T, class... Fields>
  T* make(Position at, Fields... fields) {
    void* memory = arena_.allocate(sizeof(T), alignof(T));
    if (!memory) [[unlikely]]
      return noMemory<T>();
    return new (memory) T{{{{T::kKind}, at}}, fields...};
  }
  template <class T, class... Fields>
  T* makeProduct(Position at, Fields... fields) {
    void* memory = arena_.allocate(sizeof(T), alignof(T));
    if (!memory) [[unlikely]]
      return noMemory<T>();
    return new (memory) T{{{T::kKind}, at}, fields...};
  }
  template <class T, class... Fields>
  T* makePlain(Fields... fields) {
    void* memory = arena_.allocate(sizeof(T), alignof(T));
    if (!memory) [[unlikely]]
      return noMemory<T>();
    return new (memory) T{{T::kKind}, fields...};
  }
  template <class T, class... Fields>
  T* makeModule(Fields... fields) {
    void* memory = arena_.allocate(sizeof(T), alignof(T));
    if (!memory) [[unlikely]]
      return noMemory<T>();
    return new (memory) T{{{T::kKind}}, fields...};
  }
  template <class T>
  T* noMemory() {
    outOfMemory();
    return nullptr;
  }
  void outOfMemory();
  Str* identifier(const Token& token);
  Expr* makeConstant(Position at, Object* value) { return make<ConstantExpr>(at, value, static_cast<Str*>(nullptr)); }
  Expr* makeName(int token, ExprContext context);
  Arguments* emptyArguments();

  // Sequences are gathered on the scratch stack, then copied to the arena.
  class List {
   public:
    explicit List(Parser& parser) : parser_(parser), mark_(parser.context_.scratch.size()) {}
    ~List() { parser_.context_.scratch.truncate(mark_); }
    bool push(void* item) {
      if (parser_.context_.scratch.push(item)) [[likely]]
        return true;
      parser_.outOfMemory();
      return false;
    }
    int size() const { return parser_.context_.scratch.size() - mark_; }
    template <class T>
    T* get(int i) const {
      return static_cast<T*>(parser_.context_.scratch[mark_ + i]);
    }
    template <class T>
    bool finish(Seq<T*>& out) {
      return finish(out, 0, size());
    }
    template <class T>
    bool finish(Seq<T*>& out, int begin, int end) {
      out = {};
      if (begin == end) return true;
      T** data = parser_.arena_.template allocateArray<T*>(static_cast<size_t>(end - begin));
      if (!data) {
        parser_.outOfMemory();
        return false;
      }
      std::memcpy(static_cast<void*>(data), parser_.context_.scratch.data() + mark_ + begin,
                  sizeof(T*) * static_cast<size_t>(end - begin));
      out = {data, end - begin};
      return true;
    }

   private:
    Parser& parser_;
    int mark_;
  };
  friend class List;

  // ---- statements (parse_statement.cpp, parse_compound.cpp) ----
  bool parseStatements(List& out, bool (Parser::*at_end)());
  bool atDedent() { return at(TokenType::Dedent); }
  bool atEndmarker() { return at(TokenType::Endmarker); }
  bool parseStatement(List& out);
  bool parseSimpleStatements(List& out);
  Stmt* parseSimpleStatement();
  Stmt* parseExpressionStatement();
  Stmt* parseAssignment(int start, Expr* first);
  Stmt* parseAnnotation(int start, Expr* target);
  Stmt* parseAugmented(int start, Expr* target, Operator op);
  Stmt* parseReturn();
  Stmt* parseRaise();
  Stmt* parseDelete();
  Stmt* parseAssert();
  Stmt* parseImport();
  Stmt* parseFrom();
  Stmt* parseNames();
  bool parseFromNames(Seq<Alias*>& out);
  Str* parseDottedName();
  bool parseAsName(Str*& name);
  Str* parseTypeComment(bool& ok);
  Stmt* parseCompound();
  bool parseBlock(Seq<Stmt*>& out);
  bool parseElse(Seq<Stmt*>& out);
  Stmt* parseIf();
  Stmt* parseWhile();
  Stmt* parseFor(int start, bool async);
  Stmt* parseWith(int start, bool async);
  bool parseWithItems(Seq<WithItem*>& out, bool parenthesized);
  WithItem* parseWithItem();
  Stmt* parseTry();
  ExceptHandler* parseHandler(bool star);
  Stmt* parseDecorated();
  Stmt* parseFunction(int start, bool async, Seq<Expr*> decorators);
  Stmt* parseClass(Seq<Expr*> decorators);
  Str* parseFunctionTypeComment(bool& ok);
  Stmt* parseMatch();
  MatchCase* parseCase();

  // ---- patterns (parse_pattern.cpp) ----
  Pattern* parseTopPattern();
  Pattern* parsePattern();
  Pattern* parseOrPattern();
  Pattern* parseClosedPattern();
  Pattern* parseMaybeStarPattern();
  Pattern* parseLiteralPattern();
  Pattern* parseNamePattern();
  Pattern* parseGroupOrSequencePattern();
  Pattern* parseSequencePattern(int start, TokenType close);
  Pattern* parseMappingPattern();
  Pattern* parseClassPattern(int start, Expr* cls);
  bool parseSequenceItems(List& items, TokenType close);
  Expr* parseMappingKey();
  Expr* parsePatternNumber();
  Expr* parseSignedNumber();
  Expr* parseDottedExpression();
  Str* parseCaptureName();

  // ---- expressions (parse_expression.cpp) ----
  Expr* parseExpression();
  Expr* parseNamedExpression();
  Expr* parseDisjunction();
  Expr* parseConjunction();
  Expr* parseInversion();
  Expr* parseComparison();
  bool comparisonOperator(CompareOperator& op);
  Expr* parseBinary(int min_precedence);
  Expr* parseFactor();
  Expr* parsePower();
  Expr* parsePrimary();
  Expr* parsePrimaryTail(int start, Expr* value);
  Expr* parseCall(int start, Expr* function);
  bool parseArguments(Seq<Expr*>& args, Seq<Keyword*>& keywords);
  bool splitArguments(const List& items, int keyword_count, Seq<Expr*>& args, Seq<Keyword*>& keywords);
  Expr* parseSubscript(int start, Expr* value);
  Expr* parseSlice();
  Expr* parseLambda();
  Expr* parseYield();
  Expr* parseStarExpression();
  Expr* parseStarExpressions();
  Expr* parseExpressions();
  Expr* parseStarNamedExpression();
  Expr* parseAssignedValue();  // yield_expr | star_expressions
  Expr* parseTuple(int start, Expr* first, Expr* (Parser::*item)(), bool star);
  bool canStartExpression(TokenType type);

  // ---- atoms (parse_atom.cpp) ----
  Expr* parseAtom();
  Expr* parseParenthesized();
  Expr* parseListDisplay();
  Expr* parseBraces();
  Expr* parseDictRest(int start, Expr* first_key);
  bool parseDictItem(List& items);
  Expr* parseNumber();
  Expr* parseStrings();
  bool parseComprehensions(Seq<Comprehension*>& out);
  Comprehension* parseComprehension();
  bool atComprehension() { return at(TokenType::KeywordFor) || at(TokenType::Async); }

  // ---- targets (parse_target.cpp) ----
  Expr* parseStarTarget();
  Expr* parseStarTargets();
  bool parseDeleteTargets(Seq<Expr*>& out);
  static bool toTarget(Expr* expression, ExprContext context);
  static bool isSingleTarget(const Expr* expression);

  // ---- parameters (parse_parameters.cpp) ----
  Arguments* parseParameters(TokenType close);
  Arg* parseParameter(bool annotated, bool star_annotation);
  bool parseParameterComment(Arg* arg);
  struct ParameterLists;
  bool parsePlainParameter(ParameterLists& lists, TokenType close);
  bool parseStarParameter(ParameterLists& lists, TokenType close);

  ParseContext& context_;
  ThreadState& ts_;
  AstArena& arena_;
  TokenStream tokens_;
  PlainVector<StringMemo> string_memo_;
  int pos_ = 0;
  Mode mode_;
  int depth_;
  int speculating_ = 0;
  bool raised_ = false;
};

}  // namespace habu::syntax
