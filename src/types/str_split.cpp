// split, rsplit, splitlines, partition, join.
#include <limits>

#include "base/search.h"
#include "base/unicode.h"
#include "object/protocol.h"
#include "types/list.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace habu {

namespace {

Status appendPart(ThreadState& ts, List* out, Str* s, Index start, Index stop) {
  Ref<> part = TRY(substring(ts, s, start, stop));
  return appendList(ts, out, std::move(part));
}

template <class C>
Status splitSpaceIn(ThreadState& ts, List* out, Str* s, const C* p, Index limit) {
  Index i = 0, n = s->length;
  for (;;) {
    while (i < n && isUnicodeSpace(p[i])) ++i;
    if (i == n) return kDone;
    Index start = i;
    if (limit-- <= 0) return appendPart(ts, out, s, start, n);
    while (i < n && !isUnicodeSpace(p[i])) ++i;
    TRY(appendPart(ts, out, s, start, i));
  }
}

template <class C>
Status rsplitSpaceIn(ThreadState& ts, List* out, Str* s, const C* p, Index limit) {
  Index i = s->length;
  for (;;) {
    while (i > 0 && isUnicodeSpace(p[i - 1])) --i;
    if (i == 0) return kDone;
    Index stop = i;
    if (limit-- <= 0) return appendPart(ts, out, s, 0, stop);
    while (i > 0 && !isUnicodeSpace(p[i - 1])) --i;
    TRY(appendPart(ts, out, s, i, stop));
  }
}

Status splitAt(ThreadState& ts, List* out, Str* s, Str* separator, Index limit) {
  Index at = 0;
  for (; limit > 0; --limit) {
    Index next = findStr(s, separator, at, s->length, 1);
    if (next < 0) break;
    TRY(appendPart(ts, out, s, at, next));
    at = next + separator->length;
  }
  return appendPart(ts, out, s, at, s->length);
}

Status rsplitAt(ThreadState& ts, List* out, Str* s, Str* separator, Index limit) {
  Index stop = s->length;
  for (; limit > 0; --limit) {
    Index next = findStr(s, separator, 0, stop, -1);
    if (next < 0) break;
    TRY(appendPart(ts, out, s, next + separator->length, stop));
    stop = next;
  }
  return appendPart(ts, out, s, 0, stop);
}

Result<Index> splitLimit(ThreadState& ts, Object* separator, std::optional<Index> limit) {
  if (separator && !isNone(separator)) {
    if (!isStr(separator)) return raise(ts, kTypeError, "must be str or None, not {:.100}", typeName(separator));
    if (static_cast<Str*>(separator)->length == 0) return raise(ts, kValueError, "empty separator");
  }
  Index n = limit.value_or(-1);
  return n < 0 ? std::numeric_limits<Index>::max() : n;
}

Ref<Tuple> parts(ThreadState& ts, Str* s, Object* separator, bool last) {
  if (!isStr(separator)) return raise(ts, kTypeError, "must be str, not {:.100}", typeName(separator));
  auto* sep = static_cast<Str*>(separator);
  if (sep->length == 0) return raise(ts, kValueError, "empty separator");
  Index at = findStr(s, sep, 0, s->length, last ? -1 : 1);
  if (at < 0) {
    Ref<Str> empty = emptyStr();
    if (last) return packTuple(ts, {empty.get(), empty.get(), s});
    return packTuple(ts, {s, empty.get(), empty.get()});
  }
  Ref<Str> before = TRY(substring(ts, s, 0, at));
  Ref<Str> after = TRY(substring(ts, s, at + sep->length, s->length));
  return packTuple(ts, {before.get(), sep, after.get()});
}

}  // namespace

Ref<List> strSplit(ThreadState& ts, Str* s, Object* separator, std::optional<Index> maxsplit) {
  Index limit = TRY(splitLimit(ts, separator, maxsplit));
  Ref<List> out = TRY(newList(ts));
  if (separator && !isNone(separator)) TRY(splitAt(ts, out.get(), s, static_cast<Str*>(separator), limit));
  else TRY(visitText(s, [&](const auto* p) { return splitSpaceIn(ts, out.get(), s, p, limit); }));
  return out;
}

Ref<List> strRsplit(ThreadState& ts, Str* s, Object* separator, std::optional<Index> maxsplit) {
  Index limit = TRY(splitLimit(ts, separator, maxsplit));
  Ref<List> out = TRY(newList(ts));
  if (separator && !isNone(separator)) TRY(rsplitAt(ts, out.get(), s, static_cast<Str*>(separator), limit));
  else TRY(visitText(s, [&](const auto* p) { return rsplitSpaceIn(ts, out.get(), s, p, limit); }));
  reverseList(out.get());
  return out;
}

Ref<List> strSplitlines(ThreadState& ts, Str* s, std::optional<int> keep_ends) {
  bool keep = keep_ends.value_or(0) != 0;
  Ref<List> out = TRY(newList(ts));
  TRY(visitText(s, [&](const auto* p) -> Status {
    Index n = s->length;
    for (Index i = 0; i < n;) {
      Index start = i;
      while (i < n && !isLinebreak(p[i])) ++i;
      Index stop = i;
      if (i < n) {
        i += p[i] == '\r' && i + 1 < n && p[i + 1] == '\n' ? 2 : 1;
        if (keep) stop = i;
      }
      TRY(appendPart(ts, out.get(), s, start, stop));
    }
    return kDone;
  }));
  return out;
}

Ref<Tuple> strPartition(ThreadState& ts, Str* s, Object* separator) { return parts(ts, s, separator, false); }
Ref<Tuple> strRpartition(ThreadState& ts, Str* s, Object* separator) { return parts(ts, s, separator, true); }

Ref<Str> strJoin(ThreadState& ts, Str* s, Object* iterable) {
  Ref<> sequence = TRY(sequenceFast(ts, iterable, "can only join an iterable"));
  return joinStrs(ts, s, {fastItems(sequence.get()), size_t(fastSize(sequence.get()))});
}

}  // namespace habu
