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

Ref<Str> fileNameOf(ThreadState& ts, Object* o) {
  Ref<Str> name;
  if (isStr(o)) {
    name = share(static_cast<Str*>(o));
  } else if (hasBuffer(o)) {
    if (!isBytes(o)) {
      Ref<Str> text = TRY(formatText(ts, "path should be string, bytes, or os.PathLike, not {:.200}", typeName(o)));
      TRY(warnText(ts, kDeprecationWarning, 1, std::move(text)));
    }
    BufferView view = TRY(BufferView::of(ts, o));
    name = TRY(strFromFileSystem(ts, view.bytes()));
  } else {
    Ref<Bytes> path = TRY(fileSystemBytes(ts, o));
    name = TRY(strFromFileSystem(ts, path->view()));
  }
  for (Index i = 0; i < name->length; ++i)
    if ((*name)[i] == 0) return raise(ts, kValueError, "embedded null character");
  return name;
}

}  // namespace habu::builtins
