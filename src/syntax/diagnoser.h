// Why a text is not Python, in CPython's words. Runs only after the parser has said no.
//
// CPython finds its messages by parsing twice with a PEG grammar, the second time with extra `invalid_...` rules. Which of
// many possible complaints comes out depends on the order of alternatives, on look-ahead and on how many tokens have
// been read so far. The diagnoser therefore interprets that very grammar (error_grammar.h) over the text.
#pragma once
#include "syntax/parser.h"

namespace habu::syntax {

// Always sets an exception.
struct DiagnosedSource {
  std::string_view text;  // NUL-terminated, \n line ends
  const char* encoding;   // declared, or utf-8 for a str: columns of errors count characters; null: bytes
  int first_line = 0;     // f-strings: where the expression is in the file
  int first_column = 0;
  bool interactive = false;  // typed at the prompt
};
Raised diagnose(ParseContext&, const DiagnosedSource&, const Tokenizer::Options&);

// The same for the expression of an f-string, given in parentheses.
void diagnoseFString(ParseContext&, std::string_view text, const Tokenizer::Options&);

// For programs nested deeply: would CPython's parser have overflowed its stack of 6000 rules? True: MemoryError is set.
bool overflowsCPython(ParseContext&, const DiagnosedSource&, const Tokenizer::Options&);

}  // namespace habu::syntax
