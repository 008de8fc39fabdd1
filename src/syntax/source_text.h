// From the bytes of a program to the text the tokenizer reads: UTF-8, \n line ends, NUL behind.
#pragma once
#include <string_view>

#include "object/result.h"
#include "syntax/parse.h"

namespace habu::syntax {

class SourceText {
 public:
  SourceText() = default;
  SourceText(const SourceText&) = delete;
  ~SourceText();

  // Finds the encoding (BOM, PEP 263 cookie) and converts. SyntaxError for unknown encodings and bad bytes.
  Status load(ThreadState&, std::string_view source, Object* filename, const ParseOptions&);

  std::string_view view() const { return {start_, size_}; }
  bool hasEncoding() const { return has_encoding_; }  // declared, or made from a str

 private:
  Status translateNewlines(ThreadState&, std::string_view source, bool end_with_newline);
  Status findEncoding(ThreadState&, Object* filename, char (&name)[64]);
  Status decode(ThreadState&, Object* filename, const char* encoding);

  char* buffer_ = nullptr;  // owned
  char* start_ = nullptr;   // behind the BOM
  size_t size_ = 0;
  bool has_encoding_ = false;
};

// Calls into the layers above, filled in at startup.
struct SyntaxHooks {
  // bytes.decode(encoding)
  Ref<Str> (*decode)(ThreadState&, std::string_view bytes, const char* encoding) = nullptr;
};
extern SyntaxHooks syntaxHooks;

}  // namespace habu::syntax
