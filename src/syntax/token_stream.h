// Tokens in an array, fetched from the tokenizer as far as somebody has looked.
#pragma once
#include "base/plain_vector.h"
#include "syntax/parse.h"
#include "syntax/tokenizer.h"

namespace habu::syntax {

class TokenStream {
 public:
  TokenStream(Tokenizer& tokenizer, Mode mode, bool keep_indentation)
      : tokenizer(tokenizer), mode_(mode), keep_indentation_(keep_indentation) {}

  // One more token. False: no memory for it (the stream then ends with an Error token, if it has any).
  bool fill();
  const Token& operator[](int i) const { return tokens_[i]; }
  int size() const { return tokens_.size(); }
  const Token* data() const { return tokens_.data(); }
  const Token& last() const { return tokens_.back(); }
  std::string_view text(const Token& token) const { return tokenizer.text(token); }
  const PlainVector<Token>& typeIgnores() const { return type_ignores_; }
  // Index of the last token up to `last` that is not just layout; at least `first`.
  int lastVisible(int first, int last) const {
    while (last > first && tokens_[last].type >= TokenType::Newline && tokens_[last].type <= TokenType::Dedent) --last;
    return last;
  }

  Tokenizer& tokenizer;

 private:
  PlainVector<Token> tokens_;
  PlainVector<Token> type_ignores_;
  Mode mode_;
  bool keep_indentation_;
  bool statement_started_ = false;  // Mode::Single: tokens since the last implied NEWLINE
};

}  // namespace habu::syntax
