// The arguments of find(), index(), count(), startswith()... (sub[, start[, end]]), the same for str and bytes.
#pragma once
#include "object/bind.h"
#include "types/slice.h"

namespace habu {

struct FindArguments {
  Object* sub;
  Index start, stop;
  void clip(Index length) {
    if (stop > length) stop = length;
    else if (stop < 0) stop = stop + length < 0 ? 0 : stop + length;
    if (start < 0) start = start + length < 0 ? 0 : start + length;
  }
};

// "find() takes at least 1 argument (0 given)"
inline Result<FindArguments> findArguments(ThreadState& ts, const char* method, const Args& args) {
  if (args.count < 1 || args.count > 3)
    return raise(ts, kTypeError, "{}() takes at {} argument{} ({} given)", method, args.count < 1 ? "least 1" : "most 3",
                 args.count < 1 ? "" : "s", args.count);
  FindArguments f{args[0], 0, PTRDIFF_MAX};
  if (args.count > 1) f.start = TRY(sliceIndex(ts, args[1], 0, true));
  if (args.count > 2) f.stop = TRY(sliceIndex(ts, args[2], PTRDIFF_MAX, true));
  return f;
}

}  // namespace habu
