// str: PyUnicodeObject. One of three kinds (1, 2 or 4 bytes a character, the narrowest that fits), immutable once shared.
//
//   ASCII, compact:    StrHeader            | text... \0        is_ascii, 1 byte a character
//   compact:           StrHeader | utf8...  | text... \0        Latin-1, UCS-2 or UCS-4
//   subclass of str:   StrHeader | utf8... | data pointer       text allocated apart
#pragma once
#include <string_view>

#include "object/core.h"

namespace habu {

enum class StrKind : unsigned { Ucs1 = 1, Ucs2 = 2, Ucs4 = 4 };

struct Str : Object {  // PyASCIIObject
  Index length;        // characters
  mutable Hash hash;   // -1: not computed yet
  struct State {
    unsigned interned : 2;  // 0 no, 1 mortal, 2 immortal
    unsigned kind : 3;
    unsigned compact : 1;
    unsigned ascii : 1;
    unsigned ready : 1;
  } state;
  wchar_t* wstr;  // always null here

  StrKind kind() const { return StrKind(state.kind); }
  bool isAscii() const { return state.ascii; }
  inline const void* data() const;
  void* data() { return const_cast<void*>(static_cast<const Str*>(this)->data()); }
  const uint8_t* ucs1() const { return static_cast<const uint8_t*>(data()); }
  const char16_t* ucs2() const { return static_cast<const char16_t*>(data()); }
  const char32_t* ucs4() const { return static_cast<const char32_t*>(data()); }
  inline char32_t operator[](Index i) const;
};
struct CompactStr : Str {  // PyCompactUnicodeObject
  Index utf8_length;
  char* utf8;  // cached UTF-8, null until asked for; owned
  Index wstr_length;
};
struct LegacyStr : CompactStr {  // PyUnicodeObject: instances of subclasses of str
  void* any;                     // owned text
};

inline const void* Str::data() const {
  if (!state.compact) [[unlikely]]
    return static_cast<const LegacyStr*>(this)->any;
  return state.ascii ? static_cast<const void*>(this + 1) : static_cast<const void*>(static_cast<const CompactStr*>(this) + 1);
}
inline char32_t Str::operator[](Index i) const {
  switch (kind()) {
    case StrKind::Ucs1: return ucs1()[i];
    case StrKind::Ucs2: return ucs2()[i];
    default: return ucs4()[i];
  }
}

extern Type kStrType C_NAME("PyUnicode_Type");
extern Type kStrIteratorType C_NAME("PyUnicodeIter_Type");
extern Type kStrAsciiIteratorType C_NAME("_PyUnicodeASCIIIter_Type");

struct StrIterator : Object {
  Index index;
  Str* text;  // owned; null once exhausted
};

inline bool isExactStr(const Object* o) { return isExact(o, kStrType); }

// ---- making ---- (core.h: newStr from UTF-8, internedStr)
Ref<Str> emptyStr();
Ref<Str> newStrUninitialized(ThreadState&, Index length, char32_t max_char);  // fill data() before anybody sees it
Ref<Str> strFromAscii(ThreadState&, std::string_view);      // caller promises ASCII
Ref<Str> strFromLatin1(ThreadState&, std::string_view);
Ref<Str> strFromUcs4(ThreadState&, const char32_t*, Index length);  // narrowed to the smallest kind
Ref<Str> strFromUcs2(ThreadState&, const char16_t*, Index length);
Ref<Str> strFromKind(ThreadState&, StrKind, const void* data, Index length);
Ref<Str> strFromChar(ThreadState&, char32_t);  // cached for Latin-1
Ref<Str> substring(ThreadState&, Str*, Index start, Index stop);
Ref<Str> concatStr(ThreadState&, Str*, Str*);
// left += right; in place when `left` is the only reference to it.
Ref<Str> appendStr(ThreadState&, Ref<Str> left, Str* right);
Ref<Str> joinStrs(ThreadState&, Str* separator, std::span<Object* const> parts);  // TypeError for parts that are no str
// File names of the operating system: UTF-8 with surrogateescape (PEP 383).
Ref<Str> strFromFileSystem(ThreadState&, std::string_view bytes);
Ref<Bytes> fileSystemBytes(ThreadState&, Object* str_bytes_or_pathlike);  // ValueError "embedded null byte"

// ---- reading ----
// UTF-8 of the text, cached in the object, alive as long as it. UnicodeEncodeError for lone surrogates.
Result<std::string_view> utf8Of(ThreadState&, Str*);
// The same for texts known to be ASCII (names...): no failure.
inline std::string_view asciiView(const Str* s) { return {static_cast<const char*>(s->data()), size_t(s->length)}; }
bool equalStr(const Str*, const Str*);
bool equalsAscii(const Str*, std::string_view ascii);
int compareStr(const Str*, const Str*);  // by code points: <0, 0, >0
Hash hashStr(const Str*);                // computes and caches
char32_t maxChar(const Str*);            // upper bound of its kind: 0x7f, 0xff, 0xffff, 0x10ffff
Index findStr(const Str* text, const Str* needle, Index start, Index stop, int direction);  // -1: absent
void intern(Ref<Str>&);  // replaces it by the one interned object with that text

// `from[start, start + n)` to `to[at...)`; `to` is unshared and wide enough.
void copyChars(Str* to, Index at, const Str* from, Index start, Index n);
void fillChars(Str* to, Index at, Index n, char32_t c);
// Stores a character in an unshared str whose kind holds it.
inline void putChar(Str* s, Index i, char32_t c) {
  switch (s->kind()) {
    case StrKind::Ucs1: static_cast<uint8_t*>(s->data())[i] = uint8_t(c); break;
    case StrKind::Ucs2: static_cast<char16_t*>(s->data())[i] = char16_t(c); break;
    default: static_cast<char32_t*>(s->data())[i] = c;
  }
}
// The same text as an exact str: itself, or a copy of a subclass's instance.
Ref<Str> exactStr(ThreadState&, Str*);
// Changes the length of an unshared exact str (PyUnicode_Resize); the text is kept up to the shorter length.
Ref<Str> resizeStr(ThreadState&, Ref<Str>, Index length);
// The interned str with this text, borrowed; null when there is none.
Str* findInterned(const Str*);
// Text of the code units as they stand (surrogates stay two characters), or joined: wchar_t on this platform is UCS-4.
Ref<Str> strFromWide(ThreadState&, std::wstring_view);

// ---- building ----
// Grows an unshared str; keeps the narrowest kind that fits so far.
class StrBuilder {
 public:
  explicit StrBuilder(ThreadState& ts) : ts_(ts) {}
  bool append(char32_t c) {  // false: out of memory, raised
    if (size_ == capacity_ || c > max_char_) [[unlikely]]
      if (!grow(1, c)) return false;
    putChar(text_.get(), size_++, c);
    return true;
  }
  bool append(std::string_view ascii);
  bool append(const Str*);
  bool append(const Str*, Index start, Index stop);
  // As append, but finish() returns the very object, even one of a subclass, if nothing else is appended.
  bool appendLiteral(Str*);
  bool appendUtf8(std::string_view);  // well-formed
  bool fill(char32_t c, Index times);
  bool reserve(Index length, char32_t max_char);
  Index size() const { return size_; }
  bool failed() const { return failed_; }
  Ref<Str> finish();  // empty when any append failed

 private:
  bool grow(Index more, char32_t max_char);
  ThreadState& ts_;
  Ref<Str> text_;
  Ref<Str> first_;  // instead of text_ as long as one whole str is all there is: finish() returns that very object
  Index size_ = 0, capacity_ = 0;
  char32_t max_char_ = 0;
  bool failed_ = false;
};

}  // namespace habu
