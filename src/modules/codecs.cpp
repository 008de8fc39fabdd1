// The module _codecs: the registry, and the codecs written in C++ as functions that return (result, length used).
#include "types/codecs.h"

#include "object/module_def.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/codecs_support.h"
#include "types/module.h"
#include "types/tuple.h"

namespace habu {

namespace {

// `errors`: a str without null characters, or None.
struct ErrorsName {
  const char* text = nullptr;
};
// bytes-like, or a str taken as its UTF-8.
struct TextOrBytes {
  BufferView view;
  std::string_view utf8;
  bool is_text = false;
  std::string_view bytes() const { return is_text ? utf8 : view.bytes(); }
};

}  // namespace

template <>
struct Arg<ErrorsName> {
  static Result<ErrorsName> from(ThreadState& ts, Object* o, ArgSite at) {
    if (isNone(o)) return ErrorsName{};
    if (!isStr(o)) return raiseBadArgument(ts, at, "str or None", o);
    return ErrorsName{TRY(Arg<std::string_view>::from(ts, o, at)).data()};
  }
};
template <>
struct Arg<TextOrBytes> {
  static Result<TextOrBytes> from(ThreadState& ts, Object* o, ArgSite) {
    TextOrBytes t;
    if (isStr(o)) {
      t.utf8 = TRY(utf8Of(ts, static_cast<Str*>(o)));
      t.is_text = true;
    } else {
      t.view = TRY(BufferView::of(ts, o));
    }
    return t;
  }
};

namespace {

using Errors = std::optional<ErrorsName>;
const char* name(const Errors& e) { return e ? e->text : nullptr; }

Ref<Tuple> pair(ThreadState& ts, Ref<> result, Index length) {
  if (!result) return {};
  Ref<Int> used = TRY(newInt(ts, length));
  return packTuple(ts, {result.get(), reinterpret_cast<Object*>(used.get())});
}

// ---- registry ----

Status registerSearch(ThreadState& ts, Module*, Object* function) { return registerCodecSearch(ts, function); }
Status unregisterSearch(ThreadState& ts, Module*, Object* function) { return unregisterCodecSearch(ts, function); }
Ref<> lookup(ThreadState& ts, Module*, std::string_view encoding) { return lookupCodec(ts, encoding.data()); }
Ref<> encode(ThreadState& ts, Module*, Object* o, std::optional<std::string_view> encoding, std::optional<std::string_view> errors) {
  return encodeWith(ts, o, encoding ? encoding->data() : nullptr, errors ? errors->data() : nullptr);
}
Ref<> decode(ThreadState& ts, Module*, Object* o, std::optional<std::string_view> encoding, std::optional<std::string_view> errors) {
  return decodeWith(ts, o, encoding ? encoding->data() : nullptr, errors ? errors->data() : nullptr);
}
Status registerError(ThreadState& ts, Module*, std::string_view errors, Object* handler) {
  return registerErrorHandler(ts, errors.data(), handler);
}
Ref<> lookupError(ThreadState& ts, Module*, std::string_view errors) { return lookupErrorHandler(ts, errors.data()); }

// ---- decoders ----

// A decoder that leaves an unfinished end to the next call unless `final`.
template <auto F>
Ref<Tuple> stateful(ThreadState& ts, Module*, BufferView data, Errors errors, std::optional<int> final) {
  Index used = data.size();
  Ref<> text = F(ts, data.bytes(), name(errors), final.value_or(0) ? nullptr : &used);
  return pair(ts, std::move(text), used);
}
template <auto F, int kOrder>
Ref<Tuple> ordered(ThreadState& ts, Module*, BufferView data, Errors errors, std::optional<int> final) {
  Index used = data.size();
  int order = kOrder;
  Ref<> text = F(ts, data.bytes(), name(errors), &order, final.value_or(0) ? nullptr : &used);
  return pair(ts, std::move(text), used);
}
template <auto F>
Ref<Tuple> orderedEx(ThreadState& ts, Module*, BufferView data, Errors errors, std::optional<int> byte_order, std::optional<int> final) {
  Index used = data.size();
  int order = byte_order.value_or(0);
  Ref<Str> text = TRY(F(ts, data.bytes(), name(errors), &order, final.value_or(0) ? nullptr : &used));
  Ref<Int> length = TRY(newInt(ts, used)), found = TRY(newInt(ts, order));
  return packTuple(ts, {text.get(), reinterpret_cast<Object*>(length.get()), reinterpret_cast<Object*>(found.get())});
}
template <auto F>
Ref<Tuple> escaped(ThreadState& ts, Module*, TextOrBytes data, Errors errors, std::optional<int> final) {
  auto used = Index(data.bytes().size());
  Ref<> text = F(ts, data.bytes(), name(errors), final.value_or(1) ? nullptr : &used);
  return pair(ts, std::move(text), used);
}
Ref<Tuple> asciiDecode(ThreadState& ts, Module*, BufferView data, Errors errors) {
  return pair(ts, decodeAsciiText(ts, data.bytes(), name(errors)), data.size());
}
Ref<Tuple> latin1Decode(ThreadState& ts, Module*, BufferView data, Errors) {
  return pair(ts, decodeLatin1Text(ts, data.bytes()), data.size());
}
Ref<Tuple> charmapDecode(ThreadState& ts, Module*, BufferView data, Errors errors, Object* mapping) {
  return pair(ts, decodeCharmapText(ts, data.bytes(), mapping, name(errors)), data.size());
}
Ref<Tuple> escapeDecode(ThreadState& ts, Module*, TextOrBytes data, Errors errors) {
  Index invalid;
  Ref<Bytes> bytes = TRY(decodeByteEscapes(ts, data.bytes(), name(errors), &invalid));
  TRY(warnInvalidEscape(ts, data.bytes(), invalid));
  return pair(ts, std::move(bytes), Index(data.bytes().size()));
}

// ---- encoders ----

template <auto F>
Ref<Tuple> encoder(ThreadState& ts, Module*, Str* text, Errors errors) {
  return pair(ts, F(ts, text, name(errors)), text->length);
}
template <auto F>
Ref<Tuple> plainEncoder(ThreadState& ts, Module*, Str* text, Errors) {
  return pair(ts, F(ts, text), text->length);
}
template <auto F, int kOrder>
Ref<Tuple> orderedEncoder(ThreadState& ts, Module*, Str* text, Errors errors) {
  return pair(ts, F(ts, text, name(errors), kOrder), text->length);
}
template <auto F>
Ref<Tuple> nativeEncoder(ThreadState& ts, Module*, Str* text, Errors errors, std::optional<int> byte_order) {
  return pair(ts, F(ts, text, name(errors), byte_order.value_or(0)), text->length);
}
Ref<Tuple> utf7Encode(ThreadState& ts, Module*, Str* text, Errors errors) {
  return pair(ts, encodeUtf7Text(ts, text, false, false, name(errors)), text->length);
}
Ref<Tuple> charmapEncode(ThreadState& ts, Module*, Str* text, Errors errors, Object* mapping) {
  return pair(ts, encodeCharmapText(ts, text, mapping, name(errors)), text->length);
}
Ref<> charmapBuild(ThreadState& ts, Module*, Str* map) { return buildCharmap(ts, map); }
Ref<Tuple> readbufferEncode(ThreadState& ts, Module*, TextOrBytes data, Errors) {
  auto n = Index(data.bytes().size());
  return pair(ts, newBytes(ts, data.bytes()), n);
}
Ref<Tuple> escapeEncode(ThreadState& ts, Module*, Bytes* data, Errors) {
  BytesBuilder out(ts);
  for (char c : data->view()) {
    bool good;
    if (c == '\\' || c == '\'') good = out.append('\\') && out.append(c);
    else if (c == '\t') good = out.append(std::string_view("\\t"));
    else if (c == '\n') good = out.append(std::string_view("\\n"));
    else if (c == '\r') good = out.append(std::string_view("\\r"));
    else if (c < ' ' || c >= 0x7f) good = appendBackslash(out, uint8_t(c));
    else good = out.append(c);
    if (!good) return Raised{};
  }
  return pair(ts, out.finish(), data->size);
}

#define DECODE "($module, data, errors=None, /)"
#define DECODE_FINAL "($module, data, errors=None, final=False, /)"
#define ENCODE "($module, str, errors=None, /)"

// clang-format off
constexpr MethodDef kMethods[] = {
    METHOD_AS("register", registerSearch, "($module, search_function, /)", "Register a function that finds codecs.\n\nIt gets the name of an encoding in lower case and returns a tuple of functions\n(encoder, decoder, stream_reader, stream_writer), or a CodecInfo, or None."),
    METHOD_AS("unregister", unregisterSearch, "($module, search_function, /)", "Take back a search function and forget all codecs found so far."),
    METHOD(lookup, "($module, encoding, /)", "Find the codec of an encoding: a CodecInfo."),
    METHOD(encode, "($module, /, obj, encoding='utf-8', errors='strict')", "Encode an object with the codec of the encoding."),
    METHOD(decode, "($module, /, obj, encoding='utf-8', errors='strict')", "Decode an object with the codec of the encoding."),
    METHOD_AS("escape_encode", escapeEncode, "($module, data, errors=None, /)", ""),
    METHOD_AS("escape_decode", escapeDecode, DECODE, ""),
    METHOD_AS("utf_8_encode", encoder<encodeUtf8Text>, ENCODE, ""),
    METHOD_AS("utf_8_decode", stateful<decodeUtf8Text>, DECODE_FINAL, ""),
    METHOD_AS("utf_7_encode", utf7Encode, ENCODE, ""),
    METHOD_AS("utf_7_decode", stateful<decodeUtf7Text>, DECODE_FINAL, ""),
    METHOD_AS("utf_16_encode", nativeEncoder<encodeUtf16Text>, "($module, str, errors=None, byteorder=0, /)", ""),
    METHOD_AS("utf_16_le_encode", (orderedEncoder<encodeUtf16Text, -1>), ENCODE, ""),
    METHOD_AS("utf_16_be_encode", (orderedEncoder<encodeUtf16Text, 1>), ENCODE, ""),
    METHOD_AS("utf_16_decode", (ordered<decodeUtf16Text, 0>), DECODE_FINAL, ""),
    METHOD_AS("utf_16_le_decode", (ordered<decodeUtf16Text, -1>), DECODE_FINAL, ""),
    METHOD_AS("utf_16_be_decode", (ordered<decodeUtf16Text, 1>), DECODE_FINAL, ""),
    METHOD_AS("utf_16_ex_decode", orderedEx<decodeUtf16Text>, "($module, data, errors=None, byteorder=0, final=False,\n                 /)", ""),
    METHOD_AS("utf_32_encode", nativeEncoder<encodeUtf32Text>, "($module, str, errors=None, byteorder=0, /)", ""),
    METHOD_AS("utf_32_le_encode", (orderedEncoder<encodeUtf32Text, -1>), ENCODE, ""),
    METHOD_AS("utf_32_be_encode", (orderedEncoder<encodeUtf32Text, 1>), ENCODE, ""),
    METHOD_AS("utf_32_decode", (ordered<decodeUtf32Text, 0>), DECODE_FINAL, ""),
    METHOD_AS("utf_32_le_decode", (ordered<decodeUtf32Text, -1>), DECODE_FINAL, ""),
    METHOD_AS("utf_32_be_decode", (ordered<decodeUtf32Text, 1>), DECODE_FINAL, ""),
    METHOD_AS("utf_32_ex_decode", orderedEx<decodeUtf32Text>, "($module, data, errors=None, byteorder=0, final=False,\n                 /)", ""),
    METHOD_AS("unicode_escape_encode", plainEncoder<encodeUnicodeEscape>, ENCODE, ""),
    METHOD_AS("unicode_escape_decode", escaped<decodeUnicodeEscape>, "($module, data, errors=None, final=True, /)", ""),
    METHOD_AS("raw_unicode_escape_encode", plainEncoder<encodeRawUnicodeEscape>, ENCODE, ""),
    METHOD_AS("raw_unicode_escape_decode", escaped<decodeRawUnicodeEscape>, "($module, data, errors=None, final=True, /)", ""),
    METHOD_AS("latin_1_encode", encoder<encodeLatin1Text>, ENCODE, ""),
    METHOD_AS("latin_1_decode", latin1Decode, DECODE, ""),
    METHOD_AS("ascii_encode", encoder<encodeAsciiText>, ENCODE, ""),
    METHOD_AS("ascii_decode", asciiDecode, DECODE, ""),
    METHOD_AS("charmap_encode", charmapEncode, "($module, str, errors=None, mapping=None, /)", ""),
    METHOD_AS("charmap_decode", charmapDecode, "($module, data, errors=None, mapping=None, /)", ""),
    METHOD_AS("charmap_build", charmapBuild, "($module, map, /)", ""),
    METHOD_AS("readbuffer_encode", readbufferEncode, "($module, data, errors=None, /)", ""),
    METHOD_AS("register_error", registerError, "($module, errors, handler, /)", "Register an error handler under a name.\n\nIt gets the exception and returns a replacement and the position to go on from."),
    METHOD_AS("lookup_error", lookupError, "($module, name, /)", "The error handler of that name; LookupError when there is none."),
    {}};
// clang-format on

}  // namespace

extern const ModuleDef kCodecsModule = {.name = "_codecs", .methods = kMethods};

}  // namespace habu
