// Texts made of bytes: repr, hexadecimal, join.
#include <cstdlib>
#include <cstring>
#include <limits>

#include "object/alloc.h"
#include "object/bind.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu {

namespace {
constexpr char kHexDigits[] = "0123456789abcdef";

// The buffers of the parts of a join, held until the copy is made.
class HeldBuffers {
 public:
  explicit HeldBuffers(Index n) : views_(static_cast<BufferView*>(std::calloc(size_t(n) + 1, sizeof(BufferView)))) {}
  ~HeldBuffers() {
    for (Index i = 0; i < count_; ++i) views_[i].~BufferView();
    std::free(views_);
  }
  bool good() const { return views_; }
  void add(BufferView v) { new (&views_[count_++]) BufferView(std::move(v)); }
  std::string_view operator[](Index i) const { return views_[i].bytes(); }

 private:
  BufferView* views_;
  Index count_ = 0;
};

}  // namespace

Ref<Str> reprBytes(ThreadState& ts, std::string_view bytes, const char* before, const char* after, bool escape_single) {
  bool single = bytes.find('\'') != bytes.npos;
  char quote = single && bytes.find('"') == bytes.npos ? '"' : '\'';
  size_t size = std::strlen(before) + 3 + std::strlen(after);
  auto escaped = [&](char c) { return c == quote || c == '\\' || (escape_single && c == '\''); };
  for (char c : bytes) {
    if (escaped(c) || c == '\t' || c == '\n' || c == '\r') size += 2;
    else size += c < ' ' || c >= 0x7f ? 4 : 1;
    if (size > size_t(std::numeric_limits<Index>::max())) return raise(ts, kOverflowError, "bytes object is too large to make repr");
  }
  Ref<Str> made = TRY(newStrUninitialized(ts, Index(size), 0x7f));
  auto* out = static_cast<char*>(made->data());
  while (*before) *out++ = *before++;
  *out++ = 'b';
  *out++ = quote;
  for (char c : bytes) {
    if (escaped(c)) {
      *out++ = '\\';
      *out++ = c;
    } else if (c == '\t' || c == '\n' || c == '\r') {
      *out++ = '\\';
      *out++ = c == '\t' ? 't' : c == '\n' ? 'n' : 'r';
    } else if (c < ' ' || c >= 0x7f) {
      *out++ = '\\';
      *out++ = 'x';
      *out++ = kHexDigits[uint8_t(c) >> 4];
      *out++ = kHexDigits[c & 15];
    } else {
      *out++ = c;
    }
  }
  *out++ = quote;
  while (*after) *out++ = *after++;
  return made;
}

namespace {
// The separator's character, or 0 for none.
Result<char> hexSeparator(ThreadState& ts, Object* separator) {
  if (!separator) return '\0';
  if (TRY(lengthOf(ts, separator)) != 1) return raise(ts, kValueError, "sep must be length 1.");
  unsigned c;
  if (isStr(separator)) c = unsigned((*static_cast<Str*>(separator))[0]);
  else if (isBytes(separator)) c = uint8_t(static_cast<Bytes*>(separator)->data[0]);
  else return raise(ts, kTypeError, "sep must be str or bytes.");
  if (c > 127) return raise(ts, kValueError, "sep must be ASCII.");
  return char(c);
}
}  // namespace

Ref<Str> hexText(ThreadState& ts, std::string_view bytes, Object* separator, int group) {
  char sep = TRY(hexSeparator(ts, separator));
  if (bytes.empty()) return emptyStr();
  size_t n = bytes.size(), every = !separator ? 0 : group < 0 ? size_t(-long(group)) : size_t(group);
  size_t separators = every ? (n - 1) / every : 0;
  if (n > size_t(std::numeric_limits<Index>::max() / 2) - separators) return raiseNoMemory(ts);
  Ref<Str> made = TRY(newStrUninitialized(ts, Index(2 * n + separators), 0x7f));
  auto* out = static_cast<char*>(made->data());
  // Groups are counted from the end, so that the first one may be short; from the start when `group` is negative.
  size_t left = !separators ? n : group < 0 ? every : n - separators * every;
  for (char c : bytes) {
    if (left == 0) {
      *out++ = sep;
      left = every;
    }
    --left;
    *out++ = kHexDigits[uint8_t(c) >> 4];
    *out++ = kHexDigits[c & 15];
  }
  return made;
}

Ref<Bytes> joinBytes(ThreadState& ts, std::string_view separator, Object* iterable) {
  Ref<> parts = TRY(sequenceFast(ts, iterable, "can only join an iterable"));
  Index n = fastSize(parts.get());
  if (n == 0) return emptyBytes();
  if (n == 1 && isExact(fastItems(parts.get())[0], kBytesType)) return share(static_cast<Bytes*>(fastItems(parts.get())[0]));
  HeldBuffers held(n);
  if (!held.good()) return raiseNoMemory(ts);
  size_t total = 0, most = size_t(std::numeric_limits<Index>::max());
  for (Index i = 0; i < n; ++i) {
    Ref<> part = share(fastItems(parts.get())[i]);
    if (!isBytes(part.get()) && !hasBuffer(part.get()))
      return raise(ts, kTypeError, "sequence item {}: expected a bytes-like object, {:.80} found", i, typeName(part.get()));
    held.add(TRY(BufferView::of(ts, part.get())));
    total += held[i].size() + (i ? separator.size() : 0);
    if (total > most) return raise(ts, kOverflowError, "join() result is too long");
    if (n != fastSize(parts.get())) return raise(ts, kRuntimeError, "sequence changed size during iteration");
  }
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, Index(total)));
  char* out = made->data;
  for (Index i = 0; i < n; ++i) {
    if (i && !separator.empty()) {
      std::memcpy(out, separator.data(), separator.size());
      out += separator.size();
    }
    std::string_view part = held[i];
    if (!part.empty()) std::memcpy(out, part.data(), part.size());
    out += part.size();
  }
  return made;
}

}  // namespace habu
