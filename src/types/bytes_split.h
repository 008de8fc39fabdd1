// Splitting of bytes and bytearray. Included by bytes_methods.cpp.
#pragma once
#include <limits>

#include "types/bytes_methods.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

template <class B>
Status appendPart(ThreadState& ts, List* list, std::string_view part) {
  Ref<> item = TRY(makeLike<B>(ts, part));
  return appendList(ts, list, std::move(item));
}
// A result that is the whole text: bytes are not copied.
template <class B>
Status appendWhole(ThreadState& ts, List* list, B* self, std::string_view part) {
  if (part.size() == size_t(self->size)) {
    Ref<> item = TRY(unchanged(ts, self));
    return appendList(ts, list, std::move(item));
  }
  return appendPart<B>(ts, list, part);
}

template <class B>
Ref<List> splitSpace(ThreadState& ts, B* self, Index limit) {
  std::string_view text = self->view();
  Ref<List> out = TRY(newList(ts));
  size_t i = 0, n = text.size();
  for (;;) {
    while (i < n && isByteSpace(text[i])) ++i;
    if (i == n) return out;
    size_t start = i;
    if (limit-- <= 0) {
      TRY(appendWhole(ts, out.get(), self, text.substr(start)));
      return out;
    }
    while (i < n && !isByteSpace(text[i])) ++i;
    TRY(appendWhole(ts, out.get(), self, text.substr(start, i - start)));
  }
}

template <class B>
Ref<List> rsplitSpace(ThreadState& ts, B* self, Index limit) {
  std::string_view text = self->view();
  Ref<List> out = TRY(newList(ts));
  size_t i = text.size();
  for (;;) {
    while (i > 0 && isByteSpace(text[i - 1])) --i;
    if (i == 0) break;
    size_t stop = i;
    if (limit-- <= 0) {
      TRY(appendWhole(ts, out.get(), self, text.substr(0, stop)));
      break;
    }
    while (i > 0 && !isByteSpace(text[i - 1])) --i;
    TRY(appendWhole(ts, out.get(), self, text.substr(i, stop - i)));
  }
  reverseList(out.get());
  return out;
}

template <class B>
Ref<List> split(ThreadState& ts, B* self, Object* separator, std::optional<Index> maxsplit) {
  Index limit = maxsplit.value_or(-1);
  if (limit < 0) limit = std::numeric_limits<Index>::max();
  ExportGuard guard(self);
  if (!separator || isNone(separator)) return splitSpace(ts, self, limit);
  BufferView view = TRY(BufferView::of(ts, separator));
  std::string_view sep = view.bytes(), text = self->view();
  if (sep.empty()) return raise(ts, kValueError, "empty separator");
  Ref<List> out = TRY(newList(ts));
  for (; limit > 0; --limit) {
    Index at = findBytes(text, sep);
    if (at < 0) break;
    TRY(appendPart<B>(ts, out.get(), text.substr(0, size_t(at))));
    text.remove_prefix(size_t(at) + sep.size());
  }
  TRY(appendWhole(ts, out.get(), self, text));
  return out;
}

template <class B>
Ref<List> rsplit(ThreadState& ts, B* self, Object* separator, std::optional<Index> maxsplit) {
  Index limit = maxsplit.value_or(-1);
  if (limit < 0) limit = std::numeric_limits<Index>::max();
  ExportGuard guard(self);
  if (!separator || isNone(separator)) return rsplitSpace(ts, self, limit);
  BufferView view = TRY(BufferView::of(ts, separator));
  std::string_view sep = view.bytes(), text = self->view();
  if (sep.empty()) return raise(ts, kValueError, "empty separator");
  Ref<List> out = TRY(newList(ts));
  for (; limit > 0; --limit) {
    Index at = findLastBytes(text, sep);
    if (at < 0) break;
    TRY(appendPart<B>(ts, out.get(), text.substr(size_t(at) + sep.size())));
    text = text.substr(0, size_t(at));
  }
  TRY(appendWhole(ts, out.get(), self, text));
  reverseList(out.get());
  return out;
}

template <class B>
Ref<List> splitlines(ThreadState& ts, B* self, std::optional<int> keep_ends) {
  bool keep = keep_ends.value_or(0) != 0;
  ExportGuard guard(self);
  std::string_view text = self->view();
  Ref<List> out = TRY(newList(ts));
  while (!text.empty()) {
    size_t at = text.find_first_of("\r\n");
    if (at == text.npos) {
      TRY(appendWhole(ts, out.get(), self, text));
      break;
    }
    size_t next = at + (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n' ? 2 : 1);
    TRY(appendWhole(ts, out.get(), self, text.substr(0, keep ? next : at)));
    text.remove_prefix(next);
  }
  return out;
}

// In bytes.partition the separator object itself is the middle; in bytearray a copy of it.
template <class B>
Ref<Tuple> partitioned(ThreadState& ts, B* self, Object* separator, bool last) {
  BufferView view = TRY(BufferView::of(ts, separator));
  ExportGuard guard(self);
  std::string_view sep = view.bytes(), text = self->view();
  if (sep.empty()) return raise(ts, kValueError, "empty separator");
  Index at = last ? findLastBytes(text, sep) : findBytes(text, sep);
  if (at < 0) {
    Ref<B> whole = TRY((std::is_same_v<B, Bytes> ? share(self) : unchanged(ts, self))), empty = TRY(makeLike<B>(ts, {})), empty2 = TRY(makeLike<B>(ts, {}));
    if (last) return packTuple(ts, {empty.get(), empty2.get(), whole.get()});
    return packTuple(ts, {whole.get(), empty.get(), empty2.get()});
  }
  Ref<B> before = TRY(makeLike<B>(ts, text.substr(0, size_t(at))));
  Ref<> middle = share(separator);
  if constexpr (!std::is_same_v<B, Bytes>) middle = TRY(makeLike<B>(ts, sep));
  Ref<B> after = TRY(makeLike<B>(ts, text.substr(size_t(at) + sep.size())));
  return packTuple(ts, {before.get(), middle.get(), after.get()});
}
template <class B>
Ref<Tuple> partition(ThreadState& ts, B* self, Object* separator) { return partitioned(ts, self, separator, false); }
template <class B>
Ref<Tuple> rpartition(ThreadState& ts, B* self, Object* separator) { return partitioned(ts, self, separator, true); }

}  // namespace habu
