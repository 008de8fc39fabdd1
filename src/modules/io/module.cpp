// The functions of _io, and the module itself.
#include "modules/io/io.h"
#include "modules/io/textio.h"
#include "object/attribute.h"
#include "object/interpreter.h"
#include "object/protocol.h"
#include "types/dict.h"
#include "types/int.h"
#include "types/module.h"
#include "types/str.h"
#include "types/tuple.h"

namespace habu {

bool systemFlag(ThreadState& ts, Str* name) {
  Object* flags = sysGet(io_names::flags);
  if (!flags) return false;
  Found found = findAttr(ts, flags, name);
  if (found.failed()) {
    clearError(ts);
    return false;
  }
  Ref<> value = found.take();
  return value && isInt(value.get()) && static_cast<Int*>(value.get())->size != 0;
}

namespace {

// The mode text of open(), taken apart.
struct Mode {
  bool creating = false, reading = false, writing = false, appending = false, updating = false, text = false, binary = false;
  char raw[4] = {};
};

Result<Mode> parseMode(ThreadState& ts, std::string_view text) {
  Mode m;
  for (char c : text) {
    bool* flag = c == 'x' ? &m.creating : c == 'r' ? &m.reading : c == 'w' ? &m.writing : c == 'a' ? &m.appending
               : c == '+' ? &m.updating : c == 't' ? &m.text : c == 'b' ? &m.binary : nullptr;
    if (!flag || *flag) return raise(ts, kValueError, "invalid mode: '{}'", text);
    *flag = true;
  }
  char* p = m.raw;
  if (m.creating) *p++ = 'x';
  if (m.reading) *p++ = 'r';
  if (m.writing && p < m.raw + 2) *p++ = 'w';
  if (m.appending && p < m.raw + 2) *p++ = 'a';
  if (m.updating) *p++ = '+';
  if (m.text && m.binary) return raise(ts, kValueError, "can't have text and binary mode at once");
  if (m.creating + m.reading + m.writing + m.appending > 1)
    return raise(ts, kValueError, "must have exactly one of create/read/write/append mode");
  return m;
}

Status checkBinary(ThreadState& ts, Index buffering, Object* encoding, Object* errors, Object* newline) {
  if (!isNone(encoding)) return raise(ts, kValueError, "binary mode doesn't take an encoding argument");
  if (!isNone(errors)) return raise(ts, kValueError, "binary mode doesn't take an errors argument");
  if (!isNone(newline)) return raise(ts, kValueError, "binary mode doesn't take a newline argument");
  if (buffering == 1)
    TRY(warn(ts, kRuntimeWarning, 1,
             "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used"));
  return kDone;
}

// The layers above the raw file; `result` is the topmost one made so far.
Status addLayers(ThreadState& ts, Ref<>& result, const Mode& m, Str* mode, Index buffering, Object* encoding, Object* errors,
                 Object* newline) {
  bool tty = buffering < 0 ? TRY(callForBool(ts, result.get(), names::isatty)) : false;
  bool lines = false;
  if (m.binary ? false : buffering == 1 || tty) {
    buffering = -1;
    lines = true;
  } else if (tty || buffering == 1) {
    buffering = -1;
  }
  if (buffering < 0) {
    Ref<> size = TRY(getAttr(ts, result.get(), io_names::_blksize));
    buffering = Index(TRY(asLongLong(ts, size.get())));
  }
  if (buffering < 0) return raise(ts, kValueError, "invalid buffering size");
  if (buffering == 0) {
    if (!m.binary) return raise(ts, kValueError, "can't have unbuffered text I/O");
    return kDone;
  }
  Type* type = m.updating ? &kBufferedRandomType
               : m.creating || m.writing || m.appending ? &kBufferedWriterType
               : m.reading ? &kBufferedReaderType : nullptr;
  if (!type) return raise(ts, kValueError, "unknown mode: '{}'", mode);
  Ref<Int> size = TRY(newInt(ts, buffering));
  result = TRY(call(ts, type, {result.get(), size.get()}));
  if (m.binary) return kDone;
  result = TRY(call(ts, &kTextIoWrapperType, {result.get(), encoding, errors, newline, lines ? trueObject() : falseObject()}));
  return setAttr(ts, result.get(), names::mode, mode);
}

Ref<> pathOf(ThreadState& ts, Object* file) {
  if (isStr(file) || isBytes(file) || (file->type->number && (file->type->number->to_int || file->type->number->index)))
    return Ref<>::share(file);
  Ref<> path = TRY(callSpecial(ts, file, names::__fspath__));
  if (!path) return raise(ts, kTypeError, "expected str, bytes or os.PathLike object, not {:.200}", typeName(file));
  if (!isStr(path.get()) && !isBytes(path.get()))
    return raise(ts, kTypeError, "expected {:.200}.__fspath__() to return str or bytes, not {:.200}", typeName(file), typeName(path.get()));
  return path;
}

Ref<> openObject(ThreadState& ts, Object* file, Str* mode, Index buffering, Object* encoding, Object* errors, Object* newline,
                 Object* closefd, Object* opener) {
  Ref<> path = TRY(pathOf(ts, file));
  std::string_view mode_text = TRY(utf8Of(ts, mode));
  Mode m = TRY(parseMode(ts, mode_text));
  if (m.binary) TRY(checkBinary(ts, buffering, encoding, errors, newline));
  Ref<Str> raw_mode = TRY(newStr(ts, m.raw));
  Ref<> result = TRY(call(ts, &kFileIoType, {path.get(), raw_mode.get(), closefd, opener}));
  if (addLayers(ts, result, m, mode, buffering, encoding, errors, newline).failed()) {
    PendingError error = PendingError::take(ts);
    Ref<> closed = callMethod(ts, result.get(), names::close);
    if (closed) std::move(error).restore(ts);
    else chainPending(ts, std::move(error));
    return Raised{};
  }
  return result;
}

Result<Object*> strOrNone(ThreadState& ts, Object* o, const char* argument) {
  if (!o) return &kNoneObject;
  if (isNone(o)) return o;
  if (!isStr(o)) return raise(ts, kTypeError, "open() argument '{}' must be str or None, not {:.50}", argument, typeName(o));
  std::string_view text = TRY(utf8Of(ts, static_cast<Str*>(o)));
  if (text.find('\0') != text.npos) return raise(ts, kValueError, "embedded null character");
  return o;
}

Ref<> open(ThreadState& ts, Object*, Object* file, Str* mode, std::optional<int> buffering, Object* encoding, Object* errors,
           Object* newline, std::optional<bool> closefd, Object* opener) {
  Ref<Str> mode_text = mode ? share(mode) : TRY(newStr(ts, "r"));
  std::string_view view = TRY(utf8Of(ts, mode_text.get()));
  if (view.find('\0') != view.npos) return raise(ts, kValueError, "embedded null character");
  Object* e = TRY(strOrNone(ts, encoding, "encoding"));
  Object* h = TRY(strOrNone(ts, errors, "errors"));
  Object* n = TRY(strOrNone(ts, newline, "newline"));
  return openObject(ts, file, mode_text.get(), buffering.value_or(-1), e, h, n, closefd.value_or(true) ? trueObject() : falseObject(),
                    opener ? opener : &kNoneObject);
}

Ref<> openCode(ThreadState& ts, Object*, Str* path) { return openFile(ts, path, "rb"); }

Ref<> textEncoding(ThreadState& ts, Object*, Object* encoding, std::optional<int> stack_level) {
  if (encoding && !isNone(encoding)) return Ref<>::share(encoding);
  if (systemFlag(ts, io_names::warn_default_encoding))
    TRY(warn(ts, kEncodingWarning, stack_level.value_or(2), "'encoding' argument not specified"));
  return newStr(ts, systemFlag(ts, io_names::utf8_mode) ? "utf-8" : "locale");
}

constexpr MethodDef kMethods[] = {
    METHOD(open,
           "($module, /, file, mode='r', buffering=-1, encoding=None,\n"
           "     errors=None, newline=None, closefd=True, opener=None)",
           "Open file and return a stream.  Raise OSError upon failure.\n\n"
           "file: a path, or the descriptor of an open file (closed with the stream unless closefd is False).\n\n"
           "mode: 'r' read (default), 'w' write from empty, 'x' create, 'a' append; 'b' binary or 't' text (default); '+' both\n"
           "directions. Text is decoded and encoded as `encoding` (the locale's by default) with the error handler `errors`.\n\n"
           "buffering: 0 none (binary only), 1 by line (text only), larger: size of the buffer; by default blocks, lines for\n"
           "terminals.\n\n"
           "newline: how line ends are read and written, see TextIOWrapper. opener(file, flags): opens the descriptor."),
    METHOD_AS("text_encoding", textEncoding, "($module, encoding, stacklevel=2, /)",
              "The argument as it is, or \"locale\" (\"utf-8\" in UTF-8 mode) for None; with -X warn_default_encoding that warns.\n"
              "For functions that hand their encoding on to open()."),
    METHOD_AS("open_code", openCode, "($module, /, path)",
              "Opens a file of code, which is going to be run, as bytes."),
    {}};

Status addUnsupportedOperation(ThreadState& ts, Module* m) {
  if (unsupported_operation) return addObject(ts, m, "UnsupportedOperation", Ref<>::share(unsupported_operation));
  static constinit Name module_name{"__module__"};
  Ref<Tuple> bases = TRY(packTuple(ts, {&kOSError, &kValueError}));
  Ref<Dict> dict = TRY(newDict(ts));
  Ref<Str> io = TRY(newStr(ts, "io")), name = TRY(newStr(ts, "UnsupportedOperation"));
  TRY(dictSet(ts, dict.get(), module_name, io.get()));
  Ref<> type = TRY(call(ts, &kTypeType, {name.get(), bases.get(), dict.get()}));
  unsupported_operation = static_cast<Type*>(type.copy().release());
  return addObject(ts, m, "UnsupportedOperation", std::move(type));
}

Status populate(ThreadState& ts, Module* m) {
  TRY(addInt(ts, m, "DEFAULT_BUFFER_SIZE", kDefaultBufferSize));
  TRY(addUnsupportedOperation(ts, m));
  TRY(addObject(ts, m, "BlockingIOError", Ref<>::share(&kBlockingIOError)));
  TRY(readyType(ts, kBytesIoBufferType));
  for (Type* type : {&kIoBaseType, &kNewlineDecoderType, &kBufferedIoBaseType, &kRawIoBaseType, &kTextIoBaseType, &kBytesIoType,
                     &kBufferedReaderType, &kBufferedWriterType, &kBufferedRwPairType, &kBufferedRandomType, &kFileIoType,
                     &kStringIoType, &kTextIoWrapperType})
    TRY(addType(ts, m, *type));
  return kDone;
}

}  // namespace

Ref<> openFile(ThreadState& ts, Object* file, const char* mode, Index buffering, Str* encoding, Str* errors, Str* newline, bool closefd,
               Object* opener) {
  Ref<Str> mode_text = TRY(newStr(ts, mode));
  auto orNone = [](Object* o) { return o ? o : &kNoneObject; };
  return openObject(ts, file, mode_text.get(), buffering, orNone(encoding), orNone(errors), orNone(newline),
                    closefd ? trueObject() : falseObject(), orNone(opener));
}

extern const ModuleDef kIoModule = {
    .name = "io",
    .doc = "Streams.\n\n"
           "IOBase is the root of the hierarchy; RawIOBase reads and writes bytes without a buffer (FileIO: files of the system),\n"
           "BufferedIOBase puts a buffer on a raw stream (BufferedReader, BufferedWriter, BufferedRandom, BufferedRWPair, and\n"
           "BytesIO in memory), TextIOBase decodes and encodes characters (TextIOWrapper, and StringIO in memory).\n\n"
           "DEFAULT_BUFFER_SIZE is the buffer size used where the file system does not suggest one.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
