// Character maps: decoding through a str or a mapping, encoding through a mapping or an EncodingMap.
#include "object/alloc.h"
#include "object/protocol.h"
#include "types/codecs_support.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str_kinds.h"

namespace habu {

namespace {

constexpr char32_t kUndefined = 0xfffe;
constexpr const char* kReason = "character maps to <undefined>";

// Looks an integer up; LookupError counts as None.
Ref<> lookUp(ThreadState& ts, Object* mapping, char32_t c) {
  Ref<Int> key = TRY(newInt(ts, c));
  Ref<> value = getItem(ts, mapping, reinterpret_cast<Object*>(key.get()));
  if (value) return value;
  if (!errorMatches(ts, kLookupError)) return Raised{};
  clearError(ts);
  return none();
}

// ---- decoding ----

Status decodeThroughStr(Decoding& d, Str* table) {
  while (d.left() > 0) {
    uint8_t b = d.byte(d.at);
    char32_t c = b < table->length ? (*table)[b] : kUndefined;
    if (c == kUndefined) {
      TRY(d.fault(d.at, d.at + 1, kReason));
      continue;
    }
    if (!d.out.append(c)) return Raised{};
    ++d.at;
  }
  return kDone;
}

Status decodeThroughMapping(Decoding& d, Object* mapping) {
  while (d.left() > 0) {
    Ref<> value = TRY(lookUp(d.ts, mapping, d.byte(d.at)));
    if (isInt(value.get())) {
      int overflow = 0;
      long long c = toLongLong(reinterpret_cast<Int*>(value.get()), overflow);
      if (c == kUndefined && !overflow) {
        TRY(d.fault(d.at, d.at + 1, kReason));
        continue;
      }
      if (overflow || c < 0 || c > 0x10ffff) return raise(d.ts, kTypeError, "character mapping must be in range(0x110000)");
      if (!d.out.append(char32_t(c))) return Raised{};
    } else if (isNone(value.get()) ||
               (isStr(value.get()) && static_cast<Str*>(value.get())->length == 1 && (*static_cast<Str*>(value.get()))[0] == kUndefined)) {
      TRY(d.fault(d.at, d.at + 1, kReason));
      continue;
    } else if (isStr(value.get())) {
      if (!d.out.append(static_cast<Str*>(value.get()))) return Raised{};
    } else {
      return raise(d.ts, kTypeError, "character mapping must return integer, None or str");
    }
    ++d.at;
  }
  return kDone;
}

// ---- EncodingMap: the inverse of a table of 256 characters, in three levels of 5, 4 and 7 bits ----

struct EncodingMap : Object {
  uint8_t level1[32];
  int count2, count3;
  uint8_t level23[1];  // 16 * count2 indices of the third level (0xff: none), then 128 * count3 bytes (0: none)
};

int encodeThroughMap(const EncodingMap* m, char32_t c) {  // -1: not in the map
  if (c > 0xffff) return -1;
  if (c == 0) return 0;
  unsigned i = m->level1[c >> 11];
  if (i == 0xff) return -1;
  i = m->level23[16 * i + (c >> 7 & 15)];
  if (i == 0xff) return -1;
  i = m->level23[16 * unsigned(m->count2) + 128 * i + (c & 127)];
  return i == 0 ? -1 : int(i);
}

Index mapSize(ThreadState&, EncodingMap* m) { return Index(sizeof(EncodingMap)) - 1 + 16 * m->count2 + 128 * m->count3; }
void deallocMap(EncodingMap* m) { m->type->free(m); }

constexpr MethodDef kMapMethods[] = {
    METHOD_UNSIGNED("size", mapSize, "($self, /)", "The size in bytes of this object."), {}};

}  // namespace

extern Type kEncodingMapType;
constinit Type kEncodingMapType = defineType<EncodingMap>({.name = "EncodingMap",
                                                           .flags = kDisallowInstantiation,
                                                           .methods = kMapMethods,
                                                           .free = freeObject,
                                                           .dealloc = slot<deallocMap>});

namespace {

// ---- encoding ----

enum class Outcome { Written, Missing };

Result<Outcome> encodeChar(Encoding& e, Object* mapping, char32_t c) {
  if (isExact(mapping, kEncodingMapType)) {
    int b = encodeThroughMap(static_cast<EncodingMap*>(mapping), c);
    if (b < 0) return Outcome::Missing;
    TRY(appended(e.out.append(char(b))));
    return Outcome::Written;
  }
  Ref<> value = TRY(lookUp(e.ts, mapping, c));
  if (isNone(value.get())) return Outcome::Missing;
  if (isInt(value.get())) {
    int overflow = 0;
    long long b = toLongLong(reinterpret_cast<Int*>(value.get()), overflow);
    if (overflow || b < 0 || b > 255) return raise(e.ts, kTypeError, "character mapping must be in range(256)");
    TRY(appended(e.out.append(char(b))));
  } else if (isBytes(value.get())) {
    TRY(appended(e.out.append(static_cast<Bytes*>(value.get())->view())));
  } else {
    return raise(e.ts, kTypeError, "character mapping must return integer, bytes or None, not {:.400}", typeName(value.get()));
  }
  return Outcome::Written;
}

Result<bool> isMapped(Encoding& e, Object* mapping, char32_t c) {
  if (isExact(mapping, kEncodingMapType)) return encodeThroughMap(static_cast<EncodingMap*>(mapping), c) >= 0;
  Ref<> value = TRY(lookUp(e.ts, mapping, c));
  return !isNone(value.get());
}

// Writes a replacement text through the mapping; the original error when that has no place for it.
Status encodeText(Encoding& e, Object* mapping, const Str* text, Index start, Index end) {
  for (Index i = 0; i < text->length; ++i) {
    Outcome outcome = TRY(encodeChar(e, mapping, (*text)[i]));
    if (outcome == Outcome::Missing) return e.raiseError(start, end, kReason);
  }
  return kDone;
}

Status encodeMissing(Encoding& e, Object* mapping) {
  Index start = e.at, end = start + 1;
  while (end < e.text->length && !TRY(isMapped(e, mapping, (*e.text)[end]))) ++end;
  switch (e.kind()) {
    case ErrorKind::Strict: return e.raiseError(start, end, kReason);
    case ErrorKind::Ignore: break;
    case ErrorKind::Replace:
      for (Index i = start; i < end; ++i)
        if (TRY(encodeChar(e, mapping, '?')) == Outcome::Missing) return e.raiseError(start, end, kReason);
      break;
    case ErrorKind::XmlCharRefReplace:
      for (Index i = start; i < end; ++i) {
        Ref<Str> reference = TRY(formatText(e.ts, "&#{};", unsigned((*e.text)[i])));
        TRY(encodeText(e, mapping, reference.get(), start, end));
      }
      break;
    default: {
      Ref<> text = TRY(e.replacement(start, end, kReason));
      if (isBytes(text.get())) return appended(e.out.append(static_cast<Bytes*>(text.get())->view()));
      return encodeText(e, mapping, static_cast<Str*>(text.get()), start, end);
    }
  }
  e.at = end;
  return kDone;
}

// As a dict, for tables that the three levels cannot hold.
Ref<> buildDict(ThreadState& ts, Str* table, Index n) {
  Ref<Dict> out = TRY(newDict(ts));
  for (Index i = 0; i < n; ++i) {
    Ref<Int> key = TRY(newInt(ts, (*table)[i])), value = TRY(newInt(ts, i));
    TRY(dictSet(ts, out.get(), reinterpret_cast<Object*>(key.get()), reinterpret_cast<Object*>(value.get())));
  }
  return out;
}

}  // namespace

Ref<Str> decodeCharmapText(ThreadState& ts, std::string_view bytes, Object* mapping, const char* errors) {
  if (!mapping || isNone(mapping)) return decodeLatin1Text(ts, bytes);
  Decoding d(ts, "charmap", bytes, errors);
  if (!d.out.reserve(Index(bytes.size()), 0x7f)) return Raised{};
  if (isExactStr(mapping)) TRY(decodeThroughStr(d, static_cast<Str*>(mapping)));
  else TRY(decodeThroughMapping(d, mapping));
  return d.out.finish();
}

Ref<Bytes> encodeCharmapText(ThreadState& ts, Str* s, Object* mapping, const char* errors) {
  if (!mapping || isNone(mapping)) return encodeLatin1Text(ts, s, errors);
  Encoding e(ts, "charmap", s, errors);
  if (!e.out.reserve(s->length)) return Raised{};
  while (e.at < s->length) {
    if (TRY(encodeChar(e, mapping, (*s)[e.at])) == Outcome::Written) ++e.at;
    else TRY(encodeMissing(e, mapping));
  }
  return e.out.finish();
}

Ref<> buildCharmap(ThreadState& ts, Str* table) {
  Index n = table->length < 256 ? table->length : 256;
  uint8_t level1[32], level2[512];
  for (uint8_t& v : level1) v = 0xff;
  for (uint8_t& v : level2) v = 0xff;
  int count2 = 0, count3 = 0;
  // The levels hold the BMP only, and byte 0 must be the null character (0 means "none" in them).
  bool fits = n == 256 && (*table)[0] == 0;
  for (Index i = 1; i < n && fits; ++i) {
    char32_t c = (*table)[i];
    if (c == 0 || c > 0xffff) {
      fits = false;
    } else if (c != kUndefined) {
      if (level1[c >> 11] == 0xff) level1[c >> 11] = uint8_t(count2++);
      if (level2[c >> 7] == 0xff) level2[c >> 7] = uint8_t(count3++);
      fits = count2 < 0xff && count3 < 0xff;
    }
  }
  if (!fits) return buildDict(ts, table, n);
  auto* m = static_cast<EncodingMap*>(allocate(sizeof(EncodingMap) + size_t(16 * count2 + 128 * count3)));
  if (!m) return raiseNoMemory(ts);
  m->refcount = 1;
  m->type = &kEncodingMapType;
  m->count2 = count2;
  m->count3 = count3;
  std::memcpy(m->level1, level1, sizeof level1);
  uint8_t* second = m->level23;
  uint8_t* third = second + 16 * count2;
  std::memset(second, 0xff, size_t(16 * count2));
  std::memset(third, 0, size_t(128 * count3));
  int next3 = 0;
  for (Index i = 1; i < 256; ++i) {
    char32_t c = (*table)[i];
    if (c == kUndefined) continue;
    uint8_t& slot2 = second[16 * level1[c >> 11] + (c >> 7 & 15)];
    if (slot2 == 0xff) slot2 = uint8_t(next3++);
    third[128 * slot2 + int(c & 127)] = uint8_t(i);
  }
  return Ref<>::steal(m);
}

}  // namespace habu
