// Source code given as an argument: to compile(), eval(), exec(), symtable().
#pragma once
#include <string_view>

#include "object/buffer.h"
#include "object/ref.h"
#include "types/str.h"

namespace habu::builtins {

// A str or bytes-like object; the text stays alive in here.
struct Source {
  Ref<> owner;
  BufferView view;
  std::string_view text;
  int flags = 0;  // CompilerFlag bits that follow from the type
};

// TypeError "function() arg 1 must be a EXPECTED object"; ValueError for null bytes.
Result<Source> sourceOf(ThreadState&, Object*, const char* function, const char* expected);

// The file name argument of compile() and symtable(): str, bytes, path-like; other bytes-like objects with a
// DeprecationWarning. ValueError "embedded null character".
Ref<Str> fileNameOf(ThreadState&, Object*);

}  // namespace habu::builtins
