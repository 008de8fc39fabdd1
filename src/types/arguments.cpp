#include "types/arguments.h"

#include "types/dict.h"
#include "types/tuple.h"

namespace habu {

Status noKeywords(ThreadState& ts, const char* name, const Dict* keywords) {
  if (!keywords || keywords->used == 0) return kDone;
  return raise(ts, kTypeError, "{}() takes no keyword arguments", name);
}

Status noKeywordNames(ThreadState& ts, const char* name, const Tuple* names) {
  if (!names || names->size == 0) return kDone;
  return raise(ts, kTypeError, "{}() takes no keyword arguments", name);
}

Status checkPositional(ThreadState& ts, const char* name, Index given, Index least, Index most) {
  if (given < least)
    return raise(ts, kTypeError, "{} expected {}{} argument{}, got {}", name, least == most ? "" : "at least ", least,
                 least == 1 ? "" : "s", given);
  if (given > most)
    return raise(ts, kTypeError, "{} expected {}{} argument{}, got {}", name, least == most ? "" : "at most ", most,
                 most == 1 ? "" : "s", given);
  return kDone;
}

}  // namespace habu
