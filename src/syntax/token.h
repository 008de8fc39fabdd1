// Tokens: what the tokenizer hands to the parser, one 32-byte record each.
#pragma once
#include <cstdint>
#include <string_view>

namespace habu::syntax {

enum class TokenType : uint8_t {
#define TOKEN(Name, PYTHON_NAME, text) Name,
#define KEYWORD(Name, text) Keyword##Name,
#include "syntax/tokens.def"
};
inline constexpr int kTokenTypeCount = 0
#define TOKEN(Name, PYTHON_NAME, text) +1
#define KEYWORD(Name, text) +1
#include "syntax/tokens.def"
    ;

constexpr bool isKeyword(TokenType type) { return type >= TokenType::KeywordFalse; }

struct Token {
  TokenType type;
  uint8_t level;  // open brackets around it, after it (at most 200)
  int32_t lineno, col_offset, end_lineno, end_col_offset;  // as in ast.h; columns are -1 for INDENT, DEDENT, ENDMARKER
  uint32_t start, length;                                   // where its text lies in the source
};

// The keyword that `text` is, or TokenType::Name.
TokenType keywordType(std::string_view text);

}  // namespace habu::syntax
