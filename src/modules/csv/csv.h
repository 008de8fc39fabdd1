// The module _csv: dialects, reader, writer.
#pragma once
#include "object/bind.h"
#include "types/str.h"

namespace habu::csv {

inline constexpr char32_t kNotSet = 0xffffffff;  // no such character
enum class Quoting : int { Minimal, All, Nonnumeric, None };

struct Dialect : Object {
  char doublequote, skip_initial_space, strict;
  Quoting quoting;
  char32_t delimiter, quote, escape;
  Str* line_terminator;  // owned
  bool quotes(char32_t c) const { return c == quote && quoting != Quoting::None; }
};
extern Type kDialectType, kReaderType, kWriterType;

// Module state: one interpreter, one module.
struct Settings {
  Type* error;       // _csv.Error; owned
  Dict* dialects;    // name -> Dialect; owned
  long field_limit;
};
extern Settings settings;

// Dialect(dialect, **keywords), where all may be absent.
Ref<Dialect> makeDialect(ThreadState&, Object* dialect, Object* const* values, Tuple* names);
Ref<> reader(ThreadState&, Object* module, Args);
Ref<> writer(ThreadState&, Object* module, Args);
// " expected at least 1 argument, got 0": the functions with positional arguments and a dialect's parameters.
Status checkDialectArguments(ThreadState&, const Args&);

// Growing text of code points.
class Buffer {
 public:
  ~Buffer();
  bool append(const char32_t* text, Index n);
  bool push(char32_t c) { return append(&c, 1); }
  bool append(const Str* text, Index from, Index to);
  Index size() const { return size_; }
  const char32_t* data() const { return data_; }
  void clear() { size_ = 0; }

 private:
  bool reserve(Index more);
  char32_t* data_ = nullptr;
  Index size_ = 0, capacity_ = 0;
};

}  // namespace habu::csv
