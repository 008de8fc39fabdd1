// The type str: its slots, and the iterators. Methods: str_methods.cpp and its neighbours.
#include <cstring>
#include <limits>

#include "base/search.h"
#include "base/unicode.h"
#include "object/attribute.h"
#include "object/alloc.h"
#include "object/call.h"
#include "object/gc.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/iterators.h"
#include "types/slice.h"
#include "types/str_intern.h"
#include "types/str_kinds.h"
#include "types/str_methods.h"
#include "types/tuple.h"

namespace habu {

namespace {

void dealloc(Str* s) {
  if (s->state.interned) forgetInterned(s);
  if (!s->state.compact) {
    auto* legacy = static_cast<LegacyStr*>(s);
    if (legacy->utf8 != legacy->any) freeMemory(legacy->utf8);
    freeMemory(legacy->any);
  } else if (!s->state.ascii) {
    freeMemory(static_cast<CompactStr*>(s)->utf8);
  }
  s->type->free(s);
}

// ---- repr ----

char quoteFor(const Str* s) {
  bool single = false, twin = false;
  visitText(s, [&](const auto* p) {
    for (Index i = 0; i < s->length; ++i) {
      single |= p[i] == '\'';
      twin |= p[i] == '"';
    }
  });
  return single && !twin ? '"' : '\'';
}

bool appendEscaped(StrBuilder& out, char32_t c) {
  switch (c) {
    case '\t': return out.append(std::string_view("\\t"));
    case '\n': return out.append(std::string_view("\\n"));
    case '\r': return out.append(std::string_view("\\r"));
    default:
      if (c >= ' ' && c < 0x7f) return out.append(char32_t('\\')) && out.append(c);
      return appendHexEscape(out, c);
  }
}

Ref<Str> repr(ThreadState& ts, Str* s) {
  char quote = quoteFor(s);
  StrBuilder out(ts);
  // Characters that are escaped may be the only wide ones: widened when a printable one comes.
  if (!out.reserve(s->length + 2, 0x7f) || !out.append(char32_t(quote))) return Raised{};
  bool good = visitText(s, [&](const auto* p) {
    Index run = 0;
    for (Index i = 0; i < s->length; ++i) {
      char32_t c = p[i];
      bool plain = c < 0x80 ? c >= ' ' && c != 0x7f && c != '\\' && c != char32_t(quote) : isPrintable(c);
      if (plain) continue;
      if (!out.append(s, run, i) || !appendEscaped(out, c)) return false;
      run = i + 1;
    }
    return out.append(s, run, s->length) && out.append(char32_t(quote));
  });
  if (!good) return Raised{};
  return out.finish();
}

Ref<Str> str(ThreadState& ts, Str* s) { return exactStr(ts, s); }

Hash hash(Str* s) { return hashStr(s); }

Ref<> richcompare(ThreadState&, Object* a, Object* b, CompareOp op) {
  if (!isStr(a) || !isStr(b)) return notImplemented();
  auto* x = static_cast<Str*>(a);
  auto* y = static_cast<Str*>(b);
  if (op == CompareOp::Eq || op == CompareOp::Ne) return newBool(equalStr(x, y) == (op == CompareOp::Eq));
  return newBool(compareResult(compareStr(x, y), op));
}

// ---- sequence ----

Index length(Str* s) { return s->length; }

Ref<> concat(ThreadState& ts, Object* a, Object* b) {
  if (!isStr(a)) {  // concatenation through the slot of a subclass of another type
    return raise(ts, kTypeError, "must be str, not {:.100}", typeName(a));
  }
  if (!isStr(b)) return raise(ts, kTypeError, "can only concatenate str (not \"{:.200}\") to str", typeName(b));
  return concatStr(ts, static_cast<Str*>(a), static_cast<Str*>(b));
}

Ref<Str> repeat(ThreadState& ts, Str* s, Index times) {
  if (times < 1 || s->length == 0) return emptyStr();
  if (times == 1) return exactStr(ts, s);
  if (s->length > std::numeric_limits<Index>::max() / times) return raise(ts, kOverflowError, "repeated string is too long");
  Index total = s->length * times;
  Ref<Str> made = TRY(newStrUninitialized(ts, total, maxChar(s)));
  if (s->length == 1) {
    fillChars(made.get(), 0, total, (*s)[0]);
    return made;
  }
  copyChars(made.get(), 0, s, 0, s->length);
  auto* bytes = static_cast<char*>(made->data());
  size_t done = size_t(s->length) * size_t(s->kind()), all = size_t(total) * size_t(s->kind());
  while (done < all) {
    size_t n = done < all - done ? done : all - done;
    std::memcpy(bytes + done, bytes, n);
    done += n;
  }
  return made;
}

Ref<Str> item(ThreadState& ts, Str* s, Index i) {
  if (i < 0 || i >= s->length) return raise(ts, kIndexError, "string index out of range");
  return strFromChar(ts, (*s)[i]);
}

Result<bool> contains(ThreadState& ts, Str* s, Object* needle) {
  if (!isStr(needle)) return raise(ts, kTypeError, "'in <string>' requires string as left operand, not {:.100}", typeName(needle));
  return findStr(s, static_cast<Str*>(needle), 0, s->length, 1) >= 0;
}

Ref<Str> steppedSlice(ThreadState& ts, Str* s, const SliceRange& r) {
  char32_t bound = s->isAscii() ? 0x7f : 0;
  if (!s->isAscii()) {
    visitText(s, [&](const auto* p) {
      for (Index i = 0, at = r.start; i < r.count; ++i, at += r.step) bound |= p[at];
    });
  }
  Ref<Str> made = TRY(newStrUninitialized(ts, r.count, bound));
  visitText(s, [&](const auto* p) {
    visitMutableText(made.get(), [&](auto* to) {
      using C = std::remove_reference_t<decltype(*to)>;
      for (Index i = 0, at = r.start; i < r.count; ++i, at += r.step) to[i] = C(p[at]);
    });
  });
  if (made->length == 1) return strFromChar(ts, (*made)[0]);
  return made;
}

Ref<Str> subscript(ThreadState& ts, Str* s, Object* key) {
  if (hasIndex(key)) {
    Index i = TRY(asIndex(ts, key, &kIndexError));
    return item(ts, s, i < 0 ? i + s->length : i);
  }
  if (!isExact(key, kSliceType)) return raise(ts, kTypeError, "string indices must be integers, not '{:.200}'", typeName(key));
  SliceRange r = TRY(sliceIndices(ts, static_cast<Slice*>(key), s->length));
  if (r.count <= 0) return emptyStr();
  if (r.step == 1) return substring(ts, s, r.start, r.start + r.count);
  return steppedSlice(ts, s, r);
}

Ref<> remainder(ThreadState& ts, Object* a, Object* b) {
  if (!isStr(a)) return notImplemented();
  return percentFormat(ts, static_cast<Str*>(a), b);
}

// ---- iterators ----

Ref<> iter(ThreadState& ts, Str* s) {
  auto it = TRY(newObject<StrIterator>(ts, s->isAscii() ? kStrAsciiIteratorType : kStrIteratorType));
  it->text = share(s).release();
  track(it.get());
  return it;
}
void deallocIterator(StrIterator* it) {
  untrack(it);
  clearField(it->text);
  freeGcObject(it);
}
int traverseIterator(StrIterator* it, VisitFn visit, void* arg) {
  VISIT(it->text);
  return 0;
}
Ref<> nextChar(ThreadState& ts, StrIterator* it) {
  if (!it->text) return {};
  if (it->index < it->text->length) return strFromChar(ts, (*it->text)[it->index++]);
  clearField(it->text);
  return {};
}
Ref<> selfIter(ThreadState&, Object* it) { return share(it); }
Index hint(ThreadState&, StrIterator* it) { return it->text ? it->text->length - it->index : 0; }
constinit Name kIter{"iter"};
Ref<> reduce(ThreadState& ts, StrIterator* it) {
  Ref<> function = TRY(builtinFunction(ts, kIter));
  if (!it->text) {
    Ref<Str> empty = emptyStr();
    Ref<Tuple> args = TRY(packTuple(ts, {empty.get()}));
    return packTuple(ts, {function.get(), args.get()});
  }
  Ref<Tuple> args = TRY(packTuple(ts, {it->text}));
  Ref<Int> index = TRY(newInt(ts, it->index));
  return packTuple(ts, {function.get(), args.get(), reinterpret_cast<Object*>(index.get())});
}
Status setState(ThreadState& ts, StrIterator* it, Object* state) {
  Index i = TRY(Arg<Index>::from(ts, state, {}));
  if (it->text) it->index = i < 0 ? 0 : i > it->text->length ? it->text->length : i;
  return kDone;
}
constexpr MethodDef kIteratorMethods[] = {
    METHOD_UNSIGNED("__length_hint__", hint, "($self, /)", "How many characters are left."),
    METHOD_UNSIGNED("__reduce__", reduce, "($self, /)", "State for pickling."),
    METHOD_UNSIGNED("__setstate__", setState, "($self, state, /)", "Restore the state from a pickle."),
    {}};

constinit NumberSlots kNumber = {.remainder = slot<remainder>};
constinit SequenceSlots kSequence = {.length = slot<length>,
                                     .concat = slot<concat>,
                                     .repeat = slot<repeat>,
                                     .item = slot<item>,
                                     .contains = slot<contains>};
constinit MappingSlots kMapping = {.length = slot<length>, .subscript = slot<subscript>};

}  // namespace

bool appendHexEscape(StrBuilder& out, char32_t c) {
  int digits = c < 0x100 ? 2 : c < 0x10000 ? 4 : 8;
  char text[12] = {'\\', digits == 2 ? 'x' : digits == 4 ? 'u' : 'U'};
  for (int i = 0; i < digits; ++i) text[2 + i] = "0123456789abcdef"[c >> (4 * (digits - 1 - i)) & 15];
  return out.append(std::string_view(text, size_t(digits) + 2));
}

constinit Type kStrType = defineType<LegacyStr>({
    .name = "str",
    .doc = "str(object='') -> str\nstr(bytes_or_buffer[, encoding[, errors]]) -> str\n\n"
           "The text of an object: what its __str__() says, else its repr(). With an encoding or an error\n"
           "handler the object must give bytes, which are decoded. encoding defaults to UTF-8,\n"
           "errors to 'strict'.",
    .flags = kBaseType | kStrSubclass | kMatchSelf,
    .methods = kStrMethods,
    .number = &kNumber,
    .sequence = &kSequence,
    .mapping = &kMapping,
    .make = makeStr,
    .free = freeObject,
    .dealloc = slot<dealloc>,
    .repr = slot<repr>,
    .str = slot<str>,
    .hash = slot<hash>,
    .richcompare = slot<richcompare>,
    .getattro = genericGetAttrSlot,
    .iter = slot<iter>,
});
constinit Type kStrIteratorType = defineType<StrIterator>({.name = "str_iterator",
                                                           .methods = kIteratorMethods,
                                                           .dealloc = slot<deallocIterator>,
                                                           .traverse = slot<traverseIterator>,
                                                           .iter = slot<selfIter>,
                                                           .iternext = slot<nextChar>});
constinit Type kStrAsciiIteratorType = defineType<StrIterator>({.name = "str_ascii_iterator",
                                                                .methods = kIteratorMethods,
                                                                .dealloc = slot<deallocIterator>,
                                                                .traverse = slot<traverseIterator>,
                                                                .getattro = genericGetAttrSlot,
                                                                .iter = slot<selfIter>,
                                                                .iternext = slot<nextChar>});

}  // namespace habu
