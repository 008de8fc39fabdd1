// BufferedRWPair: a reader and a writer on two raw streams, seen as one.
#include "modules/io/buffered.h"
#include "object/attribute.h"
#include "object/protocol.h"
#include "types/arguments.h"
#include "types/str.h"
#include "types/tuple.h"
#include "types/type_object.h"

namespace habu {

namespace {

struct RwPair : Object {
  Buffered* reader;
  Buffered* writer;
  Dict* dict;
  Object* weakrefs;
};

Ref<> forwardTo(ThreadState& ts, Buffered* target, Str* name, Args args) {
  if (!target) return raise(ts, kValueError, "I/O operation on uninitialized object");
  Ref<> method = TRY(getAttr(ts, target, name));
  return vectorcall(ts, method.get(), args.values, size_t(args.count), args.names);
}
template <Name& name>
Ref<> toReader(ThreadState& ts, RwPair* self, Args args) { return forwardTo(ts, self->reader, name, args); }
template <Name& name>
Ref<> toWriter(ThreadState& ts, RwPair* self, Args args) { return forwardTo(ts, self->writer, name, args); }

Ref<> close(ThreadState& ts, RwPair* self) {
  Ref<> first = forwardTo(ts, self->writer, names::close, {nullptr, 0, nullptr});
  PendingError error = PendingError::take(ts);
  Ref<> second = forwardTo(ts, self->reader, names::close, {nullptr, 0, nullptr});
  if (!error) return second;
  if (second) std::move(error).restore(ts);
  else chainPending(ts, std::move(error));
  return Raised{};
}

Ref<> isatty(ThreadState& ts, RwPair* self) {
  Ref<> r = TRY(forwardTo(ts, self->writer, names::isatty, {nullptr, 0, nullptr}));
  if (r.get() != falseObject()) return r;
  return forwardTo(ts, self->reader, names::isatty, {nullptr, 0, nullptr});
}

Ref<> closedOf(ThreadState& ts, RwPair* self) {
  if (!self->writer)
    return raise(ts, kRuntimeError, "the BufferedRWPair object is being garbage-collected");
  return getAttr(ts, self->writer, io_names::closed);
}

Status init(ThreadState& ts, RwPair* self, Object* reader, Object* writer, Object* size) {
  TRY(checkReadable(ts, reader));
  TRY(checkWritable(ts, writer));
  auto make = [&](Type& type, Object* raw) -> Ref<Buffered> {
    return cast<Buffered>(size ? call(ts, &type, {raw, size}) : call(ts, &type, {raw}));
  };
  setField(self->reader, TRY(make(kBufferedReaderType, reader)));
  Ref<Buffered> w = make(kBufferedWriterType, writer);
  if (!w) {
    clearField(self->reader);
    return Raised{};
  }
  setField(self->writer, std::move(w));
  return kDone;
}

int traverse(RwPair* self, VisitFn visit, void* arg) {
  VISIT(self->dict);
  VISIT(self->reader);
  VISIT(self->writer);
  return 0;
}
int clear(RwPair* self) {
  clearField(self->reader);
  clearField(self->writer);
  clearField(self->dict);
  return 0;
}
void dealloc(RwPair* self) {
  untrack(self);
  if (self->weakrefs) clearWeakrefs(self);
  clearField(self->reader);
  clearField(self->writer);
  endDealloc(self);
}

constexpr MethodDef kMethods[] = {
    METHOD_RAW("read", toReader<names::read>, nullptr),
    METHOD_RAW("peek", toReader<io_names::peek>, nullptr),
    METHOD_RAW("read1", toReader<io_names::read1>, nullptr),
    METHOD_RAW("readinto", toReader<io_names::readinto>, nullptr),
    METHOD_RAW("readinto1", toReader<io_names::readinto1>, nullptr),
    METHOD_RAW("write", toWriter<names::write>, nullptr),
    METHOD_RAW("flush", toWriter<names::flush>, nullptr),
    METHOD_RAW("readable", toReader<names::readable>, nullptr),
    METHOD_RAW("writable", toWriter<names::writable>, nullptr),
    METHOD_UNSIGNED("close", close, "($self, /)", nullptr),
    METHOD_UNSIGNED("isatty", isatty, "($self, /)", nullptr),
    {}};
constexpr GetSetDef kGetSet[] = {GETTER("closed", closedOf, nullptr), {}};

}  // namespace

constinit Type kBufferedRwPairType = defineType<RwPair>({
    .name = "_io.BufferedRWPair",
    .doc = "BufferedRWPair(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)\n--\n\n"
           "A buffered reader and writer object together.\n\n"
           "For streams of two raw ends such as sockets and pipes: reader must be readable, writer writable. They cannot seek.",
    .flags = kBaseType,
    .base = &kBufferedIoBaseType,
    .dict_offset = offsetof(RwPair, dict),
    .weaklist_offset = offsetof(RwPair, weakrefs),
    .methods = kMethods,
    .getset = kGetSet,
    .make = genericNew,
    .init = INITIALIZER(init, "BufferedRWPair", "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)"),
    .dealloc = slot<dealloc>,
    .traverse = slot<traverse>,
    .clear = slot<clear>});

}  // namespace habu
