// _BufferedIOBase and _TextIOBase.
#include <cstring>

#include "modules/io/io.h"
#include "object/attribute.h"
#include "object/buffer.h"
#include "object/protocol.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

Ref<> unsupportedDetach(ThreadState& ts, Object*) { return raiseUnsupported(ts, "detach"); }
Ref<> unsupportedDetachRaw(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "detach"); }
Ref<> unsupportedRead(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "read"); }
Ref<> unsupportedRead1(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "read1"); }
Ref<> unsupportedReadline(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "readline"); }
Ref<> unsupportedWrite(ThreadState& ts, Object*, Args) { return raiseUnsupported(ts, "write"); }

Result<Index> readInto(ThreadState& ts, Object* self, Object* target, Str* method) {
  BufferView view = TRY(BufferView::of(ts, target, kBufferWritable));
  Ref<Int> size = TRY(newInt(ts, view.size()));
  Ref<> data = TRY(callMethod(ts, self, method, {size.get()}));
  if (!isBytes(data.get())) return raise(ts, kTypeError, "read() should return bytes");
  std::string_view bytes = static_cast<Bytes*>(data.get())->view();
  if (Index(bytes.size()) > view.size())
    return raise(ts, kValueError, "read() returned too much data: {} bytes requested, {} returned", view.size(), bytes.size());
  std::memcpy(view.data(), bytes.data(), bytes.size());
  return Index(bytes.size());
}
Result<Index> readinto(ThreadState& ts, Object* self, Object* buffer) { return readInto(ts, self, buffer, names::read); }
Result<Index> readinto1(ThreadState& ts, Object* self, Object* buffer) { return readInto(ts, self, buffer, io_names::read1); }

Ref<> nothing(ThreadState&, Object*) { return none(); }

int traverse(IoBase* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  return 0;
}
int clear(IoBase* self) {
  clearField(self->dict);
  return 0;
}

constexpr MethodDef kBufferedMethods[] = {
    METHOD_AS("detach", unsupportedDetach, "($self, /)", "Separates the raw stream from the buffer, which is useless afterwards."),
    METHOD_RAW("read", unsupportedRead,
               "Reads up to n bytes, or until the end when n is negative or missing. Several raw reads may be issued; on a raw\n"
               "stream without data at the moment the result may be short."),
    METHOD_RAW("read1", unsupportedRead1, "Reads up to n bytes with at most one raw read."),
    METHOD(readinto, "($self, buffer, /)", ""),
    METHOD(readinto1, "($self, buffer, /)", ""),
    METHOD_RAW("write", unsupportedWrite, "Writes the bytes of a buffer; returns how many, which is all of them."),
    {}};

constexpr MethodDef kTextMethods[] = {
    METHOD_RAW("detach", unsupportedDetachRaw, "Separates the buffer from the text layer, which is useless afterwards."),
    METHOD_RAW("read", unsupportedRead, "Reads at most n characters, everything when n is negative or missing."),
    METHOD_RAW("readline", unsupportedReadline, "Reads until a line end or the end of the file; an empty string at the end."),
    METHOD_RAW("write", unsupportedWrite, "Writes a string; returns its length."),
    {}};

constexpr GetSetDef kTextGetSet[] = {
    GETTER("encoding", nothing, "Encoding of the text stream; None here."),
    GETTER("newlines", nothing, "Line ends seen so far, translated ones while reading; None here."),
    GETTER("errors", nothing, "How errors of the codec are handled; None here."),
    {}};

}  // namespace

constinit Type kBufferedIoBaseType = defineType<IoBase>({
    .name = "_io._BufferedIOBase",
    .doc = "Base class of buffered streams: read(n) returns all of n bytes unless the end comes first, write() takes everything.",
    .flags = kBaseType,
    .base = &kIoBaseType,
    .methods = kBufferedMethods,
    .traverse = slot<traverse>,
    .clear = slot<clear>});

constinit Type kTextIoBaseType = defineType<IoBase>({
    .name = "_io._TextIOBase",
    .doc = "Base class of text streams: characters and lines.",
    .flags = kBaseType,
    .base = &kIoBaseType,
    .methods = kTextMethods,
    .getset = kTextGetSet,
    .traverse = slot<traverse>,
    .clear = slot<clear>});

}  // namespace habu
