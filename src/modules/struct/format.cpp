#include "modules/struct/format.h"

#include <climits>
#include <cstdlib>
#include <cstring>

#include "object/number.h"
#include "object/protocol.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/float.h"
#include "types/int.h"
#include "types/tuple.h"

namespace habu {

Type* struct_error = nullptr;

namespace {

using Bytes8 = unsigned char;

// The int behind a value to be packed.
Ref<Int> integerOf(ThreadState& ts, Object* o) {
  if (isInt(o)) return share(static_cast<Int*>(o));
  if (hasIndex(o)) return indexObject(ts, o);
  return raise(ts, *struct_error, "required argument is not an integer");
}

Raised raiseRange(ThreadState& ts) { return raise(ts, *struct_error, "argument out of range"); }
// "'h' format requires -32768 <= number <= 32767"
Raised raiseLimits(ThreadState& ts, const StructFormat& f, bool is_signed) {
  int bits = int(f.size) * 8;
  if (is_signed) {
    long long top = LLONG_MAX >> (64 - bits);
    return raise(ts, *struct_error, "'{}' format requires {} <= number <= {}", f.character, -top - 1, top);
  }
  return raise(ts, *struct_error, "'{}' format requires 0 <= number <= {}", f.character, ULLONG_MAX >> (64 - bits));
}

Result<long long> signedOf(ThreadState& ts, Object* o) {
  Ref<Int> i = TRY(integerOf(ts, o));
  int overflow;
  long long v = toLongLong(i.get(), overflow);
  if (overflow) return raiseRange(ts);
  return v;
}
Result<unsigned long long> unsignedOf(ThreadState& ts, Object* o) {
  Ref<Int> i = TRY(integerOf(ts, o));
  Result<unsigned long long> v = asUnsignedLongLong(ts, i.get());
  if (!v.failed()) return v;
  clearError(ts);
  return raiseRange(ts);
}

template <bool little>
void storeBytes(unsigned char* out, unsigned long long v, Index n) {
  for (Index i = 0; i < n; ++i, v >>= 8) out[little ? i : n - 1 - i] = static_cast<unsigned char>(v);
}
template <bool little>
unsigned long long loadBytes(const unsigned char* in, Index n) {
  unsigned long long v = 0;
  for (Index i = n; i-- > 0;) v = v << 8 | in[little ? i : n - 1 - i];
  return v;
}
long long extendSign(unsigned long long v, Index n) {
  int shift = 64 - int(n) * 8;
  return static_cast<long long>(v << shift) >> shift;
}

// ---- bytes and truth ----
Ref<> unpackChar(ThreadState& ts, const Bytes8* p, const StructFormat&) { return newBytes(ts, {reinterpret_cast<const char*>(p), 1}); }
Status packChar(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  if (!isBytes(o) || static_cast<Bytes*>(o)->size != 1)
    return raise(ts, *struct_error, "char format requires a bytes object of length 1");
  *out = static_cast<unsigned char>(static_cast<Bytes*>(o)->data[0]);
  return kDone;
}
Ref<> unpackBool(ThreadState&, const Bytes8* p, const StructFormat&) { return newBool(*p != 0); }
Status packBool(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  *out = TRY(isTrue(ts, o));
  return kDone;
}
Status packByte(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  long long v = TRY(signedOf(ts, o));
  if (v < -128 || v > 127) return raise(ts, *struct_error, "byte format requires -128 <= number <= 127");
  *out = static_cast<unsigned char>(v);
  return kDone;
}
Status packUByte(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  long long v = TRY(signedOf(ts, o));
  if (v < 0 || v > 255) return raise(ts, *struct_error, "ubyte format requires 0 <= number <= 255");
  *out = static_cast<unsigned char>(v);
  return kDone;
}

// ---- integers ----
template <bool little>
Ref<> unpackSigned(ThreadState& ts, const Bytes8* p, const StructFormat& f) {
  return newInt(ts, extendSign(loadBytes<little>(p, f.size), f.size));
}
template <bool little>
Ref<> unpackUnsigned(ThreadState& ts, const Bytes8* p, const StructFormat& f) {
  return newIntUnsigned(ts, loadBytes<little>(p, f.size));
}

// The wording for native shorts differs from that of all others.
Status packNativeShort(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  long long v = TRY(signedOf(ts, o));
  if (v < SHRT_MIN || v > SHRT_MAX) return raise(ts, *struct_error, "short format requires {} <= number <= {}", SHRT_MIN, SHRT_MAX);
  storeBytes<true>(out, static_cast<unsigned long long>(v), 2);
  return kDone;
}
Status packNativeUShort(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  long long v = TRY(signedOf(ts, o));
  if (v < 0 || v > USHRT_MAX) return raise(ts, *struct_error, "ushort format requires 0 <= number <= {}", USHRT_MAX);
  storeBytes<true>(out, static_cast<unsigned long long>(v), 2);
  return kDone;
}
template <bool little>
Status packSigned(ThreadState& ts, Object* o, Bytes8* out, const StructFormat& f) {
  long long v = TRY(signedOf(ts, o));
  if (f.size < 8 && v != extendSign(static_cast<unsigned long long>(v), f.size)) return raiseLimits(ts, f, true);
  storeBytes<little>(out, static_cast<unsigned long long>(v), f.size);
  return kDone;
}
template <bool little>
Status packUnsigned(ThreadState& ts, Object* o, Bytes8* out, const StructFormat& f) {
  unsigned long long v = TRY(unsignedOf(ts, o));
  if (f.size < 8 && v >> (f.size * 8)) return raiseLimits(ts, f, false);
  storeBytes<little>(out, v, f.size);
  return kDone;
}
// Big-endian 'q' and 'Q' convert byte by byte in CPython, with the message of that.
template <bool is_signed>
Status packBigLong(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  Ref<Int> i = TRY(integerOf(ts, o));
  if (!intToBytes(i.get(), out, 8, false, is_signed)) return raise(ts, *struct_error, "int too large to convert");
  return kDone;
}
Ref<> unpackPointer(ThreadState& ts, const Bytes8* p, const StructFormat&) { return newIntUnsigned(ts, loadBytes<true>(p, 8)); }
Status packPointer(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  Ref<Int> i = TRY(integerOf(ts, o));
  if (!intToBytes(i.get(), out, 8, true, i->size < 0)) return raise(ts, *struct_error, "int too large to convert");
  return kDone;
}

// ---- floats ----
Result<double> realOf(ThreadState& ts, Object* o) {
  Result<double> v = asDouble(ts, o);
  if (!v.failed()) return v;
  clearError(ts);
  return raise(ts, *struct_error, "required argument is not a float");
}
template <bool little>
Ref<> unpackHalfFloat(ThreadState& ts, const Bytes8* p, const StructFormat&) { return newFloat(ts, unpackHalf(p, little)); }
template <bool little>
Status packHalfFloat(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) { return packHalf(ts, TRY(realOf(ts, o)), out, little); }
template <bool little>
Ref<> unpackFloat(ThreadState& ts, const Bytes8* p, const StructFormat&) { return newFloat(ts, unpackSingle(p, little)); }
template <bool little>
Status packFloat(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) { return packSingle(ts, TRY(realOf(ts, o)), out, little); }
Status packNativeFloat(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  auto v = static_cast<float>(TRY(realOf(ts, o)));
  std::memcpy(out, &v, sizeof v);
  return kDone;
}
template <bool little>
Ref<> unpackDoubleFloat(ThreadState& ts, const Bytes8* p, const StructFormat&) { return newFloat(ts, unpackDouble(p, little)); }
template <bool little>
Status packDoubleFloat(ThreadState& ts, Object* o, Bytes8* out, const StructFormat&) {
  packDouble(TRY(realOf(ts, o)), out, little);
  return kDone;
}

constexpr StructFormat kNative[] = {
    {'x', 1, 0, nullptr, nullptr},
    {'b', 1, 0, unpackSigned<true>, packByte},
    {'B', 1, 0, unpackUnsigned<true>, packUByte},
    {'c', 1, 0, unpackChar, packChar},
    {'s', 1, 0, nullptr, nullptr},
    {'p', 1, 0, nullptr, nullptr},
    {'h', 2, 2, unpackSigned<true>, packNativeShort},
    {'H', 2, 2, unpackUnsigned<true>, packNativeUShort},
    {'i', 4, 4, unpackSigned<true>, packSigned<true>},
    {'I', 4, 4, unpackUnsigned<true>, packUnsigned<true>},
    {'l', 8, 8, unpackSigned<true>, packSigned<true>},
    {'L', 8, 8, unpackUnsigned<true>, packUnsigned<true>},
    {'n', 8, 8, unpackSigned<true>, packSigned<true>},
    {'N', 8, 8, unpackUnsigned<true>, packUnsigned<true>},
    {'q', 8, 8, unpackSigned<true>, packSigned<true>},
    {'Q', 8, 8, unpackUnsigned<true>, packUnsigned<true>},
    {'?', 1, 1, unpackBool, packBool},
    {'e', 2, 2, unpackHalfFloat<true>, packHalfFloat<true>},
    {'f', 4, 4, unpackFloat<true>, packNativeFloat},
    {'d', 8, 8, unpackDoubleFloat<true>, packDoubleFloat<true>},
    {'P', 8, 8, unpackPointer, packPointer},
    {0, 0, 0, nullptr, nullptr}};
constexpr StructFormat kLittle[] = {
    {'x', 1, 0, nullptr, nullptr},
    {'b', 1, 0, unpackSigned<true>, packByte},
    {'B', 1, 0, unpackUnsigned<true>, packUByte},
    {'c', 1, 0, unpackChar, packChar},
    {'s', 1, 0, nullptr, nullptr},
    {'p', 1, 0, nullptr, nullptr},
    {'h', 2, 0, unpackSigned<true>, packNativeShort},
    {'H', 2, 0, unpackUnsigned<true>, packNativeUShort},
    {'i', 4, 0, unpackSigned<true>, packSigned<true>},
    {'I', 4, 0, unpackUnsigned<true>, packUnsigned<true>},
    {'l', 4, 0, unpackSigned<true>, packSigned<true>},
    {'L', 4, 0, unpackUnsigned<true>, packUnsigned<true>},
    {'q', 8, 0, unpackSigned<true>, packSigned<true>},
    {'Q', 8, 0, unpackUnsigned<true>, packUnsigned<true>},
    {'?', 1, 0, unpackBool, packBool},
    {'e', 2, 0, unpackHalfFloat<true>, packHalfFloat<true>},
    {'f', 4, 0, unpackFloat<true>, packFloat<true>},
    {'d', 8, 0, unpackDoubleFloat<true>, packDoubleFloat<true>},
    {0, 0, 0, nullptr, nullptr}};
constexpr StructFormat kBig[] = {
    {'x', 1, 0, nullptr, nullptr},
    {'b', 1, 0, unpackSigned<false>, packByte},
    {'B', 1, 0, unpackUnsigned<false>, packUByte},
    {'c', 1, 0, unpackChar, packChar},
    {'s', 1, 0, nullptr, nullptr},
    {'p', 1, 0, nullptr, nullptr},
    {'h', 2, 0, unpackSigned<false>, packSigned<false>},
    {'H', 2, 0, unpackUnsigned<false>, packUnsigned<false>},
    {'i', 4, 0, unpackSigned<false>, packSigned<false>},
    {'I', 4, 0, unpackUnsigned<false>, packUnsigned<false>},
    {'l', 4, 0, unpackSigned<false>, packSigned<false>},
    {'L', 4, 0, unpackUnsigned<false>, packUnsigned<false>},
    {'q', 8, 0, unpackSigned<false>, packBigLong<true>},
    {'Q', 8, 0, unpackUnsigned<false>, packBigLong<false>},
    {'?', 1, 0, unpackBool, packBool},
    {'e', 2, 0, unpackHalfFloat<false>, packHalfFloat<false>},
    {'f', 4, 0, unpackFloat<false>, packFloat<false>},
    {'d', 8, 0, unpackDoubleFloat<false>, packDoubleFloat<false>},
    {0, 0, 0, nullptr, nullptr}};

const StructFormat* tableFor(std::string_view& format) {
  if (format.empty()) return kNative;
  const StructFormat* table = kNative;
  switch (format[0]) {
    case '<': case '=': table = kLittle; break;
    case '>': case '!': table = kBig; break;
    case '@': break;
    default: return kNative;
  }
  format.remove_prefix(1);
  return table;
}

Raised raiseTooLong(ThreadState& ts) { return raise(ts, *struct_error, "total struct size too long"); }
bool isSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// Calls use(format, count) for every element of the text.
template <class Use>
Status walkFormat(ThreadState& ts, std::string_view text, const StructFormat* table, Use use) {
  for (size_t i = 0; i < text.size();) {
    char c = text[i++];
    if (isSpace(c)) continue;
    Index count = 1;
    if (c >= '0' && c <= '9') {
      count = c - '0';
      for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i) {
        if (count > (PTRDIFF_MAX - (text[i] - '0')) / 10) return raiseTooLong(ts);
        count = count * 10 + (text[i] - '0');
      }
      if (i == text.size()) return raise(ts, *struct_error, "repeat count given without format specifier");
      c = text[i++];
    }
    const StructFormat* f = table;
    while (f->character && f->character != c) ++f;
    if (!f->character) return raise(ts, *struct_error, "bad char in struct format");
    TRY(use(*f, count));
  }
  return kDone;
}

}  // namespace

Status compileStruct(ThreadState& ts, std::string_view text, CompiledStruct& out) {
  if (text.find('\0') != text.npos) return raise(ts, *struct_error, "embedded null character");
  const StructFormat* table = tableFor(text);
  Index size = 0, items = 0, codes = 0;
  // First the sizes, then the codes.
  auto place = [&](const StructFormat& f, Index count, StructCode* code) -> Status {
    if (f.alignment && size > 0) {
      if (size > PTRDIFF_MAX - f.alignment) return raiseTooLong(ts);
      size = (size + f.alignment - 1) / f.alignment * f.alignment;
    }
    bool text_item = f.character == 's' || f.character == 'p';
    if (code) *code = {&f, size, text_item ? count : f.size, text_item ? 1 : count};
    if (count > (PTRDIFF_MAX - size) / f.size) return raiseTooLong(ts);
    size += count * f.size;
    return kDone;
  };
  TRY(walkFormat(ts, text, table, [&](const StructFormat& f, Index count) -> Status {
    bool text_item = f.character == 's' || f.character == 'p';
    if (text_item || (f.character != 'x' && count)) {
      items += text_item ? 1 : count;
      ++codes;
    }
    return place(f, count, nullptr);
  }));
  auto* list = static_cast<StructCode*>(std::malloc(size_t(codes + 1) * sizeof(StructCode)));
  if (!list) return raiseNoMemory(ts);
  Index total = size, next = 0;
  size = 0;
  Status placed = walkFormat(ts, text, table, [&](const StructFormat& f, Index count) -> Status {
    bool shown = f.character == 's' || f.character == 'p' || (f.character != 'x' && count);
    return place(f, count, shown ? &list[next++] : nullptr);
  });
  if (placed.failed()) {
    std::free(list);
    return Raised{};
  }
  std::free(out.codes);
  list[codes] = {};
  out = {list, total, items};
  return kDone;
}

namespace {

Status packText(ThreadState& ts, Object* o, unsigned char* out, const StructCode& code) {
  bool pascal = code.format->character == 'p';
  const char* data;
  Index n;
  if (isBytes(o)) {
    data = static_cast<Bytes*>(o)->data;
    n = static_cast<Bytes*>(o)->size;
  } else if (isInstanceOf(o, kByteArrayType)) {
    data = static_cast<ByteArray*>(o)->start;
    n = static_cast<ByteArray*>(o)->size;
  } else {
    return raise(ts, *struct_error, "argument for '{}' must be a bytes object", code.format->character);
  }
  if (code.size == 0) return kDone;
  Index room = pascal ? code.size - 1 : code.size;
  if (n > room) n = room;
  if (n > 0) std::memcpy(out + (pascal ? 1 : 0), data, size_t(n));
  if (pascal) out[0] = static_cast<unsigned char>(n > 255 ? 255 : n);
  return kDone;
}

}  // namespace

Status packStruct(ThreadState& ts, const CompiledStruct& s, Object* const* values, unsigned char* out) {
  std::memset(out, 0, size_t(s.size));
  Index next = 0;
  for (const StructCode* c = s.codes; c->format; ++c) {
    const StructCode& code = *c;
    unsigned char* p = out + code.offset;
    for (Index j = 0; j < code.repeat; ++j, p += code.size) {
      Object* value = values[next++];
      if (code.format->pack) TRY(code.format->pack(ts, value, p, *code.format));
      else TRY(packText(ts, value, p, code));
    }
  }
  return kDone;
}

Ref<Tuple> unpackStruct(ThreadState& ts, const CompiledStruct& s, const unsigned char* data) {
  Ref<Tuple> result = TRY(newTupleUninitialized(ts, s.items));
  Index next = 0;
  for (const StructCode* c = s.codes; c->format; ++c) {
    const StructCode& code = *c;
    const unsigned char* p = data + code.offset;
    for (Index j = 0; j < code.repeat; ++j, p += code.size) {
      Ref<> value;
      if (code.format->unpack) {
        value = code.format->unpack(ts, p, *code.format);
      } else if (code.format->character == 's') {
        value = newBytes(ts, {reinterpret_cast<const char*>(p), size_t(code.size)});
      } else {
        Index n = code.size ? *p : 0;
        if (n >= code.size) n = code.size ? code.size - 1 : 0;
        value = newBytes(ts, {reinterpret_cast<const char*>(p) + 1, size_t(n)});
      }
      if (!value) return Raised{};
      put(result.get(), next++, std::move(value));
    }
  }
  return result;
}

}  // namespace habu
