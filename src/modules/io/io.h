// The module _io: what its classes share. A stream is a chain: FileIO (descriptor) <- BufferedReader/Writer/Random
// <- TextIOWrapper; any link may be a Python object with the same methods, so links talk through method calls, with
// short cuts where the neighbour is exactly one of ours.
#pragma once
#include "object/bind.h"
#include "object/call.h"
#include "object/core.h"
#include "object/gc.h"
#include "object/module_def.h"
#include "object/names.h"
#include "object/raise.h"

namespace habu {

namespace io_names {
#define HABU_IO_NAMES(X)                                                                                             \
  X(closed) X(readall) X(readinto) X(readinto1) X(read1) X(peek) X(seekable) X(truncate) X(detach) X(reset) X(raw)    \
  X(getstate) X(setstate) X(newlines) X(_finalizing) X(_dealloc_warn) X(__IOBase_closed) X(_blksize) X(_checkClosed) \
  X(incrementaldecoder) X(incrementalencoder) X(_is_text_encoding) X(readlines) X(buffer)                            \
  X(flags) X(utf8_mode) X(warn_default_encoding) X(dev_mode) X(open)
#define X(name) inline constinit Name name{#name};
HABU_IO_NAMES(X)
#undef X
}  // namespace io_names

inline constexpr Index kDefaultBufferSize = 8192;

extern Type kIoBaseType C_NAME("PyIOBase_Type");
extern Type kRawIoBaseType C_NAME("PyRawIOBase_Type");
extern Type kBufferedIoBaseType C_NAME("PyBufferedIOBase_Type");
extern Type kTextIoBaseType C_NAME("PyTextIOBase_Type");
extern Type kFileIoType C_NAME("PyFileIO_Type");
extern Type kBytesIoType C_NAME("PyBytesIO_Type");
extern Type kBytesIoBufferType;
extern Type kStringIoType C_NAME("PyStringIO_Type");
extern Type kBufferedReaderType C_NAME("PyBufferedReader_Type");
extern Type kBufferedWriterType C_NAME("PyBufferedWriter_Type");
extern Type kBufferedRandomType C_NAME("PyBufferedRandom_Type");
extern Type kBufferedRwPairType C_NAME("PyBufferedRWPair_Type");
extern Type kTextIoWrapperType C_NAME("PyTextIOWrapper_Type");
extern Type kNewlineDecoderType C_NAME("PyIncrementalNewlineDecoder_Type");

extern Type kMemoryViewType C_NAME("PyMemoryView_Type");

// io.UnsupportedOperation, made when the module is populated.
extern Type* unsupported_operation;

struct IoBase : Object {
  Dict* dict;
  Object* weakrefs;
};

struct FileIo : Object {
  int fd;  // -1: closed
  bool created, readable, writable, appending;
  signed char seekable;  // -1: not known yet
  bool closefd;
  char finalizing;
  unsigned blksize;
  Object* weakrefs;
  Dict* dict;
};

// An argument that is an integer or None: -1 stands for None and for an absent one.
struct OptionalSize {
  Index value = -1;
};
template <>
struct Arg<OptionalSize> {
  static Result<OptionalSize> from(ThreadState&, Object*, ArgSite);
};

// ---- iobase.cpp ----
Raised raiseUnsupported(ThreadState&, const char* what);
Raised raiseClosed(ThreadState&);  // ValueError "I/O operation on closed file."
Result<bool> isClosed(ThreadState&, Object* stream);  // its attribute `closed`
Status checkClosed(ThreadState&, Object* stream);
Status checkReadable(ThreadState&, Object* stream);
Status checkWritable(ThreadState&, Object* stream);
Status checkSeekable(ThreadState&, Object* stream);
// The pending exception is InterruptedError: dropped, the call is to be repeated.
bool trapInterrupted(ThreadState&);
// Calls o.name(args...), repeating it while it is interrupted.
Ref<> callRetrying(ThreadState&, Object*, Str* name, std::initializer_list<Object*> args = {});
Result<bool> callForBool(ThreadState&, Object*, Str* name);
Ref<> closeBase(ThreadState&, Object* stream);  // _IOBase.close
// An offset in a file: any integer; `overflow` when it does not fit.
Result<long long> asOffset(ThreadState&, Object*, Type& overflow = kValueError);
Status warnUnclosedFile(ThreadState&, Object* source);  // ResourceWarning "unclosed file ..."

// First steps of a dealloc: finalises and closes, untracks, clears weak references. False: the object lives again.
template <class T>
bool beginDealloc(T* self) {
  if (finalizeFromDealloc(self)) return false;
  untrack(self);
  if (self->weakrefs) clearWeakrefs(self);
  return true;
}
template <class T>
void endDealloc(T* self) {
  clearField(self->dict);
  self->type->free(self);
}

// ---- fileio.cpp ----
inline bool isExactFileIo(const Object* o) { return isExact(o, kFileIoType); }
// Direct read and write for a buffer on top; the result of the system call, -2: would block. Failed: raised.
Result<Index> readFile(ThreadState&, FileIo*, char* out, Index size);
Result<Index> writeFile(ThreadState&, FileIo*, const char* data, Index size);

// ---- newline_decoder.cpp ----
// decoder.decode(input, final) by the short way; `decoder` exactly kNewlineDecoderType.
Ref<Str> decodeNewlines(ThreadState&, Object* decoder, Object* input, bool final);
Ref<> newNewlineDecoder(ThreadState&, Object* decoder, bool translate);
// Universal newlines in a text: which kinds it has (bits), and the text with all of them as "\n".
enum SeenNewline : int { kSeenCr = 1, kSeenLf = 2, kSeenCrLf = 4 };
Ref<> newlinesTuple(ThreadState&, int seen);  // None, a str or a tuple
Ref<Str> translateNewlines(ThreadState&, Ref<Str> text, bool translate, int& seen);

// ---- line ends ----
// How lines end: universal (\n \r \r\n), translated (\n alone), or one given text.
struct LineEnd {
  bool translated = false, universal = false;
  Str* text = nullptr;  // with neither; null: "\n"
};
// End of the first line in text[start, stop), or -1; `consumed`: how far the search went for nothing.
Index findLineEnd(const LineEnd&, const Str* text, Index start, Index stop, Index& consumed);

// ---- module ----
Ref<> openFile(ThreadState&, Object* file, const char* mode, Index buffering = -1, Str* encoding = nullptr, Str* errors = nullptr,
               Str* newline = nullptr, bool closefd = true, Object* opener = nullptr);
// sys.flags.<name>; false before sys.flags exists.
bool systemFlag(ThreadState&, Str* name);

}  // namespace habu
