// builtins that make or print text.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "modules/builtins/builtins.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/gil.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "object/number.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace habu::builtins {

namespace {

// ---- print ----
struct PrintOptions {
  Object *sep = nullptr, *end = nullptr, *file = nullptr;
  bool flush = false;
};

Result<PrintOptions> printOptions(ThreadState& ts, Args a) {
  PrintOptions o;
  for (Index i = 0; i < a.keywordCount(); ++i) {
    Str* name = a.keyword(i);
    Object* value = a.keywordValue(i);
    if (equalsAscii(name, "sep")) o.sep = value;
    else if (equalsAscii(name, "end")) o.end = value;
    else if (equalsAscii(name, "file")) o.file = value;
    else if (equalsAscii(name, "flush")) o.flush = TRY(isTrue(ts, value));
    else return raise(ts, kTypeError, "'{}' is an invalid keyword argument for print()", name);
  }
  for (auto [text, name] : {std::pair{&o.sep, "sep"}, std::pair{&o.end, "end"}}) {
    if (*text && isNone(*text)) *text = nullptr;
    if (*text && !isStr(*text)) return raise(ts, kTypeError, "{} must be None or a string, not {:.200}", name, typeName(*text));
  }
  return o;
}

Status print(ThreadState& ts, Module*, Args a) {
  static constinit Name space{" "}, newline{"\n"};
  PrintOptions o = TRY(printOptions(ts, a));
  Ref<> file = share(o.file);
  if (!file || isNone(file.get())) {
    file = share(sysGet(names::stdout));
    if (!file) return raise(ts, kRuntimeError, "lost sys.stdout");
    if (isNone(file.get())) return kDone;  // no terminal: print nowhere
  }
  Ref<> write = TRY(getAttr(ts, file.get(), names::write));
  Object* separator = o.sep ? o.sep : static_cast<Object*>(space.get());
  for (Index i = 0; i < a.count; ++i) {
    if (i) (void)TRY(call(ts, write.get(), {separator}));
    Ref<Str> text = TRY(strOf(ts, a[i]));
    (void)TRY(call(ts, write.get(), {text.get()}));
  }
  (void)TRY(call(ts, write.get(), {o.end ? o.end : static_cast<Object*>(newline.get())}));
  if (o.flush) (void)TRY(callMethod(ts, file.get(), names::flush));
  return kDone;
}

// ---- input ----
Status flushQuietly(ThreadState& ts, Object* file) {
  Ref<> done = callMethod(ts, file, names::flush);
  if (!done) clearError(ts);
  return kDone;
}

// Whether `file` is the terminal on descriptor `fd`.
bool isTerminal(ThreadState& ts, Object* file, int fd) {
  Ref<> number = callMethod(ts, file, names::fileno);
  if (!number) {
    clearError(ts);
    return false;
  }
  auto value = asCInt(ts, number.get());
  if (value.failed()) {
    clearError(ts);
    return false;
  }
  return value.take() == fd && isatty(fd);
}

// A line from the terminal, without the lock; the prompt goes out through stderr's terminal as readline's would.
Ref<> readTerminal(ThreadState& ts, Object* in, Object* prompt) {
  Ref<> encoding = TRY(getAttr(ts, in, names::encoding)), errors = TRY(getAttr(ts, in, names::errors));
  if (prompt) {
    Ref<Str> text = TRY(strOf(ts, prompt));
    std::string_view bytes = TRY(utf8Of(ts, text.get()));
    if (bytes.find('\0') != bytes.npos) return raise(ts, kValueError, "input: prompt string cannot contain null characters");
    std::fwrite(bytes.data(), 1, bytes.size(), stderr);
    std::fflush(stderr);
  }
  char* line = nullptr;
  size_t capacity = 0;
  ssize_t n;
  {
    GilRelease allow(ts);
    n = getline(&line, &capacity, stdin);
  }
  struct Free {
    char* p;
    ~Free() { std::free(p); }
  } owned{line};
  if (n < 0) {
    std::clearerr(stdin);
    TRY(checkSignals(ts));
    return raiseValue(ts, kEOFError, nullptr);
  }
  if (n && line[n - 1] == '\n') --n;
  Ref<Bytes> bytes = TRY(newBytes(ts, {line, size_t(n)}));
  return callMethod(ts, bytes.get(), names::decode, {encoding.get(), errors.get()});
}

Ref<> readLine(ThreadState& ts, Object* file) {
  Ref<> line = TRY(callMethod(ts, file, names::readline));
  if (!isStr(line.get())) return raise(ts, kTypeError, "object.readline() returned non-string");
  auto* text = static_cast<Str*>(line.get());
  if (text->length == 0) return raise(ts, kEOFError, "EOF when reading a line");
  if ((*text)[text->length - 1] != '\n') return line;
  return substring(ts, text, 0, text->length - 1);
}

Ref<> standardStream(ThreadState& ts, Name& name, const char* text) {
  Ref<> file = share(sysGet(name));
  if (!file || isNone(file.get())) return raise(ts, kRuntimeError, "input(): lost sys.{}", text);
  return file;
}

Ref<> input(ThreadState& ts, Module*, Object* prompt) {
  Ref<> in = TRY(standardStream(ts, names::stdin, "stdin"));
  Ref<> out = TRY(standardStream(ts, names::stdout, "stdout"));
  Ref<> err = TRY(standardStream(ts, names::stderr, "stderr"));
  TRY(flushQuietly(ts, err.get()));
  if (isTerminal(ts, in.get(), STDIN_FILENO) && isTerminal(ts, out.get(), STDOUT_FILENO)) {
    TRY(flushQuietly(ts, out.get()));
    return readTerminal(ts, in.get(), prompt);
  }
  if (prompt) {
    Ref<Str> text = TRY(strOf(ts, prompt));
    (void)TRY(callMethod(ts, out.get(), names::write, {text.get()}));
  }
  TRY(flushQuietly(ts, out.get()));
  return readLine(ts, in.get());
}

// ---- texts of single values ----
Ref<> repr(ThreadState& ts, Module*, Object* o) { return reprOf(ts, o); }
Ref<> ascii(ThreadState& ts, Module*, Object* o) { return asciiOf(ts, o); }
Ref<> format(ThreadState& ts, Module*, Object* o, Str* spec) { return formatObject(ts, o, spec); }
Ref<> bin(ThreadState& ts, Module*, Object* o) { return intToBase(ts, o, 2); }
Ref<> oct(ThreadState& ts, Module*, Object* o) { return intToBase(ts, o, 8); }
Ref<> hex(ThreadState& ts, Module*, Object* o) { return intToBase(ts, o, 16); }

Ref<> chr(ThreadState& ts, Module*, int i) {
  if (i < 0 || i > 0x10ffff) return raise(ts, kValueError, "chr() arg not in range(0x110000)");
  return strFromChar(ts, char32_t(i));
}

Result<Index> ord(ThreadState& ts, Module*, Object* c) {
  Index size;
  if (isStr(c)) {
    auto* s = static_cast<Str*>(c);
    if (s->length == 1) return Index((*s)[0]);
    size = s->length;
  } else if (isBytes(c)) {
    auto* b = static_cast<Bytes*>(c);
    if (b->size == 1) return Index(static_cast<unsigned char>(b->data[0]));
    size = b->size;
  } else if (isInstanceOf(c, kByteArrayType)) {
    auto* b = static_cast<ByteArray*>(c);
    if (b->size == 1) return Index(static_cast<unsigned char>(b->start[0]));
    size = b->size;
  } else {
    return raise(ts, kTypeError, "ord() expected string of length 1, but {:.200} found", typeName(c));
  }
  return raise(ts, kTypeError, "ord() expected a character, but string of length {} found", size);
}

}  // namespace

const MethodDef kTextMethods[] = {
    METHOD(print, "($module, /, *args, sep=' ', end='\\n', file=None, flush=False)",
           "Writes the values to a stream, sys.stdout as a rule, with `sep` between and `end` behind them."),
    METHOD(input, "($module, prompt='', /)", "A line of standard input, without its newline; the prompt is written first."),
    METHOD(repr, "($module, obj, /)", "The canonical text of an object; for many types eval(repr(obj)) == obj."),
    METHOD(ascii, "($module, obj, /)", "As repr(), with characters outside ASCII as escapes."),
    METHOD(format, "($module, value, format_spec='', /)", "type(value).__format__(value, format_spec)."),
    METHOD(bin, "($module, number, /)", "Binary digits of an integer, with 0b in front."),
    METHOD(oct, "($module, number, /)", "Octal digits of an integer, with 0o in front."),
    METHOD(hex, "($module, number, /)", "Hexadecimal digits of an integer, with 0x in front."),
    METHOD(chr, "($module, i, /)", "The character with ordinal i; 0 <= i <= 0x10ffff."),
    METHOD(ord, "($module, c, /)", "The code point of a one-character string."),
    {}};

}  // namespace habu::builtins
