// The exception structs (PyBaseExceptionObject and friends); the classes are declared in object/raise.h.
#pragma once
#include "object/raise.h"

namespace habu {

struct BaseException : Object {
  Dict* dict;
  Tuple* args;
  Object* notes;
  Object* traceback;  // Traceback or null
  Object* context;    // null: none
  Object* cause;      // null: none
  char suppress_context;
};
struct ExceptionGroup : BaseException {
  Object* message;
  Object* exceptions;  // tuple
};
struct SyntaxError : BaseException {
  Object *message, *filename, *line, *offset, *end_line, *end_offset, *text, *print_file_and_line;
};
struct ImportError : BaseException {
  Object *message, *name, *path;
};
struct UnicodeErrorObject : BaseException {
  Object *encoding, *object;
  Index start, end;
  Object* reason;
};
struct SystemExit : BaseException {
  Object* code;
};
struct OSErrorObject : BaseException {
  Object *error_number, *text, *filename, *filename2;
  Index written;  // BlockingIOError only, else -1
};
struct StopIteration : BaseException {
  Object* value;
};
struct NameError : BaseException {
  Object* name;
};
struct AttributeError : BaseException {
  Object *object, *name;
};

// Unicode errors, for codecs: sets the pending exception.
Raised raiseDecodeError(ThreadState&, const char* encoding, std::string_view bytes, Index start, Index end, const char* reason);
Raised raiseEncodeError(ThreadState&, const char* encoding, Str* text, Index start, Index end, const char* reason);

// The traceback display of an uncaught exception (sys.excepthook's default) to `file`, exactly as CPython prints it.
Status printException(ThreadState&, Object* exception, Object* file);

}  // namespace habu
