// UTF-16 and UTF-32.
#include "types/codecs_support.h"
#include "types/str_kinds.h"

namespace habu {

namespace {

bool bigOrder(int order) { return order > 0; }

uint32_t unitAt(const char* p, int size, bool big) {
  uint32_t v = 0;
  for (int k = 0; k < size; ++k) v |= uint32_t(uint8_t(p[k])) << (8 * (big ? size - 1 - k : k));
  return v;
}
char* putUnit(char* p, uint32_t v, int size, bool big) {
  for (int k = 0; k < size; ++k) p[k] = char(v >> (8 * (big ? size - 1 - k : k)));
  return p + size;
}

// Takes the byte order mark when the order is open; tells the order found: -1, 0 (none: native), 1.
int takeMark(std::string_view in, int size, Index& at) {
  if (in.size() < size_t(size)) return 0;
  if (unitAt(in.data(), size, false) == 0xfeff) {
    at = size;
    return -1;
  }
  if (unitAt(in.data(), size, true) == 0xfeff) {
    at = size;
    return 1;
  }
  return 0;
}

// Decodes well-formed units; returns with d.at at the first that is not, or at the end.
void decodeUnits16(Decoding& d, bool big) {
  const char* p = d.in.data();
  Index n = Index(d.in.size());
  while (n - d.at >= 2) {
    char32_t c = unitAt(p + d.at, 2, big);
    if (!isSurrogate(c)) {
      if (!d.out.append(c)) return;
      d.at += 2;
      continue;
    }
    if (c >= 0xdc00 || n - d.at < 4) return;
    char32_t low = unitAt(p + d.at + 2, 2, big);
    if (low < 0xdc00 || low > 0xdfff) return;
    if (!d.out.append(0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00))) return;
    d.at += 4;
  }
}

}  // namespace

Ref<Str> decodeUtf16Text(ThreadState& ts, std::string_view bytes, const char* errors, int* byte_order, Index* consumed) {
  int order = byte_order ? *byte_order : 0;
  Index start = 0;
  if (order == 0) order = takeMark(bytes, 2, start);
  bool big = bigOrder(order);
  Decoding d(ts, big ? "utf-16-be" : "utf-16-le", bytes, errors);
  d.at = start;
  if (!d.out.reserve(Index(bytes.size()) / 2, 0x7f)) return Raised{};
  while (d.left() > 0) {
    decodeUnits16(d, big);
    if (d.out.failed()) return Raised{};
    Index left = d.left();
    if (left == 0) break;
    if (left == 1) {
      if (consumed) break;
      TRY(d.fault(d.at, d.at + 1, "truncated data"));
      continue;
    }
    char32_t c = unitAt(d.in.data() + d.at, 2, big);
    if (c >= 0xdc00) {
      TRY(d.fault(d.at, d.at + 2, "illegal encoding"));
    } else if (left < 4) {
      if (consumed) break;
      TRY(d.fault(d.at, Index(d.in.size()), "unexpected end of data"));
    } else {
      TRY(d.fault(d.at, d.at + 2, "illegal UTF-16 surrogate"));
    }
  }
  if (byte_order) *byte_order = order;
  if (consumed) *consumed = d.at;
  return d.out.finish();
}

Ref<Str> decodeUtf32Text(ThreadState& ts, std::string_view bytes, const char* errors, int* byte_order, Index* consumed) {
  int order = byte_order ? *byte_order : 0;
  Index start = 0;
  if (order == 0) order = takeMark(bytes, 4, start);
  bool big = bigOrder(order);
  Decoding d(ts, big ? "utf-32-be" : "utf-32-le", bytes, errors);
  d.at = start;
  if (!d.out.reserve(Index(bytes.size()) / 4, 0x7f)) return Raised{};
  while (d.left() > 0) {
    if (d.left() < 4) {
      if (consumed) break;
      TRY(d.fault(d.at, Index(d.in.size()), "truncated data"));
      continue;
    }
    char32_t c = unitAt(d.in.data() + d.at, 4, big);
    if (c > 0x10ffff) {
      TRY(d.fault(d.at, d.at + 4, "code point not in range(0x110000)"));
    } else if (isSurrogate(c)) {
      TRY(d.fault(d.at, d.at + 4, "code point in surrogate code point range(0xd800, 0xe000)"));
    } else {
      if (!d.out.append(c)) return Raised{};
      d.at += 4;
    }
  }
  if (byte_order) *byte_order = order;
  if (consumed) *consumed = d.at;
  return d.out.finish();
}

namespace {

struct Form {
  int size;
  bool big;
};

char* putChar(char* out, char32_t c, Form f) {
  if (f.size == 4 || c < 0x10000) return putUnit(out, c, f.size, f.big);
  c -= 0x10000;
  out = putUnit(out, 0xd800 + (c >> 10), 2, f.big);
  return putUnit(out, 0xdc00 + (c & 0x3ff), 2, f.big);
}

Status appendText(Encoding& e, const Str* s, Form f) {
  if (!e.out.reserve(s->length * 4)) return Raised{};
  char* out = e.out.end();
  for (Index i = 0; i < s->length; ++i) out = putChar(out, (*s)[i], f);
  e.out.advanceTo(out);
  return kDone;
}

// One surrogate: handlers see them one at a time.
Status encodeSurrogate(Encoding& e, Form f) {
  constexpr const char* kReason = "surrogates not allowed";
  Index start = e.at, end = start + 1;
  Str* s = e.text;
  if (e.kind() == ErrorKind::Strict) return e.raiseError(start, end, kReason);
  if (e.kind() == ErrorKind::SurrogatePass) {
    if (!e.out.reserve(4)) return Raised{};
    e.out.advanceTo(putUnit(e.out.end(), (*s)[start], f.size, f.big));
    e.at = end;
    return kDone;
  }
  Ref<> text = TRY(e.replacement(start, end, kReason));
  if (isBytes(text.get())) {
    std::string_view bytes = static_cast<Bytes*>(text.get())->view();
    if (bytes.size() % size_t(f.size)) return e.raiseError(start, end, kReason);
    return appended(e.out.append(bytes));
  }
  auto* str = static_cast<Str*>(text.get());
  if (!str->isAscii()) return e.raiseError(start, end, kReason);
  return appendText(e, str, f);
}

Ref<Bytes> encodeUnits(ThreadState& ts, Str* s, const char* errors, int order, int size, const char* const (&names)[3]) {
  Encoding e(ts, names[order < 0 ? 0 : order == 0 ? 1 : 2], s, errors);
  Form f{size, bigOrder(order)};
  if (!e.out.reserve((s->length + 1) * size)) return Raised{};
  if (order == 0) e.out.advanceTo(putUnit(e.out.end(), 0xfeff, size, f.big));
  while (e.at < s->length) {
    if (!e.out.reserve((s->length - e.at) * 4)) return Raised{};
    visitText(s, [&](const auto* p) {
      char* out = e.out.end();
      for (; e.at < s->length && !isSurrogate(p[e.at]); ++e.at) out = putChar(out, p[e.at], f);
      e.out.advanceTo(out);
    });
    if (e.at < s->length) TRY(encodeSurrogate(e, f));
  }
  return e.out.finish();
}

}  // namespace

Ref<Bytes> encodeUtf16Text(ThreadState& ts, Str* s, const char* errors, int byte_order) {
  static constexpr const char* kNames[] = {"utf-16-le", "utf-16", "utf-16-be"};
  return encodeUnits(ts, s, errors, byte_order, 2, kNames);
}
Ref<Bytes> encodeUtf32Text(ThreadState& ts, Str* s, const char* errors, int byte_order) {
  static constexpr const char* kNames[] = {"utf-32-le", "utf-32", "utf-32-be"};
  return encodeUnits(ts, s, errors, byte_order, 4, kNames);
}

}  // namespace habu
