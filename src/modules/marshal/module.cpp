// The module marshal.
#include "modules/marshal.h"
#include "modules/marshal/format.h"
#include "modules/marshal/reader.h"
#include "object/audit.h"
#include "object/bind.h"
#include "object/call.h"
#include "object/module_def.h"
#include "object/names.h"
#include "types/bytes.h"
#include "types/int.h"
#include "types/str.h"

namespace habu {

namespace {

Ref<Bytes> dumpAudited(ThreadState& ts, Object* value, int version) {
  if (auditing) {
    Ref<Int> number = TRY(newInt(ts, version));
    TRY(audit(ts, "marshal.dumps", {value, number.get()}));
  }
  return marshalDump(ts, value, version);
}

Ref<Bytes> dumps(ThreadState& ts, Module*, Object* value, std::optional<int> version) {
  return dumpAudited(ts, value, version.value_or(marshal::kVersion));
}

Ref<> dump(ThreadState& ts, Module*, Object* value, Object* file, std::optional<int> version) {
  Ref<Bytes> bytes = TRY(dumpAudited(ts, value, version.value_or(marshal::kVersion)));
  return callMethod(ts, file, names::write, {bytes.get()});
}

Ref<> loads(ThreadState& ts, Module*, BufferView bytes) {
  if (auditing) {
    Ref<Bytes> copy = TRY(newBytes(ts, bytes.bytes()));
    TRY(audit(ts, "marshal.loads", {copy.get()}));
  }
  return marshalLoad(ts, bytes.bytes());
}

Ref<> load(ThreadState& ts, Module*, Object* file) {
  TRY(audit(ts, "marshal.load"));
  // Reading nothing shows whether it is a binary file.
  Ref<Int> zero = TRY(newInt(ts, 0));
  Ref<> nothing = TRY(callMethod(ts, file, names::read, {zero.get()}));
  if (!isBytes(nothing.get()))
    return raise(ts, kTypeError, "file.read() returned not bytes but {:.100}", typeName(nothing.get()));
  return marshal::Reader(ts, file).run();
}

constexpr MethodDef kMethods[] = {
    METHOD(dump, "($module, value, file, version=version, /)", "Writes the value to an open binary file in the format of .pyc files."),
    METHOD(load, "($module, file, /)", "Reads one value from an open binary file, no byte more."),
    METHOD(dumps, "($module, value, version=version, /)", "The bytes that dump(value, file) would write."),
    METHOD(loads, "($module, bytes, /)", "The value that the bytes begin with; what follows is ignored."),
    {}};

Status populate(ThreadState& ts, Module* m) { return addInt(ts, m, "version", marshal::kVersion); }

}  // namespace

extern const ModuleDef kMarshalModule = {
    .name = "marshal",
    .doc = "Python values as bytes, in the fast and undocumented format of .pyc files.\n\nNo protection against malicious data; "
           "the format may differ between versions of Python.",
    .methods = kMethods,
    .populate = populate};

}  // namespace habu
