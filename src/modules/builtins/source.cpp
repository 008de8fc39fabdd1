#include "modules/builtins/source.h"

#include "compiler/compile.h"
#include "object/raise.h"
#include "types/bytes.h"
#include "types/str.h"

namespace habu::builtins {

Result<Source> sourceOf(ThreadState& ts, Object* o, const char* function, const char* expected) {
  Source s;
  if (isStr(o)) {
    s.flags = kIgnoreCookie | kSourceIsUtf8;
    s.owner = share(o);
    s.text = TRY(utf8Of(ts, static_cast<Str*>(o)));
  } else if (hasBuffer(o)) {
    s.view = TRY(BufferView::of(ts, o));
    s.owner = TRY(newBytes(ts, s.view.bytes()));  // the buffer might be changed while we compile
    s.text = static_cast<Bytes*>(s.owner.get())->view();
  } else {
    return raise(ts, kTypeError, "{}() arg 1 must be a {} object", function, expected);
  }
  if (s.text.find('\0') != s.text.npos) return raise(ts, kValueError, "source code string cannot contain null bytes");
  return s;
}

}  // namespace habu::builtins
