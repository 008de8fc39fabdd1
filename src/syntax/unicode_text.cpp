#include "syntax/unicode_text.h"

#include "base/unicode.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/raise.h"
#include "types/dict.h"
#include "types/function.h"
#include "types/str.h"

namespace habu::syntax {
namespace {

bool isContinuation(const char* s, const char* end) { return s < end && (static_cast<unsigned char>(*s) & 0xC0) == 0x80; }

// The range of the second byte depends on the first (no overlong forms, surrogates, nothing above U+10FFFF).
bool isSecondByte(unsigned char first, const char* s, const char* end) {
  if (!isContinuation(s, end)) return false;
  auto second = static_cast<unsigned char>(*s);
  switch (first) {
    case 0xE0: return second >= 0xA0;
    case 0xED: return second < 0xA0;
    case 0xF0: return second >= 0x90;
    case 0xF4: return second < 0x90;
    default: return true;
  }
}

}  // namespace

char32_t decodeUtf8(const char*& s, const char* end) {
  auto first = static_cast<unsigned char>(*s);
  if (first < 0x80) return ++s, first;
  if (first < 0xC2 || first > 0xF4) return kBadCodePoint;
  int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  if (!isSecondByte(first, s + 1, end)) return kBadCodePoint;
  char32_t c = first & (0x3Fu >> more);
  for (int i = 1; i <= more; ++i) {
    if (!isContinuation(s + i, end)) return kBadCodePoint;
    c = c << 6 | (static_cast<unsigned char>(s[i]) & 0x3F);
  }
  s += more + 1;
  return c;
}

const char* describeBadUtf8(const char* s, const char* end, int& length) {
  auto first = static_cast<unsigned char>(*s);
  length = 1;
  if (first < 0xC2 || first > 0xF4) return "invalid start byte";
  int more = first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
  if (s + 1 == end) return "unexpected end of data";
  if (!isSecondByte(first, s + 1, end)) return "invalid continuation byte";
  for (length = 2; length <= more; ++length) {
    if (s + length == end) return "unexpected end of data";
    if (!isContinuation(s + length, end)) return "invalid continuation byte";
  }
  return "invalid continuation byte";
}

bool isIdentifierStart(char32_t c) { return c == '_' || isXidStart(c); }
bool isIdentifierContinue(char32_t c) { return isXidContinue(c); }
bool isPrintableCharacter(char32_t c) { return isPrintable(c); }

bool characterByName(std::string_view name, char32_t& character) {
  char32_t found[4];
  if (unicodeLookup(name.data(), name.size(), false, found) != 1) return false;
  character = found[0];
  return true;
}

namespace {

// The text's NFKC form by the tables, of which unicodedata.normalize is made as well.
Ref<Str> normalForm(ThreadState& ts, std::string_view utf8) {
  CodePoints given, normal;
  const char *s = utf8.data(), *end = s + utf8.size();
  while (s < end)
    if (!given.push(decodeUtf8(s, end))) return raiseNoMemory(ts);
  if (!normalizeText(NormalForm::Nfkc, given.data(), given.size(), normal)) return raiseNoMemory(ts);
  return strFromUcs4(ts, normal.data(), static_cast<Index>(normal.size()));
}

}  // namespace

// CPython calls unicodedata.normalize(), and programs may have replaced that.
Ref<Str> normalizedIdentifier(ThreadState& ts, std::string_view utf8) {
  static constinit Name module_name{"unicodedata"}, function_name{"normalize"};
  Object* module = ts.interpreter && ts.interpreter->modules ? dictFindStr(ts.interpreter->modules, module_name) : nullptr;
  if (!module) return normalForm(ts, utf8);
  Ref<> held = share(module);
  Ref<> function = TRY(getAttr(ts, held.get(), function_name));
  if (isExact(function.get(), kBuiltinFunctionType)) return normalForm(ts, utf8);
  Ref<Str> form = TRY(newStr(ts, "NFKC")), name = TRY(newStr(ts, utf8));
  Ref<> normal = TRY(call(ts, function.get(), {form.get(), name.get()}));
  if (!isStr(normal.get()))
    return raise(ts, kTypeError, "unicodedata.normalize() must return a string, not {:.200}", normal->type);
  return cast<Str>(std::move(normal));
}

}  // namespace habu::syntax
