// sys.stdin, stdout and stderr.
#include <fcntl.h>
#include <langinfo.h>
#include <locale.h>
#include <unistd.h>

#include <cstring>

#include "modules/import.h"
#include "object/attribute.h"
#include "object/call.h"
#include "object/interpreter.h"
#include "object/names.h"
#include "startup/lifecycle.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

bool isOpen(int fd) { return fcntl(fd, F_GETFD) >= 0; }

constinit Name open_name{"open"}, wrapper_name{"TextIOWrapper"}, raw_name{"raw"};

// The C locale and what it is replaced by (PEP 538): bytes of any encoding must get through.
bool plainLocale() {
  const char* ctype = setlocale(LC_CTYPE, nullptr);
  for (const char* plain : {"C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"})
    if (ctype && std::strcmp(ctype, plain) == 0) return true;
  return false;
}

Ref<> openStream(ThreadState& ts, const Config& c, Object* io, int fd, const char* name, const char* encoding, const char* errors) {
  if (!isOpen(fd)) return none();
  bool writing = fd != 0;
  bool unbuffered = c.unbuffered && writing;
  Ref<> open = TRY(getAttr(ts, io, open_name));
  Ref<Int> number = TRY(newInt(ts, fd)), buffering = TRY(newInt(ts, unbuffered ? 0 : -1));
  Ref<Str> mode = TRY(newStr(ts, writing ? "wb" : "rb"));
  Ref<> buffer = TRY(call(ts, open.get(), {number.get(), mode.get(), buffering.get(), &kNoneObject, &kNoneObject, &kNoneObject, falseObject()}));
  Ref<> raw = unbuffered ? buffer.copy() : TRY(getAttr(ts, buffer.get(), raw_name));
  Ref<Str> shown = TRY(newStr(ts, name));
  TRY(setAttr(ts, raw.get(), names::name, shown.get()));
  Ref<> terminal = TRY(callMethod(ts, raw.get(), names::isatty));
  bool line_buffered = !unbuffered && (terminal.get() == trueObject() || c.interactive || (writing && fd == 2));
  Ref<Str> encoding_text = TRY(newStr(ts, encoding)), errors_text = TRY(newStr(ts, errors));
  Ref<Str> newline = TRY(newStr(ts, "\n"));
  Ref<> wrapper = TRY(getAttr(ts, io, wrapper_name));
  Ref<> stream = TRY(call(ts, wrapper.get(),
                          {buffer.get(), encoding_text.get(), errors_text.get(), writing ? static_cast<Object*>(newline.get()) : &kNoneObject,
                           line_buffered ? trueObject() : falseObject(), unbuffered ? trueObject() : falseObject()}));
  Ref<Str> stream_mode = TRY(newStr(ts, writing ? "w" : "r"));
  TRY(setAttr(ts, stream.get(), names::mode, stream_mode.get()));
  return stream;
}

Status install(ThreadState& ts, Ref<> stream, const char* name, const char* original) {
  if (!stream) return Raised{};
  TRY(dictSetAscii(ts, mainInterpreter.sys_dict, original, stream.copy()));
  return dictSetAscii(ts, mainInterpreter.sys_dict, name, std::move(stream));
}

bool flush(ThreadState& ts, Name& name, bool report) {
  Ref<> file = share(sysGet(name));
  if (!file || isNone(file.get())) return true;
  static constinit Name closed{"closed"};
  Ref<> is_closed = getAttr(ts, file.get(), closed);
  if (!is_closed) clearError(ts);
  else if (is_closed.get() == trueObject()) return true;
  Ref<> done = callMethod(ts, file.get(), names::flush);
  if (done) return true;
  if (report) writeUnraisable(ts, file.get());
  else clearError(ts);
  return false;
}

}  // namespace

Status openStandardStreams(ThreadState& ts, const Config& c) {
  Ref<> io = TRY(importModule(ts, "io"));
  Ref<> open = TRY(getAttr(ts, io.get(), open_name));
  TRY(dictSetAscii(ts, mainInterpreter.builtins, "open", open.copy()));
  const char* encoding = c.io_encoding.empty() ? "utf-8" : c.io_encoding.c_str();
  const char* errors = !c.io_errors.empty() ? c.io_errors.c_str() : c.utf8_mode || plainLocale() ? "surrogateescape" : "strict";
  TRY(install(ts, openStream(ts, c, io.get(), 0, "<stdin>", encoding, errors), "stdin", "__stdin__"));
  TRY(install(ts, openStream(ts, c, io.get(), 1, "<stdout>", encoding, errors), "stdout", "__stdout__"));
  return install(ts, openStream(ts, c, io.get(), 2, "<stderr>", encoding, "backslashreplace"), "stderr", "__stderr__");
}

int flushStandardStreams(ThreadState& ts) {
  PendingError pending = PendingError::take(ts);
  bool ok = flush(ts, names::stdout, true);
  flush(ts, names::stderr, false);
  if (pending) std::move(pending).restore(ts);
  return ok ? 0 : -1;
}

}  // namespace habu
