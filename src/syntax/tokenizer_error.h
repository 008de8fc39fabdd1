// What the tokenizer complains about itself, as exceptions; and source text as str.
#pragma once
#include "object/raise.h"
#include "syntax/tokenizer.h"

namespace habu::syntax {

// Failure::Syntax as SyntaxError, with the tokenizer's own line as text. Replaces a pending exception.
Raised raiseTokenizerError(ThreadState&, const Tokenizer&, Object* filename);

// UTF-8 as a str; malformed bytes become U+FFFD.
Ref<Str> decodeReplacing(ThreadState&, std::string_view utf8);

}  // namespace habu::syntax
