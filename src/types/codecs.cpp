// The codec registry, and the ways into the codecs: str.encode, bytes.decode, codecs.encode, codecs.decode.
#include "types/codecs.h"

#include <cstring>

#include "object/attribute.h"
#include "object/call.h"
#include "object/config.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/codecs_support.h"
#include "types/dict.h"
#include "types/list.h"
#include "types/tuple.h"

namespace habu {

void clearErrorHandlers();

namespace {

List* searches = nullptr;  // the search functions; owned
Dict* cache = nullptr;     // normalised name -> codec tuple; owned
constinit Name kImport{"__import__"};
constinit Name kIsTextEncoding{"_is_text_encoding"};

// Letters and digits in lower case, runs of anything else as one '_': "UTF-8" -> "utf_8". Ends within `size`.
void normalizeName(const char* name, char* out, size_t size) {
  bool gap = false;
  char* start = out;
  char* end = out + size - 1;
  for (; *name; ++name) {
    char c = *name;
    bool keep = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.';
    if (!keep) {
      gap = true;
      continue;
    }
    if (gap && out != start && out < end) *out++ = '_';
    gap = false;
    if (out < end) *out++ = c >= 'A' && c <= 'Z' ? char(c + 32) : c;
  }
  *out = 0;
}

enum class Builtin { None, Utf8, Utf16, Utf32, Ascii, Latin1 };

Builtin builtinCodec(const char* encoding) {
  if (!encoding || std::strcmp(encoding, "utf-8") == 0) return Builtin::Utf8;
  char text[12];
  normalizeName(encoding, text, sizeof text);
  std::string_view name = text;
  if (name.starts_with("utf")) {
    name.remove_prefix(3);
    if (name.starts_with("_")) name.remove_prefix(1);
    return name == "8" ? Builtin::Utf8 : name == "16" ? Builtin::Utf16 : name == "32" ? Builtin::Utf32 : Builtin::None;
  }
  if (name == "ascii" || name == "us_ascii") return Builtin::Ascii;
  if (name == "latin1" || name == "latin_1" || name == "iso_8859_1" || name == "iso8859_1") return Builtin::Latin1;
  return Builtin::None;
}

// Imports the package encodings, whose import registers the search function, once.
Status startRegistry(ThreadState& ts) {
  if (searches) return kDone;
  searches = TRY(newList(ts)).release();
  cache = TRY(newDict(ts)).release();
  Object* import = mainInterpreter.import_function;
  if (!import && mainInterpreter.builtins) import = dictFindStr(mainInterpreter.builtins, kImport);
  if (!import) return kDone;
  Ref<> held = share(import);
  Ref<Str> name = TRY(newStr(ts, "encodings"));
  Ref<> module = TRY(call(ts, held.get(), {name.get()}));
  return kDone;
}

// Adds "encoding with 'x' codec failed" around an exception that a codec raised, where a copy of it can be made.
Raised wrapCodecError(ThreadState& ts, const char* operation, const char* encoding) {
  Ref<> error = takeRaised(ts);
  if (!error) return Raised{};
  auto* e = static_cast<BaseException*>(error.get());
  Type* type = e->type;
  const Type& base = kBaseException;
  bool plain = type->init == base.init && type->make == base.make &&
               (type->basic_size == base.basic_size || type->basic_size == base.basic_size + Index(sizeof(void*)) ||
                type->basic_size == base.basic_size + 2 * Index(sizeof(void*)));
  Tuple* args = e->args;
  bool simple = !args || args->size == 0 || (args->size == 1 && isExactStr(args->items[0]));
  Dict* attributes = instanceDictOrNull(e);
  if (!plain || !simple || (attributes && attributes->used)) return raiseInstance(ts, error.get());
  Ref<Str> message = TRY(formatText(ts, "{} with '{}' codec failed ({}: {})", operation, encoding, type, e));
  Ref<> wrapped = TRY(call(ts, reinterpret_cast<Object*>(type), {message.get()}));
  auto* w = static_cast<BaseException*>(wrapped.get());
  setField(w->cause, Ref<>::share(e));
  setField(w->context, Ref<>::share(e));
  w->suppress_context = 1;
  return raiseInstance(ts, wrapped.get());
}

// Runs an encoder or decoder and takes the first item of its (object, length) answer.
Ref<> runCodec(ThreadState& ts, Object* codec, Object* input, const char* encoding, const char* errors, bool encode) {
  Ref<> result;
  if (errors) {
    Ref<Str> handler = TRY(newStr(ts, errors));
    result = call(ts, codec, {input, handler.get()});
  } else {
    result = call(ts, codec, {input});
  }
  if (!result) return wrapCodecError(ts, encode ? "encoding" : "decoding", encoding);
  if (!isTuple(result.get()) || static_cast<Tuple*>(result.get())->size != 2)
    return raise(ts, kTypeError, encode ? "encoder must return a tuple (object, integer)" : "decoder must return a tuple (object,integer)");
  return share(static_cast<Tuple*>(result.get())->items[0]);
}

// The codec for text <-> bytes: codecs between other types are refused.
Ref<> textCodec(ThreadState& ts, const char* encoding, const char* alternative, Index item) {
  Ref<> codec = TRY(lookupCodec(ts, encoding));
  if (!isExactTuple(codec.get())) {
    Ref<> flag = TRY(findAttr(ts, codec.get(), kIsTextEncoding));
    if (flag && !TRY(isTrue(ts, flag.get())))
      return raise(ts, kLookupError, "'{:.400}' is not a text encoding; use {} to handle arbitrary codecs", encoding, alternative);
  }
  return share(static_cast<Tuple*>(codec.get())->items[item]);
}

}  // namespace

Status registerCodecSearch(ThreadState& ts, Object* function) {
  TRY(startRegistry(ts));
  if (!isCallable(function)) return raise(ts, kTypeError, "argument must be callable");
  return appendList(ts, searches, function);
}

Status unregisterCodecSearch(ThreadState& ts, Object* function) {
  if (!searches) return kDone;
  for (Index i = 0; i < searches->size; ++i) {
    if (searches->items[i] != function) continue;
    dictClear(ts, cache);
    return setListSlice(ts, searches, i, i + 1, nullptr);
  }
  return kDone;
}

Ref<> lookupCodec(ThreadState& ts, const char* encoding) {
  TRY(startRegistry(ts));
  char name[256];
  normalizeName(encoding, name, sizeof name);
  Ref<Str> key = TRY(newStr(ts, name));
  intern(key);
  if (Object* found = dictFindStr(cache, key.get())) return share(found);
  if (searches->size == 0) return raise(ts, kLookupError, "no codec search functions registered: can't find encoding");
  for (Index i = 0; i < searches->size; ++i) {
    Ref<> search = share(searches->items[i]);
    Ref<> result = TRY(call(ts, search.get(), {key.get()}));
    if (isNone(result.get())) continue;
    if (!isTuple(result.get()) || static_cast<Tuple*>(result.get())->size != 4)
      return raise(ts, kTypeError, "codec search functions must return 4-tuples");
    TRY(dictSet(ts, cache, key.get(), result.get()));
    return result;
  }
  return raise(ts, kLookupError, "unknown encoding: {}", encoding);
}

Ref<> codecItem(ThreadState& ts, const char* encoding, Index item) {
  Ref<> codec = TRY(lookupCodec(ts, encoding));
  return share(static_cast<Tuple*>(codec.get())->items[item]);
}

Ref<> encodeWith(ThreadState& ts, Object* input, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  Ref<> codec = TRY(codecItem(ts, encoding, 0));
  return runCodec(ts, codec.get(), input, encoding, errors, true);
}
Ref<> decodeWith(ThreadState& ts, Object* input, const char* encoding, const char* errors) {
  if (!encoding) encoding = "utf-8";
  Ref<> codec = TRY(codecItem(ts, encoding, 1));
  return runCodec(ts, codec.get(), input, encoding, errors, false);
}

// ---- text <-> bytes ----

namespace {

Ref<Str> decodeBuiltin(ThreadState& ts, Builtin codec, std::string_view bytes, const char* errors) {
  switch (codec) {
    case Builtin::Utf16: return decodeUtf16Text(ts, bytes, errors, nullptr);
    case Builtin::Utf32: return decodeUtf32Text(ts, bytes, errors, nullptr);
    case Builtin::Ascii: return decodeAsciiText(ts, bytes, errors);
    case Builtin::Latin1: return decodeLatin1Text(ts, bytes);
    default: return decodeUtf8Text(ts, bytes, errors);
  }
}

Ref<Str> decodeObjectWith(ThreadState& ts, Object* bytes, const char* encoding, const char* errors) {
  Ref<> codec = TRY(textCodec(ts, encoding, "codecs.decode()", 1));
  Ref<> text = TRY(runCodec(ts, codec.get(), bytes, encoding, errors, false));
  if (!isStr(text.get()))
    return raise(ts, kTypeError, "'{:.400}' decoder returned '{:.400}' instead of 'str'; use codecs.decode() to decode to arbitrary types",
                 encoding, typeName(text.get()));
  return cast<Str>(std::move(text));
}

// In development mode the names of encoding and error handler are checked even where they are not needed.
Status checkNames(ThreadState& ts, const char* encoding, const char* errors) {
  if (!mainInterpreter.config || !mainInterpreter.config->dev_mode || mainInterpreter.finalizing || !searches) return kDone;
  auto is_one_of = [](const char* name, std::initializer_list<std::string_view> known) {
    for (std::string_view k : known)
      if (k == name) return true;
    return false;
  };
  if (encoding && !is_one_of(encoding, {"utf-8", "utf8", "ascii"})) {
    Ref<> codec = TRY(lookupCodec(ts, encoding));
  }
  if (errors && !is_one_of(errors, {"strict", "ignore", "replace", "surrogateescape", "surrogatepass"})) {
    Ref<> handler = TRY(lookupErrorHandler(ts, errors));
  }
  return kDone;
}

}  // namespace

Ref<Str> decodeText(ThreadState& ts, std::string_view bytes, const char* encoding, const char* errors) {
  TRY(checkNames(ts, encoding, errors));
  if (Builtin codec = builtinCodec(encoding); codec != Builtin::None) return decodeBuiltin(ts, codec, bytes, errors);
  Ref<Bytes> object = TRY(newBytes(ts, bytes));
  return decodeObjectWith(ts, object.get(), encoding, errors);
}

Ref<Str> decodeObject(ThreadState& ts, Object* o, const char* encoding, const char* errors) {
  if (isStr(o)) return raise(ts, kTypeError, "decoding str is not supported");
  if (!hasBuffer(o)) return raise(ts, kTypeError, "decoding to str: need a bytes-like object, {:.80} found", typeName(o));
  TRY(checkNames(ts, encoding, errors));
  BufferView view = TRY(BufferView::of(ts, o));
  Builtin codec = builtinCodec(encoding);
  if (codec != Builtin::None) return decodeBuiltin(ts, codec, view.bytes(), errors);
  if (view.size() == 0) return emptyStr();
  if (isExact(o, kBytesType)) return decodeObjectWith(ts, o, encoding, errors);
  return decodeText(ts, view.bytes(), encoding, errors);
}

Ref<Bytes> encodeText(ThreadState& ts, Str* s, const char* encoding, const char* errors) {
  TRY(checkNames(ts, encoding, errors));
  switch (builtinCodec(encoding)) {
    case Builtin::Utf8: return encodeUtf8Text(ts, s, errors);
    case Builtin::Utf16: return encodeUtf16Text(ts, s, errors, 0);
    case Builtin::Utf32: return encodeUtf32Text(ts, s, errors, 0);
    case Builtin::Ascii: return encodeAsciiText(ts, s, errors);
    case Builtin::Latin1: return encodeLatin1Text(ts, s, errors);
    default: break;
  }
  Ref<> codec = TRY(textCodec(ts, encoding, "codecs.encode()", 0));
  Ref<> bytes = TRY(runCodec(ts, codec.get(), s, encoding, errors, true));
  if (isBytes(bytes.get())) return cast<Bytes>(std::move(bytes));
  if (isByteArray(bytes.get())) {
    Ref<Str> message = TRY(formatText(
        ts, "encoder {} returned bytearray instead of bytes; use codecs.encode() to encode to arbitrary types", encoding));
    TRY(warnText(ts, kRuntimeWarning, 1, std::move(message)));
    return newBytes(ts, static_cast<ByteArray*>(bytes.get())->view());
  }
  return raise(ts, kTypeError, "'{:.400}' encoder returned '{:.400}' instead of 'bytes'; use codecs.encode() to encode to arbitrary types",
               encoding, typeName(bytes.get()));
}

void clearCodecs() {
  clearField(searches);
  clearField(cache);
  clearErrorHandlers();
}

}  // namespace habu
