#include "syntax/source_lines.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cstring>

#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "types/bytes.h"
#include "types/list.h"
#include "types/str.h"

namespace habu::syntax {

namespace {

Ref<Bytes> readFile(ThreadState& ts, const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  struct stat s;
  Ref<Bytes> bytes;
  if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && (bytes = newBytesUninitialized(ts, Index(s.st_size)))) {
    Index have = 0;
    while (have < bytes->size) {
      ssize_t n = read(fd, bytes->data + have, size_t(bytes->size - have));
      if (n <= 0) break;
      have += n;
    }
    if (have < bytes->size) bytes = shrinkBytes(ts, std::move(bytes), have);
  }
  close(fd);
  return bytes;
}

// The file itself, or one with the same last name component on sys.path.
Ref<Bytes> findFile(ThreadState& ts, Str* filename) {
  static constinit Name path_name{"path"};
  Ref<Bytes> name = fileSystemBytes(ts, filename);
  if (!name) return clearError(ts), Ref<Bytes>{};
  Ref<Bytes> bytes = readFile(ts, name->data);
  if (bytes || name->view().starts_with("<")) return bytes;
  const char* slash = std::strrchr(name->data, '/');
  const char* tail = slash ? slash + 1 : name->data;
  Object* path = sysGet(path_name);
  if (!path || !isList(path)) return {};
  for (Index i = 0; i < static_cast<List*>(path)->size; ++i) {
    Object* folder = static_cast<List*>(path)->items[i];
    if (!isStr(folder)) continue;
    Ref<Str> candidate = formatText(ts, "{}/{}", folder, tail);
    Ref<Bytes> file = candidate ? fileSystemBytes(ts, candidate.get()) : Ref<Bytes>{};
    if (!file) {
      clearError(ts);
      continue;
    }
    if (static_cast<Str*>(folder)->length && (bytes = readFile(ts, file->data))) return bytes;
  }
  return {};
}

// The encoding that a cookie in the first two lines names; empty: UTF-8.
std::string_view cookie(std::string_view source) {
  for (int i = 0; i < 2 && !source.empty(); ++i) {
    size_t end = source.find('\n');
    std::string_view line = source.substr(0, end);
    size_t start = line.find_first_not_of(" \t\f\r");
    if (start != line.npos) {
      if (line[start] != '#') return {};
      size_t coding = line.find("coding", start);
      if (coding != line.npos && coding + 6 < line.size() && (line[coding + 6] == ':' || line[coding + 6] == '=')) {
        std::string_view name = line.substr(coding + 7);
        name.remove_prefix(std::min(name.find_first_not_of(" \t"), name.size()));
        size_t n = 0;
        while (n < name.size() && (isalnum(static_cast<unsigned char>(name[n])) || std::strchr("-_.", name[n]))) ++n;
        return name.substr(0, n);
      }
    }
    source = end == source.npos ? std::string_view{} : source.substr(end + 1);
  }
  return {};
}

Ref<Str> decode(ThreadState& ts, std::string_view line, std::string_view encoding) {
  Ref<Str> text = newStr(ts, line);
  bool plain = encoding.empty() || encoding.starts_with("utf") || encoding.starts_with("UTF");
  if (text && (plain || text->isAscii())) return text;
  clearError(ts);
  Ref<Bytes> bytes = newBytes(ts, line);
  Ref<Str> codec = newStr(ts, encoding.empty() ? "utf-8" : encoding), replace = newStr(ts, "replace");
  if (!bytes || !codec || !replace) return clearError(ts), Ref<Str>{};
  Ref<> decoded = callMethod(ts, bytes.get(), names::decode, {codec.get(), replace.get()});
  if (!decoded || !isStr(decoded.get())) return clearError(ts), Ref<Str>{};
  return cast<Str>(std::move(decoded));
}

}  // namespace

SourceLines::SourceLines() = default;
SourceLines::~SourceLines() = default;

bool SourceLines::load(ThreadState& ts, Str* filename) {
  if (!loaded_ || !equalStr(static_cast<Str*>(filename_.get()), filename)) {
    filename_ = share(filename);
    bytes_ = findFile(ts, filename);
    loaded_ = true;
  }
  return bool(bytes_);
}

Ref<Str> SourceLines::line(ThreadState& ts, Str* filename, int number) {
  if (number < 1 || !load(ts, filename)) return {};
  std::string_view rest = static_cast<Bytes*>(bytes_.get())->view();
  std::string_view encoding = cookie(rest);
  if (rest.starts_with("\xef\xbb\xbf")) rest.remove_prefix(3);
  while (--number > 0) {
    size_t newline = rest.find('\n');
    if (newline == rest.npos) return {};
    rest.remove_prefix(newline + 1);
  }
  if (rest.empty()) return {};
  std::string_view line = rest.substr(0, rest.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return decode(ts, line, encoding);
}

}  // namespace habu::syntax
