// What the tokenizer and the parser need to know about characters beyond ASCII.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "object/ref.h"

namespace habu {
struct Str;
}

namespace habu::syntax {

bool isIdentifierStart(char32_t);     // XID_Start or '_'
bool isIdentifierContinue(char32_t);  // XID_Continue
bool isPrintableCharacter(char32_t);  // as str.isprintable()
// The character with that name in the Unicode database (or alias, or algorithmic name); false: there is none.
bool characterByName(std::string_view name, char32_t& character);
// The NFKC form of a name given as well-formed UTF-8.
Ref<Str> normalizedIdentifier(ThreadState&, std::string_view utf8);

// One code point from well-formed or malformed UTF-8; advances `s`, which must be < end. kBadCodePoint when malformed
// (then `s` is left on the offending byte).
inline constexpr char32_t kBadCodePoint = 0xFFFFFFFF;
char32_t decodeUtf8(const char*& s, const char* end);

// As the decoder reports a malformed sequence at `s`: how many bytes are bad, and why.
const char* describeBadUtf8(const char* s, const char* end, int& length);

}  // namespace habu::syntax
