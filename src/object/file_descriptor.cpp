#include "object/attribute.h"
#include "object/call.h"
#include "object/names.h"
#include "object/protocol.h"
#include "types/int.h"

namespace habu {

Result<int> fileDescriptorOf(ThreadState& ts, Object* o) {
  int fd = -1;
  if (isInt(o)) {
    fd = TRY(asCInt(ts, o));
  } else {
    Found method = findAttr(ts, o, names::fileno);
    if (method.failed()) return Raised{};
    Ref<> fileno = method.take();
    if (!fileno) return raise(ts, kTypeError, "argument must be an int, or have a fileno() method.");
    Ref<> number = TRY(call(ts, fileno.get()));
    if (!isInt(number.get())) return raise(ts, kTypeError, "fileno() returned a non-integer");
    fd = TRY(asCInt(ts, number.get()));
  }
  if (fd < 0) return raise(ts, kValueError, "file descriptor cannot be a negative integer ({})", fd);
  return fd;
}

}  // namespace habu
