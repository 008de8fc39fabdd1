// marshal: code objects and their constants as bytes.
#pragma once
#include <string_view>

#include "object/core.h"

namespace habu {

Ref<> marshalLoad(ThreadState&, std::string_view bytes);  // EOFError, ValueError, TypeError as marshal.loads
Ref<Bytes> marshalDump(ThreadState&, Object*, int version = 4);

}  // namespace habu
