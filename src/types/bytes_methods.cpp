// The methods of bytes and bytearray that look for, cut and change bytes (declared once for both in the tables below).
#include "types/bytes_methods.h"

#include <cstdlib>
#include <limits>

#include "base/utf8.h"
#include "object/alloc.h"
#include "object/protocol.h"
#include "types/bytes_case.h"
#include "types/bytes_split.h"
#include "types/codecs.h"
#include "types/int.h"
#include "types/list.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

Result<uint8_t> byteValue(ThreadState& ts, Object* o) {
  if (!hasIndex(o)) return raise(ts, kTypeError, "'{:.200}' object cannot be interpreted as an integer", typeName(o));
  Index value = TRY(asIndex(ts, o, nullptr));
  if (value < 0 || value > 255) return raise(ts, kValueError, "byte must be in range(0, 256)");
  return uint8_t(value);
}

Result<Needle> Needle::of(ThreadState& ts, Object* o) {
  Needle n;
  if (hasBuffer(o)) {
    n.buffer_ = TRY(BufferView::of(ts, o));
    return n;
  }
  if (!hasIndex(o)) return raise(ts, kTypeError, "argument should be integer or bytes-like object, not '{:.200}'", typeName(o));
  n.byte_ = char(TRY(byteValue(ts, o)));
  n.single_ = true;
  return n;
}

Result<bool> containsBytes(ThreadState& ts, std::string_view self, Object* value) {
  if (hasIndex(value) && !hasBuffer(value)) {
    uint8_t b = TRY(byteValue(ts, value));
    return self.find(char(b)) != self.npos;
  }
  BufferView view = TRY(BufferView::of(ts, value));
  return findBytes(self, view.bytes()) >= 0;
}

namespace {

// ---- find, index, count, startswith ----

template <class B, int kDirection>
Result<Index> search(ThreadState& ts, B* self, const Args& args, const char* method) {
  ExportGuard guard(self);
  FindArguments f = TRY(findArguments(ts, method, args));
  Needle needle = TRY(Needle::of(ts, f.sub));
  std::string_view text = self->view(), sub = needle.view();
  f.clip(Index(text.size()));
  if (f.stop - f.start < Index(sub.size())) return -1;
  std::string_view part = text.substr(size_t(f.start), size_t(f.stop - f.start));
  Index at = kDirection > 0 ? findBytes(part, sub) : findLastBytes(part, sub);
  return at < 0 ? -1 : at + f.start;
}
template <class B>
Result<Index> find(ThreadState& ts, B* self, Args args) { return search<B, 1>(ts, self, args, "find"); }
template <class B>
Result<Index> rfind(ThreadState& ts, B* self, Args args) { return search<B, -1>(ts, self, args, "rfind"); }
template <class B>
Result<Index> index(ThreadState& ts, B* self, Args args) {
  Index at = TRY((search<B, 1>(ts, self, args, "index")));
  if (at < 0) return raise(ts, kValueError, "subsection not found");
  return at;
}
template <class B>
Result<Index> rindex(ThreadState& ts, B* self, Args args) {
  Index at = TRY((search<B, -1>(ts, self, args, "rindex")));
  if (at < 0) return raise(ts, kValueError, "subsection not found");
  return at;
}
template <class B>
Result<Index> count(ThreadState& ts, B* self, Args args) {
  ExportGuard guard(self);
  FindArguments f = TRY(findArguments(ts, "count", args));
  Needle needle = TRY(Needle::of(ts, f.sub));
  std::string_view text = self->view(), sub = needle.view();
  f.clip(Index(text.size()));
  if (f.stop - f.start < 0) return 0;
  return countText(reinterpret_cast<const uint8_t*>(text.data()) + f.start, f.stop - f.start,
                   reinterpret_cast<const uint8_t*>(sub.data()), Index(sub.size()), PTRDIFF_MAX);
}

Result<bool> matchesEnd(ThreadState& ts, std::string_view text, FindArguments f, Object* sub, bool at_end) {
  BufferView view = TRY(BufferView::of(ts, sub));
  f.clip(Index(text.size()));
  Index n = view.size();
  if (f.stop - f.start < n || f.start > Index(text.size())) return false;
  return std::memcmp(text.data() + (at_end ? f.stop - n : f.start), view.data(), size_t(n)) == 0;
}
template <class B, bool kEnd>
Result<bool> tailMatch(ThreadState& ts, B* self, const Args& args, const char* method) {
  FindArguments f = TRY(findArguments(ts, method, args));
  ExportGuard guard(self);
  if (isTuple(f.sub)) {
    auto* all = static_cast<Tuple*>(f.sub);
    for (Object* sub : all->span())
      if (TRY(matchesEnd(ts, self->view(), f, sub, kEnd))) return true;
    return false;
  }
  Result<bool> r = matchesEnd(ts, self->view(), f, f.sub, kEnd);
  if (r.failed() && errorMatches(ts, kTypeError)) {
    clearError(ts);
    return raise(ts, kTypeError, "{} first arg must be bytes or a tuple of bytes, not {}", method, typeName(f.sub));
  }
  return r;
}
template <class B>
Result<bool> startswith(ThreadState& ts, B* self, Args args) { return tailMatch<B, false>(ts, self, args, "startswith"); }
template <class B>
Result<bool> endswith(ThreadState& ts, B* self, Args args) { return tailMatch<B, true>(ts, self, args, "endswith"); }

// ---- strip, prefix, suffix ----

std::string_view stripped(std::string_view text, const char* set, Index n, int sides) {
  auto in_set = [&](char c) { return set ? std::memchr(set, c, size_t(n)) != nullptr : isByteSpace(c); };
  size_t from = 0, to = text.size();
  if (sides & 1)
    while (from < to && in_set(text[from])) ++from;
  if (sides & 2)
    while (to > from && in_set(text[to - 1])) --to;
  return text.substr(from, to - from);
}
template <class B, int kSides>
Ref<B> stripSides(ThreadState& ts, B* self, Object* set) {
  ExportGuard guard(self);
  std::string_view kept;
  if (!set || isNone(set)) {
    kept = stripped(self->view(), nullptr, 0, kSides);
  } else {
    BufferView view = TRY(BufferView::of(ts, set));
    kept = stripped(self->view(), view.size() ? view.data() : "", view.size(), kSides);
  }
  if (kept.size() == self->view().size()) return unchanged(ts, self);
  return makeLike<B>(ts, kept);
}
template <class B>
Ref<B> strip(ThreadState& ts, B* self, Object* set) { return stripSides<B, 3>(ts, self, set); }
template <class B>
Ref<B> lstrip(ThreadState& ts, B* self, Object* set) { return stripSides<B, 1>(ts, self, set); }
template <class B>
Ref<B> rstrip(ThreadState& ts, B* self, Object* set) { return stripSides<B, 2>(ts, self, set); }

template <class B>
Ref<B> removeprefix(ThreadState& ts, B* self, BufferView prefix) {
  ExportGuard guard(self);
  if (prefix.size() && self->view().starts_with(prefix.bytes())) return makeLike<B>(ts, self->view().substr(size_t(prefix.size())));
  return unchanged(ts, self);
}
template <class B>
Ref<B> removesuffix(ThreadState& ts, B* self, BufferView suffix) {
  ExportGuard guard(self);
  std::string_view text = self->view();
  if (suffix.size() && text.ends_with(suffix.bytes())) return makeLike<B>(ts, text.substr(0, text.size() - size_t(suffix.size())));
  return unchanged(ts, self);
}

// ---- replace, translate ----

template <class B>
Ref<B> interleave(ThreadState& ts, std::string_view text, std::string_view to, Index limit) {
  Index places = Index(text.size()) + 1;
  if (limit > places) limit = places;
  if (!to.empty() && Index(to.size()) > (std::numeric_limits<Index>::max() - Index(text.size())) / limit)
    return raise(ts, kOverflowError, "replace bytes is too long");
  Fresh<B> made = freshBytes<B>(ts, Index(text.size()) + limit * Index(to.size()));
  if (!made.object) return {};
  char* out = made.data;
  size_t at = 0;
  for (Index i = 0; i < limit; ++i) {
    if (!to.empty()) std::memcpy(out, to.data(), to.size());
    out += to.size();
    if (at < text.size()) *out++ = text[at++];
  }
  if (at < text.size()) std::memcpy(out, text.data() + at, text.size() - at);
  return std::move(made.object);
}

template <class B>
Ref<B> replace(ThreadState& ts, B* self, BufferView from, BufferView to_view, std::optional<Index> count) {
  ExportGuard guard(self);
  Index limit = count.value_or(-1);
  if (limit < 0) limit = std::numeric_limits<Index>::max();
  std::string_view text = self->view(), old = from.bytes(), to = to_view.bytes();
  if (limit == 0 || old.size() > text.size() || (old.empty() && to.empty())) return unchanged(ts, self);
  if (old.empty()) return interleave<B>(ts, text, to, limit);
  Index found = countText(reinterpret_cast<const uint8_t*>(text.data()), Index(text.size()),
                          reinterpret_cast<const uint8_t*>(old.data()), Index(old.size()), limit);
  if (found == 0) return unchanged(ts, self);
  Index growth = Index(to.size()) - Index(old.size());
  if (growth > 0 && growth > (std::numeric_limits<Index>::max() - Index(text.size())) / found)
    return raise(ts, kOverflowError, "replace bytes is too long");
  Fresh<B> made = freshBytes<B>(ts, Index(text.size()) + found * growth);
  if (!made.object) return {};
  char* out = made.data;
  for (; found > 0; --found) {
    auto at = size_t(findBytes(text, old));
    std::memcpy(out, text.data(), at);
    out += at;
    if (!to.empty()) std::memcpy(out, to.data(), to.size());
    out += to.size();
    text.remove_prefix(at + old.size());
  }
  if (!text.empty()) std::memcpy(out, text.data(), text.size());
  return std::move(made.object);
}

template <class B>
Ref<B> translate(ThreadState& ts, B* self, Object* table, Object* deletions) {
  BufferView map, deleted;
  if (!isNone(table)) {
    map = TRY(BufferView::of(ts, table));
    if (map.size() != 256) return raise(ts, kValueError, "translation table must be 256 characters long");
  }
  if (deletions) deleted = TRY(BufferView::of(ts, deletions));
  ExportGuard guard(self);
  std::string_view text = self->view();
  bool drop[256] = {};
  for (char c : deleted.bytes()) drop[uint8_t(c)] = true;
  Fresh<B> made = freshBytes<B>(ts, Index(text.size()));
  if (!made.object) return {};
  Index n = 0;
  bool changed = false;
  for (char c : text) {
    if (drop[uint8_t(c)]) continue;
    char mapped = map.size() ? map.data()[uint8_t(c)] : c;
    changed |= mapped != c;
    made.data[n++] = mapped;
  }
  if (n == Index(text.size()) && !changed) return unchanged(ts, self);
  if constexpr (std::is_same_v<B, Bytes>) return shrinkBytes(ts, std::move(made.object), n);
  else TRY(resizeByteArray(ts, made.object.get(), n));
  return std::move(made.object);
}

Ref<Bytes> maketrans(ThreadState& ts, BufferView from, BufferView to) {
  if (from.size() != to.size()) return raise(ts, kValueError, "maketrans arguments must have same length");
  Ref<Bytes> made = TRY(newBytesUninitialized(ts, 256));
  for (int i = 0; i < 256; ++i) made->data[i] = char(i);
  for (Index i = 0; i < from.size(); ++i) made->data[uint8_t(from.data()[i])] = to.data()[i];
  return made;
}

// ---- padding ----

// The fill byte: bytes or bytearray of length one.
struct FillByte {
  char value;
};

}  // namespace

template <>
struct Arg<FillByte> {
  static Result<FillByte> from(ThreadState& ts, Object* o, ArgSite at) {
    if (isBytes(o) && static_cast<Bytes*>(o)->size == 1) return FillByte{static_cast<Bytes*>(o)->data[0]};
    if (isByteArray(o) && static_cast<ByteArray*>(o)->size == 1) return FillByte{static_cast<ByteArray*>(o)->start[0]};
    return raiseBadArgument(ts, at, "a byte string of length 1", o);
  }
};

namespace {

template <class B>
Ref<B> padded(ThreadState& ts, B* self, Index left, Index right, char fill) {
  std::string_view text = self->view();
  if (left < 0) left = 0;
  if (right < 0) right = 0;
  if (left == 0 && right == 0) return unchanged(ts, self);
  Fresh<B> made = freshBytes<B>(ts, left + Index(text.size()) + right);
  if (!made.object) return {};
  std::memset(made.data, fill, size_t(left));
  if (!text.empty()) std::memcpy(made.data + left, text.data(), text.size());
  std::memset(made.data + left + text.size(), fill, size_t(right));
  return std::move(made.object);
}
template <class B>
Ref<B> center(ThreadState& ts, B* self, Index width, std::optional<FillByte> fill) {
  Index room = width - self->size;
  if (room <= 0) return unchanged(ts, self);
  Index left = room / 2 + (room & width & 1);
  return padded(ts, self, left, room - left, fill ? fill->value : ' ');
}
template <class B>
Ref<B> ljust(ThreadState& ts, B* self, Index width, std::optional<FillByte> fill) {
  return padded(ts, self, 0, width - self->size, fill ? fill->value : ' ');
}
template <class B>
Ref<B> rjust(ThreadState& ts, B* self, Index width, std::optional<FillByte> fill) {
  return padded(ts, self, width - self->size, 0, fill ? fill->value : ' ');
}
template <class B>
Ref<B> zfill(ThreadState& ts, B* self, Index width) {
  Index room = width - self->size;
  if (room <= 0) return unchanged(ts, self);
  Ref<B> made = TRY(padded(ts, self, room, 0, '0'));
  char* text;
  if constexpr (std::is_same_v<B, Bytes>) text = made->data;
  else text = made->start;
  if (self->size && (text[room] == '+' || text[room] == '-')) std::swap(text[0], text[room]);
  return made;
}

template <class B>
Ref<B> expandtabs(ThreadState& ts, B* self, std::optional<int> tab_size) {
  int tab = tab_size.value_or(8);
  std::string_view text = self->view();
  Index total = 0, column = 0;
  constexpr Index kMax = std::numeric_limits<Index>::max();
  for (char c : text) {
    Index step = 1;
    if (c == '\t') step = tab > 0 ? tab - column % tab : 0;
    if (step > kMax - total) return raise(ts, kOverflowError, "result too long");
    total += step;
    column = c == '\n' || c == '\r' ? 0 : column + step;
  }
  Fresh<B> made = freshBytes<B>(ts, total);
  if (!made.object) return {};
  char* out = made.data;
  column = 0;
  for (char c : text) {
    if (c != '\t') {
      *out++ = c;
      column = c == '\n' || c == '\r' ? 0 : column + 1;
    } else if (tab > 0) {
      Index step = tab - column % tab;
      std::memset(out, ' ', size_t(step));
      out += step;
      column += step;
    }
  }
  return std::move(made.object);
}

// ---- other forms ----

template <class B>
Ref<B> join(ThreadState& ts, B* self, Object* iterable) {
  ExportGuard guard(self);
  Ref<Bytes> joined = TRY(joinBytes(ts, self->view(), iterable));
  if constexpr (std::is_same_v<B, Bytes>) return joined;
  else return newByteArray(ts, joined->view());
}
template <class B>
Ref<> decode(ThreadState& ts, B* self, std::optional<std::string_view> encoding, std::optional<std::string_view> errors) {
  return decodeObject(ts, self, encoding ? encoding->data() : nullptr, errors ? errors->data() : nullptr);
}
template <class B>
Ref<Str> hex(ThreadState& ts, B* self, Object* separator, std::optional<int> group) {
  ExportGuard guard(self);
  return hexText(ts, self->view(), separator, group.value_or(1));
}

// clang-format off
#define CASE_METHODS(B)                                                                                              \
  METHOD_UNSIGNED("capitalize", capitalize<B>, "($self, /)", "B.capitalize() -> copy of B\n\nThe first byte in upper case (ASCII), the rest in lower case."), \
  METHOD_UNSIGNED("isalnum", isalnum<B>, "($self, /)", "B.isalnum() -> bool\n\nTrue if there are bytes and all are ASCII letters or digits."), \
  METHOD_UNSIGNED("isalpha", isalpha<B>, "($self, /)", "B.isalpha() -> bool\n\nTrue if there are bytes and all are ASCII letters."), \
  METHOD_UNSIGNED("isascii", isascii<B>, "($self, /)", "B.isascii() -> bool\n\nTrue if no byte is above 0x7F."), \
  METHOD_UNSIGNED("isdigit", isdigit<B>, "($self, /)", "B.isdigit() -> bool\n\nTrue if there are bytes and all are ASCII digits."), \
  METHOD_UNSIGNED("islower", islower<B>, "($self, /)", "B.islower() -> bool\n\nTrue if there is an ASCII letter and no letter is in upper case."), \
  METHOD_UNSIGNED("isspace", isspace<B>, "($self, /)", "B.isspace() -> bool\n\nTrue if there are bytes and all are ASCII whitespace."), \
  METHOD_UNSIGNED("istitle", istitle<B>, "($self, /)", "B.istitle() -> bool\n\nTrue if every word starts in upper case and goes on in lower case."), \
  METHOD_UNSIGNED("isupper", isupper<B>, "($self, /)", "B.isupper() -> bool\n\nTrue if there is an ASCII letter and no letter is in lower case."), \
  METHOD_UNSIGNED("lower", lower<B>, "($self, /)", "B.lower() -> copy of B\n\nASCII letters in lower case."), \
  METHOD_UNSIGNED("swapcase", swapcase<B>, "($self, /)", "B.swapcase() -> copy of B\n\nASCII letters with their case swapped."), \
  METHOD_UNSIGNED("title", title<B>, "($self, /)", "B.title() -> copy of B\n\nWords start in upper case and go on in lower case (ASCII)."), \
  METHOD_UNSIGNED("upper", upper<B>, "($self, /)", "B.upper() -> copy of B\n\nASCII letters in upper case.")

#define SHARED_METHODS(B)                                                                                            \
  CASE_METHODS(B),                                                                                                   \
  METHOD_AS("center", center<B>, "($self, width, fillchar=b\' \', /)", "A copy padded on both sides to the width."), \
  METHOD_POSITIONAL("count", count<B>, "B.count(sub[, start[, end]]) -> int\n\nHow often sub occurs in B[start:end], without overlaps."), \
  METHOD_AS("decode", decode<B>, "($self, /, encoding=\'utf-8\', errors=\'strict\')", "The bytes as text in the given encoding."), \
  METHOD_POSITIONAL("endswith", endswith<B>, "B.endswith(suffix[, start[, end]]) -> bool\n\nDo the bytes end with the suffix, or with one of a tuple of them?"), \
  METHOD_AS("expandtabs", expandtabs<B>, "($self, /, tabsize=8)", "A copy with every tab expanded by spaces."), \
  METHOD_POSITIONAL("find", find<B>, "B.find(sub[, start[, end]]) -> int\n\nThe lowest position of sub in B[start:end], or -1."), \
  CLASS_METHOD("fromhex", bytesFromHex, "($type, string, /)", "Bytes from pairs of hexadecimal digits; whitespace may stand between them."), \
  METHOD_AS("hex", hex<B>, "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", "The bytes in hexadecimal, sep every so many bytes."), \
  METHOD_POSITIONAL("index", index<B>, "B.index(sub[, start[, end]]) -> int\n\nAs find(), but ValueError when sub is not there."), \
  METHOD_AS("join", join<B>, "($self, iterable_of_bytes, /)", "The items of the iterable with these bytes between them."), \
  METHOD_AS("ljust", ljust<B>, "($self, width, fillchar=b\' \', /)", "A copy padded on the right to the width."), \
  METHOD_AS("lstrip", lstrip<B>, "($self, bytes=None, /)", "A copy without the leading bytes of the set (None: whitespace)."), \
  ::habu::detail::named(::habu::detail::bindMethod<maketrans, "maketrans", "(frm, to, /)", ::habu::kMethStatic>("B.maketrans(frm, to) -> translation table\n\nA table of 256 bytes that maps each byte of frm to the one of to at the same place."), "maketrans"), \
  METHOD_AS("partition", partition<B>, "($self, sep, /)", "What stands before the first sep, sep itself, and what follows."), \
  METHOD_AS("replace", replace<B>, "($self, old, new, count=-1, /)", "A copy with the first count occurrences of old (-1: all) replaced."), \
  METHOD_AS("removeprefix", removeprefix<B>, "($self, prefix, /)", "A copy without the prefix, if it is there."), \
  METHOD_AS("removesuffix", removesuffix<B>, "($self, suffix, /)", "A copy without the suffix, if it is there."), \
  METHOD_POSITIONAL("rfind", rfind<B>, "B.rfind(sub[, start[, end]]) -> int\n\nThe highest position of sub in B[start:end], or -1."), \
  METHOD_POSITIONAL("rindex", rindex<B>, "B.rindex(sub[, start[, end]]) -> int\n\nAs rfind(), but ValueError when sub is not there."), \
  METHOD_AS("rjust", rjust<B>, "($self, width, fillchar=b\' \', /)", "A copy padded on the left to the width."), \
  METHOD_AS("rpartition", rpartition<B>, "($self, sep, /)", "What stands before the last sep, sep itself, and what follows."), \
  METHOD_AS("rsplit", rsplit<B>, "($self, /, sep=None, maxsplit=-1)", "The parts between separators, split from the right."), \
  METHOD_AS("rstrip", rstrip<B>, "($self, bytes=None, /)", "A copy without the trailing bytes of the set (None: whitespace)."), \
  METHOD_AS("split", split<B>, "($self, /, sep=None, maxsplit=-1)", "The parts between separators (None: runs of whitespace)."), \
  METHOD_AS("splitlines", splitlines<B>, "($self, /, keepends=False)", "The lines, with their ends if keepends is true."), \
  METHOD_POSITIONAL("startswith", startswith<B>, "B.startswith(prefix[, start[, end]]) -> bool\n\nDo the bytes start with the prefix, or with one of a tuple of them?"), \
  METHOD_AS("strip", strip<B>, "($self, bytes=None, /)", "A copy without leading and trailing bytes of the set (None: whitespace)."), \
  METHOD_AS("translate", translate<B>, "($self, table, /, delete=b\'\')", "A copy mapped through a table of 256 bytes, after dropping the bytes of delete."), \
  METHOD_AS("zfill", zfill<B>, "($self, width, /)", "A copy padded with zeros on the left, behind the sign.")
// clang-format on

}  // namespace

constinit const MethodDef kBytesMethods[] = {
    METHOD_UNSIGNED("__getnewargs__", bytesNewArguments, "($self, /)", ""),
    METHOD_AS("__bytes__", bytesOwnBytes, "($self, /)", "The same value as an exact bytes object."),
    SHARED_METHODS(Bytes),
    {}};

constinit const MethodDef kByteArrayMethods[] = {
    METHOD_UNSIGNED("__alloc__", byteArrayAlloc, "($self, /)", "B.__alloc__() -> int\n\nHow many bytes are allocated."),
    METHOD_AS("__reduce__", byteArrayReduce, "($self, /)", "State for pickling."),
    METHOD_AS("__reduce_ex__", byteArrayReduceEx, "($self, proto=0, /)", "State for pickling."),
    METHOD_AS("__sizeof__", byteArraySizeof, "($self, /)", "The size of the object in memory, in bytes."),
    METHOD_AS("append", byteArrayAppend, "($self, item, /)", "Put one byte at the end."),
    METHOD_AS("clear", byteArrayClear, "($self, /)", "Drop all bytes."),
    METHOD_AS("copy", byteArrayCopy, "($self, /)", "A copy."),
    METHOD_AS("extend", byteArrayExtend, "($self, iterable_of_ints, /)", "Put all bytes of an iterable at the end."),
    METHOD_AS("insert", byteArrayInsert, "($self, index, item, /)", "Put one byte before the index."),
    METHOD_AS("pop", byteArrayPop, "($self, index=-1, /)", "Take out the byte at the index and return it."),
    METHOD_AS("remove", byteArrayRemove, "($self, value, /)", "Take out the first byte with that value."),
    METHOD_AS("reverse", byteArrayReverse, "($self, /)", "Reverse the order of the bytes."),
    SHARED_METHODS(ByteArray),
    {}};

}  // namespace habu
