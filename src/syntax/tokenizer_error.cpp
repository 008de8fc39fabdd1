#include "syntax/tokenizer_error.h"

#include "syntax/literals.h"
#include "syntax/syntax_error.h"
#include "syntax/unicode_text.h"
#include "types/str.h"

namespace habu::syntax {

Ref<Str> decodeReplacing(ThreadState& ts, std::string_view utf8) {
  TextBuffer buffer;
  const char *s = utf8.data(), *end = s + utf8.size();
  while (s < end) {
    char32_t c = decodeUtf8(s, end);
    if (c == kBadCodePoint) {
      int bad;
      describeBadUtf8(s, end, bad);
      s += bad;
      c = 0xFFFD;
    }
    if (!buffer.append(c)) return raiseNoMemory(ts);
  }
  return buffer.finish(ts);
}

Raised raiseTokenizerError(ThreadState& ts, const Tokenizer& tokenizer, Object* filename) {
  clearError(ts);
  const char* start = tokenizer.lineStart();
  std::string_view source = tokenizer.source();
  std::string_view rest(start, static_cast<size_t>(source.data() + source.size() - start));
  int column = tokenizer.errorColumn(), end_column = tokenizer.errorEndColumn();
  if (column == -1) {
    Ref<Str> before = decodeReplacing(ts, {start, static_cast<size_t>(tokenizer.current() - start)});
    if (!before) return Raised{};
    column = static_cast<int>(before->length);
  }
  if (end_column == -1) end_column = column;
  Ref<Str> message = newStr(ts, tokenizer.message());
  Ref<Str> line = message ? decodeReplacing(ts, rest.substr(0, rest.find('\n'))) : nullptr;
  if (!line) return Raised{};
  int lineno = tokenizer.lineno();
  return raiseSyntaxErrorAt(ts, kSyntaxError, std::move(message),
                            {filename, lineno, column, lineno, end_column, line.get()});
}

}  // namespace habu::syntax
