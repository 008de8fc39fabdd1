// Making SyntaxError objects.
#pragma once
#include <climits>
#include <string_view>

#include "object/raise.h"

namespace habu::syntax {

// Where an error is. Columns count characters from 1; 0 and below mean what CPython means by them. `text` is the source
// line (null: None), `filename` any object (null: None).
inline constexpr int kNoEnd = INT_MIN;  // as end_lineno: the error has no end position (end_lineno and end_offset None)
struct ErrorPlace {
  Object* filename;
  int lineno, offset, end_lineno, end_offset;
  Object* text;
};

// Sets `type(message, (filename, lineno, offset, text, end_lineno, end_offset))`; replaces a pending exception.
Raised raiseSyntaxErrorAt(ThreadState&, Type& type, Ref<Str> message, const ErrorPlace&);

// The same for errors found in a finished tree (compiler, symbol table): the text is line `lineno` of the file
// `filename`, None if it cannot be read; columns are UTF-8 byte offsets from 0 as the nodes have them.
[[gnu::cold]] Raised raiseSyntaxErrorIn(ThreadState&, Ref<Str> message, Object* filename, int lineno, int col_offset,
                                        int end_lineno, int end_col_offset);
template <class... A>
Raised raiseSyntaxError(ThreadState& ts, Object* filename, int lineno, int col_offset, int end_lineno,
                        int end_col_offset, const char* format, const A&... args) {
  Ref<Str> message = formatText(ts, format, args...);
  if (!message) return Raised{};
  return raiseSyntaxErrorIn(ts, std::move(message), filename, lineno, col_offset, end_lineno, end_col_offset);
}

// Line `lineno` (from 1) of the file, newline included, malformed bytes replaced (of a long line the last piece of 999 bytes); empty and
// no exception when there is no such file or line.
Ref<Str> sourceLine(ThreadState&, Object* filename, int lineno, const char* encoding = nullptr);

}  // namespace habu::syntax
