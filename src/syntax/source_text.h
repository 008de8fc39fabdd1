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
  // What the source declares itself to be ("utf-8" if made from a str); null: it does not.
  const char* encoding() const { return encoding_[0] ? encoding_ : nullptr; }

 private:
  Status translateNewlines(ThreadState&, std::string_view source, bool end_with_newline);
  Status findEncoding(ThreadState&, Object* filename);
  Status decode(ThreadState&, Object* filename);
  Status checkUtf8(ThreadState&, Object* filename);
  void dropNulls();

  char* buffer_ = nullptr;  // owned
  char* start_ = nullptr;   // behind the BOM
  size_t size_ = 0;
  char encoding_[64] = "";
  char bad_encoding_[64] = "";  // what the cookie says, right or wrong
  bool has_bom_ = false;
};

}  // namespace habu::syntax
