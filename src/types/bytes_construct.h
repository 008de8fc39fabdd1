// What the constructors and slots of bytes and bytearray share.
#pragma once
#include <optional>

#include "object/result.h"
#include "types/bytes.h"

namespace habu {

// "encoding without a string argument", "errors without a string argument", "string argument without an encoding"
Status checkNoText(ThreadState&, Object* source, bool encoding, bool errors);
// The number of zero bytes when `source` is an integer. ValueError "negative count".
Result<std::optional<Index>> countArgument(ThreadState&, Object* source);
// An instance of a subclass of bytes.
Ref<> bytesSubtype(Type*, std::string_view);
void repeatMemory(char* to, std::string_view unit, size_t total);
// Python's option -b: 0, 1 or 2.
Status warnBytesAsText(ThreadState&, const char* message);
Status warnBytesComparison(ThreadState&, Object*, Object*, const char* type);

inline Ref<> toObject(Ref<Int> i) { return Ref<>::steal(reinterpret_cast<Object*>(i.release())); }

}  // namespace habu
