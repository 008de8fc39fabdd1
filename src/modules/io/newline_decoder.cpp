// IncrementalNewlineDecoder: universal newlines on top of another decoder.
#include <cstring>

#include "modules/io/io.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

struct NewlineDecoder : Object {
  Object* decoder;  // None: the input is text already
  Object* errors;
  bool pending_cr, translate;
  int seen;
};

template <class C>
int seenIn(const C* p, const C* end) {
  int seen = 0;
  while (p < end) {
    C c = *p++;
    if (c == '\n') {
      seen |= kSeenLf;
    } else if (c == '\r') {
      if (p < end && *p == '\n') {
        seen |= kSeenCrLf;
        ++p;
      } else {
        seen |= kSeenCr;
      }
    }
    if (seen == (kSeenCr | kSeenLf | kSeenCrLf)) break;
  }
  return seen;
}

int seenIn(const Str* s) {
  switch (s->kind()) {
    case StrKind::Ucs1: {
      const auto* p = s->ucs1();
      if (!std::memchr(p, '\r', size_t(s->length))) return std::memchr(p, '\n', size_t(s->length)) ? kSeenLf : 0;
      return seenIn(p, p + s->length);
    }
    case StrKind::Ucs2: return seenIn(s->ucs2(), s->ucs2() + s->length);
    default: return seenIn(s->ucs4(), s->ucs4() + s->length);
  }
}

bool hasCarriageReturn(const Str* s) {
  if (s->kind() == StrKind::Ucs1) return std::memchr(s->ucs1(), '\r', size_t(s->length)) != nullptr;
  for (Index i = 0; i < s->length; ++i)
    if ((*s)[i] == '\r') return true;
  return false;
}

template <class C>
Index translateInto(const C* p, const C* end, C* out) {
  C* start = out;
  while (p < end) {
    C c = *p++;
    if (c == '\r') {
      if (p < end && *p == '\n') ++p;
      c = '\n';
    }
    *out++ = c;
  }
  return out - start;
}

}  // namespace

Ref<> newlinesTuple(ThreadState& ts, int seen) {
  if (!seen) return none();
  Object* parts[3];
  Ref<Str> cr = TRY(strFromAscii(ts, "\r")), lf = TRY(strFromAscii(ts, "\n")), crlf = TRY(strFromAscii(ts, "\r\n"));
  size_t n = 0;
  if (seen & kSeenCr) parts[n++] = cr.get();
  if (seen & kSeenLf) parts[n++] = lf.get();
  if (seen & kSeenCrLf) parts[n++] = crlf.get();
  if (n == 1) return Ref<>::share(parts[0]);
  return newTuple(ts, {parts, n});
}

Ref<Str> translateNewlines(ThreadState& ts, Ref<Str> text, bool translate, int& seen) {
  const Str* s = text.get();
  seen |= seenIn(s);
  if (!translate || !hasCarriageReturn(s)) return text;
  Ref<Str> r = TRY(newStrUninitialized(ts, s->length, maxChar(s)));
  Index length;
  switch (s->kind()) {
    case StrKind::Ucs1: length = translateInto(s->ucs1(), s->ucs1() + s->length, static_cast<uint8_t*>(r->data())); break;
    case StrKind::Ucs2: length = translateInto(s->ucs2(), s->ucs2() + s->length, static_cast<char16_t*>(r->data())); break;
    default: length = translateInto(s->ucs4(), s->ucs4() + s->length, static_cast<char32_t*>(r->data())); break;
  }
  if (length == s->length) return r;
  return substring(ts, r.get(), 0, length);
}

namespace {

Ref<Str> finish(ThreadState& ts, NewlineDecoder* self, Ref<Str> text, bool final) {
  if (self->pending_cr && (final || text->length > 0)) {
    Ref<Str> cr = TRY(strFromAscii(ts, "\r"));
    text = TRY(concatStr(ts, cr.get(), text.get()));
    self->pending_cr = false;
  }
  // A \r at the end waits for what follows it.
  if (!final && text->length > 0 && (*text)[text->length - 1] == '\r') {
    text = TRY(substring(ts, text.get(), 0, text->length - 1));
    self->pending_cr = true;
  }
  return translateNewlines(ts, std::move(text), self->translate, self->seen);
}

Status checkMade(ThreadState& ts, NewlineDecoder* self) {
  if (!self->decoder) return raise(ts, kValueError, "IncrementalNewlineDecoder.__init__() not called");
  return kDone;
}

Ref<Str> decodeInput(ThreadState& ts, NewlineDecoder* self, Object* input, bool final) {
  TRY(checkMade(ts, self));
  Ref<> text = isNone(self->decoder) ? Ref<>::share(input)
                                     : TRY(callMethod(ts, self->decoder, names::decode, {input, final ? trueObject() : falseObject()}));
  if (!isStr(text.get()))
    return raise(ts, kTypeError, "decoder should return a string result, not '{:.200}'", typeName(text.get()));
  return finish(ts, self, cast<Str>(std::move(text)), final);
}

Status init(ThreadState& ts, NewlineDecoder* self, Object* decoder, Object* translate, Object* errors) {
  bool t = TRY(asCInt(ts, translate)) != 0;
  setField(self->decoder, Ref<>::share(decoder));
  if (errors) setField(self->errors, Ref<>::share(errors));
  else setField(self->errors, Ref<>(TRY(newStr(ts, "strict"))));
  self->translate = t;
  self->seen = 0;
  self->pending_cr = false;
  return kDone;
}

Ref<Str> decode(ThreadState& ts, NewlineDecoder* self, Object* input, std::optional<bool> final) {
  return decodeInput(ts, self, input, final.value_or(false));
}

Ref<> getState(ThreadState& ts, NewlineDecoder* self) {
  TRY(checkMade(ts, self));
  Ref<> buffer;
  unsigned long long flag = 0;
  if (isNone(self->decoder)) {
    buffer = TRY(newBytes(ts, {}));
  } else {
    Ref<> state = TRY(callMethod(ts, self->decoder, io_names::getstate));
    if (!isTuple(state.get())) return raise(ts, kTypeError, "illegal decoder state");
    auto* t = static_cast<Tuple*>(state.get());
    if (t->size != 2) return raise(ts, kTypeError, "illegal decoder state");
    buffer = Ref<>::share(t->items[0]);
    flag = TRY(asUnsignedLongLong(ts, t->items[1]));
  }
  Ref<Int> number = TRY(newIntUnsigned(ts, flag << 1 | (self->pending_cr ? 1 : 0)));
  return packTuple(ts, {buffer.get(), number.get()});
}

Ref<> setState(ThreadState& ts, NewlineDecoder* self, Object* state) {
  TRY(checkMade(ts, self));
  if (!isTuple(state)) return raise(ts, kTypeError, "state argument must be a tuple");
  auto* t = static_cast<Tuple*>(state);
  if (t->size != 2) return raise(ts, kTypeError, "setstate(): illegal state argument");
  Ref<> buffer = Ref<>::share(t->items[0]);
  unsigned long long flag = TRY(asUnsignedLongLong(ts, t->items[1]));
  self->pending_cr = (flag & 1) != 0;
  if (isNone(self->decoder)) return none();
  Ref<Int> rest = TRY(newIntUnsigned(ts, flag >> 1));
  Ref<Tuple> inner = TRY(packTuple(ts, {buffer.get(), rest.get()}));
  return callMethod(ts, self->decoder, io_names::setstate, {inner.get()});
}

Ref<> reset(ThreadState& ts, NewlineDecoder* self) {
  TRY(checkMade(ts, self));
  self->seen = 0;
  self->pending_cr = false;
  if (isNone(self->decoder)) return none();
  return callMethod(ts, self->decoder, io_names::reset);
}

Ref<> newlines(ThreadState& ts, NewlineDecoder* self) {
  TRY(checkMade(ts, self));
  return newlinesTuple(ts, self->seen);
}

void dealloc(NewlineDecoder* self) {
  clearField(self->decoder);
  clearField(self->errors);
  self->type->free(self);
}

constexpr MethodDef kMethods[] = {
    METHOD(decode, "($self, /, input, final=False)", ""),
    METHOD_AS("getstate", getState, "($self, /)", ""),
    METHOD_AS("setstate", setState, "($self, state, /)", ""),
    METHOD(reset, "($self, /)", ""),
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("newlines", newlines, nullptr), {}};

}  // namespace

Ref<Str> decodeNewlines(ThreadState& ts, Object* decoder, Object* input, bool final) {
  return decodeInput(ts, static_cast<NewlineDecoder*>(decoder), input, final);
}

Ref<> newNewlineDecoder(ThreadState& ts, Object* decoder, bool translate) {
  return call(ts, &kNewlineDecoderType, {decoder, translate ? trueObject() : falseObject()});
}

constinit Type kNewlineDecoderType = defineType<NewlineDecoder>({
    .name = "_io.IncrementalNewlineDecoder",
    .doc = "IncrementalNewlineDecoder(decoder, translate, errors='strict')\n--\n\n"
           "Codec used when reading a file in universal newlines mode.\n\n"
           "It wraps another incremental decoder, turning \\r\\n and \\r into \\n, and records which line ends it has met. With\n"
           "translate=False it makes sure only that \\r\\n is not cut in two.",
    .flags = kBaseType,
    .methods = kMethods,
    .getset = kGetSet,
    .make = genericNew,
    .init = INITIALIZER(init, "IncrementalNewlineDecoder", "(decoder, translate, errors='strict')"),
    .dealloc = slot<dealloc>});

// ---- line ends ----
namespace {

template <class C>
Index lineEndIn(const LineEnd& e, const C* p, Index start, Index stop, Index& consumed) {
  auto none = [&](Index end) -> Index {
    consumed = end;
    return -1;
  };
  if (e.translated || (!e.universal && !e.text)) {
    if constexpr (sizeof(C) == 1) {
      const void* at = std::memchr(p + start, '\n', size_t(stop - start));
      return at ? static_cast<const C*>(at) - p + 1 : none(stop);
    }
    for (Index i = start; i < stop; ++i)
      if (p[i] == '\n') return i + 1;
    return none(stop);
  }
  if (e.universal) {
    for (Index i = start; i < stop; ++i) {
      if (p[i] == '\n') return i + 1;
      if (p[i] != '\r') continue;
      if (i + 1 == stop) return stop;  // the decoder keeps "\r\n" together, so this \r stands alone
      return p[i + 1] == '\n' ? i + 2 : i + 1;
    }
    return none(stop);
  }
  Index n = e.text->length;
  for (Index i = start; i + n <= stop; ++i) {
    Index k = 0;
    while (k < n && p[i + k] == C((*e.text)[k])) ++k;
    if (k == n) return i + n;
  }
  // The first character of the line end may stand last: look at it again.
  for (Index i = stop - n + 1 < start ? start : stop - n + 1; i < stop; ++i)
    if (p[i] == C((*e.text)[0])) return none(i);
  return none(stop);
}

}  // namespace

Index findLineEnd(const LineEnd& e, const Str* text, Index start, Index stop, Index& consumed) {
  switch (text->kind()) {
    case StrKind::Ucs1: return lineEndIn(e, text->ucs1(), start, stop, consumed);
    case StrKind::Ucs2: return lineEndIn(e, text->ucs2(), start, stop, consumed);
    default: return lineEndIn(e, text->ucs4(), start, stop, consumed);
  }
}

}  // namespace habu
