// str: making, copying, comparing and building texts. The type itself is in str_type.cpp, methods in str_*.cpp.
#include "types/str.h"

#include <cstring>
#include <limits>

#include "base/hash.h"
#include "base/search.h"
#include "base/utf8.h"
#include "object/alloc.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/exceptions.h"
#include "types/str_kinds.h"

namespace habu {

namespace {

// The empty str and the Latin-1 characters exist once, in static memory.
struct AsciiSingle {
  Str header;
  char text[8];
};
struct Latin1Single {
  CompactStr header;
  uint8_t text[8];
};
struct Singles {
  AsciiSingle empty;
  AsciiSingle ascii[128];
  Latin1Single latin1[128];
};

consteval Str singleHeader(Index length, bool ascii) {
  Str s{};
  s.refcount = kImmortalRefcount;
  s.type = &kStrType;
  s.length = length;
  s.hash = -1;
  s.state.interned = 2;
  s.state.kind = 1;
  s.state.compact = 1;
  s.state.ascii = ascii;
  s.state.ready = 1;
  return s;
}
consteval Singles makeSingles() {
  Singles all{};
  all.empty.header = singleHeader(0, true);
  for (unsigned c = 0; c < 128; ++c) {
    all.ascii[c].header = singleHeader(1, true);
    all.ascii[c].text[0] = char(c);
    static_cast<Str&>(all.latin1[c].header) = singleHeader(1, false);
    all.latin1[c].text[0] = uint8_t(c + 128);
  }
  return all;
}
constinit Singles singles = makeSingles();

Str* singleChar(unsigned c) {
  if (c < 128) return &singles.ascii[c].header;
  return &singles.latin1[c - 128].header;
}

template <class From, class To>
void widen(const From* from, To* to, Index n) {
  if constexpr (sizeof(From) == sizeof(To)) {
    std::memcpy(to, from, size_t(n) * sizeof(To));
  } else {
    for (Index i = 0; i < n; ++i) to[i] = To(from[i]);
  }
}

size_t bytesFor(Index length, StrKind kind, bool ascii) {
  return (ascii ? sizeof(Str) : sizeof(CompactStr)) + (size_t(length) + 1) * size_t(kind);
}

template <class C>
Ref<Str> narrowed(ThreadState& ts, const C* text, Index n) {
  if (n == 0) return emptyStr();
  if (n == 1) return strFromChar(ts, text[0]);
  Ref<Str> made = TRY(newStrUninitialized(ts, n, textBound(text, n)));
  visitMutableText(made.get(), [&](auto* to) { widen(text, to, n); });
  return made;
}

}  // namespace

Ref<Str> emptyStr() { return Ref<Str>::share(&singles.empty.header); }

Ref<Str> newStrUninitialized(ThreadState& ts, Index length, char32_t max_char) {
  if (length == 0) return emptyStr();
  bool ascii = max_char < 0x80;
  StrKind kind = max_char < 0x100 ? StrKind::Ucs1 : max_char < 0x10000 ? StrKind::Ucs2 : StrKind::Ucs4;
  if (length < 0) return raise(ts, kSystemError, "Negative size passed to PyUnicode_New");
  if (length > (std::numeric_limits<Index>::max() - Index(sizeof(CompactStr))) / Index(kind) - 1) return raiseNoMemory(ts);
  auto* s = static_cast<CompactStr*>(allocate(bytesFor(length, kind, ascii)));
  if (!s) return raiseNoMemory(ts);
  s->refcount = 1;
  s->type = &kStrType;
  s->length = length;
  s->hash = -1;
  s->state = {.interned = 0, .kind = unsigned(kind), .compact = 1, .ascii = ascii, .ready = 1};
  s->wstr = nullptr;
  if (!ascii) {
    s->utf8_length = 0;
    s->utf8 = nullptr;
    s->wstr_length = 0;
  }
  putChar(s, length, 0);
  return Ref<Str>::steal(s);
}

Ref<Str> newStr(ThreadState& ts, std::string_view utf8) {
  Utf8Measure m = measureUtf8(utf8);
  if (m.valid != utf8.size()) {
    Utf8Fault fault = utf8Fault(reinterpret_cast<const uint8_t*>(utf8.data()) + m.valid, utf8.size() - m.valid);
    return raiseDecodeError(ts, "utf-8", utf8, Index(m.valid), Index(m.valid) + fault.length, fault.reason);
  }
  if (m.bits < 0x80) return strFromAscii(ts, utf8);
  Ref<Str> made = TRY(newStrUninitialized(ts, Index(m.characters), m.bits));
  visitMutableText(made.get(), [&](auto* to) { decodeUtf8(utf8.data(), utf8.size(), to); });
  if (m.characters == 1 && m.bits < 0x100) return strFromChar(ts, (*made)[0]);
  return made;
}

Ref<Str> strFromAscii(ThreadState& ts, std::string_view text) {
  if (text.size() <= 1) return text.empty() ? emptyStr() : strFromChar(ts, char32_t(uint8_t(text[0])));
  Ref<Str> made = TRY(newStrUninitialized(ts, Index(text.size()), 0x7f));
  std::memcpy(made->data(), text.data(), text.size());
  return made;
}

Ref<Str> strFromLatin1(ThreadState& ts, std::string_view text) {
  if (isAsciiText(text)) return strFromAscii(ts, text);
  if (text.size() == 1) return strFromChar(ts, char32_t(uint8_t(text[0])));
  Ref<Str> made = TRY(newStrUninitialized(ts, Index(text.size()), 0xff));
  std::memcpy(made->data(), text.data(), text.size());
  return made;
}

Ref<Str> strFromUcs4(ThreadState& ts, const char32_t* text, Index n) { return narrowed(ts, text, n); }
Ref<Str> strFromUcs2(ThreadState& ts, const char16_t* text, Index n) { return narrowed(ts, text, n); }
Ref<Str> strFromWide(ThreadState& ts, std::wstring_view text) {
  return narrowed(ts, reinterpret_cast<const char32_t*>(text.data()), Index(text.size()));
}
Ref<Str> strFromKind(ThreadState& ts, StrKind kind, const void* data, Index n) {
  switch (kind) {
    case StrKind::Ucs1: return strFromLatin1(ts, {static_cast<const char*>(data), size_t(n)});
    case StrKind::Ucs2: return strFromUcs2(ts, static_cast<const char16_t*>(data), n);
    default: return strFromUcs4(ts, static_cast<const char32_t*>(data), n);
  }
}

Ref<Str> strFromChar(ThreadState& ts, char32_t c) {
  if (c < 0x100) return Ref<Str>::share(singleChar(unsigned(c)));
  Ref<Str> made = TRY(newStrUninitialized(ts, 1, c));
  putChar(made.get(), 0, c);
  return made;
}

Ref<Str> exactStr(ThreadState& ts, Str* s) {
  if (isExactStr(s)) return share(s);
  return substring(ts, s, 0, s->length);
}

Ref<Str> substring(ThreadState& ts, Str* s, Index start, Index stop) {
  if (stop > s->length) stop = s->length;
  if (start >= stop) return emptyStr();
  if (start == 0 && stop == s->length && isExactStr(s)) return share(s);
  if (s->isAscii()) return strFromAscii(ts, asciiView(s).substr(size_t(start), size_t(stop - start)));
  return visitText(s, [&](const auto* text) -> Ref<Str> {
    if constexpr (sizeof(*text) == 1)
      return strFromLatin1(ts, {reinterpret_cast<const char*>(text) + start, size_t(stop - start)});
    else
      return narrowed(ts, text + start, stop - start);
  });
}

void copyChars(Str* to, Index at, const Str* from, Index start, Index n) {
  visitText(from, [&](const auto* source) {
    visitMutableText(to, [&](auto* target) {
      if constexpr (sizeof(*target) >= sizeof(*source)) {
        widen(source + start, target + at, n);
      } else {  // the caller knows that this part of a wide text is narrow
        for (Index i = 0; i < n; ++i) target[at + i] = static_cast<std::remove_reference_t<decltype(*target)>>(source[start + i]);
      }
    });
  });
}

void fillChars(Str* to, Index at, Index n, char32_t c) {
  visitMutableText(to, [&](auto* target) {
    using C = std::remove_reference_t<decltype(*target)>;
    if constexpr (sizeof(C) == 1) {
      std::memset(target + at, int(c), size_t(n));
    } else {
      for (Index i = 0; i < n; ++i) target[at + i] = C(c);
    }
  });
}

Ref<Str> concatStr(ThreadState& ts, Str* a, Str* b) {
  if (a->length == 0) return exactStr(ts, b);
  if (b->length == 0) return exactStr(ts, a);
  if (a->length > std::numeric_limits<Index>::max() - b->length) return raise(ts, kOverflowError, "strings are too large to concat");
  char32_t bound = maxChar(a) > maxChar(b) ? maxChar(a) : maxChar(b);
  Ref<Str> made = TRY(newStrUninitialized(ts, a->length + b->length, bound));
  copyChars(made.get(), 0, a, 0, a->length);
  copyChars(made.get(), a->length, b, 0, b->length);
  return made;
}

Ref<Str> resizeStr(ThreadState& ts, Ref<Str> s, Index length) {
  if (s->length == length) return s;
  if (length == 0) return emptyStr();
  if (s->refcount != 1 || s->state.interned || !s->state.compact) {  // shared: a copy of the wanted length
    Ref<Str> made = TRY(newStrUninitialized(ts, length, maxChar(s.get())));
    copyChars(made.get(), 0, s.get(), 0, length < s->length ? length : s->length);
    return made;
  }
  if (length > (std::numeric_limits<Index>::max() - Index(sizeof(CompactStr))) / Index(s->kind()) - 1) return raiseNoMemory(ts);
  if (!s->isAscii()) {
    auto* compact = static_cast<CompactStr*>(s.get());
    freeMemory(compact->utf8);
    compact->utf8 = nullptr;
    compact->utf8_length = 0;
  }
  void* moved = reallocate(s.get(), bytesFor(length, s->kind(), s->isAscii()));
  if (!moved) return raiseNoMemory(ts);
  (void)s.release();
  auto* grown = static_cast<Str*>(moved);
  grown->length = length;
  grown->hash = -1;
  putChar(grown, length, 0);
  return Ref<Str>::steal(grown);
}

Ref<Str> appendStr(ThreadState& ts, Ref<Str> left, Str* right) {
  if (right->length == 0 && isExactStr(left.get())) return left;
  if (left->length == 0) return exactStr(ts, right);
  bool in_place = left->refcount == 1 && left->hash == -1 && !left->state.interned && isExactStr(left.get()) &&
                  left->state.compact && right != left.get() && right->kind() <= left->kind() &&
                  (!left->isAscii() || right->isAscii());
  if (!in_place) return concatStr(ts, left.get(), right);
  if (left->length > std::numeric_limits<Index>::max() - right->length)
    return raise(ts, kOverflowError, "strings are too large to concat");
  Index at = left->length;
  Ref<Str> grown = TRY(resizeStr(ts, std::move(left), at + right->length));
  copyChars(grown.get(), at, right, 0, right->length);
  return grown;
}

Ref<Str> joinStrs(ThreadState& ts, Str* separator, std::span<Object* const> parts) {
  if (parts.empty()) return emptyStr();
  if (parts.size() == 1 && isExactStr(parts[0])) return share(static_cast<Str*>(parts[0]));
  Index total = 0;
  char32_t bound = parts.size() > 1 ? maxChar(separator) : 0x7f;
  if (parts.size() > 1 && separator->length > (std::numeric_limits<Index>::max() / Index(parts.size())))
    return raise(ts, kOverflowError, "join() result is too long for a Python string");
  total = separator->length * (Index(parts.size()) - 1);
  for (size_t i = 0; i < parts.size(); ++i) {
    if (!isStr(parts[i]))
      return raise(ts, kTypeError, "sequence item {}: expected str instance, {:.80} found", i, parts[i]->type);
    auto* part = static_cast<Str*>(parts[i]);
    if (part->length > std::numeric_limits<Index>::max() - total)
      return raise(ts, kOverflowError, "join() result is too long for a Python string");
    total += part->length;
    if (maxChar(part) > bound) bound = maxChar(part);
  }
  Ref<Str> made = TRY(newStrUninitialized(ts, total, bound));
  Index at = 0;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (i && separator->length) {
      copyChars(made.get(), at, separator, 0, separator->length);
      at += separator->length;
    }
    auto* part = static_cast<Str*>(parts[i]);
    copyChars(made.get(), at, part, 0, part->length);
    at += part->length;
  }
  return made;
}

// ---- reading ----

char32_t maxChar(const Str* s) {
  if (s->isAscii()) return 0x7f;
  return s->kind() == StrKind::Ucs1 ? 0xff : s->kind() == StrKind::Ucs2 ? 0xffff : 0x10ffff;
}

Result<std::string_view> utf8Of(ThreadState& ts, Str* s) {
  if (s->isAscii()) return asciiView(s);
  auto* text = static_cast<CompactStr*>(s);
  if (text->utf8) return std::string_view{text->utf8, size_t(text->utf8_length)};
  size_t size = 0;
  Index bad = -1;
  visitText(s, [&](const auto* p) {
    for (Index i = 0; i < s->length; ++i) {
      size += size_t(utf8Length(p[i]));
      if constexpr (sizeof(*p) > 1)
        if (isSurrogate(p[i]) && bad < 0) bad = i;
    }
  });
  if (bad >= 0) {
    Index end = bad + 1;
    while (end < s->length && isSurrogate((*s)[end])) ++end;
    return raiseEncodeError(ts, "utf-8", s, bad, end, "surrogates not allowed");
  }
  auto* out = static_cast<char*>(allocate(size + 1));
  if (!out) return raiseNoMemory(ts);
  char* at = out;
  visitText(s, [&](const auto* p) {
    for (Index i = 0; i < s->length; ++i) at = appendUtf8(at, p[i]);
  });
  *at = 0;
  text->utf8 = out;
  text->utf8_length = Index(size);
  return std::string_view{out, size};
}

bool equalStr(const Str* a, const Str* b) {
  if (a == b) return true;
  if (a->length != b->length || a->kind() != b->kind()) return false;
  return std::memcmp(a->data(), b->data(), size_t(a->length) * size_t(a->kind())) == 0;
}

bool equalsAscii(const Str* s, std::string_view text) {
  return s->isAscii() && size_t(s->length) == text.size() && std::memcmp(s->data(), text.data(), text.size()) == 0;
}

int compareStr(const Str* a, const Str* b) {
  if (a == b) return 0;
  Index n = a->length < b->length ? a->length : b->length;
  int order = visitText(a, [&](const auto* x) {
    return visitText(b, [&](const auto* y) -> int {
      if constexpr (sizeof(*x) == 1 && sizeof(*y) == 1) {
        return std::memcmp(x, y, size_t(n));
      } else {
        for (Index i = 0; i < n; ++i)
          if (x[i] != y[i]) return char32_t(x[i]) < char32_t(y[i]) ? -1 : 1;
        return 0;
      }
    });
  });
  if (order) return order < 0 ? -1 : 1;
  return a->length < b->length ? -1 : a->length > b->length;
}

Hash hashStr(const Str* s) {
  if (s->hash != -1) return s->hash;
  return s->hash = hashMemory(s->data(), size_t(s->length) * size_t(s->kind()));
}
Hash hashBytes(std::string_view bytes) { return hashMemory(bytes.data(), bytes.size()); }

Index findStr(const Str* text, const Str* needle, Index start, Index stop, int direction) {
  if (stop > text->length) stop = text->length;
  if (start < 0) start = 0;
  if (stop - start < needle->length) return -1;
  return visitNeedle<Index>(text, needle, -1, [&](const auto* t, const auto* n) -> Index {
    Index at = direction > 0 ? findText(t + start, stop - start, n, needle->length)
                             : findLastText(t + start, stop - start, n, needle->length);
    return at < 0 ? -1 : start + at;
  });
}

// ---- StrBuilder ----

bool StrBuilder::grow(Index more, char32_t max_char) {
  if (failed_) return false;
  if (more > std::numeric_limits<Index>::max() / 8 - size_) {
    (void)raiseNoMemory(ts_);
    failed_ = true;
    return false;
  }
  Index wanted = size_ + more;
  if (wanted > capacity_) wanted = wanted < 16 ? 24 : wanted + wanted / 2;
  else wanted = capacity_;
  char32_t bound = max_char > max_char_ ? max_char : max_char_;
  bound = bound < 0x80 ? 0x7f : bound < 0x100 ? 0xff : bound < 0x10000 ? 0xffff : 0x10ffff;
  if (first_) {
    text_ = newStrUninitialized(ts_, wanted, bound);
    if (text_) copyChars(text_.get(), 0, first_.get(), 0, size_);
    first_ = {};
  } else if (text_ && bound == max_char_) {
    text_ = resizeStr(ts_, std::move(text_), wanted);
  } else {
    Ref<Str> wider = newStrUninitialized(ts_, wanted, bound);
    if (wider && size_) copyChars(wider.get(), 0, text_.get(), 0, size_);
    text_ = std::move(wider);
  }
  if (!text_) {
    failed_ = true;
    size_ = capacity_ = 0;
    return false;
  }
  capacity_ = wanted;
  max_char_ = bound;
  return true;
}

bool StrBuilder::reserve(Index length, char32_t max_char) {
  Index more = length - size_;
  if (more < 0) more = 0;
  if ((text_ || first_) && length <= capacity_ && max_char <= max_char_) return true;
  return grow(more, max_char);
}

bool StrBuilder::append(std::string_view ascii) {
  if (ascii.empty()) return !failed_;
  auto n = Index(ascii.size());
  if (n > capacity_ - size_ || max_char_ < 0x7f)
    if (!grow(n, 0x7f)) return false;
  visitMutableText(text_.get(), [&](auto* to) { widen(reinterpret_cast<const uint8_t*>(ascii.data()), to + size_, n); });
  size_ += n;
  return true;
}

bool StrBuilder::append(const Str* s) {
  if (size_ == 0 && isExactStr(s)) return appendLiteral(const_cast<Str*>(s));
  return append(s, 0, s->length);
}

bool StrBuilder::appendLiteral(Str* s) {
  if (size_ != 0 || failed_ || s->length == 0) return append(s, 0, s->length);
  first_ = share(s);
  text_ = {};
  size_ = capacity_ = s->length;
  max_char_ = maxChar(s);
  return true;
}

bool StrBuilder::append(const Str* s, Index start, Index stop) {
  if (start >= stop) return !failed_;
  Index n = stop - start;
  char32_t bound = maxChar(s);
  if (bound > max_char_ && n != s->length) bound = visitText(s, [&](const auto* p) { return textBound(p + start, n); });
  if (n > capacity_ - size_ || bound > max_char_)
    if (!grow(n, bound)) return false;
  copyChars(text_.get(), size_, s, start, n);
  size_ += n;
  return true;
}

bool StrBuilder::appendUtf8(std::string_view text) {
  Utf8Measure m = measureUtf8(text);
  auto n = Index(m.characters);
  if (n == 0) return !failed_;
  if (n > capacity_ - size_ || m.bits > max_char_)
    if (!grow(n, m.bits)) return false;
  visitMutableText(text_.get(), [&](auto* to) { decodeUtf8(text.data(), m.valid, to + size_); });
  size_ += n;
  return true;
}

bool StrBuilder::fill(char32_t c, Index times) {
  if (times <= 0) return !failed_;
  if (times > capacity_ - size_ || c > max_char_)
    if (!grow(times, c)) return false;
  fillChars(text_.get(), size_, times, c);
  size_ += times;
  return true;
}

Ref<Str> StrBuilder::finish() {
  if (failed_) return {};
  if (size_ == 0) return emptyStr();
  if (first_) return std::move(first_);
  if (size_ == 1) return strFromChar(ts_, (*text_)[0]);
  Index n = size_;
  size_ = capacity_ = 0;
  max_char_ = 0;
  return resizeStr(ts_, std::move(text_), n);
}

}  // namespace habu
