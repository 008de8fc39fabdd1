// Codecs: text <-> bytes under a named encoding and a named error handler; the registry behind the module _codecs.
// Null `encoding`: UTF-8; null `errors`: strict.
#pragma once
#include "object/core.h"
#include "types/str.h"

namespace habu {

Ref<Str> decodeText(ThreadState&, std::string_view bytes, const char* encoding, const char* errors);
// Any bytes-like object; TypeError "decoding to str: need a bytes-like object, int found". bytes.decode and str(b, ...).
Ref<Str> decodeObject(ThreadState&, Object* bytes_like, const char* encoding, const char* errors);
Ref<Bytes> encodeText(ThreadState&, Str*, const char* encoding, const char* errors);  // str.encode

// ---- the codecs written in C++ ----
// Decoders with `consumed` are incremental when it is not null: an unfinished sequence at the end is left over.
Ref<Str> decodeUtf8Text(ThreadState&, std::string_view, const char* errors, Index* consumed = nullptr);
Ref<Bytes> encodeUtf8Text(ThreadState&, Str*, const char* errors);
// byte_order: -1 little, 0 native with a byte order mark (decoding: taken from the mark, then told), 1 big.
Ref<Str> decodeUtf16Text(ThreadState&, std::string_view, const char* errors, int* byte_order, Index* consumed = nullptr);
Ref<Bytes> encodeUtf16Text(ThreadState&, Str*, const char* errors, int byte_order);
Ref<Str> decodeUtf32Text(ThreadState&, std::string_view, const char* errors, int* byte_order, Index* consumed = nullptr);
Ref<Bytes> encodeUtf32Text(ThreadState&, Str*, const char* errors, int byte_order);
Ref<Str> decodeUtf7Text(ThreadState&, std::string_view, const char* errors, Index* consumed = nullptr);
Ref<Bytes> encodeUtf7Text(ThreadState&, Str*, bool base64_set_o, bool base64_whitespace, const char* errors);
Ref<Str> decodeLatin1Text(ThreadState&, std::string_view);
Ref<Bytes> encodeLatin1Text(ThreadState&, Str*, const char* errors);
Ref<Str> decodeAsciiText(ThreadState&, std::string_view, const char* errors);
Ref<Bytes> encodeAsciiText(ThreadState&, Str*, const char* errors);
Ref<Str> decodeCharmapText(ThreadState&, std::string_view, Object* mapping, const char* errors);  // null: Latin-1
Ref<Bytes> encodeCharmapText(ThreadState&, Str*, Object* mapping, const char* errors);
Ref<> buildCharmap(ThreadState&, Str*);  // EncodingMap, or a dict
Ref<Str> decodeUnicodeEscape(ThreadState&, std::string_view, const char* errors, Index* consumed = nullptr);
Ref<Bytes> encodeUnicodeEscape(ThreadState&, Str*);
Ref<Str> decodeRawUnicodeEscape(ThreadState&, std::string_view, const char* errors, Index* consumed = nullptr);
Ref<Bytes> encodeRawUnicodeEscape(ThreadState&, Str*);
// The escapes of a bytes literal. `first_invalid` tells the first unknown escape (its character's position) or -1.
Ref<Bytes> decodeByteEscapes(ThreadState&, std::string_view, const char* errors, Index* first_invalid);

// DeprecationWarning for the escape whose character is at `at` (-1: none).
Status warnInvalidEscape(ThreadState&, std::string_view bytes, Index at);

// ---- registry ----
Status registerCodecSearch(ThreadState&, Object* function);
Status unregisterCodecSearch(ThreadState&, Object* function);
Ref<> lookupCodec(ThreadState&, const char* encoding);  // the (encode, decode, reader, writer) tuple; LookupError
Status registerErrorHandler(ThreadState&, const char* name, Object* handler);
Ref<> lookupErrorHandler(ThreadState&, const char* name);  // null: strict; LookupError "unknown error handler name 'x'"
// codecs.encode() and decode(): any object to any object.
Ref<> encodeWith(ThreadState&, Object*, const char* encoding, const char* errors);
Ref<> decodeWith(ThreadState&, Object*, const char* encoding, const char* errors);
Ref<> codecItem(ThreadState&, const char* encoding, Index item);  // 0 encoder, 1 decoder
void clearCodecs();  // at exit

}  // namespace habu
