#include "syntax/syntax_error.h"

#include <fcntl.h>
#include <unistd.h>

#include <cstring>

#include "object/thread_state.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu::syntax {

Raised raiseSyntaxErrorAt(ThreadState& ts, Type& type, Ref<Str> message, const ErrorPlace& place) {
  Ref<Int> lineno = newInt(ts, place.lineno), offset = newInt(ts, place.offset);
  if (!lineno || !offset) return Raised{};
  Object* filename = place.filename ? place.filename : &kNoneObject;
  Object* text = place.text ? place.text : &kNoneObject;
  Ref<Tuple> where;
  if (place.end_lineno == kNoEnd) {
    where = packTuple(ts, {filename, lineno.get(), offset.get(), text});
  } else {
    Ref<Int> end_lineno = newInt(ts, place.end_lineno), end_offset = newInt(ts, place.end_offset);
    if (!end_lineno || !end_offset) return Raised{};
    where = packTuple(ts, {filename, lineno.get(), offset.get(), text, end_lineno.get(), end_offset.get()});
  }
  if (!where) return Raised{};
  Ref<Tuple> args = packTuple(ts, {message.get(), where.get()});
  if (!args) return Raised{};
  return raiseValue(ts, type, args.get());
}

Raised raiseSyntaxErrorIn(ThreadState& ts, Ref<Str> message, Object* filename, int lineno, int col_offset,
                          int end_lineno, int end_col_offset) {
  Ref<Str> text = sourceLine(ts, filename, lineno);
  if (errorSet(ts)) return Raised{};
  return raiseSyntaxErrorAt(ts, kSyntaxError, std::move(message),
                            {filename, lineno, col_offset + 1, end_lineno, end_col_offset + 1, text.get()});
}

namespace {

constexpr size_t kMaxLine = 999;

// Reads line `lineno` of an open file into `line`; how many bytes, 0: there is none. \r and \r\n count as \n. Of a longer
// line it is the last piece, as CPython, which reads lines in such pieces, shows it.
size_t readLine(int fd, int lineno, char (&line)[kMaxLine]) {
  char buffer[8192];
  size_t length = 0;
  int at = 1;
  bool after_return = false;
  for (;;) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got <= 0) return length;
    for (ssize_t i = 0; i < got; ++i) {
      char c = buffer[i];
      bool skip = after_return && c == '\n';
      after_return = c == '\r';
      if (skip) continue;
      if (after_return) c = '\n';
      if (at == lineno) {
        if (length == kMaxLine) length = 0;
        line[length++] = c;
        if (c == '\n') return length;
      } else if (c == '\n') {
        ++at;
      }
    }
  }
}

}  // namespace

Ref<Str> sourceLine(ThreadState& ts, Object* filename, int lineno, const char* encoding) {
  if (!filename || lineno <= 0 || !isInstanceOf(filename, kStrType)) return {};
  Ref<Bytes> path = fileSystemBytes(ts, filename);
  int fd = path ? open(path->data, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) {
    clearError(ts);
    return {};
  }
  char line[kMaxLine];
  std::string_view text(line, readLine(fd, lineno, line));
  close(fd);
  if (text.empty()) return {};
  if (lineno == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  Ref<Str> decoded = decodeText(ts, text, encoding ? encoding : "utf-8", "replace");
  if (!decoded) clearError(ts);
  return decoded;
}

}  // namespace habu::syntax
