// What the codecs share: a growing bytes object, and the treatment of characters and bytes that do not fit, through the
// built-in error handlers (without calling anything) or a registered one.
#pragma once
#include <cstring>

#include "base/utf8.h"
#include "object/bind.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/codecs.h"
#include "types/exceptions.h"
#include "types/str.h"

namespace habu {

enum class ErrorKind : uint8_t {
  Strict, Ignore, Replace, SurrogateEscape, SurrogatePass, BackslashReplace, XmlCharRefReplace, Other
};
ErrorKind errorKind(const char* errors);  // null: strict

class BytesBuilder {
 public:
  explicit BytesBuilder(ThreadState& ts) : ts_(ts) {}
  // Room for `more` bytes, to be written at end() and confirmed by advance(). False: out of memory, raised.
  bool reserve(Index more) {
    if (made_ && more <= made_->size - size_) return true;
    return grow(more);
  }
  char* end() { return made_->data + size_; }
  void advanceTo(const char* end) { size_ = end - made_->data; }
  bool append(char c) {
    if (!reserve(1)) return false;
    made_->data[size_++] = c;
    return true;
  }
  bool append(std::string_view bytes) {
    if (bytes.empty()) return true;
    if (!reserve(Index(bytes.size()))) return false;
    std::memcpy(end(), bytes.data(), bytes.size());
    size_ += Index(bytes.size());
    return true;
  }
  Index size() const { return size_; }
  Ref<Bytes> finish() {
    if (!made_) return emptyBytes();
    if (size_ == 1) return newBytes(ts_, {made_->data, 1});
    return shrinkBytes(ts_, std::move(made_), size_);
  }

 private:
  bool grow(Index more);
  ThreadState& ts_;
  Ref<Bytes> made_;
  Index size_ = 0;
};

// The state of a decoder. The input may be exchanged by an error handler: read it anew through `in` after fault().
class Decoding {
 public:
  Decoding(ThreadState& ts, const char* encoding, std::string_view input, const char* errors)
      : ts(ts), in(input), out(ts), encoding_(encoding), errors_(errors) {}
  // in[start, end) is ill-formed: writes what the handler says and moves `at` to where decoding goes on.
  Status fault(Index start, Index end, const char* reason);
  ErrorKind kind() {
    if (!kind_known_) {
      kind_ = errorKind(errors_);
      kind_known_ = true;
    }
    return kind_;
  }
  Index left() const { return Index(in.size()) - at; }
  uint8_t byte(Index i) const { return uint8_t(in[size_t(i)]); }

  ThreadState& ts;
  std::string_view in;
  Index at = 0;
  StrBuilder out;

 private:
  Status callHandler(Index start, Index end, const char* reason);
  const char* encoding_;
  const char* errors_;
  ErrorKind kind_{};
  bool kind_known_ = false;
  Ref<> handler_, exception_;
  Ref<Bytes> input_;  // what `in` points to once a handler has run
};

// The state of an encoder.
class Encoding {
 public:
  Encoding(ThreadState& ts, const char* encoding, Str* text, const char* errors)
      : ts(ts), text(text), out(ts), encoding_(encoding), errors_(errors) {}
  ErrorKind kind() {
    if (!kind_known_) {
      kind_ = errorKind(errors_);
      kind_known_ = true;
    }
    return kind_;
  }
  // What a registered handler gives instead of text[start, end): str or bytes; `at` moves on.
  Ref<> replacement(Index start, Index end, const char* reason);
  Raised raiseError(Index start, Index end, const char* reason) {
    return raiseEncodeError(ts, encoding_, text, start, end, reason);
  }

  ThreadState& ts;
  Str* text;
  Index at = 0;
  BytesBuilder out;

 private:
  const char* encoding_;
  const char* errors_;
  ErrorKind kind_{};
  bool kind_known_ = false;
  Ref<> handler_, exception_;
};

// Texts of the handlers that replace by ASCII: "&#233;" and "\xe9".
bool appendXmlReference(BytesBuilder&, char32_t);
bool appendBackslash(BytesBuilder&, char32_t);

// errors.cpp: the range of a UnicodeError, clipped to its object.
struct ErrorRange {
  Index start, end;
};
Result<ErrorRange> unicodeErrorRange(ThreadState&, UnicodeErrorObject*, Index size);

inline Status appended(bool good) {
  if (!good) return Raised{};
  return kDone;
}

}  // namespace habu
