#include "syntax/tokenizer.h"

#include <gtest/gtest.h>

#include <string>

#include "syntax/grammar_table.h"
#include "syntax/ast_info.h"

namespace habu::syntax {
namespace {

// "TYPE(text)@line:column-column" for every token, then what went wrong, if anything.
std::string tokensOf(const std::string& source) {
  Tokenizer tokenizer(source.c_str(), source.size(), {});
  std::string shown;
  Token token;
  do {
    tokenizer.next(token);
    shown += std::to_string(static_cast<int>(token.type)) + "(" + std::string(tokenizer.text(token)) + ")@" +
             std::to_string(token.lineno) + ":" + std::to_string(token.col_offset) + "-" +
             std::to_string(token.end_col_offset) + " ";
  } while (token.type != TokenType::Endmarker && token.type != TokenType::Error);
  if (tokenizer.failure() == Failure::Syntax) shown += tokenizer.message();
  return shown;
}

TEST(Tokenizer, NumbersColumnsInBytes) {
  EXPECT_EQ(tokensOf("a = 'é' + b\n"),
            "1(a)@1:0-1 22(=)@1:2-3 3('é')@1:4-8 14(+)@1:9-10 1(b)@1:11-12 4()@1:12-12 0()@1:-1--1 ");
}

TEST(Tokenizer, HandsOutIndentsAndDedents) {
  EXPECT_NE(tokensOf("if x:\n  y\nz\n").find("5()@2:-1--1 1(y)@2:2-3 4()@2:3-3 6()@3:-1--1 1(z)"), std::string::npos);
}

TEST(Tokenizer, NamesWhatIsWrongWithNumbers) {
  EXPECT_TRUE(tokensOf("0o8\n").ends_with("invalid digit '8' in octal literal"));
  EXPECT_TRUE(tokensOf("1__0\n").ends_with("invalid decimal literal"));
  EXPECT_TRUE(tokensOf("012\n").ends_with("use an 0o prefix for octal integers"));
}

TEST(Tokenizer, ReportsBracketsThatDoNotMatch) {
  EXPECT_TRUE(tokensOf("(\n]\n").ends_with("closing parenthesis ']' does not match opening parenthesis '(' on line 1"));
  EXPECT_TRUE(tokensOf(")\n").ends_with("unmatched ')'"));
  EXPECT_TRUE(tokensOf(std::string(201, '(')).ends_with("too many nested parentheses"));
}

TEST(Tokenizer, KnowsEveryKeyword) {
#define KEYWORD(Name, text) EXPECT_EQ(keywordType(text), TokenType::Keyword##Name);
#include "syntax/tokens.def"
  EXPECT_EQ(keywordType("iff"), TokenType::Name);
  EXPECT_EQ(keywordType("elsf"), TokenType::Name);
}

TEST(ErrorGrammar, Compiles) {
  const GrammarTable* table = GrammarTable::get();
  ASSERT_NE(table, nullptr);
  EXPECT_GE(table->find("invalid_expression"), 0);
  EXPECT_EQ(table->find("nonsense"), -1);
  EXPECT_TRUE(table->rules[table->find("bitwise_or")].left_recursive);
}

TEST(AstInfo, DescribesFieldsAsTheGrammarDoes) {
  const NodeInfo& function = kNodeInfos[static_cast<int>(NodeKind::FunctionDef)];
  EXPECT_STREQ(function.name, "FunctionDef");
  ASSERT_EQ(function.field_count, 6);
  EXPECT_STREQ(function.fields[2].name, "body");
  EXPECT_EQ(function.fields[2].quantity, Quantity::Many);
  EXPECT_EQ(function.fields[2].offset, offsetof(FunctionDef, body));
  EXPECT_EQ(kTypeInfos[static_cast<int>(AstType::Operator)].count, 13);
}

}  // namespace
}  // namespace habu::syntax
