#include "syntax/token_stream.h"

namespace habu::syntax {

bool TokenStream::fill() {
  Token token;
  tokenizer.next(token);
  while (token.type == TokenType::TypeIgnore) {
    if (!type_ignores_.push(token)) token.type = TokenType::Error;
    else tokenizer.next(token);
  }
  if (mode_ == Mode::Single) {
    if (token.type == TokenType::Endmarker && statement_started_) {
      // The end of the input ends the statement as well.
      token.type = TokenType::Newline;
      statement_started_ = false;
      if (!keep_indentation_) tokenizer.dropIndentation();
    } else {
      statement_started_ = true;
    }
  }
  if (tokens_.push(token)) return true;
  if (tokens_.size()) tokens_.back().type = TokenType::Error;
  return false;
}

}  // namespace habu::syntax
