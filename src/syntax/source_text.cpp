#include "syntax/source_text.h"

#include <cstdlib>
#include <cstring>

#include "object/raise.h"
#include "object/thread_state.h"
#include "syntax/syntax_error.h"
#include "syntax/unicode_text.h"
#include "types/codecs.h"
#include "types/str.h"

namespace habu::syntax {

namespace {

bool isNameChar(char c) {
  return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z') || c == '-' || c == '_' || c == '.';
}

bool isBlank(char c) { return c == ' ' || c == '\t' || c == '\f'; }

// The common spellings of utf-8 and latin-1 get their proper names; others stay.
void normalizeName(char (&name)[64]) {
  char low[13];
  int i = 0;
  for (; i < 12 && name[i]; ++i) low[i] = name[i] == '_' ? '-' : name[i] >= 'A' && name[i] <= 'Z' ? static_cast<char>(name[i] | 32) : name[i];
  low[i] = 0;
  auto is = [&](const char* word) {
    size_t n = std::strlen(word);
    return std::strncmp(low, word, n) == 0 && (!low[n] || low[n] == '-');
  };
  if (is("utf-8")) std::strcpy(name, "utf-8");
  else if (is("latin-1") || is("iso-8859-1") || is("iso-latin-1")) std::strcpy(name, "iso-8859-1");
}

// The encoding a comment line declares (PEP 263). False: none.
bool findCookie(std::string_view line, char (&name)[64]) {
  size_t i = 0;
  while (i < line.size() && isBlank(line[i])) ++i;
  if (i == line.size() || line[i] != '#') return false;
  for (; i + 6 < line.size(); ++i) {
    if (std::memcmp(line.data() + i, "coding", 6) != 0) continue;
    size_t at = i + 6;
    if (line[at] != ':' && line[at] != '=') continue;
    do ++at;
    while (at < line.size() && (line[at] == ' ' || line[at] == '\t'));
    size_t end = at;
    while (end < line.size() && isNameChar(line[end])) ++end;
    if (end == at) continue;
    size_t length = end - at < sizeof name - 1 ? end - at : sizeof name - 1;
    std::memcpy(name, line.data() + at, length);
    name[length] = 0;
    normalizeName(name);
    return true;
  }
  return false;
}

// What goes wrong before the first token is a SyntaxError without a place.
Raised raiseAtStart(ThreadState& ts, Object* filename, Ref<Str> message) {
  if (!message) return Raised{};
  return raiseSyntaxErrorAt(ts, kSyntaxError, std::move(message), {filename, 0, -1, kNoEnd, 0, nullptr});
}

// Turns errors of codecs into such a SyntaxError.
Raised wrapDecodeError(ThreadState& ts, Object* filename) {
  if (!errorMatches(ts, kLookupError) && !errorMatches(ts, kValueError) && !errorMatches(ts, kSyntaxError))
    return Raised{};
  Ref<> error = takeRaised(ts);
  return raiseAtStart(ts, filename, formatText(ts, "{}", error));
}

}  // namespace

SourceText::~SourceText() { std::free(buffer_); }

Status SourceText::translateNewlines(ThreadState& ts, std::string_view source, bool end_with_newline) {
  buffer_ = static_cast<char*>(std::malloc(source.size() + 3));
  if (!buffer_) return raiseNoMemory(ts);
  char* out = buffer_;
  const char *s = source.data(), *end = s + source.size();
  while (s < end) {
    auto* carriage_return = static_cast<const char*>(std::memchr(s, '\r', static_cast<size_t>(end - s)));
    size_t run = static_cast<size_t>((carriage_return ? carriage_return : end) - s);
    std::memcpy(out, s, run);
    out += run;
    s += run;
    if (s == end) break;
    *out++ = '\n';
    if (++s < end && *s == '\n') ++s;
  }
  // (CPython adds a newline behind a final \r\n as well, which shows in line numbers at the end.)
  if (end_with_newline && (out == buffer_ || out[-1] != '\n' || source.ends_with("\r\n"))) *out++ = '\n';
  *out = 0;
  start_ = buffer_;
  size_ = static_cast<size_t>(out - buffer_);
  return kDone;
}

Status SourceText::findEncoding(ThreadState& ts, Object* filename) {
  bool bom = size_ >= 3 && std::memcmp(start_, "\xEF\xBB\xBF", 3) == 0;
  has_bom_ = bom;
  if (bom) {
    start_ += 3;
    size_ -= 3;
    std::strcpy(encoding_, "utf-8");
  }
  std::string_view rest = view();
  for (int line = 0; line < 2; ++line) {
    size_t length = rest.find('\n');
    if (length == rest.npos) break;
    std::string_view text = rest.substr(0, length);
    char name[64];
    if (findCookie(text, name)) {
      std::strcpy(bad_encoding_, name);
      if (bom && std::strcmp(name, "utf-8") != 0)
        return raiseAtStart(ts, filename, formatText(ts, "encoding problem: {} with BOM", name));
      std::strcpy(encoding_, name);
      return kDone;
    }
    size_t i = 0;
    while (i < length && isBlank(text[i])) ++i;
    if (i < length && text[i] != '#') break;  // code: a cookie below does not count
    rest.remove_prefix(length + 1);
  }
  return kDone;
}

Status SourceText::decode(ThreadState& ts, Object* filename) {
  Ref<Str> text = ::habu::decodeText(ts, view(), encoding_, nullptr);
  if (!text) return wrapDecodeError(ts, filename);
  auto utf8 = utf8Of(ts, text.get());
  if (failed(utf8)) return wrapDecodeError(ts, filename);
  std::string_view bytes = utf8.take();
  auto* buffer = static_cast<char*>(std::malloc(bytes.size() + 1));
  if (!buffer) return raiseNoMemory(ts);
  std::memcpy(buffer, bytes.data(), bytes.size());
  buffer[bytes.size()] = 0;
  std::free(buffer_);
  buffer_ = start_ = buffer;
  size_ = bytes.size();
  return kDone;
}

// CPython's file reader takes a null byte for the end of what it has of the line, and reads on behind the line end.
void SourceText::dropNulls() {
  char* out = start_;
  for (size_t i = 0; i < size_;) {
    auto* null = static_cast<char*>(std::memchr(start_ + i, 0, size_ - i));
    size_t run = null ? static_cast<size_t>(null - start_) - i : size_ - i;
    std::memmove(out, start_ + i, run);
    out += run;
    i += run;
    if (!null) break;
    while (i < size_ && start_[i] != '\n') ++i;
    if (i < size_) ++i;
  }
  if (out != start_ && out[-1] != '\n') *out++ = '\n';
  size_ = static_cast<size_t>(out - start_);
  *out = 0;
}

// A file without a declared encoding must be UTF-8, comments included.
Status SourceText::checkUtf8(ThreadState& ts, Object* filename) {
  const char *s = start_, *end = start_ + size_;
  int line = 1;
  while (s < end) {
    if (static_cast<signed char>(*s) >= 0) {
      line += *s++ == '\n';
      continue;
    }
    auto bad = static_cast<unsigned char>(*s);
    if (decodeUtf8(s, end) == kBadCodePoint)
      return raise(ts, kSyntaxError,
                   "Non-UTF-8 code starting with '\\x{:02x}' in file {} on line {}, but no encoding declared; "
                   "see https://peps.python.org/pep-0263/ for details",
                   static_cast<unsigned>(bad), filename, line);
  }
  return kDone;
}

Status SourceText::load(ThreadState& ts, std::string_view source, Object* filename, const ParseOptions& options) {
  bool has_nulls = std::memchr(source.data(), 0, source.size()) != nullptr;
  if (has_nulls && !options.source_is_file)
    return raise(ts, kValueError, "source code string cannot contain null bytes");
  if (source.size() > INT32_MAX) return raise(ts, kOverflowError, "source code is too big");
  TRY(translateNewlines(ts, source, options.mode == Mode::Exec));
  if (has_nulls) dropNulls();
  if (options.source_is_utf8) {
    std::strcpy(encoding_, "utf-8");
    return kDone;
  }
  Status decoded = findEncoding(ts, filename);
  bool utf8 = !encoding_[0] || std::strcmp(encoding_, "utf-8") == 0;
  if (!failed(decoded) && !utf8) decoded = decode(ts, filename);
  if (!options.source_is_file) return decoded;
  if (!failed(decoded)) return encoding_[0] ? std::move(decoded) : checkUtf8(ts, filename);
  // Of files CPython only says which encoding is the trouble.
  if (!errorMatches(ts, kSyntaxError)) return decoded;
  clearError(ts);
  return raise(ts, kSyntaxError, "encoding problem: {}{}", bad_encoding_, has_bom_ ? " with BOM" : "");
}

}  // namespace habu::syntax
